"""Texts in two languages: English and Chinese in one string 'English / Chinese', and one of them again."""

import re
import unicodedata
from collections.abc import Sequence

Hint = tuple[str, str]  # English, Chinese
LANGUAGES = ('en', 'zh')
_WORD = re.compile(r"(?=[a-z]*[aeiouy])[a-z]{2,}(?![\w'/(])|a ")
_FILE = re.compile(r'(?:[A-Za-z]:)?(?:[^:]*\.(?:py|ipynb)|[^\s:]*[/\\][^\s:]*): ')
_CHINESE = re.compile('[\u3400-\u9fff]')


def both(english: str, chinese: str) -> str:
    """The two texts as one: 'English / Chinese'."""
    return f'{english} / {chinese}'


def joined(hints: Sequence[Hint]) -> str:
    """All hints as one text: in English, and after ' / ' in Chinese."""
    # An English hint gets a capital letter, unless it begins with a symbol such as r_t, dw1, dt, mu/2 or 1. A word has a
    # vowel.
    english = ' '.join(e[0].upper() + e[1:] if _WORD.match(e) else e for e, _ in hints)
    return both(english, ''.join(c for _, c in hints))


def in_language(text: str, language: str) -> str:
    """The part of a text 'English / Chinese' in one language ('en' or 'zh'); a text without Chinese stays as it is.

    The Chinese begins after the last ' / ' that has no Chinese before it. A file at the beginning is kept in both.
    """
    file = _FILE.match(text)
    name = file[0] if file else ''
    pieces = text[len(name) :].split(' / ')
    begins = [i for i in range(1, len(pieces)) if _CHINESE.search(' / '.join(pieces[i:]))]
    before = [i for i in begins if not _CHINESE.search(' / '.join(pieces[:i]))]
    if not before:
        return text
    at = before[-1]
    return name + ' / '.join(pieces[at:] if language == 'zh' else pieces[:at])


def wrapped(text: str, width: int, indent: str = '') -> list[str]:
    """``text`` in lines of at most ``width`` columns, each after ``indent``. A Chinese character takes two columns.

    English breaks at spaces; Chinese breaks between any two characters.
    """

    def columns(piece):
        return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in piece)

    lines = ['']
    for piece in re.findall(r'[⺀-鿿＀-￯][，。；：、）？！”]*|[^\s⺀-鿿＀-￯]+|\s+', text):
        if columns(indent + lines[-1] + piece) > width and lines[-1]:
            lines.append('')
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [indent + line.rstrip() for line in lines]

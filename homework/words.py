"""Texts in two languages: English and Chinese in one string 'English / Chinese', and one of them again."""

import re
from collections.abc import Sequence

Hint = tuple[str, str]  # English, Chinese
LANGUAGES = ('en', 'zh')
_CHINESE = re.compile('[\u3400-\u9fff]')


def both(english: str, chinese: str) -> str:
    """The two texts as one: 'English / Chinese'."""
    return f'{english} / {chinese}'


def joined(hints: Sequence[Hint]) -> str:
    """All hints as one text: in English, and after ' / ' in Chinese."""
    # An English hint gets a capital letter, unless it begins with a symbol such as r_t, Δt or 1.
    english = ' '.join(e[0].upper() + e[1:] if e[1:2].isalpha() else e for e, _ in hints)
    return both(english, ''.join(c for _, c in hints))


def in_language(text: str, language: str) -> str:
    """The part of a text 'English / Chinese' in one language ('en' or 'zh'); a text without Chinese stays as it is.

    The Chinese begins after the last ' / ' that has no Chinese before it. A file name before ': ' is kept in both.
    """
    name, colon, words = text.partition(': ')
    if not colon or ' ' in name.strip():
        name, colon, words = '', '', text
    pieces = words.split(' / ')
    begins = [i for i in range(1, len(pieces)) if _CHINESE.search(' / '.join(pieces[i:]))]
    before = [i for i in begins if not _CHINESE.search(' / '.join(pieces[:i]))]
    if not before:
        return text
    at = before[-1]
    return name + colon + ' / '.join(pieces[at:] if language == 'zh' else pieces[:at])

"""The report on a student's work, as people read it; and `check`, which judges a file or the notebook that calls it."""

import html
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ratezoo.errors import HomeworkError
from ratezoo.homework.words import both, in_language, wrapped

COLOURS = {'exact': 'green', 'consistent': 'yellow', 'wrong': 'red', 'open': 'cyan'}
_VERDICTS = {'exact': '精确', 'consistent': '一致', 'wrong': '错误', 'open': '未填'}
_PASSED = {True: both('passed', '通过'), False: both('not passed', '未通过')}
_ERROR = both('relative error', '相对误差')
_REMARK = both('remark', '说明')
_HEAD = (both('part', '部分'), both('verdict', '评判'), _ERROR, both('what to do', '说明'))


def in_words(text: str, language: str) -> str:
    """A text in one language; in both, if ``language`` is 'both'."""
    return text if language == 'both' else in_language(text, language)


def verdict_word(verdict: str, language: str) -> str:
    """A verdict as the report names it: in Chinese if ``language`` is 'zh', or else in English."""
    return _VERDICTS[verdict] if language == 'zh' else verdict


def lines(
    report: Mapping[str, Any], language: str, columns: int, style: Callable[[str, str], str] = lambda text, _: text
) -> Iterator[str]:
    """The lines of a report.

    Parameters
    ----------
    report : dict
        What `ratezoo.homework.Exercise.check` returns.
    language : 'en', 'zh' or 'both'
    columns : int
        The width of the terminal. A Chinese character takes two columns.
    style : callable
        (text, colour) → the text in this colour. Default: no colour.
    """
    width = max([4, *(len(part['name']) for part in report['parts'])])
    for part in report['parts']:
        verdict = verdict_word(part['verdict'], language)
        error = part['relative_error']
        shown = '' if error is None else f'{"":{12 - len(verdict)}s} {in_words(_ERROR, language)} {error:.2g}'
        yield f'{part["name"]:{width}s} {style(verdict, COLOURS[part["verdict"]])}{shown}'
        yield from _words(part['hint'] or '', language, columns)
    for remark in report['remarks']:
        yield in_words(_REMARK, language)
        yield from _words(remark, language, columns)
    yield style(in_words(_PASSED[report['passed']], language), 'green' if report['passed'] else 'red')


def _words(text, language, columns):
    """A hint below its part; if both languages are asked for, each begins a line."""
    languages = ('en', 'zh') if language == 'both' and in_language(text, 'en') != text else (language,)
    for one in filter(None, (in_words(text, language) for language in languages)):
        yield from wrapped(one, columns, ' ' * 7)


class Report(dict[str, Any]):
    """What `check` returns: the dict of `ratezoo.homework.Exercise.check`, which a notebook shows as a table.

    Attributes
    ----------
    language : 'en', 'zh' or 'both'
        The language of the table.
    """

    def __init__(self, report: Mapping[str, Any], language: str) -> None:
        super().__init__(report)
        self.language = language

    @property
    def passed(self) -> bool:
        """Whether the work has passed."""
        return self['passed']

    def __repr__(self) -> str:
        return '\n'.join(lines(self, self.language, 100))

    def _repr_html_(self) -> str:
        rows = []
        for part in self['parts']:
            error = '' if part['relative_error'] is None else f'{part["relative_error"]:.2g}'
            verdict = verdict_word(part['verdict'], self.language)
            cells = [part['name'], verdict, error, in_words(part['hint'] or '', self.language)]
            rows.append(''.join(f'<td style="text-align:left">{html.escape(c)}</td>' for c in cells))
        rows += [
            f'<td colspan="4" style="text-align:left">{html.escape(in_words(remark, self.language))}</td>'
            for remark in self['remarks']
        ]
        passed = html.escape(in_words(_PASSED[self.passed], self.language))
        body = ''.join(f'<tr>{row}</tr>' for row in rows)
        head = ''.join(f'<th style="text-align:left">{html.escape(in_words(h, self.language))}</th>' for h in _HEAD)
        return f'<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p><b>{passed}</b></p>'


def check(
    file: str | Path | None = None, exercise: str | None = None, language: str | None = None, seconds: float = 60.0
) -> Report:
    """Judge a script or notebook; without a file, the class in the notebook that calls this.

    In a notebook, `check()` takes the cells that were run so far. Save nothing and name nothing::

        import ratezoo
        ratezoo.homework.check()

    Parameters
    ----------
    file : str or Path, optional
        A script (``.py``) or a notebook (``.ipynb``).
    exercise : str, optional
        The exercise's name. Default: the one that the code is most similar to.
    language : 'en', 'zh' or 'both', optional
        Default: that of the computer.
    seconds : float
        How long the student's code may take, in s. Default 60.

    Returns
    -------
    Report
        ``report.passed`` is True or False, so a cell ``assert ratezoo.homework.check().passed`` marks a notebook under
        nbgrader or otter.

    Raises
    ------
    HomeworkError
        The code can't be judged, or there is no notebook and no file.
    """
    from ratezoo.homework import notebook

    if file is None:
        with notebook.as_file() as own:
            return check(own, exercise, language, seconds)
    chosen = chosen_exercise(Path(file), exercise)
    return Report(chosen.check(Path(file), seconds), language or guessed_language())


def chosen_exercise(file: Path, name: str | None) -> Any:
    """The exercise of this name, or else the one that the file answers.

    Raises
    ------
    HomeworkError
        The file can't be read, or it is not similar to any exercise.
    """
    from ratezoo.homework import exercises
    from ratezoo.homework.recognise import exercise_of
    from ratezoo.homework.sandbox import check_syntax, read_source

    if name is not None:
        return exercises[name]
    source = read_source(file)
    found = exercise_of(source, file.stem, exercises.values())
    if found is None:
        check_syntax(source, file.name)
        known = ', '.join(exercises)
        raise HomeworkError(
            f'{file.name}: the file is not similar to any exercise; keep the classes and methods of the hand-out, or '
            f'name the exercise ({known}). / 这个文件与任何作业都不相似；请保留讲义中的类和方法，或写明是哪个作业（{known}）。'
        )
    return found


def guessed_language() -> str:
    """'zh' on a computer that is set to Chinese, or else 'en'."""
    import locale
    import os

    for name in ('LC_ALL', 'LC_MESSAGES', 'LANG'):
        if os.environ.get(name):
            return 'zh' if os.environ[name].lower().startswith(('zh', 'chinese')) else 'en'
    try:
        told = locale.getlocale()[0] or ''
    except ValueError:
        told = ''
    return 'zh' if told.lower().startswith(('zh', 'chinese')) else 'en'

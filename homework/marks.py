"""Marks for a class: every submission of a folder is judged, each in a process of its own."""

import concurrent.futures
import csv
import difflib
import html
import io
import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from ratezoo.errors import HomeworkError
from ratezoo.homework.exercise import Exercise
from ratezoo.homework.recognise import exercise_of
from ratezoo.homework.report import in_words, verdict_word
from ratezoo.homework.sandbox import SUFFIXES, check_syntax, read_source
from ratezoo.homework.words import both

VERDICTS = ('exact', 'consistent', 'wrong', 'open')
WORDS = {
    'passed': ('passed', '通过'),
    'not passed': ('not passed', '未通过'),
    'not usable': ('not usable', '无法评判'),
}
STATES = tuple(WORDS)
_GB_A_JOB = 2.0  # of the computer's free memory
_ALIKE = 0.9  # submissions whose own lines agree to this part are listed
_OWN_LINES = 4  # a submission with fewer lines of its own is compared with no other

Points = dict[tuple[str, str], dict[str, float]]  # (exercise, part) → verdict → points


class Submission(NamedTuple):
    """One file of one student.

    Attributes
    ----------
    name : str
        The file, as seen from the folder of the class.
    file : Path
    exercise : Exercise or None
        What it answers; None if that is not known.
    """

    name: str
    file: Path
    exercise: Exercise | None


class Mark(NamedTuple):
    """What was found about a submission.

    Attributes
    ----------
    submission : str
    exercise : str
        '' if it is not known.
    status : str
        One of `STATES`.
    parts : list of dict
        ``name``, ``verdict``, ``relative_error`` and ``hint`` of each part.
    seconds : float
        How long the judgement took.
    words : str
        What went wrong, in English and Chinese; '' if nothing did.
    """

    submission: str
    exercise: str
    status: str
    parts: list[dict[str, Any]]
    seconds: float
    words: str


def submissions(folder: Path, exercises: Mapping[str, Exercise], only: str | None = None) -> list[Submission]:
    """The submissions of a class: each script or notebook in the folder, and in the folder of each student.

    A file that is still as it was handed out is left out where the same folder holds another file for the exercise. So
    are files that answer no exercise, beside one that does.

    Parameters
    ----------
    folder : Path
    exercises : mapping of str to Exercise
    only : str, optional
        All files answer this exercise. Default: it is told from their code.

    Raises
    ------
    HomeworkError
        There is no submission.
    """
    found: list[Submission] = []
    for place in [folder, *sorted(p for p in folder.rglob('*') if p.is_dir() and not _hidden(p, folder))]:
        files = sorted(p for p in place.iterdir() if p.suffix in SUFFIXES and p.is_file() and p.name[0] != '.')
        here = [Submission(str(f.relative_to(folder)), f, _exercise(f, exercises, only)) for f in files]
        if place == folder:
            found += here
            continue
        known = [s for s in here if s.exercise is not None]
        touched = [s for s in known if not _untouched(s)]
        worked_on = {s.exercise for s in touched}
        found += (touched + [s for s in known if s.exercise not in worked_on]) or here
    if not found:
        raise HomeworkError(
            f'{folder}: the folder and the folders in it hold no script and no notebook. / '
            '这个文件夹及其子文件夹里没有脚本，也没有 notebook。'
        )
    return sorted(found, key=lambda s: s.name)


def _hidden(place, folder):
    return any(part.startswith(('.', '__')) for part in place.relative_to(folder).parts)


def _exercise(file, exercises, only):
    if only is not None:
        return exercises[only]
    try:
        return exercise_of(read_source(file), file.stem, exercises.values())
    except HomeworkError:
        return next((e for e in exercises.values() if e.name == file.stem), None)


def _untouched(submission):
    try:
        return submission.exercise.is_as_handed_out(submission.file)
    except HomeworkError:
        return False


def marks(
    found: Sequence[Submission],
    seconds: float = 60.0,
    jobs: int | None = None,
    done: Callable[[Mark], None] = lambda mark: None,
) -> list[Mark]:
    """Judge all submissions; a submission that can't be judged harms no other.

    Parameters
    ----------
    found : sequence of Submission
    seconds : float
        How long each student's code may take, in s. Default 60.
    jobs : int, optional
        How many are judged at the same time. Default: as many as there are cores, and memory for.
    done : callable
        Is called with each `Mark` as it comes.

    Returns
    -------
    list of Mark
        In the order of ``found``.
    """
    jobs = jobs or default_jobs()
    if jobs == 1:
        given = []
        for submission in found:
            given.append(mark_of(submission, seconds))
            done(given[-1])
        return given
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(mark_of, submission, seconds) for submission in found]
        try:
            for task in concurrent.futures.as_completed(tasks):
                done(task.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [task.result() for task in tasks]


def default_jobs() -> int:
    """As many as there are cores, and as there is memory for."""
    free = psutil.virtual_memory().available / 2**30
    return max(1, min(os.cpu_count() or 1, int(free / _GB_A_JOB)))


def mark_of(submission: Submission, seconds: float) -> Mark:
    """Judge one submission."""
    began = time.monotonic()
    name = submission.exercise.name if submission.exercise is not None else ''
    try:
        if submission.exercise is None:
            check_syntax(read_source(submission.file), submission.file.name)
            raise HomeworkError(
                f'{submission.file.name}: the file is not similar to any exercise. / 这个文件与任何作业都不相似。'
            )
        report = submission.exercise.check(submission.file, seconds)
    except HomeworkError as error:
        return Mark(submission.name, name, 'not usable', [], time.monotonic() - began, str(error))
    except Exception as error:  # a defect of the checker: it must not cost the other students their marks
        words = both(f'the checker failed: {type(error).__name__}: {error}', f'检查程序出错：{type(error).__name__}')
        return Mark(submission.name, name, 'not usable', [], time.monotonic() - began, words)
    status = 'passed' if report['passed'] else 'not passed'
    hints = [(f'{p["name"]}: ', p['hint'] or '') for p in report['parts'] if p['verdict'] in ('wrong', 'open')]
    words = _both_of([*hints, *(('', remark) for remark in report['remarks'])])
    return Mark(submission.name, name, status, report['parts'], time.monotonic() - began, words)


def _both_of(texts):
    """Several texts 'English / Chinese', each after the name of its part, as one."""
    if not texts:
        return ''
    return both(*(' '.join(name + in_words(text, language) for name, text in texts) for language in ('en', 'zh')))


# ---- points ----------------------------------------------------------------------------------------------------------


def default_points(given: Sequence[Mark]) -> Points:
    """One point for each part that is exact or consistent."""
    right = {'exact': 1.0, 'consistent': 1.0, 'wrong': 0.0, 'open': 0.0}
    return {(m.exercise, p['name']): dict(right) for m in given for p in m.parts}


def points_table(points: Points) -> str:
    """The points as CSV: a row for each part, a column for each verdict."""
    rows = [['exercise', 'part', *VERDICTS]]
    rows += [[e, p, *(f'{verdicts[v]:g}' for v in VERDICTS)] for (e, p), verdicts in points.items()]
    return _csv(rows)


def read_points(file: Path) -> Points:
    """The points of a file that `points_table` made and a teacher has changed.

    Raises
    ------
    HomeworkError
        The file can't be read, or it is no such table.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding='utf-8-sig'))))
        return {
            (row['exercise'], row['part']): {v: _number(row[v], file, i) for v in VERDICTS}
            for i, row in enumerate(rows, 2)
        }
    except (OSError, UnicodeDecodeError) as error:
        raise HomeworkError(f"{file}: the file can't be read ({error}). / 无法读取这个文件。") from error
    except (KeyError, TypeError) as error:
        columns = ','.join(('exercise', 'part', *VERDICTS))
        raise HomeworkError(
            f'{file}: expected a table with the columns {columns}, and numbers below the verdicts. / '
            f'需要一个表格，列为 {columns}，各评判列下是数字。'
        ) from error


def _number(text, file, line):
    try:
        return float(text)
    except (ValueError, TypeError):
        raise HomeworkError(
            f'{file}: line {line}: expected a number of points, got {text!r}. / 第 {line} 行：需要一个分数，而这里是 {text!r}。'
        ) from None


def points_of(mark: Mark, points: Points) -> float:
    """The sum of the points of a mark's parts."""
    return sum(points[mark.exercise, p['name']][p['verdict']] for p in mark.parts)


# ---- similar submissions ---------------------------------------------------------------------------------------------


def similar(found: Sequence[Submission]) -> list[tuple[str, str, float]]:
    """Pairs of submissions that are nearly the same where they differ from the hand-out: a hint, no verdict.

    Returns
    -------
    list of (str, str, float)
        Two submissions, and which part of their own lines agrees.
    """
    own: dict[str, list[tuple[str, list[str]]]] = {}
    for submission in found:
        if submission.exercise is not None:
            try:
                mine = _own_lines(submission)
            except HomeworkError:
                continue
            if len(mine) >= _OWN_LINES:
                own.setdefault(submission.exercise.name, []).append((submission.name, mine))
    pairs = []
    for those in own.values():
        for (a, lines_a), (b, lines_b) in itertools.combinations(those, 2):
            ratio = difflib.SequenceMatcher(None, lines_a, lines_b, autojunk=False).ratio()
            if ratio >= _ALIKE:
                pairs.append((a, b, ratio))
    return sorted(pairs, key=lambda pair: (-pair[2], pair))


def _own_lines(submission):
    handed_out = {line.strip() for line in submission.exercise.handout.split('\n')}
    lines = (line.strip() for line in read_source(submission.file).split('\n'))
    return [line for line in lines if line and line not in handed_out and not line.startswith('# ratezoo: code cell')]


# ---- tables ----------------------------------------------------------------------------------------------------------


def table(given: Sequence[Mark], points: Points, language: str) -> str:
    """The marks as CSV: a row for each submission, two columns for each part.

    The exercise stands before the name of a part if there are several exercises.
    """
    names = list(dict.fromkeys((m.exercise, p['name']) for m in given for p in m.parts))
    several = len({exercise for exercise, _ in names}) > 1
    titles = [f'{exercise} {name}' if several else name for exercise, name in names]
    columns = [column for title in titles for column in (f'{title} verdict', f'{title} error')]
    rows = [['submission', 'exercise', 'status', *columns, 'points', 'seconds', 'words']]
    for mark in given:
        parts = {(mark.exercise, p['name']): p for p in mark.parts}
        cells = [cell for name in names for cell in _cells(parts.get(name))]
        last = [f'{points_of(mark, points):g}', f'{mark.seconds:.1f}', in_words(mark.words, language)]
        rows.append([mark.submission, mark.exercise, mark.status, *cells, *last])
    return _csv(rows)


def _cells(part):
    if part is None:
        return '', ''
    error = part['relative_error']
    return part['verdict'], '' if error is None else f'{error:.3g}'


def _csv(rows):
    """Rows as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    safe = [
        [f"'{c}" if c[:1] in ('=', '+', '@', '\t') or (c[:1] == '-' and c[1:2].isalpha()) else c for c in r]
        for r in rows
    ]
    csv.writer(out, lineterminator='\n').writerows(safe)
    return out.getvalue()


_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; width: 100%; margin: 1em 0 }
th, td { border: 1px solid #bbb; padding: .3em .5em; text-align: left; vertical-align: top }
th { background: #eee } td.number { text-align: right; white-space: nowrap }
.passed { background: #dff0d8 } .not-passed { background: #fbe3e0 } .not-usable { background: #eee }
"""


def page(
    given: Sequence[Mark], points: Points, pairs: Sequence[tuple[str, str, float]], folder: str, language: str
) -> str:
    """The marks as an HTML page: how many passed, which mistakes were made how often, each submission, similar ones."""
    word = {k: html.escape(in_words(both(*v), language)) for k, v in _PAGE.items()}
    return ''.join(
        [
            f'<!DOCTYPE html>\n<html lang="{"zh" if language == "zh" else "en"}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f'<title>{word["title"]}</title><style>{_STYLE}</style></head><body>',
            f'<h1>{word["title"]}</h1><p>{html.escape(folder)}: {len(given)} {word["files"]}</p>',
            f'<h2>{word["overview"]}</h2>',
            _html_table(
                [word['exercise'], *(word[s] for s in STATES)],
                (
                    ('', [e or '?', *(str(sum(m.exercise == e and m.status == s for m in given)) for s in STATES)])
                    for e in dict.fromkeys(m.exercise for m in given)
                ),
            ),
            f'<h2>{word["mistakes"]}</h2>',
            _html_table(
                [word['exercise'], word['part'], word['how often'], word['words']],
                (('', [e, p, str(n), in_words(h, language)]) for (e, p, h), n in _mistakes(given)),
            ),
            f'<h2>{word["submissions"]}</h2>',
            _html_table(
                [word[k] for k in ('submission', 'exercise', 'status', 'parts', 'points', 'seconds', 'words')],
                (_html_row(m, points, language, word) for m in given),
            ),
            f'<h2>{word["similar"]}</h2><p>{word["no verdict" if pairs else "none similar"]}</p>',
            _html_table(
                [word['submission'], word['submission'], word['agree']],
                (('', [a, b, f'{ratio:.0%}']) for a, b, ratio in pairs),
            )
            if pairs
            else '',
            '</body></html>\n',
        ]
    )


_PAGE = {
    'title': ('Marks', '成绩'),
    'files': ('submissions', '份提交'),
    'overview': ('Overview', '概况'),
    'mistakes': ('What went wrong, and how often', '出了哪些错，各有多少次'),
    'submissions': ('Submissions', '各份提交'),
    'similar': ('Similar submissions', '相似的提交'),
    'no verdict': (
        'Where they differ from the hand-out, these agree almost everywhere. This is a hint, not a verdict.',
        '与讲义不同的地方，这些提交几乎完全一样。这只是提示，不是结论。',
    ),
    'none similar': (
        f'None. Files with fewer than {_OWN_LINES} lines of their own are not compared.',
        f'没有。自己写的代码少于 {_OWN_LINES} 行的文件不参加比较。',
    ),
    'submission': ('submission', '提交'),
    'exercise': ('exercise', '作业'),
    'status': ('status', '状态'),
    'parts': ('parts', '各部分'),
    'part': ('part', '部分'),
    'points': ('points', '分数'),
    'seconds': ('seconds', '秒'),
    'words': ('what went wrong', '哪里错了'),
    'how often': ('how often', '次数'),
    'agree': ('own lines that agree', '相同的行'),
    **WORDS,
}


def _mistakes(given):
    """((exercise, part, hint), how often) of all hints, the most frequent first."""
    counted = Counter(
        (m.exercise, p['name'], p['hint'] or '') for m in given for p in m.parts if p['verdict'] == 'wrong'
    )
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _html_row(mark, points, language, word):
    parts = ', '.join(f'{p["name"]} {verdict_word(p["verdict"], language)}' for p in mark.parts)
    numbers = [f'{points_of(mark, points):g}', f'{mark.seconds:.1f}']
    cells = [mark.submission, mark.exercise, html.unescape(word[mark.status]), parts, *numbers]
    return mark.status.replace(' ', '-'), [*cells, in_words(mark.words, language)]


def _html_table(head, rows: Iterator[tuple[str, list[str]]]) -> str:
    body = ''.join(
        f'<tr class="{kind}">{"".join(f"<td>{html.escape(cell)}</td>" for cell in cells)}</tr>' for kind, cells in rows
    )
    return f'<table><thead><tr>{"".join(f"<th>{h}</th>" for h in head)}</tr></thead><tbody>{body}</tbody></table>'

"""Judge a student's file part by part: its numbers against values that are derived independently.

An exercise says what is measured: a `Part` for each thing that the student writes. The student's file runs in a process
of its own, which holds no right answer and sends numbers. Here they are compared.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ratezoo.homework import sandbox
from ratezoo.homework.factors import find_factor, find_term, of_factor, of_term
from ratezoo.homework.formulas import Choice, Formula, agree, explain
from ratezoo.homework.words import Hint, both, joined

SEED = 2024  # of the random tests
OPEN = both('This blank is still open: replace the three dots.', '这个空还没有填：请把三个点换成你的公式。')
_POINTS = 200  # of a curve that is made of the tests
Test = dict[str, Any]


def value(test: Test, experiment: int = 0, action: int = -1) -> Any:
    """What an action of an experiment gave, as an array of floats, or as a dict of such arrays.

    By default, the last action of the first experiment.
    """
    result = test['results'][experiment][action]
    if isinstance(result, dict):
        return {k: np.array(v, float) for k, v in result.items()}
    return np.array(result, float)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """Something that the student writes, and how it is judged.

    The functions below get one test, a dict: the numbers of its case, and under 'results' what its experiments gave
    (`value` reads them). ``mistakes`` and ``terms`` also find the right value under 'right'.

    Attributes
    ----------
    name : str
        As the student sees it, such as 'dw'.
    cases : sequence of dict
        The random numbers of each test. Sizes and constants must differ from test to test, so that no wrong formula
        agrees by accident.
    experiments : callable
        case → list of experiments (`ratezoo.homework.experiments`).
    right : callable
        The right value, derived independently: from finite differences of the student's own functions, from a closed
        form, or from a computation with NumPy or SciPy.
    got : callable
        The student's value. Default: `value`, the last action of the first experiment.
    blanks : dict of str to str
        The names of its blanks → the expression that takes the place of the three dots while other parts are judged.
        Default: none.
    needs : tuple of str
        Names of blanks of other parts without which this part can't be judged. Default: none.
    mistakes : sequence of `Choice` and `Formula`
        The mistakes that people make. Default: none.
    quantities : tuple of str
        Keys of numbers in a case that a stray factor may contain, such as 'dt'. Default: none.
    terms : callable
        test → dict of arrays, quantities of which a number of times may have been added. Default: none.
    compare_with : (English, Chinese)
        The hint for a mistake that is not recognised.
    consistent : callable
        (tests, values of the student, right values) → a hint if the student's values belong to another scheme of the
        same order, which is accepted; or None. Default: never.
    tolerance : float
        Largest relative difference of two numbers that count as equal. Default 1e-6.
    given : bool
        The hand-out gives this part. It is not shown; a remark tells if it was changed, and then the file does not
        pass. Default False.
    curve : callable
        tests → dict with ``x``, ``yours``, ``right`` (sequences) and ``xlabel``, for the picture of the comparison.
        Default: the numbers of all tests, over the right values.
    """

    name: str
    cases: Sequence[Mapping[str, Any]]
    experiments: Callable[[Mapping[str, Any]], list[dict[str, Any]]]
    right: Callable[[Test], Any]
    compare_with: Hint
    got: Callable[[Test], Any] = value
    blanks: Mapping[str, str] = dataclasses.field(default_factory=dict)
    needs: tuple[str, ...] = ()
    mistakes: Sequence[Choice | Formula] = ()
    quantities: tuple[str, ...] = ()
    terms: Callable[[Test], Mapping[str, Any]] | None = None
    consistent: Callable[[list[Test], list[np.ndarray], list[np.ndarray]], Hint | None] | None = None
    tolerance: float = 1e-6
    given: bool = False
    curve: Callable[[list[Test]], dict[str, Any]] | None = None


def check(name: str, class_name: str, parts: Sequence[Part], file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
    """Judge a student's script or notebook; the arguments are the exercise's name, its class and its parts.

    The result and the errors are those of `ratezoo.homework.Exercise.check`.
    """
    file = Path(file)
    source, open_blanks = without_open_blanks(sandbox.read_source(file), file.name, class_name, parts)
    spec = {'class_name': class_name, 'experiments': experiments_of(parts)}
    answer = sandbox.run('ratezoo.homework.probe', source, file.name, class_name, spec, seconds)
    with sandbox.reading_answer(file.name):
        return report(name, parts, answer, open_blanks)


def experiments_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The experiments of all parts, in the order in which `report` expects their results."""
    return [e for part in parts for case in part.cases for e in part.experiments(case)]


def without_open_blanks(source: str, name: str, class_name: str, parts: Sequence[Part]) -> tuple[str, set[str]]:
    """The source with its open blanks filled, so that it runs, and the names of these blanks.

    Raises
    ------
    HomeworkError
        There is nothing to judge: the source can't be parsed, or no part has all its blanks filled.
    """
    placeholders = {blank: filled for part in parts for blank, filled in part.blanks.items()}
    try:
        closed, open_blanks = sandbox.close_blanks(source, class_name, placeholders)
    except (SyntaxError, ValueError, RecursionError):
        closed, open_blanks = source, []
    judged = [p for p in parts if not p.given and not _is_open(p, open_blanks)]
    if not open_blanks or not judged:
        sandbox.check_source(source, name, class_name)
        return source, set()
    sandbox.check_source(closed, name, class_name)
    return closed, set(open_blanks)


def _is_open(part, open_blanks):
    return bool({*part.blanks, *part.needs} & {*open_blanks})


def report(name: str, parts: Sequence[Part], answer: Mapping[str, Any], open_blanks: set[str]) -> dict[str, Any]:
    """The verdicts, from the probe's answer.

    Parameters
    ----------
    name : str
        The exercise's name.
    parts : sequence of Part
    answer : dict
        ``results`` and ``errors`` of the experiments, and ``late_error``.
    open_blanks : set of str
        The blanks that are still open.
    """
    shown: list[dict[str, Any]] = []
    remarks: list[str] = []
    curves: list[dict[str, Any]] = []
    told: set[Hint] = set()  # errors that a part shows
    changed: list[tuple[Part, float, list[Hint], list[Any]]] = []  # parts that the hand-out gives and that do not hold
    entries = iter(zip(answer['results'], answer['errors'], strict=True))
    for part in parts:
        tests, errors = [], []
        for case in part.cases:
            done = [next(entries) for _ in part.experiments(case)]
            errors += [e for _, e in done if e is not None]
            if all(e is None for _, e in done):
                tests.append({**case, 'results': [r for r, _ in done]})
        if _is_open(part, open_blanks):
            if not part.given:
                shown.append({'name': part.name, 'verdict': 'open', 'relative_error': None, 'hint': OPEN})
            continue
        verdict, error, hints = _judged(part, tests, errors)
        if not part.given:
            hint = joined(hints) if hints else None
            shown.append({'name': part.name, 'verdict': verdict, 'relative_error': rounded(error), 'hint': hint})
            curves += _curve(part, tests)
            told |= {(english, chinese) for english, chinese in errors}
        elif verdict not in ('exact', 'consistent'):
            changed.append((part, error, hints, errors))
    for part, error, hints, errors in changed:
        if not errors:
            remarks.append(_changed(part, error, hints))
        elif tuple(errors[0]) not in told:  # otherwise a line of the student's stops this part, too
            remarks.append(_failed(part, errors[0]))
    if answer['late_error']:
        english, chinese = answer['late_error']
        remarks.append(
            both(
                f'the file stops before its end ({english.rstrip(".")}); the class was judged all the same.',
                f'文件没有运行到结尾（{chinese.rstrip("。")}）；仍然对类进行了评判。',
            )
        )
    passed = not changed and all(p['verdict'] in ('exact', 'consistent') for p in shown)
    return {'exercise': name, 'passed': passed, 'parts': shown, 'remarks': remarks, 'curves': curves}


def _changed(part, error, hints):
    """The remark on a part of the hand-out that was changed."""
    off, off_zh = ('', '') if not np.isfinite(error) else (f' (off by {error:.2g})', f'（相差 {error:.2g}）')
    words = joined(hints).split(' / ', 1)
    return both(
        f'{part.name}, which the hand-out gives, was changed{off}. {words[0]}',
        f'作业中给出的 {part.name} 被改动了{off_zh}。{words[1]}',
    )


def _failed(part, error):
    """The remark on a part of the hand-out that raises an error."""
    english, chinese = joined([error]).split(' / ', 1)
    return both(f'{part.name} fails. {english}', f'{part.name} 出错。{chinese}')


def _judged(part, tests, errors):
    """The verdict on a part, its relative error (infinite if there is none) and the hints."""
    if not tests:
        return 'wrong', np.inf, [errors[0]]
    hints = errors[:1]
    got = [np.asarray(part.got(test), float) for test in tests]
    right = [np.asarray(part.right(test), float) for test in tests]
    tests = [{**test, 'right': r} for test, r in zip(tests, right, strict=True)]
    if all(g.shape == () and np.isnan(g) and r.shape != () for g, r in zip(got, right, strict=True)):
        return 'wrong', np.inf, [*hints, _none(part.name)]
    if any(not np.isfinite(g).all() for g in got):
        infinite = (f'{part.name} is infinite, NaN or None.', f'{part.name} 是无穷大、NaN 或 None。')
        return 'wrong', np.inf, [*hints, infinite]
    shapes = [(g.shape, r.shape) for g, r in zip(got, right, strict=True) if _squeezed(g) != _squeezed(r)]
    if shapes and all(g == r[::-1] for g, r in shapes):
        return 'wrong', np.inf, [*hints, _transposed(part.name)]
    if shapes:
        # Where the shape is right by accident (a matrix is square), the numbers may still show the mistake.
        fits = [i for i, (g, r) in enumerate(zip(got, right, strict=True)) if g.shape == r.shape]
        found = (
            explain(part.mistakes, [tests[i] for i in fits], [got[i] for i in fits], part.tolerance) if fits else None
        )
        return 'wrong', np.inf, [*hints, _of_shape(part.name, *shapes[0]), *(found or [])]
    got = [g.reshape(r.shape) for g, r in zip(got, right, strict=True)]
    error = max(_relative_error(g, r) for g, r in zip(got, right, strict=True))
    if error <= part.tolerance and not errors:
        return 'exact', error, []
    if errors and error <= part.tolerance:
        return 'wrong', np.inf, hints
    accepted = part.consistent(tests, got, right) if part.consistent and not errors else None
    found = explain(part.mistakes, tests, got, part.tolerance)
    if accepted:
        return 'consistent', error, [accepted, *(found or [])]
    return 'wrong', error, [*hints, *(found or _unknown(part, tests, got, right))]


def _squeezed(array):
    return tuple(n for n in array.shape if n != 1)


def _relative_error(got, right):
    """The largest difference in parts of the largest number of the right value."""
    return float(np.max(np.abs(got - right), initial=0.0) / max(np.max(np.abs(right), initial=0.0), 1e-12))


def _of_shape(name, got, right):
    return (
        f'{name} has the shape {got}; expected {right}. (The shape of one number is ().)',
        f'{name} 的形状是 {got}，应当是 {right}。（一个数的形状是 ()。）',
    )


def _none(name):
    return (
        f'{name} is None or NaN. A function that changes its argument, such as np.fill_diagonal, returns None: call it on '
        'a line of its own.',
        f'{name} 是 None 或 NaN。直接修改参数的函数（例如 np.fill_diagonal）返回 None：请让它单独占一行。',
    )


def _transposed(name):
    return (
        f'{name} is transposed: rows and columns are exchanged.',
        f'{name} 被转置了：行与列颠倒了。',
    )


def _unknown(part, tests, got, right):
    """The hints for a mistake that is not in the list of the part."""
    if all(not g.any() for g in got) and any(r.any() for r in right):
        return [(f'{part.name} is 0 at every test.', f'在每次测试中，{part.name} 都是 0。')]
    square = [(g, r) for g, r in zip(got, right, strict=True) if r.ndim == 2 and r.shape[0] == r.shape[1] > 1]
    if len(square) == len(got) and all(agree(g, r.T, part.tolerance) for g, r in square):
        return [_transposed(part.name)]
    flat_got, flat_right = (np.concatenate([np.ravel(v) for v in values]) for values in (got, right))
    sizes = [r.size for r in right]
    scale = np.concatenate([np.full(r.size, np.max(np.abs(r), initial=0.0)) for r in right])
    quantities = {k: np.repeat([float(test[k]) for test in tests], sizes) for k in part.quantities}
    quantities = quantities or {'1': np.ones(len(flat_got))}
    factor = find_factor(flat_got, flat_right, scale, quantities, part.tolerance)
    if factor is not None:
        return of_factor(part.name, factor, ', '.join([*part.quantities, '2', '…']), causes=False)
    if part.terms is not None:
        listed = [part.terms(test) for test in tests]
        terms = {
            k: np.concatenate([np.ravel(np.broadcast_to(t[k], r.shape)) for t, r in zip(listed, right, strict=True)])
            for k in listed[0]
        }
        found = find_term(flat_got, flat_right, scale, terms, part.tolerance)
        if found is not None:
            return of_term(part.name, *found)
    return [part.compare_with]


def _curve(part, tests):
    """The curve of a part as a list of one dict; empty if there is nothing to draw."""
    if not tests:
        return []
    if part.curve is not None:
        drawn = part.curve(tests)
    else:
        yours, right = (
            np.concatenate([np.ravel(np.asarray(f(test), float)) for test in tests])[:_POINTS]
            for f in (part.got, part.right)
        )
        drawn = {'x': right, 'yours': yours, 'right': right, 'xlabel': 'right value'}
    if len(drawn['yours']) != len(drawn['right']):
        return []
    numbers = {k: np.asarray(drawn[k], float).tolist() for k in ('x', 'yours', 'right')}
    return [{'name': part.name, 'xlabel': drawn['xlabel'], **numbers}]


def rounded(error: float) -> float | None:
    """Three significant digits; None for an infinite or NaN error."""
    return None if not np.isfinite(error) else float(f'{error:.3g}')


def falls_at_order(errors: Sequence[float], order: float) -> bool:
    """Whether errors, each at half the step of the one before, fall at this order, and the last is below 0.1.

    The slope log₂(error/next error) must lie above order − ½ everywhere, and within ¼ of the order at the end.
    """
    numbers = np.asarray(errors, float)
    if not np.isfinite(numbers).all() or (numbers <= 0).any():
        return False
    slopes = np.log2(numbers[:-1] / numbers[1:])
    return bool((slopes > order - 0.5).all() and abs(slopes[-1] - order) < 0.25 and numbers[-1] < 0.1)

"""Lines of the homework that are the right value times a factor, or plus an extra term: what the factor or the term is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ratezoo.homework.factors import find_factor, find_term, number_text, of_factor, of_term
from ratezoo.homework.words import Hint


def explain_trace(cases: Mapping[str, np.ndarray], got: np.ndarray, right: np.ndarray, tolerance: float) -> list[Hint]:
    """The hints for a p_w line that is the right one times a factor, or plus a term; empty if it is neither.

    Parameters
    ----------
    cases : dict of arrays (N,)
        The numbers r, pw, pb, w, b, x and dt of N random steps.
    got, right : array (N,)
        The student's new p_w and the right one.
    tolerance : float
        Largest relative difference of two numbers that count as equal.
    """
    r, pw, pb, w, b, x, dt = (cases[k] for k in ('r', 'pw', 'pb', 'w', 'b', 'x', 'dt'))
    scale = np.abs(pw) + dt * (np.abs((w - 1) * pw) + np.abs(r))
    quantities = {'Δt': dt, 'w': w, 'b': b}
    factor = find_factor(got, right, scale, quantities, tolerance)
    if factor is not None:
        return of_factor('p_w', factor, _FACTORS_OF_TRACE, causes=False)
    factor = find_factor(got - pw, right - pw, scale, quantities, tolerance)
    if factor is not None:
        return of_factor('p_w', factor, _FACTORS_OF_TRACE, at='the change of p_w in a step', causes=False)
    parts = {'r': r, 'w p_w': w * pw, '(w − 1) p_w': (w - 1) * pw, 'p_w': pw}
    found = find_term(got, right, scale, {k: dt * v for k, v in parts.items()}, tolerance)
    if found is not None:
        return _of_part(*found)
    others = {
        '1': 1 + 0 * r,
        'w': w,
        'b': b,
        'x': x,
        'r': r,
        'p_b': pb,
        'p_w': pw,
        'r²': r**2,
        'p_w²': pw**2,
        'w r': w * r,
    }
    terms = {k: dt * v for k, v in others.items()}
    inside = find_term(got, right, scale, terms, tolerance)
    if inside is not None:
        return _of_term_in_bracket(*inside)
    outside = find_term(got, right, scale, {**others, 'Δt²': dt**2}, tolerance)
    return of_term('p_w', *outside) if outside is not None else _of_line(cases, got)


_FACTORS_OF_TRACE = 'Δt, 2, …'


_MOST_TERMS = 6  # a line with more terms is not shown


def _of_line(cases, got) -> list[Hint]:
    """The hint that shows what a p_w line computes, if it is a sum of the usual terms; else empty."""
    r, pw, w, b, x, dt = (cases[k] for k in ('r', 'pw', 'w', 'b', 'x', 'dt'))
    in_bracket = {'p_w': pw, 'w p_w': w * pw, 'r': r, 'w r': w * r, 'b': b, 'x': x, '1': 1 + 0 * r}
    start = {'p_w': pw, 'r': r}
    table = np.stack([*start.values(), *(dt * v for v in in_bracket.values())], 1)
    numbers: Any = np.round(np.linalg.lstsq(table, got, rcond=None)[0], 4)
    if np.max(np.abs(table @ numbers - got)) > 1e-3 * np.max(np.abs(got)):
        return []
    if np.count_nonzero(numbers) > _MOST_TERMS:
        return []
    before = _sum_text(dict(zip(start, numbers, strict=False)))
    bracket = _sum_text(dict(zip(in_bracket, numbers[len(start) :], strict=True)))
    line = f'{before} + Δt ({bracket})' if before else f'Δt ({bracket})'
    line = line if bracket else before
    return [
        (
            f'at every test your new p_w is {line}. Differentiate r + Δt(−r + w r + b + x) by w, term by term: each r '
            'becomes p_w, and w r gives r, too.',
            f'在每次测试中，你的新 p_w 都等于 {line}。请对 r + Δt(−r + w r + b + x) 逐项对 w 求导：每个 r 变成 p_w，'
            'w r 还会再给出一个 r。',
        )
    ]


def _sum_text(numbers: Mapping[str, float]) -> str:
    """A sum as formulas write it: 'r − 2 p_w'. Terms whose number is 0 are left out."""
    text = ''
    for term, number in numbers.items():
        if number == 0:
            continue
        size = number_text(abs(number))
        one = size if term == '1' else term if size == '1' else f'{size} {term}'
        sign = ('−' if number < 0 else '') if not text else (' − ' if number < 0 else ' + ')
        text += sign + one
    return text


def _of_part(part: str, number: float) -> list[Hint]:
    """The hint for a p_w whose bracket has one of its own terms another number of times than once."""
    factor = number_text(1 + number)
    if part == 'r':
        return [
            (
                f'the drive r is multiplied by {factor} at every test: ∂(w r)/∂w = r, with the factor 1.',
                f'在每次测试中，驱动项 r 都被乘以了 {factor}：∂(w r)/∂w = r，系数是 1。',
            )
        ]
    if part == '(w − 1) p_w':
        return [
            (
                f'the term (w − 1) p_w is multiplied by {factor} at every test; its factor is 1.',
                f'在每次测试中，(w − 1) p_w 这一项都被乘以了 {factor}；它的系数应当是 1。',
            )
        ]
    if part == 'w p_w':
        return [
            (
                f'w p_w is multiplied by {factor} at every test: the term is (w − 1) p_w.',
                f'在每次测试中，w p_w 都被乘以了 {factor}：这一项是 (w − 1) p_w。',
            )
        ]
    decay = number_text(1 - number)
    return [
        (
            f'the factor of p_w is (w − {decay}) at every test: −r in F contributes −p_w, so it is (w − 1).',
            f'在每次测试中，p_w 的系数都是 (w − {decay})：F 中的 −r 对应 −p_w，因此系数应当是 (w − 1)。',
        )
    ]


def _of_term_in_bracket(term: str, number: float) -> list[Hint]:
    """The hint for a p_w whose bracket has a term that does not belong there."""
    size = number_text(abs(number))
    text = size if term == '1' else term if size == '1' else f'{size} {term}'
    sign = '+' if number > 0 else '−'
    return [
        (
            f'the bracket has a term too much at every test: Δt [(w − 1) p_w + r {sign} {text}].',
            f'在每次测试中，括号里都多了一项：Δt [(w − 1) p_w + r {sign} {text}]。',
        )
    ]


def explain_update(
    name: str,
    trace: str,
    cases: Sequence[Mapping[str, np.ndarray]],
    got: np.ndarray,
    right: np.ndarray,
    scale: np.ndarray,
    tolerance: float,
) -> list[Hint]:
    """The hints for a dw or db line that is the right one times a factor, or plus a term; empty if it is neither.

    Parameters
    ----------
    name : str
        'dw' or 'db'.
    trace : str
        'pw' or 'pb', the trace that belongs into the line.
    cases : sequence of dict
        The numbers r_seq, y, dt, w and b of N calls of train.
    got, right, scale : array (N,)
        The student's change, the right one, and the size of its terms.
    tolerance : float
        Largest relative difference of two numbers that count as equal.
    """
    T, dt, w, b = (
        np.array(v, float) for v in zip(*((len(c['y']), c['dt'], c['w'], c['b']) for c in cases), strict=True)
    )
    factor = find_factor(got, right, scale, {'T': T, 'Δt': dt, 'w': w, 'b': b}, tolerance)
    if factor is not None:
        return of_factor(name, factor, 'η, 1/T, Δt, 2, …')
    errors = [c['r_seq'] - c['y'] for c in cases]
    terms = {
        '1': 1 + 0 * T,
        'w': w,
        'b': b,
        'Δt': dt,
        '1/T': 1 / T,
        'T': T,
        'mean(r − y)': np.array([np.mean(e) for e in errors]),
        'mean((r − y)²)': np.array([np.mean(e**2) for e in errors]),
        f'mean(p_{trace[1]})': np.array([np.mean(c[f'{trace}_seq']) for c in cases]),
    }
    found = find_term(got, right, scale, terms, tolerance)
    return [] if found is None else of_term(name, *found)

"""Answers that are the right value times a factor, or plus an extra term: what the factor or the term is.

`ratezoo.homework.formulas` knows mistakes one by one. This module needs no list of them: it compares the student's
numbers with the right ones over random tests. A factor may be a number, or a number times powers of quantities such as
T and Δt. These powers are found from how the factor changes from test to test. An extra term is a number times one of
some quantities.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ratezoo.homework.words import Hint

_MOST_POWER = 3  # a larger power is no plausible mistake
_SMALL = 0.05  # a right value below this part of the size of its terms tells nothing about a factor


class Factor(NamedTuple):
    """number × the product of quantities, each to its power."""

    number: float
    powers: dict[str, float]

    def values(self, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
        """The factor in each test."""
        factor = np.full(len(next(iter(quantities.values()))), self.number)
        for name, power in self.powers.items():
            factor = factor * quantities[name] ** power
        return factor

    @property
    def text(self) -> str:
        """As formulas write it: '0.37', '2 T Δt', 'w/T²'."""
        above = [_power(q, p) for q, p in self.powers.items() if p > 0]
        below = [_power(q, -p) for q, p in self.powers.items() if p < 0]
        if abs(self.number - 1) > 1e-6 or not above:
            above.insert(0, number_text(self.number))
        return '/'.join([' '.join(above), *below])


def _power(quantity: str, power: float) -> str:
    root = f'√{quantity}' if power % 1 else ''
    return ' '.join(filter(None, [quantity + ('', '', '²', '³')[int(power)] if power >= 1 else '', root]))


def number_text(number: float) -> str:
    """Four significant digits, with a minus sign that formulas have."""
    return f'{number:.4g}'.replace('-', '−')


def find_factor(
    got: np.ndarray, right: np.ndarray, scale: np.ndarray, quantities: Mapping[str, np.ndarray], tolerance: float
) -> Factor | None:
    """The factor between ``got`` and ``right``; None if there is none, or if it is 1.

    log |got/right| is a sum of the logarithms of the quantities, each times its power. So least squares gives the
    powers. They are rounded to halves, and the result counts only if it then agrees with every test.

    Parameters
    ----------
    got, right : array (N,)
        The student's value and the right value in each test.
    scale : array (N,)
        The size of the terms in the right value. They may cancel, and then the right value is small by accident.
    quantities : dict of str to array (N,)
        Positive or negative numbers that a factor may contain. They must differ from test to test.
    tolerance : float
        Largest relative difference of two numbers that count as equal.
    """
    clear = np.abs(right) > _SMALL * scale
    if clear.sum() < 4 or (got[clear] == 0).any():
        return None
    ratio = got[clear] / right[clear]
    varying = {k: v[clear] for k, v in quantities.items() if np.ptp(v[clear]) > 0}
    powers: dict[str, float] = {}
    if np.ptp(ratio) > tolerance * np.max(np.abs(ratio)):
        columns = [np.log(np.abs(v)) for v in varying.values()]
        table = np.stack([np.ones(len(ratio)), *columns], 1)
        solution, _, rank, _ = np.linalg.lstsq(table, np.log(np.abs(ratio)), rcond=None)
        if rank < table.shape[1]:
            return None
        rounded = np.round(2 * solution[1:]) / 2
        if any(p % 1 and (varying[k] < 0).any() for k, p in zip(varying, rounded, strict=True)):
            return None
        powers = {k: float(p) for k, p in zip(varying, rounded, strict=True) if p != 0}
        if not powers or max(map(abs, powers.values())) > _MOST_POWER:
            return None
    number = float(np.median(ratio / Factor(1.0, powers).values(varying)) if powers else np.median(ratio))
    factor = Factor(_rounded(number, tolerance), powers)
    if not powers and abs(factor.number - 1) <= tolerance:
        return None
    expected = factor.values(quantities)
    close = np.abs(got - expected * right) <= tolerance * np.abs(expected) * np.maximum(np.abs(right), scale)
    return factor if close.all() else None


def _rounded(number, tolerance):
    """The number with four digits, if that is as good: 0.37 for 0.36999999."""
    short = float(f'{number:.4g}')
    return short if abs(short - number) <= tolerance * abs(number) else number


def find_term(
    got: np.ndarray, right: np.ndarray, scale: np.ndarray, terms: Mapping[str, np.ndarray], tolerance: float
) -> tuple[str, float] | None:
    """The first of ``terms`` whose multiple is ``got − right`` in every test, and the number; None if there is none.

    The arguments are those of `find_factor`; ``terms`` has the extra terms, each an array (N,).
    """
    extra = got - right
    size = np.maximum(np.abs(got), scale)
    if np.max(np.abs(extra) / size) <= 10 * tolerance:
        return None
    for name, term in terms.items():
        if not np.any(term):
            continue
        number = _rounded(float(extra @ term / (term @ term)), tolerance)
        if (np.abs(extra - number * term) <= tolerance * size).all():
            return name, number
    return None


# ---- words -----------------------------------------------------------------------------------------------------------

_LOOK: Hint = (
    "the form is right. Look for a factor that doesn't belong there, or for one that is missing ({factors}).",
    '公式的形式是对的。请找出多余的因子，或者缺少的因子（{factors}）。',
)
_CAUSES_OF_NUMBER: dict[float, Hint] = {
    -1.0: ('only the sign is wrong.', '只有符号反了。'),
    2.0: ('a factor 2 too much: did you keep the 2 of a square?', '多了因子 2：是否保留了平方求导得到的 2？'),
    0.5: ('a factor ½ too much: the 2 of the square cancels it.', '多了因子 ½：它会与平方求导得到的 2 抵消。'),
    10.0: ('the factor is 1/η: η = 0.1 is missing.', '这个倍数是 1/η：缺少 η = 0.1。'),
    100.0: (
        'the factor is 1/η²: you divide by η = 0.1, and should multiply by it.',
        '这个倍数是 1/η²：应当乘以 η = 0.1，而不是除以它。',
    ),
    0.1: ('the factor is 0.1, the value of η: η enters once too often.', '这个倍数是 0.1，正好是 η：η 多乘了一次。'),
}


def of_factor(name: str, factor: Factor, factors: str, at: str = '', causes: bool = True) -> list[Hint]:
    """The hints for the value ``name`` that is ``factor`` times the right one.

    Parameters
    ----------
    name : str
        As in 'dw', 'p_w'.
    factors : str
        The factors that belong into this value, for the advice to look for them.
    at : str
        What is compared, such as 'the change of p_w in a step'. Default: the value itself.
    causes : bool
        Whether a number may come from η or from the ½ of the loss. Default True.
    """
    subject = at or f'your {name}'
    subject_zh = _IN_CHINESE.get(at, f'你的 {name}')
    space = ' ' if subject_zh[-1].isascii() else ''
    hints = [
        (
            f'{subject} is {factor.text} times the right value at every test.',
            f'在每次测试中，{subject_zh}{space}都是正确值的 {factor.text} 倍。',
        )
    ]
    near = next((c for c in _CAUSES_OF_NUMBER if abs(c - factor.number) <= 1e-3 * abs(c)), None)
    if near is not None and (causes or near == -1.0) and not factor.powers:
        return [*hints, _CAUSES_OF_NUMBER[near]]
    if factor.powers:
        return [*hints, *(_of_power(q, p) for q, p in factor.powers.items())]
    english, chinese = (s.format(factors=factors) for s in _LOOK)
    if causes and factor.number > 0:
        eta = number_text(0.1 * factor.number)
        english += f' A learning rate of {eta} in place of η = 0.1 would do this.'
        chinese += f'把学习率 η = 0.1 写成 {eta} 也会这样。'
    if factor.number < 0:
        english, chinese = f'the sign is wrong, too. {english[0].upper()}{english[1:]}', f'符号也反了。{chinese}'
    return [*hints, (english, chinese)]


_IN_CHINESE = {'the change of p_w in a step': '每一步中 p_w 的改变量'}


def _of_power(quantity, power):
    """What a power of a quantity in a factor means."""
    too_much = power > 0
    q = _power(quantity, abs(power))
    if quantity == 'T':
        if too_much:
            return (
                f'the factor grows with the number of steps T, like {q}: divide by {q} (a mean divides by T, a sum does '
                'not).',
                f'这个倍数随步数 T 增大，与 {q} 成正比：请除以 {q}（取平均会除以 T，求和不会）。',
            )
        return (
            f'the factor falls with the number of steps T, like 1/{q}: you divide by {q} too much (np.mean divides by T '
            'already).',
            f'这个倍数随步数 T 减小，与 1/{q} 成正比：多除了 {q}（np.mean 已经除以 T）。',
        )
    if too_much:
        return (f'{q} does not belong there: leave it out.', f'{q} 是多余的：请去掉。')
    return (
        f'you divide by {q}, or {q} is missing: multiply by {q}.',
        f'除以了 {q}，或者缺少 {q}：请乘以 {q}。',
    )


def of_term(name: str, term: str, number: float) -> list[Hint]:
    """The hints for the value ``name`` that is the right one plus ``number`` times the quantity ``term``."""
    size = number_text(abs(number))
    text = size if term == '1' else term if size == '1' else f'{size} {term}'
    sign, sign_zh = ('plus', '加上') if number > 0 else ('minus', '减去')
    hint = (
        f'your {name} is the right value {sign} {text} at every test. Look for a term that does not belong there.',
        f'在每次测试中，你的 {name} 都等于正确值{sign_zh} {text}。请找出多余的一项。',
    )
    return [hint, *_CAUSES_OF_TERM.get((name, text), [])]


_CAUSES_OF_TERM: dict[tuple[str, str], list[Hint]] = {
    (f'd{p}', p): [
        (
            f'd{p} is the change of {p}; the lines below the blank add it to {p}.',
            f'd{p} 是 {p} 的改变量；填空下面的几行会把它加到 {p} 上。',
        )
    ]
    for p in 'wb'
}

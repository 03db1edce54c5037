"""Mistakes that are known: each is recognised by the numbers that it gives, not by its text.

A line such as p_w ← p_w + Δt [(w − 1) p_w + r] consists of parts: the old value, the step, the decay, the decaying
quantity and the drive. For each part there is a list of choices: the right choice first, then common mistakes, each
with its hint. All combinations of choices are compared with the student's numbers, those with the fewest mistakes
first. The hints of the first combination that agrees are the answer.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ratezoo.homework.words import Hint


class Choice(NamedTuple):
    """One way to write a line, or a part of it.

    Attributes
    ----------
    compute : callable
        The numbers that it gives.
    english, chinese : str
        The hint if it is a mistake; '' for the right choice.
    """

    compute: Callable[..., Any]
    english: str = ''
    chinese: str = ''


class Formula(NamedTuple):
    """A line that consists of parts.

    Attributes
    ----------
    combine : callable
        The line: ``combine(sign=…, step=…)`` gets the value of each part by its name.
    parts : dict of str to list of Choice
        The choices for each part, the right one first. ``Choice.compute(c)`` gets the numbers ``c`` of one test.
    most : int
        How many mistakes one line may have. Default 2.
    """

    combine: Callable[..., Any]
    parts: Mapping[str, Sequence[Choice]]
    most: int = 2

    def explain(self, cases: Sequence[Any], got: Sequence[np.ndarray], tolerance: float) -> list[Hint] | None:
        """The hints of the first combination that gives the student's numbers; None if there is none.

        Parameters
        ----------
        cases : sequence
            The numbers of each test.
        got : sequence of array
            The student's value in each test.
        tolerance : float
            Largest relative difference of two numbers that count as equal.
        """
        computed: dict[tuple[int, int], Any] = {}

        def value(test, choice):
            key = test, id(choice)
            if key not in computed:
                computed[key] = choice.compute(cases[test])
            return computed[key]

        def line(chosen, test):
            return self.combine(**{part: value(test, c) for part, c in zip(self.parts, chosen, strict=True)})

        for chosen in combinations(self.parts, self.most):
            hints = hints_of(chosen)
            if hints and agrees_in_all(functools.partial(line, chosen), got, tolerance):
                return hints
        return None


def explain(
    mistakes: Sequence[Choice | Formula], cases: Sequence[Any], got: Sequence[np.ndarray], tolerance: float
) -> list[Hint] | None:
    """The hints of the first of the mistakes that gives the student's numbers in every test; None if there is none.

    The other arguments are those of `Formula.explain`.
    """
    for mistake in mistakes:
        if isinstance(mistake, Formula):
            hints = mistake.explain(cases, got, tolerance)
            if hints is not None:
                return hints
        elif agrees_in_all(functools.partial(_computed, mistake, cases), got, tolerance):
            return [(mistake.english, mistake.chinese)]
    return None


def _computed(mistake, cases, test):
    return mistake.compute(cases[test])


def combinations(parts: Mapping[str, Sequence[Choice]], most: int) -> Iterator[list[Choice]]:
    """All combinations of one choice for each part with at most ``most`` mistakes, those with the fewest first."""

    def mistakes(indices):
        return sum(i > 0 for i in indices)

    chosen = itertools.product(*(range(len(options)) for options in parts.values()))
    for indices in sorted((c for c in chosen if mistakes(c) <= most), key=mistakes):
        yield [options[i] for options, i in zip(parts.values(), indices, strict=True)]


def hints_of(combination: Sequence[Choice]) -> list[Hint]:
    """The hints of the mistakes in a combination."""
    return [(choice.english, choice.chinese) for choice in combination if choice.english]


def agrees_in_all(value: Callable[[int], Any], got: Sequence[np.ndarray], tolerance: float) -> bool:
    """Whether ``value(test)`` agrees with ``got[test]`` in every test. A value that can't be computed does not agree."""
    for test, student in enumerate(got):
        try:
            with np.errstate(all='ignore'):
                supposed = np.squeeze(np.asarray(value(test), float))
        except (ValueError, IndexError, ZeroDivisionError, FloatingPointError, np.linalg.LinAlgError):
            return False
        student = np.squeeze(student)
        if supposed.shape != student.shape or not agree(supposed, student, tolerance):
            return False
    return True


def agree(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """Whether two arrays differ by at most ``tolerance`` times the largest number in the second."""
    return bool(np.max(np.abs(a - b), initial=0.0) <= tolerance * max(np.max(np.abs(b), initial=0.0), 1e-12))

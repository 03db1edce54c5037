"""Which exercise a file answers: the one whose hand-out defines the most similar classes, methods and functions."""

import ast
import functools
from collections.abc import Iterable

from ratezoo.homework.exercise import Exercise

_LEAST = 0.3  # a file that shares a smaller part of the names answers no exercise
_A_LETTER = 1e-4  # of an exercise's name in the name of the file: less than any difference of the sources


@functools.lru_cache(maxsize=64)  # the hand-outs are looked at for every file of a class
def defined_names(source: str) -> frozenset[str]:
    """The classes, functions, methods and their arguments that a source defines; empty if it can't be parsed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
            names |= {f'{node.name}.{m.name}' for m in methods}
            names |= {f'{node.name}.{m.name} {a.arg}' for m in methods for a in m.args.args}
    return frozenset(names)


def exercise_of(source: str, stem: str, exercises: Iterable[Exercise]) -> Exercise | None:
    """The exercise that a source answers; None if it is like none of them.

    Parameters
    ----------
    source : str
        The student's source.
    stem : str
        The name of the file, without its suffix. A file that is called as the exercise answers it if it defines its
        class. Else the name decides where the source does not.
    exercises : iterable of Exercise
    """
    own, best, highest = defined_names(source), None, 0.0
    for exercise in exercises:
        asked = defined_names(exercise.handout)
        alike = len(own & asked) / len(own | asked) if own | asked else 0.0
        if alike < _LEAST or (exercise.class_name is not None and exercise.class_name not in own):
            alike = 0.0
        name = stem.replace('_', '-')
        if exercise.name == name and (alike or not own or exercise.class_name in own):
            return exercise
        score = alike + (exercise.name in name) * _A_LETTER * len(exercise.name)
        if score > highest:
            best, highest = exercise, score
    return best

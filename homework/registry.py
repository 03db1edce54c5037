"""Which exercises there are. An exercise is found because its folder is there."""

import functools
import importlib
import inspect
import math
from collections.abc import Iterator
from pathlib import Path

from ratezoo.errors import HomeworkError
from ratezoo.homework.exercise import Exercise
from ratezoo.registry import Entry, Registry


class ExerciseRegistry(Registry[Exercise]):
    """Name → `Exercise`, of every folder of the package that holds an ``exercise.py``.

    The order is that of `Exercise.number`; exercises without a number follow by name. The folders are looked at each
    time, so that a new one is seen at once.

    Parameters
    ----------
    kind : str
        What the entries are, for messages.
    package : str
        The package whose folders are looked at.
    """

    list_command = 'ratezoo homework list'

    @property
    def entries(self) -> dict[str, Entry]:
        """Name → `Entry`. This imports each ``exercise.py``, but not what its methods import."""
        return {e.name: e for e in self._find()}

    def _find(self) -> Iterator[Entry]:
        folders = importlib.import_module(self.package).__path__
        names = {file.parent.name for folder in folders for file in Path(folder).glob('[!._]*/exercise.py')}
        classes = {name: _class_in(f'{self.package}.{name}.exercise') for name in names}
        for name in sorted(names, key=lambda n: (_place(classes[n]), n)):
            yield Entry(name.replace('_', '-'), classes[name].__module__, '', inspect.getdoc(classes[name]) or '')

    def __getitem__(self, name: str) -> Exercise:
        return _make(_class_in(self.entry(name).module))


def _place(kind: type[Exercise]) -> float:
    return math.inf if kind.number is None else kind.number


def _class_in(module: str) -> type[Exercise]:
    """The one subclass of `Exercise` that a module defines."""
    defined = {
        v
        for v in vars(importlib.import_module(module)).values()
        if isinstance(v, type) and issubclass(v, Exercise) and v.__module__ == module
    }
    if len(defined) != 1:
        names = ', '.join(sorted(c.__name__ for c in defined)) or 'none'
        raise HomeworkError(f'{module}: expected one subclass of Exercise, found {names}.')
    return defined.pop()


@functools.cache
def _make(kind: type[Exercise]) -> Exercise:
    missing = [
        *sorted(kind.__abstractmethods__),
        *(a for a in ('summary', 'summary_zh', 'blanks') if not hasattr(kind, a)),
    ]
    if missing:
        raise HomeworkError(
            f'{kind.__module__}: the class {kind.__name__} lacks {", ".join(missing)}; '
            'ratezoo.homework.Exercise says what they are.'
        )
    return kind()

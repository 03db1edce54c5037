"""Monitors: what a run records. Checks of what it shall record, and the record itself."""

from collections.abc import Iterator
from typing import Any

import brainpy as bp
import brainpy.math as bm
import jax
import numpy as np

from ratezoo.errors import InvalidValueError, NotRecordedError, UnknownNameError
from ratezoo.registry import suggest


class UnknownVariableError(UnknownNameError, bp.errors.RunningError):
    """A monitor names a Variable that the target does not have."""


class Record(bp.tools.DotDict):
    """What a run recorded: names → arrays over time, as ``mon['r']`` or ``mon.r``.

    A name that was not recorded raises `NotRecordedError`. It says which names there are.
    """

    def __missing__(self, name: str) -> Any:
        raise self._not_recorded(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith('__'):
            raise AttributeError(name)
        if name in self:  # a copy or an unpickled one, whose attributes are no longer its entries
            return self[name]
        raise self._not_recorded(name)

    def _not_recorded(self, name):
        if not self:
            return NotRecordedError(
                f'mon[{name!r}]: nothing has been recorded yet. Call run(duration), or run(inputs=x), first.'
            )
        asked = [k for k in self if k != 'ts']
        return NotRecordedError(
            f'mon[{name!r}]: expected one of {", ".join(self)}, which were recorded, got {name!r}.'
            f'{suggest(name, self)} Name before the run all that it shall record: monitors={[*asked, name]}.'
        )


def _flatten(record: Any) -> tuple[Any, Any]:
    return tuple(record.values()), tuple(record)


def _unflatten(names: Any, values: Any) -> Record:
    return Record(zip(names, values, strict=True))


jax.tree_util.register_pytree_node(Record, _flatten, _unflatten)


def check_monitors(target, monitors):
    """Raise an error if a monitor names something that is no Variable of the target, or an index outside of it."""
    for name, index in _names_and_indices(monitors):
        path = name.split('.')
        if len(path) > 1 and not hasattr(target, path[0]):
            continue  # the name of a node, which DSRunner looks up
        variable = target
        for part in path:
            variable, owner = getattr(variable, part, None), variable
        if not isinstance(variable, bm.Variable):
            known = sorted(k for k, v in getattr(owner, '__dict__', {}).items() if isinstance(v, bm.Variable))
            raise UnknownVariableError(
                f'Runner.monitors: {type(target).__name__} has no Variable {name!r}. '
                f'{type(owner).__name__ if path[1:] else "It"} has: {", ".join(known) or "none"}.'
                f'{_remedy(target, name, known)}'
            )
        if not isinstance(target.mode, bm.BatchingMode) and _is_outside(index, variable):
            raise UnknownVariableError(
                f'Runner.monitors: index {index} is outside of {name!r}, whose shape is {variable.shape}.'
            )


def _remedy(target, name, known):
    """What to do about a monitor of a name that is no Variable, as a sentence after a blank; '' if nothing is known."""
    if ',' in name or ' ' in name.strip():
        return ' Name each monitor by itself.'
    if name == 'ts':
        return " The times need no monitor: they are in mon.ts. Leave 'ts' out."
    params = getattr(target, 'params', ())
    parameter = name.removeprefix('p').removeprefix('_')
    if name.startswith('p') and parameter in params and f'p_{parameter}' not in known:
        return f' p_{parameter} = dr/d{parameter} is kept by a network that learns by RTRL: class Net(ratezoo.RTRL, …).'
    return suggest(name, known)


def _names_and_indices(monitors) -> Iterator[tuple[str, Any]]:
    """The names in ``monitors``, each with its index or None. A monitor is 'r', ('r', index), or 'E.V' for a part E.

    Other monitors, such as functions, and other kinds of ``monitors`` are left to DSRunner.
    """
    if isinstance(monitors, str):
        raise InvalidValueError(
            f'Runner.monitors: expected a list of names, got the text {monitors!r}. Write monitors=[{monitors!r}].'
        )
    if not isinstance(monitors, (list, tuple, dict)):
        return
    for monitor in monitors.values() if isinstance(monitors, dict) else monitors:
        if isinstance(monitor, str):
            yield monitor, None
        elif isinstance(monitor, (list, tuple)) and monitor and isinstance(monitor[0], str):
            yield monitor[0], monitor[1] if len(monitor) > 1 else None


def _is_outside(index, variable):
    """Whether an index, or one of several, lies outside of the first axis of a Variable. Slices and masks never do."""
    if index is None or not np.size(index) or np.asarray(index).dtype.kind != 'i':
        return False
    return np.max(np.abs(index)) >= max(variable.shape[:1], default=0)

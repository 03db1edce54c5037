"""The experiments that `ratezoo.homework.probe` carries out with a student's class.

An experiment is a plain dict: it travels as JSON to the process in which the student's code runs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

Action = dict[str, Any]
Experiment = dict[str, Any]


def experiment(
    *actions: Action, init: Mapping[str, Any] | None = None, set: Mapping[str, Any] | None = None, dt: float = 0.1
) -> Experiment:
    """Construct the student's class, set its Variables, and carry out the actions in their order.

    Parameters
    ----------
    actions : of `call`, `read`, `steps` and `run`
    init : dict
        The arguments of the constructor, by name. Default: none.
    set : dict
        Values that Variables and attributes get after that; their shapes must be those of the constructor. Default: none.
    dt : float
        BrainPy's time step. Default 0.1.
    """
    return {'init': _lists(init or {}), 'set': _lists(set or {}), 'dt': float(dt), 'actions': list(actions)}


def call(method: str, *args: Any, **kwargs: Any) -> Action:
    """Call a method; its result is what the method returns."""
    return {'do': 'call', 'method': method, 'args': _lists(list(args)), 'kwargs': _lists(kwargs)}


def read(name: str) -> Action:
    """Read a Variable or an attribute."""
    return {'do': 'read', 'name': name}


def steps(inputs: Any, *monitors: str) -> Action:
    """Call ``update`` step by step; the result is a dict name → (T, …), each Variable after every step.

    ``inputs`` is an array (T, …) whose rows update gets, or the number of steps of an ``update`` without an input.
    This is faster than `run` for few steps, because nothing is compiled.
    """
    return {'do': 'steps', 'inputs': _lists(inputs), 'monitors': list(monitors)}


def run(inputs: Any, *monitors: str) -> Action:
    """The same as `steps`, under ``bp.DSRunner``."""
    return {'do': 'run', 'inputs': _lists(inputs), 'monitors': list(monitors)}


def _lists(value):
    """Arrays and NumPy numbers as lists and numbers."""
    if isinstance(value, Mapping):
        return {k: _lists(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lists(v) for v in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value

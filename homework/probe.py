"""Measure a student's class: construct it, set its Variables, call its methods, run it, and return numbers.

This module runs in the child process, together with the student's code. It contains no right answer, so the student's
code can't read one here. `ratezoo.homework.experiments` makes the experiments that it carries out.
"""

import inspect
from typing import Any

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.homework import told


class Unusable(Exception):
    """The class can't be used; the message gives the reason."""


def answer(namespace: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Carry out all experiments of the spec.

    Returns
    -------
    dict
        ``results``: for each experiment the list of what its actions gave, or None if one of them failed. ``errors``:
        for each experiment None, or the error in English and in Chinese.
    """
    name = spec['class_name']
    cls = namespace.get(name)
    if not isinstance(cls, type):
        raise Unusable(f'there is no class {name} once the file has run. / 文件运行之后没有类 {name}。')
    results: list[Any] = []
    errors: list[Any] = []
    for experiment in spec['experiments']:
        try:
            results.append(_result(cls, experiment))
            errors.append(None)
        except (Unusable, MemoryError, RecursionError):
            raise
        except Exception as error:
            results.append(None)
            errors.append(told.message(error))
    return {'results': results, 'errors': errors}


def _result(cls, experiment):
    """What each action of the experiment gives."""
    dt = experiment['dt']
    bm.set_dt(dt)
    bp.share.save(dt=dt, i=0, t=0.0)
    net = _made(cls, {k: _as_given(v) for k, v in experiment['init'].items()})
    for name, value in experiment['set'].items():
        _set(net, name, _as_given(value))
    return [_ACTIONS[action['do']](net, action, dt) for action in experiment['actions']]


def _made(cls, arguments):
    name = cls.__name__
    try:
        inspect.signature(cls).bind(**arguments)
    except TypeError as error:
        given = ', '.join(f'{k}=…' for k in arguments)
        raise Unusable(
            f"{name}({given}) can't be constructed ({error}); keep the constructor of the hand-out. / "
            f'无法构造 {name}({given})；请保留讲义中的构造函数。'
        ) from error
    except ValueError:
        pass  # a signature that can't be read
    return cls(**arguments)


def _set(net, name, value):
    """Give a Variable or an attribute another value of the same shape."""
    if not hasattr(net, name):
        raise Unusable(
            f'{type(net).__name__} has no attribute {name}; keep the names of the hand-out. / '
            f'{type(net).__name__} 没有属性 {name}；请保留讲义中的名字。'
        )
    old = getattr(net, name)
    if not isinstance(old, (bm.Array, jax.Array, np.ndarray)):
        setattr(net, name, value)
        return
    shape = np.shape(bm.as_jax(old))
    if np.shape(value) != shape:
        raise Unusable(
            f'{type(net).__name__}.{name} should have the shape {np.shape(value)}, but it has {shape}; keep the '
            f'constructor of the hand-out. / {type(net).__name__}.{name} 的形状应当是 {np.shape(value)}，而它是 {shape}；'
            '请保留讲义中的构造函数。'
        )
    if isinstance(old, bm.Variable):
        old.value = jnp.asarray(value, old.dtype)
    else:
        setattr(net, name, jnp.asarray(value, jnp.result_type(old)))


def _method(net, name):
    method = getattr(net, name, None)
    if not callable(method):
        raise Unusable(
            f'{type(net).__name__} has no method {name}; keep the methods of the hand-out. / '
            f'{type(net).__name__} 没有方法 {name}；请保留讲义中的方法。'
        )
    return method


def _call(net, action, dt):
    """What a method returns."""
    arguments = [_as_given(v) for v in action['args']]
    return _plain(_method(net, action['method'])(*arguments, **{k: _as_given(v) for k, v in action['kwargs'].items()}))


def _read(net, action, dt):
    """The value of an attribute or Variable."""
    if not hasattr(net, action['name']):
        raise Unusable(
            f'{type(net).__name__} has no attribute {action["name"]}; keep the names of the hand-out. / '
            f'{type(net).__name__} 没有属性 {action["name"]}；请保留讲义中的名字。'
        )
    return _plain(getattr(net, action['name']))


def _steps(net, action, dt):
    """Each monitored Variable after every step, when ``update`` is called step by step."""
    update, monitored = _method(net, 'update'), {name: [] for name in action['monitors']}
    inputs = action['inputs']
    steps = inputs if isinstance(inputs, int) else len(inputs)
    for i in range(steps):
        bp.share.save(i=i, t=i * dt, dt=dt)
        update(*([] if isinstance(inputs, int) else [jnp.asarray(inputs[i])]))
        for name in monitored:
            monitored[name].append(_read(net, {'name': name}, dt))
    return monitored


def _run(net, action, dt):
    """Each monitored Variable after every step of a run under bp.DSRunner."""
    inputs = action['inputs']
    runner = bp.DSRunner(net, monitors=list(action['monitors']), dt=dt, progress_bar=False)
    if isinstance(inputs, int):
        runner.run(duration=(inputs + 0.5) * dt)  # it makes int(duration/dt) steps, and 3 dt/dt may be 2.9999…
    else:
        runner.run(inputs=np.asarray(inputs))
    return {name: _plain(runner.mon[name]) for name in action['monitors']}


_ACTIONS = {'call': _call, 'read': _read, 'steps': _steps, 'run': _run}


def _as_given(value):
    """An argument as the student's code gets it: lists are arrays."""
    return np.asarray(value) if isinstance(value, list) else value


def _plain(value):
    """A value as numbers and lists of numbers."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    array = np.asarray(bm.as_jax(value))
    if array.dtype.kind not in 'biuf':
        raise TypeError(f'expected numbers, got {type(value).__name__}')
    return array.tolist()

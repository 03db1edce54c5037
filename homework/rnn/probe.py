"""Measure a student's class RNN: run the experiments of a spec, and return numbers.

This module runs in the child process, together with the student's code. It contains no right answer, so the student's
code can't read one here.
"""

import builtins
import contextlib
import functools
import inspect
from collections.abc import Iterator
from typing import Any

import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from ratezoo.homework import told

# The shapes with which train may be called. Each name tells whether the monitored sequences are columns (T, 1), and
# whether y is one; otherwise they are (T,).
SHAPES = {'monitor': (True, False), 'flat': (False, False), 'column': (True, True)}


class Unusable(Exception):
    """The class can't be run; the message gives the reason."""


class _TrainFails(Exception):
    """train raises whatever the shape of its sequences; the argument is what it raises, in English and Chinese."""


def answer(namespace: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Run all experiments of the spec.

    Returns
    -------
    dict
        ``results``: one result for each experiment, in the same order. ``double``: whether the class computes in double
        precision. ``errors``: what train raises, in English and Chinese; empty if it works.
    """
    cls = namespace.get('RNN')
    if not isinstance(cls, type):
        raise Unusable('there is no class RNN once the file has run. / 文件运行之后没有类 RNN。')
    for method in ('reset_neuron', 'update', 'train'):
        if not callable(getattr(cls, method, None)):
            raise Unusable(
                f'class RNN has no method {method}; keep the methods of the hand-out. / 类 RNN 没有方法 {method}；请保留讲义中的方法。'
            )
    experiments = {'run': _run, 'train': _train, 'run_and_train': _run_and_train, 'reset': _reset, 'runner': _runner}
    double = jnp.result_type(_read_array(_make(cls, 0.1), 'r')) == jnp.float64
    results: list[Any] = []
    errors: list[Any] = []
    for experiment in spec['experiments']:
        try:
            results.append(experiments[experiment['do']](cls, experiment))
        except _TrainFails as fails:  # p_w can be judged all the same
            results.append(dict.fromkeys(SHAPES))
            errors = errors or [fails.args[0]]
    return {'double': bool(double), 'results': results, 'errors': errors}


@contextlib.contextmanager
def watched(class_name: str) -> Iterator[list[str]]:
    """While the ``with`` block executes the file, note the shapes with which the file itself calls train.

    The value of the block is a list of names from `SHAPES`. To see the calls, Python's builder of classes is replaced
    by one that wraps the method train of the class ``class_name``; both are put back afterwards.
    """
    seen: list[str] = []
    build, originals = builtins.__build_class__, []

    def build_and_wrap(function, name, *bases, **kwargs):
        cls = build(function, name, *bases, **kwargs)
        train = cls.__dict__.get('train')
        if name == class_name and inspect.isfunction(train):

            @functools.wraps(train)
            def note_shapes_and_train(self, *args, **kwargs):
                try:
                    ndims = tuple(np.ndim(bm.as_jax(a)) > 1 for a in (args[0], args[3]))
                    seen.extend(s for s, shape in SHAPES.items() if shape == ndims and s not in seen)
                except Exception:
                    pass  # the file calls train in another way; then the shapes stay unknown
                return train(self, *args, **kwargs)

            cls.train = note_shapes_and_train
            originals.append((cls, train))
        return cls

    builtins.__build_class__ = build_and_wrap  # type: ignore[assignment]
    try:
        yield seen
    finally:
        builtins.__build_class__ = build
        for cls, train in originals:
            cls.train = train


def _make(cls, dt):
    """A network RNN(dt=dt) with BrainPy's time step set to dt; without that argument, RNN(dt) or RNN()."""
    try:
        parameters = inspect.signature(cls).parameters
    except (TypeError, ValueError):
        parameters = {}
    for build in ((lambda: cls(dt=dt)) if 'dt' in parameters else (lambda: cls(dt)), cls):
        try:
            net = build()
            break
        except TypeError as error:
            reason = error
    else:
        raise Unusable(
            f"RNN(dt=...) can't be constructed ({reason}); keep the constructor of the hand-out. / 无法构造 RNN(dt=...)；请保留讲义中的构造函数。"
        )
    if not callable(getattr(net, 'update', None)):
        raise Unusable(
            'RNN(dt=...) does not give an object with an update method. / RNN(dt=...) 得到的对象没有 update 方法。'
        )
    if hasattr(net, 'dt') and not callable(net.dt) and float(np.ravel(bm.as_jax(net.dt))[0]) != dt:
        net.dt = dt
    bm.set_dt(dt)
    bp.share.save(dt=dt, i=0, t=0.0)
    for name in ('r', 'pw', 'pb', 'w', 'b'):
        if not hasattr(net, name):
            raise Unusable(
                f'RNN has no attribute {name}; keep the names of the hand-out. / RNN 没有属性 {name}；请保留讲义中的名字。'
            )
    return net


def _read_array(net, name):
    return jnp.asarray(bm.as_jax(getattr(net, name)))


def _read(net, name):
    """The value of a variable, which must be one number."""
    value = np.asarray(bm.as_jax(getattr(net, name))).ravel()
    if value.size != 1:
        shape = _read_array(net, name).shape
        raise Unusable(
            f'RNN.{name} should hold one number, but has shape {shape}. / RNN.{name} 应当是一个数，而它的形状是 {shape}。'
        )
    return float(value[0])


def _set(net, name, value):
    """Set a variable to a number, and keep its type and shape."""
    old = getattr(net, name)
    if isinstance(old, bm.Variable):
        old.value = jnp.asarray(np.full(old.shape, value, old.dtype))  # jnp.full is 3 times slower here
    elif isinstance(old, (float, int)):
        setattr(net, name, float(value))
    else:
        new = jnp.full(np.shape(old), value)
        setattr(net, name, type(old)(new) if isinstance(old, bm.Array) else new)


def _prepared(cls, experiment):
    """A network with the variables that the experiment gives."""
    net = _make(cls, experiment['dt'])
    for name in ('w', 'b', 'r', 'pw', 'pb'):
        if name in experiment:
            _set(net, name, experiment[name])
    return net


def _run(cls, experiment):
    """Set the variables and run over the input; returns [r, pw, pb] after each step."""
    net, dt, states = _prepared(cls, experiment), experiment['dt'], []
    for i, x in enumerate(experiment['x']):
        bp.share.save(i=i, t=i * dt, dt=dt)
        net.update(jnp.asarray(x))
        states.append([_read(net, name) for name in ('r', 'pw', 'pb')])
    return states


def _train(cls, experiment):
    """Call train with the sequences of the experiment, in each of the `SHAPES`."""
    return _in_each_shape(cls, experiment, [experiment[name] for name in ('r_seq', 'pw_seq', 'pb_seq')])


def _run_and_train(cls, experiment):
    """Run over the input, and call train with the sequences of this run, in each of the `SHAPES`."""
    return _in_each_shape(cls, experiment, np.transpose(_run(cls, experiment)))


def _in_each_shape(cls, experiment, sequences):
    """The changes of w and b for each shape, or None where train fails; raises if train fails for all shapes."""
    changes, failures = {}, []
    for shape, (columns, y_columns) in SHAPES.items():
        net = _prepared(cls, experiment)
        try:
            y = _shaped(experiment['y'], y_columns)
            changes[shape] = _changes(net, [_shaped(s, columns) for s in sequences], y)
        except (Unusable, MemoryError, RecursionError):
            raise
        except Exception as error:
            changes[shape] = None
            failures.append(told.message(error))
    if len(failures) == len(SHAPES):
        raise _TrainFails(failures[0])
    return changes


def _shaped(values, column):
    """A sequence as an array (T, 1) or (T,)."""
    return np.asarray(values, float).reshape((-1, 1) if column else -1)


def _changes(net, sequences, y):
    """The changes of w and b that train makes; if it makes none, the numbers dw and db that it returns.

    A student may return dw and db without adding them. Then train returns (dw, db), with the loss before or after them.
    """
    before = _read(net, 'w'), _read(net, 'b')
    returned = net.train(*sequences, y)
    change = [_read(net, 'w') - before[0], _read(net, 'b') - before[1]]
    if change == [0.0, 0.0] and isinstance(returned, (tuple, list)) and len(returned) >= 2:
        numbers = [np.asarray(bm.as_jax(v), float).ravel() for v in returned]
        if all(v.size == 1 for v in numbers):
            numbers = [float(v[0]) for v in numbers]
            loss = np.mean((np.ravel(sequences[0]) - np.ravel(y)) ** 2)
            loss_is_last = len(numbers) > 2 and np.any(np.isclose(numbers[-1], [loss, loss / 2]))
            change = numbers[:2] if loss_is_last else numbers[-2:]
    return change


def _reset(cls, experiment):
    """The values of r, pw and pb after reset_neuron."""
    net = _prepared(cls, experiment)
    net.reset_neuron(experiment['y0'])
    return [_read(net, name) for name in ('r', 'pw', 'pb')]


def _runner(cls, experiment):
    """The monitored [r, pw, pb] of each step of a run under bp.DSRunner; None if this run fails."""
    net, x = _prepared(cls, experiment), experiment['x']
    try:
        runner = bp.DSRunner(net, monitors=['r', 'pw', 'pb'], dt=experiment['dt'], progress_bar=False)
        runner.run(inputs=np.asarray(x))
    except Exception:  # step by step the class runs, so the reason is that DSRunner compiles it
        return None
    return [[float(np.ravel(runner.mon[k][i])[0]) for k in ('r', 'pw', 'pb')] for i in range(len(x))]

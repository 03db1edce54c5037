"""Measures a student's class RNN: runs it as it is told and reports numbers. It knows no right answer.

Runs in the child process, beside the student's code.
"""

import builtins
import contextlib
import functools
import inspect

import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

# How train may be called, and whether the monitored sequences and y are columns (T, 1) or flat (T,).
SHAPES = {'monitor': (True, False), 'flat': (False, False), 'column': (True, True)}


class Unusable(Exception):
    """The class can't be run; the message says why."""


def answer(namespace, spec):
    """Do every experiment of the spec; returns their results in the same order, and the precision found."""
    cls = namespace.get('RNN')
    if not isinstance(cls, type):
        raise Unusable('there is no class RNN once the file has run.')
    for method in ('reset_neuron', 'update', 'train'):
        if not callable(getattr(cls, method, None)):
            raise Unusable(f'class RNN has no method {method}; keep the methods of the hand-out.')
    do = {'run': _run, 'train': _train, 'run_and_train': _run_and_train, 'reset': _reset, 'runner': _runner}
    double = jnp.result_type(_read_array(_make(cls, 0.1), 'r')) == jnp.float64
    return {'double': bool(double), 'results': [do[e['do']](cls, e) for e in spec['experiments']]}


@contextlib.contextmanager
def watched(class_name):
    """Note the shapes in which the file itself calls train, while it is executed: a set of names from `SHAPES`."""
    seen, build, originals = [], builtins.__build_class__, []

    def watching(function, name, *bases, **kwargs):
        cls = build(function, name, *bases, **kwargs)
        train = cls.__dict__.get('train')
        if name == class_name and inspect.isfunction(train):
            @functools.wraps(train)
            def noted(self, *args, **kwargs):
                try:
                    ndims = tuple(np.ndim(bm.as_jax(a)) > 1 for a in (args[0], args[3]))
                    seen.extend(s for s, shape in SHAPES.items() if shape == ndims and s not in seen)
                except Exception:
                    pass                        # called in a way of its own; then nothing is known
                return train(self, *args, **kwargs)
            cls.train = noted
            originals.append((cls, train))
        return cls

    builtins.__build_class__ = watching
    try:
        yield seen
    finally:
        builtins.__build_class__ = build
        for cls, train in originals:
            cls.train = train


def _make(cls, dt):
    """RNN(dt=dt), or as near to it as the constructor allows."""
    try:
        parameters = inspect.signature(cls).parameters
    except (TypeError, ValueError):
        parameters = {}
    for build in ((lambda: cls(dt=dt)) if 'dt' in parameters else (lambda: cls(dt)), cls):
        try:
            net = build()
            break
        except TypeError as error:
            why = error
    else:
        raise Unusable(f'RNN(dt=...) can\'t be made ({why}); keep the constructor of the hand-out.')
    if not callable(getattr(net, 'update', None)):
        raise Unusable('RNN(dt=...) does not give an object with an update method.')
    if hasattr(net, 'dt') and not callable(net.dt) and float(np.ravel(bm.as_jax(net.dt))[0]) != dt:
        net.dt = dt
    bm.set_dt(dt)
    bp.share.save(dt=dt, i=0, t=0.)
    for name in ('r', 'pw', 'pb', 'w', 'b'):
        if not hasattr(net, name):
            raise Unusable(f'RNN has no attribute {name}; keep the names of the hand-out.')
    return net


def _read_array(net, name):
    return jnp.asarray(bm.as_jax(getattr(net, name)))


def _read(net, name):
    """The variable as one number."""
    value = np.asarray(_read_array(net, name)).ravel()
    if value.size != 1:
        raise Unusable(f'RNN.{name} should hold one number, but has shape {_read_array(net, name).shape}.')
    return float(value[0])


def _set(net, name, value):
    old = getattr(net, name)
    if isinstance(old, bm.Variable):
        old.value = jnp.full(old.shape, value, old.dtype)
    elif isinstance(old, (float, int)):
        setattr(net, name, float(value))
    else:
        setattr(net, name, type(old)(jnp.full(np.shape(old), value)) if isinstance(old, bm.Array)
                else jnp.full(np.shape(old), value))


def _prepared(cls, e):
    net = _make(cls, e['dt'])
    for name in ('w', 'b', 'r', 'pw', 'pb'):
        if name in e:
            _set(net, name, e[name])
    return net


def _run(cls, e):
    """Set the variables, step through the input; r, pw, pb after each step."""
    net, out = _prepared(cls, e), []
    for i, x in enumerate(e['x']):
        bp.share.save(i=i, t=i * e['dt'], dt=e['dt'])
        net.update(jnp.asarray(x))
        out.append([_read(net, name) for name in ('r', 'pw', 'pb')])
    return out


def _train(cls, e):
    """Call train on the given sequences, in each of the shapes that a file may use."""
    return _in_each_shape(cls, e, [e['r_seq'], e['pw_seq'], e['pb_seq']])


def _run_and_train(cls, e):
    """Run first, then train on what the run gave."""
    return _in_each_shape(cls, e, np.transpose(_run(cls, e)))


def _in_each_shape(cls, e, sequences):
    """For each shape the changes of w and b, None where train failed; raises if it failed in all."""
    found, failure = {}, None
    for shape, (columns, y_columns) in SHAPES.items():
        net = _prepared(cls, e)
        try:
            found[shape] = _changes(net, [_shaped(s, columns) for s in sequences], _shaped(e['y'], y_columns))
        except Exception as error:
            found[shape], failure = None, failure or error
    if all(v is None for v in found.values()):
        raise failure
    return found


def _shaped(values, column):
    return np.asarray(values, float).reshape((-1, 1) if column else -1)


def _changes(net, sequences, y):
    """The changes of w and b by train, or the last two numbers that it returned if nothing changed."""
    before = _read(net, 'w'), _read(net, 'b')
    returned = net.train(*sequences, y)
    change = [_read(net, 'w') - before[0], _read(net, 'b') - before[1]]
    if change == [0., 0.] and isinstance(returned, (tuple, list)) and len(returned) >= 2:
        numbers = [np.asarray(bm.as_jax(v), float).ravel() for v in returned]
        if all(v.size == 1 for v in numbers):
            numbers = [float(v[0]) for v in numbers]
            loss = np.mean((np.ravel(sequences[0]) - np.ravel(y)) ** 2)
            change = numbers[:2] if len(numbers) > 2 and np.any(np.isclose(numbers[-1], [loss, loss / 2])) else numbers[-2:]
    return change


def _reset(cls, e):
    """What reset_neuron leaves in r, pw and pb."""
    net = _prepared(cls, e)
    net.reset_neuron(e['y0'])
    return [_read(net, name) for name in ('r', 'pw', 'pb')]


def _runner(cls, e):
    """The same run under bp.DSRunner: r, pw, pb of each step as the monitors hold them; None where it fails."""
    net = _prepared(cls, e)
    try:
        runner = bp.DSRunner(net, monitors=['r', 'pw', 'pb'], dt=e['dt'], progress_bar=False)
        runner.run(inputs=np.asarray(e['x']))
    except Exception:                           # it did run step by step, so this is about being compiled
        return None
    return [[float(np.ravel(runner.mon[k][i])[0]) for k in ('r', 'pw', 'pb')] for i in range(len(e['x']))]

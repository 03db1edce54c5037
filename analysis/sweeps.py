"""`sweep`: one model under many constants, in one compiled, vectorised run."""

import contextlib
import inspect
import json
import weakref
from typing import NamedTuple

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_count, is_positive
from ratezoo.errors import DivergedError, InvalidValueError, ShapeError, UnknownNameError
from ratezoo.model import RateModel
from ratezoo.noise import OrnsteinUhlenbeck

MEASURES = {'mean': lambda o: jnp.mean(o, 0), 'std': lambda o: jnp.std(o, 0), 'min': lambda o: jnp.min(o, 0),
            'max': lambda o: jnp.max(o, 0), 'final': lambda o: o[-1], 'trace': lambda o: o}
_NETS = weakref.WeakKeyDictionary()         # class → {options: network}, so that a second sweep compiles nothing
_MOST_NETS = 16


class Sweep(NamedTuple):
    """What a sweep found: its axes, name → values, and what was measured, (len of each axis…, *shape of the measure);
    a measure that returns a tree gives a tree of such arrays."""
    axes: dict
    values: object


def sweep(model, grid, *, measure='mean', of=None, duration=None, transient=0., x=None, options=None, seed=0,
          chunk=1024):
    """Run a model at every point of a grid, in one compiled call, and measure its output there.

    Parameters
    ----------
    model : class or RateModel
        A class is made with ``options``; a model keeps its own.
    grid : dict of str to sequence of numbers
        Constants of a `Circuit` by name, and 'x', a constant that is added to every input. Every combination is run.
    measure : str or callable
        What to take of the output (T, n_out): 'mean' (default), 'std', 'min', 'max' and 'final' over time, 'trace'
        for all of it, or a function of it that JAX can trace.
    of : str, optional
        A state's name, to measure that instead of the output.
    duration : float, optional
        How long to measure, in the model's unit of time. None (default): as in the model's ``example``.
    transient : float
        How long to run before. Default 0.
    x : array (n_in,) or (T, n_in), optional
        The input beside the grid: constant, or over the measured time (its first row also during the transient).
        Default zero.
    options : dict, optional
        Options of the constructor.
    seed : int
        Seed of the noise, which differs from point to point. Default 0.
    chunk : int
        Points that are run side by side; fewer need less memory. Default 1024.

    Returns
    -------
    Sweep
        ``axes`` and ``values``.

    Raises
    ------
    UnknownNameError
        A name that the model has not, or that its equations do not read.
    DivergedError
        A measure that is not finite; the message names the point.

    Examples
    --------
    >>> import ratezoo
    >>> found = ratezoo.sweep(ratezoo.StuartLandau, {'a': [-1., 0.25, 1.]}, measure='max', duration=10., transient=100.)
    >>> found.values[:, 0].round(2).tolist()                            # amplitude √a
    [0.0, 0.5, 1.0]
    """
    net = _network(model, options)
    who = type(net).__name__
    axes = {}
    if not isinstance(grid, dict) or not grid:
        raise InvalidValueError(f'sweep.grid: expected a dict of names to values, got {grid!r}.')
    for name, values in grid.items():
        constants = getattr(net, 'constants', {})
        if name not in constants and name != 'x':
            raise UnknownNameError(f'sweep.grid: {who} has no constant {name!r}. It has: '
                                   f'{", ".join([*constants, "x (the input)"])}.')
        try:
            values = np.asarray(values, float)
        except (TypeError, ValueError):
            values = np.full(1, np.nan)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all():
            raise InvalidValueError(f'sweep.grid: expected finite numbers for {name}, got {grid[name]!r}.')
        if name in constants:
            for value in values:
                constants[name].checked(net, name, value)
        axes[name] = values
    if not callable(measure) and (not isinstance(measure, str) or measure not in MEASURES):
        raise UnknownNameError(f'sweep.measure: expected a function or one of {", ".join(MEASURES)}, got {measure!r}.')
    if of is not None and of not in net.states:
        raise UnknownNameError(f'sweep.of: {who} has no state {of!r}. It has: {", ".join(net.states)}.')
    duration = net.example.duration if duration is None else duration
    if not is_positive(duration) or not (transient == 0 or is_positive(transient)) or not is_count(chunk):
        raise InvalidValueError(f'sweep: expected a duration > 0, a transient ≥ 0 and a chunk ≥ 1, got {duration!r}, '
                                f'{transient!r} and {chunk!r}.')
    before, steps = round(transient / net.dt), max(1, round(duration / net.dt))
    drive = net.as_array('x', np.zeros(net.n_in or 1) if x is None else x)
    if drive.shape not in ((), (net.n_in,), (steps, net.n_in)):
        raise ShapeError(f'sweep.x: expected shape ({net.n_in},) or ({steps}, {net.n_in}), got {drive.shape}.')
    net.check_finite('x', drive)
    drive = jnp.broadcast_to(drive, (net.n_in or 1,)) if drive.ndim < 2 else drive

    points = dict(zip(axes, (a.ravel() for a in np.meshgrid(*axes.values(), indexing='ij')), strict=True))
    shape = tuple(len(a) for a in axes.values())
    count = int(np.prod(shape))
    chunk = min(chunk, count)
    rows = -(-count // chunk)
    take = MEASURES.get(measure) if isinstance(measure, str) else measure

    def one(point, key, drive, params):
        """The measure at one point."""
        constants = {k: v for k, v in point.items() if k != 'x'}
        with net.with_constants(constants) if constants else contextlib.nullcontext():
            def advance(carry, at):
                r, key = net.perturb(net.step(carry[0], params, at + point.get('x', 0.)), carry[1])
                return (r, key), net.output(r, params) if of is None else r[of] if isinstance(r, dict) else r

            def run(carry, at, length):
                return jax.lax.scan(lambda c, a: advance(c, at if a is None else a), carry,
                                    None if at.ndim == 1 else at, length=length)
            first = drive if drive.ndim == 1 else drive[0]
            start = net.initial_state(), key if net.noisy else None
            carry, _ = jax.lax.scan(lambda c, _: (advance(c, first)[0], None), start, None, length=before)
            return take(run(carry, drive, steps)[1])

    def build():
        def run(points, keys, drive, params):
            return jax.lax.map(lambda a: jax.vmap(one, (0, 0, None, None))(*a, drive, params), (points, keys))
        return jax.jit(run)

    def in_rows(a):
        return jnp.asarray(np.append(a, np.repeat(a[-1], rows * chunk - count)).reshape(rows, chunk), drive.dtype)
    params, padded = net.params_dict(), {k: in_rows(a) for k, a in points.items()}
    keys = jax.random.split(jax.random.PRNGKey(seed), rows * chunk)
    keys = keys.reshape(rows, chunk, *keys.shape[1:])

    def build_checked():
        _check_read(net, lambda point: one(point, keys[0, 0], drive, params), {k: a[0, 0] for k, a in padded.items()})
        return build()
    run = net.compiled(('sweep', tuple(axes), rows, chunk, drive.shape, before, steps, measure, of), build_checked,
                       [measure] if callable(measure) else ())
    values = jax.tree_util.tree_map(
        lambda a: np.asarray(a).reshape(rows * chunk, *a.shape[2:])[:count].reshape(*shape, *a.shape[2:]),
        run(padded, keys, drive, params))
    for a in jax.tree_util.tree_leaves(values):
        bad = ~np.isfinite(a.reshape(*shape, -1)).all(-1)
        if bad.any():
            where = np.argwhere(bad)[0]
            at = ', '.join(f'{k} = {axes[k][i]:g}' for k, i in zip(axes, where, strict=True))
            raise DivergedError(f'sweep: {who} gave a measure that is not finite at {at}'
                                f'{f" and {bad.sum() - 1} more points" if bad.sum() > 1 else ""}. Try a smaller dt.')
    return Sweep(axes, values)


def _check_read(net, measure, point):
    """Refuse a name that makes no difference."""
    jaxpr = jax.make_jaxpr(measure)(point).jaxpr
    used = {id(v) for eqn in jaxpr.eqns for v in eqn.invars}
    for name, variable in zip(sorted(point), jaxpr.invars, strict=True):
        if id(variable) not in used:
            raise UnknownNameError(f'sweep.grid: the equations of {type(net).__name__} do not read {name!r}: it would '
                                   'make no difference; make one model for each of its values instead.')


def _plain(value):
    """What stands for an option in the key of a kept network."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, OrnsteinUhlenbeck):
        return repr(value)
    raise TypeError


def _network(model, options):
    """The model itself, or one of the class; made once for the same plain options."""
    if isinstance(model, RateModel):
        if options:
            raise InvalidValueError('sweep.options: expected none for a model that is made already.')
        return model
    if not (isinstance(model, type) and issubclass(model, RateModel)):
        raise InvalidValueError(f'sweep.model: expected a RateModel or its class, got {model!r}.')
    options = dict(options or {})
    if 'seed' in inspect.signature(model).parameters:
        options.setdefault('seed', 0)
    try:
        key = json.dumps(options, sort_keys=True, default=_plain), str(bm.float_), bm.get_dt()
    except TypeError:
        return model(**options)
    nets = _NETS.setdefault(model, {})
    if key not in nets:
        while len(nets) >= _MOST_NETS:
            nets.pop(next(iter(nets)))
        nets[key] = model(**options)
    return nets[key]

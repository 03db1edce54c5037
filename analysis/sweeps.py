"""`sweep`: run one model with many values of its constants, in one compiled, vectorised function."""

import contextlib
import inspect
import json
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_count, is_positive
from ratezoo.display import of_numbers, of_tree
from ratezoo.errors import DivergedError, InvalidValueError, ShapeError, UnknownNameError
from ratezoo.model import RateModel
from ratezoo.noise import OrnsteinUhlenbeck
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURES = {
    'mean': lambda o: jnp.mean(o, 0),
    'std': lambda o: jnp.std(o, 0),
    'min': lambda o: jnp.min(o, 0),
    'max': lambda o: jnp.max(o, 0),
    'final': lambda o: o[-1],
    'trace': lambda o: o,
}
# class → {settings: network}, so that a second sweep of a class compiles nothing
_NETS: weakref.WeakKeyDictionary[type[RateModel], dict[Any, RateModel]] = weakref.WeakKeyDictionary()
_MOST_NETS = 16


class Sweep(NamedTuple):
    """The result of `sweep`.

    Attributes
    ----------
    axes : dict of str to array
        The values of each swept name.
    values : array (length of axis 1, length of axis 2, …, *shape of the measure)
        The measure at every point of the grid. If the measure returns a tree of arrays, this is a tree of such arrays.
    """

    axes: dict[str, np.ndarray]
    values: Any

    def __repr__(self) -> str:
        told = ', '.join(f'{k} {of_numbers(v)}' for k, v in self.axes.items())
        return f'Sweep(axes: {told}; values: {of_tree(self.values)})'

    def plot(self, ylabel: str = 'measure', ax: 'Axes | None' = None) -> 'Axes':
        """A curve over one constant, or colours over two; see `ratezoo.plots.sweep`."""
        from ratezoo.plots import sweep

        return sweep(self, ylabel, ax)


def sweep(
    model: type[RateModel] | RateModel,
    grid: dict[str, ArrayLike],
    *,
    measure: str | Callable[[jax.Array], Any] = 'mean',
    of: str | None = None,
    duration: float | None = None,
    transient: float = 0.0,
    x: ArrayLike | None = None,
    settings: dict[str, Any] | None = None,
    seed: int = 0,
    chunk: int = 1024,
) -> Sweep:
    """Run a model at every point of a grid, in one compiled function, and measure its output at each point.

    Parameters
    ----------
    model : class or RateModel
        A class is constructed with ``settings``; a model keeps its own settings.
    grid : dict of str to sequence of numbers
        The values of each constant of the model that is swept. The name 'x' stands for a constant that is added to
        every input. Every combination of the values is run.
    measure : str or callable
        What to compute from the output (T, n_out): 'mean' over time (default); 'std', its standard deviation; 'min' or
        'max', its smallest or largest value; 'final', its value at the end; 'trace', all of it. Or a function of the
        output that JAX can trace, such as ``lambda o: o.max() - o.min()``.
    of : str, optional
        Measure this state instead of the output.
    duration : float, optional
        The measured time, in the model's unit of time. None (default): the duration of the model's ``example``.
    transient : float
        The time that is run before the measured time. Default 0.
    x : array (n_in,) or (T, n_in), optional
        The input: constant, or over the measured time. In the second case the transient gets its first row. Default
        zero.
    settings : dict, optional
        Arguments of the constructor. Default none.
    seed : int
        Seed of the noise; every point of the grid has its own noise. Default 0.
    chunk : int
        Number of points that run at the same time. A smaller number needs less memory. Default 1024.

    Returns
    -------
    Sweep
        ``axes`` and ``values``.

    Raises
    ------
    UnknownNameError
        The model has no constant or state of a given name, or its equations do not read the constant.
    InvalidValueError
        An argument is out of range.
    ShapeError
        x has the wrong shape.
    DivergedError
        The measure is not finite at a point; the message names the point.

    Examples
    --------
    >>> import ratezoo
    >>> swept = ratezoo.sweep(ratezoo.StuartLandau, {'a': [-1., 0.25, 1.]}, measure='max', duration=10., transient=100.)
    >>> swept.values[:, 0].round(2).tolist()                            # amplitude √a
    [0.0, 0.5, 1.0]
    """
    net = _network(model, settings)
    axes = _checked_axes(net, grid)
    measure_function = _checked_measure(net, measure, of)
    duration = net.example.duration if duration is None else duration
    if not is_positive(duration) or not (transient == 0 or is_positive(transient)) or not is_count(chunk):
        raise InvalidValueError(
            'sweep: expected a duration > 0, a transient ≥ 0 and a chunk ≥ 1, got '
            f'{duration!r}, {transient!r} and {chunk!r}.'
        )
    before, steps = round(transient / net.dt), max(1, round(duration / net.dt))
    drive = _checked_input(net, x, steps)
    layout = _Layout(axes, chunk)
    points, keys = layout.rows(axes, drive.dtype), layout.keys(seed)
    params = net.params_dict()

    def build():
        one_point = _run_of_one_point(net, measure_function, of, before, steps)
        first_point = {k: a[0, 0] for k, a in points.items()}
        _check_read(net, lambda point: one_point(point, keys[0, 0], drive, params), first_point)

        def run(points, keys, drive, params):
            row = jax.vmap(one_point, (0, 0, None, None))
            return jax.lax.map(lambda a: row(*a, drive, params), (points, keys))

        return jax.jit(run)

    key = ('sweep', tuple(axes), layout.shape, drive.shape, before, steps, measure, of)
    run = net.compiled(key, build, [measure] if callable(measure) else ())
    values = jax.tree_util.tree_map(layout.on_the_grid, run(points, keys, drive, params))
    _check_finite(net, axes, values)
    return Sweep(axes, values)


class _Layout:
    """The arrangement of all grid points as a table (rows, chunk) for the compiled function.

    The points of one row run at the same time; the rows run one after another. Copies of the last point fill the last
    row, because all rows must have the same length.
    """

    def __init__(self, axes, chunk):
        self.grid = tuple(len(a) for a in axes.values())
        self.count = int(np.prod(self.grid))
        columns = min(chunk, self.count)
        self.shape = -(-self.count // columns), columns

    def rows(self, axes, dtype):
        """The coordinates of all points: a dict, name → array (rows, chunk)."""
        coordinates = np.meshgrid(*axes.values(), indexing='ij')
        copies = self.shape[0] * self.shape[1] - self.count
        return {
            name: jnp.asarray(np.pad(a.ravel(), (0, copies), 'edge').reshape(self.shape), dtype)
            for name, a in zip(axes, coordinates, strict=True)
        }

    def keys(self, seed):
        """A different noise key for each point, (rows, chunk, 2)."""
        keys = jax.random.split(jax.random.PRNGKey(seed), self.shape[0] * self.shape[1])
        return keys.reshape(*self.shape, *keys.shape[1:])

    def on_the_grid(self, values):
        """The measured values (rows, chunk, …) as an array (length of each axis …, …), without the copies."""
        values = np.asarray(values)
        return values.reshape(-1, *values.shape[2:])[: self.count].reshape(*self.grid, *values.shape[2:])


def _run_of_one_point(net, measure_function, of, before, steps):
    """The pure function (point, key, drive, params) → the measure at one point of the grid."""

    def one_point(point, key, drive, params):
        constants = {k: v for k, v in point.items() if k != 'x'}
        with net.with_constants(constants) if constants else contextlib.nullcontext():

            def advance(carry, x):
                r, key = net.perturb(net.step(carry[0], params, x + point.get('x', 0.0)), carry[1])
                return (r, key), net.output(r, params) if of is None else net.by_name(r)[of]

            def run(carry, x, length):
                constant = x.ndim == 1
                return jax.lax.scan(
                    lambda c, x_t: advance(c, x if constant else x_t), carry, None if constant else x, length=length
                )

            first = drive if drive.ndim == 1 else drive[0]
            start = net.initial_state(), key if net.noisy else None
            settled, _ = jax.lax.scan(lambda c, _: (advance(c, first)[0], None), start, None, length=before)
            return measure_function(run(settled, drive, steps)[1])

    return one_point


def _checked_axes(net, grid):
    """The grid as a dict, name → array of its values, after all checks."""
    if not isinstance(grid, dict) or not grid:
        raise InvalidValueError(f'sweep.grid: expected a dict of names to values, got {grid!r}.')
    axes = {}
    for name, values in grid.items():
        if name not in net.constants and name != 'x':
            raise UnknownNameError(
                f'sweep.grid: {type(net).__name__} has no constant {name!r}. It has: '
                f'{", ".join([*net.constants, "x (the input)"])}.'
            )
        try:
            values = np.asarray(values, float)
        except (TypeError, ValueError):
            values = np.full(1, np.nan)  # no numbers: refused below
        if values.ndim != 1 or not values.size or not np.isfinite(values).all():
            raise InvalidValueError(f'sweep.grid: expected a list of finite numbers for {name}, got {grid[name]!r}.')
        if name in net.constants:
            for value in values:
                net.constants[name].checked(net, name, value)
        axes[name] = values
    return axes


def _checked_measure(net, measure, of):
    """The function of the output (T, …) that computes the measure, after all checks."""
    if not callable(measure) and (not isinstance(measure, str) or measure not in MEASURES):
        raise UnknownNameError(f'sweep.measure: expected a function or one of {", ".join(MEASURES)}, got {measure!r}.')
    if of is not None and of not in net.states:
        raise UnknownNameError(f'sweep.of: {type(net).__name__} has no state {of!r}. It has: {", ".join(net.states)}.')
    return MEASURES[measure] if isinstance(measure, str) else measure


def _checked_input(net, x, steps):
    """The input without the swept 'x', (n_in,) or (steps, n_in), after all checks."""
    drive = net.as_array('x', np.zeros(net.n_in or 1) if x is None else x)
    if drive.shape not in ((), (net.n_in,), (steps, net.n_in)):
        raise ShapeError(f'sweep.x: expected shape ({net.n_in},) or ({steps}, {net.n_in}), got {drive.shape}.')
    net.check_finite('x', drive)
    return jnp.broadcast_to(drive, (net.n_in or 1,)) if drive.ndim < 2 else drive


def _check_finite(net, axes, values):
    """Raise `DivergedError` if a measure is not finite at some point; the message names the first such point."""
    grid = tuple(len(a) for a in axes.values())
    for a in jax.tree_util.tree_leaves(values):
        bad = ~np.isfinite(a.reshape(*grid, -1)).all(-1)
        if bad.any():
            where = np.argwhere(bad)[0]
            point = ', '.join(f'{k} = {axes[k][i]:g}' for k, i in zip(axes, where, strict=True))
            more = f' and at {bad.sum() - 1} more points' if bad.sum() > 1 else ''
            raise DivergedError(
                f'sweep: the measure of {type(net).__name__} is not finite at {point}{more}. Try a smaller dt.'
            )


def _check_read(net, one_point, point):
    """Raise `UnknownNameError` for a swept constant that the equations do not read: all its values would give the same.

    ``one_point(point)`` is traced once; a constant that is no input of any traced operation is not read.
    """
    jaxpr = jax.make_jaxpr(one_point)(point).jaxpr
    used = {id(v) for eqn in jaxpr.eqns for v in eqn.invars}
    for name, variable in zip(sorted(point), jaxpr.invars, strict=True):
        if id(variable) not in used:
            raise UnknownNameError(
                f'sweep.grid: the equations of {type(net).__name__} do not read {name!r}, so all its values would give '
                'the same result. Construct one model for each value instead.'
            )


def _json_of(value):
    """A JSON value for a setting that `json` can't write; it becomes a part of the key in `_NETS`."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, OrnsteinUhlenbeck):
        return repr(value)
    raise TypeError


def _network(model, settings):
    """The model itself, or a network of the class; networks with the same settings are constructed only once.

    Settings without a JSON form, such as arrays, always give a new network.
    """
    if isinstance(model, RateModel):
        if settings:
            got = ', '.join(settings)
            raise InvalidValueError(f'sweep.settings: expected none, because model is an instance, got {got}.')
        return model
    if not (isinstance(model, type) and issubclass(model, RateModel)):
        raise InvalidValueError(f'sweep.model: expected a RateModel or its class, got {model!r}.')
    settings = dict(settings or {})
    if 'seed' in inspect.signature(model).parameters:
        settings.setdefault('seed', 0)
    try:
        key = json.dumps(settings, sort_keys=True, default=_json_of), str(bm.float_), bm.get_dt()
    except TypeError:
        return model(**settings)
    nets = _NETS.setdefault(model, {})
    if key not in nets:
        while len(nets) >= _MOST_NETS:
            nets.pop(next(iter(nets)))
        nets[key] = model(**settings)
    return nets[key]

"""Fixed points of small networks, all that Newton's method finds, and what a phase plane is drawn from.

A state here is a vector of N numbers, the network's states strung together in their order. The coloured noise of a
`Circuit` is no part of it, and 0.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_count, is_positive
from ratezoo.errors import DivergedError, InvalidValueError, ShapeError
from ratezoo.relaxation import settle

MOST_STARTS = 100_000
NEWTON_STEPS = 100


class Equilibrium(NamedTuple):
    """A fixed point and how the network behaves near it.

    Attributes
    ----------
    r : array (n,), or dict of arrays by state
        Where it is.
    eigenvalues : array (N,), complex
        All eigenvalues of J (discrete time: of I + J), as `RateModel.stability` orders them.
    stable : bool
        Whether ``kind`` is one of the stable ones.
    kind : str
        'stable node', 'stable focus', 'saddle', 'unstable node', 'unstable focus', 'centre' (a pair of eigenvalues on
        the imaginary axis and none beyond), or 'degenerate' (an eigenvalue is 0, as at a
        bifurcation). The leading eigenvalue of a focus is complex.
    """
    r: object
    eigenvalues: object
    stable: bool
    kind: str


def fixed_points(net, x=None, starts=None, limits=None, points=11, tol=None, apart=1e-4):
    """All fixed points that Newton's method finds from many starts, each with its stability.

    A start from which Newton's method does not converge, or ends where F is not finite, is passed over. A fixed point
    that lies outside ``limits`` counts if it was found. On a line of fixed points, where J is singular,
    Newton's method does not converge, and none is found. Compiled once for each number of starts; a step of Newton's
    method costs O(N³) for each start.

    Parameters
    ----------
    net : RateModel
        Of a few units: N numbers in all.
    x : array (n_in,), optional
        Constant input. Default zero.
    starts : array (K, N), optional
        Where to start. Default: a grid within ``limits``.
    limits : sequence of N pairs (low, high), optional
        Of each number; one pair does for all.
    points : int
        Starts along each side of the grid. Default 11.
    tol : float, optional
        Largest |F| at a fixed point. Default 1e-10 in double, 1e-5 in single precision.
    apart : float
        Points closer than this fraction of the starts' range count as one. Default 1e-4.

    Returns
    -------
    list of Equilibrium
        In the order of the first number, then the second, …

    Raises
    ------
    InvalidValueError
        Neither starts nor limits; limits reversed; too many starts; an option out of range.
    ShapeError
        starts, limits or x do not fit the network.

    Examples
    --------
    >>> from ratezoo.models.oscillator import FitzHughNagumo
    >>> [(round(float(p.r['v'][0]), 1), p.kind) for p in fixed_points(FitzHughNagumo(), limits=(-3, 3))]
    [(-0.8, 'unstable focus')]
    """
    for name, value in (('tol', tol), ('apart', apart)):
        if not (is_positive(value) or (name == 'tol' and value is None)):
            raise InvalidValueError(f'fixed_points.{name}: expected a number > 0, got {value!r}.')
    starts = _grid(net, limits, points) if starts is None else _states('fixed_points.starts', net, starts)
    x = _one_input(net, x)

    def build():
        def all_of(starts, params, x, tol):
            def at_rest(s):
                r = state_of(net, s)
                return vector(net, net.at_rest(r, net.drift(r, params, x)))
            return jax.vmap(lambda s: settle(at_rest, None, s, tol, NEWTON_STEPS, 'newton'))(starts)
        return jax.jit(all_of)
    found = net.compiled('fixed points', build)(starts, net.params_dict(), x, tol or net.default_tol)
    r, residual, _, converged = map(np.asarray, found)
    good = converged & np.isfinite(residual) & np.isfinite(r).all(1)
    scale = np.maximum(np.ptp(starts, axis=0), np.abs(starts).max(0))
    unique = _distinct(r[good][np.argsort(residual[good])], apart * np.where(scale > 0, scale, 1.))
    return [_equilibrium(net, r, x) for r in unique]


def kind_of(eigenvalues, continuous=True):
    """What `Equilibrium` calls a fixed point with these eigenvalues, (N,), the leading one first."""
    values = np.asarray(eigenvalues)
    tol = np.finfo(values.dtype).eps ** 0.4
    size = max(np.abs(values).max(), np.finfo(values.dtype).tiny)
    growth = values.real / size if continuous else np.abs(values) - 1
    zero, rotating = np.abs(growth) <= tol, np.abs(values.imag) > tol * size
    up, down = (growth > 0) & ~zero, (growth < 0) & ~zero
    if up.any() and down.any():
        return 'saddle'
    if zero.any():
        return 'centre' if rotating[zero].all() else 'degenerate'
    return ('unstable' if up.any() else 'stable') + (' focus' if rotating[0] else ' node')


def field(net, states, x=None):
    """F (discrete time: step(r) − r) at many states (K, N); (K, N). Compiled once for each K."""
    states, x = _states('field.states', net, states), _one_input(net, x)

    def build():
        def F(states, params, x):
            return jax.vmap(lambda s: vector(net, net.drift(state_of(net, s), params, x)))(states)
        return jax.jit(F)
    return np.asarray(net.compiled('field', build)(states, net.params_dict(), x))


def paths(net, starts, duration, x=None):
    """The noiseless network's states from each of ``starts`` (K, N), over ``duration``; (K, T + 1, N).

    ``duration`` is in the network's unit of time, in discrete time a number of steps. The state of ``net`` itself
    stays as it is. Compiled once for each K and T. Raises `DivergedError` where a state becomes infinite or NaN.
    """
    starts, x = _states('paths.starts', net, starts), _one_input(net, x)
    if not is_positive(duration):
        raise InvalidValueError(f'paths.duration: expected a time > 0, got {duration!r}.')
    steps = max(1, round(duration / net.dt if net.is_continuous else duration))

    def build():
        def run(starts, params, x):
            def advance(s, _):
                s = jax.vmap(lambda s: vector(net, net.step(state_of(net, s), params, x)))(s)
                return s, s
            return jnp.concatenate([starts[None], jax.lax.scan(advance, starts, None, steps)[1]]).swapaxes(0, 1)
        return jax.jit(run)
    states = np.asarray(net.compiled(('paths', steps), build)(starts, net.params_dict(), x))
    if not np.isfinite(states).all():
        bad = int(np.argmin(np.isfinite(states).all((1, 2))))
        raise DivergedError(f'paths.starts: the network blew up from {starts[bad].tolist()}. Start nearer to where it '
                            'settles, or try a smaller dt or duration.')
    return states


def sizes_of(net):
    """The numbers of units by state, without the noise."""
    return {s: size for s, size in net.sizes.items() if s != 'eta' or net.noise is None}


def vector(net, r):
    """A state, an array or a dict of arrays by state, as one vector (N,)."""
    return jnp.concatenate([r[s] if isinstance(r, dict) else r for s in sizes_of(net)])


def state_of(net, vector, xp=jnp):
    """A vector (N,) as a state of the network."""
    sizes = sizes_of(net)
    parts = xp.split(vector, np.cumsum(list(sizes.values()))[:-1])
    noise = {s: xp.zeros(net.sizes[s], vector.dtype) for s in net.states if s not in sizes}
    return net.as_state({**dict(zip(sizes, parts, strict=True)), **noise})


def _equilibrium(net, r, x):
    state, n = state_of(net, r, np), r.size
    J = np.asarray(net.jacobian(state, x))[:n, :n]                      # the noise comes last
    values = np.linalg.eigvals(J if net.is_continuous else J + np.eye(n))
    values = values[np.argsort(-(values.real if net.is_continuous else np.abs(values)))]
    kind = kind_of(values, net.is_continuous)
    own = {s: state[s] for s in sizes_of(net)} if isinstance(state, dict) else state
    return Equilibrium(next(iter(own.values())) if isinstance(own, dict) and len(own) == 1 else own,
                       np.asarray(values, complex), kind.startswith('stable'), kind)


def _distinct(found, apart):
    """Of points (K, N), best first, those that are further than ``apart`` (N,) from all before; sorted."""
    kept = np.zeros((0, found.shape[1]), found.dtype)
    for r in found:
        if not (np.abs(kept - r) <= apart).all(1).any():
            kept = np.concatenate([kept, r[None]])
    return kept[np.lexsort(np.round(kept / apart).T[::-1])]


def _one_input(net, x):
    net.check_finite('x', x)
    return net.as_input(x, None)[0]


def _states(name, net, states):
    size = sum(sizes_of(net).values())
    states = np.asarray(net.as_array(name.partition('.')[2], states))
    if states.ndim != 2 or states.shape[1] != size or not len(states):
        raise ShapeError(f'{name}: expected states of shape (K, {size}), a row each, got {states.shape}.')
    net.check_finite('r0', states)
    return states


def checked_limits(name, limits, size):
    """``limits`` as an array (size, 2), from one pair or one for each number."""
    try:
        limits = np.asarray(limits, float)
        pairs = np.broadcast_to(limits, (size, 2))
    except (TypeError, ValueError):
        raise ShapeError(f'{name}: expected (low, high), or {size} such pairs, got {limits!r}.') from None
    if not (np.isfinite(pairs).all() and (pairs[:, 0] < pairs[:, 1]).all()):
        raise InvalidValueError(f'{name}: expected low < high, got {pairs.tolist()}.')
    return pairs


def _grid(net, limits, points):
    """A grid of starts, (points^N, N)."""
    size = sum(sizes_of(net).values())
    if limits is None:
        raise InvalidValueError('fixed_points.starts: expected where to start: an array of starts, or the limits of a '
                                'grid of them.')
    limits = checked_limits('fixed_points.limits', limits, size)
    if not is_count(points) or points < 2:
        raise InvalidValueError(f'fixed_points.points: expected two points or more, got {points!r}.')
    if size * math.log(points) > math.log(MOST_STARTS):
        raise InvalidValueError(f'fixed_points.points: a grid of {points}^{size} starts is too large. Give fewer '
                                'points, or the starts themselves.')
    sides = [np.linspace(*pair, points) for pair in limits]
    return np.stack(np.meshgrid(*sides, indexing='ij'), -1).reshape(-1, size).astype(net.dtype)

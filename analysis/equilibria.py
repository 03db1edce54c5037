"""Fixed points of small networks: all that Newton's method reaches, with their stability.

In this module a state is a vector of N numbers: the network's states, one after the other. The coloured noise of a
`Circuit` does not belong to this vector; it counts as 0.
"""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import check_network, is_count, is_positive
from ratezoo.errors import InvalidValueError, ShapeError
from ratezoo.model import RateModel
from ratezoo.relaxation import settle
from ratezoo.types import ArrayLike

MOST_STARTS = 100_000
NEWTON_STEPS = 100


class Equilibrium(NamedTuple):
    """A fixed point, and how the network behaves near it.

    Attributes
    ----------
    r : array (n,), or dict of arrays by state
        The state at the fixed point.
    eigenvalues : array (N,), complex
        All eigenvalues of J (discrete time: of I + J). The order is that of `RateModel.stability`.
    stable : bool
        Whether ``kind`` is one of the stable kinds.
    kind : str
        'stable node', 'stable focus', 'saddle', 'unstable node', 'unstable focus', 'centre' (two eigenvalues lie on the
        imaginary axis and none lies to the right of it), or 'degenerate' (an eigenvalue is 0, as at a bifurcation). The
        leading eigenvalue of a focus is complex.
    """

    r: np.ndarray | dict[str, np.ndarray]
    eigenvalues: np.ndarray
    stable: bool
    kind: str

    @property
    def vector(self) -> np.ndarray:
        """``r`` as one vector (N,)."""
        return np.concatenate([np.asarray(a) for a in (self.r.values() if isinstance(self.r, dict) else [self.r])])


def fixed_points(
    net: RateModel,
    x: ArrayLike | None = None,
    starts: ArrayLike | None = None,
    limits: ArrayLike | None = None,
    points: int = 11,
    tol: float | None = None,
    apart: float = 1e-4,
) -> list[Equilibrium]:
    """All fixed points that Newton's method reaches from many starts, and the stability of each.

    Some starts give nothing: Newton's method does not converge, or it ends where F is not finite. A fixed point outside
    ``limits`` is returned too if Newton's method reaches it. On a curved line of fixed points, such as a ring, J is
    singular on the line alone. Newton's method then reaches many points of the line, and each of them is returned, with
    the kind 'degenerate'. On the straight line of a linear network J is singular everywhere; Newton's method does not
    converge, and the line gives no fixed point. The function is compiled once for each number of starts; one step of
    Newton's method costs O(N³) for each start.

    Parameters
    ----------
    net : RateModel
        A network of a few units: N numbers in all.
    x : array (n_in,), optional
        Constant input. Default zero.
    starts : array (K, N), optional
        Where to start. Default: a grid within ``limits``.
    limits : sequence of N pairs (low, high), optional
        The range of each number. One pair stands for all numbers.
    points : int
        Starts along each side of the grid. Default 11.
    tol : float, optional
        Largest |F| at a fixed point. Default 1e-10 in double, 1e-5 in single precision.
    apart : float
        Two fixed points count as one if they are closer than this fraction of the range of the starts. Default 1e-4.

    Returns
    -------
    list of Equilibrium
        Sorted by the first number, then by the second, and so on.

    Raises
    ------
    InvalidValueError
        Neither starts nor limits are given; low is not below high; there are too many starts; an option is out of
        range.
    ShapeError
        starts, limits or x do not fit the network.

    Examples
    --------
    >>> from ratezoo import fixed_points
    >>> from ratezoo.models.oscillator import FitzHughNagumo
    >>> [(round(float(p.r['v'][0]), 1), p.kind) for p in fixed_points(FitzHughNagumo(), limits=(-3, 3))]
    [(-0.8, 'unstable focus')]
    """
    check_network('fixed_points.net', net)
    for name, value in (('tol', tol), ('apart', apart)):
        if not (is_positive(value) or (name == 'tol' and value is None)):
            raise InvalidValueError(f'fixed_points.{name}: expected a number > 0, got {value!r}.')
    starts = _grid(net, limits, points) if starts is None else checked_states('fixed_points.starts', net, starts)
    x = one_input(net, x)

    def build():
        def settle_all(starts, params, x, tol):
            def at_rest(s):
                r = state_of(net, s)
                return vector(net, net.at_rest(r, net.drift(r, params, x)))

            return jax.vmap(lambda s: settle(at_rest, None, s, tol, NEWTON_STEPS, 'newton'))(starts)

        return jax.jit(settle_all)

    settled = net.compiled('fixed points', build)(starts, net.params_dict(), x, tol or net.default_tol)
    r, residual, _, converged = map(np.asarray, settled)
    good = converged & np.isfinite(residual) & np.isfinite(r).all(1)
    scale = np.maximum(np.ptp(starts, axis=0), np.abs(starts).max(0))
    unique = distinct(r[good][np.argsort(residual[good])], apart * np.where(scale > 0, scale, 1.0))
    return [_equilibrium(net, r, x) for r in unique]


def kind_of(eigenvalues: ArrayLike, continuous: bool = True) -> str:
    """The kind of a fixed point (see `Equilibrium`), from its eigenvalues (N,); the leading eigenvalue comes first."""
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


def sizes_of(net: RateModel) -> dict[str, int]:
    """The number of units of each state; the noise is left out."""
    return {s: size for s, size in net.sizes.items() if s != 'eta' or net.noise is None}


def vector(net: RateModel, r: Any) -> jax.Array:
    """A state (an array, or a dict of arrays by state) as one vector (N,)."""
    return jnp.concatenate([r[s] if isinstance(r, dict) else r for s in sizes_of(net)])


def state_of(net: RateModel, vector: Any, xp: Any = jnp) -> Any:
    """A vector (N,) as a state of the network; ``xp`` is ``jax.numpy`` or ``numpy``."""
    sizes = sizes_of(net)
    parts = xp.split(vector, np.cumsum(list(sizes.values()))[:-1])
    noise = {s: xp.zeros(net.sizes[s], vector.dtype) for s in net.states if s not in sizes}
    return net.as_state({**dict(zip(sizes, parts, strict=True)), **noise})


def checked_limits(name: str, limits: ArrayLike, size: int) -> np.ndarray:
    """``limits`` as an array (size, 2), from one pair or from one pair for each number."""
    try:
        limits = np.asarray(limits, float)
        pairs = np.broadcast_to(limits, (size, 2))
    except (TypeError, ValueError):
        raise ShapeError(f'{name}: expected (low, high), or {size} such pairs, got {limits!r}.') from None
    if not (np.isfinite(pairs).all() and (pairs[:, 0] < pairs[:, 1]).all()):
        raise InvalidValueError(f'{name}: expected low < high, got {pairs.tolist()}.')
    return pairs


def _equilibrium(net, r, x):
    state, n = state_of(net, r, np), r.size
    J = np.asarray(net.jacobian(state, x))[:n, :n]  # the noise comes last
    values = np.linalg.eigvals(J if net.is_continuous else J + np.eye(n))
    values = values[np.argsort(-(values.real if net.is_continuous else np.abs(values)))]
    kind = kind_of(values, net.is_continuous)
    own = {s: state[s] for s in sizes_of(net)} if isinstance(state, dict) else state
    return Equilibrium(
        next(iter(own.values())) if isinstance(own, dict) and len(own) == 1 else own,
        np.asarray(values, complex),
        kind.startswith('stable'),
        kind,
    )


def distinct(points, apart):
    """The points (K, N), best first, without those that are within ``apart`` (N,) of a better point; sorted."""
    kept = np.zeros((0, points.shape[1]), points.dtype)
    for r in points:
        if not (np.abs(kept - r) <= apart).all(1).any():
            kept = np.concatenate([kept, r[None]])
    return kept[np.lexsort(np.round(kept / apart).T[::-1])]


def one_input(net: RateModel, x: ArrayLike | None) -> Any:
    """The input of one sample; zero for None."""
    net.check_finite('x', x)
    return net.as_input(x, None)[0]


def checked_states(name: str, net: RateModel, states: ArrayLike) -> Any:
    """``states`` as an array (K, N); ``name`` goes into the message of an error."""
    size = sum(sizes_of(net).values())
    states = np.asarray(net.as_array(name.partition('.')[2], states))
    if states.ndim != 2 or states.shape[1] != size or not len(states):
        raise ShapeError(f'{name}: expected states of shape (K, {size}), a row each, got {states.shape}.')
    net.check_finite('r0', states)
    return states


def _example_of_limits(net):
    """An example for ``limits`` in an error message: the range of the states, if all of them have the same."""
    ranges = {net.ranges.get(s, (-np.inf, np.inf)) for s in sizes_of(net)}
    low, high = ranges.pop() if len(ranges) == 1 else (-np.inf, np.inf)
    return f'({low:g}, {high:g})' if np.isfinite([low, high]).all() else '(-2, 2)'


def _grid(net, limits, points):
    """A grid of starts, (points^N, N)."""
    size = sum(sizes_of(net).values())
    if limits is None:
        names = ', '.join(f'{s} ({n})' if n > 1 else s for s, n in sizes_of(net).items())
        raise InvalidValueError(
            'fixed_points.limits: expected where to look, got neither limits nor starts. Write for example '
            f'fixed_points(net, limits={_example_of_limits(net)}), the lowest and the highest value of {names}; or '
            f'starts=…, an array (K, {size}).'
        )
    limits = checked_limits('fixed_points.limits', limits, size)
    if not is_count(points) or points < 2:
        raise InvalidValueError(f'fixed_points.points: expected two points or more, got {points!r}.')
    if size * math.log(points) > math.log(MOST_STARTS):
        raise InvalidValueError(
            f'fixed_points.points: a grid of {points}^{size} starts is too large. Give fewer '
            'points, or the starts themselves.'
        )
    sides = [np.linspace(*pair, points) for pair in limits]
    return np.stack(np.meshgrid(*sides, indexing='ij'), -1).reshape(-1, size).astype(net.dtype)

"""Phase planes: the field F of two numbers on a grid, the fixed points, and trajectories.

A state is a vector, as in `ratezoo.analysis.equilibria`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_of_dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.equilibria import (
    Equilibrium,
    checked_limits,
    checked_states,
    fixed_points,
    one_input,
    sizes_of,
    state_of,
    vector,
)
from ratezoo.checks import check_network, is_count, is_positive
from ratezoo.errors import DivergedError, InvalidValueError, ShapeError, UnknownNameError
from ratezoo.model import RateModel
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class PhasePlane:
    """The phase plane of two numbers of a network at a constant input; `phase_plane` computes it.

    Attributes
    ----------
    names : (str, str)
        The state that each of the two numbers belongs to. One state of two units gives the same name twice.
    units : (str or None, str or None)
        The physical unit of each number; None: dimensionless.
    sides : (array (points,), array (points,))
        The grid: the values of the first number and of the second number.
    F : array (points, points, 2)
        F on the grid (discrete time: the change in one step). ``F[j, i]`` belongs to the point ``sides[0][i]``,
        ``sides[1][j]``. It is NaN or infinite where F is.
    fixed_points : list of Equilibrium
        The fixed points within the grid.
    paths : array (K, T + 1, 2)
        The trajectories from the K starts.
    continuous : bool
        Whether time is continuous.
    chosen : (int, int)
        The places of the two numbers in a state vector. Default (0, 1).
    labels : (str, str) or None
        The names of two numbers that were chosen, such as 'r[3]'. None (default): the network has only these two.
    held : dict of str to float
        The other numbers, by name, and the values at which they are held. Default: there are none.
    """

    names: tuple[str, str]
    units: tuple[str | None, str | None]
    sides: tuple[np.ndarray, np.ndarray]
    F: np.ndarray
    fixed_points: list[Equilibrium]
    paths: np.ndarray
    continuous: bool
    chosen: tuple[int, int] = (0, 1)
    labels: tuple[str, str] | None = None
    held: Mapping[str, float] = field_of_dataclass(default_factory=dict)

    @property
    def limits(self) -> np.ndarray:
        """The lowest and the highest value of each number, (2, 2)."""
        return np.array([side[[0, -1]] for side in self.sides])

    def plot(self, runs: Any = (), flow: bool = True, ax: 'Axes | None' = None) -> 'Axes':
        """Draw the plane; see `ratezoo.plots.phase_plane`."""
        from ratezoo import plots

        return plots.phase_plane(self, runs=runs, flow=flow, ax=ax)


def phase_plane(
    net: RateModel,
    x: ArrayLike | None = None,
    limits: ArrayLike = (-2.0, 2.0),
    starts: ArrayLike = (),
    duration: float | None = None,
    points: int = 201,
    of: 'Sequence[str | tuple[str, int]] | None' = None,
    held: 'Mapping[str, ArrayLike] | None' = None,
) -> PhasePlane:
    """The phase plane of two numbers of a network: F on a grid, the fixed points, and trajectories.

    The coloured noise of a `Circuit` counts as 0. The state of the network stays as it is.

    A network of more than two numbers has no phase plane. ``of`` chooses two of them, and the others are held: this is
    a slice through the space of states. On a nullcline of a slice the change of one chosen number is 0 while the others
    have their held values. Where two nullclines cross, the held numbers may still change, so only the points in
    ``fixed_points`` are fixed points of the network. Trajectories leave the slice; they are projected onto it.

    Parameters
    ----------
    net : RateModel
        Two states of one unit each, or one state of two units; with ``of``, any network.
    x : array (n_in,), optional
        Constant input. Default zero.
    limits : (low, high), or a pair of these
        The range of both numbers, or of each of them. Default −2 and 2.
    starts : array (K, 2)
        States from which the noiseless network is run; in a slice, the other numbers start at their held values.
        Default none.
    duration : float, optional
        How long it is run, in the network's unit of time (discrete time: the number of steps). Default: the duration of
        the network's example.
    points : int
        Points along each side of the grid. Default 201.
    of : pair of names or of (name, unit), optional
        The two numbers, such as ('E', 'I') or (('r', 0), ('r', 3)). A name alone is the first unit of a state.
    held : dict of str to float or array (n,), optional
        Values for the other numbers, by state. Those not named are held where the network settles from its initial
        state (`RateModel.relax`).

    Returns
    -------
    PhasePlane
        ``.plot()`` draws it.

    Raises
    ------
    InvalidValueError
        The network does not consist of two numbers and ``of`` is not given; the network does not settle; or limits,
        points or duration are out of range.
    UnknownNameError
        ``of`` or ``held`` names a state that is not there.
    ShapeError
        limits, starts or x do not fit the network.
    DivergedError
        A trajectory from ``starts`` becomes infinite or NaN.

    Examples
    --------
    >>> from ratezoo import phase_plane
    >>> from ratezoo.models.oscillator import FitzHughNagumo
    >>> plane = phase_plane(FitzHughNagumo(a=0., b=2.), limits=((-2.2, 2.2), (-1.2, 1.2)))
    >>> plane.names, plane.F.shape
    (('v', 'w'), (201, 201, 2))
    >>> [p.kind for p in phase_plane(FitzHughNagumo(a=0., b=2., I=0.), points=51).fixed_points]
    ['stable focus', 'saddle', 'stable focus']
    """
    check_network('phase_plane.net', net)
    sizes = sizes_of(net) if isinstance(net, RateModel) else {}
    if of is None and sum(sizes.values()) != 2:
        numbers = ', '.join(f'{n} of {s}' for s, n in sizes.items())
        remedy = f'. Choose two of them, such as of={_two_of(sizes)}' if sum(sizes.values()) > 2 else ''
        raise InvalidValueError(
            f'phase_plane.net: expected a network of two numbers, got {type(net).__name__}'
            f'{f" with {numbers}" if numbers else ""}{remedy}.'
        )
    if not is_count(points) or points < 3:
        raise InvalidValueError(f'phase_plane.points: expected three points or more, got {points!r}.')
    ranges = checked_limits('phase_plane.limits', limits, 2)
    entries = [(s, i) for s, n in sizes.items() for i in range(n)]
    chosen = (0, 1) if of is None else _chosen(net, of, entries)
    base = np.zeros(len(entries), net.dtype)
    if len(entries) > 2 or held:
        base = _held_state(net, x, held or {}, chosen, entries)

    def in_slice(plane):
        """Vectors of two numbers as state vectors (K, N)."""
        states = np.tile(base, (len(plane), 1))
        states[:, list(chosen)] = plane
        return states

    trajectories = np.zeros((0, 1, 2))
    if np.size(starts):
        given = np.asarray(net.as_array('starts', starts))
        if given.ndim != 2 or given.shape[1] != 2:
            raise ShapeError(f'phase_plane.starts: expected states of shape (K, 2), a row each, got {given.shape}.')
        run = paths(net, in_slice(given), net.example.duration if duration is None else duration, x)
        trajectories = run[..., list(chosen)]
    first, second = (np.linspace(low, high, points) for low, high in ranges)
    grid = np.stack(np.meshgrid(first, second), -1)
    F = field(net, in_slice(grid.reshape(-1, 2)), x)[:, list(chosen)].reshape(points, points, 2)
    corners = np.stack(np.meshgrid(*(np.linspace(low, high, _STARTS) for low, high in ranges)), -1).reshape(-1, 2)
    resting = fixed_points(net, x, starts=in_slice(corners)) if of else fixed_points(net, x, limits=ranges)
    within = [p for p in resting if _lies_in(p.vector, base, chosen, ranges)]
    one, other = (entries[k][0] for k in chosen)
    units = net.units_of_states.get(one), net.units_of_states.get(other)
    labels = (_label(entries[chosen[0]], sizes), _label(entries[chosen[1]], sizes)) if of else None
    rest = {_label(e, sizes): float(base[k]) for k, e in enumerate(entries) if k not in chosen}
    return PhasePlane(
        (one, other), units, (first, second), F, within, trajectories, net.is_continuous, chosen, labels, rest
    )


_STARTS = 11  # along each side of a slice, for the search for fixed points


def _two_of(sizes):
    """An example for ``of`` in an error message."""
    names = list(sizes)
    return tuple(names[:2]) if len(names) > 1 else ((names[0], 0), (names[0], 1))


def _label(entry, sizes):
    """'E' for the only unit of a state, 'r[3]' for one of several."""
    state, unit = entry
    return state if sizes[state] == 1 else f'{state}[{unit}]'


def _chosen(net, of, entries):
    """The places of the two numbers ``of`` in a state vector."""
    name, pair = type(net).__name__, [of] if isinstance(of, str) else list(of)
    if len(pair) != 2:
        raise InvalidValueError(f'phase_plane.of: expected two states, such as {_two_of(sizes_of(net))}, got {of!r}.')
    places = []
    for one in pair:
        state, unit = (one, 0) if isinstance(one, str) else (*one, 0)[:2]
        if state not in sizes_of(net):
            raise UnknownNameError(
                f'phase_plane.of: {name} has no state {state!r}. It has: {", ".join(sizes_of(net))}.'
            )
        if (state, unit) not in entries:
            raise UnknownNameError(
                f'phase_plane.of: the state {state!r} of {name} has {sizes_of(net)[state]} units, and there is no unit '
                f'{unit!r} (the first is 0).'
            )
        places.append(entries.index((state, unit)))
    if places[0] == places[1]:
        raise InvalidValueError(f'phase_plane.of: expected two different numbers, got {pair[0]!r} twice.')
    return places[0], places[1]


def _held_state(net, x, held, chosen, entries):
    """The state vector (N,) that the slice goes through: ``held``, and elsewhere where the network settles."""
    sizes, name = sizes_of(net), type(net).__name__
    for state in held:
        if state not in sizes:
            raise UnknownNameError(f'phase_plane.held: {name} has no state {state!r}. It has: {", ".join(sizes)}.')
        if all(k in chosen for k, (s, _) in enumerate(entries) if s == state):
            raise InvalidValueError(
                f'phase_plane.held: {state!r} is one of the two numbers of the plane, so it is not held. Leave it out.'
            )
    free = [k for k, (s, _) in enumerate(entries) if s not in held and k not in chosen]
    base = np.zeros(len(entries), net.dtype)
    if free:
        found = net.relax(x)
        if not np.all(found.converged):
            states = ', '.join(dict.fromkeys(entries[k][0] for k in free))
            raise InvalidValueError(
                f'phase_plane.held: expected values for {states}, because {name} does not settle from its initial '
                'state.'
            )
        base = np.array(vector(net, found.r))
    for state, value in held.items():
        values = np.asarray(net.as_array('held', value))
        if values.shape not in ((), (sizes[state],)):
            raise ShapeError(
                f'phase_plane.held: expected a number or {sizes[state]} numbers for {state!r}, got shape '
                f'{values.shape}.'
            )
        net.check_finite('held', values)
        base[[k for k, (s, _) in enumerate(entries) if s == state]] = values
    return base


def _lies_in(point, base, chosen, ranges):
    """Whether a state vector lies within the plane's limits, and in the slice through ``base``."""
    others = np.delete(np.arange(len(base)), chosen)
    close = np.abs(point[others] - base[others]) <= 1e-4 * np.maximum(1.0, np.abs(base[others]))
    at = point[list(chosen)]
    return bool(close.all() and ((ranges[:, 0] <= at) & (at <= ranges[:, 1])).all())


def field(net: RateModel, states: ArrayLike, x: ArrayLike | None = None) -> np.ndarray:
    """F (discrete time: step(r) − r) at many states (K, N); an array (K, N). It is compiled once for each K."""
    states, x = checked_states('field.states', net, states), one_input(net, x)

    def build():
        def F(states, params, x):
            return jax.vmap(lambda s: vector(net, net.drift(state_of(net, s), params, x)))(states)

        return jax.jit(F)

    return np.asarray(net.compiled('field', build)(states, net.params_dict(), x))


def paths(net: RateModel, starts: ArrayLike, duration: float, x: ArrayLike | None = None) -> np.ndarray:
    """The trajectories of the noiseless network from each of ``starts`` (K, N), over ``duration``; (K, T + 1, N).

    ``duration`` is in the network's unit of time; in discrete time it is a number of steps. The state of ``net`` itself
    stays as it is. The function is compiled once for each K and T. It raises `DivergedError` if a state becomes
    infinite or NaN.
    """
    first, x = checked_states('paths.starts', net, starts), one_input(net, x)
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

    states = np.asarray(net.compiled(('paths', steps), build)(first, net.params_dict(), x))
    if not np.isfinite(states).all():
        bad = int(np.argmin(np.isfinite(states).all((1, 2))))
        raise DivergedError(
            f'paths.starts: the network blew up from {first[bad].tolist()}. Start nearer to where it '
            'settles, or try a smaller dt or duration.'
        )
    return states

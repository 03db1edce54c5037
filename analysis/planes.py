"""The phase plane of a network of two numbers: the field F on a grid, the fixed points, and trajectories.

A state is a vector, as in `ratezoo.analysis.equilibria`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from ratezoo.checks import is_count, is_positive
from ratezoo.errors import DivergedError, InvalidValueError
from ratezoo.model import RateModel
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class PhasePlane:
    """The phase plane of a network of two numbers at a constant input; `phase_plane` computes it.

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
    """

    names: tuple[str, str]
    units: tuple[str | None, str | None]
    sides: tuple[np.ndarray, np.ndarray]
    F: np.ndarray
    fixed_points: list[Equilibrium]
    paths: np.ndarray
    continuous: bool

    @property
    def limits(self) -> np.ndarray:
        """The lowest and the highest value of each number, (2, 2)."""
        return np.array([side[[0, -1]] for side in self.sides])

    def plot(self, runs: 'Sequence' = (), flow: bool = True, ax: 'Axes | None' = None) -> 'Axes':
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
) -> PhasePlane:
    """The phase plane of a network of two numbers: F on a grid, the fixed points, and trajectories.

    The coloured noise of a `Circuit` counts as 0. The state of the network stays as it is.

    Parameters
    ----------
    net : RateModel
        Two states of one unit each, or one state of two units.
    x : array (n_in,), optional
        Constant input. Default zero.
    limits : (low, high), or a pair of these
        The range of both numbers, or of each of them. Default −2 and 2.
    starts : array (K, 2)
        States from which the noiseless network is run. Default none.
    duration : float, optional
        How long it is run, in the network's unit of time (discrete time: the number of steps). Default: the duration of
        the network's example.
    points : int
        Points along each side of the grid. Default 201.

    Returns
    -------
    PhasePlane
        ``.plot()`` draws it.

    Raises
    ------
    InvalidValueError
        The network does not consist of two numbers, or limits, points or duration are out of range.
    ShapeError
        limits, starts or x do not fit the network.
    DivergedError
        A trajectory from ``starts`` becomes infinite or NaN.

    Examples
    --------
    >>> from ratezoo.models.oscillator import FitzHughNagumo
    >>> plane = phase_plane(FitzHughNagumo(a=0., b=2.), limits=((-2.2, 2.2), (-1.2, 1.2)))
    >>> plane.names, plane.F.shape
    (('v', 'w'), (201, 201, 2))
    >>> [p.kind for p in phase_plane(FitzHughNagumo(a=0., b=2., I=0.), points=51).fixed_points]
    ['stable focus', 'saddle', 'stable focus']
    """
    sizes = sizes_of(net) if isinstance(net, RateModel) else {}
    if sum(sizes.values()) != 2:
        numbers = ', '.join(f'{n} of {s}' for s, n in sizes.items())
        raise InvalidValueError(
            f'phase_plane.net: expected a network of two numbers, got {type(net).__name__}'
            f'{f" with {numbers}" if numbers else ""}.'
        )
    if not is_count(points) or points < 3:
        raise InvalidValueError(f'phase_plane.points: expected three points or more, got {points!r}.')
    ranges = checked_limits('phase_plane.limits', limits, 2)
    trajectories = np.zeros((0, 1, 2))
    if np.size(starts):
        trajectories = paths(net, starts, net.example.duration if duration is None else duration, x)
    first, second = (np.linspace(low, high, points) for low, high in ranges)
    grid = np.stack(np.meshgrid(first, second), -1)
    F = field(net, grid.reshape(-1, 2), x).reshape(points, points, 2)
    within = [
        p
        for p in fixed_points(net, x, limits=ranges)
        if ((ranges[:, 0] <= p.vector) & (p.vector <= ranges[:, 1])).all()
    ]
    one, other = (s for s, n in sizes.items() for _ in range(n))
    units = net.units_of_states.get(one), net.units_of_states.get(other)
    return PhasePlane((one, other), units, (first, second), F, within, trajectories, net.is_continuous)


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

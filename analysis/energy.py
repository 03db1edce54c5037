"""The energy of a network of two units over the plane of its states."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax
import numpy as np

from ratezoo.analysis.equilibria import checked_limits
from ratezoo.checks import check_network, is_count
from ratezoo.errors import InvalidValueError
from ratezoo.model import RateModel
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class Landscape:
    """The energy of a network of two units on a grid; `landscape` computes it.

    Attributes
    ----------
    name : str
        The name of the state.
    sides : (array (points,), array (points,))
        The grid: the values of the first unit and of the second unit.
    E : array (points, points)
        The energy. ``E[j, i]`` belongs to the point ``sides[0][i]``, ``sides[1][j]``.
    """

    name: str
    sides: tuple[np.ndarray, np.ndarray]
    E: np.ndarray

    def plot(self, runs: 'ArrayLike | Sequence[ArrayLike]' = (), ax: 'Axes | None' = None) -> 'Axes':
        """Draw the landscape; see `ratezoo.plots.landscape`."""
        from ratezoo import plots

        return plots.landscape(self, runs=runs, ax=ax)


def landscape(
    net: RateModel, x: ArrayLike | None = None, limits: ArrayLike = (-2.0, 2.0), points: int = 101
) -> Landscape:
    """The energy of a network of two units on a grid of states.

    Parameters
    ----------
    net : RateModel
        It has an ``energy`` (`HasLyapunov`) and one state of two units.
    x : array (n_in,), optional
        Constant input. Default zero.
    limits : (low, high), or a pair of these
        The range of both units, or of each of them. Default −2 and 2.
    points : int
        Points along each side of the grid. Default 101.

    Returns
    -------
    Landscape
        ``.plot()`` draws it.

    Raises
    ------
    InvalidValueError
        The network has no energy or not two units; limits or points are out of range.
    ShapeError
        limits or x do not fit the network.

    Examples
    --------
    >>> from ratezoo import landscape
    >>> import ratezoo
    >>> valleys = landscape(ratezoo.ContinuousHopfield(2, patterns=[[1., 1.]], beta=2.), points=51)
    >>> valleys.name, valleys.E.shape
    ('u', (51, 51))
    """
    check_network('landscape.net', net)
    units = sum(net.sizes.values()) if isinstance(net, RateModel) else 0
    if not hasattr(net, 'energy') or len(net.states) != 1 or units != 2:
        raise InvalidValueError(
            f'landscape.net: expected a network of two units with an energy, got '
            f'{type(net).__name__} with {units} units.'
        )
    if not is_count(points) or points < 3:
        raise InvalidValueError(f'landscape.points: expected three points or more, got {points!r}.')
    ranges = checked_limits('landscape.limits', limits, 2)
    net.check_finite('x', x)
    current, _ = net.as_input(x, None)
    params = net.params_dict()
    first, second = (np.linspace(low, high, points) for low, high in ranges)
    grid = np.stack(np.meshgrid(first, second), -1).reshape(-1, 2).astype(net.dtype)
    E = jax.vmap(lambda r: net.energy(r, params, current))(grid)
    return Landscape(net.states[0], (first, second), np.asarray(E).reshape(points, points))

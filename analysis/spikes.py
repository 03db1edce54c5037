"""A spiking population and its rate model under the same input."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import brainpy.math as bm
import numpy as np

from ratezoo.checks import is_positive
from ratezoo.errors import InvalidValueError, ShapeError
from ratezoo.model import RateModel
from ratezoo.models.reduction import reduce
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.simulation import Run, simulate
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Reduction:
    """A spiking population and its rate model under the same input; `reduction` runs them.

    Attributes
    ----------
    spiking : Run
        The run of the population: 'spike', 'I_syn' and 'I_ext' (T, n), 'rate' (T, groups), and the times 'ts'.
    predicted : Run
        The run of the rate model: 'I' and 'r' (T, groups), and the times 'ts'.
    sizes : tuple of int
        The number of neurons of each group.
    dt : float
        The time step in ms.
    """

    spiking: Run
    predicted: Run
    sizes: tuple[int, ...]
    dt: float

    def plot(self, window: float = 5.0, neurons: int = 200, fig: 'Figure | None' = None) -> 'Figure':
        """Draw both runs; see `ratezoo.plots.reduction`."""
        from ratezoo import plots

        return plots.reduction(self, window=window, neurons=neurons, fig=fig)


def reduction(
    population: SpikingPopulation, x: ArrayLike, dt: float = 0.1, model: RateModel | None = None
) -> Reduction:
    """Run a spiking population and its rate model under the same input; both start from a reset.

    Parameters
    ----------
    population : SpikingPopulation
    x : array (T,) or (T, groups)
        The input in nA over time.
    dt : float
        The time step in ms. Default 0.1.
    model : RateModel, optional
        A model with the states I and r and one unit for each group. Default: ``reduce(population, x)`` at the last
        input.

    Returns
    -------
    Reduction
        ``.plot()`` draws it.

    Raises
    ------
    ShapeError
        x has another shape.
    InvalidValueError
        ``population`` is not a `SpikingPopulation`, dt is not positive, or the model has another time step.
    NotConvergedError
        `reduce` does not settle; see there.

    Examples
    --------
    >>> from ratezoo import reduction
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.SpikingPopulation(100, in_degree=10, weight=2., seed=0)
    >>> both = reduction(net, np.full(300, 3.))                         # 30 ms of 3 nA
    >>> both.spiking.mon['spike'].shape, both.predicted.mon['r'].shape
    ((300, 100), (300, 1))
    """
    if not isinstance(population, SpikingPopulation):
        raise InvalidValueError(f'reduction.population: expected a SpikingPopulation, got {type(population).__name__}.')
    x, groups = np.asarray(x, float), len(population.sizes)
    if x.ndim not in (1, 2) or not x.size or x.shape[1:] not in ((), (groups,)):
        raise ShapeError(f'reduction.x: expected an input over time of shape (T,) or (T, {groups}), got {x.shape}.')
    if not is_positive(dt):
        raise InvalidValueError(f'reduction.dt: expected a time step > 0, got {dt!r}.')
    x = np.broadcast_to(x.reshape(len(x), -1), (len(x), groups))
    model = reduce(population, x[-1]) if model is None else model
    global_dt = bm.get_dt()
    try:
        bm.set_dt(float(dt))  # the population follows BrainPy's time step
        if model.dt != dt:
            raise InvalidValueError(
                f'reduction.model: expected a model with the time step {dt:g}, got {model.dt:g}. '
                'Give this dt to `reduction`, or make the model without a dt of its own.'
            )
        population.reset_state()
        spiking = simulate(population, inputs=x, monitors=['spike', 'I_syn', 'I_ext', 'rate'])
        model.reset_state()
        predicted = simulate(model, inputs=x, monitors=['I', 'r'])
    finally:
        bm.set_dt(global_dt)
    return Reduction(spiking, predicted, population.sizes, float(dt))

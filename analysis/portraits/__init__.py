"""What the portrait of a model shows beside its run, such as its response to other inputs.

`ratezoo.plots.portrait` draws; what it draws is computed here. A model says by its attribute ``portrait`` which kind of
picture it wants. A kind that needs more than the run has a function in `DATA`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ratezoo.analysis.portraits import diffusion, energy, feedforward, memory, spiking
from ratezoo.types import ArrayLike

DATA: Mapping[str, Callable[[Any, Any, Any], dict[str, Any]]] = {
    'recall': memory.recall,
    'dense recall': memory.dense_recall,
    'attention': memory.attention,
    'phases': energy.phases,
    'feature maps': energy.phases,
    'diffusion': diffusion.diffusion,
    'settling': feedforward.settling,
    'penalty': feedforward.penalty,
    'spikes': spiking.spikes,
}


def portrait_data(net: Any, run: Any, inputs: ArrayLike | None = None) -> dict[str, Any]:
    """What the portrait of a network shows beside a run of it: names → arrays, or other results of `ratezoo.analysis`.

    Parameters
    ----------
    net : RateModel or SpikingPopulation
        Its attribute ``portrait`` is the kind of picture.
    run : runner, `Run`, or mapping
        The run that is drawn.
    inputs : array (T, n_in), optional
        The inputs of that run.

    Returns
    -------
    dict
        Empty if the kind of picture shows nothing but the run. Which names there are, the function of each kind says.
    """
    compute = DATA.get(net.portrait)
    return {} if compute is None else compute(net, getattr(run, 'mon', run), inputs)

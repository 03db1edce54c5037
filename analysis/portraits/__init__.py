"""What the portrait of a model shows beside its run, such as its response to other inputs.

`ratezoo.plots.portrait` draws; what it draws is computed here. A model says by its attribute ``portrait`` which kind of
picture it wants. A kind that needs more than the run has a function in `DATA`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ratezoo.analysis.portraits import (
    attractor,
    diffusion,
    ei,
    energy,
    feedforward,
    field,
    gated,
    linear,
    memory,
    multiarea,
    neural_masses,
    oscillator,
    populations,
    random_networks,
    rate,
    reduction,
    reservoir,
    spiking,
)
from ratezoo.types import ArrayLike

DATA: Mapping[str, Callable[[Any, Any, Any], dict[str, Any]]] = {
    'traces': rate.output,
    'tracking': attractor.tracking,
    'travelling': attractor.travelling,
    'sheet': attractor.sheet,
    'heading': attractor.heading,
    'integrator': attractor.integrator,
    'hill': attractor.hill,
    'field': field.field,
    'chaos': random_networks.chaos,
    'low rank': random_networks.low_rank,
    'limits': reduction.limits,
    'supralinear': populations.supralinear,
    'amplification': populations.amplification,
    'bistability': populations.bistability,
    'decision': populations.decision,
    'bursts': populations.bursts,
    'seizures': neural_masses.seizures,
    'regimes': neural_masses.regimes,
    'rebound': neural_masses.rebound,
    'inhibition control': neural_masses.inhibition_control,
    'activities': neural_masses.activities,
    'resonance': oscillator.resonance,
    'excitability': oscillator.excitability,
    'areas': multiarea.areas,
    'recall': memory.recall,
    'dense recall': memory.dense_recall,
    'attention': memory.attention,
    'phases': energy.phases,
    'feature maps': energy.phases,
    'diffusion': diffusion.diffusion,
    'settling': feedforward.settling,
    'penalty': feedforward.penalty,
    'spikes': spiking.spikes,
    'homework': linear.homework,
    'hidden units read themselves': rate.output,
    'one answer': rate.output,
    'force': reservoir.force,
    'memory of the input': reservoir.memory,
    'excitation and inhibition': ei.balance,
    'memory cell': gated.memory_cell,
    'update gate': gated.update_gate,
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

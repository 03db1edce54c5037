"""The picture of a model's run: what `ratezoo simulate NAME --plot` draws.

A model says by its attribute ``portrait`` which kind of picture it wants; `PORTRAITS` maps the kinds to functions. A
file here belongs to the file of the same name in models/. A new kind is a function ``draw(net, mon, inputs, data)`` in
such a file and a line in `PORTRAITS`. What it shows beside the run is computed in `ratezoo.analysis.portraits`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.figure import Figure

from ratezoo import analysis
from ratezoo.analysis import Reduction
from ratezoo.model import RateModel
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.plots.portraits import (
    attractor,
    diffusion,
    energy,
    feedforward,
    general,
    memory,
    oscillator,
    populations,
    spiking,
)
from ratezoo.plots.style import Recorded, monitored
from ratezoo.types import ArrayLike

PORTRAITS: Mapping[str, Callable[[Any, Any, Any, Any], Figure]] = {
    'traces': general.traces,
    'phase plane': general.plane,
    'sheet': attractor.sheet,
    'recall': memory.recall,
    'dense recall': memory.recall,
    'attention': memory.recall,
    'phases': energy.phases,
    'feature maps': energy.feature_maps,
    'diffusion': diffusion.diffusion,
    'settling': feedforward.settling,
    'penalty': feedforward.penalty,
    'synchrony': oscillator.synchrony,
    'eeg': populations.eeg,
    'decision': populations.decision,
    'spikes': spiking.spikes,
}


def portrait(
    net: RateModel | SpikingPopulation,
    run: Recorded | Reduction,
    inputs: ArrayLike | None = None,
    data: Mapping[str, Any] | None = None,
) -> Figure:
    """A recorded run, as the kind of picture that the model asks for; returns the Figure.

    The kinds, ``net.portrait``:

    - 'traces' (default): the input and the states over time. A state of more than eight units is drawn as colours, with
      similar units next to each other, and three of its units as curves.
    - 'phase plane': the two numbers over time, and beside them their phase plane; traces if the network does not
      consist of two states of one unit each. A `Circuit` with the default kind gets this picture too.
    - 'recall': a memory recalls a pattern: the stored patterns, the cue and what it becomes, the overlaps with the
      patterns and the energy. 'dense recall': also where a Hopfield network with the same patterns ends. 'attention':
      also the weights of the patterns in the new state.
    - 'phases': the layers of an energy model and its energy, in the run as the free phase and in a nudged phase after
      it. 'feature maps': the same for convolutional layers, which are drawn as images.
    - 'diffusion': samples of a diffusion model at five levels of noise, and the score at these levels.
    - 'settling': the layers of a feedforward network settle one after another, and the errors in the opposite order.
      'penalty': what a penalty does to the weights and to the fit of a trained network.
    - 'sheet': the rates on a sheet at five times. 'synchrony': how far phases agree. 'eeg': the EEG of a cortical
      column and its spectrum. 'decision': two populations and their threshold. 'spikes': `reduction`.

    Parameters
    ----------
    net : RateModel or SpikingPopulation
    run : runner, or mapping
        As in `traces`, with the states of the network monitored. For 'spikes' also a `Reduction`.
    inputs : array (T, n_in), optional
        The inputs of that run. The phase plane is that of the last input. Default: no input is drawn, the phase plane
        is that of zero input, and for 'spikes' the inputs are those of the population's ``example``.
    data : mapping, optional
        What `ratezoo.analysis.portrait_data` returns for this network and run. Default: it is called first.

    Raises
    ------
    UnknownNameError
        ``net.portrait`` is not one of the kinds.
    """
    mon = monitored(run)
    kind = general.kind_of(net, mon, PORTRAITS)
    if data is None:
        data = analysis.portrait_data(net, mon, inputs)
    return PORTRAITS[kind](net, mon, inputs, data)

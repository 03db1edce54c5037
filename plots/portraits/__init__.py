"""The picture of a model's run: what `ratezoo simulate NAME --plot` draws.

A model says by its attribute ``portrait`` which kind of picture it wants; `PORTRAITS` maps the kinds to functions. A
file here belongs to the file of the same name in models/. A new kind is a function ``draw(net, mon, inputs, data)`` in
such a file and a line in `PORTRAITS`. What it shows beside the run is computed in `ratezoo.analysis.portraits`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo import analysis
from ratezoo.analysis import Reduction
from ratezoo.checks import check_network
from ratezoo.model import RateModel
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.plots.portraits import (
    attractor,
    diffusion,
    ei,
    energy,
    feedforward,
    field,
    gated,
    general,
    lecture,
    linear,
    memory,
    multiarea,
    neural_masses,
    oscillator,
    populations,
    random_networks,
    reduction,
    reservoir,
    spiking,
)
from ratezoo.plots.style import Recorded, monitored, record_of
from ratezoo.simulation import Run
from ratezoo.types import ArrayLike

PORTRAITS: Mapping[str, Callable[[Any, Any, Any, Any], Figure]] = {
    'traces': general.traces,
    'phase plane': general.plane,
    'tracking': attractor.tracking,
    'travelling': attractor.travelling,
    'sheet': attractor.sheet,
    'heading': attractor.heading,
    'integrator': attractor.integrator,
    'hill': attractor.hill,
    'field': field.field,
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
    'chaos': random_networks.chaos,
    'low rank': random_networks.low_rank,
    'limits': reduction.limits,
    'supralinear': populations.supralinear,
    'amplification': populations.amplification,
    'bistability': populations.bistability,
    'bursts': populations.bursts,
    'seizures': neural_masses.seizures,
    'regimes': neural_masses.regimes,
    'rebound': neural_masses.rebound,
    'inhibition control': neural_masses.inhibition_control,
    'activities': neural_masses.activities,
    'resonance': oscillator.resonance,
    'excitability': oscillator.excitability,
    'areas': multiarea.areas,
    'spikes': spiking.spikes,
    'homework': linear.homework,
    'hidden units read themselves': lecture.elman,
    'output read by hidden units': lecture.jordan,
    'one answer': lecture.one_answer,
    'force': reservoir.force,
    'memory of the input': reservoir.memory,
    'excitation and inhibition': ei.balance,
    'memory cell': gated.memory_cell,
    'update gate': gated.update_gate,
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
    - Circuits. 'synchrony': how far phases agree. 'eeg': the EEG of a cortical column and its spectrum. 'decision': the
      rates of two populations in several trials, right choices and times of decision. 'supralinear': steady rates
      against the input, and the paradoxical response to more input to I. 'amplification': E and I, and their sum and
      difference, with and without the link between these two. 'bistability': the answer to a step and to a sine, and
      the (v, r) plane. 'bursts': the population's bursts and its synapses, and probes that find out what the synapses
      remember. 'seizures': the permittivity and the field potential through seizures, and the plane of the two.
      'regimes': rest, a regular rhythm and chaos, and the turning points for all spreads of the thresholds. 'rebound':
      rate and synchrony before, during and after a pulse. 'inhibition control': rates with and without feedback
      inhibition control. 'activities': the EEG of six types of activity, and their spectra. 'resonance': force and
      displacement, and the steady motion at other frequencies.
      'excitability': a phase plane, and the rates of two classes of neurons against the current. 'areas': the outputs
      of coupled areas as rows, and connectome, delays and correlations as matrices.
    - Attractors. 'tracking': a bump on a ring that follows a cue, a faster cue that is lost, and the lag against the
      speed. 'travelling': a bump that weak adaptation lets stand and strong adaptation drives around the ring, its
      speed, and how far it is ahead of a cue. 'sheet': a bump on a sheet and its cue at five times, and their paths.
      'heading': a bump that a velocity turns, and its angle against the integral of the velocity. 'integrator': pulses,
      and the value that is held after them. 'hill': the hill of activity that a uniform input evokes, and its width.
    - Neural fields. 'field': the field in space and time, the speed of fronts against the threshold, and two bumps, of
      which one is stable.
    - Random networks. 'chaos': units below and above the gain 1, the eigenvalues, and two runs that move apart. 'low
      rank': κ below and above the overlap 1, κ at rest against the overlap, and a limit cycle of rank two.
    - From spikes to rates. 'spikes': `reduction`. 'limits': the full model of synapse and membrane and its two limits
      under one input, and the f–I curve.
    - Memories. 'recall': the stored patterns, the cue and what it becomes, the overlaps and the energy.
      'dense recall': also where a Hopfield network with the same patterns ends. 'attention': also the weights of the
      patterns in the new state. 'diffusion': samples at five levels of noise, and the score at these levels.
    - Layers. 'phases': the layers of an energy model and its energy, in the run as the free phase and in a nudged phase
      after it. 'feature maps': the same for convolutional layers, which are drawn as images. 'settling': layers settle
      one after another, and the errors in the opposite order. 'penalty': what a penalty does to the weights and to the
      fit of a trained network.
    - Sequences. 'homework': one unit with the traces p_w and p_b, its target, and the gradient that they give. 'hidden
      units read themselves', 'output read by hidden units', 'one answer': the wiring of three networks of the lecture,
      drawn step by step, beside the input, the hidden units and the output. 'memory cell', 'update gate': the gates of
      an LSTM or of a GRU in the run, and beside it one unit with weights that are chosen so that it stores, keeps and
      forgets a value. 'force': output and units before, during and after the readout learns a periodic target by FORCE.
      'memory of the input': what a linear readout tells of the input some steps ago, for two delays and for all.
      'excitation and inhibition': the rates and the mean currents of the two kinds of units, and the signed weights.

    Parameters
    ----------
    net : RateModel or SpikingPopulation
    run : runner, or mapping
        As in `traces`, with the states of the network monitored. For 'spikes' also a `Reduction`.
    inputs : array (T, n_in), optional
        The inputs of that run. The phase plane is that of the last input. Default: those of a `Run`. If the inputs are
        not known, none is drawn, most kinds become 'traces', the phase plane is that of zero input, and for 'spikes'
        the inputs are those of the population's ``example``.
    data : mapping, optional
        What `ratezoo.analysis.portrait_data` returns for this network and run. Default: it is called first.

    Of a batch the first sample is drawn, as traces.

    Raises
    ------
    UnknownNameError
        ``net.portrait`` is not one of the kinds.
    """
    check_network('portrait.net', net)
    mon = monitored(run) if isinstance(run, Reduction) else record_of('portrait.run', run)
    if inputs is None and isinstance(run, Run):
        inputs = run.inputs
    if getattr(net, 'batch_size', None) is not None:
        return _first_sample(net, mon, inputs)
    kind = general.kind_of(net, mon, PORTRAITS)
    if data is None:
        data = analysis.portrait_data(net, mon, inputs)
    return PORTRAITS[kind](net, mon, inputs, data)


def _first_sample(net, mon, inputs):
    """The first sample of a batch, whose values are (B, T, n), as traces."""
    first = {name: values if name == 'ts' else values[0] for name, values in mon.items()}
    x = inputs[0] if np.ndim(inputs) == 3 else inputs
    fig = general.traces(net, first, x, {})
    fig.suptitle(f'the first of {net.batch_size} samples', fontsize='medium')
    return fig

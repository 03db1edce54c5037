"""The picture of a model's run: what `ratezoo simulate NAME --plot` draws.

A model says by its attribute ``portrait`` which kind of picture it wants; `PORTRAITS` maps the kinds to functions. A
new kind is a new function and a line in `PORTRAITS`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ratezoo.analysis import Reduction
from ratezoo.circuit import Circuit
from ratezoo.errors import UnknownNameError
from ratezoo.model import RateModel
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.plots.planes import phase_plane
from ratezoo.plots.runs import trace, traces
from ratezoo.plots.spectra import spectrum
from ratezoo.plots.spikes import reduction
from ratezoo.plots.states import heatmap, patterns
from ratezoo.plots.style import MOST_CURVES, Recorded, ShownOnce, finish, monitored, with_unit
from ratezoo.types import ArrayLike


def portrait(net: RateModel | SpikingPopulation, run: Recorded | Reduction, inputs: ArrayLike | None = None) -> Figure:
    """A recorded run, as the kind of picture that the model asks for; returns the Figure.

    The kinds, ``net.portrait``:

    - 'traces' (default): the states over time. A state of more than eight units is also drawn as colours.
    - 'phase plane': the two numbers over time, and beside them their phase plane; traces if the network does not
      consist of two states of one unit each. A `Circuit` with the default kind gets this picture too.
    - 'sheet': the rates on a sheet at five times. 'synchrony': how far phases agree. 'eeg': the EEG of a cortical
      column and its spectrum. 'decision': two populations and their threshold. 'spikes': `reduction`.

    Parameters
    ----------
    net : RateModel or SpikingPopulation
    run : runner, or mapping
        As in `traces`, with the states of the network monitored. For 'spikes' also a `Reduction`; without it,
        `ratezoo.analysis.reduction` is called first.
    inputs : array (T, n_in), optional
        The inputs of that run. The phase plane is that of the last input. Default: the phase plane at zero input, and
        for 'spikes' the inputs of the population's ``example``.

    Raises
    ------
    UnknownNameError
        ``net.portrait`` is not one of the kinds.
    """
    mon = monitored(run)
    return PORTRAITS[_kind(net, mon)](net, mon, inputs)


def _kind(net, mon):
    """The kind of picture; for two states of one unit the rule is here."""
    kind = net.portrait
    if kind not in PORTRAITS:
        raise UnknownNameError(
            f'{type(net).__name__}.portrait: expected one of {", ".join(map(repr, PORTRAITS))}, got {kind!r}.'
        )
    if kind not in ('traces', 'phase plane'):
        return kind
    wants_plane = kind == 'phase plane' or isinstance(net, Circuit)
    states = _recorded(net, mon)
    return (
        'phase plane'
        if wants_plane and len(states) == 2 and all(np.shape(mon[s])[1:] == (1,) for s in states)
        else 'traces'
    )


def _recorded(net, mon):
    return [s for s in net.recorded if s in mon]


def _units(net):
    """The physical units of the states and of time."""
    return net.units_of_states, net.unit_of_time or None


def _traces(net, mon, inputs):
    """The states over time, one below the other; a state of many units as colours, and some of its units as traces."""
    units, unit_of_time = _units(net)
    rows = [
        (s, wide)
        for s in _recorded(net, mon)
        for wide in ((True, False) if np.size(mon[s][0]) > MOST_CURVES else (False,))
    ]
    fig, axes = plt.subplots(
        len(rows),
        1,
        sharex=True,
        squeeze=False,
        FigureClass=ShownOnce,
        layout='constrained',
        figsize=(6.4, 0.8 + 1.9 * len(rows)),
    )
    for ax, (state, wide) in zip(axes[:, 0], rows, strict=True):
        values = {'ts': mon['ts'], state: np.asarray(mon[state]).reshape(len(mon['ts']), -1)}
        if wide:
            theta = getattr(net, 'theta', None)
            placed = theta is not None and np.shape(theta) == (values[state].shape[1],)
            heatmap(
                values,
                state,
                places=theta if placed else None,
                time_unit=unit_of_time,
                place_label='preferred angle (rad)' if placed else 'unit',
                ax=ax,
            )
        else:
            many = values[state].shape[1]
            shown = np.linspace(0, many - 1, MOST_CURVES).astype(int) if many > MOST_CURVES else None
            trace(values, state, shown, unit_of_time, units.get(state), ax)
        if ax is not axes[-1, 0]:
            ax.set_xlabel('')
    return fig


def _plane(net, mon, inputs):
    """Two numbers over time, and beside them the phase plane at the last input."""
    states, (units, unit_of_time) = _recorded(net, mon), _units(net)
    x = None if inputs is None or np.ndim(inputs) != 2 else inputs[-1]
    fig = plt.figure(FigureClass=ShownOnce, figsize=(10, 3.8), layout='constrained')
    grid = fig.add_gridspec(2, 2, width_ratios=(1, 1.15))
    upper = fig.add_subplot(grid[0, 0])
    for state, ax in zip(states, (upper, fig.add_subplot(grid[1, 0], sharex=upper)), strict=True):
        traces(mon, state, time_unit=unit_of_time, y_unit=units.get(state), ax=ax)
    upper.set_xlabel('')
    path = np.stack([np.asarray(mon[s])[:, 0] for s in states], 1)
    low, high = path.min(0), path.max(0)
    margin = 0.25 * np.maximum(high - low, 1e-3)
    phase_plane(
        net,
        limits=tuple(zip(low - margin, high + margin, strict=True)),
        runs=[path],
        x=x,
        ax=fig.add_subplot(grid[:, 1]),
    )
    return fig


def _synchrony(net, mon, inputs):
    """Kuramoto's phases: the order parameter, and the phases relative to their mean ψ."""
    theta, ts = np.asarray(mon['theta']), np.asarray(mon['ts'])
    fig, (upper, lower) = plt.subplots(
        2, 1, sharex=True, figsize=(6.4, 4.6), FigureClass=ShownOnce, layout='constrained'
    )
    upper.plot(ts, net.order(theta), color='black', label='$r$')
    if np.ndim(net.K) == 0 == np.ndim(net.gamma) and net.K > 0:
        locked = np.sqrt(max(0.0, 1 - 2 * net.gamma / net.K))
        upper.axhline(locked, color='#D55E00', linestyle='--', label='$\\sqrt{1 - K_c/K}$')
    upper.set_ylim(0, 1.02)
    finish(upper, '', 'order parameter')
    mean = np.angle(np.mean(np.exp(1j * theta), -1, keepdims=True))
    order = np.argsort(net.frequencies)
    values = {'ts': ts, 'theta': ((theta - mean + np.pi) % (2 * np.pi) - np.pi)[:, order]}
    heatmap(values, 'theta', place_label='oscillator, by frequency', ax=lower)
    lower.collections[0].set(cmap='twilight', norm=Normalize(-np.pi, np.pi))
    lower.collections[0].colorbar.set_label('$\\theta - \\psi$ (rad)')
    return fig


def _eeg(net, mon, inputs):
    """The EEG of Jansen and Rit's column, and its spectrum."""
    eeg = {'ts': mon['ts'], 'EEG': np.asarray(mon['y1']) - np.asarray(mon['y2'])}
    if len(eeg['ts']) < 1000 or not np.ptp(eeg['EEG'][1:]) > 1e-6:
        return traces(eeg, ['EEG'], time_unit='ms', y_unit='mV')  # too short, or at rest: there is no rhythm
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(6.4, 4.6), FigureClass=ShownOnce, layout='constrained')
    traces(eeg, 'EEG', time_unit='ms', y_unit='mV', ax=upper)
    upper.set_ylabel(with_unit('EEG $y_1 - y_2$', 'mV'))
    spectrum(eeg, 'EEG', y_unit='mV', time_unit='ms', segments=1, limit=50.0, ax=lower)
    return fig


def _decision(net, mon, inputs):
    """Wong and Wang's gating variables, and the value of S at which a population fires at the threshold, 15 Hz."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2), FigureClass=ShownOnce, layout='constrained')
    traces({'ts': mon['ts'], 'S': mon['S']}, 'S', time_unit='ms', ax=ax)
    opened = np.mean(net.gamma * net.tau_S) * 0.015
    ax.axhline(opened / (1 + opened), color='0.5', linestyle=':', label='15 Hz')
    ax.legend(frameon=False, title='population', loc='upper left')
    return fig


def _sheet(net, mon, inputs):
    """A bump on a sheet: its rates at five times."""
    at = np.linspace(0, len(mon['ts']) - 1, 5).astype(int)
    u = np.maximum(np.asarray(mon['u'])[at], 0)
    return patterns(u[None], titles=[f't = {mon["ts"][k]:.3g}' for k in at], labels=['u'])


def _spikes(net, mon, inputs):
    """Spikes, currents and rates of a population, beside its rate model."""
    if isinstance(mon, Reduction):
        return reduction(mon)
    inputs = net.example.inputs(net, np.arange(0, net.example.duration, net.dt)) if inputs is None else inputs
    return reduction(net, inputs, dt=net.dt)


PORTRAITS: Mapping[str, Callable[[Any, Any, Any], Figure]] = {
    'traces': _traces,
    'phase plane': _plane,
    'sheet': _sheet,
    'synchrony': _synchrony,
    'eeg': _eeg,
    'decision': _decision,
    'spikes': _spikes,
}

"""The picture of a model's run: what `ratezoo simulate NAME --plot` draws."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import Normalize

from ratezoo.plots.planes import phase_plane, spectrum
from ratezoo.plots.runs import _MAX_LEGEND, _finish, _trace, _with_unit, traces
from ratezoo.plots.spikes import reduction
from ratezoo.plots.states import heatmap, patterns


def portrait(net, run, inputs=None):
    """A recorded run as the picture that tells most; returns the Figure.

    Two numbers: traces, and the phase plane. Many units: colours over units and time, and traces of some. Kuramoto's
    phases: how far they agree. A column's EEG: its spectrum. Spiking neurons: `reduction`. Everything else: traces of
    the states.

    Parameters
    ----------
    net : RateModel
    run : runner, or mapping
        With the network's states in its ``mon``.
    inputs : array (T, n_in), optional
        Of that run. The phase plane is that of the last of them, by default of none; a `SpikingPopulation` runs once
        more under them, beside its rate model. Default its ``example``.
    """
    from ratezoo.circuit import Circuit
    mon = getattr(run, 'mon', run)
    if type(net).__name__ == 'SpikingPopulation':
        inputs = net.example.inputs(net, np.arange(0, net.example.duration, net.dt)) if inputs is None else inputs
        return reduction(net, inputs, dt=net.dt)
    for kind in type(net).__mro__:
        if kind.__name__ in _OWN:
            return _OWN[kind.__name__](net, mon)
    states = [s for s in net.recorded if s in mon]
    if isinstance(net, Circuit) and len(states) == 2 and all(np.shape(mon[s])[1:] == (1,) for s in states):
        return _plane(net, mon, states, None if inputs is None or np.ndim(inputs) != 2 else inputs[-1])
    return _figure(net, mon, states)


def _units(net):
    return getattr(net, 'units_of_states', {}), getattr(net, 'unit_of_time', '') or None


def _figure(net, mon, states):
    """Colours over units and time for a state of many units, else traces, one below the other."""
    units, unit_of_time = _units(net)
    rows = [(s, wide) for s in states for wide in ((True, False) if np.size(mon[s][0]) > _MAX_LEGEND else (False,))]
    fig, axes = plt.subplots(len(rows), 1, sharex=True, squeeze=False, layout='constrained',
                             figsize=(6.4, 0.8 + 1.9 * len(rows)))
    for ax, (state, wide) in zip(axes[:, 0], rows, strict=True):
        values = {'ts': mon['ts'], state: np.asarray(mon[state]).reshape(len(mon['ts']), -1)}
        if wide:
            theta = getattr(net, 'theta', None)
            placed = theta is not None and np.shape(theta) == (values[state].shape[1],)
            heatmap(values, state, places=theta if placed else None, time_unit=unit_of_time,
                    place_label='preferred angle (rad)' if placed else 'unit', ax=ax)
        else:
            many = values[state].shape[1]
            shown = np.linspace(0, many - 1, _MAX_LEGEND).astype(int) if many > _MAX_LEGEND else None
            _trace(values, state, shown, unit_of_time, units.get(state), ax)
        if ax is not axes[-1, 0]:
            ax.set_xlabel('')
    return fig


def _plane(net, mon, states, x):
    """Traces over time, and beside them the phase plane at the input x."""
    units, unit_of_time = _units(net)
    fig = plt.figure(figsize=(10, 3.8), layout='constrained')
    grid = fig.add_gridspec(2, 2, width_ratios=(1, 1.15))
    upper = fig.add_subplot(grid[0, 0])
    for state, ax in zip(states, (upper, fig.add_subplot(grid[1, 0], sharex=upper)), strict=True):
        traces(mon, state, time_unit=unit_of_time, y_unit=units.get(state), ax=ax)
    upper.set_xlabel('')
    path = np.stack([np.asarray(mon[s])[:, 0] for s in states], 1)
    low, high = path.min(0), path.max(0)
    margin = 0.25 * np.maximum(high - low, 1e-3)
    phase_plane(net, limits=tuple(zip(low - margin, high + margin, strict=True)), runs=[path], x=x,
                ax=fig.add_subplot(grid[:, 1]))
    return fig


def _synchrony(net, mon):
    """Kuramoto: the order parameter, and the phases in the frame of their mean."""
    theta, ts = np.asarray(mon['theta']), np.asarray(mon['ts'])
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 4.6), layout='constrained')
    upper.plot(ts, net.order(theta), color='black', label='$r$')
    if np.ndim(net.K) == 0 == np.ndim(net.gamma) and net.K > 0:
        locked = np.sqrt(max(0., 1 - 2 * net.gamma / net.K))
        upper.axhline(locked, color='#D55E00', linestyle='--', label='$\\sqrt{1 - K_c/K}$')
    upper.set_ylim(0, 1.02)
    _finish(upper, '', 'order parameter')
    mean = np.angle(np.mean(np.exp(1j * theta), -1, keepdims=True))
    order = np.argsort(net.frequencies)
    values = {'ts': ts, 'theta': ((theta - mean + np.pi) % (2 * np.pi) - np.pi)[:, order]}
    heatmap(values, 'theta', place_label='oscillator, by frequency', ax=lower)
    lower.collections[0].set(cmap='twilight', norm=Normalize(-np.pi, np.pi))
    lower.collections[0].colorbar.set_label('$\\theta - \\psi$ (rad)')
    return fig


def _eeg(net, mon):
    """Jansen and Rit's column: its EEG, and the spectrum of it."""
    eeg = {'ts': mon['ts'], 'EEG': np.asarray(mon['y1']) - np.asarray(mon['y2'])}
    if len(eeg['ts']) < 1000 or not np.ptp(eeg['EEG'][1:]) > 1e-6:
        return traces(eeg, ['EEG'], time_unit='ms', y_unit='mV')       # too short, or at rest: there is no rhythm
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(6.4, 4.6), layout='constrained')
    traces(eeg, 'EEG', time_unit='ms', y_unit='mV', ax=upper)
    upper.set_ylabel(_with_unit('EEG $y_1 - y_2$', 'mV'))
    spectrum(eeg, 'EEG', y_unit='mV', time_unit='ms', segments=1, limit=50., ax=lower)
    return fig


def _decision(net, mon):
    """Wong and Wang's competition: the gating variables, the rates that they mean, and the threshold."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2), layout='constrained')
    traces({'ts': mon['ts'], 'S': mon['S']}, 'S', time_unit='ms', ax=ax)
    opened = np.mean(net.gamma * net.tau_S) * 0.015
    ax.axhline(opened / (1 + opened), color='0.5', linestyle=':', label='15 Hz')
    ax.legend(frameon=False, title='population', loc='upper left')
    return fig


def _sheet(net, mon):
    """A bump on a sheet: snapshots of the rates."""
    at = np.linspace(0, len(mon['ts']) - 1, 5).astype(int)
    u = np.maximum(np.asarray(mon['u'])[at], 0)
    return patterns(u[None], titles=[f't = {mon["ts"][k]:.3g}' for k in at], labels=['u'])


_OWN = {'CANN2D': _sheet, 'Kuramoto': _synchrony, 'JansenRit': _eeg, 'WongWang': _decision}

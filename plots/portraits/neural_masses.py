"""The portraits of models/neural_masses.py."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import COLOURS, finish, new_figure

_SEIZURE = '#F3D9B8'  # the colour behind a seizure


# ---- Epileptor -------------------------------------------------------------------------------------------------------


def seizures(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The permittivity, the field potential, and the plane of z and x_1 with the rest that vanishes in a fold."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(12, 6), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.5, 1), wspace=0.04)
    rows = left.subgridspec(3, 1, height_ratios=(0.8, 1, 1))
    (ts, time), z, x1 = general.clock(net, mon), np.asarray(mon['z'])[:, 0], np.asarray(mon['x1'])[:, 0]
    potential = np.asarray(net.potential(mon))[:, 0]
    upper = fig.add_subplot(rows[0])
    middle = fig.add_subplot(rows[1], sharex=upper)
    upper.plot(ts, z, color=COLOURS[2])
    upper.axhline(data['onset'][1], color='0.4', linestyle=':')
    upper.tick_params(labelbottom=False)
    upper.set_title('The run (shaded: seizures; dotted: fold of rest)', fontsize='medium')
    finish(upper, '', 'permittivity $z$', 1)
    middle.plot(ts, potential, color='0.2', linewidth=0.6)
    finish(middle, time, 'field potential\n$x_2 - x_1$', 1)
    for first, last in data['seizures']:
        for ax in (upper, middle):
            ax.axvspan(first, last, color=_SEIZURE, zorder=0, linewidth=0)
    middle.set_xlim(ts[0], ts[-1])
    _zoom(fig.add_subplot(rows[2]), ts, potential, data['seizures'], time)
    _plane_of_z(fig.add_subplot(right), z, x1, data)
    return fig


def _zoom(ax, ts, potential, pairs, time):
    """The field potential in the last seizure that the run contains from beginning to end, with some time around."""
    inside = [(a, b) for a, b in pairs if a > ts[0] + 50 and b < ts[-1] - 50]
    first, last = inside[-1] if inside else (ts[0], ts[-1])
    part = (ts >= first - 40) & (ts <= last + 40)
    ax.plot(ts[part], potential[part], color='0.2', linewidth=0.8)
    ax.set_xlim(ts[part][0], ts[part][-1])
    if inside:
        ax.axvspan(first, last, color=_SEIZURE, zorder=0, linewidth=0)
        ax.set_title('One seizure: fast discharges, with spikes and waves', fontsize='medium')
    finish(ax, time, 'field potential\n$x_2 - x_1$', 1)


def _plane_of_z(ax, z, x1, data):
    ax.plot(z, x1, color='0.6', linewidth=0.5, label='the run')
    at_rest = data['x1'] <= data['onset'][0]
    shown = data['z'] < max(5.0, 1.05 * z.max())
    for part, style, label in ((at_rest, '-', 'rest'), (~at_rest, '--', 'saddle')):
        ax.plot(data['z'][part & shown], data['x1'][part & shown], style, color=COLOURS[0], linewidth=2, label=label)
    ax.plot(data['onset'][1], data['onset'][0], 'o', color=COLOURS[1], label='fold: a seizure begins')
    ax.set_title('Rest and seizure are both stable for the same $z$', fontsize='medium')
    finish(ax, 'permittivity $z$', '$x_1$', 1)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.35 * (high - low))
    ax.legend(frameon=False, loc='upper left', ncols=2)


# ---- LarterBreakspear ------------------------------------------------------------------------------------------------


def regimes(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """V at rest, in a regular rhythm and in chaos; V and Z of the run; where V turns down for each δ_V."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(12, 6.4), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.2, 1), wspace=0.04)
    rows, cells = left.subgridspec(3, 1), right.subgridspec(2, 1, height_ratios=(1, 1.2))
    names = ('rest', 'a regular rhythm', 'chaos')
    ts, time = data['ts'], general.clock(net, mon)[1]
    part = ts < 600
    first = None
    for k, (delta, name) in enumerate(zip(data['examples'], names, strict=True)):
        ax = fig.add_subplot(rows[k], sharex=first)
        first = ax if first is None else first
        ax.plot(ts[part], data['V'][k][part], color=COLOURS[k])
        ax.set_title(f'$\\delta_V$ = {delta:g}: {name}', fontsize='medium')
        ax.set_ylim(data['V'].min() - 0.08, data['V'].max() + 0.08)
        finish(ax, time if k == 2 else '', 'potential $V$', 1)
        ax.tick_params(labelbottom=k == 2)
    ax = fig.add_subplot(cells[0])
    ax.plot(np.asarray(mon['Z'])[:, 0], np.asarray(mon['V'])[:, 0], color='0.2', linewidth=0.7)
    ax.set_title(f'The run, $\\delta_V$ = {net.delta_V:g}', fontsize='medium')
    finish(ax, 'inhibitory potential $Z$', 'potential $V$', 1)
    ax = fig.add_subplot(cells[1])
    delta = np.repeat(data['delta'][:, None], data['turns'].shape[1], 1)
    ax.plot(delta.ravel(), data['turns'].ravel(), ',', color='black')
    for k, one in enumerate(data['examples']):
        ax.axvline(one, color=COLOURS[k], linewidth=1.2, zorder=0)
    ax.set_title('Where $V$ turns down, without input', fontsize='medium')
    finish(ax, 'spread of the thresholds $\\delta_V$', 'maxima of $V$', 1)
    return fig


# ---- CoombesByrne ----------------------------------------------------------------------------------------------------


def rebound(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The rate and the synchrony over time, and the order parameter Z in the unit circle."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(11.5, 5.4), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.5, 1), wspace=0.04)
    axes = general.column(fig, left, (0.5, 1, 1), 'The run')
    ts, time = general.clock(net, mon)
    general.input_panel(axes[0], ts, general.input_of(mon, inputs, net))
    parts = data['parts']
    colours = dict(zip(parts, COLOURS, strict=False))
    curves = (1000 * np.asarray(mon['r'])[:, 0], np.abs(data['Z']))
    for ax, values in zip(axes[1:], curves, strict=True):
        ax.plot(ts, values, color='0.7')
        for name, part in parts.items():
            ax.plot(ts[part], values[part], color=colours[name])
    finish(axes[1], '', 'rate $r$ (Hz)', 1)
    axes[1].set_ylim(bottom=0)
    finish(axes[2], time, 'synchrony $|Z|$', 1)
    axes[2].set_ylim(0, 1)
    plane = fig.add_subplot(right)
    angle = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(angle), np.sin(angle), color='0.6', linestyle=':')
    for name, part in parts.items():
        label = None if name == 'all' else f'{name} the input'
        plane.plot(data['Z'][part].real, data['Z'][part].imag, color=colours[name], linewidth=1.2, label=label)
    plane.set(aspect='equal', xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
    plane.set_title('Order parameter $Z$ (dotted: all neurons in step)', fontsize='medium')
    finish(plane, 'Re $Z$', 'Im $Z$', 1)
    if len(parts) > 1:
        fig.legend(loc='outside lower right', ncols=3, frameon=False, handles=plane.get_legend_handles_labels()[0])
    return fig


# ---- DynamicMeanField ------------------------------------------------------------------------------------------------


def inhibition_control(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The rates over time; the steady rate of E against the input with and without control, and the J_I it needs."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(11, 5), layout='constrained')
    left, right = fig.add_gridspec(1, 2, wspace=0.04)
    axes = general.column(fig, left, (0.5, 1, 1), f'The run, $J_I$ = {net.J_I:g} nA')
    ts, time = general.clock(net, mon)
    general.input_panel(axes[0], ts, general.input_of(mon, inputs, net), 'input $x$ (nA)')
    for k, s in enumerate('EI'):
        axes[1].plot(ts, data[f'r_{s}'], color=COLOURS[k], label=f'$r_{s}$')
        axes[2].plot(ts, np.asarray(mon[f'S_{s}'])[:, 0], color=COLOURS[k], label=f'$S_{s}$')
    for ax, label in zip(axes[1:], ('rates (Hz)', 'open channels'), strict=True):
        finish(ax, '', label, 1)
        ax.set_ylim(bottom=0)
        general.legend_above(ax)
    axes[2].set_xlabel(time)
    upper, lower = general.column(fig, right, (1.4, 1), 'Feedback inhibition control: the steady rate')
    upper.plot(data['x'], data['free'], color=COLOURS[0], label=f'$J_I$ = {net.J_I:g} nA')
    upper.plot(data['x'], data['controlled'], '--', color=COLOURS[2], label=f'controlled: {data["target"]:.2f} Hz')
    upper.set_ylim(bottom=0)
    finish(upper, '', 'rate $r_E$ (Hz)')
    lower.plot(data['x'], data['J_I'], '--', color=COLOURS[2])
    lower.set_ylim(bottom=0)
    finish(lower, 'constant input $x$ (nA)', 'inhibition $J_I$\nthat is needed (nA)', 1)
    return fig


# ---- Wendling --------------------------------------------------------------------------------------------------------


def activities(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The EEG of the run, and a row for each type of activity: its EEG and the spectrum of it."""
    if not data:
        return general.traces(net, mon, inputs, data)
    from scipy.signal import welch

    fig = new_figure(figsize=(11.5, 9.5), layout='constrained')
    top, below = fig.add_gridspec(2, 1, height_ratios=(1, 5.6))
    ax = fig.add_subplot(top)
    ts, time = general.clock(net, mon)
    ax.plot(ts, data['run'], color='0.2', linewidth=0.8)
    ax.set_xlim(ts[0], ts[-1])
    ax.set_title(f'The run, $A$ = {net.A:g}, $B$ = {net.B:g}, $G$ = {net.G:g} mV', fontsize='medium')
    finish(ax, time, 'EEG (mV)', 1)
    grid = below.subgridspec(len(data['names']), 2, width_ratios=(2, 1), wspace=0.03)
    shown, rate, first = data['ts'] < 4000, 1000 / (data['ts'][1] - data['ts'][0]), None
    for k, (name, (A, B, G), eeg) in enumerate(zip(data['names'], data['gains'], data['EEG'].T, strict=True)):
        last = k == len(data['names']) - 1
        left, right = fig.add_subplot(grid[k, 0], sharex=first), fig.add_subplot(grid[k, 1])
        first = left if first is None else first
        left.plot(data['ts'][shown], eeg[shown], color=COLOURS[k], linewidth=0.8)
        middle, half = (eeg.max() + eeg.min()) / 2, 13 if np.ptp(eeg) > 5 else 2
        left.set(xlim=(0, 4000), ylim=(middle - half, middle + half))
        left.set_title(f'{name}: $A$ = {A:g}, $B$ = {B:g}, $G$ = {G:g} mV', fontsize='medium')
        finish(left, time if last else '', 'EEG (mV)', 1)
        f, power = welch(eeg, rate, nperseg=round(rate))
        f, power = f[1:], power[1:] / power[1:].max()
        middle = np.interp(0.5, np.cumsum(power) / power.sum(), f)
        right.plot(f, power, color=COLOURS[k])
        right.set(xlim=(0, 40), ylim=(0, 1.08))
        right.set_title(f'half of the power is above {middle:.0f} Hz', fontsize='medium')
        finish(right, 'frequency $f$ (Hz)' if last else '', 'power', 1)
        for side in (left, right):
            side.tick_params(labelbottom=last)
    return fig

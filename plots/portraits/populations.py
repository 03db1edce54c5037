"""The portraits of models/populations.py."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.planes import phase_plane
from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.general import column as _column
from ratezoo.plots.portraits.general import input_of as _input_of
from ratezoo.plots.portraits.general import legend_above as _legend_above
from ratezoo.plots.runs import traces
from ratezoo.plots.spectra import spectrum
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
    with_unit,
)

_E, _I = COLOURS[0], COLOURS[1]


def _lines(ax: Axes, ts: Any, values: Sequence[Any], labels: Sequence[str], ylabel: str, low: Any = None) -> Axes:
    """Curves with their names above the axes."""
    for k, (one, label) in enumerate(zip(values, labels, strict=True)):
        ax.plot(ts, one, color=COLOURS[k], label=label)
    if len(labels) > 1:
        _legend_above(ax)
    ax.set_ylim(bottom=low)
    return finish(ax, '', ylabel, 1)


# ---- JansenRit -------------------------------------------------------------------------------------------------------


def eeg(net: Any, mon: Any, inputs: Any, data: Any) -> Any:
    """The EEG of Jansen and Rit's column, and its spectrum."""
    if np.shape(mon['y1'])[:1] != np.shape(mon['ts']):
        return general.traces(net, mon, inputs, data)  # a batch
    eeg = {'ts': mon['ts'], 'EEG': np.asarray(mon['y1']) - np.asarray(mon['y2'])}
    if len(eeg['ts']) < 1000 or not np.ptp(eeg['EEG'][1:]) > 1e-6:
        return traces(eeg, ['EEG'], time_unit='ms', y_unit='mV')  # too short, or at rest: there is no rhythm
    x = _input_of(mon, inputs, net)
    driven = bool(x.any())
    fig = new_figure(figsize=(6.4, 4.8 + 0.9 * driven), layout='constrained')
    axes = fig.subplots(2 + driven, 1, height_ratios=[0.5] * driven + [1, 1])
    upper, lower = axes[-2:]
    if driven:
        general.input_panel(axes[0], eeg['ts'], x, 'input $x$\n(pulses/s)')
        axes[0].sharex(upper)
    traces(eeg, 'EEG', time_unit='ms', y_unit='mV', ax=upper)
    upper.set_ylabel(with_unit('EEG $y_1 - y_2$', 'mV'))
    spectrum(eeg, 'EEG', y_unit='mV', time_unit='ms', segments=1, limit=50.0, ax=lower)
    return fig


# ---- StabilizedSupralinear -------------------------------------------------------------------------------------------


def supralinear(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The rates over time; the steady rates against the input; and the paradoxical response of I."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(12, 4.2), layout='constrained')
    grid = fig.add_gridspec(1, 3, width_ratios=(1, 1.1, 1.1), wspace=0.06)
    upper, lower = _column(fig, grid[0], (0.5, 1), 'The rates over time')
    ts, time = general.clock(net, mon)
    general.input_panel(upper, ts, _input_of(mon, inputs, net), 'input to E,\n$x$ (mV)')
    _lines(lower, ts, [mon['E'], mon['I']], ['E', 'I'], 'rates (Hz)', low=0)
    lower.set_xlabel(time)
    ax, h = fig.add_subplot(grid[1]), data['h']
    ax.plot(h, net.k * h**net.p, color='0.55', linewidth=1.2, label='no connections')
    _steady(ax, h, data['E'], data['I'], data['stabilised'], 'input to E and to I, $h = c$ (mV)')
    ax.set_title('Response to the strength of the input', fontsize='medium', pad=24)
    _divided(ax, data['steepest'], 'supra-\nlinear', 'sublinear')
    if np.isfinite(data['stabilised']):
        point = data['stabilised'], np.interp(data['stabilised'], h, data['E'])
        arrow = dict(arrowstyle='-', color='0.4', linewidth=0.8, shrinkB=4)
        text = 'from here E alone is unstable'
        ax.annotate(
            text, point, (0.98, 0.03), textcoords='axes fraction', ha='right', fontsize='small', arrowprops=arrow
        )
    ax = fig.add_subplot(grid[2])
    _steady(ax, data['x_I'], data['E_x'], data['I_x'], data['turn'], 'extra input to I alone, $x_I$ (mV)')
    ax.set_title(f'More input to I, at $h$ = {net.c:g} mV', fontsize='medium', pad=24)
    if data['x_I'][0] < data['turn']:
        _divided(ax, data['turn'], 'paradox: I fires less', 'I fires\nmore')
    return fig


def _divided(ax, at, left, right):
    """A line at a value of the abscissa, and what is to the left and to the right of it."""
    ax.axvline(at, color='0.6', linewidth=0.8, zorder=0)
    top = ax.get_ylim()[1]
    low, high = ax.get_xlim()
    room = at - low > 0.14 * (high - low)
    for text, align, space in ((left if room else '', 'right', -5), (right, 'left', 5)):
        ax.annotate(text, (at, top), (space, -2), textcoords='offset points', ha=align, va='top', fontsize='small')


def _steady(ax, at, E, I, turn, xlabel):
    """Steady rates against an input, with the point from which inhibition must stabilise the network, w_EE g_E = 1."""
    ax.plot(at, E, color=_E, label='E')
    ax.plot(at, I, color=_I, label='I')
    if np.isfinite(turn):
        points = [np.interp(turn, at, rates) for rates in (E, I)]
        ax.plot([turn, turn], points, 'o', color='black', markerfacecolor='white', zorder=4, label='$w_{EE}\\,g_E = 1$')
    ax.set(xlim=(at[0], at[-1]), ylim=(0, 1.18 * max(E.max(), I.max(), 1e-6)))
    finish(ax, xlabel, 'steady rates (Hz)', 1)
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0, columnspacing=1.0)


# ---- BalancedAmplification -------------------------------------------------------------------------------------------


def amplification(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """E and I, their sum and difference, with the link from the difference to the sum and without it."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fig = new_figure(figsize=(10, 5), layout='constrained')
    grid = fig.add_gridspec(1, 2, wspace=0.06)
    axes = _column(fig, grid[0], (0.45, 1, 1), 'The run: input to E')
    general.input_panel(axes[0], ts, _input_of(mon, inputs, net), 'input to E, $x$')
    E, I = (np.asarray(mon[s])[:, 0] for s in ('E', 'I'))
    cut_E, cut_I = data['E_cut'], data['I_cut']
    _lines(axes[1], ts, [E, I], ['$E$', '$I$'], 'rates, relative\nto a baseline')
    axes[1].plot(ts, cut_E, color=_E, linestyle='--', linewidth=1.2, label='$E$ without the link')
    _legend_above(axes[1])
    _modes(axes[2], ts, (E + I) / 2**0.5, (E - I) / 2**0.5, (cut_E + cut_I) / 2**0.5)
    axes[2].set_xlabel(time)
    ax = fig.add_subplot(grid[1])
    _modes(
        ax,
        data['ts'],
        data['sum'],
        data['difference'],
        np.zeros(len(data['ts'])),
        (' $(E+I)/\\sqrt{2}$', ' $(E-I)/\\sqrt{2}$'),
    )
    when, peak = data['peak']
    ax.plot(when, peak, 'o', color='black')
    ax.annotate(f'gain {peak:.2f}', (when, peak), (8, 2), textcoords='offset points', va='bottom')
    link = f'the link: the difference drives the sum\nwith the strength $w\\,(1 + k_I)$ = {net.w * (1 + net.k_I):.3g}'
    ax.annotate(link, (0.97, 0.8), xycoords='axes fraction', ha='right', va='top')
    ax.set_ylim(top=1.12 * peak)
    ax.set_xlabel(time)
    ax.set_title('After one unit of the difference at $t = 0$', fontsize='medium', pad=24)
    return fig


def _modes(ax, ts, total, difference, without, formulas=('', '')):
    """The sum mode and the difference mode, and the sum without the link."""
    ax.axhline(0, color='0.8', linewidth=0.8, zorder=0)
    ax.plot(ts, total, color='black', label=f'sum{formulas[0]}')
    ax.plot(ts, difference, color=COLOURS[3], label=f'difference{formulas[1]}')
    ax.plot(ts, without, color='black', linestyle='--', linewidth=1.2, label='sum without the link')
    finish(ax, '', 'modes', 1)
    ax.legend(
        frameon=False,
        loc='lower right',
        bbox_to_anchor=(1, 1),
        ncols=3,
        borderaxespad=0,
        columnspacing=1.0,
        fontsize='small',
    )


# ---- WongWang --------------------------------------------------------------------------------------------------------


def decision(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Wong and Wang's rates in several trials, and their right choices and times of decision against coherence."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(11, 4.6), layout='constrained')
    grid = fig.add_gridspec(2, 2, width_ratios=(1.5, 1), wspace=0.06)
    (ts, time), x = general.clock(net, mon), _input_of(mon, inputs, net)
    upper, lower = _column(fig, grid[:, 0], (0.4, 1), 'Ten trials with the same stimulus (thick: the run)', pad=24)
    _lines(upper, ts, list(x.T), ['to population 1', 'to population 2'], 'input $x$ (nA)')
    for k in (0, 1):
        lower.plot(ts, data['r'][1:, :, k].T, color=COLOURS[k], linewidth=0.6, alpha=0.6)
        lower.plot(ts, data['r'][0, :, k], color=COLOURS[k], linewidth=2, label=f'population {k + 1}')
    lower.axhline(15, color='0.3', linestyle=':')
    lower.annotate('threshold, 15 Hz', (ts[0], 15), (3, 2), textcoords='offset points', fontsize='small')
    on = np.flatnonzero(x.any(1))
    if len(on) and not x.any(1).all():
        for ax in (upper, lower):
            ax.axvspan(ts[on[0]], ts[on[-1]], color='0.93', zorder=0)
        lower.annotate(
            'stimulus',
            ((ts[on[0]] + ts[on[-1]]) / 2, 1),
            (0, -3),
            ('data', 'axes fraction'),
            textcoords='offset points',
            ha='center',
            va='top',
            fontsize='small',
        )
    lower.set_ylim(0, 1.15 * data['r'].max())
    finish(lower, time, 'rates (Hz), mean of 50 ms', 1)
    _legend_above(lower)
    right = [fig.add_subplot(grid[k, 1]) for k in (0, 1)]
    choices(right, data)
    right[0].set_xlabel('')
    return fig


def choices(axes: Sequence[Axes], data: Any) -> None:
    """Right choices and times of decision against coherence; the data are those of `analysis.portraits`."""
    c, (left, right) = data['coherence'], axes
    left.plot(c, data['correct'], color='black', marker='o', markersize=4)
    left.axhline(50, color='0.6', linestyle=':')
    left.annotate('chance', (c[-1], 50), (0, 2), textcoords='offset points', ha='right', fontsize='small')
    left.set_ylim(45, 103)
    left.set_title(f'{data["trials"]} trials at each coherence', fontsize='medium')
    finish(left, 'coherence (%)', 'correct (%)', 1)
    for k, (name, marker) in enumerate((('correct', 'o'), ('wrong', 's'))):
        right.plot(
            c,
            data['time'][:, k],
            marker=marker,
            markersize=4,
            linestyle='--' if k else '-',
            color=_I if k else 'black',
            label=name,
        )
    finish(right, 'coherence (%)', 'mean time of\ndecision (ms)', 1)
    right.legend(frameon=False, loc='lower left')
    for ax in axes:
        ax.set(xscale='log', xticks=c, xticklabels=[f'{v:g}' for v in c])
        ax.minorticks_off()


# ---- MontbrioPazoRoxin -----------------------------------------------------------------------------------------------


def bistability(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """r and v under the input of the run and under a sine, and the (v, r) plane with its fixed points."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(13, 4.6), layout='constrained')
    grid = fig.add_gridspec(1, 3, width_ratios=(1, 1, 1.25), wspace=0.05)
    ts, time = general.clock(net, mon)
    run = ts, _input_of(mon, inputs, net)[:, 0], 1000 * np.asarray(mon['r'])[:, 0], np.asarray(mon['v'])[:, 0]
    sine = data['ts'], data['x'], data['r'], data['v']
    last = run[1][-1]
    rates = [p.vector[1] for p in data['plane'].fixed_points if p.stable]
    top = 1.1 * max(run[2].max(), sine[2].max())
    titles = f'The run (dotted: stable at $x$ = {last:g})', 'The answer to a slow sine'
    for k, (t, x, r, v) in enumerate((run, sine)):
        axes = _column(fig, grid[k], (0.6, 1, 1), titles[k])
        for ax, values, label in zip(axes, (x, r, v), ('input $x$', 'rate $r$ (Hz)', 'mean voltage $v$'), strict=True):
            ax.plot(t, values, color='0.2' if ax is axes[0] else _E)
            finish(ax, '', label if k == 0 else '', 1)
        for rate in rates:
            axes[1].axhline(rate, color='0.6', linestyle=':', zorder=0)
        axes[1].set_ylim(0, top)
        axes[2].set_xlabel(time)
    ax = phase_plane(data['plane'], runs=[data['path']], ax=fig.add_subplot(grid[2]))
    ax.set_title(f'The run in the plane of $v$ and $r$, at $x$ = {last:g}', fontsize='medium')
    return fig


# ---- TsodyksMarkram --------------------------------------------------------------------------------------------------


def bursts(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The rate and the synapses in the run; and with a weak background, where probes test the synapses."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(11, 5), layout='constrained')
    grid = fig.add_gridspec(1, 2, wspace=0.04)
    ts, time = general.clock(net, mon)
    run = {'ts': ts, 'x': _input_of(mon, inputs, net)[:, 0], **{s: np.asarray(mon[s])[:, 0] for s in ('E', 'y', 'u')}}
    remembers = data['answers'][2] > 2 * data['answers'][0]
    found = 'a probe brings a burst after the cue' if remembers else 'probes'
    titles = f'The run: background $I_0$ = ${net.I_0:g}$ Hz', f'Background ${data["background"]:g}$ Hz: {found}'
    for k, one in enumerate((run, data)):
        axes = _column(fig, grid[k], (0.5, 1, 1), titles[k])
        axes[0].plot(one['ts'], one['x'], color='0.2')
        finish(axes[0], '', 'input $x$ (Hz)', 1)
        axes[0].set_ylim(0, 1.5 * max(1.0, one['x'].max()))
        axes[1].plot(one['ts'], one['E'], color='black')
        axes[1].set_ylim(0, 1.1 * max(run['E'].max(), data['E'].max()))
        finish(axes[1], '', 'rate $E$ (Hz)', 1)
        axes[2].plot(one['ts'], one['y'], color=_E, label='resources left, $y$')
        axes[2].plot(one['ts'], one['u'], color=_I, label='used by a spike, $u$')
        axes[2].set_ylim(0, 1)
        _legend_above(axes[2])
        for name, start in one.get('pulses', ()):
            top = data['x'][(data['ts'] >= start)][0]
            axes[0].annotate(name, (start, top), (0, 2), textcoords='offset points', fontsize='small')
        finish(axes[2], time, 'synapses (fraction)', 1)
    return fig

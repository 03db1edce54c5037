"""The portraits of models/oscillator.py."""

from typing import Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ratezoo.plots.planes import phase_plane
from ratezoo.plots.portraits import general
from ratezoo.plots.states import heatmap
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
)


def synchrony(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Kuramoto's phases: the order parameter, and the phases relative to their mean ψ; above them an input."""
    theta, ts = np.asarray(mon['theta']), np.asarray(mon['ts'])
    if theta.ndim != 2 or len(ts) < 2:
        return general.traces(net, mon, inputs, data)
    x = None if inputs is None else general.inputs_of(mon, inputs, net.dt)
    driven = x is not None and bool(x.any())
    heights = [0.5] * driven + [1.0, 1.0]
    fig = new_figure(figsize=(6.4, 4.6 + 0.9 * driven), layout='constrained')
    *first, upper, lower = fig.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    if x is not None and first:
        general.input_panel(first[0], ts, x)
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


def resonance(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The force and the displacement over time; amplitude and lag of the steady motion against the frequency."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(11, 4.6), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.4, 1), wspace=0.04)
    rows, columns = left.subgridspec(2, 1, height_ratios=(0.55, 1)), right.subgridspec(2, 1)
    ts, time = general.clock(net, mon)
    upper = fig.add_subplot(rows[0])
    x = 0.0 if inputs is None else general.inputs_of(mon, inputs, net.dt)[:, 0]
    upper.plot(ts, net.A * np.cos(np.asarray(mon['phase'])[:, 0]) + x, color='0.2')
    upper.set_title('The run', fontsize='medium')
    finish(upper, '', 'force\n$A\\,\\cos\\,\\varphi$' + ('$\\,+\\,x$' if np.any(x) else ''), 1)
    upper.tick_params(labelbottom=False)
    lower = fig.add_subplot(rows[1], sharex=upper)
    lower.plot(ts, np.asarray(mon['s'])[:, 0], color=COLOURS[0])
    finish(lower, time, 'displacement $s$', 1)
    axes = [fig.add_subplot(cell) for cell in columns]
    for ax, name, label in zip(axes, ('amplitude', 'lag'), ('amplitude', 'lag (rad)'), strict=True):
        ax.plot(data['omega'], data[name], color='black')
        ax.axvline(data['free'], color='0.6', linestyle=':', zorder=0)
        finish(ax, '', label, 1)
    top = np.nanmin([1.1 * np.nanmax(data['amplitude']), 25 * abs(net.A) / net.k])
    axes[0].set(ylim=(0, top), title='Steady motion (dotted: $\\sqrt{k/m}$)')
    axes[0].title.set_fontsize('medium')
    axes[1].set(ylim=(0, np.pi), yticks=[0, np.pi / 2, np.pi], yticklabels=['0', 'π/2', 'π'])
    axes[1].set_xlabel('angular frequency of the force, $\\omega$')
    if data['here'] is not None:
        omega, *values = data['here']
        for ax, value in zip(axes, values, strict=True):
            ax.plot(omega, value, 'o', color=COLOURS[1], label='the run')
        axes[0].legend(frameon=False, loc='upper right')
        for sign in (-1, 1):
            lower.axhline(
                sign * values[0],
                color=COLOURS[1],
                linestyle='--',
                linewidth=1.2,
                label='steady amplitude' if sign > 0 else None,
            )
        lower.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), borderaxespad=0)
    return fig


def excitability(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Morris and Lecar's neuron over time and in its phase plane; class I just below its saddle-node; the rates of both
    classes against the current."""
    if not data:
        is_plane = np.shape(mon['V']) == (len(mon['ts']), 1)
        return (general.plane if is_plane else general.traces)(net, mon, inputs, data)
    fig = new_figure(figsize=(12.5, 8), layout='constrained')
    upper, lower = fig.add_gridspec(2, 1, hspace=0.05)
    left, middle = upper.subgridspec(1, 2, width_ratios=(1, 1.35))
    general.draw_plane(left, middle, net, mon, inputs).set_title('The run', fontsize='medium')
    right, below = lower.subgridspec(1, 2, width_ratios=(1, 1.35))
    ax = phase_plane(data['plane'], runs=[data['path']], ax=fig.add_subplot(below))
    ax.set_title(
        f'Class I at $I$ = {data["below"]:g} µA/cm², below the saddle-node: rest, or one spike', fontsize='medium'
    )
    ax = fig.add_subplot(right)
    for k, (name, begins) in enumerate((('class I', 'begins at rate 0'), ('class II', 'begins above 0'))):
        ax.plot(data['I'], data[name], color=COLOURS[k], linestyle='--' if k else '-', label=f'{name}: {begins}')
    if data['here'] is not None and data['I'][0] <= data['here'][0] <= data['I'][-1]:
        ax.plot(*data['here'], 'o', color='black', label='the run')
    ax.set_ylim(0, 1.45 * max(data['class I'].max(), data['class II'].max(), 1.0))
    ax.set_title('Two classes of excitability', fontsize='medium')
    finish(ax, 'current $I$ (µA/cm²)', 'rate (Hz)', 1)
    ax.legend(frameon=False, loc='upper left')
    return fig

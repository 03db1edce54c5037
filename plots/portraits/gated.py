"""The portraits of models/gated.py: gates that let a value in, keep it and let it out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.rate import output_panel, titled, units_panel
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
)

_MARKERS = ('o', 's', '^')


def memory_cell(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """An LSTM: the gates and the cell of a unit in the run, and a unit that stores, keeps, gives and forgets."""
    titles = {
        'cells': 'the cells $c_t$',
        'unit': 'one unit, weights chosen by hand: it stores, keeps, gives and forgets',
    }
    return _portrait(net, mon, inputs, data, 'c', titles)


def update_gate(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A GRU: the gates and the state of a unit in the run, and a unit that stores, keeps, adds and replaces."""
    titles = {
        'cells': 'the hidden units $h_t$',
        'unit': 'one unit, weights chosen by hand: it stores, keeps, adds and replaces',
    }
    return _portrait(net, mon, inputs, data, 'h', titles)


def _portrait(net, mon, inputs, data, memory, titles):
    if 'gates' not in data:
        return general.traces(net, mon, inputs, data)
    steps, label = general.clock(net, mon)
    fig = new_figure(figsize=(11, 7), layout='constrained')
    left, right = fig.add_gridspec(1, 2)
    rows = left.subgridspec(5, 1, height_ratios=(0.6, 1.2, 0.9, 0.9, 0.8))
    axes = [fig.add_subplot(rows[0])]
    axes += [fig.add_subplot(rows[k], sharex=axes[0]) for k in range(1, 5)]
    general.input_panel(axes[0], steps, general.inputs_of(mon, inputs, net.dt))
    for line in axes[0].lines:
        line.set_drawstyle('steps-mid')
    titled(axes[0], 'this network: its input $x_t$')
    values = np.asarray(mon[memory])
    k = int(np.argmax(np.ptp(values, axis=0)))
    units_panel(axes[1], net, steps, memory, values, f'{titles["cells"]}: they keep what the gates let in', [k])
    _gates(axes[2], steps, {name: v[:, k] for name, v in data['gates'].items()})
    titled(axes[2], f'gates of unit {k}')
    _states(axes[3], steps, {s: np.asarray(mon[s])[:, k] for s in net.states}, memory)
    titled(axes[3], f'unit {k}')
    output_panel(axes[4], steps, data['output'], 'output: a mixture of all $h_t$')
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel(label)
    _chosen_unit(fig, right, data['unit'], memory, titles['unit'])
    return fig


def _chosen_unit(fig: Figure, place: Any, unit: Mapping[str, Any], memory: str, title: str) -> None:
    """The unit whose weights are chosen: its input and its signals, its gates, and what it keeps."""
    rows = place.subgridspec(3, 1)
    top = fig.add_subplot(rows[0])
    axes = [top, *(fig.add_subplot(rows[k], sharex=top) for k in (1, 2))]
    steps = np.arange(1, len(unit['value']) + 1)
    top.plot(steps, unit['value'], color='0.5', drawstyle='steps-mid')
    top.plot(unit['stored'], unit['value'][np.array(unit['stored']) - 1], 'o', color='black')
    finish(top, '', 'input value', 1)
    top.set(xlim=(0.5, steps[-1] + 0.5), ylim=(-0.8, 1.2), yticks=(-0.5, 0, 0.5))
    for name, at in unit['events'].items():
        for step in at:
            for ax in axes:
                ax.axvspan(step - 0.5, step + 0.5, color='0.88', linewidth=0, zorder=0)
            top.text(step, 0.97, name, transform=top.get_xaxis_transform(), ha='center', va='top', fontsize='small')
    titled(top, title)
    _gates(axes[1], steps, unit['gates'])
    titled(axes[1], 'its gates')
    _states(axes[2], steps, unit['states'], memory)
    titled(axes[2], 'what it keeps' if len(unit['states']) == 1 else 'what it keeps, $c_t$, and what it gives, $h_t$')
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel('step $t$')


def _gates(ax: Axes, steps: np.ndarray, gates: Mapping[str, np.ndarray]) -> None:
    """How far the gates are open."""
    for j, (name, values) in enumerate(gates.items()):
        style: dict[str, Any] = dict(
            color=COLOURS[j], marker=_MARKERS[j % 3], markersize=3, linewidth=max(0.8, 2.6 - 0.7 * j)
        )
        ax.plot(steps, values, drawstyle='steps-mid', label=name, **style)
    finish(ax, '', 'gate', 1)
    ax.set(ylim=(-0.06, 1.06), yticks=(0, 1), yticklabels=('shut', 'open'))
    _legend_above(ax)


def _states(ax: Axes, steps: np.ndarray, states: Mapping[str, np.ndarray], memory: str) -> None:
    """The states of one unit; what it keeps in black."""
    for s, values in states.items():
        style: dict[str, Any] = dict(color='black') if s == memory else dict(color=COLOURS[3], linestyle='--')
        ax.plot(steps, values, drawstyle='steps-mid', label=f'${s}$', **style)
    ax.axhline(0, color='0.85', linewidth=0.8, zorder=0)
    finish(ax, '', ' and '.join(f'${s}$' for s in states), 1)
    if len(states) > 1:
        _legend_above(ax)


def _legend_above(ax: Axes) -> None:
    """The legend above the axes, on the right."""
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0, fontsize='small')

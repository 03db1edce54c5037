"""The portraits of models/reservoir.py: a readout that tames chaos, and a network that remembers its input."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.rate import titled, units_panel
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
    new_subplots,
    with_unit,
)


def force(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """FORCE, as in Figure 2 of Sussillo and Abbott: before, during and after learning."""
    if 'learning' not in data:
        return general.traces(net, mon, inputs, data)
    t, (begin, end) = data['t'], data['learning']
    fig, axes = new_subplots(3, 1, sharex=True, figsize=(9, 6), layout='constrained', height_ratios=(1.2, 1.3, 0.8))
    for ax in axes:
        ax.axvspan(begin, end, color='0.9', linewidth=0, zorder=0)
    top, middle, bottom = axes
    top.plot(t, data['z'][:, 0], color=COLOURS[1], label='output $z$')
    top.plot(t, data['target'][:, 0], color='black', linestyle=':', label='target')
    titled(finish(top, '', 'output $z$', 1), 'the output is fed back into the network')
    top.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    low, high = np.min(data['z'][:, 0]), np.max(data['z'][:, 0])
    top.set_ylim(low - 0.05 * (high - low), high + 0.3 * (high - low))
    _name_phases(top, t[0], begin, end, t[-1])
    for k, rate in enumerate(data['rates'].T):
        middle.plot(t, rate + 2.2 * k, color=COLOURS[0], linewidth=1)
    titled(finish(middle, '', 'unit', 1), f'rates $r$ of {data["rates"].shape[1]} units: irregular, then periodic')
    middle.set(yticks=2.2 * np.arange(data['rates'].shape[1]), yticklabels=range(1, data['rates'].shape[1] + 1))
    bottom.plot(t, data['change'], color=COLOURS[4], linewidth=1)
    titled(finish(bottom, '', r'$|\Delta W_{out}|/\Delta t$', 1), 'how fast the readout weights change')
    bottom.set(xlabel=with_unit('time $t$', net.unit_of_time or None), xlim=(t[0], t[-1]))
    return fig


def _name_phases(ax: Axes, *limits: float) -> None:
    """The names of the phases between the limits, at the top of the axes."""
    names = ('before', 'learning: FORCE changes $W_{out}$', 'after: $W_{out}$ stays')
    for left, right, name in zip(limits[:-1], limits[1:], names, strict=True):
        if right - left > 0.1 * limits[-1]:  # and not too short for its name
            place: dict[str, Any] = dict(transform=ax.get_xaxis_transform(), ha='center', va='top')
            ax.text((left + right) / 2, 0.98, name, fontsize='small', **place)


def memory(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The input, the network, what two readouts tell of past inputs, and the memory curve."""
    if 'capacity' not in data:
        return general.traces(net, mon, inputs, data)
    steps, label = general.clock(net, mon)
    x = general.inputs_of(mon, inputs, net.dt)[:, 0]
    fig = new_figure(figsize=(11, 6), layout='constrained')
    grid = fig.add_gridspec(4, 2, width_ratios=(1.5, 1), height_ratios=(0.7, 1.4, 1, 1))
    top = fig.add_subplot(grid[0, 0])
    axes = [top, *(fig.add_subplot(grid[k, 0], sharex=top) for k in (1, 2, 3))]
    top.plot(steps, x, color='0.2', drawstyle='steps-mid')
    titled(finish(top, '', 'input $x$', 1), 'input $x_t$')
    units_panel(axes[1], net, steps, 'r', np.asarray(mon['r']), 'the network: its connections never change')
    names = ['remembered' if data['capacity'][k - 1] > 0.5 else 'forgotten' for k in data['delays']]
    for j, (ax, k) in enumerate(zip(axes[2:], data['delays'], strict=True)):
        _recall(ax, steps, x, data['recalled'][:, j], k, COLOURS[2 - j], names[j])
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel(label)
    _memory_curve(fig.add_subplot(grid[1:, 1]), data, names)
    return fig


def _recall(ax: Axes, steps: np.ndarray, x: np.ndarray, recalled: np.ndarray, k: int, colour: str, name: str) -> None:
    """The input of k steps ago, and what a readout of the present state tells of it."""
    ax.plot(steps, recalled, color=colour, drawstyle='steps-mid', label='output')
    ax.plot(steps[k:], x[: len(x) - k], color='black', linestyle=':', drawstyle='steps-mid', label=f'$x_{{t-{k}}}$')
    titled(finish(ax, '', f'$x_{{t-{k}}}$', 1), f'input of {k} step{"s" * (k > 1)} ago: {name}')
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)


def _memory_curve(ax: Axes, data: Any, names: list[str]) -> None:
    """The squared correlation of the input of k steps ago with the best readout, over k."""
    capacity = data['capacity']
    ax.plot(np.arange(1, len(capacity) + 1), capacity, color='0.2')
    for k, colour, name, marker in zip(data['delays'], (COLOURS[2], COLOURS[1]), names, 'os', strict=True):
        ax.plot(k, capacity[k - 1], marker, color=colour, markersize=8, label=f'{name}: $k$ = {k}', linestyle='none')
    ax.set_ylim(-0.02, 1.05)
    finish(ax, 'delay $k$ (steps)', '$MC_k$', 1)
    total = capacity.sum()
    titled(
        ax, f'memory curve: how well $x_{{t-k}}$ can be read\n(0 to 1; the sum, the memory capacity, is {total:.1f})'
    )
    ax.legend(frameon=False, loc='best')

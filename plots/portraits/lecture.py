"""The portraits of models/lecture.py: three wirings. Each is drawn step by step, beside a run."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.rate import output_panel, titled, units_panel
from ratezoo.plots.style import (
    COLOURS,
    new_figure,
)

_OUTPUT, _BACK = COLOURS[2], COLOURS[1]  # the output, and what comes back from the last step


def elman(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Elman's wiring: the hidden units read themselves, and there is an output at every step."""
    if 'output' not in data or inputs is None or len(mon['ts']) < 2:
        return general.traces(net, mon, inputs, data)
    fig, wiring, (middle, bottom) = _frame(net, mon, inputs, 3)
    steps, _ = general.clock(net, mon)
    _unrolled(wiring, (0, 1, 2), 'hidden', ('1', '2', '3'))
    titled(wiring, 'wiring: hidden units read themselves')
    units_panel(middle, net, steps, 'h', np.asarray(mon['h']), 'hidden units $h_t$: they read $x_t$ and $h_{t-1}$')
    output_panel(
        bottom, steps, data['output'], 'output $o_t$: it is read at every step', '$o$', marker='o', markersize=4
    )
    return fig


def jordan(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Jordan's wiring: the last output is fed back, and is all that the network remembers."""
    if inputs is None or np.ndim(mon['h']) != 2 or len(mon['ts']) < 2:
        return general.traces(net, mon, inputs, data)
    fig, wiring, (back, middle, bottom) = _frame(net, mon, inputs, 4)
    steps, _ = general.clock(net, mon)
    o = np.asarray(mon['o'])
    _unrolled(wiring, (0, 1, 2), 'output', ('1', '2', '3'))
    titled(wiring, 'wiring: the last output comes back')
    style = dict(color=_BACK, marker='o', markersize=4, markerfacecolor='white')
    output_panel(back, steps[1:], o[:-1], 'fed back: the last output $o_{t-1}$, the only memory', '$o_{t-1}$', **style)
    units_panel(middle, net, steps, 'h', np.asarray(mon['h']), 'hidden units $h_t$: they read $x_t$ and $o_{t-1}$')
    output_panel(bottom, steps, o, 'output $o_t$: it is read at every step', '$o$', marker='o', markersize=4)
    return fig


def one_answer(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A sequence to one answer: only the output after the last step counts."""
    if 'output' not in data or inputs is None or len(mon['ts']) < 2:
        return general.traces(net, mon, inputs, data)
    fig, wiring, (middle, bottom) = _frame(net, mon, inputs, 3)
    steps, _ = general.clock(net, mon)
    o = data['output']
    _unrolled(wiring, (2,), 'hidden', ('1', '2', 'T'))
    titled(wiring, 'wiring: one answer, after the last step')
    units_panel(middle, net, steps, 'h', np.asarray(mon['h']), 'hidden units $h_t$: they collect the sequence')
    output_panel(bottom, steps, o, 'output: only the last one counts', '$o$', color='0.75', marker='.', markersize=4)
    last: dict[str, Any] = dict(marker='o', markersize=9, linestyle='none', color=_OUTPUT, clip_on=False, zorder=3)
    bottom.plot(np.full(len(o[-1]), steps[-1]), o[-1], label='the answer $o_T$', **last)
    for line in bottom.lines[:-1]:
        line.set_label('not used' if line is bottom.lines[0] else '_')
    bottom.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    return fig


def _frame(net: Any, mon: Any, inputs: Any, rows: int) -> tuple[Figure, Axes, list[Axes]]:
    """A figure with axes for the wiring on the left and for the run on the right, below the input, which is drawn."""
    fig = new_figure(figsize=(10, 1.3 + 1.3 * rows), layout='constrained')
    heights = (0.7, 1.5, 1) if rows == 3 else (0.7, 0.8, 1.5, 0.8)
    grid = fig.add_gridspec(rows, 2, width_ratios=(1, 2), height_ratios=heights)
    wiring = fig.add_subplot(grid[:, 0])
    top = fig.add_subplot(grid[0, 1])
    axes = [top, *(fig.add_subplot(grid[k, 1], sharex=top) for k in range(1, rows))]
    steps, label = general.clock(net, mon)
    general.input_panel(top, steps, general.inputs_of(mon, inputs, net.dt))
    for line in top.lines:
        line.set_drawstyle('steps-mid')
    titled(top, 'input $x_t$')
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel(label)
    return fig, wiring, axes[1:]


def _unrolled(ax: Axes, outputs: tuple[int, ...], back: str, names: tuple[str, str, str]) -> None:
    """The network at three steps: what is read at each of them, and what comes back ('hidden' or 'output')."""
    rows = {'x': (0, '0.9', '0.2'), 'h': (1, '0.9', '0.2'), 'o': (2, _OUTPUT, 'white')}
    for k, name in enumerate(names):
        for row, (y, face, ink) in rows.items():
            if row != 'o' or k in outputs:
                box = dict(boxstyle='round,pad=0.35', facecolor=face, edgecolor='none')
                ax.text(k, y, f'${row}_{{{name}}}$', ha='center', va='center', color=ink, fontsize=13, bbox=box)
        _arrow(ax, (k, 0), (k, 1), '0.3')
        if k in outputs:
            _arrow(ax, (k, 1), (k, 2), '0.3')
    for k in (0, 1):
        skips = names[k + 1] == 'T'  # the steps between are left out
        _arrow(ax, (k, 1 if back == 'hidden' else 2), (k + 1, 1), _BACK, 'dotted' if skips else 'solid')
    if back == 'hidden':
        ax.text(0.5, 1.12, '$W_{hh}$', color=_BACK, ha='center', va='bottom')
    else:
        ax.text(0.42, 1.4, '$W_{ho}$', color=_BACK, ha='right', va='center')
    for y, label in ((0, 'input'), (1, 'hidden'), (2, 'output')):
        ax.text(-0.45, y, label, ha='right', va='center')
    for k, name in enumerate(names):
        ax.text(k, -0.45, f'step {name}' if name != 'T' else 'last step', ha='center', va='center')
    if 'T' in names:
        ax.text(1.5, 0, '…', ha='center', va='center')
    ax.set(xlim=(-1.1, 2.5), ylim=(-0.6, 2.3))
    ax.set_aspect(1.15, anchor='N')
    ax.set_axis_off()


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, linestyle: str = 'solid'
) -> None:
    """An arrow from one box to another."""
    style = dict(arrowstyle='-|>', color=colour, linewidth=1.6, linestyle=linestyle, shrinkA=15, shrinkB=15)
    ax.annotate('', end, start, arrowprops=style)

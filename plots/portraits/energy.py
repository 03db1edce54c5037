"""The portraits of models/energy.py: a free phase, in which the energy falls, and a nudged phase."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    MOST_CURVES,
    finish,
    new_figure,
    new_subplots,
    with_unit,
)

_NUDGED = '#FBEADB'  # the background of the nudged phase: the palette's orange, very light
_MOST_MAPS = 36  # so many channels of a layer are shown


def phases(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The input, each layer and the energy over time, in the free phase and in the nudged phase."""
    if 'ts' not in data or inputs is None:
        return general.traces(net, mon, inputs, data)
    heights = [0.6, *[0.9] * len(data['layers']), 1.1]
    fig, axes = new_subplots(
        len(heights),
        1,
        sharex=True,
        layout='constrained',
        figsize=(7, 0.8 + 1.45 * sum(heights)),
        height_ratios=heights,
    )
    ts = data['ts']
    known = np.clip(np.round(ts / net.dt).astype(int) - 1, 0, len(inputs) - 1)
    x = np.asarray(inputs, float)[known]
    general.input_panel(axes[0], ts, x)
    _name_phases(axes[0], data)
    for k, (ax, layer) in enumerate(zip(axes[1:-1], data['layers'], strict=True), 1):
        is_last = k == len(data['layers'])
        _layer(ax, ts, layer.reshape(len(ts), -1), COLOURS[(k - 1) % 4], k, is_last, _bold(data) if is_last else ())
        if is_last:
            _targets(ax, data)
    _energy(axes[-1], data)
    _shade(axes, data)
    axes[-1].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    axes[-1].set_xlim(0, ts[-1])
    return fig


def feature_maps(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The image, the feature maps of each layer at four times, the outputs, and the energy."""
    if 'ts' not in data or inputs is None:
        return general.traces(net, mon, inputs, data)
    *maps, output = data['layers']
    rows = len(maps)
    fig = new_figure(figsize=(7.6, 1.6 * rows + 4.2), layout='constrained')
    upper, lower = fig.add_gridspec(2, 1, height_ratios=(1.6 * rows, 3.6))
    grid = upper.subgridspec(rows, 5)
    _image(fig.add_subplot(grid[0, 0]), net, inputs, mon)
    for k, layer in enumerate(maps):
        row = [fig.add_subplot(grid[k, j]) for j in range(1, 5)]
        _maps(row, layer, k + 1, data)
    axes = lower.subgridspec(2, 1).subplots(sharex=True)
    _layer(axes[0], data['ts'], output, COLOURS[2], len(data['layers']), True, _bold(data))
    _targets(axes[0], data)
    _energy(axes[1], data)
    _shade(axes, data)
    _name_phases(axes[1], data, 0.95)
    axes[1].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    axes[1].set_xlim(0, data['ts'][-1])
    return fig


def _image(ax, net, inputs, mon):
    x = general.inputs_of(mon, inputs, net.dt)[-1].reshape(net.image)
    ax.imshow(x.mean(0), cmap='Greys')
    ax.set(xticks=[], yticks=[])
    ax.set_title('input $x$', fontsize='small')


def _maps(row, layer, number, data):
    """The maps of a layer at three times of the free phase, and what the nudge changes in them."""
    last = data['free'] - 1
    times = [max(1, last // 20), last // 4, last]
    shade = dict(cmap=_with_gaps('Greys'), vmin=min(0.0, layer.min()), vmax=max(layer.max(), 1e-6))
    for ax, at in zip(row, times, strict=False):
        image = ax.imshow(_tiles(layer[at]), **shade)
        if number == 1:
            ax.set_title(f'free phase\n$t = {data["ts"][at]:.2g}$', fontsize='small')
    change = layer[-1] - layer[last]
    limit = max(np.abs(change).max(), 1e-6)
    changed = row[3].imshow(_tiles(change), cmap=_with_gaps('RdBu_r'), vmin=-limit, vmax=limit)
    if number == 1:
        row[3].set_title('change by\nthe nudge', fontsize='small')
    for ax in row:
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(f'layer {number}\n{layer.shape[1]} maps of\n{layer.shape[2]} × {layer.shape[3]}')
    for one, ax, name in ((image, row[2], f'$r_{number}$'), (changed, row[3], f'change of $r_{number}$')):
        ax.figure.colorbar(one, ax=ax, label=name, ticks=MaxNLocator(3), shrink=0.75)


def _with_gaps(name):
    return mpl.colormaps[name].with_extremes(bad='#D5E3EE')


def _tiles(layer):
    """The maps (c, h, w) of a layer side by side, with a gap between them."""
    layer = layer[:_MOST_MAPS]
    count, height, width = layer.shape
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    picture = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for k, one in enumerate(layer):
        top, left = k // columns * (height + 1), k % columns * (width + 1)
        picture[top : top + height, left : left + width] = one
    return picture


def _layer(ax: Axes, ts, values, colour, number, is_last, bold=()) -> None:
    """The units of a layer over time: curves of one colour, or colours where there are many units."""
    name = 'output' if is_last else f'layer {number}'
    if not is_last and values.shape[1] > 2 * MOST_CURVES:
        shade = dict(cmap='Greys', vmin=min(0.0, values.min()), vmax=max(values.max(), 1e-6))
        image = ax.pcolormesh(ts, np.arange(values.shape[1]), values.T, shading='nearest', rasterized=True, **shade)
        ax.figure.colorbar(image, ax=ax, label=f'$r_{{{number}}}$')
        finish(ax, '', f'unit of {name}', 1)
        return
    for k, one in enumerate(values.T):
        ax.plot(ts, one, color=colour, linewidth=2.2 if k in bold else 1.0)
    finish(ax, '', f'{name} $r_{{{number}}}$', 1)


def _bold(data):
    return np.flatnonzero(data['target'] == 1) if len(data['target']) > 1 else ()


def _targets(ax, data):
    """The targets of the output units, in the nudged phase; those of units that should be 0 are one line."""
    start, end = data['ts'][data['free'] - 1], data['ts'][-1]
    name = 'target $y$' + (' (thick: the unit whose target is 1)' if len(data['target']) > 1 else '')
    for k, y in enumerate(np.unique(data['target'])):
        ax.plot([start, end], [y, y], color=COLOURS[1], linestyle='--', linewidth=1.2, label='' if k else name)
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), borderaxespad=0)


def _energy(ax, data):
    """E, and in the nudged phase also the sum that it makes smaller."""
    ts, free = data['ts'], data['free']
    ax.plot(ts, data['energy'], color='black', label='$E$')
    sign, size = ('+', -data['nudge']) if data['nudge'] < 0 else ('-', data['nudge'])
    factor = '' if size == 1 else f'{size:g}\\,'
    total = f'$E {sign} {factor}l$, energy and loss'
    ax.plot(ts[free - 1 :], data['total'][free - 1 :], color=COLOURS[1], linestyle='--', label=total)
    finish(ax, '', 'energy', 1)
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)


def _name_phases(ax, data, height=1.04):
    ts, switch = data['ts'], data['ts'][data['free'] - 1]
    place = ax.get_xaxis_transform()
    for at, name in ((switch / 2, 'free phase'), ((switch + ts[-1]) / 2, 'nudged phase')):
        ax.text(at, height, name, transform=place, ha='center', va='bottom' if height > 1 else 'top')


def _shade(axes, data):
    for ax in axes:
        ax.axvspan(data['ts'][data['free'] - 1], data['ts'][-1], color=_NUDGED, linewidth=0, zorder=-1)

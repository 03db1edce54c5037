"""The portraits of models/memory.py: the recall of a stored pattern from a part of it."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ratezoo.letters import picture_shape
from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
    with_unit,
)

_MOST_PATTERNS = 36  # so many stored patterns are shown
_IN_A_ROW = 18
_MOST_OTHERS = 100  # so many curves of other patterns are drawn: those that end highest
_RECALLED, _OTHERS = COLOURS[0], '0.7'


def recall(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """What the memory holds; the cue and what it becomes; overlaps with the patterns, and the energy, over time."""
    if 'ts' not in data:
        return general.traces(net, mon, inputs, data)
    curves = [_overlaps, *([_attention] if 'attention' in data else []), _energy]
    x = None if inputs is None or not np.any(inputs) else general.inputs_of(mon, inputs, net.dt)
    rows = -(-min(len(net.patterns), _MOST_PATTERNS) // _IN_A_ROW)
    heights = [0.42 * rows + 0.35, *([0.9] if x is not None else []), 1.5, *[1.6] * len(curves)]
    fig = new_figure(figsize=(7.4, sum(heights) + 1.2), layout='constrained')
    grid = iter(fig.add_gridspec(len(heights), 1, height_ratios=heights))
    _stored(fig.add_subplot(next(grid)), net, data)
    if x is not None:
        general.input_panel(fig.add_subplot(next(grid)), general.clock(net, mon)[0], x)
    _pictures(fig, next(grid), net, data)
    axes = [fig.add_subplot(next(grid))]
    axes += [fig.add_subplot(next(grid), sharex=axes[0]) for _ in curves[1:]]
    for ax, draw in zip(axes, curves, strict=True):
        draw(ax, net, data)
        ax.tick_params(labelbottom=ax is axes[-1])
    axes[-1].set_xlabel(_time(net, data))
    axes[-1].set_xlim(data['ts'][0], data['ts'][-1])
    return fig


def _time(net, data):
    if net.is_continuous:
        return with_unit('time $t$', net.unit_of_time or None)
    return 'step $t$ (a step updates all units' + (', one after another)' if data['apart'] else ' at once)')


def _picture(pattern):
    """A pattern (n,) as a picture; its pixels beyond n are empty."""
    height, width = picture_shape(len(pattern))
    pixels = np.full(height * width, np.nan)
    pixels[: len(pattern)] = pattern
    return pixels.reshape(height, width)


def _show(ax: Axes, picture: np.ndarray, limit: float) -> None:
    cmap = mpl.colormaps['Greys'].with_extremes(bad='0.85')
    ax.imshow(picture, cmap=cmap, vmin=-limit, vmax=limit)
    ax.set(xticks=[], yticks=[])


def _stored(ax, net, data):
    """The stored patterns, the recalled one in a frame."""
    shown = list(range(min(len(net.patterns), _MOST_PATTERNS)))
    if data['recalled'] not in shown:
        shown[-1] = data['recalled']
    height, width = picture_shape(net.n)
    gap = max(1, round(width / 4))
    columns = max(min(len(shown), _IN_A_ROW), 8)
    rows = -(-len(shown) // columns)
    tiles = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap), np.nan)
    for k, number in enumerate(shown):
        top, left = gap + k // columns * (height + gap), gap + k % columns * (width + gap)
        tiles[top : top + height, left : left + width] = _picture(net.patterns[number])
        if number == data['recalled']:
            place = left - 0.5 - gap / 2, top - 0.5 - gap / 2
            ax.add_patch(
                Rectangle(place, width + gap, height + gap, fill=False, edgecolor=_RECALLED, linewidth=2, zorder=3)
            )
    tiles = tiles[:, : min(len(shown), columns) * (width + gap) + gap]
    _show(ax, tiles, np.abs(net.patterns).max())
    ax.set_anchor('W')
    ax.spines[:].set_visible(False)
    several = f'{len(net.patterns)} patterns are' if len(net.patterns) > 1 else '1 pattern is'
    some = f' ({len(shown)} of them are shown)' if len(shown) < len(net.patterns) else ''
    ax.set_title(f'{several} stored in {net.n} units{some}', loc='left', fontsize='medium')


def _pictures(fig, place, net, data):
    """The cue, the states on the way and the last one; the pixels whose sign is not that of the pattern are marked."""
    shown = data['shown']
    hopfield = data.get('hopfield')
    grid = place.subgridspec(1, len(shown) + 1 + (hopfield is not None))
    pattern, limit = net.patterns[data['recalled']], np.abs(net.patterns).max()
    titles = [f'$t = {data["ts"][k]:.2g}$' for k in shown]
    titles[0] = 'cue' if data['cue'] else titles[0]
    images = [*data['r'][shown], pattern, *([] if hopfield is None else [hopfield])]
    titles += ['stored pattern', *([] if hopfield is None else ['in a Hopfield\nnetwork'])]
    for k, (image, title) in enumerate(zip(images, titles, strict=True)):
        ax = fig.add_subplot(grid[k])
        _show(ax, _picture(image), limit)
        wrong = np.argwhere(_picture(np.sign(image) != np.sign(pattern)) == 1)
        ax.plot(*wrong.T[::-1], 'x', color=COLOURS[1], markersize=4, label='wrong')
        ax.set_title(title, fontsize='small')
        if title == 'stored pattern':
            ax.spines[:].set(color=_RECALLED, linewidth=2)
        if k == 0:
            ax.set_xlabel('× differs from the\nstored pattern', fontsize='small', color=COLOURS[1])


def _overlaps(ax, net, data):
    """The overlap with each pattern: the recalled one in colour, the others grey."""
    _one_of_many(ax, data['ts'], data['overlaps'], data['recalled'])
    _mark(ax, data)
    finish(ax, '', 'overlap $m$', 1)
    ax.set_title('Overlap with each stored pattern', loc='left', fontsize='medium')


def _attention(ax, net, data):
    """The weight of each pattern in the new state."""
    _one_of_many(ax, data['ts'], data['attention'], data['recalled'], legend=False)
    _mark(ax, data)
    ax.set_ylim(-0.03, 1.05)
    finish(ax, '', 'weight', 1)
    ax.set_title('Attention: softmax$(\\beta X r)$, the share of each pattern', loc='left', fontsize='medium')


def _one_of_many(ax, ts, values, one, legend=True):
    others = np.delete(values, one, 1)
    name = 'the others' if others.shape[1] <= _MOST_OTHERS else f'{_MOST_OTHERS} of the others'
    others = others[:, np.argsort(-others[-1], kind='stable')[:_MOST_OTHERS]]
    if others.size:
        ax.plot(ts, others, color=_OTHERS, linewidth=0.8, label=[name, *[''] * (others.shape[1] - 1)])
    ax.plot(ts, values[:, one], color=_RECALLED, linewidth=2, label='the recalled pattern')
    if legend:
        ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0, reverse=True)


def _energy(ax, net, data):
    """The energy, and that it never rises, if so."""
    energy = data['energy']
    ax.plot(data['ts'], energy, color='black', label='$E$')
    _mark(ax, data)
    finish(ax, '', 'energy $E$', 1)
    falls = np.diff(energy).max() <= 1e-5 * max(1e-9, np.abs(energy).max())
    ax.set_title('Energy: it never rises' if falls else 'Energy', loc='left', fontsize='medium')


def _mark(ax, data):
    """Where the pictures are."""
    for k in data['shown'][1:-1]:
        ax.axvline(data['ts'][k], color='0.85', linewidth=0.8, zorder=0)

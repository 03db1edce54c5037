"""The portrait of models/multiarea.py."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ratezoo.plots.portraits import general
from ratezoo.plots.states import heatmap
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
    with_unit,
)

_MOST_TRACES = 16  # more areas are drawn as colours
_SHOWN = 3000  # times at the end of a long run without input


def areas(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The outputs of the areas as rows; the connectome, the delays and the correlations of the outputs as matrices."""
    if not data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(12.5, 5.6), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1.1, 1), wspace=0.04)
    x = None if inputs is None else general.inputs_of(mon, inputs, net.dt)
    driven = x is not None and bool(x.any())
    rows = left.subgridspec(1 + driven, 1, height_ratios=[0.25] * driven + [1])
    (ts, time), shown = general.clock(net, mon), slice(None if driven else -_SHOWN, None)
    ax = fig.add_subplot(rows[-1])
    _outputs(ax, ts[shown], data['o'][shown])
    ax.set_xlabel(time)
    if x is not None and driven:
        upper = fig.add_subplot(rows[0], sharex=ax)
        general.input_panel(upper, ts, x)
        upper.tick_params(labelbottom=False)
    cells = right.subgridspec(2, 2)
    dark = plt.get_cmap('viridis').with_extremes(bad='0.9')
    _matrix(fig.add_subplot(cells[0, 0]), data['C'], 'Connectome $C$', '', dark)
    _matrix(fig.add_subplot(cells[0, 1]), data['d'], 'Delays $d$', net.unit_of_time, dark)
    FC = data['FC']
    negative = np.nanmin(FC, initial=0.0) < -0.1
    limits = (-1, 1) if negative else (0, 1)
    shades = plt.get_cmap('RdBu_r').with_extremes(bad='0.9') if negative else dark
    _matrix(fig.add_subplot(cells[1, 0]), FC, 'Correlations FC', '', shades, limits)
    _against_connectome(fig.add_subplot(cells[1, 1]), data, limits)
    return fig


def _outputs(ax, ts, o):
    """The outputs (T, n), one row for each area."""
    n = o.shape[1]
    if n > _MOST_TRACES:
        heatmap({'ts': ts, 'o': o}, 'o', place_label='area', ax=ax)
        ax.invert_yaxis()  # area 0 is the first row, as in the matrices
    else:
        size = max(np.ptp(o), 1e-12)
        for k, one in enumerate(o.T):
            ax.plot(ts, k - 0.85 * (one - one.mean()) / size, color=COLOURS[0], linewidth=1.0)  # the axis points down
        ax.set(ylim=(n - 0.3, -0.7), xlim=(ts[0], ts[-1]))
        finish(ax, '', 'area', 1)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_title('Outputs of the areas', fontsize='medium')


def _against_connectome(ax, data, limits):
    """FC of each pair of areas against the weight from one to the other."""
    pairs = ~np.eye(len(data['FC']), dtype=bool)
    ax.plot(np.nan_to_num(data['C'])[pairs], data['FC'][pairs], 'o', color=COLOURS[0], markersize=3, alpha=0.6)
    finish(ax, 'weight $C$ of a pair', 'FC of the pair', 1)
    ax.set_ylim(limits[0] - 0.05, limits[1] + 0.05)
    match = data['match']
    ax.set_title(f'FC and $C$ correlate by {match:.2f}' if np.isfinite(match) else 'FC and $C$', fontsize='medium')


def _matrix(ax, values, title, unit, shades, limits=(None, None)):
    """A matrix [post, pre] as colours; grey where it has no value."""
    if not np.isfinite(values).any():
        values = np.zeros_like(values)
    image = ax.imshow(values, cmap=shades, vmin=limits[0], vmax=limits[1], interpolation='nearest')
    ax.figure.colorbar(image, ax=ax, label=with_unit('', unit).strip())
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set(xlabel='from area', ylabel='to area')
    ax.set_title(title, fontsize='medium')

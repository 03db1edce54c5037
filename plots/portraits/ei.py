"""The portraits of models/ei.py: excitatory units in red, inhibitory units in blue."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.rate import E_COLOUR, I_COLOUR, output_panel, titled
from ratezoo.plots.style import (
    finish,
    new_figure,
)


def balance(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The rates and the mean currents of both kinds of units, and Dale's law in the weights."""
    if 'rates' not in data or net.n_excitatory == net.n:
        return general.traces(net, mon, inputs, data)
    ts, label = general.clock(net, mon)
    fig = new_figure(figsize=(11, 6.4), layout='constrained')
    grid = fig.add_gridspec(4, 2, width_ratios=(1.15, 1), height_ratios=(0.6, 1.2, 1.2, 0.8))
    top = fig.add_subplot(grid[0, 0])
    axes = [top, *(fig.add_subplot(grid[k, 0], sharex=top) for k in (1, 2, 3))]
    x = np.zeros((len(ts), 1)) if inputs is None or np.ndim(inputs) != 2 else general.inputs_of(mon, inputs, net.dt)
    titled(general.input_panel(top, ts, x), 'input')
    _rates(axes[1], ts, data['rates'], net.n_excitatory)
    _currents(axes[2], ts, data['excitation'], data['inhibition'])
    output_panel(axes[3], ts, data['output'], 'output: read from the excitatory units alone')
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel(label)
    _dales_law(fig.add_subplot(grid[:, 1]), data['W'], net.n_excitatory)
    return fig


def _rates(ax: Axes, ts: np.ndarray, rates: np.ndarray, n_excitatory: int) -> None:
    """Some units of each kind as thin lines, and the mean of each kind."""
    kinds = (
        ('excitatory', slice(n_excitatory), E_COLOUR, '-'),
        ('inhibitory', slice(n_excitatory, None), I_COLOUR, '--'),
    )
    for name, units, colour, style in kinds:
        values = rates[:, units]
        ax.plot(ts, values[:, :8], color=colour, linewidth=0.6, alpha=0.5)
        ax.plot(ts, values.mean(1), color=colour, linewidth=2.4, linestyle=style, label=f'mean of {name[0].upper()}')
    titled(finish(ax, '', 'rate $r$', 1), 'rates: some units, and means')
    _legend_above(ax)


def _currents(ax: Axes, ts: np.ndarray, excitation: np.ndarray, inhibition: np.ndarray) -> None:
    """What both kinds give to a unit on average: it almost cancels."""
    ax.plot(ts, excitation, color=E_COLOUR, label='from E')
    ax.plot(ts, inhibition, color=I_COLOUR, linestyle='--', label='from I')
    ax.plot(ts, excitation + inhibition, color='black', linewidth=1.2, label='sum')
    ax.axhline(0, color='0.85', linewidth=0.8, zorder=0)
    titled(finish(ax, '', r'$W_{rec}\,r$', 1), 'mean recurrent current')
    _legend_above(ax)


def _dales_law(ax: Axes, W: np.ndarray, n_excitatory: int) -> None:
    """The effective weights: a column is what one unit sends, and has one sign."""
    limit = np.quantile(np.abs(W), 0.99) or 1.0
    image = ax.imshow(W, cmap='RdBu_r', vmin=-limit, vmax=limit, interpolation='nearest', aspect='auto')
    ax.figure.colorbar(image, ax=ax, label='effective weight $W_{rec}$', shrink=0.6, extend='both')
    ax.axvline(n_excitatory - 0.5, color='black', linewidth=1)
    n = len(W)
    kinds = ((n_excitatory / 2, E_COLOUR, 'excitatory'), ((n_excitatory + n) / 2, I_COLOUR, 'inhib.'))
    for middle, colour, name in kinds:
        ax.text(middle - 0.5, -0.012 * n - 0.5, name, color=colour, ha='center', va='bottom', fontsize='small')
    ax.set(xlabel='from unit', ylabel='to unit')
    ax.set_title("Dale's law: all weights from one unit have one sign", loc='left', fontsize='small', pad=18)


def _legend_above(ax: Axes) -> None:
    """The legend above the axes, on the right."""
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0, fontsize='small')

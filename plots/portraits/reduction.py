"""The portraits of models/reduction.py."""

from typing import Any

from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
)

_STYLES = {
    'full': ('full model, $I$ and $r$', {'color': '0.65', 'linewidth': 4}),
    'rate': (r'firing rates alone ($\tau_m$)', {'color': COLOURS[0], 'linewidth': 1.5}),
    'current': (r'currents alone ($\tau_s$)', {'color': COLOURS[1], 'linewidth': 1.5, 'linestyle': '--'}),
}


def limits(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The full model and its two limits under the same input, at three pairs of time constants; and the f–I curve."""
    if not data:
        return general.traces(net, mon, inputs, data)
    (ts, time), k = general.clock(net, mon), data['unit']
    x = general.inputs_of(mon, inputs, net.dt)[:, k]
    fig = new_figure(figsize=(9.6, 6.6), layout='constrained')
    grid = fig.add_gridspec(3, 2, height_ratios=(0.35, 1, 1))
    places = (grid[1, 0], grid[1, 1], grid[2, 0])
    first = fig.add_subplot(places[0])
    axes = [first, *(fig.add_subplot(place, sharex=first, sharey=first) for place in places[1:])]
    for column in (0, 1):
        above = general.input_panel(fig.add_subplot(grid[0, column], sharex=first), ts, x[:, None])
        above.tick_params(labelbottom=False)
    for i, ax in enumerate(axes):
        _compare(ax, ts, data, i)
        finish(ax, time, f'rate $r$ of unit {k}', 1)
    first.set_xlim(ts[0], ts[-1])
    handles, labels = first.get_legend_handles_labels()
    fig.legend(handles, labels, loc='outside upper center', ncols=3, frameon=False)
    _f_I(fig.add_subplot(grid[2, 1]), data)
    return fig


def _compare(ax, ts, data, i):
    """The three models at the i-th pair of time constants."""
    for name, (label, style) in _STYLES.items():
        note = ' = this model' if name == data['own'] else ''
        ax.plot(ts, data[name][i], label=label + note, **style)
    tau_s, tau_m = data['pairs'][i]
    told = rf'$\tau_s$ = {tau_s:.3g}, $\tau_m$ = {tau_m:.3g}'
    if data['own'] == 'full':
        told += (': fast synapse, rates are enough', ' (this run)', ': fast membrane, currents are enough')[i]
        ax.set_title(told, fontsize='medium', loc='left')
    else:
        error = 100 * data['differences'][i]
        ax.set_title(f'{told}: this model is off by {error:.2g} %', fontsize='medium', loc='left')


def _f_I(ax, data):
    """The f–I curve, and the currents and rates of all units at the end of the input."""
    if 'curve' in data:
        ax.plot(*data['curve'], color='black', label='$g(I)$')
    ax.plot(*data['points'], marker='o', linestyle='', color=COLOURS[2], label='units, as the input ends')
    ax.set_title('f–I curve $r = g(I)$', fontsize='medium', loc='left')
    finish(ax, 'current $I$', 'rate $r$', 1)
    ax.legend(frameon=False, loc='lower right')

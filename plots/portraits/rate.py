"""The panels that the portraits of trainable networks share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ratezoo.plots.portraits import general
from ratezoo.plots.style import COLOURS, MOST_CURVES, finish, with_unit

E_COLOUR, I_COLOUR = COLOURS[1], COLOURS[0]


def titled(ax: Axes, title: str) -> Axes:
    """A title that says what a panel shows."""
    ax.set_title(title, loc='left', fontsize='small')
    return ax


def beside(ax: Axes, **options: Any) -> Axes:
    """The legend to the right of the axes, where it hides nothing."""
    ax.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1), borderaxespad=0, **options)
    return ax


def units_panel(
    ax: Axes, net: Any, ts: np.ndarray, name: str, values: np.ndarray, title: str, marked: Sequence[int] = ()
) -> Axes:
    """The units (T, n) over time: colours if they are many, with triangles at the ``marked`` ones, and else curves."""
    if values.shape[1] > MOST_CURVES:
        general.colours(ax, net, ts, name, values, marked)
    else:
        for k, one in enumerate(values.T):
            ax.plot(ts, one, color=COLOURS[k % len(COLOURS)])
        finish(ax, '', with_unit(f'${name}$', net.units_of_states.get(name)), 1)
    return titled(ax, title)


def output_panel(ax: Axes, ts: np.ndarray, values: np.ndarray, title: str, label: str = 'output', **style: Any) -> Axes:
    """The outputs (T, n_out) over time: curves, the first four of them if there are more."""
    for k, one in enumerate(values.T[:4]):
        ax.plot(ts, one, **{'color': COLOURS[(2 + k) % len(COLOURS)], **style})
    if min(values.min(), 0) < 0 < max(values.max(), 0) or not values.any():
        ax.axhline(0, color='0.85', linewidth=0.8, zorder=0)
    return titled(finish(ax, ax.get_xlabel(), label, 1), title)

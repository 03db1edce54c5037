"""The portraits of models/linear.py."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import COLOURS, finish, symbol, with_unit


def homework(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The course's homework: input, rate and target, the traces p, and the gradient that they give with the error."""
    if 'p' not in data:
        return general.traces(net, mon, inputs, data)
    t, y = data['t'], data.get('y')
    rows = 3 if y is None else 4
    fig, axes = plt.subplots(
        rows, 1, sharex=True, figsize=(6.4, 1 + 1.5 * rows), layout='constrained', height_ratios=[0.7, 1, 1, 1][:rows]
    )
    axes[0].stairs(data['x'], t, color='0.2', baseline=None)
    axes[0].axhline(0, color='0.8', linewidth=0.8, zorder=0)
    titled(finish(axes[0], '', 'input $x$', 1), 'input: one number for each step')
    axes[1].plot(t, data['r'], 'o-', color=COLOURS[0], markersize=4, label='rate $r$')
    if y is not None:
        axes[1].plot(t[1:], y, 's--', color='black', markersize=4, markerfacecolor='white', label='target $y$')
    beside(finish(axes[1], '', '$r$' if y is None else '$r$ and $y$', 1))
    titled(
        axes[1], 'the rate' if y is None else f'the rate starts from the first target, $r_0 = y_0$ = {data["r"][0]:.3g}'
    )
    draw_by_parameter(axes[2], t, data['p'], lambda w: symbol(f'p_{w}'))
    finish(axes[2], '', '$p$', 1)
    titled(axes[2], r'traces: $p_w$ tells how much $r$ grows if $w$ grows; $p = 0$ at $t = 0$')
    if y is not None:
        error = data['r'][1:] - y
        products = {w: error * p[1:] for w, p in data['p'].items()}
        draw_by_parameter(axes[3], t[1:], products, lambda w: f'$(r - y)\\,p_{w}$')
        finish(axes[3], '', r'$(r - y)\,p$', 1)
        gradients = ', '.join(f'$dL/d{w}$ = {np.mean(v):.3g}' for w, v in products.items())
        titled(
            axes[3], f'error times trace; its mean is the gradient of $L = \\langle(r - y)^2\\rangle/2$: {gradients}'
        )
    axes[-1].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    return fig


def draw_by_parameter(ax: Axes, t: np.ndarray, curves: dict[str, np.ndarray], label: Any) -> None:
    """A curve for each parameter, with a mark at each step, and the line of zero."""
    for k, (w, values) in enumerate(curves.items()):
        ax.plot(t, values, 'o-' if k == 0 else '^--', color=COLOURS[k + 1], markersize=4, label=label(w))
    ax.axhline(0, color='0.8', linewidth=0.8, zorder=0)
    beside(ax)


def beside(ax: Axes) -> None:
    """The legend to the right of the axes, where it hides nothing."""
    ax.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1), borderaxespad=0)


def titled(ax: Axes, title: str) -> None:
    """A title that says what a panel shows."""
    ax.set_title(title, loc='left', fontsize='small')

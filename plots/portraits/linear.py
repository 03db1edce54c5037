"""The portraits of models/linear.py."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.portraits.rate import beside, titled
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_subplots,
    symbol,
    with_unit,
)


def homework(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The course's homework: input, rate and target, the traces p, and the gradient that they give with the error."""
    if 'p' not in data:
        return general.traces(net, mon, inputs, data)
    t, has_target = data['t'], 'y' in data
    rows = 4 if has_target else 3
    fig, axes = new_subplots(
        rows, 1, sharex=True, figsize=(6.4, 1 + 1.5 * rows), layout='constrained', height_ratios=[0.7, 1, 1, 1][:rows]
    )
    axes[0].stairs(data['x'], t, color='0.2', baseline=None)
    axes[0].axhline(0, color='0.8', linewidth=0.8, zorder=0)
    titled(finish(axes[0], '', 'input $x$', 1), 'input: one number for each step')
    _rate_and_target(axes[1], data)
    draw_by_parameter(axes[2], t, data['p'], lambda w: symbol(f'p_{w}'))
    finish(axes[2], '', '$p$', 1)
    titled(axes[2], r'traces: $p_w$ tells how much $r$ grows if $w$ grows; $p = 0$ at $t = 0$')
    if has_target:
        _gradient(axes[3], data)
    axes[-1].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    return fig


def _rate_and_target(ax: Axes, data: Any) -> None:
    """The rate from r_0 on; the target is compared with the rate after each step."""
    t, r = data['t'], data['r']
    ax.plot(t, r, 'o-', color=COLOURS[0], markersize=4, label='rate $r$')
    title = 'the rate'
    if 'y' in data:
        ax.plot(t[1:], data['y'], 's--', color='black', markersize=4, markerfacecolor='white', label='target $y$')
        title = f'the rate starts from the first target, $r_0 = y_0$ = {r[0]:.3g}'
    beside(finish(ax, '', '$r$ and $y$' if 'y' in data else '$r$', 1))
    titled(ax, title)


def _gradient(ax: Axes, data: Any) -> None:
    """Error times trace. Its mean is the derivative of the loss."""
    error = data['r'][1:] - data['y']
    products = {w: error * p[1:] for w, p in data['p'].items()}
    draw_by_parameter(ax, data['t'][1:], products, lambda w: f'$(r - y)\\,p_{w}$')
    finish(ax, '', r'$(r - y)\,p$', 1)
    gradients = ', '.join(f'$dL/d{w}$ = {np.mean(v):.3g}' for w, v in products.items())
    loss = r'$L = \langle(r - y)^2\rangle/2$'
    titled(ax, f'error times trace; its mean is the gradient of {loss}: {gradients}')


def draw_by_parameter(ax: Axes, t: np.ndarray, curves: dict[str, np.ndarray], label: Any) -> None:
    """A curve for each parameter, with a mark at each step, and the line of zero."""
    for k, (w, values) in enumerate(curves.items()):
        ax.plot(t, values, 'o-' if k == 0 else '^--', color=COLOURS[k + 1], markersize=4, label=label(w))
    ax.axhline(0, color='0.8', linewidth=0.8, zorder=0)
    beside(ax)

"""The portraits of models/field.py."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.states import heatmap
from ratezoo.plots.style import COLOURS, finish, new_figure


def field(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A field in space and time, the speed of fronts against the threshold, and two bumps."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fig = new_figure(figsize=(9.6, 6.8), layout='constrained')
    axes = fig.subplots(2, 2)
    _space_time(axes[0, 0], net, ts, time, np.asarray(mon['u']), data['x'])
    if 'law' in data:
        _speeds(axes[0, 1], net, data)
    else:
        axes[0, 1].remove()
    if 'bumps' in data:
        _existence(axes[1, 0], data['bumps'])
        _stability(axes[1, 1], time, data['bumps'])
    else:
        axes[1, 0].remove()
        axes[1, 1].remove()
    return fig


def _space_time(ax, net, ts, time, u, x):
    """The field as colours, its edges u = θ, and where the input is."""
    u = np.where(np.abs(u) < 1e-5 * np.abs(u).max(), 0.0, u)  # errors of rounding below 0 would change the colours
    heatmap({'ts': ts, 'u': u}, 'u', places=net.places, place_label='place $x$ (mm)', ax=ax)
    if u.max() > net.theta > u.min():
        ax.contour(ts, net.places, u.T, [float(net.theta)], colors='black', linewidths=1)
    driven = np.argwhere(x > 0)
    if 0 < len(driven) < x.size:
        (first, low), (last, high) = driven.min(0), driven.max(0)
        box = ts[[first, last, last, first, first]], net.places[[low, low, high, high, low]]
        ax.plot(*box, color='red', linestyle='--', label='input')
        ax.legend(loc='lower left', fontsize='small')
    ax.set_xlabel(time)
    ax.set_title(rf'field $u$, and its edges $u=\theta$ = {float(net.theta):.3g}', fontsize='medium', loc='left')


def _speeds(ax, net, data):
    """The speed of a front against the threshold: closed form and runs."""
    ax.plot(*data['law'], color='black', label='closed form')
    ax.plot(*data['measured'], color=COLOURS[2], marker='o', linestyle='', label='measured')
    ax.axhline(0, color='0.5', linewidth=0.8)
    ax.axvline(float(net.theta), color='0.5', linewidth=0.8)
    ax.text(float(net.theta), 0.02, ' this run', transform=ax.get_xaxis_transform(), color='0.3')
    ax.set_title('below 0 the active region shrinks', fontsize='medium', loc='left')
    finish(ax, r'threshold $\theta$', 'speed $c$ of a front (mm/ms)')


def _existence(ax, bumps):
    """W(b), and its crossings with the threshold."""
    net, (narrow, wide) = bumps['net'], bumps['widths']
    b = np.linspace(0, 1.6 * wide, 300)
    ax.plot(b, net.W(b), color='black')
    ax.axhline(float(net.theta), color='0.5', linestyle='--')
    ax.text(0.99 * b[-1], float(net.theta), r'$\theta$', va='bottom', ha='right', color='0.3')
    style = {'linestyle': '', 'marker': 'o', 'markersize': 8}
    ax.plot(narrow, net.theta, color=COLOURS[1], markerfacecolor='white', label='unstable bump', **style)
    ax.plot(wide, net.theta, color=COLOURS[0], label='stable bump', **style)
    told = f'$A_e$ = {float(net.A_e):g}, $A_i$ = {float(net.A_i):g}'
    ax.set_title(f'with inhibition ({told}): $W(b)=\\theta$', fontsize='medium', loc='left')
    finish(ax, 'width $b$ (mm)', r'$W(b)=\int_0^b w$')
    ax.legend(frameon=False, loc='lower right')


def _stability(ax, time, bumps):
    """The width over time, from both sides of each bump."""
    narrow, wide = bumps['widths']
    for k, one in enumerate(bumps['runs']):
        ax.plot(bumps['ts'], one, color=COLOURS[1 if k < 2 else 0])
    for b, colour, style in ((narrow, COLOURS[1], ':'), (wide, COLOURS[0], '--')):
        ax.axhline(b, color=colour, linestyle=style, linewidth=1)
    ax.text(1.0, narrow, 'unstable ', transform=ax.get_yaxis_transform(), ha='right', va='bottom', color=COLOURS[1])
    ax.text(1.0, wide, 'stable ', transform=ax.get_yaxis_transform(), ha='right', va='bottom', color=COLOURS[0])
    ax.set_ylim(-0.05 * wide, 1.25 * wide)
    ax.set_title('from 4 % beside each bump', fontsize='medium', loc='left')
    finish(ax, time, 'active width (mm)', 1)

"""The portraits of models/random_networks.py."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    finish,
    label_ends,
    new_figure,
)

_UNITS = 3  # drawn as curves


def _title(ax, text):
    ax.set_title(text, fontsize='medium', loc='left')


def chaos(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Units below and above g = 1, the eigenvalues of g W, and two runs that move apart."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    h, g, x = np.asarray(mon['h']), float(np.ravel(net.g)[0]), general.inputs_of(mon, inputs, net.dt)
    fig = new_figure(figsize=(9.6, 6.4 + 1.2 * x.any()), layout='constrained')
    grid = fig.add_gridspec(4, 2, width_ratios=(1.5, 1), height_ratios=(0.5 if x.any() else 0.001, 1, 1, 1))
    first = fig.add_subplot(grid[1, 0])
    units = np.unique(np.linspace(0, net.n - 1, _UNITS + 2).astype(int)[1:-1])
    if x.any():
        general.input_panel(fig.add_subplot(grid[0, 0], sharex=first), ts, x)
    limits = 1.15 * np.array([-1, 1]) * max(np.abs(h[:, units]).max(), np.abs(data['quiet'][:, units]).max(), 1e-9)
    second = fig.add_subplot(grid[2, 0], sharex=first)
    grows = 'distance' in data and data['distance'][-1] > 10 * data['distance'][0]
    for ax, values, told, what in (
        (first, data['quiet'], f'$g$ = {data["quiet_g"]:g} < 1', 'activity'),
        (second, h, f'$g$ = {g:g} (this run)', 'chaos' if grows else 'activity'),
    ):
        what = 'silence' if np.abs(values[-1]).max() < 0.01 else what
        lines = [ax.plot(ts, values[:, k], color=COLOURS[i])[0] for i, k in enumerate(units)]
        ax.set_ylim(limits)
        _title(ax, f'{told}: {what}; {len(units)} of {net.n} units')
        finish(ax, '', '$h$', 1)
        ax.tick_params(labelbottom=False)
    last = second
    if 'twin' in data:
        last, k = fig.add_subplot(grid[3, 0], sharex=first), units[0]
        last.plot(ts, h[:, k], color=lines[0].get_color(), label='this run')
        last.plot(ts, data['twin'][:, k], color='black', linestyle='--', label='begins very near')
        _title(last, 'two runs, one unit')
        finish(last, '', '$h$', 1)
        last.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
        _distance(fig.add_subplot(grid[3, 1]), ts, time, data['distance'])
    last.tick_params(labelbottom=True)
    last.set_xlabel(time)
    first.set_xlim(ts[0], ts[-1])
    _spectrum(fig.add_subplot(grid[1:3, 1]), data['eigenvalues'], g)
    return fig


def _distance(ax, ts, time, distance):
    """How far two runs are apart, on a logarithmic axis."""
    ax.semilogy(ts, np.maximum(distance, 1e-12), color=COLOURS[0])
    _title(ax, 'their distance ‖δ$h$‖/‖$h$‖')
    finish(ax, time, 'distance', 1)


def _spectrum(ax, eigenvalues, g):
    """The eigenvalues of g W, the circle of the radius g, and the line beyond which silence is unstable."""
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(eigenvalues.real, eigenvalues.imag, '.', color=COLOURS[0], markersize=3, label='eigenvalues')
    ax.plot(abs(g) * np.cos(angle), abs(g) * np.sin(angle), color='black', label='circle')
    ax.axvline(1, color=COLOURS[1], linestyle='--')
    ax.text(1, 0.98, ' beyond 1:\n unstable', transform=ax.get_xaxis_transform(), color=COLOURS[1], va='top')
    half = 1.45 * max(abs(g), 1.0)
    ax.set(xlim=(-half, half), ylim=(-half, half), aspect='equal')
    _title(ax, 'eigenvalues of $g W$, circle of radius $g$')
    finish(ax, 'real part', 'imaginary part', 1)


def low_rank(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """κ over time below and above the overlap 1, κ at rest against the overlap, and the limit cycle of rank two."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    x = general.inputs_of(mon, inputs, net.dt)
    fig = new_figure(figsize=(9.6, 6.2 + 1.2 * x.any()), layout='constrained')
    grid = fig.add_gridspec(3, 2, width_ratios=(1.5, 1), height_ratios=(0.5 if x.any() else 0.001, 1, 1))
    ax = fig.add_subplot(grid[1, 0])
    if x.any():
        general.input_panel(fig.add_subplot(grid[0, 0], sharex=ax), ts, x)
    _overlaps(ax, ts, time, data)
    _rest(fig.add_subplot(grid[1, 1]), data)
    over_time, plane = fig.add_subplot(grid[2, 0]), fig.add_subplot(grid[2, 1])
    for i, name in enumerate((r'$\kappa_1$', r'$\kappa_2$')):
        over_time.plot(data['cycle_ts'], data['cycle'][0, :, i], color=COLOURS[2 * i], label=name)
    (a, b), (c, d) = data['rotation']
    _title(over_time, f'rank two, $V^T U/n$ = [[{a:g}, {b:g}], [{c:g}, {d:g}]]: a limit cycle')
    finish(over_time, time, r'$\kappa$', 1)
    over_time.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1))
    for path, colour, told in zip(data['cycle'], COLOURS[:2], ('from inside', 'from outside'), strict=True):
        plane.plot(*path.T, color=colour, label=told)
        plane.plot(*path[0], marker='o', color=colour, markerfacecolor='white')
    plane.set_aspect('equal', adjustable='datalim')
    finish(plane, r'$\kappa_1$', r'$\kappa_2$', 1)
    plane.legend(frameon=False, fontsize='small', loc='lower left', bbox_to_anchor=(0, 1), ncols=2)
    return fig


def _overlaps(ax, ts, time, data):
    """κ of this run, of its mirror image, and of a run below the transition; and what the theory says."""
    told = f'overlap {data["overlap"]:.3g}'
    lines = [(ax.plot(ts, data['weak'][:, 0], color=COLOURS[1])[0], f'overlap {data["weak_overlap"]:g}')]
    lines.append((ax.plot(ts, data['kappa'][:, 0], color=COLOURS[0])[0], f'{told}\n(this run)'))
    for values in data['kappa'].T[1:]:
        ax.plot(ts, values, color=COLOURS[0], linewidth=0.8)
    lines.append((ax.plot(ts, data['mirrored'][:, 0], color=COLOURS[2])[0], f'{told},\nopposite start'))
    _title(ax, r'$\kappa = V^T\tanh(h)/n$: silence below the overlap 1, activity above')
    finish(ax, time, r'$\kappa$', 1)
    ax.set_xlim(ts[0], ts[-1])
    label_ends(ax, lines, gap=0.2)


def _rest(ax, data):
    """|κ| at the end of runs against the overlap, and the theory for many units."""
    if 'law' in data:
        overlap, kappa = data['law']
        ax.plot([0, 1, *overlap], [0, 0, *kappa], color='black', label='mean field')
    ax.plot(*data['rest'], marker='o', linestyle='', color='0.5', label='measured')
    own = np.linalg.norm(data['kappa'][-1])
    ax.plot(data['overlap'], own, marker='D', linestyle='', color=COLOURS[0], label='this run')
    ax.axvline(1, color='0.5', linewidth=0.8)
    ax.set(xlim=(0, max(3.2, 1.1 * data['overlap'])), ylim=(-0.05, max(2.2, 1.2 * own)))
    _title(ax, r'$|\kappa|$ at rest: silence below 1')
    finish(ax, 'overlap $V^T U/n$', r'$|\kappa|$')

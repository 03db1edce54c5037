"""The portraits of models/attractor.py."""

from typing import Any

import matplotlib.patheffects as outline
import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.states import heatmap
from ratezoo.plots.style import (
    COLOURS,
    finish,
    label_ends,
    new_figure,
    new_subplots,
)

_CUE = {'color': 'white', 'linestyle': '--', 'linewidth': 1.5}  # on an image, with a black rim
_RIM = [outline.Stroke(linewidth=3, foreground='black'), outline.Normal()]
_HALVES = ([-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi], [r'$-\pi$', r'$-\pi/2$', '0', r'$\pi/2$', r'$\pi$'])


def _unbroken(angles):
    """Angles (T,) with NaN where they wrap around, so that a line breaks there."""
    line = np.array(angles, float)
    line[1:][np.abs(np.diff(line)) > np.pi] = np.nan
    return line


def _cue(ax, ts, z):
    """The cue as a line on an image."""
    ax.plot(ts, _unbroken((z + np.pi) % (2 * np.pi) - np.pi), label='cue', path_effects=_RIM, **_CUE)


def _columns(fig, grid, net, run, column, title):
    """The input and the bump under one cue, one above the other; returns both axes."""
    above = fig.add_subplot(grid[0, column])
    below = fig.add_subplot(grid[1, column], sharex=above)
    label = r'feature $\theta$ (rad)'
    for ax, name in ((above, 'x'), (below, 'u')):
        heatmap({'ts': run['ts'], name: run[name]}, name, places=net.theta, place_label=label, ax=ax)
        ax.set_yticks(*_HALVES)
        ax.set_ylim(-np.pi, np.pi)
        if run.get('cue') is not None:
            _cue(ax, run['ts'], run['cue'])
    above.set_title(title, fontsize='medium', loc='left')
    above.set(xlabel='', ylabel='input $x$\n' + label)
    below.set_ylabel('bump $u$\n' + label)
    above.tick_params(labelbottom=False)
    below.set_xlabel('')
    return above, below


def tracking(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A bump that follows a cue, one that is left behind, and the lag against the speed of the cue."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fast = data.get('fast')
    fig = new_figure(figsize=(9.6 if fast else 6.4, 6.8 if 'cue' in data else 4.6), layout='constrained')
    heights = (0.7, 1.0, 0.9) if 'cue' in data else (0.7, 1.0)
    grid = fig.add_gridspec(len(heights), 2 if fast else 1, height_ratios=heights)
    run = {'ts': ts, 'x': data['x'], 'u': np.asarray(mon['u']), 'cue': data.get('cue')}
    share = data.get('speed', np.nan) / data.get('limit', 1.0)
    told = f'cue at {share:.2g} of the speed limit' if share > 0 else 'input and bump'
    _, below = _columns(fig, grid, net, run, 0, told)
    if 'cue' not in data:
        below.set_xlabel(time)
        return fig
    _centre(below, ts, data['centre'])
    ax = fig.add_subplot(grid[2, 0], sharex=below)
    ax.plot(ts, data['lag'], color=COLOURS[0], label='this cue')
    if fast:
        _, below = _columns(fig, grid, net, fast, 1, f'cue at {fast["share"]:g} of the speed limit: it is lost')
        _centre(below, fast['ts'], fast['cue'] - fast['lag'])
        below.set_xlabel(time)
        ax.plot(fast['ts'], fast['lag'], color=COLOURS[1], label='the faster cue')
        _law(fig.add_subplot(grid[2, 1]), data)
    finish(ax, time, 'lag $s$ behind the cue (rad)')
    return fig


def _centre(ax, ts, centre):
    """The centre of the bump as a line on its image, and the legend."""
    ax.plot(ts, _unbroken(centre), color='black', linewidth=1, label='centre of the bump')
    ax.legend(loc='lower right', fontsize='small')


def _law(ax, data):
    """The lag against the speed of the cue: Eq. (3), and what was measured."""
    s, v = data['law']
    top = int(np.argmax(v))
    ax.plot(v[: top + 1], s[: top + 1], color='black', label=r'$v\tau = \alpha\, s\, e^{-s^2/6a^2}$')
    ax.plot(v[top:], s[top:], color='black', linestyle=':', label='unstable')
    ax.plot(*data['measured'], color=COLOURS[2], marker='o', linestyle='', label='measured')
    ax.axvline(data['limit'], color='0.5', linewidth=0.8)
    ax.text(data['limit'], 0.02, 'speed limit ', transform=ax.get_xaxis_transform(), ha='right', color='0.3')
    if np.isfinite(data['speed']):
        ax.plot(data['speed'], abs(data['lag'][-1]), color=COLOURS[0], marker='D', linestyle='', label='this cue')
    ax.set_xlim(0)
    finish(ax, 'speed of the cue $v$ (rad per unit of time)', 'lag $s$ (rad)')


def travelling(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A bump that stands and one that travels, the speed against the adaptation, and how far it is ahead of a cue."""
    if 'standing' not in data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fig = new_figure(figsize=(9.6, 6.4), layout='constrained')
    axes = fig.subplots(2, 2, height_ratios=(1, 1.1))
    own = {'m': float(np.ravel(net.m)[0]), 'ts': ts, 'r': data['r'], 'centre': data['centre']}
    for ax, one, note in ((axes[0, 0], data['standing'], ''), (axes[0, 1], own, ' (this run)')):
        heatmap({'ts': one['ts'], 'r': one['r']}, 'r', places=net.theta, place_label=r'feature $\theta$ (rad)', ax=ax)
        ax.plot(one['ts'], _unbroken(one['centre']), color='black', linewidth=1, label='centre of the bump')
        ax.set_yticks(*_HALVES)
        ax.set_xlabel(time)
        ax.set_ylim(-np.pi, np.pi)
        ax.set_ylabel('bump $r$\n' + ax.get_ylabel())
        ax.set_title(
            f'$m$ = {one["m"] / data["threshold"]:.3g} ' + rf'$\tau/\tau_v${note}', fontsize='medium', loc='left'
        )
    axes[0, 0].legend(loc='lower right', fontsize='small')
    _speeds(axes[1, 0], own, data)
    if 'leads' in data:
        _leads(axes[1, 1], data)
    else:
        axes[1, 1].remove()
    return fig


def _speeds(ax, own, data):
    """The speed of the bump against the strength of the adaptation: Eq. (4), the formula of Mi et al., measured."""
    ms, exact, printed = data['law']
    ax.plot(ms, printed, color='0.6', linestyle=':', label='formula of Mi et al.')
    ax.plot([0, *ms], [0, *exact], color='black', label='Eq. (4)')
    ax.plot(*data['measured'], color=COLOURS[2], marker='o', linestyle='', label='measured')
    z = np.unwrap(own['centre'])
    half = len(z) // 2
    speed = (z[-1] - z[half]) / (own['ts'][-1] - own['ts'][half])
    ax.plot(own['m'], abs(speed), color=COLOURS[0], marker='D', linestyle='', label='this run')
    ax.axvline(data['threshold'], color='0.5', linewidth=0.8)
    ax.text(data['threshold'], 0.5, r'$\tau/\tau_v$ ', transform=ax.get_xaxis_transform(), ha='right', color='0.3')
    ax.set_xlim(0)
    finish(ax, 'strength $m$ of the adaptation', 'speed $v_{int}$ of the bump\n(rad per unit of time)')
    ax.legend(frameon=False, loc='lower right', fontsize='small')


def _leads(ax, data):
    """How far the bump is ahead of cues of several speeds."""
    v, lead = data['leads']
    slow = np.array([0, 0.6 * v.max()])
    ax.plot(
        slow, data['lead_time'] * slow, color='black', linestyle='--', label=f'{data["lead_time"]:.3g} $v$: slow cue'
    )
    ax.plot(v, lead, color=COLOURS[2], marker='o', label=rf'measured, $\alpha$ = {data["alpha"]:g}')
    ax.axhline(0, color='0.5', linewidth=0.8)
    ax.axvline(data['speed'], color='0.5', linewidth=0.8)
    ax.text(data['speed'], 0.93, ' $v_{int}$', transform=ax.get_xaxis_transform(), color='0.3')
    ax.text(0.02, 0.02, 'below 0: the bump lags', transform=ax.transAxes, color='0.3')
    ax.set_xlim(0)
    ax.locator_params(axis='x', nbins=4)
    finish(ax, 'speed of the cue $v$ (rad per unit of time)', 'lead of the bump\nbefore the cue (rad)')
    ax.legend(frameon=False, loc='upper left', fontsize='small')


def sheet(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The input and the bump on a sheet at five times, the path of both, and the distance between them."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    cue = data.get('cue')
    fig = new_figure(figsize=(9.6, 6.8), layout='constrained')
    upper, lower = fig.subfigures(2, 1, height_ratios=(1.35, 1))
    _snapshots(upper, net, mon, data, ts)
    left, right = lower.subplots(1, 2, width_ratios=(1, 1.4))
    _paths(left, data)
    if cue is not None:
        right.plot(ts, data['lag'], color=COLOURS[0])
        right.set_ylim(0)
        right.set_title('the bump lags behind the cue', fontsize='medium', loc='left')
        finish(right, time, 'distance of the bump\nfrom the cue (rad)', 1)
    else:
        right.plot(ts, data['centre'][:, 0], color=COLOURS[0], label=r'$\theta_1$')
        right.plot(ts, data['centre'][:, 1], color=COLOURS[1], label=r'$\theta_2$')
        finish(right, time, 'centre of the bump (rad)')
    return fig


def _snapshots(fig, net, mon, data, ts):
    """The input and the state on the sheet at five times, and a cross where the cue is."""
    axes = fig.subplots(2, 5, sharex=True, sharey=True)
    at = np.minimum(np.linspace(0, len(ts), 5).astype(int), len(ts) - 1)
    for row, label, values in zip(axes, ('input $x$', 'bump $u$'), (data['x'], np.asarray(mon['u'])), strict=True):
        images = [_image(ax, net, values[k], values[at]) for ax, k in zip(row, at, strict=True)]
        fig.colorbar(images[0], ax=row, label=label, pad=0.01, aspect=12)
        for ax, k in zip(row, at, strict=True):
            if 'cue' in data:
                ax.plot(
                    *data['cue'][k], marker='x', markersize=8, markeredgewidth=1.5, color='white', path_effects=_RIM
                )
        row[0].set_ylabel(f'{label}\n' + r'$\theta_2$ (rad)')
    for ax, k in zip(axes[0], at, strict=True):
        ax.set_title(f'$t$ = {ts[k]:.3g}', fontsize='medium')
    for ax in axes[1]:
        ax.set_xlabel(r'$\theta_1$ (rad)')
    axes[0, 0].set_title(
        f'✕ cue\n$t$ = {ts[at[0]]:.3g}' if 'cue' in data else f'$t$ = {ts[at[0]]:.3g}', fontsize='medium'
    )


def _image(ax, net, values, scale):
    """One picture of the sheet, with θ_1 to the right and θ_2 upwards; the same colours as in all of ``scale``."""
    half = np.pi / net.side  # the first unit is at −π, and its pixel reaches half a distance to both sides
    ends = (-np.pi - half, np.pi - half)
    limits = {'vmin': min(0.0, scale.min()), 'vmax': scale.max() if scale.max() > 0 else 1.0}
    image = ax.imshow(values.reshape(net.side, net.side).T, origin='lower', extent=(*ends, *ends), **limits)
    ax.set_xticks([-np.pi, 0, np.pi], [r'$-\pi$', '0', r'$\pi$'])
    ax.set_yticks([-np.pi, 0, np.pi], [r'$-\pi$', '0', r'$\pi$'])
    return image


def _paths(ax, data):
    """The paths of the cue and of the bump on the sheet."""
    for name, label, style in (
        ('cue', 'cue', {'color': COLOURS[1], 'linestyle': '--'}),
        ('centre', 'bump', {'color': COLOURS[0]}),
    ):
        if name in data:
            path = np.array(data[name], float)
            path[1:][np.abs(np.diff(path, axis=0)).max(1) > np.pi] = np.nan
            ax.plot(*path.T, label=label, **style)
            ax.plot(*path[-1], marker='o', markersize=4, color=style['color'])
    ax.set(xlim=(-np.pi, np.pi), ylim=(-np.pi, np.pi), aspect='equal')
    ax.set_xticks(*_HALVES)
    ax.set_yticks(*_HALVES)
    finish(ax, r'$\theta_1$ (rad)', r'$\theta_2$ (rad)', 1)
    ax.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1), title='path of the')


def heading(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The velocity, the bump that it turns, the angle against the integral of the velocity, and their difference."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fig = new_figure(figsize=(9.6, 5.8), layout='constrained')
    grid = fig.add_gridspec(3, 2, width_ratios=(1.4, 1), height_ratios=(0.6, 1.2, 1))
    velocity = fig.add_subplot(grid[0, 0])
    bump, angle = (fig.add_subplot(grid[i, 0], sharex=velocity) for i in (1, 2))
    general.input_panel(velocity, ts, data['x'][:, None], 'input $x$\n(rad per time)')
    velocity.set_title('input: the velocity of the head', fontsize='medium', loc='left')
    rates = {'ts': ts, 'r': np.maximum(np.asarray(mon['u']), 0)}
    heatmap(rates, 'r', places=net.theta, place_label='preferred\ndirection (rad)', ax=bump)
    bump.set_yticks(*_HALVES)
    for ax in (velocity, bump):
        ax.set_xlabel('')
        ax.tick_params(labelbottom=False)
    angle.plot(ts, data['angle'], color=COLOURS[0], linewidth=2, label='angle of the bump')
    angle.plot(ts, data['integral'], color='black', linestyle='--', label='integral of $x$')
    finish(angle, time, 'angle (rad)', 1)
    angle.legend(frameon=False, loc='lower left', bbox_to_anchor=(0, 1), ncols=2, fontsize='small')
    error = fig.add_subplot(grid[2, 1])
    error.plot(ts, data['angle'] - data['integral'], color=COLOURS[1])
    error.set_title('angle of the bump − integral of $x$', fontsize='medium', loc='left')
    finish(error, time, 'error (rad)', 1)
    for ax in (angle, error):
        _at_least(ax, 0.01)
    if np.any(data['push']):
        velocity.plot(ts[data['at']], data['x'][data['at']], marker='v', color='black')
        _push(fig.add_subplot(grid[:2, 1]), net, data, ts)
    return fig


def _at_least(ax, span):
    """Widen the axis of y to this span, so that errors of rounding are no curves."""
    low, high = ax.get_ylim()
    if high - low < span:
        ax.set_ylim((low + high - span) / 2, (low + high + span) / 2)


def _push(ax, net, data, ts):
    """What turns the bump: the current that the velocity adds at one time, above and below zero."""
    for sign, colour, label in (
        (1, COLOURS[1], r'$-\tau x\, w^\prime\!\ast r$ raises'),
        (-1, COLOURS[0], r'$-\tau x\, w^\prime\!\ast r$ lowers'),
    ):
        part = np.where(sign * data['push'] > 0, data['push'], 0)
        ax.fill_between(net.theta, part, color=colour, alpha=0.6, label=label)
    ax.plot(net.theta, data['r'], color='black', label='bump $r$')
    ax.set_xticks(*_HALVES)
    ax.set_title(f'what turns the bump, at $t$ = {ts[data["at"]]:.3g} (▼)', fontsize='medium', loc='left')
    finish(ax, 'preferred direction (rad)', 'rate, and current', 1)
    ax.set_ylim(top=1.45 * ax.get_ylim()[1])
    ax.legend(frameon=False, loc='upper left', fontsize='small', ncols=2)


def integrator(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Pulses, the value that is held after them, for several feedbacks, and the rates that hold it."""
    if not data:
        return general.traces(net, mon, inputs, data)
    ts, time = general.clock(net, mon)
    fig, axes = new_subplots(3, 1, sharex=True, figsize=(7, 6), height_ratios=(0.5, 1.3, 1), layout='constrained')
    general.input_panel(axes[0], ts, data['x'][:, None], 'input $x$\n(eye velocity)')
    axes[0].set_title('pulses: move the eye, then hold it', fontsize='medium', loc='left')
    middle, lower = axes[1:]
    lines = [(middle.plot(ts, data['integral'], color='0.6', linewidth=3)[0], 'integral of $x$')]
    values = {**data['others'], data['w']: data['value']}
    for i, w in enumerate(sorted(values, reverse=True)):
        style = {'color': COLOURS[i], 'linestyle': '-' if w == data['w'] else '--'}
        note = ' (this run)' if w == data['w'] else ''
        lines.append((middle.plot(ts, values[w], **style)[0], f'$w$ = {w:.4g}{note}'))
    label_ends(middle, lines)
    finish(middle, '', r'output $\xi\cdot r/|\xi|^2$' + '\n(eye position)', 1)
    middle.set_title(r'the value is held, and decays as $e^{-(1-w)t/\tau}$', fontsize='medium', loc='left')
    shown = np.unique(np.argsort(net.xi)[np.linspace(0, len(net.xi) - 1, 3).astype(int)])
    r = np.asarray(mon['r'])
    label_ends(lower, [(lower.plot(ts, r[:, k], color='0.2')[0], rf'$\xi$ = {net.xi[k]:.2f}') for k in shown])
    lower.set_title(
        rf'{len(shown)} of {len(net.xi)} units: each holds the value times its weight $\xi$',
        fontsize='medium',
        loc='left',
    )
    finish(lower, time, 'rate $r$', 1)
    return fig


def hill(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The uniform input, the hill that grows from it, its shape at the end, and its width against the coupling."""
    if not data:
        return general.traces(net, mon, inputs, data)
    (ts, time), theta = general.clock(net, mon), net.theta
    r, drive = np.asarray(mon['r']), data['drive']
    fig = new_figure(figsize=(9.6, 5.6), layout='constrained')
    grid = fig.add_gridspec(3, 2, width_ratios=(1.25, 1), height_ratios=(0.6, 0.4, 1))
    upper, lower = fig.add_subplot(grid[0, 0]), fig.add_subplot(grid[1:, 0])
    upper.fill_between(ts, drive.min(1), drive.max(1), color='0.8')
    upper.plot(ts, drive.max(1), color='0.2')
    upper.set(ylim=(0, 1.3 * max(drive.max(), 1e-9)), xlim=(ts[0], ts[-1]))
    even = np.ptp(drive, 1).max() < 1e-5
    upper.set_title(
        f'input, {"the same for all orientations" if even else "its range over the orientations"}',
        fontsize='medium',
        loc='left',
    )
    finish(upper, '', 'input', 1)
    upper.tick_params(labelbottom=False)
    heatmap({'ts': ts, 'r': r}, 'r', places=theta, place_label=r'orientation $\theta$ (rad)', ax=lower)
    lower.set_xlabel(time)
    _tuning(fig.add_subplot(grid[:2, 1]), theta, r[-1], drive[-1], data)
    if 'widths' in data:
        _widths(fig.add_subplot(grid[2, 1]), net, r[-1], data)
    return fig


def _widths(ax, net, r, data):
    """The half width of the hill against the coupling: the closed form, and that of the rates r."""
    J2, angle = data['widths']
    ax.plot(J2, np.degrees(angle), color='black', label=r'$J_2(\theta_c-\frac{1}{4}\sin 4\theta_c)=\pi$')
    own = np.degrees(np.sum(r > 1e-6 * r.max()) / 2 * np.diff(net.theta)[0])
    ax.plot(net.J2, own, color=COLOURS[0], marker='o', linestyle='', label='this run')
    ax.axvspan(0, 2, color='0.92')
    ax.text(1, 45, 'no hill', ha='center', va='center', color='0.3')
    ax.set(xlim=(0, max(6.0, 1.3 * net.J2)), ylim=(0, 95), yticks=[0, 45, 90])
    finish(ax, 'coupling $J_2$', r'half width $\theta_c$ (°)')


def _tuning(ax, theta, r, drive, data):
    """The rates at the end over the orientations, those of other runs, and the closed form."""
    for k, one in enumerate(data['hills']):
        ax.plot(theta, one, color='0.75', linewidth=1, label='other initial states' if k == 0 else '_')
    ax.plot(theta, drive, color='0.4', linestyle=':', label='input')
    ax.plot(theta, r, color=COLOURS[0], linewidth=2, label='this run')
    if 'theory' in data:
        ax.plot(theta, data['theory'], color='black', linestyle='--', linewidth=1, label='closed form')
    finish(ax, r'orientation $\theta$ (rad)', 'rate $r$ at the end', 1)
    ax.legend(frameon=False, loc='lower left', bbox_to_anchor=(0, 1), ncols=2, fontsize='small')

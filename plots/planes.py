"""Phase planes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from ratezoo import analysis
from ratezoo.analysis import PhasePlane
from ratezoo.errors import ShapeError
from ratezoo.model import RateModel
from ratezoo.plots.style import (
    Recorded,
    as_runs,
    check_monitored,
    curve_style,
    finish,
    given_or_new,
    monitored,
    prepared,
    symbol,
    with_unit,
)
from ratezoo.types import ArrayLike

# Kind of fixed point → marker, colour, how it is filled: stable ones are full, saddles half, unstable ones open.
_KINDS = {
    'stable node': ('s', 'black', 'full'),
    'stable focus': ('o', 'black', 'full'),
    'saddle': ('D', '#B00000', 'left'),
    'unstable node': ('s', '#B00000', 'none'),
    'unstable focus': ('o', '#B00000', 'none'),
    'centre': ('o', 'black', 'top'),
    'degenerate': ('X', '0.4', 'full'),
}
_PATHS = [('#7B3294', '-'), ('#009E73', '-'), ('#996B00', '-'), ('0.25', '-')]  # thin: nullclines are thick


def phase_plane(
    plane: PhasePlane | RateModel,
    x: ArrayLike | None = None,
    limits: ArrayLike | None = None,
    runs: Recorded | ArrayLike | Sequence[Recorded | ArrayLike] = (),
    starts: ArrayLike | None = None,
    duration: float | None = None,
    points: int | None = None,
    flow: bool = True,
    ax: Axes | None = None,
    of: Sequence[str | tuple[str, int]] | None = None,
    held: Mapping[str, ArrayLike] | None = None,
) -> Axes:
    """Nullclines, flow, fixed points and trajectories of two numbers of a network; returns the Axes.

    Of a network of more numbers, ``of`` chooses two, and the others are held: the picture is a slice through the space
    of states. Its title says what is held at which value. The nullclines and the flow belong to the held values;
    trajectories are projections, because the other numbers move along them.

    On a nullcline one component of F is 0; the nullclines are thick, one solid and one dashed. Stable fixed points are
    filled, saddles are half filled, unstable fixed points are open; a focus is round, a node is square. The legend
    stands beside the plane.

    Parameters
    ----------
    plane : PhasePlane, or RateModel
        What `ratezoo.analysis.phase_plane` returns. For a network, `ratezoo.analysis.phase_plane` is called first, with
        x, limits, starts, duration and points.
    x : array (n_in,), optional
        For a network: constant input.
    limits : (low, high), or a pair of these, optional
        For a network: the range of both numbers, or of each of them. Default: (-2, 2), or as wide as the trajectories.
    runs : run, or sequence of runs
        Trajectories to draw: arrays (T, 2), runners that have run, or their ``mon`` with the states in it.
    starts : array (K, 2), optional
        For a network: states from which the noiseless network is run; these trajectories are drawn too.
    duration : float, optional
        For a network: how long it is run from ``starts``.
    points : int, optional
        For a network: points along each side of the grid.
    flow : bool
        Whether to draw streamlines. Default True.
    ax : matplotlib Axes, optional
    of, held : optional
        For a network of more than two numbers: which two, and where the others are held; see
        `ratezoo.analysis.phase_plane`.

    Raises
    ------
    UnknownNameError
        ``of`` or ``held`` names no state, or a run did not monitor a state.
    ShapeError
        A run does not consist of two numbers at each time.
    InvalidValueError
        An argument for a network is given beside a PhasePlane.
    """
    options = dict(x=x, limits=limits, starts=starts, duration=duration, points=points, of=of, held=held)
    data: PhasePlane = prepared(analysis.phase_plane, PhasePlane, plane, options)
    trajectories = [*(_plane_path(data, run) for run in as_runs(runs)), *data.paths]
    if limits is None and isinstance(plane, RateModel):
        wide = _around(data.limits, trajectories)
        if not np.array_equal(wide, data.limits):
            data = prepared(analysis.phase_plane, PhasePlane, plane, {**options, 'limits': wide})
    names = _plane_names(data.names) if data.labels is None else [_in_formula(label) for label in data.labels]

    ax = given_or_new(ax, figsize=(5.6, 3.6))
    handles = _draw_field(ax, data, names, flow)
    for i, path in enumerate(trajectories):
        _draw_path(ax, path, data.limits, *_PATHS[i % len(_PATHS)])
    if trajectories:
        cross: dict[str, Any] = dict(color=_PATHS[0][0], linewidth=1.2, marker='x', markersize=5)
        what = 'trajectory (projected)' if data.held else 'trajectory'
        handles.append(Line2D([], [], label=f'{what},\nfrom the cross', **cross))
    for kind in _KINDS:
        at = np.array([p.vector[list(data.chosen)] for p in data.fixed_points if p.kind == kind])
        if len(at):
            handles += ax.plot(*at.T, linestyle='', label=kind, zorder=5, clip_on=False, **_marker(kind))
    ax.set(xlim=data.limits[0], ylim=data.limits[1])
    ax.locator_params(nbins=6)
    ax.legend(handles=handles, frameon=False, loc='upper left', bbox_to_anchor=(1.01, 1), borderaxespad=0.0)
    if data.held:
        ax.set_title(_held_title(data.held), fontsize='small', loc='left')
    xlabel, ylabel = (with_unit(f'${name}$', unit) for name, unit in zip(names, data.units, strict=True))
    return finish(ax, xlabel, ylabel, 1)


def _draw_field(ax, data, names, flow):
    """The streamlines and the nullclines; returns what the legend shows of them."""
    (first, second), F = data.sides, np.ma.masked_invalid(data.F)
    if flow:
        k = max(1, len(first) // 25)
        across, up = np.moveaxis(F[::k, ::k], -1, 0)
        thin = dict(color='0.72', linewidth=0.6, arrowsize=0.6, density=0.9, zorder=1)
        ax.streamplot(first[::k], second[::k], across, up, **thin)
    handles = []
    for i, name in enumerate(names):
        style = curve_style(i)
        if F[..., i].min() < 0 < F[..., i].max():
            line = dict(colors=style['color'], linestyles=style['linestyle'], linewidths=2.0, zorder=2)
            ax.contour(first, second, F[..., i], levels=[0.0], **line)
            rate = rf'\mathrm{{d}}{name}/\mathrm{{d}}t' if data.continuous else rf'\Delta {name}'
            handles.append(Line2D([], [], linewidth=2.0, label=f'${rate} = 0$', **style))
    return handles


def _marker(kind):
    shape, colour, fill = _KINDS[kind]
    return dict(
        marker=shape,
        markersize=8,
        color=colour,
        fillstyle='full' if fill == 'none' else fill,
        markerfacecolor='white' if fill == 'none' else colour,
        markerfacecoloralt='white',
        markeredgecolor=colour,
        markeredgewidth=1.5,
    )


def _plane_names(states):
    """The two numbers as formulas write them, without the dollars."""
    if states[0] == states[1]:
        return [f'{states[0]}_{{{i}}}' for i in (1, 2)]
    return [symbol(s).strip('$') if symbol(s) != s else rf'\mathrm{{{s}}}' for s in states]


_MOST_HELD = 4  # how many held numbers the title names


def _held_title(held):
    """'slice at a = 0.3, b = 1'."""
    named = [f'${_in_formula(name)} = {value:.3g}$' for name, value in list(held.items())[:_MOST_HELD]]
    others = len(held) - len(named)
    return f'slice at {", ".join(named)}{f" and {others} more" if others else ""}'


def _in_formula(label):
    """A label such as 'E' or 'r[3]' as formulas write it, without the dollars."""
    name, bracket, unit = label.partition('[')
    return f'{_plane_names([name, ""])[0]}{bracket}{unit}'


def _unit_of(label):
    """The number of the unit in a label: 3 in 'r[3]', 0 in 'E'."""
    return int(label.partition('[')[2].rstrip(']') or 0)


def _plane_path(data, run):
    """A trajectory (T, 2) from an array, from a runner, or from what a runner monitored."""
    states, mon = dict.fromkeys(data.names), monitored(run)
    if hasattr(mon, 'keys') and data.labels is not None:
        check_monitored('phase_plane.runs', mon, states, 'the state ')
        pairs = zip(data.names, data.labels, strict=True)
        columns = [(np.asarray(mon[s]).reshape(len(mon[s]), -1), _unit_of(label)) for s, label in pairs]
        mon = np.stack([values[:, unit] for values, unit in columns], -1)
    if hasattr(mon, 'keys'):
        check_monitored('phase_plane.runs', mon, states, 'the state ')
        arrays = [np.asarray(mon[s]) for s in states]
        if len(arrays) == 1:
            mon = arrays[0]
        else:
            mon = np.stack([a.reshape(len(a), -1)[:, 0] if a.size == len(a) else a for a in arrays], -1)
    path = np.asarray(mon, float)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ShapeError(
            f'phase_plane.runs: expected states of shape (T, 2), got {path.shape}. For a batch, pick a sample first.'
        )
    return path


def _around(limits, trajectories):
    """The limits (2, 2), so wide that each trajectory (T, 2) lies inside, with a margin of 5 %."""
    points = np.concatenate([path[np.isfinite(path).all(1)] for path in trajectories] or [np.zeros((0, 2))])
    if not len(points):
        return limits
    low, high = points.min(0), points.max(0)
    margin = 0.05 * np.maximum(high - low, np.ptp(limits, axis=1))
    inside = (low - margin > limits[:, 0]) & (high + margin < limits[:, 1])
    wide = np.stack([np.minimum(limits[:, 0], low - margin), np.maximum(limits[:, 1], high + margin)], 1)
    return np.where(inside[:, None], limits, wide)


def _draw_path(ax, path, limits, colour, style):
    """A trajectory, a cross at its start, and an arrowhead near the start."""
    ax.plot(*path.T, color=colour, linestyle=style, linewidth=1.2, zorder=3)
    outlined = [withStroke(linewidth=3.5, foreground='white')]  # a cross on the mark of a fixed point is seen too
    ax.plot(*path[0], marker='x', color=colour, markersize=5, markeredgewidth=1.5, zorder=6, path_effects=outlined)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0) / np.ptp(limits, axis=1), axis=1))])
    if not length[-1] > 0.04:
        return
    first = np.searchsorted(length, min(0.4 * length[-1], 0.3))
    last = min(max(np.searchsorted(length, length[first] + 0.02), first + 1), len(path) - 1)
    ax.annotate(
        '',
        path[last],
        path[first],
        zorder=4,
        arrowprops=dict(arrowstyle='-|>', color=colour, linewidth=0.0, mutation_scale=12, shrinkA=0, shrinkB=0),
    )

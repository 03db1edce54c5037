"""States as pictures: energy landscapes, heat maps of units over time, patterns, clouds of samples, errors."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ratezoo import analysis
from ratezoo.analysis import Landscape
from ratezoo.errors import ArgumentError, ShapeError
from ratezoo.model import RateModel
from ratezoo.plots.style import (
    Recorded,
    as_runs,
    check_monitored,
    curve_style,
    finish,
    given_or_new,
    new_figure,
    prepared,
    record_of,
    symbol,
    times_of,
    with_unit,
)
from ratezoo.types import ArrayLike


def landscape(
    energy: Landscape | RateModel,
    x: ArrayLike | None = None,
    runs: ArrayLike | Sequence[ArrayLike] = (),
    limits: ArrayLike | None = None,
    points: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The energy of a network of two units as contours, and runs of it as paths; returns the Axes.

    Parameters
    ----------
    energy : Landscape, or RateModel
        What `ratezoo.analysis.landscape` returns. For a network, `ratezoo.analysis.landscape` is called first, with x,
        limits and points.
    x : array (n_in,), optional
        For a network: constant input.
    runs : array (T, 2), or sequence of them
        Monitored states. Each path begins at a ring and ends at a dot.
    limits : (low, high), or a pair of these, optional
        For a network: the range of both units, or of each of them.
    points : int, optional
        For a network: points along each side of the grid.
    ax : matplotlib Axes, optional

    Raises
    ------
    ShapeError
        A run has another shape.
    InvalidValueError
        An argument for a network is given beside a Landscape.
    """
    data: Landscape = prepared(analysis.landscape, Landscape, energy, dict(x=x, limits=limits, points=points))
    ax, E = given_or_new(ax, figsize=(4.6, 3.8)), data.E
    levels = np.linspace(E.min(), np.quantile(E, 0.9), 25)  # the valleys, not the highest peaks
    filled = ax.contourf(*data.sides, E, levels=levels, cmap='Greys_r', alpha=0.8, extend='max')
    ax.figure.colorbar(filled, ax=ax, label='energy $E$', ticks=MaxNLocator(6))
    for i, path in enumerate(map(np.asarray, as_runs(runs))):
        if path.ndim != 2 or path.shape[1] != 2:
            raise ShapeError(f'landscape.runs: expected states of shape (T, 2), got {path.shape}.')
        ax.plot(*path.T, linewidth=1.5, **curve_style(i))
        ax.plot(*path[0], marker='o', markerfacecolor='white', color=curve_style(i)['color'])
        ax.plot(*path[-1], marker='o', color=curve_style(i)['color'])
    ax.set_aspect('equal')
    return finish(ax, f'${data.name}_1$', f'${data.name}_2$', 1)


def heatmap(
    run: Recorded,
    variable: str,
    places: ArrayLike | None = None,
    line: ArrayLike | None = None,
    label: str | None = None,
    time_unit: str | None = None,
    place_label: str = 'unit',
    ax: Axes | None = None,
) -> Axes:
    """A monitored variable (T, n) as colours, over time and over the n units; returns the Axes.

    Values of both signs are blue and red around white, which is zero; the scale is the same for both.

    Parameters
    ----------
    run : runner, or mapping
        As in `traces`.
    variable : str
        What to draw.
    places : array (n,), optional
        The place of each unit, such as its preferred angle on a ring. Default: the numbers of the units.
    line : array (T,), optional
        A path to draw on top, such as the cue that a bump follows. The line is broken where the path wraps around.
    label : str, optional
        The name of ``line``, for the legend.
    time_unit : str, optional
        Physical unit of the times.
    place_label : str
        Label of the axis of the units. Default 'unit'.
    ax : matplotlib Axes, optional
    """
    mon = record_of('heatmap.run', run)
    check_monitored('heatmap.variable', mon, [variable])
    values = np.asarray(mon[variable])
    ts = times_of(mon, values)
    if values.ndim != 2 or len(values) != len(ts):
        raise ShapeError(f'heatmap.{variable}: expected shape ({len(ts)}, n), got {values.shape}.')
    places = np.arange(values.shape[1]) if places is None else np.asarray(places)
    ax = given_or_new(ax, figsize=(6, 3))
    most = np.abs(values).max()
    signed = values.min() < 0 < values.max()  # then zero is white, and both colours have the same scale
    shade = dict(cmap='RdBu_r', vmin=-most, vmax=most) if signed else dict(cmap='viridis')
    every = max(1, len(ts) // 1000)
    image = ax.pcolormesh(ts[::every], places, values[::every].T, shading='nearest', rasterized=True, **shade)
    ax.figure.colorbar(image, ax=ax, label=symbol(variable), pad=0.02, aspect=15)
    if line is not None:
        line = np.array(line, float)
        line[1:][np.abs(np.diff(line)) > np.ptp(places) / 2] = np.nan
        ax.plot(ts, line, color='black', linestyle='--', label=label)
        if label:
            ax.legend(loc='lower left', bbox_to_anchor=(0, 1), frameon=False)
    if ts[0] < ts[-1]:
        ax.set_xlim(ts[0], ts[-1])
    ax.set_xlabel(with_unit('time $t$', time_unit))
    ax.set_ylabel(place_label)
    return ax


def patterns(
    rows: ArrayLike,
    shape: tuple[int, int] | None = None,
    titles: Sequence[str] = (),
    labels: Sequence[str] = (),
    fig: Figure | None = None,
) -> Figure:
    """Patterns as grey pictures, in rows; returns the Figure.

    Parameters
    ----------
    rows : array (rows, columns, n), or (columns, n)
        The patterns.
    shape : (height, width), optional
        The shape of a picture. Default: a square of n pixels.
    titles : sequence of str
        Titles above the columns.
    labels : sequence of str
        Labels to the left of the rows.
    fig : matplotlib Figure, optional
    """
    rows = np.asarray(rows, float)
    rows = rows[None] if rows.ndim == 2 else rows
    side = round(rows.shape[-1] ** 0.5)
    shape = (side, side) if shape is None else shape
    if rows.ndim != 3 or rows.shape[-1] != shape[0] * shape[1]:
        raise ShapeError(
            f'patterns.rows: expected shape (rows, columns, n) with n = {shape[0]} × {shape[1]}, got {rows.shape}.'
        )
    fig = fig or new_figure(figsize=(0.9 * rows.shape[1] + 0.9, 0.95 * rows.shape[0] + 0.3), layout='constrained')
    axes = fig.subplots(*rows.shape[:2], squeeze=False)
    for i, row in enumerate(rows):
        for j, pattern in enumerate(row):
            axes[i, j].imshow(pattern.reshape(shape), cmap='Greys', vmin=rows.min(), vmax=rows.max())
            axes[i, j].set(xticks=[], yticks=[])
        if i < len(labels):
            axes[i, 0].set_ylabel(labels[i], rotation=0, ha='right', va='center')
    for ax, title in zip(axes[0], titles, strict=False):
        ax.set_title(title, fontsize='small')
    return fig


def clouds(
    states: Sequence[ArrayLike],
    titles: Sequence[str] = (),
    data: ArrayLike | None = None,
    limit: float | None = None,
    fig: Figure | None = None,
) -> Figure:
    """Samples in the plane at several times, one panel for each time; returns the Figure.

    Parameters
    ----------
    states : sequence of arrays (B, 2)
        The samples at each time.
    titles : sequence of str
        Titles above the panels.
    data : array (N, 2), optional
        Samples of the true distribution; they are drawn in grey, below the others.
    limit : float, optional
        The panels show [−limit, limit]². Default: each panel fits its samples.
    fig : matplotlib Figure, optional
    """
    samples = [np.asarray(s) for s in states]
    if any(s.ndim != 2 or s.shape[1] != 2 for s in samples):
        raise ShapeError(f'clouds.states: expected arrays of shape (B, 2), got {[s.shape for s in samples]}.')
    fig = fig or new_figure(figsize=(2.2 * len(samples), 2.5), layout='constrained')
    axes = fig.subplots(1, len(samples), squeeze=False)[0]
    for i, (ax, s) in enumerate(zip(axes, samples, strict=True)):
        if data is not None:
            ax.plot(*np.asarray(data).T, '.', markersize=1, color='0.75', label='data')
        ax.plot(*s.T, '.', markersize=1.5, color=curve_style(0)['color'], label='samples')
        if limit is not None:
            ax.set(xlim=(-limit, limit), ylim=(-limit, limit))
        ax.set_aspect('equal', adjustable='box' if limit is not None else 'datalim')
        ax.set_title(titles[i] if i < len(titles) else '', fontsize='small')
        finish(ax, '$r_1$', '$r_2$' if i == 0 else '', 1)
    return fig


def errors(
    parameter: ArrayLike,
    curves: Mapping[str, ArrayLike],
    slopes: Sequence[tuple[float, str]] = (),
    xlabel: str = r'nudge $\lambda$',
    ylabel: str = 'relative error of the gradient',
    ax: Axes | None = None,
) -> Axes:
    """Errors over a parameter on logarithmic axes, with guide lines of given slopes; returns the Axes.

    Parameters
    ----------
    parameter : array (K,)
        The values of the parameter, such as the nudges of equilibrium propagation.
    curves : dict of str to array (K,)
        Name → relative errors.
    slopes : sequence of (float, str)
        For each pair (slope, name), a thin line ∝ parameter^slope. It lies above the curve of that name, by a factor
        of 1.5 at the second smallest parameter.
    xlabel, ylabel : str
        Labels of the axes.
    ax : matplotlib Axes, optional
    """
    if not isinstance(curves, Mapping):
        raise ArgumentError("errors.curves: expected a dict, name → errors, such as {'RTRL': [0.1, 0.01]}.")
    parameter = np.asarray(parameter, float)
    ax = given_or_new(ax, figsize=(5, 3.6))
    for i, (name, values) in enumerate(curves.items()):
        if np.shape(values) != parameter.shape:
            raise ShapeError(f'errors.{name}: expected shape {parameter.shape}, got {np.shape(values)}.')
        ax.loglog(parameter, values, marker='o', markersize=4, label=name, **curve_style(i))
    for power, name in slopes:
        at = np.argsort(parameter)[min(1, len(parameter) - 1)]
        ends = np.array([parameter.min() / 1.3, parameter[at] * 4])
        guide = 1.5 * np.asarray(curves[name])[at] * (ends / parameter[at]) ** power
        ax.loglog(ends, guide, color='0.5', linewidth=0.8, zorder=0)
        ax.annotate(
            f'$\\propto\\lambda^{{{power:g}}}$',
            (ends[1], guide[1]),
            xytext=(-4, 4),
            ha='right',
            textcoords='offset points',
            color='0.4',
            fontsize='small',
        )
    return finish(ax, xlabel, ylabel, len(curves))

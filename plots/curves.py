"""Curves over a current or a parameter: f-I curves, bifurcation diagrams."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ratezoo.analysis import Sweep
from ratezoo.errors import ArgumentError, ShapeError
from ratezoo.plots.style import (
    MOST_CURVES,
    curve_style,
    finish,
    given_or_new,
    with_unit,
)
from ratezoo.types import ArrayLike


def fi_curves(
    curves: Callable | Sequence[Callable] | Mapping[str, Callable],
    currents: ArrayLike,
    measured: tuple[ArrayLike, ArrayLike] | Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    current_unit: str | None = None,
    rate_unit: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Rates over currents: f-I curves are lines, measured rates are open marks; returns the Axes.

    Parameters
    ----------
    curves : callable, sequence of callables, or dict of str to callable
        Each gives the rates (K,) at ``currents``. The label of a curve of `ratezoo.curves` is its class. If several
        curves have one class, the label also shows the constants in which they differ.
    currents : array (K,)
    measured : (currents, rates), or dict of str to such a pair, optional
        Points to compare the curves with.
    current_unit, rate_unit : str, optional
        Such as 'nA' and 'Hz'. None: dimensionless.
    ax : matplotlib Axes, optional

    Raises
    ------
    ShapeError
        Rates and currents have different shapes.
    """
    if isinstance(curves, Mapping):
        named = dict(curves)
    else:
        named = _named([curves] if callable(curves) else list(curves))
    if not all(map(callable, named.values())):
        raise ArgumentError('fi_curves.curves: expected functions of the current, got numbers. Currents come second.')
    I, lines = np.asarray(currents, float), {}
    for name, curve in named.items():
        lines[name] = np.asarray(curve(I))
        if I.ndim != 1 or lines[name].shape != I.shape:
            raise ShapeError(
                f'fi_curves.{name}: expected a rate for each current, got shape {lines[name].shape} for '
                f'currents of shape {I.shape}.'
            )
    pairs = {} if measured is None else measured if isinstance(measured, Mapping) else {'measured': measured}
    marks = {}
    for name, pair in pairs.items():
        marks[name] = [np.asarray(a, float) for a in pair]
        if len(marks[name]) != 2 or marks[name][0].shape != marks[name][1].shape:
            raise ShapeError(
                f'fi_curves.measured: expected currents and rates of one shape for {name!r}, got '
                f'{[a.shape for a in marks[name]]}.'
            )
    ax = given_or_new(ax, figsize=(5, 3.2))
    for i, (name, rates) in enumerate(lines.items()):
        ax.plot(I, rates, label=name, **curve_style(i))
    for marker, (name, points) in zip('os^vD' * len(marks), marks.items(), strict=False):
        ax.plot(*points, linestyle='', marker=marker, color='black', markerfacecolor='white', markersize=5, label=name)
    return finish(ax, with_unit('current $I$', current_unit), with_unit('rate $r$', rate_unit), len(lines) + len(marks))


def _named(curves):
    """Name → curve. The name is that of the function or class; curves of one class also get the constants in which they
    differ."""
    named = {}
    for curve in curves:
        cls = type(curve)
        name = getattr(curve, '__name__', cls.__name__)
        same = [c for c in curves if type(c) is cls]
        if len(same) > 1 and dataclasses.is_dataclass(curve):
            values = {f.name: [getattr(c, f.name) for c in same] for f in dataclasses.fields(curve)}
            differing = [f'${_constant(k)} = {getattr(curve, k):g}$' for k, v in values.items() if len(set(v)) > 1]
            name = ', '.join([name, *differing])
        named[name if name not in named else f'{name} ({len(named) + 1})'] = curve
    return named


_GREEK = ('alpha', 'beta', 'gamma', 'kappa', 'lambda', 'mu', 'rho', 'sigma', 'tau', 'theta')


def _constant(name):
    """A constant's name inside a formula: 'V_th' → V_{th}, 'sigma' → σ, 'gain' upright."""
    head, _, tail = name.partition('_')
    head = rf'\{head}' if head in _GREEK else head if len(head) == 1 else rf'\mathrm{{{head}}}'
    return rf'{head}_{{\mathrm{{{tail}}}}}' if tail else head


def bifurcation(
    values: ArrayLike,
    low: ArrayLike,
    high: ArrayLike | None = None,
    stable: ArrayLike | None = None,
    labels: Sequence[str] = (),
    xlabel: str = 'parameter',
    ylabel: str = 'settled at',
    ax: Axes | None = None,
) -> Axes:
    """What a network settles at, over a parameter: branches of fixed points, or the range of an oscillation.

    Parameters
    ----------
    values : array (K,)
        The values of the parameter. Each branch is drawn in this order.
    low : array (K,) or (K, m)
        Where the network settles, for m branches; if ``high`` is given, the minimum. NaN: the branch is absent there.
    high : array like ``low``, optional
        The maximum. The area between minimum and maximum is shaded.
    stable : array of bool like ``low``, optional
        Where the fixed points are stable. Unstable ones are dotted and grey. Default: all are stable.
    labels : sequence of str
        Names of the branches.
    xlabel, ylabel : str
        Labels of the axes, with units.
    ax : matplotlib Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ShapeError
        The arrays have different shapes.
    """
    values, low = np.asarray(values, float), np.asarray(low, float)
    if values.ndim != 1 or low.ndim not in (1, 2) or len(low) != len(values):
        raise ShapeError(
            f'bifurcation.low: expected a number for each of the values, or a column for each branch, got '
            f'{low.shape} for values of shape {values.shape}.'
        )
    high = low if high is None else np.asarray(high, float)
    stable = np.ones(low.shape, bool) if stable is None else np.asarray(stable, bool)
    for name, array in (('high', high), ('stable', stable)):
        if array.shape != low.shape:
            raise ShapeError(f'bifurcation.{name}: expected shape {low.shape} like low, got {array.shape}.')
    columns = [a.reshape(len(values), -1).T for a in (low, high, stable)]
    ax = given_or_new(ax, figsize=(5, 3.2))
    marker: dict[str, Any] = dict(marker='o', markersize=3) if len(values) <= 60 else {}
    for i, (bottom, top, good) in enumerate(zip(*columns, strict=True)):
        style, moving = curve_style(i), good & (top > bottom)
        label = labels[i] if i < len(labels) else None
        ax.plot(values, np.where(good, bottom, np.nan), label=label, **style, **marker)
        if moving.any():
            ax.plot(values, np.where(good, top, np.nan), **style, **marker)
            ax.fill_between(values, bottom, top, where=moving, color=style['color'], alpha=0.15, linewidth=0)
        if not good.all():
            near = ~good | np.append(~good[1:], False) | np.insert(~good[:-1], 0, False)  # joined to its neighbours
            ax.plot(values, np.where(near, bottom, np.nan), color='0.4', linestyle=':', linewidth=1.3, zorder=1)
    handles, names = ax.get_legend_handles_labels()
    if not columns[2].all():
        handles, names = [*handles, Line2D([], [], color='0.4', linestyle=':')], [*names, 'unstable']
    if handles:
        ax.legend(handles, names, frameon=False, loc='upper left', bbox_to_anchor=(1, 1))
    return finish(ax, xlabel, ylabel, 1)


def sweep(result: Sweep, ylabel: str = 'measure', ax: Axes | None = None) -> Axes:
    """What a sweep measured: curves over one constant, or colours over two; returns the Axes.

    Parameters
    ----------
    result : Sweep
        What `ratezoo.sweep` returns. Over one constant the measure may have up to eight numbers, each of which gets a
        curve; over two constants it is one number.
    ylabel : str
        The name of the measure, with its unit. Default 'measure'.
    ax : matplotlib Axes, optional

    Raises
    ------
    ShapeError
        There are more than two constants, or the measure has too many numbers.
    """
    names, grid = list(result.axes), tuple(len(v) for v in result.axes.values())
    most = {1: MOST_CURVES, 2: 1}.get(len(names), 0)
    size = np.size(result.values) // int(np.prod(grid)) if isinstance(result.values, np.ndarray) else most + 1
    if size > most:
        got = np.shape(result.values) if isinstance(result.values, np.ndarray) else 'a tree of arrays'
        raise ShapeError(
            f'sweep.result: expected one constant and a measure of at most {MOST_CURVES} numbers, or two constants and '
            f'a measure of one number, got {", ".join(names)} and values of shape {got}. Choose a part: '
            "Sweep({'P': result.axes['P']}, result.values[..., 0])."
        )
    values = result.values.reshape(*grid, -1)
    labels = [f'${_constant(name)}$' for name in names]
    if len(names) == 1:
        ax = given_or_new(ax, figsize=(5, 3.2))
        marker: dict[str, Any] = dict(marker='o', markersize=3) if len(values) <= 60 else {}
        for i, column in enumerate(values.T):
            ax.plot(result.axes[names[0]], column, label=f'unit {i}', **curve_style(i), **marker)
        return finish(ax, labels[0], ylabel, size)
    ax = given_or_new(ax, figsize=(5, 3.8))
    image = ax.pcolormesh(*result.axes.values(), values[..., 0].T, shading='nearest', rasterized=True)
    ax.figure.colorbar(image, ax=ax, label=ylabel)
    return finish(ax, labels[0], labels[1], 1)

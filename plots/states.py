"""States as pictures: energy landscapes, heat maps of units over time, patterns, clouds of samples, errors."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.ticker import MaxNLocator

from ratezoo.errors import InvalidValueError, ShapeError, UnknownNameError
from ratezoo.plots.runs import _axes, _finish, _style, _with_unit, symbol


def landscape(net, x=None, runs=(), limits=(-2., 2.), points=101, ax=None):
    """The energy of a network of two units as contours, and runs of it as paths; returns the Axes.

    Parameters
    ----------
    net : RateModel
        With an ``energy`` (`HasLyapunov`) and one state of two units.
    x : array (n_in,), optional
        The input. Default zero.
    runs : sequence of arrays (T, 2)
        Monitored states; each begins at a ring and ends at a dot.
    limits : (low, high)
        Of both units. Default −2 and 2.
    points : int
        Points along each side. Default 101.
    ax : matplotlib Axes, optional

    Raises
    ------
    InvalidValueError
        The network has no energy, or not two units.
    """
    import jax
    if not hasattr(net, 'energy') or len(net.states) != 1 or sum(net.sizes.values()) != 2:
        raise InvalidValueError(f'landscape.net: expected a network of two units with an energy, got '
                                f'{type(net).__name__} with {sum(net.sizes.values())} units.')
    ax = _axes(ax, figsize=(4.6, 3.8))
    side = np.linspace(*limits, points)
    grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    x, _ = net.as_input(x, None)
    params = net.params_dict()
    E = np.asarray(jax.vmap(lambda r: net.energy(r, params, x))(grid.astype(net.state.dtype))).reshape(points, points)
    levels = np.linspace(E.min(), np.quantile(E, 0.9), 25)              # the valleys, not the highest peaks
    filled = ax.contourf(side, side, E, levels=levels, cmap='Greys_r', alpha=0.8, extend='max')
    ax.figure.colorbar(filled, ax=ax, label='energy $E$', ticks=MaxNLocator(6))
    for i, run in enumerate(runs):
        run = np.asarray(run)
        if run.ndim != 2 or run.shape[1] != 2:
            raise ShapeError(f'landscape.runs: expected states of shape (T, 2), got {run.shape}.')
        ax.plot(*run.T, linewidth=1.5, **_style(i))
        ax.plot(*run[0], marker='o', markerfacecolor='white', color=_style(i)['color'])
        ax.plot(*run[-1], marker='o', color=_style(i)['color'])
    name = net.states[0]
    ax.set_aspect('equal')
    return _finish(ax, f'${name}_1$', f'${name}_2$', 1)


def heatmap(run, variable, places=None, line=None, label=None, time_unit=None, place_label='unit', ax=None):
    """A monitored variable (T, n) as colours over time and units; returns the Axes.

    Parameters
    ----------
    run : runner, or mapping
        As in `traces`.
    variable : str
        What to draw.
    places : array (n,), optional
        Where the units are, such as the preferred angles of a ring. Default their numbers.
    line : array (T,), optional
        A path to draw on top, such as the cue that a bump follows; broken where it wraps around.
    label : str, optional
        Name of ``line``.
    time_unit, place_label : str, optional
    ax : matplotlib Axes, optional
    """
    mon = getattr(run, 'mon', run)
    if variable not in mon:
        raise UnknownNameError(f'heatmap.variable: {variable!r} was not monitored.')
    values = np.asarray(mon[variable])
    ts = np.asarray(mon['ts']) if 'ts' in mon else np.arange(len(values))
    if values.ndim != 2 or len(values) != len(ts):
        raise ShapeError(f'heatmap.{variable}: expected shape ({len(ts)}, n), got {values.shape}.')
    places = np.arange(values.shape[1]) if places is None else np.asarray(places)
    ax = _axes(ax, figsize=(6, 3))
    signed = values.min() < 0 < values.max()
    shade = dict(cmap='RdBu_r', norm=TwoSlopeNorm(0, values.min(), values.max())) if signed else dict(cmap='viridis')
    every = max(1, len(ts) // 1000)
    image = ax.pcolormesh(ts[::every], places, values[::every].T, shading='nearest', rasterized=True, **shade)
    ax.figure.colorbar(image, ax=ax, label=symbol(variable))
    if line is not None:
        line = np.array(line, float)
        line[1:][np.abs(np.diff(line)) > np.ptp(places) / 2] = np.nan
        ax.plot(ts, line, color='black', linestyle='--', label=label)
        if label:
            ax.legend(loc='lower left', bbox_to_anchor=(0, 1), frameon=False)
    ax.set_xlim(ts[0], ts[-1])
    ax.set_xlabel(_with_unit('time $t$', time_unit))
    ax.set_ylabel(place_label)
    return ax


def patterns(rows, shape=None, titles=(), labels=(), fig=None):
    """Patterns as grey pictures, one row above the other; returns the Figure.

    Parameters
    ----------
    rows : array (rows, columns, n), or (columns, n)
        The patterns.
    shape : (height, width), optional
        Of a picture. Default the square of n pixels.
    titles : sequence of str
        Above the columns.
    labels : sequence of str
        Left of the rows.
    fig : matplotlib Figure, optional
    """
    rows = np.asarray(rows, float)
    rows = rows[None] if rows.ndim == 2 else rows
    side = round(rows.shape[-1] ** 0.5)
    shape = (side, side) if shape is None else shape
    if rows.ndim != 3 or rows.shape[-1] != shape[0] * shape[1]:
        raise ShapeError(f'patterns.rows: expected shape (rows, columns, n) with n = {shape[0]} × {shape[1]}, got '
                         f'{rows.shape}.')
    fig = fig or plt.figure(figsize=(0.9 * rows.shape[1] + 0.9, 0.95 * rows.shape[0] + 0.3), layout='constrained')
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


def clouds(states, titles=(), data=None, limit=None, fig=None):
    """Samples in the plane at several times, a panel each; returns the Figure.

    Parameters
    ----------
    states : sequence of arrays (B, 2)
        The samples at each time.
    titles : sequence of str
    data : array (N, 2), optional
        What they should look like, in grey below.
    limit : float, optional
        The panels show [−limit, limit]². Default: each panel what it holds.
    fig : matplotlib Figure, optional
    """
    states = [np.asarray(s) for s in states]
    if any(s.ndim != 2 or s.shape[1] != 2 for s in states):
        raise ShapeError(f'clouds.states: expected arrays of shape (B, 2), got {[s.shape for s in states]}.')
    fig = fig or plt.figure(figsize=(2.2 * len(states), 2.5), layout='constrained')
    axes = fig.subplots(1, len(states), squeeze=False)[0]
    for i, (ax, s) in enumerate(zip(axes, states, strict=True)):
        if data is not None:
            ax.plot(*np.asarray(data).T, '.', markersize=1, color='0.75', label='data')
        ax.plot(*s.T, '.', markersize=1.5, color=_style(0)['color'], label='samples')
        if limit is not None:
            ax.set(xlim=(-limit, limit), ylim=(-limit, limit))
        ax.set_aspect('equal', adjustable='box' if limit is not None else 'datalim')
        ax.set_title(titles[i] if i < len(titles) else '', fontsize='small')
        _finish(ax, '$r_1$', '$r_2$' if i == 0 else '', 1)
    return fig


def errors(parameter, curves, slopes=(), xlabel=r'nudge $\lambda$', ylabel='relative error of the gradient', ax=None):
    """Errors against a parameter on logarithmic axes, with guides of given slopes; returns the Axes.

    Parameters
    ----------
    parameter : array (K,)
        Such as the nudges of equilibrium propagation.
    curves : dict of str to array (K,)
        Name → relative errors.
    slopes : sequence of (float, str)
        For each a thin line ∝ parameter^slope through the second smallest parameter of the curve of that name.
    xlabel, ylabel : str
    ax : matplotlib Axes, optional
    """
    parameter = np.asarray(parameter, float)
    ax = _axes(ax, figsize=(5, 3.6))
    for i, (name, values) in enumerate(curves.items()):
        if np.shape(values) != parameter.shape:
            raise ShapeError(f'errors.{name}: expected shape {parameter.shape}, got {np.shape(values)}.')
        ax.loglog(parameter, values, marker='o', markersize=4, label=name, **_style(i))
    for power, name in slopes:
        at = np.argsort(parameter)[min(1, len(parameter) - 1)]
        ends = np.array([parameter.min() / 1.3, parameter[at] * 4])
        guide = 1.5 * np.asarray(curves[name])[at] * (ends / parameter[at]) ** power
        ax.loglog(ends, guide, color='0.5', linewidth=0.8, zorder=0)
        ax.annotate(f'$\\propto\\lambda^{{{power:g}}}$', (ends[1], guide[1]), xytext=(-4, 4), ha='right',
                    textcoords='offset points', color='0.4', fontsize='small')
    return _finish(ax, xlabel, ylabel, len(curves))

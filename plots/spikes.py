"""Spikes: rasters, and a spiking population beside the rate model that it is reduced to."""

import matplotlib.pyplot as plt
import numpy as np

from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.plots.runs import _axes, _finish, _style, _with_unit

_NAMES = {1: ('',), 2: ('E', 'I')}              # of groups


def _names(groups):
    return _NAMES.get(groups) or tuple(f'group {i}' for i in range(groups))


def raster(run, variable='spike', sizes=None, units=200, time_unit='ms', ax=None):
    """Who fires when: a dot for each spike, over time; returns the Axes.

    Parameters
    ----------
    run : runner, or mapping
        A `Runner` (or `bp.DSRunner`) that has run, or its ``mon``, with the spikes (T, n) monitored.
    variable : str
        Name of the spikes. Default 'spike'.
    sizes : sequence of int, optional
        Neurons by group, such as ``population.sizes``: a colour for each group, the first at the bottom. Default: the
        runner's population's, or one group.
    units : int
        How many neurons to draw at most, taken evenly from all. Default 200.
    time_unit : str, optional
        Default 'ms'.
    ax : matplotlib Axes, optional

    Raises
    ------
    UnknownNameError
        The spikes were not monitored.
    ShapeError
        They are not (T, n), or ``sizes`` does not add up to n.
    """
    mon = getattr(run, 'mon', run)
    if variable not in mon:
        raise UnknownNameError(f'raster.variable: {variable!r} was not monitored; give the runner '
                               f'monitors=[{variable!r}].')
    spikes = np.asarray(mon[variable])
    ts = np.asarray(mon['ts']) if 'ts' in mon else np.arange(len(spikes))
    if spikes.ndim != 2 or len(spikes) != len(ts):
        raise ShapeError(f'raster.{variable}: expected shape ({len(ts)}, n), got {spikes.shape}.')
    n = spikes.shape[1]
    if sizes is None:
        sizes = getattr(getattr(run, 'target', None), 'sizes', (n,))
        sizes = sizes if isinstance(sizes, tuple) else (n,)
    if sum(sizes) != n:
        raise ShapeError(f'raster.sizes: expected numbers that add up to {n} neurons, got {sizes}.')
    ax = _axes(ax, figsize=(6, 3))
    shown = np.unique(np.linspace(0, n - 1, min(n, units)).round().astype(int))
    edges = np.searchsorted(shown, np.cumsum([0, *sizes]))
    for i, name in enumerate(_names(len(sizes))):
        first, last = edges[i], edges[i + 1]
        t, unit = np.nonzero(spikes[:, shown[first:last]])
        ax.plot(ts[t], unit + first + 1, linestyle='', marker='.', markersize=2.5, markeredgewidth=0,
                color=_style(i)['color'] if len(sizes) > 1 else 'black', rasterized=True)
        if name:
            ax.text(1.01, (first + last + 1) / 2 / (len(shown) + 1), name, transform=ax.transAxes, va='center',
                    color=_style(i)['color'])
    ax.set_xlim(ts[0], ts[-1])
    ax.set_ylim(0, len(shown) + 1)
    if len(shown) < n:
        ax.set_title(f'{len(shown)} of {n} neurons', fontsize='small', loc='left')
    return _finish(ax, _with_unit('time $t$', time_unit), 'neuron', 1)


def reduction(population, x, dt=0.1, model=None, window=5., units=200, fig=None):
    """A spiking population and its rate model under the same input, from a reset on; returns the Figure.

    Three panels: the spikes; the currents I, of a neuron and the mean of its group; the rates. On the last two the rate
    model is drawn on top, in black.

    Parameters
    ----------
    population : SpikingPopulation
    x : array (T,) or (T, groups)
        The input in nA over time.
    dt : float
        Time step in ms. Default 0.1.
    model : RateModel, optional
        With states I and r. Default ``reduce(population, x)`` at the last input.
    window : float
        Over which the population's rate is averaged, in ms. Default 5.
    units : int
        As for `raster`.
    fig : matplotlib Figure, optional
        An empty figure to draw on.

    Raises
    ------
    ShapeError
        x has another shape.
    """
    from ratezoo.models.reduction import reduce
    from ratezoo.models.spiking import smoothed
    from ratezoo.runner import Runner
    x, groups = np.asarray(x, float), len(population.sizes)
    if x.ndim not in (1, 2) or not x.size or x.shape[1:] not in ((), (groups,)):
        raise ShapeError(f'reduction.x: expected an input over time of shape (T,) or (T, {groups}), got {x.shape}.')
    x = np.broadcast_to(x.reshape(len(x), -1), (len(x), groups))
    model = reduce(population, x[-1]) if model is None else model
    runs = []
    for net, names in ((population, ['spike', 'I_syn', 'I_ext', 'rate']), (model, ['I', 'r'])):
        net.reset_state()
        run = Runner(net, monitors=names, dt=dt, progress_bar=False)
        run.run(inputs=x)
        runs.append(run)
    spiking, predicted = (run.mon for run in runs)
    ts, current = spiking.ts, spiking.I_syn + spiking.I_ext
    rates = smoothed(spiking.rate, dt, window)

    fig = fig or plt.figure(figsize=(7, 6.4), layout='constrained')
    top, middle, bottom = fig.subplots(3, 1, sharex=True, height_ratios=(1.3, 1, 1))
    raster(runs[0], units=units, ax=top)
    first = 0
    for i, (name, size) in enumerate(zip(_names(groups), population.sizes, strict=True)):
        colour, of = _style(i)['color'], f'{name}: ' if name else ''
        middle.plot(ts, current[:, first], color=colour, linewidth=0.6, alpha=0.5, label=f'{of}one neuron')
        middle.plot(ts, current[:, first:first + size].mean(1), color=colour, linewidth=1.2,
                    label=f'{of}mean')
        bottom.plot(ts, rates[:, i], color=colour, linewidth=1., alpha=0.85, label=f'{of}population')
        first += size
    for ax, values in ((middle, predicted.I), (bottom, predicted.r)):
        for i in range(groups):
            ax.plot(ts, values[:, i], color='black', linestyle=('--', ':')[i % 2],
                    label=f'{_names(groups)[i]}: rate model' if groups > 1 else 'rate model')
    _finish(middle, '', 'current $I$ (nA)', 1)
    _finish(bottom, 'time $t$ (ms)', 'rate $r$ (Hz)', 1)
    for ax in (middle, bottom):
        ax.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1), fontsize='small')
    top.set_xlabel('')
    return fig

"""Spikes: rasters, and a spiking population beside its rate model."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo import analysis
from ratezoo.analysis import Reduction
from ratezoo.errors import ShapeError
from ratezoo.model import RateModel
from ratezoo.models.spiking import SpikingPopulation, smoothed
from ratezoo.plots.style import (
    Recorded,
    check_monitored,
    curve_style,
    finish,
    given_or_new,
    monitored,
    new_figure,
    prepared,
    record_of,
    times_of,
    with_unit,
)
from ratezoo.types import ArrayLike

_NAMES = {1: ('',), 2: ('E', 'I')}  # of groups


def _names(groups):
    return _NAMES.get(groups) or tuple(f'group {i}' for i in range(groups))


def raster(
    run: Recorded,
    variable: str = 'spike',
    sizes: Sequence[int] | None = None,
    neurons: int = 200,
    time_unit: str | None = 'ms',
    ax: Axes | None = None,
) -> Axes:
    """The spikes of a population: a dot for each spike, over time; returns the Axes.

    Parameters
    ----------
    run : runner, or mapping
        As in `traces`, with the spikes (T, n) monitored.
    variable : str
        Name of the spikes. Default 'spike'.
    sizes : sequence of int, optional
        The number of neurons of each group, such as ``population.sizes``. Each group has a colour; the first group is
        at the bottom. Default: the sizes of the runner's population, or one group.
    neurons : int
        Draw at most this many neurons, taken evenly from all. Default 200.
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
    mon = record_of('raster.run', run)
    check_monitored('raster.variable', mon, [variable])
    spikes = np.asarray(mon[variable])
    ts = times_of(mon, spikes)
    if spikes.ndim != 2 or len(spikes) != len(ts):
        raise ShapeError(f'raster.{variable}: expected shape ({len(ts)}, n), got {spikes.shape}.')
    n = spikes.shape[1]
    if sizes is None:
        sizes = getattr(getattr(run, 'target', None), 'sizes', (n,))
        sizes = sizes if isinstance(sizes, tuple) else (n,)
    if sum(sizes) != n:
        raise ShapeError(f'raster.sizes: expected numbers that add up to {n} neurons, got {sizes}.')
    ax = given_or_new(ax, figsize=(6, 3))
    shown = np.unique(np.linspace(0, n - 1, min(n, neurons)).round().astype(int))
    edges = np.searchsorted(shown, np.cumsum([0, *sizes]))
    for i, name in enumerate(_names(len(sizes))):
        first, last = edges[i], edges[i + 1]
        t, neuron = np.nonzero(spikes[:, shown[first:last]])
        ax.plot(
            ts[t],
            neuron + first + 1,
            linestyle='',
            marker='.',
            markersize=2.5,
            markeredgewidth=0,
            color=curve_style(i)['color'] if len(sizes) > 1 else 'black',
            rasterized=True,
        )
        if name:
            ax.text(
                1.01,
                (first + last + 1) / 2 / (len(shown) + 1),
                name,
                transform=ax.transAxes,
                va='center',
                color=curve_style(i)['color'],
            )
    ax.set_xlim(ts[0], ts[-1])
    ax.set_ylim(0, len(shown) + 1)
    if len(shown) < n:
        ax.set_title(f'{len(shown)} of {n} neurons', fontsize='small', loc='left')
    return finish(ax, with_unit('time $t$', time_unit), 'neuron', 1)


def reduction(
    runs: Reduction | SpikingPopulation,
    x: ArrayLike | None = None,
    dt: float | None = None,
    model: RateModel | None = None,
    window: float = 5.0,
    neurons: int = 200,
    fig: Figure | None = None,
) -> Figure:
    """A spiking population and its rate model under the same input; returns the Figure.

    Four panels: the input; the spikes; the currents I, of one neuron of each group and the mean of the group; the
    rates. In the last two panels the rate model is drawn on top, in black.

    Parameters
    ----------
    runs : Reduction, or SpikingPopulation
        What `ratezoo.analysis.reduction` returns. For a population, `ratezoo.analysis.reduction` is called first, with
        the three arguments that follow.
    x : array (T,) or (T, groups), optional
        For a population: the input in nA over time.
    dt : float, optional
        For a population: the time step in ms. None: the default of `ratezoo.analysis.reduction`.
    model : RateModel, optional
        For a population: the rate model. None: the default of `ratezoo.analysis.reduction`.
    window : float
        The population's rate is averaged over this time, in ms. Default 5.
    neurons : int
        As in `raster`. Default 200.
    fig : matplotlib Figure, optional
        An empty figure to draw on.

    Raises
    ------
    InvalidValueError
        x, dt or model is given beside a Reduction.
    """
    if x is None and not isinstance(runs, Reduction):
        raise ShapeError('reduction.x: expected an input over time for a population, got None.')
    data: Reduction = prepared(analysis.reduction, Reduction, runs, dict(x=x, dt=dt, model=model))
    spiking, predicted, groups = monitored(data.spiking), monitored(data.predicted), len(data.sizes)
    ts, current = spiking['ts'], spiking['I_syn'] + spiking['I_ext']
    rates = smoothed(spiking['rate'], data.dt, window)

    fig = fig or new_figure(figsize=(7, 7.2), layout='constrained')
    above, top, middle, bottom = fig.subplots(4, 1, sharex=True, height_ratios=(0.5, 1.3, 1, 1))
    for i, x_i in enumerate(np.reshape(data.predicted.inputs, (len(ts), -1)).T):
        above.plot(ts, x_i, color=curve_style(i)['color'] if groups > 1 else '0.2', linestyle=('-', '--')[i % 2])
    finish(above, '', 'input $x$ (nA)', 1)
    raster(spiking, sizes=data.sizes, neurons=neurons, ax=top)
    first = 0
    for i, (name, size) in enumerate(zip(_names(groups), data.sizes, strict=True)):
        colour, of = curve_style(i)['color'], f'{name}: ' if name else ''
        middle.plot(ts, current[:, first], color=colour, linewidth=0.6, alpha=0.5, label=f'{of}one neuron')
        middle.plot(ts, current[:, first : first + size].mean(1), color=colour, linewidth=1.2, label=f'{of}mean')
        bottom.plot(ts, rates[:, i], color=colour, linewidth=1.0, alpha=0.85, label=f'{of}population')
        first += size
    for ax, values in ((middle, predicted['I']), (bottom, predicted['r'])):
        for i in range(groups):
            ax.plot(
                ts,
                values[:, i],
                color='black',
                linestyle=('--', ':')[i % 2],
                label=f'{_names(groups)[i]}: rate model' if groups > 1 else 'rate model',
            )
    finish(middle, '', 'current $I$ (nA)', 1)
    finish(bottom, 'time $t$ (ms)', 'rate $r$ (Hz)', 1)
    for ax in (middle, bottom):
        ax.legend(frameon=False, loc='upper left', bbox_to_anchor=(1, 1), fontsize='small')
    top.set_xlabel('')
    return fig

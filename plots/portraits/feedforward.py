"""The portraits of models/feedforward.py: activity that settles forward, errors that settle backward, a penalty."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
    new_subplots,
    with_unit,
)

_MOST_UNITS = 12  # of a layer, so many units are drawn


def settling(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Each layer's activity in the left column and its error in the right one; above, the input and who is when."""
    if 'ts' not in data:
        return general.traces(net, mon, inputs, data)
    count = len(data['layers'])
    fig, axes = new_subplots(count + 1, 2, layout='constrained', figsize=(8.4, 1.6 + 1.35 * (count + 1)), squeeze=False)
    for ax in axes[2:, 0]:
        ax.sharex(axes[1, 0])
    axes[0, 0].sharex(axes[1, 0])
    for ax in axes[2:, 1]:
        ax.sharex(axes[1, 1])
    x = general.inputs_of(mon, inputs, net.dt)[
        np.unique(np.linspace(0, len(mon['ts']) - 1, len(data['ts'])).astype(int))
    ]
    general.input_panel(axes[0, 0], data['ts'], x)
    axes[0, 0].set_title('Forward ↓: the activity $r$ settles', loc='left', fontsize='medium')
    _half_times(axes[0, 1], data)
    for k, (left, right) in enumerate(axes[1:]):
        name = f'layer {k + 1}' if k < count - 1 else 'output'
        _units(left, data['ts'], data['layers'][k], k, f'{name} $r_{k + 1}$')
        _units(right, data['tv'], data['v'][k], k, f'error $v_{k + 1}$')
        shown = _shown(data['adjoint'][k])
        right.plot(np.full(len(shown), data['tv'][-1]), shown, '<', color='black', markersize=5, clip_on=False)
    axes[1, 1].set_title('Backward ↑: the error $v$ settles', loc='left', fontsize='medium')
    axes[-1, 1].plot([], [], '<', color='black', label='back-propagation (closed form)')
    fig.legend(*axes[-1, 1].get_legend_handles_labels(), frameon=False, loc='outside lower right')
    axes[-1, 0].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    axes[-1, 1].set_xlabel('time since the error has come')
    for ax in axes[:-1, 0]:
        ax.tick_params(labelbottom=False)
    for ax in axes[1:-1, 1]:
        ax.tick_params(labelbottom=False)
    axes[1, 0].set_xlim(0, data['ts'][-1])
    axes[1, 1].set_xlim(0, data['tv'][-1])
    return fig


def _shown(values):
    """At most a dozen of the units (…, n)."""
    n = values.shape[-1]
    return values[..., np.unique(np.linspace(0, n - 1, min(n, _MOST_UNITS)).astype(int))]


def _units(ax, ts, values, k, label):
    for one in _shown(values).T:
        ax.plot(ts, one, color=COLOURS[k % 4], linewidth=1.2)
    finish(ax, '', label, 1)


def _half_times(ax, data):
    """When each layer has come half of its way: later and later forward, earlier and earlier backward."""
    number = np.arange(1, len(data['layers']) + 1)
    ax.plot(number, data['half_r'], 'o-', color='0.2', label='$r$, after the input')
    ax.plot(number, data['half_v'], 's--', color='0.2', markerfacecolor='white', label='$v$, after the error')
    ax.set(xticks=number, ylim=(0, None), title='')
    finish(ax, 'layer', 'half-way time', 1)
    ax.legend(frameon=False, loc='lower center', bbox_to_anchor=(0.5, 1), ncols=2, borderaxespad=0, columnspacing=1)


def penalty(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The run; and what the penalty does to the weights, the fit and the error when the network is trained."""
    if 'mu' not in data:
        return settling(net, mon, inputs, data)
    fig = new_figure(figsize=(8.4, 7), layout='constrained')
    upper, lower = fig.add_gridspec(2, 1, height_ratios=(1.25, 1))
    left, right = upper.subgridspec(1, 2)
    _run(left.subgridspec(3, 1).subplots(sharex=True), net, mon, inputs, data)
    _fits(fig.add_subplot(right), net, data)
    weights, errors = lower.subgridspec(1, 2).subplots()
    weights.semilogx(data['mu'], data['weights'], color=COLOURS[0], linewidth=0.8)
    finish(weights, 'strength $\\mu$ of the penalty', 'weight', 1)
    weights.set_title('Trained weights: the penalty shrinks them', loc='left', fontsize='medium')
    errors.loglog(data['mu'], np.maximum(data['loss'], 1e-6), color='black', label='loss on its points')
    errors.loglog(data['mu'], data['new'], color=COLOURS[1], linestyle='--', label='on new points')
    errors.loglog(data['mu'], data['penalties'], color=COLOURS[2], linestyle=':', label='penalty $s$')
    finish(errors, 'strength $\\mu$ of the penalty', 'loss, penalty', 1)
    errors.set_ylim(bottom=max(errors.get_ylim()[0], 1e-4))
    errors.legend(
        frameon=False, loc='lower center', bbox_to_anchor=(0.45, 1), ncols=3, borderaxespad=0, columnspacing=1
    )
    for ax in (weights, errors):
        if net.mu > 0:
            ax.axvline(net.mu, color='0.7', linewidth=0.8, zorder=0)
    return fig


def _run(axes, net, mon, inputs, data):
    at = np.unique(np.linspace(0, len(mon['ts']) - 1, len(data['ts'])).astype(int))
    general.input_panel(axes[0], data['ts'], general.inputs_of(mon, inputs, net.dt)[at])
    for k, (ax, name) in enumerate(zip(axes[1:], ('hidden $h$', 'output $o$'), strict=True)):
        _units(ax, data['ts'], data['layers'][k], k, name)
    axes[0].set_title('The run: the layers settle', loc='left', fontsize='medium')
    axes[-1].set_xlabel(with_unit('time $t$', net.unit_of_time or None))
    axes[-1].set_xlim(0, data['ts'][-1])


def _fits(ax, net, data):
    """The points and what the network makes of them, with hardly a penalty, with its own and with a strong one."""
    ax.set_title('Trained on 12 noisy points, with three penalties', loc='left', fontsize='medium')
    own = int(np.argmin(np.abs(data['mu'] - net.mu)))
    chosen = list(dict.fromkeys([0, own, len(data['mu']) - 1]))
    if 'fits' in data:
        ax.plot(data['line'], data['truth'], color='0.75', linewidth=3, label='the truth')
        ax.plot(data['x'][:, 0], data['y'], 'o', color='black', markersize=4, label='points')
        for k, number in enumerate(chosen):
            style = ('--', '-', ':')[k]
            ax.plot(
                data['line'], data['fits'][number], color=COLOURS[k], linestyle=style, label=_mu(data['mu'][number])
            )
        low, high = min(data['y'].min(), -1), max(data['y'].max(), 1)
        ax.set_ylim(low - 0.3, high + 0.3)
        ax.set_xticks([-1, -0.5, 0, 0.5, 1])
        finish(ax, 'input $x$', 'output $o$', 1)
    else:
        for k, number in enumerate(chosen):
            sizes = np.sort(np.abs(data['weights'][number]))[::-1]
            ax.plot(
                1 + np.arange(len(sizes)),
                sizes,
                color=COLOURS[k],
                linestyle=('--', '-', ':')[k],
                label=_mu(data['mu'][number]),
            )
        finish(ax, 'weight, the largest first', '|weight|', 1)
    ax.legend(frameon=False, loc='upper center', bbox_to_anchor=(0.5, -0.16), ncols=3, borderaxespad=0)


def _mu(value):
    return f'$\\mu$ = {value:.2g}' if value >= 1e-3 else f'$\\mu$ = $10^{{{np.log10(value):.3g}}}$'

"""The portrait of models/diffusion.py: samples and scores, from noise to data."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.portraits import general
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
)

_THE_RUN = COLOURS[1]


def diffusion(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The level of noise and the run over the steps; then samples, and the score as arrows, at five levels."""
    if 'samples' not in data:
        return general.traces(net, mon, inputs, data)
    fig = new_figure(figsize=(7.6, 8.6), layout='constrained')
    upper, lower = fig.add_gridspec(2, 1, height_ratios=(2.4, 5.4))
    top, below = upper.subgridspec(2, 1).subplots(sharex=True)
    _noise(top, net, inputs, data)
    _run(below, net, data)
    axes = lower.subgridspec(2, 3).subplots().ravel()
    for k, ax in enumerate(axes[:5]):
        if k < len(data['steps']):
            _cloud(ax, data, k)
    for ax in axes[len(data['steps']) : 5]:
        ax.set_visible(False)
    _examples(axes[5], net, data)
    weights = 'stored weights, trained on two moons' if net.examples is not None else 'its own weights'
    fig.suptitle(f'From noise to data, step by step. The network has {weights}.', fontsize='medium')
    return fig


def _noise(ax, net, inputs, data):
    """The level of noise over the steps; dots where samples are shown."""
    levels = np.maximum(np.asarray(inputs, float)[:, 0], net.sigma_min)
    ax.semilogy(np.arange(len(levels)), levels, color='0.2')
    ax.plot(data['steps'], data['sigma'], 'o', color='0.2', markersize=4)
    finish(ax, '', 'input: noise $\\sigma$', 1)
    ax.tick_params(labelbottom=False)


def _run(ax, net, data):
    steps = data['first'] + np.arange(len(data['path']))
    for k, (colour, style) in enumerate(((_THE_RUN, '-'), (_THE_RUN, '--'))):
        ax.plot(steps, data['path'][:, k], color=colour, linestyle=style, label=f'$r_{k + 1}$')
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    ax.set_title('one sample: the run', loc='left', fontsize='medium')
    ax.set_xlim(0, max(steps[-1], 1))
    finish(ax, 'step $t$', '$r$', 1)


def _cloud(ax, data, k):
    """The samples after a step, the score of the next step on a grid, and where the run is."""
    samples, places, score = data['samples'][k], data['places'][k], data['score'][k]
    half = np.abs(places).max()
    spacing = 2 * half / (places.shape[0] - 1)
    longest = max(np.hypot(*np.moveaxis(score, -1, 0)).max(), 1e-12)
    arrows = score * spacing / longest
    ax.quiver(
        *np.moveaxis(places, -1, 0),
        *np.moveaxis(arrows, -1, 0),
        color='0.6',
        angles='xy',
        scale_units='xy',
        scale=1,
        width=0.006,
        zorder=1,
    )
    ax.plot(*samples.T, '.', markersize=2.5, color=COLOURS[0], zorder=2)
    at = data['steps'][k] - data['first']
    if 0 <= at < len(data['path']):
        ax.plot(*data['path'][at], 'o', color=_THE_RUN, markeredgecolor='white', markersize=7, zorder=3)
    _frame(ax, half)
    step, sigma = data['steps'][k], data['sigma'][k]
    name = 'noise' if step == 0 else 'samples' if k == len(data['steps']) - 1 else ''
    ax.set_title(f'{name}{": " if name else ""}step {step}, $\\sigma$ = {sigma:.2g}', fontsize='medium')


def _examples(ax, net, data):
    """The data, and what the marks in the other panels mean."""
    half = np.abs(data['places'][-1]).max()
    if net.examples is not None:
        ax.plot(*net.examples.T, '.', markersize=2.5, color='0.2')
        _frame(ax, max(half, np.abs(net.examples).max()))
        ax.set_title('data, for comparison', fontsize='medium')
    else:
        ax.axis('off')
    ax.plot([], [], '.', color=COLOURS[0], label='samples')
    ax.plot([], [], 'o', color=_THE_RUN, markeredgecolor='white', label='the run')
    ax.plot(
        [],
        [],
        color='0.6',
        marker='$\\rightarrow$',
        linestyle='',
        markersize=12,
        label='score $-\\partial E/\\partial r$',
    )
    ax.figure.legend(*ax.get_legend_handles_labels(), frameon=False, loc='outside lower center', ncols=3)


def _frame(ax, half):
    ax.set(xlim=(-1.05 * half, 1.05 * half), ylim=(-1.05 * half, 1.05 * half), aspect='equal')
    ax.set(xlabel='$r_1$', ylabel='$r_2$')

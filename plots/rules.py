"""Rules side by side."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from ratezoo.errors import ArgumentError
from ratezoo.plots.style import (
    curve_style,
    finish,
    new_figure,
)

if TYPE_CHECKING:
    from ratezoo.learning.comparison import Comparison

_EXACT = 1e-8  # a relative mean squared error below this is rounding


def comparison(result: 'Comparison', fig: Figure | None = None) -> Figure:
    """Four panels for the result of `ratezoo.learning.compare`; returns the Figure.

    The panels: the loss over the updates; the cosine of each gradient with the exact one over the updates; the mean
    squared error of the gradient at the first weights (an exact rule has none); the time of a step, or for rules of
    fixed points the time of a gradient.

    Parameters
    ----------
    result : Comparison
    fig : matplotlib Figure, optional
        An empty figure to draw on.
    """
    if not hasattr(result, 'reports'):
        raise ArgumentError(
            f'comparison.result: expected what ratezoo.compare returns, got a value of type {type(result).__name__}.'
        )
    fig = fig or new_figure(figsize=(8.4, 6), layout='constrained')
    axes = fig.subplots(2, 2)
    ran = [r for r in result.reports.values() if r.loss]
    for i, r in enumerate(ran):
        axes[0, 0].plot(np.arange(1, len(r.loss) + 1), r.loss, **curve_style(i))
        axes[0, 1].plot(np.array(r.measured) + 1, r.cosine, marker='o', markersize=3, label=r.rule, **curve_style(i))
    finish(axes[0, 0], 'update', 'loss $l$', 1)
    losses = np.concatenate([r.loss for r in ran])
    if losses.min() > 0 and losses.max() > 10 * losses.min():
        axes[0, 0].set_yscale('log')
    finish(axes[0, 1], 'update', 'cosine with the exact gradient', 1)
    axes[0, 1].set_ylim(min(0.0, *(min(r.cosine) for r in ran)) - 0.05, 1.05)
    fig.legend(*axes[0, 1].get_legend_handles_labels(), loc='outside right upper', frameon=False)
    at, colours = np.arange(len(ran)), [curve_style(i)['color'] for i in range(len(ran))]
    mse, times = np.array([r.relative_mse for r in ran]), np.array([1e6 * r.seconds_per_step for r in ran])
    approximate = mse > _EXACT
    axes[1, 0].bar(at, np.where(approximate, mse, 0.0), color=colours)
    if approximate.any():
        bottom = mse[approximate].min() / 5
        axes[1, 0].set_yscale('log')
        axes[1, 0].set_ylim(bottom, mse.max() * 2)
        for i in at[~approximate]:
            axes[1, 0].text(i, bottom * 1.2, 'exact', ha='center', va='bottom', fontsize='small', rotation=90)
    finish(axes[1, 0], '', 'relative mean squared error', 1)
    axes[1, 1].bar(at, times, color=colours)
    if times.max() > 20 * times.min():
        axes[1, 1].set_yscale('log')
    finish(axes[1, 1], '', f'time of a {result.unit} (µs)', 1)
    for ax in axes[1]:
        slanted = sum(len(r.rule) for r in ran) > 20
        ax.set_xticks(
            at,
            [r.rule for r in ran],
            rotation=40 if slanted else 0,
            ha='right' if slanted else 'center',
            rotation_mode='anchor',
        )
        ax.set_xlim(-0.6, len(ran) - 0.4)
    return fig

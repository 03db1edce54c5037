"""The figure of an exercise: a student's curves against the right ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.errors import InvalidValueError
from ratezoo.plots.style import new_figure, symbol


def differences(curves: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw each curve of a student and the right one, one panel below the other, and shade the difference.

    Where ``x`` is ``right`` itself, each number is a point over the right one, and right numbers lie on the diagonal.

    Parameters
    ----------
    curves : sequence of dict
        Each has ``name`` (of what is drawn), ``xlabel``, and the numbers ``x``, ``yours`` and ``right``, all of one
        length: the entry 'curves' of what ``ratezoo.homework.check`` returns.

    Raises
    ------
    InvalidValueError
        There is no curve.
    """
    if not curves:
        raise InvalidValueError('plots.differences.curves: expected at least one curve, got none; is every blank open?')
    figure = new_figure(figsize=(7, 0.9 + 2.4 * len(curves)), layout='constrained')
    panels = np.ravel(figure.subplots(len(curves), 1, squeeze=False))
    for ax, curve in zip(panels, curves, strict=True):
        x, yours, right = (np.array(curve[k], float) for k in ('x', 'yours', 'right'))
        if np.array_equal(x, right):  # no curve: single numbers over the right ones
            _numbers(ax, right, yours)
        else:
            ax.fill_between(x, yours, right, color=_DIFFERENCE, alpha=0.3, linewidth=0, label='difference')
            ax.plot(x, right, 'k', linewidth=3, alpha=0.5, label='right')
            ax.plot(x, yours, 'o--', color='tab:blue', markersize=4, label='yours')
        ax.set_xlabel(curve['xlabel'])
        ax.set_ylabel(symbol(curve['name']))
        ax.set_title(_difference_in_words(yours, right))
    figure.legend(*panels[0].get_legend_handles_labels(), loc='outside upper center', ncol=3, frameon=False)
    return figure


_DIFFERENCE = 'tab:red'


def _numbers(ax, right, yours):
    """Points over the diagonal, on which they lie if they are right."""
    ax.vlines(right, right, yours, color=_DIFFERENCE, alpha=0.3, linewidth=2, label='difference')
    ends = np.array([np.min(right, initial=np.inf), np.max(right, initial=-np.inf)])
    ax.plot(ends, ends, 'k', linewidth=3, alpha=0.5, label='right')
    ax.plot(right, yours, 'o', color='tab:blue', markersize=4, label='yours')


def _difference_in_words(yours, right):
    if not (np.isfinite(yours) & np.isfinite(right)).all():
        return 'yours is infinite or NaN'
    largest = np.max(np.abs(yours - right), initial=0.0)
    return (
        'no difference'
        if largest <= 1e-6 * np.max(np.abs(right), initial=0.0)
        else f'largest difference: {largest:.2g}'
    )

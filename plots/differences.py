"""A student's curves against the right ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.errors import InvalidValueError
from ratezoo.plots.style import new_figure, symbol


def differences(curves: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw each curve of a student and the right one, one panel below the other, and shade the difference.

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
    figure = new_figure(figsize=(7, 0.6 + 2.2 * len(curves)), layout='constrained')
    for ax, curve in zip(np.ravel(figure.subplots(len(curves), 1, squeeze=False)), curves, strict=True):
        x, yours, right = (np.array(curve[k], float) for k in ('x', 'yours', 'right'))
        ax.fill_between(x, yours, right, color='tab:red', alpha=0.25, linewidth=0, label='difference')
        ax.plot(x, right, 'k', linewidth=3, alpha=0.5, label='right')
        ax.plot(x, yours, 'o--', color='tab:blue', markersize=4, label='yours')
        ax.set_xlabel(curve['xlabel'])
        ax.set_ylabel(symbol(curve['name']))
        finite = np.isfinite(yours) & np.isfinite(right)
        scale = np.max(np.abs(right), initial=0.0, where=np.isfinite(right))
        largest = np.max(np.abs(yours - right), initial=0.0, where=finite)
        if finite.all() and scale:
            off = largest / scale
            ax.set_title('no difference' if off < 1e-6 else f'largest difference: {off:.2g} of the largest value')
        elif not finite.all():
            ax.set_title('yours is infinite or NaN')
        ax.legend(frameon=False)
    return figure

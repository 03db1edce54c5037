"""Figures as plain dicts, as Plotly reads them, in a light and a dark style.

Plain dicts are quicker than `plotly.graph_objects`, which checks each of them for several milliseconds.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ratezoo.explore.controls import Figure

# Text has a contrast of 4.5 or more to the background, curves of 3 or more. Curves also differ in their dashes.
_LIGHT = ['#0067a5', '#c14a00', '#00785a', '#a0478a', '#7a5c00', '#3a3a3a', '#8a1c3c', '#4b5bb5']
_DARK = ['#6cb6ff', '#ff9d5c', '#3fd6ac', '#e69bd3', '#e5c04b', '#dddddd', '#ff8fa8', '#a9b4ff']
_DASHES = ['solid', 'dash', 'dot', 'dashdot']
MOST_CURVES = 8

# Kind of fixed point → symbol of Plotly. Stable ones are full, unstable ones open, as in `ratezoo.plots`.
SYMBOLS = {
    'stable node': 'square',
    'stable focus': 'circle',
    'saddle': 'diamond-open',
    'unstable node': 'square-open',
    'unstable focus': 'circle-open',
    'centre': 'circle-dot',
    'degenerate': 'x',
}


def ink(dark: bool) -> str:
    """The colour of text and of markers."""
    return '#e8e8e8' if dark else '#1c1c1c'


def colour(i: int, dark: bool) -> str:
    """The colour of the i-th curve."""
    return (_DARK if dark else _LIGHT)[i % MOST_CURVES]


def curve(x: Any, y: Any, name: str, i: int, dark: bool, **options: Any) -> dict[str, Any]:
    """The i-th curve of a figure."""
    line = {'color': colour(i, dark), 'width': 2, 'dash': _DASHES[i % len(_DASHES)], **options.pop('line', {})}
    return {'type': 'scatter', 'mode': 'lines', 'x': short(x), 'y': short(y), 'name': name, 'line': line, **options}


def markers(x: Any, y: Any, name: str, symbol: str, dark: bool, size: int = 11, **options: Any) -> dict[str, Any]:
    """Points."""
    marker = {'symbol': symbol, 'size': size, 'color': ink(dark), 'line': {'width': 2, 'color': ink(dark)}}
    marker |= options.pop('marker', {})
    return {
        'type': 'scatter',
        'mode': 'markers',
        'x': short(x),
        'y': short(y),
        'name': name,
        'marker': marker,
        **options,
    }


def figure(data: Sequence[dict[str, Any]], xlabel: str, ylabel: str, dark: bool, **layout: Any) -> Figure:
    """A figure with labelled axes. Its legend stands above the axes."""
    grid = '#3c4048' if dark else '#dfe3e8'

    def axis(label, options):
        title = {'text': label, 'standoff': 8}
        plain = {'gridcolor': grid, 'zerolinecolor': grid, 'linecolor': ink(dark), 'automargin': True}
        return {'title': title, 'ticks': 'outside', 'tickcolor': grid, **plain, **options}

    return {
        'data': list(data),
        'layout': {
            'font': {'color': ink(dark), 'size': 13, 'family': 'system-ui, sans-serif'},
            'paper_bgcolor': 'rgba(0,0,0,0)',
            'plot_bgcolor': 'rgba(0,0,0,0)',
            'margin': {'l': 8, 'r': 12, 't': 8, 'b': 8},
            'showlegend': True,
            'legend': {'orientation': 'h', 'x': 0, 'xanchor': 'left', 'y': 1.02, 'yanchor': 'bottom'},
            'hovermode': 'closest',
            'uirevision': 'kept',  # zoom and hidden curves stay when a slider moves
            'xaxis': axis(xlabel, layout.pop('xaxis', {})),
            'yaxis': axis(ylabel, layout.pop('yaxis', {})),
            **layout,
        },
    }


def short(values: Any) -> list[Any]:
    """An array as a list of numbers with five digits, so that less is sent. NaN and infinity become gaps."""
    a = np.asarray(values, float)
    with np.errstate(all='ignore'):
        scale = 10.0 ** (4 - np.floor(np.log10(np.where(a == 0, 1.0, np.abs(a)))))
        rounded = np.where(np.isfinite(scale) & (scale > 0), np.round(a * scale) / scale, a)
    known = np.isfinite(a)
    if known.all():
        return rounded.tolist()
    return np.where(known, rounded, np.array(None, object)).tolist()

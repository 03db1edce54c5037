"""The portraits that suit many models, and the panels that portraits share."""

from collections.abc import Container, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.circuit import Circuit
from ratezoo.errors import UnknownNameError
from ratezoo.plots.planes import phase_plane
from ratezoo.plots.runs import trace
from ratezoo.plots.runs import traces as traces_of
from ratezoo.plots.states import heatmap
from ratezoo.plots.style import (
    COLOURS,
    MOST_CURVES,
    finish,
    new_figure,
    new_subplots,
    with_unit,
)

_UNITS_SHOWN = 3  # of a state that is drawn as colours, so many units are also drawn as curves


def kind_of(net: Any, mon: Any, kinds: Container[str]) -> str:
    """The kind of picture that the network asks for; for two states of one unit the rule is here."""
    kind = net.portrait
    if kind not in kinds:
        raise UnknownNameError(
            f'{type(net).__name__}.portrait: expected one of {", ".join(map(repr, kinds))}, got {kind!r}.'  # type: ignore[call-overload]
        )
    if kind not in ('traces', 'phase plane'):
        return kind
    wants_plane = kind == 'phase plane' or isinstance(net, Circuit)
    states = _recorded(net, mon)
    is_plane = len(states) == 2 and all(np.shape(mon[s])[1:] == (1,) for s in states)
    return 'phase plane' if wants_plane and is_plane else 'traces'


def _recorded(net, mon):
    return [s for s in net.recorded if s in mon]


def clock(net: Any, mon: Any) -> tuple[np.ndarray, str]:
    """The times of a run and the label of their axis: the numbers of the steps if the model has discrete time."""
    ts = np.asarray(mon['ts'])
    if net.is_continuous:
        return ts, with_unit('time $t$', net.unit_of_time or None)
    return np.round(ts / net.dt) + 1, 'step $t$'


def inputs_of(mon: Any, inputs: Any, dt: float) -> np.ndarray:
    """The inputs (T, n_in) at the recorded times, from those of the complete run; a transient is left out."""
    inputs = np.asarray(inputs, float)
    at = np.round(np.asarray(mon['ts']) / dt).astype(int)
    return inputs[np.clip(at, 0, len(inputs) - 1)]


def input_of(mon: Any, inputs: Any, net: Any) -> np.ndarray:
    """The input (T, n_in) at the recorded times; zeros if it is not known."""
    if inputs is None:
        return np.zeros((len(mon['ts']), net.n_in or 1))
    return inputs_of(mon, inputs, net.dt)


def column(fig: Any, spec: Any, heights: Sequence[float], title: str, pad: float = 6) -> list[Axes]:
    """Axes one below the other, with one axis of time."""
    grid = spec.subgridspec(len(heights), 1, height_ratios=heights)
    axes: list[Axes] = []
    for cell in grid:
        axes.append(fig.add_subplot(cell, sharex=axes[0] if axes else None))
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[0].set_title(title, fontsize='medium', pad=pad)
    return axes


def legend_above(ax: Axes) -> None:
    """The legend above the axes on the right, where it hides nothing."""
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0, columnspacing=1.2)


def input_panel(ax: Axes, ts: np.ndarray, x: np.ndarray, label: str = 'input $x$') -> Axes:
    """The input (T, n_in) over time: curves, or colours if there are more than four inputs."""
    if x.shape[1] > 4:
        heatmap({'ts': ts, 'x': x}, 'x', place_label='input', ax=ax)
    else:
        for k, values in enumerate(x.T):
            ax.plot(ts, values, color='0.2' if k == 0 else COLOURS[k])
        finish(ax, '', label, 1)
    ax.set_xlabel('')
    return ax


def by_similarity(values: np.ndarray) -> np.ndarray:
    """An order of the units (n,) that puts units with similar time courses (T, n) next to each other.

    It is the order of the angles of the units in the plane of the first two principal components.
    """
    centred = values - values.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    if len(components) < 2:
        return np.arange(values.shape[1])
    return np.argsort(np.arctan2(components[1], components[0]), kind='stable')


def curves(ax: Axes, ts: np.ndarray, values: np.ndarray, labels: list[str]) -> Axes:
    """A few curves in solid lines, with the legend above the axes, where it hides nothing."""
    for k, (label, one) in enumerate(zip(labels, values.T, strict=True)):
        ax.plot(ts, one, color=COLOURS[k % len(COLOURS)], label=label)
    ax.legend(frameon=False, loc='lower right', bbox_to_anchor=(1, 1), ncols=len(labels), borderaxespad=0)
    return ax


def traces(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """The input, and the states one below the other; a state of many units as colours and three of them as curves.

    Below them the output, if the network has a readout: ``data['output']`` (T, n_out).
    """
    states = _recorded(net, mon)
    wide = {s: np.size(mon[s][0]) > MOST_CURVES for s in states}
    x = None if inputs is None or np.ndim(inputs) != 2 else inputs_of(mon, inputs, net.dt)
    x = None if x is None or not np.any(x) else x
    output = (data or {}).get('output')
    heights = [0.6] * (x is not None) + [h for s in states for h in ((1.3, 0.8) if wide[s] else (1.0,))]
    heights += [0.7] * (output is not None)
    fig, grid = new_subplots(
        len(heights),
        1,
        sharex=True,
        squeeze=False,
        layout='constrained',
        figsize=(6.4, 0.8 + 1.8 * sum(heights)),
        height_ratios=heights,
    )
    axes = list(grid[:, 0])
    ts, time = clock(net, mon)
    rows = iter(axes)
    if x is not None:
        input_panel(next(rows), ts, x)
    for state in states:
        values = np.asarray(mon[state]).reshape(len(ts), -1)
        if wide[state]:
            shown = np.linspace(0, values.shape[1] - 1, _UNITS_SHOWN + 2).astype(int)[1:-1]
            colours(next(rows), net, ts, state, values, shown)
            ax = next(rows)
            curves(ax, ts, values[:, shown], [f'unit {k}' for k in shown])
            finish(ax, '', with_unit(f'${state}$', net.units_of_states.get(state)), 1)
        else:
            trace({'ts': ts, state: values}, state, None, None, net.units_of_states.get(state), next(rows))
    if output is not None:
        curves(axes[-1], ts, output[:, :4], [f'output {k}' for k in range(min(4, output.shape[1]))])
        finish(axes[-1], '', 'output', 1)
        if output.shape[1] == 1:
            axes[-1].get_legend().remove()
            axes[-1].lines[0].set_color('0.2')
    for ax in axes:
        ax.set_xlabel('')
    axes[-1].set_xlabel(time)
    return fig


def colours(
    ax: Axes, net: Any, ts: np.ndarray, state: str, values: np.ndarray, marked: Sequence[int] | np.ndarray = ()
) -> Axes:
    """A state (T, n) as colours; the units in the order of their preferred angles, or similar units together.

    Triangles at the right point to the rows of the ``marked`` units, in the colours that `curves` gives them.
    """
    theta = getattr(net, 'theta', None)
    if theta is not None and np.shape(theta) == (values.shape[1],):
        places, label = np.asarray(theta), 'preferred angle (rad)'
        heatmap({'ts': ts, state: values}, state, places=theta, place_label=label, ax=ax)
    else:
        order = by_similarity(values)
        places, label = np.argsort(order), 'unit, reordered'
        heatmap({'ts': ts, state: values[:, order]}, state, place_label=label, ax=ax)
    for k, unit in enumerate(marked):
        style: dict[str, Any] = dict(marker='<', markersize=7, color=COLOURS[k % len(COLOURS)], clip_on=False)
        ax.plot(1.007, places[unit], transform=ax.get_yaxis_transform(), **style)
    if len(marked):
        triangles = 'triangle: the unit' if len(marked) == 1 else 'triangles: the curves'
        ax.set_ylabel(f'{label}\n({triangles} below)')
    ax.set_xlabel('')
    return ax


def plane(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Two numbers over time, below the input if that changes; and beside them the phase plane at the last input."""
    changes = _changes(mon, inputs, net)
    fig = new_figure(figsize=(10, 3.8 + 0.9 * changes), layout='constrained')
    left, right = fig.add_gridspec(1, 2, width_ratios=(1, 1.15))
    draw_plane(left, right, net, mon, inputs)
    return fig


def _changes(mon, inputs, net):
    """Whether the input changes during the recorded part of the run."""
    return inputs is not None and np.ndim(inputs) == 2 and bool(np.ptp(inputs_of(mon, inputs, net.dt), axis=0).any())


def draw_plane(left: Any, right: Any, net: Any, mon: Any, inputs: Any) -> Axes:
    """`plane` in two cells of a grid; returns the axes of the phase plane."""
    states, units, (ts, time) = _recorded(net, mon), net.units_of_states, clock(net, mon)
    x = None if inputs is None or np.ndim(inputs) != 2 else inputs_of(mon, inputs, net.dt)
    heights = [0.5] * _changes(mon, inputs, net) + [1.0, 1.0]
    fig, rows = left.get_gridspec().figure, left.subgridspec(len(heights), 1, height_ratios=heights)
    axes = [fig.add_subplot(rows[0])]
    axes += [fig.add_subplot(rows[k], sharex=axes[0]) for k in range(1, len(heights))]
    if x is not None and len(axes) == 3:
        input_panel(axes[0], ts, x)
    for state, ax in zip(states, axes[-2:], strict=True):
        traces_of({'ts': ts, state: mon[state]}, state, y_unit=units.get(state), ax=ax)
    for ax in axes:
        ax.set_xlabel(time if ax is axes[-1] else '')
    path = np.stack([np.asarray(mon[s])[:, 0] for s in states], 1)
    low, high = path.min(0), path.max(0)
    margin = 0.25 * np.maximum(high - low, 1e-3)
    least, most = np.array([getattr(net, 'ranges', {}).get(s, (-np.inf, np.inf)) for s in states]).T
    limits = tuple(zip(np.maximum(low - margin, least), np.minimum(high + margin, most), strict=True))
    last = None if x is None else x[-1]
    ax = phase_plane(net, limits=limits, runs=[path], x=last, ax=fig.add_subplot(right))
    if last is not None and last.any():
        ax.set_title(f'Phase plane at the input $x$ = {float(last[0]):.3g}', fontsize='medium')
    return ax

"""Monitored traces, inputs and targets, learning curves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.model import RateModel
from ratezoo.plots.style import (
    COLOURS,
    MOST_CURVES,
    STYLES,
    Recorded,
    check_monitored,
    checked_axes,
    chosen_entries,
    curve_style,
    finish,
    given_or_new,
    label_ends,
    new_subplots,
    record_of,
    solid_style,
    symbol,
    times_of,
    with_unit,
)
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from ratezoo.learning.history import History


def traces(
    run: Recorded,
    variables: str | Sequence[str] | None = None,
    entries: int | Sequence[int | tuple[int, ...]] | None = None,
    time_unit: str | None = None,
    y_unit: str | None = None,
    ax: Axes | Sequence[Axes] | None = None,
) -> Axes | Figure:
    """Monitored variables over time.

    One curve is named by the label of the axis. Up to four curves have a legend and differ in their line style; more
    curves have labels at their ends.

    Parameters
    ----------
    run : runner, or mapping
        A `Runner` (or `bp.DSRunner`) that has run, or a `Run`, or its ``mon``: names to arrays (T, …), with the times
        as 'ts'.
    variables : str or list of str, optional
        What to draw. Default: everything that was monitored. A name is drawn on one axes; a list is drawn one below the
        other.
    entries : sequence of int or of index tuples, optional
        Which entries of each variable to draw: [0, 2] for the units 0 and 2, [(0, 1, 2)] for the entry with this index
        of a variable with three axes, such as p_W. Default: all of them, or the first eight if there are more.
    time_unit, y_unit : str, optional
        Physical units for the labels, such as 'ms' and 'Hz'. None: dimensionless.
    ax : matplotlib Axes, or a sequence of them for a list of variables, optional

    Returns
    -------
    Axes for a name, Figure for a list

    Raises
    ------
    UnknownNameError
        A variable was not monitored.
    ShapeError
        ``entries`` does not fit the variable, or ``ax`` does not fit the list of variables.
    """
    mon, axes = record_of('traces.run', run), cast(Any, ax)
    names = [k for k in mon if k != 'ts'] if variables is None else variables
    check_monitored('traces.variables', mon, [names] if isinstance(names, str) else names)
    if isinstance(names, str):
        return trace(mon, names, entries, time_unit, y_unit, given_or_new(axes, figsize=(6, 2.8)))
    if not names:
        raise UnknownNameError('traces.variables: nothing was monitored. Run it first, with monitors=[…].')
    if axes is None:
        axes = new_subplots(
            len(names),
            1,
            sharex=True,
            squeeze=False,
            layout='constrained',
            figsize=(6, 0.8 + 1.7 * len(names)),
        )[1][:, 0]
    axes = np.atleast_1d(axes)
    if len(axes) != len(names):
        raise ShapeError(f'traces.ax: expected {len(names)} axes, one for each of {", ".join(names)}, got {len(axes)}.')
    for name, one in zip(names, axes, strict=True):
        trace(mon, name, entries, time_unit, y_unit, checked_axes(one))
        if one is not axes[-1] and one.get_shared_x_axes().joined(one, axes[-1]):
            one.set_xlabel('')
    return axes[0].figure


def trace(mon: Any, name: str, entries: Any, time_unit: str | None, y_unit: str | None, ax: Axes) -> Axes:
    """One variable on one axes; the arguments are those of `traces`."""
    values = np.asarray(mon[name])
    ts = times_of(mon, values)
    if len(values) != len(ts):
        raise ShapeError(
            f'traces.{name}: expected {len(ts)} time steps along the first axis, got shape '
            f'{values.shape}. For a batch, pick a sample first.'
        )
    values = values.reshape(len(ts), 1) if values.ndim == 1 else values
    shape = values.shape[1:]
    every = list(np.ndindex(shape))
    if entries is None:
        chosen = every[:MOST_CURVES]
    else:
        chosen = chosen_entries('traces.entries', entries, name, shape)
    label, few, lines = symbol(name), len(chosen) <= len(STYLES), []
    for i, at in enumerate(chosen):
        index = ','.join(map(str, at))
        told = f'{label}[{index}]' if len(every) > 1 else label
        style = curve_style(i) if few else solid_style(i)  # labels at the ends tell many curves apart
        lines.append((ax.plot(ts, values[(slice(None), *at)], label=told, **style)[0], told))
    if entries is None and len(every) > len(chosen):
        ax.set_title(f'{len(chosen)} of {len(every)} entries of {label}', fontsize='small', loc='left')
    if not few:
        label_ends(ax, lines)
    ylabel = with_unit(lines[0][1] if len(lines) == 1 else label, y_unit)
    return finish(ax, with_unit('time $t$', time_unit), ylabel, len(chosen) if few else 1)


def _axis(count, dt, first=1):
    """The positions of ``count`` numbers from step ``first`` on, in steps or in units of time, and the axis label."""
    steps = np.arange(first, first + count)
    return (steps, 'step $t$') if dt is None else (dt * steps, 'time $t$')


def input_and_target(x: ArrayLike, y: ArrayLike, ax: Axes | None = None, dt: float | None = None) -> Axes:
    """Input x and target y, each (T,), over the steps 1 … T; returns the Axes.

    With a time step ``dt`` the axis shows the times dt … T dt: x_t drives the step that ends at t dt, and y_t is the
    target of the state after it.
    """
    ax = given_or_new(ax, figsize=(5, 3))
    for i, (values, label) in enumerate(((x, 'input $x$'), (y, 'target $y$'))):
        columns = np.asarray(values)
        columns = columns.reshape(len(columns), -1)
        at, xlabel = _axis(len(columns), dt)
        for column in columns.T:
            ax.plot(at, column, marker='o', markersize=3, label=label, **curve_style(i))
            label = '_'
    return finish(ax, xlabel, 'input and target')


def before_and_after(
    target: ArrayLike, before: ArrayLike, after: ArrayLike, ax: Axes | None = None, dt: float | None = None
) -> Axes:
    """The target and the outputs before and after training, each (T,), over the steps 1 … T; returns the Axes.

    An output of T + 1 numbers begins with the state before the first step, at step 0. With a time step ``dt`` the axis
    shows times, t dt for the step t.
    """
    ax = given_or_new(ax, figsize=(5, 3))
    steps = np.size(target)
    look: dict[str, dict[str, Any]] = {
        'target $y$': dict(color='black', marker='o', markersize=4),
        'output before training': dict(color=COLOURS[1], linestyle='--', marker='s', markersize=3),
        'output after training': dict(color=COLOURS[0], linestyle='-', marker='^', markersize=3),
    }
    for (label, style), values in zip(look.items(), (target, before, after), strict=True):
        curve = np.ravel(values)
        if len(curve) not in (steps, steps + 1):
            raise ShapeError(
                f'before_and_after: expected outputs of {steps} numbers like the target, or of one more with the state '
                f'before the first step, got {len(curve)}.'
            )
        at, xlabel = _axis(len(curve), dt, first=steps + 1 - len(curve))
        ax.plot(at, curve, label=label, **style)
    return finish(ax, xlabel, 'output and target')


def learning_curve(history: 'History | Sequence[float]', label: str | None = None, ax: Axes | None = None) -> Axes:
    """The loss of a `History` or of a sequence over the epochs; returns the Axes.

    The axis of the loss is logarithmic if the losses span more than a factor of ten.
    """
    losses = np.asarray([] if isinstance(history, RateModel) else getattr(history, 'loss', history), float)
    if losses.ndim != 1 or isinstance(history, RateModel):
        raise ShapeError(
            'learning_curve.history: expected the History that fit returns, or a list of losses, got '
            f'{type(history).__name__ if isinstance(history, RateModel) else f"shape {losses.shape}"}.'
        )
    epochs = np.asarray(getattr(history, 'epoch', np.arange(1, len(losses) + 1)))
    ax = given_or_new(ax, figsize=(5, 3))
    ax.plot(
        epochs,
        losses,
        marker='o' if len(losses) <= 30 else None,
        markersize=3,
        label=label,
        **curve_style(len(ax.lines)),
    )
    if len(losses) and losses.min() > 0 and losses.max() > 10 * losses.min():
        ax.set_yscale('log')
    locator: Any = ax.xaxis.get_major_locator()
    locator.set_params(integer=True)
    return finish(ax, 'epoch', 'loss $l$', len(ax.lines) if label else 1)

"""Monitored traces, inputs and targets, learning curves."""

import matplotlib.pyplot as plt
import numpy as np

from ratezoo.errors import ShapeError, UnknownNameError

# Distinct in colour and, by their line style, in black and white (Okabe & Ito's palette).
_COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000']
_STYLES = ['-', '--', '-.', ':']
_MAX_LEGEND = 8


def _style(i):
    return {'color': _COLOURS[i % len(_COLOURS)], 'linestyle': _STYLES[i % len(_STYLES)]}


def _axes(ax, **size):
    if ax is not None:
        return ax
    return plt.subplots(layout='constrained', **size)[1]


def _finish(ax, xlabel, ylabel, entries=2):
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[['top', 'right']].set_visible(False)
    if entries > 1:
        beside = entries > 4                                    # a long legend would lie over the curves
        ax.legend(frameon=False, **({'loc': 'upper left', 'bbox_to_anchor': (1, 1)} if beside else {}))
    return ax


def symbol(name):
    """A Variable's name as it is written in formulas: 'p_w' → $p_w$, 'pw' → $p_w$, 'r' → $r$."""
    if len(name) == 2 and name[0] == 'p':
        name = f'p_{name[1]}'
    head, _, tail = name.rpartition('.')[2].partition('_')
    if not head.isidentifier() or len(head) > 2:
        return name
    return f'${head}_{{{tail}}}$' if tail else f'${head}$'


def traces(run, variables=None, units=None, time_unit=None, y_unit=None, ax=None):
    """Monitored variables over time.

    Parameters
    ----------
    run : runner, or mapping
        A `Runner` (or `bp.DSRunner`) that has run, or its ``mon``: names to arrays (T, …), with the times as 'ts'.
    variables : str or list of str, optional
        What to draw; default everything monitored. A list is drawn one below the other, a name on one axes.
    units : sequence of int or of index tuples, optional
        Which entries of each variable, by number (row-major) or index; default all, but the first eight where there
        are more.
    time_unit, y_unit : str, optional
        Units for the labels, such as 'ms' and 'Hz'. None: dimensionless.
    ax : matplotlib Axes, or a sequence of them for a list of variables, optional

    Returns
    -------
    Axes for a name, Figure for a list

    Raises
    ------
    UnknownNameError
        A variable was not monitored.
    ShapeError
        ``units`` does not fit the variable, or ``ax`` the list of variables.
    """
    mon = getattr(run, 'mon', run)
    names = [k for k in mon if k != 'ts'] if variables is None else variables
    for name in [names] if isinstance(names, str) else names:
        if name not in mon:
            raise UnknownNameError(f'traces.variables: {name!r} was not monitored. There are: '
                                   f'{", ".join(k for k in mon if k != "ts") or "none"}.')
    if isinstance(names, str):
        return _trace(mon, names, units, time_unit, y_unit, _axes(ax, figsize=(6, 2.8)))
    if not names:
        raise UnknownNameError('traces.variables: nothing was monitored; give the runner monitors=[...].')
    if ax is None:
        ax = plt.subplots(len(names), 1, sharex=True, squeeze=False, layout='constrained',
                          figsize=(6, 0.8 + 1.7 * len(names)))[1][:, 0]
    ax = np.atleast_1d(ax)
    if len(ax) != len(names):
        raise ShapeError(f'traces.ax: expected {len(names)} axes, one for each of {", ".join(names)}, got {len(ax)}.')
    for name, one in zip(names, ax, strict=True):
        _trace(mon, name, units, time_unit, y_unit, one)
        if one is not ax[-1] and one.get_shared_x_axes().joined(one, ax[-1]):
            one.set_xlabel('')
    return ax[0].figure


def _trace(mon, name, units, time_unit, y_unit, ax):
    values = np.asarray(mon[name])
    ts = np.asarray(mon['ts']) if 'ts' in mon else np.arange(len(values))
    if len(values) != len(ts):
        raise ShapeError(f'traces.{name}: expected {len(ts)} time steps along the first axis, got shape '
                         f'{values.shape}. For a batch, pick a sample first.')
    values = values.reshape(len(ts), 1) if values.ndim == 1 else values
    shape = values.shape[1:]
    every = list(np.ndindex(shape))
    chosen = every[:_MAX_LEGEND] if units is None else [_entry(u, name, shape, every) for u in units]
    label = symbol(name)
    for i, unit in enumerate(chosen):
        index = ','.join(map(str, unit))
        ax.plot(ts, values[(slice(None), *unit)], label=f'{label}[{index}]' if len(every) > 1 else label, **_style(i))
    if units is None and len(every) > len(chosen):
        ax.set_title(f'{len(chosen)} of {len(every)} entries of {label}', fontsize='small', loc='left')
    return _finish(ax, _with_unit('time $t$', time_unit), _with_unit(label, y_unit), len(chosen))


def _entry(unit, name, shape, every):
    """An entry's index tuple, from that tuple or its number in row-major order."""
    if np.ndim(unit) == 0 and 0 <= unit < len(every):
        return every[unit]
    if np.ndim(unit) == 1 and tuple(unit) in every:
        return tuple(unit)
    raise ShapeError(f'traces.units: {unit} is not an entry of {name}, whose shape is {shape}.')


def _with_unit(label, unit):
    return f'{label} ({unit})' if unit else label


def _steps(values):
    return np.arange(1, len(values) + 1)


def input_and_target(x, y, ax=None):
    """Input x and target y, each (T,), over the steps 1 … T; returns the Axes."""
    ax = _axes(ax, figsize=(5, 3))
    for i, (values, label) in enumerate(((x, 'input $x$'), (y, 'target $y$'))):
        values = np.asarray(values).reshape(len(values), -1)
        for column in values.T:
            ax.plot(_steps(values), column, marker='o', markersize=3, label=label, **_style(i))
            label = '_'
    return _finish(ax, 'step $t$', 'input and target')


def before_and_after(target, before, after, ax=None):
    """The output before and after training against the target, each (T,), over the steps 1 … T; returns the Axes."""
    ax = _axes(ax, figsize=(5, 3))
    ax.plot(_steps(target), np.ravel(target), color='black', marker='o', markersize=4, label='target $y$')
    ax.plot(_steps(before), np.ravel(before), marker='s', markersize=3, label='output before training',
            color=_COLOURS[1], linestyle='--')
    ax.plot(_steps(after), np.ravel(after), marker='^', markersize=3, label='output after training',
            color=_COLOURS[0], linestyle='-')
    return _finish(ax, 'step $t$', 'output and target')


def learning_curve(history, label=None, ax=None):
    """Loss over epochs, of a `History` or a sequence; logarithmic where it spans a decade. Returns the Axes."""
    losses = np.asarray(getattr(history, 'loss', history), float)
    epochs = np.asarray(getattr(history, 'epoch', _steps(losses)))
    ax = _axes(ax, figsize=(5, 3))
    ax.plot(epochs, losses, marker='o' if len(losses) <= 30 else None, markersize=3, label=label,
            **_style(len(ax.lines)))
    if len(losses) and losses.min() > 0 and losses.max() > 10 * losses.min():
        ax.set_yscale('log')
    ax.xaxis.get_major_locator().set_params(integer=True)
    return _finish(ax, 'epoch', 'loss $l$', len(ax.lines) if label else 1)

"""What the figures share: colours, axes, labels, and how they read a run."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ratezoo.errors import ArgumentError, InvalidValueError, ShapeError, UnknownNameError

# The colours differ for all readers: Okabe and Ito's palette, with a dark red in place of its yellow, which is too pale
# on white. In black and white, the line styles differ.
COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000', '#882255']
STYLES = ['-', '--', '-.', ':']
MOST_CURVES = 8  # curves on one axes, if the caller does not choose them


class HasRun(Protocol):
    """A `Runner` or a `bp.DSRunner` that has run, or a `Run`."""

    @property
    def mon(self) -> Any:
        """What was monitored: names to arrays."""


Recorded = HasRun | Mapping[str, Any]  # the mapping is a ``mon`` itself: names to arrays (T, …), times as 'ts'


def curve_style(i: int) -> dict[str, Any]:
    """Colour and line style of the i-th curve."""
    return {'color': COLOURS[i % len(COLOURS)], 'linestyle': STYLES[i % len(STYLES)]}


def solid_style(i: int) -> dict[str, Any]:
    """The style of the i-th of many curves: solid, and another line style each time the colours begin again."""
    return {**curve_style(i), 'linestyle': STYLES[i // len(COLOURS) % len(STYLES)]}


class ShownOnce(Figure):
    """A figure that a notebook shows once, also where it is the last value of a cell.

    The inline backend of a notebook shows each open figure at the end of the cell and closes it. IPython also shows the
    last value of the cell. So IPython shows nothing while the inline backend is going to show this figure.
    """

    def _ipython_display_(self) -> None:
        will_be_shown = 'inline' in plt.get_backend() and plt.fignum_exists(getattr(self, 'number', -1))
        if not will_be_shown or _called_by('matplotlib_inline'):
            raise NotImplementedError  # IPython then shows it as it shows any figure


def _called_by(package: str) -> bool:
    """Whether a function of this package is among the callers. The inline backend calls IPython, too."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get('__name__', '').partition('.')[0] == package:
            return True
        frame = frame.f_back
    return False


def new_figure(**options: Any) -> Any:
    """`plt.figure` that a notebook shows once."""
    return plt.figure(FigureClass=ShownOnce, **options)


def new_subplots(*shape: int, **options: Any) -> Any:
    """`plt.subplots` that a notebook shows once."""
    return plt.subplots(*shape, FigureClass=ShownOnce, **options)


def given_or_new(ax: Axes | None, **size: Any) -> Axes:
    """``ax``, or the axes of a new figure."""
    if ax is not None:
        return checked_axes(ax)
    return new_subplots(layout='constrained', **size)[1]


def checked_axes(ax: Any) -> Axes:
    """``ax`` itself. Raises `ArgumentError` if it is no matplotlib Axes, but a Figure for example."""
    if not isinstance(ax, Axes):
        raise ArgumentError(f'ax: expected a matplotlib Axes, such as plt.subplots()[1], got {_kind(ax)}.')
    return ax


def finish(ax: Axes, xlabel: str, ylabel: str, curves: int = 2) -> Axes:
    """Label the axes; add a legend if there are several curves."""
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[['top', 'right']].set_visible(False)
    if curves > 1:
        beside = curves > 4  # a long legend would lie over the curves
        place: dict[str, Any] = {'loc': 'upper left', 'bbox_to_anchor': (1, 1)} if beside else {}
        ax.legend(frameon=False, **place)
    return ax


def label_ends(ax: Axes, labels: Sequence[tuple[Any, str]], gap: float = 0.1) -> None:
    """Write a label to the right of the last point of each line, in its colour: ``labels`` are pairs (line, label).

    Labels are at least ``gap`` apart, as a share of the height of the axes. Set the limits of the axes before.
    """
    low, high = ax.get_ylim()
    last = [np.nan_to_num(np.asarray(line.get_ydata(), float)[-1]) for line, _ in labels]
    ends = [(*pair, (y - low) / (high - low)) for pair, y in zip(labels, last, strict=True)]
    ends.sort(key=lambda end: end[2])
    at = np.clip([y for _, _, y in ends], 0.0, 1.0)
    for _ in range(50):  # labels that are too close move apart, each by a half of what is missing
        for i in range(len(at) - 1):
            missing = gap - (at[i + 1] - at[i])
            if missing > 1e-9:
                at[i : i + 2] += -missing / 2, missing / 2
    at = at + max(0.0, -at[0]) if at[0] < 0 else at - max(0.0, at[-1] - 1)
    for (line, label, _), y in zip(ends, at, strict=True):
        ax.text(1.01, y, label, transform=ax.transAxes, color=line.get_color(), va='center', fontsize='small')


def symbol(name: str) -> str:
    """The name of a Variable as formulas write it: 'p_w' → $p_w$, 'pw' → $p_w$, 'r' → $r$."""
    if len(name) == 2 and name[0] == 'p':
        name = f'p_{name[1]}'
    head, _, tail = name.rpartition('.')[2].partition('_')
    if not head.isidentifier() or len(head) > 2:
        return name
    return f'${head}_{{{tail}}}$' if tail else f'${head}$'


def with_unit(label: str, unit: str | None) -> str:
    """A label, with its physical unit in parentheses."""
    return f'{label} ({unit})' if unit else label


def monitored(run: Any) -> Any:
    """What was monitored: names to arrays."""
    return getattr(run, 'mon', run)


def record_of(argument: str, run: Any) -> Any:
    """What was monitored in a run. Raises `ArgumentError` if it is no run; ``argument`` goes into the message."""
    mon = monitored(run)
    if not hasattr(mon, 'keys'):
        raise ArgumentError(
            f'{argument}: expected a run, or a dict of arrays by name, got {_kind(run)}. Record a run with '
            'run = ratezoo.simulate(net), or with a Runner.'
        )
    return mon


def _kind(value):
    """What a value is, in words."""
    return f'the class {value.__name__}' if isinstance(value, type) else f'a value of type {type(value).__name__}'


def check_monitored(argument: str, mon: Mapping[str, Any], names: Iterable[str], what: str = '') -> None:
    """Raise `UnknownNameError` for a name that is not in ``mon``; ``argument`` and ``what`` go into the message."""
    for name in names:
        if name not in mon:
            raise UnknownNameError(
                f'{argument}: {what}{name!r} was not monitored. There are: '
                f'{", ".join(k for k in mon if k != "ts") or "none"}. Add it to the monitors of the '
                'run.'
            )


def times_of(mon: Mapping[str, Any], values: np.ndarray) -> np.ndarray:
    """The times of a run, or the numbers of the steps of ``values``."""
    return np.asarray(mon['ts']) if 'ts' in mon else np.arange(len(values))


def chosen_entries(argument: str, entries: Any, name: str, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The indices of the chosen entries of a variable; ``argument`` goes into the message of an error.

    A variable with one axis has numbers as entries. One with several axes, such as a weight, has index tuples; only if
    a single axis is longer than 1, a number tells which entry is meant.
    """
    several = isinstance(entries, Iterable) and not isinstance(entries, str)
    given: list[Any] = list(entries) if several else [entries]
    every = list(np.ndindex(shape))
    if len(every) > max(shape, default=1) and any(np.ndim(one) == 0 for one in given):
        example = tuple(given) if tuple(given) in every else every[-1]
        raise ShapeError(
            f'{argument}: expected index tuples for {name}, whose shape is {shape}, got {entries!r}. Write '
            f'entries=[{example}] for the entry {name}[{", ".join(map(str, example))}].'
        )
    chosen = []
    for one in given:
        if np.ndim(one) == 0 and one in range(len(every)):
            chosen.append(every[one])
        elif np.ndim(one) == 1 and tuple(one) in every:
            chosen.append(tuple(one))
        else:
            raise ShapeError(f'{argument}: {one!r} is not an entry of {name}, whose shape is {shape}.')
    return chosen


def as_runs(runs: Any) -> list[Any]:
    """Several runs as a list; a single run, which is a runner, a mapping or an array (T, …), becomes a list of one."""
    single = hasattr(monitored(runs), 'keys') or (hasattr(runs, 'ndim') and runs.ndim == 2)
    return [runs] if single else list(runs)


def prepared(function: Callable[..., Any], kind: type, what: Any, options: Mapping[str, Any]) -> Any:
    """Data for a figure: ``what``, if it is of this kind already, or else ``function(what, **options)``.

    ``function`` belongs to `ratezoo.analysis`. Options that are None are left out, so the defaults are those of
    ``function``.
    """
    options = {k: v for k, v in options.items() if v is not None}
    if not isinstance(what, kind):
        return function(what, **options)
    if options:
        name = function.__name__
        raise InvalidValueError(
            f'{name}.{next(iter(options))}: expected none, because this {kind.__name__} is '
            f'computed already. Give it to `ratezoo.analysis.{name}`.'
        )
    return what

"""What a network has learned: its learning curve, and its output beside the target."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ratezoo.errors import ShapeError
from ratezoo.plots.runs import learning_curve
from ratezoo.plots.style import (
    COLOURS,
    finish,
    new_figure,
)
from ratezoo.types import ArrayLike

if TYPE_CHECKING:
    from ratezoo.learning.history import History

_MOST_OUTPUTS = 3  # outputs of a trial that are drawn
_FEW_STEPS = 40  # up to so many steps are marked
_MOST_CLASSES = 20  # a table of more classes has no numbers


class Goal(Protocol):
    """What `trained` reads of a task."""

    @property
    def chance(self) -> float:
        """The score of a network that has learned nothing."""

    @property
    def criterion(self) -> float:
        """The score from which the task counts as solved."""

    @property
    def higher_is_better(self) -> bool:
        """Whether a higher score is better."""


def trained(
    history: 'History | Sequence[float]',
    target: ArrayLike | None = None,
    output: ArrayLike | None = None,
    alpha: ArrayLike | None = None,
    score: float | None = None,
    task: Goal | None = None,
    name: str = '',
    fixed_points: bool = False,
    fig: Figure | None = None,
) -> Figure:
    """The learning curve, and beside it what the trained network does; returns the Figure.

    * Trajectories: the target and the output of one trial over its steps, an axes for each output. Of more than three
      outputs the first three are drawn. Steps that have no weight in the loss are shaded.
    * Fixed points with classes, that is one-hot targets: how many samples of each class got each answer.
    * Fixed points with other targets: the outputs over the targets, as points.
    * No target: the learning curve alone.

    Parameters
    ----------
    history : History, or sequence of float
        The losses.
    target, output : arrays (T, n_out), or for fixed points (B, n_out), optional
        The target and the output of the trained network, in one unit: for a loss of logits give probabilities.
    alpha : array (T,), optional
        Weights of the steps in the loss. Default: all steps have weight.
    score : float, optional
        The score of the trained network on new trials, for the title.
    task : Task, optional
        Its goal and its chance level stand beside the score.
    name : str, optional
        What was trained, for the title.
    fixed_points : bool
        Whether the rows of the target are samples, and not steps. Default False.
    fig : matplotlib Figure, optional
        An empty figure to draw on.

    Raises
    ------
    ShapeError
        Target and output have different shapes, or there is not one weight for each step.

    Examples
    --------
    >>> from ratezoo.plots import trained
    >>> figure = trained([1.0, 0.1], target=[[0.0], [1.0]], output=[[0.1], [0.8]])
    >>> [ax.get_xlabel() for ax in figure.axes]
    ['epoch', 'step $t$']
    """
    if target is None or output is None:
        fig = fig or new_figure(figsize=(5.4, 3.4), layout='constrained')
        learning_curve(history, ax=fig.subplots())
    else:
        y, o = _rows('target', target), _rows('output', output)
        if y.shape != o.shape:
            raise ShapeError(f'trained.output: expected shape {y.shape} like the target, got {o.shape}.')
        fig = fig or new_figure(figsize=(9, 3.8), layout='constrained')
        panels: Any = fig.subfigures(1, 2, width_ratios=(1, 1.25))
        left, right = panels
        learning_curve(history, ax=left.subplots())
        if not fixed_points:
            _trial(y, o, _weights(alpha, len(y)), right)
        elif _is_one_hot(y):
            _answers(y, o, right.subplots(), right)
        else:
            _points(y, o, right.subplots(), right)
    title = '\n'.join(line for line in (name, _in_words(score, task)) if line)
    if title:
        fig.suptitle(title, fontsize='medium')
    return fig


def _rows(argument, values):
    """``values`` as an array of two axes."""
    values = np.asarray(values, float)
    if values.ndim != 2 or not len(values):
        raise ShapeError(
            f'trained.{argument}: expected an array (T, n_out) of one trial, or (B, n_out) of fixed points, got shape '
            f'{values.shape}.'
        )
    return values


def _weights(alpha, T):
    """The weights of T steps."""
    weights = np.ones(T) if alpha is None else np.asarray(alpha, float)
    if weights.shape != (T,):
        raise ShapeError(f'trained.alpha: expected a weight for each of {T} steps, got shape {weights.shape}.')
    return weights


def _in_words(score: float | None, task: Goal | None) -> str:
    """The score, the goal and chance, in words."""
    parts = [] if score is None else [f'score {_short(score)}']
    if task is not None:
        sign, way = ('≥', 'higher') if task.higher_is_better else ('≤', 'lower')
        parts += [f'goal {sign} {_short(task.criterion)}', f'chance {_short(task.chance)} ({way} is better)']
    return ', '.join(parts)


def _short(value: float) -> str:
    """A number with two decimals, or with three if it is small or they are needed."""
    return f'{value:.2f}' if value >= 0.1 and abs(value - round(value, 2)) < 1e-3 else f'{value:.3f}'


def _trial(y: np.ndarray, o: np.ndarray, alpha: np.ndarray, fig: Any) -> None:
    """Target and output of one trial, an axes for each output."""
    shown, T = min(y.shape[1], _MOST_OUTPUTS), len(y)
    steps = np.arange(1, T + 1)
    marker: dict[str, Any] = dict(marker='o', markersize=3) if T <= _FEW_STEPS else {}
    axes = np.atleast_1d(fig.subplots(shown, 1, sharex=True))
    low, high = (f(np.concatenate([y[:, :shown], o[:, :shown]])) for f in (np.min, np.max))
    margin = 0.08 * (high - low or 1.0)
    for k, ax in enumerate(axes):
        for start, end in _stretches(alpha == 0):
            ax.axvspan(start + 0.5, end + 0.5, color='0.9', linewidth=0, zorder=0)
        ax.plot(steps, y[:, k], color='black', linewidth=1.6, label='target', **marker)
        ax.plot(steps, o[:, k], color=COLOURS[k], linestyle='--', linewidth=1.6, label='output', **marker)
        finish(ax, 'step $t$' if ax is axes[-1] else '', f'$y_{k + 1}$' if y.shape[1] > 1 else '$y$', 1)
        ax.set_ylim(low - margin, high + margin)
        ax.set_xlim(0.5, T + 0.5)
    axes[-1].xaxis.set_major_locator(MaxNLocator(6, integer=True))
    handles, labels = axes[0].get_legend_handles_labels()
    if not alpha.all():
        handles, labels = [*handles, Patch(color='0.9')], [*labels, 'no weight in the loss']
    fig.legend(handles, labels, loc='outside upper left', ncols=3, frameon=False, fontsize='small')
    if shown < y.shape[1]:
        axes[0].set_title(f'{shown} of {y.shape[1]} outputs', fontsize='small', loc='right')


def _stretches(where: np.ndarray) -> list[tuple[int, int]]:
    """(first, one past the last) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _is_one_hot(y: np.ndarray) -> bool:
    return y.shape[1] > 1 and bool(np.isin(y, (0, 1)).all() and (y.sum(1) == 1).all())


def _answers(y: np.ndarray, o: np.ndarray, ax: Axes, fig: Any) -> None:
    """How many samples of each class got each answer, as a table in grey."""
    classes = y.shape[1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y.argmax(1), o.argmax(1)), 1)
    fraction = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    image = ax.imshow(fraction, cmap='Blues', vmin=0, vmax=1)
    if classes <= _MOST_CLASSES:
        for i, j in zip(*np.nonzero(counts), strict=True):
            colour = 'white' if fraction[i, j] > 0.5 else 'black'
            ax.text(j, i, counts[i, j], ha='center', va='center', fontsize='x-small', color=colour)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(11, integer=True))
    finish(ax, 'largest output', 'class', 1)
    fig.colorbar(image, ax=ax, label='fraction of the class')


def _points(y: np.ndarray, o: np.ndarray, ax: Axes, fig: Any) -> None:
    """The outputs over the targets; a perfect output lies on the diagonal."""
    shown = min(y.shape[1], _MOST_OUTPUTS)
    ends = [min(y.min(), o.min()), max(y.max(), o.max())]
    ax.plot(ends, ends, color='0.6', linewidth=1, label='output = target')
    for k, marker in zip(range(shown), 'os^', strict=False):
        label = f'output $y_{k + 1}$' if y.shape[1] > 1 else 'output'
        ax.plot(y[:, k], o[:, k], linestyle='', marker=marker, markersize=3.5, color=COLOURS[k], label=label)
    ax.set_aspect('equal')
    finish(ax, 'target', 'output', 1)
    fig.legend(loc='outside upper left', ncols=4, frameon=False, fontsize='small')

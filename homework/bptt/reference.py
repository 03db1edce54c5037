"""The reference solution of the exercise ``bptt``: the library's BPTT and RTRL on the same neuron."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo import plots
from ratezoo.learning import BPTT, RTRL
from ratezoo.models.linear import LinearRNN
from ratezoo.plots.style import COLOURS, finish, new_subplots
from ratezoo.tasks import homework_sequence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ETA = 0.1
DT = 0.1
EPS = 1e-2  # the loss is quadratic in each r_t, so a large difference is exact up to rounding


class ByBPTT(BPTT, LinearRNN):
    """One unit with w = b = 1, trained by BPTT."""


class ByRTRL(RTRL, LinearRNN):
    """The same unit, trained by RTRL."""


class Epoch(NamedTuple):
    """One line of the table: the loss before the update, the changes by both rules, and w and b after it."""

    epoch: int
    loss: float
    dw: float
    db: float
    dw_rtrl: float
    db_rtrl: float
    w: float
    b: float


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    y : array (T,)
        The target.
    epochs : list of Epoch
        One entry for each epoch.
    r : array (T + 1,)
        r_0 … r_T after the training.
    w : float
        The weight after the training.
    v, measured : array (T,)
        v_1 … v_T after the training, by the recursion and by finite differences of the loss.
    """

    y: np.ndarray
    epochs: list[Epoch]
    r: np.ndarray
    w: float
    v: np.ndarray
    measured: np.ndarray


def run(seed: int, epochs: int) -> Result:
    """Train the neuron of the homework by BPTT, with the changes of RTRL beside them.

    Parameters
    ----------
    seed : int
        Seed of the input and of the target.
    epochs : int
        Number of epochs.
    """
    x, y = homework_sequence(seed=seed)
    net, other, rows = ByBPTT(dt=DT), ByRTRL(dt=DT), []
    for epoch in range(1, epochs + 1):
        other.set_params(net.params_dict())
        loss, by_bptt = net.gradient(x, y, r0=y[:1])
        by_rtrl = other.gradient(x, y, r0=y[:1])[1]
        net.set_params({k: p - ETA * by_bptt[k] for k, p in net.params_dict().items()})
        numbers = [-ETA * grads[k] for grads in (by_bptt, by_rtrl) for k in ('w', 'b')]
        values = (loss, *numbers, net.w.value, net.b.value)
        rows.append(Epoch(epoch, *(float(np.ravel(v)[0]) for v in values)))
    w, b = (float(np.ravel(p)[0]) for p in (net.w.value, net.b.value))
    r = continued(y[0], x, w, b)
    return Result(y, rows, r, w, adjoint(r[1:], y, w), _measured(r, x, y, w, b))


def continued(r: float, x: np.ndarray, w: float, b: float) -> np.ndarray:
    """The rate ``r``, and those after it with the inputs ``x``, by Euler's rule; (number of inputs + 1,)."""
    rates = [r]
    for x_t in x:
        rates.append(rates[-1] + DT * (-rates[-1] + w * rates[-1] + b + x_t))
    return np.array(rates)


def adjoint(r: np.ndarray, y: np.ndarray, w: float) -> np.ndarray:
    """v_t = dl/dr_t for t = 1 … T, from r_1 … r_T: v_t = (r_t − y_t)/T + [1 + Δt (w − 1)] v_{t+1}, v_{T+1} = 0."""
    v = np.zeros(len(y) + 1)
    for k in reversed(range(len(y))):
        v[k] = (r[k] - y[k]) / len(y) + (1 + DT * (w - 1)) * v[k + 1]
    return v[:-1]


def _measured(r, x, y, w, b):
    """dl/dr_t for t = 1 … T: r_t is moved by ±EPS, and the later rates follow."""

    def loss(t, eps):
        return np.mean((np.concatenate([r[1:t], continued(r[t] + eps, x[t:], w, b)]) - y) ** 2) / 2

    return np.array([(loss(t, EPS) - loss(t, -EPS)) / (2 * EPS) for t in range(1, len(y) + 1)])


def terms(result: Result) -> np.ndarray:
    """The terms (1/T)(r_t − y_t)(∂r_t/∂r_s) Δt r_{s−1} of dl/dw, (T, T): row t − 1, column s − 1; 0 for s > t."""
    T = len(result.y)
    t, s = np.indices((T, T))
    passed_on = np.where(s <= t, (1 + DT * (result.w - 1)) ** np.maximum(t - s, 0), 0.0)
    return (result.r[1:] - result.y)[:, None] / T * passed_on * DT * result.r[:-1]


def figures(result: Result) -> 'dict[str, Figure]':
    """The figures by name: the double sum of both rules; the adjoint; and, if there were epochs, the changes, the loss."""
    drawn = {'double_sum': _double_sum(result), 'adjoint': _adjoint(result).figure}
    if result.epochs:
        drawn |= {
            'changes': _changes(result.epochs).figure,
            'loss': plots.learning_curve([e.loss for e in result.epochs]).figure,
        }
    return drawn


def _double_sum(result):
    """The table of `terms`: RTRL adds up its rows, one after the other; BPTT its columns, from the last to the first."""
    table, T = terms(result), len(result.y)
    steps = np.arange(1, T + 1)
    figure, axes = new_subplots(1, 3, figsize=(11, 3.4), layout='constrained')
    shown = np.ma.masked_where(np.triu(np.ones((T, T), bool), 1), table)  # s > t: r_s comes after r_t
    most = np.abs(table).max()
    image = axes[0].pcolormesh(steps, steps, shown, shading='nearest', cmap='RdBu_r', vmin=-most, vmax=most)
    figure.colorbar(image, ax=axes[0], label='term of $dl/dw$')
    finish(axes[0], 'step $s$ in which $w$ acts', 'step $t$ of the error', 1)
    axes[1].bar(steps, table.sum(1), color=COLOURS[1])
    axes[1].set_title(f'RTRL: row by row, $(r_t - y_t)\\,p_t/T$\nsum {table.sum(1).sum():+.6f}', fontsize='medium')
    finish(axes[1], 'step $t$', 'sum of the row', 1)
    axes[2].bar(steps, table.sum(0), color=COLOURS[0])
    axes[2].set_title(
        f'BPTT: column by column, $v_s\\,dt\\,r_{{s-1}}$\nsum {table.sum(0).sum():+.6f}', fontsize='medium'
    )
    finish(axes[2], 'step $s$', 'sum of the column', 1)
    for ax in axes[1:]:
        ax.axhline(0, color='0.6', linewidth=0.8)
    return figure


def _adjoint(result) -> 'Axes':
    """v_t, the measured dl/dr_t, and the error of each step alone."""
    steps = np.arange(1, len(result.y) + 1)
    ax = new_subplots(figsize=(5.5, 3.8), layout='constrained')[1]
    ax.plot(steps, result.measured, 'o', color='black', markersize=10, fillstyle='none', label='$dl/dr_t$, measured')
    ax.plot(steps, result.v, 'x-', color=COLOURS[0], label='adjoint $v_t$')
    ax.plot(steps, (result.r[1:] - result.y) / len(result.y), '--', color=COLOURS[1], label='$(r_t - y_t)/T$ alone')
    return finish(ax, 'step $t$', 'adjoint')


def _changes(epochs) -> 'Axes':
    """Δw and Δb of both rules over the epochs."""
    ax = new_subplots(figsize=(5, 3.2), layout='constrained')[1]
    at = [e.epoch for e in epochs]
    for name, colour in (('w', COLOURS[0]), ('b', COLOURS[1])):
        rtrl, bptt = ([getattr(e, f'd{name}{rule}') for e in epochs] for rule in ('_rtrl', ''))
        ax.plot(at, rtrl, 'o', color=colour, markersize=10, fillstyle='none', label=f'$\\Delta {name}$ by RTRL')
        ax.plot(at, bptt, 'x', color=colour, label=f'$\\Delta {name}$ by BPTT')
    ax.xaxis.get_major_locator().set_params(integer=True)
    return finish(ax, 'epoch', 'change of $w$ and $b$')


def as_dict(result: Result) -> dict[str, Any]:
    """Time step, learning rate, target, epochs, and after them r, the adjoint v and the measured dl/dr_t."""
    return {
        'dt': DT,
        'eta': ETA,
        'y': result.y.tolist(),
        'epochs': [e._asdict() for e in result.epochs],
        **{k: getattr(result, k).tolist() for k in ('r', 'v', 'measured')},
    }


def table(result: Result) -> str:
    """One line an epoch: loss, the changes by BPTT and by RTRL. Then the largest differences."""
    lines = [
        f'epoch {e.epoch:3d}  loss {e.loss:.4f}  dw {e.dw:+.5f} (RTRL {e.dw_rtrl:+.5f})  '
        f'db {e.db:+.5f} (RTRL {e.db_rtrl:+.5f})'
        for e in result.epochs
    ]
    if result.epochs:
        off = max(max(abs(e.dw - e.dw_rtrl), abs(e.db - e.db_rtrl)) for e in result.epochs)
        lines.append(f'largest difference of BPTT and RTRL: {off:.1e}')
    lines.append(f'largest difference of v_t and measured dl/dr_t: {abs(result.v - result.measured).max():.1e}')
    return '\n'.join(lines)

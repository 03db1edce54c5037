"""The reference solution of the homework, with the library's RTRL and Runner."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo import plots
from ratezoo.learning import RTRL
from ratezoo.models.linear import LinearRNN
from ratezoo.runner import Runner
from ratezoo.tasks import homework_sequence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ETA = 0.1
DT = 0.1


class Homework(RTRL, LinearRNN):
    """One unit with w = b = 1 that carries the traces p_w and p_b."""


class Epoch(NamedTuple):
    """One line of the homework's table: the loss before the update, the changes, and the parameters after it."""

    epoch: int
    loss: float
    dw: float
    db: float
    w: float
    b: float


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    x, y : array (T,)
        The input and the target.
    epochs : list of Epoch
        One entry for each epoch.
    before, after : array (T,)
        The output r before the training and after it.
    monitors : dict of str to array (T,)
        r, p_w and p_b of the run after the training.
    """

    x: np.ndarray
    y: np.ndarray
    epochs: list[Epoch]
    before: np.ndarray
    after: np.ndarray
    monitors: dict[str, np.ndarray]


def train(r: np.ndarray, p_w: np.ndarray, p_b: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """The loss of a monitored run, and the changes Δw = −(η/T) Σ_t (r_t − y_t) p_w,t and Δb, likewise with p_b."""
    error = r - y
    return np.mean(error**2) / 2, -ETA * np.mean(error * p_w), -ETA * np.mean(error * p_b)


def run(seed: int, epochs: int) -> Result:
    """Train the unit on the homework's sequence.

    Parameters
    ----------
    seed : int
        Seed of the input and of the target.
    epochs : int
        Number of epochs.
    """
    x, y = homework_sequence(seed=seed)
    net = Homework(dt=DT)
    runner = Runner(net, monitors=['r', 'p_w', 'p_b'], dt=DT, progress_bar=False)

    def monitored_run():
        """The monitors of a run from y_0, each as an array (T,)."""
        net.reset_state(r0=y[0])
        runner.reset_state()
        runner.run(inputs=x)
        return {
            k: np.asarray(v, float).reshape(len(v), *(() if v.size == len(v) else v.shape[1:]))
            for k, v in runner.mon.items()
        }

    before, rows = monitored_run()['r'], []
    for epoch in range(1, epochs + 1):
        mon = monitored_run()
        loss, dw, db = train(mon['r'], mon['p_w'], mon['p_b'], y)
        net.set_params({'w': net.w.value + dw, 'b': net.b.value + db})
        rows.append(Epoch(epoch, float(loss), float(dw), float(db), float(net.w.value[0, 0]), float(net.b.value[0])))
    mon = monitored_run()
    return Result(x, y, rows, before, mon['r'], mon)


def from_the_start(result: Result) -> dict[str, np.ndarray]:
    """The times 0, Δt, …, T Δt as 'ts', and r, p_w and p_b at these times: at 0 they are y_0, 0 and 0.

    The monitors of a run begin after its first step, at Δt.
    """
    start = {'r': result.y[0], 'p_w': 0.0, 'p_b': 0.0}
    states = {k: np.concatenate([[value], result.monitors[k]]) for k, value in start.items()}
    return {'ts': DT * np.arange(len(result.y) + 1), **states}


def figures(result: Result) -> 'dict[str, Figure]':
    """The homework's figures by name: input and target; output before and after; the traces; the loss, if trained.

    All but the loss have the same time axis: states from 0 to T Δt, and x_t and y_t at t Δt for t = 1 … T.
    """
    drawn: dict[str, Any] = {
        'input_target': plots.input_and_target(result.x, result.y, dt=DT).figure,
        'before_after': before_and_after(result).figure,
        'traces': plots.traces(from_the_start(result), ['r', 'p_w', 'p_b']),
    }
    if result.epochs:
        drawn['loss'] = plots.learning_curve([e.loss for e in result.epochs]).figure
    return drawn


def before_and_after(result: Result, ax: 'Axes | None' = None) -> 'Axes':
    """The target and the outputs before and after training, from r_0 = y_0 on."""
    before, after = (np.concatenate([result.y[:1], r]) for r in (result.before, result.after))
    return plots.before_and_after(result.y, before, after, ax=ax, dt=DT)


def as_dict(result: Result) -> dict[str, Any]:
    """Time step, learning rate, input and target, epochs, outputs before and after training, and the traces after it."""
    return {
        'dt': DT,
        'eta': ETA,
        'x': result.x.tolist(),
        'y': result.y.tolist(),
        'epochs': [e._asdict() for e in result.epochs],
        'before': result.before.tolist(),
        'after': result.after.tolist(),
        **{k: result.monitors[k].tolist() for k in ('r', 'p_w', 'p_b')},
    }


def table(result: Result) -> str:
    """One line an epoch: loss before the update, the changes of w and b, and w and b after it."""
    return '\n'.join(
        f'epoch {e.epoch:3d}   loss {e.loss:.6f}   dw {e.dw:+.6f}   db {e.db:+.6f}   w {e.w:.6f}   b {e.b:.6f}'
        for e in result.epochs
    )

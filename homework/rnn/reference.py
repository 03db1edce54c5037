"""The reference solution: what the course asks, done with the library."""

from typing import NamedTuple

import numpy as np

from ratezoo import plots
from ratezoo.errors import InvalidValueError
from ratezoo.learning import RTRL
from ratezoo.models.linear import LinearRNN
from ratezoo.runner import Runner
from ratezoo.tasks import homework_sequence

ETA = 0.1
DT = 0.1


class Homework(RTRL, LinearRNN):
    """One unit, w = b = 1, whose traces p_w and p_b run along."""


class Epoch(NamedTuple):
    """One line of the homework's table: loss before the update, the changes, the parameters after it."""
    epoch: int
    loss: float
    dw: float
    db: float
    w: float
    b: float


class Result(NamedTuple):
    """What a run of the homework gives; ``before``, ``after`` and ``monitors`` are runs outside of training."""
    x: np.ndarray
    y: np.ndarray
    epochs: list
    before: np.ndarray
    after: np.ndarray
    monitors: dict


def train(r, p_w, p_b, y):
    """Changes of w and b from the monitored run, and its loss: Δw = −(η/T) Σ_t (r_t − y_t) p_w,t, likewise Δb."""
    error = r - y
    return np.mean(error ** 2) / 2, -ETA * np.mean(error * p_w), -ETA * np.mean(error * p_b)


def run(seed=0, epochs=10):
    """Train the unit on the homework's sequence; returns a `Result`."""
    if not (isinstance(epochs, (int, np.integer)) and epochs >= 0):
        raise InvalidValueError(f'homework.epochs: expected a number of epochs ≥ 0, got {epochs}.')
    x, y = homework_sequence(seed=seed)
    net = Homework(dt=DT)
    runner = Runner(net, monitors=['r', 'p_w', 'p_b'], dt=DT, progress_bar=False)

    def one_run():
        net.reset_state(r0=y[0])
        runner.reset_state()
        runner.run(inputs=x)
        return {k: np.asarray(v, float).reshape(len(v), *(() if v.size == len(v) else v.shape[1:]))
                for k, v in runner.mon.items()}

    before, lines = one_run()['r'], []
    for epoch in range(1, epochs + 1):
        mon = one_run()
        loss, dw, db = train(mon['r'], mon['p_w'], mon['p_b'], y)
        net.set_params({'w': net.w.value + dw, 'b': net.b.value + db})
        lines.append(Epoch(epoch, float(loss), float(dw), float(db), float(net.w.value[0, 0]), float(net.b.value[0])))
    mon = one_run()
    return Result(x, y, lines, before, mon['r'], mon)


def figures(result):
    """The homework's figures, name → Figure: input and target; output before and after; the monitored traces."""
    drawn = {'input_target': plots.input_and_target(result.x, result.y).figure,
             'before_after': plots.before_and_after(result.y, result.before, result.after).figure,
             'traces': plots.traces(result.monitors, ['r', 'p_w', 'p_b'])}
    if result.epochs:
        drawn['loss'] = plots.learning_curve([e.loss for e in result.epochs]).figure
    return drawn

"""The exercise ``rnn``: its `Exercise` calls ``reference.py``, the solution, and ``judge.py``, which checks files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import Exercise

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ratezoo.homework.rnn.reference import Result


class RNN(Exercise):
    """Train a single rate neuron to generate a sequence, by RTRL."""

    summary = 'Train a single rate neuron to generate a sequence, by RTRL'
    summary_zh = '用 RTRL 训练单个发放率神经元来生成序列'
    blanks = ('p_w in update', 'dw and db in train')
    class_name = 'RNN'
    number = 1
    epochs = 10

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Train the unit with the library's RTRL, for ``epochs`` epochs (default 10); the seed is that of the input and target."""
        from ratezoo.homework.rnn import reference

        return reference.run(seed, self.chosen_epochs(epochs))

    def figures(self, result: Result) -> dict[str, Figure]:
        """Input and target; output before and after training; the monitored traces; the loss, if there were epochs."""
        from ratezoo.homework.rnn import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """Time step, learning rate, input and target, epochs, outputs before and after training, and the traces after it."""
        from ratezoo.homework.rnn import reference

        return {
            'dt': reference.DT,
            'eta': reference.ETA,
            'x': result.x.tolist(),
            'y': result.y.tolist(),
            'epochs': [e._asdict() for e in result.epochs],
            'before': result.before.tolist(),
            'after': result.after.tolist(),
            **{k: result.monitors[k].tolist() for k in ('r', 'p_w', 'p_b')},
        }

    def table(self, result: Result) -> str:
        """One line an epoch: loss before the update, the changes of w and b, and w and b after it."""
        return '\n'.join(
            f'epoch {e.epoch:3d}   loss {e.loss:.6f}   dw {e.dw:+.6f}   db {e.db:+.6f}   w {e.w:.6f}   b {e.b:.6f}'
            for e in result.epochs
        )

    def check(self, file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
        """Judge p_w, dw and db; the given parts (r, p_b, ``reset_neuron``) must still be there."""
        from ratezoo.homework.rnn import judge

        return judge.check(file, seconds)

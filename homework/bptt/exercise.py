"""The exercise ``bptt``: its `Exercise` calls ``reference.py``, the solution, and ``judge.py``, which says what is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.bptt.reference import Result
    from ratezoo.homework.judge import Part


class BackPropagationThroughTime(ExerciseByParts):
    """Train the rate neuron of the homework by BPTT, and see that the result is that of RTRL."""

    summary = 'Train the same neuron by BPTT, and see that RTRL gives the same'
    summary_zh = '用时间反向传播（BPTT）训练同一个神经元，并看到它与 RTRL 结果相同'
    blanks = ('v in adjoint', 'dw and db in train')
    class_name = 'RNN'
    number = 4
    epochs = 10

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Train the unit with the library's BPTT, with RTRL beside it; the seed is that of the input and target."""
        from ratezoo.homework.bptt import reference

        return reference.run(seed, self.chosen_epochs(epochs))

    def figures(self, result: Result) -> dict[str, Figure]:
        """The double sum of both rules; the adjoint against measured dl/dr_t; changes and loss, if there were epochs."""
        from ratezoo.homework.bptt import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """Time step, learning rate, target, epochs, and after them r, the adjoint v and the measured dl/dr_t."""
        from ratezoo.homework.bptt import reference

        return {
            'dt': reference.DT,
            'eta': reference.ETA,
            'y': result.y.tolist(),
            'epochs': [e._asdict() for e in result.epochs],
            **{k: getattr(result, k).tolist() for k in ('r', 'v', 'measured')},
        }

    def table(self, result: Result) -> str:
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

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """v, dw and db; the given update must still be there."""
        from ratezoo.homework.bptt import judge

        return judge.parts(rng)

"""The exercise ``rnn-bptt``: its `Exercise` calls ``reference.py``, the solution, and ``judge.py``: what is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.judge import Part
    from ratezoo.homework.rnn_bptt.reference import Result


class LinearRecurrentNetwork(ExerciseByParts):
    """The gradients of a linear RNN in discrete time, and why they vanish or explode."""

    summary = 'Write the gradients of a linear RNN; see them vanish and explode'
    summary_zh = '写出离散时间线性 RNN 的梯度，并观察梯度消失与梯度爆炸'
    blanks = ('dW_qh in readout_gradient', 'dh in backward', 'dW_hh and dW_hx in recurrent_gradients')
    class_name = 'RNN'
    number = 7

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """The gradients in three ways, and their size over time; the seed is that of the weights and of the data."""
        from ratezoo.homework.rnn_bptt import reference

        self.chosen_epochs(epochs)
        return reference.run(seed)

    def figures(self, result: Result) -> dict[str, Figure]:
        """The gradients against measured ones; the size of dL/dh_t over the steps back, for three spectral radii."""
        from ratezoo.homework.rnn_bptt import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The gradients in three ways, and for each spectral radius the sizes and their growth a step."""
        from ratezoo.homework.rnn_bptt import reference

        return {
            **{kind: {k: W.tolist() for k, W in getattr(result, kind).items()} for kind in result._fields[:3]},
            'sizes': {str(rho): size.tolist() for rho, size in result.sizes.items()},
            'growth': {str(rho): rate for rho, rate in reference.rates(result).items()},
        }

    def table(self, result: Result) -> str:
        """For each weight matrix how far the ways differ; for each spectral radius the growth of the gradient a step."""
        from ratezoo.homework.rnn_bptt import reference

        lines = [
            f'dL/d{name}: largest {abs(formula).max():.4f}, differs from the measured one by '
            f'{abs(formula - result.measured[name]).max():.1e}'
            for name, formula in result.formula.items()
        ]
        lines += [
            f'spectral radius {rho:g}: a step back multiplies the size of dl_T/dh_t by {rate:.3f} on average'
            for rho, rate in reference.rates(result).items()
        ]
        return '\n'.join(lines)

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """dW_qh, dh, dW_hh and dW_hx; the given forward run must still be there."""
        from ratezoo.homework.rnn_bptt import judge

        return judge.parts(rng)

"""The exercise ``perceptron``: its methods call ``reference.py``, the solution, and ``judge.py``, which says what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.judge import Part
    from ratezoo.homework.perceptron.reference import Result


class Perceptron(ExerciseByParts):
    """Derive the gradient of a perceptron with an L2 penalty."""

    summary = 'Derive the gradient of a perceptron with an L2 penalty, and train it'
    summary_zh = '推导带 L2 惩罚的感知机的梯度，并训练它'
    blanks = ('s in penalty', 'dW2 in gradient_W2', 'dW1 in gradient_W1')
    class_name = 'Perceptron'
    number = 6
    epochs = 1000

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Train on two moons without and with the penalty (default 1000 epochs); compare a gradient with finite differences."""
        from ratezoo.homework.perceptron import reference

        return reference.run(seed, self.chosen_epochs(epochs))

    def figures(self, result: Result) -> dict[str, Figure]:
        """The losses and the size of the weights over the epochs; the gradient against finite differences."""
        from ratezoo.homework.perceptron import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The trainings (losses and sizes over the epochs), the gradient, and finite differences."""
        from ratezoo.homework.perceptron import reference

        return {
            'trainings': [
                {'mu': t.mu, **{k: getattr(t, k).tolist() for k in ('epochs', 'training', 'new', 'size')}}
                for t in result.trainings
            ],
            'gradient': {k: g.tolist() for k, g in result.gradient.items()},
            'finite_differences': {k: g.tolist() for k, g in result.finite_differences.items()},
            'largest_differences': reference.largest_differences(result),
        }

    def table(self, result: Result) -> str:
        """The losses and the size of the weights after the training; how far the gradient is from finite differences."""
        from ratezoo.homework.perceptron import reference

        lines = ['after the training']
        for t in result.trainings:
            lines.append(
                f'mu {t.mu:<5g}  loss of training points {t.training[-1]:.3f}   of new points {t.new[-1]:.3f}   '
                f'|W|^2 {t.size[-1]:.1f}'
            )
        for name, off in reference.largest_differences(result).items():
            lines.append(f'dJ/d{name}   largest difference from finite differences {off:.1e}')
        return '\n'.join(lines)

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """s, dW2 and dW1; and forward and loss, which the hand-out gives."""
        from ratezoo.homework.perceptron import judge

        return judge.parts(rng)

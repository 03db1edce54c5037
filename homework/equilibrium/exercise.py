"""The exercise ``equilibrium``: its `Exercise` calls ``reference.py``, the solution, and ``judge.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.equilibrium.reference import Result
    from ratezoo.homework.judge import Part


class Equilibrium(ExerciseByParts):
    """Measure the gradient of a network at rest by nudging it: equilibrium propagation."""

    summary = 'Measure a gradient by two relaxations: equilibrium propagation'
    summary_zh = '用两次弛豫测量梯度：平衡传播'
    blanks = ('the nudge in update', 'dW_one in one_sided', 'dW_two in centred')
    class_name = 'Net'
    number = 8

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Measure the gradient at several nudges. The seed is that of the network; nothing is trained."""
        from ratezoo.homework.equilibrium import reference

        self.chosen_epochs(epochs)
        return reference.run(seed)

    def figures(self, result: Result) -> dict[str, Figure]:
        """The outputs after the nudge sets in, and the errors over the nudge."""
        from ratezoo.homework.equilibrium import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The network, its rest, the nudges, the errors of both schemes, and the exact gradient."""
        from ratezoo.homework.equilibrium import reference

        return {
            'W': result.problem.W.tolist(),
            'x': result.problem.x.tolist(),
            'y': result.problem.y.tolist(),
            'free': result.free.tolist(),
            'exact': result.exact.tolist(),
            'nudges': list(reference.NUDGES),
            'errors': result.errors,
        }

    def table(self, result: Result) -> str:
        """One line a nudge: the relative errors of the one-sided and of the centred gradient."""
        from ratezoo.homework.equilibrium import reference

        return '\n'.join(
            f'lam {nudge:<5g}   error one-sided {one:9.3%}   centred {two:9.3%}'
            for nudge, one, two in zip(
                reference.NUDGES, result.errors['one-sided'], result.errors['centred'], strict=True
            )
        )

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """The nudge, and dl/dW by both differences."""
        from ratezoo.homework.equilibrium import judge

        return judge.parts(rng)

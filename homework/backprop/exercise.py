"""The exercise ``backprop``: its methods call ``reference.py``, the solution, and ``judge.py``, which says what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.backprop.reference import Result
    from ratezoo.homework.judge import Part


class Backprop(ExerciseByParts):
    """Derive back-propagation as the adjoint of a two-layer network."""

    summary = 'Find the gradient of a two-layer network from its adjoint, by solving and by settling'
    summary_zh = '用伴随方程求两层网络的梯度：直接求解，以及让它自己稳定下来'
    blanks = ('v1 in solve', 'dv1 in update', 'dw1 and dw2 in gradients')
    class_name = 'TwoLayers'
    number = 5

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """v* and the gradient in both ways, and finite differences; the seed is that of the network and its target."""
        from ratezoo.homework.backprop import reference

        self.chosen_epochs(epochs)
        return reference.run(seed)

    def figures(self, result: Result) -> dict[str, Figure]:
        """The adjoint on its way to v*; the gradient against finite differences."""
        from ratezoo.homework.backprop import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The times, v(t), v*, the gradients in each way, and the largest differences."""
        from ratezoo.homework.backprop import reference

        return {
            'ts': result.ts.tolist(),
            'v': result.v.tolist(),
            'v_star': result.v_star.tolist(),
            'gradients': {
                way: {w: g.tolist() for w, g in gradients.items()} for way, gradients in result.gradients.items()
            },
            'largest_differences': reference.largest_differences(result),
        }

    def table(self, result: Result) -> str:
        """v at the end beside v*, and the largest differences of both gradients from finite differences."""
        from ratezoo.homework.backprop import reference

        off = reference.largest_differences(result)
        n1 = reference.SIZES[1]
        names = [f'v{1 + (i >= n1)}[{i % n1}]' for i in range(len(result.v_star))]
        lines = [
            f'{name}   settled {v:+.6f}   solved {star:+.6f}'
            for name, v, star in zip(names, result.v[-1], result.v_star, strict=True)
        ]
        for w in ('w1', 'w2'):
            lines.append(
                f'dl/d{w}   difference from finite differences: '
                f'settled {off[f"settled_{w}"]:.1e}, solved {off[f"solved_{w}"]:.1e}'
            )
        return '\n'.join(lines)

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """v1, dv1, dw1 and dw2; and rest and loss, which the hand-out gives."""
        from ratezoo.homework.backprop import judge

        return judge.parts(rng)

"""The exercise ``hopfield``: its `Exercise` calls ``reference.py``, the solution, and ``judge.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.hopfield.reference import Result
    from ratezoo.homework.judge import Part


class HopfieldNetwork(ExerciseByParts):
    """Store patterns in a Hopfield network, recall them, and store too many."""

    summary = 'Store pictures in a Hopfield network, recall them, and exceed its capacity'
    summary_zh = '在 Hopfield 网络中存储、回忆图像，并超出它的容量'
    blanks = ('W in store', 's_new in update', 'E in energy')
    class_name = 'Hopfield'
    number = 9

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Recall three letters, and measure the overlap over the load. Nothing is trained."""
        from ratezoo.homework.hopfield import reference

        self.chosen_epochs(epochs)
        return reference.run(seed)

    def figures(self, result: Result) -> dict[str, Figure]:
        """The pictures, the energy of each recall, and the overlap over the load."""
        from ratezoo.homework.hopfield import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The letters, the pictures as lists of +1 and -1, the energies, and the overlaps at each load."""
        from ratezoo.homework.hopfield import reference

        return {
            'letters': reference.LETTERS,
            'pictures': result.pictures.tolist(),
            'energies': result.energies.tolist(),
            'loads': reference.LOADS.tolist(),
            'overlaps': result.overlaps.tolist(),
        }

    def table(self, result: Result) -> str:
        """One line a letter: wrong pixels and energy at the start and at the end. One line a load: the overlap."""
        from ratezoo.homework.hopfield import reference

        letters = [
            f'{letter}   wrong pixels {(start != stored).sum():3d} → {(end != stored).sum():3d}   '
            f'energy {energies[0]:7.2f} → {energies[-1]:7.2f}'
            for letter, (stored, start, end), energies in zip(
                reference.LETTERS, result.pictures, result.energies, strict=True
            )
        ]
        loads = [
            f'P/N {load:.2f}   overlap after recall {overlaps.mean():.3f}'
            for load, overlaps in zip(reference.LOADS, result.overlaps, strict=True)
        ]
        return '\n'.join(letters + loads)

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """The weights, the update, and the energy."""
        from ratezoo.homework.hopfield import judge

        return judge.parts(rng)

"""The exercise ``oscillator``: ``reference.py`` solves it, and ``judge.py`` checks files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.judge import Part
    from ratezoo.homework.oscillator.reference import Result


class DrivenOscillatorByEuler(ExerciseByParts):
    """Integrate the driven oscillator m d²s/dt² = −k s + A cos t by Euler's method."""

    summary = "Integrate the driven oscillator by Euler's method"
    summary_zh = '用欧拉法积分受迫振子'
    blanks = ('ds and dv in derivatives', 's_new, v_new and t_new in update', 'slope in order')
    class_name = 'Oscillator'
    number = 3
    epochs = None

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Integrate the oscillator with the library. Nothing in it is random, and nothing is trained."""
        from ratezoo.homework.oscillator import reference

        self.chosen_epochs(epochs)  # refuses a number
        return reference.run()

    def figures(self, result: Result) -> dict[str, Figure]:
        """The motion, the order of the error, the energy without the drive, the resonance."""
        from ratezoo.homework.oscillator import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """Steps, errors and order; the growth of the energy; the motions, at most 20 times in a unit of time."""
        from ratezoo.homework.oscillator import reference

        def motion(run):
            every = max(1, round(0.05 / run.h))  # 20 numbers in a unit of time show the motion
            return {'h': run.h, **{name: getattr(run, name)[::every].tolist() for name in ('ts', 's', 'v')}}

        return {
            'steps': list(reference.STEPS),
            'errors': result.errors.tolist(),
            'order': result.order,
            'energy_growth': result.growth,
            'motions': [motion(run) for run in result.motions],
            'free': motion(result.free),
            'resonance': motion(result.resonance),
        }

    def table(self, result: Result) -> str:
        """The error for each step, the order, the growth of the energy, and the amplitude at resonance."""
        import numpy as np

        from ratezoo.homework.oscillator import reference

        free, resonance = result.free, result.resonance
        growth = 1 + free.h**2 * reference.K / reference.M
        largest = reference.A * resonance.ts[-1] / (2 * reference.M)
        lines = [f'h {h:<8g}  largest error of s {e:.5f}' for h, e in zip(reference.STEPS, result.errors, strict=True)]
        return '\n'.join(
            [
                *lines,
                f'order of the method                     {result.order:.3f}',
                f'without the drive, h = {free.h:g}:',
                f'  energy after a step / before it       {result.growth:.6f}   1 + h^2 k/m = {growth:.6f}',
                f'at resonance, up to t = {resonance.ts[-1]:g}:',
                f'  largest position                      {np.abs(resonance.s).max():.2f}      A t/(2 m omega) = {largest:.2f}',
            ]
        )

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """What is judged: ds, dv, s_new, v_new, t_new, slope."""
        from ratezoo.homework.oscillator import judge

        return judge.parts(rng)

"""The exercise ``reduction``: ``reference.py`` solves it, and ``judge.py`` checks files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratezoo.homework.exercise import ExerciseByParts

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from ratezoo.homework.judge import Part
    from ratezoo.homework.reduction.reference import Result


class FromSpikesToRates(ExerciseByParts):
    """Filter spikes by a synapse, replace them by rates, and derive the firing-rate model and the current model."""

    summary = 'From spikes to rates: a synaptic filter, and two limits of a network'
    summary_zh = '从脉冲到发放率：突触滤波器，以及网络的两种极限'
    blanks = ('I_new in synapse', 'dr in firing_rate_model', 'dI in current_model')
    class_name = 'RateNetwork'
    number = 2
    epochs = None

    def run(self, seed: int = 0, epochs: int | None = None) -> Result:
        """Both steps with the library. The seed determines the spikes, W and the input; nothing is trained."""
        from ratezoo.homework.reduction import reference

        self.chosen_epochs(epochs)  # refuses a number
        return reference.run(seed)

    def figures(self, result: Result) -> dict[str, Figure]:
        """Spikes and rates through the synapse; the two limits; their errors over the ratio of the time constants."""
        from ratezoo.homework.reduction import reference

        return reference.figures(result)

    def as_dict(self, result: Result) -> dict[str, Any]:
        """The current of one spike; the currents of step 1; of step 2 the errors, and the mean rates at the last ratio."""
        from ratezoo.homework.reduction import reference

        filtered, limits = result.filtered, result.limits
        sides = ('fast synapse', 'fast membrane')

        def by_side(values):
            return {side: value.tolist() for side, value in zip(sides, values, strict=True)}

        return {
            'peak': result.peak,
            'area': result.area,
            'filter': {name: values.tolist() for name, values in filtered._asdict().items()},
            'ratios': list(reference.RATIOS),
            'ts': limits.ts.tolist(),
            'mean_rates': {name: by_side(r[-1].mean(-1) for r in rates) for name, rates in limits.rates.items()},
            'errors': {name: by_side(errors) for name, errors in limits.errors.items()},
        }

    def table(self, result: Result) -> str:
        """The current of one spike, and the errors of both limits for each ratio of the time constants."""
        from ratezoo.homework.reduction import reference

        lines = [
            f'one spike: peak {result.peak:.4f} = 1/tau_s ({1 / reference.TAU_FILTER:.4f}), area {result.area:.4f}',
            'largest error of a rate (Hz)     firing-rate model   current model',
        ]
        for side, name in enumerate(('tau_s/tau_m', 'tau_m/tau_s')):
            for i, ratio in enumerate(reference.RATIOS):
                errors = [1000 * result.limits.errors[model][side][i] for model in reference.LIMITS]
                lines.append(f'  {name} = {ratio:<14g}    {errors[0]:17.2f}   {errors[1]:13.2f}')
        return '\n'.join(lines)

    def parts(self, rng: np.random.Generator) -> list[Part]:
        """What is judged: I_new, dr, dI."""
        from ratezoo.homework.reduction import judge

        return judge.parts(rng)

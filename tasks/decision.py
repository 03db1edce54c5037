"""Decision tasks: the network must collect noisy evidence over time, and then choose."""

from dataclasses import dataclass

import numpy as np

from ratezoo.tasks.base import Task, Trials, is_count, steps_from
from ratezoo.types import ArrayLike

__all__ = ['EvidenceIntegration', 'ContextIntegration']
CATEGORY = 'trajectories'

_LOW, _HIGH = 0.2, 1.0  # the targets of the wrong output and of the correct one


class _Decision(Task):
    """Two outputs, one for each choice. The answer is the output with the higher mean in the ``decision`` steps."""

    stimulus: int
    decision: int
    coherences: tuple[float, ...]
    noise: float

    n_out = 2
    chance = 0.5
    criterion = 0.85

    def _check(self):
        coherences = np.atleast_1d(self.coherences)
        in_range = len(coherences) > 0 and bool(np.all((coherences > 0) & (coherences <= 1)))
        self.expect(
            stimulus=(is_count(self.stimulus), 'a number of steps ≥ 1'),
            decision=(is_count(self.decision), 'a number of steps ≥ 1'),
            noise=(self.noise >= 0, 'a standard deviation ≥ 0'),
            coherences=(in_range, 'coherences above 0 and at most 1'),
        )

    def _coherence(self, batch, rng):
        """The signed coherence of each trial, (batch,)."""
        return rng.choice([-1.0, 1.0], batch) * rng.choice(np.atleast_1d(self.coherences), batch)

    def _evidence(self, coherence, rng):
        """Two inputs: max(0, ½(1 ± coherence) + noise) during the stimulus, 0 during the decision."""
        T = self.stimulus + self.decision
        mean = 0.5 * (1 + coherence[:, None, None] * np.array([1.0, -1.0]))
        x = np.maximum(mean + self.noise * rng.normal(size=(len(coherence), T, 2)), 0.0)
        x[:, self.stimulus :] = 0
        return x

    def _answers(self, sign):
        """The targets of the two outputs, and the weights of the steps; only the decision has weight."""
        T = self.stimulus + self.decision
        targets = np.where(sign[:, None] > 0, [_HIGH, _LOW], [_LOW, _HIGH])
        return np.repeat(targets[:, None], T, 1), steps_from(T, self.stimulus)

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The fraction of correct choices."""
        chosen = np.argmax(np.mean(np.asarray(output)[:, self.stimulus :], 1), -1)
        return float(np.mean(chosen == np.argmax(trials.y[:, -1], -1)))


@dataclass(frozen=True)
class EvidenceIntegration(_Decision):
    """Decide which of two noisy inputs is stronger, as monkeys do with moving dots.

    For ``stimulus`` steps the inputs are ½(1 ± c) + noise·N(0, 1), rectified, where c is the signed coherence. For the
    next ``decision`` steps the inputs are 0. In these steps the output of the stronger input should be 1, and the other
    output 0.2.

    Parameters
    ----------
    stimulus, decision : int
        The number of steps of each part. Default 40 and 10.
    coherences : tuple of float
        |c|, drawn for each trial. Default (0.1, 0.2, 0.4).
    noise : float
        The standard deviation of the noise at each step. Default 0.3.

    References
    ----------
    K. H. Britten, M. N. Shadlen, W. T. Newsome and J. A. Movshon, Journal of Neuroscience 12, 4745–4765 (1992),
    doi:10.1523/JNEUROSCI.12-12-04745.1992; as a task for rate networks: H. F. Song, G. R. Yang and X.-J. Wang, PLOS
    Computational Biology 12, e1004792 (2016), doi:10.1371/journal.pcbi.1004792.

    Examples
    --------
    >>> from ratezoo.tasks import EvidenceIntegration
    >>> trials = EvidenceIntegration().trials(batch=2)
    >>> trials.x.shape, trials.y.shape
    ((2, 50, 2), (2, 50, 2))
    """

    stimulus: int = 40
    decision: int = 10
    coherences: tuple[float, ...] = (0.1, 0.2, 0.4)
    noise: float = 0.3

    n_in = 2

    def __post_init__(self) -> None:
        self._check()

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        coherence = self._coherence(batch, rng)
        y, alpha = self._answers(coherence)
        return Trials(self._evidence(coherence, rng), y, alpha)


@dataclass(frozen=True)
class ContextIntegration(_Decision):
    """Two kinds of evidence at the same time. A context input says which kind decides.

    As `EvidenceIntegration`, with two pairs of inputs, motion and colour, whose coherences are independent. One of two
    further inputs, the context, is 1 in all steps, and the correct choice is that of its pair. A network that ignores
    the context, or adds both kinds of evidence, is correct in at most three of four trials. This is well below the
    criterion of 85 %.

    Parameters
    ----------
    stimulus, decision : int
        The number of steps of each part. Default 40 and 10.
    coherences : tuple of float
        |c| of each pair, drawn for each trial. Default (0.2, 0.4).
    noise : float
        The standard deviation of the noise at each step. Default 0.3.

    References
    ----------
    V. Mante, D. Sussillo, K. V. Shenoy and W. T. Newsome, "Context-dependent computation by recurrent dynamics in
    prefrontal cortex", Nature 503, 78–84 (2013), doi:10.1038/nature12742; for excitatory-inhibitory networks: H. F.
    Song, G. R. Yang and X.-J. Wang, PLOS Computational Biology 12, e1004792 (2016), doi:10.1371/journal.pcbi.1004792.

    Examples
    --------
    >>> from ratezoo.tasks import ContextIntegration
    >>> trials = ContextIntegration().trials(batch=2)
    >>> trials.x.shape, trials.x[:, 0, 4:].sum(-1).tolist()
    ((2, 50, 6), [1.0, 1.0])
    """

    stimulus: int = 40
    decision: int = 10
    coherences: tuple[float, ...] = (0.2, 0.4)
    noise: float = 0.3

    n_in = 6

    def __post_init__(self) -> None:
        self._check()

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        motion, colour = self._coherence(batch, rng), self._coherence(batch, rng)
        context = rng.integers(0, 2, batch)
        cue = np.repeat(np.eye(2)[context][:, None], self.stimulus + self.decision, 1)
        x = np.concatenate([self._evidence(motion, rng), self._evidence(colour, rng), cue], -1)
        y, alpha = self._answers(np.where(context == 0, motion, colour))
        return Trials(x, y, alpha)

"""Tasks in which a network generates a sequence: sines, and the sequence of the homework."""

from dataclasses import dataclass

import numpy as np

from ratezoo.tasks.base import Task, Training, Trials, every_step, is_count
from ratezoo.tasks.sequence import homework_sequence
from ratezoo.types import ArrayLike

__all__ = ['HomeworkSequence', 'SineGeneration', 'MultiSine']
CATEGORY = 'trajectories'


class _Generation(Task):
    """The score is the normalised error √(⟨(o − y)²⟩/Var y): 1 for the best constant output, 0 for a perfect output."""

    higher_is_better = False
    chance = 1.0
    criterion = 0.1

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """√(⟨(o − y)²⟩/Var y), over the steps whose weight is not 0."""
        has_weight = np.broadcast_to(trials.alpha, trials.y.shape[:2]) > 0
        y, o = trials.y[has_weight], np.asarray(output)[has_weight]
        return float(np.sqrt(np.mean((o - y) ** 2) / np.var(y)))


@dataclass(frozen=True)
class HomeworkSequence(_Generation):
    """The sequence of the course's homework; see `homework_sequence`.

    A new sequence has new noise of deviation 0.1, which no network can know. An output that is right but for this noise
    scores 0.18. The task counts as solved at 0.25.

    Parameters
    ----------
    T : int
        Length. Default 10.

    Examples
    --------
    >>> from ratezoo.tasks import HomeworkSequence
    >>> HomeworkSequence().trials().y.shape
    (1, 10, 1)
    """

    training = Training(epochs=100)
    criterion = 0.25
    T: int = 10

    def __post_init__(self) -> None:
        self.expect(T=(is_count(self.T, 2), 'a number of steps ≥ 2'))

    def trials(self, batch: int = 1, seed: int = 0) -> Trials:
        """``batch`` sequences with the seeds ``seed``, ``seed`` + 1, …. The first is ``homework_sequence(T, seed)``."""
        self._check_trials(batch, seed)
        return self._sequences(range(seed, seed + batch))

    def fresh_trials(self, batch: int = 1, seed: int = 0) -> Trials:
        """Sequences for a test. Their seeds are larger by 2³¹ than those of `trials`, so that none occurs in both."""
        self._check_trials(batch, seed)
        return self._sequences(range(2**31 + seed, 2**31 + seed + batch))

    @property
    def floor(self) -> float:
        """The score of the curve without its noise, 0.1/√(Var + 0.1²), where Var is the variance of the curve: 0.179
        for T = 10. New noise can't be known."""
        return float(0.1 / np.sqrt(np.var(np.exp(np.linspace(1, 0, self.T))) + 0.01))

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        """Not used by `trials`, whose sequences are those of the homework, seed by seed."""
        return self._sequences(rng.integers(2**31, size=batch))

    def _sequences(self, seeds):
        x, y = np.moveaxis([homework_sequence(self.T, k) for k in seeds], 1, 0)
        return Trials(x[..., None], y[..., None], every_step(self.T))


@dataclass(frozen=True)
class SineGeneration(_Generation):
    """A sine whose frequency is given by a constant input.

        y_t = sin(2π k t/T),     x_t = k/periods,     k = 1 … periods, drawn for each trial

    Parameters
    ----------
    T : int
        Length. Default 100.
    periods : int
        The largest number of periods in a trial. Default 4.

    References
    ----------
    D. Sussillo and O. Barak, Neural Computation 25, 626–649 (2013), doi:10.1162/NECO_a_00409 (a generator of sines
    whose frequency is set by an input).

    Examples
    --------
    >>> from ratezoo.tasks import SineGeneration
    >>> trials = SineGeneration().trials(batch=3)
    >>> trials.x.shape, trials.y.shape
    ((3, 100, 1), (3, 100, 1))
    """

    training = Training(epochs=200, rate=3e-3, settings={'dt': 0.2})
    T: int = 100
    periods: int = 4

    def __post_init__(self) -> None:
        self.expect(
            T=(is_count(self.T, 4), 'a number of steps ≥ 4'),
            periods=(is_count(self.periods), 'a number of periods ≥ 1'),
        )

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        k = rng.integers(1, self.periods + 1, batch)[:, None, None]
        t = np.arange(1, self.T + 1)[None, :, None]
        return Trials(
            np.broadcast_to(k / self.periods, (batch, self.T, 1)).copy(),
            np.sin(2 * np.pi * k * t / self.T),
            every_step(self.T),
        )


@dataclass(frozen=True)
class MultiSine(_Generation):
    """A sum of four sinusoids. The input is 0.

    It is a task for `Reservoir` trained by `FORCE`. A network that starts at rest, such as `RateRNN`, does not learn
    it: nothing in the input says when a trial has begun.

        y(t) = (1.3/1.5) [sin s + ½ sin 2s + ⅙ sin 3s + ⅓ sin 4s],     s = πt/60

    The first trial starts at t = 0, and each other trial at a random time. `fresh_trials` gives the one that starts at
    t = 0, because a network that starts at rest can produce no other: the test is whether it goes on by itself.

    Parameters
    ----------
    T : int
        Length. Default 2400, two periods.
    dt : float
        The time from one step to the next, in units of the network's time constant. Default 0.1.

    References
    ----------
    D. Sussillo and L. F. Abbott, Neuron 63, 544–557 (2009), doi:10.1016/j.neuron.2009.07.018, Figure 2D and the
    authors' programs.

    Examples
    --------
    >>> from ratezoo.tasks import MultiSine
    >>> bool(abs(MultiSine().trials().y[0, 599, 0]) < 1e-12)         # t = 60, half a period
    True
    """

    training = Training(trials=1, batch_size=1, epochs=10, settings={'n': 600})  # of Reservoir by FORCE
    T: int = 2400
    dt: float = 0.1

    def __post_init__(self) -> None:
        self.expect(T=(is_count(self.T, 4), 'a number of steps ≥ 4'), dt=(self.dt > 0, 'a positive time step'))

    def fresh_trials(self, batch: int = 1, seed: int = 0) -> Trials:
        """The trial that starts at t = 0. The arguments are not used."""
        return self.trials(1)

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        start = np.where(np.arange(batch) == 0, 0.0, rng.uniform(0, 120, batch))[:, None, None]
        s = np.pi * (start + self.dt * np.arange(1, self.T + 1)[None, :, None]) / 60
        y = 1.3 / 1.5 * (np.sin(s) + np.sin(2 * s) / 2 + np.sin(3 * s) / 6 + np.sin(4 * s) / 3)
        return Trials(np.zeros_like(y), y, every_step(self.T))

"""`Task`: trials from a seed, and when a network has learned them."""

import abc
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ratezoo.errors import InvalidValueError


class Trials(NamedTuple):
    """Inputs x (B, T, n_in), targets y (B, T, n_out) and weights of the steps alpha (T,) or (B, T), which sum to 1."""
    x: np.ndarray
    y: np.ndarray
    alpha: np.ndarray


def softmax_cross_entropy(output, target):
    """−Σ_k y_k log softmax(o)_k, in nats."""
    import optax
    return optax.softmax_cross_entropy(output, target)


@dataclass(frozen=True)
class Task(abc.ABC):
    """Trials of one kind; its options are the fields of the dataclass.

    ``loss`` is what the task asks to be minimised, l(output, target); None is the rules' own ½‖output − target‖².
    ``score`` of the outputs is in the task's own measure, with the value of a network that knows nothing (``chance``)
    and that from which the task counts as solved (``criterion``).
    """

    learns = 'trajectories'             # what a rule must learn to be trained by these trials
    n_in = 1
    n_out = 1
    loss = None
    higher_is_better = True

    def trials(self, batch=1, seed=0):
        """``batch`` trials; the same for the same seed, to the bit.

        Parameters
        ----------
        batch : int
            Number of trials. Default 1.
        seed : int
            Default 0.

        Returns
        -------
        Trials
        """
        for name, value, low in (('batch', batch, 1), ('seed', seed, 0)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
                raise InvalidValueError(f'{type(self).__name__}.trials: expected {name} to be an integer ≥ {low}, got '
                                        f'{value!r}.')
        return self._draw(batch, np.random.default_rng(seed))

    def fresh_trials(self, batch=1, seed=0):
        """Trials to test with that `trials` of the same seed has not shown."""
        return self.trials(batch, seed + 1)

    @abc.abstractmethod
    def _draw(self, batch, rng):
        """The trials, from a NumPy generator."""

    @abc.abstractmethod
    def score(self, output, trials):
        """How good the outputs (B, T, n_out) are on these trials."""

    def solved(self, score):
        """Whether a score meets the criterion."""
        return score >= self.criterion if self.higher_is_better else score <= self.criterion

    def _expect(self, **conditions):
        """Refuse options that can't be: name → (whether it is good, what was expected)."""
        for name, (good, expected) in conditions.items():
            if not good:
                raise InvalidValueError(f'{type(self).__name__}.{name}: expected {expected}, got '
                                        f'{getattr(self, name)!r}.')


def is_count(value, low=1):
    """Whether a value is an integer from ``low`` on."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= low


def every_step(T):
    """Equal weights, 1/T."""
    return np.full(T, 1 / T)


def steps_from(T, start):
    """Equal weights from step ``start`` on, none before."""
    alpha = np.zeros(T)
    alpha[start:] = 1 / (T - start)
    return alpha

"""`Task`: the base of all tasks. A task makes trials from a seed, and says when a network has learned them."""

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeGuard

import numpy as np

from ratezoo.errors import InvalidValueError
from ratezoo.types import ArrayLike, Loss


class Trials(NamedTuple):
    """Some trials of a task.

    For a task of trajectories the arrays have the shapes below. For a task of fixed points there is no axis T: x is
    (B, n_in), y is (B, n_out), and alpha is (B,), with one weight for each sample.

    Attributes
    ----------
    x : array (B, T, n_in)
        Inputs.
    y : array (B, T, n_out)
        Targets.
    alpha : array (T,) or (B, T)
        Weights of the steps in the loss. They sum to 1.
    """

    x: np.ndarray
    y: np.ndarray
    alpha: np.ndarray


class Training(NamedTuple):
    """How long and how fast to train: the numbers with which `RateRNN`, trained by `BPTT`, solves a task.

    ``ratezoo train`` takes them where the user says nothing. ``python docs/training.py`` tries them.

    Attributes
    ----------
    trials : int or None
        How many trials to learn from. None: all of a data set.
    batch_size : int or None
        How many trials there are in an update. None: all.
    epochs : int
        How often the training goes through the trials.
    rate : float
        The learning rate of Adam.
    settings : dict
        Arguments of the model, where they differ from its defaults, for models that have them. Default: none.
    """

    trials: int | None = 256
    batch_size: int | None = 32
    epochs: int = 60
    rate: float = 5e-3
    settings: Mapping[str, Any] = {}


def softmax_cross_entropy(output: Any, target: Any) -> Any:
    """−Σ_k y_k log softmax(o)_k, in nats."""
    import optax

    return optax.softmax_cross_entropy(output, target)


@dataclass(frozen=True)
class Task(abc.ABC):
    """A task: trials of one kind. A subclass is a frozen dataclass; its fields are the options of the task.

    A subclass defines `draw`, `score`, `chance` and `criterion`. It may replace a property by a class attribute, such
    as ``chance = 0.5``.

    Attributes
    ----------
    learns : str
        A class attribute: what a rule must learn so that it can train a network on these trials. 'trajectories'
        (default): the target is the output at every step. 'fixed points': the target is the output after the network
        has settled. A rule can train on a task if both have the same ``learns``.
    training : Training
        A class attribute: how to train `RateRNN` so that it solves the task.
    """

    learns: ClassVar[str] = 'trajectories'
    training: ClassVar[Training] = Training()

    @property
    def n_in(self) -> int:
        """The number of inputs. Default 1."""
        return 1

    @property
    def n_out(self) -> int:
        """The number of outputs. Default 1."""
        return 1

    @property
    def loss(self) -> Loss | None:
        """The loss of one step, or of one fixed point, ``loss(output, target)``. None (default): that of the rule."""
        return None

    @property
    def chance(self) -> float:
        """The score of a network that has learned nothing."""
        raise NotImplementedError(f'{type(self).__name__}.chance: expected a number, got none. Define it in the class.')

    @property
    def criterion(self) -> float:
        """The score from which the task counts as solved."""
        raise NotImplementedError(
            f'{type(self).__name__}.criterion: expected a number, got none. Define it in the class.'
        )

    @property
    def floor(self) -> float | None:
        """The best score that any network can expect on new trials, if chance sets a limit. None (default): no limit
        is known."""
        return None

    @property
    def higher_is_better(self) -> bool:
        """Whether a higher score is better. Default True."""
        return True

    def trials(self, batch: int = 1, seed: int = 0) -> Trials:
        """Make ``batch`` trials. The same seed always gives the same trials, to the bit.

        Parameters
        ----------
        batch : int
            The number of trials. Default 1.
        seed : int
            The seed. Default 0.

        Returns
        -------
        Trials

        Raises
        ------
        InvalidValueError
            ``batch`` is not an integer ≥ 1, or ``seed`` is not an integer ≥ 0.
        """
        self._check_trials(batch, seed)
        return self.draw(batch, np.random.default_rng(seed))

    def _check_trials(self, batch, seed):
        for name, value, low in (('batch', batch, 1), ('seed', seed, 0)):
            if not is_count(value, low):
                raise InvalidValueError(
                    f'{type(self).__name__}.trials: expected {name} to be an integer ≥ {low}, got {value!r}.'
                )

    def fresh_trials(self, batch: int = 1, seed: int = 0) -> Trials:
        """Trials for a test: others than those of `trials` with the same seed."""
        return self.trials(batch, seed + 1)

    @abc.abstractmethod
    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        """Draw ``batch`` trials with the random generator ``rng``."""

    @abc.abstractmethod
    def score(self, output: ArrayLike, trials: Trials) -> float:
        """How good the outputs (B, T, n_out) of a network are on these trials, as one number."""

    def as_target(self, output: ArrayLike) -> np.ndarray:
        """Outputs in the unit of the targets: probabilities where the outputs are logits, else the outputs."""
        output = np.asarray(output, float)
        if self.loss is not softmax_cross_entropy:
            return output
        weights = np.exp(output - output.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True)

    def solved(self, score: float) -> bool:
        """Whether this score meets the criterion."""
        return bool(score >= self.criterion if self.higher_is_better else score <= self.criterion)

    def expect(self, **conditions: tuple[bool, str]) -> None:
        """Raise `InvalidValueError` for the first option whose value is not allowed.

        Parameters
        ----------
        **conditions
            Name of the option → (whether its value is allowed, what is expected, in words).
        """
        for name, (allowed, expected) in conditions.items():
            if not allowed:
                raise InvalidValueError(
                    f'{type(self).__name__}.{name}: expected {expected}, got {getattr(self, name)!r}.'
                )


def is_count(value: Any, low: int = 1) -> TypeGuard[int]:
    """Whether the value is an integer ≥ ``low``."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= low)


def every_step(T: int) -> np.ndarray:
    """Weights alpha (T,) that are equal at all steps, 1/T."""
    return np.full(T, 1 / T)


def steps_from(T: int, start: int) -> np.ndarray:
    """Weights alpha (T,) that are 0 before step ``start``, and equal from there on."""
    alpha = np.zeros(T)
    alpha[start:] = 1 / (T - start)
    return alpha

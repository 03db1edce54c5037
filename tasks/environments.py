"""The environments of neurogym as tasks."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.tasks.base import Task, Trials, every_step, is_count, softmax_cross_entropy
from ratezoo.types import ArrayLike, Loss

__all__ = ['NeurogymTask']
CATEGORY = 'trajectories'


@dataclass(frozen=True)
class NeurogymTask(Task):
    """A supervised environment of neurogym: its observations are the inputs, its ground truth is the target.

    One trial of this task is a stream of ``T`` steps, which contains trials of the environment, one after the other.

    * Discrete actions: the targets are one-hot, and the loss is the softmax cross-entropy. The score is the fraction of
      correct actions, over the steps in which the target is not fixation (action 0). Chance is one over the number of
      the other actions.
    * Continuous actions: the loss is ½‖o − y‖², and the score is the normalised error √(⟨(o − y)²⟩/Var y).

    Parameters
    ----------
    name : str
        The name of the environment. Default 'PerceptualDecisionMaking-v0'.
    T : int
        The length of a stream, in steps. Default 100.
    dt : int
        The time from one step to the next, in ms. Default 100.
    options : dict
        Further arguments of the environment. Default: none.

    Raises
    ------
    UnknownNameError
        neurogym is not installed, or has no environment of that name.
    InvalidValueError
        The value of an option is not allowed, or the environment has no ground truth.

    References
    ----------
    M. Molano-Mazón, J. Barbosa, J. Pastor-Ciurana, M. Fradera, R.-Y. Zhang, J. Forest, J. del Pozo Lérida, L. Ji-An,
    C. J. Cueva, J. de la Rocha, D. Narain and G. R. Yang, "NeuroGym: an open resource for developing and sharing
    neuroscience tasks", PsyArXiv (2022), doi:10.31234/osf.io/aqc9n.

    Examples
    --------
    >>> NeurogymTask(T=50).T
    50
    """

    name: str = 'PerceptualDecisionMaking-v0'
    T: int = 100
    dt: int = 100
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expect(T=(is_count(self.T, 2), 'a number of steps ≥ 2'), dt=(self.dt > 0, 'milliseconds > 0'))

    def _environment(self):
        """A new environment, without the wrappers around it."""
        try:
            import neurogym
        except ImportError as error:
            raise UnknownNameError(
                f'NeurogymTask: expected neurogym, which cannot be imported ({error}). Install it: '
                'python -m pip install "ratezoo[neurogym]".'
            ) from error
        try:
            return neurogym.make(self.name, dt=self.dt, **self.options).unwrapped
        except Exception as error:
            reason = f'{type(error).__name__}: {str(error).splitlines()[0]}'
            raise UnknownNameError(
                f'NeurogymTask.name: expected an environment that neurogym can make, got {self.name!r} ({reason}). '
                'neurogym.envs.registration.all_envs() lists the names.'
            ) from error

    def _actions(self):
        """The number of discrete actions; None if the actions are continuous."""
        return getattr(self._environment().action_space, 'n', None)

    @property
    def n_in(self) -> int:
        """The size of an observation."""
        return int(np.prod(self._environment().observation_space.shape))

    @property
    def n_out(self) -> int:
        """The number of discrete actions, or the size of a continuous action."""
        return int(self._actions() or np.prod(self._environment().action_space.shape))

    @property
    def loss(self) -> Loss | None:
        """The softmax cross-entropy for discrete actions. None, which is ½‖o − y‖², for continuous actions."""
        return softmax_cross_entropy if self._actions() else None

    @property
    def higher_is_better(self) -> bool:
        """True for discrete actions."""
        return bool(self._actions())

    @property
    def chance(self) -> float:
        """One over the number of actions other than fixation; 1 for continuous actions."""
        actions = self._actions()
        return 1.0 if actions is None else 1 / max(1, actions - 1)

    @property
    def criterion(self) -> float:
        """A fraction of 0.9 for discrete actions, a normalised error of 0.1 for continuous actions."""
        return 0.9 if self._actions() else 0.1

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        environment, is_discrete = self._environment(), bool(self._actions())
        x, y = np.zeros((batch, self.T, self.n_in)), np.zeros((batch, self.T, self.n_out))
        for k in range(batch):
            environment.seed(int(rng.integers(2**31)))
            filled = 0
            while filled < self.T:
                observations, truth = self._one_trial(environment)
                steps = min(len(truth), self.T - filled)
                part, truth = slice(filled, filled + steps), truth[:steps]
                x[k, part] = observations[:steps].reshape(steps, -1)
                y[k, part] = np.eye(self.n_out)[truth.astype(int)] if is_discrete else truth.reshape(steps, -1)
                filled += steps
        return Trials(x, y, every_step(self.T))

    def _one_trial(self, environment):
        """The observations and the ground truth of the environment's next trial."""
        environment.new_trial()
        truth = getattr(environment, 'gt', None)
        if truth is None or not len(truth):
            raise InvalidValueError(
                f'NeurogymTask.name: expected an environment with ground truth, got {self.name!r}, which has none.'
            )
        return np.asarray(environment.ob), np.asarray(truth)

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The fraction of correct actions in the steps that ask for one, or the normalised error."""
        output = np.asarray(output)
        if not self._actions():
            return float(np.sqrt(np.mean((output - trials.y) ** 2) / np.var(trials.y)))
        chosen, correct = np.argmax(output, -1), np.argmax(trials.y, -1)
        is_action = correct > 0  # 0 is fixation
        return float(np.mean(chosen[is_action] == correct[is_action]))

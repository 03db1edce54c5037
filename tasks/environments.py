"""Any environment of neurogym as a task."""

from dataclasses import dataclass, field

import numpy as np

from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.tasks.base import Task, Trials, every_step, is_count, softmax_cross_entropy

__all__ = ['NeurogymTask']
CATEGORY = 'trajectories'


@dataclass(frozen=True)
class NeurogymTask(Task):
    """A supervised environment of neurogym: its observations as inputs, its ground truth as targets.

    A trial here is a stream of ``T`` steps, the environment's trials one after another. With discrete actions the
    targets are one-hot, the loss is the softmax cross-entropy, and the score is the fraction of right actions among
    the steps in which something else than fixation (action 0) is asked for; chance is one over the number of the other
    actions. With continuous actions the loss is the half squared error and the score the normalised error √(⟨(o −
    y)²⟩/Var y).

    Parameters
    ----------
    name : str
        Name of the environment. Default 'PerceptualDecisionMaking-v0'.
    T : int
        Length of a stream. Default 100.
    dt : int
        Milliseconds from step to step. Default 100.
    options : dict
        Further arguments of the environment.

    Raises
    ------
    UnknownNameError
        neurogym is not installed, or has no environment of that name.
    InvalidValueError
        An option can't be; the environment gives no ground truth.

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
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        self._expect(T=(is_count(self.T, 2), 'a number of steps ≥ 2'), dt=(self.dt > 0, 'milliseconds > 0'))

    def _environment(self):
        """The bare environment, made anew."""
        try:
            import neurogym
        except ImportError as error:
            raise UnknownNameError(f'NeurogymTask: neurogym can\'t be imported ({error}). '
                                   'Install it: python -m pip install "ratezoo[neurogym]".') from error
        try:
            return neurogym.make(self.name, dt=self.dt, **self.options).unwrap_arrays
        except Exception as error:
            raise UnknownNameError(f'NeurogymTask.name: neurogym can\'t make {self.name!r} '
                                   f'({type(error).__name__}: {str(error).splitlines()[0]}).') from error

    def _actions(self):
        """Number of discrete actions, or None."""
        return getattr(self._environment().action_space, 'n', None)

    @property
    def n_in(self):
        """Size of an observation."""
        return int(np.prod(self._environment().observation_space.shape))

    @property
    def n_out(self):
        """Number of actions, or size of an action."""
        return int(self._actions() or np.prod(self._environment().action_space.shape))

    @property
    def loss(self):
        """Softmax cross-entropy for discrete actions, None (½‖o − y‖²) for others."""
        return softmax_cross_entropy if self._actions() else None

    @property
    def higher_is_better(self):
        """True for discrete actions."""
        return bool(self._actions())

    @property
    def chance(self):
        """One over the number of actions but fixation; 1 for continuous actions."""
        actions = self._actions()
        return 1. if actions is None else 1 / max(1, actions - 1)

    @property
    def criterion(self):
        """0.9 right, or a normalised error of 0.1."""
        return 0.9 if self._actions() else 0.1

    def _draw(self, batch, rng):
        environment = self._environment()
        x, y = np.zeros((batch, self.T, self.n_in)), np.zeros((batch, self.T, self.n_out))
        for k in range(batch):
            environment.seed(int(rng.integers(2 ** 31)))
            filled = 0
            while filled < self.T:
                environment.new_trial()
                truth = getattr(environment, 'gt', None)
                if truth is None or not len(truth):
                    raise InvalidValueError(f'NeurogymTask.name: expected an environment with ground truth, got '
                                            f'{self.name!r}, which has none.')
                steps = min(len(truth), self.T - filled)
                now = slice(filled, filled + steps)
                x[k, now] = np.asarray(environment.ob[:steps]).reshape(steps, -1)
                truth = np.asarray(truth[:steps])
                y[k, now] = np.eye(self.n_out)[truth.astype(int)] if self._actions() else truth.reshape(steps, -1)
                filled += steps
        return Trials(x, y, every_step(self.T))

    def score(self, output, trials):
        """Fraction of right actions where one is asked for, or the normalised error."""
        output = np.asarray(output)
        if not self._actions():
            return float(np.sqrt(np.mean((output - trials.y) ** 2) / np.var(trials.y)))
        asked = np.argmax(trials.y, -1)
        return float(np.mean(np.argmax(output, -1)[asked > 0] == asked[asked > 0]))

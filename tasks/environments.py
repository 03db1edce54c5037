"""The environments of neurogym as tasks."""

import warnings
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.registry import suggest
from ratezoo.tasks.base import Task, Training, Trials, every_step, is_count, softmax_cross_entropy
from ratezoo.types import ArrayLike, Loss

__all__ = ['NeurogymTask']
CATEGORY = 'trajectories'

_INSTALL = 'python -m pip install "ratezoo[neurogym]"'
_EXAMINED = 300  # trials of an environment from which it is seen which steps ask for an answer
_WEIGHT = 5.0  # a step that asks for an answer weighs as much as five others


class _Facts(NamedTuple):
    """What an environment's trials show.

    Attributes
    ----------
    n_in : int
        The size of an observation.
    n_out : int
        The number of discrete actions, or the size of a continuous action.
    is_discrete : bool
        Whether the actions are discrete.
    asking : frozenset, or None
        The parts of a trial in which different trials ask for different actions; a part is the set of the periods that
        cover a step. None: every step asks for an answer.
    answers : int
        How many different actions are correct in these parts.
    """

    n_in: int
    n_out: int
    is_discrete: bool
    asking: frozenset[frozenset[str]] | None
    answers: int


class _OneTrial(NamedTuple):
    """One trial of an environment: observations (T, n_in), ground truth (T,) or (T, n_out), the part of each step."""

    x: np.ndarray
    truth: np.ndarray
    parts: list[frozenset[str]]


@dataclass(frozen=True)
class NeurogymTask(Task):
    """A supervised environment of neurogym: its observations are the inputs, its ground truth is the target.

    One trial of this task is a stream of ``T`` steps, which contains trials of the environment, one after the other.

    * Discrete actions: the targets are one-hot, and the loss is the softmax cross-entropy. A step asks for an answer if
      it lies in a period in which different trials have different correct actions, such as the decision. If there is no
      such period, every step asks. In the loss a step that asks weighs five times as much as another one. The score
      looks at the steps that ask, and is the mean over the correct actions of the fraction of steps with this action.
      So an action that is seldom correct, such as 'go' in a timing task, counts as much as the others, and every
      constant answer scores the same: one over the number of different correct actions. This is chance. The goal lies
      70 % of the way from chance to 1.
    * Continuous actions: the loss is ½‖o − y‖². The score is the normalised error √(⟨‖o − y‖²⟩/⟨‖y − ⟨y⟩‖²⟩): 1 for the
      best constant output, which is chance, and 0 for a perfect output. The goal is 0.1.

    In 'PerceptualDecisionMaking-v0' one of five trials has coherence 0. There half of the answers are wrong by nature,
    so that no network can score more than 0.9 on average. docs/neurogym.md lists all environments.

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
        neurogym cannot be imported, or has no environment of that name.
    InvalidValueError
        The value of an option is not allowed, or the environment has no ground truth or makes no trials.

    References
    ----------
    M. Molano-Mazón, J. Barbosa, J. Pastor-Ciurana, M. Fradera, R.-Y. Zhang, J. Forest, J. del Pozo Lérida, L. Ji-An,
    C. J. Cueva, J. de la Rocha, D. Narain and G. R. Yang, "NeuroGym: an open resource for developing and sharing
    neuroscience tasks", PsyArXiv (2022), doi:10.31234/osf.io/aqc9n.

    Examples
    --------
    >>> from ratezoo.tasks import NeurogymTask
    >>> NeurogymTask(T=50).T
    50
    """

    training = Training(settings={'dt': 0.5})
    name: str = 'PerceptualDecisionMaking-v0'
    T: int = 100
    dt: int = 100
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        is_time = isinstance(self.dt, (int, float)) and 0 < self.dt < float('inf')
        self.expect(
            name=(isinstance(self.name, str), "a name, such as 'GoNogo-v0'"),
            T=(is_count(self.T, 2), 'a number of steps ≥ 2'),
            dt=(is_time, 'milliseconds > 0'),
            options=(isinstance(self.options, Mapping), 'a dict'),
        )

    def _refuse(self, what, error=None):
        """Raise `InvalidValueError`: the environment ``what``."""
        raise InvalidValueError(f'NeurogymTask.name: the environment {self.name!r} {what}') from error

    def _environment(self):
        """A new environment, with those wrappers of neurogym that make its trials."""
        neurogym = _neurogym()
        from gymnasium.envs.registration import registry

        if self.name not in registry:
            known = neurogym.envs.registration.ALL_EXTENDED_ENVS
            suggestion = suggest(self.name, known) or f' It has {len(known)}, such as GoNogo-v0; see docs/neurogym.md.'
            raise UnknownNameError(f'NeurogymTask.name: neurogym has no environment {self.name!r}.{suggestion}')
        try:
            environment = neurogym.make(self.name, dt=self.dt, **self.options)
        except Exception as error:
            raise InvalidValueError(
                f'NeurogymTask.options: the environment {self.name!r} can not be made with dt={self.dt!r} and the '
                f'options {dict(self.options)!r} ({_reason(error)}).'
            ) from error
        while not hasattr(type(environment), 'new_trial'):
            if environment is environment.unwrapped:
                self._refuse('makes no trials: it is not one of neurogym.')
            environment = environment.env
        return environment

    def _trial(self, environment):
        """The environment's next trial, checked."""
        try:
            environment.unwrapped.start_ind, environment.unwrapped.end_ind = {}, {}  # no periods of earlier trials
            environment.new_trial()
        except Exception as error:
            self._refuse(f'could not make a trial ({_reason(error)}). A smaller dt may help.', error)
        inner = environment.unwrapped
        x, truth = (getattr(inner, k, None) for k in ('ob', 'gt'))
        if truth is None:
            self._refuse('has no ground truth, so that nothing can be learned from its trials. It is for rewards.')
        if x is None:
            self._refuse('has no observations.')
        x, truth = np.asarray(x), np.asarray(truth)
        if not len(truth):
            self._refuse(f'has trials without steps. Give a smaller dt than {self.dt!r} ms.')
        if len(x) != len(truth):
            self._refuse(f'has {len(x)} observations, but a ground truth for {len(truth)} steps.')
        if not (np.isfinite(x).all() and np.isfinite(truth).all()):
            self._refuse('has observations or a ground truth that are not finite.')
        periods = [(p, start, inner.end_ind[p]) for p, start in inner.start_ind.items()]
        parts = [frozenset(p for p, a, b in periods if a <= t < b) for t in range(len(truth))]
        return _OneTrial(x.reshape(len(x), -1).astype(float), truth, parts)

    @cached_property
    def _facts(self):
        """Make some trials, and look at them: `_Facts`."""
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            environment = self._environment()
            environment.seed(0)
            trials = [self._trial(environment) for _ in range(_EXAMINED)]
        space = environment.action_space
        n_in = trials[0].x.shape[1]
        if not hasattr(space, 'n'):
            if len(getattr(space, 'shape', None) or ()) != 1 or trials[0].truth.shape[1:] != space.shape:
                self._refuse('has actions that are neither numbers nor vectors.')
            y = np.concatenate([trial.truth for trial in trials])
            if not np.ptp(y, axis=0).any():
                self._refuse('has a ground truth that never changes.')
            return _Facts(n_in, int(space.shape[0]), False, None, 0)
        every = np.concatenate([trial.truth for trial in trials])
        if every.ndim != 1:
            self._refuse(f'has a ground truth of shape {trials[0].truth.shape}, but its actions are single numbers.')
        if every.min() < 0 or every.max() >= space.n:
            wrong = int(every.min() if every.min() < 0 else every.max())
            self._refuse(
                f'has a ground truth that is not one of its actions: it contains {wrong}, and the actions are 0 to '
                f'{space.n - 1}.'
            )
        correct = defaultdict(set)  # part of a trial → the actions that are correct there
        for trial in trials:
            for part, action in zip(trial.parts, trial.truth.astype(int).tolist(), strict=True):
                correct[part].add(action)
        asking = frozenset(part for part, actions in correct.items() if len(actions) > 1)
        answers = set().union(*(correct[part] for part in asking or correct))
        if len(answers) < 2:
            self._refuse('has a ground truth that never changes.')
        return _Facts(n_in, int(space.n), True, asking or None, len(answers))

    @property
    def n_in(self) -> int:
        """The size of an observation."""
        return self._facts.n_in

    @property
    def n_out(self) -> int:
        """The number of discrete actions, or the size of a continuous action."""
        return self._facts.n_out

    @property
    def loss(self) -> Loss | None:
        """The softmax cross-entropy for discrete actions. None, which is ½‖o − y‖², for continuous actions."""
        return softmax_cross_entropy if self._facts.is_discrete else None

    @property
    def higher_is_better(self) -> bool:
        """True for discrete actions."""
        return self._facts.is_discrete

    @property
    def chance(self) -> float:
        """The score of a constant answer: one over the number of correct actions, or 1 for continuous actions."""
        return 1 / self._facts.answers if self._facts.is_discrete else 1.0

    @property
    def criterion(self) -> float:
        """Discrete actions: 70 % of the way from chance to 1. Continuous actions: a normalised error of 0.1."""
        return self.chance + 0.7 * (1 - self.chance) if self._facts.is_discrete else 0.1

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        x, y = np.zeros((batch, self.T, self.n_in)), np.zeros((batch, self.T, self.n_out))
        asks = np.zeros((batch, self.T), bool)
        one_hot = np.eye(self.n_out)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            environment = self._environment()
            for k in range(batch):
                environment.seed(int(rng.integers(2**31)))
                filled = 0
                while filled < self.T:
                    trial = self._trial(environment)
                    steps = min(len(trial.x), self.T - filled)
                    part, truth = slice(filled, filled + steps), trial.truth[:steps]
                    x[k, part] = trial.x[:steps]
                    y[k, part] = one_hot[truth.astype(int)] if self._facts.is_discrete else truth
                    asks[k, part] = [self._asks(p) for p in trial.parts[:steps]]
                    filled += steps
        if not self._facts.is_discrete or self._facts.asking is None:
            return Trials(x, y, every_step(self.T))
        if not asks.any():
            raise InvalidValueError(
                f'NeurogymTask.T: expected streams in which {self.name!r} asks for an answer, got T={self.T}, in which '
                'no step does. Give a larger T.'
            )
        weights = np.where(asks, _WEIGHT, 1.0)
        return Trials(x, y, weights / weights.sum(1, keepdims=True))

    def _asks(self, part):
        return self._facts.asking is None or part in self._facts.asking

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The mean over the correct actions of the fraction of steps with this action, or the normalised error."""
        output = np.asarray(output)
        if not self._facts.is_discrete:
            deviation = trials.y - trials.y.mean((0, 1))
            return float(np.sqrt(np.sum((output - trials.y) ** 2) / np.sum(deviation**2)))
        chosen, correct = np.argmax(output, -1), np.argmax(trials.y, -1)
        asks = np.ones(correct.shape, bool)
        if self._facts.asking is not None:  # these steps have more weight than others
            others = trials.alpha.min(1, keepdims=True)
            asks = trials.alpha > 2 * others
        hits = [np.mean(chosen[asks & (correct == k)] == k) for k in np.unique(correct[asks])]
        return float(np.mean(hits))


def _neurogym():
    """The package neurogym, which is an optional dependency."""
    try:
        import neurogym
    except ImportError as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing == 'neurogym':
            what = f'expected neurogym, which is not installed. Install it: {_INSTALL}.'
        elif missing is not None:
            what = (
                f'neurogym is installed, but it needs the package {missing!r}, which is not. Install a version of '
                f'neurogym that does not need it: {_INSTALL}. Or install the package: python -m pip install {missing}.'
            )
        else:
            what = f'neurogym is installed, but it cannot be imported ({_reason(error)}). Install it again: {_INSTALL}.'
        raise UnknownNameError(f'NeurogymTask: {what}') from error
    return neurogym


def _reason(error):
    """The kind of an error and the first line of its message."""
    return f'{type(error).__name__}: {(str(error).splitlines() or ["no message"])[0]}'

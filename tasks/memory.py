"""Tasks that need memory: delayed sums, copies, flip-flops."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from ratezoo.tasks.base import Task, Training, Trials, every_step, is_count, softmax_cross_entropy, steps_from
from ratezoo.types import ArrayLike

__all__ = ['AddTask', 'DelayedCopy', 'FlipFlop']
CATEGORY = 'trajectories'


@dataclass(frozen=True)
class AddTask(Task):
    """Add the inputs of two earlier steps, in a stream of coin tosses.

        y_t = ½ + ½ u_{t−t₁} − ¼ u_{t−t₂},     u ∈ {0, 1} with probability ½,     x = (u, 1 − u)

    The targets are the probabilities (y, 1 − y), and the loss is the softmax cross-entropy. Where t is smaller than a
    lag, the u of that lag counts as 0. The score is the cross-entropy in nats, over the steps after both lags. `floors`
    gives its lowest value for a network that knows neither lag (0.662), only the first lag (0.519), or both (0.454).

    Parameters
    ----------
    T : int
        Length. Default 200.
    first, second : int
        The lags t₁ and t₂. Default 5 and 9.

    References
    ----------
    S. Pitis, "Recurrent neural networks in TensorFlow I", 2016 (the task). O. Marschall, K. Cho and C. Savin, Journal
    of Machine Learning Research 21 (135), 1–34 (2020), arXiv:1907.02649 ("Add task", online).

    Examples
    --------
    >>> from ratezoo.tasks import AddTask
    >>> {k: round(v, 4) for k, v in AddTask().floors().items()}
    {'neither': 0.6616, 'first': 0.5192, 'both': 0.4545}
    """

    training = Training(settings={'dt': 1.0})
    T: int = 200
    first: int = 5
    second: int = 9

    n_in = 2
    n_out = 2
    loss = staticmethod(softmax_cross_entropy)
    higher_is_better = False

    def __post_init__(self) -> None:
        other_lag = is_count(self.second, 0) and self.second != self.first
        self.expect(first=(is_count(self.first, 0), 'a lag ≥ 0'), second=(other_lag, 'a lag ≥ 0 other than the first'))
        self.expect(T=(is_count(self.T, max(self.first, self.second) + 1), 'more steps than the longer lag'))

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        u = rng.integers(0, 2, (batch, self.T)).astype(float)

        def delayed(lag):
            return np.concatenate([np.zeros((batch, lag)), u[:, : self.T - lag]], 1)

        y = 0.5 + 0.5 * delayed(self.first) - 0.25 * delayed(self.second)
        return Trials(np.stack([u, 1 - u], -1), np.stack([y, 1 - y], -1), every_step(self.T))

    @staticmethod
    def floors() -> dict[str, float]:
        """The lowest cross-entropy of a network that knows 'neither' lag, only the 'first' lag, or 'both'."""

        def entropy(p):
            return -sum(q * np.log(q) for q in (p, 1 - p) if q > 0)

        y = {(a, b): 0.5 + 0.5 * a - 0.25 * b for a, b in product((0, 1), repeat=2)}
        return {
            'neither': float(entropy(np.mean(list(y.values())))),
            'first': float(np.mean([entropy(np.mean([y[a, b] for b in (0, 1)])) for a in (0, 1)])),
            'both': float(np.mean([entropy(p) for p in y.values()])),
        }

    @property
    def chance(self) -> float:
        """The floor of a network that knows neither lag, 0.662."""
        return self.floors()['neither']

    @property
    def criterion(self) -> float:
        """The mean of two floors: that of a network that knows the first lag, and that of one that knows both."""
        return (self.floors()['first'] + self.floors()['both']) / 2

    @property
    def floor(self) -> float:
        """The floor of a network that knows both lags, 0.454: the answer itself is drawn by chance."""
        return self.floors()['both']

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The cross-entropy in nats, over the steps after both lags."""
        start = max(self.first, self.second)
        o = np.asarray(output, float)[:, start:]
        o = o - o.max(-1, keepdims=True)
        logs = o - np.log(np.sum(np.exp(o), -1, keepdims=True))
        return float(-np.mean(np.sum(trials.y[:, start:] * logs, -1)))


@dataclass(frozen=True)
class DelayedCopy(Task):
    """Repeat a sequence of symbols after a delay.

    The first ``length`` steps show the symbols, one per step, as one-hot inputs. In the next ``delay`` steps the input
    is 0. Then a cue (the last input) is on for ``length`` steps. In these steps the network must give the symbols in
    the same order. The loss is the softmax cross-entropy over the symbols. The score is the fraction of correct
    symbols.

    Parameters
    ----------
    symbols : int
        The number of different symbols. Default 4.
    length : int
        The number of symbols in a sequence. Default 3.
    delay : int
        The number of steps between the symbols and the cue. Default 5.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, Neural Computation 9, 1735–1780 (1997), doi:10.1162/neco.1997.9.8.1735; A. Graves,
    G. Wayne and I. Danihelka, arXiv:1410.5401 (2014) (copying).

    Examples
    --------
    >>> from ratezoo.tasks import DelayedCopy
    >>> trials = DelayedCopy().trials(batch=2)
    >>> trials.x.shape, trials.y.shape
    ((2, 11, 5), (2, 11, 4))
    """

    training = Training(epochs=100, settings={'dt': 1.0})
    symbols: int = 4
    length: int = 3
    delay: int = 5

    loss = staticmethod(softmax_cross_entropy)
    criterion = 0.95

    def __post_init__(self) -> None:
        self.expect(
            symbols=(is_count(self.symbols, 2), 'at least 2 symbols'),
            length=(is_count(self.length), 'a length ≥ 1'),
            delay=(is_count(self.delay, 0), 'a delay ≥ 0'),
        )

    @property
    def n_in(self) -> int:
        """One input for each symbol, and one for the cue."""
        return self.symbols + 1

    @property
    def n_out(self) -> int:
        """One output for each symbol."""
        return self.symbols

    @property
    def chance(self) -> float:
        """The score of guesses, 1/symbols."""
        return 1 / self.symbols

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        sequence = np.eye(self.symbols)[rng.integers(0, self.symbols, (batch, self.length))]
        recall = self.length + self.delay  # the step in which the cue comes on
        T = recall + self.length
        x, y = np.zeros((batch, T, self.n_in)), np.full((batch, T, self.n_out), 1 / self.symbols)
        x[:, : self.length, : self.symbols] = sequence
        x[:, recall:, -1] = 1
        y[:, recall:] = sequence
        return Trials(x, y, steps_from(T, recall))

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The fraction of correct symbols."""
        recall = self.length + self.delay
        given, correct = (np.argmax(np.asarray(a)[:, recall:], -1) for a in (output, trials.y))
        return float(np.mean(given == correct))


@dataclass(frozen=True)
class FlipFlop(Task):
    """Remember the sign of the last pulse of each of several inputs.

    At each step, each input has a pulse, +1 or −1, with probability ``rate``; otherwise it is 0. At the first step
    every input has a pulse. The target of an output is the sign of the last pulse of its input. The score is the
    fraction of steps and outputs with the correct sign. A constant output is correct half of the time.

    Parameters
    ----------
    bits : int
        The number of inputs, and of outputs. Default 3.
    T : int
        Length. Default 100.
    rate : float
        The probability of a pulse of one input at one step. Default 0.1.

    References
    ----------
    D. Sussillo and O. Barak, "Opening the black box: low-dimensional dynamics in high-dimensional recurrent neural
    networks", Neural Computation 25, 626–649 (2013), doi:10.1162/NECO_a_00409 (the 3-bit flip-flop).

    Examples
    --------
    >>> from ratezoo.tasks import FlipFlop
    >>> trials = FlipFlop().trials()
    >>> bool((trials.y[0, 0] == trials.x[0, 0]).all())
    True
    """

    training = Training(settings={'dt': 1.0})
    bits: int = 3
    T: int = 100
    rate: float = 0.1

    chance = 0.5
    criterion = 0.95

    def __post_init__(self) -> None:
        self.expect(
            bits=(is_count(self.bits), 'a number of inputs ≥ 1'),
            T=(is_count(self.T, 2), 'a number of steps ≥ 2'),
            rate=(0 < self.rate <= 1, 'a probability above 0 and at most 1'),
        )

    @property
    def n_in(self) -> int:
        """The number of bits."""
        return self.bits

    @property
    def n_out(self) -> int:
        """The number of bits."""
        return self.bits

    def draw(self, batch: int, rng: np.random.Generator) -> Trials:
        shape = (batch, self.T, self.bits)
        is_pulse = rng.random(shape) < self.rate
        is_pulse[:, 0] = True
        x = is_pulse * rng.choice([-1.0, 1.0], shape)
        last_pulse = np.maximum.accumulate(np.where(is_pulse, np.arange(self.T)[None, :, None], 0), 1)
        return Trials(x, np.take_along_axis(x, last_pulse, 1), every_step(self.T))

    def score(self, output: ArrayLike, trials: Trials) -> float:
        """The fraction of correct signs."""
        return float(np.mean(np.sign(np.asarray(output)) == trials.y))

"""What must be kept in mind: delayed sums, copies, flip-flops."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from ratezoo.tasks.base import Task, Trials, every_step, is_count, softmax_cross_entropy, steps_from

__all__ = ['AddTask', 'DelayedCopy', 'FlipFlop']
CATEGORY = 'trajectories'


@dataclass(frozen=True)
class AddTask(Task):
    """Add what was heard at two lags: a stream of coin tosses.

        y_t = ½ + ½ u_{t−t₁} − ¼ u_{t−t₂},     u ∈ {0, 1} with probability ½,     x = (u, 1 − u)

    The targets are the probabilities (y, 1 − y) and the loss is the softmax cross-entropy. Before a lag has passed, its
    u counts as 0. The score is the cross-entropy in nats after both lags; what it can be at best for a network that
    knows neither lag, the first only, and both is `floors`: 0.662, 0.519 and 0.454.

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
    >>> {k: round(v, 4) for k, v in AddTask().floors().items()}
    {'neither': 0.6616, 'first': 0.5192, 'both': 0.4545}
    """
    T: int = 200
    first: int = 5
    second: int = 9

    n_in = 2
    n_out = 2
    loss = staticmethod(softmax_cross_entropy)
    higher_is_better = False

    def __post_init__(self):
        self._expect(first=(is_count(self.first, 0), 'a lag ≥ 0'),
                     second=(is_count(self.second, 0) and self.second != self.first, 'a lag ≥ 0 other than the first'),
                     T=(is_count(self.T, max(self.first, self.second) + 1), 'more steps than the lags'))

    def _draw(self, batch, rng):
        u = rng.integers(0, 2, (batch, self.T)).astype(float)

        def before(lag):
            return np.concatenate([np.zeros((batch, lag)), u[:, :self.T - lag]], 1)
        y = 0.5 + 0.5 * before(self.first) - 0.25 * before(self.second)
        return Trials(np.stack([u, 1 - u], -1), np.stack([y, 1 - y], -1), every_step(self.T))

    @staticmethod
    def floors():
        """The least cross-entropy for a network that knows 'neither' lag, the 'first' only, or 'both'."""
        def entropy(p):
            return -sum(q * np.log(q) for q in (p, 1 - p) if q > 0)
        y = {(a, b): 0.5 + 0.5 * a - 0.25 * b for a, b in product((0, 1), repeat=2)}
        return {'neither': float(entropy(np.mean(list(y.values())))),
                'first': float(np.mean([entropy(np.mean([y[a, b] for b in (0, 1)])) for a in (0, 1)])),
                'both': float(np.mean([entropy(p) for p in y.values()]))}

    @property
    def chance(self):
        """The floor of a network that knows neither lag."""
        return self.floors()['neither']

    @property
    def criterion(self):
        """Half-way from the floor that knows the first lag to the one that knows both."""
        return (self.floors()['first'] + self.floors()['both']) / 2

    def score(self, output, trials):
        """Cross-entropy in nats, of the steps after both lags."""
        start = max(self.first, self.second)
        o = np.asarray(output, float)[:, start:]
        o = o - o.max(-1, keepdims=True)
        logs = o - np.log(np.sum(np.exp(o), -1, keepdims=True))
        return float(-np.mean(np.sum(trials.y[:, start:] * logs, -1)))


@dataclass(frozen=True)
class DelayedCopy(Task):
    """Say a sequence of symbols again after a delay.

    The symbols come one a step, one-hot, in the first ``length`` inputs; after ``delay`` silent steps a go cue (the
    last input) stays on while they are asked for in their order. Loss: softmax cross-entropy over the symbols. The
    score is the fraction of symbols that are right.

    Parameters
    ----------
    symbols : int
        Number of symbols. Default 4.
    length : int
        Symbols in a sequence. Default 3.
    delay : int
        Silent steps. Default 5.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, Neural Computation 9, 1735–1780 (1997), doi:10.1162/neco.1997.9.8.1735; A. Graves,
    G. Wayne and I. Danihelka, arXiv:1410.5401 (2014) (copying).

    Examples
    --------
    >>> trials = DelayedCopy().trials(batch=2)
    >>> trials.x.shape, trials.y.shape
    ((2, 11, 5), (2, 11, 4))
    """
    symbols: int = 4
    length: int = 3
    delay: int = 5

    loss = staticmethod(softmax_cross_entropy)
    criterion = 0.95

    def __post_init__(self):
        self._expect(symbols=(is_count(self.symbols, 2), 'at least 2 symbols'),
                     length=(is_count(self.length), 'a length ≥ 1'), delay=(is_count(self.delay, 0), 'a delay ≥ 0'))

    @property
    def n_in(self):
        """A line for each symbol, and the cue."""
        return self.symbols + 1

    @property
    def n_out(self):
        """A line for each symbol."""
        return self.symbols

    @property
    def chance(self):
        """1/symbols."""
        return 1 / self.symbols

    def _draw(self, batch, rng):
        said = np.eye(self.symbols)[rng.integers(0, self.symbols, (batch, self.length))]
        recall = self.length + self.delay
        T = recall + self.length
        x, y = np.zeros((batch, T, self.n_in)), np.full((batch, T, self.n_out), 1 / self.symbols)
        x[:, :self.length, :self.symbols] = said
        x[:, recall:, -1] = 1
        y[:, recall:] = said
        return Trials(x, y, steps_from(T, recall))

    def score(self, output, trials):
        """Fraction of symbols that are right."""
        recall = self.length + self.delay
        return float(np.mean(np.argmax(np.asarray(output)[:, recall:], -1) == np.argmax(trials.y[:, recall:], -1)))


@dataclass(frozen=True)
class FlipFlop(Task):
    """Remember the sign of the last pulse on each of several lines.

    At each step each line carries a pulse, +1 or −1, with probability ``rate``, else 0; every line has one at the first
    step. The target is the sign of the line's last pulse. The score is the fraction of steps and lines with the right
    sign; a constant is right half of the time.

    Parameters
    ----------
    bits : int
        Number of lines. Default 3.
    T : int
        Length. Default 100.
    rate : float
        Probability of a pulse on a line at a step. Default 0.1.

    References
    ----------
    D. Sussillo and O. Barak, "Opening the black box: low-dimensional dynamics in high-dimensional recurrent neural
    networks", Neural Computation 25, 626–649 (2013), doi:10.1162/NECO_a_00409 (the 3-bit flip-flop).

    Examples
    --------
    >>> trials = FlipFlop().trials()
    >>> bool((trials.y[0, 0] == trials.x[0, 0]).all())
    True
    """
    bits: int = 3
    T: int = 100
    rate: float = 0.1

    chance = 0.5
    criterion = 0.95

    def __post_init__(self):
        self._expect(bits=(is_count(self.bits), 'a number of lines ≥ 1'), T=(is_count(self.T, 2), 'steps ≥ 2'),
                     rate=(0 < self.rate <= 1, 'a probability above 0 and at most 1'))

    @property
    def n_in(self):
        """A line for each bit."""
        return self.bits

    @property
    def n_out(self):
        """A line for each bit."""
        return self.bits

    def _draw(self, batch, rng):
        shape = (batch, self.T, self.bits)
        there = rng.random(shape) < self.rate
        there[:, 0] = True
        x = there * rng.choice([-1., 1.], shape)
        last = np.maximum.accumulate(np.where(there, np.arange(self.T)[None, :, None], 0), 1)
        return Trials(x, np.take_along_axis(x, last, 1), every_step(self.T))

    def score(self, output, trials):
        """Fraction of right signs."""
        return float(np.mean(np.sign(np.asarray(output)) == trials.y))

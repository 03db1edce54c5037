"""BrainPy's gated cells, LSTM and GRU, behind the interface of a `RateModel`."""

import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid

from ratezoo.capabilities import DiscreteCurrents, HasReadout
from ratezoo.checks import is_count
from ratezoo.example import Example, tone
from ratezoo.model import RateModel

__all__ = ['LSTM', 'GRU']
CATEGORY = 'trainable'


class _Gated(HasReadout, RateModel):
    """What the two cells share: their parameters in ``blocks`` blocks of n rows, and the readout of h."""

    params = ('W', 'W_in', 'b', 'W_out', 'b_out')
    blocks = 1

    def __init__(self, n_in=1, n=50, n_out=1, *, dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n_in, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.n_out, rows = n_out, self.blocks * n
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', rng.normal(size=(rows, n)) / n ** 0.5, (rows, n))
        self.W_in = self.trainable('W_in', rng.normal(size=(rows, n_in)) / n_in ** 0.5, (rows, n_in))
        self.b = self.trainable('b', 0., (rows,))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n ** 0.5, (n_out, n))
        self.b_out = self.trainable('b_out', 0., (n_out,))


class LSTM(DiscreteCurrents, _Gated):
    """Long short-term memory, the equations of BrainPy's cell, with a linear readout.

        (1)  (I_i, I_g, I_f, I_o) = W h_{t−1} + W_in x_t + b
        (2)  c_t = σ(I_f + 1) c_{t−1} + σ(I_i) tanh(I_g)
        (3)  h_t = σ(I_o) tanh(c_t)
        (4)  output = W_out h_t + b_out

    with hidden units h and cells c (n,), input x (n_in,), σ the logistic function; ``W`` (4n, n), ``W_in`` (4n, n_in)
    and ``b`` (4n,) hold the blocks i, g, f, o one after another; ``W_out`` (n_out, n) and ``b_out`` (n_out,). Weights
    are ``W[post, pre]``. The 1 in (2) keeps the forget gate open at first. These are the equations, and the order of
    the blocks, of ``brainpy.dyn.LSTMCell``, whose Wi and Wh are the transposes of W_in and W; its state is (h, c) in
    one vector. Discrete time: a step is one x_t, whatever dt is.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`.

    W ~ N(0, 1/n), W_in ~ N(0, 1/n_in), W_out ~ N(0, 1/n), b = 0 and b_out = 0 initially; h = c = 0.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1735–1780 (1997),
    doi:10.1162/neco.1997.9.8.1735. F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual
    prediction with LSTM", Neural Computation 12, 2451–2471 (2000), doi:10.1162/089976600300015015 (the forget gate).
    R. Jozefowicz, W. Zaremba and I. Sutskever, "An empirical exploration of recurrent network architectures", ICML,
    PMLR 37, 2342–2350 (2015) (its bias of 1).

    Examples
    --------
    >>> net = LSTM(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W': (20, 5), 'W_in': (20, 2), 'b': (20,), 'W_out': (3, 5), 'b_out': (3,)}
    """

    example = Example(30., tone)
    states = ('h', 'c')
    gates = blocks = 4

    def presynaptic(self, r, x):
        return {'W': r['h'], 'W_in': x, 'b': None}

    def step_of_current(self, r, I):
        i, g, f, o = jnp.split(I, 4)                                                        # Eq. (1)
        c = sigmoid(f + 1) * r['c'] + sigmoid(i) * jnp.tanh(g)                              # Eq. (2)
        return {'h': sigmoid(o) * jnp.tanh(c), 'c': c}                                      # Eq. (3)

    def features(self, r):
        return r['h']


class GRU(_Gated):
    """Gated recurrent unit, the equations of BrainPy's cell, with a linear readout.

        (1)  z = σ(W_z h_{t−1} + W_in,z x_t + b_z),     r = σ(W_r h_{t−1} + W_in,r x_t + b_r)
        (2)  a = tanh(W_a (r ∘ h_{t−1}) + W_in,a x_t + b_a)
        (3)  h_t = (1 − z) ∘ h_{t−1} + z ∘ a
        (4)  output = W_out h_t + b_out

    with hidden units h (n,), input x (n_in,), σ the logistic function; ``W`` (3n, n), ``W_in`` (3n, n_in) and ``b``
    (3n,) hold the blocks z, r, a one after another; ``W_out`` (n_out, n) and ``b_out`` (n_out,). Weights are
    ``W[post, pre]``. These are the equations, and the order of the blocks, of ``brainpy.dyn.GRUCell``, whose Wi and Wh
    are the transposes of W_in and W. In the paper of Cho et al. z and 1 − z change places. As the reset gate r of (2)
    stands inside the matrix product, a step is not a function of currents alone, and the rules that need one don't
    take a GRU. Discrete time: a step is one x_t, whatever dt is.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`.

    W ~ N(0, 1/n), W_in ~ N(0, 1/n_in), W_out ~ N(0, 1/n), b = 0 and b_out = 0 initially; h = 0.

    References
    ----------
    K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio, "Learning phrase
    representations using RNN encoder–decoder for statistical machine translation", EMNLP, 1724–1734 (2014),
    doi:10.3115/v1/D14-1179. J. Chung, C. Gulcehre, K. Cho and Y. Bengio (2014), arXiv:1412.3555 (the form of (3)).

    Examples
    --------
    >>> net = GRU(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W': (15, 5), 'W_in': (15, 2), 'b': (15,), 'W_out': (3, 5), 'b_out': (3,)}
    """

    example = Example(30., tone)
    states = ('h',)
    blocks = 3

    def step(self, h, params, x):
        n = h.shape[0]
        W, drive = params['W'], params['W_in'] @ x + params['b']
        z, r = jnp.split(sigmoid(W[:2 * n] @ h + drive[:2 * n]), 2)                         # Eq. (1)
        a = jnp.tanh(W[2 * n:] @ (r * h) + drive[2 * n:])                                   # Eq. (2)
        return (1 - z) * h + z * a                                                          # Eq. (3)

"""The gated cells of BrainPy, LSTM and GRU, as `RateModel`s."""

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid

from ratezoo.capabilities import DiscreteCurrents, HasReadout
from ratezoo.checks import is_count
from ratezoo.example import Example, two_pulses
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['LSTM', 'GRU']
CATEGORY = 'trainable'


class _Gated(HasReadout, RateModel):
    """Base of both cells: the parameters and the linear readout of h.

    ``W``, ``W_in`` and ``b`` consist of ``blocks`` blocks of n rows each.
    """

    params = ('W', 'W_in', 'b', 'W_out', 'b_out')
    blocks: int = 1

    def __init__(
        self,
        n_in: int = 1,
        n: int = 50,
        n_out: int = 1,
        *,
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.n_out, rows = n_out, self.blocks * n
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', rng.normal(size=(rows, n)) / n**0.5, (rows, n))
        self.W_in = self.trainable('W_in', rng.normal(size=(rows, n_in)) / n_in**0.5, (rows, n_in))
        self.b = self.trainable('b', 0.0, (rows,))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n**0.5, (n_out, n))
        self.b_out = self.trainable('b_out', 0.0, (n_out,))


class LSTM(DiscreteCurrents, _Gated):
    """Long short-term memory (LSTM) with the equations of BrainPy's cell and a linear readout.

        (1)  (I_i, I_g, I_f, I_o) = W h_{t−1} + W_in x_t + b
        (2)  c_t = σ(I_f + 1) c_{t−1} + σ(I_i) tanh(I_g)
        (3)  h_t = σ(I_o) tanh(c_t)
        (4)  output = W_out h_t + b_out

    with hidden units h (n,), cells c (n,) and input x (n_in,). σ is the logistic function. ``W`` (4n, n), ``W_in``
    (4n, n_in) and ``b`` (4n,) consist of four blocks of n rows, in the order i, g, f, o. ``W_out`` is (n_out, n) and
    ``b_out`` is (n_out,). Weights are ``W[post, pre]``. Because of the 1 in (2), the forget gate is open at the
    beginning of training. The equations and the order of the blocks are those of ``brainpy.dyn.LSTMCell``. There, Wi
    and Wh are the transposes of W_in and W, and the state is one vector (h, c). Time is discrete: one step takes one
    input x_t, whatever dt is.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`.

    Initially W ~ N(0, 1/n), W_in ~ N(0, 1/n_in), W_out ~ N(0, 1/n), b = 0, b_out = 0 and h = c = 0.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1735–1780 (1997),
    doi:10.1162/neco.1997.9.8.1735. F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual
    prediction with LSTM", Neural Computation 12, 2451–2471 (2000), doi:10.1162/089976600300015015 (the forget gate).
    R. Jozefowicz, W. Zaremba and I. Sutskever, "An empirical exploration of recurrent network architectures", ICML,
    PMLR 37, 2342–2350 (2015) (the bias of 1 in the forget gate).

    Examples
    --------
    >>> from ratezoo import LSTM
    >>> net = LSTM(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W': (20, 5), 'W_in': (20, 2), 'b': (20,), 'W_out': (3, 5), 'b_out': (3,)}
    """

    example = Example(3.0, two_pulses)
    portrait = 'memory cell'
    states = ('h', 'c')
    gates = blocks = 4

    def presynaptic(self, r: dict[str, Array], x: Array) -> dict[str, Array | None]:
        return {'W': r['h'], 'W_in': x, 'b': None}

    def step_of_current(self, r: dict[str, Array], I: Array) -> dict[str, Array]:
        i, g, f, o = jnp.split(I, 4)  # Eq. (1)
        c = sigmoid(f + 1) * r['c'] + sigmoid(i) * jnp.tanh(g)  # Eq. (2)
        return {'h': sigmoid(o) * jnp.tanh(c), 'c': c}  # Eq. (3)

    def features(self, r: dict[str, Array]) -> Array:
        return r['h']

    def gate_values(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        """How far the gates are open, 0 to 1, in the step from the state r with the input x: name → array (n,)."""
        i, _, f, o = jnp.split(self.current(r, params, x), 4)  # Eq. (1)
        return {'forget': sigmoid(f + 1), 'input': sigmoid(i), 'output': sigmoid(o)}


class GRU(_Gated):
    """Gated recurrent unit (GRU) with the equations of BrainPy's cell and a linear readout.

        (1)  z = σ(W_z h_{t−1} + W_in,z x_t + b_z),     r = σ(W_r h_{t−1} + W_in,r x_t + b_r)
        (2)  a = tanh(W_a (r ∘ h_{t−1}) + W_in,a x_t + b_a)
        (3)  h_t = (1 − z) ∘ h_{t−1} + z ∘ a
        (4)  output = W_out h_t + b_out

    with hidden units h (n,) and input x (n_in,). σ is the logistic function. ``W`` (3n, n), ``W_in`` (3n, n_in) and
    ``b`` (3n,) consist of three blocks of n rows, in the order z, r, a. ``W_out`` is (n_out, n) and ``b_out`` is
    (n_out,). Weights are ``W[post, pre]``. The equations and the order of the blocks are those of
    ``brainpy.dyn.GRUCell``. There, Wi and Wh are the transposes of W_in and W. In the paper of Cho et al. the places of
    z and 1 − z are exchanged. In (2) the reset gate r multiplies h before the matrix W_a does. Therefore a step is not
    a function of currents alone, and the rules that need `HasCurrents` refuse a GRU. Time is discrete: one step takes
    one input x_t, whatever dt is.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`.

    Initially W ~ N(0, 1/n), W_in ~ N(0, 1/n_in), W_out ~ N(0, 1/n), b = 0, b_out = 0 and h = 0.

    References
    ----------
    K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio, "Learning phrase
    representations using RNN encoder–decoder for statistical machine translation", EMNLP, 1724–1734 (2014),
    doi:10.3115/v1/D14-1179. J. Chung, C. Gulcehre, K. Cho and Y. Bengio (2014), arXiv:1412.3555 (the form of (3)).

    Examples
    --------
    >>> from ratezoo import GRU
    >>> net = GRU(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W': (15, 5), 'W_in': (15, 2), 'b': (15,), 'W_out': (3, 5), 'b_out': (3,)}
    """

    example = Example(3.0, two_pulses)
    portrait = 'update gate'
    states = ('h',)
    blocks = 3

    def step(self, h: Array, params: Params, x: Array) -> Array:
        """h_t, Eqs. (1)–(3), from h = h_{t−1} and x = x_t."""
        n = h.shape[0]
        W, drive = params['W'], params['W_in'] @ x + params['b']
        z, r = jnp.split(sigmoid(W[: 2 * n] @ h + drive[: 2 * n]), 2)  # Eq. (1)
        a = jnp.tanh(W[2 * n :] @ (r * h) + drive[2 * n :])  # Eq. (2)
        return (1 - z) * h + z * a  # Eq. (3)

    def gate_values(self, h: Array, params: Params, x: Array) -> dict[str, Array]:
        """How far the gates are open, 0 to 1, in the step from the state h with the input x: name → array (n,)."""
        rows = slice(2 * h.shape[0])
        z, r = jnp.split(sigmoid(params['W'][rows] @ h + (params['W_in'] @ x + params['b'])[rows]), 2)  # Eq. (1)
        return {'update': z, 'reset': r}

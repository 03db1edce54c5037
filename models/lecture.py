"""The recurrent networks of the lecture in discrete time: Elman's, Jordan's, and one with an answer at the end."""

from collections.abc import Callable

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import DiscreteCurrents, HasReadout
from ratezoo.checks import is_count
from ratezoo.errors import ShapeError
from ratezoo.example import Example, two_pulses
from ratezoo.model import RateModel
from ratezoo.models.rate import as_nonlinearity
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['ElmanRNN', 'JordanRNN', 'SequenceToOneRNN']
CATEGORY = 'trainable'


class _LectureRNN(RateModel):
    """Base of the lecture's networks: the sizes, φ and the initial weights.

    ``recurrent`` is the name of the recurrent weight matrix and its number of columns.
    """

    def __init__(self, sizes, n_in, n, n_out, phi, g, recurrent, **options):
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        super().__init__(sizes, n_in, **options)
        self.n_out, self.phi = n_out, as_nonlinearity(self, 'phi', phi)
        rng = np.random.default_rng(self.seed)
        name, pre = recurrent
        self.W_hx = self.trainable('W_hx', rng.normal(size=(n, n_in)) / n_in**0.5, (n, n_in))
        setattr(self, name, self.trainable(name, g * rng.normal(size=(n, pre)) / pre**0.5, (n, pre)))
        self.b_h = self.trainable('b_h', 0.0, (n,))
        self.W_qh = self.trainable('W_qh', rng.normal(size=(n_out, n)) / n**0.5, (n_out, n))
        self.b_q = self.trainable('b_q', 0.0, (n_out,))


class ElmanRNN(DiscreteCurrents, HasReadout, _LectureRNN):
    """Elman's network in discrete time, h = phi(W_hx x + W_hh h + b_h), o = W_qh h + b_q.

        (1)  h_t = φ(W_hx x_t + W_hh h_{t−1} + b_h)
        (2)  o_t = W_qh h_t + b_q

    with hidden units h (n,), input x (n_in,) and output o (n_out,), and with ``W_hx`` (n, n_in), ``W_hh`` (n, n),
    ``b_h`` (n,), ``W_qh`` (n_out, n) and ``b_q`` (n_out,). Weights are ``W[post, pre]``. Time is discrete: one step of
    the network takes one input x_t, whatever dt is. For linear φ, `linear_bptt` is the gradient in closed form.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    phi : str or callable
        φ: 'tanh' (default), 'relu', 'softplus', 'sigmoid', 'linear', or a function of an array.
    g : float
        Gain of the recurrent weights: W_hh ~ N(0, g²/n). Default 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`.

    Initially W_hx ~ N(0, 1/n_in), W_qh ~ N(0, 1/n), b_h = 0, b_q = 0 and h_0 = 0.

    References
    ----------
    J. L. Elman, "Finding structure in time", Cognitive Science 14, 179–211 (1990),
    doi:10.1207/s15516709cog1402_1. A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, Dive into Deep Learning, Cambridge
    University Press, 2023, chapter 9 (the notation, and backpropagation through time).

    Examples
    --------
    >>> from ratezoo import ElmanRNN
    >>> net = ElmanRNN(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W_hx': (5, 2), 'W_hh': (5, 5), 'b_h': (5,), 'W_qh': (3, 5), 'b_q': (3,)}
    """

    example = Example(3.0, two_pulses)
    portrait = 'hidden units read themselves'
    params = ('W_hx', 'W_hh', 'b_h', 'W_qh', 'b_q')
    states = ('h',)
    synapses = ('W_hh', 'W_hx', 'b_h')
    readout = ('W_qh', 'b_q')

    def __init__(
        self,
        n_in: int = 1,
        n: int = 50,
        n_out: int = 1,
        *,
        phi: str | Callable[[Array], Array] = 'tanh',
        g: float = 1.0,
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, n, n_out, phi, g, ('W_hh', n), dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)

    def presynaptic(self, h: Array, x: Array) -> dict[str, Array | None]:
        """The presynaptic activity of each parameter in (1): h_{t−1}, the input x_t, and None for the bias."""
        return {'W_hh': h, 'W_hx': x, 'b_h': None}

    def step_of_current(self, h: Array, I: Array) -> Array:
        """h_t = φ(I), Eq. (1), where I is the argument of φ there."""
        return self.phi(I)


class SequenceToOneRNN(ElmanRNN):
    """Elman's network that gives one answer for a sequence: the loss compares only its last output with y.

        (1)  h_t = φ(W_hx x_t + W_hh h_{t−1} + b_h),     t = 1 … T
        (2)  o = W_qh h_T + b_q,     L = ℓ(o, y)

    The network and its parameters are those of `ElmanRNN`. Only the loss differs. It is the loss of a trajectory,
    l = Σ_t α_t l_t, with α = (0, …, 0, 1), and `at_the_end` gives the arguments for it. If the sequences of a batch
    have different lengths, give α as an array (B, T) in which each row is 1 at the last step of its sequence.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    phi, g, seed, dt, sigma, mode, name
        As in `ElmanRNN`.

    References
    ----------
    J. L. Elman, Cognitive Science 14, 179–211 (1990), doi:10.1207/s15516709cog1402_1. A. Zhang, Z. C. Lipton, M. Li
    and A. J. Smola, Dive into Deep Learning, Cambridge University Press, 2023, chapter 9.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.BPTT, ratezoo.SequenceToOneRNN):
    ...     '''Learns to give the sum of its inputs.'''
    >>> net, x = Net(n=5, seed=0), np.random.default_rng(0).normal(size=(8, 6, 1))
    >>> arguments = net.at_the_end(x.sum(1), steps=6)
    >>> arguments['y'].shape, arguments['alpha'].tolist()
    ((8, 6, 1), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    >>> loss, grads = net.gradient(x, **arguments)
    """

    portrait = 'one answer'

    def at_the_end(self, y: ArrayLike, steps: int) -> dict[str, np.ndarray]:
        """Targets and step weights of a loss that compares the output with y after the last of ``steps`` inputs only.

        Parameters
        ----------
        y : array (n_out,) or (B, n_out)
            The answer. For a single sample with a single output it may be a number.
        steps : int
            Length T of the sequences.

        Returns
        -------
        dict
            The arguments ``y`` and ``alpha`` for `gradient` and `fit`. ``y`` is (T, n_out) or (B, T, n_out), and 0
            before the last step. ``alpha`` is (T,).
        """
        if not is_count(steps):
            raise self.invalid('at_the_end', 'a positive number of steps', repr(steps))
        self.check_finite('y', y)
        y = np.asarray(self.as_array('y', y))
        y = y[None] if y.ndim == 0 else y
        if y.ndim > 2 or y.shape[-1] != self.n_out:
            raise ShapeError(
                f'{type(self).__name__}.at_the_end: expected y of shape ({self.n_out},) or (B, {self.n_out}), got '
                f'{y.shape}.'
            )
        last = (np.arange(steps) == steps - 1).astype(y.dtype)
        return {'y': y[..., None, :] * last[:, None], 'alpha': last}


class JordanRNN(_LectureRNN):
    """Jordan's network in discrete time: its last output is fed back, h = phi(W_hx x + W_ho o + b_h).

        (1)  h_t = φ(W_hx x_t + W_ho o_{t−1} + b_h)
        (2)  o_t = W_qh h_t + b_q

    with hidden units h (n,), input x (n_in,) and output o (n_out,), and with ``W_hx`` (n, n_in), ``W_ho`` (n, n_out),
    ``b_h`` (n,), ``W_qh`` (n_out, n) and ``b_q`` (n_out,). Weights are ``W[post, pre]``. The n_out numbers o_{t−1} are
    the network's only memory of earlier steps. Time is discrete: one step of the network takes one input x_t, whatever
    dt is.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 1, 50 and 1.
    phi : str or callable
        φ: 'tanh' (default), 'relu', 'softplus', 'sigmoid', 'linear', or a function of an array.
    g : float
        Gain of the recurrent weights: W_ho ~ N(0, g²/n_out). Default 1.
    sigma : float, or dict of str to float
        As in `RateModel`. The states are h and o, and the next step reads only o, so only the noise of o has an effect
        on later steps. Default 0.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    dt, mode, name
        As in `RateModel`.

    Initially W_hx ~ N(0, 1/n_in), W_qh ~ N(0, 1/n), b_h = 0, b_q = 0, h_0 = 0 and o_0 = 0.

    References
    ----------
    M. I. Jordan, "Serial order: a parallel distributed processing approach" (1986), in Advances in Psychology 121,
    471–495 (1997), doi:10.1016/S0166-4115(97)80111-2. In the paper the units that receive the output also keep a trace
    of it. Without this trace their state is the o_{t−1} of (1).

    Examples
    --------
    >>> from ratezoo import JordanRNN
    >>> net = JordanRNN(n_in=2, n=5, n_out=3, seed=0)
    >>> net.W_ho.shape, net.update([1., 0.]).shape
    ((5, 3), (3,))
    """

    example = Example(3.0, two_pulses)
    portrait = 'output read by hidden units'
    params = ('W_hx', 'W_ho', 'b_h', 'W_qh', 'b_q')
    states = ('h', 'o')

    def __init__(
        self,
        n_in: int = 1,
        n: int = 50,
        n_out: int = 1,
        *,
        phi: str | Callable[[Array], Array] = 'tanh',
        g: float = 1.0,
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        sizes, recurrent = {'h': n, 'o': n_out}, ('W_ho', n_out)
        super().__init__(sizes, n_in, n, n_out, phi, g, recurrent, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)

    def step(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        h = self.phi(params['W_hx'] @ x + params['W_ho'] @ r['o'] + params['b_h'])  # Eq. (1)
        return {'h': h, 'o': params['W_qh'] @ h + params['b_q']}  # Eq. (2)

    def output(self, r: dict[str, Array], params: Params) -> Array:
        return r['o']


def linear_bptt(W_hh: ArrayLike, W_qh: ArrayLike, dL_do: ArrayLike) -> Array:
    """∂L/∂h_t of an `ElmanRNN` with linear φ, in closed form.

        (1)  ∂L/∂h_t = Σ_{i=t}^{T} (W_hhᵀ)^{T−i} W_qhᵀ ∂L/∂o_{T+t−i}

    The loss at step t + s, where s = T − i, reaches h_t through the power s of W_hhᵀ. Along an eigenvector of W_hhᵀ
    with |λ| < 1 this contribution vanishes as s grows. With |λ| > 1 it explodes.

    Parameters
    ----------
    W_hh : array (n, n)
    W_qh : array (n_out, n)
    dL_do : array (T, n_out)
        ∂L/∂o_1 … ∂L/∂o_T, each the partial derivative with respect to that o_t alone.

    Returns
    -------
    array (T, n)
        ∂L/∂h_1 … ∂L/∂h_T.

    Raises
    ------
    ShapeError
        The shapes do not agree.

    References
    ----------
    A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, Dive into Deep Learning, Cambridge University Press, 2023, section
    9.7.

    Examples
    --------
    >>> from ratezoo.models.lecture import linear_bptt
    >>> linear_bptt([[0.5]], [[2.]], [[0.], [0.], [1.]]).ravel().tolist()       # 2 · 0.5^{T−t}
    [0.5, 1.0, 2.0]
    """
    W_hh, W_qh, dL_do = (jnp.asarray(a) for a in (W_hh, W_qh, dL_do))
    n, T = len(W_hh), len(dL_do)
    if W_hh.shape != (n, n) or W_qh.shape != (dL_do.shape[-1], n) or dL_do.ndim != 2:
        raise ShapeError(
            'linear_bptt: expected W_hh (n, n), W_qh (n_out, n) and dL_do (T, n_out), got '
            f'{W_hh.shape}, {W_qh.shape} and {dL_do.shape}.'
        )
    powers = [jnp.eye(n, dtype=W_hh.dtype)]
    for _ in range(T - 1):
        powers.append(powers[-1] @ W_hh.T)
    through_output = dL_do @ W_qh  # row t − 1 is W_qhᵀ ∂L/∂o_t
    dL_dh = [
        sum(powers[T - i] @ through_output[T + t - i - 1] for i in range(t, T + 1))  # Eq. (1)
        for t in range(1, T + 1)
    ]
    return jnp.stack(dL_dh)

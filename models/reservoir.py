"""Reservoirs: the chaotic one whose output is fed back, and the echo state network."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasReadout
from ratezoo.checks import is_count, is_positive
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES

__all__ = ['Reservoir', 'EchoState']
CATEGORY = 'trainable'


class Reservoir(HasReadout, RateModel):
    """Chaotic random network whose trained output is fed back: what FORCE tames.

        (1)  τ dI/dt = −I + W r + W_fb z + W_in x,     r = tanh(I)
        (2)  output z = W_out r

    with currents I (n,), rates r (n,), input x (n_in,) and output z (n_out,). Only ``W_out`` (n_out, n) is trained;
    W (n, n), sparse, ``W_fb`` (n, n_out) and ``W_in`` (n, n_in) stay as they were drawn. Weights are ``W[post, pre]``.
    Dimensionless rates; time in the unit of τ. Above g = 1 the network is chaotic by itself; a readout trained by
    `FORCE` tames it through the feedback.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units and outputs. Default 1, 300 and 1.
    g : float
        Gain of the recurrent weights. Default 1.5.
    sparseness : float
        Probability p of a connection; W ~ N(0, g²/(p n)) where there is one. Default 0.1.
    feedback : float
        Size of the feedback weights, uniform in ±feedback. Default 1.
    tau : float
        Time constant τ. Default 1.
    seed : int, optional
        Seed of the weights, of the initial state and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    W_in ~ N(0, 1) and W_out ~ N(0, 1/n) initially; the initial state is I ~ N(0, ½²).

    References
    ----------
    D. Sussillo and L. F. Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63,
    544–557 (2009), doi:10.1016/j.neuron.2009.07.018: the network of its Figure 1A.

    Examples
    --------
    >>> net = Reservoir(n=50, seed=0)
    >>> net.params, net.W.shape
    (('W_out',), (50, 50))
    """

    example = Example(60.)
    params = ('W_out',)
    tau = Constant(1., 'time constant', positive=True)
    states = ('I',)

    def __init__(self, n_in=1, n=300, n_out=1, *, g=1.5, sparseness=0.1, feedback=1., tau=1., method='euler', dt=None,
                 sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.set_constants(tau=tau)
        if not (is_positive(sparseness) and sparseness <= 1):
            raise self.invalid('sparseness', 'a probability above 0 and at most 1', repr(sparseness))
        self.n_out = n_out
        rng = np.random.default_rng(self.seed)
        there = rng.random((n, n)) < sparseness
        self.W = self.as_array('W', g * there * rng.normal(size=(n, n)) / (sparseness * n) ** 0.5)
        self.W_fb = self.as_array('W_fb', feedback * rng.uniform(-1, 1, (n, n_out)))
        self.W_in = self.as_array('W_in', rng.normal(size=(n, n_in)))
        self.I0 = self.as_array('I0', 0.5 * rng.normal(size=n))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n ** 0.5, (n_out, n))

    def F(self, I, params, x):
        r = jnp.tanh(I)
        return (-I + self.W @ r + self.W_fb @ (params['W_out'] @ r) + self.W_in @ x) / self.tau     # Eq. (1)

    def features(self, I):
        return jnp.tanh(I)

    def initial_state(self):
        return self.I0


class EchoState(HasReadout, RateModel):
    """Random network in discrete time whose linear readout is learned by regression; it echoes past inputs.

        (1)  r_t = (1 − a) r_{t−1} + a φ(ρ W r_{t−1} + W_in x_t + b)
        (2)  output = W_out r + b_out

    W has the spectral radius 1, so that ρ is that of the recurrent weights; W_in and b are uniform in ±input_scale
    and ±bias_scale. They stay as they were drawn, W_out (n_out, n) and b_out (n_out,) are trained: by `fit_readout`
    at once, by `FORCE` or another rule on line. BrainPy's ``Reservoir`` is the same network without its readout.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units and outputs. Default 1, 100 and 1.
    phi : str or callable
        φ: 'tanh' (default), 'linear', 'relu', 'softplus', 'sigmoid', or a function of an array.
    radius : float
        Spectral radius ρ of the recurrent weights. Default 0.9.
    leak : float
        a, in (0, 1]. Default 1.
    input_scale, bias_scale : float
        Sizes of W_in and b. Default 0.1 and 0.
    orthogonal : bool
        Draw W orthogonal, which remembers best where φ is linear. Default False: normal.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`; Δt only counts the steps.

    References
    ----------
    H. Jaeger and H. Haas, Science 304, 78–80 (2004), doi:10.1126/science.1091277. H. Jaeger, "Short term memory in echo
    state networks", GMD Report 152 (2002): memory capacity. O. L. White, D. D. Lee and H. Sompolinsky, Physical Review
    Letters 92, 148102 (2004), doi:10.1103/PhysRevLett.92.148102 (orthogonal W).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.EchoState(n=20, seed=0)
    >>> x = np.random.default_rng(0).uniform(-1, 1, (500, 1))
    >>> y = np.vstack([np.zeros((2, 1)), x[:-2]])                       # the input of two steps ago
    >>> bool(net.fit_readout(x, y) < 1e-3)                              # mean squared error
    True
    """

    params = ('W_out', 'b_out')
    radius = Constant(0.9, 'spectral radius of the recurrent weights')
    leak = Constant(1., 'leak a', positive=True)
    example = Example(20., input=lambda net, ts: np.sign(np.sin(1.3 * ts)) * (ts < 14))

    def __init__(self, n_in=1, n=100, n_out=1, *, phi='tanh', radius=0.9, leak=1., input_scale=0.1, bias_scale=0.,
                 orthogonal=False, dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n_in, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        if not callable(phi) and (not isinstance(phi, str) or phi not in NONLINEARITIES):
            raise UnknownNameError(f'{type(self).__name__}.phi: expected a function or one of '
                                   f'{", ".join(NONLINEARITIES)}, got {phi!r}.')
        if not (is_positive(leak) and leak <= 1):
            raise self.invalid('leak', 'a number above 0 and at most 1', repr(leak))
        self.set_constants(radius=radius, leak=leak)
        for option, value in (('radius', radius), ('input_scale', input_scale), ('bias_scale', bias_scale)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < np.inf:
                raise self.invalid(option, 'a number ≥ 0', repr(value))
        self.n_out = n_out
        self.phi = phi if callable(phi) else NONLINEARITIES[phi]
        rng = np.random.default_rng(self.seed)
        W = rng.normal(size=(n, n))
        W = np.linalg.qr(W)[0] if orthogonal else W / np.abs(np.linalg.eigvals(W)).max()
        self.W = self.as_array('W', W)
        self.W_in = self.as_array('W_in', input_scale * rng.uniform(-1, 1, (n, n_in)))
        self.b = self.as_array('b', bias_scale * rng.uniform(-1, 1, n))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n ** 0.5, (n_out, n))
        self.b_out = self.trainable('b_out', 0., (n_out,))

    def step(self, r, params, x):
        echo = self.phi(self.radius * (self.W @ r) + self.W_in @ x + self.b)
        return (1 - self.leak) * r + self.leak * echo                                               # Eq. (1)

    def states_of(self, x):
        """The states r_t under the inputs x (T, n_in) from silence, without noise; (T, n)."""
        x = self.as_array('x', x)
        x = x[:, None] if x.ndim == 1 else x
        if x.ndim != 2 or x.shape[1] != self.n_in:
            raise ShapeError(f'{type(self).__name__}.x: expected inputs of shape (T, {self.n_in}), got {x.shape}.')
        self.check_finite('x', x)

        def build():
            def run(x, params):
                def step(r, x):
                    r = self.step(r, params, x)
                    return r, r
                return jax.lax.scan(step, self.initial_state(), x)[1]
            return jax.jit(run)
        return np.asarray(self.compiled(('states', x.shape), build)(x, self.params_dict()))

    def fit_readout(self, x, y, *, ridge=0., washout=100):
        """Set W_out and b_out by ridge regression: the least ½Σ_t‖output_t − y_t‖² + ½ ridge ‖W_out‖².

        Parameters
        ----------
        x, y : array (T, n_in) and (T, n_out)
            Inputs and targets.
        ridge : float
            Default 0: least squares of least norm.
        washout : int
            Steps at the beginning that are not asked for. Default 100.

        Returns
        -------
        float
            The mean squared error after the washout.
        """
        y = np.asarray(self.as_array('y', y), float)
        y = y[:, None] if y.ndim == 1 else y
        r = self.states_of(x).astype(float)
        if not (washout == 0 or is_count(washout)):
            raise self.invalid('washout', 'a number of steps ≥ 0', repr(washout))
        if y.shape != (len(r), self.n_out) or len(r) <= washout:
            raise ShapeError(f'{type(self).__name__}.y: expected targets of shape ({len(r)}, {self.n_out}) and more '
                             f'steps than the washout, {washout}, got {y.shape}.')
        self.check_finite('y', y)
        if not ridge >= 0:
            raise self.invalid('ridge', 'a number ≥ 0', repr(ridge))
        r, y = r[washout:], y[washout:]
        mean_r, mean_y = r.mean(0), y.mean(0)
        tall = np.vstack([r - mean_r, ridge ** 0.5 * np.eye(self.n)])
        W = np.linalg.lstsq(tall, np.vstack([y - mean_y, np.zeros((self.n, self.n_out))]), rcond=None)[0].T
        self.set_params({'W_out': W, 'b_out': mean_y - W @ mean_r})
        return float(np.mean((r @ W.T + mean_y - W @ mean_r - y) ** 2))

    def memory_capacity(self, delays=None, *, steps=4000, washout=500, seed=0):
        """MC_k, how much of the input's variance k steps ago the states hold, for k = 1 … ``delays`` (default 2n).

        The input is uniform in ±1; MC_k is the squared correlation of the best linear readout with x_{t−k}, fitted on
        half of the steps and judged on the other half. Their sum is the memory capacity, at most n (Jaeger 2002,
        Prop. 2).
        """
        delays = 2 * self.n if delays is None else delays
        if not is_count(delays) or not is_count(steps) or steps < 4 * self.n:
            raise self.invalid('memory_capacity', f'a number of delays ≥ 1 and at least {4 * self.n} steps',
                                f'{delays!r} and {steps!r}')
        before = washout + delays
        x = np.random.default_rng(seed).uniform(-1, 1, (before + 2 * steps, self.n_in))
        r = self.states_of(x)[before:].astype(float)
        past = np.stack([x[before - k:len(x) - k, 0] for k in range(1, delays + 1)], 1)
        r = np.hstack([r, np.ones((len(r), 1))])
        told = r[steps:] @ np.linalg.lstsq(r[:steps], past[:steps], rcond=None)[0]
        target = past[steps:] - past[steps:].mean(0)
        told = told - told.mean(0)
        held = np.sum(told * target, 0) ** 2 / np.maximum(np.sum(told ** 2, 0) * np.sum(target ** 2, 0), 1e-300)
        return held

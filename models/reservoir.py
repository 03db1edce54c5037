"""Reservoirs: the chaotic network with feedback of its output, and the echo state network."""

from collections.abc import Callable

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasReadout
from ratezoo.checks import is_count, is_positive
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.rate import as_nonlinearity
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['Reservoir', 'EchoState']
CATEGORY = 'trainable'


class Reservoir(HasReadout, RateModel):
    """Chaotic random network with feedback of its output z, tau dI/dt = -I + W r + W_fb z + W_in x, for FORCE.

        (1)  τ dI/dt = −I + W r + W_fb z + W_in x,     r = tanh(I)
        (2)  output z = W_out r

    with currents I (n,), rates r (n,), input x (n_in,) and output z (n_out,). Only ``W_out`` (n_out, n) is trained. The
    sparse matrix ``W`` (n, n), ``W_fb`` (n, n_out) and ``W_in`` (n, n_in) are drawn once and do not change. Weights are
    ``W[post, pre]``. Rates are dimensionless. The unit of time is the unit of τ. For g > 1 the network without feedback
    is chaotic. A readout that `FORCE` trains suppresses this chaos through the feedback.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units and outputs. Default 1, 300 and 1.
    g : float
        Gain of the recurrent weights. Default 1.5.
    sparseness : float
        Probability p of a connection. The weight of a connection is drawn from N(0, g²/(p n)). Default 0.1.
    feedback : float
        Size of the feedback weights: they are uniform in ±feedback. Default 1.
    tau : float or array (n,)
        Time constant τ. Default 1.
    seed : int, optional
        Seed of the weights, of the initial state and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    Initially W_in ~ N(0, 1), W_out ~ N(0, 1/n) and I ~ N(0, ½²).

    References
    ----------
    D. Sussillo and L. F. Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63,
    544–557 (2009), doi:10.1016/j.neuron.2009.07.018: the network of its Figure 1A.

    Examples
    --------
    >>> from ratezoo import Reservoir
    >>> net = Reservoir(n=50, seed=0)
    >>> net.params, net.W.shape
    (('W_out',), (50, 50))
    """

    example = Example(45.0, settings={'seed': 0})
    portrait = 'force'
    params = ('W_out',)
    tau = Constant(1.0, 'time constant', positive=True)
    states = ('I',)

    def __init__(
        self,
        n_in: int = 1,
        n: int = 300,
        n_out: int = 1,
        *,
        g: float = 1.5,
        sparseness: float = 0.1,
        feedback: float = 1.0,
        tau: ArrayLike = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.set_constants(tau=tau)
        if not (is_positive(sparseness) and sparseness <= 1):
            raise self.invalid('sparseness', 'a probability above 0 and at most 1', repr(sparseness))
        self.n_out = n_out
        rng = np.random.default_rng(self.seed)
        connected = rng.random((n, n)) < sparseness
        self.W = self.as_array('W', g * connected * rng.normal(size=(n, n)) / (sparseness * n) ** 0.5)
        self.W_fb = self.as_array('W_fb', feedback * rng.uniform(-1, 1, (n, n_out)))
        self.W_in = self.as_array('W_in', rng.normal(size=(n, n_in)))
        self.I0 = self.as_array('I0', 0.5 * rng.normal(size=n))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n**0.5, (n_out, n))

    def F(self, I: Array, params: Params, x: Array) -> Array:
        """dI/dt, Eq. (1)."""
        r = jnp.tanh(I)
        return (-I + self.W @ r + self.W_fb @ (params['W_out'] @ r) + self.W_in @ x) / self.tau

    def features(self, I: Array) -> Array:
        """The rates r = tanh(I)."""
        return jnp.tanh(I)

    def initial_state(self) -> Array:
        return self.I0


class EchoState(HasReadout, RateModel):
    """Echo state network: a fixed random network in discrete time; regression gives its linear readout.

        (1)  r_t = (1 − a) r_{t−1} + a φ(ρ W r_{t−1} + W_in x_t + b)
        (2)  output = W_out r + b_out

    with rates r (n,), input x (n_in,), ``W`` (n, n), ``W_in`` (n, n_in) and ``b`` (n,). The rates depend on past
    inputs, like an echo of them. W has the spectral radius 1, so the recurrent weights ρ W have the spectral radius ρ.
    W_in is uniform in ±input_scale and b is uniform in ±bias_scale. W, W_in and b are drawn once and do not change.
    ``W_out`` (n_out, n) and ``b_out`` (n_out,) are trained: `fit_readout` computes them from all data in one call, and
    `FORCE` or another rule trains them step by step. BrainPy's ``Reservoir`` is the same network without a readout.

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
        Largest absolute values in W_in and in b. Default 0.1 and 0.
    orthogonal : bool
        Whether W is orthogonal; with linear φ an orthogonal W remembers the input best. Default False: the entries of W
        are normal.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    dt, sigma, mode, name
        As in `RateModel`. Δt has no effect on a step; it is only the time between steps.

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
    leak = Constant(1.0, 'leak a', positive=True)
    example = Example(9.0, input=lambda net, ts: np.random.default_rng(0).uniform(-1, 1, (len(ts), net.n_in)))
    portrait = 'memory of the input'

    def __init__(
        self,
        n_in: int = 1,
        n: int = 100,
        n_out: int = 1,
        *,
        phi: str | Callable[[Array], Array] = 'tanh',
        radius: float = 0.9,
        leak: float = 1.0,
        input_scale: float = 0.1,
        bias_scale: float = 0.0,
        orthogonal: bool = False,
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.phi = as_nonlinearity(self, 'phi', phi)
        if not (is_positive(leak) and leak <= 1):
            raise self.invalid('leak', 'a number above 0 and at most 1', repr(leak))
        self.set_constants(radius=radius, leak=leak)
        for option, value in (('radius', radius), ('input_scale', input_scale), ('bias_scale', bias_scale)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < np.inf:
                raise self.invalid(option, 'a number ≥ 0', repr(value))
        self.n_out = n_out
        rng = np.random.default_rng(self.seed)
        W = rng.normal(size=(n, n))
        W = np.linalg.qr(W)[0] if orthogonal else W / np.abs(np.linalg.eigvals(W)).max()
        self.W = self.as_array('W', W)
        self.W_in = self.as_array('W_in', input_scale * rng.uniform(-1, 1, (n, n_in)))
        self.b = self.as_array('b', bias_scale * rng.uniform(-1, 1, n))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n**0.5, (n_out, n))
        self.b_out = self.trainable('b_out', 0.0, (n_out,))

    def step(self, r: Array, params: Params, x: Array) -> Array:
        rates = self.phi(self.radius * (self.W @ r) + self.W_in @ x + self.b)
        return (1 - self.leak) * r + self.leak * rates  # Eq. (1)

    def states_of(self, x: ArrayLike) -> np.ndarray:
        """The states r_1 … r_T, an array (T, n), for the inputs x (T, n_in), starting at r_0 = 0 and without noise.

        Raises
        ------
        ShapeError, InvalidValueError
            x is not an array (T, n_in) of finite numbers.
        """
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

    def fit_readout(self, x: ArrayLike, y: ArrayLike, *, ridge: float = 0.0, washout: int = 100) -> float:
        """Set W_out and b_out by ridge regression: they minimise ½ Σ_t ‖output_t − y_t‖² + ½ ridge ‖W_out‖².

        Parameters
        ----------
        x, y : array (T, n_in) and (T, n_out)
            Inputs and targets.
        ridge : float
            Strength of the penalty. Default 0: least squares; if there are several solutions, the W_out of least norm.
        washout : int
            Number of steps at the beginning that the sum over t leaves out. Default 100.

        Returns
        -------
        float
            The mean squared error after the washout.

        Raises
        ------
        ShapeError, InvalidValueError
            y is not an array (T, n_out) of finite numbers, T is not larger than ``washout``, or ``ridge`` or
            ``washout`` is negative.
        """
        y = np.asarray(self.as_array('y', y), float)
        y = y[:, None] if y.ndim == 1 else y
        r = self.states_of(x).astype(float)
        self._check_regression(r, y, ridge, washout)
        r, y = r[washout:], y[washout:]
        mean_r, mean_y = r.mean(0), y.mean(0)
        n = len(mean_r)
        # Ridge regression is least squares with n extra rows: √ridge times the identity, with the target 0.
        rows = np.vstack([r - mean_r, ridge**0.5 * np.eye(n)])
        targets = np.vstack([y - mean_y, np.zeros((n, self.n_out))])
        W = np.linalg.lstsq(rows, targets, rcond=None)[0].T
        self.set_params({'W_out': W, 'b_out': mean_y - W @ mean_r})
        return float(np.mean((r @ W.T + mean_y - W @ mean_r - y) ** 2))

    def _check_regression(self, r, y, ridge, washout):
        if not (washout == 0 or is_count(washout)):
            raise self.invalid('washout', 'a number of steps ≥ 0', repr(washout))
        if y.shape != (len(r), self.n_out) or len(r) <= washout:
            raise ShapeError(
                f'{type(self).__name__}.y: expected targets of shape ({len(r)}, {self.n_out}) and more steps than the '
                f'washout, {washout}, got {y.shape}.'
            )
        self.check_finite('y', y)
        if not ridge >= 0:
            raise self.invalid('ridge', 'a number ≥ 0', repr(ridge))

    def memory_capacity(
        self, delays: int | None = None, *, steps: int = 4000, washout: int = 500, seed: int = 0
    ) -> np.ndarray:
        """MC_k for k = 1 … ``delays``: how well a linear readout of the state gives the input of k steps ago.

        MC_k is the squared correlation between x_{t−k} and the best linear readout of r_t, a number in [0, 1]. The
        readout is fitted on ``steps`` steps and MC_k is measured on the next ``steps`` steps. The input is uniform in
        [−1, 1]. If the network has several inputs, x is the first of them. The sum of all MC_k is the memory capacity.
        It is at most n (Jaeger 2002, Prop. 2).

        Parameters
        ----------
        delays : int, optional
            The largest delay k. None (default): 2n.
        steps : int
            Number of steps for the fit, and again for the measurement; at least 4n. Default 4000.
        washout : int
            Number of steps at the beginning that are left out. Default 500.
        seed : int
            Seed of the input. Default 0.

        Returns
        -------
        array (delays,)
        """
        n, n_in = self.W_in.shape
        delays = 2 * n if delays is None else delays
        if not is_count(delays) or not is_count(steps) or steps < 4 * n:
            expected = f'a number of delays ≥ 1 and at least {4 * n} steps'
            raise self.invalid('memory_capacity', expected, f'{delays!r} and {steps!r}')
        before = washout + delays
        x = np.random.default_rng(seed).uniform(-1, 1, (before + 2 * steps, n_in))
        r = self.states_of(x)[before:].astype(float)
        past_inputs = np.stack([x[before - k : len(x) - k, 0] for k in range(1, delays + 1)], 1)
        r = np.hstack([r, np.ones((len(r), 1))])
        readout = np.linalg.lstsq(r[:steps], past_inputs[:steps], rcond=None)[0]
        prediction = r[steps:] @ readout
        target = past_inputs[steps:] - past_inputs[steps:].mean(0)
        prediction = prediction - prediction.mean(0)
        variances = np.sum(prediction**2, 0) * np.sum(target**2, 0)
        return np.sum(prediction * target, 0) ** 2 / np.maximum(variances, 1e-300)  # no 0/0 for a constant prediction

"""Feedforward networks as dynamics: the fixed point is the network's output, the adjoint is back-propagation."""

import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasOutputUnits, HasPenalty
from ratezoo.checks import is_count
from ratezoo.errors import UnknownNameError
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES

__all__ = ['FeedforwardRate', 'PenalisedPerceptron']
CATEGORY = 'fixed point'


class Layered(HasOutputUnits, RateModel):
    """What layered networks share: ``sizes`` = (n_in, n_1, …, n_L), W_k (n_k, n_{k−1}) and b_k (n_k,), and the state
    r = (r_1, …, r_L) in one vector."""

    def __init__(self, sizes, *, method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        if isinstance(sizes, int) or len(sizes) < 2 or not all(map(is_count, sizes)):
            raise self.invalid('sizes', 'the numbers of inputs and of units in each layer, such as (2, 10, 1)', sizes)
        self.layer_sizes = tuple(int(s) for s in sizes)
        ends = np.cumsum(self.layer_sizes[1:])
        self._layers = [slice(int(e) - s, int(e)) for s, e in zip(self.layer_sizes[1:], ends, strict=True)]
        layers = range(1, len(self.layer_sizes))
        self.params = (*(f'W{k}' for k in layers), *(f'b{k}' for k in layers))
        super().__init__(int(ends[-1]), self.layer_sizes[0], method=method, dt=dt, sigma=sigma, seed=seed, mode=mode,
                         name=name)
        rng = np.random.default_rng(self.seed)
        for k in layers:
            shape = (self.layer_sizes[k], self.layer_sizes[k - 1])
            edge = (6 / sum(shape)) ** 0.5                              # Glorot and Bengio 2010
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-edge, edge, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0., shape[:1]))

    def layers(self, r):
        """The states of the layers, [r_1, …, r_L], from the state r (…, n)."""
        return [r[..., s] for s in self._layers]

    @property
    def output_units(self):
        """The units of the last layer."""
        return self._layers[-1]


class FeedforwardRate(Layered):
    """Feedforward layers as dynamics: the fixed point is the perceptron's output, the adjoint back-propagation.

        (1)  dr_k/dt = −r_k + φ(W_k r_{k−1} + b_k),   k = 1 … L,   r_0 = x;   the last layer's φ is φ_out

    The fixed point r_k* = φ(W_k r*_{k−1} + b_k) is the multilayer perceptron's activity, and the output is r_L*. J is
    block lower-triangular with −1 on its diagonal, so every fixed point is stable, and the adjoint at it,
    v_k = v_{k+1} φ′(W_{k+1} r_k + b_{k+1}) W_{k+1}, is back-propagation (`ImplicitGradient` and `AdjointDynamics` give
    exactly `jax.grad` of the perceptron). Dimensionless; the unit of time is a layer's time constant.

    Parameters
    ----------
    sizes : sequence of int
        n_in, n_1, …, n_L. Default (2, 10, 1).
    phi : str or callable
        φ: 'tanh' (default), 'relu', 'softplus', 'sigmoid', 'linear', or a function of an array.
    phi_out : str or callable
        φ of the last layer. Default 'linear'.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    W_k is uniform in ±√(6/(n_k + n_{k−1})), b_k = 0 initially.

    References
    ----------
    B. Scellier and Y. Bengio, "Equivalence of equilibrium propagation and recurrent backpropagation", Neural
    Computation 31, 312–329 (2019), doi:10.1162/neco_a_01160 (the adjoint as dynamics). D. E. Rumelhart, G. E. Hinton
    and R. J. Williams, Nature 323, 533–536 (1986), doi:10.1038/323533a0 (back-propagation).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.FeedforwardRate((2, 3, 1), seed=0)
    >>> x = np.array([1., -1.])
    >>> r1, r2 = net.layers(net.relax(x).r)
    >>> bool(np.allclose(r2, net.W2.value @ np.tanh(net.W1.value @ x), atol=1e-5))
    True
    """

    def __init__(self, sizes=(2, 10, 1), *, phi='tanh', phi_out='linear', method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        super().__init__(sizes, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        for option, value in (('phi', phi), ('phi_out', phi_out)):
            if not callable(value) and value not in NONLINEARITIES:
                raise UnknownNameError(f'{type(self).__name__}.{option}: expected a function or one of '
                                       f'{", ".join(NONLINEARITIES)}, got {value!r}.')
        self.phi = phi if callable(phi) else NONLINEARITIES[phi]
        self.phi_out = phi_out if callable(phi_out) else NONLINEARITIES[phi_out]

    def F(self, r, params, x):
        layers, below = self.layers(r), x
        f = []
        for k, layer in enumerate(layers, 1):
            phi = self.phi if k < len(layers) else self.phi_out
            f.append(-layer + phi(params[f'W{k}'] @ below + params[f'b{k}']))                   # Eq. (1)
            below = layer
        return jnp.concatenate(f)


class PenalisedPerceptron(HasPenalty, FeedforwardRate):
    """One hidden layer with an L2 penalty of its weights, whose gradient is worked by hand.

        (1)  z = W_1 x + b_1,   h = φ(z),   o = W_2 h + b_2
        (2)  J_total = l(o, y) + s,   s = (μ/2)(‖W_1‖² + ‖W_2‖²)

    as a `FeedforwardRate` of sizes (n_in, n, n_out). Rules minimise J_total. `perceptron_gradient` is its gradient
    worked by hand.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, hidden units and outputs. Default 2, 10 and 1.
    mu : float
        Strength μ of the penalty. Default 0.01.
    phi, seed, method, dt, sigma, mode, name
        As in `FeedforwardRate`.

    References
    ----------
    A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, Dive into Deep Learning (Cambridge University Press 2023), sec. 5.3,
    doi:10.48550/arXiv.2106.11342.

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.PenalisedPerceptron(n_in=2, n=3, n_out=1, seed=0)
    >>> float(net.penalty(net.params_dict())) > 0
    True
    """

    def __init__(self, n_in=2, n=10, n_out=1, *, mu=0.01, phi='tanh', method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        if isinstance(mu, bool) or not isinstance(mu, (int, float)) or not 0 <= mu < np.inf:
            raise self.invalid('mu', 'a strength ≥ 0', repr(mu))
        self.mu = mu
        super().__init__((n_in, n, n_out), phi=phi, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)

    def penalty(self, params):
        """s = (μ/2)(‖W_1‖² + ‖W_2‖²), Eq. (2)."""
        return self.mu / 2 * (jnp.sum(params['W1'] ** 2) + jnp.sum(params['W2'] ** 2))


def perceptron_gradient(W1, b1, W2, b2, x, y, mu):
    """The gradient of J_total = ½‖o − y‖² + s of `PenalisedPerceptron` with φ = tanh, for one sample, worked by hand.

        ∂J/∂W_2 = (∂l/∂o) hᵀ + μ W_2,                     ∂J/∂b_2 = ∂l/∂o = o − y
        ∂J/∂W_1 = (W_2ᵀ ∂l/∂o ⊙ φ′(z)) xᵀ + μ W_1,        ∂J/∂b_1 = W_2ᵀ ∂l/∂o ⊙ φ′(z)

    Returns
    -------
    dict
        W1, b1, W2 and b2 → their gradients. Plain NumPy.
    """
    W1, b1, W2, b2, x, y = (np.asarray(a, float) for a in (W1, b1, W2, b2, x, y))
    h = np.tanh(W1 @ x + b1)
    dl_do = W2 @ h + b2 - y
    dl_dz = W2.T @ dl_do * (1 - h ** 2)
    return {'W1': np.outer(dl_dz, x) + mu * W1, 'b1': dl_dz, 'W2': np.outer(dl_do, h) + mu * W2, 'b2': dl_do}

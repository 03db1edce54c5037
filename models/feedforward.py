"""Feedforward networks as dynamics: the fixed point is the network's output, the adjoint is back-propagation."""

from collections.abc import Callable, Sequence

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasOutputUnits, HasPenalty
from ratezoo.checks import is_count
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.rate import as_nonlinearity
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['FeedforwardRate', 'PenalisedPerceptron']
CATEGORY = 'fixed point'


def _step_of_input(net: 'Layered', ts: np.ndarray) -> np.ndarray:
    """Nothing until the time 1, and then a constant input whose entries differ."""
    return np.where(ts < 1, 0.0, 1.0)[:, None] * np.resize([1.0, -0.5], net.n_in or 1)


class Layered(HasOutputUnits, RateModel):
    """Base of networks in layers: the sizes, the parameters and the layers of the state.

    ``sizes`` is (n_in, n_1, …, n_L). Layer k has the weights W_k (n_k, n_{k−1}) and the bias b_k (n_k,). The state
    r = (r_1, …, r_L) is one vector.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        if isinstance(sizes, int) or len(sizes) < 2 or not all(map(is_count, sizes)):
            raise self.invalid('sizes', 'the numbers of inputs and of units in each layer, such as (2, 10, 1)', sizes)
        self.layer_sizes = tuple(int(size) for size in sizes)
        n_in, n_units = self.layer_sizes[0], self.layer_sizes[1:]
        ends = [int(end) for end in np.cumsum(n_units)]
        self._layer_slices = [slice(end - n_k, end) for n_k, end in zip(n_units, ends, strict=True)]
        layers = range(1, len(self.layer_sizes))
        self.params = (*(f'W{k}' for k in layers), *(f'b{k}' for k in layers))
        super().__init__(ends[-1], n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        rng = np.random.default_rng(self.seed)
        for k in layers:
            shape = (self.layer_sizes[k], self.layer_sizes[k - 1])
            bound = (6 / sum(shape)) ** 0.5  # Glorot and Bengio 2010
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-bound, bound, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0.0, shape[:1]))

    def layers(self, r: Array) -> list[Array]:
        """The states of the layers, [r_1, …, r_L], from the state r (…, n)."""
        return [r[..., layer] for layer in self._layer_slices]

    @property
    def output_units(self) -> slice:
        """The units of the last layer."""
        return self._layer_slices[-1]


class FeedforwardRate(Layered):
    """Multilayer perceptron as dynamics, dr_k/dt = -r_k + phi(W_k r_{k-1} + b_k); its output is the fixed point.

        (1)  dr_k/dt = −r_k + φ(W_k r_{k−1} + b_k),   k = 1 … L,   r_0 = x

    with the states r_k (n_k,) of the layers and the input x (n_in,). The last layer has φ_out instead of φ. The fixed
    point r_k* = φ(W_k r*_{k−1} + b_k) is the activity of the multilayer perceptron, and the output is r_L*. J is block
    lower-triangular with −1 on its diagonal, so every fixed point is stable. The adjoint at the fixed point,
    v_k = v_{k+1} φ′(W_{k+1} r_k + b_{k+1}) W_{k+1}, is back-propagation: `ImplicitGradient` and `AdjointDynamics` give
    exactly the `jax.grad` of the perceptron. All quantities are dimensionless. Time is in units of the time constant of
    a layer.

    Parameters
    ----------
    sizes : sequence of int
        n_in, n_1, …, n_L. Default (2, 10, 1).
    phi : str or callable
        φ: 'tanh' (default), 'relu', 'softplus', 'sigmoid', 'linear', or a function of an array.
    phi_out : str or callable
        φ_out, the φ of the last layer. Default 'linear'.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    Initially W_k is uniform in ±√(6/(n_k + n_{k−1})), and b_k = 0.

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

    example = Example(12.0, _step_of_input, {'sizes': (2, 8, 8, 8, 1)})
    portrait = 'settling'

    def __init__(
        self,
        sizes: Sequence[int] = (2, 10, 1),
        *,
        phi: str | Callable[[Array], Array] = 'tanh',
        phi_out: str | Callable[[Array], Array] = 'linear',
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(sizes, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.phi, self.phi_out = as_nonlinearity(self, 'phi', phi), as_nonlinearity(self, 'phi_out', phi_out)

    def F(self, r: Array, params: Params, x: Array) -> Array:
        layers, layer_below = self.layers(r), x
        drifts = []
        for k, layer in enumerate(layers, 1):
            phi = self.phi if k < len(layers) else self.phi_out
            drifts.append(-layer + phi(params[f'W{k}'] @ layer_below + params[f'b{k}']))  # Eq. (1)
            layer_below = layer
        return jnp.concatenate(drifts)


class PenalisedPerceptron(HasPenalty, FeedforwardRate):
    """Perceptron with one hidden layer and an L2 penalty on its weights, o = W_2 phi(W_1 x + b_1) + b_2.

        (1)  z = W_1 x + b_1,   h = φ(z),   o = W_2 h + b_2
        (2)  J_total = l(o, y) + s,   s = (μ/2)(‖W_1‖² + ‖W_2‖²)

    It is a `FeedforwardRate` of sizes (n_in, n, n_out), with input x (n_in,), hidden units h (n,), output o (n_out,)
    and loss l. Learning rules minimise J_total. `perceptron_gradient` is the gradient of J_total, derived by hand.

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

    example = Example(8.0, _step_of_input, {'n_in': 1, 'mu': 0.002})
    portrait = 'penalty'

    def __init__(
        self,
        n_in: int = 2,
        n: int = 10,
        n_out: int = 1,
        *,
        mu: float = 0.01,
        phi: str | Callable[[Array], Array] = 'tanh',
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        if isinstance(mu, bool) or not isinstance(mu, (int, float)) or not 0 <= mu < np.inf:
            raise self.invalid('mu', 'a strength ≥ 0', repr(mu))
        self.mu = mu
        super().__init__((n_in, n, n_out), phi=phi, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)

    def penalty(self, params: Params) -> Array:
        """s = (μ/2)(‖W_1‖² + ‖W_2‖²), Eq. (2)."""
        return self.mu / 2 * (jnp.sum(params['W1'] ** 2) + jnp.sum(params['W2'] ** 2))


def perceptron_gradient(
    W1: ArrayLike, b1: ArrayLike, W2: ArrayLike, b2: ArrayLike, x: ArrayLike, y: ArrayLike, mu: float
) -> dict[str, np.ndarray]:
    """The gradient of J_total = ½‖o − y‖² + s of a `PenalisedPerceptron` with φ = tanh, for one sample, by hand.

        ∂J/∂W_2 = (∂l/∂o) hᵀ + μ W_2,                     ∂J/∂b_2 = ∂l/∂o = o − y
        ∂J/∂W_1 = (W_2ᵀ ∂l/∂o ⊙ φ′(z)) xᵀ + μ W_1,        ∂J/∂b_1 = W_2ᵀ ∂l/∂o ⊙ φ′(z)

    Parameters
    ----------
    W1, b1, W2, b2 : array (n, n_in), (n,), (n_out, n) and (n_out,)
        The parameters.
    x, y : array (n_in,) and (n_out,)
        Input and target.
    mu : float
        Strength μ of the penalty.

    Returns
    -------
    dict
        The gradients by name of the parameter (W1, b1, W2, b2), as NumPy arrays.
    """
    W1, b1, W2, b2, x, y = (np.asarray(a, float) for a in (W1, b1, W2, b2, x, y))
    h = np.tanh(W1 @ x + b1)
    dl_do = W2 @ h + b2 - y
    dl_dz = W2.T @ dl_do * (1 - h**2)
    return {'W1': np.outer(dl_dz, x) + mu * W1, 'b1': dl_dz, 'W2': np.outer(dl_do, h) + mu * W2, 'b2': dl_do}

"""Layered networks with an energy, which equilibrium propagation trains."""

import math
from collections.abc import Sequence

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasOutputUnits
from ratezoo.checks import is_count
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example
from ratezoo.letters import letters
from ratezoo.model import RateModel
from ratezoo.models.feedforward import Layered
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['LayeredEnergyModel', 'ConvolutionalEnergyModel']
CATEGORY = 'fixed point'

# Name → (ρ, the interval in which the state is kept, or None). The sigmoids are written with tanh, because holomorphic
# equilibrium propagation needs complex states, and jax.nn.sigmoid refuses them.
ACTIVATIONS = {
    'hard-sigmoid': (lambda u: u, (0.0, 1.0)),  # ρ(u) = u, because the state is kept in [0, 1]
    'tanh': (jnp.tanh, None),
    'sigmoid': (lambda u: (1 + jnp.tanh(u / 2)) / 2, None),
    'shifted-sigmoid': (lambda u: (1 + jnp.tanh(2 * u - 1)) / 2, None),
}


def _contrasts(net: 'LayeredEnergyModel', ts: np.ndarray) -> np.ndarray:
    """A constant input whose entries differ."""
    return np.broadcast_to(np.resize([1.5, -0.5, 0.5, 1.0], net.n_in or 1), (len(ts), net.n_in or 1))


def _letter(net: 'ConvolutionalEnergyModel', ts: np.ndarray) -> np.ndarray:
    """A letter, black on white, in each channel of the image."""
    channels, height, width = net.image
    ink = (letters('A', height * width, (height, width)) + 1) / 2
    return np.broadcast_to(np.tile(ink, channels), (len(ts), net.n_in or 1))


def _check_activation(model, activation):
    if activation not in ACTIVATIONS:
        raise UnknownNameError(
            f'{type(model).__name__}.activation: expected one of {", ".join(ACTIVATIONS)}, got {activation!r}.'
        )


class LayeredEnergyModel(HasEnergy, Layered):
    """Layers with symmetric connections and an energy E, dr/dt = -dE/dr, for equilibrium propagation.

        (1)  E(r, w, x) = Σ_k ½‖r_k‖² − Σ_k ρ(r_k)ᵀ W_k ρ(r_{k−1}) − Σ_k b_kᵀ ρ(r_k),   k = 1 … L,   ρ(r_0) = x
        (2)  dr/dt = F = −∂E/∂r,   that is   dr_k/dt = −r_k + ρ′(r_k) ⊙ (W_k ρ(r_{k−1}) + W_{k+1}ᵀ ρ(r_{k+1}) + b_k)

    with the states r_k (n_k,) of the layers and the input x (n_in,). Each connection acts in both directions with the
    same weight, so J is symmetric and E never rises. The output is the state r_L of the last layer. The input x takes
    the place of ρ(r_0); ρ is not applied to it. All quantities are dimensionless. Time is in units of the time constant
    of a unit.

    Parameters
    ----------
    sizes : sequence of int
        n_in, n_1, …, n_L, with any number of hidden layers. Default (2, 10, 1).
    activation : str
        'hard-sigmoid' (default), as in the paper: ρ(r) = r, and each step keeps the state in [0, 1] (projected
        dynamics, see `bounds`). 'tanh': ρ(r) = tanh(r). 'sigmoid': ρ(r) = 1/(1 + e^{−r}). 'shifted-sigmoid':
        ρ(r) = 1/(1 + e^{−4(r − 1/2)}) (Laborieux et al. 2021). The last three are holomorphic near the real axis.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`. The paper uses dt = 0.5.

    Initially W_k is uniform in ±√(6/(n_k + n_{k−1})), and b_k = 0, as in the paper.

    References
    ----------
    B. Scellier and Y. Bengio, "Equilibrium propagation: bridging the gap between energy-based models and
    backpropagation", Frontiers in Computational Neuroscience 11, 24 (2017), doi:10.3389/fncom.2017.00024, Eqs. (1)–(5)
    and sec. 5. A. Laborieux et al., Frontiers in Neuroscience 15, 633674 (2021), doi:10.3389/fnins.2021.633674.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.LayeredEnergyModel((4, 6, 2), activation='tanh', seed=0)
    >>> runner = ratezoo.Runner(net, monitors=['r', 'E'], progress_bar=False)
    >>> _ = runner.run(inputs=np.ones((50, 4)))
    >>> bool((np.diff(runner.mon['E']) <= 0).all())
    True
    """

    example = Example(10.0, _contrasts, {'sizes': (2, 8, 6, 2), 'seed': 2})
    portrait = 'phases'

    def __init__(
        self,
        sizes: Sequence[int] = (2, 10, 1),
        *,
        activation: str = 'hard-sigmoid',
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        _check_activation(self, activation)
        super().__init__(sizes, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.activation = activation
        self.rho, self.bounds = ACTIVATIONS[activation]

    def F(self, r: Array, params: Params, x: Array) -> Array:
        layers, drifts = self.layers(r), []
        rates = [x, *map(self.rho, layers)]
        for k, layer in enumerate(layers, 1):
            drive = params[f'W{k}'] @ rates[k - 1] + params[f'b{k}']
            if k < len(layers):
                drive = drive + rates[k + 1] @ params[f'W{k + 1}']
            slope = jax.jvp(self.rho, (layer,), (jnp.ones_like(layer),))[1]  # ρ′(r_k)
            drifts.append(-layer + slope * drive)  # Eq. (2)
        return jnp.concatenate(drifts)

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (1)."""
        E, rates_below = 0.5 * jnp.sum(r**2), x
        for k, layer in enumerate(self.layers(r), 1):
            rates = self.rho(layer)
            E = E - rates @ (params[f'W{k}'] @ rates_below + params[f'b{k}'])
            rates_below = rates
        return E


class ConvolutionalEnergyModel(HasEnergy, HasOutputUnits, RateModel):
    """Convolutional layers and a dense output layer with an energy E, dr/dt = -dE/dr, for images.

        (1)  E(r, w, x) = ½‖r‖² − Σ_k ⟨ρ(r_k), W_k ⋆ ρ(r_{k−1}) + b_k⟩ − ⟨ρ(r_L), W_L ρ(r_{L−1}) + b_L⟩,   ρ(r_0) = x
        (2)  dr/dt = F = −∂E/∂r

    with the sum over k = 1 … L − 1. Layer k has the state r_k (c_k, h_k, w_k) of c_k channels, the kernels W_k (c_k,
    c_{k−1}, s, s), and one bias for each channel, b_k (c_k,). ⋆ is the convolution with a stride and with zero padding,
    so that h_k = ⌈h_{k−1}/stride⌉. Layer k acts on layer k − 1 through the transposed convolution with the same
    kernels, so J is symmetric. The output is r_L (n_out,). The state is one vector of all layers, and `layers` splits
    it. Equilibrium propagation trains the model.

    Parameters
    ----------
    image : (height, width) or (channels, height, width)
        Shape of the input image. The input x is this image as a vector (n_in,). Default (8, 8).
    channels : int, or sequence of int
        Numbers of channels c_1, …, c_{L−1} of the convolutional layers. Default (16, 32).
    n_out : int
        Number of outputs. Default 10.
    kernel, stride : int
        Side s of a kernel, and the stride. Default 3 and 2.
    activation, seed, method, dt, sigma, mode, name
        As in `LayeredEnergyModel`.

    Initially W_k is uniform in ±√(6/(fan-in + fan-out)), and b_k = 0.

    References
    ----------
    A. Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier and D. Querlioz, "Scaling equilibrium propagation to
    deep ConvNets by drastically reducing its gradient estimator bias", Frontiers in Neuroscience 15, 633674 (2021),
    doi:10.3389/fnins.2021.633674 (with pooling instead of the stride).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.ConvolutionalEnergyModel((8, 8), channels=(4,), seed=0)
    >>> [layer.shape for layer in net.layers(net.relax(np.ones(64)).r)]
    [(4, 4, 4), (10,)]
    """

    example = Example(20.0, _letter, {'seed': 0})
    portrait = 'feature maps'

    def __init__(
        self,
        image: Sequence[int] = (8, 8),
        channels: int | Sequence[int] = (16, 32),
        n_out: int = 10,
        *,
        kernel: int = 3,
        stride: int = 2,
        activation: str = 'hard-sigmoid',
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        _check_activation(self, activation)
        self.image, channels = self._checked_sizes(image, channels, n_out, kernel, stride)
        self.stride = int(stride)
        self.shapes = self._layer_shapes(channels, n_out)
        n, n_in = sum(map(math.prod, self.shapes)), math.prod(self.image)
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.activation = activation
        self.rho, self.bounds = ACTIVATIONS[activation]
        layers = range(1, len(self.shapes) + 1)
        self.params = (*(f'W{k}' for k in layers), *(f'b{k}' for k in layers))
        rng = np.random.default_rng(self.seed)
        for k, (below, above) in enumerate(zip([self.image, *self.shapes], self.shapes, strict=False), 1):
            shape = (n_out, math.prod(below)) if len(above) == 1 else (above[0], below[0], kernel, kernel)
            bound = (6 / (sum(shape[:2]) * math.prod(shape[2:]))) ** 0.5
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-bound, bound, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0.0, shape[:1]))

    def _checked_sizes(self, image, channels, n_out, kernel, stride):
        """The image as (channels, height, width), and the channels of the layers as a tuple."""
        image = tuple(image) if isinstance(image, (tuple, list)) else (image,)
        image = (1, *image) if len(image) == 2 else image
        channels = (channels,) if isinstance(channels, int) else tuple(channels)
        if len(image) != 3 or not all(map(is_count, image)):
            raise self.invalid('image', '(height, width) or (channels, height, width)', image)
        if not channels or not all(map(is_count, channels)):
            raise self.invalid('channels', 'a number ≥ 1 of channels for each convolutional layer', channels)
        for option, value in (('n_out', n_out), ('kernel', kernel), ('stride', stride)):
            if not is_count(value):
                raise self.invalid(option, 'a whole number ≥ 1', repr(value))
        return image, channels

    def _layer_shapes(self, channels, n_out):
        """The shapes of the layers: (c_k, h_k, w_k) for each convolutional layer, and (n_out,) for the last layer."""
        shapes, sides = [], self.image[1:]
        for c in channels:
            sides = tuple(-(-side // self.stride) for side in sides)  # ⌈side/stride⌉
            shapes.append((c, *sides))
        return [*shapes, (n_out,)]

    def layers(self, r: Array) -> list[Array]:
        """The layers [r_1, …, r_L] of the state r (n,) of one sample, each as an array of its own shape."""
        ends = np.cumsum([math.prod(shape) for shape in self.shapes])
        return [r[end - math.prod(shape) : end].reshape(shape) for end, shape in zip(ends, self.shapes, strict=True)]

    @property
    def output_units(self) -> slice:
        """The units of the last layer."""
        return slice(sum(map(math.prod, self.shapes[:-1])), None)

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (1)."""
        *convolutional, last = self.layers(r)
        E, rates_below = 0.5 * jnp.sum(r**2), x.reshape(self.image)
        for k, layer in enumerate(convolutional, 1):
            rates = self.rho(layer)
            # The convolution takes arrays of one type, and in holomorphic equilibrium propagation ρ is complex.
            image, kernels = rates_below.astype(rates.dtype), params[f'W{k}'].astype(rates.dtype)
            drive = jax.lax.conv_general_dilated(image[None], kernels, (self.stride, self.stride), 'SAME')[0]
            E = E - jnp.sum(rates * (drive + params[f'b{k}'][:, None, None]))
            rates_below = rates
        L = len(self.shapes)
        return E - self.rho(last) @ (params[f'W{L}'] @ rates_below.ravel() + params[f'b{L}'])

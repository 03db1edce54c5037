"""Layered networks with an energy: what equilibrium propagation trains."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasOutputUnits
from ratezoo.checks import is_count
from ratezoo.errors import UnknownNameError
from ratezoo.model import RateModel
from ratezoo.models.feedforward import Layered

__all__ = ['LayeredEnergyModel', 'ConvolutionalEnergyModel']
CATEGORY = 'fixed point'

# Name → ρ, the bounds within which the state is kept, what the name stands for.
ACTIVATIONS = {
    'hard-sigmoid': (lambda u: u, (0., 1.)),            # ρ(u) = u for a state that is kept in [0, 1]
    'tanh': (jnp.tanh, None),
    'sigmoid': (lambda u: (1 + jnp.tanh(u / 2)) / 2, None),         # jax.nn.sigmoid refuses complex numbers
    'shifted-sigmoid': (lambda u: (1 + jnp.tanh(2 * u - 1)) / 2, None),
}


def _check_activation(model, activation):
    if activation not in ACTIVATIONS:
        raise UnknownNameError(f'{type(model).__name__}.activation: expected one of {", ".join(ACTIVATIONS)}, got '
                               f'{activation!r}.')


class LayeredEnergyModel(HasEnergy, Layered):
    """Layers that pull at each other in both directions, with an energy: for equilibrium propagation.

        (1)  E(r, w, x) = Σ_k ½‖r_k‖² − Σ_k ρ(r_k)ᵀ W_k ρ(r_{k−1}) − Σ_k b_kᵀ ρ(r_k),   k = 1 … L,   ρ(r_0) = x
        (2)  dr/dt = F = −∂E/∂r,   that is   dr_k/dt = −r_k + ρ′(r_k) ⊙ (W_k ρ(r_{k−1}) + W_{k+1}ᵀ ρ(r_{k+1}) + b_k)

    Every connection works in both directions, so J is symmetric and E never rises. The output is the state r_L of the
    last layer. The inputs x are taken as rates, as they are. Dimensionless; the unit of time is a unit's time constant.

    Parameters
    ----------
    sizes : sequence of int
        n_in, n_1, …, n_L: as many hidden layers as wished. Default (2, 10, 1).
    activation : str
        'hard-sigmoid' (default): ρ(r) = r, with the state kept in [0, 1] (the projected dynamics, `bounds`), as in the
        paper. 'tanh', 'sigmoid', 1/(1 + e^{−r}), and 'shifted-sigmoid', 1/(1 + e^{−4(r − 1/2)}) (Laborieux et al.
        2021), are holomorphic near the real axis.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`. The paper takes steps of dt = 0.5.

    W_k is uniform in ±√(6/(n_k + n_{k−1})), b_k = 0 initially, as in the paper.

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

    def __init__(self, sizes=(2, 10, 1), *, activation='hard-sigmoid', method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        _check_activation(self, activation)
        super().__init__(sizes, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.activation = activation
        self.rho, self.bounds = ACTIVATIONS[activation]

    def F(self, r, params, x):
        layers, f = self.layers(r), []
        rho = [x, *map(self.rho, layers)]
        for k, layer in enumerate(layers, 1):
            drive = params[f'W{k}'] @ rho[k - 1] + params[f'b{k}']
            if k < len(layers):
                drive = drive + rho[k + 1] @ params[f'W{k + 1}']
            slope = jax.jvp(self.rho, (layer,), (jnp.ones_like(layer),))[1]
            f.append(-layer + slope * drive)                                            # Eq. (2)
        return jnp.concatenate(f)

    def energy(self, r, params, x):
        """E, Eq. (1)."""
        E, below = 0.5 * jnp.sum(r ** 2), x
        for k, layer in enumerate(self.layers(r), 1):
            rho = self.rho(layer)
            E = E - rho @ (params[f'W{k}'] @ below + params[f'b{k}'])
            below = rho
        return E


class ConvolutionalEnergyModel(HasEnergy, HasOutputUnits, RateModel):
    """Convolutional layers with an energy and a dense layer of outputs: for equilibrium propagation on images.

        (1)  E(r, w, x) = ½‖r‖² − Σ_k ⟨ρ(r_k), W_k ⋆ ρ(r_{k−1}) + b_k⟩ − ⟨ρ(r_L), W_L ρ(r_{L−1}) + b_L⟩,   ρ(r_0) = x
        (2)  dr/dt = F = −∂E/∂r

    with k = 1 … L − 1, the channels of layer k r_k (c_k, h_k, w_k), and ⋆ the convolution by kernels W_k (c_k, c_{k−1},
    s, s) with a stride, zero-padded, so that h_k = ⌈h_{k−1}/stride⌉; each b_k (c_k,) belongs to a channel. Going down,
    the same kernels act as transposed convolutions: J is symmetric. The output is r_L; the state is all layers in one
    vector, which `layers` takes apart.

    Parameters
    ----------
    image : (height, width) or (channels, height, width)
        Of the inputs x, given flat. Default (8, 8).
    channels : sequence of int
        c_1, …, c_{L−1}. Default (16, 32).
    n_out : int
        Number of outputs. Default 10.
    kernel, stride : int
        Side s of the kernels, and the stride. Default 3 and 2.
    activation, seed, method, dt, sigma, mode, name
        As in `LayeredEnergyModel`.

    W_k is uniform in ±√(6/(fan-in + fan-out)), b_k = 0 initially.

    References
    ----------
    A. Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier and D. Querlioz, "Scaling equilibrium propagation to
    deep ConvNets by drastically reducing its gradient estimator bias", Frontiers in Neuroscience 15, 633674 (2021),
    doi:10.3389/fnins.2021.633674 (there with pooling in place of the stride).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.ConvolutionalEnergyModel((8, 8), channels=(4,), seed=0)
    >>> [layer.shape for layer in net.layers(net.relax(np.ones(64)).r)]
    [(4, 4, 4), (10,)]
    """

    def __init__(self, image=(8, 8), channels=(16, 32), n_out=10, *, kernel=3, stride=2, activation='hard-sigmoid',
                 method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        _check_activation(self, activation)
        image = tuple(image) if isinstance(image, (tuple, list)) else (image,)
        image = (1, *image) if len(image) == 2 else image
        channels = (channels,) if isinstance(channels, int) else tuple(channels)
        if len(image) != 3 or not all(map(is_count, image)):
            raise self.invalid('image', '(height, width) or (channels, height, width)', image)
        if not channels or not all(map(is_count, (*channels, n_out, kernel, stride))):
            raise self.invalid('channels', 'numbers ≥ 1 of channels, outputs, kernel and stride',
                                (channels, n_out, kernel, stride))
        self.image, self.stride, shapes = image, int(stride), [image]
        for c in channels:
            shapes.append((c, *(-(-side // stride) for side in shapes[-1][1:])))
        self.shapes = [*shapes[1:], (n_out,)]
        super().__init__(sum(map(math.prod, self.shapes)), math.prod(image), method=method, dt=dt, sigma=sigma,
                         seed=seed, mode=mode, name=name)
        self.activation = activation
        self.rho, self.bounds = ACTIVATIONS[activation]
        depth = range(1, len(self.shapes) + 1)
        self.params = (*(f'W{k}' for k in depth), *(f'b{k}' for k in depth))
        rng = np.random.default_rng(self.seed)
        for k, (below, above) in enumerate(zip([image, *self.shapes], self.shapes, strict=False), 1):
            shape = (n_out, math.prod(below)) if len(above) == 1 else (above[0], below[0], kernel, kernel)
            edge = (6 / (sum(shape[:2]) * math.prod(shape[2:]))) ** 0.5
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-edge, edge, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0., shape[:1]))

    def layers(self, r):
        """The layers [r_1, …, r_L] of the state r (n,) of one sample, each of its own shape."""
        ends = np.cumsum([math.prod(s) for s in self.shapes])
        return [r[e - math.prod(s):e].reshape(s) for e, s in zip(ends, self.shapes, strict=True)]

    @property
    def output_units(self):
        """The units of the last layer."""
        return slice(sum(map(math.prod, self.shapes[:-1])), None)

    def energy(self, r, params, x):
        """E, Eq. (1)."""
        E, below = 0.5 * jnp.sum(r ** 2), x.reshape(self.image)
        for k, layer in enumerate(self.layers(r), 1):
            W, b, rho = params[f'W{k}'], params[f'b{k}'], self.rho(layer)
            if layer.ndim == 1:
                return E - rho @ (W @ below.ravel() + b)
            below, W = (a.astype(rho.dtype) for a in (below, W))
            drive = jax.lax.conv_general_dilated(below[None], W, (self.stride, self.stride), 'SAME')[0]
            E = E - jnp.sum(rho * (drive + b[:, None, None]))
            below = rho
        return E

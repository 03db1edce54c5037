"""What the papers say about the models of models/energy.py."""

import jax
import jax.numpy as jnp
import numpy as np

import ratezoo
from claims.base import claim
from claims.integration import deviation, generic, states_by_euler, waves


def _asymmetry(net, x):
    """Largest |J − Jᵀ| at a state within the bounds, over the largest |J|."""
    r = jnp.asarray(np.random.default_rng(1).uniform(0.3, 0.6, sum(net.sizes.values())))
    J = np.asarray(jax.jacfwd(lambda r: net.F(r, net.params_dict(), jnp.asarray(x)))(r))
    return np.abs(J - J.T).max() / np.abs(J).max()


def _printed_field(p, ends, rho, slope):
    """Eq. (2) of the layered model: each layer hears the layer below and, through the same weights, the one above."""

    def F(r, x):
        layers = np.split(r, ends)
        rates = [x, *map(rho, layers)]
        drifts = []
        for k, layer in enumerate(layers, 1):
            drive = p[f'W{k}'] @ rates[k - 1] + p[f'b{k}']
            drive += p[f'W{k + 1}'].T @ rates[k + 1] if k < len(layers) else 0
            drifts.append(-layer + slope(layer) * drive)
        return np.concatenate(drifts)

    return F


def _runs(net, rho, slope, clip=None):
    """Deviation of all states of a driven run from the printed equations by Euler's rule."""
    p, x, ends = generic(net), waves(60, 3), np.cumsum(net.layer_sizes[1:])[:-1]
    start = np.random.default_rng(2).uniform(0, 1, sum(net.layer_sizes[1:]))
    net.reset_state(r0=start)
    expected = states_by_euler(_printed_field(p, ends, rho, slope), start, x, 0.1, clip)
    states = []
    for x_t in x:
        net.update(x_t)
        states.append(np.asarray(net.r.value))
    return deviation(states, expected)


_LAYERED = 'Scellier & Bengio 2017, Eq. (5) and sec. 5, in NumPy'


@claim(
    'LayeredEnergyModel',
    "deviation of a driven run from the printed equations by Euler's rule, ρ = hard sigmoid",
    0.0,
    1e-6,
    _LAYERED,
)
def layered_run():
    net = ratezoo.LayeredEnergyModel((3, 5, 4, 2), seed=0)
    return _runs(net, lambda u: u, lambda u: 1.0, (0, 1))


@claim(
    'LayeredEnergyModel', "deviation of a driven run from the printed equations by Euler's rule, ρ = tanh", 0.0, 1e-6,
    _LAYERED,
)  # fmt: skip
def layered_run_tanh():
    net = ratezoo.LayeredEnergyModel((3, 5, 4, 2), activation='tanh', seed=0)
    return _runs(net, np.tanh, lambda u: 1 - np.tanh(u) ** 2)


@claim(
    'LayeredEnergyModel',
    'state at rest of two units that excite each other with ½, input 1 and bias 0.3: (w x + ½ b)/(1 − ¼), w = 0.4',
    (0.4 + 0.5 * 0.3) / 0.75,
    1e-4,
    'closed form of Eq. (2) with ρ(r) = r',
)
def two_layers():
    net = ratezoo.LayeredEnergyModel((1, 1, 1), seed=0)
    net.set_params({'W1': [[0.4]], 'W2': [[0.5]], 'b1': [0.0], 'b2': [0.3]})
    return float(net.relax(np.ones(1)).r[0])


def _layered_energy(p, layers, x, rho):
    """Eq. (1), term by term."""
    E, below = 0.5 * sum(np.sum(r**2) for r in layers), x
    for k, r in enumerate(layers, 1):
        for i, rate in enumerate(rho(r)):
            E -= rate * (sum(p[f'W{k}'][i, j] * below[j] for j in range(len(below))) + p[f'b{k}'][i])
        below = rho(r)
    return E


@claim(
    'LayeredEnergyModel',
    'relative error of the energy at a random state, ρ = shifted sigmoid',
    0.0,
    1e-9,
    'Scellier & Bengio 2017, Eq. (1), with the ρ of Laborieux et al. 2021, in NumPy',
)
def layered_energy():
    net = ratezoo.LayeredEnergyModel((3, 5, 2), activation='shifted-sigmoid', seed=0)
    p, rng = generic(net), np.random.default_rng(4)
    r, x = rng.normal(size=7), rng.normal(size=3)
    E = _layered_energy(p, [r[:5], r[5:]], x, lambda u: 1 / (1 + np.exp(-4 * (u - 0.5))))
    return abs(float(net.energy(jnp.asarray(r), net.params_dict(), jnp.asarray(x))) / E - 1)


@claim('LayeredEnergyModel', 'asymmetry of the Jacobian', 0.0, 1e-6, 'Scellier & Bengio 2017: F = −∂E/∂r')
def layered():
    return _asymmetry(ratezoo.LayeredEnergyModel((4, 6, 3), seed=0), np.full(4, 0.4))


# ---- with convolutions -----------------------------------------------------------------------------------------------


def _convolution(image, kernels, stride):
    """W ⋆ image with zero padding, so that a side h becomes ⌈h/stride⌉: sums over all pixels of all kernels."""
    (_, height, width), (channels, _, s, _) = image.shape, kernels.shape
    h, w = -(-height // stride), -(-width // stride)
    top, left = ((side_out - 1) * stride + s - side for side, side_out in ((height, h), (width, w)))
    padded = np.pad(image, [(0, 0), *((total // 2, total - total // 2) for total in (max(top, 0), max(left, 0)))])
    out = np.zeros((channels, h, w))
    for c, i, j in np.ndindex(out.shape):
        out[c, i, j] = np.sum(kernels[c] * padded[:, i * stride : i * stride + s, j * stride : j * stride + s])
    return out


def _convolutional_energy(p, r, x):
    """Eq. (1) for an image (1, 5, 4), 2 channels of 3 × 2 pixels and 3 outputs, ρ = tanh."""
    hidden, last, image = r[:12].reshape(2, 3, 2), r[12:], x.reshape(1, 5, 4)
    rates = np.tanh(hidden)
    drive = _convolution(image, p['W1'], 2) + p['b1'][:, None, None]
    E = 0.5 * r @ r - np.sum(rates * drive)
    return E - np.tanh(last) @ (p['W2'] @ rates.ravel() + p['b2'])


def _convolutional():
    net = ratezoo.ConvolutionalEnergyModel((5, 4), channels=(2,), n_out=3, activation='tanh', seed=0)
    rng = np.random.default_rng(5)
    return net, generic(net), rng.normal(size=15), rng.normal(size=20)


@claim(
    'ConvolutionalEnergyModel',
    'relative error of the energy at a random state, with stride 2, ρ = tanh',
    0.0,
    1e-9,
    'Laborieux et al. 2021 with the stride of Eq. (1), in NumPy',
)
def convolutional_energy():
    net, p, r, x = _convolutional()
    E = _convolutional_energy(p, r, x)
    return abs(float(net.energy(jnp.asarray(r), net.params_dict(), jnp.asarray(x))) / E - 1)


@claim(
    'ConvolutionalEnergyModel',
    "deviation of 20 steps from Euler's rule, dr/dt = −∂E/∂r by finite differences",
    0.0,
    1e-6,
    'Laborieux et al. 2021 with the stride of Eq. (1), in NumPy',
)
def convolutional_run():
    net, p, r, _ = _convolutional()

    def F(r, x):
        h = 1e-5 * np.eye(15)
        return -np.array([_convolutional_energy(p, r + e, x) - _convolutional_energy(p, r - e, x) for e in h]) / 2e-5

    x = waves(20, 20)
    net.reset_state(r0=r)
    return deviation([net.update(x_t) for x_t in x], states_by_euler(F, r, x, 0.1)[:, 12:])


@claim('ConvolutionalEnergyModel', 'asymmetry of the Jacobian', 0.0, 1e-6, 'Laborieux et al. 2021: F = −∂E/∂r')
def convolutional():
    net = ratezoo.ConvolutionalEnergyModel(image=(4, 4), channels=(2,), n_out=2, seed=0)
    return _asymmetry(net, np.full(net.n_in, 0.4))

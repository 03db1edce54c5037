"""What the papers say about the models of models/diffusion.py."""

import jax
import jax.numpy as jnp
import numpy as np

import ratezoo
from claims.base import claim
from claims.integration import deviation, generic


def _network():
    """A small network with random weights, and its parameters as NumPy arrays."""
    net = ratezoo.ScoreDiffusion(2, hidden=(5, 4), sigma_data=0.7, sigma_min=0.2, sigma_max=5.0, seed=0)
    return net, generic(net)


def _energy(p, r, sigma):
    """Eq. (2): the Gaussian's energy, and a perceptron of two hidden layers of SiLU units."""
    sigma = max(sigma, 0.2)
    h = np.append(r / np.sqrt(sigma**2 + 0.7**2), np.log(sigma) / 4)
    for k in (1, 2):
        z = p[f'W{k}'] @ h + p[f'b{k}']
        h = z / (1 + np.exp(-z))
    return 0.5 * r @ r / (sigma**2 + 0.7**2) - 0.7 / sigma * (p['W_out'] @ h)


@claim(
    'ScoreDiffusion',
    'deviation of the energy at 5 levels of noise, with random weights',
    0.0,
    1e-9,
    'Karras et al. 2022, Table 1, written as an energy, in NumPy',
)
def energies():
    (net, p), r, levels = _network(), np.array([0.8, -1.3]), [0.0, 0.2, 0.5, 1.5, 4.0]
    measured = [net.energy(jnp.asarray(r), net.params_dict(), jnp.asarray([s, 0.1, 1.0])) for s in levels]
    return deviation(measured, [_energy(p, r, s) for s in levels])


@claim(
    'ScoreDiffusion',
    'deviation of 20 steps down the energy from r ← r − Δ ∂E/∂r by finite differences, T = 0',
    0.0,
    1e-6,
    'Eq. (1) (Song & Ermon 2019), in NumPy',
)
def downhill():
    net, p = _network()
    sigma, step = np.linspace(2.0, 0.1, 20), np.resize([0.3, 0.05, 0.0], 20)  # Δ = 0 stands for the network's dt
    r = np.array([0.8, -1.3])
    net.reset_state(r0=r)
    expected, measured = [], []
    for s, delta in zip(sigma, step, strict=True):
        slope = [(_energy(p, r + e, s) - _energy(p, r - e, s)) / 2e-5 for e in 1e-5 * np.eye(2)]
        r = r - (delta or 0.1) * np.array(slope)
        expected.append(r)
        measured.append(np.asarray(net.update([s, delta, 0.0])))
    return deviation(measured, expected)


def _noise(temperature, count=40_000):
    """The noise of a step with Δ = 0.3, (count, 2), which shaking adds to r = 0."""
    net, _ = _network()
    keys = jax.random.split(jax.random.PRNGKey(0), count)
    x = jnp.asarray([1.0, 0.3, temperature])
    return np.asarray(jax.vmap(lambda key: net.shaken(jnp.zeros(2), x, key))(keys))


@claim('ScoreDiffusion', 'variance of the noise of a step, T Δ, for T = 1.4 and Δ = 0.3', 0.42, 0.006, 'Eq. (1)')
def noise():
    return np.mean(_noise(1.4) ** 2)


@claim('ScoreDiffusion', 'noise of a step at T = 0, and at T < 0', 0.0, 0, 'Eq. (1)')
def no_noise():
    return np.abs([_noise(0.0, 10), _noise(-1.0, 10)]).max()


@claim(
    'ScoreDiffusion',
    "deviation of the untrained network's samples",
    1.0,
    0.03,
    "its score is a Gaussian's of the data's deviation (Song et al. 2021)",
)
def gaussian():
    return ratezoo.ScoreDiffusion(2, hidden=(8,), seed=0).sample(2000, steps=500, seed=1).std()


EQUIVALENT = {
    'ScoreDiffusion.shaken: r + amplitude[..., None] * jax.random.normal(key, r.shape, r.dtype) → '
    'r - amplitude[..., None] * jax.random.normal(key, r.shape, r.dtype)': 'ξ and −ξ have the same distribution',
}

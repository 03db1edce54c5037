"""What the papers say about the models of models/energy.py."""

import jax
import jax.numpy as jnp
import numpy as np

import ratezoo
from claims.base import claim


def _asymmetry(net, x):
    """Largest |J − Jᵀ| at a state within the bounds, over the largest |J|."""
    r = jnp.asarray(np.random.default_rng(1).uniform(0.3, 0.6, sum(net.sizes.values())))
    J = np.asarray(jax.jacfwd(lambda r: net.F(r, net.params_dict(), jnp.asarray(x)))(r))
    return np.abs(J - J.T).max() / np.abs(J).max()


@claim('LayeredEnergyModel', 'asymmetry of the Jacobian', 0.0, 1e-6, 'Scellier & Bengio 2017: F = −∂E/∂r')
def layered():
    return _asymmetry(ratezoo.LayeredEnergyModel((4, 6, 3), seed=0), np.full(4, 0.4))


@claim('ConvolutionalEnergyModel', 'asymmetry of the Jacobian', 0.0, 1e-6, 'Laborieux et al. 2021: F = −∂E/∂r')
def convolutional():
    net = ratezoo.ConvolutionalEnergyModel(image=(4, 4), channels=(2,), n_out=2, seed=0)
    return _asymmetry(net, np.full(net.n_in, 0.4))

"""Layered networks with an energy: what equilibrium propagation trains."""

import jax
import jax.numpy as jnp

from ratezoo.errors import UnknownNameError
from ratezoo.models.capabilities import HasEnergy
from ratezoo.models.feedforward import Layered

# Name → ρ, the bounds within which the state is kept, what the name stands for.
ACTIVATIONS = {
    'hard-sigmoid': (lambda u: u, (0., 1.)),            # ρ(u) = u for a state that is kept in [0, 1]
    'tanh': (jnp.tanh, None),
    'sigmoid': (lambda u: (1 + jnp.tanh(u / 2)) / 2, None),         # jax.nn.sigmoid refuses complex numbers
    'shifted-sigmoid': (lambda u: (1 + jnp.tanh(2 * u - 1)) / 2, None),
}


class LayeredEnergyModel(HasEnergy, Layered):
    """Layers of units that pull at each other: Scellier and Bengio's Hopfield-like energy.

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
        if activation not in ACTIVATIONS:
            raise UnknownNameError(f'{type(self).__name__}.activation: expected one of {", ".join(ACTIVATIONS)}, got '
                                   f'{activation!r}.')
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

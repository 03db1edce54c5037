"""What the papers say about the models of models/rate.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, edge, growth
from claims.integration import by_euler, levels

_RNG = np.random.default_rng(3)
_WEIGHTS = {
    'W': _RNG.normal(size=(3, 3)), 'W_in': _RNG.normal(size=(3, 2)), 'b': _RNG.normal(size=3),
    'W_out': _RNG.normal(size=(1, 3)), 'b_out': np.array([0.3]),
}  # fmt: skip
_INPUTS = levels([0.5, -0.3], [-1.0, 0.6], steps=10)
_PHI = {
    'tanh': np.tanh,
    'relu': lambda a: np.maximum(a, 0),
    'softplus': lambda a: np.log(1 + np.exp(a)),
    'sigmoid': lambda a: 1 / (1 + np.exp(-a)),
    'linear': lambda a: a,
}

for _name in _PHI:

    def _printed(phi=_PHI[_name]):
        p = _WEIGHTS
        r = by_euler(lambda r, x: (-r + phi(p['W'] @ r + p['W_in'] @ x + p['b'])) / 0.7, [0.1, -0.2, 0.3], _INPUTS)
        return (p['W_out'] @ r + p['b_out'])[0]

    def _measured(name=_name):
        net = ratezoo.RateRNN(2, 3, 1, phi=name, tau=0.7)
        net.set_params(_WEIGHTS)
        net.reset_state(r0=[0.1, -0.2, 0.3])
        return float(ratezoo.Runner(net, progress_bar=False).run(inputs=_INPUTS)[-1, 0])

    claim(
        'RateRNN',
        f'output of three units at t = 2, φ = {_name}, τ = 0.7, in steps of 0.1; two inputs, changed at t = 1',
        _printed,
        1e-10,
        "Song, Yang & Wang 2016, Euler's recursion with α = Δt/τ in NumPy",
    )(_measured)


@claim(
    'RateRNN',
    'gain at which silence loses its stability, one network of 300 units',
    lambda: 1 / edge(ratezoo.RateRNN(n=300, g=1.0, seed=0)),
    1e-6,
    'linear stability; g = 1 for n → ∞ (Sompolinsky et al. 1988)',
)
def rate():
    return brentq(
        lambda g: growth(ratezoo.RateRNN(n=300, g=g, seed=0), np.zeros(300), np.zeros(1)), 0.5, 2.0, xtol=1e-8
    )

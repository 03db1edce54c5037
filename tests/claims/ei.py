"""What the papers say about the models of models/ei.py."""

import numpy as np

import ratezoo
from claims.base import claim
from claims.integration import by_euler, levels

_RNG = np.random.default_rng(6)
_WEIGHTS = {  # of both signs: negative entries are no connections
    'W': _RNG.normal(size=(5, 5)), 'W_in': _RNG.normal(size=(5, 2)), 'b': _RNG.uniform(0.2, 1.0, size=5),
    'W_out': _RNG.normal(size=(1, 5)),
}  # fmt: skip
_INPUTS = levels([0.5, 1.0], [-0.6, 0.4], steps=10)


def printed():
    """The output of four excitatory units and an inhibitory one at t = 2, by Euler's recursion in NumPy."""
    p = {name: w if name == 'b' else np.maximum(w, 0) for name, w in _WEIGHTS.items()}
    W = p['W'] * [1, 1, 1, 1, -1] * (1 - np.eye(5))
    I = by_euler(lambda I, x: (-I + W @ np.maximum(I, 0) + p['W_in'] @ x + p['b']) / 0.7, np.full(5, 0.1), _INPUTS)
    return p['W_out'][0, :4] @ np.maximum(I, 0)[:4]


@claim(
    'EIRateRNN',
    'output of four excitatory units and an inhibitory one at t = 2, τ = 0.7, in steps of 0.1; inputs change at t = 1',
    printed,
    1e-10,
    "Song, Yang & Wang 2016, Euler's recursion in NumPy",
)
def output():
    net = ratezoo.EIRateRNN(2, 5, 1, tau=0.7)
    net.set_params(_WEIGHTS)
    net.reset_state()
    return float(ratezoo.Runner(net, progress_bar=False).run(inputs=_INPUTS)[-1, 0])


@claim('EIRateRNN', 'spectral radius of the initial weights', 1.5, 1e-6, 'Song, Yang & Wang 2016, initial weights')
def dale():
    return np.abs(np.linalg.eigvals(np.asarray(ratezoo.EIRateRNN(n=100, seed=0).effective()['W'], float))).max()

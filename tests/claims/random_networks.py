"""What the papers say about the models of models/random_networks.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, edge, growth


@claim(
    'ChaoticRNN',
    'Lyapunov exponent at g = 0.8',
    lambda: 0.8 * edge(ratezoo.ChaoticRNN(400, seed=0)) - 1,
    0.005,
    'silence is stable: the largest eigenvalue − 1 (Sompolinsky, Crisanti & Sommers 1988)',
)
def silence():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(400, g=0.8, seed=0), duration=1000.0, transient=200.0)


@claim(
    'ChaoticRNN',
    'Lyapunov exponent at g = 3: chaos',
    0.22,
    0.04,
    'mean-field theory of Clark 2026, arXiv:2610.12426, read from a figure',
)
def chaos():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(600, g=3.0, seed=0, dt=0.05), duration=200.0, transient=50.0)


@claim(
    'LowRankRNN',
    'overlap at which the network leaves silence, g = 0',
    1.0,
    1e-3,
    'Mastrogiuseppe & Ostojic 2018: the outlier crosses 1',
)
def crossing():
    def at(overlap):
        net = ratezoo.LowRankRNN(200, overlap=overlap, g=0.0, seed=0)
        return growth(net, np.zeros(200))

    return brentq(at, 0.5, 1.5, xtol=1e-5)


@claim(
    'LowRankRNN',
    'κ at overlap 2, g = 0',
    lambda: brentq(lambda k: 2 * np.dot(_W, _Z * np.tanh(k * _Z)) - k, 0.1, 5.0),
    0.08,
    'mean field, κ = 2⟨z tanh κz⟩ (Mastrogiuseppe & Ostojic 2018); n = 4000',
    slow=True,
)
def kappa():
    net = ratezoo.LowRankRNN(4000, overlap=2.0, g=0.0, seed=0, dt=0.5)
    return abs(float(net.kappa(net.relax(max_steps=2000).r)[0]))


_Z, _W = np.polynomial.hermite_e.hermegauss(80)
_W = _W / _W.sum()

"""What the papers say about the models of models/random_networks.py."""

import functools

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, edge, growth, run
from claims.integration import by_euler, levels

_RNG = np.random.default_rng(7)
_W, _U, _V = _RNG.normal(size=(4, 4)) / 2, _RNG.normal(size=(4, 1)), _RNG.normal(size=(4, 1))
_H0 = _RNG.normal(size=4)
_INPUTS = levels(*_RNG.normal(size=(3, 4)), steps=20)


def chaotic(h, x):
    """The printed equation of four units with g = 1.4 and τ = 0.8."""
    return (-h + 1.4 * _W @ np.tanh(h) + x) / 0.8


@claim(
    'ChaoticRNN',
    'rate of the first of four units at t = 6, g = 1.4, τ = 0.8, in steps of 0.1; other inputs after each 2',
    lambda: np.tanh(by_euler(chaotic, _H0, _INPUTS)[0]),
    1e-10,
    "Sompolinsky, Crisanti & Sommers 1988, Euler's recursion in NumPy",
)
def four_units():
    net = ratezoo.ChaoticRNN(4, g=1.4, tau=0.8)
    net.set_params({'W': _W})
    return _output(net)


def _output(net):
    """The output of the first unit at the end of a run from _H0."""
    net.reset_state(r0=_H0)
    return float(ratezoo.Runner(net, progress_bar=False).run(inputs=_INPUTS)[-1, 0])


@claim(
    'ChaoticRNN',
    'Lyapunov exponent at g = 0.8',
    lambda: 0.8 * edge(ratezoo.ChaoticRNN(400, seed=0)) - 1,
    0.005,
    'silence is stable: the largest eigenvalue − 1 (Sompolinsky, Crisanti & Sommers 1988)',
)
def silence():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(400, g=0.8, seed=0), duration=1000.0, transient=200.0)


# ---- the theory of infinitely many units -----------------------------------------------------------------------------

_Z, _P = np.polynomial.hermite_e.hermegauss(60)
_P = _P / _P.sum()


def mean_of_product(f, c, c0):
    """⟨f(x) f(y)⟩ of two normal numbers with the variance c0, for each covariance in the array c ≥ 0."""
    shared, own = np.sqrt(c), np.sqrt(np.maximum(c0 - c, 0))
    given_shared = f(np.multiply.outer(shared, _Z)[:, :, None] + np.multiply.outer(own, _Z)[:, None]) @ _P
    return given_shared**2 @ _P


@functools.cache
def mean_field(g):
    """The variance c(0) of h and the largest Lyapunov exponent for n → ∞.

    The autocorrelation c(t) of h obeys c'' = c − g²⟨tanh tanh⟩ = −V'(c), where V(c) = −c²/2 + g²⟨log cosh log cosh⟩.
    The chaotic solution falls from c(0) to 0, so V(c(0)) = V(0). A small distance grows as e^{λt} with
    λ = √(1 − E) − 1, where E is the lowest energy of −d²/dt² + 1 − g²⟨tanh' tanh'⟩(t).
    """

    def log_cosh(x):
        return np.logaddexp(x, -x) - np.log(2)

    def fall(c, c0):
        """V(0) − V(c)."""
        both = mean_of_product(log_cosh, np.append(c, 0.0), c0)
        return np.asarray(c) ** 2 / 2 - g**2 * (both[:-1] - both[-1])

    c0 = brentq(lambda c0: fall(np.array([c0]), c0)[0], g - 1, 2 * g**2)
    s = 1 - np.geomspace(1, 1e-6, 1200)  # c = c0 (1 − s²), because c(t) is a parabola at t = 0
    c = c0 * (1 - s**2)
    curvature = g**2 * mean_of_product(np.tanh, np.array([c0]), c0)[0] - c0
    slope = np.full(len(s), np.sqrt(2 * c0 / curvature))  # dt/ds
    slope[1:] = 2 * c0 * s[1:] / np.sqrt(2 * fall(c[1:], c0))  # from c'²/2 + V(c) = V(0)
    t = np.append(0, np.cumsum((slope[1:] + slope[:-1]) / 2 * np.diff(s)))
    times, h = np.linspace(-30, 30, 6001, retstep=True)
    potential = 1 - g**2 * mean_of_product(lambda x: 1 - np.tanh(x) ** 2, c, c0)
    potential = np.interp(np.abs(times), t, potential, right=potential[-1])
    band = np.full(len(times) - 1, -1 / h**2)
    lowest = eigh_tridiagonal(potential + 2 / h**2, band, select='i', select_range=(0, 0), eigvals_only=True)[0]
    return c0, np.sqrt(1 - lowest) - 1


_SCS = 'mean-field theory of Sompolinsky, Crisanti & Sommers 1988 for n → ∞, solved by NumPy and scipy; n = 1000'


@claim('ChaoticRNN', 'Lyapunov exponent at g = 3: chaos', lambda: mean_field(3.0)[1], 0.05, _SCS, slow=True)
def chaos():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(1000, g=3.0, seed=0), duration=300.0, transient=50.0)


@claim('ChaoticRNN', 'variance of h at g = 3', lambda: mean_field(3.0)[0], 0.5, _SCS)
def variance():
    return np.mean(run(ratezoo.ChaoticRNN(1000, g=3.0, seed=0), 400.0, ['h'])['h'][500::10] ** 2)


# ---- a random network with a low-rank part ---------------------------------------------------------------------------


def low_rank(h, x):
    """The printed equation of four units with g = 0.6, τ = 0.8 and the random part _W."""
    J = 0.6 * _W + _U @ _V.T / 4
    return (-h + J @ np.tanh(h) + x) / 0.8


@claim(
    'LowRankRNN',
    'rate of the first of four units at t = 6, g = 0.6, τ = 0.8, in steps of 0.1; other inputs after each 2',
    lambda: np.tanh(by_euler(low_rank, _H0, _INPUTS)[0]),
    1e-10,
    "Mastrogiuseppe & Ostojic 2018, Euler's recursion in NumPy",
)
def four_units_of_low_rank():
    net = ratezoo.LowRankRNN(4, g=0.6, tau=0.8)
    net.chi = _W
    net.set_params({'U': _U, 'V': _V})
    return _output(net)


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


def strong():
    return ratezoo.LowRankRNN(1000, overlap=2.0, g=0.0, seed=0)


def kappa_of_its_weights():
    """|κ| > 0 of κ = Vᵀ tanh(κ U)/n, with the weights of the network of `strong`."""
    U, V = (np.asarray(strong().params_dict()[p])[:, 0] for p in 'UV')
    return brentq(lambda k: V @ np.tanh(k * U) / len(U) - k, 0.1, 5.0)


@claim(
    'LowRankRNN',
    'κ at overlap 2, g = 0, one network of 1000 units',
    kappa_of_its_weights,
    1e-5,
    'closed form, κ = Vᵀ tanh(κU)/n (Mastrogiuseppe & Ostojic 2018)',
)
@claim(
    'LowRankRNN',
    'κ at overlap 2, g = 0',
    lambda: brentq(lambda k: 2 * np.dot(_P, _Z * np.tanh(k * _Z)) - k, 0.1, 5.0),
    0.08,
    'mean field, κ = 2⟨z tanh κz⟩ (Mastrogiuseppe & Ostojic 2018); n = 1000',
)
def kappa():
    net = strong()
    return abs(float(net.kappa(net.relax(max_steps=2000).r)[0]))

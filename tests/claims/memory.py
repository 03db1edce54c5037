"""What the papers say about the models of models/memory.py."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import quad
from scipy.special import erfc

import ratezoo
from claims.base import claim, growth, run
from claims.integration import deviation, states_by_euler, waves


@claim(
    'Hopfield',
    'share of wrong units one step from a pattern, 200 patterns in 1000 units',
    erfc(1 / 0.4**0.5) / 2,
    0.002,
    'signal against noise, ½ erfc(1/√(2α)) (Hopfield 1982; Amit, Gutfreund & Sompolinsky 1985)',
)
def crosstalk():
    net = ratezoo.Hopfield(1000, patterns=200, updates='synchronous', seed=0)
    step = jax.vmap(lambda r: net.step(r, net.params_dict(), jnp.zeros(1000)))
    return float(np.mean(np.asarray(step(jnp.asarray(net.patterns))) != np.asarray(net.patterns)))


@claim(
    'ContinuousHopfield',
    'overlap m = tanh βm of a single stored pattern, β = 2',
    0.957504,
    1e-4,
    'mean field (Hopfield 1984)',
)
def graded():
    pattern = np.sign(np.random.default_rng(0).normal(size=50))
    net = ratezoo.ContinuousHopfield(50, patterns=[pattern], beta=2.0)
    net.set_params({'W': np.outer(pattern, pattern) / 50})  # with its self-coupling, as in mean field
    return float(np.abs(np.asarray(net.output(net.relax(r0=0.5 * pattern).r, net.params_dict()))).mean())


@claim(
    'DenseAssociativeMemory',
    'share of 200 patterns recalled by 50 units, power 4',
    1.0,
    0.05,
    'Krotov & Hopfield 2016: capacity ∝ n³',
)
def dense():
    net = ratezoo.DenseAssociativeMemory(50, patterns=200, power=4, seed=0)
    found = net.relax(r0=net.patterns)
    return np.mean(np.sum(np.asarray(found.r) * np.asarray(net.patterns), 1) / 50 > 0.95)


@claim('ModernHopfield', 'share of 640 patterns recalled by 64 units', 1.0, 0.01, 'Ramsauer et al. 2021, Theorem 3')
def modern():
    net = ratezoo.ModernHopfield(64, patterns=640, seed=0)
    return np.mean(np.sum(np.asarray(net.relax(r0=net.patterns).r) * np.asarray(net.patterns), 1) / 64 > 0.95)


def _signs(field, r):
    """+1 or −1 by the sign of the field, the old state where it is 0."""
    return np.where(field == 0, r, np.where(field > 0, 1.0, -1.0))


def _wrong_units(make, field, starts, x):
    """Units that differ from the printed update in a step from each of ``starts``, with both kinds of updates.

    ``field(net, r, i)`` is the printed field of unit i. It is 0 for some of the units, which must not change.
    """
    wrong, zeros = 0, 0
    for updates in ('asynchronous', 'synchronous'):
        net = make(updates)
        step = jax.jit(jax.vmap(lambda r, net=net: net.step(r, net.params_dict(), jnp.asarray(x))))
        for r, measured in zip(starts, np.asarray(step(jnp.asarray(starts))), strict=True):
            new = r.copy()
            for i in net.order if updates == 'asynchronous' else range(net.n):
                at = field(net, new if updates == 'asynchronous' else r, i)
                zeros += at == 0
                new[i] = _signs(at, r[i])
            wrong += np.sum(measured != new)
    assert zeros > 0
    return wrong


def _states(net, count, seed):
    return np.random.default_rng(seed).choice([-1.0, 1.0], (count, net.n))


@claim('Hopfield', 'units that differ from the printed update in 40 steps with input', 0, 0, 'Hopfield 1982, in NumPy')
def binary_steps():
    x = np.random.default_rng(1).integers(-2, 3, 16) / 16

    def make(updates):
        return ratezoo.Hopfield(16, patterns=4, updates=updates, seed=0)

    def field(net, r, i):
        overlaps = net.patterns @ r - net.patterns[:, i] * r[i]  # without unit i: the diagonal of W is 0
        return net.patterns[:, i] @ overlaps / 16 + x[i]

    return _wrong_units(make, field, _states(make('synchronous'), 20, 2), x)


def _energy_error(net, E, r, x):
    """How far the model's energy is from the expected E, as a share of E."""
    return abs(float(net.energy(jnp.asarray(r), net.params_dict(), jnp.asarray(x))) / E - 1)


@claim('Hopfield', 'relative error of E = −½ Σ_ij W_ij r_i r_j − Σ_i x_i r_i', 0.0, 1e-12, 'Hopfield 1982, in NumPy')
def binary_energy():
    net = ratezoo.Hopfield(20, patterns=3, seed=0)
    r, x = _states(net, 1, 3)[0], np.random.default_rng(4).normal(size=20)
    overlaps = net.patterns @ r
    return _energy_error(net, -np.sum(overlaps**2 - 20) / 40 - x @ r, r, x)


@claim(
    'ContinuousHopfield',
    'growth from silence along the only pattern, (β(1 − 1/n) − 1)/τ, with β = 3, n = 50, τ = 2',
    (3 * 49 / 50 - 1) / 2,
    1e-6,
    'linear stability of the printed equations (Hopfield 1984)',
)
def grows():
    net = ratezoo.ContinuousHopfield(50, patterns=1, beta=3.0, tau=2.0, seed=0)
    return growth(net, np.zeros(50), np.zeros(50))


@claim(
    'ContinuousHopfield',
    "deviation of a driven run from the printed equations by Euler's rule, share of the largest rate",
    0.0,
    1e-6,
    'Hopfield 1984, Eq. (5), in NumPy',
)
def graded_run():
    net, x = ratezoo.ContinuousHopfield(20, patterns=3, beta=1.7, tau=2.3, seed=0), waves(100, 20)
    W = net.patterns.T @ net.patterns / 20 - 3 / 20 * np.eye(20)
    start = 0.3 * np.random.default_rng(0).normal(size=20)
    u = states_by_euler(lambda u, x: (-u + W @ np.tanh(1.7 * u) + x) / 2.3, start, x, 0.1)
    mon = run(net, None, ['u'], start, x)
    return deviation([net.output(v, net.params_dict()) for v in mon['u']], np.tanh(1.7 * u))


@claim(
    'ContinuousHopfield',
    'relative error of the energy, its integral of artanh by scipy',
    0.0,
    1e-9,
    'Hopfield 1984, Eq. (7)',
)
def graded_energy():
    net, rng = ratezoo.ContinuousHopfield(6, patterns=2, beta=1.7, seed=0), np.random.default_rng(5)
    u, x = 0.4 * rng.normal(size=6), rng.normal(size=6)
    r, W = np.tanh(1.7 * u), net.patterns.T @ net.patterns / 6 - 2 / 6 * np.eye(6)
    integrals = sum(quad(np.arctanh, 0, r_i, epsabs=1e-13)[0] for r_i in r)
    return _energy_error(net, -0.5 * r @ W @ r - x @ r + integrals / 1.7, u, x)


def _dense_energy(patterns, r, x, power):
    """The printed energy, divided by n^{p−1} as the docstring says."""
    z = patterns @ r
    return -np.sum(np.where(z > 0, z, 0) ** power) / len(r) ** (power - 1) - x @ r


@claim(
    'DenseAssociativeMemory',
    'units that differ from sign(E(r_i = −1) − E(r_i = +1)) in 40 steps, power 3',
    0,
    0,
    'Krotov & Hopfield 2016, Eqs. (1)–(3) with the rectified polynomial, in NumPy',
)
def dense_steps():
    x = np.random.default_rng(1).integers(-1, 2, 16) / 8

    def make(updates):
        return ratezoo.DenseAssociativeMemory(16, patterns=3, power=3, updates=updates, seed=0)

    def field(net, r, i):
        minus, plus = r.copy(), r.copy()
        minus[i], plus[i] = -1, 1
        return (_dense_energy(net.patterns, minus, x, 3) - _dense_energy(net.patterns, plus, x, 3)) / 2

    net = make('synchronous')
    return _wrong_units(make, field, np.vstack([-net.patterns, _states(net, 17, 2)]), x)


@claim(
    'DenseAssociativeMemory',
    'largest relative error of the energy at a pattern and against it, power 4',
    0.0,
    1e-12,
    'Krotov & Hopfield 2016, Eq. (1) with the rectified polynomial, in NumPy',
)
def dense_energy():
    net, x = ratezoo.DenseAssociativeMemory(12, patterns=5, power=4, seed=0), np.random.default_rng(6).normal(size=12)
    states = net.patterns[0], -net.patterns[0]
    return max(_energy_error(net, _dense_energy(net.patterns, r, x, 4), r, x) for r in states)


@claim(
    'ModernHopfield',
    "deviation of a driven run from the printed equations by Euler's rule, share of the largest state",
    0.0,
    1e-6,
    'Ramsauer et al. 2021, Eq. (3), as −∂E/∂r, in NumPy',
)
def attends():
    net, x = ratezoo.ModernHopfield(12, patterns=5, beta=0.15, seed=0), waves(100, 12)
    X, start = net.patterns, np.random.default_rng(0).normal(size=12)

    def F(r, x):
        weights = np.exp(0.15 * X @ r)
        return -r + weights @ X / weights.sum() + x

    return deviation(run(net, None, ['r'], start, x)['r'], states_by_euler(F, start, x, 0.1))


@claim('ModernHopfield', 'relative error of the energy', 0.0, 1e-12, 'Ramsauer et al. 2021, Eq. (2), in NumPy')
def modern_energy():
    net, rng = ratezoo.ModernHopfield(12, patterns=5, beta=0.15, seed=0), np.random.default_rng(7)
    r, x = rng.normal(size=12), rng.normal(size=12)
    E = 0.5 * r @ r - np.log(np.sum(np.exp(0.15 * net.patterns @ r))) / 0.15 - x @ r
    return _energy_error(net, E, r, x)


@claim(
    'ModernHopfield',
    'overlap with the pattern after one step of Δt = 1 from a cue with a fifth of the units flipped',
    1.0,
    1e-6,
    'Ramsauer et al. 2021: one update retrieves a pattern',
)
def one_update():
    net = ratezoo.ModernHopfield(64, patterns=100, seed=0, dt=1.0)
    return float(net.overlap(net.step(net.initial_state(), net.params_dict(), jnp.zeros(64)))[0])

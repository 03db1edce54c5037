"""What the papers say about the models of models/memory.py."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import erfc

import ratezoo
from claims.base import claim


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
    net = ratezoo.ModernHopfield(64, patterns=640, seed=0, dt=1.0)
    return np.mean(np.sum(np.asarray(net.relax(r0=net.patterns).r) * np.asarray(net.patterns), 1) / 64 > 0.95)

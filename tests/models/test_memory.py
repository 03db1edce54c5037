"""Memories: what is stored is recalled, up to the published loads, and the energy never rises."""

import brainpy.math as bm
import jax
import numpy as np
import pytest
from helpers import compilations

import ratezoo
from ratezoo.models.memory import hebb, pseudo_inverse, storkey

MEMORIES = ['Hopfield', 'ContinuousHopfield', 'DenseAssociativeMemory', 'ModernHopfield']


def corrupt(patterns, fraction, rng):
    patterns = patterns.copy()
    for row in patterns:
        row[rng.permutation(row.size)[: round(fraction * row.size)]] *= -1
    return patterns


# ---- storage, against plain loops over the papers' formulas ----------------------------------------------------------


def test_storage_rules_are_those_of_the_papers(rng):
    patterns = rng.choice([-1.0, 1.0], (4, 7))
    n, W, S = 7, np.zeros((7, 7)), np.zeros((7, 7))
    for xi in patterns:
        new = S.copy()
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                W[i, j] += xi[i] * xi[j] / n
                h_ij = sum(S[i, k] * xi[k] for k in range(n) if k not in (i, j))
                h_ji = sum(S[j, k] * xi[k] for k in range(n) if k not in (i, j))
                new[i, j] += (xi[i] * xi[j] - xi[i] * h_ji - h_ij * xi[j]) / n
        S = new
    assert np.allclose(hebb(patterns), W)
    assert np.allclose(storkey(patterns), S)
    P = pseudo_inverse(patterns)
    assert np.allclose(np.diag(P), 0)
    full = P + np.diag(np.diag(patterns.T @ np.linalg.inv(patterns @ patterns.T) @ patterns))
    assert np.allclose(full @ patterns.T, patterns.T)  # the projection leaves them as they are


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ('storage', 'load', 'kept'),
    [
        ('hebb', 0.1, (0.97, 1.0)),
        ('hebb', 0.25, (0.0, 0.3)),
        ('storkey', 0.25, (0.9, 1.0)),
        ('pseudo-inverse', 0.25, (1.0, 1.0)),
    ],
)
def test_what_each_rule_keeps(storage, load, kept):
    """At P/n = 0.25, far beyond 0.138, Hebb's rule has lost what Storkey's and the projection keep."""
    net = ratezoo.Hopfield(300, patterns=round(300 * load), storage=storage, seed=1)
    found = net.relax(r0=net.patterns, max_steps=300)
    recalled = np.mean(np.sum(np.asarray(found.r) * net.patterns, 1) / 300 > 0.95)
    assert kept[0] <= recalled <= kept[1]


# ---- published loads -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ('load', 'low', 'high'), [(0.10, 1.0, 1.0), (0.12, 0.93, 1.0), (0.138, 0.75, 0.93), (0.15, 0.0, 0.8)]
)
def test_recall_breaks_down_where_amit_gutfreund_and_sompolinsky_say(load, low, high):
    """N = 1000: the fraction of patterns that stay, with an overlap above 0.95; α_c = 0.138."""
    net = ratezoo.Hopfield(1000, patterns=round(1000 * load), seed=3)
    found = net.relax(r0=net.patterns, max_steps=500)
    assert found.converged.all()
    assert low <= np.mean(np.sum(np.asarray(found.r) * net.patterns, 1) / 1000 > 0.95) <= high


@pytest.mark.slow
def test_the_modern_network_recalls_ten_times_as_many_patterns_as_units(rng):
    net = ratezoo.ModernHopfield(64, patterns=640, seed=0, dt=1.0)
    cues = corrupt(net.patterns, 0.1, rng)
    found = net.relax(r0=cues)
    assert found.converged.all()
    assert (np.sum(np.asarray(found.r) * net.patterns, 1) / 64 > 0.95).all()
    once = net.step(cues[0], net.params_dict(), np.zeros(64))  # a step is attention
    weights = np.exp(net.patterns @ cues[0])
    assert np.allclose(once, weights / weights.sum() @ net.patterns)


def test_a_steeper_energy_holds_more_than_there_are_units(rng):
    """n = 50, 200 patterns: lost with p = 2, kept with p = 4."""
    recalled = {}
    for power in (2, 4):
        net = ratezoo.DenseAssociativeMemory(50, patterns=200, power=power, seed=0)
        found = net.relax(r0=corrupt(net.patterns, 0.04, rng))
        recalled[power] = np.mean(np.sum(np.asarray(found.r) * net.patterns, 1) / 50 > 0.95)
    assert recalled[2] < 0.1
    assert recalled[4] > 0.95


def test_the_dense_step_is_that_of_its_energy(rng):
    """r_i ← sign(E(−1) − E(+1)), each unit after the one before, by brute force."""
    net = ratezoo.DenseAssociativeMemory(12, patterns=5, power=3, seed=2)
    params, x = net.params_dict(), 0.1 * rng.normal(size=12)
    r = rng.choice([-1.0, 1.0], 12)
    expected = r.copy()
    for i in net.order:
        energies = []
        for value in (-1, 1):
            expected[i] = value
            overlaps = net.patterns @ expected
            energies.append(-np.sum(np.maximum(overlaps, 0) ** 3) / 12**2 - x @ expected)
        expected[i] = -1 if energies[0] < energies[1] else 1
    assert np.array_equal(net.step(r, params, x), expected)
    once = type(net)(12, patterns=net.patterns, power=3, updates='synchronous', seed=2)
    alone = [net.step(r, params, x)[net.order[0]], once.step(r, params, x)[net.order[0]]]
    assert alone[0] == alone[1]


def test_graded_units_of_high_gain_rest_where_binary_ones_do():
    binary = ratezoo.Hopfield(80, patterns=4, seed=5)
    graded = ratezoo.ContinuousHopfield(80, patterns=binary.patterns, beta=50.0, seed=5)
    u = graded.relax(r0=np.asarray(binary.patterns[0]) / 10).r
    r = np.asarray(graded.output(u, graded.params_dict()))
    assert np.array_equal(np.sign(r), binary.relax(r0=binary.patterns[0]).r)
    assert np.abs(r).min() > 0.99


# ---- energy ----------------------------------------------------------------------------------------------------------


@pytest.mark.quick(2)
@pytest.mark.parametrize('name', MEMORIES)
def test_energy_never_rises_and_is_monitored(name, rng):
    net = getattr(ratezoo, name)(40, patterns=12, seed=3)
    state = net.states[0]
    runner = ratezoo.Runner(net, monitors=[state, 'E'], dt=float(net.dt), progress_bar=False)
    for _ in range(5):
        net.reset_state(r0=rng.choice([-1.0, 1.0], 40))
        x = 0.1 * rng.normal(size=40)
        runner.run(inputs=x * np.ones((60, 1)))
        E = np.asarray(runner.mon['E'])
        assert (np.diff(E) <= 1e-12 * np.abs(E[:-1])).all()
        assert np.isclose(E[-1], net.energy(runner.mon[state][-1], net.params_dict(), x), rtol=1e-12)


def test_energy_falls_with_every_single_update(rng):
    """Unit by unit, not only from sweep to sweep; and with W not symmetric it can rise (negative control)."""
    net = ratezoo.Hopfield(30, patterns=6, seed=1)
    symmetric, none = np.asarray(net.W.value), np.zeros(30)
    order = np.tile(net.order, 3)

    @jax.jit
    def update(r, i, W):
        net.order = i[None]  # a sweep of one unit
        new = net.step(r, {'W': W}, none)
        return new, net.energy(new, {'W': W}, none) - net.energy(r, {'W': W}, none)

    for skew, falls in ((0.0, True), (3.0, False)):
        W = symmetric + skew * np.triu(rng.normal(size=symmetric.shape), 1) / 30**0.5
        changes, flips = [], 0
        for _ in range(20):
            r = rng.choice([-1.0, 1.0], 30)
            for i in order:
                new, change = update(r, i, W)
                changes.append(float(change))
                flips += int(np.sum(new != r))
                r = new
        assert flips > 50
        assert (max(changes) <= 1e-12) == falls


def test_synchronous_updates_may_cycle():
    net = ratezoo.Hopfield(2, patterns=[[1.0, 1.0]], updates='synchronous', seed=0)
    found = net.relax(r0=np.array([1.0, -1.0]), max_steps=10)  # each unit takes the other's state, for ever
    assert not found.converged
    assert ratezoo.Hopfield(2, patterns=[[1.0, 1.0]], seed=0).relax(r0=np.array([1.0, -1.0])).converged


# ---- use -------------------------------------------------------------------------------------------------------------


def test_store_replaces_and_batches_recall_together(rng):
    net = ratezoo.Hopfield(60, seed=0, mode=bm.BatchingMode(3))
    patterns = rng.choice([-1.0, 1.0], (3, 60))
    net.store(patterns, 'pseudo-inverse')
    net.reset_state(r0=corrupt(patterns, 0.1, rng))
    runner = ratezoo.Runner(net, monitors=['r', 'E'], dt=1.0, progress_bar=False)
    runner.run(inputs=np.zeros((3, 5, 60)))
    assert np.allclose(np.diag(net.overlap(net.state)), 1)
    other = ratezoo.ModernHopfield(60, patterns=2, seed=0)
    assert other.relax(r0=patterns[0]).converged
    other.store(patterns)  # more patterns than before
    assert np.allclose(other.relax(r0=corrupt(patterns, 0.1, rng)).r, patterns, atol=1e-6)


@pytest.mark.quick(1)
@pytest.mark.parametrize('name', MEMORIES)
def test_storing_other_patterns_compiles_nothing(name, rng):
    net = getattr(ratezoo, name)(60, patterns=3, seed=0)
    runner = ratezoo.Runner(net, monitors=['E'], progress_bar=False)
    for _ in range(3):
        with compilations() as names:
            patterns = rng.choice([-1.0, 1.0], (3, 60))
            net.store(patterns)
            found = net.relax()
            net.reset_state()
            runner.run(inputs=np.zeros((5, 60)))
        r = net.output(found.r, net.params_dict())
        assert np.sum(np.asarray(r) * patterns[0]) > 50  # and it recalls the new ones
    assert names == []


@pytest.mark.parametrize(
    ('make', 'match'),
    [
        (lambda: ratezoo.Hopfield(5, patterns=np.ones((2, 4))), r'Hopfield\.patterns: expected shape \(P, 5\)'),
        (lambda: ratezoo.Hopfield(5, patterns=np.full((2, 5), 0.5)), r'Hopfield\.patterns: expected only ±1, got 0\.5'),
        (lambda: ratezoo.Hopfield(5, storage='x'), r'Hopfield\.storage: expected one of hebb, storkey'),
        (lambda: ratezoo.Hopfield(5, updates='x'), r'Hopfield\.updates: expected asynchronous'),
        (lambda: ratezoo.DenseAssociativeMemory(5, power=1), r'DenseAssociativeMemory\.power'),
        (lambda: ratezoo.ModernHopfield(5, beta=0), r'ModernHopfield\.beta'),
        (lambda: ratezoo.ModernHopfield(2, patterns=[[np.nan, 1]]), r'ModernHopfield\.patterns: expected finite'),
    ],
)
def test_bad_input_is_named(make, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        make()


@pytest.mark.parametrize('name', ['Hopfield', 'DenseAssociativeMemory'])
def test_rules_refuse_states_without_a_gradient(name):
    with pytest.raises(ratezoo.CompositionError, match=f'{name} takes steps that have no gradient'):
        type('Net', (ratezoo.ImplicitGradient, getattr(ratezoo, name)), {})


@pytest.mark.slow
def test_equilibrium_propagation_trains_the_modern_network_and_refuses_the_graded_one(rng):
    with pytest.raises(ratezoo.NotAnEnergyModelError, match='ContinuousHopfield is not a HasEnergy'):
        type('Net', (ratezoo.EquilibriumPropagation, ratezoo.ContinuousHopfield), {})
    made = [
        type('Net', (rule, ratezoo.ModernHopfield), {})(6, patterns=3, beta=0.3, seed=0)
        for rule in (ratezoo.EquilibriumPropagation, ratezoo.ImplicitGradient)
    ]
    x, y = 0.3 * rng.normal(size=6), rng.normal(size=6)
    a, b = (net.gradient(x, y, tol=1e-12, **o)[1]['X'] for net, o in zip(made, (dict(nudge=0.001), {}), strict=True))
    assert np.linalg.norm(a - b) < 1e-5 * np.linalg.norm(b)

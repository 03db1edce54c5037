"""Coupled areas: against a plain loop with its whole history, closed forms with a delay, and finite differences."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import relative_error
from scipy.optimize import brentq

import ratezoo
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.errors import InvalidValueError, ShapeError, UnknownNameError
from ratezoo.models.multiarea import MultiAreaNetwork
from ratezoo.models.oscillator import FitzHughNagumo

DT = 0.1
H = {'additive': lambda oj, oi: oj, 'diffusive': lambda oj, oi: oj - oi, 'sine': lambda oj, oi: np.sin(oj - oi)}


class Leak(Circuit):
    """dr/dt = −r + x"""

    states = ('r',)

    def F(self, r, params, x):
        return -r + x


class Phase(Circuit):
    """dφ/dt = ω + x"""

    states = ('phi',)
    omega = Constant(1.0, 'frequency')

    def F(self, r, params, x):
        return self.omega + x


def connectome(rng, n, longest, sparse=0.3):
    """Weights with absent entries and self-connections, delays with zeros, as steps."""
    C = rng.normal(size=(n, n)) * (rng.random((n, n)) > sparse)
    steps = rng.integers(0, longest + 1, (n, n)) * (rng.random((n, n)) > 0.2)
    return C, steps


def by_hand(C, steps, G, h, v, w, x):
    """Euler's method for coupled FitzHugh–Nagumo units, with the whole history kept."""
    c = FitzHughNagumo()
    history = [v]
    for t in range(len(x)):
        v, drive = history[-1], np.zeros(len(C))
        for i in range(len(C)):
            for j in range(len(C)):
                drive[i] += C[i, j] * h(history[max(0, t - steps[i, j])][j], v[i])
        history.append(v + DT * (v - v**3 / 3 - w + c.I + x[t] + G * drive))
        w = w + DT * (v + c.a - c.b * w) / c.tau
    return np.array(history[1:])


def rolled(net, x, r0=None):
    """States after each step, by `step` alone."""
    r0 = net.initial_state() if r0 is None else r0
    params = net.params_dict()
    return jax.jit(lambda r, x: jax.lax.scan(lambda r, x: (net.step(r, params, x),) * 2, r, x)[1])(r0, jnp.asarray(x))


@pytest.mark.quick(4)
@pytest.mark.parametrize('longest', [3, 11, 45])
@pytest.mark.parametrize('coupling', ['additive', 'diffusive', 'sine', 'own'])
def test_agrees_with_a_plain_loop(rng, coupling, longest):
    n, T, G = 5, 120, 0.3
    C, steps = connectome(rng, n, longest)
    own = (lambda oj, oi: oj * oi), (lambda oj, oi: jnp.asarray(oj) * oi)
    v, w, x = rng.normal(size=n), rng.normal(size=n), 0.3 * rng.normal(size=(T, n))
    net = MultiAreaNetwork(
        FitzHughNagumo(n), C, steps * DT, G=G, coupling=own[1] if coupling == 'own' else coupling, method='euler', dt=DT
    )
    assert (net.delay_steps == steps * (C != 0)).all()
    net.reset_state(r0={'v': v, 'w': w})
    got = ratezoo.Runner(net, monitors=['v'], progress_bar=False, dt=DT).run(inputs=x)
    expected = by_hand(C, steps, G, own[0] if coupling == 'own' else H[coupling], v, w, x)
    assert np.abs(np.asarray(got) - expected).max() < 1e-10
    wrong = by_hand(C.T, steps, G, own[0] if coupling == 'own' else H[coupling], v, w, x)
    late = by_hand(C, steps + 1, G, own[0] if coupling == 'own' else H[coupling], v, w, x)
    assert np.abs(wrong - expected).max() > 1e-3 < np.abs(late - expected).max()


@pytest.mark.slow
def test_delayed_negative_feedback_oscillates_from_its_hopf_gain_on():
    # dr/dt = −r − G r(t − d) between two areas in step: λ + 1 = −G e^{−λd}. At λ = iω: tan ωd = −ω, G² = 1 + ω².
    d, dt = 2.0, 0.01
    omega = brentq(lambda w: np.sin(w * d) + w * np.cos(w * d), np.pi / 2 / d + 1e-9, np.pi / d)
    critical = (1 + omega**2) ** 0.5
    growth = {}
    for G in (0.97 * critical, critical, 1.03 * critical):
        net = MultiAreaNetwork(Leak(2), [[0.0, -1.0], [-1.0, 0.0]], d, G=G, dt=dt)
        net.reset_state(r0=np.ones(2))
        r = np.asarray(ratezoo.Runner(net, progress_bar=False, dt=dt).run(80.0))[:, 0][4000:]
        growth[G] = np.abs(r[2000:]).max() / np.abs(r[:2000]).max()
        ups = np.flatnonzero((r[:-1] < 0) & (r[1:] >= 0))
        ups = ups - r[ups] / (r[ups + 1] - r[ups])
        if critical == G:
            assert abs(2 * np.pi / (np.diff(ups).mean() * dt) - omega) < 0.01 * omega
    low, mid, high = growth.values()
    assert low < 0.9 < 0.95 < mid < 1.05 < 1.1 < high


@pytest.mark.parametrize('tau', [0.5, 2.0])
def test_delay_pulls_the_frequency_of_synchronous_phases(tau):
    # Yeung & Strogatz 1999: Ω = ω − K sin Ωτ, stable where cos Ωτ > 0.
    K, omega, dt = 0.4, 1.0, 0.01
    Omega = brentq(lambda w: w - omega + K * np.sin(w * tau), 0.0, 1.0)
    assert np.cos(Omega * tau) > 0
    net = MultiAreaNetwork(Phase(2, omega=omega), [[0.0, 1.0], [1.0, 0.0]], tau, G=K, coupling='sine', dt=dt)
    net.reset_state(r0=np.array([0.0, 0.5]))
    phi = np.asarray(ratezoo.Runner(net, progress_bar=False, dt=dt).run(100.0))
    assert np.abs((phi[-1] - phi[-2]) / dt - Omega).max() < 1e-6
    assert abs(phi[-1, 0] - phi[-1, 1]) < 1e-6 < abs(Omega - omega)


@pytest.mark.parametrize('method', ['euler', 'rk4'])
def test_without_delays_it_is_the_coupled_field(rng, method):
    n = 4
    C = rng.normal(size=(n, n))
    net = MultiAreaNetwork(FitzHughNagumo(n), C, G=0.2, coupling='diffusive', method=method, dt=DT)
    assert net.states == ('v', 'w')
    area = FitzHughNagumo(n, method=method, dt=DT)
    r = {'v': jnp.asarray(rng.normal(size=n)), 'w': jnp.asarray(rng.normal(size=n))}

    def field(s):
        return area.F(s, {}, 0.2 * (C @ s['v'] - C.sum(1) * s['v']))

    assert relative_error(net.step(r, net.params_dict(), jnp.zeros(n)), area.step_along(field, r)) < 1e-14
    found = MultiAreaNetwork(Leak(n), C / 10, 3.0, dt=DT).without_delays().relax(np.ones(n))
    assert relative_error(found.r, np.linalg.solve(np.eye(n) - C / 10, np.ones(n))) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize('coupling', ['additive', 'sine', 'own'])
def test_gradient_through_the_delays_is_that_of_finite_differences(rng, coupling):
    n, T = 4, 60
    C, steps = connectome(rng, n, 30)
    x = rng.normal(size=(T, n))
    net = MultiAreaNetwork(
        FitzHughNagumo(n),
        C,
        steps * DT,
        G=0.3,
        method='rk4',
        dt=DT,
        coupling=(lambda a, b: a * b) if coupling == 'own' else coupling,
    )

    @jax.jit
    def loss(C, r):
        return sum(
            jnp.sum(s[-1] ** 2)
            for s in map(
                jax.lax.scan(lambda r, x: (net.step(r, {'C': C}, x),) * 2, r, jnp.asarray(x))[1].get, ('v', 'w')
            )
        )

    r, C = net.initial_state(), jnp.asarray(C)
    for argument, value in ((0, C), (1, r)):
        grad = jax.grad(loss, argument)(C, r)
        way = jax.tree_util.tree_map(lambda a: jnp.asarray(rng.normal(size=a.shape)), value)
        way = {**way, 'clock': jnp.zeros(1)} if argument else way
        along = sum(map(jnp.vdot, *map(jax.tree_util.tree_leaves, (grad, way))))

        def at(e, value=value, way=way, argument=argument):
            moved = jax.tree_util.tree_map(lambda start, step: start + e * step, value, way)
            return loss(*((moved, r) if argument == 0 else (C, moved)))

        central = (at(1e-5) - at(-1e-5)) / 2e-5
        assert abs(central - along) < 1e-7 * abs(central)
        assert abs(along) > 1e-4
    assert (np.asarray(jax.grad(loss)(C, r))[~net.connected] == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize('coupling', ['diffusive', 'sine'])
def test_batch_is_a_loop(rng, coupling):
    n, B, T = 5, 3, 50
    C, steps = connectome(rng, n, 30)
    x, v = rng.normal(size=(B, T, n)), rng.normal(size=(B, n))

    def make(**kw):
        return MultiAreaNetwork(FitzHughNagumo(n), C, steps * DT, G=0.3, coupling=coupling, dt=DT, **kw)

    net = make(mode=bm.BatchingMode(B))
    net.reset_state(B, r0={'v': v, 'w': np.ones(n)})
    got = np.asarray(ratezoo.Runner(net, progress_bar=False, dt=DT).run(inputs=x))
    one = make()
    for b in range(B):
        one.reset_state(r0={'v': v[b], 'w': np.ones(n)})
        alone = np.asarray(ratezoo.Runner(one, progress_bar=False, dt=DT).run(inputs=x[b]))
        assert np.abs(alone - got[b]).max() < 1e-12
    assert net.clock.shape == (B, 1)
    assert np.abs(got[0] - got[1]).max() > 0.1


@pytest.mark.slow
def test_noise_starts_again_with_the_seed_and_has_its_variance():
    def make(seed):
        return MultiAreaNetwork(Leak(8, noise={'sigma': 0.5, 'tau': 2.0}, sigma=0.1), dt=DT, seed=seed)

    net = make(3)
    assert net.states == ('r', 'eta', *net.buffers)
    runner = ratezoo.Runner(net, monitors=['eta', 'r'], progress_bar=False, dt=DT)
    runner.run(1000.0)
    first = np.asarray(runner.mon.r), np.asarray(runner.mon.eta)
    net.reset_state()
    runner.run(1000.0)
    assert np.array_equal(first[0], runner.mon.r)
    assert np.array_equal(first[1], runner.mon.eta)
    again = ratezoo.Runner(make(3), monitors=['r'], progress_bar=False, dt=DT)
    again.run(1000.0)
    assert np.array_equal(first[0], again.mon.r)
    other = ratezoo.Runner(make(4), monitors=['eta'], progress_bar=False, dt=DT)
    other.run(1000.0)
    assert abs(np.corrcoef(other.mon.eta[1000:, 0], first[1][1000:, 0])[0, 1]) < 0.3
    assert abs(first[1][1000:].std() - 0.5) < 0.02
    silent = MultiAreaNetwork(Leak(8, sigma=0.1), sigma=0.0, dt=DT)
    assert not silent.noisy


@pytest.mark.slow
def test_single_precision():
    bm.disable_x64()
    try:
        net = MultiAreaNetwork(FitzHughNagumo(8), sigma={'v': 0.1}, seed=0, dt=DT)
        out = ratezoo.Runner(net, progress_bar=False, dt=DT).run(5.0)
        assert out.dtype == jnp.float32
        assert net.past.dtype == jnp.float32
        assert np.isfinite(np.asarray(out)).all()
    finally:
        bm.enable_x64()


def test_defaults_simulate_and_delays_come_from_lengths():
    net = MultiAreaNetwork()
    out = np.asarray(ratezoo.Runner(net, progress_bar=False, dt=net.dt).run(100.0))
    assert out.shape == (1000, 8)
    assert out.std(0).min() > 0.5
    lengths = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    C = np.ones((4, 4))
    net = MultiAreaNetwork(
        'FitzHughNagumo' if 'FitzHughNagumo' in ratezoo.models.zoo else FitzHughNagumo,
        C,
        lengths=lengths,
        speed=2.0,
        dt=DT,
    )
    assert np.array_equal(net.delay_steps, np.rint(lengths / 2 / DT))
    net.G, net.area.I = 0.5, 0.4
    with net.with_constants({'G': 2.0, 'I': 1.0}):
        assert (net.G, net.area.I) == (2.0, 1.0)
    assert (net.G, net.area.I) == (0.5, 0.4)


def test_bad_input():
    eye = np.eye(3)
    for error, match, options in (
        (InvalidValueError, 'delays.*≥ 0', dict(C=eye, delays=-eye)),
        (ShapeError, 'delays', dict(C=eye, delays=np.zeros((2, 2)))),
        (ShapeError, 'C', dict(C=np.ones((2, 3)))),
        (InvalidValueError, 'C', dict(C=eye * np.nan)),
        (InvalidValueError, 'delays', dict(C=eye, delays=np.full((3, 3), np.inf))),
        (UnknownNameError, 'coupling', dict(C=eye, coupling='strong')),
        (InvalidValueError, 'lengths', dict(C=eye, delays=eye, lengths=eye)),
        (InvalidValueError, 'speed', dict(C=eye, lengths=eye, speed=0.0)),
        (InvalidValueError, 'area', dict(area=3)),
        (ShapeError, 'area', dict(area=FitzHughNagumo(2), C=eye)),
        (InvalidValueError, 'dt', dict(dt=-1.0)),
        (InvalidValueError, 'G', dict(G=np.nan)),
    ):
        with pytest.raises(error, match=match):
            MultiAreaNetwork(**options)
    net = MultiAreaNetwork(FitzHughNagumo(2), [[0.0, 1.0], [1.0, 0.0]], 1.0, dt=DT)
    with pytest.raises(InvalidValueError, match='without a connection'):
        net.set_params({'C': np.ones((2, 2))})
    net.set_params({'C': np.array([[0.0, 2.0], [3.0, 0.0]])})
    with pytest.raises(InvalidValueError, match='without_delays'):
        net.relax()
    with pytest.raises(ShapeError, match='r0'):
        net.reset_state(r0={'v': np.zeros(2)})
    with pytest.raises(ShapeError, match='r0'):
        net.reset_state(r0={**net.state, 'past': np.zeros(3)})
    net.reset_state(r0=net.state)


def test_constants_of_the_area_are_attributes_of_the_network():
    def outputs(net):
        net.reset_state()
        return np.asarray(ratezoo.Runner(net, progress_bar=False, dt=DT).run(20.0))

    net, other = MultiAreaNetwork('WilsonCowan', seed=0, dt=DT), ratezoo.WilsonCowan(8, tau_E=5.0, seed=0)
    runner, before = ratezoo.Runner(net, progress_bar=False, dt=DT), net.tau_E
    first = np.asarray(runner.run(20.0))
    net.tau_E = 5.0
    assert net.tau_E == net.area.tau_E == 5.0 != before
    assert 'tau_E' not in vars(net)
    net.reset_state()
    expected = outputs(MultiAreaNetwork(other, seed=0, dt=DT))
    assert np.array_equal(runner.run(20.0), expected)  # the same runner: it is compiled again
    assert np.abs(expected - first).max() > 1e-3
    net.tau_E = np.linspace(1.0, 2.0, 8)
    assert net.area.tau_E.shape == (8,)
    for wrong in (-1.0, np.nan, np.ones(3), 'slow', True):
        with pytest.raises(InvalidValueError, match=r'WilsonCowan\.tau_E'):
            net.tau_E = wrong
    assert net.tau_E[-1] == 2.0
    net.set_constants(tau_E=before, G=2.0)
    assert (net.area.tau_E, net.tau_E, net.G) == (before, before, 2.0)
    with net.with_constants({'tau_E': 7.0, 'G': 3.0}):
        assert (net.area.tau_E, net.tau_E, net.G) == (7.0, 7.0, 3.0)
    assert (net.tau_E, net.G) == (before, 2.0)
    net.remark = 'mine'
    assert not hasattr(net.area, 'remark')
    with pytest.raises(AttributeError, match='tau_X'):
        _ = net.tau_X


def test_an_attribute_of_the_network_goes_before_a_constant_of_its_name():
    net = MultiAreaNetwork('JansenRit', seed=0, dt=DT)
    assert net.C.shape == (8, 8)
    assert (net.area.C, net.constants['C']) == (135.0, ratezoo.JansenRit.constants['C'])
    net.C = 2 * net.C.value
    assert net.area.C == 135.0


def test_a_sweep_over_a_constant_of_the_area():
    net = MultiAreaNetwork('WilsonCowan', seed=0, dt=DT)
    values = [1.0, 2.5, 5.0]
    before, swept = net.tau_E, ratezoo.sweep(net, {'tau_E': values}, duration=10.0).values
    assert net.tau_E == before
    for tau, value in zip(values, swept, strict=True):
        net.tau_E = tau
        net.reset_state()
        alone = np.asarray(ratezoo.Runner(net, progress_bar=False, dt=DT).run(10.0)).mean(0)
        assert np.abs(alone - value).max() < 1e-12
    assert np.abs(swept[0] - swept[-1]).max() > 1e-3

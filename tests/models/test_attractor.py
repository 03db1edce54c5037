"""Attractors: bumps at rest as in closed form, memory without drift, lag and speed limit of tracking, integration."""

import brainpy.math as bm
import numpy as np
import pytest
from claims.attractor import travelling_wave
from scipy.optimize import brentq

import ratezoo
from ratezoo.models.attractor import wrapped


def run(net, inputs, monitors=('u',)):
    runner = ratezoo.Runner(net, monitors=list(monitors), dt=float(net.dt), progress_bar=False)
    runner.run(inputs=inputs)
    return runner.mon


# ---- the bump at rest ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('k', [0.1, 0.5, 0.9])
def test_the_bump_is_that_of_wu_hamaguchi_and_amari(k):
    """u_0 = [1 + √(1 − k/k_c)] J/(4 √π a k), whatever the number of units; within the ring's tails, e^{−π²/4a²}."""
    a, J0 = 0.4, 1.7
    k_c = J0**2 / (8 * (2 * np.pi) ** 0.5 * a)
    u0 = (1 + (1 - k) ** 0.5) * J0 / (4 * np.pi**0.5 * a * k * k_c)
    for n in (24, 128):
        net = ratezoo.CANN1D(n, a=a, J0=J0, k=k)
        found = net.relax(r0=1.2 * net.bump(0.7), max_steps=20_000)
        assert found.converged
        assert np.allclose(found.r, u0 * np.exp(-(wrapped(net.theta - 0.7) ** 2) / (4 * a**2)), atol=1e-4 * u0)
        assert abs(net.centre(found.r) - 0.7) < 1e-6


def test_the_smaller_root_parts_what_grows_from_what_dies():
    """u_− = [1 − √(1 − k/k_c)] J/(4 √π a k) is at rest, too, but not stable; at k_c the two meet, and there is none."""
    net = ratezoo.CANN1D(64, k=0.8)
    ratio = (1 - 0.2**0.5) / (1 + 0.2**0.5)
    assert np.abs(net.F(ratio * net.bump(), {}, 0.0)).max() < 1e-3 * net.u0
    for factor, end in ((1.05, net.u0), (0.95, 0.0)):
        found = net.relax(r0=factor * ratio * net.bump(), max_steps=20_000)
        assert np.max(found.r) == pytest.approx(end, rel=1e-3, abs=1e-6)
    with pytest.raises(ratezoo.InvalidValueError, match=r'CANN1D\.a: expected a width'):
        ratezoo.CANN1D(8, a=0.1)


def test_a_bump_dies_above_the_critical_inhibition():
    """The height follows τ du/dt = −u + J_0/√2 u²/(1 + k J_0² u²/8), which has no rest; a warning says so."""
    with pytest.warns(UserWarning, match=r'CANN1D\.k: expected a number below 1.* it dies'):
        net = ratezoo.CANN1D(64, k=1.01)
    with pytest.warns(UserWarning, match=r'AdaptiveCANN\.k'):
        ratezoo.AdaptiveCANN(64, k=1.0)
    heights = [net.u0]
    for _ in range(600):
        u = heights[-1]
        heights.append(u + 0.1 * (-u + 2**-0.5 * u**2 / (1 + 1.01 / 8 * u**2)))
    assert heights[150] > 0.7 * net.u0  # it lingers where the two bumps have met, and then dies
    assert heights[600] < 1e-3
    assert np.allclose(run(net, np.zeros((600, 64)))['u'].max(1), heights[1:], atol=1e-4)


def test_the_speed_is_that_of_the_wave_for_slow_adaptation():
    """Eq. (4) against Newton's method: the error is of the order of τ/τ_v; and (a/τ_v) √(m τ_v/τ − 1) at the onset."""
    for mu in (1.2, 3.0):
        errors = []
        for tau_v in (100.0, 400.0):
            c = travelling_wave(mu, tau_v, a=0.4, J0=1.3, share=0.3)[0]
            net = ratezoo.AdaptiveCANN(a=0.4, J0=1.3, k=0.3, tau_v=tau_v, m=mu / tau_v)
            errors.append(net.intrinsic_speed() / c - 1)
        assert 0 < errors[1] < 0.35 * errors[0] < 0.01
    net = ratezoo.AdaptiveCANN(m=0.02 * 1.001)
    assert net.intrinsic_speed() == pytest.approx(0.5 / 50 * 0.001**0.5, rel=2e-3)
    assert ratezoo.AdaptiveCANN(m=0.02).intrinsic_speed() == 0


def test_the_sheet_has_its_own_closed_form():
    """With D = 2: u_0 = [J_0 + √(J_0² − 32πa²k)]/(8πa²k)."""
    a, J0, k = 0.6, 1.0, 0.4
    net = ratezoo.CANN2D(20, a=a, J0=J0, k=k)
    inhibition = k * J0**2 / (32 * np.pi * a**2)
    u0 = (J0 + np.sqrt(J0**2 - 32 * np.pi * a**2 * inhibition)) / (8 * np.pi * a**2 * inhibition)
    found = net.relax(r0=0.9 * net.bump((1.0, -2.0)), max_steps=20_000)
    assert found.converged
    d2 = wrapped(net.theta - 1.0)[:, None] ** 2 + wrapped(net.theta + 2.0) ** 2
    assert np.allclose(np.reshape(found.r, (20, 20)), u0 * np.exp(-d2 / (4 * a**2)), atol=3e-3 * u0)
    assert np.allclose(net.centre(found.r), (1.0, -2.0), atol=1e-3)


def test_fast_convolution_is_the_sum_over_all_pairs(rng):
    for net in (ratezoo.CANN1D(20), ratezoo.CANN2D(14)):
        u = rng.normal(size=net.n) + 2
        positions = np.stack(np.meshgrid(*[net.theta] * net.D, indexing='ij'), -1).reshape(-1, net.D)
        d2 = (wrapped(positions[:, None] - positions) ** 2).sum(-1)
        J = net.J0 / (2 * np.pi * net.a**2) ** (net.D / 2) * np.exp(-d2 / (2 * net.a**2))
        squared = np.maximum(u, 0) ** 2
        r = squared / (1 + net.k * net.k_c * squared.sum() * net.cell)
        assert np.allclose(net.F(u, {}, 0.3), -u + J @ r * net.cell + 0.3, rtol=1e-11)


def test_adaptation_is_subtracted_and_follows_u_of_either_sign(rng):
    net = ratezoo.AdaptiveCANN(20, a=0.6, J0=1.2, k=0.4, tau=1.5, tau_v=20.0, m=0.3)
    u, v, x = rng.normal(size=(3, 20))
    J = 1.2 / ((2 * np.pi) ** 0.5 * 0.6) * np.exp(-(wrapped(net.theta[:, None] - net.theta) ** 2) / (2 * 0.6**2))
    squared, cell, k = np.maximum(u, 0) ** 2, 2 * np.pi / 20, 0.4 * 1.2**2 / (8 * (2 * np.pi) ** 0.5 * 0.6)
    r = squared / (1 + k * squared.sum() * cell)
    f = net.F({'u': u, 'v': v}, {}, x)
    assert np.allclose(f['u'], (-u + J @ r * cell - v + x) / 1.5, rtol=1e-11)
    assert np.allclose(f['v'], (-v + 0.3 * u) / 20.0, rtol=1e-11)


# ---- memory and tracking ---------------------------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize('n', [24, 64])
def test_a_bump_persists_without_input(n):
    """10⁴ ms in steps of 0.1 ms (τ = 1 ms): no drift, also between two units and with few of them."""
    net = ratezoo.CANN1D(n)
    start = 0.3 * 2 * np.pi / n  # not at a unit's place
    net.reset_state(r0=net.bump(start))
    runner = ratezoo.Runner(net, monitors=[], progress_bar=False)
    runner.run(inputs=np.zeros((100_000, n), np.float32))
    assert abs(net.centre(net.state) - start) < 0.01 * 2 * np.pi / n
    assert np.isclose(np.max(net.state), net.u0, rtol=0.02)


def test_a_moving_cue_is_followed_with_the_lag_of_theory():
    """v τ = α s exp(−s²/6a²) to first order in α: extrapolated from two small α to α = 0."""
    net, dt = ratezoo.CANN1D(64), 0.1
    share = 0.6  # of the speed limit
    lag = {}
    for alpha in (0.04, 0.02):
        v = share * 3**0.5 * net.a * alpha / np.e**0.5
        z = v * dt * (1 + np.arange(int(20 / alpha / dt)))
        net.reset_state(r0=net.bump(0.0))
        u = run(net, net.stimulus(z, alpha))['u'][-1]
        lag[alpha] = float(wrapped(z[-1] - net.centre(u)))
    s = brentq(lambda s: s * np.exp(-(s**2) / (6 * net.a**2)) - share * 3**0.5 * net.a / np.e**0.5, 0, 3**0.5 * net.a)
    assert lag[0.02] == pytest.approx(s, rel=0.03)
    assert 2 * lag[0.02] - lag[0.04] == pytest.approx(s, rel=0.005)


@pytest.mark.parametrize(('share', 'followed'), [(0.85, True), (1.15, False)])
def test_the_cue_has_a_speed_limit(share, followed):
    net, dt, alpha = ratezoo.CANN1D(64), 0.1, 0.02
    v = share * 3**0.5 * net.a * alpha / np.e**0.5
    z = v * dt * (1 + np.arange(30_000))
    u = run(net, net.stimulus(z, alpha))['u'][::100]
    lag = wrapped(z[::100] - net.centre(u))
    assert (np.abs(lag).max() < 3**0.5 * net.a) == followed


@pytest.mark.slow
def test_the_ring_turns_with_the_velocity_and_keeps_its_shape():
    net = ratezoo.RingAttractor(200)
    c, J0, J1 = net.theta_c, net.J0, net.J1
    assert J1 * (c - np.sin(2 * c) / 2) == pytest.approx(2 * np.pi)
    found = net.relax(r0=net.bump(0.4) + 0.1, max_steps=100_000, tol=1e-8)
    A = -net.b / (np.cos(c) + J0 / np.pi * (np.sin(c) - c * np.cos(c)))
    assert np.max(found.r) == pytest.approx(A * (1 - np.cos(c)), rel=2e-3)
    for velocity in (0.05, -0.3):
        net.reset_state(r0=net.bump(0.0))
        mon = run(net, np.full((500, 1), velocity))
        angle = np.unwrap(net.centre(mon['u']))
        assert np.polyfit(mon['ts'], angle, 1)[0] == pytest.approx(velocity, rel=2e-3)
        assert np.max(mon['u'][-1]) == pytest.approx(np.max(mon['u'][0]), rel=5e-3)
    with pytest.raises(ratezoo.InvalidValueError, match=r'RingAttractor\.J1'):
        ratezoo.RingAttractor(J1=1.9)
    with pytest.raises(ratezoo.InvalidValueError, match=r'RingAttractor\.J0'):
        ratezoo.RingAttractor(J0=0.0)


@pytest.mark.parametrize('w', [0.9, 0.99])
def test_feedback_stretches_the_time_constant(w):
    """τ/(1 − w) within 1 %, measured from the decay of a run."""
    tau = 0.5
    net = ratezoo.LineIntegrator(w=w, tau=tau, seed=1, dt=0.01)
    net.reset_state(r0=2 * net.xi)
    steps = int(tau / (1 - w) / 0.01)
    mon = run(net, np.zeros((steps, 1)), ('r',))
    out = np.asarray(mon['r']) @ net.xi
    measured = -1 / np.polyfit(mon['ts'], np.log(out), 1)[0]
    assert measured == pytest.approx(tau / (1 - w), rel=0.01)
    across = np.zeros(10)
    across[:2] = net.xi[1], -net.xi[0]
    assert np.isclose(net.stability(across).eigenvalues[1].real, -1 / tau)


def test_rules_say_that_there_is_nothing_to_train():
    with pytest.raises(ratezoo.CompositionError, match='nothing to train'):
        type('Net', (ratezoo.ImplicitGradient, ratezoo.CANN1D), {})(16)


def test_batches_of_cues_are_followed_together():
    net = ratezoo.CANN1D(32, mode=bm.BatchingMode(2))
    x = np.stack([net.stimulus(np.full(300, z), 0.5) for z in (0.5, -1.0)])
    runner = ratezoo.Runner(net, monitors=[], progress_bar=False)
    runner.run(inputs=x)
    assert np.allclose(net.centre(net.state), (0.5, -1.0), atol=0.02)


@pytest.mark.parametrize(
    ('J2', 'J0', 'bounded'), [(3.9, 0.0, True), (4.1, 0.0, False), (5.0, 0.0, False), (1.5, -1.1, False)]
)
def test_a_ring_without_enough_inhibition_is_refused(J2, J0, bounded):
    """Without uniform inhibition the height (c − T)/(−cos 2θ_c) is positive up to θ_c = 45°, which is J_2 = 4."""
    if bounded:
        net = ratezoo.RingModel(J2=J2, J0=J0, seed=0)
        t = 2 * net.width
        r = ratezoo.simulate(net, 3000.0, monitors=['r']).mon['r'][-1]
        assert r.max() == pytest.approx((1 - np.cos(t)) / -np.cos(t), rel=5e-3)
        return
    with pytest.raises(ratezoo.InvalidValueError, match=r'RingModel\.J0: expected more uniform inhibition'):
        ratezoo.RingModel(J2=J2, J0=J0)
    assert ratezoo.RingModel(J2=J2, J0=J0, c=1.0).c == 1.0  # nothing grows without an input above the threshold

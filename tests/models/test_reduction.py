"""The reductions: the same fixed points, and each limit reached at first order in the ratio of the time constants."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import ratezoo
from ratezoo.curves import LIF, Softplus

MODELS = [ratezoo.SynapticRate, ratezoo.FiringRate, ratezoo.SynapticCurrent]


def rates(net, x, start):
    """The rates over 40 units of time at a constant input."""
    net.reset_state(r0=start)
    return np.asarray(ratezoo.Runner(net, dt=net.dt, progress_bar=False).run(inputs=x * np.ones((int(40 / net.dt), 1))))


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ('limit', 'slow', 'quick'), [(ratezoo.FiringRate, 'tau_m', 'tau_s'), (ratezoo.SynapticCurrent, 'tau_s', 'tau_m')]
)
def test_each_limit_is_reached_at_first_order(limit, slow, quick, rng):
    """log–log slope of the largest distance against the ratio of the time constants: 1 ± 0.05. Both start where the
    quick one has settled."""
    W, x, r0 = 0.35 * rng.normal(size=(4, 4)), rng.normal(size=4), rng.uniform(-0.5, 0.5, 4)
    I0 = x + W @ r0 if limit is ratezoo.FiringRate else rng.normal(size=4)
    r0 = r0 if limit is ratezoo.FiringRate else np.tanh(I0)
    shared = dict(W=W, g='tanh', method='rk4', dt=0.01)
    expected = rates(limit(4, **shared, **{slow: 10.0}), x, r0 if limit is ratezoo.FiringRate else I0)
    ratios = np.array([0.012, 0.006, 0.003])
    distances = [
        np.abs(
            rates(ratezoo.SynapticRate(4, **shared, **{slow: 10.0, quick: 10.0 * ratio}), x, {'I': I0, 'r': r0})
            - expected
        ).max()
        for ratio in ratios
    ]
    assert np.polyfit(np.log(ratios), np.log(distances), 1)[0] == pytest.approx(1, abs=0.05)
    assert distances[-1] < 0.01


def test_all_three_rest_at_the_same_rates(rng):
    W, x = 0.5 * rng.normal(size=(5, 5)), rng.normal(size=5)
    found = []
    for model in MODELS:
        net = model(5, W=W, g=Softplus(gain=0.5))
        r = net.relax(x, max_steps=50_000).r
        found.append(np.asarray(net.output(r, net.params_dict())))
    assert np.allclose(found, found[0], atol=1e-8)
    assert np.allclose(found[0], 0.5 * np.log1p(np.exp(W @ found[0] + x)), atol=1e-8)


def test_the_full_model_is_its_two_filters(rng):
    """Against SciPy's integrator, at its tolerance."""
    W, x, tau_s, tau_m = 0.8 * rng.normal(size=(3, 3)), rng.normal(size=3), 3.0, 7.0
    net = ratezoo.SynapticRate(3, W=W, tau_s=tau_s, tau_m=tau_m, method='rk4', dt=0.05)
    got = np.asarray(ratezoo.Runner(net, dt=0.05, progress_bar=False).run(inputs=x * np.ones((400, 1))))

    def field(t, s):
        I, r = s[:3], s[3:]
        return np.concatenate([(-I + W @ r + x) / tau_s, (-r + np.tanh(I)) / tau_m])

    expected = solve_ivp(field, (0, 20), np.zeros(6), t_eval=0.05 * np.arange(1, 401), rtol=1e-10, atol=1e-12).y[3:].T
    assert np.allclose(got, expected, atol=1e-7)


def test_the_curve_of_a_spiking_neuron_gives_its_rate():
    """With g the LIF's curve in Hz and W in nA per Hz, the fixed point is the self-consistent rate."""
    curve, w = LIF(), 0.01
    net = ratezoo.FiringRate(1, curve, W=w)
    r = float(net.relax(np.array([2.5]), r0=np.array([40.0]), tol=1e-8, max_steps=50_000).r[0])
    assert r == pytest.approx(float(curve(2.5 + w * r)), rel=1e-8)
    assert r > float(curve(2.5))


@pytest.mark.parametrize(
    ('make', 'match'),
    [
        (lambda: ratezoo.FiringRate(2, 'x'), r'FiringRate\.g: expected a function, such as a curve'),
        (lambda: ratezoo.SynapticRate(2, tau_s=0), r'SynapticRate\.tau_s: expected a number > 0'),
        (lambda: ratezoo.SynapticCurrent(2, W=np.ones(3)), r'SynapticCurrent\.W: expected shape \(2, 2\)'),
    ],
)
def test_bad_input_is_named(make, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        make()

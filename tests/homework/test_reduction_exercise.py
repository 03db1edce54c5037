"""The exercise ``reduction``: what its judge calls right, from other computations, and the limits themselves."""

import numpy as np
import pytest
import submissions
from scipy.integrate import quad, solve_ivp

from ratezoo.homework import exercises
from ratezoo.homework.reduction import full_model, judge, reference


@pytest.fixture(scope='module')
def handout():
    """The names that the filled hand-out defines up to its class."""
    exercise = exercises['reduction']
    text = submissions.source('reduction', submissions.HERE / 'reduction' / 'right' / 'reference.py')
    exec(compile(submissions.until_the_class(text, exercise.class_name), '<homework>', 'exec'), namespace := {})
    return namespace


@pytest.mark.parametrize('n', [3, 5])
def test_the_judges_current_is_the_convolution_with_the_kernel(n):
    c, h = judge.random_case(np.random.default_rng(n), n), 2.7
    tau = c['tau_s']
    area = quad(lambda t: np.exp(-t / tau) / tau, 0, h)[0]
    arriving = [sum(c['W'][i, j] * c['r'][j] for j in range(n)) + c['x'][i] for i in range(n)]
    np.testing.assert_allclose(
        full_model.current_after(c, h), np.exp(-h / tau) * c['I'] + area * np.array(arriving), rtol=1e-9
    )


@pytest.mark.parametrize('seed', range(3))
def test_the_judges_limits_do_not_depend_on_the_fast_variable(seed):
    c = judge.random_case(np.random.default_rng(seed), 4)
    other = {**c, 'I': c['I'] + 1.3}
    slopes = [full_model.slow_derivative(a, full_model.RATIO * c['tau_m'], c['tau_m'])['r'] for a in (c, other)]
    np.testing.assert_allclose(*slopes, rtol=1e-6)
    other = {**c, 'r': c['r'] + 0.4}
    slopes = [full_model.slow_derivative(a, c['tau_s'], full_model.RATIO * c['tau_s'])['I'] for a in (c, other)]
    np.testing.assert_allclose(*slopes, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(('model', 'fast'), [('firing-rate', 'tau_s'), ('current', 'tau_m')])
def test_each_limit_approaches_the_full_model_at_first_order(handout, model, fast):
    """The hand-out's model against the full model of two equations, which SciPy integrates."""
    rng, n, dt, T = np.random.default_rng(5), 4, 0.005, 3.0
    c = {'W': rng.normal(0, 8, (n, n)), 'x': rng.uniform(0.5, 1.5, n), 'r_max': 0.1, 'theta': 1.0}
    errors = []
    for ratio in (0.04, 0.02, 0.01):
        taus = {'tau_s': 1.0, 'tau_m': 1.0, fast: ratio}

        def F(t, y, taus=taus):
            I, r = y[:n], y[n:]
            dI = (-I + c['W'] @ r + c['x']) / taus['tau_s']
            return np.concatenate([dI, (-r + full_model.g(c, I)) / taus['tau_m']])

        full = solve_ivp(F, (0, T), np.zeros(2 * n), method='LSODA', rtol=1e-9, atol=1e-11).y[n:, -1]
        net = handout['RateNetwork'](model, c['W'], **taus, dt=dt)
        limit = handout['run'](net, np.repeat(c['x'][None], round(T / dt), 0))['r'][-1]
        errors.append(np.abs(limit - full).max())
    # Euler's own error with dt does not depend on the ratio: take it out.
    halved = (errors[0] - errors[1]) / (errors[1] - errors[2])
    assert errors[-1] < 0.02 * c['r_max']
    assert halved == pytest.approx(2, abs=0.5)


@pytest.mark.slow
def test_the_reference_measures_what_theory_says():
    result = reference.run()
    assert result.peak == pytest.approx(1 / reference.TAU_FILTER)
    assert result.area == pytest.approx(1, abs=1e-4)
    _, from_spikes, from_rates = result.filtered
    settled = slice(200, None)
    deviations = (from_spikes - from_rates)[settled].std(0)
    # Campbell's theorem: the variance of K weights w at the rate ν is K w² ν/(2 τ_s); here K w = 50 and ν = 0.02.
    expected = [50 / K * np.sqrt(K * 0.02 / (2 * reference.TAU_FILTER)) for K in reference.SENDERS]
    np.testing.assert_allclose(deviations, expected, rtol=0.35)
    for side, name in enumerate(reference.LIMITS):
        errors = result.limits.errors[name][side]
        assert np.log2(errors[-2] / errors[-1]) == pytest.approx(1, abs=0.15)
        other = result.limits.errors[reference.LIMITS[1 - side]][side]
        assert other[-1] > 10 * errors[-1]

"""The exercise ``oscillator``: the closed forms of its judge, its hand-out and its reference."""

import numpy as np
import pytest
import submissions
from scipy.integrate import solve_ivp

from ratezoo.homework import exercises, probe
from ratezoo.homework.experiments import experiment, run
from ratezoo.homework.oscillator import judge, reference
from ratezoo.homework.oscillator.motion import motion


def integrated(m, k, A, s, v, start, end):
    """s and v at the time ``end``, by SciPy."""

    def F(t, state):
        return state[1], (-k * state[0] + A * np.cos(t)) / m

    return solve_ivp(F, (start, end), (s, v), rtol=1e-11, atol=1e-13, method='DOP853').y[:, -1]


@pytest.fixture(scope='module')
def handout():
    """The names that the filled hand-out defines up to its class."""
    exercise = exercises['oscillator']
    text = submissions.source('oscillator', submissions.HERE / 'oscillator' / 'right' / 'reference.py')
    exec(compile(submissions.until_the_class(text, exercise.class_name), '<homework>', 'exec'), namespace := {})
    return namespace


@pytest.mark.parametrize('seed', range(3))
def test_the_judges_closed_form_is_the_motion(seed):
    c = judge.random_case(np.random.default_rng(seed))
    s, v, t = (float(c[name][0]) for name in ('s', 'v', 't'))
    position, velocity = motion(c, s, v, t)
    expected = integrated(c['m'], c['k'], c['A'], s, v, t, t + 2.3)
    np.testing.assert_allclose([position(t + 2.3), velocity(t + 2.3)], expected, rtol=1e-8, atol=1e-8)
    assert position(t) == pytest.approx(s, abs=1e-12)
    assert velocity(t) == pytest.approx(v, abs=1e-12)


def test_the_hand_outs_exact_solution_is_the_motion(handout):
    constants = dict(m=1.3, k=2.9, A=0.7)
    expected = integrated(**constants, s=0.4, v=-0.6, start=0.0, end=5.0)[0]
    assert handout['solution'](5.0, **constants, s0=0.4, v0=-0.6) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(('dt', 'm', 'k'), [(0.05, 1.0, 4.0), (0.2, 0.7, 1.9)])
def test_eulers_energy_grows_by_a_known_factor_in_every_step(handout, dt, m, k):
    net = handout['Oscillator'](dt, m, k, A=0.0, s0=0.8, v0=-0.3)
    _, s, v = handout['run'](net, 30 * dt)
    energy = m * v**2 / 2 + k * s**2 / 2
    assert len(s) == 30
    np.testing.assert_allclose(energy[1:] / energy[:-1], 1 + dt**2 * k / m, rtol=1e-6)


def test_the_number_of_steps_is_right_for_every_step_size(handout):
    for dt, steps in ((0.1, 3), (0.07, 41), (0.001, 57), (0.3, 7)):
        assert len(handout['run'](handout['Oscillator'](dt), steps * dt)[0]) == steps


def test_the_probe_makes_as_many_steps_under_dsrunner_as_it_is_told(handout):
    dt = 0.1015304603522634  # int(3 dt/dt) is 2
    assert int(3 * dt / dt) == 2
    spec = {'class_name': 'Oscillator', 'experiments': [experiment(run(3, 's'), init={'dt': dt}, dt=dt)]}
    assert len(probe.answer(handout, spec)['results'][0][0]['s']) == 3


@pytest.mark.slow
def test_the_reference_measures_what_theory_says():
    result = reference.run()
    end = integrated(reference.M, reference.K, reference.A, reference.S0, 0.0, 0.0, 12.0)[0]
    assert result.motions[1].s[-1] == pytest.approx(end, abs=0.2)
    assert result.order == pytest.approx(1, abs=0.1)
    assert result.growth == pytest.approx(1 + reference.H_ENERGY**2 * reference.K / reference.M, rel=1e-6)
    last_cycle = np.abs(result.resonance.s[-6300:]).max()
    assert last_cycle == pytest.approx(reference.A * 40 / (2 * reference.M), rel=0.05)

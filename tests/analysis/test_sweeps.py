"""`sweep` against a loop of runs."""

import numpy as np
import pytest
from helpers import compilations

import ratezoo


def test_a_grid_is_a_loop_of_runs():
    axes = {'P': [0.5, 1.25, 2.0], 'w_EE': [12.0, 16.0]}
    found = ratezoo.sweep(ratezoo.WilsonCowan, axes, measure='trace', duration=30.0, transient=20.0, x=0.1)
    assert found.values.shape == (3, 2, 300, 1)
    for i, P in enumerate(axes['P']):
        for j, w in enumerate(axes['w_EE']):
            run = ratezoo.simulate(ratezoo.WilsonCowan(P=P, w_EE=w), 50.0, 0.1, transient=20.0)
            assert np.allclose(found.values[i, j], run.mon['E'], rtol=1e-12)


def test_the_input_is_an_axis_too_and_chunks_change_nothing():
    options = dict(measure=lambda o: {'mean': o.mean(), 'end': o[-1]}, of='w', duration=20.0)
    whole = ratezoo.sweep(ratezoo.FitzHughNagumo, {'x': np.linspace(0, 1, 7)}, **options)
    parts = ratezoo.sweep(ratezoo.FitzHughNagumo, {'x': np.linspace(0, 1, 7)}, chunk=3, **options)
    assert whole.values['end'].shape == (7, 1)
    assert np.allclose(whole.values['mean'], parts.values['mean'], rtol=1e-12)
    one = ratezoo.simulate(ratezoo.FitzHughNagumo(), 20.0, 1.0)
    assert np.allclose(whole.values['end'][-1], one.mon['w'][-1])


def test_an_input_over_time():
    x = np.sin(np.arange(200) / 10)[:, None]
    found = ratezoo.sweep(ratezoo.FitzHughNagumo(I=0.0), {'b': [0.8, 0.9]}, x=x, duration=20.0, measure='final')
    run = ratezoo.simulate(ratezoo.FitzHughNagumo(I=0.0, b=0.9), inputs=x)
    assert np.allclose(found.values[1], run.mon['v'][-1])


def test_a_second_sweep_compiles_nothing():
    def run(high):
        return ratezoo.sweep(ratezoo.StuartLandau, {'a': np.linspace(0.1, high, 5)}, duration=5.0)

    run(1.0)
    with compilations() as names:
        run(2.0)
    assert names == []


def test_noise_differs_from_point_to_point_and_with_the_seed_alone():
    def run(seed):
        return ratezoo.sweep(ratezoo.WongWang, {'x': [0.01, 0.01]}, duration=20.0, measure='final', seed=seed).values

    assert np.array_equal(run(1), run(1))
    assert not np.allclose(run(1)[0], run(1)[1])
    assert not np.allclose(run(1), run(2))


class Unread(ratezoo.Circuit):
    """dr/dt = −r + x"""

    states = ('r',)
    idle = ratezoo.Constant(1.0, 'nothing')

    def F(self, r, params, x):
        return -r + x


@pytest.mark.parametrize(
    ('call', 'match'),
    [
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'n': [1, 2]}), "WilsonCowan has no constant 'n'. It has: w_EE"),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {}), 'sweep.grid: expected a dict'),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'P': [np.nan]}), 'sweep.grid: expected a list of finite numbers'),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'tau_E': [0.0]}), r'WilsonCowan\.tau_E: expected a number > 0'),
        (
            lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'P': [1.0]}, measure='mode'),
            'sweep.measure: expected a function or',
        ),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'P': [1.0]}, of='Q'), "sweep.of: WilsonCowan has no state 'Q'"),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'P': [1.0]}, duration=-1.0), 'duration > 0'),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan, {'P': [1.0]}, x=np.zeros(7)), r'sweep.x: expected shape \(1,\)'),
        (lambda: ratezoo.sweep(ratezoo.WilsonCowan(), {'P': [1.0]}, settings={'n': 2}), 'sweep.settings'),
        (lambda: ratezoo.sweep('WilsonCowan', {'P': [1.0]}), 'sweep.model: expected a RateModel or its class'),
        (lambda: ratezoo.sweep(Unread, {'idle': [1.0, 2.0]}), "do not read 'idle'"),
        (lambda: ratezoo.sweep(ratezoo.FitzHughNagumo, {'I': [0.0, 1e6]}, duration=20.0), r'not finite at I = 1e\+06'),
    ],
)
def test_bad_input_is_named(call, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        call()

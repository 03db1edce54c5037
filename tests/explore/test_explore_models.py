"""The page of a model: its numbers against scipy and against ratezoo's own analysis, and its errors."""

import json

import numpy as np
import pytest
from helpers import compilations, every_second
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

import ratezoo
from ratezoo.explore.model import ModelView


@pytest.fixture(scope='module')
def view():
    return ModelView('FitzHughNagumo')


def data(shown, figure, name):
    return next(d for d in shown.figures[figure]['data'] if d['name'] == name)


def test_the_trajectory_is_that_of_scipy(view):
    shown = view.show({'I': '0.3', 'tau': 10.0, 'x': 0.1, 'start v': 0.5, 'start w': -0.2}, False, 0)

    def field(t, s):
        v, w = s
        return v - v**3 / 3 - w + 0.3 + 0.1, (v + 0.7 - 0.8 * w) / 10.0

    v = data(shown, 'traces', 'v')
    expected = solve_ivp(field, (0, 200), (0.5, -0.2), rtol=1e-10, atol=1e-10, t_eval=v['x']).y[0]
    np.testing.assert_allclose(v['y'], expected, atol=2e-3)
    assert v['x'][-1] == pytest.approx(200.0)


def test_the_nullclines_and_the_fixed_point_solve_their_equations(view):
    shown = view.show({'I': 0.2}, False, 0)
    first, second = (data(shown, 'plane', f'd{k}/dt = 0') for k in 'vw')
    v, w = (np.array(first[k], float) for k in 'xy')
    assert np.nanmax(np.abs(v - v**3 / 3 - w + 0.2)) < 0.02
    v, w = (np.array(second[k], float) for k in 'xy')
    assert np.nanmax(np.abs(v + 0.7 - 0.8 * w)) < 1e-4
    at = fsolve(lambda s: (s[0] - s[0] ** 3 / 3 - s[1] + 0.2, s[0] + 0.7 - 0.8 * s[1]), (-1, -0.3))
    point = data(shown, 'plane', 'stable focus')
    np.testing.assert_allclose([point['x'][0], point['y'][0]], at, atol=1e-4)
    J = np.array([[1 - at[0] ** 2, -1.0], [1 / 12.5, -0.8 / 12.5]])
    spectrum = data(shown, 'spectrum', 'stable focus')
    np.testing.assert_allclose(sorted(spectrum['y']), sorted(np.linalg.eigvals(J).imag), atol=1e-4)
    np.testing.assert_allclose(spectrum['x'], np.linalg.eigvals(J).real, atol=1e-4)


@pytest.mark.quick(1)
@pytest.mark.parametrize('name', ['MontbrioPazoRoxin', 'WongWang', 'WilsonCowan', 'StuartLandau', 'MorrisLecar'])
def test_the_code_computes_what_is_shown(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    view = ModelView(name)
    constant = next(iter(view.engine.constants))
    moved = {constant: 1.02 * view.engine.constants[constant], view.starts[0]: view.limits[0].mean()}
    shown = view.show(moved, False, 0)
    names = {}
    exec(shown.code, names)
    assert (tmp_path / 'plane.png').exists()
    points = [d for d in shown.figures['plane']['data'] if d['name'] in {p.kind for p in names['plane'].fixed_points}]
    drawn = sorted(np.concatenate([np.transpose([d['x'], d['y']]) for d in points]).tolist())
    np.testing.assert_allclose(
        drawn, sorted(tuple(p.vector) for p in names['plane'].fixed_points), rtol=1e-3, atol=1e-3
    )
    state = view.labels[0].partition('[')[0]
    run = names['run'].mon[state][:, 0]
    trace = next(d for d in shown.figures['traces']['data'] if d['name'] == view.labels[0])
    steps = np.round(np.array(trace['x'][1:]) / float(names['net'].dt)).astype(int)
    np.testing.assert_allclose(trace['y'][1:], run[steps - 1], rtol=1e-3, atol=1e-3 * np.ptp(run))


def test_a_slider_that_moves_compiles_nothing(view):
    view.show({}, False, 0)
    with compilations() as names:
        shown = [view.show({'I': I, 'a': 0.5 + I, 'start v': I, 'x': 0.1}, False, 0) for I in (0.1, 0.4, 0.8)]
    assert names == []
    assert len({json.dumps(s.figures['traces']) for s in shown}) == 3


@pytest.mark.parametrize(
    ('values', 'told'),
    [
        ({'I': 'text'}, r"FitzHughNagumo\.I: expected a finite number.*got 'text'"),
        ({'I': 'nan'}, r'FitzHughNagumo\.I: expected a finite number.*got nan'),
        ({'I': '1e300'}, r'FitzHughNagumo\.v: the network blew up before t = '),
        ({'I': None}, r'FitzHughNagumo\.I: expected a finite number'),
        ({'tau': -1}, r'FitzHughNagumo\.tau: expected a number > 0'),
        ({'tau': 0.01}, r'FitzHughNagumo\.dt: expected a step <'),
        ({'start v': 'here'}, r"FitzHughNagumo\.start v: expected a finite number, got 'here'"),
    ],
)
def test_bad_values_are_told_by_the_library(view, values, told):
    with pytest.raises(ratezoo.RateZooError, match=told):
        view.show(values, False, 0)
    assert view.engine.net.I == 0.5  # nothing has changed
    assert view.engine.net.tau == 12.5


def test_a_model_without_a_plane_shows_its_traces_and_the_eigenvalues_of_its_jacobian():
    view = ModelView('TsodyksMarkram')
    shown = view.show({'J': 3.0}, False, 0)
    assert set(shown.figures) == {'traces', 'spectrum'}
    net = ratezoo.TsodyksMarkram(**{**view.engine.settings, 'J': 3.0})
    run = ratezoo.simulate(net)
    E = data(shown, 'traces', 'E')
    assert E['y'][-1] == pytest.approx(run['E'][round(E['x'][-1] / net.dt) - 1, 0], rel=1e-3)
    expected = np.linalg.eigvals(np.asarray(net.jacobian(net.state, run.inputs[-1])))
    np.testing.assert_allclose(
        sorted(data(shown, 'spectrum', 'eigenvalues')['x']), sorted(expected.real), rtol=1e-3, atol=1e-4
    )


@pytest.mark.slow
@pytest.mark.parametrize('name', every_second(list(ratezoo.zoo), list(ratezoo.zoo)))
def test_every_model_opens(name):
    view = ModelView(name)
    shown = view.show({}, True, 1)
    assert set(shown.figures) == set(view.figures)
    assert json.dumps(shown.figures)
    assert 'plane' in view.figures or view.picture({})[:4] == b'\x89PNG'

"""What figures draw, computed beforehand: phase planes, energies, a population beside its rate model."""

import brainpy.math as bm
import numpy as np
import pytest
from helpers import TwoStates

import ratezoo
from ratezoo.analysis import landscape, paths, phase_plane, reduction


def test_a_phase_plane_is_the_field_on_a_grid_its_rests_and_paths():
    net = ratezoo.FitzHughNagumo(a=0.0, b=2.0, tau=5.0, I=0.1)
    before = net.state
    plane = phase_plane(
        net, x=0.2, limits=((-2.2, 2.0), (-1.2, 1.0)), starts=[[0.3, -1.0], [1.0, 0.5]], duration=2.0, points=31
    )
    v, w = np.meshgrid(np.linspace(-2.2, 2.0, 31), np.linspace(-1.2, 1.0, 31))
    np.testing.assert_allclose(plane.F[..., 0], v - v**3 / 3 - w + 0.3, atol=1e-14)
    np.testing.assert_allclose(plane.F[..., 1], (v - 2 * w) / 5, atol=1e-14)
    assert np.abs(plane.F - plane.F.swapaxes(0, 1)).max() > 0.1  # rows are the second number
    np.testing.assert_array_equal(plane.limits, [[-2.2, 2.0], [-1.2, 1.0]])
    np.testing.assert_array_equal(plane.paths, paths(net, [[0.3, -1.0], [1.0, 0.5]], 2.0, 0.2))
    assert (plane.names, plane.units, plane.continuous) == (('v', 'w'), (None, None), True)
    rests = np.sort(np.roots([-1 / 3, 0.0, 0.5, 0.3]).real[np.isreal(np.roots([-1 / 3, 0.0, 0.5, 0.3]))])
    np.testing.assert_allclose([p.vector for p in plane.fixed_points], np.stack([rests, rests / 2], 1), atol=1e-9)
    assert all(np.array_equal(net.state[s], before[s]) for s in 'vw')


def test_fixed_points_outside_the_plane_do_not_belong_to_it():
    net = ratezoo.FitzHughNagumo(a=0.0, b=2.0, I=0.0)  # rests at v = 0 and v = ±√1.5
    assert len(phase_plane(net, points=5).fixed_points) == 3
    (only,) = phase_plane(net, limits=((-1.0, 1.0), (-1.0, 1.0)), points=5).fixed_points
    np.testing.assert_allclose(only.vector, 0.0, atol=1e-9)
    assert phase_plane(net, limits=((3.0, 4.0), (3.0, 4.0)), points=5).fixed_points == []


@pytest.mark.slow
def test_names_units_and_the_duration_of_a_phase_plane():
    one_state = ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]], beta=0.5, dt=0.1)
    plane = phase_plane(one_state, starts=[[0.5, -0.5]], points=5)
    assert plane.names == ('u', 'u')
    assert plane.paths.shape == (1, 61, 2)  # its example lasts 6
    assert all(p.vector.shape == (2,) for p in plane.fixed_points)
    discrete = TwoStates(1)
    discrete.units_of_states = {'I': 'nA'}
    plane = phase_plane(discrete, points=5)
    assert (plane.names, plane.units) == (('I', 'r'), ('nA', None))
    assert plane.paths.shape == (0, 1, 2)


def test_what_has_no_phase_plane():
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.net: .* got WilsonCowan with 2 of E, 2 of I'):
        phase_plane(ratezoo.WilsonCowan(2))
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.net: .* got SpikingPopulation\.'):
        phase_plane(ratezoo.SpikingPopulation(2, seed=0))
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.points'):
        phase_plane(ratezoo.WilsonCowan(), points=2)
    with pytest.raises(ratezoo.DivergedError, match='blew up'):
        phase_plane(ratezoo.FitzHughNagumo(), starts=[[1000.0, 0.0]], duration=10.0)


def test_a_landscape_is_the_energy_of_hopfields_equation():
    """E = −½ gᵀ W g + Σ ∫ artanh(s)/β ds − x·g at g = tanh(β u)."""
    W, x, beta = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.1, -0.3]), 1.5
    net = ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]], beta=beta, dt=0.1)
    net.set_params({'W': W})
    got = landscape(net, x, limits=((-1.0, 1.0), (-0.5, 2.0)), points=9)
    g = np.tanh(beta * np.stack(np.meshgrid(np.linspace(-1.0, 1.0, 9), np.linspace(-0.5, 2.0, 9)), -1))
    integral = (g * np.arctanh(g) + 0.5 * np.log(1 - g**2)).sum(-1) / beta
    expected = -0.5 * np.einsum('...i,ij,...j', g, W, g) + integral - g @ x
    np.testing.assert_allclose(got.E - got.E[4, 4], expected - expected[4, 4], atol=1e-12)
    assert np.ptp(expected) > 0.5
    assert got.name == 'u'
    for options, match in ((dict(points=1), r'landscape\.points'), (dict(limits=(1, -1)), r'landscape\.limits')):
        with pytest.raises(ratezoo.InvalidValueError, match=match):
            landscape(net, **options)
    with pytest.raises(ratezoo.InvalidValueError, match=r'landscape\.net: .* got SpikingPopulation with 0 units'):
        landscape(ratezoo.SpikingPopulation(2, seed=0))


@pytest.mark.slow
def test_a_reduction_holds_both_runs_and_leaves_the_time_step_alone():
    net = ratezoo.SpikingPopulation((30, 10), in_degree=(4, 1), weight=(1.0, -2.0), seed=0)
    x, dt = np.stack([np.linspace(4.0, 9.0, 300), np.full(300, 6.0)], 1), bm.get_dt()
    both = reduction(net, x, dt=0.05)
    assert bm.get_dt() == dt
    assert (both.sizes, both.dt) == ((30, 10), 0.05)
    assert both.spiking.mon['spike'].any()
    np.testing.assert_allclose(both.spiking.mon['ts'], 0.05 * np.arange(300))
    for run, name, n_in in ((net, 'rate', 2), (ratezoo.reduce(net, x[-1]), 'r', 2)):
        run.reset_state()
        runner = ratezoo.Runner(run, monitors=[name], dt=0.05, progress_bar=False)
        runner.run(inputs=x)
        got = (both.spiking if name == 'rate' else both.predicted).mon[name]
        assert got.shape == (300, n_in)
        np.testing.assert_allclose(got, runner.mon[name], atol=1e-12)
    bm.set_dt(dt)


def test_a_model_given_to_a_reduction_is_the_one_that_runs():
    net = ratezoo.SpikingPopulation(10, seed=0)
    model = ratezoo.SynapticRate(1, W=np.zeros((1, 1)), g='linear')
    mine = reduction(net, np.ones(50), model=model)
    assert np.array_equal(mine.predicted.mon['r'][-1], np.asarray(model.r.value))
    own_dt = ratezoo.SynapticRate(1, W=np.zeros((1, 1)), dt=0.5)
    for options, match in (
        (dict(model=own_dt), r'reduction\.model: expected .* time step 0\.1, got 0\.5'),
        (dict(dt=-1.0), r'reduction\.dt'),
    ):
        with pytest.raises(ratezoo.InvalidValueError, match=match):
            reduction(net, np.ones(5), **options)
    with pytest.raises(ratezoo.InvalidValueError, match=r'reduction\.population: expected a SpikingPopulation, got Sy'):
        reduction(model, np.ones(5))
    with pytest.raises(ratezoo.ShapeError, match=r'reduction\.x'):
        reduction(net, 1.0)

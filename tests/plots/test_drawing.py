"""Figures draw what was computed before: no plot runs a network, and all that they need can be handed over."""

import ast
import inspect
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers import TanhRNN
from layers import ROOT

import ratezoo
from ratezoo import analysis, plots
from ratezoo.curves import LIF
from ratezoo.errors import InvalidValueError
from ratezoo.plots.portraits import PORTRAITS

# Names of functions and methods that run a network, or evaluate its equations.
RUNS = {
    'run',
    'predict',
    'simulate',
    'update',
    'step',
    'relax',
    'settle',
    'F',
    'drift',
    'energy',
    'jacobian',
    'stability',
    'field',
    'fixed_points',
    'paths',
    'reduce',
    'sweep',
    'lyapunov_exponent',
    'gradient',
    'fit',
    'decide',
    'sample',
    'Runner',
    'DSRunner',
    'jit',
    'vmap',
    'scan',
}


def calls(source):
    """The names of all that is called in a source, without what stands before the last dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, 'attr', getattr(node.func, 'id', ''))


@pytest.mark.parametrize('path', sorted((ROOT / 'plots').rglob('*.py')), ids=lambda path: path.name)
def test_no_plot_calls_what_runs_a_network(path):
    assert RUNS.isdisjoint(calls(path.read_text(encoding='utf-8')))


@pytest.mark.parametrize(
    'line',
    [
        'runner.run(inputs=x)',
        'r = net.step(r, params, x)',
        'jax.vmap(f)(x)',
        'simulate(net, 10.)',
        'def f():\n    return Runner(net)',
    ],
)
def test_one_such_call_is_seen(line):
    assert not RUNS.isdisjoint(calls(f'from ratezoo import plots\n{line}\n'))


def drawings(rng):
    """Each function of `plots` with data that were computed before: name → a call that draws."""
    mon = {'r': rng.normal(size=(50, 3)), 'ts': np.arange(50.0)}
    spikes = {'spike': rng.random((50, 8)) > 0.8, 'ts': np.arange(50.0)}
    net = ratezoo.FitzHughNagumo(a=0.0, b=2.0, I=0.0)
    plane = analysis.phase_plane(net, starts=[[0.3, -1.0]], duration=5.0, points=21)
    energy = analysis.landscape(ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]]), points=21)
    population = ratezoo.SpikingPopulation(20, seed=0)
    reduction = analysis.reduction(population, np.full(50, 3.0))
    report = SimpleNamespace(
        rule='RTRL', loss=[2.0, 1.0], measured=[0, 1], cosine=[1.0, 1.0], relative_mse=0.5, seconds_per_step=1e-6
    )
    linear = ratezoo.LinearRNN(3)
    curve = {'name': 'p_w', 'xlabel': 'time t', 'x': [0.0, 1.0], 'yours': [1.0, 2.0], 'right': [1.0, 1.5]}
    run = ratezoo.simulate(linear, 5.0, 1.0)
    swept = analysis.Sweep({'P': np.arange(3.0)}, np.ones(3))
    return {
        'before_and_after': lambda: plots.before_and_after([1.0, 2.0], [3.0, 4.0], [5.0, 6.0]),
        'bifurcation': lambda: plots.bifurcation([0.0, 1.0], [0.0, 1.0]),
        'clouds': lambda: plots.clouds(rng.normal(size=(2, 9, 2))),
        'comparison': lambda: plots.comparison(SimpleNamespace(reports={'RTRL': report}, unit='step')),
        'differences': lambda: plots.differences([curve]),
        'errors': lambda: plots.errors([0.1, 1.0], {'one': [0.1, 1.0]}, [(1, 'one')]),
        'fi_curves': lambda: plots.fi_curves(LIF(), np.linspace(0.0, 3.0, 9)),
        'heatmap': lambda: plots.heatmap(mon, 'r'),
        'input_and_target': lambda: plots.input_and_target([1.0, 2.0], [3.0, 4.0]),
        'landscape': lambda: (plots.landscape(energy, runs=[mon['r'][:, :2]]), energy.plot()),
        'learning_curve': lambda: plots.learning_curve([2.0, 1.0]),
        'patterns': lambda: plots.patterns(rng.normal(size=(2, 2, 9))),
        'phase_plane': lambda: (plots.phase_plane(plane, runs=[mon['r'][:, :2]]), plane.plot()),
        'portrait': lambda: (plots.portrait(linear, run), plots.portrait(population, reduction)),
        'raster': lambda: plots.raster(spikes),
        'reduction': lambda: (plots.reduction(reduction), reduction.plot()),
        'spectrum': lambda: plots.spectrum(mon, 'r', entries=[0]),
        'sweep': lambda: plots.sweep(swept),
        'traces': lambda: plots.traces(mon, ['r'], entries=[1]),
        'trained': lambda: plots.trained([2.0, 1.0], mon['r'], mon['r']),
    }


@pytest.mark.slow
def test_no_plot_runs_anything_while_it_draws_prepared_data(rng, monkeypatch):
    draws = drawings(rng)
    assert set(draws) == set(plots.__all__)  # a new figure must stand here, too
    networks = ratezoo.FitzHughNagumo(), ratezoo.SpikingPopulation(20, seed=0), ratezoo.ContinuousHopfield(2)

    def refuse(*args, **kwargs):
        raise AssertionError('a plot ran a network')

    for owner, names in (
        (ratezoo.Runner, ('run', 'predict')),
        (ratezoo.SpikingPopulation, ('update', 'reset_state')),
        (ratezoo.RateModel, ('update', 'step', 'drift', 'relax', 'jacobian', 'compiled')),
        (analysis, ('phase_plane', 'landscape', 'reduction')),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, refuse)
    for draw in draws.values():
        draw()
        plt.close('all')
    for figure, net, options in (  # and the refusals above would be seen
        (plots.phase_plane, networks[0], {}),
        (plots.landscape, networks[2], {}),
        (plots.reduction, networks[1], {'x': np.ones(9)}),
    ):
        with pytest.raises(AssertionError, match='a plot ran a network'):
            figure(net, **options)


@pytest.mark.slow
def test_an_argument_for_a_network_is_refused_beside_prepared_data():
    plane = analysis.phase_plane(ratezoo.FitzHughNagumo(), points=5)
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.limits: expected none, because this PhasePlane'):
        plots.phase_plane(plane, limits=(-1, 1))
    energy = analysis.landscape(ratezoo.ContinuousHopfield(2), points=5)
    with pytest.raises(ratezoo.InvalidValueError, match=r'landscape\.points: .* Give it to `ratezoo\.analysis\.lands'):
        plots.landscape(energy, points=7)
    reduction = analysis.reduction(ratezoo.SpikingPopulation(5, seed=0), np.ones(9))
    with pytest.raises(ratezoo.InvalidValueError, match=r'reduction\.x: expected none, because this Reduction'):
        plots.reduction(reduction, np.ones(9))
    with pytest.raises(ratezoo.ShapeError, match=r'reduction\.x: expected an input over time'):
        plots.reduction(ratezoo.SpikingPopulation(5, seed=0))


def test_the_arguments_have_type_hints():
    for package in (plots, analysis):
        for name in package.__all__:
            value = getattr(package, name)
            functions = (
                [value]
                if inspect.isfunction(value)
                else [
                    f
                    for k, f in inspect.getmembers(value, inspect.isfunction)
                    if not k.startswith('_') and f.__module__.startswith('ratezoo')
                ]
            )
            for function in functions:
                if function.__module__ == 'ratezoo.analysis.sweeps':
                    continue
                signature = inspect.signature(function)
                assert signature.return_annotation is not inspect.Signature.empty, name
                bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name != 'self']
                assert not bare, (name, bare)


# ---- portraits -------------------------------------------------------------------------------------------------------


class TwoRates(ratezoo.RateModel):
    """Two states of one unit, and not a Circuit."""

    states = ('E', 'r')

    def F(self, r, params, x):
        return {'E': -r['E'] + x, 'r': r['E'] - r['r']}


class WithPlane(TwoRates):
    """The same, and it asks for a phase plane."""

    portrait = 'phase plane'


def labels(figure):
    return [ax.get_xlabel() for ax in figure.axes]


def test_a_model_says_what_its_portrait_is():
    def drawn(net):
        return labels(plots.portrait(net, ratezoo.simulate(net, 5.0, 0.1).mon))

    assert drawn(TwoRates(1, 1)) == ['', 'time $t$']
    assert drawn(WithPlane(1, 1)) == ['', 'time $t$', '$E$']
    assert drawn(WithPlane(2, 2)) == ['', 'time $t$']  # four numbers have no phase plane
    assert drawn(ratezoo.WilsonCowan()) == ['', 'time $t$ (ms)', '$E$']  # a Circuit of two numbers need not ask
    assert drawn(ratezoo.WilsonCowan(2)) == ['', 'time $t$ (ms)']
    mine = type('Mine', (ratezoo.CANN2D,), {})(16)  # a subclass has the portrait of its base
    run = ratezoo.simulate(mine, 5.0)
    assert labels(plots.portrait(mine, run, run.inputs)).count(r'$\theta_1$ (rad)') == 5 + 1
    TwoRates.portrait = 'sketch'
    try:
        with pytest.raises(ratezoo.UnknownNameError, match=r"TwoRates\.portrait: expected one of 'traces', .*'sketch'"):
            drawn(TwoRates(1, 1))
    finally:
        del TwoRates.portrait


def test_every_kind_that_a_model_names_is_drawn_and_no_other():
    from ratezoo.models import zoo

    assert {'traces', 'phase plane', *(zoo[name].portrait for name in zoo)} == set(PORTRAITS)
    assert TanhRNN.portrait == 'traces'


def test_spikes_are_drawn_from_a_reduction_or_from_a_new_one():
    net = ratezoo.SpikingPopulation((16, 4), seed=0)
    x = np.full((200, 2), 5.0)
    prepared = plots.portrait(net, analysis.reduction(net, x, dt=net.dt))
    run = ratezoo.simulate(net, inputs=x)
    asked = plots.portrait(net, run, x)
    for one, two in zip(prepared.axes, asked.axes, strict=True):
        assert len(one.lines) == len(two.lines) > 0
        for a, b in zip(one.lines, two.lines, strict=True):
            assert np.array_equal(a.get_xydata(), b.get_xydata())


def test_a_run_knows_its_inputs():
    net = TwoRates(1, 1)
    run = ratezoo.simulate(net, 5.0, 0.1)
    above = plots.portrait(net, run).axes[0]
    assert above.get_ylabel() == 'input $x$'
    assert np.array_equal(above.lines[0].get_ydata(), run.inputs[:, 0])
    assert plots.portrait(net, run.mon).axes[0].get_ylabel() == '$E$'


def test_of_a_batch_the_first_sample_is_drawn(rng):
    import brainpy.math as bm

    net = ratezoo.WilsonCowan(mode=bm.BatchingMode(3), seed=0)
    net.reset_state(3, r0={'E': rng.uniform(0, 0.3, (3, 1)), 'I': rng.uniform(0, 0.3, (3, 1))})
    run = ratezoo.simulate(net, 5.0, 0.0)
    assert run.mon['E'].shape == (3, 50, 1)
    figure = plots.portrait(net, run, run.inputs)
    assert figure.get_suptitle() == 'the first of 3 samples'
    drawn = [line.get_ydata() for ax in figure.axes for line in ax.lines]
    assert any(np.array_equal(y, run.mon['E'][0, :, 0]) for y in drawn)
    assert not any(np.array_equal(y, run.mon['E'][1, :, 0]) for y in drawn)


def test_triangles_point_to_the_rows_of_the_units_that_are_curves():
    net = ratezoo.RateRNN(1, 20, 1, seed=0)
    run = ratezoo.simulate(net, 10.0, 0.5)
    picture, curves = [ax for ax in plots.portrait(net, run, run.inputs).axes if ax.get_ylabel()][1:3]
    values = np.asarray(picture.collections[0].get_array()).reshape(20, -1)
    triangles = [line for line in picture.lines if line.get_marker() == '<']
    assert len(triangles) == len(curves.lines) == 3
    for triangle, curve in zip(triangles, curves.lines, strict=True):
        assert triangle.get_color() == curve.get_color()
        assert np.allclose(values[int(triangle.get_ydata()[0])], curve.get_ydata())


def test_a_sweep_is_a_curve_or_a_map():
    x, y = np.array([0.0, 1.0, 2.0]), np.array([5.0, 6.0])
    one = ratezoo.analysis.Sweep({'P': x}, np.array([[1.0], [2.0], [4.0]])).plot('maximum')
    assert one.lines[0].get_ydata().tolist() == [1.0, 2.0, 4.0]
    assert (one.get_xlabel(), one.get_ylabel()) == ('$P$', 'maximum')
    two = ratezoo.analysis.Sweep({'P': x, 'w_EE': y}, np.arange(6.0).reshape(3, 2, 1)).plot()
    assert np.array_equal(np.ravel(two.collections[0].get_array()), [0, 2, 4, 1, 3, 5])  # rows are the second constant
    with pytest.raises(ratezoo.ShapeError, match='one constant and a measure of at most 8 numbers, or two'):
        ratezoo.analysis.Sweep({'P': x, 'w_EE': y}, np.zeros((3, 2, 4))).plot()
    with pytest.raises(ratezoo.ShapeError, match='got a, b, c'):
        ratezoo.analysis.Sweep({'a': x, 'b': x, 'c': y}, np.zeros((3, 3, 2))).plot()


def test_a_picture_of_differences_shades_curves_and_compares_single_numbers_on_a_diagonal():
    line = {'name': 'p_w', 'xlabel': 'time t', 'x': [0.1, 0.2], 'yours': [1.0, 2.0], 'right': [1.0, 1.5]}
    numbers = {'name': 'dw', 'xlabel': 'right value', 'x': [3.0, -1.0], 'yours': [3.0, -1.0], 'right': [3.0, -1.0]}
    figure = plots.differences([line, numbers])
    first, second = figure.axes
    assert (first.get_ylabel(), first.get_title()) == ('$p_{w}$', 'largest difference: 0.5')
    right, yours = first.lines
    assert np.array_equal(right.get_ydata(), line['right'])
    assert np.array_equal(yours.get_ydata(), line['yours'])
    diagonal, points = second.lines
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    assert np.array_equal(points.get_xydata(), [[3, 3], [-1, -1]])
    assert points.get_linestyle() == 'None'
    assert second.get_title() == 'no difference'
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ['difference', 'right', 'yours']
    with pytest.raises(InvalidValueError, match='expected at least one curve, got none'):
        plots.differences([])

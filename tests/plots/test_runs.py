"""Figures: what they draw, what they are drawn on, and what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import ratezoo
from ratezoo import plots
from ratezoo.plots.style import symbol

MON = {'r': np.arange(12.0).reshape(4, 3), 'p_w': np.ones((4, 3, 3, 3)), 'v': np.arange(4.0), 'ts': np.arange(4) * 0.1}


@pytest.fixture(autouse=True)
def _never_shows(monkeypatch):
    monkeypatch.setattr(plt, 'show', lambda *a, **k: pytest.fail('a plot called show'))


def texts(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_one_variable_on_one_axes_with_units_and_a_legend():
    ax = plots.traces(MON, 'r', entries=[0, 2], time_unit='ms', y_unit='Hz')
    assert isinstance(ax, Axes)
    assert ax.get_xlabel() == 'time $t$ (ms)'
    assert ax.get_ylabel() == '$r$ (Hz)'
    assert texts(ax) == ['$r$[0]', '$r$[2]']
    assert np.array_equal(ax.lines[1].get_ydata(), MON['r'][:, 2])
    assert np.array_equal(ax.lines[1].get_xdata(), MON['ts'])


def test_several_variables_one_below_the_other():
    figure = plots.traces(MON, ['r', 'p_w', 'v'])
    assert isinstance(figure, Figure)
    assert [ax.get_ylabel() for ax in figure.axes] == ['$r$', '$p_{w}$', 'v' if symbol('v') == 'v' else '$v$']
    assert [ax.get_xlabel() for ax in figure.axes] == ['', '', 'time $t$']
    assert [len(ax.lines) for ax in figure.axes] == [3, 8, 1]
    assert '8 of 27 entries' in figure.axes[1].get_title(loc='left')  # and says that it left some out
    assert figure.axes[2].get_legend() is None  # one curve needs none
    assert len(plots.traces(MON).axes) == 3  # by default everything


def test_few_curves_differ_in_their_style_and_many_are_labelled_at_their_ends():
    values = np.arange(40.0).reshape(5, 8) ** 1.5
    few, many = (plots.traces({'r': values[:, :n], 'ts': np.arange(5)}, 'r') for n in (4, 8))
    assert [one.get_linestyle() for one in few.lines] == ['-', '--', '-.', ':']
    assert {one.get_linestyle() for one in many.lines} == {'-'}
    assert many.get_legend() is None
    by_label = {t.get_text(): t for t in many.texts}
    assert set(by_label) == {f'$r$[{k}]' for k in range(8)}
    heights = [by_label[f'$r$[{k}]'].get_position()[1] for k in range(8)]
    assert np.diff(heights).min() > 0.09  # in the order of the curves, and not on each other
    assert all(by_label[f'$r$[{k}]'].get_color() == many.lines[k].get_color() for k in range(8))


def test_one_curve_is_named_by_its_axis_and_no_two_curves_look_alike():
    values = np.random.default_rng(0).normal(size=(5, 20))
    mon = {'r': values, 'p_W': values.reshape(5, 4, 5), 'ts': np.arange(5)}
    assert plots.traces(mon, 'p_W', entries=[(1, 2)]).get_ylabel() == '$p_{W}$[1,2]'
    assert plots.traces(mon, 'r', entries=[3], y_unit='Hz').get_ylabel() == '$r$[3] (Hz)'
    ax = plots.traces(mon, 'r', entries=range(20))
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 20
    assert len({line.get_color() for line in plots.traces(mon, 'r').lines}) == 8


def test_entries_of_a_matrix_by_index():
    ax = plots.traces(MON, 'p_w', entries=[(0, 1, 2), [0, 1, 1]])
    assert texts(ax) == ['$p_{w}$[0,1,2]', '$p_{w}$[0,1,1]']


def test_a_number_is_an_entry_where_it_tells_which_one_is_meant():
    assert texts(plots.traces(MON, 'r', entries=np.array([2, 0]))) == ['$r$[2]', '$r$[0]']
    assert np.array_equal(plots.traces(MON, 'r', entries=1).lines[0].get_ydata(), MON['r'][:, 1])
    row = {'p_w': np.arange(6.0).reshape(2, 1, 3)}
    assert np.array_equal(plots.traces(row, 'p_w', entries=[2]).lines[0].get_ydata(), [2.0, 5.0])
    assert len(plots.traces({'p_w': np.ones((4, 1, 1, 1))}, 'p_w', entries=[0]).lines) == 1


def test_on_given_axes():
    figure, axes = plt.subplots(1, 3)
    assert plots.traces(MON, 'r', ax=axes[0]) is axes[0]
    assert plots.traces(MON, ['r', 'v'], ax=axes[1:]) is figure
    assert [len(ax.lines) for ax in axes] == [3, 3, 1]
    for draw in (
        lambda ax: plots.input_and_target([1, 2], [3, 4], ax=ax),
        lambda ax: plots.before_and_after([1, 2], [3, 4], [5, 6], ax=ax),
        lambda ax: plots.learning_curve([3.0, 1.0], ax=ax),
    ):
        assert draw(axes[0]) is axes[0]


def test_a_runner_and_a_history_are_taken_as_they_are():
    class Net(ratezoo.RTRL, ratezoo.LinearRNN):
        pass

    x, y = ratezoo.tasks.homework_sequence()
    net = Net()
    runner = ratezoo.Runner(net, monitors=['r', 'p_w'], progress_bar=False)
    runner.run(inputs=x)
    assert len(plots.traces(runner).axes) == 2
    history = net.fit(x, y, 3, r0=y[0], progress=False)
    ax = history.plot()
    assert np.array_equal(ax.lines[0].get_ydata(), history.loss)
    assert ax.get_xlabel() == 'epoch'
    assert ax.get_yscale() == 'linear'
    assert plots.learning_curve([10.0, 0.5]).get_yscale() == 'log'


def test_before_and_after_shows_all_three():
    ax = plots.before_and_after([1.0, 2.0], [[3.0], [4.0]], [5.0, 6.0])
    assert texts(ax) == ['target $y$', 'output before training', 'output after training']
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 2], [3, 4], [5, 6]]
    assert len({line.get_marker() for line in ax.lines}) == 3  # readable without colour


def test_outputs_may_begin_with_the_state_before_the_first_step():
    ax = plots.before_and_after([1.0, 2.0], [9.0, 3.0, 4.0], [5.0, 6.0], dt=0.5)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[0.5, 1.0], [0.0, 0.5, 1.0], [0.5, 1.0]]
    assert ax.get_xlabel() == 'time $t$'
    assert plots.input_and_target([1, 2], [3, 4], dt=0.5).lines[0].get_xdata().tolist() == [0.5, 1.0]
    with pytest.raises(ratezoo.ShapeError, match=r'expected outputs of 2 numbers like the target.*got 4'):
        plots.before_and_after([1.0, 2.0], np.ones(4), [5.0, 6.0])


def test_curves_of_several_rules_share_one_axes():
    ax = plots.learning_curve([3.0, 1.0], label='RTRL')
    plots.learning_curve([4.0, 2.0], label='UORO', ax=ax)
    assert texts(ax) == ['RTRL', 'UORO']
    assert ax.lines[0].get_color() != ax.lines[1].get_color()


def test_symbols():
    assert [symbol(n) for n in ('r', 'p_w', 'pw', 'p_W_in', 'E.V', 'spike', 'theta')] == [
        '$r$',
        '$p_{w}$',
        '$p_{w}$',
        '$p_{W_in}$',
        '$V$',
        'spike',
        'theta',
    ]


@pytest.mark.parametrize(
    ('what', 'error', 'message'),
    [
        (lambda: plots.traces(MON, 'q'), ratezoo.UnknownNameError, r"'q' was not monitored\. There are: r, p_w, v"),
        (lambda: plots.traces({'ts': np.arange(3)}), ratezoo.UnknownNameError, r'nothing was monitored'),
        (
            lambda: plots.traces(MON, 'p_w', entries=(0, 1, 2)),
            ratezoo.ShapeError,
            r'expected index tuples for p_w, .*\(3, 3, 3\), got \(0, 1, 2\)\. Write entries=\[\(0, 1, 2\)\]',
        ),
        (lambda: plots.traces(MON, 'p_w', entries=[0, 1]), ratezoo.ShapeError, r'Write entries=\[\(2, 2, 2\)\] for'),
        (lambda: plots.traces(MON, 'r', entries='0'), ratezoo.ShapeError, r"'0' is not an entry of r"),
        (
            lambda: plots.traces(ratezoo.WilsonCowan()),
            ratezoo.ArgumentError,
            r'got a value of type WilsonCowan\. Record',
        ),
        (lambda: plots.traces(np.ones((4, 3))), ratezoo.ArgumentError, r'traces\.run: expected a run.*ndarray'),
        (lambda: plots.heatmap(ratezoo.WilsonCowan, 'E'), ratezoo.ArgumentError, r'heatmap\.run: .*the class Wilson'),
        (
            lambda: plots.traces(MON, 'r', ax=plt.figure()),
            ratezoo.ArgumentError,
            r'ax: expected a matplotlib Axes.*Figure',
        ),
        (
            lambda: plots.traces(MON, ['r', 'v'], ax=[1, 2]),
            ratezoo.ArgumentError,
            r'ax: expected a matplotlib Axes.*int',
        ),
        (
            lambda: plots.learning_curve(ratezoo.LinearRNN()),
            ratezoo.ShapeError,
            r'the History that fit returns.*LinearRNN',
        ),
        (lambda: plots.fi_curves(np.ones(3), np.ones(3)), ratezoo.ArgumentError, r'fi_curves\.curves: .* come second'),
        (lambda: plots.comparison([1.0]), ratezoo.ArgumentError, r'expected what ratezoo\.compare returns'),
        (lambda: plots.errors([1.0], [1.0]), ratezoo.ArgumentError, r'errors\.curves: expected a dict'),
        (lambda: plots.portrait(ratezoo.WilsonCowan(), np.ones(3)), ratezoo.ArgumentError, r'portrait\.run: expected'),
        (lambda: plots.learning_curve(3.0), ratezoo.ShapeError, r'learning_curve\.history: .*got shape \(\)'),
        (
            lambda: plots.portrait(MON, ratezoo.WilsonCowan()),
            ratezoo.ArgumentError,
            r'portrait\.net: expected a network',
        ),
        (
            lambda: plots.traces(MON, 'r', entries=[3]),
            ratezoo.ShapeError,
            r'traces\.entries: 3 is not an entry of r, whose shape is \(3,\)',
        ),
        (lambda: plots.traces(MON, ['r', 'v'], ax=plt.gca()), ratezoo.ShapeError, r'expected 2 axes'),
        (lambda: plots.traces({**MON, 'r': np.ones((2, 4, 3))}, 'r'), ratezoo.ShapeError, r'expected 4 time steps'),
    ],
)
def test_bad_input_gets_one_clear_error(what, error, message):
    with pytest.raises(error, match=message):
        what()

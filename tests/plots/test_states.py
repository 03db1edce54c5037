"""Pictures of states: what they draw, and what they refuse."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import ratezoo
from ratezoo import plots


def test_a_landscape_is_the_energy_and_its_runs(rng):
    net = ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]], seed=0)
    path = np.cumsum(0.1 * rng.normal(size=(20, 2)), 0)
    ax = plots.landscape(net, runs=[path], limits=(-1, 1), points=11)
    assert isinstance(ax, Axes)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$u_1$', '$u_2$')
    assert np.array_equal(ax.lines[0].get_xydata(), path)
    assert np.array_equal(ax.lines[2].get_xydata()[0], path[-1])
    bar = ax.figure.axes[1]
    assert bar.get_ylabel() == 'energy $E$'
    lowest = min(
        float(net.energy(np.array([a, b]), net.params_dict(), 0.0))
        for a in np.linspace(-1, 1, 11)
        for b in np.linspace(-1, 1, 11)
    )
    assert np.isclose(ax.collections[0].get_clim()[0], lowest, atol=0.05)
    with pytest.raises(ratezoo.InvalidValueError, match=r'landscape\.net: expected a network of two units'):
        plots.landscape(ratezoo.RateRNN(1, 2, 1))
    with pytest.raises(ratezoo.InvalidValueError, match='with 3 units'):
        plots.landscape(ratezoo.ContinuousHopfield(3))
    with pytest.raises(ratezoo.ShapeError, match=r'landscape\.runs'):
        plots.landscape(net, runs=[path[:, :1]])


def test_a_heatmap_is_units_over_time(rng):
    mon = {'u': rng.random((30, 8)), 'ts': 0.5 * np.arange(30)}
    places = np.linspace(-3, 3, 8)
    line = np.concatenate([np.linspace(-3, 3, 15), np.linspace(-3, 3, 15)])
    ax = plots.heatmap(mon, 'u', places, line, 'cue', 'ms', 'angle (rad)')
    assert ax.get_xlabel() == 'time $t$ (ms)'
    assert ax.get_ylabel() == 'angle (rad)'
    assert np.array_equal(ax.collections[0].get_array().reshape(8, 30), mon['u'].T)
    drawn = ax.lines[0].get_ydata()
    assert np.isnan(drawn[15])  # broken where it wraps around
    assert np.array_equal(np.delete(drawn, 15), np.delete(line, 15))
    assert ax.get_legend().get_texts()[0].get_text() == 'cue'
    signed = plots.heatmap({'u': np.array([[-1.0, 0.5], [0.0, 3.0]])}, 'u')
    assert signed.collections[0].get_clim() == (-3.0, 3.0)  # zero is in the middle, and there is one scale
    assert signed.collections[0].norm(0.5) - 0.5 == pytest.approx(0.5 / 6)
    signed.figure.canvas.draw()
    bar, box = (one.get_position() for one in (signed.collections[0].colorbar.ax, signed))
    assert 0 < bar.x0 - box.x1 < 0.05  # the bar is next to its axes
    with pytest.raises(ratezoo.UnknownNameError, match=r'heatmap\.variable'):
        plots.heatmap(mon, 'v')
    with pytest.raises(ratezoo.ShapeError, match=r'heatmap\.ts'):
        plots.heatmap(mon, 'ts')


def test_patterns_in_rows(rng):
    rows = rng.choice([-1.0, 1.0], (2, 3, 16))
    figure = plots.patterns(rows, titles=['a', 'b', 'c'], labels=['cue', 'recall'])
    assert isinstance(figure, Figure)
    assert len(figure.axes) == 6
    assert np.array_equal(figure.axes[4].images[0].get_array(), rows[1, 1].reshape(4, 4))
    assert [ax.get_ylabel() for ax in figure.axes[::3]] == ['cue', 'recall']
    assert plots.patterns(rows[0], shape=(2, 8)).axes[0].images[0].get_array().shape == (2, 8)
    with pytest.raises(ratezoo.ShapeError, match=r'patterns\.rows'):
        plots.patterns(rows, shape=(3, 5))


def test_clouds_over_time(rng):
    states = rng.normal(size=(3, 50, 2))
    figure = plots.clouds(states, ['start', 'middle', 'end'], data=states[0], limit=2.0)
    assert [ax.get_title() for ax in figure.axes] == ['start', 'middle', 'end']
    assert np.array_equal(figure.axes[2].lines[1].get_xydata(), states[2])
    assert figure.axes[1].get_xlim() == (-2, 2)
    with pytest.raises(ratezoo.ShapeError, match=r'clouds\.states'):
        plots.clouds(states[..., :1])


def test_errors_with_slopes():
    lam = np.geomspace(0.01, 1, 5)
    ax = plots.errors(lam, {'one': 3 * lam, 'two': lam**2}, [(2, 'two')])
    assert ax.get_xscale() == ax.get_yscale() == 'log'
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ['one', 'two']
    x, y = ax.lines[2].get_data()
    assert np.isclose(np.diff(np.log(y)) / np.diff(np.log(x)), 2)
    with pytest.raises(ratezoo.ShapeError, match=r'errors\.one'):
        plots.errors(lam, {'one': lam[1:]})

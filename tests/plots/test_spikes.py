"""Rasters show every spike of the neurons drawn; a reduction shows both models on one axis of time."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import ratezoo
from ratezoo.models.reduction import reduce
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.plots.spikes import raster, reduction


def dots(ax):
    return np.concatenate([line.get_xydata() for line in ax.lines])


def test_a_raster_has_a_dot_for_each_spike():
    net = SpikingPopulation((30, 10), seed=0)
    runner = ratezoo.Runner(net, monitors=['spike'], dt=0.1, progress_bar=False)
    runner.run(inputs=np.full(400, 4.0))
    ax = raster(runner)
    t, unit = np.nonzero(runner.mon.spike)
    assert len(t) > 40
    assert {tuple(d) for d in dots(ax).round(6)} == set(zip((t * 0.1).round(6), unit + 1.0, strict=True))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('time $t$ (ms)', 'neuron')
    assert [text.get_text() for text in ax.texts] == ['E', 'I']
    assert dots(ax)[-1, 1] > 30  # the second group lies above the first
    given = plt.figure().subplots()
    assert raster(runner.mon, ax=given) is given  # the same spikes, groups not known
    assert len(given.lines) == 1
    assert len(dots(given)) == len(t)


def test_of_many_neurons_a_raster_draws_some():
    spikes = np.zeros((5, 1000), bool)
    spikes[2] = True
    ax = raster({'spike': spikes}, neurons=50, time_unit=None)
    assert len(dots(ax)) == 50
    assert ax.get_title('left') == '50 of 1000 neurons'
    assert ax.get_xlabel() == 'time $t$'


@pytest.mark.slow
def test_a_reduction_shows_both_models():
    net = SpikingPopulation(
        (80, 20),
        in_degree=(8, 2),
        weight=(1.0, -5.0),
        seed=0,
        poisson_rate=10.0,
        poisson_sources=300,
        poisson_weight=0.5,
    )
    x = np.full(600, 1.0)
    fig = reduction(net, x)
    above, top, middle, bottom = fig.axes
    assert all(np.array_equal(one.get_ydata(), x) for one in above.lines)
    assert '(nA)' in above.get_ylabel()
    assert len(dots(top)) > 50
    model = reduce(net, 1.0)
    runner = ratezoo.Runner(model, monitors=['I', 'r'], dt=0.1, progress_bar=False)
    runner.run(inputs=np.ones((600, 2)))
    for ax, name, unit in ((middle, 'I', 'nA'), (bottom, 'r', 'Hz')):
        drawn = [line.get_ydata() for line in ax.lines if line.get_color() == 'black']
        assert np.allclose(np.array(drawn).T, runner.mon[name])
        assert f'({unit})' in ax.get_ylabel()
        assert np.allclose(ax.lines[0].get_xdata(), runner.mon.ts)
    assert bottom.get_xlim() == top.get_xlim()
    again = reduction(net, np.tile([1.0, 1.0], (600, 1)), model=model, fig=plt.figure())
    assert np.array_equal(again.axes[3].lines[0].get_ydata(), bottom.lines[0].get_ydata())


def test_what_cannot_be_drawn_is_named():
    with pytest.raises(ratezoo.UnknownNameError, match=r"raster\.variable: 'spike' was not monitored"):
        raster({'V': np.zeros((5, 3))})
    with pytest.raises(ratezoo.ShapeError, match=r'raster\.spike: expected shape \(5, n\)'):
        raster({'spike': np.zeros(5), 'ts': np.arange(5)})
    with pytest.raises(ratezoo.ShapeError, match=r'raster\.sizes: expected numbers that add up to 3'):
        raster({'spike': np.zeros((5, 3))}, sizes=(2, 2))
    with pytest.raises(ratezoo.ShapeError, match=r'reduction\.x: expected an input over time'):
        reduction(SpikingPopulation(3, seed=0), 1.0)
    with pytest.raises(ratezoo.ShapeError, match=r'reduction\.x'):
        reduction(SpikingPopulation(3, seed=0), np.zeros((5, 3)))

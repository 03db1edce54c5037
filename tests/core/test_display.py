"""What results show of themselves: a few lines, the numbers in them right, and a picture in notebooks."""

import brainpy.math as bm
import jax
import numpy as np
import pytest
from helpers import DiscreteRNN, TwoStates

import ratezoo
from ratezoo.models import zoo


class Uneven(ratezoo.Circuit):
    """Two states of different sizes."""

    states = ('a', 'b')

    def __init__(self):
        ratezoo.RateModel.__init__(self, {'a': 2, 'b': 3})

    def F(self, s, params, x):
        return {k: -v for k, v in s.items()}


class Leak(ratezoo.Circuit):
    """dr/dt = −r/τ + x: the fixed point is τ x, the eigenvalue −1/τ."""

    tau = ratezoo.Constant(4.0, 'time constant', positive=True)

    def F(self, r, params, x):
        return -r / self.tau + x


def test_a_fixed_point_and_its_stability():
    net = Leak(2)
    point = net.relax(np.array([1.0, 0.5]), solver='newton')
    assert '[4., 2.]' in repr(point)
    assert 'settled: True' in repr(point)
    assert repr(net.stability(point.r, np.zeros(2))) == 'Stability(stable; eigenvalues -0.25, -0.25)'
    slow = net.relax(np.array([1.0, 0.5]), max_steps=3)
    assert 'settled: False' in repr(slow)
    assert '3 steps' in repr(slow)
    jax.jit(lambda p: repr(p) and p)(point)  # a traced one has no numbers to show


def test_a_network():
    assert repr(Leak(2)) == 'Leak(2 units, state r)'
    assert repr(Leak(noise=dict(sigma=0.1, tau=1.0))) == 'Leak(1 unit, state r)'  # the noise is left out
    assert repr(ratezoo.WilsonCowan(3)) == 'WilsonCowan(3 units, states E, I)'
    assert repr(TwoStates(2)) == 'TwoStates(2 units, states I, r; parameters W (2, 2))'
    assert repr(DiscreteRNN(3)) == 'DiscreteRNN(3 units, state r; parameters W (3, 3))'
    net = type('Net', (ratezoo.RTRL, ratezoo.LinearRNN), {})(2, mode=bm.BatchingMode(4))
    assert repr(net) == 'Net(2 units, state r, batch of 4; parameters w (2, 2), b (2,))'
    net.reset_state(7)
    net.update(np.ones((7, 2)))
    assert 'batch of 7' in repr(net)
    assert repr(Uneven()) == 'Uneven(states a (2), b (3))'
    assert repr(ratezoo.SpikingPopulation((8, 2))) == 'SpikingPopulation(8 + 2 neurons)'
    assert repr(ratezoo.RateModel.__new__(Leak)) == 'Leak(not finished)'


@pytest.mark.parametrize('name', sorted(zoo))
def test_every_network_is_a_line(name):
    net = zoo[name]()
    assert repr(net).startswith(f'{name}(')
    assert '\n' not in repr(net)
    assert len(repr(net)) < 200


def test_a_network_in_a_notebook_shows_its_constants():
    page = Leak(2, tau=3.0)._repr_html_()
    assert '<code>Leak(2 units, state r)</code>' in page
    assert [cell in page for cell in ('>tau<', '>3.<', '>time constant<')] == [True] * 3
    assert '<table>' not in TwoStates(2)._repr_html_()  # it has no constants


def test_a_run_and_a_sweep():
    run = ratezoo.simulate(Leak(2, dt=0.5), 40.0, 1.0)
    assert repr(run) == f'Run(80 times from 0 to 39.5; r (80, 2) from {run.mon.r.min():.4g} to {run.mon.r.max():.4g})'
    assert '\n' not in repr(ratezoo.simulate(Leak(), inputs=np.ones((3, 1))))
    sweep = ratezoo.sweep(Leak, {'tau': [1.0, 2.0]}, x=np.ones(1), duration=50.0, measure='final')
    assert repr(sweep).startswith('Sweep(axes: tau [1., 2.]; values: ')
    assert len(repr(sweep)) < 120


@pytest.mark.slow
def test_a_history_and_a_comparison_have_a_picture():
    net = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 3, 1, seed=0)
    x, y = np.zeros((5, 2)), np.ones((5, 1))
    history = net.fit(x, y, 2, progress=False)
    comparison = ratezoo.compare(
        ['BPTT'], ratezoo.RateRNN, x, y, settings=dict(n_in=2, n=3, n_out=1), updates=2, progress=False
    )
    assert repr(comparison).startswith('Comparison on RateRNN\n')
    assert comparison.table() in repr(comparison)
    for result in (history, comparison):
        page = result._repr_html_()
        assert 'src="data:image/png;base64,iVBOR' in page
        assert len(page) < 100_000

"""What results show of themselves: a few lines, the numbers in them right, and a picture in notebooks."""

import jax
import numpy as np
import pytest

import ratezoo


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


def test_a_run_and_a_sweep():
    run = ratezoo.simulate(Leak(2, dt=0.5), 40.0, 1.0)
    assert repr(run) == f'Run(80 times from 0 to 39.5; r (80, 2) from {run.mon.r.min():.4g} to {run.mon.r.max():.4g})'
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

"""What the papers say about the models of models/spiking.py."""

import numpy as np

import ratezoo
from claims.base import claim


@claim(
    'SpikingPopulation',
    'rate at 3 nA, Hz',
    1000 / (2 + 20 * np.log(2)),
    0.63,
    'closed form (Dayan & Abbott 2001, 5.11)',
)
def firing():
    net = ratezoo.SpikingPopulation(200, seed=0)
    return ratezoo.simulate(net, 1000.0, 3.0, monitors=['rate'], transient=200.0).mon['rate'].mean()


@claim(
    'SpikingPopulation',
    'largest error of a filtered spike train, as a share of its largest value',
    0.0,
    1e-3,
    'convolution with K(t) = e^(−t/τ_s)/τ_s (Dayan & Abbott 2001, sec. 7.2)',
)
def filtered():
    net = ratezoo.SpikingPopulation((1, 1), W=[[0.0, 0.0], [1.0, 0.0]], seed=0)
    mon = ratezoo.simulate(net, inputs=np.tile([3.0, 0.0], (2000, 1)), monitors=['spike', 'I_syn']).mon
    train, kernel = np.asarray(mon['spike'])[:, 0], np.exp(-0.1 * np.arange(2000) / 5) / 5
    expected = np.convolve(train, kernel)[:2000]
    return np.abs(np.asarray(mon['I_syn'])[:, 1] - expected).max() / expected.max()

"""What the portrait of models/spiking.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


@shows('SpikingPopulation')
def spikes_and_the_rate_model(fig, net, run):
    (above,) = axes_labelled(fig, 'input $x$ (nA)')
    assert np.array_equal(above.lines[0].get_ydata(), run.inputs[:, 0])
    (raster,) = axes_labelled(fig, 'neuron')
    assert len(raster.lines[0].get_xdata()) > 1000
    (rates,) = axes_labelled(fig, 'rate $r$ (Hz)')
    population, model = (one.get_ydata() for one in rates.lines)
    t = rates.lines[0].get_xdata()
    for first, last in ((60, 95), (160, 195), (260, 295)):
        when = (t > first) & (t < last)
        assert abs(population[when].mean() / model[when].mean() - 1) < 0.1
    during, before = (t > 160) & (t < 195), (t > 60) & (t < 95)
    assert model[during].mean() > 1.1 * model[before].mean()  # the pulse raises the rate
    (currents,) = axes_labelled(fig, 'current $I$ (nA)')
    assert {one.get_label() for one in currents.lines} == {'one neuron', 'mean', 'rate model'}

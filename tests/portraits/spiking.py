"""What the portrait of models/spiking.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


@shows('SpikingPopulation')
def spikes_and_the_rate_model(fig, net, run):
    (above,) = axes_labelled(fig, 'input $x$ (nA)')
    assert np.array_equal(above.lines[0].get_ydata(), run.inputs[:, 0])
    (raster,) = axes_labelled(fig, 'neuron')
    times, neurons = raster.lines[0].get_xydata().T
    assert set(neurons) <= set(range(1, 201))  # 200 of the 2000 neurons,
    assert len(set(neurons)) > 150
    (rates,) = axes_labelled(fig, 'rate $r$ (Hz)')
    population, model = (one.get_ydata() for one in rates.lines)
    t = rates.lines[0].get_xdata()
    (currents,) = axes_labelled(fig, 'current $I$ (nA)')
    I = {one.get_label(): one.get_ydata() for one in currents.lines}
    assert set(I) == {'one neuron', 'mean', 'rate model'}
    for first, last in ((60, 95), (160, 195), (260, 295)):
        when = (t > first) & (t < last)
        assert abs(population[when].mean() / model[when].mean() - 1) < 0.1
        spikes = np.sum((times > first) & (times < last))  # of 200 neurons in 35 ms
        assert abs(spikes / 200 / 0.035 / population[when].mean() - 1) < 0.2
        assert abs(I['mean'][when].mean() / I['rate model'][when].mean() - 1) < 0.1
        assert abs(I['one neuron'][when].mean() / I['mean'][when].mean() - 1) < 0.3
    own = np.asarray(run.mon['I_syn'] + run.mon['I_ext']).mean(
        1
    )  # the current of this run, whose synapses are the same
    assert abs(own.mean() / I['mean'].mean() - 1) < 0.05
    during, before = (t > 160) & (t < 195), (t > 60) & (t < 95)
    assert model[during].mean() > 1.1 * model[before].mean()  # the pulse raises the rate

"""What the portraits of models/ei.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


@shows('EIRateRNN')
def balance(fig, net, run):
    n, excitatory = net.n, int((np.asarray(net.sign) > 0).sum())
    assert np.array_equal(axes_labelled(fig, 'input $x$')[0].lines[0].get_ydata(), run.inputs[:, 0])
    r = np.maximum(np.asarray(run.mon['I'], float), 0)
    rates = axes_labelled(fig, 'rate $r$')[0]
    means = {line.get_label(): line for line in rates.lines if line.get_label().startswith('mean')}
    E, I = means['mean of E'], means['mean of I']
    assert np.allclose(E.get_ydata(), r[:, :excitatory].mean(1), atol=1e-6)
    assert np.allclose(I.get_ydata(), r[:, excitatory:].mean(1), atol=1e-6)
    assert E.get_color() != I.get_color()
    W = np.asarray(net.W.value, float) * (1 - np.eye(n)) * np.where(np.arange(n) < excitatory, 1, -1)
    image = axes_labelled(fig, "Dale's law")[0].images[0]
    assert np.allclose(image.get_array(), W)
    red, blue = image.get_cmap()(image.norm(W[1, 0])), image.get_cmap()(image.norm(W[0, -1]))
    assert red[0] >= red[2]
    assert blue[2] >= blue[0]
    currents = {line.get_label(): line.get_ydata() for line in axes_labelled(fig, 'mean recurrent current')[0].lines}
    assert np.all(currents['from E'] >= 0)
    assert np.all(currents['from I'] <= 0)
    assert np.allclose(currents['sum'], (r @ W.T).mean(1), atol=1e-5)
    output = axes_labelled(fig, 'output: read from the excitatory')[0].lines[0].get_ydata()
    assert np.allclose(output, r[:, :excitatory] @ np.asarray(net.W_out.value, float)[0, :excitatory], atol=1e-5)

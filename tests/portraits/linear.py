"""What the portraits of models/linear.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def curve(ax, label):
    """x and y of the curve with this label."""
    return next(line for line in ax.lines if line.get_label() == label).get_xydata().T


@shows('LinearRNN')
def homework(fig, net, run):
    axes_labelled(fig, 'input $x$')
    rate, traces, products = (axes_labelled(fig, label)[0] for label in ('the rate starts', 'traces', 'error times'))
    t, r = curve(rate, 'rate $r$')
    assert np.allclose(t, 0.1 * np.arange(11))  # one axis of time, from the state before the first step
    assert np.allclose(r[1:], np.ravel(run.mon['r']))
    assert np.allclose(r[0], np.e)
    _, y = curve(rate, 'target $y$')
    assert np.allclose(y, np.exp(1 - np.arange(10) / 9))
    p_w, p_b = [0.0], [0.0]
    for k in range(10):  # Euler's method for dp_w/dt = (w − 1) p_w + r and dp_b/dt = (w − 1) p_b + 1, at w = 1
        p_w.append(p_w[-1] + 0.1 * r[k])
        p_b.append(p_b[-1] + 0.1)
    for label, p in (('$p_{w}$', p_w), ('$p_{b}$', p_b)):
        at, drawn = curve(traces, label)
        assert np.array_equal(at, t)
        assert drawn[0] == 0.0
        assert np.allclose(drawn, p, rtol=1e-5)
    assert np.allclose(curve(products, '$(r - y)\\,p_w$')[1], (r[1:] - y) * p_w[1:], rtol=1e-4)
    low, high = traces.get_xlim()
    assert low < 0 < 1 < high

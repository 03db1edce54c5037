"""What the portraits of models/field.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


@shows('NeuralField')
def a_front_spreads_and_one_of_two_bumps_is_stable(fig, net, run):
    (space,) = [ax for ax in fig.axes if 'edges' in ax.get_title(loc='left')]
    assert (space.get_xlabel(), space.get_ylabel()) == ('time $t$ (ms)', 'place $x$ (mm)')
    image = space.collections[0].get_array().reshape(net.n, -1)
    active = (image > net.theta).sum(0) * net.length / net.n
    assert active[0] == 0
    assert abs((active[-1] - active[len(active) // 2]) / 2 / 80 - 0.1) < 0.01  # the second half of the run is 80 ms
    (speed,) = axes_labelled(fig, 'speed $c$')
    theta, c = speed.lines[0].get_xydata().T
    below = theta < 0.5
    assert np.allclose(c[below], 0.1 * (1 - 2 * theta[below]) / (2 * theta[below]), atol=1e-6)
    assert np.allclose(c[~below], 0.1 * (1 - 2 * theta[~below]) / (2 * (1 - theta[~below])), atol=1e-6)
    measured = speed.lines[1].get_xydata()
    assert np.allclose(measured[:, 1], 0.1 * (1 - 2 * measured[:, 0]) / (2 * measured[:, 0]), rtol=0.025)
    (existence,) = axes_labelled(fig, 'width $b$')
    assert [one.get_label() for one in existence.lines[2:]] == ['unstable bump', 'stable bump']
    for one in existence.lines[2:]:
        b, threshold = one.get_xydata()[0]
        assert np.isclose(1.5 * (1 - np.exp(-b)) - 1.25 * (1 - np.exp(-b / 2)), threshold, atol=1e-6)
    (widths,) = axes_labelled(fig, 'active width')
    narrow, wide = (one.get_xydata()[0, 0] for one in existence.lines[2:])
    dies, grows, *stay = (one.get_ydata() for one in widths.lines[:4])
    assert dies[-1] == 0
    assert (np.diff(grows) > 0).all()
    assert 3 < grows[-1] < wide
    assert all(abs(one[-1] - wide) < 0.3 * abs(one[0] - wide) + 0.02 for one in stay)
    assert abs(dies[0] - narrow) < 0.1

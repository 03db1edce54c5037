"""What the portraits of models/rate.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


@shows('RateRNN')
def input_and_output(fig, net, run):
    r = np.asarray(run.mon['r'])
    assert np.array_equal(axes_labelled(fig, 'input $x$')[0].lines[0].get_ydata(), run.inputs[:, 0])
    colours = axes_labelled(fig, 'unit, reordered')[0].collections[0].get_array()
    assert sorted(map(tuple, colours)) == sorted(map(tuple, r.T))  # all units, in another order
    units = axes_labelled(fig, '$r$')
    assert any(len(ax.lines) == 3 for ax in units)
    output = axes_labelled(fig, 'output')[-1]
    expected = r @ np.asarray(net.W_out.value).T + np.asarray(net.b_out.value)
    assert np.allclose(output.lines[0].get_ydata(), expected[:, 0], atol=1e-5)
    assert output.get_xlabel() == 'time $t$'
    assert fig.axes.index(axes_labelled(fig, 'input $x$')[0]) == 0  # the input is above, the output below

"""What the pictures of models/energy.py must show."""

import numpy as np

from portraits.base import axes_labelled, labels, shows

ORANGE = '#D55E00'


@shows('LayeredEnergyModel')
def layers(fig, net, run):
    named = [axes_labelled(fig, label)[0] for label in ('layer 1', 'layer 2', 'output')]
    assert len({ax.lines[0].get_color() for ax in named}) == 3  # each layer has its own colour
    states = np.split(np.asarray(run.mon['r']), np.cumsum(net.layer_sizes[1:])[:-1], axis=1)
    for ax, state in zip(named, states, strict=True):
        curves = [line.get_ydata() for line in ax.lines if line.get_linestyle() == '-']
        assert np.allclose(np.transpose(curves)[: len(state)], state)
    assert any(line.get_ydata()[0] == 1.5 for line in axes_labelled(fig, 'input')[0].lines)
    the_phases(fig, net, run, 0.3)


@shows('ConvolutionalEnergyModel')
def maps(fig, net, run):
    pictures = [ax for ax in fig.axes if ax.images and ax.images[0].get_array().shape[0] > 2]
    image, *maps = pictures
    assert np.array_equal(image.images[0].get_array(), run.inputs[-1].reshape(net.image)[0])
    assert len(maps) == 4 * (len(net.shapes) - 1)
    r, at = np.asarray(run.mon['r']), 0
    for k, shape in enumerate(net.shapes[:-1]):
        *free, change = [np.ma.masked_invalid(ax.images[0].get_array()) for ax in maps[4 * k : 4 * k + 4]]
        size = int(np.prod(shape))
        assert np.isclose(free[-1].sum(), r[-1, at : at + size].sum(), rtol=1e-4)  # the end of the free phase
        assert free[0].count() == size
        assert free[0].sum() < free[1].sum() < free[2].sum()  # the image reaches the layer
        assert change.min() < 0 < change.max()
        at += size
    the_phases(fig, net, run, 0.3)


def the_phases(fig, net, run, rise):
    """The energy falls, then the nudge pulls the output towards the target, and lowers E + l."""
    (ax,) = axes_labelled(fig, 'energy')
    E, total = [line.get_xydata() for line in ax.lines]
    switch = total[0, 0]
    assert np.isclose(switch, run.mon['ts'][-1] + net.dt)
    free, nudged = E[E[:, 0] <= switch + 1e-6, 1], E[E[:, 0] >= switch - 1e-6, 1]
    assert np.diff(free).max() <= 1e-5
    assert nudged[-1] > nudged[0]
    assert np.diff(total[:, 1]).max() <= 1e-5
    assert total[-1, 1] < total[0, 1] - 0.02
    (output,) = [ax for ax in axes_labelled(fig, 'output') if ax.lines]
    assert [line.get_color() for line in output.lines if line.get_linestyle() == '--'] == [ORANGE] * 2
    one = max((line for line in output.lines if line.get_linestyle() == '-'), key=lambda line: line.get_linewidth())
    before = np.interp(switch, *one.get_xydata().T)
    assert one.get_ydata()[-1] > before + rise  # the unit whose target is 1 rises
    # at the switch E + l exceeds E by the loss
    y = np.eye(run.mon['r'][:, net.output_units].shape[1])[np.argmin(run.mon['r'][-1, net.output_units])]
    loss = 0.5 * np.sum((run.mon['r'][-1, net.output_units] - y) ** 2)
    assert np.isclose(total[0, 1] - free[-1], loss, rtol=1e-3)
    assert {'free phase', 'nudged phase'} <= set(labels(fig))

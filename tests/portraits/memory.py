"""What the pictures of models/memory.py must show."""

import jax.numpy as jnp
import numpy as np
from scipy.ndimage import find_objects, label

from portraits.base import axes_labelled, labels, shows
from ratezoo.letters import picture_shape


def pictures(fig):
    """The axes of single pictures, in their order: the cue, the steps of the recall, the stored pattern, …."""
    return [ax for ax in fig.axes if ax.images and ax.get_title()]


def pixels(ax):
    return np.ma.filled(np.ma.masked_invalid(ax.images[0].get_array()), 0.0).ravel()


def number_of(net, picture):
    """Which stored pattern a picture shows exactly."""
    found = np.flatnonzero((net.patterns == picture[: net.n]).all(1))
    assert len(found) == 1
    return found[0]


@shows('Hopfield', 'ContinuousHopfield', 'DenseAssociativeMemory', 'ModernHopfield')
def recall(fig, net, run):
    cue, *steps = pictures(fig)
    hopfield = steps.pop() if type(net).portrait == 'dense recall' else None
    stored = steps.pop()
    assert cue.get_title() == 'cue'
    assert stored.get_title() == 'stored pattern'
    assert len(steps) == 4
    one = net.patterns[number_of(net, pixels(stored))]
    share = [np.mean(np.sign(pixels(ax)[: net.n]) == one) for ax in (cue, *steps)]
    assert share[0] < 0.85  # the cue is corrupted,
    assert share == sorted(share)  # each picture is closer to the pattern than the one before,
    assert share[-1] == 1.0  # and at the end it is the pattern
    assert np.allclose(pixels(cue)[: net.n], output(net, net.example.start(net)), atol=1e-6)
    marked = [len(ax.lines[0].get_xydata()) for ax in (cue, *steps)]
    assert marked == [round((1 - s) * net.n) for s in share]  # the wrong pixels are marked,
    for ax in (cue, *steps):
        x, y = ax.lines[0].get_xydata().T.astype(int)
        wrong = np.flatnonzero(np.sign(pixels(ax)[: net.n]) != one)
        assert sorted(y * ax.images[0].get_array().shape[1] + x) == list(wrong)  # each in its place
    the_overlaps(fig, net, one)
    the_energy(fig, net, run)
    the_stored_patterns(fig, net)
    if hopfield is not None:
        assert len(net.patterns) > net.n  # more patterns than units, and the Hopfield network fails
        assert np.mean(pixels(hopfield)[: net.n] == one) < 0.9
    if type(net).portrait == 'attention':
        the_attention(fig, net)


def output(net, state):
    return np.asarray(net.output(jnp.asarray(state), net.params_dict()))


def the_overlaps(fig, net, one):
    (ax,) = axes_labelled(fig, 'overlap')
    (recalled,) = [line for line in ax.lines if line.get_label() == 'the recalled pattern']
    others = [line for line in ax.lines if line.get_color() == '0.7']
    start = output(net, net.example.start(net))
    assert len(others) == len(net.patterns) - 1
    assert recalled.get_ydata()[0] < 0.75
    assert recalled.get_ydata()[-1] > 0.95
    assert all(abs(line.get_ydata()[-1]) < recalled.get_ydata()[-1] - 0.1 for line in others)
    starts = sorted([line.get_ydata()[0] for line in (*others, recalled)])
    assert np.allclose(starts, sorted(net.patterns @ start / net.n), atol=1e-5)
    assert np.isclose(recalled.get_ydata()[0], one @ start / net.n, atol=1e-5)


def the_energy(fig, net, run):
    (ax,) = axes_labelled(fig, 'energy')
    ts, energy = max((line.get_xydata() for line in ax.lines), key=len).T
    assert ts[0] == 0
    assert ax.get_title('left') == 'Energy: it never rises'
    assert np.diff(energy).max() < 1e-5 * np.ptp(energy)
    assert len(np.unique(np.round(energy, 4))) > 5  # the recall takes several samples
    state = jnp.asarray(run.mon[net.states[0]][-1])
    assert np.isclose(energy[-1], net.energy(state, net.params_dict(), jnp.zeros(net.n)), rtol=1e-4)


def the_stored_patterns(fig, net):
    (ax,) = [ax for ax in fig.axes if ax.images and 'stored in' in ax.get_title('left')]
    tiles = np.ma.masked_invalid(ax.images[0].get_array())
    height, width = picture_shape(net.n)
    assert tiles.count() == len(net.patterns) * height * width
    places = find_objects(label(~np.ma.getmaskarray(tiles))[0])  # the gaps between the patterns are masked
    assert sorted(tuple(tiles[place].ravel()) for place in places) == sorted(map(tuple, net.patterns))
    assert len(ax.patches) == 1  # a frame around the recalled one


def the_attention(fig, net):
    (ax,) = axes_labelled(fig, 'weight')
    weights = np.array([line.get_ydata() for line in ax.lines if len(line.get_xydata()) > 2])
    assert weights.shape[0] == len(net.patterns)
    assert np.allclose(weights.sum(0), 1, atol=1e-5)
    products = net.beta * net.patterns @ net.example.start(net)
    assert np.isclose(weights[:, 0].max(), (np.exp(products) / np.exp(products).sum()).max(), atol=1e-4)
    assert 'softmax' in ' '.join(labels(fig))

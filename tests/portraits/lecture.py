"""What the portraits of models/lecture.py must show."""

import numpy as np

from portraits.base import axes_labelled, labels, shows


def wiring(fig):
    """The boxes of the diagram, and the arrows that go from one step to a later one: ((x, y), (x, y)) of their ends."""
    ax = axes_labelled(fig, 'wiring')[0]
    boxes = {t.get_text(): t.get_position() for t in ax.texts if t.get_bbox_patch() is not None}
    arrows = [(t.xyann, t.xy) for t in ax.texts if getattr(t, 'arrow_patch', None) is not None]
    names = {tuple(place): name.strip('$')[0] for name, place in boxes.items()}
    return boxes, {(names[tuple(a)], names[tuple(b)]) for a, b in arrows if a[0] != b[0]}


def counts_steps(fig, run):
    """The axis counts steps from 1, the input is above, and the colours are the hidden units in another order."""
    assert axes_labelled(fig, 'step $t$')
    steps, x = axes_labelled(fig, 'input $x_t$')[0].lines[0].get_xydata().T
    assert np.array_equal(steps, np.arange(1, len(run.inputs) + 1))
    assert np.array_equal(x, run.inputs[:, 0])
    h = np.asarray(run.mon['h'])
    colours = axes_labelled(fig, 'unit, reordered')[0].collections[0].get_array().reshape(h.shape[::-1])
    assert sorted(map(tuple, colours)) == sorted(map(tuple, h.T))
    return steps


def readout(net, run):
    return np.asarray(run.mon['h']) @ np.asarray(net.W_qh.value).T + np.asarray(net.b_q.value)


@shows('ElmanRNN')
def elman(fig, net, run):
    steps = counts_steps(fig, run)
    boxes, back = wiring(fig)
    assert {'$o_{1}$', '$o_{2}$', '$o_{3}$'} < set(boxes)
    assert back == {('h', 'h')}
    line = axes_labelled(fig, 'read at every step')[0].lines[0]
    assert line.get_marker() == 'o'
    assert np.array_equal(line.get_xdata(), steps)
    assert np.allclose(line.get_ydata(), readout(net, run)[:, 0], atol=1e-5)


@shows('JordanRNN')
def jordan(fig, net, run):
    steps = counts_steps(fig, run)
    assert wiring(fig)[1] == {('o', 'h')}
    fed_back = axes_labelled(fig, 'fed back')[0].lines[0].get_xydata()
    o = axes_labelled(fig, 'read at every step')[0].lines[0].get_ydata()
    assert np.allclose(o, readout(net, run)[:, 0], atol=1e-5)
    assert np.array_equal(fed_back[:, 0], steps[1:])
    assert np.array_equal(fed_back[:, 1], o[:-1])


@shows('SequenceToOneRNN')
def one_answer(fig, net, run):
    steps = counts_steps(fig, run)
    boxes, back = wiring(fig)
    assert [name for name in boxes if name.startswith('$o')] == ['$o_{T}$']
    assert back == {('h', 'h')}
    assert 'the answer $o_T$' in labels(fig)
    ax = axes_labelled(fig, 'only the last one counts')[0]
    answer = next(line for line in ax.lines if line.get_label().startswith('the answer'))
    assert np.allclose(answer.get_xydata(), [[steps[-1], readout(net, run)[-1, 0]]], atol=1e-5)
    others = next(line for line in ax.lines if line.get_label() == 'not used')
    assert answer.get_markersize() > others.get_markersize()

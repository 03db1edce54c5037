"""What the portraits of models/gated.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def curves(ax):
    """Label → y of the curves of an axes."""
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.lines}


def sigma(a):
    return 1 / (1 + np.exp(-a))


def signals(fig):
    """Name → the steps at which the signal comes."""
    found = {}
    for text in axes_labelled(fig, 'one unit')[0].texts:
        found.setdefault(text.get_text(), []).append(int(text.get_position()[0]))
    return found


@shows('LSTM')
def memory_cell(fig, net, run):
    assert np.array_equal(axes_labelled(fig, 'this network: its input')[0].lines[0].get_ydata(), run.inputs[:, 0])
    h, c = (np.asarray(run.mon[s], float) for s in 'hc')
    shown = axes_labelled(fig, 'gates of unit')[0]
    k = int(shown.get_title(loc='left').split()[-1])
    drawn = curves(shown)
    W, W_in, b = (np.asarray(getattr(net, p).value, float).reshape(4, net.n, -1)[:, k] for p in ('W', 'W_in', 'b'))
    before = np.vstack([np.zeros(net.n), h[:-1]])
    I = before @ W.T + run.inputs @ W_in.T + b.T  # columns i, g, f, o
    for name, value in (('input', I[:, 0]), ('forget', I[:, 2] + 1), ('output', I[:, 3])):
        assert np.allclose(drawn[name], sigma(value), atol=1e-4), name
    cell = curves(axes_labelled(fig, f'unit {k}')[-1])
    assert np.allclose(cell['$c$'], c[:, k])
    gated = drawn['forget'] * np.append(0, c[:-1, k]) + drawn['input'] * np.tanh(I[:, 1])
    assert np.allclose(cell['$c$'], gated, atol=1e-4)  # Eq. (2)

    at, kept = signals(fig), curves(axes_labelled(fig, 'what it keeps')[0])
    value, c, h = axes_labelled(fig, 'one unit')[0].lines[0].get_ydata(), kept['$c$'], kept['$h$']
    write, again, erase = *at['write'], *at['erase']
    assert np.allclose(c[: write - 1], 0, atol=0.02)
    assert np.allclose(c[write - 1 : erase - 1], np.tanh(value[write - 1]), atol=0.02)  # it is kept
    assert np.allclose(c[erase - 1 : again - 1], 0, atol=0.02)  # and forgotten
    assert np.allclose(c[again - 1 :], np.tanh(value[again - 1]), atol=0.02)
    read = np.isin(np.arange(1, len(h) + 1), at['read'])
    assert np.all(np.abs(h[read]) > 0.3)
    assert np.all(np.abs(h[~read]) < 0.02)


@shows('GRU')
def update_gate(fig, net, run):
    h = np.asarray(run.mon['h'], float)
    shown = axes_labelled(fig, 'gates of unit')[0]
    k = int(shown.get_title(loc='left').split()[-1])
    drawn = curves(shown)
    W, W_in, b = (np.asarray(getattr(net, p).value, float).reshape(3, net.n, -1)[:, k] for p in ('W', 'W_in', 'b'))
    I = np.vstack([np.zeros(net.n), h[:-1]]) @ W.T + run.inputs @ W_in.T + b.T  # columns z, r, a
    assert np.allclose(drawn['update'], sigma(I[:, 0]), atol=1e-4)
    assert np.allclose(drawn['reset'], sigma(I[:, 1]), atol=1e-4)
    assert np.allclose(curves(axes_labelled(fig, f'unit {k}')[-1])['$h$'], h[:, k])

    at, kept = signals(fig), curves(axes_labelled(fig, 'what it keeps')[0])['$h$']
    value = axes_labelled(fig, 'one unit')[0].lines[0].get_ydata()
    (write, again), (add,) = at['write'], at['add']
    first = np.tanh(value[write - 1])
    assert np.allclose(kept[write - 1 : add - 1], first, atol=0.02)
    assert np.allclose(kept[add - 1 : again - 1], np.tanh(value[add - 1] + first), atol=0.02)
    assert np.allclose(kept[again - 1 :], np.tanh(value[again - 1]), atol=0.02)

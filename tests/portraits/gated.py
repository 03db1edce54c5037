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


def the_run(fig, net, run, memory):
    """The input, the units in another order, and the output of the run."""
    assert np.array_equal(axes_labelled(fig, 'this network: its input')[0].lines[0].get_ydata(), run.inputs[:, 0])
    colours = axes_labelled(fig, 'unit, reordered')[0].collections[0].get_array().reshape(net.n, -1)
    assert sorted(map(tuple, colours)) == sorted(map(tuple, np.asarray(run.mon[memory]).T))
    p = {name: np.asarray(v, float) for name, v in net.params_dict().items()}
    output = np.asarray(run.mon['h'], float) @ p['W_out'].T + p['b_out']
    assert np.allclose(axes_labelled(fig, 'output: a mixture')[0].lines[0].get_ydata(), output[:, 0], atol=1e-4)


def its_gates(fig, opens):
    """The gates of the unit whose weights are chosen: the gate ``name`` is open at the steps ``opens[name]``."""
    drawn = curves(axes_labelled(fig, 'its gates')[0])
    assert set(drawn) == set(opens)
    for name, at in opens.items():
        is_open = np.isin(np.arange(1, len(drawn[name]) + 1), at)
        assert np.array_equal(np.round(drawn[name], 1), is_open), name


@shows('LSTM')
def memory_cell(fig, net, run):
    the_run(fig, net, run, 'c')
    h, c = (np.asarray(run.mon[s], float) for s in 'hc')
    shown = axes_labelled(fig, 'gates of unit')[0]
    k = int(shown.get_title(loc='left').split()[-1])
    drawn = curves(shown)
    W, W_in, b = (np.asarray(getattr(net, p).value, float).reshape(4, net.n, -1)[:, k] for p in ('W', 'W_in', 'b'))
    before = np.vstack([np.zeros(net.n), h[:-1]])
    I = before @ W.T + run.inputs @ W_in.T + b.T  # columns i, g, f, o
    for name, value in (('input', I[:, 0]), ('forget', I[:, 2] + 1), ('output', I[:, 3])):
        assert np.allclose(drawn[name], sigma(value), atol=1e-4), name
    cell = curves(next(ax for ax in axes_labelled(fig, f'unit {k}') if ax is not shown))
    assert np.allclose(cell['$c$'], c[:, k])
    assert np.allclose(cell['$h$'], h[:, k])
    gated = drawn['forget'] * np.append(0, c[:-1, k]) + drawn['input'] * np.tanh(I[:, 1])
    assert np.allclose(cell['$c$'], gated, atol=1e-4)  # Eq. (2)

    at, kept = signals(fig), curves(axes_labelled(fig, 'what it keeps')[0])
    value, c, h = axes_labelled(fig, 'one unit')[0].lines[0].get_ydata(), kept['$c$'], kept['$h$']
    write, again, erase = *at['write'], *at['erase']
    assert np.allclose(c[: write - 1], 0, atol=0.02)
    assert np.allclose(c[write - 1 : erase - 1], np.tanh(value[write - 1]), atol=0.02)  # it is kept
    assert np.allclose(c[erase - 1 : again - 1], 0, atol=0.02)  # and forgotten
    assert np.allclose(c[again - 1 :], np.tanh(value[again - 1]), atol=0.02)
    every = np.arange(1, len(h) + 1)
    its_gates(fig, {'input': at['write'], 'forget': np.setdiff1d(every, at['erase']), 'output': at['read']})
    read = np.isin(every, at['read'])
    assert np.all(np.abs(h[read]) > 0.3)
    assert np.all(np.abs(h[~read]) < 0.02)


@shows('GRU')
def update_gate(fig, net, run):
    the_run(fig, net, run, 'h')
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
    its_gates(fig, {'update': [*at['write'], *at['add']], 'reset': at['add']})

"""What the portraits of models/reservoir.py must show."""

import numpy as np

from portraits.base import axes_labelled, labels, shows


def curve(ax, label):
    """x and y of the curve with this label."""
    return next(line for line in ax.lines if line.get_label() == label).get_xydata().T


@shows('Reservoir')
def force(fig, net, run):
    top, units, change = (axes_labelled(fig, name)[0] for name in ('fed back', 'rates $r$', 'readout weights change'))
    begin = float(run.mon['ts'][-1]) + net.dt
    learning = [patch.get_extents() for patch in top.patches]
    box = top.transData.inverted().transform(learning[0])
    assert np.isclose(box[0, 0], begin)  # learning is shaded, from the end of the run on
    end = box[1, 0]
    assert {'before', 'after: $W_{out}$ stays'} < set(labels(fig))
    t, z = curve(top, 'output $z$')
    before, after = t < begin - 1e-6, t > end
    W_out = np.asarray(net.W_out.value, float)[0]
    assert np.allclose(z[before], np.tanh(np.asarray(run.mon['I'], float)) @ W_out, atol=1e-4)
    error = np.abs(z - curve(top, 'target')[1])
    assert np.sqrt(np.mean(error[before] ** 2)) > 0.4  # an output that knows nothing
    assert np.sqrt(np.mean(error[after] ** 2)) < 0.2  # and one that goes on alone, with the weights that it has learned
    moved = change.lines[0].get_ydata()
    assert not moved[before].any()
    assert not moved[after][2:].any()
    early, late = (moved[(t > a) & (t < b)].mean() for a, b in ((begin, begin + 15), (end - 15, end)))
    assert early > 5 * late > 0
    assert len(units.lines) == 5
    assert all(np.ptp(line.get_ydata()[after]) > 0.01 for line in units.lines)


@shows('EchoState')
def memory(fig, net, run):
    x = run.inputs[:, 0]
    assert np.array_equal(axes_labelled(fig, 'input $x_t$')[0].lines[0].get_ydata(), x)
    colours = axes_labelled(fig, 'unit, reordered')[0].collections[0].get_array().reshape(net.n, -1)
    assert sorted(map(tuple, colours)) == sorted(map(tuple, np.asarray(run.mon['r']).T))
    memory_curve = axes_labelled(fig, 'delay $k$')[0]
    k, capacity = memory_curve.lines[0].get_xydata().T
    assert k[0] == 1
    assert np.all(capacity[:5] > 0.95)
    assert capacity[-1] < 0.1
    assert capacity.sum() <= net.n  # Jaeger 2002, Prop. 2
    correlations = []
    for name in ('remembered', 'forgotten'):
        ax = axes_labelled(fig, f'ago: {name}')[0]
        delay = int(ax.get_title(loc='left').split()[2])
        steps, past = curve(ax, f'$x_{{t-{delay}}}$')
        assert np.array_equal(past, x[: len(x) - delay])
        recalled = curve(ax, 'output')[1][delay:]
        assert np.array_equal(steps, np.arange(delay + 1, len(x) + 1))
        correlations.append(np.corrcoef(past, recalled)[0, 1] ** 2)
        assert any(line.get_xdata()[0] == delay for line in memory_curve.lines[1:])  # and it is marked on the curve
    assert correlations[0] > 0.7
    assert correlations[1] < correlations[0] - 0.3

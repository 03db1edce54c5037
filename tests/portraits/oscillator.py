"""What the pictures of models/oscillator.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def fixed_points(ax, kind):
    """The points (K, 2) of this kind that are marked in a phase plane."""
    (found,) = (line for line in ax.lines if line.get_label() == kind)
    return found.get_xydata()


@shows('FitzHughNagumo')
def relaxation_oscillator(fig, net, run):
    plane = fig.axes[-1]
    assert (plane.get_xlabel(), plane.get_ylabel()) == ('$v$', '$w$')
    ((v, w),) = fixed_points(plane, 'unstable focus')
    assert abs(v - v**3 / 3 - w + 0.5) < 1e-4
    assert abs(v + 0.7 - 0.8 * w) < 1e-4
    assert {'$\\mathrm{d}v/\\mathrm{d}t = 0$', '$\\mathrm{d}w/\\mathrm{d}t = 0$'} <= set(legend_of(plane))
    assert np.ptp(fig.axes[0].lines[0].get_ydata()) > 3.5


@shows('StuartLandau')
def circle_of_radius_half(fig, net, run):
    plane = fig.axes[-1]
    path = next(line for line in plane.lines if len(line.get_xdata()) == len(run.mon['ts']))
    assert np.allclose(np.hypot(*path.get_xydata()[-100:].T), 0.5, atol=1e-3)
    assert np.allclose(fixed_points(plane, 'unstable focus'), 0, atol=1e-6)


@shows('Kuramoto')
def synchronisation(fig, net, run):
    (order,) = axes_labelled(fig, 'order parameter')
    r, theory = (line.get_ydata() for line in order.lines)
    assert np.allclose(theory, 0.5**0.5)
    assert r[0] < 0.2
    assert abs(r[-200:].mean() - 0.7071) < 0.02
    (phases,) = axes_labelled(fig, 'by frequency')
    last = np.asarray(phases.collections[0].get_array()).reshape(net.n, -1)[:, -1]
    middle = slice(int(0.3 * net.n), int(0.7 * net.n))
    assert (np.diff(last[middle]) > 0).all()  # the faster an oscillator, the further it is ahead
    assert np.allclose(np.sin(last[middle]), net.frequencies[middle] / (2 * r[-1]), atol=0.1)  # locked: ω_i = K r sin


@shows('DrivenOscillator')
def resonance(fig, net, run):
    (force,) = axes_labelled(fig, 'force\n')
    ts = force.lines[0].get_xdata()
    assert np.allclose(force.lines[0].get_ydata(), np.cos(0.9 * (ts + 0.1)), atol=1e-3)
    (motion,) = axes_labelled(fig, 'displacement')
    assert np.allclose(motion.lines[0].get_ydata(), net.solution(ts + 0.1), atol=5e-3)
    (curve,) = axes_labelled(fig, 'amplitude')
    omega, a = curve.lines[0].get_xydata().T
    assert np.allclose(a, 1 / np.hypot(1 - omega**2, 0.05 * omega), rtol=1e-4)
    point = curve.lines[-1].get_xydata()
    steady = 1 / np.hypot(0.19, 0.045)
    assert np.allclose(point, [[0.9, steady]], rtol=1e-4)
    dashed = [line.get_ydata()[0] for line in motion.lines[1:]]
    assert np.allclose(sorted(dashed), [-steady, steady], rtol=1e-4)
    (lag,) = axes_labelled(fig, 'lag (rad)')
    assert np.allclose(lag.lines[-1].get_xydata(), [[0.9, np.arctan2(0.045, 0.19)]], rtol=1e-4)


@shows('MorrisLecar')
def two_classes(fig, net, run):
    assert [ax.get_ylabel() for ax in fig.axes[:2]] == ['$V$ (mV)', '$w$']
    plane, class_one = (ax for ax in fig.axes if ax.get_xlabel() == '$V$ (mV)')
    assert len(fixed_points(plane, 'unstable focus')) == 1
    ((node, _),), ((saddle, _),) = (fixed_points(class_one, kind) for kind in ('stable node', 'saddle'))
    assert node < -29.5 < saddle  # the saddle-node comes from these two
    assert len(fixed_points(class_one, 'unstable focus')) == 1
    spike = next(line.get_xydata() for line in class_one.lines if len(line.get_xydata()) > 1000)
    assert spike[:, 0].max() > 20  # one spike, and back to rest
    assert np.hypot(*(spike[-1] - fixed_points(class_one, 'stable node')[0]) / [10, 0.1]) < 0.1
    (rates,) = axes_labelled(fig, 'rate (Hz)')
    one, two = (line.get_xydata() for line in rates.lines[:2])
    for (current, rate), lost in ((one.T, 39.96), (two.T, 93.86)):
        assert not rate[current < lost - 7].any()  # silent; class II can fire a little below its Hopf point
        assert (rate[current > lost + 1] > 0).all()
    first = [c[c[:, 1] > 0][0, 1] for c in (one, two)]
    assert first[0] < 0.3 * one[:, 1].max()  # class I begins slowly
    assert first[1] > 0.6 * two[:, 1].max()  # class II begins fast
    here = rates.lines[2].get_xydata()[0]
    assert abs(here[0] - 100) < 1e-6
    assert abs(here[1] - 1000 / 85.29) < 0.1  # the period that scipy finds

"""What the portraits of models/random_networks.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def titled(fig, title):
    """The axes with this in their title, which stands at the left."""
    (found,) = [ax for ax in fig.axes if title in ax.get_title(loc='left')]
    return found


def drawn(ax):
    return np.array([one.get_ydata() for one in ax.lines])


@shows('ChaoticRNN')
def silence_below_one_and_chaos_above(fig, net, run):
    quiet, active = titled(fig, '< 1: silence'), titled(fig, '(this run): chaos')
    assert len(quiet.lines) == len(active.lines) == 3
    assert all(one.get_linestyle() == '-' for one in (*quiet.lines, *active.lines))
    assert np.abs(drawn(quiet)[:, 0]).max() > 0.5
    assert np.abs(drawn(quiet)[:, -1]).max() < 1e-3
    assert np.std(drawn(active)[:, -300:], axis=1).min() > 0.2
    assert all(np.abs(np.asarray(run.mon['h']).T - one).max(1).min() == 0 for one in drawn(active))
    spectrum = titled(fig, 'eigenvalues')
    by_label = {one.get_label(): one.get_xydata() for one in spectrum.lines}
    radius = np.linalg.norm(by_label['circle'], axis=1)
    assert np.allclose(radius, net.g)
    assert len(by_label['eigenvalues']) == net.n
    lengths = np.linalg.norm(by_label['eigenvalues'], axis=1)
    assert 0.95 < np.sqrt(2 * np.mean(lengths**2)) / net.g < 1.05  # uniform in the disc: ⟨|λ|²⟩ = g²/2
    this, near = drawn(titled(fig, 'two runs'))
    assert np.abs(this - near)[:50].max() < 0.02
    assert np.abs(this - near).max() > 1.0
    distance = titled(fig, 'distance').lines[0].get_ydata()
    assert distance[0] < 2e-3
    assert distance[-1] > 0.3
    slope = np.polyfit(run.mon['ts'][50:300], np.log(distance[50:300]), 1)[0]
    assert 0.03 < slope < 0.35  # the Lyapunov exponent at g = 2.5 is 0.14 ± 0.03


@shows('LowRankRNN')
def overlap_above_one_makes_activity(fig, net, run):
    kappa = titled(fig, 'silence below the overlap 1')
    weak, this, mirrored = drawn(kappa)
    assert np.allclose(this, np.tanh(run.mon['h']) @ np.asarray(net.V.value)[:, 0] / net.n, atol=1e-5)
    assert abs(weak[-1]) < 0.01
    assert abs(this[-1]) > 1
    assert np.isclose(mirrored[-1], -this[-1], atol=1e-3)
    assert any('opposite start' in t.get_text() for t in kappa.texts)
    rest = titled(fig, 'at rest')
    by_label = {one.get_label(): one.get_xydata() for one in rest.lines}
    measured, law = by_label['measured'], by_label['mean field']
    assert np.abs(measured[measured[:, 0] < 1, 1]).max() < 0.01
    assert np.abs(measured[:, 1] - np.interp(measured[:, 0], *law.T)).max() < 0.4  # 200 units, not infinitely many
    assert np.interp([0.9, 1.0, 1.05], *law.T)[:2].max() < 0.05 < np.interp(1.05, *law.T)
    assert np.allclose(by_label['this run'], [[2.0, abs(this[-1])]], atol=1e-4)
    inside, outside = (axes_labelled(fig, r'$\kappa_2$')[0].lines[i].get_xydata() for i in (0, 2))
    radius = [np.linalg.norm(path, axis=1) for path in (inside, outside)]
    assert radius[0][0] < 0.2 < 1.0 < radius[0][-150:].min()
    assert np.allclose(radius[0][-150:].mean(), radius[1][-150:].mean(), rtol=0.03)  # both end on the cycle
    angle = np.unwrap(np.arctan2(*inside[-150:, ::-1].T))
    assert abs(angle[-1] - angle[0]) > 2 * np.pi  # and run around it

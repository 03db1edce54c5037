"""What the portraits of models/reduction.py must show."""

import re

import numpy as np

from portraits.base import axes_labelled, labels, shows


def curves(ax):
    """The full model, the firing-rate model and the current model, each (T,)."""
    full, rate, current = (one.get_ydata() for one in ax.lines)
    return full, rate, current


def constants(ax):
    """τ_s and τ_m, from the title."""
    told = re.match(r'\$\\tau_s\$ = ([\d.]+), \$\\tau_m\$ = ([\d.]+)', ax.get_title(loc='left'))
    return float(told[1]), float(told[2])


def distances(fig):
    """For each panel: τ_s, τ_m, and how far the two limits are from the full model."""
    panels = [ax for ax in fig.axes if ax.get_title(loc='left').startswith(r'$\tau_s$')]
    assert len(panels) == 3
    found = []
    for ax in panels:
        full, rate, current = curves(ax)
        found.append((*constants(ax), np.abs(rate - full).max(), np.abs(current - full).max()))
    return panels, found


def common(fig, net, run):
    for ax in axes_labelled(fig, 'input $x$'):
        assert np.array_equal(ax.lines[0].get_ydata(), run.inputs[:, 0])
    (curve,) = [ax for ax in fig.axes if 'f–I curve' in ax.get_title(loc='left')]
    I, g = curve.lines[0].get_xydata().T
    assert np.allclose(g, np.tanh(I), atol=1e-5)
    I, r = curve.lines[1].get_xydata().T
    assert len(I) == 10
    assert np.allclose(r, np.tanh(I), atol=0.1)  # nearly at rest
    assert r.max() > 0.5


@shows('SynapticRate')
def the_full_model_and_its_two_limits(fig, net, run):
    common(fig, net, run)
    panels, ((_, _, rate, far), (tau_s, tau_m, one, other), (_, _, wide, current)) = distances(fig)
    assert (tau_s, tau_m) == (net.tau_s, net.tau_m)
    assert rate < 0.12 < 0.3 < far  # a fast synapse: the firing rates are enough
    assert current < 0.12 < 0.3 < wide  # a fast membrane: the currents are enough
    assert min(one, other) > 0.12
    full = curves(panels[1])[0]
    assert np.abs(np.asarray(run.mon['r']).T - full).max(1).min() < 1e-5


@shows('FiringRate')
def good_for_a_fast_synapse(fig, net, run):
    common(fig, net, run)
    panels, found = distances(fig)
    assert [pair[:2] for pair in found] == [(1.0, 10.0), (10.0, 10.0), (30.0, 10.0)]
    assert found[0][2] < 0.12 < 0.3 < found[1][2] < found[2][2]
    for ax in panels:
        assert np.abs(np.asarray(run.mon['r']).T - curves(ax)[1]).max(1).min() < 1e-5
    assert any(r'($\tau_m$) = this model' in text for text in labels(fig))


@shows('SynapticCurrent')
def good_for_a_fast_membrane(fig, net, run):
    common(fig, net, run)
    panels, found = distances(fig)
    assert [pair[:2] for pair in found] == [(5.0, 0.5), (5.0, 5.0), (5.0, 15.0)]
    assert found[0][3] < 0.12 < 0.3 < found[1][3] < found[2][3]
    for ax in panels:
        assert np.abs(np.tanh(np.asarray(run.mon['I'])).T - curves(ax)[2]).max(1).min() < 1e-5
    assert any(r'($\tau_s$) = this model' in text for text in labels(fig))

"""What the pictures of models/neural_masses.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def curve(ax, label):
    """The data (K, 2) of the curve whose label begins so."""
    (found,) = (line for line in ax.lines if str(line.get_label()).startswith(label))
    return np.asarray(found.get_xydata(), float)


@shows('Epileptor')
def seizures_come_and_go(fig, net, run):
    z, whole, one, plane = fig.axes
    assert (z.get_ylabel(), plane.get_xlabel()) == ('permittivity $z$', 'permittivity $z$')
    spans = [(p.get_x(), p.get_x() + p.get_width()) for p in whole.patches]
    assert len(spans) == 3
    (first, last) = spans[1]
    assert abs(last - first - 684) < 3  # scipy's duration of a seizure
    assert abs(spans[2][0] - first - 1933) < 3  # from one seizure to the next
    t, values = z.lines[0].get_xydata().T
    assert np.polyfit(t[(t > first) & (t < last)], values[(t > first) & (t < last)], 1)[0] > 0  # z rises in a seizure
    assert np.polyfit(t[(t > last) & (t < last + 900)], values[(t > last) & (t < last + 900)], 1)[0] < 0
    for ax in (whole, one):
        t, potential = ax.lines[0].get_xydata().T
        inside = (t > first) & (t < last)
        quiet = (t > last + 30) & (t < last + 40)
        assert np.ptp(potential[inside]) > 2
        assert np.ptp(potential[quiet]) < 0.5
    assert np.allclose(curve(plane, 'fold'), [[4.1 - 32 / 27, -4 / 3]], atol=1e-6)
    rest = curve(plane, 'rest')
    assert np.allclose(rest[:, 0], 4.1 - 2 * rest[:, 1] ** 2 - rest[:, 1] ** 3, atol=1e-5)
    assert rest[:, 1].max() <= -4 / 3 + 1e-6 < curve(plane, 'saddle')[:, 1].max()


def unlike(tops):
    """The largest difference between a maximum and the one p later, at the p up to half of them where it is least."""
    return min(np.abs(tops[p:] - tops[:-p]).max() for p in range(1, len(tops) // 2 + 1))


@shows('LarterBreakspear')
def rest_rhythm_and_chaos(fig, net, run):
    three = axes_labelled(fig, ': ')
    assert [ax.get_title().split(': ')[1] for ax in three] == ['rest', 'a regular rhythm', 'chaos']
    V = [ax.lines[0].get_ydata() for ax in three]
    assert np.ptp(V[0]) < 1e-3
    assert 0.05 < np.ptp(V[1]) < 0.15
    assert np.ptp(V[2]) > 0.7

    def tops(v):
        return v[1:-1][(v[1:-1] > v[:-2]) & (v[1:-1] >= v[2:])]

    assert np.ptp(tops(V[1])) < 2e-3  # all alike
    assert np.ptp(tops(V[2])) > 0.3
    (diagram,) = axes_labelled(fig, 'maxima of')
    delta, turns = diagram.lines[0].get_xydata().T
    columns, at = turns.reshape(161, 60), delta[::60]
    assert np.median([unlike(one) for one in columns[(at > 0.629) & (at < 0.671)]]) > 0.02  # chaos has no period,
    assert np.median([unlike(one) for one in columns[(at > 0.56) & (at < 0.59)]]) < 1e-4  # a rhythm has one
    spread = [np.ptp(turns[np.abs(delta - d) < 5e-4]) for d in (0.52, 0.58, 0.65)]
    assert max(spread[:2]) < 3e-3 < 0.3 < spread[2]
    assert np.ptp(turns[np.abs(delta - 0.55) < 1e-3]) < 3e-3
    small = turns[np.abs(delta - 0.565) < 1e-3].mean() - turns[np.abs(delta - 0.55) < 1e-3].mean()
    assert 0.015 < small < 0.045  # the cycle grows from the Hopf point at 0.5558
    (path,) = axes_labelled(fig, 'inhibitory potential')
    assert np.array_equal(path.lines[0].get_ydata(), run.mon['V'][:, 0])


@shows('CoombesByrne')
def rhythm_falls_and_rebounds(fig, net, run):
    x, rate, synchrony, plane = fig.axes
    assert (rate.get_ylabel(), synchrony.get_ylabel()) == ('rate $r$ (Hz)', 'synchrony $|Z|$')
    t, r = rate.lines[0].get_xydata().T
    assert np.allclose(r, 1000 * run.mon['r'][:, 0])

    def swing(a, b):
        return np.ptp(r[(t > a) & (t < b)])

    before, during, after, late = (swing(*span) for span in ((400, 500), (800, 900), (960, 1060), (1500, 1600)))
    assert during < 0.5 * before  # the rhythm falls while the input is on
    assert after > 1.3 * before  # and it rebounds
    assert abs(late - before) < 0.1 * before
    assert np.allclose(synchrony.lines[0].get_ydata(), net.synchrony(run.mon)[:, 0], atol=1e-4)
    assert synchrony.get_ylim() == (0, 1)
    path = curve(plane, 'before')
    assert np.hypot(*path.T).max() < 1
    assert np.ptp(x.lines[0].get_ydata()) == 20


@shows('DynamicMeanField')
def control_keeps_the_rate(fig, net, run):
    (rates,) = axes_labelled(fig, 'rates (Hz)')
    r_E = curve(rates, '$r_E$')[:, 1]
    assert abs(r_E[9000] - 3.0773) < 0.01
    assert r_E[19000] > 1.5 * r_E[9000]
    (steady,) = axes_labelled(fig, 'rate $r_E$ (Hz)')
    x, free = curve(steady, '$J_I$').T
    assert abs(free[0] - 3.0773) < 0.01
    assert (np.diff(free) > 0).all()
    assert abs(np.interp(0.02, x, free) - r_E[19000]) < 0.1  # the run settles there
    assert np.allclose(curve(steady, 'controlled')[:, 1], 3.0773, atol=0.01)
    (inhibition,) = axes_labelled(fig, 'that is needed')
    x, J_I = inhibition.lines[0].get_xydata().T
    assert np.allclose(J_I, 1 + x / 0.0392184486, atol=1e-3)  # printed: S_I at rest


@shows('Wendling')
def six_types_of_activity(fig, net, run):
    mon = run.mon
    whole, *rows = fig.axes
    eeg = whole.lines[0].get_ydata()
    assert np.allclose(eeg, (mon['y1'] - mon['y2'] - mon['y3'])[:, 0])
    assert eeg.max() > 10  # a spike
    assert np.mean(np.abs(eeg - np.median(eeg)) > 3) < 0.2  # and long pauses
    names = ['background', 'sporadic spikes', 'sustained spikes', 'alpha-like', 'low-voltage rapid', 'quasi-sinusoidal']
    traces, spectra = rows[::2], rows[1::2]
    assert [ax.get_title().split(':')[0] for ax in traces] == names
    size = dict(zip(names, (np.ptp(ax.lines[0].get_ydata()) for ax in traces), strict=True))
    assert all(0.3 < size[name] < 3 for name in ('background', 'alpha-like', 'low-voltage rapid'))
    assert all(size[name] > 8 for name in ('sporadic spikes', 'sustained spikes', 'quasi-sinusoidal'))
    peak = dict(zip(names, (f[p.argmax()] for f, p in (ax.lines[0].get_data() for ax in spectra)), strict=True))
    bands = {'background': (1, 7), 'sustained spikes': (3, 6), 'alpha-like': (8, 13), 'quasi-sinusoidal': (9, 13)}
    assert all(low <= peak[name] <= high for name, (low, high) in bands.items())
    f, power = spectra[4].lines[0].get_data()
    assert power[(f >= 10) & (f <= 20)].mean() > 0.7  # rapid activity, where the others have little power
    assert all(ax.lines[0].get_ydata()[(f >= 14) & (f <= 20)].mean() < 0.3 for ax in (*spectra[:4], spectra[5]))

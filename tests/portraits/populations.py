"""What the pictures of models/populations.py must show."""

import numpy as np

from portraits.base import axes_labelled, shows


def curve(ax, label):
    """The data (K, 2) of the curve with this label."""
    found = [line for line in ax.lines if line.get_label() == label]
    assert len(found) == 1, (label, [line.get_label() for line in ax.lines])
    return np.asarray(found[0].get_xydata(), float)


def marked(ax):
    """The points (K, 2) that are marked on the axes and have no line."""
    points = [
        line.get_xydata()
        for line in ax.lines
        if line.get_marker() not in ('None', '') and line.get_linestyle() == 'None'
    ]
    return np.concatenate(points)


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@shows('WilsonCowan')
def limit_cycle(fig, net, run):
    (E,) = (ax for ax in axes_labelled(fig, '$E$') if ax.get_ylabel() == '$E$')
    assert np.ptp(E.lines[0].get_ydata()[-2000:]) > 0.15  # it oscillates to the end
    (plane,) = (ax for ax in fig.axes if ax.get_xlabel() == '$E$')
    assert min(plane.get_xlim()[0], plane.get_ylim()[0]) >= 0  # proportions of cells
    assert 'unstable focus' in legend_of(plane)  # within the limit cycle
    assert len(plane.collections) > 1  # flow and nullclines


@shows('StabilizedSupralinear')
def response_and_paradox(fig, net, run):
    for ax in axes_labelled(fig, 'Hz'):
        assert ax.get_ylim()[0] == 0
    (response,) = axes_labelled(fig, 'input to E and to I')
    h, E = curve(response, 'E').T
    slope = np.diff(E) / np.diff(h)
    top = np.argmax(slope)
    assert 0.2 < h[top] / 2 < 2  # first steeper and steeper, then less and less
    assert (np.diff(slope[:top]) > -1e-3).all()
    assert (np.diff(slope[top:]) < 1e-3).all()
    assert E[-1] < 0.3 * h[-1] ** 2  # far below the power law
    assert abs(marked(response)[0, 1] - 1 / (4 * 0.3 * 1.25**2)) < 0.01  # E where 2 w_EE √(k E) = 1
    (paradox,) = axes_labelled(fig, 'extra input to I')
    x_I, I = curve(paradox, 'I').T
    least = np.argmin(I)
    assert I[0] > 1.5 * I[least]
    assert I[-1] > 1.05 * I[least]
    (turn, rate), *_ = marked(paradox)
    assert abs(rate - 0.5333) < 0.01
    assert abs(turn - x_I[least]) <= 1.5 * (x_I[1] - x_I[0])
    assert curve(axes_labelled(fig, 'rates (Hz)')[0], 'E').shape == (6000, 2)


@shows('BalancedAmplification')
def transient_gain(fig, net, run):
    (free,) = axes_labelled(fig, 'one unit of the difference')
    total, difference = (next(y for y in free.lines if y.get_label().startswith(n)) for n in ('sum $', 'difference'))
    peak = 6.3 * 0.7 ** (7 / 3)
    assert abs(total.get_ydata().max() - peak) < 0.003
    assert abs(marked(free)[0, 1] - peak) < 0.003
    assert any(f'{peak:.2f}' in text.get_text() for text in free.texts)
    assert np.allclose(difference.get_ydata(), np.exp(-difference.get_xdata() / 20), atol=1e-4)
    assert not np.any(curve(free, 'sum without the link')[:, 1])
    modes = next(ax for ax in axes_labelled(fig, 'modes') if ax is not free)
    t, cut = curve(modes, 'sum without the link').T
    late = t > 20.05  # after the pulse it decays with the time constant τ/(1 + w_+), w_+ = 3/7
    assert np.allclose(cut[late], cut[late][0] * np.exp(-(t[late] - t[late][0]) * (10 / 7) / 20), atol=1e-4)
    assert curve(modes, 'sum')[:, 1].max() > 3 * cut.max() > 0
    (rates,) = axes_labelled(fig, 'rates, relative')
    E, I = (curve(rates, f'${s}$')[:, 1] for s in 'EI')
    assert np.allclose((E + I) / 2**0.5, curve(modes, 'sum')[:, 1], atol=1e-5)
    assert np.ptp(axes_labelled(fig, 'input to E')[0].lines[0].get_ydata()) == 1


@shows('WongWang')
def choices_and_times(fig, net, run):
    (rates,) = axes_labelled(fig, 'rates (Hz)')
    trials = [line.get_ydata() for line in rates.lines if len(line.get_xdata()) == len(run.mon['ts'])]
    assert len(trials) == 20  # two populations in ten trials
    winners = np.array([y[2900] for y in trials]) > 15  # at 1450 ms
    assert 8 <= winners.sum() <= 10
    assert any(np.array_equal(np.unique(line.get_ydata()), [15]) for line in rates.lines)  # the threshold
    assert all(y[200:900].max() < 10 for y in trials)  # nothing is decided before the stimulus
    spans = [patch for patch in rates.patches if abs(patch.get_x() - 500) < 1 and abs(patch.get_width() - 1000) < 2]
    assert len(spans) == 1
    steady = net.H(net.current(run.mon['S'][-400:].mean(0), 0.0))  # noise adds about 1 Hz
    drawn = [curve(rates, f'population {k}')[-400:, 1].mean() for k in (1, 2)]
    assert np.allclose(drawn, steady, atol=2.0)
    (correct,) = axes_labelled(fig, 'correct (%)')
    c, share = correct.lines[0].get_xydata().T
    assert 50 < share[0] < 70
    assert share[-1] > 99
    assert (np.diff(share) > -3).all()
    assert len(c) == 6
    assert '300 trials' in correct.get_title()
    (times,) = axes_labelled(fig, 'time of')
    right, wrong = (curve(times, name)[:, 1] for name in ('correct', 'wrong'))
    assert (np.diff(right) < 20).all()
    assert 500 < right[0] < 800
    assert 200 < right[-1] < 350
    assert np.isfinite(wrong[:2]).all()
    assert np.isnan(wrong[-1])


@shows('MontbrioPazoRoxin')
def two_rates(fig, net, run):
    plane = fig.axes[-1]
    assert (plane.get_xlabel(), plane.get_ylabel()) == ('$v$', '$r$ (Hz)')
    assert plane.get_ylim()[0] == 0
    names = {name: curve(plane, name) for name in ('stable node', 'saddle', 'stable focus')}
    assert set(names) <= set(legend_of(plane))
    for r, (name, points) in zip((8.1, 47.3, 103.1), names.items(), strict=True):
        assert points.shape == (1, 2), name
        assert abs(points[0, 1] - r) < 0.1, name
        assert abs(points[0, 0] + 1 / (2 * np.pi * points[0, 1] / 100)) < 0.01, name  # v = −Δ/(2π τ r)
    step, sine = (ax.lines[0].get_xydata() for ax in (fig.axes[0], fig.axes[3]))
    on = step[step[:, 1] == 3, 0]
    assert np.allclose((on[0], on[-1]), (200, 499.9), atol=0.11)
    assert np.allclose(sine[:, 1], 3 * np.sin(np.pi * sine[:, 0] / 200), atol=1e-4)  # Fig. 2: ω = π/20 in units of 1/τ
    before, after = (ax.lines[0].get_ydata() for ax in (fig.axes[1], fig.axes[4]))
    assert abs(before[1900] - 8.1) < 0.3
    assert abs(before[-1] - 103.1) < 0.3
    assert after.min() > 0
    assert after.max() > 200
    assert after[-1] < 20
    assert fig.axes[2].get_ylabel() == 'mean voltage $v$'


@shows('TsodyksMarkram')
def bursts_and_memory(fig, net, run):
    (_, E, synapses), (pulses, answer, later) = fig.axes[:3], fig.axes[3:]

    def tops(line, least):
        t, y = line.get_xydata().T
        return t[1:-1][(y[1:-1] > least) & (y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:])]

    at = tops(E.lines[0], 20)
    assert at[0] > 1500
    assert len(at) >= 7
    assert np.std(np.diff(at[2:])) < 0.05 * np.mean(np.diff(at[2:]))
    for ax in (synapses, later):
        assert ax.get_ylim() == (0, 1)
        assert all(0 <= y.get_ydata().min() <= y.get_ydata().max() <= 1 for y in ax.lines)
    y = curve(synapses, 'resources left, $y$')
    assert y[:, 1][np.searchsorted(y[:, 0], at[-2] + 50)] < 0.5 * y[2000, 1]  # a burst exhausts the synapses
    t, rate = answer.lines[0].get_xydata().T
    first, second, late = (rate[(t >= start) & (t < start + 400)].max() for start in (500, 2600, 5300))
    assert second > 30
    assert first < 10
    assert late < 0.5 * second
    assert [text.get_text() for text in pulses.texts] == ['probe', 'cue', 'probe', 'late probe']


@shows('JansenRit')
def alpha_rhythm(fig, net, run):
    (eeg,) = axes_labelled(fig, 'EEG $y_1 - y_2$ (mV)')
    assert np.allclose(eeg.lines[0].get_ydata(), (run.mon['y1'] - run.mon['y2'])[:, 0])
    (power,) = axes_labelled(fig, 'frequency $f$ (Hz)')
    assert 8 < marked(power)[0, 0] < 13

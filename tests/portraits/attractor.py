"""What the portraits of models/attractor.py must show."""

import numpy as np
from claims.attractor import travelling_wave
from scipy.optimize import brentq

from portraits.base import axes_labelled, shows


def line(ax, label):
    """The curve of this label, (T, 2)."""
    found = [one for one in ax.lines if label in str(one.get_label())]
    assert len(found) == 1, (label, [one.get_label() for one in ax.lines])
    return found[0].get_xydata()


def titled(fig, title):
    """The axes with this in their title, which stands at the left."""
    (found,) = [ax for ax in fig.axes if title in ax.get_title(loc='left')]
    return found


def wrapped(angle):
    return (np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi


def ridge(net, u):
    """Where the sum of the states (T, n) is, weighted by their squares: an angle of its own for the tests."""
    return np.angle(np.maximum(u, 0) ** 2 @ np.exp(1j * net.theta))


def colours(ax, net):
    """The values (T, n) that the colours of an axes show."""
    return ax.collections[0].get_array().reshape(net.n, -1).T


@shows('CANN1D')
def a_bump_follows_its_cue_and_a_faster_cue_is_lost(fig, net, run):
    slow, fast = axes_labelled(fig, 'bump $u$')
    for ax in (slow, fast, *axes_labelled(fig, 'input $x$')):
        assert [t.get_text() for t in ax.get_yticklabels()][::2] == [r'$-\pi$', '0', r'$\pi$']
        assert line(ax, 'cue').shape[0] > 100
    for above, below in zip(axes_labelled(fig, 'input $x$'), (slow, fast), strict=True):  # x is brightest at the cue
        for ax, curve in ((above, 'cue'), (below, 'centre')):
            shown = colours(ax, net)
            at = line(ax, curve)[:: len(line(ax, curve)) // 1000 or 1, 1]
            on = np.isfinite(at) & (shown.max(1) > 0)
            assert on.mean() > 0.9
            assert np.abs(wrapped(ridge(net, shown) - at))[on].max() < 0.05
            assert np.allclose(line(below, 'cue'), line(above, 'cue'), equal_nan=True)
    image = colours(slow, net).T
    assert np.allclose(line(slow, 'centre'), np.stack([run.mon['ts'], ridge(net, run.mon['u'])], 1), atol=1e-4)
    assert abs(wrapped(net.theta[image[:, -1].argmax()] - line(slow, 'centre')[-1, 1])) < 0.05
    lag = wrapped(line(slow, 'cue')[-1, 1] - line(slow, 'centre')[-1, 1])
    limit = 3**0.5 * net.a * 0.05 / np.e**0.5
    law = brentq(lambda s: 0.05 * s * np.exp(-(s**2) / (6 * net.a**2)) - 0.7 * limit, 0, 3**0.5 * net.a)
    assert 0.3 < law < 0.6
    assert abs(lag / law - 1) < 0.06  # the closed form is one of first order
    assert wrapped(line(fast, 'cue')[-1, 1] - line(fast, 'centre')[-1, 1]) > 1.5  # left behind
    assert titled(fig, 'cue at 0.7 of the speed limit') is axes_labelled(fig, 'input $x$')[0]
    assert titled(fig, 'it is lost') is axes_labelled(fig, 'input $x$')[1]
    (over_time,) = axes_labelled(fig, 'lag $s$ behind the cue')
    assert np.isclose(line(over_time, 'this cue')[-1, 1], lag, atol=1e-3)
    (over_speed,) = axes_labelled(fig, 'speed of the cue')
    curve, measured = line(over_speed, r'v\tau'), line(over_speed, 'measured')
    assert np.isclose(curve[-1, 0], limit, rtol=1e-3)
    assert np.allclose(measured[:, 1], np.interp(measured[:, 0], *curve.T), rtol=0.15)
    assert np.isclose(line(over_speed, 'this cue')[0, 0], 0.7 * limit, rtol=1e-3)


@shows('AdaptiveCANN')
def weak_adaptation_lets_the_bump_stand_and_strong_adaptation_drives_it(fig, net, run):
    stands, runs = titled(fig, '0.75'), titled(fig, 'this run')
    assert '$m$ = 2 ' in runs.get_title(loc='left')
    assert np.ptp(line(stands, 'centre')[:, 1]) < 0.05
    path = line(runs, 'centre')
    known = np.isfinite(path[:, 1])
    assert np.allclose(path[known, 1], ridge(net, run.mon['u'])[known], atol=1e-4)
    image = runs.collections[0].get_array().reshape(net.n, -1)
    assert abs(wrapped(net.theta[image[:, -1].argmax()] - path[-1, 1])) < 0.05
    late = run.mon['ts'] > 400
    (speed,) = axes_labelled(fig, 'speed $v_{int}$')
    own = np.polyfit(run.mon['ts'][late], np.unwrap(ridge(net, run.mon['u'][late])), 1)[0]
    assert np.isclose(line(speed, 'this run')[0, 0], 0.04)
    assert np.isclose(line(speed, 'this run')[0, 1], own, rtol=0.05)
    curve, measured = line(speed, 'Eq. (4)'), line(speed, 'measured')
    for m, v in measured:
        expected = travelling_wave(m / 0.02)[0] if m > 0.02 else 0.0
        assert np.isclose(v, expected, rtol=5e-3, atol=1e-4)
        assert np.isclose(np.interp(m, *curve.T), expected, rtol=0.06, atol=1e-4)  # the law holds for τ ≪ τ_v
    printed = line(speed, 'Mi et al.')
    assert np.allclose(printed[:, 1], 0.02 * np.sqrt(50 * printed[:, 0] - np.sqrt(50 * printed[:, 0])), rtol=1e-5)
    (lead,) = axes_labelled(fig, 'lead of the bump')
    v, ahead = line(lead, 'measured').T
    assert (np.sign(ahead[np.abs(v / 0.0118 - 1) > 0.1]) == [1, 1, 1, -1]).all()  # ahead of the slower cues alone
    assert abs(ahead[3]) < 0.1 * ahead.max()  # at v_int neither


@shows('CANN2D')
def a_bump_on_a_sheet_follows_its_cue(fig, net, run):
    images = [ax for ax in fig.axes if ax.images]
    assert len(images) == 10
    x, u = images[:5], images[5:]
    assert np.allclose(u[-1].images[0].get_array().T.ravel(), run.mon['u'][-1])
    for above, below in zip(x, u, strict=True):
        cross = below.lines[0].get_xydata()[0]
        assert np.array_equal(above.lines[0].get_xydata()[0], cross)
        bump = np.asarray(below.images[0].get_array()).T.ravel()
        assert np.isclose(run.mon['u'], bump).all(1).any()  # a state of the run
        low, high = below.images[0].get_extent()[:2]
        assert np.allclose((low, high), (-np.pi - np.pi / net.side, np.pi - np.pi / net.side))
        sheet = np.asarray(above.images[0].get_array())
        row, column = np.unravel_index(sheet.argmax(), sheet.shape)
        assert (
            np.abs(net.theta[[column, row]] - cross).max() < 0.2
        )  # the cross stands on the brightest pixel of the cue
    assert images[0].get_ylabel().endswith('(rad)')
    assert u[0].get_xlabel().endswith('(rad)')
    (paths,) = [ax for ax in axes_labelled(fig, r'$\theta_1$ (rad)') if ax.lines and not ax.images]
    cue, bump = line(paths, 'cue'), line(paths, 'bump')
    assert np.allclose(np.linalg.norm(cue, axis=1), 1.6, atol=0.01)
    (distance,) = axes_labelled(fig, 'distance of the bump')
    assert np.allclose(distance.lines[0].get_ydata(), np.linalg.norm(cue - bump, axis=1), atol=1e-4)
    assert 0.3 < distance.lines[0].get_ydata()[-1] < 0.6


@shows('RingAttractor')
def a_velocity_turns_the_bump(fig, net, run):
    velocity = titled(fig, 'velocity of the head')
    rates = np.maximum(run.mon['u'], 0)
    assert np.array_equal(colours(axes_labelled(fig, 'preferred\ndirection')[0], net), rates)
    assert np.array_equal(velocity.lines[0].get_ydata(), run.inputs[:, 0])
    (angle,) = axes_labelled(fig, 'angle (rad)')
    bump, integral = line(angle, 'angle of the bump'), line(angle, 'integral')
    assert np.allclose(np.diff(integral[:, 1]), net.dt * run.inputs[1:, 0], atol=1e-9)
    assert np.allclose(wrapped(bump[:, 1]), np.angle(np.maximum(run.mon['u'], 0) @ np.exp(1j * net.theta)), atol=1e-4)
    assert np.ptp(bump[:, 1]) > 2 * np.pi  # more than a turn, and no jump
    assert np.abs(np.diff(bump[:, 1])).max() < 0.2
    (error,) = axes_labelled(fig, 'error (rad)')
    assert np.allclose(error.lines[0].get_ydata(), (bump - integral)[:, 1])
    assert np.abs(error.lines[0].get_ydata()).max() < 0.2
    push = titled(fig, 'what turns the bump')
    raises, lowers = (path.get_paths()[0].vertices for path in push.collections)
    r = line(push, 'bump')
    assert np.isclose(rates, r[:, 1], atol=1e-4).all(1).any()  # the bump at one time of the run
    assert raises[:, 1].max() > 1
    assert lowers[:, 1].min() < -1
    ahead = wrapped(raises[raises[:, 1].argmax(), 0] - r[r[:, 1].argmax(), 0])
    assert -2 < ahead < -1  # the fastest turn is to the right: the current rises a quarter of a turn below the bump


@shows('LineIntegrator')
def pulses_are_held(fig, net, run):
    (pulses,) = axes_labelled(fig, 'input $x$')
    assert np.array_equal(pulses.lines[0].get_ydata(), run.inputs[:, 0])
    (value,) = axes_labelled(fig, 'output')
    told = [t.get_text() for t in value.texts]
    assert {'integral of $x$', '$w$ = 0.9', '$w$ = 0.99 (this run)', '$w$ = 0.999'} == set(told)
    by_label = dict(zip(('integral', '0.999', '0.99', '0.9'), (one.get_xydata() for one in value.lines), strict=True))
    output = np.asarray(run.mon['r']) @ net.xi / (net.xi @ net.xi)
    assert np.allclose(by_label['0.99'][:, 1], output, atol=1e-5)
    t = run.mon['ts']
    between = (t > 8) & (t < 34)  # after the first pulse and before the second
    for w in ('0.9', '0.99', '0.999'):
        kept = by_label[w][between, 1]
        assert np.allclose(kept / kept[0], np.exp(-(1 - float(w)) * (t[between] - t[between][0])), atol=5e-3)
    assert np.allclose(by_label['integral'][between, 1], 1.0)
    (units,) = axes_labelled(fig, 'rate $r$')
    for one in units.lines:
        assert np.isclose(run.mon['r'], one.get_ydata()[:, None]).all(0).any()  # a unit of the run
    ends = np.array([one.get_ydata()[-1] for one in units.lines])
    told = np.array([float(t.get_text().rpartition(' ')[2]) for t in units.texts])
    assert np.allclose(sorted(ends / ends.max()), sorted(told / told.max()), atol=0.01)


@shows('RingModel')
def a_uniform_input_evokes_a_hill(fig, net, run):
    drive = titled(fig, 'the same for all orientations')
    assert np.allclose(drive.lines[0].get_ydata(), net.c - net.T)
    assert len([ax for ax in fig.axes if ax.get_label() == '<colorbar>']) == 1
    image = next(ax for ax in axes_labelled(fig, r'orientation $\theta$') if ax.collections)
    assert np.array_equal(colours(image, net), run.mon['r'][:: max(1, len(run.mon['r']) // 1000)])
    (tuning,) = axes_labelled(fig, 'at the end')
    own, theory = line(tuning, 'this run'), line(tuning, 'closed form')
    assert np.array_equal(own[:, 1], run.mon['r'][-1])
    assert np.abs(own - theory).max() < 0.05 * own[:, 1].max()
    theta_c = brentq(lambda t: net.J2 * (t - np.sin(4 * t) / 4) - np.pi, 0.1, np.pi / 2)
    assert abs(np.mean(theory[:, 1] > 0) * np.pi / 2 - theta_c) < 0.03
    others = [one.get_ydata() for one in tuning.lines[:4]]
    places = np.sort([np.argmax(one) for one in (*others, own[:, 1])])
    assert np.allclose(np.diff(places), net.n / 5, atol=2)  # hills stand anywhere on the ring
    assert all(abs(one.max() / own[:, 1].max() - 1) < 0.05 for one in others)
    (width,) = axes_labelled(fig, 'half width')
    J2, half = width.lines[0].get_xydata().T
    law = np.radians(half) - np.sin(4 * np.radians(half)) / 4
    assert np.allclose((J2 * law)[J2 > 2], np.pi, rtol=1e-2)
    at = line(width, 'this run')[0]
    assert np.allclose(at, (net.J2, np.degrees(theta_c)), atol=2.0)

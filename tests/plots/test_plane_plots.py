"""Pictures of dynamics: what they draw, and what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers import TanhRNN, TwoStates

import ratezoo
from ratezoo.curves import LIF, Siegert
from ratezoo.models.oscillator import FitzHughNagumo
from ratezoo.plots import bifurcation, fi_curves, phase_plane, spectrum


def nullclines(ax):
    """The vertices of what was drawn by `contour`."""
    drawn = [c for c in ax.collections if hasattr(c, 'levels')]
    return [np.concatenate([p.vertices for p in c.get_paths()]) for c in drawn]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


@pytest.mark.slow
def test_a_phase_plane_has_its_nullclines_fixed_points_and_trajectories():
    net = FitzHughNagumo(a=0.0, b=2.0, I=0.0)
    path = np.stack([np.linspace(-2, -1, 30), np.linspace(1, 0, 30)], 1)
    ax = phase_plane(net, limits=((-2.2, 2.2), (-1.2, 1.2)), runs=[path], starts=[[0.3, -1.0]], duration=100.0)
    cubic, line = nullclines(ax)
    v, w = cubic.T
    assert len(v) > 200
    assert np.abs(v - v**3 / 3 - w).max() < 1e-3  # F_v = 0
    assert np.abs(line[:, 0] - 2 * line[:, 1]).max() < 1e-9  # F_w = 0
    assert np.abs(line[:, 0] - line[:, 0] ** 3 / 3 - line[:, 1]).max() > 0.5
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$v$', '$w$')
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2.2, 2.2), (-1.2, 1.2))
    assert legend(ax) == [
        r'$\mathrm{d}v/\mathrm{d}t = 0$',
        r'$\mathrm{d}w/\mathrm{d}t = 0$',
        'trajectory,\nfrom the cross',
        'stable focus',
        'saddle',
    ]
    points = {one.get_label(): one for one in ax.lines}
    np.testing.assert_allclose(
        points['stable focus'].get_xydata(), [[-(1.5**0.5), -(1.5**0.5) / 2], [1.5**0.5, 1.5**0.5 / 2]]
    )
    np.testing.assert_allclose(points['saddle'].get_xydata(), [[0.0, 0.0]], atol=1e-9)
    assert points['saddle'].get_fillstyle() == 'left'
    assert np.array_equal(ax.lines[0].get_xydata(), path)
    simulated = ax.lines[2].get_xydata()
    assert np.array_equal(simulated[0], [0.3, -1.0])
    np.testing.assert_allclose(simulated[-1], [1.5**0.5, 1.5**0.5 / 2], atol=1e-2)
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1  # beside, not on top


def test_one_state_of_two_units_and_a_nullcline_elsewhere():
    net = ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]], beta=0.5, dt=0.1)
    runner = ratezoo.Runner(net, monitors=['u'], progress_bar=False)
    runner.run(inputs=np.zeros((20, 2)))
    ax = phase_plane(net, x=[0.2, 0.1], limits=(-1, 1), runs=[runner], flow=False)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$u_{1}$', '$u_{2}$')
    assert legend(ax)[-1] == 'stable node'
    assert np.array_equal(ax.lines[0].get_xydata(), runner.mon['u'])
    for i, vertices in enumerate(nullclines(ax)):
        F = np.array([net.F(u, net.params_dict(), np.array([0.2, 0.1]))[i] for u in vertices[::20]])
        assert np.abs(F).max() < 1e-3
    away = phase_plane(net, x=[0.2, 0.1], limits=((5, 6), (-1, 1)), flow=False)
    assert len(nullclines(away)) == 1
    assert legend(away) == [r'$\mathrm{d}u_{2}/\mathrm{d}t = 0$']


def test_a_phase_plane_with_units_in_discrete_time_and_on_given_axes():
    net = TwoStates(1)
    net.units_of_states = {'I': 'nA', 'r': 'Hz'}
    given = plt.subplots()[1]
    mon = {'I': np.linspace(0, 1, 5)[:, None], 'r': np.linspace(0, 1, 5), 'ts': np.arange(5.0)}
    ax = phase_plane(net, runs=[mon], ax=given, points=51)
    assert ax is given
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$I$ (nA)', '$r$ (Hz)')
    assert np.array_equal(ax.lines[0].get_xydata(), np.stack([mon['r']] * 2, 1))


@pytest.mark.slow
def test_the_noise_of_a_circuit_is_no_part_of_the_plane():
    quiet, noisy = FitzHughNagumo(), FitzHughNagumo(noise={'sigma': 0.3, 'tau': 2.0})
    mon = {'v': np.ones((5, 1)), 'w': np.zeros((5, 1)), 'eta': np.ones((5, 1)), 'ts': np.arange(5.0)}
    one, two = (phase_plane(net, runs=[mon], starts=[[-1.0, 1.0]], duration=5.0, points=51) for net in (quiet, noisy))
    for a, b in zip(one.lines, two.lines, strict=True):
        np.testing.assert_allclose(a.get_xydata(), b.get_xydata(), atol=1e-12)
    for a, b in zip(nullclines(one), nullclines(two), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_trajectories_lie_inside_the_plane_and_their_start_on_top():
    net = ratezoo.FitzHughNagumo(a=0.0, b=0.5)
    run = np.array([[0.0, 0.0], [2.5, -0.5], [-2.0, 1.0]])
    ax = phase_plane(net, runs=[run], flow=False)
    assert ax.get_xlim()[0] < -2.0 < 2.5 < ax.get_xlim()[1]
    assert ax.get_ylim() == (-2.0, 2.0)  # as wide as it is without the run
    cross = next(line for line in ax.lines if line.get_marker() == 'x')
    assert cross.get_zorder() > max(line.get_zorder() for line in ax.lines if line.get_marker() in ('s', 'o', 'D'))
    given = phase_plane(net, runs=[run], limits=(-1, 1), flow=False)
    assert given.get_xlim() == (-1, 1)


def test_what_a_phase_plane_refuses():
    net = FitzHughNagumo()
    with pytest.raises(ratezoo.InvalidValueError, match=r'two numbers, got TanhRNN with 3 of r'):
        phase_plane(TanhRNN(3))
    with pytest.raises(ratezoo.InvalidValueError, match=r'FitzHughNagumo with 2 of v, 2 of w'):
        phase_plane(FitzHughNagumo(2))
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.limits: expected low < high'):
        phase_plane(net, limits=(2, -2))
    with pytest.raises(ratezoo.UnknownNameError, match=r"the state 'w' was not monitored\. There are: v"):
        phase_plane(net, runs=[{'v': np.zeros(5), 'ts': np.arange(5)}])
    with pytest.raises(ratezoo.ShapeError, match=r'phase_plane\.runs: expected states of shape \(T, 2\)'):
        phase_plane(net, runs=[np.zeros((5, 3))])
    with pytest.raises(ratezoo.InvalidValueError, match=r'phase_plane\.points'):
        phase_plane(net, points=1)


def test_f_i_curves_and_what_was_measured():
    currents, measured = np.linspace(0, 5, 50), (np.array([1.0, 3.0]), np.array([0.0, 60.0]))
    ax = fi_curves([LIF(), Siegert(sigma=2.0), Siegert(sigma=6.0)], currents, measured, 'nA', 'Hz')
    assert legend(ax) == ['LIF', r'Siegert, $\sigma = 2$', r'Siegert, $\sigma = 6$', 'measured']
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('current $I$ (nA)', 'rate $r$ (Hz)')
    np.testing.assert_allclose(ax.lines[2].get_ydata(), Siegert(sigma=6.0)(currents))
    assert np.array_equal(ax.lines[3].get_data(), measured)
    assert len({one.get_linestyle() for one in ax.lines[:3]}) == 3
    assert legend(fi_curves({'mine': np.square}, currents, {'a': measured})) == ['mine', 'a']
    assert legend(fi_curves([np.square, np.square], currents)) == ['square', 'square (2)']
    with pytest.raises(ratezoo.ShapeError, match=r'fi_curves\.f: expected a rate for each current'):
        fi_curves({'f': np.sum}, currents)
    with pytest.raises(ratezoo.ShapeError, match=r'fi_curves\.measured'):
        fi_curves(LIF(), currents, (np.ones(3), np.ones(4)))


def test_a_bifurcation_diagram_of_a_pitchfork_and_of_a_range():
    g = np.linspace(-1, 1, 81)
    up = np.where(g > 0, np.sqrt(np.abs(g)), np.nan)
    ax = bifurcation(
        g,
        np.stack([0 * g, up, -up], 1),
        stable=np.stack([g <= 0, g > 0, g > 0], 1),
        labels=['rest', 'up', 'down'],
        xlabel='gain $g$',
        ylabel='$r^*$',
    )
    assert legend(ax) == ['rest', 'up', 'down', 'unstable']
    rest, unstable = ax.lines[0].get_ydata(), ax.lines[1].get_ydata()
    assert np.array_equal(np.isfinite(rest), g <= 0)
    assert np.array_equal(np.isfinite(unstable), g >= 0)  # from the last stable point on
    assert ax.lines[1].get_linestyle() == ':'
    assert np.array_equal(ax.lines[2].get_ydata(), up, equal_nan=True)
    high = np.maximum(g, 0)
    ax = bifurcation(g, -high, high)
    assert np.array_equal(ax.lines[1].get_ydata(), high)
    assert ax.collections[0].get_paths()[0].vertices[:, 0].min() > 0  # shaded where it moves
    assert ax.get_legend() is None
    with pytest.raises(ratezoo.ShapeError, match=r'bifurcation\.low'):
        bifurcation(g, g[1:])
    with pytest.raises(ratezoo.ShapeError, match=r'bifurcation\.high: expected shape \(81,\)'):
        bifurcation(g, g, g[1:])
    with pytest.raises(ratezoo.ShapeError, match=r'bifurcation\.stable'):
        bifurcation(g, g, stable=True)


@pytest.mark.parametrize(
    ('time_unit', 'frequency', 'unit'),
    [('ms', 40.0, ' (Hz)'), ('s', 0.04, ' (Hz)'), (None, 0.04, ''), ('min', 0.04, ' (1/min)')],
)
def test_the_peak_of_a_spectrum(rng, time_unit, frequency, unit):
    ts = 0.5 * np.arange(4000)
    r = 3 + np.sin(2 * np.pi * 0.04 * ts[:, None] + np.array([0.0, 2.0])) + 0.1 * rng.normal(size=(4000, 2))
    ax = spectrum({'r': r, 'ts': ts.astype(np.float32)}, 'r', time_unit=time_unit)
    peak = ax.lines[1].get_xdata()[0]
    assert abs(peak / frequency - 1) < 1e-3
    assert legend(ax) == [f'peak at {peak:.3g}{unit.replace("(", "").replace(")", "")}']
    assert ax.get_xlabel() == f'frequency $f${unit}'
    assert ax.get_yscale() == 'log'
    f, power = ax.lines[0].get_data()
    assert f[np.argmax(power)] == peak
    assert ax.get_xlim()[1] == pytest.approx(10 * peak)
    np.testing.assert_allclose(power.sum() * (f[1] - f[0]), 0.5 + 0.01, rtol=0.02)  # Parseval: the variance


def test_spectra_on_one_axes_their_units_and_what_they_refuse(rng):
    ts = np.arange(2000.0)
    noise = rng.normal(size=(2000, 2, 2))
    mon = {'E': noise, 'ts': ts}
    ax = spectrum(mon, 'E', y_unit='mV', limit=100.0, label='noise')
    spectrum(mon, 'E', entries=[(0, 1)], limit=50.0, label='one', ax=ax)
    assert ax.get_xlim() == (0, 100)
    assert ax.get_ylabel() == 'power density of $E$ (1/Hz)'
    assert len(legend(ax)) == 4
    assert spectrum(mon, 'E', y_unit='spikes/s').get_ylabel() == 'power density of $E$ ((spikes/s)²/Hz)'
    assert spectrum(mon, 'E', y_unit='mV', time_unit='min').get_ylabel() == 'power density of $E$ (mV² min)'
    assert spectrum(mon, 'E', time_unit=None).get_ylabel() == 'power density of $E$'
    with pytest.raises(ratezoo.UnknownNameError, match=r"spectrum\.variable: 'I' was not monitored\. There are: E"):
        spectrum(mon, 'I')
    with pytest.raises(ratezoo.ShapeError, match=r'spectrum\.entries: expected index tuples for E'):
        spectrum(mon, 'E', entries=[4])
    with pytest.raises(ratezoo.ShapeError, match=r'spectrum\.E: expected 10 time steps'):
        spectrum({'E': noise, 'ts': ts[:10]}, 'E')
    with pytest.raises(ratezoo.InvalidValueError, match='evenly spaced'):
        spectrum({'E': noise, 'ts': ts**2}, 'E')
    with pytest.raises(ratezoo.InvalidValueError, match='they are constant'):
        spectrum({'E': np.ones(2000), 'ts': ts}, 'E')
    with pytest.raises(ratezoo.InvalidValueError, match=r'spectrum\.segments: expected .* got 500 for 2000'):
        spectrum(mon, 'E', segments=500)
    with pytest.raises(ratezoo.InvalidValueError, match='finite'):
        spectrum({'E': np.full(2000, np.nan), 'ts': ts}, 'E')


M = np.array([[-1.0, 0.5, 0.3, 0.0], [-0.4, -1.0, 0.0, 0.2], [0.1, 0.2, -2.0, 0.0], [0.0, 0.3, 0.1, -1.5]])
U = np.array([0.2, -0.1, 0.4, 0.3])


class FourStates(ratezoo.Circuit):
    """ds/dt = M s + u, with the four states a, b, c and d."""

    states = ('a', 'b', 'c', 'd')

    def F(self, s, params, x):
        return {k: sum(M[i, j] * s[q] for j, q in enumerate('abcd')) + U[i] + x for i, k in enumerate('abcd')}


def test_a_slice_through_four_linear_states_against_the_closed_form():
    net, rest = FourStates(dt=0.01), np.linalg.solve(M, -U)
    ax = phase_plane(net, limits=(-1, 1), points=41, of=('a', 'd'), held={'b': 0.3})
    for i, line in zip((0, 3), nullclines(ax), strict=True):
        a, d = line.T
        held = M[i, 1] * 0.3 + M[i, 2] * rest[2] + U[i]  # c is held where the network settles
        assert np.abs(M[i, 0] * a + M[i, 3] * d + held).max() < 1e-6
        assert np.abs(M[i, 0] * a + M[i, 3] * d + U[i]).max() > 0.05  # not with the others at 0
    assert ax.get_title(loc='left') == f'slice at $b = 0.3$, $c = {rest[2]:.3g}$'
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$a$', '$d$')
    assert 'stable node' not in legend(ax)  # the crossing is no fixed point of the network
    run = ratezoo.simulate(net, 1.0)
    ax = phase_plane(net, limits=(-1, 1), points=41, of=('d', 'a'), runs=[run], starts=[[0.5, 0.5]], duration=0.01)
    assert np.array_equal(ax.lines[0].get_xydata(), np.stack([run.mon['d'][:, 0], run.mon['a'][:, 0]], 1))
    start = np.array([0.5, rest[1], rest[2], 0.5])
    np.testing.assert_allclose(ax.lines[2].get_xydata()[1], (start + 0.01 * (M @ start + U))[[3, 0]], atol=1e-9)
    (point,) = (one for one in ax.lines if one.get_label().startswith('stable'))
    np.testing.assert_allclose(point.get_xydata(), [rest[[3, 0]]], atol=1e-7)


def test_two_entries_of_one_state():
    net = TanhRNN(4, seed=3)
    ax = phase_plane(net, limits=(-1, 1), points=21, of=(('r', 0), ('r', 3)), held={'r': 0.0})
    W, b = (np.asarray(net.params_dict()[k]) for k in ('W', 'b'))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ('$r[0]$', '$r[3]$')
    assert ax.get_title(loc='left') == 'slice at $r[1] = 0$, $r[2] = 0$'
    plane = ratezoo.analysis.phase_plane(net, limits=(-1, 1), points=3, of=(('r', 3), ('r', 0)), held={'r': 0.0})
    r = np.array([1.0, 0.0, 0.0, -1.0])
    np.testing.assert_allclose(plane.F[2, 0], (-r + np.tanh(W @ r + b))[[3, 0]], atol=1e-12)


@pytest.mark.parametrize(
    ('options', 'error', 'message'),
    [
        ({}, ratezoo.InvalidValueError, r"got FourStates with .*such as of=\('a', 'b'\)"),
        ({'of': ('a', 'q')}, ratezoo.UnknownNameError, r"of: FourStates has no state 'q'\. It has: a, b, c, d"),
        ({'of': ('a', 'a')}, ratezoo.InvalidValueError, r"of: expected two different numbers, got 'a' twice"),
        ({'of': 'a'}, ratezoo.InvalidValueError, r'of: expected two states'),
        ({'of': ('a', ('b', 1))}, ratezoo.UnknownNameError, r"'b' of FourStates has 1 units, .* no unit 1"),
        ({'of': ('a', 'b'), 'held': {'e': 0.0}}, ratezoo.UnknownNameError, r"held: FourStates has no state 'e'"),
        ({'of': ('a', 'b'), 'held': {'a': 0.0}}, ratezoo.InvalidValueError, r"held: 'a' is one of the two numbers"),
        ({'of': ('a', 'b'), 'held': {'c': [0.0, 1.0]}}, ratezoo.ShapeError, r"held: expected a number .* for 'c'"),
    ],
)
def test_what_a_slice_refuses(options, error, message):
    with pytest.raises(error, match=message):
        phase_plane(FourStates(), **options)


def test_one_run_needs_no_list():
    net = ratezoo.WilsonCowan()
    run = ratezoo.simulate(net, 5.0)
    path = np.column_stack([run.mon['E'], run.mon['I']])
    plane = ratezoo.phase_plane(net, points=11)
    for one in (run, run.mon, path, [run], [path]):
        ax = plane.plot(one, flow=False)
        assert any(np.array_equal(line.get_xydata(), path) for line in ax.lines)
    valleys = ratezoo.landscape(ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]]), points=11)
    for one in (path, [path]):
        assert np.array_equal(valleys.plot(one).lines[0].get_xydata(), path)

"""`Circuit`: constants, the shared noise, and what the circuits of the zoo add to F."""

import inspect

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

import ratezoo
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.integrators import METHODS
from ratezoo.noise import OrnsteinUhlenbeck, following, normals, threefry


class Leak(Circuit):
    """τ dr/dt = −r + gain x"""

    states = ('r',)
    tau = Constant(10.0, 'time constant', 'ms', positive=True)
    gain = Constant(2.0, 'gain')

    def F(self, r, params, x):
        return (-r + self.gain * x) / self.tau


def test_constants_are_options_with_defaults_units_and_a_docstring():
    assert list(inspect.signature(Leak).parameters)[:3] == ['n', 'tau', 'gain']
    doc = inspect.getdoc(Leak)
    assert 'tau : float\n    Time constant (ms). Default 10.' in doc
    net = Leak(2, gain=[1.0, 3.0])
    assert np.allclose(net.relax(np.array([1.0, 1.0])).r, [1.0, 3.0])
    net.gain = 5.0  # noticed by what was compiled before
    assert np.allclose(net.relax(np.array([1.0, 1.0])).r, 5.0, atol=1e-6)


@pytest.mark.parametrize(
    ('options', 'error', 'match'),
    [
        (dict(tau=0.0), ratezoo.InvalidValueError, r'Leak\.tau: expected a number > 0'),
        (dict(gain=np.nan), ratezoo.InvalidValueError, r'Leak\.gain: expected a finite number'),
        (dict(gain=[1.0, 2.0, 3.0]), ratezoo.InvalidValueError, r'Leak\.gain: .*one for each unit'),
        (dict(gain='much'), ratezoo.InvalidValueError, r'Leak\.gain'),
        (dict(noise=0.3), ratezoo.InvalidValueError, r'Leak\.noise: expected an OrnsteinUhlenbeck'),
        (dict(noise=dict(sigma=-1.0, tau=1.0)), ratezoo.InvalidValueError, r'OrnsteinUhlenbeck\.sigma: .*≥ 0'),
        (dict(noise=dict(sigma=1.0, tau=0.0)), ratezoo.InvalidValueError, r'OrnsteinUhlenbeck\.tau: .*> 0'),
        (
            dict(taus=1.0),
            TypeError,
            r"Leak\.taus: there is no .* Did you mean 'tau'\? It has: n; .*tau, gain",
        ),
        (dict(noises=1.0, dts=0.1), ratezoo.ArgumentError, r"Leak\.dts: .* Did you mean 'dt'\?"),
    ],
)
def test_bad_options_are_named(options, error, match):
    with pytest.raises(error, match=match):
        Leak(**options)


@pytest.mark.quick(2)
@pytest.mark.parametrize('method', METHODS)
def test_the_shared_noise_has_its_deviation_and_correlation_at_any_step(method):
    """σ = 0.3, τ = 2 at a step of 0.8, where Euler–Maruyama alone would be 12 % off."""
    net = Leak(2000, noise=OrnsteinUhlenbeck(0.3, 2.0), method=method, dt=0.8, seed=0)
    run = ratezoo.simulate(net, 80.0, 0.0, monitors=['eta'], transient=40.0)
    eta = run.mon['eta']
    assert eta.std() == pytest.approx(0.3, rel=0.01)
    assert np.mean(eta[1:] * eta[:-1]) / eta.var() == pytest.approx(np.exp(-0.4), abs=0.01)


@pytest.mark.slow
def test_random_words_are_threefrys():
    """Those of JAX itself, and as numbers normal, and independent from key to key and from seed to seed."""
    try:
        from jax.extend.random import threefry_2x32
    except ImportError:
        from jax._src.prng import threefry_2x32
    key, count = jax.random.PRNGKey(12345), jnp.arange(5, dtype=jnp.uint32)
    expected = threefry_2x32(key, jnp.concatenate([count, jnp.zeros(5, jnp.uint32)]))
    assert np.array_equal(np.concatenate(threefry(key, count)), expected)
    draws = [np.asarray(normals(k, 100_001), float) for k in (key, following(key), jax.random.PRNGKey(12346))]
    for xi in draws:
        assert xi.shape == (100_001,)
        assert scipy.stats.kstest(xi, 'norm').pvalue > 1e-3
    assert np.abs(np.corrcoef(draws) - np.eye(3)).max() < 0.015


def test_the_noise_is_an_input():
    """r/gain is η filtered by τ: a variance of σ² τ_η/(τ + τ_η)."""
    net = Leak(2000, gain=1.0, noise=dict(sigma=1.0, tau=5.0), seed=1, dt=0.1)
    r = ratezoo.simulate(net, 250.0, 0.0, monitors=['r'], transient=100.0, sample_every=50).mon['r']
    assert r.var() == pytest.approx(5 / 15, rel=0.05)


def test_noise_restarts_with_the_reset_and_belongs_to_each_sample():
    net = Leak(3, noise=dict(sigma=1.0, tau=5.0), seed=1, mode=bm.BatchingMode(2))
    first = np.array(ratezoo.Runner(net, progress_bar=False).run(inputs=np.zeros((2, 20, 3))))
    net.reset_state()
    again = np.array(ratezoo.Runner(net, progress_bar=False).run(inputs=np.zeros((2, 20, 3))))
    assert np.array_equal(first, again)
    assert not np.allclose(first[0], first[1])


def test_a_constant_can_be_differentiated():
    net = Leak(1)

    def settled(tau):
        with net.with_constants({'tau': tau}):
            return net.step(jnp.zeros(1), {}, jnp.ones(1))[0]

    assert jax.grad(settled)(10.0) == pytest.approx(-0.1 * 2 / 100)
    assert net.tau == 10.0


def test_a_rule_trains_a_noisy_circuit():
    """η is one more state: BPTT's gradient is that of RTRL."""
    options = dict(n=4, seed=0, noise=dict(sigma=0.2, tau=1.0), g=0.9)
    x, y = np.zeros((8, 4)), np.ones((8, 4))
    grads = [
        type('Net', (rule, ratezoo.ChaoticRNN), {})(**options).gradient(x, y)[1]['W']
        for rule in (ratezoo.BPTT, ratezoo.RTRL)
    ]
    assert np.allclose(*grads, rtol=1e-9)
    assert np.abs(grads[0]).max() > 0


# ---- what single circuits offer --------------------------------------------------------------------------------------


def test_the_oscillators_solution_is_the_motion():
    net = ratezoo.DrivenOscillator(c=0.3, omega=0.8, k=2.0, m=1.5, A=0.7)
    net.reset_state(r0={'s': [0.5], 'v': [-0.2], 'phase': [0.0]})
    mon = ratezoo.simulate(net, 30.0, 0.0, monitors=['s']).mon
    assert np.allclose(mon['s'][:, 0], net.solution(mon['ts'] + 0.1, 0.5, -0.2), atol=1e-5)


def test_silence_and_chaos():
    """The exponent is negative at g = 0.8 and positive at 1.5."""
    found = [ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(300, g=g, seed=1)) for g in (0.8, 1.5)]
    assert found[0] < -0.1 < 0.005 < found[1]


def test_a_limit_cycle_has_the_exponent_zero():
    assert ratezoo.lyapunov_exponent(ratezoo.StuartLandau()) == pytest.approx(0.0, abs=2e-3)


def test_noise_is_no_part_of_the_exponent_nor_of_the_fixed_points():
    noise = dict(sigma=0.1, tau=2.0)
    assert ratezoo.lyapunov_exponent(ratezoo.StuartLandau(a=-2.0, noise=noise)) == pytest.approx(-2.0, abs=1e-3)
    areas = ratezoo.MultiAreaNetwork(ratezoo.FitzHughNagumo(1, noise=noise), [[0.0]], 0.0)
    assert [p.kind for p in ratezoo.fixed_points(areas, limits=(-3, 3))] == ['unstable focus']


def test_what_blows_up_has_no_exponent():
    with pytest.raises(ratezoo.DivergedError, match='lyapunov_exponent'):
        ratezoo.lyapunov_exponent(ratezoo.FitzHughNagumo(dt=5.0), x=np.array([50.0]))
    assert ratezoo.lyapunov_exponent(ratezoo.EchoState(n=5, radius=0.0, seed=0)) == -np.inf


def test_a_circuit_of_a_user_has_options_and_a_docstring_of_its_own():
    class Own(Leak):
        """τ dr/dt = −r + more"""

        more_constants = Constant(1.0, 'another')

        def __init__(self, n=None, *, more=2.0, **options):
            super().__init__(n, **options)
            self.more = more

    assert Own(more=3.0).more == 3.0
    assert inspect.getdoc(Own).startswith('τ dr/dt = −r + more\n\nParameters\n')


def test_the_phase_of_the_drive_stays_small():
    net = ratezoo.DrivenOscillator()
    ratezoo.simulate(net, 100.0, 0.0)
    assert 0 <= float(net.phase[0]) < 2 * np.pi


def test_a_network_of_areas_has_one_seed():
    starts = [np.array(ratezoo.MultiAreaNetwork('Kuramoto', seed=0).theta) for _ in range(2)]
    assert np.array_equal(*starts)


@pytest.mark.parametrize('option', ['duration', 'transient'])
def test_the_exponent_needs_time(option):
    with pytest.raises(ratezoo.InvalidValueError, match=rf'lyapunov_exponent\.{option}'):
        ratezoo.lyapunov_exponent(ratezoo.StuartLandau(), **{option: 0.0})


def test_amplification_is_balanced():
    """Murphy & Miller: the sum peaks above 2.5, no mode is slower than τ: eigenvalues −1/τ and −(1 + 3/7)/τ."""
    net = ratezoo.BalancedAmplification()
    values = net.stability({'E': np.zeros(1), 'I': np.zeros(1)}).eigenvalues
    assert np.allclose(np.sort(values), [-(1 + 3 / 7) / 20, -1 / 20])
    net.reset_state(r0={'E': [0.5**0.5], 'I': [-(0.5**0.5)]})
    mon = ratezoo.simulate(net, 100.0, 0.0).mon
    assert ((mon['E'] + mon['I']) / 2**0.5).max() > 2.5


def test_every_decision_is_a_choice_in_time():
    """Without noise and coherence nobody wins; a one-sided stimulus decides at once and always alike."""
    still = ratezoo.WongWang(noise=dict(sigma=0.0, tau=2.0), dt=1.0, seed=0)
    none = still.decide(0.0, 3, mu=1.0, limit=300.0)
    assert (none.choice == 0).all()
    assert np.isnan(none.time).all()
    sure = still.decide(100.0, 3, limit=1000.0)
    assert (sure.choice == 1).all()
    assert np.ptp(sure.time) == 0
    assert (still.decide(-100.0, 2, limit=1000.0).choice == 2).all()
    with pytest.raises(ratezoo.InvalidValueError, match=r'WongWang\.n: expected two populations'):
        ratezoo.WongWang(3)
    with pytest.raises(ratezoo.InvalidValueError, match=r'decide\.trials'):
        still.decide(0.0, 0)


def test_rates_of_a_decision_are_monitored():
    net = ratezoo.WongWang(seed=0, noise=dict(sigma=0.0, tau=2.0))
    mon = ratezoo.simulate(net, 100.0, monitors=['S', 'r']).mon
    y = 0.2609 * mon['S'][-1] - 0.0497 * mon['S'][-1, ::-1] + 0.3255
    u = 270 * y - 108
    assert np.allclose(mon['r'][-1], u / (1 - np.exp(-0.154 * u)))


def test_bursts_appear_between_the_published_bifurcations():
    """Cortes et al.: oscillations below the Hopf point −1.151 and above the fold −1.463, rest elsewhere."""
    found = ratezoo.sweep(
        ratezoo.TsodyksMarkram,
        {'I_0': [-1.6, -1.3, -1.2, -1.0]},
        duration=2000.0,
        transient=6000.0,
        measure='std',
        settings={'dt': 0.5},
    )
    assert np.array_equal(found.values[:, 0] > 1.0, [False, True, True, False])


def test_the_rank_of_a_network_is_its_own_and_its_overlap_exact():
    net = ratezoo.LowRankRNN(60, rank=3, overlap=1.4, seed=2)
    U, V = np.asarray(net.U.value), np.asarray(net.V.value)
    assert np.allclose(V.T @ U / 60, 1.4 * np.eye(3))
    assert np.allclose(net.kappa(net.h0), V.T @ np.tanh(net.h0) / 60)
    with pytest.raises(ratezoo.InvalidValueError, match=r'LowRankRNN\.rank'):
        ratezoo.LowRankRNN(10, rank=6)
    with pytest.raises(ratezoo.ShapeError, match='kappa'):
        net.kappa(np.zeros(5))


@pytest.mark.slow
def test_the_hill_of_the_ring_appears_above_two_and_is_as_wide_as_theory_says():
    found = ratezoo.sweep(
        ratezoo.RingModel,
        {'J2': [1.5, 1.9, 2.2, 3.0, 4.0]},
        duration=1.0,
        transient=3000.0,
        measure='final',
        settings={'n': 400},
        x=0.0,
    ).values
    spread = np.ptp(found, axis=1)
    assert np.allclose(spread[:2], 0.0, atol=1e-3)
    for k, J2 in enumerate((2.2, 3.0, 4.0), 2):
        assert np.mean(found[k] > 1e-9) * np.pi / 2 == pytest.approx(ratezoo.RingModel(J2=J2).width, abs=0.012)
    with pytest.raises(ratezoo.InvalidValueError, match=r'RingModel\.J2'):
        _ = ratezoo.RingModel(J2=1.9).width


# ---- echo states -----------------------------------------------------------------------------------------------------


def test_the_readout_is_ridge_regression(rng):
    net = ratezoo.EchoState(n=15, n_out=2, seed=0, bias_scale=0.2)
    x, y = rng.uniform(-1, 1, (300, 1)), rng.normal(size=(300, 2))
    error = net.fit_readout(x, y, ridge=0.3, washout=50)
    r, p = net.states_of(x)[50:], net.params_dict()
    W, b = np.asarray(p['W_out']), np.asarray(p['b_out'])
    residual = r @ W.T + b - y[50:]
    assert error == pytest.approx(np.mean(residual**2))
    assert np.allclose(residual.sum(0), 0.0, atol=1e-9)  # the gradient of the ridge loss vanishes
    assert np.allclose(residual.T @ r + 0.3 * W, 0.0, atol=1e-9)


def test_memory_is_at_most_one_for_each_unit_and_less_if_not_linear():
    linear = ratezoo.EchoState(n=20, phi='linear', orthogonal=True, radius=0.9, seed=1).memory_capacity(100)
    bent = ratezoo.EchoState(n=20, input_scale=1.0, seed=1).memory_capacity(100)
    assert linear[:5].min() > 0.97
    assert 18.5 < linear.sum() < 20.5  # the finite sample adds about 1e-4 a delay
    assert bent.sum() < 0.7 * linear.sum()


def test_states_do_not_echo_where_they_started(rng):
    net = ratezoo.EchoState(n=50, seed=0)
    x = rng.uniform(-1, 1, (300, 1))
    ends = []
    for r0 in (np.zeros(50), rng.normal(size=50)):
        net.reset_state(r0=r0)
        ends.append(np.array(ratezoo.Runner(net, monitors=['r'], progress_bar=False).run(inputs=x))[-1])
    assert np.allclose(*ends, atol=1e-8)


@pytest.mark.parametrize(
    ('make', 'match'),
    [
        (lambda: ratezoo.EchoState(leak=0.0), r'EchoState\.leak'),
        (lambda: ratezoo.EchoState(radius=-1.0), r'EchoState\.radius'),
        (lambda: ratezoo.EchoState(phi='step'), r'EchoState\.phi'),
        (lambda: ratezoo.EchoState().fit_readout(np.zeros((50, 1)), np.zeros((50, 1))), r'EchoState\.y: .*washout'),
        (lambda: ratezoo.EchoState().fit_readout(np.zeros((200, 2)), np.zeros((200, 1))), r'EchoState\.x'),
        (lambda: ratezoo.EchoState().memory_capacity(steps=10), 'memory_capacity'),
    ],
)
def test_bad_input_to_an_echo_state_is_named(make, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        make()


# ---- mistakes in a circuit of one's own ------------------------------------------------------------------------------


class Pair(Circuit):
    """dv/dt = −v + x,   dw/dt = v − w/τ"""

    states = ('v', 'w')
    tau = Constant(10.0, 'time constant', 'ms', positive=True)
    w_EE = Constant(1.0, 'weight')

    def F(self, r, params, x):
        return {'v': -r['v'] + x, 'w': r['v'] - r['w'] / self.tau}


class Slow(Circuit):
    tau = Constant(10.0, 'time constant', 's', positive=True)

    def F(self, r, params, x):
        return (-r + x) / self.tau


def test_F_that_goes_through_all_states_is_told_of_the_noise():
    class Through(Pair):
        def F(self, r, params, x):
            return {s: -r[s] + x for s in self.states}

    Through()
    with pytest.raises(ratezoo.ShapeError, match=r"has the states v, w, and F asks for 'eta'.*self\.states"):
        Through(noise=dict(sigma=0.1, tau=2.0), seed=0)


@pytest.mark.parametrize('options', [{}, {'noise': dict(sigma=0.1, tau=2.0), 'seed': 0}])
def test_a_single_state_is_an_array(options):
    class ByName(Slow):
        def F(self, r, params, x):
            return -r['r'] + x

    with pytest.raises(ratezoo.ShapeError, match=r"r is an array.*Write r, not r\['r'\]"):
        ByName(**options)


def test_a_misspelt_constant_is_refused_and_other_attributes_are_not():
    net = Pair()
    for name, meant in (('w_ee', 'w_EE'), ('taus', 'tau'), ('W_EE', 'w_EE')):
        with pytest.raises(ratezoo.UnknownNameError, match=f'Pair.{name}.*Did you mean {meant!r}'):
            setattr(net, name, 3.0)
    net.comment = 'mine'
    net.w_EE = 3.0
    assert (net.comment, net.w_EE) == ('mine', 3.0)
    learner = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 3, 1, seed=0)
    with pytest.raises(ratezoo.UnknownNameError, match="Did you mean 'truncate'"):
        learner.trunkate = (1, 2)


def test_time_has_the_unit_of_the_time_constants():
    assert Pair.unit_of_time == 'ms'
    assert Slow.unit_of_time == 's'
    assert [s.unit_of_time for s in (ratezoo.FitzHughNagumo, ratezoo.WilsonCowan)] == ['', 'ms']
    run = ratezoo.simulate(Pair(), 5.0, 1.0)
    assert ratezoo.plots.portrait(Pair(), run).axes[1].get_xlabel() == 'time $t$ (ms)'


# ---- steps that are too large ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(('method', 'limit'), [('euler', 2.0), ('rk2', 2.0), ('rk4', 2.785)])
def test_the_largest_step_is_where_a_leak_stops_decaying(method, limit):
    """dr/dt = −r/τ by hand: below the limit |r| falls at each step, from it on the model refuses dt."""

    def factor(z):  # r_{t+1}/r_t of the three methods at z = Δt/τ
        terms = {'euler': (1, -z), 'rk2': (1, -z, z**2 / 2), 'rk4': (1, -z, z**2 / 2, -(z**3) / 6, z**4 / 24)}
        return abs(sum(terms[method]))

    assert factor(0.999 * limit) < 1 <= factor(1.001 * limit)
    Slow(method=method, tau=5.0, dt=0.99 * 5.0 * limit)
    for dt in (5.0 * limit, 100.0):
        with pytest.raises(ratezoo.InvalidValueError, match=r'Slow\.dt: expected a step < .* time constant tau = 5'):
            Slow(method=method, tau=5.0, dt=dt)
    Slow(method='exp_euler', tau=5.0, dt=100.0)  # it has no limit


def test_the_step_is_checked_again_when_a_run_begins():
    net = Slow(tau=5.0)
    bm.set_dt(20.0)  # the model follows it
    with pytest.raises(ratezoo.InvalidValueError, match=r'Slow\.dt'):
        ratezoo.Runner(net, progress_bar=False).run(inputs=np.zeros((5, 1)))
    bm.set_dt(0.1)
    net = Slow(tau=5.0, dt=1.0)
    net.tau = 0.1
    with pytest.raises(ratezoo.InvalidValueError, match=r'Slow\.dt'):
        ratezoo.simulate(net, 10.0, 0.0)


def test_a_state_that_leaves_what_it_can_mean_is_told():
    """Proportions of neurons that become −36000: the step is stable for the leak, not for the recurrent weights."""
    with pytest.raises(ratezoo.DivergedError, match=r'WilsonCowan\.\w: expected a value between 0 and 1, got'):
        ratezoo.simulate(ratezoo.WilsonCowan(dt=15.0, method='euler'), 600.0)
    ratezoo.simulate(ratezoo.WilsonCowan(dt=1.0), 600.0)

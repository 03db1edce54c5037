"""Spiking populations against convolutions, published f-I curves and their own rate models; and where those fail."""

import brainpy as bp
import brainpy.math as bm
import numpy as np
import pytest
from scipy import sparse

import ratezoo
from ratezoo.curves import LIF, Siegert
from ratezoo.models.reduction import reduce
from ratezoo.models.spiking import SpikingPopulation, smoothed

DT = 0.1


def ran(net, x, *monitors, runner=ratezoo.Runner, reset=True):
    """What is monitored while ``net`` receives x, an array over time."""
    if reset:
        net.reset_state()
    run = runner(net, monitors=list(monitors), dt=DT, progress_bar=False)
    run.run(inputs=x)
    return run.mon


def steady(net, x, ms=400.0, skip=100.0):
    """Rates of the groups at constant x, in Hz."""
    return ran(net, np.full(round(ms / DT), x), 'rate').rate[round(skip / DT) :].mean(0)


def poisson(weight=0.5, rate=10.0, sources=500):
    return dict(poisson_weight=weight, poisson_rate=rate, poisson_sources=sources)


# ---- the neuron and the synapse ----------------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize(('tau_s', 'delay'), [(0.5, 0), (20.0, 0), (100.0, 7)])
def test_the_current_is_the_convolution_with_the_kernel(tau_s, delay):
    """I_i(t) = Σ_j w_ij Σ_k K(t − t_j^k − d), term by term in NumPy."""
    net = SpikingPopulation((30, 10), in_degree=5, weight=(1.0, -2.0), tau_s=tau_s, delay=delay, seed=1)
    mon = ran(net, np.full(1000, 3.0 if tau_s < 50 else 6.0), 'spike', 'I_syn')
    after = np.arange(1000) * DT
    kernel = np.exp(-after / tau_s) / tau_s
    arriving = np.concatenate([np.zeros((delay, 40)), mon.spike])[:1000]
    trains = np.array([np.convolve(s, kernel)[:1000] for s in arriving.T])
    I = (net.matrix().toarray() @ trains).T
    assert mon.spike.sum() > 100
    assert np.abs(mon.I_syn - I).max() < 1e-12 * np.abs(I).max()
    assert np.abs(mon.I_syn - np.roll(I, 1, 0)).max() > 1e-3 * np.abs(I).max()


@pytest.mark.parametrize('tau_s', [0.5, 20.0, 100.0])
def test_the_membrane_is_integrated_exactly(tau_s):
    """Below threshold V is the double convolution, whatever the step; in closed form for a step of x at t = 0."""
    c, ends = LIF(), {}
    for dt in (0.1, 4.0):
        net = SpikingPopulation(1, tau_s=tau_s, V0=-70.0, seed=0)
        run = ratezoo.Runner(net, monitors=['V', 'I_ext'], dt=dt, progress_bar=False)
        run.run(inputs=np.full(round(40 / dt), 1.5))
        ends[dt] = run.mon.V[-1, 0]
        assert run.mon.I_ext[-1, 0] == pytest.approx(1.5 * (1 - np.exp(-40 / tau_s)), rel=1e-12)
    decay = (
        40 / c.tau * np.exp(-40 / c.tau)
        if tau_s == c.tau
        else tau_s / (tau_s - c.tau) * (np.exp(-40 / tau_s) - np.exp(-40 / c.tau))
    )
    V = c.V_rest + c.R * 1.5 * (1 - np.exp(-40 / c.tau) - decay)
    assert ends[0.1] == pytest.approx(V, rel=1e-12)
    assert ends[4.0] == pytest.approx(V, rel=1e-12)


@pytest.mark.parametrize('x', [2.1, 3.0, 6.0])
def test_noiseless_neurons_have_the_lif_curve(x):
    """Within 1 %, and slower rather than quicker: a spike waits for the end of its step."""
    found = steady(SpikingPopulation(20, seed=0), x, 1500.0, 200.0)
    assert found[0] == pytest.approx(float(LIF()(x)), rel=0.01)


def test_a_neuron_rests_for_t_ref():
    spike = ran(
        SpikingPopulation(1, neuron=LIF(V_reset=-50.001, t_ref=2.0), seed=0), np.full(2000, 50.0), 'spike'
    ).spike
    assert set(np.diff(np.flatnonzero(spike[200:, 0]))) == {21}  # 20 steps of rest and one to fire


@pytest.mark.slow
@pytest.mark.parametrize('I', [1.9, 2.0, 3.0])
def test_in_poisson_noise_neurons_have_siegerts_curve(I):
    """Within 3 %, with 2e4 small spikes a second and a quick synapse: there the noise is nearly white and normal.
    Below threshold, Siegert's formula for quite white noise is more than 5 % off, and the noiseless curve is 0."""
    noise = poisson(0.15, 40.0, 500)  # 3 nA in the mean
    net = SpikingPopulation(2500, tau_s=0.5, seed=0, **noise)
    found = steady(net, I - 3.0)[0]
    model = reduce(net, I - 3.0)
    assert model.g.curves[0].sigma == pytest.approx(10 * 0.15 * 1.0**0.5)
    assert found == pytest.approx(float(model.g(np.array([I]))[0]), rel=0.03)
    if I <= 2:
        assert abs(found / float(Siegert(sigma=1.5)(I)) - 1) > 0.05
        assert float(LIF()(I)) == 0


# ---- the reduction -----------------------------------------------------------------------------------------------

NETWORKS = {
    'inhibitory': (dict(n=2000, in_degree=100, weight=-0.5, tau_s=5.0, **poisson()), (-0.5, 0.2, 1.0)),
    'quick synapses': (dict(n=2000, in_degree=100, weight=-0.3, tau_s=2.0, **poisson()), (0.0, 0.5, 1.0)),
    'balanced, slow': (
        dict(n=(1600, 400), in_degree=(80, 20), weight=(0.5, -2.5), tau_s=50.0, **poisson()),
        (0.0, 0.5, 1.0),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize('name', NETWORKS)
def test_a_sparse_network_fires_at_its_rate_models_rate(name):
    """Within 5 % at each drive, in the steady state; not so without the recurrent weights."""
    options, drives = NETWORKS[name]
    net = SpikingPopulation(seed=0, **options)
    for x in drives:
        model = reduce(net, x)
        found = model.relax(np.full(model.n, x))
        assert found.converged
        simulated = steady(net, x, 300.0 + 2 * net.tau_s, 75.0 + 2 * net.tau_s)
        assert simulated.min() > 1
        assert np.abs(found.r['r'] / simulated - 1).max() < 0.05
    alone = model.g(np.full(model.n, x) + 2.5)
    assert np.abs(alone / simulated - 1).min() > 0.2


def test_the_rate_models_parameters_are_the_populations():
    net = SpikingPopulation(
        (40, 10),
        in_degree=[[8, 2], [4, 3]],
        weight=[[1.0, -2.0], [0.5, -3.0]],
        tau_s=7.0,
        seed=0,
        **poisson((0.2, 0.3), 20.0, 100),
    )
    model = reduce(net, (1.0, 2.0))
    assert isinstance(model, ratezoo.SynapticRate)
    assert np.allclose(model.W.value, np.array([[8.0, -4.0], [2.0, -9.0]]) / 1000)
    assert (model.tau_s, model.tau_m, model.n) == (7.0, 20.0, 2)
    assert reduce(net, 1.0, tau_m=3.0).tau_m == 3.0
    assert np.allclose(model.drive, [0.4, 0.6])
    r = np.asarray(model.relax(np.array([1.0, 2.0]), max_steps=50_000).r['r'])
    noise = np.array([[8.0, 8.0], [1.0, 27.0]]) @ r / 1000 + np.array([0.04, 0.09]) * 2
    assert np.allclose([c.sigma for c in model.g.curves], 10 * (noise / 20) ** 0.5, rtol=1e-6)
    assert type(reduce(SpikingPopulation(5, seed=0), 3.0).g.curves[0]) is LIF


def step_response(tau_s):
    """Population and rate models (by τ_m) after a step of x, smoothed over 4 ms and scaled to go from 0 to 1."""
    net = SpikingPopulation(2000, in_degree=100, weight=-0.2, tau_s=tau_s, seed=0, **poisson(1.0))
    before, after = round((100 + 4 * tau_s) / DT), round((60 + 3 * tau_s) / DT)
    x = np.repeat([0.0, 1.0], [before, after])
    runs = {'population': ran(net, x, 'rate').rate[:, 0]}
    for tau_m in (20.0, 2.0):
        model = reduce(net, 1.0, tau_m=tau_m)
        runs[tau_m] = ran(model, x, 'r').r[:, 0]
        low, high = (float(model.relax(np.full(1, level)).r['r'][0]) for level in (0.0, 1.0))
    return {k: (smoothed(r, DT, 4.0)[before:] - low) / (high - low) for k, r in runs.items()}


@pytest.mark.slow
def test_after_a_step_the_population_is_ahead_of_its_rate_model():
    """What is true of transients: both arrive at the same rates, but the population is quicker than the membrane's τ;
    the error is smaller for a smaller τ_m, and for slower synapses."""
    error, half = {}, {}
    for tau_s in (2.0, 100.0):
        found = step_response(tau_s)
        for tau_m in (20.0, 2.0):
            late = round(2 * (tau_s + 20) / DT)
            error[tau_s, tau_m] = np.mean((found[tau_m] - found['population'])[:late] ** 2) ** 0.5
            assert abs(found[tau_m][late:].mean() - found['population'][late:].mean()) < 0.1
        half[tau_s] = [np.argmax(found[k] > 0.5) * DT for k in ('population', 2.0, 20.0)]
    assert half[2.0][0] < half[2.0][2] / 2
    assert half[100.0][0] < half[100.0][2]
    assert error[2.0, 20.0] > 2 * error[100.0, 20.0]
    assert error[2.0, 2.0] < error[2.0, 20.0] / 2
    assert error[100.0, 2.0] < error[100.0, 20.0] < 0.2


@pytest.mark.slow
def test_neurons_that_fire_together_have_no_rate_to_reduce_to():
    """Same drive, no noise, same start: all fire in the same steps. The mean is the rate model's, the rate is not: it
    is 0 between pulses. Noise, and nothing else, makes it nearly constant."""
    x = np.full(4000, 3.0)
    together = ran(SpikingPopulation(500, V0=-70.0, seed=0), x, 'spike', 'rate')
    apart = ran(SpikingPopulation(500, V0=-70.0, seed=0, **poisson(1.0, 3.0, 1000)), x - 3.0, 'rate')
    model = reduce(SpikingPopulation(500, V0=-70.0, seed=0), 3.0)
    predicted = ran(model, x, 'r').r[1500:, 0]
    assert predicted.std() < 0.01 * predicted.mean()
    late = together.spike[1500:]
    assert (late.all(1) | ~late.any(1)).all()  # the reason
    assert together.rate[1500:, 0].mean() == pytest.approx(predicted.mean(), rel=0.05)
    assert (smoothed(together.rate[1500:, 0], DT, 5.0) == 0).mean() > 0.5
    assert smoothed(together.rate[1500:, 0], DT, 5.0).std() > predicted.mean()
    assert smoothed(apart.rate[1500:, 0], DT, 5.0).std() < 0.2 * predicted.mean()


# ---- how it is run -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_seed_one_run():
    x = np.full(500, 0.5)
    options = dict(in_degree=(8, 2), weight=(1.0, -4.0), **poisson())
    first, again, other = (SpikingPopulation((80, 20), seed=seed, **options) for seed in (3, 3, 4))
    runs = [ran(net, x, 'V', 'I_syn') for net in (first, again, first, other)]
    assert np.array_equal(runs[0].V, runs[1].V)
    assert np.array_equal(runs[0].V, runs[2].V)  # reset_state starts the noise again
    assert np.array_equal(runs[0].I_syn, runs[1].I_syn)
    assert not np.array_equal(runs[0].V, runs[3].V)
    assert not np.array_equal(ran(first, x, 'V', reset=False).V, runs[0].V)


@pytest.mark.slow
def test_dense_sparse_and_drawn_synapses_are_the_same_network():
    x, drawn = np.full(1000, 2.5), SpikingPopulation((80, 20), p=0.1, weight=(1.0, -4.0), delay=3, seed=0)
    W = drawn.matrix()
    dense, given = (SpikingPopulation((80, 20), W=w, delay=3, V0=drawn.V0, seed=0) for w in (W.toarray(), W))
    a, b, c = (ran(net, x, 'spike', 'I_syn') for net in (drawn, dense, given))
    assert a.spike.sum() > 200
    assert np.array_equal(a.spike, b.spike)
    assert np.array_equal(a.spike, c.spike)
    assert np.allclose(a.I_syn, b.I_syn, rtol=1e-10, atol=1e-13)
    assert np.allclose(a.I_syn, c.I_syn, rtol=1e-10, atol=1e-13)
    for net in (dense, given):
        assert np.allclose(net.coupling(), drawn.coupling())
    transposed = SpikingPopulation((80, 20), W=W.toarray().T, delay=3, V0=drawn.V0, seed=0)
    assert not np.array_equal(ran(transposed, x, 'spike').spike, a.spike)


def test_synapses_are_drawn_as_asked():
    """In-degrees to the number, distinct neurons, none from itself; probabilities within four standard deviations."""
    W = SpikingPopulation((300, 100), in_degree=[[20, 5], [99, 0]], weight=[[1.0, -2.0], [3.0, -4.0]], seed=0).matrix()
    assert np.abs(W).max() == 3  # no neuron twice
    degrees = (W != 0).toarray()
    assert not degrees.diagonal().any()
    for post, pre, k in ((0, 0, 20), (0, 1, 5), (1, 0, 99), (1, 1, 0)):
        at = [slice(0, 300), slice(300, 400)]
        assert (degrees[at[post], at[pre]].sum(1) == k).all()
    everyone = SpikingPopulation(20, in_degree=19, weight=1.0, seed=0).matrix().toarray()
    assert np.array_equal(everyone, 1 - np.eye(20))
    assert np.array_equal(SpikingPopulation(20, p=1.0, weight=1.0, seed=0).matrix().toarray(), 1 - np.eye(20))
    assert SpikingPopulation(20, p=0.0, weight=1.0, seed=0).matrix().nnz == 0
    drawn = SpikingPopulation(500, p=0.1, weight=1.0, seed=0).matrix().toarray()
    assert abs(drawn.sum() - 24950) < 4 * (24950 * 0.9) ** 0.5
    assert abs(drawn.sum(0).std() / 44.9**0.5 - 1) < 0.15
    assert abs(drawn.sum(1).std() / 44.9**0.5 - 1) < 0.15


@pytest.mark.slow
def test_poisson_sources_have_mean_and_variance_of_a_poisson_process():
    """By groups, also with more than one spike a step; I_ext at rest has mean wν and variance w²ν/2τ_s."""
    net = SpikingPopulation((2000, 2000), tau_s=2.0, V0=-70.0, seed=0, **poisson((0.1, -0.02), (5.0, 500.0), 100))
    mon = ran(net, np.zeros(500), 'I_ext')
    for I, w, nu in ((mon.I_ext[-1, :2000], 0.1, 0.5), (mon.I_ext[-1, 2000:], -0.02, 50.0)):
        deviation = (w * w * nu / 4) ** 0.5
        assert I.mean() == pytest.approx(w * nu, abs=5 * deviation / 2000**0.5 + 0.03 * abs(w * nu))
        assert I.std() == pytest.approx(deviation, rel=0.08)


def test_the_runner_and_brainpys_agree():
    net = SpikingPopulation((80, 20), in_degree=(8, 2), weight=(1.0, -4.0), delay=2, seed=0, **poisson())
    x = np.random.default_rng(0).uniform(0, 1, (300, 100))
    ours, theirs = (ran(net, x, 'V', 'spike', 'I_syn', 'rate', runner=r) for r in (ratezoo.Runner, bp.DSRunner))
    for name in ('V', 'spike', 'I_syn', 'rate'):
        assert np.array_equal(ours[name], theirs[name])
    assert ours.spike.any()
    by_hand = ours.spike.reshape(300, 100)[:, :80].mean(1) / DT * 1000
    assert np.allclose(ours.rate[:, 0], by_hand)


def test_inputs_by_group_and_by_neuron():
    net = SpikingPopulation((3, 2), V0=-70.0, seed=0)
    a = ran(net, np.tile([1.0, 2.0], (50, 1)), 'V').V
    b = ran(net, np.tile([1.0, 1.0, 1.0, 2.0, 2.0], (50, 1)), 'V').V
    assert np.array_equal(a, b)
    assert a[-1, 0] < a[-1, 4]
    bm.set_dt(DT)
    net.reset_state()
    for _ in range(50):
        net.update(1.0)
    assert np.allclose(net.V.value[:3], a[-1, :3])


def test_smoothed_is_a_mean_over_a_window():
    rate = np.random.default_rng(0).normal(size=(50, 2))
    found = smoothed(rate, 0.1, 1.0)
    assert np.allclose(found[20], rate[15:26].mean(0))
    assert np.allclose(found[0], rate[:6].mean(0))


@pytest.mark.parametrize(
    ('options', 'match'),
    [
        (dict(n=0), r'SpikingPopulation\.n: expected a positive number'),
        (dict(n=(3, -1)), r'\.n: expected'),
        (dict(tau_s=0.0), r'\.tau_s: expected a time constant > 0'),
        (dict(delay=-1), r'\.delay: expected a whole number'),
        (dict(delay=0.5), r'\.delay'),
        (dict(neuron=Siegert()), r'\.neuron: expected a ratezoo\.curves\.LIF'),
        (dict(in_degree=3, p=0.1), r'\.p: expected None together with in_degree'),
        (dict(p=1.5), r'\.p: expected numbers ≥ 0'),
        (dict(in_degree=10), r'\.in_degree: expected whole numbers'),
        (dict(in_degree=1.5), r'\.in_degree'),
        (dict(weight=np.nan), r'\.weight: expected finite numbers'),
        (dict(poisson_rate=-1.0), r'\.poisson_rate'),
        (dict(seed=-1), r'\.seed'),
        (dict(V0='rest'), r'\.V0: expected a number'),
        (dict(W='x'), r'\.W: expected'),
    ],
)
def test_bad_values_are_named(options, match):
    with pytest.raises(ratezoo.InvalidValueError, match=match):
        SpikingPopulation(**{'n': 10, **options})


@pytest.mark.parametrize(
    ('options', 'match'),
    [
        (dict(weight=np.ones(3)), r'\.weight: expected a number or an array of shape \(1, 1\) or \(1,\), got \(3,\)'),
        (dict(W=np.ones((3, 3))), r'\.W: expected shape \(10, 10\), got \(3, 3\)'),
        (dict(W=sparse.eye_array(3)), r'\.W: expected shape'),
        (dict(V0=np.zeros(3)), r'\.V0'),
    ],
)
def test_bad_shapes_are_named(options, match):
    with pytest.raises(ratezoo.ShapeError, match=match):
        SpikingPopulation(10, **options)


def test_bad_inputs_are_named():
    net = SpikingPopulation(10, seed=0)
    with pytest.raises(ratezoo.ShapeError, match=r'SpikingPopulation\.x: expected a number, \(10,\) or one for each'):
        ran(net, np.zeros((5, 3)), 'V')
    with pytest.raises(ratezoo.InvalidValueError, match=r'SpikingPopulation\.x: expected finite'):
        net.update(np.nan)
    with pytest.raises(ratezoo.InvalidValueError, match='no batch_size'):
        net.reset_state(4)
    with pytest.raises(ratezoo.InvalidValueError, match=r'reduce\.population'):
        reduce(ratezoo.LinearRNN(2))
    with pytest.raises(ratezoo.InvalidValueError, match='smoothed'):
        smoothed(np.zeros(3), 0.0)

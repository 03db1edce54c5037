"""Equilibrium propagation and its kin: each held to what it claims."""

import itertools

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import compilations, relative_error

import ratezoo
from ratezoo.capabilities import HasEnergy
from ratezoo.learning.ep import nudge_and_points
from ratezoo.learning.nudging import contour

TOL = 1e-13
NETS = {}  # kept, so that each scheme is compiled once


class EP(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    """Learns by settling."""


class Exact(ratezoo.ImplicitGradient, ratezoo.LayeredEnergyModel):
    """The same network, differentiated."""


class CHL(ratezoo.ContrastiveHebbian, ratezoo.LayeredEnergyModel):
    """Learns from clamping."""


def settings(activation='tanh'):
    return dict(sizes=(16, 24, 5), activation=activation, seed=0, dt=0.3)


@pytest.fixture(scope='module')
def problem():
    """Three samples, and the implicit gradient of the tanh and of the sigmoid network, as vectors."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 16)), rng.normal(size=(3, 5)) / 2
    exact = {a: vector(Exact(**settings(a)).gradient(x, y, tol=TOL)[1]) for a in ('tanh', 'sigmoid')}
    return x, y, exact


def vector(grads):
    return np.concatenate([np.ravel(grads[p]) for p in sorted(grads)])


def errors(problem, nudges, activation='tanh', **options):
    """Relative errors of the whole gradient at each nudge."""
    x, y, exact = problem
    net = NETS.setdefault(activation, EP(**settings(activation)))
    options = {'tol': TOL, 'warn_above': np.inf, **options}
    found = [vector(net.gradient(x, y, nudge=k, **options)[1]) for k in nudges]
    return np.array([np.linalg.norm(g - exact[activation]) / np.linalg.norm(exact[activation]) for g in found])


def slope(nudges, errors):
    return np.polyfit(np.log(nudges), np.log(errors), 1)[0]


@pytest.mark.slow
def test_the_centred_gradient_at_small_nudges(problem):
    assert errors(problem, [0.01])[0] < 1e-3
    assert errors(problem, [0.001])[0] < 1e-5


def test_halving_the_nudge_divides_the_error_by_four_or_by_two(problem):
    nudges = [0.01, 0.005, 0.0025]
    centred, one_sided = errors(problem, nudges), errors(problem, nudges, scheme='one-sided')
    assert np.allclose(centred[:-1] / centred[1:], 4, atol=0.2)
    assert np.allclose(one_sided[:-1] / one_sided[1:], 2, atol=0.2)


@pytest.mark.slow
def test_points_on_the_circle(problem):
    assert errors(problem, [0.1], scheme='holomorphic', points=8)[0] < 3e-4
    assert errors(problem, [0.1], 'sigmoid', scheme='holomorphic', points=8)[0] < 1e-6


def test_the_orders_of_the_schemes_down_to_a_floor(problem):
    nudges = np.array([0.08, 0.04, 0.02])
    for order, options in (
        (1, dict(scheme='one-sided')),
        (2, dict(scheme='holomorphic', points=2)),
        (4, dict(scheme='holomorphic', points=4)),
    ):
        assert abs(slope(nudges, errors(problem, nudges, **options)) - order) < 0.15
    assert errors(problem, [0.02], scheme='holomorphic', points=8)[0] < 1e-10
    assert np.allclose(errors(problem, [0.05], scheme='holomorphic', points=2), errors(problem, [0.05]), rtol=1e-6)


@pytest.mark.parametrize(
    ('scheme', 'points', 'order'),
    [('one-sided', 8, 1), ('centred', 8, 2), *(('holomorphic', k, k) for k in (2, 3, 4, 7, 8))],
)
def test_a_scheme_differentiates_polynomials_up_to_its_order(scheme, points, order):
    """dg/dλ at 0 of g = λ^d is 1 for d = 1 and else 0. Of the first power that is too high it is taken for λ^order."""
    for nudge in (0.3, -0.7):
        nudges, weights = contour(scheme, nudge, points)
        assert len(nudges) == (points // 2 + 1 if scheme == 'holomorphic' else 2)
        found = [np.sum(weights * nudges**d).real for d in range(order + 2)]
        assert np.allclose(found, [0, 1, *[0] * (order - 1), nudge**order], atol=1e-12)


def test_an_odd_number_of_points_and_a_negative_nudge(problem):
    nudges = np.array([0.08, 0.04])
    assert abs(slope(nudges, errors(problem, nudges, scheme='holomorphic', points=3)) - 3) < 0.2
    assert errors(problem, [-0.001], scheme='one-sided')[0] < 1e-3


def test_a_state_within_bounds(rng):
    """Hard-sigmoid: the projected dynamics has the same implicit gradient, also where units sit at their bounds."""
    x, y = rng.uniform(size=(3, 16)), rng.uniform(size=(3, 5))
    made = [kind(**settings('hard-sigmoid')) for kind in (EP, Exact)]
    for net in made:
        net.set_params({'b1': np.full(24, 0.3), 'b2': np.full(5, 0.3)})
    r = np.asarray(made[0].relax(x, tol=TOL).r)
    assert ((r == 0) | (r == 1)).sum() > 5
    assert ((r > 0) & (r < 1)).sum() > 20
    exact = made[1].gradient(x, y, tol=TOL)[1]
    assert relative_error(made[0].gradient(x, y, tol=TOL, nudge=1e-3)[1], exact) < 1e-4


@pytest.mark.slow
def test_more_layers(rng):
    x, y = rng.normal(size=(2, 4)), rng.normal(size=(2, 2)) / 2
    deep = dict(sizes=(4, 8, 7, 6, 2), activation='tanh', seed=1, dt=0.3)
    exact = Exact(**deep).gradient(x, y, tol=TOL)[1]
    assert relative_error(EP(**deep).gradient(x, y, tol=TOL, nudge=1e-3)[1], exact) < 1e-4


@pytest.mark.slow
def test_energy_is_the_potential_of_F_and_never_rises(rng):
    for activation in ('hard-sigmoid', 'tanh', 'sigmoid'):
        net = ratezoo.LayeredEnergyModel(**settings(activation))
        params, x, r = net.params_dict(), rng.uniform(size=16), rng.uniform(size=29)
        by_hand = -r.copy()  # Eq. (2) of the docstring, written out
        if activation == 'hard-sigmoid':
            rho, slope_ = r, np.ones(29)
        elif activation == 'tanh':
            rho, slope_ = np.tanh(r), 1 - np.tanh(r) ** 2
        else:
            rho = 1 / (1 + np.exp(-r))
            slope_ = rho * (1 - rho)
        W1, W2 = np.asarray(params['W1']), np.asarray(params['W2'])
        by_hand += slope_ * np.concatenate([W1 @ x + W2.T @ rho[24:], W2 @ rho[:24]])
        assert np.allclose(net.F(r, params, x), by_hand, rtol=1e-12)
        runner = ratezoo.Runner(net, monitors=['E', 'r'], dt=0.3, progress_bar=False)
        runner.run(inputs=np.tile(x, (200, 1)))
        E = np.asarray(runner.mon['E'])
        assert np.diff(E).max() <= 1e-13
        assert E[0] - E[-1] > 0.01
        last = jnp.asarray(runner.mon['r'][-1])
        assert abs(E[-1] - float(net.energy(last, params, jnp.asarray(x)))) < 1e-12


def test_both_phases_run_under_the_runner_and_give_the_gradient(problem):
    """What a student would do by hand: watch the free and the nudged phases, and take the difference."""
    x, y, _ = problem
    net, lam = EP(**settings()), 1e-3
    params = net.params_dict()
    runner = ratezoo.Runner(net, monitors=['r', 'E', 'lam'], dt=0.3, progress_bar=False)
    inputs = np.tile(x[0], (400, 1))
    runner.run(inputs=inputs)
    assert np.diff(runner.mon['E']).max() <= 1e-13
    free = runner.mon['r'][-1]
    slopes, states = [], []
    for sign in (1, -1):
        net.set_target(y[0], sign * lam)
        runner.run(inputs=inputs)
        assert (np.asarray(runner.mon['lam']) == sign * lam).all()
        states.append(runner.mon['r'][-1])
        up = jax.grad(net.energy, 1)(jnp.asarray(states[-1]), params, jnp.asarray(x[0]))
        slopes.append(-vector(up))
    assert 1e-6 < np.abs(states[0] - free).max() < 1e-2
    by_hand = (slopes[0] - slopes[1]) / (2 * lam)
    assert relative_error(by_hand, vector(net.gradient(x[0], y[0], tol=TOL, nudge=lam)[1])) < 1e-8
    net.set_free()
    runner.run(inputs=inputs)
    assert np.allclose(runner.mon['r'][-1], free, atol=1e-12)


@pytest.mark.quick(1)
@pytest.mark.parametrize('scheme', ['one-sided', 'centred', 'holomorphic'])
def test_choose_finds_options_for_a_wanted_error(problem, scheme):
    x, y, exact = problem
    net = EP(**settings())
    for error in (1e-2, 1e-4):
        options = net.choose(x, y, error, scheme)
        grads = vector(net.gradient(x, y, **options)[1])
        assert np.linalg.norm(grads - exact['tanh']) < 2 * error * np.linalg.norm(exact['tanh'])


@pytest.mark.parametrize(('scheme', 'order'), [('one-sided', 1), ('centred', 2)])
def test_choose_finds_the_nudge_of_a_gradient_whose_error_is_known(scheme, order):
    """The error is (λ/λ_0)^p: the chosen λ has half of the wanted error, or a little less."""
    nudge, _, error = nudge_and_points(lambda lam, _: (lam / 0.7) ** order, 1e-3, scheme)
    assert 0.3e-3 < (nudge / 0.7) ** order <= 0.5e-3
    assert error == (nudge / 0.7) ** order


def test_choose_takes_the_fewest_points_that_are_enough():
    """The error is (λ/λ_0)^N: at most 1e-2 for N = 4, so λ ≤ λ_0/√10; then N = 6 gives at most 1e-3."""
    nudge, points, error = nudge_and_points(lambda lam, N: (lam / 0.07) ** N, 1e-3, 'holomorphic')
    assert 0.007 < nudge <= 0.07 / 10**0.5
    assert error == (nudge / 0.07) ** points <= 0.5e-3 < (nudge / 0.07) ** (points - 2)
    # rounding errors grow as 1/λ: the best λ is returned
    nudge, _, error = nudge_and_points(lambda lam, _: 1e-2 / lam + lam, 1e-3, 'centred')
    assert 0.05 < nudge < 0.2
    assert error > 0.1


def test_a_fixed_number_of_steps(problem):
    x, y, _ = problem
    net, nudge = EP(**settings()), dict(nudge=0.1, warn_above=np.inf)
    settled = net.gradient(x, y, tol=TOL, **nudge)[1]
    assert relative_error(net.gradient(x, y, steps=(600, 600), **nudge)[1], settled) < 1e-9
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'EP\.gradient: .* More than steps=\(10, 3\)'):
        _, grads, error = net.gradient(x, y, steps=(10, 3), with_error=True)
    true = np.linalg.norm(vector(grads) - vector(settled)) / np.linalg.norm(vector(settled))
    assert error == pytest.approx(true, rel=0.1)  # ``settled`` has an error, too
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'EP\.fit, epoch 1: ') as told:
        history = net.fit(x, y, 101, optax.sgd(0.0), steps=(10, 3), progress=False)
    assert len(told) == 1
    assert (history.residual > 1e-3).all()  # it says that nothing had settled
    assert np.flatnonzero(np.isfinite(history.error)).tolist() == [0, 100]  # once in 100 updates
    assert history.error[0] == pytest.approx(error, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    'options',
    [
        {},
        dict(scheme='one-sided', nudge=-0.5, tol=1e-6, warn_above=np.inf),
        dict(scheme='holomorphic', points=4),
        dict(steps=(40, 15), nudge=0.5, warn_above=np.inf),
    ],
)
def test_it_learns(options):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (64, 2))
    y = np.where(x[:, :1] * x[:, 1:] > 0, 0.6, -0.6)  # the sign of a product: needs hidden units
    net = EP((2, 24, 1), activation='tanh', seed=0, dt=0.4)
    history = net.fit(x, y, 150, optax.adam(2e-2), batch_size=32, progress=False, **options)
    right = np.mean(np.sign(net.predict(x, tol=1e-6)) == np.sign(y))
    assert right > 0.9
    assert history.loss[-1] < 0.5 * history.loss[0]


@pytest.mark.quick(1)
def test_a_second_call_compiles_nothing(problem):
    x, y, _ = problem
    net = EP(**settings())
    for _ in range(2):
        with compilations() as names:
            net.gradient(x, y)
            net.gradient(x, y, nudge=0.3, tol=1e-8, warn_above=np.inf)
            net.gradient(x, y, scheme='holomorphic', points=4)
            net.fit(x, y, 2, progress=False)
    assert names == []


# ---- clamped outputs -------------------------------------------------------------------------------------------------


def test_contrastive_hebbian_learning_follows_the_contrastive_function(problem):
    x, y, _ = problem
    net = CHL(**settings())
    grads = net.gradient(x[:1], y[:1], tol=TOL)[1]
    params = {p: np.asarray(v) for p, v in net.params_dict().items()}

    def contrast(W2):
        """E(clamped) − E(free) by plain loops."""

        def relaxed(clamp):
            r = np.zeros(29)
            for _ in range(3000):
                if clamp:
                    r[24:] = y[0]
                rho, d = np.tanh(r), 1 - np.tanh(r) ** 2
                drive = np.concatenate([params['W1'] @ x[0] + W2.T @ rho[24:], W2 @ rho[:24]])
                r = r + 0.2 * (-r + d * drive)
            if clamp:
                r[24:] = y[0]
            rho = np.tanh(r)
            return 0.5 * r @ r - rho[:24] @ (params['W1'] @ x[0]) - rho[24:] @ (W2 @ rho[:24])

        return relaxed(True) - relaxed(False)

    direction = np.random.default_rng(1).normal(size=(5, 24))
    slope_ = (contrast(params['W2'] + 1e-5 * direction) - contrast(params['W2'] - 1e-5 * direction)) / 2e-5
    assert contrast(params['W2']) > 0
    assert abs(slope_ / np.vdot(grads['W2'], direction) - 1) < 1e-6


@pytest.mark.slow
def test_contrastive_hebbian_learning_is_the_limit_of_a_strong_pull(problem):
    """λ → −∞: −λ times the one-sided gradient approaches the clamped one at first order in 1/|λ|."""
    x, y, _ = problem
    x, y, few = x[:, :3], y[:, :2], dict(sizes=(3, 6, 2), activation='tanh', seed=0, dt=0.3)
    clamped = vector(CHL(**few).gradient(x, y, tol=1e-11)[1])
    ep = EP(**few)
    off = []
    for lam in (-200.0, -400.0):
        direct = vector(
            ep.gradient(x, y, scheme='one-sided', nudge=lam, solver='adaptive', tol=1e-9, warn_above=np.inf)[1]
        )
        off.append(np.linalg.norm(-lam * direct - clamped) / np.linalg.norm(clamped))
    assert off[0] < 0.05
    assert abs(off[0] / off[1] - 2) < 0.2


# ---- without symmetry ------------------------------------------------------------------------------------------------


def asymmetric(share, n=64, seed=0, radius=0.9):
    """W = S + share · A from one random matrix, of the given spectral radius."""
    M = np.random.default_rng(seed).normal(size=(n, n))
    W = (M + M.T) / 2 + share * (M - M.T) / 2
    return W * radius / np.abs(np.linalg.eigvals(W)).max()


def cosine(a, b):
    a, b = np.ravel(a), np.ravel(b)
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def cosines(share, rule, model=ratezoo.RateRNN, rng=None):
    rng = np.random.default_rng(5)
    x, y, grads = rng.normal(size=(4, 64)), rng.normal(size=(4, 5)), []
    for kind, options in ((ratezoo.ImplicitGradient, {}), (rule, dict(nudge=0.01, warn_above=np.inf))):
        net = type('Net', (kind, model), {})(64, 64, 5, seed=0, dt=0.5)
        net.set_params({'W': asymmetric(share), 'W_in': np.eye(64)})
        grads.append(net.gradient(x, y, tol=1e-11, **options)[1]['W'])
    return cosine(*grads)


@pytest.mark.slow
def test_the_vector_fields_bias_grows_with_the_antisymmetric_share_and_the_exact_variant_has_none():
    found = [cosines(share, ratezoo.VectorFieldEP) for share in (0.0, 0.3, 0.5, 1.0)]
    assert all(a > b for a, b in itertools.pairwise(found))
    assert found[0] > 0.95
    assert 0.5 < found[-1] < 0.85
    assert min(cosines(share, ratezoo.AsymmetricEP) for share in (0.3, 0.5, 1.0)) > 0.9999


@pytest.mark.quick(1)
@pytest.mark.parametrize('rule', [ratezoo.VectorFieldEP, ratezoo.AsymmetricEP])
def test_with_a_symmetric_jacobian_both_are_equilibrium_propagation(rule, problem):
    x, y, exact = problem
    net = type('Net', (rule, ratezoo.LayeredEnergyModel), {})(**settings())
    off = [
        np.linalg.norm(vector(net.gradient(x, y, tol=TOL, nudge=k)[1]) - exact['tanh']) / np.linalg.norm(exact['tanh'])
        for k in (0.02, 0.01)
    ]
    assert off[1] < 1e-3
    assert abs(off[0] / off[1] - 4) < 0.2


@pytest.mark.slow
def test_the_exact_variant_trains_a_feedforward_network_by_settling(rng):
    """J has no way back there at all: the vector field's gradient of the first layer is 0, the exact one is right."""
    x, y, size = rng.normal(size=(3, 4)), rng.normal(size=(3, 2)), dict(sizes=(4, 6, 2), seed=1, dt=0.5)
    exact, blind, right = (
        type('Net', (rule, ratezoo.FeedforwardRate), {})(**size).gradient(x, y, tol=TOL, **o)[1]
        for rule, o in (
            (ratezoo.ImplicitGradient, {}),
            (ratezoo.VectorFieldEP, dict(nudge=0.01, warn_above=np.inf)),
            (ratezoo.AsymmetricEP, dict(nudge=0.01)),
        )
    )
    assert np.linalg.norm(blind['W1']) < 1e-8
    assert np.linalg.norm(exact['W1']) > 1e-2
    assert relative_error(right, exact) < 1e-3


@pytest.mark.slow
def test_complex_nudges_without_an_energy(rng):
    x, y = rng.normal(size=(2, 2)), rng.normal(size=(2, 1))
    make = dict(n_in=2, n=6, n_out=1, seed=1, g=0.8, dt=0.3)
    exact = type('Net', (ratezoo.ImplicitGradient, ratezoo.RateRNN), {})(**make).gradient(x, y, tol=TOL)[1]
    got = type('Net', (ratezoo.AsymmetricEP, ratezoo.RateRNN), {})(**make).gradient(
        x, y, tol=TOL, scheme='holomorphic', nudge=0.05, points=8
    )[1]
    assert relative_error(got, exact) < 1e-8


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_model_without_an_energy_is_refused_by_name():
    for rule in (ratezoo.EquilibriumPropagation, ratezoo.ContrastiveHebbian):
        with pytest.raises(ratezoo.NotAnEnergyModelError, match=r'RateRNN is not a HasEnergy'):
            type('Net', (rule, ratezoo.RateRNN), {})


class Claims(HasEnergy, ratezoo.RateModel):
    """Has an energy, and an F that is −∂E/∂r only where W is symmetric."""

    params = ('W',)

    def __init__(self, W, factor=1.0):
        super().__init__(len(W), len(W))
        self.W, self.factor = bm.TrainVar(jnp.asarray(W)), factor

    def energy(self, r, params, x):
        return self.factor * (r @ r / 2 - r @ params['W'] @ r / 2 - x @ r)

    def F(self, r, params, x):
        return -r + params['W'] @ r + x


def test_the_symmetry_is_checked_by_numbers(rng):
    W = asymmetric(1.0, 5, radius=0.4)
    net = type('Net', (ratezoo.EquilibriumPropagation, Claims), {})(W)
    with pytest.raises(
        ratezoo.NotAnEnergyModelError, match=r'Net\.F: expected a symmetric Jacobian.*differs from its transpose by 0\.'
    ):
        net.gradient(np.ones(5), np.ones(5))
    with pytest.raises(ratezoo.NotAnEnergyModelError, match='symmetric Jacobian'):
        net.fit(np.ones((1, 5)), np.ones((1, 5)), 1, progress=False)
    S = (W + W.T) / 2
    with pytest.raises(ratezoo.NotAnEnergyModelError, match=r'energy: expected F = −∂E/∂r'):
        type('Net', (ratezoo.EquilibriumPropagation, Claims), {})(S, 2.0).gradient(np.ones(5), np.ones(5))
    type('Net', (ratezoo.EquilibriumPropagation, Claims), {})(S).gradient(np.ones(5), np.ones(5))


def test_how_far_an_energy_may_be_from_the_field():
    """With E (1 + ε) in place of E, ‖F + ∂E/∂r‖/‖F‖ is ε. The limit is 1e-8 in double precision."""
    W = asymmetric(0.0, 5, radius=0.4)
    near, far = (type('Net', (ratezoo.EquilibriumPropagation, Claims), {})(W, 1 + e) for e in (9e-9, 1.1e-8))
    near.check_model(near.check_points(np.ones(5), np.ones(5)))
    with pytest.raises(ratezoo.NotAnEnergyModelError, match='expected F = −∂E/∂r'):
        far.check_model(far.check_points(np.ones(5), np.ones(5)))


def test_one_clear_error_each(problem):
    x, y, _ = problem
    net = EP(**settings())
    with pytest.raises(ratezoo.NotConvergedError, match=r'EP\.gradient: .*did not settle.*max_steps'):
        net.gradient(x, y, max_steps=5)
    with pytest.raises(ratezoo.DivergedError, match='blew up in the nudged phase'):
        net.gradient(x, y, nudge=50.0)
    with pytest.raises(ratezoo.DivergedError, match='nudged phase'):
        net.fit(x, y, 2, nudge=50.0, steps=(400, 4000), progress=False)
    for bad in (dict(nudge=0.0), dict(nudge='much'), dict(points=1), dict(steps=(3,)), dict(steps=[3, 3])):
        with pytest.raises(ratezoo.InvalidValueError, match=next(iter(bad))):
            net.gradient(x, y, **bad)
    with pytest.raises(ratezoo.UnknownNameError, match='scheme'):
        net.gradient(x, y, scheme='two-sided')
    with pytest.raises(ratezoo.CompositionError, match='complex-differentiable'):
        EP(**settings('hard-sigmoid')).gradient(x, y, scheme='holomorphic')
    net.W1.value = net.W1.value.at[0, 0].set(jnp.nan)
    with pytest.raises(ratezoo.InvalidValueError, match=r'EP\.W1: expected finite numbers, got nan'):
        net.gradient(x, y)

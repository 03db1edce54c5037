"""What rules say of the error of their gradients, against exact gradients by other code (docs/accuracy.py)."""

import importlib.util
import math
import re
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import compilations

import ratezoo
from ratezoo.learning import accuracy

_FILE = Path(__file__).parents[2] / 'docs' / 'accuracy.py'
_SPEC = importlib.util.spec_from_file_location('accuracy_tables', _FILE)
tables = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tables)


def case_name(case):
    return ', '.join(tables.asked(case))


# ---- the table: never silent above 5 %, no warning below 1 % ---------------------------------------------------------


# Every case in double precision, and every fourth in single precision, too; docs/accuracy.py takes all of them.
@pytest.mark.slow
@pytest.mark.parametrize(
    ('case', 'single'),
    [
        *(pytest.param(case, False, id=f'{case_name(case)}, double') for case in tables.CASES),
        *(pytest.param(case, True, id=f'{case_name(case)}, single') for case in tables.CASES[::4]),
    ],
)
def test_no_large_error_is_silent_and_no_small_one_is_told(case, single):
    rule, _, settings, _ = case
    for seed in range(3):
        error, estimate, told, unstable = tables.one(case, seed, single)
        if told == 'refused':
            continue
        assert not (error > 0.05 and told == 'silent'), (seed, error, estimate)
        assert not (error < 0.01 and told == 'warned'), (seed, error, estimate)
        if error > 0.02:  # from a state that has not settled, Newton's method may reach another fixed point
            assert 0.3 * error < estimate < 3 * error
        if rule == 'DeepEquilibrium' and settings['g'] == 0.9:
            assert not unstable


@pytest.mark.slow
def test_the_table_sees_errors_and_small_ones_too():
    """Liveness: the table has cases above 5 % and cases below 1 %."""
    tanh = dict(activation='tanh')
    for options, told in (({}, 'silent'), (dict(nudge=0.5), 'warned'), (dict(steps=(10, 3)), 'warned')):
        error, estimate, said, _ = tables.one(('EquilibriumPropagation', 'LayeredEnergyModel', tanh, options), 0)
        assert said == told
        assert (error > 0.05) == (told == 'warned')
        assert estimate == pytest.approx(error, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize('scheme', tables.SCHEMES)
@pytest.mark.parametrize('activation', tables.ACTIVATIONS)
def test_choose_delivers_what_it_is_asked(activation, scheme):
    if (activation, scheme) == ('hard-sigmoid', 'holomorphic'):
        pytest.skip('refused: hard-sigmoid has no complex derivative')
    for error in (1e-2, 1e-3):
        for seed in range(5):
            assert tables.chosen(activation, scheme, error, seed)[0] <= error


# ---- stability -------------------------------------------------------------------------------------------------------


class Deep(ratezoo.DeepEquilibrium, ratezoo.LinearRNN):
    """F = (w − 1) r + b + x."""


class Implicit(ratezoo.ImplicitGradient, ratezoo.LinearRNN):
    """The same."""


def test_an_unstable_fixed_point_is_told_and_a_phantom_gradient_there_is_refused_in_words():
    """r* = −2b for w = 1.5. The implicit gradient is right there; K phantom steps give v [1 − 1.5^K]."""
    x, y = np.zeros(1), np.ones(1)
    for net, options in ((Implicit(w=1.5, b=0.2), dict(solver='newton')), (Deep(w=1.5, b=0.2), {})):
        with pytest.warns(ratezoo.UnstableFixedPointWarning, match=r'gradient: a fixed point is unstable'):
            grads = net.gradient(x, y, **options)[1]
        assert grads['b'][0] == pytest.approx((-0.4 - 1) / (1 - 1.5))
        assert net.gradient(x, y, warn_above=math.inf, **options)[1]['b'] == grads['b']
    net = Deep(w=1.5, b=0.2)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        _, _, error = net.gradient(x, y, backward='phantom', unroll=10, with_error=True)
    kinds = (ratezoo.UnstableFixedPointWarning, ratezoo.InaccurateGradientWarning)
    assert [w.category for w in told] == list(kinds)
    assert told[0].filename == __file__
    assert error == pytest.approx(1.5**10, rel=1e-6)
    stable = Deep(w=0.9, b=0.2)
    assert stable.gradient(x, y, with_error=True)[2] < 1e-9


@pytest.mark.parametrize('n', [1, 6, 80])
def test_growth_is_one_at_the_border_of_stability(n):
    """A random symmetric J whose largest eigenvalue is given: above 0 deviations grow, below they decay."""
    rng = np.random.default_rng(n)
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    for top in (-0.05, 0.05):
        J = jnp.asarray(Q @ np.diag([top, *rng.uniform(-1.5, -0.2, n - 1)]) @ Q.T)
        for dt in (0.5, None):  # None: discrete time, the eigenvalues of 1 + J count
            growth = float(accuracy.growth_near(lambda r, J=J: J @ r, jnp.ones(n), dt))
            expected = 1 + top * (dt or 1) if n > 64 or dt is None else (1 + top / 2) / (1 - top / 2)
            assert growth == pytest.approx(expected, rel=1e-5)
            assert (growth > 1) == (top > 0)
    still = accuracy.growth_near(lambda r: -r, jnp.ones(3), None)  # 1 + J = 0
    assert float(still) == 0


def test_newtons_method_shortens_its_steps():
    """arctan: full steps from r = 3 go to infinity."""
    r, found = accuracy.fixed_point_near(jnp.arctan, jnp.array([3.0]), lambda r: r)
    assert found
    assert abs(float(r[0])) < 1e-6
    _, found = accuracy.fixed_point_near(lambda r: r**2 + 1, jnp.array([3.0]), lambda r: r)
    assert not found


# ---- single promises -------------------------------------------------------------------------------------------------


class EP(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    """Learns by settling."""


@pytest.fixture(scope='module')
def ep():
    return EP((16, 24, 5), activation='tanh', seed=0, dt=0.3)


def samples(count=3):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 16)), rng.normal(size=(count, 5)) / 2


def test_one_warning_a_call_and_how_to_silence_it(ep):
    x, y = samples()
    with pytest.warns(ratezoo.InaccurateGradientWarning) as told:
        ep.gradient(x, y, nudge=0.5)
    assert len(told) == 1
    message = str(told[0].message)
    assert re.search(
        r'EP\.gradient: the gradient differs from the exact one by an estimated \d+ % of its size', message
    )
    assert 'λ = 0.5' in message
    assert 'net.choose(x, y)' in message
    assert 'warn_above=math.inf silences' in message
    ep.gradient(x, y, nudge=0.5, warn_above=math.inf)
    ep.gradient(x, y, nudge=0.5, warn_above=10)
    history = ep.fit(x, y, 2, optax.sgd(0.0), nudge=0.5, warn_above=math.inf, progress=False)
    assert history.error is None


def test_a_second_call_compiles_nothing(ep):
    x, y = samples(70)  # more than are looked at
    for _ in range(2):
        with compilations() as names:
            ep.gradient(x, y, with_error=True)
            ep.fit(x, y, 2, optax.sgd(0.0), batch_size=35, progress=False)
    assert names == []


def test_the_samples_that_are_looked_at():
    assert accuracy.evenly_chosen(3, 64).tolist() == [0, 1, 2]
    assert accuracy.evenly_chosen(101, 5).tolist() == [0, 25, 50, 75, 100]


@pytest.mark.quick(1)
@pytest.mark.parametrize('single', [False, True])
def test_a_loss_that_is_solved_does_not_warn(single):
    """The targets are the outputs, and nearly so: the slope of the loss is 0, or rounding errors."""
    with tables.precision(single):
        net = EP((16, 24, 5), activation='tanh', seed=0, dt=0.3)
        assert net.dtype == (jnp.float32 if single else jnp.float64)
        x, _ = samples()
        out = np.asarray(net.predict(x))
        for off in (0.0, 1e-12, 1e-8, 1e-6, 1e-4, 1e-2):
            net.gradient(x, out + off)


def test_noise_is_told():
    net = Implicit(w=0.5, b=1.0, sigma=0.1, seed=0)
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'Implicit: the network has noise \(sigma\)'):
        net.gradient(np.zeros(1), np.ones(1))
    net.gradient(np.zeros(1), np.ones(1), warn_above=math.inf)


def test_a_loss_without_a_complex_derivative_is_refused_by_name(ep):
    x, y = samples()

    def with_conj(output, target):
        return jnp.sum((output - target) * jnp.conj(output - target)) / 2

    def with_abs(output, target):
        return jnp.sum(jnp.abs(output - target) ** 2) / 2

    for loss in (with_conj, with_abs):
        with pytest.raises(ratezoo.InvalidValueError, match=r'EP\.loss: expected a complex-differentiable function'):
            ep.gradient(x, y, scheme='holomorphic', loss=loss)
    ep.gradient(x, y, loss=with_conj)  # real nudges
    ep.gradient(x, y, scheme='holomorphic', loss=lambda o, t: jnp.sum((o - t) ** 4))


def test_where_there_is_no_fixed_point_the_gradient_is_refused():
    class Drift(ratezoo.ImplicitGradient, ratezoo.RateModel):
        params = ('w',)

        def __init__(self):
            super().__init__(1, 1)
            self.w = self.trainable('w', 0.5, (1,))

        def F(self, r, params, x):
            return params['w'] + r**2 + x

    net, options = Drift(), dict(max_steps=3, must_settle=False)
    with pytest.raises(ratezoo.NotConvergedError, match='no fixed point with an invertible J was found'):
        net.gradient(np.ones(1), np.ones(1), **options)
    net.gradient(np.ones(1), np.ones(1), warn_above=math.inf, **options)


def test_the_error_of_truncated_bptt_is_that_of_a_linear_unit():
    """r_t = a r_{t−1} + b, l = r_T: dl/db = (1 − a^T)/(1 − a), and K steps of it are (1 − a^K)/(1 − a)."""
    y, alpha, a = np.zeros(30), np.eye(30)[-1], 0.9
    loss = lambda o, y: jnp.sum(o)  # noqa: E731
    exact = type('Net', (ratezoo.BPTT, ratezoo.LinearRNN), {})(w=0.0, b=0.3, dt=0.1)
    g = {p: np.asarray(v) for p, v in exact.gradient(None, y, alpha, loss=loss)[1].items()}
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'a larger K2 than in truncate=\(5, 5\)'):
        _, cut, error = exact.gradient(None, y, alpha, loss=loss, truncate=(5, 5), with_error=True)
    assert cut['b'][0] == pytest.approx(0.1 * (1 - a**5) / (1 - a))
    off = math.hypot(*(float(np.ravel(cut[p] - g[p])[0]) for p in g))
    assert error == pytest.approx(off / math.hypot(*(float(np.ravel(v)[0]) for v in g.values())), rel=1e-9)
    assert exact.gradient(None, y, alpha, loss=loss, with_error=True)[2] == 0
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'fit, epoch 1: .* truncate=\(5, 5\)'):
        history = exact.fit(None, y, 101, optax.sgd(0.0), alpha=alpha, loss=loss, truncate=(5, 5), progress=False)
    assert np.flatnonzero(np.isfinite(history.error)).tolist() == [0, 100]
    assert history.error[0] == pytest.approx(error)


@pytest.mark.slow
def test_truncation_is_told_where_the_exact_gradient_overflows_and_training_goes_on():
    """In a chaotic network the exact gradient grows at each step; after 3000 steps it is above 1e308."""
    net = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 50, 1, g=8.0, dt=1.0, seed=0)
    x, y = 0.1 * np.random.default_rng(0).normal(size=(3000, 2)), np.zeros((3000, 1))
    told = 'can not be compared with the exact one, which is infinite or NaN'
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=told):
        _, grads, error = net.gradient(x, y, truncate=(1, 5), with_error=True)
    assert error == math.inf
    assert all(np.isfinite(g).all() for g in grads.values())
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=f'fit, epoch 1: the gradient {told}'):
        assert len(net.fit(x, y, 2, truncate=(1, 5), progress=False)) == 2


def test_gradients_of_samples_that_cancel():
    """±1 and 0.001 more: the error is relative to 1 % of what they would be without cancelling, not to their sum."""
    least = accuracy.least_size({'w': jnp.array([2.0])}, 4)
    assert float(least) == pytest.approx(0.01 * 2 * 2.0)
    exact, zero = {'w': jnp.array([1e-3])}, {'w': jnp.zeros(1)}
    assert float(accuracy.relative_error({'w': jnp.array([2e-3])}, exact)) == pytest.approx(1)
    assert float(accuracy.relative_error({'w': jnp.array([2e-3])}, exact, least)) == pytest.approx(1e-3 / 0.04)
    assert float(accuracy.relative_error(zero, zero)) == 0
    assert float(accuracy.relative_error(exact, zero)) == math.inf
    assert float(accuracy.relative_error({'w': jnp.array([jnp.nan])}, exact, least)) == math.inf


def test_outputs_at_their_bounds_have_no_gradient_and_do_not_warn():
    """All of the outputs of this network are 0 or 1 for these inputs (hard-sigmoid)."""
    net = type('Net', (ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel), {})((2, 3, 2), seed=0, dt=0.2)
    net.set_params({'b2': np.array([-9.0, 9.0])})
    x, y = np.ones((2, 2)), np.full((2, 2), 0.5)
    assert set(np.ravel(net.predict(x))) == {0.0, 1.0}
    assert max(float(np.abs(g).max()) for g in net.gradient(x, y)[1].values()) < 1e-5


def test_above_200_units_the_systems_are_solved_without_a_matrix():
    """GMRES against NumPy, for a J of 250 units."""
    n, rng = 250, np.random.default_rng(0)
    A = 0.5 * rng.normal(size=(n, n)) / n**0.5 - np.eye(n)
    b, s = rng.normal(size=(2, n))

    def field(r):
        return jnp.asarray(A) @ r + 0.1 * jnp.tanh(r) + jnp.asarray(b)

    r, found = jax.jit(lambda r: accuracy.fixed_point_near(field, r, lambda r: r))(jnp.zeros(n))
    assert found
    assert np.abs(field(r)).max() < 1e-4
    J = A + 0.1 * np.diag(1 - np.tanh(np.asarray(r)) ** 2)
    v = accuracy.adjoint(field, r, jnp.asarray(s))
    expected = np.linalg.solve(J.T, -s)
    assert np.linalg.norm(v - expected) < 1e-3 * np.linalg.norm(expected)


# ---- rules that drop terms -------------------------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize('rule', tables.APPROXIMATE)
def test_what_a_rule_drops_is_as_large_as_it_says(rule):
    """Deterministic rules to the printed digits, random ones within a factor of 1.5 (single seeds vary by more)."""
    said = re.search(r'error ([\d.]+), cosine ([\d.]+)', ratezoo.learning.rules[rule].exact)
    error, cosine = tables.standard_case(rule)
    band = 1.5 if ratezoo.learning.rules[rule].stochastic else 1.05
    assert float(said[1]) / band < error < float(said[1]) * band
    assert abs(float(said[2]) - cosine) < (0.1 if band > 1.1 else 0.01)

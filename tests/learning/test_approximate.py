"""Each approximate rule is tested on the claim that it makes."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import TanhRNN, TwoStates, compilations, relative_error

import ratezoo
from ratezoo.errors import CompositionError, InvalidValueError, TooLargeError
from ratezoo.learning.probes import balance, norm


def net(rule, n=6, n_out=2, **options):
    return type('Net', (rule, ratezoo.RateRNN), {})(2, n, n_out, **{'seed': 3, 'dt': 0.5, **options})


def data(rng, T=20, batch=()):
    return rng.normal(size=(*batch, T, 2)), rng.normal(size=(*batch, T, 2))


# ---- unbiasedness, by going through all signs ------------------------------------------------------------------------


def enumerated(rule, per_step, probes=1):
    """The rule with its signs read off the bits of an integer, in place of a random key."""

    class Enumerated(rule):
        def initial_traces(self, params, key, **options):
            return super().initial_traces(params, jnp.asarray(self.bits), **options)

        def draw(self, bits, shape, dtype):
            now = (bits >> jnp.arange(per_step)) & 1
            return (2.0 * now - 1).reshape(shape).astype(dtype), bits >> per_step

    return Enumerated


@pytest.mark.parametrize(('rule', 'per_step'), [(ratezoo.UORO, 2), (ratezoo.KFRTRL, 2), (ratezoo.RKF, 2)])
def test_the_mean_over_all_signs_is_the_exact_gradient(rule, per_step, rng):
    T, n = 4, 2
    Rule = enumerated(rule, per_step)
    Rule.bits = np.int32(0)
    model = net(Rule, n)
    x, y = data(rng, T)
    _, exact = net(ratezoo.RTRL, n).gradient(x, y)
    checked, _ = model.check_trajectories(x, y)
    params = model.params_dict()

    def estimate(bits):
        Rule.bits = bits
        return model.loss_and_gradient(
            params, checked, jax.random.PRNGKey(0), model.loss_function(None, (2,)), False, probes=1
        )[1]

    every = jax.jit(jax.vmap(estimate))(jnp.arange(2 ** (per_step * T)))
    Rule.bits = np.int32(0)
    mean = jax.tree_util.tree_map(lambda g: jnp.mean(g, 0), every)
    assert relative_error(mean, exact) < 1e-10
    assert np.std(every['W'], 0).min() > 1e-3 * np.abs(exact['W']).max()  # any one of them is something else
    half = jax.tree_util.tree_map(lambda g: jnp.mean(g[: len(g) // 2 + 3], 0), every)
    assert relative_error(half, exact) > 1e-6  # and so is a mean over some of them


@pytest.mark.parametrize(
    ('rule', 'published', 'signs'),
    [
        (ratezoo.UORO, 'uoro', 6),
        (ratezoo.KFRTRL, 'kf_rtrl', 2),
        (ratezoo.RKF, 'r_kf_rtrl', 6),
        (ratezoo.RFLO, 'rflo', 0),
    ],
)
@pytest.mark.parametrize('leak', [1.0, 0.5])
def test_a_rule_is_the_published_algorithm_sign_by_sign(rule, published, signs, leak, rng):
    """With the same signs, a plain NumPy loop over the paper's algorithm gives the same numbers."""
    import published as algorithms

    model = net(rule, dt=leak)
    x, y = data(rng, 30)
    drawn = None
    if signs:
        key, drawn = model.starting_traces(model.params_dict(), model.draw_key(11), None, probes=1)['probe_key'], []
        for _ in range(30):
            now, key = model.draw(key, (1, signs), np.float64)
            drawn.append(np.asarray(now)[0])
        assert set(np.ravel(drawn)) == {-1.0, 1.0}
    expected = getattr(algorithms, published)(model.params_dict(), leak, x, y, drawn)
    _, grads = model.gradient(x, y, seed=11)
    joint = np.concatenate([grads['W'], grads['W_in'], np.asarray(grads['b'])[:, None]], 1)
    assert relative_error(joint, expected) < 1e-10
    if signs:
        other = getattr(algorithms, published)(
            model.params_dict(), leak, x, y, [-d * [1, *[-1] * (signs - 1)] for d in drawn]
        )
        assert relative_error(joint, other) > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize('rule', [ratezoo.UORO, ratezoo.KFRTRL, ratezoo.RKF])
def test_probes_lower_the_variance_as_one_over_their_number(rule, rng):
    x, y = data(rng)
    model = net(rule)
    _, exact = net(ratezoo.RTRL).gradient(x, y)
    errors = []
    for probes in (1, 16):
        found = np.array([model.gradient(x, y, seed=s, probes=probes)[1]['W'] for s in range(300)])
        errors.append(np.mean(np.sum((found - exact['W']) ** 2, (1, 2))))
    assert 16 * 0.6 < errors[0] / errors[1] < 16 / 0.6


@pytest.mark.slow
@pytest.mark.parametrize('rule', [ratezoo.UORO, ratezoo.KFRTRL, ratezoo.RKF])
def test_what_is_drawn_depends_on_the_seed_alone(rule, rng):
    x, y = data(rng, batch=(3,))
    model = net(rule)
    same, again, other = (model.gradient(x, y, seed=s)[1]['W'] for s in (0, 0, 1))
    assert (same == again).all()
    assert not np.allclose(same, other)
    alone = model.gradient(x[:1], y[:1], seed=0)[1]['W'], model.gradient(x[1:2], y[1:2], seed=0)[1]['W']
    both = model.gradient(np.stack([x[0], x[0]]), np.stack([y[0], y[0]]), seed=0)[1]['W']
    assert not np.allclose(both, alone[0])  # each sample has signs of its own


# ---- SnAp ------------------------------------------------------------------------------------------------------------


class Ring(ratezoo.RateModel):
    """tanh units on a one-way ring: unit i hears i and i − 1; W is the diagonal and the sub-diagonal."""

    params = ('W', 'U')

    def __init__(self, n, **kwargs):
        super().__init__(n, 2, **kwargs)
        rng = np.random.default_rng(0)
        self.W = bm.TrainVar(jnp.asarray(rng.normal(size=(2, n))))
        self.U = bm.TrainVar(jnp.asarray(rng.normal(size=(2, n))))

    def F(self, r, params, x):
        return -r + jnp.tanh(params['W'][0] * r + params['W'][1] * jnp.roll(r, 1) + x[0] + 0.3 * x[1])

    def output(self, r, params):
        return params['U'] @ r


def masked_rtrl(model, x, y, order):
    """RTRL with p set to zero beyond ``order`` steps' reach, by jacfwd and NumPy: an oracle for the ring."""
    params, n, T = model.params_dict(), model.state_size, len(y)
    reach = np.zeros((n, 2, n), bool)
    for i in range(n):
        for k in range(order):
            reach[(i + k) % n, :, i] = True
    r, p, grad = np.zeros(n), np.zeros((n, 2, n)), 0.0
    for t in range(T):
        J = np.asarray(jax.jacfwd(lambda s, t=t: model.step(s, params, x[t]))(r))
        I = np.asarray(jax.jacfwd(lambda W, r=r, t=t: model.step(r, {**params, 'W': W}, x[t]))(params['W']))
        p = (np.tensordot(J, p, 1) + I) * reach
        r = np.asarray(model.step(r, params, x[t]))
        error = np.asarray(model.output(r, params)) - y[t]
        grad = grad + np.tensordot(error @ np.asarray(params['U']), p, 1) / T
    return grad


@pytest.mark.quick(1)
@pytest.mark.parametrize('order', [1, 2, 3, 7, 50])
def test_snap_keeps_what_arises_within_its_steps(order, rng):
    model = type('Net', (ratezoo.SnAp, Ring), {})(7, dt=0.5)
    x, y = data(rng)
    _, grads = model.gradient(x, y, order=order)
    assert relative_error(grads['W'], masked_rtrl(model, x, y, min(order, 7))) < 1e-10
    _, exact = type('Net', (ratezoo.BPTT, Ring), {})(7, dt=0.5).gradient(x, y)
    if order >= 7:
        assert relative_error(grads, exact) < 1e-10
    else:
        assert relative_error(grads['W'], exact['W']) > 1e-4
        assert np.linalg.norm(grads['W']) > 1e-3
    assert (model.influenced('W', order) >= 0).sum() == min(order, 7) * 14


@pytest.mark.slow
def test_snap_gets_better_with_its_order(rng):
    model = type('Net', (ratezoo.SnAp, Ring), {})(7, dt=0.5)
    x, y = data(rng, 40)
    _, exact = type('Net', (ratezoo.BPTT, Ring), {})(7, dt=0.5).gradient(x, y)
    errors = [relative_error(model.gradient(x, y, order=k)[1]['W'], exact['W']) for k in (1, 2, 4, 7)]
    assert errors == sorted(errors, reverse=True)


def test_snap_1_is_neither_exact_nor_zero(rng):
    x, y = data(rng)
    first, exact = net(ratezoo.SnAp).gradient(x, y)[1], net(ratezoo.RTRL).gradient(x, y)[1]
    for p in ('W', 'W_in', 'b'):
        assert 1e-3 < relative_error(first[p], exact[p]) < 1
    for p in ('W_out', 'b_out'):
        assert relative_error(first[p], exact[p]) < 1e-12


# ---- local rules, and how they reduce to each other ------------------------------------------------------------------


def without_self_connections(rule):
    model = net(rule)
    model.set_params({'W': np.asarray(model.W.value) * (1 - np.eye(6))})
    return model


def test_e_prop_on_leaky_units_is_rflo(rng):
    x, y = data(rng, batch=(3,))
    assert relative_error(net(ratezoo.EProp).gradient(x, y)[1], net(ratezoo.RFLO).gradient(x, y)[1]) < 1e-10
    one, other = (net(rule).gradient(x, y, feedback='random')[1] for rule in (ratezoo.EProp, ratezoo.RFLO))
    assert relative_error(one, other) < 1e-10
    assert relative_error(one['W'], net(ratezoo.EProp).gradient(x, y)[1]['W']) > 0.1


def test_snap_1_without_self_connections_is_rflo(rng):
    x, y = data(rng)
    one, other = (without_self_connections(r).gradient(x, y)[1] for r in (ratezoo.SnAp, ratezoo.RFLO))
    assert relative_error(one, other) < 1e-10
    assert relative_error(net(ratezoo.SnAp).gradient(x, y)[1]['W'], net(ratezoo.RFLO).gradient(x, y)[1]['W']) > 1e-3


def test_random_feedback_is_the_readouts_transpose_where_it_is_set_so(rng):
    x, y = data(rng)
    model = net(ratezoo.RFLO)
    model.feedback_weights = model.W_out.value.T
    assert relative_error(model.gradient(x, y, feedback='random')[1], model.gradient(x, y)[1]) < 1e-10
    assert np.array_equal(net(ratezoo.RFLO).feedback_weights, net(ratezoo.RFLO).feedback_weights)


@pytest.mark.quick(2)
@pytest.mark.parametrize('rule', [ratezoo.SnAp, ratezoo.RFLO, ratezoo.EProp])
def test_local_rules_are_exact_where_units_do_not_talk(rule, rng):
    x, y = data(rng)
    found = []
    for one in (rule, ratezoo.BPTT):
        model = net(one)
        model.set_params({'W': np.zeros((6, 6))})
        found.append(model.gradient(x, y)[1])
    assert relative_error(*[{k: g[k] for k in ('W_in', 'b', 'W_out', 'b_out')} for g in found]) < 1e-10
    assert np.linalg.norm(found[0]['W_in']) > 1e-3


# ---- KeRNL -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_kernels_that_have_learned_nothing_are_the_leak(rng):
    x, y = data(rng)
    still, leak = net(ratezoo.KeRNL).gradient(x, y, kernel_rate=0.0)[1], net(ratezoo.RFLO).gradient(x, y)[1]
    assert relative_error(still, leak) < 1e-10
    learning = net(ratezoo.KeRNL).gradient(x, y, kernel_rate=0.1)[1]
    assert relative_error(learning['W'], leak['W']) > 1e-4


@pytest.mark.slow
def test_kernels_of_a_linear_network_without_crosstalk_are_found(rng):
    """r_i answers a jolt of its current with a (1 − a + a w_ii)^s: β = 1, and these κ."""
    w = np.array([0.9, 0.5, 0.2, 0.3, 0.7, 0.0])
    model = net(ratezoo.KeRNL, phi='linear')
    model.set_params({'W': np.diag(w)})
    model.learn_kernels(rng.normal(size=(30_000, 2)))
    assert np.allclose(model.kappa.value, 1 + 0.5 * (w - 1), atol=0.03)
    assert np.allclose(model.beta.value, np.eye(6), atol=0.06)
    assert not np.allclose(net(ratezoo.KeRNL).kappa.value, 1 + 0.5 * (w - 1), atol=0.1)


def test_kernels_and_eligibilities_are_the_equations_step_by_step(rng):
    """Eqs. (1) to (3) in NumPy, with the same noise; at the high rate κ runs into the ends of [0, 1]."""
    model, p = net(ratezoo.KeRNL, 3), 0.01
    params = model.params_dict()
    W, W_in, b = (np.asarray(params[k]) for k in ('W', 'W_in', 'b'))
    advance = jax.jit(model.advance)

    def step(r, current):  # the leak is Δt/τ = 0.5
        return 0.5 * r + 0.5 * np.tanh(current)

    for rate in (0.3, 300.0):
        traces = model.starting_traces(params, model.draw_key(0), None, **model.all_options({}))
        state, r, ends = jnp.zeros(3), np.zeros(3), set()
        beta, kappa, e, e_b = np.eye(3), np.full(3, 0.5), np.zeros((3, 3)), np.zeros(3)
        delta, Omega, Gamma = np.zeros(3), np.zeros(3), np.zeros(3)
        for x in rng.normal(size=(8, 2)):
            psi = np.asarray(jax.random.normal(jax.random.split(traces['probe_key'])[1], (3,)))
            state, traces = advance(state, params, x, traces, kernel_rate=rate, perturbation=p)
            current = W @ r + W_in @ x + b
            d = 0.5 * (1 - np.tanh(current) ** 2)
            e, e_b = kappa[:, None] * e + np.outer(d, r), kappa * e_b + d
            new, copy = step(r, current), r + p * delta
            delta = (step(copy, W @ copy + W_in @ x + b + p * psi) - new) / p
            Gamma, Omega, r = kappa * Gamma + Omega, kappa * Omega + d * psi, new
            error = delta - beta @ Omega
            kappa = kappa + rate * (error @ beta) * Gamma / (1 + np.sum((beta @ Gamma) ** 2))
            beta, kappa = beta + rate * np.outer(error, Omega) / (1 + Omega @ Omega), np.clip(kappa, 0, 1)
            ends |= {0.0, 1.0} & set(kappa)
            if rate > 1 and len(ends) == 2:
                break  # at such a rate the kernels grow without bounds
        assert (len(ends) == 2) == (rate > 1)
        found = {k: traces[k] for k in ('r_hat', 'Omega', 'Gamma', 'beta', 'kappa', 'p_W', 'p_b')}
        expected = dict(r_hat=delta, Omega=Omega, Gamma=Gamma, beta=beta, kappa=kappa, p_W=e, p_b=e_b)
        assert relative_error({'r': state, **found}, {'r': r, **expected}) < 1e-8
        signal = rng.normal(size=3)
        assert (
            relative_error(model.credit(jnp.asarray(signal), traces, params)['W'], (signal @ beta)[:, None] * e) < 1e-8
        )


def test_two_factors_are_balanced_where_both_are_there():
    assert float(balance(jnp.asarray(8.0), jnp.asarray(2.0))) == 2.0
    for pair in ((0.0, 2.0), (2.0, 0.0), (0.0, 0.0)):
        assert float(balance(*map(jnp.asarray, pair))) == 1.0
        assert np.isfinite(jax.grad(balance, (0, 1))(*map(jnp.asarray, pair))).all()
    assert float(norm({'a': jnp.asarray([3.0, 0.0]), 'b': jnp.asarray(4.0)})) == 5.0


def test_random_feedback_has_the_variance_of_the_docstring_and_the_models_seed():
    """N(0, 1/n_out): of 1500 numbers the standard deviation is known to 2 %."""
    B = [np.asarray(net(ratezoo.RFLO, 500, 3, seed=k).feedback_weights) for k in (3, 4)]
    assert B[0].shape == (500, 3)
    assert np.std(B[0]) == pytest.approx(3**-0.5, rel=0.06)
    assert abs(np.mean(B[0])) < 0.06
    assert not np.allclose(B[0], B[1])


@pytest.mark.slow
@pytest.mark.parametrize('seed', range(4))
def test_kernels_that_have_learned_are_better_than_the_leak(seed, rng):
    x, y = data(rng, 40, (30,))
    model = net(ratezoo.KeRNL, seed=seed)
    exact = net(ratezoo.BPTT, seed=seed)
    each = [np.ravel(exact.gradient(*one)[1]['W']) for one in zip(x, y, strict=True)]

    def cosine():
        found = [np.ravel(model.gradient(*one, kernel_rate=0.0)[1]['W']) for one in zip(x, y, strict=True)]
        return np.mean([f @ e / np.linalg.norm(f) / np.linalg.norm(e) for f, e in zip(found, each, strict=True)])

    before = cosine()
    model.learn_kernels(rng.normal(size=(20_000, 2)))
    assert cosine() > before + 0.005
    with pytest.raises(InvalidValueError, match='learn_kernels: expected one input'):
        model.learn_kernels(np.zeros((2, 5, 2)))


# ---- running, refusing -----------------------------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    'rule', [ratezoo.SnAp, ratezoo.UORO, ratezoo.KFRTRL, ratezoo.RKF, ratezoo.RFLO, ratezoo.EProp, ratezoo.KeRNL]
)
def test_the_traces_of_a_run_are_those_of_the_gradient(rule, rng):
    x, y = data(rng)
    model = net(rule)
    runner = ratezoo.Runner(model, monitors=['r', *model.trace_names], dt=0.5, progress_bar=False)
    output = np.asarray(runner.run(inputs=x))
    _, grads = model.gradient(x, y)
    by_hand = 0.0
    options = model.all_options({})
    for t in range(len(y)):
        traces = {k: jnp.asarray(runner.mon[k][t]) for k in model.trace_names}
        dl_dr = (output[t] - y[t]) @ np.asarray(model.W_out.value) / len(y)
        by_hand = by_hand + model.credit(jnp.asarray(dl_dr), traces, model.params_dict(), **options)['W']
    assert relative_error(by_hand, grads['W']) < 1e-10
    model.reset_state()
    assert np.array_equal(ratezoo.Runner(model, dt=0.5, progress_bar=False).run(inputs=x), output)


@pytest.mark.parametrize('rule', [ratezoo.KFRTRL, ratezoo.RKF, ratezoo.RFLO, ratezoo.EProp, ratezoo.KeRNL])
def test_a_rule_that_needs_more_than_F_refuses_other_models_by_name(rule):
    with pytest.raises(
        CompositionError, match=f'{rule.__name__} needs more of a model than F, and TanhRNN is not a HasCurrents'
    ):
        type('Net', (rule, TanhRNN), {})
    with pytest.raises(CompositionError, match='TwoStates'):
        type('Net', (rule, TwoStates), {})
    with pytest.raises(CompositionError, match=r'method: expected \'euler\'.*\'rk4\''):
        net(rule, method='rk4')


@pytest.mark.parametrize(
    ('rule', 'options'),
    [
        (ratezoo.SnAp, dict(order=0)),
        (ratezoo.SnAp, dict(order=1.5)),
        (ratezoo.UORO, dict(probes=0)),
        (ratezoo.KeRNL, dict(kernel_rate=-1.0)),
        (ratezoo.KFRTRL, dict(probes=True)),
        (ratezoo.EProp, dict(feedback='broadcast')),
    ],
)
def test_options_that_cannot_be_are_refused(rule, options, rng):
    with pytest.raises(InvalidValueError, match=next(iter(options))):
        net(rule).gradient(*data(rng), **options)


def test_a_rule_says_what_it_needs_and_refuses_what_will_not_fit(rng, monkeypatch):
    x, y = data(rng)
    small, large = (net(ratezoo.RTRL, n).cost(20, block='dense') for n in (8, 16))
    assert 5 < large.memory / small.memory < 8  # n m = n³
    assert 11 < large.operations / small.operations < 16  # n² m = n⁴
    monkeypatch.setattr('ratezoo.learning.rule.free_memory', lambda: 1000)
    for rule in (ratezoo.RTRL, ratezoo.BPTT, ratezoo.SnAp, ratezoo.UORO, ratezoo.KFRTRL, ratezoo.RKF, ratezoo.RFLO):
        with pytest.raises(TooLargeError, match=r'would keep .* GiB for (6 units and 20 steps|the traces of 6 units)'):
            net(rule).gradient(x, y)
        with pytest.raises(MemoryError):
            net(rule).fit(x, y, 1, progress=False)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ('rule', 'options'),
    [
        (ratezoo.RTRL, {}),
        (ratezoo.RTRL, dict(block='dense')),
        (ratezoo.BPTT, {}),
        (ratezoo.BPTT, dict(remat=True)),
        (ratezoo.BPTT, dict(truncate=(10, 20))),
        (ratezoo.SnAp, {}),
        (ratezoo.SnAp, dict(order=2)),
        (ratezoo.UORO, dict(probes=5)),
        (ratezoo.KFRTRL, dict(probes=5)),
        (ratezoo.RKF, dict(probes=5)),
        (ratezoo.RFLO, {}),
        (ratezoo.EProp, {}),
        (ratezoo.KeRNL, {}),
        (ratezoo.FORCE, {}),
    ],
)
def test_what_a_rule_says_it_needs_is_what_the_compiler_plans(rule, options):
    model, T = net(rule, 48), 80
    checked, _ = model.check_trajectories(np.zeros((T, 2)), np.zeros((T, 2)))
    loss, every = model.loss_function(None, (2,)), model.all_options(options)
    compiled = jax.jit(lambda params, data, key: model.loss_and_gradient(params, data, key, loss, False, **every)[:2])
    plan = compiled.lower(model.params_dict(), checked, model.draw_key(0)).compile().memory_analysis()
    ratio = model.cost(T, **options).memory / (plan.temp_size_in_bytes + plan.output_size_in_bytes)
    assert 0.45 < ratio < 2.2


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ('rule', 'options', 'memory', 'operations'),
    [
        ('RTRL', {}, 3, 3),
        ('RTRL', {'block': 'dense'}, 3, 4),
        ('BPTT', {}, 1, 2),
        ('SnAp', {}, 2, 3),  # N reverse passes of m operations
        ('UORO', {}, 2, 2),
        ('KFRTRL', {}, 2, 3),
        ('RKF', {}, 2, 3),
        ('RFLO', {}, 2, 2),
        ('EProp', {}, 2, 2),
        ('KeRNL', {}, 2, 2),
        ('FORCE', {}, 1, 2),
    ],
)
def test_the_cost_grows_with_the_units_as_the_docstring_says(rule, options, memory, operations):
    """The exponents of n, at m ≈ n² parameters and T = 1000 steps; a step also touches each parameter."""
    small, large = (type('Net', (getattr(ratezoo, rule), ratezoo.RateRNN), {})(2, n, 2, seed=0) for n in (60, 120))
    costs = [net.cost(1000, **options) for net in (small, large)]
    assert np.log2(costs[1].memory / costs[0].memory) == pytest.approx(memory, abs=0.3)
    assert np.log2(costs[1].operations / costs[0].operations) == pytest.approx(operations, abs=0.2)
    assert costs[0].operations >= 2 * 60**2


@pytest.mark.slow
@pytest.mark.parametrize(
    'rule',
    [
        ratezoo.RTRL,
        ratezoo.BPTT,
        ratezoo.SnAp,
        ratezoo.UORO,
        ratezoo.KFRTRL,
        ratezoo.RKF,
        ratezoo.RFLO,
        ratezoo.EProp,
        ratezoo.KeRNL,
        ratezoo.FORCE,
    ],
)
def test_a_second_call_compiles_nothing(rule, rng):
    x, y = data(rng)
    model = net(rule)

    def everything(seed):
        model.gradient(x, y, seed=seed)
        model.fit(x, y, 2, seed=seed, progress=False)
        model.predict(x, seed=seed)
        for name, value in dict(order=2, probes=2, feedback='random', every=1, remat=True, block=4).items():
            if name in model.options:
                model.gradient(x, y, **{name: value})

    everything(0)
    with compilations() as names:
        everything(1)
    assert names == []
    with compilations() as names:
        model.predict(x[:-1])
    assert names


@pytest.mark.slow
@pytest.mark.parametrize('rule', [ratezoo.SnAp, ratezoo.UORO, ratezoo.KFRTRL, ratezoo.RKF, ratezoo.RFLO, ratezoo.KeRNL])
@pytest.mark.parametrize('online', [False, True])
def test_every_rule_learns(rule, online, rng):
    import optax

    x = rng.normal(size=(60, 2))
    y = np.stack([np.sin(np.arange(60) / 5), np.cumsum(x[:, 0]) / 10], 1)
    model = net(rule, 12, dt=1.0)
    history = model.fit(x, y, 150, optax.adam(3e-4 if online else 1e-2), progress=False, online=online)
    assert history.loss[-1] < 0.6 * history.loss[0]


def test_snap_tells_which_units_an_entry_influences():
    """One step: W_ij moves unit i alone. Two steps: also every unit to which i may project, which is all of them."""
    model = type('Net', (ratezoo.SnAp, ratezoo.RateRNN), {})(2, 4, 1, seed=0)
    one, two = model.influenced('W', 1), model.influenced('W', 2)
    assert one.shape == (1, 4, 4)
    assert (one[0] == np.arange(4)[:, None]).all()
    assert (np.sort(two, 0) == np.arange(4)[:, None, None]).all()


@pytest.mark.quick(3)
@pytest.mark.parametrize('rule', ['RTRL', 'SnAp', 'UORO', 'KFRTRL', 'RKF', 'RFLO', 'EProp', 'KeRNL'])
def test_the_operations_of_a_step_are_those_that_the_compiler_counts(rule):
    """To a factor of two or so, as `cost` says; the compiler counts what every element costs."""
    model = type('Net', (getattr(ratezoo, rule), ratezoo.RateRNN), {})(2, 48, 2, seed=0)
    options = {'block': 'dense'} if rule == 'RTRL' else {}
    every, loss = model.all_options(options), model.loss_function(None, (2,))
    traces = model.starting_traces(model.params_dict(), model.draw_key(0), None, **every)

    def step(r, params, x, y, alpha, traces):
        return model._step_with_gradient(r, params, x, y, alpha, traces, None, loss, every)

    arguments = model.initial_state(), model.params_dict(), np.ones(2), np.ones(2), np.ones(()), traces
    counted = jax.jit(step).lower(*arguments).compile().cost_analysis()
    counted = counted[0] if isinstance(counted, list) else counted
    assert 0.4 < model.cost(20, **options).operations / counted['flops'] < 1.5

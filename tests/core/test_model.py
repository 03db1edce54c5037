"""The base of every model: integrators, batches, seeds, fixed points, and what it says of bad input."""

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import DiscreteRNN, TanhRNN, TwoStates, relative_error

import ratezoo

LinearRNN = ratezoo.LinearRNN


def expm(a):
    """e^A by its eigenvectors: NumPy only."""
    values, vectors = np.linalg.eig(a)
    return ((vectors * np.exp(values)) @ np.linalg.inv(vectors)).real


def closed_form(net, r0, x, t):
    """r(t) of dr/dt = A r + b + x with constant x, A = w − 1."""
    w, b = (np.asarray(net.params_dict()[k]) for k in 'wb')
    a = w - np.eye(len(b))
    return expm(a * t) @ r0 + np.linalg.solve(a, (expm(a * t) - np.eye(len(b))) @ (b + x))


def run(net, x, steps):
    for _ in range(steps):
        net.update(x)
    return np.asarray(net.r.value)


@pytest.mark.quick(2)
@pytest.mark.parametrize(('method', 'order'), [('euler', 1), ('exp_euler', 1), ('rk2', 2), ('rk4', 4)])
def test_integrators_converge_at_their_order_to_the_closed_form(method, order, rng):
    w, b, r0, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4), rng.normal(size=4)
    errors = []
    for steps in (20, 40, 80):
        net = LinearRNN(4, w, b, method=method, dt=1 / steps)
        net.reset_state(r0=r0)
        errors.append(np.linalg.norm(run(net, x, steps) - closed_form(net, r0, x, 1.0)))
    slopes = np.log2(np.array(errors[:-1]) / errors[1:])
    assert abs(slopes[-1] - order) < 0.15
    assert errors[-1] > 1e-13


def test_exponential_euler_is_exact_for_a_single_linear_unit():
    net = LinearRNN(w=-30.0, b=0.7, method='exp_euler', dt=0.5)  # far beyond Euler's limit of stability
    net.reset_state(r0=[2.0])
    expected = closed_form(net, np.array([2.0]), 0.3, 1.5)
    assert relative_error(run(net, 0.3, 3), expected) < 1e-13
    assert relative_error(run(LinearRNN(w=-30.0, b=0.7, dt=0.5), 0.3, 3), expected) > 1  # Euler blows up


def test_exponential_euler_where_the_leak_vanishes():
    net = LinearRNN(method='exp_euler')  # w = 1: φ(0) = 1, no division by zero
    assert relative_error(run(net, 0.0, 10), np.array([1.0])) < 1e-13


def test_one_euler_step_by_hand():
    net = LinearRNN(2, w=[[0.0, 2.0], [0.0, 0.0]], b=[1.0, 0.0], dt=0.1)  # w[post, pre]: unit 1 drives unit 0
    net.reset_state(r0=[1.0, 3.0])
    assert np.allclose(net.update(np.array([0.0, 5.0])), [1 + 0.1 * (-1 + 6 + 1), 3 + 0.1 * (-3 + 5)], atol=1e-15)


def test_relax_finds_the_closed_form_fixed_point_and_reports_it(rng):
    w = rng.normal(size=(5, 5)) / 5
    net = LinearRNN(5, w, rng.normal(size=5))
    x = rng.normal(size=(3, 5))
    found = net.relax(x)
    expected = np.linalg.solve(np.eye(5) - w, (np.asarray(net.b.value) + x).T).T
    assert relative_error(found.r, expected) < 1e-9
    assert found.converged.all()
    assert (found.residual <= 1e-10).all()
    one = net.relax(x[1])
    assert relative_error(one.r, found.r[1]) < 1e-12
    assert one.steps == found.steps[1]


def test_relax_says_when_it_did_not_settle():
    found = LinearRNN(w=0.99).relax(max_steps=50)
    assert not found.converged
    assert found.steps == 50
    assert found.residual > 1e-3
    slow_and_fast = LinearRNN(w=0.5).relax(x=np.zeros((2, 1)), r0=np.array([[2.0], [9.0]]), max_steps=50)
    assert slow_and_fast.converged.tolist() == [True, False]  # no mean hides the slow one
    with pytest.raises(ratezoo.DivergedError, match=r'LinearRNN\.relax: the state blew up'):
        LinearRNN(w=50.0).relax()


def test_a_fixed_point_is_taken_as_a_state(rng):
    """dr/dt = (w − 1) r + b + x: J = w − 1 everywhere, and r* = −(b + x)/(w − 1)."""
    net = LinearRNN(w=-1.0, b=1.0)
    point = net.relax(np.ones(1))
    assert np.allclose(point.r, 1.0)
    for state in (None, point, point.r, ratezoo.fixed_points(net, np.ones(1), limits=(0, 2))[0]):
        assert np.allclose(net.stability(state, np.ones(1)).eigenvalues, -2.0)
    assert np.allclose(net.jacobian(point), -2.0)
    assert int(net.relax(np.ones(1), r0=point).steps) == 0
    net.reset_state(r0=point)
    assert np.array_equal(net.r, point.r)
    two = TwoStates(2)
    assert np.array_equal(two.jacobian(two.relax()), two.jacobian(two.relax().r))
    with pytest.raises(ratezoo.NotConvergedError, match=r'Nagumo\.stability: expected a state.*the residual is'):
        ratezoo.FitzHughNagumo().stability()


def test_relax_of_a_discrete_network_and_of_several_states():
    net = DiscreteRNN(4)
    found = net.relax(np.ones(4))
    assert relative_error(np.tanh(np.asarray(net.W.value) @ found.r + 1), found.r) < 1e-9
    two = TwoStates(3, seed=2)
    two.set_params({'W': 0.3 * two.W.value})
    found = two.relax(np.ones(3))
    assert relative_error(found.r['r'], np.tanh(found.r['I'])) < 1e-9


@pytest.mark.parametrize('make', [lambda: TanhRNN(4), lambda: TwoStates(3), lambda: DiscreteRNN(3)])
def test_jacobian_against_finite_differences(make, rng):
    net = make()
    n = sum(net.sizes.values())
    x, eps = rng.normal(size=net.n_in), 1e-6

    def tree(v):
        if len(net.states) == 1:
            return v
        out, i = {}, 0
        for s in net.states:
            out[s] = v[i : i + net.sizes[s]]
            i += net.sizes[s]
        return out

    def field(v):
        r, p = tree(jnp.asarray(v)), net.params_dict()
        f = net.step(r, p, x) if isinstance(net, DiscreteRNN) else net.F(r, p, x)
        f = f if isinstance(f, dict) else {'r': f}
        return np.concatenate([f[s] for s in net.states]) - (v if isinstance(net, DiscreteRNN) else 0)

    v = rng.normal(size=n)
    expected = np.stack([(field(v + eps * e) - field(v - eps * e)) / (2 * eps) for e in np.eye(n)], 1)
    got = net.jacobian(tree(jnp.asarray(v)), x)
    assert relative_error(got, expected) < 1e-8
    assert relative_error(np.asarray(got).T, expected) > 0.1  # not its transpose


def test_batch_is_a_loop_over_samples(rng):
    x = rng.normal(size=(6, 3, 2))  # (T, B, n_in)
    batched = TanhRNN(4, mode=bm.BatchingMode(3))
    outputs = np.stack([batched.update(a) for a in x])
    assert batched.r.shape == (3, 4)
    for k in range(3):
        single = TanhRNN(4)
        assert relative_error(np.stack([single.update(a[k]) for a in x]), outputs[:, k]) < 1e-14
    batched.reset_state(batch_size=5)
    assert batched.r.shape == (5, 4)
    assert batched.update(np.ones(2)).shape == (5, 3)  # one input for all


def test_permuting_the_neurons_permutes_the_answer(rng):
    order = rng.permutation(5)
    net = TanhRNN(5)
    other = TanhRNN(5)
    p = net.params_dict()
    other.set_params({'W': p['W'][order][:, order], 'V': p['V'][order], 'b': p['b'][order], 'U': p['U'][:, order]})
    for a in rng.normal(size=(7, 2)):
        assert relative_error(net.update(a), other.update(a)) < 1e-12
    assert relative_error(np.asarray(net.r.value)[order], other.r.value) < 1e-12


def test_step_under_jit_is_step_without(rng):
    net = TanhRNN(5, method='rk4')
    r, x = rng.normal(size=5), rng.normal(size=2)
    assert relative_error(jax.jit(net.step)(r, net.params_dict(), x), net.step(r, net.params_dict(), x)) < 1e-14


@pytest.mark.slow
def test_noise_is_seeded_white_and_repeats_after_a_reset():
    def sample(seed):
        net = LinearRNN(2000, w=0.0, b=0.0, sigma=0.3, seed=seed, dt=0.01)
        return net, run(net, np.zeros(2000), 3)

    net, first = sample(7)
    assert np.array_equal(first, sample(7)[1])
    assert not np.array_equal(first, sample(8)[1])
    net.reset_state()
    assert np.array_equal(first, run(net, np.zeros(2000), 3))
    # Euler–Maruyama: variance σ²Δt Σ (1 − Δt)^{2k} after three steps, known to √(2/2000) = 3 %
    expected = 0.3**2 * 0.01 * sum(0.99 ** (2 * k) for k in range(3))
    assert abs(first.var() / expected - 1) < 0.15
    assert abs(first.mean()) < 5 * (expected / 2000) ** 0.5


def test_the_time_step_is_brainpys_unless_given():
    net, own = LinearRNN(), LinearRNN(dt=0.02)
    assert net.dt == bm.get_dt()
    bm.set_dt(0.5)
    assert net.update(0.0)[0] == pytest.approx(0.5)
    assert own.update(0.0)[0] == pytest.approx(0.02)


def test_params_are_set_whole_or_not_at_all():
    net = LinearRNN(2)
    with pytest.raises(ratezoo.ShapeError, match=r'LinearRNN\.b: expected shape \(2,\), got \(3,\)'):
        net.set_params({'w': np.zeros((2, 2)), 'b': np.zeros(3)})
    assert np.array_equal(net.w.value, np.eye(2))
    net.set_params({'w': np.zeros((2, 2))})
    assert not np.any(net.params_dict()['w'])


class Ordered(ratezoo.RateModel):
    """States whose order is not the alphabet's: dr/dt = −r + 3 I, dI/dt = 9 r − 5 I + u."""

    params = ('u',)
    states = ('r', 'I')

    def __init__(self, **kwargs):
        super().__init__(1, **kwargs)
        self.u = bm.TrainVar(jnp.ones(1))

    def F(self, s, params, x):
        return {'I': 9 * s['r'] - 5 * s['I'] + params['u'], 'r': -s['r'] + 3 * s['I']}


def test_several_states_are_strung_together_in_their_order():
    net = type('Net', (ratezoo.RTRL, Ordered), {})(dt=0.1)
    assert np.allclose(net.jacobian({'r': jnp.zeros(1), 'I': jnp.zeros(1)}), [[-1, 3], [9, -5]])
    net.update()
    assert np.allclose(net.p_u.value[:, 0], [0, 0.1])  # dr/du, dI/du after one step


def test_what_is_not_noticed_before_is_noticed_then():
    """A global that F reads, and a loss that reads one, when they change between calls."""
    global strength

    class Strong(LinearRNN):
        def F(self, r, params, x):
            return strength * super().F(r, params, x)

    net = type('Net', (ratezoo.RTRL, Strong), {})(w=0.5)
    try:
        before = np.asarray(net.jacobian(np.zeros(1)))
        loss = net.gradient(np.ones(4), np.ones(4))[0]
        strength = 2.0
        assert np.allclose(net.jacobian(np.zeros(1)), 2 * before)
        assert net.gradient(np.ones(4), np.ones(4))[0] != loss
        scaled = [net.gradient(np.ones(4), np.ones(4), loss=lambda o, y: strength * jnp.sum(o))[0]]
        strength = 1.0
        assert len(net._functions) <= 32
        assert net.gradient(np.ones(4), np.ones(4))[0] == loss
        assert scaled[0] != 0
    finally:
        strength = 1.0


strength = 1.0


@pytest.mark.slow
def test_inline_losses_do_not_pile_up():
    net = type('Net', (ratezoo.BPTT, LinearRNN), {})()
    for k in range(40):
        net.gradient(np.ones(2), np.ones(2), loss=lambda o, y, k=k: k * jnp.sum(o))
    assert len(net._functions) <= 32


def test_an_input_of_unknown_size_in_a_batch_must_say_which_sample_it_is_for():
    class Free(LinearRNN):
        def __init__(self, **kwargs):
            super().__init__(3, **kwargs)
            self.n_in = None

    net = Free(mode=bm.BatchingMode(4))
    with pytest.raises(ratezoo.ShapeError, match=r'Free\.x: expected a leading axis of 4 samples'):
        net.update(np.arange(3.0))
    assert np.allclose(net.update(np.ones((4, 3))), 0.2)  # Δt (b + x)


@pytest.mark.slow
def test_precision_chosen_after_the_model_was_made_does_no_harm(rng):
    bm.disable_x64()
    net = type('Net', (ratezoo.RTRL, LinearRNN), {})(2)
    bm.enable_x64()
    _, grads = net.gradient(rng.normal(size=(4, 2)), rng.normal(size=(4, 2)))
    assert grads['w'].dtype == np.float32
    net.reset_state()
    net.update(np.ones(2))


class Reads(ratezoo.RateModel):
    params = ('W',)

    def __init__(self, dtype=float):
        super().__init__(2, 2)
        self.W = bm.TrainVar(jnp.ones((2, 2), dtype))

    def F(self, r, params, x):
        return -r + self.W.value @ r + x


class Single(Reads):
    def __init__(self):
        super().__init__('float32')


class Broadcasts(LinearRNN):
    def F(self, r, params, x):
        return -r[:, None] + params['b']


class NoVariable(ratezoo.RateModel):
    params = ('w',)

    def __init__(self):
        super().__init__(1)
        self.w = np.ones(1)


class Empty(ratezoo.RateModel):
    pass


@pytest.mark.parametrize(
    ('what', 'error', 'message'),
    [
        (lambda: LinearRNN(2, w=np.zeros((2, 3))), ratezoo.ShapeError, r'LinearRNN\.w: expected shape \(2, 2\)'),
        (lambda: LinearRNN(2, b=np.zeros(3)), ratezoo.ShapeError, r'LinearRNN\.b'),
        (lambda: LinearRNN(w=np.nan), ratezoo.InvalidValueError, r'LinearRNN\.w: expected finite numbers, got nan'),
        (
            lambda: LinearRNN(dt=-0.1),
            ratezoo.InvalidValueError,
            r'LinearRNN\.dt: expected a positive time step, got -0',
        ),
        (lambda: LinearRNN(0), ratezoo.InvalidValueError, r'LinearRNN\.n: expected an integer ≥ 1, .* got 0'),
        (lambda: LinearRNN('3'), ratezoo.InvalidValueError, r"LinearRNN\.n: .*, the number of units of r, got '3'"),
        (lambda: LinearRNN(method='leapfrog'), ratezoo.UnknownNameError, r"method: .*euler.*got 'leapfrog'"),
        (lambda: LinearRNN(sigma=-1.0), ratezoo.InvalidValueError, r'LinearRNN\.sigma'),
        (lambda: LinearRNN(3).update(np.zeros(2)), ratezoo.ShapeError, r'LinearRNN\.x: expected .* \(3,\).*got \(2,\)'),
        (lambda: LinearRNN(3).relax(np.full(3, np.inf)), ratezoo.InvalidValueError, r'LinearRNN\.x: .*inf at index'),
        (lambda: LinearRNN(3).reset_state(r0=np.zeros(4)), ratezoo.ShapeError, r'LinearRNN\.r0: expected shape \(3,\)'),
        (lambda: LinearRNN(3).reset_state(batch_size=4), ratezoo.InvalidValueError, r'BatchingMode'),
        (lambda: LinearRNN().set_params({'u': 1.0}), ratezoo.UnknownNameError, r'LinearRNN\.u: no such parameter'),
        (lambda: LinearRNN().relax(tol=-1.0), ratezoo.InvalidValueError, r'tol > 0'),
        (lambda: Broadcasts(3).update(np.zeros(3)), ratezoo.ShapeError, r'Broadcasts\.F: expected dr/dt .*\(3, 3\)'),
        (lambda: TanhRNN(3, n_in=2).relax(x=np.zeros(3)), ratezoo.ShapeError, r'TanhRNN\.x'),
        (NoVariable, ratezoo.InvalidValueError, r'NoVariable\.w: expected a bm\.TrainVar .* got ndarray'),
        (lambda: Empty(1), NotImplementedError, r'Empty gives neither F .* nor step'),
        (Reads, ratezoo.InvalidValueError, r"Reads\.W: .*write params\['W'\], not self\.W"),
        (Single, ratezoo.InvalidValueError, r'Single\.W: expected float64 like the state, got float32'),
        (lambda: LinearRNN(sigma='abc'), ratezoo.InvalidValueError, r"LinearRNN\.sigma: .*got 'abc'"),
        (lambda: LinearRNN(2, sigma=[0.1, 0.2, 0.3]), ratezoo.InvalidValueError, r'LinearRNN\.sigma: .*shape \(2,\)'),
        (lambda: LinearRNN(seed=1.5), ratezoo.InvalidValueError, r'LinearRNN\.seed: expected an integer'),
        (lambda: LinearRNN(dt='abc'), ratezoo.InvalidValueError, r"LinearRNN\.dt: .*got 'abc'"),
        (lambda: LinearRNN(n=True), ratezoo.InvalidValueError, r'LinearRNN\.n'),
        (
            lambda: LinearRNN().update('a'),
            ratezoo.InvalidValueError,
            r'LinearRNN\.x: expected an array of real numbers',
        ),
        (lambda: LinearRNN().update(1j), ratezoo.InvalidValueError, r'LinearRNN\.x: .*got complex'),
        (lambda: bm.set_dt(-0.1) or LinearRNN().update(), ratezoo.InvalidValueError, r'LinearRNN\.dt: .*bm\.set_dt'),
        (lambda: TwoStates(2).reset_state(r0={'r': np.zeros(2)}), ratezoo.ShapeError, r'expected a state of I, r'),
        (lambda: TwoStates(2).stability([1.0, 2.0]), ratezoo.ShapeError, r"got list\. Write it .* \{'I': …, 'r': …\}"),
    ],
)
def test_bad_input_gets_one_clear_error(what, error, message):
    with pytest.raises(error, match=message):
        what()


def test_errors_are_also_the_builtin_that_a_caller_expects():
    assert issubclass(ratezoo.ShapeError, ValueError)
    assert issubclass(ratezoo.DivergedError, RuntimeError)
    assert issubclass(ratezoo.NotConvergedError, RuntimeError)
    assert all(
        issubclass(getattr(ratezoo.errors, e), ratezoo.RateZooError) for e in dir(ratezoo.errors) if e.endswith('Error')
    )


def test_a_second_call_of_the_same_shape_compiles_nothing_but_a_changed_attribute_is_seen(rng):
    from helpers import compilations

    class Leaky(TanhRNN):
        params = ('V', 'b', 'U')
        leak = 1.0

        def F(self, r, params, x):
            return -self.leak * r + jnp.tanh(params['V'] @ x + params['b'])

    net = Leaky(4)
    first = net.relax(np.ones(2))
    with compilations() as names:
        net.set_params({'b': net.b.value + 0.1})
        second = net.relax(np.full(2, 0.5))
        net.jacobian(second.r)
    assert any('one' in n for n in names)  # the counter works: jacobian is new
    with compilations() as names:
        net.jacobian(first.r, np.ones(2))
        net.relax(np.ones(2))
    assert [n for n in names if 'one' in n] == []
    before = net.relax(np.ones(2)).r
    net.leak = 2.0
    assert relative_error(net.relax(np.ones(2)).r, before / 2) < 1e-9


def test_a_model_is_a_brainpy_dynamical_system():
    net = LinearRNN(2)
    assert isinstance(net, bp.DynamicalSystem)
    assert {id(v) for v in net.train_vars().unique().values()} == {id(net.w), id(net.b)}

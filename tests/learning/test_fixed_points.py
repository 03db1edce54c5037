"""The gradient of a fixed point: every exact way is the same gradient; what rules say when there is none."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import DiscreteRNN, TanhRNN, TwoStates, compilations, relative_error

import ratezoo
from ratezoo.learning.fixed_point import Points
from ratezoo.learning.trajectory import Trajectories
from ratezoo.models.feedforward import perceptron_gradient

TOL = 1e-13


def small(net, factor):
    """The network with its weights made smaller, so that it settles, and biases that keep units off their bounds."""
    net.set_params({p: np.asarray(v) * factor for p, v in net.params_dict().items()})
    return net


def layered(activation):
    def make(rule):
        net = type('Net', (rule, ratezoo.LayeredEnergyModel), {})((3, 6, 4, 2), activation=activation, seed=1, dt=0.3)
        net.set_params({f'b{k}': np.full(n, 0.2) for k, n in ((1, 6), (2, 4), (3, 2))})
        return small(net, 0.6)

    return make


MODELS = {
    'LinearRNN': lambda rule: type('Net', (rule, ratezoo.LinearRNN), {})(3, w=0.4, dt=0.3),
    'RateRNN': lambda rule: type('Net', (rule, ratezoo.RateRNN), {})(2, 6, 3, seed=1, dt=0.3, tau=0.7, g=0.8),
    'RateRNN, rk4': lambda rule: type('Net', (rule, ratezoo.RateRNN), {})(2, 6, 3, seed=1, dt=0.5, g=0.8, method='rk4'),
    'EIRateRNN': lambda rule: small(
        type('Net', (rule, ratezoo.EIRateRNN), {})(2, 5, 2, seed=1, dt=0.3, phi='softplus', positive='abs'), 0.5
    ),
    'FeedforwardRate': lambda rule: type('Net', (rule, ratezoo.FeedforwardRate), {})((3, 6, 5, 2), seed=1, dt=0.5),
    'PenalisedPerceptron': lambda rule: type('Net', (rule, ratezoo.PenalisedPerceptron), {})(
        3, 5, 2, seed=1, mu=0.1, dt=0.5
    ),
    'LayeredEnergyModel, hard-sigmoid': layered('hard-sigmoid'),
    'LayeredEnergyModel, tanh': layered('tanh'),
    'LayeredEnergyModel, sigmoid': layered('sigmoid'),
    'LayeredEnergyModel, shifted-sigmoid': layered('shifted-sigmoid'),
    'ConvolutionalEnergyModel': lambda rule: small(
        type('Net', (rule, ratezoo.ConvolutionalEnergyModel), {})(
            (2, 4, 5), (3, 2), 2, activation='tanh', seed=1, dt=0.3
        ),
        0.4,
    ),
    'ContinuousHopfield': lambda rule: small(
        type('Net', (rule, ratezoo.ContinuousHopfield), {})(6, patterns=1, beta=1.0, seed=1, dt=0.3), 0.7
    ),
    'ModernHopfield': lambda rule: small(
        type('Net', (rule, ratezoo.ModernHopfield), {})(6, patterns=3, beta=0.5, seed=1, dt=0.3), 0.7
    ),
    'LineIntegrator': lambda rule: type('Net', (rule, ratezoo.LineIntegrator), {})(4, w=0.7, seed=1, dt=0.3),
    "a user's": lambda rule: small(type('Net', (rule, TanhRNN), {})(4, dt=0.3), 0.5),
    'two states': lambda rule: small(type('Net', (rule, TwoStates), {})(3, dt=0.1), 0.3),
    'ElmanRNN': lambda rule: small(type('Net', (rule, ratezoo.ElmanRNN), {})(2, 4, 2, seed=1), 0.5),
    'discrete': lambda rule: small(type('Net', (rule, DiscreteRNN), {})(4), 0.5),
}
WAYS = [
    (ratezoo.ImplicitGradient, dict(linear='direct')),
    (ratezoo.ImplicitGradient, dict(linear='gmres')),
    (ratezoo.AdjointDynamics, {}),
    (ratezoo.DeepEquilibrium, {}),
]


def data(net, rng, count=3):
    return rng.uniform(0.2, 1, (count, net.n_in)), rng.normal(size=(count, *net.output_shape))


def unrolled(net, params, x, y, steps=3000):
    """½‖o − y‖² at the end of a long plain run, for `jax.grad`: back-propagation through time to the fixed point."""
    r, _ = jax.lax.scan(lambda r, _: (net.step(r, params, x), None), net.initial_state(), None, length=steps)
    return 0.5 * jnp.sum((net.output(r, params) - y) ** 2)


def mean_unrolled(net, x, y):
    def total(params):
        loss = jnp.mean(jax.vmap(lambda x, y: unrolled(net, params, x, y))(x, y))
        return loss + (net.penalty(params) if hasattr(net, 'penalty') else 0.0)

    return jax.jit(jax.value_and_grad(total))(net.params_dict())


@pytest.mark.quick(1)
@pytest.mark.parametrize('model', MODELS)
def test_implicit_adjoint_and_unrolled_gradients_agree(model, rng):
    net = MODELS[model](ratezoo.ImplicitGradient)
    x, y = data(net, rng)
    expected, slopes = mean_unrolled(net, x, y)
    assert all(np.linalg.norm(g) > 1e-6 for g in slopes.values())
    for rule, options in WAYS:
        loss, grads = MODELS[model](rule).gradient(x, y, tol=TOL, **options)
        assert abs(loss / expected - 1) < 1e-11
        assert relative_error(grads, slopes) < 1e-10


@pytest.mark.quick(2)
@pytest.mark.parametrize('model', ['RateRNN', 'FeedforwardRate', 'LayeredEnergyModel, hard-sigmoid', 'two states'])
def test_they_agree_with_finite_differences(model, rng):
    net = MODELS[model](ratezoo.ImplicitGradient)
    x, y = data(net, rng, 2)
    grads, params, eps = net.gradient(x, y, tol=TOL)[1], net.params_dict(), 1e-5
    for p, g in grads.items():
        direction = rng.normal(size=g.shape)
        values = []
        for sign in (1, -1):
            net.set_params({p: params[p] + sign * eps * direction})
            values.append(net.gradient(x, y, tol=TOL)[0])
        net.set_params({p: params[p]})
        assert abs((values[0] - values[1]) / (2 * eps) - np.vdot(g, direction)) < 1e-7 * np.linalg.norm(g)


def perceptron(params, x):
    """A plain multilayer perceptron, its last layer linear."""
    depth = len(params) // 2
    for k in range(1, depth + 1):
        x = params[f'W{k}'] @ x + params[f'b{k}']
        x = jnp.tanh(x) if k < depth else x
    return x


@pytest.mark.slow
@pytest.mark.parametrize('rule', [ratezoo.ImplicitGradient, ratezoo.AdjointDynamics])
def test_feedforward_dynamics_are_back_propagation(rule, rng):
    """Both equalities: the fixed point is the perceptron's output, and the gradient is the perceptron's."""
    net = type('Net', (rule, ratezoo.FeedforwardRate), {})((4, 8, 6, 3), seed=2, dt=1.0)
    x, y = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))

    def loss(params):
        return jnp.mean(jax.vmap(lambda x, y: 0.5 * jnp.sum((perceptron(params, x) - y) ** 2))(x, y))

    assert relative_error(net.predict(x, tol=1e-14), jax.vmap(perceptron, (None, 0))(net.params_dict(), x)) < 1e-13
    assert relative_error(net.gradient(x, y, tol=1e-14)[1], jax.grad(loss)(net.params_dict())) < 1e-12


def test_the_adjoint_of_two_layers_is_that_of_the_lecture(rng):
    """v_2 = −∂l/∂x_2 J_22⁻¹ and v_1 = v_2 w_2 f′(w_2 x_1): with w_2 f′(w_2 x_2) it would be another number."""
    w1, w2, x, y = 0.7, -1.3, 0.9, 0.4
    net = type('Net', (ratezoo.AdjointDynamics, ratezoo.FeedforwardRate), {})((1, 1, 1), phi_out='tanh', dt=0.2)
    net.set_params({'W1': [[w1]], 'W2': [[w2]]})
    net.set_target(np.array([y]))
    runner = ratezoo.Runner(net, monitors=['r', 'v'], dt=0.2, progress_bar=False)
    runner.run(inputs=np.full((400, 1), x))
    x1 = np.tanh(w1 * x)
    x2 = np.tanh(w2 * x1)
    v2 = x2 - y
    slope = 1 - np.tanh(w2 * x1) ** 2
    assert np.allclose(runner.mon['r'][-1], [x1, x2], rtol=1e-12)
    assert np.allclose(runner.mon['v'][-1], [v2 * w2 * slope, v2], rtol=1e-10)
    assert abs(runner.mon['v'][0, 1]) < abs(v2) / 2  # it took time to settle
    wrong = v2 * w2 * (1 - np.tanh(w2 * x2) ** 2)
    assert abs(wrong / runner.mon['v'][-1, 0] - 1) > 0.01


@pytest.mark.quick(1)
@pytest.mark.parametrize('rule', [ratezoo.ImplicitGradient, ratezoo.AdjointDynamics])
def test_the_perceptron_with_a_penalty_worked_by_hand(rule, rng):
    net = type('Net', (rule, ratezoo.PenalisedPerceptron), {})(3, 5, 2, mu=0.3, seed=3, dt=1.0)
    x, y = rng.normal(size=3), rng.normal(size=2)
    loss, grads = net.gradient(x, y, tol=1e-14)
    by_hand = perceptron_gradient(**net.params_dict(), x=x, y=y, mu=0.3)
    assert relative_error(grads, by_hand) < 1e-12
    assert relative_error(grads, perceptron_gradient(**net.params_dict(), x=x, y=y, mu=0.0)) > 1e-2
    o = perceptron(net.params_dict(), x)
    s = 0.15 * (np.sum(np.square(net.W1.value)) + np.sum(np.square(net.W2.value)))
    assert abs(loss - (0.5 * np.sum((o - y) ** 2) + s)) < 1e-12


def test_a_wrong_jacobian_would_be_seen(rng):
    """Negative control: with J transposed the implicit gradient of an asymmetric network is another one."""
    net = MODELS['RateRNN'](ratezoo.ImplicitGradient)
    x, y = data(net, rng, 1)
    r = net.relax(x[0], tol=TOL).r
    J = np.asarray(net.jacobian(r, x[0]))
    dl_dr = np.asarray(net.W_out.value).T @ (np.asarray(net.output(r, net.params_dict())) - y[0])
    dphi = 1 - np.asarray(r) ** 2
    right, wrong = (np.outer(np.linalg.solve(A, -dl_dr) * dphi / net.tau, r) for A in (J.T, J))
    grads = net.gradient(x, y, tol=TOL)[1]
    assert relative_error(grads['W'], right) < 1e-10
    assert relative_error(grads['W'], wrong) > 1e-2


@pytest.mark.slow
def test_weights_of_samples_another_loss_and_another_start(rng):
    net = MODELS['RateRNN'](ratezoo.ImplicitGradient)
    x, y = data(net, rng, 3)
    each = [net.gradient(x[k], y[k], tol=TOL) for k in range(3)]
    alpha = np.array([0.2, 0.0, 0.8])
    loss, grads = net.gradient(x, y, alpha, r0=rng.normal(size=(3, 6)), tol=TOL)
    assert abs(loss - sum(a * e[0] for a, e in zip(alpha, each, strict=True))) < 1e-11
    assert relative_error(grads, {p: sum(a * e[1][p] for a, e in zip(alpha, each, strict=True)) for p in grads}) < 1e-10
    absolute = net.gradient(x, y, loss=lambda o, y: jnp.sum(jnp.abs(o - y)), tol=TOL)[0]
    out = net.predict(x, tol=TOL)
    assert abs(absolute - np.mean(np.sum(np.abs(out - y), 1))) < 1e-12


@pytest.mark.slow
def test_learning_and_what_its_history_says(rng, tmp_path):
    for rule in (ratezoo.ImplicitGradient, ratezoo.AdjointDynamics):
        net = type('Net', (rule, ratezoo.RateRNN), {})(2, 20, 1, seed=0, dt=0.5, g=0.5)
        x = rng.uniform(-1, 1, (32, 2))
        y = x[:, :1] * x[:, 1:]
        history = net.fit(
            x, y, 200, optax.adam(1e-2), batch_size=16, progress=False, checkpoint=tmp_path / f'{rule.__name__}.npz'
        )
        assert history.loss[-1] < 0.05 * history.loss[0]
        assert history.residual.shape == history.loss.shape
        assert (history.residual <= 1e-10).all()


@pytest.mark.slow
def test_a_second_call_compiles_nothing(rng):
    net = MODELS['RateRNN'](ratezoo.ImplicitGradient)
    x, y = data(net, rng, 4)
    for _ in range(2):
        with compilations() as names:
            net.gradient(x, y)
            net.predict(x)
            net.fit(x, y, 3, batch_size=2, progress=False)
            net.set_params({'W': 0.9 * np.asarray(net.W.value)})
    assert names == []


def test_batching_mode_shows_the_adjoint_of_every_sample(rng):
    net = type('Net', (ratezoo.AdjointDynamics, ratezoo.RateRNN), {})(
        2, 4, 1, seed=0, dt=0.2, g=0.5, mode=bm.BatchingMode(2)
    )
    net.set_target(np.array([[0.3], [-0.4]]))
    runner = ratezoo.Runner(net, monitors=['v'], dt=0.2, progress_bar=False)
    x = rng.normal(size=(2, 1, 2)) * np.ones((2, 300, 1))
    runner.run(inputs=x)
    one = type('Net', (ratezoo.AdjointDynamics, ratezoo.RateRNN), {})(2, 4, 1, seed=0, dt=0.2, g=0.5)
    one.set_target(np.array([-0.4]))
    alone = ratezoo.Runner(one, monitors=['v'], dt=0.2, progress_bar=False)
    alone.run(inputs=x[1])
    v = np.asarray(runner.mon['v'])
    assert np.allclose(v[1] if v.shape[0] == 2 else v[:, 1], alone.mon['v'], rtol=1e-12)


# ---- what can go wrong -----------------------------------------------------------------------------------------------


class Net(ratezoo.ImplicitGradient, ratezoo.LinearRNN):
    """r* = (b + x)/(1 − w)."""


def test_one_clear_error_each(rng):
    one = np.ones(1)
    with pytest.raises(ratezoo.NotConvergedError, match=r'Net\.gradient: 1 relaxation did not settle.*max_steps'):
        Net(w=0.99).gradient(one, one, max_steps=20)
    with pytest.warns(ratezoo.InaccurateGradientWarning, match=r'Net\.gradient: .* Use a smaller tol or more steps'):
        Net(w=0.99).gradient(one, one, max_steps=20, must_settle=False)
    with pytest.raises(ratezoo.DivergedError, match='blew up in the free phase'):
        Net(w=60.0).gradient(one, one)
    net = Net(w=0.5)
    net.w.value = jnp.full((1, 1), jnp.nan)
    with pytest.raises(ratezoo.InvalidValueError, match=r'Net\.w: expected finite numbers, got nan'):
        net.gradient(one, one)
    for linear in ('direct', 'gmres'):
        singular = type('Net', (ratezoo.ImplicitGradient, ratezoo.LinearRNN), {})(2, w=np.eye(2), b=0.0)
        with pytest.raises(ratezoo.SingularJacobianError, match="J can't be inverted"):
            singular.gradient(np.zeros(2), np.ones(2), linear=linear)  # F = 0: everywhere a fixed point
    net = Net(w=0.5)
    with pytest.raises(ratezoo.ShapeError, match=r'Net\.y: expected targets of shape \(1,\) or \(B, 1\), got \(3, 2\)'):
        net.gradient(np.ones((3, 1)), np.ones((3, 2)))
    with pytest.raises(ratezoo.ShapeError, match=r'Net\.x: expected inputs'):
        net.gradient(np.ones((2, 1)), np.ones((3, 1)))
    with pytest.raises(ratezoo.UnknownNameError, match='solver'):
        net.gradient(one, one, solver='magic')
    with pytest.raises(ratezoo.UnknownNameError, match='no option'):
        net.gradient(one, one, block=3)


@pytest.mark.parametrize('rule', [ratezoo.ImplicitGradient, ratezoo.AdjointDynamics])
def test_one_linear_unit_with_weights_of_samples_and_another_loss(rule):
    """r* = (b + x)/(1 − w), so dr*/db = 1/(1 − w) and dr*/dw = r*/(1 − w)."""
    net = type('Net', (rule, ratezoo.LinearRNN), {})(w=0.5, b=1.0, dt=1.0)
    x, y, alpha = np.array([[0.0], [1.0], [-3.0]]), np.array([[1.0], [0.0], [2.0]]), np.array([0.2, 0.0, 1.5])
    r = np.array([2.0, 4.0, -4.0])
    error = r - y[:, 0]
    loss, grads = net.gradient(x, y, alpha)
    assert loss == pytest.approx(alpha @ error**2 / 2, rel=1e-8)
    assert grads['b'][0] == pytest.approx(alpha @ (2 * error), rel=1e-8)
    assert grads['w'][0, 0] == pytest.approx(alpha @ (2 * r * error), rel=1e-8)
    loss, grads = net.gradient(x, y, alpha, r0=10 * y, loss=lambda o, y: jnp.sum(jnp.abs(o - y)))
    assert loss == pytest.approx(alpha @ np.abs(error), rel=1e-8)
    assert grads['w'][0, 0] == pytest.approx(alpha @ (2 * r * np.sign(error)), rel=1e-8)


def test_samples_that_have_not_settled_are_counted_and_described():
    """F after k steps is (1 + Δt (w − 1))^k (b + x) from r = 0, and 0 from the start at r* = 200."""
    net = Net(w=0.99)  # Δt = 0.1
    x, y, r0 = np.ones((3, 1)), np.ones((3, 1)), np.array([[0.0], [200.0], [0.0]])
    with pytest.raises(
        ratezoo.NotConvergedError, match=r'2 relaxations did not settle.* was 2, after 20 steps\. Increase'
    ):
        net.gradient(x, y, r0=r0, max_steps=20)
    loss, _, report = net.measure(x, y, r0=r0, max_steps=20, must_settle=False, warn_above=np.inf)
    assert report['residual'] == pytest.approx(2 * 0.999**20, rel=1e-9)
    assert report['steps'] == 20
    assert report['unsettled'] == 0
    r = 200 * (1 - 0.999**20)
    assert loss == pytest.approx((2 * (r - 1) ** 2 + 199**2) / 6, rel=1e-9)


def test_how_close_a_jacobian_is_to_a_singular_one():
    """J = diag(1, δ) and ∂l/∂r = (0, 1): v = −1/δ, and ‖v‖ ‖J‖/‖∂l/∂r‖ = 1/δ, nearly; 100 ε of that is too much."""
    net, one, eps = Net(w=0.5), jnp.asarray([0.0, 1.0]), np.finfo(float).eps
    for delta in (0.5, 1e-6):
        v, singularity = net._solve_directly(lambda r, d=delta: jnp.asarray([1.0, d]) * r, jnp.ones(2), one)
        assert np.allclose(v, [0, -1 / delta])
        assert float(singularity) == pytest.approx(100 * eps * np.hypot(1, delta) / delta)
    v, singularity = net._solve_directly(lambda r: 2 * r, jnp.ones(2), jnp.zeros(2))
    assert not np.any(v)
    assert float(singularity) == 0
    assert float(net._solve_directly(lambda r: jnp.asarray([1.0, 0.0]) * r, jnp.ones(2), one)[1]) == np.inf
    net.check_own_report('here', {'singularity': 0.999})
    for bad in (1.0, np.inf, np.nan):
        with pytest.raises(ratezoo.SingularJacobianError, match=r"^here: expected .* J can't be inverted"):
            net.check_own_report('here', {'singularity': bad})


def test_a_report_is_judged_by_its_numbers():
    net, good = Net(w=0.5), {'residual': 0.01, 'unsettled': 0, 'steps': 7}
    net.check_report('gradient', good)
    net.check_epoch(1, good)
    for bad in (np.inf, np.nan):
        with pytest.raises(ratezoo.DivergedError, match=r'^Net\.gradient: the network blew up in the free phase'):
            net.check_report('gradient', {**good, 'residual': bad})
    with pytest.raises(
        ratezoo.NotConvergedError, match=r'^Net\.fit, epoch 3: 1 relaxation did .* 0\.01, after 7 steps'
    ):
        net.check_epoch(3, {**good, 'unsettled': 1})
    with pytest.raises(ratezoo.NotConvergedError, match=r'2 relaxations did'):
        net.check_epoch(3, {**good, 'unsettled': 2})
    adjoint = Adjoint()
    adjoint.check_report('gradient', {**good, 'adjoint_residual': 0.3})
    with pytest.raises(ratezoo.NotConvergedError, match=r'max \|F\| = 0\.01, and max .* = 0\.3 times'):
        adjoint.check_report('gradient', {**good, 'adjoint_residual': 0.3, 'unsettled': 1})


def test_data_of_fixed_points_take_the_shapes_that_the_docstrings_name():
    """No shape that is accepted here compiles anything; what comes out is always a batch."""
    net = Net(w=0.5, b=1.0)
    shapes = [
        tuple(a.shape for a in net.check_points(*given))
        for given in (
            (np.ones(1), np.ones(1)),
            (None, 2.0),
            (None, np.ones(3)),
            (np.ones((3, 1)), np.ones(3)),
            (np.ones(3), np.ones((3, 1)), np.ones(3), np.ones((3, 1))),
            (np.ones(1), np.ones(1), 2.0),
        )
    ]
    one, three = ((1, 1), (1, 1), (1,), (1, 1)), ((3, 1), (3, 1), (3,), (3, 1))
    assert shapes == [one, one, three, three, three, one]
    assert np.allclose(net.check_points(None, np.ones(4)).alpha, 0.25)
    assert not np.any(net.check_points(None, np.ones(4)).x)
    for given in (
        dict(x=np.ones((2, 1)), y=np.ones((3, 1))),
        dict(x=np.ones((3, 2)), y=np.ones((3, 1))),
        dict(x=None, y=np.ones((0, 1))),
        dict(x=None, y=np.ones((3, 1, 1))),
        dict(x=None, y=np.ones((3, 1)), alpha=np.ones(2)),
        dict(x=None, y=np.ones((3, 1)), alpha=1.0),
        dict(x=None, y=np.ones((3, 1)), r0=np.ones((2, 1))),
    ):
        with pytest.raises(ratezoo.ShapeError):
            net.check_points(**given)
    for name in ('x', 'y', 'alpha'):
        bad = {'x': np.ones((2, 1)), 'y': np.ones((2, 1)), 'alpha': np.ones(2)}
        bad[name][1] = np.nan
        with pytest.raises(ratezoo.InvalidValueError, match=rf'Net\.{name}: expected finite numbers, got nan'):
            net.check_points(**bad)
    for target in (np.ones(2), np.ones((1, 1))):
        with pytest.raises(ratezoo.ShapeError, match=r'Adjoint\.y: expected a target of shape \(1,\), got'):
            Adjoint().set_target(target)


class Adjoint(ratezoo.AdjointDynamics, ratezoo.LinearRNN):
    """Its target may be set."""


def test_a_part_of_the_samples_estimates_the_loss_of_all():
    """The weights of 2 of 5 samples are multiplied by 5/2; those of steps of trajectories stay."""
    x, alpha, index = np.arange(10.0).reshape(5, 2), np.arange(5.0), np.array([3, 1])
    part = Points(x, x + 1, alpha, {'r': x}).sample(index)
    assert part.x.tolist() == part.r0['r'].tolist() == [[6, 7], [2, 3]]
    assert part.y.tolist() == [[7, 8], [3, 4]]
    assert part.alpha.tolist() == [7.5, 2.5]
    sequences = np.arange(30.0).reshape(5, 3, 2)
    for weights, expected in ((np.arange(3.0), [0, 1, 2]), (x, [[6, 7], [2, 3]])):
        part = Trajectories(sequences, sequences + 1, weights, x).sample(index)
        assert part.x.tolist() == sequences[[3, 1]].tolist()
        assert part.y.tolist() == (sequences[[3, 1]] + 1).tolist()
        assert part.alpha.tolist() == expected
        assert part.r0.tolist() == [[6, 7], [2, 3]]


def test_v_settles_only_where_r_is_stable(rng):
    """Newton finds an unstable fixed point; the implicit gradient is defined there, the adjoint runs away."""
    x, y = np.zeros(1), np.ones(1)
    unstable = {'w': [[1.5]], 'b': [0.2]}
    exact, adjoint = (
        type('Net', (rule, ratezoo.LinearRNN), {})() for rule in (ratezoo.ImplicitGradient, ratezoo.AdjointDynamics)
    )
    for net in (exact, adjoint):
        net.set_params(unstable)
    with pytest.warns(ratezoo.UnstableFixedPointWarning):
        grads = exact.gradient(x, y, solver='newton')[1]
    r = -0.2 / 0.5
    assert np.allclose(grads['b'], (r - 1) / (1 - 1.5))
    with pytest.raises(ratezoo.NotConvergedError, match='v settles only where'):
        adjoint.gradient(x, y, solver='newton', max_steps=200)
    assert not exact.stability(np.array([r])).stable


def test_training_that_loses_its_fixed_point_keeps_the_last_good_parameters(rng):
    net = Net(w=0.5)
    with pytest.raises((ratezoo.NotConvergedError, ratezoo.DivergedError), match=r'fit, epoch|loss became'):
        net.fit(np.ones((1, 1)), np.full((1, 1), 100.0), 50, optax.sgd(0.02), progress=False, max_steps=2000)
    assert np.isfinite(net.w.value).all()
    assert net.relax(np.ones(1)).converged


# ---- relaxation ------------------------------------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize('solver', ['dynamics', 'adaptive', 'anderson', 'newton'])
def test_every_solver_finds_the_fixed_point_of_every_sample(solver, rng):
    net = ratezoo.RateRNN(2, 10, 1, seed=0, g=0.8)
    x = rng.normal(size=(4, 2)) * np.array([0.1, 1, 10, 100])[:, None]
    found = net.relax(x, tol=1e-9, solver=solver)
    assert found.converged.all()
    assert (found.residual <= 1e-9).all()
    reference = net.relax(x, tol=1e-12)
    assert np.allclose(found.r, reference.r, atol=1e-7)
    two = small(TwoStates(3), 0.3)
    found = two.relax(np.ones(3), tol=1e-9, solver=solver)
    assert found.converged
    assert set(found.r) == {'I', 'r'}
    W = np.asarray(two.W.value)
    assert np.allclose(found.r['I'], W @ found.r['r'] + 1, atol=1e-7)


@pytest.mark.parametrize('solver', ['dynamics', 'anderson'])
def test_another_limit_of_steps_compiles_nothing(solver):
    net = ratezoo.LinearRNN(2, w=np.diag([0.5, 0.9]), b=1.0)
    net.relax(np.zeros(2), max_steps=7, solver=solver)
    with compilations() as names:
        assert int(net.relax(np.zeros(2), max_steps=2, solver=solver).steps) == 2
    assert names == []


def test_the_slowest_sample_does_not_hide(rng):
    net = ratezoo.LinearRNN(2, w=np.diag([0.5, 0.9]), b=0.0)
    found = net.relax(np.zeros((2, 2)), np.array([[1.0, 0.0], [0.0, 1.0]]), max_steps=1000)
    assert found.converged.tolist() == [True, False]
    assert found.steps[1] == 1000


@pytest.mark.slow
def test_adaptive_steps_settle_where_euler_is_unstable():
    net = ratezoo.LinearRNN(2, w=np.diag([-60.0, 0.5]), b=1.0)  # Δt = 0.1 is too long
    with pytest.raises(ratezoo.DivergedError):
        net.relax(np.zeros(2))
    found = net.relax(np.zeros(2), solver='adaptive', tol=1e-8)
    assert found.converged
    assert np.allclose(found.r, [1 / 61, 2.0], atol=1e-7)


def test_stability_is_that_of_the_closed_form():
    net = ratezoo.LinearRNN(2, w=np.array([[0.0, -2.0], [2.0, 0.0]]), b=0.0)
    report = net.stability(np.zeros(2))
    assert np.allclose(sorted(report.eigenvalues.imag), [-2, 2])
    assert np.allclose(report.eigenvalues.real, -1)
    assert report.stable
    both = ratezoo.LinearRNN(w=1.2).stability(np.zeros((3, 1)))
    assert both.stable.tolist() == [False] * 3

"""RTRL against three oracles that share no code with it, and against what must fail."""

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import DiscreteRNN, TanhRNN, TwoStates, plain_loss, relative_error

import ratezoo

RTRL = ratezoo.RTRL


class Homework(RTRL, ratezoo.LinearRNN):
    """The single unit, or n of them."""


class TanhNet(RTRL, TanhRNN):
    """A user's model."""


class TwoStateNet(RTRL, TwoStates):
    """Several states."""


class DiscreteNet(RTRL, DiscreteRNN):
    """Discrete time."""


def scalar_gradient(w, b, r0, x, y, alpha, dt):
    """dl/dw and dl/db of the scalar linear net under Euler's rule, unrolled by hand in NumPy.

    r_t = a^t r_0 + Δt Σ_{s<t} a^{t−1−s} (b + x_{s+1}) with a = 1 + Δt(w − 1); differentiating the powers,
    dr_t/dw = Δt t a^{t−1} r_0 + Δt² Σ_s (t−1−s) a^{t−2−s} (b + x_{s+1}).
    """
    a, dw, db = 1 + dt * (w - 1), 0.0, 0.0
    for t in range(1, len(x) + 1):
        s = np.arange(t)
        k = t - 1 - s
        drive = b + x[:t]
        r = a**t * r0 + dt * np.sum(a**k * drive)
        dr_dw = dt * t * a ** (t - 1) * r0 + dt**2 * np.sum(
            np.where(k > 0, k * a ** np.maximum(k - 1.0, 0.0), 0.0) * drive
        )
        dr_db = dt * np.sum(a**k)
        dw += alpha[t - 1] * (r - y[t - 1]) * dr_dw
        db += alpha[t - 1] * (r - y[t - 1]) * dr_db
    return dw, db


def test_scalar_net_against_its_closed_form(rng):
    for _ in range(5):
        w, b, r0, dt = rng.normal(), rng.normal(), rng.normal(), rng.uniform(0.01, 0.3)
        x, y = rng.normal(size=12), rng.normal(size=12)
        alpha = rng.uniform(size=12) * (rng.uniform(size=12) > 0.4)  # with zeros in it
        _, grads = Homework(w=w, b=b, dt=dt).gradient(x, y, alpha, r0=r0)
        dw, db = scalar_gradient(w, b, r0, x, y, alpha, dt)
        assert abs(dw) > 1e-4  # alive
        assert abs(grads['w'][0, 0] / dw - 1) < 1e-10
        assert abs(grads['b'][0] / db - 1) < 1e-10


def test_the_homeworks_own_formula():
    """p_w, p_b and the gradient as the course writes them for the scalar net, α = 1/T, r_0 = y_0."""
    x, y = ratezoo.tasks.homework_sequence(seed=3)
    w, b, dt = 0.8, 1.3, 0.1
    r, pw, pb, dw, db = y[0], 0.0, 0.0, 0.0, 0.0
    for t in range(10):
        r, pw, pb = r + dt * (-r + w * r + b + x[t]), pw + dt * ((w - 1) * pw + r), pb + dt * ((w - 1) * pb + 1)
        dw += (r - y[t]) * pw / 10
        db += (r - y[t]) * pb / 10
    _, grads = Homework(w=w, b=b, dt=dt).gradient(x, y, r0=y[0])
    assert abs(grads['w'][0, 0] / dw - 1) < 1e-12
    assert abs(grads['b'][0] / db - 1) < 1e-12


def cases(rng):
    for make in (
        lambda dt, m: Homework(1, w=rng.normal(), b=rng.normal(), dt=dt, method=m),
        lambda dt, m: Homework(5, rng.normal(size=(5, 5)) / 2, rng.normal(size=5), dt=dt, method=m),
        lambda dt, m: TanhNet(5, dt=dt, method=m),
    ):
        for method in ('euler', 'exp_euler', 'rk2', 'rk4'):
            net = make(rng.uniform(0.05, 0.5), method)
            n_out = 3 if isinstance(net, TanhNet) else net.n
            yield net, rng.normal(size=(9, net.n_in)), rng.normal(size=(9, n_out)), rng.normal(size=net.n)


@pytest.mark.slow
def test_against_forward_mode_through_the_whole_trajectory(rng):
    for net, x, y, r0 in cases(rng):
        alpha = rng.uniform(size=9) * (np.arange(9) % 3 > 0)
        params = net.params_dict()
        loss, grads = net.gradient(x, y, alpha, r0)
        expected = jax.jacfwd(lambda p, net=net, x=x, y=y, r0=r0, a=alpha: plain_loss(net, p, x, y, a, r0))(params)
        assert loss == pytest.approx(float(plain_loss(net, params, x, y, alpha, r0)), rel=1e-12)
        assert all(np.linalg.norm(g) > 1e-6 for g in grads.values())  # alive, the readout too
        assert relative_error(grads, expected) < 1e-10
        assert all(np.array_equal(net.params_dict()[k], params[k]) for k in params)


@pytest.mark.slow
def test_against_finite_differences_along_a_random_direction(rng):
    for net, x, y, r0 in cases(rng):
        alpha = np.full(9, 1 / 9)
        params = net.params_dict()
        direction = {k: rng.normal(size=v.shape) for k, v in params.items()}
        eps = 1e-5

        def moved(s, net=net, params=params, direction=direction, x=x, y=y, r0=r0, alpha=alpha):
            return float(plain_loss(net, {k: params[k] + s * direction[k] for k in params}, x, y, alpha, r0))

        slope = (moved(eps) - moved(-eps)) / (2 * eps)
        _, grads = net.gradient(x, y, r0=r0)
        assert abs(sum(np.sum(np.asarray(grads[k]) * direction[k]) for k in params) / slope - 1) < 1e-7


@pytest.mark.quick(1)
@pytest.mark.parametrize('make', [lambda: TwoStateNet(3, dt=0.2), lambda: DiscreteNet(4)])
def test_several_states_and_discrete_time(make, rng):
    net = make()
    x, y = rng.normal(size=(8, net.n_in)), rng.normal(size=(8, net.n_in))
    r0 = jax.tree_util.tree_map(lambda a: a + 0.3, net.initial_state())
    _, grads = net.gradient(x, y, r0=r0)
    expected = jax.jacfwd(lambda p: plain_loss(net, p, x, y, np.full(8, 1 / 8), r0))(net.params_dict())
    assert np.linalg.norm(expected['W']) > 1e-3
    assert relative_error(grads, expected) < 1e-10


def test_a_batch_is_the_mean_over_its_samples(rng):
    net = TanhNet(4)
    x, y, r0 = rng.normal(size=(3, 7, 2)), rng.normal(size=(3, 7, 3)), rng.normal(size=(3, 4))
    alpha = rng.uniform(size=(3, 7)) * (rng.uniform(size=(3, 7)) > 0.3)
    for a in (alpha, alpha[0], None):
        loss, grads = net.gradient(x, y, a, r0)
        singles = [net.gradient(x[k], y[k], a if a is None else np.broadcast_to(a, (3, 7))[k], r0[k]) for k in range(3)]
        assert loss == pytest.approx(np.mean([s[0] for s in singles]), rel=1e-12)
        assert relative_error(grads, {p: np.mean([s[1][p] for s in singles], 0) for p in grads}) < 1e-12


@pytest.mark.slow
def test_another_loss(rng):
    def cross_entropy(output, target):
        return -jnp.sum(target * jax.nn.log_softmax(output))

    net = TanhNet(4)
    x, y = rng.normal(size=(6, 2)), np.eye(3)[rng.integers(3, size=6)]
    _, grads = net.gradient(x, y, loss=cross_entropy)

    def expected(params):
        r, total = jnp.zeros(4), 0.0
        for t in range(6):
            r = net.step(r, params, x[t])
            total += cross_entropy(net.output(r, params), y[t]) / 6
        return total

    assert relative_error(grads, jax.grad(expected)(net.params_dict())) < 1e-10


def test_noise_enters_the_gradient_as_it_enters_the_run(rng):
    net = TanhNet(4, sigma=0.5, seed=5)
    x, y = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    _, grads = net.gradient(x, y)
    states, dl = [], dict.fromkeys(net.params, 0.0)
    for t in range(6):  # the same noise, step by step
        states.append(np.asarray(net.r.value))
        out = net.update(x[t])
        error = (np.asarray(out) - y[t]) / 6
        for p in net.step_params:
            dl[p] = dl[p] + np.tensordot(np.asarray(net.U.value).T @ error, np.asarray(getattr(net, f'p_{p}')), 1)
        dl['U'] = dl['U'] + np.outer(error, np.asarray(net.r.value))
    assert relative_error(grads, dl) < 1e-12
    quiet = TanhNet(4)
    assert relative_error(quiet.gradient(x, y)[1], grads) > 1e-2


def influence(net, x, r0, name):
    """dr_T/dw by forward differentiation of the trajectory."""

    def last(value):
        params, r = {**net.params_dict(), name: value}, r0
        for a in x:
            r = net.step(r, params, a)
        return r

    return jax.jacfwd(last)(net.params_dict()[name])


def test_traces_are_the_influence_of_the_parameters_and_can_be_watched(rng):
    net = TanhNet(4, dt=0.3)
    x, r0 = rng.normal(size=(6, 2)), rng.normal(size=4)
    assert net.step_params == ('W', 'V', 'b')  # the readout U needs none
    net.reset_state(r0=r0)
    runner = bp.DSRunner(net, monitors=['r', 'p_W', 'p_V', 'p_b'], dt=0.3, progress_bar=False)
    runner.run(inputs=x)
    assert runner.mon['p_W'].shape == (6, 4, 4, 4)
    for p in net.step_params:
        assert relative_error(runner.mon[f'p_{p}'][3], influence(net, x[:4], r0, p)) < 1e-12
        assert relative_error(getattr(net, f'p_{p}').value, influence(net, x, r0, p)) < 1e-12
    net.reset_state()
    assert not np.any(net.p_W.value)


def test_traces_of_a_batch(rng):
    net = TanhNet(4, mode=bm.BatchingMode(3))
    x = rng.normal(size=(3, 5, 2))
    runner = ratezoo.Runner(net, monitors=['p_W'], progress_bar=False)
    runner.run(inputs=x)
    assert runner.mon['p_W'].shape == (3, 5, 4, 4, 4)
    single = TanhNet(4)
    for k in range(3):
        assert relative_error(runner.mon['p_W'][k, -1], influence(single, x[k], jnp.zeros(4), 'W')) < 1e-12


class NewStateInPlaceOfOld(Homework):
    """p reads r_t where r_{t−1} belongs."""

    def advance(self, r, params, x, traces):
        new = self.step(r, params, x)
        return new, super().advance(new, params, x, traces)[1]


class Transposed(Homework):
    def advance(self, r, params, x, traces):
        new, advanced = super().advance(r, params, x, traces)
        j = jnp.eye(self.n) + self.dt * (params['w'] - jnp.eye(self.n))
        return new, {p: advanced[p] + jnp.tensordot(j.T - j, traces[p], 1) for p in traces}


@pytest.mark.parametrize('wrong', [NewStateInPlaceOfOld, Transposed])
def test_the_oracle_sees_a_wrong_trace(wrong, rng):
    w, b = rng.normal(size=(5, 5)) / 2, rng.normal(size=5)
    x, y = rng.normal(size=(9, 5)), rng.normal(size=(9, 5))
    net = wrong(5, w, b)
    expected = jax.jacfwd(lambda p: plain_loss(net, p, x, y, np.full(9, 1 / 9), jnp.zeros(5)))(net.params_dict())
    assert relative_error(Homework(5, w, b).gradient(x, y)[1], expected) < 1e-10
    assert relative_error(net.gradient(x, y, block='dense')[1], expected) > 1e-3


@pytest.mark.parametrize(
    ('arguments', 'error', 'message'),
    [
        (
            dict(x=np.zeros((4, 2)), y=np.zeros((5, 3))),
            ratezoo.ShapeError,
            r'TanhNet\.x: expected .* \(5, 2\).*\(4, 2\)',
        ),
        (dict(x=np.zeros((4, 3)), y=np.zeros((4, 3))), ratezoo.ShapeError, r'TanhNet\.x'),
        (dict(x=np.zeros((4, 2)), y=np.zeros((4, 2))), ratezoo.ShapeError, r'TanhNet\.y: expected .*\(T, 3\)'),
        (dict(x=np.zeros((4, 2)), y=np.zeros((4, 3)), alpha=np.ones(3)), ratezoo.ShapeError, r'TanhNet\.alpha'),
        (dict(x=np.zeros((4, 2)), y=np.zeros((4, 3)), r0=np.ones(3)), ratezoo.ShapeError, r'TanhNet\.r0'),
        (dict(x=np.full((4, 2), np.nan), y=np.zeros((4, 3))), ratezoo.InvalidValueError, r'TanhNet\.x: .*nan'),
        (dict(x=np.zeros((4, 2)), y=np.full((4, 3), np.inf)), ratezoo.InvalidValueError, r'TanhNet\.y: .*inf'),
        (dict(x=np.zeros((0, 2)), y=np.zeros((0, 3))), ratezoo.ShapeError, r'TanhNet\.y'),
    ],
)
def test_bad_data_gets_one_clear_error(arguments, error, message):
    with pytest.raises(error, match=message):
        TanhNet(4).gradient(**arguments)


def test_a_network_that_blows_up_is_named_with_its_step():
    with pytest.raises(ratezoo.DivergedError, match=r'Homework\.gradient: the network blew up.*step 203 of 1000'):
        Homework(w=50.0).gradient(np.zeros(1000), np.zeros(1000))


def test_the_rule_goes_before_the_model():
    with pytest.raises(ratezoo.CompositionError, match=r'class Wrong\(RTRL, LinearRNN\)'):

        class Wrong(ratezoo.LinearRNN, RTRL):
            pass


class NoInputSize(RTRL, ratezoo.RateModel):
    """n_in is not given, and a scalar can't stand for the input."""

    params = ('V', 'U')

    def __init__(self):
        super().__init__(3)
        self.V = bm.TrainVar(jnp.ones((3, 2)))
        self.U = bm.TrainVar(jnp.ones((1, 3)))

    def F(self, r, params, x):
        return -r + params['V'] @ x

    def output(self, r, params):
        return params['U'] @ r


def test_a_model_that_does_not_tell_its_inputs_traces_every_parameter(rng):
    net = NoInputSize()
    x, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    assert net.step_params == ('V', 'U')
    expected = jax.jacfwd(lambda p: plain_loss(net, p, x, y, np.full(5, 0.2), jnp.zeros(3)))(net.params_dict())
    assert relative_error(net.gradient(x, y)[1], expected) < 1e-10
    with pytest.raises(ratezoo.ShapeError, match=r'NoInputSize\.F failed'):
        net.gradient(rng.normal(size=(5, 4)), y)


def test_traces_that_do_not_fit_are_refused_before_they_are_made():
    """3000 units: a trace dr/dW of 3000³ numbers."""
    with pytest.raises(ratezoo.TooLargeError, match=r'GiB for the traces of 3000 units'):
        type('Net', (ratezoo.RTRL, ratezoo.RateRNN), {})(2, 3000, 1, seed=0)

"""Elman's, Jordan's and the sequence-to-one network: NumPy loops, closed forms, and every way to the gradient."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import plain_loss, relative_error

import ratezoo
from ratezoo.models.lecture import linear_bptt

PHI = {'tanh': np.tanh, 'linear': lambda a: a, 'relu': lambda a: np.maximum(a, 0.0)}
NETWORKS = ('ElmanRNN', 'JordanRNN', 'SequenceToOneRNN')


def with_rule(rule, name, *args, **kwargs):
    return type('Net', (rule, getattr(ratezoo, name)), {})(*args, **kwargs)


def free(net, rng):
    net.set_params({p: 0.5 * rng.normal(size=v.shape) for p, v in net.params_dict().items()})
    return net


def elman(p, x, phi):
    h, outputs = np.zeros(len(p['b_h'])), []
    for x_t in x:
        h = phi(p['W_hx'] @ x_t + p['W_hh'] @ h + p['b_h'])
        outputs.append(p['W_qh'] @ h + p['b_q'])
    return np.stack(outputs)


def jordan(p, x, phi):
    o, outputs = np.zeros(len(p['b_q'])), []
    for x_t in x:
        o = p['W_qh'] @ phi(p['W_hx'] @ x_t + p['W_ho'] @ o + p['b_h']) + p['b_q']
        outputs.append(o)
    return np.stack(outputs)


@pytest.mark.parametrize('phi', PHI)
@pytest.mark.parametrize(('name', 'by_hand'), [('ElmanRNN', elman), ('SequenceToOneRNN', elman), ('JordanRNN', jordan)])
def test_against_the_equations_in_numpy(name, by_hand, phi, rng):
    net = free(getattr(ratezoo, name)(2, 6, 3, phi=phi, seed=0), rng)
    x = rng.normal(size=(9, 2))
    outputs = np.stack([net.update(a) for a in x])
    p = {k: np.asarray(v) for k, v in net.params_dict().items()}
    assert relative_error(outputs, by_hand(p, x, PHI[phi])) < 1e-12
    recurrent = 'W_ho' if name == 'JordanRNN' else 'W_hh'
    assert relative_error(outputs, by_hand({**p, recurrent: 0 * p[recurrent]}, x, PHI[phi])) > 1e-2
    net.reset_state()
    assert relative_error(net.update(x[0]), outputs[0]) < 1e-12


def test_jordan_sees_the_output_and_nothing_else_of_the_past(rng):
    net = free(ratezoo.JordanRNN(2, 6, 3, seed=0), rng)
    params, x = net.params_dict(), rng.normal(size=2)
    r = {'h': rng.normal(size=6), 'o': rng.normal(size=3)}
    after = net.step(r, params, x)
    assert relative_error(net.step({**r, 'h': rng.normal(size=6)}, params, x), after) == 0
    assert relative_error(net.step({**r, 'o': rng.normal(size=3)}, params, x), after) > 1e-2


@pytest.mark.slow
@pytest.mark.parametrize('name', NETWORKS)
def test_rtrl_is_bptt_is_jax_grad(name, rng):
    x, y, alpha = rng.normal(size=(11, 2)), rng.normal(size=(11, 3)), rng.uniform(size=11)
    nets = [
        free(with_rule(rule, name, 2, 5, 3, seed=0), np.random.default_rng(1)) for rule in (ratezoo.RTRL, ratezoo.BPTT)
    ]
    (_, online), (_, grads) = (net.gradient(x, y, alpha) for net in nets)
    expected = jax.grad(lambda p: plain_loss(nets[1], p, x, y, alpha, nets[1].initial_state()))(nets[1].params_dict())
    assert relative_error(online, grads) < 1e-10
    assert relative_error(grads, expected) < 1e-10
    assert all((np.asarray(g) != 0).all() for g in grads.values())
    _, half = nets[1].gradient(x[:5], y[:5], alpha[:5])
    assert relative_error(half, grads) > 1e-2


@pytest.mark.parametrize('name', NETWORKS)
def test_a_batch_is_a_loop(name, rng):
    x = rng.normal(size=(6, 3, 2))
    batched = getattr(ratezoo, name)(2, 5, 3, seed=0, mode=bm.BatchingMode(3))
    outputs = np.stack([batched.update(a) for a in x])
    for k in range(3):
        one = getattr(ratezoo, name)(2, 5, 3, seed=0)
        assert relative_error(np.stack([one.update(a[k]) for a in x]), outputs[:, k]) < 1e-13
    assert relative_error(outputs[:, 0], outputs[:, 1]) > 1e-3


# ---- the sequence to one answer -----------------------------------------------------------------------------------


def test_only_the_last_step_is_asked(rng):
    net = free(with_rule(ratezoo.BPTT, 'SequenceToOneRNN', 2, 5, 3, seed=0), rng)
    x, y = rng.normal(size=(7, 2)), rng.normal(size=3)
    loss, grads = net.gradient(x, **net.at_the_end(y, 7))

    def answer(p):
        h = jnp.zeros(5)
        for x_t in x:
            h = jnp.tanh(p['W_hx'] @ x_t + p['W_hh'] @ h + p['b_h'])
        return 0.5 * jnp.sum((p['W_qh'] @ h + p['b_q'] - y) ** 2)

    expected, expected_grads = jax.value_and_grad(answer)(net.params_dict())
    assert abs(loss / expected - 1) < 1e-12
    assert relative_error(grads, expected_grads) < 1e-10
    _, everywhere = net.gradient(x, np.broadcast_to(y, (7, 3)))
    assert relative_error(everywhere, expected_grads) > 1e-2


def test_it_learns_to_add_up_what_it_saw(rng):
    net = with_rule(ratezoo.BPTT, 'SequenceToOneRNN', 1, 8, 1, seed=0, phi='linear', g=0.5)
    x = rng.normal(size=(32, 5, 1))
    history = net.fit(x, epochs=400, optimizer=optax.adam(0.02), progress=False, **net.at_the_end(x.sum(1), 5))
    assert history.loss[-1] < 1e-3 * history.loss[0]
    outputs = ratezoo.Runner(net, progress_bar=False).run(inputs=x[0])
    assert abs(outputs[-1, 0] - x[0].sum()) < 0.1
    assert history.loss[0] > 0.1


def test_at_the_end_shapes_and_errors():
    net = ratezoo.SequenceToOneRNN(1, 4, 2)
    one, many = net.at_the_end([1.0, 2.0], 3), net.at_the_end(np.ones((5, 2)), 3)
    assert one['y'].tolist() == [[0.0, 0.0], [0.0, 0.0], [1.0, 2.0]]
    assert many['y'].shape == (5, 3, 2)
    assert one['alpha'].tolist() == many['alpha'].tolist() == [0.0, 0.0, 1.0]
    assert ratezoo.SequenceToOneRNN().at_the_end(3.0, 2)['y'].tolist() == [[0.0], [3.0]]
    with pytest.raises(ratezoo.ShapeError, match=r'SequenceToOneRNN\.at_the_end: expected y of shape \(2,\)'):
        net.at_the_end(np.ones(3), 3)
    with pytest.raises(ratezoo.InvalidValueError, match=r'at_the_end: expected a positive number of steps, got 0'):
        net.at_the_end([1.0, 2.0], 0)
    with pytest.raises(ratezoo.InvalidValueError, match=r'y: expected finite'):
        net.at_the_end([1.0, np.nan], 3)


# ---- the closed form of the linear network ------------------------------------------------------------------------


def by_jax(W_hh, W_qh, inputs, y):
    """∂L/∂h_t of L = Σ ½‖o_t − y_t‖² by `jax.grad`, through a nudge of each h_t; and ∂L/∂o_t."""

    def run(nudges):
        h, outputs = jnp.zeros(len(W_hh)), []
        for x_t, nudge in zip(inputs, nudges, strict=True):
            h = W_hh @ h + x_t + nudge
            outputs.append(W_qh @ h)
        return jnp.stack(outputs)

    nudges = jnp.zeros(inputs.shape)
    return jax.grad(lambda d: 0.5 * jnp.sum((run(d) - y) ** 2))(nudges), run(nudges) - y


@pytest.mark.slow
def test_the_closed_form_is_the_gradient(rng):
    W_hh, W_qh, x, y = (rng.normal(size=s) for s in ((4, 4), (2, 4), (9, 4), (9, 2)))
    expected, errors = by_jax(W_hh, W_qh, x, y)
    assert relative_error(linear_bptt(W_hh, W_qh, errors), expected) < 1e-12
    assert relative_error(linear_bptt(W_hh.T, W_qh, errors), expected) > 0.1
    assert relative_error(linear_bptt(W_hh, W_qh, errors[::-1]), expected) > 0.1


def test_the_closed_form_gives_the_networks_own_gradient(rng):
    """Σ_t ∂L/∂h_t xᵀ, Σ_t ∂L/∂h_t h_{t−1}ᵀ and Σ_t ∂L/∂h_t are the gradients of W_hx, W_hh and b_h."""
    net = free(with_rule(ratezoo.BPTT, 'ElmanRNN', 3, 5, 2, phi='linear', seed=0), rng)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    p = {k: np.asarray(v) for k, v in net.params_dict().items()}
    h = [np.zeros(5)]
    for x_t in x:
        h.append(p['W_hx'] @ x_t + p['W_hh'] @ h[-1] + p['b_h'])
    h = np.stack(h)
    errors = (h[1:] @ p['W_qh'].T + p['b_q'] - y) / 8
    dL_dh = np.asarray(linear_bptt(p['W_hh'], p['W_qh'], errors))
    _, grads = net.gradient(x, y)
    assert relative_error(dL_dh.T @ x, grads['W_hx']) < 1e-11
    assert relative_error(dL_dh.T @ h[:-1], grads['W_hh']) < 1e-11
    assert relative_error(dL_dh.sum(0), grads['b_h']) < 1e-11
    assert relative_error(dL_dh.T @ h[1:], grads['W_hh']) > 1e-2


@pytest.mark.parametrize('rho', [0.9, 1.0, 1.1])
def test_gradients_vanish_and_explode_as_powers_of_the_spectral_radius(rho, rng):
    W_hh = rho * np.linalg.qr(rng.normal(size=(6, 6)))[0]
    W_qh, last = rng.normal(size=(2, 6)), np.array([1.0, -2.0])
    errors = np.zeros((30, 2))
    errors[-1] = last
    sizes = np.linalg.norm(linear_bptt(W_hh, W_qh, errors), axis=1)
    expected = np.linalg.norm(W_qh.T @ last) * rho ** np.arange(29.0, -1.0, -1.0)
    assert relative_error(sizes, expected) < 1e-12
    assert rho == 1 or relative_error(sizes, expected[::-1]) > 0.1


def test_bad_arguments_get_one_clear_error():
    for name in NETWORKS:
        with pytest.raises(ratezoo.UnknownNameError, match=rf'{name}\.phi: expected a function or one of tanh'):
            getattr(ratezoo, name)(phi='sin')
        with pytest.raises(ratezoo.InvalidValueError, match=rf'{name}\.n_out: expected a positive'):
            getattr(ratezoo, name)(n_out=0)
    with pytest.raises(ratezoo.ShapeError, match=r'linear_bptt: expected W_hh \(n, n\)'):
        linear_bptt(np.ones((2, 2)), np.ones((3, 2)), np.ones((4, 2)))

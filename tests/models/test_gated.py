"""LSTM and GRU against BrainPy's cells, and against their equations in NumPy."""

import brainpy as bp
import brainpy.math as bm
import jax
import numpy as np
import pytest
from helpers import plain_loss, relative_error

import ratezoo
from ratezoo.capabilities import DiscreteCurrents, HasCurrents, HasReadout

CELLS = {'LSTM': bp.dyn.LSTMCell, 'GRU': bp.dyn.GRUCell}


def free(net, rng):
    net.set_params({p: 0.7 * rng.normal(size=v.shape) for p, v in net.params_dict().items()})
    return net


def with_rule(rule, name, *args, **kwargs):
    return type('Net', (rule, getattr(ratezoo, name)), {})(*args, **kwargs)


def brainpys(name, net, batch=1):
    """BrainPy's cell with the network's weights."""
    cell = CELLS[name](net.n_in, net.sizes['h'], mode=bm.TrainingMode(batch))
    cell.Wi.value, cell.Wh.value, cell.b.value = net.W_in.value.T, net.W.value.T, net.b.value
    cell.reset_state(batch)
    return cell


@pytest.mark.quick(1)
@pytest.mark.parametrize('name', CELLS)
def test_step_by_step_brainpys_cell(name, rng):
    net = free(getattr(ratezoo, name)(3, 5, 2, seed=0, mode=bm.BatchingMode(4)), rng)
    cell = brainpys(name, net, 4)
    for x in rng.normal(size=(20, 4, 3)):
        output = np.asarray(net.update(x))
        h = np.asarray(bm.as_jax(cell.update(x)))
        assert h.dtype == np.float64
        assert np.abs(np.asarray(net.h.value) - h).max() < 1e-12
        if name == 'LSTM':
            assert np.abs(np.asarray(net.c.value) - np.asarray(bm.as_jax(cell.c))).max() < 1e-12
        p = net.params_dict()
        assert np.abs(output - (h @ p['W_out'].T + p['b_out'])).max() < 1e-12
    assert np.abs(h).max() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize('name', CELLS)
def test_it_is_not_brainpys_cell_with_its_blocks_in_another_order(name, rng):
    net = free(getattr(ratezoo, name)(3, 5, 2, seed=0, mode=bm.BatchingMode(1)), rng)
    cell = brainpys(name, net)
    net.set_params({p: np.roll(np.asarray(net.params_dict()[p]), 5, 0) for p in ('W', 'W_in', 'b')})
    for x in rng.normal(size=(5, 1, 3)):
        net.update(x)
        h = np.asarray(bm.as_jax(cell.update(x)))
    assert np.abs(np.asarray(net.h.value) - h).max() > 1e-2


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm(p, x, n, bias=1.0):
    h, c, outputs = np.zeros(n), np.zeros(n), []
    for x_t in x:
        i, g, f, o = (
            p['W'][k * n : (k + 1) * n] @ h + p['W_in'][k * n : (k + 1) * n] @ x_t + p['b'][k * n : (k + 1) * n]
            for k in range(4)
        )
        c = sigmoid(f + bias) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(p['W_out'] @ h + p['b_out'])
    return np.stack(outputs)


def gru(p, x, n, inside=True):
    (W_z, W_r, W_a), (U_z, U_r, U_a), (b_z, b_r, b_a) = (np.split(p[k], 3) for k in ('W', 'W_in', 'b'))
    h, outputs = np.zeros(n), []
    for x_t in x:
        z, r = sigmoid(W_z @ h + U_z @ x_t + b_z), sigmoid(W_r @ h + U_r @ x_t + b_r)
        h = (1 - z) * h + z * np.tanh((W_a @ (r * h) if inside else r * (W_a @ h)) + U_a @ x_t + b_a)
        outputs.append(p['W_out'] @ h + p['b_out'])
    return np.stack(outputs)


@pytest.mark.parametrize(
    ('name', 'right', 'wrong'),
    [('LSTM', lstm, lambda *a: lstm(*a, bias=0.0)), ('GRU', gru, lambda *a: gru(*a, inside=False))],
)
def test_against_the_equations_in_numpy(name, right, wrong, rng):
    net = free(getattr(ratezoo, name)(3, 5, 2, seed=0), rng)
    x = rng.normal(size=(15, 3))
    outputs = np.stack([net.update(a) for a in x])
    p = {k: np.asarray(v) for k, v in net.params_dict().items()}
    assert relative_error(outputs, right(p, x, 5)) < 1e-12
    assert relative_error(outputs, wrong(p, x, 5)) > 1e-2  # no bias of the forget gate; the gate outside


def test_an_open_lstm_keeps_its_cell():
    """With the input gate shut and the forget gate open, c stays: the constant error carousel."""
    net = ratezoo.LSTM(1, 4, seed=0)
    net.set_params({'W': np.zeros((16, 4)), 'W_in': np.zeros((16, 1)), 'b': np.repeat([-40.0, 0.0, 40.0, 0.0], 4)})
    start = {'h': np.zeros(4), 'c': np.array([1.0, -2.0, 0.5, 3.0])}
    net.reset_state(r0=start)
    for _ in range(100):
        net.update([1.0])
    assert np.abs(np.asarray(net.c.value) - start['c']).max() < 1e-12
    net.set_params({'b': np.repeat([-40.0, 0.0, 0.0, 0.0], 4)})  # σ(1) = 0.73 a step
    net.update([1.0])
    assert relative_error(net.c.value, start['c'] / (1 + np.exp(-1))) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize('name', CELLS)
def test_rtrl_is_bptt_is_jax_grad(name, rng):
    x, y, alpha = rng.normal(size=(11, 2)), rng.normal(size=(11, 3)), rng.uniform(size=11)
    nets = [
        free(with_rule(rule, name, 2, 4, 3, seed=0), np.random.default_rng(1)) for rule in (ratezoo.RTRL, ratezoo.BPTT)
    ]
    (_, online), (_, grads) = (net.gradient(x, y, alpha) for net in nets)
    expected = jax.grad(lambda p: plain_loss(nets[1], p, x, y, alpha, nets[1].initial_state()))(nets[1].params_dict())
    assert relative_error(online, grads) < 1e-10
    assert relative_error(grads, expected) < 1e-10
    assert all((np.asarray(g) != 0).all() for g in grads.values())
    _, half = nets[1].gradient(x[:5], y[:5], alpha[:5])
    assert relative_error(half, grads) > 1e-2


@pytest.mark.quick(1)
@pytest.mark.parametrize('name', CELLS)
def test_a_batch_is_a_loop(name, rng):
    x = rng.normal(size=(6, 3, 2))
    batched = getattr(ratezoo, name)(2, 5, 3, seed=0, mode=bm.BatchingMode(3))
    outputs = np.stack([batched.update(a) for a in x])
    for k in range(3):
        one = getattr(ratezoo, name)(2, 5, 3, seed=0)
        assert relative_error(np.stack([one.update(a[k]) for a in x]), outputs[:, k]) < 1e-13
    assert relative_error(outputs[:, 0], outputs[:, 1]) > 1e-3


def test_what_they_offer_to_rules(rng):
    assert issubclass(ratezoo.LSTM, DiscreteCurrents)
    assert issubclass(ratezoo.LSTM, HasReadout)
    assert issubclass(ratezoo.GRU, HasReadout)
    assert not issubclass(ratezoo.GRU, HasCurrents)
    net = free(ratezoo.LSTM(2, 5, seed=0), rng)
    assert net.gates == 4
    r, currents = {'h': rng.normal(size=5), 'c': rng.normal(size=5)}, rng.normal(size=20)
    moved = currents.copy()
    moved[2::5] += 1.0  # the four currents of unit 2
    a, b = (net.step_of_current(r, c) for c in (currents, moved))
    for s in ('h', 'c'):
        assert (np.flatnonzero(np.asarray(a[s]) != np.asarray(b[s])) == [2]).all()


@pytest.mark.parametrize('name', CELLS)
def test_bad_arguments_get_one_clear_error(name):
    with pytest.raises(ratezoo.InvalidValueError, match=rf'{name}\.n_out: expected a positive .*got 0'):
        getattr(ratezoo, name)(n_out=0)

"""What the papers say about the models of models/gated.py."""

import equinox
import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import expit

import ratezoo
from claims.base import claim, run
from claims.integration import deviation, generic

T, N_IN, N = 30, 3, 5


def _inputs():
    return np.random.default_rng(1).normal(size=(T, N_IN))


def _with_weights(cell, new):
    """The equinox cell with other values of the arrays named."""
    for name, value in new.items():
        assert np.shape(getattr(cell, name)) == np.shape(value)
        cell = equinox.tree_at(lambda c, name=name: getattr(c, name), cell, jnp.asarray(value))
    return cell


def _blocks(p, *order):
    """W, W_in and b with their blocks of rows in another order."""
    return [np.concatenate([np.split(p[name], len(order))[k] for k in order]) for name in ('W', 'W_in', 'b')]


def _compare(net, p, h):
    """Deviation of the outputs of a run from the readout of the h (T, n) of another library."""
    net.reset_state()
    outputs = np.stack([np.asarray(net.update(x)) for x in _inputs()])
    return deviation(outputs, h @ p['W_out'].T + p['b_out'])


@claim(
    'LSTM',
    "deviation of 30 outputs from equinox's LSTMCell with 1 added to the bias of its forget gate",
    0.0,
    1e-6,
    'Hochreiter & Schmidhuber 1997; Gers et al. 2000, as equinox.nn.LSTMCell',
)
def lstm():
    net = ratezoo.LSTM(N_IN, N, 2, seed=0)
    p = generic(net)
    W, W_in, b = _blocks(p, 0, 2, 1, 3)  # i, g, f, o → i, f, g, o
    b[N : 2 * N] += 1
    cell = equinox.nn.LSTMCell(N_IN, N, key=jax.random.PRNGKey(0))
    cell = _with_weights(cell, {'weight_hh': W, 'weight_ih': W_in, 'bias': b})
    step, state, h = jax.jit(lambda x, s: cell(x, s)), (jnp.zeros(N), jnp.zeros(N)), []
    for x in _inputs():
        state = step(jnp.asarray(x), state)
        h.append(np.asarray(state[0]))
    return _compare(net, p, np.stack(h))


@claim(
    'LSTM',
    'share of c that a step keeps when all weights are 0: the forget gate σ(1)',
    expit(1.0),
    1e-6,
    'Jozefowicz, Zaremba & Sutskever 2015: the bias of 1',
)
def forget():
    net = ratezoo.LSTM(1, 1, 1, seed=0)
    net.set_params({name: np.zeros(v.shape) for name, v in net.params_dict().items()})
    return run(net, None, ['c'], {'h': [0.0], 'c': [1.0]}, np.zeros((1, 1)))['c'][-1, 0]


@claim(
    'GRU',
    "deviation of 30 outputs from equinox's GRUCell, for a diagonal W_a (its reset gate stands behind W_a)",
    0.0,
    1e-6,
    'Cho et al. 2014; Chung et al. 2014, as equinox.nn.GRUCell',
)
def gru():
    net = ratezoo.GRU(N_IN, N, 2, seed=0)
    generic(net)
    W = np.asarray(net.W.value).copy()
    W[2 * N :] *= np.eye(N)  # then r ∘ (W_a h) = W_a (r ∘ h)
    net.set_params({'W': W})
    p = {name: np.asarray(v) for name, v in net.params_dict().items()}
    W, W_in, b = _blocks(p, 1, 0, 2)  # z, r, a → r, z, a
    # In equinox z is the share of h that is kept: 1 − z here, which is σ of the negative current.
    for array in (W, W_in, b):
        array[N : 2 * N] *= -1
    cell = equinox.nn.GRUCell(N_IN, N, key=jax.random.PRNGKey(0))
    cell = _with_weights(cell, {'weight_hh': W, 'weight_ih': W_in, 'bias': b, 'bias_n': np.zeros(N)})
    step, state, h = jax.jit(lambda x, s: cell(x, s)), jnp.zeros(N), []
    for x in _inputs():
        state = step(jnp.asarray(x), state)
        h.append(np.asarray(state))
    return _compare(net, p, np.stack(h))


@claim(
    'GRU',
    'deviation of 30 outputs from the printed equations, with a full W_a',
    0.0,
    1e-6,
    'Cho et al. 2014 with (3) of Chung et al. 2014, in NumPy',
)
def reset_gate():
    net = ratezoo.GRU(N_IN, N, 2, seed=0)
    p = generic(net)
    (W_z, W_r, W_a), (V_z, V_r, V_a), (b_z, b_r, b_a) = (np.split(p[name], 3) for name in ('W', 'W_in', 'b'))
    h, states = np.zeros(N), []
    for x in _inputs():
        z, r = expit(W_z @ h + V_z @ x + b_z), expit(W_r @ h + V_r @ x + b_r)
        h = (1 - z) * h + z * np.tanh(W_a @ (r * h) + V_a @ x + b_a)
        states.append(h)
    return _compare(net, p, np.stack(states))


@claim('GRU', 'share of h that a step keeps when all weights are 0: 1 − σ(0)', 0.5, 1e-6, 'Chung et al. 2014')
def kept():
    net = ratezoo.GRU(1, 1, 1, seed=0)
    net.set_params({name: np.zeros(v.shape) for name, v in net.params_dict().items()})
    return run(net, None, ['h'], [1.0], np.zeros((1, 1)))['h'][-1, 0]

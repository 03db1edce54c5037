"""What the papers say about the models of models/lecture.py."""

import numpy as np

import ratezoo
from claims.base import claim
from claims.integration import deviation, generic


def _by_hand(name):
    """Deviation of 20 outputs from the printed recursion, with random weights and biases."""
    net, x = getattr(ratezoo, name)(2, 5, 3, seed=0), np.random.default_rng(0).normal(size=(20, 2))
    p = generic(net)
    h, o, outputs = np.zeros(5), np.zeros(3), []
    for x_t in x:
        fed_back = p['W_ho'] @ o if name == 'JordanRNN' else p['W_hh'] @ h
        h = np.tanh(p['W_hx'] @ x_t + fed_back + p['b_h'])
        o = p['W_qh'] @ h + p['b_q']
        outputs.append(o)
    return deviation([net.update(x_t) for x_t in x], outputs)


for _name, _source in (('ElmanRNN', 'Elman 1990'), ('JordanRNN', 'Jordan 1986'), ('SequenceToOneRNN', 'Elman 1990')):
    claim(_name, 'deviation of 20 outputs from the printed recursion, in NumPy', 0.0, 1e-6, _source)(
        lambda n=_name: _by_hand(n)
    )


def _echo(net, feedback):
    """The output 4 steps after an input of 1, with linear units: one output, two units, known weights."""
    net.set_params({'W_hx': [[1.0], [-2.0]], 'W_qh': [[0.5, 0.2]], **feedback})
    return [float(net.update([x])[0]) for x in (1.0, 0.0, 0.0, 0.0, 0.0)][-1]


@claim(
    'ElmanRNN',
    'output 4 steps after a pulse with linear units, W_qh W_hh⁴ W_hx',
    0.5 * 0.5**4 + 0.2 * -2 * 0.8**4,
    1e-6,
    'closed form (Elman 1990)',
)
def elman_echo():
    return _echo(ratezoo.ElmanRNN(1, 2, 1, phi='linear', seed=0), {'W_hh': [[0.5, 0.0], [0.0, 0.8]]})


@claim(
    'JordanRNN',
    'output 4 steps after a pulse with linear units, (W_qh W_ho)⁴ W_qh W_hx',
    (0.5 * 1.5 + 0.2 * 0.4) ** 4 * (0.5 - 0.2 * 2),
    1e-6,
    'closed form (Jordan 1986): the outputs are the only memory',
)
def jordan_echo():
    return _echo(ratezoo.JordanRNN(1, 2, 1, phi='linear', seed=0), {'W_ho': [[1.5], [0.4]]})


@claim(
    'SequenceToOneRNN',
    'loss of a sequence as a share of ½(o_T − y)², which only the last output enters',
    1.0,
    1e-6,
    'definition (Zhang, Lipton, Li & Smola 2023, chapter 9)',
)
def last_output():
    net = type('Net', (ratezoo.BPTT, ratezoo.SequenceToOneRNN), {})(1, 4, 1, seed=0)
    x = np.random.default_rng(3).normal(size=(6, 1))
    output = float([net.update(x_t) for x_t in x][-1][0])
    loss, _ = net.gradient(x, **net.at_the_end(0.7, steps=6))
    return float(loss) / (0.5 * (output - 0.7) ** 2)

"""What the papers say about the models of models/lecture.py."""

import numpy as np

import ratezoo
from claims.base import claim


def _by_hand(name):
    """Largest difference of a run from the recursion."""
    net, x = getattr(ratezoo, name)(2, 5, 3, seed=0), np.random.default_rng(0).normal(size=(20, 2))
    p = {k: np.asarray(v, float) for k, v in net.params_dict().items()}
    if name == 'JordanRNN':
        o, hidden = np.zeros(3), []
        for x_t in x:
            h = np.tanh(p['W_hx'] @ x_t + p['W_ho'] @ o + p['b_h'])
            o = p['W_qh'] @ h + p['b_q']
            hidden.append(h)
    else:
        h, hidden = np.zeros(5), []
        for x_t in x:
            h = np.tanh(p['W_hx'] @ x_t + p['W_hh'] @ h + p['b_h'])
            hidden.append(h)
    state = type(net).states[0]
    return np.abs(ratezoo.simulate(net, inputs=x, monitors=[state]).mon[state][:, :5] - hidden).max()


for _name, _source in (('ElmanRNN', 'Elman 1990'), ('JordanRNN', 'Jordan 1986'), ('SequenceToOneRNN', 'Elman 1990')):
    claim(_name, 'difference from the printed recursion, in NumPy', 0.0, 1e-6, _source)(lambda n=_name: _by_hand(n))

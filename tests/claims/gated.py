"""What the papers say about the models of models/gated.py."""

import numpy as np
from scipy.special import expit

import ratezoo
from claims.base import claim


def one_step(name, **state):
    """h after one step of one unit with all parameters ½ and x = 1."""
    net = getattr(ratezoo, name)(1, 1, 1, seed=0)
    net.set_params({k: np.full(v.shape, 0.5) for k, v in net.params_dict().items()})
    net.reset_state(r0=state if len(state) > 1 else state['h'])
    net.update(np.ones(1))
    return float(net.h[0])


@claim(
    'LSTM',
    'h after a step from h = c = 1 of one unit, all parameters ½',
    expit(1.5) * np.tanh(expit(2.5) + expit(1.5) * np.tanh(1.5)),
    1e-6,
    'Hochreiter & Schmidhuber 1997, forget gate opened by 1',
)
def lstm():
    return one_step('LSTM', h=[1.0], c=[1.0])


@claim(
    'GRU',
    'h after a step from h = 1 of one unit, all parameters ½',
    1 - expit(1.5) + expit(1.5) * np.tanh(1 + expit(1.5) / 2),
    1e-6,
    'Chung et al. 2014',
)
def gru():
    return one_step('GRU', h=[1.0])

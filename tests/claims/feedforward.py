"""What the papers say about the models of models/feedforward.py."""

import numpy as np

import ratezoo
from claims.base import claim


@claim(
    'FeedforwardRate',
    "difference of its fixed point from the perceptron's output",
    0.0,
    1e-6,
    'Scellier & Bengio 2019: the answer is the fixed point',
)
def perceptron():
    net, x = ratezoo.FeedforwardRate((3, 5, 2), phi='tanh', seed=0), np.array([0.3, -0.5, 0.8])
    p = {k: np.asarray(v, float) for k, v in net.params_dict().items()}
    h = np.tanh(p['W1'] @ x + p['b1'])
    found = net.relax(x, solver='newton').r
    return np.abs(np.asarray(net.output(found, net.params_dict())) - p['W2'] @ h - p['b2']).max()


@claim(
    'PenalisedPerceptron',
    'penalty (μ/2)(‖W_1‖² + ‖W_2‖²) of weights of 1, 2-10-1, μ = 0.01',
    0.15,
    1e-7,
    'Zhang, Lipton, Li & Smola 2023, sec. 5.3',
)
def penalty():
    net = ratezoo.PenalisedPerceptron(2, 10, 1, mu=0.01)
    return float(net.penalty({k: np.ones(v.shape) for k, v in net.params_dict().items()}))

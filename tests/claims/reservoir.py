"""What the papers say about the models of models/reservoir.py."""

import numpy as np

import ratezoo
from claims.base import claim, edge, growth


@claim(
    'EchoState', 'memory capacity of 50 linear units', 50.0, 1.5, 'Jaeger 2002, Prop. 2: at most n, and n when linear'
)
def memory():
    net = ratezoo.EchoState(n=50, phi='linear', orthogonal=True, radius=0.95, seed=0)
    return net.memory_capacity(250, steps=6000).sum()


@claim(
    'Reservoir',
    'Lyapunov exponent of silence, g = 0.5',
    lambda: 0.5 * edge(ratezoo.Reservoir(g=1.0, seed=0)) - 1,
    1e-6,
    'linear stability (Sussillo & Abbott 2009: chaotic above g = 1)',
)
def reservoir():
    net = ratezoo.Reservoir(g=0.5, seed=0)
    net.set_params({'W_out': np.zeros(net.W_out.shape)})
    return growth(net, np.zeros(net.n))

"""What the papers say about the models of models/reservoir.py."""

import numpy as np
from scipy.special import expit

import ratezoo
from claims.base import claim, edge, growth, run
from claims.integration import deviation, generic, states_by_euler, waves


@claim(
    'EchoState', 'memory capacity of 50 linear units', 50.0, 1.5, 'Jaeger 2002, Prop. 2: at most n, and n when linear'
)
def memory():
    net = ratezoo.EchoState(n=50, phi='linear', orthogonal=True, radius=0.95, seed=0)
    return net.memory_capacity(250, steps=6000).sum()


@claim(
    'EchoState',
    'deviation of 40 outputs from the printed recursion, φ = σ, a = 0.3, ρ = 0.8, with bias',
    0.0,
    1e-6,
    'Jaeger & Haas 2004 with the leak of (1), in NumPy',
)
def echoes():
    net = ratezoo.EchoState(2, 20, 2, phi='sigmoid', radius=0.8, leak=0.3, input_scale=0.9, bias_scale=0.5, seed=0)
    p, x, r, outputs = generic(net), waves(40, 2), np.zeros(20), []
    W, W_in, b = (np.asarray(a, float) for a in (net.W, net.W_in, net.b))
    for x_t in x:
        r = 0.7 * r + 0.3 * expit(0.8 * W @ r + W_in @ x_t + b)
        outputs.append(p['W_out'] @ r + p['b_out'])
    return deviation([net.update(x_t) for x_t in x], outputs)


@claim(
    'EchoState',
    'what is left of ‖r‖ after 10 steps without input, linear units and orthogonal W: ρ¹⁰, ρ = 0.9',
    0.9**10,
    1e-6,
    'closed form (White, Lee & Sompolinsky 2004)',
)
def fades():
    net = ratezoo.EchoState(1, 30, 1, phi='linear', orthogonal=True, seed=0)
    r = run(net, None, ['r'], np.ones(30), np.zeros((10, 1)))['r']
    return np.linalg.norm(r[-1]) / 30**0.5


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


@claim(
    'Reservoir',
    "deviation of 100 outputs with feedback and input from the printed equations by Euler's rule, τ = 2",
    0.0,
    1e-6,
    'Sussillo & Abbott 2009, Fig. 1A, in NumPy',
)
def with_feedback():
    net, x = ratezoo.Reservoir(2, 40, 2, tau=2.0, seed=0), waves(100, 2)
    W, W_fb, W_in, W_out = (np.asarray(a, float) for a in (net.W, net.W_fb, net.W_in, net.W_out.value))

    def F(I, x):
        z = W_out @ np.tanh(I)
        return (-I + W @ np.tanh(I) + W_fb @ z + W_in @ x) / 2.0

    I = states_by_euler(F, np.asarray(net.I0, float), x, 0.1)
    return deviation([net.update(x_t) for x_t in x], np.tanh(I) @ W_out.T)

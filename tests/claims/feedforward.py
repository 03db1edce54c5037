"""What the papers say about the models of models/feedforward.py."""

import numpy as np
from scipy.special import expit

import ratezoo
from claims.base import claim
from claims.integration import deviation, generic, states_by_euler, waves


def _settles(net, phi_out):
    """Difference of the output at the fixed point from that of a perceptron of three layers, with random biases."""
    p, x = generic(net), np.array([0.3, -0.5, 0.8])
    z = x
    depth = len(net.layer_sizes) - 1
    for k in range(1, depth + 1):
        z = (np.tanh if k < depth else phi_out)(p[f'W{k}'] @ z + p[f'b{k}'])
    found = net.relax(x, solver='newton').r
    return np.abs(np.asarray(net.output(found, net.params_dict())) - z).max()


def _runs(net, phi_out):
    """Deviation of 60 outputs of a driven run from the printed equations by Euler's rule."""
    p, x, ends = generic(net), waves(60, 3), np.cumsum(net.layer_sizes[1:])[:-1]
    depth = len(ends) + 1

    def F(r, x):
        below = [x, *np.split(r, ends)]
        phi = [*[np.tanh] * (depth - 1), phi_out]
        return np.concatenate(
            [-below[k] + phi[k - 1](p[f'W{k}'] @ below[k - 1] + p[f'b{k}']) for k in range(1, depth + 1)]
        )

    expected = states_by_euler(F, np.zeros(sum(net.layer_sizes[1:])), x, 0.1)
    return deviation([net.update(x_t) for x_t in x], expected[:, -net.layer_sizes[-1] :])


@claim(
    'FeedforwardRate',
    "difference of its fixed point from the perceptron's output",
    0.0,
    1e-6,
    'Scellier & Bengio 2019: the answer is the fixed point',
)
def perceptron():
    return _settles(ratezoo.FeedforwardRate((3, 5, 4, 2), phi_out='sigmoid', seed=0), expit)


@claim(
    'FeedforwardRate',
    "deviation of 60 outputs of a driven run from the printed equations by Euler's rule",
    0.0,
    1e-6,
    'Scellier & Bengio 2019, in NumPy',
)
def layers_follow():
    return _runs(ratezoo.FeedforwardRate((3, 5, 4, 2), phi_out='sigmoid', seed=0), expit)


@claim(
    'FeedforwardRate',
    'output at the time 2 of a chain of 3 linear units after a step of the input, 1 − 5e⁻²',
    1 - 5 * np.exp(-2),
    1e-3,
    'closed form: three leaky integrators in a chain',
)
def chain():
    net = ratezoo.FeedforwardRate((1, 1, 1, 1), phi='linear', seed=0)
    net.set_params({f'W{k}': [[1.0]] for k in (1, 2, 3)})
    return float([net.update([1.0]) for _ in range(20)][-1][0])


@claim(
    'PenalisedPerceptron',
    'penalty (μ/2)(‖W_1‖² + ‖W_2‖²) for W_1 = 2, W_2 = 3 everywhere, sizes 2-10-1, μ = 0.01',
    0.005 * (20 * 4 + 10 * 9),
    1e-6,
    'Zhang, Lipton, Li & Smola 2023, sec. 5.3',
)
def penalty():
    net = ratezoo.PenalisedPerceptron(2, 10, 1, mu=0.01)
    sizes = {'W1': 2.0, 'W2': 3.0, 'b1': 4.0, 'b2': 5.0}
    return float(net.penalty({k: np.full(v.shape, sizes[k]) for k, v in net.params_dict().items()}))


@claim(
    'PenalisedPerceptron',
    "deviation of 60 outputs of a driven run from the printed equations by Euler's rule",
    0.0,
    1e-6,
    'Zhang, Lipton, Li & Smola 2023, sec. 5.3, as dynamics, in NumPy',
)
def hidden_units_follow():
    return _runs(ratezoo.PenalisedPerceptron(3, 5, 2, seed=0), lambda z: z)


@claim(
    'PenalisedPerceptron',
    "difference of its fixed point from the perceptron's output o = W_2 tanh(W_1 x + b_1) + b_2",
    0.0,
    1e-6,
    'Zhang, Lipton, Li & Smola 2023, sec. 5.3',
)
def answer():
    return _settles(ratezoo.PenalisedPerceptron(3, 5, 2, seed=0), lambda z: z)

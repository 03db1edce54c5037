"""The reference solution: `PenalisedPerceptron` learns two moons from few points, without and with its penalty.

It differs from the hand-out in two ways. The library's perceptron has biases b_1 and b_2, without a penalty; the
hand-out has a third input that is always 1 in their place. An epoch here is one step down the gradient of the mean over
all points; there it is one step for each point in turn.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import optax

from ratezoo.learning import ImplicitGradient
from ratezoo.models.feedforward import PenalisedPerceptron
from ratezoo.plots.style import COLOURS, finish, new_subplots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MUS = (0.0, 0.01)
ETA = 0.2
HIDDEN = 20
POINTS = {'training': 20, 'new': 400}


class Perceptron(ImplicitGradient, PenalisedPerceptron):
    """J_total = l + s is minimised; the gradient is that of the fixed point, which is the output of the perceptron."""


class Training(NamedTuple):
    """What a training with one μ gives.

    Attributes
    ----------
    mu : float
        The strength of the penalty.
    epochs : array (K,) of int
        How many epochs are done: from 0 to all of them, in about 100 equal parts.
    training, new : array (K,)
        The mean of l = ½(o − y)² over the training points and over new points.
    size : array (K,)
        ‖W_1‖² + ‖W_2‖².
    """

    mu: float
    epochs: np.ndarray
    training: np.ndarray
    new: np.ndarray
    size: np.ndarray


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    trainings : list of Training
        One for each μ.
    gradient, finite_differences : dict of str to array
        dJ_total/dW_1 and dJ_total/dW_2 of a small network, as 'W1' and 'W2', and the same by finite differences.
    """

    trainings: list[Training]
    gradient: dict[str, np.ndarray]
    finite_differences: dict[str, np.ndarray]


def run(seed: int, epochs: int) -> Result:
    """Train with each μ of `MUS`, and compare the gradient of a small network with finite differences.

    Parameters
    ----------
    seed : int
        Seed of the points and of the weights.
    epochs : int
        How many steps of gradient descent, each with all training points.
    """
    rng = np.random.default_rng(seed)
    points = {name: two_moons(n, rng) for name, n in POINTS.items()}
    start = {
        'W1': rng.normal(size=(HIDDEN, 2)),
        'b1': rng.normal(size=HIDDEN),
        'W2': rng.normal(size=(1, HIDDEN)) / np.sqrt(HIDDEN),
        'b2': np.zeros(1),
    }
    return Result([_train(mu, start, points, epochs) for mu in MUS], *_gradients(rng))


def two_moons(n: int, rng: np.random.Generator, noise: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """n noisy points (n, 2) of two half circles in turn, and their targets 1 and −1, (n, 1)."""
    angle, upper = rng.uniform(0, np.pi, n), np.arange(n) % 2 == 0
    a = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    b = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    return np.stack([a, b], 1) + noise * rng.normal(size=(n, 2)), np.where(upper, 1.0, -1.0)[:, None]


def _train(mu, start, points, epochs):
    net = Perceptron(2, HIDDEN, 1, mu=mu, seed=0)
    net.set_params(start)
    optimizer, weights = optax.sgd(ETA), [start]
    done = np.unique(np.linspace(0, epochs, 101).astype(int))
    for more in np.diff(done):
        net.fit(
            *points['training'],
            epochs=int(more),
            optimizer=optimizer,
            progress=False,
            solver='newton',
            warn_above=math.inf,
        )
        weights.append({k: np.asarray(v, float) for k, v in net.params_dict().items()})
    losses = {name: np.array([_mean_loss(w, x, y) for w in weights]) for name, (x, y) in points.items()}
    size = np.array([np.sum(w['W1'] ** 2) + np.sum(w['W2'] ** 2) for w in weights])
    return Training(mu, done, losses['training'], losses['new'], size)


def _mean_loss(w, x, y):
    o = np.tanh(x @ w['W1'].T + w['b1']) @ w['W2'].T + w['b2']
    return np.mean(np.sum((o - y) ** 2, 1)) / 2


def _gradients(rng, mu=0.5, eps=1e-5):
    """The gradient of J_total of a network with 3 inputs, 4 hidden units and 2 outputs, and its finite differences."""
    net = Perceptron(3, 4, 2, mu=mu, seed=0)
    weights = {'W1': rng.normal(size=(4, 3)), 'W2': rng.normal(size=(2, 4))}
    x, y = rng.normal(size=3), rng.normal(size=2)
    net.set_params(weights)
    _, grads = net.gradient(x, y)

    def total(W1, W2):
        return np.sum((W2 @ np.tanh(W1 @ x) - y) ** 2) / 2 + mu / 2 * (np.sum(W1**2) + np.sum(W2**2))

    slopes = {name: np.zeros(W.shape) for name, W in weights.items()}
    for name, W in weights.items():
        for index in np.ndindex(W.shape):
            step = np.zeros(W.shape)
            step[index] = eps
            change = total(**weights | {name: W + step}) - total(**weights | {name: W - step})
            slopes[name][index] = change / (2 * eps)
    return {name: np.asarray(grads[name], float) for name in weights}, slopes


def largest_differences(result: Result) -> dict[str, float]:
    """The largest difference between the gradient and finite differences, for W_1 and W_2."""
    return {k: float(np.max(np.abs(result.gradient[k] - v))) for k, v in result.finite_differences.items()}


def figures(result: Result) -> 'dict[str, Figure]':
    """The learning curves and the size of the weights; the gradient against finite differences."""
    return {'learning': _learning(result), 'gradient': _gradient(result)}


def _learning(result):
    fig, (left, right) = new_subplots(1, 2, figsize=(10, 3.8), layout='constrained')
    for i, training in enumerate(result.trainings):
        mu = rf'$\mu$ = {training.mu:g}'
        left.plot(training.epochs, training.training, color=COLOURS[i], label=f'{mu}, training points')
        left.plot(training.epochs, training.new, '--', color=COLOURS[i], label=f'{mu}, new points')
        right.plot(training.epochs, training.size, color=COLOURS[i])
    finish(left, 'epoch', 'mean loss $l$', curves=1)
    finish(right, 'epoch', r'$\Vert W_1 \Vert^2 + \Vert W_2 \Vert^2$', curves=1).set_ylim(0)
    fig.legend(loc='outside upper center', ncols=4, frameon=False)
    return fig


def _gradient(result):
    fig, ax = new_subplots(figsize=(4.5, 4), layout='constrained')
    for i, (name, slopes) in enumerate(result.finite_differences.items()):
        gradient = result.gradient[name].ravel()
        ax.plot(slopes.ravel(), gradient, 'os'[i], color=COLOURS[i], label=rf'$dJ_\mathrm{{total}}/dW_{name[-1]}$')
    ends = [f(f(slopes) for slopes in map(np.ravel, result.finite_differences.values())) for f in (min, max)]
    ax.plot(ends, ends, 'k', linewidth=0.8, label='equal')
    finish(ax, r'finite differences of $J_\mathrm{total}$', 'gradient')
    return fig


def as_dict(result: Result) -> dict[str, Any]:
    """The trainings (losses and sizes over the epochs), the gradient, and finite differences."""
    return {
        'trainings': [
            {'mu': t.mu, **{k: getattr(t, k).tolist() for k in ('epochs', 'training', 'new', 'size')}}
            for t in result.trainings
        ],
        'gradient': {k: g.tolist() for k, g in result.gradient.items()},
        'finite_differences': {k: g.tolist() for k, g in result.finite_differences.items()},
        'largest_differences': largest_differences(result),
    }


def table(result: Result) -> str:
    """The losses and the size of the weights after the training; how far the gradient is from finite differences."""
    lines = ['after the training']
    for t in result.trainings:
        lines.append(
            f'mu {t.mu:<5g}  loss of training points {t.training[-1]:.3f}   of new points {t.new[-1]:.3f}   '
            f'|W|^2 {t.size[-1]:.1f}'
        )
    for name, off in largest_differences(result).items():
        lines.append(f'dJ/d{name}   largest difference from finite differences {off:.1e}')
    return '\n'.join(lines)

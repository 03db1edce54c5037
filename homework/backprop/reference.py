"""The reference solution: the adjoint of a `FeedforwardRate` of two layers, solved, settled and measured."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo.learning import AdjointDynamics, ImplicitGradient
from ratezoo.models.feedforward import FeedforwardRate
from ratezoo.plots.style import COLOURS, finish, new_subplots
from ratezoo.runner import Runner

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES = (4, 3, 2)  # n_0, n_1, n_2
DT = 0.1
STEPS = 250


class Settling(AdjointDynamics, FeedforwardRate):
    """The adjoint v settles beside the rates: dv/dt = v J + ∂l/∂r."""


class Solving(ImplicitGradient, FeedforwardRate):
    """The adjoint is solved for: v* = −(∂l/∂r*) J⁻¹."""


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    ts : array (T,)
        Times.
    v : array (T, n_1 + n_2)
        The adjoint (v_1, v_2) at these times, while it settles.
    v_star : array (n_1 + n_2,)
        The adjoint at rest, from a linear system with the J of the network.
    gradients : dict of str to dict
        'settled', 'solved' and 'finite_differences' → dl/dw_1 and dl/dw_2, as 'w1' and 'w2'.
    """

    ts: np.ndarray
    v: np.ndarray
    v_star: np.ndarray
    gradients: dict[str, dict[str, np.ndarray]]


def run(seed: int = 0) -> Result:
    """Compute v* and the gradient of a random network in both ways, and by finite differences.

    Parameters
    ----------
    seed : int
        Seed of the weights, of the input and of the target. Default 0.
    """
    rng = np.random.default_rng(seed)
    n0, n1, n2 = SIZES
    w1, w2 = rng.normal(0, 0.7, (n1, n0)), rng.normal(0, 0.7, (n2, n1))
    x0, y = rng.normal(size=n0), rng.normal(size=n2)
    settling, solving = (_network(kind, w1, w2) for kind in (Settling, Solving))

    r = np.asarray(solving.relax(x0, solver='newton').r, float)
    J = np.asarray(solving.jacobian(r, x0), float)
    v_star = np.linalg.solve(J.T, -np.concatenate([np.zeros(n1), r[n1:] - y]))  # 0 = v J + ∂l/∂r

    settling.set_target(y)
    runner = Runner(settling, monitors=['v'], dt=DT, progress_bar=False)
    runner.run(inputs=np.tile(x0, (STEPS, 1)))

    def by_rule(net, **options):
        _, grads = net.gradient(x0, y, **options)
        return {k.lower(): np.asarray(grads[k], float) for k in ('W1', 'W2')}

    gradients = {
        'settled': by_rule(settling),
        'solved': by_rule(solving, solver='newton'),
        'finite_differences': _finite_differences({'w1': w1, 'w2': w2}, x0, y),
    }
    return Result(DT * np.arange(1, STEPS + 1), np.asarray(runner.mon['v'], float), v_star, gradients)


def _network(kind, w1, w2):
    net = kind(SIZES, phi='tanh', phi_out='tanh', dt=DT, seed=0)
    net.set_params({'W1': w1, 'W2': w2})
    return net


def _finite_differences(weights, x0, y, eps=1e-5):
    """The slopes of l = ½‖f(w_2 f(w_1 x_0)) − y‖², weight by weight."""

    def loss(w1, w2):
        return np.sum((np.tanh(w2 @ np.tanh(w1 @ x0)) - y) ** 2) / 2

    slopes = {name: np.zeros(w.shape) for name, w in weights.items()}
    for name, w in weights.items():
        for index in np.ndindex(w.shape):
            step = np.zeros(w.shape)
            step[index] = eps
            slopes[name][index] = (loss(**weights | {name: w + step}) - loss(**weights | {name: w - step})) / (2 * eps)
    return slopes


def largest_differences(result: Result) -> dict[str, float]:
    """The largest differences between v at the end and v*, and between both gradients and finite differences."""
    differences = {'v': float(np.max(np.abs(result.v[-1] - result.v_star)))}
    measured = result.gradients['finite_differences']
    for way in ('settled', 'solved'):
        for w, gradient in result.gradients[way].items():
            differences[f'{way}_{w}'] = float(np.max(np.abs(gradient - measured[w])))
    return differences


def figures(result: Result) -> 'dict[str, Figure]':
    """The adjoint on its way to v*, and the gradient against finite differences."""
    return {'adjoint': _adjoint(result), 'gradient': _gradient(result)}


def _adjoint(result):
    fig, axes = new_subplots(1, 2, figsize=(9, 3.5), layout='constrained')
    layers = (slice(0, SIZES[1]), slice(SIZES[1], None))
    for k, (ax, layer) in enumerate(zip(axes, layers, strict=True), 1):
        for i, (v, star) in enumerate(zip(result.v[:, layer].T, result.v_star[layer], strict=True)):
            ax.axhline(star, color=COLOURS[i], linestyle='--', label=None if i else 'solved: $v^*$')
            ax.plot(result.ts, v, color=COLOURS[i], label=None if i else 'settling: $v(t)$')
        finish(ax, 'time $t$', f'$v_{k}$', curves=1)
    axes[1].legend(frameon=False, loc='center right')
    return fig


def _gradient(result):
    fig, ax = new_subplots(figsize=(4.5, 4), layout='constrained')
    measured = result.gradients['finite_differences']
    markers: dict[str, Any] = {'settled': dict(marker='o', markersize=9, fillstyle='none'), 'solved': dict(marker='.')}
    for way, marker in markers.items():
        for i, (w, gradient) in enumerate(result.gradients[way].items()):
            label = f'$dl/dw_{w[-1]}$, {way}'
            ax.plot(measured[w].ravel(), gradient.ravel(), linestyle='', color=COLOURS[i], label=label, **marker)
    ends = [f(f(slopes) for slopes in map(np.ravel, measured.values())) for f in (min, max)]
    ax.plot(ends, ends, 'k', linewidth=0.8, label='equal')
    finish(ax, 'finite differences', 'gradient', curves=1).legend(frameon=False)
    return fig


def as_dict(result: Result) -> dict[str, Any]:
    """The times, v(t), v*, the gradients in each way, and the largest differences."""
    return {
        'ts': result.ts.tolist(),
        'v': result.v.tolist(),
        'v_star': result.v_star.tolist(),
        'gradients': {
            way: {w: g.tolist() for w, g in gradients.items()} for way, gradients in result.gradients.items()
        },
        'largest_differences': largest_differences(result),
    }


def table(result: Result) -> str:
    """v at the end beside v*, and the largest differences of both gradients from finite differences."""
    off = largest_differences(result)
    n1 = SIZES[1]
    names = [f'v{1 + (i >= n1)}[{i % n1}]' for i in range(len(result.v_star))]
    lines = [
        f'{name}   settled {v:+.6f}   solved {star:+.6f}'
        for name, v, star in zip(names, result.v[-1], result.v_star, strict=True)
    ]
    for w in ('w1', 'w2'):
        lines.append(
            f'dl/d{w}   difference from finite differences: '
            f'settled {off[f"settled_{w}"]:.1e}, solved {off[f"solved_{w}"]:.1e}'
        )
    return '\n'.join(lines)

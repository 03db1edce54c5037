"""The reference solution of the exercise ``rnn-bptt``, with the library's `ElmanRNN` and its BPTT."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo.learning import BPTT
from ratezoo.models.lecture import ElmanRNN
from ratezoo.plots.style import COLOURS, finish, new_subplots

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WEIGHTS = ('W_qh', 'W_hh', 'W_hx')
RADII = (0.8, 1.0, 1.2)
STEPS = 60  # of the sequence whose last output alone has a loss
EPS = 1e-5  # of the finite differences


class LinearElman(BPTT, ElmanRNN):
    """Elman's network with linear units, trained by BPTT."""


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    formula, library, measured : dict of str to array
        dL/dW of each weight matrix: by the formulas of the exercise, by the library's BPTT, and by finite differences.
    sizes : dict of float to array (STEPS,)
        Spectral radius of W_hh → ‖∂l_T/∂h_t‖ for T − t = 0, 1, …, STEPS − 1.
    """

    formula: dict[str, np.ndarray]
    library: dict[str, np.ndarray]
    measured: dict[str, np.ndarray]
    sizes: dict[float, np.ndarray]


def run(seed: int) -> Result:
    """The gradients of a small network in three ways, and how the gradient of the last output grows back in time.

    Parameters
    ----------
    seed : int
        Seed of the weights, the inputs and the targets.
    """
    rng = np.random.default_rng(seed)
    T, n_x, n_h, n_q = 8, 2, 4, 3
    W = {
        'W_qh': rng.normal(size=(n_q, n_h)),
        'W_hh': _with_radius(rng.normal(size=(n_h, n_h)), 0.9),
        'W_hx': rng.normal(size=(n_h, n_x)),
    }
    x, y = rng.normal(size=(T, n_x)), rng.normal(size=(T, n_q))
    net = LinearElman(n_x, n_h, n_q, phi='linear', seed=seed)
    net.set_params(W)
    library = net.gradient(x, y)[1]
    W_hh, W_qh = _with_radius(rng.normal(size=(30, 30)), 1.0), rng.normal(size=(1, 30))
    return Result(
        formula=gradients(W, x, y),
        library={name: np.asarray(library[name], float) for name in WEIGHTS},
        measured={name: _measured(W, name, x, y) for name in WEIGHTS},
        sizes={rho: sizes(rho * W_hh, W_qh, STEPS) for rho in RADII},
    )


def _with_radius(W, rho):
    """The matrix times a number, so that its largest |eigenvalue| is ``rho``."""
    return rho * W / np.max(np.abs(np.linalg.eigvals(W)))


def hidden(W: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """h_0 = 0, and h_t = W_hx x_t + W_hh h_{t−1} for t = 1 … T; (T + 1, n_h)."""
    h = [np.zeros(len(W['W_hh']))]
    for x_t in x:
        h.append(W['W_hx'] @ x_t + W['W_hh'] @ h[-1])
    return np.array(h)


def gradients(W: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """dL/dW of each weight matrix, by the formulas of the exercise."""
    h = hidden(W, x)
    dL_do = (h[1:] @ W['W_qh'].T - y) / len(y)
    dL_dh = backward(W['W_hh'], W['W_qh'], dL_do)
    return {'W_qh': dL_do.T @ h[1:], 'W_hh': dL_dh.T @ h[:-1], 'W_hx': dL_dh.T @ x}


def backward(W_hh: np.ndarray, W_qh: np.ndarray, dL_do: np.ndarray) -> np.ndarray:
    """∂L/∂h_t = W_hhᵀ ∂L/∂h_{t+1} + W_qhᵀ ∂L/∂o_t for t = 1 … T, (T, n_h); after the last step there is nothing."""
    dL_dh = np.zeros((len(dL_do) + 1, len(W_hh)))
    for k in reversed(range(len(dL_do))):
        dL_dh[k] = W_hh.T @ dL_dh[k + 1] + W_qh.T @ dL_do[k]
    return dL_dh[:-1]


def _measured(W, name, x, y):
    """dL/dW of one matrix by central differences of L = (1/T) Σ_t ½ ‖W_qh h_t − y_t‖²."""

    def loss(at, eps):
        moved = W[name].copy()
        moved[at] += eps
        of = W | {name: moved}
        return np.mean(np.sum((hidden(of, x)[1:] @ of['W_qh'].T - y) ** 2, 1)) / 2

    differences = [loss(at, EPS) - loss(at, -EPS) for at in np.ndindex(W[name].shape)]
    return np.reshape(differences, W[name].shape) / (2 * EPS)


def sizes(W_hh: np.ndarray, W_qh: np.ndarray, T: int) -> np.ndarray:
    """‖∂l_T/∂h_t‖ for T − t = 0, 1, …, T − 1, where ∂l_T/∂o_T = 1."""
    dl_do = np.zeros((T, 1))
    dl_do[-1] = 1
    return np.linalg.norm(backward(W_hh, W_qh, dl_do), axis=1)[::-1]


def rates(result: Result) -> dict[float, float]:
    """Spectral radius → the factor by which ‖∂l_T/∂h_t‖ grows a step, on average over the second half of the steps."""
    half = STEPS // 2
    return {rho: float((size[-1] / size[half]) ** (1 / (STEPS - 1 - half))) for rho, size in result.sizes.items()}


def figures(result: Result) -> 'dict[str, Figure]':
    """The figures by name: the gradients against the measured ones, and how gradients vanish or explode."""
    drawn: dict[str, Any] = {'gradients': _gradients(result).figure, 'vanishing': _vanishing(result).figure}
    return drawn


def _gradients(result) -> 'Axes':
    ax = new_subplots(figsize=(4.5, 3.8), layout='constrained')[1]
    ax.axline((0, 0), slope=1, color='0.7')
    for i, (name, marker) in enumerate(zip(WEIGHTS, 'ox^', strict=True)):
        label = f'$dL/dW_{{{name[2:]}}}$'
        measured, formula = result.measured[name].ravel(), result.formula[name].ravel()
        ax.plot(measured, formula, marker, color=COLOURS[i], fillstyle='none', label=label)
    return finish(ax, 'measured by finite differences', 'formula')


def _vanishing(result) -> 'Axes':
    ax = new_subplots(figsize=(6.5, 3.6), layout='constrained')[1]
    back = np.arange(STEPS)
    for i, (rho, size) in enumerate(result.sizes.items()):
        ax.semilogy(back, size, '.', color=COLOURS[i], label=f'$\\|\\partial l_T/\\partial h_t\\|$, $\\rho$ = {rho:g}')
        ax.semilogy(back, size[0] * rho**back, color=COLOURS[i], label=f'$\\rho^{{T-t}}$, $\\rho$ = {rho:g}')
    return finish(ax, 'steps back, $T - t$', 'size of the gradient', 6)


def as_dict(result: Result) -> dict[str, Any]:
    """The gradients in three ways, and for each spectral radius the sizes and their growth a step."""
    return {
        **{kind: {k: W.tolist() for k, W in getattr(result, kind).items()} for kind in result._fields[:3]},
        'sizes': {str(rho): size.tolist() for rho, size in result.sizes.items()},
        'growth': {str(rho): rate for rho, rate in rates(result).items()},
    }


def table(result: Result) -> str:
    """For each weight matrix how far the ways differ; for each spectral radius the growth of the gradient a step."""
    lines = [
        f'dL/d{name}: largest {abs(formula).max():.4f}, differs from the measured one by '
        f'{abs(formula - result.measured[name]).max():.1e}'
        for name, formula in result.formula.items()
    ]
    lines += [
        f'spectral radius {rho:g}: a step back multiplies the size of dl_T/dh_t by {rate:.3f} on average'
        for rho, rate in rates(result).items()
    ]
    return '\n'.join(lines)

"""The reference solution of the exercise, with the library's EquilibriumPropagation, ImplicitGradient and Runner."""

from typing import TYPE_CHECKING, Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from ratezoo import plots
from ratezoo.capabilities import HasEnergy, HasOutputUnits
from ratezoo.learning import EquilibriumPropagation, ImplicitGradient
from ratezoo.model import RateModel
from ratezoo.plots.style import COLOURS, finish, new_subplots
from ratezoo.runner import Runner
from ratezoo.types import Array, Params

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NUDGES = (0.5, 0.2, 0.05, 0.02)
SHOWN_NUDGES = (0.05, 0.5)
SEED = 3  # of the hand-out's network
DT = 0.1
TIME = 60.0  # of a relaxation
SCHEMES = ('one-sided', 'centred')


class SymmetricNet(HasEnergy, HasOutputUnits, RateModel):
    """Units with symmetric connections, dr/dt = −r − r³ + W r + x.

        (1)  E(r, w, x) = Σ_i (½ r_i² + ¼ r_i⁴) − ½ rᵀ W r − xᵀ r
        (2)  dr/dt = F = −∂E/∂r

    with rates r (n,), input x (n,), and one weight w_k for each pair of units, w (n (n − 1)/2,). W (n, n) has it in both
    places of the pair, and 0 on its diagonal. The last ``outputs`` units are the output.
    """

    params = ('w',)

    def __init__(self, n: int, outputs: int) -> None:
        super().__init__(n, n)
        self.outputs = outputs
        self.pairs = np.tril_indices(n, -1)
        self.w = self.trainable('w', 0.0, (len(self.pairs[0]),))

    @property
    def output_units(self) -> slice:
        return slice(self.n - self.outputs, self.n)

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        both_ways = jnp.sum(params['w'] * r[self.pairs[0]] * r[self.pairs[1]])  # ½ rᵀ W r
        return jnp.sum(r**2 / 2 + r**4 / 4) - both_ways - x @ r


class Nudged(EquilibriumPropagation, SymmetricNet):
    """Finds its gradient by two or three relaxations."""


class Exact(ImplicitGradient, SymmetricNet):
    """The same network. Its gradient is −(∂l/∂r*) J⁻¹ ∂F/∂w."""


class Problem(NamedTuple):
    """A random network: weights W (n, n), input x (n,), and the target y of the last units."""

    W: np.ndarray
    x: np.ndarray
    y: np.ndarray


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    problem : Problem
    free : array (n,)
        The rest r*(0).
    paths : dict of float to array (steps, outputs)
        λ → the outputs after the nudge sets in.
    exact : array (pairs,)
        dl/dw of the connections, in the order of ``np.tril_indices(n, -1)``.
    errors : dict of str to list of float
        Scheme → the relative error of the gradient for each of `NUDGES`.
    """

    problem: Problem
    free: np.ndarray
    paths: dict[float, np.ndarray]
    exact: np.ndarray
    errors: dict[str, list[float]]


def draw(seed: int = 0, n: int = 6, outputs: int = 2) -> Problem:
    """The random network of the exercise. The seed 0 gives that of the hand-out."""
    rng = np.random.default_rng(SEED + seed)
    W = np.triu(rng.normal(0, 1 / np.sqrt(n), (n, n)), 1)
    x = np.append(rng.normal(0, 1, n - outputs), np.zeros(outputs))  # the outputs get no input
    return Problem(W + W.T, x, rng.uniform(-1, 1, outputs))


def run(seed: int = 0) -> Result:
    """Compare the gradients of both schemes, at each nudge, with the exact one; the seed is that of the network."""
    problem = draw(seed)
    nets: dict[type, Nudged | Exact] = {kind: kind(len(problem.x), len(problem.y)) for kind in (Nudged, Exact)}
    for net in nets.values():
        net.set_params({'w': problem.W[net.pairs]})
    exact = np.asarray(nets[Exact].gradient(problem.x, problem.y)[1]['w'])

    def error(scheme, nudge):
        options = dict(scheme=scheme, nudge=nudge, warn_above=np.inf)
        measured = np.asarray(nets[Nudged].gradient(problem.x, problem.y, **options)[1]['w'])
        return float(np.linalg.norm(measured - exact) / np.linalg.norm(exact))

    errors = {scheme: [error(scheme, nudge) for nudge in NUDGES] for scheme in SCHEMES}
    free = np.asarray(nets[Nudged].relax(problem.x).r)
    return Result(
        problem, free, {nudge: _path(nets[Nudged], problem, free, nudge) for nudge in SHOWN_NUDGES}, exact, errors
    )


def _path(net, problem, free, nudge):
    """The outputs at each step of a nudged phase that begins at the free rest."""
    runner = Runner(net, monitors=['r'], dt=DT, progress_bar=False)
    net.reset_state(r0=free)
    net.set_target(problem.y, nudge)
    runner.run(inputs=np.tile(problem.x, (round(TIME / DT), 1)))
    net.set_free()
    return np.asarray(runner.mon['r'])[:, net.output_units]


def figures(result: Result) -> 'dict[str, Figure]':
    """The outputs after the nudge sets in, and the errors over the nudge."""
    fig, ax = new_subplots(figsize=(6, 3.6), layout='constrained')
    for k in range(len(result.problem.y)):
        colour = COLOURS[k]
        for nudge, style in zip(SHOWN_NUDGES, ('-', '--'), strict=True):
            path = result.paths[nudge][: len(result.paths[nudge]) // 3, k]
            ax.plot(DT * np.arange(1, len(path) + 1), path, style, color=colour, label=f'output {k + 1}, λ = {nudge}')
        ax.axhline(result.free[k - len(result.problem.y)], color=colour, linestyle=':', linewidth=1)
    ax.plot([], [], 'k:', linewidth=1, label='free rest $r^*(0)$')
    finish(ax, 'time after the nudge sets in', '$r$', 5)
    errors = plots.errors(NUDGES, result.errors, [(1, 'one-sided'), (2, 'centred')])
    errors.set_xticks(NUDGES, list(map(str, NUDGES)))
    errors.set_xticks([], minor=True)
    return {'relaxations': fig, 'errors': errors.figure}


def as_dict(result: Result) -> dict[str, Any]:
    """The network, its rest, the nudges, the errors of both schemes, and the exact gradient."""
    return {
        'W': result.problem.W.tolist(),
        'x': result.problem.x.tolist(),
        'y': result.problem.y.tolist(),
        'free': result.free.tolist(),
        'exact': result.exact.tolist(),
        'nudges': list(NUDGES),
        'errors': result.errors,
    }


def table(result: Result) -> str:
    """One line a nudge: the relative errors of the one-sided and of the centred gradient."""
    return '\n'.join(
        f'lam {nudge:<5g}   error one-sided {one:9.3%}   centred {two:9.3%}'
        for nudge, one, two in zip(NUDGES, result.errors['one-sided'], result.errors['centred'], strict=True)
    )

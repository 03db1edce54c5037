"""Relaxation to a fixed point r*, F(r*) = 0, by the model's own steps or by a solver.

All functions are pure and see one sample. A solver is a function ``solver(field, step, r0, tol, max_steps)``:

field : function of a state
    ``field(r)`` is the vector that vanishes at r*. It has the form of the state.
step : function of a state and of its field
    ``step(r, f)`` is the state after one of the model's own steps, where f = ``field(r)``.
r0 : state
    Where to start.
tol : float
    The state has settled when max |field(r)| ≤ tol.
max_steps : int
    The largest number of steps.

It returns the last state and the number of steps.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from ratezoo.display import of_tree
from ratezoo.types import Array, State

MEMORY = 40  # how many steps Anderson acceleration remembers
_REFINING_STEPS = 50  # `refine` measures the residual after so many steps

Field = Callable[[State], State]
Step = Callable[[State, State], State]


class FixedPoint(NamedTuple):
    """The result of a relaxation. In a batch, each array has the batch as its leading axis.

    Attributes
    ----------
    r : array (n,), or dict of arrays
        The last state.
    residual : array ()
        The largest |F| at this state.
    steps : array () of int
        How many steps were taken.
    converged : array () of bool
        Whether the residual is at most the tolerance.
    """

    r: State
    residual: Array
    steps: Array
    converged: Array

    def __repr__(self) -> str:
        if isinstance(self.residual, jax.core.Tracer):
            return tuple.__repr__(self)
        count = np.size(self.converged)
        settled = f'{np.sum(self.converged)} of {count} samples' if count > 1 else bool(self.converged)
        return (
            f'FixedPoint(r: {of_tree(self.r)}; settled: {settled}, residual {np.max(self.residual):.2g}, '
            f'{np.max(self.steps)} steps)'
        )


class Stability(NamedTuple):
    """How a network behaves near a state. In a batch, each array has the batch as its leading axis.

    Attributes
    ----------
    eigenvalues : array (k,) of complex
        The leading eigenvalues of J: those with the largest real parts, the largest first. In discrete time the
        eigenvalues of I + J with the largest moduli.
    stable : bool
        Whether all eigenvalues have negative real parts. In discrete time: whether all moduli are below 1.
    """

    eigenvalues: np.ndarray
    stable: Any

    def __repr__(self) -> str:
        leading = np.asarray(self.eigenvalues).reshape(-1, np.shape(self.eigenvalues)[-1])
        if len(leading) > 1:
            return f'Stability({np.sum(self.stable)} of {len(leading)} samples stable)'
        shown = ', '.join(f'{v:.4g}' for v in leading[0][:4]) + (', …' if leading.shape[1] > 4 else '')
        return f'Stability({"stable" if np.all(self.stable) else "unstable"}; eigenvalues {shown})'


def largest(tree: Any) -> Array:
    """max |a| over all entries of a tree of arrays."""
    return jnp.max(jnp.array([jnp.max(jnp.abs(a)) for a in jax.tree_util.tree_leaves(tree)]))


def settle(field: Field, step: Step, r0: State, tol: Any, max_steps: Any, solver: str = 'dynamics') -> FixedPoint:
    """The fixed point that the solver of this name in `SOLVERS` reaches from r0."""
    r, steps = SOLVERS[solver](field, step, r0, tol, max_steps)
    residual = largest(field(r))
    return FixedPoint(r, residual, steps, residual <= tol)


def refine(field: Field, step: Step, found: FixedPoint, aim: Any, max_steps: Any) -> FixedPoint:
    """``found``, brought closer to the fixed point by the model's own steps, until max |field| ≤ ``aim``.

    The steps also end when 50 of them make max |field| smaller by less than a twentieth: it has then become as small as
    rounding errors allow. Then, and after ``max_steps`` steps, the best state so far is returned. ``converged`` stays
    as it is.
    """

    def improving(carry):
        _, residual, last, count = carry
        return (residual > aim) & (residual < 0.95 * last) & (count < max_steps)

    def advance(carry):
        r, residual, _, count = carry
        new = jax.lax.fori_loop(0, _REFINING_STEPS, lambda _, r: step(r, field(r)), r)
        size = largest(field(new))
        better = size < residual  # False also for NaN
        new = jax.tree_util.tree_map(lambda a, b: jnp.where(better, a, b), new, r)
        return new, jnp.where(better, size, residual), residual, count + _REFINING_STEPS

    start = (found.r, found.residual, jnp.full_like(found.residual, jnp.inf), jnp.asarray(0))
    r, residual, _, count = jax.lax.while_loop(improving, advance, start)
    return FixedPoint(r, residual, found.steps + count, found.converged)


def by_dynamics(field: Field, step: Step, r0: State, tol: Any, max_steps: Any) -> tuple[State, Array]:
    """The model's own steps, one after the other. The number of steps is their number."""

    def unsettled(carry):
        _, count, residual = carry
        return (residual > tol) & (count < max_steps) & jnp.isfinite(residual)

    def advance(carry):
        r, count, _ = carry
        f = field(r)  # step(r, f) evaluates F at the same r; the compiler merges the two evaluations
        residual = largest(f)
        # The residual is measured here: `unsettled` would need a second evaluation of F per step. So a state that turns
        # out to have settled must stay as it is.
        moving = residual > tol
        new = jax.tree_util.tree_map(lambda new, old: jnp.where(moving, new, old), step(r, f), r)
        return new, count + moving, residual

    start = largest(r0)
    unknown = jnp.full_like(start, jnp.finfo(start.dtype).max)  # the residual before the first evaluation
    r, count, _ = jax.lax.while_loop(unsettled, advance, (r0, jnp.asarray(0), unknown))
    return r, count


def by_adaptive_steps(field: Field, step: Step, r0: State, tol: Any, max_steps: int) -> tuple[State, Array]:
    """dr/dt = F with error control, by an implicit method (diffrax's Kvaerno3).

    Its steps grow as F vanishes. It is the choice where a fixed Δt would be unstable, or where the time constants
    differ widely. Each step solves linear systems, O(n³).
    """
    import diffrax

    vector, unravel = ravel_pytree(r0)

    def F(t, r, args):
        return ravel_pytree(field(unravel(r)))[0]

    def settled(t, y, args, **kwargs):
        return largest(F(t, y, args)) <= tol

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(F),
        diffrax.Kvaerno3(root_finder=diffrax.VeryChord(rtol=1e-3, atol=1e-6)),
        t0=0.0,
        t1=jnp.inf,
        dt0=0.01,
        y0=vector,
        max_steps=max_steps,
        throw=False,
        stepsize_controller=diffrax.PIDController(rtol=1e-3, atol=1e-4),
        event=diffrax.Event(settled),
        saveat=diffrax.SaveAt(t1=True),
    )
    return unravel(solution.ys[-1]), solution.stats['num_steps']


def by_newton(field: Field, step: Step, r0: State, tol: Any, max_steps: int) -> tuple[State, Array]:
    """Newton's method (optimistix): a few steps of O(n³) each.

    It ends at a fixed point near r0, and this fixed point may be unstable.
    """
    import optimistix

    vector, unravel = ravel_pytree(r0)

    def flat_field(r, args):
        return ravel_pytree(field(unravel(r)))[0]

    eps: Any = jnp.finfo(vector.dtype).eps
    newton: Any = optimistix.Newton(rtol=8 * eps, atol=tol / 10)
    solution: Any = optimistix.root_find(flat_field, newton, vector, max_steps=max_steps, throw=False)
    return unravel(solution.value), solution.stats['num_steps']


def by_anderson(
    field: Field, step: Step, r0: State, tol: Any, max_steps: Any, memory: int = MEMORY
) -> tuple[State, Array]:
    """Anderson acceleration of r ← r + F(r).

    It combines the last ``memory`` steps so that the linearised residual is least. It is the fastest solver where the
    time constants are about 1 and the map r ← r + F(r) is barely contracting, or not at all. The number of steps counts
    evaluations of F.

    References
    ----------
    D. G. Anderson, Journal of the ACM 12, 547 (1965), doi:10.1145/321296.321305. H. F. Walker and P. Ni, SIAM J.
    Numer. Anal. 49, 1715 (2011), doi:10.1137/10078356X (the form with differences, which is used here).
    """
    start, unravel = ravel_pytree(r0)
    f_start = ravel_pytree(field(r0))[0]
    memory = min(memory, start.size)
    # A small ridge: the differences may be linearly dependent, and rows that are not filled yet are 0.
    ridge = 100 * jnp.finfo(start.dtype).eps * jnp.eye(memory, dtype=start.dtype)

    def unsettled(carry):
        _, f, _, _, count = carry
        residual = largest(f)
        return (residual > tol) & (count < max_steps) & jnp.isfinite(residual)

    def advance(carry):
        r, f, dR, dF, count = carry  # dR, dF: (memory, n), the last changes of r and of f
        norms = jnp.linalg.norm(dF, axis=1, keepdims=True)
        norms = jnp.where(norms > 0, norms, 1)
        directions = dF / norms  # unit rows, so that the ridge weighs old and new changes alike
        gamma = jnp.linalg.solve(directions @ directions.T + ridge, directions @ f) / norms[:, 0]
        r_new = r + f - gamma @ (dR + dF)
        f_new = ravel_pytree(field(unravel(r_new)))[0]
        oldest = count % memory
        return r_new, f_new, dR.at[oldest].set(r_new - r), dF.at[oldest].set(f_new - f), count + 1

    history = jnp.zeros((memory, start.size), start.dtype)
    r, _, _, _, count = jax.lax.while_loop(unsettled, advance, (start, f_start, history, history, jnp.asarray(1)))
    return unravel(r), count


STATIC_STEPS = ('adaptive', 'newton')  # these libraries need max_steps as a number at compile time
SOLVERS: dict[str, Callable[..., tuple[State, Array]]] = {
    'dynamics': by_dynamics,
    'adaptive': by_adaptive_steps,
    'anderson': by_anderson,
    'newton': by_newton,
}

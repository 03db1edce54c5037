"""Relaxation to a fixed point, F(r*) = 0: by the model's own steps, or by a solver. Pure, of one sample."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

MEMORY = 40             # steps that Anderson acceleration remembers


class FixedPoint(NamedTuple):
    """Where a relaxation ended: the state, its largest |F| (per sample), the steps taken, whether it settled."""
    r: object
    residual: object
    steps: object
    converged: object


class Stability(NamedTuple):
    """The leading eigenvalues of J at a state (largest real part first), and whether all have negative real parts."""
    eigenvalues: object
    stable: object


def largest(tree):
    """max |a| over all entries of a tree of arrays."""
    return jnp.max(jnp.array([jnp.max(jnp.abs(a)) for a in jax.tree_util.tree_leaves(tree)]))


def settle(field, step, r0, tol, max_steps, solver='dynamics'):
    """Find r* from r0 by one of `SOLVERS`: f = ``field(r)`` vanishes at r*, ``step(r, f)`` is the model's own step."""
    found = SOLVERS[solver](field, step, r0, tol, max_steps)
    residual = largest(field(found[0]))
    return FixedPoint(found[0], residual, found[1], residual <= tol)


def by_dynamics(field, step, r0, tol, max_steps):
    """The model's own steps, one after the other. ``steps`` counts them."""
    def unsettled(carry):
        _, k, residual = carry
        return (residual > tol) & (k < max_steps) & jnp.isfinite(residual)

    def advance(carry):                         # field and step share F: the compiler evaluates it once
        r, k, _ = carry
        f = field(r)
        residual = largest(f)
        going = residual > tol
        return jax.tree_util.tree_map(lambda new, old: jnp.where(going, new, old), step(r, f), r), k + going, residual

    start = largest(r0)
    not_yet = jnp.full_like(start, jnp.finfo(start.dtype).max)
    r, k, _ = jax.lax.while_loop(unsettled, advance, (r0, jnp.asarray(0), not_yet))
    return r, k


def by_adaptive_steps(field, step, r0, tol, max_steps):
    """dr/dt = F with error control, by an implicit method (diffrax's Kvaerno3) whose steps grow as F vanishes: where a
    fixed Δt would be unstable, or the time constants differ widely. Each step solves systems of O(n³)."""
    import diffrax
    vector, back = ravel_pytree(r0)

    def F(t, r, args):
        return ravel_pytree(field(back(r)))[0]

    def settled(t, y, args, **kwargs):
        return largest(F(t, y, args)) <= tol

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(F), diffrax.Kvaerno3(root_finder=diffrax.VeryChord(rtol=1e-3, atol=1e-6)), 0., jnp.inf, 0.01,
        vector, max_steps=max_steps, throw=False, stepsize_controller=diffrax.PIDController(rtol=1e-3, atol=1e-4),
        event=diffrax.Event(settled), saveat=diffrax.SaveAt(t1=True))
    return back(solution.ys[-1]), solution.stats['num_steps']


def by_newton(field, step, r0, tol, max_steps):
    """Newton's method (optimistix): few steps of O(n³), to a fixed point near r0 whether it is stable or not."""
    import optimistix
    vector, back = ravel_pytree(r0)
    eps = jnp.finfo(vector.dtype).eps
    solution = optimistix.root_find(lambda r, _: ravel_pytree(field(back(r)))[0], optimistix.Newton(8 * eps, tol / 10),
                                    vector, max_steps=max_steps, throw=False)
    return back(solution.value), solution.stats['num_steps']


def by_anderson(field, step, r0, tol, max_steps, memory=MEMORY):
    """Anderson acceleration of r ← r + F(r): the combination of the last ``memory`` steps with the least residual.

    Fastest where the time constants are about 1 and the network is barely contracting, or not at all. ``steps``
    counts evaluations of F. (D. G. Anderson, Journal of the ACM 12, 547 (1965), doi:10.1145/321296.321305; written
    with differences as by H. F. Walker and P. Ni, SIAM J. Numer. Anal. 49, 1715 (2011), doi:10.1137/10078356X.)
    """
    start, back = ravel_pytree(r0)
    f0 = ravel_pytree(field(r0))[0]
    memory = min(memory, start.size)
    eye = 100 * jnp.finfo(start.dtype).eps * jnp.eye(memory, dtype=start.dtype)

    def unsettled(carry):
        _, f, _, _, k = carry
        residual = largest(f)
        return (residual > tol) & (k < max_steps) & jnp.isfinite(residual)

    def advance(carry):
        r, f, dR, dF, k = carry
        size = jnp.linalg.norm(dF, axis=1, keepdims=True)
        unit = dF / jnp.where(size > 0, size, 1)                         # (memory, n); rows not yet used are 0
        gamma = jnp.linalg.solve(unit @ unit.T + eye, unit @ f) / jnp.where(size > 0, size, 1)[:, 0]
        new = r + f - gamma @ (dR + dF)
        f_new = ravel_pytree(field(back(new)))[0]
        at = k % memory
        return new, f_new, dR.at[at].set(new - r), dF.at[at].set(f_new - f), k + 1

    history = jnp.zeros((memory, start.size), start.dtype)
    r, _, _, _, k = jax.lax.while_loop(unsettled, advance, (start, f0, history, history, jnp.asarray(1)))
    return back(r), k


STATIC_STEPS = ('adaptive', 'newton')           # the libraries' solvers want max_steps when they are compiled
SOLVERS = {'dynamics': by_dynamics, 'adaptive': by_adaptive_steps, 'anderson': by_anderson, 'newton': by_newton}

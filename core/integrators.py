"""One step of dr/dt = f(r), from r to r(t + Δt).

The state r is an array or a dict of arrays, and ``f(r)`` has the same form. The input does not appear here: it is
constant during a step (zero-order hold), and ``f`` already contains it.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ratezoo.types import Array, State

tree_map = jax.tree_util.tree_map


def _advance(r, dt, slope):
    """r + Δt slope."""
    return tree_map(lambda a, b: a + dt * b, r, slope)


def euler(f: Callable[[State], State], r: State, dt: float) -> State:
    """r + Δt f(r): first order."""
    return _advance(r, dt, f(r))


def rk2(f: Callable[[State], State], r: State, dt: float) -> State:
    """The midpoint rule, r + Δt f(r + Δt/2 f(r)): second order."""
    return _advance(r, dt, f(_advance(r, dt / 2, f(r))))


def rk4(f: Callable[[State], State], r: State, dt: float) -> State:
    """The classical Runge-Kutta rule: fourth order."""
    k1 = f(r)
    k2 = f(_advance(r, dt / 2, k1))
    k3 = f(_advance(r, dt / 2, k2))
    k4 = f(_advance(r, dt, k3))
    return tree_map(lambda a, b, c, d, e: a + dt / 6 * (b + 2 * c + 2 * d + e), r, k1, k2, k3, k4)


def exp_euler(f: Callable[[State], State], r: State, dt: float) -> State:
    """r + Δt φ(Δt d) f(r), with d = diag ∂f/∂r and φ(z) = (eᶻ − 1)/z, for each unit.

    First order. It is exact where f is linear and the units are not coupled, and it is stable for a stiff leak. The
    diagonal d costs n evaluations of f.
    """
    flat, unravel = ravel_pytree(r)

    def flat_f(vector):
        return ravel_pytree(f(unravel(vector)))[0]

    d = jnp.diagonal(jax.jacfwd(flat_f)(flat))
    return unravel(flat + dt * _phi(dt * d) * flat_f(flat))


def _phi(z: Array) -> Array:
    """φ(z) = (eᶻ − 1)/z. Near z = 0 the quotient is 0/0, and three terms of its series are used."""
    small = jnp.abs(z) < 1e-4
    safe = jnp.where(small, 1.0, z)  # no division by zero in the branch that is not selected: its gradient would be NaN
    return jnp.where(small, 1 + z / 2 + z * z / 6, jnp.expm1(safe) / safe)


METHODS: dict[str, Callable[[Callable[[State], State], State, float], State]] = {
    'euler': euler,
    'exp_euler': exp_euler,
    'rk2': rk2,
    'rk4': rk4,
}

# The largest Δt/τ for which dr/dt = −r/τ still decays under each method. A method without an entry has no such limit.
LARGEST_STEP = {'euler': 2.0, 'rk2': 2.0, 'rk4': 2.785}

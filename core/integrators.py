"""One step of dr/dt = f(r) from r to r(t + Δt), for a bare array or a dict of arrays.

The input is held constant over the step (zero-order hold).
"""

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

tree_map = jax.tree_util.tree_map


def _along(r, dt, k):
    return tree_map(lambda a, b: a + dt * b, r, k)


def euler(f, r, dt):
    """r + Δt f(r): first order."""
    return _along(r, dt, f(r))


def rk2(f, r, dt):
    """The midpoint rule, r + Δt f(r + Δt/2 f(r)): second order."""
    return _along(r, dt, f(_along(r, dt / 2, f(r))))


def rk4(f, r, dt):
    """The classical Runge-Kutta rule: fourth order."""
    k1 = f(r)
    k2 = f(_along(r, dt / 2, k1))
    k3 = f(_along(r, dt / 2, k2))
    k4 = f(_along(r, dt, k3))
    return tree_map(lambda a, b, c, d, e: a + dt / 6 * (b + 2 * c + 2 * d + e), r, k1, k2, k3, k4)


def exp_euler(f, r, dt):
    """r + Δt φ(Δt d) f(r), with d = diag ∂f/∂r and φ(z) = (eᶻ − 1)/z, unit by unit.

    First order, exact where f is linear and uncoupled, and stable for a stiff leak. The diagonal costs n
    evaluations of f.
    """
    flat, unravel = ravel_pytree(r)

    def g(s):
        return ravel_pytree(f(unravel(s)))[0]

    d = jnp.diagonal(jax.jacfwd(g)(flat))
    return unravel(flat + dt * _phi(dt * d) * g(flat))


def _phi(z):
    small = jnp.abs(z) < 1e-4
    safe = jnp.where(small, 1.0, z)
    return jnp.where(small, 1 + z / 2 + z * z / 6, jnp.expm1(safe) / safe)


METHODS = {'euler': euler, 'exp_euler': exp_euler, 'rk2': rk2, 'rk4': rk4}

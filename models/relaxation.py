"""Relaxation to a fixed point by the model's own steps."""

from typing import NamedTuple

import jax
import jax.numpy as jnp


class FixedPoint(NamedTuple):
    """Where a relaxation ended: the state, its largest |F| (per sample), the steps taken, whether it settled."""
    r: object
    residual: object
    steps: object
    converged: object


def relaxation(model, batched, axis):
    """Iterate the step until max |F| ≤ tol, until the state is no longer finite, or max_steps."""
    def residual(r, params, x):
        return jnp.max(jnp.abs(model.flat(model._drift(r, params, x))[0]))

    def one(r0, params, x, tol, max_steps):
        def unsettled(carry):
            _, res, k = carry
            return (res > tol) & jnp.isfinite(res) & (k < max_steps)

        def advance(carry):
            r, _, k = carry
            r = model.step(r, params, x)
            return r, residual(r, params, x), k + 1

        r, res, k = jax.lax.while_loop(unsettled, advance, (r0, residual(r0, params, x), 0))
        return FixedPoint(r, res, k, res <= tol)

    return jax.jit(jax.vmap(one, (0, None, axis, None, None)) if batched else one)

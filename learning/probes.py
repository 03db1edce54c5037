"""What rules share that average random estimates."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.learning.online import OnlineRule
from ratezoo.types import Array


class Probed(OnlineRule):
    """An `OnlineRule` whose gradient is the mean of k independent random estimates, called probes.

    It has the option ``probes`` (k) and keeps the JAX key of its random numbers in the trace ``probe_key``.
    """

    stochastic = True
    options = ('probes',)
    probes: int = 1

    def check_options(self, options: Mapping[str, Any]) -> None:
        probes = options['probes']
        if isinstance(probes, bool) or not isinstance(probes, int) or probes < 1:
            raise self.invalid('probes', 'an integer ≥ 1, the number of probes', repr(probes))

    def draw(self, key: Array, shape: tuple[int, ...], dtype: Any) -> tuple[Array, Array]:
        """Independent signs of this shape, ±1 with probability ½ each, and the next key."""
        key, key_now = jax.random.split(key)
        return jax.random.rademacher(key_now, shape, dtype), key


def norm(tree: Any) -> Array:
    """The Euclidean norm of all numbers in a tree of arrays."""
    return jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree_util.tree_leaves(tree)))


def balance(numerator: Array, denominator: Array) -> Array:
    """√(numerator/denominator), or 1 where one of them is zero.

    A random product of two factors has the least variance when both factors have the same norm. If the factor of norm
    ``denominator`` is multiplied by this number, and the factor of norm ``numerator`` is divided by it, their norms
    become equal and their product stays the same.
    """
    usable = (numerator > 0) & (denominator > 0)
    # JAX computes both branches of `where`. The inner ones put 1 in place of zeros, so that no branch divides by zero.
    return jnp.where(usable, jnp.sqrt(jnp.where(usable, numerator, 1.0) / jnp.where(usable, denominator, 1.0)), 1.0)

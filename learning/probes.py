"""Rules that average random probes."""

import jax
import jax.numpy as jnp

from ratezoo.errors import InvalidValueError
from ratezoo.learning.online import OnlineRule


class Probed(OnlineRule):
    """An `OnlineRule` that averages the products of k random probes; option ``probes``, trace ``probe_key``."""

    stochastic = True
    options = ('probes',)
    probes = 1

    def check_options(self, options):
        probes = options['probes']
        if isinstance(probes, bool) or not isinstance(probes, int) or probes < 1:
            raise InvalidValueError(f'{type(self).__name__}.probes: expected a number of probes ≥ 1, got {probes!r}.')

    def draw(self, key, shape, dtype):
        """Independent signs, ±1 with probability ½ each, and the next key."""
        key, now = jax.random.split(key)
        return jax.random.rademacher(now, shape, dtype), key


def norm(tree):
    """The Euclidean norm of all numbers in a tree of arrays."""
    return jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree_util.tree_leaves(tree)))


def balance(numerator, denominator):
    """√(a/b), the factor by which the two parts of a random product share their size; 1 where one of them is zero."""
    usable = (numerator > 0) & (denominator > 0)
    return jnp.where(usable, jnp.sqrt(jnp.where(usable, numerator, 1.) / jnp.where(usable, denominator, 1.)), 1.)

"""Deep equilibrium models: fixed points found by an accelerated solver, differentiated without its steps."""

import jax
import jax.numpy as jnp

from ratezoo.checks import is_count, is_positive
from ratezoo.errors import InvalidValueError
from ratezoo.learning.fixed_point import at_rest, tree_map
from ratezoo.learning.implicit import ImplicitGradient
from ratezoo.relaxation import FixedPoint, largest

__all__ = ['DeepEquilibrium']
CATEGORY = 'rule of fixed points'

_NEWTON_UP_TO = 2000            # units; a Newton step keeps n² numbers a sample


class DeepEquilibrium(ImplicitGradient):
    """Deep equilibrium training: r* by Anderson acceleration, its gradient by the implicit function theorem. Exact with
    backward = 'implicit'.

        (1)  r* = r* + F(r*, w, x), found by an accelerated solver, not by the network's own time course
        (2)  dl/dw = −(∂l/∂r*) J⁻¹ ∂F/∂w + ∂l/∂w                                   backward = 'implicit'
        (3)  r_{k+1} = r_k + ε F(r_k, w, x),  r_0 = r* held constant; dl(r_K)/dw    backward = 'phantom'
        (4)  the same with ε = 1 from the initial state; dl(r_K)/dw                backward = 'unrolled'

    Samples that Anderson acceleration leaves unsettled are handed to Newton's method; what then still has not settled
    raises `NotConvergedError`. A phantom gradient takes K products with J and lacks (I + ε J)^K of the exact one;
    an unrolled gradient is exactly that of K plain steps (its loss is that at r_K), with all of them kept.

    Cost: as for `ImplicitGradient`; phantom and unrolled O(K n²) operations, and O(K n) numbers.

    Options (of `gradient` and `fit`)
    ---------------------------------
    backward : str
        'implicit' (default), 'phantom' or 'unrolled'.
    unroll : int
        K of Eqs. (3) and (4). Default 10.
    damping : float
        ε of Eq. (3), 0 < ε ≤ 1. Default 1.
    linear, tol, max_steps, solver, must_settle
        As for `ImplicitGradient`; ``solver`` is 'anderson'. Unrolled, ``must_settle`` asks that K steps reach ``tol``.

    References
    ----------
    S. Bai, J. Z. Kolter and V. Koltun, "Deep equilibrium models", NeurIPS 32 (2019), doi:10.48550/arXiv.1909.01377.
    Z. Geng, X.-Y. Zhang, S. Bai, Y. Wang and Z. Lin, "On training implicit models", NeurIPS 34 (2021),
    doi:10.48550/arXiv.2111.05177 (phantom gradients, unrolled form).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.DeepEquilibrium, ratezoo.RateRNN):
    ...     '''A network whose depth is infinite.'''
    >>> net = Net(2, 5, 1, g=0.5, seed=0)
    >>> loss, exact = net.gradient(np.ones(2), np.ones(1))
    >>> _, phantom = net.gradient(np.ones(2), np.ones(1), backward='phantom', unroll=50)
    >>> bool(np.allclose(exact['W'], phantom['W'], rtol=1e-3))
    True
    """

    exact = "with backward = 'implicit' (default)"
    options = (*ImplicitGradient.options, 'backward', 'unroll', 'damping')
    solver = 'anderson'
    backward = 'implicit'
    unroll = 10
    damping = 1.

    @property
    def is_exact(self):
        """Whether ``backward`` is 'implicit'."""
        return self.backward == 'implicit'

    def check_options(self, options):
        super().check_options(options)
        who, K, eps = type(self).__name__, options['unroll'], options['damping']
        if options['backward'] not in ('implicit', 'phantom', 'unrolled'):
            raise InvalidValueError(f'{who}.backward: expected implicit, phantom or unrolled, got '
                                    f'{options["backward"]!r}.')
        if not is_count(K):
            raise InvalidValueError(f'{who}.unroll: expected a number of steps ≥ 1, got {K!r}.')
        if not (is_positive(eps) and eps <= 1):
            raise InvalidValueError(f'{who}.damping: expected 0 < ε ≤ 1, got {eps!r}.')

    def free_phase(self, params, data, backward='implicit', unroll=10, tol=None, max_steps=10_000, **options):
        tol = self.default_tol if tol is None else tol
        if backward == 'unrolled':
            def one(r0, x):
                r = self._iterated(r0, params, x, unroll, 1.)
                residual = largest(at_rest(self, r, params, x))
                return FixedPoint(r, residual, jnp.asarray(unroll), residual <= tol)
            return jax.vmap(one)(data.r0, data.x)
        free = super().free_phase(params, data, tol=tol, max_steps=max_steps, **options)
        if self.state_size > _NEWTON_UP_TO:
            return free

        def by_newton(free):
            start = tree_map(lambda a, b: jnp.where(jnp.isfinite(a), a, b), free.r, data.r0)
            found = jax.vmap(lambda r, x: self.settled(r, params, x, tol, max_steps, 'newton'))(start, data.x)
            better = found.converged & ~free.converged

            def choose(new, old):
                return jnp.where(better.reshape(better.shape + (1,) * (new.ndim - 1)), new, old)
            return FixedPoint(tree_map(choose, found.r, free.r), choose(found.residual, free.residual),
                              free.steps + better * found.steps, free.converged | better)
        return jax.lax.cond(jnp.all(free.converged), lambda free: free, by_newton, free)

    def _iterated(self, r, params, x, K, damping):
        """K steps of r ← r + ε F(r)."""
        def one(_, r):
            return tree_map(lambda a, f: a + damping * f, r, at_rest(self, r, params, x))
        return jax.lax.fori_loop(0, K, one, r)

    def settled_gradient(self, params, data, free, loss, backward='implicit', unroll=10, damping=1., **options):
        if backward == 'implicit':
            return super().settled_gradient(params, data, free, loss, **options)
        start, damping = (free.r, damping) if backward == 'phantom' else (data.r0, 1.)

        def total(params):
            def one(r0, x, y, alpha):
                r = self._iterated(r0, params, x, unroll, damping)
                return alpha * loss(self.output(r, params), y)
            return jnp.sum(jax.vmap(one)(start, data.x, data.y, data.alpha))
        return jax.grad(total)(params), {'unsettled': 0}

    def cost_per_sample(self, n, m, total, backward='implicit', unroll=10, **options):
        if backward == 'implicit':
            return super().cost_per_sample(n, m, total, **options)
        return (unroll + 6) * n + total, 6 * m * unroll

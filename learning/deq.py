"""Deep equilibrium models: a solver finds the fixed point, and the gradient does not go through its steps."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.checks import is_count, is_positive
from ratezoo.errors import InvalidValueError
from ratezoo.learning.fixed_point import Points, fixed_point_residual, tree_map
from ratezoo.learning.implicit import ImplicitGradient
from ratezoo.relaxation import FixedPoint, largest
from ratezoo.types import Loss, Params

__all__ = ['DeepEquilibrium']
CATEGORY = 'rule of fixed points'

_NEWTON_UP_TO = 2000  # units; a step of Newton's method keeps n² numbers for each sample


class DeepEquilibrium(ImplicitGradient):
    """Deep equilibrium training: r* by Anderson acceleration, its gradient by the implicit function theorem. Exact with
    backward = 'implicit'.

        (1)  r* = r* + F(r*, w, x), found by an accelerated solver, not by the network's own time course
        (2)  dl/dw = −(∂l/∂r*) J⁻¹ ∂F/∂w + ∂l/∂w                                   backward = 'implicit'
        (3)  r_{k+1} = r_k + ε F(r_k, w, x),  r_0 = r* held constant; dl(r_K)/dw    backward = 'phantom'
        (4)  the same with ε = 1 from the initial state; dl(r_K)/dw                backward = 'unrolled'

    Newton's method continues with the samples that Anderson acceleration leaves unsettled. If a sample has not settled
    then, the rule raises `NotConvergedError`. A phantom gradient takes K products with J: in place of the exact
    v = −(∂l/∂r*) J⁻¹ it has v [I − (I + ε J)^K]. An unrolled gradient is the exact gradient of K steps of r ← r + F.
    Its loss is the loss at r_K, and all K steps are kept in memory.

    Anderson acceleration and Newton's method may end at an unstable fixed point. The implicit gradient is right there,
    and the rule warns (`UnstableFixedPointWarning`). A phantom gradient is wrong there: its error grows with K. The
    error of phantom and unrolled gradients is estimated, see `FixedPointRule`.

    Cost: as for `ImplicitGradient`. Phantom and unrolled gradients take O(K n²) operations and O(K n) numbers.

    Options (of `gradient` and `fit`)
    ---------------------------------
    backward : str
        'implicit' (default), 'phantom' or 'unrolled'.
    unroll : int
        K of Eqs. (3) and (4). Default 10.
    damping : float
        ε of Eq. (3), 0 < ε ≤ 1. Default 1.
    linear, tol, max_steps, solver, must_settle, warn_above
        As for `ImplicitGradient`, but ``solver`` is 'anderson' by default. With backward = 'unrolled', ``must_settle``
        demands that the K steps reach ``tol``.

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
    backward: str = 'implicit'
    unroll: int = 10
    damping: float = 1.0

    @property
    def is_exact(self) -> bool:
        """Whether ``backward`` is 'implicit'."""
        return self.backward == 'implicit'

    def check_options(self, options: Mapping[str, Any]) -> None:
        super().check_options(options)
        backward, unroll, damping = options['backward'], options['unroll'], options['damping']
        if backward not in ('implicit', 'phantom', 'unrolled'):
            raise InvalidValueError(
                f'{type(self).__name__}.backward: expected implicit, phantom or unrolled, got {backward!r}.'
            )
        if not is_count(unroll):
            raise self.invalid('unroll', 'a number of steps ≥ 1', repr(unroll))
        if not (is_positive(damping) and damping <= 1):
            raise self.invalid('damping', '0 < ε ≤ 1', repr(damping))

    def may_be_inexact(self, options: Mapping[str, Any]) -> bool:
        return options['backward'] != 'implicit' or super().may_be_inexact(options)

    def remedy(self, options: Mapping[str, Any]) -> str:
        if options['backward'] == 'implicit':
            return super().remedy(options)
        return (
            f"Use backward='implicit', or more steps than unroll={options['unroll']} where the fixed point is stable."
        )

    def free_phase(
        self,
        params: Params,
        data: Points,
        *,
        backward: str = 'implicit',
        unroll: int = 10,
        tol: Any = None,
        max_steps: int = 10_000,
        **options: Any,
    ) -> FixedPoint:
        """The fixed point of every sample; with backward = 'unrolled' the state after K steps."""
        tol = self.default_tol if tol is None else tol
        if backward == 'unrolled':
            return self._after_steps(params, data, unroll, tol)
        free = super().free_phase(params, data, tol=tol, max_steps=max_steps, **options)
        if self.state_size > _NEWTON_UP_TO:
            return free
        return jax.lax.cond(
            jnp.all(free.converged),
            lambda free: free,
            lambda free: self._continued_by_newton(params, data, free, tol, max_steps),
            free,
        )

    def _after_steps(self, params, data, steps, tol):
        """The state of every sample after ``steps`` steps of r ← r + F from ``data.r0``."""

        def of_sample(r0, x):
            r = self._iterated(r0, params, x, steps, 1.0)
            residual = largest(fixed_point_residual(self, r, params, x))
            return FixedPoint(r, residual, jnp.asarray(steps), residual <= tol)

        return jax.vmap(of_sample)(data.r0, data.x)

    def _continued_by_newton(self, params, data, free, tol, max_steps):
        """``free`` with the samples that have not settled replaced by those that Newton's method settles.

        Newton's method starts where Anderson acceleration ended, or at r0 where that is not finite.
        """
        start = tree_map(lambda r, r0: jnp.where(jnp.isfinite(r), r, r0), free.r, data.r0)
        newton = jax.vmap(lambda r, x: self.settled(r, params, x, tol, max_steps, 'newton'))(start, data.x)
        improved = newton.converged & ~free.converged

        def choose(new, old):
            return jnp.where(improved.reshape(improved.shape + (1,) * (new.ndim - 1)), new, old)

        return FixedPoint(
            r=tree_map(choose, newton.r, free.r),
            residual=choose(newton.residual, free.residual),
            steps=free.steps + improved * newton.steps,
            converged=free.converged | improved,
        )

    def _iterated(self, r, params, x, steps, damping):
        """The state after ``steps`` steps of r ← r + ε F(r)."""

        def one_step(_, r):
            return tree_map(lambda a, f: a + damping * f, r, fixed_point_residual(self, r, params, x))

        return jax.lax.fori_loop(0, steps, one_step, r)

    def settled_gradient(
        self,
        params: Params,
        data: Points,
        free: FixedPoint,
        loss: Loss,
        *,
        backward: str = 'implicit',
        unroll: int = 10,
        damping: float = 1.0,
        **options: Any,
    ) -> tuple[Params, dict[str, Any]]:
        """Eq. (2), or the gradient through the K steps of Eq. (3) or (4); see `FixedPointRule.settled_gradient`."""
        if backward == 'implicit':
            return super().settled_gradient(params, data, free, loss, **options)
        start, damping = (free.r, damping) if backward == 'phantom' else (data.r0, 1.0)

        def weighted_loss(params):
            def of_sample(r0, x, y, alpha):
                r = self._iterated(r0, params, x, unroll, damping)
                return alpha * loss(self.output(r, params), y)

            return jnp.sum(jax.vmap(of_sample)(start, data.x, data.y, data.alpha))

        return jax.grad(weighted_loss)(params), {'unsettled': 0}

    def cost_per_sample(
        self, n: int, m: int, total: int, *, backward: str = 'implicit', unroll: int = 10, **options: Any
    ) -> tuple[float, float]:
        if backward == 'implicit':
            return super().cost_per_sample(n, m, total, **options)
        return (unroll + 6) * n + total, 6 * m * unroll

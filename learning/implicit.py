"""The implicit gradient of a fixed point, and the adjoint dynamics that settle at it."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ratezoo.errors import InvalidValueError, NotConvergedError, SingularJacobianError
from ratezoo.learning.fixed_point import (
    FixedPointRule,
    Points,
    TargetedUpdates,
    fixed_point_residual,
    gradient_from_adjoint,
)
from ratezoo.relaxation import FixedPoint, largest
from ratezoo.types import ArrayLike, Loss, Params

__all__ = ['ImplicitGradient', 'AdjointDynamics']
CATEGORY = 'rule of fixed points'

tree_map = jax.tree_util.tree_map
_DIRECT_UP_TO = 200  # units; above this, GMRES is faster (benchmarks/fixed_points.py)


class ImplicitGradient(FixedPointRule):
    """The gradient of a fixed point by the implicit function theorem. Exact where the free phase has settled.

        (1)  F(r*(w), w, x) = 0   ⇒   dl/dw = v ∂F/∂w + ∂l/∂w,     v = −(∂l/∂r*) J⁻¹,  J = ∂F/∂r at r*

    l is the loss of the output at r*. ∂l/∂w is its direct dependence on w, through the parameters of a readout. The
    error of the gradient is proportional to the |F| that remains at the end of the free phase.

    The error is estimated (see `FixedPointRule`) in single precision, for a ``tol`` above the default, with
    must_settle = False and with GMRES. A solver other than 'dynamics' may find an unstable fixed point. The gradient
    there is that of this fixed point, and the rule warns (`UnstableFixedPointWarning`). Noise (sigma) is left out, and
    the rule warns of it.

    Cost: one linear system for each sample. The direct solution takes O(n³) operations and n² numbers. GMRES with k
    iterations takes O(k n²) operations and O(n) numbers, and does not form J.

    Options (of `gradient` and `fit`)
    ---------------------------------
    linear : str
        How v is computed. 'direct': factorise J. 'gmres': iterate with products v J. 'auto' (default): direct up to 200
        units.
    tol, max_steps, solver, must_settle, warn_above
        As for `FixedPointRule`.

    Raises
    ------
    SingularJacobianError
        J has no inverse at r*. Then the fixed point is not isolated, or it is about to lose its stability.

    References
    ----------
    F. J. Pineda, "Generalization of back-propagation to recurrent neural networks", Physical Review Letters 59,
    2229–2232 (1987), doi:10.1103/PhysRevLett.59.2229, Eqs. (5)–(9). Y. Saad and M. H. Schultz, SIAM J. Sci. Stat.
    Comput. 7, 856–869 (1986), doi:10.1137/0907058 (GMRES).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.ImplicitGradient, ratezoo.LinearRNN):
    ...     '''r* = (b + x) / (1 - w).'''
    >>> net = Net(w=0.5, b=1.)
    >>> loss, grads = net.gradient(x=np.zeros(1), y=np.ones(1))         # r* = 2, dr*/dw = 4, dr*/db = 2
    >>> round(loss, 4), round(float(grads['w'][0, 0]), 3), round(float(grads['b'][0]), 3)
    (0.5, 4.0, 2.0)
    """

    exact: bool | str = True
    options: tuple[str, ...] = (*FixedPointRule.options, 'linear')
    linear: str = 'auto'

    def check_options(self, options: Mapping[str, Any]) -> None:
        super().check_options(options)
        if options['linear'] not in ('auto', 'direct', 'gmres'):
            raise InvalidValueError(
                f'{type(self).__name__}.linear: expected auto, direct or gmres, got {options["linear"]!r}.'
            )

    def may_be_inexact(self, options: Mapping[str, Any]) -> bool:
        settles = options['must_settle'] and options['tol'] <= self.default_tol
        return not (settles and self._is_direct(options['linear']) and self.dtype == jnp.float64)

    def remedy(self, options: Mapping[str, Any]) -> str:
        if self._is_direct(options['linear']):
            return super().remedy(options)
        return "Use a smaller tol or more steps, linear='direct' or double precision."

    def settled_gradient(
        self, params: Params, data: Points, free: FixedPoint, loss: Loss, *, linear: str = 'auto', **options: Any
    ) -> tuple[Params, dict[str, Any]]:
        """Eq. (1) at the end of the free phase; see `FixedPointRule.settled_gradient`."""
        solve = self._solve_directly if self._is_direct(linear) else self._solve_by_gmres

        def adjoint(r, x, y):
            vector, unravel = ravel_pytree(r)
            dl_dr = jax.grad(lambda r: loss(self.output(unravel(r), params), y))(vector)

            def field(vector):
                return ravel_pytree(fixed_point_residual(self, unravel(vector), params, x))[0]

            v, singularity = solve(field, vector, dl_dr)
            return unravel(v), singularity

        v, singularities = jax.vmap(adjoint)(free.r, data.x, data.y)
        report = {'unsettled': 0, 'singularity': jnp.max(singularities)}
        return gradient_from_adjoint(self, params, data, free.r, v, loss), report

    def _is_direct(self, linear):
        return linear == 'direct' or (linear == 'auto' and self.state_size <= _DIRECT_UP_TO)

    def _solve_directly(self, field, r, dl_dr):
        """v in v J = −∂l/∂r, and a number that is ≥ 1 if J is too close to a singular matrix.

        The relative error of v is about ε times the condition number ‖J‖ ‖J⁻¹‖, where ε is the rounding error of one
        number. The condition number is at least ‖v‖ ‖J‖/‖∂l/∂r‖, and this bound costs no second factorisation. The
        number is 100 ε times the bound: from 1 on, v has at most two correct digits.
        """
        J = jax.jacfwd(field)(r)
        v = jnp.linalg.solve(J.T, -dl_dr)
        size = jnp.linalg.norm(dl_dr)
        condition = jnp.linalg.norm(v) * jnp.linalg.norm(J) / jnp.where(size > 0, size, 1)
        singularity = condition * jnp.finfo(r.dtype).eps * 100
        return v, jnp.where(jnp.isfinite(singularity), singularity, jnp.inf)

    def _solve_by_gmres(self, field, r, dl_dr):
        """v in v J = −∂l/∂r from products v J, and a number that is ≥ 1 if GMRES has not found it.

        The number is ‖v J + ∂l/∂r‖/‖∂l/∂r‖, divided by the largest value that is accepted. Where J is singular, GMRES
        does not converge.
        """
        _, pull = jax.vjp(field, r)
        size = jnp.linalg.norm(dl_dr)
        tol = 1e3 * jnp.finfo(r.dtype).eps
        restart = min(r.size, 60)
        v, _ = jax.scipy.sparse.linalg.gmres(
            lambda v: pull(v)[0], -dl_dr, tol=tol / 10, restart=restart, maxiter=40, solve_method='batched'
        )
        singularity = jnp.linalg.norm(pull(v)[0] + dl_dr) / (jnp.where(size > 0, size, 1) * tol * 100)
        return v, jnp.where(jnp.isfinite(singularity), singularity, jnp.inf)

    def check_own_report(self, who: str, report: Mapping[str, Any]) -> None:
        if 'singularity' in report and not float(report['singularity']) < 1:
            raise SingularJacobianError(
                f"{who}: expected an isolated, stable fixed point, got one where J can't be inverted (or GMRES did not "
                "converge). net.stability(r) shows the eigenvalues of J. Change the weights, or try linear='direct'."
            )

    def cost_per_sample(
        self, n: int, m: int, total: int, *, linear: str = 'auto', **options: Any
    ) -> tuple[float, float]:
        if self._is_direct(linear):
            return 3 * n * n + total, 2 * n**3 / 3 + 2 * n * m + 6 * m
        return 70 * n + total, 4 * m * 30 + 6 * m


class AdjointDynamics(TargetedUpdates, FixedPointRule):
    """Recurrent back-propagation: a second dynamical system, the adjoint, settles at the gradient. Exact where the
    network and the adjoint have settled.

        (1)  dv/dt = v J + ∂l/∂r*,      settles at v* = −(∂l/∂r*) J⁻¹
        (2)  dl/dw = v* ∂F/∂w + ∂l/∂w

    v settles if and only if r* is stable. It settles as fast as the network itself. No matrix is formed or inverted.

    Cost: a step of v is one product with J, O(n²) operations and O(n) numbers.

    Under DSRunner, call ``net.set_target(y)`` first. Then each `update` takes one step of r and one step of v, with the
    J of the current r. ``monitors=['r', 'v']`` shows how both settle. A network with several states has one Variable
    ``v_<state>`` for each state.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol, max_steps, solver, must_settle, warn_above
        As for `FixedPointRule`. v has settled when max |v J + ∂l/∂r| ≤ tol · max |∂l/∂r|.

    References
    ----------
    L. B. Almeida, "A learning rule for asynchronous perceptrons with feedback in a combinatorial environment", Proc.
    First IEEE Int. Conf. on Neural Networks, vol. 2, 609–618 (1987). F. J. Pineda, Physical Review Letters 59,
    2229–2232 (1987), doi:10.1103/PhysRevLett.59.2229, Eq. (10).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.AdjointDynamics, ratezoo.LinearRNN):
    ...     '''r and v settle.'''
    >>> net = Net(w=0.5, b=1.)
    >>> net.set_target(np.ones(1))
    >>> runner = ratezoo.Runner(net, monitors=['r', 'v'], progress_bar=False)
    >>> _ = runner.run(inputs=np.zeros((400, 1)))
    >>> [round(float(runner.mon[k][-1, 0]), 3) for k in ('r', 'v')]
    [2.0, 2.0]
    """

    exact = True

    def extra_variables(self) -> dict[str, Any]:
        """The adjoint v. It is 0 after a reset."""
        return {
            name: self.batched(jnp.zeros(self.sizes[state], self.dtype)) for name, state in self.adjoint_names.items()
        }

    @property
    def adjoint_names(self) -> dict[str, str]:
        """The names of the adjoint's Variables; each is mapped to the name of the state that it belongs to."""
        return {'v' if len(self.states) == 1 else f'v_{state}': state for state in self.states}

    def update(self, x: ArrayLike | None = None) -> Any:
        """Take one step of the network and one step of its adjoint; returns the output."""
        params, (inputs, axis) = self.params_dict(), self.as_input(x)
        v = self.as_state({state: getattr(self, name).value for name, state in self.adjoint_names.items()})

        def step_of_sample(r, v, params, x, y):
            dv_dt = self._adjoint_field(r, params, x, self.slope(r, params, y))(v)
            return tree_map(lambda a, b: a + self._adjoint_dt * b, v, dv_dt)

        step = self.map_samples(step_of_sample, (0, 0, None, axis, 0))
        new = self.by_name(step(self.state, v, params, inputs, self.y.value))
        for name, state in self.adjoint_names.items():
            getattr(self, name).value = new[state]
        return super().update(x)  # type: ignore[misc]  # the method of the model, which comes after the rule

    @property
    def _adjoint_dt(self):
        """The time step of v: that of the network. In discrete time it is 1, v ← v + (v J + ∂l/∂r)."""
        return self.dt if self.is_continuous else 1.0

    def _adjoint_field(self, r, params, x, dl_dr):
        """dv/dt as a function of v, Eq. (1)."""
        _, pull = jax.vjp(lambda r: fixed_point_residual(self, r, params, x), r)
        return lambda v: tree_map(jnp.add, pull(v)[0], dl_dr)

    def settled_gradient(
        self,
        params: Params,
        data: Points,
        free: FixedPoint,
        loss: Loss,
        *,
        tol: Any = None,
        max_steps: int = 10_000,
        **options: Any,
    ) -> tuple[Params, dict[str, Any]]:
        """Let v settle, Eq. (1), and take the gradient there, Eq. (2); see `FixedPointRule.settled_gradient`."""
        tol = self.default_tol if tol is None else tol

        def adjoint(r, x, y):
            dl_dr = self.slope(r, params, y, loss)
            field, size = self._adjoint_field(r, params, x, dl_dr), largest(dl_dr)

            def unsettled(carry):
                _, dv_dt, steps = carry
                return (largest(dv_dt) > tol * size) & jnp.isfinite(largest(dv_dt)) & (steps < max_steps)

            def advance(carry):
                v, dv_dt, steps = carry
                v = tree_map(lambda a, b: a + self._adjoint_dt * b, v, dv_dt)
                return v, field(v), steps + 1

            start = tree_map(jnp.zeros_like, r)
            v, dv_dt, _ = jax.lax.while_loop(unsettled, advance, (start, field(start), jnp.asarray(0)))
            return v, largest(dv_dt) / jnp.where(size > 0, size, 1)

        v, residuals = jax.vmap(adjoint)(free.r, data.x, data.y)
        report = {'unsettled': jnp.sum(~(residuals <= tol)), 'adjoint_residual': jnp.max(residuals)}
        return gradient_from_adjoint(self, params, data, free.r, v, loss), report

    def check_own_report(self, who: str, report: Mapping[str, Any]) -> None:
        if 'adjoint_residual' in report and float(report['unsettled']) > 0:
            raise NotConvergedError(
                f'{who}: r or v did not settle. max |F| = {float(report["residual"]):.2g}, and max |v J + ∂l/∂r| = '
                f'{float(report["adjoint_residual"]):.2g} times max |∂l/∂r|. v settles only where r* is stable (see '
                'net.stability). Increase max_steps, tol or dt; must_settle=False accepts values that have not settled.'
            )

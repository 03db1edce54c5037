"""The implicit gradient of a fixed point, and the adjoint dynamics that settle at it."""

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from ratezoo.errors import InvalidValueError, NotConvergedError, SingularJacobianError
from ratezoo.learning.fixed_point import FixedPointRule, TargetedUpdates, at_rest, through_field
from ratezoo.relaxation import largest

__all__ = ['ImplicitGradient', 'AdjointDynamics']
CATEGORY = 'rule of fixed points'

tree_map = jax.tree_util.tree_map
_DIRECT_UP_TO = 200             # units; beyond, matrix-free GMRES is the quicker one (benchmarks/fixed_points.py)


class ImplicitGradient(FixedPointRule):
    """The gradient of a fixed point by the implicit function theorem. Exact where the free phase has settled.

        (1)  F(r*(w), w, x) = 0   ⇒   dl/dw = v ∂F/∂w + ∂l/∂w,     v = −(∂l/∂r*) J⁻¹,  J = ∂F/∂r at r*

    l is the loss of the output at r*; ∂l/∂w is its direct share, of a readout. The error of the gradient is
    proportional to what the free phase left of F.

    Cost: one linear system for each sample, O(n³) operations and n² numbers directly, O(k n²) and O(n) (and J never
    formed) by k iterations of GMRES.

    Options (of `gradient` and `fit`)
    ---------------------------------
    linear : str
        'direct': J is formed and factorised. 'gmres': matrix-free. 'auto' (default): direct up to 200 units.
    tol, max_steps, solver, must_settle
        Of the free phase; see `FixedPointRule`.

    Raises
    ------
    SingularJacobianError
        J can't be inverted at r*: the fixed point is not isolated, or about to lose its stability.

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

    exact = True
    options = (*FixedPointRule.options, 'linear')
    linear = 'auto'

    def check_options(self, options):
        super().check_options(options)
        if options['linear'] not in ('auto', 'direct', 'gmres'):
            raise InvalidValueError(f'{type(self).__name__}.linear: expected auto, direct or gmres, got '
                                    f'{options["linear"]!r}.')

    def settled_gradient(self, params, data, free, loss, linear='auto', **options):
        solve = self._solve_directly if self._directly(linear) else self._solve_by_gmres

        def adjoint(r, x, y):
            vector, back = ravel_pytree(r)
            dl_dr = jax.grad(lambda r: loss(self.output(back(r), params), y))(vector)

            def field(s):
                return ravel_pytree(at_rest(self, back(s), params, x))[0]
            v, flaw = solve(field, vector, dl_dr)
            return back(v), flaw
        v, flaws = jax.vmap(adjoint)(free.r, data.x, data.y)
        return through_field(self, params, data, free.r, v, loss), {'unsettled': 0, 'flaw': jnp.max(flaws)}

    def _directly(self, linear):
        return linear == 'direct' or (linear == 'auto' and self.state_size <= _DIRECT_UP_TO)

    def _solve_directly(self, field, r, dl_dr):
        """v J = −∂l/∂r by factorising J, and how far J is from a matrix that can be inverted (1 is too far)."""
        J = jax.jacfwd(field)(r)
        v = jnp.linalg.solve(J.T, -dl_dr)
        size = jnp.linalg.norm(dl_dr)
        growth = jnp.linalg.norm(v) * jnp.linalg.norm(J) / jnp.where(size > 0, size, 1)     # ≤ the condition number
        flaw = growth * jnp.finfo(r.dtype).eps * 100
        return v, jnp.where(jnp.isfinite(flaw), flaw, jnp.inf)

    def _solve_by_gmres(self, field, r, dl_dr):
        """The same from products v J alone; the flaw is the residual in units of what is asked."""
        _, pull = jax.vjp(field, r)
        size = jnp.linalg.norm(dl_dr)
        tol = 1e3 * jnp.finfo(r.dtype).eps
        restart = min(r.size, 60)
        v, _ = jax.scipy.sparse.linalg.gmres(lambda v: pull(v)[0], -dl_dr, tol=tol / 10, restart=restart, maxiter=40,
                                             solve_method='batched')
        flaw = jnp.linalg.norm(pull(v)[0] + dl_dr) / (jnp.where(size > 0, size, 1) * tol * 100)
        return v, jnp.where(jnp.isfinite(flaw), flaw, jnp.inf)

    def check_own_report(self, who, report):
        if 'flaw' in report and not float(report['flaw']) < 1:
            raise SingularJacobianError(
                f'{who}: J can\'t be inverted at the fixed point (or GMRES did not get there). A fixed point that is '
                'isolated and stable is expected; net.stability(r) shows the eigenvalues of J. Change the weights, or '
                'give linear=\'direct\'.')

    def cost_per_sample(self, n, m, total, linear='auto', **options):
        if self._directly(linear):
            return 3 * n * n + total, 2 * n ** 3 / 3 + 2 * n * m + 6 * m
        return 70 * n + total, 4 * m * 30 + 6 * m


class AdjointDynamics(TargetedUpdates, FixedPointRule):
    """Recurrent back-propagation: a second network, the adjoint, settles at the gradient of a fixed point. Exact where
    both have settled.

        (1)  dv/dt = v J + ∂l/∂r*,      settles at v* = −(∂l/∂r*) J⁻¹
        (2)  dl/dw = v* ∂F/∂w + ∂l/∂w

    It settles if and only if r* is stable, at the rate of the network itself, and no matrix is formed or inverted.

    Cost: a step of v is one product with J, O(n²) operations and O(n) numbers.

    Under DSRunner (after ``net.set_target(y)``) each `update` takes one step of r and one of v, at the J of the present
    r; ``monitors=['r', 'v']`` shows both settle. A network of several states has ``v_<state>`` for each.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol, max_steps, solver, must_settle
        As for `FixedPointRule`; v has settled where max |v J + ∂l/∂r| ≤ tol · max |∂l/∂r|.

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

    def extra_variables(self):
        """The adjoint v, 0 at first."""
        return {name: self.batched(jnp.zeros(self.sizes[s], self.dtype)) for name, s in self.adjoint_names.items()}

    @property
    def adjoint_names(self):
        """The Variables of the adjoint, name → the state that it belongs to."""
        return {'v' if len(self.states) == 1 else f'v_{s}': s for s in self.states}

    def update(self, x=None):
        """One step of the network and one of its adjoint; returns the output."""
        params, (checked, axis) = self.params_dict(), self.as_input(x)
        r, v = self.state, self.as_state({s: getattr(self, name).value for name, s in self.adjoint_names.items()})

        def one(r, v, params, x, y):
            f = self._adjoint_field(r, params, x, self.slope(r, params, y))(v)
            return tree_map(lambda a, b: a + self._adjoint_dt * b, v, f)
        v = self.map_samples(one, (0, 0, None, axis, 0))(r, v, params, checked, self.y.value)
        for name, s in self.adjoint_names.items():
            getattr(self, name).value = self.by_name(v)[s]
        return super().update(x)

    @property
    def _adjoint_dt(self):
        """Δt of v: the network's own; a network in discrete time steps by v ← v + (v J + ∂l/∂r)."""
        return self.dt if self.is_continuous else 1.

    def _adjoint_field(self, r, params, x, dl_dr):
        """dv/dt as a function of v, Eq. (1)."""
        _, pull = jax.vjp(lambda s: at_rest(self, s, params, x), r)
        return lambda v: tree_map(jnp.add, pull(v)[0], dl_dr)

    def settled_gradient(self, params, data, free, loss, tol=None, max_steps=10_000, **options):
        tol = self.default_tol if tol is None else tol

        def adjoint(r, x, y):
            dl_dr = self.slope(r, params, y, loss)
            field, size = self._adjoint_field(r, params, x, dl_dr), largest(dl_dr)

            def unsettled(carry):
                _, f, k = carry
                return (largest(f) > tol * size) & jnp.isfinite(largest(f)) & (k < max_steps)

            def advance(carry):
                v, f, k = carry
                v = tree_map(lambda a, b: a + self._adjoint_dt * b, v, f)
                return v, field(v), k + 1
            start = tree_map(jnp.zeros_like, r)
            v, f, _ = jax.lax.while_loop(unsettled, advance, (start, field(start), jnp.asarray(0)))
            return v, largest(f) / jnp.where(size > 0, size, 1)
        v, residual = jax.vmap(adjoint)(free.r, data.x, data.y)
        report = {'unsettled': jnp.sum(~(residual <= tol)), 'adjoint': jnp.max(residual)}
        return through_field(self, params, data, free.r, v, loss), report

    def check_own_report(self, who, report):
        if 'adjoint' in report and float(report['unsettled']) > 0:
            raise NotConvergedError(
                f'{who}: r or v did not settle: max |F| = {float(report["residual"]):.2g}, max |v J + ∂l/∂r| = '
                f'{float(report["adjoint"]):.2g} of ∂l/∂r. v settles only where r* is stable (net.stability). Give '
                'more max_steps or a larger tol, or a larger dt; must_settle=False takes it as it is.')

"""The fixed points of a `RateModel`: let it settle, and look at its Jacobian there."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import DivergedError, UnknownNameError
from ratezoo.relaxation import SOLVERS, STATIC_STEPS, Stability, settle


class Settles:
    """The part of `RateModel` that finds fixed points, F(r*, w, x) = 0."""

    def relax(self, x=None, r0=None, tol=None, max_steps=10_000, *, solver='dynamics'):
        """Let the noiseless network settle at r*, F(r*, w, x) = 0, with constant input.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in), optional
            Constant input; zero if not given.
        r0 : array (n,) or (B, n), optional
            Where to start; by default the initial state.
        tol : float, optional
            Settled means max |F| ≤ tol, for each sample (discrete time: max |step(r) − r|). Default 1e-10 in
            double, 1e-5 in single precision.
        max_steps : int
            Give up after so many steps. Default 10 000.
        solver : str
            'dynamics' (default): the network's own steps of Δt. 'adaptive': dr/dt = F with error control. 'anderson':
            Anderson acceleration of r ← r + F. 'newton'. The last two may end at a fixed point that is not stable, or
            not the one that the network would settle at: see `stability`.

        Returns
        -------
        FixedPoint
            ``r``, and for each sample ``residual``, ``steps`` and ``converged``; look at the last.

        Raises
        ------
        DivergedError
            The state became infinite or NaN.
        """
        if not (tol is None or tol > 0):
            raise self.invalid('relax', 'a tolerance tol > 0', tol)
        if solver not in SOLVERS:
            raise UnknownNameError(f'{type(self).__name__}.relax: expected a solver among {", ".join(SOLVERS)}, got '
                                   f'{solver!r}.')
        self.check_finite('x', x)
        batch = self.batch_of(x, None if r0 is None else self.by_name(r0)[self.states[0]])
        x, axis = self.as_input(x, batch)
        r0 = None if r0 is None else self.starting_state(r0, batch)

        def build():
            def all_of(r0, params, x, tol, steps):
                r0 = self.starting_state(None, batch) if r0 is None else r0

                def one(r0, x):
                    return self.settled(r0, params, x, tol, max_steps if steps is None else steps, solver)
                return (one if batch is None else jax.vmap(one, (0, axis)))(r0, x)
            return jax.jit(all_of)
        static = solver in STATIC_STEPS
        found = self.compiled(('relax', batch, axis, solver, max_steps if static else None), build)(
            r0, self.params_dict(), x, tol or self.default_tol, None if static else max_steps)
        if not np.isfinite(np.asarray(found.residual)).all():
            raise DivergedError(f'{type(self).__name__}.relax: the state blew up after {int(jnp.max(found.steps))} '
                                'steps. Is a fixed point stable for these parameters? Try smaller weights or dt.')
        return found

    @property
    def default_tol(self):
        """The largest |F| that counts as settled unless told otherwise."""
        return 1e-10 if self.dtype == jnp.float64 else 1e-5

    def settled(self, r0, params, x, tol, max_steps, solver='dynamics', force=None):
        """The `FixedPoint` of one sample, pure; ``force(r)`` is added to F where it is given."""
        def drift(r):
            f = self.drift(r, params, x)
            return f if force is None else jax.tree_util.tree_map(jnp.add, f, force(r))
        own = force is None

        def step(r, f):
            if not self.is_continuous:
                return jax.tree_util.tree_map(jnp.add, r, f)
            return self.step(r, params, x) if own else self.step_along(drift, r)
        return settle(lambda r: self.at_rest(r, drift(r)), step, r0, tol, max_steps, solver)

    def stability(self, r, x=None, k=5):
        """How the network behaves near the state ``r``: the ``k`` leading eigenvalues of J (default 5).

        A fixed point is stable if all eigenvalues have negative real parts (discrete time: if I + J has none outside
        the unit circle; then the eigenvalues are those of I + J, largest modulus first). Units that are held by
        ``bounds`` count as settled.

        Returns
        -------
        Stability
            ``eigenvalues`` (k,) or (B, k), complex; ``stable``, a bool or (B,).
        """
        J = np.asarray(self.jacobian(r, x))
        if not self.is_continuous:
            values = np.linalg.eigvals(J + np.eye(J.shape[-1]))
            order, stable = np.argsort(-np.abs(values), -1), (np.abs(values) < 1).all(-1)
        else:
            values = np.linalg.eigvals(J)
            order, stable = np.argsort(-values.real, -1), (values.real < 0).all(-1)
        return Stability(np.take_along_axis(values, order, -1)[..., :k], stable)

    def jacobian(self, r, x=None):
        """J = ∂F/∂r at state r and input x with the current parameters; (n, n), with a batch (B, n, n).

        In discrete time, of step(r) − r; within ``bounds``, of clip(r + F) − r. Several states are strung together in
        the order of ``states``.
        """
        batch = self.batch_of(x, self.by_name(r)[self.states[0]])
        x, axis = self.as_input(x, batch)
        r = self.starting_state(r, batch)

        def build():
            def one(r, params, x):
                flat, back = self.flat(r)
                return jax.jacfwd(lambda s: self.flat(self.at_rest(back(s), self.drift(back(s), params, x)))[0])(flat)
            return jax.jit(one if batch is None else jax.vmap(one, (0, None, axis)))
        return self.compiled(('jacobian', batch is None, axis), build)(r, self.params_dict(), x)

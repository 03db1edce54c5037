"""Fixed points of a `RateModel`: it settles at them, and the Jacobian there tells whether they are stable."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import of_a_network
from ratezoo.errors import DivergedError, NotConvergedError, UnknownNameError
from ratezoo.relaxation import SOLVERS, STATIC_STEPS, FixedPoint, Stability, refine, settle
from ratezoo.types import Array, ArrayLike, Params, PartOfModel, State, StateLike


class Settles(PartOfModel):
    """The part of `RateModel` that finds fixed points, F(r*, w, x) = 0, and their stability."""

    @of_a_network
    def relax(
        self,
        x: ArrayLike | None = None,
        r0: StateLike | None = None,
        tol: float | None = None,
        max_steps: int = 10_000,
        *,
        solver: str = 'dynamics',
    ) -> FixedPoint:
        """Let the network settle at r*, F(r*, w, x) = 0, with a constant input and without noise.

        The network's own state does not change.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in), optional
            Constant input; zero if not given.
        r0 : array (n,) or (B, n), optional
            Where to start; by default the initial state.
        tol : float, optional
            A sample has settled when max |F| ≤ tol (discrete time: max |step(r) − r|). None (default): 1e-10 in double
            and 1e-5 in single precision.
        max_steps : int
            The largest number of steps. Default 10 000.
        solver : str
            'dynamics' (default): the network's own steps of Δt. 'adaptive': dr/dt = F with error control. 'anderson':
            Anderson acceleration of r ← r + F. 'newton': Newton's method. The last two may end at an unstable fixed
            point, or at another one than the network itself; `stability` tells.

        Returns
        -------
        FixedPoint
            ``r``, and for each sample ``residual``, ``steps`` and ``converged``. Look at ``converged``: no error is
            raised if a sample has not settled.

        Raises
        ------
        DivergedError
            The state became infinite or NaN.
        """
        if not (tol is None or tol > 0):
            raise self.invalid('relax', 'a tolerance tol > 0', tol)
        if solver not in SOLVERS:
            expected = f'a solver among {", ".join(SOLVERS)}'
            raise UnknownNameError(f'{type(self).__name__}.relax: expected {expected}, got {solver!r}.')
        self.check_finite('x', x)
        batch = self.batch_of(x, None if r0 is None else self.by_name(r0)[self.states[0]])
        x, axis = self.as_input(x, batch)
        r0 = None if r0 is None else self.starting_state(r0, batch)

        # Most solvers take max_steps as an argument, so that another number compiles nothing.
        fixed_steps = max_steps if solver in STATIC_STEPS else None
        relax = self.compiled(
            ('relax', batch, axis, solver, fixed_steps),
            lambda: jax.jit(self._relaxation(batch, axis, solver, fixed_steps)),
        )
        steps = max_steps if fixed_steps is None else None
        fixed_point = relax(r0, self.params_dict(), x, tol or self.default_tol, steps)
        if not np.isfinite(np.asarray(fixed_point.residual)).all():
            raise DivergedError(
                f'{type(self).__name__}.relax: the state blew up after {int(jnp.max(fixed_point.steps))} steps. Is a '
                'fixed point stable for these parameters? Try smaller weights or dt.'
            )
        return fixed_point

    def _relaxation(self, batch, axis, solver, fixed_steps):
        """The pure function of `relax` for ``batch`` samples whose inputs lie along ``axis``."""

        def relax_all(r0, params, x, tol, steps):
            r0 = self.starting_state(None, batch) if r0 is None else r0
            max_steps = fixed_steps if steps is None else steps

            def relax_one(r0, x):
                return self.settled(r0, params, x, tol, max_steps, solver)

            return (relax_one if batch is None else jax.vmap(relax_one, (0, axis)))(r0, x)

        return relax_all

    @property
    def default_tol(self) -> float:
        """The largest |F| of a settled network, where no tolerance is given."""
        return 1e-10 if self.dtype == jnp.float64 else 1e-5

    def settled(
        self,
        r0: State,
        params: Params,
        x: Array,
        tol: Any,
        max_steps: Any,
        solver: str = 'dynamics',
        force: Callable[[State], State] | None = None,
        aim: Any = None,
    ) -> FixedPoint:
        """The `FixedPoint` of one sample; pure. With a ``force`` it is a fixed point of dr/dt = F(r) + force(r).

        With an ``aim`` the network goes on, when it has settled, until max |F| ≤ ``aim`` (see `relaxation.refine`).
        """

        def drift(r):
            f = self.drift(r, params, x)
            return f if force is None else jax.tree_util.tree_map(jnp.add, f, force(r))

        def step(r, f):
            if not self.is_continuous:
                return jax.tree_util.tree_map(jnp.add, r, f)
            return self.step(r, params, x) if force is None else self.step_along(drift, r)

        def field(r):
            return self.at_rest(r, drift(r))

        found = settle(field, step, r0, tol, max_steps, solver)
        return found if aim is None else refine(field, step, found, aim, max_steps)

    def stability(self, r: StateLike | FixedPoint | None = None, x: ArrayLike | None = None, k: int = 5) -> Stability:
        """The ``k`` leading eigenvalues of the Jacobian J at the state r, and whether a fixed point there is stable.

        A fixed point is stable if all eigenvalues of J have negative real parts. In discrete time it is stable if all
        eigenvalues of I + J lie inside the unit circle; then the eigenvalues of I + J are returned, largest modulus
        first. A unit that ``bounds`` hold at its limit counts as stable.

        Parameters
        ----------
        r : array (n,) or (B, n), dict of such arrays by state, or FixedPoint, optional
            The state. None (default): where `relax` settles from the initial state.
        x : array (n_in,) or (B, n_in), optional
            The input; zero if not given.
        k : int
            How many eigenvalues to return. Default 5.

        Returns
        -------
        Stability
            ``eigenvalues`` (k,) or (B, k), complex; ``stable``, a bool or (B,).

        Raises
        ------
        NotConvergedError
            No state is given, and the network does not settle from its initial state.
        """
        if r is None:
            r = self._settled_from_the_start(x)
        J = np.asarray(self.jacobian(r, x))
        if self.is_continuous:
            values = np.linalg.eigvals(J)
            order, stable = np.argsort(-values.real, -1), (values.real < 0).all(-1)
        else:
            values = np.linalg.eigvals(J + np.eye(J.shape[-1]))
            order, stable = np.argsort(-np.abs(values), -1), (np.abs(values) < 1).all(-1)
        return Stability(np.take_along_axis(values, order, -1)[..., :k], stable)

    def _settled_from_the_start(self, x):
        """The state where the network settles from its initial state."""
        point = self.relax(x)
        if not np.all(point.converged):
            raise NotConvergedError(
                f'{type(self).__name__}.stability: expected a state, because the network does not settle from its '
                f'initial state: the residual is {np.max(point.residual):.2g} after {np.max(point.steps)} steps. '
                f'Write stability(r); ratezoo.fixed_points(net, limits=(low, high)) also finds unstable fixed points.'
            )
        return point.r

    def jacobian(self, r: StateLike | FixedPoint, x: ArrayLike | None = None) -> Array:
        """J = ∂F/∂r at the state r and the input x with the current parameters: (n, n), or (B, n, n) with a batch.

        In discrete time it is the Jacobian of step(r) − r, and within ``bounds`` that of clip(r + F) − r. Several
        states form one vector, in the order of ``states``. A `FixedPoint` stands for its r.
        """
        batch = self.batch_of(x, self.by_name(r)[self.states[0]])
        x, axis = self.as_input(x, batch)
        r = self.starting_state(r, batch)

        def one_sample(r, params, x):
            vector, back = self.flat(r)

            def field(vector):
                r = back(vector)
                return self.flat(self.at_rest(r, self.drift(r, params, x)))[0]

            return jax.jacfwd(field)(vector)

        def build():
            return jax.jit(one_sample if batch is None else jax.vmap(one_sample, (0, None, axis)))

        return self.compiled(('jacobian', batch is None, axis), build)(r, self.params_dict(), x)

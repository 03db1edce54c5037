"""The nudged phases of equilibrium propagation and of its variants: dr/dt = F(r, w, x) + λ (∂l/∂r)ᵀ.

A rule compares the fixed points r*(λ) at several nudges λ. The nudges and the way to compare them are a *scheme*.
"""

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import CompositionError, DivergedError, InvalidValueError, UnknownNameError
from ratezoo.learning.fixed_point import FixedPointRule, Points, TargetedUpdates
from ratezoo.relaxation import FixedPoint, largest
from ratezoo.types import ArrayLike, Loss, Params
from ratezoo.variables import ExtraVariable

tree_map = jax.tree_util.tree_map
SCHEMES = ('one-sided', 'centred', 'holomorphic')
VISIBLE_NUDGE = 0.5  # in a run, where a small nudge would not be seen
# λ in double and in single precision. The error of the scheme grows with λ, that of rounding with 1/λ.
_SMALL_NUDGES = {'one-sided': (1e-4, 5e-4), 'centred': (1e-4, 2e-3), 'holomorphic': (1e-3, 5e-3)}
_NUDGED_TOL = 1e-6  # a phase without a tol settles until |F + λ ∂l/∂r| is this part of λ |∂l/∂r|


def contour(scheme: str, nudge: float, points: int) -> tuple[np.ndarray, np.ndarray]:
    """The nudges λ_k of a scheme, and weights c_k: dg/dλ at λ = 0 is about Σ_k Re c_k g(λ_k).

    * 'one-sided': [g(λ) − g(0)]/λ. The error is O(λ). A nudge of 0 is the free phase.
    * 'centred': [g(λ) − g(−λ)]/2λ. The error is O(λ²).
    * 'holomorphic': the mean of g(λ e^{iθ}) e^{−iθ}/λ over the N = ``points`` angles θ = 2πk/N. The error is O(λ^N). In
      a real network, g at the conjugate of a nudge is the conjugate of g. So only the angles from 0 to π are run. The
      angles between 0 and π count twice.

    Parameters
    ----------
    scheme : str
        One of `SCHEMES`.
    nudge : float
        λ, the radius of the circle in the holomorphic scheme.
    points : int
        N, for the holomorphic scheme alone.

    Returns
    -------
    nudges, weights : arrays (K,)
    """
    if scheme == 'one-sided':
        return nudge * np.array([1.0, 0.0]), np.array([1.0, -1.0]) / nudge
    if scheme == 'centred':
        return nudge * np.array([1.0, -1.0]), np.array([1.0, -1.0]) / (2 * nudge)
    k = np.arange(points // 2 + 1)
    is_real = (k == 0) | (2 * k == points)
    direction = np.exp(2j * np.pi * k / points)
    return nudge * direction, np.where(is_real, 1, 2) * direction.conj() / (points * nudge)


class NudgingRule(TargetedUpdates, FixedPointRule):
    """What the rules share that nudge the network. In a run, the Variable ``lam`` is the current nudge λ.

    The options are described in `EquilibriumPropagation`.
    """

    options: tuple[str, ...] = (*FixedPointRule.options, 'nudge', 'scheme', 'points', 'steps')
    numbers = ('tol', 'nudge')
    nudge: float | None = None
    scheme: str = 'centred'
    points: int = 8
    steps: tuple[int, int] | None = None

    def check_options(self, options: Mapping[str, Any]) -> None:
        super().check_options(options)
        nudge, scheme, points, steps = (options[name] for name in ('nudge', 'scheme', 'points', 'steps'))
        is_number = isinstance(nudge, (int, float)) and not isinstance(nudge, bool)
        if nudge is not None and not (is_number and math.isfinite(nudge) and nudge != 0):
            raise self.invalid('nudge', 'a finite strength λ other than 0, or None', repr(nudge))
        if scheme not in SCHEMES:
            raise UnknownNameError(
                f'{type(self).__name__}.scheme: expected one of {", ".join(SCHEMES)}, got {scheme!r}.'
            )
        if isinstance(points, bool) or not isinstance(points, int) or points < 2:
            raise self.invalid('points', 'a number of points ≥ 2 on the circle', repr(points))
        is_pair = isinstance(steps, tuple) and len(steps) == 2 and all(isinstance(k, int) and k >= 1 for k in steps)
        if steps is not None and not is_pair:
            expected = 'None, or a tuple (T1, T2) with the steps of the free phase and of the nudged phase'
            raise self.invalid('steps', expected, repr(steps))
        if scheme == 'holomorphic' and self.bounds is not None:
            raise CompositionError(
                f'{type(self).__name__}.scheme: holomorphic needs a complex-differentiable F, got a network within '
                f'bounds = {self.bounds}. Choose another activation, or the scheme centred.'
            )

    def with_numbers(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options with a number for the nudge. A tol of None stays: the phases then settle in proportion to λ."""
        nudge = self.small_nudge(**options) if options['nudge'] is None else float(options['nudge'])
        return {**options, 'nudge': nudge}

    def small_nudge(self, scheme: str, tol: float | None = None, **options: Any) -> float:
        """λ if none is given.

        The |F| that remains in a phase causes an error of |F|/λ. So λ is larger if a large ``tol`` is given: the root
        of tol in the one-sided scheme, whose error is O(λ), and its cube root in the centred scheme, with O(λ²).
        """
        double, single = _SMALL_NUDGES[scheme]
        nudge = double if self.dtype == jnp.float64 else single
        if tol is None:
            return nudge
        return max(nudge, {'one-sided': tol ** (1 / 2), 'centred': tol ** (1 / 3)}.get(scheme, min(30 * tol, 0.1)))

    def remedy(self, options: Mapping[str, Any]) -> str:
        if options['steps'] is not None:
            return f'More than steps={options["steps"]}, or a smaller nudge (λ = {options["nudge"]:.3g}), may help.'
        tol = '' if options['tol'] is None else f', a smaller tol ({options["tol"]:.3g}) or tol=None'
        chosen = ', or the options of net.choose(x, y)' if hasattr(self, 'choose') else ''
        return f'Use a smaller nudge (λ = {options["nudge"]:.3g}) or nudge=None{tol}{chosen}.'

    def check_loss(self, data: Points, loss: Loss, options: Mapping[str, Any]) -> None:
        """Check that F and the loss are complex-differentiable, if the nudges are complex.

        The derivative along i·d must be i times that along d (Cauchy and Riemann), for a random d at one state.

        Raises
        ------
        CompositionError
            F is not.
        InvalidValueError
            The loss is not.
        """
        if options['scheme'] != 'holomorphic':
            return
        first = tree_map(lambda a: a[0], data)
        remedy = "Use real operations that have a complex derivative (no abs, conj, real or imag), or scheme='centred'."
        for name, error in (('F', CompositionError), ('loss', InvalidValueError)):
            run = self.compiled(
                ('is analytic', name, loss),
                lambda name=name: jax.jit(self._asymmetry(name, loss)),
                reads=[getattr(loss, 'function', loss)],
            )
            try:
                is_analytic = float(run(self.params_dict(), first)) < 1e-3
            except TypeError:  # JAX finds no complex number in the result
                is_analytic = False
            if not is_analytic:
                raise error(
                    f'{type(self).__name__}.{name}: expected a complex-differentiable function for the scheme '
                    f'holomorphic, got one whose derivative depends on the direction in the complex plane. {remedy}'
                )

    def _asymmetry(self, name, loss):
        """The pure function that gives ‖D(i d) − i D(d)‖/‖D(d)‖, where D is the derivative of F or of the loss."""

        def run(params, sample):
            start, unravel = self.flat(sample.r0)
            shift, d = jax.random.normal(jax.random.PRNGKey(0), (2, start.size), start.dtype)
            d = d.astype(jnp.result_type(d, jnp.complex64))
            state = start + (0.1 + 0.1j) * shift

            def function(vector):
                if name == 'loss':
                    return loss(self.output(unravel_complex(vector), params), sample.y)
                return self.flat(self.drift(unravel_complex(vector), params, sample.x))[0]

            def unravel_complex(vector):
                parts = unravel(vector.real), unravel(vector.imag)
                return tree_map(lambda a, b: a + 1j * b, *parts)

            along, turned = (jax.jvp(function, (state,), (direction,))[1] for direction in (d, 1j * d))
            return jnp.linalg.norm(turned - 1j * along) / jnp.maximum(jnp.linalg.norm(along), 1e-30)

        return run

    # ---- under DSRunner ------------------------------------------------------------------------------------------

    def extra_variables(self) -> dict[str, Any]:
        """The nudge λ of `update`, 0 until `set_target` is called. A reset does not change it."""
        return {'lam': ExtraVariable(jnp.zeros((), self.dtype), batched=False, reset=False)}

    def set_target(self, y: ArrayLike, nudge: float | None = None) -> None:
        """From now on, `update` nudges the network.

        Parameters
        ----------
        y : array (n_out,) or (B, n_out)
            The target.
        nudge : float, optional
            λ. 0 is a free network. Default: the network's ``nudge``, or 0.5 if it has none: a run shall show what the
            nudge does, so it is much stronger than the λ of `gradient`.
        """
        super().set_target(y)
        nudge = next(k for k in (nudge, self.nudge, VISIBLE_NUDGE) if k is not None)
        self.check_finite('nudge', np.asarray(nudge, float))
        self.lam.value = jnp.asarray(nudge, self.dtype)

    def set_free(self) -> None:
        """From now on, `update` runs the network without a nudge."""
        self.lam.value = jnp.zeros((), self.dtype)

    def update(self, x: ArrayLike | None = None) -> Any:
        """Take one step of dr/dt = F + λ ∂l/∂r with the current ``lam`` and target; returns the output."""
        params, (inputs, axis) = self.params_dict(), self.as_input(x)

        def step_of_sample(r, params, x, y):
            def nudged_field(r):
                drift, push = self.drift(r, params, x), self.slope(r, params, y)
                return tree_map(lambda a, b: a + self.lam.value * b, drift, push)

            return self.step_along(nudged_field, r)

        r = self.map_samples(step_of_sample, (0, None, axis, 0))(self.state, params, inputs, self.y.value)
        return self.finish_step(r, params, inputs, axis)

    # ---- the phases ----------------------------------------------------------------------------------------------

    def free_phase(
        self, params: Params, data: Points, *, steps: tuple[int, int] | None = None, **options: Any
    ) -> FixedPoint:
        """The fixed point of every sample; with ``steps`` = (T1, T2) the state after T1 steps."""
        if steps is None:
            return super().free_phase(params, data, **options)

        def of_sample(r0, x):
            r = jax.lax.fori_loop(0, steps[0], lambda _, r: self.step(r, params, x), r0)
            residual = largest(self.at_rest(r, self.drift(r, params, x)))
            return FixedPoint(r, residual, jnp.asarray(steps[0]), jnp.asarray(True))

        return jax.vmap(of_sample)(data.r0, data.x)

    def _nudged_phase(
        self, params, data, free, loss, nudge, tol, max_steps, solver, steps, extra_force=None, **options
    ):
        """The fixed point of every sample under dr/dt = F + λ ∂l/∂r, from the free phase's r*; pure.

        ``extra_force(r, r*, params, x)`` is added to the field if it is given. With ``steps`` = (T1, T2) the result is
        the state after T2 steps. Without a ``tol`` a phase settles as closely as λ |∂l/∂r| demands.
        """
        solver = 'dynamics' if jnp.iscomplexobj(nudge) else solver  # the others are written for real states

        def of_sample(free_r, x, y):
            def force(r):
                push = tree_map(lambda g: nudge * g, self.slope(r, params, y, loss))
                return push if extra_force is None else tree_map(jnp.add, push, extra_force(r, free_r, params, x))

            def field(r):
                return tree_map(jnp.add, self.drift(r, params, x), force(r))

            start = tree_map(lambda a: a.astype(jnp.result_type(a, nudge)), free_r)
            if steps is None and tol is None:
                aim = _NUDGED_TOL * jnp.abs(nudge) * largest(self.slope(free_r, params, y, loss))
                return self.settled(start, params, x, self.default_tol, max_steps, solver, force, aim)
            if steps is None:
                return self.settled(start, params, x, tol, max_steps, solver, force)
            r = jax.lax.fori_loop(0, steps[1], lambda _, r: self.step_along(field, r), start)
            residual = largest(self.at_rest(r, field(r)))
            return FixedPoint(r, residual, jnp.asarray(steps[1]), jnp.isfinite(residual))

        return jax.vmap(of_sample)(free.r, data.x, data.y)

    def _refined(self, params, data, free, loss, nudge, tol=None, steps=None, max_steps=10_000, **options):
        """The free phase of all samples, settled as closely as a nudged phase that it is compared with."""
        if not (tol is None and steps is None):
            return free

        def of_sample(r, x, y):
            aim = _NUDGED_TOL * jnp.abs(nudge) * largest(self.slope(r, params, y, loss))
            return self.settled(r, params, x, self.default_tol, max_steps, aim=aim)

        return jax.vmap(of_sample)(free.r, data.x, data.y)

    def _run_contour(self, params, data, free, loss, scheme, nudge, points, **options):
        """Run the nudged phases of a scheme; pure.

        Returns
        -------
        r : array (K, B, n), or dict of arrays
            The state r*(λ_k) of each sample at each nudge.
        nudges, weights : arrays (K,)
            λ_k and c_k of `contour`.
        report : dict
            The largest residual of these phases, and how many of them did not settle.
        """
        nudges, weights = contour(scheme, nudge, points)
        dtype = jnp.result_type(self.dtype, jnp.complex64) if scheme == 'holomorphic' else self.dtype
        nudges, weights = (jnp.asarray(a).astype(dtype) for a in (nudges, weights))
        has_free_phase = scheme == 'one-sided'  # its last nudge is 0, and the free phase has been run already
        to_run = nudges[:-1] if has_free_phase else nudges
        if has_free_phase:
            free = self._refined(params, data, free, loss, nudge, **options)
        nudged = jax.vmap(lambda lam: self._nudged_phase(params, data, free, loss, lam, **options))(to_run)
        r = nudged.r
        if has_free_phase:
            r = tree_map(lambda a, b: jnp.concatenate([a, b[None].astype(a.dtype)]), r, free.r)
        report = {'nudged_residual': jnp.max(nudged.residual), 'unsettled': jnp.sum(~nudged.converged)}
        return r, nudges, weights, report

    def check_own_report(self, who: str, report: Mapping[str, Any]) -> None:
        if 'nudged_residual' in report and not np.isfinite(float(report['nudged_residual'])):
            raise DivergedError(
                f'{who}: the network blew up in the nudged phase: its state became infinite or NaN. Is the nudge too '
                'strong? Try a smaller nudge or a smaller dt. With the scheme one-sided, try a negative nudge, which '
                'pushes the state down the loss.'
            )

    def cost_per_sample(
        self, n: int, m: int, total: int, *, scheme: str = 'centred', points: int = 8, **options: Any
    ) -> tuple[float, float]:
        phases = {'one-sided': 1, 'centred': 2}.get(scheme, 2 * (points // 2 + 1))  # a complex phase counts as two
        return 8 * n * phases + total, 4 * m * phases

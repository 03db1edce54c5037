"""Equilibrium propagation, contrastive Hebbian learning, and the variants for networks without an energy."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.capabilities import HasEnergy, HasOutputUnits
from ratezoo.errors import DivergedError, NotAnEnergyModelError, NotConvergedError
from ratezoo.learning import accuracy
from ratezoo.learning.fixed_point import FixedPointRule, Points, gradient_from_adjoint
from ratezoo.learning.nudging import NudgingRule
from ratezoo.relaxation import FixedPoint, settle
from ratezoo.types import ArrayLike, Loss, Params, PartOfModel, StateLike

__all__ = ['EquilibriumPropagation', 'ContrastiveHebbian', 'VectorFieldEP', 'AsymmetricEP']
CATEGORY = 'rule of fixed points'

tree_map = jax.tree_util.tree_map
_TRIAL_NUDGE = 0.1  # where `choose` begins
_TRIAL_POINTS = 4
_TRIAL_STEPS = 100_000
_TRIALS = 12  # how many λ `choose` tries
_MOST_POINTS = 32


class _ChecksEnergy(PartOfModel):
    """The part of rules that need an energy: it checks the model's claims with numbers."""

    def check_model(self, data: Points) -> None:
        """Check F = −∂E/∂r and J = Jᵀ at one state, near the start of the first sample.

        Raises
        ------
        NotAnEnergyModelError
            One of the two does not hold.
        """
        first = tree_map(lambda a: a[0], data)
        errors = self.compiled(('symmetry',), lambda: jax.jit(self._errors_of_the_energy))
        field_error, asymmetry = errors(self.params_dict(), first.r0, first.x, jax.random.PRNGKey(0))
        tolerance = 1e-8 if self.dtype == jnp.float64 else 1e-3
        if not asymmetry <= tolerance:
            raise NotAnEnergyModelError(
                f'{type(self).__name__}.F: expected a symmetric Jacobian, got one that differs from its transpose by '
                f'{float(asymmetry):.1g} of its size. Are the weights symmetric? VectorFieldEP and AsymmetricEP do not '
                'need this.'
            )
        if not field_error <= tolerance:
            raise NotAnEnergyModelError(
                f'{type(self).__name__}.energy: expected F = −∂E/∂r, got fields that differ by '
                f'{float(field_error):.1g} of their size. Correct the energy or F.'
            )

    def _errors_of_the_energy(self, params, r0, x, key):
        """‖F + ∂E/∂r‖/‖F‖ and |uᵀJv − vᵀJu|, relative to the size of J, for random u and v; pure.

        Two products with J replace the comparison of J and Jᵀ, which would take n products.
        """
        start, unravel = self.flat(r0)
        low, high = self.bounds or (-jnp.inf, jnp.inf)
        shift, u, v = jax.random.normal(key, (3, start.size), start.dtype)
        state = jnp.clip(start + shift, low, high)

        def F(state):
            return self.flat(self.drift(unravel(state), params, x))[0]

        dE_dr = jax.grad(lambda state: self.energy(unravel(state), params, x))(state)
        f = F(state)
        Ju, Jv = (jax.jvp(F, (state,), (d,))[1] for d in (u, v))
        size = jnp.linalg.norm(u) * jnp.linalg.norm(Jv) + jnp.linalg.norm(v) * jnp.linalg.norm(Ju)
        field_error = jnp.linalg.norm(f + dE_dr) / jnp.maximum(jnp.linalg.norm(f), 1e-30)
        return field_error, jnp.abs(u @ Jv - v @ Ju) / jnp.maximum(size, 1e-30)


class EquilibriumPropagation(_ChecksEnergy, NudgingRule):
    """Equilibrium propagation: the network itself computes the gradient. It settles once free and once nudged.

        (1)  dr/dt = F(r, w, x) + λ (∂l/∂r)ᵀ,    F = −∂E/∂r
        (2)  dl/dw = d/dλ [∂(−E + λ l)/∂w] at r*(λ), λ = 0

    With this sign, λ > 0 pushes r up the loss, and the result is the gradient, not its negative. Exact in the limit
    λ → 0. At a finite λ the error is O(λ) one-sided, O(λ²) centred, and O(λ^N) with N points on a circle of complex λ
    that is small enough. The phases add an error of their own: the |F| that remains when they end, divided by λ. The
    rule estimates the error of its gradient and warns of a large one, see `FixedPointRule`. The rule accepts only a
    network with an energy (`HasEnergy`), whose J is symmetric. It checks F = −∂E/∂r and J = Jᵀ with numbers, near the
    start of the first sample.

    Cost: one relaxation for each nudge, one evaluation of Eq. (2), and O(n) numbers.

    Under DSRunner: after ``net.set_target(y, nudge)`` each `update` is a step of Eq. (1). ``net.set_free()`` ends the
    nudge. Monitors can show r, the energy E and the nudge lam.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge : float or None
        λ. In the holomorphic scheme it is the radius of the circle. None (default): 1e-4 (holomorphic 1e-3); in single
        precision 2e-3 (one-sided 5e-4, holomorphic 5e-3); more if a loose tol is given. The course takes λ = 0.5: a
        circuit can measure what such a strong nudge changes, but the gradient is then wrong by 16 % to 160 % of its
        size (docs/accuracy.md). `choose` finds a λ for a desired error.
    scheme : str
        'one-sided', 'centred' (default) or 'holomorphic'.
    points : int
        N of the holomorphic scheme. Default 8.
    steps : None, or (T1, T2)
        Take exactly T1 steps of the free phase and T2 steps of each nudged phase, whether they settle or not. Default
        None: until they settle.
    tol, max_steps, solver, must_settle, warn_above
        As for `FixedPointRule`. They hold for the nudged phases too. Without a tol the nudged phases go on until
        |F + λ ∂l/∂r| is 1e-6 of λ |∂l/∂r|, as far as rounding errors allow. Phases with a complex nudge always use the
        solver 'dynamics'. F and the loss must then be complex-differentiable; the rule checks it.

    References
    ----------
    B. Scellier and Y. Bengio, Frontiers in Computational Neuroscience 11, 24 (2017), doi:10.3389/fncom.2017.00024
    (β = −λ there). A. Laborieux et al., Frontiers in Neuroscience 15, 633674 (2021), doi:10.3389/fnins.2021.633674
    (centred). A. Laborieux and F. Zenke, NeurIPS 35 (2022), doi:10.48550/arXiv.2209.00530 (holomorphic).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    ...     '''Learns by settling.'''
    >>> class Exact(ratezoo.ImplicitGradient, ratezoo.LayeredEnergyModel):
    ...     '''The same network, differentiated.'''
    >>> x, y = np.linspace(-1, 1, 4), np.array([0.3, -0.2])
    >>> nets = [kind((4, 6, 2), activation='tanh', seed=0) for kind in (Net, Exact)]
    >>> a, b = (net.gradient(x, y)[1]['W1'] for net in nets)
    >>> bool(np.linalg.norm(a - b) < 0.02 * np.linalg.norm(b))
    True
    """

    exact = 'in the limit of no nudge (λ → 0)'
    needs = (HasEnergy,)

    def settled_gradient(
        self,
        params: Params,
        data: Points,
        free: FixedPoint,
        loss: Loss,
        *,
        scheme: str = 'centred',
        nudge: Any,
        points: int = 8,
        **options: Any,
    ) -> tuple[Params, dict[str, Any]]:
        """Eq. (2) by the nudges of the scheme; see `FixedPointRule.settled_gradient`."""
        r, nudges, weights, report = self._run_contour(params, data, free, loss, scheme, nudge, points, **options)

        def difference(params):
            """Σ_k c_k Σ_b α_b (−E + λ_k l). The real part of its gradient with respect to w is Eq. (2)."""

            def of_sample(lam, r, x, y):
                return lam * loss(self.output(r, params), y) - self.energy(r, params, x)

            of_samples = jax.vmap(of_sample, (None, 0, 0, 0))
            values = jax.vmap(of_samples, (0, 0, None, None))(nudges, r, data.x, data.y)
            return jnp.sum(weights[:, None] * values * data.alpha)

        if not jnp.iscomplexobj(nudges):
            return jax.grad(difference)(params), report
        complex_params = tree_map(lambda a: a.astype(nudges.dtype), params)
        return tree_map(jnp.real, jax.grad(difference, holomorphic=True)(complex_params)), report

    def field_of_parameters(self, r: Any, params: Params, x: Any) -> Any:
        """−∂E/∂r. Its dependence on w may differ from that of F, if both agree for symmetric weights only."""
        return self.at_rest(r, tree_map(jnp.negative, jax.grad(self.energy)(r, params, x)))

    def choose(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        error: float = 1e-3,
        scheme: str = 'centred',
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
    ) -> dict[str, Any]:
        """Options for which the gradient has a relative error of about ``error``, from trials on these data.

        The error of a scheme is c λ^p with a known p. The rule measures the error of the gradient at a λ, as `gradient`
        does, and with it the next λ, until the error is below half of the desired one. The phases settle in proportion
        to λ. In the holomorphic scheme the error is (λ/λ_0)^N, where λ_0 is the distance from 0 to the nearest
        singularity of r*(λ): the rule takes the λ at which N = 4 points give an error of 1e-2, and then the smallest N
        that is enough.

        Parameters
        ----------
        x, y, alpha, r0, loss
            As in `gradient`. The error is measured on at most 64 samples.
        error : float
            The desired relative error. Default 1e-3.
        scheme : str
            'one-sided', 'centred' (default) or 'holomorphic'. For 'holomorphic', ``points`` is chosen too.

        Returns
        -------
        dict
            ``nudge``, ``scheme``, ``points``, ``tol`` and ``max_steps``, for `gradient` or `fit`.

        Raises
        ------
        NotConvergedError
            No λ gives this error in the present precision.
        """
        if not 0 < error < 1:
            raise self.invalid('choose', '0 < error < 1', repr(error))
        common = {'scheme': scheme, 'tol': None, 'max_steps': _TRIAL_STEPS}
        self.all_options(common)

        def error_at(nudge, points):
            trial = {**common, 'nudge': nudge, 'points': points, 'must_settle': False, 'warn_above': math.inf}
            try:
                return self.measure(x, y, alpha, r0, loss, with_error=True, **trial)[2]['error']
            except DivergedError:
                return math.inf

        nudge, points, reached = nudge_and_points(error_at, error, scheme)
        if reached > error:
            raise NotConvergedError(
                f'{type(self).__name__}.choose: expected a λ that gives a relative error of {error:.2g}, but the least '
                f'error that was found is {reached:.2g}, at λ = {nudge:.2g}. Ask for a larger error, use double '
                'precision (brainpy.math.enable_x64()), or the scheme centred.'
            )
        return {**common, 'nudge': nudge, 'points': points}


def nudge_and_points(error_at: Callable[[float, int], float], error: float, scheme: str) -> tuple[float, int, float]:
    """λ, N and their error, for a desired relative error; see `EquilibriumPropagation.choose`.

    Parameters
    ----------
    error_at : callable
        ``error_at(λ, N)`` → the relative error of the gradient.
    error : float
        The desired error.
    scheme : str
        One of `SCHEMES`.
    """
    is_circle = scheme == 'holomorphic'
    order = {'one-sided': 1, 'centred': 2, 'holomorphic': _TRIAL_POINTS}[scheme]
    aim = 1e-2 if is_circle else error / 2
    nudge, found = _TRIAL_NUDGE, []
    for _ in range(_TRIALS):
        reached = error_at(nudge, _TRIAL_POINTS)
        found.append((reached, nudge))
        if reached <= aim:
            break
        # λ for 0.7 of the aim, but not less than a hundredth: far from λ = 0 the error may grow more slowly
        nudge *= min(max((0.7 * aim / reached) ** (1 / order), 0.01), 0.7)
    reached, nudge = min(found)
    points = _TRIAL_POINTS
    while is_circle and reached > error / 2 and points < _MOST_POINTS:
        points += 2
        reached = error_at(nudge, points)
    return nudge, points, reached


class ContrastiveHebbian(_ChecksEnergy, FixedPointRule):
    """Contrastive Hebbian learning: one phase is free; in the other the outputs are clamped to the target. The weights
    learn from the difference between the two states.

        (1)  Δw ∝ −∂/∂w [E(r_clamped) − E(r_free)],   that is ρ_i ρ_j (clamped) − ρ_i ρ_j (free) for a synapse w_ij

    It is the limit of equilibrium propagation in which the pull to the target is infinitely strong (λ → −∞). The
    gradient is, exactly, that of the contrastive function E(r_clamped) − E(r_free). This function is ≥ 0, and it is 0
    where the free network gives the right answer. It is not the gradient of the loss l. The loss that `gradient`
    returns is l, for display.

    The model must have an energy (`HasEnergy`) and output units that can be clamped (`HasOutputUnits`). Cost: two
    relaxations.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol, max_steps, solver, must_settle, warn_above
        As for `FixedPointRule`. The clamped phase always uses the solver 'dynamics'. The error is estimated against the
        same contrast at phases that Newton's method has settled.

    References
    ----------
    J. R. Movellan, "Contrastive Hebbian learning in the continuous Hopfield model", in Connectionist Models: Proc. 1990
    Summer School (Morgan Kaufmann 1991), 10–17, doi:10.1016/B978-1-4832-1448-1.50007-X. X. Xie and H. S. Seung, Neural
    Computation 15, 441–454 (2003), doi:10.1162/089976603762552988.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.ContrastiveHebbian, ratezoo.LayeredEnergyModel):
    ...     '''Learns from what clamping changes.'''
    >>> net = Net((2, 4, 1), seed=0)
    >>> sorted(net.gradient(np.ones(2), np.array([0.5]))[1])
    ['W1', 'W2', 'b1', 'b2']
    """

    exact = 'of the contrastive function E(clamped) − E(free), not of the loss'
    needs = (HasEnergy, HasOutputUnits)

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
        """Run the clamped phase, and take the gradient of Eq. (1); see `FixedPointRule.settled_gradient`."""
        clamped = self._clamped_phase(params, data, free, self.default_tol if tol is None else tol, max_steps)
        report = {'unsettled': jnp.sum(~clamped.converged), 'clamped_residual': jnp.max(clamped.residual)}
        return self._contrast(params, data, clamped.r, free.r)[0], report

    def _contrast(self, params, data, clamped, free):
        """Eq. (1), the gradient of Σ_b α_b [E(clamped) − E(free)]; and the gradient of the second term alone."""

        def energies(params, r):
            return jnp.sum(data.alpha * jax.vmap(self.energy, (0, None, 0))(r, params, data.x))

        of_clamped, of_free = jax.grad(energies)(params, clamped), jax.grad(energies)(params, free)
        return tree_map(jnp.subtract, of_clamped, of_free), of_free

    def exact_gradient(self, params: Params, data: Points, r: Any, loss: Loss) -> tuple[Params, Any]:
        """Eq. (1) where both phases have settled; see `FixedPointRule.exact_gradient`.

        The two terms cancel where the free network gives the right answer. So the error is relative to at least 1e-6
        (in single precision 0.02) of one term.
        """

        def clamped(free_r, x, y):
            def field(r):
                return self.at_rest(r, self.drift(r, params, x)).at[self.output_units].set(y - r[self.output_units])

            def clamp(r):
                return r.at[self.output_units].set(y)  # a target may lie outside the bounds of the network

            return accuracy.fixed_point_near(field, clamp(free_r), lambda r: clamp(self.project(r)))[0]

        settled = jax.vmap(clamped)(r, data.x, data.y)
        exact, one_term = self._contrast(params, data, settled, r)
        flipped = data._replace(alpha=data.alpha * accuracy.signs(data.alpha.shape, self.dtype))
        spread = self._contrast(params, flipped, settled, r)[0]
        smallest = accuracy.solved_part(self.dtype) * accuracy.norm(one_term)
        return exact, jnp.maximum(accuracy.least_size(spread, len(data.alpha)), smallest)

    def _clamped_phase(self, params, data, free, tol, max_steps):
        """The fixed point of every sample when the output units are held at the target, from the free phase's r*."""

        def of_sample(free_r, x, y):
            def clamp(r):
                return r.at[self.output_units].set(y)

            def field(r):
                return self.at_rest(r, self.drift(r, params, x)).at[self.output_units].set(0.0)

            def step(r, _):
                return clamp(self.step(r, params, x))

            return settle(field, step, clamp(free_r), tol, max_steps)

        return jax.vmap(of_sample)(free.r, data.x, data.y)


class VectorFieldEP(NudgingRule):
    """Equilibrium propagation of a network without an energy. Approximate: takes J for its transpose.

        (1)  dr/dt = F(r, w, x) + λ (∂l/∂r)ᵀ
        (2)  dl/dw ≈ (dr*/dλ)ᵀ ∂F/∂w + ∂l/∂w,     (dr*/dλ)ᵀ = −(∂l/∂r) J⁻ᵀ   instead of −(∂l/∂r) J⁻¹

    Exact (as λ → 0) if and only if J is symmetric at r*. The error grows with the antisymmetric part of J. Every model
    with an F can be trained.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge, scheme, points, steps, tol, max_steps, solver, must_settle, warn_above
        As for `EquilibriumPropagation`.

    References
    ----------
    B. Scellier, A. Goyal, J. Binas, T. Mesnard and Y. Bengio, "Generalization of equilibrium propagation to vector
    field dynamics", doi:10.48550/arXiv.1808.04873 (2018).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.VectorFieldEP, ratezoo.RateRNN):
    ...     '''Needs no symmetry.'''
    >>> net = Net(2, 5, 1, g=0.5, seed=0)
    >>> sorted(net.gradient(np.ones(2), np.ones(1), warn_above=np.inf)[1])  # W is not symmetric: it would warn
    ['W', 'W_in', 'W_out', 'b', 'b_out']
    """

    exact = 'where J is symmetric, in the limit of no nudge (λ → 0)'
    _extra_force: Any = None  # a method that a subclass adds to the nudged field

    def remedy(self, options: Mapping[str, Any]) -> str:
        asymmetric = '' if self._extra_force else 'The rule takes J for its transpose; AsymmetricEP does not. '
        return asymmetric + super().remedy(options)

    def settled_gradient(
        self,
        params: Params,
        data: Points,
        free: FixedPoint,
        loss: Loss,
        *,
        scheme: str = 'centred',
        nudge: Any,
        points: int = 8,
        **options: Any,
    ) -> tuple[Params, dict[str, Any]]:
        """Eq. (2) by the nudges of the scheme; see `FixedPointRule.settled_gradient`."""
        r, _, weights, report = self._run_contour(
            params, data, free, loss, scheme, nudge, points, extra_force=self._extra_force, **options
        )
        dr_dlam = tree_map(lambda a: jnp.tensordot(weights, a, 1).real, r)
        return gradient_from_adjoint(self, params, data, free.r, dr_dlam, loss), report


class AsymmetricEP(VectorFieldEP):
    """Equilibrium propagation that is exact for asymmetric networks: a force in the nudged phase turns J into Jᵀ.

        (1)  dr/dt = F(r, w, x) + (Jᵀ − J)(r − r*) + λ (∂l/∂r)ᵀ,     J = ∂F/∂r at the free phase's r*
        (2)  dl/dw = (dr*/dλ)ᵀ ∂F/∂w + ∂l/∂w

    The added force is 0 at r*. It replaces the Jacobian there by its transpose, so that (dr*/dλ)ᵀ = −(∂l/∂r) J⁻¹. Exact
    in the limit λ → 0 for every F, also for feedforward networks. Only products with J are computed. The free phase is
    stable if and only if the nudged phase is, because J and Jᵀ have the same eigenvalues.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge, scheme, points, steps, tol, max_steps, solver, must_settle, warn_above
        As for `EquilibriumPropagation`.

    References
    ----------
    A. E. Scurria, D. Vanden Abeele, B. M. Mognetti and S. Massar, "Equilibrium propagation for non-conservative
    systems", Proc. Machine Learning Research 306 (2026), doi:10.48550/arXiv.2602.03670 (Asymmetric EP).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.AsymmetricEP, ratezoo.RateRNN):
    ...     '''Exact without symmetry.'''
    >>> net = Net(2, 5, 1, g=0.5, seed=0)
    >>> sorted(net.gradient(np.ones(2), np.ones(1))[1])
    ['W', 'W_in', 'W_out', 'b', 'b_out']
    """

    exact = 'in the limit of no nudge (λ → 0)'

    def _extra_force(self, r, free_r, params, x):
        """(Jᵀ − J)(r − r*) by products with J; for complex r, the real and the imaginary part one after the other."""

        def F(r):
            return self.drift(r, params, x)

        _, pull = jax.vjp(F, free_r)

        def transpose_minus_J(d):
            return tree_map(jnp.subtract, pull(d)[0], jax.jvp(F, (free_r,), (d,))[1])

        shift = tree_map(jnp.subtract, r, free_r)
        if not any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(shift))):
            return transpose_minus_J(shift)
        real = transpose_minus_J(tree_map(jnp.real, shift))
        imaginary = transpose_minus_J(tree_map(jnp.imag, shift))
        return tree_map(lambda a, b: a + 1j * b, real, imaginary)

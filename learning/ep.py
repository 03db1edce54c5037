"""Equilibrium propagation, its limit of clamped outputs, and its kin for networks without an energy."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasOutputUnits
from ratezoo.errors import CompositionError, DivergedError, InvalidValueError, NotAnEnergyModelError, UnknownNameError
from ratezoo.learning.fixed_point import FixedPointRule, TargetedUpdates, through_field
from ratezoo.relaxation import FixedPoint, largest, settle
from ratezoo.variables import ExtraVariable

__all__ = ['EquilibriumPropagation', 'ContrastiveHebbian', 'VectorFieldEP', 'AsymmetricEP']
CATEGORY = 'rule of fixed points'

tree_map = jax.tree_util.tree_map
SCHEMES = ('one-sided', 'centred', 'holomorphic')


def contour(scheme, nudge, points):
    """The nudges λ_k of a scheme and the weights c_k with which a derivative at λ = 0 is read off: Σ_k Re c_k g(λ_k).

    'one-sided': [g(λ) − g(0)]/λ, its error O(λ); 'centred': [g(λ) − g(−λ)]/2λ, O(λ²); 'holomorphic': the mean of
    g(λ e^{iθ}) e^{−iθ}/λ over N = ``points`` angles θ = 2πk/N, O(λ^N); since g of a real network takes conjugate
    values at conjugate nudges, only the angles from 0 to π are run. A nudge of 0 stands for the free phase.
    """
    if scheme == 'one-sided':
        return nudge * np.array([1., 0.]), np.array([1., -1.]) / nudge
    if scheme == 'centred':
        return nudge * np.array([1., -1.]), np.array([1., -1.]) / (2 * nudge)
    k = np.arange(points // 2 + 1)
    twice = np.where((k == 0) | (2 * k == points), 1, 2)
    turn = np.exp(2j * np.pi * k / points)
    return nudge * turn, twice * turn.conj() / (points * nudge)


class _Nudging(TargetedUpdates, FixedPointRule):
    """What rules share that nudge the network: dr/dt = F + λ ∂l/∂r, with the Variable ``lam`` under DSRunner."""

    options = (*FixedPointRule.options, 'nudge', 'scheme', 'points', 'steps')
    numbers = ('tol', 'nudge')
    nudge = 0.5
    scheme = 'centred'
    points = 8
    steps = None

    def check_options(self, options):
        super().check_options(options)
        who, nudge, points, steps = type(self).__name__, options['nudge'], options['points'], options['steps']
        if isinstance(nudge, bool) or not isinstance(nudge, (int, float)) or not math.isfinite(nudge) or nudge == 0:
            raise InvalidValueError(f'{who}.nudge: expected a strength λ that is not 0, got {nudge!r}.')
        if options['scheme'] not in SCHEMES:
            raise UnknownNameError(f'{who}.scheme: expected one of {", ".join(SCHEMES)}, got {options["scheme"]!r}.')
        if isinstance(points, bool) or not isinstance(points, int) or points < 2:
            raise InvalidValueError(f'{who}.points: expected a number of points ≥ 2 on the circle, got {points!r}.')
        if steps is not None and not (isinstance(steps, tuple) and len(steps) == 2
                                      and all(isinstance(k, int) and k >= 1 for k in steps)):
            raise InvalidValueError(f'{who}.steps: expected None, or a tuple (T1, T2) of the steps of the free and of '
                                    f'the nudged phase, got {steps!r}.')
        if options['scheme'] == 'holomorphic' and self.bounds is not None:
            raise CompositionError(f'{who}.scheme: holomorphic needs a complex-differentiable F, and this network is '
                                   f'kept within bounds = {self.bounds}. Choose another activation, or the scheme '
                                   'centred.')

    # ---- under DSRunner ------------------------------------------------------------------------------------------

    def extra_variables(self):
        """The nudge λ of `update`; a reset leaves it."""
        return {'lam': ExtraVariable(jnp.zeros((), self.dtype), batched=False, reset=False)}

    def set_target(self, y, nudge=None):
        """From now on `update` nudges towards the target y with strength ``nudge`` (0: free; None: the rule's own)."""
        super().set_target(y)
        nudge = self.nudge if nudge is None else nudge
        self.check_finite('nudge', np.asarray(nudge, float))
        self.lam.value = jnp.asarray(nudge, self.dtype)

    def set_free(self):
        """From now on `update` runs the network as it is, without a nudge."""
        self.lam.value = jnp.zeros((), self.dtype)

    def update(self, x=None):
        """One step of dr/dt = F + λ ∂l/∂r with the present ``lam`` and target; returns the output."""
        params, (x, axis) = self.params_dict(), self.as_input(x)

        def one(r, params, x, y):
            def F(s):
                f, push = self.drift(s, params, x), self.slope(s, params, y)
                return tree_map(lambda a, b: a + self.lam.value * b, f, push)
            return self.step_along(F, r)
        r = self.map_samples(one, (0, None, axis, 0))(self.state, params, x, self.y.value)
        return self.finish_step(r, params, x, axis)

    # ---- the phases ----------------------------------------------------------------------------------------------

    def free_phase(self, params, data, steps=None, **options):
        if steps is None:
            return super().free_phase(params, data, **options)

        def one(r0, x):
            r = jax.lax.fori_loop(0, steps[0], lambda _, r: self.step(r, params, x), r0)
            residual = largest(self.at_rest(r, self.drift(r, params, x)))
            return FixedPoint(r, residual, jnp.asarray(steps[0]), jnp.asarray(True))
        return jax.vmap(one)(data.r0, data.x)

    def _nudged(self, params, data, free, loss, lam, tol, max_steps, solver, steps, extra=None, **options):
        """The `FixedPoint` of every sample under dr/dt = F + λ ∂l/∂r (+ extra(r, r*, x)), from the free phase's r*."""
        def one(start, x, y):
            def force(r):
                push = tree_map(lambda g: lam * g, self.slope(r, params, y, loss))
                return push if extra is None else tree_map(jnp.add, push, extra(r, start, params, x))

            def field(r):
                return tree_map(jnp.add, self.drift(r, params, x), force(r))
            r = tree_map(lambda a: a.astype(jnp.result_type(a, lam)), start)
            if steps is None:
                return self.settled(r, params, x, self.default_tol if tol is None else tol, max_steps,
                                    'dynamics' if jnp.iscomplexobj(lam) else solver, force)
            r = jax.lax.fori_loop(0, steps[1], lambda _, r: self.step_along(field, r), r)
            residual = largest(self.at_rest(r, field(r)))
            return FixedPoint(r, residual, jnp.asarray(steps[1]), jnp.isfinite(residual))
        return jax.vmap(one)(free.r, data.x, data.y)

    def _run_contour(self, params, data, free, loss, scheme, nudge, points, **options):
        """The states at the nudges of the scheme, with a leading axis for the nudges; the nudges, their weights, and
        how the phases went."""
        lams, weights = contour(scheme, nudge, points)
        dtype = jnp.result_type(self.dtype, jnp.complex64) if scheme == 'holomorphic' else self.dtype
        lams, weights = (jnp.asarray(a).astype(dtype) for a in (lams, weights))
        free_too = scheme == 'one-sided'
        run = lams[:-1] if free_too else lams
        found = jax.vmap(lambda lam: self._nudged(params, data, free, loss, lam, **options))(run)
        r = found.r
        if free_too:
            r = tree_map(lambda a, b: jnp.concatenate([a, b[None].astype(a.dtype)]), r, free.r)
        report = {'nudged': jnp.max(found.residual), 'unsettled': jnp.sum(~found.converged)}
        return r, lams, weights, report

    def check_own_report(self, who, report):
        if 'nudged' in report and not np.isfinite(float(report['nudged'])):
            raise DivergedError(f'{who}: the network blew up in the nudged phase. Is the nudge too strong? Try a '
                                'smaller nudge, a smaller dt, or, one-sided, a negative nudge, which pulls down the '
                                'loss.')

    def cost_per_sample(self, n, m, total, scheme='centred', points=8, **options):
        phases = {'one-sided': 1, 'centred': 2}.get(scheme, 2 * (points // 2 + 1))
        return 8 * n * phases + total, 4 * m * phases


class EquilibriumPropagation(_Nudging):
    """Equilibrium propagation: the network itself computes the gradient, by settling once free and once nudged.

        (1)  dr/dt = F(r, w, x) + λ (∂l/∂r)ᵀ,    F = −∂E/∂r
        (2)  dl/dw = d/dλ [∂(−E + λ l)/∂w] at r*(λ), λ = 0

    With this sign λ > 0 pushes r up the loss, and the result is the gradient. Exact in the limit λ → 0; at a finite λ
    the error is O(λ) one-sided, O(λ²) centred and O(λ^N) with N points on a circle of complex λ, on top of what the
    phases have left of F, divided by λ. Only a network with an energy is accepted (`HasEnergy`; its J is symmetric),
    and the numbers are checked: F = −∂E/∂r and J = Jᵀ at the first sample.

    Cost: one relaxation for each nudge, and one pass for the weights; O(n) numbers.

    Under DSRunner: ``net.set_target(y, nudge)`` and `update` runs Eq. (1); ``net.set_free()`` ends it. Monitors show r,
    the energy E and the nudge lam.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge : float
        λ, the radius of the circle where the scheme is holomorphic. Default 0.5, the course's; `choose` finds one for a
        wanted error.
    scheme : str
        'one-sided', 'centred' (default) or 'holomorphic'.
    points : int
        N of the holomorphic scheme. Default 8.
    steps : None, or (T1, T2)
        Run exactly so many steps of the free and of the nudged phase, settled or not. Default None: until they settle.
    tol, max_steps, solver, must_settle
        As for `FixedPointRule`; for the nudged phases too (complex ones run as dynamics).

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
    >>> made = [kind((4, 6, 2), activation='tanh', seed=0) for kind in (Net, Exact)]
    >>> a, b = (net.gradient(x, y, tol=1e-6)[1]['W1'] for net in made)
    >>> bool(np.linalg.norm(a - b) < 0.05 * np.linalg.norm(b))
    True
    """

    exact = 'in the limit of no nudge (λ → 0)'
    needs = (HasEnergy,)

    def settled_gradient(self, params, data, free, loss, scheme='centred', nudge=0.5, points=8, **options):
        r, lams, weights, report = self._run_contour(params, data, free, loss, scheme, nudge, points, **options)

        def total(params):
            """Σ_k c_k Σ_b α_b (−E + λ_k l), the real part of whose gradient by w is Eq. (2)."""
            def one(lam, r, x, y):
                return lam * loss(self.output(r, params), y) - self.energy(r, params, x)
            samples = jax.vmap(one, (None, 0, 0, 0))
            phi = jax.vmap(samples, (0, 0, None, None))(lams, r, data.x, data.y)
            return jnp.sum(weights[:, None] * phi * data.alpha)
        if not jnp.iscomplexobj(lams):
            return jax.grad(total)(params), report
        turned = tree_map(lambda a: a.astype(lams.dtype), params)
        return tree_map(jnp.real, jax.grad(total, holomorphic=True)(turned)), report

    # ---- is the model what it says? --------------------------------------------------------------------------------

    def check_model(self, data):
        """F = −∂E/∂r, and uᵀJv = vᵀJu, near the start of the first sample."""
        def build():
            def measure(params, r0, x, key):
                flat, back = self.flat(r0)
                low, high = self.bounds or (-jnp.inf, jnp.inf)
                at, u, v = jax.random.normal(key, (3, flat.size), flat.dtype)
                at = jnp.clip(flat + at, low, high)

                def F(s):
                    return self.flat(self.drift(back(s), params, x))[0]
                slope = jax.grad(lambda s: self.energy(back(s), params, x))(at)
                f = F(at)
                Ju, Jv = (jax.jvp(F, (at,), (d,))[1] for d in (u, v))
                size = jnp.linalg.norm(u) * jnp.linalg.norm(Jv) + jnp.linalg.norm(v) * jnp.linalg.norm(Ju)
                return (jnp.linalg.norm(f + slope) / jnp.maximum(jnp.linalg.norm(f), 1e-30),
                        jnp.abs(u @ Jv - v @ Ju) / jnp.maximum(size, 1e-30))
            return jax.jit(measure)
        first = tree_map(lambda a: a[0], data)
        off, skew = self.compiled(('symmetry',), build)(self.params_dict(), first.r0, first.x, jax.random.PRNGKey(0))
        most = 1e-8 if self.dtype == jnp.float64 else 1e-3
        if not skew <= most:
            raise NotAnEnergyModelError(
                f'{type(self).__name__}.F: expected a symmetric Jacobian, got one whose two sides differ by '
                f'{float(skew):.1g} of its size. Are the weights symmetric? VectorFieldEP and AsymmetricEP go without.')
        if not off <= most:
            raise NotAnEnergyModelError(
                f'{type(self).__name__}.energy: expected F = −∂E/∂r, got fields that differ by {float(off):.1g}.')

    # ---- which nudge? --------------------------------------------------------------------------------------------

    def choose(self, x, y, error=1e-3, scheme='centred', alpha=None, r0=None, loss=None):
        """Options for a gradient with a relative error of about ``error``, from trials on these data.

        The error of the scheme is c λ^p with a known p; c is measured from the gradients at λ and λ/2. The nudged
        phases' remainder of F weighs 1/λ, which gives ``tol``; the slowest eigenvalue of J then says how many steps
        that takes.

        Parameters
        ----------
        x, y, alpha, r0, loss
            As in `gradient`.
        error : float
            Wanted relative error. Default 1e-3.
        scheme : str
            'one-sided', 'centred' (default), or 'holomorphic', for which ``points`` is chosen.

        Returns
        -------
        dict
            ``nudge``, ``scheme``, ``points``, ``tol`` and ``max_steps``, to be given to `gradient` or `fit`.
        """
        if not 0 < error < 1:
            raise InvalidValueError(f'{type(self).__name__}.choose: expected 0 < error < 1, got {error!r}.')
        data = self.check_points(x, y, alpha, r0)
        settle = dict(tol=self.default_tol, max_steps=100_000)

        def flat(**options):
            grads = self.measure(x, y, alpha, r0, loss, **settle, **options)[1]
            return np.concatenate([np.ravel(g) for g in grads.values()])
        trial = 0.1
        order = {'one-sided': 1, 'centred': 2, 'holomorphic': 4}.get(scheme)
        chosen = dict(nudge=trial, scheme=scheme, points=4)
        self.all_options(chosen)
        whole, half = flat(**chosen), flat(**{**chosen, 'nudge': trial / 2})
        size = max(np.linalg.norm(half), 1e-300)
        off = np.linalg.norm(whole - half) / (1 - 2. ** -order) / size           # c λ^p at the trial λ
        if scheme == 'holomorphic':             # λ stays, the points are added until (λ/λ_0)^N is small enough
            reach = trial / max(off, 1e-12) ** (1 / order)                       # the nearest singularity's λ_0
            chosen['nudge'] = min(float(reach) / 3, 0.5)
            chosen['points'] = max(4, 2 * math.ceil(math.log(1 / error) / math.log(3) / 2))
        else:
            chosen['nudge'] = min(0.5, float(trial * (0.5 * error / max(off, 1e-12)) ** (1 / order)))
        push = jax.vmap(lambda r, y: largest(self.slope(r, self.params_dict(), y, loss)))
        free = self.relax(data.x, data.r0, max_steps=100_000)
        tol = 0.05 * error * chosen['nudge'] * float(jnp.max(push(free.r, data.y)))
        chosen['tol'] = max(tol, self.default_tol)
        one = tree_map(lambda a: a[0], (free.r, data.x))
        slowest = -float(self.stability(*one, k=1).eigenvalues[0].real)
        steps = math.log(10 / chosen['tol']) / max(slowest * self.dt, 1e-6)
        chosen['max_steps'] = max(100, 10 * math.ceil(steps))
        return chosen


class ContrastiveHebbian(FixedPointRule):
    """Contrastive Hebbian learning: one phase free, one with the outputs clamped to the target; the difference learns.

        (1)  Δw ∝ −∂/∂w [E(r_clamped) − E(r_free)],   that is ρ_i ρ_j (clamped) − ρ_i ρ_j (free) for a synapse w_ij

    It is equilibrium propagation's limit of an infinitely strong pull to the target (λ → −∞). Its gradient is that of
    the contrastive function E(r_clamped) − E(r_free), which is ≥ 0 and 0 where the free network answers right, exactly;
    it is not the gradient of the loss l (which is what `gradient` returns as the loss, for the eye).

    Needs an energy (`HasEnergy`) and output units to clamp (`HasOutputUnits`). Cost: two relaxations.

    Options (of `gradient` and `fit`)
    ---------------------------------
    tol, max_steps, solver, must_settle
        As for `FixedPointRule`; the clamped phase runs as dynamics.

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
    check_model = EquilibriumPropagation.check_model

    def settled_gradient(self, params, data, free, loss, tol=None, max_steps=10_000, **options):
        def clamped(r0, x, y):
            def hold(r):
                return r.at[self.output_units].set(y)

            def field(r):
                return self.at_rest(r, self.drift(r, params, x)).at[self.output_units].set(0.)
            return settle(field, lambda r, f: hold(self.step(r, params, x)), hold(r0),
                          self.default_tol if tol is None else tol, max_steps)
        held = jax.vmap(clamped)(free.r, data.x, data.y)

        def contrast(params):
            E = jax.vmap(self.energy, (0, None, 0))
            return jnp.sum(data.alpha * (E(held.r, params, data.x) - E(free.r, params, data.x)))
        return jax.grad(contrast)(params), {'unsettled': jnp.sum(~held.converged), 'clamped': jnp.max(held.residual)}


class VectorFieldEP(_Nudging):
    """Equilibrium propagation of a network without an energy. Approximate: takes J for its transpose.

        (1)  dr/dt = F(r, w, x) + λ (∂l/∂r)ᵀ
        (2)  dl/dw ≈ (dr*/dλ)ᵀ ∂F/∂w + ∂l/∂w,     (dr*/dλ)ᵀ = −(∂l/∂r) J⁻ᵀ   instead of −(∂l/∂r) J⁻¹

    Exact (as λ → 0) if and only if J is symmetric at r*; the error grows with its antisymmetric part. Any model with an
    F will do.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge, scheme, points, steps, tol, max_steps, solver, must_settle
        As for `EquilibriumPropagation`.

    References
    ----------
    B. Scellier, A. Goyal, J. Binas, T. Mesnard and Y. Bengio, "Generalization of equilibrium propagation to vector
    field dynamics", doi:10.48550/arXiv.1808.04873 (2018).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.VectorFieldEP, ratezoo.RateRNN):
    ...     '''No symmetry asked for.'''
    >>> net = Net(2, 5, 1, g=0.5, seed=0)
    >>> sorted(net.gradient(np.ones(2), np.ones(1))[1])
    ['W', 'W_in', 'W_out', 'b', 'b_out']
    """

    exact = 'where J is symmetric, in the limit of no nudge (λ → 0)'
    _extra = None

    def settled_gradient(self, params, data, free, loss, scheme='centred', nudge=0.5, points=8, **options):
        r, _, weights, report = self._run_contour(params, data, free, loss, scheme, nudge, points, extra=self._extra,
                                                  **options)
        v = tree_map(lambda a: jnp.tensordot(weights, a, 1).real, r)                      # dr*/dλ
        return through_field(self, params, data, free.r, v, loss), report


class AsymmetricEP(VectorFieldEP):
    """Equilibrium propagation that is exact for asymmetric networks: the nudged phase is given back what is missing.

        (1)  dr/dt = F(r, w, x) + (Jᵀ − J)(r − r*) + λ (∂l/∂r)ᵀ,     J = ∂F/∂r at the free phase's r*
        (2)  dl/dw = (dr*/dλ)ᵀ ∂F/∂w + ∂l/∂w

    The added term vanishes at r* and turns the Jacobian there into its transpose, so that (dr*/dλ)ᵀ = −(∂l/∂r) J⁻¹.
    Exact in the limit λ → 0 for every F, also for feedforward networks; J enters by products alone. The free and the
    nudged phase are stable together, because J and Jᵀ have the same eigenvalues.

    Options (of `gradient` and `fit`)
    ---------------------------------
    nudge, scheme, points, steps, tol, max_steps, solver, must_settle
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

    def _extra(self, r, start, params, x):
        """(Jᵀ − J)(r − r*) by products with J, for complex r by its real and its imaginary part."""
        def F(s):
            return self.drift(s, params, x)
        _, pull = jax.vjp(F, start)

        def apply(d):
            return tree_map(jnp.subtract, pull(d)[0], jax.jvp(F, (start,), (d,))[1])
        d = tree_map(jnp.subtract, r, start)
        if not any(map(jnp.iscomplexobj, jax.tree_util.tree_leaves(d))):
            return apply(d)
        real, imaginary = apply(tree_map(jnp.real, d)), apply(tree_map(jnp.imag, d))
        return tree_map(lambda a, b: a + 1j * b, real, imaginary)


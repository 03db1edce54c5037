"""Unbiased online recurrent optimisation."""

import jax
import jax.numpy as jnp

from ratezoo.learning.probes import Probed, balance, norm

__all__ = ['UORO']
CATEGORY = 'approximate online rule'

tree_map = jax.tree_util.tree_map


class UORO(Probed):
    """Unbiased online recurrent optimisation: the influence p = dr/dw as a random product of two vectors.

    With the one-step map S and independent signs ν (N,), ±1 with probability ½ at every step,

        (1)  s ← ρ₀ (∂S/∂r) s + ρ₁ ν,     q ← q/ρ₀ + (νᵀ ∂S/∂w)/ρ₁,     E[s qᵀ] = p
        (2)  ρ₀² = ‖q‖/‖(∂S/∂r) s‖,     ρ₁² = ‖νᵀ ∂S/∂w‖/‖ν‖            (least variance)
        (3)  dl/dw ≈ Σ_t α_t [(∂l_t/∂r_t · s_t) q_t + ∂l_t/∂w]

    Approximate, but unbiased: the mean over the signs is the exact gradient while the weights stay the same. Its noise
    grows with the number of units and with the length of the memory. The products of the Jacobian are exact (the
    paper takes finite differences).

    The traces are Variables ``s`` (k, N) and ``p_<parameter>``, q (k, *shape of the parameter), for k probes whose
    products are averaged; ``probe_key`` is the random state.

    Cost a step: O(k m) operations and memory for m parameters.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k: independent estimates that are averaged; the variance falls as 1/k. Default 1.

    References
    ----------
    C. Tallec and Y. Ollivier, "Unbiased online recurrent optimization", ICLR (2018), arXiv:1702.05043 (2017), Alg. 1.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.UORO, ratezoo.RateRNN):
    ...     '''Noisy, cheap.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> x, y = np.ones((20, 2)), np.zeros(20)
    >>> once, other = (net.gradient(x, y, seed=k)[1]['W'] for k in (0, 1))
    >>> bool((once == other).all())
    False
    """

    exact = 'unbiased: exact in the mean over its random signs'

    def initial_traces(self, params, key, probes=1):
        """s = 0, q = 0."""
        dtype = params[self.params[0]].dtype
        return {'s': jnp.zeros((probes, self.state_size), dtype), 'probe_key': key,
                **{f'p_{q}': jnp.zeros((probes, *params[q].shape), dtype) for q in self.step_params}}

    def advance(self, r, params, x, traces, **_):
        """Eq. (1)."""
        step, vector, back = self.flat_step(r, params, x)
        traced = {q: params[q] for q in self.step_params}
        new, pull = jax.vjp(step, vector, traced)
        s, q = traces['s'], {p: traces[f'p_{p}'] for p in self.step_params}
        nu, key = self.draw(traces['probe_key'], s.shape, s.dtype)

        def one(s, q, nu):
            moved = jax.jvp(lambda v: step(v, traced), (vector,), (s,))[1]
            immediate = pull(nu)[1]
            rho0, rho1 = balance(norm(q), norm(moved)), balance(norm(immediate), norm(nu))
            return rho0 * moved + rho1 * nu, tree_map(lambda a, b: a / rho0 + b / rho1, q, immediate)
        s, q = jax.vmap(one)(s, q, nu)
        return back(new), {'s': s, 'probe_key': key, **{f'p_{p}': a for p, a in q.items()}}

    def credit(self, dl_dr, traces, params, **_):
        """Eq. (3), the mean over the probes."""
        along = traces['s'] @ self.flat(dl_dr)[0] / len(traces['s'])
        return {p: jnp.tensordot(along, traces[f'p_{p}'], 1) for p in self.step_params}

    def cost_per_sample(self, n, m, total, T, probes=1):
        return 3 * probes * (m + n) + total, 10 * probes * m

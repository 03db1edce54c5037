"""Unbiased online recurrent optimisation."""

from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.learning.probes import Probed, balance, norm
from ratezoo.types import Array, Params, State

__all__ = ['UORO']
CATEGORY = 'approximate online rule'

tree_map = jax.tree_util.tree_map


class UORO(Probed):
    """Unbiased online recurrent optimisation: the influence p = dr/dw is estimated by a random product of two vectors.

    With the one-step map S and independent signs ν (N,), drawn anew at every step, ±1 with probability ½ each,

        (1)  s ← ρ₀ (∂S/∂r) s + ρ₁ ν,     q ← q/ρ₀ + (νᵀ ∂S/∂w)/ρ₁,     E[s qᵀ] = p
        (2)  ρ₀² = ‖q‖/‖(∂S/∂r) s‖,     ρ₁² = ‖νᵀ ∂S/∂w‖/‖ν‖            (least variance)
        (3)  dl/dw ≈ Σ_t α_t [(∂l_t/∂r_t · s_t) q_t + ∂l_t/∂w]

    Approximate, but unbiased: the mean over the signs is the exact gradient, as long as the weights stay the same. The
    noise of the estimate grows with the number of units and with the length of the memory. The products with the
    Jacobian are exact (the paper takes finite differences).

    The traces are Variables ``s`` (k, N) and ``p_<parameter>`` (k, *shape of the parameter), which is q, for k probes:
    independent products whose mean is taken. The trace ``probe_key`` is the state of the random numbers.

    Cost a step: O(k m) operations and memory for m parameters.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k, the number of independent products. The variance of their mean falls as 1/k. Default 1.

    References
    ----------
    C. Tallec and Y. Ollivier, "Unbiased online recurrent optimization", ICLR (2018), arXiv:1702.05043 (2017), Alg. 1.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.UORO, ratezoo.RateRNN):
    ...     '''A cheap estimate with much noise.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> x, y = np.ones((20, 2)), np.zeros(20)
    >>> first, second = (net.gradient(x, y, seed=k)[1]['W'] for k in (0, 1))
    >>> bool((first == second).all())                   # another seed, other signs, another estimate
    False
    """

    exact = (
        'unbiased: exact in the mean over its random signs. '
        'Standard case (docs/accuracy.md): relative error 6.5, cosine 0.1'
    )

    def initial_traces(self, params: Params, key: Array | None, probes: int = 1, **_: Any) -> dict[str, Any]:
        """s = 0, q = 0."""
        dtype = params[self.params[0]].dtype
        return {
            's': jnp.zeros((probes, self.state_size), dtype),
            'probe_key': key,
            **{f'p_{q}': jnp.zeros((probes, *params[q].shape), dtype) for q in self.step_params},
        }

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eqs. (1) and (2)."""
        step, vector, unflatten = self.flat_step(r, params, x)
        step_params = {p: params[p] for p in self.step_params}
        new, pull = jax.vjp(step, vector, step_params)
        s, q = traces['s'], {p: traces[f'p_{p}'] for p in self.step_params}
        nu, key = self.draw(traces['probe_key'], s.shape, s.dtype)

        def one_probe(s, q, nu):
            moved = jax.jvp(lambda v: step(v, step_params), (vector,), (s,))[1]  # (∂S/∂r) s
            immediate = pull(nu)[1]  # νᵀ ∂S/∂w
            rho0, rho1 = balance(norm(q), norm(moved)), balance(norm(immediate), norm(nu))
            return rho0 * moved + rho1 * nu, tree_map(lambda a, b: a / rho0 + b / rho1, q, immediate)

        s, q = jax.vmap(one_probe)(s, q, nu)
        return unflatten(new), {'s': s, 'probe_key': key, **{f'p_{p}': a for p, a in q.items()}}

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """Eq. (3), the mean over the probes."""
        along = traces['s'] @ self.flat(dl_dr)[0] / len(traces['s'])
        return {p: jnp.tensordot(along, traces[f'p_{p}'], 1) for p in self.step_params}

    def cost_per_sample(self, n: int, m: int, total: int, T: int, probes: int = 1, **_: Any) -> tuple[float, float]:
        return 3 * probes * (m + n) + total, 10 * probes * m

"""Kronecker-factored RTRL: the influence as a random product of a vector and a matrix."""

from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.learning.currents import CurrentRule
from ratezoo.learning.probes import Probed, balance, norm
from ratezoo.types import Array, Params, State

__all__ = ['KFRTRL', 'RKF']
CATEGORY = 'approximate online rule'


class _Kronecker(CurrentRule, Probed):
    """What the two factorisations share."""

    def _step_parts(self, r, params, x):
        """One step, and the derivatives that Eq. (1) of both rules needs.

        Returns
        -------
        r : state
            The state after the step.
        move : callable
            V (N, columns) → (∂S/∂r) V.
        by_current : array (N, n_post)
            D = ∂r/∂I.
        z : array (n_pre,)
            The presynaptic activities of all synapses, one synapse after the other.
        """
        step, vector, unflatten = self.flat_step(r, params, x)
        step_params = {q: params[q] for q in self.step_params}
        new, move = jax.linearize(lambda v: step(v, step_params), vector)
        by_current = self.by_current_matrix(self.local_derivatives(r, self.current(r, params, x))[1])
        z = self.presynaptic_arrays(r, x)
        all_z = jnp.concatenate([z[p] for p in self.synapses])
        return unflatten(new), lambda V: jax.vmap(move, 1, 1)(V), by_current, all_z


class KFRTRL(_Kronecker):
    """Kronecker-factored RTRL: the influence dr_k/dw_ij is estimated by a random product A_ki u_j.

    It needs a model with currents I = w z (`HasCurrents`). Here z contains all presynaptic activities: the units, the
    inputs and a 1 for the bias. Then the immediate influence is a Kronecker product, ∂r_k/∂w_ij = D_ki z_j with
    D = ∂r/∂I. With two independent signs c₁, c₂, drawn anew at every step,

        (1)  u ← c₁ ρ₁ u + c₂ ρ₂ z,     A ← c₁ (∂S/∂r) A/ρ₁ + c₂ D/ρ₂,     E[A_ki u_j] = dr_k/dw_ij
        (2)  ρ₁² = ‖(∂S/∂r) A‖/‖u‖,     ρ₂² = ‖D‖/‖z‖                      (least variance)
        (3)  dl/dw_ij ≈ Σ_t α_t (∂l_t/∂r_t A)_i u_j

    Approximate, but unbiased: the mean over the signs is the exact gradient, as long as the weights stay the same. The
    estimate has far less noise than that of `UORO`.

    The traces are Variables ``u`` (k, n_pre) and ``A`` (k, N, n_post) for k probes: independent products whose mean is
    taken. n_pre is the number of presynaptic activities of all synapses together. The trace ``probe_key`` is the state
    of the random numbers.

    Cost a step: O(k n³) operations, O(k n²) memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k, the number of independent products. The variance of their mean falls as 1/k. Default 1.

    References
    ----------
    A. Mujika, F. Meier and A. Steger, "Approximating real-time recurrent learning with random Kronecker factors",
    NeurIPS (2018), arXiv:1805.10842, Alg. 1.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.KFRTRL, ratezoo.RateRNN):
    ...     '''Unbiased, with less noise than UORO.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.u.shape, net.A.shape                        # presynaptic: 5 units, 2 inputs, the 1 of the bias
    ((1, 8), (1, 5, 5))
    """

    exact = (
        'unbiased: exact in the mean over its random signs. '
        'Standard case (docs/accuracy.md): relative error 1.2, cosine 0.48'
    )

    def initial_traces(self, params: Params, key: Array | None, probes: int = 1, **_: Any) -> dict[str, Any]:
        """u = 0, A = 0."""
        n_pre = sum(self.presynaptic_sizes(params).values())
        return {
            'u': jnp.zeros((probes, n_pre), self.dtype),
            'probe_key': key,
            'A': jnp.zeros((probes, self.state_size, self.n_currents), self.dtype),
        }

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eqs. (1) and (2)."""
        new, move, by_current, z = self._step_parts(r, params, x)
        c, key = self.draw(traces['probe_key'], (len(traces['u']), 2), z.dtype)

        def one_probe(u, A, c):
            moved = move(A)
            rho1, rho2 = balance(norm(moved), norm(u)), balance(norm(by_current), norm(z))
            return c[0] * rho1 * u + c[1] * rho2 * z, c[0] / rho1 * moved + c[1] / rho2 * by_current

        u, A = jax.vmap(one_probe)(traces['u'], traces['A'], c)
        return new, {'u': u, 'A': A, 'probe_key': key}

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """Eq. (3), the mean over the probes."""
        of_post = jnp.einsum('k,pki->pi', self.flat(dl_dr)[0], traces['A'])
        by_weights = jnp.einsum('pi,pj->ij', of_post, traces['u']) / len(traces['u'])
        return self.to_parameters(self.split_synapses(by_weights, params), params)

    def cost_per_sample(self, n: int, m: int, total: int, T: int, probes: int = 1, **_: Any) -> tuple[float, float]:
        return 3 * probes * n * self.n_currents + 2 * n * n + total, 2 * probes * m * self.n_currents


class RKF(_Kronecker):
    """Reverse Kronecker-factored RTRL: the influence dr_k/dw_ij is estimated by a random product A_i B_kj.

    It is `KFRTRL` with the vector on the postsynaptic side, and needs the same models. With signs ν (n_post,), drawn
    anew at every step, ±1 with probability ½ each,

        (1)  A ← ρ₁ A + ρ₂ ν,     B ← (∂S/∂r) B/ρ₁ + (D ν) zᵀ/ρ₂,     E[A_i B_kj] = dr_k/dw_ij
        (2)  ρ₁² = ‖(∂S/∂r) B‖/‖A‖,     ρ₂² = ‖(D ν) zᵀ‖/‖ν‖          (least variance)
        (3)  dl/dw_ij ≈ Σ_t α_t A_i (∂l_t/∂r_t B)_j

    Approximate, but unbiased, like `KFRTRL`. The estimate has as much noise as that of `UORO`.

    The traces are Variables ``A`` (k, n_post) and ``B`` (k, N, n_pre). The trace ``probe_key`` is the state of the
    random numbers.

    Cost a step: O(k n³) operations, O(k n²) memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k, the number of independent products. The variance of their mean falls as 1/k. Default 1.

    References
    ----------
    O. Marschall, K. Cho and C. Savin, "A unified framework of online learning algorithms for training recurrent neural
    networks", Journal of Machine Learning Research 21 (135), 1–34 (2020), arXiv:1907.02649 ("reverse KF-RTRL").

    Examples
    --------
    >>> import ratezoo
    >>> class Net(ratezoo.RKF, ratezoo.RateRNN):
    ...     '''The vector is on the postsynaptic side.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.A.shape, net.B.shape
    ((1, 5), (1, 5, 8))
    """

    exact = (
        'unbiased: exact in the mean over its random signs. '
        'Standard case (docs/accuracy.md): relative error 7, cosine 0.077'
    )

    def initial_traces(self, params: Params, key: Array | None, probes: int = 1, **_: Any) -> dict[str, Any]:
        """A = 0, B = 0."""
        n_pre = sum(self.presynaptic_sizes(params).values())
        return {
            'A': jnp.zeros((probes, self.n_currents), self.dtype),
            'probe_key': key,
            'B': jnp.zeros((probes, self.state_size, n_pre), self.dtype),
        }

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eqs. (1) and (2)."""
        new, move, by_current, z = self._step_parts(r, params, x)
        nu, key = self.draw(traces['probe_key'], traces['A'].shape, z.dtype)

        def one_probe(A, B, nu):
            moved, immediate = move(B), jnp.outer(by_current @ nu, z)
            rho1, rho2 = balance(norm(moved), norm(A)), balance(norm(immediate), norm(nu))
            return rho1 * A + rho2 * nu, moved / rho1 + immediate / rho2

        A, B = jax.vmap(one_probe)(traces['A'], traces['B'], nu)
        return new, {'A': A, 'B': B, 'probe_key': key}

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """Eq. (3), the mean over the probes."""
        of_pre = jnp.einsum('k,pkj->pj', self.flat(dl_dr)[0], traces['B'])
        by_weights = jnp.einsum('pi,pj->ij', traces['A'], of_pre) / len(of_pre)
        return self.to_parameters(self.split_synapses(by_weights, params), params)

    def cost_per_sample(self, n: int, m: int, total: int, T: int, probes: int = 1, **_: Any) -> tuple[float, float]:
        return 3 * probes * n * (m / self.n_currents) + 2 * n * n + total, 2 * probes * m * m / self.n_currents

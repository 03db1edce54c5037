"""Kronecker-factored RTRL: the influence as a random product of a vector and a matrix."""

import jax
import jax.numpy as jnp

from ratezoo.learning.currents import CurrentRule
from ratezoo.learning.probes import Probed, balance, norm

__all__ = ['KFRTRL', 'RKF']
CATEGORY = 'approximate online rule'


class _Kronecker(CurrentRule, Probed):
    """What the two factorisations share."""

    def _step_parts(self, r, params, x):
        """The next state; V ↦ (∂S/∂r) V for a matrix V (N, columns); ∂r/∂I (N, post); z (all presynaptic,)."""
        step, vector, back = self.flat_step(r, params, x)
        traced = {q: params[q] for q in self.step_params}
        new, move = jax.linearize(lambda v: step(v, traced), vector)
        by_current = self.by_current_matrix(self.local_derivatives(r, self.current(r, params, x))[1])
        z = self.presynaptic_arrays(r, x)
        return (back(new), lambda V: jax.vmap(move, 1, 1)(V), by_current,
                jnp.concatenate([z[p] for p in self.synapses]))


class KFRTRL(_Kronecker):
    """Kronecker-factored RTRL: the influence dr_k/dw_ij as a random product A_ki u_j.

    For a model with currents I = w z (`HasCurrents`; z gathers all presynaptic activity, the inputs and a 1), the
    immediate influence is a Kronecker product, ∂r_k/∂w_ij = D_ki z_j with D = ∂r/∂I, and with two independent signs
    c₁, c₂ at every step

        (1)  u ← c₁ ρ₁ u + c₂ ρ₂ z,     A ← c₁ (∂S/∂r) A/ρ₁ + c₂ D/ρ₂,     E[A_ki u_j] = dr_k/dw_ij
        (2)  ρ₁² = ‖(∂S/∂r) A‖/‖u‖,     ρ₂² = ‖D‖/‖z‖                      (least variance)
        (3)  dl/dw_ij ≈ Σ_t α_t (∂l_t/∂r_t A)_i u_j

    Approximate, but unbiased: the mean over the signs is the exact gradient while the weights stay the same; its noise
    is far smaller than that of `UORO`.

    The traces are Variables ``u`` (k, n_pre) and ``A`` (k, N, n_post) for k probes whose products are averaged, with
    n_pre presynaptic activities of all synapses together; ``probe_key`` is the random state.

    Cost a step: O(k n³) operations, O(k n²) memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k: independent estimates that are averaged; the variance falls as 1/k. Default 1.

    References
    ----------
    A. Mujika, F. Meier and A. Steger, "Approximating real-time recurrent learning with random Kronecker factors",
    NeurIPS (2018), arXiv:1805.10842, Alg. 1.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.KFRTRL, ratezoo.RateRNN):
    ...     '''Unbiased, at the cost of one more matrix product.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.u.shape, net.A.shape                        # 5 recurrent weights, 2 inputs, the bias
    ((1, 8), (1, 5, 5))
    """

    exact = 'unbiased: exact in the mean over its random signs'

    def initial_traces(self, params, key, probes=1):
        """u = 0, A = 0."""
        n_pre = sum(self.presynaptic_sizes(params).values())
        return {'u': jnp.zeros((probes, n_pre), self.dtype), 'probe_key': key,
                'A': jnp.zeros((probes, self.state_size, self.n_currents), self.dtype)}

    def advance(self, r, params, x, traces, **_):
        """Eq. (1)."""
        new, move, by_current, z = self._step_parts(r, params, x)
        c, key = self.draw(traces['probe_key'], (len(traces['u']), 2), z.dtype)

        def one(u, A, c):
            moved = move(A)
            rho1, rho2 = balance(norm(moved), norm(u)), balance(norm(by_current), norm(z))
            return c[0] * rho1 * u + c[1] * rho2 * z, c[0] / rho1 * moved + c[1] / rho2 * by_current
        u, A = jax.vmap(one)(traces['u'], traces['A'], c)
        return new, {'u': u, 'A': A, 'probe_key': key}

    def credit(self, dl_dr, traces, params, **_):
        """Eq. (3), the mean over the probes."""
        at_post = jnp.einsum('k,pki->pi', self.flat(dl_dr)[0], traces['A'])
        joint = jnp.einsum('pi,pj->ij', at_post, traces['u']) / len(traces['u'])
        return self.to_parameters(self.split_synapses(joint, params), params)

    def cost_per_sample(self, n, m, total, T, probes=1):
        return 3 * probes * n * self.n_currents + 2 * n * n + total, 2 * probes * m * self.n_currents


class RKF(_Kronecker):
    """Reverse Kronecker-factored RTRL: the influence dr_k/dw_ij as a random product A_i B_kj.

    As `KFRTRL` for models with currents, but the vector stands on the postsynaptic side: with signs ν (n_post,), ±1 at
    every step,

        (1)  A ← ρ₁ A + ρ₂ ν,     B ← (∂S/∂r) B/ρ₁ + (D ν) zᵀ/ρ₂,     E[A_i B_kj] = dr_k/dw_ij
        (2)  ρ₁² = ‖(∂S/∂r) B‖/‖A‖,     ρ₂² = ‖(D ν) zᵀ‖/‖ν‖          (least variance)
        (3)  dl/dw_ij ≈ Σ_t α_t A_i (∂l_t/∂r_t B)_j

    Approximate, but unbiased, like `UORO`, whose noise it shares.

    The traces are Variables ``A`` (k, n_post) and ``B`` (k, N, n_pre); ``probe_key`` is the random state.

    Cost a step: O(k n³) operations, O(k n²) memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    probes : int
        k: independent estimates that are averaged; the variance falls as 1/k. Default 1.

    References
    ----------
    O. Marschall, K. Cho and C. Savin, "A unified framework of online learning algorithms for training recurrent neural
    networks", Journal of Machine Learning Research 21 (135), 1–34 (2020), arXiv:1907.02649 ("reverse KF-RTRL").

    Examples
    --------
    >>> import ratezoo
    >>> class Net(ratezoo.RKF, ratezoo.RateRNN):
    ...     '''The vector on the other side.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.A.shape, net.B.shape
    ((1, 5), (1, 5, 8))
    """

    exact = 'unbiased: exact in the mean over its random signs'

    def initial_traces(self, params, key, probes=1):
        """A = 0, B = 0."""
        n_pre = sum(self.presynaptic_sizes(params).values())
        return {'A': jnp.zeros((probes, self.n_currents), self.dtype), 'probe_key': key,
                'B': jnp.zeros((probes, self.state_size, n_pre), self.dtype)}

    def advance(self, r, params, x, traces, **_):
        """Eq. (1)."""
        new, move, by_current, z = self._step_parts(r, params, x)
        nu, key = self.draw(traces['probe_key'], traces['A'].shape, z.dtype)

        def one(A, B, nu):
            moved, immediate = move(B), jnp.outer(by_current @ nu, z)
            rho1, rho2 = balance(norm(moved), norm(A)), balance(norm(immediate), norm(nu))
            return rho1 * A + rho2 * nu, moved / rho1 + immediate / rho2
        A, B = jax.vmap(one)(traces['A'], traces['B'], nu)
        return new, {'A': A, 'B': B, 'probe_key': key}

    def credit(self, dl_dr, traces, params, **_):
        """Eq. (3), the mean over the probes."""
        at_pre = jnp.einsum('k,pkj->pj', self.flat(dl_dr)[0], traces['B'])
        joint = jnp.einsum('pi,pj->ij', traces['A'], at_pre) / len(at_pre)
        return self.to_parameters(self.split_synapses(joint, params), params)

    def cost_per_sample(self, n, m, total, T, probes=1):
        return 3 * probes * n * (m / self.n_currents) + 2 * n * n + total, 2 * probes * m * m / self.n_currents

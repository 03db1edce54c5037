"""Kernel RNN learning: the influence between units as exponential kernels, learned by perturbing the network."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.learning.currents import CurrentRule
from ratezoo.types import Array, ArrayLike, Params, State, StateLike

__all__ = ['KeRNL']
CATEGORY = 'approximate online rule'


class KeRNL(CurrentRule):
    """Kernel RNN learning: the influence of unit i's current on unit k, s steps later, is approximated by β_ki κ_i^s.

    It needs a model with currents I = w z (`HasCurrents`) whose units have one state and one current. With
    d_i = ∂r_i/∂I_i,

        (1)  e_ij ← κ_i e_ij + d_i z_j,     dr_k/dw_ij ≈ β_ki e_ij
        (2)  dl/dw_ij ≈ Σ_t α_t (∂l_t/∂r_t β)_i e_ij

    The kernels β (N, N) and κ (N,) are learned while the network runs. A copy r̂ of the network runs beside it, and
    noise ψ is added to the currents of the copy. The kernels predict the response β Ω, with Ω_i ← κ_i Ω_i + d_i ψ_i.
    The true response is δ = r̂ − r. The difference ε between the two changes the kernels,

        (3)  ε = δ − β Ω,     β ← β + η ε Ωᵀ/(1 + ‖Ω‖²),     κ_i ← κ_i + η (εᵀβ)_i Γ_i/(1 + ‖β Γ‖²),     Γ = ∂Ω/∂κ

    Three things differ from the paper. The steps are normalised by the denominators in (3). The noise perturbs the
    currents, not the states, so that the response is the one in Eq. (1). And κ is the paper's e^{−γ}; it is kept in
    [0, 1]. The noise is ψ ~ N(0, ``perturbation``²). δ, Ω and Γ are in units of ``perturbation``.

    Approximate: few influences are a single exponential. At the beginning β = 1 and κ = 1 − Δt/τ. With η = 0 they do
    not change, and the rule is `RFLO`. `learn_kernels` runs the network and keeps the β and κ that it learned. Then
    `gradient` and `fit` start from them.

    The traces are Variables: ``p_<parameter>``, which is e, of the parameter's shape; ``beta`` and ``kappa``; and, for
    the learning of the kernels, ``r_hat`` (N,), ``Omega`` (N,), ``Gamma`` (N,) and ``probe_key``.

    Cost a step: O(n² + m) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    kernel_rate : float
        η, the learning rate of the kernels. Default 0.01.
    perturbation : float
        Standard deviation of the noise ψ. Default 0.001.

    References
    ----------
    C. Roth, I. Kanitscheider and I. Fiete, "Kernel RNN learning (KeRNL)", ICLR (2019),
    https://openreview.net/forum?id=ryGfnoC5KQ. O. Marschall, K. Cho and C. Savin, Journal of Machine Learning Research
    21 (135) (2020), arXiv:1907.02649.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.KeRNL, ratezoo.RateRNN):
    ...     '''Learns how its units respond.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.learn_kernels(np.random.default_rng(0).normal(size=(500, 2)))
    >>> net.beta.shape, net.kappa.shape
    ((5, 5), (5,))
    """

    exact = (
        'approximate: takes an exponential that it learns for every influence of unit on unit. '
        'Standard case (docs/accuracy.md): relative error 0.3, cosine 0.95'
    )
    stochastic = True
    options = ('kernel_rate', 'perturbation')
    kernel_rate: float = 0.01
    perturbation: float = 0.001

    def check_options(self, options: Mapping[str, Any]) -> None:
        for name, low in (('kernel_rate', 0.0), ('perturbation', 1e-12)):
            value = options[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value < np.inf:
                raise self.invalid(name, f'a number ≥ {low:g}', repr(value))

    def prepare(self) -> None:
        super().prepare()
        self.check_units()
        no_current = jnp.zeros(self.n_currents, self.dtype)
        by_state, _ = self.local_derivatives(self.initial_state(), no_current)
        leak = by_state[0, 0]
        self.kernels = jnp.eye(self.state_size, dtype=self.dtype), jnp.clip(leak, 0.0, 1.0)

    def learn_kernels(self, x: ArrayLike, r0: StateLike | None = None, *, seed: int = 0, **options: Any) -> None:
        """Run the network with an input, learn β and κ by Eq. (3), and keep them: `gradient` and `fit` start from them.

        Parameters
        ----------
        x : array (T, n_in)
            The input.
        r0 : array (n,), optional
            State before the first step. Default: the initial state.
        seed : int
            Seed of the noise ψ. Default 0.
        **options
            The options of the rule.
        """
        options = self.all_options(options)
        inputs = self.as_array('x', x)
        no_targets = jnp.zeros((*inputs.shape[:-1], *self.output_shape), self.dtype)
        data, batched = self.check_trajectories(inputs, no_targets, None, r0)
        if batched:
            raise self.invalid('learn_kernels', 'one input of shape (T, n_in)', f'shape {inputs.shape}')

        def run(params, data, key):
            def step(carry, x):
                return self.advance(carry[0], params, x, carry[1], **options), None

            traces = self.starting_traces(params, key, None, **options)
            return jax.lax.scan(step, (data.r0, traces), data.x)[0][1]

        compiled = self.compiled(('learn_kernels', *options.items()), lambda: jax.jit(run))
        traces = compiled(self.params_dict(), data, self.draw_key(seed))
        self.kernels = traces['beta'], traces['kappa']
        self.reset_state()

    def initial_traces(self, params: Params, key: Array | None, **_: Any) -> dict[str, Any]:
        """e = 0 and no response yet; β and κ are those that `learn_kernels` kept."""
        weights, n = jax.eval_shape(self.weights, params), self.state_size
        beta, kappa = self.kernels
        return {
            **{f'p_{q}': jnp.zeros(weights[q].shape, self.dtype) for q in self.synapses},
            **{name: jnp.zeros(n, self.dtype) for name in ('r_hat', 'Omega', 'Gamma')},
            'beta': beta,
            'kappa': kappa,
            'probe_key': key,
        }

    def advance(
        self,
        r: State,
        params: Params,
        x: Array,
        traces: dict[str, Array],
        kernel_rate: float = 0.0,
        perturbation: float = 1.0,
        **_: Any,
    ) -> tuple[State, dict[str, Array]]:
        """Eqs. (1) and (3). The trace ``r_hat`` holds (r̂ − r)/perturbation."""
        beta, kappa, Omega, Gamma = (traces[k] for k in ('beta', 'kappa', 'Omega', 'Gamma'))
        z, I = self.presynaptic_arrays(r, x), self.current(r, params, x)
        d = self.local_derivatives(r, I)[1][0, 0]

        def filtered(e, z):  # Eq. (1); e of a bias is a vector
            return kappa * e + d if e.ndim == 1 else kappa[:, None] * e + jnp.outer(d, z)

        eligibility = {f'p_{q}': filtered(traces[f'p_{q}'], z[q]) for q in self.synapses}

        key, key_now = jax.random.split(traces['probe_key'])
        psi = jax.random.normal(key_now, d.shape, d.dtype)
        after = self.step_of_current(r, I)
        delta = self._response(r, params, x, traces['r_hat'], after, psi, perturbation)
        Gamma, Omega = kappa * Gamma + Omega, kappa * Omega + d * psi
        error = delta - beta @ Omega  # Eq. (3)
        kappa_change = (error @ beta) * Gamma / (1 + jnp.sum((beta @ Gamma) ** 2))
        return after, {
            **eligibility,
            'r_hat': delta,
            'Omega': Omega,
            'Gamma': Gamma,
            'probe_key': key,
            'beta': beta + kernel_rate * jnp.outer(error, Omega) / (1 + Omega @ Omega),
            'kappa': jnp.clip(kappa + kernel_rate * kappa_change, 0.0, 1.0),
        }

    def _response(self, r, params, x, r_hat, after, psi, perturbation):
        """δ after one step of the perturbed copy, in units of ``perturbation``; ``after`` is the unperturbed state."""
        vector, unflatten = self.flat(r)
        copy = unflatten(vector + perturbation * r_hat)
        copy_after = self.step_of_current(copy, self.current(copy, params, x) + perturbation * psi)
        return (self.flat(copy_after)[0] - self.flat(after)[0]) / perturbation

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """Eq. (2)."""
        L = self.flat(dl_dr)[0] @ traces['beta']
        return self.to_parameters({q: jnp.einsum('i,i...->i...', L, traces[f'p_{q}']) for q in self.synapses}, params)

    def cost_per_sample(self, n: int, m: int, total: int, T: int, **_: Any) -> tuple[float, float]:
        return 3 * (m + n * n) + total, 4 * m + 10 * n * n

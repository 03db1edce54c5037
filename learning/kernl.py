"""Kernel RNN learning: each unit's influence as an exponential kernel, learned by perturbing the network."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import CompositionError, InvalidValueError
from ratezoo.learning.currents import CurrentRule

__all__ = ['KeRNL']
CATEGORY = 'approximate online rule'


class KeRNL(CurrentRule):
    """Kernel RNN learning: the influence of unit i's current on unit k, s steps later, is taken as β_ki κ_i^s.

    For a model with currents I = w z (`HasCurrents`), one state and one current to a unit, d_i = ∂r_i/∂I_i,

        (1)  e_ij ← κ_i e_ij + d_i z_j,     dr_k/dw_ij ≈ β_ki e_ij
        (2)  dl/dw_ij ≈ Σ_t α_t (∂l_t/∂r_t β)_i e_ij

    β (N, N) and κ (N,) are learned while the network runs, from a copy r̂ of it whose currents are jolted by noise ψ:
    with Ω_i ← κ_i Ω_i + d_i ψ_i, the response that the kernels predict, δ = r̂ − r is regressed on β Ω,

        (3)  ε = δ − β Ω,     β ← β + η ε Ωᵀ/(1 + ‖Ω‖²),     κ_i ← κ_i + η (εᵀβ)_i Γ_i/(1 + ‖β Γ‖²),     Γ = ∂Ω/∂κ

    (normalised steps, where the paper's are plain; it perturbs the states, here it is the currents, so that the
    response is the one Eq. (1) speaks of; κ is its e^{−γ}, kept in [0, 1]). ψ ~ N(0, ``perturbation``²), and δ, Ω, Γ
    are in units of ``perturbation``.

    Approximate: an influence is seldom a single exponential. With β = 1, κ = 1 − Δt/τ and η = 0, as it begins, it is
    `RFLO`. `learn_kernels` runs the network and keeps the β and κ found; ``gradient`` and ``fit`` start from them.

    The traces are Variables ``p_<parameter>``, e, of the parameter's shape; ``beta``, ``kappa``; and for their learning
    ``r_hat`` (N,), ``Omega`` (N,), ``Gamma`` (N,), ``probe_key``.

    Cost a step: O(n² + m) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    kernel_rate : float
        η. Default 0.01.
    perturbation : float
        Standard deviation of ψ. Default 0.001.

    References
    ----------
    C. Roth, I. Kanitscheider and I. Fiete, "Kernel RNN learning (KeRNL)", ICLR (2019),
    https://openreview.net/forum?id=ryGfnoC5KQ. O. Marschall, K. Cho and C. Savin, Journal of Machine Learning Research
    21 (135) (2020), arXiv:1907.02649.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.KeRNL, ratezoo.RateRNN):
    ...     '''Learns how its units answer.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.learn_kernels(np.random.default_rng(0).normal(size=(500, 2)))
    >>> net.beta.shape, net.kappa.shape
    ((5, 5), (5,))
    """

    exact = 'exact where every influence is the exponential that its kernel says'
    stochastic = True
    options = ('kernel_rate', 'perturbation')
    kernel_rate = 0.01
    perturbation = 0.001

    def check_options(self, options):
        for name, low in (('kernel_rate', 0.), ('perturbation', 1e-12)):
            value = options[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value < np.inf:
                raise InvalidValueError(f'{type(self).__name__}.{name}: expected a number ≥ {low:g}, got {value!r}.')

    def prepare(self):
        super().prepare()
        if len(self.states) > 1 or self.gates > 1:
            raise CompositionError(f'{type(self).__name__}: the rule needs units with one state and one current; these '
                                   f'have {len(self.states)} states and {self.gates} currents.')
        r = self.initial_state()
        leak = self.local_derivatives(r, jnp.zeros(self.n_currents, self.dtype))[0][0, 0]
        self.kernels = jnp.eye(self.state_size, dtype=self.dtype), jnp.clip(leak, 0., 1.)

    def learn_kernels(self, x, r0=None, *, seed=0, **options):
        """Run the network with the input x (T, n_in), learn β and κ by Eq. (3), and start from them henceforth."""
        options = self.all_options(options)
        x = self.as_array('x', x)
        out = self.output_shape
        data, batched = self.check_trajectories(x, jnp.zeros((*x.shape[:-1], *out), self.dtype), None, r0)
        if batched:
            raise InvalidValueError(f'{type(self).__name__}.learn_kernels: expected one input of shape (T, n_in), got '
                                    f'{x.shape}.')

        def run(params, data, key):
            def step(carry, x):
                return self.advance(carry[0], params, x, carry[1], **options), None
            traces = self.starting_traces(params, key, None, **options)
            return jax.lax.scan(step, (data.r0, traces), data.x)[0][1]
        traces = self.compiled(('learn_kernels', *options.items()), lambda: jax.jit(run))(
            self.params_dict(), data, self.draw_key(seed))
        self.kernels = traces['beta'], traces['kappa']
        self.reset_state()

    def initial_traces(self, params, key, **_):
        """e = 0, no perturbation yet; the kernels that were kept."""
        weights, n = jax.eval_shape(self.weights, params), self.state_size
        still = {name: jnp.zeros(n, self.dtype) for name in ('r_hat', 'Omega', 'Gamma')}
        return {**{f'p_{q}': jnp.zeros(weights[q].shape, self.dtype) for q in self.synapses}, **still,
                'beta': self.kernels[0], 'kappa': self.kernels[1], 'probe_key': key}

    def advance(self, r, params, x, traces, kernel_rate=0., perturbation=1.):
        """Eqs. (1) and (3); ``r_hat`` holds (r̂ − r)/perturbation."""
        beta, kappa, Omega, Gamma = (traces[k] for k in ('beta', 'kappa', 'Omega', 'Gamma'))
        z, I = self.presynaptic_arrays(r, x), self.current(r, params, x)
        d = self.local_derivatives(r, I)[1][0, 0]

        def filtered(e, z):
            return kappa * e + d if e.ndim == 1 else kappa[:, None] * e + jnp.outer(d, z)
        new = {f'p_{q}': filtered(traces[f'p_{q}'], z[q]) for q in self.synapses}

        key, now = jax.random.split(traces['probe_key'])
        psi = jax.random.normal(now, d.shape, d.dtype)
        after, vector = self.step_of_current(r, I), self.flat(r)[0]
        hat = self.flat(r)[1](vector + perturbation * traces['r_hat'])
        jolted = self.step_of_current(hat, self.current(hat, params, x) + perturbation * psi)
        delta = (self.flat(jolted)[0] - self.flat(after)[0]) / perturbation
        Gamma, Omega = kappa * Gamma + Omega, kappa * Omega + d * psi
        error = delta - beta @ Omega
        change = (error @ beta) * Gamma / (1 + jnp.sum((beta @ Gamma) ** 2))
        return after, {**new, 'r_hat': delta, 'Omega': Omega, 'Gamma': Gamma, 'probe_key': key,
                       'beta': beta + kernel_rate * jnp.outer(error, Omega) / (1 + Omega @ Omega),
                       'kappa': jnp.clip(kappa + kernel_rate * change, 0., 1.)}

    def credit(self, dl_dr, traces, params, **_):
        """Eq. (2)."""
        L = self.flat(dl_dr)[0] @ traces['beta']
        return self.to_parameters({q: jnp.einsum('i,i...->i...', L, traces[f'p_{q}']) for q in self.synapses}, params)

    def cost_per_sample(self, n, m, total, T, **_):
        return 3 * (m + n * n) + total, 4 * m + 10 * n * n

"""Diffusion: an energy for every level of noise, whose way down, with noise, leads to samples."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasNoiseLevels
from ratezoo.checks import is_count, is_positive
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel

__all__ = ['ScoreDiffusion']
CATEGORY = 'diffusion'

SCHEDULES = ('reverse', 'flow', 'langevin')


class ScoreDiffusion(HasNoiseLevels, HasEnergy, RateModel):
    """An energy for every level of noise; run downhill with noise, from pure noise, it samples what it learned.

        (1)  r ← r − Δ ∂E/∂r(r, σ) + √(T Δ) ξ,    ξ ~ N(0, 1),    x = (σ, Δ, T) the input of the step
        (2)  E(r, σ) = ½‖r‖²/(σ² + σ_d²) − (σ_d/σ) φ(r/√(σ² + σ_d²), ¼ ln σ)

    E(r, σ) stands for −ln p_σ(r), p_σ the density of the data with noise of standard deviation σ added, so that −∂E/∂r
    is the score. φ is a multilayer perceptron (SiLU) with one output; the factors around it keep what it has to learn
    of order one at every σ (Karras et al. 2022, written as an energy). `DenoisingScoreMatching` trains it.

    The level σ, the step Δ and the temperature T are inputs, and `schedule` makes them: a network that runs, with its
    noise, under DSRunner; monitors show r and E. With T = 0 and σ held, E never rises (for small steps). σ below
    ``sigma_min`` counts as ``sigma_min``; Δ = 0 stands for the network's dt; so without an input r runs down
    E(r, sigma_min).

    Parameters
    ----------
    n : int
        Dimension of the data. Default 2.
    hidden : sequence of int
        Units of φ's hidden layers. Default (128, 128, 128).
    sigma_data : float
        σ_d, the standard deviation of the data. Default 1.
    sigma_min, sigma_max : float
        The lowest and the highest level of noise. Default 0.01 and 10, in the data's units.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    dt, mode, name
        As in `RateModel`.

    Weights are uniform in ±√(6/(n_k + n_{k−1})); those of the last layer and all biases are 0 initially, so that
    E starts as that of Gaussian data.

    References
    ----------
    Y. Song and S. Ermon, NeurIPS 32 (2019), doi:10.48550/arXiv.1907.05600 (annealed Langevin dynamics). Y. Song et al.,
    ICLR (2021), doi:10.48550/arXiv.2011.13456 (reverse diffusion, probability flow; the variance-exploding form).
    T. Karras, M. Aittala, T. Aila and S. Laine, NeurIPS 35 (2022), doi:10.48550/arXiv.2206.00364, Table 1 (the factors
    and the levels). T. Salimans and J. Ho, "Should EBMs model the energy or the score?", ICLR workshop (2021).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.ScoreDiffusion(2, hidden=(16,), seed=0)
    >>> r = net.sample(500, steps=50, seed=1)                           # untrained: Gaussian of deviation sigma_data
    >>> r.shape, bool(0.9 < r.std() < 1.1)
    ((500, 2), True)
    """

    example = Example(30., lambda net, ts: net.schedule(len(ts)))
    def __init__(self, n=2, *, hidden=(128, 128, 128), sigma_data=1., sigma_min=0.01, sigma_max=10., dt=None, seed=None,
                 mode=None, name=None):
        hidden = (hidden,) if isinstance(hidden, int) else tuple(hidden)
        super().__init__(n, 3, dt=dt, seed=seed, mode=mode, name=name)
        if not hidden or not all(map(is_count, hidden)):
            raise self.invalid('hidden', 'numbers ≥ 1 of units, such as (128, 128)', hidden)
        for option, value in (('sigma_data', sigma_data), ('sigma_min', sigma_min), ('sigma_max', sigma_max)):
            if not is_positive(value):
                raise self.invalid(option, 'a standard deviation > 0', repr(value))
        if not sigma_min < sigma_max:
            raise self.invalid('sigma_min', f'less than sigma_max = {sigma_max}', sigma_min)
        self.sigma_data, self.sigma_min, self.sigma_max = float(sigma_data), float(sigma_min), float(sigma_max)
        self.noisy = True
        sizes, rng = (n + 1, *hidden), np.random.default_rng(self.seed)
        self.depth = len(hidden)
        layers = range(1, self.depth + 1)
        self.params = (*(f'W{k}' for k in layers), *(f'b{k}' for k in layers), 'W_out')
        for k in layers:
            shape = (sizes[k], sizes[k - 1])
            edge = (6 / sum(shape)) ** 0.5
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-edge, edge, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0., shape[:1]))
        self.W_out = self.trainable('W_out', 0., (sizes[-1],))

    def initial_state(self):
        """Pure noise, one draw from N(0, sigma_max²) by the network's seed; `prior` draws many."""
        return jnp.asarray(self.prior(1, self.seed)[0])

    # ---- the mathematics -----------------------------------------------------------------------------------------

    def phi(self, u, c, params):
        """The perceptron φ(u, c)."""
        h = jnp.append(u, c)
        for k in range(1, self.depth + 1):
            h = jax.nn.silu(params[f'W{k}'] @ h + params[f'b{k}'])
        return params['W_out'] @ h

    def energy(self, r, params, x):
        """E(r, σ), Eq. (2), at the level σ = x[0]."""
        sigma = jnp.maximum(x[0], self.sigma_min)
        total = sigma ** 2 + self.sigma_data ** 2
        return (0.5 * jnp.sum(r ** 2) / total
                - self.sigma_data / sigma * self.phi(r / jnp.sqrt(total), jnp.log(sigma) / 4, params))

    def _length(self, x):
        """Δ of Eq. (1)."""
        return jnp.where(x[..., 1] > 0, x[..., 1], self.dt)

    def step(self, r, params, x):
        return r + self._length(x) * self.drift(r, params, x)                          # Eq. (1) without its noise

    def shaken(self, r, x, key):
        """r with the noise of a step, √(T Δ) ξ."""
        amplitude = jnp.sqrt(jnp.maximum(x[..., 2], 0) * self._length(x)).astype(r.dtype)
        return r + amplitude[..., None] * jax.random.normal(key, r.shape, r.dtype)

    def update(self, x=None):
        """One step, Eq. (1), with x = (σ, Δ, T); returns r."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        self.noise_key.value, draw = jax.random.split(self.noise_key.value)
        r = self.shaken(self.map_samples(self.step, (0, None, axis))(self.state, params, x), x, draw)
        self.state = r
        self.observe(r, params, x, axis)
        return r

    # ---- levels --------------------------------------------------------------------------------------------------

    def at_level(self, sigma):
        """The input x with which F is the score at the level σ."""
        return jnp.stack([sigma, jnp.zeros_like(sigma), jnp.zeros_like(sigma)])

    def levels(self, count):
        """σ_0 > … > σ_{count−1}, from ``sigma_max`` to ``sigma_min``, equally spaced in σ^{1/7}."""
        ends = self.sigma_max ** (1 / 7), self.sigma_min ** (1 / 7)
        return np.linspace(*ends, count) ** 7

    def schedule(self, steps=300, kind='reverse'):
        """The inputs (steps, 3) that lead from noise to samples.

        Parameters
        ----------
        steps : int
            Number of steps. Default 300.
        kind : str
            'reverse' (default): the reverse diffusion, at each level Δ = σ_i² − σ_{i+1}² and T = σ_{i+1}²/σ_i²
            (ancestral sampling). 'flow': the same distributions without noise, Δ = σ_i (σ_i − σ_{i+1}), T = 0.
            'langevin': annealed Langevin dynamics, ten steps of Δ = σ²/10 and T = 2 at each level. All end with
            Δ = σ², T = 0 at ``sigma_min``, which takes the last noise away.
        """
        if kind not in SCHEDULES:
            raise UnknownNameError(f'{type(self).__name__}.schedule: expected one of {", ".join(SCHEDULES)}, got '
                                   f'{kind!r}.')
        if not is_count(steps) or steps < 2:
            raise self.invalid('schedule', 'a number of steps ≥ 2', repr(steps))
        if kind == 'langevin':
            sigma = np.repeat(self.levels(max(2, -(-(steps - 1) // 10))), 10)[-(steps - 1):]
            x = np.stack([sigma, sigma ** 2 / 10, np.full(steps - 1, 2.)], 1)
        else:
            sigma = self.levels(steps)
            now, then = sigma[:-1], sigma[1:]
            x = np.stack([now, now ** 2 - then ** 2, (then / now) ** 2] if kind == 'reverse' else
                         [now, now * (now - then), np.zeros(steps - 1)], 1)
        return np.vstack([x, [self.sigma_min, self.sigma_min ** 2, 0.]])

    def prior(self, count, seed=0):
        """``count`` states of pure noise, N(0, sigma_max²), where sampling starts; (count, n)."""
        return self.sigma_max * np.random.default_rng(seed).normal(size=(count, self.n))

    def sample(self, count, steps=300, seed=0, kind='reverse'):
        """``count`` samples (count, n) by ``schedule(steps, kind)``; the state of the network stays as it is."""
        if not is_count(count):
            raise self.invalid('sample', 'a number of samples ≥ 1', repr(count))
        start, x = (jnp.asarray(a, self.dtype) for a in (self.prior(count, seed), self.schedule(steps, kind)))

        def build():
            def run(r, params, x, key):
                def one(carry, x):
                    r, key = carry
                    key, draw = jax.random.split(key)
                    return (self.shaken(jax.vmap(self.step, (0, None, None))(r, params, x), x, draw), key), None
                return jax.lax.scan(one, (r, key), x)[0][0]
            return jax.jit(run)
        r = self.compiled(('sample',), build)(start, self.params_dict(), x, jax.random.PRNGKey(seed))
        self.check_finite('sample', r)
        return np.asarray(r)

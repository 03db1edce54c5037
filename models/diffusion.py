"""A diffusion model: an energy for each level of noise. Noisy steps that go down the energy give samples."""

from collections.abc import Sequence
from pathlib import Path

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasNoiseLevels
from ratezoo.checks import is_count, is_positive
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['ScoreDiffusion']
CATEGORY = 'diffusion'

# Trained by docs/weights.py; the weights by name, and examples of the data.
_STORED = Path(__file__).with_name('two_moons.npz')
_STORED_FOR = dict(n=2, hidden=(32, 32, 32), sigma_data=0.7)
SCHEDULES = ('reverse', 'flow', 'langevin')


class ScoreDiffusion(HasNoiseLevels, HasEnergy, RateModel):
    """Diffusion model with an energy E(r, sigma) for each level of noise; noisy steps down E give samples.

        (1)  r ← r − Δ ∂E/∂r(r, σ) + √(T Δ) ξ,    ξ ~ N(0, 1)
        (2)  E(r, σ) = ½‖r‖²/(σ² + σ_d²) − (σ_d/σ) φ(r/√(σ² + σ_d²), ¼ ln σ)

    with the state r (n,) and the input x = (σ, Δ, T) of each step: the level of noise σ, the step size Δ and the
    temperature T. E(r, σ) is the model of −ln p_σ(r), where p_σ is the density of the data plus Gaussian noise of
    standard deviation σ. So −∂E/∂r is the score. φ is a multilayer perceptron (SiLU) with one output. The factors
    around φ make the function that φ has to learn of order one at every σ (Karras et al. 2022, written as an energy).
    `DenoisingScoreMatching` trains the model.

    `schedule` gives the inputs of a run that ends in samples. The network can therefore run, with its noise, under
    DSRunner, and monitors show r and E. If T = 0 and σ is constant, E never rises (for small steps). Two inputs have a
    special meaning: σ below ``sigma_min`` is replaced by ``sigma_min``, and Δ = 0 is replaced by the network's dt. So
    without an input r goes down E(r, sigma_min).

    Parameters
    ----------
    n : int
        Dimension of the data. Default 2.
    hidden : int, or sequence of int
        Numbers of units in the hidden layers of φ. Default (128, 128, 128).
    sigma_data : float
        σ_d, the standard deviation of the data. Default 1.
    sigma_min, sigma_max : float
        The lowest and the highest level of noise, in the unit of the data. Default 0.01 and 10.
    pretrained : bool
        Whether to begin with stored weights, which were trained on the two half moons of `ratezoo.tasks.two_moons`.
        They exist for n = 2, hidden = (32, 32, 32) and sigma_data = 0.7; with other values the weights are random. They
        were trained at levels from 0.03 to 4. Default False.
    seed : int, optional
        Seed of the weights and of the noise. None (default): drawn from ``bm.random``.
    dt, mode, name
        As in `RateModel`.

    Initially the weights are uniform in ±√(6/(n_k + n_{k−1})). The weights of the last layer and all biases are 0, so
    E is at first the energy of Gaussian data.

    Attributes
    ----------
    examples : None, or array (N, 2)
        Examples of the data on which the stored weights were trained; None if the weights are not the stored ones.

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
    >>> r = net.sample(500, steps=50, seed=1)            # before training: Gaussian with standard deviation sigma_data
    >>> r.shape, bool(0.9 < r.std() < 1.1)
    ((500, 2), True)
    """

    example = Example(
        30.0,
        lambda net, ts: net.schedule(max(2, len(ts)))[: len(ts)],
        {**_STORED_FOR, 'pretrained': True, 'sigma_min': 0.03, 'sigma_max': 4.0},
    )
    portrait = 'diffusion'

    def __init__(
        self,
        n: int = 2,
        *,
        hidden: int | Sequence[int] = (128, 128, 128),
        sigma_data: float = 1.0,
        sigma_min: float = 0.01,
        sigma_max: float = 10.0,
        pretrained: bool = False,
        dt: float | None = None,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
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
            bound = (6 / sum(shape)) ** 0.5
            setattr(self, f'W{k}', self.trainable(f'W{k}', rng.uniform(-bound, bound, shape), shape))
            setattr(self, f'b{k}', self.trainable(f'b{k}', 0.0, shape[:1]))
        self.W_out = self.trainable('W_out', 0.0, (sizes[-1],))
        fits = pretrained and dict(n=n, hidden=hidden, sigma_data=self.sigma_data) == _STORED_FOR
        self.examples = self._take_stored_weights() if fits else None

    def _take_stored_weights(self):
        """Set the weights to the stored ones; returns examples of the data."""
        with np.load(_STORED, allow_pickle=False) as stored:
            self.set_params({p: stored[p] for p in self.params})
            return stored['examples'].astype(float)

    def initial_state(self) -> Array:
        """Noise without data: one draw from N(0, sigma_max²) with the network's seed. `prior` gives many draws."""
        return jnp.asarray(self.prior(1, self.seed)[0])

    # ---- the mathematics ---------------------------------------------------------------------------------------------

    def phi(self, u: Array, c: Array, params: Params) -> Array:
        """The output of the perceptron φ(u, c), one number."""
        h = jnp.append(u, c)
        for k in range(1, self.depth + 1):
            h = jax.nn.silu(params[f'W{k}'] @ h + params[f'b{k}'])
        return params['W_out'] @ h

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E(r, σ), Eq. (2), at the level σ = x[0]."""
        sigma = jnp.maximum(x[0], self.sigma_min)
        variance = sigma**2 + self.sigma_data**2
        phi = self.phi(r / jnp.sqrt(variance), jnp.log(sigma) / 4, params)
        return 0.5 * jnp.sum(r**2) / variance - self.sigma_data / sigma * phi

    def _step_size(self, x):
        """Δ of Eq. (1)."""
        return jnp.where(x[..., 1] > 0, x[..., 1], self.dt)

    def step(self, r: Array, params: Params, x: Array) -> Array:
        return r + self._step_size(x) * self.drift(r, params, x)  # Eq. (1) without its noise

    def shaken(self, r: Array, x: Array, key: Array) -> Array:
        """The state r plus the noise √(T Δ) ξ of one step with the input x; ``key`` is a JAX random key."""
        amplitude = jnp.sqrt(jnp.maximum(x[..., 2], 0) * self._step_size(x)).astype(r.dtype)
        return r + amplitude[..., None] * jax.random.normal(key, r.shape, r.dtype)

    def update(self, x: ArrayLike | None = None) -> Array:
        """One step, Eq. (1), with the input x = (σ, Δ, T); returns r."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        self.noise_key.value, step_key = jax.random.split(self.noise_key.value)
        r = self.shaken(self.map_samples(self.step, (0, None, axis))(self.state, params, x), x, step_key)
        self.state = r
        self.observe(r, params, x, axis)
        return r

    # ---- levels of noise ---------------------------------------------------------------------------------------------

    def at_level(self, sigma: Array) -> Array:
        """The input x with which F(r, params, x) is the score at the level σ."""
        return jnp.stack([sigma, jnp.zeros_like(sigma), jnp.zeros_like(sigma)])

    def levels(self, count: int) -> np.ndarray:
        """The levels σ_0 > … > σ_{count−1} from ``sigma_max`` to ``sigma_min``, equally spaced in σ^{1/7}."""
        ends = self.sigma_max ** (1 / 7), self.sigma_min ** (1 / 7)
        return np.linspace(*ends, count) ** 7

    def schedule(self, steps: int = 300, kind: str = 'reverse') -> np.ndarray:
        """The inputs x = (σ, Δ, T) of all steps from noise to samples; an array (steps, 3).

        Parameters
        ----------
        steps : int
            Number of steps, at least 2. Default 300.
        kind : str
            'reverse' (default): reverse diffusion (ancestral sampling), one step at each level σ_i with
            Δ = σ_i² − σ_{i+1}² and T = σ_{i+1}²/σ_i². 'flow': the same distributions without noise, one step at each
            level with Δ = σ_i (σ_i − σ_{i+1}) and T = 0. 'langevin': annealed Langevin dynamics, ten steps at each
            level with Δ = σ²/10 and T = 2. The last step of every kind is at ``sigma_min`` with Δ = σ² and T = 0; it
            removes the noise of that level.
        """
        if kind not in SCHEDULES:
            raise UnknownNameError(
                f'{type(self).__name__}.schedule: expected one of {", ".join(SCHEDULES)}, got {kind!r}.'
            )
        if not is_count(steps) or steps < 2:
            raise self.invalid('schedule', 'a number of steps ≥ 2', repr(steps))
        if kind == 'langevin':
            n_levels = max(2, -(-(steps - 1) // 10))  # ⌈(steps − 1)/10⌉
            sigma = np.repeat(self.levels(n_levels), 10)[-(steps - 1) :]
            step_size, temperature = sigma**2 / 10, np.full(steps - 1, 2.0)
        else:
            sigma, sigma_next = self.levels(steps)[:-1], self.levels(steps)[1:]
            if kind == 'reverse':
                step_size, temperature = sigma**2 - sigma_next**2, (sigma_next / sigma) ** 2
            else:
                step_size, temperature = sigma * (sigma - sigma_next), np.zeros(steps - 1)
        return np.vstack([np.stack([sigma, step_size, temperature], 1), [self.sigma_min, self.sigma_min**2, 0.0]])

    def prior(self, count: int, seed: int = 0) -> np.ndarray:
        """``count`` states from N(0, sigma_max²), at which sampling starts; an array (count, n)."""
        return self.sigma_max * np.random.default_rng(seed).normal(size=(count, self.sizes['r']))

    def sample(self, count: int, steps: int = 300, seed: int = 0, kind: str = 'reverse') -> np.ndarray:
        """``count`` samples, an array (count, n), by the steps of ``schedule(steps, kind)``.

        The state of the network does not change.
        """
        if not is_count(count):
            raise self.invalid('sample', 'a number of samples ≥ 1', repr(count))
        start, x = (jnp.asarray(a, self.dtype) for a in (self.prior(count, seed), self.schedule(steps, kind)))

        def build():
            def run(r, params, x, key):
                def one_step(carry, x):
                    r, key = carry
                    key, step_key = jax.random.split(key)
                    r = jax.vmap(self.step, (0, None, None))(r, params, x)
                    return (self.shaken(r, x, step_key), key), None

                return jax.lax.scan(one_step, (r, key), x)[0][0]

            return jax.jit(run)

        r = self.compiled(('sample',), build)(start, self.params_dict(), x, jax.random.PRNGKey(seed))
        self.check_finite('sample', r)
        return np.asarray(r)

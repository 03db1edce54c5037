"""Denoising score matching: an energy learns the score of the data at every noise level."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.capabilities import HasNoiseLevels
from ratezoo.checks import is_count, of_a_network
from ratezoo.errors import DivergedError, ShapeError
from ratezoo.learning.history import History
from ratezoo.learning.rule import Rule
from ratezoo.memory import Cost
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['DenoisingScoreMatching']
CATEGORY = 'rule of densities'


class Samples(NamedTuple):
    """The data of B samples, checked.

    Attributes
    ----------
    y : array (B, n)
        The samples.
    """

    y: Array

    def sample(self, index: np.ndarray) -> 'Samples':
        """The samples with these indices."""
        return Samples(self.y[index])


class DenoisingScoreMatching(Rule):
    """Learning a density from samples: noise is added to a sample, and the network must tell which noise it was.

        (1)  l = ⟨ λ(σ) ‖F(y + σ ξ, w, σ) + ξ/σ‖² ⟩ / n,    ξ ~ N(0, 1),  ln σ uniform from sigma_min to sigma_max
        (2)  λ(σ) = σ² (σ² + σ_d²)/σ_d²

    The gradient is random and unbiased: its mean is the gradient of the explicit loss ⟨λ ‖F(r, σ) − ∂ ln p_σ/∂r‖²⟩,
    where p_σ is the density of the data with noise of level σ added (Vincent 2011). λ gives all levels the same weight
    (Karras et al. 2022). The levels of a batch are stratified: the interval of ln σ is divided into as many equal parts
    as there are pairs (σ, ξ), and each pair gets a level from a part of its own. The rule needs no targets, and nothing
    has to settle.

    The model must have an F that is a score (`HasNoiseLevels`), such as `ScoreDiffusion`.

    Options (of `gradient` and `fit`)
    ---------------------------------
    draws : int
        How many pairs (σ, ξ) are drawn for each sample. Default 1.

    References
    ----------
    P. Vincent, "A connection between score matching and denoising autoencoders", Neural Computation 23, 1661–1674
    (2011), doi:10.1162/NECO_a_00142. T. Karras et al., NeurIPS 35 (2022), doi:10.48550/arXiv.2206.00364, Eq. (8).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    ...     '''Learns a density.'''
    >>> net = Net(2, hidden=(16,), seed=0)
    >>> y = ratezoo.tasks.two_moons(100)
    >>> loss, grads = net.gradient(y, seed=0)
    >>> grads['W_out'].shape
    (16,)
    """

    exact = 'in the mean (unbiased)'
    learns = 'densities'
    stochastic = True
    needs = (HasNoiseLevels,)
    options = ('draws',)
    draws: int = 1

    def check_options(self, options: Mapping[str, Any]) -> None:
        if not is_count(options['draws']):
            raise self.invalid('draws', 'an integer ≥ 1', repr(options['draws']))

    def denoising_loss(self, params: Params, y: Array, sigma: Array, xi: Array) -> Array:
        """λ(σ) ‖F(y + σ ξ, w, σ) + ξ/σ‖²/n of one sample, Eq. (1); pure.

        Parameters
        ----------
        params : dict
            The parameters w.
        y : array (n,)
            The sample.
        sigma : array ()
            The noise level σ.
        xi : array (n,)
            The noise ξ.
        """
        score = self.F(y + sigma * xi, params, self.at_level(sigma))
        weight = sigma**2 * (sigma**2 + self.sigma_data**2) / self.sigma_data**2
        return weight * jnp.mean((score + xi / sigma) ** 2)

    def loss_and_gradient(self, params: Params, data: Samples, key: Array, draws: int = 1) -> tuple[Array, Params]:
        """The mean of Eq. (1) over the samples, with ``draws`` pairs (σ, ξ) for each, and its gradient; pure."""
        y = jnp.repeat(data.y, draws, 0)
        level_key, noise_key, order_key = jax.random.split(key, 3)
        count = len(y)
        part = jax.random.permutation(order_key, count)  # each sample has its own part of the interval of ln σ
        position = (part + jax.random.uniform(level_key, (count,), y.dtype)) / count
        sigma = jnp.exp(jnp.log(self.sigma_min) + position * jnp.log(self.sigma_max / self.sigma_min)).astype(y.dtype)
        xi = jax.random.normal(noise_key, y.shape, y.dtype)

        def mean_loss(params):
            return jnp.mean(jax.vmap(self.denoising_loss, (None, 0, 0, 0))(params, y, sigma, xi))

        return jax.value_and_grad(mean_loss)(params)

    @of_a_network
    def gradient(self, y: ArrayLike, *, seed: int | None = None, **options: Any) -> tuple[float, Params]:
        """Loss and gradient for some samples.

        Parameters
        ----------
        y : array (B, n)
            Samples of the density.
        seed : int, optional
            Seed of the noise. Default: the network's own seed.
        **options
            The options of the rule; see its class.

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.

        Raises
        ------
        ShapeError, InvalidValueError
            The shape of y is wrong. y or the parameters contain NaN or infinity.
        DivergedError
            The loss is NaN or infinite.
        """
        data, options = self.check_samples(y), self.all_options(options)

        def pure(params, data, key):
            return self.loss_and_gradient(params, data, key, **options)

        run = self.compiled(('gradient', *options.items()), lambda: jax.jit(pure))
        loss, grads = run(self.params_dict(), data, self.draw_key(seed))
        if not np.isfinite(float(loss)):
            raise DivergedError(
                f'{type(self).__name__}.gradient: expected a finite loss, got {float(loss)}. Are the weights too large?'
            )
        return float(loss), grads

    @of_a_network
    def fit(
        self,
        y: ArrayLike,
        epochs: int = 100,
        optimizer: optax.GradientTransformation | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        progress: bool = True,
        checkpoint: str | Path | None = None,
        **options: Any,
    ) -> History:
        """Train the energy on samples.

        Parameters
        ----------
        y : array (B, n)
            Samples of the density.
        epochs, optimizer, batch_size, progress, checkpoint
            As in `FixedPointRule.fit`.
        seed : int
            Seed of the shuffling and of the noise. Default 0.
        **options
            The options of the rule; see its class.

        Returns
        -------
        History
        """
        data, options = self.check_samples(y), self.all_options(options)
        self.check_memory(self.cost(batch_size or len(data.y), **options).memory, f'{len(data.y)} samples')
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads = self.loss_and_gradient(params, data, key, **options)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value}

        kind = ('fit', *options.items())
        return self.run_training(kind, update, data, True, epochs, optimizer, batch_size, seed, progress, checkpoint)

    def cost(self, batch: int | None = None, **options: Any) -> Cost:
        """The memory and the operations of a gradient for ``batch`` samples (default: one)."""
        n, m, total = self.problem_sizes()
        draws = self.all_options(options)['draws']
        units = sum(v.size for p, v in self.params_dict().items() if v.ndim == 1)
        return self._cost((12 * units + 6 * n) * draws + total, 12 * m * draws, batch)

    def check_samples(self, y: ArrayLike) -> Samples:
        """The data as `Samples`.

        Raises
        ------
        ShapeError, InvalidValueError
            As for `gradient`.
        """
        samples = self.as_array('y', y)
        if samples.ndim != 2 or samples.shape[1] != self.n or len(samples) == 0:
            raise ShapeError(f'{type(self).__name__}.y: expected samples of shape (B, {self.n}), got {samples.shape}.')
        for name, a in (('y', samples), *self.params_dict().items()):
            self.check_finite(name, a)
        return Samples(samples)

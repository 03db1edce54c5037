"""Denoising score matching: an energy learns the score of its data at every level of noise."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.capabilities import HasNoiseLevels
from ratezoo.checks import is_count
from ratezoo.errors import DivergedError, InvalidValueError, ShapeError
from ratezoo.learning.rule import Rule

__all__ = ['DenoisingScoreMatching']
CATEGORY = 'rule of densities'


class Samples(NamedTuple):
    """Checked data y (B, n)."""
    y: object

    def sample(self, index):
        """The samples ``index``."""
        return Samples(self.y[index])


class DenoisingScoreMatching(Rule):
    """Learning a density from samples: the network is asked which noise was added.

        (1)  l = ⟨ λ(σ) ‖F(y + σ ξ, w, σ) + ξ/σ‖² ⟩ / n,    ξ ~ N(0, 1),  ln σ uniform from sigma_min to sigma_max
        (2)  λ(σ) = σ² (σ² + σ_d²)/σ_d²

    The mean of its gradient is that of the explicit loss ⟨λ ‖F(r, σ) − ∂ ln p_σ/∂r‖²⟩, p_σ the density of the data with
    noise of level σ added (Vincent 2011): unbiased, random. λ makes all levels weigh alike (Karras et al. 2022). The
    levels of a batch are drawn stratified. No targets are needed, and no phase has to settle.

    Needs a model whose F is a score (`HasNoiseLevels`), such as `ScoreDiffusion`.

    Options (of `gradient` and `fit`)
    ---------------------------------
    draws : int
        Pairs (σ, ξ) for each sample. Default 1.

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
    draws = 1

    def check_options(self, options):
        if not is_count(options['draws']):
            raise InvalidValueError(f'{type(self).__name__}.draws: expected an integer ≥ 1, got {options["draws"]!r}.')

    def denoising_loss(self, params, y, sigma, xi):
        """λ(σ) ‖F(y + σξ, w, σ) + ξ/σ‖²/n of one sample, Eq. (1); pure."""
        score = self.F(y + sigma * xi, params, self.at_level(sigma))
        weight = sigma ** 2 * (sigma ** 2 + self.sigma_data ** 2) / self.sigma_data ** 2
        return weight * jnp.mean((score + xi / sigma) ** 2)

    def loss_and_gradient(self, params, data, key, draws=1):
        y = jnp.repeat(data.y, draws, 0)
        of_levels, of_noise, of_order = jax.random.split(key, 3)
        strata = (jax.random.permutation(of_order, len(y)) + jax.random.uniform(of_levels, (len(y),), y.dtype)) / len(y)
        sigma = jnp.exp(jnp.log(self.sigma_min) + strata * jnp.log(self.sigma_max / self.sigma_min)).astype(y.dtype)
        xi = jax.random.normal(of_noise, y.shape, y.dtype)

        def mean(params):
            return jnp.mean(jax.vmap(self.denoising_loss, (None, 0, 0, 0))(params, y, sigma, xi))
        return jax.value_and_grad(mean)(params)

    def gradient(self, y, *, seed=None, **options):
        """Loss and gradient for the samples y (B, n), with noise drawn by ``seed`` (None: the network's own).

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.

        Raises
        ------
        ShapeError, InvalidValueError
            y of a wrong shape, or with NaN.
        DivergedError
            The loss is not finite.
        """
        data, options = self.check_samples(y), self.all_options(options)

        def pure(params, data, key):
            return self.loss_and_gradient(params, data, key, **options)
        loss, grads = self.compiled(('gradient', *options.items()), lambda: jax.jit(pure))(
            self.params_dict(), data, self.draw_key(seed))
        if not np.isfinite(float(loss)):
            raise DivergedError(f'{type(self).__name__}.gradient: the loss is {float(loss)}. Are the weights too '
                                'large?')
        return float(loss), grads

    def fit(self, y, epochs=100, optimizer=None, batch_size=None, seed=0, progress=True, checkpoint=None, **options):
        """Train the energy on samples y (B, n).

        Parameters
        ----------
        y : array (B, n)
            Samples of the density to be learned.
        epochs, optimizer, batch_size, seed, progress, checkpoint
            As in `FixedPointRule.fit`; the seed draws the noise, too.
        **options
            Those of the rule.

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
        return self.run_training(('fit', *options.items()), update, data, True, epochs, optimizer, batch_size, seed, progress,
                           checkpoint)

    def cost(self, batch=None, **options):
        """What a gradient needs for a batch: `Cost` of bytes and of operations."""
        n, m, total = self.problem_sizes()
        draws = self.all_options(options)['draws']
        units = sum(v.size for p, v in self.params_dict().items() if v.ndim == 1)
        return self._cost((12 * units + 6 * n) * draws + total, 12 * m * draws, batch)

    def check_samples(self, y):
        """The data as `Samples`."""
        y = self.as_array('y', y)
        if y.ndim != 2 or y.shape[1] != self.n or len(y) == 0:
            raise ShapeError(f'{type(self).__name__}.y: expected samples of shape (B, {self.n}), got {y.shape}.')
        for name, a in (('y', y), *self.params_dict().items()):
            self.check_finite(name, a)
        return Samples(y)

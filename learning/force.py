"""FORCE: the readout learns the target by recursive least squares while the network runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import HasReadout
from ratezoo.checks import of_a_network
from ratezoo.learning.history import History
from ratezoo.learning.rule import half_squared_error
from ratezoo.learning.trajectory import Trajectories, TrajectoryRule
from ratezoo.types import Array, ArrayLike, Loss, Params, StateLike

__all__ = ['FORCE']
CATEGORY = 'approximate online rule'

tree_map = jax.tree_util.tree_map


class FORCE(TrajectoryRule):
    """First-order reduced and controlled error learning: recursive least squares on the readout, online.

    It needs a model with a linear readout z = W_out φ (`HasReadout`). φ are the features that the readout reads, with a
    1 if there is a ``b_out``. Every ``every`` steps,

        (1)  e = z − y,     P ← P − P φ φᵀ P / (1 + φᵀ P φ),     W_out ← W_out − e (P φ)ᵀ,     P = 1/ridge at first

    where P φ is taken with the new P. The error is small from the first steps on, also the error in what is fed back to
    the network. All other parameters stay as they are. If the output is not fed back, W_out after an epoch is the
    minimum of Σ_t ½‖W φ_t − y_t‖² + ½ ridge ‖W − W_0‖² over the steps with an update: exact least squares. With
    feedback it is in practice a stable fixed point of learning, without a guarantee.

    `fit` starts each epoch from r0. P continues from epoch to epoch. The samples of a batch are learned one after
    another. After `fit` the network is in the state in which training ended, so a runner continues from there.
    `gradient` gives the direct gradient of the readout along the run, (∂l_t/∂output) φᵀ, and zero for the other
    parameters. It drops the path through the feedback.

    Cost a step: O(N²) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    ridge : float
        1/P at the beginning, the α of the paper. Default 1.
    every : int
        Number of steps from one update to the next. Default 2.

    References
    ----------
    D. Sussillo and L. F. Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63,
    544–557 (2009), doi:10.1016/j.neuron.2009.07.018, Eqs. (4), (5).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.FORCE, ratezoo.Reservoir):
    ...     '''Generates a sine.'''
    >>> net = Net(n=100, seed=0)
    >>> y = np.sin(np.arange(2000) / 20)
    >>> history = net.fit(None, y, epochs=1, progress=False)
    >>> output = ratezoo.Runner(net, progress_bar=False).run(inputs=np.zeros((500, 1)))
    >>> bool(np.mean((output[:, 0] - np.sin(np.arange(2000, 2500) / 20)) ** 2) < 1e-2)
    True
    """

    exact = 'exact least squares for the readout of a network without feedback from the output'
    needs = (HasReadout,)
    follows_the_gradient = False
    options = ('ridge', 'every')
    ridge: float = 1.0
    every: int = 2

    def check_options(self, options: Mapping[str, Any]) -> None:
        ridge, every = options['ridge'], options['every']
        if not (isinstance(ridge, (int, float)) and ridge > 0):
            raise self.invalid('ridge', 'a number > 0', repr(ridge))
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise self.invalid('every', 'an integer ≥ 1, a number of steps', repr(every))

    @of_a_network
    def fit(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        epochs: int = 1,
        optimizer: optax.GradientTransformation | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        progress: bool = True,
        checkpoint: str | Path | None = None,
        *,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
        **options: Any,
    ) -> History:
        """As `TrajectoryRule.fit`, but by Eq. (1): without an optimiser, and with the half squared error as the loss.

        The updates do not depend on the size of a step's weight in ``alpha``. But a step with weight 0 makes no update.
        """
        self._refuse_optimizer_and_loss(optimizer, loss)
        options = self.all_options(options)
        data, batched = self.check_trajectories(x, y, alpha, r0)
        l_t = self.loss_function(None, data.y.shape[1 + batched :])
        self.check_memory_of(data, batched, **options)
        start = tree_map(lambda a: a[0] if batched else a, data.r0)
        every = options['every']

        def update(params, state, data, key):
            noise = self.draw_noise(key, data)
            if batched:
                return self._update_by_batch(params, state, data, noise, every)
            params, P, r, losses = self._update_by_sequence(params, state[0], data, noise, every)
            return params, (P, r), {'loss': jnp.sum(losses)}

        kind = ('fit by least squares', l_t, batched, *options.items())
        least_squares = self._initial_state_as_optimizer(options['ridge'], start)
        return self.run_training(
            kind, update, data, batched, epochs, least_squares, batch_size, seed, progress, checkpoint
        )

    def _refuse_optimizer_and_loss(self, optimizer, loss):
        if optimizer is not None:
            expected = 'None, because the rule is an optimiser itself'
            raise self.invalid('optimizer', expected, type(optimizer).__name__)
        if loss is not None or self.loss is not half_squared_error:
            expected = 'None, because least squares minimise the half squared error'
            raise self.invalid('loss', expected, 'another loss')

    def _initial_state_as_optimizer(self, ridge, start):
        """An optax optimiser that only holds the initial (P, r): P of Eq. (1), and the state of the network.

        The training loop carries the state of the optimiser from update to update, and saves it in the checkpoint. So
        P and r need no other place. The optimiser's own update changes nothing; `Training` only makes a key of it.
        """
        readout_weights, bias = self.readout
        features = self.params_dict()[readout_weights].shape[1] + (bias in self.params)
        return optax.GradientTransformation(
            lambda params: (jnp.eye(features, dtype=self.dtype) / ridge, start),
            lambda grads, state, params=None: (grads, state),
        )

    def _update_by_batch(self, params, state, data, noise, every):
        """Learn the samples of a batch one after another: parameters, (P, last state), report."""
        (data, noise), _ = self.by_sample(data, noise)
        data = data._replace(alpha=jnp.broadcast_to(data.alpha, data.y.shape[:2]))

        def one_sample(carry, inputs):
            params, P, _ = carry
            params, P, r, losses = self._update_by_sequence(params, P, *inputs, every)
            return (params, P, r), jnp.sum(losses)

        (params, P, r), losses = jax.lax.scan(one_sample, (params, *state), (data, noise))
        return params, (P, r), {'loss': jnp.mean(losses)}

    def _update_by_sequence(self, params, P, data, noise, every):
        """Learn one sequence: parameters, P, the last state, α_t l_t of each step before its update."""

        def step(carry, inputs):
            r, params_before, params, P = carry
            t, x, y, alpha, noise = inputs
            # What is fed back is the output that the readout gave before the last update.
            r = self.noisy_step(r, params_before, x, noise)
            error = self.output(r, params) - y

            def learn(params, P):
                return self._least_squares(params, P, r, error)

            def leave(params, P):
                return params, P

            new, P = jax.lax.cond((t % every == 0) & (alpha != 0), learn, leave, params, P)
            return (r, params, new, P), alpha * 0.5 * jnp.sum(error**2)

        t = jnp.arange(1, len(data.y) + 1)
        inputs = (t, data.x, data.y, data.alpha, noise)
        (r, _, params, P), losses = jax.lax.scan(step, (data.r0, params, params, P), inputs)
        return params, P, r, losses

    def _least_squares(self, params, P, r, error):
        """Eq. (1): the parameters and P after the update. With k = P φ, the new P φ is k / (1 + φᵀ k)."""
        weights, bias = self.readout
        phi = self._features(r, params)
        k = P @ phi
        gain = k / (1 + phi @ k)
        change = jnp.outer(error, gain)
        n = params[weights].shape[1]
        new = {**params, weights: params[weights] - change[:, :n]}
        if bias in params:
            new[bias] = params[bias] - change[:, n]
        return new, P - jnp.outer(gain, k)

    def _features(self, r, params):
        """φ of Eq. (1)."""
        phi = self.features(r)
        return jnp.append(phi, jnp.ones(1, phi.dtype)) if self.readout[1] in params else phi

    def finish_training(self, state: Any) -> None:
        """Put the network into the state r in which training ended; ``state`` is (P, r)."""
        if self.batch_size is None:
            self.state = state[1]

    def loss_and_gradient(
        self, params: Params, data: Trajectories, key: Array | None, loss: Loss, batched: bool, **_: Any
    ) -> tuple[Array, Params, Array]:
        """As in `TrajectoryRule`, but with a gradient for the readout alone."""
        noise = self.draw_noise(key, data)

        def one(data, noise):
            return self._readout_gradient(params, data, noise, loss)

        if not batched:
            values, grads = one(data, noise)
        else:
            samples, axes = self.by_sample(data, noise)
            values, grads = tree_map(lambda a: jnp.mean(a, 0), jax.vmap(one, axes)(*samples))
        return jnp.sum(values), grads, values

    def _readout_gradient(self, params, data, noise, loss):
        """α_t l_t of each step of one sample, and the direct gradient of the readout."""

        def step(r, inputs):
            r = self.noisy_step(r, params, *inputs)
            return r, r

        states = jax.lax.stop_gradient(jax.lax.scan(step, data.r0, (data.x, noise))[1])

        def losses(params):
            values = jax.vmap(lambda r, y, a: a * loss(self.output(r, params), y))(states, data.y, data.alpha)
            return jnp.sum(values), values

        (_, values), grads = jax.value_and_grad(losses, has_aux=True)(params)
        return values, {p: g if p in self.readout else jnp.zeros_like(g) for p, g in grads.items()}

    def cost_per_sample(
        self, n: int, m: int, total: int, T: int, ridge: float = 1.0, every: int = 2, **_: Any
    ) -> tuple[float, float]:
        return n * n + 2 * total + n * T, 4 * n * n / every + 2 * total

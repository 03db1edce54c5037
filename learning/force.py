"""FORCE: the readout follows the target by recursive least squares while the network runs."""

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import HasReadout
from ratezoo.errors import InvalidValueError
from ratezoo.learning.rule import half_squared_error
from ratezoo.learning.trajectory import TrajectoryRule

__all__ = ['FORCE']
CATEGORY = 'approximate online rule'

tree_map = jax.tree_util.tree_map


class FORCE(TrajectoryRule):
    """First-order reduced and controlled error learning: recursive least squares on the readout, online.

    For a model with a linear readout z = W_out φ (`HasReadout`; φ its features, with a 1 where there is a ``b_out``),
    every ``every`` steps

        (1)  e = z − y,     P ← P − P φ φᵀ P / (1 + φᵀ P φ),     W_out ← W_out − e (P φ)ᵀ,     P = 1/ridge at first

    so that the error is small from the first steps on, also in what is fed back to the network. All other parameters
    stay as they are. Where the output is not fed back, W_out after an epoch is the minimum of
    Σ_t ½‖W φ_t − y_t‖² + ½ ridge ‖W − W_0‖² over the steps taken: exact least squares. With feedback it is a
    stable fixed point of learning in practice, without a guarantee.

    `fit` starts each epoch from r0, and P runs on from epoch to epoch; the samples of a batch come one after another.
    It leaves the network in the state in which training ended, so that a runner goes on from there. `gradient` gives
    the direct gradient of the readout along the run, (∂l_t/∂output) φᵀ, and zero for other parameters; it drops the
    path through the feedback.

    Cost a step: O(N²) operations and memory.

    Options (of `gradient` and `fit`)
    ---------------------------------
    ridge : float
        Initial 1/P, the paper's α. Default 1.
    every : int
        Steps from one update to the next. Default 2.

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
    ridge = 1.
    every = 2

    def check_options(self, options):
        if not (isinstance(options['ridge'], (int, float)) and options['ridge'] > 0):
            raise InvalidValueError(f'{type(self).__name__}.ridge: expected a number > 0, got {options["ridge"]!r}.')
        if isinstance(options['every'], bool) or not isinstance(options['every'], int) or options['every'] < 1:
            raise InvalidValueError(f'{type(self).__name__}.every: expected a number of steps ≥ 1, got '
                                    f'{options["every"]!r}.')

    def fit(self, x, y, epochs=1, optimizer=None, batch_size=None, seed=0, progress=True, checkpoint=None, *,
            alpha=None, r0=None, loss=None, **options):
        """As `TrajectoryRule.fit`, by Eq. (1): without an optimiser, for the half squared error alone; steps with
        alpha = 0 teach nothing, other weights of steps make no difference to the updates."""
        if optimizer is not None:
            raise InvalidValueError(f'{type(self).__name__}.optimizer: the rule is an optimiser itself; leave it out.')
        if loss is not None or self.loss is not half_squared_error:
            raise InvalidValueError(f'{type(self).__name__}.loss: least squares have the half squared error; leave it '
                                    'out.')
        options = self.all_options(options)
        data, batched = self.check_trajectories(x, y, alpha, r0)
        loss = self.loss_function(None, data.y.shape[1 + batched:])
        self.check_memory_of(data, batched, **options)
        features = self.params_dict()[self.readout[0]].shape[1] + (self.readout[1] in self.params)
        start = tree_map(lambda a: a[0] if batched else a, data.r0)
        ridge = options['ridge']
        least_squares = optax.GradientTransformation(           # a state that runs along with the training; no updates
            lambda params: (jnp.eye(features, dtype=self.dtype) / ridge, start),
            lambda grads, state, params=None: (grads, state))

        def update(params, state, data, key):
            noise = self.draw_noise(key, data)
            if not batched:
                params, P, r, losses = self._present(params, state[0], data, noise, options['every'])
                return params, (P, r), {'loss': jnp.sum(losses)}
            (data, noise), _ = self.by_sample(data, noise)
            alpha = jnp.broadcast_to(data.alpha, data.y.shape[:2])

            def sample(carry, inputs):
                params, P, _ = carry
                params, P, r, losses = self._present(params, P, inputs[0], inputs[1], options['every'])
                return (params, P, r), jnp.sum(losses)
            (params, P, r), losses = jax.lax.scan(sample, (params, *state), (data._replace(alpha=alpha), noise))
            return params, (P, r), {'loss': jnp.mean(losses)}

        return self.run_training(('fit by least squares', loss, batched, *options.items()), update, data, batched, epochs,
                           least_squares, batch_size, seed, progress, checkpoint)

    def finish_training(self, state):
        if self.batch_size is None:
            self.state = state[1]

    def _features(self, r, params):
        phi = self.features(r)
        return jnp.append(phi, jnp.ones(1, phi.dtype)) if self.readout[1] in params else phi

    def _present(self, params, P, data, noise, every):
        """One sequence: parameters, P, the last state, α_t l_t of each step before its update."""
        weights, bias = self.readout

        def step(carry, inputs):
            r, fed, params, P = carry
            t, x, y, alpha, xi = inputs
            r = self.noisy_step(r, fed, x, xi)         # what is fed back is the output before the last update
            error = self.output(r, params) - y

            def learn(params, P):                                                       # Eq. (1)
                phi = self._features(r, params)
                k = P @ phi
                gain = k / (1 + phi @ k)
                change = jnp.outer(error, gain)
                n = params[weights].shape[1]
                new = {**params, weights: params[weights] - change[:, :n]}
                if bias in params:
                    new[bias] = params[bias] - change[:, n]
                return new, P - jnp.outer(gain, k)
            new, P = jax.lax.cond((t % every == 0) & (alpha != 0), learn, lambda params, P: (params, P), params, P)
            return (r, params, new, P), alpha * 0.5 * jnp.sum(error ** 2)

        t = jnp.arange(1, len(data.y) + 1)
        inputs = (t, data.x, data.y, data.alpha, noise)
        (r, _, params, P), losses = jax.lax.scan(step, (data.r0, params, params, P), inputs)
        return params, P, r, losses

    def loss_and_gradient(self, params, data, key, loss, batched, **_):
        noise = self.draw_noise(key, data)

        def one(data, noise):
            def step(r, inputs):
                x, xi = inputs
                r = self.noisy_step(r, params, x, xi)
                return r, r
            after = jax.lax.stop_gradient(jax.lax.scan(step, data.r0, (data.x, noise))[1])

            def losses(params):
                values = jax.vmap(lambda r, y, a: a * loss(self.output(r, params), y))(after, data.y, data.alpha)
                return jnp.sum(values), values
            (_, values), grads = jax.value_and_grad(losses, has_aux=True)(params)
            return values, {p: g if p in self.readout else jnp.zeros_like(g) for p, g in grads.items()}
        if not batched:
            values, grads = one(data, noise)
        else:
            samples, axes = self.by_sample(data, noise)
            values, grads = tree_map(lambda a: jnp.mean(a, 0), jax.vmap(one, axes)(*samples))
        return jnp.sum(values), grads, values

    def cost_per_sample(self, n, m, total, T, ridge=1., **options):
        return n * n + 2 * total + n * T, 4 * n * n / options['every'] + 2 * total

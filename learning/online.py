"""`OnlineRule`: rules that carry a trace of the parameters' influence forward, beside the state."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.learning.trajectory import TrajectoryRule

tree_map = jax.tree_util.tree_map


class OnlineRule(TrajectoryRule):
    """A `TrajectoryRule` whose gradient is known at every step, from traces that advance with the network.

    A rule gives three pure functions of one sample: ``initial_traces(params)``, ``advance(r, params, x, traces)``
    → (r, traces) and ``credit(dl_dr, traces)`` → gradient. The traces are Variables named ``p_<parameter>``;
    `update` advances them with the state, so DSRunner monitors show them. Parameters that only the output reads
    have no trace: it would be zero.
    """

    def initial_traces(self, params):
        raise NotImplementedError

    def advance(self, r, params, x, traces):
        raise NotImplementedError

    def credit(self, dl_dr, traces):
        raise NotImplementedError

    # ---- running: the traces are Variables -----------------------------------------------------------------------

    def update(self, x=None):
        """One step of the network and of its traces; returns the output."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        traces = {p: getattr(self, f'p_{p}').value for p in self.traced}
        r, traces = self._each(self.advance, (0, None, axis, 0))(self.state, params, x, traces)
        for p, value in traces.items():
            getattr(self, f'p_{p}').value = value
        return self._arrive(r, params)

    def reset_state(self, batch_size=None, r0=None):
        """As `RateModel.reset_state`; the traces go back to zero."""
        super().reset_state(batch_size, r0)
        batch = getattr(self, self.states[0]).shape[0] if self._mode_batch() is not None else None
        for p, value in self.initial_traces(self.params_dict()).items():
            value = value if batch is None else jnp.broadcast_to(value, (batch, *value.shape))
            getattr(self, f'p_{p}').value = value

    def _complete(self):
        self.traced = ()
        super()._complete()
        read = self.parameters_read_by(self.step)
        self.traced = tuple(self.params) if read is None else read
        batched = self._mode_batch() is not None
        for p, value in self.initial_traces(self.params_dict()).items():
            value = value[None] if batched else value
            setattr(self, f'p_{p}', bm.Variable(value, batch_axis=0 if batched else None))
        self.reset_state()

    def _argument_variables(self):
        return [*super()._argument_variables(), *(f'p_{p}' for p in self.traced)]

    # ---- learning: the traces are the carry of a scan --------------------------------------------------------------

    def fit(self, x, y, epochs=100, optimizer=None, batch_size=None, seed=0, progress=True, checkpoint=None, *,
            alpha=None, r0=None, loss=None, online=False, **options):
        """As `TrajectoryRule.fit`; with ``online=True`` the weights are updated at every step.

        Then each step's α_t ∂l_t/∂w goes to the optimiser at once and the traces run on, though the weights that
        they were measured at have changed: approximate, good while the weights change slowly (Williams & Zipser
        1989). The loss of an epoch is the sum over its steps, each before its update.
        """
        if not online:
            return super().fit(x, y, epochs, optimizer, batch_size, seed, progress, checkpoint,
                               alpha=alpha, r0=r0, loss=loss, **options)
        self._options(options)
        data, batched = self.check_trajectories(x, y, alpha, r0)
        loss = self._loss_function(loss, data.y.shape[1 + batched:])
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            def learn(carry, grads):
                params, state = carry
                updates, state = optimizer.update(grads, state, params)
                return optax.apply_updates(params, updates), state
            (params, state), losses = self._scan(params, data, key, loss, batched, learn, (params, state))
            return params, state, jnp.sum(losses)

        return self._train(('fit online', loss, batched), update, data, batched, epochs, optimizer, batch_size, seed,
                           progress, checkpoint)

    def _loss_and_gradient(self, params, data, key, loss, batched):
        def accumulate(carry, grads):
            params, total = carry
            return params, tree_map(jnp.add, total, grads)
        (_, grads), losses = self._scan(params, data, key, loss, batched, accumulate,
                                        (params, tree_map(jnp.zeros_like, params)))
        return jnp.sum(losses), grads, losses

    def _scan(self, params, data, key, loss, batched, receive, carry):
        """Run the network and its traces over the data; ``receive(carry, grads)`` takes each step's gradient.

        The carry's first element is the current parameters. Returns the last carry and α_t l_t of each step, the
        mean over the batch.
        """
        def each(f, axes):
            return jax.vmap(f, axes) if batched else f

        def step_loss(r, params, y, alpha):
            return alpha * loss(self.output(r, params), y)

        def body(scan_carry, inputs):
            (r, traces, key), carry = scan_carry
            x, y, alpha = inputs
            params = carry[0]
            r, traces = each(self.advance, (0, None, 0, 0))(r, params, x, traces)
            r, key = self.perturb(r, key)
            value, (dl_dr, direct) = each(jax.value_and_grad(step_loss, (0, 1)), (0, None, 0, 0))(r, params, y, alpha)
            through = each(self.credit, (0, 0))(dl_dr, traces)
            grads = {p: direct[p] + through[p] if p in through else direct[p] for p in params}
            if batched:
                value, grads = jnp.mean(value), tree_map(lambda g: jnp.mean(g, 0), grads)
            return ((r, traces, key), receive(carry, grads)), value

        traces = self.initial_traces(params)
        x, y, alpha = data.x, data.y, data.alpha
        if batched:
            count = y.shape[0]
            traces = tree_map(lambda p: jnp.broadcast_to(p, (count, *p.shape)), traces)
            alpha = jnp.broadcast_to(alpha, y.shape[:2])
            x, y, alpha = (a.swapaxes(0, 1) for a in (x, y, alpha))
        (_, carry), losses = jax.lax.scan(body, ((data.r0, traces, key), carry), (x, y, alpha))
        return carry, losses

    # ---- for rules whose trace is the whole dr/dw ------------------------------------------------------------------

    @property
    def state_size(self):
        """N, the number of units in all states."""
        return int(np.sum(list(self.sizes.values())))

"""`OnlineRule`: rules that carry a trace of the parameters' influence forward, beside the state."""

import abc

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import HasPenalty
from ratezoo.errors import InvalidValueError
from ratezoo.learning.trajectory import TrajectoryRule

tree_map = jax.tree_util.tree_map


class OnlineRule(TrajectoryRule):
    """A `TrajectoryRule` whose gradient is known at every step, from traces that advance with the network.

    A rule gives three pure functions of one sample, and nothing else: `initial_traces`, `advance` and `credit`. All
    three get the rule's options as keywords. The traces become Variables of their names. `update` advances them
    together with the state, so monitors show them. A parameter that only the output reads is not in ``step_params`` and
    needs no trace: its trace would be zero.
    """

    trace_names = ()

    @abc.abstractmethod
    def initial_traces(self, params, key, **options):
        """The traces before the first step: a dict, name → array.

        ``key`` is None, or for a rule that sets ``stochastic`` a JAX key. Such a rule keeps the key among its traces.
        """

    @abc.abstractmethod
    def advance(self, r, params, x, traces, **options):
        """One step of the network and of its traces: (r_t, traces after the step) from r = r_{t−1}."""

    @abc.abstractmethod
    def credit(self, dl_dr, traces, params, **options):
        """The gradient that the traces give, from dl_dr = α_t ∂l_t/∂r_t: a dict, parameter → array of its shape."""

    def cost_per_sample(self, n, m, total, T, **options):
        """As in `TrajectoryRule`. Default: three copies of the traces, a multiplication and an addition for each of
        their numbers, and the product of the step's Jacobian with the traces where a rule keeps all n m of them."""
        traces = jax.eval_shape(lambda p, k: self.initial_traces(p, k, **options), self.params_dict(),
                                jax.random.PRNGKey(0))
        size = sum(a.size for a in jax.tree_util.tree_leaves(traces))
        return 3 * size + total, 2 * size + 2 * m

    def signal(self, r, params, y, alpha, loss, **options):
        """α_t l_t, its derivative by the state, and by the parameters directly through the output."""
        def weighted(r, params):
            return alpha * loss(self.output(r, params), y)
        value, (dl_dr, direct) = jax.value_and_grad(weighted, (0, 1))(r, params)
        return value, dl_dr, direct

    # ---- running: the traces are Variables -----------------------------------------------------------------------

    def update(self, x=None):
        """One step of the network and of its traces; returns the output."""
        params, (x, axis) = self.params_dict(), self.as_input(x)
        traces = {name: getattr(self, name).value for name in self.trace_names}
        options = self.all_options({})

        def advance(r, params, x, traces):
            return self.advance(r, params, x, traces, **options)
        r, traces = self.map_samples(advance, (0, None, axis, 0))(self.state, params, x, traces)
        for name, value in traces.items():
            getattr(self, name).value = value
        return self.finish_step(r, params, x, axis)

    def extra_variables(self):
        """The traces, at their beginning."""
        traces = self.starting_traces(self.params_dict(), self.draw_key(None), self._samples(), **self.all_options({}))
        if tuple(traces) != self.trace_names:                   # another tuple would look like a change of the network
            self.trace_names = tuple(traces)
        return traces

    def starting_traces(self, params, key, batch, **options):
        """The traces of one sample, or of a batch, each with its own random numbers."""
        key = jax.random.fold_in(key, 1) if self.stochastic else None           # not the numbers of the noise
        if batch is None:
            return self.initial_traces(params, key, **options)
        if self.stochastic:
            return jax.vmap(lambda k: self.initial_traces(params, k, **options))(jax.random.split(key, batch))
        return tree_map(lambda p: jnp.broadcast_to(p, (batch, *p.shape)), self.initial_traces(params, key, **options))

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
        options = self.all_options(options)
        if isinstance(self, HasPenalty):
            raise InvalidValueError(f'{type(self).__name__}.fit: expected online=False for a model with a penalty, '
                                    'which belongs to the whole sequence, got online=True.')
        data, batched = self.check_trajectories(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1 + batched:])
        self.check_memory_of(data, batched, **options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            def learn(carry, grads):
                params, state = carry
                updates, state = optimizer.update(grads, state, params)
                return optax.apply_updates(params, updates), state
            (params, state), losses = self._scan(params, data, key, loss, batched, learn, (params, state), **options)
            return params, state, {'loss': jnp.sum(losses)}

        return self.run_training(('fit online', loss, batched, *options.items()), update, data, batched, epochs, optimizer,
                           batch_size, seed, progress, checkpoint)

    def loss_and_gradient(self, params, data, key, loss, batched, **options):
        def accumulate(carry, grads):
            params, total = carry
            return params, tree_map(jnp.add, total, grads)
        (_, grads), losses = self._scan(params, data, key, loss, batched, accumulate,
                                        (params, tree_map(jnp.zeros_like, params)), **options)
        return jnp.sum(losses), grads, losses

    def _scan(self, params, data, key, loss, batched, receive, carry, **options):
        """Run the network and its traces over the data; ``receive(carry, grads)`` takes each step's gradient.

        The carry's first element is the current parameters. Returns the last carry and α_t l_t of each step, the
        mean over the batch.
        """
        def each(f, axes):
            return jax.vmap(f, axes) if batched else f

        def one(r, params, x, y, alpha, traces, xi):
            """A step of one sample: the state, the traces, α_t l_t and the gradient."""
            r, traces = self.advance(r, params, x, traces, **options)
            r = r if xi is None else tree_map(jnp.add, r, xi)
            value, dl_dr, direct = self.signal(r, params, y, alpha, loss, **options)
            through = self.credit(dl_dr, traces, params, **options)
            return r, traces, value, {p: direct[p] + through[p] if p in through else direct[p] for p in params}

        def body(scan_carry, inputs):
            (r, traces), carry = scan_carry
            x, y, alpha, xi = inputs
            axes = (0, None, 0, 0, 0, 0, None if xi is None else 0)
            r, traces, value, grads = each(one, axes)(r, carry[0], x, y, alpha, traces, xi)
            if batched:
                value, grads = jnp.mean(value), tree_map(lambda g: jnp.mean(g, 0), grads)
            return ((r, traces), receive(carry, grads)), value

        traces = self.starting_traces(params, key, data.y.shape[0] if batched else None, **options)
        x, y, alpha = data.x, data.y, data.alpha
        if batched:
            alpha = jnp.broadcast_to(alpha, y.shape[:2])
            x, y, alpha = (a.swapaxes(0, 1) for a in (x, y, alpha))
        (_, carry), losses = jax.lax.scan(body, ((data.r0, traces), carry), (x, y, alpha, self.draw_noise(key, data)))
        return carry, losses

    # ---- the step of one sample, the state as a vector -------------------------------------------------------------

    def flat_step(self, r, params, x):
        """The map (state, traced parameters) → next state on vectors (N,), the state as one, and the way back."""
        vector, back = self.flat(r)
        rest = {p: v for p, v in params.items() if p not in self.step_params}

        def step(vector, traced):
            return self.flat(self.step(back(vector), {**rest, **traced}, x))[0]
        return step, vector, back

"""`OnlineRule`: rules that know a gradient at every step, from traces that advance together with the state."""

import abc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax

from ratezoo.capabilities import HasPenalty
from ratezoo.checks import of_a_network
from ratezoo.learning.history import History
from ratezoo.learning.trajectory import Trajectories, TrajectoryRule
from ratezoo.types import Array, ArrayLike, Loss, Params, State, StateLike

tree_map = jax.tree_util.tree_map


class OnlineRule(TrajectoryRule):
    """A `TrajectoryRule` that knows a gradient at every step. It keeps traces, and the traces advance with the state.

    A rule must give three pure functions. Each of them sees one sample; batches are mapped outside:

    - `initial_traces` (params, key) → the traces before the first step
    - `advance` (r, params, x, traces) → (the next state, the next traces)
    - `credit` (dl_dr, traces, params) → the gradient that this step contributes

    All three get the rule's options as keyword arguments.

    It may also give:

    - `signal`: the loss of a step and its derivatives. Default: the true derivatives. `EProp` overrides it in order to
      send the error through fixed random weights.
    - `cost_per_sample`: an estimate of memory and operations. Default: computed from the sizes of the traces.
    - the attributes and methods that every `Rule` may give: ``exact``, ``options``, ``needs``, ``stochastic``,
      `check_options`, `prepare`, ….

    A function of a rule can use these parts of the network:

    - ``self.step(r, params, x)``, the next state, and ``self.output(r, params)``, the output
    - `flat_step`, the step as a function of vectors, and ``self.flat(r)``, a state as a vector: with them a rule also
      works for models with several states
    - ``self.state_size``, the number of units N in all states; ``self.step_params``; ``self.dtype``

    It takes the values of the parameters from ``params``, never from the network. During training the network still has
    the values from before the training.

    The names of the traces are free; `RTRL` takes p_<parameter>. Each trace becomes a Variable of the network with the
    same name, so ``bp.DSRunner(net, monitors=['p_w'])`` records it. `update`, and therefore every runner, advances the
    traces together with the state.

    Only the parameters in ``step_params`` need a trace. The others are read by the output alone, so their influence on
    the state is zero. Their gradient comes from `signal`.

    Attributes
    ----------
    trace_names : tuple of str
        The names of all traces.

    Examples
    --------
    The smallest rule: real-time recurrent learning for models with one state. The traces are p = dr/dw, one array
    (n, *shape of w) for each parameter w. Every step computes p_t = (∂S/∂r) p_{t−1} + ∂S/∂w, where S is the step of the
    model, and contributes the gradient (∂l_t/∂r_t) p_t.

    >>> import jax, jax.numpy as jnp, numpy as np, ratezoo
    >>> class TextbookRTRL(ratezoo.OnlineRule):
    ...     exact = True
    ...
    ...     def initial_traces(self, params, key, **options):
    ...         return {f'p_{w}': jnp.zeros((self.state_size, *params[w].shape), self.dtype) for w in self.step_params}
    ...
    ...     def advance(self, r, params, x, traces, **options):
    ...         dS_dr, dS_dw = jax.jacobian(self.step, argnums=(0, 1))(r, params, x)
    ...         new = {f'p_{w}': jnp.tensordot(dS_dr, traces[f'p_{w}'], 1) + dS_dw[w] for w in self.step_params}
    ...         return self.step(r, params, x), new
    ...
    ...     def credit(self, dl_dr, traces, params, **options):
    ...         return {w: jnp.tensordot(dl_dr, traces[f'p_{w}'], 1) for w in self.step_params}
    >>> class Net(TextbookRTRL, ratezoo.RateRNN):
    ...     pass
    >>> class Reference(ratezoo.BPTT, ratezoo.RateRNN):
    ...     pass
    >>> x, y = np.ones((10, 2)), np.zeros(10)
    >>> grads, expected = (net(2, 5, 1, seed=0).gradient(x, y)[1] for net in (Net, Reference))
    >>> all(np.allclose(grads[w], expected[w], rtol=1e-4, atol=1e-6) for w in expected)
    True
    """

    trace_names: tuple[str, ...] = ()

    # ---- what a rule gives ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def initial_traces(self, params: Params, key: Array | None, **options: Any) -> dict[str, Array]:
        """The traces of one sample before the first step.

        Parameters
        ----------
        params : dict
            Parameter name → array.
        key : JAX key or None
            For a rule with ``stochastic = True``, the key of its random numbers. Such a rule stores the key among its
            traces, so that `advance` can draw from it and replace it. None for other rules.
        **options
            A value for every option of the rule.

        Returns
        -------
        dict
            Name of the trace → array of any shape, without an axis of samples.
        """

    @abc.abstractmethod
    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **options: Any
    ) -> tuple[State, dict[str, Array]]:
        """One step of the network and of its traces, for one sample.

        Parameters
        ----------
        r : array (n,), or dict of arrays by state
            The state r_{t−1} before the step.
        params : dict
            Parameter name → array.
        x : array (n_in,)
            The input of this step.
        traces : dict
            Name → array: the traces before the step.
        **options
            A value for every option of the rule.

        Returns
        -------
        r : array (n,), or dict of arrays by state
            The state r_t after the step: ``self.step(r, params, x)``, without noise. The caller adds the noise.
        traces : dict
            The traces after the step, with the names, shapes and dtypes of the argument.
        """

    @abc.abstractmethod
    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **options: Any) -> Params:
        """The gradient that one step contributes through the state, for one sample.

        Parameters
        ----------
        dl_dr : array (n,), or dict of arrays by state
            α_t ∂l_t/∂r_t, or the learning signal that takes its place.
        traces : dict
            Name → array: the traces after the step.
        params : dict
            Parameter name → array.
        **options
            A value for every option of the rule.

        Returns
        -------
        dict
            Parameter name → array of the parameter's shape. A parameter that is left out gets no gradient through the
            state.
        """

    def signal(
        self, r: State, params: Params, y: Array, alpha: Array, loss: Loss, **options: Any
    ) -> tuple[Array, State, Params]:
        """The loss of one step of one sample, and its derivatives.

        Parameters
        ----------
        r : array (n,), or dict of arrays by state
            The state r_t after the step.
        params : dict
            Parameter name → array.
        y : array (n_out,)
            The target of this step.
        alpha : array ()
            The weight α_t of this step.
        loss : callable
            l_t as ``loss(output, target)``.
        **options
            A value for every option of the rule.

        Returns
        -------
        value : array ()
            α_t l_t.
        dl_dr : array (n,), or dict of arrays by state
            α_t ∂l_t/∂r_t, which `credit` gets. A rule may return another learning signal in its place.
        direct : dict
            Name of every parameter → α_t ∂l_t/∂w at a fixed state: the gradient of the parameters of the output.
        """

        def weighted(r, params):
            return alpha * loss(self.output(r, params), y)

        value, (dl_dr, direct) = jax.value_and_grad(weighted, (0, 1))(r, params)
        return value, dl_dr, direct

    def cost_per_sample(self, n: int, m: int, total: int, T: int, **options: Any) -> tuple[float, float]:
        """As in `TrajectoryRule`.

        Default: three copies of the traces (old, new, and one for what is computed between), one multiplication and one
        addition for each number in them, and as many for each entry of ``step_params``. A rule whose steps cost more
        overrides this method.
        """

        def traces_of(params, key):
            return self.initial_traces(params, key, **options)

        traces = jax.eval_shape(traces_of, self.params_dict(), jax.random.PRNGKey(0))
        size = sum(a.size for a in jax.tree_util.tree_leaves(traces))
        return 3 * size + total, 2 * size + 2 * m

    # ---- running: the traces are Variables -----------------------------------------------------------------------

    def update(self, x: ArrayLike | None = None) -> Array:
        """One step of the network and of its traces.

        Parameters
        ----------
        x : array (n_in,), or in a batching mode (B, n_in), optional
            The input of this step. Default: zero.

        Returns
        -------
        array (n_out,) or (B, n_out)
            The output after the step.
        """
        params, (x, axis) = self.params_dict(), self.as_input(x)
        traces = {name: getattr(self, name).value for name in self.trace_names}
        options = self.all_options({})

        def advance(r, params, x, traces):
            return self.advance(r, params, x, traces, **options)

        r, traces = self.map_samples(advance, (0, None, axis, 0))(self.state, params, x, traces)
        for name, value in traces.items():
            getattr(self, name).value = value
        return self.finish_step(r, params, x, axis)

    def extra_variables(self) -> dict[str, Array]:
        """The traces before the first step, which the network keeps as Variables."""
        key, options = self.draw_key(None), self.all_options({})
        if not self.trace_names:  # the first time
            self._check_memory_of_traces(key, options)
        traces = self.starting_traces(self.params_dict(), key, self._samples(), **options)
        # Compiled functions have read the tuple ``trace_names``. A new tuple, also one that is equal, would look like a
        # change of the network, and all of them would be compiled again after every reset.
        if tuple(traces) != self.trace_names:
            self.trace_names = tuple(traces)
        return traces

    def _check_memory_of_traces(self, key, options):
        """Raise `TooLargeError`, before the traces are made, if they need more memory than is free."""

        def of_one_sample(params, key):
            return self.initial_traces(params, key, **options)

        traces = jax.eval_shape(of_one_sample, self.params_dict(), key if self.stochastic else None)
        size = sum(a.size * a.dtype.itemsize for a in jax.tree_util.tree_leaves(traces))
        self.check_memory(size * (self._samples() or 1), f'the traces of {self.state_size} units')

    def starting_traces(self, params: Params, key: Any, batch: int | None, **options: Any) -> dict[str, Array]:
        """The traces of one sample before the first step, or those of a batch.

        Parameters
        ----------
        params : dict
            Parameter name → array.
        key : JAX key or None
            The key from `draw_key`. Each sample of a batch gets random numbers of its own.
        batch : int or None
            The number of samples B. None: one sample, without an axis of samples.
        **options
            A value for every option of the rule.
        """
        # Another key than that of the noise, so that the rule's random numbers are independent of the noise.
        key = jax.random.fold_in(key, 1) if self.stochastic else None
        if batch is None:
            return self.initial_traces(params, key, **options)
        if self.stochastic:
            return jax.vmap(lambda k: self.initial_traces(params, k, **options))(jax.random.split(key, batch))
        return tree_map(lambda p: jnp.broadcast_to(p, (batch, *p.shape)), self.initial_traces(params, key, **options))

    # ---- learning: the traces are the carry of a scan --------------------------------------------------------------

    @of_a_network
    def fit(
        self,
        x: ArrayLike | None,
        y: ArrayLike,
        epochs: int = 100,
        optimizer: optax.GradientTransformation | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        progress: bool = True,
        checkpoint: str | Path | None = None,
        *,
        alpha: ArrayLike | None = None,
        r0: StateLike | None = None,
        loss: Loss | None = None,
        online: bool = False,
        **options: Any,
    ) -> History:
        """As `TrajectoryRule.fit`. With ``online=True`` the parameters are updated at every step.

        With ``online=True`` the optimiser gets α_t ∂l_t/∂w at once at every step. The traces are not computed again for
        the new parameters. So the gradient is approximate. It is good while the parameters change slowly (Williams &
        Zipser 1989). The loss of an epoch is then the sum over its steps, and the loss of a step is measured before the
        update by this step.
        """
        if not online:
            offline: dict[str, Any] = dict(alpha=alpha, r0=r0, loss=loss, **options)
            return super().fit(x, y, epochs, optimizer, batch_size, seed, progress, checkpoint, **offline)
        options = self.all_options(options)
        if isinstance(self, HasPenalty):
            expected = 'online=False for a model with a penalty, because the penalty belongs to a complete sequence'
            raise self.invalid('fit', expected, 'online=True')
        data, batched = self.check_trajectories(x, y, alpha, r0)
        l_t = self.loss_function(loss, data.y.shape[1 + batched :])
        self.check_memory_of(data, batched, **options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            def learn(carry, grads):
                params, state = carry
                updates, state = optimizer.update(grads, state, params)
                return optax.apply_updates(params, updates), state

            (params, state), losses = self._scan(params, data, key, l_t, batched, learn, (params, state), **options)
            return params, state, {'loss': jnp.sum(losses)}

        kind = ('fit online', l_t, batched, *options.items())
        return self.run_training(kind, update, data, batched, epochs, optimizer, batch_size, seed, progress, checkpoint)

    def loss_and_gradient(
        self, params: Params, data: Trajectories, key: Array | None, loss: Loss, batched: bool, **options: Any
    ) -> tuple[Array, Params, Array]:
        """The sum over the steps of what `signal` and `credit` give; see `TrajectoryRule.loss_and_gradient`."""

        def accumulate(carry, grads):
            params, total = carry
            return params, tree_map(jnp.add, total, grads)

        start = (params, tree_map(jnp.zeros_like, params))
        (_, grads), losses = self._scan(params, data, key, loss, batched, accumulate, start, **options)
        return jnp.sum(losses), grads, losses

    def _scan(self, params, data, key, loss, batched, receive, carry, **options):
        """Run the network and its traces over the data, and give every step's gradient to ``receive``.

        Parameters
        ----------
        receive : callable
            ``receive(carry, grads)`` → carry. For a batch, ``grads`` is the mean over it.
        carry : tuple
            What ``receive`` carries from step to step. Its first element is the present parameters.

        Returns
        -------
        carry : tuple
            The carry after the last step.
        losses : array (T,)
            α_t l_t of each step; of a batch the mean.
        """

        def one(r, params, x, y, alpha, traces, noise):
            return self._step_with_gradient(r, params, x, y, alpha, traces, noise, loss, options)

        def body(scan_carry, inputs):
            (r, traces), carry = scan_carry
            x, y, alpha, noise = inputs
            axes = (0, None, 0, 0, 0, 0, None if noise is None else 0)
            step = jax.vmap(one, axes) if batched else one
            r, traces, value, grads = step(r, carry[0], x, y, alpha, traces, noise)
            if batched:
                value, grads = jnp.mean(value), tree_map(lambda g: jnp.mean(g, 0), grads)
            return ((r, traces), receive(carry, grads)), value

        traces = self.starting_traces(params, key, data.y.shape[0] if batched else None, **options)
        x, y, alpha = data.x, data.y, data.alpha
        if batched:  # the scan needs the time axis first
            alpha = jnp.broadcast_to(alpha, y.shape[:2])
            x, y, alpha = (a.swapaxes(0, 1) for a in (x, y, alpha))
        (_, carry), losses = jax.lax.scan(body, ((data.r0, traces), carry), (x, y, alpha, self.draw_noise(key, data)))
        return carry, losses

    def _step_with_gradient(self, r, params, x, y, alpha, traces, noise, loss, options):
        """One step of one sample: the state and the traces after it, α_t l_t, and the gradient that it contributes."""
        r, traces = self.advance(r, params, x, traces, **options)
        r = r if noise is None else tree_map(jnp.add, r, noise)
        value, dl_dr, direct = self.signal(r, params, y, alpha, loss, **options)
        through_state = self.credit(dl_dr, traces, params, **options)
        grads = {p: direct[p] + through_state[p] if p in through_state else direct[p] for p in params}
        return r, traces, value, grads

    # ---- the step of one sample, with the state as a vector ----------------------------------------------------------

    def flat_step(
        self, r: State, params: Params, x: Array
    ) -> tuple[Callable[[Array, Params], Array], Array, Callable[[Array], State]]:
        """The model's step as a function of vectors, for rules that need its Jacobian.

        A model may have several states. Here they are joined to one vector of N numbers, in the order of ``states``, so
        that a rule needs no special case for them.

        Parameters
        ----------
        r : array (n,), or dict of arrays by state
            The state r_{t−1} of one sample.
        params : dict
            Parameter name → array.
        x : array (n_in,)
            The input of this step.

        Returns
        -------
        step : callable
            ``step(vector, step_params)`` → the next state as a vector (N,). ``step_params`` is a dict with the
            parameters that the step reads. For the other parameters it takes the values in ``params``.
        vector : array (N,)
            The state r as a vector.
        unflatten : callable
            Turns a vector (N,) into a state in the form of r.
        """
        vector, unflatten = self.flat(r)
        rest = {p: v for p, v in params.items() if p not in self.step_params}

        def step(vector, step_params):
            return self.flat(self.step(unflatten(vector), {**rest, **step_params}, x))[0]

        return step, vector, unflatten

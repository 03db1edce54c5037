"""`TrajectoryRule`: what all rules have in common that learn a trajectory, l = Σ_t α_t l_t(output_t, y_t)."""

import abc
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.errors import DivergedError, ShapeError
from ratezoo.learning.rule import Rule


class Trajectories(NamedTuple):
    """Checked data: x (T, …), y (T, n_out), alpha (T,), r0 (n,); where there is a batch of B, x, y and r0 begin
    with an axis B, and alpha does if weights differ between samples."""
    x: object
    y: object
    alpha: object
    r0: object

    def sample(self, index):
        """The samples ``index`` of a batch."""
        tree_map = jax.tree_util.tree_map
        return Trajectories(tree_map(lambda a: a[index], self.x), self.y[index],
                            self.alpha[index] if self.alpha.ndim == 2 else self.alpha,
                            tree_map(lambda a: a[index], self.r0))


class TrajectoryRule(Rule):
    """A mixin that trains a `RateModel` on trajectories; written before the model: ``class Net(RTRL, LinearRNN)``.

    A rule gives ``loss_and_gradient``, pure; `gradient` and `fit` follow from it.
    """

    learns = 'trajectories'
    exact_counterpart = 'BPTT'

    # ---- what a rule gives ---------------------------------------------------------------------------------------

    @abc.abstractmethod
    def loss_and_gradient(self, params, data, key, loss, batched, **options):
        """(loss, grads, l_t of each step) on checked `Trajectories`, the means over a batch; pure."""

    # ---- public --------------------------------------------------------------------------------------------------

    def gradient(self, x, y, alpha=None, r0=None, *, loss=None, seed=None, **options):
        """Loss and gradient of a trajectory, or their means over a batch; nothing in the network changes.

        Parameters
        ----------
        x : array (T, n_in) or (B, T, n_in)
            Inputs; with a single input (T,) will do. None: no input.
        y : array (T, n_out) or (B, T, n_out)
            Targets of the output after each step; with a single output (T,) will do.
        alpha : array (T,) or (B, T), optional
            Weight of each step in l = Σ_t α_t l_t; 0 asks nothing of a step. Default 1/T each.
        r0 : array (n,) or (B, n), optional
            State before the first step; default the initial state.
        loss : callable, optional
            l_t as ``loss(output, target)``; default ½‖output − target‖².
        seed : int, optional
            Seed of the network's noise and of what the rule draws. None: the network's own.
        **options
            Those of the rule; see its class.

        Returns
        -------
        loss : float
        grads : dict
            Parameter name → dl/dw, of the parameter's shape.

        Raises
        ------
        ShapeError, InvalidValueError
            Arrays that don't fit together, NaN or infinity in them.
        DivergedError
            The network blew up; the message names the step.
        TooLargeError
            What the rule must keep does not fit into the memory that is free; `cost` says how much it is.
        """
        data, batched = self.check_trajectories(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1 + batched:])
        options = self.all_options(options)
        self.check_memory_of(data, batched, **options)

        def pure(params, data, key):
            value, grads, steps = self.loss_and_gradient(params, data, key, loss, batched, **options)
            return *self.with_penalty(params, value, grads), steps
        run = self.compiled(('gradient', loss, batched, *options.items()), lambda: jax.jit(pure), reads=[loss.function])
        value, grads, steps = run(self.params_dict(), data, self.draw_key(seed))
        self._check_gradient(value, grads, steps)
        return float(value), grads

    def fit(self, x, y, epochs=100, optimizer=None, batch_size=None, seed=0, progress=True, checkpoint=None, *,
            alpha=None, r0=None, loss=None, **options):
        """Train the parameters on trajectories; the network is left with the parameters of the last epoch.

        Parameters
        ----------
        x, y, alpha, r0, loss, **options
            As in `gradient`.
        epochs : int
            Passes over the data. Default 100.
        optimizer : optax.GradientTransformation, optional
            Default ``optax.adam(1e-3)``.
        batch_size : int, optional
            Samples per update, shuffled in each epoch; the last batch may be smaller. None (default): all.
        seed : int
            Seed of the shuffling, and of the network's noise in training. Default 0.
        progress : bool
            Show a progress bar. Default True.
        checkpoint : path, optional
            A file (.npz) that is written every ten seconds, at the end and when the run is interrupted; if it is
            there already, training goes on from it and ends as if it had never stopped (at once if it holds as many
            epochs).

        Returns
        -------
        History
            Loss and time of each epoch; ``history.plot()`` draws them.

        Raises
        ------
        DivergedError
            Loss or parameters became infinite or NaN; the network keeps the parameters of the last good epoch.
        CheckpointError
            The checkpoint is broken or belongs to another run.
        """
        data, batched = self.check_trajectories(x, y, alpha, r0)
        loss = self.loss_function(loss, data.y.shape[1 + batched:])
        options = self.all_options(options)
        self.check_memory_of(data, batched, **options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, _ = self.loss_and_gradient(params, data, key, loss, batched, **options)
            value, grads = self.with_penalty(params, value, grads)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, {'loss': value}

        return self.run_training(('fit', loss, batched, *options.items()), update, data, batched, epochs, optimizer,
                           batch_size, seed, progress, checkpoint)

    def predict(self, x, r0=None, *, seed=None):
        """The outputs after each step, (T, n_out) or (B, T, n_out); nothing in the network changes.

        Parameters
        ----------
        x : array (T, n_in) or (B, T, n_in)
            Inputs; with a single input (T,) will do.
        r0 : array (n,) or (B, n), optional
            State before the first step; default the initial state.
        seed : int, optional
            Seed of the network's noise. None: the network's own.
        """
        x = self.as_array('x', x)
        lead = x.shape if x.ndim == 1 and self.n_in == 1 else x.shape[:-1]
        if len(lead) not in (1, 2):
            raise ShapeError(f'{type(self).__name__}.x: expected inputs of shape (T, n_in) or (B, T, n_in), got '
                             f'{x.shape}.')
        out = self.output_shape
        data, batched = self.check_trajectories(x, jnp.zeros((*lead, *out), self.dtype), None, r0)

        def pure(params, data, key):
            def one(data, noise):
                def step(r, inputs):
                    x, xi = inputs
                    r = self.noisy_step(r, params, x, xi)
                    return r, self.output(r, params)
                return jax.lax.scan(step, data.r0, (data.x, noise))[1]
            noise = self.draw_noise(key, data)
            if not batched:
                return one(data, noise)
            samples, axes = self.by_sample(data, noise)
            return jax.vmap(one, axes)(*samples)
        return self.compiled(('predict', batched), lambda: jax.jit(pure))(self.params_dict(), data,
                                                                          self.draw_key(seed))

    def cost(self, T, batch=None, **options):
        """What `gradient` needs for ``T`` steps (of ``batch`` samples) with the rule's ``options``.

        Returns
        -------
        Cost
            ``memory``, bytes beside the data, and ``operations``, multiplications and additions a step: estimates from
            what the rule stores and multiplies, good to a factor of about two.
        """
        return self._cost(*self.cost_per_sample(*self.problem_sizes(), T, **self.all_options(options)), batch)

    def cost_per_sample(self, n, m, total, T, **options):
        """Numbers kept for one sample and operations a step, for n units, m parameters in the step and ``total`` in
        all. Default: those of a rule that stores the activity of all steps."""
        return 2 * n * T + 2 * total, 6 * total

    def check_memory_of(self, data, batched, **options):
        """Refuse what won't fit, before anything is compiled."""
        T = data.y.shape[-2]
        need = self.cost(T, data.y.shape[0] if batched else None, **options).memory
        self.check_memory(need, f'{self.state_size} units and {T} steps')

    # ---- for rules that look at a whole sequence --------------------------------------------------------------------

    def draw_noise(self, key, data):
        """The network's noise in a run over ``data``, added to the state after each step: (T, …), or None."""
        if not self.noisy:
            return None
        still = jax.tree_util.tree_map(jnp.zeros_like, data.r0)

        def draw(key, _):
            noise, key = self.perturb(still, key)
            return key, noise
        return jax.lax.scan(draw, key, None, length=data.y.shape[-2])[1]

    def noisy_step(self, r, params, x, noise):
        """One step of one sample, with the noise of that step."""
        r = self.step(r, params, x)
        return r if noise is None else jax.tree_util.tree_map(jnp.add, r, noise)

    @staticmethod
    def by_sample(data, noise):
        """What to map over a batch: (data, noise) with the batch first, and the axes for `jax.vmap`."""
        axes = Trajectories(0, 0, 0 if data.alpha.ndim == 2 else None, 0)
        noise = jax.tree_util.tree_map(lambda a: a.swapaxes(0, 1), noise)
        return (data, noise), (axes, None if noise is None else 0)

    # ---- checks --------------------------------------------------------------------------------------------------

    def check_trajectories(self, x, y, alpha=None, r0=None):
        """The data as `Trajectories` of arrays that fit together, and whether they are a batch."""
        who, dtype = type(self).__name__, self.dtype
        y = self.as_array('y', y)
        out = self.output_shape
        if out == (1,) and (y.ndim == 1 or (y.ndim == 2 and x is not None and np.ndim(x) == 3 and y.shape[-1] != 1)):
            y = y[..., None]
        batched = y.ndim == len(out) + 2
        if y.shape[1 + batched:] != out or y.ndim not in (len(out) + 1, len(out) + 2) or 0 in y.shape:
            raise ShapeError(f'{who}.y: expected targets of shape {("T", *out)} or {("B", "T", *out)} for the output '
                             f'of shape {out}, got {y.shape}.'.replace("'", ''))
        lead = y.shape[:1 + batched]
        if x is None:
            x = jnp.zeros(lead if self.n_in is None else (*lead, self.n_in), dtype)
        x = self.as_array('x', x)
        if self.n_in == 1 and x.shape == lead:
            x = x[..., None]
        if x.shape[:len(lead)] != lead or (self.n_in is not None and x.shape != (*lead, self.n_in)):
            raise ShapeError(f'{who}.x: expected inputs of shape {(*lead, self.n_in or "n_in")} to go with y of shape '
                             f'{y.shape}, got {x.shape}.'.replace("'", ''))
        length = lead[-1]
        alpha = jnp.full(length, 1 / length, dtype) if alpha is None else self.as_array('alpha', alpha)
        if alpha.shape not in ((length,), lead):
            raise ShapeError(f'{who}.alpha: expected a weight for each of {length} steps, shape {(length,)}'
                             f'{f" or {lead}" if batched else ""}, got {alpha.shape}.')
        for name, a in (('x', x), ('y', y), ('alpha', alpha)):
            self.check_finite(name, a)
        return Trajectories(x, y, alpha, self.starting_state(r0, lead[0] if batched else None)), batched

    def _check_gradient(self, value, grads, steps):
        if np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values()):
            return
        bad = np.flatnonzero(~np.isfinite(np.asarray(steps)))
        where = f'at step {bad[0] + 1} of {len(steps)}' if len(bad) else 'in the gradient'
        raise DivergedError(f'{type(self).__name__}.gradient: the network blew up, the loss is not finite {where}. '
                            'Try smaller weights or a smaller dt.')


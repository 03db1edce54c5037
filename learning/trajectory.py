"""`TrajectoryRule`: what all rules have in common that learn a trajectory, l = Σ_t α_t l_t(output_t, y_t)."""

import hashlib
import inspect
import math
import time
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from ratezoo.errors import (
    CompositionError,
    DivergedError,
    InvalidValueError,
    ShapeError,
    TooLargeError,
    UnknownNameError,
)
from ratezoo.learning import checkpoint as checkpoints
from ratezoo.learning.history import History
from ratezoo.learning.memory import Cost, free_memory
from ratezoo.models.base import RateModel
from ratezoo.models.plain import PlainLoss

_SECONDS_BETWEEN_CHECKPOINTS = 10.


def half_squared_error(output, target):
    """½‖output − target‖²."""
    return 0.5 * jnp.sum((output - target) ** 2)


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


class TrajectoryRule:
    """A mixin that trains a `RateModel` on trajectories; written before the model: ``class Net(RTRL, LinearRNN)``.

    A rule gives ``_loss_and_gradient``, pure; `gradient` and `fit` follow from it. It never changes weights
    itself: an optimiser does. What can be chosen of a rule are keyword arguments of `gradient` and `fit`; ``options``
    names them, and their defaults are class attributes.
    """

    options = ()
    needs = ()                  # capabilities (`ratezoo.models.capabilities`) that the rule asks of a model beyond F
    stochastic = False          # whether the rule draws random numbers
    follows_the_gradient = True
    loss = staticmethod(half_squared_error)
    default_optimizer = optax.adam(1e-3)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        order = cls.__mro__
        models = [i for i, c in enumerate(order) if issubclass(c, RateModel) and not issubclass(c, TrajectoryRule)]
        rules = [i for i, c in enumerate(order) if issubclass(c, TrajectoryRule) and not issubclass(c, RateModel)]
        if models and rules and min(models) < min(rules):
            raise CompositionError(f'{cls.__name__}: the rule goes before the model, class {cls.__name__}('
                                   f'{order[min(rules)].__name__}, {order[min(models)].__name__}).')
        if models:
            for capability in cls.needs:
                if not issubclass(cls, capability):
                    raise CompositionError(
                        f'{cls.__name__}: the rule {order[min(rules)].__name__} needs more of a model than F, and '
                        f'{order[min(models)].__name__} is not a {capability.__name__} '
                        f'(ratezoo.models.capabilities): {inspect.getdoc(capability).splitlines()[0]}')

    def _complete(self):
        super()._complete()
        read = self.parameters_read_by(self.step)
        self.traced = tuple(self.params) if read is None else read      # the parameters that the step reads
        self.output_shape = jax.eval_shape(self.output, self.initial_state(), self.params_dict()).shape

    # ---- what a rule gives ---------------------------------------------------------------------------------------

    def _loss_and_gradient(self, params, data, key, loss, batched, **options):
        """(loss, grads, l_t of each step) on checked `Trajectories`, the means over a batch; pure."""
        raise NotImplementedError

    def check_options(self, options):
        """Raise `InvalidValueError` for an option that can't be; ``options`` holds a value for each name."""

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
        loss = self._loss_function(loss, data.y.shape[1 + batched:])
        options = self._options(options)
        self._check_memory(data, batched, **options)

        def pure(params, data, key):
            return self._loss_and_gradient(params, data, key, loss, batched, **options)
        run = self.compiled(('gradient', loss, batched, *options.items()), lambda: jax.jit(pure), reads=[loss.function])
        value, grads, steps = run(self.params_dict(), data, self._draw_key(seed))
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
        loss = self._loss_function(loss, data.y.shape[1 + batched:])
        options = self._options(options)
        self._check_memory(data, batched, **options)
        optimizer = optimizer or self.default_optimizer

        def update(params, state, data, key):
            value, grads, _ = self._loss_and_gradient(params, data, key, loss, batched, **options)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, value

        return self._train(('fit', loss, batched, *options.items()), update, data, batched, epochs, optimizer,
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
        data, batched = self.check_trajectories(x, jnp.zeros((*lead, *out), self._dtype), None, r0)

        def pure(params, data, key):
            def one(data, noise):
                def step(r, inputs):
                    x, xi = inputs
                    r = self._noisy_step(r, params, x, xi)
                    return r, self.output(r, params)
                return jax.lax.scan(step, data.r0, (data.x, noise))[1]
            noise = self._noise(key, data)
            if not batched:
                return one(data, noise)
            samples, axes = self._by_sample(data, noise)
            return jax.vmap(one, axes)(*samples)
        return self.compiled(('predict', batched), lambda: jax.jit(pure))(self.params_dict(), data,
                                                                          self._draw_key(seed))

    def cost(self, T, batch=None, **options):
        """What `gradient` needs for ``T`` steps (of ``batch`` samples) with the rule's ``options``.

        Returns
        -------
        Cost
            ``memory``, bytes beside the data, and ``operations``, multiplications and additions a step: estimates from
            what the rule stores and multiplies, good to a factor of about two.
        """
        sizes = {p: v.size for p, v in self.params_dict().items()}
        traced = sum(sizes[p] for p in self.traced)
        numbers, operations = self._numbers_and_operations(self.state_size, traced, sum(sizes.values()), T,
                                                           **self._options(options))
        return Cost(int(numbers * self._dtype.itemsize * (batch or 1)), int(operations * (batch or 1)))

    def _numbers_and_operations(self, n, m, total, T, **options):
        """Numbers kept for one sample and operations a step, for n units, m parameters in the step and ``total`` in
        all."""
        raise NotImplementedError

    # ---- the loop over epochs ------------------------------------------------------------------------------------

    def _train(self, kind, update, data, batched, epochs, optimizer, batch_size, seed, progress, checkpoint):
        count = data.y.shape[0] if batched else 1
        size = count if batch_size is None else batch_size
        for name, value, low, high in (('epochs', epochs, 0, np.inf), ('batch_size', size, 1, count)):
            if not (isinstance(value, (int, np.integer)) and low <= value <= high):
                raise InvalidValueError(f'{type(self).__name__}.fit: expected {name} to be an integer from {low} to '
                                        f'{high}, got {value!r}.')
        if not (hasattr(optimizer, 'init') and hasattr(optimizer, 'update')):
            raise InvalidValueError(f'{type(self).__name__}.optimizer: expected an optax optimiser, such as '
                                    f'optax.adam(1e-3), got {optimizer!r}.')
        params = self.params_dict()
        state = optimizer.init(params)
        program = _fingerprint(optimizer, params, state)
        step = self.compiled((*kind, program), lambda: jax.jit(update), reads=[kind[1].function])
        curves = {'epoch': [], 'loss': [], 'seconds': []}
        run = {'class': type(self).__name__, 'kind': kind[0], 'batch_size': int(size), 'seed': int(seed),
               'data': _digest(*jax.tree_util.tree_leaves(data)), 'optimizer': _digest(*program)}
        stored = None if checkpoint is None else checkpoints.load(checkpoint, run, (params, state))
        if stored is not None:
            (params, state), curves = stored
            curves['epoch'] = [int(e) for e in curves['epoch']]
        done, spent = len(curves['epoch']), curves['seconds'][-1] if curves['seconds'] else 0.
        start = saved = time.perf_counter()
        bar = tqdm(total=epochs, initial=done, desc=type(self).__name__, disable=not progress, leave=True)

        def keep():
            if checkpoint is not None:
                checkpoints.save(checkpoint, run, (params, state), curves)

        good, good_state = params, state        # the last whose loss is known to be finite
        try:
            for epoch in range(done, epochs):
                new, new_state, losses = params, state, []
                key = self._draw_key(seed)
                for i, index in enumerate(_batches(count, size, seed, epoch, batched)):
                    draw = None if key is None else jax.random.fold_in(jax.random.fold_in(key, epoch), i)
                    part = data if index is None else data.sample(index)
                    new, new_state, value = step(new, new_state, part, draw)
                    losses.append((value, 1 if index is None else len(index)))
                mean = sum(float(v) * k for v, k in losses) / sum(k for _, k in losses)
                last = epoch + 1 == epochs
                if not math.isfinite(mean) or (last and not all(np.isfinite(p).all() for p in new.values())):
                    params, state = good, good_state
                    for values in curves.values():              # the epoch that led here is no good either
                        del values[max(epoch - 1, done):]
                    raise DivergedError(f'{type(self).__name__}.fit: the loss became {mean} in epoch {epoch + 1}. '
                                        'Try a smaller learning rate, or optax.clip_by_global_norm before the '
                                        'optimiser.')
                good, good_state, params, state = params, state, new, new_state
                now = time.perf_counter()
                for name, value in (('epoch', epoch + 1), ('loss', mean), ('seconds', spent + now - start)):
                    curves[name].append(value)
                if progress:
                    bar.set_postfix(loss=f'{mean:.4g}', refresh=False)
                    bar.update()
                if now - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                    keep()
                    saved = now
        finally:
            bar.close()
            for name, value in params.items():
                getattr(self, name).value = value
            self._finish(state)
            keep()
        return History(np.array(curves['epoch'], int), np.array(curves['loss']), np.array(curves['seconds']))

    def _finish(self, state):
        """After training, with the last state of the optimiser."""

    # ---- random numbers, memory ------------------------------------------------------------------------------------

    def _draw_key(self, seed):
        """The key of the network's noise and of the rule's random numbers; None if there are neither."""
        if not (self.noisy or self.stochastic):
            return None
        return jax.random.PRNGKey(self.seed if seed is None else seed)

    def _check_memory(self, data, batched, **options):
        """Refuse what won't fit, before anything is compiled."""
        need, free = self.cost(data.y.shape[-2], data.y.shape[0] if batched else None, **options).memory, free_memory()
        if need > free:
            raise TooLargeError(f'{type(self).__name__}: the rule would keep {need / 2 ** 30:.3g} GiB for '
                                f'{self.state_size} units and {data.y.shape[-2]} steps, and {free / 2 ** 30:.3g} GiB '
                                'are free. Use fewer units, steps or samples at a time, or a rule that keeps less '
                                '(net.cost tells).')

    @property
    def state_size(self):
        """N, the number of units in all states."""
        return sum(self.sizes.values())

    # ---- for rules that look at a whole sequence --------------------------------------------------------------------

    def _noise(self, key, data):
        """The network's noise in a run over ``data``, added to the state after each step: (T, …), or None."""
        if not self.noisy:
            return None
        still = jax.tree_util.tree_map(jnp.zeros_like, data.r0)

        def draw(key, _):
            noise, key = self.perturb(still, key)
            return key, noise
        return jax.lax.scan(draw, key, None, length=data.y.shape[-2])[1]

    def _noisy_step(self, r, params, x, noise):
        """One step of one sample, with the noise of that step."""
        r = self.step(r, params, x)
        return r if noise is None else jax.tree_util.tree_map(jnp.add, r, noise)

    @staticmethod
    def _by_sample(data, noise):
        """What to map over a batch: (data, noise) with the batch first, and the axes for `jax.vmap`."""
        axes = Trajectories(0, 0, 0 if data.alpha.ndim == 2 else None, 0)
        noise = jax.tree_util.tree_map(lambda a: a.swapaxes(0, 1), noise)
        return (data, noise), (axes, None if noise is None else 0)

    # ---- checks --------------------------------------------------------------------------------------------------

    def check_trajectories(self, x, y, alpha=None, r0=None):
        """The data as `Trajectories` of arrays that fit together, and whether they are a batch."""
        who, dtype = type(self).__name__, self._dtype
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

    def _options(self, given):
        """A value for each of the rule's options: the given one, or the class's default."""
        for name in given:
            if name not in self.options:
                raise UnknownNameError(f'{type(self).__name__}: no option {name!r}. '
                                       f'The rule has: {", ".join(self.options) or "none"}.')
        options = {name: given.get(name, getattr(type(self), name)) for name in self.options}
        self.check_options(options)
        return options

    def _loss_function(self, loss, shape):
        """The loss given, or the class's; a function of output and target that gives one number."""
        loss = type(self).loss if loss is None else loss
        if not callable(loss):
            raise InvalidValueError(f'{type(self).__name__}.loss: expected loss(output, target), got {loss!r}.')
        loss = PlainLoss(loss)

        def shape_of_one():
            one = jax.ShapeDtypeStruct(shape, self._dtype)
            return getattr(jax.eval_shape(loss, one, one), 'shape', None)
        got = self.compiled(('shape of the loss', loss, shape), shape_of_one, reads=[loss.function])
        if got != ():
            raise ShapeError(f'{type(self).__name__}.loss: expected one number for a step, got shape {got}. Sum over '
                             'the outputs.')
        return loss

    def _check_gradient(self, value, grads, steps):
        if np.isfinite(float(value)) and all(bool(jnp.all(jnp.isfinite(g))) for g in grads.values()):
            return
        bad = np.flatnonzero(~np.isfinite(np.asarray(steps)))
        where = f'at step {bad[0] + 1} of {len(steps)}' if len(bad) else 'in the gradient'
        raise DivergedError(f'{type(self).__name__}.gradient: the network blew up, the loss is not finite {where}. '
                            'Try smaller weights or a smaller dt.')


def _batches(count, size, seed, epoch, batched):
    if not batched or size == count:
        return [None]
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return [order[i:i + size] for i in range(0, count, size)]


def _fingerprint(optimizer, params, state):
    """What an optimiser computes, as a key: two ``optax.adam(1e-3)`` are two objects but one program."""
    program = jax.make_jaxpr(optimizer.update)(params, state, params)
    return str(program.jaxpr), *(np.asarray(c).tobytes() for c in _constants(program))


def _constants(program):
    """The arrays that a traced program holds, those of the functions it calls too."""
    yield from program.consts
    for equation in program.jaxpr.eqns:
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else [value]:
                if hasattr(inner, 'jaxpr') and hasattr(inner, 'consts'):
                    yield from _constants(inner)


def _digest(*parts):
    """A short name for some arrays, strings and bytes."""
    digest = hashlib.sha256()
    for part in parts:
        whole = part if isinstance(part, bytes) else part.encode() if isinstance(part, str) else (
            str(part.shape).encode() + np.asarray(part).tobytes())
        digest.update(whole)
    return digest.hexdigest()[:16]

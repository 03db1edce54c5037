"""`Rule`: what all rules have in common: how they are composed with a model, their options, the training loop."""

import hashlib
import inspect
import math
import time

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
from ratezoo.models.capabilities import HasPenalty
from ratezoo.models.plain import PlainLoss

_SECONDS_BETWEEN_CHECKPOINTS = 10.


def half_squared_error(output, target):
    """½‖output − target‖²."""
    return 0.5 * jnp.sum((output - target) ** 2)


class Rule:
    """What can be written before a `RateModel` so that it learns: ``class Net(SomeRule, SomeModel)``.

    What can be chosen of a rule are keyword arguments of `gradient` and `fit`; ``options`` names them, and their
    defaults are class attributes. A rule never changes weights itself: an optimiser does.
    """

    options = ()
    needs = ()                  # capabilities (`ratezoo.models.capabilities`) that the rule asks of a model beyond F
    stochastic = False          # whether the rule draws random numbers
    follows_the_gradient = True
    learns = ''                 # 'trajectories', 'fixed points' or 'densities'
    exact_counterpart = None    # name of the rule whose gradient `compare` takes as exact
    loss = staticmethod(half_squared_error)
    default_optimizer = optax.adam(1e-3)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        order = cls.__mro__
        models = [i for i, c in enumerate(order) if issubclass(c, RateModel) and not issubclass(c, Rule)]
        rules = [i for i, c in enumerate(order) if issubclass(c, Rule) and not issubclass(c, RateModel)]
        if models and rules and min(models) < min(rules):
            raise CompositionError(f'{cls.__name__}: the rule goes before the model, class {cls.__name__}('
                                   f'{order[min(rules)].__name__}, {order[min(models)].__name__}).')
        if models and rules:
            model = order[min(models)]
            if not model.differentiable:
                raise CompositionError(f'{cls.__name__}: {model.__name__} takes steps that have no gradient, and no '
                                       'rule can train it. Look at its own methods, such as store.')
            for capability in cls.needs:
                if not issubclass(cls, capability):
                    raise capability.missing(
                        f'{cls.__name__}: the rule {order[min(rules)].__name__} needs more of a model than F, and '
                        f'{order[min(models)].__name__} is not a {capability.__name__} '
                        f'(ratezoo.models.capabilities): {inspect.getdoc(capability).splitlines()[0]}')

    def _complete(self):
        super()._complete()
        if not self.params:
            raise CompositionError(f'{type(self).__name__}: there is nothing to train in this model; its params are '
                                   'empty.')
        read = self.parameters_read_by(self.step)
        self.traced = tuple(self.params) if read is None else read      # the parameters that the step reads
        self.output_shape = jax.eval_shape(self.output, self.initial_state(), self.params_dict()).shape

    def check_options(self, options):
        """Raise `InvalidValueError` for an option that can't be; ``options`` holds a value for each name."""

    def _with_penalty(self, params, value, grads):
        """Loss and gradient with the penalty of a model that has one."""
        if not isinstance(self, HasPenalty):
            return value, grads
        more, slope = jax.value_and_grad(self.penalty)(params)
        return value + more, jax.tree_util.tree_map(jnp.add, grads, slope)

    # ---- the loop over epochs ------------------------------------------------------------------------------------

    def _train(self, kind, update, data, batched, epochs, optimizer, batch_size, seed, progress, checkpoint):
        """``update(params, state, data, key)`` → (params, state, report) for each batch; a report is a dict with the
        loss, and whatever else `_check_epoch` looks at."""
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
        step = self.compiled((*kind, program), lambda: jax.jit(update),
                             reads=[k.function for k in kind if isinstance(k, PlainLoss)])
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
                new, new_state, reports = params, state, []
                key = self._draw_key(seed)
                for i, index in enumerate(_batches(count, size, seed, epoch, batched)):
                    draw = None if key is None else jax.random.fold_in(jax.random.fold_in(key, epoch), i)
                    part = data if index is None else data.sample(index)
                    new, new_state, report = step(new, new_state, part, draw)
                    reports.append((report, 1 if index is None else len(index)))
                mean = sum(float(r['loss']) * k for r, k in reports) / sum(k for _, k in reports)
                worst = {name: max(float(r[name]) for r, _ in reports) for name in reports[0][0] if name != 'loss'}
                last = epoch + 1 == epochs
                if not math.isfinite(mean) or (last and not all(np.isfinite(p).all() for p in new.values())):
                    params, state = good, good_state
                    for values in curves.values():              # the epoch that led here is no good either
                        del values[max(epoch - 1, done):]
                    raise DivergedError(f'{type(self).__name__}.fit: the loss became {mean} in epoch {epoch + 1}. '
                                        'Try a smaller learning rate, or optax.clip_by_global_norm before the '
                                        'optimiser.')
                self._check_epoch(epoch + 1, worst)
                good, good_state, params, state = params, state, new, new_state
                now = time.perf_counter()
                for name, value in (('epoch', epoch + 1), ('loss', mean), ('seconds', spent + now - start),
                                    *worst.items()):
                    curves.setdefault(name, []).append(value)
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
        residual = curves.get('residual')
        return History(np.array(curves['epoch'], int), np.array(curves['loss']), np.array(curves['seconds']),
                       None if residual is None else np.array(residual))

    def _check_epoch(self, epoch, worst):
        """Raise if what a rule reported beside the loss, the worst of an epoch, forbids to go on."""

    def _finish(self, state):
        """After training, with the last state of the optimiser."""

    def _draw_key(self, seed):
        """The key of the network's noise and of the rule's random numbers; None if there are neither."""
        if not (self.noisy or self.stochastic):
            return None
        return jax.random.PRNGKey(self.seed if seed is None else seed)

    def _refuse_what_wont_fit(self, need, what):
        """Raise before anything is compiled if the rule would keep more bytes than are free."""
        free = free_memory()
        if need > free:
            raise TooLargeError(f'{type(self).__name__}: the rule would keep {need / 2 ** 30:.3g} GiB for {what}, and '
                                f'{free / 2 ** 30:.3g} GiB are free. Use fewer units, steps or samples at a time, or a '
                                'rule that keeps less (net.cost tells).')

    def _cost(self, numbers, operations, batch):
        return Cost(int(numbers * self._dtype.itemsize * (batch or 1)), int(operations * (batch or 1)))

    def _sizes(self):
        """Numbers of units, of parameters in the step, and of parameters in all."""
        sizes = {p: v.size for p, v in self.params_dict().items()}
        return self.state_size, sum(sizes[p] for p in self.traced), sum(sizes.values())

    @property
    def state_size(self):
        """N, the number of units in all states."""
        return sum(self.sizes.values())

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

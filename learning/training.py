"""The loop over epochs that every `fit` runs: batches, progress bar, checkpoint, learning curve."""

import hashlib
import math
import time

import jax
import numpy as np
from tqdm.auto import tqdm

from ratezoo.compiled import UnwrappedLoss
from ratezoo.errors import DivergedError, InvalidValueError
from ratezoo.learning import checkpoint as checkpoints
from ratezoo.learning.history import History

_SECONDS_BETWEEN_CHECKPOINTS = 10.


class Training:
    """One call of `fit`.

    Parameters
    ----------
    net : Rule
        The network. Its parameters are set when the training ends, also when it ends by an error.
    kind : tuple
        What stands for the update in the key of the compiled function: a name, the loss, the options.
    update : callable
        ``update(params, state, data, key)`` → (params, state, report), pure, for one batch. A report is a dict with the
        ``loss``, and with whatever else the network's ``check_epoch`` looks at.
    data : Trajectories, Points or Samples
        All samples; ``data.sample(index)`` gives some of them.
    batched : bool
        Whether ``data`` has a leading axis of samples.
    optimizer : optax.GradientTransformation
    batch_size : int or None
        Samples of one update; None: all.
    seed : int
        Seed of the shuffling and of random numbers.
    """

    def __init__(self, net, kind, update, data, batched, optimizer, batch_size, seed):
        self.net, self.data, self.batched, self.seed = net, data, batched, seed
        self.count = data.y.shape[0] if batched else 1
        self.size = self.count if batch_size is None else batch_size
        self._check_integer('batch_size', self.size, 1, self.count)
        if not (hasattr(optimizer, 'init') and hasattr(optimizer, 'update')):
            raise InvalidValueError(f'{type(net).__name__}.optimizer: expected an optax optimiser, such as '
                                    f'optax.adam(1e-3), got {optimizer!r}.')
        self.params = net.params_dict()
        self.state = optimizer.init(self.params)
        program = _fingerprint(optimizer, self.params, self.state)
        self.step = net.compiled((*kind, program), lambda: jax.jit(update),
                                 reads=[k.function for k in kind if isinstance(k, UnwrappedLoss)])
        self.identity = {'class': type(net).__name__, 'kind': kind[0], 'batch_size': int(self.size), 'seed': int(seed),
                         'data': _digest(*jax.tree_util.tree_leaves(data)), 'optimizer': _digest(*program)}
        self.curves = {'epoch': [], 'loss': [], 'seconds': []}

    def run(self, epochs, progress, checkpoint):
        """Train up to epoch number ``epochs``; returns the `History`."""
        self._check_integer('epochs', epochs, 0, np.inf)
        self._resume(checkpoint)
        self.first = len(self.curves['epoch'])
        spent = self.curves['seconds'][-1] if self.curves['seconds'] else 0.
        start = saved = time.perf_counter()
        self.before = self.params, self.state                   # the last weights whose loss is known to be finite
        bar = tqdm(total=epochs, initial=self.first, desc=type(self.net).__name__, disable=not progress, leave=True)
        try:
            for epoch in range(self.first, epochs):
                loss, worst = self._one_epoch(epoch, last=epoch + 1 == epochs)
                now = time.perf_counter()
                self._note(epoch + 1, loss, spent + now - start, worst)
                if progress:
                    bar.set_postfix(loss=f'{loss:.4g}', refresh=False)
                    bar.update()
                if now - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                    self._save(checkpoint)
                    saved = now
        finally:
            bar.close()
            for name, value in self.params.items():
                getattr(self.net, name).value = value
            self.net.finish_training(self.state)
            self._save(checkpoint)
        curves = {k: np.array(v, int if k == 'epoch' else float) for k, v in self.curves.items()}
        return History(curves['epoch'], curves['loss'], curves['seconds'], curves.get('residual'))

    def _one_epoch(self, epoch, last):
        """Take all batches once, and keep the new weights; returns the mean loss and the worst of each other report."""
        params, state, reports = self.params, self.state, []
        key = self.net.draw_key(self.seed)
        for i, index in enumerate(_batches(self.count, self.size, self.seed, epoch, self.batched)):
            draw = None if key is None else jax.random.fold_in(jax.random.fold_in(key, epoch), i)
            part = self.data if index is None else self.data.sample(index)
            params, state, report = self.step(params, state, part, draw)
            reports.append((report, 1 if index is None else len(index)))
        loss = sum(float(r['loss']) * k for r, k in reports) / sum(k for _, k in reports)
        worst = {name: max(float(r[name]) for r, _ in reports) for name in reports[0][0] if name != 'loss'}
        if not math.isfinite(loss) or (last and not all(np.isfinite(p).all() for p in params.values())):
            self._go_back(epoch, loss)
        self.net.check_epoch(epoch + 1, worst)
        self.before = self.params, self.state
        self.params, self.state = params, state
        return loss, worst

    def _go_back(self, epoch, loss):
        """Leave the weights from before this epoch and the one that led to it; `DivergedError`."""
        self.params, self.state = self.before
        for values in self.curves.values():
            del values[max(epoch - 1, self.first):]
        raise DivergedError(f'{type(self.net).__name__}.fit: the loss became {loss} in epoch {epoch + 1}. Try a smaller '
                            'learning rate, or optax.clip_by_global_norm before the optimiser.')

    def _note(self, epoch, loss, seconds, worst):
        for name, value in (('epoch', epoch), ('loss', loss), ('seconds', seconds), *worst.items()):
            self.curves.setdefault(name, []).append(value)

    def _resume(self, checkpoint):
        stored = None if checkpoint is None else checkpoints.load(checkpoint, self.identity, (self.params, self.state))
        if stored is not None:
            (self.params, self.state), self.curves = stored
            self.curves['epoch'] = [int(e) for e in self.curves['epoch']]

    def _save(self, checkpoint):
        if checkpoint is not None:
            checkpoints.save(checkpoint, self.identity, (self.params, self.state), self.curves)

    def _check_integer(self, name, value, low, high):
        if not (isinstance(value, (int, np.integer)) and low <= value <= high):
            raise InvalidValueError(f'{type(self.net).__name__}.fit: expected {name} to be an integer from {low} to '
                                    f'{high}, got {value!r}.')


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
        if isinstance(part, str):
            part = part.encode()
        digest.update(part if isinstance(part, bytes) else str(part.shape).encode() + np.asarray(part).tobytes())
    return digest.hexdigest()[:16]

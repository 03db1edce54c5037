"""The loop over the epochs that every `fit` runs: batches, progress bar, checkpoint, learning curve."""

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax

from ratezoo.compiled import UnwrappedLoss
from ratezoo.errors import DivergedError, InvalidValueError
from ratezoo.learning import checkpoint as checkpoints
from ratezoo.learning.accuracy import UPDATES_BETWEEN_ESTIMATES
from ratezoo.learning.history import History
from ratezoo.progress import tqdm

_SECONDS_BETWEEN_CHECKPOINTS = 10.0


class Training:
    """One call of `fit`.

    Parameters
    ----------
    net : Rule
        The network. It gets the trained parameters when the training ends, also when an error ends it.
    kind : tuple
        The key under which the network keeps the compiled update: a name, the loss and the options. Two calls with
        equal keys must have updates that compute the same.
    update : callable
        ``update(params, state, data, key)`` → (params, state, report): the pure update by one batch. ``state`` is the
        state of the optimiser. The report is a dict with the ``loss`` and with the other numbers that the network's
        ``check_epoch`` reads.
    data : Trajectories, Points or Samples
        All samples. ``data.sample(index)`` gives the samples ``index``.
    batched : bool
        Whether ``data`` has a leading axis of samples.
    optimizer : optax.GradientTransformation
        The optimiser.
    batch_size : int or None
        Number of samples in one update. None: all.
    seed : int
        Seed of the shuffling and of the random numbers.
    estimate : callable, optional
        ``estimate(params, batch, key, epoch)`` → the relative error of the gradient of this batch. It is called before
        the first update of an epoch, at most once in 100 updates.
    """

    def __init__(
        self,
        net: Any,
        kind: tuple[Any, ...],
        update: Callable[..., Any],
        data: Any,
        batched: bool,
        optimizer: optax.GradientTransformation,
        batch_size: int | None,
        seed: int,
        estimate: Callable[..., float] | None = None,
    ) -> None:
        self.net, self.data, self.batched, self.seed = net, data, batched, seed
        self.sample_count = data.y.shape[0] if batched else 1
        self.batch_size = self.sample_count if batch_size is None else batch_size
        self._check_integer('batch_size', self.batch_size, 1, self.sample_count, ', the number of samples')
        if not (hasattr(optimizer, 'init') and hasattr(optimizer, 'update')):
            raise InvalidValueError(
                f'{type(net).__name__}.optimizer: expected an optax optimiser, such as optax.adam(1e-3), got '
                f'{optimizer!r}.'
            )
        self.estimate = estimate
        batches = -(-self.sample_count // self.batch_size)
        self.epochs_between_estimates = -(-UPDATES_BETWEEN_ESTIMATES // batches)
        self.params = net.params_dict()
        self.state = optimizer.init(self.params)
        program = _program(optimizer, self.params, self.state)
        losses = [k.function for k in kind if isinstance(k, UnwrappedLoss)]
        self.step = net.compiled((*kind, program), lambda: jax.jit(update), reads=losses)
        self.identity = {
            'class': type(net).__name__,
            'kind': kind[0],
            'batch_size': int(self.batch_size),
            'seed': int(seed),
            'data': _digest(*jax.tree_util.tree_leaves(data)),
            'optimizer': _digest(*program),
        }
        self.curves: dict[str, list] = {'epoch': [], 'loss': [], 'seconds': []}

    def run(self, epochs: int, progress: bool, checkpoint: str | Path | None) -> History:
        """Train until ``epochs`` epochs are done, those in the checkpoint included."""
        self._check_integer('epochs', epochs, 0, np.inf)
        self._resume(checkpoint)
        self.first_epoch = len(self.curves['epoch'])
        self.params_before, self.state_before = self.params, self.state
        label = type(self.net).__name__
        bar = tqdm(total=epochs, initial=self.first_epoch, desc=label, disable=not progress, leave=True)
        try:
            self._run_epochs(epochs, checkpoint, bar)
        finally:
            bar.close()
            for name, value in self.params.items():
                getattr(self.net, name).value = value
            self.net.finish_training(self.state)
            self._save(checkpoint)
        curves = {k: np.array(v, int if k == 'epoch' else float) for k, v in self.curves.items()}
        optional = {name: curves.get(name) for name in ('residual', 'error')}
        return History(curves['epoch'], curves['loss'], curves['seconds'], **optional)

    def _run_epochs(self, epochs, checkpoint, bar):
        """The remaining epochs. A checkpoint is saved every ten seconds."""
        seconds_before = self.curves['seconds'][-1] if self.curves['seconds'] else 0.0
        start = saved = time.perf_counter()
        for epoch in range(self.first_epoch, epochs):
            loss, worst = self._one_epoch(epoch, last=epoch + 1 == epochs)
            now = time.perf_counter()
            self._record(epoch + 1, loss, seconds_before + now - start, worst)
            if not bar.disable:
                bar.set_postfix(loss=f'{loss:.4g}', refresh=False)
                bar.update()
            if now - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                self._save(checkpoint)
                saved = now

    def _one_epoch(self, epoch, last):
        """Update by every batch once. Returns the mean loss, and the largest value of each other reported number."""
        params, state, reports, error = self.params, self.state, [], math.nan
        epoch_key = self.net.draw_key(self.seed)
        for i, index in enumerate(_batches(self.sample_count, self.batch_size, self.seed, epoch, self.batched)):
            key = None if epoch_key is None else jax.random.fold_in(jax.random.fold_in(epoch_key, epoch), i)
            batch = self.data if index is None else self.data.sample(index)
            if i == 0 and self.estimate is not None and epoch % self.epochs_between_estimates == 0:
                error = self.estimate(params, batch, key, epoch + 1)
            params, state, report = self.step(params, state, batch, key)
            reports.append((report, 1 if index is None else len(index)))
        loss = sum(float(r['loss']) * count for r, count in reports) / sum(count for _, count in reports)
        worst = {name: max(float(r[name]) for r, _ in reports) for name in reports[0][0] if name != 'loss'}
        # A loss is measured before its update, so it does not show what the update did. The next loss does. After the
        # last update there is no next loss, so the parameters themselves are checked.
        if not math.isfinite(loss) or (last and not all(np.isfinite(p).all() for p in params.values())):
            self._go_back(epoch, loss)
        self.net.check_epoch(epoch + 1, worst)
        self.params_before, self.state_before = self.params, self.state
        self.params, self.state = params, state
        return loss, worst if self.estimate is None else {**worst, 'error': error}

    def _go_back(self, epoch, loss):
        """Restore the parameters from the start of the previous epoch and raise `DivergedError`.

        The parameters from the end of the previous epoch may be bad already, because no loss was measured after its
        last update.
        """
        self.params, self.state = self.params_before, self.state_before
        for values in self.curves.values():
            del values[max(epoch - 1, self.first_epoch) :]
        what = 'the parameters became NaN or infinite' if math.isfinite(loss) else f'the loss became {loss}'
        raise DivergedError(
            f'{type(self.net).__name__}.fit: {what} in epoch {epoch + 1}. Try a smaller learning rate, '
            'or optax.clip_by_global_norm before the optimiser.'
        )

    def _record(self, epoch, loss, seconds, worst):
        for name, value in (('epoch', epoch), ('loss', loss), ('seconds', seconds), *worst.items()):
            self.curves.setdefault(name, []).append(value)

    def _resume(self, checkpoint):
        """Continue from the checkpoint, if the file exists."""
        stored = None if checkpoint is None else checkpoints.load(checkpoint, self.identity, (self.params, self.state))
        if stored is not None:
            (self.params, self.state), self.curves = stored
            self.curves['epoch'] = [int(e) for e in self.curves['epoch']]

    def _save(self, checkpoint):
        if checkpoint is not None:
            checkpoints.save(checkpoint, self.identity, (self.params, self.state), self.curves)

    def _check_integer(self, name, value, low, high, meaning=''):
        if isinstance(value, (int, np.integer)) and low <= value <= high:
            return
        expected = f'an integer ≥ {low}' if high == np.inf else f'an integer from {low} to {high}{meaning}'
        remedy = f' Write {name}=…, optimizer=….' if hasattr(value, 'update') else ''
        raise InvalidValueError(
            f'{type(self.net).__name__}.fit: expected {name} to be {expected}, got '
            f'{"an optimiser" if remedy else repr(value)}.{remedy}'
        )


def _batches(count, size, seed, epoch, batched) -> list:
    """The batches of one epoch, each an array with the indices of its samples; None stands for all data unshuffled."""
    if not batched or size == count:
        return [None]
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return [order[i : i + size] for i in range(0, count, size)]


def _program(optimizer, params, state) -> tuple:
    """The optimiser's update as a key: the text of its jaxpr, and the bytes of the arrays in it.

    Two calls of ``optax.adam(1e-3)`` give two different objects that compute the same. With the object itself as the
    key, the second `fit` would compile again.
    """
    program = jax.make_jaxpr(optimizer.update)(params, state, params)
    return str(program.jaxpr), *(np.asarray(c).tobytes() for c in _constants(program))


def _constants(program) -> Iterator[Any]:
    """The constant arrays in a jaxpr and in the jaxprs of the functions that it calls."""
    yield from program.consts
    for equation in program.jaxpr.eqns:
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else [value]:
                if hasattr(inner, 'jaxpr') and hasattr(inner, 'consts'):
                    yield from _constants(inner)


def _digest(*parts) -> str:
    """A hash of 16 letters that identifies arrays, strings and bytes."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            part = part.encode()
        digest.update(part if isinstance(part, bytes) else str(part.shape).encode() + np.asarray(part).tobytes())
    return digest.hexdigest()[:16]

"""`Runner`: BrainPy's DSRunner, compiled once per shape."""

import warnings
from typing import NamedTuple

import brainpy as bp
import brainpy.math as bm
import jax
from tqdm.auto import tqdm

from ratezoo.compiled import Sources, as_returned, lift, signature, touched, written
from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.models.base import RateModel

_TICKS = 20                    # how often a progress bar moves in one run
_MIN_STEPS_FOR_BAR = 1000      # below this a run is over before a bar could be read


class UnknownVariableError(UnknownNameError, bp.errors.RunningError):
    """A monitor names a Variable that the target does not have."""


class _Loop(NamedTuple):
    """A compiled run: ``run(written_values, read_values, indices, *inputs)``, and what it was built from."""
    run: object
    writes: list
    reads: list
    sources: Sources


class Runner(bp.DSRunner):
    """Run a BrainPy ``DynamicalSystem``: `bp.DSRunner` in every respect, but compiled once per shape.

    `bp.DSRunner` traces and compiles its loop at every call of ``run``; this class keeps the compiled loop for the
    next call with the same number of steps and the same shapes. Arguments, inputs, monitors, modes, the returned
    outputs and ``runner.mon`` are those of `bp.DSRunner`, to the bit.

    A value that was changed in between (``net.tau = 5.``, a reset that made new Variables, a global or a closure's
    variable that an input function reads) is noticed and compiled anew. A NumPy array that was changed in place is
    not: assign a new one.

    Where nothing can be kept, `Runner` does what `bp.DSRunner` does: with ``jit=False``, ``memory_efficient=True``,
    inputs of type ``'iter'`` from a generator, or ``shared_args`` that can't be hashed.

    For a `RateModel`, the inputs and the last state are also checked: NaN, infinities and a network that blew up
    raise, and a ``dt`` that differs from the model's own is warned of, because ``mon.ts`` would be wrong.

    Parameters
    ----------
    target, inputs, monitors, numpy_mon_after_run, jit, dyn_vars, memory_efficient, dt, t0, progress_bar, \
    data_first_axis, fun_inputs, fun_monitors
        As in `bp.DSRunner`. The progress bar moves with the loop itself; runs of fewer than 1000 steps show none.

    Raises
    ------
    UnknownVariableError
        A monitor names a Variable that the target does not have.
    InvalidValueError
        ``dt`` is not positive; NaN or infinite inputs of a `RateModel`.
    DivergedError
        The state of a `RateModel` is infinite or NaN after the run.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.LinearRNN()
    >>> runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
    >>> _ = runner.run(inputs=np.zeros(3))
    >>> runner.mon.r[:, 0].round(3).tolist()        # dr/dt = -r + r + 1, Δt = 0.1
    [0.1, 0.2, 0.3]
    """

    def __init__(self, target, *args, **kwargs):
        monitors = kwargs.get('monitors', args[1] if len(args) > 1 else None)
        if isinstance(target, bp.DynamicalSystem):
            _check_monitors(target, monitors)
        super().__init__(target, *args, **kwargs)
        if not self.dt > 0:
            raise InvalidValueError(f'Runner.dt: expected a positive step, got {self.dt}.')
        if isinstance(target, RateModel) and target.dt != self.dt:
            warnings.warn(f'Runner.dt: {type(target).__name__} steps by dt = {target.dt}, the runner counts time in '
                          f'steps of {self.dt}: mon.ts and durations will be off. Pass dt={target.dt} to the runner.',
                          UserWarning, stacklevel=2)
        self._loops = {}
        self._bar = None

    def __repr__(self):
        return super().__repr__().replace(type(self).__name__, f'{type(self).__name__}: DSRunner', 1)

    def predict(self, duration=None, inputs=None, *args, **kwargs):
        """Run for ``duration``, or over ``inputs``; see `bp.DSRunner.predict`."""
        model = self.target if isinstance(self.target, RateModel) else None
        if model is not None:
            model.check_finite('x', inputs)
        if not self._keeps_loops(kwargs.get('shared_args')):
            result = super().predict(duration, inputs, *args, **kwargs)
        else:
            wanted, self.progress_bar = self.progress_bar, False   # the bar is shown here, from the compiled loop
            self._bar_wanted = wanted
            try:
                result = super().predict(duration, inputs, *args, **kwargs)
            finally:
                self.progress_bar = wanted
        if model is not None:
            model.check_alive(self.i0 * self.dt + self.t0)
        return result

    def _keeps_loops(self, shared_args):
        if self._memory_efficient or not self.jit['predict'] or jax.config.jax_disable_jit:
            return False
        if not callable(self._inputs) and any(self._inputs['iterated'].values()):
            return False
        try:
            hash(tuple((shared_args or {}).values()))
        except TypeError:
            return False
        return True

    def _predict(self, indices, *xs, shared_args=None):
        if not self._keeps_loops(shared_args):
            return super()._predict(indices, *xs, shared_args=shared_args)
        shared_args = bp.tools.DotDict(shared_args or {})
        bar = getattr(self, '_bar_wanted', False) and len(indices) >= _MIN_STEPS_FOR_BAR
        batch_major = isinstance(self.target.mode, bm.BatchingMode) and self.data_first_axis == 'B'
        xs = jax.tree_util.tree_map(bm.as_jax, xs, is_leaf=lambda a: isinstance(a, bm.Array))
        key = (len(indices), signature(xs), self.dt, self.t0, batch_major, bar, tuple(sorted(shared_args.items())))

        loop = self._loops.get(key)
        if loop is None or loop.sources.changed():
            loop = self._loops[key] = self._build(indices, xs, shared_args, batch_major, bar)
        if bar:
            self._bar = tqdm(total=len(indices), desc=f'Predict {len(indices)} steps')
        try:
            new, result = loop.run([v._value for v in loop.writes], [v._value for v in loop.reads], indices, *xs)
        finally:
            if bar:
                jax.effects_barrier()
                self._bar.close()
        for variable, value in zip(loop.writes, new, strict=True):
            variable._value = value
        if len(indices):
            bp.share.save(t=self.t0 + indices[-1] * self.dt, i=indices[-1], dt=self.dt, **shared_args)
        return result

    def _build(self, indices, xs, shared_args, batch_major, bar):
        """Trace one step for the Variables that it touches, then compile the scan over all steps."""
        def step(i, *x):
            return as_returned(self._step_func_predict(i, *x, shared_args=shared_args))

        first = jax.tree_util.tree_map(lambda a: jax.ShapeDtypeStruct(a.shape[1:], a.dtype), (indices, *xs))
        variables = touched(step, *first)
        flags = written(step, variables, *first)
        writes = [v for v, w in zip(variables, flags, strict=True) if w]
        reads = [v for v, w in zip(variables, flags, strict=True) if not w]
        pure = lift(step, writes + reads)
        every = max(1, len(indices) // _TICKS)

        def run(written_values, read_values, indices, *xs):
            def body(values, x):
                after, result = pure([*values, *read_values], *x)
                if bar:
                    done = x[0] - indices[0] + 1
                    jax.lax.cond(done % every == 0, lambda: jax.debug.callback(self._tick, done), lambda: None)
                return after[:len(writes)], result
            new, result = jax.lax.scan(body, written_values, (indices, *xs))
            if batch_major:
                result = jax.tree_util.tree_map(lambda a: a.swapaxes(0, 1) if a.ndim >= 2 else a, result)
            return new, result

        monitor_functions = [m for m in self._monitors.values() if callable(m)]
        input_functions = [self._inputs] if callable(self._inputs) else [
            f for pairs in self._inputs['functional'].values() for _, f in pairs]
        if self._fun_inputs is not None:
            input_functions.append(self._fun_inputs)
        sources = Sources(self.target.nodes().unique().values(), monitor_functions + input_functions,
                          skip=RateModel.NOT_SOURCES)
        return _Loop(jax.jit(run), writes, reads, sources)

    def _tick(self, done):
        if self._bar is not None:
            self._bar.update(int(done) - self._bar.n)


def _check_monitors(target, monitors):
    names = [m if isinstance(m, str) else m[0] for m in monitors or ()
             if isinstance(m, str) or (isinstance(m, (list, tuple)) and m)] if isinstance(
                 monitors, (list, tuple)) else []
    for name in names:
        if isinstance(name, str) and '.' not in name and not hasattr(target, name):
            known = sorted(k for k, v in vars(target).items() if isinstance(v, bm.Variable))
            raise UnknownVariableError(
                f'Runner.monitors: {type(target).__name__} has no Variable {name!r}. It has: {", ".join(known)}.')

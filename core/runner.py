"""`Runner`: BrainPy's DSRunner, compiled once per shape."""

import time
import warnings
from typing import NamedTuple

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from tqdm.auto import tqdm

from ratezoo.checks import Checks, is_count
from ratezoo.compiled import (
    SCALARS,
    ReadValues,
    as_returned,
    lift,
    signature,
    unwrap_arrays,
    variables_touched,
    variables_written,
)
from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.model import RateModel

_OF_THE_STEP = ('t', 'i', 'dt')     # what a run itself keeps in bp.share
_TICKS = 20                    # how often a progress bar moves in one run
_MOST_LOOPS = 64               # kept at a time; the oldest goes first
_MIN_STEPS_FOR_BAR = 1000      # below this a run is over before a bar could be read


class UnknownVariableError(UnknownNameError, bp.errors.RunningError):
    """A monitor names a Variable that the target does not have."""


class _Loop(NamedTuple):
    """A compiled run: ``run(written_values, read_values, first_index, *inputs)``, and what it was built from."""
    run: object
    writes: list
    reads: list
    read_values: ReadValues
    shared: dict
    index_type: type
    bar: bool


class Runner(bp.DSRunner):
    """Run a BrainPy ``DynamicalSystem``: `bp.DSRunner` in every respect, but compiled once per shape.

    `bp.DSRunner` traces and compiles its loop at every call of ``run``; this class keeps the compiled loop for the
    next call with the same number of steps and the same shapes. Arguments, inputs, monitors, modes, the returned
    outputs and ``runner.mon`` are those of `bp.DSRunner`, to the bit.

    A Python value that was changed in between is noticed and compiled anew: an attribute (``net.tau = 5.``) of the
    target or of an object that it holds, a class attribute or method, a Variable that a reset replaced, a global or a
    closure's variable that ``update``, an input or a monitor function names, what is in ``bp.share``. Not noticed is a
    change inside a NumPy array (assign a new one) or inside a module (``config.k = 2``).

    What was monitored outlives the runner: a function may return ``runner.mon``, which `bp.DSRunner` empties when it is
    collected.

    One difference on BrainPy 2.6: a `RateModel` without a time step of its own follows the runner's ``dt``, as it does
    under BrainPy 2.8 with either runner.

    Where nothing can be kept, `Runner` does what `bp.DSRunner` does: with ``jit=False``, ``memory_efficient=True``,
    inputs of type ``'iter'`` from a generator, or ``shared_args`` that are not plain numbers, flags or names.

    For a model of the zoo, the inputs and the last state are also checked: NaN, infinities and a network that blew up
    raise; for a `RateModel`, a ``dt`` that differs from the model's own is warned of, because ``mon.ts`` would be
    wrong.

    Parameters
    ----------
    target, inputs, monitors, numpy_mon_after_run, jit, dyn_vars, memory_efficient, dt, t0, progress_bar, \
    data_first_axis, fun_inputs, fun_monitors
        As in `bp.DSRunner`. The progress bar moves with the loop itself; runs of fewer than 1000 steps show none.
    sample_every : int
        Keep every k-th step only, in ``mon`` and in what ``run`` returns, beginning with the first; a k-th of the
        memory. Default 1.

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

    def __init__(self, target, *args, sample_every=1, **kwargs):
        if not is_count(sample_every):
            raise InvalidValueError(f'Runner.sample_every: expected a number of steps ≥ 1, got {sample_every!r}.')
        monitors = kwargs.get('monitors', args[1] if len(args) > 1 else None)
        if isinstance(target, bp.DynamicalSystem):
            _check_monitors(target, monitors)
        super().__init__(target, *args, **kwargs)
        if not self.dt > 0:
            raise InvalidValueError(f'Runner.dt: expected a positive step, got {self.dt}.')
        if isinstance(target, RateModel) and target.has_own_dt and target.dt != self.dt:
            warnings.warn(f'Runner.dt: {type(target).__name__} steps by dt = {target.dt}, the runner counts time in '
                          f'steps of {self.dt}: mon.ts and durations will be off. Pass dt={target.dt} to the runner.',
                          UserWarning, stacklevel=2)
        self._loops, self._count, self._bar, self.sample_every = {}, (None, None), None, int(sample_every)

    def __del__(self):
        """Leave ``mon`` to whoever holds it."""

    def __repr__(self):
        return super().__repr__().replace(type(self).__name__, f'{type(self).__name__}: DSRunner', 1)

    def predict(self, duration=None, inputs=None, reset_state=False, eval_time=False, shared_args=None,
                inputs_are_batching=None):
        """Run for ``duration``, or over ``inputs``; see `bp.DSRunner.predict`."""
        model = self.target if isinstance(self.target, RateModel) else None
        checked = self.target if isinstance(self.target, Checks) else None
        if checked is not None and inputs is not None:
            checked.check_finite('x', inputs)
        if model is not None and not model.has_own_dt and bm.get_dt() != self.dt:
            bm.set_dt(self.dt)                  # as every run under BrainPy 2.8 does; 2.6 tells only bp.share
        if inputs_are_batching is None and self._keeps_loops(shared_args):
            result = self._predict_compiled(duration, inputs, reset_state, eval_time, shared_args or {})
        elif self.sample_every > 1:
            raise InvalidValueError('Runner.sample_every: expected 1 for a run that is not compiled as a whole '
                                    f'(jit=False, memory_efficient=True, …), got {self.sample_every}.')
        else:
            result = super().predict(duration, inputs, reset_state, eval_time, shared_args, inputs_are_batching)
        if checked is not None:
            checked.check_alive(self.i0 * self.dt + self.t0)
        return result

    def _keeps_loops(self, shared_args):
        if self._memory_efficient or not self.jit['predict'] or jax.config.jax_disable_jit or (
                not callable(self._inputs) and any(self._inputs['iterated'].values())):
            return False
        return not shared_args or all(type(v) in SCALARS for v in shared_args.values())

    def _predict_compiled(self, duration, inputs, reset_state, eval_time, shared_args):
        if inputs is not None and duration is not None:
            warnings.warn('Runner.run: the inputs tell how long to run; duration is not used.', stacklevel=4)
            duration = None
        if inputs is None and duration is None:
            raise InvalidValueError('Runner.run: expected a duration or inputs, got neither.')
        steps = self._get_input_time_step(duration, inputs)
        if steps <= 0:
            return super().predict(duration, inputs, reset_state, eval_time, shared_args)
        if reset_state:
            self.target.reset(self._get_input_batch_size(inputs))
            self.reset_state()
        xs = () if inputs is None else inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        xs = tuple([a if type(a) is np.ndarray or isinstance(a, jax.Array) else unwrap_arrays(a) for a in xs])

        start = time.perf_counter()
        outputs, monitors = self._run_loop(steps, xs, shared_args)
        seconds = time.perf_counter() - start

        for key in self._monitors:
            value = monitors[key]
            if self.numpy_mon_after_run:
                value = np.asarray(value) if isinstance(value, jax.Array) else jax.tree_util.tree_map(
                    np.asarray, value, is_leaf=lambda a: isinstance(a, bm.Array))
            self.mon[key] = value
        ts = (self._counted(steps) + self.i0 if self.i0 else self._counted(steps)) * self.dt
        ts = ts + self.t0 if self.t0 else ts
        self.mon['ts'] = ts if self.numpy_mon_after_run else bm.as_jax(ts)
        self.i0 += steps
        return (seconds, outputs) if eval_time else outputs

    def _counted(self, steps):
        """0, 1, … steps − 1, or every k-th of them, as floats, kept for the next run."""
        if self._count[0] != (steps, self.sample_every):
            self._count = (steps, self.sample_every), np.arange(0, steps, self.sample_every, dtype=float)
        return self._count[1]

    def _run_loop(self, steps, xs, shared_args):
        """Run the compiled loop for these shapes; build it first if there is none or if something has changed."""
        bar = self.progress_bar and steps >= _MIN_STEPS_FOR_BAR
        if shared_args:
            bp.share.save(**shared_args)
        shared = bp.share.get_shargs()                                  # whatever the step may load from bp.share
        key = (steps, signature(xs), self.dt, self.t0, bar, self.sample_every, *[
            (k, v if type(v) in SCALARS else id(v)) for k, v in shared.items() if k not in _OF_THE_STEP])
        loop = self._loops.get(key)
        if loop is not None and not loop.read_values.changed():
            return self._run(loop, steps, xs)
        self._loops.pop(key, None)
        while len(self._loops) >= _MOST_LOOPS:
            self._loops.pop(next(iter(self._loops)))
        loop = self._build(steps, xs, shared_args, bar)
        result = self._run(loop, steps, xs)
        # After the tracing, which may set attributes; with what the key knows by its id, so that the id stays its own.
        self._loops[key] = loop._replace(read_values=self._read_values(), shared=shared)
        return result

    def _run(self, loop, steps, xs):
        if loop.bar:
            self._bar = tqdm(total=steps, desc=f'Predict {steps} steps')
        try:
            new, result = loop.run([v._value for v in loop.writes], [v._value for v in loop.reads],
                                   loop.index_type(self.i0), *xs)
            if loop.bar:
                jax.effects_barrier()
        finally:
            if loop.bar:
                self._bar.close()
        for variable, value in zip(loop.writes, new, strict=True):
            variable._value = value
        return result

    def _build(self, steps, xs, shared_args, bar):
        """Trace one step for the Variables that it touches, then compile the scan over all steps."""
        shared_args = bp.tools.DotDict(shared_args)
        index_type = np.dtype(bm.ditype()).type
        batch_major = isinstance(self.target.mode, bm.BatchingMode) and self.data_first_axis == 'B'
        tree_map = jax.tree_util.tree_map
        every, k = max(1, steps // _TICKS), self.sample_every

        def step(i, *x):
            shown, self.progress_bar = self.progress_bar, False         # BrainPy 2.6 would tick at every step
            try:
                return as_returned(self._step_func_predict(i, *x, shared_args=shared_args))
            finally:
                self.progress_bar = shown
                bp.share.save(t=self.t0, i=0)                           # leave no tracer behind

        def time_major(tree):
            return tree_map(lambda a: jnp.moveaxis(a, 0, 1) if jnp.ndim(a) >= 2 else a, tree) if batch_major else tree

        first = jax.eval_shape(lambda xs: tree_map(lambda a: a[0], time_major(xs)), xs)
        first = (jax.ShapeDtypeStruct((), index_type), *first)
        variables = variables_touched(step, *first)
        flags = variables_written(step, variables, *first)
        writes = [v for v, w in zip(variables, flags, strict=True) if w]
        reads = [v for v, w in zip(variables, flags, strict=True) if not w]
        pure = lift(step, writes + reads)

        def run(written_values, read_values, i0, *xs):
            form = []

            def body(values, x):
                after, result = pure([*values, *read_values], *x)
                leaves, treedef = jax.tree_util.tree_flatten(result)
                distinct = {id(a): a for a in leaves}                   # what is monitored is often the output, too
                form[:] = treedef, [list(distinct).index(id(a)) for a in leaves]
                if bar:
                    done = x[0] - i0 + 1
                    jax.lax.cond(done % every == 0, lambda: jax.debug.callback(self._tick, done), lambda: None)
                return after[:len(writes)], list(distinct.values())
            indices = i0 + jnp.arange(steps, dtype=index_type)
            new, stacked = _sampled_scan(body, written_values, (indices, *time_major(xs)), steps, k)
            treedef, places = form
            stacked = time_major(stacked)
            return new, jax.tree_util.tree_unflatten(treedef, [stacked[i] for i in places])

        return _Loop(jax.jit(run), writes, reads, None, None, index_type, bar)

    def _read_values(self):
        """The Python values that a loop has read."""
        functions = [m for m in self._monitors.values() if callable(m)]
        functions += [self._inputs] if callable(self._inputs) else [
            f for pairs in self._inputs['functional'].values() for _, f in pairs]
        return ReadValues([*self.target.nodes().unique().values(), *functions, self._fun_inputs],
                       skip=getattr(self.target, 'NOT_READ', RateModel.NOT_READ))

    def _tick(self, done):
        if self._bar is not None:
            self._bar.update(int(done) - self._bar.n)


def _sampled_scan(body, carry, xs, steps, k):
    """`jax.lax.scan` over ``steps`` that keeps what ``body`` gives at the steps 0, k, 2k, …"""
    if k == 1:
        return jax.lax.scan(body, carry, xs)

    def group(carry, xs):
        first, rest = (jax.tree_util.tree_map(lambda a, cut=cut: a[cut], xs) for cut in (0, slice(1, None)))
        carry, kept = body(carry, first)
        return jax.lax.scan(lambda c, x: (body(c, x)[0], None), carry, rest)[0], kept

    whole = steps - steps % k
    groups = jax.tree_util.tree_map(lambda a: a[:whole].reshape(whole // k, k, *a.shape[1:]), xs)
    carry, stacked = jax.lax.scan(group, carry, groups)
    if whole < steps:
        carry, last = group(carry, jax.tree_util.tree_map(lambda a: a[whole:], xs))
        stacked = jax.tree_util.tree_map(lambda a, b: jnp.concatenate([a, b[None]]), stacked, last)
    return carry, stacked


def _check_monitors(target, monitors):
    """Every name must be a Variable of the target (or of a part of it, 'E.V'), every index inside it."""
    if not isinstance(monitors, (list, tuple, dict)):
        return                                  # None, or for DSRunner to refuse
    for monitor in monitors.values() if isinstance(monitors, dict) else monitors:
        name, index = (monitor, None) if isinstance(monitor, str) else (*monitor, None)[:2] if isinstance(
            monitor, (list, tuple)) and monitor else (None, None)
        if not isinstance(name, str):
            continue
        holder, *path = target, *name.split('.')
        if len(path) > 1 and not hasattr(target, path[0]):
            continue                            # the name of a node, which DSRunner looks up
        for part in path:
            holder, last = getattr(holder, part, None), holder
        if not isinstance(holder, bm.Variable):
            known = sorted(k for k, v in getattr(last, '__dict__', {}).items() if isinstance(v, bm.Variable))
            raise UnknownVariableError(
                f'Runner.monitors: {type(target).__name__} has no Variable {name!r}. '
                f'{type(last).__name__ if path[1:] else "It"} has: {", ".join(known) or "none"}.')
        if index is not None and not isinstance(target.mode, bm.BatchingMode) and np.size(index) and np.asarray(
                index).dtype.kind == 'i' and np.max(np.abs(index)) >= max(holder.shape[:1], default=0):
            raise UnknownVariableError(f'Runner.monitors: index {index} is outside of {name!r}, whose shape is '
                                       f'{holder.shape}.')

"""`Runner`: BrainPy's DSRunner, compiled once per shape."""

import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import Checks, check_network, is_count, is_positive
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
from ratezoo.errors import InvalidValueError
from ratezoo.hooks import arguments_of, unknown_argument
from ratezoo.model import RateModel
from ratezoo.monitors import Record, check_monitors
from ratezoo.progress import tqdm
from ratezoo.threads import TRACING

_PLACE_OF_DT = 6  # the position of dt among the arguments of `bp.DSRunner`, after the target
_SHARED_BY_STEPS = ('t', 'i', 'dt')  # entries of bp.share that each step of a run sets anew
_TICKS = 20  # how often a progress bar moves in one run
_MOST_LOOPS = 64  # how many compiled loops a runner keeps; the oldest is removed first
_MIN_STEPS_FOR_BAR = 1000  # a shorter run is over before anyone could read a progress bar

tree_map = jax.tree_util.tree_map


class _Loop(NamedTuple):
    """A compiled run over all steps.

    Attributes
    ----------
    run : compiled function
        ``run(written_values, read_values, first_index, *inputs) -> (new_written_values, (outputs, monitors))``.
    writes, reads : list of Variables
        The Variables that a step writes, and those that it only reads.
    read_values : ReadValues or None
        The Python values that were read when the loop was built; None before its first run.
    shared : dict or None
        The entries of bp.share when it was built; None before its first run.
    index_type : type
        The integer type of the steps' indices.
    bar : bool
        Whether it moves a progress bar.
    """

    run: Callable[..., Any]
    writes: list[Any]
    reads: list[Any]
    read_values: ReadValues | None
    shared: dict[str, Any] | None
    index_type: type
    bar: bool


class Runner(bp.DSRunner):
    """Run a BrainPy ``DynamicalSystem``, as `bp.DSRunner` does, but compile once per shape.

    `bp.DSRunner` traces and compiles its loop at every call of ``run``. This class keeps the compiled loop for the next
    call with the same number of steps and the same shapes. Arguments, inputs, monitors, modes, the returned outputs and
    ``runner.mon`` are those of `bp.DSRunner`, to the bit.

    If a Python value has changed between two runs, the loop is compiled again. Such a value is an attribute
    (``net.tau = 5.``) of the target or of an object that it holds, a class attribute or method, a Variable that a reset
    replaced, an entry of ``bp.share``, and a global or a closure's variable that ``update``, an input function or a
    monitor function names. Two changes are not noticed: inside a NumPy array (assign a new array), and inside a module
    (``config.k = 2``).

    A second ``run`` continues from the last state of the first one, and its times ``mon.ts`` go on. ``mon`` then holds
    the second run only. To start anew, call ``net.reset_state()`` and ``runner.reset_state()``, or
    ``runner.run(…, reset_state=True)``.

    ``runner.mon`` keeps its arrays after the runner is gone, so a function may return it. (`bp.DSRunner` empties its
    ``mon`` when it is garbage-collected.)

    There is one difference on BrainPy 2.6: a `RateModel` without its own time step follows the runner's ``dt``. Under
    BrainPy 2.8 it does so with either runner.

    No loop is kept, and `Runner` does what `bp.DSRunner` does, in four cases: ``jit=False``; ``memory_efficient=True``;
    inputs of type ``'iter'`` from a generator; ``shared_args`` that are not numbers, booleans or strings.

    If the target is a model of the zoo or another `RateModel`, its inputs and its last state are also checked: NaN,
    infinities and a network that blew up raise an error. If a `RateModel` has its own time step, the runner takes it,
    and BrainPy's global time step stays as it is. A ``dt`` that differs from the model's own gives a warning, because
    ``mon.ts`` will be wrong.

    Parameters
    ----------
    target, inputs, monitors, numpy_mon_after_run, jit, dyn_vars, memory_efficient, dt, t0, progress_bar, \
    data_first_axis, fun_inputs, fun_monitors
        As in `bp.DSRunner`. The progress bar moves while the compiled loop runs. Runs of fewer than 1000 steps show
        none.
    sample_every : int
        Keep the values of the steps 0, k, 2k, … only, in ``mon`` and in the result of ``run``. This needs a k-th of the
        memory. Default 1.

    Raises
    ------
    UnknownVariableError
        A monitor names a Variable that the target does not have.
    InvalidValueError
        ``dt`` is not positive, or inputs of a `RateModel` are NaN or infinite.
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

    def __init__(self, target: bp.DynamicalSystem, *args: Any, sample_every: int = 1, **kwargs: Any) -> None:
        if not is_count(sample_every):
            raise InvalidValueError(f'Runner.sample_every: expected a number of steps ≥ 1, got {sample_every!r}.')
        if isinstance(target, type):
            check_network('Runner.target', target)
        if isinstance(kwargs.get('inputs', args[0] if args else None), (np.ndarray, jax.Array, bm.Array)):
            raise InvalidValueError(
                'Runner.inputs: expected pairs of a name and a value, got an array. Inputs over time belong to the '
                'run: runner.run(inputs=x).'
            )
        unknown = set(kwargs) - set(arguments_of(type(self)))
        if unknown:
            raise unknown_argument(type(self), min(unknown))
        monitors = kwargs.get('monitors', args[1] if len(args) > 1 else None)
        if isinstance(target, bp.DynamicalSystem):
            check_monitors(target, monitors)
        if not (kwargs.get('dt') is None or is_positive(kwargs['dt'])):
            raise InvalidValueError(f'Runner.dt: expected a positive step, got {kwargs["dt"]!r}.')
        if len(args) <= _PLACE_OF_DT and kwargs.get('dt') is None and getattr(target, 'has_own_dt', False):
            kwargs['dt'] = target.dt
        super().__init__(target, *args, **kwargs)
        if not self.dt > 0:
            raise InvalidValueError(f'Runner.dt: expected a positive step, got {self.dt}.')
        if isinstance(target, RateModel) and target.has_own_dt and target.dt != self.dt:
            warnings.warn(
                f'Runner.dt: {type(target).__name__} steps by dt = {target.dt}, but the runner counts time in steps of '
                f'{self.dt}, so mon.ts and durations will be wrong. Pass dt={target.dt} to the runner.',
                UserWarning,
                stacklevel=2,
            )
        self.mon = Record()
        self.sample_every = int(sample_every)
        self._loops: dict[Any, _Loop] = {}
        self._step_numbers_of: tuple[Any, Any] = (None, None)  # the last (steps, sample_every), and their numbers
        self._bar: Any = None

    def __del__(self) -> None:
        """Do not empty ``mon``, as `bp.DSRunner` does: others may still use it."""

    def __repr__(self) -> str:
        return super().__repr__().replace(type(self).__name__, f'{type(self).__name__}: DSRunner', 1)

    def predict(
        self,
        duration: float | None = None,
        inputs: Any = None,
        reset_state: bool = False,
        eval_time: bool = False,
        shared_args: dict[str, Any] | None = None,
        inputs_are_batching: bool | None = None,
    ) -> Any:
        """Run for the time ``duration``, or over ``inputs``; see `bp.DSRunner.predict`.

        The run starts from the state that the network is in, which is the last state of the run before it. With
        ``reset_state=True`` it starts from the initial state, at the time t0.
        """
        given: Any = duration
        if np.ndim(given) > 0:
            raise InvalidValueError(
                'Runner.run: expected a duration, got an array. Give inputs by their name: run(inputs=x).'
            )
        if isinstance(inputs, (list, tuple)) and any(np.ndim(a) == 0 for a in inputs):
            raise InvalidValueError(
                'Runner.run: expected inputs as an array (T, n_in), got a list of numbers; in a list each entry is an '
                'array for one argument of update. Write inputs=np.array([…]).'
            )
        model = self.target if isinstance(self.target, RateModel) else None
        checked = self.target if isinstance(self.target, Checks) else None
        if checked is not None and inputs is not None:
            checked.check_finite('x', inputs)
        global_dt = bm.get_dt()
        if model is not None:
            model.check_time_step()
        if model is not None and not model.has_own_dt and global_dt != self.dt:
            bm.set_dt(self.dt)  # every run does so under BrainPy 2.8; BrainPy 2.6 sets bp.share['dt'] only
        try:
            if inputs_are_batching is None and self._can_keep_loop(shared_args):
                result = self._predict_compiled(duration, inputs, reset_state, eval_time, shared_args or {})
            elif self.sample_every > 1:
                raise InvalidValueError(
                    'Runner.sample_every: expected 1 for a run whose loop is not compiled (jit=False, '
                    f'memory_efficient=True, …), got {self.sample_every}.'
                )
            else:
                result = super().predict(duration, inputs, reset_state, eval_time, shared_args, inputs_are_batching)
        finally:
            if model is not None and model.has_own_dt:
                bm.set_dt(global_dt)  # tracing a step sets BrainPy's time step, which other networks follow
        if checked is not None:
            checked.check_alive(self.i0 * self.dt + self.t0)
        return result

    def _can_keep_loop(self, shared_args):
        """Whether the loop of this run can be compiled and kept."""
        if self._memory_efficient or not self.jit['predict'] or jax.config.jax_disable_jit:
            return False
        if not callable(self._inputs) and any(self._inputs['iterated'].values()):
            return False
        return not shared_args or all(type(v) in SCALARS for v in shared_args.values())

    def _predict_compiled(self, duration, inputs, reset_state, eval_time, shared_args):
        """`predict` with a compiled loop."""
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

        self._record(monitors, steps)
        self.i0 += steps
        return (seconds, outputs) if eval_time else outputs

    def _record(self, monitors, steps):
        """Put what the monitors saw, and the times of the steps, into ``mon``."""
        for key in self._monitors:
            value = monitors[key]
            if self.numpy_mon_after_run:
                value = np.asarray(value) if isinstance(value, jax.Array) else _as_numpy(value)
            self.mon[key] = value
        numbers = self._step_numbers(steps)
        ts = (numbers + self.i0 if self.i0 else numbers) * self.dt
        ts = ts + self.t0 if self.t0 else ts
        self.mon['ts'] = ts if self.numpy_mon_after_run else bm.as_jax(ts)

    def _step_numbers(self, steps):
        """0, k, 2k, … below ``steps`` as floats, with k = ``sample_every``. The array is kept for the next run."""
        if self._step_numbers_of[0] != (steps, self.sample_every):
            numbers = np.arange(0, steps, self.sample_every, dtype=float)
            self._step_numbers_of = (steps, self.sample_every), numbers
        return self._step_numbers_of[1]

    def _run_loop(self, steps, xs, shared_args):
        """Run the compiled loop for these shapes. It is built first if there is none or if a value has changed."""
        bar = self.progress_bar and steps >= _MIN_STEPS_FOR_BAR
        if shared_args:
            bp.share.save(**shared_args)
        shared = bp.share.get_shargs()  # a step may read any entry of bp.share
        entries = [(k, v if type(v) in SCALARS else id(v)) for k, v in shared.items() if k not in _SHARED_BY_STEPS]
        key = (steps, signature(xs), self.dt, self.t0, bar, self.sample_every, *entries)
        loop = self._loops.get(key)
        if loop is not None and not loop.read_values.changed():
            return self._run(loop, steps, xs)
        self._loops.pop(key, None)
        while len(self._loops) >= _MOST_LOOPS:
            self._loops.pop(next(iter(self._loops)))
        with TRACING:
            loop = self._build(steps, xs, shared_args, bar)
            result = self._run(loop, steps, xs)
        # The values are noted after the first run, because its tracing may set attributes. ``shared`` is kept because
        # the key contains ids of its values: as long as such a value lives, no other object gets its id.
        self._loops[key] = loop._replace(read_values=self._read_values(), shared=shared)
        return result

    def _run(self, loop, steps, xs):
        """Call a compiled loop with the present values of its Variables, and write their new values."""
        if loop.bar:
            self._bar = tqdm(total=steps, desc=f'Predict {steps} steps')
        try:
            new, result = loop.run(
                [v._value for v in loop.writes], [v._value for v in loop.reads], loop.index_type(self.i0), *xs
            )
            if loop.bar:
                jax.effects_barrier()
        finally:
            if loop.bar:
                self._bar.close()
        for variable, value in zip(loop.writes, new, strict=True):
            variable._value = value
        return result

    def _build(self, steps, xs, shared_args, bar):
        """Trace one step to see which Variables it reads and writes, then make the loop over all steps."""
        batch_first = isinstance(self.target.mode, bm.BatchingMode) and self.data_first_axis == 'B'
        time_major = _swap_batch_and_time if batch_first else _unchanged
        index_type = np.dtype(bm.ditype()).type
        step = self._one_step(bp.tools.DotDict(shared_args))
        first_inputs = jax.eval_shape(lambda xs: tree_map(lambda a: a[0], time_major(xs)), xs)
        writes, reads = _written_and_read(step, jax.ShapeDtypeStruct((), index_type), *first_inputs)
        tick = self._ticks_every(max(1, steps // _TICKS)) if bar else None
        pure = lift(step, writes + reads)
        run = _all_steps(pure, len(writes), steps, self.sample_every, index_type, time_major, tick)
        return _Loop(jax.jit(run), writes, reads, None, None, index_type, bar)

    def _one_step(self, shared_args):
        """The function ``step(i, *x) -> (outputs, monitors)``, which reads and writes Variables."""

        def step(i, *x):
            shown, self.progress_bar = self.progress_bar, False  # BrainPy 2.6 would move its own bar at each step
            try:
                return as_returned(self._step_func_predict(i, *x, shared_args=shared_args))
            finally:
                self.progress_bar = shown
                bp.share.save(t=self.t0, i=0)  # these were tracers, which must not outlive the tracing

        return step

    def _ticks_every(self, interval):
        """A function for the compiled loop: ``tick(done)`` moves the progress bar after each ``interval`` steps."""

        def tick(done):
            jax.lax.cond(done % interval == 0, lambda: jax.debug.callback(self._move_bar, done), lambda: None)

        return tick

    def _move_bar(self, done):
        if self._bar is not None:
            self._bar.update(int(done) - self._bar.n)

    def _read_values(self):
        """The Python values that a loop has read, as they are now."""
        functions = [m for m in self._monitors.values() if callable(m)]
        if callable(self._inputs):
            functions.append(self._inputs)
        else:
            functions += [f for pairs in self._inputs['functional'].values() for _, f in pairs]
        objects = [*self.target.nodes().unique().values(), *functions, self._fun_inputs]
        return ReadValues(objects, skip=getattr(self.target, 'NOT_READ', RateModel.NOT_READ))


# ---- the loop --------------------------------------------------------------------------------------------------------


def _all_steps(step, count_written, steps, sample_every, index_type, time_major, tick):
    """The pure function ``run`` of `_Loop`: a scan of the pure ``step`` (see `lift`) over all steps.

    The first ``count_written`` Variables of the step are written, and the others are only read. ``time_major`` swaps
    the axes of batched inputs and results; ``tick`` moves the progress bar, or is None.
    """

    def run(written_values, read_values, i0, *xs):
        form = []  # how to put the result of a step together from its distinct arrays; known when ``body`` is traced

        def body(values, x):
            after, result = step([*values, *read_values], *x)
            distinct, form[:] = _distinct_arrays(result)
            if tick is not None:
                tick(x[0] - i0 + 1)
            return after[:count_written], distinct

        indices = i0 + jnp.arange(steps, dtype=index_type)
        new, stacked = _sampled_scan(body, written_values, (indices, *time_major(xs)), steps, sample_every)
        treedef, places = form
        stacked = time_major(stacked)
        return new, jax.tree_util.tree_unflatten(treedef, [stacked[i] for i in places])

    return run


def _distinct_arrays(result):
    """The distinct arrays of a tree, and how to build the tree from them: its treedef and each leaf's place in it.

    Often a monitor shows the output. The scan then stacks this array once, and not twice.
    """
    leaves, treedef = jax.tree_util.tree_flatten(result)
    distinct = {id(a): a for a in leaves}
    order = list(distinct)
    return list(distinct.values()), (treedef, [order.index(id(a)) for a in leaves])


def _sampled_scan(body, carry, xs, steps, every):
    """`jax.lax.scan` over ``steps`` that stacks the results of ``body`` at the steps 0, k, 2k, … only, k = ``every``.

    It scans over groups of k steps: the first step of a group is kept, the others run in an inner scan without results.
    If ``steps`` is not a multiple of k, the last group is shorter and comes after the outer scan.
    """
    if every == 1:
        return jax.lax.scan(body, carry, xs)

    def group(carry, xs):
        first, rest = tree_map(lambda a: a[0], xs), tree_map(lambda a: a[1:], xs)
        carry, kept = body(carry, first)
        return jax.lax.scan(lambda c, x: (body(c, x)[0], None), carry, rest)[0], kept

    full = steps - steps % every  # how many steps lie in full groups
    groups = tree_map(lambda a: a[:full].reshape(full // every, every, *a.shape[1:]), xs)
    carry, stacked = jax.lax.scan(group, carry, groups)
    if full < steps:
        carry, last = group(carry, tree_map(lambda a: a[full:], xs))
        stacked = tree_map(lambda a, b: jnp.concatenate([a, b[None]]), stacked, last)
    return carry, stacked


def _written_and_read(step, *args):
    """The Variables that ``step(*args)`` writes, and those that it only reads."""
    variables = variables_touched(step, *args)
    flags = variables_written(step, variables, *args)
    writes = [v for v, written in zip(variables, flags, strict=True) if written]
    reads = [v for v, written in zip(variables, flags, strict=True) if not written]
    return writes, reads


def _swap_batch_and_time(tree):
    """(B, T, …) → (T, B, …) and back, for all arrays of a tree that have both axes."""
    return tree_map(lambda a: jnp.moveaxis(a, 0, 1) if jnp.ndim(a) >= 2 else a, tree)


def _unchanged(tree):
    return tree


def _as_numpy(tree):
    return tree_map(np.asarray, tree, is_leaf=lambda a: isinstance(a, bm.Array))

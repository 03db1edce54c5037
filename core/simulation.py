"""`simulate`: run a model as its example says, or as you say."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import brainpy.math as bm
import numpy as np

from ratezoo.checks import check_network, is_count, is_positive
from ratezoo.display import of_numbers
from ratezoo.errors import InvalidValueError, TooLargeError
from ratezoo.memory import free_memory
from ratezoo.monitors import Record
from ratezoo.runner import Runner
from ratezoo.types import ArrayLike

_MOST_STEPS = 1e9
_MOST_RUNNERS = 8


class Run(NamedTuple):
    """A recorded run: ``mon``, names → arrays over time, and the ``inputs`` (T, n_in) of all of it.

    ``run['r']`` is short for ``run.mon['r']``.
    """

    mon: Any
    inputs: np.ndarray

    def __getitem__(self, key: Any) -> Any:
        return self.mon[key] if isinstance(key, str) else tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith('_') or name not in self.mon:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}', name=name, obj=self)
        raise AttributeError(f'Run.{name}: what was recorded is in mon. Write run.mon.{name}.')

    def __repr__(self) -> str:
        ts = self.mon['ts']
        told = '; '.join(f'{k} {of_numbers(v)}' for k, v in self.mon.items() if k != 'ts')
        return f'Run({len(ts)} times from {ts[0]:g} to {ts[-1]:g}; {told})' if len(ts) else 'Run(no times)'


def simulate(
    net: Any,
    duration: float | None = None,
    inputs: ArrayLike | None = None,
    *,
    monitors: Sequence[str] | str | None = None,
    transient: float = 0.0,
    sample_every: int = 1,
    progress: bool = False,
) -> Run:
    """Run a network from the state that it is in, and record it (`reset_state` goes back to the initial one).

    Parameters
    ----------
    net : RateModel, or SpikingPopulation
    duration : float, optional
        How long, in the model's unit of time. None (default): as long as the inputs, or as the model's ``example``.
    inputs : array (T, n_in), in a batching mode (B, T, n_in), number, or None
        Over time, or constant. None (default): those of the model's ``example``.
    monitors : sequence of str, optional
        What to record. None (default): the states.
    transient : float
        How much of the run to leave out at the beginning. Default 0.
    sample_every : int
        Keep every k-th step only. Default 1.
    progress : bool
        Whether to show a progress bar. Default False.

    Returns
    -------
    Run
        ``mon``, what was recorded: an array (T, …) for each name, and the times ``ts`` from the beginning of the run;
        and the ``inputs`` (T, n_in). A second run of the same shapes compiles nothing. It continues from the last state
        of the first one; ``net.reset_state()`` before it starts anew.

    Examples
    --------
    >>> import ratezoo
    >>> run = ratezoo.simulate(ratezoo.WilsonCowan(), transient=200., sample_every=10)
    >>> float(run.mon.ts[0]), run.mon['E'].shape
    (200.0, (200, 1))
    """
    check_network('simulate.net', net)
    dt, x = float(net.dt), over_time(net, duration, inputs)
    time = 1 if isinstance(net.mode, bm.BatchingMode) else 0
    steps = x.shape[time] if x.ndim > time else 0
    before = round(transient / dt) if transient == 0 or is_positive(transient) else -1
    if not 0 <= before < steps:
        raise InvalidValueError(
            f"simulate.transient: expected a time from 0 to less than the run's {steps * dt:g}, got {transient!r}."
        )
    if not is_count(sample_every):
        raise InvalidValueError(f'simulate.sample_every: expected a number of steps ≥ 1, got {sample_every!r}.')
    names = list(net.recorded if monitors is None else [monitors] if isinstance(monitors, str) else monitors)
    if not all(isinstance(m, str) for m in names):
        raise InvalidValueError(
            f"simulate.monitors: expected names, such as ['r'], got {[type(m).__name__ for m in names]}."
        )
    first, rest = np.split(x, [before], time)
    kept = -(-(steps - before) // sample_every) * 8 * sum(np.size(getattr(net, m)) for m in names if hasattr(net, m))
    if kept > free_memory():
        raise TooLargeError(
            f'simulate: recording {", ".join(names)} at every {sample_every}. step needs '
            f'{kept / 1e9:.1f} GB, and there is less. Record less often (sample_every), or less.'
        )
    global_dt = bm.get_dt()  # which a runner that is told its dt changes, under BrainPy 2.8
    try:
        if before:
            _runner(net, (), dt, 0.0, progress, before).run(inputs=first)
        runner = _runner(net, tuple(names), dt, before * dt, progress, sample_every)
        runner.run(inputs=rest)
    finally:
        bm.set_dt(global_dt)
    mon, runner.mon = runner.mon, Record()
    return Run(mon, x)


def _runner(net, monitors, dt, t0, progress, sample_every):
    """A runner of the network, kept with it: what it has compiled serves the next run."""
    runners = vars(net).setdefault('_runners', {})
    key = monitors, dt, t0, progress, sample_every
    if key not in runners:
        while len(runners) >= _MOST_RUNNERS:
            runners.pop(next(iter(runners)))
        runners[key] = Runner(
            net, monitors=list(monitors), dt=dt, t0=t0, progress_bar=progress, sample_every=sample_every
        )
    runners[key].reset_state()
    return runners[key]


def over_time(net: Any, duration: float | None = None, inputs: ArrayLike | None = None) -> np.ndarray:
    """The inputs (T, n_in) of a run, from inputs over time, from a constant, or from the model's ``example``."""
    dt = float(net.dt)
    given: Any = duration
    if np.ndim(given) > 0:
        raise InvalidValueError(
            'simulate.duration: expected a time, got an array. Give inputs by their name: simulate(net, inputs=x).'
        )
    if duration is not None and not (is_positive(duration) and duration / dt < _MOST_STEPS):
        raise InvalidValueError(
            f'simulate.duration: expected a time > 0 that can be run in steps of dt = {dt:g}, got {duration!r}.'
        )
    if inputs is not None and np.ndim(inputs) > 0:
        if duration is not None:
            raise InvalidValueError(
                'simulate.duration: expected none beside inputs over time, which tell how long. An array of shape '
                f'{np.shape(inputs)} is read as {len(np.asarray(inputs))} steps. An input that is constant in time is '
                'one number, or np.tile(x, (steps, 1)).'
            )
        return np.asarray(inputs)
    duration = net.example.duration if duration is None else duration
    if not duration / dt < _MOST_STEPS:
        raise InvalidValueError(
            f'simulate.dt: expected a step of which {duration:g} has fewer than {_MOST_STEPS:g}, got {dt:g}.'
        )
    steps = max(1, round(duration / dt))
    example = net.example if inputs is None else net.example._replace(input=inputs)
    x = example.inputs(net, dt * np.arange(steps))
    batch = net.mode.batch_size if isinstance(net.mode, bm.BatchingMode) else None
    return x if batch is None else np.broadcast_to(x, (batch, *x.shape))

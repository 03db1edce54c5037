"""The reference solution of the exercise, with the library's `DrivenOscillator` and its method 'euler'."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ratezoo import simulate
from ratezoo.models.oscillator import DrivenOscillator
from ratezoo.plots.style import COLOURS, curve_style, finish, given_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

M, K, A, S0 = 1.0, 4.0, 1.0, 1.0
STEPS = (0.03, 0.01, 0.003, 0.001)  # of the runs that give the order
H_ENERGY = 0.05


class Motion(NamedTuple):
    """A run with the step h: the times ``ts`` (T + 1,) from 0 on, and the positions s and velocities v at these times."""

    h: float
    ts: np.ndarray
    s: np.ndarray
    v: np.ndarray


class Result(NamedTuple):
    """The result of `run`.

    Attributes
    ----------
    motions : list of Motion
        Runs with the drive, with a large step and with a small one.
    errors : array (4,)
        The largest error of s for each of the `STEPS`.
    order : float
        The slope of log(error) over log(h).
    free : Motion
        A run without the drive.
    growth : float
        By which factor the energy of ``free`` grows in a step: the mean over all steps.
    resonance : Motion
        A run from rest with k/m = 1.
    """

    motions: list[Motion]
    errors: np.ndarray
    order: float
    free: Motion
    growth: float
    resonance: Motion


def run(seed: int = 0) -> Result:
    """All that the hand-out asks. Nothing in it is random, so the seed changes nothing."""
    errors = np.array([np.abs(motion.s - exact(motion.ts)).max() for motion in (move(h, 4.0) for h in STEPS)])
    free = move(H_ENERGY, 20.0, drive=0.0)
    growth = (energy(free)[-1] / energy(free)[0]) ** (1 / (len(free.ts) - 1))
    return Result(
        motions=[move(h, 12.0) for h in (0.1, 0.01)],
        errors=errors,
        order=float(np.polyfit(np.log(STEPS), np.log(errors), 1)[0]),
        free=free,
        growth=float(growth),
        resonance=move(0.001, 40.0, k=M, s0=0.0),
    )


def move(h: float, duration: float, k: float = K, drive: float = A, s0: float = S0) -> Motion:
    """A run by Euler's method from the position s0 and the velocity 0."""
    net = DrivenOscillator(m=M, k=k, A=drive, method='euler', dt=h)
    net.reset_state(r0={'s': [s0], 'v': [0.0], 'phase': [0.0]})
    mon = simulate(net, duration + h, 0.0, monitors=['s', 'v']).mon
    return Motion(h, mon['ts'], mon['s'][:, 0].astype(float), mon['v'][:, 0].astype(float))


def exact(ts: np.ndarray) -> np.ndarray:
    """The exact positions (T + 1,) of the driven motion."""
    return np.asarray(DrivenOscillator(m=M, k=K, A=A).solution(ts, S0))


def energy(motion: Motion) -> np.ndarray:
    """m v²/2 + k s²/2 at each time, (T + 1,)."""
    return M * motion.v**2 / 2 + K * motion.s**2 / 2


def figures(result: Result) -> 'dict[str, Figure]':
    """The figures by name: the motion, the order of the error, the energy without the drive, the resonance."""
    drawn = {
        'motion': draw_motion(result),
        'order': draw_order(result),
        'energy': draw_energy(result),
        'resonance': draw_resonance(result),
    }
    return {name: ax.figure for name, ax in drawn.items()}  # type: ignore[misc]


def draw_motion(result: Result) -> 'Axes':
    """Euler's method with two steps, and the exact solution."""
    ax = given_or_new(None, figsize=(6, 3.4))
    large, small = result.motions
    ax.plot(large.ts, large.s, label=f'Euler, $h$ = {large.h:g}', **curve_style(1))
    ax.plot(small.ts, small.s, label=f'Euler, $h$ = {small.h:g}', **curve_style(0))
    ax.plot(small.ts, exact(small.ts), 'k:', label='exact')
    finish(ax, 'time $t$', 'position $s$', 1)
    ax.figure.legend(loc='outside upper center', ncols=3, frameon=False)  # type: ignore[union-attr]
    return ax


def draw_order(result: Result) -> 'Axes':
    """The largest error over the step, and a line of the measured slope."""
    ax = given_or_new(None, figsize=(4.6, 3.4))
    steps = np.array(STEPS)
    ax.loglog(steps, result.errors, 'o', color=COLOURS[0], label='largest error of $s$')
    line = result.errors[-1] * (steps / steps[-1]) ** result.order
    ax.loglog(steps, line, color=COLOURS[1], label=f'slope {result.order:.2f}')
    return finish(ax, 'step $h$', 'error')


def draw_energy(result: Result) -> 'Axes':
    """The energy without the drive, its closed form for Euler's method, and its exact value."""
    ax = given_or_new(None, figsize=(4.6, 3.4))
    ts, h = result.free.ts, result.free.h
    start = energy(result.free)[0]
    ax.semilogy(ts, energy(result.free), label='Euler', color=COLOURS[0], linewidth=3)
    ax.semilogy(ts, start * (1 + h**2 * K / M) ** (ts / h), 'k--', label='$E_0 (1 + h^2 k/m)^{t/h}$')
    ax.axhline(start, color=COLOURS[2], linestyle=':', label='exact')
    return finish(ax, 'time $t$', 'energy')


def draw_resonance(result: Result) -> 'Axes':
    """The motion from rest at k/m = 1, between the lines ±A t/(2 m ω)."""
    ax = given_or_new(None, figsize=(6, 3.4))
    ts, s = result.resonance.ts, result.resonance.s
    ax.plot(ts, s, label=f'Euler, $h$ = {result.resonance.h:g}', color=COLOURS[0])
    ax.plot(ts, A * ts / (2 * M), 'k--', label=r'$\pm A t/(2 m \omega)$')
    ax.plot(ts, -A * ts / (2 * M), 'k--')
    return finish(ax, 'time $t$', 'position $s$')


def as_dict(result: Result) -> dict[str, Any]:
    """Steps, errors and order; the growth of the energy; the motions, at most 20 times in a unit of time."""

    def motion(run):
        every = max(1, round(0.05 / run.h))  # 20 numbers in a unit of time show the motion
        return {'h': run.h, **{name: getattr(run, name)[::every].tolist() for name in ('ts', 's', 'v')}}

    return {
        'steps': list(STEPS),
        'errors': result.errors.tolist(),
        'order': result.order,
        'energy_growth': result.growth,
        'motions': [motion(run) for run in result.motions],
        'free': motion(result.free),
        'resonance': motion(result.resonance),
    }


def table(result: Result) -> str:
    """The error for each step, the order, the growth of the energy, and the amplitude at resonance."""
    free, resonance = result.free, result.resonance
    growth = 1 + free.h**2 * K / M
    largest = A * resonance.ts[-1] / (2 * M)
    lines = [f'h {h:<8g}  largest error of s {e:.5f}' for h, e in zip(STEPS, result.errors, strict=True)]
    return '\n'.join(
        [
            *lines,
            f'order of the method                     {result.order:.3f}',
            f'without the drive, h = {free.h:g}:',
            f'  energy after a step / before it       {result.growth:.6f}   1 + h^2 k/m = {growth:.6f}',
            f'at resonance, up to t = {resonance.ts[-1]:g}:',
            f'  largest position                      {np.abs(resonance.s).max():.2f}      A t/(2 m omega) = {largest:.2f}',
        ]
    )

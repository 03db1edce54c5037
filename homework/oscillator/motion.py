"""The exact motion of the oscillator, and the derivatives that the student's own method gives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ratezoo.homework.judge import Test, value


def motion(c: Test, s: Any, v: Any, t: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """The exact position and velocity, as functions of time, of the motion that has s and v at the time t.

    The motion is a cos τ + p cos ω(τ − t) + q sin ω(τ − t) with ω² = k/m and a = A/(k − m).
    """
    omega, a = np.sqrt(c['k'] / c['m']), c['A'] / (c['k'] - c['m'])
    p, q = s - a * np.cos(t), (v + a * np.sin(t)) / omega

    def position(tau):
        return a * np.cos(tau) + p * np.cos(omega * (tau - t)) + q * np.sin(omega * (tau - t))

    def velocity(tau):
        free = -p * np.sin(omega * (tau - t)) + q * np.cos(omega * (tau - t))
        return -a * np.sin(tau) + omega * free

    return position, velocity


def derivatives(c: Test, s: Any, v: Any, t: Any) -> list[np.ndarray]:
    """ds/dt and dv/dt of the exact motion through s and v at the time t (complex-step derivatives)."""
    return [np.imag(f(t + 1e-30j)) / 1e-30 for f in motion(c, s, v, t)]


def own_derivatives(t: Test) -> dict[str, np.ndarray]:
    """The derivatives of s, v and t: those of the student's own method ``derivatives``, and 1."""
    ds, dv = (np.ravel(d) for d in value(t, 3))
    return {'s': ds, 'v': dv, 't': np.ones(1)}

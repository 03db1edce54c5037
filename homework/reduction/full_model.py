"""What the full model of synapse and membrane does: from it follows what is right in the exercise ``reduction``."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from ratezoo.homework.judge import Test

RATIO = 1e-10  # of the fast time constant to the slow one


def g(c: Mapping[str, Any], I: Any) -> np.ndarray:
    """The f-I curve that the hand-out gives."""
    square = np.maximum(I, 0) ** 2
    return c['r_max'] * square / (c['theta'] ** 2 + square)


def current_after(c: Test, h: complex) -> np.ndarray:
    """The exact current after the time h: what is left of I, and the currents of the spikes and of the input since then.

    The spikes come with the constant rates r, and the integral of the kernel e^{−t/τ_s}/τ_s from 0 to h is 1 − e^{−h/τ_s}.
    """
    left = np.exp(-h / c['tau_s'])
    return left * c['I'] + (1 - left) * (np.einsum('ij,j->i', c['W'], c['r']) + c['x'])


def euler_step(c: Test, dt: float) -> np.ndarray:
    """A straight line along the exact current, from its present value. Its slope is a complex-step derivative."""
    return c['I'] + dt * np.imag(current_after(c, 1e-30j)) / 1e-30


def slow_derivative(c: Test, tau_s: float, tau_m: float) -> dict[str, np.ndarray]:
    """dI/dt and dr/dt in the full model when its fast variable has settled (after 50 of the fast time constants)."""
    n = len(c['r'])

    def full(t, state):
        I, r = state[:n], state[n:]
        return np.concatenate([(-I + c['W'].dot(r) + c['x']) / tau_s, (-r + g(c, I)) / tau_m])

    fast = min(tau_s, tau_m)
    start = np.concatenate([c['I'], c['r']])
    settled = solve_ivp(full, (0, 50 * fast), start, method='DOP853', rtol=1e-11, atol=1e-14).y[:, -1]
    slope = full(0, settled)
    return {'I': slope[:n], 'r': slope[n:]}

"""The printed equations, integrated without ratezoo. A claim compares a run of the model with them."""

import numpy as np
from scipy.integrate import solve_ivp


def states_by_euler(F, r, inputs, dt, clip=None):
    """r ← r + Δt F(r, x) for each row x of ``inputs``; the states (T, n) after each step, kept in ``clip``."""
    states = []
    for x in inputs:
        r = r + dt * F(r, x)
        r = r if clip is None else np.clip(r, *clip)
        states.append(r)
    return np.stack(states)


def states_by_scipy(F, r, inputs, dt):
    """The states (T, n) after each step by scipy's adaptive integration; the input x is constant over a step."""
    states = []
    for x in inputs:
        r = solve_ivp(lambda t, r, x=x: F(r, x), (0, dt), r, rtol=1e-8, atol=1e-10).y[:, -1]
        states.append(r)
    return np.stack(states)


def deviation(measured, expected):
    """The largest difference, as a share of the largest expected value."""
    measured, expected = np.asarray(measured), np.asarray(expected)
    assert measured.shape == expected.shape
    return np.abs(measured - expected).max() / np.abs(expected).max()


def generic(net, seed=0, size=0.6):
    """Set every trainable parameter to random numbers, biases too; returns them as NumPy arrays by name."""
    rng = np.random.default_rng(seed)
    params = {name: size * rng.normal(size=v.shape) for name, v in net.params_dict().items()}
    net.set_params(params)
    return {name: np.asarray(v, float) for name, v in net.params_dict().items()}


def waves(steps, n, seed=0):
    """An input (steps, n) that changes in time: a sine of its own frequency, phase and amplitude for each unit."""
    rng = np.random.default_rng(seed)
    frequency, phase, amplitude = rng.uniform(0.02, 0.2, n), rng.uniform(0, 6, n), rng.uniform(0.3, 1, n)
    return amplitude * np.sin(frequency * np.arange(steps)[:, None] + phase)

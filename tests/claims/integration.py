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


def levels(*rows, steps=200):
    """Inputs (T, n_in) that change: each of ``rows`` for ``steps`` steps."""
    return np.repeat(np.array([np.atleast_1d(row) for row in rows], float), steps, 0)


def integrated(field, y0, inputs, dt=0.1):
    """The end of the solution of dy/dt = field(y, x), by scipy's adaptive integration.

    Parameters
    ----------
    field : callable
        The printed equations, written down from the source: (state (k,), input (n_in,)) → k numbers.
    y0 : sequence of k numbers
        The initial state.
    inputs : array (T, n_in)
        One row for each time ``dt``; it is constant during that time, as in a run of a model.
    dt : float
        In the unit of the field's time. Default 0.1.

    Returns
    -------
    array (k,)
    """
    inputs = np.asarray(inputs)
    changes = np.flatnonzero((np.diff(inputs, axis=0) != 0).any(1)) + 1
    for part in np.split(inputs, changes):
        x, time = part[0], len(part) * dt
        y0 = solve_ivp(lambda t, y, x=x: field(y, x), (0, time), y0, 'DOP853', rtol=1e-10, atol=1e-12).y[:, -1]
    return y0


def by_euler(field, y0, inputs, dt=0.1):
    """The end of Euler's recursion over the rows of ``inputs``; see `states_by_euler`."""
    return states_by_euler(lambda y, x: np.asarray(field(y, x)), np.array(y0, float), np.asarray(inputs), dt)[-1]

"""What the papers say about the models of models/linear.py."""

import numpy as np
from scipy.linalg import expm

import ratezoo
from claims.base import claim, run
from claims.integration import levels

_W, _B = np.array([[0.3, -0.8], [0.5, 0.1]]), np.array([0.2, -0.4])
_INPUTS = levels([0.5, -0.3], [-1.0, 0.6], steps=10)


def at_two(Dt, steps):
    """r at t = 2 from r = (1, −½), by powers of the matrix of one step of length Dt, ``steps`` for each input."""
    r, A = np.array([1.0, -0.5]), _W - np.eye(2)
    power = np.linalg.matrix_power(np.eye(2) + Dt * A, steps)
    for x in _INPUTS[::10]:
        rest = -np.linalg.solve(A, _B + x)
        r = rest + power @ (r - rest)
    return r[0]


@claim(
    'LinearRNN',
    'r of the first of two units at t = 2, in steps of 0.1; another input to each, changed at t = 1',
    lambda: at_two(0.1, 10),
    1e-10,
    "closed form of Euler's method, r* + [1 + Δt(w − 1)]ᵏ(r₀ − r*)",
)
def two_units():
    return run(ratezoo.LinearRNN(2, w=_W, b=_B), None, ['r'], [1.0, -0.5], _INPUTS)['r'][-1, 0]


@claim(
    'LinearRNN',
    'r of the first of two units at t = 2, Δt = 0.001, without input',
    lambda: (expm(2 * (_W - np.eye(2))) @ ([1.0, -0.5] - _REST) + _REST)[0],
    1e-3,
    'closed form of the differential equation, r* + e^{(w − 1)t}(r₀ − r*)',
)
def in_continuous_time():
    return run(ratezoo.LinearRNN(2, w=_W, b=_B, dt=0.001), 2.0, ['r'], [1.0, -0.5])['r'][-1, 0]


_REST = np.linalg.solve(np.eye(2) - _W, _B)


@claim(
    'LinearRNN',
    "r after the ten steps of the course's homework (w = b = 1, from e) without input: e + 1",
    np.e + 1,
    1e-10,
    'closed form, dr/dt = 1',
)
def homework():
    return run(ratezoo.LinearRNN(), 1.0, ['r'], [np.e])['r'][-1, 0]


@claim('LinearRNN', 'r at rest, (b + x)/(1 − w), w = ½, b = 1, x = ½', 3.0, 1e-8, 'closed form')
def linear():
    return float(ratezoo.LinearRNN(w=0.5).relax(np.array([0.5])).r[0])

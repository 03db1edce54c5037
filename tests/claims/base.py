"""`Claim`, the decorator `claim` that registers one, and the measures that several families share.

A claim for a model in models/oscillator.py stands in tests/claims/oscillator.py. A new file here is found because it is
there:

    @claim('StuartLandau', 'amplitude, √a with a = 1/4', 0.5, 1e-4, 'closed form (Stuart 1960)')
    def amplitude():
        mon = run(ratezoo.StuartLandau(a=0.25), 100., ['u', 'v'])
        return np.hypot(mon['u'], mon['v'])[-1, 0]

tests/claims/test_claims.py tests every claim. docs/published.py prints all claims as a table.
"""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

import ratezoo
from ratezoo.models import zoo


class Claim(NamedTuple):
    """One number that a source gives for a model, and the function that measures it.

    Attributes
    ----------
    model : str
        Name of the model in the zoo.
    what : str
        What is measured, with its unit.
    published : float or callable
        The expected number, or a function without arguments that computes it.
    tolerance : float
        Largest absolute difference between the measured and the expected number.
    source : str
        Who says so: a paper, a closed form, or an independent computation.
    measure : callable
        Function without arguments that measures the number in a run of the model.
    slow : bool
        Whether the measure takes more than some seconds, so that the quick tests leave it out.
    """

    model: str
    what: str
    published: float | Callable[[], float]
    tolerance: float
    source: str
    measure: Callable[[], float]
    slow: bool = False


CLAIMS = []


def claim(model, what, published, tolerance, source, slow=False):
    """Register the decorated function as the measure of a `Claim`. The arguments are the fields of `Claim`."""

    def register(function):
        CLAIMS.append(Claim(model, what, published, tolerance, source, function, slow))
        return function

    return register


def all_claims():
    """Import every family file of this folder and return all claims.

    Returns
    -------
    list of Claim
        In the order of the zoo; the claims of one model are in the order of its file. Claims for a name that is not in
        the zoo come last.
    """
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != 'base' and not module.name.startswith('test_'):
            importlib.import_module(f'{__package__}.{module.name}')
    position = {name: k for k, name in enumerate(zoo)}
    return sorted(CLAIMS, key=lambda c: position.get(c.model, len(position)))


def value(claim):
    """The expected number of a claim."""
    return float(claim.published() if callable(claim.published) else claim.published)


def run(net, duration, monitors, r0=None, inputs=0.0):
    """Simulate from the state ``r0`` and return what was monitored.

    Parameters
    ----------
    net : RateModel
        The model.
    duration : float or None
        In the unit of the model's time. None: one step for each row of ``inputs``.
    monitors : list of str
        Names of the states to record.
    r0 : array or dict, optional
        Initial state. Default: the model's own.
    inputs : float or array
        A constant input, or one row for each step. Default 0.

    Returns
    -------
    dict
        Name → array (steps, units), and 'ts' (steps,).
    """
    net.reset_state(r0=r0)
    return ratezoo.simulate(net, duration, inputs, monitors=monitors).mon


def distance_from_scipy(net, field, starts, inputs, duration):
    """The largest distance of a state of the model from scipy's adaptive integration of the printed equations.

    It fixes all constants and signs at once, if all terms are active.

    Parameters
    ----------
    net : Circuit
        With K copies. It is simulated with its own method and time step.
    field : callable
        ``field(y, x)`` → dy/dt, the printed equations of one copy: y in the order of the states, x its input.
    starts : array (states, K)
        The initial states.
    inputs : array (K,)
        The constant inputs.
    duration : float
        In the unit of the model's time.

    Returns
    -------
    float
        The largest |difference|, relative to the range of this state over the K copies.
    """
    steps = round(duration / net.dt)
    names = net.states
    mon = run(net, None, list(names), dict(zip(names, starts, strict=True)), np.tile(inputs, (steps, 1)))
    ours = np.stack([mon[s][-1] for s in names])
    right = [
        solve_ivp(lambda t, y, x=x: field(y, x), (0, duration), y, rtol=1e-10, atol=1e-12).y[:, -1]
        for y, x in zip(starts.T, inputs, strict=True)
    ]
    right = np.stack(right, 1)
    return float((np.abs(ours - right).max(1) / np.ptp(right, axis=1)).max())


def upward(v, ts):
    """The times when ``v`` crosses its mean upwards, by linear interpolation between the steps ``ts``."""
    v = v - v.mean()
    k = np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))
    return ts[k] - v[k] * (ts[1] - ts[0]) / (v[k + 1] - v[k])


def growth(net, r, x=None):
    """The largest real part of an eigenvalue of the Jacobian J at the state ``r`` and the input ``x``."""
    return float(net.stability(r, x).eigenvalues.real[..., 0].max())


def edge(net):
    """The largest real part of an eigenvalue of W, by NumPy."""
    return float(np.linalg.eigvals(np.asarray(net.W, float)).real.max())

"""What the portraits of models/neural_masses.py show beside a run."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.portraits.runs import is_single, responses
from ratezoo.analysis.portraits.trials import recorded
from ratezoo.analysis.sweeps import sweep
from ratezoo.errors import RateZooError
from ratezoo.models.neural_masses import noisy_input


def seizures(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """When the seizures of an Epileptor begin and end, and where it rests.

    'seizures': times (S, 2) of the first and the last discharge. 'x1', 'z': the rest of the fast variables for each z,
    (K,), from x_1 = −2 to 0. 'onset': x_1 and z at the fold, where rest vanishes.
    """
    if not is_single(net, mon, ('x1', 'y1', 'z', 'x2', 'y2', 'g')):
        return {}
    x1, ts = np.asarray(mon['x1'], float)[:, 0], np.asarray(mon['ts'])
    discharges = ts[1:][(x1[:-1] < 0) & (x1[1:] >= 0)]
    pauses = np.flatnonzero(np.diff(discharges) > 0.07 * net.tau0)
    pairs = np.zeros((0, 2))
    if len(discharges):
        pairs = np.stack([discharges[np.r_[0, pauses + 1]], discharges[np.r_[pauses, -1]]], 1)
    rest = np.linspace(-2.0, 0.0, 201)
    return {
        'seizures': pairs,
        'x1': rest,
        'z': net.y0 + net.I_rest1 - 2 * rest**2 - rest**3,
        'onset': net.onset,
    }


_MOST_TURNS = 60


def regimes(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """LarterBreakspear without input at other spreads δ_V of the thresholds.

    'delta': (D,); 'turns': (D, 60), the V at which V turns down, or the last V if it does not. 'examples': three values
    of δ_V; 'ts': times (T,); 'V': the run at each of them, (3, T).
    """
    if not is_single(net, mon, ('V', 'W', 'Z')):
        return {}
    steps = max(2, round(600 / float(net.dt)))
    options: Any = {'duration': steps * float(net.dt), 'transient': 2500.0}
    delta, examples = np.linspace(0.5, 0.7, 161), np.array([0.5, 0.58, 0.65])
    try:
        turns = sweep(net, {'delta_V': delta}, of='V', measure=_turning_points, **options).values
        V = sweep(net, {'delta_V': examples}, of='V', measure='trace', **options).values[..., 0]
    except RateZooError:
        return {}
    return {
        'delta': delta,
        'turns': turns.reshape(len(delta), -1),
        'examples': examples,
        'ts': float(net.dt) * np.arange(V.shape[1]),
        'V': V,
    }


def _turning_points(V):
    """The last 60 values of V (T, 1) that are larger than those before and after; the last V where there are fewer."""
    V = jnp.asarray(V)[:, 0]
    turns = (V[1:-1] > V[:-2]) & (V[1:-1] >= V[2:])
    at = jnp.argsort(jnp.where(turns, jnp.arange(len(turns)), -1))[-_MOST_TURNS:]
    return jnp.where(turns[at], V[1:-1][at], V[-1])


def rebound(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """CoombesByrne: the Z of the run, and the parts of the run before, during and after an input.

    'Z': (T,), complex. 'parts': names → slices of the run; 'all' alone if the input does not go and come once.
    """
    if not is_single(net, mon, ('r', 'v', 'g', 'q')):
        return {}
    W = np.pi * net.tau * np.asarray(mon['r'], float)[:, 0] + 1j * np.asarray(mon['v'], float)[:, 0]
    Z = (1 - W.conj()) / (1 + W.conj())
    x = np.zeros(len(Z)) if inputs is None else recorded(mon, inputs, net.dt)[:, 0]
    on = np.flatnonzero(x != 0)
    parts = {'all': slice(None)}
    if len(on) and on[0] > 10 and on[-1] < len(x) - 10 and np.ptp(x[on[0] : on[-1] + 1]) == 0:
        parts = {'before': slice(0, on[0]), 'during': slice(on[0], on[-1] + 1), 'after': slice(on[-1] + 1, None)}
        parts['before'] = slice(on[0] // 2, on[0])  # without the way from the first state
    return {'Z': Z, 'parts': parts}


def inhibition_control(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """DynamicMeanField: the rates of the run, and steady rates with and without feedback inhibition control.

    'r_E', 'r_I': (T,), in Hz. 'target': the rate of E without input. 'x': constant inputs (K,); 'free': the steady
    rates of E with the J_I of the network, (K,); 'J_I': (K,), which keeps the target; 'controlled': the steady rates of
    E with it, (K,).
    """
    if not is_single(net, mon, ('S_E', 'S_I')):
        return {}
    x = np.zeros((len(mon['ts']), 1)) if inputs is None else recorded(mon, inputs, net.dt)
    S = {s: np.asarray(mon[s], float) for s in ('S_E', 'S_I')}
    r_E, r_I = (np.asarray(r)[:, 0] for r in net.rates(S, x))
    top = max(0.04, 1.5 * float(x.max()))
    grid = np.linspace(0.0, top, 41)
    free = _steady_rates(net, grid, net.J_I)
    J_I = net.feedback_inhibition(grid, rate=float(free[0]))
    return {
        'r_E': r_E,
        'r_I': r_I,
        'target': float(free[0]),
        'x': grid,
        'free': free,
        'J_I': J_I,
        'controlled': _steady_rates(net, grid, J_I),
    }


def _steady_rates(net, x, J_I):
    """The rates of E (K,) after 5 s at constant inputs x (K,), from the initial state, in steps of 0.5 ms."""
    constants = {name: getattr(net, name) for name in net.constants}
    many = type(net)(len(x), **{**constants, 'J_I': J_I}, method=net.method, dt=0.5, seed=0)
    last = {s: v[-1] for s, v in responses(many, np.tile(x, (10_000, 1))).items()}
    return np.asarray(many.rates(last, x)[0])


def activities(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """Wendling: the EEG of the run, and of its column with the gains of six types of activity and a noisy input.

    'run': the EEG of the run (T,). 'names', 'gains': name and (A, B, G) of each type, six each. 'ts': times (K,) in ms,
    40 s; 'EEG': (K, 6), in mV. The types have the other constants of ``net``.
    """
    if not is_single(net, mon, net.states[:8]):
        return {}
    dt, transient, types = 0.5, 2000.0, net.activities
    ts = dt * np.arange(round((transient + 40_000) / dt))
    gains = {k: np.array([one[k] for one in types.values()]) for k in 'ABG'}
    constants = {**{name: getattr(net, name) for name in net.constants}, **gains}
    columns = type(net)(len(types), **constants, method=net.method, dt=dt, seed=0)
    s = responses(columns, np.tile(noisy_input(net, ts)[:, None], (1, len(types))))
    part = ts >= transient
    return {
        'run': np.asarray(net.observable({k: np.asarray(mon[k]) for k in net.states[:8]}))[:, 0],
        'names': list(types),
        'gains': np.stack(list(gains.values()), 1),
        'ts': ts[part] - transient,
        'EEG': np.asarray(columns.observable(s))[part],
    }

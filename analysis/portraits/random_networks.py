"""What the portraits of models/random_networks.py show beside a run."""

from typing import Any

import numpy as np
from scipy.optimize import brentq

from ratezoo.analysis.portraits.trials import is_single, recorded, trials

_QUIET = 0.8  # the gain of the other network of `chaos`
_APART = 1e-3  # the distance of the two runs of `chaos` at the beginning, as a share of the length of the state
_WEAK = 0.5  # the overlap of the other network of `low_rank`
_OVERLAPS = (0.5, 0.8, 1.1, 1.4, 1.7, 2.0, 2.3, 2.6)
_ROTATION = np.array([[2.0, -1.0], [1.0, 2.0]])  # VᵀU/n of the network of rank two
_MOST_STEPS = 5000


def chaos(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """Activity below and above g = 1.

    'quiet' (T, n): a run with the same W and the same beginning at the gain 'quiet_g', below 1. 'eigenvalues' (n,):
    those of g W. 'twin' (T, n): a second run that begins near the first state of this run. 'distance' (T,): how far it
    is from this run, as a share of the length of the state. The last two are missing if the run is not one without
    noise that is recorded at each step.
    """
    if not is_single(net, mon, inputs, ('h',)) or net.noise is not None or np.size(net.g) > 1:
        return {}
    h, W, ts = np.asarray(mon['h']), np.asarray(net.W.value), np.asarray(mon['ts'])
    if len(inputs) > 4 * _MOST_STEPS or float(np.ravel(net.g)[0]) == 0:
        return {}
    g = float(np.ravel(net.g)[0])
    start = np.asarray(net.initial_state())
    quiet = trials(net, start[None], inputs, {'W': W[None] * (_QUIET / g)})[0]
    data = {'quiet': recorded(mon, quiet, net.dt), 'quiet_g': _QUIET, 'eigenvalues': np.linalg.eigvals(g * W)}
    if net.noisy or np.ptp(np.diff(ts)) > 0.1 * net.dt or abs(ts[1] - ts[0] - net.dt) > 0.1 * net.dt:
        return data
    direction = np.random.default_rng(0).normal(size=net.n)
    near = h[0] + _APART * np.linalg.norm(h[0]) * direction / np.linalg.norm(direction)
    first = round(float(ts[0]) / net.dt)
    later = trials(net, near[None], np.asarray(inputs)[first + 1 : first + len(h)])[0]
    twin = np.concatenate([near[None], later])
    scale = np.maximum(np.linalg.norm(h, axis=1).mean(), 1e-30)
    return data | {'twin': twin, 'distance': np.linalg.norm(twin - h, axis=1) / scale}


def low_rank(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The overlap κ below and above the transition, and on a limit cycle.

    'overlap': the mean of the diagonal of VᵀU/n. 'kappa' (T, rank): that of this run. 'mirrored' (T, rank): that of a
    run from the opposite initial state. 'weak' (T, rank): that of a run at the overlap 'weak_overlap', below 1. 'rest'
    are overlaps (K,) and |κ| at the end of runs at them (K,). 'law' are overlaps (L,) and |κ| (L,) of the mean-field
    theory of Mastrogiuseppe and Ostojic (2018); it is missing for g ≥ 1. 'cycle' (2, T, 2): κ of two runs of a network
    of rank two with the same χ, in which VᵀU/n is 'rotation', and 'cycle_ts' (T,) are their times.
    """
    if not is_single(net, mon, inputs, ('h',)) or net.noise is not None or np.size(net.g) > 1:
        return {}
    if net.n < 4 or len(inputs) > _MOST_STEPS or np.size(net.tau) > 1:
        return {}
    U, V, start = (np.asarray(a, float) for a in (net.U.value, net.V.value, net.initial_state()))
    present = V.T @ U / net.n
    steps = min(_MOST_STEPS, round(40.0 * float(np.ravel(net.tau)[0]) / net.dt))

    def at(overlap):
        return _with_overlap(U, V, overlap * np.eye(U.shape[1]))

    pairs = {'U': np.stack([U, U]), 'V': np.stack([V, at(_WEAK)])}
    both = trials(net, np.stack([-start, start]), inputs, pairs)
    Vs = np.stack([at(o) for o in _OVERLAPS])
    states = trials(
        net, np.tile(start, (len(Vs), 1)), np.zeros((steps, net.n)), {'U': np.tile(U, (len(Vs), 1, 1)), 'V': Vs}
    )
    data = {
        'overlap': float(np.trace(present)) / U.shape[1],
        'kappa': np.tanh(np.asarray(mon['h'])) @ V / net.n,
        'mirrored': recorded(mon, np.tanh(both[0]) @ V / net.n, net.dt),
        'weak': recorded(mon, np.tanh(both[1]) @ pairs['V'][1] / net.n, net.dt),
        'weak_overlap': _WEAK,
        'rest': (
            np.array(_OVERLAPS),
            np.linalg.norm(np.einsum('kn,knr->kr', np.tanh(states[:, -1]), Vs), axis=1) / net.n,
        ),
    }
    g = float(np.ravel(net.g)[0])
    return data | ({'law': _mean_field(g)} if 0 <= g < 1 else {}) | _limit_cycle(net, U, V, start, steps)


def _with_overlap(U, V, wanted):
    """The V that has the overlap VᵀU/n that is wanted; it differs from V along the columns of U alone."""
    n = len(U)
    missing = wanted - V.T @ U / n
    return V + U @ np.linalg.solve(U.T @ U / n, missing.T)


def _limit_cycle(net, U, V, start, steps):
    """'cycle', 'cycle_ts' and 'rotation' of `low_rank`: one run begins near silence, and one beyond the cycle."""
    n, rng = net.n, np.random.default_rng(net.seed + 1)
    two = np.linalg.qr(np.concatenate([U[:, :1], rng.normal(size=(n, 3))], 1))[0] * n**0.5
    U, V = two[:, :2], _with_overlap(two[:, :2], two[:, 2:], _ROTATION)
    starts = np.stack([0.1 * start, 4 * U[:, 0]])
    h = trials(net, starts, np.zeros((steps, n)), {'U': np.stack([U, U]), 'V': np.stack([V, V])})
    return {'cycle': np.tanh(h) @ V / n, 'cycle_ts': net.dt * np.arange(steps), 'rotation': _ROTATION}


def _mean_field(g):
    """The overlaps (L,) and the |κ| (L,) at rest of a network of many units, of the gain g < 1.

    overlap · ⟨1 − tanh²(√Δ z)⟩ = 1 and Δ = κ² + g² ⟨tanh²(√Δ z)⟩, with z ~ N(0, 1).
    """
    z, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    kappa = np.concatenate([[1e-4], np.linspace(0.02, 2.5, 120)])
    squared = [weight @ np.tanh(np.sqrt(_variance(k, g, z, weight)) * z) ** 2 for k in kappa]
    return 1 / (1 - np.array(squared)), kappa


def _variance(kappa, g, z, weight):
    """The variance Δ of the states of a network of many units whose overlap with V is κ."""
    return brentq(
        lambda d: kappa**2 + g**2 * (weight @ np.tanh(np.sqrt(d) * z) ** 2) - d, kappa**2, kappa**2 + g**2 + 1e-9
    )

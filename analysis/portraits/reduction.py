"""What the portraits of models/reduction.py show beside a run."""

from typing import Any

import numpy as np

from ratezoo.analysis.portraits.trials import is_single, recorded
from ratezoo.analysis.sweeps import sweep
from ratezoo.models.reduction import FiringRate, SynapticCurrent, SynapticRate

_MODELS = {'full': SynapticRate, 'rate': FiringRate, 'current': SynapticCurrent}
_MOST_STEPS = 5000


def limits(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The full model and its two limits under the same input, at three pairs of time constants.

    'own': which of the three this network is, 'full', 'rate' or 'current'. 'pairs' (3, 2): the τ_s and τ_m. 'full',
    'rate' and 'current' (3, T): the rate of the unit 'unit' in each model. 'differences' (3,): the greatest distance of
    this model from the full model in all units, as a share of the greatest rate. 'curve': currents (L,) and g of them
    (L,). 'points': the currents (n,) and the rates (n,) of this run at the end of the greatest input.
    """
    own = [name for name, model in _MODELS.items() if isinstance(net, model) and type(net).F is model.F]
    if not own or not is_single(net, mon, inputs, net.states) or len(inputs) > _MOST_STEPS or net.noise is not None:
        return {}
    pairs = _pairs(own[0], net)
    if pairs is None or pairs.min() < net.dt:
        return {}
    rates = _rates_of_all(net, pairs, np.asarray(inputs, float))
    rates = {name: np.stack([recorded(mon, r, net.dt) for r in three]) for name, three in rates.items()}
    x = recorded(mon, inputs, net.dt)
    at = int(np.flatnonzero(np.abs(x).sum(1) >= np.abs(x).sum(1).max() - 1e-9)[-1])
    I, r = _point(net, mon, x, at)
    unit = int(np.argmax(np.abs(r)))
    most = max(np.abs(rates['full']).max(), 1e-30)
    span = max(float(np.abs(I).max()), 1.0)
    grid = np.linspace(min(-0.25 * span, float(I.min())), 1.25 * span, 200)
    curve = _curve(net, grid)
    return {
        'own': own[0],
        'pairs': pairs,
        'unit': unit,
        **{name: r[:, :, unit] for name, r in rates.items()},
        'differences': np.abs(rates[own[0]] - rates['full']).max((1, 2)) / most,
        'points': (I, r),
        **({} if curve is None else {'curve': (grid, curve)}),
    }


def _pairs(own, net):
    """Three pairs (τ_s, τ_m), of which this network has one or both; None if a unit has a time constant of its own."""
    taus = {k: np.ravel(v) for k, v in net.time_constants.items()}
    if any(len(v) > 1 for v in taus.values()):
        return None
    tau_s, tau_m = (float(taus[k][0]) if k in taus else None for k in ('tau_s', 'tau_m'))
    if own == 'rate':
        return tau_m * np.array([[0.1, 1.0], [1.0, 1.0], [3.0, 1.0]])
    if own == 'current':
        return tau_s * np.array([[1.0, 0.1], [1.0, 1.0], [1.0, 3.0]])
    return np.array([[0.1 * tau_m, tau_m], [tau_s, tau_m], [tau_s, 0.1 * tau_s]])


def _rates_of_all(net, pairs, inputs):
    """The rates (3, T, n) of each model at the three pairs; all of them start at rest."""
    options = {'W': net.W.value, 'dt': float(net.dt), 'method': net.method, 'seed': 0}
    n, found = net.W.value.shape[0], {}
    for name, model in _MODELS.items():
        other = model(n, net.g, **options)
        grid = {k: np.unique(pairs[:, i]) for i, k in enumerate(('tau_s', 'tau_m')) if k in other.constants}
        values = sweep(other, grid, measure='trace', duration=len(inputs) * float(net.dt), x=inputs).values
        columns = [{'tau_s': 0, 'tau_m': 1}[k] for k in grid]
        places = [
            tuple(np.searchsorted(a, pair[c]) for a, c in zip(grid.values(), columns, strict=True)) for pair in pairs
        ]
        found[name] = np.stack([values[place] for place in places])
    return found


def _point(net, mon, x, at):
    """The currents (n,) and the rates (n,) of this run at one time."""
    if isinstance(net, SynapticRate):
        return np.asarray(mon['I'])[at], np.asarray(mon['r'])[at]
    if isinstance(net, SynapticCurrent):
        I = np.asarray(mon['I'])[at]
        return I, np.asarray(net.output(I, net.params_dict()))
    r = np.asarray(mon['r'])[at]
    return np.asarray(net.W.value) @ r + x[at], r


def _curve(net, grid):
    """g at all currents of a grid; None if g is not one curve for all units."""
    n = net.W.value.shape[0]
    try:
        answers = np.stack([np.asarray(net.g(np.full(n, I, net.dtype))) for I in grid[:: len(grid) // 4]])
        curve = np.asarray(net.g(np.asarray(grid, net.dtype)))
    except (IndexError, TypeError, ValueError):
        return None
    return curve if curve.shape == grid.shape and np.ptp(answers, 1).max() < 1e-5 else None

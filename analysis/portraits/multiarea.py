"""What the portrait of models/multiarea.py shows beside a run."""

from typing import Any

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np


def areas(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The outputs of the areas of MultiAreaNetwork, how they are connected, and how they correlate.

    'o': the outputs (T, n). 'C': the connectome (n, n), NaN where there is no connection. 'd': the delays in use (n,
    n), NaN there too. 'FC': the correlations of the outputs without the first tenth of the run, (n, n), NaN for an
    output that does not change. 'match': the correlation of FC with C over the pairs of areas, or NaN.
    """
    area = net.area
    states = type(area).states
    if isinstance(net.mode, bm.BatchingMode) or net.n < 2 or len(mon['ts']) < 3 or set(states) - set(mon):
        return {}
    recorded = {s: jnp.asarray(mon[s]) for s in states}
    o = np.asarray(jax.vmap(area.observable)(recorded if len(states) > 1 else recorded[states[0]]), float)
    if not np.isfinite(o).all():
        return {}
    late = o[len(o) // 10 :]
    changes = np.ptp(late, axis=0) > 1e-6 * max(1e-30, float(np.abs(late).max()))
    FC = np.full((net.n, net.n), np.nan)
    if changes.any():
        FC[np.ix_(changes, changes)] = np.corrcoef(late[:, changes].T)
    C = np.where(net.connected, np.asarray(net.C.value, float), np.nan)
    d = np.where(net.connected, net.delay_steps * float(net.dt), np.nan)
    return {'o': o, 'C': C, 'd': d, 'FC': FC, 'match': _match(np.nan_to_num(C), FC)}


def _match(C, FC):
    """The correlation of FC with the mean weight of both directions, over all pairs of areas; NaN if FC is constant."""
    first, second = np.triu_indices(len(C), 1)
    weights, found = (C + C.T)[first, second], FC[first, second]
    known = np.isfinite(found)
    if known.sum() < 3 or not np.ptp(weights[known]) > 0 or not np.ptp(found[known]) > 1e-3:
        return float('nan')
    return float(np.corrcoef(weights[known], found[known])[0, 1])

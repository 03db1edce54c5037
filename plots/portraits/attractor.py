"""The portraits of models/attractor.py."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.states import patterns


def sheet(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """A bump on a sheet: its rates at five times."""
    at = np.linspace(0, len(mon['ts']) - 1, 5).astype(int)
    u = np.maximum(np.asarray(mon['u'])[at], 0)
    return patterns(u[None], titles=[f't = {mon["ts"][k]:.3g}' for k in at], labels=['u'])

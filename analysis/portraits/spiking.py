"""What the portraits of models/spiking.py show beside a run."""

from typing import Any

import numpy as np

from ratezoo.analysis.spikes import Reduction, reduction


def spikes(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """'reduction': the population and its rate model under the same input; a run of both that exists is kept."""
    if isinstance(mon, Reduction):
        return {'reduction': mon}
    x = net.example.inputs(net, np.arange(0, net.example.duration, net.dt)) if inputs is None else inputs
    return {'reduction': reduction(net, x, dt=net.dt)}

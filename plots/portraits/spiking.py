"""The portraits of models/spiking.py."""

from typing import Any

from matplotlib.figure import Figure

from ratezoo.plots.spikes import reduction


def spikes(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Spikes, currents and rates of a population, beside its rate model."""
    return reduction(data['reduction'])

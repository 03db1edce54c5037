"""The portraits of models/oscillator.py."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ratezoo.plots.states import heatmap
from ratezoo.plots.style import finish


def synchrony(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Kuramoto's phases: the order parameter, and the phases relative to their mean ψ."""
    theta, ts = np.asarray(mon['theta']), np.asarray(mon['ts'])
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(6.4, 4.6), layout='constrained')
    upper.plot(ts, net.order(theta), color='black', label='$r$')
    if np.ndim(net.K) == 0 == np.ndim(net.gamma) and net.K > 0:
        locked = np.sqrt(max(0.0, 1 - 2 * net.gamma / net.K))
        upper.axhline(locked, color='#D55E00', linestyle='--', label='$\\sqrt{1 - K_c/K}$')
    upper.set_ylim(0, 1.02)
    finish(upper, '', 'order parameter')
    mean = np.angle(np.mean(np.exp(1j * theta), -1, keepdims=True))
    order = np.argsort(net.frequencies)
    values = {'ts': ts, 'theta': ((theta - mean + np.pi) % (2 * np.pi) - np.pi)[:, order]}
    heatmap(values, 'theta', place_label='oscillator, by frequency', ax=lower)
    lower.collections[0].set(cmap='twilight', norm=Normalize(-np.pi, np.pi))
    lower.collections[0].colorbar.set_label('$\\theta - \\psi$ (rad)')
    return fig

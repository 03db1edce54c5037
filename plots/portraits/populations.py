"""The portraits of models/populations.py."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from ratezoo.plots.runs import traces
from ratezoo.plots.spectra import spectrum
from ratezoo.plots.style import with_unit


def eeg(net: Any, mon: Any, inputs: Any, data: Any) -> Any:
    """The EEG of Jansen and Rit's column, and its spectrum."""
    eeg = {'ts': mon['ts'], 'EEG': np.asarray(mon['y1']) - np.asarray(mon['y2'])}
    if len(eeg['ts']) < 1000 or not np.ptp(eeg['EEG'][1:]) > 1e-6:
        return traces(eeg, ['EEG'], time_unit='ms', y_unit='mV')  # too short, or at rest: there is no rhythm
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(6.4, 4.6), layout='constrained')
    traces(eeg, 'EEG', time_unit='ms', y_unit='mV', ax=upper)
    upper.set_ylabel(with_unit('EEG $y_1 - y_2$', 'mV'))
    spectrum(eeg, 'EEG', y_unit='mV', time_unit='ms', segments=1, limit=50.0, ax=lower)
    return fig


def decision(net: Any, mon: Any, inputs: Any, data: Any) -> Figure:
    """Wong and Wang's gating variables, and the value of S at which a population fires at the threshold, 15 Hz."""
    fig, ax = plt.subplots(figsize=(6.4, 3.2), layout='constrained')
    traces({'ts': mon['ts'], 'S': mon['S']}, 'S', time_unit='ms', ax=ax)
    opened = np.mean(net.gamma * net.tau_S) * 0.015
    ax.axhline(opened / (1 + opened), color='0.5', linestyle=':', label='15 Hz')
    ax.legend(frameon=False, title='population', loc='upper left')
    return fig

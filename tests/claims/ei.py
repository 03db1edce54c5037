"""What the papers say about the models of models/ei.py."""

import numpy as np

import ratezoo
from claims.base import claim


@claim('EIRateRNN', 'spectral radius of the initial weights', 1.5, 1e-6, 'Song, Yang & Wang 2016, initial weights')
def dale():
    return np.abs(np.linalg.eigvals(np.asarray(ratezoo.EIRateRNN(n=100, seed=0).effective()['W'], float))).max()

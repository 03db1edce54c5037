"""What the papers say about the models of models/rate.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, edge, growth


@claim(
    'RateRNN',
    'gain at which silence loses its stability, one network of 300 units',
    lambda: 1 / edge(ratezoo.RateRNN(n=300, g=1.0, seed=0)),
    1e-6,
    'linear stability; g = 1 for n → ∞ (Sompolinsky et al. 1988)',
)
def rate():
    return brentq(
        lambda g: growth(ratezoo.RateRNN(n=300, g=g, seed=0), np.zeros(300), np.zeros(1)), 0.5, 2.0, xtol=1e-8
    )

"""What the papers say about the models of models/linear.py."""

import numpy as np

import ratezoo
from claims.base import claim


@claim('LinearRNN', 'r at rest, (b + x)/(1 − w), w = ½, b = 1, x = ½', 3.0, 1e-8, 'closed form')
def linear():
    return float(ratezoo.LinearRNN(w=0.5).relax(np.array([0.5])).r[0])

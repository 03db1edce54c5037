"""What the papers say about the models of models/multiarea.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, run


class Phase(ratezoo.Circuit):
    """dθ/dt = 1 + x"""

    states = ('theta',)
    omega = ratezoo.Constant(1.0, 'frequency')

    def F(self, theta, params, x):
        return self.omega + x


@claim(
    'MultiAreaNetwork',
    'frequency of two phases that see each other 2 later, Ω = 1 − 0.4 sin 2Ω',
    lambda: brentq(lambda w: w - 1 + 0.4 * np.sin(2 * w), 0.0, 1.0),
    1e-4,
    'Yeung & Strogatz 1999, Eq. (5)',
)
def delayed():
    net = ratezoo.MultiAreaNetwork(Phase(2), [[0.0, 1.0], [1.0, 0.0]], 2.0, G=0.4, coupling='sine', dt=0.01)
    theta = run(net, 100.0, ['theta'], np.array([0.0, 0.5]))['theta']
    return (theta[-1, 0] - theta[-2, 0]) / 0.01

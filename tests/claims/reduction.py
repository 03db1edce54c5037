"""What the papers say about the models of models/reduction.py."""

import numpy as np

import ratezoo
from claims.base import claim

for _name in ('SynapticRate', 'FiringRate', 'SynapticCurrent'):

    def _rest(name=_name):
        net = getattr(ratezoo, name)(2, W=[[0.2, 0.5], [-0.4, 0.1]], g='tanh')
        return float(net.output(net.relax(np.array([0.3, 0.6]), solver='newton').r, net.params_dict())[0])

    def _root():
        r = np.zeros(2)
        for _ in range(500):
            r = np.tanh(np.array([[0.2, 0.5], [-0.4, 0.1]]) @ r + [0.3, 0.6])
        return r[0]

    claim(_name, 'rate at rest of a unit of two, r = g(W r + x)', _root, 1e-6, 'Dayan & Abbott 2001, sec. 7.2')(_rest)

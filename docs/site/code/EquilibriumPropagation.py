import brainpy.math as bm
import numpy as np

import ratezoo
from ratezoo import plots


class Net(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    """Measures its gradient by settling."""


class Exact(ratezoo.ImplicitGradient, ratezoo.LayeredEnergyModel):
    """The same network, differentiated."""


def gradient(net, **options):
    """The gradient by W1, with phases that settle well."""
    return np.ravel(net.gradient(x, y, tol=1e-13, warn_above=np.inf, **options)[1]['W1'])


bm.enable_x64()
rng = np.random.default_rng(0)
x, y = rng.normal(size=(4, 16)), rng.uniform(-0.5, 0.5, (4, 5))
net, exact = (kind((16, 24, 5), activation='tanh', seed=1, dt=0.5) for kind in (Net, Exact))
truth = gradient(exact)
nudges = np.geomspace(0.003, 0.5, 8)
schemes = {
    'one-sided': dict(scheme='one-sided'),
    'centred': dict(scheme='centred'),
    'holomorphic, N = 4': dict(scheme='holomorphic', points=4),
}
errors = {
    name: [np.linalg.norm(gradient(net, nudge=float(s), **o) - truth) / np.linalg.norm(truth) for s in nudges]
    for name, o in schemes.items()
}
figure = plots.errors(nudges, errors, [(1, 'one-sided'), (2, 'centred'), (4, 'holomorphic, N = 4')]).figure

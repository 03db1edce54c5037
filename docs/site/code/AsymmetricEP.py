import brainpy.math as bm
import numpy as np

import ratezoo
from ratezoo import plots


def network(rule):
    """The same network, whose W is far from symmetric, under this rule."""
    return type('Net', (rule, ratezoo.RateRNN), {})(2, 12, 1, g=0.8, seed=0, dt=0.2)


def gradient(net, **options):
    """The gradient by W, with phases that settle well."""
    return np.ravel(net.gradient(x, y, tol=1e-13, warn_above=np.inf, **options)[1]['W'])


bm.enable_x64()
x, y = np.array([1.0, -0.5]), np.array([0.5])
exact = gradient(network(ratezoo.ImplicitGradient))
nudges = np.geomspace(0.01, 0.4, 4)
errors = {
    f'{rule.__name__}, {scheme}': [
        np.linalg.norm(gradient(net, nudge=float(s), scheme=scheme) - exact) / np.linalg.norm(exact) for s in nudges
    ]
    for rule, net in ((rule, network(rule)) for rule in (ratezoo.VectorFieldEP, ratezoo.AsymmetricEP))
    for scheme in ('one-sided', 'centred')
}
slopes = [(1, 'AsymmetricEP, one-sided'), (2, 'AsymmetricEP, centred')]
figure = plots.errors(nudges, errors, slopes).figure

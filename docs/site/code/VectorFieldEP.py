import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

import ratezoo

RULES = ratezoo.ImplicitGradient, ratezoo.VectorFieldEP, ratezoo.AsymmetricEP


def gradient(net):
    """The gradient by W of this network with the present W."""
    net.set_params({'W': W})
    return np.ravel(net.gradient(x, y, tol=1e-12, warn_above=np.inf)[1]['W'])


bm.enable_x64()
exact, *nets = (type('Net', (rule, ratezoo.RateRNN), {})(2, 12, 1, seed=0, dt=0.2, phi='linear') for rule in RULES)
x, y = np.array([1.0, -0.5]), np.array([0.5])
A = 0.5 * np.random.default_rng(0).normal(size=(12, 12)) / 12**0.5
symmetric, antisymmetric = (A + A.T) / 2, (A - A.T) / 2
shares, errors = np.linspace(0, 1, 9), []
for share in shares:
    W = symmetric + share * antisymmetric
    truth = gradient(exact)
    errors.append([np.linalg.norm(gradient(net) - truth) / np.linalg.norm(truth) for net in nets])

figure, ax = plt.subplots(figsize=(5.6, 3.6), layout='constrained')
for rule, found, style in zip(RULES[1:], np.transpose(errors), ('o-', 's--'), strict=True):
    ax.plot(shares, found, style, label=rule.__name__)
ax.set(xlabel='share of the antisymmetric part of $W$', ylabel='relative error of the gradient')
ax.legend(frameon=False)
ax.spines[['top', 'right']].set_visible(False)

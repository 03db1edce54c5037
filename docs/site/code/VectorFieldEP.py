import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

import ratezoo


def gradient(rule, W):
    """The gradient by W of a network with these weights."""
    net = type('Net', (rule, ratezoo.RateRNN), {})(2, 12, 1, seed=0, dt=0.2, phi='linear')
    net.set_params({'W': W})
    return np.ravel(net.gradient(x, y, tol=1e-12, warn_above=np.inf)[1]['W'])


bm.enable_x64()
x, y = np.array([1.0, -0.5]), np.array([0.5])
A = 0.5 * np.random.default_rng(0).normal(size=(12, 12)) / 12**0.5
symmetric, antisymmetric = (A + A.T) / 2, (A - A.T) / 2
shares = np.linspace(0, 1, 9)
errors = {ratezoo.VectorFieldEP: [], ratezoo.AsymmetricEP: []}
for share in shares:
    W = symmetric + share * antisymmetric
    exact = gradient(ratezoo.ImplicitGradient, W)
    for rule, found in errors.items():
        found.append(np.linalg.norm(gradient(rule, W) - exact) / np.linalg.norm(exact))

figure, ax = plt.subplots(figsize=(5.6, 3.6), layout='constrained')
for (rule, found), style in zip(errors.items(), ('o-', 's--'), strict=True):
    ax.plot(shares, found, style, label=rule.__name__)
ax.set(xlabel='share $s$ of the antisymmetric part of $W$', ylabel='relative error of the gradient')
ax.legend(frameon=False)
ax.spines[['top', 'right']].set_visible(False)

import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

import ratezoo
from ratezoo import plots


class Net(ratezoo.ImplicitGradient, ratezoo.RateRNN):
    """Gives the gradient of its fixed point."""


bm.enable_x64()
net = Net(2, 20, 1, g=0.9, seed=0, dt=0.2)
x, y = np.array([1.0, -0.5]), np.array([0.5])
exact = net.gradient(x, y, tol=1e-13)[1]['W']
tols = np.geomspace(1e-1, 1e-9, 9)  # how much of |F| may be left at the end of the free phase
errors = [np.linalg.norm(net.gradient(x, y, tol=tol, warn_above=np.inf)[1]['W'] - exact) for tol in tols]

eps, by_differences = 1e-5, np.zeros((20, 20))  # a second check: shake each weight
for at in np.ndindex(20, 20):
    losses = []
    for sign in (1, -1):
        W = np.array(net.W.value)
        W[at] += sign * eps
        r = net.relax(x, solver='newton', params={**net.params_dict(), 'W': W}).r
        losses.append(0.5 * np.sum((net.output(r, net.params_dict()) - y) ** 2))
    by_differences[at] = (losses[0] - losses[1]) / (2 * eps)

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout='constrained')
left.axline((0, 0), slope=1, color='black', linewidth=0.8)
left.plot(by_differences.ravel(), np.ravel(exact), 'o', markersize=3)
left.set(xlabel='finite differences of the loss by $W$', ylabel='implicit gradient by $W$')
left.spines[['top', 'right']].set_visible(False)
plots.errors(
    tols, {'error': np.array(errors) / np.linalg.norm(exact)}, [(1, 'error')], '$|F|$ that is left', ax=right
)

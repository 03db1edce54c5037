import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Net(ratezoo.ImplicitGradient, ratezoo.RateRNN):
    """Gives the gradient of its fixed point."""


bm.enable_x64()
net = Net(2, 20, 1, g=0.9, seed=0, dt=0.2)
x, y = np.array([1.0, -0.5]), np.array([0.5])
exact = net.gradient(x, y, tol=1e-13)[1]['b']
tols = np.geomspace(1e-1, 1e-9, 9)  # how much of |F| may be left at the end of the free phase
errors = [np.linalg.norm(net.gradient(x, y, tol=tol, warn_above=np.inf)[1]['b'] - exact) for tol in tols]

shaken, eps, by_differences = Net(2, 20, 1, g=0.9, seed=0, dt=0.2), 1e-5, []  # a second check: shake each bias
for step in eps * np.eye(20):
    losses = []
    for b in (net.b.value + step, net.b.value - step):
        shaken.set_params({'b': b})
        output = shaken.output(shaken.relax(x, tol=1e-12).r, shaken.params_dict())
        losses.append(0.5 * np.sum((output - y) ** 2))
    by_differences.append((losses[0] - losses[1]) / (2 * eps))

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout='constrained')
left.axline((0, 0), slope=1, color='black', linewidth=0.8)
left.plot(by_differences, exact, 'o', markersize=4)
left.set(xlabel='finite differences of the loss by $b$', ylabel='implicit gradient by $b$')
right.loglog(tols, np.array(errors) / np.linalg.norm(exact), 'o-', label='error')
right.loglog(tols, tols * errors[4] / tols[4] / np.linalg.norm(exact) * 3, color='0.5', label=r'$\propto |F|$')
right.set(xlabel='$|F|$ that is left', ylabel='relative error of the gradient')
right.legend(frameon=False)
for ax in (left, right):
    ax.spines[['top', 'right']].set_visible(False)

import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np

import ratezoo


def network(rule):
    """The same network under this rule."""
    return type('Net', (rule, ratezoo.RateRNN), {})(2, 30, 1, g=0.9, seed=0)


bm.enable_x64()
x, y = np.array([1.0, -0.5]), np.array([0.5])
net = network(ratezoo.DeepEquilibrium)
exact = network(ratezoo.ImplicitGradient).gradient(x, y, tol=1e-13)[1]['W']
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout='constrained')
for solver, style in (('anderson', '-'), ('dynamics', '--')):
    tols = (1e-2, 1e-4, 1e-6, 1e-8)
    steps = [float(np.ravel(net.relax(x, tol=tol, solver=solver).steps)[0]) for tol in tols]
    left.semilogy(steps, tols, style, marker='o', label=f"solver='{solver}'")
left.set(xlabel='steps', ylabel='$|F|$ that is left')
for backward, style in (('phantom', '-'), ('unrolled', '--')):
    errors, unrolled = [], (1, 5, 20, 80)
    for K in unrolled:
        estimate = net.gradient(x, y, backward=backward, unroll=K, warn_above=np.inf, must_settle=False)[1]['W']
        errors.append(np.linalg.norm(estimate - exact) / np.linalg.norm(exact))
    right.loglog(unrolled, errors, style, marker='o', label=f"backward='{backward}'")
right.set(xlabel='products or steps $K$', ylabel='relative error of the gradient')
for ax in (left, right):
    ax.legend(frameon=False)
    ax.spines[['top', 'right']].set_visible(False)

import matplotlib.pyplot as plt
import numpy as np

import ratezoo

x, y = np.random.default_rng(0).normal(size=(30, 2)), np.sin(np.arange(30) / 4)[:, None]


def network(rule):
    """The same network under this rule."""
    return type('Net', (rule, ratezoo.RateRNN), {})(2, 8, 1, dt=0.5, seed=0)


exact = network(ratezoo.BPTT).gradient(x, y)[1]['W'].ravel()
count = np.arange(1, 401)
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout='constrained')
for rule, style in [(ratezoo.RKF, '-'), (ratezoo.KFRTRL, '--')]:
    net = network(rule)
    estimates = np.array([net.gradient(x, y, seed=int(k))[1]['W'].ravel() for k in count])  # each with other signs
    means = np.cumsum(estimates, 0) / count[:, None]
    errors = np.linalg.norm(means - exact, axis=1) / np.linalg.norm(exact)
    right.loglog(count, errors, style, label=rule.__name__)
    if rule is ratezoo.RKF:
        left.plot(exact, estimates[0], 'x', color='0.55', label='one estimate')
        left.plot(exact, means[-1], 'o', color='tab:blue', markersize=4, label='mean of 400')
        right.loglog(count, errors[0] / np.sqrt(count), ':', color='black', label=r'$\propto 1/\sqrt{N}$')
left.axline((0, 0), slope=1, color='black', linewidth=0.8)
left.set(xlabel='exact gradient by $W$ (BPTT)', ylabel='gradient by RKF')
right.set(xlabel='estimates $N$ in the mean', ylabel='relative error of the mean')
for ax in (left, right):
    ax.legend(frameon=False)
    ax.spines[['top', 'right']].set_visible(False)

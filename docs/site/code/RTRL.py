import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Forward(ratezoo.RTRL, ratezoo.RateRNN):
    """Carries p = dr/dw forward in time."""


class Backward(ratezoo.BPTT, ratezoo.RateRNN):
    """The same gradient, backward in time."""


x, y = np.random.default_rng(0).normal(size=(60, 2)), np.sin(np.arange(60) / 6)[:, None]
forward, backward = Forward(2, 8, 1, dt=0.3, seed=0), Backward(2, 8, 1, dt=0.3, seed=0)
run = ratezoo.simulate(forward, inputs=x, monitors=['r', 'p_W'])

figure, axes = plt.subplot_mosaic('ac;bc', figsize=(8.4, 3.8), layout='constrained')
axes['a'].plot(run['ts'], run['r'], linewidth=1)
axes['b'].plot(run['ts'], run['p_W'][:, 0, 0, :], linewidth=1)
axes['a'].set_ylabel('rates $r$')
axes['b'].set(xlabel='time $t$', ylabel=r'$p_W = dr_0/dW_{0j}$')
ours, theirs = forward.gradient(x, y)[1], backward.gradient(x, y)[1]
axes['c'].axline((0, 0), slope=1, color='black', linewidth=0.8)
for name, marker in zip(('W', 'W_in', 'b', 'W_out', 'b_out'), 'os^vD', strict=True):
    axes['c'].plot(theirs[name].ravel(), ours[name].ravel(), marker, markersize=4, label=f'by {name}')
axes['c'].set(xlabel='gradient by BPTT', ylabel='gradient by RTRL')
axes['c'].legend(frameon=False)
for ax in axes.values():
    ax.spines[['top', 'right']].set_visible(False)

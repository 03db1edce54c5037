import matplotlib.pyplot as plt
import numpy as np
import optax

import ratezoo
from ratezoo import plots


class Net(ratezoo.BPTT, ratezoo.RateRNN):
    """Learns by the adjoint, which goes back in time."""


x, y = np.zeros((80, 1)), (np.sin(np.arange(80) / 8) + 0.5 * np.sin(np.arange(80) / 3))[:, None]
net = Net(1, 40, 1, g=1.2, dt=0.2, seed=0)
r0 = np.random.default_rng(0).normal(size=40)
exact = np.ravel(net.gradient(x, y, r0=r0)[1]['W'])
lengths, errors = (1, 5, 10, 20, 40, 80), []
for K in lengths:  # the adjoint goes back only K steps
    part = np.ravel(net.gradient(x, y, r0=r0, truncate=(1, K), warn_above=np.inf)[1]['W'])
    errors.append(np.linalg.norm(part - exact) / np.linalg.norm(exact))

before = net.predict(x, r0=r0)
net.fit(x, y, 300, optax.adam(5e-3), r0=r0, progress=False)
figure, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.4), width_ratios=(1.4, 1), layout='constrained')
plots.before_and_after(y, before, net.predict(x, r0=r0), ax=left)
left.set_ylim(-2.6, 1.8)
left.legend(loc='lower left', frameon=False)
right.semilogx(lengths, errors, 'o-')
right.set(xlabel='steps that the adjoint goes back', ylabel='relative error of the gradient')
right.set_xticks(lengths, lengths)
right.minorticks_off()
right.spines[['top', 'right']].set_visible(False)

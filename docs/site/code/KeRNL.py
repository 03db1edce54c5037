import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Net(ratezoo.KeRNL, ratezoo.RateRNN):
    """Learns how its units respond to a change of a current."""


net = Net(2, 6, 1, g=0.7, dt=0.2, seed=1)
before = net.beta.value.copy(), net.kappa.value.copy()
net.learn_kernels(0.1 * np.random.default_rng(0).normal(size=(8000, 2)))

steps = np.arange(40)
step_jacobian = np.eye(6) + 0.2 * np.asarray(net.jacobian(np.zeros(6), np.zeros(2)))
true = np.array([np.linalg.matrix_power(step_jacobian, int(s)) for s in steps])  # of unit i on unit k, s steps later
figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout='constrained')
pairs = [(2, 2), *sorted(np.ndindex(6, 6), key=lambda ki: -np.abs(true[:, *ki]).max() * (ki[0] != ki[1]))[:2]]
for ax, (k, i) in zip(axes, pairs, strict=True):
    for (beta, kappa), style, label in ((before, ':', 'at first'), ((net.beta, net.kappa), '--', 'learned')):
        ax.plot(steps, beta[k, i] * kappa[i] ** steps, style, label=rf'kernel $\beta\,\kappa^s$, {label}')
    ax.plot(steps, true[:, k, i], color='black', label='true response')
    ax.set(title=f'of unit {i} on unit {k}', xlabel='steps $s$ later')
    ax.spines[['top', 'right']].set_visible(False)
axes[0].set_ylabel('influence')
axes[0].legend(frameon=False)

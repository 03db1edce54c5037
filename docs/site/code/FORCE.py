import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Net(ratezoo.FORCE, ratezoo.Reservoir):
    """A chaotic network that learns to be a generator."""


def target(first, last):
    """Two sines over the steps from first to last."""
    t = np.arange(first, last) / 40
    return np.sin(t) + 0.5 * np.sin(2 * t)


net = Net(n=300, seed=1)
before = ratezoo.simulate(net, inputs=np.zeros((1000, 1)))['I']
W = [np.linalg.norm(net.W_out)]
outputs = [np.tanh(before) @ net.W_out.value.T]
for part in range(4):  # four stretches of learning, so that the weights can be looked at
    net.fit(None, target(1000 * part, 1000 * part + 1000), 1, r0=net.I.value, progress=False)
    W.append(np.linalg.norm(net.W_out))
after = ratezoo.simulate(net, inputs=np.zeros((1000, 1)))['I']
outputs.append(np.tanh(after) @ net.W_out.value.T)

figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(1, 1, 0.6), layout='constrained')
for ax, output, title in zip(axes, outputs, ('before learning', 'after learning'), strict=False):
    ax.plot(target(4000, 5000), color='0.6', linewidth=3, label='target')
    ax.plot(output, color='tab:red', linewidth=1.2, label='output $z$')
    ax.set(title=title, xlabel='step', ylim=(-2.6, 2.6))
axes[0].legend(loc='lower left', frameon=False, ncols=2)
axes[2].plot(range(5), W, 'o-')
axes[2].set(xlabel='1000 steps of learning', ylabel=r'$\|W_{out}\|$')
for ax in axes:
    ax.spines[['top', 'right']].set_visible(False)

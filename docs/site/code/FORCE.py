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
outputs, losses = [np.tanh(before) @ net.W_out.value.T], []
for part in range(10):  # ten stretches of learning, which go on where the last one ended
    history = net.fit(None, target(500 * part, 500 * part + 500), 1, r0=net.I.value, progress=False)
    losses.append(history.loss[0])
after = ratezoo.simulate(net, inputs=np.zeros((1000, 1)))['I']
outputs.append(np.tanh(after) @ net.W_out.value.T)

figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(1, 0.7, 1), layout='constrained')
for ax, output, title, t in zip(axes[::2], outputs, ('before learning', 'after learning'), (0, 5000), strict=True):
    ax.plot(target(t, t + 1000), color='0.6', linewidth=3, label='target')
    ax.plot(output, color='tab:red', linewidth=1.2, label='output $z$')
    ax.set(title=title, xlabel='step', ylim=(-2.6, 2.6))
axes[0].legend(loc='lower left', frameon=False, ncols=2)
axes[1].semilogy(np.arange(1, 11) * 500, losses, 'o-')
axes[1].set(title='while learning', xlabel='step', ylabel='loss $l$')
for ax in axes:
    ax.spines[['top', 'right']].set_visible(False)

import matplotlib.pyplot as plt
import numpy as np
import optax

import ratezoo

x = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]], float)
y = 0.6 * np.array([[-1], [1], [1], [-1]], float)  # exclusive or
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout='constrained')
for rule, style in ((ratezoo.ContrastiveHebbian, '-'), (ratezoo.EquilibriumPropagation, '--')):
    net = type('Net', (rule, ratezoo.LayeredEnergyModel), {})((2, 8, 1), activation='tanh', seed=0, dt=0.5)
    before = net.predict(x)[:, 0]
    history = net.fit(x, y, 300, optax.adam(0.01), progress=False, warn_above=np.inf)
    left.semilogy(history.epoch, history.loss, style, label=rule.__name__)
    if rule is ratezoo.ContrastiveHebbian:
        at = np.arange(4)
        right.bar(at - 0.27, y[:, 0], 0.27, color='0.4', label='target')
        right.bar(at, before, 0.27, color='tab:orange', label='before learning')
        right.bar(at + 0.27, net.predict(x)[:, 0], 0.27, color='tab:blue', label='after learning')
left.set(xlabel='epoch', ylabel='loss $l$')
left.legend(frameon=False)
right.axhline(0, color='black', linewidth=0.8)
right.set_xticks(at, [f'({a:+.0f}, {b:+.0f})' for a, b in x])
right.set(xlabel='input $x$', ylabel='output', ylim=(-1, 1.3))
right.legend(frameon=False, loc='upper right', ncols=2)
for ax in (left, right):
    ax.spines[['top', 'right']].set_visible(False)

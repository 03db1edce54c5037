import matplotlib.pyplot as plt
import numpy as np

import ratezoo


class Full(ratezoo.RTRL, ratezoo.RateRNN):
    """Keeps the influence of every weight on every unit."""


class Net(ratezoo.SnAp, ratezoo.RateRNN):
    """SnAp-1 keeps the influence of a weight on its own unit."""


class Exact(ratezoo.BPTT, ratezoo.RateRNN):
    """Gives the exact gradient."""


settings = dict(n_in=2, n=12, n_out=1, g=0.8, dt=0.3, seed=0)
x, y = np.random.default_rng(0).normal(size=(60, 2)), np.sin(np.arange(60) / 6)[:, None]
full, net = Full(**settings), Net(**settings)
all_of_it = ratezoo.simulate(full, inputs=x, monitors=['p_W'])['p_W'][-1]  # (unit k, i, j)
kept = ratezoo.simulate(net, inputs=x, monitors=['p_W'])['p_W'][-1]  # (1, i, j): only k = i
sparse = np.full((12, 12), np.nan)
np.fill_diagonal(sparse, np.linalg.norm(kept[0], axis=-1))

figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout='constrained')
size = np.linalg.norm(all_of_it, axis=-1)
for ax, values, title in zip(axes, (size, sparse), ('RTRL', 'SnAp-1'), strict=False):
    image = ax.imshow(values, vmin=0, vmax=size.max(), cmap='viridis')
    ax.set(title=title, xlabel='weights of unit $i$', ylabel='influence on unit $k$')
    ax.set(xticks=range(0, 12, 3), yticks=range(0, 12, 3))
figure.colorbar(image, ax=axes[1], label=r'$\|p\|$')
exact, estimate = Exact(**settings).gradient(x, y)[1]['W'].ravel(), net.gradient(x, y)[1]['W'].ravel()
axes[2].axline((0, 0), slope=1, color='black', linewidth=0.8)
axes[2].plot(exact, estimate, 'o', markersize=3)
axes[2].set(
    xlabel='exact gradient by $W$', ylabel='gradient by SnAp-1', xticks=[-0.01, 0, 0.01], yticks=[-0.01, 0, 0.01]
)
axes[2].spines[['top', 'right']].set_visible(False)

import numpy as np
import optax

import ratezoo
from ratezoo import plots, tasks


class Net(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    """Learns a density from samples of it."""


y = tasks.two_moons(500)
net = Net(2, hidden=(32, 32), sigma_data=0.7, sigma_min=0.03, sigma_max=4.0, seed=0)
epochs, samples = (0, 30, 300, 2500), []
for last, epoch in zip((0, *epochs), epochs, strict=False):
    if epoch:
        net.fit(y, epoch - last, optax.adam(optax.cosine_decay_schedule(1e-2, epoch - last)), draws=2, progress=False)
    samples.append(net.sample(400, seed=0))
figure = plots.clouds(np.array(samples), titles=[f'after {epoch} epochs' for epoch in epochs], data=y, limit=2.0)

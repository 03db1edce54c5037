import numpy as np
import optax

import ratezoo
from ratezoo import plots, tasks


class Net(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    """Learns a density from samples of it."""


y = tasks.rings(600)
net = Net(2, hidden=(32, 32), sigma_data=0.7, sigma_min=0.03, sigma_max=4.0, seed=0)
epochs = (0, 10, 90, 500)
samples, learned = [], 0
for epoch in epochs:
    if epoch:
        net.fit(y, epoch - learned, optax.adam(5e-3), batch_size=200, progress=False)
    learned = epoch
    samples.append(net.sample(400, seed=0))
figure = plots.clouds(np.array(samples), titles=[f'after {epoch} epochs' for epoch in epochs], data=y)

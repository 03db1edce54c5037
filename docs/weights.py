"""Train the weights that `ScoreDiffusion` brings along, and write them to models/two_moons.npz.

python docs/weights.py            # some minutes
"""

from pathlib import Path

import numpy as np
import optax

import ratezoo
from ratezoo import tasks

EPOCHS = 3000


class Diffusion(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    """Learns a density."""


def main():
    y = tasks.two_moons(2000)
    settings = {k: v for k, v in ratezoo.ScoreDiffusion.example.settings.items() if k != 'pretrained'}
    net = Diffusion(**settings, seed=0)
    optimizer = optax.adam(optax.cosine_decay_schedule(5e-3, 8 * EPOCHS))
    net.fit(y, EPOCHS, optimizer, batch_size=256, draws=4)
    weights = {p: np.asarray(v, np.float32) for p, v in net.params_dict().items()}
    path = Path(__file__).parents[1] / 'models' / 'two_moons.npz'
    np.savez_compressed(path, **weights, examples=y[:400].astype(np.float16))
    distance = tasks.sliced_wasserstein(net.sample(2000), tasks.two_moons(2000, seed=1))
    print(f'wrote {path}; samples and new data differ by {distance:.3f} (sliced Wasserstein distance)')


if __name__ == '__main__':
    main()

"""What the papers say about the models of models/diffusion.py."""

import ratezoo
from claims.base import claim


@claim(
    'ScoreDiffusion',
    "deviation of the untrained network's samples",
    1.0,
    0.03,
    "its score is a Gaussian's of the data's deviation (Song et al. 2021)",
    slow=True,
)
def gaussian():
    return ratezoo.ScoreDiffusion(2, seed=0).sample(2000, steps=500, seed=1).std()

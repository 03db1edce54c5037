"""What the picture of models/diffusion.py must show."""

import matplotlib.quiver
import numpy as np

from portraits.base import axes_labelled, labels, shows
from ratezoo.tasks import sliced_wasserstein, two_moons

BLUE, ORANGE = '#0072B2', '#D55E00'


def of_colour(ax, colour):
    (line,) = [line for line in ax.lines if line.get_color() == colour]
    return line.get_xydata()


@shows('ScoreDiffusion')
def from_noise_to_data(fig, net, run):
    clouds = [ax for ax in axes_labelled(fig, '$r_1$') if ax.collections]
    samples = [of_colour(ax, BLUE) for ax in clouds]
    distances = [sliced_wasserstein(s, two_moons(len(s), seed=5)) for s in samples]
    assert len(clouds) == 5
    assert np.isclose(samples[0].std(), net.sigma_max, rtol=0.15)  # noise at first,
    assert distances == sorted(distances, reverse=True)  # then ever more like the data,
    assert distances[-1] < 0.15  # and at the end they look like the data
    states = np.asarray(run.mon['r'])
    assert np.allclose(of_colour(clouds[0], ORANGE)[0], net.prior(1, net.seed)[0], atol=1e-5)
    assert np.allclose(of_colour(clouds[-1], ORANGE)[0], states[-1], atol=1e-5)
    the_arrows(clouds[0], net)
    levels = axes_labelled(fig, 'noise')[0].lines[0].get_ydata()
    assert np.allclose(levels, run.inputs[:, 0])
    assert np.allclose(axes_labelled(fig, '$r$')[0].lines[0].get_ydata()[1:], states[:, 0])
    assert any('stored weights, trained on two moons' in text for text in labels(fig))
    (data,) = [ax for ax in fig.axes if ax.get_title() == 'data, for comparison']
    assert sliced_wasserstein(data.lines[0].get_xydata(), two_moons(400, seed=5)) < 0.15


def the_arrows(ax, net):
    """At a high level of noise the density is almost a Gaussian around the mean of the data, 0: the score is −r/σ²."""
    (quiver,) = [c for c in ax.collections if isinstance(c, matplotlib.quiver.Quiver)]
    arrows, places = np.stack([quiver.U, quiver.V], 1), quiver.get_offsets()
    length = np.linalg.norm(arrows, axis=1) * np.linalg.norm(places, axis=1)
    far = length > 0.05 * length.max()
    assert ((arrows * -places).sum(1)[far] > 0.95 * length[far]).all()

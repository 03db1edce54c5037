"""Fixed points in pictures.

    python docs/gallery.py folder                 # all of them, about a minute
    python docs/gallery.py folder bump recall     # some

landscape: energy of two units, and where they run. settling: r and its adjoint v. nudge: equilibrium propagation's
error against λ. recall: corrupted digits, and what they bring back. bump: a bump that follows a cue, and one that is
left behind. diffusion: samples of two moons over time. digits: digits drawn by a diffusion model.
"""

import argparse
from pathlib import Path

import brainpy.math as bm
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
import optax

import ratezoo
from ratezoo import plots, tasks
from ratezoo.models.attractor import wrapped


def run(net, inputs, monitors):
    """What was monitored."""
    runner = ratezoo.Runner(net, monitors=monitors, dt=float(net.dt), progress_bar=False)
    runner.run(inputs=inputs)
    return runner.mon


def landscape():
    """Two units that pull at each other, with two valleys."""
    net = ratezoo.ContinuousHopfield(2, patterns=[[1., 1.]], beta=1.5, dt=0.1)
    net.set_params({'W': [[0., 1.], [1., 0.]]})
    paths = []
    for start in ((-1.6, 1.1), (1.7, -1.2), (-0.4, -1.7), (0.2, 1.7)):
        net.reset_state(r0=np.array(start))
        paths.append(run(net, np.zeros((200, 2)), ['u'])['u'])
    return plots.landscape(net, runs=paths, limits=(-1.9, 1.9)).figure


def settling():
    """r settles at the answer, v at the gradient."""
    net = type('Net', (ratezoo.AdjointDynamics, ratezoo.RateRNN), {})(2, 4, 1, g=0.9, seed=3, dt=0.1)
    net.set_target(np.array([0.5]))
    return plots.traces(run(net, np.array([1., -0.5]) * np.ones((200, 1)), ['r', 'v']), ['r', 'v'])


def nudge():
    """The error of every scheme against λ, in double precision."""
    bm.enable_x64()
    try:
        make = [type('Net', (rule, ratezoo.LayeredEnergyModel), {})((16, 24, 5), activation='tanh', seed=1, dt=0.5)
                for rule in (ratezoo.EquilibriumPropagation, ratezoo.ImplicitGradient)]
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(4, 16)), rng.uniform(-0.5, 0.5, (4, 5))
        flat = [lambda net, **o: np.concatenate([np.ravel(g) for g in net.gradient(x, y, tol=1e-13, **o)[1].values()])]
        exact = flat[0](make[1])
        lams = np.geomspace(0.003, 0.5, 10)
        schemes = {'one-sided': dict(scheme='one-sided'), 'centred': dict(scheme='centred'),
                   'holomorphic, N = 4': dict(scheme='holomorphic', points=4),
                   'holomorphic, N = 8': dict(scheme='holomorphic', points=8)}
        curves = {name: [np.linalg.norm(flat[0](make[0], nudge=float(lam), **o) - exact) / np.linalg.norm(exact)
                         for lam in lams] for name, o in schemes.items()}
    finally:
        bm.disable_x64()
    return plots.errors(lams, curves, [(1, 'one-sided'), (2, 'centred'), (4, 'holomorphic, N = 4')]).figure


def recall():
    """Six digits, a fifth of their pixels flipped, in three memories."""
    digits = tasks.digit_patterns(range(6))
    cues = tasks.corrupted(digits, 0.2, seed=1)
    rows, labels = [digits, cues], ['stored', 'cue']
    for label, net in (('Hebb', ratezoo.Hopfield(64, patterns=digits, seed=0)),
                       ('pseudo-\ninverse', ratezoo.Hopfield(64, patterns=digits, storage='pseudo-inverse', seed=0)),
                       ('modern', ratezoo.ModernHopfield(64, patterns=digits, dt=1., seed=0))):
        rows.append(np.asarray(net.relax(r0=cues, max_steps=200).r))
        labels.append(label)
    return plots.patterns(rows, labels=labels)


def bump():
    """A cue below and above the speed limit √3 a α/(τ √e)."""
    fig, axes = plt.subplots(2, 1, figsize=(6.4, 5), layout='constrained')
    for ax, share in zip(axes, (0.85, 1.15), strict=True):
        net, alpha = ratezoo.CANN1D(64, dt=0.1), 0.02
        v = share * 3 ** 0.5 * net.a * alpha / (net.tau * np.e ** 0.5)
        z = v * 0.1 * np.arange(12_000)
        mon = run(net, net.stimulus(z, alpha), ['u'])
        plots.heatmap(mon, 'u', net.theta, wrapped(z), f'cue, {share:g} of the speed limit', r'$\tau$',
                      r'feature $\theta$ (rad)', ax=ax)
    return fig


class Diffusion(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    """Learns a density."""


def diffusion():
    """From noise to two moons, as DSRunner's monitors show it."""
    y = tasks.two_moons(2000)
    net = Diffusion(2, sigma_data=0.7, sigma_min=0.02, sigma_max=4., seed=0, mode=bm.BatchingMode(1000))
    net.fit(y, 300, optax.adam(optax.cosine_decay_schedule(5e-3, 2400)), batch_size=256, progress=False)
    x = net.schedule(300)
    net.reset_state(r0=net.prior(1000, 1))
    mon = run(net, np.broadcast_to(x, (1000, *x.shape)), ['r'])
    states = np.asarray(mon['r'])
    states = states.transpose(1, 0, 2) if len(states) == 1000 else states
    shown = [0, 120, 180, 220, 299]
    return plots.clouds([states[k] for k in shown], [f'$\\sigma$ = {x[k, 0]:.2g}' for k in shown], y)


def digits():
    """Digits of 8 × 8 pixels, learned from 1437 of them: an upper row of data, the others drawn by the model."""
    y = tasks.Digits().trials().x
    net = Diffusion(64, hidden=(512, 512), sigma_data=0.75, sigma_min=0.02, sigma_max=8., seed=0)
    net.fit(2 * y - 1, 600, optax.adam(optax.cosine_decay_schedule(2e-3, 600 * 12)), batch_size=128, progress=False)
    drawn = net.sample(30, 300, seed=0).reshape(3, 10, 64)
    return plots.patterns(np.clip([2 * y[:10] - 1, *drawn], -1, 1), labels=['data', 'samples'])


FIGURES = {f.__name__: f for f in (landscape, settling, nudge, recall, bump, diffusion, digits)}


def main():
    parser = argparse.ArgumentParser(description='Draw fixed points, memories, attractors and diffusion.')
    parser.add_argument('folder', type=Path, help='where the figures are saved')
    parser.add_argument('names', nargs='*', metavar='name', help=f'of {", ".join(FIGURES)}; default all')
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(FIGURES)
    if unknown:
        parser.error(f'there is no figure {", ".join(sorted(unknown))}; there are: {", ".join(FIGURES)}')
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or FIGURES:
        path = arguments.folder / f'{name}.png'
        FIGURES[name]().savefig(path, dpi=150)
        plt.close('all')
        print(f'wrote {path}')


if __name__ == '__main__':
    main()

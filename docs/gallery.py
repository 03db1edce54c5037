"""Fixed points, spikes and circuits in pictures.

    python docs/gallery.py folder                 # all of them, some minutes
    python docs/gallery.py folder bump recall     # some

landscape: energy of two units, and where they run. settling: r and its adjoint v. nudge: equilibrium propagation's
error against λ. recall: corrupted digits, and what they bring back. bump: a bump that follows a cue, and one that is
left behind. diffusion: samples of two moons over time. digits: digits drawn by a diffusion model. curves: f-I curves,
and simulated neurons. reduction: a spiking population beside its rate model. synchrony: where the reduction must
fail. oscillation: Wilson and Cowan's limit cycle against its input. chaos: Lyapunov exponents against the gain.
decisions: choices and their times against coherence.
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
from ratezoo.analysis.portraits.populations import decisions as trials_of
from ratezoo.curves import LIF
from ratezoo.plots.portraits.populations import choices


def run(net, inputs, monitors):
    """What was monitored."""
    runner = ratezoo.Runner(net, monitors=monitors, dt=float(net.dt), progress_bar=False)
    runner.run(inputs=inputs)
    return runner.mon


def landscape():
    """Two units that pull at each other, with two valleys."""
    net = ratezoo.ContinuousHopfield(2, patterns=[[1.0, 1.0]], beta=1.5, dt=0.1)
    net.set_params({'W': [[0.0, 1.0], [1.0, 0.0]]})
    paths = []
    for start in ((-1.6, 1.1), (1.7, -1.2), (-0.4, -1.7), (0.2, 1.7)):
        net.reset_state(r0=np.array(start))
        paths.append(run(net, np.zeros((200, 2)), ['u'])['u'])
    return ratezoo.analysis.landscape(net, limits=(-1.9, 1.9)).plot(runs=paths).figure


def settling():
    """r settles at the answer, v at the gradient."""
    net = type('Net', (ratezoo.AdjointDynamics, ratezoo.RateRNN), {})(2, 4, 1, g=0.9, seed=3, dt=0.1)
    net.set_target(np.array([0.5]))
    return plots.traces(run(net, np.array([1.0, -0.5]) * np.ones((200, 1)), ['r', 'v']), ['r', 'v'])


def nudge():
    """The error of every scheme against λ, in double precision."""
    bm.enable_x64()
    try:
        make = [
            type('Net', (rule, ratezoo.LayeredEnergyModel), {})((16, 24, 5), activation='tanh', seed=1, dt=0.5)
            for rule in (ratezoo.EquilibriumPropagation, ratezoo.ImplicitGradient)
        ]
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(4, 16)), rng.uniform(-0.5, 0.5, (4, 5))
        flat = [
            lambda net, **o: np.concatenate(
                [np.ravel(g) for g in net.gradient(x, y, tol=1e-13, warn_above=np.inf, **o)[1].values()]
            )
        ]
        exact = flat[0](make[1])
        lams = np.geomspace(0.003, 0.5, 10)
        schemes = {
            'one-sided': dict(scheme='one-sided'),
            'centred': dict(scheme='centred'),
            'holomorphic, N = 4': dict(scheme='holomorphic', points=4),
            'holomorphic, N = 8': dict(scheme='holomorphic', points=8),
        }
        curves = {
            name: [
                np.linalg.norm(flat[0](make[0], nudge=float(lam), **o) - exact) / np.linalg.norm(exact) for lam in lams
            ]
            for name, o in schemes.items()
        }
    finally:
        bm.disable_x64()
    return plots.errors(lams, curves, [(1, 'one-sided'), (2, 'centred'), (4, 'holomorphic, N = 4')]).figure


def recall():
    """Six digits, a fifth of their pixels flipped, in three memories."""
    digits = tasks.digit_patterns(range(6))
    cues = tasks.corrupted(digits, 0.2, seed=1)
    rows, labels = [digits, cues], ['stored', 'cue']
    for label, net in (
        ('Hebb', ratezoo.Hopfield(64, patterns=digits, seed=0)),
        ('pseudo-\ninverse', ratezoo.Hopfield(64, patterns=digits, storage='pseudo-inverse', seed=0)),
        ('modern', ratezoo.ModernHopfield(64, patterns=digits, dt=1.0, seed=0)),
    ):
        rows.append(np.asarray(net.relax(r0=cues, max_steps=200).r))
        labels.append(label)
    return plots.patterns(rows, labels=labels)


def bump():
    """A cue below and one above the speed limit, and the lag against the speed."""
    net = ratezoo.CANN1D(seed=0)
    net.reset_state(r0=net.example.start(net))
    run = ratezoo.simulate(net)
    return plots.portrait(net, run, run.inputs)


class Diffusion(ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion):
    """Learns a density."""


def diffusion():
    """From noise to two moons: the portrait of the model."""
    net = ratezoo.ScoreDiffusion(**ratezoo.ScoreDiffusion.example.settings, seed=0)
    drawn = ratezoo.simulate(net)
    return plots.portrait(net, drawn, drawn.inputs)


def digits():
    """Digits of 8 × 8 pixels, learned from 1437 of them: an upper row of data, the others drawn by the model."""
    y = tasks.Digits().trials().x
    net = Diffusion(64, hidden=(512, 512), sigma_data=0.75, sigma_min=0.02, sigma_max=8.0, seed=0)
    net.fit(2 * y - 1, 600, optax.adam(optax.cosine_decay_schedule(2e-3, 600 * 12)), batch_size=128, progress=False)
    drawn = net.sample(30, 300, seed=0).reshape(3, 10, 64)
    return plots.patterns(np.clip([2 * y[:10] - 1, *drawn], -1, 1), labels=['data', 'samples'])


# ---- spikes and circuits -------------------------------------------------------------------------------------------


def curves():
    """The integrate-and-fire neuron's curves, without noise and with, and what 400 simulated neurons do."""
    neuron, noise = LIF(), dict(poisson_sources=500, poisson_rate=10.0, poisson_weight=1.0)
    noisy = ratezoo.SpikingPopulation(400, tau_s=0.5, seed=0, **noise)
    siegert = ratezoo.reduce(noisy).g.curves[0]  # for noise that the synapse has filtered
    currents, measured = np.array([1.6, 1.9, 2.2, 2.6, 3.0, 3.5]), {'simulated': [], 'simulated, noise': []}
    for I in currents:
        for key, net in (('simulated', ratezoo.SpikingPopulation(400, seed=0)), ('simulated, noise', noisy)):
            x = I - 5.0 * (key != 'simulated')  # the sources' mean current is 5 nA
            measured[key].append(
                ratezoo.simulate(net, 1500.0, x, monitors=['rate'], transient=300.0).mon['rate'].mean()
            )
    return plots.fi_curves(
        {'no noise': neuron, 'noise (Siegert)': siegert},
        np.linspace(1.0, 3.6, 300),
        measured={k: (currents, v) for k, v in measured.items()},
        current_unit='nA',
        rate_unit='Hz',
    ).figure


def reduction():
    """Sparse inhibition, a step of the input up and down: steady rates agree, the transients less so."""
    net = ratezoo.SpikingPopulation(**ratezoo.SpikingPopulation.example.settings, seed=0)
    return ratezoo.analysis.reduction(net, net.example.inputs(net, 0.1 * np.arange(3000))).plot()


def synchrony():
    """Neurons without noise that started together: the mean rate is right, but nobody fires at that rate."""
    return ratezoo.analysis.reduction(ratezoo.SpikingPopulation(500, V0=-70.0, seed=0), np.full(1500, 3.0)).plot()


def oscillation():
    """E at rest or on its limit cycle, as the input P grows."""
    P = np.linspace(0.0, 3.0, 121)
    low, high = (
        ratezoo.sweep(ratezoo.WilsonCowan, {'P': P}, measure=measure, duration=300.0, transient=1000.0, x=0.0).values[
            :, 0
        ]
        for measure in ('min', 'max')
    )
    return plots.bifurcation(P, low, high, xlabel='input $P$', ylabel='$E$, least and largest').figure


def chaos():
    """The largest Lyapunov exponent of five random networks of 300 units, and their mean."""
    g = np.linspace(0.6, 2.0, 15)
    exponents = np.array(
        [
            [ratezoo.lyapunov_exponent(net) for net in nets]
            for nets in ([ratezoo.ChaoticRNN(300, g=float(v), seed=k) for k in range(5)] for v in g)
        ]
    )
    fig, ax = plt.subplots(figsize=(5, 3.2), layout='constrained')
    ax.plot(g, exponents, color='0.6', linewidth=0.8)
    ax.plot(g, exponents.mean(1), color='black', marker='o', markersize=4, label='mean of five networks')
    ax.axhline(0.0, color='0.3', linewidth=0.6)
    ax.set(xlabel='gain $g$', ylabel=r'Lyapunov exponent $\lambda\,\tau$')
    ax.legend(frameon=False)
    ax.spines[['top', 'right']].set_visible(False)
    return fig


def decisions():
    """Wong and Wang's two populations: right choices and reaction times against coherence."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 3), layout='constrained')
    choices(axes, trials_of(ratezoo.WongWang(dt=0.5, seed=0), 1000))
    return fig


FIGURES = {
    f.__name__: f
    for f in (
        landscape,
        settling,
        nudge,
        recall,
        bump,
        diffusion,
        digits,
        curves,
        reduction,
        synchrony,
        oscillation,
        chaos,
        decisions,
    )
}


def main():
    parser = argparse.ArgumentParser(description='Draw fixed points, spikes and circuits.')
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

"""Draws docs/overview.png, the first figure of the README: six things that ratezoo is for.

python docs/overview.py
"""

from pathlib import Path

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np
import optax

import ratezoo
from ratezoo import plots, tasks
from ratezoo.plots.style import COLOURS


def phase_plane(ax):
    """Wilson and Cowan's populations on their limit cycle."""
    net = ratezoo.WilsonCowan()
    run = ratezoo.simulate(net, net.example.duration)
    plots.phase_plane(net, limits=((0, 0.4), (0, 0.25)), runs=[run], ax=ax)
    ax.get_legend().remove()
    ax.set_title('Phase planes: a limit cycle\n(Wilson & Cowan)')


def bump(ax):
    """A bump of activity on a ring follows a cue."""
    net = ratezoo.CANN1D(64, dt=0.1)
    z = 0.012 * 0.1 * np.arange(1500)
    run = ratezoo.simulate(net, inputs=net.stimulus(z, 0.1))
    plots.heatmap(run, 'u', net.theta, z, place_label='preferred angle (rad)', ax=ax)
    ax.set_title('Attractors: a bump follows its cue\n(dashed)')


def spikes(ax):
    """Excitatory and inhibitory neurons, and the rate model of the same parameters."""
    net = ratezoo.SpikingPopulation(**ratezoo.SpikingPopulation.example.settings, seed=0)
    both = ratezoo.analysis.reduction(net, net.example.inputs(net, 0.1 * np.arange(3000)))
    ts, rate = both.spiking.mon['ts'], np.asarray(both.spiking.mon['rate'])[:, 0]
    mean = np.convolve(rate, np.full(51, 1 / 51), 'valid')  # over 5 ms
    ax.plot(ts[25:-25], mean, color=COLOURS[5], label='spiking neurons')
    ax.plot(both.predicted.mon['ts'], np.asarray(both.predicted.mon['r'])[:, :1], 'k--', label='rate model')
    ax.set(xlabel='time $t$ (ms)', ylabel='rate (Hz)', ylim=(0, 170))
    ax.legend(frameon=False, loc='upper right', ncols=2, fontsize='small')
    ax.set_title('From spikes to rates')


def recall(fig):
    """A digit with a third of its pixels flipped, and what the memory makes of it."""
    digits = tasks.digit_patterns(range(4))
    cues = tasks.corrupted(digits, 0.25, seed=3)
    net = ratezoo.Hopfield(64, patterns=digits, storage='pseudo-inverse', seed=0)
    plots.patterns([cues, np.asarray(net.relax(r0=cues, max_steps=200).r)], labels=['cue', 'recalled'], fig=fig)
    fig.suptitle('Memories: recall from a damaged cue\n(Hopfield)', fontsize='large')


class Learner(ratezoo.BPTT, ratezoo.RateRNN):
    """RateRNN, trained by back-propagation through time."""


def learned(axes):
    """The target and the output of a trained network on a new trial of the flip-flop task."""
    task = tasks.tasks['FlipFlop']()
    plan = task.training
    trials, fresh = task.trials(plan.trials, 0), task.fresh_trials(1, 0)
    net = Learner(task.n_in, n_out=task.n_out, seed=0, **plan.settings)
    rest = dict(alpha=trials.alpha, batch_size=plan.batch_size, seed=0, progress=False)
    net.fit(trials.x, trials.y, plan.epochs, optax.adam(plan.rate), **rest)
    output = np.asarray(net.predict(fresh.x))[0]
    for k, ax in enumerate(axes):
        ax.plot(fresh.y[0, :, k], color='0.6', linewidth=3, label='target')
        ax.plot(output[:, k], color=COLOURS[k], linewidth=1.2, label='output')
        ax.set(ylim=(-1.5, 1.5), yticks=[-1, 1])
        ax.spines[['top', 'right']].set_visible(False)
        ax.tick_params(labelbottom=k == len(axes) - 1)
    axes[-1].set_xlabel('step $t$')
    axes[0].set_title('Learning: a trained network remembers\nthree bits (target grey, output in colour)')


def rules(ax):
    """The gradients of several rules beside the exact one, while the network learns."""
    task = tasks.tasks['AddTask'](T=30)
    trials = task.trials(8, 0)
    names = ['RTRL', 'SnAp', 'KFRTRL', 'UORO', 'RFLO']
    result = ratezoo.compare(
        names,
        ratezoo.RateRNN,
        trials.x,
        trials.y,
        trials.alpha,
        loss=task.loss,
        updates=60,
        every=5,
        runs=4,
        seed=0,
        settings=dict(n_in=task.n_in, n=20, n_out=task.n_out, seed=0, dt=1.0),
        optimizer=optax.adam(5e-3),
        progress=False,
    )
    for k, name in enumerate(names):
        report = result.reports[name]
        ax.plot(report.measured, report.cosine, color=COLOURS[k], label=name)
    ax.set(xlabel='update', ylabel='cosine with the exact gradient', ylim=(-0.1, 1.05))
    ax.legend(frameon=False, ncols=5, fontsize='x-small', loc='lower center', columnspacing=0.8, handlelength=1.2)
    ax.spines[['top', 'right']].set_visible(False)
    ax.set_title('Rules: exact and approximate\ngradients compared')


def main():
    figure = plt.figure(figsize=(12, 6.6), layout='constrained')
    panels = figure.subfigures(2, 3, wspace=0.03, hspace=0.05)
    phase_plane(panels[0, 0].subplots())
    bump(panels[0, 1].subplots())
    recall(panels[0, 2])
    spikes(panels[1, 0].subplots())
    learned(panels[1, 1].subplots(3, 1, sharex=True))
    rules(panels[1, 2].subplots())
    figure.savefig(Path(__file__).with_name('overview.png'), dpi=80)


if __name__ == '__main__':
    main()

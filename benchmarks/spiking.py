"""A population of 1e5 neurons with 1e7 synapses: memory, time to build, time of a millisecond; beside its floor, the
same neurons without synapses.

    python benchmarks/spiking.py
"""

import resource
import time
from functools import partial

import brainpy.math as bm
import numpy as np
from common import header, shown, times

import ratezoo
from ratezoo.models.spiking import SpikingPopulation

SIZES, IN_DEGREE, DT, T = (80_000, 20_000), (80, 20), 0.1, 100.0
DRIVE = dict(poisson_sources=500, poisson_rate=10.0, poisson_weight=0.5, tau_s=5.0, seed=0)


def peak():
    """The most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def built(**options):
    start = time.perf_counter()
    net = SpikingPopulation(SIZES, **DRIVE, **options)
    synapses = sum(s.indices.size for s in net.synapses)
    print(
        f'  built in {time.perf_counter() - start:.1f} s, {sum(SIZES)} neurons, {synapses} synapses, peak '
        f'{peak():.2f} GB'
    )
    return net


def run(net):
    """A runner of ``net`` and 100 ms of it; how long the first call took, with its compilation."""
    runner, x = ratezoo.Runner(net, monitors=['rate'], dt=DT, progress_bar=False), np.zeros(round(T / DT))
    start = time.perf_counter()
    runner.run(inputs=x)
    print(
        f'  first {T:g} ms in {time.perf_counter() - start:.1f} s, with compilation; rates '
        f'{np.round(runner.mon.rate[-500:].mean(0), 1)} Hz'
    )
    return partial(runner.run, inputs=x)


if __name__ == '__main__':
    bm.set_platform('cpu')
    header()
    print('By the probability of a synapse')
    built(p=1e-3, weight=(0.5, -2.5))
    print('By in-degree')
    net = run(built(in_degree=IN_DEGREE, weight=(0.5, -2.5)))
    print('Without synapses')
    floor = run(built())
    a, b = times([net, floor], repeats=3, warm=0) / T
    print(f'\nA millisecond (Δt = {DT} ms)\n  with synapses    {shown(a)}\n  without          {shown(b)}')
    print(f'  ratio            {np.median(a) / np.median(b):.2f}')
    print(f'Peak memory {peak():.2f} GB   (asked for: at most 4)')

"""Populations beside the bare jitted scan of the same steps, and a sweep beside a loop of runs.

python benchmarks/populations.py
"""

import time

import jax
import numpy as np
from common import header, shown, times

import ratezoo
from ratezoo.models import zoo

STEPS, NODES = 100_000, 80


def bare(net, x):
    """The loop that one would write by hand around the model's step, the states kept; noise as the model draws it."""
    params = net.params_dict()

    @jax.jit
    def loop(r, key, params, x):
        def step(carry, x):
            r, key = net.perturb(net.step(carry[0], params, x), carry[1])
            return (r, key), r

        return jax.lax.scan(step, (r, key), x)

    def run():
        end, states = loop(net.initial_state(), net.initial_key(), params, x)
        return jax.tree_util.tree_map(np.asarray, states), jax.block_until_ready(end)

    return run


def populations():
    print(f'{STEPS} steps, {NODES} copies or units (WongWang: its two), states kept; wall time')
    for name, entry in zoo.entries.items():
        if entry.category not in ('population', 'oscillator') and name not in ('ChaoticRNN', 'RingModel'):
            continue
        net = zoo[name](2 if name == 'WongWang' else NODES, seed=0)
        x = np.zeros((STEPS, net.n_in), np.float32)
        runner = ratezoo.Runner(net, monitors=list(net.states), dt=float(net.dt), progress_bar=False)

        def ours(net=net, runner=runner, x=x):
            net.reset_state()
            runner.run(inputs=x)

        a, b = times([ours, bare(net, x)], repeats=7)
        print(f'  {name:24s}{shown(a)}   bare {shown(b)}   ratio {np.median(a) / np.median(b):.2f}')
    print('  (asked for: at most 1.3)\n')


def sweeps():
    print("1000 points of Wilson and Cowan's P and w_EE, 100 ms each")
    P, w = np.linspace(0, 2.5, 40), np.linspace(12, 18, 25)

    def grid():
        return ratezoo.sweep(ratezoo.WilsonCowan, {'P': P, 'w_EE': w}, measure='max', duration=100.0, x=0.0).values

    start = time.perf_counter()
    values = grid()
    print(f'  first sweep, with compiling   {time.perf_counter() - start:.2f} s')
    sweep = times([grid], repeats=7)[0]
    print(f'  sweep                         {shown(sweep)}')
    net = ratezoo.WilsonCowan()
    runner = ratezoo.Runner(net, monitors=['E'], progress_bar=False)
    x = np.zeros((1000, 1), np.float32)

    def kept():
        """The best loop: one network and one runner; the input stands for P, so that nothing compiles."""
        found = np.empty(len(P))
        for i, value in enumerate(P):
            net.reset_state()
            runner.run(inputs=x + np.float32(value - 1.25))
            found[i] = runner.mon['E'].max()
        return found

    fast = times([kept], repeats=5)[0] * (1000 / len(P))
    start = time.perf_counter()
    for i in range(3):
        got = ratezoo.simulate(ratezoo.WilsonCowan(P=float(P[i]), w_EE=float(w[i])), 100.0, 0.0).mon['E'].max()
        assert abs(got - values[i, i, 0]) < 1e-4
    loop = (time.perf_counter() - start) / 3 * 1000
    ratio = loop / np.median(sweep)
    print(f'  loop, a network for each      {loop:.0f} s   ratio {ratio:.0f}   (asked for: at least 20)')
    print(f'  loop, one kept network        {shown(fast)}   ratio {np.median(fast) / np.median(sweep):.0f}')


if __name__ == '__main__':
    header()
    populations()
    sweeps()

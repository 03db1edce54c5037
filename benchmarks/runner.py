"""`ratezoo.Runner` beside `bp.DSRunner` and beside a bare jitted `lax.scan`: time and memory.

python benchmarks/runner.py
"""

import gc
from functools import partial

import brainpy as bp
import jax
import jax.numpy as jnp
import numpy as np
from common import header, shown, times

import ratezoo


def resident():
    """Resident memory of this process in MB."""
    with open('/proc/self/status') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmRSS')) / 1024


def net(n):
    w = np.random.default_rng(0).normal(size=(n, n)) * 0.5 / n**0.5
    return ratezoo.LinearRNN(n, w=w)


def bare(model, x):
    """The loop that one would write by hand: the same Euler step, the states kept."""
    w, b = model.params_dict()['w'], model.params_dict()['b']

    @jax.jit
    def loop(w, b, r, x):
        def step(r, x):
            r = r + 0.1 * (-r + w @ r + b + x)
            return r, r

        return jax.lax.scan(step, r, x)

    r0 = jnp.zeros(len(b))

    def run():
        r, states = loop(w, b, r0, x)
        return np.asarray(states), r.block_until_ready()

    return run


def against_dsrunner():
    x = np.zeros((10, 1), np.float32)
    ours = ratezoo.Runner(net(1), monitors=['r'], progress_bar=False)
    theirs = bp.DSRunner(net(1), monitors=['r'], progress_bar=False)
    a = times([partial(ours.run, inputs=x)], repeats=200)[0]
    b = times([partial(theirs.run, inputs=x)], repeats=20)[0]
    print("The homework's run, n = 1, T = 10, second and later calls")
    print(f'  bp.DSRunner     {shown(b)}')
    print(f'  ratezoo.Runner  {shown(a)}')
    print(f'  ratio           {np.median(b) / np.median(a):.0f}   (asked for: at least 300)\n')


def against_scan():
    print('Runner over the bare scan (ratio of medians, asked for: at most 1.3)')
    for n in (1, 100, 1000):
        for T in (1_000, 10_000):
            model = net(n)
            x = jnp.asarray(np.random.default_rng(1).normal(size=(T, n)), jnp.float32)
            runner = ratezoo.Runner(model, monitors=['r'], progress_bar=False)
            repeats = 7 if n * T > 10**6 else 101
            scan, ours = times([bare(model, x), partial(runner.run, inputs=x)], repeats)
            print(
                f'  n = {n:4d}, T = {T:6d}   scan {shown(scan):34s} Runner {shown(ours):34s} '
                f'ratio {np.median(ours) / np.median(scan):.2f}'
            )
    print()


def memory():
    print('Memory after 1000 more runs, n = 1, T = 10 (asked for: less than 5 MB)')
    x = np.zeros((10, 1), np.float32)
    for name, runner_class, runs in (('ratezoo.Runner', ratezoo.Runner, 1000), ('bp.DSRunner', bp.DSRunner, 50)):
        runner = runner_class(net(1), monitors=['r'], progress_bar=False)
        for _ in range(20):
            runner.run(inputs=x)
        gc.collect()
        before = resident()
        for _ in range(runs):
            runner.run(inputs=x)
        gc.collect()
        print(f'  {name:15s} {resident() - before:+.1f} MB in {runs} runs')


if __name__ == '__main__':
    header()
    against_dsrunner()
    against_scan()
    memory()

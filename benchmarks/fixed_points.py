"""Fixed points: relaxation beside a bare while loop, implicit gradients by both solvers, an epoch of equilibrium
propagation beside the same algorithm in PyTorch, and evaluations of deep equilibria.

    python benchmarks/fixed_points.py [relax implicit epoch deep]

float32 but for ``deep``. The epoch is one of the digits (64-512-10, hard-sigmoid, 60 steps free, 15 nudged, λ = 0.5
centred, batches of 32); PyTorch's (if it is installed) is written with its own matrix products and in-place updates,
no autograd, on as many threads as it takes.
"""

import sys
import time
from functools import partial
from itertools import pairwise

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax
from common import header, shown, times

import ratezoo
from ratezoo import tasks

TOL = 1e-4


class Implicit(ratezoo.ImplicitGradient, ratezoo.RateRNN):
    """tanh network."""


def contracting(n, kind=ratezoo.RateRNN, radius=0.9, seed=0):
    """A tanh network of a given spectral radius that steps by r ← tanh(W r + W_in x)."""
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n, n))
    W *= radius / np.abs(np.linalg.eigvals(W)).max() if n <= 1000 else radius / n**0.5
    net = kind(n, n, 1, seed=seed, dt=1.0)
    net.set_params({'W': W, 'W_in': 0.3 * rng.normal(size=(n, n)) / n**0.5})
    return net, rng


def relax():
    """`relax` of one input against the loop that it can't do without."""
    print('relax by its own dynamics / bare lax.while_loop over r ← tanh(W r + c)')
    for n in (10, 100, 1000):
        net, rng = contracting(n)
        x = jnp.asarray(rng.normal(size=n), jnp.float32)
        W, c = net.W.value, net.W_in.value @ x

        @jax.jit
        def bare(W, c, r):
            def unsettled(carry):
                return (jnp.max(jnp.abs(carry[1] - carry[0])) > TOL) & (carry[2] < 10_000)

            def advance(carry):
                return carry[1], jnp.tanh(W @ carry[1] + c), carry[2] + 1

            return jax.lax.while_loop(unsettled, advance, (r, jnp.tanh(W @ r + c), 1))

        zero = jnp.zeros(n, jnp.float32)
        steps = int(net.relax(x, tol=TOL).steps)
        a, b = times(
            [
                lambda x=x, net=net: net.relax(x, tol=TOL).r.block_until_ready(),
                lambda W=W, c=c, zero=zero, bare=bare: bare(W, c, zero)[0].block_until_ready(),
            ],
            25,
        )
        print(
            f'n = {n:5d}: {shown(a)} / {shown(b)}   ratio {np.median(a) / np.median(b):.2f}   ({steps} and '
            f'{int(bare(W, c, zero)[2])} steps)'
        )
    print()


def implicit():
    """The backward solve alone: J factorised against GMRES by products."""
    print('implicit gradient of one sample from a settled start: direct / GMRES')
    for n in (100, 200, 500, 1000, 2000, 4000):
        net, rng = contracting(n, Implicit)
        x, y = jnp.asarray(rng.normal(size=n), jnp.float32), np.ones(1)
        r0 = net.relax(x, tol=TOL).r
        run = [partial(net.gradient, x, y, r0=r0, tol=TOL, linear=linear) for linear in ('direct', 'gmres')]
        a, b = times(run, 3 if n > 1000 else 9, warm=1)
        d, g = (np.asarray(f()[1]['W']) for f in run)
        print(
            f'n = {n:5d}: {shown(a)} / {shown(b)}   ratio {np.median(a) / np.median(b):.2f}   they differ by '
            f'{np.linalg.norm(d - g) / np.linalg.norm(d):.1g}'
        )
    print()


class EP(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    """The digits' network."""


def torch_epoch(x, y, batch, dt=0.5, nudge=0.5, rate=0.1):
    """The same algorithm in PyTorch; a function that runs one epoch."""
    import torch

    torch.set_grad_enabled(False)
    gen = torch.Generator().manual_seed(0)
    sizes = (64, 512, 10)
    W = [(torch.rand(o, i, generator=gen) * 2 - 1) * (6 / (i + o)) ** 0.5 for i, o in pairwise(sizes)]
    b = [torch.zeros(o) for o in sizes[1:]]
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)

    def relax(h, o, drive, target, lam, steps):
        for _ in range(steps):
            dh = drive + o @ W[1] - h
            do = h @ W[1].T + b[1] - o
            if lam:
                do += lam * (o - target)
            h, o = (h + dt * dh).clamp_(0, 1), (o + dt * do).clamp_(0, 1)
        return h, o

    def run():
        for at in torch.randperm(len(x), generator=gen).split(batch):
            xs, ys = x[at], y[at]
            drive = xs @ W[0].T + b[0]
            h, o = relax(torch.zeros(len(at), 512), torch.zeros(len(at), 10), drive, ys, 0.0, 60)
            (hp, op), (hm, om) = (relax(h, o, drive, ys, s * nudge, 15) for s in (1, -1))
            scale = rate / (2 * nudge * len(at))
            W[1] += scale * (op.T @ hp - om.T @ hm)
            W[0] += scale * ((hp - hm).T @ xs)
            b[1] += scale * (op - om).sum(0)
            b[0] += scale * (hp - hm).sum(0)

    return run


def epoch():
    """An epoch of equilibrium propagation."""
    trials, batch = tasks.Digits().trials(), 32
    net = EP((64, 512, 10), dt=0.5, seed=0)
    options = dict(batch_size=batch, progress=False, nudge=0.5, steps=(60, 15), warn_above=np.inf)
    net.fit(trials.x, trials.y, 2, optax.sgd(0.1), **options)
    cpu, start = time.process_time(), time.perf_counter()
    history = net.fit(trials.x, trials.y, 11, optax.sgd(0.1), **options)
    cpu, wall = (time.process_time() - cpu) / 11, (time.perf_counter() - start) / 11
    print('an epoch of equilibrium propagation, digits, 64-512-10, SGD')
    print(f'ratezoo: {shown(np.diff(history.seconds))}; {wall * 1e3:.0f} ms in the mean, {cpu * 1e3:.0f} ms of CPU')
    try:
        run = torch_epoch(trials.x, trials.y, batch)
    except ImportError:
        print('PyTorch is not installed.\n')
        return
    run()
    cpu, seconds = time.process_time(), times([run], 5, warm=0)
    cpu = (time.process_time() - cpu) / 5
    print(
        f'PyTorch: {shown(seconds)}; {cpu * 1e3:.0f} ms of CPU   ratio of wall times '
        f'{np.median(seconds) / np.median(np.diff(history.seconds)):.1f}\n'
    )


def deep():
    """Evaluations until the slowest of 32 samples has ‖F‖ ≤ 1e-6 ‖z‖."""
    bm.enable_x64()
    print('z = tanh(W z + U x), n = 128, batch 32, relative tolerance 1e-6: evaluations, the slowest sample counts')
    for radius in (0.9, 0.99, 1.1, 1.3):
        net, rng = contracting(128, radius=radius)
        x = rng.normal(size=(32, 128))
        W, drive = np.asarray(net.W.value), x @ np.asarray(net.W_in.value).T

        def settled(z):
            new = np.tanh(z @ W.T + drive)  # noqa: B023
            return (np.linalg.norm(new - z, axis=1) <= 1e-6 * np.linalg.norm(new, axis=1)).all(), new

        z, plain = np.zeros_like(x), 'never'
        for k in range(1, 2001):
            done, z = settled(z)
            if done:
                plain = k
                break
        for tol in np.geomspace(1e-5, 1e-8, 31):
            found = net.relax(x, solver='anderson', tol=tol, max_steps=500)
            if settled(np.asarray(found.r))[0]:
                break
        newton = net.relax(x, solver='newton', tol=1e-6, max_steps=100)
        print(
            f'spectral radius {radius}: plain {plain}, Anderson {int(found.steps.max())} (unsettled '
            f'{int((~found.converged).sum())}), Newton {int(newton.steps.max())} '
            f'(unsettled {int((~newton.converged).sum())})'
        )
    bm.disable_x64()
    print()


if __name__ == '__main__':
    header()
    parts = {f.__name__: f for f in (relax, implicit, epoch, deep)}
    for name in sys.argv[1:] or parts:
        parts[name]()

"""RTRL, dense and in blocks, and BPTT: time and memory beside their own matrix products, and how they grow.

    python benchmarks/rtrl.py [forward growth fit]

A tanh network with all weights trained (RateRNN, one input, one output), float32; times a step, T = 256 (dense: 32).
Memory is what XLA plans for the compiled gradient's intermediate results.
"""

import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from common import header, shown, times

import ratezoo


class RTRLNet(ratezoo.RTRL, ratezoo.RateRNN):
    """Forward."""


class BPTTNet(ratezoo.BPTT, ratezoo.RateRNN):
    """Backward."""


def data(T):
    rng = np.random.default_rng(0)
    return jnp.asarray(rng.normal(size=(T, 1)), jnp.float32), jnp.asarray(rng.normal(size=(T, 1)), jnp.float32)


def gradient(rule, n, T, **options):
    net, (x, y) = rule(1, n, 1, seed=0), data(T)
    return partial(net.gradient, x, y, **options)


def bare_products(n, T):
    """T times J·p with p of shape (n, n²): what dense RTRL can't do without."""
    rng = np.random.default_rng(0)
    j = jnp.asarray(rng.normal(size=(n, n)) / n, jnp.float32)
    p = jnp.asarray(rng.normal(size=(n, n * n)), jnp.float32)
    run = jax.jit(lambda j, p: jax.lax.scan(lambda p, _: (j @ p, None), p, None, length=T)[0])
    return lambda: run(j, p).block_until_ready()


def three_products(n, T):
    """The three products of 2n³ operations a step in a block of n: adjoints back, the parameters' share, V p."""
    rng = np.random.default_rng(0)
    w, r = (jnp.asarray(rng.normal(size=(n, n)) / n, jnp.float32) for _ in range(2))
    p = jnp.asarray(rng.normal(size=(n, n * n)), jnp.float32)

    @jax.jit
    def run(w, r, p):
        def block(p, _):
            v, kept = jax.lax.scan(lambda v, _: (v @ w, v), jnp.eye(n, dtype=w.dtype), None, length=n)
            share = jnp.einsum('kai,kj->aij', kept, r).reshape(n, n * n)
            return v @ p + share, None

        return jax.lax.scan(block, p, None, length=T // n)[0]

    return lambda: run(w, r, p).block_until_ready()


def forward(sizes):
    print(
        'a step                dense RTRL                  J·p alone                  ratio   in blocks of n'
        '              three products             ratio   dense/blocks'
    )
    for n in sizes:
        dense, bare, blocked, products = (
            (
                times([f], 7 if n < 256 else 3, 1)[0] / T
                for f, T in (
                    (gradient(RTRLNet, n, 32, block='dense'), 32),
                    (bare_products(n, 32), 32),
                    (gradient(RTRLNet, n, 2 * max(n, 128), block=n), 2 * max(n, 128)),
                    (three_products(n, 2 * max(n, 128)), 2 * max(n, 128)),
                )
            )
            if n <= 256
            else (
                np.array([np.nan]),
                np.array([np.nan]),
                times([gradient(RTRLNet, n, 2 * n, block=n)], 3, 1)[0] / (2 * n),
                times([three_products(n, 2 * n)], 3, 1)[0] / (2 * n),
            )
        )
        m = np.median
        print(
            f'n = {n:4d}  {shown(dense):30s} {shown(bare):28s} {m(dense) / m(bare):5.2f}  {shown(blocked):28s} '
            f'{shown(products):28s} {m(blocked) / m(products):5.2f}  {m(dense) / m(blocked):7.1f}'
        )
    print()


def fit_against_optax():
    print('BPTT.fit against a hand-written optax loop over jit(value_and_grad(scan)), 200 epochs, T = 100')
    for n in (10, 100):
        net, (x, y) = BPTTNet(1, n, 1, seed=0), data(100)
        optimizer = optax.adam(1e-3)

        def loss(params, x, y, net=net):
            def step(r, inputs):
                x, y = inputs
                current = params['W'] @ r + params['W_in'] @ x + params['b']
                r = r + 0.1 * (-r + jnp.tanh(current))
                return r, jnp.sum((params['W_out'] @ r + params['b_out'] - y) ** 2) / 2

            return jnp.mean(jax.lax.scan(step, jnp.zeros(net.n), (x, y))[1])

        @jax.jit
        def update(params, state, x, y, loss=loss, optimizer=optimizer):
            value, grads = jax.value_and_grad(loss)(params, x, y)
            updates, state = optimizer.update(grads, state, params)
            return optax.apply_updates(params, updates), state, value

        def by_hand(net=net, x=x, y=y, update=update, optimizer=optimizer):
            params = net.params_dict()
            state, losses = optimizer.init(params), []
            for _ in range(200):
                params, state, value = update(params, state, x, y)
                losses.append(float(value))
            return losses

        hand, ours = times([by_hand, partial(net.fit, x, y, 200, optimizer, progress=False)], 7, 2)
        ratio = np.median(ours) / np.median(hand)
        print(f'  n = {n:3d}   by hand {shown(hand)}   fit {shown(ours)}   ratio {ratio:.2f}')


def memory(rule, n, T, n_in=1, **options):
    """Bytes of intermediate results of a compiled gradient."""
    net, (_, y) = rule(n_in, n, 1, seed=0), data(T)
    checked, _ = net.check_trajectories(np.zeros((T, n_in)), y)
    loss, options = net.loss_function(None, (1,)), net.all_options(options)
    compiled = jax.jit(lambda params, data: net.loss_and_gradient(params, data, None, loss, False, **options)[:2])
    return compiled.lower(net.params_dict(), checked).compile().memory_analysis().temp_size_in_bytes


def slope(at, values):
    """The exponent of a power law through the points."""
    return np.polyfit(np.log(at), np.log(values), 1)[0]


def growth():
    print("Exponents of time (a whole gradient) and memory in n, in m at fixed n (more inputs) and in T; the course's")
    print('                     time ~ n            m          T        memory ~ n     m        T')
    kinds = (
        ('dense RTRL', RTRLNet, dict(block='dense'), (64, 96, 160), 'n² m T: 4, 1, 1; mn + n²: 3, 1, 0'),
        ('RTRL in blocks of n', RTRLNet, {}, (96, 200, 400), 'n m T: 3, 1, 1; mn + n²: 3, 1, 0'),
        ('BPTT', BPTTNet, {}, (250, 500, 1000), 'n² T + m T: 2, 1, 1; nT + m: 1 to 2, 0 to 1, 1'),
    )
    for name, rule, options, sizes, course in kinds:
        n, steps = sizes[1], (256, 512, 1024)
        inputs = [k * n for k in (1, 3, 7)]
        m = [n * n + n + n * k for k in inputs]

        def run(n, T, n_in=1, rule=rule, options=options):
            net, (_, y) = rule(n_in, n, 1, seed=0), data(T)
            x = np.random.default_rng(0).normal(size=(T, n_in)).astype(np.float32)
            return np.median(times([partial(net.gradient, x, y, **options)], 3, 1)[0])

        T = 512 if name != 'dense RTRL' else 64
        by_n, by_m = [run(k, T) for k in sizes], [run(n, T, k) for k in inputs]
        by_t = [run(sizes[0], t) for t in steps]
        mem_n = [memory(rule, k, T, **options) for k in sizes]
        mem_m = [memory(rule, n, T, k, **options) for k in inputs]
        mem_t = [memory(rule, sizes[0], t, **options) for t in steps]
        print(
            f'{name:20s} {slope(sizes, by_n):6.2f}        {slope(m, by_m):6.2f}     {slope(steps, by_t):6.2f}        '
            f'{slope(sizes, mem_n):6.2f}   {slope(m, mem_m):6.2f}   {slope(steps, mem_t):6.2f}   ({course})',
            flush=True,
        )
    steps = (256, 1024, 4096)
    print(f'BPTT with remat: memory ~ T^{slope(steps, [memory(BPTTNet, 128, t, remat=True) for t in steps]):.2f}\n')


if __name__ == '__main__':
    header()
    parts = sys.argv[1:] or ['forward', 'growth', 'fit']
    if 'forward' in parts:
        forward((16, 32, 64, 128, 256, 512))
    if 'growth' in parts:
        growth()
    if 'fit' in parts:
        fit_against_optax()

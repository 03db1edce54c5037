"""Models that tests use, and measures of agreement."""

import contextlib
import logging

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ratezoo


class TanhRNN(ratezoo.RateModel):
    """The ten-line model of a user: nothing but parameters, F and an output."""

    params = ('W', 'V', 'b', 'U')

    def __init__(self, n, n_in=2, n_out=3, seed=0, **kwargs):
        super().__init__(n, n_in, **kwargs)
        rng = np.random.default_rng(seed)
        self.W = bm.TrainVar(jnp.asarray(rng.normal(size=(n, n)) / n**0.5))
        self.V = bm.TrainVar(jnp.asarray(rng.normal(size=(n, n_in))))
        self.b = bm.TrainVar(jnp.asarray(rng.normal(size=n)))
        self.U = bm.TrainVar(jnp.asarray(rng.normal(size=(n_out, n))))

    def F(self, r, params, x):
        return -r + jnp.tanh(params['W'] @ r + params['V'] @ x + params['b'])

    def output(self, r, params):
        return params['U'] @ r


class TwoStates(ratezoo.RateModel):
    """Current and rate: τ_s dI/dt = −I + W r + x, dr/dt = −r + tanh(I)."""

    params = ('W',)
    states = ('I', 'r')

    def __init__(self, n, seed=0, **kwargs):
        super().__init__(n, n, **kwargs)
        self.W = bm.TrainVar(jnp.asarray(np.random.default_rng(seed).normal(size=(n, n))))

    def F(self, s, params, x):
        return {'I': (-s['I'] + params['W'] @ s['r'] + x) / 0.5, 'r': -s['r'] + jnp.tanh(s['I'])}


class DiscreteRNN(ratezoo.RateModel):
    """h_t = tanh(W h_{t−1} + x): no F, only a step."""

    params = ('W',)

    def __init__(self, n, seed=0, **kwargs):
        super().__init__(n, n, **kwargs)
        self.W = bm.TrainVar(jnp.asarray(0.5 * np.random.default_rng(seed).normal(size=(n, n))))

    def step(self, h, params, x):
        return jnp.tanh(params['W'] @ h + x)


def every_second(values, ids=None):
    """Parameter sets of many cases that are alike: the first, the third, … run on both stacks, the others once."""
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            marks=pytest.mark.once if k % 2 else (),
            id=ids and ids[k],
        )
        for k, value in enumerate(values)
    ]


def relative_error(a, b):
    """Largest relative difference (in the norm) over the entries of two dicts of arrays, or of two arrays."""
    if isinstance(b, dict):
        assert set(a) == set(b)
        return max(relative_error(a[k], b[k]) for k in b)
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def plain_loss(net, params, x, y, alpha, r0):
    """l = Σ α_t ½‖o_t − y_t‖² by a Python loop over the net's own step: an oracle for `jax.grad`."""
    r, total = r0, 0.0
    for t in range(len(y)):
        r = net.step(r, params, x[t])
        total = total + alpha[t] * 0.5 * jnp.sum((net.output(r, params) - y[t]) ** 2)
    return total


@contextlib.contextmanager
def compilations():
    """Counts what JAX compiles inside the block: the list grows by a name for each compilation."""
    names = []

    class Count(logging.Handler):
        def emit(self, record):
            if record.getMessage().startswith(('Compiling', 'Finished XLA compilation')):
                names.append(record.getMessage().split(' with ')[0])

    handler = Count()
    loggers = [logging.getLogger(n) for n in ('jax._src.dispatch', 'jax._src.interpreters.pxla')]
    old = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    jax.config.update('jax_log_compiles', True)
    try:
        yield names
    finally:
        jax.config.update('jax_log_compiles', False)
        for logger, (level, propagate) in zip(loggers, old, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate

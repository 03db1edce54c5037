"""Runs beside the one that is drawn. They leave the state of the network as it is."""

from collections.abc import Sequence
from typing import Any

import brainpy.math as bm
import jax
import numpy as np


def is_single(net: Any, mon: Any, states: Sequence[str], n: int = 1) -> bool:
    """Whether a run has these states, of n units each, at two times or more, and is finite, of one sample, and of a
    network whose constants are numbers."""
    if any(np.ndim(getattr(net, name)) for name in net.constants):
        return False
    if isinstance(net.mode, bm.BatchingMode) or len(mon['ts']) < 2 or set(states) - set(mon):
        return False
    return all(np.shape(mon[s])[1:] == (n,) and np.isfinite(mon[s]).all() for s in states)


def responses(
    net: Any, x: np.ndarray, r0: Any = None, trials: int | None = None, seed: int = 0
) -> dict[str, np.ndarray]:
    """The states of the network at each step under the input x (T, n_in): name → array (T, n).

    ``r0`` is the first state; None: the initial state. With ``trials``, each trial has its own noise, and the arrays
    are (trials, T, n). It is compiled once for each T and number of trials.
    """
    x = net.as_array('x', x)
    start = net.starting_state(r0)

    def build():
        def one_trial(key, start, params, x):
            def advance(carry, x):
                r, key = net.perturb(net.step(carry[0], params, x), carry[1])
                return (r, key), net.by_name(r)

            return jax.lax.scan(advance, (start, key if net.noisy else None), x)[1]

        return jax.jit(jax.vmap(one_trial, (0, None, None, None)))

    count = 1 if trials is None else trials
    keys = jax.random.split(jax.random.PRNGKey(seed), count)
    states = net.compiled(('responses', count, x.shape), build)(keys, start, net.params_dict(), x)
    return {k: np.asarray(v)[0] if trials is None else np.asarray(v) for k, v in states.items()}

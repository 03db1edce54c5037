"""What the portraits of models/memory.py show beside a run: overlaps, energies, and the states between two steps."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.models.memory import hebb

_MOST_TIMES = 1000  # so many states of a run are enough for a curve
_IN_A_STEP = 64  # and so many within one asynchronous step
_MOST_SWEEPS = 100
_MOST_UNITS = 1000  # of a network for which the Hopfield network is computed too


def recall(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The recall of a memory, from the cue on; empty for a batch, for a single state, and if the state isn't recorded.

    'ts' (K,): times since the start, in steps where time is discrete. 'r' (K, n): the outputs at these times; an
    asynchronous step is taken apart into the updates of its units. 'cue': whether the first of them is the state
    before the first step. 'apart': whether there are asynchronous steps that are taken apart. 'overlaps' (K, P):
    overlaps with the stored patterns. 'energy' (K,). 'recalled': the number of the pattern that the last state
    resembles most. 'shown': indices of five times; the state changes as much between two of them as between the next.
    """
    name = net.states[0]
    if name not in mon or np.ndim(mon[name]) != 2:
        return {}
    states, steps = np.asarray(mon[name]), np.round(np.asarray(mon['ts']) / net.dt).astype(int) + 1
    x = np.zeros((1, net.n)) if inputs is None else np.asarray(inputs, float)
    before = _before(net, states[0], x[0]) if steps[0] == 1 else None
    if before is not None:
        states, steps = np.concatenate([before[None], states]), np.concatenate([[0], steps])
    at = np.unique(np.linspace(0, len(steps) - 1, _MOST_TIMES).astype(int))
    states, steps = states[at], steps[at]
    apart = getattr(net, 'updates', '') == 'asynchronous' and bool((np.diff(steps) == 1).all()) and len(steps) > 1
    times = steps.astype(float)
    if apart:
        times, states = _one_unit_after_another(net.order, times, states)
    if len(times) < 2:
        return {}
    x = x[np.clip(np.ceil(times).astype(int) - 1, 0, len(x) - 1)]
    r, energy = _outputs_and_energies(net, states, x)
    overlaps = net.overlap(r)
    return {
        'ts': times * net.dt if net.is_continuous else times,
        'r': r,
        'cue': before is not None,
        'apart': apart,
        'overlaps': overlaps,
        'energy': energy,
        'recalled': int(np.argmax(np.abs(overlaps[-1]))),
        'shown': _equal_parts(r, 5),
    }


def dense_recall(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """As `recall`, and 'hopfield' (n,): where a Hopfield network that stores the same patterns by Hebb's rule ends."""
    data = recall(net, mon, inputs)
    if data and net.n <= _MOST_UNITS:
        data['hopfield'] = _hopfield(net.patterns, data['r'][0], np.random.default_rng(net.seed).permutation(net.n))
    return data


def attention(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """As `recall`, and 'attention' (K, P): the share of each stored pattern in the new state."""
    data = recall(net, mon, inputs)
    if data:
        weights = net.compiled(('portrait', 'attention'), lambda: jax.jit(jax.vmap(net.attention, (0, None))))
        data['attention'] = np.asarray(weights(jnp.asarray(data['r'], net.dtype), net.params_dict()))
    return data


def _before(net, first, x):
    """The state before the first step: the start of the example or of the model, if a step from there leads to it."""
    step = net.compiled(('portrait', 'step'), lambda: jax.jit(net.step))
    starts = [] if net.example.start is None else [net.example.start(net)]
    for start in [*starts, net.initial_state()]:
        start = jnp.asarray(start, net.dtype)
        if np.allclose(step(start, net.params_dict(), jnp.asarray(x, net.dtype)), first, rtol=1e-4, atol=1e-5):
            return np.asarray(start)
    return None


def _one_unit_after_another(order, times, states):
    """The times and the states within asynchronous steps: each step changes the units in this order, each of them once.

    So k updates into a step the first k units in the order have their new values, and the others the old ones.
    """
    n, rank = len(order), np.argsort(order)
    counts = np.unique(np.linspace(0, n, min(n, _IN_A_STEP) + 1).round().astype(int))[1:]
    new_times, new_states = [times[:1]], [states[:1]]
    for t, old, new in zip(times[1:], states[:-1], states[1:], strict=True):
        done = counts if np.any(old != new) else counts[-1:]
        new_times.append(t - 1 + done / n)
        new_states.append(np.where(rank < done[:, None], new, old))
    return np.concatenate(new_times), np.concatenate(new_states)


def _outputs_and_energies(net, states, x):
    def of_one(s, params, x):
        return net.output(s, params), net.energy(s, params, x)

    both = net.compiled(('portrait', 'recall'), lambda: jax.jit(jax.vmap(of_one, (0, None, 0))))
    r, energy = both(jnp.asarray(states, net.dtype), net.params_dict(), jnp.asarray(x, net.dtype))
    return np.asarray(r), np.asarray(energy)


def _equal_parts(r, count):
    """Indices of ``count`` states, the first and the last among them, between which the state changes equally much."""
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(r, axis=0)).sum(1))])
    return np.unique(np.searchsorted(way, np.linspace(0, way[-1] * (1 - 1e-6), count)))


def _hopfield(patterns, r, order):
    """The fixed point of r_i ← sign(Σ_j W_ij r_j), one unit after another, with Hebb's weights."""
    W, r = hebb(np.asarray(patterns, float)), np.array(r, float)
    for _ in range(_MOST_SWEEPS):
        old = r.copy()
        for i in order:
            field = W[i] @ r
            r[i] = np.sign(field) if field else r[i]
        if np.array_equal(old, r):
            break
    return r

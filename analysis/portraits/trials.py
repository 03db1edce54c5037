"""Runs beside the run that a portrait draws, from other states or with other inputs."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.types import Array, ArrayLike


def trials(net: Any, starts: ArrayLike, inputs: ArrayLike, params: Mapping[str, ArrayLike] | None = None) -> np.ndarray:
    """The states of K noiseless runs after each step, (K, T, N), from ``starts`` (K, N); ``net`` stays as it is.

    ``inputs`` are those of each run, (K, T, n_in), or those of all runs, (T, n_in). ``params`` are the parameters of
    each run, name → array (K, …), or None for those of the network. The function is compiled once for each shape.
    """
    starts, inputs = jnp.asarray(starts, net.dtype), jnp.asarray(inputs, net.dtype)
    own = params is None
    given = net.params_dict() if own else {k: jnp.asarray(v, net.dtype) for k, v in (params or {}).items()}
    axes = (0, None if own else 0, 0 if inputs.ndim == 3 else None)

    def run(start: Array, params: Any, x: Array) -> Array:
        form = net.flat(net.initial_state())[1]

        def advance(s, x_t):
            s = net.flat(net.step(form(s), params, x_t))[0]
            return s, s

        return jax.lax.scan(advance, start, x)[1]

    shapes = starts.shape, inputs.shape, tuple((k, v.shape) for k, v in given.items())
    compiled = net.compiled(('trials', axes, shapes), lambda: jax.jit(jax.vmap(run, axes)))
    return np.asarray(compiled(starts, given, inputs))


def recorded(mon: Any, values: ArrayLike, dt: float) -> np.ndarray:
    """The rows of ``values`` (T, …), one for each step of the complete run, at the recorded times."""
    values = np.asarray(values)
    at = np.round(np.asarray(mon['ts']) / dt).astype(int)
    return values[np.clip(at, 0, len(values) - 1)]


def is_single(net: Any, mon: Any, inputs: Any, states: tuple[str, ...]) -> bool:
    """Whether this is a run of one sample, with all these states recorded and all inputs known."""
    known = inputs is not None and np.ndim(inputs) == 2 and all(s in mon for s in states)
    return known and all(np.ndim(mon[s]) == 2 for s in states) and len(mon['ts']) > 1

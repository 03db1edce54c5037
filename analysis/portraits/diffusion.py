"""What the portrait of models/diffusion.py shows beside a run: many samples, and the score at several levels."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_SAMPLES = 400
_MOST_STATES = 2_000_000  # of all samples together
_SHOWN = (0.0, 0.25, 0.45, 0.65, 1.0)  # parts of the run
_GRID = 13  # arrows along each side


def diffusion(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """Samples under the inputs of the run; empty unless the data are points of a plane and the run is one sample.

    'steps' (5,): the numbers of the steps after which samples are shown; the first is 0. 'sigma' (5,): the levels of
    noise of the next steps. 'samples' (5, B, 2). 'places' (5, G, G, 2): a grid over the samples. 'score' (5, G, G, 2):
    −∂E/∂r on the grid, at these levels. 'path' (T + 1, 2): the run, with the state before it if that is the prior's.
    """
    r: Any = np.asarray(mon['r']) if 'r' in mon else np.zeros(0)
    if r.ndim != 2 or r.shape[1] != 2 or len(r) < 2 or inputs is None or np.ndim(inputs) != 2:
        return {}
    x = np.asarray(inputs, float)
    first = round(float(mon['ts'][0]) / net.dt)
    count = int(np.clip(_MOST_STATES // len(x), 20, _SAMPLES))
    steps = np.unique(np.round(np.array(_SHOWN) * len(x)).astype(int))
    samples = _samples(net, x, count)[steps]
    sigma = np.maximum(x[np.minimum(steps, len(x) - 1), 0], net.sigma_min)
    half = np.maximum(1.05 * np.quantile(np.abs(samples), 0.995, axis=(1, 2)), 1e-3)
    side = np.linspace(-1, 1, _GRID)
    places = half[:, None, None, None] * np.stack(np.meshgrid(side, side), -1)
    return {
        'steps': steps,
        'sigma': sigma,
        'samples': samples,
        'places': places,
        'score': _score(net, places, sigma),
        'path': r if first else np.concatenate([np.asarray(net.initial_state())[None], r]),
        'first': first + 1 if first else 0,
    }


def _samples(net, x, count):
    """The states (T + 1, count, 2) of samples that start at the prior and get the inputs x."""

    def run(r, params, x, key):
        def one_step(carry, x):
            r, key = carry
            key, step_key = jax.random.split(key)
            r = net.shaken(jax.vmap(net.step, (0, None, None))(r, params, x), x, step_key)
            return (r, key), r

        return jnp.concatenate([r[None], jax.lax.scan(one_step, (r, key), x)[1]])

    compiled = net.compiled(('portrait', 'samples'), lambda: jax.jit(run))
    start, x = (jnp.asarray(a, net.dtype) for a in (net.prior(count, net.seed + 1), x))
    return np.asarray(compiled(start, net.params_dict(), x, jax.random.PRNGKey(net.seed)))


def _score(net, places, sigma):
    def of_level(r, params, sigma):
        return jax.vmap(net.F, (0, None, None))(r, params, net.at_level(sigma))

    compiled = net.compiled(('portrait', 'score'), lambda: jax.jit(jax.vmap(of_level, (0, None, 0))))
    r, sigma = jnp.asarray(places.reshape(len(places), -1, 2), net.dtype), jnp.asarray(sigma, net.dtype)
    return np.asarray(compiled(r, net.params_dict(), sigma)).reshape(places.shape)

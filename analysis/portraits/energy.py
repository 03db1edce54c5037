"""What the portraits of models/energy.py show beside a run: the nudged phase that follows it, and energies."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

NUDGE = -1.0  # λ: strong, so that the eye sees what it does
_MOST_TIMES = 1000
_MOST_STEPS = 1000  # of the nudged phase


def phases(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The run as the free phase, and a nudged phase after it; empty for a batch and if the state isn't recorded.

    In the nudged phase dr/dt = F + λ ∂l/∂r with λ < 0 and the last input. The loss is l = ½‖y − output‖². The target y
    is not what the output is: for one output it is that of the numbers 0 and 1 which is farther away; for several it is
    1 for the smallest of them and 0 for the others.

    'ts' (K,): times since the start. 'r' (K, n): the states, those of both phases. 'layers': the same, a list with an
    array (K, …) for each layer. 'free': how many of the times belong to the free phase. 'energy' (K,): E. 'total' (K,):
    E − λ l, which the nudged phase makes smaller. 'target' (n_out,), 'nudge' λ.
    """
    name = net.states[0]
    if name not in mon or np.ndim(mon[name]) != 2 or len(mon[name]) < 2:
        return {}
    r, ts = np.asarray(mon[name]), np.asarray(mon['ts']) + net.dt
    x = np.zeros((1, net.n_in)) if inputs is None else np.asarray(inputs, float)
    at = np.unique(np.linspace(0, len(ts) - 1, _MOST_TIMES).astype(int))
    r, ts = r[at], ts[at]
    x_at = x[np.clip(np.round(ts / net.dt).astype(int) - 1, 0, len(x) - 1)]
    y = _opposite(r[-1][net.output_units])
    steps = min(_MOST_STEPS, max(2, round((ts[-1] - ts[0]) / net.dt) + 1))
    nudged = _nudged_phase(net, r[-1], x_at[-1], y, steps)
    r = np.concatenate([r, nudged])
    ts = np.concatenate([ts, ts[-1] + net.dt * np.arange(1, steps + 1)])
    x_at = np.concatenate([x_at, np.broadcast_to(x_at[-1], (steps, net.n_in))])
    energy = _energies(net, r, x_at)
    loss = 0.5 * np.sum((r[:, net.output_units] - y) ** 2, 1)
    layers = jax.vmap(net.layers)(jnp.asarray(r))
    return {
        'ts': ts,
        'r': r,
        'layers': [np.asarray(layer) for layer in layers],
        'free': len(at),
        'energy': energy,
        'total': energy - NUDGE * loss,
        'target': y,
        'nudge': NUDGE,
    }


def _opposite(output):
    if len(output) == 1:
        return np.where(output < 0.5, 1.0, 0.0)
    return np.eye(len(output))[np.argmin(output)]


def _nudged_phase(net, r, x, y, steps):
    """The states (steps, n) under dr/dt = F + λ ∂l/∂r, from the state r; without noise."""

    def run(r, params, x, y):
        def push(r):
            pull = NUDGE * (r[net.output_units] - y)  # λ ∂l/∂r of the output units
            return net.drift(r, params, x).at[net.output_units].add(pull)

        def one_step(r, _):
            r = net.step_along(push, r)
            return r, r

        return jax.lax.scan(one_step, r, None, steps)[1]

    compiled = net.compiled(('portrait', 'nudged phase', steps), lambda: jax.jit(run))
    r, x, y = (jnp.asarray(a, net.dtype) for a in (r, x, y))
    return np.asarray(compiled(r, net.params_dict(), x, y))


def _energies(net, r, x):
    energies = net.compiled(('portrait', 'energy'), lambda: jax.jit(jax.vmap(net.energy, (0, None, 0))))
    return np.asarray(energies(jnp.asarray(r, net.dtype), net.params_dict(), jnp.asarray(x, net.dtype)))

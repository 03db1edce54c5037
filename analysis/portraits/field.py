"""What the portraits of models/field.py show beside a run."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.portraits.trials import is_single, recorded, trials
from ratezoo.analysis.sweeps import sweep

_SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45)  # thresholds of the other fronts, in units of A_e − A_i
_MOST_STEPS = 4000


def field(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A field in space and time, the speed of its fronts, and the bumps of a field with inhibition.

    'x' (T, n): the input. 'law': thresholds θ (L,) and the closed form of the speed of a front (L,), 'measured':
    thresholds (K,) and the speeds of runs (K,); where there are fronts and the constants are numbers. 'bumps': 'net',
    this network, or one with the constants of ``net.inhibited`` if this one has not two bumps, their 'widths' (2,), and
    the times 'ts' (T,) and active widths 'runs' (4, T) of runs that begin 4 % beside them.
    """
    if not is_single(net, mon, inputs, ('u',)) or net.noisy:
        return {}
    if any(np.size(c) > 1 for c in (net.theta, net.A_e, net.A_i, net.tau)):
        return {}
    data: dict[str, Any] = {'x': recorded(mon, inputs, net.dt)}
    total, tau = float(net.A_e - net.A_i), float(net.tau)
    steps = round(8 * tau / net.dt)
    if total > 0 and steps <= _MOST_STEPS:
        data |= _fronts(net, total, steps)
    two = net if len(net.bump_widths()) == 2 else type(net)(net.n, **net.inhibited, tau=tau, length=24.0, dt=net.dt)
    if 2 * steps <= _MOST_STEPS:
        data['bumps'] = _bumps(two, 2 * steps)
    return data


def _fronts(net, total, steps):
    """'law' and 'measured' of `field`."""
    grid, speeds = total * np.linspace(0.16, 0.8, 65), []
    for theta in grid:
        with net.with_constants({'theta': float(theta)}):
            speeds.append(net.front_speed())
    x = np.where(np.abs(net.places) < 3 * net.sigma_e, 2 * total, 0.0)
    x = np.where(np.arange(steps)[:, None] < steps // 4, x, 0.0)
    late, dx = 5 * steps // 8, net.dx

    def width_gained(u):
        return (net.active(u[-1]).sum() - net.active(u[late]).sum()) * dx

    thetas = total * np.array(_SHARES)
    gained = sweep(net, {'theta': thetas}, measure=width_gained, of='u', duration=steps * net.dt, x=x).values
    return {'law': (grid, np.array(speeds)), 'measured': (thetas, gained / 2 / ((steps - 1 - late) * net.dt))}


def _bumps(net, steps):
    """'bumps' of `field`."""
    widths = net.bump_widths()
    starts = np.stack([net.bump(b * share) for b in widths for share in (0.96, 1.04)])
    u = trials(net, starts, np.zeros((steps, net.n)))
    active = jax.vmap(jax.vmap(net.active))(jnp.asarray(u))
    runs = np.asarray(active).sum(-1) * net.dx
    return {'net': net, 'widths': np.array(widths), 'ts': net.dt * np.arange(1, steps + 1), 'runs': runs}

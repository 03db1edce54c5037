"""What the portraits of models/feedforward.py show beside a run: the adjoint as dynamics, and what a penalty does."""

from functools import partial
from typing import Any

import jax
import jax.flatten_util
import jax.numpy as jnp
import numpy as np

_POINTS, _NOISE = 12, 0.3
_NEW_POINTS = 200
_MOST_WEIGHTS = 2000  # of a network that is trained for the picture
_MOST_TIMES = 2000


def settling(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The layers of a run, and the adjoint v that settles; empty for a batch, and if the state isn't recorded.

    'ts' (T,), 'layers' (a list with an array (T, n_k) for each layer). 'tv' (K,), 'v' (a list of (K, n_k)): v from 0
    on, by dv/dt = v J + ∂l/∂r at the fixed point r* of the last input, where l = ½‖y − output‖². 'adjoint' (a list of
    (n_k,)): the closed form −(∂l/∂r) J⁻¹. 'target' (n_out,): y. 'half_r', 'half_v' (L,): how long each layer needs,
    after the last change of the input or after the error has come, to come half of the way to its fixed point.
    """
    name = net.states[0]
    if name not in mon or np.ndim(mon[name]) != 2 or len(mon[name]) < 2 or inputs is None:
        return {}
    r, ts, x = np.asarray(mon[name]), np.asarray(mon['ts']) + net.dt, np.asarray(inputs, float)
    at = np.unique(np.linspace(0, len(ts) - 1, _MOST_TIMES).astype(int))
    r, ts = r[at], ts[at]
    changes = np.flatnonzero(np.any(x[1:] != x[:-1], axis=1))
    onset = net.dt * (changes[-1] + 1) if changes.size else 0.0
    fixed = np.asarray(fixed_point(net)(jnp.asarray(x[-1], net.dtype), net.params_dict()), float)
    output = fixed[net.output_units]
    target = np.where(output < 0.5, 1.0, -1.0)
    slope = np.zeros(net.n)
    slope[net.output_units] = output - target
    J = np.asarray(net.jacobian(fixed, x[-1]), float)
    steps = min(_MOST_TIMES, max(2, round((ts[-1] - onset) / net.dt)))
    v = np.zeros((steps + 1, net.n))
    for k in range(steps):
        v[k + 1] = v[k] + net.dt * (v[k] @ J + slope)
    adjoint, tv = np.linalg.solve(J.T, -slope), net.dt * np.arange(steps + 1)
    return {
        'ts': ts,
        'layers': net.layers(r),
        'tv': tv,
        'v': net.layers(v),
        'adjoint': net.layers(adjoint),
        'target': target,
        'half_r': _half_times(net.layers(r), net.layers(fixed), ts - onset),
        'half_v': _half_times(net.layers(v), net.layers(adjoint), tv),
    }


def _half_times(layers, fixed, ts):
    """For each layer the first time ≥ 0 at which its distance from the fixed point is half of what it was; or NaN."""
    times = []
    for layer, end in zip(layers, fixed, strict=True):
        distance = np.linalg.norm(layer - end, axis=1)
        start = distance[max(0, np.searchsorted(ts, 0.0, 'right') - 1)]
        there = (distance <= start / 2) & (ts > 0)
        times.append(ts[np.argmax(there)] if there.any() and start > 0 else np.nan)
    return np.array(times)


def fixed_point(net):
    """The compiled function (x, params) → r*: as many steps r ← r + F(r) as there are layers lead there exactly."""

    def run(x, params):
        r = jnp.zeros(net.n, net.dtype)
        for _ in range(len(net.layer_sizes) - 1):
            r = r + net.drift(r, params, x)
        return r

    return net.compiled(('portrait', 'fixed point'), lambda: jax.jit(run))


def penalty(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """As `settling`, and the network trained on a few noisy points with penalties of several strengths μ.

    'mu' (M,): the strengths. 'weights' (M, W): the trained weights. 'loss', 'new' (M,): the mean of ½‖y − output‖² over
    the points, and over new points without noise. 'penalties' (M,): s. 'x' (P, n_in), 'y' (P,): the points. For one
    input also 'line' (Q,), 'truth' (Q,) and 'fits' (M, Q): the true function and the outputs along a line.

    Each μ begins with the weights of the μ before it.
    """
    data = settling(net, mon, inputs)
    if not data or sum(np.size(v) for v in net.params_dict().values()) > _MOST_WEIGHTS:
        return data
    rng = np.random.default_rng(0)
    x, new = rng.uniform(-1, 1, (_POINTS, net.n_in)), rng.uniform(-1, 1, (_NEW_POINTS, net.n_in))
    if net.n_in == 1:
        x, new = np.linspace(-1, 1, _POINTS)[:, None], np.linspace(-1, 1, _NEW_POINTS)[:, None]
    y, truth = np.sin(np.pi * x[:, 0]) + _NOISE * rng.normal(size=_POINTS), np.sin(np.pi * new[:, 0])
    mu = np.unique([*np.geomspace(1e-5, 1.0, 16), *([net.mu] if net.mu > 0 else [])])
    outputs, trained = _trained(net, x, y, mu)
    fits = [outputs(params, new) for params in trained]
    weights = [np.concatenate([np.ravel(params['W1']), np.ravel(params['W2'])]) for params in trained]
    more = {
        'mu': mu,
        'weights': np.array(weights),
        'loss': np.array([0.5 * np.mean(np.sum((outputs(p, x) - y[:, None]) ** 2, 1)) for p in trained]),
        'new': np.array([0.5 * np.mean(np.sum((fit - truth[:, None]) ** 2, 1)) for fit in fits]),
        'penalties': mu / 2 * np.sum(np.square(weights), 1),
        'x': x,
        'y': y,
    }
    if net.n_in == 1:
        more |= {'line': new[:, 0], 'truth': truth, 'fits': np.array(fits)[:, :, 0]}
    return {**data, **more}


def _trained(net, x, y, strengths):
    """The function (params, x) → outputs (P, n_out), and the trained parameters for each strength.

    J_total is half the sum of squares of the errors, each over √P, and of √μ times each weight. The method of Levenberg
    and Marquardt finds where such a sum is smallest in a few dozen steps.
    """
    start, unravel = jax.flatten_util.ravel_pytree(net.params_dict())
    run = fixed_point(net)
    flags = {p: jnp.full(v.shape, p.startswith('W')) for p, v in net.params_dict().items()}
    is_weight = np.asarray(jax.flatten_util.ravel_pytree(flags)[0])

    def outputs(params, x):
        return jax.vmap(lambda x: run(x, params)[net.output_units])(x)

    def errors(flat, x, y):
        error = jnp.ravel(outputs(unravel(flat), x) - y[:, None]) / len(x) ** 0.5
        return error, error

    jacobian = net.compiled(('portrait', 'errors'), lambda: jax.jit(jax.jacfwd(errors, has_aux=True)))
    several = net.compiled(('portrait', 'outputs'), lambda: jax.jit(outputs))
    points = tuple(jnp.asarray(a, net.dtype) for a in (x, y))

    def of_all(flat, mu):
        J, error = (np.asarray(a, float) for a in jacobian(jnp.asarray(flat, net.dtype), *points))
        pull = np.sqrt(mu) * np.eye(len(flat))[is_weight]
        return np.concatenate([error, pull @ flat]), np.concatenate([J, pull])

    flat, trained = np.asarray(start, float), []
    for mu in strengths:
        steps = 40 if trained else 200  # the first one begins far away
        flat = _least_squares(partial(of_all, mu=mu), flat, steps)
        trained.append(unravel(jnp.asarray(flat, net.dtype)))
    return lambda params, x: np.asarray(several(params, jnp.asarray(x, net.dtype)), float), trained


def _least_squares(residuals, flat, steps):
    """Where the sum of squares of the residuals is smallest (Levenberg and Marquardt), from ``flat``."""
    damping, (error, J) = 1e-2, residuals(flat)
    for _ in range(steps):
        change = np.linalg.solve(J.T @ J + damping * np.eye(len(flat)), -J.T @ error)
        new_error, new_J = residuals(flat + change)
        if new_error @ new_error < error @ error:
            flat, error, J, damping = flat + change, new_error, new_J, max(damping / 3, 1e-9)
        else:
            damping = min(damping * 4, 1e6)
    return flat

"""What the portraits of models/attractor.py show beside a run."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.signal import lfilter

from ratezoo.analysis.portraits.trials import is_single, recorded, trials
from ratezoo.analysis.sweeps import sweep

_SLOW, _FAST = (0.2, 0.4, 0.6, 0.8, 0.95), 1.5  # speeds of the other cues, as shares of the speed limit
_MOST_STEPS = 6000  # of the other runs


def cue_in(net: Any, x: np.ndarray) -> tuple[np.ndarray, float] | None:
    """The positions z (T,) or (T, D) and the strength α of the cue in the inputs x (T, n); None if there is no cue.

    x is a cue if it equals ``net.stimulus(z, α)`` with one α at all times at which it does not vanish; elsewhere z is
    NaN.
    """
    on = np.abs(x).max(1) > 0
    if not on.any():
        return None
    z = np.asarray(net.centre(x[on]))
    shapes = net.stimulus(z, 1.0)
    alphas = np.sum(x[on] * shapes, 1) / np.sum(shapes**2, 1)
    alpha = float(np.median(alphas))
    if not alpha > 0 or np.abs(x[on] - alpha * shapes).max() > 0.05 * np.abs(x).max():
        return None
    positions = np.full((len(x), *z.shape[1:]), np.nan)
    positions[on] = z
    return positions, alpha


def _turned(angles):
    """The angles without jumps of 2π (T,), NaN where they are NaN."""
    out, known = np.array(angles, float), np.isfinite(angles)
    out[known] = np.unwrap(out[known])
    return out


def _apart(one, two):
    """The difference of angles in [−π, π)."""
    return (np.asarray(one) - two + np.pi) % (2 * np.pi) - np.pi


def tracking(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A bump on a ring, and the cue that it follows.

    'x' (T, n): the input. 'centre' (T,): the position of the bump. With a cue of one strength also 'cue' (T,), its
    position, and 'lag' (T,). Where the closed form holds (one τ) also 'limit', the speed limit v_max, 'speed', that of
    the cue in the second half of the run (NaN if it changes), and 'law', the lags s (L,) and the speeds v (L,) of Eq.
    (3). From other runs come 'measured', speeds (K,) and lags (K,), and 'fast', a run with a cue above the limit:
    'share' of the limit, and 'ts', 'u', 'x', 'cue', 'lag' as in this run.
    """
    if not is_single(net, mon, inputs, ('u',)):
        return {}
    x = recorded(mon, inputs, net.dt)
    data: dict[str, Any] = {'x': x, 'centre': np.asarray(net.centre(mon['u']))}
    found = cue_in(net, x)
    if found is None:
        return data
    cue, alpha = found
    data |= {'cue': cue, 'lag': _apart(cue, data['centre'])}
    if np.size(net.tau) > 1:
        return data
    lags = np.linspace(0.0, 2 * 3**0.5 * net.a, 200)
    law = lags, alpha / float(np.ravel(net.tau)[0]) * lags * np.exp(-(lags**2) / (6 * net.a**2))  # Eq. (3)
    return data | {
        'alpha': alpha,
        'limit': net.speed_limit(alpha),
        'law': law,
        'speed': _speed(np.asarray(mon['ts']), cue),
        **_other_cues(net, alpha),
    }


def _speed(ts, cue):
    """The speed of the cue in the second half of the run; NaN if it changes, or if the cue does not move."""
    half = slice(len(ts) // 2, None)
    t, z = ts[half], _turned(cue)[half]
    if len(t) < 3 or not np.isfinite(z).all():
        return np.nan
    v, z0 = np.polyfit(t, z, 1)
    return abs(v) if np.abs(z - v * t - z0).max() < 0.01 and abs(v) > 1e-6 else np.nan


def _other_cues(net, alpha):
    """'measured' and 'fast' of `tracking`."""
    dt, limit = float(net.dt), net.speed_limit(alpha)
    steps = round(15 * float(np.max(net.tau)) / alpha / dt)
    if steps > _MOST_STEPS:
        return {}
    ts = dt * np.arange(steps)
    shares = np.array([*_SLOW, _FAST])
    z = -2.5 + limit * shares[:, None] * ts
    x = np.stack([net.stimulus(one, alpha) for one in z])
    u = trials(net, np.tile(net.bump(-2.5), (len(shares), 1)), x)
    lags = _apart(z, net.centre(u))
    until = int(np.searchsorted(z[-1], 2.6))
    fast = {'share': _FAST, 'ts': ts, 'u': u[-1], 'x': x[-1], 'cue': z[-1], 'lag': lags[-1]}
    return {
        'measured': (limit * shares[:-1], lags[:-1, -1]),
        'fast': {k: v if k == 'share' else v[:until] for k, v in fast.items()},
    }


_SHARES = (0.5, 0.75, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)  # other strengths of the adaptation, in units of the threshold
_STANDS = 0.75  # one that leaves the bump where it is
_ALPHA = 0.1  # of the cues that a bump with adaptation follows


def travelling(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A bump that its adaptation drives around a ring.

    'r' (T, n): the rates. 'centre' (T,): the position of the bump. 'threshold': the strength m = τ/τ_v. 'standing': a
    run below it, with 'm', 'ts', 'r' and 'centre'. 'measured': strengths m (K,) and speeds (K,) of runs. 'law':
    strengths m (L,), the speeds of Eq. (4) (L,) and those of the formula of Mi et al. (L,). If this network travels,
    and a cue of the strength 'alpha' can hold the bump: 'speed', the speed v_int of Eq. (4), 'leads', speeds of cues
    (K,) and how far the bump is ahead of them (K,), and 'lead_time', that before a slow cue.
    """
    constants = (net.tau, net.tau_v, net.m)
    if not is_single(net, mon, inputs, ('u', 'v')) or any(np.size(c) > 1 for c in constants) or net.noisy:
        return {}
    tau, tau_v, m = (float(np.ravel(c)[0]) for c in constants)
    rates = jax.vmap(lambda u: net.output({'u': u}, {}))
    data: dict[str, Any] = {'r': np.asarray(rates(jnp.asarray(mon['u']))), 'centre': np.asarray(net.centre(mon['u']))}
    data['threshold'] = tau / tau_v
    if round(30 * tau_v / net.dt) > 5 * _MOST_STEPS:
        return data
    ms = tau / tau_v * np.array(_SHARES)
    u = sweep(net, {'m': ms}, measure='trace', of='u', duration=5 * tau_v, transient=25 * tau_v).values
    z = np.unwrap(net.centre(u), axis=1)
    grid = tau / tau_v * np.linspace(1, 1.05 * _SHARES[-1], 60)
    speeds = []
    for value in grid:
        with net.with_constants({'m': value}):
            speeds.append(net.intrinsic_speed())
    mu = grid * tau_v / tau
    stands = sweep(net, {'m': [_STANDS * tau / tau_v]}, measure='trace', of='u', duration=float(mon['ts'][-1])).values[
        0
    ]
    return data | {
        'standing': {
            'm': _STANDS * tau / tau_v,
            'ts': net.dt * np.arange(len(stands)),
            'r': np.asarray(rates(jnp.asarray(stands))),
            'centre': np.asarray(net.centre(stands)),
        },
        'measured': (ms, (z[:, -1] - z[:, 0]) / ((z.shape[1] - 1) * net.dt)),
        'law': (grid, np.array(speeds), 2 * net.a / tau_v * np.sqrt(mu - np.sqrt(mu))),
        **_leads(net, m - tau / tau_v),
    }


def _leads(net, excess):
    """'speed', 'alpha', 'leads' and 'lead_time' of `travelling`; ``excess`` is m − τ/τ_v."""
    speed, steps = net.intrinsic_speed(), round(400 * float(net.tau) / net.dt)
    if not 0 < excess < 0.8 * _ALPHA or steps > _MOST_STEPS:
        return {}
    v = speed * np.array((0.25, 0.5, 0.75, 1.0, 1.25))
    z = -2.5 + v[:, None] * net.dt * np.arange(steps + 1)
    x = np.stack([net.stimulus(one[:-1], _ALPHA) for one in z])
    bump = net.bump(-2.5)
    start = net.flat({'u': jnp.asarray(bump, net.dtype), 'v': jnp.asarray(net.m * bump, net.dtype)})[0]
    u = trials(net, np.tile(start, (len(v), 1)), x)[:, -1, : net.n]
    leads = v, _apart(net.centre(u), z[:, -1])
    return {'speed': speed, 'alpha': _ALPHA, 'leads': leads, 'lead_time': net.lead_time(_ALPHA)}


def sheet(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A bump on a sheet.

    'x' (T, n): the input. 'centre' (T, 2): the position of the bump. With a cue also 'cue' (T, 2), its position, and
    'lag' (T,), the distance of the bump from it.
    """
    if not is_single(net, mon, inputs, ('u',)):
        return {}
    x = recorded(mon, inputs, net.dt)
    data: dict[str, Any] = {'x': x, 'centre': np.asarray(net.centre(mon['u']))}
    found = cue_in(net, x)
    if found is not None:
        data['cue'] = found[0]
        data['lag'] = np.linalg.norm(_apart(found[0], data['centre']), axis=-1)
    return data


def heading(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A bump that turns with the velocity that is its input.

    'x' (T,): the velocity. 'angle' (T,): the angle of the bump, without jumps of 2π. 'integral' (T,): the first angle
    plus the integral of the velocity from then on. 'at': a step at which the speed is greatest; there 'r' (n,) are
    the rates, and 'push' (n,) is the current −τ x w′ ∗ r that the velocity adds.
    """
    if not is_single(net, mon, inputs, ('u',)):
        return {}
    u, x = np.asarray(mon['u']), recorded(mon, inputs, net.dt)[:, 0]
    angle = np.unwrap(net.centre(u))
    turned = recorded(mon, net.dt * np.cumsum(np.asarray(inputs, float)[:, 0]), net.dt)
    fastest = np.flatnonzero(np.abs(x) >= 0.999 * np.abs(x).max())
    at = int(fastest[len(fastest) // 2])
    state, params = jnp.asarray(u[at], net.dtype), net.params_dict()
    with_x, without = (net.F(state, params, jnp.asarray([v], net.dtype)) for v in (x[at], 0.0))
    return {
        'x': x,
        'angle': angle,
        'integral': angle[0] + turned - turned[0],
        'at': at,
        'r': np.maximum(u[at], 0),
        'push': np.asarray(net.tau * (with_x - without)),
    }


def integrator(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A value that is held, and how fast it is lost.

    'x' (T,): the input. 'value' (T,): the output. 'w': the feedback along ξ. 'others': w → (T,), the output for other
    feedbacks, by the closed form τ dm/dt = −(1 − w) m + x along ξ. 'integral' (T,): the integral of x/τ.
    """
    if not is_single(net, mon, inputs, ('r',)) or np.size(net.tau) > 1:
        return {}
    xi, x = np.asarray(net.xi), np.asarray(inputs, float)[:, 0]
    W, step = np.asarray(net.W.value, float), float(net.dt) / float(np.ravel(net.tau)[0])
    own = float(xi @ W @ xi / (xi @ xi))

    def held(w):
        decay = np.exp(-(1 - w) * step)
        gain = step if w == 1 else (1 - decay) / (1 - w)
        return recorded(mon, lfilter([gain], [1.0, -decay], x), net.dt)  # m_t = decay · m_{t−1} + gain · x_t

    return {
        'x': recorded(mon, x, net.dt),
        'value': np.asarray(mon['r']) @ xi / (xi @ xi),
        'w': own,
        'others': {w: held(w) for w in (0.9, 0.99, 0.999) if abs(w - own) > 1e-4},
        'integral': held(1.0),
    }


def hill(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A hill of activity that a uniform input evokes.

    'drive' (T, n): the input of each orientation, [c (1 − ε + ε cos 2θ) − T + x]₊. 'hills' (K, n): the rates at the end
    of runs whose initial states prefer other orientations. If there is a closed form (ε = 0, J_2 > 2, no input x, the
    hill at rest): 'width' is the half width θ_c, 'theory' (n,) the hill A [cos 2(θ − z) − cos 2θ_c]₊ with the height
    and the place of that of this run, and 'widths' are the J_2 (L,) and the θ_c (L,) of the hills at other couplings.
    """
    constants = (net.J0, net.J2, net.c, net.epsilon, net.T, net.tau)
    if not is_single(net, mon, inputs, ('r',)) or any(np.size(c) > 1 for c in constants) or net.noise is not None:
        return {}
    x, r = recorded(mon, inputs, net.dt), np.asarray(mon['r'])[-1]
    silence, params = jnp.zeros(net.n, net.dtype), net.params_dict()
    answer = jax.vmap(lambda one: net.F(silence, params, one))(jnp.asarray(x, net.dtype))
    own = np.angle(r @ np.exp(2j * net.theta)) / 2
    others = own + np.pi / 5 * np.arange(1, 5)  # with that of this run, five places around the ring
    starts = 0.1 + 0.01 * np.cos(2 * (net.theta - others[:, None]))
    given = np.asarray(inputs)[-_MOST_STEPS:]
    data: dict[str, Any] = {'drive': np.asarray(net.tau * answer), 'hills': trials(net, starts, given)[:, -1]}
    change = np.abs(net.F(jnp.asarray(r, net.dtype), params, jnp.asarray(x[-1], net.dtype))).max() * net.tau
    if net.epsilon == 0 and net.J2 > 2 and not x.any() and change < 0.05 * r.max():  # the hill is nearly at rest
        theta, z = net.theta, own
        shape = np.maximum(np.cos(2 * (theta - z)) - np.cos(2 * net.width), 0)
        angles = np.linspace(0.02, 0.5, 200) * np.pi
        data |= {
            'width': net.width,
            'theory': shape * (r @ shape) / (shape @ shape),
            'widths': (np.pi / (angles - np.sin(4 * angles) / 4), angles),
        }
    return data

"""What the portraits of models/populations.py show beside a run."""

from dataclasses import replace
from typing import Any

import numpy as np

from ratezoo.analysis.planes import phase_plane
from ratezoo.analysis.portraits.runs import is_single, responses
from ratezoo.analysis.sweeps import sweep
from ratezoo.errors import DivergedError, UnknownNameError

_SETTLE = 1500.0  # ms: the rates of a supralinear network are steady by then


def supralinear(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The steady rates of StabilizedSupralinear: against the input h to E and to I, and against more input to I.

    'h': (K,), in mV; 'E', 'I': the steady rates (K,) at c = h. 'steepest': the h at which E rises most steeply: below
    it the response is supralinear, above it sublinear. 'stabilised': the h from which w_EE g_E > 1, or NaN.
    'x_I': (K,), extra input to I at the c of the network; 'E_x', 'I_x': the rates (K,). 'turn': the extra input at
    which w_EE g_E = 1, or NaN.
    """
    if not is_single(net, mon, ('E', 'I')) or not net.p > 1:
        return {}
    h = np.linspace(0.0, max(8.0, 1.5 * float(net.c)), 97)
    x_I = float(net.x_I) + np.linspace(0.0, max(1.0, 1.8 * (_end_of_paradox(net) - float(net.x_I))), 97)
    try:
        E, I = _steady(net, h, [float(net.x_I)])
        E_x, I_x = _steady(net, [float(net.c)], x_I)
    except (DivergedError, UnknownNameError):
        return {}
    with net.with_constants({'c': h}):
        gain = np.asarray(net.excitatory_gain({'E': E, 'I': I}))
    gain_x = np.asarray(net.excitatory_gain({'E': E_x, 'I': I_x}))
    slope = np.gradient(E, h)
    return {
        'h': h,
        'E': E,
        'I': I,
        'steepest': float(h[np.argmax(slope)]),
        'stabilised': _crossing(h, gain - 1),
        'x_I': x_I,
        'E_x': E_x,
        'I_x': I_x,
        'turn': _crossing(x_I, 1 - gain_x),
    }


def _steady(net, c, x_I):
    """The steady E and I, (K,) each, without the input x: at K values of one constant and one value of the other."""
    options = dict(measure='final', duration=float(net.dt), transient=_SETTLE)
    return [sweep(net, {'c': c, 'x_I': x_I}, of=state, **options).values.ravel() for state in ('E', 'I')]


def _end_of_paradox(net):
    """The x_I at which E has fallen to the rate where w_EE g_E = 1, from Eqs. (1) and (2) at rest."""
    y = (1 / (net.w_EE * net.k * net.p)) ** (1 / (net.p - 1))  # the current of E there
    E = net.k * y**net.p
    I = max((net.w_EE * E + net.c - y) / net.w_EI, 0.0)
    return float((I / net.k) ** (1 / net.p) - net.w_IE * E + net.w_II * I - net.c)


def _crossing(at, values):
    """Where the values (K,) first rise through 0, by linear interpolation; NaN if they do not."""
    k = np.flatnonzero((values[:-1] < 0) & (values[1:] >= 0))
    if not len(k):
        return float('nan')
    a, b = values[k[0]], values[k[0] + 1]
    return float(at[k[0]] + (at[k[0] + 1] - at[k[0]]) * a / (a - b))


def amplification(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """BalancedAmplification with the link from the difference mode to the sum mode, and without it.

    'E_cut', 'I_cut': the rates without the link, (T,), under the input of the run. 'ts': times (K,); 'sum',
    'difference': the two modes (K,) after a unit of the difference mode. 'peak': the time of the largest sum, and this
    sum.
    """
    if not is_single(net, mon, ('E', 'I')) or not net.k_I > 1:
        return {}
    without = _without_link(net, mon, inputs)
    unit = {'E': np.full(1, 0.5**0.5), 'I': np.full(1, -(0.5**0.5))}
    steps = max(2, round(5 * net.tau / net.dt))
    after = responses(net, np.zeros((steps, 1)), unit)
    E1, I1 = (np.concatenate([unit[s], after[s][:, 0]]) for s in ('E', 'I'))
    ts, total = net.dt * np.arange(steps + 1), (E1 + I1) / 2**0.5
    top = int(np.argmax(total))
    return {
        **without,
        'ts': ts,
        'sum': total,
        'difference': (E1 - I1) / 2**0.5,
        'peak': (float(ts[top]), float(total[top])),
    }


def _without_link(net, mon, inputs):
    """The rates E and I of two modes that do not drive each other, (T,) each, from the first recorded state on.

    Without the link each mode m obeys τ dm/dt = −(1 + a) m + x/√2, with a = w (k_I − 1) for the sum and 0 for the
    difference. During a step x is constant, and this has a closed form.
    """
    from scipy.signal import lfilter

    ts = np.asarray(mon['ts'], float)
    dt = ts[1] - ts[0]
    x = np.zeros((len(ts), 1)) if inputs is None else np.asarray(inputs, float)
    x = x[np.clip(np.round(ts / net.dt).astype(int), 0, len(x) - 1), 0] / 2**0.5
    E, I = (np.asarray(mon[s], float)[:, 0] for s in ('E', 'I'))
    modes = []
    for first, a in (((E + I)[0] / 2**0.5, net.w * (net.k_I - 1)), ((E - I)[0] / 2**0.5, 0.0)):
        decay = np.exp(-(1 + a) * dt / net.tau)
        drive = (1 - decay) / (1 + a) * x[1:]
        modes.append(np.concatenate([[first], lfilter([1.0], [1.0, -decay], drive, zi=[decay * first])[0]]))
    total, difference = modes
    return {'E_cut': (total + difference) / 2**0.5, 'I_cut': (total - difference) / 2**0.5}


def bistability(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """MontbrioPazoRoxin under the sine of its paper's Fig. 2, and its (v, r) plane; r in Hz.

    'ts': times (K,); 'x': the input 3 sin(π t/(20 τ)), (K,); 'r', 'v': the answer to it, (K,). 'plane': the
    `PhasePlane` at the last input of the run, with v across and r up. 'path': the run in it, (T, 2).
    """
    if not is_single(net, mon, ('r', 'v')):
        return {}
    period = 40 * float(net.tau)
    ts = net.dt * np.arange(max(2, round(2 * period / net.dt)))
    x = 3 * np.sin(2 * np.pi * ts / period)
    after = responses(net, x[:, None])
    if not np.isfinite(after['r']).all():
        return {}
    path = np.stack([np.asarray(mon[s], float)[:, 0] for s in ('r', 'v')], 1)
    last = 0.0 if inputs is None else float(np.asarray(inputs)[-1, 0])
    steady = np.array([[r, -net.Delta / (2 * np.pi * net.tau * r)] for r in net.steady_rates(last)]).reshape(-1, 2)
    low, high = np.min([path.min(0), *steady], 0), np.max([path.max(0), *steady], 0)
    margin = 0.12 * np.maximum(high - low, 1e-3)
    limits = ((0.0, high[0] + margin[0]), (low[1] - margin[1], high[1] + margin[1]))
    plane = phase_plane(net, np.full(1, last), limits)
    return {
        'ts': ts,
        'x': x,
        'r': 1000 * after['r'][:, 0],
        'v': after['v'][:, 0],
        'plane': _turned(plane, 1000.0),
        'path': path[:, ::-1] * [1, 1000.0],
    }


def _turned(plane, scale):
    """The phase plane with its second number across and its first number up, times ``scale``, in Hz."""
    r, v = plane.sides
    points = [p._replace(r={'v': np.asarray(p.r['v']), 'r': scale * np.asarray(p.r['r'])}) for p in plane.fixed_points]
    F = plane.F.swapaxes(0, 1)[..., ::-1] * [1, scale]
    return replace(plane, names=('v', 'r'), units=(None, 'Hz'), sides=(v, scale * r), F=F, fixed_points=points)


COHERENCES = (1.6, 3.2, 6.4, 12.8, 25.6, 51.2)  # in per cent
_WINDOW = 50.0  # ms: `WongWang.decide` averages the rates over this time


def decision(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """WongWang: the rates of the run and of nine more trials with the same input; and what `decisions` returns.

    'r': (10, T, 2), in Hz, averaged over the last 50 ms; the first trial is the run.
    """
    if not is_single(net, mon, ('S',), 2) or len(mon['ts']) < 3:
        return {}
    x = np.zeros((len(mon['ts']), 2)) if inputs is None else np.asarray(inputs, float)
    at = np.clip(np.round(np.asarray(mon['ts']) / net.dt).astype(int), 0, len(x) - 1)
    more = responses(net, x, trials=9, seed=net.seed or 0)['S'][:, at]
    dt = float(mon['ts'][1] - mon['ts'][0])
    r = np.stack([_mean_rates(net, S, dt) for S in (np.asarray(mon['S']), *more)])
    return {'r': r, **decisions(net)}


def _mean_rates(net, S, dt):
    """The rates that give the course S (T, 2) by Eq. (1) of the model, averaged over the last 50 ms."""
    S = np.asarray(S, float)
    change = np.diff(S, axis=0, append=S[-1:] + S[-1:] - S[-2:-1]) / dt
    total = np.cumsum(1000 * (change + S / net.tau_S) / ((1 - S) * net.gamma), axis=0)
    width = max(1, round(_WINDOW / dt))
    before = np.concatenate([np.zeros((min(width, len(S)), 2)), total[:-width]])
    return (total - before) / np.minimum(np.arange(1, len(S) + 1), width)[:, None]


def decisions(net: Any, trials: int = 300) -> dict[str, Any]:
    """The choices and the times of decision of WongWang, for a stimulus that favours population 1.

    'coherence': (C,), in per cent. 'correct': the share of the choices that are right, (C,), in per cent. 'time': the
    mean time of a right and of a wrong decision, (C, 2), in ms; NaN for fewer than ten decisions. 'trials': the number
    of trials at each coherence.
    """
    all_decisions = [net.decide(c, trials) for c in COHERENCES]
    times = [
        [d.time[d.choice == k].mean() if np.sum(d.choice == k) > 9 else np.nan for k in (1, 2)] for d in all_decisions
    ]
    correct = [100 * np.sum(d.choice == 1) / max(1, np.sum(d.choice > 0)) for d in all_decisions]
    return {
        'coherence': np.array(COHERENCES),
        'correct': np.array(correct),
        'time': np.array(times),
        'trials': trials,
    }


def bursts(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """TsodyksMarkram with a weak background, I_0 + x = −3 Hz, and four pulses: a probe, a cue and two probes.

    'ts': times (K,); 'x': the pulses (K,), in Hz; 'E', 'y', 'u': (K,). 'pulses': the name and the time of each pulse.
    'answers': the largest E after the beginning of each pulse, within 400 ms. 'background': −3.
    """
    if not is_single(net, mon, ('E', 'y', 'u')):
        return {}
    ts = net.dt * np.arange(round(6000 / net.dt))
    pulses = [('probe', 500.0, 100.0, 3.0), ('cue', 1500.0, 300.0, 10.0)]  # name, start, duration, height
    pulses += [('probe', 2600.0, 100.0, 3.0), ('late probe', 5300.0, 100.0, 3.0)]
    x = sum(np.where((ts >= start) & (ts < start + length), height, 0.0) for _, start, length, height in pulses)
    after = responses(net, (x - 3.0 - net.I_0)[:, None])
    if not all(np.isfinite(a).all() for a in after.values()):
        return {}
    states = {s: after[s][:, 0] for s in ('E', 'y', 'u')}
    answers = [float(states['E'][(ts >= start) & (ts < start + 400)].max()) for _, start, _, _ in pulses]
    return {'ts': ts, 'x': x, **states, 'pulses': [p[:2] for p in pulses], 'answers': answers, 'background': -3.0}

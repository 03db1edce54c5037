"""The reference solution of the exercise, with the library's `SynapticRate`, `FiringRate` and `SynapticCurrent`."""

from typing import TYPE_CHECKING, Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from ratezoo import simulate
from ratezoo.analysis import sweep
from ratezoo.models.reduction import FiringRate, SynapticCurrent, SynapticRate
from ratezoo.plots.style import COLOURS, finish, new_subplots
from ratezoo.types import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

R_MAX, THETA = 0.1, 1.0  # of the f-I curve, in spikes per ms
TAU_FILTER = 10.0  # of the synapses that filter the spikes, in ms
SENDERS = (10, 1000)  # how many neurons send spikes to each of the two currents
SLOW = 20.0  # the larger of the two time constants, in ms
RATIOS = (0.4, 0.2, 0.1, 0.05)  # of the smaller time constant to the larger one
LIMITS = ('firing-rate', 'current')
_STYLES: dict[str, dict[str, Any]] = {
    'full': {'color': '0.7', 'linewidth': 5},
    'firing-rate': {'color': COLOURS[0]},
    'current': {'color': COLOURS[1], 'linestyle': '--'},
}


class Filtered(NamedTuple):
    """Step 1: the times (T,) in ms, the currents (T, 2) that the spikes give, and the currents (T, 2) that the rates give."""

    ts: np.ndarray
    from_spikes: np.ndarray
    from_rates: np.ndarray


class Limits(NamedTuple):
    """Step 2: the rates of the full model and of its two limits.

    Attributes
    ----------
    ts : array (T,)
        Times in ms.
    rates : dict of str to list of array (4, T, n)
        'full', 'firing-rate' or 'current' → the rates in spikes per ms. First those for τ_s < τ_m, then those for
        τ_m < τ_s; in each of them, one run for each of the `RATIOS`.
    errors : dict of str to list of array (4,)
        'firing-rate' or 'current' → the largest difference from the rates of the full model, in spikes per ms; the order
        is that of ``rates``.
    """

    ts: np.ndarray
    rates: dict[str, list[np.ndarray]]
    errors: dict[str, list[np.ndarray]]


class Result(NamedTuple):
    """The result of `run`: the peak of the current that one spike gives in 1/ms, its area, and both steps."""

    peak: float
    area: float
    filtered: Filtered
    limits: Limits


def run(seed: int = 0) -> Result:
    """All that the hand-out asks; the seed determines the spikes, W and the input."""
    rng = np.random.default_rng(seed)
    one_spike = np.zeros((1500, 1))
    one_spike[0] = 1 / 0.1
    I = _filter(one_spike, 0.1)[:, 0]
    return Result(float(I.max()), float(0.1 * I.sum()), filter_spikes(rng), compare_limits(rng))


def g(I: Array) -> Array:
    """The f-I curve, r_max [I]₊²/(θ² + [I]₊²)."""
    square = jnp.maximum(I, 0.0) ** 2
    return R_MAX * square / (THETA**2 + square)


def filter_spikes(rng: np.random.Generator, dt: float = 0.5) -> Filtered:
    """The currents of 10 and of 1000 Poisson neurons with the same rate ν(t), and the currents of the rates."""
    ts = dt * np.arange(1, 801)
    rates = np.repeat(0.02 * (1 + 0.8 * np.sin(2 * np.pi * ts / 200))[:, None], max(SENDERS), axis=1)
    spikes = rng.random(rates.shape) < rates * dt
    W = np.array([np.where(np.arange(max(SENDERS)) < K, 50 / K, 0.0) for K in SENDERS])
    return Filtered(ts, _filter(spikes / dt @ W.T, dt), _filter(rates @ W.T, dt))


def _filter(currents, dt):
    """Currents (T, n) after the synapses: a network without connections gets them as its input."""
    n = currents.shape[1]
    net = SynapticCurrent(n, W=np.zeros((n, n)), tau_s=TAU_FILTER, dt=dt)
    return np.asarray(simulate(net, inputs=currents, monitors='I').mon['I'], float)


def compare_limits(rng: np.random.Generator, n: int = 10, dt: float = 0.1) -> Limits:
    """A random network with a pulse of input: the full model and both limits, for fast synapses and for fast membranes."""
    ts = dt * np.arange(1, 1201)
    W = rng.normal(3 / n, 12 / np.sqrt(n), (n, n))
    x = np.where((ts > 10) & (ts < 70), 1.0, 0.0)[:, None] * rng.uniform(0.5, 1.5, n)
    fast = SLOW * np.array(RATIOS)
    rates: dict[str, list[np.ndarray]] = {'full': [], 'firing-rate': [], 'current': []}
    models: dict[str, Any] = {'full': SynapticRate, 'firing-rate': FiringRate, 'current': SynapticCurrent}
    for tau_s, tau_m in ((fast, np.array([SLOW])), (np.array([SLOW]), fast)):
        for name, model in models.items():
            net = model(n, g, W=W, dt=dt)
            taus: dict[str, Any] = {k: v for k, v in (('tau_s', tau_s), ('tau_m', tau_m)) if k in net.constants}
            traces = sweep(net, taus, measure='trace', duration=len(ts) * dt, x=x).values
            rates[name].append(np.broadcast_to(traces.reshape(-1, len(ts), n), (len(RATIOS), len(ts), n)))
    errors = {
        name: [np.abs(r - full).max((1, 2)) for r, full in zip(rates[name], rates['full'], strict=True)]
        for name in LIMITS
    }
    return Limits(ts, rates, errors)


def figures(result: Result) -> 'dict[str, Figure]':
    """The figures by name: spikes and rates through the synapse; the two limits; their errors over the ratio."""
    return {
        'spikes_and_rates': draw_filtered(result.filtered),
        'limits': draw_limits(result.limits),
        'errors': draw_errors(result.limits),
    }


def draw_filtered(filtered: Filtered) -> 'Figure':
    """The currents of the spikes and of the rates."""
    fig, ax = new_subplots(layout='constrained', figsize=(6.4, 3.4))
    for k, color in ((0, '0.7'), (1, COLOURS[0])):
        ax.plot(filtered.ts, filtered.from_spikes[:, k], color=color, label=f'spikes of {SENDERS[k]} neurons')
    ax.plot(filtered.ts, filtered.from_rates[:, 1], 'k--', label='rates')
    finish(ax, 'time $t$ (ms)', 'current $I$', 1)
    fig.legend(loc='outside upper center', ncols=3, frameon=False)
    return fig


def draw_limits(limits: Limits) -> 'Figure':
    """The mean rate in the full model and in both limits, at the smallest ratio on each side."""
    fig, axes = new_subplots(1, 2, layout='constrained', figsize=(9, 3.6), sharey=True)
    for side, ax in enumerate(axes):
        for name, style in _STYLES.items():
            ax.plot(limits.ts, 1000 * limits.rates[name][side][-1].mean(1), label=f'{name} model', **style)
        taus = (RATIOS[-1] * SLOW, SLOW)
        tau_s, tau_m = taus if side == 0 else taus[::-1]
        ax.set_title(rf'$\tau_s$ = {tau_s:g} ms, $\tau_m$ = {tau_m:g} ms', fontsize='medium', loc='left')
        finish(ax, 'time $t$ (ms)', 'mean rate $r$ (Hz)' if side == 0 else '', 1)
    fig.legend(*axes[0].get_legend_handles_labels(), loc='outside upper center', ncols=3, frameon=False)
    return fig


def draw_errors(limits: Limits) -> 'Figure':
    """The largest error of each limit on its own side, over the ratio of the time constants."""
    fig, ax = new_subplots(layout='constrained', figsize=(5, 3.4))
    for side, (name, ratio) in enumerate(zip(LIMITS, (r'\tau_s/\tau_m', r'\tau_m/\tau_s'), strict=True)):
        style = {**_STYLES[name], 'marker': 'os'[side]}
        ax.loglog(RATIOS, 1000 * limits.errors[name][side], label=f'{name} model, over ${ratio}$', **style)
    ax.loglog(RATIOS, 100 * np.array(RATIOS), ':', color='black', label='slope 1')
    axes: Any = ((ax.xaxis, RATIOS), (ax.yaxis, (5, 10, 20, 40)))
    for axis, ticks in axes:
        axis.set_ticks(ticks, [f'{tick:g}' for tick in ticks])
    ax.minorticks_off()
    finish(ax, 'ratio of the time constants', 'largest error of a rate (Hz)')
    return fig


def as_dict(result: Result) -> dict[str, Any]:
    """The current of one spike; the currents of step 1; of step 2 the errors, and the mean rates at the last ratio."""
    filtered, limits = result.filtered, result.limits
    sides = ('fast synapse', 'fast membrane')

    def by_side(values):
        return {side: value.tolist() for side, value in zip(sides, values, strict=True)}

    return {
        'peak': result.peak,
        'area': result.area,
        'filter': {name: values.tolist() for name, values in filtered._asdict().items()},
        'ratios': list(RATIOS),
        'ts': limits.ts.tolist(),
        'mean_rates': {name: by_side(r[-1].mean(-1) for r in rates) for name, rates in limits.rates.items()},
        'errors': {name: by_side(errors) for name, errors in limits.errors.items()},
    }


def table(result: Result) -> str:
    """The current of one spike, and the errors of both limits for each ratio of the time constants."""
    lines = [
        f'one spike: peak {result.peak:.4f} = 1/tau_s ({1 / TAU_FILTER:.4f}), area {result.area:.4f}',
        'largest error of a rate (Hz)     firing-rate model   current model',
    ]
    for side, name in enumerate(('tau_s/tau_m', 'tau_m/tau_s')):
        for i, ratio in enumerate(RATIOS):
            errors = [1000 * result.limits.errors[model][side][i] for model in LIMITS]
            lines.append(f'  {name} = {ratio:<14g}    {errors[0]:17.2f}   {errors[1]:13.2f}')
    return '\n'.join(lines)

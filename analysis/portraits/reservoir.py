"""What the portraits of models/reservoir.py show beside a run."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.portraits.rate import each_step, output
from ratezoo.types import Array

_PERIOD, _LEARNED, _FREE = 15.0, 10, 4  # of the target: its period in units of τ, and so many periods
_MOST_UNITS, _MOST_STEPS = 500, 4000
_EVERY, _RIDGE = 2, 0.1  # recursive least squares: steps between updates, and 1/P at the beginning
_UNITS = 5
_WASHOUT = 200  # steps that a readout leaves out; more than the delays


def force(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """A network before, during and after it learns a periodic target by FORCE, from the end of the run on.

    - 'output' (T, n_out): of the run.
    - 't' (S,): the times, from those of the run on. 'learning' (2,): the times when learning begins and ends.
      'z', 'target' (S, n_out): the output and the target. 'rates' (S, 5): of five units. 'change' (S,): |ΔW_out|/Δt,
      the mean from update to update.

    The readout learns by recursive least squares, Eqs. (4), (5) of Sussillo and Abbott (2009). After the run the input
    is its last value. Nothing but 'output' for a batch, a large network, or a run of which not each step was recorded.
    The cost: about one second.
    """
    data = output(net, mon, inputs)
    tau = float(np.mean(net.tau))
    learned, free = (round(k * _PERIOD * tau / net.dt) for k in (_LEARNED, _FREE))
    too_large = net.n > _MOST_UNITS or learned + free > _MOST_STEPS
    if inputs is None or not each_step(net, mon) or too_large or net.states != ('I',) or net.params != ('W_out',):
        return data
    before, steps = len(mon['ts']), learned + free
    t = net.dt * np.arange(before + steps)
    phase = 2 * np.pi * t[:, None] / (_PERIOD * tau) + np.arange(net.n_out)
    target = np.sin(phase) + 0.5 * np.sin(2 * phase)
    r, z, change = _learn(net, np.asarray(mon['I'])[-1], np.asarray(inputs)[-1], target[before:], learned)
    shown = np.linspace(0, net.n - 1, min(net.n, _UNITS)).astype(int)
    rates = jax.vmap(net.features)(jnp.asarray(mon['I']))
    return {
        **data,
        't': t,
        'learning': np.array([t[before], t[before + learned]]),
        'target': target,
        'z': np.concatenate([data['output'], z]),
        'rates': np.concatenate([np.asarray(rates), r])[:, shown],
        'change': np.concatenate([np.zeros(before), np.convolve(change / net.dt, np.full(_EVERY, 1 / _EVERY))[:steps]]),
    }


def _learn(net, I, x, target, learned):
    """Recursive least squares on the readout in the first ``learned`` steps: rates, outputs and |ΔW_out| by step."""

    def least_squares(W, P, r, error):
        k = P @ r
        k = k / (1 + r @ k)
        return W - jnp.outer(error, k), P - jnp.outer(k, r @ P)

    def step(carry, at):
        I, W, P = carry
        number, y = at
        I = net.step(I, {'W_out': W}, x)
        r = net.features(I)
        z = W @ r
        learns = (number < learned) & (number % _EVERY == 0)
        new, P = jax.lax.cond(learns, least_squares, lambda W, P, r, error: (W, P), W, P, r, z - y)
        return (I, new, P), (r, z, jnp.linalg.norm(new - W))

    def run(I: Array, W: Array, x: Array, target: Array) -> Any:
        start = I, W, jnp.eye(len(I), dtype=net.dtype) / _RIDGE
        return jax.lax.scan(step, start, (jnp.arange(len(target)), target))[1]

    target, x = (jnp.asarray(a, net.dtype) for a in (target, x))
    return [np.asarray(a) for a in jax.jit(run)(jnp.asarray(I), net.params_dict()['W_out'], x, target)]


def memory(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """How well an echo state network gives back its input of k steps ago.

    - 'output' (T, n_out): of the run, with the network's own readout.
    - 'capacity' (K,): the squared correlation MC_k for k = 1 … K, by `EchoState.memory_capacity`.
    - 'delays': a delay that is well remembered, and one that is not, if there are such. 'recalled' (T, 2): what linear
      readouts give in the run for these delays. They are fitted to random inputs by least squares.

    Nothing but 'output' for a batch, a large network, or a run of which not each step was recorded.
    """
    data = output(net, mon, inputs)
    longest = 2 * len(mon['ts']) // 3  # a longer delay can't be seen in this run
    if inputs is None or net.n > _MOST_UNITS or longest < 4 or not each_step(net, mon):
        return data
    steps = max(1000, 4 * net.n)
    capacity = net.memory_capacity(min(2 * net.n, 100), steps=steps)
    last_good, first_bad = (int(np.argmin(np.append(capacity, 0) >= limit)) for limit in (0.9, 0.1))
    second = min(first_bad + 1, longest, len(capacity))
    delays = max(1, min(last_good, second // 2 if last_good >= second else second)), second
    x = np.random.default_rng(1).uniform(-1, 1, (steps + _WASHOUT, net.n_in))
    fitted, shown = (np.insert(np.asarray(r, float), 0, 1, axis=1) for r in (net.states_of(x)[_WASHOUT:], mon['r']))
    past = np.stack([x[_WASHOUT - k : len(x) - k, 0] for k in delays], 1)
    readout = np.linalg.lstsq(fitted, past, rcond=1e-5)[0]
    return {**data, 'capacity': capacity, 'delays': delays, 'recalled': shown @ readout}

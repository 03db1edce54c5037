"""What the portraits of models/gated.py show beside a run."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.portraits.rate import each_step, output
from ratezoo.models.gated import GRU, LSTM
from ratezoo.simulation import simulate
from ratezoo.types import Array

_STEPS = 30  # of the unit with chosen weights
_CLOSED, _OPEN = -6.0, 12.0  # the current of a gate without a signal, and what a signal adds


def memory_cell(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The gates of an LSTM in the run, and a unit with chosen weights.

    - 'output' (T, n_out). 'gates': name of the gate → (T, n), how far it was open, from 0 to 1.
    - 'unit': the unit with chosen weights: 'value' (T,), its input; 'events': name of the signal → the steps at which
      it comes; 'stored': the steps whose value it stores; 'gates': name → (T,); 'states': name → (T,). 'write' opens
      the input gate, 'erase' closes the forget gate, and 'read' opens the output gate.

    Nothing but 'output' for a batch, or for a run of which not each step from the first on was recorded.
    """
    events = {'write': {4: 0.6, 23: -0.4}, 'read': {9: 0.0, 13: 0.0, 27: 0.0}, 'erase': {18: 0.0}}

    def weights():
        W_in = np.zeros((4, 4))  # rows: input gate, candidate, forget gate, output gate
        W_in[0, 1] = W_in[3, 3] = _OPEN
        W_in[2, 2] = -2 * _OPEN
        W_in[1, 0] = 1.0
        return {'W_in': W_in, 'b': np.array([_CLOSED, 0.0, 8.0, _CLOSED])}

    return _portrait(net, mon, inputs, LSTM, ('write', 'erase', 'read'), events, weights)


def update_gate(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The gates of a GRU in the run, and a unit with chosen weights.

    The keys are those of `memory_cell`. 'write' opens the update gate and leaves the reset gate closed, so that the old
    value is replaced. 'add' opens both, so that the new value depends on the old one.
    """
    events = {'write': {4: 0.4, 22: -0.5}, 'add': {13: 0.5}}

    def weights():
        W_in, W = np.zeros((3, 3)), np.zeros((3, 1))  # rows: update gate, reset gate, candidate
        W_in[0, 1] = W_in[0, 2] = W_in[1, 2] = _OPEN
        W_in[2, 0] = W[2, 0] = 1.0
        return {'W_in': W_in, 'W': W, 'b': np.array([1.3 * _CLOSED, _CLOSED, 0.0])}

    return _portrait(net, mon, inputs, GRU, ('write', 'add'), events, weights)


def _portrait(net, mon, inputs, model, signals, events, weights):
    data = output(net, mon, inputs)
    if inputs is None or not each_step(net, mon):
        return data
    unit = model(1 + len(signals), 1, 1, dt=1.0, seed=0)
    unit.set_params({'W': np.zeros(unit.W.shape), **weights()})
    x = np.zeros((_STEPS, 1 + len(signals)))
    x[:, 0] = 0.6 * np.sin(1.3 * np.arange(_STEPS) + 0.5)  # a value comes at each step; few of them are stored
    for k, signal in enumerate(signals, 1):
        for step, value in events[signal].items():
            x[step - 1, [0, k]] = value or x[step - 1, 0], 1.0
    run = simulate(unit, inputs=x)
    return {
        **data,
        'gates': gates(net, mon, inputs),
        'unit': {
            'value': x[:, 0],
            'events': {name: list(at) for name, at in events.items()},
            'stored': [step for at in events.values() for step, value in at.items() if value],
            'gates': {k: v[:, 0] for k, v in gates(unit, run.mon, x).items()},
            'states': {s: np.asarray(run.mon[s])[:, 0] for s in unit.states},
        },
    }


def gates(net: Any, mon: Any, inputs: Any) -> dict[str, np.ndarray]:
    """How far each gate was open in each step: name → (T, n); nan in the first step if it did not start from rest."""
    first = net.by_name(net.initial_state())
    after: Any = {s: np.asarray(mon[s]) for s in net.states}
    before: Any = {s: np.concatenate([np.asarray(first[s])[None], a[:-1]]) for s, a in after.items()}
    params, x = net.params_dict(), jnp.asarray(np.asarray(inputs)[: len(mon['ts'])], net.dtype)

    def both(r: Any, x: Array) -> Any:
        return net.gate_values(r, params, x), net.by_name(net.step(r, params, x))

    values, predicted = jax.jit(jax.vmap(both))(net.as_state(before), x)
    values = {k: np.array(v) for k, v in values.items()}
    if not net.noisy and not all(np.allclose(predicted[s][0], after[s][0], atol=1e-4) for s in net.states):
        for v in values.values():
            v[0] = np.nan
    return values

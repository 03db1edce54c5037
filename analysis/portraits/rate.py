"""What the portraits of models/rate.py, and of other trainable networks, show beside a run."""

from typing import Any

import jax
import numpy as np

from ratezoo.capabilities import HasReadout


def each_step(net: Any, mon: Any) -> bool:
    """Whether all states of a single run were recorded at each step, from the first step on."""
    ts = np.asarray(mon['ts'])
    singly = all(s in mon and np.ndim(mon[s]) == 2 for s in net.states) and net.batch_size is None
    return singly and len(ts) > 0 and bool(np.allclose(ts, net.dt * np.arange(len(ts)), atol=0.1 * net.dt))


def recorded_states(net: Any, mon: Any) -> Any:
    """The recorded states of a single run in the form that the network takes, with the time as first axis."""
    return net.as_state({s: np.asarray(mon[s]) for s in net.states})


def output(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """'output' (T, n_out): what the linear readout gives in each recorded state.

    Nothing for a network without a linear readout, or for a batch.
    """
    known = isinstance(net, HasReadout) and net.batch_size is None and all(s in mon for s in net.states)
    if not known:
        return {}
    return {'output': np.asarray(jax.vmap(net.output, (0, None))(recorded_states(net, mon), net.params_dict()))}

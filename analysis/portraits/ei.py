"""What the portraits of models/ei.py show beside a run."""

from typing import Any

import jax
import numpy as np

from ratezoo.analysis.portraits.rate import recorded_states


def balance(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The two kinds of units, and what they give each other.

    'rates' (T, n), 'output' (T, n_out), and 'W' (n, n), the effective weights. 'excitation' and 'inhibition' (T,): the
    recurrent currents W_rec r from the excitatory and from the inhibitory units, the mean of all units. Nothing for a
    batch.
    """
    if net.batch_size is not None or net.states != ('I',) or 'I' not in mon:
        return {}
    I, params = recorded_states(net, mon), net.params_dict()
    rates = np.asarray(jax.vmap(net.features)(I), float)
    W = np.asarray(net.effective()['W'], float)
    onto_all = rates * W.mean(0)  # the mean current that each unit gives
    return {
        'rates': rates,
        'output': np.asarray(jax.vmap(net.output, (0, None))(I, params)),
        'W': W,
        'excitation': onto_all[:, : net.n_excitatory].sum(1),
        'inhibition': onto_all[:, net.n_excitatory :].sum(1),
    }

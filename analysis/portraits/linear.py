"""What the portraits of models/linear.py show beside a run."""

from typing import Any

import jax
import numpy as np

from ratezoo.analysis.portraits.rate import each_step


def homework(net: Any, mon: Any, inputs: Any) -> dict[str, Any]:
    """The traces p of the course's homework, beside a run of one unit over T steps.

    - 't' (T + 1,): the times, from 0 on. 'r' (T + 1,): the rate, with r_0 before the first step. 'x' (T,): the input.
    - 'p' : name of a parameter of one number → (T + 1,). p_w is the derivative of r with respect to w in this run:

          (1)  p_t = (∂S/∂r) p_{t−1} + ∂S/∂w,   p_0 = 0

      where S is the step of the network. For Euler's method it is a step of dp_w/dt = (w − 1) p_w + r.
    - 'y' (T,): the target of the homework, exp(linspace(1, 0, T)), if r_0 is its first value.

    Nothing for more than one unit, a batch, noise, or a run of which not each step from the first on was recorded.
    """
    params = net.params_dict()
    one_number = net.sizes == {'r': 1} and all(np.size(v) == 1 for v in params.values())
    if not one_number or net.noisy or inputs is None or not each_step(net, mon):
        return {}
    x, r = np.asarray(inputs, net.dtype), np.asarray(mon['r'])
    zero, one = (np.asarray(net.step(np.full(1, k, net.dtype), params, x[0])) for k in (0, 1))
    if abs(one - zero) < 1e-3:
        return {}  # the first step forgets r_0
    r = np.concatenate([(r[:1] - zero) / (one - zero), r])  # r_0, because the step is linear in r
    by_r, by_params = jax.jit(jax.vmap(jax.jacfwd(net.step, (0, 1)), (0, None, 0)))(r[:-1], params, x)
    p = {w: [0.0] for w in params}
    for w, trace in p.items():
        for J, immediate in zip(np.ravel(by_r), np.ravel(by_params[w]), strict=True):
            trace.append(float(J * trace[-1] + immediate))  # Eq. (1)
    data = {'t': net.dt * np.arange(len(r)), 'r': r[:, 0], 'x': x[:, 0], 'p': {w: np.array(v) for w, v in p.items()}}
    y = np.exp(np.linspace(1, 0, len(x)))
    return {**data, 'y': y} if abs(r[0, 0] - y[0]) < 1e-3 else data

"""Exact RTRL here and in braintrace, in one run.

    python -m pip install braintrace && python benchmarks/peers.py

A tanh network with all weights trained, one input, one output, float32; the gradient of 32 steps in braintrace (its
`SnAp` of order 2, which is the exact rule for a full weight matrix) and of 256 steps here, both per step.
"""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
from common import header, shown, times
from rtrl import RTRLNet, gradient

warnings.filterwarnings('ignore')


def braintrace_gradient(n, T):
    """The gradient by braintrace, as a function without arguments."""
    import brainstate
    import braintrace

    class Net(brainstate.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = braintrace.nn.ValinaRNNCell(1, n, activation='tanh')
            self.out = braintrace.nn.Linear(n, 1)

        def update(self, x):
            return self.out(self.rnn(x))

    net = Net()
    learner = braintrace.compile(net, braintrace.SnAp, jnp.zeros(1), n=2, snap_max_jacobian_elements=10**10)
    weights = net.states(brainstate.ParamState)
    rng = np.random.default_rng(0)
    x, y = (jnp.asarray(rng.normal(size=(T, 1)), jnp.float32) for _ in range(2))

    def step(total, inputs):
        grads = brainstate.transform.grad(lambda x, y: jnp.sum((learner(x) - y) ** 2) / 2, weights)(*inputs)
        return jax.tree.map(jnp.add, total, grads), None

    @brainstate.transform.jit
    def whole(x, y):
        zero = jax.tree.map(jnp.zeros_like, {k: v.value for k, v in weights.items()})
        return brainstate.transform.scan(step, zero, (x, y))[0]

    return lambda: jax.block_until_ready(whole(x, y))


if __name__ == '__main__':
    header()
    for n in (32, 64, 128):
        theirs, dense, ours = times(
            [braintrace_gradient(n, 32), gradient(RTRLNet, n, 32, block='dense'), gradient(RTRLNet, n, 256)], 5, 1
        ) / np.array([[32], [32], [256]])
        print(
            f'n = {n:4d}   braintrace {shown(theirs)}   dense {shown(dense)}   in blocks {shown(ours)}   '
            f'braintrace/blocks {np.median(theirs) / np.median(ours):.0f}'
        )

"""Real-time recurrent learning, step by step or in blocks of steps."""

from collections.abc import Mapping
from typing import Any, Literal

import jax
import jax.numpy as jnp

from ratezoo.learning.blocks import scan_blocks
from ratezoo.learning.online import OnlineRule
from ratezoo.learning.trajectory import Trajectories
from ratezoo.types import Array, Loss, Params, State

__all__ = ['RTRL']
CATEGORY = 'exact rule of trajectories'

tree_map = jax.tree_util.tree_map


class RTRL(OnlineRule):
    """Real-time recurrent learning: the influence p = dr/dw of every parameter goes forward in time. Exact.

    With r_t = S(r_{t−1}, w, x_t), the one-step map of the model (Euler: S = r + Δt F),

        (1)  p_t = (∂S/∂r) p_{t−1} + ∂S/∂w,   p_0 = 0        (Euler: [1 + Δt J(r_{t−1})] p_{t−1} + Δt ∂F/∂w)
        (2)  dl/dw = Σ_t α_t [(∂l_t/∂r_t) p_t + ∂l_t/∂w]

    All derivatives in (1) are taken at r_{t−1}, the state before the step. ∂l_t/∂w is the derivative at a fixed state:
    it is not zero for parameters of the output. Exact for every model, integrator and parameter, in continuous and
    discrete time.

    The traces are Variables ``p_<parameter>`` of shape (N, *shape of the parameter), with a leading B in batches. N is
    the number of units in all states together, in the order of ``states``.

    `update`, and therefore every runner, advances p at each step. This takes O(N² m) time and O(N m) memory for m
    parameters, and m ≈ N² for a full weight matrix. `gradient` and `fit` compute the same in blocks of h steps. In a
    block the network first runs forward. Then N + 1 adjoints, one for each unit and one for the loss, go back together.
    At the end p advances over the complete block by one matrix product,

        (3)  p_{t+h} = V_t p_t + Σ_k V_k ∂S_k/∂w,   V_{k−1} = V_k ∂S_k/∂r,   V_{t+h} = 1.

    The gradient is the same: only the order of the sum differs. With h ≈ N it takes O(N³) a step in place of O(N⁴). The
    memory is O(h N²) beside p, for a sequence of any length.

    Options (of `gradient` and `fit`)
    ---------------------------------
    block : None, int or 'dense'
        The number of steps h in a block. None (default): N, but at least 16 and at most the length of the sequence.
        'dense': no blocks, Eq. (1) at every step.

    References
    ----------
    R. J. Williams and D. Zipser, "A learning algorithm for continually running fully recurrent neural networks",
    Neural Computation 1, 270–280 (1989), doi:10.1162/neco.1989.1.2.270. In blocks: J. Schmidhuber, "A fixed size
    storage O(n³) time complexity learning algorithm for fully recurrent continually running networks", Neural
    Computation 4, 243–248 (1992), doi:10.1162/neco.1992.4.2.243.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.RTRL, ratezoo.LinearRNN):
    ...     '''The course's homework.'''
    >>> loss, grads = Net().gradient(x=np.zeros(2), y=np.zeros(2))
    >>> round(loss, 4), sorted(grads)                   # r is 0.1, then 0.2: l = (0.1² + 0.2²)/4
    (0.0125, ['b', 'w'])
    """

    exact = True
    options = ('block',)
    block: int | Literal['dense'] | None = None

    def check_options(self, options: Mapping[str, Any]) -> None:
        block = options['block']
        if not (block is None or block == 'dense' or (isinstance(block, int) and block >= 1)):
            raise self.invalid('block', "None, 'dense' or a number of steps ≥ 1", repr(block))

    def initial_traces(self, params: Params, key: Array | None = None, **_: Any) -> dict[str, Array]:
        """p_0 = 0."""
        return {f'p_{q}': jnp.zeros((self.state_size, *params[q].shape), params[q].dtype) for q in self.step_params}

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eq. (1). One reverse pass through the step for each unit gives a row of ∂S/∂r and of ∂S/∂w."""
        step, vector, unflatten = self.flat_step(r, params, x)
        new, pull = jax.vjp(step, vector, {q: params[q] for q in self.step_params})
        jacobian, immediate = jax.vmap(pull)(jnp.eye(vector.size, dtype=vector.dtype))
        traces = {f'p_{q}': jnp.tensordot(jacobian, traces[f'p_{q}'], 1) + immediate[q] for q in self.step_params}
        return unflatten(new), traces

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, **_: Any) -> Params:
        """(∂l_t/∂r_t) p_t of Eq. (2)."""
        return {q: jnp.tensordot(self.flat(dl_dr)[0], traces[f'p_{q}'], 1) for q in self.step_params}

    def cost_per_sample(
        self, n: int, m: int, total: int, T: int, block: int | Literal['dense'] | None = None, **_: Any
    ) -> tuple[float, float]:
        if block == 'dense':
            return 3 * n * m + total, 2 * n * n * m + 2 * n * m
        h = min(block or max(n, 16), T)
        return 3 * n * m + h * n * (n + 1) + total, 4 * (n + 1) * m + 2 * n * n * m / h

    # ---- in blocks ---------------------------------------------------------------------------------------------------

    def loss_and_gradient(
        self,
        params: Params,
        data: Trajectories,
        key: Array | None,
        loss: Loss,
        batched: bool,
        block: int | Literal['dense'] | None = None,
        **_: Any,
    ) -> tuple[Array, Params, Array]:
        """As in `TrajectoryRule`: Eq. (3) in blocks, or with ``block='dense'`` Eq. (1) at every step."""
        if block == 'dense':
            return super().loss_and_gradient(params, data, key, loss, batched)
        length = min(block or max(self.state_size, 16), data.y.shape[-2])
        noise = self.draw_noise(key, data)

        def one(data, noise):
            return self._gradient_in_blocks(params, data, noise, loss, length)

        if not batched:
            grads, values = one(data, noise)
        else:
            samples, axes = self.by_sample(data, noise)
            grads, values = tree_map(lambda a: jnp.mean(a, 0), jax.vmap(one, axes)(*samples))
        return jnp.sum(values), grads, values

    def _gradient_in_blocks(self, params, data, noise, loss, length):
        """The gradient of one sample, and α_t l_t of each step (T,)."""
        vector_0, unflatten = self.flat(data.r0)
        step_params = {q: params[q] for q in self.step_params}
        rest = {q: v for q, v in params.items() if q not in step_params}

        def step(vector, step_params, x):
            return self.flat(self.step(unflatten(vector), {**rest, **step_params}, x))[0]

        def losses(vectors, params, y, alpha):
            return jax.vmap(lambda v, y, a: a * loss(self.output(unflatten(v), params), y))(vectors, y, alpha)

        def block(carry, inputs):
            vector, p, grads = carry
            x, y, alpha, noise = inputs
            n = vector.size
            before, after = self._states_of_block(step, step_params, vector, x, noise)
            values, pull = jax.vjp(lambda after, params: losses(after, params, y, alpha), after, params)
            dl_dr, direct = pull(jnp.ones_like(values))
            V, immediate = _back_through_block(step, step_params, before, x, dl_dr)
            new = {q: jnp.tensordot(V, p[q], 1) + immediate[q] for q in p}  # Eq. (3) in the first N rows
            grads = {q: grads[q] + direct[q] + (new[q][n] if q in p else 0.0) for q in grads}
            return (after[-1], {q: new[q][:n] for q in p}, grads), values

        p_0 = {q: jnp.zeros((self.state_size, *params[q].shape), params[q].dtype) for q in self.step_params}
        start = (vector_0, p_0, tree_map(jnp.zeros_like, params))
        (_, _, grads), values = scan_blocks(block, start, (data.x, data.y, data.alpha, noise), length)
        return grads, values

    def _states_of_block(self, step, step_params, vector, x, noise):
        """Run the network over a block: the states before and after each step, both (h, N)."""

        def forward(vector, inputs):
            x, noise = inputs
            new = step(vector, step_params, x)
            return (new if noise is None else new + self.flat(noise)[0]), vector

        last, before = jax.lax.scan(forward, vector, (x, noise))
        return before, jnp.concatenate([before[1:], last[None]])


def _back_through_block(step, step_params, before, x, dl_dr):
    """Send N + 1 adjoints back through a block of h steps.

    The adjoints are the rows of one matrix (N + 1, N). Rows 0 … N − 1 are V_k of Eq. (3). They begin at the end of the
    block, as the identity. Row N is the adjoint of the loss. It begins as zero, and every step adds its α_t ∂l_t/∂r_t.

    Parameters
    ----------
    before : array (h, N)
        The states before each step.
    x : array (h, n_in)
        The inputs.
    dl_dr : array (h, N)
        α_t ∂l_t/∂r_t of each step.

    Returns
    -------
    V : array (N + 1, N)
        The adjoints at the start of the block.
    immediate : dict
        Parameter name → array (N + 1, *shape of the parameter): Σ_k V_k ∂S_k/∂w.
    """
    n = before.shape[1]

    def backward(adjoints, inputs):
        old, x, dl = inputs
        adjoints = adjoints.at[n].add(dl)
        _, pull = jax.vjp(lambda v: step(v, step_params, x), old)
        return jax.vmap(pull)(adjoints)[0], adjoints

    ends = jnp.eye(n + 1, n, dtype=before.dtype)
    V, adjoints = jax.lax.scan(backward, ends, (before, x, dl_dr), reverse=True)

    # One product for all steps and all adjoints. Inside the scan above it would be (N + 1) m additions at every step.
    _, pull = jax.vjp(lambda w: jax.vmap(lambda v, x: step(v, w, x))(before, x), step_params)
    (immediate,) = jax.vmap(pull, in_axes=1)(adjoints)
    return V, immediate

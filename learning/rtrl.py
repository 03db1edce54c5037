"""Real-time recurrent learning, step by step and in blocks."""

import jax
import jax.numpy as jnp

from ratezoo.errors import InvalidValueError
from ratezoo.learning.blocks import scan_blocks
from ratezoo.learning.online import OnlineRule

__all__ = ['RTRL']
CATEGORY = 'exact rule of trajectories'

tree_map = jax.tree_util.tree_map


class RTRL(OnlineRule):
    """Real-time recurrent learning: the influence p = dr/dw of every parameter is carried forward in time. Exact.

    With r_t = S(r_{t−1}, w, x_t), the one-step map of the model (Euler: S = r + Δt F),

        (1)  p_t = (∂S/∂r) p_{t−1} + ∂S/∂w,   p_0 = 0        (Euler: [1 + Δt J(r_{t−1})] p_{t−1} + Δt ∂F/∂w)
        (2)  dl/dw = Σ_t α_t [(∂l_t/∂r_t) p_t + ∂l_t/∂w]

    where all derivatives of (1) are taken at r_{t−1}, before the step, and ∂l_t/∂w is the parameter's direct share
    in the output. Exact for every model, integrator and parameter, in continuous and discrete time.

    The traces are Variables ``p_<parameter>`` of shape (N, *shape of the parameter), with a leading B in batches;
    N is the number of state units, several states strung together in the order of ``states``.

    `update`, and so every runner, advances p at each step: O(N² m) time and O(N m) memory for m parameters, m ≈ N² for
    a full weight matrix. `gradient` and `fit` do the same in blocks of h steps: the activity runs forward, N + 1
    adjoints (one for each unit, one for the loss) come back at once, and p advances by one product a block,

        (3)  p_{t+h} = V_t p_t + Σ_k V_k ∂S_k/∂w,   V_{k−1} = V_k ∂S_k/∂r,   V_{t+h} = 1.

    The same exact gradient (a sum in another order), O(N³) a step for h ≈ N instead of O(N⁴), with memory O(h N²)
    beside p however long the sequence is.

    Options (of `gradient` and `fit`)
    ---------------------------------
    block : None, int or 'dense'
        Steps in a block h. None (default): N, but at least 16 and at most the length of the sequence. 'dense': Eq. (1)
        step by step.

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
    >>> round(loss, 4), sorted(grads)                   # r = 0.1, 0.2: l = (0.1² + 0.2²)/4
    (0.0125, ['b', 'w'])
    """

    exact = True
    options = ('block',)
    block = None

    def check_options(self, options):
        block = options['block']
        if not (block is None or block == 'dense' or (isinstance(block, int) and block >= 1)):
            raise InvalidValueError(f'{type(self).__name__}.block: expected None, \'dense\' or a number of steps ≥ 1, '
                                    f'got {block!r}.')

    def initial_traces(self, params, key=None, **_):
        """p_0 = 0."""
        return {f'p_{q}': jnp.zeros((self.state_size, *params[q].shape), params[q].dtype) for q in self.step_params}

    def advance(self, r, params, x, traces, **_):
        """Eq. (1), from one reverse pass through the step for each unit."""
        step, vector, back = self.flat_step(r, params, x)
        new, pull = jax.vjp(step, vector, {q: params[q] for q in self.step_params})
        jacobian, immediate = jax.vmap(pull)(jnp.eye(vector.size, dtype=vector.dtype))
        traces = {f'p_{q}': jnp.tensordot(jacobian, traces[f'p_{q}'], 1) + immediate[q] for q in self.step_params}
        return back(new), traces

    def credit(self, dl_dr, traces, params, **_):
        """(∂l_t/∂r_t) p_t of Eq. (2)."""
        return {q: jnp.tensordot(self.flat(dl_dr)[0], traces[f'p_{q}'], 1) for q in self.step_params}

    def cost_per_sample(self, n, m, total, T, block=None):
        if block == 'dense':
            return 3 * n * m + total, 2 * n * n * m + 2 * n * m
        h = min(block or max(n, 16), T)
        return 3 * n * m + h * n * (n + 1) + total, 4 * (n + 1) * m + 2 * n * n * m / h

    # ---- in blocks ---------------------------------------------------------------------------------------------------

    def loss_and_gradient(self, params, data, key, loss, batched, block=None):
        if block == 'dense':
            return super().loss_and_gradient(params, data, key, loss, batched)
        length = min(block or max(self.state_size, 16), data.y.shape[-2])
        noise = self.draw_noise(key, data)

        def one(data, noise):
            return self._in_blocks(params, data, noise, loss, length)
        if not batched:
            grads, values = one(data, noise)
        else:
            samples, axes = self.by_sample(data, noise)
            grads, values = tree_map(lambda a: jnp.mean(a, 0), jax.vmap(one, axes)(*samples))
        return jnp.sum(values), grads, values

    def _in_blocks(self, params, data, noise, loss, length):
        """The gradient of one sample, and α_t l_t of each step."""
        _, back = self.flat(data.r0)
        traced = {p: params[p] for p in self.step_params}
        rest = {p: v for p, v in params.items() if p not in traced}

        def step(vector, traced, x):
            return self.flat(self.step(back(vector), {**rest, **traced}, x))[0]

        def losses(vectors, params, y, alpha):
            return jax.vmap(lambda v, y, a: a * loss(self.output(back(v), params), y))(vectors, y, alpha)

        def block(carry, inputs):
            vector, p, grads = carry
            x, y, alpha, xi = inputs
            n = vector.size

            def forward(vector, inputs):
                x, xi = inputs
                new = step(vector, traced, x)
                return (new if xi is None else new + self.flat(xi)[0]), vector
            last, before = jax.lax.scan(forward, vector, (x, xi))
            after = jnp.concatenate([before[1:], last[None]])
            values, pull = jax.vjp(lambda after, params: losses(after, params, y, alpha), after, params)
            dl_dr, direct = pull(jnp.ones_like(values))

            def backward(adjoints, inputs):                     # V_k, and below it the loss's v_k
                old, x, dl = inputs
                adjoints = adjoints.at[n].add(dl)
                _, pull = jax.vjp(lambda v: step(v, traced, x), old)
                return jax.vmap(pull)(adjoints)[0], adjoints
            ends = jnp.eye(n + 1, n, dtype=vector.dtype)
            starts, adjoints = jax.lax.scan(backward, ends, (before, x, dl_dr), reverse=True)

            # The parameters' share of all steps and all adjoints: one product, not (n + 1) m additions a step.
            _, pull = jax.vjp(lambda traced: jax.vmap(lambda v, x: step(v, traced, x))(before, x), traced)
            share, = jax.vmap(pull, in_axes=1)(adjoints)
            through = {q: jnp.tensordot(starts, p[q], 1) + share[q] for q in p}     # Eq. (3) in the first n rows
            grads = {q: grads[q] + direct[q] + (through[q][n] if q in p else 0.) for q in grads}
            return (last, {q: through[q][:n] for q in p}, grads), values

        p = {q: jnp.zeros((self.state_size, *params[q].shape), params[q].dtype) for q in self.step_params}
        start = (self.flat(data.r0)[0], p, tree_map(jnp.zeros_like, params))
        (_, _, grads), values = scan_blocks(block, start, (data.x, data.y, data.alpha, noise), length)
        return grads, values

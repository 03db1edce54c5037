"""Back-propagation through time."""

import jax
import jax.numpy as jnp

from ratezoo.errors import InvalidValueError
from ratezoo.learning.blocks import scan_blocks
from ratezoo.learning.trajectory import TrajectoryRule

__all__ = ['BPTT']
CATEGORY = 'exact rule of trajectories'

tree_map = jax.tree_util.tree_map


class BPTT(TrajectoryRule):
    """Back-propagation through time: the adjoint of the loss is carried back over the stored activity. Exact.

    With r_t = S(r_{t−1}, w, x_t) and l = Σ_t α_t l_t(r_t, w),

        (1)  v_t = α_t ∂l_t/∂r_t + v_{t+1} ∂S/∂r,   v_{T+1} = 0
        (2)  dl/dw = Σ_t v_t ∂S/∂w + α_t ∂l_t/∂w

    Exact for every model and parameter; approximate when it is truncated: gradients of longer memory are dropped.

    Cost: time O(n² + m) a step for a full weight matrix; memory O(n T + m) for the activity of T steps,
    O(n √T + m) with ``remat``.

    Options (of `gradient` and `fit`)
    ---------------------------------
    remat : bool
        Store the state only every √T steps and run each stretch forward once more on the way back ("checkpointing",
        Chen et al. 2016): memory O(√T) for about a third more time. Default False.
    truncate : None, or (K1, K2)
        Every K1 steps go back K2 ≥ K1 steps with the losses of the last K1, so that a loss sees between K2 − K1 and
        K2 − 1 steps of its past (BPTT(h; h′) of Williams & Peng with h = K2, h′ = K1). Approximate, but exact where
        K2 ≥ T. Default None.

    References
    ----------
    P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proceedings of the IEEE 78, 1550–1560
    (1990), doi:10.1109/5.58337. R. J. Williams and J. Peng, Neural Computation 2, 490–501 (1990),
    doi:10.1162/neco.1990.2.4.490 (truncation). T. Chen et al., arXiv:1604.06174 (2016) (checkpointing).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.BPTT, ratezoo.LinearRNN):
    ...     '''The course's homework, learned backwards.'''
    >>> loss, grads = Net().gradient(x=np.zeros(2), y=np.zeros(2))
    >>> round(loss, 4), sorted(grads)
    (0.0125, ['b', 'w'])
    """

    exact = True
    options = ('remat', 'truncate')
    remat = False
    truncate = None

    @property
    def is_exact(self):
        """Whether nothing is cut off: ``truncate`` is None."""
        return self.truncate is None

    def check_options(self, options):
        cut = options['truncate']
        if cut is not None and not (isinstance(cut, tuple) and len(cut) == 2 and all(isinstance(k, int) for k in cut)
                                    and 1 <= cut[0] <= cut[1]):
            raise InvalidValueError(f'{type(self).__name__}.truncate: expected None or a tuple (K1, K2) with '
                                    f'1 ≤ K1 ≤ K2, got {cut!r}.')
        if cut is not None and options['remat']:
            raise InvalidValueError(f'{type(self).__name__}: remat and truncate don\'t go together; a truncated run '
                                    'stores K2 steps only.')

    def loss_and_gradient(self, params, data, key, loss, batched, remat=False, truncate=None):
        noise = self.draw_noise(key, data)
        run = self._run if truncate is None else self._run_truncated

        def total(params):
            def one(data, noise):
                return run(params, data, noise, loss, truncate if truncate else remat)
            if not batched:
                values = one(data, noise)
            else:
                samples, axes = self.by_sample(data, noise)
                values = jnp.mean(jax.vmap(one, axes)(*samples), 0)
            return jnp.sum(values), values

        (value, values), grads = jax.value_and_grad(total, has_aux=True)(params)
        return value, grads, values

    def cost_per_sample(self, n, m, total, T, remat=False, truncate=None):
        kept = 2 * T ** 0.5 if remat else T + truncate[1] * -(-T // truncate[0]) if truncate else T
        windows = 1 if truncate is None else truncate[1] / truncate[0]
        return 4 * n * kept + 2 * total, (8 if remat else 6) * total * windows

    def _run(self, params, data, noise, loss, remat):
        """α_t l_t of each step, (T,)."""
        def step(r, inputs):
            x, y, alpha, noise = inputs
            r = self.noisy_step(r, params, x, noise)
            return r, alpha * loss(self.output(r, params), y)

        def stretch(r, inputs):
            return jax.lax.scan(step, r, inputs)

        inputs = (data.x, data.y, data.alpha, noise)
        if not remat:
            return stretch(data.r0, inputs)[1]
        return scan_blocks(jax.checkpoint(stretch), data.r0, inputs, max(1, round(len(data.y) ** 0.5)))[1]

    def _run_truncated(self, params, data, noise, loss, truncate):
        """α_t l_t of each step; the gradient flows back only within windows of K2 steps, one every K1."""
        k1, k2 = truncate
        T = len(data.y)

        def forward(r, inputs):
            return self.noisy_step(r, params, *inputs), r
        before = jax.lax.stop_gradient(jax.lax.scan(forward, data.r0, (data.x, noise))[1])    # r_{t−1} of step t

        def window(j):
            t = jnp.minimum((j + 1) * k1, T) - k2 + jnp.arange(k2)
            inside, counts = t >= 0, t >= j * k1
            at = jnp.maximum(t, 0)
            x, y, alpha, xi = tree_map(lambda a: a[at], (data.x, data.y, data.alpha, noise))

            def step(r, inputs):
                x, y, alpha, xi, inside, counts = inputs
                new = self.noisy_step(r, params, x, xi)
                r = tree_map(lambda a, b: jnp.where(inside, a, b), new, r)
                return r, jnp.where(inside & counts, alpha * loss(self.output(r, params), y), 0.)
            start = tree_map(lambda a: a[at[0]], before)
            return at, jax.lax.scan(step, start, (x, y, alpha, xi, inside, counts))[1]

        at, values = jax.lax.map(window, jnp.arange(-(-T // k1)))
        return jnp.zeros(T, values.dtype).at[at].add(values)

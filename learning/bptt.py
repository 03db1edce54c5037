"""Back-propagation through time."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.errors import InvalidValueError
from ratezoo.learning import accuracy
from ratezoo.learning.blocks import scan_blocks
from ratezoo.learning.trajectory import Trajectories, TrajectoryRule
from ratezoo.types import Array, Loss, Params

__all__ = ['BPTT']
CATEGORY = 'exact rule of trajectories'

tree_map = jax.tree_util.tree_map


class BPTT(TrajectoryRule):
    """Back-propagation through time: the adjoint of the loss goes back in time over the stored states. Exact.

    With r_t = S(r_{t−1}, w, x_t) and l = Σ_t α_t l_t(r_t, w),

        (1)  v_t = α_t ∂l_t/∂r_t + v_{t+1} ∂S/∂r,   v_{T+1} = 0
        (2)  dl/dw = Σ_t v_t ∂S/∂w + α_t ∂l_t/∂w

    Exact for every model and parameter. With ``truncate`` it is approximate: it drops the influence of the longer past.

    Cost: time O(n² + m) a step for a full weight matrix; memory O(n T + m), because the states of T steps are stored,
    or O(n √T + m) with ``remat``.

    Options (of `gradient` and `fit`)
    ---------------------------------
    remat : bool
        Whether to store the state only every √T steps ("checkpointing", Chen et al. 2016). On the way back, the states
        of each block of √T steps are computed a second time. This needs memory O(√T), and about a third more time.
        Default False.
    truncate : None, or (K1, K2)
        Every K1 steps the adjoint goes back K2 ≥ K1 steps, with the losses of the last K1 steps. So a loss sees between
        K2 − K1 and K2 − 1 steps of its past (BPTT(h; h′) of Williams & Peng with h = K2, h′ = K1). Approximate, but
        exact if K2 ≥ T. Default None: no truncation.
    warn_above : float
        With ``truncate``, the rule warns (`InaccurateGradientWarning`) if its gradient differs from that without
        truncation by more than this part of its size. Default 0.02. ``math.inf``: no estimate and no warning. The
        estimate runs both on at most four sequences, the exact one with ``remat``; this takes about as long as two
        exact gradients of these sequences. `fit` makes it in the first batch of an epoch, at most once in 100 updates.

    References
    ----------
    P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proceedings of the IEEE 78, 1550–1560
    (1990), doi:10.1109/5.58337. R. J. Williams and J. Peng, Neural Computation 2, 490–501 (1990),
    doi:10.1162/neco.1990.2.4.490 (truncation). T. Chen et al., arXiv:1604.06174 (2016) (checkpointing).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.BPTT, ratezoo.LinearRNN):
    ...     '''The course's homework, by BPTT.'''
    >>> loss, grads = Net().gradient(x=np.zeros(2), y=np.zeros(2))
    >>> round(loss, 4), sorted(grads)
    (0.0125, ['b', 'w'])
    """

    exact = True
    options = ('remat', 'truncate', 'warn_above')
    remat: bool = False
    truncate: tuple[int, int] | None = None
    warn_above: float = 0.02

    @property
    def is_exact(self) -> bool:
        """Whether the gradient is exact: ``truncate`` is None."""
        return self.truncate is None

    def check_options(self, options: Mapping[str, Any]) -> None:
        remat, truncate = options['remat'], options['truncate']
        if not isinstance(remat, bool):
            raise self.invalid('remat', 'True or False', repr(remat))
        warn_above = options['warn_above']
        if isinstance(warn_above, bool) or not (isinstance(warn_above, (int, float)) and warn_above > 0):
            raise self.invalid('warn_above', 'a number > 0, or math.inf', repr(warn_above))
        if truncate is None:
            return
        if not (
            isinstance(truncate, tuple)
            and len(truncate) == 2
            and all(isinstance(k, int) for k in truncate)
            and 1 <= truncate[0] <= truncate[1]
        ):
            raise self.invalid('truncate', 'None or a tuple (K1, K2) with 1 ≤ K1 ≤ K2', repr(truncate))
        if remat:
            raise InvalidValueError(
                f'{type(self).__name__}.remat: expected False together with truncate, got True. A truncated run stores '
                'only K2 steps, so it does not need remat.'
            )

    def estimates_error(self, options: Mapping[str, Any]) -> bool:
        return options['truncate'] is not None

    def remedy(self, options: Mapping[str, Any]) -> str:
        return f'Use a larger K2 than in truncate={options["truncate"]}, or remat=True in its place.'

    def estimated_error(
        self,
        params: Params,
        data: Trajectories,
        key: Array | None,
        loss: Loss,
        batched: bool,
        truncate: tuple[int, int] | None = None,
        **options: Any,
    ) -> Array:
        """The error of the truncated gradient, by the exact gradient; see `TrajectoryRule.estimated_error`.

        A third gradient, with random signs of the losses, tells how much these cancel (`accuracy.least_size`).
        """
        flips = accuracy.signs(data.y.shape[: 1 + batched], self.dtype)
        flipped = data._replace(alpha=jnp.broadcast_to(data.alpha, flips.shape) * flips)
        grads, exact, spread = (
            self.with_penalty(params, *self.loss_and_gradient(params, d, key, loss, batched, **o)[:2])[1]
            for d, o in ((data, {'truncate': truncate}), (data, {'remat': True}), (flipped, {'remat': True}))
        )
        return accuracy.relative_error(grads, exact, accuracy.least_size(spread, flips.size))

    def loss_and_gradient(
        self,
        params: Params,
        data: Trajectories,
        key: Array | None,
        loss: Loss,
        batched: bool,
        remat: bool = False,
        truncate: tuple[int, int] | None = None,
        **_: Any,
    ) -> tuple[Array, Params, Array]:
        """As in `TrajectoryRule`. JAX derives Eqs. (1) and (2) from the sum of the losses."""
        noise = self.draw_noise(key, data)

        def total(params):
            def one(data, noise):
                if truncate is None:
                    return self._losses(params, data, noise, loss, remat)
                return self._losses_truncated(params, data, noise, loss, truncate)

            if not batched:
                values = one(data, noise)
            else:
                samples, axes = self.by_sample(data, noise)
                values = jnp.mean(jax.vmap(one, axes)(*samples), 0)
            return jnp.sum(values), values

        (value, values), grads = jax.value_and_grad(total, has_aux=True)(params)
        return value, grads, values

    def cost_per_sample(
        self, n: int, m: int, total: int, T: int, remat: bool = False, truncate: tuple[int, int] | None = None, **_: Any
    ) -> tuple[float, float]:
        if remat:
            return 4 * n * 2 * T**0.5 + 2 * total, 8 * total
        if truncate is None:
            return 4 * n * T + 2 * total, 6 * total
        k1, k2 = truncate
        windows = -(-T // k1)  # T / K1, rounded up
        return 4 * n * (T + k2 * windows) + 2 * total, 6 * total * (k2 / k1)

    def _losses(self, params, data, noise, loss, remat):
        """α_t l_t of each step of one sample, (T,)."""

        def step(r, inputs):
            x, y, alpha, noise = inputs
            r = self.noisy_step(r, params, x, noise)
            return r, alpha * loss(self.output(r, params), y)

        def block(r, inputs):
            return jax.lax.scan(step, r, inputs)

        inputs = (data.x, data.y, data.alpha, noise)
        if not remat:
            return block(data.r0, inputs)[1]
        length = max(1, round(len(data.y) ** 0.5))
        return scan_blocks(jax.checkpoint(block), data.r0, inputs, length)[1]

    def _losses_truncated(self, params, data, noise, loss, truncate):
        """α_t l_t of each step of one sample, (T,); the gradient flows back only within windows of K2 steps.

        First the states of all steps are computed, without a gradient. Then each window starts from the state before it
        and runs once more, with a gradient. Only its last K1 losses count. For K1 = 2, K2 = 3 and T = 6::

            step t     0 1 2 3 4 5
            window 0   * *               * the step runs, and its loss counts
            window 1     - * *           - the step runs, but its loss counts in the window before
            window 2         - * *
        """
        k1, k2 = truncate
        T = len(data.y)

        def forward(r, inputs):
            return self.noisy_step(r, params, *inputs), r

        _, states = jax.lax.scan(forward, data.r0, (data.x, noise))
        states_before = jax.lax.stop_gradient(states)  # r_{t−1} of step t

        def window(j):
            t = jnp.minimum((j + 1) * k1, T) - k2 + jnp.arange(k2)
            exists, counts = t >= 0, t >= j * k1
            steps = jnp.maximum(t, 0)  # a window that begins before the first step: these steps change nothing
            x, y, alpha, xi = tree_map(lambda a: a[steps], (data.x, data.y, data.alpha, noise))

            def step(r, inputs):
                x, y, alpha, xi, exists, counts = inputs
                new = self.noisy_step(r, params, x, xi)
                r = tree_map(lambda a, b: jnp.where(exists, a, b), new, r)
                return r, jnp.where(exists & counts, alpha * loss(self.output(r, params), y), 0.0)

            start = tree_map(lambda a: a[steps[0]], states_before)
            return steps, jax.lax.scan(step, start, (x, y, alpha, xi, exists, counts))[1]

        steps, values = jax.lax.map(window, jnp.arange(-(-T // k1)))
        return jnp.zeros(T, values.dtype).at[steps].add(values)

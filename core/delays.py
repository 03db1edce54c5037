"""`DelayLines`: the past outputs of n areas, and what arrives from them after a delay.

**What is computed.** Area j sends a function of its output o_j. The connection from area j to area i has the weight
C_ij and a delay of d_ij whole steps. At step t, area i receives the sum

    (1)  s_i(t) = Σ_j C_ij send(o_j(t − d_ij)),     over all j with a connection of d_ij ≥ 1 steps.

**The obvious way is slow.** Every connection has its own delay. So the n² numbers of (1) lie at n² different places in
memory. The obvious way reads all of them at every step ("gather"). Each read computes one address and loads one number.
These reads take longer than the n² multiplications. The lines below run 80 areas for 2000 steps, with delays of 20 to
200 steps. A coupling function of the user uses the obvious way: 36 ms. The coupling 'additive' uses the block scheme:
10 ms. (CPU time of a whole run, single precision, AMD EPYC, JAX 0.10.2.) ::

    import time, timeit, numpy as np, ratezoo
    rng = np.random.default_rng(0)
    C, delays = rng.random((80, 80)) / 80, rng.uniform(2, 20, (80, 80))
    for coupling in (lambda o_j, o_i: o_j), 'additive':
        net = ratezoo.MultiAreaNetwork(ratezoo.FitzHughNagumo(80), C, delays, coupling=coupling, dt=0.1)
        run = ratezoo.Runner(net, dt=0.1, progress_bar=False).run
        print(min(timeit.repeat(lambda: run(200.), number=1, repeat=20, timer=time.process_time)))

**The block scheme.** A block is m successive steps. Take a connection with a delay of at least m steps. All that
arrives through it during one block was sent before the block. So the network knows all of it when the block begins. At
the first step of a block, `DelayLines` computes the sums (1) of all m steps, and keeps them in the buffer ``ahead``.
For one connection, the m numbers are successive outputs of one area. In an array of shape (areas, time) they are one
contiguous piece. The computer finds one address, reads m numbers in a row, and multiplies all of them by C_ij. The
block scheme adds the same numbers as (1); it is not an approximation.

A connection with a delay of 1 to m − 1 steps needs outputs from inside the block. `DelayLines` looks up each of these
outputs at each step, in the obvious way. The length m of a block is the one of `BLOCK_LENGTHS` with the lowest cost: a
long block reads longer pieces, but more connections are shorter than the block.

**A picture**: m = 4 steps in a block, 12 rows in the ring, and a block that begins at step t. ``clock`` is the row of
the present step. The next step overwrites the oldest row, which is the row after it::

    past     row     0     1     2     3     4     5     6     7     8     9    10    11
    (ring)   step   t−4   t−3   t−2   t−1    t   t−11  t−10   t−9   t−8   t−7   t−6   t−5
                                             ↑ clock

    history  step  t−11  t−10   t−9   t−8   t−7   t−6   t−5   t−4   t−3   t−2   t−1    t     (oldest first)
    d = 9                     [ t−9   t−8   t−7   t−6 ]                                      arrive at t, t+1, t+2, t+3
    d = 5                                             [ t−5   t−4   t−3   t−2 ]              arrive at t, t+1, t+2, t+3
    d = 2                                                               t−2                  looked up at step t
    d = 2                                                                     t−1            looked up at step t+1

    ahead    row 0: the sums of step t;  row 1: of step t+1;  row 2: of step t+2;  row 3: of step t+3
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.types import Array, ArrayLike

BLOCK_LENGTHS = (16, 8, 4)  # the lengths m of a block to choose from, in steps
AREAS_AT_ONCE = 16  # for how many areas one operation computes the sums of a block
LOOKUP_COST = 8  # looking up one delayed output takes about as long as this many multiplications

# choose(begins, new_sums, old_sums): the sums of this block, from whether it begins now, and the old ones
Choice: TypeAlias = Callable[[Array, Callable[[], Array], Array], Array]


def sums_if_block_begins(begins: Array, new_sums: Callable[[], Array], old_sums: Array) -> Array:
    """``new_sums()`` if a block begins, else ``old_sums``. The new sums are computed only if a block begins."""
    return jax.lax.cond(begins, new_sums, lambda: old_sums)


def sums_by_selection(begins: Array, new_sums: Callable[[], Array], old_sums: Array) -> Array:
    """The same values, but the new sums are computed at every step and one of the two is selected.

    This is slower. JAX cannot take reverse-mode gradients of `jax.lax.cond` under `jax.vmap` here, because the branch
    that was not taken leaves undefined residuals: the gradients would be NaN. The gradients of a selection are right.
    """
    return jnp.where(begins, new_sums(), old_sums)


class DelayLines:
    """The past outputs of n areas, and what arrives from them after the delays. The module explains the method.

    An object of this class holds no state. A network keeps the buffers in its own state, so that its step is a pure
    function and gradients run through the delays:

    - ``past`` (ring_length · n,): the outputs of the last steps, a ring with one row for each step.
    - ``ahead`` (p · m · n,): the delayed sums of the steps of this block.
    - ``clock`` (1,): the row of the present step in the ring.

    Cost per step: n² multiplications in blocks, and as much time as `LOOKUP_COST` multiplications for each connection
    that is looked up. Memory: about n (d_max + m (1 + p)) numbers.

    Parameters
    ----------
    connected : array (n, n) of bool
        Which connections exist, ``connected[post, pre]``.
    delay_steps : array (n, n) of int
        Their delays d in whole steps, ≥ 0. This class leaves out the connections without a delay.
    send : callable, optional
        What areas with the outputs o (…) send: send(o) has the shape (p, …). None (default): the areas do not receive
        sums. They receive each delayed output alone, and every connection with a delay is looked up.

    Attributes
    ----------
    sizes : dict of str to int
        The buffers, and how many numbers each of them has. It is empty if there is no delay.
    has_delays : bool
        Whether any connection has a delay.
    longest : int
        The longest delay, in steps.
    block_length : int
        m, in steps.
    ring_length : int
        Rows of the ring: enough for the present step and the longest delay, and a multiple of m.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from ratezoo.delays import DelayLines
    >>> lines = DelayLines([[False, True], [True, False]], [[0, 20], [20, 0]], send=lambda o: o[None])
    >>> lines.block_length, lines.sizes
    (16, {'past': 64, 'ahead': 32, 'clock': 1})
    >>> C, buffers = jnp.array([[0., 1.], [2., 0.]]), lines.start(jnp.zeros(2))
    >>> for _ in range(21):
    ...     arrived, buffers = lines.advance(buffers, jnp.ones(2), C)
    >>> arrived.tolist()                                        # the outputs were 1 for 20 steps
    [[1.0, 2.0]]
    """

    def __init__(
        self, connected: ArrayLike, delay_steps: ArrayLike, send: Callable[[Array], Array] | None = None
    ) -> None:
        self.delay_steps = np.where(np.asarray(connected), delay_steps, 0).astype(int)
        self.n = len(self.delay_steps)
        self.send: Any = send
        self.longest = int(self.delay_steps.max())
        self.has_delays = self.longest > 0
        self.block_length = min(BLOCK_LENGTHS, key=self._cost)
        self.ring_length = -(-(self.longest + 1) // self.block_length) * self.block_length
        looked_up = self._is_looked_up(self.block_length)
        self._plan_lookups(looked_up)
        self._plan_blocks((self.delay_steps > 0) & ~looked_up)
        self.sizes = self._buffer_sizes()

    # ---- the plan, made once ---------------------------------------------------------------------------------------

    def _is_looked_up(self, block_length: int) -> np.ndarray:
        """Which connections are looked up one by one, (n, n), with blocks of this length."""
        return (self.delay_steps > 0) & ((self.delay_steps < block_length) | (self.send is None))

    def _cost(self, block_length: int) -> float:
        """The time of one step with blocks of this length, in multiplications."""
        slots = self._is_looked_up(block_length).sum(1).max()
        has_blocks = (self.delay_steps >= block_length).any()
        return LOOKUP_COST * self.n * slots + (16 * self.n * self.n / block_length if has_blocks else 0)

    def _plan_lookups(self, looked_up: np.ndarray) -> None:
        """Put the connections that are looked up into k slots for each area, arrays (k, n).

        k is the largest number of such connections that one area has. A slot that an area does not need gets the
        weight 0 and a delay of 1 step.
        """
        slots = looked_up.sum(1).max()
        self._sender = np.argsort(~looked_up, 1, kind='stable')[:, :slots].T
        self._slot_is_used = np.take_along_axis(looked_up.T, self._sender, 0).astype(float)
        self._slot_delay = np.take_along_axis(np.where(looked_up, self.delay_steps, 1).T, self._sender, 0)
        self._has_lookups = self._sender.size > 0

    def _plan_blocks(self, in_blocks: np.ndarray) -> None:
        """Find where the piece of each connection begins, as an index into the history (areas, time) laid out flat.

        The history of an area has ring_length numbers, and the present output is the last of them. So the piece of a
        connection with the delay d begins d numbers before the last. The areas are sorted into groups of
        `AREAS_AT_ONCE`; rows of zeros fill the last group. A connection without a piece gets a place that exists, and
        the weight 0.
        """
        self._in_blocks, self._has_blocks = in_blocks.astype(float), bool(in_blocks.any())
        present = np.arange(self.n) * self.ring_length + self.ring_length - 1
        begin = present - np.where(in_blocks, self.delay_steps, self.block_length)
        self._piece_begin = np.pad(begin, self._padding).reshape(-1, AREAS_AT_ONCE, self.n)

    @property
    def _padding(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The rows that fill the last group of areas."""
        return (0, -self.n % AREAS_AT_ONCE), (0, 0)

    def _buffer_sizes(self) -> dict[str, int]:
        if not self.has_delays:
            return {}
        sizes = {'past': self.n * self.ring_length}
        if self._has_blocks:
            sizes['ahead'] = len(self.send(np.zeros(1))) * self.n * self.block_length
        return {**sizes, 'clock': 1}

    # ---- the buffers -----------------------------------------------------------------------------------------------

    def start(self, outputs: Array) -> dict[str, Array]:
        """The buffers at t = 0 if the outputs were always the given ones before, (n,) or (B, n)."""
        buffers = {s: jnp.zeros((*outputs.shape[:-1], size), outputs.dtype) for s, size in self.sizes.items()}
        if self.has_delays:
            buffers['past'] = jnp.tile(outputs, self.ring_length)
        return buffers

    def advance(
        self, buffers: Mapping[str, Array], outputs: Array, C: Array, choose: Choice = sums_by_selection
    ) -> tuple[Array, dict[str, Array]]:
        """What arrives at the present step, and the buffers of the next step; pure.

        Parameters
        ----------
        buffers : dict of arrays
            The buffers of the present step. Other entries are ignored.
        outputs : array (n,)
            The outputs of the present step.
        C : array (n, n)
            The weights.
        choose : callable
            `sums_by_selection` (default), which can be differentiated, or `sums_if_block_begins`, which is quicker.

        Returns
        -------
        array (p, n), or (k, n)
            The sums (1); if ``send`` is None, the delayed outputs of the k slots of each area, whose weights are
            `slot_weights`.
        dict of arrays
            The buffers of the next step.
        """
        row = buffers['clock'][0].astype(int)
        past = jax.lax.dynamic_update_slice(buffers['past'], outputs, (row * self.n,))
        arrived: Any = 0.0
        following = {'past': past}
        if self._has_blocks:
            begins = row % self.block_length == 0
            ahead = choose(begins, lambda: self._sums_of_block(past, C, row), buffers['ahead'])
            following['ahead'] = ahead
            ahead = ahead.reshape(-1, self.block_length, self.n)
            arrived = jax.lax.dynamic_index_in_dim(ahead, row % self.block_length, 1, keepdims=False)
        if self._has_lookups:
            delayed = self._looked_up_outputs(past, row)
            if self.send is None:
                arrived = delayed
            else:
                arrived = arrived + jnp.sum(self.send(delayed) * self.slot_weights(C), 1)
        following['clock'] = ((row + 1) % self.ring_length).astype(outputs.dtype)[None]
        return arrived, following

    def slot_weights(self, C: Array) -> Array:
        """The weights of the connections that are looked up, (k, n); 0 in a slot that an area does not need."""
        return jnp.take_along_axis(C.T, self._sender, 0) * _as_dtype_of(C, self._slot_is_used)

    def _looked_up_outputs(self, past: Array, row: Array) -> Array:
        """The delayed outputs of the connections that are looked up, (k, n)."""
        sent_at = row - self._slot_delay
        sent_at = jnp.where(sent_at < 0, sent_at + self.ring_length, sent_at)
        return past.at[sent_at * self.n + self._sender].get(mode='promise_in_bounds')

    def _sums_of_block(self, past: Array, C: Array, row: Array) -> Array:
        """The sums (1) of the m steps that begin at the present step, (p · m · n,)."""
        weights = jnp.pad(C * _as_dtype_of(C, self._in_blocks), self._padding).reshape(-1, AREAS_AT_ONCE, self.n)
        ring = past.reshape(self.ring_length, self.n)
        # The ring is laid down twice. Its rows from row + 1 on are then the history, oldest first.
        twice = jnp.concatenate([ring, ring])
        history = jax.lax.dynamic_slice(twice, (row + 1, row * 0), (self.ring_length, self.n)).T
        return jnp.stack([self._sums_of_pieces(sent.reshape(-1), weights) for sent in self.send(history)]).reshape(-1)

    def _sums_of_pieces(self, sent: Array, weights: Array) -> Array:
        """Σ_j C_ij piece_ij, (m, n), of pieces of what was sent, (n · ring_length,)."""
        one_piece = jax.lax.GatherDimensionNumbers(offset_dims=(2,), collapsed_slice_dims=(), start_index_map=(0,))

        def sums_of_group(_, begin_and_weights):
            begin, weights = begin_and_weights
            pieces = jax.lax.gather(
                sent, begin[..., None], one_piece, (self.block_length,), mode='promise_in_bounds'
            )  # (AREAS_AT_ONCE, n, m)
            return None, jnp.einsum('ij,ijk->ik', weights, pieces)

        sums = jax.lax.scan(sums_of_group, None, (self._piece_begin, weights))[1]
        return sums.reshape(-1, self.block_length)[: self.n].T


def _as_dtype_of(like: Array, constants: np.ndarray) -> Array:
    return jnp.asarray(constants, jnp.result_type(like))

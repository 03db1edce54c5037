"""Sparse n-step approximation of RTRL."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse

from ratezoo.learning.online import OnlineRule
from ratezoo.model import RateModel
from ratezoo.types import Array, Params, State

__all__ = ['SnAp']
CATEGORY = 'approximate online rule'

_UNROLLED = 4  # up to this number of influenced units, their products are written out one by one
_PROBES = 4  # number of random states at which the derivatives of the step are computed


class _Pattern(NamedTuple):
    """Which units the entries of one parameter influence, as arrays (s, *shape of the parameter).

    s is the largest number of units that one entry influences. An entry with fewer units leaves its last places empty.
    """

    units: np.ndarray  # the number of the unit; 0 in an empty place
    exists: np.ndarray  # whether the place holds a unit
    immediate: np.ndarray  # whether the entry influences this unit within one step


class SnAp(OnlineRule):
    """Sparse n-step approximation: of the influence p = dr/dw it keeps only what arises within ``order`` steps.

    The one-step map S and Eq. (1) are those of `RTRL`. But p is kept only on a pattern P: the pairs (unit k, parameter
    entry j) for which w_j can influence r_k within n = ``order`` steps,

        (1)  p_t = P ⊙ [(∂S/∂r) p_{t−1} + ∂S/∂w],   p_0 = 0
        (2)  dl/dw = Σ_t α_t [(∂l_t/∂r_t) p_t + ∂l_t/∂w]

    Approximate: drops the influence on all other units. Exact when the order is so large that the pattern no longer
    grows (order 2 for a full weight matrix). The pattern comes from the structure of the model: it contains a pair
    unless the derivative vanishes for all weights. A weight that happens to be zero does not change it. For a full
    weight matrix, SnAp-1 keeps for w_ij only the influence on unit i.

    The traces are Variables ``p_<parameter>`` of shape (s, *shape of the parameter), where s is the largest number of
    units that one entry influences. ``influenced(parameter)``, of the same shape, gives the numbers of these units. It
    is −1 at a place without a unit.

    Cost a step: s² m operations for m parameters, and N² operations for the Jacobian of the step, from N reverse
    passes; memory s m.

    Options (of `gradient` and `fit`)
    ---------------------------------
    order : int
        n ≥ 1. Default 1.

    References
    ----------
    J. Menick, E. Elsen, U. Evci, S. Osindero, K. Simonyan and A. Graves, "Practical real time recurrent learning with a
    sparse approximation", ICLR (2021), arXiv:2006.07232.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> class Net(ratezoo.SnAp, ratezoo.RateRNN):
    ...     '''SnAp-1.'''
    >>> net = Net(2, 5, 1, seed=0)
    >>> net.p_W.shape, net.influenced('W')[0, 3].tolist()
    ((1, 5, 5), [3, 3, 3, 3, 3])
    """

    exact = (
        'approximate: drops the influences that take more than `order` steps to arrive; exact when order is so large '
        'that the pattern of influences no longer grows. '
        'Standard case (docs/accuracy.md): relative error 0.3, cosine 0.96 (order 1)'
    )
    options = ('order',)
    order: int = 1
    # `_pattern` adds to these attributes while JAX traces a gradient. That must not look like a change of the network.
    NOT_READ = RateModel.NOT_READ | {'_patterns', '_structure'}

    def check_options(self, options: Mapping[str, Any]) -> None:
        order = options['order']
        if isinstance(order, bool) or not isinstance(order, int) or order < 1:
            raise self.invalid('order', 'an integer ≥ 1, a number of steps', repr(order))

    def influenced(self, parameter: str, order: int | None = None) -> np.ndarray:
        """The units that each entry of a parameter influences within ``order`` steps.

        Parameters
        ----------
        parameter : str
            The name of the parameter.
        order : int, optional
            Number of steps. Default: the network's ``order``.

        Returns
        -------
        array (s, *shape of the parameter)
            Numbers of units; −1 where an entry influences fewer than s units.
        """
        pattern = self._pattern(order or self.order)[0][parameter]
        return np.where(pattern.exists, pattern.units, -1)

    # ---- the pattern, from the structure of the step ---------------------------------------------------------------

    def prepare(self) -> None:
        super().prepare()
        self._patterns: dict[int, tuple] = {}
        self._structure = self._nonzero_derivatives()

    def _nonzero_derivatives(self):
        """Which entries of ∂S/∂r (N, N) and of ∂S/∂w (N, m) can be nonzero, as two sparse matrices of bool.

        An entry counts if it is nonzero at one of several random states, weights and inputs. At every second one all
        these numbers are positive, because the derivative of a rectifier is zero at negative input.
        """
        params, (x, _) = self.params_dict(), self.as_input(None, None)
        rng = np.random.default_rng(0)
        n = self.state_size

        @jax.jit
        def row_at(k, vector, params, x):
            return self._nonzero_row(k, vector, params, x)

        def draw(like, positive):
            value = rng.normal(size=np.shape(like)) / max(1, np.shape(like)[-1] if np.ndim(like) else 1) ** 0.5
            return jnp.asarray(np.abs(value) if positive else value, self.dtype)

        by_state, by_params = scipy.sparse.csr_matrix((n, n), dtype=bool), None
        for probe in range(_PROBES):
            positive = probe % 2 == 0
            vector = draw(np.zeros(n), positive)
            weights = {p: draw(v, positive) for p, v in params.items()}
            inputs = draw(x, positive)
            rows = [row_at(k, vector, weights, inputs) for k in range(n)]
            by_state = by_state + scipy.sparse.csr_matrix(np.array([row[0] for row in rows]))
            sparse_rows = [scipy.sparse.csr_matrix(np.asarray(row[1])[None]) for row in rows]
            of_probe = scipy.sparse.vstack(sparse_rows, format='csr')
            by_params = of_probe if by_params is None else by_params + of_probe
        return by_state, by_params

    def _nonzero_row(self, k, vector, params, x):
        """Row k of ∂S/∂r (N,) and of ∂S/∂w (m,): where it is not zero."""
        unflatten = self.flat(self.initial_state())[1]
        step, _, _ = self.flat_step(unflatten(vector), params, x)
        _, pull = jax.vjp(step, vector, {p: params[p] for p in self.step_params})
        by_state, by_params = pull(jnp.zeros(vector.size, vector.dtype).at[k].set(1.0))
        flat = [by_params[p].ravel() for p in self.step_params]
        return by_state != 0, jnp.concatenate(flat) != 0 if flat else jnp.zeros(0, bool)

    def _pattern(self, order):
        """The patterns of all parameters, and a colouring of the units.

        Returns
        -------
        patterns : dict
            Parameter name → `_Pattern`.
        colour : array (N,)
            A colour for each unit, such that no parameter entry has an immediate influence on two units of one colour.
        colours : int
            Number of colours.
        """
        if order not in self._patterns:
            _, immediate = self._structure
            reach = self._reach(order)
            patterns, offset = {}, 0
            for p in self.step_params:
                shape = getattr(self, p).shape
                columns = np.arange(offset, offset + int(np.prod(shape)))
                patterns[p] = _pattern_of_parameter(reach, immediate, columns, shape)
                offset += len(columns)
            self._patterns[order] = patterns, *_colours(immediate)
        return self._patterns[order]

    def _reach(self, order):
        """Which entries of w can influence which units within ``order`` steps: a sparse matrix of bool (N, m)."""
        by_state, by_params = self._structure
        reach = by_params
        for _ in range(min(order, self.state_size + 1) - 1):
            wider = ((by_state.astype(np.int32) @ reach.astype(np.int32)) != 0) + by_params
            if wider.nnz == reach.nnz:
                break
            reach = wider
        return reach

    # ---- the rule --------------------------------------------------------------------------------------------------

    def initial_traces(self, params: Params, key: Array | None = None, order: int = 1, **_: Any) -> dict[str, Array]:
        """p_0 = 0."""
        patterns, _, _ = self._pattern(order)
        return {f'p_{q}': jnp.zeros(patterns[q].units.shape, params[q].dtype) for q in self.step_params}

    def advance(
        self, r: State, params: Params, x: Array, traces: dict[str, Array], order: int = 1, **_: Any
    ) -> tuple[State, dict[str, Array]]:
        """Eq. (1).

        Units of one colour share no parameter entry in ∂S/∂w. So one reverse pass for the sum of these units gives the
        rows of all of them.
        """
        patterns, colour, colours = self._pattern(order)
        step, vector, unflatten = self.flat_step(r, params, x)
        new, pull = jax.vjp(step, vector, {q: params[q] for q in self.step_params})
        by_colour = jnp.asarray(np.arange(colours)[:, None] == colour, vector.dtype)
        immediate = jax.vmap(lambda v: pull(v)[1])(by_colour)
        jacobian = jax.vmap(lambda v: pull(v)[0])(jnp.eye(vector.size, dtype=vector.dtype))
        traces = {
            f'p_{q}': _advanced(jacobian, traces[f'p_{q}'], immediate[q], colour, patterns[q]) for q in self.step_params
        }
        return unflatten(new), traces

    def credit(self, dl_dr: State, traces: dict[str, Array], params: Params, order: int = 1, **_: Any) -> Params:
        """(∂l_t/∂r_t) p_t of Eq. (2)."""
        patterns, _, _ = self._pattern(order)
        v = self.flat(dl_dr)[0]
        return {q: jnp.sum(v[patterns[q].units] * traces[f'p_{q}'], 0) for q in self.step_params}

    def cost_per_sample(self, n: int, m: int, total: int, T: int, order: int = 1, **_: Any) -> tuple[float, float]:
        sizes = [(len(p.units), p.units[0].size) for p in self._pattern(order)[0].values()]
        numbers = sum(3 * s * entries for s, entries in sizes) + n * n + total
        return numbers, sum(2 * s * s * entries for s, entries in sizes) + 2 * n * m


def _pattern_of_parameter(reach, immediate, columns, shape):
    """The `_Pattern` of one parameter from the sparse matrices (N, m) of all; ``columns`` are those of its entries.

    An example with three units and two entries, of which the first influences units 0 and 2, and the second unit 1::

        reach     1 0      units     0 1      exists    1 1
                  0 1                2 0                1 0
                  1 0
    """
    block = reach[:, columns[0] : columns[-1] + 1].tocsc()
    block.sort_indices()
    count = np.diff(block.indptr)  # number of units that each entry influences
    s = max(1, int(count.max()))
    place = np.arange(block.nnz) - np.repeat(block.indptr[:-1], count)
    units = np.zeros((s, len(count)), np.int32)
    units[place, np.repeat(np.arange(len(count)), count)] = block.indices
    exists = np.arange(s)[:, None] < count
    entries = np.broadcast_to(columns, units.shape)
    at_once = exists & np.asarray(immediate[units.ravel(), entries.ravel()]).reshape(units.shape)
    return _Pattern(*(a.reshape(s, *shape) for a in (units, exists, at_once)))


def _advanced(jacobian, p, immediate, colour, pattern):
    """Eq. (1) for one parameter: the trace p (s, *shape) after the step.

    ``immediate`` (colours, *shape) holds for each colour the sum of ∂S/∂w over its units. At most one term of the sum
    is not zero.
    """
    s = len(p)
    flat = p.reshape(s, -1)
    units, exists, at_once = (a.reshape(s, -1) for a in pattern)
    if s == len(jacobian) and exists.all():  # every entry influences all units, in order: this is RTRL
        moved = jacobian @ flat
    else:
        table = jnp.asarray(units)

        def moved_to(k):  # Σ_l J_kl p_l over the units that are kept
            return jnp.sum(jacobian[k, table] * flat, 0)

        moved = jnp.stack([moved_to(k) for k in table]) if s <= _UNROLLED else jax.lax.map(moved_to, table)
    direct = immediate.reshape(len(immediate), -1)[colour[units], np.arange(flat.shape[1])]
    direct = jnp.where(at_once, direct, 0.0)
    return jnp.where(exists, moved + direct, 0.0).reshape(p.shape)


def _colours(pattern):
    """Colour the rows of a sparse matrix so that no column has two nonzero rows of one colour.

    Greedy: each row gets the first colour that no earlier row in conflict with it has.

    Returns
    -------
    colour : array (rows,)
        The colour of each row, from 0.
    colours : int
        Number of colours.
    """
    conflict = (pattern.astype(np.int32) @ pattern.astype(np.int32).T).tocsr()
    colour = np.full(pattern.shape[0], -1)
    for k in range(len(colour)):
        taken = set(colour[conflict.indices[conflict.indptr[k] : conflict.indptr[k + 1]]])
        colour[k] = next(c for c in range(len(colour)) if c not in taken)
    return colour, int(colour.max()) + 1

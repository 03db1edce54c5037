"""Sparse n-step approximation of RTRL."""

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse

from ratezoo.errors import InvalidValueError
from ratezoo.learning.online import OnlineRule
from ratezoo.model import RateModel

__all__ = ['SnAp']
CATEGORY = 'approximate online rule'

_UNROLLED = 4           # influenced units for which the products are written out
_PROBES = 4             # random places at which the step's derivatives are looked at


class SnAp(OnlineRule):
    """Sparse n-step approximation: of the influence p = dr/dw only what arises within ``order`` steps is kept.

    With the one-step map S, as `RTRL`'s Eq. (1), but only on the pattern P of pairs (unit k, parameter j) in which w_j
    can reach r_k within n = ``order`` steps,

        (1)  p_t = P ⊙ [(∂S/∂r) p_{t−1} + ∂S/∂w],   p_0 = 0
        (2)  dl/dw = Σ_t α_t [(∂l_t/∂r_t) p_t + ∂l_t/∂w]

    Approximate: drops the influence on all other units. Exact when the order is so large that the pattern no longer
    grows (order 2 for a full weight matrix). The pattern is that of the model's structure (which derivatives of the
    step vanish for every weight), not of weights that happen to be zero. SnAp-1 of a full weight matrix keeps for w_ij
    the influence on unit i alone.

    The traces are Variables ``p_<parameter>`` of shape (s, *shape of the parameter), s being the largest number of
    units that one of its entries reaches; ``influenced(parameter)`` (of the same shape) says which, −1 for none.

    Cost a step: s² m operations for m parameters, and N² operations of the step's own Jacobian from N reverse passes;
    memory s m.

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

    exact = 'exact when order is so large that the pattern of influences no longer grows'
    options = ('order',)
    order = 1
    NOT_READ = RateModel.NOT_READ | {'_patterns', '_structure'}      # grown while a gradient is traced

    def check_options(self, options):
        if isinstance(options['order'], bool) or not isinstance(options['order'], int) or options['order'] < 1:
            raise InvalidValueError(f'{type(self).__name__}.order: expected a number of steps ≥ 1, got '
                                    f'{options["order"]!r}.')

    def influenced(self, parameter, order=None):
        """Which units each entry of ``parameter`` influences within ``order`` steps: (s, *shape), −1 for none."""
        units, there, _ = self._pattern(order or self.order)[0][parameter]
        return np.where(there, units, -1)

    # ---- the pattern, from the structure of the step ---------------------------------------------------------------

    def prepare(self):
        super().prepare()
        self._patterns, self._structure = {}, self._derivatives_that_can_be()

    def _derivatives_that_can_be(self):
        """Sparse patterns of ∂S/∂r (N, N) and of ∂S/∂w (N, m), seen at random states, weights and inputs."""
        params, (x, _) = self.params_dict(), self.as_input(None, None)
        rng = np.random.default_rng(0)
        n = self.state_size

        @jax.jit
        def row(k, vector, params, x):
            step, _, _ = self.flat_step(self.flat(self.initial_state())[1](vector), params, x)
            _, pull = jax.vjp(step, vector, {p: params[p] for p in self.step_params})
            by_state, by_params = pull(jnp.zeros(n, vector.dtype).at[k].set(1.))
            flat = [by_params[p].ravel() for p in self.step_params]
            return by_state != 0, jnp.concatenate(flat) != 0 if flat else jnp.zeros(0, bool)

        of_state, of_params = scipy.sparse.csr_matrix((n, n), dtype=bool), None
        for probe in range(_PROBES):
            def draw(a, sign=probe % 2):                # positive at every other place: a rectifier is open there
                value = rng.normal(size=np.shape(a)) / max(1, np.shape(a)[-1] if np.ndim(a) else 1) ** 0.5
                return jnp.asarray(value if sign else np.abs(value), self.dtype)
            place = draw(np.zeros(n)), {p: draw(v) for p, v in params.items()}, draw(x)
            rows = [row(k, *place) for k in range(n)]
            of_state = of_state + scipy.sparse.csr_matrix(np.array([r[0] for r in rows]))
            found = scipy.sparse.vstack([scipy.sparse.csr_matrix(np.asarray(r[1])[None]) for r in rows], format='csr')
            of_params = found if of_params is None else of_params + found
        return of_state, of_params

    def _pattern(self, order):
        """For each parameter the units (s, *shape) that its entries reach, whether there are so many, and whether it
        reaches them at once; the colour of each unit, such that no parameter acts at once on two units of a colour; the
        number of colours."""
        if order not in self._patterns:
            of_state, of_params = self._structure
            reach = of_params
            for _ in range(min(order, self.state_size + 1) - 1):
                wider = ((of_state.astype(np.int32) @ reach.astype(np.int32)) != 0) + of_params
                if wider.nnz == reach.nnz:
                    break
                reach = wider
            units, at = {}, 0
            for p in self.step_params:
                shape = getattr(self, p).shape
                block = reach[:, at:at + int(np.prod(shape))].tocsc()
                at += int(np.prod(shape))
                count = np.diff(block.indptr)
                s = max(1, int(count.max()))
                table = np.zeros((s, len(count)), np.int32)
                slot = np.arange(block.nnz) - np.repeat(block.indptr[:-1], count)
                block.sort_indices()
                table[slot, np.repeat(np.arange(len(count)), count)] = block.indices
                there = np.arange(s)[:, None] < count
                entries = np.broadcast_to(at - len(count) + np.arange(len(count)), table.shape)
                at_once = there & np.asarray(of_params[table.ravel(), entries.ravel()]).reshape(table.shape)
                units[p] = tuple(a.reshape(s, *shape) for a in (table, there, at_once))
            self._patterns[order] = units, *_colours(of_params)
        return self._patterns[order]

    # ---- the rule --------------------------------------------------------------------------------------------------

    def initial_traces(self, params, key=None, order=1):
        """p_0 = 0."""
        units, _, _ = self._pattern(order)
        return {f'p_{q}': jnp.zeros(units[q][0].shape, params[q].dtype) for q in self.step_params}

    def advance(self, r, params, x, traces, order=1):
        """Eq. (1)."""
        units, colour, colours = self._pattern(order)
        step, vector, back = self.flat_step(r, params, x)
        new, pull = jax.vjp(step, vector, {q: params[q] for q in self.step_params})
        by_colour = jnp.asarray(np.arange(colours)[:, None] == colour, vector.dtype)
        immediate = jax.vmap(lambda v: pull(v)[1])(by_colour)           # all units of a colour in one pass
        jacobian = jax.vmap(lambda v: pull(v)[0])(jnp.eye(vector.size, dtype=vector.dtype))
        return back(new), {f'p_{q}': _advanced(jacobian, traces[f'p_{q}'], immediate[q], colour, *units[q])
                           for q in self.step_params}

    def credit(self, dl_dr, traces, params, order=1):
        """(∂l_t/∂r_t) p_t of Eq. (2)."""
        units, _, _ = self._pattern(order)
        v = self.flat(dl_dr)[0]
        return {q: jnp.sum(v[units[q][0]] * traces[f'p_{q}'], 0) for q in self.step_params}

    def cost_per_sample(self, n, m, total, T, order=1):
        s = [(len(u), u[0].size) for u, _, _ in self._pattern(order)[0].values()]
        return sum(3 * a * b for a, b in s) + n * n + total, sum(2 * a * a * b for a, b in s) + 2 * n * m


def _advanced(jacobian, p, immediate, colour, units, there, at_once):
    s, flat = len(units), p.reshape(len(units), -1)
    n = len(jacobian)
    if s == n and there.all():                                          # every unit, in order: RTRL
        moved = jacobian @ flat
    else:
        table = jnp.asarray(units.reshape(s, -1))

        def reached(k):                                                 # Σ_l J_kl p_l over the units kept
            return jnp.sum(jacobian[k, table] * flat, 0)
        moved = jnp.stack([reached(k) for k in table]) if s <= _UNROLLED else jax.lax.map(reached, table)
    columns = np.arange(flat.shape[1])
    direct = immediate.reshape(len(immediate), -1)[colour[units.reshape(s, -1)], columns]
    direct = jnp.where(at_once.reshape(s, -1), direct, 0.)
    return jnp.where(there.reshape(s, -1), moved + direct, 0.).reshape(p.shape)


def _colours(pattern):
    """A colour for each row of a sparse matrix, greedily, so that no column has two rows of a colour; and how many."""
    conflict = (pattern.astype(np.int32) @ pattern.astype(np.int32).T).tocsr()
    colour = np.full(pattern.shape[0], -1)
    for k in range(len(colour)):
        taken = set(colour[conflict.indices[conflict.indptr[k]:conflict.indptr[k + 1]]])
        colour[k] = next(c for c in range(len(colour)) if c not in taken)
    return colour, int(colour.max()) + 1

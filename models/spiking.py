"""Spiking neurons: a population of integrate-and-fire neurons; `ratezoo.reduce` gives its rate model."""

import math
from collections.abc import Sequence
from typing import Any

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from scipy import sparse, stats

from ratezoo.checks import Checks, is_count, is_positive
from ratezoo.curves import LIF
from ratezoo.errors import InvalidValueError, ShapeError
from ratezoo.example import Example, pulse
from ratezoo.types import Array, ArrayLike

__all__ = ['SpikingPopulation']
CATEGORY = 'reduction'


class SpikingPopulation(Checks, bp.DynamicalSystem):
    """Integrate-and-fire neurons with exponential synapses; ratezoo.reduce gives their rate model.

        (1)  τ_s dI/dt = −I + Σ_j w_ij Σ_k δ(t − t_j^k) + Σ_k w_x δ(t − s_i^k) + x_i
        (2)  τ dV/dt = −(V − V_rest) + R I;   at V_th a spike, and V stays at V_reset for t_ref

    t_j^k are the spike times of neuron j, s_i^k are those of the Poisson sources of neuron i; every neuron has its own
    sources. A spike adds w/τ_s to I, which then decays: it adds w K(t) with the kernel K(t) = e^{−t/τ_s}/τ_s.
    Potentials are in mV, R in MΩ, currents and x in nA, times in ms, rates in Hz. A weight is the charge of one spike,
    in nA·ms (= pC): K neurons that fire at r Hz give the mean current K w r/1000 nA. The synapses also filter the input
    x, as in `SynapticRate`.

    Between spikes both equations are linear, and x is constant over a step, so each step is integrated exactly. The
    only error comes from the spike times: V is compared with V_th at the end of each step, which makes the period
    between two spikes longer by less than Δt. BrainPy's ``LifRef`` differs: it holds I constant over a step, and it
    compares rounded times for t_ref, so that t_ref is sometimes one step too short.

    The recurrent synapses use BrainPy's event-driven operator ``bm.event.csrmv``, whose time is proportional to the
    number of spikes. With ``in_degree`` or ``p``, all synapses from one group to another share one stored weight.

    Parameters
    ----------
    n : int, or sequence of int
        Number of neurons. A sequence makes several groups: (800, 200) may be the numbers of excitatory and of
        inhibitory neurons. Default 100.
    weight : float, array (groups,) or array (groups, groups)
        Weight of a synapse in nA·ms; negative if inhibitory. A number holds for all synapses, an array (groups,) has
        one weight for each presynaptic group, a matrix is ``weight[post, pre]``. Default 0.
    in_degree : int, or array like ``weight``, optional
        Number of synapses that each neuron receives. They come from different neurons, and never from the neuron
        itself. Default: no synapses.
    p : float, or array like ``weight``, optional
        In place of ``in_degree``: the probability of a synapse from one neuron to another.
    W : array (n, n) or SciPy sparse array, optional
        In place of ``in_degree`` and ``weight``: all weights ``W[post, pre]`` in nA·ms.
    neuron : ratezoo.curves.LIF
        The constants τ, V_rest, V_reset, V_th, R and t_ref. t_ref is rounded to a whole number of steps. Default
        ``LIF()``.
    tau_s : float
        Time constant of the synapse in ms. Default 5.
    delay : int
        Number of steps from a spike to its arrival. With 0 (default) a spike arrives at the end of the step in which it
        is fired, and changes V from the next step on.
    poisson_sources : int, or array (groups,)
        Number of Poisson sources of each neuron. Default 1.
    poisson_rate, poisson_weight : float, or array (groups,)
        Rate of one source in Hz, and the weight w_x of its spikes in nA·ms. Default 0.
    V0 : float or array (n,), optional
        Potentials after a reset in mV. Default: uniform random in [V_reset, V_th), so that the neurons don't fire
        together.
    seed : int, optional
        Seed of the synapses, of V0 and of the Poisson sources. Two populations with the same seed run alike to the bit,
        and `reset_state` starts the noise again. None (default): drawn from ``bm.random``.
    name
        As for every ``DynamicalSystem``.

    Attributes
    ----------
    V : bm.Variable (n,)
        Potentials in mV at the end of the step.
    spike : bm.Variable (n,)
        Whether each neuron fires in this step.
    I_syn, I_ext : bm.Variable (n,)
        The two parts of I in nA. I_syn comes from the recurrent spikes, I_ext from x and the Poisson sources.
    rate : bm.Variable (groups,)
        Rate of each group in this step, in Hz.

    Raises
    ------
    InvalidValueError
        An argument is out of range.
    ShapeError
        An array has the wrong shape.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), secs. 5.4 and 7.2. S. Rotter and M. Diesmann,
    Biological Cybernetics 81, 381–402 (1999), doi:10.1007/s004220050570 (exact integration). N. Brunel, J.
    Computational Neuroscience 8, 183–208 (2000), doi:10.1023/A:1008925309027 (sparse networks of such neurons).

    Examples
    --------
    >>> from ratezoo import SpikingPopulation
    >>> import numpy as np, ratezoo
    >>> net = SpikingPopulation((80, 20), in_degree=(8, 2), weight=(5., -20.), seed=0)
    >>> runner = ratezoo.Runner(net, monitors=['spike', 'rate'], dt=0.1, progress_bar=False)
    >>> _ = runner.run(inputs=np.full(1000, 3.))                        # 100 ms of 3 nA
    >>> runner.mon.spike.shape, runner.mon.rate.shape
    ((1000, 100), (1000, 2))
    """

    example = Example(
        300.0,
        pulse(100.0, 200.0, 1.0),
        settings={
            'n': 2000,
            'in_degree': 100,
            'weight': -0.2,
            'tau_s': 20.0,
            'poisson_sources': 500,
            'poisson_rate': 10.0,
            'poisson_weight': 1.0,
        },
    )
    params = ()
    states = ('V', 'I_syn', 'I_ext')
    portrait = 'spikes'
    units_of_states = {'V': 'mV', 'I_syn': 'nA', 'I_ext': 'nA'}
    unit_of_time = 'ms'
    differentiable = False

    def __init__(
        self,
        n: int | Sequence[int] = 100,
        *,
        weight: ArrayLike = 0.0,
        in_degree: ArrayLike | None = None,
        p: ArrayLike | None = None,
        W: ArrayLike | sparse.sparray | sparse.spmatrix | None = None,
        neuron: LIF = LIF(),  # noqa: B008
        tau_s: float = 5.0,
        delay: int = 0,
        poisson_sources: ArrayLike = 1,
        poisson_rate: ArrayLike = 0.0,
        poisson_weight: ArrayLike = 0.0,
        V0: ArrayLike | None = None,
        seed: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if isinstance(self.mode, bm.BatchingMode):
            raise self.invalid('mode', 'bm.nonbatching_mode', self.mode)
        self.sizes = self._checked_sizes(n)
        self.n, groups = sum(self.sizes), len(self.sizes)
        self.group = np.repeat(np.arange(groups), self.sizes)
        self._check_options(neuron, tau_s, delay, seed)
        self.neuron, self.tau_s, self.delay = neuron, float(tau_s), int(delay)
        self.seed = int(bm.random.randint(0, 2**31 - 1, (1,))[0]) if seed is None else int(seed)
        sources = self._checked_numbers('poisson_sources', poisson_sources, (groups,))
        self.poisson_rate = self._checked_numbers('poisson_rate', poisson_rate, (groups,)) * sources  # of all sources
        self.poisson_weight = self._checked_numbers('poisson_weight', poisson_weight, (groups,), least=None)
        self.noisy = bool((self.poisson_rate * self.poisson_weight).any())

        rng = np.random.default_rng(self.seed)
        if V0 is None:
            self.V0 = rng.uniform(neuron.V_reset, neuron.V_th, self.n)
        else:
            self.V0 = self._checked_numbers('V0', V0, (self.n,), least=None)
        self._make_synapses(rng, weight, in_degree, p, W)
        self._create_variables()
        self.reset_state()

    def __repr__(self) -> str:
        return f'{type(self).__name__}({" + ".join(map(str, self.sizes))} neurons)'

    def _check_options(self, neuron, tau_s, delay, seed):
        if type(neuron) is not LIF:
            raise self.invalid('neuron', 'a ratezoo.curves.LIF', repr(neuron))
        if not is_positive(tau_s):
            raise self.invalid('tau_s', 'a time constant > 0', repr(tau_s))
        if not (is_count(delay) or (delay == 0 and not isinstance(delay, bool))):
            raise self.invalid('delay', 'a whole number of steps ≥ 0', repr(delay))
        if not (seed is None or (isinstance(seed, (int, np.integer)) and 0 <= seed < 2**63)):
            raise self.invalid('seed', 'an integer from 0 to 2⁶³ − 1, or None', repr(seed))

    def _create_variables(self):
        self.V, self.I_syn, self.I_ext = (bm.Variable(jnp.zeros(self.n)) for _ in range(3))
        self.spike = bm.Variable(jnp.zeros(self.n, bool))
        self.rest = bm.Variable(jnp.zeros(self.n, 'int32'))  # remaining steps of t_ref
        self.rate = bm.Variable(jnp.zeros(len(self.sizes)))
        if self.delay:
            # A ring buffer: the row clock mod delay holds the spikes of ``delay`` steps ago.
            self.under_way = bm.Variable(jnp.zeros((self.delay, self.n), bool))
            self.clock = bm.Variable(jnp.zeros((), 'int32'))
        if self.noisy:
            self.noise_key = bm.Variable(jax.random.PRNGKey(self.seed))

    @property
    def dt(self) -> float:
        """BrainPy's time step in ms."""
        return bm.get_dt()

    @property
    def recorded(self) -> tuple[str, ...]:
        """The Variables that a run records if no monitors are given: the states, the spikes and the rates."""
        return (*self.states, 'spike', 'rate')

    @property
    def n_in(self) -> int:
        """The number of inputs in a run: one for each group."""
        return len(self.sizes)

    # ---- running -------------------------------------------------------------------------------------------------

    def reset_state(self, batch_size: int | None = None, **kwargs: Any) -> None:
        """Set V to V0, set all currents to 0, remove spikes that have not arrived, and start the noise again.

        ``batch_size`` must be None: a population has no batches.
        """
        if batch_size is not None:
            raise self.invalid('reset_state', 'no batch_size', batch_size)
        self.V.value = jnp.asarray(self.V0, self.dtype)
        delayed = [self.under_way, self.clock] if self.delay else []
        for variable in (self.I_syn, self.I_ext, self.spike, self.rest, self.rate, *delayed):
            variable.value = jnp.zeros_like(variable.value)
        if self.noisy:
            self.noise_key.value = jax.random.PRNGKey(self.seed)

    def update(self, x: ArrayLike | None = None) -> Array:
        """One step of ``bp.share['dt']`` ms.

        Parameters
        ----------
        x : float, array (n,) or array (groups,), optional
            The input in nA: a number, one for each neuron, or one for each group. Default 0.

        Returns
        -------
        array (n,), bool
            Whether each neuron fires in this step.
        """
        dt, drive = float(bp.share['dt']), self._checked_input(x)
        neuron = self.neuron
        decay_I, decay_V = math.exp(-dt / self.tau_s), math.exp(-dt / neuron.tau)
        # During the step I is x plus the part I − x, which decays with τ_s. This part changes V at the end of the step
        # by R (I − x) times a factor, the exact integral. For τ_s = τ the formula is 0/0, so its limit is used.
        if abs(self.tau_s / neuron.tau - 1) < 1e-6:
            factor = dt / neuron.tau * decay_V
        else:
            factor = self.tau_s / (self.tau_s - neuron.tau) * (decay_I - decay_V)
        I_syn, I_ext = self.I_syn.value, self.I_ext.value
        from_current = neuron.R * (drive * (1 - decay_V) + (I_syn + I_ext - drive) * factor)
        V = neuron.V_rest + (self.V.value - neuron.V_rest) * decay_V + from_current  # Eq. (2)

        V = jnp.where(self.rest.value > 0, neuron.V_reset, V)
        spike = neuron.V_th <= V
        self.V.value = jnp.where(spike, neuron.V_reset, V)
        self.rest.value = jnp.where(spike, jnp.int32(round(neuron.t_ref / dt)), jnp.maximum(self.rest.value - 1, 0))
        self.spike.value = spike
        self.rate.value = jnp.stack([1000 / dt * jnp.mean(s, dtype=V.dtype) for s in self._by_group(spike)])

        self.I_syn.value = I_syn * decay_I + self._received_charge(self._arriving(spike)) / self.tau_s  # Eq. (1)
        self.I_ext.value = drive + (I_ext - drive) * decay_I + self._poisson_charge(dt) / self.tau_s
        return spike

    def _arriving(self, spike):
        """The spikes of ``delay`` steps ago; stores ``spike`` in their place."""
        if not self.delay:
            return spike
        row = self.clock.value % self.delay
        arriving = self.under_way.value[row]
        self.under_way.value = self.under_way.value.at[row].set(spike)
        self.clock.value = self.clock.value + 1
        return arriving

    def _received_charge(self, spike):
        """Σ_j w_ij over all neurons j with an arriving spike, (n,), in nA·ms."""
        if self.connectivity == 'dense':
            return self.W.value @ spike.astype(self.dtype)
        received = jnp.zeros(self.n, self.dtype)
        for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
            received += synapses(spike[first:last], self.n)
        return received

    def _poisson_charge(self, dt):
        """The charge that each neuron receives from its Poisson sources in this step, (n,), in nA·ms.

        All neurons of a group have the same distribution of counts. A uniform number u becomes a count by the inverse
        of the cumulative distribution: the count is the number of entries of its table that are ≤ u.
        """
        if not self.noisy:
            return 0.0
        self.noise_key.value, key = jax.random.split(self.noise_key.value)
        uniform = self._by_group(jax.random.uniform(key, (self.n,), self.dtype))
        charge = []
        for u, rate, w in zip(uniform, self.poisson_rate, self.poisson_weight, strict=True):
            mean = rate * dt / 1000
            table = stats.poisson.cdf(np.arange(mean + 10 * mean**0.5 + 20), mean)
            charge.append(w * jnp.searchsorted(jnp.asarray(table, u.dtype), u, side='right').astype(u.dtype))
        return jnp.concatenate(charge)

    def _checked_input(self, x):
        """The input as a number or an array (n,), after all checks."""
        if x is None:
            return jnp.zeros((), self.dtype)
        x = self.as_array('x', x)
        self.check_finite('x', x)
        groups = len(self.sizes)
        if x.shape not in ((), (self.n,), (groups,)):
            raise ShapeError(
                f'SpikingPopulation.x: expected a number, ({self.n},) or one for each group, ({groups},), '
                f'at each step, got shape {x.shape}.'
            )
        return x[self.group] if x.shape == (groups,) != (self.n,) else x

    # ---- synapses ------------------------------------------------------------------------------------------------

    def _make_synapses(self, rng, weight, in_degree, p, W):
        """Set ``connectivity`` and make the synapses, from the one of ``in_degree``, ``p`` and ``W`` that is given."""
        given = [k for k, v in (('in_degree', in_degree), ('p', p), ('W', W)) if v is not None]
        if len(given) > 1:
            raise self.invalid(given[1], f'None together with {given[0]}', 'both. Give one of the two')
        self.connectivity = given[0] if given else None
        self.synapses, self._senders, groups = bm.NodeList(), [], len(self.sizes)
        weight = self._checked_numbers('weight', weight, (groups, groups), least=None)
        if W is not None:
            self._set_weights(W)
        elif in_degree is not None:
            in_degrees = self._checked_numbers('in_degree', in_degree, (groups, groups))
            most = np.array(self.sizes) - np.eye(groups, dtype=int)
            if (in_degrees != in_degrees.round()).any() or (in_degrees > most).any():
                expected = f'whole numbers, at most the number of other neurons, {most.tolist()}'
                raise self.invalid('in_degree', expected, repr(in_degree))
            self._draw_synapses(rng, _draw_in_degree, in_degrees, weight)
        elif p is not None:
            probabilities = self._checked_numbers('p', p, (groups, groups), most=1.0)
            self._draw_synapses(rng, _draw_probability, probabilities, weight)

    def _draw_synapses(self, rng, draw, densities, weight):
        """Random synapses between all groups: draw(…, densities[post, pre], …) for each pair of groups."""
        edges = np.cumsum([0, *self.sizes])
        groups = range(len(self.sizes))
        for pre in groups:
            blocks = [
                draw(rng, self.sizes[post], self.sizes[pre], densities[post, pre], post == pre) for post in groups
            ]
            counts = sparse.vstack(blocks, format='csc') if len(blocks) > 1 else blocks[0]
            self._add_synapses(counts, (edges[pre], edges[pre + 1]), np.ones(1), weight[self.group, pre])

    def _set_weights(self, W):
        """The synapses of a given matrix ``W[post, pre]``, dense or sparse."""
        is_sparse = sparse.issparse(W)
        if not is_sparse:
            W = np.asarray(self.as_array('W', W))
        if W.shape != (self.n, self.n):
            raise ShapeError(f'SpikingPopulation.W: expected shape ({self.n}, {self.n}), got {W.shape}.')
        self.check_finite('W', W.data if is_sparse else W)
        self.connectivity = 'sparse' if is_sparse else 'dense'
        if is_sparse:
            W = sparse.csc_array(W)
            self._add_synapses(W, (0, self.n), W.data, None)
        else:
            self.W = bm.Variable(jnp.asarray(W, self.dtype))

    def _add_synapses(self, matrix, senders, data, scale):
        """Add the synapses from the neurons first, …, last − 1, where ``senders`` is (first, last).

        ``matrix`` (n, last − first) is in CSC format. Its columns are the rows of its transpose in CSR format, which is
        the layout that `_Synapses` needs.
        """
        if matrix.nnz:
            self.synapses.append(_Synapses(matrix.indices, matrix.indptr, data, scale, self.dtype))
            self._senders.append(senders)

    def matrix(self) -> sparse.csr_array:
        """All weights ``W[post, pre]`` in nA·ms, as a SciPy array (n, n) in CSR format."""
        if self.connectivity == 'dense':
            return sparse.csr_array(np.asarray(self.W.value))
        W = sparse.csc_array((self.n, self.n))
        for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
            columns = np.clip(np.arange(self.n + 1) - first, 0, last - first)
            pointers = np.asarray(synapses.indptr)[columns]  # the columns of neurons that are no senders are empty
            entries = (synapses.weights(), np.asarray(synapses.indices.value), pointers)
            W = W + sparse.csc_array(entries, shape=(self.n, self.n))
        return W.tocsr()

    def coupling(self) -> tuple[np.ndarray, np.ndarray]:
        """⟨Σ_j w_ij⟩ and ⟨Σ_j w_ij²⟩ between the groups: two arrays (groups, groups), ``[post, pre]``.

        The sums run over the neurons j of the presynaptic group, the means over the neurons i of the postsynaptic
        group. The units are nA·ms and (nA·ms)².
        """
        groups, means = len(self.sizes), []
        membership = np.eye(groups)[self.group]  # (n, groups): 1 where a neuron belongs to a group
        for power in (1, 2):
            total = np.zeros((groups, groups))
            if self.connectivity == 'dense':
                total = membership.T @ np.asarray(self.W.value, float) ** power @ membership
            for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
                total += synapses.sums_by_group(membership, membership[first:last], power)
            means.append(total / np.array(self.sizes)[:, None])
        return means[0], means[1]

    # ---- internals -----------------------------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        """The precision of the states."""
        return self.V.dtype if hasattr(self, 'V') else jnp.zeros(()).dtype

    def _by_group(self, values):
        """An array (n,) as a list of arrays, one for each group."""
        return jnp.split(values, np.cumsum(self.sizes)[:-1])

    def _checked_sizes(self, n):
        sizes = (n,) if np.ndim(n) == 0 else tuple(n)
        if not sizes or not all(map(is_count, sizes)):
            raise self.invalid('n', 'a positive number of neurons, or one for each group', repr(n))
        return tuple(map(int, sizes))

    def _checked_numbers(self, name, value, shape, least=0.0, most=None):
        """``value``, a number or an array, as an array of ``shape`` with finite numbers from ``least`` to ``most``."""
        try:
            value = np.asarray(bm.as_jax(value), float)
        except (TypeError, ValueError):
            raise self.invalid(name, f'a number or an array of shape {shape}', repr(value)) from None
        if value.shape not in {shape[i:] for i in range(len(shape) + 1)}:
            shapes = ' or '.join(str(shape[i:]) for i in range(len(shape)))
            raise ShapeError(
                f'{type(self).__name__}.{name}: expected a number or an array of shape {shapes}, got {value.shape}.'
            )
        self.check_finite(name, value)
        if (least is not None and (value < least).any()) or (most is not None and (value > most).any()):
            expected = f'numbers ≥ {least:g}' + (f' and ≤ {most:g}' if most is not None else '')
            raise self.invalid(name, expected, value.tolist())
        return np.broadcast_to(value, shape)


class _Synapses(bm.BrainPyObject):
    """The synapses from some neurons, the senders, as a sparse matrix (senders, n) in CSR format.

    ``indices`` and ``indptr`` give the targets of each sender. ``data`` is the weight of each synapse. If all synapses
    on one target have the same weight, ``data`` is a single 1, and ``scale`` (n,) is the weight by target: so the
    weights need no memory for each synapse.
    """

    def __init__(self, indices, indptr, data, scale, dtype):
        super().__init__()
        self.indices = bm.Variable(jnp.asarray(indices, 'int32'))
        self.indptr = jnp.asarray(indptr, 'int32')  # not a Variable: brainevent needs its values when it compiles
        self.data = bm.Variable(jnp.asarray(data, dtype))
        self.scale = None if scale is None else bm.Variable(jnp.asarray(scale, dtype))

    def __call__(self, spike, n):
        """The charge that the spikes (senders,) bring to each of n neurons, (n,)."""
        csr, shape = (self.data.value, self.indices.value, self.indptr), (len(spike), n)
        received = bm.as_jax(bm.event.csrmv(*csr, spike, shape=shape, transpose=True))
        return received if self.scale is None else received * self.scale.value

    def weights(self):
        """The weight of each synapse, in the order of ``indices``."""
        indices = np.asarray(self.indices.value)
        return np.asarray(self.data.value) if self.scale is None else np.asarray(self.scale.value)[indices]

    def sums_by_group(self, targets, senders, power):
        """Σ w^power over all synapses from group b to group a, (groups, groups).

        ``targets`` (n, groups) and ``senders`` (senders, groups) are 1 where a neuron belongs to a group.
        """
        entries = (np.asarray(self.weights(), float) ** power, np.asarray(self.indices.value), np.asarray(self.indptr))
        matrix = sparse.csr_array(entries, shape=(len(senders), len(targets)))
        return (matrix @ targets).T @ senders


def _draw_in_degree(rng, n_post, n_pre, k, same_group):
    """A sparse matrix (n_post, n_pre) in CSC format with ``k`` ones in each row: a neuron's k random senders.

    Within one group a neuron is never its own sender. Therefore neuron i draws from n_pre − 1 numbers, and the numbers
    from i on are raised by 1.
    """
    k = int(k)
    senders = np.empty((n_post, k), 'int32')
    for i in range(n_post if k else 0):
        senders[i] = rng.choice(n_pre - same_group, k, replace=False, shuffle=False)
    if same_group:
        senders += senders >= np.arange(n_post, dtype='int32')[:, None]
    pointers = np.arange(0, n_post * k + 1, k or 1, dtype='int32') if k else np.zeros(n_post + 1, 'int32')
    return sparse.csr_array((np.ones(n_post * k, 'int8'), senders.ravel(), pointers), shape=(n_post, n_pre)).tocsc()


def _draw_probability(rng, n_post, n_pre, p, same_group):
    """A sparse matrix (n_post, n_pre) in CSC format whose entries are 1 with probability ``p``.

    The gaps between ones are geometric random numbers. So the cost is proportional to the number of synapses, and not
    to the n_post × n_pre possible ones. Within one group a neuron is never its own sender.
    """
    total, positions, last = n_post * n_pre, [np.empty(0, 'int64')], -1
    while p * total > 1e-9 and last < total:
        gaps = rng.geometric(p, size=int((total - last) * p + 5 * (total * p) ** 0.5 + 10))
        positions.append(last + np.cumsum(gaps))
        last = positions[-1][-1]
    positions = np.concatenate(positions)
    pre, post = np.divmod(positions[positions < total], n_post)
    pre, post = (pre[pre != post], post[pre != post]) if same_group else (pre, post)
    pointers = np.searchsorted(pre, np.arange(n_pre + 1)).astype('int32')
    return sparse.csc_array((np.ones(len(post), 'int8'), post.astype('int32'), pointers), shape=(n_post, n_pre))


def smoothed(rate: ArrayLike, dt: float, window: float = 5.0) -> np.ndarray:
    """The mean of ``rate`` (T, …) over a window around each step; at both ends the window is shorter.

    ``window`` is its length, in the unit of ``dt``. Default 5.
    """
    rate = np.asarray(rate, float)
    if not (is_positive(dt) and is_positive(window)):
        raise InvalidValueError(f'smoothed: expected dt and window > 0, got {dt!r} and {window!r}.')
    half, steps = round(window / dt / 2), np.arange(len(rate))
    sums = np.concatenate([np.zeros((1, *rate.shape[1:])), np.cumsum(rate, 0)])
    first, last = np.maximum(steps - half, 0), np.minimum(steps + half + 1, len(rate))
    return (sums[last] - sums[first]) / (last - first).reshape(-1, *[1] * (rate.ndim - 1))

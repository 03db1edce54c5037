"""`Engine`: the numbers behind the page of one model, from functions that are compiled once.

The constants are arguments of the compiled functions, so a slider that moves compiles nothing.
"""

import contextlib
import inspect
import threading
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.analysis.equilibria import NEWTON_STEPS, distinct, kind_of, sizes_of, state_of, vector
from ratezoo.circuit import Circuit
from ratezoo.model import RateModel
from ratezoo.models import zoo
from ratezoo.relaxation import settle
from ratezoo.simulation import over_time, simulate

GRID = 41  # points along each side of the phase plane
STARTS = 9  # starts of Newton's method along each side
MOST_SHOWN = 1500  # times of a trajectory that are drawn
MOST_STEPS = 20_000  # of a run in the plane; more would take too long after each move of a slider
LARGEST_JACOBIAN = 600  # a larger network gets no spectrum


class Trajectory(NamedTuple):
    """A run: the times (T,), and name → states (T, n). For analyses also the last state vector and the last input."""

    ts: np.ndarray
    states: dict[str, np.ndarray]
    last: np.ndarray | None
    x: np.ndarray


class Point(NamedTuple):
    """A fixed point (N,), its kind, and the eigenvalues of its Jacobian, as `ratezoo.fixed_points` gives them."""

    r: np.ndarray
    kind: str
    eigenvalues: np.ndarray


class Plane(NamedTuple):
    """F (points, points, 2) on the grid of ``sides``, and the fixed points within it."""

    sides: tuple[np.ndarray, np.ndarray]
    F: np.ndarray
    points: list[Point]


class Engine:
    """The functions of one model of the zoo, with the settings of its example.

    Attributes
    ----------
    settings : dict
        The arguments of the constructor.
    net : RateModel or SpikingPopulation
        The network. Its state and its constants stay as they are.
    constants : dict of str to float
        The constants that sliders change, and their values in the example.
    is_plane : bool
        Whether the network is in continuous time and consists of two numbers.
    """

    def __init__(self, name: str) -> None:
        model: Any = zoo[name]
        self.name, self.settings = name, dict(model.example.settings)
        seed = {'seed': 0} if 'seed' in inspect.signature(model).parameters else {}
        self.net = model(**{**seed, **self.settings})
        # ``with_constants`` changes the network while a function is traced or an input is computed.
        self.lock = threading.RLock()
        values = {k: np.asarray(getattr(self.net, k)) for k in getattr(self.net, 'constants', {})}
        self.constants = {k: float(v) for k, v in values.items() if v.ndim == 0}
        is_rate = isinstance(self.net, RateModel)
        self.size = sum(sizes_of(self.net).values()) if is_rate else 0
        if not isinstance(self.net, Circuit) or self.net.noisy or self.net.params:
            self.settings = {**seed, **self.settings}  # a circuit without noise and weights needs no seed
        self.is_plane = self.size == 2 and self.net.is_continuous and bool(self.constants)
        if self.constants:
            self._run, self._plane, self._jacobian = (jax.jit(f) for f in (self._trajectory, self._field, self._J))

    @property
    def duration(self) -> float:
        """How long a run takes: as long as the example; of a plane not more steps than a slider can wait for."""
        whole, most = self.net.example.duration, MOST_STEPS * float(self.net.dt)
        return min(whole, most) if self.is_plane else whole

    # ---- what the page asks for --------------------------------------------------------------------------------------

    def checked(self, given: dict[str, Any]) -> dict[str, float]:
        """The constants as numbers; raises the model's own error for one that is not allowed."""
        if not given:
            return {}
        values = {}
        for k, v in given.items():
            with contextlib.suppress(TypeError, ValueError, OverflowError):  # refused in the next line
                v = float(v)
            values[k] = self.net.constants[k].checked(self.net, k, v)
        with self.lock, self.net.with_constants(values):
            self.net.check_time_step()
        return values

    def trajectory(self, constants: dict[str, float], start: dict[str, Any] | None = None, x: Any = None) -> Trajectory:
        """A run with these constants. ``start``: state → (n,), in place of the example's; ``x``: a constant input."""
        if not self.constants:
            return self._simulated()
        net = self.net
        with self.lock, net.with_constants(constants):
            inputs = over_time(net, self.duration, x)
            r = net.by_name(net.starting_state(self._start()))
        r = {**r, **{k: jnp.asarray(v, net.dtype) for k, v in (start or {}).items()}}
        inputs = net.as_array('x', inputs)
        with self.lock:
            states, at, worst, last = jax.device_get(self._run(constants, net.params_dict(), net.as_state(r), inputs))
        net.check_alive(int(at) * float(net.dt), worst)
        ts = float(net.dt) * np.arange(len(inputs) + 1)[:: _every(inputs)]
        return Trajectory(ts, states, last, np.asarray(inputs[-1]))

    def plane(self, constants: dict[str, float], limits: np.ndarray, x: np.ndarray) -> Plane:
        """F on a grid within ``limits`` (2, 2), and all fixed points there that Newton's method reaches."""
        first, second = (np.linspace(low, high, GRID) for low, high in limits)
        starts = np.stack(np.meshgrid(*(np.linspace(low, high, STARTS) for low, high in limits)), -1).reshape(-1, 2)
        grid = np.stack(np.meshgrid(first, second), -1).reshape(-1, 2)
        arrays = (jnp.asarray(a, self.net.dtype) for a in (grid, starts, x))
        with self.lock:
            F, settled, J = jax.device_get(self._plane(constants, self.net.params_dict(), *arrays))
        good = settled.converged & np.isfinite(settled.r).all(1) & np.isfinite(J).all((1, 2))
        good &= ((limits[:, 0] <= settled.r) & (settled.r <= limits[:, 1])).all(1)
        order = np.flatnonzero(good)[np.argsort(settled.residual[good])]
        points = []
        for r in distinct(settled.r[order], 1e-4 * np.ptp(limits, axis=1)):
            k = order[np.argmin(np.abs(settled.r[order] - r).sum(1))]
            values = np.linalg.eigvals(J[k])
            values = values[np.argsort(-values.real)]
            points.append(Point(r, kind_of(values), np.asarray(values, complex)))
        return Plane((first, second), F.reshape(GRID, GRID, 2), points)

    def spectrum(self, constants: dict[str, float], run: Trajectory) -> np.ndarray | None:
        """The eigenvalues of J (discrete time: of I + J) at the end of a run; None where the network is too large."""
        net = self.net
        if run.last is None or self.size > LARGEST_JACOBIAN or not self.has_spectrum:
            return None
        if not self.constants:
            J = np.asarray(net.jacobian(state_of(net, jnp.asarray(run.last)), run.x))[: self.size, : self.size]
        else:
            with self.lock:
                J = np.asarray(self._jacobian(constants, net.params_dict(), jnp.asarray(run.last), jnp.asarray(run.x)))
        return np.linalg.eigvals(J if net.is_continuous else J + np.eye(len(J)))

    @property
    def has_spectrum(self) -> bool:
        """Whether the state is all that the network remembers: delay lines have no Jacobian of their own here."""
        return isinstance(self.net, RateModel) and not getattr(self.net, 'delayed', False)

    # ---- pure functions ----------------------------------------------------------------------------------------------

    def _trajectory(self, constants, params, r, inputs):
        """A run from r on: what is drawn; when it ends or first goes wrong, and the state then; the last state.

        Only these leave the compiled function. The whole run of a large network would be many megabytes.
        """
        net = self.net
        with net.with_constants(constants):

            def advance(carry, x):
                r, key = net.perturb(net.step(carry[0], params, x), carry[1])
                return (r, key), net.by_name(r)

            states = jax.lax.scan(advance, (r, net.initial_key()), inputs)[1]
        states = {k: jnp.concatenate([jnp.asarray(a)[None], states[k]]) for k, a in net.by_name(r).items()}
        wrong = sum(jnp.any(~jnp.isfinite(a), 1) for a in states.values()) > 0
        for k, (low, high) in net.ranges.items():
            wrong |= jnp.any((states[k] < low - 1) | (states[k] > high + 1), 1)
        at = jnp.where(jnp.any(wrong), jnp.argmax(wrong), len(wrong) - 1)
        shown = {k: states[k].reshape(len(wrong), -1)[:: _every(inputs)] for k in net.recorded}
        final = net.as_state({k: a[-1] for k, a in states.items()})
        return shown, at, {k: a[at] for k, a in states.items()}, vector(net, final)

    def _at_rest(self, s, params, x):
        r = state_of(self.net, s)
        return vector(self.net, self.net.at_rest(r, self.net.drift(r, params, x)))

    def _J(self, constants, params, s, x):
        with self.net.with_constants(constants):
            return jax.jacfwd(self._at_rest)(s, params, x)

    def _field(self, constants, params, grid, starts, x):
        """F on the grid, the fixed points from all starts, and J at each of them."""
        net = self.net
        with net.with_constants(constants):
            F = jax.vmap(lambda s: vector(net, net.drift(state_of(net, s), params, x)))(grid)

            def newton(s):
                return settle(lambda s: self._at_rest(s, params, x), None, s, net.default_tol, NEWTON_STEPS, 'newton')

            settled = jax.vmap(newton)(starts)
            return F, settled, jax.vmap(lambda s: jax.jacfwd(self._at_rest)(s, params, x))(settled.r)

    # ---- internals ---------------------------------------------------------------------------------------------------

    def _start(self):
        example = self.net.example
        return None if example.start is None else example.start(self.net)

    def _simulated(self):
        """The example's run of a network without constants, which nothing changes."""
        with self.lock:
            net = self.net
            net.reset_state(**({} if self._start() is None else {'r0': self._start()}))
            run = simulate(net, sample_every=_every(over_time(net)))
            states = {k: np.asarray(v, float).reshape(len(v), -1) for k, v in run.mon.items() if k != 'ts'}
            last = np.asarray(vector(net, net.state)) if isinstance(net, RateModel) else None
            return Trajectory(np.asarray(run.mon.ts) + float(net.dt), states, last, np.asarray(run.inputs[-1]))


def _every(inputs: Any) -> int:
    """Which part of the steps is drawn: every k-th."""
    return max(1, len(inputs) // MOST_SHOWN)

"""Oscillators: the lecture's mass on a spring, an excitable neuron, and oscillators that can synchronise."""

import jax.numpy as jnp
import numpy as np
from brainpy.math import as_jax

from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['DrivenOscillator', 'FitzHughNagumo', 'MorrisLecar', 'StuartLandau', 'Kuramoto']
CATEGORY = 'oscillator'


class FitzHughNagumo(Circuit):
    """Excitable neuron with two variables, the potential v and the recovery w.

        (1)  dv/dt = v − v³/3 − w + I + x
        (2)  dw/dt = (v + a − b w)/τ

    All quantities are without unit. If I lies between the two currents of `hopf_currents`, the fixed point is unstable
    (1 − v*² > b/τ) and the neuron fires without end. If I is below them, a short pulse makes the neuron fire once.
    BrainPy's ``FHN`` has the same equations, but its noise is written in the class; here the noise is that of every
    `Circuit`.

    References
    ----------
    R. FitzHugh, Biophysical Journal 1, 445–466 (1961), doi:10.1016/S0006-3495(61)86902-6. J. Nagumo, S. Arimoto and
    S. Yoshizawa, Proceedings of the IRE 50, 2061–2070 (1962), doi:10.1109/JRPROC.1962.288235.

    Examples
    --------
    >>> from ratezoo import FitzHughNagumo
    >>> low, high = FitzHughNagumo().hopf_currents
    >>> round(low, 4), round(high, 4)
    (0.3313, 1.4187)
    """

    states = ('v', 'w')
    default_method = 'rk4'
    example = Example(200.0)
    a = Constant(0.7, 'offset of the recovery')
    b = Constant(0.8, 'decay of the recovery')
    tau = Constant(12.5, 'time constant of the recovery', positive=True)
    I = Constant(0.5, 'constant current')

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        v, w = s['v'], s['w']
        dv = v - v**3 / 3 - w + self.I + x  # Eq. (1)
        dw = (v + self.a - self.b * w) / self.tau  # Eq. (2)
        return {'v': dv, 'w': dw}

    def start(self) -> dict[str, Array]:
        """v = −1, w = 1."""
        return {'v': -jnp.ones(self.n), 'w': jnp.ones(self.n)}

    @property
    def hopf_currents(self) -> tuple[float, float]:
        """The two currents I at which 1 − v*² = b/τ: the fixed point changes its stability (for b < 1 and b < τ)."""
        v = np.array([-1.0, 1.0]) * np.sqrt(1 - self.b / self.tau)
        low, high = (v + self.a) / self.b - v + v**3 / 3
        return float(low), float(high)


class MorrisLecar(Circuit):
    """A barnacle muscle fibre with a calcium and a potassium current; it spikes by class I or by class II.

        (1)  C dV/dt = I + x − g_L (V − V_L) − g_Ca m(V) (V − V_Ca) − g_K w (V − V_K)
        (2)  dw/dt = φ cosh((V − V_3)/2V_4) (w_∞(V) − w)
        (3)  m(V) = ½ (1 + tanh((V − V_1)/V_2)),    w_∞(V) = ½ (1 + tanh((V − V_3)/V_4))

    The defaults are the class II neuron: its rest loses stability at a Hopf point, and it begins to fire at a frequency
    above zero. `class_one` are the constants of the class I neuron: its rest vanishes in a saddle-node on the limit
    cycle, and it begins to fire at frequency zero.

    References
    ----------
    C. Morris and H. Lecar, "Voltage oscillations in the barnacle giant muscle fiber", Biophysical Journal 35, 193–213
    (1981), doi:10.1016/S0006-3495(81)84782-0, Eqs. (9). The two sets of constants: J. Rinzel and B. Ermentrout, in
    Methods in Neuronal Modeling (2nd ed., MIT Press 1998), 251–291.

    Examples
    --------
    >>> import ratezoo
    >>> V = ratezoo.simulate(ratezoo.MorrisLecar(I=100.), 500.).mon['V']
    >>> bool(V.max() > 20.0)                                            # it fires
    True
    """

    states = ('V', 'w')
    portrait = 'excitability'
    ranges = {'w': (0.0, 1.0)}
    units_of_states = {'V': 'mV'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(300.0, settings={'I': 100.0})
    C = Constant(20.0, 'capacitance', 'µF/cm²', positive=True)
    g_L = Constant(2.0, 'conductance of the leak', 'mS/cm²')
    g_Ca = Constant(4.4, 'largest conductance of calcium', 'mS/cm²')
    g_K = Constant(8.0, 'largest conductance of potassium', 'mS/cm²')
    V_L = Constant(-60.0, 'reversal potential of the leak', 'mV')
    V_Ca = Constant(120.0, 'reversal potential of calcium', 'mV')
    V_K = Constant(-84.0, 'reversal potential of potassium', 'mV')
    V_1 = Constant(-1.2, 'potential at which half of the calcium channels are open', 'mV')
    V_2 = Constant(18.0, 'width of their opening', 'mV', positive=True)
    V_3 = Constant(2.0, 'potential at which half of the potassium channels are open', 'mV')
    V_4 = Constant(30.0, 'width of their opening', 'mV', positive=True)
    phi = Constant(0.04, 'rate of the potassium channels', '1/ms', positive=True)
    I = Constant(0.0, 'constant current', 'µA/cm²')

    class_one = dict(g_Ca=4.0, V_3=12.0, V_4=17.4, phi=1 / 15)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        V, w = s['V'], s['w']
        m = (1 + jnp.tanh((V - self.V_1) / self.V_2)) / 2  # Eq. (3)
        w_inf = (1 + jnp.tanh((V - self.V_3) / self.V_4)) / 2
        currents = self.g_L * (V - self.V_L) + self.g_Ca * m * (V - self.V_Ca) + self.g_K * w * (V - self.V_K)
        return {
            'V': (self.I + x - currents) / self.C,  # Eq. (1)
            'w': self.phi * jnp.cosh((V - self.V_3) / (2 * self.V_4)) * (w_inf - w),  # Eq. (2)
        }

    def start(self) -> dict[str, Array]:
        """Near rest: V = −60 mV, w = 0."""
        return {'V': -60.0 * jnp.ones(self.n), 'w': jnp.zeros(self.n)}


class DrivenOscillator(Circuit):
    """Mass on a driven spring, m s'' = -k s - c s' + A cos(omega t): the lecture's first example.

        (1)  m d²s/dt² = −k s − c ds/dt + A cos ωt + x
        (2)  ds/dt = v,    dv/dt = (−k s − c v + A cos φ + x)/m,    dφ/dt = ω

    All quantities are without unit. The phase φ of the drive is a state, so F does not need the time t. With c = 0 (the
    default) the motion is the sum of the free and the driven oscillation, and at ω = √(k/m) it grows without end.
    `response` and `solution` give the closed forms.

    References
    ----------
    L. D. Landau and E. M. Lifshitz, Mechanics (3rd ed., Butterworth-Heinemann 1976), §§ 22 and 26,
    doi:10.1016/C2009-0-25569-3.

    Examples
    --------
    >>> import numpy as np
    >>> from ratezoo import DrivenOscillator
    >>> amplitude, lag = DrivenOscillator(c=0.5).response()             # at resonance: A/(c ω), and a lag of π/2
    >>> amplitude, round(lag / np.pi, 3)
    (2.0, 0.5)
    """

    states = ('s', 'v', 'phase')
    portrait = 'resonance'
    default_method = 'rk4'
    example = Example(120.0, settings={'omega': 0.9, 'c': 0.05})
    m = Constant(1.0, 'mass', positive=True)
    k = Constant(1.0, 'stiffness of the spring', positive=True)
    c = Constant(0.0, 'friction')
    A = Constant(1.0, 'amplitude of the drive')
    omega = Constant(1.0, 'angular frequency of the drive')

    def F(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        force = -self.k * r['s'] - self.c * r['v'] + self.A * jnp.cos(r['phase']) + x
        return {'s': r['v'], 'v': force / self.m, 'phase': self.omega * jnp.ones_like(r['phase'])}  # Eq. (2)

    def project(self, r: dict[str, Array]) -> dict[str, Array]:
        """The state with its phase taken modulo 2π, because a large phase loses digits in single precision."""
        return {**r, 'phase': jnp.mod(r['phase'], 2 * np.pi)}

    def response(self) -> tuple[float, float]:
        """The amplitude a and the phase lag δ of the steady motion a cos(ωt − δ), for c > 0."""
        stiff, friction = self.k - self.m * self.omega**2, self.c * self.omega
        return float(self.A / np.hypot(stiff, friction)), float(np.arctan2(friction, stiff))

    def solution(self, ts: ArrayLike, s0: float = 0.0, v0: float = 0.0) -> float | np.ndarray:
        """The position s at the times ts, for a start from s0 and v0 with φ = 0 at t = 0.

        It holds for c < 2√(km). If c = 0, ω must not be the resonance frequency.
        """
        a, lag = self.response()
        gamma = self.c / (2 * self.m)
        free = np.sqrt(self.k / self.m - gamma**2)  # angular frequency without the drive
        p = s0 - a * np.cos(lag)
        q = (v0 - a * self.omega * np.sin(lag) + gamma * p) / free
        ts = np.asarray(ts)
        return a * np.cos(self.omega * ts - lag) + np.exp(-gamma * ts) * (p * np.cos(free * ts) + q * np.sin(free * ts))


class StuartLandau(Circuit):
    """Normal form of a Hopf bifurcation: an oscillator with the amplitude sqrt(a).

        (1)  dz/dt = (a + iω) z − |z|² z + x,    z = u + i v

    All quantities are without unit; x is real. For a ≤ 0 the unit settles at z = 0. For a > 0 it oscillates with |z| =
    √a and the angular frequency ω. BrainPy's ``StuartLandauOscillator`` has the same equations.

    References
    ----------
    Y. Kuramoto, Chemical Oscillations, Waves, and Turbulence (Springer 1984), sec. 2.2, doi:10.1007/978-3-642-69689-3.
    J. T. Stuart, Journal of Fluid Mechanics 9, 353–370 (1960), doi:10.1017/S002211206000116X.

    Examples
    --------
    >>> from ratezoo import StuartLandau
    >>> import ratezoo
    >>> net = StuartLandau(a=0.25)
    >>> _ = ratezoo.Runner(net, progress_bar=False).run(100.)
    >>> round(float((net.u ** 2 + net.v ** 2)[0] ** 0.5), 3)
    0.5
    """

    states = ('u', 'v')
    default_method = 'rk4'
    example = Example(60.0)
    a = Constant(0.25, 'distance from the bifurcation')
    omega = Constant(1.0, 'angular frequency')

    def F(self, z: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        u, v = z['u'], z['v']
        growth = self.a - u**2 - v**2
        return {'u': growth * u - self.omega * v + x, 'v': growth * v + self.omega * u}  # Eq. (1)

    def start(self) -> dict[str, Array]:
        """A small amplitude: z = 0.05."""
        return {'u': 0.05 * jnp.ones(self.n), 'v': jnp.zeros(self.n)}


class Kuramoto(Circuit):
    """Coupled phase oscillators that synchronise when the coupling K exceeds 2 gamma.

        (1)  dθ_i/dt = ω_i + (K/n) Σ_j sin(θ_j − θ_i) + x_i
        (2)  r e^{iψ} = (1/n) Σ_j e^{iθ_j},    so that the sum in (1) is K r sin(ψ − θ_i)

    The frequencies ω_i are the quantiles (i − ½)/n of a Lorentzian with the centre ω and the half width γ. For many
    oscillators this gives r = √(1 − K_c/K) with K_c = 2γ. The initial phases are random and depend on the seed. All
    quantities are without unit. The output is θ; `order` gives r.

    References
    ----------
    Y. Kuramoto, Chemical Oscillations, Waves, and Turbulence (Springer 1984), sec. 5.4, doi:10.1007/978-3-642-69689-3.
    S. H. Strogatz, Physica D 143, 1–20 (2000), doi:10.1016/S0167-2789(00)00094-4. E. Ott and T. M. Antonsen, Chaos 18,
    037113 (2008), doi:10.1063/1.2930766 (how r relaxes, in closed form).

    Examples
    --------
    >>> from ratezoo import Kuramoto
    >>> net = Kuramoto(4, gamma=1.)
    >>> net.frequencies.round(3).tolist()                               # quantiles 1/8, 3/8, 5/8, 7/8
    [-2.414, -0.414, 0.414, 2.414]
    """

    states = ('theta',)
    portrait = 'synchrony'
    default_n = 500
    default_method = 'rk4'
    about = {'n': 'Number of oscillators.'}
    example = Example(60.0)
    K = Constant(2.0, 'coupling')
    omega = Constant(0.0, 'centre of the frequencies')
    gamma = Constant(0.5, 'half width of the frequencies', positive=True)

    @property
    def quantiles(self) -> np.ndarray:
        """tan(π(p − ½)) at p = (i − ½)/n, (n,): the frequencies for ω = 0 and γ = 1."""
        return np.tan(np.pi * ((np.arange(self.n) + 0.5) / self.n - 0.5))

    @property
    def frequencies(self) -> np.ndarray:
        """The angular frequencies ω_i of the oscillators, (n,)."""
        return self.omega + self.gamma * self.quantiles

    def F(self, theta: Array, params: Params, x: Array) -> Array:
        # With the means of cos θ and sin θ the sum over all pairs costs O(n) instead of O(n²).
        cos, sin = jnp.cos(theta), jnp.sin(theta)
        pull = jnp.mean(sin) * cos - jnp.mean(cos) * sin  # r sin(ψ − θ_i)
        return self.omega + self.gamma * jnp.asarray(self.quantiles, theta.dtype) + self.K * pull + x  # Eq. (1)

    def start(self) -> Array:
        """Random phases, uniform in [−π, π); the seed determines them."""
        return jnp.asarray(np.random.default_rng(self.seed).uniform(-np.pi, np.pi, self.n))

    @staticmethod
    def order(theta: ArrayLike) -> float | np.ndarray:
        """The order parameter r of the phases θ (…, n), Eq. (2)."""
        return np.abs(np.mean(np.exp(1j * np.asarray(as_jax(theta))), -1))

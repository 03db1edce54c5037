"""Neural masses for whole-brain models: seizures, EEG, chaos, synchrony, and a rate that inhibition controls.

With n > 1 a model holds n independent copies, and each copy has its own input. `MultiAreaNetwork` couples them.
"""

from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example, pulse
from ratezoo.models.populations import JansenRit, softened_line
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['Epileptor', 'LarterBreakspear', 'CoombesByrne', 'DynamicMeanField', 'Wendling']
CATEGORY = 'population'


class Epileptor(Circuit):
    """Two fast populations and a slow variable that starts and stops seizures.

        (1)  dx_1/dt = y_1 − f_1 − z + I_1 + x
        (2)  dy_1/dt = y_0 − 5 x_1² − y_1
        (3)  dz/dt   = (4 (x_1 − x_0) − z)/τ_0
        (4)  dx_2/dt = −y_2 + x_2 − x_2³ + I_2 + 0.002 g − 0.3 (z − 3.5)
        (5)  dy_2/dt = (−y_2 + f_2)/τ_2
        (6)  dg/dt   = x_1 − γ g,    which is g(t) = ∫ e^{−γ (t − s)} x_1(s) ds
        (7)  f_1 = x_1³ − 3 x_1² if x_1 < 0, else (x_2 − 0.6 (z − 4)²) x_1
        (8)  f_2 = 0 if x_2 < −0.25, else 6 (x_2 + 0.25)

    All quantities are without unit. (x_1, y_1) are the fast discharges of a seizure, (x_2, y_2) its spikes and waves, z
    is the slow permittivity. For z between about 2.9 and 3.9 rest and discharges are both stable. At rest z falls until
    rest vanishes in a fold (`onset`): the seizure begins. During the seizure z rises. Without noise the discharges die
    out near z = 3.9, and x_1 falls back to rest near z = 4.1. This repeats itself if x_0 is above `critical_x0`; else
    the circuit stays at rest. If x_2 stays low, the discharges end on a saddle, and their rate slows logarithmically.
    The output is x_1, which coupled areas receive. `potential` is the field potential x_2 − x_1.

    The paper prints the integral g; (6) is the same without an integral. The Virtual Brain has 0.001 g in its place,
    and the power z⁷ for z < 0, which is not in the paper.

    References
    ----------
    V. K. Jirsa, W. C. Stacey, P. P. Quilichini, A. I. Ivanov and C. Bernard, "On the nature of seizure dynamics", Brain
    137, 2210–2230 (2014), doi:10.1093/brain/awu133. K. El Houssaini, C. Bernard and V. K. Jirsa, eNeuro 7 (2) (2020),
    doi:10.1523/ENEURO.0485-18.2019 (its bifurcations).

    Examples
    --------
    >>> import ratezoo
    >>> round(ratezoo.Epileptor().critical_x0, 4)
    -2.062
    >>> x1 = ratezoo.simulate(ratezoo.Epileptor(x0=-2.3), 3000.).mon['x1']
    >>> bool(x1[-10000:].max() < -1.3)                                  # x_0 is too low for a seizure: it stays at rest
    True
    """

    states = ('x1', 'y1', 'z', 'x2', 'y2', 'g')
    portrait = 'seizures'
    default_method = 'rk4'
    example = Example(4000.0)
    x0 = Constant(-1.6, 'how easily seizures start, x_0')
    y0 = Constant(1.0, 'constant input to y_1, y_0')
    tau0 = Constant(2857.0, 'time constant of the permittivity, τ_0', positive=True)
    tau2 = Constant(10.0, 'time constant of y_2, τ_2', positive=True)
    I_rest1 = Constant(3.1, 'current to the first population, I_1')
    I_rest2 = Constant(0.45, 'current to the second population, I_2')
    gamma = Constant(0.01, 'decay of the influence of x_1 on x_2', positive=True)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        x1, y1, z, x2, y2, g = (s[name] for name in self.states[:6])
        f1 = jnp.where(x1 < 0, x1**3 - 3 * x1**2, (x2 - 0.6 * (z - 4) ** 2) * x1)  # Eq. (7)
        f2 = 6 * jnp.maximum(x2 + 0.25, 0)  # Eq. (8)
        return {
            'x1': y1 - f1 - z + self.I_rest1 + x,  # Eq. (1)
            'y1': self.y0 - 5 * x1**2 - y1,  # Eq. (2)
            'z': (4 * (x1 - self.x0) - z) / self.tau0,  # Eq. (3)
            'x2': -y2 + x2 - x2**3 + self.I_rest2 + 0.002 * g - 0.3 * (z - 3.5),  # Eq. (4)
            'y2': (-y2 + f2) / self.tau2,  # Eq. (5)
            'g': x1 - self.gamma * g,  # Eq. (6)
        }

    def start(self) -> dict[str, Array]:
        """x_1 = 0, y_1 = −5, z = 3, x_2 = y_2 = g = 0: a seizure begins at once."""
        zero = jnp.zeros(self.n)
        return {'x1': zero, 'y1': zero - 5, 'z': zero + 3, 'x2': zero, 'y2': zero, 'g': zero}

    @staticmethod
    def potential(s: dict[str, Array]) -> Array:
        """The field potential x_2 − x_1 of the states s."""
        return s['x2'] - s['x1']

    @property
    def onset(self) -> tuple[float, float]:
        """x_1 and z at the fold, where rest vanishes.

        At rest z = y_0 + I_1 − 2 x_1² − x_1³, from Eqs. (1) and (2); its largest slope is 0 at x_1 = −4/3.
        """
        x1 = -4 / 3
        return x1, float(self.y0 + self.I_rest1 - 2 * x1**2 - x1**3)

    @property
    def critical_x0(self) -> float:
        """The x_0 above which there are seizures, for a slow z: Eq. (3) is at rest at the fold."""
        x1, z = self.onset
        return x1 - z / 4


class LarterBreakspear(Circuit):
    """A cortical column with three ion channels; the spread of the thresholds makes it rest, oscillate or be chaotic.

        (1)  dV/dt = −(g_Ca + r a_ee Q_V) m_Ca (V − V_Ca) − g_K W (V − V_K) − g_L (V − V_L)
                     − (g_Na m_Na + a_ee Q_V) (V − V_Na) − a_ie Z Q_Z + a_ne I + x
        (2)  dW/dt = φ (m_K − W)
        (3)  dZ/dt = b (a_ni I + a_ei V Q_V)
        (4)  m_ion = ½ (1 + tanh((V − T_ion)/δ_ion)),   Q_V = ½ (1 + tanh(V/δ_V)),   Q_Z = ½ (1 + tanh(Z/δ_Z))

    All quantities are without unit. V is the mean potential of the pyramidal cells, Z that of the inhibitory cells, W
    the share of open potassium channels. δ_V is the spread of the thresholds of the pyramidal cells. The column rests
    for δ_V < 0.55, oscillates regularly up to about 0.59, and is chaotic above. The thresholds of Q_V and Q_Z are 0, as
    in the paper.

    The defaults are the constants of Alstott et al. with the a_ee = 0.4 of Breakspear et al.; the ranges belong to
    them. With g_Ca = 1.1, the default of The Virtual Brain, the column bursts from δ_V ≈ 0.53 on.

    References
    ----------
    M. Breakspear, J. R. Terry and K. J. Friston, "Modulation of excitatory synaptic coupling facilitates
    synchronization and complex dynamics in a biophysical model of neuronal dynamics", Network 14, 703–732 (2003),
    doi:10.1088/0954-898X_14_4_305. R. Larter, B. Speelman and R. M. Worth, Chaos 9, 795–804 (1999),
    doi:10.1063/1.166453. J. Alstott et al., PLOS Computational Biology 5, e1000408 (2009),
    doi:10.1371/journal.pcbi.1000408 (the constants).

    Examples
    --------
    >>> import ratezoo
    >>> V = [ratezoo.simulate(ratezoo.LarterBreakspear(delta_V=d), 1500.).mon['V'][-5000:] for d in (0.5, 0.58, 0.65)]
    >>> [round(float(v.max() - v.min()), 1) for v in V]                 # it rests, oscillates, and bursts
    [0.0, 0.1, 0.8]
    """

    states = ('V', 'W', 'Z')
    ranges = {'W': (0.0, 1.0)}
    portrait = 'regimes'
    default_method = 'rk4'
    example = Example(800.0, transient=300.0)
    g_Ca = Constant(1.0, 'conductance of calcium')
    g_K = Constant(2.0, 'conductance of potassium')
    g_Na = Constant(6.7, 'conductance of sodium')
    g_L = Constant(0.5, 'conductance of the leak')
    V_Ca = Constant(1.0, 'reversal potential of calcium')
    V_K = Constant(-0.7, 'reversal potential of potassium')
    V_Na = Constant(0.53, 'reversal potential of sodium')
    V_L = Constant(-0.5, 'reversal potential of the leak')
    T_Ca = Constant(-0.01, 'potential at which half of the calcium channels are open')
    T_K = Constant(0.0, 'potential at which half of the potassium channels are open')
    T_Na = Constant(0.3, 'potential at which half of the sodium channels are open')
    delta_Ca = Constant(0.15, 'width of the opening of calcium', positive=True)
    delta_K = Constant(0.3, 'width of the opening of potassium', positive=True)
    delta_Na = Constant(0.15, 'width of the opening of sodium', positive=True)
    delta_V = Constant(0.65, 'spread of the thresholds of pyramidal cells', positive=True)
    delta_Z = Constant(0.65, 'spread of the thresholds of inhibitory cells', positive=True)
    a_ee = Constant(0.4, 'coupling from excitatory to excitatory cells')
    a_ei = Constant(2.0, 'coupling from excitatory to inhibitory cells')
    a_ie = Constant(2.0, 'coupling from inhibitory to excitatory cells')
    a_ne = Constant(1.0, 'coupling of the input to excitatory cells')
    a_ni = Constant(0.4, 'coupling of the input to inhibitory cells')
    r_NMDA = Constant(0.25, 'ratio r of NMDA to AMPA receptors')
    phi = Constant(0.7, 'rate of the potassium channels', positive=True)
    b = Constant(0.1, 'rate of the inhibitory cells', positive=True)
    I = Constant(0.3, 'subcortical input')

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        V, W, Z = s['V'], s['W'], s['Z']
        m_Ca, m_K, m_Na = (
            self.share(V, T, delta)
            for T, delta in ((self.T_Ca, self.delta_Ca), (self.T_K, self.delta_K), (self.T_Na, self.delta_Na))
        )
        Q_V, Q_Z = self.share(V, 0.0, self.delta_V), self.share(Z, 0.0, self.delta_Z)
        calcium = (self.g_Ca + self.r_NMDA * self.a_ee * Q_V) * m_Ca * (V - self.V_Ca)
        sodium = (self.g_Na * m_Na + self.a_ee * Q_V) * (V - self.V_Na)
        others = self.g_K * W * (V - self.V_K) + self.g_L * (V - self.V_L)
        return {
            'V': -calcium - sodium - others - self.a_ie * Z * Q_Z + self.a_ne * self.I + x,  # Eq. (1)
            'W': self.phi * (m_K - W),  # Eq. (2)
            'Z': self.b * (self.a_ni * self.I + self.a_ei * V * Q_V),  # Eq. (3)
        }

    @staticmethod
    def share(V: Array, T: float | Array, delta: float | Array) -> Array:
        """The share ½ (1 + tanh((V − T)/δ)) of channels that are open, or of cells that fire, Eq. (4)."""
        return (1 + jnp.tanh((V - T) / delta)) / 2

    def start(self) -> dict[str, Array]:
        """V = −0.1, W = 0.3, Z = 0.1: near rest, so that small cycles are reached soon."""
        one = jnp.ones(self.n)
        return {'V': -0.1 * one, 'W': 0.3 * one, 'Z': 0.1 * one}


class CoombesByrne(Circuit):
    """Rate, mean voltage and synchrony of infinitely many quadratic integrate-and-fire neurons with a slow synapse.

        (1)  τ dr/dt = Δ/(π τ) + 2 r v − g r
        (2)  τ dv/dt = v² + η + x + g (v_syn − v) − (π τ r)²
        (3)  τ dg/dt = α q
        (4)  τ dq/dt = α (π k τ r − g − 2 q)
        (5)  Z = (1 − W*)/(1 + W*),   W = π τ r + i v

    r is in spikes per ms, time in ms; all else has no unit. Neuron j obeys τ dV_j/dt = V_j² + η_j + x + g (v_syn −
    V_j); it fires at V = ∞ and is reset to −∞. The η_j have a Lorentzian distribution with the centre η and the half
    width Δ. (3) and (4) are (1 + (τ/α) d/dt)² g = π k τ r: each spike opens the synapse for about 2 τ/α. |Z| is the
    synchrony of the population, from 0 to 1 (`synchrony`), and (5) turns the equations into those of Coombes and Byrne
    for Z.

    A fast synapse (α → ∞) with a far reversal potential (v_syn → ∞, k v_syn = J/π) gives `MontbrioPazoRoxin`. With
    the defaults the population oscillates at 24 Hz, which is a beta rhythm. The paper uses τ = 1; τ = 20 ms is ours. In
    some programs (1) has g r² in place of g r; the neurons themselves follow g r.

    References
    ----------
    S. Coombes and Á. Byrne, "Next generation neural mass models", in Nonlinear Dynamics in Computational Neuroscience
    (Springer 2019), 1–16, doi:10.1007/978-3-319-71048-8_1. Á. Byrne, M. J. Brookes and S. Coombes, J. Computational
    Neuroscience 43, 143–158 (2017), doi:10.1007/s10827-017-0655-7 (the beta rhythm that falls and rebounds). Á. Byrne,
    R. D. O'Dea, M. Forrester, J. Ross and S. Coombes, J. Neurophysiology 123, 726–742 (2020),
    doi:10.1152/jn.00406.2019.

    Examples
    --------
    >>> import ratezoo
    >>> run = ratezoo.simulate(ratezoo.CoombesByrne(), 400., 0.).mon
    >>> Z = ratezoo.CoombesByrne().synchrony({s: run[s][-1000:] for s in ('r', 'v')})
    >>> round(float(Z.min()), 2), round(float(Z.max()), 2)              # synchrony rises and falls in each cycle
    (0.12, 0.68)
    """

    states = ('r', 'v', 'g', 'q')
    ranges = {'r': (0.0, np.inf)}
    portrait = 'rebound'
    units_of_states = {'r': 'spikes/ms'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(1600.0, input=pulse(500.0, 900.0, 20.0))
    tau = Constant(20.0, 'membrane time constant', 'ms', positive=True)
    Delta = Constant(0.5, 'half width of the excitabilities', positive=True)
    eta_bar = Constant(20.0, 'centre of the excitabilities, η')
    v_syn = Constant(-10.0, 'reversal potential of the synapse')
    k = Constant(1.0, 'coupling')
    alpha = Constant(0.95, 'rate of the synapse, in units of 1/τ', positive=True)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        r, v, g, q = s['r'], s['v'], s['g'], s['q']
        R = jnp.pi * self.tau * r
        return {
            'r': (self.Delta / (jnp.pi * self.tau) + 2 * r * v - g * r) / self.tau,  # Eq. (1)
            'v': (v**2 + self.eta_bar + x + g * (self.v_syn - v) - R**2) / self.tau,  # Eq. (2)
            'g': self.alpha * q / self.tau,  # Eq. (3)
            'q': self.alpha * (self.k * R - g - 2 * q) / self.tau,  # Eq. (4)
        }

    def start(self) -> dict[str, Array]:
        """r = 0.025 spikes/ms, v = 0, g = 0.5, q = 0."""
        one = jnp.ones(self.n)
        return {'r': 0.025 * one, 'v': 0 * one, 'g': 0.5 * one, 'q': 0 * one}

    @property
    def time_constants(self) -> dict[str, ArrayLike]:
        """τ and τ/α, in ms."""
        return {'tau': self.tau, 'tau/alpha': self.tau / np.asarray(self.alpha)}

    def synchrony(self, s: dict[str, ArrayLike]) -> Array:
        """|Z| of the states s, Eq. (5): 0 without synchrony, 1 if all neurons have the same voltage."""
        W = jnp.pi * self.tau * jnp.asarray(s['r']) + 1j * jnp.asarray(s['v'])
        return jnp.abs((1 - W) / (1 + W))


class DynamicMeanField(Circuit):
    """Excitatory and inhibitory population of a brain area at rest, at about 3 Hz (the reduced Wong–Wang model).

        (1)  dS_E/dt = −S_E/τ_E + (1 − S_E) γ r_E/1000
        (2)  dS_I/dt = −S_I/τ_I + r_I/1000
        (3)  r_E = H(a_E I_E − b_E; d_E),   I_E = W_E I_0 + w J_N S_E − J_I S_I + x
        (4)  r_I = H(a_I I_I − b_I; d_I),   I_I = W_I I_0 + J_N S_E − S_I
        (5)  H(u; d) = u/(1 − e^{−d u})

    S are the shares of open NMDA (E) and GABA (I) channels, r are rates in Hz (`rates`), currents are in nA, time is in
    ms. d is in s, because rates are in Hz. The output is S_E, which coupled areas receive; so the coupling of the paper
    is ``MultiAreaNetwork('DynamicMeanField', C, G=G * 0.15)``, with J_N = 0.15 nA.

    Input from other areas raises the rate. Feedback inhibition control chooses J_I in each area so that it fires at
    about 3 Hz again (`feedback_inhibition`).

    References
    ----------
    G. Deco, A. Ponce-Alvarez, P. Hagmann, G. L. Romani, D. Mantini and M. Corbetta, "How local excitation–inhibition
    ratio impacts the whole brain dynamics", J. Neuroscience 34, 7886–7898 (2014), doi:10.1523/JNEUROSCI.5068-13.2014.
    M. Demirtaş et al., Neuron 101, 1181–1194 (2019), doi:10.1016/j.neuron.2019.01.017 (the control in closed form).

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.DynamicMeanField()
    >>> [round(float(r[0]), 3) for r in net.rates(net.relax().r)]       # in Hz, at rest
    [3.077, 3.922]
    >>> round(net.feedback_inhibition(0.1, rate=3.077), 2)              # J_I that keeps this rate at an input of 0.1 nA
    3.55
    """

    states = ('S_E', 'S_I')
    ranges = {'S_E': (0.0, 1.0), 'S_I': (0.0, 1.0)}
    portrait = 'inhibition control'
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(3000.0, input=pulse(1000.0, 2000.0, 0.02))
    tau_E = Constant(100.0, 'time constant of S_E', 'ms', positive=True)
    tau_I = Constant(10.0, 'time constant of S_I', 'ms', positive=True)
    gamma = Constant(0.641, 'increase of S_E with each spike, as a share of 1 − S_E')
    a_E = Constant(310.0, 'slope of H for E', 'Hz/nA', positive=True)
    b_E = Constant(125.0, 'threshold of H for E', 'Hz')
    d_E = Constant(0.16, 'curvature of H for E', 's', positive=True)
    a_I = Constant(615.0, 'slope of H for I', 'Hz/nA', positive=True)
    b_I = Constant(177.0, 'threshold of H for I', 'Hz')
    d_I = Constant(0.087, 'curvature of H for I', 's', positive=True)
    I_0 = Constant(0.382, 'background current', 'nA')
    W_E = Constant(1.0, 'share of the background current that E receives')
    W_I = Constant(0.7, 'share of the background current that I receives')
    w = Constant(1.4, 'recurrent excitation')
    J_N = Constant(0.15, 'coupling of the NMDA channels', 'nA')
    J_I = Constant(1.0, 'feedback inhibition of E', 'nA')

    def currents(self, s: dict[str, Array], x: ArrayLike = 0.0) -> tuple[Array, Array]:
        """The currents I_E and I_I in nA at the states s and the input x, Eqs. (3) and (4)."""
        S_E, S_I = s['S_E'], s['S_I']
        I_E = self.W_E * self.I_0 + self.w * self.J_N * S_E - self.J_I * S_I + x
        return I_E, self.W_I * self.I_0 + self.J_N * S_E - S_I

    def rates(self, s: dict[str, Array], x: ArrayLike = 0.0) -> tuple[Array, Array]:
        """The rates r_E and r_I in Hz at the states s and the input x, Eqs. (3) and (4)."""
        I_E, I_I = self.currents(s, x)
        r_E = softened_line(self.a_E * I_E - self.b_E, self.d_E)
        return r_E, softened_line(self.a_I * I_I - self.b_I, self.d_I)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        r_E, r_I = self.rates(s, x)
        return {
            'S_E': -s['S_E'] / self.tau_E + (1 - s['S_E']) * self.gamma * r_E / 1000,  # Eq. (1)
            'S_I': -s['S_I'] / self.tau_I + r_I / 1000,  # Eq. (2)
        }

    def start(self) -> dict[str, Array]:
        """S_E = 0.16, S_I = 0.04: near rest."""
        return {'S_E': 0.16 * jnp.ones(self.n), 'S_I': 0.04 * jnp.ones(self.n)}

    def feedback_inhibition(self, x: Any = 0.0, rate: float = 3.0) -> Any:
        """The J_I in nA with which E fires steadily at ``rate`` (Hz) at the constant input x (nA), of the shape of x.

        The rate determines S_E by Eq. (1) and I_E by Eq. (5), and S_E determines S_I by Eqs. (2) and (4). Eq. (3) then
        gives J_I.
        """
        if not is_positive(rate):
            raise self.invalid('feedback_inhibition.rate', 'a rate > 0', repr(rate))
        if any(np.ndim(getattr(self, name)) for name in self.constants):
            raise self.invalid('feedback_inhibition', 'a model whose constants are numbers', 'an array')
        open_rate = self.gamma * rate / 1000
        S_E = open_rate / (1 / self.tau_E + open_rate)

        def line(u, d):
            return float(softened_line(jnp.asarray(u, float), d))

        span = rate + 100 / self.d_E  # H is below ``rate`` at u = −span
        I_E = (brentq(lambda u: line(u, self.d_E) - rate, -span, rate) + self.b_E) / self.a_E
        I_I = self.W_I * self.I_0 + self.J_N * S_E
        S_I = brentq(
            lambda S: self.tau_I * line(self.a_I * (I_I - S) - self.b_I, self.d_I) / 1000 - S, 0.0, max(I_I, 1.0)
        )
        J_I = (self.W_E * self.I_0 + self.w * self.J_N * S_E + np.asarray(x, float) - I_E) / S_I
        return J_I if np.ndim(J_I) else float(J_I)


def noisy_input(net: Any, ts: np.ndarray) -> np.ndarray:
    """Always the same white noise (T,), in pulses/s: mean 0, standard deviation 30, a new number every ms."""
    ms = np.floor(np.asarray(ts) + 1e-3).astype(int)
    return 30 * np.random.default_rng(0).standard_normal(ms.max() + 1)[ms]


class Wendling(JansenRit):
    """Column of Jansen and Rit with a second, fast inhibition: its EEG goes from background to seizure.

        (1)  d²y_0/dt² = A a S(y_1 − y_2 − y_3) − 2a dy_0/dt − a² y_0
        (2)  d²y_1/dt² = A a (p + x + C_2 S(C_1 y_0)) − 2a dy_1/dt − a² y_1
        (3)  d²y_2/dt² = B b C_4 S(C_3 y_0) − 2b dy_2/dt − b² y_2
        (4)  d²y_3/dt² = G g C_7 S(C_5 y_0 − (C_6/C_4) y_2) − 2g dy_3/dt − g² y_3
        (5)  S(v) = 2 e_0/(1 + e^{r (v_0 − v)})
        (6)  C_1 = C, C_2 = 0.8 C, C_3 = C_4 = C/4, C_5 = 0.3 C, C_6 = 0.1 C, C_7 = 0.8 C

    The output y_1 − y_2 − y_3, in mV, is the model's EEG. Time is in ms, p and x are in pulses per second. The states
    z_k are dy_k/dt in mV/ms. y_2 is the slow inhibition of the dendrites, y_3 the fast inhibition of the soma. The slow
    inhibitory cells also inhibit the fast ones. With G = 0 the model is `JansenRit`.

    The gains A, B and G choose the activity. `activities` has the gains of six types. The types need noise in the
    input, except the sustained spikes and the quasi-sinusoidal activity. Public programs of the model draw p from a
    normal distribution with mean 90 and standard deviation 30; the run of the example does so, once per ms.

    The original equations have a fifth y, the slow inhibition of the fast cells: y_2/C_4 after all transients. Eq. (4)
    uses this, so 8 states are enough. The constants and the gains of `activities` are those of public programs; we
    could not read the paper itself. Some programs have g = 0.35/ms; with it rapid activity is at 24 Hz instead of 18.

    References
    ----------
    F. Wendling, F. Bartolomei, J. J. Bellanger and P. Chauvel, "Epileptic fast activity can be explained by a model of
    impaired GABAergic dendritic inhibition", European J. Neuroscience 15, 1499–1508 (2002),
    doi:10.1046/j.1460-9568.2002.01985.x. C. Fietkiewicz and K. A. Loparo, Scientifica 2016, 3628247,
    doi:10.1155/2016/3628247 (a program, and fewer equations). M. Desroches, O. Faugeras and M. Krupa, Opera Medica et
    Physiologica 2, 228–234 (2016), doi:10.20388/omp2016.003.0038 (8 equations are enough).

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.Wendling(**ratezoo.Wendling.activities['sustained spikes'])
    >>> eeg = ratezoo.Runner(net, progress_bar=False).run(4000.)[10000:, 0]
    >>> int(((eeg[:-1] < 8) & (eeg[1:] >= 8)).sum())                    # spikes in 3 s
    13
    """

    states = ('y0', 'y1', 'y2', 'y3', 'z0', 'z1', 'z2', 'z3')
    portrait = 'activities'
    units_of_states = {'y0': 'mV', 'y1': 'mV', 'y2': 'mV', 'y3': 'mV'}
    example = Example(10_000.0, noisy_input, {'A': 5.0, 'B': 40.0, 'G': 15.0}, transient=1000.0)
    activities: ClassVar[dict[str, dict[str, float]]] = {
        'background': {'A': 5.0, 'B': 50.0, 'G': 15.0},
        'sporadic spikes': {'A': 5.0, 'B': 40.0, 'G': 15.0},
        'sustained spikes': {'A': 5.0, 'B': 25.0, 'G': 15.0},
        'alpha-like': {'A': 5.0, 'B': 10.0, 'G': 15.0},
        'low-voltage rapid': {'A': 5.0, 'B': 5.0, 'G': 25.0},
        'quasi-sinusoidal': {'A': 5.0, 'B': 15.0, 'G': 0.0},
    }
    G = Constant(10.0, 'size of a fast inhibitory postsynaptic potential', 'mV')
    g = Constant(0.5, 'rate of the fast inhibitory synapses', '1/ms', positive=True)
    p = Constant(90.0, 'input', 'pulses/s')

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        y3, z3, g = s['y3'], s['z3'], self.g
        fast = 0.8 * self.C * self.S(0.3 * self.C * s['y0'] - 0.4 * s['y2'])  # C_6/C_4 = 0.4
        dz3 = self.G * g * 1e-3 * fast - 2 * g * z3 - g**2 * y3  # Eq. (4)
        return {**super().F(s, params, x), 'y3': z3, 'z3': dz3}  # Eqs. (1) to (3), with the EEG of this column

    @property
    def time_constants(self) -> dict[str, ArrayLike]:
        """1/a, 1/b and 1/g, in ms."""
        return {**super().time_constants, '1/g': 1 / np.asarray(self.g)}

    def observable(self, s: dict[str, Array]) -> Array:
        """The EEG y_1 − y_2 − y_3, in mV."""
        return s['y1'] - s['y2'] - s['y3']

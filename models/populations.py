"""Populations: a few variables that stand for many neurons. With n > 1, n copies side by side, each with its input."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_count, is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example, pulse
from ratezoo.noise import OrnsteinUhlenbeck

__all__ = ['WilsonCowan', 'StabilizedSupralinear', 'BalancedAmplification', 'WongWang', 'MontbrioPazoRoxin',
           'TsodyksMarkram', 'JansenRit']
CATEGORY = 'population'


class WilsonCowan(Circuit):
    """Excitatory and inhibitory population: limit cycle, hysteresis.

        (1)  τ_E dE/dt = −E + (k_E − ρ E) S_E(w_EE E − w_EI I + P + x)
        (2)  τ_I dI/dt = −I + (k_I − ρ I) S_I(w_IE E − w_II I + Q)
        (3)  S(y) = 1/(1 + e^{−a (y − θ)}) − 1/(1 + e^{a θ}),    k = S(∞) = 1 − 1/(1 + e^{a θ})

    E and I are the proportions of cells that fire, relative to rest; S(0) = 0, so rest is a solution for P = Q = 0.
    The weights are c_1 … c_4 of the paper. k is S's largest value, as printed there, and not 1, as in many programs.
    BrainPy's ``WilsonCowanModel`` has k = 1 and one τ, a and θ by default for which it does not oscillate.

    References
    ----------
    H. R. Wilson and J. D. Cowan, "Excitatory and inhibitory interactions in localized populations of model neurons",
    Biophysical Journal 12, 1–24 (1972), doi:10.1016/S0006-3495(72)86068-5. The default is the limit cycle of its Figs.
    10 and 11; `hysteresis` are the constants of its Fig. 4.

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.WilsonCowan(**ratezoo.WilsonCowan.hysteresis)
    >>> low, high = (float(net.relax(r0={'E': e, 'I': i}).r['E'][0]) for e, i in (([0.], [0.]), ([0.4], [0.2])))
    >>> low, high > 0.3
    (0.0, True)
    """

    states = ('E', 'I')
    unit_of_time = 'ms'
    example = Example(400.)
    w_EE = Constant(16., 'weight from E to E, c₁')
    w_EI = Constant(12., 'weight from I to E, c₂')
    w_IE = Constant(15., 'weight from E to I, c₃')
    w_II = Constant(3., 'weight from I to I, c₄')
    a_E = Constant(1.3, 'steepness of S_E', positive=True)
    theta_E = Constant(4., 'threshold of S_E')
    a_I = Constant(2., 'steepness of S_I', positive=True)
    theta_I = Constant(3.7, 'threshold of S_I')
    rho = Constant(1., 'refractory period, in units of the time constant')
    tau_E = Constant(8., 'time constant of E', 'ms', positive=True)
    tau_I = Constant(8., 'time constant of I', 'ms', positive=True)
    P = Constant(1.25, 'input to E')
    Q = Constant(0., 'input to I')

    hysteresis = dict(w_EE=12., w_EI=4., w_IE=13., w_II=11., a_E=1.2, theta_E=2.8, a_I=1., theta_I=4., P=0., Q=0.)

    def F(self, r, params, x):
        E, I = r['E'], r['I']
        S_E = self.S(self.w_EE * E - self.w_EI * I + self.P + x, self.a_E, self.theta_E)
        S_I = self.S(self.w_IE * E - self.w_II * I + self.Q, self.a_I, self.theta_I)
        return {'E': (-E + (self.top(self.a_E, self.theta_E) - self.rho * E) * S_E) / self.tau_E,       # Eq. (1)
                'I': (-I + (self.top(self.a_I, self.theta_I) - self.rho * I) * S_I) / self.tau_I}       # Eq. (2)

    @staticmethod
    def top(a, theta):
        """k, Eq. (3)."""
        return jax.nn.sigmoid(jnp.asarray(a * theta, float))

    @staticmethod
    def S(y, a, theta):
        """S(y), Eq. (3)."""
        return jax.nn.sigmoid(a * (y - theta)) - jax.nn.sigmoid(-jnp.asarray(a * theta, float))

    def start(self):
        """E = 0.1, I = 0.05."""
        return {'E': 0.1 * jnp.ones(self.n), 'I': 0.05 * jnp.ones(self.n)}


class StabilizedSupralinear(Circuit):
    """Power-law units that inhibition stabilises at strong input; paradoxical response.

        (1)  τ_E dE/dt = −E + k [w_EE E − w_EI I + c + x]₊^p
        (2)  τ_I dI/dt = −I + k [w_IE E − w_II I + c + x_I]₊^p

    Rates in Hz, inputs in mV, time in ms. The gain of a power law grows with its input: at weak input the recurrence
    hardly matters and responses add up more than linearly; at strong input inhibition must hold excitation, responses
    add up less than linearly, and more input to I makes I fire less (the paradoxical response), exactly where the
    excitatory subnetwork alone is unstable, w_EE g_E > 1 with g_E the slope of E's curve (`excitatory_gain`). The
    constants are those of Hennequin et al., who write the same fixed points for voltages; inputs of 2 mV count as
    weak there, 15 mV as strong.

    References
    ----------
    Y. Ahmadian, D. B. Rubin and K. D. Miller, Neural Computation 25, 1994–2037 (2013), doi:10.1162/NECO_a_00472. D.
    B. Rubin, S. D. Van Hooser and K. D. Miller, Neuron 85, 402–417 (2015), doi:10.1016/j.neuron.2014.12.026. G.
    Hennequin et al., Neuron 98, 846–860 (2018), doi:10.1016/j.neuron.2018.04.017. M. V. Tsodyks et al., J.
    Neuroscience 17, 4382–4388 (1997), doi:10.1523/JNEUROSCI.17-11-04382.1997 (the paradoxical response).

    Examples
    --------
    >>> net = StabilizedSupralinear(c=15.)
    >>> r = net.relax(r0={'E': [1.], 'I': [1.]}).r
    >>> bool(net.excitatory_gain(r)[0] > 1)                             # inhibition holds it
    True
    """

    states = ('E', 'I')
    units_of_states = {'E': 'Hz', 'I': 'Hz'}
    unit_of_time = 'ms'
    example = Example(600., input=pulse(200., 400., 10.))
    w_EE = Constant(1.25, 'weight from E to E', 'mV/Hz')
    w_EI = Constant(0.65, 'weight from I to E', 'mV/Hz')
    w_IE = Constant(1.2, 'weight from E to I', 'mV/Hz')
    w_II = Constant(0.5, 'weight from I to I', 'mV/Hz')
    k = Constant(0.3, 'factor of the power law', 'Hz/mV^p', positive=True)
    p = Constant(2., 'power', positive=True)
    tau_E = Constant(20., 'time constant of E', 'ms', positive=True)
    tau_I = Constant(10., 'time constant of I', 'ms', positive=True)
    c = Constant(2., 'input to both', 'mV')
    x_I = Constant(0., 'further input to I', 'mV')

    def F(self, r, params, x):
        u_E, u_I = self._currents(r, x)
        return {'E': (-r['E'] + self.k * jnp.maximum(u_E, 0) ** self.p) / self.tau_E,                   # Eq. (1)
                'I': (-r['I'] + self.k * jnp.maximum(u_I, 0) ** self.p) / self.tau_I}                   # Eq. (2)

    def _currents(self, r, x):
        E, I = r['E'], r['I']
        return (self.w_EE * E - self.w_EI * I + self.c + x, self.w_IE * E - self.w_II * I + self.c + self.x_I)

    def excitatory_gain(self, r, x=0.):
        """w_EE g_E at the state r: above 1, E alone would run away."""
        return self.w_EE * self.k * self.p * jnp.maximum(self._currents(r, x)[0], 0) ** (self.p - 1)


class BalancedAmplification(Circuit):
    """Linear excitation and inhibition that amplify a difference into a sum without slowing.

        (1)  τ dE/dt = −E + w E − k_I w I + x
        (2)  τ dI/dt = −I + w E − k_I w I

    Rates relative to a baseline, time in ms. Eigenvalues of W = ((w, −k_I w), (w, −k_I w)) are 0 and −w(k_I − 1): no
    mode decays more slowly than τ. But a difference E − I drives the sum by w(1 + k_I): after E = −I = 1/√2 the sum
    mode reaches `peak`.

    References
    ----------
    B. K. Murphy and K. D. Miller, "Balanced amplification: a new mechanism of selective amplification of neural
    activity patterns", Neuron 61, 635–648 (2009), doi:10.1016/j.neuron.2009.02.005.

    Examples
    --------
    >>> round(BalancedAmplification().peak, 3)
    2.741
    """

    states = ('E', 'I')
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(150., input=pulse(10., 20., 1.))
    w = Constant(30 / 7, 'excitatory weight')
    k_I = Constant(1.1, 'strength of inhibition relative to it')
    tau = Constant(20., 'time constant', 'ms', positive=True)

    def F(self, r, params, x):
        drive = self.w * (r['E'] - self.k_I * r['I'])
        return {'E': (-r['E'] + drive + x) / self.tau, 'I': (-r['I'] + drive) / self.tau}               # Eqs. (1), (2)

    @property
    def peak(self):
        """Largest value of the sum mode (E + I)/√2 after a unit of the difference mode (E − I)/√2, for k_I > 1."""
        w_s, w_ff = self.w * (self.k_I - 1), self.w * (self.k_I + 1)
        t = np.log(1 + w_s) / w_s                                       # in units of τ
        return float(w_ff / w_s * np.exp(-t) * (1 - np.exp(-w_s * t)))


class Decisions(NamedTuple):
    """What `WongWang.decide` found in each trial: the choice (1 or 2; 0 if there was none) and its time in ms."""
    choice: np.ndarray
    time: np.ndarray


class WongWang(Circuit):
    """Two populations compete for a decision: choices, reaction times.

        (1)  dS_i/dt = −S_i/τ_S + (1 − S_i) γ r_i/1000
        (2)  r_i = H(y_i),   y_i = J_s S_i − J_c S_j + I_0 + x_i + η_i,    H(y) = (a y − b)/(1 − e^{−d (a y − b)})
        (3)  x_i = J_ext μ_0 (1 ± c′/100)    (`stimulus`)

    with gating variables S, rates r in Hz (monitored as ``r``), currents in nA, time in ms. η is the noise of the
    paper's equation τ_AMPA dη = −η dt + σ √τ_AMPA dB with σ = 0.02 nA and τ_AMPA = 2 ms; its standard deviation is
    σ/√2. That σ is the noise's amplitude in that equation, not its standard deviation, is our reading; d is in s, as
    rates are in Hz.

    References
    ----------
    K.-F. Wong and X.-J. Wang, "A recurrent network mechanism of time integration in perceptual decisions", J.
    Neuroscience 26, 1314–1328 (2006), doi:10.1523/JNEUROSCI.3733-05.2006.

    Examples
    --------
    >>> net = WongWang(seed=0)
    >>> found = net.decide(coherence=51.2, trials=50)
    >>> bool((found.choice == 1).mean() > 0.95), bool(200 < found.time.mean() < 600)
    (True, True)
    """

    states = ('S',)
    default_n = 2
    default_noise = OrnsteinUhlenbeck(0.02 / 2 ** 0.5, 2.)
    about = {'n': 'Number of populations: two.'}
    unit_of_time = 'ms'
    example = Example(2500., input=pulse(500., 1500., 5.2e-4 * 30 * np.array([1.064, 0.936])), settings={'seed': 1})
    a = Constant(270., 'slope of H', 'Hz/nA')
    b = Constant(108., 'threshold of H', 'Hz')
    d = Constant(0.154, 'curvature of H', 's', positive=True)
    gamma = Constant(0.641, 'how much a spike opens')
    tau_S = Constant(100., 'time constant of the gating', 'ms', positive=True)
    J_s = Constant(0.2609, 'coupling to itself', 'nA')
    J_c = Constant(0.0497, 'coupling to the other', 'nA')
    I_0 = Constant(0.3255, 'background current', 'nA')
    J_ext = Constant(5.2e-4, 'coupling of the stimulus', 'nA/Hz')

    def __init__(self, n=None, **options):
        super().__init__(n, **options)
        if self.n != 2:
            raise self.invalid('n', 'two populations', self.n)

    def extra_variables(self):
        """The rates r, 0 until the first step."""
        return {'r': self.batched(jnp.zeros(2, self.dtype))}

    def H(self, y):
        """The f-I curve, in Hz."""
        u = self.a * y - self.b
        small = jnp.abs(self.d * u) < 1e-4
        safe = jnp.where(small, 1., u)
        return jnp.where(small, 1 / self.d + u / 2, safe / -jnp.expm1(-self.d * safe))

    def current(self, S, x):
        """y, Eq. (2), (2,)."""
        return self.J_s * S - self.J_c * S[::-1] + self.I_0 + x

    def F(self, S, params, x):
        return -S / self.tau_S + (1 - S) * self.gamma * self.H(self.current(S, x)) / 1000               # Eq. (1)

    def start(self):
        """S = 0.1 each, spontaneous activity."""
        return 0.1 * jnp.ones(2)

    def observe(self, r, params, x, axis):
        super().observe(r, params, x, axis)
        eta = 0. if self.noise is None else r['eta']
        self.r.value = self.map_samples(lambda S, x: self.H(self.current(S, x)), (0, 0))(
            self.without_noise(r), jnp.broadcast_to(x, self.S.shape) + eta)

    def stimulus(self, coherence, mu=30.):
        """The currents x, Eq. (3), of a stimulus of c′ per cent coherence in favour of the first; (2,), nA."""
        return self.J_ext * mu * (1 + np.array([1., -1.]) * coherence / 100)

    def decide(self, coherence, trials=100, *, mu=30., threshold=15., window=50., limit=3000., settle=500., seed=None):
        """Decisions in ``trials`` trials with a stimulus of c′ = ``coherence`` per cent from 0 to ``limit`` ms.

        A choice is made when the rate of a population, averaged over the last ``window`` ms, first exceeds
        ``threshold`` Hz; ``settle`` ms pass before the stimulus.

        Returns
        -------
        Decisions
            ``choice`` (trials,), 1 or 2, or 0 without a decision; ``time`` (trials,) in ms, NaN without.
        """
        for name, value in (('mu', mu), ('threshold', threshold), ('window', window), ('limit', limit)):
            if not is_positive(value):
                raise self.invalid(f'decide.{name}', 'a number > 0', repr(value))
        if not is_count(trials):
            raise self.invalid('decide.trials', 'a number of trials ≥ 1', repr(trials))
        if not (settle == 0 or is_positive(settle)):
            raise self.invalid('decide.settle', 'a time ≥ 0', repr(settle))
        before, steps, width = (round(t / self.dt) for t in (settle, limit, window))
        if not 1 <= width < before + steps:
            raise self.invalid('decide.window', f'a time from a step, {self.dt:g}, to less than settle + limit',
                                repr(window))

        def build():
            def one(key, params, x):
                def step(carry, k):
                    r, key = carry
                    on = jnp.where(k >= before, x, 0.)
                    r, key = self.perturb(self.step(r, params, on), key)
                    y = self.current(self.without_noise(r), on + (0. if self.noise is None else r['eta']))
                    return (r, key), self.H(y)
                _, rates = jax.lax.scan(step, (self.initial_state(), key), jnp.arange(before + steps))
                total = jnp.cumsum(rates, 0)
                mean = (total[width:] - total[:-width]) / width         # over the steps that end at width, width + 1, …
                over = (mean > threshold)[max(before - width, 0):]
                first = jnp.argmax(over.any(1))
                choice = jnp.where(over.any(), 1 + jnp.argmax(mean[max(before - width, 0):][first]), 0)
                return choice, jnp.where(over.any(), (first + 1 + max(width - before, 0)) * self.dt, jnp.nan)
            return jax.jit(jax.vmap(one, (0, None, None)))
        keys = jax.random.split(jax.random.PRNGKey(self.seed if seed is None else seed), trials)
        run = self.compiled(('decide', trials, before, steps, width, threshold), build)
        return Decisions(*map(np.asarray, run(keys, self.params_dict(), jnp.asarray(self.stimulus(coherence, mu)))))


class MontbrioPazoRoxin(Circuit):
    """Rate and mean voltage of infinitely many quadratic integrate-and-fire neurons, exactly.

        (1)  τ dr/dt = Δ/(π τ) + 2 r v
        (2)  τ dv/dt = v² + η + J τ r + x − (π τ r)²

    r in spikes per ms, time in ms; v, J, η and x without units, as in τ dV_j/dt = V_j² + η_j + J τ r + x, with a
    spike at V = ∞ and a reset to −∞. η_j are Lorentzian with centre η and half width Δ. With J = 15 and η = −5 there
    are two stable rates (`steady_rates`).

    References
    ----------
    E. Montbrió, D. Pazó and A. Roxin, "Macroscopic description for networks of spiking neurons", Physical Review X 5,
    021028 (2015), doi:10.1103/PhysRevX.5.021028; there τ = 1.

    Examples
    --------
    >>> [round(1000 * r, 1) for r in MontbrioPazoRoxin().steady_rates()]            # in Hz: low, unstable, high
    [8.1, 47.3, 103.1]
    """

    states = ('r', 'v')
    units_of_states = {'r': 'spikes/ms'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(800., input=pulse(200., 500., 3.))
    tau = Constant(10., 'membrane time constant', 'ms', positive=True)
    Delta = Constant(1., 'half width of the excitabilities', positive=True)
    eta_bar = Constant(-5., 'centre of the excitabilities, η')
    J = Constant(15., 'coupling')

    def F(self, s, params, x):
        r, v = s['r'], s['v']
        drive = v ** 2 + self.eta_bar + self.J * self.tau * r + x - (jnp.pi * self.tau * r) ** 2
        return {'r': (self.Delta / (jnp.pi * self.tau) + 2 * r * v) / self.tau, 'v': drive / self.tau}  # Eqs. (1), (2)

    def start(self):
        """Near the low state: r = 0.005 spikes/ms, v = −2."""
        return {'r': 0.005 * jnp.ones(self.n), 'v': -2. * jnp.ones(self.n)}

    def steady_rates(self, x=0.):
        """The rates r at the fixed points, ascending, in spikes/ms: the roots of (2) with v = −Δ/(2π τ r) from (1)."""
        if any(np.ndim(v) for v in (self.Delta, self.J, self.eta_bar, self.tau, x)):
            raise self.invalid('steady_rates', 'one number for each constant', 'arrays')
        D = self.Delta / (2 * np.pi)
        roots = np.roots([-np.pi ** 2, self.J, self.eta_bar + x, 0., D ** 2])           # in R = τ r, times R²
        return sorted(float(R.real / self.tau) for R in roots if abs(R.imag) < 1e-9 and R.real > 0)


class TsodyksMarkram(Circuit):
    """Recurrent synapses that tire and facilitate: bursts of the whole population.

        (1)  τ dE/dt = −E + α ln(1 + e^{(J u y E + I_0 + x)/α})
        (2)  dy/dt = (1 − y)/τ_D − u y E
        (3)  du/dt = (U − u)/τ_F + U (1 − u) E

    with the rate E in Hz, available resources y (the papers' x) and the used fraction u; time in ms, so that E is
    divided by 1000 in (2) and (3). At a constant rate E the synapse settles at `steady_synapse`. This is short-term
    plasticity in rates; u in (2) is the value before a spike.

    References
    ----------
    M. Tsodyks, K. Pawelzik and H. Markram, "Neural networks with dynamic synapses", Neural Computation 10, 821–835
    (1998), doi:10.1162/089976698300017502. G. Mongillo, O. Barak and M. Tsodyks, Science 319, 1543–1546 (2008),
    doi:10.1126/science.1150769. J. M. Cortes et al., PNAS 110, 16610–16615 (2013), doi:10.1073/pnas.1316071110.

    Examples
    --------
    >>> u, y = TsodyksMarkram().steady_synapse(20.)                     # at 20 Hz
    >>> round(float(u), 3), round(float(y), 3)
    (0.93, 0.212)
    """

    states = ('E', 'y', 'u')
    units_of_states = {'E': 'Hz'}
    unit_of_time = 'ms'
    example = Example(6000., settings={'dt': 0.5}, transient=3000.)
    tau = Constant(13., 'time constant of the population', 'ms', positive=True)
    alpha = Constant(1.5, 'width of the threshold', 'Hz', positive=True)
    J = Constant(3.07, 'recurrent weight')
    I_0 = Constant(-1.3, 'constant input', 'Hz')
    U = Constant(0.3, 'used fraction of the first spike', positive=True)
    tau_D = Constant(200., 'recovery from depression', 'ms', positive=True)
    tau_F = Constant(1500., 'decay of facilitation', 'ms', positive=True)

    def F(self, s, params, x):
        E, y, u = s['E'], s['y'], s['u']
        gain = self.alpha * jnp.logaddexp((self.J * u * y * E + self.I_0 + x) / self.alpha, 0.)
        return {'E': (-E + gain) / self.tau,                                                            # Eq. (1)
                'y': (1 - y) / self.tau_D - u * y * E / 1000,                                           # Eq. (2)
                'u': (self.U - u) / self.tau_F + self.U * (1 - u) * E / 1000}                           # Eq. (3)

    def start(self):
        """A rested synapse: y = 1, u = U."""
        return {'E': jnp.zeros(self.n), 'y': jnp.ones(self.n), 'u': self.U * jnp.ones(self.n)}

    def steady_synapse(self, E):
        """(u, y) at a constant rate E in Hz: u = U(1 + τ_F E)/(1 + U τ_F E), y = 1/(1 + u τ_D E)."""
        E = np.asarray(E) / 1000
        u = self.U * (1 + self.tau_F * E) / (1 + self.U * self.tau_F * E)
        return u, 1 / (1 + u * self.tau_D * E)


class JansenRit(Circuit):
    """A cortical column whose EEG is the alpha rhythm.

        (1)  d²y_0/dt² = A a S(y_1 − y_2) − 2a dy_0/dt − a² y_0
        (2)  d²y_1/dt² = A a (p + x + C_2 S(C_1 y_0)) − 2a dy_1/dt − a² y_1
        (3)  d²y_2/dt² = B b C_4 S(C_3 y_0) − 2b dy_2/dt − b² y_2
        (4)  S(v) = 2 e_0/(1 + e^{r (v_0 − v)}),    C_1 = C, C_2 = 0.8 C, C_3 = C_4 = C/4

    The output y_1 − y_2, in mV, is the model's EEG. Time in ms, p and x in pulses per second; z_k = dy_k/dt in mV/ms.

    References
    ----------
    B. H. Jansen and V. G. Rit, Biological Cybernetics 73, 357–366 (1995), doi:10.1007/BF00199471. F. Grimbert and O.
    Faugeras, Neural Computation 18, 3052–3068 (2006), doi:10.1162/neco.2006.18.12.3052 (its bifurcations).

    Examples
    --------
    >>> import ratezoo
    >>> eeg = ratezoo.Runner(ratezoo.JansenRit(p=60.), progress_bar=False).run(1000.)
    >>> round(float(eeg[-1, 0]), 3)                                     # too little input: it rests, in mV
    0.075
    """

    states = ('y0', 'y1', 'y2', 'z0', 'z1', 'z2')
    units_of_states = {'y0': 'mV', 'y1': 'mV', 'y2': 'mV'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(2000., transient=500.)
    A = Constant(3.25, 'size of an excitatory postsynaptic potential', 'mV', positive=True)
    B = Constant(22., 'size of an inhibitory postsynaptic potential', 'mV', positive=True)
    a = Constant(0.1, 'rate of the excitatory synapses', '1/ms', positive=True)
    b = Constant(0.05, 'rate of the inhibitory synapses', '1/ms', positive=True)
    C = Constant(135., 'number of synapses')
    e_0 = Constant(2.5, 'half of the largest rate', 'Hz', positive=True)
    v_0 = Constant(6., 'potential of half the largest rate', 'mV')
    r = Constant(0.56, 'steepness of S', '1/mV', positive=True)
    p = Constant(220., 'input', 'pulses/s')

    def S(self, v):
        """Rate in spikes/s, Eq. (4)."""
        return 2 * self.e_0 * jax.nn.sigmoid(self.r * (v - self.v_0))

    def F(self, s, params, x):
        y0, y1, y2 = s['y0'], s['y1'], s['y2']
        per_ms, a, b = 1e-3, self.a, self.b
        return {'y0': s['z0'], 'y1': s['z1'], 'y2': s['z2'],
                'z0': self.A * a * per_ms * self.S(y1 - y2) - 2 * a * s['z0'] - a ** 2 * y0,            # Eq. (1)
                'z1': self.A * a * per_ms * (self.p + x + 0.8 * self.C * self.S(self.C * y0))
                - 2 * a * s['z1'] - a ** 2 * y1,                                                        # Eq. (2)
                'z2': self.B * b * per_ms * self.C / 4 * self.S(self.C / 4 * y0)
                - 2 * b * s['z2'] - b ** 2 * y2}                                                        # Eq. (3)

    def observable(self, s):
        """The EEG y_1 − y_2, in mV."""
        return s['y1'] - s['y2']

"""Population models: a few variables describe the mean activity of many neurons.

With n > 1 a model holds n independent copies, and each copy has its own input.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_count, is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example, pulse
from ratezoo.noise import OrnsteinUhlenbeck
from ratezoo.types import Array, ArrayLike, Params, State

__all__ = [
    'WilsonCowan',
    'StabilizedSupralinear',
    'BalancedAmplification',
    'WongWang',
    'MontbrioPazoRoxin',
    'TsodyksMarkram',
    'JansenRit',
]
CATEGORY = 'population'


class WilsonCowan(Circuit):
    """Excitatory and inhibitory population that show limit cycles and hysteresis.

        (1)  τ_E dE/dt = −E + (k_E − ρ E) S_E(w_EE E − w_EI I + P + x)
        (2)  τ_I dI/dt = −I + (k_I − ρ I) S_I(w_IE E − w_II I + Q)
        (3)  S(y) = 1/(1 + e^{−a (y − θ)}) − 1/(1 + e^{a θ}),    k = S(∞) = 1 − 1/(1 + e^{a θ})

    E and I are the proportions of cells that fire, relative to rest. Because S(0) = 0, rest (E = I = 0) is a solution
    for P = Q = 0. The weights are c_1 … c_4 of the paper. k is the largest value of S, as the paper prints it; many
    programs use k = 1 instead. BrainPy's ``WilsonCowanModel`` has k = 1 and τ_E = τ_I, and it does not oscillate with
    its default a and θ.

    The default method is rk4, with four evaluations of F in a step. Euler's method with the same Δt = 0.1 ms makes the
    period of the limit cycle 6.6 % too long.

    References
    ----------
    H. R. Wilson and J. D. Cowan, "Excitatory and inhibitory interactions in localized populations of model neurons",
    Biophysical Journal 12, 1–24 (1972), doi:10.1016/S0006-3495(72)86068-5. The defaults give the limit cycle of its
    Figs. 10 and 11. The dict `hysteresis` holds the constants of its Fig. 4.

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.WilsonCowan(**ratezoo.WilsonCowan.hysteresis)
    >>> low, high = (float(net.relax(r0={'E': e, 'I': i}).r['E'][0]) for e, i in (([0.], [0.]), ([0.4], [0.2])))
    >>> low, high > 0.3
    (0.0, True)
    """

    states = ('E', 'I')
    ranges = {'E': (0.0, 1.0), 'I': (0.0, 1.0)}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(400.0)
    w_EE = Constant(16.0, 'weight from E to E, c₁')
    w_EI = Constant(12.0, 'weight from I to E, c₂')
    w_IE = Constant(15.0, 'weight from E to I, c₃')
    w_II = Constant(3.0, 'weight from I to I, c₄')
    a_E = Constant(1.3, 'steepness of S_E', positive=True)
    theta_E = Constant(4.0, 'threshold of S_E')
    a_I = Constant(2.0, 'steepness of S_I', positive=True)
    theta_I = Constant(3.7, 'threshold of S_I')
    rho = Constant(1.0, 'refractory period, in units of the time constant')
    tau_E = Constant(8.0, 'time constant of E', 'ms', positive=True)
    tau_I = Constant(8.0, 'time constant of I', 'ms', positive=True)
    P = Constant(1.25, 'input to E')
    Q = Constant(0.0, 'input to I')

    hysteresis = dict(
        w_EE=12.0, w_EI=4.0, w_IE=13.0, w_II=11.0, a_E=1.2, theta_E=2.8, a_I=1.0, theta_I=4.0, P=0.0, Q=0.0
    )

    def F(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        E, I = r['E'], r['I']
        S_E = self.S(self.w_EE * E - self.w_EI * I + self.P + x, self.a_E, self.theta_E)
        S_I = self.S(self.w_IE * E - self.w_II * I + self.Q, self.a_I, self.theta_I)
        k_E, k_I = self.top(self.a_E, self.theta_E), self.top(self.a_I, self.theta_I)
        dE = (-E + (k_E - self.rho * E) * S_E) / self.tau_E  # Eq. (1)
        dI = (-I + (k_I - self.rho * I) * S_I) / self.tau_I  # Eq. (2)
        return {'E': dE, 'I': dI}

    @staticmethod
    def top(a: float | Array, theta: float | Array) -> Array:
        """k, the largest value of S, Eq. (3)."""
        return jax.nn.sigmoid(jnp.asarray(a * theta, float))

    @staticmethod
    def S(y: Array, a: float | Array, theta: float | Array) -> Array:
        """S(y) with the steepness a and the threshold θ, Eq. (3)."""
        return jax.nn.sigmoid(a * (y - theta)) - jax.nn.sigmoid(-jnp.asarray(a * theta, float))

    def start(self) -> dict[str, Array]:
        """A state near rest: E = 0.1, I = 0.05."""
        return {'E': 0.1 * jnp.ones(self.n), 'I': 0.05 * jnp.ones(self.n)}


class StabilizedSupralinear(Circuit):
    """Excitatory and inhibitory power-law units; inhibition stabilises them at strong input (paradoxical response).

        (1)  τ_E dE/dt = −E + k [w_EE E − w_EI I + c + x]₊^p
        (2)  τ_I dI/dt = −I + k [w_IE E − w_II I + c + x_I]₊^p

    Rates are in Hz, inputs in mV, time in ms. The gain of a power law grows with its input. At weak input the
    recurrence has little effect, and the response to two inputs is larger than the sum of the two responses. At strong
    input inhibition must hold excitation back, and the response to two inputs is smaller than this sum. Then more input
    to I makes I fire less: the paradoxical response. It occurs exactly where the excitatory subnetwork alone is
    unstable, w_EE g_E > 1, where g_E is the slope of E's curve (`excitatory_gain`). The constants are those of
    Hennequin et al., who write the equations for voltages; the fixed points are the same. They call an input of 2 mV
    weak and an input of 15 mV strong.

    The default method is rk4, with four evaluations of F in a step. Euler's method with the same Δt = 0.1 ms makes the
    first peak of E after a step of 10 mV 3 % too high.

    References
    ----------
    Y. Ahmadian, D. B. Rubin and K. D. Miller, Neural Computation 25, 1994–2037 (2013), doi:10.1162/NECO_a_00472. D.
    B. Rubin, S. D. Van Hooser and K. D. Miller, Neuron 85, 402–417 (2015), doi:10.1016/j.neuron.2014.12.026. G.
    Hennequin et al., Neuron 98, 846–860 (2018), doi:10.1016/j.neuron.2018.04.017. M. V. Tsodyks et al., J.
    Neuroscience 17, 4382–4388 (1997), doi:10.1523/JNEUROSCI.17-11-04382.1997 (the paradoxical response).

    Examples
    --------
    >>> from ratezoo import StabilizedSupralinear
    >>> net = StabilizedSupralinear(c=15.)
    >>> r = net.relax(r0={'E': [1.], 'I': [1.]}).r
    >>> bool(net.excitatory_gain(r)[0] > 1)                             # E alone is unstable; inhibition stabilises it
    True
    """

    states = ('E', 'I')
    ranges = {'E': (0.0, np.inf), 'I': (0.0, np.inf)}
    units_of_states = {'E': 'Hz', 'I': 'Hz'}
    portrait = 'supralinear'
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(600.0, input=pulse(200.0, 400.0, 2.0))
    w_EE = Constant(1.25, 'weight from E to E', 'mV/Hz')
    w_EI = Constant(0.65, 'weight from I to E', 'mV/Hz')
    w_IE = Constant(1.2, 'weight from E to I', 'mV/Hz')
    w_II = Constant(0.5, 'weight from I to I', 'mV/Hz')
    k = Constant(0.3, 'factor of the power law', 'Hz/mV^p', positive=True)
    p = Constant(2.0, 'power', positive=True)
    tau_E = Constant(20.0, 'time constant of E', 'ms', positive=True)
    tau_I = Constant(10.0, 'time constant of I', 'ms', positive=True)
    c = Constant(2.0, 'constant input to E and to I', 'mV')
    x_I = Constant(0.0, 'additional input to I', 'mV')

    def F(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        u_E, u_I = self._currents(r, x)
        dE = (-r['E'] + self.k * jnp.maximum(u_E, 0) ** self.p) / self.tau_E  # Eq. (1)
        dI = (-r['I'] + self.k * jnp.maximum(u_I, 0) ** self.p) / self.tau_I  # Eq. (2)
        return {'E': dE, 'I': dI}

    def _currents(self, r, x):
        """The two brackets of Eqs. (1) and (2)."""
        E, I = r['E'], r['I']
        return (self.w_EE * E - self.w_EI * I + self.c + x, self.w_IE * E - self.w_II * I + self.c + self.x_I)

    def excitatory_gain(self, r: dict[str, Array], x: ArrayLike = 0.0) -> Array:
        """w_EE g_E at the state r. If it is above 1, E would grow without bound without inhibition."""
        return self.w_EE * self.k * self.p * jnp.maximum(self._currents(r, x)[0], 0) ** (self.p - 1)


class BalancedAmplification(Circuit):
    """Linear E-I network that turns a difference E - I into a large sum E + I without slowing down.

        (1)  τ dE/dt = −E + w E − k_I w I + x
        (2)  τ dI/dt = −I + w E − k_I w I

    Rates are relative to a baseline, time is in ms. The weight matrix W = ((w, −k_I w), (w, −k_I w)) has the
    eigenvalues 0 and −w(k_I − 1), so no mode decays more slowly than with the time constant τ. But a difference E − I
    drives the sum E + I with the strength w(1 + k_I). From the state E = −I = 1/√2 the sum mode grows to `peak`.

    References
    ----------
    B. K. Murphy and K. D. Miller, "Balanced amplification: a new mechanism of selective amplification of neural
    activity patterns", Neuron 61, 635–648 (2009), doi:10.1016/j.neuron.2009.02.005.

    Examples
    --------
    >>> from ratezoo import BalancedAmplification
    >>> round(BalancedAmplification().peak, 3)
    2.741
    """

    states = ('E', 'I')
    portrait = 'amplification'
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(150.0, input=pulse(10.0, 20.0, 1.0))
    w = Constant(30 / 7, 'excitatory weight')
    k_I = Constant(1.1, 'strength of inhibition relative to excitation')
    tau = Constant(20.0, 'time constant', 'ms', positive=True)

    def F(self, r: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        drive = self.w * (r['E'] - self.k_I * r['I'])
        return {'E': (-r['E'] + drive + x) / self.tau, 'I': (-r['I'] + drive) / self.tau}  # Eqs. (1), (2)

    @property
    def peak(self) -> float:
        """Largest value of the sum mode (E + I)/√2 in a run from E = −I = 1/√2, where the difference mode (E − I)/√2
        is 1; for k_I > 1."""
        w_s, w_ff = self.w * (self.k_I - 1), self.w * (self.k_I + 1)
        t = np.log(1 + w_s) / w_s  # the time of the peak, in units of τ
        return float(w_ff / w_s * np.exp(-t) * (1 - np.exp(-w_s * t)))


def softened_line(u: Array, d: float | Array) -> Array:
    """u/(1 − e^{−d u}): near 0 for u far below 0, near u for u far above 0, and 1/d at u = 0."""
    small = jnp.abs(d * u) < 1e-4  # there it is 0/0, and its Taylor series is used
    safe = jnp.where(small, 1.0, u)
    return jnp.where(small, 1 / d + u / 2, safe / -jnp.expm1(-d * safe))


class Decisions(NamedTuple):
    """The decisions of all trials of `WongWang.decide`.

    Attributes
    ----------
    choice : array (trials,)
        The population that was chosen, 1 or 2; 0: no decision.
    time : array (trials,)
        The time of the decision after the onset of the stimulus, in ms; NaN: no decision.
    """

    choice: np.ndarray
    time: np.ndarray


class WongWang(Circuit):
    """Two populations that compete for a decision: choices and reaction times.

        (1)  dS_i/dt = −S_i/τ_S + (1 − S_i) γ r_i/1000
        (2)  r_i = H(y_i),   y_i = J_s S_i − J_c S_j + I_0 + x_i + η_i,    H(y) = (a y − b)/(1 − e^{−d (a y − b)})
        (3)  x_i = J_ext μ_0 (1 ± c′/100)    (`stimulus`)

    S_i are gating variables, r_i are rates in Hz (monitored as ``r``); currents are in nA, time is in ms. η is the
    noise of the paper's equation τ_AMPA dη = −η dt + σ √τ_AMPA dB with σ = 0.02 nA and τ_AMPA = 2 ms; its standard
    deviation is σ/√2. We read σ as the amplitude of the noise in this equation, not as its standard deviation. d is in
    s, because rates are in Hz.

    References
    ----------
    K.-F. Wong and X.-J. Wang, "A recurrent network mechanism of time integration in perceptual decisions", J.
    Neuroscience 26, 1314–1328 (2006), doi:10.1523/JNEUROSCI.3733-05.2006.

    Examples
    --------
    >>> from ratezoo import WongWang
    >>> net = WongWang(seed=0)
    >>> decisions = net.decide(coherence=51.2, trials=50)
    >>> bool((decisions.choice == 1).mean() > 0.95), bool(200 < decisions.time.mean() < 600)
    (True, True)
    """

    states = ('S',)
    ranges = {'S': (0.0, 1.0)}
    portrait = 'decision'
    default_n = 2
    default_noise = OrnsteinUhlenbeck(0.02 / 2**0.5, 2.0)
    about = {'n': 'Number of populations: two.'}
    unit_of_time = 'ms'
    example = Example(
        2500.0, input=pulse(500.0, 1500.0, 5.2e-4 * 30 * np.array([1.064, 0.936])), settings={'dt': 0.5, 'seed': 1}
    )
    a = Constant(270.0, 'slope of H', 'Hz/nA')
    b = Constant(108.0, 'threshold of H', 'Hz')
    d = Constant(0.154, 'curvature of H', 's', positive=True)
    gamma = Constant(0.641, 'increase of S with each spike, as a share of 1 − S')
    tau_S = Constant(100.0, 'time constant of the gating', 'ms', positive=True)
    J_s = Constant(0.2609, 'coupling of a population to itself', 'nA')
    J_c = Constant(0.0497, 'coupling to the other population', 'nA')
    I_0 = Constant(0.3255, 'background current', 'nA')
    J_ext = Constant(5.2e-4, 'coupling of the stimulus', 'nA/Hz')

    def __init__(self, n: int | None = None, **options: Any) -> None:
        super().__init__(n, **options)
        if self.n != 2:
            raise self.invalid('n', 'two populations', f'{self.n}. Leave n out')

    def extra_variables(self) -> dict[str, Array]:
        """The rates r; 0 until the first step."""
        return {'r': self.batched(jnp.zeros(2, self.dtype))}

    def H(self, y: Array) -> Array:
        """The f-I curve, in Hz."""
        return softened_line(self.a * y - self.b, self.d)

    def current(self, S: Array, x: ArrayLike) -> Array:
        """The currents y of both populations, Eq. (2), (2,)."""
        return self.J_s * S - self.J_c * S[::-1] + self.I_0 + x

    def F(self, S: Array, params: Params, x: Array) -> Array:
        return -S / self.tau_S + (1 - S) * self.gamma * self.H(self.current(S, x)) / 1000  # Eq. (1)

    def start(self) -> Array:
        """S = 0.1 in both populations: spontaneous activity."""
        return 0.1 * jnp.ones(2)

    def observe(self, r: State, params: Params, x: Array, axis: int | None) -> None:
        super().observe(r, params, x, axis)
        eta = 0.0 if self.noise is None else r['eta']
        rates = self.map_samples(lambda S, x: self.H(self.current(S, x)), (0, 0))
        self.r.value = rates(self.without_noise(r), jnp.broadcast_to(x, self.S.shape) + eta)

    def stimulus(self, coherence: float, mu: float = 30.0) -> np.ndarray:
        """The input currents x of a stimulus, Eq. (3), (2,), in nA.

        ``coherence`` is c′ in per cent; the stimulus favours population 1 if c′ > 0. ``mu`` is μ_0 in Hz.
        """
        return self.J_ext * mu * (1 + np.array([1.0, -1.0]) * coherence / 100)

    def decide(
        self,
        coherence: float,
        trials: int = 100,
        *,
        mu: float = 30.0,
        threshold: float = 15.0,
        window: float = 50.0,
        limit: float = 3000.0,
        settle: float = 500.0,
        seed: int | None = None,
    ) -> Decisions:
        """Run ``trials`` trials with a stimulus of c′ = ``coherence`` per cent, and report the decision of each.

        The network first runs for ``settle`` ms without a stimulus; then the stimulus is on for ``limit`` ms. The
        decision is the first time with the stimulus at which the rate of a population, averaged over the last
        ``window`` ms, exceeds ``threshold`` Hz. This population is chosen.

        Returns
        -------
        Decisions
            ``choice`` (trials,) is 1 or 2, or 0 without a decision. ``time`` (trials,) is in ms, NaN without a
            decision.

        Raises
        ------
        InvalidValueError
            An argument is out of range.
        """
        before, steps, width = self._steps_of_trial(trials, mu, threshold, window, limit, settle)

        def build():
            def one_trial(key, params, x):
                rates = self._rates_of_trial(key, params, x, before, steps)
                return _first_decision(rates, threshold, before, width, self.dt)

            return jax.jit(jax.vmap(one_trial, (0, None, None)))

        keys = jax.random.split(jax.random.PRNGKey(self.seed if seed is None else seed), trials)
        run = self.compiled(('decide', trials, before, steps, width, threshold), build)
        return Decisions(*map(np.asarray, run(keys, self.params_dict(), jnp.asarray(self.stimulus(coherence, mu)))))

    def _steps_of_trial(self, trials, mu, threshold, window, limit, settle):
        """The steps before the stimulus, with the stimulus and in one window, after all checks."""
        for name, value in (('mu', mu), ('threshold', threshold), ('window', window), ('limit', limit)):
            if not is_positive(value):
                raise self.invalid(f'decide.{name}', 'a number > 0', repr(value))
        if not is_count(trials):
            raise self.invalid('decide.trials', 'a number of trials ≥ 1', repr(trials))
        if not (settle == 0 or is_positive(settle)):
            raise self.invalid('decide.settle', 'a time ≥ 0', repr(settle))
        before, steps, width = (round(t / self.dt) for t in (settle, limit, window))
        if not 1 <= width < before + steps:
            expected = f'a time of at least one step, {self.dt:g}, and shorter than settle + limit'
            raise self.invalid('decide.window', expected, repr(window))
        return before, steps, width

    def _rates_of_trial(self, key, params, x, before, steps):
        """The rates H(y) of one trial at every step, (before + steps, 2); the stimulus x is on from step ``before``."""

        def advance(carry, step_index):
            r, key = carry
            stimulus = jnp.where(step_index >= before, x, 0.0)
            r, key = self.perturb(self.step(r, params, stimulus), key)
            y = self.current(self.without_noise(r), stimulus + (0.0 if self.noise is None else r['eta']))
            return (r, key), self.H(y)

        return jax.lax.scan(advance, (self.initial_state(), key), jnp.arange(before + steps))[1]


def _first_decision(rates, threshold, before, width, dt):
    """The choice and the decision time of one trial with the rates (steps, 2).

    The cumulative sum gives the mean over every window of ``width`` steps by one subtraction.
    """
    total = jnp.cumsum(rates, 0)
    mean = (total[width:] - total[:-width]) / width  # mean[i]: over the steps i + 1, …, i + width
    mean = mean[max(before - width, 0) :]  # only windows that end with the stimulus on
    above = (mean > threshold).any(1)
    first = jnp.argmax(above)
    choice = jnp.where(above.any(), 1 + jnp.argmax(mean[first]), 0)
    return choice, jnp.where(above.any(), (first + 1 + max(width - before, 0)) * dt, jnp.nan)


class MontbrioPazoRoxin(Circuit):
    """Exact rate and mean voltage of infinitely many quadratic integrate-and-fire neurons.

        (1)  τ dr/dt = Δ/(π τ) + 2 r v
        (2)  τ dv/dt = v² + η + J τ r + x − (π τ r)²

    r is in spikes per ms, time in ms; v, J, η and x have no unit. Neuron j obeys τ dV_j/dt = V_j² + η_j + J τ r + x; it
    fires at V = ∞ and is reset to −∞. The excitabilities η_j have a Lorentzian distribution with the centre η and the
    half width Δ. With J = 15 and η = −5 there are two stable rates (`steady_rates`).

    References
    ----------
    E. Montbrió, D. Pazó and A. Roxin, "Macroscopic description for networks of spiking neurons", Physical Review X 5,
    021028 (2015), doi:10.1103/PhysRevX.5.021028; the paper uses τ = 1.

    Examples
    --------
    >>> from ratezoo import MontbrioPazoRoxin
    >>> [round(1000 * r, 1) for r in MontbrioPazoRoxin().steady_rates()]            # in Hz: low, unstable, high
    [8.1, 47.3, 103.1]
    """

    states = ('r', 'v')
    ranges = {'r': (0.0, np.inf)}
    portrait = 'bistability'
    units_of_states = {'r': 'spikes/ms'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(800.0, input=pulse(200.0, 500.0, 3.0))
    tau = Constant(10.0, 'membrane time constant', 'ms', positive=True)
    Delta = Constant(1.0, 'half width of the excitabilities', positive=True)
    eta_bar = Constant(-5.0, 'centre of the excitabilities, η')
    J = Constant(15.0, 'coupling')

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        r, v = s['r'], s['v']
        drive = v**2 + self.eta_bar + self.J * self.tau * r + x - (jnp.pi * self.tau * r) ** 2
        return {'r': (self.Delta / (jnp.pi * self.tau) + 2 * r * v) / self.tau, 'v': drive / self.tau}  # Eqs. (1), (2)

    def start(self) -> dict[str, Array]:
        """A state near the lower stable rate: r = 0.005 spikes/ms, v = −2."""
        return {'r': 0.005 * jnp.ones(self.n), 'v': -2.0 * jnp.ones(self.n)}

    def steady_rates(self, x: float = 0.0) -> list[float]:
        """The rates r of all fixed points at the input x, in ascending order, in spikes/ms.

        Eq. (1) gives v = −Δ/(2π τ r). In Eq. (2) this leaves a polynomial in R = τ r, whose positive real roots are the
        rates.
        """
        if any(np.ndim(v) for v in (self.Delta, self.J, self.eta_bar, self.tau, x)):
            raise self.invalid('steady_rates', 'a model whose constants are numbers, and a number x', 'an array')
        D = self.Delta / (2 * np.pi)
        roots = np.roots([-(np.pi**2), self.J, self.eta_bar + x, 0.0, D**2])  # Eq. (2) times R²
        return sorted(float(R.real / self.tau) for R in roots if abs(R.imag) < 1e-9 and R.real > 0)


class TsodyksMarkram(Circuit):
    """Population whose recurrent synapses depress and facilitate, so that all neurons burst together.

        (1)  τ dE/dt = −E + α ln(1 + e^{(J u y E + I_0 + x)/α})
        (2)  dy/dt = (1 − y)/τ_D − u y E
        (3)  du/dt = (U − u)/τ_F + U (1 − u) E

    E is the rate in Hz, y are the available resources (x in the papers), u is the fraction of them that a spike uses.
    Time is in ms, therefore E is divided by 1000 in (2) and (3). At a constant rate E the synapse settles at
    `steady_synapse`. This is short-term plasticity in terms of rates; u in (2) is the value before a spike.

    The default method is rk4, with four evaluations of F in a step. Euler's method with the same Δt = 0.1 ms makes the
    bursts 0.3 % too high.

    References
    ----------
    M. Tsodyks, K. Pawelzik and H. Markram, "Neural networks with dynamic synapses", Neural Computation 10, 821–835
    (1998), doi:10.1162/089976698300017502. G. Mongillo, O. Barak and M. Tsodyks, Science 319, 1543–1546 (2008),
    doi:10.1126/science.1150769. J. M. Cortes et al., PNAS 110, 16610–16615 (2013), doi:10.1073/pnas.1316071110.

    Examples
    --------
    >>> from ratezoo import TsodyksMarkram
    >>> u, y = TsodyksMarkram().steady_synapse(20.)                     # at 20 Hz
    >>> round(float(u), 3), round(float(y), 3)
    (0.93, 0.212)
    """

    states = ('E', 'y', 'u')
    ranges = {'E': (0.0, np.inf), 'y': (0.0, 1.0), 'u': (0.0, 1.0)}
    portrait = 'bursts'
    units_of_states = {'E': 'Hz'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(6000.0, input=pulse(1500.0, 1800.0, 8.0), settings={'dt': 0.5, 'I_0': -1.6})
    tau = Constant(13.0, 'time constant of the population', 'ms', positive=True)
    alpha = Constant(1.5, 'width of the threshold', 'Hz', positive=True)
    J = Constant(3.07, 'recurrent weight')
    I_0 = Constant(-1.3, 'constant input', 'Hz')
    U = Constant(0.3, 'fraction of the resources that the first spike uses', positive=True)
    tau_D = Constant(200.0, 'recovery from depression', 'ms', positive=True)
    tau_F = Constant(1500.0, 'decay of facilitation', 'ms', positive=True)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        E, y, u = s['E'], s['y'], s['u']
        rate = self.alpha * jnp.logaddexp((self.J * u * y * E + self.I_0 + x) / self.alpha, 0.0)
        dE = (-E + rate) / self.tau  # Eq. (1)
        dy = (1 - y) / self.tau_D - u * y * E / 1000  # Eq. (2)
        du = (self.U - u) / self.tau_F + self.U * (1 - u) * E / 1000  # Eq. (3)
        return {'E': dE, 'y': dy, 'u': du}

    def start(self) -> dict[str, Array]:
        """No activity and rested synapses: E = 0, y = 1, u = U."""
        return {'E': jnp.zeros(self.n), 'y': jnp.ones(self.n), 'u': self.U * jnp.ones(self.n)}

    def steady_synapse(self, E: ArrayLike) -> tuple[float | np.ndarray, float | np.ndarray]:
        """(u, y) at a constant rate E in Hz: u = U(1 + τ_F E)/(1 + U τ_F E), y = 1/(1 + u τ_D E)."""
        E = np.asarray(E) / 1000
        u = self.U * (1 + self.tau_F * E) / (1 + self.U * self.tau_F * E)
        return u, 1 / (1 + u * self.tau_D * E)


class JansenRit(Circuit):
    """Cortical column whose EEG shows the alpha rhythm.

        (1)  d²y_0/dt² = A a S(y_1 − y_2) − 2a dy_0/dt − a² y_0
        (2)  d²y_1/dt² = A a (p + x + C_2 S(C_1 y_0)) − 2a dy_1/dt − a² y_1
        (3)  d²y_2/dt² = B b C_4 S(C_3 y_0) − 2b dy_2/dt − b² y_2
        (4)  S(v) = 2 e_0/(1 + e^{r (v_0 − v)}),    C_1 = C, C_2 = 0.8 C, C_3 = C_4 = C/4

    The output y_1 − y_2, in mV, is the model's EEG. Time is in ms, p and x are in pulses per second. The states z_k are
    dy_k/dt in mV/ms.

    References
    ----------
    B. H. Jansen and V. G. Rit, Biological Cybernetics 73, 357–366 (1995), doi:10.1007/BF00199471. F. Grimbert and O.
    Faugeras, Neural Computation 18, 3052–3068 (2006), doi:10.1162/neco.2006.18.12.3052 (its bifurcations).

    Examples
    --------
    >>> import ratezoo
    >>> eeg = ratezoo.Runner(ratezoo.JansenRit(p=60.), progress_bar=False).run(1000.)
    >>> round(float(eeg[-1, 0]), 3)                                     # in mV; p is too small for a rhythm
    0.075
    """

    states: tuple[str, ...] = ('y0', 'y1', 'y2', 'z0', 'z1', 'z2')
    portrait = 'eeg'
    name_of_output = 'EEG'
    units_of_states = {'y0': 'mV', 'y1': 'mV', 'y2': 'mV'}
    unit_of_time = 'ms'
    default_method = 'rk4'
    example = Example(2000.0, transient=500.0)
    A = Constant(3.25, 'size of an excitatory postsynaptic potential', 'mV', positive=True)
    B = Constant(22.0, 'size of an inhibitory postsynaptic potential', 'mV', positive=True)
    a = Constant(0.1, 'rate of the excitatory synapses', '1/ms', positive=True)
    b = Constant(0.05, 'rate of the inhibitory synapses', '1/ms', positive=True)
    C = Constant(135.0, 'number of synapses')
    e_0 = Constant(2.5, 'half of the largest rate', 'Hz', positive=True)
    v_0 = Constant(6.0, 'potential of half the largest rate', 'mV')
    r = Constant(0.56, 'steepness of S', '1/mV', positive=True)
    p = Constant(220.0, 'input', 'pulses/s')

    def S(self, v: Array) -> Array:
        """The rate in spikes/s at the potential v in mV, Eq. (4)."""
        return 2 * self.e_0 * jax.nn.sigmoid(self.r * (v - self.v_0))

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        y0, y1, y2 = s['y0'], s['y1'], s['y2']
        z0, z1, z2 = s['z0'], s['z1'], s['z2']
        per_ms, a, b = 1e-3, self.a, self.b
        excited = self.p + x + 0.8 * self.C * self.S(self.C * y0)
        dz0 = self.A * a * per_ms * self.S(self.observable(s)) - 2 * a * z0 - a**2 * y0  # Eq. (1)
        dz1 = self.A * a * per_ms * excited - 2 * a * z1 - a**2 * y1  # Eq. (2)
        dz2 = self.B * b * per_ms * self.C / 4 * self.S(self.C / 4 * y0) - 2 * b * z2 - b**2 * y2  # Eq. (3)
        return {'y0': z0, 'y1': z1, 'y2': z2, 'z0': dz0, 'z1': dz1, 'z2': dz2}

    @property
    def time_constants(self) -> dict[str, ArrayLike]:
        """1/a and 1/b, in ms."""
        return {'1/a': 1 / np.asarray(self.a), '1/b': 1 / np.asarray(self.b)}

    def observable(self, s: dict[str, Array]) -> Array:
        """The EEG y_1 − y_2, in mV."""
        return s['y1'] - s['y2']

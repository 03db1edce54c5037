"""What the papers say about the models of models/populations.py."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, growth, run, upward
from claims.integration import integrated, levels
from ratezoo.analysis.planes import fixed_points

# ---- Wilson and Cowan ------------------------------------------------------------------------------------------------


def wilson_cowan(
    y, x, c=(16.0, 12.0, 15.0, 3.0), a=(1.3, 2.0), theta=(4.0, 3.7), rho=1.0, tau=(1.0, 1.0), P=1.25, Q=0.0
):
    """The printed equations; the defaults are the constants of Fig. 11, with the time in units of τ."""
    S, k = [], []
    currents = c[0] * y[0] - c[1] * y[1] + P + x[0], c[2] * y[0] - c[3] * y[1] + Q
    for slope, h, u in zip(a, theta, currents, strict=True):
        S.append(1 / (1 + np.exp(-slope * (u - h))) - 1 / (1 + np.exp(slope * h)))
        k.append(1 - 1 / (1 + np.exp(slope * h)))
    return [(-y[i] + (k[i] - rho * y[i]) * S[i]) / tau[i] for i in (0, 1)]


_PUSHES = levels(0.5, -1.0, 0.8)


@claim(
    'WilsonCowan',
    'E at t = 60 ms; other constants (ρ = 0.9, τ_E = 7 ms, τ_I = 9 ms, Q = 0.3 …); x = 0.5, −1 and 0.8 for 20 ms each',
    lambda: integrated(
        lambda y, x: wilson_cowan(y, x, (15.0, 11.0, 14.0, 4.0), (0.9, 1.1), (1.5, 2.0), 0.9, (7.0, 9.0), 0.5, 0.3),
        [0.1, 0.05],
        _PUSHES,
    )[0],
    1e-5,
    "Wilson & Cowan 1972, the printed equations by scipy's adaptive integration",
)
def excited():
    net = ratezoo.WilsonCowan(
        w_EE=15.0, w_EI=11.0, w_IE=14.0, w_II=4.0, a_E=0.9, a_I=1.1, theta_E=1.5, theta_I=2.0, rho=0.9, tau_E=7.0,
        tau_I=9.0, P=0.5, Q=0.3,
    )  # fmt: skip
    return run(net, None, ['E'], None, _PUSHES)['E'][-1, 0]


@functools.cache
def cycle():
    """Period (in τ) and extremes of E on the limit cycle, by scipy's adaptive integration of the printed equations."""
    ts = np.linspace(60, 120, 60001)
    E = solve_ivp(lambda t, y: wilson_cowan(y, [0.0]), (0, 120), [0.1, 0.05], t_eval=ts, rtol=1e-9, atol=1e-11).y[0]
    return np.diff(upward(E, ts)).mean(), E.min(), E.max()


_WC = "Wilson & Cowan 1972, constants of Fig. 11, by scipy's adaptive integration"


@claim('WilsonCowan', 'period of the limit cycle, in τ', lambda: cycle()[0], 1e-3, _WC)
def period():
    mon = run(ratezoo.WilsonCowan(), 400.0, ['E'])
    return np.diff(upward(mon['E'][2000:, 0], mon['ts'][2000:])).mean() / 8


@claim('WilsonCowan', 'largest E on the limit cycle', lambda: cycle()[2], 1e-4, _WC)
def top():
    return run(ratezoo.WilsonCowan(), 400.0, ['E'])['E'][2000:].max()


@claim('WilsonCowan', 'least E on the limit cycle', lambda: cycle()[1], 1e-4, _WC)
def bottom():
    return run(ratezoo.WilsonCowan(), 400.0, ['E'])['E'][2000:].min()


@claim('WilsonCowan', 'stable steady states with the constants of Fig. 4', 2, 0, 'Wilson & Cowan 1972, Fig. 4')
def two_states():
    points = fixed_points(ratezoo.WilsonCowan(**ratezoo.WilsonCowan.hysteresis), limits=((0, 0.5), (0, 0.5)))
    return sum(p.stable for p in points)


@claim(
    'WilsonCowan',
    'steady states with the constants of Fig. 5, stable and unstable',
    5,
    0,
    'Wilson & Cowan 1972, Fig. 5: three stable, two unstable',
)
def five_states():
    net = ratezoo.WilsonCowan(
        w_EE=13.0, w_EI=4.0, w_IE=22.0, w_II=2.0, a_E=1.5, theta_E=2.5, a_I=6.0, theta_I=4.3, P=0.0
    )
    return len(fixed_points(net, limits=((0, 0.5), (0, 0.5)), points=41))


# ---- E and I with power laws, and the linear pair --------------------------------------------------------------------


def supralinear(y, x):
    """The printed equations with w_EE, w_EI, w_IE, w_II = 1.1, 0.7, 1.3, 0.4 and the other constants of `rates`."""
    drives = np.array([1.1 * y[0] - 0.7 * y[1] + 3 + x[0], 1.3 * y[0] - 0.4 * y[1] + 3 - 0.5])
    return (-y + 0.25 * np.maximum(drives, 0) ** 2.2) / [18.0, 12.0]


_INPUTS = levels(6.0, -2.0, 10.0, steps=300)


@claim(
    'StabilizedSupralinear',
    'E (Hz) at t = 90 ms; other constants (p = 2.2, τ_E = 18 ms, τ_I = 12 ms …); x = 6, −2 and 10 mV for 30 ms each',
    lambda: integrated(supralinear, [0.0, 0.0], _INPUTS)[0],
    1e-3,
    "Hennequin et al. 2018, the equations for rates by scipy's adaptive integration",
)
def rates():
    net = ratezoo.StabilizedSupralinear(
        w_EE=1.1, w_EI=0.7, w_IE=1.3, w_II=0.4, k=0.25, p=2.2, tau_E=18.0, tau_I=12.0, c=3.0, x_I=-0.5
    )
    return run(net, None, ['E'], None, _INPUTS)['E'][-1, 0]


@claim(
    'StabilizedSupralinear',
    'E + I (Hz) after 20 ms below threshold (c = −1 mV), from E = 0.5 and I = 0.2: 0.5/e + 0.2/e²',
    0.5 / np.e + 0.2 / np.e**2,
    1e-6,
    'closed form: both rates decay, with τ_E = 20 ms and τ_I = 10 ms',
)
def below_threshold():
    mon = run(ratezoo.StabilizedSupralinear(c=-1.0), 20.0, ['E', 'I'], {'E': [0.5], 'I': [0.2]})
    return (mon['E'] + mon['I'])[-1, 0]


@claim(
    'StabilizedSupralinear',
    'E (Hz) from which more input to I makes I fire less',
    1 / (4 * 0.3 * 1.25**2),
    0.01,
    'closed form, 2 w_EE √(k E) = 1 (Tsodyks et al. 1997)',
)
def paradox():
    c = np.linspace(0.95, 1.15, 21)

    def settled(state):
        return ratezoo.sweep(
            ratezoo.StabilizedSupralinear,
            {'x_I': [-1e-3, 1e-3], 'c': c},
            measure='final',
            of=state,
            duration=1.0,
            transient=3000.0,
        ).values[..., 0]

    less = np.diff(settled('I'), axis=0)[0]  # dI/dx_I falls through 0
    return np.interp(0.0, -less, settled('E').mean(0))


_PAIR = levels(1.0, -0.5, 0.8)


@claim(
    'BalancedAmplification',
    'E at t = 60 ms, w = 4, k_I = 1.2, τ = 15 ms; x = 1, −0.5 and 0.8 for 20 ms each',
    lambda: integrated(lambda y, x: (-y + 4 * (y[0] - 1.2 * y[1]) + [x[0], 0.0]) / 15, [0.5, -0.3], _PAIR)[0],
    1e-5,
    "Murphy & Miller 2009, the printed equations by scipy's adaptive integration",
)
def driven_pair():
    net = ratezoo.BalancedAmplification(w=4.0, k_I=1.2, tau=15.0)
    return run(net, None, ['E'], {'E': [0.5], 'I': [-0.3]}, _PAIR)['E'][-1, 0]


@claim(
    'BalancedAmplification',
    'peak of the sum mode after a unit of the difference mode',
    6.3 * 0.7 ** (7 / 3),
    0.003,
    'closed form; Murphy & Miller 2009, Fig. 1: w_FF = 9, w_+ = 3/7',
)
def peak():
    mon = run(ratezoo.BalancedAmplification(), 100.0, ['E', 'I'], {'E': [0.5**0.5], 'I': [-(0.5**0.5)]})
    return ((mon['E'] + mon['I']) / 2**0.5).max()


@claim(
    'BalancedAmplification',
    'steady answer of E to a unit input: amplification',
    4.0,
    1e-4,
    'Murphy & Miller 2009, Fig. 1 (w = 4 2/7, k_I = 1.1)',
)
def amplification():
    return float(ratezoo.BalancedAmplification().relax(np.ones(1)).r['E'][0])


# ---- Wong and Wang ---------------------------------------------------------------------------------------------------


def wong_wang(S, x, a=270.0, b=108.0, d=0.154, gamma=0.641, tau=100.0, J=(0.2609, 0.0497), I_0=0.3255):
    """The printed equations without noise; the defaults are the constants of the appendix. S (2,), x (2,)."""
    u = a * (J[0] * S - J[1] * S[::-1] + I_0 + x) - b
    return -S / tau + (1 - S) * gamma * u / (1 - np.exp(-d * u)) / 1000


_STIMULI = levels([0.02, 0.01], [-0.01, 0.015], [0.005, 0.025], steps=1000)


@claim(
    'WongWang',
    'S of the first population at t = 300 ms without noise; other constants; three pairs of inputs for 100 ms each',
    lambda: integrated(
        lambda S, x: wong_wang(S, x, 250.0, 100.0, 0.14, 0.7, 90.0, (0.28, 0.06), 0.34), [0.1, 0.25], _STIMULI
    )[0],
    2e-4,
    "Wong & Wang 2006, the printed equations by scipy's adaptive integration; by Euler's method, Δt = 0.1 ms",
)
def gating():
    net = ratezoo.WongWang(
        a=250.0, b=100.0, d=0.14, gamma=0.7, tau_S=90.0, J_s=0.28, J_c=0.06, I_0=0.34, noise=_SILENT, seed=0
    )
    return run(net, None, ['S'], [0.1, 0.25], _STIMULI)['S'][-1, 0]


_SILENT = dict(sigma=0.0, tau=2.0)
_SWITCH = 'it decides where the Taylor series takes over from the formula; there the two agree to nine digits'
EQUIVALENT = {
    'WongWang.softened_line: jnp.abs(d * u) → (lambda _f: _f + 0.1 * _f ** 2)(jnp.abs(d * u))': _SWITCH,
    'WongWang.softened_line: 0.0001 → 0.00011000000000000002': _SWITCH,
    'WongWang.softened_line: 1.0 → 1.1': 'it stands in for u where the Taylor series is used instead of the formula',
}


def rate_near_threshold(below, above):
    """The rates of both populations where a y − b is ``below`` and ``above`` (Hz), by the model's own H."""
    net = ratezoo.WongWang(noise=_SILENT, seed=0)
    return np.asarray(net.H((108 + np.array([below, above])) / 270))


@claim(
    'WongWang', 'rate at a y = b, Hz: 1/d', 1 / 0.154, 1e-6, 'closed form, the limit of (a y − b)/(1 − e^{−d(a y − b)})'
)
def rate_at_threshold():
    return rate_near_threshold(0.0, 0.0)[0]


@claim(
    'WongWang', 'slope of the rate against a y − b where a y = b', 0.5, 1e-4, 'closed form, the limit of the slope of H'
)
def slope_at_threshold():
    return np.diff(rate_near_threshold(-3e-4, 3e-4))[0] / 6e-4


def loss_of_indecision():
    """The stimulus μ_0 (Hz) at which the state S_1 = S_2 of the printed equations loses its stability, by scipy."""

    def growth_of_difference(mu):
        x = 5.2e-4 * mu
        S = brentq(lambda S: wong_wang(np.full(2, S), x)[0], 0.01, 0.2, xtol=1e-14)
        apart = wong_wang(np.array([S + 1e-6, S - 1e-6]), x) - wong_wang(np.array([S - 1e-6, S + 1e-6]), x)
        return apart[0] / 2e-6

    return brentq(growth_of_difference, 1.0, 15.0)


@claim(
    'WongWang',
    'stimulus (Hz) at which the undecided state loses its stability',
    loss_of_indecision,
    1e-3,
    'continuation of the printed equations with the constants of the appendix (Wong & Wang 2006), by scipy',
)
def undecided():
    net = ratezoo.WongWang(noise=_SILENT, seed=0)

    def at(mu):
        x = net.stimulus(0.0, mu)
        return growth(net, net.relax(x, r0=np.full(2, 0.1), solver='newton').r, x)

    return brentq(at, 0.1, 20.0, xtol=1e-4)


@claim(
    'WongWang',
    'choices of the first at no coherence, Δt = 0.5 ms',
    0.5,
    0.06,
    'symmetry; 1000 trials, four standard errors',
    slow=True,
)
def chance():
    return np.mean(ratezoo.WongWang(dt=0.5, seed=0).decide(0.0, 1000).choice == 1)


@functools.cache
def decisions(coherence, trials=2000, dt=0.5):
    """Share of correct choices and mean time, by a plain loop over the printed equations with the paper's noise."""
    rng = np.random.default_rng(5)
    S, eta = np.full((trials, 2), 0.1), np.zeros((trials, 2))
    stimulus = 5.2e-4 * 30 * (1 + np.array([1, -1]) * coherence / 100)
    rho = np.exp(-dt / 2)
    width, recent, total = int(50 / dt), [], np.zeros((trials, 2))
    choice, time = np.zeros(trials, int), np.full(trials, np.nan)
    for k in range(int(3500 / dt)):
        u = 270 * (0.2609 * S - 0.0497 * S[:, ::-1] + 0.3255 + (k * dt >= 500) * stimulus + eta) - 108
        rate = u / (1 - np.exp(-0.154 * u))
        S = S + dt * (-S / 100 + (1 - S) * 0.641 * rate / 1000)
        eta = rho * eta + (0.5 * (1 - rho**2)) ** 0.5 * 0.02 * rng.normal(size=eta.shape)  # deviation σ/√2
        recent.append(rate)
        total = total + rate - (recent.pop(0) if len(recent) > width else 0)
        if k * dt >= 500:
            now = (choice == 0) & (total > 15 * width).any(1)
            choice[now], time[now] = 1 + total[now].argmax(1), k * dt - 500
    return np.mean(choice == 1), np.nanmean(time)


@functools.cache
def trials(coherence):
    """The model's own decisions."""
    return ratezoo.WongWang(dt=0.5, seed=0).decide(coherence, 2000)


for _c in (3.2, 12.8):
    claim(
        'WongWang',
        f'correct choices at {_c} % coherence, Δt = 0.5 ms',
        lambda c=_c: decisions(c)[0],
        0.05,
        'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials',
        slow=True,
    )(lambda c=_c: np.mean(trials(c).choice == 1))
    claim(
        'WongWang',
        f'mean time of decision at {_c} % coherence, ms, Δt = 0.5 ms',
        lambda c=_c: decisions(c)[1],
        20.0,
        'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials',
        slow=True,
    )(lambda c=_c: np.nanmean(trials(c).time))


# ---- quadratic integrate-and-fire neurons ----------------------------------------------------------------------------


def montbrio(y, x):
    """The printed equations for R = τ r and v, with τ = 12 ms, Δ = 0.8, η = −4 and J = 13."""
    R, v = y
    return [(0.8 / np.pi + 2 * R * v) / 12, (v**2 - 4 + 13 * R + x[0] - np.pi**2 * R**2) / 12]


_PULSES = levels(3.0, -2.0, 1.0)


@claim(
    'MontbrioPazoRoxin',
    'rate (Hz) at t = 60 ms, τ = 12 ms, Δ = 0.8, η = −4, J = 13; x = 3, −2 and 1 for 20 ms each',
    lambda: integrated(montbrio, [0.06, -2.0], _PULSES)[0] * 1000 / 12,
    1e-3,
    "Montbrió, Pazó & Roxin 2015, the printed equations by scipy's adaptive integration",
)
def rate_after_pulses():
    net = ratezoo.MontbrioPazoRoxin(tau=12.0, Delta=0.8, eta_bar=-4.0, J=13.0)
    return 1000 * run(net, None, ['r'], {'r': [0.005], 'v': [-2.0]}, _PULSES)['r'][-1, 0]


@claim(
    'MontbrioPazoRoxin',
    'least coupling with two stable rates, Δ = 1, at η = −√3',
    7.79622,
    2e-3,
    'closed form, the cusp 8π (3/4)^¼/3 (Montbrió, Pazó & Roxin 2015)',
)
def cusp():
    def steepest(J):  # dη/dr at the inflection: 0 at the cusp
        R = np.linspace(0.2, 0.4, 4001)

        def eta(R):  # the η at which R is steady, from the model's own F
            net = ratezoo.MontbrioPazoRoxin(J=J, eta_bar=0.0, tau=1.0)
            v = -1 / (2 * np.pi * R)
            f = jax.vmap(lambda r, v: net.F({'r': r, 'v': v}, {}, 0.0)['v'])(jnp.asarray(R), jnp.asarray(v))
            return -np.asarray(f)

        return np.gradient(eta(R), R).min()

    return brentq(steepest, 7.0, 9.0, xtol=1e-5)


def qif(current, duration, dt=1e-3, n=10_000):
    """The mean rate of n all-to-all coupled QIF neurons over the second half of a run, in units of 1/τ, in NumPy."""
    eta = -5 + np.tan(np.pi * ((np.arange(n) + 0.5) / n - 0.5))
    V, waiting, total = np.full(n, -2.0), np.zeros(n), 0
    s, steps = 0.0, int(duration / dt)
    for k in range(steps):
        free = waiting <= 0
        V[free] += dt * (V[free] ** 2 + eta[free] + 15 * s + current)
        waiting -= dt
        spikes = free & (V > 100)
        waiting[spikes] = 2 / V[spikes]  # from V to infinity and back to −V
        V[spikes] *= -1
        s += dt * (-s / 0.05) + spikes.mean() / 0.05
        total += spikes.sum() * (k >= steps // 2)
    return total / n / (duration / 2)


@claim(
    'MontbrioPazoRoxin',
    'rate at I = 3, in 1/τ, of 10⁴ quadratic integrate-and-fire neurons',
    lambda: qif(3.0, 12.0),
    0.03,
    'Montbrió, Pazó & Roxin 2015, Fig. 2; the neurons by a plain loop',
)
def population():
    return 10 * run(ratezoo.MontbrioPazoRoxin(), 2000.0, ['r'], inputs=3.0)['r'][-1, 0]


@claim(
    'MontbrioPazoRoxin',
    'upper stable rate at I = 0 after the pulse, in 1/τ',
    1.030597,
    1e-4,
    'closed form, η = π²r² − J r − Δ²/(4π²r²)',
)
def upper_state():
    net = ratezoo.MontbrioPazoRoxin()
    return 10 * run(net, 2000.0, ['r'], {'r': [0.14], 'v': [0.0]})['r'][-1, 0]


# ---- dynamic synapses ------------------------------------------------------------------------------------------------


def tsodyks_markram(s, x, tau=0.013, alpha=1.5, J=3.07, I_0=-1.3, U=0.3, tau_D=0.2, tau_F=1.5):
    """The printed equations, in seconds and Hz."""
    E, y, u = s
    rate = alpha * np.log(1 + np.exp((J * u * y * E + I_0 + x[0]) / alpha))
    return [(-E + rate) / tau, (1 - y) / tau_D - u * y * E, (U - u) / tau_F + U * (1 - u) * E]


_DRIVE = levels(1.5, -1.0, 2.5, steps=1000)


@claim(
    'TsodyksMarkram',
    'E (Hz) at t = 300 ms; other constants (U = 0.35, τ_D = 150 ms …); x = 1.5, −1 and 2.5 Hz for 100 ms each',
    lambda: integrated(
        lambda s, x: tsodyks_markram(s, x, 0.015, 1.3, 3.4, -0.9, 0.35, 0.15, 0.8), [1.0, 0.9, 0.5], _DRIVE, 1e-4
    )[0],
    1e-3,
    "Mongillo, Barak & Tsodyks 2008, the printed equations by scipy's adaptive integration",
)
def driven_population():
    net = ratezoo.TsodyksMarkram(tau=15.0, alpha=1.3, J=3.4, I_0=-0.9, U=0.35, tau_D=150.0, tau_F=800.0)
    return run(net, None, ['E'], {'E': [1.0], 'y': [0.9], 'u': [0.5]}, _DRIVE)['E'][-1, 0]


@functools.cache
def bursting():
    """Period (ms) and highest rate (Hz) of the bursts at I_0 = −1.3, by scipy's adaptive integration."""
    ts = np.linspace(5, 10, 50_001)
    solution = solve_ivp(
        lambda t, s: tsodyks_markram(s, [0.0]), (0, 10), [0, 1, 0.3], 'LSODA', ts, rtol=1e-9, atol=1e-10
    )
    return 1000 * np.diff(upward(solution.y[0], ts)).mean(), solution.y[0].max()


_TM = "the printed equations by scipy's adaptive integration; constants of Cortes et al. 2013"


@claim('TsodyksMarkram', 'period of the bursts at I_0 = −1.3, ms', lambda: bursting()[0], 0.1, _TM)
def period_of_bursts():
    mon = run(ratezoo.TsodyksMarkram(), 10_000.0, ['E'])
    return np.diff(upward(mon['E'][50_000:, 0], mon['ts'][50_000:])).mean()


@claim('TsodyksMarkram', 'highest rate of the bursts at I_0 = −1.3, Hz', lambda: bursting()[1], 0.01, _TM)
def top_of_bursts():
    return run(ratezoo.TsodyksMarkram(), 10_000.0, ['E'])['E'][50_000:].max()


@claim(
    'TsodyksMarkram',
    'input at which the steady rate starts to burst',
    -1.15105934,
    1e-5,
    'Cortes et al. 2013, the Hopf point in a tutorial of its co-author Veltz',
)
def bursts():
    net = ratezoo.TsodyksMarkram(I_0=0.0)

    def at(I):
        x = np.full(1, I)
        return growth(net, net.relax(x, r0={'E': [8.0], 'y': [0.4], 'u': [0.8]}, solver='newton').r, x)

    return brentq(at, -1.25, -1.05, xtol=1e-8)


def synapse():
    """The end of a long run at rest: E in 1/ms, y and u."""
    mon = run(ratezoo.TsodyksMarkram(I_0=0.0), 20_000.0, ['E', 'y', 'u'])
    return mon['E'][-1, 0] / 1000, mon['y'][-1, 0], mon['u'][-1, 0]


@claim('TsodyksMarkram', 'error of u at a steady rate', 0.0, 1e-6, 'closed form, U(1 + τ_F E)/(1 + U τ_F E)')
def facilitation():
    E, _, u = synapse()
    return u - 0.3 * (1 + 1500 * E) / (1 + 0.3 * 1500 * E)


@claim('TsodyksMarkram', 'error of y at a steady rate', 0.0, 1e-6, 'closed form, 1/(1 + u τ_D E)')
def depression():
    E, y, u = synapse()
    return y - 1 / (1 + 200 * u * E)


# ---- Jansen and Rit --------------------------------------------------------------------------------------------------


def jansen_rit(y, x, A=3.25, B=22.0, a=100.0, b=50.0, C=135.0, e_0=2.5, v_0=6.0, r=0.56, p=220.0):
    """The printed equations, in seconds: y_0, y_1, y_2 in mV and their derivatives y_3, y_4, y_5 in mV/s."""

    def S(v):
        return 2 * e_0 / (1 + np.exp(r * (v_0 - v)))

    return [
        y[3],
        y[4],
        y[5],
        A * a * S(y[1] - y[2]) - 2 * a * y[3] - a**2 * y[0],
        A * a * (p + x[0] + 0.8 * C * S(C * y[0])) - 2 * a * y[4] - a**2 * y[1],
        B * b * 0.25 * C * S(0.25 * C * y[0]) - 2 * b * y[5] - b**2 * y[2],
    ]


_INPUT = levels(50.0, -100.0, 80.0, steps=1000)


def eeg_at_the_end():
    """The EEG y_1 − y_2 (mV) of the printed equations with other constants."""
    y = integrated(
        lambda y, x: jansen_rit(y, x, 3.6, 20.0, 110.0, 45.0, 128.0, 2.8, 5.5, 0.6, 180.0), np.zeros(6), _INPUT, 1e-4
    )
    return y[1] - y[2]


@claim(
    'JansenRit',
    'EEG at t = 300 ms, mV; other constants; x = 50, −100 and 80 pulses/s for 100 ms each',
    eeg_at_the_end,
    1e-4,
    "Jansen & Rit 1995, the printed equations by scipy's adaptive integration",
)
def eeg():
    net = ratezoo.JansenRit(A=3.6, B=20.0, a=0.11, b=0.045, C=128.0, e_0=2.8, v_0=5.5, r=0.6, p=180.0)
    net.reset_state()
    return float(ratezoo.Runner(net, progress_bar=False).run(inputs=_INPUT)[-1, 0])


@functools.cache
def alpha_rhythm():
    """Frequency (Hz) of the EEG at p = 220, by scipy's adaptive integration."""
    ts = np.linspace(1, 3, 40_001)
    y = solve_ivp(lambda t, y: jansen_rit(y, [0.0]), (0, 3), np.zeros(6), t_eval=ts, rtol=1e-9, atol=1e-11).y
    return 1 / np.diff(upward(y[1] - y[2], ts)).mean()


@claim(
    'JansenRit',
    'input (pulses/s) at which the resting column disappears',
    113.586,
    2e-3,
    'Jansen & Rit 1995; the fold as AUTO computes it',
)
def fold():
    net = ratezoo.JansenRit(p=0.0)

    def at(p):
        rest = {'y0': [0.0208702], 'y1': [6.21929], 'y2': [3.63874], 'z0': [0.0], 'z1': [0.0], 'z2': [0.0]}
        found = net.relax(np.full(1, p), r0=rest, solver='newton', tol=1e-9)
        return bool(found.converged) and abs(float(found.r['y0'][0]) - 0.0208702) < 0.004

    low, high = 113.0, 114.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) else (low, middle)
    return low


@claim(
    'JansenRit',
    'frequency of the EEG at p = 220, Hz; alpha is 8 to 13 Hz',
    alpha_rhythm,
    0.01,
    "Jansen & Rit 1995, the printed equations by scipy's adaptive integration",
)
def alpha():
    mon = run(ratezoo.JansenRit(), 3000.0, ['y1', 'y2'])
    return 1000 / np.diff(upward((mon['y1'] - mon['y2'])[10000:, 0], mon['ts'][10000:])).mean()

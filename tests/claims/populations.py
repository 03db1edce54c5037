"""What the papers say about the models of models/populations.py."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, growth, run, upward
from ratezoo.analysis.planes import fixed_points


def wilson_cowan(t, y, w, a, theta, P, k):
    """The printed equations in units of τ, for scipy."""
    S = [
        1 / (1 + np.exp(-a_ * (u - h))) - 1 / (1 + np.exp(a_ * h))
        for a_, h, u in zip(a, theta, (w[0] * y[0] - w[1] * y[1] + P, w[2] * y[0] - w[3] * y[1]), strict=True)
    ]
    return [-y[0] + (k[0] - y[0]) * S[0], -y[1] + (k[1] - y[1]) * S[1]]


@functools.cache
def cycle():
    """Period (in τ) and extremes of E on the limit cycle, by scipy's adaptive integration of the printed equations."""
    a, theta = (1.3, 2.0), (4.0, 3.7)
    k = [1 - 1 / (1 + np.exp(b * h)) for b, h in zip(a, theta, strict=True)]
    ts = np.linspace(60, 120, 60001)
    E = solve_ivp(
        wilson_cowan, (0, 120), [0.1, 0.05], t_eval=ts, rtol=1e-9, atol=1e-11, args=((16, 12, 15, 3), a, theta, 1.25, k)
    ).y[0]
    return np.diff(upward(E, ts)).mean(), E.min(), E.max()


_WC = "Wilson & Cowan 1972, constants of Fig. 11, by scipy's adaptive integration"


@claim('WilsonCowan', 'period of the limit cycle, in τ', lambda: cycle()[0], 0.02, _WC)
def period():
    net = ratezoo.WilsonCowan(dt=0.02, method='rk4')
    mon = run(net, 400.0, ['E'])
    return np.diff(upward(mon['E'][10000:, 0], mon['ts'][10000:])).mean() / 8


@claim('WilsonCowan', 'largest E on the limit cycle', lambda: cycle()[2], 1e-3, _WC)
def top():
    return run(ratezoo.WilsonCowan(method='rk4'), 400.0, ['E'])['E'][2000:].max()


@claim('WilsonCowan', 'least E on the limit cycle', lambda: cycle()[1], 1e-3, _WC)
def bottom():
    return run(ratezoo.WilsonCowan(method='rk4'), 400.0, ['E'])['E'][2000:].min()


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


@claim(
    'WongWang',
    'stimulus (Hz) at which the undecided state loses its stability',
    10.68,
    0.02,
    'Wong & Wang 2006, constants of the appendix; the number by bifurcation analysis of others',
)
def undecided():
    net = ratezoo.WongWang(noise=dict(sigma=0.0, tau=2.0), seed=0)

    def at(mu):
        x = net.stimulus(0.0, mu)
        return growth(net, net.relax(x, r0=np.full(2, 0.1), solver='newton').r, x)

    return brentq(at, 0.1, 20.0, xtol=1e-3)


@claim(
    'WongWang',
    'choices of the first at no coherence',
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
        f'correct choices at {_c} % coherence',
        lambda c=_c: decisions(c)[0],
        0.05,
        'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials',
        slow=True,
    )(lambda c=_c: np.mean(trials(c).choice == 1))
    claim(
        'WongWang',
        f'mean time of decision at {_c} % coherence, ms',
        lambda c=_c: decisions(c)[1],
        20.0,
        'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials',
        slow=True,
    )(lambda c=_c: np.nanmean(trials(c).time))


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
    mon = run(ratezoo.TsodyksMarkram(I_0=0.0, dt=1.0), 20_000.0, ['E', 'y', 'u'])
    return mon['E'][-1, 0] / 1000, mon['y'][-1, 0], mon['u'][-1, 0]


@claim('TsodyksMarkram', 'error of u at a steady rate', 0.0, 1e-6, 'closed form, U(1 + τ_F E)/(1 + U τ_F E)')
def facilitation():
    E, _, u = synapse()
    return u - 0.3 * (1 + 1500 * E) / (1 + 0.3 * 1500 * E)


@claim('TsodyksMarkram', 'error of y at a steady rate', 0.0, 1e-6, 'closed form, 1/(1 + u τ_D E)')
def depression():
    E, y, u = synapse()
    return y - 1 / (1 + 200 * u * E)


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


@claim('JansenRit', 'frequency of the EEG at p = 220, Hz', 10.5, 1.5, 'Jansen & Rit 1995: alpha activity, around 10 Hz')
def alpha():
    mon = run(ratezoo.JansenRit(), 3000.0, ['y1', 'y2'])
    return 1000 / np.diff(upward((mon['y1'] - mon['y2'])[10000:, 0], mon['ts'][10000:])).mean()

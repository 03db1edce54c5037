"""What the models' papers say, and what a simulation gives: the claims that the tests hold the zoo to.

    python docs/published.py                    # the table, as Markdown; some minutes
    python docs/published.py WilsonCowan ...    # some models

Each claim is a number, printed in a paper or a closed form worked out here, and a function that measures it in a run of
the model.
"""

import argparse
import functools
from typing import NamedTuple

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import erfc, expit

import ratezoo
from ratezoo.analysis.planes import fixed_points
from ratezoo.models import zoo


class Claim(NamedTuple):
    """One model, what is measured, what it should be, how near, and who says so."""
    model: str
    what: str
    published: object           # a number, or a function that gives it
    tolerance: float
    source: str
    measure: object


CLAIMS = []


def claim(model, what, published, tolerance, source):
    """Register the decorated function, which measures, as a claim."""
    def register(function):
        CLAIMS.append(Claim(model, what, published, tolerance, source, function))
        return function
    return register


def run(net, duration, monitors, r0=None, inputs=0.):
    """What was monitored, from the state r0; inputs are constant or, with no duration, over time."""
    net.reset_state(r0=r0)
    return ratezoo.simulate(net, duration, inputs, monitors=monitors).mon


def upward(v, ts):
    """The times when v crosses its mean upwards, interpolated."""
    v = v - v.mean()
    k = np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))
    return ts[k] - v[k] * (ts[1] - ts[0]) / (v[k + 1] - v[k])


def growth(net, r, x=None):
    """The largest real part of an eigenvalue of J at r."""
    return float(net.stability(r, x).eigenvalues.real[..., 0].max())


# ---- oscillators -----------------------------------------------------------------------------------------------------

@claim('DrivenOscillator', 'amplitude at resonance, A/(c ω), c = 0.2', 5., 2e-3, 'closed form (Landau & Lifshitz § 26)')
def resonance():
    net = ratezoo.DrivenOscillator(c=0.2, dt=0.05)
    return run(net, 200., ['s'])['s'][-400:].max()


@claim('DrivenOscillator', 'phase lag at ω = 2, c = 1/2, in rad: π − arctan(1/3)', np.pi - np.arctan(1 / 3), 2e-3,
       'closed form (Landau & Lifshitz § 26)')
def lag():
    net = ratezoo.DrivenOscillator(c=0.5, omega=2., dt=0.02)
    mon = run(net, 100., ['s', 'phase'])
    s, phase = mon['s'][-1571:, 0], mon['phase'][-1571:, 0]             # ten periods
    return -np.angle(np.mean(s * np.exp(-1j * phase)))


def order(method):
    """The slope of log error against log Δt."""
    errors, steps = [], (0.02, 0.01, 0.005) if method == 'euler' else (0.2, 0.1, 0.05)
    for dt in steps:
        net = ratezoo.DrivenOscillator(c=0.1, omega=0.7, method=method, dt=dt)
        s = run(net, 20., ['s'], {'s': [1.], 'v': [0.], 'phase': [0.]})['s'][-1, 0]
        errors.append(abs(s - net.solution(20., 1., 0.)))
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


@claim('DrivenOscillator', 'order of convergence of Euler\'s method', 1., 0.1, 'theory')
def order_euler():
    return order('euler')


@claim('DrivenOscillator', 'order of convergence of RK4', 4., 0.1, 'theory')
def order_rk4():
    return order('rk4')


@claim('FitzHughNagumo', 'current at which the rest loses its stability', 0.3313, 1e-4,
       'closed form, 1 − v² = b/τ (FitzHugh 1961)')
def hopf():
    net = ratezoo.FitzHughNagumo(I=0.)

    def at(I):
        x = np.full(1, I)
        return growth(net, net.relax(x, solver='newton').r, x)
    return brentq(at, 0.2, 0.5, xtol=1e-6)


@claim('StuartLandau', 'amplitude, √a with a = 1/4', 0.5, 1e-4, 'closed form (Stuart 1960)')
def amplitude():
    mon = run(ratezoo.StuartLandau(a=0.25), 100., ['u', 'v'])
    return np.hypot(mon['u'], mon['v'])[-1, 0]


@claim('Kuramoto', 'order parameter at K = 2 K_c, √½', 0.7071, 0.005, 'closed form (Strogatz 2000)')
def synchrony():
    net = ratezoo.Kuramoto(2000, K=2., gamma=0.5, seed=0)
    return net.order(run(net, 100., ['theta'])['theta'][-500:]).mean()


@claim('Kuramoto', 'order parameter at K = 0.8 K_c', 0., 0.06, 'closed form (Strogatz 2000); n = 2000, order n^−½')
def incoherence():
    net = ratezoo.Kuramoto(2000, K=0.8, gamma=0.5, seed=0)
    return net.order(run(net, 100., ['theta'])['theta'][-500:]).mean()


# ---- populations -----------------------------------------------------------------------------------------------------

def wilson_cowan(t, y, w, a, theta, P, k):
    """The printed equations in units of τ, for scipy."""
    S = [1 / (1 + np.exp(-a_ * (u - h))) - 1 / (1 + np.exp(a_ * h)) for a_, h, u in zip(
        a, theta, (w[0] * y[0] - w[1] * y[1] + P, w[2] * y[0] - w[3] * y[1]), strict=True)]
    return [-y[0] + (k[0] - y[0]) * S[0], -y[1] + (k[1] - y[1]) * S[1]]


@functools.cache
def cycle():
    """Period (in τ) and extremes of E on the limit cycle, by scipy's adaptive integration of the printed equations."""
    a, theta = (1.3, 2.), (4., 3.7)
    k = [1 - 1 / (1 + np.exp(b * h)) for b, h in zip(a, theta, strict=True)]
    ts = np.linspace(60, 120, 60001)
    E = solve_ivp(wilson_cowan, (0, 120), [0.1, 0.05], t_eval=ts, rtol=1e-9, atol=1e-11,
                  args=((16, 12, 15, 3), a, theta, 1.25, k)).y[0]
    return np.diff(upward(E, ts)).mean(), E.min(), E.max()


_WC = 'Wilson & Cowan 1972, constants of Fig. 11, by scipy\'s adaptive integration'


@claim('WilsonCowan', 'period of the limit cycle, in τ', lambda: cycle()[0], 0.02, _WC)
def period():
    net = ratezoo.WilsonCowan(dt=0.02, method='rk4')
    mon = run(net, 400., ['E'])
    return np.diff(upward(mon['E'][10000:, 0], mon['ts'][10000:])).mean() / 8


@claim('WilsonCowan', 'largest E on the limit cycle', lambda: cycle()[2], 1e-3, _WC)
def top():
    return run(ratezoo.WilsonCowan(method='rk4'), 400., ['E'])['E'][2000:].max()


@claim('WilsonCowan', 'least E on the limit cycle', lambda: cycle()[1], 1e-3, _WC)
def bottom():
    return run(ratezoo.WilsonCowan(method='rk4'), 400., ['E'])['E'][2000:].min()


@claim('WilsonCowan', 'stable steady states with the constants of Fig. 4', 2, 0, 'Wilson & Cowan 1972, Fig. 4')
def two_states():
    points = fixed_points(ratezoo.WilsonCowan(**ratezoo.WilsonCowan.hysteresis), limits=((0, 0.5), (0, 0.5)))
    return sum(p.stable for p in points)


@claim('WilsonCowan', 'steady states with the constants of Fig. 5, stable and unstable', 5, 0,
       'Wilson & Cowan 1972, Fig. 5: three stable, two unstable')
def five_states():
    net = ratezoo.WilsonCowan(w_EE=13., w_EI=4., w_IE=22., w_II=2., a_E=1.5, theta_E=2.5, a_I=6., theta_I=4.3, P=0.)
    return len(fixed_points(net, limits=((0, 0.5), (0, 0.5)), points=41))


@claim('StabilizedSupralinear', 'E (Hz) from which more input to I makes I fire less', 1 / (4 * 0.3 * 1.25 ** 2), 0.01,
       'closed form, 2 w_EE √(k E) = 1 (Tsodyks et al. 1997)')
def paradox():
    c = np.linspace(0.95, 1.15, 21)

    def settled(state):
        return ratezoo.sweep(ratezoo.StabilizedSupralinear, {'x_I': [-1e-3, 1e-3], 'c': c}, measure='final', of=state,
                             duration=1., transient=3000.).values[..., 0]
    less = np.diff(settled('I'), axis=0)[0]                             # dI/dx_I falls through 0
    return np.interp(0., -less, settled('E').mean(0))


@claim('BalancedAmplification', 'peak of the sum mode after a unit of the difference mode',
       6.3 * 0.7 ** (7 / 3), 0.003,
       'closed form; Murphy & Miller 2009, Fig. 1: w_FF = 9, w_+ = 3/7')
def peak():
    mon = run(ratezoo.BalancedAmplification(), 100., ['E', 'I'], {'E': [0.5 ** 0.5], 'I': [-0.5 ** 0.5]})
    return ((mon['E'] + mon['I']) / 2 ** 0.5).max()


@claim('BalancedAmplification', 'steady answer of E to a unit input: amplification', 4., 1e-4,
       'Murphy & Miller 2009, Fig. 1 (w = 4 2/7, k_I = 1.1)')
def amplification():
    return float(ratezoo.BalancedAmplification().relax(np.ones(1)).r['E'][0])


@claim('WongWang', 'stimulus (Hz) at which the undecided state loses its stability', 10.68, 0.02,
       'Wong & Wang 2006, constants of the appendix; the number by bifurcation analysis of others')
def undecided():
    net = ratezoo.WongWang(noise=dict(sigma=0., tau=2.), seed=0)

    def at(mu):
        x = net.stimulus(0., mu)
        return growth(net, net.relax(x, r0=np.full(2, 0.1), solver='newton').r, x)
    return brentq(at, 0.1, 20., xtol=1e-3)


@claim('WongWang', 'choices of the first at no coherence', 0.5, 0.06, 'symmetry; 1000 trials, four standard errors')
def chance():
    return np.mean(ratezoo.WongWang(dt=0.5, seed=0).decide(0., 1000).choice == 1)


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
        eta = rho * eta + (0.5 * (1 - rho ** 2)) ** 0.5 * 0.02 * rng.normal(size=eta.shape)     # deviation σ/√2
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
    claim('WongWang', f'correct choices at {_c} % coherence', lambda c=_c: decisions(c)[0], 0.05,
          'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials')(
        lambda c=_c: np.mean(trials(c).choice == 1))
    claim('WongWang', f'mean time of decision at {_c} % coherence, ms', lambda c=_c: decisions(c)[1], 20.,
          'Wong & Wang 2006, by a plain loop with σ = 0.02 nA; 2000 trials')(
        lambda c=_c: np.nanmean(trials(c).time))


@claim('MontbrioPazoRoxin', 'least coupling with two stable rates, Δ = 1, at η = −√3', 7.79622, 2e-3,
       'closed form, the cusp 8π (3/4)^¼/3 (Montbrió, Pazó & Roxin 2015)')
def cusp():
    def steepest(J):                            # dη/dr at the inflection: 0 at the cusp
        R = np.linspace(0.2, 0.4, 4001)
        def eta(R):                             # the η at which R is steady, from the model's own F
            net = ratezoo.MontbrioPazoRoxin(J=J, eta_bar=0., tau=1.)
            v = -1 / (2 * np.pi * R)
            f = jax.vmap(lambda r, v: net.F({'r': r, 'v': v}, {}, 0.)['v'])(jnp.asarray(R), jnp.asarray(v))
            return -np.asarray(f)
        return np.gradient(eta(R), R).min()
    return brentq(steepest, 7., 9., xtol=1e-5)


def qif(current, duration, dt=1e-3, n=10_000):
    """The mean rate of n all-to-all coupled QIF neurons over the second half of a run, in units of 1/τ, in NumPy."""
    eta = -5 + np.tan(np.pi * ((np.arange(n) + 0.5) / n - 0.5))
    V, waiting, total = np.full(n, -2.), np.zeros(n), 0
    s, steps = 0., int(duration / dt)
    for k in range(steps):
        free = waiting <= 0
        V[free] += dt * (V[free] ** 2 + eta[free] + 15 * s + current)
        waiting -= dt
        spikes = free & (V > 100)
        waiting[spikes] = 2 / V[spikes]         # from V to infinity and back to −V
        V[spikes] *= -1
        s += dt * (-s / 0.05) + spikes.mean() / 0.05
        total += spikes.sum() * (k >= steps // 2)
    return total / n / (duration / 2)


@claim('MontbrioPazoRoxin', 'rate at I = 3, in 1/τ, of 10⁴ quadratic integrate-and-fire neurons', lambda: qif(3., 12.),
       0.03, 'Montbrió, Pazó & Roxin 2015, Fig. 2; the neurons by a plain loop')
def population():
    return 10 * run(ratezoo.MontbrioPazoRoxin(), 2000., ['r'], inputs=3.)['r'][-1, 0]


@claim('MontbrioPazoRoxin', 'upper stable rate at I = 0 after the pulse, in 1/τ', 1.030597, 1e-4,
       'closed form, η = π²r² − J r − Δ²/(4π²r²)')
def upper_state():
    net = ratezoo.MontbrioPazoRoxin()
    return 10 * run(net, 2000., ['r'], {'r': [0.14], 'v': [0.]})['r'][-1, 0]


@claim('TsodyksMarkram', 'input at which the steady rate starts to burst', -1.15105934, 1e-5,
       'Cortes et al. 2013, the Hopf point in a tutorial of its co-author Veltz')
def bursts():
    net = ratezoo.TsodyksMarkram(I_0=0.)

    def at(I):
        x = np.full(1, I)
        return growth(net, net.relax(x, r0={'E': [8.], 'y': [0.4], 'u': [0.8]}, solver='newton').r, x)
    return brentq(at, -1.25, -1.05, xtol=1e-8)


def synapse():
    """The end of a long run at rest: E in 1/ms, y and u."""
    mon = run(ratezoo.TsodyksMarkram(I_0=0., dt=1.), 20_000., ['E', 'y', 'u'])
    return mon['E'][-1, 0] / 1000, mon['y'][-1, 0], mon['u'][-1, 0]


@claim('TsodyksMarkram', 'error of u at a steady rate', 0., 1e-6, 'closed form, U(1 + τ_F E)/(1 + U τ_F E)')
def facilitation():
    E, _, u = synapse()
    return u - 0.3 * (1 + 1500 * E) / (1 + 0.3 * 1500 * E)


@claim('TsodyksMarkram', 'error of y at a steady rate', 0., 1e-6, 'closed form, 1/(1 + u τ_D E)')
def depression():
    E, y, u = synapse()
    return y - 1 / (1 + 200 * u * E)


@claim('JansenRit', 'input (pulses/s) at which the resting column disappears', 113.586, 2e-3,
       'Jansen & Rit 1995; the fold as AUTO computes it')
def fold():
    net = ratezoo.JansenRit(p=0.)

    def at(p):
        rest = {'y0': [0.0208702], 'y1': [6.21929], 'y2': [3.63874], 'z0': [0.], 'z1': [0.], 'z2': [0.]}
        found = net.relax(np.full(1, p), r0=rest, solver='newton', tol=1e-9)
        return bool(found.converged) and abs(float(found.r['y0'][0]) - 0.0208702) < 0.004
    low, high = 113., 114.
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) else (low, middle)
    return low


@claim('JansenRit', 'frequency of the EEG at p = 220, Hz', 10.5, 1.5, 'Jansen & Rit 1995: alpha activity, around 10 Hz')
def alpha():
    mon = run(ratezoo.JansenRit(), 3000., ['y1', 'y2'])
    return 1000 / np.diff(upward((mon['y1'] - mon['y2'])[10000:, 0], mon['ts'][10000:])).mean()


# ---- networks --------------------------------------------------------------------------------------------------------

def edge(net):
    """Largest real part of an eigenvalue of W, by NumPy."""
    return float(np.linalg.eigvals(np.asarray(net.W, float)).real.max())


@claim('ChaoticRNN', 'Lyapunov exponent at g = 0.8', lambda: 0.8 * edge(ratezoo.ChaoticRNN(400, seed=0)) - 1, 0.005,
       'silence is stable: the largest eigenvalue − 1 (Sompolinsky, Crisanti & Sommers 1988)')
def silence():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(400, g=0.8, seed=0), duration=1000., transient=200.)


@claim('ChaoticRNN', 'Lyapunov exponent at g = 3: chaos', 0.22, 0.04,
       'mean-field theory of Clark 2026, arXiv:2610.12426, read from a figure')
def chaos():
    return ratezoo.lyapunov_exponent(ratezoo.ChaoticRNN(600, g=3., seed=0, dt=0.05), duration=200., transient=50.)


@claim('LowRankRNN', 'overlap at which the network leaves silence, g = 0', 1., 1e-3,
       'Mastrogiuseppe & Ostojic 2018: the outlier crosses 1')
def crossing():
    def at(overlap):
        net = ratezoo.LowRankRNN(200, overlap=overlap, g=0., seed=0)
        return growth(net, np.zeros(200))
    return brentq(at, 0.5, 1.5, xtol=1e-5)


@claim('LowRankRNN', 'κ at overlap 2, g = 0', lambda: brentq(
    lambda k: 2 * np.dot(_W, _Z * np.tanh(k * _Z)) - k, 0.1, 5.), 0.08,
       'mean field, κ = 2⟨z tanh κz⟩ (Mastrogiuseppe & Ostojic 2018); n = 4000')
def kappa():
    net = ratezoo.LowRankRNN(4000, overlap=2., g=0., seed=0, dt=0.5)
    return abs(float(net.kappa(net.relax(max_steps=2000).r)[0]))


_Z, _W = np.polynomial.hermite_e.hermegauss(80)
_W = _W / _W.sum()


class Phase(ratezoo.Circuit):
    """dθ/dt = 1 + x"""
    states = ('theta',)
    omega = ratezoo.Constant(1., 'frequency')

    def F(self, theta, params, x):
        return self.omega + x


@claim('MultiAreaNetwork', 'frequency of two phases that see each other 2 later, Ω = 1 − 0.4 sin 2Ω',
       lambda: brentq(lambda w: w - 1 + 0.4 * np.sin(2 * w), 0., 1.), 1e-4, 'Yeung & Strogatz 1999, Eq. (5)')
def delayed():
    net = ratezoo.MultiAreaNetwork(Phase(2), [[0., 1.], [1., 0.]], 2., G=0.4, coupling='sine', dt=0.01)
    theta = run(net, 100., ['theta'], np.array([0., 0.5]))['theta']
    return (theta[-1, 0] - theta[-2, 0]) / 0.01


@claim('RingModel', 'modulated coupling at which tuning appears', 2., 1e-3, 'Ben-Yishai, Bar-Or & Sompolinsky 1995')
def tuning():
    def at(J2):
        net = ratezoo.RingModel(J2=J2, seed=0)
        return growth(net, np.full(net.n, 1 / 1.5))
    return brentq(at, 1., 3., xtol=1e-5)


@claim('RingModel', 'half width of the hill at J_2 = 4, in units of π', 0.25, 0.006,
       'closed form, J_2(θ_c − ¼ sin 4θ_c) = π (Ben-Yishai, Bar-Or & Sompolinsky 1995)')
def width():
    net = ratezoo.RingModel(400, J2=4., seed=0)
    return np.mean(run(net, 1000., ['r'])['r'][-1] > 1e-9) / 2


@claim('EchoState', 'memory capacity of 50 linear units', 50., 1.5,
       'Jaeger 2002, Prop. 2: at most n, and n when linear')
def memory():
    net = ratezoo.EchoState(n=50, phi='linear', orthogonal=True, radius=0.95, seed=0)
    return net.memory_capacity(250, steps=6000).sum()


@claim('Reservoir', 'Lyapunov exponent of silence, g = 0.5', lambda: 0.5 * edge(
    ratezoo.Reservoir(g=1., seed=0)) - 1, 1e-6, 'linear stability (Sussillo & Abbott 2009: chaotic above g = 1)')
def reservoir():
    net = ratezoo.Reservoir(g=0.5, seed=0)
    net.set_params({'W_out': np.zeros(net.W_out.shape)})
    return growth(net, np.zeros(net.n))


@claim('LinearRNN', 'r at rest, (b + x)/(1 − w), w = ½, b = 1, x = ½', 3., 1e-8, 'closed form')
def linear():
    return float(ratezoo.LinearRNN(w=0.5).relax(np.array([0.5])).r[0])


@claim('RateRNN', 'gain at which silence loses its stability, one network of 300 units', lambda: 1 / edge(
    ratezoo.RateRNN(n=300, g=1., seed=0)), 1e-6, 'linear stability; g = 1 for n → ∞ (Sompolinsky et al. 1988)')
def rate():
    return brentq(lambda g: growth(ratezoo.RateRNN(n=300, g=g, seed=0), np.zeros(300), np.zeros(1)), 0.5, 2., xtol=1e-8)


@claim('EIRateRNN', 'spectral radius of the initial weights', 1.5, 1e-6, 'Song, Yang & Wang 2016, initial weights')
def dale():
    return np.abs(np.linalg.eigvals(np.asarray(ratezoo.EIRateRNN(n=100, seed=0).effective()['W'], float))).max()


def _by_hand(name):
    """Largest difference of a run from the recursion."""
    net, x = getattr(ratezoo, name)(2, 5, 3, seed=0), np.random.default_rng(0).normal(size=(20, 2))
    p = {k: np.asarray(v, float) for k, v in net.params_dict().items()}
    if name == 'JordanRNN':
        o, hidden = np.zeros(3), []
        for x_t in x:
            h = np.tanh(p['W_hx'] @ x_t + p['W_ho'] @ o + p['b_h'])
            o = p['W_qh'] @ h + p['b_q']
            hidden.append(h)
    else:
        h, hidden = np.zeros(5), []
        for x_t in x:
            h = np.tanh(p['W_hx'] @ x_t + p['W_hh'] @ h + p['b_h'])
            hidden.append(h)
    state = type(net).states[0]
    return np.abs(ratezoo.simulate(net, inputs=x, monitors=[state]).mon[state][:, :5] - hidden).max()


for _name, _source in (('ElmanRNN', 'Elman 1990'), ('JordanRNN', 'Jordan 1986'), ('SequenceToOneRNN', 'Elman 1990')):
    claim(_name, 'difference from the printed recursion, in NumPy', 0., 1e-6, _source)(lambda n=_name: _by_hand(n))


def one_step(name, **state):
    """h after one step of one unit with all parameters ½ and x = 1."""
    net = getattr(ratezoo, name)(1, 1, 1, seed=0)
    net.set_params({k: np.full(v.shape, 0.5) for k, v in net.params_dict().items()})
    net.reset_state(r0=state if len(state) > 1 else state['h'])
    net.update(np.ones(1))
    return float(net.h[0])


@claim('LSTM', 'h after a step from h = c = 1 of one unit, all parameters ½', expit(1.5) * np.tanh(
    expit(2.5) + expit(1.5) * np.tanh(1.5)), 1e-6, 'Hochreiter & Schmidhuber 1997, forget gate opened by 1')
def lstm():
    return one_step('LSTM', h=[1.], c=[1.])


@claim('GRU', 'h after a step from h = 1 of one unit, all parameters ½', 1 - expit(1.5) + expit(1.5) * np.tanh(
    1 + expit(1.5) / 2), 1e-6, 'Chung et al. 2014')
def gru():
    return one_step('GRU', h=[1.])


@claim('SpikingPopulation', 'rate at 3 nA, Hz', 1000 / (2 + 20 * np.log(2)), 0.63,
       'closed form (Dayan & Abbott 2001, 5.11)')
def firing():
    net = ratezoo.SpikingPopulation(200, seed=0)
    return ratezoo.simulate(net, 1000., 3., monitors=['rate'], transient=200.).mon['rate'].mean()


@claim('SpikingPopulation', 'largest error of a filtered spike train, as a share of its largest value', 0., 1e-3,
       'convolution with K(t) = e^(−t/τ_s)/τ_s (Dayan & Abbott 2001, sec. 7.2)')
def filtered():
    net = ratezoo.SpikingPopulation((1, 1), W=[[0., 0.], [1., 0.]], seed=0)
    mon = ratezoo.simulate(net, inputs=np.tile([3., 0.], (2000, 1)), monitors=['spike', 'I_syn']).mon
    train, kernel = np.asarray(mon['spike'])[:, 0], np.exp(-0.1 * np.arange(2000) / 5) / 5
    expected = np.convolve(train, kernel)[:2000]
    return np.abs(np.asarray(mon['I_syn'])[:, 1] - expected).max() / expected.max()


for _name in ('SynapticRate', 'FiringRate', 'SynapticCurrent'):
    def _rest(name=_name):
        net = getattr(ratezoo, name)(2, W=[[0.2, 0.5], [-0.4, 0.1]], g='tanh')
        return float(net.output(net.relax(np.array([0.3, 0.6]), solver='newton').r, net.params_dict())[0])

    def _root():
        r = np.zeros(2)
        for _ in range(500):
            r = np.tanh(np.array([[0.2, 0.5], [-0.4, 0.1]]) @ r + [0.3, 0.6])
        return r[0]
    claim(_name, 'rate at rest of a unit of two, r = g(W r + x)', _root, 1e-6, 'Dayan & Abbott 2001, sec. 7.2')(_rest)


@claim('FeedforwardRate', 'difference of its fixed point from the perceptron\'s output', 0., 1e-6,
       'Scellier & Bengio 2019: the answer is the fixed point')
def perceptron():
    net, x = ratezoo.FeedforwardRate((3, 5, 2), phi='tanh', seed=0), np.array([0.3, -0.5, 0.8])
    p = {k: np.asarray(v, float) for k, v in net.params_dict().items()}
    h = np.tanh(p['W1'] @ x + p['b1'])
    found = net.relax(x, solver='newton').r
    return np.abs(np.asarray(net.output(found, net.params_dict())) - p['W2'] @ h - p['b2']).max()


@claim('PenalisedPerceptron', 'penalty (μ/2)(‖W_1‖² + ‖W_2‖²) of weights of 1, 2-10-1, μ = 0.01', 0.15, 1e-7,
       'Zhang, Lipton, Li & Smola 2023, sec. 5.3')
def penalty():
    net = ratezoo.PenalisedPerceptron(2, 10, 1, mu=0.01)
    return float(net.penalty({k: np.ones(v.shape) for k, v in net.params_dict().items()}))


def _asymmetry(net, x):
    """Largest |J − Jᵀ| at a state within the bounds, over the largest |J|."""
    r = jnp.asarray(np.random.default_rng(1).uniform(0.3, 0.6, sum(net.sizes.values())))
    J = np.asarray(jax.jacfwd(lambda r: net.F(r, net.params_dict(), jnp.asarray(x)))(r))
    return np.abs(J - J.T).max() / np.abs(J).max()


@claim('LayeredEnergyModel', 'asymmetry of the Jacobian', 0., 1e-6, 'Scellier & Bengio 2017: F = −∂E/∂r')
def layered():
    return _asymmetry(ratezoo.LayeredEnergyModel((4, 6, 3), seed=0), np.full(4, 0.4))


@claim('ConvolutionalEnergyModel', 'asymmetry of the Jacobian', 0., 1e-6, 'Laborieux et al. 2021: F = −∂E/∂r')
def convolutional():
    net = ratezoo.ConvolutionalEnergyModel(image=(4, 4), channels=(2,), n_out=2, seed=0)
    return _asymmetry(net, np.full(net.n_in, 0.4))


@claim('Hopfield', 'share of wrong units one step from a pattern, 200 patterns in 1000 units', erfc(1 / 0.4 ** 0.5) / 2,
       0.002, 'signal against noise, ½ erfc(1/√(2α)) (Hopfield 1982; Amit, Gutfreund & Sompolinsky 1985)')
def crosstalk():
    net = ratezoo.Hopfield(1000, patterns=200, updates='synchronous', seed=0)
    step = jax.vmap(lambda r: net.step(r, net.params_dict(), jnp.zeros(1000)))
    return float(np.mean(np.asarray(step(jnp.asarray(net.patterns))) != np.asarray(net.patterns)))


@claim('ContinuousHopfield', 'overlap m = tanh βm of a single stored pattern, β = 2', 0.957504, 1e-4,
       'mean field (Hopfield 1984)')
def graded():
    pattern = np.sign(np.random.default_rng(0).normal(size=50))
    net = ratezoo.ContinuousHopfield(50, patterns=[pattern], beta=2.)
    net.set_params({'W': np.outer(pattern, pattern) / 50})              # with its self-coupling, as in mean field
    return float(np.abs(np.asarray(net.output(net.relax(r0=0.5 * pattern).r, net.params_dict()))).mean())


@claim('DenseAssociativeMemory', 'share of 200 patterns recalled by 50 units, power 4', 1., 0.05,
       'Krotov & Hopfield 2016: capacity ∝ n³')
def dense():
    net = ratezoo.DenseAssociativeMemory(50, patterns=200, power=4, seed=0)
    found = net.relax(r0=net.patterns)
    return np.mean(np.sum(np.asarray(found.r) * np.asarray(net.patterns), 1) / 50 > 0.95)


@claim('ModernHopfield', 'share of 640 patterns recalled by 64 units', 1., 0.01, 'Ramsauer et al. 2021, Theorem 3')
def modern():
    net = ratezoo.ModernHopfield(64, patterns=640, seed=0, dt=1.)
    return np.mean(np.sum(np.asarray(net.relax(r0=net.patterns).r) * np.asarray(net.patterns), 1) / 64 > 0.95)


@claim('LineIntegrator', 'time constant τ/(1 − w), w = 0.99', 100., 0.2, 'Seung 1996')
def persistence():
    net = ratezoo.LineIntegrator(w=0.99, seed=0, dt=0.02)
    r = run(net, 50., ['r'], net.xi)['r'] @ net.xi
    return 50. / np.log(r[0] / r[-1])


@claim('RingAttractor', 'speed of the bump at a velocity of 0.3', 0.3, 1e-3, 'Zhang 1996')
def turning():
    net = ratezoo.RingAttractor(200, method='rk4')
    mon = run(net, None, ['u'], net.bump(0.), np.full((500, 1), 0.3))
    return np.polyfit(mon['ts'], np.unwrap(net.centre(mon['u'])), 1)[0]


@claim('CANN1D', 'height of the bump, k = ½ k_c', lambda: _height(1), 0.01,
       'closed form (Wu, Hamaguchi & Amari 2008)')
def bump():
    net = ratezoo.CANN1D(128, a=0.5, J0=1., k=0.5)
    return np.max(net.relax(r0=0.9 * net.bump(0.), max_steps=50_000).r)


def _height(D, a=0.5, J0=1., share=0.5):
    """u_0 of the bump on a line or a sheet at the inhibition share · k_c."""
    if D == 1:
        k = share * J0 ** 2 / (8 * (2 * np.pi) ** 0.5 * a)
        return J0 * (1 + (1 - share) ** 0.5) / (4 * np.pi ** 0.5 * a * k)
    k = share * J0 ** 2 / (32 * np.pi * a ** 2)
    return (J0 + (J0 ** 2 - 32 * np.pi * a ** 2 * k) ** 0.5) / (8 * np.pi * a ** 2 * k)


@claim('CANN2D', 'height of the bump, k = ½ k_c', lambda: _height(2, 0.6), 0.02, 'closed form (Fung, Wong & Wu 2009)')
def sheet():
    net = ratezoo.CANN2D(20, a=0.6, J0=1., k=0.5)
    return np.max(net.relax(r0=0.9 * net.bump((0., 0.)), max_steps=20_000).r)


@claim('ScoreDiffusion', 'deviation of the untrained network\'s samples', 1., 0.03,
       'its score is a Gaussian\'s of the data\'s deviation (Song et al. 2021)')
def gaussian():
    return ratezoo.ScoreDiffusion(2, seed=0).sample(2000, steps=500, seed=1).std()


# ---- the table -------------------------------------------------------------------------------------------------------

def value(claim):
    """The claim's number."""
    return float(claim.published() if callable(claim.published) else claim.published)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('models', nargs='*', metavar='MODEL')
    chosen = parser.parse_args().models
    unknown = set(chosen) - set(zoo)
    if unknown:
        parser.error(f'there is no model {", ".join(sorted(unknown))}')
    bm.enable_x64()
    print('| model | what | published | measured | tolerance | source |\n|---|---|---|---|---|---|')
    for c in CLAIMS:
        if not chosen or c.model in chosen:
            numbers = f'{value(c):.7g} | {float(c.measure()):.7g} | {c.tolerance:g}'
            print(f'| {c.model} | {c.what} | {numbers} | {c.source} |', flush=True)


if __name__ == '__main__':
    main()

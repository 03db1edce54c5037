"""What the papers say about the models of models/neural_masses.py."""

import functools

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, fsolve

import ratezoo
from claims.base import claim, distance_from_scipy, growth, run, upward
from claims.integration import integrated, levels

_FLOW = 'largest distance from a trajectory, as a share of the range, of 30 states and inputs'
_SCIPY = "scipy's adaptive integration of the printed equations"


def jacobian(field, y, step=1e-6):
    """The Jacobian of the field at y, by central differences."""
    return np.stack([(field(y + d) - field(y - d)) / (2 * step) for d in step * np.eye(len(y))], 1)


def draw(*ranges, seed=0):
    """30 random numbers in each of the ranges, (ranges, 30)."""
    low, high = np.array(ranges).T[..., None]
    return np.random.default_rng(seed).uniform(low, high, (len(ranges), 30))


# ---- Epileptor: the printed equations in NumPy -----------------------------------------------------------------------


def epileptor(s, x=0.0, x0=-1.6):
    x1, y1, z, x2, y2, g = s
    f1 = x1**3 - 3 * x1**2 if x1 < 0 else (x2 - 0.6 * (z - 4) ** 2) * x1
    f2 = 0 if x2 < -0.25 else 6 * (x2 + 0.25)
    return np.array(
        [
            y1 - f1 - z + 3.1 + x,
            1 - 5 * x1**2 - y1,
            (4 * (x1 - x0) - z) / 2857,
            -y2 + x2 - x2**3 + 0.45 + 0.002 * g - 0.3 * (z - 3.5),
            (-y2 + f2) / 10,
            x1 - 0.01 * g,
        ]
    )


def seizure_and_rest():
    """30 states, half of them near the discharges and half of them near rest, and their inputs."""
    discharging = draw((-0.5, 1), (-4, 1), (2.9, 3.9), (-1, 0.5), (0, 2), (-60, 20))
    resting = draw((-1.7, -1.4), (-13, -10), (2.9, 3.9), (-1, 0.5), (0, 1), (-170, -100), seed=1)
    states = np.where(np.arange(30) < 15, discharging, resting)
    return states, draw((-0.3, 0.3))[0]


@claim('Epileptor', _FLOW + '; after 20, Δt = 0.01', 0.0, 1e-4, _SCIPY)
def flow_of_epileptor():
    return distance_from_scipy(ratezoo.Epileptor(30, dt=0.01), epileptor, *seizure_and_rest(), 20.0)


def rest_of_epileptor(x0):
    """Its fixed point with x_1 < −1, where x_2 < −0.25 and therefore y_2 = 0."""
    x1 = brentq(lambda x: 4.1 - 2 * x**2 - x**3 - 4 * (x - x0), -2.0, -1.0)
    z = 4 * (x1 - x0)
    x2 = brentq(lambda x: x - x**3 + 0.45 + 0.2 * x1 - 0.3 * (z - 3.5), -1.0, -(3**-0.5))
    return np.array([x1, 1 - 5 * x1**2, z, x2, 0.0, 100 * x1])


def critical_x0():
    """The x_0 at which rest loses its stability."""

    def growth_at(x0):
        return np.linalg.eigvals(jacobian(lambda s: epileptor(s, 0.0, x0), rest_of_epileptor(x0))).real.max()

    return brentq(growth_at, -2.07, -2.05, xtol=1e-9)


@claim(
    'Epileptor',
    'x_0 above which rest loses its stability',
    critical_x0,
    1e-4,
    'printed equations in NumPy; Jirsa et al. 2014: about −2.05',
)
def critical():
    at, found = np.array([-2.061, -2.060]), []
    for x0 in at:
        net = ratezoo.Epileptor(x0=x0)
        rest = {s: np.array([v]) for s, v in zip(net.states, rest_of_epileptor(x0), strict=True)}
        assert max(abs(float(f[0])) for f in net.drift(rest, {}, np.zeros(1)).values()) < 1e-9  # it is at rest there
        found.append(growth(net, rest))
    return np.interp(0.0, found, at)


@claim(
    'Epileptor',
    'x_0 above which there are seizures, for a slow z',
    -4 / 3 - (4.1 - 32 / 27) / 4,
    1e-9,
    'closed form: the fold of rest, x_1 = −4/3',
)
def slow_critical():
    return ratezoo.Epileptor().critical_x0


@functools.cache
def seizures():
    """Time between the onsets of seizures, their duration, and the number of discharges, from the printed equations."""
    s = solve_ivp(
        lambda t, y: epileptor(y),
        (0, 6000),
        [0, -5, 3, 0, 0, 0],
        t_eval=np.arange(0, 6000, 0.1),
        method='LSODA',
        rtol=1e-8,
        atol=1e-10,
        max_step=0.2,
    )
    return measure_seizures(s.y[0], s.t)


def measure_seizures(x1, ts):
    up = ts[1:][(x1[:-1] < 0) & (x1[1:] >= 0)]  # the discharges
    pauses = np.flatnonzero(np.diff(up) > 200)
    first, last = up[pauses[-2] + 1], up[pauses[-1]]
    return up[pauses[-1] + 1] - first, last - first, pauses[-1] - pauses[-2]


@functools.cache
def own_seizures():
    mon = run(ratezoo.Epileptor(), 6000.0, ['x1'])
    return measure_seizures(mon['x1'][:, 0], mon['ts'])


for _k, _what, _tolerance in (
    (0, 'time from one seizure to the next', 1.0),
    (1, 'duration of a seizure', 1.0),
    (2, 'fast discharges in a seizure', 1),
):
    claim('Epileptor', _what, lambda k=_k: seizures()[k], _tolerance, _SCIPY + ', Jirsa et al. 2014', slow=True)(
        lambda k=_k: own_seizures()[k]
    )


@claim(
    'Epileptor',
    'slowing of the discharges as the seizure ends: λ dT/d ln(z_h − z), with x_2 held near −1.5; Δt = 0.02',
    -1.0,
    0.02,
    'theory of a homoclinic orbit; Jirsa et al. 2014: the rate slows logarithmically',
    slow=True,
)
def slowing():
    def periods(z):  # z stays as it is, and x_2 is held by a strong current
        one = np.ones_like(z)
        net = ratezoo.Epileptor(len(z), tau0=1e12, gamma=1.0, I_rest2=-1.8, dt=0.02)
        start = {'x1': 0.5 * one, 'y1': -one, 'z': z, 'x2': -1.5 * one, 'y2': 0 * one, 'g': 0 * one}
        mon = run(net, 300.0, ['x1'], start)
        found = []
        for x1 in mon['x1'].T:
            k = np.flatnonzero((x1[:-1] < 0) & (x1[1:] >= 0))
            at = mon['ts'][k] - 0.02 * x1[k] / (x1[k + 1] - x1[k])
            found.append(np.diff(at)[-1] if len(at) > 1 and at[-1] > 250 else np.nan)
        return np.array(found)

    low, high = 3.7, 3.8
    for _ in range(4):  # the largest z with discharges
        z = np.linspace(low, high, 41)
        k = np.flatnonzero(np.isfinite(periods(z)))[-1]
        low, high = z[k], z[k + 1]
    at = np.array([2e-3, 2e-4])
    return unstable_eigenvalue(high) * np.diff(periods(high - at))[0] / np.diff(np.log(at))[0]


def unstable_eigenvalue(z):
    """Of the saddle of (x_1, y_1) at a fixed z."""
    x = brentq(lambda x: 4.1 - 2 * x**2 - x**3 - z, -4 / 3, 0.0)
    return np.linalg.eigvals([[-3 * x**2 + 6 * x, 1.0], [-10 * x, -1.0]]).real.max()


# ---- Larter and Breakspear: the printed equations in NumPy -----------------------------------------------------------


def larter(s, x=0.0, delta=0.65):
    V, W, Z = s

    def share(v, T, d):
        return 0.5 * (1 + np.tanh((v - T) / d))

    Q_V = share(V, 0, delta)
    return np.array(
        [
            -(1.0 + 0.25 * 0.4 * Q_V) * share(V, -0.01, 0.15) * (V - 1)
            - 2.0 * W * (V + 0.7)
            - 0.5 * (V + 0.5)
            - (6.7 * share(V, 0.3, 0.15) + 0.4 * Q_V) * (V - 0.53)
            - 2.0 * Z * share(Z, 0, delta)
            + 1.0 * 0.3
            + x,
            0.7 * (share(V, 0, 0.3) - W),
            0.1 * (0.4 * 0.3 + 2.0 * V * Q_V),
        ]
    )


@claim('LarterBreakspear', _FLOW + '; after 10, Δt = 0.02', 0.0, 1e-5, _SCIPY)
def flow_of_larter():
    starts = draw((-0.5, 0.4), (0, 0.8), (-0.2, 0.4))
    return distance_from_scipy(ratezoo.LarterBreakspear(30, dt=0.02), larter, starts, draw((-0.2, 0.2))[0], 10.0)


def spread_that_oscillates():
    """The δ_V (= δ_Z) at which rest loses its stability."""

    def growth_at(delta):
        rest = fsolve(lambda s: larter(s, 0.0, delta), [-0.1, 0.3, 0.2], xtol=1e-12)
        return np.linalg.eigvals(jacobian(lambda s: larter(s, 0.0, delta), rest)).real.max()

    return brentq(growth_at, 0.5, 0.6, xtol=1e-8)


@claim(
    'LarterBreakspear',
    'δ_V = δ_Z at which rest becomes a limit cycle',
    spread_that_oscillates,
    1e-4,
    'printed equations in NumPy; Breakspear, Terry & Friston 2003: 0.55',
    slow=True,
)
def oscillates():
    at, found = np.array([0.5555, 0.5560]), []
    for delta in at:
        net = ratezoo.LarterBreakspear(delta_V=delta, delta_Z=delta)
        r0 = {'V': np.array([-0.1]), 'W': np.array([0.3]), 'Z': np.array([0.2])}
        found.append(growth(net, net.relax(r0=r0, solver='newton').r))
    return np.interp(0.0, found, at)


@functools.cache
def larter_cycle():
    """Period and highest V of the limit cycle at δ_V = 0.58."""
    ts = np.arange(1500, 2500, 0.02)
    V = solve_ivp(lambda t, s: larter(s, 0.0, 0.58), (0, 2500), [0.1, 0.3, 0.05], t_eval=ts, rtol=1e-9, atol=1e-11).y[0]
    return np.diff(upward(V, ts)).mean(), V.max()


@functools.cache
def own_larter_cycle():
    mon = run(ratezoo.LarterBreakspear(delta_V=0.58, delta_Z=0.58), 2500.0, ['V'])
    V = mon['V'][15000:, 0]
    return np.diff(upward(V, mon['ts'][15000:])).mean(), V.max()


for _k, _what, _tolerance in ((0, 'period', 1e-3), (1, 'highest V', 1e-4)):
    claim(
        'LarterBreakspear',
        _what + ' of the limit cycle at δ_V = 0.58',
        lambda k=_k: larter_cycle()[k],
        _tolerance,
        _SCIPY,
    )(lambda k=_k: own_larter_cycle()[k])


def separation(delta, copies=200, duration=1000.0, dt=0.1):
    """The largest Lyapunov exponent, from pairs of neighbours under RK4 in NumPy."""
    rng = np.random.default_rng(0)
    s = rng.uniform([[-0.4], [0.1], [-0.1]], [[0.3], [0.7], [0.3]], (3, copies))
    s = np.concatenate([s, s + 1e-8 * rng.normal(size=s.shape)], 1)
    total, steps = 0.0, round(duration / dt)
    for k in range(2 * steps):
        a = larter(s, 0.0, delta)
        b = larter(s + dt / 2 * a, 0.0, delta)
        c = larter(s + dt / 2 * b, 0.0, delta)
        s = s + dt / 6 * (a + 2 * b + 2 * c + larter(s + dt * c, 0.0, delta))
        apart = s[:, copies:] - s[:, :copies]
        size = np.linalg.norm(apart, axis=0)
        s[:, copies:] = s[:, :copies] + 1e-8 * apart / size
        total += np.log(size / 1e-8).mean() * (k >= steps)
    return total / duration


@claim(
    'LarterBreakspear',
    'largest Lyapunov exponent at δ_V = 0.65',
    lambda: separation(0.65),
    1.5e-3,
    'pairs of neighbours in NumPy; Breakspear, Terry & Friston 2003: chaotic',
    slow=True,
)
def chaos():
    return ratezoo.lyapunov_exponent(ratezoo.LarterBreakspear(), duration=100_000.0, transient=500.0)


@claim('LarterBreakspear', 'largest Lyapunov exponent of the limit cycle', 0.0, 1e-4, 'theory', slow=True)
def neutral():
    net = ratezoo.LarterBreakspear(delta_V=0.58, delta_Z=0.58)
    return ratezoo.lyapunov_exponent(net, duration=20_000.0, transient=2000.0)


# ---- Coombes and Byrne: the neurons, and the printed equations for Z -------------------------------------------------


def coombes_byrne(s, x=0.0, eta=20.0, Delta=0.5, v_syn=-10.0, k=1.0, alpha=0.95):
    """d/dt of (Re Z, Im Z, g, q) in units of τ, as the paper prints them for Z."""
    a, b, g, q = s
    z = a + 1j * b
    dz = -1j * (z - 1) ** 2 / 2 + (z + 1) ** 2 / 2 * (-Delta + 1j * (eta + x) + 1j * v_syn * g) - (z**2 - 1) / 2 * g
    flux = (1 - a**2 - b**2) / (1 + 2 * a + a**2 + b**2)  # π times the rate
    return np.array([dz.real, dz.imag, alpha * q, alpha * (k * flux - g - 2 * q)])


def from_Z(s, tau=20.0):
    """(r, v, g, q), with r in spikes per ms."""
    z = s[0] + 1j * s[1]
    W = (1 - z.conj()) / (1 + z.conj())
    return np.stack([W.real / (np.pi * tau), W.imag, s[2], s[3]])


@claim('CoombesByrne', _FLOW + '; after 40 ms, Δt = 0.02 ms', 0.0, 1e-5, _SCIPY + ' for Z')
def flow_of_synchrony():
    radius, angle, g, q = draw((0.0, 0.8), (-2.5, 2.5), (0, 2), (-0.5, 0.5))
    starts = np.stack([radius * np.cos(angle), radius * np.sin(angle), g, q])
    inputs = draw((-15, 20))[0]
    ends = np.stack(
        [
            solve_ivp(lambda t, s, x=x: coombes_byrne(s, x), (0, 2), s, rtol=1e-11, atol=1e-13).y[:, -1]
            for s, x in zip(starts.T, inputs, strict=True)
        ],
        1,
    )
    net = ratezoo.CoombesByrne(30, dt=0.02)
    names = ['r', 'v', 'g', 'q']
    mon = run(net, None, names, dict(zip(names, from_Z(starts), strict=True)), np.tile(inputs, (2000, 1)))
    ours, right = np.stack([mon[s][-1] for s in names]), from_Z(ends)
    assert np.allclose(net.synchrony(dict(zip(names, ours, strict=True))), np.hypot(*ends[:2]), atol=1e-5)
    return (np.abs(ours - right).max(1) / np.ptp(right, axis=1)).max()


def voltage(flux):
    return (flux - 0.5 / flux) / 2


def steady(eta):
    """π times the steady rate in units of 1/τ, which equals g; Eqs. (1) and (2) of the model."""
    return brentq(lambda f: voltage(f) ** 2 + eta + f * (-10 - voltage(f)) - f**2, 1e-3, 20.0)


def onset_of_rhythm():
    """The η at which the steady rate loses its stability, from the equations for Z."""

    def growth_at(eta):
        a = steady(eta)
        z = (1 - (a - 1j * voltage(a))) / (1 + (a - 1j * voltage(a)))
        rest = fsolve(lambda s: coombes_byrne(s, eta=eta), [z.real, z.imag, a, 0.0], xtol=1e-12)
        return np.linalg.eigvals(jacobian(lambda s: coombes_byrne(s, eta=eta), rest)).real.max()

    return brentq(growth_at, 3.0, 6.0, xtol=1e-8)


@claim(
    'CoombesByrne',
    'η at which the rhythm begins',
    onset_of_rhythm,
    1e-4,
    'Hopf point of the printed equations for Z in NumPy (Coombes & Byrne 2019)',
)
def begins():
    net = ratezoo.CoombesByrne(eta_bar=0.0)

    def growth_at(eta):
        x, flux = np.array([eta]), steady(eta)
        near = {'r': flux / (20 * np.pi), 'v': voltage(flux), 'g': flux, 'q': 0.0}
        return growth(net, net.relax(x, r0={s: np.array([v]) for s, v in near.items()}, solver='newton').r, x)

    return brentq(growth_at, 3.0, 6.0, xtol=1e-6)


@functools.cache
def neurons(n=10_000, duration=40.0, dt=1e-3):
    """Period in ms and mean rate in Hz of n quadratic integrate-and-fire neurons with the synapse, by a plain loop."""
    eta = 20 + 0.5 * np.tan(np.pi * ((np.arange(n) + 0.5) / n - 0.5))
    V, waiting = np.random.default_rng(0).normal(0, 2, n), np.zeros(n)
    g, q, steps, rate, conductance = 0.5, 0.0, round(duration / dt), [], []
    for _ in range(steps):
        free = waiting <= 0
        V[free] += dt * (V[free] ** 2 + eta[free] + g * (-10 - V[free]))
        waiting -= dt
        spikes = free & (V > 100)
        waiting[spikes] = 2 / V[spikes]  # from V to infinity and back to −V
        V[spikes] *= -1
        rate.append(spikes.mean() / dt)
        g, q = g + dt * 0.95 * q, q + dt * 0.95 * (np.pi * rate[-1] - g - 2 * q)
        conductance.append(g)
    half, ts = steps // 2, dt * np.arange(steps)
    return 20 * np.diff(upward(np.array(conductance[half:]), ts[half:])).mean(), 50 * np.mean(rate[half:])


@functools.cache
def own_rhythm():
    mon = run(ratezoo.CoombesByrne(), 1500.0, ['r', 'g'], inputs=0.0)
    g, ts = mon['g'][5000:, 0], mon['ts'][5000:]
    return np.diff(upward(g, ts)).mean(), 1000 * mon['r'][5000:].mean()


for _k, _what, _tolerance in ((0, 'period of the rhythm, ms', 0.5), (1, 'mean rate, Hz', 1.0)):
    claim(
        'CoombesByrne',
        _what + ', of 10⁴ quadratic integrate-and-fire neurons',
        lambda k=_k: neurons()[k],
        _tolerance,
        'Coombes & Byrne 2019; the neurons by a plain loop',
        slow=True,
    )(lambda k=_k: own_rhythm()[k])


@claim(
    'CoombesByrne',
    'rate (Hz) at 20 ms after a step, fast synapse of far reversal potential, Δt = 0.0025 ms: as MontbrioPazoRoxin',
    lambda: 1000 * run(ratezoo.MontbrioPazoRoxin(dt=0.01), 20.0, ['r'], inputs=3.0)['r'][-1, 0],
    2e-3,
    'both are exact for the same neurons (Montbrió, Pazó & Roxin 2015)',
)
def instantaneous():
    far, rates = 1e7, []
    start = {'r': 0.005, 'v': -2.0, 'g': 15 * 0.05 / far, 'q': 0.0}
    for alpha in (1000.0, 2000.0):
        net = ratezoo.CoombesByrne(
            tau=10.0, Delta=1.0, eta_bar=-5.0, v_syn=far, k=15 / (np.pi * far), alpha=alpha, dt=0.0025
        )
        rates.append(1000 * run(net, 20.0, ['r'], {s: np.array([v]) for s, v in start.items()}, 3.0)['r'][-1, 0])
    return 2 * rates[1] - rates[0]  # the difference is of first order in 1/α


# ---- Deco et al.: printed rates and gatings, and the printed equations in NumPy --------------------------------------


def dynamic_mean_field(s, x=0.0):
    S_E, S_I = s
    u_E = 310 * (1.0 * 0.382 + 1.4 * 0.15 * S_E - 1.0 * S_I + x) - 125
    u_I = 615 * (0.7 * 0.382 + 0.15 * S_E - S_I) - 177
    r_E, r_I = u_E / (1 - np.exp(-0.16 * u_E)), u_I / (1 - np.exp(-0.087 * u_I))
    return np.array([-S_E / 100 + (1 - S_E) * 0.641e-3 * r_E, -S_I / 10 + 1e-3 * r_I])


@claim('DynamicMeanField', _FLOW + '; after 30 ms', 0.0, 1e-6, _SCIPY)
def flow_of_mean_field():
    starts = draw((0.05, 0.8), (0.0, 0.15))
    return distance_from_scipy(ratezoo.DynamicMeanField(30), dynamic_mean_field, starts, draw((-0.05, 0.1))[0], 30.0)


_DEMIRTAS = 'Deco et al. 2014; printed in the code of Demirtaş et al. 2019'


def at_rest():
    net = ratezoo.DynamicMeanField()
    return net, run(net, 5000.0, ['S_E', 'S_I'], inputs=0.0)


@claim('DynamicMeanField', 'rate of E at rest, Hz', 3.0773270642, 1e-6, _DEMIRTAS)
def rest_of_E():
    net, mon = at_rest()
    return net.rates({s: mon[s][-1] for s in net.states})[0][0]


@claim('DynamicMeanField', 'rate of I at rest, Hz', 3.9218448633, 1e-6, _DEMIRTAS)
def rest_of_I():
    net, mon = at_rest()
    return net.rates({s: mon[s][-1] for s in net.states})[1][0]


@claim('DynamicMeanField', 'S_E at rest', 0.1647572075, 1e-8, _DEMIRTAS)
def gate_of_E():
    return at_rest()[1]['S_E'][-1, 0]


@claim('DynamicMeanField', 'S_I at rest', 0.0392184486, 1e-8, _DEMIRTAS)
def gate_of_I():
    return at_rest()[1]['S_I'][-1, 0]


@claim(
    'DynamicMeanField',
    'rate of E (Hz) where its current is 0.026 nA below threshold',
    3.0631,
    1e-4,
    'Deco et al. 2014: the target of feedback inhibition control',
)
def target():
    net = ratezoo.DynamicMeanField()
    s = {'S_E': np.array([0.16]), 'S_I': np.array([0.04])}
    I_E, _ = net.currents(s)
    return net.rates(s, net.b_E / net.a_E - 0.026 - I_E)[0][0]


@claim('DynamicMeanField', 'J_I that keeps the rate at rest', 1.0, 1e-6, _DEMIRTAS)
def control():
    return ratezoo.DynamicMeanField().feedback_inhibition(rate=3.0773270642)


@claim('DynamicMeanField', 'rate (Hz) at an input of 0.1 nA with J_I for 3.0631 Hz', 3.0631, 1e-4, 'Deco et al. 2014')
def controlled():
    J_I = ratezoo.DynamicMeanField().feedback_inhibition(0.1, rate=3.0631)
    net = ratezoo.DynamicMeanField(J_I=J_I)
    mon = run(net, 5000.0, ['S_E', 'S_I'], inputs=0.1)
    return net.rates({s: mon[s][-1] for s in net.states}, 0.1)[0][0]


# ---- Wendling: the printed equations in NumPy ------------------------------------------------------------------------

_TYPES = 'gains of public programs of the model'


def wendling(y, x=0.0, A=3.25, B=22.0, G=10.0, a=100.0, b=50.0, g=500.0, C=135.0, e_0=2.5, v_0=6.0, r=0.56, p=90.0):
    """The printed equations, in seconds: y_0 to y_4 in mV and their derivatives y_5 to y_9 in mV/s."""

    def S(v):
        return 2 * e_0 / (1 + np.exp(r * (v_0 - v)))

    C_1, C_2, C_3, C_4, C_5, C_6, C_7 = np.array([1.0, 0.8, 0.25, 0.25, 0.3, 0.1, 0.8]) * C
    return np.array(
        [
            *y[5:],
            A * a * S(y[1] - y[2] - y[3]) - 2 * a * y[5] - a**2 * y[0],
            A * a * (p + x + C_2 * S(C_1 * y[0])) - 2 * a * y[6] - a**2 * y[1],
            B * b * C_4 * S(C_3 * y[0]) - 2 * b * y[7] - b**2 * y[2],
            G * g * C_7 * S(C_5 * y[0] - C_6 * y[4]) - 2 * g * y[8] - g**2 * y[3],
            B * b * S(C_3 * y[0]) - 2 * b * y[9] - b**2 * y[4],
        ]
    )


_PULSES = levels(50.0, -100.0, 80.0, steps=1000)


def driven_column():
    """The EEG (mV) of the ten printed equations with other constants."""
    other = (3.6, 20.0, 12.0, 110.0, 45.0, 420.0, 128.0, 2.8, 5.5, 0.6, 180.0)
    y = integrated(lambda y, x: wendling(y, x[0], *other), np.zeros(10), _PULSES, 1e-4)
    return y[1] - y[2] - y[3]


@claim(
    'Wendling',
    'EEG at t = 300 ms, mV; other constants; x = 50, −100 and 80 pulses/s for 100 ms each',
    driven_column,
    1e-4,
    _SCIPY,
)
def eeg_of_column():
    net = ratezoo.Wendling(A=3.6, B=20.0, G=12.0, a=0.11, b=0.045, g=0.42, C=128.0, e_0=2.8, v_0=5.5, r=0.6, p=180.0)
    net.reset_state()
    return float(ratezoo.Runner(net, progress_bar=False).run(inputs=_PULSES)[-1, 0])


@claim(
    'Wendling',
    'largest distance, mV, of the EEG from that of JansenRit, with G = 0 and p = 220, in 1 s',
    0.0,
    1e-12,
    'equations: without fast inhibition they are those of Jansen & Rit 1995',
)
def without_fast_inhibition():
    nets = ratezoo.Wendling(G=0.0, p=220.0), ratezoo.JansenRit()
    eeg = [np.asarray(ratezoo.Runner(net, progress_bar=False).run(1000.0)) for net in nets]
    assert np.ptp(eeg[1][5000:]) > 2  # the column has its alpha rhythm
    return np.abs(eeg[0] - eeg[1]).max()


def rhythm_of_column(name):
    """Frequency (Hz) of the EEG from 1 s to 3 s, from the printed equations."""
    ts, gains = np.linspace(1, 3, 20_001), ratezoo.Wendling.activities[name]
    y = solve_ivp(lambda t, y: wendling(y, **gains), (0, 3), np.zeros(10), t_eval=ts, rtol=1e-9, atol=1e-11).y
    return 1 / np.diff(upward(y[1] - y[2] - y[3], ts)).mean()


def own_rhythm_of_column(name):
    mon = run(ratezoo.Wendling(**ratezoo.Wendling.activities[name]), 3000.0, ['y1', 'y2', 'y3'])
    return 1000 / np.diff(upward((mon['y1'] - mon['y2'] - mon['y3'])[10_000:, 0], mon['ts'][10_000:])).mean()


def echo_of_column(name):
    """Frequency (Hz) at which the EEG rings around its steady state, from the printed equations."""
    gains = ratezoo.Wendling.activities[name]
    y = solve_ivp(lambda t, y: wendling(y, **gains), (0, 3), np.zeros(10), 'LSODA', rtol=1e-9, atol=1e-11).y[:, -1]
    return ringing(np.linalg.eigvals(jacobian(lambda y: wendling(y, **gains), y)))


def ringing(eigenvalues):
    """The frequency of the complex pair that decays most slowly."""
    pairs = eigenvalues[eigenvalues.imag > 1e-3 * np.abs(eigenvalues)]
    return pairs[pairs.real.argmax()].imag / (2 * np.pi)


def own_echo(name):
    net = ratezoo.Wendling(**ratezoo.Wendling.activities[name])
    mon = run(net, 3000.0, list(net.states))
    steady = net.relax(np.zeros(1), r0={s: mon[s][-1] for s in net.states}, solver='newton')
    return 1000 * ringing(np.asarray(net.stability(steady.r, np.zeros(1)).eigenvalues).ravel())


for _name, _of_scipy, _of_ours, _what, _band in (
    ('sustained spikes', rhythm_of_column, own_rhythm_of_column, 'sustained spikes, per second', '3 to 6 Hz'),
    (
        'quasi-sinusoidal',
        rhythm_of_column,
        own_rhythm_of_column,
        'frequency of the quasi-sinusoidal activity, Hz',
        '9 to 13 Hz',
    ),
    ('background', echo_of_column, own_echo, 'frequency of the background, Hz', '1 to 7 Hz'),
    ('alpha-like', echo_of_column, own_echo, 'frequency of the alpha-like activity, Hz', '8 to 13 Hz'),
    ('low-voltage rapid', echo_of_column, own_echo, 'frequency of the low-voltage rapid activity, Hz', '10 to 20 Hz'),
):
    claim('Wendling', _what, lambda f=_of_scipy, n=_name: f(n), 0.01, f'printed equations in NumPy; {_TYPES}: {_band}')(
        lambda f=_of_ours, n=_name: f(n)
    )


def spike_of_column(name):
    """The largest EEG (mV) in 150 ms after a kick of 100 pulses/s for 20 ms at rest, from the printed equations."""
    gains, y, found = ratezoo.Wendling.activities[name], np.zeros(10), []
    for x, time in ((0.0, 1.0), (100.0, 0.02), (0.0, 0.13)):
        ts = np.linspace(0, time, round(time / 1e-4) + 1)
        s = solve_ivp(lambda t, y, x=x: wendling(y, x, **gains), (0, time), y, t_eval=ts, rtol=1e-9, atol=1e-11).y
        y, found = s[:, -1], [*found, s[1] - s[2] - s[3]]
    return max(found[1].max(), found[2].max())


def own_spike(name):
    net = ratezoo.Wendling(**ratezoo.Wendling.activities[name])
    net.reset_state()
    kick = np.concatenate([np.zeros(10_000), np.full(200, 100.0), np.zeros(1300)])[:, None]
    return np.asarray(ratezoo.Runner(net, progress_bar=False).run(inputs=kick))[10_000:, 0].max()


for _name, _what in (('background', 'no spike'), ('sporadic spikes', 'a spike')):
    claim(
        'Wendling',
        f'largest EEG (mV) after 100 pulses/s for 20 ms, {_name}: {_what}',
        lambda n=_name: spike_of_column(n),
        1e-3,
        f'printed equations in NumPy; {_TYPES}',
    )(lambda n=_name: own_spike(n))

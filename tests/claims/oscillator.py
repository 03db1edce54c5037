"""What the papers say about the models of models/oscillator.py."""

import functools

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.stats import cauchy

import ratezoo
from claims.base import claim, distance_from_scipy, growth, run, upward
from claims.integration import integrated, levels


def driven(y, x, m=1.3, k=2.0, c=0.2, A=1.5, omega=0.9):
    """m s'' = −k s − c s' + A cos φ + x, printed as two equations and the phase."""
    s, v, phase = y
    return [v, (-k * s - c * v + A * np.cos(phase) + x[0]) / m, omega]


_PUSHES = levels(0.5, -1.0, 0.2, steps=100)


@claim(
    'DrivenOscillator',
    's at t = 30; m = 1.3, k = 2, c = 0.2, A = 1.5, ω = 0.9; x = 0.5, −1 and 0.2 for 10 each',
    lambda: integrated(driven, [1.0, 0.5, 2.0], _PUSHES)[0],
    1e-4,
    "the equation of motion by scipy's adaptive integration",
)
def motion():
    net = ratezoo.DrivenOscillator(m=1.3, k=2.0, c=0.2, A=1.5, omega=0.9)
    return run(net, None, ['s'], {'s': [1.0], 'v': [0.5], 'phase': [2.0]}, _PUSHES)['s'][-1, 0]


@claim(
    'DrivenOscillator',
    'phase of the drive at t = 30, ω = 0.9, from φ = 2, modulo 2π',
    29 % (2 * np.pi),
    1e-6,
    'closed form, φ = 2 + ωt',
)
def phase():
    return run(ratezoo.DrivenOscillator(omega=0.9), 30.0, ['phase'], {'s': [1.0], 'v': [0.5], 'phase': [2.0]})['phase'][
        -1, 0
    ]


def steady(net):
    """The complex amplitude s − i v/ω of the steady motion, in units of the drive's e^{iφ}: a e^{−iδ}."""
    mon = run(net, 200.0, ['s', 'v', 'phase'])
    return complex((mon['s'] - 1j * mon['v'] / net.omega)[-1, 0] * np.exp(-1j * mon['phase'][-1, 0]))


@claim(
    'DrivenOscillator', 'amplitude at resonance, A/(c ω), c = 0.2', 5.0, 2e-3, 'closed form (Landau & Lifshitz § 26)'
)
def resonance():
    return abs(steady(ratezoo.DrivenOscillator(c=0.2)))


@claim(
    'DrivenOscillator',
    'phase lag at ω = 2, c = 1/2, in rad: π − arctan(1/3)',
    np.pi - np.arctan(1 / 3),
    2e-3,
    'closed form (Landau & Lifshitz § 26)',
)
def lag():
    return -np.angle(steady(ratezoo.DrivenOscillator(c=0.5, omega=2.0)))


def order(method):
    """The slope of log error against log Δt."""
    errors, steps = [], (0.02, 0.01, 0.005) if method == 'euler' else (0.2, 0.1, 0.05)
    for dt in steps:
        net = ratezoo.DrivenOscillator(c=0.1, omega=0.7, method=method, dt=dt)
        s = run(net, 20.0, ['s'], {'s': [1.0], 'v': [0.0], 'phase': [0.0]})['s'][-1, 0]
        errors.append(abs(s - net.solution(20.0, 1.0, 0.0)))
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


@claim('DrivenOscillator', "order of convergence of Euler's method, Δt = 0.02 to 0.005", 1.0, 0.1, 'theory')
def order_euler():
    return order('euler')


@claim('DrivenOscillator', 'order of convergence of rk4, Δt = 0.2 to 0.05', 4.0, 0.1, 'theory')
def order_rk4():
    return order('rk4')


def fitzhugh_nagumo(y, x, a=0.7, b=0.8, tau=12.5, current=0.5):
    """The printed equations."""
    v, w = y
    return [v - v**3 / 3 - w + current + x[0], (v + a - b * w) / tau]


_CURRENTS = levels(0.3, -0.8, 0.6, steps=100)


@claim(
    'FitzHughNagumo',
    'v at t = 30 from v = −1, w = 1; x = 0.3, −0.8 and 0.6 for 10 each',
    lambda: integrated(fitzhugh_nagumo, [-1.0, 1.0], _CURRENTS)[0],
    1e-4,
    "FitzHugh 1961, the printed equations by scipy's adaptive integration",
)
def potential_of_fitzhugh_nagumo():
    return run(ratezoo.FitzHughNagumo(), None, ['v'], None, _CURRENTS)['v'][-1, 0]


@functools.cache
def fitzhugh_nagumo_period():
    """Period of the limit cycle at I = 0.5, by scipy's adaptive integration."""
    ts = np.linspace(200, 600, 40_001)
    solution = solve_ivp(
        lambda t, y: fitzhugh_nagumo(y, [0.0]), (0, 600), [-1.0, 1.0], t_eval=ts, rtol=1e-9, atol=1e-11
    )
    return np.diff(upward(solution.y[0], ts)).mean()


@claim(
    'FitzHughNagumo',
    'period at I = 0.5',
    fitzhugh_nagumo_period,
    0.01,
    "FitzHugh 1961, the printed equations by scipy's adaptive integration",
)
def period_of_fitzhugh_nagumo():
    mon = run(ratezoo.FitzHughNagumo(), 600.0, ['v'])
    return np.diff(upward(mon['v'][2000:, 0], mon['ts'][2000:])).mean()


@claim(
    'FitzHughNagumo',
    'current at which the rest loses its stability',
    0.3313,
    1e-4,
    'closed form, 1 − v² = b/τ (FitzHugh 1961)',
)
def hopf():
    net = ratezoo.FitzHughNagumo(I=0.1)  # a part of the current is the constant I, the rest is the input x

    def growth_at(x):
        return growth(net, net.relax(np.full(1, x), solver='newton').r, np.full(1, x))

    return 0.1 + brentq(growth_at, 0.1, 0.4, xtol=1e-6)


def stuart_landau(y, x, a=0.25, omega=0.7):
    """The printed equation for z = u + iv."""
    z = complex(*y)
    dz = (a + 1j * omega) * z - abs(z) ** 2 * z + x[0]
    return [dz.real, dz.imag]


_FORCES = levels(0.3, -0.2, 0.1, steps=100)


@claim(
    'StuartLandau',
    'u at t = 30, a = 1/4, ω = 0.7; x = 0.3, −0.2 and 0.1 for 10 each',
    lambda: integrated(stuart_landau, [0.05, 0.0], _FORCES)[0],
    1e-5,
    "Stuart 1960, the printed equation by scipy's adaptive integration",
)
def forced():
    return run(ratezoo.StuartLandau(a=0.25, omega=0.7), None, ['u'], None, _FORCES)['u'][-1, 0]


@claim('StuartLandau', 'amplitude, √a with a = 1/4', 0.5, 1e-4, 'closed form (Stuart 1960)')
def amplitude():
    mon = run(ratezoo.StuartLandau(a=0.25), 100.0, ['u', 'v'])
    return np.hypot(mon['u'], mon['v'])[-1, 0]


@claim(
    'StuartLandau', 'period on the limit cycle, 2π/ω with ω = 0.7', 2 * np.pi / 0.7, 1e-3, 'closed form (Stuart 1960)'
)
def period_of_stuart_landau():
    mon = run(ratezoo.StuartLandau(omega=0.7), 150.0, ['u'])
    return np.diff(upward(mon['u'][500:, 0], mon['ts'][500:])).mean()


@claim(
    'StuartLandau',
    'time in which the amplitude grows from 0.05 to half of √a, ln(33)/(2a) with a = 1/4',
    2 * np.log(33),
    1e-3,
    'closed form: |z|² grows logistically (Stuart 1960)',
)
def time_to_grow():
    mon = run(ratezoo.StuartLandau(a=0.25), 20.0, ['u', 'v'])
    return np.interp(0.25, np.hypot(mon['u'], mon['v'])[:, 0], mon['ts'] + 0.1)  # the first row is the state at t = Δt


EQUIVALENT = {
    'Kuramoto.quantiles: (np.arange(self.n) + 0.5) / self.n - 0.5 → (np.arange(self.n) + 0.5) / self.n + 0.5': (
        'the tangent has the period π'
    )
}
_OFFSETS = np.array([0.5, -0.3, 0.1, 0.9, -0.6])


def kuramoto(theta, x, K=0.8, omega=0.4, gamma=0.3):
    """The printed equation with the sum over all pairs; the frequencies are quantiles of a Lorentzian, by scipy."""
    frequencies = cauchy.ppf((np.arange(1, 6) - 0.5) / 5, omega, gamma)
    return frequencies + K / 5 * np.sin(theta - theta[:, None]).sum(1) + x


@claim(
    'Kuramoto',
    'phase of the first of five oscillators at t = 10, K = 0.8, ω = 0.4, γ = 0.3; another input to each',
    lambda: integrated(kuramoto, [0.0, 1.0, 2.0, 3.0, 4.0], levels(_OFFSETS, 0.5 * _OFFSETS, steps=50))[0],
    1e-5,
    "Kuramoto 1984, the printed equation by scipy's adaptive integration",
)
def five_phases():
    net = ratezoo.Kuramoto(5, K=0.8, omega=0.4, gamma=0.3)
    inputs = levels(_OFFSETS, 0.5 * _OFFSETS, steps=50)
    return run(net, None, ['theta'], np.arange(5.0), inputs)['theta'][-1, 0]


@claim('Kuramoto', 'order parameter at K = 2 K_c, √½', 0.7071, 0.005, 'closed form (Strogatz 2000)')
def synchrony():
    net = ratezoo.Kuramoto(2000, K=2.0, gamma=0.5, seed=0)
    return net.order(run(net, 100.0, ['theta'])['theta'][-500:]).mean()


@claim('Kuramoto', 'order parameter at K = 0.8 K_c', 0.0, 0.06, 'closed form (Strogatz 2000); n = 2000, order n^−½')
def incoherence():
    net = ratezoo.Kuramoto(2000, K=0.8, gamma=0.5, seed=0)
    return net.order(run(net, 100.0, ['theta'])['theta'][-500:]).mean()


# ---- Morris and Lecar: the printed equations at rest, in NumPy -------------------------------------------------------


def morris_lecar(V, g_Ca=4.4, V_3=2.0, V_4=30.0, phi=0.04):
    """The current that holds the rest at V, and the trace of the Jacobian there."""
    m, w = (1 + np.tanh((V + 1.2) / 18)) / 2, (1 + np.tanh((V - V_3) / V_4)) / 2
    slope = (1 - np.tanh((V + 1.2) / 18) ** 2) / 36
    current = 2 * (V + 60) + g_Ca * m * (V - 120) + 8 * w * (V + 84)
    trace = -(2 + g_Ca * (m + slope * (V - 120)) + 8 * w) / 20 - phi * np.cosh((V - V_3) / (2 * V_4))
    return current, trace


def flow_of_morris_lecar(s, x, g_Ca=4.4, V_3=2.0, V_4=30.0, phi=0.04):
    """The printed equations, with I = 0."""
    V, w = s
    m, w_inf = (1 + np.tanh((V + 1.2) / 18)) / 2, (1 + np.tanh((V - V_3) / V_4)) / 2
    currents = 2 * (V + 60) + g_Ca * m * (V - 120) + 8 * w * (V + 84)
    return np.array([(x - currents) / 20, phi * np.cosh((V - V_3) / (2 * V_4)) * (w_inf - w)])


for _name, _own, _printed in (
    ('I', ratezoo.MorrisLecar.class_one, dict(g_Ca=4.0, V_3=12.0, V_4=17.4, phi=1 / 15)),
    ('II', {}, {}),
):

    @claim(
        'MorrisLecar',
        f'class {_name}: largest distance from a trajectory, as a share of the range; 20 states, after 20 ms',
        0.0,
        1e-4,
        "scipy's adaptive integration of the printed equations",
    )
    def flow(own=_own, printed=_printed):
        rng = np.random.default_rng(0)
        starts, inputs = rng.uniform([[-60.0], [0.0]], [[40.0], [0.6]], (2, 20)), rng.uniform(0, 150, 20)
        field = functools.partial(flow_of_morris_lecar, **printed)
        return distance_from_scipy(ratezoo.MorrisLecar(20, **own), field, starts, inputs, 20.0)


def where_rest_is_lost(low, high, **constants):
    """The current at which the stable rest of the model loses its stability, by its own Jacobian."""
    net = ratezoo.MorrisLecar(**constants)

    def growth_at(V):
        w = (1 + np.tanh((V - net.V_3) / net.V_4)) / 2
        current, _ = morris_lecar(V, net.g_Ca, net.V_3, net.V_4, net.phi)
        r = {'V': np.array([V]), 'w': np.array([w])}
        x = np.array([current])
        assert max(abs(float(f[0])) for f in net.drift(r, {}, x).values()) < 1e-9  # it is at rest there
        return growth(net, r, x)

    V = brentq(growth_at, low, high, xtol=1e-9)
    return morris_lecar(V, net.g_Ca, net.V_3, net.V_4, net.phi)[0]


_RE = 'closed form of the printed equations; constants of Rinzel & Ermentrout 1998'


def printed_morris_lecar(y, x):
    """The printed equations with other constants than the usual ones."""
    V, w = y
    m, w_inf = (1 + np.tanh((V + 2) / 17)) / 2, (1 + np.tanh((V - 3) / 25)) / 2
    currents = 2.5 * (V + 55) + 4.2 * m * (V - 110) + 7.5 * w * (V + 80)
    return [(60 + x[0] - currents) / 15, 0.05 * np.cosh((V - 3) / 50) * (w_inf - w)]


_NERVE = levels(60.0, -40.0, 90.0)


@claim(
    'MorrisLecar',
    'potential at t = 60 ms, mV; other constants; x = 60, −40 and 90 µA/cm² for 20 ms each',
    lambda: integrated(printed_morris_lecar, [-60.0, 0.0], _NERVE)[0],
    1e-3,
    "Morris & Lecar 1981, the printed equations by scipy's adaptive integration",
)
def potential_of_morris_lecar():
    net = ratezoo.MorrisLecar(
        C=15.0, g_L=2.5, g_Ca=4.2, g_K=7.5, V_L=-55.0, V_Ca=110.0, V_K=-80.0, V_1=-2.0, V_2=17.0, V_3=3.0, V_4=25.0,
        phi=0.05, I=60.0,
    )  # fmt: skip
    return run(net, None, ['V'], None, _NERVE)['V'][-1, 0]


@claim('MorrisLecar', 'class II: lower Hopf current, µA/cm²', 93.8576, 1e-3, _RE + ': trace of J = 0')
def lower_hopf():
    return where_rest_is_lost(-35.0, -15.0)


@claim('MorrisLecar', 'class II: upper Hopf current, µA/cm²', 212.0188, 1e-3, _RE + ': trace of J = 0')
def upper_hopf():
    return where_rest_is_lost(0.0, 20.0)


@claim('MorrisLecar', 'class I: current of the saddle-node, µA/cm²', 39.96315, 1e-3, _RE + ': dI/dV = 0')
def saddle_node():
    return where_rest_is_lost(-35.0, -25.0, **ratezoo.MorrisLecar.class_one)


@functools.cache
def morris_lecar_cycle():
    """Period (ms) and extremes (mV) of class II at I = 100, by scipy's adaptive integration."""

    def field(t, y):
        V, w = y
        current, _ = morris_lecar(V)
        w_inf = (1 + np.tanh((V - 2) / 30)) / 2
        held = current + 8 * (w - w_inf) * (V + 84)
        return [(100 - held) / 20, 0.04 * np.cosh((V - 2) / 60) * (w_inf - w)]

    ts = np.linspace(500, 1500, 100_001)
    V = solve_ivp(field, (0, 1500), [-20.0, 0.2], t_eval=ts, rtol=1e-9, atol=1e-11).y[0]
    return np.diff(upward(V, ts)).mean(), V.min(), V.max()


@claim(
    'MorrisLecar',
    'class II at I = 100: period, ms',
    lambda: morris_lecar_cycle()[0],
    0.05,
    "scipy's adaptive integration of the printed equations",
)
def period_of_morris_lecar():
    mon = run(ratezoo.MorrisLecar(I=100.0), 1500.0, ['V'], {'V': [-20.0], 'w': [0.2]})
    return np.diff(upward(mon['V'][5000:, 0], mon['ts'][5000:])).mean()


@claim(
    'MorrisLecar',
    'class II at I = 100: highest potential, mV',
    lambda: morris_lecar_cycle()[2],
    0.05,
    "scipy's adaptive integration of the printed equations",
)
def top_of_morris_lecar():
    return run(ratezoo.MorrisLecar(I=100.0), 1500.0, ['V'], {'V': [-20.0], 'w': [0.2]})['V'][5000:].max()


@claim(
    'MorrisLecar',
    'class I: power of I − I_c with which the rate begins',
    0.5,
    0.015,
    'theory of a saddle-node on a limit cycle (Rinzel & Ermentrout 1998)',
    slow=True,
)
def square_root():
    above, rates = np.array([0.01, 0.04]), []
    for more in above:
        mon = run(ratezoo.MorrisLecar(I=39.96315 + more, **ratezoo.MorrisLecar.class_one), 6000.0, ['V'])
        rates.append(1 / np.diff(upward(mon['V'][20_000:, 0], mon['ts'][20_000:])).mean())
    return np.diff(np.log(rates))[0] / np.diff(np.log(above))[0]

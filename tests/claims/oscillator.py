"""What the papers say about the models of models/oscillator.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, growth, run


@claim(
    'DrivenOscillator', 'amplitude at resonance, A/(c ω), c = 0.2', 5.0, 2e-3, 'closed form (Landau & Lifshitz § 26)'
)
def resonance():
    net = ratezoo.DrivenOscillator(c=0.2, dt=0.05)
    return run(net, 200.0, ['s'])['s'][-400:].max()


@claim(
    'DrivenOscillator',
    'phase lag at ω = 2, c = 1/2, in rad: π − arctan(1/3)',
    np.pi - np.arctan(1 / 3),
    2e-3,
    'closed form (Landau & Lifshitz § 26)',
)
def lag():
    net = ratezoo.DrivenOscillator(c=0.5, omega=2.0, dt=0.02)
    mon = run(net, 100.0, ['s', 'phase'])
    s, phase = mon['s'][-1571:, 0], mon['phase'][-1571:, 0]  # ten periods
    return -np.angle(np.mean(s * np.exp(-1j * phase)))


def order(method):
    """The slope of log error against log Δt."""
    errors, steps = [], (0.02, 0.01, 0.005) if method == 'euler' else (0.2, 0.1, 0.05)
    for dt in steps:
        net = ratezoo.DrivenOscillator(c=0.1, omega=0.7, method=method, dt=dt)
        s = run(net, 20.0, ['s'], {'s': [1.0], 'v': [0.0], 'phase': [0.0]})['s'][-1, 0]
        errors.append(abs(s - net.solution(20.0, 1.0, 0.0)))
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


@claim('DrivenOscillator', "order of convergence of Euler's method", 1.0, 0.1, 'theory')
def order_euler():
    return order('euler')


@claim('DrivenOscillator', 'order of convergence of RK4', 4.0, 0.1, 'theory')
def order_rk4():
    return order('rk4')


@claim(
    'FitzHughNagumo',
    'current at which the rest loses its stability',
    0.3313,
    1e-4,
    'closed form, 1 − v² = b/τ (FitzHugh 1961)',
)
def hopf():
    net = ratezoo.FitzHughNagumo(I=0.0)

    def at(I):
        x = np.full(1, I)
        return growth(net, net.relax(x, solver='newton').r, x)

    return brentq(at, 0.2, 0.5, xtol=1e-6)


@claim('StuartLandau', 'amplitude, √a with a = 1/4', 0.5, 1e-4, 'closed form (Stuart 1960)')
def amplitude():
    mon = run(ratezoo.StuartLandau(a=0.25), 100.0, ['u', 'v'])
    return np.hypot(mon['u'], mon['v'])[-1, 0]


@claim('Kuramoto', 'order parameter at K = 2 K_c, √½', 0.7071, 0.005, 'closed form (Strogatz 2000)')
def synchrony():
    net = ratezoo.Kuramoto(2000, K=2.0, gamma=0.5, seed=0)
    return net.order(run(net, 100.0, ['theta'])['theta'][-500:]).mean()


@claim('Kuramoto', 'order parameter at K = 0.8 K_c', 0.0, 0.06, 'closed form (Strogatz 2000); n = 2000, order n^−½')
def incoherence():
    net = ratezoo.Kuramoto(2000, K=0.8, gamma=0.5, seed=0)
    return net.order(run(net, 100.0, ['theta'])['theta'][-500:]).mean()

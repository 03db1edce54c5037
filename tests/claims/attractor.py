"""What the papers say about the models of models/attractor.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, growth, run


@claim('RingModel', 'modulated coupling at which tuning appears', 2.0, 1e-3, 'Ben-Yishai, Bar-Or & Sompolinsky 1995')
def tuning():
    def at(J2):
        net = ratezoo.RingModel(J2=J2, seed=0)
        return growth(net, np.full(net.n, 1 / 1.5))

    return brentq(at, 1.0, 3.0, xtol=1e-5)


@claim(
    'RingModel',
    'half width of the hill at J_2 = 4, in units of π',
    0.25,
    0.006,
    'closed form, J_2(θ_c − ¼ sin 4θ_c) = π (Ben-Yishai, Bar-Or & Sompolinsky 1995)',
)
def width():
    net = ratezoo.RingModel(400, J2=4.0, seed=0)
    return np.mean(run(net, 1000.0, ['r'])['r'][-1] > 1e-9) / 2


@claim('LineIntegrator', 'time constant τ/(1 − w), w = 0.99', 100.0, 0.2, 'Seung 1996')
def persistence():
    net = ratezoo.LineIntegrator(w=0.99, seed=0, dt=0.02)
    r = run(net, 50.0, ['r'], net.xi)['r'] @ net.xi
    return 50.0 / np.log(r[0] / r[-1])


@claim('RingAttractor', 'speed of the bump at a velocity of 0.3', 0.3, 1e-3, 'Zhang 1996')
def turning():
    net = ratezoo.RingAttractor(200, method='rk4')
    mon = run(net, None, ['u'], net.bump(0.0), np.full((500, 1), 0.3))
    return np.polyfit(mon['ts'], np.unwrap(net.centre(mon['u'])), 1)[0]


@claim('CANN1D', 'height of the bump, k = ½ k_c', lambda: _height(1), 0.01, 'closed form (Wu, Hamaguchi & Amari 2008)')
def bump():
    net = ratezoo.CANN1D(128, a=0.5, J0=1.0, k=0.5)
    return np.max(net.relax(r0=0.9 * net.bump(0.0), max_steps=50_000).r)


def _height(D, a=0.5, J0=1.0, share=0.5):
    """u_0 of the bump on a line or a sheet at the inhibition share · k_c."""
    if D == 1:
        k = share * J0**2 / (8 * (2 * np.pi) ** 0.5 * a)
        return J0 * (1 + (1 - share) ** 0.5) / (4 * np.pi**0.5 * a * k)
    k = share * J0**2 / (32 * np.pi * a**2)
    return (J0 + (J0**2 - 32 * np.pi * a**2 * k) ** 0.5) / (8 * np.pi * a**2 * k)


@claim('CANN2D', 'height of the bump, k = ½ k_c', lambda: _height(2, 0.6), 0.02, 'closed form (Fung, Wong & Wu 2009)')
def sheet():
    net = ratezoo.CANN2D(20, a=0.6, J0=1.0, k=0.5)
    return np.max(net.relax(r0=0.9 * net.bump((0.0, 0.0)), max_steps=20_000).r)

"""What the papers say about the models of models/field.py."""

import numpy as np
from scipy.optimize import brentq

import ratezoo
from claims.base import claim, run

_FRONT = 'closed form, c = (σ/τ)(1 − 2θ)/(2θ) (Ermentrout & McLeod 1993; Bressloff 2012)'


def _width(net, u):
    """The width of the active region, in mm: where u, linear between the places, is above θ."""
    above = u - net.theta
    next_above = np.roll(above, -1)
    with np.errstate(divide='ignore', invalid='ignore'):
        share = np.where(above * next_above < 0, np.maximum(above, next_above) / np.abs(above - next_above), above > 0)
    return share.sum() * net.length / net.n


def _speed(theta, n=400, duration=70.0, width=8.0, **constants):
    """The speed of the two edges of a region of this width at first, in mm/ms."""
    net = ratezoo.NeuralField(n, theta=theta, **constants)
    mon = run(net, duration, ['u'], net.bump(width))
    at = len(mon['ts']) // 2
    return (_width(net, mon['u'][-1]) - _width(net, mon['u'][at])) / 2 / (mon['ts'][-1] - mon['ts'][at])


@claim('NeuralField', 'speed of a front at θ = 1/4, in mm/ms', 0.1, 1e-3, _FRONT)
def front():
    return _speed(0.25)


@claim(
    'NeuralField', 'speed of a front at θ = 0.35, from dx = 0.2 and 0.1 mm to dx = 0, in mm/ms', 0.3 / 7, 1e-4, _FRONT
)
def fine_front():
    coarse, fine = (_speed(0.35, n) for n in (200, 400))
    return (4 * fine - coarse) / 3  # the error is of the order of dx²


@claim('NeuralField', 'speed of a front at θ = 0.7: the active region shrinks, in mm/ms', -0.2 / 3, 1e-3, _FRONT)
def back():
    return _speed(0.7, width=20.0)


@claim(
    'NeuralField',
    'speed of a front with inhibition, A_e = 2, A_i = 1/2, σ_i = 2 mm, θ = 0.4, in mm/ms',
    lambda: brentq(lambda c: 2 / (1 + 10 * c) - 0.5 * 2 / (2 + 10 * c) - 0.8, 0.0, 1.0),
    1.5e-3,
    'closed form, θ = ∫_0^∞ e^{−s} ∫_{cτs}^∞ w dy ds (Amari 1977; Bressloff 2012)',
)
def inhibited_front():
    return _speed(0.4, A_e=2.0, A_i=0.5, sigma_i=2.0)


def _W(b):
    """∫_0^b w for the constants of `bump_network`."""
    return 1.5 * (1 - np.exp(-b)) - 1.25 * (1 - np.exp(-b / 2))


def _w(b):
    return 1.5 * np.exp(-b) - 0.625 * np.exp(-b / 2)


_NARROW, _WIDE = (brentq(lambda b: _W(b) - 0.4, *ends) for ends in ((0.1, 1.5), (2.0, 10.0)))
_AMARI = 'closed form, W(b) = θ (Amari 1977); θ = 0.4, A_e = 3, A_i = 5/2, σ_e = 1 mm, σ_i = 2 mm'


def bump_network(n):
    return ratezoo.NeuralField(n, theta=0.4, A_e=3.0, A_i=2.5, sigma_i=2.0, length=24.0)


def _widths(b, duration, n=480):
    """The active width over time from a bump of the width b, in mm."""
    net = bump_network(n)
    x = net.places
    u = np.sign(x + b / 2) * _W(np.abs(x + b / 2)) - np.sign(x - b / 2) * _W(np.abs(x - b / 2))
    mon = run(net, duration, ['u'], u)
    return mon['ts'], np.array([_width(net, one) for one in mon['u']])


@claim('NeuralField', 'width of the stable bump, in mm', _WIDE, 5e-3, _AMARI)
def wide():
    return (_widths(1.02 * _WIDE, 250.0)[1][-1] + _widths(0.98 * _WIDE, 250.0)[1][-1]) / 2


@claim('NeuralField', 'width of the unstable bump, between what dies and what grows, in mm', _NARROW, 5e-3, _AMARI)
def narrow():
    low, high = 0.9 * _NARROW, 1.1 * _NARROW
    for _ in range(8):
        middle = (low + high) / 2
        grows = _widths(middle, 60.0)[1][-1] > middle
        low, high = (low, middle) if grows else (middle, high)
    return (low + high) / 2


@claim(
    'NeuralField',
    'rate with which the stable bump regains its width, from dx = 0.1 and 0.05 mm to dx = 0, in 1/ms',
    -2 * _w(_WIDE) / (10 * (_w(0) - _w(_WIDE))),
    1.5e-4,
    'closed form, −2 w(b)/(τ (w(0) − w(b))) (Amari 1977)',
)
def recovery():
    def at(n):
        (ts, wide), (_, narrow) = (_widths(f * _WIDE, 120.0, n) for f in (1.02, 0.98))
        return -np.polyfit(ts[600:], np.log(wide - narrow)[600:], 1)[0]

    return 2 * at(480) - at(240)  # the error of a rate is of the order of dx


@claim(
    'NeuralField',
    'width left of a bump at θ = 0.6, above the largest W = 0.51, in mm',
    0.0,
    1e-9,
    'Amari 1977: W(b) = θ',
)
def no_bump():
    net = ratezoo.NeuralField(480, theta=0.6, A_e=3.0, A_i=2.5, sigma_i=2.0, length=24.0)
    return _width(net, run(net, 400.0, ['u'], net.bump(3.0))['u'][-1])


@claim(
    'NeuralField',
    'field far from activity under the current I = 0.2, after the time τ',
    0.2 * (1 - np.exp(-1)),
    1e-5,
    'Eq. (1)',
)
def drive():
    net = ratezoo.NeuralField()
    return run(net, 10.0, ['u'], inputs=0.2)['u'][-1, 0]


EQUIVALENT = {'NeuralField.active: 1.0 → 1.1': 'this number stands in the branch that is not selected'}

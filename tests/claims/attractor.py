"""What the papers say about the models of models/attractor.py."""

import numpy as np
from scipy.optimize import brentq, root

import ratezoo
from claims.base import claim, growth, run
from claims.integration import deviation, states_by_scipy, waves


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


def _trajectory(net, F, rates, u0, x):
    """Deviation of a run from scipy's integration of F, in the rates."""
    expected = states_by_scipy(F, u0, x, float(net.dt))
    mon = run(net, None, [net.states[0]], u0, x)[net.states[0]]
    output = np.stack([net.output(u, net.params_dict()) for u in mon])
    return deviation(output, np.stack([rates(u) for u in expected]))


@claim(
    'RingModel',
    'deviation of a driven run from the printed equations, share of the largest rate',
    0.0,
    0.01,
    "Ben-Yishai, Bar-Or & Sompolinsky 1995, by scipy's adaptive integration",
)
def tuned_and_driven():
    n, J0, J2, c, epsilon, T, tau = 30, 0.7, 2.6, 2.3, 0.3, 0.8, 7.0
    theta = np.linspace(-np.pi / 2, np.pi / 2, n, endpoint=False)
    J = -J0 + J2 * np.cos(2 * (theta[:, None] - theta))

    def F(r, x):
        return (-r + np.maximum(J @ r / n + c * (1 - epsilon + epsilon * np.cos(2 * theta)) - T + x, 0)) / tau

    net = ratezoo.RingModel(n, J0=J0, J2=J2, c=c, epsilon=epsilon, T=T, tau=tau, seed=0)
    start = np.linspace(0.1, 1.0, n)
    return _trajectory(net, F, lambda r: r, start, 1.5 * waves(400, n))


@claim('RingModel', 'largest difference of its orientations from −π/2 + π i/n', 0.0, 1e-12, 'definition')
def orientations():
    return np.abs(ratezoo.RingModel(7, seed=0).theta - (-np.pi / 2 + np.pi * np.arange(7) / 7)).max()


@claim('LineIntegrator', 'time constant τ/(1 − w), w = 0.99', 100.0, 0.2, 'Seung 1996')
def persistence():
    net = ratezoo.LineIntegrator(w=0.99, seed=0)
    mon = run(net, 50.0, ['r'], net.xi)
    r = mon['r'] @ net.xi
    return (mon['ts'][-1] - mon['ts'][0]) / np.log(r[0] / r[-1])


@claim(
    'LineIntegrator',
    'position after an input of 0.7 for a time of 3, and 20 without input; w = 1, τ = 2',
    0.7 * 3 / 2,
    1e-6,
    'the integral of x/τ (Seung 1996)',
)
def integral():
    net = ratezoo.LineIntegrator(w=1.0, tau=2.0, seed=0)
    run(net, None, ['r'], None, np.repeat([0.7, 0.0], [30, 200])[:, None])
    return float(net.output(net.state, net.params_dict())[0])


@claim('RingAttractor', 'speed of the bump at a velocity of 0.3', 0.3, 1e-3, 'Zhang 1996')
def turning():
    net = ratezoo.RingAttractor()
    mon = run(net, None, ['u'], net.bump(0.0), np.full((500, 1), 0.3))
    return np.polyfit(mon['ts'], np.unwrap(net.centre(mon['u'])), 1)[0]


@claim(
    'RingAttractor',
    'deviation of a run that turns to and fro from the printed equations, share of the largest rate',
    0.0,
    1e-4,
    "Zhang 1996 with Ben-Yishai et al.'s cosine, by scipy's adaptive integration",
)
def to_and_fro():
    n, J0, J1, b, tau = 40, -3.0, 5.0, 1.3, 2.0
    d = np.subtract.outer(*[-np.pi + 2 * np.pi * np.arange(n) / n] * 2)
    w, slope = (J0 + J1 * np.cos(d)) / (2 * np.pi), -J1 * np.sin(d) / (2 * np.pi)

    def F(u, x):
        return (-u + (w - tau * x * slope) @ np.maximum(u, 0) * 2 * np.pi / n + b) / tau

    net = ratezoo.RingAttractor(n, J0=J0, J1=J1, b=b, tau=tau)
    start = net.bump(0.4) + 0.3 * np.sin(3 * d[0])
    return _trajectory(net, F, lambda u: np.maximum(u, 0), start, 0.5 * waves(200, 1))


@claim('CANN1D', 'height of the bump, k = ½ k_c', lambda: _height(1), 0.01, 'closed form (Wu, Hamaguchi & Amari 2008)')
def bump():
    net = ratezoo.CANN1D(128, a=0.5, J0=1.0, k=0.5)
    return np.max(net.relax(r0=0.9 * net.bump(0.0), max_steps=50_000).r)


@claim(
    'CANN1D',
    'lag behind a cue at 0.6 of the speed limit, rad (α = 0.02)',
    lambda: brentq(lambda s: s * np.exp(-(s**2) / 1.5) - 0.6 * 0.75**0.5 / np.e**0.5, 0, 0.75**0.5),
    0.02,
    'closed form of first order in α, v τ = α s e^{−s²/6a²} (after Fung, Wong & Wu 2010)',
)
def lag():
    net, alpha = ratezoo.CANN1D(64), 0.02
    z = 0.6 * 3**0.5 * 0.5 * alpha / np.e**0.5 * 0.1 * (1 + np.arange(8000))
    run(net, None, [], net.bump(0.0), net.stimulus(z, alpha))
    return float((z[-1] - net.centre(net.state) + np.pi) % (2 * np.pi) - np.pi)


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


def _follows(net, D, a, J0, k, tau, x):
    """Deviation of a run of a line or a sheet from the printed integrals, as sums over all pairs of units."""
    n = net.side
    line = -np.pi + 2 * np.pi * np.arange(n) / n
    theta = np.stack(np.meshgrid(*[line] * D, indexing='ij'), -1).reshape(-1, D)
    d = (theta[:, None] - theta + np.pi) % (2 * np.pi) - np.pi
    J = J0 / (2 * np.pi * a**2) ** (D / 2) * np.exp(-(d**2).sum(-1) / (2 * a**2))
    k_c = J0**2 / (8 * (2 * np.pi) ** 0.5 * a) if D == 1 else J0**2 / (32 * np.pi * a**2)
    cell = (2 * np.pi / n) ** D

    def rates(u):
        return np.maximum(u, 0) ** 2 / (1 + k * k_c * cell * np.sum(np.maximum(u, 0) ** 2))

    start = 0.8 * net.bump(0.2 if D == 1 else (0.2, 0.1))
    return _trajectory(net, lambda u, x: (-u + cell * J @ rates(u) + x) / tau, rates, start, x)


_CANN = "Fung, Wong & Wu, {}, Eqs. (1) and (2), by scipy's adaptive integration"
_CANN_CONSTANTS = dict(a=0.7, J0=30.0, k=0.6, tau=2.0)


@claim(
    'CANN1D',
    'deviation of a run with a moving cue from the printed equations, share of the largest rate',
    0.0,
    0.005,
    _CANN.format('Neural Computation 2010'),
)
def follows_on_a_line():
    net = ratezoo.CANN1D(40, **_CANN_CONSTANTS)
    return _follows(net, 1, **_CANN_CONSTANTS, x=net.stimulus(np.linspace(0.0, 1.5, 150), 0.5))


@claim(
    'CANN2D',
    'deviation of a run with a moving cue from the printed equations, share of the largest rate',
    0.0,
    0.005,
    _CANN.format('J. Physics: Conference Series 2009'),
)
def follows_on_a_sheet():
    net = ratezoo.CANN2D(12, **_CANN_CONSTANTS)
    z = np.stack([np.linspace(0.0, 1.0, 150), np.linspace(0.3, -1.0, 150)], 1)
    return _follows(net, 2, **_CANN_CONSTANTS, x=net.stimulus(z, 0.5))


def travelling_wave(mu, tau_v=50.0, a=0.5, J0=1.0, share=0.5, n=128, tau=1.0):
    """Speed c and bump u (n,) of the wave u(θ − ct) of an adaptive CANN with m = μ τ/τ_v, by Newton's method (SciPy).

    −cτ u′ = −u + J∗r − v and −cτ_v v′ = −v + m u on the circle, where v follows from u in Fourier space.
    """
    theta = -np.pi + 2 * np.pi * np.arange(n) / n
    k, width = share * J0**2 / (8 * (2 * np.pi) ** 0.5 * a), 2 * np.pi / n
    J = np.fft.fft(np.fft.ifftshift(J0 / ((2 * np.pi) ** 0.5 * a) * np.exp(-(theta**2) / (2 * a**2)))) * width
    iq = 1j * np.fft.fftfreq(n, 1 / n)

    def residual(unknown):
        u, c = unknown[:n], unknown[n]
        r = np.maximum(u, 0) ** 2
        r /= 1 + k * width * r.sum()
        u_q = np.fft.fft(u)
        v = mu * tau / tau_v * u_q / (1 - iq * c * tau_v)
        change = np.fft.ifft(c * tau * iq * u_q - u_q + J * np.fft.fft(r) - v).real
        return np.append(change, u @ np.sin(theta))  # the last number keeps the bump at 0

    height = 0.97 * _height(1, a, J0, share)
    start = np.append(height * np.exp(-(theta**2) / (4 * a**2)), a / tau_v * (mu - 1) ** 0.5)
    found = root(residual, start, tol=1e-12)
    assert np.abs(found.fun).max() < 1e-9
    return found.x[n], found.x[:n]


@claim(
    'AdaptiveCANN',
    'speed of the bump in units of a/τ_v, m = 1.5 τ/τ_v',
    lambda: travelling_wave(1.5)[0] * 50 / 0.5,
    2e-3,
    'independent computation: travelling wave by Newton’s method (SciPy)',
)
def slow_wave():
    return _speed(0.03)


@claim(
    'AdaptiveCANN',
    'speed of the bump in units of a/τ_v, m = 3 τ/τ_v',
    lambda: travelling_wave(3.0)[0] * 50 / 0.5,
    4e-3,
    'independent computation: travelling wave by Newton’s method (SciPy)',
)
def fast_wave():
    return _speed(0.06)


def _speed(m):
    """The speed of the default network in units of a/τ_v, in the second half of a long run."""
    net = ratezoo.AdaptiveCANN(m=m)
    mon = run(net, 1600.0, ['u'])
    z, half = np.unwrap(net.centre(mon['u'])), slice(8000, None)
    return np.polyfit(mon['ts'][half], z[half], 1)[0] * 50 / 0.5


@claim(
    'AdaptiveCANN',
    'strength m above which the bump travels, τ/τ_v',
    0.02,
    1e-5,
    'Mi, Fung, Wong & Wu 2014; Li, Chu & Wu 2024, Eq. 43',
)
def onset():
    def at(m):
        net = ratezoo.AdaptiveCANN(m=m, k=0.3, a=0.4)
        return growth(net, {'u': net.bump(), 'v': m * net.bump()}, np.zeros(net.n))

    return 0.03 - at(0.03) * 0.01 / (at(0.04) - at(0.03))  # the rate is m/τ − 1/τ_v


@claim(
    'AdaptiveCANN',
    'height of the bump at rest, m = 0.015',
    lambda: _adapted_height(0.015),
    1e-3,
    'closed form (Li, Chu & Wu 2024, Eq. 24)',
)
def adapted_bump():
    net = ratezoo.AdaptiveCANN(m=0.015)
    return np.max(run(net, 500.0, ['u'], {'u': 0.9 * net.bump(), 'v': 0 * net.bump()})['u'][-1])


def _adapted_height(m, a=0.5, J0=1.0, share=0.5):
    k = share * J0**2 / (8 * (2 * np.pi) ** 0.5 * a)
    root_of = (J0**2 - 8 * (2 * np.pi) ** 0.5 * (1 + m) ** 2 * k * a) ** 0.5
    return (J0 + root_of) / (4 * np.pi**0.5 * (1 + m) * k * a)


@claim(
    'AdaptiveCANN',
    'travelled in 500 τ, in rad, m = 0.9 τ/τ_v',
    0.0,
    0.06,
    'Mi, Fung, Wong & Wu 2014: no travelling wave at m < τ/τ_v',
)
def standing():
    net = ratezoo.AdaptiveCANN(m=0.018)
    return net.centre(run(net, 500.0, ['u'])['u'][-1])


@claim(
    'AdaptiveCANN',
    'lead of the bump before a slow cue in units of its speed, α = 0.1, m = 0.04',
    lambda: _lead(0.1, 0.04),
    0.03,
    'closed form to first order in the speed; that the lead is a constant time: Mi, Fung, Wong & Wu 2014',
)
def lead():
    net, v = ratezoo.AdaptiveCANN(m=0.04), 1e-4
    z = v * net.dt * np.arange(6000)
    u = run(net, None, ['u'], {'u': net.bump(), 'v': 0.04 * net.bump()}, net.stimulus(z, 0.1))['u'][-1]
    return net.centre(u) / v - 600.0


def _lead(alpha, m, tau=1.0, tau_v=50.0, a=0.5, J0=1.0, share=0.5):
    """(m τ_v − τ) A/(α u_0); the height A of the bump under the cue by bisection."""
    B, cue = share * J0**2 / 8, alpha * _adapted_height(m)  # √(2π) a k = share J_0²/8
    A = brentq(lambda A: -(1 + m) * A + J0 / 2**0.5 * A**2 / (1 + B * A**2) + cue, 0.5 * cue / alpha, 5 * cue / alpha)
    return (m * tau_v - tau) * A / cue

"""What the papers say about the models of models/multiarea.py."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq, fsolve

import ratezoo
from claims.base import claim, run
from claims.integration import integrated, levels

_C = np.array([[0.0, 0.5, 0.3], [0.2, 0.0, 0.6], [0.7, 0.4, 0.0]])
_DELAYS = np.array([[0.0, 0.5, 1.3], [0.0, 0.0, 0.8], [2.1, 0.4, 0.0]])  # one connection without a delay, C[1, 0]
_V, _W = np.array([-1.0, 0.5, 1.5]), np.array([1.0, 0.2, -0.5])
_X = np.array([[0.3, -0.2, 0.6], [-0.5, 0.4, 0.1]])  # the input for t < 5, and for t > 5


def areas(v, w, x, current):
    """dv/dt and dw/dt of FitzHugh–Nagumo neurons with the default constants and G = 0.4."""
    return v - v**3 / 3 - w + 0.5 + x + 0.4 * current, (v + 0.7 - 0.8 * w) / 12.5


def by_loop(h, dt, steps):
    """v of three areas after ``steps`` steps of Euler's method for the delay equation, connection by connection."""
    v, w, past = _V, _W, [_V]
    late = np.rint(_DELAYS / dt).astype(int)
    for k in range(steps):
        sent = np.array([[past[max(k - late[i, j], 0)][j] for j in range(3)] for i in range(3)])
        dv, dw = areas(v, w, _X[2 * k // steps], (_C * h(sent, v[:, None])).sum(1))
        v, w = v + dt * dv, w + dt * dw
        past.append(v)
    return v


def three_areas(coupling='diffusive', delays=_DELAYS, **options):
    return ratezoo.MultiAreaNetwork('FitzHughNagumo', _C, delays, G=0.4, coupling=coupling, **options)


def diffusive(sent, own):
    return sent - own


def product(sent, own):
    return jnp.tanh(sent) * own


_PAPER = 'Deco et al. 2009, the delay equation'


@claim(
    'MultiAreaNetwork',
    "v of the first of three areas at t = 10, diffusive coupling, delays up to 2.1, Euler's method, Δt = 0.1",
    lambda: by_loop(diffusive, 0.1, 100)[0],
    1e-10,
    _PAPER + ' by a plain loop in NumPy, Δt = 0.1',
)
def by_euler():
    net = three_areas(method='euler')
    return run(net, None, ['v'], {'v': _V, 'w': _W}, levels(*_X, steps=50))['v'][-1, 0]


@claim(
    'MultiAreaNetwork',
    'v of the first of three areas at t = 10, diffusive coupling, delays up to 2.1, with all defaults',
    lambda: by_loop(diffusive, 0.002, 5000)[0],
    0.02,
    _PAPER + ' by a plain loop in NumPy, Δt = 0.002',
)
def by_default():
    return run(three_areas(), None, ['v'], {'v': _V, 'w': _W}, levels(*_X, steps=50))['v'][-1, 0]


@claim(
    'MultiAreaNetwork',
    "v at t = 10 with a coupling of one's own, tanh(v_j) v_i, by `step` alone, Euler's method, Δt = 0.1",
    lambda: by_loop(lambda sent, own: np.tanh(sent) * own, 0.1, 100)[0],
    1e-10,
    _PAPER + ' by a plain loop in NumPy, Δt = 0.1',
)
def own_coupling():
    net = three_areas(product, method='euler')
    params, r = net.params_dict(), net.starting_state({'v': _V, 'w': _W})
    inputs = jnp.asarray(levels(*_X, steps=50))
    return jax.jit(lambda r: jax.lax.scan(lambda r, x: (net.step(r, params, x), None), r, inputs)[0])(r)['v'][0]


def without_delays(y, x):
    """The printed equations of three areas with additive coupling and no delay."""
    return np.concatenate(areas(y[:3], y[3:], x, _C @ y[:3]))


@claim(
    'MultiAreaNetwork',
    'v of the first of three areas at t = 10, additive coupling without delays',
    lambda: integrated(without_delays, np.append(_V, _W), levels(*_X, steps=50))[0],
    1e-4,
    "Deco et al. 2009 without delays, by scipy's adaptive integration",
)
def additive():
    net = three_areas('additive', 0.0)
    return run(net, None, ['v'], {'v': _V, 'w': _W}, levels(*_X, steps=50))['v'][-1, 0]


@claim(
    'MultiAreaNetwork',
    'v of the first of three areas at rest, additive coupling',
    lambda: fsolve(without_delays, np.append(_V, _W), (3 * _X[0],), xtol=1e-12)[0],
    1e-6,
    'the root of the printed equations, by scipy',
)
def rest():
    net = three_areas('additive').without_delays()
    return float(net.relax(3 * _X[0], r0={'v': _V, 'w': _W}, solver='newton').r['v'][0])


class Phase(ratezoo.Circuit):
    """dθ/dt = 1 + x"""

    states = ('theta',)
    omega = ratezoo.Constant(1.0, 'frequency')

    def F(self, theta, params, x):
        return self.omega + x


@claim(
    'MultiAreaNetwork',
    'frequency of two phases that see each other 2 later, Ω = 1 − 0.4 sin 2Ω',
    lambda: brentq(lambda w: w - 1 + 0.4 * np.sin(2 * w), 0.0, 1.0),
    1e-4,
    'Schuster & Wagner 1989: two oscillators in phase (for many: Yeung & Strogatz 1999)',
)
def delayed():
    net = ratezoo.MultiAreaNetwork(Phase(2), [[0.0, 1.0], [1.0, 0.0]], 2.0, G=0.4, coupling='sine')
    theta = run(net, 100.0, ['theta'], np.array([0.0, 0.5]))['theta']
    return (theta[-1, 0] - theta[-2, 0]) / 0.1

"""Attractor networks: a line, a ring or a sheet of fixed points, along which the state can rest anywhere."""

import jax.numpy as jnp
import numpy as np
from brainpy.math import as_jax
from scipy.optimize import brentq

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example, pulse
from ratezoo.model import RateModel

__all__ = ['LineIntegrator', 'RingAttractor', 'CANN1D', 'CANN2D', 'RingModel']
CATEGORY = 'attractor'


def wrapped(angle):
    """An angle brought to [−π, π)."""
    return (np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi


def grid(n):
    """n equally spaced angles from −π on."""
    return -np.pi + 2 * np.pi * np.arange(n) / n


class _Attractor(RateModel):
    """What these share: no parameter to train; the state u, whose place on the attractor `centre` reads."""

    states = ('u',)

    def initial_state(self):
        """The bump at 0."""
        return jnp.asarray(self.bump())

    def _numbers(self, **numbers):
        for option, value in numbers.items():
            if not is_positive(value):
                raise self.invalid(option, 'a number > 0', repr(value))
            setattr(self, option, value)


class _CANN(_Attractor):
    """The continuous attractor of divisive inhibition in D dimensions, on a torus of 2π each way."""

    D = 1
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n, *, a, J0, k, tau, method, dt, sigma, seed, mode, name):
        super().__init__(n ** self.D, n ** self.D, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(tau=tau)
        self._numbers(a=a, J0=J0, k=k)
        if k >= 1:
            raise self.invalid('k', 'a number below 1, in units of k_c: with more inhibition there is no bump', k)
        spacing = 2 * np.pi / n
        if a < spacing:
            raise self.invalid('a', f'a width of at least the distance of two units, {spacing:.3g}', a)
        self.side, self.theta = n, grid(n)
        self.cell = spacing ** self.D                                                  # the integral's dx
        self.k_c = J0 ** 2 / (4 * 2 ** self.D * (2 * np.pi * a ** 2) ** (self.D / 2))
        kernel = J0 / (2 * np.pi * a ** 2) ** (self.D / 2) * np.exp(-self._distance2(-np.pi) / (2 * a ** 2))
        self.kernel = np.fft.rfftn(kernel.reshape(self._shape)) * self.cell

    @property
    def _shape(self):
        return (self.side,) * self.D

    def _distance2(self, z):
        """Squared distance of every unit from z (…, D) on the torus, (…, n)."""
        z = np.asarray(z, float)
        z = np.broadcast_to(z[..., None], (*z.shape, self.D)) if z.ndim == 0 or self.D == 1 else z
        total = 0.
        for axis in range(self.D):
            d2 = wrapped(self.theta - z[..., axis, None]) ** 2
            d2 = d2.reshape(*d2.shape[:-1], *(self.side if i == axis else 1 for i in range(self.D)))
            total = total + d2
        return total.reshape(*total.shape[:total.ndim - self.D], -1)

    def output(self, u, params):
        """The rates r, Eq. (2)."""
        squared = jnp.maximum(u, 0) ** 2
        return squared / (1 + self.k * self.k_c * self.cell * jnp.sum(squared))

    def F(self, u, params, x):
        r = self.output(u, params).reshape(self._shape)
        current = jnp.fft.irfftn(jnp.fft.rfftn(r) * self.kernel.astype(jnp.result_type(r, jnp.complex64)), self._shape)
        return (-u + current.ravel() + x) / self.tau                                    # Eq. (1)

    @property
    def u0(self):
        """Height of the bump at rest, the larger root of 2^{D/2}(1 + (2πa²)^{D/2} k u_0²) = J_0 u_0."""
        A = 2 ** (self.D / 2) * (2 * np.pi * self.a ** 2) ** (self.D / 2) * self.k * self.k_c
        return float((self.J0 + np.sqrt(self.J0 ** 2 - 4 * A * 2 ** (self.D / 2))) / (2 * A))

    def bump(self, z=0.):
        """The bump at rest at z, u_0 exp(−|θ − z|²/4a²): exact on a line; on the torus up to exp(−π²/4a²)."""
        return self.u0 * np.exp(-self._distance2(z) / (4 * self.a ** 2))

    def stimulus(self, z, alpha=0.1):
        """The input α u_0 exp(−|θ − z|²/4a²) of a cue at z, (n,), or at each of the places z (T,) or (T, D), (T, n)."""
        return alpha * self.bump(z)

    def centre(self, u):
        """Where the bump of the state u (…, n) is: the angle of the population vector, (…,) or (…, D)."""
        weight = np.maximum(np.asarray(as_jax(u)), 0) ** 2
        weight = weight.reshape(*weight.shape[:-1], *self._shape)
        found = []
        for axis in range(self.D):
            others = tuple(-self.D + i for i in range(self.D) if i != axis)
            found.append(np.angle(weight.sum(others) @ np.exp(1j * self.theta)))
        return found[0] if self.D == 1 else np.stack(found, -1)


class CANN1D(_CANN):
    """A bump on a ring of features that rests anywhere and follows a cue, with divisive inhibition.

        (1)  τ du/dt = −u(θ) + ∫ J(θ − θ′) r(θ′) dθ′ + x(θ),    J(d) = J_0/(√(2π) a) e^{−d²/2a²}
        (2)  r(θ) = u₊²/(1 + k k_c ∫ u₊² dθ),                   k_c = J_0²/(8 √(2π) a)

    Divisive inhibition keeps the bump from growing; for 0 < k < 1 u = u_0 e^{−(θ − z)²/4a²} is at rest for every z
    (`bump`), so that the network remembers z. A cue α u_0 e^{−(θ − z(t))²/4a²} that moves with velocity v is followed
    with a lag s, and is lost beyond v_max; to first order in α

        (3)  v τ = α s e^{−s²/6a²},    v_max = √3 a α/(τ √e)  (at s = √3 a)

    (the cue projected on u u′, the adjoint of the translation u′; Fung et al. project on u′ itself, which gives 8 in
    place of 6, the same for a small lag, and a v_max that is 15 % too high).

    The state is u, the output the rates r. Features in radians; the unit of time is up to you (that of τ).

    Parameters
    ----------
    n : int
        Number of units, at angles −π + 2πi/n. Default 128.
    a : float
        Width of the interaction, in radians. Default 0.5.
    J0 : float
        Strength J_0. Default 1.
    k : float
        Inhibition in units of the critical one, 0 < k < 1. Default 0.5.
    tau : float
        Time constant τ. Default 1.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    A run starts with the bump at 0. `stimulus` makes inputs, `centre` reads the bump's place.

    References
    ----------
    S. Amari, Biological Cybernetics 27, 77–87 (1977), doi:10.1007/BF00337259. S. Wu, K. Hamaguchi and S. Amari, Neural
    Computation 20, 994–1025 (2008), doi:10.1162/neco.2008.10-06-378. C. C. A. Fung, K. Y. M. Wong and S. Wu, Neural
    Computation 22, 752–792 (2010), doi:10.1162/neco.2009.07-08-824 (the bump, lag and speed limit).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.CANN1D(64)
    >>> runner = ratezoo.Runner(net, monitors=['u'], progress_bar=False)
    >>> _ = runner.run(inputs=net.stimulus(np.linspace(0, 1, 1000), alpha=0.5))
    >>> bool(0.7 < net.centre(runner.mon['u'][-1]) < 1)                 # behind the cue, which is at 1
    True
    """

    example = Example(200., lambda net, ts: net.stimulus(0.01 * ts, 0.1))
    def __init__(self, n=128, *, a=0.5, J0=1., k=0.5, tau=1., method='euler', dt=None, sigma=0., seed=None, mode=None,
                 name=None):
        super().__init__(n, a=a, J0=J0, k=k, tau=tau, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode,
                         name=name)


class CANN2D(_CANN):
    """The same on a sheet that is closed both ways.

        (1)  τ du/dt = −u(θ) + ∫∫ J(|θ − θ′|) r(θ′) d²θ′ + x(θ),    J(d) = J_0/(2π a²) e^{−d²/2a²}
        (2)  r(θ) = u₊²/(1 + k k_c ∫∫ u₊² d²θ),                     k_c = J_0²/(32 π a²)

    with θ in [−π, π)². For 0 < k < 1 the bump u = u_0 e^{−|θ − z|²/4a²} is at rest for every z. The state is u, flat
    (n²,), in the order of ``u.reshape(n, n)``; the output are the rates r.

    Parameters
    ----------
    n : int
        Number of units along one side. Default 32.
    a, J0, k, tau
        As in `CANN1D`.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    References
    ----------
    C. C. A. Fung, K. Y. M. Wong and S. Wu, "Tracking dynamics of two-dimensional continuous attractor neural
    networks", J. Physics: Conference Series 197, 012017 (2009), doi:10.48550/arXiv.0910.1520. S. Wu, K. Hamaguchi and
    S. Amari, Neural Computation 20, 994–1025 (2008), doi:10.1162/neco.2008.10-06-378.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.CANN2D(24)
    >>> found = net.relax(r0=net.bump((1., -2.)), max_steps=200)
    >>> net.centre(found.r).round(2).tolist()
    [1.0, -2.0]
    """

    example = Example(20., lambda net, ts: net.stimulus(np.stack([0.05 * ts, 0.1 * ts], 1), 0.1))
    D = 2

    def __init__(self, n=32, *, a=0.5, J0=1., k=0.5, tau=1., method='euler', dt=None, sigma=0., seed=None, mode=None,
                 name=None):
        super().__init__(n, a=a, J0=J0, k=k, tau=tau, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode,
                         name=name)


class RingAttractor(_Attractor):
    """The head-direction ring, whose bump a velocity signal turns by the derivative of the weights.

        (1)  τ du/dt = −u + (w − τ x w′) ∗ r + b,    r = [u]₊,    w(d) = (J_0 + J_1 cos d)/2π

    The input x is the angular velocity: it adds the derivative of the even weights, and the bump turns with exactly x,
    unchanged in shape (on a ring of many units). At rest u = A (cos(θ − z) − cos θ_c) for every z, with

        (2)  J_1 (θ_c − ½ sin 2θ_c) = 2π,    A = −b/(cos θ_c + (J_0/π)(sin θ_c − θ_c cos θ_c))

    The state is u, the output the rates r. Angles in radians, velocities in radians per unit of time.

    Parameters
    ----------
    n : int
        Number of units, at angles −π + 2πi/n. Default 100.
    J0, J1 : float
        Uniform inhibition J_0 and the strength of the cosine, J_1 > 2. Default −4 and 6.
    b : float
        Uniform drive. Default 1.
    tau : float
        Time constant τ. Default 1.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    References
    ----------
    K. Zhang, "Representation of spatial orientation by the intrinsic dynamics of the head-direction cell ensemble: a
    theory", J. Neuroscience 16, 2112–2126 (1996), doi:10.1523/JNEUROSCI.16-06-02112.1996 (the weights' derivative). R.
    Ben-Yishai, R. L. Bar-Or and H. Sompolinsky, PNAS 92, 3844–3848 (1995), doi:10.1073/pnas.92.9.3844 (the cosine
    and the width of its bump).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.RingAttractor(dt=0.05)
    >>> runner = ratezoo.Runner(net, monitors=['u'], dt=0.05, progress_bar=False)
    >>> _ = runner.run(inputs=np.full((400, 1), 0.1))                   # 20 units of time at 0.1 rad each
    >>> round(float(net.centre(runner.mon['u'][-1])), 1)
    2.0
    """

    example = Example(20., 0.3)
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n=100, *, J0=-4., J1=6., b=1., tau=1., method='euler', dt=None, sigma=0., seed=None, mode=None,
                 name=None):
        super().__init__(n, 1, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(tau=tau)
        self._numbers(b=b)
        if not (isinstance(J1, (int, float)) and 2 < J1 < np.inf):
            raise self.invalid('J1', 'a strength above 2: with less the ring has no bump', repr(J1))
        self.J0, self.J1, self.theta = J0, J1, grid(n)
        self.theta_c = brentq(lambda t: J1 * (t - np.sin(2 * t) / 2) - 2 * np.pi, 1e-6, np.pi)
        c = self.theta_c
        bottom = np.cos(c) + J0 / np.pi * (np.sin(c) - c * np.cos(c))
        if not bottom < 0:
            raise self.invalid('J0', 'more inhibition: with this little the bump grows without bound', J0)
        self.amplitude = -b / bottom

    def F(self, u, params, x):
        r, cos, sin = jnp.maximum(u, 0), jnp.cos(self.theta), jnp.sin(self.theta)
        mean, c, s = jnp.mean(r), jnp.mean(cos * r), jnp.mean(sin * r)
        even = self.J0 * mean + self.J1 * (cos * c + sin * s)                           # w ∗ r
        odd = self.J1 * (cos * s - sin * c)                                             # w′ ∗ r
        return (-u + even + self.b) / self.tau - x * odd                                # Eq. (1)

    def output(self, u, params):
        """The rates [u]₊."""
        return jnp.maximum(u, 0)

    def bump(self, z=0.):
        """The bump at rest at z, Eq. (2)."""
        return self.amplitude * (np.cos(self.theta - z) - np.cos(self.theta_c))

    def centre(self, u):
        """Where the bump of the state u (…, n) is: the angle of the population vector."""
        return np.angle(np.maximum(np.asarray(as_jax(u)), 0) @ np.exp(1j * self.theta))


class LineIntegrator(RateModel):
    """The oculomotor integrator: feedback that nearly cancels the leak, time constant tau/(1 - w).

        (1)  τ dr/dt = −r + W r + ξ x,    W = w ξ ξᵀ/‖ξ‖²,    output = ξ·r/‖ξ‖²

    Along ξ the time constant is τ/(1 − w), a line of fixed points for w = 1; across, it is τ. ξ holds the units'
    weights of the eye's position, uniform in [½, 1½].

    Parameters
    ----------
    n : int
        Number of units. Default 10.
    w : float
        Feedback w, ≤ 1 for stability. Default 0.99.
    tau : float
        Time constant τ of a unit; the unit of time is up to you. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`; the seed draws ξ, too.

    References
    ----------
    H. S. Seung, "How the brain keeps the eyes still", PNAS 93, 13339–13344 (1996), doi:10.1073/pnas.93.23.13339.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.LineIntegrator(w=1., seed=0)
    >>> runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
    >>> _ = runner.run(inputs=np.array([1.] * 10 + [0.] * 200)[:, None])   # one unit of time on, then nothing
    >>> round(float(net.output(net.state, net.params_dict())[0]), 6)
    1.0
    """

    example = Example(60., pulse(5., 10., 1.))
    params = ('W',)
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n=10, *, w=0.99, tau=1., method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, 1, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(tau=tau)
        if isinstance(w, bool) or not isinstance(w, (int, float)) or not np.isfinite(w):
            raise self.invalid('w', 'a finite number', repr(w))
        self.xi = np.random.default_rng(self.seed).uniform(0.5, 1.5, n)
        self.W = self.trainable('W', w * np.outer(self.xi, self.xi) / (self.xi @ self.xi), (n, n))

    def F(self, r, params, x):
        return (-r + params['W'] @ r + jnp.asarray(self.xi, r.dtype) * x) / self.tau    # Eq. (1)

    def output(self, r, params):
        """ξ·r/‖ξ‖², (1,)."""
        return (jnp.asarray(self.xi / (self.xi @ self.xi), r.dtype) @ r)[None]


class RingModel(Circuit):
    """Orientation tuning from modulated coupling, which appears at J2 = 2.

        (1)  τ dr/dt = −r + [(1/n) Σ_j J(θ_i − θ_j) r_j + c (1 − ε + ε cos 2θ_i) − T + x]₊
        (2)  J(θ) = −J_0 + J_2 cos 2θ

    Orientations θ from −π/2 to π/2; ε, from 0 to ½, is how much the input prefers θ = 0. Rates without unit. With ε =
    0 the uniform rate (c − T)/(1 + J_0) is stable up to J_2 = 2; beyond, the ring answers a uniform input with a hill
    of the half width θ_c, J_2 (θ_c − ¼ sin 4θ_c) = π (`width`), wherever it began (marginal phase).

    References
    ----------
    R. Ben-Yishai, R. L. Bar-Or and H. Sompolinsky, "Theory of orientation tuning in visual cortex", PNAS 92, 3844–3848
    (1995), doi:10.1073/pnas.92.9.3844; here with a gain of 1.

    Examples
    --------
    >>> round(RingModel(J2=4.).width / np.pi, 4)                        # 45°
    0.25
    """

    default_n = 100
    about = {'n': 'Number of orientations.'}
    unit_of_time = 'ms'
    example = Example(300.)
    J0 = Constant(0.5, 'uniform inhibition')
    J2 = Constant(3., 'modulated coupling')
    c = Constant(2., 'contrast of the input')
    epsilon = Constant(0., 'modulation of the input')
    T = Constant(1., 'threshold')
    tau = Constant(10., 'time constant', 'ms', positive=True)

    @property
    def theta(self):
        """The orientations (n,), in rad."""
        return grid(self.n) / 2

    def F(self, r, params, x):
        cos, sin = (jnp.asarray(f(2 * self.theta), r.dtype) for f in (np.cos, np.sin))
        recurrent = -self.J0 * jnp.mean(r) + self.J2 * (cos * jnp.mean(cos * r) + sin * jnp.mean(sin * r))
        given = self.c * (1 - self.epsilon + self.epsilon * cos) - self.T
        return (-r + jnp.maximum(recurrent + given + x, 0)) / self.tau                  # Eq. (1)

    def start(self):
        """Rates near 0.1, drawn by the seed."""
        return jnp.asarray(0.1 + 0.01 * np.random.default_rng(self.seed).normal(size=self.n))

    @property
    def width(self):
        """θ_c of the hill for J_2 > 2 and ε = 0, in rad."""
        if not self.J2 > 2:
            raise self.invalid('J2', 'a coupling above 2: with less a uniform input gives a uniform rate', self.J2)
        return float(brentq(lambda t: self.J2 * (t - np.sin(4 * t) / 4) - np.pi, 1e-6, np.pi / 2))

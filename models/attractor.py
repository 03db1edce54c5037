"""Attractor networks: their fixed points form a line, a ring or a sheet, and the state can rest at any of them."""

import warnings
from typing import Any

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example, pulse
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike, Params, State

__all__ = ['LineIntegrator', 'RingAttractor', 'CANN1D', 'AdaptiveCANN', 'CANN2D', 'RingModel']
CATEGORY = 'attractor'


def wrapped(angle: ArrayLike) -> float | np.ndarray:
    """The equivalent angle in [−π, π)."""
    return (np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi


def grid(n: int) -> np.ndarray:
    """n equally spaced angles in [−π, π), (n,)."""
    return -np.pi + 2 * np.pi * np.arange(n) / n


class _Attractor(RateModel):
    """Base of the networks whose state u is a bump of activity. They have no parameter to train.

    A subclass gives ``bump(z)``, the bump at rest at z, and ``centre(u)``, the position of the bump of the state u.
    """

    states: tuple[str, ...] = ('u',)

    def initial_state(self) -> Array:
        """The bump at 0."""
        return jnp.asarray(self.bump())

    def _set_positive(self, **values):
        """Set the attributes named, or raise if one of them is not a number > 0."""
        for name, value in values.items():
            if not is_positive(value):
                raise self.invalid(name, 'a number > 0', repr(value))
            setattr(self, name, value)


class _CANN(_Attractor):
    """The continuous attractor with divisive inhibition, on a torus with D periodic directions of length 2π."""

    D = 1
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(self, n, *, a, J0, k, tau, method, dt, sigma, seed, mode, name):
        sizes = dict.fromkeys(self.states, n**self.D)
        super().__init__(sizes, n**self.D, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.n = n**self.D
        self.set_constants(tau=tau)
        self._set_positive(a=a, J0=J0, k=k)
        if k >= 1:
            warnings.warn(
                f'{type(self).__name__}.k: expected a number below 1, in units of k_c, got {k}. With so much '
                'inhibition no bump is at rest: it dies. Take a smaller k to keep it.',
                stacklevel=3,
            )
        spacing = 2 * np.pi / n
        if a < spacing:
            raise self.invalid('a', f'a width of at least the distance of two units, {spacing:.3g}', a)
        self.side, self.theta = n, grid(n)
        self.cell = spacing**self.D  # dθ (or d²θ) of the integrals
        self.k_c = J0**2 / (4 * 2**self.D * (2 * np.pi * a**2) ** (self.D / 2))
        kernel = J0 / (2 * np.pi * a**2) ** (self.D / 2) * np.exp(-self._squared_distance(-np.pi) / (2 * a**2))
        # J depends on θ − θ′ alone, so the integral is a circular convolution: a product of Fourier transforms, which
        # costs O(n log n) instead of O(n²).
        self.kernel = np.fft.rfftn(kernel.reshape(self._shape)) * self.cell

    @property
    def _shape(self):
        return (self.side,) * self.D

    def _squared_distance(self, z):
        """The squared distance of every unit from z (…, D) on the torus, (…, n)."""
        z = np.asarray(z, float)
        z = np.broadcast_to(z[..., None], (*z.shape, self.D)) if z.ndim == 0 or self.D == 1 else z
        total = 0.0
        for axis in range(self.D):
            along_axis = wrapped(self.theta - z[..., axis, None]) ** 2
            shape = (self.side if i == axis else 1 for i in range(self.D))
            total = total + along_axis.reshape(*along_axis.shape[:-1], *shape)
        return total.reshape(*total.shape[: total.ndim - self.D], -1)

    def output(self, u: Array, params: Params) -> Array:
        """The rates r, Eq. (2)."""
        squared = jnp.maximum(u, 0) ** 2
        return squared / (1 + self.k * self.k_c * self.cell * jnp.sum(squared))

    def recurrent(self, r: Array) -> Array:
        """The current ∫ J(θ − θ′) r(θ′) dθ′ of the rates r (n,)."""
        r = r.reshape(self._shape)
        kernel = self.kernel.astype(jnp.result_type(r, jnp.complex64))
        return jnp.fft.irfftn(jnp.fft.rfftn(r) * kernel, self._shape).ravel()

    def F(self, u: Array, params: Params, x: Array) -> Array:
        return (-u + self.recurrent(self.output(u, params)) + x) / self.tau  # Eq. (1)

    @property
    def leak(self) -> float:
        """What takes u away from a bump at rest, in units of u."""
        return 1.0

    @property
    def u0(self) -> float:
        """Height of the bump at rest: the larger root of l 2^{D/2}(1 + (2πa²)^{D/2} k u_0²) = J_0 u_0 (l: the `leak`).

        Where there is no root, because the inhibition is too strong, it is the real part of the roots.
        """
        leak = self.leak * 2 ** (self.D / 2)
        A = leak * (2 * np.pi * self.a**2) ** (self.D / 2) * self.k * self.k_c
        inside = self.J0**2 - 4 * A * leak
        return (self.J0 + ((inside + abs(inside)) / 2) ** 0.5) / (2 * A)  # also for a constant that JAX traces

    def bump(self, z: ArrayLike = 0.0) -> np.ndarray:
        """The bump at rest at z, u_0 exp(−|θ − z|²/4a²): exact on an infinite line, on the torus up to exp(−π²/4a²)."""
        return self.u0 * np.exp(-self._squared_distance(z) / (4 * self.a**2))

    def stimulus(self, z: ArrayLike, alpha: float = 0.1) -> np.ndarray:
        """The input α u_0 exp(−|θ − z|²/4a²) of a cue at z, (n,). For T positions z, (T,) or (T, D), it is (T, n)."""
        return alpha * self.bump(z)

    def centre(self, u: ArrayLike) -> float | np.ndarray:
        """The position of the bump in the state u (…, n): the angle of the population vector, (…,) or (…, D)."""
        weight = np.maximum(np.asarray(bm.as_jax(u)), 0) ** 2
        weight = weight.reshape(*weight.shape[:-1], *self._shape)
        angles = []
        for axis in range(self.D):
            other_axes = tuple(-self.D + i for i in range(self.D) if i != axis)
            angles.append(np.angle(weight.sum(other_axes) @ np.exp(1j * self.theta)))
        return angles[0] if self.D == 1 else np.stack(angles, -1)


def _moving_cue(net, ts):
    """A cue at −2.5 that begins to move after 20 units of time, at 0.7 of the speed limit."""
    return net.stimulus(-2.5 + 0.7 * net.speed_limit(0.05) * np.maximum(ts - 20.0, 0.0), 0.05)


class CANN1D(_CANN):
    """Ring of units with a bump of activity that rests anywhere and follows a cue (divisive inhibition).

        (1)  τ du/dt = −u(θ) + ∫ J(θ − θ′) r(θ′) dθ′ + x(θ),    J(d) = J_0/(√(2π) a) e^{−d²/2a²}
        (2)  r(θ) = u₊²/(1 + k k_c ∫ u₊² dθ),                   k_c = J_0²/(8 √(2π) a)

    The state is u, the output are the rates r. Features θ are in radians; time has the unit of τ, which you choose.

    Divisive inhibition stops the growth of the bump. For 0 < k < 1 the bump u = u_0 e^{−(θ − z)²/4a²} is at rest for
    every z (`bump`), so the network remembers z. If a cue α u_0 e^{−(θ − z(t))²/4a²} moves with the velocity v, the
    bump follows it with a lag s. A cue faster than v_max is lost. To first order in α

        (3)  v τ = α s e^{−s²/6a²},    v_max = √3 a α/(τ √e)  (at s = √3 a)

    For Eq. (3) the cue is projected on u u′, the adjoint of the translation u′. Fung et al. project on u′ itself. Their
    formula has 8 in place of 6: for a small lag it is the same, but its v_max is 15 % too high.

    A run starts with the bump at 0. `stimulus` gives inputs, `centre` gives the position of the bump.

    Parameters
    ----------
    n : int
        Number of units, at angles −π + 2πi/n. Default 128.
    a : float
        Width of the interaction, in radians. Default 0.5.
    J0 : float
        Strength J_0. Default 1.
    k : float
        Inhibition in units of the critical inhibition k_c. Default 0.5. From 1 on, a warning says that the bump dies.
    tau : float
        Time constant τ. Default 1.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

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
    >>> bool(0.7 < net.centre(runner.mon['u'][-1]) < 1)                 # the bump lags behind the cue, which is at 1
    True
    """

    example = Example(300.0, _moving_cue, start=lambda net: net.bump(-2.5))
    portrait = 'tracking'

    def __init__(
        self,
        n: int = 128,
        *,
        a: float = 0.5,
        J0: float = 1.0,
        k: float = 0.5,
        tau: ArrayLike = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n, a=a, J0=J0, k=k, tau=tau, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name
        )

    def speed_limit(self, alpha: float = 0.1) -> float:
        """The velocity v_max of Eq. (3): a faster cue of the strength α is lost."""
        return float(3**0.5 * self.a * alpha / (np.mean(self.tau) * np.e**0.5))


class AdaptiveCANN(_CANN):
    """Ring of units that adapt: strong adaptation drives the bump around the ring, and it runs ahead of a slow cue.

        (1)  τ du/dt = −u(θ) + ∫ J(θ − θ′) r(θ′) dθ′ − v(θ) + x(θ),    J(d) = J_0/(√(2π) a) e^{−d²/2a²}
        (2)  τ_v dv/dt = −v + m u
        (3)  r(θ) = u₊²/(1 + k k_c ∫ u₊² dθ),                          k_c = J_0²/(8 √(2π) a)

    The states are u and the adaptation v, the output are the rates r. It is `CANN1D` with v. Features θ are in
    radians; time has the unit of τ, which you choose.

    The bump u = u_0 e^{−(θ − z)²/4a²}, v = m u is at rest for every z if k (1 + m)² < 1. If m > τ/τ_v, v falls behind a
    bump that moves, and pushes it on: the rest is unstable, and the bump travels with the speed v_int (a travelling
    wave). For τ ≪ τ_v the speed solves

        (4)  (m τ_v/τ) ∫_0^∞ s e^{−s} e^{−(v_int τ_v s/a)²/6} ds = 1,    so v_int → (a/τ_v) √(m τ_v/τ − 1) at the onset

    For Eq. (4) the current v of a moving bump is projected on u u′, the adjoint of the translation u′. Mi et al.
    project on u′ and take v as a bump of the same shape. Their v_int = (2a/τ_v) √(m τ_v/τ − √(m τ_v/τ)) has the same
    threshold, but it is √2 times too large at the onset, and 32 % too large at the default m.

    A slow cue α u_0 e^{−(θ − z(t))²/4a²} that holds the bump, α > m − τ/τ_v, is followed with the time (m τ_v − τ) A/(α
    u_0) of lead, where A is the height of the bump under the cue (`lead_time`). A lead < 0 is a lag. The bump is ahead
    of the cue as long as v_int is above the speed of the cue.

    A run starts with the bump at 0 and with its adaptation at −a/100, so that it can leave an unstable rest, towards
    larger θ. `stimulus` gives inputs, `centre` gives the position of the bump.

    Parameters
    ----------
    n : int
        Number of units, at angles −π + 2πi/n. Default 128.
    a : float
        Width of the interaction, in radians. Default 0.5.
    J0 : float
        Strength J_0. Default 1.
    k : float
        Inhibition in units of the critical inhibition k_c of the network without adaptation. Default 0.5.
    tau : float
        Time constant τ. Default 1.
    tau_v : float
        Time constant τ_v of the adaptation. Default 50.
    m : float
        Strength m of the adaptation. Default 0.04.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    References
    ----------
    Y. Mi, C. C. A. Fung, K. Y. M. Wong and S. Wu, "Spike frequency adaptation implements anticipative tracking in
    continuous attractor neural networks", NIPS 27, 505–513 (2014). C. C. A. Fung, K. Y. M. Wong, H. Wang and S. Wu,
    Neural Computation 24, 1147–1185 (2012), doi:10.1162/NECO_a_00269. Y. Li, T. Chu and S. Wu, "Dynamics of adaptive
    continuous attractor neural networks" (2024), doi:10.48550/arXiv.2410.06517 (a review; its Eqs. 24 and 42 are the
    height of the bump at rest and the v_int of Mi et al.).

    Examples
    --------
    >>> import ratezoo
    >>> for m in (0.015, 0.04):                                         # the threshold τ/τ_v is 0.02
    ...     net = ratezoo.AdaptiveCANN(64, m=m)
    ...     u = ratezoo.simulate(net, 300.0, monitors=['u']).mon['u']
    ...     print(round(abs(float(net.centre(u[-1]))), 1))
    0.0
    1.7
    """

    example = Example(600.0)
    portrait = 'travelling'
    states = ('u', 'v')
    tau_v = Constant(50.0, 'time constant of the adaptation', positive=True)
    m = Constant(0.04, 'strength of the adaptation')

    def __init__(
        self,
        n: int = 128,
        *,
        a: float = 0.5,
        J0: float = 1.0,
        k: float = 0.5,
        tau: ArrayLike = 1.0,
        tau_v: ArrayLike = 50.0,
        m: ArrayLike = 0.04,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n, a=a, J0=J0, k=k, tau=tau, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name
        )
        self.set_constants(tau_v=tau_v, m=m)

    def initial_state(self) -> State:
        """The bump at 0, with its adaptation at −a/100."""
        return {'u': jnp.asarray(self.bump()), 'v': jnp.asarray(self.m * self.bump(-self.a / 100))}

    def output(self, s: dict[str, Array], params: Params) -> Array:
        """The rates r, Eq. (3)."""
        return super().output(s['u'], params)

    def F(self, s: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        u, v = s['u'], s['v']
        return {
            'u': (-u + self.recurrent(self.output(s, params)) - v + x) / self.tau,  # Eq. (1)
            'v': (-v + self.m * u) / self.tau_v,  # Eq. (2)
        }

    @property
    def leak(self) -> float:
        """What takes u away from a bump at rest, in units of u: 1 + m."""
        return 1.0 + (self.m if np.ndim(self.m) == 0 else self.m.mean())

    def intrinsic_speed(self) -> float:
        """The speed v_int of Eq. (4), in radians per unit of time; 0 if m ≤ τ/τ_v."""
        tau, tau_v, m = (float(np.mean(c)) for c in (self.tau, self.tau_v, self.m))
        if m * tau_v <= tau:
            return 0.0

        def excess(y):
            return m * tau_v / tau * quad(lambda s: s * np.exp(-s - (y * s) ** 2 / 6), 0, np.inf)[0] - 1

        return brentq(excess, 0.0, 2 * np.sqrt(m * tau_v / tau)) * self.a / tau_v

    def lead_time(self, alpha: float = 0.1) -> float:
        """The time (m τ_v − τ) A/(α u_0) by which the bump is ahead of a slow cue of the strength α."""
        B, cue = (2 * np.pi) ** 0.5 * self.a * self.k * self.k_c, alpha * self.u0
        # (1 + m) A = α u_0 + (J_0/√2) A²/(1 + B A²): A is the largest root of a cubic polynomial.
        roots = np.roots([B * self.leak, -B * cue - self.J0 / 2**0.5, self.leak, -cue])
        height = roots[np.abs(roots.imag) < 1e-9 * np.abs(roots)].real.max()
        return float(np.mean(self.m) * np.mean(self.tau_v) - np.mean(self.tau)) * float(height) / cue


def _circling_cue(net, ts):
    """A cue that waits for 10 units of time and then runs three quarters of a circle of the radius 1.6 rad."""
    angle = 1.5 * np.pi * np.maximum(ts - 10.0, 0.0) / 110.0
    return net.stimulus(1.6 * np.stack([np.cos(angle), np.sin(angle)], 1), 0.2)


class CANN2D(_CANN):
    """Sheet of units, periodic in both directions, with a bump of activity that rests anywhere and follows a cue.

        (1)  τ du/dt = −u(θ) + ∫∫ J(|θ − θ′|) r(θ′) d²θ′ + x(θ),    J(d) = J_0/(2π a²) e^{−d²/2a²}
        (2)  r(θ) = u₊²/(1 + k k_c ∫∫ u₊² d²θ),                     k_c = J_0²/(32 π a²)

    θ is in [−π, π)². For 0 < k < 1 the bump u = u_0 e^{−|θ − z|²/4a²} is at rest for every z. The state is u as one
    vector (n²,); ``u.reshape(n, n)`` is the sheet. The output are the rates r.

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
    >>> at_rest = net.relax(r0=net.bump((1., -2.)), max_steps=200)
    >>> net.centre(at_rest.r).round(2).tolist()
    [1.0, -2.0]
    """

    example = Example(120.0, _circling_cue, start=lambda net: net.bump((1.6, 0.0)))
    portrait = 'sheet'
    D = 2

    def __init__(
        self,
        n: int = 32,
        *,
        a: float = 0.5,
        J0: float = 1.0,
        k: float = 0.5,
        tau: ArrayLike = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n, a=a, J0=J0, k=k, tau=tau, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name
        )


def _turns(net, ts):
    """A head that turns slowly to the left, rests, and turns fast to the right, in radians per unit of time."""
    return np.select([ts < 5, ts < 20, ts < 30, ts < 40], [0.0, 0.3, 0.0, -0.8], 0.0)


class RingAttractor(_Attractor):
    """Head-direction ring: a velocity input turns its bump, through the derivative of the weights.

        (1)  τ du/dt = −u + (w − τ x w′) ∗ r + b,    r = [u]₊,    w(d) = (J_0 + J_1 cos d)/2π

    The state is u, the output are the rates r. Angles are in radians, velocities in radians per unit of time.

    The input x is the angular velocity. It adds the derivative w′ of the even weights w; then, on a ring of many units,
    the bump turns with exactly the velocity x and keeps its shape. With x = 0 the bump u = A (cos(θ − z) − cos θ_c) is
    at rest for every z, with

        (2)  J_1 (θ_c − ½ sin 2θ_c) = 2π,    A = −b/(cos θ_c + (J_0/π)(sin θ_c − θ_c cos θ_c))

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
        As in `RateModel`. The default method is 'rk4', because Euler's rule at Δt = τ/10 turns the bump 0.4 % too
        slowly (0.2987 at the velocity 0.3). 'rk4' computes F four times a step.

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

    example = Example(50.0, _turns)
    portrait = 'heading'
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(
        self,
        n: int = 100,
        *,
        J0: float = -4.0,
        J1: float = 6.0,
        b: float = 1.0,
        tau: ArrayLike = 1.0,
        method: str = 'rk4',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, 1, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(tau=tau)
        self._set_positive(b=b)
        if not (isinstance(J1, (int, float)) and 2 < J1 < np.inf):
            raise self.invalid('J1', 'a strength above 2', f'{J1!r}. With a weaker cosine the ring has no bump')
        self.J0, self.J1, self.theta = J0, J1, grid(n)
        self.theta_c = brentq(lambda t: J1 * (t - np.sin(2 * t) / 2) - 2 * np.pi, 1e-6, np.pi)
        c = self.theta_c
        denominator = np.cos(c) + J0 / np.pi * (np.sin(c) - c * np.cos(c))  # of A in Eq. (2)
        if not denominator < 0:
            raise self.invalid('J0', 'a smaller (more negative) number', f'{J0}. The bump would grow without bound')
        self.amplitude = -b / denominator

    def F(self, u: Array, params: Params, x: Array) -> Array:
        r, cos, sin = jnp.maximum(u, 0), jnp.cos(self.theta), jnp.sin(self.theta)
        mean, c, s = jnp.mean(r), jnp.mean(cos * r), jnp.mean(sin * r)
        even = self.J0 * mean + self.J1 * (cos * c + sin * s)  # w ∗ r
        odd = self.J1 * (cos * s - sin * c)  # w′ ∗ r
        return (-u + even + self.b) / self.tau - x * odd  # Eq. (1)

    def output(self, u: Array, params: Params) -> Array:
        """The rates [u]₊."""
        return jnp.maximum(u, 0)

    def bump(self, z: float = 0.0) -> np.ndarray:
        """The bump at rest at z, Eq. (2)."""
        return self.amplitude * (np.cos(self.theta - z) - np.cos(self.theta_c))

    def centre(self, u: ArrayLike) -> float | np.ndarray:
        """The position of the bump in the state u (…, n): the angle of the population vector."""
        return np.angle(np.maximum(np.asarray(bm.as_jax(u)), 0) @ np.exp(1j * self.theta))


_PULSES = ((5.0, 0.5), (35.0, 0.5), (65.0, -0.5))  # the beginning and the height of each pulse of the example


class LineIntegrator(RateModel):
    """Oculomotor integrator: feedback nearly cancels the leak, which gives the time constant tau/(1 - w).

        (1)  τ dr/dt = −r + W r + ξ x,    W = w ξ ξᵀ/‖ξ‖²,    output = ξ·r/‖ξ‖²

    Along ξ the time constant is τ/(1 − w). For w = 1 the fixed points form a line along ξ. In all other directions the
    time constant is τ. ξ_i is the weight of the eye's position in unit i; it is uniform in [½, 1½].

    Parameters
    ----------
    n : int
        Number of units. Default 10.
    w : float
        Feedback w; the network is stable if w ≤ 1. Default 0.99.
    tau : float
        Time constant τ of a unit, in a unit of time that you choose. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`; the seed also determines ξ.

    References
    ----------
    H. S. Seung, "How the brain keeps the eyes still", PNAS 93, 13339–13344 (1996), doi:10.1073/pnas.93.23.13339.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.LineIntegrator(w=1., seed=0)
    >>> runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
    >>> _ = runner.run(inputs=np.array([1.] * 10 + [0.] * 200)[:, None])   # input 1 for one unit of time, then 0
    >>> round(float(net.output(net.state, net.params_dict())[0]), 6)
    1.0
    """

    example = Example(100.0, lambda net, ts: sum(pulse(t, t + 2.0, v)(net, ts) for t, v in _PULSES))
    portrait = 'integrator'
    params = ('W',)
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(
        self,
        n: int = 10,
        *,
        w: float = 0.99,
        tau: ArrayLike = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, 1, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(tau=tau)
        if isinstance(w, bool) or not isinstance(w, (int, float)) or not np.isfinite(w):
            raise self.invalid('w', 'a finite number', repr(w))
        self.xi = np.random.default_rng(self.seed).uniform(0.5, 1.5, n)
        self.W = self.trainable('W', w * np.outer(self.xi, self.xi) / (self.xi @ self.xi), (n, n))

    def F(self, r: Array, params: Params, x: Array) -> Array:
        return (-r + params['W'] @ r + jnp.asarray(self.xi, r.dtype) * x) / self.tau  # Eq. (1)

    def output(self, r: Array, params: Params) -> Array:
        """The integrated position ξ·r/‖ξ‖², (1,)."""
        return (jnp.asarray(self.xi / (self.xi @ self.xi), r.dtype) @ r)[None]


class RingModel(Circuit):
    """Ring of orientation-tuned units; the coupling alone produces tuning when J2 exceeds 2.

        (1)  τ dr/dt = −r + [(1/n) Σ_j J(θ_i − θ_j) r_j + c (1 − ε + ε cos 2θ_i) − T + x]₊
        (2)  J(θ) = −J_0 + J_2 cos 2θ

    The orientations θ_i go from −π/2 to π/2. ε, from 0 to ½, says how much the input prefers θ = 0. Rates are without
    unit. With ε = 0 the uniform rate (c − T)/(1 + J_0) is stable up to J_2 = 2. Above J_2 = 2 the ring answers a
    uniform input with a hill of the half width θ_c, where J_2 (θ_c − ¼ sin 4θ_c) = π (`width`). The initial state
    decides the position of the hill (marginal phase).

    The hill is A (cos 2θ − cos 2θ_c)₊ with A = (c − T)/((J_0/π)(sin 2θ_c − 2θ_c cos 2θ_c) − cos 2θ_c). Where A is not
    positive, and for J_2 ≤ 2 where J_0 ≤ −1, the inhibition is too weak: the rates would grow without bound, and
    the constructor refuses.

    References
    ----------
    R. Ben-Yishai, R. L. Bar-Or and H. Sompolinsky, "Theory of orientation tuning in visual cortex", PNAS 92, 3844–3848
    (1995), doi:10.1073/pnas.92.9.3844; here the gain is 1.

    Examples
    --------
    >>> import numpy as np
    >>> from ratezoo import RingModel
    >>> round(RingModel(J2=4.).width / np.pi, 4)                        # 45°
    0.25
    """

    default_n = 100
    about = {'n': 'Number of orientations.'}
    unit_of_time = 'ms'
    example = Example(300.0)
    portrait = 'hill'
    J0 = Constant(0.5, 'uniform inhibition')
    J2 = Constant(3.0, 'modulated coupling')
    c = Constant(2.0, 'contrast of the input')
    epsilon = Constant(0.0, 'modulation of the input')
    T = Constant(1.0, 'threshold')
    tau = Constant(10.0, 'time constant', 'ms', positive=True)

    def __init__(self, n: int | None = None, **options: Any) -> None:
        super().__init__(n, **options)
        if all(np.ndim(constant) == 0 for constant in (self.J0, self.J2, self.c, self.T)) and self._runs_away():
            raise self.invalid(
                'J0',
                f'more uniform inhibition at J2 = {self.J2}',
                f'{self.J0}. The rates would grow without bound. Raise J0 or lower J2',
            )

    def _runs_away(self) -> bool:
        """Whether the rates grow without bound under a uniform input above the threshold."""
        if self.c <= self.T:
            return False
        if self.J2 <= 2:
            return self.J0 <= -1
        t = 2 * self.width
        return bool(self.J0 / np.pi * (np.sin(t) - t * np.cos(t)) - np.cos(t) <= 0)

    @property
    def theta(self) -> np.ndarray:
        """The orientations (n,), in rad."""
        return grid(self.n) / 2

    def F(self, r: Array, params: Params, x: Array) -> Array:
        # cos 2(θ_i − θ_j) = cos 2θ_i cos 2θ_j + sin 2θ_i sin 2θ_j: three means cost O(n), the sum of Eq. (1) O(n²).
        cos, sin = (jnp.asarray(f(2 * self.theta), r.dtype) for f in (np.cos, np.sin))
        recurrent = -self.J0 * jnp.mean(r) + self.J2 * (cos * jnp.mean(cos * r) + sin * jnp.mean(sin * r))
        feedforward = self.c * (1 - self.epsilon + self.epsilon * cos) - self.T
        return (-r + jnp.maximum(recurrent + feedforward + x, 0)) / self.tau  # Eq. (1)

    def start(self) -> Array:
        """Random rates near 0.1; the seed determines them."""
        return jnp.asarray(0.1 + 0.01 * np.random.default_rng(self.seed).normal(size=self.n))

    @property
    def width(self) -> float:
        """The half width θ_c of the hill for J_2 > 2 and ε = 0, in rad."""
        if not self.J2 > 2:
            raise self.invalid('J2', 'a coupling above 2', f'{self.J2}. At a weaker coupling there is no hill')
        return float(brentq(lambda t: self.J2 * (t - np.sin(4 * t) / 4) - np.pi, 1e-6, np.pi / 2))

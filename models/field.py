"""Neural fields: the activity of a sheet of cortex as a function of place."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from ratezoo.checks import is_positive
from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.example import Example
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['NeuralField']
CATEGORY = 'neural field'


def _spark(net, ts):
    """A current of 2 θ within 3 mm of the middle, in the first 20 ms."""
    here = (np.abs(net.places) < 3.0) & (np.asarray(ts)[:, None] < 20.0)
    return 2.0 * np.mean(net.theta) * here


class NeuralField(Circuit):
    """A line of cortex on which active regions spread as fronts, or stay as bumps where inhibition surrounds them.

        (1)  τ du/dt = −u(x) + ∫ w(x − y) f(u(y)) dy + I(x),    f(u) = 1 where u > θ, and 0 elsewhere
        (2)  w(x) = A_e e^{−|x|/σ_e}/(2 σ_e) − A_i e^{−|x|/σ_i}/(2 σ_i)

    I is the input. The line is closed to a ring of the length L, which must be long against σ_e and σ_i. The output is
    u at the n `places`; `active` gives f(u), as the active share of each of the n cells.

    Fronts. With excitation alone (A_i = 0, the default) the edge of an active region moves outwards with the speed

        (3)  c = (σ_e/τ) (A_e − 2θ)/(2θ)  for θ < A_e/2,    c = (σ_e/τ) (A_e − 2θ)/(2 (A_e − θ))  for A_e/2 < θ < A_e

    (Eq. (3) is negative in the second case: the region shrinks). In general c > 0 solves A_e σ_e/(σ_e + c τ) − A_i
    σ_i/(σ_i + c τ) = 2θ (`front_speed`).

    Bumps. With W(x) = ∫_0^x w(y) dy, a region of the width b is at rest if W(b) = θ (`bump_widths`). With A_e > A_i,
    σ_e < σ_i there are two widths for small θ, and none above the largest W. A small change of the width grows with the
    rate 2 w(b)/(τ (w(0) − w(b))), so the bump is stable if w(b) < 0: the wide bump is, the narrow one is not.

    u is linear between the n places, so that an edge can stand between two of them. With a step at each place, a slow
    front would stick to the grid. The errors of c and b are of the order of (L/n)²: 0.6 % of c at the default. That of
    the rate is of the order of L/n. The dict `inhibited` holds constants with two bumps.

    References
    ----------
    S. Amari, "Dynamics of pattern formation in lateral-inhibition type neural fields", Biological Cybernetics 27, 77–87
    (1977), doi:10.1007/BF00337259 (the bumps). G. B. Ermentrout and J. B. McLeod, "Existence and uniqueness of
    travelling waves for a neural network", Proc. Royal Society of Edinburgh A 123, 461–478 (1993),
    doi:10.1017/S030821050002583X (the front). P. C. Bressloff, "Spatiotemporal dynamics of continuum neural fields",
    J. Physics A 45, 033001 (2012), doi:10.1088/1751-8113/45/3/033001 (a review).

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.NeuralField()
    >>> round(net.front_speed(), 6)                                     # mm/ms
    0.1
    >>> net = ratezoo.NeuralField(**ratezoo.NeuralField.inhibited)
    >>> [round(b, 2) for b in net.bump_widths()]                        # mm
    [0.75, 3.86]
    >>> [round(net.growth_rate(b), 3) for b in net.bump_widths()]       # per ms
    [0.094, -0.013]
    """

    default_n = 400
    default_method = 'rk2'
    about = {
        'n': 'Number of places.',
        'sigma_e': 'Length of the excitation, in mm.',
        'sigma_i': 'Length of the inhibition, in mm.',
        'length': 'Length L of the ring, in mm.',
    }
    example = Example(160.0, _spark)
    portrait = 'field'
    states = ('u',)
    inhibited: Mapping[str, float] = {'theta': 0.4, 'A_e': 3.0, 'A_i': 2.5, 'sigma_i': 2.0}
    theta = Constant(0.25, 'threshold')
    A_e = Constant(1.0, 'strength of the excitation')
    A_i = Constant(0.0, 'strength of the inhibition')
    tau = Constant(10.0, 'time constant', 'ms', positive=True)

    def __init__(
        self,
        n: int | None = None,
        *,
        sigma_e: float = 1.0,
        sigma_i: float = 2.0,
        length: float = 40.0,
        **options: Any,
    ) -> None:
        super().__init__(n, **options)
        for name, value in (('sigma_e', sigma_e), ('sigma_i', sigma_i), ('length', length)):
            if not is_positive(value):
                raise self.invalid(name, 'a length > 0', repr(value))
        if length < 8 * max(sigma_e, sigma_i):
            raise self.invalid('length', f'at least 8 sigma, {8 * max(sigma_e, sigma_i):g}', f'{length:g}')
        self.sigma_e, self.sigma_i, self.length = float(sigma_e), float(sigma_i), float(length)
        self.dx = self.length / self.n
        self.places = self.dx * (np.arange(self.n) - self.n // 2)
        self.kernels = {s: self._transformed(s) for s in (self.sigma_e, self.sigma_i)}

    def _transformed(self, s: float) -> np.ndarray:
        """The Fourier transform of e^{−|x|/s}/(2 s), integrated over each cell; around the ring it sums to 1."""
        edges = self.dx * (np.arange(self.n + 1) - 0.5)
        edges[0] = 0.0  # half of the cell at 0; the other half is added below
        # The distances to a place along the ring are x + kL and L − x + kL, k = 0, 1, …: a geometric series.
        upwards = -np.diff(np.exp(-edges / s)) / (2 * (1 - np.exp(-self.length / s)))
        missing = 0.5 - upwards.sum()  # of the last half cell, which is that at 0 again
        upwards[0] += missing
        return np.fft.rfft(upwards + np.roll(upwards[::-1], 1))

    def active(self, u: Array) -> Array:
        """The share of each cell in which u > θ, (n,); u is linear between the places."""
        above = u - self.theta
        following = jnp.roll(above, -1)
        larger, change = jnp.maximum(above, following), jnp.abs(following - above)
        crosses = above * following < 0
        between = jnp.where(crosses, larger / jnp.where(crosses, change, 1.0), larger > 0)  # of each interval
        return (between + jnp.roll(between, 1)) / 2

    def F(self, u: Array, params: Params, x: Array) -> Array:
        f = jnp.fft.rfft(self.active(u))
        e, i = (jnp.fft.irfft(f * jnp.asarray(self.kernels[s], f.dtype), self.n) for s in (self.sigma_e, self.sigma_i))
        return (-u + self.A_e * e - self.A_i * i + x) / self.tau  # Eqs. (1), (2)

    def w(self, x: ArrayLike) -> np.ndarray:
        """The weights w(x) at the distance x, per mm, Eq. (2)."""
        e, i = (np.exp(-np.abs(np.asarray(x, float)) / s) / (2 * s) for s in (self.sigma_e, self.sigma_i))
        return self.A_e * e - self.A_i * i

    def W(self, x: ArrayLike) -> np.ndarray:
        """∫_0^x w(y) dy."""
        x = np.asarray(x, float)
        e, i = (np.sign(x) * (1 - np.exp(-np.abs(x) / s)) / 2 for s in (self.sigma_e, self.sigma_i))
        return self.A_e * e - self.A_i * i

    def bump(self, width: float, centre: float = 0.0) -> np.ndarray:
        """The field W(x + b/2) − W(x − b/2) around a region of the width b that is active, (n,); x from its centre."""
        x = self.places - centre
        x = x - self.length * np.round(x / self.length)
        return self.W(x + width / 2) - self.W(x - width / 2)

    def bump_widths(self) -> list[float]:
        """The widths b of the bumps, W(b) = θ, in mm, from the narrow one to the wide one: none, one or two."""
        b = np.linspace(1e-6, self.length / 2, 4000)
        over = self.W(b) - self.theta
        at = np.flatnonzero(np.diff(np.sign(over)) != 0)
        return [brentq(lambda one: float(self.W(one)) - self.theta, b[k], b[k + 1]) for k in at]

    def growth_rate(self, width: float) -> float:
        """The rate 2 w(b)/(τ (w(0) − w(b))) with which a small change of the width b of a bump grows, per ms."""
        return float(2 * self.w(width) / (np.mean(self.tau) * (self.w(0.0) - self.w(width))))

    def front_speed(self) -> float:
        """The speed c of a front, in mm/ms: > 0 if the active side grows, < 0 if it shrinks.

        Raises
        ------
        InvalidValueError
            The active or the silent side does not stay as it is: θ is not between 0 and A_e − A_i.
        """
        total = self.A_e - self.A_i
        if not 0 < self.theta < total:
            raise self.invalid('theta', f'a threshold between 0 and A_e − A_i = {total:g}', f'{self.theta:g}')
        grows = self.theta < total / 2
        threshold = self.theta if grows else total - self.theta  # a region that shrinks is a silent one that grows

        def excess(c):  # of the field at the front above the threshold
            e, i = (s / (s + c * self.tau) for s in (self.sigma_e, self.sigma_i))
            return self.A_e * e - self.A_i * i - 2 * threshold

        fastest = 1.0
        while excess(fastest) > 0:
            fastest *= 2
        speed = brentq(excess, 0.0, fastest)
        return speed if grows else -speed

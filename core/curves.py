"""f-I curves: the firing rate of a neuron as a function of a constant current, r = g(I). JAX can differentiate them."""

import abc
import math
from dataclasses import dataclass, fields
from typing import ClassVar

import jax.numpy as jnp
import numpy as np

from ratezoo.errors import InvalidValueError
from ratezoo.types import Array

# Gauss–Legendre quadrature on [0, 1].
_NODES, _WEIGHTS = (np.polynomial.legendre.leggauss(200)[0] + 1) / 2, np.polynomial.legendre.leggauss(200)[1] / 2


@dataclass(frozen=True)
class Curve(abc.ABC):
    """A firing rate as a function of the current, r = g(I), for each unit. The constants of g are the fields.

    Attributes
    ----------
    positive : tuple of str
        The fields that must be > 0.
    """

    positive: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            if not is_number or (field.name in self.positive and value <= 0):
                expected = 'a number > 0' if field.name in self.positive else 'a finite number'
                raise InvalidValueError(f'{type(self).__name__}.{field.name}: expected {expected}, got {value!r}.')

    @abc.abstractmethod
    def __call__(self, I: Array | np.ndarray | float) -> Array:
        """The rates g(I), of the shape of the currents I."""


@dataclass(frozen=True)
class ThresholdLinear(Curve):
    """r = gain · [I − threshold]₊.

    Examples
    --------
    >>> from ratezoo.curves import ThresholdLinear
    >>> float(ThresholdLinear(gain=2., threshold=1.)(3.))
    4.0
    """

    gain: float = 1.0
    threshold: float = 0.0

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        return self.gain * jnp.maximum(I - self.threshold, 0.0)


@dataclass(frozen=True)
class Sigmoid(Curve):
    """r = maximum/(1 + exp(−gain (I − threshold)))."""

    maximum: float = 1.0
    gain: float = 1.0
    threshold: float = 0.0
    positive = ('maximum',)

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        return self.maximum * (1 + jnp.tanh(self.gain * (I - self.threshold) / 2)) / 2


@dataclass(frozen=True)
class Tanh(Curve):
    """r = maximum · tanh(gain (I − threshold)). Negative below the threshold: r is relative to a baseline."""

    maximum: float = 1.0
    gain: float = 1.0
    threshold: float = 0.0
    positive = ('maximum',)

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        return self.maximum * jnp.tanh(self.gain * (I - self.threshold))


@dataclass(frozen=True)
class Softplus(Curve):
    """r = (gain/sharpness) ln(1 + exp(sharpness (I − threshold))). For large currents it is threshold-linear."""

    gain: float = 1.0
    threshold: float = 0.0
    sharpness: float = 1.0
    positive = ('sharpness',)

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        return self.gain * jnp.logaddexp(self.sharpness * (I - self.threshold), 0.0) / self.sharpness


@dataclass(frozen=True)
class PowerLaw(Curve):
    """r = k [I − threshold]₊^n, the curve of the stabilised supralinear network.

    References
    ----------
    Y. Ahmadian, D. B. Rubin and K. D. Miller, "Analysis of the stabilized supralinear network", Neural Computation 25,
    1994–2037 (2013), doi:10.1162/NECO_a_00472 (k = 0.04, n = 2 there).
    """

    k: float = 0.04
    n: float = 2.0
    threshold: float = 0.0
    positive = ('k', 'n')

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        return self.k * jnp.maximum(I - self.threshold, 0.0) ** self.n


@dataclass(frozen=True)
class LIF(Curve):
    """The exact rate of the leaky integrate-and-fire neuron at a constant current.

        (1)  τ dV/dt = −(V − V_rest) + R I;   at V_th the neuron spikes, and V stays at V_reset for t_ref
        (2)  1/r = t_ref + τ ln[(V_rest + R I − V_reset)/(V_rest + R I − V_th)]   where V_rest + R I > V_th, else r = 0

    Potentials in mV, R in MΩ, I in nA, times in ms, rates in Hz.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), sec. 5.4, Eqs. (5.8) and (5.11). L. Lapicque,
    J. Physiol. Pathol. Gen. 9, 620–635 (1907).

    Examples
    --------
    >>> from ratezoo.curves import LIF
    >>> round(float(LIF(tau=20., V_rest=-70., V_reset=-70., V_th=-50., R=10., t_ref=2.)(3.)), 1)      # R I = 30 mV
    41.7
    """

    tau: float = 20.0
    V_rest: float = -70.0
    V_reset: float = -60.0
    V_th: float = -50.0
    R: float = 10.0
    t_ref: float = 2.0
    positive: ClassVar[tuple[str, ...]] = ('tau', 'R')

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.V_reset < self.V_th:
            raise InvalidValueError(
                f'{type(self).__name__}.V_reset: expected a potential below V_th = {self.V_th}, got {self.V_reset!r}.'
            )
        if self.t_ref < 0:
            raise InvalidValueError(f'{type(self).__name__}.t_ref: expected a time ≥ 0, got {self.t_ref!r}.')

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        V = self.V_rest + self.R * jnp.asarray(I, float)
        fires = self.V_th < V
        V = jnp.where(fires, V, self.V_th + 1.0)  # keeps the logarithm, and its gradient, finite where r = 0
        period = self.t_ref + self.tau * jnp.log((V - self.V_reset) / (V - self.V_th))
        return jnp.where(fires, 1000 / period, 0.0)


@dataclass(frozen=True)
class Siegert(LIF):
    """The rate of the leaky integrate-and-fire neuron in white noise, by Siegert's formula.

        (1)  τ dV/dt = −(V − V_rest) + R I + σ √τ η(t),   ⟨η(t) η(t′)⟩ = δ(t − t′)
        (2)  1/r = t_ref + τ √π ∫_{y_r}^{y_th} e^{s²} (1 + erf s) ds,    y = (V − V_rest − R I)/σ at V_reset and V_th
                 = t_ref + τ ∫_0^∞ e^{−u²} (e^{2 y_th u} − e^{2 y_r u})/u du

    The first integral in (2) is the mean first-passage time. The second integral equals it and is the one that is
    computed, with 200 Gauss–Legendre nodes. σ is √2 times the standard deviation of the membrane potential without a
    threshold. Rates below about 1e-26 Hz are given as about 1e-26 Hz.

    References
    ----------
    A. J. F. Siegert, Physical Review 81, 617–623 (1951), doi:10.1103/PhysRev.81.617. N. Brunel, J. Computational
    Neuroscience 8, 183–208 (2000), doi:10.1023/A:1008925309027, Eq. (21).

    Examples
    --------
    >>> from ratezoo.curves import LIF, Siegert
    >>> bool(Siegert(sigma=5.)(1.5) > 0), float(LIF()(1.5))     # with noise it fires below threshold
    (True, 0.0)
    """

    sigma: float = 5.0
    positive = ('tau', 'R', 'sigma')

    def __call__(self, I: Array | np.ndarray | float) -> Array:
        V = self.V_rest + self.R * jnp.asarray(I, float)
        high = jnp.minimum((self.V_th - V) / self.sigma, 8.0)  # y_th; with this limit e^{y²} fits into single precision
        low = high - (self.V_th - self.V_reset) / self.sigma  # y_r
        # The integral goes from 0 to the end u = reach, beyond which the integrand is 0 to the precision of a float.
        reach = jnp.where(high > 0, high + 6.0, 20.0 / jnp.maximum(-high, 20 / 6))
        # u = reach · s² puts many nodes near u = 0, where the integrand lies for y ≪ 0. du = 2 reach s ds.
        u = reach[..., None] * jnp.asarray(_NODES, V.dtype) ** 2
        du = 2 * reach[..., None] * jnp.asarray(_NODES * _WEIGHTS, V.dtype)
        low, high = low[..., None], high[..., None]
        passage = jnp.sum(du * (jnp.exp(-(u**2) + 2 * high * u) - jnp.exp(-(u**2) + 2 * low * u)) / u, -1)  # Eq. (2)
        return 1000 / (self.t_ref + self.tau * passage)


_ALL = (ThresholdLinear, Sigmoid, Tanh, Softplus, PowerLaw, LIF, Siegert)
curves: dict[str, type[Curve]] = {c.__name__: c for c in _ALL}

"""From spikes to rates: a rate model with a synapse and a membrane, its two limits, and `reduce`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ratezoo.constants import Constant
from ratezoo.curves import LIF, Siegert
from ratezoo.errors import InvalidValueError, NotConvergedError, UnknownNameError
from ratezoo.example import Example, pulse
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES
from ratezoo.models.spiking import SpikingPopulation
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['SynapticRate', 'FiringRate', 'SynapticCurrent']
CATEGORY = 'reduction'

_SHIFT_FACTOR = 1.4603545088095868 / 2**0.5  # |ζ(1/2)|/√2, of the shift of V_th and V_reset
_NORMAL_POINTS = np.linspace(-6.0, 6.0, 601)  # a mean over N(0, 1) is a sum over these points with these weights
_NORMAL_WEIGHTS = np.exp(-(_NORMAL_POINTS**2) / 2) / np.exp(-(_NORMAL_POINTS**2) / 2).sum()
_LEAST_NOISE = 0.01  # a smaller σ, as a share of V_th − V_reset, counts as no noise


class _Reduced(RateModel):
    """Base of the three rate models: recurrent weights W, the f-I curve g, and time constants."""

    params = ('W',)
    example = Example(80.0, pulse(5.0, 45.0, 1.0))
    portrait = 'limits'

    def __init__(self, n, g, W, weight, *, method, dt, sigma, seed, mode, name, **constants):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not callable(g) and (not isinstance(g, str) or g not in NONLINEARITIES):
            raise UnknownNameError(
                f'{type(self).__name__}.g: expected a function, such as a curve of '
                f'ratezoo.curves, or one of {", ".join(NONLINEARITIES)}, got {g!r}.'
            )
        self.g = g if callable(g) else NONLINEARITIES[g]
        self.set_constants(**constants)
        random_W = weight * np.random.default_rng(self.seed).normal(size=(n, n)) / n**0.5
        self.W = self.trainable('W', random_W if W is None else W, (n, n))


class SynapticRate(_Reduced):
    """Synapse and membrane as two low-pass filters, tau_s dI/dt = -I + W r + x, tau_m dr/dt = -r + g(I).

        (1)  τ_s dI/dt = −I + W r + x
        (2)  τ_m dr/dt = −r + g(I)

    I (n,) are currents, r (n,) are rates, x (n,) are input currents. Rates replace the spike trains; the kernel of the
    synapse is e^{−t/τ_s}/τ_s. For τ_s ≪ τ_m the model becomes `FiringRate`, for τ_m ≪ τ_s it becomes `SynapticCurrent`;
    the error is of first order in the ratio of the time constants. The fixed points r* = g(W r* + x) are the same in
    all three models.

    Parameters
    ----------
    n : int
        Number of units. Default 10.
    g : callable or str
        The f-I curve: a function of the current, such as one of `ratezoo.curves`, or 'tanh' (default), 'relu',
        'softplus', 'sigmoid', 'linear'.
    W : array (n, n), optional
        Weights ``W[post, pre]``. Default: normal with variance weight²/n.
    weight : float
        The standard deviation of the default W is weight/√n. Default 0.5.
    tau_s, tau_m : float
        Time constants of the synapse and of the membrane, in a unit of time that you choose. Default 5 and 10.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed also determines the default W.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), sec. 7.2, Eqs. (7.6) and (7.8). B. Ermentrout,
    Neural Computation 6, 679–695 (1994), doi:10.1162/neco.1994.6.4.679 (spikes to rates for slow synapses).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.SynapticRate(3, W=np.zeros((3, 3)), g='linear')
    >>> fixed_point = net.relax(np.array([1., 2., 3.]))
    >>> np.round(fixed_point.r['r'], 3).tolist()
    [1.0, 2.0, 3.0]
    """

    states = ('I', 'r')
    tau_s = Constant(5.0, 'time constant of the synapse', positive=True)
    tau_m = Constant(10.0, 'time constant of the membrane', positive=True)

    def __init__(
        self,
        n: int = 10,
        g: str | Callable[[Array], Array] = 'tanh',
        *,
        W: ArrayLike | None = None,
        weight: float = 0.5,
        tau_s: ArrayLike = 5.0,
        tau_m: ArrayLike = 10.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n,
            g,
            W,
            weight,
            method=method,
            dt=dt,
            sigma=sigma,
            seed=seed,
            mode=mode,
            name=name,
            tau_s=tau_s,
            tau_m=tau_m,
        )

    def F(self, state: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        I, r = state['I'], state['r']
        dI = (-I + params['W'] @ r + x) / self.tau_s  # Eq. (1)
        dr = (-r + self.g(I)) / self.tau_m  # Eq. (2)
        return {'I': dI, 'r': dr}


class FiringRate(_Reduced):
    """Rate model in the limit of a fast synapse, tau_m dr/dt = -r + g(W r + x).

        (1)  τ_m dr/dt = −r + g(W r + x)

    Parameters
    ----------
    n, g, W, weight
        As in `SynapticRate`.
    tau_m : float
        Time constant of the membrane. Default 10.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed also determines the default W.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), sec. 7.2, Eq. (7.11). H. R. Wilson and J. D.
    Cowan, Biophysical Journal 12, 1–24 (1972), doi:10.1016/S0006-3495(72)86068-5.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.FiringRate(1, W=0.5, g='linear')
    >>> round(float(net.relax(np.ones(1)).r[0]), 3)                     # x/(1 - w)
    2.0
    """

    tau_m = Constant(10.0, 'time constant of the membrane', positive=True)

    def __init__(
        self,
        n: int = 10,
        g: str | Callable[[Array], Array] = 'tanh',
        *,
        W: ArrayLike | None = None,
        weight: float = 0.5,
        tau_m: ArrayLike = 10.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name, tau_m=tau_m
        )

    def F(self, r: Array, params: Params, x: Array) -> Array:
        return (-r + self.g(params['W'] @ r + x)) / self.tau_m  # Eq. (1)


class SynapticCurrent(_Reduced):
    """Rate model in the limit of a fast membrane, tau_s dI/dt = -I + W g(I) + x, r = g(I).

        (1)  τ_s dI/dt = −I + W g(I) + x,    r = g(I)

    The state is I, the output are the rates r.

    Parameters
    ----------
    n, g, W, weight
        As in `SynapticRate`.
    tau_s : float
        Time constant of the synapse. Default 5.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed also determines the default W.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), sec. 7.2. J. J. Hopfield, PNAS 81, 3088–3092
    (1984), doi:10.1073/pnas.81.10.3088.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.SynapticCurrent(1, W=0.5, g='linear')
    >>> round(float(net.relax(np.ones(1)).r[0]), 3)
    2.0
    """

    states = ('I',)
    tau_s = Constant(5.0, 'time constant of the synapse', positive=True)

    def __init__(
        self,
        n: int = 10,
        g: str | Callable[[Array], Array] = 'tanh',
        *,
        W: ArrayLike | None = None,
        weight: float = 0.5,
        tau_s: ArrayLike = 5.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(
            n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name, tau_s=tau_s
        )

    def F(self, I: Array, params: Params, x: Array) -> Array:
        return (-I + params['W'] @ self.g(I) + x) / self.tau_s  # Eq. (1)

    def output(self, I: Array, params: Params) -> Array:
        """The rates r = g(I)."""
        return self.g(I)


class _Driven(SynapticRate):
    """`SynapticRate` that adds a constant current ``drive`` (n,) to its input x."""

    def __init__(self, *args, drive, **kwargs):
        super().__init__(*args, **kwargs)
        self.drive = drive

    def F(self, state: dict[str, Array], params: Params, x: Array) -> dict[str, Array]:
        return super().F(state, params, x + jnp.asarray(self.drive, state['I'].dtype))


class _CurveForEachUnit:
    """An f-I curve g(I), (n,) → (n,), in which unit i has the curve ``curves[i]``."""

    def __init__(self, curves):
        self.curves = curves

    def __call__(self, I):
        return jnp.stack([curve(I[i]) for i, curve in enumerate(self.curves)])


def reduce(
    population: SpikingPopulation, x: ArrayLike = 0.0, *, tau_m: float | None = None, **options: Any
) -> SynapticRate:
    """The rate model of a spiking population, with the same parameters and one unit for each group.

        (1)  τ_s dI_a/dt = −I_a + Σ_b W_ab r_b + μ_a + x_a,    W_ab = ⟨Σ_j w_ij⟩/1000 in nA/Hz
        (2)  τ_m dr_a/dt = −r_a + g_a(I_a),                    r in Hz, times in ms
        (3)  σ_a² = (R²/τ) [Σ_b ⟨Σ_j w_ij²⟩ r_b + w_x² ν_a]/1000

    The sums run over the neurons j of group b, the means ⟨ ⟩ over the neurons i of group a. ν_a is the total rate of
    the Poisson sources of one neuron, and μ_a = w_x ν_a/1000 is their mean current.

    Approximate: drops the correlations between spikes, and the differences between the neurons of a group in their
    number of synapses. g treats the spikes that a neuron receives as noise from many small, independent Poisson spikes.
    The amplitude σ of this noise belongs to the steady state at the input ``x``; the model keeps this σ for all other
    inputs. There are three cases:

    * In general, g is Siegert's formula for white noise of the amplitude σ. The synapse filters the noise; to first
      order in √(τ_s/τ) this has the same effect as raising V_th and V_reset by σ |ζ(1/2)| √(τ_s/2τ).
    * For slow synapses, τ_s > τ/2, g is the curve of the noiseless `LIF`, averaged over the normal distribution of I
      with the standard deviation (σ/R) √(τ/2τ_s). This is right for τ_s ≫ τ.
    * If σ is below 1 % of V_th − V_reset, g is `LIF` itself.

    τ_m is the membrane's τ unless it is given. This is how the course reads the model: the membrane is the filter
    between current and rate. τ_m changes only transients, and transients are what the reduction describes least well.
    If the neurons of a population do not fire together, part of its rate follows a change of the current at once: the
    number of neurons that cross V_th in a moment depends on dV/dt (Gerstner). So after a step of x the population
    responds earlier than this model. The difference is smaller with slower synapses, and a small τ_m reduces it. In a
    sparse inhibitory network the error over the transient was 40 % of the step for τ_s = 2 and 16 % for τ_s = 100; with
    τ_m = 2 it was 15 % and 14 %. The error of the steady rates was below 4 %. If the neurons of a population do fire
    together, no model with one number for each group can follow its rate.

    Parameters
    ----------
    population : SpikingPopulation
    x : float or array (groups,)
        The input in nA that belongs to the steady state with the noise amplitude σ. Default 0.
    tau_m : float, optional
        Time constant τ_m in ms. Default ``population.neuron.tau``.
    **options
        As for `SynapticRate`: method, dt, seed, ….

    Returns
    -------
    SynapticRate
        One unit for each group; inputs in nA. The model adds the mean current μ of the Poisson sources to its input, so
        do not add it to x.

    Raises
    ------
    InvalidValueError
        ``population`` is not a SpikingPopulation.
    NotConvergedError
        The search for the steady state does not converge.

    References
    ----------
    N. Brunel, J. Computational Neuroscience 8, 183–208 (2000), doi:10.1023/A:1008925309027 (Eq. (3), self-consistent
    rates). J. Schuecker, M. Diesmann and M. Helias, Physical Review E 92, 052119 (2015),
    doi:10.1103/PhysRevE.92.052119 (the raised potentials). R. Moreno-Bote and N. Parga, Neural Computation 22, 1528
    (2010) (slow synapses). W. Gerstner, Neural Computation 12, 43–89 (2000),
    doi:10.1162/089976600300015899 (how fast a population responds).

    Examples
    --------
    >>> from ratezoo import reduce
    >>> import ratezoo
    >>> net = ratezoo.SpikingPopulation(100, in_degree=10, weight=2., seed=0)
    >>> model = reduce(net, x=3.)
    >>> round(float(model.W.value[0, 0]), 5), model.n                   # 10 × 2 nA·ms
    (0.02, 1)
    """
    if not isinstance(population, SpikingPopulation):
        raise InvalidValueError(f'reduce.population: expected a SpikingPopulation, got {type(population).__name__}.')
    neuron, groups = population.neuron, len(population.sizes)
    x = population._checked_numbers('x', x, (groups,), least=None)
    W, squared_W = (sums / 1000 for sums in population.coupling())
    drive = population.poisson_weight * population.poisson_rate / 1000
    poisson_noise = population.poisson_weight**2 * population.poisson_rate / 1000

    def curves_at(r):
        sigma = neuron.R * np.sqrt((squared_W @ np.maximum(r, 0.0) + poisson_noise) / neuron.tau)  # Eq. (3)
        return [_curve_in_noise(neuron, s, population.tau_s) for s in sigma]

    def rates_caused_by(r):
        return np.array([float(g(I)) for g, I in zip(curves_at(r), W @ r + drive + x, strict=True)])

    g = _CurveForEachUnit(curves_at(_steady_rates(rates_caused_by, x)))
    tau_m = neuron.tau if tau_m is None else tau_m
    return _Driven(groups, g, W=W, tau_s=population.tau_s, drive=drive, tau_m=tau_m, **options)


def _steady_rates(rates_caused_by, x):
    """The rates r (groups,) in Hz that cause themselves: r = rates_caused_by(r) at the input x (groups,)."""
    r = np.zeros(len(x))
    for _ in range(30):  # damped steps from rest, so that the solver starts near the state that the network reaches
        r = r + 0.2 * (rates_caused_by(r) - r)
    r = optimize.root(lambda r: rates_caused_by(r) - r, r, tol=1e-9, options={'eps': 1e-6}).x
    if not np.abs(rates_caused_by(r) - r).max() < 1e-5 * max(1.0, r.max()):
        raise NotConvergedError(
            f'reduce: expected a steady state at x = {x.tolist()}, got none; the last rates were {r.tolist()} Hz. Near '
            'the threshold the f-I curve is very steep if there is little noise: try another x, or more noise.'
        )
    return r


@dataclass(frozen=True)
class _SlowNoise(LIF):
    """The rate of a `LIF` neuron whose current varies slowly: normal around I with the standard deviation ``spread``.

    The mean over the normal distribution is a sum over 601 equally spaced points within six standard deviations.
    """

    spread: float = 1.0

    def __call__(self, I: ArrayLike) -> Array:
        I = jnp.asarray(I, float)
        rates = super().__call__(I[..., None] + self.spread * jnp.asarray(_NORMAL_POINTS, I.dtype))
        return rates @ jnp.asarray(_NORMAL_WEIGHTS, I.dtype)


def _curve_in_noise(neuron, sigma, tau_s):
    """The f-I curve of a `LIF` neuron in noise of the amplitude σ that a synapse with τ_s filters."""
    if sigma < _LEAST_NOISE * (neuron.V_th - neuron.V_reset):
        return neuron
    if tau_s > neuron.tau / 2:
        return _SlowNoise(**vars(neuron), spread=float(sigma / neuron.R * (neuron.tau / (2 * tau_s)) ** 0.5))
    shift = float(sigma * _SHIFT_FACTOR * (tau_s / neuron.tau) ** 0.5)
    shifted = replace(neuron, V_th=neuron.V_th + shift, V_reset=neuron.V_reset + shift)
    return Siegert(**vars(shifted), sigma=float(sigma))

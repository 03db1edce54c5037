"""From spikes to rates: a population with a synapse and a membrane, and what is left when one of them is quick."""

from dataclasses import dataclass, replace

import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ratezoo.constants import Constant
from ratezoo.curves import LIF, Siegert
from ratezoo.errors import InvalidValueError, NotConvergedError, UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES
from ratezoo.models.spiking import SpikingPopulation

__all__ = ['SynapticRate', 'FiringRate', 'SynapticCurrent']
CATEGORY = 'reduction'

_COLOUR = 1.4603545088095868 / 2 ** 0.5         # |ζ(1/2)|/√2
_POINTS = np.linspace(-6., 6., 601)             # of a normal distribution
_SHARES = np.exp(-_POINTS ** 2 / 2) / np.exp(-_POINTS ** 2 / 2).sum()
_NOISELESS = 0.01                               # σ below this part of V_th − V_reset changes nothing


class _Reduced(RateModel):
    """What the three share: recurrent weights W, the f-I curve g, time constants."""

    params = ('W',)
    example = Example(60., 1.)

    def __init__(self, n, g, W, weight, *, method, dt, sigma, seed, mode, name, **constants):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not callable(g) and (not isinstance(g, str) or g not in NONLINEARITIES):
            raise UnknownNameError(f'{type(self).__name__}.g: expected a function, such as a curve of '
                                   f'ratezoo.curves, or one of {", ".join(NONLINEARITIES)}, got {g!r}.')
        self.g = g if callable(g) else NONLINEARITIES[g]
        self.set_constants(**constants)
        drawn = weight * np.random.default_rng(self.seed).normal(size=(n, n)) / n ** 0.5
        self.W = self.trainable('W', drawn if W is None else W, (n, n))


class SynapticRate(_Reduced):
    """Synapse and membrane as low-pass filters, tau_s dI/dt = -I + W r + x, tau_m dr/dt = -r + g(I).

        (1)  τ_s dI/dt = −I + W r + x
        (2)  τ_m dr/dt = −r + g(I)

    with currents I (n,), rates r (n,) and input currents x (n,). Spike trains are replaced by rates; the kernel of the
    synapse is e^{−t/τ_s}/τ_s. For τ_s ≪ τ_m it becomes `FiringRate`, for τ_m ≪ τ_s `SynapticCurrent`, at first order in
    the ratio of the time constants; fixed points, r* = g(W r* + x), are the same in all three.

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
        Default 0.5.
    tau_s, tau_m : float
        Time constants of the synapse and of the membrane, in one unit of time of your choice. Default 5 and 10.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed draws W, too.

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience (MIT Press 2001), sec. 7.2, Eqs. (7.6) and (7.8). B. Ermentrout,
    Neural Computation 6, 679–695 (1994), doi:10.1162/neco.1994.6.4.679 (spikes to rates for slow synapses).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.SynapticRate(3, W=np.zeros((3, 3)), g='linear')
    >>> found = net.relax(np.array([1., 2., 3.]))
    >>> np.round(found.r['r'], 3).tolist()
    [1.0, 2.0, 3.0]
    """

    states = ('I', 'r')
    tau_s = Constant(5., 'time constant of the synapse', positive=True)
    tau_m = Constant(10., 'time constant of the membrane', positive=True)

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_s=5., tau_m=10., method='euler', dt=None, sigma=0.,
                 seed=None, mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_s=tau_s, tau_m=tau_m)

    def F(self, state, params, x):
        I, r = state['I'], state['r']
        return {'I': (-I + params['W'] @ r + x) / self.tau_s,                           # Eq. (1)
                'r': (-r + self.g(I)) / self.tau_m}                                     # Eq. (2)


class FiringRate(_Reduced):
    """Its limit of a quick synapse, tau_m dr/dt = -r + g(W r + x).

        (1)  τ_m dr/dt = −r + g(W r + x)

    Parameters
    ----------
    n, g, W, weight
        As in `SynapticRate`.
    tau_m : float
        Time constant of the membrane. Default 10.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed draws W, too.

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

    tau_m = Constant(10., 'time constant of the membrane', positive=True)

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_m=10., method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_m=tau_m)

    def F(self, r, params, x):
        return (-r + self.g(params['W'] @ r + x)) / self.tau_m                          # Eq. (1)


class SynapticCurrent(_Reduced):
    """Its limit of a quick membrane, tau_s dI/dt = -I + W g(I) + x, r = g(I).

        (1)  τ_s dI/dt = −I + W g(I) + x,    r = g(I)

    The state is I, the output the rates r.

    Parameters
    ----------
    n, g, W, weight
        As in `SynapticRate`.
    tau_s : float
        Time constant of the synapse. Default 5.
    method, dt, sigma, seed, mode, name
        As in `RateModel`; the seed draws W, too.

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
    tau_s = Constant(5., 'time constant of the synapse', positive=True)

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_s=5., method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_s=tau_s)

    def F(self, I, params, x):
        return (-I + params['W'] @ self.g(I) + x) / self.tau_s                          # Eq. (1)

    def output(self, I, params):
        """r = g(I)."""
        return self.g(I)


class _Driven(SynapticRate):
    """`SynapticRate` with a constant current ``drive`` (n,) beside x."""

    def __init__(self, *args, drive, **kwargs):
        super().__init__(*args, **kwargs)
        self.drive = drive

    def F(self, state, params, x):
        return super().F(state, params, x + jnp.asarray(self.drive, state['I'].dtype))


class _Curves:
    """Each unit's own curve."""

    def __init__(self, curves):
        self.curves = curves

    def __call__(self, I):
        return jnp.stack([curve(I[i]) for i, curve in enumerate(self.curves)])


def reduce(population, x=0., *, tau_m=None, **options):
    """The rate model of a spiking population, with the same parameters: a unit for each group.

        (1)  τ_s dI_a/dt = −I_a + Σ_b W_ab r_b + μ_a + x_a,    W_ab = ⟨Σ_j w_ij⟩/1000 in nA/Hz
        (2)  τ_m dr_a/dt = −r_a + g_a(I_a),                    r in Hz, times in ms
        (3)  σ_a² = (R²/τ) [Σ_b ⟨Σ_j w_ij²⟩ r_b + w_x² ν_a]/1000

    The sums run over the neurons j of group b, the means over the neurons i of group a; ν is the rate of all of a
    neuron's Poisson sources and μ = w_x ν/1000 their mean current.

    Approximate. g takes the spikes that a neuron receives for noise: many small, independent, Poisson ones. Their
    amplitude σ is that of the steady state at input ``x`` and stays so for other inputs. g is Siegert's formula for
    white noise of that amplitude, and as the synapse filters it, V_th and V_reset are raised by σ |ζ(1/2)| √(τ_s/2τ),
    which is right at first order in √(τ_s/τ). For slow synapses, τ_s > τ/2, g is the noiseless `LIF` averaged over the
    normal distribution of I, whose standard deviation is (σ/R) √(τ/2τ_s): right for τ_s ≫ τ. Where σ is below 1 % of
    V_th − V_reset, g is `LIF` itself. Left out: in-degrees that differ between the neurons of a group, and that the
    spikes of a recurrent network are neither Poisson nor independent.

    τ_m is the membrane's τ unless given: the course's reading, that the membrane is the filter between current and
    rate. It concerns transients alone, and there it is the reduction's weak side: a population whose neurons don't fire
    together follows its current at once in part, because what crosses V_th in a moment goes with dV/dt (Gerstner). So
    after a step of x the population is ahead of this model, the less so the slower the synapses; a small τ_m is nearer.
    In a sparse inhibitory network the error over the transient was 40 % of the step for τ_s = 2 and 16 % for τ_s = 100;
    with τ_m = 2, 15 % and 14 %. Its steady rates were within 4 %.
    A population whose neurons do fire together has no rate that a number for each group could follow.

    Parameters
    ----------
    population : SpikingPopulation
    x : float or array (groups,)
        The input in nA at which σ is taken. Default 0.
    tau_m : float, optional
        In ms. Default ``population.neuron.tau``.
    **options
        As for `SynapticRate`: method, dt, seed, ….

    Returns
    -------
    SynapticRate
        With groups many units; inputs in nA, without the Poisson sources' mean current, which is in it already.

    Raises
    ------
    NotConvergedError
        No steady state was found.

    References
    ----------
    N. Brunel, J. Computational Neuroscience 8, 183–208 (2000), doi:10.1023/A:1008925309027 (Eq. (3), self-consistent
    rates). J. Schuecker, M. Diesmann and M. Helias, Physical Review E 92, 052119 (2015),
    doi:10.1103/PhysRevE.92.052119 (the raised potentials). R. Moreno-Bote and N. Parga, Neural Computation 22, 1528
    (2010) (slow synapses). W. Gerstner, Neural Computation 12, 43–89 (2000),
    doi:10.1162/089976600300015899 (how quick a population is).

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.SpikingPopulation(100, in_degree=10, weight=2., seed=0)
    >>> model = reduce(net, x=3.)
    >>> round(float(model.W.value[0, 0]), 5), model.n                   # 10 × 2 nA·ms
    (0.02, 1)
    """
    if not isinstance(population, SpikingPopulation):
        raise InvalidValueError(f'reduce.population: expected a SpikingPopulation, got {type(population).__name__}.')
    c, groups = population.neuron, len(population.sizes)
    x = population._numbers('x', x, (groups,), least=None)
    mean, square = (sums / 1000 for sums in population.coupling())
    drive = population.poisson_weight * population.poisson_rate / 1000
    noise = population.poisson_weight ** 2 * population.poisson_rate / 1000

    def curves(r):
        sigma = c.R * np.sqrt((square @ np.maximum(r, 0.) + noise) / c.tau)             # Eq. (3)
        return [_curve(c, s, population.tau_s) for s in sigma]

    def fired(r):
        return np.array([float(g(I)) for g, I in zip(curves(r), mean @ r + drive + x, strict=True)])
    r = np.zeros(groups)
    for _ in range(30):                         # towards the state that the network would reach from rest
        r = r + 0.2 * (fired(r) - r)
    found = optimize.root(lambda r: fired(r) - r, r, tol=1e-9, options={'eps': 1e-6})
    if not np.abs(fired(found.x) - found.x).max() < 1e-5 * max(1., found.x.max()):
        raise NotConvergedError(f'reduce: found no steady state at x = {x.tolist()}; the last rates were '
                                f'{found.x.tolist()} Hz. Near threshold with little noise the f-I curve is very steep: '
                                'try another x, or more noise.')
    return _Driven(groups, _Curves(curves(found.x)), W=mean, tau_s=population.tau_s, drive=drive,
                   tau_m=c.tau if tau_m is None else tau_m, **options)


@dataclass(frozen=True)
class _SlowNoise(LIF):
    """`LIF` averaged over a current that changes slowly, with a standard deviation of ``spread`` nA."""
    spread: float = 1.

    def __call__(self, I):
        I = jnp.asarray(I, float)
        rates = super().__call__(I[..., None] + self.spread * jnp.asarray(_POINTS, I.dtype))
        return rates @ jnp.asarray(_SHARES, I.dtype)


def _curve(c, sigma, tau_s):
    """g in noise that the synapse has filtered."""
    if sigma < _NOISELESS * (c.V_th - c.V_reset):
        return c
    if tau_s > c.tau / 2:
        return _SlowNoise(**vars(c), spread=float(sigma / c.R * (c.tau / (2 * tau_s)) ** 0.5))
    raised = float(sigma * _COLOUR * (tau_s / c.tau) ** 0.5)
    return Siegert(**vars(replace(c, V_th=c.V_th + raised, V_reset=c.V_reset + raised)), sigma=float(sigma))

"""From spikes to rates: a population with a synapse and a membrane, and what is left when one of them is quick."""

import numpy as np

from ratezoo.errors import UnknownNameError
from ratezoo.models.base import RateModel
from ratezoo.models.checks import is_positive
from ratezoo.models.rate import NONLINEARITIES


class _Reduced(RateModel):
    """What the three share: recurrent weights W, the f-I curve g, time constants."""

    params = ('W',)

    def __init__(self, n, g, W, weight, *, method, dt, sigma, seed, mode, name, **constants):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not callable(g) and g not in NONLINEARITIES:
            raise UnknownNameError(f'{type(self).__name__}.g: expected a function, such as a curve of '
                                   f'ratezoo.models.curves, or one of {", ".join(NONLINEARITIES)}, got {g!r}.')
        self.g = g if callable(g) else NONLINEARITIES[g]
        for constant, value in constants.items():
            if not is_positive(value):
                raise self._invalid(constant, 'a time constant > 0', repr(value))
            setattr(self, constant, value)
        drawn = weight * np.random.default_rng(self.seed).normal(size=(n, n)) / n ** 0.5
        self.W = self.trainable('W', drawn if W is None else W, (n, n))


class SynapticRate(_Reduced):
    """A population with a synapse and a membrane, both low-pass filters: the full reduction of a spiking network.

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
        The f-I curve: a function of the current, such as one of `ratezoo.models.curves`, or 'tanh' (default), 'relu',
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

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_s=5., tau_m=10., method='euler', dt=None, sigma=0.,
                 seed=None, mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_s=tau_s, tau_m=tau_m)

    def F(self, state, params, x):
        I, r = state['I'], state['r']
        return {'I': (-I + params['W'] @ r + x) / self.tau_s,                           # Eq. (1)
                'r': (-r + self.g(I)) / self.tau_m}                                     # Eq. (2)


class FiringRate(_Reduced):
    """The firing-rate model: a quick synapse, τ_s ≪ τ_m.

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

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_m=10., method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_m=tau_m)

    def F(self, r, params, x):
        return (-r + self.g(params['W'] @ r + x)) / self.tau_m                          # Eq. (1)


class SynapticCurrent(_Reduced):
    """The current model: a quick membrane, τ_m ≪ τ_s.

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

    def __init__(self, n=10, g='tanh', *, W=None, weight=0.5, tau_s=5., method='euler', dt=None, sigma=0., seed=None,
                 mode=None, name=None):
        super().__init__(n, g, W, weight, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name,
                         tau_s=tau_s)

    def F(self, I, params, x):
        return (-I + params['W'] @ self.g(I) + x) / self.tau_s                          # Eq. (1)

    def output(self, I, params):
        """r = g(I)."""
        return self.g(I)

"""The chaotic reservoir whose output is fed back."""

import jax.numpy as jnp
import numpy as np

from ratezoo.models.base import RateModel
from ratezoo.models.capabilities import HasReadout
from ratezoo.models.checks import is_count, is_positive


class Reservoir(HasReadout, RateModel):
    """Random recurrent network with a trained readout that is fed back.

        (1)  τ dI/dt = −I + W r + W_fb z + W_in x,     r = tanh(I)
        (2)  output z = W_out r

    with currents I (n,), rates r (n,), input x (n_in,) and output z (n_out,). Only ``W_out`` (n_out, n) is trained;
    W (n, n), sparse, ``W_fb`` (n, n_out) and ``W_in`` (n, n_in) stay as they were drawn. Weights are ``W[post, pre]``.
    Dimensionless rates; time in the unit of τ. Above g = 1 the network is chaotic by itself; a readout trained by
    `FORCE` tames it through the feedback.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units and outputs. Default 1, 300 and 1.
    g : float
        Gain of the recurrent weights. Default 1.5.
    sparseness : float
        Probability p of a connection; W ~ N(0, g²/(p n)) where there is one. Default 0.1.
    feedback : float
        Size of the feedback weights, uniform in ±feedback. Default 1.
    tau : float
        Time constant τ. Default 1.
    seed : int, optional
        Seed of the weights, of the initial state and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    W_in ~ N(0, 1) and W_out ~ N(0, 1/n) initially; the initial state is I ~ N(0, ½²).

    References
    ----------
    D. Sussillo and L. F. Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63,
    544–557 (2009), doi:10.1016/j.neuron.2009.07.018: the network of its Figure 1A.

    Examples
    --------
    >>> net = Reservoir(n=50, seed=0)
    >>> net.params, net.W.shape
    (('W_out',), (50, 50))
    """

    params = ('W_out',)
    states = ('I',)

    def __init__(self, n_in=1, n=300, n_out=1, *, g=1.5, sparseness=0.1, feedback=1., tau=1., method='euler', dt=None,
                 sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self._invalid('n_out', 'a positive number of outputs', n_out)
        if not is_positive(tau):
            raise self._invalid('tau', 'a positive time constant', repr(tau))
        if not (is_positive(sparseness) and sparseness <= 1):
            raise self._invalid('sparseness', 'a probability above 0 and at most 1', repr(sparseness))
        self.n_out, self.tau = n_out, tau
        rng = np.random.default_rng(self.seed)
        there = rng.random((n, n)) < sparseness
        self.W = self.as_array('W', g * there * rng.normal(size=(n, n)) / (sparseness * n) ** 0.5)
        self.W_fb = self.as_array('W_fb', feedback * rng.uniform(-1, 1, (n, n_out)))
        self.W_in = self.as_array('W_in', rng.normal(size=(n, n_in)))
        self.I0 = self.as_array('I0', 0.5 * rng.normal(size=n))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n ** 0.5, (n_out, n))

    def F(self, I, params, x):
        r = jnp.tanh(I)
        return (-I + self.W @ r + self.W_fb @ (params['W_out'] @ r) + self.W_in @ x) / self.tau     # Eq. (1)

    def features(self, I):
        return jnp.tanh(I)

    def initial_state(self):
        return self.I0

"""The network of excitatory and inhibitory units that keeps Dale's law while it is trained."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import ContinuousCurrents
from ratezoo.checks import is_count, is_positive
from ratezoo.constants import Constant
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example, tone
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES

__all__ = ['EIRateRNN']
CATEGORY = 'trainable'

RATES = {name: NONLINEARITIES[name] for name in ('relu', 'softplus', 'sigmoid')}    # none is negative
POSITIVE = {'rectify': jax.nn.relu, 'abs': jnp.abs}


class EIRateRNN(ContinuousCurrents, RateModel):
    """Excitatory and inhibitory rate units that keep Dale's law while they are trained.

        (1)  τ dI/dt = −I + W_rec r + [W_in]₊ x + b,     r = φ(I)
        (2)  W_rec = M [W]₊ D,     D = diag(1, …, 1, −1, …, −1)
        (3)  output = [W_out]₊ r_E

    with currents I (n,), rates r (n,) and input x (n_in,). The parameters ``W`` (n, n), ``W_in`` (n, n_in), ``b`` (n,)
    and ``W_out`` (n_out, n) are free numbers, weights ``W[post, pre]``; what acts are the signed weights of (2) and
    (3), which `effective` returns. The excitatory units come first. M takes out self-connections (element by element),
    and the readout r_E is from excitatory units alone, as long-range projections are: the entries of W and W_out that
    are taken out have no effect and no gradient. Dimensionless rates; time in the unit of τ.

    [a]₊ = max(a, 0), as in the paper: a connection that training drives to 0 is pruned, for below 0 its gradient
    vanishes and it stays silent. ``positive='abs'`` puts |a| in its place, under which a connection can come back.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units (two or more) and outputs. Default 1, 50 and 1.
    excitatory : float
        Fraction of excitatory units; their number is rounded. Default 0.8.
    phi : str or callable
        φ: 'relu' (default), 'softplus', 'sigmoid', or a function of an array that is nowhere negative.
    positive : str
        'rectify' (default), [a]₊, or 'abs', |a|.
    tau : float
        Time constant τ. Default 1.
    rho : float
        Spectral radius of W_rec initially. Default 1.5.
    sigma : float
        As in `RateModel`; the paper's σ_rec is sigma √(τ/2). Default 0.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, mode, name
        As in `RateModel`.

    Initially, as in the authors' code: W from a gamma distribution of shape 2, inhibition stronger by the ratio of
    the numbers of excitatory and inhibitory inputs of a unit, so that the two balance in the mean, the rows brought to
    one expected norm, all scaled to ρ; W_in and W_out uniform in [0, 0.1]; b = 0; I = 0.1.

    References
    ----------
    H. F. Song, G. R. Yang and X.-J. Wang, "Training excitatory-inhibitory recurrent neural networks for cognitive
    tasks: a simple and flexible framework", PLOS Computational Biology 12, e1004792 (2016),
    doi:10.1371/journal.pcbi.1004792.

    Examples
    --------
    >>> net = EIRateRNN(n_in=2, n=10, seed=0)
    >>> net.sign.astype(int).tolist()
    [1, 1, 1, 1, 1, 1, 1, 1, -1, -1]
    >>> net.set_params({'W': -net.W.value})              # whatever an update does
    >>> bool((net.effective()['W'] * net.sign >= 0).all())
    True
    """

    example = Example(30., tone)
    params = ('W', 'W_in', 'b', 'W_out')
    tau = Constant(1., 'time constant', positive=True)
    states = ('I',)

    def __init__(self, n_in=1, n=50, n_out=1, *, excitatory=0.8, phi='relu', positive='rectify', tau=1., rho=1.5,
                 method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if n < 2:
            raise self.invalid('n', 'two units or more, as none connects to itself', n)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.set_constants(tau=tau)
        if not is_positive(rho):
            raise self.invalid('rho', 'a positive spectral radius', repr(rho))
        if not (is_positive(excitatory) and excitatory <= 1 and round(excitatory * n) > 0):
            raise self.invalid('excitatory', f'a fraction of the {n} units, one unit at least and at most all',
                                repr(excitatory))
        if not callable(phi) and phi not in RATES:
            raise UnknownNameError(f'{type(self).__name__}.phi: expected a function or one of {", ".join(RATES)} (a '
                                   f'negative rate would turn the sign of a unit), got {phi!r}.')
        if positive not in POSITIVE:
            raise UnknownNameError(f'{type(self).__name__}.positive: expected one of {", ".join(POSITIVE)}, got '
                                   f'{positive!r}.')
        self.n_out, self.n_excitatory = n_out, round(excitatory * n)
        self.phi, self.positive = phi if callable(phi) else RATES[phi], POSITIVE[positive]
        sign = np.where(np.arange(n) < self.n_excitatory, 1., -1.)
        self.sign = self.as_array('sign', sign)
        self._connected = self.as_array('W', (1 - np.eye(n)) * sign)                        # M and D of Eq. (2)
        self._read = self.as_array('W_out', sign > 0)
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', _balanced(rng, sign, rho), (n, n))
        self.W_in = self.trainable('W_in', rng.uniform(0, 0.1, (n, n_in)), (n, n_in))
        self.b = self.trainable('b', 0., (n,))
        self.W_out = self.trainable('W_out', rng.uniform(0, 0.1, (n_out, n)) * (sign > 0), (n_out, n))

    def presynaptic(self, I, x):
        return {'W': self.phi(I), 'W_in': x, 'b': None}

    def weights(self, params):
        return {'W': self._connected * self.positive(params['W']),                          # Eq. (2)
                'W_in': self.positive(params['W_in']), 'b': params['b']}

    def F_of_current(self, I, drive):
        return (-I + drive) / self.tau                                                      # Eq. (1)

    def features(self, I):
        """The rates r = φ(I)."""
        return self.phi(I)

    def output(self, I, params):
        return self._readout(params) @ self.features(I)                                     # Eq. (3)

    def initial_state(self):
        return jnp.full(self.sizes['I'], 0.1, self.dtype)

    def effective(self):
        """The weights that act, by parameter: signed, rectified and without the connections that aren't there.

        Dale's law is ``effective()['W'] * sign ≥ 0``: the column of a unit, its outgoing weights, has its sign.
        """
        params = self.params_dict()
        return {**self.weights(params), 'W_out': self._readout(params)}

    def _readout(self, params):
        return self._read * self.positive(params['W_out'])


def _balanced(rng, sign, rho):
    """Positive weights whose excitation and inhibition balance in the mean, of spectral radius ρ when signed."""
    n, inhibitory = len(sign), sign < 0
    there = 1 - np.eye(n)
    numbers = there @ np.stack([~inhibitory, inhibitory], 1)            # inputs of each unit: excitatory, inhibitory
    ratio = np.where(numbers.min(1) > 0, numbers[:, 0] / np.maximum(numbers[:, 1], 1), 1.)
    mean = there * np.where(inhibitory, ratio[:, None], 1.)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    w = mean * rng.gamma(2., 0.5, (n, n))
    return w * rho / np.abs(np.linalg.eigvals(w * sign)).max()

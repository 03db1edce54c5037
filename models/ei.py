"""The network of excitatory and inhibitory units that keeps Dale's law while it is trained."""

from collections.abc import Callable

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import ContinuousCurrents
from ratezoo.checks import is_count, is_positive
from ratezoo.constants import Constant
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example, pulse
from ratezoo.model import RateModel
from ratezoo.models.rate import NONLINEARITIES
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['EIRateRNN']
CATEGORY = 'trainable'

RATES = {name: NONLINEARITIES[name] for name in ('relu', 'softplus', 'sigmoid')}  # those that are never negative
POSITIVE = {'rectify': jax.nn.relu, 'abs': jnp.abs}


class EIRateRNN(ContinuousCurrents, RateModel):
    """Network of excitatory and inhibitory rate units that keeps Dale's law while it is trained.

        (1)  τ dI/dt = −I + W_rec r + [W_in]₊ x + b,     r = φ(I)
        (2)  W_rec = M [W]₊ D,     D = diag(1, …, 1, −1, …, −1)
        (3)  output = [W_out]₊ r_E

    with currents I (n,), rates r (n,) and input x (n_in,). The excitatory units come first. The parameters ``W``
    (n, n), ``W_in`` (n, n_in), ``b`` (n,) and ``W_out`` (n_out, n) may have any sign. Weights are ``W[post, pre]``. The
    network computes with the effective weights W_rec, [W_in]₊ and [W_out]₊, which `effective` returns. M multiplies
    element by element and sets the diagonal to 0, so that no unit is connected to itself. The readout reads only r_E,
    the rates of the excitatory units, because long-range projections are excitatory. The diagonal of W and the
    inhibitory columns of W_out have no effect, and their gradient is 0. Rates are dimensionless. The unit of time is
    the unit of τ.

    [a]₊ = max(a, 0), as in the paper. If training makes an entry of W negative, that connection is pruned: its
    effective weight is 0. Its gradient is 0 too, so it stays pruned. ``positive='abs'`` uses |a| instead of [a]₊, and
    then a connection can grow again.

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units (two or more) and outputs. Default 1, 50 and 1.
    excitatory : float
        Fraction of excitatory units. Their number is rounded. Default 0.8.
    phi : str or callable
        φ: 'relu' (default), 'softplus', 'sigmoid', or a function of an array that is never negative.
    positive : str
        'rectify' (default) for [a]₊, or 'abs' for |a|.
    tau : float or array (n,)
        Time constant τ. Default 1.
    rho : float
        Initial spectral radius of W_rec. Default 1.5.
    sigma : float
        As in `RateModel`. The paper's σ_rec is sigma √(τ/2). Default 0.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, mode, name
        As in `RateModel`.

    The initial values are those of the authors' code. W is drawn from a gamma distribution of shape 2. Inhibitory
    weights are then multiplied by the ratio of a unit's number of excitatory inputs to its number of inhibitory
    inputs, so that excitation and inhibition balance on average. Every row is scaled to the same expected norm, and
    the matrix is scaled to the spectral radius ρ. W_in and W_out are uniform in [0, 0.1], b = 0, and I = 0.1.

    References
    ----------
    H. F. Song, G. R. Yang and X.-J. Wang, "Training excitatory-inhibitory recurrent neural networks for cognitive
    tasks: a simple and flexible framework", PLOS Computational Biology 12, e1004792 (2016),
    doi:10.1371/journal.pcbi.1004792.

    Examples
    --------
    >>> from ratezoo import EIRateRNN
    >>> net = EIRateRNN(n_in=2, n=10, seed=0)
    >>> net.sign.astype(int).tolist()
    [1, 1, 1, 1, 1, 1, 1, 1, -1, -1]
    >>> net.set_params({'W': -net.W.value})              # the parameters may take any value
    >>> bool((net.effective()['W'] * net.sign >= 0).all())
    True
    """

    example = Example(30.0, pulse(5.0, 20.0, 1.0))
    portrait = 'excitation and inhibition'
    params = ('W', 'W_in', 'b', 'W_out')
    tau = Constant(1.0, 'time constant', positive=True)
    states = ('I',)

    def __init__(
        self,
        n_in: int = 1,
        n: int = 50,
        n_out: int = 1,
        *,
        excitatory: float = 0.8,
        phi: str | Callable[[Array], Array] = 'relu',
        positive: str = 'rectify',
        tau: ArrayLike = 1.0,
        rho: float = 1.5,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self._check_numbers(n, n_out, excitatory, rho)
        self.set_constants(tau=tau)
        self.phi, self.positive = self._functions_by_name(phi, positive)
        self.n_out, self.n_excitatory = n_out, round(excitatory * n)
        sign = np.where(np.arange(n) < self.n_excitatory, 1.0, -1.0)
        self.sign = self.as_array('sign', sign)
        self._signed_mask = self.as_array('W', (1 - np.eye(n)) * sign)  # M and D of Eq. (2)
        self._readout_mask = self.as_array('W_out', sign > 0)
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', _balanced_weights(rng, sign, rho), (n, n))
        self.W_in = self.trainable('W_in', rng.uniform(0, 0.1, (n, n_in)), (n, n_in))
        self.b = self.trainable('b', 0.0, (n,))
        self.W_out = self.trainable('W_out', rng.uniform(0, 0.1, (n_out, n)) * (sign > 0), (n_out, n))

    def _check_numbers(self, n, n_out, excitatory, rho):
        if n < 2:
            raise self.invalid('n', 'two units or more, because no unit is connected to itself', n)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        if not is_positive(rho):
            raise self.invalid('rho', 'a positive spectral radius', repr(rho))
        if not (is_positive(excitatory) and excitatory <= 1 and round(excitatory * n) > 0):
            expected = f'a fraction of the {n} units, at most 1 and large enough for one excitatory unit'
            raise self.invalid('excitatory', expected, repr(excitatory))

    def _functions_by_name(self, phi, positive):
        """The functions φ and [·]₊ that the constructor's arguments ``phi`` and ``positive`` stand for."""
        model = type(self).__name__
        if not callable(phi) and phi not in RATES:
            raise UnknownNameError(
                f'{model}.phi: expected a function or one of {", ".join(RATES)}, got {phi!r}. A negative rate would '
                'reverse the sign of a unit, so φ must never be negative.'
            )
        if positive not in POSITIVE:
            raise UnknownNameError(f'{model}.positive: expected one of {", ".join(POSITIVE)}, got {positive!r}.')
        return phi if callable(phi) else RATES[phi], POSITIVE[positive]

    def presynaptic(self, I: Array, x: Array) -> dict[str, Array | None]:
        """The presynaptic activity of each parameter in the drive: the rates r = φ(I), the input x, None for b."""
        return {'W': self.phi(I), 'W_in': x, 'b': None}

    def weights(self, params: Params) -> Params:
        return {
            'W': self._signed_mask * self.positive(params['W']),  # Eq. (2)
            'W_in': self.positive(params['W_in']),
            'b': params['b'],
        }

    # In the base class I is the current, and here it is the state: mypy refuses a name that changes its place.
    def F_of_current(self, I: Array, drive: Array) -> Array:  # type: ignore[override]
        """dI/dt, Eq. (1), where ``drive`` is W_rec r + [W_in]₊ x + b."""
        return (-I + drive) / self.tau

    def features(self, I: Array) -> Array:
        """The rates r = φ(I)."""
        return self.phi(I)

    def output(self, I: Array, params: Params) -> Array:
        """[W_out]₊ r_E, Eq. (3)."""
        return self._readout(params) @ self.features(I)

    def initial_state(self) -> Array:
        return jnp.full(self.sizes['I'], 0.1, self.dtype)

    def effective(self) -> Params:
        """The effective weights by name of the parameter: with their signs, rectified, and 0 for missing connections.

        Dale's law is ``effective()['W'] * sign ≥ 0``: all outgoing weights of a unit, which are a column of W, have
        the sign of that unit.
        """
        params = self.params_dict()
        return {**self.weights(params), 'W_out': self._readout(params)}

    def _readout(self, params):
        return self._readout_mask * self.positive(params['W_out'])


def _balanced_weights(rng, sign, rho):
    """Initial W, an array (n, n) of numbers ≥ 0.

    Excitation and inhibition of each unit balance on average. With the signs of the units, W has the spectral radius ρ.
    """
    n, inhibitory = len(sign), sign < 0
    connected = 1 - np.eye(n)
    n_inputs = connected @ np.stack([~inhibitory, inhibitory], 1)  # columns: excitatory inputs, inhibitory inputs
    ratio = np.where(n_inputs.min(1) > 0, n_inputs[:, 0] / np.maximum(n_inputs[:, 1], 1), 1.0)
    mean = connected * np.where(inhibitory, ratio[:, None], 1.0)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    w = mean * rng.gamma(2.0, 0.5, (n, n))
    return w * rho / np.abs(np.linalg.eigvals(w * sign)).max()

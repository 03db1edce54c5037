"""The trainable rate network with inputs and a linear readout."""

from collections.abc import Callable

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import ContinuousCurrents, HasReadout
from ratezoo.checks import is_count
from ratezoo.constants import Constant
from ratezoo.errors import UnknownNameError
from ratezoo.example import Example, tone
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike

__all__ = ['RateRNN']
CATEGORY = 'trainable'

NONLINEARITIES: dict[str, Callable[[Array], Array]] = {
    'tanh': jnp.tanh,
    'relu': jax.nn.relu,
    'softplus': jax.nn.softplus,
    'sigmoid': jax.nn.sigmoid,
    'linear': lambda a: a,
}


def as_nonlinearity(model: RateModel, argument: str, phi: str | Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The function that a user gives to the constructor's ``argument``, as the function itself or by its name."""
    if callable(phi):
        return phi
    if not isinstance(phi, str) or phi not in NONLINEARITIES:
        raise UnknownNameError(
            f'{type(model).__name__}.{argument}: expected a function or one of {", ".join(NONLINEARITIES)}, got '
            f'{phi!r}.'
        )
    return NONLINEARITIES[phi]


class RateRNN(ContinuousCurrents, HasReadout, RateModel):
    """Recurrent rate network with inputs and a linear readout, tau dr/dt = -r + phi(W r + W_in x + b).

        (1)  τ dr/dt = −r + φ(I),   I = W r + W_in x + b
        (2)  output = W_out r + b_out

    with rates r (n,), input x (n_in,), ``W`` (n, n), ``W_in`` (n, n_in), ``b`` (n,), ``W_out`` (n_out, n) and
    ``b_out`` (n_out,). Weights are ``W[post, pre]``. Rates are dimensionless. The unit of time is the unit of τ. With
    Euler's method and the leak α = Δt/τ a step is r ← (1 − α) r + α φ(W r + W_in x + b).

    Parameters
    ----------
    n_in, n, n_out : int
        Numbers of inputs, units and outputs. Default 1, 50 and 1.
    phi : str or callable
        φ: 'tanh' (default), 'relu', 'softplus', 'sigmoid', 'linear', or a function of an array.
    tau : float or array (n,)
        Time constant τ. Default 1.
    g : float
        Gain of the recurrent weights: W ~ N(0, g²/n). The network without input becomes chaotic near g = 1. Default 1.
    seed : int, optional
        Seed of the initial weights and of the noise. None (default): drawn from ``bm.random``.
    method, dt, sigma, mode, name
        As in `RateModel`.

    Initially W_in ~ N(0, 1/n_in), W_out ~ N(0, 1/n), b = 0 and b_out = 0.

    References
    ----------
    H. Sompolinsky, A. Crisanti and H. J. Sommers, "Chaos in random neural networks", Physical Review Letters 61,
    259–262 (1988), doi:10.1103/PhysRevLett.61.259 (the random network and its gain g). H. F. Song, G. R. Yang and
    X.-J. Wang, PLOS Computational Biology 12, e1004792 (2016), doi:10.1371/journal.pcbi.1004792 (training it).

    Examples
    --------
    >>> from ratezoo import RateRNN
    >>> net = RateRNN(n_in=2, n=5, n_out=3, seed=0)
    >>> {p: v.shape for p, v in net.params_dict().items()}
    {'W': (5, 5), 'W_in': (5, 2), 'b': (5,), 'W_out': (3, 5), 'b_out': (3,)}
    """

    example = Example(30.0, tone)
    params = ('W', 'W_in', 'b', 'W_out', 'b_out')
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(
        self,
        n_in: int = 1,
        n: int = 50,
        n_out: int = 1,
        *,
        phi: str | Callable[[Array], Array] = 'tanh',
        tau: ArrayLike = 1.0,
        g: float = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n_in, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        if not is_count(n_out):
            raise self.invalid('n_out', 'a positive number of outputs', n_out)
        self.set_constants(tau=tau)
        self.phi = as_nonlinearity(self, 'phi', phi)
        self.n_out = n_out
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', g * rng.normal(size=(n, n)) / n**0.5, (n, n))
        self.W_in = self.trainable('W_in', rng.normal(size=(n, n_in)) / n_in**0.5, (n, n_in))
        self.b = self.trainable('b', 0.0, (n,))
        self.W_out = self.trainable('W_out', rng.normal(size=(n_out, n)) / n**0.5, (n_out, n))
        self.b_out = self.trainable('b_out', 0.0, (n_out,))

    def presynaptic(self, r: Array, x: Array) -> dict[str, Array | None]:
        return {'W': r, 'W_in': x, 'b': None}

    def F_of_current(self, r: Array, I: Array) -> Array:
        return (-r + self.phi(I)) / self.tau  # Eq. (1)

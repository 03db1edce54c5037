"""The linear rate network, the worked example of the course."""

import brainpy.math as bm
import numpy as np

from ratezoo.example import Example
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['LinearRNN']
CATEGORY = 'trainable'


class LinearRNN(RateModel):
    """Linear rate network, dr/dt = -r + w r + b + x; with one unit it is the network of the course's homework.

        (1)  dr/dt = −r + w r + b + x

    with rates r of shape (n,), recurrent weights w of shape (n, n) (``w[post, pre]``), bias b and input x of shape
    (n,). All quantities are dimensionless. Time is in units of the time constant of the leak −r. ``LinearRNN()`` is the
    single unit of the course's homework, w = b = 1.

    If x is constant and A = w − 1 is invertible, the solution is r(t) = e^{At} r₀ + A⁻¹(e^{At} − 1)(b + x). The fixed
    point is r* = (1 − w)⁻¹(b + x). It is stable if every eigenvalue of w has a real part below 1. A step of Euler's
    method is r ← [1 + Δt(w − 1)] r + Δt(b + x).

    Parameters
    ----------
    n : int
        Number of units. Default 1.
    w : float or array (n, n)
        Initial recurrent weights. A number means that number times the identity matrix. Default 1.
    b : float or array (n,)
        Initial bias. A number is the bias of every unit. Default 1.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    Raises
    ------
    ShapeError, InvalidValueError
        w is not a number or an array (n, n), or b is not a number or an array (n,).

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience, MIT Press, 2001, section 7.4 (linear recurrent networks).
    R. J. Williams and D. Zipser, Neural Computation 1, 270 (1989), doi:10.1162/neco.1989.1.2.270 (how such networks
    learn).

    Examples
    --------
    >>> from ratezoo import LinearRNN
    >>> net = LinearRNN(2, w=0.5, b=[1., 2.])
    >>> net.relax().r.round(3).tolist()                  # (1 − w)⁻¹ b
    [2.0, 4.0]
    """

    # The course's homework: ten steps of a small random input, from the first value of the target, exp(linspace(1, 0)).
    example = Example(1.0, input=lambda net, ts: _noise(net, ts), start=lambda net: np.full(net.n, np.e))
    portrait = 'homework'
    params = ('w', 'b')

    def __init__(
        self,
        n: int = 1,
        w: ArrayLike = 1.0,
        b: ArrayLike = 1.0,
        *,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.w = self.trainable('w', w, (n, n), of_number=np.eye(n))
        self.b = self.trainable('b', b, (n,))

    def F(self, r: Array, params: Params, x: Array) -> Array:
        return -r + params['w'] @ r + params['b'] + x  # Eq. (1)


def _noise(net, ts):
    """The input of the homework, x ~ N(0, 0.1²)."""
    return np.random.default_rng(net.seed).normal(0, 0.1, len(ts))

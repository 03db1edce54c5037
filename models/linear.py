"""The linear rate network, the course's worked example."""

import numpy as np

from ratezoo.model import RateModel

__all__ = ['LinearRNN']
CATEGORY = 'trainable'


class LinearRNN(RateModel):
    """Linear rate network, dr/dt = -r + w r + b + x; one unit is the course's homework.

        (1)  dr/dt = −r + w r + b + x

    with rates r of shape (n,), recurrent weights w of shape (n, n) (``w[post, pre]``), bias b and input x of shape
    (n,). Dimensionless: time is in units of the leak's time constant. ``LinearRNN()`` is the single unit of the
    course's homework, w = b = 1.

    With constant x and A = w − 1 invertible, r(t) = e^{At} r₀ + A⁻¹(e^{At} − 1)(b + x); stable if every eigenvalue
    of w has a real part below 1, with the fixed point r* = (1 − w)⁻¹(b + x). Under Euler's rule a step multiplies
    r by 1 + Δt(w − 1).

    Parameters
    ----------
    n : int
        Number of units. Default 1.
    w : float or array (n, n)
        Initial recurrent weights; a number stands for that number times the identity. Default 1.
    b : float or array (n,)
        Initial bias; a number stands for all units. Default 1.
    method, dt, sigma, seed, mode, name
        As in `RateModel`.

    Raises
    ------
    ShapeError, InvalidValueError
        w is not a number or (n, n), or b not a number or (n,).

    References
    ----------
    P. Dayan and L. F. Abbott, Theoretical Neuroscience, MIT Press, 2001, section 7.4 (linear recurrent networks).
    R. J. Williams and D. Zipser, Neural Computation 1, 270 (1989), doi:10.1162/neco.1989.1.2.270 (the learning of
    such networks).

    Examples
    --------
    >>> net = LinearRNN(2, w=0.5, b=[1., 2.])
    >>> net.relax().r.round(3).tolist()                  # (1 − w)⁻¹ b
    [2.0, 4.0]
    """

    params = ('w', 'b')

    def __init__(self, n=1, w=1., b=1., *, method='euler', dt=None, sigma=0., seed=None, mode=None, name=None):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.w = self.trainable('w', w, (n, n), of_number=np.eye(n))
        self.b = self.trainable('b', b, (n,))

    def F(self, r, params, x):
        return -r + params['w'] @ r + params['b'] + x     # Eq. (1)

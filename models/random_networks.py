"""Random recurrent networks: the chaotic network, and a random network with an added low-rank part."""

from typing import Any

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError
from ratezoo.example import Example
from ratezoo.types import Array, ArrayLike, Params

__all__ = ['ChaoticRNN', 'LowRankRNN']
CATEGORY = 'circuit'


class ChaoticRNN(Circuit):
    """Random network that is chaotic when the gain g exceeds 1.

        (1)  τ dh/dt = −h + g W tanh(h) + x,    W ~ N(0, 1/n)
        (2)  output r = tanh(h)

    Rates are without unit, time has the unit of τ. With many units, h = 0 is the only attractor for g < 1, and the
    activity is chaotic for g > 1. Just above g = 1 the largest Lyapunov exponent (`lyapunov_exponent`) grows as
    (g − 1)²/2. The seed determines W and the initial state h ~ N(0, 1).

    References
    ----------
    H. Sompolinsky, A. Crisanti and H. J. Sommers, "Chaos in random neural networks", Physical Review Letters 61,
    259–262 (1988), doi:10.1103/PhysRevLett.61.259. R. Engelken, F. Wolf and L. F. Abbott, Physical Review Research 5,
    043044 (2023), doi:10.1103/PhysRevResearch.5.043044 (its Lyapunov spectra).

    Examples
    --------
    >>> from ratezoo import ChaoticRNN
    >>> net = ChaoticRNN(50, seed=0)
    >>> net.params, net.W.shape
    (('W',), (50, 50))
    """

    params = ('W',)
    states = ('h',)
    default_n = 200
    about = {'n': 'Number of units.'}
    example = Example(100.0, settings={'n': 400, 'g': 2.5})
    portrait = 'chaos'
    g = Constant(1.5, 'gain')
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(self, n: int | None = None, **options: Any) -> None:
        super().__init__(n, **options)
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', rng.normal(size=(self.n, self.n)) / self.n**0.5, (self.n, self.n))
        self.h0 = rng.normal(size=self.n)

    def F(self, h: Array, params: Params, x: Array) -> Array:
        return (-h + self.g * (params['W'] @ jnp.tanh(h)) + x) / self.tau  # Eq. (1)

    def start(self) -> Array:
        """The random initial state h; the seed determines it."""
        return jnp.asarray(self.h0)

    def observable(self, h: Array) -> Array:
        """The rates r = tanh(h)."""
        return jnp.tanh(h)


class LowRankRNN(Circuit):
    """Random network with an added low-rank part, which makes it active when the overlap exceeds 1.

        (1)  τ dh/dt = −h + J tanh(h) + x,    J = g χ + U Vᵀ/n,    χ ~ N(0, 1/n)
        (2)  output r = tanh(h),    κ = Vᵀ r/n

    U and V are (n, rank). Each column of V reads one component of κ from the rates; the column of U with the same index
    writes it back. The initial U has orthogonal columns with |U|² = n, and VᵀU/n is ``overlap`` times the identity. So
    J has the eigenvalue ``overlap`` once for each column, in addition to the eigenvalues of g χ, which fill a disc of
    radius g. If ``overlap`` is above 1, silence (h = 0) is unstable, and the network goes to a stationary activity ±κ
    along U. U and V are trainable. Rates are without unit, time has the unit of τ. The initial states are random and
    depend on the seed.

    References
    ----------
    F. Mastrogiuseppe and S. Ostojic, "Linking connectivity, dynamics, and computations in low-rank recurrent neural
    networks", Neuron 99, 609–623 (2018), doi:10.1016/j.neuron.2018.07.003; the paper writes m and n for U and V.

    Examples
    --------
    >>> from ratezoo import LowRankRNN
    >>> net = LowRankRNN(100, overlap=1.7, seed=0)
    >>> U, V = net.U.value, net.V.value
    >>> round(float((V.T @ U / 100)[0, 0]), 5)
    1.7
    """

    params = ('U', 'V')
    states = ('h',)
    default_n = 200
    about = {
        'n': 'Number of units.',
        'rank': 'Rank of the added part U Vᵀ/n.',
        'overlap': 'Diagonal of VᵀU/n: the eigenvalue that each column of U and V adds to J.',
    }
    example = Example(40.0)
    portrait = 'low rank'
    g = Constant(0.5, 'gain of the random part χ')
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(self, n: int | None = None, *, rank: int = 1, overlap: float = 2.0, **options: Any) -> None:
        super().__init__(n, **options)
        size = self.n
        if not (isinstance(rank, int) and not isinstance(rank, bool) and 1 <= 2 * rank <= size):
            raise self.invalid('rank', f'a whole number from 1 to n/2 = {size // 2}', repr(rank))
        if isinstance(overlap, bool) or not isinstance(overlap, (int, float)) or not np.isfinite(overlap):
            raise self.invalid('overlap', 'a finite number', repr(overlap))
        rng = np.random.default_rng(self.seed)
        self.chi = rng.normal(size=(size, size)) / size**0.5
        axes = np.linalg.qr(rng.normal(size=(size, 2 * rank)))[0] * size**0.5
        self.U = self.trainable('U', axes[:, :rank], (size, rank))
        self.V = self.trainable('V', overlap * axes[:, :rank] + axes[:, rank:], (size, rank))
        self.h0 = rng.normal(size=size)

    def F(self, h: Array, params: Params, x: Array) -> Array:
        r = jnp.tanh(h)
        low_rank = params['U'] @ (params['V'].T @ r) / self.n
        return (-h + self.g * (jnp.asarray(self.chi, h.dtype) @ r) + low_rank + x) / self.tau  # Eq. (1)

    def start(self) -> Array:
        """The random initial state h; the seed determines it."""
        return jnp.asarray(self.h0)

    def observable(self, h: Array) -> Array:
        """The rates r = tanh(h)."""
        return jnp.tanh(h)

    def kappa(self, h: ArrayLike) -> Array:
        """κ = Vᵀ tanh(h)/n of the states h (…, n), (…, rank)."""
        states = bm.as_jax(h)
        if states.shape[-1:] != (self.n,):
            raise ShapeError(
                f'{type(self).__name__}.kappa: expected states of shape (…, {self.n}), got {states.shape}.'
            )
        return jnp.tanh(states) @ self.V.value / self.n

"""Random recurrent networks: the chaotic one, and one with structure of low rank on top."""

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np

from ratezoo.circuit import Circuit
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError
from ratezoo.example import Example

__all__ = ['ChaoticRNN', 'LowRankRNN']
CATEGORY = 'circuit'


class ChaoticRNN(Circuit):
    """Random network that turns chaotic at a gain of 1.

        (1)  τ dh/dt = −h + g W tanh(h) + x,    W ~ N(0, 1/n)
        (2)  output r = tanh(h)

    Rates without unit, time in the unit of τ. For g < 1 and many units h = 0 is the only attractor; for g > 1 the
    activity is chaotic, with a largest Lyapunov exponent (`lyapunov_exponent`) that grows as (g − 1)²/2 from g = 1
    on. The state starts at random, h ~ N(0, 1), by the seed, which draws W, too.

    References
    ----------
    H. Sompolinsky, A. Crisanti and H. J. Sommers, "Chaos in random neural networks", Physical Review Letters 61,
    259–262 (1988), doi:10.1103/PhysRevLett.61.259. R. Engelken, F. Wolf and L. F. Abbott, Physical Review Research 5,
    043044 (2023), doi:10.1103/PhysRevResearch.5.043044 (its Lyapunov spectra).

    Examples
    --------
    >>> net = ChaoticRNN(50, seed=0)
    >>> net.params, net.W.shape
    (('W',), (50, 50))
    """

    params = ('W',)
    states = ('h',)
    default_n = 200
    about = {'n': 'Number of units.'}
    example = Example(100., transient=20.)
    g = Constant(1.5, 'gain')
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n=None, **options):
        super().__init__(n, **options)
        rng = np.random.default_rng(self.seed)
        self.W = self.trainable('W', rng.normal(size=(self.n, self.n)) / self.n ** 0.5, (self.n, self.n))
        self.h0 = rng.normal(size=self.n)

    def F(self, h, params, x):
        return (-h + self.g * (params['W'] @ jnp.tanh(h)) + x) / self.tau                # Eq. (1)

    def start(self):
        """Drawn by the seed."""
        return jnp.asarray(self.h0)

    def observable(self, h):
        """r = tanh(h)."""
        return jnp.tanh(h)


class LowRankRNN(Circuit):
    """Random network with low-rank structure: an overlap above 1 makes it active along a direction.

        (1)  τ dh/dt = −h + J tanh(h) + x,    J = g χ + U Vᵀ/n,    χ ~ N(0, 1/n)
        (2)  output r = tanh(h),    κ = Vᵀ r/n

    with U and V (n, rank): a column of V chooses what is read, κ, the column of U where it is written. As drawn here
    the columns of U are orthogonal with |U|² = n, and VᵀU/n = ``overlap`` times the identity. Each direction has the
    eigenvalue ``overlap`` beside χ's disc of radius g: above 1 the network leaves silence for a stationary activity
    ±κ along U. U and V are trainable. Rates without unit, time in the unit of τ; states start at random, by the seed.

    References
    ----------
    F. Mastrogiuseppe and S. Ostojic, "Linking connectivity, dynamics, and computations in low-rank recurrent neural
    networks", Neuron 99, 609–623 (2018), doi:10.1016/j.neuron.2018.07.003; there m and n for our U and V.

    Examples
    --------
    >>> net = LowRankRNN(100, overlap=1.7, seed=0)
    >>> U, V = net.U.value, net.V.value
    >>> round(float((V.T @ U / 100)[0, 0]), 5)
    1.7
    """

    params = ('U', 'V')
    states = ('h',)
    default_n = 200
    about = {'n': 'Number of units.', 'rank': 'Rank of the structure.',
             'overlap': 'Eigenvalue of each of its directions, VᵀU/n.'}
    example = Example(40.)
    g = Constant(0.5, 'gain of the random part χ')
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n=None, *, rank=1, overlap=2., **options):
        super().__init__(n, **options)
        n = self.n
        if not (isinstance(rank, int) and not isinstance(rank, bool) and 1 <= 2 * rank <= n):
            raise self.invalid('rank', f'a whole number from 1 to n/2 = {n // 2}', repr(rank))
        if isinstance(overlap, bool) or not isinstance(overlap, (int, float)) or not np.isfinite(overlap):
            raise self.invalid('overlap', 'a finite number', repr(overlap))
        rng = np.random.default_rng(self.seed)
        self.chi = rng.normal(size=(n, n)) / n ** 0.5
        axes = np.linalg.qr(rng.normal(size=(n, 2 * rank)))[0] * n ** 0.5
        self.U = self.trainable('U', axes[:, :rank], (n, rank))
        self.V = self.trainable('V', overlap * axes[:, :rank] + axes[:, rank:], (n, rank))
        self.h0 = rng.normal(size=n)

    def F(self, h, params, x):
        r = jnp.tanh(h)
        low = params['U'] @ (params['V'].T @ r) / self.n
        return (-h + self.g * (jnp.asarray(self.chi, h.dtype) @ r) + low + x) / self.tau         # Eq. (1)

    def start(self):
        """Drawn by the seed."""
        return jnp.asarray(self.h0)

    def observable(self, h):
        """r = tanh(h)."""
        return jnp.tanh(h)

    def kappa(self, h):
        """κ = Vᵀ tanh(h)/n of states h (…, n), (…, rank)."""
        h = bm.as_jax(h)
        if h.shape[-1:] != (self.n,):
            raise ShapeError(f'{type(self).__name__}.kappa: expected states of shape (…, {self.n}), got {h.shape}.')
        return jnp.tanh(h) @ self.V.value / self.n

"""Associative memories: patterns are stored at once, and a part of one brings back the whole."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasLyapunov
from ratezoo.checks import is_count
from ratezoo.constants import Constant
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.model import RateModel

__all__ = ['Hopfield', 'ContinuousHopfield', 'DenseAssociativeMemory', 'ModernHopfield']
CATEGORY = 'memory'

# ---- storage: patterns (P, n) of ±1 → W (n, n) -----------------------------------------------------------------------


def hebb(patterns):
    """W = (1/n) Σ_μ ξ^μ ξ^μᵀ without its diagonal (Hopfield 1982)."""
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    return W


def storkey(patterns):
    """Storkey's rule, one pattern after the other: with the local fields h_ij = Σ_{k ≠ i, j} W_ik ξ_k of the weights so
    far, W_ij += (ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j)/n, without the diagonal (Storkey 1997)."""
    n = patterns.shape[1]
    W = np.zeros((n, n))
    for xi in patterns:
        own = W * xi                                                    # W_ij ξ_j
        h = own.sum(1)[:, None] - np.diag(own)[:, None] - own           # h_ij
        W += (np.outer(xi, xi) - xi[:, None] * h.T - h * xi) / n
        np.fill_diagonal(W, 0)
    return W


def pseudo_inverse(patterns):
    """The projection on the patterns, W = Ξᵀ(Ξ Ξᵀ)⁻¹ Ξ, without its diagonal (Personnaz et al. 1985; Kanter and
    Sompolinsky 1987): every linearly independent set of patterns is at rest, correlated ones too."""
    W = np.linalg.pinv(patterns) @ patterns
    np.fill_diagonal(W, 0)
    return (W + W.T) / 2


STORAGE = {'hebb': hebb, 'storkey': storkey, 'pseudo-inverse': pseudo_inverse}


class _Memory(RateModel):
    """What memories share: patterns, a start that is a corrupted pattern, the overlap with each pattern."""

    NOT_READ = RateModel.NOT_READ | {'patterns', '_start'}        # storing others compiles nothing
    binary = True
    corruption = 0.2                    # of the first pattern, where a run starts unless told otherwise

    def _remember(self, patterns):
        """The patterns as a checked array (P, n); a number stands for so many random ones, drawn by the seed."""
        rng = np.random.default_rng(self.seed)
        if is_count(patterns):
            patterns = rng.choice([-1., 1.], (patterns, self.n))
        try:
            patterns = np.atleast_2d(np.asarray(patterns, float))
        except (TypeError, ValueError):
            raise self.invalid('patterns', 'an array (P, n) of numbers, or a number ≥ 1 of random ones',
                                repr(patterns)) from None
        if patterns.ndim != 2 or patterns.shape[1] != self.n or len(patterns) == 0:
            raise ShapeError(f'{type(self).__name__}.patterns: expected shape {("P", self.n)}, got {patterns.shape}.'
                             .replace("'", ''))
        self.check_finite('patterns', patterns)
        if self.binary and not (np.abs(patterns) == 1).all():
            raise self.invalid('patterns', 'only ±1', patterns[np.abs(patterns) != 1][0])
        self.patterns = patterns
        self._start = patterns[0].copy()
        self._start[rng.permutation(self.n)[:round(self.corruption * self.n)]] *= -1
        return patterns

    def initial_state(self):
        """The first pattern with a fifth of its units flipped."""
        return jnp.asarray(self._start)

    def relax(self, x=None, r0=None, tol=None, max_steps=10_000, *, solver='dynamics'):
        """As `RateModel.relax`: recall, from the first pattern with a fifth of its units flipped unless r0 is given."""
        return super().relax(x, self.initial_state() if r0 is None else r0, tol, max_steps, solver=solver)

    def overlap(self, r):
        """m = ξ·r/n of the state r (…, n) with each pattern, (…, P)."""
        return np.asarray(bm.as_jax(r)) @ self.patterns.T / self.n


class _BinaryMemory(HasLyapunov, _Memory):
    """Units of ±1 that are updated one after another, in an order drawn by the seed, or all at once."""

    differentiable = False

    def __init__(self, n, updates, *, seed, mode, name):
        super().__init__(n, n, seed=seed, mode=mode, name=name)
        if updates not in ('asynchronous', 'synchronous'):
            raise UnknownNameError(f'{type(self).__name__}.updates: expected asynchronous or synchronous, got '
                                   f'{updates!r}.')
        self.updates = updates
        self.order = np.random.default_rng(self.seed + 1).permutation(n)


def sign(h, before):
    """±1 by the sign of the field h; where it is 0, as before."""
    return jnp.where(h == 0, before, jnp.where(h > 0, 1., -1.).astype(before.dtype))


class Hopfield(_BinaryMemory):
    """Units of +-1 with symmetric weights; Hebb, Storkey and pseudo-inverse storage, one after another or at once.

        (1)  r_i ← sign(Σ_j W_ij r_j + x_i), one unit after another (or all at once); unchanged where the field is 0
        (2)  E = −½ rᵀ W r − xᵀ r, never rises under asynchronous updates (W symmetric, diagonal 0)

    Discrete time: a step is a sweep through all units, in an order that the seed draws once. Synchronous updates may
    end in a cycle of two states (then `relax` has not ``converged``). Not differentiable: patterns are stored, not
    learned by gradients. With random patterns and Hebb's rule recall breaks down at α_c = P/n ≈ 0.138.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, or int
        What to store; a number stands for so many random patterns. Default 3. `store` does it later.
    storage : str
        'hebb' (default): W = (1/n) Σ_μ ξ^μ ξ^μᵀ. 'storkey': incremental and local, of higher capacity.
        'pseudo-inverse': the projection on the patterns, exact up to n linearly independent ones. All without diagonal.
    updates : str
        'asynchronous' (default) or 'synchronous'.
    seed : int, optional
        Seed of the order of the updates and of random patterns. None (default): drawn from ``bm.random``.
    mode, name
        As in `RateModel`.

    A run starts at the first pattern with a fifth of its units flipped, unless ``reset_state(r0=...)`` says otherwise.

    References
    ----------
    J. J. Hopfield, PNAS 79, 2554–2558 (1982), doi:10.1073/pnas.79.8.2554. D. J. Amit, H. Gutfreund and H. Sompolinsky,
    Physical Review Letters 55, 1530–1533 (1985), doi:10.1103/PhysRevLett.55.1530 (capacity). A. J. Storkey, in
    Artificial Neural Networks, ICANN '97, 451–456, doi:10.1007/BFb0020196. L. Personnaz, I. Guyon and G. Dreyfus, J.
    Physique Lettres 46, 359–365 (1985), doi:10.1051/jphyslet:01985004608035900. I. Kanter and H. Sompolinsky, Physical
    Review A 35, 380–392 (1987), doi:10.1103/PhysRevA.35.380.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.Hopfield(100, patterns=5, seed=0)
    >>> found = net.relax()                                         # from the first pattern, a fifth of it flipped
    >>> bool(np.array_equal(found.r, net.patterns[0])), bool(found.converged)
    (True, True)
    """

    example = Example(10.)
    params = ('W',)

    def __init__(self, n=64, *, patterns=3, storage='hebb', updates='asynchronous', seed=None, mode=None, name=None):
        super().__init__(n, updates, seed=seed, mode=mode, name=name)
        self.W = self.trainable('W', 0., (n, n))
        self.store(patterns, storage)

    def store(self, patterns, storage='hebb'):
        """Put the patterns (P, n) of ±1 into W in place of what was there, by one of `STORAGE`."""
        if storage not in STORAGE:
            raise UnknownNameError(f'{type(self).__name__}.storage: expected one of {", ".join(STORAGE)}, got '
                                   f'{storage!r}.')
        self.W.value = jnp.asarray(STORAGE[storage](self._remember(patterns)), self.dtype)

    def step(self, r, params, x):
        W, x = params['W'], jnp.broadcast_to(x, r.shape)
        if self.updates == 'synchronous':
            return sign(W @ r + x, r)

        def one(r, i):                                                                  # Eq. (1)
            return r.at[i].set(sign(W[i] @ r + x[i], r[i])), None
        return jax.lax.scan(one, r, jnp.asarray(self.order))[0]

    def energy(self, r, params, x):
        """E, Eq. (2)."""
        return -0.5 * r @ params['W'] @ r - jnp.sum(x * r)


class ContinuousHopfield(HasLyapunov, _Memory):
    """Hopfield's network of graded units, tau du/dt = -u + W tanh(beta u) + x.

        (1)  τ du/dt = −u + W r + x,    r = tanh(β u)
        (2)  E = −½ rᵀ W r − xᵀ r + (1/β) Σ_i ∫_0^{r_i} artanh(s) ds, which never rises if W is symmetric

    The state is u; the output is r in (−1, 1). For β → ∞ the fixed points are those of `Hopfield`. E is not a potential
    of u (J is not symmetric), so that equilibrium propagation refuses this model.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, or int
        What to store; a number stands for so many random patterns. Default 3. `store` does it later.
    storage : str
        As in `Hopfield`. Default 'hebb'.
    beta : float
        Gain β. Default 4.
    tau : float
        Time constant τ; the unit of time is up to you. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`; the seed draws random patterns, too.

    References
    ----------
    J. J. Hopfield, "Neurons with graded response have collective computational properties like those of two-state
    neurons", PNAS 81, 3088–3092 (1984), doi:10.1073/pnas.81.10.3088, Eqs. (5) and (7).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.ContinuousHopfield(100, patterns=5, seed=0)
    >>> r = net.output(net.relax().r, net.params_dict())
    >>> bool(net.overlap(r)[0] > 0.95)
    True
    """

    example = Example(10.)
    params = ('W',)
    states = ('u',)
    beta = Constant(4., 'gain', positive=True)
    tau = Constant(1., 'time constant', positive=True)

    def __init__(self, n=64, *, patterns=3, storage='hebb', beta=4., tau=1., method='euler', dt=None, sigma=0.,
                 seed=None, mode=None, name=None):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(beta=beta, tau=tau)
        self.W = self.trainable('W', 0., (n, n))
        self.store(patterns, storage)

    store = Hopfield.store

    def initial_state(self):
        """W r at the first pattern with a fifth of its units flipped."""
        return jnp.asarray(self._start) / self.beta

    def F(self, u, params, x):
        return (-u + params['W'] @ self.output(u, params) + x) / self.tau               # Eq. (1)

    def output(self, u, params):
        """r = tanh(β u)."""
        return jnp.tanh(self.beta * u)

    def energy(self, u, params, x):
        """E, Eq. (2); ∫ artanh = r artanh(r) + ½ ln(1 − r²)."""
        r, v = self.output(u, params), self.beta * u
        log_cosh = jnp.logaddexp(v, -v) - jnp.log(2.)
        return -0.5 * r @ params['W'] @ r - jnp.sum(x * r) + jnp.sum(r * v - log_cosh) / self.beta


class DenseAssociativeMemory(_BinaryMemory):
    """A steeper energy that separates more patterns than there are units.

        (1)  E = −Σ_μ f(ξ^μ · r),    f(z) = z^p for z > 0, else 0
        (2)  r_i ← sign(E(r_i = −1) − E(r_i = +1)), one unit after another (or all at once)

    p = 2 is the Hopfield network; the number of patterns that can be recalled grows as n^{p−1}. Discrete time: a step
    is a sweep through all units. An input x adds −xᵀr to E. Not differentiable.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, or int
        What to store; a number stands for so many random patterns. Default 100. `store` does it later.
    power : int
        p ≥ 2. Default 3.
    updates, seed, mode, name
        As in `Hopfield`.

    References
    ----------
    D. Krotov and J. J. Hopfield, "Dense associative memory for pattern recognition", NeurIPS 29 (2016),
    doi:10.48550/arXiv.1606.01164, Eqs. (1)–(3) and (5).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.DenseAssociativeMemory(64, patterns=100, power=4, seed=0)
    >>> bool(np.array_equal(net.relax().r, net.patterns[0]))
    True
    """

    example = Example(10.)
    params = ('X',)

    def __init__(self, n=64, *, patterns=100, power=3, updates='asynchronous', seed=None, mode=None, name=None):
        super().__init__(n, updates, seed=seed, mode=mode, name=name)
        if not is_count(power) or power < 2:
            raise self.invalid('power', 'an integer ≥ 2', repr(power))
        self.power = int(power)
        self.store(patterns)

    def store(self, patterns):
        """Remember the patterns (P, n) of ±1 in place of those before."""
        patterns = self._remember(patterns)
        X = self.trainable('X', patterns, patterns.shape)
        if hasattr(self, 'X') and self.X.shape == X.shape:
            self.X.value = X.value
            return
        if hasattr(self, 'X'):
            del self.X                  # BrainPy would keep its shape
        self.X = X

    def _f(self, z):
        return (jnp.maximum(z, 0) / self.n) ** self.power * self.n                      # scaled to stay finite

    def step(self, r, params, x):
        X, x = params['X'], jnp.broadcast_to(x, r.shape)

        def field(z, xi, r_i, x_i):
            """½[E(−1) − E(+1)] of a unit whose column of X is xi, from the overlaps z = X r."""
            rest = z - xi * r_i
            return jnp.sum(self._f(rest + xi) - self._f(rest - xi)) / 2 + x_i
        if self.updates == 'synchronous':
            return sign(jax.vmap(field, (None, 1, 0, 0))(X @ r, X, r, x), r)

        def one(carry, i):                                                              # Eq. (2)
            r, z = carry
            new = sign(field(z, X[:, i], r[i], x[i]), r[i])
            return (r.at[i].set(new), z + X[:, i] * (new - r[i])), None
        return jax.lax.scan(one, (r, X @ r), jnp.asarray(self.order))[0][0]

    def energy(self, r, params, x):
        """E, Eq. (1), divided by n^{p−1}."""
        return -jnp.sum(self._f(params['X'] @ r)) - jnp.sum(x * r)


class ModernHopfield(HasEnergy, _Memory):
    """Continuous states and exponentially many patterns; its step is attention, r <- X^T softmax(beta X r).

        (1)  E = ½ rᵀ r − (1/β) ln Σ_μ exp(β ξ^μ · r) − xᵀ r
        (2)  dr/dt = −∂E/∂r = −r + Xᵀ softmax(β X r) + x

    with the stored patterns as the rows of X (P, n). A step of Δt = 1 is the paper's update, and recalls a pattern at
    once. Continuous states; the number of random patterns grows exponentially with n. A gradient can train X.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n), or int
        What to store; a number stands for so many random patterns of ±1. Default 100. `store` does it later.
    beta : float
        Inverse temperature β; small β averages over patterns. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`; the seed draws random patterns, too.

    References
    ----------
    H. Ramsauer et al., "Hopfield networks is all you need", ICLR (2021), doi:10.48550/arXiv.2008.02217, Eqs. (1)–(3).

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> net = ratezoo.ModernHopfield(64, patterns=640, seed=0)
    >>> bool(np.allclose(net.relax().r, net.patterns[0], atol=1e-3))
    True
    """

    example = Example(10.)
    params = ('X',)
    binary = False
    beta = Constant(1., 'inverse temperature', positive=True)

    def __init__(self, n=64, *, patterns=100, beta=1., method='euler', dt=None, sigma=0., seed=None, mode=None,
                 name=None):
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(beta=beta)
        self.store(patterns)

    store = DenseAssociativeMemory.store

    def energy(self, r, params, x):
        """E, Eq. (1)."""
        return (0.5 * jnp.sum(r ** 2) - jax.scipy.special.logsumexp(self.beta * params['X'] @ r) / self.beta
                - jnp.sum(x * r))

    def F(self, r, params, x):
        X = params['X']
        return -r + jax.nn.softmax(self.beta * X @ r) @ X + x                           # Eq. (2)

"""Associative memories: patterns are stored in one call, and the network recalls a pattern from a part of it."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.capabilities import HasEnergy, HasLyapunov
from ratezoo.checks import is_count
from ratezoo.constants import Constant
from ratezoo.equilibria import FixedPoint
from ratezoo.errors import ShapeError, UnknownNameError
from ratezoo.example import Example
from ratezoo.letters import ALL, letters
from ratezoo.model import RateModel
from ratezoo.types import Array, ArrayLike, Params, State, StateLike

__all__ = ['Hopfield', 'ContinuousHopfield', 'DenseAssociativeMemory', 'ModernHopfield']
CATEGORY = 'memory'

# ---- storage rules: patterns (P, n) of ±1 → W (n, n) -----------------------------------------------------------------


def hebb(patterns: np.ndarray) -> np.ndarray:
    """W = (1/n) Σ_μ ξ^μ ξ^μᵀ with diagonal 0 (Hopfield 1982)."""
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    return W


def storkey(patterns: np.ndarray) -> np.ndarray:
    """Storkey's rule, which adds one pattern ξ after the other (Storkey 1997).

    W_ij increases by (ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j)/n. The local field h_ij = Σ_{k ≠ i, j} W_ik ξ_k is computed with
    the weights before this increase. The diagonal stays 0.
    """
    n = patterns.shape[1]
    W = np.zeros((n, n))
    for xi in patterns:
        terms = W * xi  # W_ij ξ_j
        h = terms.sum(1)[:, None] - np.diag(terms)[:, None] - terms  # h_ij: the sum without k = i and k = j
        W += (np.outer(xi, xi) - xi[:, None] * h.T - h * xi) / n
        np.fill_diagonal(W, 0)
    return W


def pseudo_inverse(patterns: np.ndarray) -> np.ndarray:
    """The projection on the patterns, W = Ξᵀ(Ξ Ξᵀ)⁻¹ Ξ, with its diagonal set to 0.

    Every pattern is then a fixed point if the patterns are linearly independent. They may be correlated (Personnaz et
    al. 1985; Kanter and Sompolinsky 1987).
    """
    W = np.linalg.pinv(patterns) @ patterns
    np.fill_diagonal(W, 0)
    return (W + W.T) / 2


STORAGE = {'hebb': hebb, 'storkey': storkey, 'pseudo-inverse': pseudo_inverse}


def cue(net: '_Memory', share: float = 0.3) -> np.ndarray:
    """The pattern that resembles the others least, with this share of its units flipped."""
    overlaps = net.patterns @ net.patterns.T
    np.fill_diagonal(overlaps, -np.inf)
    flipped = np.random.default_rng(net.seed).permutation(net.n)[: round(share * net.n)]
    r = net.patterns[np.argmin(overlaps.max(1))].copy()
    r[flipped] *= -1
    return r


def cue_of_rates(net: 'ContinuousHopfield') -> np.ndarray:
    """The u at which the rates r = tanh(β u) are 0.3 times the `cue`."""
    return np.arctanh(0.3 * cue(net)) / net.beta


class _Memory(RateModel):
    """Base of the memories: the patterns, recall from a corrupted pattern, and the overlap with each pattern."""

    NOT_READ = RateModel.NOT_READ | {'patterns', '_corrupted_pattern'}  # so storing other patterns compiles nothing
    only_signs: bool = True  # whether the entries of a pattern must be ±1
    corruption: float = 0.2  # fraction of the units of the first pattern that are flipped where a run starts

    def _keep_patterns(self, patterns):
        """Keep the ``patterns``, and a corrupted copy of the first one; returns the patterns as an array (P, n).

        If ``patterns`` is a number, it is the number of random patterns, which the model's seed draws. A text stands
        for its letters.
        """
        rng = np.random.default_rng(self.seed)
        if isinstance(patterns, str) and patterns.isascii() and patterns.isalnum():
            patterns = letters(patterns, self.n)
        if is_count(patterns):
            patterns = rng.choice([-1.0, 1.0], (patterns, self.n))
        self.patterns = self._checked_patterns(patterns)
        flipped = rng.permutation(self.n)[: round(self.corruption * self.n)]
        self._corrupted_pattern = self.patterns[0].copy()
        self._corrupted_pattern[flipped] *= -1
        return self.patterns

    def _checked_patterns(self, patterns):
        try:
            patterns = np.atleast_2d(np.asarray(patterns, float))
        except (TypeError, ValueError):
            expected = 'an array (P, n) of numbers, the number ≥ 1 of random patterns, or letters such as "CTX"'
            raise self.invalid('patterns', expected, repr(patterns)) from None
        if patterns.ndim != 2 or patterns.shape[1] != self.n or len(patterns) == 0:
            raise ShapeError(
                f'{type(self).__name__}.patterns: expected shape (P, {self.n}), got {patterns.shape}. Each row is one '
                'pattern.'
            )
        self.check_finite('patterns', patterns)
        if self.only_signs and not (np.abs(patterns) == 1).all():
            raise self.invalid('patterns', 'only ±1', patterns[np.abs(patterns) != 1][0])
        return patterns

    def initial_state(self) -> State:
        """The first pattern, with a fifth of its units flipped."""
        return jnp.asarray(self._corrupted_pattern)

    def relax(
        self,
        x: ArrayLike | None = None,
        r0: StateLike | None = None,
        tol: float | None = None,
        max_steps: int = 10_000,
        *,
        solver: str = 'dynamics',
    ) -> FixedPoint:
        """Recall a pattern: `RateModel.relax` from ``r0``, by default the first pattern with a fifth of it flipped."""
        return super().relax(x, self.initial_state() if r0 is None else r0, tol, max_steps, solver=solver)

    def overlap(self, r: ArrayLike) -> np.ndarray:
        """The overlap m = ξ·r/n of the state r (…, n) with each pattern ξ; an array (…, P)."""
        return np.asarray(bm.as_jax(r)) @ self.patterns.T / self.n


class _MemoryInWeights(_Memory):
    """A memory that stores the patterns in its weights W (n, n)."""

    def store(self, patterns: ArrayLike | str, storage: str = 'hebb') -> None:
        """Store patterns in W. They replace the patterns that were stored before.

        Parameters
        ----------
        patterns : array (P, n) of ±1, int, or str
            The patterns, the number of random patterns, or a text whose letters are the patterns.
        storage : str
            'hebb', 'storkey' or 'pseudo-inverse'. Default 'hebb', even if the constructor was given another rule.
        """
        if storage not in STORAGE:
            raise UnknownNameError(
                f'{type(self).__name__}.storage: expected one of {", ".join(STORAGE)}, got {storage!r}.'
            )
        self.W.value = jnp.asarray(STORAGE[storage](self._keep_patterns(patterns)), self.dtype)


class _MemoryInRows(_Memory):
    """A memory that stores the patterns as the rows of its parameter X (P, n)."""

    X: bm.TrainVar

    def store(self, patterns: ArrayLike | str) -> None:
        """Store patterns in X. They replace the patterns that were stored before.

        Parameters
        ----------
        patterns : array (P, n), int, or str
            The patterns, the number of random patterns, or a text whose letters are the patterns.
        """
        rows = self._keep_patterns(patterns)
        X = self.trainable('X', rows, rows.shape)
        if hasattr(self, 'X') and self.X.shape == X.shape:
            self.X.value = X.value
            return
        if hasattr(self, 'X'):
            del self.X  # else BrainPy would set the value of the old Variable, whose shape cannot change
        self.X = X


class _BinaryMemory(HasLyapunov, _Memory):
    """Base of the memories with units of ±1.

    Asynchronous updates change one unit after another, in an order that the seed draws. Synchronous updates change all
    units at once.
    """

    differentiable = False

    def __init__(self, n, updates, *, seed, mode, name):
        super().__init__(n, n, seed=seed, mode=mode, name=name)
        if updates not in ('asynchronous', 'synchronous'):
            raise UnknownNameError(
                f'{type(self).__name__}.updates: expected asynchronous or synchronous, got {updates!r}.'
            )
        self.updates = updates
        self.order = np.random.default_rng(self.seed + 1).permutation(n)


def sign(field: Array, r: Array) -> Array:
    """The new state of units in state r: +1 where the field is positive, −1 where it is negative, else unchanged."""
    return jnp.where(field == 0, r, jnp.where(field > 0, 1.0, -1.0).astype(r.dtype))


class Hopfield(_BinaryMemory, _MemoryInWeights):
    """Hopfield network: units of +-1 with symmetric weights, r_i <- sign(sum_j W_ij r_j + x_i).

        (1)  r_i ← sign(Σ_j W_ij r_j + x_i),   unchanged if Σ_j W_ij r_j + x_i = 0
        (2)  E = −½ rᵀ W r − xᵀ r

    with units r (n,), input x (n,) and weights ``W`` (n, n), which are symmetric with diagonal 0. Time is discrete.
    With asynchronous updates a step changes all units one after another, in an order that the seed draws once, and E
    never rises. With synchronous updates a step changes all units at once. The network may then end in a cycle of two
    states, and `relax` gives ``converged`` = False. The states ±1 have no gradient, so the patterns are stored by a
    rule (Hebb, Storkey or pseudo-inverse) and not learned by gradients. With random patterns and Hebb's rule, recall
    fails for loads P/n above α_c ≈ 0.138.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, int, or str
        The patterns to store, or the number of random patterns, or a text such as 'CTX': its letters, drawn in n
        pixels. Default 3. `store` stores others later.
    storage : str
        The rule for W. 'hebb' (default): W = (1/n) Σ_μ ξ^μ ξ^μᵀ. 'storkey': incremental and local, with a higher
        capacity. 'pseudo-inverse': the projection on the patterns, exact for up to n linearly independent patterns. In
        all three the diagonal of W is set to 0.
    updates : str
        'asynchronous' (default) or 'synchronous'.
    seed : int, optional
        Seed of the order of the updates, of random patterns, and of the flipped units in the initial state. None
        (default): drawn from ``bm.random``.
    mode, name
        As in `RateModel`.

    The initial state is the first pattern with a fifth of its units flipped. ``reset_state(r0=...)`` sets another one.

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
    >>> recalled = net.relax()                      # starts at the first pattern with a fifth of its units flipped
    >>> bool(np.array_equal(recalled.r, net.patterns[0])), bool(recalled.converged)
    (True, True)
    """

    example = Example(0.2, settings={'patterns': 'CTXK'}, start=cue)
    portrait = 'recall'
    params = ('W',)

    def __init__(
        self,
        n: int = 64,
        *,
        patterns: ArrayLike | str = 3,
        storage: str = 'hebb',
        updates: str = 'asynchronous',
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, updates, seed=seed, mode=mode, name=name)
        self.W = self.trainable('W', 0.0, (n, n))
        self.store(patterns, storage)

    def step(self, r: Array, params: Params, x: Array) -> Array:
        W, x = params['W'], jnp.broadcast_to(x, r.shape)
        if self.updates == 'synchronous':
            return sign(W @ r + x, r)

        def update_unit(r, i):  # Eq. (1)
            return r.at[i].set(sign(W[i] @ r + x[i], r[i])), None

        return jax.lax.scan(update_unit, r, jnp.asarray(self.order))[0]

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (2)."""
        return -0.5 * r @ params['W'] @ r - jnp.sum(x * r)


class ContinuousHopfield(HasLyapunov, _MemoryInWeights):
    """Hopfield network with graded units, tau du/dt = -u + W tanh(beta u) + x.

        (1)  τ du/dt = −u + W r + x,    r = tanh(β u)
        (2)  E = −½ rᵀ W r − xᵀ r + (1/β) Σ_i ∫_0^{r_i} artanh(s) ds

    with the state u (n,), the output r (n,) in (−1, 1), the input x (n,) and the weights ``W`` (n, n). If W is
    symmetric, E never rises. For β → ∞ the fixed points are those of `Hopfield`. E is a function of r, and du/dt is not
    −∂E/∂u (J is not symmetric), so equilibrium propagation refuses this model.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, int, or str
        The patterns to store, or the number of random patterns, or a text such as 'CTX': its letters, drawn in n
        pixels. Default 3. `store` stores others later.
    storage : str
        As in `Hopfield`. Default 'hebb'.
    beta : float
        Gain β. Default 4.
    tau : float or array (n,)
        Time constant τ. Its unit is the unit of time. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`. The seed also draws the random patterns and the flipped units in the initial state.

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

    example = Example(6.0, settings={'patterns': 'CTX'}, start=cue_of_rates)
    portrait = 'recall'
    params = ('W',)
    states = ('u',)
    beta = Constant(4.0, 'gain', positive=True)
    tau = Constant(1.0, 'time constant', positive=True)

    def __init__(
        self,
        n: int = 64,
        *,
        patterns: ArrayLike | str = 3,
        storage: str = 'hebb',
        beta: float = 4.0,
        tau: ArrayLike = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(beta=beta, tau=tau)
        self.W = self.trainable('W', 0.0, (n, n))
        self.store(patterns, storage)

    def initial_state(self) -> Array:
        """u = ξ/β, where ξ is the first pattern with a fifth of its units flipped."""
        return jnp.asarray(self._corrupted_pattern) / self.beta

    def F(self, u: Array, params: Params, x: Array) -> Array:
        """du/dt, Eq. (1)."""
        return (-u + params['W'] @ self.output(u, params) + x) / self.tau

    def output(self, u: Array, params: Params) -> Array:
        """r = tanh(β u)."""
        return jnp.tanh(self.beta * u)

    def energy(self, u: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (2)."""
        r, v = self.output(u, params), self.beta * u
        # ∫_0^r artanh(s) ds = r artanh(r) + ½ ln(1 − r²) = r v − ln cosh v with r = tanh v. In this form nothing
        # overflows where r rounds to ±1.
        log_cosh = jnp.logaddexp(v, -v) - jnp.log(2.0)
        return -0.5 * r @ params['W'] @ r - jnp.sum(x * r) + jnp.sum(r * v - log_cosh) / self.beta


class DenseAssociativeMemory(_BinaryMemory, _MemoryInRows):
    """Hopfield network with a steeper energy, E = -sum_mu f(xi_mu . r); it can store more patterns than units.

        (1)  E = −Σ_μ f(ξ^μ · r) − xᵀ r,    f(z) = z^p/n^{p−1} for z > 0, else 0
        (2)  r_i ← sign(E(r_i = −1) − E(r_i = +1))

    with units r (n,) of ±1, input x (n,) and the patterns ξ^μ as the rows of ``X`` (P, n). The paper has no factor
    1/n^{p−1}; here it keeps E finite, and without input it changes no step. The paper also has f(z) = z^p for all z;
    with p = 2 that is the Hopfield network. Here p = 2 is another network, because patterns with ξ^μ · r < 0 do not
    count. The number of patterns that can be recalled grows as n^{p−1}. Time is discrete. With asynchronous updates a
    step changes all units one after another, with synchronous updates all at once. The states ±1 have no gradient.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n) of ±1, int, or str
        As in `Hopfield`. Default 100.
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

    example = Example(0.2, settings={'n': 35, 'patterns': ALL, 'power': 10}, start=lambda net: cue(net, 0.2))
    portrait = 'dense recall'
    params = ('X',)

    def __init__(
        self,
        n: int = 64,
        *,
        patterns: ArrayLike | str = 100,
        power: int = 3,
        updates: str = 'asynchronous',
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, updates, seed=seed, mode=mode, name=name)
        if not is_count(power) or power < 2:
            raise self.invalid('power', 'an integer ≥ 2', repr(power))
        self.power = int(power)
        self.store(patterns)

    def _f(self, z):
        """f of Eq. (1)."""
        return (jnp.maximum(z, 0) / self.n) ** self.power * self.n

    def _field(self, z, xi, r_i, x_i):
        """½[E(r_i = −1) − E(r_i = +1)] of unit i, from the overlaps z = X r (P,) and xi (P,), the column i of X."""
        z_others = z - xi * r_i  # the overlaps without unit i
        return jnp.sum(self._f(z_others + xi) - self._f(z_others - xi)) / 2 + x_i

    def step(self, r: Array, params: Params, x: Array) -> Array:
        X, x = params['X'], jnp.broadcast_to(x, r.shape)
        if self.updates == 'synchronous':
            return sign(jax.vmap(self._field, (None, 1, 0, 0))(X @ r, X, r, x), r)

        # The scan carries the overlaps z = X r and corrects them after each unit. This costs O(P) a unit; computing X r
        # again would cost O(n P).
        def update_unit(carry, i):  # Eq. (2)
            r, z = carry
            new = sign(self._field(z, X[:, i], r[i], x[i]), r[i])
            return (r.at[i].set(new), z + X[:, i] * (new - r[i])), None

        return jax.lax.scan(update_unit, (r, X @ r), jnp.asarray(self.order))[0][0]

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (1)."""
        return -jnp.sum(self._f(params['X'] @ r)) - jnp.sum(x * r)


class ModernHopfield(HasEnergy, _MemoryInRows):
    """Hopfield network with continuous states whose step is attention, r <- X^T softmax(beta X r).

        (1)  E = ½ rᵀ r − (1/β) ln Σ_μ exp(β ξ^μ · r) − xᵀ r
        (2)  dr/dt = −∂E/∂r = −r + Xᵀ softmax(β X r) + x

    with the state r (n,), the input x (n,) and the stored patterns as the rows of ``X`` (P, n). An Euler step with
    Δt = 1 is the update of the paper, and one such step recalls a pattern. The number of random patterns that can be
    stored grows exponentially with n. Learning rules can train X.

    Parameters
    ----------
    n : int
        Number of units. Default 64.
    patterns : array (P, n), int, or str
        The patterns to store, or the number of random patterns of ±1, or a text whose letters are the patterns. Default
        100. `store` stores others later.
    beta : float
        Inverse temperature β. With small β the fixed points are averages of several patterns. Default 1.
    seed, method, dt, sigma, mode, name
        As in `RateModel`. The seed also draws the random patterns and the flipped units in the initial state.

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

    example = Example(6.0, settings={'patterns': ALL, 'beta': 0.3}, start=cue)
    portrait = 'attention'
    params = ('X',)
    only_signs = False
    beta = Constant(1.0, 'inverse temperature', positive=True)

    def __init__(
        self,
        n: int = 64,
        *,
        patterns: ArrayLike | str = 100,
        beta: float = 1.0,
        method: str = 'euler',
        dt: float | None = None,
        sigma: ArrayLike | dict[str, ArrayLike] = 0.0,
        seed: int | None = None,
        mode: bm.Mode | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(n, n, method=method, dt=dt, sigma=sigma, seed=seed, mode=mode, name=name)
        self.set_constants(beta=beta)
        self.store(patterns)

    def energy(self, r: Array, params: Params, x: Array) -> Array:
        """The energy E, Eq. (1)."""
        log_sum = jax.scipy.special.logsumexp(self.beta * params['X'] @ r)
        return 0.5 * jnp.sum(r**2) - log_sum / self.beta - jnp.sum(x * r)

    def attention(self, r: Array, params: Params) -> Array:
        """softmax(β X r): the weight (P,) of each pattern in Eq. (2)."""
        return jax.nn.softmax(self.beta * params['X'] @ r)

    def F(self, r: Array, params: Params, x: Array) -> Array:
        X = params['X']
        return -r + jax.nn.softmax(self.beta * X @ r) @ X + x  # Eq. (2)

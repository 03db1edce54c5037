"""Noise: the random numbers of white noise, Ornstein–Uhlenbeck's process, and the noise of a model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import InvalidValueError
from ratezoo.types import Array, PartOfModel, State
from ratezoo.variables import ExtraVariable


@dataclass(frozen=True)
class OrnsteinUhlenbeck:
    """Ornstein–Uhlenbeck noise η. A population adds it to its input x; each unit has a noise of its own.

        (1)  τ dη = −η dt + √(2τ) σ dB,    ⟨η⟩ = 0,   ⟨η(t) η(t′)⟩ = σ² e^{−|t − t′|/τ}

    η starts at 0. A step is exact for every Δt and every method: it multiplies η by ρ = e^{−Δt/τ} and adds white noise
    of the variance σ² (1 − ρ²).

    Parameters
    ----------
    sigma : float
        Standard deviation σ of η, in the unit of the input.
    tau : float
        Correlation time τ, in the model's unit of time.

    References
    ----------
    G. E. Uhlenbeck and L. S. Ornstein, Physical Review 36, 823–841 (1930), doi:10.1103/PhysRev.36.823. D. T. Gillespie,
    Physical Review E 54, 2084–2091 (1996), doi:10.1103/PhysRevE.54.2084 (the exact step).

    Examples
    --------
    >>> from ratezoo import OrnsteinUhlenbeck
    >>> noise = OrnsteinUhlenbeck(sigma=0.02, tau=2.)
    >>> round(noise.decay(0.1), 4)                                      # ρ
    0.9512
    """

    sigma: float
    tau: float

    def __post_init__(self) -> None:
        for name, bound in (('sigma', '≥ 0'), ('tau', '> 0')):
            value = getattr(self, name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            if not is_number or value < 0 or (value == 0 and name == 'tau'):
                raise InvalidValueError(f'OrnsteinUhlenbeck.{name}: expected a number {bound}, got {value!r}.')

    def drift(self, eta: Array) -> Array:
        """−η/τ, the part of dη/dt that is not random."""
        return -eta / self.tau

    def decay(self, dt: float) -> float:
        """ρ = e^{−Δt/τ}, the factor by which one step multiplies η."""
        return math.exp(-dt / self.tau)

    def amplitude(self, dt: float) -> float:
        """s, where each step adds the noise s √Δt ξ with ξ ~ N(0, 1)."""
        return self.sigma * math.sqrt((1 - self.decay(dt) ** 2) / dt)


class AddsNoise(PartOfModel):
    """The part of `RateModel` that adds noise to the state after each step."""

    def extra_variables(self) -> Mapping[str, Any]:
        """The key of the random numbers, ``noise_key``, if the model has noise."""
        return {'noise_key': ExtraVariable(self.initial_key(), batched=False)} if self.noisy else {}

    def initial_key(self) -> Array | None:
        """The key of the noise after a reset; None without noise."""
        return jax.random.PRNGKey(self.seed) if self.noisy else None

    def amplitudes(self) -> Mapping[str, Any]:
        """σ of each state, by name: each step adds σ √Δt ξ to this state."""
        if self.noise is None:
            return self.sigma
        return {**self.sigma, 'eta': np.asarray(self.noise.amplitude(self.dt))}

    def perturb(self, r: State, key: Any) -> tuple[State, Any]:
        """Add the white noise of one step to the state r. Returns the new state and the next key.

        Pure. Without noise, r and ``key`` come back unchanged.
        """
        if not self.noisy:
            return r, key
        state = self.by_name(r)
        noisy = {s: a for s, a in self.amplitudes().items() if not isinstance(a, np.ndarray) or a.any()}
        # One draw for all states: it is one kernel, and each state takes its piece.
        xi, begin = normals(key, sum(state[s].size for s in noisy)), 0
        for name, sigma in noisy.items():
            a, end = state[name], begin + state[name].size
            piece, begin = xi[begin:end].reshape(a.shape).astype(a.dtype), end
            state[name] = a + jnp.asarray(sigma, a.dtype) * jnp.asarray(self.dt**0.5, a.dtype) * piece
        return self.as_state(state), following(key)


def threefry(key: Array, count: Array) -> tuple[Array, Array]:
    """Two random words for each count: Threefry-2x32 (20 rounds) of the counter (count, 0).

    The words are those of ``jax.random``. JAX computes the rounds in a loop. Here the loop is written out, and XLA
    compiles all rounds into one kernel, which takes a fifth of the time on a CPU. This matters because the noise of a
    small network takes more time than its vector field.

    Parameters
    ----------
    key : array (2,) of uint32
        The key.
    count : array (k,) of uint32
        The counts.

    Returns
    -------
    tuple of two arrays (k,) of uint32
        The first word of each count, and the second word of each count.

    References
    ----------
    J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, SC '11 (2011), doi:10.1145/2063384.2063405.
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ np.uint32(0x1BD11BDA))
    a, b = count + keys[0], jnp.zeros_like(count) + keys[1]
    for i in range(5):
        for r in ((13, 15, 26, 6), (17, 29, 16, 24))[i % 2]:
            a = a + b
            b = ((b << np.uint32(r)) | (b >> np.uint32(32 - r))) ^ a
        a, b = a + keys[(i + 1) % 3], b + keys[(i + 2) % 3] + np.uint32(i + 1)
    return a, b


def normals(key: Array, count: int) -> Array:
    """``count`` independent numbers from N(0, 1), in single precision, from the random words of the key.

    A word becomes a normal number as in `jax.random.normal`: its upper 23 bits are the mantissa of a float u in [0, 1),
    u is stretched to (−1, 1), and √2 erf⁻¹(u) is normal.
    """

    def normal(bits):
        one_to_two = jax.lax.bitcast_convert_type((bits >> np.uint32(9)) | np.uint32(0x3F800000), jnp.float32)
        u = one_to_two - np.float32(1)
        low = np.nextafter(np.float32(-1), np.float32(0))  # not −1, whose erf⁻¹ is −∞
        return np.float32(2**0.5) * jax.lax.erf_inv(jnp.maximum(low, u * (np.float32(1) - low) + low))

    words = threefry(key, jnp.arange(-(-count // 2), dtype=jnp.uint32))
    return jnp.concatenate([normal(bits) for bits in words])[:count]


def following(key: Array) -> Array:
    """The next key: its upper word is larger by 1. Random numbers of the two keys are independent.

    A seed below 2³² sets the lower word alone, so the keys that follow one seed are not keys of another seed.
    """
    return key + np.array([1, 0], np.uint32)

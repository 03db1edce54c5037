"""Noise, the one part that all models share: the numbers of white noise, and Ornstein–Uhlenbeck's process."""

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import InvalidValueError


@dataclass(frozen=True)
class OrnsteinUhlenbeck:
    """Ornstein–Uhlenbeck noise η, which a population adds to its input x, one of its own for each unit.

        (1)  τ dη = −η dt + √(2τ) σ dB,    ⟨η⟩ = 0,   ⟨η(t) η(t′)⟩ = σ² e^{−|t − t′|/τ}

    η starts at 0. A step of any length and method is exact: it multiplies η by ρ = e^{−Δt/τ} and adds noise of the
    variance σ² (1 − ρ²).

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
    >>> noise = OrnsteinUhlenbeck(sigma=0.02, tau=2.)
    >>> round(noise.decay(0.1), 4)                                      # ρ
    0.9512
    """
    sigma: float
    tau: float

    def __post_init__(self):
        for name, low in (('sigma', 0.), ('tau', math.ulp(0.))):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value < math.inf:
                raise InvalidValueError(f'OrnsteinUhlenbeck.{name}: expected a number {"> 0" if low else "≥ 0"}, got '
                                        f'{value!r}.')

    def drift(self, eta):
        """dη/dt without its noise."""
        return -eta / self.tau

    def decay(self, dt):
        """ρ, what one step multiplies η by."""
        return math.exp(-dt / self.tau)

    def amplitude(self, dt):
        """s of the noise s √Δt ξ that a step adds."""
        return self.sigma * math.sqrt((1 - self.decay(dt) ** 2) / dt)


def threefry(key, count):
    """The two words of Threefry-2x32 (20 rounds) for the key (2,) and the counts (count, 0).

    The words are those of ``jax.random``; written without a loop, they are compiled into one kernel, which on a CPU
    takes a fifth of the time, and the noise of a small network takes longer than its field. (J. K. Salmon, M. A.
    Moraes, R. O. Dror and D. E. Shaw, SC '11, doi:10.1145/2063384.2063405.)
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ np.uint32(0x1BD11BDA))
    a, b = count + keys[0], jnp.zeros_like(count) + keys[1]
    for i in range(5):
        for r in ((13, 15, 26, 6), (17, 29, 16, 24))[i % 2]:
            a = a + b
            b = ((b << np.uint32(r)) | (b >> np.uint32(32 - r))) ^ a
        a, b = a + keys[(i + 1) % 3], b + keys[(i + 2) % 3] + np.uint32(i + 1)
    return a, b


def normals(key, count):
    """``count`` numbers of N(0, 1) in single precision, made of the key's random words as `jax.random.normal` does."""
    def normal(bits):
        u = jax.lax.bitcast_convert_type((bits >> np.uint32(9)) | np.uint32(0x3F800000), jnp.float32) - np.float32(1)
        low = np.nextafter(np.float32(-1), np.float32(0))
        return np.float32(2 ** 0.5) * jax.lax.erf_inv(jnp.maximum(low, u * (np.float32(1) - low) + low))
    words = threefry(key, jnp.arange(-(-count // 2), dtype=jnp.uint32))
    return jnp.concatenate([normal(bits) for bits in words])[:count]


def following(key):
    """The next key: the next in order of the upper word, which seeds leave alone; as independent as any other."""
    return key + np.array([1, 0], np.uint32)

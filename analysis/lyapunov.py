"""The largest Lyapunov exponent: the rate at which two neighbouring states move apart."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import check_network, is_positive
from ratezoo.errors import DivergedError, InvalidValueError
from ratezoo.model import RateModel
from ratezoo.types import ArrayLike


def lyapunov_exponent(
    net: RateModel,
    x: ArrayLike | None = None,
    *,
    duration: float = 200.0,
    transient: float = 50.0,
    r0: ArrayLike | dict[str, ArrayLike] | None = None,
    seed: int = 0,
) -> float:
    """The largest Lyapunov exponent λ of a network's dynamics at a constant input.

        (1)  λ = lim (1/t) ln ‖δ_t‖,   δ_{t+1} = (∂step/∂r) δ_t

    Forward differentiation carries δ along the noiseless trajectory; after each step δ gets the length 1 again
    (Benettin et al.). The result is an estimate, because ``duration`` is finite. If λ is negative, the network settles;
    if λ is positive, the network is chaotic.

    Parameters
    ----------
    net : RateModel
    x : array (n_in,), optional
        Constant input. Default zero.
    duration, transient : float
        The time over which the growth of δ is averaged, and the time that is run before; both in the network's unit of
        time. Default 200 and 50.
    r0 : array (n,), or dict of arrays by state, optional
        The state at the start. Default: the initial state.
    seed : int
        Seed of the initial direction of δ. Default 0.

    Returns
    -------
    float
        λ, per unit of time.

    Raises
    ------
    InvalidValueError
        ``net`` is not a RateModel, or an argument is out of range.
    DivergedError
        The state becomes infinite or NaN.

    References
    ----------
    G. Benettin, L. Galgani, A. Giorgilli and J.-M. Strelcyn, Meccanica 15, 9–20 (1980), doi:10.1007/BF02128236.

    Examples
    --------
    >>> from ratezoo import lyapunov_exponent
    >>> import ratezoo
    >>> net = ratezoo.StuartLandau(a=-0.5)                              # its state decays as e^{-t/2}
    >>> round(lyapunov_exponent(net), 3)
    -0.5
    """
    check_network('lyapunov_exponent.net', net)
    if not isinstance(net, RateModel):
        raise InvalidValueError(f'lyapunov_exponent.net: expected a RateModel, got {type(net).__name__}.')
    for name, value in (('duration', duration), ('transient', transient)):
        if not is_positive(value):
            raise InvalidValueError(f'lyapunov_exponent.{name}: expected a time > 0, got {value!r}.')
    net.check_finite('x', x)
    x, _ = net.as_input(x, None)
    r = net.starting_state(r0)
    before, steps = (max(1, round(t / net.dt)) for t in (transient, duration))
    vector = net.flat(r)[0]
    direction = np.random.default_rng(seed).normal(size=vector.size)
    delta = jnp.asarray(direction / np.linalg.norm(direction), vector.dtype)
    growth_per_step = net.compiled(('lyapunov', before, steps), lambda: jax.jit(_mean_growth(net, before, steps)))
    exponent = float(growth_per_step(r, delta, net.params_dict(), x)) / net.dt
    if np.isnan(exponent) or exponent == np.inf:
        raise DivergedError(
            f'lyapunov_exponent: expected a bounded trajectory of {type(net).__name__}, got an infinite or NaN state. '
            'Try a smaller dt or input.'
        )
    return exponent


def _mean_growth(net, before, steps):
    """The pure function (r, δ, params, x) → the mean of ln ‖δ‖ over ``steps`` steps, after ``before`` other steps."""

    def mean_growth(r, delta, params, x):
        vector, from_vector = net.flat(r)
        # δ must not point along the coloured noise: the noise decays, whatever the network does.
        mask = jax.tree_util.tree_map(jnp.ones_like, r)
        mask = net.flat({**mask, 'eta': 0 * mask['eta']} if net.noise is not None else mask)[0]

        def step(vector):
            return net.flat(net.step(from_vector(vector), params, x))[0]

        def advance(carry, _):
            vector, delta = carry
            vector, delta = jax.jvp(step, (vector,), (delta * mask,))  # Eq. (1)
            size = jnp.linalg.norm(delta)
            return (vector, delta / jnp.where(size > 0, size, 1.0)), jnp.log(size)

        carry, _ = jax.lax.scan(advance, (vector, delta), None, length=before)
        return jnp.mean(jax.lax.scan(advance, carry, None, length=steps)[1])

    return mean_growth

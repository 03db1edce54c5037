"""How fast neighbouring states part: the largest Lyapunov exponent."""

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.checks import is_positive
from ratezoo.errors import DivergedError, InvalidValueError
from ratezoo.model import RateModel


def lyapunov_exponent(net, x=None, *, duration=200., transient=50., r0=None, seed=0):
    """The largest Lyapunov exponent λ of a network's dynamics at a constant input.

        (1)  λ = lim (1/t) ln ‖δ_t‖,   δ_{t+1} = (∂step/∂r) δ_t

    δ is carried along the noiseless trajectory by forward differentiation, and brought back to length 1 at each step
    (Benettin et al.); the finite ``duration`` makes it an estimate. Negative: the network settles; positive: chaos.

    Parameters
    ----------
    net : RateModel
    x : array (n_in,), optional
        The input. Default zero.
    duration, transient : float
        How long to average, and how long to run before; in the network's unit of time. Default 200 and 50.
    r0 : state, optional
        Where to start. Default the initial state.
    seed : int
        Seed of the direction of δ. Default 0.

    Returns
    -------
    float
        λ, per unit of time.

    References
    ----------
    G. Benettin, L. Galgani, A. Giorgilli and J.-M. Strelcyn, Meccanica 15, 9–20 (1980), doi:10.1007/BF02128236.

    Examples
    --------
    >>> import ratezoo
    >>> net = ratezoo.StuartLandau(a=-0.5)                              # decays as e^{-t/2}
    >>> round(float(lyapunov_exponent(net)), 3)
    -0.5
    """
    if not isinstance(net, RateModel):
        raise InvalidValueError(f'lyapunov_exponent.net: expected a RateModel, got {type(net).__name__}.')
    for name, value in (('duration', duration), ('transient', transient)):
        if not is_positive(value):
            raise InvalidValueError(f'lyapunov_exponent.{name}: expected a time > 0, got {value!r}.')
    net.check_finite('x', x)
    x, _ = net.as_input(x, None)
    r = net.starting_state(r0)
    before, steps = (max(1, round(t / net.dt)) for t in (transient, duration))

    def build():
        def run(r, delta, params, x):
            vector, back = net.flat(r)
            own = jax.tree_util.tree_map(jnp.ones_like, r)              # the noise is no part of it
            own = net.flat({**own, 'eta': 0 * own['eta']} if net.noise is not None else own)[0]

            def step(v):
                return net.flat(net.step(back(v), params, x))[0]

            def advance(carry, _):
                v, d = carry
                v, d = jax.jvp(step, (v,), (d * own,))
                size = jnp.linalg.norm(d)
                return (v, d / jnp.where(size > 0, size, 1.)), jnp.log(size)
            carry, _ = jax.lax.scan(advance, (vector, delta), None, length=before)
            return jnp.mean(jax.lax.scan(advance, carry, None, length=steps)[1])
        return jax.jit(run)
    size = sum(a.size for a in jax.tree_util.tree_leaves(r))
    delta = np.random.default_rng(seed).normal(size=size)
    delta = jnp.asarray(delta / np.linalg.norm(delta), net.flat(r)[0].dtype)
    found = float(net.compiled(('lyapunov', before, steps), build)(r, delta, net.params_dict(), x)) / net.dt
    if np.isnan(found) or found == np.inf:
        raise DivergedError(f'lyapunov_exponent: {type(net).__name__} blew up. Try a smaller dt or input.')
    return found

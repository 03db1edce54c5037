"""How far the gradient of a rule is from the exact one.

A rule that is exact only in a limit (no nudge, enough steps, a small tolerance) is compared with its exact counterpart,
on a part of the data. For a fixed point the counterpart is the implicit gradient,

    (1)  dl/dw = v ∂F/∂w + ∂l/∂w,     v = −(∂l/∂r) J⁻¹     at r*, F(r*, w, x) = 0,

where r* is found by Newton's method from the state in which the free phase ended. So the estimate sees every error: of
a nudge, of a phase that was stopped early, of a truncated series, of single precision.
"""

import math
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import InaccurateGradientWarning, UnstableFixedPointWarning
from ratezoo.relaxation import largest
from ratezoo.types import Array, Params

tree_map = jax.tree_util.tree_map
VectorField = Callable[[Array], Array]

MOST_SAMPLES = 64  # of `gradient`: the error is estimated on so many samples
MOST_SAMPLES_IN_TRAINING = 8
UPDATES_BETWEEN_ESTIMATES = 100  # of `fit`, at least
DENSE_UP_TO = 200  # units; above this, J is not formed, and linear systems are solved by GMRES
_NEWTON_STEPS = 15
_SQUARINGS = 24  # of the matrix whose growth tells the stability
_DENSE_STABILITY_UP_TO = 64  # units; above this, power iteration
_POWER_STEPS = 200
_CANCELLATION = 0.01
_PACKAGE = str(Path(__file__).parents[1])


class Estimate(NamedTuple):
    """The result of an estimate; each entry is one number.

    Attributes
    ----------
    error : array ()
        ‖g − g_exact‖/‖g_exact‖ over all parameters. Infinite if there is no exact gradient to compare with.
    found : array () of bool
        Whether a fixed point was found for every sample.
    growth : array ()
        The largest factor by which a small deviation from a fixed point grows in a step; > 1: unstable. NaN if it was
        not computed.
    """

    error: Array
    found: Array
    growth: Array


def evenly_chosen(count: int, most: int) -> np.ndarray:
    """The indices of at most ``most`` of ``count`` samples, from the first to the last at equal distances."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def norm(tree: Any) -> Array:
    """The Euclidean norm of all numbers in a tree of arrays."""
    return jnp.sqrt(sum(jnp.sum(jnp.abs(a) ** 2) for a in jax.tree_util.tree_leaves(tree)))


def relative_error(grads: Params, exact: Params, least: Any = 0.0) -> Array:
    """‖g − g_exact‖/‖g_exact‖, or relative to ``least`` where ‖g_exact‖ is smaller; infinite if it is not a number."""
    size = jnp.maximum(norm(exact), least)
    off = norm(tree_map(jnp.subtract, grads, exact))
    error = jnp.where(off == 0, 0.0, off / jnp.where(size > 0, size, 1))
    error = jnp.where((size > 0) | (off == 0), error, jnp.inf)
    return jnp.where(jnp.isnan(error), jnp.inf, error)


def least_size(spread: Params, count: int) -> Array:
    """The least size that an error is relative to: 1 % of the gradient if its ``count`` parts did not cancel.

    ``spread`` is the gradient with random signs, Σ_b ± α_b g_b. √B times its norm is the size that Σ_b α_b g_b would
    have if the samples b did not cancel each other. At the end of a training they cancel, and a small error of each
    sample is then large relative to their sum.
    """
    return _CANCELLATION * math.sqrt(count) * norm(spread)


def solved_part(dtype: Any) -> float:
    """The part of a slope or an energy below which rounding errors hide a gradient: 1e-6, in single precision 0.02."""
    return 1e-6 if jnp.finfo(dtype).eps < 1e-10 else 0.02


def signs(shape: tuple[int, ...], dtype: Any) -> Array:
    """Random signs ±1, the same at each call."""
    return jax.random.rademacher(jax.random.PRNGKey(0), shape, dtype)


# ---- fixed points ----------------------------------------------------------------------------------------------------


def fixed_point_near(field: VectorField, r: Array, project: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The fixed point of one sample that Newton's method finds from r, and whether it was found; pure.

    A step that does not make |field| smaller is not taken; the next one is a quarter as long. The fixed point counts as
    found when a step moves r by less than 1e-6 (in single precision 1e-4) of its size.
    """
    small = 1e-6 if jnp.finfo(r.dtype).eps < 1e-10 else 1e-4

    def searching(carry):
        _, _, size, count = carry
        return (size > small) & (count < _NEWTON_STEPS)

    def advance(carry):
        r, length, _, count = carry
        f = field(r)
        change = _newton_change(field, r, f)
        size = largest(change) / (1 + largest(r))
        size = jnp.where(jnp.isfinite(size), size, jnp.inf)
        new = project(r + length * change)
        better = (largest(field(new)) <= largest(f)) & jnp.isfinite(size)
        length = jnp.where(better, jnp.minimum(4 * length, 1.0), length / 4)
        return jnp.where(better, new, r), length, size, count + 1

    one = jnp.ones((), r.dtype)
    r, _, size, _ = jax.lax.while_loop(searching, advance, (r, one, jnp.inf * one, jnp.asarray(0)))
    return r, size <= small


def _newton_change(field, r, f):
    """−J⁻¹ f."""
    if r.size <= DENSE_UP_TO:
        return jnp.linalg.solve(jax.jacfwd(field)(r), -f)
    return _krylov(jax.linearize(field, r)[1], -f, 1e-2)


def adjoint(field: VectorField, r: Array, dl_dr: Array) -> Array:
    """v in v J = −∂l/∂r, Eq. (1), of one sample; pure."""
    if r.size <= DENSE_UP_TO:
        return jnp.linalg.solve(jax.jacfwd(field)(r).T, -dl_dr)
    _, pull = jax.vjp(field, r)
    return _krylov(lambda v: pull(v)[0], -dl_dr, 1e-4)


def _krylov(product, right, tol):
    """The solution of a linear system, to a relative residual of ``tol``.

    BiCGSTAB needs the fewest products for most networks. GMRES goes on where it has failed, and does nothing else.
    """
    start, _ = jax.scipy.sparse.linalg.bicgstab(product, right, tol=tol, maxiter=50)
    better = jnp.linalg.norm(product(start) - right) < jnp.linalg.norm(right)
    start = jnp.where(better, start, 0)
    solve = jax.scipy.sparse.linalg.gmres
    return solve(product, right, x0=start, tol=tol, restart=min(right.size, 20), maxiter=20, solve_method='batched')[0]


def growth_near(field: VectorField, r: Array, dt: float | None) -> Array:
    """The factor by which a deviation from the fixed point r of one sample grows in a step; > 1: unstable; pure.

    Up to 64 units: the spectral radius of (1 − J/2)⁻¹ (1 + J/2), which is > 1 if and only if an eigenvalue of J has a
    positive real part. It is found from the norm of a high power (Gelfand's formula). In discrete time: the spectral
    radius of 1 + J. Above 64 units: the growth in 200 products with 1 + dt J.

    Parameters
    ----------
    dt : float or None
        The time step; None in discrete time.
    """
    n = r.size
    if n > _DENSE_STABILITY_UP_TO:
        return _growth_by_power_iteration(field, r, 1.0 if dt is None else dt)
    J, one = jax.jacfwd(field)(r), jnp.eye(n, dtype=r.dtype)
    step = one + J if dt is None else jnp.linalg.solve(one - J / 2, one + J / 2)

    def square(_, carry):
        power, log_norm = carry  # step^(2^k) = power · exp(log_norm)
        power = power @ power
        size = jnp.linalg.norm(power)
        safe = jnp.where(size > 0, size, 1)
        return power / safe, 2 * log_norm + jnp.where(size > 0, jnp.log(safe), -jnp.inf)

    size = jnp.linalg.norm(step)
    _, log_norm = jax.lax.fori_loop(0, _SQUARINGS, square, (step / jnp.where(size > 0, size, 1), jnp.log(size)))
    return jnp.exp(log_norm / 2.0**_SQUARINGS)


def _growth_by_power_iteration(field, r, dt):
    """The growth in a step, over the second half of the products."""
    _, push = jax.linearize(field, r)

    def advance(u, _):
        new = u + dt * push(u)
        size = jnp.linalg.norm(new)
        return new / jnp.where(size > 0, size, 1), jnp.log(size)

    start = jax.random.normal(jax.random.PRNGKey(1), r.shape, r.dtype)
    _, logs = jax.lax.scan(advance, start / jnp.linalg.norm(start), None, length=_POWER_STEPS)
    return jnp.exp(jnp.mean(logs[_POWER_STEPS // 2 :]))


# ---- what is told ----------------------------------------------------------------------------------------------------


def tell_error(who: str, error: float, limit: float, remedy: str) -> bool:
    """Warn if the estimated relative error of a gradient is above the limit; returns whether it is.

    The error is infinite if there is nothing to compare with, such as an exact gradient that overflows.
    """
    if error <= limit or limit == math.inf:
        return False
    found = (
        f'differs from the exact one by an estimated {100 * error:.2g} % of its size'
        if math.isfinite(error)
        else 'can not be compared with the exact one, which is infinite or NaN'
    )
    tell(
        f'{who}: the gradient {found}. {remedy} warn_above=math.inf silences this warning and saves the estimate.',
        InaccurateGradientWarning,
    )
    return True


def tell_growth(who: str, growth: float, dtype: Any) -> bool:
    """Warn if deviations from a fixed point grow; returns whether they do."""
    if not growth > 1 + (1e-6 if jnp.finfo(dtype).eps < 1e-10 else 1e-3):
        return False
    tell(
        f'{who}: a fixed point is unstable: the solver found it, or a phase was stopped near it, but the network '
        "itself would leave it. Use solver='dynamics', more steps, smaller weights or another r0 if the network must "
        'stay there; warn_above=math.inf silences this warning.',
        UnstableFixedPointWarning,
    )
    return True


def tell(message: str, category: type[Warning]) -> None:
    """Warn at the line of the user's code that called the package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)

"""Checks of what users give: each returns the right array, or raises one clear error."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal, ParamSpec, TypeGuard, TypeVar

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo import threads  # noqa: F401  # models work in every thread
from ratezoo.errors import ArgumentError, DivergedError, InvalidValueError, ShapeError
from ratezoo.types import Array, ArrayLike, PartOfModel

P = ParamSpec('P')
R = TypeVar('R')


def is_count(value: Any) -> TypeGuard[int]:
    """Whether a value is an integer ≥ 1."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value > 0)


def is_positive(value: Any) -> TypeGuard[float]:
    """Whether a value is one finite number > 0."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and bool(0 < value < np.inf)


def check_network(name: str, net: Any) -> None:
    """Raise `ArgumentError` if ``net`` is no network, but its class for example; ``name`` goes into the message."""
    if isinstance(net, type):
        raise ArgumentError(
            f'{name}: expected a network, got the class {net.__name__}. Make a network of it: {net.__name__}(…).'
        )
    if not isinstance(net, Checks):
        got = repr(net) if isinstance(net, str) else f'a value of type {type(net).__name__}'
        raise ArgumentError(f'{name}: expected a network, got {got}.')


def of_a_network(method: Callable[P, R]) -> Callable[P, R]:
    """A decorator of methods: a call on the class, such as ``Net.gradient(x, y)``, raises an error that says so."""

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if not (args and isinstance(args[0], Checks)):
            name = method.__name__
            raise ArgumentError(
                f'{name}: expected a network before the dot, got a class. Make a network first: net = Net(…), then '
                f'net.{name}(…).'
            )
        return method(*args, **kwargs)

    return called


class Checks(PartOfModel):
    """The part of `RateModel` that checks what users give."""

    ranges: Mapping[str, tuple[float, float]] = {}

    def as_array(self, name: str, value: Any) -> Array:
        """``value`` as an array of the model's precision; ``name`` is its name in error messages.

        Raises
        ------
        InvalidValueError
            ``value`` does not consist of real numbers.
        """
        try:
            value = bm.as_jax(value) if isinstance(value, (bm.Array, jax.Array)) else np.asarray(value)
            if value.dtype.kind not in 'fiub' and not jnp.issubdtype(value.dtype, jnp.floating):
                raise TypeError
            return jnp.asarray(value, self.dtype)
        except (TypeError, ValueError):
            got = getattr(value, 'dtype', type(value).__name__)
            raise self.invalid(name, 'an array of real numbers', got) from None

    def as_input(self, x: ArrayLike | None, batch: int | Literal['mode'] | None = 'mode') -> tuple[Array, int | None]:
        """The input x of one step, checked and as an array, and its axis of samples.

        Parameters
        ----------
        x : array (n_in,) or (B, n_in), number, or None
            None is zero input. A number is accepted where n_in = 1, and where n_in is None.
        batch : int, None or 'mode'
            The number of samples B. None: one sample, without a leading axis. 'mode' (default): as the state has them.

        Returns
        -------
        tuple
            The array, (n_in,) or (B, n_in). And the axis over which to map it: 0 if it has an input for each sample,
            None if all samples share one input.
        """
        samples = self._samples() if isinstance(batch, str) else batch
        if x is None:
            return jnp.zeros(() if self.n_in is None else self.n_in, self.dtype), None
        x = self.as_array('x', x)
        if self.n_in is None:
            return self._input_of_any_size(x, samples)
        shape = (self.n_in,) if samples is None else (samples, self.n_in)
        if self.n_in == 1 and jnp.shape(x) == shape[:-1]:
            x = x[..., None]
        if jnp.shape(x) == shape:
            return x, (None if samples is None else 0)
        if samples is not None and jnp.shape(x) == (self.n_in,):
            return x, None
        raise ShapeError(
            f'{type(self).__name__}.x: expected an input of shape {shape} at each step, got {jnp.shape(x)}. Over time, '
            'inputs are (T, n_in), or (B, T, n_in) with a batch.'
        )

    def _input_of_any_size(self, x: Array, samples: int | None) -> tuple[Array, int | None]:
        """`as_input` of a model whose number of inputs is not known: an array with axes must begin with the batch."""
        if samples is not None and x.ndim and x.shape[0] != samples:
            raise ShapeError(
                f'{type(self).__name__}.x: expected a leading axis of {samples} samples, got shape {x.shape}. Give the '
                'model its n_in if all samples share one input.'
            )
        return x, (0 if samples is not None and x.ndim else None)

    def trainable(self, name: str, value: Any, shape: tuple[int, ...], of_number: ArrayLike = 1.0) -> bm.TrainVar:
        """The parameter ``name`` as a ``bm.TrainVar`` of this shape.

        Parameters
        ----------
        name : str
            Its name, for error messages.
        value : float or array of the shape
            The initial value. A number stands for number × ``of_number`` in all entries.
        shape : tuple of int
            The shape of the parameter.
        of_number : array
            What a number multiplies, for example the identity matrix. Default 1.
        """
        try:
            array = np.asarray(bm.as_jax(value), float)
        except (TypeError, ValueError):
            raise self.invalid(name, f'a number or an array of shape {shape}', repr(value)) from None
        if array.ndim == 0:
            array = np.broadcast_to(array * of_number, shape)
        if array.shape != shape:
            raise ShapeError(f'{type(self).__name__}.{name}: expected shape {shape} or a number, got {array.shape}.')
        return bm.TrainVar(jnp.asarray(array, self.dtype))

    def checked_amplitudes(self, sigma: ArrayLike | dict[str, ArrayLike]) -> dict[str, np.ndarray]:
        """The amplitude σ of the noise of each state, by name. Each is an array () or (n,)."""
        given: Mapping[str, Any] = sigma if isinstance(sigma, dict) else dict.fromkeys(self.states, sigma)
        if not given.keys() <= self.sizes.keys():
            raise self.invalid('sigma', f'amplitudes of the states {", ".join(self.states)}', repr(sigma))
        return {state: self._checked_amplitude(value, self.sizes[state]) for state, value in given.items()}

    def _checked_amplitude(self, value: Any, size: int) -> np.ndarray:
        """The amplitude of one state with ``size`` units."""
        try:
            amplitude = np.asarray(value, float)
            if amplitude.shape not in ((), (size,)) or not (np.isfinite(amplitude) & (amplitude >= 0)).all():
                raise ValueError
        except (TypeError, ValueError):
            expected = (
                f'an amplitude ≥ 0, as a number or as an array of shape ({size},), or a dict of amplitudes by state '
                f'({", ".join(self.states)})'
            )
            raise self.invalid('sigma', expected, repr(value)) from None
        return amplitude

    def check_finite(self, name: str, values: Any) -> None:
        """Raise `InvalidValueError` if the arrays in the tree ``values`` contain NaN or infinity.

        Tracers of JAX have no values yet and are skipped.
        """
        for a in [values] if type(values) is np.ndarray else jax.tree_util.tree_leaves(values):
            if isinstance(a, jax.core.Tracer):
                continue
            a = np.asarray(a)
            if a.dtype.kind not in 'fciub':
                raise self.invalid(name, 'numbers', a.dtype)
            if not np.isfinite(a).all():
                bad = ~np.isfinite(a)
                index = tuple(int(i) for i in np.argwhere(bad)[0])
                others = f' and {bad.sum() - 1} more' if bad.sum() > 1 else ''
                raise self.invalid(name, 'finite numbers', f'{a[index]} at index {index}{others}')

    def check_alive(self, t: float, state: Mapping[str, Any] | None = None) -> None:
        """Raise `DivergedError` if the state at the time t is not finite, or far outside its ``ranges``.

        ``state`` is a dict of arrays by name. None (default): the current state of the network.
        """
        values = {s: np.asarray(getattr(self, s)._value if state is None else state[s]) for s in self.states}
        for name in self.states:
            if not np.isfinite(values[name]).all():
                raise DivergedError(
                    f'{type(self).__name__}.{name}: the network blew up before t = {t:g}. Try smaller weights or a '
                    'smaller dt, then call reset_state() before the next run.'
                )
        for name, (low, high) in self.ranges.items():
            if not self.noisy:  # noise may carry a state out of its range
                self._check_range(name, values[name], low, high, t)

    def _check_range(self, name: str, values: np.ndarray, low: float, high: float, t: float) -> None:
        """Raise `DivergedError` if a state is outside [low, high] by more than a tenth of the width."""
        margin = 0.1 * (high - low if np.isfinite(high - low) else 1.0)
        outside = values[(values < low - margin) | (values > high + margin)]
        if outside.size:
            raise DivergedError(
                f'{type(self).__name__}.{name}: expected a value between {low:g} and {high:g}, got {outside[0]:.4g} at '
                f't = {t:g}. The step dt = {self.dt:g} may be too large; try a smaller one.'
            )

    @staticmethod
    def batch_of(*arrays: Any) -> int | None:
        """The length of the leading axis of the first matrix among ``arrays``; None if no array is a matrix."""
        return next((np.shape(a)[0] for a in arrays if a is not None and np.ndim(a) == 2), None)

    def invalid(self, name: str, expected: str, got: Any) -> InvalidValueError:
        """The error 'Class.name: expected …, got ….'. The caller raises it."""
        return InvalidValueError(f'{type(self).__name__}.{name}: expected {expected}, got {got}.')

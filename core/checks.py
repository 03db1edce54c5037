"""What a model says of bad input."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import DivergedError, InvalidValueError, ShapeError


def is_count(value):
    """Whether a value is a whole number ≥ 1."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0


def is_positive(value):
    """Whether a value is one finite number > 0."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and 0 < value < np.inf


class Checks:
    """The part of `RateModel` that turns what users give into arrays, or into one clear error."""

    def as_array(self, name, value):
        """``value`` as an array of the model's precision; `InvalidValueError` if it isn't real numbers."""
        try:
            value = bm.as_jax(value) if isinstance(value, (bm.Array, jax.Array)) else np.asarray(value)
            if value.dtype.kind not in 'fiub' and not jnp.issubdtype(value.dtype, jnp.floating):
                raise TypeError
            return jnp.asarray(value, self.dtype)
        except (TypeError, ValueError):
            got = getattr(value, 'dtype', type(value).__name__)
            raise self.invalid(name, 'an array of real numbers', got) from None

    def as_input(self, x, batch='mode'):
        """An input checked and shaped, and the axis over which to map it: 0 for a batch of inputs, else None."""
        if batch == 'mode':
            batch = getattr(self, self.states[0]).shape[0] if self.batch_size is not None else None
        if x is None:
            return jnp.zeros(() if self.n_in is None else self.n_in, self.dtype), None
        x = self.as_array('x', x)
        if self.n_in is None:
            if batch is not None and x.ndim and x.shape[0] != batch:
                raise ShapeError(f'{type(self).__name__}.x: expected a leading axis of {batch} samples, got shape '
                                 f'{x.shape}. Give the model its n_in to share one input among all samples.')
            return x, (0 if batch is not None and x.ndim else None)
        shape = (self.n_in,) if batch is None else (batch, self.n_in)
        if self.n_in == 1 and jnp.shape(x) == shape[:-1]:
            x = x[..., None]
        if jnp.shape(x) == shape:
            return x, (None if batch is None else 0)
        if batch is not None and jnp.shape(x) == (self.n_in,):
            return x, None
        raise ShapeError(f'{type(self).__name__}.x: expected an input of shape {shape} at each step, got '
                         f'{jnp.shape(x)}. Over time, inputs are (T, n_in), or (B, T, n_in) with a batch.')

    def trainable(self, name, value, shape, of_number=1.):
        """A ``bm.TrainVar`` of ``shape`` from an array of it, or from a number, which stands for number × of_number."""
        try:
            value = np.asarray(bm.as_jax(value), float)
        except (TypeError, ValueError):
            raise self.invalid(name, f'a number or an array of shape {shape}', repr(value)) from None
        if value.ndim == 0:
            value = np.broadcast_to(value * of_number, shape)
        if value.shape != shape:
            raise ShapeError(f'{type(self).__name__}.{name}: expected shape {shape} or a number, got {value.shape}.')
        return bm.TrainVar(jnp.asarray(value, self.dtype))

    def checked_amplitudes(self, sigma):
        """σ by state, each a number or an array (n,)."""
        given = sigma if isinstance(sigma, dict) else dict.fromkeys(self.states, sigma)
        amplitudes = {}
        for state, value in given.items():
            size = self.sizes.get(state)
            try:
                value = np.asarray(value, float)
                if size is None or value.shape not in ((), (size,)) or not (np.isfinite(value) & (value >= 0)).all():
                    raise ValueError
            except (TypeError, ValueError):
                raise self.invalid('sigma', f'an amplitude ≥ 0, a number or of shape ({size},), or a dict of them by '
                                    f'state ({", ".join(self.states)})', repr(sigma)) from None
            amplitudes[state] = value
        return amplitudes

    def check_finite(self, name, values):
        """Raise `InvalidValueError` if ``values`` (arrays, or a tree of them) hold NaN or infinity."""
        for a in [values] if type(values) is np.ndarray else jax.tree_util.tree_leaves(values):
            if isinstance(a, jax.core.Tracer):
                continue
            a = np.asarray(a)
            if a.dtype.kind not in 'fciub':
                raise self.invalid(name, 'numbers', a.dtype)
            if not np.isfinite(a).all():
                bad = ~np.isfinite(a)
                where = tuple(int(i) for i in np.argwhere(bad)[0])
                raise self.invalid(name, 'finite numbers', f'{a[where]} at index {where}'
                                    + (f' and {bad.sum() - 1} more' if bad.sum() > 1 else ''))

    def check_alive(self, t):
        """Raise `DivergedError` if the current state is infinite or NaN."""
        for name in self.states:
            if not np.isfinite(np.asarray(getattr(self, name)._value)).all():
                raise DivergedError(
                    f'{type(self).__name__}.{name}: the network blew up before t = {t:g}. Try smaller weights or a '
                    'smaller dt, then call reset_state() before the next run.')

    @staticmethod
    def batch_of(*arrays):
        """The length of the leading axis of the first of ``arrays`` that is a matrix, else None."""
        return next((np.shape(a)[0] for a in arrays if a is not None and np.ndim(a) == 2), None)

    def invalid(self, name, expected, got):
        """The `InvalidValueError` that says what ``name`` was expected to be, and what it is; to be raised."""
        return InvalidValueError(f'{type(self).__name__}.{name}: expected {expected}, got {got}.')

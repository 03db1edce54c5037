"""What a model is run with when nothing is said: the run that it is known for."""

from typing import NamedTuple

import numpy as np

from ratezoo.errors import InvalidValueError


class Example(NamedTuple):
    """A run that shows what a model is for; ``ratezoo simulate NAME`` runs it.

    Attributes
    ----------
    duration : float
        In the model's unit of time.
    input : float, sequence, or callable
        Constant, one number for each input, or a function of the network and the times (T,) that gives (T,) or (T,
        n_in). Default 0.
    settings : dict
        Options of the constructor that differ from their defaults. Default none.
    transient : float
        How much to leave out at the beginning. Default 0.
    """
    duration: float = 10.
    input: object = 0.
    settings: dict = {}
    transient: float = 0.

    def inputs(self, net, ts):
        """x, (T, n_in), at the times ts (T,)."""
        n_in = net.n_in or 1
        x = np.asarray(self.input(net, ts) if callable(self.input) else self.input, float)
        x = x[:, None] if callable(self.input) and x.ndim == 1 else x
        try:
            return np.array(np.broadcast_to(x, (len(ts), n_in)))
        except ValueError:
            raise InvalidValueError(f'Example.input: expected numbers for {n_in} inputs, got shape '
                                    f'{x.shape}.') from None


def pulse(start, stop, height):
    """An input that is ``height`` from ``start`` to ``stop``, and 0 otherwise."""
    return lambda net, ts: np.where((ts >= start) & (ts < stop), 1., 0.)[:, None] * np.atleast_1d(height)


def tone(net, ts):
    """A sine of the period 6, which changes to the period 2 at half time."""
    half = ts[len(ts) // 2]
    return np.where(ts < half, np.sin(2 * np.pi * ts / 6), np.sin(np.pi * ts))

"""`Example`: the run that a model is known for. It is what a user gets who asks for a run and says nothing more."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ratezoo.errors import InvalidValueError
from ratezoo.types import ArrayLike, StateLike


class Example(NamedTuple):
    """A run that shows what a model is for; ``ratezoo simulate NAME`` runs it.

    Attributes
    ----------
    duration : float
        How long to run, in the model's unit of time. Default 10.
    input : float, array (n_in,), or callable
        The input. A number or an array (n_in,) is constant in time. A function gets the network and the times (T,), and
        returns (T,) or (T, n_in). Default 0.
    settings : dict
        Options of the constructor that differ from their defaults, by name. Default: none.
    transient : float
        How much of the run to leave out at its beginning, in the model's unit of time. Default 0.
    start : callable, optional
        ``start(net)`` returns the state to start from, where the example needs another than the initial state, such as
        the cue of a memory. ``ratezoo simulate`` starts there. From Python, start there by
        ``net.reset_state(r0=net.example.start(net))``.
    """

    duration: float = 10.0
    input: ArrayLike | Callable[[Any, np.ndarray], ArrayLike] = 0.0
    settings: dict[str, Any] = {}
    transient: float = 0.0
    start: Callable[[Any], StateLike] | None = None

    def inputs(self, net: Any, ts: np.ndarray) -> np.ndarray:
        """The input x of shape (T, n_in) at the times ``ts`` (T,)."""
        n_in = net.n_in or 1
        x = np.asarray(self.input(net, ts) if callable(self.input) else self.input, float)
        x = x[:, None] if callable(self.input) and x.ndim == 1 else x
        try:
            return np.array(np.broadcast_to(x, (len(ts), n_in)))
        except ValueError:
            raise InvalidValueError(
                f'Example.input: expected numbers for {n_in} inputs, got shape {x.shape}. Give one number, an array '
                f'({n_in},), or a function that returns ({len(ts)},) or ({len(ts)}, {n_in}).'
            ) from None


def pulse(start: float, stop: float, height: ArrayLike) -> Callable[[Any, np.ndarray], np.ndarray]:
    """An input that equals ``height`` from the time ``start`` to the time ``stop``, and 0 before and after."""
    return lambda net, ts: np.where((ts >= start) & (ts < stop), 1.0, 0.0)[:, None] * np.atleast_1d(height)


def tone(net: Any, ts: np.ndarray) -> np.ndarray:
    """A sine with the period 6 in the first half of the run and the period 2 in the second half."""
    half = ts[len(ts) // 2]
    return np.where(ts < half, np.sin(2 * np.pi * ts / 6), np.sin(np.pi * ts))


def two_pulses(net: Any, ts: np.ndarray) -> np.ndarray:
    """An input of 1 in the second tenth of the run and of −1 in the sixth tenth, and 0 before, between and after."""
    tenth = np.arange(len(ts)) * 10 // len(ts)
    return 1.0 * (tenth == 1) - 1.0 * (tenth == 5)

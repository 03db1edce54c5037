"""BrainPy's arrays unwrapped where users' functions return them."""

import functools

from ratezoo.compiled import unwrapped


def plain(function):
    """``function`` with BrainPy's arrays in its result unwrapped: inside F, ``bm.tanh`` is as good as ``jnp.tanh``."""
    @functools.wraps(function)
    def called(*args, **kwargs):
        return unwrapped(function(*args, **kwargs))
    return called


class PlainLoss:
    """A loss with its result unwrapped likewise; equal to another of the same function."""

    def __init__(self, function):
        self.function, self.call = function, plain(function)

    def __call__(self, output, target):
        return self.call(output, target)

    def __eq__(self, other):
        return isinstance(other, PlainLoss) and self.function == other.function

    def __hash__(self):
        return hash(self.function)

"""What can go wrong, by name.

Each error is a `RateZooError` and the built-in that a caller would catch; its message reads
``Class.attribute: what was expected, what came. What to do.``
"""


__all__ = ['CheckpointError', 'CompositionError', 'DivergedError', 'HomeworkError', 'InvalidValueError',
           'NotAnEnergyModelError', 'NotConvergedError', 'RateZooError', 'ShapeError', 'SingularJacobianError',
           'TooLargeError', 'UnknownNameError']


class RateZooError(Exception):
    """Base of every error that ratezoo raises on purpose."""


class ShapeError(RateZooError, ValueError):
    """An array has the wrong shape."""


class InvalidValueError(RateZooError, ValueError):
    """A value is of the right shape but can't be used: NaN, negative, of the wrong kind."""


class UnknownNameError(RateZooError, ValueError):
    """A model, rule, parameter, variable or option of that name does not exist."""


class CompositionError(RateZooError, TypeError):
    """A class combines a rule and a model in a way that can't work."""


class NotAnEnergyModelError(CompositionError, ValueError):
    """A rule needs an energy, F = −∂E/∂r, that the model does not have."""


class NotConvergedError(RateZooError, RuntimeError):
    """A relaxation used up its steps before it settled."""


class DivergedError(RateZooError, RuntimeError):
    """A state, loss or gradient became infinite or NaN."""


class SingularJacobianError(RateZooError, ArithmeticError):
    """The Jacobian at a fixed point can't be inverted."""


class TooLargeError(RateZooError, MemoryError):
    """What a rule would have to keep does not fit into memory."""


class CheckpointError(RateZooError, RuntimeError):
    """A checkpoint is unreadable or belongs to another training run."""


class HomeworkError(RateZooError, RuntimeError):
    """A homework file can't be judged."""

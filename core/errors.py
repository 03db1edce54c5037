"""The errors that ratezoo raises on purpose, and its warnings.

Each error is a `RateZooError`. Each is also the built-in error that a caller would catch, such as ``ValueError``. A
message reads ``Class.attribute: expected …, got …. What to do.``
"""

__all__ = [
    'ArgumentError',
    'CheckpointError',
    'CompositionError',
    'DivergedError',
    'HomeworkError',
    'InaccurateGradientWarning',
    'InvalidValueError',
    'MissingFileError',
    'NotAnEnergyModelError',
    'NotConvergedError',
    'NotRecordedError',
    'RateZooError',
    'ShapeError',
    'SingularJacobianError',
    'TooLargeError',
    'UnknownNameError',
    'UnstableFixedPointWarning',
]


class RateZooError(Exception):
    """Base of every error that ratezoo raises on purpose."""


class ShapeError(RateZooError, ValueError):
    """An array has the wrong shape."""


class InvalidValueError(RateZooError, ValueError):
    """A value can't be used although its shape is right: it is NaN, negative, or of the wrong kind."""


class UnknownNameError(RateZooError, ValueError):
    """There is no model, rule, parameter, Variable or option of this name."""


class MissingFileError(RateZooError, FileNotFoundError):
    """There is no file of this name, or no folder to write it into."""


class NotRecordedError(UnknownNameError, KeyError, AttributeError):
    """A run did not record this Variable, or there has been no run yet."""

    __str__ = Exception.__str__  # that of KeyError would put the message in quotation marks


class ArgumentError(RateZooError, TypeError):
    """A call has an argument too many or too few, or it is made on a class in place of a network."""


class CompositionError(RateZooError, TypeError):
    """A class combines a rule and a model that don't fit together."""


class NotAnEnergyModelError(CompositionError, ValueError):
    """A rule needs an energy E with F = −∂E/∂r, and the model has none."""


class NotConvergedError(RateZooError, RuntimeError):
    """A relaxation took its largest number of steps and did not settle."""


class DivergedError(RateZooError, RuntimeError):
    """A state, loss or gradient became infinite or NaN."""


class SingularJacobianError(RateZooError, ArithmeticError):
    """The Jacobian at a fixed point can't be inverted."""


class TooLargeError(RateZooError, MemoryError):
    """The arrays that a rule must keep do not fit into memory."""


class CheckpointError(RateZooError, RuntimeError):
    """A checkpoint can't be read, or it belongs to another training run."""


class HomeworkError(RateZooError, RuntimeError):
    """A homework file can't be judged."""


class InaccurateGradientWarning(UserWarning):
    """The gradient of a rule differs from the exact one by more than the rule's option ``warn_above``."""


class UnstableFixedPointWarning(UserWarning):
    """A gradient was taken at a fixed point that the network itself would leave."""

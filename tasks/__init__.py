"""Inputs, targets and small data sets. ``tasks`` gives a task or a data set by its name."""

from ratezoo.lazy import attach
from ratezoo.registry import Registry

tasks = Registry('task', __name__)
__getattr__, __dir__, __all__ = attach(__name__)

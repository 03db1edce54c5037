"""Figures of runs, of states and of learning. Each takes ``ax=`` or ``fig=`` and returns what it drew on. None calls
``show``."""

from ratezoo.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)

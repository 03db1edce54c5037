"""Figures of runs and of learning. Each takes ``ax=`` or ``fig=``, returns what it drew on, never calls ``show``."""

from ratezoo.plots.comparison import comparison
from ratezoo.plots.runs import before_and_after, input_and_target, learning_curve, traces

__all__ = ['before_and_after', 'comparison', 'input_and_target', 'learning_curve', 'traces']

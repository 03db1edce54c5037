"""Figures of runs and of learning. Each takes ``ax=``, returns what it drew on, and never calls ``show``."""

from ratezoo.plots.runs import before_and_after, input_and_target, learning_curve, traces

__all__ = ['before_and_after', 'input_and_target', 'learning_curve', 'traces']

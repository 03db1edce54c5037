"""Figures of runs, of states and of learning. Each takes ``ax=`` or ``fig=``, returns what it drew on, never calls
``show``."""

from ratezoo.plots.comparison import comparison
from ratezoo.plots.runs import before_and_after, input_and_target, learning_curve, traces
from ratezoo.plots.states import clouds, errors, heatmap, landscape, patterns

__all__ = ['before_and_after', 'clouds', 'comparison', 'errors', 'heatmap', 'input_and_target', 'landscape',
           'learning_curve', 'patterns', 'traces']

"""Figures of runs, of states and of learning. Each takes ``ax=`` or ``fig=``, returns what it drew on, never calls
``show``."""

from ratezoo.plots.comparison import comparison
from ratezoo.plots.planes import bifurcation, fi_curves, phase_plane, spectrum
from ratezoo.plots.portraits import portrait
from ratezoo.plots.runs import before_and_after, input_and_target, learning_curve, traces
from ratezoo.plots.spikes import raster, reduction
from ratezoo.plots.states import clouds, errors, heatmap, landscape, patterns

__all__ = ['before_and_after', 'bifurcation', 'clouds', 'comparison', 'errors', 'fi_curves', 'heatmap',
           'input_and_target', 'landscape', 'learning_curve', 'patterns', 'phase_plane', 'portrait', 'raster',
           'reduction', 'spectrum', 'traces']

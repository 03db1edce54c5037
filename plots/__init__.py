"""Figures of runs, of states and of learning. Each takes ``ax=`` or ``fig=`` and returns what it drew on. None calls
``show``.

In a script, ``plt.show()`` shows the figures, because pyplot knows them. In a notebook the cell that draws a figure
shows it once, whether or not the figure is the last value of the cell."""

from ratezoo.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)

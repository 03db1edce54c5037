"""Questions that can be asked of any model: fixed points, phase planes, Lyapunov exponents, sweeps."""

from ratezoo.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)

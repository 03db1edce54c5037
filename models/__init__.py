"""The zoo: one family of rate networks a file. ``zoo`` finds a model by its name."""

from ratezoo.lazy import attach
from ratezoo.registry import Registry

zoo = Registry('model', __name__)
__getattr__, __dir__, __all__ = attach(__name__)

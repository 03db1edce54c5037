"""The rules: one rule (or close kin) a file. ``rules`` finds a rule by its name."""

from ratezoo.lazy import attach
from ratezoo.registry import Registry

rules = Registry('rule', __name__)
__getattr__, __dir__, __all__ = attach(__name__)

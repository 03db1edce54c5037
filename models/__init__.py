"""The zoo: one family of rate networks a file. `zoo` finds a model by its name."""

from ratezoo.models.registry import zoo

__all__ = ['zoo']

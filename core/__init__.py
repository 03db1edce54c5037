"""ratezoo: rate networks on BrainPy, and the rules that train them.

Public names are imported when they are first used; ``__init__.pyi`` lists them.
"""

from ratezoo.lazy import attach

_getattr, __dir__, __all__ = attach(__name__)


def __getattr__(name):
    if name == '__version__':
        from importlib.metadata import version

        return version('ratezoo')
    return _getattr(name)

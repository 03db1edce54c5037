"""Threads other than the main one find BrainPy's settings: mode, time step, precision.

BrainPy 2.8 keeps them in a `threading.local`. In a thread that did not import BrainPy it is empty, and the first model
fails with ``KeyError: "Key 'mode' not found in environment"``. With this module a new thread begins with a copy of the
settings that the importing thread has at that moment. From then on they are its own: ``bm.set_dt`` in one thread does
not change the time step of a run in another. (BrainPy 2.6 has one set of settings for all threads.)
"""

import threading
from typing import Any

# Held while a step is traced: under BrainPy 2.6 tracing writes to `bp.share`, which all threads share.
TRACING = threading.RLock()


def inherit(local: Any) -> None:
    """Let each new thread begin with the ``settings`` that the thread-local object has in the present thread."""
    settings = local.settings

    class Inherited(type(local)):  # type: ignore[misc]
        """Python calls ``__init__`` in each thread that uses the object for the first time."""

        def __init__(self) -> None:
            super().__init__()
            self.settings.update(settings)

    local.__class__ = Inherited  # the object itself stays: several modules of BrainPy hold it


try:  # BrainPy 2.7 and later
    from brainpy.math.defaults import env, setting
    from brainstate.environ import _ENV_STATE

    if 'mode' not in env.settings:  # another thread has imported BrainPy: this one begins with BrainPy's defaults
        setting()
    inherit(env)  # mode, dt, the types of arrays
    inherit(_ENV_STATE)  # the precision of random numbers
except ImportError:  # BrainPy 2.6
    pass

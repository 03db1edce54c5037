"""The memory that a rule needs, and the memory that is free."""

from typing import NamedTuple

import jax
import psutil


class Cost(NamedTuple):
    """The cost of a learning rule.

    Attributes
    ----------
    memory : int
        Bytes that the rule keeps, without the data.
    operations : int
        Arithmetic operations per time step.
    """

    memory: int
    operations: int


def free_memory() -> int:
    """Bytes that are free on the device that JAX computes on."""
    device = jax.devices()[0]
    stats = device.memory_stats() if device.platform != 'cpu' else None
    if stats and 'bytes_limit' in stats:
        return stats['bytes_limit'] - stats.get('bytes_in_use', 0)
    return psutil.virtual_memory().available

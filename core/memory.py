"""What a rule needs, and what the machine has."""

from typing import NamedTuple

import jax
import psutil


class Cost(NamedTuple):
    """Bytes of memory beside the data, and operations a step."""
    memory: int
    operations: int


def free_memory():
    """Bytes that are free on the device that JAX computes on."""
    device = jax.devices()[0]
    stats = device.memory_stats() if device.platform != 'cpu' else None
    if stats and 'bytes_limit' in stats:
        return stats['bytes_limit'] - stats.get('bytes_in_use', 0)
    return psutil.virtual_memory().available

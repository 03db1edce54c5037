"""What every benchmark prints: the machine, the versions, the commit, and medians with their range."""

import os
import platform
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version

import jax
import numpy as np


def header():
    """One paragraph that says where the figures come from."""
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True).stdout.strip()
    versions = []
    for name in ('ratezoo', 'brainpy', 'jax', 'jaxlib', 'numpy'):
        try:
            versions.append(f'{name} {version(name)}')
        except PackageNotFoundError:
            continue
    print(f'{", ".join(versions)}; Python {platform.python_version()}; commit {commit or "?"}')
    print(
        f'{os.cpu_count()} cores, {jax.devices()[0].device_kind}, '
        f'{"float64" if jax.config.jax_enable_x64 else "float32"}\n'
    )


def times(functions, repeats=15, warm=2):
    """Seconds of each function, (len(functions), repeats), measured in turn so that noise falls on all alike."""
    for _ in range(warm):
        for f in functions:
            f()
    measured = np.empty((len(functions), repeats))
    for k in range(repeats):
        for i, f in enumerate(functions):
            start = time.perf_counter()
            f()
            measured[i, k] = time.perf_counter() - start
    return measured


def shown(seconds):
    """Median and range of some timings in a readable unit."""
    low, mid, high = np.min(seconds), np.median(seconds), np.max(seconds)
    unit, scale = next((u, s) for u, s in (('µs', 1e6), ('ms', 1e3), ('s', 1.0)) if mid * s < 1000 or u == 's')
    return f'{mid * scale:8.4g} {unit} ({low * scale:.4g}-{high * scale:.4g})'

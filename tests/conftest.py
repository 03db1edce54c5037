"""All tests run in double precision, seeded, with dtype promotion strict in our own code."""

import os

from xla_flags import XLA_FLAGS

os.environ.setdefault('MPLBACKEND', 'Agg')
os.environ.setdefault('JAX_PLATFORMS', 'cpu')
os.environ.setdefault('XLA_FLAGS', XLA_FLAGS)

import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np
import pytest

bm.enable_x64()
bm.set_platform('cpu')
_DT = bm.get_dt()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """``@pytest.mark.quick(n)``: of a test's parameter sets n belong to the quick tier, taken evenly; the others are
    slow."""
    variants = {}
    for item in items:
        mark = item.get_closest_marker('quick')
        if mark is not None:
            variants.setdefault((item.function, mark.args[0]), []).append(item)
    for (_, count), group in variants.items():
        chosen = set(np.linspace(0, len(group) - 1, min(count, len(group))).round().astype(int).tolist())
        for i, item in enumerate(group):
            if i not in chosen:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _same_start():
    """The global time step and random state as at the start, and no figure left open."""
    bm.set_dt(_DT)
    bm.random.seed(0)
    yield
    plt.close('all')


@pytest.fixture
def rng():
    return np.random.default_rng(20240229)

"""All tests run in double precision, seeded, with dtype promotion strict in our own code."""

import os

os.environ.setdefault('MPLBACKEND', 'Agg')
os.environ.setdefault('JAX_PLATFORMS', 'cpu')
os.environ.setdefault('XLA_FLAGS', '--xla_backend_optimization_level=0')       # most of the time is compiling

import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np
import pytest

bm.enable_x64()
bm.set_platform('cpu')
_DT = bm.get_dt()


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

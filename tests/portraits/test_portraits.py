"""`ratezoo simulate NAME --plot` of every model draws what its paper is known for, without faults."""

import brainpy.math as bm
import matplotlib.pyplot as plt
import numpy as np
import pytest

import ratezoo
from portraits.base import all_checks, faults
from ratezoo import analysis, plots
from ratezoo.cli.parts import parameters
from ratezoo.models import zoo

CHECKS = all_checks()


def drawn(name):
    """The portrait of a model's example, with the network and the run: what the command line does."""
    model = zoo[name]
    settings = dict(model.example.settings)
    if 'seed' in parameters(model):
        settings.setdefault('seed', 0)
    net = model(**settings)
    if model.example.start is not None:
        net.reset_state(r0=model.example.start(net))
    run = ratezoo.simulate(net, transient=model.example.transient)
    return plots.portrait(net, run, run.inputs, analysis.portrait_data(net, run, run.inputs)), net, run


@pytest.fixture
def single_precision():
    """The precision that the command line has."""
    bm.disable_x64()
    yield
    bm.enable_x64()


@pytest.mark.slow
@pytest.mark.usefixtures('single_precision')
@pytest.mark.parametrize('name', list(zoo))
def test_a_portrait_shows_what_its_model_is_for(name):
    fig, net, run = drawn(name)
    assert faults(fig) == []
    CHECKS[name](fig, net, run)


def test_every_model_has_a_check():
    assert set(CHECKS) == set(zoo)


def test_a_check_stands_in_the_file_that_is_named_like_the_file_of_its_model():
    files = {name: check.__module__.rpartition('.')[2] for name, check in CHECKS.items()}
    assert files == {name: zoo.entry(name).module.rpartition('.')[2] for name in zoo}


# ---- a fault is seen -------------------------------------------------------------------------------------------------


def good():
    fig, ax = plt.subplots(layout='constrained')
    ax.plot([0, 1, 2], [0.0, 1.0, 0.0], label='one')
    ax.set(xlabel='time', ylabel='rate', ylim=(0, 2))
    ax.legend(loc='upper left')
    return fig, ax


def test_a_good_picture_has_no_faults():
    fig, _ = good()
    assert faults(fig) == []


@pytest.mark.parametrize(
    ('spoil', 'fault'),
    [
        (lambda fig, ax: (ax.text(1, 1.5, 'first text'), ax.text(1.02, 1.51, 'second')), 'overlap'),
        (lambda fig, ax: fig.text(0.98, 0.5, 'a long text at the margin'), 'leaves the figure'),
        (
            lambda fig, ax: ax.set_ylim(0, 1.0) and ax.plot(np.linspace(0, 0.5, 50), np.full(50, 0.96)),
            'lies on a curve',
        ),
        (lambda fig, ax: fig.add_axes((0.6, 0.6, 0.2, 0.2)), 'are empty'),
        (lambda fig, ax: ax.set_xticks([0, 0.01, 0.02], ['none at all', 'much more', 'most']), 'overlap'),
        (lambda fig, ax: ax.set_ylabel(''), 'axis of y has numbers but no label'),
    ],
    ids=['overlap', 'outside', 'legend', 'empty', 'ticks', 'label'],
)
def test_a_fault_is_seen(spoil, fault):
    fig, ax = good()
    spoil(fig, ax)
    assert any(fault in one for one in faults(fig)), faults(fig)

"""FORCE: least squares against the normal equations, and the paper's sum of four sinusoids."""

import numpy as np
import optax
import pytest
from helpers import TanhRNN, relative_error

import ratezoo
from ratezoo.errors import CompositionError, InvalidValueError


class Readout(ratezoo.FORCE, ratezoo.RateRNN):
    """No feedback from the output."""


class Net(ratezoo.FORCE, ratezoo.Reservoir):
    """The output is fed back."""


def run(model, x):
    model.reset_state()
    runner = ratezoo.Runner(model, monitors=['r'], dt=0.5, progress_bar=False)
    runner.run(inputs=x)
    return np.asarray(runner.mon['r'])


@pytest.mark.parametrize('every', [1, 3])
def test_without_feedback_an_epoch_solves_the_normal_equations(every, rng):
    model = Readout(2, 8, 3, seed=0, dt=0.5)
    x, y = rng.normal(size=(50, 2)), rng.normal(size=(50, 3))
    before, phi = model.params_dict(), np.c_[run(model, x), np.ones(50)]
    at = np.arange(1, 51) % every == 0
    alpha = np.full(50, 1 / 50)
    alpha[20:30] = 0  # nothing is asked of these
    at[20:30] = False
    start = np.c_[before['W_out'], before['b_out']]
    G = phi[at].T @ phi[at] + 0.7 * np.eye(9)
    expected = start + np.linalg.solve(G, phi[at].T @ (y[at] - phi[at] @ start.T)).T
    model.fit(x, y, 1, progress=False, ridge=0.7, every=every, alpha=alpha)
    assert relative_error(np.c_[model.W_out.value, model.b_out.value], expected) < 1e-10
    assert relative_error(start, expected) > 0.1
    for p in ('W', 'W_in', 'b'):
        assert np.array_equal(before[p], model.params_dict()[p])


def test_a_batch_and_further_epochs_go_on_with_the_same_least_squares(rng):
    model = Readout(2, 8, 1, seed=0, dt=0.5)
    x, y = rng.normal(size=(3, 20, 2)), rng.normal(size=(3, 20, 1))
    start = np.c_[model.W_out.value, model.b_out.value]
    phi = np.concatenate([np.c_[run(model, one), np.ones(20)] for one in x])
    target = y.reshape(-1, 1)
    G = 2 * phi.T @ phi + np.eye(9)
    expected = start + np.linalg.solve(G, 2 * phi.T @ (target - phi @ start.T)).T
    model.fit(x, y, 2, progress=False, every=1)
    assert relative_error(np.c_[model.W_out.value, model.b_out.value], expected) < 1e-10


def test_its_gradient_is_the_readouts_own(rng):
    x, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 3))
    loss, grads = Readout(2, 8, 3, seed=0).gradient(x, y)
    expected, exact = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 8, 3, seed=0).gradient(x, y)
    assert abs(loss - expected) < 1e-12
    for p in ('W_out', 'b_out'):
        assert relative_error(grads[p], exact[p]) < 1e-10
    assert not np.any(grads['W'])


def four_sinusoids(t):
    """Sussillo & Abbott's target, period 120."""
    s = np.pi * t / 60
    return 1.3 / 1.5 * (np.sin(s) + np.sin(2 * s) / 2 + np.sin(3 * s) / 6 + np.sin(4 * s) / 3)


@pytest.mark.slow
def test_the_sum_of_four_sinusoids_is_generated():
    model = Net(n=500, seed=0, dt=0.1)
    T, ahead = 36_000, 2400  # 30 periods, and two more
    t = 0.1 * np.arange(1, T + ahead + 1)

    def generated():
        output = ratezoo.Runner(model, dt=0.1, progress_bar=False).run(inputs=np.zeros((ahead, 1)))
        y = four_sinusoids(t[T:])
        return np.sqrt(np.mean((np.asarray(output)[:, 0] - y) ** 2) / np.var(y))

    untrained = generated()
    model.fit(None, four_sinusoids(t[:T]), 1, progress=False)
    assert generated() < 0.05
    assert untrained > 0.9


def test_it_refuses_what_it_cannot_do(rng):
    x, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    model = Readout(2, 8, 1, seed=0)
    with pytest.raises(CompositionError, match='FORCE needs more of a model than F, and TanhRNN is not a HasReadout'):
        type('Net', (ratezoo.FORCE, TanhRNN), {})
    with pytest.raises(InvalidValueError, match='optimizer: expected None, because the rule is an optimiser itself'):
        model.fit(x, y, optimizer=optax.adam(1e-3))
    with pytest.raises(InvalidValueError, match='half squared error'):
        model.fit(x, y, loss=lambda o, t: abs(o - t).sum())
    for options in (dict(ridge=0), dict(every=0)):
        with pytest.raises(InvalidValueError, match=next(iter(options))):
            model.fit(x, y, **options)
    with pytest.raises(InvalidValueError, match='sparseness'):
        ratezoo.Reservoir(sparseness=0.0)

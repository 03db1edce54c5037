"""What all rules share: how a rule and a model are put together, the data of trajectories, losses, keys, refusals."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import TanhRNN

import ratezoo
from ratezoo.errors import CompositionError, DivergedError, InvalidValueError, ShapeError


class Unit(ratezoo.RTRL, ratezoo.LinearRNN):
    """One input and one output."""


class Net(ratezoo.BPTT, ratezoo.RateRNN):
    """Two inputs and three outputs."""


@pytest.fixture(scope='module')
def net():
    return Net(2, 4, 3, seed=7)


# ---- data ------------------------------------------------------------------------------------------------------------


def test_trajectories_take_the_shapes_that_the_docstrings_name(net):
    """Nothing is compiled. α stays as it is given: (T,) for all samples, or (B, T)."""
    unit, ones = Unit(), np.ones
    for network, given, expected, batched in (
        (unit, (ones(5), ones(5)), ((5, 1), (5, 1), (5,), (1,)), False),
        (unit, (None, ones(5)), ((5, 1), (5, 1), (5,), (1,)), False),
        (unit, (ones((5, 1)), ones((5, 1)), ones(5), 2.0), ((5, 1), (5, 1), (5,), (1,)), False),
        (unit, (ones((2, 5, 1)), ones((2, 5))), ((2, 5, 1), (2, 5, 1), (5,), (2, 1)), True),
        (unit, (ones((2, 5)), ones((2, 5, 1)), ones((2, 5))), ((2, 5, 1), (2, 5, 1), (2, 5), (2, 1)), True),
        (net, (ones((5, 2)), ones((5, 3))), ((5, 2), (5, 3), (5,), (4,)), False),
        (net, (None, ones((2, 5, 3))), ((2, 5, 2), (2, 5, 3), (5,), (2, 4)), True),
        (net, (None, ones((2, 5, 3)), ones(5), ones(4)), ((2, 5, 2), (2, 5, 3), (5,), (2, 4)), True),
    ):
        data, is_batch = network.check_trajectories(*given)
        assert tuple(a.shape for a in data) == expected
        assert is_batch is batched
    assert np.allclose(net.check_trajectories(None, ones((2, 5, 3)))[0].alpha, 0.2)
    assert not np.any(net.check_trajectories(None, ones((2, 5, 3)))[0].x)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(y=np.ones((5, 2))), r'Net\.y: expected targets of shape \(T, 3\) or \(B, T, 3\)'),
        (dict(y=np.ones(5)), r'Net\.y'),
        (dict(y=np.ones((1, 2, 5, 3))), r'Net\.y'),
        (dict(y=np.ones((0, 3))), r'Net\.y'),
        (dict(x=np.ones((4, 2))), r'Net\.x: expected inputs of shape \(5, 2\), because y has shape \(5, 3\)'),
        (dict(x=np.ones((5, 1))), r'Net\.x'),
        (dict(x=np.ones(5)), r'Net\.x'),
        (dict(alpha=np.ones(4)), r'Net\.alpha: expected a weight for each of the 5 steps, shape \(5,\), got \(4,\)'),
        (dict(alpha=1.0), r'Net\.alpha'),
        (dict(alpha=np.ones((2, 5))), r'Net\.alpha'),
        (dict(r0=np.ones(3)), r'Net\.r0'),
    ],
)
def test_shapes_that_do_not_fit_are_named(net, changes, message):
    with pytest.raises(ShapeError, match=message):
        net.check_trajectories(**{'x': np.ones((5, 2)), 'y': np.ones((5, 3)), **changes})


@pytest.mark.parametrize('name', ['x', 'y', 'alpha'])
def test_numbers_that_are_not_finite_are_named(net, name):
    data = {'x': np.ones((5, 2)), 'y': np.ones((5, 3)), 'alpha': np.ones(5)}
    data[name].flat[3] = np.inf
    with pytest.raises(InvalidValueError, match=rf'Net\.{name}: expected finite numbers, got inf'):
        net.check_trajectories(**data)


@pytest.mark.parametrize('shape', [(), (2,), (2, 3, 4, 2)])
def test_a_prediction_needs_time(net, shape):
    with pytest.raises(ShapeError, match=r'Net\.x: expected inputs of shape \(T, n_in\) or \(B, T, n_in\)'):
        net.predict(np.ones(shape))


def test_a_prediction_is_the_run_of_the_network():
    """A linear unit at Δt = 1: r ← w r + b + x; from its own start, for one sequence and for a batch."""
    unit = Unit(w=0.5, b=1.0, dt=1.0)
    assert np.allclose(unit.predict(np.array([0.0, 1.0, -2.0]))[:, 0], [1.0, 2.5, 0.25])
    batch = unit.predict(np.array([[[0.0], [1.0]], [[1.0], [0.0]]]), r0=np.array([[0.0], [4.0]]))
    assert np.allclose(batch[..., 0], [[1.0, 2.5], [4.0, 3.0]])
    assert not np.any(unit.r.value)


def test_a_gradient_that_is_not_finite_names_the_first_bad_step(net):
    good, bad, steps = {'W': np.ones(3)}, {'W': np.array([1.0, np.nan, 1.0])}, np.array([1.0, np.inf, np.nan])
    net._check_gradient(np.float64(1.0), good, np.ones(3))
    with pytest.raises(DivergedError, match=r'Net\.gradient: .* the loss is not finite at step 2 of 3\.'):
        net._check_gradient(np.float64(np.inf), good, steps)
    for value, grads in ((np.inf, good), (1.0, bad)):
        with pytest.raises(DivergedError, match='the loss of every step is finite, but their sum or the gradient is'):
            net._check_gradient(np.float64(value), grads, np.ones(3))


# ---- losses and keys -------------------------------------------------------------------------------------------------


def test_a_loss_is_half_the_squared_error_or_gives_one_number(net):
    assert float(net.loss_function(None, (3,))(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 0.0]))) == 6.5
    assert float(net.loss_function(lambda o, y: jnp.sum(o + y), (3,))(np.ones(3), np.ones(3))) == 6.0
    for loss, shape in ((lambda o, y: o - y, r'\(3,\)'), (lambda o, y: jnp.sum(o, keepdims=True), r'\(1,\)')):
        with pytest.raises(ShapeError, match=rf'Net\.loss: expected one number for a step, got shape {shape}'):
            net.loss_function(loss, (3,))
    with pytest.raises(InvalidValueError, match=r"Net\.loss: expected loss\(output, target\), got 'mse'"):
        net.loss_function('mse', (3,))


def test_only_noise_and_random_rules_need_a_key():
    """Without a seed it is the network's own."""
    noisy = Net(2, 3, 1, seed=7, sigma=0.1)
    random = type('Net', (ratezoo.UORO, ratezoo.RateRNN), {})(2, 3, 1, seed=7)
    for network in (noisy, random):
        assert np.array_equal(network.draw_key(None), jax.random.PRNGKey(7))
        assert np.array_equal(network.draw_key(0), jax.random.PRNGKey(0))
    assert Net(2, 3, 1, seed=7).draw_key(0) is None


# ---- a rule and a model ----------------------------------------------------------------------------------------------


class WithOrder(TanhRNN):
    """It has an attribute with the name of an option of SnAp."""

    def __init__(self, n):
        super().__init__(n)
        self.order = 3


class NoParameters(ratezoo.RateModel):
    """Nothing to train."""

    params = ()

    def F(self, r, params, x):
        return -r


class OneMore(ratezoo.RateRNN):
    """A step that reads a parameter which is no synapse."""

    params = (*ratezoo.RateRNN.params, 'gain')

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gain = bm.TrainVar(jnp.ones(()))

    def F(self, r, params, x):
        return params['gain'] * super().F(r, params, x)


def test_models_that_a_rule_cannot_train_are_refused_by_name():
    with pytest.raises(
        CompositionError, match=r"Net\.order: the rule has an option 'order', and the model has an attr"
    ):
        type('Net', (ratezoo.SnAp, WithOrder), {})(3)
    type('Net', (ratezoo.RTRL, WithOrder), {})(3)  # RTRL has no such option
    with pytest.raises(CompositionError, match=r'Net\.params: expected at least one parameter, got none'):
        type('Net', (ratezoo.RTRL, NoParameters), {})(3, 3)
    with pytest.raises(CompositionError, match='takes steps that have no gradient, so no rule can train it'):
        type('Net', (ratezoo.RTRL, ratezoo.Hopfield), {})
    with pytest.raises(CompositionError, match='this step also reads gain'):
        type('Net', (ratezoo.EProp, OneMore), {})(2, 3, 1)
    with pytest.raises(CompositionError, match='one state and one current, got units with 2 states and 4 currents'):
        type('Net', (ratezoo.RFLO, ratezoo.LSTM), {})(2, 3, 1)
    with pytest.raises(CompositionError, match=r'expected the rule before the model.* class Net\(RTRL, LinearRNN\)'):
        type('Net', (ratezoo.LinearRNN, ratezoo.RTRL), {})


def test_which_parameters_the_step_reads_and_which_gradient_is_exact(net):
    assert net.step_params == ('W', 'W_in', 'b')
    assert net.output_shape == (3,)
    assert net.problem_sizes() == (4, 16 + 8 + 4, 16 + 8 + 4 + 12 + 3)
    assert Unit().is_exact
    assert net.is_exact
    net.truncate = (2, 3)
    assert not net.is_exact
    del net.truncate
    assert net.is_exact
    assert not type('Net', (ratezoo.RFLO, ratezoo.RateRNN), {})(2, 3, 1).is_exact
    deep = type('Net', (ratezoo.DeepEquilibrium, ratezoo.LinearRNN), {})()
    assert deep.is_exact
    deep.backward = 'phantom'
    assert not deep.is_exact


def test_learned_kernels_are_those_that_a_run_shows(rng):
    """With the network's own seed, learn_kernels draws the noise of a run."""
    nets = [type('Net', (ratezoo.KeRNL, ratezoo.RateRNN), {})(2, 3, 1, seed=3, dt=0.5) for _ in range(2)]
    x = rng.normal(size=(20, 2))
    nets[0].learn_kernels(x, seed=3)
    ratezoo.Runner(nets[1], progress_bar=False, dt=0.5).run(inputs=x)
    for name in ('beta', 'kappa'):
        learned, shown = np.asarray(getattr(nets[0], name).value), np.asarray(getattr(nets[1], name).value)
        assert np.allclose(learned, shown, rtol=1e-10)
        assert not np.allclose(learned, getattr(type(nets[0])(2, 3, 1, seed=3, dt=0.5), name).value, rtol=1e-6)
    assert not np.any(nets[0].Omega.value)  # the network itself stays at its start
    with pytest.raises(InvalidValueError, match='learn_kernels: expected one input'):
        nets[0].learn_kernels(np.zeros((2, 5, 2)))

"""Every exact way to the gradient of a trajectory is the same gradient, for every parameter."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import DiscreteRNN, TanhRNN, TwoStates, plain_loss, relative_error

import ratezoo
from ratezoo.learning.blocks import split_into_blocks

MODELS = {
    'LinearRNN': lambda rule: type('Net', (rule, ratezoo.LinearRNN), {})(4, w=0.5, dt=0.3),
    'RateRNN': lambda rule: type('Net', (rule, ratezoo.RateRNN), {})(2, 5, 3, seed=1, dt=0.3, g=1.5),
    'RateRNN, noise, rk4': lambda rule: type('Net', (rule, ratezoo.RateRNN), {})(
        2, 5, 3, seed=1, dt=0.3, sigma=0.4, method='rk4', phi='softplus', tau=0.7
    ),
    "a user's": lambda rule: type('Net', (rule, TanhRNN), {})(4, dt=0.3),
    'two states': lambda rule: type('Net', (rule, TwoStates), {})(3, dt=0.3),
    'EIRateRNN': lambda rule: type('Net', (rule, ratezoo.EIRateRNN), {})(
        2, 5, 2, seed=1, dt=0.3, phi='softplus', positive='abs'
    ),
    'ElmanRNN': lambda rule: type('Net', (rule, ratezoo.ElmanRNN), {})(2, 4, 2, seed=1),
    'JordanRNN': lambda rule: type('Net', (rule, ratezoo.JordanRNN), {})(2, 4, 2, seed=1),
    'LSTM': lambda rule: type('Net', (rule, ratezoo.LSTM), {})(2, 3, 2, seed=1),
    'GRU': lambda rule: type('Net', (rule, ratezoo.GRU), {})(2, 3, 2, seed=1),
    'discrete': lambda rule: type('Net', (rule, DiscreteRNN), {})(4),
}
WAYS = (
    [(ratezoo.RTRL, dict(block=h)) for h in ('dense', None, 1, 5)]
    + [(ratezoo.BPTT, o) for o in ({}, dict(remat=True), dict(truncate=(4, 13)))]
    + [(ratezoo.SnAp, dict(order=100))]
)
SOME_WAYS = [w for w in WAYS if w[1] in ({}, dict(block='dense'), dict(block=5), dict(order=100))]
T = 13  # a prime: no block length divides it


def data(net, rng, batch=()):
    n_out = jax.eval_shape(net.output, net.initial_state(), net.params_dict()).shape[0]
    r0 = jax.tree_util.tree_map(lambda a: rng.normal(size=(*batch, *a.shape)), net.initial_state())
    alpha = rng.uniform(size=(*batch, T)) * (rng.uniform(size=(*batch, T)) > 0.4)
    return rng.normal(size=(*batch, T, net.n_in)), rng.normal(size=(*batch, T, n_out)), alpha, r0


@pytest.mark.parametrize('model', [pytest.param(m, marks=() if 'noise' in m else pytest.mark.slow) for m in MODELS])
def test_they_agree_with_each_other_in_batches_with_masks_and_a_start(model, rng):
    x, y, alpha, r0 = data(MODELS[model](ratezoo.RTRL), rng, (3,))
    losses, gradients = [], []
    for rule, options in WAYS:
        loss, grads = MODELS[model](rule).gradient(x, y, alpha, r0, **options)
        losses.append(loss)
        gradients.append(grads)
    assert all(np.linalg.norm(g) > 1e-6 for g in gradients[0].values())
    assert max(abs(v / losses[0] - 1) for v in losses) < 1e-12
    assert max(relative_error(g, gradients[0]) for g in gradients) < 1e-10


@pytest.mark.quick(2)
@pytest.mark.parametrize('model', [m for m in MODELS if 'noise' not in m])
def test_they_agree_with_finite_differences(model, rng):
    net = MODELS[model](ratezoo.BPTT)
    x, y, alpha, r0 = data(net, rng)
    params = net.params_dict()
    value = jax.jit(lambda params: plain_loss(net, params, x, y, alpha, r0))
    found = [MODELS[model](rule).gradient(x, y, alpha, r0, **options)[1] for rule, options in SOME_WAYS]
    for p in params:  # each parameter by itself, the readout and the inputs too
        direction = rng.normal(size=params[p].shape)
        slope = (
            value({**params, p: params[p] + 1e-5 * direction}) - value({**params, p: params[p] - 1e-5 * direction})
        ) / 2e-5
        assert abs(slope) > 1e-6
        for grads in found:
            assert abs(np.sum(np.asarray(grads[p]) * direction) / slope - 1) < 1e-7


class InBrainPysArrays(ratezoo.RateModel):
    """A user's model in the functions of ``bm``, as BrainPy's own models are written."""

    params = ('w', 'U')

    def __init__(self, n):
        super().__init__(n, n)
        self.w = bm.TrainVar(bm.random.randn(n, n) * 0.3)
        self.U = bm.TrainVar(bm.random.randn(2, n))

    def F(self, r, params, x):
        return -r + bm.tanh(bm.matmul(params['w'], r) + x)

    def output(self, r, params):
        return bm.matmul(params['U'], r)


class DiscreteInBrainPysArrays(InBrainPysArrays):
    def step(self, r, params, x):
        return bm.tanh(bm.matmul(params['w'], r) + x)


@pytest.mark.slow
@pytest.mark.parametrize('model', [InBrainPysArrays, DiscreteInBrainPysArrays])
def test_brainpys_functions_may_be_used_in_a_model_and_a_loss(model, rng):
    x, y = rng.normal(size=(5, 4)), rng.normal(size=(5, 2))
    found = []
    for rule, options in WAYS:
        bm.random.seed(3)
        net = type('Net', (rule, model), {})(4)
        found.append(
            net.gradient(
                x,
                y,
                loss=lambda o, t: bm.sum((o - t) ** 2) / 2,
                **{k: v for k, v in options.items() if k != 'truncate'},
            )[1]
        )
        runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
        assert isinstance(runner.run(inputs=x), jax.Array)
        assert isinstance(net.relax(0.1 * x[0]).r, jax.Array)
        assert net.jacobian(x[0], x[0]).shape == (4, 4)
        net.fit(x, y, 2, progress=False)
    params = {p: jnp.asarray(v) for p, v in net.params_dict().items()}
    assert all(isinstance(v, jax.Array) for v in params.values())
    assert max(relative_error(g, found[0]) for g in found) < 1e-10


def test_truncation_drops_the_longer_past_and_nothing_else(rng):
    """Against a loss whose window is cut by hand: losses K1 apart, K2 steps back, the state before them held fixed."""
    net = MODELS['RateRNN'](ratezoo.BPTT)
    x, y, alpha, r0 = data(net, rng)
    params, (k1, k2) = net.params_dict(), (3, 5)
    states = [np.asarray(r0)]
    for t in range(T):
        states.append(np.asarray(net.step(states[-1], params, x[t])))
    expected = dict.fromkeys(params, 0.0)
    for end in range(k1, T + k1, k1):
        last = min(end, T)
        start = max(last - k2, 0)
        mask = np.where(np.arange(T) >= end - k1, alpha, 0.0)[start:last]
        part = jax.grad(lambda q, s=start, e=last, m=mask: plain_loss(net, q, x[s:e], y[s:e], m, states[s]))(params)
        expected = {p: expected[p] + part[p] for p in params}
    _, grads = net.gradient(x, y, alpha, r0, truncate=(k1, k2), warn_above=np.inf)
    assert relative_error(grads, expected) < 1e-12
    assert relative_error(net.gradient(x, y, alpha, r0)[1], expected) > 1e-2


def test_options_are_those_of_fit_too(rng):
    results = []
    for rule, options in ((ratezoo.RTRL, dict(block=4)), (ratezoo.RTRL, {}), (ratezoo.BPTT, dict(remat=True))):
        net = MODELS['RateRNN'](rule)
        x, y, alpha, r0 = data(net, np.random.default_rng(5), (4,))
        net.fit(x, y, 3, batch_size=2, alpha=alpha, r0=r0, progress=False, **options)
        results.append(net.params_dict())
    assert max(relative_error(r, results[0]) for r in results[1:]) < 1e-9


@pytest.mark.parametrize(
    ('rule', 'options', 'error', 'message'),
    [
        (ratezoo.RTRL, dict(block=0), ratezoo.InvalidValueError, r'Net\.block: expected .*got 0'),
        (ratezoo.RTRL, dict(blocks=3), ratezoo.UnknownNameError, r"no option 'blocks'\. The rule has: block"),
        (ratezoo.BPTT, dict(truncate=(5, 3)), ratezoo.InvalidValueError, r'1 ≤ K1 ≤ K2, got \(5, 3\)'),
        (
            ratezoo.BPTT,
            dict(truncate=(2, 3), remat=True),
            ratezoo.InvalidValueError,
            r'Net\.remat: expected False together with truncate, got True',
        ),
        (ratezoo.BPTT, dict(online=True), ratezoo.UnknownNameError, r"no option 'online'"),
    ],
)
def test_bad_options_get_one_clear_error(rule, options, error, message, rng):
    net = MODELS['RateRNN'](rule)
    x, y, _, _ = data(net, rng)
    with pytest.raises(error, match=message):
        net.gradient(x, y, **options)


def test_blocks_and_their_rest():
    blocks, rest = split_into_blocks({'a': np.arange(7)}, 3)
    assert blocks['a'].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert rest['a'].tolist() == [6]

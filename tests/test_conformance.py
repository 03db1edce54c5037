"""Every model and every rule keeps the common promises. A new one is tested because its file is there."""

import inspect

import brainpy.math as bm
import jax
import numpy as np
import pytest
from helpers import compilations, plain_loss, relative_error

import ratezoo
from ratezoo.learning import FixedPointRule, TrajectoryRule, rules
from ratezoo.models import zoo


@pytest.mark.quick(25)
@pytest.mark.parametrize('name', list(zoo))
def test_every_model_of_the_zoo_is_complete(name):
    """A model is tested by being listed: it simulates by its defaults, batched = looped, in both precisions."""
    entry, kind = zoo.entry(name), zoo[name]
    assert 'doi:' in entry.reference
    assert entry.category
    assert len(entry.summary) > 20

    def make(**options):
        seed = {'seed': 1} if 'seed' in inspect.signature(kind).parameters else {}
        quiet = {'noise': {'sigma': 0.0, 'tau': 1.0}} if getattr(kind, 'default_noise', None) else {}
        return kind(**options, **seed, **quiet)

    if name == 'SpikingPopulation':  # spikes differ by rounding, and there are no batches
        x = np.full(300, 3.0)
        return in_single_precision(lambda: run(make(), x, ['I_ext']), run(make(), x, ['I_ext']))
    model = make()
    x = np.random.default_rng(0).normal(size=(2, 5, model.n_in or 1))
    x = np.abs(x) * (1, 1, 0) if name == 'ScoreDiffusion' else x  # its inputs are level, step and temperature
    runner, looped = ratezoo.Runner(model, progress_bar=False), []
    for one in x:
        model.reset_state()
        looped.append(runner.run(inputs=one))
    batched = run(make(mode=bm.BatchingMode(2)), x)
    assert np.allclose(batched, np.stack(looped), rtol=1e-12)
    assert np.std(batched) > 0
    in_single_precision(lambda: run(make(), x[0]), looped[0])


def run(model, x, monitors=()):
    """The output of a run, or the first of its monitors."""
    runner = ratezoo.Runner(model, monitors=list(monitors), progress_bar=False)
    output = runner.run(inputs=x)
    return runner.mon[monitors[0]] if monitors else output


def in_single_precision(run, double):
    """A run in single precision is the one in double precision, but for rounding."""
    bm.disable_x64()
    try:
        single = run()
        assert single.dtype == np.float32
        assert np.std(single) > 0
        assert np.allclose(single, double, rtol=1e-4, atol=1e-5)
    finally:
        bm.enable_x64()


# Not attractors without parameters, nor diffusion, which learns samples by a rule of its own.
TRAINABLE = [n for n in zoo if zoo[n].differentiable and zoo.entry(n).category != 'diffusion']
TRAINABLE = [n for n in TRAINABLE if zoo[n].params or zoo[n]().params]  # some name their weights when they are made


# The library's own rules move every parameter of every model. Another rule may drop more. It must follow the gradient
# of a RateRNN, and must never point against a gradient.
MOVES_ALL = {'RTRL', 'BPTT', 'SnAp', 'UORO', 'KFRTRL', 'RKF', 'RFLO', 'EProp', 'KeRNL', 'FORCE'}

SMALL = {
    'ConvolutionalEnergyModel': dict(image=(4, 4), channels=(2,), n_out=2),
    'EchoState': dict(n=20),
    'ChaoticRNN': dict(n=20),
    'LowRankRNN': dict(n=20),
    'Reservoir': dict(n=40),
}
CALM = {
    'MultiAreaNetwork': dict(area=ratezoo.StuartLandau(8, a=-0.5, omega=0.3), delays=0.0),
    'Reservoir': dict(g=0.3),
    'ChaoticRNN': dict(g=0.5),
}  # chaotic by default: no fixed point

# Models without what a rule needs beyond F: currents that are linear in the weights, a readout, one state to a unit,
# an energy.
_LAYERED = {'LayeredEnergyModel', 'ConvolutionalEnergyModel'}
_ENERGY = {'ModernHopfield', *_LAYERED}
_PLAIN = {
    'LinearRNN',
    'JordanRNN',
    'FeedforwardRate',
    'PenalisedPerceptron',
    'ContinuousHopfield',
    'LineIntegrator',
    'SynapticRate',
    'FiringRate',
    'SynapticCurrent',
    'ChaoticRNN',
    'LowRankRNN',
    'MultiAreaNetwork',
}
_WITHOUT_CURRENTS = {'Reservoir', 'EchoState', 'GRU', *_PLAIN, *_ENERGY}
_WITHOUT_READOUT = {'EIRateRNN', *_PLAIN, *_ENERGY}
REFUSED = {
    'KFRTRL': _WITHOUT_CURRENTS,
    'RKF': _WITHOUT_CURRENTS,
    'EProp': _WITHOUT_CURRENTS,
    'RFLO': _WITHOUT_CURRENTS | {'LSTM'},
    'KeRNL': _WITHOUT_CURRENTS | {'LSTM'},
    'FORCE': _WITHOUT_READOUT,
    'EquilibriumPropagation': set(zoo) - _ENERGY,
    'ContrastiveHebbian': set(zoo) - _LAYERED,
}


_EXPECTED = {}


def once(model, kind, compute):
    """What ``compute`` gives, kept by the model's name."""
    if (model, kind) not in _EXPECTED:
        _EXPECTED[model, kind] = compute()
    return _EXPECTED[model, kind]


def composed(rule, model, **options):
    """A network of the zoo under a rule; None if the rule says that it can't learn this model."""
    kind, seed = zoo[model], options
    if 'seed' in inspect.signature(kind).parameters:
        seed = {**options, 'seed': 1}
    refused = REFUSED.get(rule)
    if refused is None:  # a rule that is not in the table
        refused = {m for m in zoo if not all(issubclass(zoo[m], capability) for capability in rules[rule].needs)}
    if model in refused:
        with pytest.raises(ratezoo.CompositionError, match=f'{rule} needs|the rule needs'):
            type('Net', (rules[rule], kind), {})(**seed)
        return None
    net = type('Net', (rules[rule], kind), {})(**seed)
    assert net.exact is True or isinstance(net.exact, str)
    assert isinstance(net.is_exact, bool)
    assert net.cost(100).memory > 0
    return net


def pairs(kind, usual_model):
    """Every rule of a kind with every model. The quick tests take every rule with the usual model, and with the models
    that it refuses."""
    return [
        pytest.param(
            rule, model, marks=() if model == usual_model or model in REFUSED.get(rule, ()) else pytest.mark.slow
        )
        for rule in rules
        if issubclass(rules[rule], kind)
        for model in TRAINABLE
    ]


@pytest.mark.parametrize(('rule', 'model'), pairs(TrajectoryRule, 'RateRNN'))
def test_every_rule_of_trajectories_trains_every_model(rule, model):
    """A pair is tested by being listed; an exact rule agrees with `jax.grad` through a plain loop, another is on the
    gradient's side or says that it can't learn this model."""
    net, rng = composed(rule, model, **SMALL.get(model, {})), np.random.default_rng(3)
    if net is None:
        return
    x, y = rng.uniform(0.2, 1, (6, net.n_in)), rng.normal(size=(6, *net.output_shape))
    r0 = net.flat(net.initial_state())[1](rng.uniform(0.2, 0.8, net.state_size))
    reach = {'order': 2} if rule == 'SnAp' and len(net.states) > 1 else {}  # W moves I first, then r
    _, grads = net.gradient(x, y, r0=r0, **reach)

    def plain(p):
        penalty = net.penalty(p) if hasattr(net, 'penalty') else 0.0
        return plain_loss(net, p, x, y, np.full(6, 1 / 6), r0) + penalty

    expected = once(model, 'trajectory', lambda: jax.grad(plain)(net.params_dict()))  # the same under every rule
    if net.exact is True:
        assert relative_error(grads, expected) < 1e-10
    if rule not in MOVES_ALL:
        toward = sum(np.vdot(grads[p], expected[p]) for p in grads)
        assert net.stochastic or toward > (0 if model == 'RateRNN' else -1e-12)
        return
    asked = grads if net.follows_the_gradient else net.readout
    if rule == 'SnAp' and hasattr(net, 'layers'):  # one step reaches one layer: the last
        asked = [p for p in grads if p.endswith(str(len(net.layers(net.initial_state()))))]
    assert all(np.linalg.norm(grads[p]) > 0 for p in asked if p in grads)
    assert sum(np.vdot(grads[p], expected[p]) for p in grads) > 0 or net.stochastic


@pytest.mark.parametrize(('rule', 'model'), pairs(FixedPointRule, 'LayeredEnergyModel'))
def test_every_rule_of_fixed_points_trains_every_model(rule, model):
    """Likewise; the exact ones against `jax.grad` through a long plain run, where the network settles at all."""
    net, rng = composed(rule, model, **SMALL.get(model, {}), **CALM.get(model, {})), np.random.default_rng(3)
    if net is None:
        return
    weak = {p: 0.4 * np.asarray(v) + (0.1 if v.ndim == 1 else 0.0) for p, v in net.params_dict().items()}
    net.set_params(weak)
    x, y = rng.uniform(0.2, 1, net.n_in), rng.normal(size=net.output_shape)
    options = dict(
        tol=1e-12, max_steps=100_000, warn_above=np.inf, **({'nudge': 0.01} if hasattr(net, 'nudge') else {})
    )
    _, grads = net.gradient(x, y, **options)

    def plain(p):
        r = jax.lax.scan(lambda r, _: (net.step(r, p, x), None), net.initial_state(), None, length=3000)[0]
        penalty = net.penalty(p) if hasattr(net, 'penalty') else 0.0
        return 0.5 * np.sum((net.output(r, p) - y) ** 2) + penalty

    expected = once(model, 'fixed point', lambda: jax.jit(jax.grad(plain))(net.params_dict()))
    assert sum(np.linalg.norm(g) for g in grads.values()) > 0
    if net.exact is True:
        assert relative_error(grads, expected) < 1e-9
    if not (rule == 'VectorFieldEP' and len(net.states) > 1):  # J is nowhere near symmetric there
        assert sum(np.vdot(grads[p], expected[p]) for p in grads) > 0


@pytest.mark.parametrize('rule', [n for n in rules if issubclass(rules[n], TrajectoryRule)])
def test_every_rule_of_trajectories_keeps_the_common_promises(rule):
    """A batch is the mean of its samples; a second call compiles nothing; an option may be set on the network; DSRunner
    shows the traces; the state and the parameters stay as they are."""
    net, rng = composed(rule, 'RateRNN', n_in=2, n=4, n_out=3), np.random.default_rng(5)
    x, y = rng.normal(size=(2, 7, 2)), rng.normal(size=(2, 7, 3))
    before = {p: np.asarray(v) for p, v in net.params_dict().items()}
    net.reset_state(r0=np.full(4, 0.3))
    loss, grads = net.gradient(x, y)
    with compilations() as compiled:
        again, same = net.gradient(x, y)
    assert compiled == []
    assert loss == again
    assert all((same[p] == grads[p]).all() for p in grads)
    if not net.stochastic:
        alone = [net.gradient(x[k], y[k]) for k in (0, 1)]
        assert loss == pytest.approx(np.mean([a[0] for a in alone]), rel=1e-12)
        mean = {p: (alone[0][1][p] + alone[1][1][p]) / 2 for p in grads}
        assert (
            relative_error(
                {p: grads[p] for p in grads if np.any(mean[p])}, {p: mean[p] for p in grads if np.any(mean[p])}
            )
            < 1e-12
        )
    assert np.allclose(net.r.value, 0.3)
    assert all((before[p] == net.params_dict()[p]).all() for p in before)
    assert isinstance(net.is_exact, bool)
    traces = list(getattr(net, 'trace_names', ()))
    runner = ratezoo.Runner(net, monitors=['r', *traces], progress_bar=False)
    runner.run(inputs=x[0])
    assert all(len(runner.mon[name]) == 7 for name in traces)
    assert not traces or any(np.any(np.asarray(runner.mon[name][-1], float)) for name in traces)
    for name in net.options:
        with pytest.raises(ratezoo.RateZooError):
            net.gradient(x, y, **{name: object()})
        setattr(net, name, object())
        with pytest.raises(ratezoo.RateZooError):
            net.gradient(x, y)
        delattr(net, name)


@pytest.mark.quick(3)
@pytest.mark.parametrize('rule', [n for n in rules if issubclass(rules[n], FixedPointRule)])
def test_every_rule_of_fixed_points_keeps_the_common_promises(rule):
    """Likewise for fixed points."""
    net, rng = (
        composed(rule, 'LayeredEnergyModel', sizes=(3, 4, 2), activation='tanh', dt=0.5),
        np.random.default_rng(5),
    )
    x, y = rng.uniform(-1, 1, (2, 3)), rng.uniform(-0.5, 0.5, (2, 2))
    loss, grads = net.gradient(x, y)
    with compilations() as compiled:
        again, same = net.gradient(x, y)
    assert compiled == []
    assert loss == again
    assert all((same[p] == grads[p]).all() for p in grads)
    alone = [net.gradient(x[k], y[k]) for k in (0, 1)]
    assert loss == pytest.approx(np.mean([a[0] for a in alone]), rel=1e-9)
    assert relative_error(grads, {p: (alone[0][1][p] + alone[1][1][p]) / 2 for p in grads}) < 1e-7
    doubled = net.gradient(x[0], y[0], alpha=2.0)  # a weight of a sample counts twice
    assert doubled[0] == pytest.approx(2 * alone[0][0], rel=1e-9)
    if rule != 'DeepEquilibrium':
        assert relative_error(doubled[1], {p: 2 * alone[0][1][p] for p in grads}) < 0.1  # a nudge is doubled, too
    assert isinstance(net.is_exact, bool)
    for name in net.options:
        if name == 'must_settle':
            continue
        setattr(net, name, object())
        with pytest.raises(ratezoo.RateZooError):
            net.gradient(x, y)
        delattr(net, name)

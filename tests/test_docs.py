"""The words agree with the code: doctests, defaults, the zoo and the rules, the two READMEs."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import brainpy.math as bm
import jax
import numpy as np
import pytest
from helpers import plain_loss, relative_error

import ratezoo
from ratezoo.learning import rules
from ratezoo.learning.fixed_point import FixedPointRule
from ratezoo.learning.trajectory import TrajectoryRule
from ratezoo.models import zoo

ROOT = Path(__file__).parents[1]


def modules():
    """Every module of the package but those that run something when they are imported."""
    for folder in ('', '.models', '.learning', '.tasks', '.plots', '.homework', '.homework.rnn'):
        package = importlib.import_module(f'ratezoo{folder}')
        for m in pkgutil.iter_modules(package.__path__):
            name = f'{package.__name__}.{m.name}'
            if name not in ('ratezoo.__main__', 'ratezoo.homework.rnn.handout'):
                yield name


@pytest.mark.parametrize('name', sorted(modules()))
def test_doctests(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE, extraglobs={'ratezoo': ratezoo})
    assert result.failed == 0


def test_there_are_doctests():
    examples = {name: sum(len(d.examples) for d in doctest.DocTestFinder().find(importlib.import_module(name)))
                for name in modules()}
    for place in ('ratezoo.runner', 'ratezoo.models.linear', 'ratezoo.models.rate', 'ratezoo.learning.rtrl',
                  'ratezoo.learning.bptt', 'ratezoo.tasks.sequence', 'ratezoo.learning.snap',
                  'ratezoo.learning.comparison',
                  'ratezoo.models.gated', 'ratezoo.tasks.memory'):
        assert examples[place] >= 1, place


def public_callables():
    for name in ratezoo.__all__:
        value = getattr(ratezoo, name)
        if callable(value):
            yield name, value
            for k, method in inspect.getmembers(value, inspect.isfunction):
                if not k.startswith('_') and method.__module__.startswith('ratezoo'):
                    yield f'{name}.{k}', method
    for name in ratezoo.plots.__all__:
        yield f'plots.{name}', getattr(ratezoo.plots, name)
    for name in ratezoo.tasks.__all__:
        yield f'tasks.{name}', getattr(ratezoo.tasks, name)


def test_defaults_in_docstrings_are_those_of_the_signature():
    """'name : type' followed by 'Default 3.' must agree; parameters documented must exist."""
    checked = 0
    for name, function in public_callables():
        doc = inspect.getdoc(function) or ''
        if 'Parameters\n---' not in doc or (inspect.isclass(function) and issubclass(function, Exception)):
            continue
        signature = inspect.signature(function)
        section = re.split(r'\n[A-Z][a-z]+\n-{4,}\n', doc.split('Parameters\n')[1].split('\n', 1)[1])[0]
        for match in re.finditer(r'^(\w[\w, \\\n]*?) :(.*?)(?=^\w|\Z)', section, re.M | re.S):
            for parameter in re.split(r',\s*', match[1].strip()):
                assert parameter in signature.parameters, f'{name}: {parameter} is documented but not there'
            told = re.search(r'[Dd]efault (?:value )?(-?\d[\d ]*(?:\.\d*)?(?:e-?\d+)?|True|False)', match[2])
            if told and ',' not in match[1]:
                default = signature.parameters[match[1].strip()].default
                text = told[1].replace(' ', '').rstrip('.')
                if default is None:
                    continue
                assert float(default) == float({'True': 1, 'False': 0}.get(text, text)), f'{name}.{match[1]}'
                checked += 1
    assert checked >= 8


def test_every_public_name_has_a_docstring():
    missing = [n for n, f in public_callables() if not inspect.getdoc(f)]
    assert missing == []


@pytest.mark.parametrize('name', list(zoo))
def test_every_model_of_the_zoo_is_complete(name):
    """A model is tested by being listed: it simulates by its defaults, batched = looped, in both precisions."""
    entry = zoo[name]
    assert 'doi:' in entry.reference
    assert 'References\n' in inspect.getdoc(entry.model)
    def make(**options):
        seed = {'seed': 1} if 'seed' in inspect.signature(entry.model).parameters else {}
        quiet = {'noise': {'sigma': 0., 'tau': 1.}} if getattr(entry.model, 'default_noise', None) else {}
        return entry.model(**options, **seed, **quiet)

    if name == 'SpikingPopulation':
        return both_precisions(make, np.full(300, 3.), ['I_ext'])       # spikes differ, and there are no batches
    model = make()
    x = np.random.default_rng(0).normal(size=(2, 5, model.n_in or 1))
    x = np.abs(x) * (1, 1, 0) if name == 'ScoreDiffusion' else x        # its inputs are level, step and temperature
    looped = []
    for k in range(2):
        one = make()
        looped.append(ratezoo.Runner(one, progress_bar=False).run(inputs=x[k]))
    batched = ratezoo.Runner(make(mode=bm.BatchingMode(2)), progress_bar=False).run(inputs=x)
    assert np.allclose(batched, np.stack(looped), rtol=1e-12)
    assert np.std(batched) > 0
    both_precisions(make, x[0], [])


def both_precisions(make, x, monitors):
    """A run in single precision is one in double precision, but for rounding."""
    def run():
        runner = ratezoo.Runner(make(), monitors=monitors, progress_bar=False)
        output = runner.run(inputs=x)
        return runner.mon[monitors[0]] if monitors else output

    double = run()
    bm.disable_x64()
    try:
        single = run()
        assert single.dtype == np.float32
        assert np.std(single) > 0
        assert np.allclose(single, double, rtol=1e-4, atol=1e-5)
    finally:
        bm.enable_x64()


# Not attractors without parameters, nor diffusion, which learns samples by a rule of its own.
TRAINABLE = [n for n in zoo if zoo[n].differentiable and zoo[n].category != 'diffusion' and zoo[n]().params]


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
    if model in REFUSED.get(rule, ()):
        with pytest.raises(ratezoo.CompositionError, match=f'{rule} needs|the rule needs'):
            type('Net', (rules[rule], kind), {})(**seed)
        return None
    net = type('Net', (rules[rule], kind), {})(**seed)
    assert net.exact is True or isinstance(net.exact, str)
    assert net.cost(100).memory > 0
    return net


@pytest.mark.parametrize('rule', [n for n in rules if issubclass(rules[n], TrajectoryRule)])
@pytest.mark.parametrize('model', TRAINABLE)
def test_every_rule_of_trajectories_trains_every_model(rule, model):
    """A pair is tested by being listed; an exact rule agrees with `jax.grad` through a plain loop, another is on the
    gradient's side or says that it can't learn this model."""
    net, rng = composed(rule, model, **SMALL.get(model, {})), np.random.default_rng(3)
    if net is None:
        return
    x, y = rng.uniform(0.2, 1, (6, net.n_in)), rng.normal(size=(6, *net.output_shape))
    r0 = net.flat(net.initial_state())[1](rng.uniform(0.2, 0.8, net.state_size))
    reach = {'order': 2} if rule == 'SnAp' and len(net.states) > 1 else {}      # W moves I first, then r
    _, grads = net.gradient(x, y, r0=r0, **reach)

    def plain(p):
        penalty = net.penalty(p) if hasattr(net, 'penalty') else 0.
        return plain_loss(net, p, x, y, np.full(6, 1 / 6), r0) + penalty
    expected = once(model, 'trajectory', lambda: jax.grad(plain)(net.params_dict()))    # the same under every rule
    if net.exact is True:
        assert relative_error(grads, expected) < 1e-10
    asked = grads if net.follows_the_gradient else net.readout
    if rule == 'SnAp' and hasattr(net, 'layers'):                       # one step reaches one layer: the last
        asked = [p for p in grads if p.endswith(str(len(net.layers(net.initial_state()))))]
    assert all(np.linalg.norm(grads[p]) > 0 for p in asked if p in grads)
    assert sum(np.vdot(grads[p], expected[p]) for p in grads) > 0 or net.stochastic


@pytest.mark.parametrize('rule', [n for n in rules if issubclass(rules[n], FixedPointRule)])
@pytest.mark.parametrize('model', TRAINABLE)
def test_every_rule_of_fixed_points_trains_every_model(rule, model):
    """Likewise; the exact ones against `jax.grad` through a long plain run, where the network settles at all."""
    net, rng = composed(rule, model, **SMALL.get(model, {}), **CALM.get(model, {})), np.random.default_rng(3)
    if net is None:
        return
    weak = {p: 0.4 * np.asarray(v) + (0.1 if v.ndim == 1 else 0.) for p, v in net.params_dict().items()}
    net.set_params(weak)
    x, y = rng.uniform(0.2, 1, net.n_in), rng.normal(size=net.output_shape)
    _, grads = net.gradient(x, y, tol=1e-12, max_steps=100_000, **({'nudge': 0.01} if hasattr(net, 'nudge') else {}))

    def plain(p):
        r = jax.lax.scan(lambda r, _: (net.step(r, p, x), None), net.initial_state(), None, length=3000)[0]
        penalty = net.penalty(p) if hasattr(net, 'penalty') else 0.
        return 0.5 * np.sum((net.output(r, p) - y) ** 2) + penalty
    expected = once(model, 'fixed point', lambda: jax.jit(jax.grad(plain))(net.params_dict()))
    assert sum(np.linalg.norm(g) for g in grads.values()) > 0
    if net.exact is True:
        assert relative_error(grads, expected) < 1e-9
    if not (rule == 'VectorFieldEP' and len(net.states) > 1):           # J is nowhere near symmetric there
        assert sum(np.vdot(grads[p], expected[p]) for p in grads) > 0


SMALL = {'ConvolutionalEnergyModel': dict(image=(4, 4), channels=(2,), n_out=2), 'EchoState': dict(n=20),
         'ChaoticRNN': dict(n=20), 'LowRankRNN': dict(n=20), 'Reservoir': dict(n=40)}
CALM = {'MultiAreaNetwork': dict(area=ratezoo.StuartLandau(8, a=-0.5, omega=0.3), delays=0.),
        'Reservoir': dict(g=0.3), 'ChaoticRNN': dict(g=0.5)}       # chaotic by default: no fixed point

# Models without what a rule needs beyond F: currents that are linear in the weights, a readout, one state to a unit,
# an energy.
_LAYERED = {'LayeredEnergyModel', 'ConvolutionalEnergyModel'}
_ENERGY = {'ModernHopfield', *_LAYERED}
_PLAIN = {'LinearRNN', 'JordanRNN', 'FeedforwardRate', 'PenalisedPerceptron', 'ContinuousHopfield', 'LineIntegrator',
          'SynapticRate', 'FiringRate', 'SynapticCurrent', 'ChaoticRNN', 'LowRankRNN',
          'MultiAreaNetwork'}
_WITHOUT_CURRENTS = {'Reservoir', 'EchoState', 'GRU', *_PLAIN, *_ENERGY}
_WITHOUT_READOUT = {'EIRateRNN', *_PLAIN, *_ENERGY}
REFUSED = {'KFRTRL': _WITHOUT_CURRENTS, 'RKF': _WITHOUT_CURRENTS, 'EProp': _WITHOUT_CURRENTS,
           'RFLO': _WITHOUT_CURRENTS | {'LSTM'}, 'KeRNL': _WITHOUT_CURRENTS | {'LSTM'},
           'FORCE': _WITHOUT_READOUT,
           'EquilibriumPropagation': set(zoo) - _ENERGY, 'ContrastiveHebbian': set(zoo) - _LAYERED}


def readmes():
    return [(ROOT / f).read_text(encoding='utf-8') for f in ('README.md', 'README.zh.md')]


def test_both_readmes_show_the_same_code_and_commands():
    blocks = [re.findall(r'^```\w*\n(.*?)^```', text, re.M | re.S) for text in readmes()]

    def code(block):
        return [line.split('#')[0].strip() for line in block.splitlines() if line.split('#')[0].strip()]

    assert [code(b) for b in blocks[0]] == [code(b) for b in blocks[1]]
    assert len(blocks[0]) >= 3


@pytest.mark.parametrize('which', [0, 1])
def test_the_readmes_python_runs(which, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {}
    blocks = re.findall(r'^```python\n(.*?)^```', readmes()[which], re.M | re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, 'README', 'exec'), namespace)


def test_every_public_name_stands_in_the_changelog_version():
    text = (ROOT / 'CHANGELOG.md').read_text(encoding='utf-8')
    assert re.search(rf'^## {re.escape(ratezoo.__version__)}', text, re.M)

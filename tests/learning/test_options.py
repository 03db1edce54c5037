"""The options of every rule: their defaults, the last value that is accepted, and the first that is refused."""

import functools

import numpy as np
import pytest

import ratezoo
from ratezoo.errors import InvalidValueError, RateZooError
from ratezoo.learning import rules

# What the docstrings say of each option: rule, option, default, values that are accepted, values that are refused.
TABLE = [
    ('RTRL', 'block', None, ('dense', 1, 7), (0, -1, 1.5, 'sparse')),
    ('BPTT', 'remat', False, (True,), (1, None)),
    ('BPTT', 'truncate', None, ((1, 1), (2, 3)), ((0, 1), (2, 1), (1,), (1, 2, 3), [1, 2], (1.0, 2))),
    ('BPTT', 'warn_above', 0.02, (1e-9, np.inf, 1), (0, -1.0, np.nan, True, '1')),
    ('ImplicitGradient', 'warn_above', 0.02, (1e-9, np.inf, 1), (0, -1.0, np.nan, True, '1')),
    ('SnAp', 'order', 1, (2,), (0, True, 1.5)),
    ('UORO', 'probes', 1, (2,), (0, True, 1.5)),
    ('KFRTRL', 'probes', 1, (2,), (0, True, 1.5)),
    ('RKF', 'probes', 1, (2,), (0, True, 1.5)),
    ('EProp', 'feedback', 'symmetric', ('random',), ('none', None)),
    ('RFLO', 'feedback', 'symmetric', ('random',), ('none', None)),
    ('KeRNL', 'kernel_rate', 0.01, (0, 0.0, 2.5), (-1e-9, np.inf, np.nan, True, '1')),
    ('KeRNL', 'perturbation', 0.001, (1e-12, 1), (0, 9e-13, np.inf, True, '1')),
    ('FORCE', 'ridge', 1.0, (1e-9, 2), (0, -1.0, '1')),
    ('FORCE', 'every', 2, (1,), (0, True, 1.5)),
    ('ImplicitGradient', 'tol', None, (1e-20, 1), (0, 0.0, -1e-9, '1')),
    ('ImplicitGradient', 'max_steps', 10_000, (1, 7), (0, True, 1.5)),
    ('ImplicitGradient', 'solver', 'dynamics', ('adaptive', 'anderson', 'newton'), ('magic', None)),
    ('ImplicitGradient', 'linear', 'auto', ('direct', 'gmres'), ('lu', None)),
    ('ImplicitGradient', 'must_settle', True, (False,), ()),
    ('DeepEquilibrium', 'solver', 'anderson', ('newton',), ('magic',)),
    ('DeepEquilibrium', 'backward', 'implicit', ('phantom', 'unrolled'), ('none', None)),
    ('DeepEquilibrium', 'unroll', 10, (1,), (0, True, 1.5)),
    ('DeepEquilibrium', 'damping', 1.0, (1, 1e-6), (0, 0.0, 1 + 1e-12, True)),
    ('EquilibriumPropagation', 'nudge', None, (-0.5, 1e-9, 3), (0, 0.0, np.inf, np.nan, True, '1')),
    ('EquilibriumPropagation', 'scheme', 'centred', ('one-sided', 'holomorphic'), ('two-sided', None)),
    ('EquilibriumPropagation', 'points', 8, (2, 3), (1, True, 2.5)),
    ('EquilibriumPropagation', 'steps', None, ((1, 1), (3, 7)), ((0, 1), (1, 0), (1,), (1, 2, 3), [1, 2], (1.5, 2))),
    ('DenoisingScoreMatching', 'draws', 1, (2,), (0, True, 1.5)),
]


@functools.cache
def net(rule):
    """One small network for each rule; nothing here compiles a gradient."""
    if rule == 'DenoisingScoreMatching':
        return type('Net', (rules[rule], ratezoo.ScoreDiffusion), {})(2, hidden=(3,), seed=0)
    if rules[rule].learns == 'fixed points':
        return type('Net', (rules[rule], ratezoo.LayeredEnergyModel), {})((2, 3, 1), activation='tanh', seed=0)
    return type('Net', (rules[rule], ratezoo.RateRNN), {})(2, 3, 1, seed=0)


@pytest.mark.parametrize(('rule', 'option', 'default', 'accepted', 'refused'), TABLE)
def test_an_option_has_its_default_and_ends_where_the_docstring_says(rule, option, default, accepted, refused):
    network = net(rule)
    value = network.all_options({})[option]
    assert value == default
    assert type(value) is type(default)
    for value in accepted:
        assert network.all_options({option: value})[option] is value
    for value in refused:
        with pytest.raises(RateZooError, match=rf'Net\.{option}: expected'):
            network.all_options({option: value})


def test_the_table_above_has_the_options_of_every_rule():
    """Options that a rule inherits stand in the table once, under the rule whose docstring describes them."""
    known = {option for _, option, *_ in TABLE}
    for rule in rules:
        assert set(rules[rule].options) <= known
        assert set(net(rule).all_options({})) == set(rules[rule].options)


def test_options_that_the_rule_lacks_or_that_do_not_go_together():
    with pytest.raises(ratezoo.UnknownNameError, match=r"Net: no option 'order'\. The rule has: block\."):
        net('RTRL').all_options({'order': 2})
    for name in ('lr', 'learning_rate'):
        with pytest.raises(ratezoo.UnknownNameError, match=rf"no option '{name}'.*optimizer=optax\.adam\(0\.001\)"):
            net('RTRL').fit(np.zeros((4, 2)), np.zeros((4, 1)), 1, **{name: 0.1})
    for name, remedy in (('blok', "Did you mean 'block'"), ('epoch', "Did you mean 'epochs'"), ('epochs', 'fit has')):
        with pytest.raises(ratezoo.UnknownNameError, match=rf"no option '{name}'.*{remedy}"):
            net('RTRL').gradient(np.zeros((4, 2)), np.zeros((4, 1)), **{name: 1})
    with pytest.raises(InvalidValueError, match=r'Net\.remat: expected False together with truncate'):
        net('BPTT').all_options({'remat': True, 'truncate': (1, 2)})
    kind = type('Net', (ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel), {})
    made = kind((2, 3, 1), activation='hard-sigmoid')
    with pytest.raises(ratezoo.CompositionError, match=r'bounds = \(0'):
        made.all_options({'scheme': 'holomorphic'})
    assert made.all_options({'scheme': 'one-sided'})['scheme'] == 'one-sided'


@pytest.mark.parametrize('error', [0, 1, 1.5, -0.1])
def test_a_wanted_error_lies_between_0_and_1(error):
    with pytest.raises(InvalidValueError, match=r'Net\.choose: expected 0 < error < 1'):
        net('EquilibriumPropagation').choose(np.ones(2), np.ones(1), error)


def test_a_scheme_that_does_not_exist_is_refused_before_any_trial():
    with pytest.raises(ratezoo.UnknownNameError, match=r"Net\.scheme: expected one of .* got 'two-sided'"):
        net('EquilibriumPropagation').choose(np.ones(2), np.ones(1), scheme='two-sided')

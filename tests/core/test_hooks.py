"""Mistakes in the class of a user's model: each is one sentence that names the attribute and the remedy."""

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
import pytest

import ratezoo
from ratezoo import Circuit, Constant, RateModel


def good(self, r, params, x):
    return -r + jnp.tanh(params['W'] @ r + x)


def make(F=good, W=lambda net: net.trainable('W', 0.1, (3, 3)), **attributes):
    """A network of three units, run for one step and by a Runner."""

    def __init__(self, **options):
        super(cls, self).__init__(3, n_in=3, **options)
        self.W = W(self)

    options = attributes.pop('options', {})
    cls = type('Mine', (RateModel,), {'params': ('W',), '__init__': __init__, 'F': F, **attributes})
    net = cls(**options)
    net.update(np.ones(3))
    ratezoo.Runner(net, monitors=['r'], progress_bar=False).run(inputs=np.ones((2, 3)))
    return net


def make_two(F):
    """A circuit of two states."""
    net = type('Mine', (Circuit,), {'states': ('a', 'b'), 'F': lambda self, s, params, x: F(s)})()
    return net.update(1.0)


def circuit(**attributes):
    return type('Mine', (Circuit,), {'F': lambda self, r, params, x: -r + x, **attributes})().update(1.0)


class WithoutSuper(RateModel):
    params = ('W',)
    F = good

    def __init__(self, n):
        self.W = bm.TrainVar(jnp.zeros((n, n)))


class Unnamed(RateModel):
    """It reads self.W, and params does not name W."""

    def __init__(self, n):
        super().__init__(n, n_in=n)
        self.W = self.trainable('W', 0.1, (n, n))

    def F(self, r, params, x):
        return -r + self.W.value @ r + x


class SuperTooLate(WithoutSuper):
    def __init__(self, n):
        self.W = self.trainable('W', 0.0, (n, n))
        RateModel.__init__(self, n, n_in=n)


def in_place(self, r, params, x):
    r[0] = 0.0
    return good(self, r, params, x)


def into_numpy(self, r, params, x):
    d = np.zeros(3)
    for i in range(3):
        d[i] = -r[i] + params['W'][i] @ r
    return d


def keeps_a_tracer(self, r, params, x):
    self.current = params['W'] @ r
    return -r + self.current


def writes_a_variable(self, r, params, x):
    self.r.value = 2 * r
    return good(self, r, params, x)


MISTAKES = {
    # the arguments and the result of F
    'another order': (lambda: make(lambda self, x, r, params: r), r'Mine\.F: .*F\(self, r, params, x\) in this order'),
    'params last': (lambda: make(lambda self, r, x, params: r), r'got F\(self, r, x, params\)'),
    'without params': (lambda: make(lambda self, r, x: r), r'got F\(self, r, x\)'),
    'without self': (lambda: make(lambda r, params, x: r), r'got F\(r, params, x\)'),
    'a list': (lambda: make(lambda self, r, params, x: list(params['W'] @ r)), r'got a list\. Write jnp\.stack'),
    'a tuple': (lambda: make(lambda self, r, params, x: (params['W'] @ r,)), r'Mine\.F: .*one array.*got a tuple'),
    'no return': (lambda: make(lambda self, r, params, x: None), r'got None\. Is there a return\?'),
    'complex': (lambda: make(lambda self, r, params, x: 1j * (params['W'] @ r)), r'Mine\.F: expected real numbers'),
    'a missing key': (lambda: make_two(lambda s: {'a': s['a']}), r'Mine\.F: expected dr/dt of a, b, got a'),
    'a tuple for a dict': (lambda: make_two(lambda s: (s['a'], s['b'])), r"dict of arrays .*'a': …, .*got a tuple"),
    'an array for a dict': (lambda: make_two(lambda s: s['a']), r'a dict of arrays by state.*got one array'),
    # inside F
    'attribute of a dict': (lambda: make_two(lambda s: {'a': s.a, 'b': s.b}), r"r\['a'\], not r\.a"),
    'number of a dict': (lambda: make_two(lambda s: {'a': s[0], 'b': s[1]}), r'got 0\. States: a, b'),
    'name of a parameter': (lambda: make(lambda self, r, params, x: params['w'] @ r), r"got 'w'\..*parameters: W"),
    'np on traced values': (lambda: make(lambda self, r, params, x: np.tanh(params['W'] @ r)), r'Write jnp in place'),
    'in place': (lambda: make(in_place), r'Mine\.F: expected no assignment .*r\.at\[0\]\.set'),
    'into a NumPy array': (lambda: make(into_numpy), r'expected no assignment'),
    'if': (lambda: make(lambda self, r, params, x: -r if r[0] > 0 else params['W'] @ r), r'Mine\.F: .*jnp\.where'),
    'float': (lambda: make(lambda self, r, params, x: float(r[0]) * params['W'] @ r), r'Mine\.F: .*got float\(\)'),
    'self.I = ': (lambda: make(keeps_a_tracer), r'Mine\.current: expected pure functions'),
    'self.r.value = ': (lambda: make(writes_a_variable), r'Mine\.F: expected a pure function'),
    'bm.random': (
        lambda: make(lambda self, r, params, x: params['W'] @ r + bm.random.randn(3)),
        r'Mine\.F: expected a pure function.*sigma=',
    ),
    'constant without self': (
        lambda: circuit(tau=Constant(1.0), F=lambda self, r, params, x: -r / tau),  # noqa: F821
        r'the constant is self\.tau',
    ),
    # parameters and the constructor
    'no super().__init__': (lambda: WithoutSuper(3), r'WithoutSuper\.__init__: expected super\(\)\.__init__\(n, …\)'),
    'super().__init__ last': (lambda: SuperTooLate(3), r'SuperTooLate\.__init__: .* as its first line'),
    'params a text': (lambda: make(params='W'), r"Mine\.params: expected a tuple .*params = \('W',\)"),
    'states a text': (lambda: circuit(states='v'), r"Mine\.states: .*states = \('v',\)"),
    'params misspelt': (lambda: make(params=('w',)), r"Mine\.w: .*did you mean 'W'"),
    'an array for a TrainVar': (
        lambda: make(W=lambda net: np.zeros((3, 3))),
        r'ndarray\. Write self\.W = self\.trainable',
    ),
    'not in params': (
        lambda: make(params=()),
        r"Mine\.F: params has no 'W', because the class does not name it\. Write in the class: params = \('W',\)\.",
    ),
    'nothing in params': (
        lambda: type('Net', (ratezoo.BPTT, Unnamed), {})(3),
        r"Net\.params: .*nothing to train in this model\. Name what it shall learn: params = \('W',\)",
    ),
    'an option that is not there': (lambda: make(options={'sede': 1}), r"Mine\.sede: .* Did you mean 'seed'\?"),
    'another name of phi': (lambda: ratezoo.RateRNN(2, 3, 1, activation='tanh'), r"activation: .* Did you mean 'phi'"),
    'too many arguments': (lambda: ratezoo.RateRNN(2, 3, 1, 0), r'RateRNN: too many .* It has: n_in, n, n_out; and by'),
    'an argument is missing': (lambda: WithoutSuper(), r"WithoutSuper: missing a required argument: 'n'\. It has: n\."),
    'gradient of the class': (
        lambda: type('Net', (ratezoo.RTRL, ratezoo.RateRNN), {}).gradient(np.ones((4, 2)), np.ones((4, 1))),
        r'gradient: expected a network before the dot, got a class\.',
    ),
    'relax of the class': (lambda: ratezoo.WilsonCowan.relax(), r'relax: expected a network before the dot'),
    'a class to run': (lambda: ratezoo.Runner(ratezoo.WilsonCowan), r'Runner\.target: .*the class WilsonCowan'),
    'inputs to the runner': (lambda: ratezoo.Runner(make(), np.ones((2, 3))), r'run: runner\.run\(inputs=x\)'),
    'a trace without RTRL': (
        lambda: ratezoo.Runner(type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 3, 1), monitors=['p_W']),
        r"no Variable 'p_W'\. .* p_W = dr/dW is kept by a network that learns by RTRL: class Net\(ratezoo\.RTRL, …\)",
    ),
    'a monitor misspelt': (lambda: ratezoo.Runner(make(), monitors=['R']), r"no Variable 'R'.*Did you mean 'r'\?"),
    'a misspelt argument of the runner': (
        lambda: ratezoo.Runner(make(), monitor=['r']),
        r"Runner\.monitor: there is no such argument\. Did you mean 'monitors'",
    ),
    'times as a monitor': (lambda: ratezoo.Runner(make(), monitors=['ts']), r'they are in mon\.ts'),
    'a Variable as a monitor': (
        lambda: (lambda net: ratezoo.simulate(net, 1.0, monitors=[net.r]))(make()),
        r'simulate\.monitors: expected names',
    ),
    'rows of different lengths': (
        lambda: type('Net', (ratezoo.BPTT, ratezoo.LinearRNN), {})().gradient([[0.0], [0.0, 1.0]], [0.0, 0.0]),
        r'Net\.x: expected an array of real numbers, got list',
    ),
    'n twice': (lambda: ratezoo.WilsonCowan(2, n=3), r"multiple values for argument 'n'\. It has: n; and by name"),
    'mode a number': (lambda: make(options={'mode': 4}), r'Mine\.mode: .*bm\.BatchingMode\(32\)'),
    # other functions
    'output of another name': (lambda: make(output=lambda self, r, params: params['V'] @ r), r"Mine\.output: .*'V'"),
    'output that fails': (lambda: make(output=lambda self, r, params: jnp.ones((2, 4)) @ r), r'Mine\.output failed'),
    'output without params': (lambda: make(output=lambda self, r: r), r'output\(self, r, params\)'),
    'no output': (
        lambda: type('Mine', (RateModel,), {'states': ('a', 'b'), 'F': lambda self, s, params, x: s})(1).update(),
        r'Mine\.output: .*states a, b',
    ),
    'start of another shape': (
        lambda: circuit(start=lambda self: jnp.ones(4)),
        r'expected shape \(1,\) for r, got \(4,\)',
    ),
    # names
    'constant like a method': (lambda: circuit(update=Constant(1.0)), r'Mine\.update: .*a method of this name'),
    'constant like an option': (lambda: circuit(dt=Constant(1.0)), r'Mine\.dt: expected another name'),
    'constant like a state': (lambda: circuit(r=Constant(1.0)), r'Mine\.r: .*a constant and a state of one name'),
    'state like an attribute': (lambda: circuit(states=('n',)), r'Mine\.n: expected another name for this state'),
    'parameter like a method': (lambda: make(params=('step',)), r'Mine\.step: .* parameter'),
    'constant a text': (lambda: circuit(a=Constant('1')), r"Mine\.a: expected a finite number, .*got '1'"),
    # what is given to a network
    'NaN': (lambda: make().update(np.array([0.0, np.nan, 0.0])), r'Mine\.x: expected finite numbers, got nan'),
    'params a list': (lambda: make().set_params([1.0]), r'Mine\.set_params: expected a dict'),
    'state as batch size': (lambda: make().reset_state([1.0, 2.0, 3.0]), r'as r0=…'),
    'monitors a text': (lambda: ratezoo.Runner(make(), monitors='r'), r"Write monitors=\['r'\]"),
    'dt a text': (lambda: ratezoo.Runner(make(), dt='0.1'), r"Runner\.dt: expected a positive step, got '0\.1'"),
    'inputs a list': (
        lambda: ratezoo.Runner(make(), progress_bar=False).run(inputs=[1.0, 2.0]),
        r'Runner\.run: .*np\.array',
    ),
    'a rule alone': (lambda: ratezoo.RTRL(2, 3, 4), r'RTRL: .*class Net\(RTRL, ratezoo\.RateRNN\)'),
}


@pytest.mark.quick(12)
@pytest.mark.parametrize('mistake', MISTAKES)
def test_a_mistake_is_one_sentence_of_ours(mistake):
    do, message = MISTAKES[mistake]
    with pytest.raises(ratezoo.RateZooError, match=message) as caught:
        do()
    assert '\n' not in str(caught.value)


def test_a_model_without_a_rule_says_how_it_learns():
    net = make()
    with pytest.raises(AttributeError, match=r'Mine\.fit: .*class Net\(ratezoo\.RTRL, Mine\)'):
        net.fit(np.ones((2, 3)), np.ones((2, 3)))
    assert not hasattr(net, 'gradient')
    with pytest.raises(AttributeError, match="'Mine' object has no attribute 'weights'"):
        _ = net.weights
    with pytest.raises(AttributeError, match=r'Mine\.run: .*ratezoo\.simulate\(net, duration\)'):
        net.run(10.0)


def test_an_error_inside_a_constructor_stays_what_it_is():
    """Only a call with wrong arguments is explained; another TypeError is the user's own."""

    class Mine(RateModel):
        def __init__(self, n, size=None):
            super().__init__(n)
            len(size)

        F = good

    with pytest.raises(TypeError, match=r"object of type 'NoneType' has no len\(\)"):
        Mine(3)

    class Placed(Circuit):
        """A circuit with an argument by place, which its signature does not show."""

        def __init__(self, n, gain, **options):
            super().__init__(n, **options)
            self.gain = gain

        def F(self, r, params, x):
            return -r + self.gain * x

    assert Placed(2, 3.0, dt=0.05).gain == 3.0
    with pytest.raises(ratezoo.ArgumentError, match=r"Placed\.gian: .*Did you mean 'gain'"):
        Placed(2, gain=1.0, gian=3.0)


def test_misspelt_names_of_the_package():
    with pytest.raises(AttributeError, match=r"has no attribute 'RatRNN'\. Did you mean 'RateRNN'\?"):
        _ = ratezoo.RatRNN
    assert not hasattr(ratezoo, 'nothing_like_this')


def test_what_is_right_is_let_through():
    assert make().r.value.shape == (3,)
    assert make(lambda self, r, params, x, gain=2.0: gain * (params['W'] @ r)).r.value.shape == (3,)
    assert make(initial_state=lambda self: [0.0, 1.0, 0.0]).r.value.shape == (3,)

    class Slower(ratezoo.WilsonCowan):
        tau_E = Constant(20.0, 'a constant of the base class, with another default', positive=True)

    assert Slower().tau_E == 20.0


def test_a_holomorphic_rule_may_make_the_state_complex():
    """F is complex where r is; it is refused where only F is."""

    class Net(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
        """A rule that nudges along a circle of complex numbers."""

    net = Net((2, 3, 1), activation='tanh', seed=0, dt=0.5)
    _, grads = net.gradient(np.ones(2), np.ones(1), scheme='holomorphic')
    assert all(np.isrealobj(np.asarray(g)) for g in grads.values())


def test_one_network_has_one_rule():
    with pytest.raises(ratezoo.CompositionError, match=r'Two: expected one rule and a model, got the rules RTRL, BPTT'):
        type('Two', (ratezoo.RTRL, ratezoo.BPTT, ratezoo.RateRNN), {})


def test_inputs_in_the_place_of_the_duration_are_told():
    net, x = ratezoo.WilsonCowan(), np.zeros((5, 1))
    with pytest.raises(ratezoo.InvalidValueError, match=r'expected a time, got an array\. .*inputs=x'):
        ratezoo.simulate(net, x)
    with pytest.raises(ratezoo.InvalidValueError, match=r'expected a duration, got an array.*run\(inputs=x\)'):
        ratezoo.Runner(net, progress_bar=False).run(x)
    with pytest.raises(ratezoo.InvalidValueError, match=r'shape \(2,\) is read as 2 steps.*np\.tile'):
        ratezoo.simulate(ratezoo.WilsonCowan(2), 10.0, [0.0, 1.0])

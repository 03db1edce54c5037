"""What a rule or a capability keeps beside the state: created, refused where the name is taken, reset, listed."""

import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import TanhRNN

import ratezoo
from ratezoo import ExtraVariable


def model_with_state(name):
    """A ten-line model whose one state has the name given."""

    class Model(ratezoo.RateModel):
        params = ('W',)
        states = (name,)

        def __init__(self, n=3):
            super().__init__(n, n)
            self.W = bm.TrainVar(0.1 * jnp.eye(n))

        def F(self, s, params, x):
            return -s + params['W'] @ s + x

        def output(self, s, params):
            return s

    return Model


@pytest.mark.parametrize(
    ('rule', 'name'),
    [
        ('AdjointDynamics', 'v'),
        ('AdjointDynamics', 'y'),
        ('VectorFieldEP', 'lam'),
        ('VectorFieldEP', 'y'),
        ('UORO', 's'),
        ('RTRL', 'p_W'),
        ('UORO', 'probe_key'),
    ],
)
def test_a_variable_of_a_rule_never_takes_the_place_of_a_state(rule, name):
    with pytest.raises(
        ratezoo.CompositionError,
        match=rf'Net\.{name}: \w+ keeps a Variable of this name, and the model '
        rf'has the state \'{name}\'',
    ):
        type('Net', (ratezoo.rules[rule], model_with_state(name)), {})()
    net = type('Net', (ratezoo.rules[rule], model_with_state('z')), {})()  # another name will do
    assert name in net.extra_names
    assert isinstance(getattr(net, name), bm.Variable)


def test_nor_that_of_a_parameter_a_constant_or_an_attribute():
    class Currents(ratezoo.RateRNN):
        def __init__(self, **options):
            super().__init__(2, 3, 1, **options)
            self.A = 3.0

    with pytest.raises(ratezoo.CompositionError, match=r"Net\.A: KFRTRL keeps .* has an attribute 'A'"):
        type('Net', (ratezoo.KFRTRL, Currents), {})()

    class Named(TanhRNN):
        s = ratezoo.Constant(1.0, 'a constant')

    with pytest.raises(ratezoo.CompositionError, match=r"Net\.s: UORO keeps .* has the constant 's'"):
        type('Net', (ratezoo.UORO, Named), {})(3)


def test_nor_that_of_another_class():
    class One(TanhRNN):
        def extra_variables(self):
            return {'seen': jnp.zeros(2)}

    class Two(One):
        def extra_variables(self):
            return {'seen': jnp.zeros(3)}

    with pytest.raises(ratezoo.CompositionError, match=r'Two\.seen: expected one class .* Two and One'):
        Two(3)


class Counts(TanhRNN):
    """Counts its steps, and remembers the largest rate that it ever had."""

    def extra_variables(self):
        return {
            'steps': ExtraVariable(jnp.zeros((), int), batched=False),
            'peak': ExtraVariable(self.batched(jnp.zeros(())), reset=False),
            'last': self.batched(jnp.zeros(2)),
        }

    def observe(self, r, params, x, axis):
        super().observe(r, params, x, axis)
        self.steps.value = self.steps.value + 1
        self.peak.value = jnp.maximum(self.peak.value, jnp.max(jnp.abs(r), -1))
        self.last.value = r[..., :2]


def test_they_are_monitored_reset_and_kept():
    net = Counts(3)
    assert net.extra_names == ('steps', 'peak', 'last')
    runner = ratezoo.Runner(net, monitors=['steps', 'last'], progress_bar=False)
    runner.run(inputs=np.ones((5, 2)))
    assert runner.mon.steps.tolist() == [1, 2, 3, 4, 5]
    peak = float(net.peak.value)
    assert peak > 0
    assert np.allclose(net.last.value, net.r.value[:2])
    net.reset_state()
    assert int(net.steps.value) == 0
    assert (np.asarray(net.last.value) == 0).all()
    assert float(net.peak.value) == peak  # reset=False


def test_with_a_batch_they_have_its_axis_and_follow_its_size():
    net = Counts(3, mode=bm.BatchingMode(4))
    assert net.peak.shape == (4,)
    assert net.last.shape == (4, 2)
    assert net.steps.shape == ()
    net.reset_state(batch_size=6)
    assert net.peak.shape == (6,)
    assert net.last.shape == (6, 2)
    ratezoo.Runner(net, progress_bar=False).run(inputs=np.ones((6, 2, 2)))
    assert int(net.steps.value) == 2


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ('rule', 'option', 'value', 'other'),
    [
        ('EquilibriumPropagation', 'nudge', 0.1, 0.2),
        ('EquilibriumPropagation', 'scheme', 'one-sided', 'centred'),
        ('DeepEquilibrium', 'backward', 'phantom', 'implicit'),
    ],
)
def test_an_option_set_on_a_network_is_its_default(rule, option, value, other):
    make = type('Net', (ratezoo.rules[rule], ratezoo.LayeredEnergyModel), {})
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1, 1, (3, 4)), rng.uniform(-0.5, 0.5, (3, 2))
    nets = [make((4, 6, 2), activation='tanh', seed=0, dt=0.5) for _ in range(2)]
    for net in nets:
        net.warn_above = np.inf
    setattr(nets[0], option, value)
    set_on_it, given, default = (
        net.gradient(x, y, **options)[1]
        for net, options in ((nets[0], {}), (nets[1], {option: value}), (nets[1], {option: other}))
    )
    assert all((set_on_it[p] == given[p]).all() for p in given)
    assert any((set_on_it[p] != default[p]).any() for p in given)  # the option makes a difference
    setattr(nets[0], option, other)  # and is noticed when it changes
    again = nets[0].gradient(x, y)[1]
    assert all((again[p] == default[p]).all() for p in again)


def test_an_option_of_the_traces_takes_effect_at_the_next_reset():
    net = type('Net', (ratezoo.UORO, ratezoo.RateRNN), {})(2, 4, 1, seed=0)
    assert net.s.shape == (1, 4)
    net.probes = 3
    net.reset_state()
    assert net.s.shape == (3, 4)
    runner = ratezoo.Runner(net, monitors=['s'], progress_bar=False)
    runner.run(inputs=np.ones((5, 2)))
    assert runner.mon.s.shape == (5, 3, 4)
    net.probes = 2
    net.reset_state()
    runner.run(inputs=np.ones((5, 2)))  # compiled anew: the Variable is another one
    assert runner.mon.s.shape == (5, 2, 4)


def test_an_option_that_the_model_has_as_an_attribute_is_refused():
    class Ordered(TanhRNN):
        def __init__(self, n):
            super().__init__(n)
            self.order = [2, 0, 1]

    with pytest.raises(ratezoo.CompositionError, match=r'Net\.order: the rule has an option'):
        type('Net', (ratezoo.SnAp, Ordered), {})(3)


def test_is_exact_follows_the_options():
    net = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(2, 3, 1)
    assert net.is_exact is True
    net.truncate = (2, 3)
    assert net.is_exact is False
    deep = type('Net', (ratezoo.DeepEquilibrium, ratezoo.RateRNN), {})(2, 3, 1)
    assert deep.is_exact is True
    deep.backward = 'phantom'
    assert deep.is_exact is False
    assert type('Net', (ratezoo.UORO, ratezoo.RateRNN), {})(2, 3, 1).is_exact is False


class Immediate(ratezoo.OnlineRule):
    """A user's own rule: three pure functions, and nothing else. It sees what a weight does within one step."""

    def initial_traces(self, params, key, **options):
        return {f'p_{w}': jnp.zeros((self.state_size, *params[w].shape)) for w in self.step_params}

    def advance(self, r, params, x, traces, **options):
        import jax

        step, vector, back = self.flat_step(r, params, x)
        used = {w: params[w] for w in self.step_params}
        slopes = jax.jacrev(lambda w: step(vector, w))(used)
        return back(step(vector, used)), {f'p_{w}': slopes[w] for w in self.step_params}

    def credit(self, dl_dr, traces, params, **options):
        return {w: jnp.tensordot(self.flat(dl_dr)[0], traces[f'p_{w}'], 1) for w in self.step_params}


def test_a_users_own_rule_needs_three_functions():
    net = type('Net', (Immediate, TanhRNN), {})(4)
    x, y = np.random.default_rng(0).normal(size=(6, 2)), np.zeros((6, 3))
    loss, grads = net.gradient(x, y)
    exact = type('Net', (ratezoo.RTRL, TanhRNN), {})(4)
    assert loss == pytest.approx(exact.gradient(x, y)[0], rel=1e-12)
    assert np.allclose(grads['U'], exact.gradient(x, y)[1]['U'], rtol=1e-12)  # what only the output reads is exact
    one = [n.gradient(x[:1], y[:1])[1] for n in (net, exact)]
    assert all(np.allclose(one[0][p], one[1][p], rtol=1e-12) for p in one[0])  # one step has no past: exact
    assert not np.allclose(grads['W'], exact.gradient(x, y)[1]['W'], rtol=1e-3)
    m, total = (sum(np.size(net.params_dict()[p]) for p in names) for names in (net.step_params, net.params))
    traces = 4 * m  # of 4 units
    assert net.cost(100).memory == 8 * (3 * traces + total)
    assert net.cost(100).operations == 2 * (traces + m)
    assert net.is_exact is False
    assert net.fit(x, y, epochs=30, progress=False).loss[-1] < loss
    assert net.fit(x, y, epochs=2, online=True, progress=False).loss.shape == (2,)
    runner = ratezoo.Runner(net, monitors=['p_W'], progress_bar=False)
    runner.run(inputs=x)
    assert runner.mon.p_W.shape == (6, 4, 4, 4)


@pytest.mark.parametrize('missing', ['initial_traces', 'advance', 'credit'])
def test_a_hook_that_must_be_given_is_named(missing):
    half = type(
        'Half',
        (ratezoo.OnlineRule,),
        {k: v for k, v in vars(Immediate).items() if k in ('initial_traces', 'advance', 'credit') and k != missing},
    )
    with pytest.raises(TypeError, match=missing):
        type('Net', (half, TanhRNN), {})(3)

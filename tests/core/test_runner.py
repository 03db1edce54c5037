"""`Runner` is `bp.DSRunner`, to the bit, but compiles once per shape and says what is wrong."""

import copy
import gc
import pickle
import re
import subprocess
import sys
import types
from pathlib import Path

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import TanhRNN, compilations

import ratezoo

gain = 1.0  # a global that an input function reads


class Net(ratezoo.RTRL, TanhRNN):
    """With traces to watch."""


class Noisy(bp.DynamicalSystem):
    """Not one of ours: keyword inputs, BrainPy's global random state, the shared time."""

    def __init__(self, n=3, mode=None):
        super().__init__(mode=mode)
        self.n = n
        self.tau = 2.0
        shape = n if mode is None else (mode.batch_size, n)
        self.v = bm.Variable(bm.zeros(shape), batch_axis=None if mode is None else 0)
        self.drive = bm.Variable(bm.zeros(shape), batch_axis=None if mode is None else 0)

    def reset_state(self, batch_size=None):
        self.v.value = bm.zeros(self.v.shape)
        self.drive.value = bm.zeros(self.v.shape)

    def update(self, a=0.0, b=0.0):
        t = bp.share['t']
        noise = bm.random.normal(0.0, 0.1, self.v.shape)
        self.v.value = self.v + bp.share['dt'] / self.tau * (-self.v + a + b + self.drive + jnp.sin(t)) + noise
        self.drive.value = bm.zeros(self.drive.shape)
        return self.v.value, {'twice': self.v * 2}


def same(a, b):
    a, da = jax.tree_util.tree_flatten(a)
    b, db = jax.tree_util.tree_flatten(b)
    assert da == db
    for p, q in zip(a, b, strict=True):
        assert type(p) is type(q)
        assert p.dtype == q.dtype
        assert np.array_equal(np.asarray(p), np.asarray(q))
        assert np.isfinite(np.asarray(p)).all()
    return True


def both(make, calls, **options):
    """Run DSRunner and Runner on equal targets through the same calls; compare outputs, monitors, state."""
    traces = []
    for runner_class in (bp.DSRunner, ratezoo.Runner):
        bm.random.seed(11)
        target = make()
        extra = options.pop('build', None)
        kwargs = dict(progress_bar=False, **options, **(extra(target) if extra else {}))
        if extra:
            options['build'] = extra
        runner = runner_class(target, **kwargs)
        seen = []
        for call in calls:
            out = runner.run(**call) if isinstance(call, dict) else call(runner, target)
            seen.append((out, dict(runner.mon), runner.i0))
        final = {k: np.asarray(v.value) for k, v in target.vars().unique().items()}
        traces.append((seen, [final[k] for k in sorted(final, key=lambda k: k.split('.')[-1])]))
    (seen_a, final_a), (seen_b, final_b) = traces
    for (out_a, mon_a, i_a), (out_b, mon_b, i_b) in zip(seen_a, seen_b, strict=True):
        assert same(out_a, out_b)
        assert list(mon_a) == list(mon_b)
        assert same(mon_a, mon_b)
        assert i_a == i_b
    assert same(final_a, final_b)
    return seen_b


X = np.random.default_rng(0).normal(size=(7, 2))


@pytest.mark.slow
def test_array_inputs_repeated_with_carried_state():
    seen = both(
        lambda: Net(4),
        [dict(inputs=X), dict(inputs=X), dict(inputs=X[:3]), dict(inputs=X)],
        monitors=['r', 'p_W', ('p_b', [0, 2])],
    )
    assert not np.array_equal(seen[0][0], seen[1][0])  # the state is carried on
    assert seen[1][1]['ts'][0] == pytest.approx(0.7)


def test_what_was_monitored_outlives_the_runner():
    def run():
        runner = ratezoo.Runner(ratezoo.LinearRNN(3), monitors=['r'], progress_bar=False)
        runner.run(inputs=np.ones((4, 3)))
        return runner.mon

    mon = run()
    gc.collect()
    assert mon['r'].shape == (4, 3)


def test_what_was_not_recorded_is_told():
    runner = ratezoo.Runner(Net(4), monitors=['r'], progress_bar=False)
    for get in (lambda: runner.mon['r'], lambda: runner.mon.r):
        with pytest.raises(ratezoo.NotRecordedError, match=r"^mon\['r'\]: nothing has been recorded yet\. Call run"):
            get()
    runner.run(inputs=np.zeros((2, 2)))
    for error in (ratezoo.UnknownNameError, KeyError, AttributeError):
        with pytest.raises(error, match=r"expected one of r, ts, .* got 'p_W'\..*monitors=\['r', 'p_W'\]\.$"):
            _ = runner.mon['p_W']
    mon = runner.mon
    assert ('p_W' in mon, hasattr(mon, 'p_W'), mon.get('p_W')) == (False, False, None)
    for other in (
        copy.copy(mon),
        copy.deepcopy(mon),
        pickle.loads(pickle.dumps(mon)),
        jax.tree_util.tree_map(np.copy, mon),
    ):
        assert type(other) is type(mon)
        assert list(other) == ['r', 'ts']
        assert np.array_equal(other.r, mon.r)
    with pytest.raises(ratezoo.NotRecordedError):
        _ = ratezoo.simulate(Net(4), inputs=np.zeros((2, 2))).mon.q


def test_a_second_run_goes_on_and_a_reset_starts_anew():
    """dr/dt = −r + r + 1: r grows by Δt = 0.1 in each step."""
    net = ratezoo.LinearRNN()
    runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
    for expected, times, options in (
        ([0.1, 0.2], [0.0, 0.1], {}),
        ([0.3, 0.4], [0.2, 0.3], {}),
        ([0.1, 0.2], [0.0, 0.1], {'reset_state': True}),
    ):
        runner.run(inputs=np.zeros(2), **options)
        assert np.allclose(runner.mon.r[:, 0], expected)
        assert np.allclose(runner.mon.ts, times)
    net.reset_state()
    runner.reset_state()
    runner.run(inputs=np.zeros(2))
    assert np.allclose(runner.mon.r[:, 0], [0.1, 0.2])
    assert np.allclose(runner.mon.ts, [0.0, 0.1])
    assert np.allclose(ratezoo.simulate(net, inputs=np.zeros(2))['r'][:, 0], [0.3, 0.4])


def test_float32_and_jax_and_brainpy_arrays():
    both(
        lambda: Net(4),
        [dict(inputs=X.astype(np.float32)), dict(inputs=jnp.asarray(X)), dict(inputs=bm.asarray(X))],
        monitors=['r'],
    )


def test_keyword_and_several_inputs():
    a, b = np.ones((5, 3)), np.arange(15.0).reshape(5, 3)
    both(Noisy, [dict(inputs=(a, b)), dict(inputs=[b, a]), dict(inputs=a)], monitors=['v', 'drive'])


def test_inputs_as_a_dict_of_arrays():
    class Dict(Noisy):
        def update(self, x):
            return super().update(x['a'], x['b'])

    both(Dict, [dict(inputs={'a': np.ones((5, 3)), 'b': np.zeros((5, 3))})] * 2, monitors=['v'])


def test_duration_and_t0_and_dt():
    both(Noisy, [dict(duration=1.05), dict(duration=1.05), dict(duration=0.3)], monitors=['v'], t0=3.0, dt=0.05)
    bm.set_dt(0.1)


def test_reset_and_eval_time():
    def timed(runner, target):
        seconds, out = runner.run(inputs=X, reset_state=True, eval_time=True)
        assert seconds > 0
        return out

    both(lambda: Net(4), [timed, timed], monitors=['r'])


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    'inputs',
    [
        ('drive', 0.3),
        ('drive', np.linspace(0, 1, 10), 'iter'),
        ('drive', lambda: jnp.cos(bp.share['t']), 'func', '='),
        [('drive', 1.0, 'fix', '='), ('v', 0.9, 'fix', '*')],
    ],
)
def test_inputs_to_variables(inputs):
    both(Noisy, [dict(duration=0.5), dict(duration=0.5)], monitors=['v', 'drive'], inputs=inputs)


def test_callable_inputs_and_callable_monitors():
    def build(target):
        def drive():
            target.drive.value = target.drive + gain * bp.share['t']

        return dict(inputs=drive, monitors={'first': lambda: target.v[:1], 'v': target.v, 'some': (target.v, [0, 2])})

    both(Noisy, [dict(duration=0.5), dict(duration=0.5)], build=build)


@pytest.mark.parametrize('axis', ['B', 'T'])
def test_batches(axis):
    x = np.random.default_rng(1).normal(size=(5, 6, 2) if axis == 'B' else (6, 5, 2))
    both(
        lambda: Net(4, mode=bm.BatchingMode(5)),
        [dict(inputs=x), dict(inputs=x), dict(inputs=x, reset_state=True)],
        monitors=['r', 'p_W'],
        data_first_axis=axis,
    )


@pytest.mark.slow
def test_batches_of_a_foreign_system():
    both(lambda: Noisy(mode=bm.BatchingMode(2)), [dict(duration=0.5), dict(inputs=np.ones((2, 4, 3)))], monitors=['v'])


def test_shared_arguments():
    class Scaled(Noisy):
        def update(self, a=0.0):
            return super().update(a * (2.0 if bp.share['fit'] else 1.0))

    a = np.ones((4, 3))
    both(Scaled, [dict(inputs=a, shared_args={'fit': f}) for f in (True, False, True)], monitors=['v'])


@pytest.mark.slow
@pytest.mark.parametrize('options', [dict(jit=False), dict(numpy_mon_after_run=False)])
def test_other_options(options):
    both(Noisy, [dict(duration=0.5)] * 2, monitors=['v'], **options)


@pytest.mark.slow
def test_a_spiking_network_with_delays():
    class EI(bp.DynSysGroup):
        def __init__(self):
            super().__init__()
            self.E = bp.dyn.LifRef(
                20,
                V_rest=-60.0,
                V_th=-50.0,
                V_reset=-60.0,
                tau=20.0,
                tau_ref=5.0,
                V_initializer=bp.init.Normal(-55.0, 2.0),
            )
            self.syn = bp.dyn.FullProjAlignPostMg(
                pre=self.E,
                delay=1.0,
                comm=bp.dnn.EventCSRLinear(bp.conn.FixedProb(0.3, pre=20, post=20, seed=1), 0.6),
                syn=bp.dyn.Expon.desc(20, tau=5.0),
                out=bp.dyn.COBA.desc(E=0.0),
                post=self.E,
            )

        def update(self, x):
            self.syn()
            return self.E(x)

    seen = both(
        EI, [dict(inputs=np.full((200, 20), 20.0)), dict(inputs=np.full((200, 20), 20.0))], monitors=['E.spike', 'E.V']
    )
    assert seen[0][1]['E.spike'].sum() > 0


class ReturnsVariables(Noisy):
    def update(self, a=0.0):
        self.v.value = self.v + a
        return {'v': self.v, 'sum': self.v + self.drive}


def test_returned_and_monitored_variables_are_those_of_their_step():
    def build(target):
        return dict(monitors={'v': lambda: target.v, 'both': lambda: [target.v, target.drive]})

    seen = both(ReturnsVariables, [dict(inputs=np.ones((4, 3)))] * 2, build=build)
    assert seen[0][1]['v'][:, 0].tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.slow
def test_single_precision_too():
    bm.disable_x64()
    try:
        seen = both(lambda: Net(4), [dict(inputs=X), dict(inputs=X.astype(np.float32))], monitors=['r', 'p_W'])
        assert seen[0][0].dtype == np.float32
        both(Noisy, [dict(duration=1.0)] * 2, monitors=['v'])
    finally:
        bm.enable_x64()


def test_no_steps_at_all():
    both(Noisy, [dict(inputs=np.ones((0, 3)))], monitors=['v'])


class WithDropout(bp.DynamicalSystem):
    def __init__(self):
        super().__init__()
        self.drop = bp.dnn.Dropout(0.5, mode=bm.training_mode)
        self.v = bm.Variable(bm.zeros(8))

    def update(self, x):
        self.v.value = self.v + self.drop(x)
        return self.v.value


def test_what_is_shared_is_not_missed():
    def run(fit):
        def call(runner, target):
            bp.share.save(fit=fit)
            return runner.run(inputs=np.ones((5, 8)))

        return call

    try:
        seen = both(WithDropout, [run(True), run(False), run(True)])
    finally:
        bp.share.save(fit=False)
    assert len(set(np.diff(np.asarray(seen[1][0])[:, 0]))) == 1  # nothing dropped in the second run


def test_a_second_run_compiles_nothing():
    runner = ratezoo.Runner(Net(4), monitors=['r'], progress_bar=False)
    with compilations() as names:
        runner.run(inputs=X)
    assert names
    with compilations() as names:
        runner.run(inputs=X + 1)
        runner.target.reset_state()
        runner.target.set_params({'b': np.ones(4)})
        runner.run(inputs=X)
    assert [n for n in names if 'run' in n] == []


class Attributes(Noisy):
    def update(self, a=0.0):
        self.v.value = self.v + a / self.tau
        return self.v.value


def test_what_changed_in_between_is_not_missed():
    net = Attributes()
    x = np.ones((4, 3))
    runner = ratezoo.Runner(net, progress_bar=False)
    assert runner.run(inputs=x)[-1, 0] == 2.0
    net.tau = 4.0
    assert runner.run(inputs=x)[-1, 0] == 3.0  # an attribute
    net.v = bm.Variable(bm.zeros(3))
    assert runner.run(inputs=x)[-1, 0] == 1.0  # a new Variable
    assert net.v.value[0] == 1.0


factor, helper_scale = 1.0, 1.0


def helper():
    return helper_scale


class Everywhere(bp.DynamicalSystem):
    """Reads a value from each kind of place that a step can read from."""

    of_class = 1.0

    def __init__(self, held):
        super().__init__()
        self.v = bm.Variable(bm.zeros(1))
        self.config = types.SimpleNamespace(k=1.0)
        self.nested = [[1.0], {'k': [1.0]}]
        self.function = lambda: helper() * held.k
        self.children = [Attributes()]
        self.children[0].tau = 1.0

    def update(self):
        self.v.value = bm.zeros(1) + (
            factor
            * self.of_class
            * self.config.k
            * self.nested[0][0]
            * self.nested[1]['k'][0]
            * self.function()
            * self.children[0].tau
        )
        return self.v.value


def test_a_change_is_noticed_wherever_the_value_is():
    global factor, helper_scale
    held = types.SimpleNamespace(k=1.0)
    net = Everywhere(held)
    runner = ratezoo.Runner(net, progress_bar=False)

    def result():
        return float(runner.run(duration=0.1)[0, 0])

    assert result() == 1.0
    try:
        factor = 2.0
        assert result() == 2.0
        helper_scale = 2.0
        assert result() == 4.0
        Everywhere.of_class = 2.0
        assert result() == 8.0
        net.config.k = 2.0
        assert result() == 16.0
        net.nested[0][0] = 2.0
        assert result() == 32.0
        net.nested[1]['k'][0] = 2.0
        assert result() == 64.0
        held.k = 2.0
        assert result() == 128.0
        net.children[0].tau = 2.0
        assert result() == 256.0
        original = Everywhere.update
        Everywhere.update = lambda self: bm.zeros(1) + 7.0
        assert result() == 7.0
        Everywhere.update = original
        assert result() == 256.0
    finally:
        factor = helper_scale = Everywhere.of_class = 1.0
    assert len(runner._loops) == 1


@pytest.mark.skipif(not Path('/proc/self/status').exists(), reason="reads Linux's account of memory")
def test_memory_does_not_grow_over_a_thousand_runs():
    def resident():
        return int(re.search(r'VmRSS:\s+(\d+)', Path('/proc/self/status').read_text())[1]) / 1024

    runner = ratezoo.Runner(ratezoo.LinearRNN(), monitors=['r'], progress_bar=False)
    x = np.zeros(10)
    for _ in range(50):
        runner.run(inputs=x, reset_state=True)
    before = resident()
    for _ in range(1000):
        runner.run(inputs=x, reset_state=True)
    assert resident() - before < 5


def test_a_changed_global_or_closure_of_an_input_function_is_not_missed():
    global gain
    net, scale = Attributes(), [1.0]
    offset = 1.0

    def drive():
        net.v.value = net.v + gain + offset + scale[0]

    runner = ratezoo.Runner(net, inputs=drive, progress_bar=False)
    try:
        assert runner.run(duration=0.1)[-1, 0] == 3.0
        gain = 2.0
        assert runner.run(duration=0.1)[-1, 0] == 7.0
        offset = 2.0
        assert runner.run(duration=0.1)[-1, 0] == 12.0
        scale[0] = 2.0
        assert runner.run(duration=0.1)[-1, 0] == 18.0
    finally:
        gain = 1.0


@pytest.mark.slow
def test_a_batch_size_that_changes_between_runs():
    net = Net(4, mode=bm.BatchingMode(2))
    runner = ratezoo.Runner(net, progress_bar=False)
    assert runner.run(inputs=np.ones((2, 5, 2))).shape == (2, 5, 3)
    assert runner.run(inputs=np.ones((6, 5, 2)), reset_state=True).shape == (6, 5, 3)
    assert runner.run(duration=0.5).shape == (6, 5, 3)
    net.reset_state(batch_size=2)
    assert runner.run(duration=0.5).shape == (2, 5, 3)


def test_a_run_leaves_no_tracer_behind():
    net = Net(4)
    ratezoo.Runner(net, progress_bar=False).run(inputs=X)
    assert not isinstance(bp.share['t'], jax.core.Tracer)
    assert not isinstance(bp.share['i'], jax.core.Tracer)
    net.update(X[0])


def test_the_progress_bar_moves_with_the_loop(capfd):
    net = ratezoo.LinearRNN(w=0.0)
    ratezoo.Runner(net).run(duration=400.0)
    shown = capfd.readouterr().err
    assert '4000/4000' in shown.replace(' ', '')
    assert 'Predict 4000 steps' in shown
    ratezoo.Runner(net).run(duration=1.0)
    assert capfd.readouterr().err == ''


def test_memory_efficient_runs_as_dsrunner_does():
    if bp.__version__.startswith('2.6'):
        pytest.skip('memory_efficient is broken in BrainPy 2.6 itself')
    both(lambda: Net(4), [dict(inputs=X)] * 2, monitors=['r'], memory_efficient=True)


@pytest.mark.parametrize(
    ('what', 'error', 'message'),
    [
        (
            lambda: ratezoo.Runner(Net(4), monitors=['r', 'q']),
            ratezoo.UnknownNameError,
            r"Runner\.monitors: Net has no Variable 'q'\. It has: .*p_W.*r",
        ),
        (lambda: ratezoo.Runner(Net(4), monitors=['q']), bp.errors.RunningError, r"no Variable 'q'"),
        (lambda: ratezoo.Runner(Net(4), dt=-0.1), ratezoo.InvalidValueError, r'Runner\.dt: expected a positive step'),
        (
            lambda: ratezoo.Runner(Net(4), progress_bar=False).run(inputs=np.ones((5, 3))),
            ratezoo.ShapeError,
            r'Net\.x: expected an input of shape \(2,\) at each step, got \(3,\)',
        ),
        (
            lambda: ratezoo.Runner(Net(4), progress_bar=False).run(inputs=np.array([[0.0, 1.0], [np.nan, 0.0]])),
            ratezoo.InvalidValueError,
            r'Net\.x: expected finite numbers, got nan at index \(1, 0\)',
        ),
        (
            lambda: ratezoo.Runner(ratezoo.LinearRNN(w=50.0), progress_bar=False).run(duration=100.0),
            ratezoo.DivergedError,
            r'LinearRNN\.r: the network blew up before t = 100.*smaller',
        ),
        (lambda: ratezoo.Runner(Net(4), progress_bar=False).run(), ValueError, 'duration'),
        (lambda: ratezoo.Runner(Net(4), monitors=['n']), ratezoo.UnknownNameError, r"no Variable 'n'"),
        (lambda: ratezoo.Runner(Net(4), monitors={'a': 'r.x'}), ratezoo.UnknownNameError, r"no Variable 'r\.x'"),
        (lambda: ratezoo.Runner(Net(4), monitors=[('r', 4)]), ratezoo.UnknownNameError, r"index 4 is outside of 'r'"),
    ],
)
def test_bad_input_gets_one_clear_error(what, error, message):
    with pytest.raises(error, match=message):
        what()


def test_a_model_without_a_time_step_of_its_own_follows_the_runners():
    out = ratezoo.Runner(ratezoo.LinearRNN(), dt=0.25, progress_bar=False).run(inputs=np.zeros(3))
    assert np.allclose(out[:, 0], [0.25, 0.5, 0.75])


def test_an_update_that_sets_attributes_is_compiled_once():
    class Counting(Noisy):
        traced = 0

        def update(self):
            self.traced = self.traced + 1
            return super().update()

    net = Counting()
    runner = ratezoo.Runner(net, progress_bar=False)
    runner.run(duration=0.5)
    traced = net.traced
    assert traced > 0
    runner.run(duration=0.5)
    assert net.traced == traced


@pytest.mark.slow
def test_loops_do_not_pile_up():
    runner = ratezoo.Runner(Attributes(), progress_bar=False)
    for steps in range(1, 70):
        runner.run(inputs=np.ones((steps, 3)))
    assert len(runner._loops) == 64
    assert runner.run(inputs=np.ones((1, 3))).shape == (1, 3)


def test_sweeping_an_attribute_keeps_one_loop():
    net = Attributes()
    runner = ratezoo.Runner(net, progress_bar=False)
    for tau in np.linspace(1, 2, 5):
        net.tau = float(tau)
        assert runner.run(inputs=np.ones((4, 3)))[-1, 0] > 0
    assert len(runner._loops) == 1


def test_the_runner_takes_the_time_step_that_a_model_has_of_its_own():
    """And another network, which follows BrainPy's time step, is not changed by the run."""
    net, other = ratezoo.LinearRNN(dt=0.02), ratezoo.LinearRNN()
    runner = ratezoo.Runner(net, monitors=['r'], progress_bar=False)
    runner.run(0.1)
    np.testing.assert_allclose(runner.mon.ts, 0.02 * np.arange(5))
    assert bm.get_dt() == other.dt == 0.1
    with compilations() as names:
        runner.run(0.1)
    assert not names
    assert ratezoo.Runner(other, (), ['r'], True, True, None, False, 0.05).dt == 0.05  # given by its position


def test_a_time_step_that_differs_from_the_models_is_warned_of():
    with pytest.warns(UserWarning, match=r'steps by dt = 0\.02.*Pass dt=0\.02'):
        ratezoo.Runner(ratezoo.LinearRNN(dt=0.02), dt=0.1)


def test_a_state_is_usable_after_an_error():
    net = Net(4)
    runner = ratezoo.Runner(net, progress_bar=False)
    with pytest.raises(ratezoo.ShapeError):
        runner.run(inputs=np.ones((5, 3)))
    assert np.isfinite(np.asarray(runner.run(inputs=X))).all()


BRAINPYS_OWN = ['runners_test.py', 'dyn_runner_test.py', 'boost_runners_delay_test.py']


@pytest.mark.slow
def test_brainpys_own_tests_of_dsrunner_pass_with_runner_in_its_place(tmp_path):
    files = [Path(bp.__file__).parent / f for f in BRAINPYS_OWN]
    if not all(f.exists() for f in files):
        pytest.skip('this BrainPy does not install its tests')
    script = (
        'import sys, brainpy, ratezoo, pytest\n'
        'brainpy.DSRunner = ratezoo.Runner\n'
        f'sys.exit(pytest.main(["-q", "-c", {str(tmp_path / "pytest.ini")!r}, "-p", "no:cacheprovider", '
        f'*{[str(f) for f in files]!r}]))\n'
    )
    (tmp_path / 'pytest.ini').write_text('[pytest]\n')
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert int(done.stdout.split(' passed')[0].split()[-1]) > 60

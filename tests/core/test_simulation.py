"""`simulate` and what is kept of a run."""

import json

import brainpy.math as bm
import numpy as np
import pytest
from click.testing import CliRunner
from helpers import compilations

import ratezoo
from ratezoo.cli.main import main
from ratezoo.models import zoo


def call(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.mark.parametrize('steps', [30, 31, 32, 2])
def test_sampling_keeps_every_kth_step(steps):
    full, sampled = (
        ratezoo.Runner(ratezoo.WilsonCowan(), monitors=['E'], progress_bar=False, sample_every=k) for k in (1, 3)
    )
    outputs = [runner.run(inputs=np.linspace(0, 1, steps)[:, None]) for runner in (full, sampled)]
    assert np.array_equal(sampled.mon.E, full.mon.E[::3])
    assert np.array_equal(sampled.mon.ts, full.mon.ts[::3])
    assert np.array_equal(outputs[1], outputs[0][::3])
    assert np.array_equal(sampled.target.E, full.target.E)  # it ran to the end
    for runner in (full, sampled):
        runner.run(inputs=np.zeros((steps, 1)))
    assert np.array_equal(sampled.mon.ts, full.mon.ts[::3])


def test_sampling_is_for_compiled_runs():
    with pytest.raises(ratezoo.InvalidValueError, match=r'Runner.sample_every: expected a number of steps'):
        ratezoo.Runner(ratezoo.WilsonCowan(), sample_every=0)
    runner = ratezoo.Runner(ratezoo.WilsonCowan(), jit=False, sample_every=2, progress_bar=False)
    with pytest.raises(ratezoo.InvalidValueError, match='jit=False'):
        runner.run(1.0)


def test_a_transient_is_left_out_and_nothing_else_changes():
    whole, cut = (
        ratezoo.simulate(ratezoo.FitzHughNagumo(noise=dict(sigma=0.1, tau=1.0), seed=0), 50.0, transient=t)
        for t in (0.0, 20.0)
    )
    assert np.array_equal(cut.mon['v'], whole.mon['v'][200:])
    assert np.allclose(cut.mon.ts, whole.mon.ts[200:])


def test_a_run_by_name():
    run = ratezoo.simulate(ratezoo.WilsonCowan(), 2.0)
    assert run['E'] is run.mon['E']
    assert run[1] is run.inputs
    mon, _ = run
    assert mon is run.mon
    with pytest.raises(AttributeError, match=r'Run\.E: .*Write run\.mon\.E'):
        _ = run.E
    with pytest.raises(AttributeError, match="'Run' object has no attribute 'Q'"):
        _ = run.Q


def test_what_a_model_is_run_with():
    """Constants, arrays and functions of time as input; a duration beside."""
    net = ratezoo.MontbrioPazoRoxin()
    assert ratezoo.simulate(net).mon['r'].shape == (8000, 1)
    net.reset_state()
    constant = ratezoo.simulate(net, 2.0, 1.0).mon['r']
    net.reset_state()
    assert np.array_equal(ratezoo.simulate(net, inputs=np.ones((20, 1))).mon['r'], constant)


@pytest.mark.parametrize(
    ('options', 'match'),
    [
        (dict(duration=-1.0), 'simulate.duration: expected a time > 0'),
        (dict(duration=1e12), 'simulate.duration'),
        (dict(duration=5.0, inputs=np.zeros((10, 1))), 'simulate.duration: expected none beside inputs'),
        (dict(duration=5.0, transient=5.0), 'simulate.transient: expected a time from 0 to less than'),
        (dict(duration=5.0, transient=-1.0), 'simulate.transient'),
        (dict(duration=5.0, inputs=np.nan), r'WilsonCowan\.x: expected finite'),
        (dict(duration=5.0, monitors=['Q']), "has no Variable 'Q'"),
        (dict(duration=5.0, sample_every=0), 'sample_every'),
    ],
)
def test_bad_input_is_named(options, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        ratezoo.simulate(ratezoo.WilsonCowan(), **options)


def test_what_does_not_fit_is_refused_before_it_runs(monkeypatch):
    monkeypatch.setattr('ratezoo.simulation.free_memory', lambda: 1000)
    with pytest.raises(ratezoo.TooLargeError, match='Record less often'):
        ratezoo.simulate(ratezoo.WilsonCowan(), 100.0)


def test_one_name_is_enough_for_the_picture_of_the_paper(tmp_path):
    done = call('simulate', 'WilsonCowan', '--plot', tmp_path / 'wc.png', '--save', tmp_path / 'wc.csv')
    assert done.exit_code == 0, done.output
    assert (tmp_path / 'wc.png').read_bytes()[:4] == b'\x89PNG'
    first, names, *rows = (tmp_path / 'wc.csv').read_text().splitlines()
    about = json.loads(first.removeprefix('# '))
    assert about['model'] == 'WilsonCowan'
    assert about['version'] == ratezoo.__version__
    assert names == 't,E[0],I[0]'
    table = np.array([row.split(',') for row in rows], float)
    assert table.shape == (4000, 3)
    late = table[2000:, 1]  # it oscillates, as in the paper's Fig. 11
    assert late.min() < 0.12 < 0.25 < late.max()


@pytest.mark.slow
def test_the_command_line_samples_cuts_and_seeds(tmp_path):
    args = ['simulate', 'WongWang', '--dt', 0.1, '--duration', 50, '--transient', 10, '--sample-every', 4, '--input', 0]
    for seed, name in ((1, 'a'), (1, 'b'), (2, 'c')):
        assert call(*args, '--seed', seed, '--save', tmp_path / f'{name}.npz').exit_code == 0
    runs = [np.load(tmp_path / f'{name}.npz') for name in 'abc']
    assert runs[0]['S'].shape == (100, 2)
    assert runs[0]['ts'][0] == pytest.approx(10.0)
    assert np.array_equal(runs[0]['S'], runs[1]['S'])
    assert not np.array_equal(runs[0]['S'], runs[2]['S'])
    about = json.loads(str(runs[2]['about']))
    assert (about['seed'], about['transient'], about['sample_every']) == (2, 10.0, 4)
    assert [json.loads(call('info', 'WongWang', '--json').stdout)['options'][k] for k in ('a', 'tau_S')] == [
        270.0,
        100.0,
    ]


@pytest.mark.quick(3)
@pytest.mark.parametrize('name', list(zoo))
def test_every_model_has_a_picture(name):
    """Its example, shortened where that is long, runs and is drawn."""
    from ratezoo import plots

    net = zoo[name](
        **{**zoo[name].example.settings, **({'n': 50, 'in_degree': 5} if name == 'SpikingPopulation' else {})}
    )
    steps = min(300, round(net.example.duration / net.dt))
    inputs = net.example.inputs(net, net.dt * np.arange(round(net.example.duration / net.dt)))[:steps]
    run = ratezoo.simulate(net, inputs=inputs)
    figure = plots.portrait(net, run, inputs)
    assert all(ax.has_data() or (ax.texts and not ax.axison) for ax in figure.axes)  # or it is a wiring diagram
    figure.draw_without_rendering()


def test_a_second_simulation_is_the_same_and_compiles_nothing():
    net = ratezoo.WilsonCowan()
    first = ratezoo.simulate(net, 10.0).mon['E']
    net.reset_state()
    with compilations() as names:
        assert np.array_equal(ratezoo.simulate(net, 10.0).mon['E'], first)
    assert names == []


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['WilsonCowan', '--dt', '1e-300'], 'simulate.dt: expected a step'),
        (['WilsonCowan', '--set', 'tau_E=true'], 'WilsonCowan.tau_E: expected a number > 0'),
        (['WilsonCowan', '--set', f'tau_E=1{400 * "0"}'], 'WilsonCowan.tau_E: expected'),
        (['SpikingPopulation', '--input', 'nan', '--duration', '1'], 'SpikingPopulation.x: expected finite numbers'),
        (['EchoState', '--set', 'phi=[1]'], 'EchoState.phi: expected a function'),
        (['MultiAreaNetwork', '--set', 'coupling=[1]'], 'MultiAreaNetwork.coupling'),
        (['MultiAreaNetwork', '--set', 'C=[[0,1],[1]]'], 'MultiAreaNetwork.C: expected a square matrix of numbers'),
        (['MultiAreaNetwork', '--set', 'delays=1e30'], 'MultiAreaNetwork.delays'),
        (['WilsonCowan', '--seed', '99999999999999999999999999'], 'not in the range'),
    ],
)
def test_odd_arguments_are_one_sentence_and_status_2(args, message):
    done = call('simulate', *args)
    assert done.exit_code == 2
    assert message in ' '.join(done.stderr.split())


@pytest.mark.slow
def test_what_was_odd_and_is_right(tmp_path):
    """A spiking population has a time step; constants by unit and short runs are drawn; a file tells how long."""
    spiking = call('simulate', 'SpikingPopulation', '--dt', 0.05, '--duration', 2, '--json')
    assert json.loads(spiking.stdout)['steps'] == 40
    bm.set_dt(0.1)
    for args in (
        ['Kuramoto', '--set', 'n=3', '--set', 'gamma=[1,2,3]'],
        ['JansenRit', '--duration', 1],
        ['WongWang', '--set', 'tau_S=[100,50]', '--duration', 5],
    ):
        done = call('simulate', *args, '--plot', tmp_path / 'p.png')
        assert done.exit_code == 0, done.output
    np.save(tmp_path / 'x.npy', np.zeros(20))
    assert call('simulate', 'WilsonCowan', '--input', tmp_path / 'x.npy', '--duration', 5).exit_code == 2


def test_a_run_that_fails_leaves_the_time_step_alone():
    dt = bm.get_dt()
    with pytest.raises(ratezoo.DivergedError):
        ratezoo.simulate(ratezoo.FitzHughNagumo(dt=2.0), 1000.0, 50.0)
    assert bm.get_dt() == dt


@pytest.mark.slow
def test_batches_are_simulated_too():
    net = ratezoo.FitzHughNagumo(mode=bm.BatchingMode(3))
    x = np.linspace(0, 1, 3)[:, None, None] * np.ones((3, 40, 1))
    run = ratezoo.simulate(net, inputs=x, transient=1.0)
    assert run.mon['v'].shape == (3, 30, 1)
    alone = ratezoo.simulate(ratezoo.FitzHughNagumo(), inputs=x[2], transient=1.0)
    assert np.allclose(run.mon['v'][2], alone.mon['v'])
    assert ratezoo.simulate(net, 2.0, 0.0).mon['v'].shape == (3, 20, 1)

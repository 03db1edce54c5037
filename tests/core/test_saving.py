"""A network in a file, and a copy of a network, are the network."""

import copy
import json
import pickle
import subprocess
import sys

import brainpy as bp
import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
import pytest
from click.testing import CliRunner

import ratezoo
from ratezoo.cli.main import main
from ratezoo.learning import rules
from ratezoo.models import zoo

MODELS = [name for name in zoo if name != 'SpikingPopulation']  # which is BrainPy's own kind of network


class Trained(ratezoo.RTRL, ratezoo.RateRNN):
    """At the top of a module, so that pickle finds it."""


def sine(x):
    return jnp.sin(x)


def after(net, x):
    """The outputs of a few more steps."""
    return np.stack([np.asarray(net.update(v)) for v in x])


def network(name, **options):
    kind = zoo[name]
    net = kind(**options)
    x = np.random.default_rng(0).normal(size=(3, net.n_in or 1))
    return kind, net, np.abs(x) * (1, 1, 0) if name == 'ScoreDiffusion' else x


@pytest.mark.quick(4)
@pytest.mark.parametrize('name', MODELS)
def test_every_model_is_copied_pickled_and_loaded(name, tmp_path):
    """In the middle of a run; the random weights and the noise are the same, too."""
    kind, net, x = network(name)
    after(net, x)
    copies = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
    net.save(tmp_path / 'net.npz')
    expected = after(net, x)
    assert np.std(expected) > 0
    for other in copies:
        assert other is not net
        assert other.name != net.name
        assert np.array_equal(after(other, x), expected)
    loaded = kind.load(tmp_path / 'net.npz')
    net.reset_state()
    assert np.array_equal(after(loaded, x), after(net, x))


@pytest.mark.quick(2)
@pytest.mark.parametrize('rule', [r for r in rules if rules[r].learns != 'densities'])
def test_a_copy_learns_as_the_network_does(rule):
    online = rules[rule].learns == 'trajectories'
    bases = (rules[rule], ratezoo.RateRNN if online else ratezoo.LayeredEnergyModel)
    net = type('Net', bases, {})(*((2, 5, 2) if online else ((3, 5, 2),)), seed=1)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, net.n_in)), rng.normal(size=(6, 2))
    asked = dict(epochs=2, progress=False)
    if not online:
        asked['warn_above'] = np.inf  # without the estimate of the error, whose compiling takes most of the time
    net.fit(x, y, **asked)
    other = copy.deepcopy(net)
    assert all(np.array_equal(getattr(other, k).value, getattr(net, k).value) for k in net.extra_names)
    assert np.array_equal(other.fit(x, y, **asked).loss, net.fit(x, y, **asked).loss)
    assert all(np.array_equal(other.params_dict()[p], net.params_dict()[p]) for p in net.params)


def test_what_was_set_later_is_copied_and_stored(tmp_path):
    net = Trained(2, 4, 1, seed=3, tau=2.0)
    net.tau, net.block, net.phi = 5.0, 3, sine
    net.set_params({'W': np.full((4, 4), 0.1)})
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert other.tau == 5.0
        assert other.block == 3
        assert other.phi is sine
        other.set_params({'W': np.zeros((4, 4))})
        assert (net.W.value == 0.1).all()  # nothing is shared
    net.save(tmp_path / 'net.npz')
    other = Trained.load(tmp_path / 'net.npz')
    assert (other.tau, other.block) == (5.0, 3)
    assert (other.W.value == 0.1).all()
    batched = Trained.load(tmp_path / 'net.npz', mode=bm.BatchingMode(2), tau=1.0)
    assert batched.r.shape == (2, 4)
    assert batched.tau == 1.0


def test_numpy_reads_the_file_and_a_file_of_numpy_is_read(tmp_path):
    net = Trained(2, 4, 1, seed=3)
    net.save(tmp_path / 'net.npz', about={'task': 'mine'})
    with np.load(tmp_path / 'net.npz') as file:
        assert all(np.array_equal(file[p], net.params_dict()[p]) for p in net.params)
        told = json.loads(str(file['about']))
        assert told['task'] == 'mine'
        assert told['settings']['n'] == 4
    np.savez(tmp_path / 'own.npz', **net.params_dict())
    other = ratezoo.RateRNN.load(tmp_path / 'own.npz', n_in=2, n=4, n_out=1)
    assert np.array_equal(other.W.value, net.W.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['net.npz', 'own.npz']


def test_arrays_and_networks_as_settings(tmp_path):
    areas = ratezoo.MultiAreaNetwork(ratezoo.WilsonCowan(3), C=np.arange(9.0).reshape(3, 3), delays=2.0)
    areas.save(tmp_path / 'areas.npz')
    with pytest.raises(ratezoo.InvalidValueError, match="setting 'area', which a file can not hold"):
        ratezoo.MultiAreaNetwork.load(tmp_path / 'areas.npz')
    other = ratezoo.MultiAreaNetwork.load(tmp_path / 'areas.npz', area=ratezoo.WilsonCowan(3))
    assert np.array_equal(other.C, areas.C)


def test_one_clear_error_each(tmp_path):
    net = Trained(2, 4, 1, seed=3)
    net.save(tmp_path / 'net.npz')
    (tmp_path / 'torn.npz').write_bytes((tmp_path / 'net.npz').read_bytes()[:200])
    np.savez(tmp_path / 'other.npz', A=np.zeros(3))
    for path, kind, options, error, message in (
        ('torn.npz', Trained, {}, ratezoo.InvalidValueError, 'torn.npz, which can not be read'),
        ('net.npz', ratezoo.LSTM, {}, ratezoo.RateZooError, 'Load it with the class|expected the parameters'),
        ('net.npz', Trained, {'n': 5}, ratezoo.ShapeError, r'expected shape \(5, 5\), got \(4, 4\)'),
        ('other.npz', Trained, {}, ratezoo.UnknownNameError, 'other.npz holds A'),
        ('no.npz', Trained, {}, FileNotFoundError, 'no.npz'),
    ):
        with pytest.raises(error, match=message):
            kind.load(tmp_path / path, **options)
    with pytest.raises(ratezoo.InvalidValueError, match=r'copy\.deepcopy'):
        copy.copy(net)


def test_brainpys_own_way_loads_or_refuses():
    first, second = (ratezoo.RateRNN(2, 4, 1, seed=s) for s in (1, 2))
    second.load_state_dict(first.state_dict())
    assert np.array_equal(second.W.value, first.W.value)
    with pytest.raises(ratezoo.UnknownNameError, match='expected the Variables r, W'):
        second.load_state_dict(ratezoo.GRU(2, 4).state_dict())
    with pytest.raises(ratezoo.UnknownNameError, match=r'got parameters\. Write set_params'):
        second.load_state_dict(first.params_dict())
    with pytest.raises(FileNotFoundError, match=r'the folder .*nowhere does not exist'):
        first.save('nowhere/net.npz')


def test_brainpys_checkpoints(tmp_path):
    pytest.importorskip('msgpack')  # which BrainPy 2.6 needs for them and does not install
    first, second = (ratezoo.RateRNN(2, 4, 1, seed=s) for s in (1, 2))
    bp.checkpoints.save_pytree(str(tmp_path / 'net.bp'), first.state_dict())
    second.load_state_dict(bp.checkpoints.load_pytree(str(tmp_path / 'net.bp')))
    assert np.array_equal(second.W.value, first.W.value)


@pytest.mark.slow
def test_another_process_reads_a_pickle(tmp_path):
    net = ratezoo.WilsonCowan(2)
    (tmp_path / 'net.pickle').write_bytes(pickle.dumps(net))
    code = (
        'import pickle, pathlib, numpy as np\n'
        f'net = pickle.loads(pathlib.Path({str(tmp_path / "net.pickle")!r}).read_bytes())\n'
        'print(type(net).__name__, net.E.shape)'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stdout.split(maxsplit=1) == ['WilsonCowan', '(2,)\n'], done.stderr


def test_the_command_line_reads_what_it_writes(tmp_path):
    def call(*args):
        done = CliRunner().invoke(main, list(map(str, args)))
        assert done.exit_code == 0, done.output
        return done.stdout

    file = tmp_path / 'w.npz'
    train = ('train', 'RateRNN', '--set', 'n=6', '--epochs', 3, '--task-set', 'T=20')
    first = json.loads(call(*train, '--save', file, '--json'))
    again = json.loads(call('train', 'RateRNN', '--epochs', 3, '--task-set', 'T=20', '--weights', file, '--json'))
    assert again['loss'][0] < first['loss'][0]  # it goes on where the first run has ended
    run = json.loads(call('simulate', 'RateRNN', '--weights', file, '--input', 0.5, '--duration', 1, '--json'))
    assert len(run['final']['r']) == 6
    done = CliRunner().invoke(main, ['simulate', 'GRU', '--weights', str(file)])
    assert done.exit_code == 2
    assert 'GRU.load' in done.stderr

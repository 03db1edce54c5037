"""The command line as a new user meets it, wrong arguments included."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import ratezoo
from ratezoo.cli.main import main
from ratezoo.cli.remedies import joined
from ratezoo.homework.words import wrapped


def call(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


def numpy_homework(x, y, epochs, dt=0.1, eta=0.1):
    """The course's algorithm as an independent loop in double precision."""
    w = b = 1.0
    losses = []
    for _ in range(epochs):
        r, pw, pb, loss, dw, db = y[0], 0.0, 0.0, 0.0, 0.0, 0.0
        for t in range(len(x)):
            r, pw, pb = (r + dt * (-r + w * r + b + x[t]), pw + dt * ((w - 1) * pw + r), pb + dt * ((w - 1) * pb + 1))
            loss += (r - y[t]) ** 2 / (2 * len(x))
            dw -= eta / len(x) * (r - y[t]) * pw
            db -= eta / len(x) * (r - y[t]) * pb
        w, b = w + dw, b + db
        losses.append((loss, dw, db, w, b))
    return np.array(losses)


@pytest.mark.quick(1)
@pytest.mark.parametrize('seed', [0, 5])
def test_homework_run_reproduces_an_independent_loop(tmp_path, seed):
    done = call('homework', 'run', '--seed', seed, '--epochs', 12, '--output', tmp_path, '--json')
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    expected = numpy_homework(np.array(told['x']), np.array(told['y']), 12)
    got = np.array([[e[k] for k in ('loss', 'dw', 'db', 'w', 'b')] for e in told['epochs']])
    assert np.max(np.abs(got / expected - 1)) < 1e-5
    assert expected[-1, 0] < 0.1 * expected[0, 0]
    assert np.array_equal([told['x'], told['y']], ratezoo.tasks.homework_sequence(seed=seed))
    assert len(told['figures']) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        'before_after.png',
        'input_target.png',
        'loss.png',
        'traces.png',
    ]


def test_homework_run_prints_ten_epochs_and_says_where_the_figures_are(tmp_path):
    done = call('homework', 'run', '--output', tmp_path / 'new' / 'folder')
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:10]] == [['epoch', str(i)] for i in range(1, 11)]
    assert all(word in lines[0] for word in ('loss', 'dw', 'db', ' w ', ' b '))
    assert str(tmp_path / 'new' / 'folder' / 'traces.png') in lines[-1]


@pytest.mark.slow
def test_single_precision_is_precise_enough(tmp_path):
    """As users run it: a fresh process in single precision."""
    done = subprocess.run(
        [sys.executable, '-m', 'ratezoo', 'homework', 'run', '--json', '--output', str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    told = json.loads(done.stdout)
    expected = numpy_homework(np.array(told['x']), np.array(told['y']), 10)
    assert np.max(np.abs(np.array([e['loss'] for e in told['epochs']]) / expected[:, 0] - 1)) < 1e-5


@pytest.mark.once
def test_help_comes_without_jax():
    code = (
        'import sys; from click.testing import CliRunner; from ratezoo.cli.main import main\n'
        'for a in (["--help"], ["list"], ["homework", "--help"], ["homework", "list"], ["simulate", "--help"]):\n'
        '    assert CliRunner().invoke(main, a).exit_code == 0\n'
        'assert not {"jax", "brainpy", "numpy", "matplotlib"} & set(sys.modules)'
    )
    subprocess.run([sys.executable, '-c', code], check=True)


def test_list_and_info(capsys):
    assert 'LinearRNN' in call('list').stdout
    entries = json.loads(call('list', '--json').stdout)
    assert {e['name'] for e in entries} == set(ratezoo.models.zoo)
    text = call('info', 'LinearRNN').stdout
    assert 'dr/dt = −r + w r + b + x' in text
    assert 'doi:10.1162' in text
    told = json.loads(call('info', 'LinearRNN', '--json').stdout)
    assert told['params'] == ['w', 'b']
    assert told['options']['n'] == 1


def test_simulate_saves_draws_and_tells(tmp_path):
    npz, png = tmp_path / 'run.npz', tmp_path / 'run.png'
    done = call(
        'simulate',
        'LinearRNN',
        '--set',
        'n=2',
        '--set',
        'w=0.5',
        '--input',
        0.5,
        '--duration',
        40,
        '--save',
        npz,
        '--plot',
        png,
        '--monitor',
        'r',
    )
    assert done.exit_code == 0, done.output
    with np.load(npz) as run:
        assert run['r'].shape == (400, 2)
        assert np.allclose(run['r'][-1], 1.5 / 0.5)  # (1 − w)⁻¹ (b + x)
        assert json.loads(str(run['about']))['settings'] == {'n': 2, 'w': 0.5, 'seed': 0}
    assert png.read_bytes()[:4] == b'\x89PNG'
    assert len(list(tmp_path.iterdir())) == 2  # nothing half-written beside them
    again = call('simulate', 'LinearRNN', '--set', 'n=2', '--input', npz, '--json')
    assert json.loads(again.stdout)['steps'] == 400
    (tmp_path / 'x.csv').write_text('0.1\n0.2\n0.3\n')
    assert json.loads(call('simulate', 'LinearRNN', '--input', tmp_path / 'x.csv', '--json').stdout)['steps'] == 3


@pytest.mark.once
@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['info', 'Nope'], "there is no model, rule or task 'Nope'. `ratezoo list models`"),
        (['info', 'wilsoncowan'], "Did you mean 'WilsonCowan'?"),
        (
            ['simulate', 'WilsnCowan'],
            "there is no model 'WilsnCowan'. Did you mean 'WilsonCowan'? `ratezoo list models`",
        ),
        (['train', 'RateRNN', '--rule', 'RTLR'], "Did you mean 'RTRL'? `ratezoo list rules`"),
        (['train', 'RateRNN', '--task', 'Flipflop'], "Did you mean 'FlipFlop'? `ratezoo list tasks`"),
        (['simulate', 'LinearRNN', '--set', 'q=1'], "LinearRNN has no option 'q'. It has: n, w, b"),
        (['simulate', 'LinearRNN', '--set', 'n'], 'expected k=v'),
        (['simulate', 'LinearRNN', '--set', 'w=abc'], 'LinearRNN.w: expected a number or an array'),
        (['simulate', 'LinearRNN', '--set', 'method=foo'], 'expected one of euler'),
        (['simulate', 'LinearRNN', '--input', 'no.npy'], "'no.npy' is neither a number nor a file"),
        (['simulate', 'LinearRNN', '--input', 'nan'], 'LinearRNN.x: expected finite numbers'),
        (['simulate', 'LinearRNN', '--monitor', 'q'], "LinearRNN has no Variable 'q'"),
        (['simulate', 'LinearRNN', '--dt', '-1'], 'not in the range'),
        (['simulate', 'LinearRNN', '--set', 'w=50', '--duration', '200'], 'the network blew up'),
        (['simulate', 'LinearRNN', '--plot', 'a.xyz'], 'expected the name of a picture'),
        (['simulate', 'LinearRNN', '--save', 'a.txt'], 'ends in .npz or .csv'),
        (['simulate', 'LinearRNN', '--save', 'no/folder/a.npz'], 'does not exist'),
        (['homework', 'run', '--exercise', 'nope'], "there is no exercise 'nope'. `ratezoo homework list` shows all 9"),
        (['homework', 'check', 'nope.py'], "nope.py: the file can't be read"),
        (['homework', 'run', '--epochs', '-1'], 'not in the range'),
        (['fly'], "No such command 'fly'"),
    ],
)
def test_wrong_arguments_are_one_sentence_and_status_2(args, message):
    done = call(*args)
    assert done.exit_code == 2
    assert message in ' '.join(done.stderr.split())
    assert 'Traceback' not in done.output


def test_rules_and_tasks_are_listed_and_told_of():
    for kind, name, word in (('rules', 'RTRL', 'block = None'), ('tasks', 'FlipFlop', 'bits = 3')):
        assert name in call('list', kind).stdout
        assert name in {e['name'] for e in json.loads(call('list', kind, '--json').stdout)}
        assert word in call('info', name).stdout
        assert json.loads(call('info', name, '--json').stdout)['name'] == name


@pytest.mark.once
@pytest.mark.parametrize('columns', [60, 100])
def test_a_list_fits_the_terminal(columns, monkeypatch):
    monkeypatch.setenv('COLUMNS', str(columns))
    for kind in ('models', 'rules', 'tasks'):
        widths = [len(line) for line in call('list', kind).stdout.splitlines()]
        assert 0.8 * columns < max(widths) <= columns


def test_a_file_that_is_replaced_is_named(tmp_path):
    args = ('simulate', 'LinearRNN', '--duration', 1, '--save', tmp_path / 'r.npz')
    assert 'in place of' not in call(*args).stdout
    assert f'wrote {tmp_path / "r.npz"} in place of the file of this name' in ' '.join(call(*args).stdout.split())


def test_the_eeg_is_saved(tmp_path):
    file = tmp_path / 'eeg.csv'
    assert call('simulate', 'JansenRit', '--duration', 20, '--save', file).exit_code == 0
    _, names, *_ = file.read_text().splitlines()
    columns = dict(zip(names.split(','), np.loadtxt(file, delimiter=',', skiprows=2).T, strict=True))
    assert np.allclose(columns['EEG[0]'], columns['y1[0]'] - columns['y2[0]'], atol=1e-6)
    assert np.ptp(columns['EEG[0]']) > 0


@pytest.mark.once
@pytest.mark.slow
def test_characters_that_the_terminal_lacks_are_replaced_by_similar_ones():
    """As on Chinese Windows: GBK has → and Chinese, and lacks − and superscripts."""
    done = subprocess.run(
        [sys.executable, '-m', 'ratezoo', 'info', 'FitzHughNagumo'],
        capture_output=True,
        check=True,
        env={**os.environ, 'PYTHONIOENCODING': 'gbk', 'PYTHONUTF8': '0'},
    )
    text = done.stdout.decode('gbk')
    assert 'v - v3/3 - w' in text
    assert '?' not in text


@pytest.mark.once
def test_names_are_completed():
    from click.shell_completion import ShellComplete

    def completed(*args):
        return [c.value for c in ShellComplete(main, {}, 'ratezoo', '_X').get_completions(list(args[:-1]), args[-1])]

    assert 'simulate' in completed('si')
    assert completed('simulate', 'wil') == ['WilsonCowan']
    assert completed('train', 'RateRNN', '--rule', 'RT') == ['RTRL']
    assert 'FlipFlop' in completed('info', 'fl')


@pytest.mark.once
def test_words_are_wrapped_at_the_terminals_width():
    text = 'One of the two lines reads r after the step. ' * 3 + '这一行读到的是这一步之后的 r，请先把旧值取出来。' * 3
    for width in (30, 80):
        lines = wrapped(text, width, '    ')
        columns = [sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines]
        assert max(columns) <= width + 2  # a closing mark may stand beyond the last column
        assert ''.join(text.split()) == ''.join(''.join(lines).split())


@pytest.mark.once
@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (('simulate', 'WilsonCowan', '--set', 'w_ee=3'), "has no option 'w_ee'. Did you mean 'w_EE'?"),
        (('simulate', 'WilsonCowan', '--monitor', 'E,I'), "has no Variable 'E,I'. It has: E, I. Name each monitor by"),
        (('simulate', 'WilsonCowan', '--input', 'bad.npz'), "'bad.npz' can't be read as .npy, .npz or .csv (it is not"),
        (('simulate', 'WilsonCowan', '--dt', 'nan'), 'expected a finite number, got nan'),
        (('simulate', 'WilsonCowan', '--transient', 'inf'), 'expected a finite number, got inf'),
        (('train', 'RateRNN', '--rate', 'nan'), 'expected a finite number, got nan'),
        (('train', 'RateRNN', '--task', 'Digits'), 'or for this task one of the rules ImplicitGradient'),
        (('compare', '--rules', ','), 'expected the names of one or more rules, got none'),
    ],
)
def test_a_slip_of_the_pen_is_answered_in_a_sentence(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'bad.npz').write_text('not an archive')
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert told in ' '.join(result.output.split())


@pytest.mark.once
@pytest.mark.quick(12)
@pytest.mark.parametrize(
    ('line', 'told'),
    [
        ('simulate RateRNN --n 20', 'n is an option of RateRNN: write --set n=20'),
        ('simulate WilsonCowan --w-ee=3', 'w_EE is an option of WilsonCowan: write --set w_EE=3'),
        ('train RateRNN --T 50 --task AddTask', 'T is an option of AddTask: write --task-set T=50'),
        ('train RateRNN --rule SnAp --order 2', 'order is an option of SnAp: write --option order=2'),
        ('compare --probes 2', 'probes is an option of UORO: write --option UORO.probes=2'),
        ('simulate WilsonCowan --epochs 3', 'It is an option of ratezoo train. See `ratezoo simulate --help`'),
        ('train RateRNN --lr 0.1', 'Here it is called --rate.'),
        ('train --model LSTM', 'The model stands by itself: ratezoo train LSTM'),
        ('simulate WilsonCowan --set P 2', "'2' is one word too many. Write --set P=2"),
        ('simulate WilsonCowan --set P=2 w_EE=3', 'Write --set before each setting: --set w_EE=3'),
        ('simulate WilsonCowan --monitor E I', 'Write the option again before each name: --monitor I'),
        ('simulate WilsonCowan wc.png', "'wc.png' is one word too many. Write --plot wc.png"),
        ('simulate WilsonCowan 100', 'Write --duration 100'),
        ('train RateRNN FlipFlop', 'Write --task FlipFlop'),
        ('compare LSTM', 'Write --model LSTM'),
        ('info RTRL BPTT', 'Name one at a time.'),
        ('info', '`ratezoo list models` shows the names.'),
        ('check f.py', "No such command 'check'. Did you mean: ratezoo homework check f.py"),
        ('trian RateRNN', 'Did you mean: ratezoo train RateRNN'),
        ('rules', 'Did you mean: ratezoo list rules'),
        ('RTRL', 'RTRL is a rule. Did you mean: ratezoo info RTRL'),
        ('train FlipFlop --task RateRNN', 'Write: ratezoo train RateRNN --task FlipFlop'),
        ('train FlipFlop', 'FlipFlop is a task, not a model. Write: ratezoo train RateRNN --task FlipFlop'),
        ('--list', 'Did you mean: ratezoo list'),
        ('list LSTM', 'Did you mean: ratezoo info LSTM'),
        ('info --rule RTRL', 'The rule stands by itself: ratezoo info RTRL'),
        ('homework check', 'Write for example: ratezoo homework check hw/rnn.py'),
        ('simulate RTRL', 'RTRL is a rule, not a model. Write: ratezoo train RateRNN --rule RTRL'),
        ('train RateRNN --rule FlipFlop', 'FlipFlop is a task, not a rule.'),
        ('compare --rules RTRL,LSTM', 'LSTM is a model, not a rule.'),
        ('simulate WilsonCowan --duration 100ms', 'Write --duration 100. Times are in the model'),
        ('simulate WilsonCowan --duration 1s', "expected a number without a unit, got '1s'"),
        ('train RateRNN --epochs 1e3', "expected a whole number such as 100, got '1e3'"),
        ('train RateRNN --rate fast', "expected a number such as 1000 or 0.1, got 'fast'"),
        ('sweep WilsonCowan --over P=0:2', "'P=0:2': expected P=LOW:HIGH:COUNT such as P=0:2:41, or numbers"),
        ('sweep WilsonCowan --over Z=0:2:3', "WilsonCowan has no constant 'Z'"),
    ],
)
def test_an_error_says_what_to_type(line, told):
    result = CliRunner().invoke(main, line.split(), prog_name='ratezoo')
    assert result.exit_code == 2
    assert told in ' '.join(result.stderr.split())


@pytest.mark.once
@pytest.mark.parametrize(
    ('line', 'read'),
    [
        ('--set n = 20 --dt 1', '--set n=20 --dt 1'),
        ('--set n= 20', '--set n=20'),
        ('--set n =20', '--set n=20'),
        ('--set sizes=[64, 20, 10] --dt 1', '--set sizes=[64,20,10] --dt 1'),
        ('--rules RTRL, BPTT --runs 3', '--rules RTRL,,BPTT --runs 3'),  # an empty name counts as none
        ('--rules RTRL BPTT', '--rules RTRL,BPTT'),
        ('--set n= --dt 1', '--set n= --dt 1'),
        ('--set n 20', '--set n 20'),
    ],
)
def test_spaces_are_read_where_they_are_clear(line, read):
    assert joined(line.split()) == read.split()


@pytest.mark.once
def test_help_names_all_measures():
    from ratezoo.analysis.sweeps import MEASURES

    option = next(p for p in main.commands['sweep'].params if p.name == 'measure')
    assert [*option.type.choices, 'trace'] == list(MEASURES)


def test_sweep_prints_saves_and_draws(tmp_path):
    npz, png = tmp_path / 's.npz', tmp_path / 's.png'
    line = ('sweep', 'StuartLandau', '--over', 'a=0.25,1', '--measure', 'max', '--duration', 10, '--transient', 100)
    result = call(*line, '--save', npz, '--plot', png)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == 'StuartLandau: max of the output in 2 runs.'
    assert float(lines[1].removeprefix('  a = 0.25: [').rstrip(']')) == pytest.approx(0.5, abs=0.01)  # √a
    with np.load(npz) as file:
        assert np.allclose(file['a'], [0.25, 1])
        assert np.allclose(file['values'][:, 0], [0.5, 1], atol=0.01)
    assert png.stat().st_size > 5000
    told = json.loads(call(*line, '--over', 'omega=1:2:3', '--json').stdout)
    assert np.shape(told['values']) == (2, 3, 1)


def test_the_spikes_of_a_population_are_saved(tmp_path):
    file = tmp_path / 's.npz'
    assert call('simulate', 'SpikingPopulation', '--duration', 20, '--save', file).exit_code == 0
    with np.load(file) as run:
        fired = run['spike'].mean(1) * 1000 / 0.1  # in Hz
        assert run['spike'].dtype == bool
        assert run['rate'].mean() > 0
        sizes = np.array([1, 1]) if run['rate'].shape[1] == 1 else None
        assert sizes is None or np.allclose(fired, run['rate'][:, 0])


@pytest.mark.once
def test_lists_and_docstrings_show_no_back_quotes():
    assert call('list', 'model').stdout == call('list').stdout
    for kind in ('models', 'rules', 'tasks'):
        assert '`' not in call('list', kind).stdout
    for name in ('SpikingPopulation', 'RTRL', 'FlipFlop', 'KeRNL'):
        assert '`' not in call('info', name).stdout


def test_one_recorded_step_is_no_plural():
    assert '1 recorded step of' in CliRunner().invoke(main, ['simulate', 'WilsonCowan', '--duration', '0.1']).output


def test_start_sets_states(tmp_path):
    out = tmp_path / 'run.npz'
    arguments = ['simulate', 'StuartLandau', '--start', 'u=0.25', '--start', 'v=0', '--duration', '0.1']
    assert CliRunner().invoke(main, [*arguments, '--save', str(out)]).exit_code == 0
    with np.load(out) as run:  # one step from (0.25, 0): the amplitude ρ grows by ρ (a − ρ²) Δt, the angle by ω Δt
        assert np.hypot(run['u'][0, 0], run['v'][0, 0]) == pytest.approx(0.25 + 0.25 * (0.25 - 0.25**2) * 0.1, abs=1e-3)
        assert np.arctan2(run['v'][0, 0], run['u'][0, 0]) == pytest.approx(0.1, abs=1e-6)


def test_a_spiking_population_takes_no_start():
    result = CliRunner().invoke(main, ['simulate', 'SpikingPopulation', '--start', 'V=1'])
    assert result.exit_code == 2
    assert 'SpikingPopulation takes no state to start from. Leave --start out.' in result.output


@pytest.mark.parametrize(
    ('start', 'told'),
    [('q=1', 'StuartLandau has the states u, v'), ('u=x', 'expected u=NUMBER'), ('u', 'expected u=NUMBER')],
)
def test_a_bad_start_is_told(start, told):
    result = CliRunner().invoke(main, ['simulate', 'StuartLandau', '--start', start])
    assert result.exit_code == 2
    assert told in result.stderr

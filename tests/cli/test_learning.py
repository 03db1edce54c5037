"""`ratezoo train` and `ratezoo compare`, as a user calls them."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import ratezoo
from ratezoo.cli.main import main
from ratezoo.tasks import tasks

UNCHECKED = ('--option', 'warn_above=Infinity')  # no estimate of the gradient's error


def call(*arguments):
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.slow
def test_train_does_what_fit_does(tmp_path):
    import optax

    save, plot = tmp_path / 'net.npz', tmp_path / 'curve.png'
    result = call(
        'train',
        'RateRNN',
        '--rule',
        'BPTT',
        '--task',
        'FlipFlop',
        '--set',
        'n=8',
        '--task-set',
        'T=20',
        '--epochs',
        15,
        '--rate',
        0.01,
        '--seed',
        3,
        '--batch',
        4,
        '--batch-size',
        2,
        '--save',
        save,
        '--plot',
        plot,
        '--json',
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    trials = tasks['FlipFlop'](T=20).trials(4, 3)
    net = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(3, 8, 3, seed=3, dt=1.0)  # the time step of the task
    history = net.fit(trials.x, trials.y, 15, optax.adam(0.01), batch_size=2, seed=3, progress=False)
    assert np.allclose(told['loss'], history.loss, rtol=1e-10)
    with np.load(save) as file:
        assert np.allclose(file['W'], net.W.value, rtol=1e-8)
        assert json.loads(str(file['about']))['rule'] == 'BPTT'
    assert plot.stat().st_size > 5000
    assert told['chance'] == 0.5
    assert told['solved'] is (told['score'] >= 0.95)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    'arguments',
    [
        ('Reservoir', '--rule', 'FORCE', '--task', 'MultiSine', '--task-set', 'T=100', '--set', 'n=20', '--batch', 1),
        ('EIRateRNN', '--rule', 'RFLO', '--task', 'ContextIntegration', '--set', 'n=10'),
        ('LSTM', '--rule', 'UORO', '--task', 'DelayedCopy', '--set', 'n=5', '--option', 'probes=3', '--online'),
        (
            'RateRNN',
            '--rule',
            'BPTT',
            '--task',
            'AddTask',
            '--task-set',
            'T=20',
            '--option',
            'truncate=[2, 5]',
            *UNCHECKED,
        ),
    ],
)
def test_train_takes_rules_models_and_tasks_together(arguments):
    result = call('train', *arguments, '--epochs', 2)
    assert result.exit_code == 0, result.output
    assert 'new trials: score' in result.output


@pytest.mark.slow
def test_compare_prints_a_table_and_draws(tmp_path):
    plot = tmp_path / 'rules.png'
    arguments = (
        'compare',
        '--rules',
        'RTRL,UORO,RFLO',
        '--model',
        'RateRNN',
        '--task',
        'AddTask',
        '--task-set',
        'T=20',
        '--set',
        'n=6',
        '--updates',
        3,
        '--runs',
        3,
        '--option',
        'UORO.probes=2',
    )
    result = call(*arguments, '--plot', plot)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()] == ['rule', 'RTRL', 'UORO', 'RFLO', 'wrote']
    assert plot.stat().st_size > 10_000
    told = json.loads(call(*arguments, '--json').output)
    assert told['task'] == 'AddTask'
    assert told['rules']['RTRL']['cosine'][0] == pytest.approx(1)
    assert told['rules']['UORO']['relative_mse'] > 0.01
    assert told['rules']['RFLO']['bias_interval'][0] == told['rules']['RFLO']['bias_interval'][1]


@pytest.mark.slow
def test_force_solves_multi_sine():
    result = call('train', 'Reservoir', '--rule', 'FORCE', '--task', 'MultiSine', '--json')
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told['solved'], told['score']


@pytest.mark.slow
def test_train_says_what_was_reached_and_what_can_be_reached(tmp_path):
    plot = tmp_path / 'add.svg'
    call_ = ('train', 'RateRNN', '--set', 'n=5', '--epochs', 2, '--batch', 8, '--task-set')
    first, second, third, fourth = call(*call_, 'T=20', '--task', 'AddTask', '--plot', plot).output.splitlines()
    assert first.startswith('RateRNN by BPTT on AddTask: loss ')
    assert 'lower is better' in second
    assert 'chance 0.6616, goal ≤ 0.4868: not solved' in second
    assert third == 'the best that a network can reach on average is 0.4545'
    assert fourth == f'  wrote {plot}'
    assert plot.stat().st_size > 20_000
    lines = call(*call_, 'T=20', '--task', 'FlipFlop').output.splitlines()
    assert len(lines) == 2  # nothing limits it
    assert 'higher is better' in lines[1]
    assert 'goal ≥ 0.95' in lines[1]


def test_info_names_the_rules_that_can_learn_a_model():
    lines = call('info', 'GRU').output.splitlines()
    assert lines[-2] == 'Rules of trajectories: RTRL, BPTT, SnAp, UORO, FORCE.'
    assert lines[-1].startswith('Rules of fixed points: ImplicitGradient, AdjointDynamics, ')
    assert 'EquilibriumPropagation' not in lines[-1]
    assert call('info', 'ScoreDiffusion').output.splitlines()[-1] == 'Rules of densities: DenoisingScoreMatching.'
    for name in ('Hopfield', 'CANN1D'):
        assert call('info', name).output.splitlines()[-1].endswith('Trainable: nothing.')
    assert 'KFRTRL' in call('info', 'RateRNN').output.splitlines()[-2]
    assert 'EquilibriumPropagation' in call('info', 'LayeredEnergyModel').output.splitlines()[-1]


@pytest.mark.slow
def test_train_learns_fixed_points_of_a_data_set():
    result = call(
        'train',
        'LayeredEnergyModel',
        '--rule',
        'EquilibriumPropagation',
        '--task',
        'Digits',
        '--set',
        'sizes=[64, 20, 10]',
        '--set',
        'dt=0.5',
        '--set',
        'activation=tanh',
        '--option',
        'steps=[30, 10]',
        *UNCHECKED,
        '--batch-size',
        32,
        '--epochs',
        5,
        '--rate',
        0.01,
        '--json',
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told['chance'] == 0.1
    assert told['score'] > 0.6
    result = call(
        'train',
        'FeedforwardRate',
        '--rule',
        'ImplicitGradient',
        '--task',
        'Digits',
        '--batch',
        32,
        '--epochs',
        2,
        '--set',
        'dt=0.5',
    )
    assert result.exit_code == 0, result.output


@pytest.mark.filterwarnings('default::ratezoo.errors.InaccurateGradientWarning')
def test_a_warning_is_one_sentence_on_stderr():
    asked = ('train', 'LayeredEnergyModel', '--rule', 'EquilibriumPropagation', '--task', 'Digits', '--batch', 16)
    small = ('--set', 'sizes=[64,8,10]', '--epochs', 1, '--option', 'nudge=0.5', '--option', 'steps=[10,3]')
    result = call(*asked, *small)
    assert result.exit_code == 0, result.output
    told = [line for line in result.stderr.splitlines() if 'exact' in line]
    assert len(told) == 1
    assert told[0].startswith('ratezoo: EquilibriumPropagationLayeredEnergyModel.fit, epoch 1: the gradient differs')


@pytest.mark.slow
def test_compare_holds_rules_of_fixed_points_against_the_implicit_gradient():
    result = call(
        'compare',
        '--rules',
        'ImplicitGradient,EquilibriumPropagation,AdjointDynamics',
        '--model',
        'LayeredEnergyModel',
        '--task',
        'Digits',
        '--batch',
        8,
        '--set',
        'activation=tanh',
        '--set',
        'dt=0.5',
        '--updates',
        2,
        '--option',
        'EquilibriumPropagation.nudge=0.01',
    )
    assert result.exit_code == 0, result.output
    head, implicit, ep, adjoint = (line.split() for line in result.output.splitlines())
    assert 'gradient' in head
    assert [row[4] for row in (implicit, ep, adjoint)] == ['1.000'] * 3


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (
            ('train', 'RateRNN', '--rule', 'BPTT', '--task', 'Digits'),
            'BPTT learns trajectories, but the task Digits asks for fixed points',
        ),
        (
            ('train', 'RateRNN', '--rule', 'ImplicitGradient', '--task', 'AddTask'),
            'ImplicitGradient learns fixed points',
        ),
        (('train', 'ScoreDiffusion', '--rule', 'DenoisingScoreMatching'), 'learns densities, but the task Sine'),
        (('compare', '--rules', 'BPTT,ImplicitGradient', '--task', 'Digits'), 'BPTT learns trajectories'),
        (
            ('train', 'LayeredEnergyModel', '--rule', 'EquilibriumPropagation', '--task', 'MNIST'),
            'expected a file train',
        ),
        (('train', 'RateRNN', '--rule', 'EquilibriumPropagation', '--task', 'Digits'), 'needs more of a model than F'),
    ],
)
def test_what_does_not_go_together_is_said_in_a_line(arguments, told):
    result = call(*arguments)
    assert result.exit_code == 2
    assert told in result.output
    assert 'Traceback' not in result.output


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (('train', 'Nothing'), "no model 'Nothing'"),
        (('train', 'RateRNN', '--rule', 'BTPP'), "no rule 'BTPP'"),
        (('train', 'RateRNN', '--task', 'Nope'), "no task 'Nope'"),
        (('train', 'RateRNN', '--set', 'm=3'), "no option 'm'"),
        (('train', 'RateRNN', '--task-set', 'U=3'), "no option 'U'"),
        (('train', 'RateRNN', '--option', 'order=3'), 'remat, truncate'),
        (('train', 'RateRNN', '--rule', 'BPTT', '--online'), 'not an online rule'),
        (('train', 'GRU', '--rule', 'RFLO'), 'RFLO needs more of a model than F, and GRU is not a HasCurrents'),
        (('train', 'RateRNN', '--save', 'net.txt'), '.npz'),
        (('train', 'RateRNN', '--rate', '0'), 'rate'),
        (('compare', '--rules', 'A,B'), "no rule 'A'"),
        (('compare', '--rules', 'RTRL', '--option', 'UORO.probes=2'), 'one of RTRL'),
        (('compare', '--plot', 'rules.nope'), 'picture'),
        (('compare', '--rules', 'RFLO', '--model', 'GRU', '--updates', 1), 'none of the rules could be run'),
    ],
)
def test_what_can_not_be_is_one_sentence(arguments, told):
    result = call(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert 'Traceback' not in result.stderr


def test_inf_is_a_number_where_a_number_is_expected():
    from ratezoo.cli.parts import settings

    def model(warn_above=0.02, solver='dynamics'):
        """Takes a number and a text."""

    assert settings(model, ('warn_above=inf',)) == settings(model, ('warn_above=math.inf',)) == {'warn_above': np.inf}
    assert settings(model, ('solver=inf',)) == {'solver': 'inf'}

"""Every task is tested by being listed; and each against its own closed form."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest

import ratezoo
from ratezoo.errors import InvalidValueError
from ratezoo.tasks import tasks

# The tasks of trajectories that need no other package. The images are tested in test_datasets.py.
OWN = [n for n in tasks if n != 'NeurogymTask' and tasks[n].learns == 'trajectories']


def perfect(task, trials):
    """The output that a network would be praised for: logits of the targets, or the targets."""
    return np.log(np.maximum(trials.y, 1e-12)) if task.loss is not None else trials.y


def test_a_task_says_what_a_rule_must_learn():
    learns = {name: tasks[name].learns for name in tasks}
    assert {name for name in learns if learns[name] == 'fixed points'} == {'Digits', 'MNIST'}
    assert set(learns.values()) <= {rule.learns for rule in ratezoo.learning.rules.values()}
    assert len(OWN) > 5


@pytest.mark.parametrize('name', OWN)
def test_a_task_is_what_it_says(name):
    task = tasks[name]()
    trials = task.trials(3, 5)
    B, T = trials.y.shape[:2]
    assert trials.x.shape == (3, T, task.n_in)
    assert trials.y.shape == (3, T, task.n_out)
    assert B == 3
    assert trials.alpha.shape == (T,)
    assert np.isclose(trials.alpha.sum(), 1, rtol=1e-12)
    assert (trials.alpha >= 0).all()
    for a in trials:
        assert np.isfinite(a).all()
        assert a.dtype == np.float64
    for a, b in zip(trials, task.trials(3, 5), strict=True):
        assert np.array_equal(a, b)
    other = task.trials(3, 6)
    assert not (np.array_equal(trials.x, other.x) and np.array_equal(trials.y, other.y))
    assert np.ptp(trials.y) > 0
    good = task.score(perfect(task, trials), trials)
    assert task.solved(good)
    assert not task.solved(task.chance)
    assert task.solved(task.criterion)


@pytest.mark.parametrize('name', OWN)
def test_chance_is_what_a_network_scores_that_knows_nothing(name):
    task = tasks[name]()
    trials = task.trials(2000 if 'Integration' in name or name == 'DelayedCopy' else 200, 0)
    if task.loss is not None and name == 'AddTask':
        blind = np.log(np.broadcast_to(trials.y.mean((0, 1)), trials.y.shape))
    elif not task.higher_is_better:
        blind = np.broadcast_to(trials.y.mean((0, 1)), trials.y.shape)  # the best constant
    else:
        blind = np.random.default_rng(1).normal(size=trials.y.shape)  # guesses
    assert task.score(blind, trials) == pytest.approx(task.chance, abs=0.02)


@pytest.mark.parametrize('name', OWN)
@pytest.mark.parametrize(
    ('options', 'match'), [(dict(batch=0), 'batch'), (dict(batch=1.5), 'batch'), (dict(seed=-1), 'seed')]
)
def test_trials_that_cannot_be_are_refused(name, options, match):
    with pytest.raises(InvalidValueError, match=rf'{name}\.trials: expected {match}'):
        tasks[name]().trials(**options)


@pytest.mark.parametrize(
    ('name', 'options'),
    [
        ('HomeworkSequence', dict(T=1)),
        ('SineGeneration', dict(periods=0)),
        ('MultiSine', dict(dt=0.0)),
        ('AddTask', dict(second=5)),
        ('AddTask', dict(T=9)),
        ('DelayedCopy', dict(symbols=1)),
        ('FlipFlop', dict(rate=0.0)),
        ('EvidenceIntegration', dict(coherences=())),
        ('ContextIntegration', dict(noise=-1.0)),
        ('NeurogymTask', dict(T=1)),
        ('NeurogymTask', dict(dt='abc')),
        ('NeurogymTask', dict(name=3)),
        ('NeurogymTask', dict(options=[1])),
    ],
)
def test_options_that_cannot_be_are_refused(name, options):
    with pytest.raises(InvalidValueError, match=rf'{name}\.{next(iter(options))}: expected'):
        tasks[name](**options)


# ---- each against its own definition ---------------------------------------------------------------------------------


def test_homework():
    x, y = ratezoo.tasks.homework_sequence(seed=3)
    trials = tasks['HomeworkSequence']().trials(2, 3)
    assert np.array_equal(trials.x[0, :, 0], x)
    assert np.array_equal(trials.y[0, :, 0], y)


def test_the_floors_of_the_add_task_by_enumeration():
    """Conditional entropy of the answer given what is known, over the four equally likely pasts."""
    floors = tasks['AddTask'].floors()
    pasts = list(itertools.product((0, 1), (0, 1)))
    p = {past: 0.5 + 0.5 * past[0] - 0.25 * past[1] for past in pasts}

    def cross_entropy(known):
        total = 0.0
        for past in pasts:
            alike = [p[q] for q in pasts if known(q) == known(past)]
            guess = sum(alike) / len(alike)
            for prob, told in ((p[past], guess), (1 - p[past], 1 - guess)):
                total -= 0.25 * (prob * np.log(told) if prob else 0.0)
        return total

    assert floors['neither'] == pytest.approx(cross_entropy(lambda q: 0), rel=1e-12)
    assert floors['first'] == pytest.approx(cross_entropy(lambda q: q[0]), rel=1e-12)
    assert floors['both'] == pytest.approx(cross_entropy(lambda q: q), rel=1e-12)
    assert [round(v, 3) for v in floors.values()] == [0.662, 0.519, 0.454]


def test_the_add_task_by_a_loop():
    task = tasks['AddTask'](T=40, first=2, second=5)
    trials = task.trials(2, 1)
    for b in range(2):
        u = trials.x[b, :, 0]
        for t in range(40):
            a, c = (u[t - 2] if t >= 2 else 0), (u[t - 5] if t >= 5 else 0)
            assert trials.y[b, t, 0] == 0.5 + 0.5 * a - 0.25 * c
    assert (trials.x.sum(-1) == 1).all()
    knows = np.log(np.maximum(trials.y, 1e-12))
    assert task.score(knows, trials) == pytest.approx(task.floors()['both'], abs=0.1)


def test_copies_are_what_was_said():
    task = tasks['DelayedCopy'](symbols=5, length=4, delay=3)
    trials = task.trials(6, 2)
    assert np.array_equal(trials.y[:, 7:], trials.x[:, :4, :5])
    assert trials.x[:, 7:, -1].all()
    assert not trials.x[:, 4:7].any()
    assert (trials.alpha[:7] == 0).all()


def test_flip_flops_by_a_loop():
    trials = tasks['FlipFlop'](bits=2, T=50, rate=0.2).trials(3, 4)
    for b, line in itertools.product(range(3), range(2)):
        last = 0.0
        for t in range(50):
            last = trials.x[b, t, line] or last
            assert trials.y[b, t, line] == last
    assert 0.1 < np.mean(trials.x[:, 1:] != 0) < 0.3


def test_multi_sine_has_period_120():
    y = tasks['MultiSine'](T=2400).trials().y[0, :, 0]
    assert np.allclose(y[:1200], y[1200:], atol=1e-12)
    t = 17.3
    expected = (
        1.3 * np.sin(np.pi * t / 60)
        + 1.3 / 2 * np.sin(2 * np.pi * t / 60)
        + 1.3 / 6 * np.sin(3 * np.pi * t / 60)
        + 1.3 / 3 * np.sin(4 * np.pi * t / 60)
    ) / 1.5
    assert y[172] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize('name', ['EvidenceIntegration', 'ContextIntegration'])
def test_an_ideal_observer_is_right_and_one_without_context_is_not(name):
    task = tasks[name]()
    trials = task.trials(3000, 0)
    total = trials.x[:, : task.stimulus].mean(1)
    assert (trials.x >= 0).all()
    assert not trials.x[:, task.stimulus :, :2].any()
    if name == 'EvidenceIntegration':
        ideal = total[:, 0] - total[:, 1]
    else:
        motion, colour = total[:, 0] - total[:, 1], total[:, 2] - total[:, 3]
        ideal = np.where(trials.x[:, 0, 4] == 1, motion, colour)
        both = np.repeat((motion + colour)[:, None, None] * [1, -1], trials.y.shape[1], 1)
        assert task.score(both, trials) == pytest.approx(0.75, abs=0.03)
    answer = np.repeat(ideal[:, None, None] * [1, -1], trials.y.shape[1], 1)
    assert task.score(answer, trials) > task.criterion


def test_the_homeworks_floor_is_its_noise():
    """The curve without its noise of deviation 0.1 scores 0.1/√Var y; more can't be known of a new sequence."""
    task = tasks['HomeworkSequence']()
    trials = task.fresh_trials(2000, 0)
    curve = np.exp(np.linspace(1, 0, 10))
    score = task.score(np.broadcast_to(curve[:, None], trials.y.shape), trials)
    assert score == pytest.approx(0.1 / np.sqrt(np.var(curve) + 0.01), rel=0.02)
    assert task.solved(score)
    assert not task.solved(2 * score)
    assert task.floor == pytest.approx(score, rel=0.02)
    steep = tasks['HomeworkSequence'](T=2)  # e and 1
    assert steep.floor == pytest.approx(0.1 / np.sqrt(((np.e - 1) / 2) ** 2 + 0.01), rel=1e-12)


@pytest.mark.parametrize('name', [n for n in OWN if n != 'MultiSine'])  # it is tested on the trial that it learns
def test_trials_for_a_test_are_not_among_those_to_learn_from(name):
    task = tasks[name]()
    learned, fresh = (
        {a.tobytes() + b.tobytes() for a, b in zip(t.x, t.y, strict=True)}
        for t in (task.trials(64, 3), task.fresh_trials(64, 3))
    )
    if name in ('SineGeneration', 'DelayedCopy'):  # there are only 4 sines, and only 64 sequences
        assert fresh <= {a.tobytes() + b.tobytes() for t in [task.trials(4000, 0)] for a, b in zip(*t[:2], strict=True)}
    else:
        assert len(learned) == len(fresh) == 64
        assert learned.isdisjoint(fresh)


def test_a_floor_is_between_the_goal_and_a_perfect_score():
    floors = {name: tasks[name]().floor for name in OWN}
    assert {name for name in floors if floors[name] is not None} == {'HomeworkSequence', 'AddTask'}
    assert floors['AddTask'] == pytest.approx(0.4545, abs=1e-4)
    for name in ('HomeworkSequence', 'AddTask'):
        assert tasks[name]().solved(floors[name])


def test_outputs_in_the_unit_of_the_target():
    logits = np.log([[[0.2, 0.8]]]) + 7
    assert np.allclose(tasks['AddTask']().as_target(logits), [[[0.2, 0.8]]], rtol=1e-12)
    assert np.array_equal(tasks['FlipFlop']().as_target(logits), logits)


@pytest.mark.slow
@pytest.mark.parametrize('name', [n for n in OWN if n != 'MultiSine'])
def test_its_training_solves_a_task(name):
    """RateRNN by back-propagation through time, with the numbers that the task gives."""
    path = Path(__file__).parents[2] / 'docs' / 'training.py'
    script = runpy.run_path(str(path))
    task = tasks[name]()
    score, _ = script['solve'](task, 4)
    assert task.solved(score), score

"""The environments of neurogym: with a small package in its place, and with neurogym itself where it is installed."""

import json
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from ratezoo.cli.main import main
from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.tasks import tasks

# ---- what neurogym looks like, in small ------------------------------------------------------------------------------


class GoNogo:
    """Three steps of a cue, then two steps of a decision. In one of four trials 'go' (1) is correct there, else 0."""

    action_space = SimpleNamespace(n=2)
    lengths = {'cue': 3, 'decision': 2}

    def __init__(self, dt=100, go=0.25):
        if go > 1:
            raise ValueError('go must be a probability\nand so on')
        self.go, self.unwrapped = go, self

    def seed(self, seed):
        self.rng = np.random.default_rng(seed)

    def new_trial(self):
        self.start_ind, self.end_ind, end = {}, {}, 0
        for name, length in self.lengths.items():
            self.start_ind[name], end = end, end + length
            self.end_ind[name] = end
        self.fill(end)

    def fill(self, T):
        go = int(self.rng.random() < self.go)
        self.ob, self.gt = np.zeros((T, 2)), np.zeros(T, int)
        self.ob[0, go], self.gt[3:] = 1, go


class Timing(GoNogo):
    """The correct action is always 'go' in the decision: no period asks which action, all ask when."""

    def fill(self, T):
        self.ob, self.gt = np.zeros((T, 2)), np.array([0, 0, 0, 1, 1])


class NoTruth(GoNogo):
    def fill(self, T):
        self.ob = np.zeros((T, 2))


class NoAction(GoNogo):
    def fill(self, T):
        self.ob, self.gt = np.zeros((T, 2)), np.full(T, 6)


class Constant(GoNogo):
    def fill(self, T):
        self.ob, self.gt = np.zeros((T, 2)), np.zeros(T, int)


class Broken(GoNogo):
    def fill(self, T):
        raise AttributeError("no attribute 'ob'")


class Empty(GoNogo):
    lengths = {}

    def fill(self, T):
        self.ob, self.gt = np.zeros((0, 2)), np.zeros(0, int)


class Uneven(GoNogo):
    def fill(self, T):
        self.ob, self.gt = np.zeros((T + 1, 2)), np.zeros(T, int)


class Endless(GoNogo):
    def fill(self, T):
        self.ob, self.gt = np.full((T, 2), np.inf), np.zeros(T, int)


class Reach(GoNogo):
    """Continuous actions: a constant, and a position that is drawn."""

    action_space = SimpleNamespace(shape=(2,))

    def fill(self, T):
        position = self.rng.random()
        self.ob, self.gt = np.full((T, 2), position), np.tile([5.0, position], (T, 1))


class CartPole:
    """Of another package: it has no trials."""

    def __init__(self, dt):
        self.unwrapped = self


class Wrapped:
    """A wrapper that knows nothing of trials."""

    def __init__(self, dt):
        self.env = GoNogo(dt)
        self.unwrapped = self.env


KINDS = (GoNogo, Timing, NoTruth, NoAction, Constant, Broken, Empty, Uneven, Endless, Reach, CartPole, Wrapped)


@pytest.fixture
def small(monkeypatch):
    """The small package in place of neurogym."""
    kinds = {f'{kind.__name__}-v0': kind for kind in KINDS}
    registration = SimpleNamespace(ALL_EXTENDED_ENVS=kinds)
    neurogym = ModuleType('neurogym')
    neurogym.envs = SimpleNamespace(registration=registration)
    neurogym.make = lambda name, **options: kinds[name](**options)
    in_gymnasium = ModuleType('gymnasium.envs.registration')
    in_gymnasium.registry = kinds
    for name, module in (
        ('neurogym', neurogym),
        ('gymnasium', ModuleType('gymnasium')),
        ('gymnasium.envs', ModuleType('gymnasium.envs')),
        ('gymnasium.envs.registration', in_gymnasium),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    return tasks['NeurogymTask']


def constant(trials, action):
    """The output that always says ``action``."""
    return np.broadcast_to(np.eye(trials.y.shape[-1])[action], trials.y.shape)


@pytest.mark.parametrize('name', ['GoNogo-v0', 'Wrapped-v0'])
def test_chance_is_the_score_of_every_constant_answer(small, name):
    """'Go' is correct in one of four trials. One over the number of the other actions would be 1."""
    task = small(name, T=50)
    trials = task.trials(20, 0)
    assert task.chance == 0.5
    assert task.score(constant(trials, 0), trials) == 0.5
    assert task.score(constant(trials, 1), trials) == 0.5
    assert task.score(trials.y, trials) == 1
    assert task.criterion == pytest.approx(0.85)


def test_the_score_is_the_mean_over_the_actions_where_an_answer_is_asked(small):
    task = small('GoNogo-v0', T=10)
    trials = task.trials(40, 3)
    correct = trials.y.argmax(-1)
    output, hits = np.zeros_like(trials.y), {0: [], 1: []}
    rng = np.random.default_rng(1)
    for b in range(40):
        for t in range(10):
            chosen = int(rng.random() < 0.5)
            output[b, t, chosen] = 1
            if t % 5 >= 3:  # the decision
                hits[correct[b, t]].append(chosen == correct[b, t])
    assert task.score(output, trials) == pytest.approx((np.mean(hits[0]) + np.mean(hits[1])) / 2, rel=1e-12)


def test_a_step_that_asks_weighs_five_times_as_much(small):
    trials = small('GoNogo-v0', T=10).trials(3, 0)
    expected = np.array([1, 1, 1, 5, 5, 1, 1, 1, 5, 5]) / 26
    assert np.allclose(trials.alpha, np.tile(expected, (3, 1)), rtol=1e-12)


def test_where_only_the_time_matters_every_step_asks(small):
    task = small('Timing-v0', T=10)
    trials = task.trials(2, 0)
    assert np.allclose(trials.alpha, 0.1)
    assert task.chance == task.score(constant(trials, 1), trials) == 0.5
    early = trials.y.copy()
    early[:, 2] = [0, 1]  # of the six steps of 'fixation' in a stream one is missed
    assert task.score(early, trials) == pytest.approx((5 / 6 + 1) / 2, rel=1e-12)


def test_the_best_constant_position_scores_one(small):
    task = small('Reach-v0', T=20)
    trials = task.trials(50, 0)
    best = np.broadcast_to(trials.y.mean((0, 1)), trials.y.shape)
    assert task.chance == 1
    assert task.score(best, trials) == pytest.approx(1, rel=1e-12)
    assert task.score(trials.y, trials) == 0
    assert not task.higher_is_better
    assert task.loss is None


@pytest.mark.parametrize(
    ('name', 'told'),
    [
        ('NoTruth-v0', 'has no ground truth'),
        ('NoAction-v0', 'it contains 6, and the actions are 0 to 1'),
        ('Constant-v0', 'has a ground truth that never changes'),
        ('Broken-v0', "could not make a trial .AttributeError: no attribute 'ob'."),
        ('Empty-v0', 'has trials without steps'),
        ('Uneven-v0', 'has 6 observations, but a ground truth for 5 steps'),
        ('Endless-v0', 'not finite'),
        ('CartPole-v0', 'makes no trials'),
    ],
)
def test_an_environment_that_cannot_be_a_task_is_refused_by_name(small, name, told):
    with pytest.raises(InvalidValueError, match=rf"NeurogymTask\.name: the environment '{name}' .*{told}"):
        small(name).trials()


def test_options_of_an_environment(small):
    assert small('GoNogo-v0', options={'go': 0.9}).trials(1, 0).y[0, :, 1].any()
    with pytest.raises(InvalidValueError, match=r"options: .*'go': 2.* \(ValueError: go must be a probability\)\.$"):
        small('GoNogo-v0', options={'go': 2}).trials()
    with pytest.raises(InvalidValueError, match=r'T: expected streams in which .* Give a larger T'):
        small('GoNogo-v0', T=3).trials()


def test_a_name_that_is_unknown_or_misspelt(small):
    with pytest.raises(UnknownNameError, match=r"no environment 'GoNoGo-v0'\. Did you mean 'GoNogo-v0'\?$"):
        small('GoNoGo-v0').trials()
    with pytest.raises(UnknownNameError, match=r"no environment 'Qwxz'\. It has 12, such as"):
        small('Qwxz').trials()


@pytest.mark.slow
def test_the_environment_is_named_on_the_command_line(small):
    call = ['train', 'RateRNN', '--task', 'NeurogymTask', '--set', 'n=20', '--task-set', 'T=20', '--epochs', '30']
    result = CliRunner().invoke(main, [*call, '--task-set', 'name=GoNogo-v0', '--json'])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told['chance'] == 0.5
    assert told['solved']


def test_a_wrong_name_on_the_command_line_is_one_sentence(small):
    result = CliRunner().invoke(main, ['train', 'RateRNN', '--task', 'NeurogymTask', '--task-set', 'name=GoNogo'])
    assert result.exit_code == 2
    lines = result.stderr.strip().splitlines()
    assert lines == ["ratezoo: NeurogymTask.name: neurogym has no environment 'GoNogo'. Did you mean 'GoNogo-v0'?"]
    result = CliRunner().invoke(main, ['train', 'RateRNN', '--set', 'name=net'])
    assert "no option 'name'" in result.stderr  # of a model it is BrainPy's


# ---- neurogym itself -------------------------------------------------------------------------------------------------


def test_without_neurogym_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'neurogym', None)
    with pytest.raises(UnknownNameError, match=r'not installed\. Install it: .*pip install "ratezoo\[neurogym\]"'):
        tasks['NeurogymTask']().trials()


def test_the_package_that_neurogym_lacks_is_named(monkeypatch, tmp_path):
    (tmp_path / 'neurogym.py').write_text('import no_such_package\n')
    monkeypatch.delitem(sys.modules, 'neurogym', raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnknownNameError, match=r"it needs the package 'no_such_package', which is not.*ratezoo\[neuro"):
        tasks['NeurogymTask']().trials()
    (tmp_path / 'neurogym.py').write_text('raise ImportError("built for another numpy")\n')
    with pytest.raises(UnknownNameError, match=r'cannot be imported \(ImportError: built for another numpy\)'):
        tasks['NeurogymTask']().trials()


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize(
    'name',
    ['PerceptualDecisionMaking-v0', 'ReachingDelayResponse-v0', 'GoNogo-v0', 'yang19.dms-v0', 'OneTwoThreeGo-v0'],
)
def test_neurogym(name):
    pytest.importorskip('neurogym', exc_type=ImportError)
    task = tasks['NeurogymTask'](name, T=60)
    trials = task.trials(2, 1)
    assert trials.x.shape == (2, 60, task.n_in)
    assert trials.y.shape == (2, 60, task.n_out)
    assert np.allclose(np.broadcast_to(trials.alpha, (2, 60)).sum(1), 1)
    for a, b in zip(trials, task.trials(2, 1), strict=True):
        assert np.array_equal(a, b)
    perfect = np.log(np.maximum(trials.y, 1e-12)) if task.loss is not None else trials.y
    assert task.solved(task.score(perfect, trials))
    assert not task.solved(task.chance)


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize(
    ('name', 'told'),
    [
        ('Bandit-v0', 'no ground truth'),
        ('Null-v0', 'no ground truth'),
        ('DawTwoStep-v0', 'no ground truth'),
        ('EconomicDecisionMaking-v0', 'no ground truth'),
        ('Reaching1D-v0', 'the actions are 0 to 2'),
        ('CartPole-v1', 'can not be made|makes no trials'),
    ],
)
def test_neurogyms_environments_without_a_target_are_refused(name, told):
    pytest.importorskip('neurogym', exc_type=ImportError)
    with pytest.raises(InvalidValueError, match=told):
        tasks['NeurogymTask'](name).trials()


@pytest.mark.filterwarnings('ignore')
def test_a_network_that_always_goes_has_not_learned_go_or_no_go():
    pytest.importorskip('neurogym', exc_type=ImportError)
    task = tasks['NeurogymTask']('GoNogo-v0')
    trials = task.trials(50, 0)
    assert task.chance == 0.5
    assert task.score(constant(trials, 1), trials) == 0.5
    assert task.score(constant(trials, 0), trials) == 0.5

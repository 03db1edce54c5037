"""The loop over the epochs, step by step: a network that only counts, and a clock that is set by hand."""

import types

import jax
import numpy as np
import optax
import pytest

import ratezoo
from ratezoo.learning import checkpoint as checkpoints
from ratezoo.learning import training
from ratezoo.learning.history import History
from ratezoo.learning.score import Samples


class Counter:
    """In place of a network: it has one parameter w, and an update adds 1 to it. Nothing is compiled."""

    def __init__(self, losses=None, key=None):
        self.w, self.losses, self.key = types.SimpleNamespace(value=np.zeros(1)), losses, key
        self.batches, self.keys, self.worst, self.last_state = [], [], [], None

    def params_dict(self):
        return {'w': self.w.value}

    def compiled(self, key, make, reads):
        return self.update

    def draw_key(self, seed):
        return None if self.key is None else jax.random.PRNGKey(seed)

    def check_epoch(self, epoch, worst):
        self.worst.append((epoch, worst))

    def finish_training(self, state):
        self.last_state = state

    def update(self, params, state, data, key):
        self.batches.append(np.asarray(data.y)[:, 0].astype(int).tolist())
        self.keys.append(key)
        loss = np.mean(data.y) if self.losses is None else self.losses[len(self.batches) - 1]
        return {'w': params['w'] + 1}, state, {'loss': loss, 'residual': len(self.batches) % 3}


def loop(net, count=7, size=3, seed=0):
    y = np.arange(count, dtype=float)[:, None]
    return training.Training(net, ('fit',), net.update, Samples(y), True, optax.sgd(0.1), size, seed)


def test_an_epoch_takes_every_sample_once_in_an_order_of_its_own():
    orders = []
    for seed in (0, 0, 1):
        net = Counter()
        loop(net, seed=seed).run(2, False, None)
        assert [len(batch) for batch in net.batches] == [3, 3, 1] * 2
        first, second = ([i for batch in net.batches[k : k + 3] for i in batch] for k in (0, 3))
        assert sorted(first) == sorted(second) == list(range(7))
        assert first != second
        orders.append(first)
    assert orders[0] == orders[1] != orders[2]
    assert list(range(7)) not in orders
    for size in (None, 7):  # all samples at once stay in their order
        net = Counter()
        loop(net, size=size).run(1, False, None)
        assert net.batches == [list(range(7))]


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples_and_of_the_rest_the_largest_counts():
    net = Counter(losses=[1.0, 2.0, 6.0, 5.0, 5.0, 5.0])
    history = loop(net).run(2, False, None)
    assert history.loss.tolist() == [(3 * 1 + 3 * 2 + 6) / 7, 5.0]
    assert history.epoch.tolist() == [1, 2]
    assert history.residual.tolist() == [2, 2]  # of 1, 2, 0 and of 1, 2, 0
    assert net.worst == [(1, {'residual': 2.0}), (2, {'residual': 2.0})]
    assert net.w.value.tolist() == [6]  # two epochs of three updates


def test_every_update_gets_a_key_of_its_own():
    net = Counter(key=True)
    loop(net, seed=5).run(3, False, None)
    assert len({tuple(np.asarray(k).tolist()) for k in net.keys}) == 9
    again = Counter(key=True)
    loop(again, seed=5).run(3, False, None)
    assert np.array_equal(net.keys, again.keys)
    other = Counter(key=True)
    loop(other, seed=6).run(3, False, None)
    assert not np.array_equal(net.keys, other.keys)
    without = Counter()
    loop(without).run(1, False, None)
    assert without.keys == [None] * 3


def clock(monkeypatch, seconds):
    """Every look at the clock finds it ``seconds`` later."""
    times = iter(np.arange(1000.0, 2000.0, seconds))
    monkeypatch.setattr(training, 'time', types.SimpleNamespace(perf_counter=lambda: float(next(times))))


def test_a_checkpoint_is_written_every_ten_seconds_and_at_the_end(monkeypatch, tmp_path):
    written = []
    monkeypatch.setattr(checkpoints, 'save', lambda path, run, tree, curves: written.append(len(curves['epoch'])))
    clock(monkeypatch, 4.0)
    history = loop(Counter()).run(7, False, tmp_path / 'run.npz')
    assert history.seconds.tolist() == [4, 8, 12, 16, 20, 24, 28]
    assert written == [3, 6, 7]  # after 12 and after 24 seconds
    written.clear()
    clock(monkeypatch, 4.0)
    loop(Counter()).run(7, False, None)
    assert written == []


def test_a_run_that_goes_on_counts_its_epochs_and_seconds_further(monkeypatch, tmp_path):
    file = tmp_path / 'run.npz'
    clock(monkeypatch, 2.0)
    loop(Counter()).run(2, False, file)
    net = Counter()
    history = loop(net).run(5, False, file)
    assert history.epoch.tolist() == [1, 2, 3, 4, 5]
    assert history.seconds.tolist() == [2, 4, 6, 8, 10]
    assert history.residual.tolist() == [2] * 5
    assert len(net.batches) == 3 * 3  # the epochs in the file are not run again
    assert net.w.value.tolist() == [15]
    more = Counter()
    assert len(loop(more).run(3, False, file)) == 5  # all of them are done
    assert more.batches == []
    assert more.w.value.tolist() == [15]


@pytest.mark.parametrize(('bad', 'kept', 'epochs'), [(6, 3, 1), (9, 6, 2), (2, 0, 0), (4, 0, 0)])
def test_a_bad_loss_takes_the_run_back_to_the_start_of_the_epoch_before(bad, kept, epochs, tmp_path):
    """Three updates an epoch. A bad loss in epoch 3 shows that epoch 2 may have ended badly: epoch 1 is kept."""
    net = Counter(losses=[1.0] * bad + [np.inf] * 20)
    file = tmp_path / 'run.npz'
    with pytest.raises(ratezoo.DivergedError, match=rf'the loss became inf in epoch {bad // 3 + 1}\.'):
        loop(net).run(9, False, file)
    assert net.w.value.tolist() == [kept]
    with np.load(file) as stored:
        assert len(stored['curve_loss']) == len(stored['curve_epoch']) == epochs


def test_a_run_that_goes_on_and_diverges_keeps_what_the_file_had(tmp_path):
    file = tmp_path / 'run.npz'
    loop(Counter()).run(4, False, file)
    net = Counter(losses=[np.nan] * 3)
    with pytest.raises(ratezoo.DivergedError, match=r'the loss became nan in epoch 5\.'):
        loop(net).run(9, False, file)
    assert net.w.value.tolist() == [12]
    with np.load(file) as stored:
        assert stored['curve_epoch'].tolist() == [1, 2, 3, 4]


class EndsBadly(Counter):
    """Its parameter is infinite from the sixth update on; its loss does not show it."""

    def update(self, params, state, data, key):
        new, state, report = super().update(params, state, data, key)
        return ({'w': np.full(1, np.inf)} if len(self.batches) >= 6 else new), state, report


def test_parameters_that_the_last_update_made_infinite_are_found():
    net = EndsBadly()
    with pytest.raises(ratezoo.DivergedError, match='in epoch 2'):
        loop(net).run(2, False, None)
    assert net.w.value.tolist() == [0]


def test_the_bar_shows_the_epochs(monkeypatch, tmp_path):
    bars = []

    class Bar:
        def __init__(self, **options):
            self.options, self.updates, self.shown, self.closed = options, 0, [], False
            self.disable = options['disable']
            bars.append(self)

        def set_postfix(self, loss, refresh):
            self.shown.append(loss)

        def update(self):
            self.updates += 1

        def close(self):
            self.closed = True

    monkeypatch.setattr(training, 'tqdm', Bar)
    file = tmp_path / 'run.npz'
    for epochs, progress in ((2, False), (5, True)):
        loop(Counter(losses=[0.123456] * 15)).run(epochs, progress, file)
    hidden, shown = bars
    assert hidden.options == {'total': 2, 'initial': 0, 'desc': 'Counter', 'disable': True, 'leave': True}
    assert hidden.updates == 0
    assert shown.options == {'total': 5, 'initial': 2, 'desc': 'Counter', 'disable': False, 'leave': True}
    assert shown.updates == 3
    assert shown.shown == ['0.1235'] * 3
    assert hidden.closed
    assert shown.closed


@pytest.mark.parametrize('size', [0, 8, -1, 1.5, 'all'])
def test_batches_have_between_one_sample_and_all(size):
    with pytest.raises(ratezoo.InvalidValueError, match=r'Counter\.fit: expected batch_size to be .* from 1 to 7'):
        loop(Counter(), size=size)
    for allowed in (1, 7, np.int64(2)):
        assert loop(Counter(), size=allowed).batch_size == allowed


def test_epochs_are_a_number_from_zero():
    net = Counter()
    history = loop(net).run(0, False, None)
    assert len(history) == 0
    assert history.residual is None
    assert history.epoch.dtype == int
    for epochs in (-1, 1.5, None):
        with pytest.raises(ratezoo.InvalidValueError, match=r'expected epochs to be an integer ≥ 0'):
            loop(net).run(epochs, False, None)
    with pytest.raises(ratezoo.InvalidValueError, match=r'got an optimiser\. Write epochs=…, optimizer=…'):
        loop(net).run(optax.adam(0.1), False, None)


@pytest.mark.parametrize('given', ['adam', types.SimpleNamespace(init=1), types.SimpleNamespace(update=1)])
def test_an_optimiser_has_init_and_update(given):
    with pytest.raises(ratezoo.InvalidValueError, match=r'Counter\.optimizer: expected an optax optimiser'):
        training.Training(Counter(), ('fit',), None, Samples(np.zeros((2, 1))), True, given, None, 0)


def test_a_history_says_how_long_it_is_and_where_it_ended():
    none = History(np.zeros(0, int), np.zeros(0), np.zeros(0))
    assert repr(none) == none._repr_html_() == 'History(no epochs)'
    some = History(np.arange(1, 4), np.array([2.0, 1.0, 0.12345]), np.array([1.0, 2.0, 3.456]))
    assert len(some) == 3
    assert repr(some) == 'History(3 epochs, loss 2 → 0.1235, 3.46 s)'
    assert 'History(3 epochs' in some._repr_html_()
    assert '<img' in some._repr_html_()


def test_a_file_of_another_shape_or_precision_is_another_run(tmp_path):
    file, run = tmp_path / 'run.npz', {'class': 'Net', 'seed': 3}
    tree = {'a': np.arange(3.0), 'b': (np.zeros((2, 2)), np.float64(1.0))}
    assert checkpoints.load(file, run, tree) is None
    checkpoints.save(file, run, tree, {'epoch': [1, 2], 'loss': [0.5, 0.25]})
    found, curves = checkpoints.load(file, run, tree)
    assert jax.tree_util.tree_all(jax.tree_util.tree_map(np.array_equal, found, tree))
    assert curves == {'epoch': [1, 2], 'loss': [0.5, 0.25]}
    other_shapes = ({**tree, 'a': np.arange(4.0)}, {**tree, 'a': np.arange(3.0, dtype=np.float32)}, {'a': tree['a']})
    for other in other_shapes:
        with pytest.raises(ratezoo.CheckpointError, match=r'run\.npz belongs to another run \(other optimizer or prec'):
            checkpoints.load(file, run, other)
    with pytest.raises(ratezoo.CheckpointError, match=r'\(other class, seed\)'):
        checkpoints.load(file, {'class': 'Other', 'seed': 4}, tree)

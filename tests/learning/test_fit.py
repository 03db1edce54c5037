"""Training: the loop, its history, its checkpoint, and online learning."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import TanhRNN, compilations, relative_error

import ratezoo
from ratezoo.learning import training


class Homework(ratezoo.RTRL, ratezoo.LinearRNN):
    """The single unit."""


class TanhNet(ratezoo.RTRL, TanhRNN):
    """A user's model."""


def data(rng, batch=6):
    return rng.normal(size=(batch, 5, 2)), rng.normal(size=(batch, 5, 3))


def test_gradient_descent_by_hand():
    x, y = ratezoo.tasks.homework_sequence()
    net, w, b, losses = Homework(), 1.0, 1.0, []
    for _ in range(4):
        loss, grads = Homework(w=w, b=b).gradient(x, y, r0=y[0])
        losses.append(loss)
        w, b = w - 0.1 * float(grads['w'][0, 0]), b - 0.1 * float(grads['b'][0])
    history = net.fit(x, y, 4, optax.sgd(0.1), r0=y[0], progress=False)
    assert relative_error(history.loss, np.array(losses)) < 1e-12
    assert net.w.value[0, 0] == pytest.approx(w, rel=1e-12)
    assert net.b.value[0] == pytest.approx(b, rel=1e-12)
    assert w != 1.0
    assert history.epoch.tolist() == [1, 2, 3, 4]
    assert (np.diff(history.seconds) > 0).all()


@pytest.mark.slow
def test_training_learns_what_a_teacher_does(rng):
    teacher, x = TanhNet(6, seed=9), rng.normal(size=(5, 2))
    y = np.stack([teacher.update(a) for a in x])
    net = TanhNet(6)
    history = net.fit(x, y, 400, optax.adam(3e-2), progress=False)
    assert history.loss[-1] < 1e-3 * history.loss[0]
    assert net.gradient(x, y)[0] < history.loss[0] * 1e-3


@pytest.mark.slow
def test_minibatches_are_shuffled_by_the_seed_and_use_every_sample(rng):
    x, y = data(rng, 7)
    params = []
    for seed in (0, 0, 1):
        net = TanhNet(4)
        history = net.fit(x, y, 3, optax.sgd(0.1), batch_size=3, seed=seed, progress=False)
        params.append(net.params_dict())
    assert relative_error(params[0], params[1]) == 0
    assert relative_error(params[0], params[2]) > 1e-6
    zero = TanhNet(4)  # no learning: the mean over all samples
    history = zero.fit(x, y, 1, optax.sgd(0.0), batch_size=3, progress=False)
    assert history.loss[0] == pytest.approx(zero.gradient(x, y)[0], rel=1e-12)


def test_online_learning_by_hand(rng):
    """The weights change at every step and the trace runs on; for a linear unit, written out."""
    x, y, dt, eta = rng.normal(size=8), rng.normal(size=8), 0.1, 0.05
    w, b, r, pw, pb, loss = 0.7, 0.2, 0.5, 0.0, 0.0, 0.0
    for t in range(8):
        r, pw, pb = r + dt * ((w - 1) * r + b + x[t]), pw + dt * ((w - 1) * pw + r), pb + dt * ((w - 1) * pb + 1)
        loss += (r - y[t]) ** 2 / 16
        w, b = w - eta * (r - y[t]) * pw / 8, b - eta * (r - y[t]) * pb / 8
    net = Homework(w=0.7, b=0.2)
    history = net.fit(x, y, 1, optax.sgd(eta), r0=0.5, online=True, progress=False)
    assert net.w.value[0, 0] == pytest.approx(w, rel=1e-12)
    assert net.b.value[0] == pytest.approx(b, rel=1e-12)
    assert history.loss[0] == pytest.approx(loss, rel=1e-12)
    offline = Homework(w=0.7, b=0.2)
    offline.fit(x, y, 1, optax.sgd(eta), r0=0.5, progress=False)
    assert abs(offline.w.value[0, 0] - w) > 1e-7  # and it is another rule


def test_online_learning_approaches_the_gradient_as_the_rate_falls(rng):
    x, y = data(rng)
    changes = {}
    _, grads = TanhNet(4).gradient(x, y)
    for eta in (1e-3, 1e-4):
        net = TanhNet(4)
        before = net.params_dict()
        net.fit(x, y, 1, optax.sgd(eta), online=True, progress=False)
        step = {p: (before[p] - net.params_dict()[p]) / eta for p in before}
        changes[eta] = relative_error(step, grads)
    assert changes[1e-3] > 1e-6
    assert changes[1e-4] == pytest.approx(changes[1e-3] / 10, rel=0.1)  # first order in the learning rate


def test_an_interrupted_run_goes_on_from_its_checkpoint(tmp_path, rng, monkeypatch):
    x, y = data(rng)
    file = tmp_path / 'run.npz'
    options = dict(optimizer=optax.adam(1e-2), batch_size=2, progress=False, seed=4)
    whole = TanhNet(4)
    expected = whole.fit(x, y, 8, **options)
    batches = training._batches

    def interrupted(count, size, seed, epoch, batched):
        if epoch == 4:
            raise KeyboardInterrupt
        return batches(count, size, seed, epoch, batched)

    monkeypatch.setattr(training, '_batches', interrupted)
    with pytest.raises(KeyboardInterrupt):
        TanhNet(4).fit(x, y, 8, checkpoint=file, **options)
    monkeypatch.undo()
    resumed = TanhNet(4)
    history = resumed.fit(x, y, 8, checkpoint=file, **options)
    assert history.epoch.tolist() == list(range(1, 9))
    assert np.array_equal(history.loss, expected.loss)
    assert relative_error(resumed.params_dict(), whole.params_dict()) == 0
    assert list(tmp_path.iterdir()) == [file]  # nothing half-written is left


def test_an_optimiser_that_hides_its_numbers_is_not_mistaken_for_another(rng):
    """A schedule that reads an array inside an inner jit."""
    x, y = data(rng)
    net, after = TanhNet(4), []
    for rates in (jnp.zeros(3), jnp.ones(3)):
        loss = net.fit(x, y, 2, optax.sgd(jax.jit(lambda count, rates=rates: rates[count])), progress=False).loss
        after.append(loss[1] != loss[0])
    assert after == [False, True]


def test_a_checkpoint_of_another_run_or_a_broken_one_is_refused(tmp_path, rng):
    x, y = data(rng)
    file = tmp_path / 'run.npz'
    TanhNet(4).fit(x, y, 2, progress=False, checkpoint=file)
    for change in (dict(seed=1), dict(batch_size=2), dict(optimizer=optax.sgd(0.1)), dict(online=True)):
        with pytest.raises(ratezoo.CheckpointError, match=r'run\.npz belongs to another run'):
            TanhNet(4).fit(x, y, 3, progress=False, checkpoint=file, **change)
    with pytest.raises(ratezoo.CheckpointError, match=r'expected the name of a file, such as run\.npz, got the folder'):
        TanhNet(4).fit(x, y, 2, progress=False, checkpoint=tmp_path)
    with pytest.raises(ratezoo.CheckpointError, match='another run'):
        TanhNet(5).fit(x, y, 3, progress=False, checkpoint=file)
    for other in (dict(alpha=np.ones(5)), dict(r0=np.ones(4))):
        with pytest.raises(ratezoo.CheckpointError, match='other data'):
            TanhNet(4).fit(x, y, 3, progress=False, checkpoint=file, **other)
    with pytest.raises(ratezoo.CheckpointError, match='other data'):
        TanhNet(4).fit(x + 1, y, 3, progress=False, checkpoint=file)
    with pytest.raises(ratezoo.CheckpointError, match='other optimizer'):
        TanhNet(4).fit(x, y, 3, optax.adam(0.5), progress=False, checkpoint=file)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ratezoo.CheckpointError, match=r'expected a complete checkpoint, got the damaged file run\.npz'):
        TanhNet(4).fit(x, y, 3, progress=False, checkpoint=file)
    with pytest.raises(ratezoo.CheckpointError, match=r'folder .* does not exist'):
        TanhNet(4).fit(x, y, 3, progress=False, checkpoint=tmp_path / 'no' / 'run.npz')


def test_a_run_that_diverges_keeps_the_last_good_parameters():
    x, y = ratezoo.tasks.homework_sequence()
    net = Homework()
    with pytest.raises(ratezoo.DivergedError, match=r'Homework\.fit: the loss became .* in epoch \d+'):
        net.fit(x, y, 500, optax.sgd(30.0), r0=y[0], progress=False)
    assert np.isfinite(net.w.value).all()
    assert net.w.value[0, 0] != 1.0


def test_a_second_fit_compiles_nothing(rng):
    x, y = data(rng)
    net = TanhNet(4)
    with compilations() as names:
        net.fit(x, y, 2, optax.adam(1e-3), progress=False)
        net.gradient(x, y)
    assert any('lambda' in n or 'update' in n for n in names)  # the counter works
    net.fit(x, y, 2, optax.adam(1e-3), progress=False)
    with compilations() as names:
        net.fit(x, y, 2, optax.adam(1e-3), progress=False)  # another object, the same optimiser
        net.gradient(x, y)
    assert names == []
    losses = [net.fit(x, y, 1, optax.sgd(rate), progress=False) and net.gradient(x, y)[0] for rate in (0.0, 0.1)]
    assert losses[0] != losses[1]  # but another rate is not mistaken for it


def test_noise_is_fresh_in_every_epoch_and_seeded(rng):
    x, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 3))
    net = TanhNet(4, sigma=0.5, seed=1)
    first = net.fit(x, y, 3, optax.sgd(0.0), progress=False).loss
    assert len(set(first)) == 3
    assert np.array_equal(first, net.fit(x, y, 3, optax.sgd(0.0), progress=False).loss)
    assert not np.array_equal(first, net.fit(x, y, 3, optax.sgd(0.0), seed=1, progress=False).loss)


@pytest.mark.parametrize(
    ('options', 'error', 'message'),
    [
        (dict(optimizer='adam'), ratezoo.InvalidValueError, r'TanhNet\.optimizer: expected an optax optimiser'),
        (dict(loss=lambda o, y: (o - y) ** 2), ratezoo.ShapeError, r'TanhNet\.loss: expected one number for a step'),
        (dict(loss='mse'), ratezoo.InvalidValueError, r'TanhNet\.loss'),
    ],
)
def test_bad_optimisers_and_losses(options, error, message, rng):
    x, y = data(rng)
    with pytest.raises(error, match=message):
        TanhNet(4).fit(x, y, 1, progress=False, **options)


@pytest.mark.parametrize('options', [dict(epochs=-1), dict(epochs=1.5), dict(batch_size=0), dict(batch_size=7)])
def test_bad_options(options, rng):
    x, y = data(rng)
    with pytest.raises(ratezoo.InvalidValueError, match=r'TanhNet\.fit: expected (epochs|batch_size)'):
        TanhNet(4).fit(x, y, progress=False, **options)


def test_no_epochs_change_nothing(rng):
    x, y = data(rng)
    net = TanhNet(4)
    before = net.params_dict()
    assert len(net.fit(x, y, 0, progress=False)) == 0
    assert relative_error(net.params_dict(), before) == 0


def test_parameters_that_only_the_last_update_spoils_are_told():
    """The loss is measured before the update, so it is still finite."""
    net = type('Net', (ratezoo.BPTT, ratezoo.LinearRNN), {})(1)
    before = np.array(net.w.value)
    with pytest.raises(ratezoo.DivergedError, match=r'Net\.fit: the parameters became NaN or infinite in epoch 1'):
        net.fit(np.zeros((3, 1)), np.zeros((3, 1)), 1, optax.sgd(float('nan')), progress=False)
    assert np.array_equal(net.w.value, before)

"""What the rules learn: the homework, the Add task online, the flip-flop, context-dependent integration, FORCE.

    python benchmarks/learning.py [homework add flipflop context force]

Three seeds each, float32. A time is that of training once it is compiled.
"""

import sys
import time

import numpy as np
import optax
from common import header

import ratezoo
from ratezoo.learning import rules
from ratezoo.tasks import tasks

SEEDS = range(3)


def compose(rule, model):
    return type(f'{rule}{model.__name__}', (rules[rule], model), {})


def line(name, results, unit=''):
    """Results of the seeds, and the time."""
    scores, seconds = zip(*results, strict=True)
    print(f'  {name:34s} {"  ".join(f"{s:.4f}" for s in scores)} {unit}   {np.median(seconds):.2f} s', flush=True)


def timed(net, fit):
    """Train, go back, train again: the time without compilation."""
    params = net.params_dict()
    fit()
    net.set_params(params)
    start = time.perf_counter()
    fit()
    return time.perf_counter() - start


def homework():
    print("The homework's sequence (T = 10, one linear unit, 300 epochs of descent, rate 0.1): loss before, after")
    for rule in ('RTRL', 'BPTT'):
        for seed in SEEDS:
            x, y = ratezoo.tasks.homework_sequence(seed=seed)
            net = compose(rule, ratezoo.LinearRNN)(1)
            history = net.fit(x, y, 300, optax.sgd(0.1), r0=y[:1], progress=False)
            print(f'  {rule}  seed {seed}:  {history.loss[0]:.4f} → {history.loss[-1]:.4f}')


def add():
    T = 50_000
    print(f'Add task online, lags 5 and 9, n = 32, {T} updates of one step each: cross-entropy on a new stream')
    floors = tasks['AddTask'].floors()
    print('  floors: ' + ', '.join(f'{k} {v:.4f}' for k, v in floors.items()))
    task, test = tasks['AddTask'](T=T), tasks['AddTask'](T=20_000).trials(1, 999)
    decay = optax.cosine_decay_schedule

    def clipped(rate):
        return optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(decay(rate, T)))

    for rule, name, optimizer in (
        ('RTRL', 'Adam 2e-3, cosine', optax.adam(decay(2e-3, T))),
        ('RTRL', 'SGD 3e-2', optax.sgd(3e-2)),
        ('KFRTRL', 'Adam 1e-3, cosine', optax.adam(decay(1e-3, T))),
        ('RFLO', 'SGD 1e-2, cosine', optax.sgd(decay(1e-2, T))),
        ('UORO', 'SGD 1e-2, cosine, clipped', clipped(1e-2)),
    ):
        results = []
        for seed in SEEDS:
            net = compose(rule, ratezoo.RateRNN)(2, 32, 2, dt=1.0, seed=seed)
            net.set_params({'W': np.linalg.qr(np.random.default_rng(seed).normal(size=(32, 32)))[0]})
            trial = task.trials(1, seed)

            def fit(net=net, trial=trial, optimizer=optimizer):
                net.fit(
                    trial.x[0], trial.y[0], 1, optimizer, alpha=np.ones(T), loss=task.loss, online=True, progress=False
                )

            seconds = timed(net, fit)
            results.append((task.score(net.predict(test.x), test), seconds))
        line(f'{rule}, {name}', results)


def flipflop():
    print('3-bit flip-flop, n = 32, 60 epochs of 64 trials, Adam 1e-2: fraction right on 200 new trials')
    task = tasks['FlipFlop']()
    for rule, options in (
        ('RTRL', {}),
        ('RTRL', {'block': 'dense'}),
        ('BPTT', {}),
        ('BPTT', {'remat': True}),
        ('SnAp', {'order': 2}),
    ):
        results = []
        for seed in SEEDS:
            net = compose(rule, ratezoo.RateRNN)(3, 32, 3, dt=0.5, seed=seed)
            trials, new = task.trials(64, seed), task.trials(200, seed + 1000)
            start = time.perf_counter()
            net.fit(trials.x, trials.y, 60, optax.adam(1e-2), batch_size=16, seed=seed, progress=False, **options)
            results.append((task.score(net.predict(new.x), new), time.perf_counter() - start))
        line(f'{rule} {options or ""}', results)


def context():
    print('Context-dependent integration, EIRateRNN n = 50, 60 epochs of 1000 trials, Adam 5e-3: fraction right')
    task = tasks['ContextIntegration']()
    for rule in ('BPTT',):
        results, kept = [], []
        for seed in SEEDS:
            net = compose(rule, ratezoo.EIRateRNN)(6, 50, 2, dt=0.2, seed=seed)
            trials, new = task.trials(1000, seed), task.trials(1000, seed + 1000)
            start = time.perf_counter()
            optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(5e-3))
            net.fit(trials.x, trials.y, 60, optimizer, alpha=trials.alpha, batch_size=50, seed=seed, progress=False)
            results.append((task.score(net.predict(new.x), new), time.perf_counter() - start))
            kept.append(bool((np.asarray(net.effective()['W']) * net.sign >= 0).all()))
        line(rule, results, "Dale's law " + ('intact' if all(kept) else 'BROKEN'))


def force():
    print('FORCE, sum of four sinusoids, 48 periods of training: √(⟨(z − f)²⟩/Var f) over the next periods')
    T, ahead = 57_600, 14_400
    y = tasks['MultiSine'](T=T + ahead).trials().y[0]
    for n in (500, 1000):
        two, twelve = [], []
        for seed in range(5):
            net = compose('FORCE', ratezoo.Reservoir)(n=n, seed=seed, dt=0.1)
            start = time.perf_counter()
            net.fit(None, y[:T], progress=False)
            seconds = time.perf_counter() - start
            runner = ratezoo.Runner(net, dt=0.1, progress_bar=False)
            z = np.asarray(runner.run(inputs=np.zeros((ahead, 1))))
            error = (z - y[T:]) ** 2 / np.var(y[T:])
            two.append((np.mean(error[:2400]) ** 0.5, seconds))
            twelve.append((np.mean(error) ** 0.5, seconds))
        line(f'n = {n}, two periods', two)
        line(f'n = {n}, twelve periods', twelve)


if __name__ == '__main__':
    header()
    parts = dict(homework=homework, add=add, flipflop=flipflop, context=context, force=force)
    for name in sys.argv[1:] or parts:
        parts[name]()
        print()

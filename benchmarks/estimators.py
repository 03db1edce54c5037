"""How good the approximate gradients are: cosine, mean squared error and bias against the exact one.

    python benchmarks/estimators.py

n = 32, T = 100, orthogonal recurrent matrix, leak α = 1 and 0.5, the inputs and targets of the Add task; the gradient
by the recurrent weights, five networks, 200 runs of each random rule. 'bias' is the norm of the mean's error and
'noise' what an unbiased rule would show, √(MSE/200).
"""

import numpy as np
from common import header

import ratezoo
from ratezoo.learning import rules
from ratezoo.tasks import tasks

RUNS, NETWORKS = 200, 5


def network(rule, alpha, seed, n=32):
    net = type('Net', (rules[rule], ratezoo.RateRNN), {})(2, n, 2, dt=alpha, seed=seed)
    net.set_params({'W': np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]})
    return net


def figures(rule, alpha, **options):
    task, found = tasks['AddTask'](T=100), []
    for seed in range(NETWORKS):
        trial = task.trials(1, seed)
        data = dict(x=trial.x[0], y=trial.y[0], loss=task.loss)
        net = network(rule, alpha, seed)
        g = np.ravel(network('RTRL', alpha, seed).gradient(**data)[1]['W']).astype(float)
        h = np.array(
            [np.ravel(net.gradient(**data, seed=k, **options)[1]['W']) for k in range(RUNS if net.stochastic else 1)],
            float,
        )
        mse = np.mean(np.sum((h - g) ** 2, 1)) / (g @ g)
        cosine = np.mean(h @ g / np.linalg.norm(h, axis=1)) / np.linalg.norm(g)
        found.append((cosine, mse, np.linalg.norm(h.mean(0) - g) / np.linalg.norm(g), (mse / len(h)) ** 0.5))
    return np.array(found)


if __name__ == '__main__':
    header()
    print(f'{"rule":22s} α     cosine            relative MSE       bias    noise')
    for rule, options in (
        ('UORO', {}),
        ('UORO', {'probes': 10}),
        ('UORO', {'probes': 100}),
        ('KFRTRL', {}),
        ('KFRTRL', {'probes': 4}),
        ('RKF', {}),
        ('RFLO', {}),
        ('SnAp', {}),
    ):
        for alpha in (1.0, 0.5):
            c, mse, bias, noise = figures(rule, alpha, **options).T
            random = rules[rule].stochastic
            print(
                f'{rule + (f" {options}" if options else ""):22s} {alpha:3g}   {c.mean():.3f} ± {c.std():.3f}     '
                f'{mse.mean():7.3g} ± {mse.std():6.2g}   {bias.mean():6.3f}  '
                f'{f"{noise.mean():6.3f}" if random else "  (no noise)"}',
                flush=True,
            )

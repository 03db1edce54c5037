"""How good the cheap online gradients are, against the exact one and against independent programs of the same rules.

    python docs/estimators.py                  # 40 networks; about ten minutes
    python docs/estimators.py --networks 5     # fewer

The tables stand in docs/estimators.md. The networks: RateRNN with n = 32, an orthogonal recurrent matrix, the leak
α = 1 or 1/2, T = 100 steps of the Add task. The gradient is that by W, W_in and b together. With the estimate ĝ, the
exact gradient g, and means over the runs of one network:

* relative MSE = mean ‖ĝ − g‖²/‖g‖²;
* cosine = mean ĝ·g/(‖ĝ‖ ‖g‖);
* bias = ‖mean ĝ − g‖/‖g‖. An estimate without bias shows about √(MSE/runs) here.

"Independent" are the NumPy loops of tests/learning/published.py. They share no code with the library, and they draw
their own signs.
"""

import argparse
import functools
import sys
from pathlib import Path

import brainpy.math as bm
import numpy as np

import ratezoo
from ratezoo.learning import rules
from ratezoo.tasks import tasks

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests' / 'learning'))
import published

N, T = 32, 100
SCALES = (0.1, 0.3, 1.0, 3.0, 10.0)
# Name in the table, class, options, the independent program, and how many signs that takes at each step.
ESTIMATORS = (
    ('UORO', 'UORO', {}, published.uoro, N),
    ('UORO, 10 probes', 'UORO', {'probes': 10}, None, 0),
    ('KF-RTRL', 'KFRTRL', {}, published.kf_rtrl, 2),
    ('RKF-RTRL', 'RKF', {}, published.r_kf_rtrl, N),
    ('RFLO', 'RFLO', {}, published.rflo, 0),
    ('SnAp-1', 'SnAp', {}, None, 0),
)


@functools.cache
def compiled(rule, alpha):
    """A RateRNN trained by this rule. It is compiled once, and takes the parameters of one network after the other."""
    return type('Net', (rules[rule], ratezoo.RateRNN), {})(2, N, 2, dt=alpha, seed=0)


@functools.cache
def parameters(seed):
    """The parameters of a network, with an orthogonal W."""
    W = np.linalg.qr(np.random.default_rng(seed).normal(size=(N, N)))[0]
    return {**ratezoo.RateRNN(2, N, 2, seed=seed).params_dict(), 'W': W}


def gradient(rule, alpha, network, x, y, **options):
    """The gradient by [W, W_in, b], flat."""
    net = compiled(rule, alpha)
    net.set_params(parameters(network))
    grads = net.gradient(x, y, **options)[1]
    return np.ravel(np.concatenate([grads['W'], grads['W_in'], np.asarray(grads['b'])[:, None]], 1))


def trial(seed, steps=T, scale=1.0):
    """One trial of the Add task: its inputs times ``scale``, and its targets as numbers for ½‖output − y‖²."""
    made = tasks['AddTask'](T=steps).trials(1, seed)
    y = np.asarray(made.y[0])
    return scale * np.asarray(made.x[0], float), y.astype(float) if y.ndim == 2 else np.eye(2)[y]


def by_library(rule, options, alpha, seed, runs, x, y):
    """The gradients of some runs, a row each."""
    count = runs if rules[rule].stochastic else 1
    return np.array([gradient(rule, alpha, seed, x, y, seed=seed * runs + k, **options) for k in range(count)])


def by_program(program, signs, alpha, seed, runs, x, y):
    """The same by an independent program, with signs of its own."""
    params, rng = parameters(seed), np.random.default_rng([seed, 1])
    draws = [rng.choice([-1.0, 1.0], (len(x), signs)) for _ in range(runs)] if signs else [None]
    return np.array([np.ravel(program(params, alpha, x, y, drawn)) for drawn in draws])


def figures(estimates, g):
    """Relative MSE, cosine and bias of the runs of one network."""
    error = estimates - g
    mse = np.mean(np.sum(error**2, 1)) / (g @ g)
    cosine = np.mean(estimates @ g / np.linalg.norm(estimates, axis=1)) / np.linalg.norm(g)
    return mse, cosine, np.linalg.norm(error.mean(0)) / np.linalg.norm(g)


def shown(values):
    values = np.asarray(values)
    return f'{values.mean():.3g} ± {values.std():.2g}'


def estimators(networks, runs):
    """Table 1: each rule, by the library and by the independent program, on the same networks."""
    print('| rule | α | program | relative MSE | cosine | bias | √(MSE/runs) |\n|---|---|---|---|---|---|---|')
    for name, rule, options, program, signs in ESTIMATORS:
        for alpha in (1.0, 0.5):
            found = {'ratezoo': [], 'independent': []}
            for seed in range(networks):
                x, y = trial(seed)
                g = gradient('RTRL', alpha, seed, x, y)
                found['ratezoo'].append(figures(by_library(rule, options, alpha, seed, runs, x, y), g))
                if program:
                    found['independent'].append(figures(by_program(program, signs, alpha, seed, runs, x, y), g))
            for by, rows in found.items():
                if rows:
                    mse, cosine, bias = np.transpose(rows)
                    noise = f'{np.mean((mse / runs) ** 0.5):.2f}' if rules[rule].stochastic else '—'
                    print(
                        f'| {name} | {alpha:g} | {by} | {shown(mse)} | {shown(cosine)} | {bias.mean():.2f} | {noise} |',
                        flush=True,
                    )


def of_one_step(alpha, seed, x, y):
    """The relative MSE of UORO after one step, in closed form.

    With δ_i = ∂l/∂r_i and G_i = ∂r_i/∂w, ĝ = Σ_ij ν_i ν_j δ_i G_j and g = Σ_i δ_i G_i. The vectors G_i are orthogonal.
    So E‖ĝ − g‖² = Σ_{i≠j} δ_i² ‖G_j‖².
    """
    (_, D, z, dl), *_ = published.run(parameters(seed), alpha, x, y)
    size = D**2 * (z @ z)
    return ((dl**2).sum() * size.sum() - (dl**2 * size).sum()) / (dl**2 * size).sum()


def memory(alpha, seed, x, y):
    """How many steps an influence lasts: Σ_k ‖J_{t+k} … J_{t+1}‖²_F/n, averaged over the t of the first half."""
    jacobians = [J for J, *_ in published.run(parameters(seed), alpha, x, y)]
    lasting = []
    for t in range(0, len(x) // 2, 5):
        product, total = np.eye(N), 1.0
        for J in jacobians[t + 1 :]:
            product = J @ product
            total += np.sum(product**2) / N
        lasting.append(total)
    return np.mean(lasting)


def scales(networks, runs):
    """Table 2: UORO against the size of the input."""
    print(
        '\n| input × | α | after one step: measured | closed form | T = 100: relative MSE | cosine | memory, steps |\n'
        '|---|---|---|---|---|---|---|'
    )
    for scale in SCALES:
        for alpha in (1.0, 0.5):
            rows = []
            for seed in range(networks):
                x, y = trial(seed, scale=scale)
                first, whole = (
                    figures(by_library('UORO', {}, alpha, seed, runs, *part), gradient('RTRL', alpha, seed, *part))
                    for part in ((x[:1], y[:1]), (x, y))
                )
                rows.append((first[0], of_one_step(alpha, seed, x, y), *whole[:2], memory(alpha, seed, x, y)))
            print(
                f'| {scale:g} | {alpha:g} | ' + ' | '.join(shown(column) for column in np.transpose(rows)) + ' |',
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--networks', type=int, default=40)
    parser.add_argument('--runs', type=int, default=50, help='runs of each random rule on each network')
    chosen = parser.parse_args()
    bm.enable_x64()
    estimators(chosen.networks, chosen.runs)
    scales(chosen.networks, chosen.runs)


if __name__ == '__main__':
    main()

"""Associative memories: recall against load, and the critical load by finite-size scaling.

    python benchmarks/memories.py            # about five minutes

A pattern counts as recalled if the network, started there, comes to rest with an overlap above 0.95. The fraction of
recalled patterns f(α, N) is fitted by Φ(c_0 − c_1 (α − α_c) √N), whose curves for all N cross at α_c; Amit, Gutfreund
and Sompolinsky's theory (1985, 1987) gives α_c = 0.138.
"""

import time

import numpy as np
from common import header
from scipy.optimize import curve_fit
from scipy.stats import norm

import ratezoo

LOADS = np.array([0.12, 0.13, 0.138, 0.145, 0.15, 0.155, 0.16, 0.17])


def recalled(N, load, seed):
    """The fraction of (at most 150) patterns that stay."""
    net = ratezoo.Hopfield(N, patterns=round(load * N), seed=seed)
    cues = net.patterns[:150]
    r = np.asarray(net.relax(r0=cues, max_steps=500).r)
    return np.mean(np.sum(r * cues, 1) / N > 0.95)


def main():
    header()
    print('N = 1000, five seeds: mean fraction recalled (range)')
    for load in (0.10, 0.12, 0.138, 0.15):
        f = [recalled(1000, load, s) for s in range(5)]
        print(f'  P/N = {load:.3f}: {np.mean(f):.3f} ({min(f):.3f}-{max(f):.3f})')
    sizes, means, errors = [], [], []
    print('\n' + ' ' * 10 + ''.join(f'{a:>8.3f}' for a in LOADS))
    for N, seeds in ((250, 40), (500, 20), (1000, 10), (2000, 5)):
        start = time.perf_counter()
        f = np.array([[recalled(N, a, 100 + s) for s in range(seeds)] for a in LOADS])
        sizes.append(N)
        means.append(f.mean(1))
        errors.append(np.maximum(f.std(1) / seeds**0.5, 0.004))
        print(f'N = {N:5d} ' + ''.join(f'{v:8.3f}' for v in means[-1]) + f'   ({time.perf_counter() - start:.0f} s)')
    N, a = np.repeat(sizes, len(LOADS)), np.tile(LOADS, len(sizes))
    means, errors = np.concatenate(means), np.concatenate(errors)

    def model(_, critical, c0, c1):
        return norm.cdf(c0 - c1 * (a - critical) * N**0.5)

    best, covariance = curve_fit(model, a, means, (0.14, 1.0, 1.0), errors, absolute_sigma=True)
    chi2 = np.mean(((model(a, *best) - means) / errors) ** 2)
    print(f'\nα_c = {best[0]:.4f} ± {covariance[0, 0] ** 0.5:.4f}  (χ² per point {chi2:.2f})')
    print('\nModern Hopfield network, n = 64, β = 1, cues with a tenth of the units flipped:')
    rng = np.random.default_rng(0)
    for P in (640, 6400):
        net = ratezoo.ModernHopfield(64, patterns=P, seed=0, dt=1.0)
        cues = net.patterns[:500].copy()
        for row in cues:
            row[rng.permutation(64)[:6]] *= -1
        r = np.asarray(net.relax(r0=cues).r)
        print(f'  {P} patterns: {np.mean(np.sum(r * net.patterns[:500], 1) / 64 > 0.95):.3f} of them recalled')


if __name__ == '__main__':
    main()

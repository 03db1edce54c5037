"""Vanishing and exploding gradients: the linear Elman network's ∂L/∂h_t in closed form.

    python docs/vanishing.py vanishing.png

For h_t = W_hx x_t + W_hh h_{t−1} and o_t = W_qh h_t, `linear_bptt` writes ∂L/∂h_t with powers of W_hhᵀ. Checked here
against `jax.grad` in double precision, then drawn for a W_hh that is ρ times an orthogonal matrix, with an error at the
last step alone: ‖∂L/∂h_t‖ = ρ^{T−t} ‖∂L/∂h_T‖.
"""

import argparse

import brainpy.math as bm
import jax
import jax.numpy as jnp
import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

import ratezoo
from ratezoo.models.lecture import linear_bptt

T, N = 60, 20


def network(rho):
    """A linear `ElmanRNN` whose recurrent weights are ρ times an orthogonal matrix."""
    net = ratezoo.ElmanRNN(2, N, 3, phi='linear', seed=0)
    net.set_params({'W_hh': rho * np.linalg.qr(np.random.default_rng(1).normal(size=(N, N)))[0]})
    return net


def by_jax(net, x, dL_do):
    """∂L/∂h_t by `jax.grad`: L = Σ_t ∂L/∂o_t · o_t is differentiated by a nudge added to each h_t."""
    params = net.params_dict()

    def L(nudges):
        h, total = net.initial_state(), 0.0
        for x_t, nudge, slope in zip(x, nudges, dL_do, strict=True):
            h = net.step(h, params, x_t) + nudge
            total = total + slope @ net.output(h, params)
        return total

    return jax.grad(L)(jnp.zeros((len(x), N)))


def check(rho):
    """Largest relative difference between the closed form and `jax.grad`, errors at all steps."""
    rng = np.random.default_rng(2)
    net, x, dL_do = network(rho), rng.normal(size=(12, 2)), rng.normal(size=(12, 3))
    expected = by_jax(net, x, dL_do)
    closed_form = linear_bptt(net.W_hh.value, net.W_qh.value, dL_do)
    return float(np.linalg.norm(closed_form - expected) / np.linalg.norm(expected))


def main():
    parser = argparse.ArgumentParser(description='Draw vanishing and exploding gradients.')
    parser.add_argument('path', help='where the figure is saved')
    path = parser.parse_args().path
    bm.enable_x64()
    figure, axes = plt.subplots(figsize=(5.6, 3.4), layout='constrained')
    steps, dL_do = np.arange(1, T + 1), np.zeros((T, 3))
    dL_do[-1] = 1.0
    for rho, color in ((1.1, 'C3'), (1.0, 'C7'), (0.9, 'C0')):
        difference = check(rho)
        if not difference < 1e-12:
            raise SystemExit(f'rho = {rho}: the closed form is off by {difference:.1e}')
        print(f'rho = {rho}: closed form against jax.grad, relative difference {difference:.1e}')
        net = network(rho)
        sizes = np.linalg.norm(linear_bptt(net.W_hh.value, net.W_qh.value, dL_do), axis=1)
        axes.semilogy(steps, sizes, color=color, lw=2)
        axes.annotate(
            f'ρ = {rho:.1f}', (1, sizes[0]), (-6, 0), textcoords='offset points', ha='right', va='center', color=color
        )
    axes.set(xlabel='step t (the error is at t = T = 60)', ylabel='‖∂L/∂h$_t$‖', xlim=(-9, T + 1))
    axes.set_xticks([1, 20, 40, 60])
    axes.spines[['top', 'right']].set_visible(False)
    figure.savefig(path, dpi=110)


if __name__ == '__main__':
    main()

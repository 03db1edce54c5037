"""Energies of layered networks, against plain loops."""

import numpy as np
import pytest

import ratezoo


def explicit_energy(net, params, r, x):
    """E by loops over channels, places and taps: zero-padded at both sides alike, or once more below and right."""
    E, below = 0.5 * np.sum(r**2), x.reshape(net.image)
    at = 0
    for k, shape in enumerate(net.shapes, 1):
        layer = r[at : at + int(np.prod(shape))].reshape(shape)
        at += int(np.prod(shape))
        rho, W, b = np.tanh(layer), params[f'W{k}'], params[f'b{k}']
        if len(shape) == 1:
            return E - rho @ (W @ below.ravel() + b)
        s, stride = W.shape[-1], net.stride
        sides = zip(shape[1:], below.shape[1:], strict=True)
        pads = [max((out - 1) * stride + s - side, 0) // 2 for out, side in sides]
        for c, i, j in np.ndindex(shape):
            drive = b[c]
            for d, u, v in np.ndindex(W.shape[1:]):
                row, column = i * stride + u - pads[0], j * stride + v - pads[1]
                if 0 <= row < below.shape[1] and 0 <= column < below.shape[2]:
                    drive += W[c, d, u, v] * below[d, row, column]
            E -= rho[c, i, j] * drive
        below = rho
    return E


@pytest.mark.slow
@pytest.mark.parametrize(('image', 'kernel', 'stride'), [((2, 5, 4), 3, 2), ((4, 4), 3, 1), ((1, 6, 6), 2, 2)])
def test_the_convolutional_energy_is_the_sum_over_all_taps(image, kernel, stride, rng):
    net = ratezoo.ConvolutionalEnergyModel(image, (3, 2), 4, kernel=kernel, stride=stride, activation='tanh', seed=0)
    net.set_params({f'b{k}': rng.normal(size=v) for k, v in ((1, 3), (2, 2), (3, 4))})
    params = {p: np.asarray(v) for p, v in net.params_dict().items()}
    r, x = rng.normal(size=net.n), rng.normal(size=net.n_in)
    assert np.isclose(net.energy(r, net.params_dict(), x), explicit_energy(net, params, r, x), rtol=1e-12)
    F, eps = np.asarray(net.F(r, net.params_dict(), x)), 1e-6
    for i in range(0, net.n, 7):
        e = eps * np.eye(net.n)[i]
        slope = (explicit_energy(net, params, r + e, x) - explicit_energy(net, params, r - e, x)) / (2 * eps)
        assert np.isclose(F[i], -slope, atol=1e-7)


@pytest.mark.slow
def test_equilibrium_propagation_through_convolutions(rng):
    made = [
        type('Net', (rule, ratezoo.ConvolutionalEnergyModel), {})((4, 4), (3,), 2, activation='tanh', seed=0, dt=0.3)
        for rule in (ratezoo.EquilibriumPropagation, ratezoo.ImplicitGradient)
    ]
    x, y = 0.5 * rng.normal(size=(2, 16)), 0.3 * rng.normal(size=(2, 2))
    exact = made[1].gradient(x, y, tol=1e-13)[1]
    for options, error in ((dict(nudge=0.001), 1e-5), (dict(scheme='holomorphic', points=8, nudge=0.1), 1e-4)):
        grads = made[0].gradient(x, y, tol=1e-13, **options)[1]
        for p, g in exact.items():
            assert np.linalg.norm(grads[p] - g) < error * np.linalg.norm(g)


def test_energy_never_rises_in_layers_of_any_kind(rng):
    for net in (
        ratezoo.ConvolutionalEnergyModel((4, 4), (3, 2), 2, seed=0),
        ratezoo.LayeredEnergyModel((16, 8, 6, 2), activation='shifted-sigmoid', seed=0),
    ):
        net.reset_state(r0=rng.random(net.n))
        runner = ratezoo.Runner(net, monitors=['E'], progress_bar=False)
        runner.run(inputs=rng.random(16) * np.ones((100, 1)))
        assert (np.diff(runner.mon['E']) <= 1e-12).all()
        assert runner.mon['E'][-1] < runner.mon['E'][0]


@pytest.mark.parametrize(
    ('make', 'match'),
    [
        (lambda: ratezoo.ConvolutionalEnergyModel(8), r'ConvolutionalEnergyModel\.image: expected \(height, width\)'),
        (lambda: ratezoo.ConvolutionalEnergyModel(channels=()), r'ConvolutionalEnergyModel\.channels'),
        (
            lambda: ratezoo.ConvolutionalEnergyModel(kernel=0),
            r'Model\.kernel: expected a whole number ≥ 1, got 0',
        ),
        (lambda: ratezoo.ConvolutionalEnergyModel(activation='x'), r'\.activation: expected one of hard-sigmoid'),
        (lambda: ratezoo.LayeredEnergyModel(activation='x'), r'\.activation: expected one of hard-sigmoid'),
        (lambda: ratezoo.LayeredEnergyModel((3,)), r'LayeredEnergyModel\.sizes'),
    ],
)
def test_bad_input_is_named(make, match):
    with pytest.raises(ratezoo.RateZooError, match=match):
        make()

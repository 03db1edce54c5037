"""f-I curves against simulated neurons and against the integral as it was published."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfcx

import ratezoo
from ratezoo.curves import LIF, Curve, PowerLaw, Siegert, Sigmoid, Softplus, Tanh, ThresholdLinear, curves


def simulated(curve, I, dt, steps, units, sigma=0.0, seed=0):
    """Spikes per second of LIF neurons, by Euler steps in NumPy, after a first fifth of the run."""
    rng, spikes = np.random.default_rng(seed), 0
    V, rest = np.linspace(curve.V_reset, curve.V_th, units, endpoint=False), np.zeros(units, int)
    for k in range(steps):
        V += dt / curve.tau * (curve.V_rest + curve.R * I - V)
        if sigma:
            V += sigma * (dt / curve.tau) ** 0.5 * rng.standard_normal(units)
        V[rest > 0] = curve.V_reset
        spike = curve.V_th <= V
        V[spike] = curve.V_reset
        rest = np.where(spike, round(curve.t_ref / dt), rest - 1)
        spikes += spike.sum() * (k >= steps // 5)
    return 1000 * spikes / (units * (steps - steps // 5) * dt)


@pytest.mark.parametrize('I', [2.1, 3.0, 6.0])
def test_the_lif_curve_is_that_of_a_simulated_neuron(I):
    """Noiseless, within 1 %."""
    curve = LIF()
    assert simulated(curve, I, 0.01, 100_000, units=50) == pytest.approx(float(curve(I)), rel=0.01)
    assert float(curve(1.99)) == 0


@pytest.mark.slow
@pytest.mark.parametrize('I', [1.5, 2.0, 3.0])
def test_siegerts_formula_is_that_of_a_simulated_neuron(I):
    """In white noise, below, at and above threshold, within 3 %. A threshold that is looked at every Δt acts like one
    that is 0.5826 σ √(Δt/τ) higher (Broadie, Glasserman and Kou 1997); that is taken off the simulated neuron's."""
    curve, dt = Siegert(sigma=6.0), 0.01
    looked_at = replace(curve, V_th=curve.V_th - 0.5826 * curve.sigma * (dt / curve.tau) ** 0.5)
    assert simulated(looked_at, I, dt, 60_000, units=2000, sigma=6.0) == pytest.approx(float(curve(I)), rel=0.03)


@pytest.mark.parametrize('sigma', [0.5, 5.0, 40.0])
def test_siegerts_formula_is_the_published_integral(sigma):
    """√π ∫ e^{s²}(1 + erf s) ds by SciPy, from rates of 1e-8 Hz to the refractory limit."""
    curve = Siegert(sigma=sigma)
    for I in (1.0, 1.9, 2.0, 2.5, 5.0, 30.0):
        low, high = ((edge - curve.V_rest - curve.R * I) / sigma for edge in (curve.V_reset, curve.V_th))
        if high > 7:
            continue
        passage = np.pi**0.5 * quad(lambda s: erfcx(-s), low, high, epsabs=0, epsrel=1e-11, limit=500)[0]
        assert float(curve(I)) == pytest.approx(1000 / (curve.t_ref + curve.tau * passage), rel=1e-8)


def test_without_noise_siegert_is_the_noiseless_curve():
    I = np.linspace(2.3, 10, 9)
    assert np.allclose(Siegert(sigma=0.02)(I), LIF()(I), rtol=1e-4)
    assert float(Siegert(sigma=0.02)(1.0)) < 1e-20


def test_the_others_at_values_worked_by_hand():
    assert np.allclose(ThresholdLinear(2.0, 1.0)(np.array([0.0, 1.0, 2.0])), [0, 0, 2])
    assert np.allclose(Sigmoid(10.0, 2.0, 1.0)(np.array([1.0, 1 + np.log(3) / 2])), [5, 7.5])
    assert np.allclose(Tanh(2.0, 0.5)(np.array([0.0, 2.0])), [0, 2 * np.tanh(1)])
    assert np.allclose(Softplus(3.0, 1.0, 2.0)(np.array([1.0, 500.0])), [1.5 * np.log(2), 3 * 499])
    assert np.allclose(PowerLaw(0.04, 2.0)(np.array([-1.0, 5.0])), [0, 1])


@pytest.mark.quick(1)
@pytest.mark.parametrize('name', curves)
def test_every_curve_rises_and_can_be_differentiated(name):
    curve = curves[name]()
    assert isinstance(curve, Curve)
    I = np.linspace(-3, 8, 45)
    r = np.asarray(curve(I))
    assert np.isfinite(r).all()
    assert (np.diff(r) >= -1e-12).all()
    slope = jax.vmap(jax.grad(lambda i: curve(i).sum()))(I)
    assert np.isfinite(slope).all()
    middle = np.asarray([(float(curve(i + 1e-6)) - float(curve(i - 1e-6))) / 2e-6 for i in (3.3, 6.1)])
    assert np.allclose([float(jax.grad(lambda i: curve(i).sum())(i)) for i in (3.3, 6.1)], middle, rtol=1e-5)


def test_a_curve_is_a_networks_phi():
    net = ratezoo.RateRNN(1, 3, 1, phi=Softplus(gain=0.5), seed=0)
    found = net.relax(np.ones(1))
    current = np.asarray(net.W.value) @ found.r + np.asarray(net.W_in.value) @ np.ones(1)
    assert np.allclose(found.r, 0.5 * np.log1p(np.exp(current)), atol=1e-8)


@pytest.mark.parametrize(
    ('make', 'match'),
    [
        (lambda: LIF(tau=0.0), r'LIF\.tau: expected a number > 0'),
        (lambda: LIF(V_reset=-40.0), r'LIF\.V_reset'),
        (lambda: Siegert(sigma=-1.0), r'Siegert\.sigma'),
        (lambda: LIF(t_ref=-1.0), r'LIF\.t_ref'),
        (lambda: Sigmoid(gain=float('nan')), r'Sigmoid\.gain: expected a finite number'),
    ],
)
def test_bad_constants_are_named(make, match):
    with pytest.raises(ratezoo.InvalidValueError, match=match):
        make()

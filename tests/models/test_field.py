"""Neural fields: the quadrature of a step between two places, the periodic kernel, and what the constructor refuses."""

import numpy as np
import pytest
from scipy.integrate import quad

import ratezoo


def by_hand(u, x, *, theta, A_e, A_i, sigma_e, sigma_i, tau, length):
    """du/dt of Eq. (1) by loops: the active shares, and the weights integrated over each cell and its images."""
    n = len(u)
    dx = length / n

    def share(k):  # of the interval between the places k and k + 1
        a, b = u[k] - theta, u[(k + 1) % n] - theta
        return quad(lambda s: float(a + s * (b - a) > 0), 0, 1, points=[np.clip(a / (a - b), 0, 1)])[0]

    f = [(share(k - 1) + share(k)) / 2 for k in range(n)]

    def weight(j):  # of a cell at the distance j · dx
        def w(y):
            e, i = np.exp(-abs(y) / sigma_e) / (2 * sigma_e), np.exp(-abs(y) / sigma_i) / (2 * sigma_i)
            return A_e * e - A_i * i

        centres = dx * j + length * np.arange(-3, 4)
        return sum(quad(w, c - dx / 2, c + dx / 2, points=[min(max(0.0, c - dx / 2), c + dx / 2)])[0] for c in centres)

    weights = [weight(j) for j in range(n)]
    return np.array([(-u[k] + sum(weights[(k - j) % n] * f[j] for j in range(n)) + x[k]) / tau for k in range(n)])


def test_F_is_the_integral_over_cells(rng):
    constants = {'theta': 0.3, 'A_e': 1.7, 'A_i': 0.9, 'sigma_e': 1.1, 'sigma_i': 1.9, 'tau': 7.0, 'length': 16.0}
    net = ratezoo.NeuralField(16, **constants)
    u, x = rng.normal(0.3, 0.5, size=(2, 16))
    assert np.allclose(net.F(u, {}, x), by_hand(u, x, **constants), atol=1e-8)


def test_active_is_the_share_above_the_threshold():
    """A parabola is above 0.25 where |x| < 0.5; between the places it is a line, which moves an edge a little."""
    net = ratezoo.NeuralField(n=100, length=16.0)
    for shift in (0.0, 0.03, 0.11):
        u = 0.5 - (net.places - shift) ** 2
        active = np.asarray(net.active(u))
        assert active.sum() * net.dx == pytest.approx(1.0, abs=0.02)
        assert ((active >= 0) & (active <= 1)).all()
    assert np.array_equal(net.active(np.ones(100)), np.ones(100))
    assert np.array_equal(net.active(np.zeros(100)), np.zeros(100))


def test_closed_forms_are_refused_where_they_do_not_hold():
    with pytest.raises(ratezoo.InvalidValueError, match=r'NeuralField\.theta: expected a threshold between 0 and'):
        ratezoo.NeuralField(theta=1.1).front_speed()
    assert ratezoo.NeuralField(theta=0.6, A_e=3.0, A_i=2.5).bump_widths() == []
    with pytest.raises(ratezoo.InvalidValueError, match=r'NeuralField\.length: expected at least 8 sigma, 16'):
        ratezoo.NeuralField(length=10.0)
    with pytest.raises(ratezoo.InvalidValueError, match=r'NeuralField\.sigma_e: expected a length > 0'):
        ratezoo.NeuralField(sigma_e=0.0)


def test_the_speed_with_inhibition_is_that_of_the_integral():
    """θ = ∫_0^∞ e^{−s} ∫_{cτs}^∞ w(y) dy ds, by quadrature."""
    net = ratezoo.NeuralField(theta=0.4, A_e=2.0, A_i=0.5, sigma_e=0.8, sigma_i=1.7, tau=12.0)
    c = net.front_speed()

    def beyond(s):
        return (net.A_e - net.A_i) / 2 - float(net.W(c * 12.0 * s))

    assert quad(lambda s: np.exp(-s) * beyond(s), 0, np.inf)[0] == pytest.approx(0.4, abs=1e-8)
    assert quad(net.w, 0, 1.3)[0] == pytest.approx(float(net.W(1.3)))

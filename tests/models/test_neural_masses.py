"""The methods of the whole-brain neural masses, beside what their claims measure."""

import numpy as np
import pytest

import ratezoo
from ratezoo.errors import InvalidValueError
from ratezoo.models.populations import softened_line


def test_the_inhibition_that_is_needed_rises_linearly_with_the_input():
    net = ratezoo.DynamicMeanField()
    J_I = net.feedback_inhibition(np.array([0.0, 0.1, 0.3]), rate=5.0)
    assert J_I.shape == (3,)
    assert np.allclose(np.diff(J_I) / [0.1, 0.2], (J_I[1] - J_I[0]) / 0.1)
    assert isinstance(net.feedback_inhibition(), float)


@pytest.mark.parametrize('rate', [0.1, 40.0])
def test_the_inhibition_holds_low_and_high_rates(rate):
    net = ratezoo.DynamicMeanField()
    net.J_I = net.feedback_inhibition(0.2, rate=rate)
    steady = net.relax(np.array([0.2]), solver='newton', r0=near(net, rate)).r
    assert abs(float(net.rates(steady, 0.2)[0][0]) - rate) < 1e-6


def near(net, rate):
    """A state in which E has been firing at this rate."""
    S_E = 0.0641 * rate / (1 + 0.0641 * rate)
    return {'S_E': np.array([S_E]), 'S_I': np.array([0.04 + 0.1 * S_E])}


@pytest.mark.parametrize('rate', [0.0, -3.0, 'fast'])
def test_a_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(InvalidValueError, match='expected a rate > 0'):
        ratezoo.DynamicMeanField().feedback_inhibition(rate=rate)


def test_constants_that_are_arrays_are_refused():
    with pytest.raises(InvalidValueError, match='constants are numbers'):
        ratezoo.DynamicMeanField(2, J_I=[1.0, 2.0]).feedback_inhibition()


def test_the_softened_line_is_smooth_at_zero():
    u = np.array([-1e-9, 0.0, 1e-9, 1e-5])
    assert np.allclose(softened_line(u, 0.16), 1 / 0.16 + u / 2, rtol=1e-12)
    assert np.allclose(softened_line(np.array([-500.0, 500.0]), 0.16), [0.0, 500.0])


def test_the_field_potential_is_the_difference_of_the_populations():
    mon = ratezoo.simulate(ratezoo.Epileptor(), 5.0).mon
    assert np.array_equal(ratezoo.Epileptor.potential(mon), mon['x2'] - mon['x1'])


def test_synchrony_is_the_modulus_of_the_order_parameter():
    net = ratezoo.CoombesByrne(tau=1.0)
    assert np.allclose(net.synchrony({'r': 1 / np.pi, 'v': 0.0}), 0.0)  # W = 1
    assert np.allclose(net.synchrony({'r': 0.0, 'v': 3.0}), 1.0)  # all neurons have the voltage 3


def test_areas_receive_the_output_of_other_areas():
    """Two areas with control: each J_I balances the input that the other area sends at 3 Hz."""
    G, J_N, S_E = 0.7, 0.15, 0.641 * 0.3 / (1 + 0.641 * 0.3)
    J_I = ratezoo.DynamicMeanField().feedback_inhibition(G * J_N * S_E)
    area = ratezoo.DynamicMeanField(2, J_I=J_I)
    net = ratezoo.MultiAreaNetwork(area, [[0.0, 1.0], [1.0, 0.0]], delays=5.0, G=G * J_N)
    mon = ratezoo.simulate(net, 4000.0, 0.0).mon
    last = {s: mon[s][-1] for s in ('S_E', 'S_I')}
    assert np.allclose(area.rates(last, G * J_N * last['S_E'][::-1])[0], 3.0, atol=1e-4)

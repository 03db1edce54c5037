"""What `cost` says, counted by hand on small networks, and the refusal of what is larger than the free memory."""

import functools

import brainpy.math as bm
import numpy as np
import pytest

import ratezoo
from ratezoo.errors import TooLargeError
from ratezoo.learning import OnlineRule, TrajectoryRule

# RateRNN(2, 5, 3): 5 units, 40 entries in W (25), W_in (10) and b (5), and 18 more in W_out (15) and b_out (3).
N, M, ALL = 5, 40, 58
# LayeredEnergyModel((3, 4, 2)): 6 units, 26 entries in W1 (12), W2 (8), b1 (4) and b2 (2); F reads them all.
UNITS, ENTRIES = 6, 26


@functools.cache
def net(rule, **changes):
    kind = rule if isinstance(rule, type) else getattr(ratezoo, rule)
    if kind.learns == 'fixed points':
        return type('Net', (kind, ratezoo.LayeredEnergyModel), {})((3, 4, 2), activation='tanh', seed=0)
    return type('Net', (kind, ratezoo.RateRNN), {})(2, N, 3, seed=0)


class ByDefault(ratezoo.RTRL):
    """An online rule whose author gives no estimate."""

    cost_per_sample = OnlineRule.cost_per_sample


class OfSequences(ratezoo.BPTT):
    """Likewise, a rule of complete sequences."""

    cost_per_sample = TrajectoryRule.cost_per_sample


@pytest.mark.parametrize(
    ('rule', 'options', 'numbers', 'operations'),
    [
        # Three copies of p (N m numbers), and the gradient; J p and J's N reverse passes.
        ('RTRL', dict(block='dense'), 3 * N * M + ALL, 2 * N**2 * M + 2 * N * M),
        # Blocks of h steps: N + 1 adjoints of each step, N + 1 reverse passes a step, and V p once a block. By default
        # h is at least 16. It is at most T = 20.
        ('RTRL', {}, 3 * N * M + 16 * N * (N + 1) + ALL, 4 * (N + 1) * M + 2 * N**2 * M / 16),
        ('RTRL', dict(block=4), 3 * N * M + 4 * N * (N + 1) + ALL, 4 * (N + 1) * M + 2 * N**2 * M / 4),
        ('RTRL', dict(block=99), 3 * N * M + 20 * N * (N + 1) + ALL, 4 * (N + 1) * M + 2 * N**2 * M / 20),
        # Four numbers a unit and step; forth, back, and the product with z: 2 operations each for every parameter.
        ('BPTT', {}, 4 * N * 20 + 2 * ALL, 6 * ALL),
        ('BPTT', dict(remat=True), 4 * N * 2 * 20**0.5 + 2 * ALL, 8 * ALL),
        # 20 steps are 7 windows that end 3 steps apart; each keeps 5 steps.
        ('BPTT', dict(truncate=(3, 5)), 4 * N * (20 + 7 * 5) + 2 * ALL, 6 * ALL * 5 / 3),
        (OfSequences, {}, 2 * N * 20 + 2 * ALL, 6 * ALL),
        # An entry influences s units: 1 at once, 5 in two steps. The Jacobian has N² numbers.
        ('SnAp', {}, 3 * M + N**2 + ALL, 2 * M + 2 * N * M),
        ('SnAp', dict(order=2), 3 * 5 * M + N**2 + ALL, 2 * 5**2 * M + 2 * N * M),
        ('UORO', {}, 3 * (M + N) + ALL, 10 * M),
        ('UORO', dict(probes=3), 3 * 3 * (M + N) + ALL, 10 * 3 * M),
        # Each probe has a matrix of N × 5 currents, or of N × 8 presynaptic activities (5 units, 2 inputs and the 1).
        ('KFRTRL', {}, 3 * N * 5 + 2 * N**2 + ALL, 2 * M * 5),
        ('KFRTRL', dict(probes=3), 3 * 3 * N * 5 + 2 * N**2 + ALL, 2 * 3 * M * 5),
        ('RKF', {}, 3 * N * 8 + 2 * N**2 + ALL, 2 * M * 8),
        ('RKF', dict(probes=3), 3 * 3 * N * 8 + 2 * N**2 + ALL, 2 * 3 * M * 8),
        # One trace for each entry; units of S = 1 state have S² products of derivatives, and the immediate influence.
        ('RFLO', {}, 3 * M + ALL, 4 * M),
        ('EProp', {}, 3 * M + ALL, 4 * M),
        # Beside it the kernels, N² numbers.
        ('KeRNL', {}, 3 * (M + N**2) + ALL, 4 * M + 10 * N**2),
        # P (N² numbers) at every second or fourth step.
        ('FORCE', {}, N**2 + 2 * ALL + N * 20, 4 * N**2 / 2 + 2 * ALL),
        ('FORCE', dict(every=4), N**2 + 2 * ALL + N * 20, 4 * N**2 / 4 + 2 * ALL),
        # Three copies of the traces, two operations for each number in them and for each entry.
        (ByDefault, {}, 3 * N * M + ALL, 2 * N * M + 2 * M),
    ],
)
def test_the_cost_of_a_trajectory_is_counted(rule, options, numbers, operations):
    cost = net(rule).cost(20, **options)
    assert cost == (int(8 * numbers), int(operations))  # 8 bytes a number
    # Three samples need three times as much, but for the rounding to integers.
    assert net(rule).cost(20, 3, **options) == pytest.approx((24 * numbers, 3 * operations), abs=1)


@pytest.mark.parametrize(
    ('rule', 'options', 'numbers', 'operations'),
    [
        ('AdjointDynamics', {}, 6 * UNITS + ENTRIES, 6 * ENTRIES),
        # J, its factors and a copy; 2n³/3 operations to factorise it, n reverse passes to compute it.
        ('ImplicitGradient', {}, 3 * UNITS**2 + ENTRIES, 2 * UNITS**3 / 3 + 2 * UNITS * ENTRIES + 6 * ENTRIES),
        ('ImplicitGradient', dict(linear='gmres'), 70 * UNITS + ENTRIES, 30 * 4 * ENTRIES + 6 * ENTRIES),
        ('DeepEquilibrium', {}, 3 * UNITS**2 + ENTRIES, 2 * UNITS**3 / 3 + 2 * UNITS * ENTRIES + 6 * ENTRIES),
        ('DeepEquilibrium', dict(backward='phantom', unroll=7), (7 + 6) * UNITS + ENTRIES, 7 * 6 * ENTRIES),
        # Phases: one nudge, two, or the angles from 0 to π, each complex, which is two real ones.
        ('EquilibriumPropagation', dict(scheme='one-sided'), 8 * UNITS + ENTRIES, 4 * ENTRIES),
        ('EquilibriumPropagation', {}, 2 * 8 * UNITS + ENTRIES, 2 * 4 * ENTRIES),
        ('EquilibriumPropagation', dict(scheme='holomorphic'), 10 * 8 * UNITS + ENTRIES, 10 * 4 * ENTRIES),
        ('EquilibriumPropagation', dict(scheme='holomorphic', points=3), 4 * 8 * UNITS + ENTRIES, 4 * 4 * ENTRIES),
    ],
)
def test_the_cost_of_a_fixed_point_is_counted(rule, options, numbers, operations):
    assert net(rule).cost(**options) == (int(8 * numbers), int(operations))
    assert net(rule).cost(3, **options) == pytest.approx((24 * numbers, 3 * operations), abs=1)


def test_the_cost_of_score_matching_is_counted():
    """Two units (samples of 2 numbers), 3 hidden units, and 15 entries: W1 (9), b1 (3) and W_out (3)."""
    model = type('Net', (ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion), {})(2, hidden=(3,), seed=0)
    vectors = 3 + 3  # the entries of b1 and of W_out stand for the units
    for draws in (1, 2):
        numbers, operations = (12 * vectors + 6 * 2) * draws + 15, 12 * 15 * draws
        assert model.cost(draws=draws) == (8 * numbers, operations)
        assert model.cost(3, draws=draws) == (3 * 8 * numbers, 3 * operations)


def test_what_just_fits_is_accepted_and_a_byte_more_is_refused(monkeypatch):
    """The data of 3 samples and 20 steps, the traces of 3 samples, and 3 samples of a fixed point."""

    def free(bytes_):
        monkeypatch.setattr('ratezoo.learning.rule.free_memory', lambda: bytes_)

    rflo, x, y = net('RFLO'), np.zeros((3, 20, 2)), np.zeros((3, 20, 3))
    data, batched = rflo.check_trajectories(x, y)
    assert batched
    sequences = 3 * 8 * (3 * M + ALL)
    free(sequences)
    rflo.check_memory_of(data, True)
    free(sequences - 1)
    with pytest.raises(TooLargeError, match=r'Net: the rule would keep .* for 5 units and 20 steps'):
        rflo.check_memory_of(data, True)
    for refused in (lambda: rflo.gradient(x, y), lambda: rflo.fit(x, y, 1), lambda: rflo.fit(x, y, 1, online=True)):
        with pytest.raises(TooLargeError):
            refused()

    def batch():
        return type('Net', (ratezoo.RTRL, ratezoo.RateRNN), {})(2, N, 3, seed=0, mode=bm.BatchingMode(3))

    traces = 3 * 8 * N * M
    free(traces)
    batch()
    free(traces - 1)
    with pytest.raises(TooLargeError, match=r'for the traces of 5 units'):
        batch()

    adjoint = net('AdjointDynamics')
    points = adjoint.check_points(np.zeros((3, 3)), np.zeros((3, 2)))
    settled = 3 * 8 * (6 * UNITS + ENTRIES)
    free(settled)
    adjoint.check_memory_of(points)
    free(settled - 1)
    for refused in (
        lambda: adjoint.check_memory_of(points),
        lambda: adjoint.gradient(np.zeros((3, 3)), np.zeros((3, 2))),
        lambda: adjoint.fit(np.zeros((3, 3)), np.zeros((3, 2)), 1),
    ):
        with pytest.raises(TooLargeError, match=r'for 6 units and 3 samples'):
            refused()


def test_every_fit_looks_at_the_memory_first(monkeypatch):
    """Each method that trains refuses a byte less than its data need; in batches of 2, a byte less than 2 samples."""
    force, x, y = net('FORCE'), np.zeros((3, 20, 2)), np.zeros((3, 20, 3))
    score = type('Net', (ratezoo.DenoisingScoreMatching, ratezoo.ScoreDiffusion), {})(2, hidden=(3,), seed=0)
    one = 8 * (12 * 6 + 6 * 2 + 15)
    for need, refused in (
        (3 * 8 * (N**2 + 2 * ALL + N * 20), lambda: force.fit(x, y, 1, progress=False)),
        (3 * 8 * (N**2 + 2 * ALL + N * 20), lambda: force.gradient(x, y)),
        (5 * one, lambda: score.fit(np.zeros((5, 2)), 1, progress=False)),
        (2 * one, lambda: score.fit(np.zeros((5, 2)), 1, batch_size=2, progress=False)),
    ):
        monkeypatch.setattr('ratezoo.learning.rule.free_memory', lambda need=need: need - 1)
        with pytest.raises(TooLargeError):
            refused()
    monkeypatch.setattr('ratezoo.learning.rule.free_memory', lambda: 2 * one)
    assert len(score.fit(np.zeros((5, 2)), 0, batch_size=2, progress=False)) == 0


def test_the_refusal_names_both_amounts_in_gib(monkeypatch):
    monkeypatch.setattr('ratezoo.learning.rule.free_memory', lambda: 2**30)
    net('RFLO').check_memory(2**30, 'this')
    with pytest.raises(TooLargeError, match=r'would keep 3 GiB for this, but only 1 GiB of memory are free'):
        net('RFLO').check_memory(3 * 2**30, 'this')

"""Delayed sums: against a loop in NumPy that reads every delayed output from the whole history."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from helpers import relative_error

import ratezoo
from ratezoo.compiled import lift
from ratezoo.delays import AREAS_AT_ONCE, BLOCK_LENGTHS, DelayLines, sums_by_selection, sums_if_block_begins
from ratezoo.models.multiarea import MultiAreaNetwork

DT = 0.1
# send as JAX computes it, and the same in NumPy
IDENTITY = lambda o: o[None], lambda o: o[None]
SINE = lambda o: jnp.stack([jnp.sin(o), jnp.cos(o)]), lambda o: np.stack([np.sin(o), np.cos(o)])
CHOICES = sums_by_selection, sums_if_block_begins


def connections(rng, n, shortest, longest, absent=0.3):
    """Which connections exist, and weights and delays of all entries of the matrix."""
    return rng.random((n, n)) > absent, rng.normal(size=(n, n)), rng.integers(shortest, longest + 1, (n, n))


def loop_over_the_equation(connected, C, steps, outputs, send):
    """s_i(t) = Σ_j C_ij send(o_j(t − d_ij)) over the connections with d_ij ≥ 1, (T, p, n); o(t) = o(0) for t < 0."""
    n, sums = len(C), []
    for t in range(len(outputs)):
        s = np.zeros((len(send(outputs[0])), n))
        for i in range(n):
            for j in range(n):
                if connected[i, j] and steps[i, j] >= 1:
                    s[:, i] += C[i, j] * send(outputs[max(0, t - steps[i, j]), j : j + 1])[:, 0]
        sums.append(s)
    return np.array(sums)


def arrivals(lines, C, outputs, choose=sums_by_selection):
    """What arrives at each step, (T, …), and the buffers after the last step."""

    def step(buffers, o):
        arrived, buffers = lines.advance(buffers, o, C, choose)
        return buffers, arrived

    outputs = jnp.asarray(outputs)
    buffers, arrived = jax.jit(lambda b, o: jax.lax.scan(step, b, o))(lines.start(outputs[0]), outputs)
    return arrived, buffers


@pytest.mark.quick(2)
@pytest.mark.parametrize('choose', CHOICES)
@pytest.mark.parametrize('send', [IDENTITY, SINE], ids=['identity', 'sine'])
@pytest.mark.parametrize(('n', 'shortest', 'longest'), [(5, 1, 3), (5, 0, 45), (16, 16, 40), (21, 0, 40)])
def test_agrees_with_a_loop(rng, n, shortest, longest, send, choose):
    connected, C, steps = connections(rng, n, shortest, longest)
    outputs = rng.normal(size=(110, n))
    lines = DelayLines(connected, steps, send[0])
    arrived = np.asarray(arrivals(lines, jnp.asarray(C), outputs, choose)[0])
    expected = loop_over_the_equation(connected, C, steps, outputs, send[1])
    assert np.abs(arrived - expected).max() < 1e-12
    assert np.abs(expected).max() > 1
    late = loop_over_the_equation(connected, C, np.where(steps > 0, steps + 1, 0), outputs, send[1])
    early = loop_over_the_equation(connected, C, np.where(steps > 1, steps - 1, steps), outputs, send[1])
    transposed = loop_over_the_equation(connected, C.T, steps, outputs, send[1])
    assert min(np.abs(wrong - expected).max() for wrong in (late, early, transposed)) > 1e-2


def test_the_cases_above_reach_every_part(rng):
    """Blocks alone, lookups alone, both, delays of 0, more than one block, and a group of areas that is not full."""
    lines = {c: DelayLines(*connections(rng, *c)[::2], IDENTITY[0]) for c in ((5, 1, 3), (5, 0, 45), (16, 16, 40))}
    assert [set(a.sizes) for a in lines.values()] == [
        {'past', 'clock'},
        {'past', 'ahead', 'clock'},
        {'past', 'ahead', 'clock'},
    ]
    mixed, long = lines[5, 0, 45], lines[16, 16, 40]
    assert (mixed.delay_steps == 0).any()
    assert ((mixed.delay_steps > 0) & (mixed.delay_steps < mixed.block_length)).any()
    assert mixed.longest > 2 * mixed.block_length
    assert long.delay_steps[long.delay_steps > 0].min() >= long.block_length
    assert 21 % AREAS_AT_ONCE
    assert 5 % AREAS_AT_ONCE


@pytest.mark.parametrize('length', BLOCK_LENGTHS)
def test_every_length_of_a_block(rng, length):
    """The shortest delay is the length of a block, or one step less."""
    for shortest in (length, length - 1):
        connected, C, steps = connections(rng, 9, length, 2 * length - 1, absent=0.0)
        steps[2, 3], steps[0, 0] = shortest, length
        lines = DelayLines(connected, steps, IDENTITY[0])
        assert lines.block_length == length
        assert lines.ring_length % length == 0
        assert lines.ring_length > lines.longest
        outputs = rng.normal(size=(3 * lines.ring_length + 1, 9))
        arrived, buffers = arrivals(lines, jnp.asarray(C), outputs)
        expected = loop_over_the_equation(connected, C, steps, outputs, IDENTITY[1])
        assert np.abs(np.asarray(arrived) - expected).max() < 1e-12
        assert buffers['clock'].tolist() == [1.0]


@pytest.mark.parametrize('longest', [3, 45])
def test_without_sums_every_delayed_output_arrives_alone(rng, longest):
    connected, C, steps = connections(rng, 6, 0, longest)
    outputs, lines = rng.normal(size=(80, 6)), DelayLines(connected, steps)
    assert set(lines.sizes) == {'past', 'clock'}
    delayed, weights = np.asarray(arrivals(lines, jnp.asarray(C), outputs)[0]), np.asarray(lines.slot_weights(C))
    assert len(weights) == (connected & (steps > 0)).sum(1).max()
    sums = np.stack([(weights * delayed).sum(1), (weights * delayed**3).sum(1)], 1)

    def difference(steps):
        expected = loop_over_the_equation(connected, C, steps, outputs, lambda o: np.stack([o, o**3]))
        return np.abs(sums - expected).max()

    assert difference(steps) < 1e-12
    assert difference(np.where(steps > 0, steps + 1, 0)) > 1e-2


def test_selection_and_branch_give_the_same_bits(rng):
    connected, C, steps = connections(rng, 9, 0, 30)
    lines, outputs = DelayLines(connected, steps, SINE[0]), rng.normal(size=(70, 9))
    (selected, after_selection), (branched, after_branch) = (arrivals(lines, C, outputs, c) for c in CHOICES)
    assert np.array_equal(selected, branched)
    assert all(np.array_equal(after_selection[s], after_branch[s]) for s in lines.sizes)


def test_a_network_steps_by_selection_and_is_updated_by_a_branch(rng):
    """`update` computes the sums of a block once; the pure `step` can be differentiated under a map."""
    for mode in (None, bm.BatchingMode(3)):
        net = MultiAreaNetwork('FitzHughNagumo', seed=0, dt=DT, mode=mode)
        variables = [getattr(net, v) for v in (*net.states, 'C')]
        update = str(jax.make_jaxpr(lift(net.update, variables))([v.value for v in variables]))
        assert 'cond[' in update
    step = jax.make_jaxpr(lambda r: net.step(r, net.params_dict(), jnp.zeros(8)))(net.initial_state())
    assert 'cond[' not in str(step)
    assert 'scan[' in str(step)


@pytest.mark.slow
def test_gradient_under_a_map_is_that_of_a_loop_and_of_finite_differences(rng):
    connected, C, steps = connections(rng, 5, 0, 25)
    lines, outputs, C = DelayLines(connected, steps, SINE[0]), rng.normal(size=(3, 60, 5)), jnp.asarray(C)

    def loss(C, outputs):
        return jnp.sum(jnp.tanh(arrivals(lines, C, outputs)[0]) ** 2)

    mapped = jax.vmap(jax.grad(loss), (None, 0))(C, jnp.asarray(outputs))
    looped = jnp.stack([jax.grad(loss)(C, o) for o in outputs])
    assert relative_error(mapped, looped) < 1e-12
    way = jnp.asarray(rng.normal(size=C.shape))
    central = (loss(C + 1e-5 * way, outputs[0]) - loss(C - 1e-5 * way, outputs[0])) / 2e-5
    assert abs(central - jnp.vdot(way, mapped[0])) < 1e-7 * abs(central)
    assert (np.asarray(mapped)[:, ~(connected & (steps > 0))] == 0).all()


@pytest.mark.slow
def test_gradients_of_a_batch_are_means_and_those_of_rtrl(rng):
    """Mapped over samples, a block's beginning is no longer one condition for all."""
    nets = [type('Net', (rule, MultiAreaNetwork), {})(seed=1, dt=DT) for rule in (ratezoo.BPTT, ratezoo.RTRL)]
    x, y = rng.uniform(0, 1, (2, 20, 8)), rng.normal(size=(2, 20, 8))
    single = [nets[0].gradient(x[k], y[k])[1]['C'] for k in range(2)]
    for net in nets:
        assert relative_error(net.gradient(x, y)[1]['C'], (single[0] + single[1]) / 2) < 1e-10


@pytest.mark.slow
def test_the_buffers_at_the_start():
    lines = DelayLines(np.ones((2, 2), bool), np.array([[0, 20], [1, 30]]), SINE[0])
    outputs = jnp.asarray([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], jnp.float32)
    buffers = lines.start(outputs)
    assert {s: a.shape for s, a in buffers.items()} == {s: (3, size) for s, size in lines.sizes.items()}
    assert {a.dtype for a in buffers.values()} == {jnp.dtype('float32')}
    assert np.array_equal(buffers['past'].reshape(3, lines.ring_length, 2)[:, 7], outputs)
    assert not buffers['ahead'].any()
    assert not buffers['clock'].any()
    arrived, after = lines.advance({s: a[0] for s, a in buffers.items()}, outputs[0], jnp.ones((2, 2), jnp.float32))
    assert {a.dtype for a in (arrived, *after.values())} == {jnp.dtype('float32')}


@pytest.mark.parametrize('steps', [np.zeros((3, 3), int), 7 * np.eye(3, dtype=int)])
def test_without_a_delay_there_are_no_buffers(steps):
    """A delay where there is no connection does not count."""
    lines = DelayLines(~np.eye(3, dtype=bool), steps, IDENTITY[0])
    assert not lines.has_delays
    assert lines.sizes == {} == lines.start(jnp.zeros(3))

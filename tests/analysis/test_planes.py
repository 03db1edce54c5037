"""Fixed points of small networks: all of them, of the right kind, found without compiling twice."""

import brainpy.math as bm
import numpy as np
import pytest
from helpers import DiscreteRNN, TanhRNN, compilations

import ratezoo
from ratezoo.analysis.energy import landscape
from ratezoo.analysis.equilibria import fixed_points, kind_of
from ratezoo.analysis.planes import field, paths, phase_plane
from ratezoo.models.oscillator import FitzHughNagumo


def rests_of(a, b, I):
    """Fixed points v of FitzHugh and Nagumo's equations for b > 0, by the roots of a cubic: w = (v + a)/b."""
    roots = np.roots([-1 / 3, 0.0, 1 - 1 / b, I - a / b])
    return np.sort(roots[np.abs(roots.imag) < 1e-9].real)


def kind_by_trace(v, b, tau):
    """From J = [[1 − v², −1], [1/τ, −b/τ]]: determinant, trace, discriminant."""
    trace, det = 1 - v**2 - b / tau, (-(1 - v**2) * b + 1) / tau
    if det < 0:
        return 'saddle'
    return ('stable' if trace < 0 else 'unstable') + (' focus' if trace**2 < 4 * det else ' node')


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ('a', 'b', 'tau', 'I', 'count'),
    [
        (0.7, 0.8, 12.5, 0.5, 1),
        (0.7, 0.8, 12.5, 0.2, 1),
        (0.0, 2.0, 12.5, 0.0, 3),
        (0.1, 3.0, 1.5, 0.1, 3),
        (0.0, 1.2, 12.5, 0.0, 3),
        (0.0, 0.8, 50.0, 0.0, 1),
    ],
)
def test_fixed_points_are_the_roots_of_the_cubic(a, b, tau, I, count):
    net = FitzHughNagumo(a=a, b=b, tau=tau, I=I)
    rests, expected = fixed_points(net, limits=((-3, 3), (-2, 2))), rests_of(a, b, I)
    assert len(rests) == len(expected) == count
    np.testing.assert_allclose([p.r['v'][0] for p in rests], expected, atol=1e-9)
    np.testing.assert_allclose([p.r['w'][0] for p in rests], (expected + a) / b, atol=1e-9)
    for v, p in zip(expected, rests, strict=True):
        J = np.array([[1 - v**2, -1.0], [1 / tau, -b / tau]])
        np.testing.assert_allclose(np.sort_complex(p.eigenvalues), np.sort_complex(np.linalg.eigvals(J)), atol=1e-8)
        assert p.kind == kind_by_trace(v, b, tau)
        assert p.stable == (np.linalg.eigvals(J).real < 0).all() == p.kind.startswith('stable')


def test_every_kind_by_its_eigenvalues():
    kinds = {
        (-1.0, -2.0): 'stable node',
        (-1 + 1j, -1 - 1j): 'stable focus',
        (1.0, -1.0): 'saddle',
        (2.0, 1.0): 'unstable node',
        (1 + 1j, 1 - 1j): 'unstable focus',
        (1j, -1j): 'centre',
        (1e-12 + 1j, 1e-12 - 1j): 'centre',
        (0.0, -1.0): 'degenerate',
        (0.0, 0.0): 'degenerate',
        (1 + 1j, 1 - 1j, -3.0): 'saddle',
        (-3.0,): 'stable node',
    }
    for values, kind in kinds.items():
        assert kind_of(np.array(values)) == kind, values
    for values, kind in {
        (0.9, -0.5): 'stable node',
        (1.2, 0.5): 'saddle',
        (0.6 + 0.8j, 0.6 - 0.8j): 'centre',
        (0.9 + 0.9j, 0.9 - 0.9j): 'unstable focus',
        (1.0, 0.5): 'degenerate',
    }.items():
        assert kind_of(np.array(values), continuous=False) == kind, values


def test_a_centre_has_no_sign():
    net = ratezoo.RateRNN(1, 2, 1, phi=lambda u: u)
    net.set_params({'W': [[1.0, 2.0], [-2.0, 1.0]], 'b': [0.0, 0.0]})
    (point,) = fixed_points(net, limits=(-1, 1))
    assert (point.kind, point.stable) == ('centre', False)
    np.testing.assert_allclose(point.eigenvalues.imag**2, 4.0)


@pytest.mark.slow
def test_more_units_an_input_and_discrete_time(rng):
    net, x = TanhRNN(3, seed=2), np.array([0.1, -0.2])
    W, V = (np.asarray(net.params_dict()[k]) for k in 'WV')
    net.set_params({'b': -V @ x})  # the input cancels the bias: r and −r alike
    rests = fixed_points(net, x, limits=(-2, 2), points=7)
    assert [p.kind for p in rests] == ['stable node', 'saddle', 'stable node']
    np.testing.assert_allclose(rests[0].r, -rests[2].r, atol=1e-9)
    np.testing.assert_allclose(rests[1].r, 0.0, atol=1e-9)
    np.testing.assert_allclose(np.tanh(W @ rests[2].r), rests[2].r, atol=1e-9)
    for p in (without := fixed_points(net, limits=(-2, 2), points=7)):
        np.testing.assert_allclose(np.tanh(W @ p.r - V @ x), p.r, atol=1e-9)
    assert len(without) == 3
    assert np.abs(without[1].r).min() > 0.1
    same = fixed_points(net, x, starts=np.stack([p.r for p in rests]) + 1e-3)
    np.testing.assert_allclose([p.r for p in same], [p.r for p in rests], atol=1e-9)
    flips = DiscreteRNN(2)
    flips.set_params({'W': 2.0 * np.eye(2)})  # each h = tanh(2 h) has the rests 0 and ±0.9575
    rests = fixed_points(flips, limits=(-2, 2))
    assert len(rests) == 9
    assert sorted(p.kind for p in rests) == 4 * ['saddle'] + 4 * ['stable node'] + ['unstable node']


def test_coloured_noise_is_no_part_of_it():
    (quiet,), (noisy,) = (
        fixed_points(FitzHughNagumo(noise=noise), limits=(-3, 3)) for noise in (None, {'sigma': 0.3, 'tau': 2.0})
    )
    assert noisy.r.keys() == {'v', 'w'}
    assert noisy.kind == quiet.kind == 'unstable focus'
    np.testing.assert_allclose(noisy.eigenvalues, quiet.eigenvalues, atol=1e-12)


@pytest.mark.slow
def test_starts_that_lead_nowhere_are_passed_over():
    class Edge(ratezoo.RateModel):
        """F = ln r: NaN for r < 0, and Newton's method leaves from there."""

        def F(self, r, params, x):
            return -bm.log(r)

    (point,) = fixed_points(Edge(1), starts=[[-1.0], [0.5], [50.0], [1.5]])
    assert point.kind == 'stable node'
    np.testing.assert_allclose(point.r, 1.0)

    class Never(ratezoo.RateModel):
        def F(self, r, params, x):
            return 1 + r**2

    assert fixed_points(Never(1), limits=(-1, 1)) == []


def test_a_second_call_compiles_nothing():
    net = FitzHughNagumo(a=0.0, b=2.0)
    with compilations() as first:
        three = fixed_points(net, x=-0.5, limits=(-3, 3))
        F, path = field(net, [[0.0, 0.0], [1.0, 2.0]]), paths(net, [[0.0, 0.1]], 1.0)
    with compilations() as second:
        one = fixed_points(net, x=1.0, limits=(-2, 3))
        field(net, [[3.0, 0.0], [1.0, 2.0]], x=1.0), paths(net, [[1.0, 0.1]], 1.0, x=1.0)
    assert first
    assert not second
    assert (len(three), len(one)) == (3, 1)
    np.testing.assert_allclose(F, [[0.5, 0.0], [1 - 1 / 3 - 2 + 0.5, (1 - 4) / 12.5]])
    assert path.shape == (1, 11, 2)


def test_paths_are_the_networks_steps():
    net = FitzHughNagumo(sigma=0.3, mode=bm.BatchingMode(2), seed=0)
    before = net.state
    starts = np.array([[-1.0, 1.0], [0.5, -0.5]])
    path = paths(net, starts, 0.5, x=0.2)
    quiet, x = FitzHughNagumo(mode=bm.BatchingMode(2)), np.full((2, 1), 0.2)
    quiet.reset_state(r0={'v': starts[:, :1], 'w': starts[:, 1:]})
    for t in range(1, 6):
        quiet.update(x)
        np.testing.assert_allclose(path[:, t], np.concatenate([quiet.v.value, quiet.w.value], 1), atol=1e-14)
    assert all(np.array_equal(net.state[s], before[s]) for s in 'vw')


def test_bad_input():
    net = FitzHughNagumo()
    with pytest.raises(ratezoo.InvalidValueError, match=r'Write .* fixed_points\(net, limits=\(-2, 2\)\), .* of v, w'):
        fixed_points(net)
    with pytest.raises(ratezoo.InvalidValueError, match=r'limits=\(0, 1\)\), the lowest .* of E, I;'):
        fixed_points(ratezoo.WilsonCowan())
    for of_a_network in (fixed_points, phase_plane, ratezoo.lyapunov_exponent, landscape, ratezoo.simulate):
        with pytest.raises(ratezoo.ArgumentError, match=r'\.net: .*, got the class FitzHughNagumo\. Make'):
            of_a_network(FitzHughNagumo)
    with pytest.raises(ratezoo.ArgumentError, match=r"simulate\.net: expected a network, got 'WilsonCowan'"):
        ratezoo.simulate('WilsonCowan')
    with pytest.raises(ratezoo.InvalidValueError, match=r'fixed_points\.limits: expected low < high'):
        fixed_points(net, limits=((-1, 1), (2, -2)))
    with pytest.raises(ratezoo.ShapeError, match=r'fixed_points\.limits: expected \(low, high\), or 2 such pairs'):
        fixed_points(net, limits=((-1, 1),) * 3)
    with pytest.raises(ratezoo.ShapeError, match=r'fixed_points\.starts: expected states of shape \(K, 2\)'):
        fixed_points(net, starts=np.zeros((4, 3)))
    with pytest.raises(ratezoo.InvalidValueError, match='too large'):
        fixed_points(TanhRNN(8), limits=(-1, 1))
    with pytest.raises(ratezoo.InvalidValueError, match=r'fixed_points\.points'):
        fixed_points(net, limits=(-1, 1), points=1)
    with pytest.raises(ratezoo.InvalidValueError, match=r'fixed_points\.apart'):
        fixed_points(net, limits=(-1, 1), apart=0.0)
    with pytest.raises(ratezoo.ShapeError, match=r'FitzHughNagumo\.x'):
        fixed_points(net, x=np.zeros(2), limits=(-1, 1))
    with pytest.raises(ratezoo.InvalidValueError, match=r'paths\.duration'):
        paths(net, [[0.0, 0.0]], -1.0)
    with pytest.raises(ratezoo.DivergedError, match=r'blew up from \[1000\.0, 0\.0\]'):
        paths(net, [[0.0, 0.0], [1000.0, 0.0]], 10.0)

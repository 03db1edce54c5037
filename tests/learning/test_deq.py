"""Deep equilibria: how many evaluations, how good the gradient, what when nothing settles."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import compilations, relative_error

import ratezoo

N, BATCH = 128, 32
# Evaluations of plain iteration at this spectral radius on this problem, and of Broyden's method.
PLAIN, BROYDEN = {0.9: 60, 0.99: 99, 1.1: 445, 1.3: np.inf}, {0.99: 50, 1.1: 64, 1.3: 180}


class Deep(ratezoo.DeepEquilibrium, ratezoo.RateRNN):
    """z = tanh(W z + U x), trained as a deep equilibrium."""


def deep(radius, seed=0, n_out=3):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(N, N))
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    U = 0.3 * rng.normal(size=(N, N)) / N**0.5
    net = Deep(N, N, n_out, seed=seed, dt=1.0)
    net.set_params({'W': W, 'W_in': U})
    net.warn_above = np.inf  # tests/learning/test_accuracy.py looks at the warnings
    return net, rng.normal(size=(BATCH, N)), rng.normal(size=(BATCH, n_out))


def settled(net, r, x, tol=1e-6):
    """Whether every sample, the slowest too, has ‖F‖ ≤ tol ‖z‖."""
    z = np.tanh(r @ np.asarray(net.W.value).T + x @ np.asarray(net.W_in.value).T)
    return (np.linalg.norm(z - r, axis=1) <= tol * np.linalg.norm(z, axis=1)).all()


def plain_iteration(net, x, most=2000):
    """Evaluations of plain iteration, in NumPy."""
    z = np.zeros((len(x), N))
    for k in range(1, most + 1):
        if settled(net, z, x):
            return k
        z = np.tanh(z @ np.asarray(net.W.value).T + x @ np.asarray(net.W_in.value).T)
    return np.inf


@pytest.mark.slow
@pytest.mark.parametrize('radius', PLAIN)
def test_never_more_evaluations_than_plain_iteration_or_broyden(radius):
    net, x, _ = deep(radius)
    for tol in np.geomspace(1e-5, 1e-8, 31):  # relax measures max |F|
        found = net.relax(x, solver='anderson', tol=tol, max_steps=300)
        if settled(net, np.asarray(found.r), x):
            break
    assert found.converged.all()
    evaluations = int(found.steps.max())
    assert evaluations <= plain_iteration(net, x)
    assert evaluations <= min(PLAIN[radius], BROYDEN.get(radius, np.inf))


def by_hand(net, x, y, start):
    """The gradient by W in NumPy: Newton's method to the last digits from fixed points, then a linear system."""
    W, U, V, b, c = (np.asarray(net.params_dict()[p]) for p in ('W', 'W_in', 'W_out', 'b', 'b_out'))
    total = np.zeros_like(W)
    for x_, y_, z in zip(x, y, np.asarray(start), strict=True):
        for _ in range(4):
            f = np.tanh(W @ z + U @ x_ + b)
            D = 1 - f**2
            if np.abs(f - z).max() < 1e-14:
                break
            z = z - np.linalg.solve(D[:, None] * W - np.eye(N), f - z)
        assert np.abs(f - z).max() < 1e-12
        v = np.linalg.solve((np.eye(N) - D[:, None] * W).T, V.T @ (V @ z + c - y_))
        total += np.outer(v * D, z) / len(x)
    return total


@pytest.mark.slow
@pytest.mark.parametrize('radius', [0.9, 1.1])
def test_the_gradient_is_that_of_the_linear_system(radius):
    net, x, y = deep(radius)
    expected = by_hand(net, x, y, net.relax(x, solver='anderson').r)
    for linear in ('direct', 'gmres'):
        assert relative_error(net.gradient(x, y, linear=linear)[1]['W'], expected) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize(('seed', 'left'), [(0, False), (2, True)])
def test_what_anderson_leaves_goes_to_newton(seed, left):
    """Beyond criticality some samples of some networks need it; the gradient is right with them in it."""
    net, x, y = deep(1.3, seed, n_out=N)
    net.set_params({'W_out': np.eye(N), 'b_out': np.zeros(N)})  # the output is z, so that predict shows it
    found = net.relax(x, solver='anderson', max_steps=300)
    assert bool((~found.converged).any()) == left
    grads = net.gradient(x, y, max_steps=300)[1]
    z = net.predict(x, max_steps=300)
    assert np.abs(np.tanh(z @ net.W.value.T + x @ net.W_in.value.T) - z).max() < 1e-10
    assert relative_error(grads['W'], by_hand(net, x, y, z)) < 1e-8


def test_a_failure_raises():
    net, x, y = deep(1.3)
    with pytest.raises(ratezoo.NotConvergedError, match=r'Deep\.gradient: \d+ relaxations did not settle'):
        net.gradient(x, y, max_steps=3)
    with pytest.raises(ratezoo.InvalidValueError, match=r'Deep\.damping'):
        net.gradient(x, y, damping=0.0)
    with pytest.raises(ratezoo.InvalidValueError, match=r'Deep\.backward'):
        net.gradient(x, y, backward='none')
    with pytest.raises(ratezoo.InvalidValueError, match=r'Deep\.unroll'):
        net.gradient(x, y, unroll=0)


class Unit(ratezoo.DeepEquilibrium, ratezoo.LinearRNN):
    """F = (w − 1) r + b + x."""

    warn_above = np.inf


def test_phantom_and_unrolled_gradients_of_a_linear_unit_worked_by_hand():
    """K steps of r ← r + ε F: d r_K/db is the sum of powers ε Σ_k (1 + ε (w − 1))^k. From r*, d r_K/dw is r* times it.

    Unrolled, r_1 = b + x and r_2 = (1 + w)(b + x), whatever ε is.
    """
    net, x, y = Unit(w=0.5, b=1.0), np.array([0.5]), np.array([1.0])
    loss, grads = net.gradient(x, y, backward='phantom', unroll=3, damping=0.4)
    slope = (3 - 1) * 0.4 * (1 + 0.8 + 0.8**2)  # r* = 3
    assert loss == pytest.approx(2.0, rel=1e-9)
    assert grads['b'][0] == pytest.approx(slope, rel=1e-9)
    assert grads['w'][0, 0] == pytest.approx(3 * slope, rel=1e-9)
    loss, grads = net.gradient(x, y, backward='unrolled', unroll=2, damping=0.4, must_settle=False)
    assert loss == pytest.approx((1.5 * 1.5 - 1) ** 2 / 2, rel=1e-12)
    assert grads['b'][0] == pytest.approx((1.5 * 1.5 - 1) * 1.5, rel=1e-12)
    assert grads['w'][0, 0] == pytest.approx((1.5 * 1.5 - 1) * 1.5, rel=1e-12)


def test_newton_settles_the_samples_that_anderson_leaves():
    """Six eigenvalues are too many for three steps of Anderson acceleration; Newton's method needs one step."""
    w = np.linspace(-0.5, 0.9, 6)
    net, x, y = Unit(6, w=np.diag(w)), np.array([np.ones(6), -np.ones(6)]), np.zeros((2, 6))
    found = net.relax(x, solver='anderson', max_steps=3)
    assert found.converged.tolist() == [False, True]  # the other is at rest at 0
    r = 2 / (1 - w)
    loss, grads, report = net.measure(x, y, max_steps=3)
    assert loss == pytest.approx(np.sum(r**2) / 4, rel=1e-9)
    assert np.allclose(grads['b'], r / (1 - w) / 2, rtol=1e-8)
    assert report['residual'] <= 1e-10
    assert report['steps'] in (4, 5)


@pytest.mark.slow
def test_a_phantom_gradient_lacks_a_power_of_the_jacobian(rng):
    """Its error falls like ρ^K, to nothing; with one step it is dl/dr* ∂F/∂w."""
    net, x, y = deep(0.5)
    exact = net.gradient(x, y)[1]['W']
    errors = [relative_error(net.gradient(x, y, backward='phantom', unroll=K)[1]['W'], exact) for K in (1, 5, 10, 60)]
    assert 0.05 < errors[0] < 1
    assert errors[1] < 0.15 * errors[0]
    assert errors[2] < 0.15 * errors[1]
    assert errors[3] < 1e-9
    damped = net.gradient(x, y, backward='phantom', unroll=5, damping=0.5)[1]['W']
    assert errors[1] < relative_error(damped, exact) < errors[0] * 1.5


@pytest.mark.slow
def test_an_unrolled_gradient_is_that_of_the_plain_steps(rng):
    net, x, y = deep(0.9)
    loss, grads = net.gradient(x, y, backward='unrolled', unroll=7, must_settle=False)

    def plain(p):
        z = jnp.zeros((BATCH, N))
        for _ in range(7):
            z = jnp.tanh(z @ p['W'].T + x @ p['W_in'].T + p['b'])
        return 0.5 * jnp.mean(jnp.sum((z @ p['W_out'].T + p['b_out'] - y) ** 2, 1))

    value, slopes = jax.value_and_grad(plain)(net.params_dict())
    assert abs(loss / value - 1) < 1e-12
    assert relative_error(grads, slopes) < 1e-12
    with pytest.raises(ratezoo.NotConvergedError):
        net.gradient(x, y, backward='unrolled', unroll=7)
    assert relative_error(net.gradient(x, y, backward='unrolled', unroll=400)[1], net.gradient(x, y)[1]) < 1e-8


@pytest.mark.slow
def test_it_learns_and_compiles_once(rng):
    net = Deep(2, 20, 1, g=0.8, seed=0)
    x = rng.uniform(-1, 1, (32, 2))
    y = x[:, :1] * x[:, 1:]
    for _ in range(2):
        with compilations() as names:
            history = net.fit(x, y, 200, optax.adam(1e-2), batch_size=16, progress=False)
            net.predict(x)
    assert names == []
    assert history.loss[-1] < 1e-3

"""Dale's law, whatever an update does, and the network of the paper in plain NumPy."""

import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from helpers import plain_loss, relative_error

import ratezoo

EIRateRNN = ratezoo.EIRateRNN


class Net(ratezoo.BPTT, EIRateRNN):
    """Trained backwards in time."""


class Online(ratezoo.RTRL, EIRateRNN):
    """Trained forwards in time."""


def by_the_paper(net, x, positive=lambda a: np.maximum(a, 0.0), phi=lambda a: np.maximum(a, 0.0)):
    """x_t = (1 − α) x_{t−1} + α (W_rec r_{t−1} + W_in u_t + b), z = W_out r: unit by unit, in a NumPy loop."""
    p = {k: np.asarray(v) for k, v in net.params_dict().items()}
    n, excitatory, a = len(p['b']), net.n_excitatory, net.dt / net.tau
    w_rec = np.zeros((n, n))
    for post in range(n):
        for pre in range(n):
            if post != pre:
                w_rec[post, pre] = positive(p['W'][post, pre]) * (1 if pre < excitatory else -1)
    current, outputs = np.full(n, 0.1), []
    for u in x:
        current = (1 - a) * current + a * (w_rec @ phi(current) + positive(p['W_in']) @ u + p['b'])
        outputs.append(positive(p['W_out'][:, :excitatory]) @ phi(current)[:excitatory])
    return np.stack(outputs)


def of_both_signs(net, rng):
    """Free parameters, half of them negative."""
    net.set_params({p: rng.normal(size=v.shape) for p, v in net.params_dict().items()})
    return net


def keeps_dales_law(net):
    w = {p: np.asarray(v) for p, v in net.effective().items()}
    n, e = net.sizes['I'], net.n_excitatory
    return (
        (w['W'][:, :e] >= 0).all()
        and (w['W'][:, e:] <= 0).all()
        and (np.diag(w['W']) == 0).all()
        and (w['W_in'] >= 0).all()
        and (w['W_out'][:, :e] >= 0).all()
        and (w['W_out'][:, e:] == 0).all()
        and w['W'].shape == (n, n)
    )


@pytest.mark.parametrize(('positive', 'by_hand'), [('rectify', lambda a: np.maximum(a, 0.0)), ('abs', np.abs)])
def test_against_the_papers_equations_in_numpy(positive, by_hand, rng):
    net = of_both_signs(EIRateRNN(2, 9, 3, excitatory=0.7, positive=positive, dt=0.2, tau=1.3, seed=1), rng)
    x = rng.normal(size=(12, 2))
    outputs = np.stack([net.update(u) for u in x])
    assert net.n_excitatory == 6
    assert np.abs(outputs).max() > 0.1
    assert relative_error(outputs, by_the_paper(net, x, by_hand)) < 1e-13
    assert relative_error(outputs, by_the_paper(net, x, lambda a: a)) > 0.1  # the free parameters don't act


@pytest.mark.parametrize('positive', ['rectify', 'abs'])
def test_dales_law_survives_an_arbitrary_update(positive, rng):
    net = Net(2, 10, 2, seed=0, positive=positive)
    x, y = rng.uniform(size=(4, 15, 2)), rng.normal(size=(4, 15, 2))
    assert keeps_dales_law(net)
    before = net.params_dict()
    net.fit(x, y, 5, optimizer=optax.sgd(20.0), progress=False)
    after = net.params_dict()
    crossed = np.asarray((before['W'] > 0) & (after['W'] < 0))
    assert crossed.any()  # the law isn't kept for want of movement
    assert not (np.asarray(after['W'] * net.sign) * (1 - np.eye(10)) >= 0).all()  # without Eq. (2) it is broken
    assert keeps_dales_law(net)
    assert keeps_dales_law(of_both_signs(net, rng))


def test_the_readout_hears_excitatory_units_alone(rng):
    net = of_both_signs(EIRateRNN(1, 10, 2, seed=0), rng)
    current = np.abs(rng.normal(size=10))
    other = current.copy()
    other[net.n_excitatory :] += 1.0
    excited = current.copy()
    excited[: net.n_excitatory] += 1.0
    params = net.params_dict()
    assert relative_error(net.output(other, params), net.output(current, params)) == 0
    assert relative_error(net.output(excited, params), net.output(current, params)) > 0.1


@pytest.mark.slow
def test_it_starts_as_the_paper_says():
    for n, excitatory, rho in ((50, 0.8, 1.5), (20, 0.5, 0.7), (2, 0.5, 1.5), (6, 1.0, 1.1), (3, 0.67, 1.5)):
        net = EIRateRNN(n=n, excitatory=excitatory, rho=rho, seed=4)
        w = np.asarray(net.effective()['W'])
        assert abs(np.abs(np.linalg.eigvals(w)).max() / rho - 1) < 1e-10
        assert (np.asarray(net.W.value)[~np.eye(n, dtype=bool)] > 0).all()
        assert keeps_dales_law(net)
    w = np.mean([np.asarray(EIRateRNN(seed=s).effective()['W']) for s in range(40)], 0)
    balance = w.sum(1) / np.abs(w).sum(1)
    assert np.abs(balance).max() < 0.1  # excitation and inhibition balance in the mean
    equal = np.sign(w).sum(1) / np.abs(np.sign(w)).sum(1)
    assert np.abs(equal).min() > 0.4  # with equal strengths, 4 : 1 would not


@pytest.mark.slow
def test_rtrl_is_bptt_is_jax_grad_and_every_connection_learns(rng):
    x, y, alpha = rng.normal(size=(14, 2)), rng.normal(size=(14, 2)), rng.uniform(size=14)
    make = dict(n_in=2, n=7, n_out=2, seed=3, dt=0.3)
    _, online = Online(**make).gradient(x, y, alpha)
    net = Net(**make)
    _, grads = net.gradient(x, y, alpha)
    params = net.params_dict()
    expected = jax.grad(lambda p: plain_loss(net, p, x, y, alpha, net.initial_state()))(params)
    assert relative_error(online, grads) < 1e-10
    assert relative_error(grads, expected) < 1e-10
    e, there = net.n_excitatory, ~np.eye(7, dtype=bool)
    alive = {p: np.asarray(g) != 0 for p, g in grads.items()}
    assert alive['W'][there].mean() > 0.5
    assert alive['W_in'].any(1).mean() > 0.5
    assert alive['W_out'][:, :e].any(0).mean() > 0.5
    assert alive['b'].mean() > 0.5
    assert not alive['W'][~there].any()  # what isn't there doesn't learn
    assert not alive['W_out'][:, e:].any()


def test_a_pruned_connection_stays_pruned_unless_it_is_an_absolute_value(rng):
    x, y = rng.uniform(size=(10, 2)), rng.normal(size=(10, 1))
    for positive, comes_back in (('rectify', False), ('abs', True)):
        net = Net(2, 6, 1, seed=0, positive=positive, phi='softplus')
        net.set_params({'W': -net.W.value})
        _, grads = net.gradient(x, y)
        assert bool((np.asarray(grads['W']) != 0).any()) is comes_back
        assert (np.asarray(grads['b'])[: net.n_excitatory] != 0).all()


def test_the_current_is_a_current(rng):
    """What rules for currents rely on: F of the current, and the weights that act."""
    net = of_both_signs(EIRateRNN(2, 6, seed=0, phi='softplus'), rng)
    current, x, params = rng.normal(size=6), rng.normal(size=2), net.params_dict()
    z, w = net.presynaptic(current, x), net.weights(params)
    by_hand = w['W'] @ z['W'] + w['W_in'] @ z['W_in'] + w['b']
    assert relative_error(net.F(current, params, x), -current + by_hand) < 1e-13
    assert (
        relative_error(net.step(current, params, x), net.step_of_current(current, net.current(current, params, x)))
        < 1e-13
    )
    assert relative_error(jnp.stack(list(z['W'])), np.log1p(np.exp(current))) < 1e-13
    assert relative_error(net.F(current, params, x), -current + by_hand + 1) > 0.1


@pytest.mark.slow
def test_a_batch_is_a_loop(rng):
    x = rng.normal(size=(6, 3, 2))
    batched = EIRateRNN(2, 8, 2, seed=0, mode=bm.BatchingMode(3))
    outputs = np.stack([batched.update(a) for a in x])
    for k in range(3):
        one = EIRateRNN(2, 8, 2, seed=0)
        assert relative_error(np.stack([one.update(a[k]) for a in x]), outputs[:, k]) < 1e-13
    assert relative_error(outputs[:, 0], outputs[:, 1]) > 1e-3


@pytest.mark.parametrize(
    ('options', 'error', 'message'),
    [
        (dict(n=1), ratezoo.InvalidValueError, r'EIRateRNN\.n: expected two units'),
        (dict(excitatory=0.0), ratezoo.InvalidValueError, r'EIRateRNN\.excitatory: expected .*got 0\.0'),
        (dict(excitatory=1.2), ratezoo.InvalidValueError, r'EIRateRNN\.excitatory'),
        (dict(n=5, excitatory=0.05), ratezoo.InvalidValueError, r'EIRateRNN\.excitatory: expected a fraction of the 5'),
        (dict(rho=0.0), ratezoo.InvalidValueError, r'EIRateRNN\.rho'),
        (dict(tau=-1.0), ratezoo.InvalidValueError, r'EIRateRNN\.tau'),
        (dict(n_out=0), ratezoo.InvalidValueError, r'EIRateRNN\.n_out'),
        (dict(phi='tanh'), ratezoo.UnknownNameError, r'EIRateRNN\.phi: expected .*negative rate'),
        (dict(positive='square'), ratezoo.UnknownNameError, r'EIRateRNN\.positive: expected one of rectify, abs'),
    ],
)
def test_bad_arguments_get_one_clear_error(options, error, message):
    with pytest.raises(error, match=message):
        EIRateRNN(**options)

"""`compare`: its figures against those computed by hand, its refusals by name."""

import json

import matplotlib.pyplot as plt
import numpy as np
import optax
import pytest
from helpers import TanhRNN

import ratezoo
from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.learning import compare

SETTINGS = dict(n_in=2, n=5, n_out=2, dt=0.5, seed=4)


def data(rng, T=15):
    return rng.normal(size=(T, 2)), rng.normal(size=(T, 2))


def by_hand(grads):
    return np.concatenate([np.ravel(grads[p]) for p in ('W', 'W_in', 'b')])


@pytest.mark.slow
def test_its_figures_are_those_of_the_gradients(rng):
    x, y = data(rng)
    found = compare(
        ['RTRL', 'RFLO', 'UORO'],
        ratezoo.RateRNN,
        x,
        y,
        settings=SETTINGS,
        updates=12,
        every=5,
        runs=30,
        progress=False,
        seed=7,
    )
    exact = by_hand(type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(**SETTINGS).gradient(x, y)[1])
    local = by_hand(type('Net', (ratezoo.RFLO, ratezoo.RateRNN), {})(**SETTINGS).gradient(x, y)[1])
    r = found['RFLO']
    assert r.measured == [0, 5, 10, 11]
    assert r.cosine[0] == pytest.approx(local @ exact / np.linalg.norm(local) / np.linalg.norm(exact))
    assert r.relative_error[0] == pytest.approx(np.linalg.norm(local - exact) / np.linalg.norm(exact))
    assert r.relative_mse == pytest.approx(r.relative_error[0] ** 2)
    assert r.bias_norm == pytest.approx(r.relative_error[0])
    assert found['RTRL'].relative_mse < 1e-20
    assert min(found['RTRL'].cosine) > 1 - 1e-10
    noisy = type('Net', (ratezoo.UORO, ratezoo.RateRNN), {})(**SETTINGS)
    every = np.array([by_hand(noisy.gradient(x, y, seed=7 + k)[1]) for k in range(30)])
    u = found['UORO']
    assert u.relative_mse == pytest.approx(np.mean(np.sum((every - exact) ** 2, 1)) / (exact @ exact))
    assert u.bias == pytest.approx(np.mean(every @ exact) / (exact @ exact) - 1)
    assert u.bias_interval[0] < u.bias < u.bias_interval[1]
    assert 0.3 < u.bias_norm / u.bias_norm_of_noise < 3  # unbiased: nothing but noise


def test_its_loss_curve_is_that_of_fit(rng):
    x, y = data(rng)
    found = compare(
        ['BPTT'], ratezoo.RateRNN, x, y, settings=SETTINGS, updates=20, optimizer=optax.sgd(0.1), progress=False
    )
    net = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(**SETTINGS)
    history = net.fit(x, y, 20, optax.sgd(0.1), progress=False)
    assert np.allclose(found['BPTT'].loss, history.loss, rtol=1e-10)
    assert found['BPTT'].loss[-1] < found['BPTT'].loss[0]


def test_who_can_not_is_named_and_the_others_go_on(rng):
    x, y = rng.normal(size=(10, 2)), rng.normal(size=(10, 3))
    found = compare(
        ['RFLO', 'SnAp', 'FORCE'],
        TanhRNN,
        x,
        y,
        settings=dict(n=4),
        updates=2,
        progress=False,
        options={'SnAp': {'order': 4}},
    )
    assert 'RFLO needs more of a model than F' in found['RFLO'].refused
    assert 'does not follow a gradient' in found['FORCE'].refused
    assert found['SnAp'].refused is None
    assert found['SnAp'].relative_mse < 1e-20
    assert 'refused: ' in found.table()
    with pytest.raises(InvalidValueError, match=r'compare\.rules: .*none of the rules could be run.*RFLO'):
        compare(['RFLO'], TanhRNN, x, y, settings=dict(n=4), progress=False)


def test_a_rule_that_diverges_is_stopped(rng):
    x, y = data(rng)
    found = compare(
        ['BPTT', 'RTRL'],
        ratezoo.RateRNN,
        x,
        y,
        settings={**SETTINGS, 'phi': 'linear'},
        updates=300,
        optimizer=optax.sgd(50.0),
        progress=False,
    )
    assert 'blew up' in found['BPTT'].refused
    assert 'stopped' in found.table()


def test_what_can_not_be_is_refused(rng):
    x, y = data(rng)
    with pytest.raises(UnknownNameError, match=r'no rule \'BTPT\'.*BPTT'):
        compare(['BTPT'], ratezoo.RateRNN, x, y)
    with pytest.raises(InvalidValueError, match='updates'):
        compare(['BPTT'], ratezoo.RateRNN, x, y, updates=0)
    with pytest.raises(UnknownNameError, match=r'compare\.options: .*got options of UORO'):
        compare(['BPTT'], ratezoo.RateRNN, x, y, options={'UORO': {}})


def test_the_figure_and_the_numbers_for_machines(rng):
    x, y = data(rng)
    found = compare(['BPTT', 'RFLO'], ratezoo.RateRNN, x, y, settings=SETTINGS, updates=4, progress=False)
    assert json.loads(json.dumps(found.as_dict()))['rules']['RFLO']['cosine'] == found['RFLO'].cosine
    figure = found.plot()
    axes = figure.axes
    assert [a.get_ylabel() for a in axes] == [
        'loss $l$',
        'cosine with the exact gradient',
        'relative mean squared error',
        'time of a step (µs)',
    ]
    assert np.allclose(axes[0].lines[1].get_ydata(), found['RFLO'].loss)
    assert [t.get_text() for t in axes[3].get_xticklabels()] == ['BPTT', 'RFLO']
    assert axes[2].patches[1].get_height() == pytest.approx(found['RFLO'].relative_mse)
    plt.close(figure)

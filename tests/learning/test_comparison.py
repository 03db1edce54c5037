"""`compare`: its figures against those computed by hand, its refusals by name."""

import json
import types

import matplotlib.pyplot as plt
import numpy as np
import optax
import pytest
from helpers import TanhRNN

import ratezoo
from ratezoo.errors import InvalidValueError, UnknownNameError
from ratezoo.learning import compare, comparison
from ratezoo.learning.comparison import Comparison, RuleReport, _set_errors

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
    for name, least in (('updates', 1), ('every', 1), ('runs', 2)):
        for value in (least - 1, True, 2.5):
            with pytest.raises(
                InvalidValueError, match=rf'compare\.{name}: expected an integer ≥ {least}, got {value}'
            ):
                compare(['BPTT'], ratezoo.RateRNN, x, y, **{name: value})
    for wrong, told in (
        (
            ('RTRL', ratezoo.RateRNN),
            r"compare\.rules: expected a list of names, such as \['RTRL', 'BPTT'\], got 'RTRL'",
        ),
        (([ratezoo.RTRL], ratezoo.RateRNN), r'compare\.rules: expected a list of names'),
        ((['RTRL'], ratezoo.RateRNN(2, 2, 2)), r'compare\.model: expected the class of a model without a rule'),
        ((['RTRL'], type('Net', (ratezoo.RTRL, ratezoo.RateRNN), {})), r'compare\.model: expected the class'),
    ):
        with pytest.raises(InvalidValueError, match=told):
            compare(*wrong, x, y)
    with pytest.raises(InvalidValueError, match='got both'):
        compare(['BPTT', 'ImplicitGradient'], ratezoo.RateRNN, x, y)
    with pytest.raises(InvalidValueError, match='expected the names of one or more rules, got none'):
        compare([], ratezoo.RateRNN, x, y)
    with pytest.raises(UnknownNameError, match=r'compare\.options: .*got options of UORO'):
        compare(['BPTT'], ratezoo.RateRNN, x, y, options={'UORO': {}})


def test_error_and_bias_of_random_gradients_worked_by_hand():
    """g = (3, 4), so ‖g‖² = 25, and four estimates of it: twice, zero times, once, and once with a step aside."""
    report, g = RuleReport('UORO'), np.array([3.0, 4.0])
    _set_errors(report, np.array([[6.0, 8.0], [0.0, 0.0], [3.0, 4.0], [3.0 + 4.0, 4.0 - 3.0]]), g, True)
    assert report.relative_mse == pytest.approx((1 + 1 + 0 + 1) / 4)
    assert report.bias == pytest.approx((1 - 1 + 0 + 0) / 4)
    half_width = 1.96 * np.sqrt(2 / 3) / 2  # two standard errors, nearly: the variance of 1, −1, 0, 0 is 2/3
    assert report.bias_interval == pytest.approx((-half_width, half_width))
    assert report.bias_norm == pytest.approx(1 / 4)  # the mean is (4, 3.25) = g + (1, −0.75)
    assert report.bias_norm_of_noise == pytest.approx(np.sqrt(0.75 / 4))
    _set_errors(report, np.array([[1.5, 2.0]]), g, False)
    assert report.relative_mse == pytest.approx(0.25)
    assert report.bias == pytest.approx(-0.5)
    assert report.bias_interval == (report.bias, report.bias)
    assert report.bias_norm == pytest.approx(0.5)
    assert report.bias_norm_of_noise == 0


def test_a_linear_unit_under_compare_worked_by_hand(monkeypatch):
    """At Δt = 1 it is r ← w r + b + x. Adam's first step changes a parameter by its rate, 1e-3 by default, whatever the
    gradient is. The clock says that five gradients take 1, 2, 3, 4 and 100 seconds."""
    times = iter(np.cumsum([0, 1, 0, 4, 0, 3, 0, 100, 0, 2]).tolist())
    monkeypatch.setattr(comparison, 'time', types.SimpleNamespace(perf_counter=lambda: float(next(times))))
    x, y, alpha, r0 = np.arange(4.0), np.ones(4), np.array([0.5, 0.0, 2.0, 1.0]), 0.3

    def loss(w, b):
        r, total = r0, 0.0
        for t in range(4):
            r = w * r + b + x[t]
            total += alpha[t] * (r - y[t]) ** 2 / 2
        return total

    found = compare(
        ['BPTT'], ratezoo.LinearRNN, x, y, alpha, r0, settings=dict(w=0.5, b=1.0, dt=1.0), updates=2, progress=False
    )['BPTT']
    assert found.loss == pytest.approx([loss(0.5, 1.0), loss(0.5 - 1e-3, 1.0 - 1e-3)], rel=1e-9)  # both slopes are > 0
    assert found.seconds_per_step == 3 / 4  # the median, of four steps
    assert found.measured == [0, 1]


def test_the_error_of_a_random_rule_is_not_that_of_the_networks_noise():
    """After one step of one unit UORO is exact, ν² = 1. Each run has noise, and an exact gradient, of its own."""
    settings = dict(n_in=1, n=1, n_out=1, sigma=0.5, seed=2)
    x, y = np.ones((1, 1)), np.full((1, 1), 3.0)
    found = compare(['UORO'], ratezoo.RateRNN, x, y, settings=settings, updates=1, runs=3, seed=5, progress=False)
    assert found.runs == 3
    assert found['UORO'].relative_mse < 1e-20
    assert found['UORO'].bias_norm_of_noise < 1e-10
    assert found['UORO'].cosine == [pytest.approx(1)]
    assert found['UORO'].relative_error == [pytest.approx(0, abs=1e-10)]
    exact = type('Net', (ratezoo.BPTT, ratezoo.RateRNN), {})(**settings)
    assert found['UORO'].loss == [pytest.approx(exact.gradient(x, y, seed=5)[0])]
    assert not np.isclose(found['UORO'].loss[0], exact.gradient(x, y, seed=6)[0])


def test_rules_of_fixed_points_are_compared_with_the_implicit_gradient():
    found = compare(
        ['AdjointDynamics'],
        ratezoo.LinearRNN,
        np.ones((2, 1)),
        np.zeros((2, 1)),
        settings=dict(w=0.5, dt=1.0),
        updates=1,
        progress=False,
    )
    assert found.unit == 'gradient'
    assert 'a gradient' in found.table().splitlines()[0]
    adjoint = found['AdjointDynamics']
    assert adjoint.cosine == [pytest.approx(1)]
    assert adjoint.relative_error[0] < 1e-8
    assert adjoint.loss == [pytest.approx(8)]  # r* = 4
    assert adjoint.memory == 2 * 8 * (6 * 1 + 2)  # two samples


def test_the_table_writes_short_numbers_with_their_units():
    def report(rule, **changes):
        filled = dict(loss=[2.0, 0.123456], cosine=[1.0, 0.5], relative_mse=0.0123, bias=-0.012, operations=123456)
        return RuleReport(rule, **{**filled, 'bias_interval': (-0.1, 0.25), **changes})

    reports = [
        report('A', seconds_per_step=1.5, memory=1023),
        report('B', seconds_per_step=1e-3, memory=1024),
        report('C', seconds_per_step=25e-6, memory=3 * 2**20),
        report('D', seconds_per_step=2e-9, memory=5 * 2**40, refused='It blew up.'),
        RuleReport('E', refused='It cannot.'),
    ]
    found = Comparison('Model', 20, {r.rule: r for r in reports})
    cells = [line.split('  ') for line in found.table().splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in cells]
    assert cells[0] == ['rule', 'loss', 'cosine', 'rel. MSE', 'bias [95 %]', 'a step', 'memory', 'operations']
    same = ['2 → 0.1235', '1.000 → 0.500', '0.012', '-0.012 [-0.1, +0.25]']
    for line, time, memory in zip(
        cells[1:5], ('1.5 s', '1 ms', '25 µs', '2 ns'), ('1.02e+03 B', '1 KiB', '3 MiB', '5.12e+03 GiB'), strict=True
    ):
        assert line[1:] == [*same, time, memory, '1.2e+05']
    assert cells[5:] == [['stopped: It blew up.'], ['E', 'refused: It cannot.']]
    lines = found.table().splitlines()
    assert len({line.index('[-0.1') for line in lines[1:5]}) == 1  # the columns stand below each other
    assert repr(found) == f'Comparison on Model\n{found.table()}'
    told = found.as_dict()
    assert (told['model'], told['runs'], list(told['rules'])) == ('Model', 20, list('ABCDE'))
    assert told['rules']['A']['bias_interval'] == [-0.1, 0.25]
    assert told['rules']['E']['bias'] is None
    assert told['rules']['E']['bias_interval'] == [None, None]
    assert told['rules']['E']['refused'] == 'It cannot.'


def test_the_figure_and_the_numbers_for_machines(rng):
    x, y = data(rng)
    found = compare(['BPTT', 'RFLO'], ratezoo.RateRNN, x, y, settings=SETTINGS, updates=4, every=2, progress=False)
    exact, local = found['BPTT'], found['RFLO']
    assert exact.measured == local.measured == [0, 2, 3]  # every second one, and the last
    assert np.allclose(exact.cosine, 1, rtol=1e-12)
    assert exact.relative_error == [0, 0, 0]
    assert exact.relative_mse == exact.bias_norm == exact.bias_norm_of_noise == 0
    # Without random numbers: one gradient ĝ, whose error, bias and angle are three sides of one triangle.
    assert local.bias_interval == (local.bias, local.bias)
    assert local.relative_mse == pytest.approx(local.relative_error[0] ** 2, rel=1e-10)
    assert local.bias_norm == pytest.approx(local.relative_error[0], rel=1e-10)
    assert local.bias_norm_of_noise == 0
    length = (1 + local.bias) / local.cosine[0]  # ‖ĝ‖/‖g‖
    assert local.relative_mse == pytest.approx(1 - 2 * (1 + local.bias) + length**2, rel=1e-10)
    assert 0 < local.cosine[0] < 1
    assert local.exact == ratezoo.RFLO.exact
    assert local.refused is None
    assert len(local.loss) == 4
    # Of 15 steps: three copies of a trace for each of the 40 entries, and all 52 parameters; 8 bytes a number.
    assert (local.memory, local.operations) == (8 * (3 * 40 + 52), 4 * 40)
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

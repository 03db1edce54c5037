"""The pages of the homework, of equilibrium propagation and of the rules: their numbers against other computations."""

import numpy as np
import pytest
from helpers import compilations
from scipy.optimize import approx_fprime

import ratezoo
from ratezoo.explore import rules
from ratezoo.explore.nudge import NudgeView
from ratezoo.explore.rules import RulesView, Training
from ratezoo.explore.sequence import SequenceView, descent, run
from ratezoo.tasks import homework_sequence

HOMEWORK = {'w': 0.7, 'b': 0.3, 'dt': 0.2, 'eta': 0.3, 'k': 4, 'seed': 5}


def test_the_homework_gives_the_gradient_of_its_loss():
    x, y = homework_sequence(seed=5)
    got = run(0.7, 0.3, 0.2, 0.3, x, y)
    gradient = approx_fprime([0.7, 0.3], lambda p: run(*p, 0.2, 0.3, x, y).loss, 1e-7)
    np.testing.assert_allclose([got.dw.sum(), got.db.sum()], -0.3 * gradient, rtol=1e-5)
    assert len(descent(0.7, 0.3, 0.2, 0.3, x, y)) == 11


def test_the_step_shows_the_numbers_of_the_formulas_and_the_code_gives_them():
    shown = SequenceView().show(HOMEWORK, False, 0)
    names = {}
    exec(shown.code, names)
    told = {text[0]: line.replace('−', '-') for text, line in shown.lines}
    assert float(told['r_3']) == pytest.approx(names['runner'].mon.r[2, 0], rel=1e-4)
    p_w = float(told['p_w,4 = p_w + Δt [(w − 1) p_w + r]'].partition('= ')[2])
    assert p_w == pytest.approx(np.ravel(names['runner'].mon.p_w)[3], rel=1e-4)
    dw, db = map(float, told['Δw, Δb of all steps'].split(', '))
    np.testing.assert_allclose([dw, db], [float(names['dw']), float(names['db'])], rtol=1e-4)
    assert float(told['loss (1/2T) Σ (r − y)²']) == pytest.approx(names['loss'], rel=1e-4)


@pytest.mark.parametrize(
    ('view', 'values', 'told'),
    [
        (SequenceView, {'k': 11}, 'homework.k: expected a whole number from 1 to 10, got 11'),
        (SequenceView, {'w': 'nan'}, "homework.w: expected a finite number, got 'nan'"),
        (SequenceView, {'w': '1e300'}, 'homework: the unit blew up at w = 1e'),
        (SequenceView, {'dt': 0}, 'homework.dt: expected a finite number from 1e-06 to 10, got 0'),
        (RulesView, {'rate': 'x'}, "rules.rate: expected a finite number from 1e-09 to 1000, got 'x'"),
        (RulesView, {'rule': 'FORCE'}, "rules.rule: expected one of .* got 'FORCE'"),
    ],
)
def test_bad_values_are_told(view, values, told):
    with pytest.raises(ratezoo.RateZooError, match=told):
        view().show(values, False, 0)


@pytest.mark.slow
@pytest.mark.parametrize('scheme', ['centred', 'one-sided', 'holomorphic'])
def test_the_error_of_equilibrium_propagation_is_that_of_the_code(scheme):
    view = NudgeView()
    shown = view.show({'nudge': 0.05, 'scheme': scheme}, False, 0)
    with compilations() as compiled:
        again = view.show({'nudge': 0.1, 'scheme': scheme}, False, 0)
    assert compiled == []
    names = {}
    exec(again.code, names)
    here = next(d for d in again.figures['error']['data'] if d['name'] == 'here')
    assert here['y'][0] == pytest.approx(names['error'], rel=1e-3)
    half = next(d for d in shown.figures['error']['data'] if d['name'] == 'here')['y'][0]
    if scheme != 'holomorphic':  # the bias is O(λ²), one-sided O(λ)
        assert np.log2(here['y'][0] / half) == pytest.approx({'centred': 2, 'one-sided': 1}[scheme], abs=0.2)


def test_the_phases_are_steps_of_the_network_without_and_with_the_force():
    view = NudgeView()
    x, y = [0.9, -0.4], [0.8, -0.2]
    outputs, net = view.phases(x, y, 0.2), view.net
    free = ratezoo.LayeredEnergyModel((2, 8, 6, 2), activation='tanh', seed=2)
    assert net.method == 'euler'
    r, params = np.asarray(free.initial_state()), free.params_dict()
    for t in range(len(outputs) - 1):
        f = np.array(free.F(r, params, np.array(x)))
        if t >= (len(outputs) - 1) // 2:
            f[-2:] += 0.2 * (r[-2:] - y)
        r = r + free.dt * f
        np.testing.assert_allclose(outputs[t + 1], r[-2:], atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize('rule', ['RFLO', 'UORO', 'RTRL'])
def test_the_course_of_a_rule_is_that_of_compare(rule, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rules, 'UPDATES', 8)
    training = Training(rule)
    course = training.course(0.003)
    with compilations() as compiled:
        training.course(0.01)
    assert compiled == []
    names = {}
    exec(rules._code(rule, 0.003), names)
    report = names['result'][rule]
    np.testing.assert_allclose(course.loss, report.loss, rtol=1e-8)
    np.testing.assert_allclose(course.cosine, report.cosine, atol=1e-8)
    np.testing.assert_allclose(course.relative_error, report.relative_error, rtol=1e-6, atol=1e-9)

"""The judge: many answers, right and wrong, and what it says of each; here without the child process."""

import ast
import re

import numpy as np
import pytest
from helpers import every_second

from ratezoo.homework import exercises, factors
from ratezoo.homework.child import _numbers
from ratezoo.homework.rnn import probe
from ratezoo.homework.rnn.judge import Experiments, Verdicts

PW = 'pw + dt * ((w - 1) * pw + r)'
DW = '-eta * np.mean((r_seq - y) * pw_seq)'
DB = '-eta * np.mean((r_seq - y) * pb_seq)'


def filled(pw=PW, dw=DW, db=DB, replace=()):
    """The hand-out with its blanks filled in, and with other lines replaced."""
    text = exercises['rnn'].handout
    blanks = ('pw_new = ...', f'pw_new = {pw}'), ('dw = ...', f'dw = {dw}'), ('db = ...', f'db = {db}')
    for old, new in (*blanks, *replace):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def the_class(source):
    """Without the training below it, which takes seconds."""
    return source.split('# ## Input and target')[0]


@pytest.fixture(scope='module')
def judge():
    experiments, kept = Experiments(np.random.default_rng(2024)), {}

    def measured(source):
        """The probe's answer. Two classes that differ in train alone run alike, so their runs are made once."""
        namespace = {'__name__': 'homework'}
        exec(compile(source, '<homework>', 'exec'), namespace)
        rest = without_train(source)
        train = [e['do'] in ('train', 'run_and_train') for e in experiments.all]
        if rest not in kept:
            answer = probe.answer(namespace, {'experiments': experiments.all})
            kept[rest] = answer['results']
            return answer
        answer = probe.answer(
            namespace, {'experiments': [e for e, own in zip(experiments.all, train, strict=True) if own]}
        )
        trained = iter(answer['results'])
        results = [next(trained) if own else known for own, known in zip(train, kept[rest], strict=True)]
        return {**answer, 'results': results}

    def judge(source, seen=()):
        answer = measured(source)
        errors = answer.pop('errors')
        report = Verdicts(
            experiments, {**_numbers(answer), 'errors': errors, 'observed': list(seen), 'late_error': None}, 'x.py'
        ).report()
        parts = {p['name']: p for p in report['parts']}
        assert list(parts) == ['p_w', 'dw', 'db']
        return report, parts

    return judge


def without_train(source):
    """The source as a text that is the same whatever its method train is."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if getattr(part, 'name', '') != 'train']
    return ast.dump(tree)


def verdicts(parts):
    return [p['verdict'] for p in parts.values()]


RIGHT = {
    'as asked': {},
    'rearranged': dict(pw='(1 - dt) * pw + dt * w * pw + dt * r'),
    'a sum over T': dict(dw='-eta / T * np.sum(pw_seq * (r_seq - y))', db='eta / T * np.dot(y - r_seq, pb_seq)'),
    'a loop': dict(dw='-eta * sum(float(r_seq[t] - y[t]) * float(pw_seq[t]) for t in range(len(y))) / len(y)'),
    'in place': dict(replace=[('self.w.value = self.w.value + dw', 'self.w += dw')]),
    'with TrainVar': dict(replace=[('self.w = bm.Variable', 'self.w = bm.TrainVar')]),
    'train prints and returns nothing': dict(replace=[('return loss, dw, db', 'print(loss)')]),
    'dt by keyword with a default': dict(
        replace=[('def __init__(self, dt, w', 'def __init__(self, w'), ('b=1.):', 'b=1., dt=0.1):')]
    ),
    'train only returns the changes': dict(
        replace=[('self.w.value = self.w.value + dw', 'pass'), ('self.b.value = self.b.value + db', 'pass')]
    ),
    'the old r saved under another name': dict(
        pw='pw + dt * ((w - 1) * pw + r_old)',
        replace=[
            ('r_new = r + dt', 'r_old = r\n        self.r.value = r + dt'),
            ('self.r.value = r_new', 'pass'),
            ('return r_new', 'return self.r.value'),
        ],
    ),
    'back-propagation through time': dict(
        dw='-eta * backwards(r_seq, y, self.w.value[0], self.dt)[0]',
        db='-eta * backwards(r_seq, y, self.w.value[0], self.dt)[1]',
        replace=[
            (
                'class RNN',
                """def backwards(r, y, w, dt):
    previous, v, dw, db = np.concatenate([y[:1], r[:-1]]), 0., 0., 0.
    for t in reversed(range(len(y))):
        v = v * (1 + dt * (w - 1)) + (r[t] - y[t]) / len(y)
        dw, db = dw + v * dt * previous[t], db + v * dt
    return dw, db


class RNN""",
            )
        ],
    ),
}


@pytest.mark.quick(1)
@pytest.mark.parametrize('answer', RIGHT)
def test_right_answers_in_many_styles(judge, answer):
    report, parts = judge(the_class(filled(**RIGHT[answer])))
    assert verdicts(parts) == ['exact'] * 3
    assert report['passed'] is True
    assert report['exercise'] == 'rnn'
    assert report['remarks'] == []
    assert all(p['relative_error'] < 1e-6 for p in parts.values())
    if answer == 'back-propagation through time':
        assert 'back-propagation through time' in parts['dw']['hint']


CONSISTENT = {
    'r_t in place of r_{t-1}': (dict(pw='pw + dt * ((w - 1) * pw + r_new)'), 'p_w', 'r_t is used'),
    'semi-implicit': (dict(pw='(pw + dt * r) / (1 - dt * (w - 1))'), 'p_w', 'first-order'),
    'exponential Euler': (dict(pw='pw * bm.exp(dt * (w - 1)) + dt * r'), 'p_w', 'first-order'),
    'one over T - 1': (dict(dw='-eta / (T - 1) * np.sum((r_seq - y) * pw_seq)'), 'dw', 'as T grows'),
    'the trace of the step before': (
        dict(dw='-eta * np.dot(r_seq[1:] - y[1:], pw_seq[:-1]) / T'),
        'dw',
        'p_w is shifted by a step',
    ),
    'without the first step': (dict(db='-eta * np.mean((r_seq[1:] - y[1:]) * pb_seq[1:])'), 'db', 'as T grows'),
}


@pytest.mark.quick(1)
@pytest.mark.parametrize('answer', CONSISTENT)
def test_first_order_consistent_answers_are_accepted_and_explained(judge, answer):
    fills, part, hint = CONSISTENT[answer]
    report, parts = judge(the_class(filled(**fills)))
    assert report['passed'] is True
    assert {k: p['verdict'] for k, p in parts.items()} == {
        'p_w': 'exact',
        'dw': 'exact',
        'db': 'exact',
        part: 'consistent',
    }
    assert hint in parts[part]['hint']
    assert parts[part]['relative_error'] > 1e-3
    assert 'Measured on the homework' in parts[part]['hint']


@pytest.mark.slow
def test_the_official_answers_difference_is_measured(judge):
    """r_t for r_{t−1}: dw a few per cent off on the homework's sequence (3.3 % is the median over sequences)."""
    _, parts = judge(the_class(filled(pw='pw + dt * ((w - 1) * pw + r_new)')))
    percent = float(parts['p_w']['hint'].split('dw comes out ')[1].split('%')[0])
    assert 2 < percent < 5


WRONG_PW = {
    'pw + dt * ((w + 1) * pw + r)': 'wrong sign of the decay',
    'pw + ((w - 1) * pw + r)': 'Δt is missing',
    'pw + dt * ((w - 1) * pw + 1)': 'driven by 1',
    'pw + dt * ((w - 1) * pw + x)': 'driven by the input x',
    'pw + dt * ((w - 1) * pw + b)': 'driven by b',
    'pw + dt * (-pw + r)': 'no recurrence',
    'pw + dt * (w * pw + r)': 'no decay',
    'dt * ((w - 1) * pw + r)': 'not accumulated',
    'pw + dt * ((w - 1) * pb + r)': 'p_b is used for p_w',
    'pw + dt * ((w - 1) * pw - r)': 'drive has the wrong sign',
    'pw + dt * ((1 - w) * pw + r)': 'sign of (w − 1) p_w is reversed',
    'pw + 0.1 * ((w - 1) * pw + r)': 'written as the number 0.1',
    'pw + dt * r': 'does not feed back',
    'pw + dt * ((w - 1) * pw)': 'no drive',
    'pw + dt * ((w - 1) * pw + w * r)': 'driven by w r',
    'pw - dt * ((w - 1) * pw + r)': 'whole change has the wrong sign',
    'pw': 'never changes',
    'pw * np.nan': 'infinite or NaN',
    'pw + dt * ((w - 1) * pw + r) / (w - 1) * (w - 1)': 'at w = 1',
    'pw + dt * ((w + 1) * pw + 1)': 'driven by 1',
    'pw + dt * ((w - 1) * pw + r ** 2)': 'term by term',
    'pw + dt * (w - 1) * pw + r': 'Δt is missing on the drive',
    'pw + (w - 1) * pw + dt * r': 'Δt is missing on the term (w − 1) p_w',
    'pw + dt * (w - 1) * (pw + r)': '(w − 1) multiplies the drive',
    'pw + dt * (w - 1 * pw + r)': 'brackets are missing',
    'pw + dt * ((w - 1) * pw - r + w * r + b + x)': 'driven by F itself',
}


@pytest.mark.quick(1)
@pytest.mark.parametrize('pw', every_second(WRONG_PW))
def test_wrong_p_w_is_named(judge, pw):
    report, parts = judge(the_class(filled(pw=pw)))
    assert report['passed'] is False
    assert verdicts(parts) == ['wrong', 'exact', 'exact']
    assert WRONG_PW[pw].lower() in parts['p_w']['hint'].lower()
    english, chinese = parts['p_w']['hint'].split(' / ')
    assert any('\u4e00' <= c <= '\u9fff' for c in chinese)
    assert not any('\u4e00' <= c <= '\u9fff' for c in english)


E_PW = '(r_seq - y) * pw_seq'
WRONG_DW = {
    f'eta * np.mean({E_PW})': 'ascent instead of descent',
    '-eta * np.mean((y - r_seq) * pw_seq)': 'ascent instead of descent',
    f'-eta * np.sum({E_PW})': 'sum over time instead of the mean',
    '-eta * np.mean((r_seq - y) * pb_seq)': 'p_b is used where p_w belongs',
    '-eta * np.mean(pw_seq)': 'error r − y is missing',
    f'-np.mean({E_PW})': 'η is missing',
    f'-eta * ({E_PW})[-1]': 'only the last step',
    f'-eta * ({E_PW})[-1] / T': 'only the last step',
    '-eta * np.mean((r_seq - y) ** 2 * pw_seq)': 'squared error',
    f'-2 * eta * np.mean({E_PW})': 'factor 2',
    '-eta * np.mean(r_seq - y)': 'the trace p_w is missing',
    '-eta * np.mean(r_seq - y) * np.mean(pw_seq)': 'averaged before',
    f'-eta * self.dt * np.sum({E_PW})': 'Δt instead of 1/T',
    f'-eta * np.sum({E_PW}) / 10': 'written as the number 10',
    '-eta * np.mean(np.abs(r_seq - y) * pw_seq)': 'absolute error',
    '0.': 'nothing changes',
    f'-3.3 * eta * np.mean({E_PW})': '3.3 times the right value',
    f'eta * np.sum({E_PW})': 'ascent',
    '-eta * np.mean((r_seq - y) * pw_seq ** 2)': 'factor by factor',
    '-eta * np.mean((r_seq - np.roll(y, 1)) * pw_seq)': 'target is shifted',
    '-eta * loss * np.mean(pw_seq)': 'loss is used where the error',
    f'-eta / T * np.mean({E_PW})': '1/T is applied twice',
    '-eta * np.mean((r_seq - y) * float(self.pw.value[0]))': 'self.pw is used',
    '-eta * np.mean((r_seq - y) * (pw_seq + pb_seq))': 'p_w + p_b is used where p_w belongs',
    '-eta * np.mean((r_seq - y) * pw_seq * r_seq)': 'r is multiplied too much',
    '-eta * np.mean((r_seq ** 2 - y ** 2) * pw_seq)': 'r² − y² is used',
}


@pytest.mark.quick(1)
@pytest.mark.parametrize('dw', every_second(WRONG_DW))
def test_wrong_dw_is_named(judge, dw):
    report, parts = judge(the_class(filled(dw=dw)))
    assert report['passed'] is False
    assert verdicts(parts) == ['exact', 'wrong', 'exact']
    assert WRONG_DW[dw].lower() in parts['dw']['hint'].lower()


# A part and its line; what the hint says.
FACTORS = {
    ('dw', f'-0.037 * np.mean({E_PW})'): 'your dw is 0.37 times the right value at every test.*rate of 0.037',
    ('dw', f'2.5 * eta * np.mean({E_PW})'): 'your dw is −2.5 times the right value.*the sign is wrong, too',
    ('dw', f'-np.mean({E_PW}) / eta'): '100 times.*you divide by η',
    ('dw', f'-eta * T * np.sum({E_PW})'): 'T² times the right value at every test.*grows with the number of steps T',
    ('dw', f'-eta * np.mean({E_PW}) / T**2'): '1/T² times.*falls with the number of steps T',
    ('dw', f'-eta * np.mean({E_PW}) / np.sqrt(T)'): '1/√T times',
    ('dw', f'-eta * np.mean({E_PW}) * self.dt**2'): 'Δt² times the right value.*Δt² does not belong there',
    ('dw', f'-eta * np.mean({E_PW}) / self.dt'): '1/Δt times.*you divide by Δt, or Δt is missing',
    ('dw', f'-eta * self.w.value * np.mean({E_PW})'): 'your dw is w times the right value.*w does not belong there',
    ('dw', f'-eta * np.mean({E_PW}) + 0.2'): 'the right value plus 0.2 at every test',
    ('dw', f'self.w.value - eta * np.mean({E_PW})'): 'the right value plus w at every test.*dw is the change of w',
    ('dw', f'-eta * np.mean({E_PW}) - 0.01 * self.w.value'): 'the right value minus 0.01 w at every test',
    ('db', '-0.37 * eta * np.mean((r_seq - y) * pb_seq)'): 'your db is 0.37 times the right value',
    ('p_w', f'1.7 * ({PW})'): 'your p_w is 1.7 times the right value at every test',
    ('p_w', f'-({PW})'): 'your p_w is −1 times the right value at every test.*only the sign',
    ('p_w', f'dt * ({PW})'): 'your p_w is Δt times the right value.*Δt does not belong there',
    ('p_w', f'{PW} + 0.2'): 'your p_w is the right value plus 0.2 at every test',
    ('p_w', 'pw + 1.7 * dt * ((w - 1) * pw + r)'): 'the change of p_w in a step is 1.7 times the right value',
    ('p_w', 'pw + dt * ((w - 1) * pw + r) * w'): 'the change of p_w in a step is w times the right value',
    ('p_w', 'pw + dt * ((w - 1) * pw + 1.7 * r)'): 'the drive r is multiplied by 1.7',
    ('p_w', 'pw + dt * (1.7 * (w - 1) * pw + r)'): 'the term \\(w − 1\\) p_w is multiplied by 1.7',
    ('p_w', 'pw + dt * ((w - 2) * pw + r)'): 'the factor of p_w is \\(w − 2\\)',
    ('p_w', 'pw + dt * ((2 * w - 1) * pw + r)'): 'w p_w is multiplied by 2',
    ('p_w', 'r + dt * ((w - 1) * pw + r)'): r'your new p_w is r \+ Δt \(−p_w \+ w p_w \+ r\)',
    ('p_w', '(1 + dt * (w - 1)) * r'): r'your new p_w is r \+ Δt \(−r \+ w r\)',
    ('p_w', 'pw + dt * ((w - 1) * r + pw)'): r'your new p_w is p_w \+ Δt \(p_w − r \+ w r\)',
    ('p_w', 'pw + dt * ((w - 1) * pw + r - 0.3 * x)'): r'a term too much .*\+ r − 0.3 x\]',
}


@pytest.mark.quick(1)
@pytest.mark.parametrize(('part', 'line'), every_second(FACTORS))
def test_a_factor_or_an_extra_term_is_found_from_the_numbers(judge, part, line):
    report, parts = judge(the_class(filled(**{{'p_w': 'pw'}.get(part, part): line})))
    assert report['passed'] is False
    assert [k for k, p in parts.items() if p['verdict'] == 'wrong'] == [part]
    english, chinese = parts[part]['hint'].split(' / ')
    assert re.search(FACTORS[part, line], english, re.I), english
    assert not any('\u4e00' <= c <= '\u9fff' for c in english)
    assert any('\u4e00' <= c <= '\u9fff' for c in chinese)


NO_FACTOR = {
    ('dw', f'-eta * loss * np.mean({E_PW})'): 'factor by factor',
    ('dw', f'-eta * np.mean({E_PW}) ** 2'): 'factor by factor',
    ('dw', f'-eta * np.mean({E_PW}) * np.mean(np.abs(pw_seq))'): 'factor by factor',
    ('dw', f'-eta * np.median({E_PW})'): 'factor by factor',
    ('p_w', 'pw + dt * bm.tanh((w - 1) * pw + r)'): 'term by term',
    ('p_w', f'({PW}) * (1 + r)'): 'term by term',
    ('p_w', 'pw + dt * (bm.sin(w) * pw + r)'): 'term by term',
}


@pytest.mark.quick(1)
@pytest.mark.parametrize(('part', 'line'), every_second(NO_FACTOR))
def test_what_is_no_factor_is_not_called_one(judge, part, line):
    _, parts = judge(the_class(filled(**{{'p_w': 'pw'}.get(part, part): line})))
    assert parts[part]['verdict'] == 'wrong'
    assert NO_FACTOR[part, line] in parts[part]['hint']
    assert 'at every test' not in parts[part]['hint']


@pytest.mark.parametrize(
    ('number', 'powers'),
    [(0.37, {}), (-1.7, {}), (1.0, {'T': 2.0}), (0.5, {'T': -1.0, 'w': 1.0}), (3.0, {'w': -2.0}), (1.0, {'T': 0.5})],
)
@pytest.mark.parametrize('precision', [np.float64, np.float32])
def test_a_factor_is_recovered_and_noise_is_none(rng, number, powers, precision):
    right, T, w = rng.normal(size=15), rng.integers(5, 40, 15).astype(float), rng.normal(size=15)
    ratio = number * T ** powers.get('T', 0.0) * (w ** int(powers['w']) if 'w' in powers else 1.0)
    tolerance = 1e-6 if precision is np.float64 else 5e-3
    got = np.float64(precision(right * ratio))
    found = factors.find_factor(got, right, np.abs(right), {'T': T, 'w': w}, tolerance)
    assert found.powers == powers
    assert found.number == pytest.approx(number, rel=tolerance)
    assert factors.find_factor(right, right, np.abs(right), {'T': T, 'w': w}, tolerance) is None
    for other in (rng.permutation(got), got + 0.5, got * (1 + 0.1 * rng.normal(size=15)), got * (1 + T)):
        assert factors.find_factor(other, right, np.abs(right), {'T': T, 'w': w}, tolerance) is None


@pytest.mark.slow
def test_two_mistakes_are_both_named(judge):
    _, parts = judge(the_class(filled(dw='eta * np.sum((r_seq - y) * pw_seq)', db='-np.mean((r_seq - y) * pw_seq)')))
    assert 'scent instead of descent' in parts['dw']['hint']
    assert 'sum over time' in parts['dw']['hint']
    assert 'η is missing' in parts['db']['hint']
    assert 'p_w is used where p_b belongs' in parts['db']['hint']


@pytest.mark.slow
def test_at_w_1_many_mistakes_hide_and_are_found_all_the_same(judge):
    """At w = 1 the terms (w − 1) p and (1 − w) p are equal; only other weights tell."""
    _, parts = judge(the_class(filled(pw='pw + dt * ((1 - w) * pw + r)')))
    assert parts['p_w']['verdict'] == 'wrong'


BROKEN_RESET = ('self.pw.value = bm.zeros(1)', 'self.pw[0].value = 0')


@pytest.mark.slow
def test_a_reset_that_does_not_reset_is_a_remark(judge):
    report, parts = judge(the_class(filled(replace=[BROKEN_RESET])))
    assert report['passed'] is True
    assert verdicts(parts) == ['exact'] * 3
    assert len(report['remarks']) == 1
    assert 'reset_neuron does not reset pw' in report['remarks'][0]
    assert 'self.pw.value = ' in report['remarks'][0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ('replace', 'remark'),
    [
        ((('r_new = r + dt * (-r + w * r + b + x)', 'r_new = r + dt * (-r + w * r + x)'),), 'the update of r'),
        ((('self.r.value = r_new', 'pass'),), 'the update of r'),
        ((('pb_new = pb + dt * ((w - 1) * pb + 1)', 'pb_new = pb + dt * ((w + 1) * pb + 1)'),), 'the update of p_b'),
        (
            (
                ('self.pw = bm.Variable(bm.zeros(1))', 'self.pw = bm.zeros(1)'),
                ('self.r.value, self.pw.value', 'self.r.value, bm.as_jax(self.pw)'),
                ('self.pw.value = pw_new', 'self.pw = bm.asarray(pw_new)'),
                ('self.pw.value = bm.zeros(1)', 'self.pw = bm.zeros(1)'),
            ),
            'under bp.DSRunner',
        ),
        (
            (
                (
                    'r_new = r + dt * (-r + w * r + b + x)',
                    'r_new = bm.asarray(np.asarray(r + dt * (-r + w * r + b + x)))',
                ),
            ),
            'fails under bp.DSRunner, which compiles it',
        ),
    ],
)
def test_what_the_hand_out_gives_must_stay(judge, replace, remark):
    report, _ = judge(the_class(filled(replace=replace)))
    assert report['passed'] is False
    assert any(remark in r for r in report['remarks'])


@pytest.mark.slow
def test_a_network_that_stands_still_is_not_praised(judge):
    """r and p constant: every derivative is zero, and zero is what it computes."""
    report, _ = judge(the_class(filled(pw='pw', replace=[('r_new = r + dt * (-r + w * r + b + x)', 'r_new = r')])))
    assert report['passed'] is False


TABLE = ('r_seq, pw_seq, pb_seq, y = (np.asarray(a).reshape(-1) for a in (r_seq, pw_seq, pb_seq, y))', 'pass')


@pytest.mark.slow
def test_the_t_by_t_table_is_judged_in_the_shape_in_which_the_file_calls_train(judge):
    source = the_class(filled(replace=[TABLE]))
    report, parts = judge(source, seen=['monitor'])
    assert verdicts(parts) == ['exact', 'wrong', 'wrong']
    assert '(T, T) table' in parts['dw']['hint']
    report, parts = judge(source, seen=['flat'])
    assert verdicts(parts) == ['exact'] * 3
    report, parts = judge(source)  # not known: accepted, but said
    assert verdicts(parts) == ['exact'] * 3
    assert '(T, T) table' in report['remarks'][0]

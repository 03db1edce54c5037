"""The judge of the exercise backprop: what it says of the parts that the hand-out gives."""

import brainpy.math as bm
import pytest
import submissions

from ratezoo.homework import exercises, sandbox

REFERENCE = submissions.HERE / 'backprop' / 'right' / 'reference.py'


@pytest.fixture
def check(monkeypatch, tmp_path):
    """Judge a script in this process."""
    monkeypatch.setattr(sandbox, 'run', submissions.run_here)
    dt = bm.get_dt()

    def check(text):
        script = tmp_path / 'mine.py'
        script.write_text(text, encoding='utf-8')
        return exercises['backprop'].check(script)

    yield check
    bm.set_dt(dt)


def verdicts(report):
    return {part['name']: part['verdict'] for part in report['parts']}


def test_a_given_equation_that_was_changed_is_told(check):
    script = submissions.source('backprop', REFERENCE)
    assert script.count('dx2 = -x2 + self.f(w2 @ x1)') == 1
    report = check(script.replace('dx2 = -x2 + self.f(w2 @ x1)', 'dx2 = -x2 + 2 * self.f(w2 @ x1)'))
    assert report['passed'] is False
    assert report['remarks'][0].startswith('update of x1, x2 and v2, which the hand-out gives, was changed')


def test_an_error_in_a_blank_is_no_change_of_a_given_part(check):
    lines = submissions.blocks(REFERENCE) | {'dv1': 'dv1 = -v1 + unknown_name'}
    report = check(submissions.filled(exercises['backprop'].handout, lines))
    assert verdicts(report) == {'v1': 'exact', 'dv1': 'wrong', 'dw1': 'exact', 'dw2': 'exact'}
    assert 'NameError' in report['parts'][1]['hint']
    assert report['remarks'] == []
    assert report['passed'] is False

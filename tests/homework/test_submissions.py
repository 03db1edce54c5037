"""Every exercise is tried with submissions that are right in many styles, and with the mistakes that people make."""

import re

import brainpy.math as bm
import numpy as np
import pytest
import submissions
from helpers import every_second

from ratezoo.homework import exercises, judge, sandbox

ALL = {kind: [(e, file) for e in exercises for file in submissions.files(e, kind)] for kind in ('right', 'wrong')}


RIGHT = [pytest.param(e, file, id=f'{e}-{file.stem}') for e, file in ALL['right']]
WRONG = every_second(ALL['wrong'], [f'{e}-{file.stem}' for e, file in ALL['wrong']])


@pytest.fixture
def check(monkeypatch, tmp_path):
    """Judge a submission in this process; returns the report and its parts by name."""
    monkeypatch.setattr(sandbox, 'run', submissions.run_here)
    dt = bm.get_dt()

    def check(exercise, file, seed=judge.SEED):
        monkeypatch.setattr(judge, 'SEED', seed)
        script = tmp_path / file.name
        script.write_text(submissions.source(exercise, file), encoding='utf-8')
        report = exercises[exercise].check(script)
        return report, {p['name']: p for p in report['parts']}

    yield check
    bm.set_dt(dt)


@pytest.mark.parametrize('exercise', list(exercises))
def test_there_are_enough_of_them(exercise):
    right, wrong = (submissions.files(exercise, kind) for kind in ('right', 'wrong'))
    assert (submissions.HERE / exercise / 'right' / 'reference.py') in right
    assert len(right) >= 4
    assert len(wrong) >= 8
    assert len({submissions.facts(f)['hint'] for f in wrong}) >= 8


@pytest.mark.quick(len(exercises))
@pytest.mark.parametrize(('exercise', 'file'), RIGHT)
def test_right_submissions_pass_in_many_styles(check, exercise, file):
    report, parts = check(exercise, file)
    facts = submissions.facts(file)
    for name, part in parts.items():
        expected = facts.get('verdict', 'exact') if name == facts.get('part', name) else 'exact'
        assert part['verdict'] == expected, part
    assert report['passed'] is True
    assert report['remarks'] == []


@pytest.mark.quick(len(exercises))
@pytest.mark.parametrize(('exercise', 'file'), WRONG)
def test_wrong_submissions_get_their_hint(check, exercise, file):
    report, parts = check(exercise, file)
    facts = submissions.facts(file)
    for name, part in parts.items():
        if name != facts['part']:
            assert part['verdict'] == 'exact', part
    part = parts[facts['part']]
    assert part['verdict'] == facts.get('verdict', 'wrong')
    english, chinese = part['hint'].split(' / ', 1)
    assert facts['hint'].lower() in english.lower()
    assert re.search('[\u4e00-\u9fff]', chinese)
    assert not re.search('[\u4e00-\u9fff]', english)
    assert report['passed'] is (part['verdict'] == 'consistent')
    assert part['relative_error'] is None or part['relative_error'] > 1e-6


@pytest.mark.slow
@pytest.mark.parametrize('exercise', list(exercises))
def test_other_random_tests_give_the_same_verdicts(check, exercise):
    files = submissions.files(exercise, 'right')[:2] + submissions.files(exercise, 'wrong')[1::6]
    for seed, file in enumerate(files):
        facts = submissions.facts(file)
        report, parts = check(exercise, file, seed)
        assert report['passed'] is (facts.get('verdict', 'exact' if 'part' not in facts else 'wrong') != 'wrong')
        if 'part' in facts and 'hint' in facts:
            assert facts['hint'].lower() in parts[facts['part']]['hint'].lower()


@pytest.mark.slow
@pytest.mark.parametrize('exercise', list(exercises))
def test_the_filled_hand_out_passes_from_start_to_end(exercise, tmp_path):
    """In the student's process: the whole file runs, with its plots, and nothing is printed as an error."""
    script = tmp_path / f'{exercise}.py'
    reference = submissions.HERE / exercise / 'right' / 'reference.py'
    script.write_text(submissions.source(exercise, reference), encoding='utf-8')
    report = exercises[exercise].check(script)
    assert report['passed'] is True
    assert report['remarks'] == []
    assert report['curves']
    for curve in report['curves']:
        assert len(curve['x']) == len(curve['yours']) == len(curve['right'])
        assert np.allclose(curve['yours'], curve['right'], rtol=1e-4, atol=1e-6)

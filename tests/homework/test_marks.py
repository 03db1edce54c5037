"""Marks for a class: what is judged, what the tables say, and that one submission harms no other."""

import csv
import io
import json
import re

import pytest
import submissions
from click.testing import CliRunner
from test_hostile import hostile_source

from ratezoo.cli.main import main
from ratezoo.errors import HomeworkError
from ratezoo.homework import exercises, marks, sandbox
from ratezoo.homework.handout import notebook
from ratezoo.homework.marks import Mark, Submission


def rnn(kind, name):
    return submissions.source('rnn', submissions.HERE / 'rnn' / kind / f'{name}.py')


def part(name, verdict, error=None, hint=None):
    return {'name': name, 'verdict': verdict, 'relative_error': error, 'hint': hint}


GIVEN = [
    Mark('ann/rnn.py', 'rnn', 'passed', [part('p_w', 'exact', 1e-12), part('dw', 'consistent', 0.02)], 3.0, ''),
    Mark(
        '=cmd.py',
        'rnn',
        'not passed',
        [part('p_w', 'wrong', 0.5, 'no <decay>. / 缺少衰减。'), part('dw', 'open')],
        3.0,
        'p_w: no <decay>. / p_w: 缺少衰减。',
    ),
    Mark('c.py', '', 'not usable', [], 0.1, 'c.py: line 1: syntax error. / 第 1 行有语法错误。'),
]


@pytest.fixture
def school(tmp_path, monkeypatch):
    """A folder of students; their files are judged in this process."""
    monkeypatch.setattr(sandbox, 'run', submissions.run_here)
    folder = tmp_path / 'class'

    def write(files):
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        return folder

    return write


def test_what_counts_as_a_submission(school):
    handout = exercises['rnn'].handout
    right = rnn('right', 'reference')
    folder = school(
        {
            'ann/rnn.py': handout,
            'ann/rnn.ipynb': json.dumps(notebook(right)),  # she worked on the notebook
            'ann/helper.py': 'x = 1\n',  # answers nothing, beside a file that does
            'bob/deep/mine.py': right,
            'cem/rnn.py': handout,
            'cem/rnn.ipynb': json.dumps(notebook(handout)),
            'dora.py': right,
            'eve/notes.py': 'x = 1\n',
            '.hidden/rnn.py': right,
            'bob/__pycache__/mine.py': right,
            'readme.txt': 'no script',
        }
    )
    found = marks.submissions(folder, exercises)
    names = {s.name.replace('\\', '/'): s.exercise.name if s.exercise else None for s in found}
    assert names == {
        'ann/rnn.ipynb': 'rnn',
        'bob/deep/mine.py': 'rnn',
        'cem/rnn.ipynb': 'rnn',
        'cem/rnn.py': 'rnn',
        'dora.py': 'rnn',
        'eve/notes.py': None,
    }
    with pytest.raises(HomeworkError, match='hold no script and no notebook'):
        marks.submissions(school({'empty/readme.txt': ''}) / 'empty', exercises)


@pytest.mark.slow
def test_the_command_writes_a_table_a_page_and_points(school, tmp_path):
    folder = school(
        {
            'ann.py': rnn('right', 'sums'),
            'bob.py': rnn('wrong', 'no_decay'),
            'cem.py': exercises['rnn'].handout,
            'dora.py': 'class RNN(:\n',
        }
    )
    files = {name: tmp_path / name for name in ('marks.csv', 'report.html', 'points.csv')}
    args = ['homework', 'check-all', str(folder), '--csv', str(files['marks.csv']), '--jobs', '1', '--lang', 'en']
    done = CliRunner().invoke(main, [*args, '--html', str(files['report.html']), '--points', str(files['points.csv'])])
    assert done.exit_code == 0, done.output
    assert '4: 1 passed, 1 not passed, 2 not usable' in done.stdout
    rows = {r['submission']: r for r in csv.DictReader(io.StringIO(files['marks.csv'].read_text('utf-8-sig')))}
    assert list(next(iter(rows.values()))) == [
        'submission', 'exercise', 'status', 'p_w verdict', 'p_w error', 'dw verdict', 'dw error', 'db verdict',
        'db error', 'points', 'seconds', 'words',
    ]  # fmt: skip
    assert {k: (r['status'], r['points']) for k, r in rows.items()} == {
        'ann.py': ('passed', '3'),
        'bob.py': ('not passed', '2'),
        'cem.py': ('not usable', '0'),
        'dora.py': ('not usable', '0'),
    }
    assert rows['bob.py']['words'].startswith('p_w: No decay')
    assert not re.search('[\u4e00-\u9fff]', rows['bob.py']['words'])
    assert float(rows['bob.py']['p_w error']) > 0.01
    assert 'the blank for pw_new is still open' in rows['cem.py']['words']
    assert 'line 1: syntax error' in rows['dora.py']['words']
    page = files['report.html'].read_text('utf-8')
    assert page.startswith('<!DOCTYPE html>')
    assert 'bob.py' in page
    assert 'No decay' in page
    assert 'http' not in page  # nothing is loaded from elsewhere

    table = files['points.csv'].read_text('utf-8-sig')
    files['points.csv'].write_text(table.replace('rnn,p_w,1,1,0,0', 'rnn,p_w,5,4,1,0'), encoding='utf-8')
    again = CliRunner().invoke(main, [*args, '--points', str(files['points.csv'])])
    assert again.exit_code == 0, again.output
    changed = {
        r['submission']: r['points'] for r in csv.DictReader(io.StringIO(files['marks.csv'].read_text('utf-8-sig')))
    }
    assert changed == {'ann.py': '7', 'bob.py': '3', 'cem.py': '0', 'dora.py': '0'}
    assert 'rnn,p_w,5,4,1,0' in files['points.csv'].read_text('utf-8')  # the teacher's table stays
    files['points.csv'].write_text('exercise,part,exact,consistent,wrong,open\nrnn,dw,2,1,0,0\n', encoding='utf-8')
    partly = CliRunner().invoke(main, [*args, '--points', str(files['points.csv'])])
    assert 'does not list rnn p_w, rnn db: 1 point each for exact and consistent' in ' '.join(partly.stdout.split())
    assert re.search(r'ann.py +rnn +3/3 parts +4 points +passed', partly.stdout)


def test_no_table_of_points_is_written_where_nothing_could_be_judged(school, tmp_path):
    folder, points = school({'cem.py': exercises['rnn'].handout}), tmp_path / 'points.csv'
    done = CliRunner().invoke(main, ['homework', 'check-all', str(folder), '--jobs', '1', '--points', str(points)])
    assert done.exit_code == 0
    assert not points.exists()


@pytest.mark.slow
def test_a_defect_of_the_checker_costs_one_mark_and_says_so(school, monkeypatch):
    folder = school({'ann.py': rnn('right', 'reference'), 'bob.py': rnn('right', 'loop')})
    run = sandbox.run

    def broken(probe, source, name, *args):
        if name == 'ann.py':
            raise ZeroDivisionError('a defect')
        return run(probe, source, name, *args)

    monkeypatch.setattr(sandbox, 'run', broken)
    given = marks.marks(marks.submissions(folder, exercises), jobs=1)
    assert [(m.submission, m.status) for m in given] == [('ann.py', 'not usable'), ('bob.py', 'passed')]
    assert given[0].words.startswith('the checker failed: ZeroDivisionError: a defect')


def test_the_table_is_safe_in_a_spreadsheet_and_speaks_one_language():
    points = marks.default_points(GIVEN)
    rows = list(csv.reader(io.StringIO(marks.table(GIVEN, points, 'zh'))))
    assert rows[1] == ['ann/rnn.py', 'rnn', 'passed', 'exact', '1e-12', 'consistent', '0.02', '2', '3.0', '']
    assert rows[2][0] == "'=cmd.py"
    assert rows[2][-1] == 'p_w: 缺少衰减。'
    assert rows[3] == ['c.py', '', 'not usable', '', '', '', '', '0', '0.1', 'c.py: 第 1 行有语法错误。']


def test_the_page_escapes_what_students_write_and_counts_mistakes():
    page = marks.page(GIVEN, marks.default_points(GIVEN), [('a.py', 'b.py', 0.95)], 'class <1>', 'en')
    assert '<decay>' not in page
    assert 'no &lt;decay&gt;' in page
    assert 'class &lt;1&gt;' in page
    assert re.search(r'<td>rnn</td><td>1</td><td>1</td><td>0</td>', page)
    assert '<td>95%</td>' in page


def test_a_broken_table_of_points_is_one_sentence(tmp_path):
    file = tmp_path / 'points.csv'
    file.write_text('exercise,part\nrnn,p_w\n', encoding='utf-8')
    with pytest.raises(HomeworkError, match='expected a table with the columns exercise,part,exact'):
        marks.read_points(file)
    file.write_text('exercise,part,exact,consistent,wrong,open\nrnn,p_w,one,1,0,0\n', encoding='utf-8')
    with pytest.raises(HomeworkError, match="line 2: expected a number of points, got 'one'"):
        marks.read_points(file)
    with pytest.raises(HomeworkError, match="can't be read"):
        marks.read_points(tmp_path / 'missing.csv')


def test_points_survive_the_table(tmp_path):
    points = marks.default_points(GIVEN)
    points['rnn', 'dw']['consistent'] = 0.5
    file = tmp_path / 'points.csv'
    file.write_text(marks.points_table(points), encoding='utf-8')
    assert marks.read_points(file) == points
    assert marks.points_of(GIVEN[0], points) == 1.5


def test_similar_submissions_are_listed(tmp_path):
    """The same solution with other spaces between its lines is found; short right answers that must agree are not."""

    def submission(name, text):
        (tmp_path / name).write_text(text, encoding='utf-8')
        return Submission(name, tmp_path / name, exercises['rnn'])

    mine = rnn('right', 'loop').replace('dw = 0.0', '# I add one step after the other.\ndw = 0.0\n# until T')
    found = [
        submission('a.py', mine),
        submission('b.py', mine.replace('\n# until T', '\n\n# until T')),
        submission('c.py', rnn('right', 'reference')),
        submission('d.py', rnn('right', 'reference')),
    ]
    assert [(a, b) for a, b, _ in marks.similar(found)] == [('a.py', 'b.py')]


@pytest.mark.once
@pytest.mark.slow
def test_a_hostile_file_harms_no_other(tmp_path):
    """In real processes, two at a time: a crash and an endless loop beside a right and a wrong answer."""
    hostile = submissions.HERE / 'hostile'
    files = {
        'ann.py': rnn('right', 'in_place'),
        'bob.py': hostile_source('rnn', hostile / 'crash.py'),
        'cem.py': hostile_source('rnn', hostile / 'endless.py'),
        'dora.py': rnn('wrong', 'ascent'),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding='utf-8')
    seen = []
    given = marks.marks(marks.submissions(tmp_path, exercises), 30, 2, seen.append)
    assert [m.status for m in given] == ['passed', 'not usable', 'not usable', 'not passed']
    assert sorted(m.submission for m in seen) == sorted(files)
    assert 'did not end within' in given[2].words

"""What a student sees: where they stand, one language at a time, the picture, the notebook that judges itself."""

import json
import os
import re
import shutil

import nbformat
import pytest
import submissions
from click.testing import CliRunner
from nbclient import NotebookClient

import ratezoo.homework
from ratezoo.cli import homework as commands
from ratezoo.cli.main import main
from ratezoo.errors import HomeworkError
from ratezoo.homework import exercises, notebook, progress, recognise, report, sandbox
from ratezoo.homework.handout import notebook as as_notebook
from ratezoo.homework.words import in_language

# What the student reads; a part of test_check and of test_submissions asks for the numbers, on both stacks.
pytestmark = pytest.mark.once
RIGHT = submissions.source('rnn', submissions.HERE / 'rnn' / 'right' / 'reference.py')
WRONG = submissions.source('rnn', submissions.HERE / 'rnn' / 'wrong' / 'no_decay.py')


def call(*args, **options):
    return CliRunner().invoke(main, ['homework', *map(str, args)], **options)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder as the working directory; files are judged in this process."""
    monkeypatch.setattr(sandbox, 'run', submissions.run_here)
    monkeypatch.chdir(tmp_path)
    for name in ('LC_ALL', 'LC_MESSAGES', 'LANG', 'RATEZOO_LANG'):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def state(folder='.'):
    return {e['name']: (e['state'], e['parts']) for e in json.loads(call('list', folder, '--json').stdout)}['rnn']


def test_the_list_says_where_one_stands_and_what_to_type_next(here):
    assert state() == ('not started', None)
    assert call().stdout.splitlines()[-1] == f'Next: ratezoo homework start {"hw"}'
    call('start', 'hw', '--exercise', 'rnn')
    assert state() == ('untouched', None)
    last = call().stdout.splitlines()[-1]
    file = os.path.join('hw', 'rnn.py')
    assert last == f'Next: work on {file}, then: ratezoo homework check {file}'
    file = here / 'hw' / 'rnn.py'
    file.write_text(WRONG, encoding='utf-8')
    assert state() == ('tried', None)
    assert call('check', file).exit_code == 1
    assert state() == ('tried', [2, 3])
    assert re.search(r'rnn +tried \(2/3\) +hw', call().stdout)
    file.write_text(RIGHT, encoding='utf-8')
    assert call('check', file).exit_code == 0
    assert state() == ('passed', [3, 3])
    assert state('hw') == ('passed', [3, 3])
    file.write_text(RIGHT + '\n# a thought\n', encoding='utf-8')
    assert state() == ('changed', [3, 3])


@pytest.mark.slow
def test_what_is_kept_may_be_broken_or_unwritable(here, monkeypatch):
    call('start', 'hw', '--exercise', 'rnn')
    (here / 'hw' / progress.FILE).write_text('{"rnn": [', encoding='utf-8')
    assert state() == ('untouched', None)
    (here / 'hw' / progress.FILE).write_text('{"rnn": 3}', encoding='utf-8')
    assert state() == ('untouched', None)

    def full(path):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(progress, 'atomic_write', full)
    (here / 'hw' / 'rnn.py').write_text(RIGHT, encoding='utf-8')
    assert call('check', 'hw/rnn.py').exit_code == 0  # the verdict is shown all the same


CHINESE = re.compile('[\u4e00-\u9fff]')


@pytest.mark.quick(1)
@pytest.mark.parametrize('language', ['en', 'zh', 'both'])
def test_one_language_at_a_time_wrapped_at_80_columns(here, language):
    (here / 'rnn.py').write_text(WRONG, encoding='utf-8')
    done = call('check', 'rnn.py', '--lang', language, env={'COLUMNS': '80'})
    assert bool(CHINESE.search(done.stdout)) is (language != 'en')
    assert ('No decay' in done.stdout) is (language != 'zh')
    assert all(sum(2 if CHINESE.match(c) else 1 for c in line) <= 80 for line in done.stdout.splitlines())
    assert '\x1b' not in done.stdout  # no colour where it is not a terminal
    missing = call('check', 'nothing.py', '--lang', language)
    assert missing.exit_code == 2
    assert bool(CHINESE.search(missing.stderr)) is (language != 'en')
    assert ('there is no such file' in missing.stderr) is (language != 'zh')


def test_the_language_is_that_of_the_computer_if_its_terminal_can_show_it(here, monkeypatch):
    for setting, language in (('zh_CN.UTF-8', 'zh'), ('en_US.UTF-8', 'en'), ('C', 'en')):
        monkeypatch.setenv('LANG', setting)
        assert report.guessed_language() == language
        assert bool(CHINESE.search(call('list').stdout)) is (language == 'zh')
    monkeypatch.setenv('LANG', 'zh_CN')
    assert not CHINESE.search(CliRunner(charset='ascii').invoke(main, ['homework', 'list']).stdout)
    monkeypatch.setenv('RATEZOO_LANG', 'both')
    assert CHINESE.search(call('list').stdout)


@pytest.mark.parametrize(
    ('text', 'english', 'chinese'),
    [
        ('one / 一', 'one', '一'),
        ('a / b is wrong / 错了', 'a / b is wrong', '错了'),
        ('hw/my file.py: no class. / 没有类。', 'hw/my file.py: no class.', 'hw/my file.py: 没有类。'),
        ('作业/rnn.py: no class. / 没有类。', '作业/rnn.py: no class.', '作业/rnn.py: 没有类。'),
        ('Next: do it / 下一步：做', 'Next: do it', '下一步：做'),
        ('only English', 'only English', 'only English'),
    ],
)
def test_a_text_in_two_languages_is_taken_apart(text, english, chinese):
    assert in_language(text, 'en') == english
    assert in_language(text, 'zh') == chinese


@pytest.mark.parametrize('exercise', list(exercises))
def test_the_exercise_is_told_from_the_code(exercise):
    """From the hand-out and from every submission, whatever the file is called."""
    files = [file for kind in ('right', 'wrong') for file in submissions.files(exercise, kind)]
    for text in (exercises[exercise].handout, *(submissions.source(exercise, file) for file in files)):
        assert recognise.exercise_of(text, 'mine', exercises.values()) is exercises[exercise]


def test_the_name_of_the_file_decides_where_the_class_is_there():
    text = 'class RNN:\n    def update(self, x):\n        pass\n'
    for name in ('rnn', 'bptt', 'rnn-bptt', 'rnn_bptt'):
        assert recognise.exercise_of(text, name, exercises.values()).name == name.replace('_', '-')


def test_a_file_that_answers_nothing_is_told(here):
    (here / 'mine.py').write_text('x = 1\n', encoding='utf-8')
    done = call('check', 'mine.py')
    assert done.exit_code == 2
    assert 'not similar to any exercise' in done.stderr
    (here / 'rnn.py').write_text('class Net:\n    pass\n', encoding='utf-8')
    assert 'there is no class RNN' in call('check', 'rnn.py').stderr
    (here / 'mine.py').write_text('x = = 1\n', encoding='utf-8')
    assert 'line 1: syntax error' in call('check', 'mine.py').stderr


def test_the_picture_shows_the_difference(here):
    from matplotlib import image

    from ratezoo import plots

    (here / 'rnn.py').write_text(WRONG, encoding='utf-8')
    assert call('check', 'rnn.py', '--plot', 'p.png').exit_code == 1
    assert image.imread(here / 'p.png').shape[2] == 4
    curves = exercises['rnn'].check(here / 'rnn.py')['curves']
    figure = plots.differences(curves)
    assert [ax.get_ylabel() for ax in figure.axes] == ['$p_{w}$', '$dw$', '$db$']
    assert 'largest difference' in figure.axes[0].get_title()
    assert figure.axes[1].get_title() == figure.axes[2].get_title() == 'no difference'
    shaded = figure.axes[0].collections[0].get_paths()[0].get_extents()
    assert shaded.height > 0.01


def test_watch_checks_again_when_the_file_is_saved(here, monkeypatch):
    file = here / 'rnn.py'
    file.write_text(WRONG, encoding='utf-8')
    versions = iter([RIGHT, 'class RNN(:\n'])

    def sleep(seconds):
        text = next(versions, None)
        if text is None:
            raise KeyboardInterrupt
        file.write_text(text, encoding='utf-8')

    monkeypatch.setattr(commands.time, 'sleep', sleep)
    done = call('check', file, '--watch')
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if line in ('passed', 'not passed')] == ['not passed', 'passed']
    assert 'syntax error' in done.stdout.split('passed')[-1]


def test_watch_tells_at_once_that_there_is_no_file(here, monkeypatch):
    def stop(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.time, 'sleep', stop)
    assert "can't be read" in call('check', 'nothing.py', '--watch').stdout
    refused = call('check', 'nothing.py', '--watch', '--json')
    assert refused.exit_code == 2
    assert 'leave one of them out' in refused.stderr


def test_the_language_may_stand_before_the_command(here):
    assert CHINESE.search(call('--lang', 'zh', 'list').stdout)
    assert not CHINESE.search(call('--lang', 'zh', 'list', '--lang', 'en').stdout)


def test_a_picture_is_refused_before_the_work_and_never_hides_the_verdict(here):
    (here / 'rnn.py').write_text(WRONG, encoding='utf-8')
    assert 'expected the name of a picture' in call('check', 'rnn.py', '--plot', 'p.txt').stderr
    judged = {'exercise': 'rnn', 'passed': False, 'parts': [], 'remarks': [], 'curves': []}
    commands._draw(judged, here / 'p.png', 'en')
    assert not (here / 'p.png').exists()


def test_other_files_of_an_exercises_name_are_not_its_hand_in(here):
    """In the folder of a project there may be a reduction.py of another kind."""
    (here / 'models').mkdir()
    (here / 'models' / 'reduction.py').write_text('class FiringRate:\n    pass\n', encoding='utf-8')
    states = {e['name']: e['state'] for e in json.loads(call('list', '--json').stdout)}
    assert states['reduction'] == 'not started'


def test_a_file_that_fails_takes_nothing_from_one_that_has_passed(here):
    for name, text in (('rnn.py', RIGHT), ('other.py', WRONG)):
        (here / name).write_text(text, encoding='utf-8')
        call('check', name)
    assert state() == ('passed', [3, 3])


def test_the_cells_of_a_notebook_become_a_source():
    cells = [
        '',
        'import numpy as np',
        'class A:\n    x = 1',
        'T, dt = 10, 0.1\ny = np.ones(3)',
        'x = = 1',
        '\nclass A:\n    x = 2',
    ]
    source = notebook.definitions(cells)
    names = {}
    exec(source, names)
    assert names['A'].x == 2
    assert (names['T'], names['dt']) == (10, 0.1)
    assert 'y' not in names
    with pytest.raises(HomeworkError, match='no cell that was run defines a class'):
        notebook.definitions(['x = 1'])


def test_outside_a_notebook_check_asks_for_a_file(here):
    with pytest.raises(HomeworkError, match='there is no notebook here; name the file'):
        ratezoo.homework.check()
    (here / 'rnn.py').write_text(RIGHT, encoding='utf-8')
    found = ratezoo.homework.check('rnn.py', language='en')
    assert found.passed is True
    assert repr(found).splitlines()[-1] == 'passed'
    assert '<th style="text-align:left">relative error</th>' in found._repr_html_()
    zh = ratezoo.homework.check('rnn.py', language='zh')
    assert repr(zh).splitlines()[-1] == '通过'


@pytest.mark.slow
def test_a_notebook_judges_its_own_class(tmp_path):
    """From a clean kernel: a cell that fails before, a class that was run twice, and the cell of a marking program."""
    wrong, right = (submissions.until_the_class(text, 'RNN') for text in (WRONG, RIGHT))
    book = nbformat.reads(json.dumps(as_notebook(wrong)), as_version=4)
    book.cells += [
        nbformat.v4.new_code_cell('from ratezoo.homework import check\nfirst = check(language="en"); first'),
        *nbformat.reads(json.dumps(as_notebook(right)), as_version=4).cells,
        nbformat.v4.new_code_cell('assert not first.passed\nassert check().passed'),
    ]
    NotebookClient(book, timeout=200, resources={'metadata': {'path': str(tmp_path)}}).execute()
    shown = [o for c in book.cells if c.cell_type == 'code' for o in c.outputs if 'data' in o]
    assert 'No decay' in shown[0]['data']['text/html']
    assert '<td style="text-align:left">wrong</td>' in shown[0]['data']['text/html']
    shutil.rmtree(tmp_path)

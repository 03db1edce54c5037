"""`ratezoo homework start` and `check`, end to end: the hand-out, the child process, the exit status."""

import ast
import functools
import json
import os
import re
import subprocess
import sys
import time

import nbformat
import pytest
import submissions
from click.testing import CliRunner
from test_judge import BROKEN_RESET, filled, the_class

from ratezoo.cli.main import main
from ratezoo.homework import exercises, handout, sandbox


def check(path, *args):
    done = CliRunner().invoke(main, ['homework', 'check', str(path), '--json', '--lang', 'both', *args])
    return done, (json.loads(done.stdout) if done.stdout else None)


@pytest.fixture
def in_a_child():
    """Asked for by a test of the process itself: its start, its limits, its end."""


@pytest.fixture(autouse=True)
def judged_here(request, monkeypatch, tmp_path_factory):
    """Other tests run the file in this process, because the imports of a new one take seconds."""
    if 'in_a_child' not in request.fixturenames:
        monkeypatch.chdir(tmp_path_factory.mktemp('work'))
        monkeypatch.setattr(sandbox, 'run', functools.partial(submissions.run_here, whole=True))


@pytest.fixture
def write(tmp_path):
    def write(source, name='mine.py'):
        path = tmp_path / name
        path.write_text(source, encoding='utf-8')
        return path

    return write


def test_start_writes_a_script_and_a_notebook_that_parse(tmp_path):
    done = CliRunner().invoke(main, ['homework', 'start', str(tmp_path / 'hw')])
    assert done.exit_code == 0, done.output
    script = (tmp_path / 'hw' / 'rnn.py').read_text(encoding='utf-8')
    ast.parse(script)
    assert re.findall(r'^ +(\w+) = \.\.\.$', script, re.M) == ['pw_new', 'dw', 'db']
    assert len(re.findall(r'BLANK \d / 填空 \d', script)) == 2
    notebook = nbformat.read(tmp_path / 'hw' / 'rnn.ipynb', as_version=4)
    nbformat.validate(notebook)
    code = '\n'.join(c.source for c in notebook.cells if c.cell_type == 'code')
    ast.parse(code)
    assert re.findall(r'^ +(\w+) = \.\.\.$', code, re.M) == ['pw_new', 'dw', 'db']
    for trap in ('self.pw[0].value = 0', 'BEFORE the step', 'compiles its loop again', 'Restart and run all'):
        assert trap in script
    assert {ord(c) > 0x4E00 for c in script} == {True, False}


def test_start_overwrites_nothing_unless_forced(tmp_path):
    (tmp_path / 'rnn.py').write_text('my work')
    done = CliRunner().invoke(main, ['homework', 'start', str(tmp_path)])
    assert done.exit_code == 2
    assert 'would be overwritten' in done.stderr
    assert (tmp_path / 'rnn.py').read_text() == 'my work'
    assert os.listdir(tmp_path) == ['rnn.py']
    assert CliRunner().invoke(main, ['homework', 'start', str(tmp_path), '--force']).exit_code == 0
    assert 'class RNN' in (tmp_path / 'rnn.py').read_text(encoding='utf-8')


@pytest.mark.usefixtures('in_a_child')
def test_a_whole_solution_passes_with_status_0(write):
    done, report = check(write(filled(replace=[BROKEN_RESET])))
    assert done.exit_code == 0
    assert report['passed'] is True
    assert [(p['name'], p['verdict']) for p in report['parts']] == [('p_w', 'exact'), ('dw', 'exact'), ('db', 'exact')]
    assert len(report['remarks']) == 1


@pytest.mark.slow
def test_a_wrong_solution_fails_with_status_1_and_says_so_to_people(write):
    path = write(the_class(filled(dw='eta * np.mean((r_seq - y) * pw_seq)')))
    done = CliRunner().invoke(main, ['homework', 'check', str(path), '--lang', 'both'])
    assert done.exit_code == 1
    assert re.search(r'p_w\s+exact.*\ndw\s+wrong.*\n\s+Ascent instead of descent', done.stdout)
    assert re.search(r'\n\s+\S*梯度上升', done.stdout)  # Chinese begins a line of its own
    assert done.stdout.splitlines()[-1] == 'not passed / 未通过'


@pytest.mark.slow
def test_a_notebook_is_judged_like_a_script(write):
    notebook = handout.notebook(filled(pw='pw + dt * ((w - 1) * pw + r_new)'))
    notebook['cells'].insert(
        1,
        {
            'cell_type': 'code',
            'id': 'magic',
            'metadata': {},
            'outputs': [],
            'execution_count': None,
            'source': ['%matplotlib inline\n', '!echo hello\n', 'int?'],
        },
    )
    notebook['cells'].insert(
        2,
        {
            'cell_type': 'code',
            'id': 'shell',
            'metadata': {},
            'outputs': [],
            'execution_count': None,
            'source': ['%%bash\n', 'ls -l'],
        },
    )
    done, report = check(write(json.dumps(notebook), 'mine.ipynb'))
    assert done.exit_code == 0, done.stderr
    assert [p['verdict'] for p in report['parts']] == ['consistent', 'exact', 'exact']


@pytest.mark.slow
def test_the_notebook_runs_once_its_blanks_are_filled(tmp_path):
    from nbclient import NotebookClient

    notebook = nbformat.reads(json.dumps(handout.notebook(filled())), as_version=4)
    NotebookClient(notebook, timeout=120, resources={'metadata': {'path': str(tmp_path)}}).execute()
    printed = ''.join(o.get('text', '') for c in notebook.cells if c.cell_type == 'code' for o in c.outputs)
    losses = [float(v) for v in re.findall(r'loss ([\d.]+)', printed)]
    assert len(losses) == 10
    assert losses[-1] < 0.1 * losses[0]
    done = CliRunner().invoke(main, ['homework', 'run', '--json', '--output', str(tmp_path)])
    expected = [e['loss'] for e in json.loads(done.stdout)['epochs']]
    assert max(abs(a - b) for a, b in zip(losses, expected, strict=True)) < 2e-5  # printed to five digits


@pytest.mark.slow
def test_a_file_that_fails_after_its_class_is_judged_with_a_remark(write):
    done, report = check(write(the_class(filled()) + '\nprint(undefined_name)\n'))
    assert done.exit_code == 0
    assert re.search(r'stops before its end \(line \d+: NameError', report['remarks'][0])


FORGED = 'print(\'{"exercise": "rnn", "passed": true, "parts": [], "remarks": []}\')\n'

UNUSABLE = {
    'syntax error': ('class RNN(:\n', r'line 1: syntax error'),
    'no class': ('class Rnn:\n    pass\n', r'there is no class RNN'),
    'empty': ('', r'there is no class RNN'),
    'blanks open': (exercises['rnn'].handout, r'line \d+: the blank for pw_new is still open'),
    'raises in update': (the_class(filled(pw='pw + nonsense')), r'line \d+: NameError: name .nonsense. is not defined'),
    'raises at import': ('import brainpy\n1 / 0\nclass RNN:\n    pass\n', r'line 2: ZeroDivisionError'),
    'no train': (the_class(filled()).replace('def train', 'def learn'), r'has no method train'),
    'other constructor': (
        the_class(filled()).replace('self, dt, w=1., b=1.', 'self, a, b, c, dt'),
        r"can't be constructed",
    ),
    'exits': (the_class(filled()) + '\nimport sys\nsys.exit(0)\n', r'the code exits'),
    'NaN': (the_class(filled()).replace('r_new = r + dt * (', 'r_new = np.nan * dt * ('), r'r infinite or NaN'),
    'recursion': (the_class(filled(pw='self.update(x)')), r'calls itself without end'),
}


UNUSABLE_PROCESS = {
    'ends at once': (the_class(filled()) + '\nimport os\nos._exit(0)\n', r'ended before it answered'),
    'forged and ended': (FORGED + 'import os\nos._exit(0)\nclass RNN: pass\n', r'prints a verdict of its own'),
    'forged and wrong': (FORGED + the_class(filled(pw='pw')), r'prints a verdict of its own'),
}


@pytest.mark.parametrize('what', UNUSABLE)
def test_what_cant_be_judged_is_one_sentence_and_status_2(write, what):
    is_refused_in_one_sentence(write, *UNUSABLE[what])


@pytest.mark.slow
@pytest.mark.usefixtures('in_a_child')
@pytest.mark.parametrize('what', UNUSABLE_PROCESS)
def test_a_process_that_does_not_answer_is_one_sentence_too(write, what):
    is_refused_in_one_sentence(write, *UNUSABLE_PROCESS[what])


def is_refused_in_one_sentence(write, source, message):
    done, report = check(write(source), '--exercise', 'rnn')
    assert done.exit_code == 2
    assert report['passed'] is None
    assert report['error'] in done.stderr
    assert re.search(message, done.stderr), done.stderr
    assert done.stderr.startswith('ratezoo: mine.py: ')
    assert len(done.stderr.strip().splitlines()) == 1
    chinese = report['error'].partition(' / ')[2]
    assert re.search('[\u4e00-\u9fff]', chinese)
    assert not re.search(r'\bline \d', chinese)


@pytest.mark.usefixtures('in_a_child')
@pytest.mark.slow
@pytest.mark.parametrize('loop', ['while True:\n    pass\n', 'import time\ntime.sleep(1000)\n'])
def test_an_endless_loop_is_ended(write, loop):
    done, _ = check(write(the_class(filled()) + '\n' + loop), '--timeout', '3')
    assert done.exit_code == 2
    assert re.search(r'did not end within 3 s, at line \d+; look for an endless loop', done.stderr)


@pytest.mark.usefixtures('in_a_child')
@pytest.mark.slow
@pytest.mark.skipif(os.name != 'posix', reason='memory is limited only where the system can')
def test_memory_is_limited(write):
    done, _ = check(write(the_class(filled()) + '\nhoard = [bytearray(2 ** 28) for _ in range(400)]\n'))
    assert done.exit_code == 2
    assert 'memory' in done.stderr


@pytest.mark.usefixtures('in_a_child')
@pytest.mark.slow
def test_the_student_finds_no_files_of_ours_and_leaves_none(write, tmp_path):
    marker = tmp_path / 'marker.txt'
    source = the_class(filled()) + f'\nimport os\nopen({str(marker)!r}, "w").write(os.getcwd() + str(os.listdir()))\n'
    done, _ = check(write(source))
    assert done.exit_code == 0
    folder, listing = marker.read_text().rsplit('[', 1)
    assert listing == ']'
    assert not os.path.exists(folder)


@pytest.mark.slow
def test_lines_of_a_notebook_that_look_like_magics_but_are_python(write):
    source = the_class(filled()).replace(
        'pw_new = pw + dt * ((w - 1) * pw + r)', 'pw_new = pw + dt * ((w - 1) * pw + r)      # is this right?'
    )
    tail = "print('loss %g'\n% 3.)\n"
    magic = 'files = !ls\nif True:\n    %time 1\nnp.mean?\n'
    cells = [
        {'cell_type': 'code', 'id': f'c{i}', 'metadata': {}, 'outputs': [], 'execution_count': None, 'source': s}
        for i, s in enumerate((source, tail, magic))
    ]
    done, report = check(write(json.dumps({**handout.notebook(''), 'cells': cells}), 'mine.ipynb'))
    assert done.exit_code == 0, done.stderr
    assert report['remarks'] == []


@pytest.mark.usefixtures('in_a_child')
@pytest.mark.slow
def test_files_that_lean_on_their_surroundings(write):
    source = (
        'from __future__ import annotations\nimport os\nfrom dataclasses import dataclass\n'
        'get_ipython().run_line_magic("matplotlib", "inline")\nhere = os.path.dirname(__file__)\n'
        '@dataclass\nclass Settings:\n    eta: float = 0.1\n'
        'print({"epoch": 1, "passed": 3})\n'
        + the_class(filled()).replace('    def reset_neuron', '    steps: int\n\n    def reset_neuron')
    )
    done, report = check(write(source))
    assert done.exit_code == 0, done.stderr
    assert report['remarks'] == []


@pytest.mark.usefixtures('in_a_child')
@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs fork')
def test_a_process_that_the_file_leaves_behind_does_not_hold_up_the_answer(write):
    source = the_class(filled()) + (
        '\nimport os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(300)\n    os._exit(0)\n'
    )
    start = time.monotonic()
    done, _ = check(write(source))
    assert done.exit_code == 0
    assert time.monotonic() - start < 200


def test_gbk_and_other_non_text_is_refused(tmp_path):
    path = tmp_path / 'gbk.py'
    path.write_bytes('# 填空\nclass RNN: pass\n'.encode('gbk'))
    with pytest.raises(sandbox.HomeworkError, match='save it as UTF-8'):
        sandbox.read_source(path)
    path.write_bytes('# -*- coding: gbk -*-\n# 填空\n'.encode('gbk'))
    assert '填空' in sandbox.read_source(path)
    (tmp_path / 'x.ipynb').write_text('[' * 100_000)
    with pytest.raises(sandbox.HomeworkError, match='not a Jupyter notebook'):
        sandbox.read_source(tmp_path / 'x.ipynb')
    (tmp_path / 'x.ipynb').write_text('{}')
    with pytest.raises(sandbox.HomeworkError, match='not a Jupyter notebook'):
        sandbox.read_source(tmp_path / 'x.ipynb')


def test_json_says_why_a_file_cant_be_judged(tmp_path):
    assert CliRunner().invoke(main, ['homework', 'start', str(tmp_path)]).exit_code == 0
    done = CliRunner().invoke(main, ['homework', 'check', str(tmp_path / 'rnn.py'), '--json'])
    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert told['passed'] is None
    assert 'pw_new is still open' in told['error']
    assert '还没有填' in told['error']


@pytest.mark.slow
def test_an_untouched_hand_out_names_its_open_blank_when_it_runs(tmp_path):
    assert CliRunner().invoke(main, ['homework', 'start', str(tmp_path)]).exit_code == 0
    for fill, blank in ((None, 'blank 1'), ('pw + dt * ((w - 1) * pw + r)', 'blank 2')):
        file = tmp_path / 'rnn.py'
        if fill:
            file.write_text(file.read_text(encoding='utf-8').replace('pw_new = ...', f'pw_new = {fill}'), 'utf-8')
        done = subprocess.run(
            [sys.executable, str(file)], capture_output=True, text=True, env={**os.environ, 'PYTHONUTF8': '1'}
        )
        assert done.returncode == 1
        assert f'NotImplementedError: {blank} is still open' in done.stderr
        assert '还没有填' in done.stderr


@pytest.mark.slow
def test_a_folder_stands_for_its_one_filled_file(tmp_path):
    assert CliRunner().invoke(main, ['homework', 'start', str(tmp_path)]).exit_code == 0
    done, report = check(tmp_path)
    assert done.exit_code == 2
    assert 'Name the file that you have filled in: ratezoo homework check' in report['error']
    notebook = tmp_path / 'rnn.ipynb'
    notebook.write_text(notebook.read_text('utf-8').replace('pw_new = ...', 'pw_new = pw + q'), 'utf-8')
    done, report = check(tmp_path)
    assert report['error'].startswith(
        "rnn.ipynb: code cell 2, line 33: NameError: name 'q' is not defined. / 第 2 个代码"
    )
    done, report = check(tmp_path / 'rnn')
    assert 'Did you mean' in report['error']
    (tmp_path / 'empty').mkdir()
    assert 'holds no script and no notebook' in check(tmp_path / 'empty')[1]['error']


def test_lines_are_told_as_the_student_counts_them(write):
    cells = ['import numpy as np\n', 'class RNN:\n    x = 1\n    y = = 2']
    book = handout.notebook('')
    book['cells'] = [{'cell_type': 'code', 'source': text.splitlines(keepends=True)} for text in cells]
    _, report = check(write(json.dumps(book), 'mine.ipynb'))
    assert report['error'].startswith('mine.ipynb: code cell 2, line 3: syntax error')
    assert '第 2 个代码单元第 3 行有语法错误' in report['error']
    _, report = check(write('x = 1\ny = = 2\n'))
    assert report['error'].startswith('mine.py: line 2: syntax error')
    assert '第 2 行有语法错误' in report['error']


@pytest.mark.slow
@pytest.mark.parametrize(
    ('blank', 'message'),
    [
        (
            {'dw': '-eta * (r_seq - y) * pw_seq'},
            r'[Ll]ine \d+: a Variable keeps its shape \(1,\), .* / 第 \d+ 行：变量的形状.*求平均',
        ),
        ({'db': '-eta * mean((r_seq - y) * pb_seq)'}, r"[Ll]ine \d+: NameError: name 'mean' is not defined"),
    ],
)
def test_a_train_that_fails_is_told_and_p_w_is_judged_all_the_same(write, blank, message):
    done, report = check(write(the_class(filled(**blank))))
    assert done.exit_code == 1
    assert [p['verdict'] for p in report['parts']] == ['exact', 'wrong', 'wrong']
    assert re.search(message, report['parts'][1]['hint'])


RIGHT = {
    'pw_new': 'pw + dt * ((w - 1) * pw + r)',
    'dw': '-eta * np.mean((r_seq - y) * pw_seq)',
    'db': '-eta * np.mean((r_seq - y) * pb_seq)',
}
PART = {'pw_new': 'p_w', 'dw': 'dw', 'db': 'db'}


@pytest.mark.slow
@pytest.mark.parametrize('done', [('pw_new',), ('dw',), ('pw_new', 'db')])
def test_filled_blanks_are_judged_while_others_are_open(write, done):
    source = exercises['rnn'].handout
    for blank in done:
        source = source.replace(f'{blank} = ...', f'{blank} = {RIGHT[blank]}')
    result, report = check(write(source))
    assert result.exit_code == 1
    assert not report['passed']
    for blank, part in PART.items():
        told = next(p for p in report['parts'] if p['name'] == part)
        assert told['verdict'] == ('exact' if blank in done else 'open')
        assert blank in done or 'still open' in told['hint']


@pytest.mark.slow
def test_a_wrong_line_is_told_while_others_are_open(write):
    source = exercises['rnn'].handout.replace('pw_new = ...', 'pw_new = pw + dt * ((w - 1) * pw - r)')
    parts = {p['name']: p['verdict'] for p in check(write(source))[1]['parts']}
    assert parts == {'p_w': 'wrong', 'dw': 'open', 'db': 'open'}

"""Every exercise in the registry, checked in the same way: a new folder is tested by being there."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import ratezoo.homework
from ratezoo.cli.main import main
from ratezoo.errors import HomeworkError, InvalidValueError, UnknownNameError
from ratezoo.homework import Exercise, exercises
from ratezoo.homework.handout import cells, notebook

METHODS = {'run', 'figures', 'as_dict', 'table', 'check'}
BLANK = re.compile(r'^\s*(\w+) = \.\.\.$', re.M)


def has_chinese(text):
    return any('\u4e00' <= c <= '\u9fff' for c in text)


@pytest.fixture(scope='module', params=list(exercises))
def exercise(request):
    return exercises[request.param]


@pytest.fixture(scope='module')
def result(exercise):
    return exercise.run(seed=0, epochs=None if exercise.epochs is None else 2)


def test_the_registry_is_a_mapping_of_the_folders():
    folder = Path(ratezoo.homework.__file__).parent
    assert set(exercises) == {file.parent.name.replace('_', '-') for file in folder.glob('*/exercise.py')}
    assert len(exercises) >= 1
    for name, exercise in exercises.items():
        assert exercise.name == name
        assert exercises[name] is exercise
        assert exercises.entry(name).module == f'ratezoo.homework.{name.replace("-", "_")}.exercise'
        assert exercises.entries[name].summary


def test_an_unknown_name_is_an_error_with_a_suggestion():
    first = next(iter(exercises))
    for find in (exercises.__getitem__, exercises.entry):
        with pytest.raises(UnknownNameError, match=f"there is no exercise '{first}x'. Did you mean '{first}'"):
            find(f'{first}x')
    assert f'{first}x' not in exercises


def test_what_an_exercise_must_say_is_abstract():
    assert Exercise.__abstractmethods__ == METHODS
    with pytest.raises(TypeError, match='abstract'):
        Exercise()


def test_the_protocol_is_complete(exercise):
    kind = type(exercise)
    assert isinstance(exercise, Exercise)
    for method in METHODS:
        own, asked = (inspect.signature(getattr(c, method)).parameters for c in (kind, Exercise))
        assert [(p.name, p.default) for p in own.values()] == [(p.name, p.default) for p in asked.values()]
    folder = Path(inspect.getfile(kind)).parent
    assert folder.name.replace('_', '-') == exercise.name
    assert ast.get_docstring(ast.parse((folder / '__init__.py').read_text(encoding='utf-8')))
    assert (folder / 'handout.py').is_file()
    assert exercise.class_name is None or exercise.class_name.isidentifier()
    assert exercise.number is None or isinstance(exercise.number, int)
    assert exercise.epochs is None or exercise.epochs >= 0


def test_its_attributes_are_plain_literals(exercise):
    tree = ast.parse(Path(inspect.getfile(type(exercise))).read_text(encoding='utf-8'))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == type(exercise).__name__)
    written = {n.targets[0].id: ast.literal_eval(n.value) for n in body if isinstance(n, ast.Assign)}
    assert {'summary', 'summary_zh', 'blanks'} <= set(written)
    assert written == {name: getattr(exercise, name) for name in written}


def test_it_says_in_both_languages_what_it_asks(exercise):
    assert exercise.summary
    assert not has_chinese(exercise.summary)
    assert has_chinese(exercise.summary_zh)
    assert '\n' not in exercise.summary + exercise.summary_zh
    assert isinstance(exercise.blanks, tuple)
    assert exercise.blanks
    assert all(isinstance(blank, str) and blank for blank in exercise.blanks)


def test_the_hand_out_is_a_script_and_a_notebook(exercise):
    tree = ast.parse(exercise.handout)
    assert {kind for kind, _ in cells(exercise.handout)} == {'markdown', 'code'}
    book = nbformat.reads(json.dumps(notebook(exercise.handout)), as_version=4)
    nbformat.validate(book)
    code = '\n'.join(c.source for c in book.cells if c.cell_type == 'code')
    ast.parse(code)
    assert len(BLANK.findall(exercise.handout)) >= len(exercise.blanks)
    assert BLANK.findall(code) == BLANK.findall(exercise.handout)
    text = '\n'.join(c.source for c in book.cells if c.cell_type == 'markdown')
    assert has_chinese(text)
    assert re.search(r'[a-z]{3,} [a-z]{2,}', text)
    if exercise.class_name is not None:
        assert exercise.class_name in {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}


def test_the_unfilled_hand_out_is_refused_and_the_blank_is_named(exercise, tmp_path):
    for file in exercise.start(tmp_path / 'hw'):
        with pytest.raises(HomeworkError, match=r'the blank for \w+ is still open') as caught:
            exercise.check(file)
        place = 'line ' if file.suffix == '.py' else 'code cell '
        assert str(caught.value).startswith(f'{file.name}: {place}')
        assert re.search(r'the blank for (\w+)', str(caught.value))[1] in BLANK.findall(exercise.handout)
    with pytest.raises(HomeworkError, match='would be overwritten'):
        exercise.start(tmp_path / 'hw')
    with pytest.raises(HomeworkError, match="can't be read"):
        exercise.check(tmp_path / 'nothing.py')


def test_epochs_are_refused_where_nothing_is_trained(exercise):
    if exercise.epochs is None:
        with pytest.raises(InvalidValueError, match=f'{exercise.name}.epochs: this exercise trains nothing'):
            exercise.run(seed=0, epochs=3)
    else:
        with pytest.raises(InvalidValueError, match=f'{exercise.name}.epochs: expected a number of epochs ≥ 0, got -1'):
            exercise.run(seed=0, epochs=-1)


@pytest.mark.quick(1)
def test_the_reference_gives_figures(exercise, result):
    figures = exercise.figures(result)
    assert figures
    for name, figure in figures.items():
        assert name.isidentifier()  # it becomes the name of a file
        assert isinstance(figure, Figure)
        assert figure.axes
        assert all(ax.has_data() for ax in figure.axes)


@pytest.mark.quick(1)
def test_the_reference_gives_a_table_and_json(exercise, result):
    assert exercise.table(result).strip()
    told = exercise.as_dict(result)
    assert told
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert not {'exercise', 'seed', 'figures'} & set(told)  # the command line adds these
    again = exercise.run(seed=0, epochs=None if exercise.epochs is None else 2)
    assert exercise.as_dict(again) == told


def test_listing_imports_no_large_library():
    code = (
        'import sys; from ratezoo.homework import exercises\n'
        'assert all(e.name and e.summary and e.handout for e in exercises.values()); assert exercises.entries\n'
        'assert not {"jax", "brainpy", "numpy", "matplotlib"} & set(sys.modules)'
    )
    subprocess.run([sys.executable, '-c', code], check=True)


# ---- a new exercise: a folder, and nothing else --------------------------------------------------------------------

STUB = '''
from ratezoo.homework import sandbox
from ratezoo.homework.exercise import Exercise


class Echo(Exercise):
    """Repeat a number."""

    summary = 'Repeat a number'
    summary_zh = '重复一个数'
    blanks = ('answer',)

    epochs = 10

    def run(self, seed=0, epochs=None):
        return [seed, self.chosen_epochs(epochs)]

    def figures(self, result):
        from matplotlib.figure import Figure
        figure = Figure()
        figure.subplots().plot(result)
        return {'line': figure}

    def as_dict(self, result):
        return {'numbers': result}

    def table(self, result):
        return f'seed {result[0]}, epochs {result[1]}'

    def check(self, file, seconds=60.):
        source = sandbox.read_source(file)
        sandbox.check_source(source, file.name, self.class_name)
        exec(source, namespace := {})
        part = {'name': 'answer', 'verdict': 'exact' if namespace['answer'] == 42 else 'wrong',
                'relative_error': None, 'hint': None}
        return {'exercise': self.name, 'passed': part['verdict'] == 'exact', 'parts': [part], 'remarks': []}
'''
STUB_HANDOUT = '# %% [markdown]\n# What is the answer? 答案是什么？\n\n# %%\nanswer = ...\n'


def call(*args):
    return CliRunner().invoke(main, ['homework', *map(str, args)])


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Put the exercise ``echo`` with this ``exercise.py`` into a folder where ``ratezoo.homework`` looks."""

    def add(text):
        folder = tmp_path / 'more' / 'echo'
        folder.mkdir(parents=True)
        (folder / '__init__.py').write_text('"""Exercise ``echo``."""\n', encoding='utf-8')
        (folder / 'exercise.py').write_text(text, encoding='utf-8')
        (folder / 'handout.py').write_text(STUB_HANDOUT, encoding='utf-8')
        monkeypatch.setattr(ratezoo.homework, '__path__', [*ratezoo.homework.__path__, str(folder.parent)])

    yield add
    for name in [n for n in sys.modules if n.startswith('ratezoo.homework.echo')]:
        del sys.modules[name]
    if hasattr(ratezoo.homework, 'echo'):
        del ratezoo.homework.echo


def test_a_new_folder_is_found_by_every_command(add, tmp_path):
    before = list(exercises)
    add(STUB)
    assert set(exercises) == {*before, 'echo'}
    unnumbered = [name for name, exercise in exercises.items() if exercise.number is None]
    assert 'echo' in unnumbered
    assert list(exercises)[-len(unnumbered) :] == sorted(unnumbered)  # those without a number are the last
    assert [e['name'] for e in json.loads(call('list', '--json').stdout)] == list(exercises)
    assert 'echo not started / 未开始 Repeat a number 重复一个数' in ' '.join(
        call('list', '--lang', 'both').stdout.split()
    )
    assert f'[default: {before[0]}]' in call('start', '--help').stdout

    done = call('start', tmp_path / 'hw', '--exercise', 'echo')
    assert done.exit_code == 0, done.output
    file = tmp_path / 'hw' / 'echo.py'
    assert file.read_text(encoding='utf-8') == STUB_HANDOUT
    assert done.stdout.splitlines()[-1].endswith(f'ratezoo homework check {file}')

    for path in (file, file.with_suffix('.ipynb')):
        done = call('check', path, '--exercise', 'echo')
        assert done.exit_code == 2
        assert 'the blank for answer is still open' in done.stderr
    for answer, status in ((42, 0), (41, 1)):
        file.write_text(f'answer = {answer}\n', encoding='utf-8')
        done = call('check', file, '--exercise', 'echo')
        assert done.exit_code == status
        assert done.stdout.splitlines() == [
            ('answer exact', 'answer wrong')[status],
            ('passed', 'not passed')[status],
        ]
    assert json.loads(call('check', file, '--exercise', 'echo', '--json').stdout)['exercise'] == 'echo'

    output = tmp_path / 'figures'
    done = call('run', '--exercise', 'echo', '--seed', 3, '--epochs', 4, '--output', output)
    assert done.stdout.splitlines() == ['seed 3, epochs 4', f'Figures: {output / "line.png"}']
    assert [p.name for p in output.iterdir()] == ['line.png']
    told = json.loads(call('run', '--exercise', 'echo', '--seed', 3, '--output', output, '--json').stdout)
    assert told == {'exercise': 'echo', 'seed': 3, 'numbers': [3, 10], 'figures': [str(output / 'line.png')]}


def test_the_number_is_its_place_and_the_first_is_the_default(add):
    before = list(exercises)
    add(STUB.replace("blanks = ('answer',)", "blanks = ('answer',)\n    number = 0"))
    assert list(exercises) == ['echo', *before]
    assert '[default: echo]' in call('start', '--help').stdout


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', 'ratezoo.homework.echo.exercise: expected one subclass of Exercise, found none.'),
        (f'{STUB}\n\nclass Other(Echo):\n    pass\n', 'expected one subclass of Exercise, found Echo, Other.'),
        (STUB.replace('def table', 'def tabel'), 'the class Echo lacks table;'),
        (STUB.replace('summary_zh', 'chinese').replace('blanks', 'gaps'), 'the class Echo lacks summary_zh, blanks;'),
    ],
)
def test_an_exercise_that_is_not_complete_is_refused_in_one_sentence(add, text, message):
    add(text)
    done = call('list')
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_rnns_pictures_share_one_time_axis_and_begin_at_the_initial_state():
    figures = exercises['rnn'].figures(result := exercises['rnn'].run(epochs=1))
    steps, times = np.arange(1, 11) / 10, np.arange(11) / 10
    r, p_w, p_b = (ax.lines[0] for ax in figures['traces'].axes)
    for line in (r, p_w, p_b):
        np.testing.assert_allclose(line.get_xdata(), times, atol=1e-12)
    assert (r.get_ydata()[0], p_w.get_ydata()[0], p_b.get_ydata()[0]) == (result.y[0], 0.0, 0.0)
    np.testing.assert_allclose(p_w.get_ydata()[1], 0.1 * result.y[0])  # Δt r_0: the bracket has p_w = 0
    target, before, after = figures['before_after'].axes[0].lines
    np.testing.assert_allclose(target.get_xdata(), steps)
    for line in (before, after):
        np.testing.assert_allclose(line.get_xdata(), times, atol=1e-12)
        assert line.get_ydata()[0] == result.y[0]
    for line in figures['input_target'].axes[0].lines:
        np.testing.assert_allclose(line.get_xdata(), steps)
    assert {ax.get_xlabel() for k in ('traces', 'before_after', 'input_target') for ax in figures[k].axes[-1:]} == {
        'time $t$'
    }

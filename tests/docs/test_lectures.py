"""The lectures in docs/notebooks: both languages agree, every cell runs, and what the text says of it is true."""

import importlib.util
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / 'docs' / 'notebooks'


def load(name):
    spec = importlib.util.spec_from_file_location(f'lectures_{name}', FOLDER / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lectures, SAID = load('run'), load('said').SAID

# A statement of a cell, not of a function in it, that draws a figure.
DRAWS = re.compile(r'^(?!def |\s).*?(rz\.plots\.|plt\.(subplots|figure)\(|\.plot\(|show\()', re.M)
MOST_LINES = 21


def cells(name, language, kind):
    return [cell.source for cell in lectures.read(name, language).cells if cell.cell_type == kind]


def headings(name, language):
    return [len(marks) for text in cells(name, language, 'markdown') for marks in re.findall(r'^(#+) ', text, re.M)]


def equations(name, language):
    return [
        ' '.join(e.split())
        for text in cells(name, language, 'markdown')
        for e in re.findall(r'\$\$.*?\$\$', text, re.S)
    ]


def test_the_list_of_lectures_is_that_of_the_files():
    expected = {name + suffix for name in lectures.NAMES for suffix in lectures.SUFFIXES.values()}
    assert {p.name for p in FOLDER.glob('*.md')} - {'README.md', 'README.zh.md'} == expected
    assert set(SAID) == set(lectures.NAMES)
    for page, suffix in (('README.md', '.md'), ('README.zh.md', '.zh.md')):
        links = re.findall(r'^\| \d \| \[[^]]*\]\(([^)]*)\)', (FOLDER / page).read_text(encoding='utf-8'), re.M)
        assert links == [name + suffix for name in lectures.NAMES]


@pytest.mark.parametrize('name', lectures.NAMES)
def test_both_languages_have_the_same_cells(name):
    english, chinese = (lectures.read(name, language) for language in ('en', 'zh'))
    assert [c.cell_type for c in english.cells] == [c.cell_type for c in chinese.cells]
    assert cells(name, 'en', 'code') == cells(name, 'zh', 'code')
    assert headings(name, 'en') == headings(name, 'zh')
    assert equations(name, 'en') == equations(name, 'zh')
    assert '## Try it' in english.cells[-1].source
    assert '## 动手试试' in chinese.cells[-1].source
    asked = [len(re.findall(r'^\d\. ', n.cells[-1].source, re.M)) for n in (english, chinese)]
    assert asked[0] == asked[1]
    assert 2 <= asked[0] <= 4


@pytest.mark.parametrize('name', lectures.NAMES)
def test_sources_hold_no_outputs_and_no_long_cells(name):
    for language, suffix in lectures.SUFFIXES.items():
        assert 'outputs' not in (FOLDER / (name + suffix)).read_text(encoding='utf-8').split('---')[1]
        for cell in lectures.read(name, language).cells:
            assert not cell.get('outputs')
            assert cell.cell_type != 'code' or len(cell.source.splitlines()) <= MOST_LINES, cell.source


@pytest.mark.slow
@pytest.mark.parametrize('name', lectures.NAMES)
def test_it_runs_and_what_it_says_is_true(name, tmp_path, monkeypatch):
    """English stands for both languages, because the code is the same."""
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    notebook = lectures.read(name)
    written = len(notebook.cells)
    notebook.cells.append(lectures.nbformat.v4.new_code_cell(SAID[name]))
    lectures.execute(notebook, name)
    for number, cell in enumerate(notebook.cells[:written], 1):
        if cell.cell_type == 'code' and DRAWS.search(cell.source):
            kinds = [kind for output in cell.outputs for kind in output.get('data', {})]
            assert 'image/png' in kinds, f'{name}, cell {number} shows no figure:\n{cell.source}'


@pytest.mark.slow
def test_a_failing_cell_and_a_warning_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    new, code = lectures.nbformat.v4.new_notebook, lectures.nbformat.v4.new_code_cell
    for bad, told in (('1 / 0', 'cell 2: ZeroDivisionError'), ("import warnings; warnings.warn('!')", 'cell 2 writes')):
        with pytest.raises(RuntimeError, match=told):
            lectures.execute(new(cells=[code('1'), code(bad)]), 'test')

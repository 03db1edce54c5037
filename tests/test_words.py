"""The words agree with the code: doctests, defaults, type hints, the two READMEs, the changelog."""

import ast
import builtins
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from layers import FOLDERS

import ratezoo

ROOT = Path(__file__).parents[1]


def modules():
    """Every module of the package but those that run something when they are imported."""
    names = set()
    for folder in ('', *(f'.{folder}' for folder in FOLDERS if folder != 'core')):
        package = importlib.import_module(f'ratezoo{folder}')
        names |= {module.name for module in pkgutil.walk_packages(package.__path__, f'{package.__name__}.')}
    return sorted(name for name in names if name.rpartition('.')[2] not in ('__main__', 'handout'))


@pytest.mark.quick(14)
@pytest.mark.parametrize('name', modules())
def test_doctests(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE, extraglobs={'ratezoo': ratezoo})
    assert result.failed == 0


@pytest.mark.once
def test_there_are_doctests():
    examples = {
        name: sum(len(d.examples) for d in doctest.DocTestFinder().find(importlib.import_module(name)))
        for name in modules()
    }
    for place in (
        'ratezoo.runner',
        'ratezoo.models.linear',
        'ratezoo.models.rate',
        'ratezoo.learning.rtrl',
        'ratezoo.learning.bptt',
        'ratezoo.tasks.sequence',
        'ratezoo.learning.snap',
        'ratezoo.learning.comparison',
        'ratezoo.models.gated',
        'ratezoo.tasks.memory',
    ):
        assert examples[place] >= 1, place


def public_callables():
    for name in ratezoo.__all__:
        value = getattr(ratezoo, name)
        if callable(value):
            yield name, value
            for k, method in inspect.getmembers(value, inspect.isfunction):
                if not k.startswith('_') and method.__module__.startswith('ratezoo'):
                    yield f'{name}.{k}', method
    for folder in ('plots', 'tasks', 'analysis', 'homework', 'curves'):
        package = getattr(ratezoo, folder)
        for name in getattr(package, '__all__', ()):
            if callable(getattr(package, name)):
                yield f'{folder}.{name}', getattr(package, name)


@pytest.mark.once
def test_defaults_in_docstrings_are_those_of_the_signature():
    """'name : type' followed by 'Default 3.' must agree; parameters documented must exist."""
    checked = 0
    for name, function in public_callables():
        doc = inspect.cleandoc(function.__doc__ or '')  # its own, not that of a base class
        if 'Parameters\n---' not in doc or (inspect.isclass(function) and issubclass(function, Exception)):
            continue
        signature = inspect.signature(function)
        section = re.split(r'\n[A-Z][a-z]+\n-{4,}\n', doc.split('Parameters\n')[1].split('\n', 1)[1])[0]
        for match in re.finditer(r'^(\w[\w, \\\n]*?) :(.*?)(?=^\w|\Z)', section, re.M | re.S):
            for parameter in re.split(r',\s*', match[1].strip()):
                assert parameter in signature.parameters, f'{name}: {parameter} is documented but not there'
            told = re.search(r'[Dd]efault (?:value )?(-?\d[\d ]*(?:\.\d*)?(?:e-?\d+)?|True|False)', match[2])
            if told and ',' not in match[1]:
                default = signature.parameters[match[1].strip()].default
                text = told[1].replace(' ', '').rstrip('.')
                if default is None:
                    continue
                assert float(default) == float({'True': 1, 'False': 0}.get(text, text)), f'{name}.{match[1]}'
                checked += 1
    assert checked >= 8


@pytest.mark.once
@pytest.mark.slow
def test_every_example_imports_what_it_uses():
    """An example runs as it is printed: each name in it is imported, defined or built in."""
    parser, incomplete = doctest.DocTestParser(), []
    for module in map(importlib.import_module, modules()):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding='utf-8'))):
            doc = ast.get_docstring(node) if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else None
            tree = ast.parse(''.join(example.source for example in parser.get_examples(doc or '')))
            known, used = set(dir(builtins)), set()
            for part in ast.walk(tree):
                if isinstance(part, (ast.Import, ast.ImportFrom)):
                    known |= {(name.asname or name.name).partition('.')[0] for name in part.names}
                elif isinstance(part, ast.Name):
                    (used if isinstance(part.ctx, ast.Load) else known).add(part.id)
                elif isinstance(part, (ast.FunctionDef, ast.ClassDef)):
                    known.add(part.name)
                elif isinstance(part, ast.arg):
                    known.add(part.arg)
            incomplete += [f'{module.__name__}.{node.name}: {name}' for name in used - known]
    assert incomplete == []


@pytest.mark.once
def test_every_public_name_has_a_docstring():
    missing = [n for n, f in public_callables() if not inspect.getdoc(f)]
    assert missing == []


@pytest.mark.once
def test_every_public_function_has_type_hints():
    """Every argument and every result, of functions, methods and constructors."""
    missing = []
    for name, value in public_callables():
        function = value.__init__ if inspect.isclass(value) else value
        if not inspect.isfunction(function) or not function.__module__.startswith('ratezoo'):
            continue
        for parameter in inspect.signature(function).parameters.values():
            if parameter.annotation is inspect.Parameter.empty and parameter.name not in ('self', 'cls'):
                missing.append(f'{name}({parameter.name})')
        if inspect.signature(function).return_annotation is inspect.Signature.empty:
            missing.append(f'{name} → result')
    assert missing == []


# The pages that exist in English and in Chinese.
PAGES = [('README.md', 'README.zh.md'), ('docs/guide.md', 'docs/guide.zh.md')]


def blocks(page, language=r'\w*'):
    """The fenced blocks of a page, of one language or of all."""
    return re.findall(rf'^```{language}\n(.*?)^```', (ROOT / page).read_text(encoding='utf-8'), re.M | re.S)


@pytest.mark.once
@pytest.mark.parametrize(('english', 'chinese'), PAGES)
def test_both_languages_show_the_same_code_and_commands(english, chinese):
    def code(block):
        return [line.split('#')[0].strip() for line in block.splitlines() if line.split('#')[0].strip()]

    assert [code(b) for b in blocks(english)] == [code(b) for b in blocks(chinese)]
    assert len(blocks(english)) >= 3


@pytest.mark.quick(1)
@pytest.mark.parametrize('page', [english for english, _ in PAGES])  # the code of the Chinese page is the same
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert blocks(page, 'python')
    for block in blocks(page, 'python'):
        exec(compile(block, page, 'exec'), {'__name__': '__main__'})  # each block by itself


@pytest.mark.once
@pytest.mark.parametrize('page', ['docs/contents.md', 'docs/contents.zh.md'])
def test_the_table_of_contents_names_everything(page):
    from ratezoo.learning import rules
    from ratezoo.models import zoo

    text = (ROOT / page).read_text(encoding='utf-8')
    assert [name for name in (*zoo, *rules) if f'`{name}`' not in text] == []
    named = set(re.findall(r'`([A-Z][A-Za-z0-9]+)`', text))
    known = {*zoo, *rules, *ratezoo.tasks.tasks, *ratezoo.__all__}
    assert named - known == set()  # and nothing that is gone


@pytest.mark.once
def test_the_links_of_the_pages_lead_somewhere():
    pages = [*ROOT.glob('*.md'), *(ROOT / 'docs').glob('*.md')]
    assert len(pages) >= 10
    for page in pages:
        prose = re.sub(r'^ *```.*?^ *```', '', page.read_text(encoding='utf-8'), flags=re.M | re.S)
        for target, anchor in re.findall(r'\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)', prose):
            file = page.parent / target if target else page
            assert file.exists(), f'{page.name}: {target}'
            if anchor:
                titles = re.findall(r'^#+ (.*)', file.read_text(encoding='utf-8'), re.M)
                assert anchor in [t.lower().replace(' ', '-') for t in titles], f'{page.name}: {target}#{anchor}'


@pytest.mark.once
def test_every_public_name_stands_in_the_changelog_version():
    text = (ROOT / 'CHANGELOG.md').read_text(encoding='utf-8')
    assert re.search(rf'^## {re.escape(ratezoo.__version__)}', text, re.M)

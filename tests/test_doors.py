"""What users and editors find: the names of each package, and what an import costs."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import ratezoo
from ratezoo.lazy import public_names

ROOT = Path(__file__).parents[1]
PACKAGES = [
    'ratezoo',
    'ratezoo.models',
    'ratezoo.analysis',
    'ratezoo.learning',
    'ratezoo.tasks',
    'ratezoo.plots',
    'ratezoo.homework',
]


@pytest.mark.parametrize('package', PACKAGES)
def test_the_stub_and_the_package_have_the_same_names(package):
    """What editors read is what there is: each name of the stub can be imported, from the module that it names."""
    module, names = importlib.import_module(package), public_names(package)
    assert sorted(module.__all__) == sorted(names)
    assert set(module.__all__) <= set(dir(module))
    for name, place in names.items():
        value = getattr(module, name)
        if getattr(value, '__module__', None) and place and hasattr(importlib.import_module(place), name):
            assert value is getattr(importlib.import_module(place), name)
    with pytest.raises(AttributeError, match='no_such_name'):
        module.no_such_name  # noqa: B018


@pytest.mark.parametrize('folder', ['models', 'tasks'])
def test_every_file_of_the_zoo_is_public(folder):
    """A new file of models or tasks needs its line in the stub."""
    starred = {
        node.module.rpartition('.')[2]
        for node in ast.parse((ROOT / folder / '__init__.pyi').read_text()).body
        if isinstance(node, ast.ImportFrom) and node.names[0].name == '*'
    }
    assert starred == {p.stem for p in (ROOT / folder).glob('*.py') if '\n__all__ = ' in p.read_text(encoding='utf-8')}


@pytest.mark.parametrize(
    'statement',
    [
        'from ratezoo.models import RateRNN',
        'from ratezoo.learning import RTRL, TrajectoryRule, OnlineRule, compare',
        'from ratezoo import compare, Example, HasEnergy, Constant, rules, zoo',
        'from ratezoo.analysis import sweep',
        'from ratezoo.tasks import FlipFlop, tasks',
        'from ratezoo.homework import exercises, Exercise',
    ],
)
def test_names_are_where_newcomers_look(statement):
    exec(statement, {})


def test_importing_ratezoo_is_quick_and_so_is_the_list():
    """Neither JAX nor BrainPy is imported before a name that needs them."""
    code = (
        'import sys, ratezoo; ratezoo.models.zoo.entries, ratezoo.learning.rules.entries, ratezoo.tasks.tasks.entries\n'
        'from click.testing import CliRunner; from ratezoo.cli.main import main\n'
        'assert CliRunner().invoke(main, ["list"]).exit_code == 0\n'
        'print([m for m in ("jax", "brainpy", "matplotlib") if m in sys.modules])'
    )
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout.strip() == '[]'


def test_unknown_names_are_told_with_the_nearest():
    for registry, wrong, near in (
        (ratezoo.zoo, 'WilsonCowen', 'WilsonCowan'),
        (ratezoo.rules, 'RTLR', 'RTRL'),
        (ratezoo.tasks.tasks, 'FlipFlap', 'FlipFlop'),
    ):
        with pytest.raises(ratezoo.UnknownNameError, match=f"Did you mean '{near}'"):
            registry[wrong]
        assert wrong not in registry


@pytest.mark.parametrize('package', PACKAGES)
def test_no_file_has_the_name_of_a_public_function_or_class(package):
    """Once such a file is imported, the package's attribute of this name is the module, and a call fails."""
    folders = importlib.import_module(package).__path__
    files = {p.stem for folder in folders for p in Path(folder).glob('*.py')} - {'__init__', '__main__'}
    assert files
    clashes = {name for name, place in public_names(package).items() if name in files and place != package}
    assert clashes == set()

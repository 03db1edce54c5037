"""The arrows between the folders run one way."""

import re
import shutil

import pytest
from layers import FOLDERS, ROOT, arrows, wrong

pytestmark = pytest.mark.once


def test_imports_run_one_way():
    assert wrong(arrows()) == {}


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ('file', 'line', 'arrow'),
    [
        ('core/noise.py', 'from ratezoo.models.linear import LinearRNN', ('core', 'models')),
        ('models/linear.py', 'import ratezoo.learning.rtrl', ('models', 'learning')),
        ('learning/rtrl.py', 'def f():\n    from ratezoo import analysis', ('learning', 'analysis')),
        ('plots/runs.py', 'def f():\n    from ratezoo.cli.main import main', ('plots', 'cli')),
    ],
)
def test_one_wrong_line_is_seen(tmp_path, file, line, arrow):
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns('__pycache__'))
    with open(tmp_path / file, 'a', encoding='utf-8') as f:
        f.write(f'\n{line}\n')
    found = wrong(arrows(tmp_path))
    assert list(found) == [arrow]
    assert found[arrow][0].startswith(file)


def test_there_is_no_folder_that_shadows_the_package():
    assert not (ROOT / 'ratezoo').exists()


def closure(pairs):
    """All pairs that follow from the arrows."""
    pairs = set(pairs)
    while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
        pairs |= more
    return pairs


def test_the_drawing_shows_the_imports_and_no_other():
    svg = (ROOT / 'docs' / 'layers.svg').read_text(encoding='utf-8')
    drawn = {tuple(pair.split()) for pair in re.findall(r'data-arrow="([^"]*)"', svg)}
    found = set(arrows())
    assert drawn <= found, 'run python docs/layers.py'
    assert closure(drawn) == closure(found), 'run python docs/layers.py'
    assert all(closure(drawn - {pair}) != closure(found) for pair in drawn)  # none follows from the others
    assert re.findall(r'>(\w+)/</text>', svg) == list(FOLDERS)

"""The pages docs/mistakes.md and docs/mistakes.zh.md say what ratezoo answers."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once  # words of error messages, which come before any number
DOCS = Path(__file__).parents[1] / 'docs'
spec = importlib.util.spec_from_file_location('mistakes', DOCS / 'mistakes.py')
mistakes = importlib.util.module_from_spec(spec)
sys.modules['mistakes'] = mistakes
spec.loader.exec_module(mistakes)


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    ('section', 'case'),
    [(section, case) for section in mistakes.SECTIONS for case in section.cases],
    ids=lambda value: getattr(value, 'line', None) or '-',
)
def test_a_mistake_gives_the_answer_on_the_page(section, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = section.answer(case)
    assert answer
    for page, chinese in (('mistakes.md', False), ('mistakes.zh.md', True)):
        expected = mistakes.row(case, answer, chinese)
        assert expected in (DOCS / page).read_text(encoding='utf-8').splitlines(), 'run python docs/mistakes.py'


def test_both_pages_have_all_cases_and_no_other():
    count = sum(len(section.cases) for section in mistakes.SECTIONS)
    for page in ('mistakes.md', 'mistakes.zh.md'):
        lines = (DOCS / page).read_text(encoding='utf-8').splitlines()
        assert sum(line.startswith('| `') for line in lines) == count >= 60

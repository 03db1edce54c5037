"""The pages docs/reference/errors.md and errors.zh.md: every class is there, and each message is what comes today."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / 'docs'
spec = importlib.util.spec_from_file_location('errors_page', DOCS / 'errors.py')
page = importlib.util.module_from_spec(spec)
sys.modules['errors_page'] = page
spec.loader.exec_module(page)
CASES = page.ERRORS + page.WARNINGS


def without_numbers(text):
    """A message tells numbers that depend on the machine and on the precision."""
    return re.sub(r'\d[\d.e+-]*', '#', text)


@pytest.mark.quick(3)
@pytest.mark.parametrize('case', CASES, ids=lambda case: case.name)
def test_a_case_gives_the_message_on_the_pages(case):
    raised, message = page.answer(case)
    assert raised == case.name
    kind = {**page.classes(), 'UserWarning': UserWarning}[case.name]
    for file, chinese in (('errors.md', False), ('errors.zh.md', True)):
        expected = without_numbers(page.section(case, message, kind, chinese))
        text = (DOCS / 'reference' / file).read_text(encoding='utf-8')
        assert expected in without_numbers(text), 'run python docs/errors.py'


@pytest.mark.parametrize('file', ['errors.md', 'errors.zh.md'])
def test_every_class_is_on_the_page_once(file):
    text = (DOCS / 'reference' / file).read_text(encoding='utf-8')
    classes = set(page.classes()) - {'RateZooError'} | {'UserWarning'}
    assert sorted(re.findall(r'^### (\w+)$', text, re.M)) == sorted(classes)
    assert len(classes) >= 18

"""The pages for newcomers: both languages agree, and what they list is complete and true."""

import re
from pathlib import Path

import pytest

import ratezoo
from ratezoo.homework import exercises
from ratezoo.learning.online import OnlineRule

DOCS = Path(__file__).parents[2] / 'docs'
PAGES = ['index', *(f'start/{name}' for name in ('index', 'student', 'researcher', 'teacher', 'walk-through'))]
PAGES += [f'learn/{name}' for name in ('index', 'exercises', 'which-rule', 'traps')]
LANGUAGES = ('', '.zh')


def text_of(page, language=''):
    return (DOCS / f'{page}{language}.md').read_text(encoding='utf-8')


def blocks(text):
    """(language, code without comments) of each fenced block."""
    found = re.findall(r'^```(.*?)\n(.*?)^```$', text, re.M | re.S)
    return [(kind, re.sub(r'\s*#.*', '', code)) for kind, code in found if not kind.startswith('{toctree')]


@pytest.mark.parametrize('page', PAGES)
def test_both_languages_show_the_same_code(page):
    english, chinese = (
        [b for b in blocks(text_of(page, language)) if b[0] not in ('console', 'text')] for language in LANGUAGES
    )
    assert english == chinese


@pytest.mark.parametrize('page', PAGES)
def test_both_languages_link_to_the_same_pages(page):
    english, chinese = (
        re.findall(r'^:link: (.*)|\]\(([^)#\s]+)', text_of(page, language), re.M) for language in LANGUAGES
    )
    assert sorted((a or b).replace('.zh.md', '.md') for a, b in english) == sorted(
        (a or b).replace('.zh.md', '.md') for a, b in chinese
    )


@pytest.mark.parametrize('language', LANGUAGES)
def test_the_exercises_are_those_of_the_registry(language):
    sections = re.split(r'^## ', text_of('learn/exercises', language), flags=re.M)
    assert [s.split('\n')[0] for s in sections[1:]] == list(exercises)
    rows = re.findall(r'^\| (\d) \| \[(\S+)\]\(#(\S+)\)', sections[0], re.M)
    assert rows == [(str(exercises[name].number), name, name) for name in exercises]
    for name, section in zip(exercises, sections[1:], strict=True):
        exercise = exercises[name]
        option = '' if name == 'rnn' else f' --exercise {name}'
        assert f'\nratezoo homework start hw{option}\n' in section
        assert (exercise.summary_zh if language else exercise.summary) in section
        stop = '。' if language else '.'
        blanks = re.search(rf'^(?:Blanks: |填空：)(.*){re.escape(stop)}$', section, re.M)[1].split(' · ')
        assert len(blanks) == len(exercise.blanks)
        if not language:
            assert tuple(blanks) == exercise.blanks


KINDS = (('trajectories', 'trajectories', '轨迹'), ('fixed points', 'fixed points', '不动点'))
KINDS += (('densities', 'densities', '概率密度'),)


@pytest.mark.parametrize('language', LANGUAGES)
def test_the_tables_of_rules_are_complete_and_true(language):
    yes, no, bias, noise = ('是', '否', '偏差', '噪声') if language else ('yes', 'no', 'bias', 'noise')
    sections = re.split(r'^### ', text_of('learn/which-rule', language), flags=re.M)[1:]
    rows = []
    for section, (kind, english, chinese) in zip(sections, KINDS, strict=True):
        assert section.startswith(f'{chinese}的规则\n' if language else f'For {english}\n')
        lines = re.findall(r'^\| `.*', section, re.M)
        rows += [(kind, [cell.strip() for cell in line.strip('|').split('|')]) for line in lines]
    rules = ratezoo.learning.rules
    assert [cells[0].strip('`') for _, cells in rows] == list(rules)
    for kind, (name, exact, online, _local, error, asks, time, memory) in rows:
        rule = rules[name.strip('`')]
        assert kind == rule.learns, name
        assert '' not in (time, memory), name
        assert (exact == yes) == (rule.exact is True), name
        # FORCE learns at every step, but it is no rule whose gradient an optimiser follows.
        assert (online == yes) == (issubclass(rule, OnlineRule) or not rule.follows_the_gradient), name
        assert online in (yes, no), name
        assert (noise in error) == rule.stochastic, name
        standard = re.search(r'relative error ([\d.]*\d)', str(rule.exact))
        assert not standard or error.endswith(standard[1]), name
        assert (bias in error) or not str(rule.exact).startswith('approximate'), name
        assert re.findall(r'`(Has\w+)`', asks) == [need.__name__ for need in rule.needs], name

"""The gallery and the reference: nothing is missing, and every page has its parts."""

import re

import figures
import gallery
import pytest
import snippets
import words

from ratezoo.learning import rules
from ratezoo.models import zoo
from ratezoo.tasks import tasks

pytest.importorskip('docutils')
import api
import docstrings

from ratezoo.lazy import public_names

CHINESE = re.compile('[\u4e00-\u9fff]')


@pytest.fixture(scope='module')
def made():
    """The pages of both languages, without drawing figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, 'make', lambda *arguments, **options: {})
        return {language: {**gallery.pages(language), **api.pages(language)} for language in ('en', 'zh')}


def test_the_words_are_complete():
    for registry, told in ((zoo, words.MODELS), (rules, words.RULES), (tasks, words.TASKS)):
        assert set(registry) == set(told)
        assert {entry.category for entry in registry.entries.values()} <= set(words.GROUPS)
    for name, entry in words.ALL.items():
        assert CHINESE.search(entry.chinese), name
        assert entry.chinese.endswith(('。', '。）')), name
        if name not in snippets.NO_FIGURE:
            assert entry.shows.endswith('.'), name
            assert CHINESE.search(entry.shows_chinese), name
    assert all(CHINESE.search(group) for group in words.GROUPS.values())


def test_every_figure_has_code_that_saves_it():
    codes = snippets.all_codes()
    assert set(codes) == {*zoo, *rules, *tasks} - set(snippets.NO_FIGURE)
    for name, code in codes.items():
        compile(code, name, 'exec')
        assert code.endswith(f"figure.savefig('{name}.png', dpi=150)\n")
    assert {path.stem for path in snippets.CODE.glob('*.py')} <= set(codes)


def test_every_model_rule_and_task_has_a_page_and_a_card(made):
    for pages in made.values():
        for kind, registry in gallery.KINDS.items():
            index = pages['gallery/tasks/index.md' if kind == 'tasks' else 'gallery/index.md']
            for name in registry:
                page = pages[f'gallery/{kind}/{name}.md']
                assert page.startswith(f'# {name}\n')
                assert re.search(rf'autoclass:: ratezoo(\.tasks)?\.{name}\n', page)
                assert f'{kind}/{name}\n:link-type: doc' in index
                if name not in snippets.NO_FIGURE:
                    assert f'../figures/{name}.png' in page
                    assert snippets.all_codes()[name].rstrip() in page


def test_every_model_shows_its_published_numbers(made):
    for name in zoo:
        assert re.search(
            r'\| published \| measured \|(.*\n){2}\| .* \| [-\d.e+]+ \|', made['en'][f'gallery/models/{name}.md']
        )


def test_no_public_name_is_missing(made):
    for pages in made.values():
        text = '\n'.join(page for page in pages.values() if isinstance(page, str))
        told = re.findall(r'^\.\. (?:auto\w+|py:data):: (\S+)', text, re.M)
        assert len(told) == len(set(told))
        for package in docstrings.PACKAGES:
            for name in public_names(package):
                if name[0] != '_' and name not in api.SUBPACKAGES:
                    assert {f'{package}.{name}', f'ratezoo.{name}', f'ratezoo.tasks.{name}'} & set(told), (
                        package,
                        name,
                    )


def test_what_people_search_for_is_on_the_page(made):
    for pages in made.values():
        assert 'Wong–Wang' in pages['gallery/models/WongWang.md']
        assert '`p_w`' in pages['gallery/models/LinearRNN.md']


def test_a_card_leaves_the_formula_to_the_page():
    assert gallery.sentence('models', 'FiringRate', 'en') == 'Rate model in the limit of a fast synapse.'
    assert gallery.sentence('models', 'LinearRNN', 'en').startswith('Linear rate network; with one unit')
    assert "backward = 'implicit'" in gallery.sentence('rules', 'DeepEquilibrium', 'en')
    assert '$A_{ki}$' in gallery.sentence('rules', 'KFRTRL', 'en')


def test_a_docstring_becomes_restructured_text():
    doc = (
        'A rule, see `fit` and `RateRNN`; r* and |F| of ``x | y``.\n\n    (1)  dr/dt = −r\n\n'
        'Options (of `gradient` and `fit`)\n---------------------------------\norder : int\n    n ≥ 1.\n\n'
        'Initially W_in = 0.\n\nReferences\n----------\n'
        'A. Author, J. 1 (1961), doi:10.1016/S0006-3495(61)86902-6. B. Author (2018), arXiv:1702.05043 (2017).\n'
    )
    text = docstrings.rewrite(doc, rules['RTRL'])
    assert ':py:obj:`fit <ratezoo.OnlineRule.fit>`' in text
    assert ':py:obj:`RateRNN <ratezoo.RateRNN>`' in text
    assert r'r\* and \|F\| of ``x | y``' in text
    assert '.. math::' in text
    assert 'Options of gradient and fit\n---' in text
    assert text.index('Initially') < text.index('Options')  # napoleon would read it as a field
    assert r':math:`W_{\mathrm{in}}`' in text
    assert '<https://doi.org/10.1016/S0006-3495(61)86902-6>`__' in text
    assert '<https://arxiv.org/abs/1702.05043>`__ (2017)' in text

"""docs/site/links.py finds each kind of broken link, and nothing in a page that is right."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / 'docs' / 'site' / 'links.py'
spec = importlib.util.spec_from_file_location('site_links', SCRIPT)
links = importlib.util.module_from_spec(spec)
sys.modules['site_links'] = links
spec.loader.exec_module(links)

RIGHT = """<!doctype html><html><head><link rel="stylesheet" href="style.css"></head><body id="top">
<a href="#top">here</a> <a href="other.html#part-1">there</a> <a href="sub/">folder</a> <a href="mailto:a@b.org">m</a>
<a href="https://doi.org/10.1016/S0006-3495(61)86902-6">D</a> <img src="data:image/png;base64,AAAA">{}</body></html>"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / 'sub').mkdir()
    (tmp_path / 'style.css').write_text('')
    (tmp_path / 'other.html').write_text('<h1 id="part-1">Part</h1>')
    (tmp_path / 'sub' / 'index.html').write_text('<a href="../index.html">back</a>')

    def write(more=''):
        (tmp_path / 'index.html').write_text(RIGHT.format(more))
        return tmp_path

    return write


def faults(folder, *pages):
    return [(link.target, fault) for link, fault in links.check(folder, pages)[0]]


def test_a_page_that_is_right(site):
    broken, outside, count = links.check(site())
    assert broken == []
    assert outside == {'https://doi.org/10.1016/S0006-3495(61)86902-6'}
    assert count == 8


@pytest.mark.parametrize(
    ('html', 'fault'),
    [
        ('<a href="missing.html">', 'there is no such file'),
        ('<a href="other.html#part-2">', 'there is no #part-2 in other.html'),
        ('<a href="#bottom">', 'there is no #bottom in index.html'),
        ('<a href="../../secret.html">', 'leads out of the folder'),
        ('<a href="https://doi.org/doi:10.1016/x">', 'not a DOI: expected 10.NNNN/…'),
        ('<a href="https://exa mple.org">', 'not an address'),
        ('<a href="htps://example.org">', 'expected https://, got htps:'),
        ('<a href="javascript:alert(1)">', 'a link must not be a script'),
        ('<script src="https://cdn.example.org/a.js"></script>', 'the page loads this from another host'),
        ('<link rel="stylesheet" href="//fonts.example.org/a.css">', 'the page loads this from another host'),
        ('<img src="picture.png">', 'there is no such file'),
    ],
)
def test_a_broken_link_is_found(site, html, fault):
    ((_, found),) = faults(site(html))
    assert found == fault


def test_a_readme_is_checked_but_not_its_code(site, tmp_path):
    page = tmp_path / 'README.md'
    page.write_text('# A *new* Part\n[a](#a-new-part) [b](#b) [c](none.md) `[d](e.md)`\n```\n[f](g.md)\n```\n')
    assert faults(site(), page) == [('#b', 'there is no #b in README.md'), ('none.md', 'there is no such file')]


def test_the_exit_status(site):
    for more, status in (('', 0), ('<a href="missing.html">', 1)):
        done = subprocess.run([sys.executable, SCRIPT, '--folder', site(more)], capture_output=True, text=True)
        assert done.returncode == status, done.stdout
    assert 'missing.html: there is no such file' in done.stdout


def test_the_readmes_of_this_repository():
    for name in ('README.md', 'README.zh.md'):
        page = SCRIPT.parents[2] / name
        wrong = [
            (link.target, links.fault_of_external(link))
            if links.external(link.target)
            else (link.target, links.fault_of_internal(link, links.headings, page.parent))
            for link in links.in_markdown(page)
        ]
        assert [pair for pair in wrong if pair[1]] == []

"""Check every link of the built site, and of both READMEs.

    python docs/site/links.py                 # of docs/_build/html
    python docs/site/links.py --folder SITE   # of another folder
    python docs/site/links.py --online        # ask for the external addresses, too

A link within the site must lead to a file, and its #anchor to an id in that file. An external link must be well-formed,
and a DOI must have the form 10.NNNN/…. Without --online nothing is asked of the network. A page must not load anything,
such as a script or a picture, from another host. Broken links are listed, and the exit status is then 1.
"""

import argparse
import re
import sys
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
# Shared by all pages of a site, or not a page that a reader sees.
_LEFT_OUT = ('_static',)
_DOI = re.compile(r'10\.\d{4,9}/\S+')
_LOADS = {('script', 'src'), ('img', 'src'), ('iframe', 'src'), ('source', 'src'), ('video', 'src'), ('audio', 'src')}


class Link(NamedTuple):
    """A link: the page on which it stands, its target, and whether the browser loads the target with the page."""

    page: Path
    target: str
    loads: bool


class Page(HTMLParser):
    """The ids and the links of an HTML page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.ids, self.links = path, set(), []
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get('id'):
            self.ids.add(given['id'])
        if tag == 'a' and given.get('name'):
            self.ids.add(given['name'])
        stylesheet = tag == 'link' and 'stylesheet' in (given.get('rel') or '')
        for name, value in attributes:
            if name in ('href', 'src') and value:
                self.links.append(Link(self.path, value, (tag, name) in _LOADS or stylesheet))


def in_markdown(path: Path) -> list[Link]:
    """The links and pictures of a Markdown file, without those in code."""
    text = re.sub(r'^```.*?^```|`[^`\n]*`', '', path.read_text(encoding='utf-8'), flags=re.M | re.S)
    return [Link(path, target, False) for target in re.findall(r'\]\(([^)\s]+)\)', text)]


def headings(path: Path) -> set[str]:
    """The anchors of the headings of a Markdown file, as GitHub makes them."""
    text = re.sub(r'^```.*?^```', '', path.read_text(encoding='utf-8'), flags=re.M | re.S)
    found = re.findall(r'^#+ +(.*?) *$', text, re.M)
    return {re.sub(r'[^\w\- ]', '', re.sub(r'[`*]', '', title).lower()).replace(' ', '-') for title in found}


class Site:
    """The pages of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        files = sorted(self.folder.rglob('*.html'))
        self.pages = {f: Page(f) for f in files if not set(f.relative_to(self.folder).parts) & set(_LEFT_OUT)}

    def links(self) -> list[Link]:
        return [link for page in self.pages.values() for link in page.links]

    def anchors(self, file: Path) -> set[str]:
        return self.pages[file].ids if file in self.pages else Page(file).ids


def external(target: str) -> bool:
    """Whether a target lies on another host."""
    return bool(re.match(r'([a-z][a-z0-9+.-]*:|//)', target, re.I))


def fault_of_external(link: Link) -> str:
    """What is wrong with an external link, without asking for it; '' if nothing."""
    if link.loads and not link.target.startswith('data:'):
        return 'the page loads this from another host'
    parts = urlsplit(link.target)
    if parts.scheme in ('mailto', 'data', 'javascript'):
        return 'a link must not be a script' if parts.scheme == 'javascript' else ''
    if parts.scheme not in ('http', 'https'):
        return f'expected https://, got {parts.scheme}:'
    if not re.fullmatch(r'[\w.-]+(:\d+)?', parts.netloc) or re.search(r'[\s<>"{}|\\^]', link.target):
        return 'not an address'
    if parts.netloc in ('doi.org', 'dx.doi.org') and not _DOI.fullmatch(unquote(parts.path[1:])):
        return 'not a DOI: expected 10.NNNN/…'
    return ''


def fault_of_internal(link: Link, anchors, root: Path) -> str:
    """What is wrong with a link within the site or the repository; '' if nothing."""
    path, _, anchor = link.target.partition('#')
    path, anchor = unquote(path.partition('?')[0]), unquote(anchor)
    file = (root / path[1:] if path.startswith('/') else link.page.parent / path).resolve() if path else link.page
    if file.is_dir() and link.page.suffix == '.html':
        file = file / 'index.html'
    if not file.is_relative_to(root):
        return 'leads out of the folder'
    if not file.exists():
        return 'there is no such file'
    if anchor and file.suffix in ('.html', '.md') and anchor not in anchors(file):
        return f'there is no #{anchor} in {file.name}'
    return ''


def check(folder: Path, pages: tuple[Path, ...] = ()) -> tuple[list[tuple[Link, str]], set[str], int]:
    """The broken links with their faults, the external addresses, and the number of links looked at."""
    site = Site(folder)
    if not site.pages:
        raise SystemExit(f'{folder}: there is no page here. First run python docs/site/build.py.')
    broken, outside, known, count = [], set(), {}, 0
    groups = [(link, site.anchors, site.folder) for link in site.links()]
    groups += [(link, headings, page.parent.resolve()) for page in pages for link in in_markdown(page)]
    for link, anchors, root in groups:
        count += 1
        key = link.page.parent, link.target if not link.target.startswith('#') else f'{link.page.name}{link.target}'
        if (*key, link.loads) not in known:
            if external(link.target):
                fault = fault_of_external(link)
                if urlsplit(link.target).scheme in ('http', 'https'):
                    outside.add(link.target)
            else:
                fault = fault_of_internal(link, anchors, root)
            known[*key, link.loads] = fault
        if known[*key, link.loads]:
            broken.append((link, known[*key, link.loads]))
    return broken, outside, count


def ask(address: str) -> str:
    """What the other host says against an address; '' if it is there, or if it only refuses programs."""
    request = urllib.request.Request(address, headers={'User-Agent': 'Mozilla/5.0 (link check)'})
    try:
        with urllib.request.urlopen(request, timeout=20):
            return ''
    except urllib.error.HTTPError as error:
        return '' if error.code in (401, 403, 405, 418, 429, 503) else f'{error.code} {error.reason}'
    except OSError as error:
        return str(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--folder', type=Path, default=ROOT / 'docs' / '_build' / 'html')
    parser.add_argument('--list', action='store_true', help='print the external addresses')
    parser.add_argument('--online', action='store_true', help='ask for the external addresses, too')
    arguments = parser.parse_args()
    broken, outside, count = check(arguments.folder, (ROOT / 'README.md', ROOT / 'README.zh.md'))
    lines = sorted({f'{link.page}: {link.target}: {fault}' for link, fault in broken})
    if arguments.online:
        lines += [f'{address}: {fault}' for address in sorted(outside) if (fault := ask(address))]
    if arguments.list:
        print('\n'.join(sorted(outside)))
    print(
        '\n'.join(lines) + '\n' * bool(lines) + f'{count} links, {len(outside)} external addresses, {len(lines)} broken'
    )
    sys.exit(bool(lines))


if __name__ == '__main__':
    main()

"""Build the site, in English and in Chinese.

    python docs/site/build.py                    # both languages, into docs/_build/html
    python docs/site/build.py --language zh      # one of them
    python docs/site/build.py --view             # build, then show it on http://127.0.0.1:8000 until Ctrl-C

A page is a Markdown file in docs/: `name.md` in English and, if students read it, `name.zh.md` in Chinese. The Chinese
site shows the English page where there is no Chinese one. `PAGES` lists the pages that stand elsewhere. The links of a
page lead to files, so that they work in the repository too; here they become links between pages. Pages that are made
from the code, such as the gallery, come from the modules in `MADE`.

Needs the extra docs: ``python -m pip install ".[docs]"``. A second build makes only what has changed.
"""

import argparse
import hashlib
import http.server
import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

SITE = Path(__file__).resolve().parent
DOCS = SITE.parent
ROOT = DOCS.parent
BUILD = DOCS / '_build'
LANGUAGES = ('en', 'zh')
# repository → site, for pages that do not stand in docs/
PAGES = {
    'CONTRIBUTING.md': 'contributing',
    'CHANGELOG.md': 'changelog',
    'homework/README.md': 'add-an-exercise',
    'docs/notebooks/README.md': 'notebooks/index',
}
HOME = {'README.md': 'index'}  # a link to the README leads to the first page
MADE = ('gallery', 'api')  # modules whose function pages(language) gives {path: text, or a file to be copied there}
LECTURES = """
```{toctree}
:hidden:

%s
```
"""
# The build fails where what a lecture says of its numbers is no longer true.
SAID = """
```{code-cell} ipython3
:tags: [remove-cell]
%s```
"""
NOT_TRANSLATED = '\n```{note}\n本页只有英文。\n```\n'
ENTRANCE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ratezoo</title>
<script>location.replace(navigator.language.startsWith('zh') ? 'zh/index.html' : 'en/index.html')</script>
<meta http-equiv="refresh" content="1; url=en/index.html"></head>
<body><main><h1>ratezoo</h1>
<p><a href="en/index.html">English</a> · <a href="zh/index.html" lang="zh">中文</a></p></main>
</body></html>
"""


def write(path, text):
    """Write a file if it is new or changed; Sphinx then reads no other page again."""
    if not path.is_file() or path.read_text(encoding='utf-8') != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')


def copy(file, path):
    """Copy a file if it is new or changed."""
    if not path.is_file() or path.read_bytes() != file.read_bytes():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, path)


def code_hash():
    """Of everything that a figure or the output of a cell depends on: our code, and the versions below it."""
    h = hashlib.sha256(repr([version(name) for name in ('brainpy', 'jax', 'numpy', 'matplotlib')]).encode())
    for folder in ('core', 'models', 'analysis', 'learning', 'tasks', 'plots', 'homework'):
        for path in sorted((ROOT / folder).rglob('*')):
            if path.suffix in ('.py', '.npz'):
                h.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return h.hexdigest()[:16]


def sources():
    """{docname: (path of the English file, path of the Chinese file or None)}."""
    files = [page.relative_to(DOCS) for page in DOCS.rglob('*.md') if not page.name.endswith('.zh.md')]
    found = {
        page.with_suffix('').as_posix(): DOCS / page
        for page in files
        if page.parts[0] not in ('_build', 'site') and page.name != 'README.md'
    }
    found |= {name: ROOT / path for path, name in PAGES.items()}
    both = {name: (page, page.with_suffix('.zh.md')) for name, page in found.items()}
    return {name: (page, chinese if chinese.is_file() else None) for name, (page, chinese) in both.items()}


def linked(text, page, name, docnames):
    """The text with links between pages in place of links between files."""

    def replace(match):
        label, target = match.groups()
        path, _, anchor = target.partition('#')
        if not path or re.match(r'[a-z]+:', path):
            return match.group()
        file = Path(os.path.normpath(page.parent / path)).relative_to(ROOT).as_posix()
        docname = docnames.get(file.replace('.zh.md', '.md'))
        if docname is None:
            if (ROOT / file).suffix in ('.png', '.svg'):
                return f'{label}({os.path.relpath("images/" + Path(file).name, Path(name).parent)})'
            return label.strip('[]') if (ROOT / file).exists() else match.group()
        return f'{label}({os.path.relpath(docname, Path(name).parent)}.md{"#" + anchor if anchor else ""})'

    return re.sub(r'(\[[^\]]*\])\(([^)\s]+)\)', replace, text)


def lectures():
    """{name: what its text says of its numbers, as code}, in their order."""
    return importlib.import_module('said').SAID


def lay(language, folder):
    """Write the sources of one language."""
    pages = sources()
    docnames = {page.relative_to(ROOT).as_posix(): name for name, (page, _) in pages.items()} | HOME
    texts = {}
    for name, (english, chinese) in pages.items():
        page = chinese if language == 'zh' and chinese else english
        text = re.sub(r'^\[(中文|English)\]\([^)]*\)\n+', '', page.read_text(encoding='utf-8'), count=1, flags=re.M)
        if language == 'zh' and not chinese:
            text = re.sub(r'^(# .*\n)', rf'\1{NOT_TRANSLATED}', text, count=1, flags=re.M)
        texts[name + '.md'] = linked(text, page, name, docnames)
    texts['notebooks/index.md'] += LECTURES % '\n'.join(lectures())
    for name, code in lectures().items():
        texts[f'notebooks/{name}.md'] += SAID % code
    for module in MADE:
        texts |= importlib.import_module(module).pages(language)
    for name, text in texts.items():
        copy(text, folder / name) if isinstance(text, Path) else write(folder / name, text)
    for image in (path for path in DOCS.iterdir() if path.suffix in ('.png', '.svg')):
        (folder / 'images').mkdir(exist_ok=True)
        shutil.copy2(image, folder / 'images' / image.name)
    for path in [*folder.rglob('*.md'), *(folder / 'gallery').rglob('*.png')]:
        if path.relative_to(folder).as_posix() not in texts:
            path.unlink()


def sphinx(language, folder, html):
    """Build one language; warnings are errors."""
    env = os.environ | {
        'RATEZOO_SITE_LANGUAGE': language,
        'RATEZOO_SITE_CACHE': str(BUILD / 'cells' / code_hash()),
        'MPLBACKEND': 'module://matplotlib_inline.backend_inline',
        'PYDEVD_DISABLE_FILE_VALIDATION': '1',
    }
    command = [sys.executable, '-m', 'sphinx', '-q', '-W', '--keep-going', '-c', str(SITE)]
    command += ['-d', str(BUILD / 'trees' / language), str(folder), str(html)]
    return subprocess.run(command, env=env).returncode


def view(port):
    """Show the site on this machine alone, until Ctrl-C."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=BUILD / 'html')
    with http.server.ThreadingHTTPServer(('127.0.0.1', port), handler) as server:
        print(f'http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)')
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--language', choices=LANGUAGES, help='default: both')
    parser.add_argument('--view', action='store_true', help='show the site after the build')
    parser.add_argument('--port', type=int, default=8000, help='of --view; default 8000')
    arguments = parser.parse_args()
    sys.path[:0] = [str(SITE), str(DOCS / 'notebooks')]
    importlib.import_module('live').write(BUILD / 'html' / 'live', BUILD / 'live' / code_hash())
    for language in [arguments.language] if arguments.language else LANGUAGES:
        began = time.perf_counter()
        lay(language, BUILD / 'source' / language)
        if sphinx(language, BUILD / 'source' / language, BUILD / 'html' / language):
            sys.exit(f'The site could not be built ({language}): see the warnings above.')
        print(f'{language}: {time.perf_counter() - began:.0f} s', flush=True)
    write(BUILD / 'html' / 'index.html', ENTRANCE)
    size = sum(path.stat().st_size for path in (BUILD / 'html').rglob('*') if path.is_file())
    print(f'wrote {BUILD / "html" / "index.html"}: {size / 2**20:.1f} MB')
    if arguments.view:
        view(arguments.port)


if __name__ == '__main__':
    main()

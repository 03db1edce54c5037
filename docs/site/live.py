"""Live figures: a slider that leads through runs of ratezoo, which were made when the site was built.

In a page, the directive

    ```{live} NAME
    ```

stands for the figure NAME of `live_data`. static/live.js draws it with Plotly. Plotly and the numbers are scripts
beside the languages, in html/live/; only pages with a live figure load them. They ask no other host, and they work
where the page is opened as a file.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import plotly
from docutils import nodes
from docutils.parsers.rst import Directive
from live_data import FIGURES

SITE = Path(__file__).resolve().parent
NO_SCRIPT = {
    'en': 'This figure has a slider. It needs JavaScript.',
    'zh_CN': '这幅图带有滑块，需要启用 JavaScript。',
}


def write(folder, cache):
    """Write Plotly and the numbers of every figure into ``folder``; what is in ``cache`` is not computed again."""
    h = hashlib.sha256(b''.join((SITE / name).read_bytes() for name in ('live_data.py', 'live_words.py')))
    kept = cache / h.hexdigest()[:16]
    if not all((kept / f'{name}.js').is_file() for name in FIGURES):
        # A process of its own: double precision is a setting of the process. One thread: where several share a busy
        # machine, the small matrices of the Hopfield network take four times as long.
        env = os.environ | {'OPENBLAS_NUM_THREADS': '1'}
        subprocess.run([sys.executable, str(SITE / 'live_data.py'), str(kept)], check=True, env=env)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FIGURES:
        shutil.copy2(kept / f'{name}.js', folder)
    shutil.copy2(Path(plotly.__file__).parent / 'package_data' / 'plotly.min.js', folder)


class live(nodes.General, nodes.Element):
    """A live figure in a page."""


class Live(Directive):
    """The directive; its argument is the name of the figure."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        if name not in FIGURES:
            raise self.error(f'live: expected one of {", ".join(FIGURES)}, got {name!r}.')
        return [live(figure=name)]


def visit(writer, node):
    words = NO_SCRIPT[writer.config.language]
    writer.body.append(f'<div class="live" data-live="{node["figure"]}"><noscript>{words}</noscript></div>\n')
    raise nodes.SkipNode


def add_scripts(app, pagename, templatename, context, doctree):
    """The scripts of a page that has live figures."""
    names = [node['figure'] for node in doctree.findall(live)] if doctree else []
    if names:
        app.add_css_file('live.css')
        for script in ('plotly.min', *dict.fromkeys(names)):
            app.add_js_file(f'../../live/{script}.js', defer='defer')
        app.add_js_file('live.js', defer='defer')


def setup(app):
    app.add_node(live, html=(visit, None))
    app.add_directive('live', Live)
    app.connect('html-page-context', add_scripts)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}

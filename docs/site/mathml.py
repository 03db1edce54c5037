"""Formulas as MathML, which browsers set by themselves: no script, no font to load, readable by a screen reader."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_logger = logging.getLogger(__name__)


def _mathml(tex, node, block):
    tex = rf'\begin{{aligned}}{tex}\end{{aligned}}' if r'\\' in tex and r'\begin' not in tex else tex
    try:
        return tex2mathml(tex, as_block=block)
    except Exception as error:
        _logger.warning('This formula cannot be set: %s. %s', tex, error, location=node)
        return f'<code>{tex}</code>'


def inline(writer, node):
    writer.body.append(_mathml(node.astext(), node, block=False))
    raise nodes.SkipNode


def display(writer, node):
    writer.body.append(writer.starttag(node, 'div', CLASS='math'))
    if node['number']:
        writer.body.append(f'<span class="eqno">({node["number"]})</span>')
    writer.body.append(_mathml(node.astext(), node, block=True) + '</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer('mathml', (inline, None), (display, None))
    return {'parallel_read_safe': True, 'parallel_write_safe': True}

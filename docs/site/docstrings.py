"""Docstrings on the site: their equations are set, their names and DOIs are links.

In a terminal a docstring is read as it is. For the site this extension of Sphinx rewrites it, before Sphinx's own
napoleon reads the sections: blocks of equations become formulas, other indented blocks become code, `name` becomes a
link to what it names, a DOI a link to the paper. Characters that reStructuredText would take for mark-up are escaped.
"""

import hashlib
import importlib
import inspect
import re
from functools import cache
from pathlib import Path

import equations

from ratezoo.lazy import public_names

SECTIONS = ('Parameters', 'Returns', 'Raises', 'Attributes', 'Examples', 'References', 'Warns', 'Yields', 'Notes')
FIELDS = ('Parameters', 'Raises', 'Attributes', 'Warns')
OPTIONS = 'Options of gradient and fit'  # what the heading `Options (of `gradient` and `fit`)` becomes
PACKAGES = ('ratezoo', *(f'ratezoo.{p}' for p in ('learning', 'models', 'analysis', 'plots', 'tasks', 'homework')))
_DOI = re.compile(r'(doi:)(10\.\d{4,}/[^\s,;]*[^\s,;.:)])')
_ARXIV = re.compile(r'(arXiv:)(\d{4}\.\d{4,5})')
_LITERAL = re.compile(r'``.+?``|`[^`\n]+`')
_FIELD = re.compile(r'(\S.*?) : (.+)')
_KEPT = re.compile('\x00(\\d+)\x00')


@cache
def places():
    """Name → the name under which the site documents it: `ratezoo.NAME`, or the subpackage that has it."""
    found = {}
    for package in PACKAGES:
        for name in public_names(package):
            found.setdefault(name, f'{package}.{name}')
    for name, value in vars(importlib.import_module('ratezoo.curves')).items():
        if name[0] != '_' and callable(value) and value.__module__ == 'ratezoo.curves':
            found.setdefault(name, f'ratezoo.curves.{name}')
    return found


def target(name, owner):
    """The documented name that `name` means in a docstring of ``owner``, or None."""
    name = name.removesuffix('()').removeprefix('net.')
    if name in places().values():
        return name
    first, _, rest = name.removeprefix('ratezoo.').partition('.')
    if first in ('analysis', 'plots', 'tasks', 'curves', 'learning', 'models', 'homework') and rest:
        return f'ratezoo.{first}.{rest}' if f'ratezoo.{first}.{rest}' in places().values() else places().get(rest)
    if first in places():
        return places()[first] + (f'.{rest}' if rest else '')
    if inspect.isclass(owner) and hasattr(owner, name):  # a method, of the class that documents it
        for base in owner.__mro__:
            if name in vars(base) and base.__name__ in places() and inspect.getdoc(vars(base)[name]):
                return f'{places()[base.__name__]}.{name}'
    return None


def _inline(text, owner, kept, math=True):
    """A line of prose: literals stay, names and DOIs become links, symbols are set, other mark-up is escaped."""

    def keep(piece):
        kept.append(piece)
        return f'\x00{len(kept) - 1}\x00'

    def literal(match):
        inside = match.group().strip('`')
        found = None if match.group().startswith('``') else target(inside, owner)
        return keep(f':py:obj:`{inside} <{found}>`' if found else f'``{inside}``')

    def link(address):
        def replace(match):
            label, number = match.groups()
            end = ')' if number.count('(') > number.count(')') else ''
            rest = '' if match.string[match.end() : match.end() + 1] == end else None
            number += end if rest is not None else ''
            return keep(f'`{label}{number} <{address}{number}>`__')

        return replace

    text = _LITERAL.sub(literal, text)
    text = _DOI.sub(link('https://doi.org/'), text)
    text = _ARXIV.sub(link('https://arxiv.org/abs/'), text)
    if math:
        text = equations.SYMBOL.sub(lambda m: keep(rf'\ :math:`{equations.latex(m.group(), inline=True)}`\ '), text)
    text = re.sub(r'(?<!^)(?<!^  )([*|])|([*|])(?! )', lambda match: '\\' + match.group(), text)
    return re.sub(r'(\w)_(?=[^\w]|$)', r'\1\\_', text)


def _typed(text, kept):
    """The type of a field: class names are links, and Sphinx makes no links of other words."""
    pieces = re.split(r'\b([A-Z]\w+)\b', text)
    if not any(piece in places() for piece in pieces[1::2]):
        kept.append(f'*{text}*' if '*' not in text else f'``{text}``')
        return f'\x00{len(kept) - 1}\x00'
    for k in range(1, len(pieces), 2):
        if pieces[k] in places():
            kept.append(f':py:obj:`{pieces[k]} <{places()[pieces[k]]}>`')
            pieces[k] = f'\x00{len(kept) - 1}\x00'
    return ''.join(pieces)


def rewrite(doc, owner=None):
    """The docstring as reStructuredText with sections that napoleon knows."""
    lines = equations.with_equations(_joined_literals(doc)).splitlines()
    out, prose, section, kept, k = [], [], '', [], 0
    first = None  # where the first section begins
    while k < len(lines):
        line = lines[k]
        if k + 1 < len(lines) and re.fullmatch(r'-{3,}', lines[k + 1]) and line.strip():
            section = OPTIONS if line.startswith('Options (of') else line
            first = len(out) if first is None else first
            known = section in (*SECTIONS, OPTIONS)
            plain = section.replace('`', '')
            out += [plain, '-' * len(plain)] if known else [f'.. rubric:: {plain}', '']
            k += 2
            continue
        indented, after_blank = line.startswith('    '), not (k and lines[k - 1].strip())
        if line.startswith('.. math::'):
            end = k + 4
            (prose if section in (*FIELDS, OPTIONS) else out).extend(['', *lines[k:end], ''])
            k = end
        elif line.lstrip().startswith('>>> '):
            while k < len(lines) and lines[k].strip():
                out.append(lines[k])
                k += 1
        elif section in (*FIELDS, OPTIONS) and not indented and (field := _FIELD.fullmatch(line)):
            out.append(f'{_inline(field[1], owner, kept, math=False)} : {_typed(field[2], kept)}')
            k += 1
        elif indented and after_blank and section not in (*FIELDS, OPTIONS, 'Returns'):
            end = k
            while end < len(lines) and (lines[end].startswith('    ') or not lines[end].strip()):
                end += 1
            announced = next((line for line in reversed(out) if line.strip()), '').endswith('::')
            out += [*([] if announced else ['.. code-block:: python', '']), *lines[k:end], '']
            k = end
        elif section in (*FIELDS, OPTIONS) and after_blank and line.strip() and not indented and _is_prose(lines, k):
            while k < len(lines) and lines[k].strip():  # napoleon would take a paragraph after the fields for a field
                prose.append(_inline(lines[k], owner, kept))
                k += 1
            prose.append('')
        else:
            name = section in (*FIELDS, OPTIONS, 'Returns') and not indented  # of a field without a type
            out.append(_inline(line, owner, kept, math=not name) if line.strip() else line)
            k += 1
    if prose:
        out[first:first] = prose
    text = '\n'.join(out)
    while _KEPT.search(text):
        text = _KEPT.sub(lambda match: kept[int(match[1])], text)
    return text


def _is_prose(lines, k):
    """Whether a paragraph begins at line k, and not a field, whose second line is indented."""
    following = lines[k + 1] if k + 1 < len(lines) else ''
    return not following.startswith('    ')


def _joined_literals(doc):
    """A literal that is broken between two lines, with its second part on the first line."""
    return re.sub(r'(``[^`\n]+)\n +([^`\n]+``)', r'\1 \2', doc)


def process(app, what, name, obj, options, lines):
    if what == 'module' or not lines:
        return
    owner = obj
    if what in ('method', 'attribute', 'property'):
        module = name.rpartition('.')[0]
        try:
            owner = _find(module)
        except (ImportError, AttributeError):
            owner = None
    lines[:] = rewrite(inspect.cleandoc('\n'.join(lines)), owner).splitlines()


def _find(name):
    """The class of this dotted name."""
    package, _, attribute = name.rpartition('.')
    return getattr(importlib.import_module(package), attribute)


def skip(app, what, name, obj, skipped, options):
    """Leave out what says nothing: the fields of named tuples, methods of BrainPy."""
    doc = getattr(obj, '__doc__', None) or ''
    if doc.startswith('Alias for field number'):
        return True
    module = getattr(obj, '__module__', None) or getattr(getattr(obj, 'fget', None), '__module__', '') or ''
    return True if module.startswith('brainpy') else None


def setup(app):
    app.setup_extension('sphinx.ext.autodoc')  # which has the two events
    files = (Path(__file__), Path(equations.__file__))
    digest = hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()
    app.add_config_value('docstrings_hash', digest, 'env')  # another one: read all pages again
    app.connect('autodoc-process-docstring', process, priority=400)
    app.connect('autodoc-skip-member', skip)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}

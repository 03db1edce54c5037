"""The reference of all public names, from their docstrings. Models, rules and tasks have their pages in the gallery.

`reference/api/index` lists everything; `reference/api/AREA` documents what belongs to one subpackage.
"""

import importlib
import inspect

import gallery

from ratezoo.lazy import public_names
from ratezoo.learning import rules
from ratezoo.models import zoo
from ratezoo.tasks import tasks

AREAS = {  # area → (title, Chinese title, the modules whose names it documents)
    'core': ('Models and their runs', '模型和它们的运行', ('ratezoo',)),
    'capabilities': ('What a model can do', '模型的能力', ('ratezoo.capabilities',)),
    'curves': ('f–I curves', 'f–I 曲线', ('ratezoo.curves',)),
    'models': ('Models', '模型', ('ratezoo.models',)),
    'learning': ('Rules', '学习规则', ('ratezoo.learning',)),
    'analysis': ('Analysis', '分析', ('ratezoo.analysis',)),
    'plots': ('Figures', '图', ('ratezoo.plots',)),
    'tasks': ('Tasks and data', '任务和数据', ('ratezoo.tasks',)),
    'homework': ('Exercises', '练习', ('ratezoo.homework',)),
    'errors': ('Errors and warnings', '错误和警告', ('ratezoo.errors',)),
}
TEXT = {
    'en': dict(
        title='API',
        intro='All public names, from their docstrings. `from ratezoo import NAME` finds those of models, rules, '
        'analysis and the engine; `ratezoo.plots`, `ratezoo.tasks` and `ratezoo.homework` keep their own. Models, '
        'rules and tasks have a page each in the [gallery](../../gallery/index.md).',
        note='', head='| name | in a sentence |', gallery='In the gallery', own='{} also has:',
        registry='A mapping from names to classes; `{}` lists them.',
    ),
    'zh': dict(
        title='API',
        intro='所有公开的名字，说明取自代码。模型、规则、分析和引擎的名字可以写 `from ratezoo import NAME`；'
        '`ratezoo.plots`、`ratezoo.tasks` 和 `ratezoo.homework` 的名字在各自的子包中。每个模型、规则和任务在'
        '[模型与规则](../../gallery/index.md)中各有一页。',
        note='```{note}\n以下说明取自代码，只有英文。\n```', head='| 名字 | 一句话 |', gallery='有单独一页的',
        own='{} 还有：',
        registry='从名字到类的映射；`{}` 列出它们。',
    ),
}  # fmt: skip
REGISTRIES = {'models': zoo, 'learning': rules, 'tasks': tasks}
SUBPACKAGES = ('analysis', 'capabilities', 'curves', 'errors', 'homework', 'learning', 'models', 'plots', 'tasks')


def names_of(area):
    """{documented name: its module} of an area, without what has a page in the gallery and what another area has."""
    module = AREAS[area][2][0]
    found = {}
    for name in public_names(module) or defined_in(module):
        full = documented(module, name)
        elsewhere = area == 'core' and (name in SUBPACKAGES or name[0] == '_' or _area_of(name) != 'core')
        if not elsewhere and not in_gallery(name):
            found[full] = module
    return found


def defined_in(module):
    """The classes and functions of a module without a list of public names."""
    return [k for k, v in vars(importlib.import_module(module)).items() if k[0] != '_' and _is_own(v, module)]


def _is_own(value, module):
    return callable(value) and getattr(value, '__module__', None) == module


def documented(module, name):
    """The name under which the site documents a public name of a module."""
    if module in ('ratezoo.plots', 'ratezoo.tasks', 'ratezoo.homework', 'ratezoo.curves'):
        return f'{module}.{name}'
    return f'ratezoo.{name}' if name in public_names('ratezoo') and _same(module, name) else f'{module}.{name}'


def _same(module, name):
    """Whether `ratezoo.NAME` is this name of the module, and not another thing that is called alike."""
    return getattr(importlib.import_module('ratezoo'), name) is getattr(importlib.import_module(module), name)


def _area_of(name):
    """The first area that has a name of the package `ratezoo`."""
    for area, (_, _, (module,)) in AREAS.items():
        if (
            area != 'core'
            and module not in ('ratezoo.curves',)
            and name in public_names(module)
            and _same(module, name)
        ):
            return area
    return 'core'


def in_gallery(name):
    return any(name in registry for registry in REGISTRIES.values())


def directive(full):
    """How Sphinx documents a name."""
    module, _, name = full.rpartition('.')
    thing = getattr(importlib.import_module(module), name)
    if inspect.isclass(thing):
        return f'.. autoclass:: {full}\n   :members:'
    if callable(thing) and not isinstance(thing, type(zoo)):
        return f'.. autofunction:: {full}'
    return f'.. py:data:: {full}\n   :type: {type(thing).__name__}'


def data(full, language):
    """What is said of a registry, which has no docstring of its own."""
    module, _, name = full.rpartition('.')
    thing = getattr(importlib.import_module(module), name)
    command = getattr(thing, 'list_command', None)
    return '\n\n   ' + TEXT[language]['registry'].format(command).replace('`', '``') if command else ''


def area_page(area, language):
    english, chinese, (module,) = AREAS[area]
    text = TEXT[language]
    parts = [f'# {chinese if language == "zh" else english}', text['note']]
    if area in REGISTRIES:
        kind = {'models': 'models', 'learning': 'rules', 'tasks': 'tasks'}[area]
        rows = [
            f'| [{name}](../../gallery/{kind}/{name}.md) | {gallery.sentence(kind, name, language)} |'
            for name in REGISTRIES[area]
        ]
        parts += [f'## {text["gallery"]}', text['head'] + '\n|---|---|\n' + '\n'.join(rows)]
        parts.append(f'## {text["own"].format(f"`{module}`").rstrip(":：")}')
    blocks = [
        directive(full) + (data(full, language) if 'py:data' in directive(full) else '') for full in names_of(area)
    ]
    parts.append('```{eval-rst}\n' + '\n\n'.join(blocks) + '\n```')
    return '\n\n'.join(part for part in parts if part) + '\n'


def pages(language):
    """{path: text}."""
    text = TEXT[language]
    made = {f'reference/api/{area}.md': area_page(area, language) for area in AREAS}
    rows = []
    for area, (english, chinese, _) in AREAS.items():
        shown = ', '.join(f'{{py:obj}}`~{full}`' for full in names_of(area))
        rows.append(f'**[{chinese if language == "zh" else english}]({area}.md)**\n: {shown}')
    toctree = '```{toctree}\n:hidden:\n\n' + '\n'.join(AREAS) + '\n```'
    made['reference/api/index.md'] = '\n\n'.join([f'# {text["title"]}', text['intro'], *rows, toctree]) + '\n'
    return made

"""The gallery: cards of all models, rules and tasks, and a page for each.

A page shows the figure, the code that made it, the docstring with its equations set, the published numbers of a model,
and the lectures that use it. Nothing on it is written by hand but what stands in words.py: names, equations and options
come from the docstrings, numbers from docs/published.md, figures from snippets.py.
"""

import inspect
import re
from pathlib import Path

import equations
import figures
import snippets
import words

import build
from ratezoo.learning import rules
from ratezoo.models import zoo
from ratezoo.tasks import tasks

DOCS = Path(__file__).resolve().parents[1]
KINDS = {'models': zoo, 'rules': rules, 'tasks': tasks}
TEXT = {
    'en': dict(
        title='Gallery',
        intro='Every model and every rule, with a picture from a real run. A card leads to the equations, the '
        'parameters, the published numbers and the code of the picture.',
        models='Models', rules='Rules', tasks='Tasks', to_tasks='There are {} tasks, too.',
        states='states {}', state='state {}', code='The code of this picture', python='Python', command='Command line',
        about='Equations, parameters, references', english='', numbers='Published and measured',
        head='| what | published | measured | tolerance | source |',
        numbers_intro='The tests hold every line to its tolerance. [How the table is made](../../published.md).',
        used='In the lectures', trained='Rules that can train it', learns='Learns {}.',
        exact='The gradient is exact.', not_exact='Gradient: {}.', needs='It needs of a model:',
        no_figure='It has no picture: {}.',
    ),
    'zh': dict(
        title='模型与规则',
        intro='每个模型和每条规则都配有一次真实运行的图。点开卡片可以看到方程、参数、已发表的数值和画图的代码。',
        models='模型', rules='规则', tasks='任务', to_tasks='另有 {} 个任务。',
        states='状态 {}', state='状态 {}', code='画这幅图的代码', python='Python', command='命令行',
        about='方程、参数、参考文献', english='以下说明取自代码，只有英文。', numbers='已发表的数值与测得的数值',
        head='| 测的是什么 | 已发表 | 测得 | 容差 | 出处 |',
        numbers_intro='测试要求每一行都在容差之内。[这张表怎样得到](../../published.md)（英文）。',
        used='在讲座中', trained='可以训练它的规则', learns='学习：{}。',
        exact='梯度是精确的。', not_exact='梯度（英文）：{}。', needs='它要求模型具备：',
        no_figure='它没有图：{}。',
    ),
}  # fmt: skip
LEARNS = {'trajectories': '轨迹', 'fixed points': '不动点', 'densities': '概率密度'}
_FORMULA = re.compile(
    r', (?:(?!\. [A-Z])[^,;:])*?(?:=|<-)[^,;:]*(?:, \w+ = [^,;:]*)*(?=[,;:]|$)'
)  # a page shows it in its equations
WITHOUT = {
    'MNIST': ('it reads files that you have', '它读取你自己的文件'),
    'NeurogymTask': ('it needs the package neurogym', '它需要 neurogym 包'),
}


# ---- parts of a page -------------------------------------------------------------------------------------------------


def sentence(kind, name, language):
    """One sentence about it."""
    if language == 'zh':
        return markdown(words.ALL[name].chinese)
    summary = KINDS[kind].entry(name).summary
    return markdown(_FORMULA.sub('', summary.rstrip('.')) + '.')


def markdown(text):
    """A line of a docstring as Markdown: its symbols are set, and what looks like mark-up is escaped."""

    def piece(text):
        return re.sub(r'([\\*_<>\[\]|$~])', r'\\\1', text)

    out, end = '', 0
    for match in re.finditer(rf'``.+?``|`[^`]+`|{equations.SYMBOL.pattern}', text):
        found = match.group()
        shown = f'`{found.strip("`")}`' if found[0] == '`' else f'${equations.latex(found, inline=True)}$'
        out, end = out + piece(text[end : match.start()]) + shown, match.end()
    return out + piece(text[end:])


def tag(kind, name, language):
    """A few words about its type."""
    entry, thing, text = KINDS[kind].entry(name), KINDS[kind][name], TEXT[language]
    group = words.GROUPS[entry.category] if language == 'zh' else entry.category
    parts = [group]
    if kind == 'models':
        states = [markdown(s) for s in thing.states]
        shown = ', '.join(states) if len(states) < 5 else str(len(states))
        parts.append(f'{len(states)} {"个状态" if language == "zh" else "states"}' if len(states) > 4 else
                     text['state' if len(states) == 1 else 'states'].format(shown))  # fmt: skip
        parts += [thing.unit_of_time] if isinstance(thing.unit_of_time, str) else []
    return ' · '.join(part for part in dict.fromkeys(parts) if part)


def picture(name, language, folder='../figures'):
    """The figure with its text; a task of somebody else's data has none."""
    if name in snippets.NO_FIGURE:
        return TEXT[language]['no_figure'].format(WITHOUT[name][language == 'zh'])
    shows = words.ALL[name].shows_chinese if language == 'zh' else words.ALL[name].shows
    alt = f'{name}{"：" if language == "zh" else ": "}{shows}'.replace('`', '')
    return f'```{{figure}} {folder}/{name}.png\n:alt: {alt}\n:width: 100%\n\n{markdown(shows)}\n```'


def code(kind, name, language):
    """The code of the figure, and the command that does the same."""
    text = TEXT[language]
    tabs = [(text['python'], 'python', snippets.all_codes()[name])] if name not in snippets.NO_FIGURE else []
    commands = {
        'models': snippets.command_of_model(name),
        'rules': f'ratezoo info {name}',
        'tasks': f'ratezoo info {name}',
    }
    tabs.append((text['command'], 'text', commands[kind]))
    items = [
        f'::::{{tab-item}} {label}\n:sync: {k}\n```{lexer}\n{body.rstrip()}\n```\n::::'
        for k, (label, lexer, body) in enumerate(tabs)
    ]
    return ':::::{tab-set}\n' + '\n'.join(items) + '\n:::::'


def autodoc(name, package='ratezoo'):
    """The docstring, as reStructuredText that docstrings.py has prepared."""
    return f'```{{eval-rst}}\n.. autoclass:: {package}.{name}\n   :members:\n```'


def numbers(language):
    """Name of a model → rows of docs/published.md, without its first column."""
    rows = {}
    for line in (DOCS / 'published.md').read_text(encoding='utf-8').splitlines():
        name, _, rest = line.removeprefix('| ').partition(' | ')
        if line.startswith('| ') and name in zoo:
            rows.setdefault(name, []).append('| ' + rest)
    return rows


def lectures(name, language):
    """Links to the lectures whose code or text names it, in the order of their numbers."""
    found = []
    for english in (DOCS / 'notebooks').glob('*.md'):
        if english.name.startswith('README') or english.name.endswith('.zh.md'):
            continue
        text = english.with_suffix('.zh.md' if language == 'zh' else '.md').read_text(encoding='utf-8')
        title = re.search(r'^# (.*)$', text, re.M)[1]
        if re.search(rf'\b{name}\b', text):
            found.append(f'[{title}](../../notebooks/{english.name})')
    return sorted(found)


def links(names, kind):
    return ', '.join(f'[{name}](../{kind}/{name}.md)' for name in names)


def fitting(model):
    """The rules that can train a model."""
    if not (
        model.differentiable and (model.params or isinstance(inspect.getattr_static(model, 'params', ()), property))
    ):
        return []
    return [name for name, rule in rules.items() if all(issubclass(model, need) for need in rule.needs)]


# ---- pages -----------------------------------------------------------------------------------------------------------


def page(kind, name, language, published):
    """The page of a model, a rule or a task."""
    text, thing = TEXT[language], KINDS[kind][name]
    known_as = words.ALL[name].known_as
    parts = [f'# {name}', f'*{tag(kind, name, language)}{" · " + known_as if known_as else ""}*']
    parts += [sentence(kind, name, language), picture(name, language)]
    parts += [f'## {text["code"]}' if name not in snippets.NO_FIGURE else '', code(kind, name, language)]
    parts += [f'## {text["about"]}', *([f'```{{note}}\n{text["english"]}\n```'] if text['english'] else [])]
    if kind == 'rules':
        learns = LEARNS[thing.learns] if language == 'zh' else thing.learns
        exact = text['exact'] if thing.exact is True else text['not_exact'].format(markdown(thing.exact.rstrip('.')))
        parts.append(text['learns'].format(learns) + ' ' + exact)
        if thing.needs:
            parts.append(f'{text["needs"]} {", ".join(f"`{need.__name__}`" for need in thing.needs)}')
    parts.append(autodoc(name, 'ratezoo.tasks' if kind == 'tasks' else 'ratezoo'))
    if name in published:
        parts += [f'## {text["numbers"]}', text['numbers_intro']]
        parts.append('\n'.join([text['head'], '|---|---|---|---|---|', *published[name]]))
    able = fitting(thing) if kind == 'models' else []
    if able:
        parts += [f'## {text["trained"]}', links(able, 'rules')]
    told = lectures(name, language)
    if told:
        parts += [f'## {text["used"]}', '\n'.join(f'- {link}' for link in told)]
    return '\n\n'.join(part for part in parts if part) + '\n'


def card(kind, name, language, folder):
    """A card that leads to the page."""
    image = f'![]({folder}figures/{name}-small.png)\n' if name not in snippets.NO_FIGURE else ''
    return (
        f':::{{grid-item-card}} {name}\n:link: {folder}{kind}/{name}\n:link-type: doc\n:class-card: zoo-card\n\n'
        f'{image}\n{sentence(kind, name, language)}\n\n```{{card-footer}}\n{tag(kind, name, language)}\n```\n:::'
    )


def cards(kind, language, folder='', level='###'):
    """All cards of a kind, by groups."""
    entries, out = KINDS[kind].entries.values(), []
    for group in dict.fromkeys(entry.category for entry in entries):
        out += [f'{level} {group_title(group, language)}', '::::{grid} 1 2 3 3\n:gutter: 3\n']
        out += [card(kind, entry.name, language, folder) for entry in entries if entry.category == group]
        out.append('::::')
    return '\n\n'.join(out)


def toctree(names, caption=''):
    return (
        '```{toctree}\n:hidden:\n' + (f':caption: {caption}\n' if caption else '') + '\n' + '\n'.join(names) + '\n```'
    )


def groups(kind, language):
    """The navigation to the pages of a kind, by groups."""
    entries = KINDS[kind].entries.values()
    return [
        toctree([f'{kind}/{e.name}' for e in entries if e.category == group], group_title(group, language))
        for group in dict.fromkeys(e.category for e in entries)
    ]


def group_title(group, language):
    return words.GROUPS[group] if language == 'zh' else group[0].upper() + group[1:]


def pages(language):
    """{path: text, or the file that is copied there}."""
    text = TEXT[language]
    codes = snippets.all_codes()
    figures.remove_all_but(codes)
    figures.make(codes, build.code_hash())
    published = numbers(language)
    made = {
        f'gallery/{kind}/{name}.md': page(kind, name, language, published) for kind in KINDS for name in KINDS[kind]
    }
    made['gallery/tasks/index.md'] = '\n\n'.join(
        [f'# {text["tasks"]}', cards('tasks', language, '../', '##'), toctree(tasks)]
    ) + '\n'  # fmt: skip
    parts = [f'# {text["title"]}', text['intro'], f'[{text["to_tasks"].format(len(tasks))}](tasks/index.md)']
    for kind in ('models', 'rules'):
        parts += [f'## {text[kind]}', cards(kind, language)]
    for kind in ('models', 'rules'):
        parts += groups(kind, language)
    parts.append(toctree(['tasks/index']))
    made['gallery/index.md'] = '\n\n'.join(parts) + '\n'
    made |= {f'gallery/figures/{path.name}': path for path in figures.FOLDER.glob('*.png')}
    return made

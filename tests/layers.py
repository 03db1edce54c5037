"""Which folder imports which: the arrows of the layout.

python tests/layers.py            # the arrows, a folder a line
python tests/layers.py FOLDER     # of another checkout
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A folder may import those that stand before it, and, where they share a place, not its neighbour.
ORDER = (('core',), ('models',), ('analysis', 'learning'), ('tasks', 'plots'), ('homework',), ('explore',), ('cli',))
FOLDERS = tuple(folder for place in ORDER for folder in place)
# The doors: what they name is imported when it is used. `python -m ratezoo` starts the command line.
DOORS = {'core/__init__.py', 'core/__init__.pyi', 'core/__main__.py'}


def folder_of(module):
    """The folder of an import name: 'ratezoo.models.linear' → 'models', 'ratezoo.model' → 'core'."""
    part = module.split('.')[1] if '.' in module else ''
    return part if part in FOLDERS else 'core'


def imports(path):
    """(line, module, inside a method called ``plot``) for every import of ratezoo in a file, inside functions too."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    in_plot = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == 'plot'
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
            if node.module == 'ratezoo':  # "from ratezoo import plots"
                modules = [f'ratezoo.{alias.name}' for alias in node.names]
        for module in modules:
            if module.partition('.')[0] == 'ratezoo':
                yield node.lineno, module, id(node) in in_plot


def arrows(root=ROOT):
    """{(from folder, to folder): ['file:line', …]} of all imports between two folders, the doors aside."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob('*.py*')):
            name = path.relative_to(root).as_posix()
            if path.suffix not in ('.py', '.pyi') or name in DOORS:
                continue
            for line, module, in_plot in imports(path):
                to = folder_of(module)
                if to != folder and not (in_plot and to == 'plots'):
                    found.setdefault((folder, to), []).append(f'{name}:{line}')
    return found


def wrong(found):
    """The arrows that run against the order."""
    place = {folder: i for i, folders in enumerate(ORDER) for folder in folders}
    return {pair: where for pair, where in found.items() if place[pair[1]] >= place[pair[0]]}


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    found = arrows(root)
    for folder in FOLDERS:
        to = [f'{b} ({len(where)})' for (a, b), where in found.items() if a == folder]
        print(f'{folder:9s} → {", ".join(to) or "nothing"}')
    for (a, b), where in wrong(found).items():
        print(f'wrong: {a} → {b}: {", ".join(where)}')


if __name__ == '__main__':
    main()

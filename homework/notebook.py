"""The source of the notebook that is running, from the cells that were run so far."""

import ast
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ratezoo.errors import HomeworkError
from ratezoo.homework import places
from ratezoo.homework.sandbox import without_magics

_NOT_HERE = (
    'homework.check: there is no notebook here; name the file: check("hw/rnn.py"). / '
    '这里不是 notebook；请写出文件名：check("hw/rnn.py")。'
)


@contextlib.contextmanager
def as_file() -> Iterator[Path]:
    """The running notebook as a script, in a folder that is there while the ``with`` block runs.

    Raises
    ------
    HomeworkError
        There is no notebook, or none of its cells defines a class.
    """
    module = sys.modules.get('IPython')
    shell = module.get_ipython() if module is not None else None
    if shell is None:
        raise HomeworkError(_NOT_HERE)
    source = definitions([without_magics(cell) for cell in shell.user_ns['In']])
    with tempfile.TemporaryDirectory(prefix='ratezoo-', ignore_cleanup_errors=True) as folder:
        file = Path(folder, 'notebook.py')
        file.write_text(source, encoding='utf-8')
        yield file


def definitions(cells: Sequence[str]) -> str:
    """What the cells define: imports, classes, functions, and names that stand for a plain value such as ``T = 10``.

    A definition that was run again counts as it was run last. Nothing else of the cells is kept, so that training and
    plots are not repeated, and a cell that has failed does not matter.
    """
    imports: list[str] = []
    found: dict[str, tuple[int, str]] = {}
    classes = 0
    for number, cell in enumerate(cells):
        try:
            tree = ast.parse(cell)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                imports.append(ast.unparse(node))
            elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                classes += isinstance(node, ast.ClassDef)
                found.pop(node.name, None)
                found[node.name] = number, _at_its_line(node, cell)
            elif isinstance(node, ast.Assign) and _is_plain(node.value):
                name = ast.unparse(node.targets[0])
                found.pop(name, None)
                found[name] = number, _at_its_line(node, cell)
    if not classes:
        raise HomeworkError(
            'homework.check: no cell that was run defines a class; run the cells of the hand-out first. / '
            '运行过的单元里没有定义类；请先运行讲义中的单元。'
        )
    numbers, texts = zip(*found.values(), strict=True)
    return '\n'.join(dict.fromkeys(imports)) + '\n' + places.joined(texts, numbers)


def _at_its_line(node, cell):
    """The lines of a definition, after as many empty lines as stand before it in its cell."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, 'decorator_list', ()))])
    return '\n' * (first - 1) + '\n'.join(cell.split('\n')[first - 1 : node.end_lineno])


def _is_plain(value):
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return not (isinstance(value, ast.Constant) and value.value is ...)

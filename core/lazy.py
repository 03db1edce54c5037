"""Packages whose names are imported when they are first used.

A package's ``__init__.pyi`` lists its public names. Editors and type checkers read that file; `attach` reads it too, so
the two can't differ. ``import ratezoo`` and the command line stay quick, because JAX is imported with the first name
that needs it.

(``lazy_loader`` does this for explicit names. Here a line ``from ratezoo.models.oscillator import *`` stands for a whole
file, so that a new model needs no line of its own.)
"""

import ast
import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ALL = re.compile(r'^__all__ = (\[.*?\])', re.M | re.S)


def source_of(module: str) -> Path:
    """The file that lists a module's public names: its stub, or else its source. The module is not imported."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f'No module named {module!r}', name=module)
    stub = Path(spec.origin).with_suffix('.pyi')
    return stub if stub.exists() else Path(spec.origin)


def public_names(module: str) -> dict[str, str]:
    """The public names of a module, name → the module that defines it; '' for what the module itself sets.

    They are read from its stub, or from its ``__all__``, which must be a list of strings.
    """
    path = source_of(module)
    text = path.read_text(encoding='utf-8')
    if path.suffix == '.py':
        found = _ALL.search(text)
        return dict.fromkeys(ast.literal_eval(found[1]) if found else [], module)
    names: dict[str, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == '*':
                    names |= {k: v or node.module for k, v in public_names(node.module).items()}
                elif alias.asname == alias.name:                # "import A as A" is how a stub says that A is public
                    names[alias.name] = node.module
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = ''
    return names


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package, from its stub."""
    names = public_names(package)

    def __getattr__(name: str) -> Any:
        if not names.get(name):
            raise AttributeError(f'module {package!r} has no attribute {name!r}', name=name)
        if names[name] == package:                              # "from ratezoo import models as models"
            return importlib.import_module(f'{package}.{name}')
        value = getattr(importlib.import_module(names[name]), name)
        setattr(importlib.import_module(package), name, value)
        return value

    return __getattr__, lambda: sorted(names), list(names)

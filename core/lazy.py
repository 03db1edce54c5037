"""Packages whose names are imported when they are first used.

A package's ``__init__.pyi`` lists its public names. Editors and type checkers read that file. `attach` reads the same
file, so editors and the running program know the same names. ``import ratezoo`` and the command line start quickly,
because JAX is imported together with the first name that needs it.

The package ``lazy_loader`` does this for single names only. Here a line ``from ratezoo.models.oscillator import *``
stands for all names in the ``__all__`` of that file, and a new model in the file needs no line of its own.
"""

import ast
import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ALL = re.compile(r'^__all__ = (\[.*?\])', re.M | re.S)


def file_of(module: str) -> Path:
    """The source file of a module. The module is not imported."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f'No module named {module!r}', name=module)
    return Path(spec.origin)


def source_of(module: str) -> Path:
    """The file that lists the public names of a module: its stub (.pyi) if there is one, or else its source file."""
    source = file_of(module)
    stub = source.with_suffix('.pyi')
    return stub if stub.exists() else source


def public_names(module: str) -> dict[str, str]:
    """The public names of a module: name → the module that defines it, or '' if this module itself defines it.

    They are read from the stub of the module, or else from its ``__all__``, which must be a list of strings.
    """
    path = source_of(module)
    text = path.read_text(encoding='utf-8')
    if path.suffix == '.py':
        listed = _ALL.search(text)
        return dict.fromkeys(ast.literal_eval(listed[1]) if listed else [], module)
    names: dict[str, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == '*':
                    names |= {name: place or node.module for name, place in public_names(node.module).items()}
                elif alias.asname == alias.name:  # "import A as A" is how a stub says that A is public
                    names[alias.name] = node.module
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = ''
    return names


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The functions ``__getattr__`` and ``__dir__`` and the list ``__all__`` of a package, made from its stub."""
    names = public_names(package)

    def __getattr__(name: str) -> Any:
        if not names.get(name):
            from ratezoo.registry import suggest  # which imports this module

            similar = '' if name.startswith('_') else suggest(name, names)
            raise AttributeError(f'module {package!r} has no attribute {name!r}.{similar}', name=name)
        if names[name] == package:  # a subpackage: "from ratezoo import models as models"
            return importlib.import_module(f'{package}.{name}')
        value = getattr(importlib.import_module(names[name]), name)
        setattr(importlib.import_module(package), name, value)  # the next access does not come here
        return value

    return __getattr__, lambda: sorted(names), list(names)

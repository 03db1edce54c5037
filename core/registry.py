"""`Registry`: which models, rules, tasks or exercises there are. A new one is found because its file is there."""

import ast
import difflib
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ratezoo.errors import UnknownNameError
from ratezoo.lazy import public_names

_CATEGORY = re.compile(r"^CATEGORY = '(.*)'", re.M)


class Entry(NamedTuple):
    """What is known of a model, rule, task or exercise without importing it.

    Attributes
    ----------
    name : str
    module : str
        The module that defines it.
    category : str
        What kind it is: the constant ``CATEGORY`` of its file.
    doc : str
        Its docstring.
    """
    name: str
    module: str
    category: str
    doc: str

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return ' '.join(self.doc.partition('\n\n')[0].split())

    @property
    def reference(self) -> str:
        """The References of the docstring."""
        return ' '.join(self.doc.partition('References\n----------\n')[2].partition('\n\n')[0].split())


class Registry(Mapping[str, Any]):
    """Name → class, of all that the files of a folder add; a class is imported when it is asked for.

    A file says by its ``__all__`` which of its classes count, and by ``CATEGORY`` of which kind they are. The order is
    that of the package's stub; files that do not stand there follow by name.

    Parameters
    ----------
    kind : str
        What the entries are, for messages: 'model', 'rule', ….
    package : str
        The package, such as ``ratezoo.models``.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind, self.package = kind, package
        self._entries: dict[str, Entry] | None = None

    @property
    def entries(self) -> dict[str, Entry]:
        """Name → `Entry`."""
        if self._entries is None:
            self._entries = {e.name: e for e in self._find()}
        return self._entries

    def _find(self) -> Iterator[Entry]:
        listed = list(dict.fromkeys(m for m in public_names(self.package).values() if m.startswith(f'{self.package}.')))
        there = [f'{self.package}.{m.name}' for m in pkgutil.iter_modules(importlib.import_module(self.package).__path__)]
        for module in [*listed, *(m for m in there if m not in listed)]:
            names = public_names(module)
            if not names:
                continue
            text = Path(importlib.util.find_spec(module).origin).read_text(encoding='utf-8')
            category = _CATEGORY.search(text)
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef) and node.name in names:
                    yield Entry(node.name, module, category[1] if category else '', ast.get_docstring(node) or '')

    def entry(self, name: str) -> Entry:
        """What is known of ``name`` without importing it.

        Raises
        ------
        UnknownNameError
            There is none of that name.
        """
        if name not in self.entries:
            near = difflib.get_close_matches(str(name), self.entries, 1, 0.5)
            raise UnknownNameError(f'there is no {self.kind} {name!r}.{f" Did you mean {near[0]!r}?" if near else ""} '
                                   f'There are: {", ".join(self.entries)}.')
        return self.entries[name]

    def __getitem__(self, name: str) -> Any:
        entry = self.entry(name)
        return getattr(importlib.import_module(entry.module), entry.name)

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f'{len(self)} {self.kind}s: {", ".join(self)}'

"""`Registry`: the models, rules, tasks or exercises that there are. A file in the folder is enough to add one."""

import ast
import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from ratezoo.errors import UnknownNameError
from ratezoo.lazy import file_of, public_names

T = TypeVar('T')
_MOST_LISTED = 8  # an error message names all entries of a registry up to this number
_CATEGORY = re.compile(r"^CATEGORY = '(.*)'", re.M)


class Entry(NamedTuple):
    """The facts about a model, rule, task or exercise that its file gives without being imported.

    Attributes
    ----------
    name : str
    module : str
        The module that defines it.
    category : str
        The kind that it belongs to: the constant ``CATEGORY`` of its file.
    doc : str
        Its docstring.
    """

    name: str
    module: str
    category: str
    doc: str

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring, on one line."""
        return ' '.join(self.doc.partition('\n\n')[0].split())

    @property
    def reference(self) -> str:
        """The first paragraph of the docstring's section References, on one line."""
        return ' '.join(self.doc.partition('References\n----------\n')[2].partition('\n\n')[0].split())


def suggest(name: object, known: Iterable[str]) -> str:
    """The sentence " Did you mean …?" with the most similar of the known names, or '' if none is similar."""
    by_lower, asked = {k.lower(): k for k in known}, str(name).lower()
    same_letters = [k for k in by_lower if sorted(k) == sorted(asked)]
    similar = same_letters or difflib.get_close_matches(asked, by_lower, 1, cutoff=0.6)
    return f' Did you mean {by_lower[similar[0]]!r}?' if similar else ''


class Registry(Mapping[str, T], Generic[T]):
    """A mapping name → class of all classes that the files of a folder add. A class is imported when it is looked up.

    The ``__all__`` of a file names its classes that belong to the registry, and the constant ``CATEGORY`` says which
    kind they are. Files come in the order of the package's stub. Files that the stub does not list come after them, in
    the order of their names.

    Parameters
    ----------
    kind : str
        The word for one entry in error messages: 'model', 'rule', ….
    package : str
        The package whose files are read, such as ``ratezoo.models``.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind, self.package = kind, package
        self._entries: dict[str, Entry] | None = None

    @property
    def list_command(self) -> str:
        """The command that lists the entries."""
        return f'ratezoo list {self.kind}s'

    @property
    def entries(self) -> dict[str, Entry]:
        """Name → `Entry`."""
        if self._entries is None:
            self._entries = {entry.name: entry for entry in self._find()}
        return self._entries

    def _find(self) -> Iterator[Entry]:
        """Read the entries from the files of the package, without importing these files."""
        prefix = f'{self.package}.'
        in_stub = list(dict.fromkeys(m for m in public_names(self.package).values() if m.startswith(prefix)))
        in_folder = [m.name for m in pkgutil.iter_modules(importlib.import_module(self.package).__path__, prefix)]
        for module in [*in_stub, *(m for m in in_folder if m not in in_stub)]:
            names = public_names(module)
            if not names:
                continue
            text = file_of(module).read_text(encoding='utf-8')
            category = _CATEGORY.search(text)
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef) and node.name in names:
                    yield Entry(node.name, module, category[1] if category else '', ast.get_docstring(node) or '')

    def entry(self, name: str) -> Entry:
        """The `Entry` of ``name``.

        Raises
        ------
        UnknownNameError
            The registry has no entry of this name. The message suggests the most similar name.
        """
        if name not in self.entries:
            suggestion = suggest(name, self.entries)
            if len(self) > _MOST_LISTED:
                suggestion += f' `{self.list_command}` shows all {len(self)}.'
            else:
                suggestion += f' There are: {", ".join(self.entries)}.'
            raise UnknownNameError(f'there is no {self.kind} {name!r}.{suggestion}')
        return self.entries[name]

    def __getitem__(self, name: str) -> T:
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

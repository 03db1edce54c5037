"""Files that are written completely, or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ratezoo.errors import MissingFileError


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Open ``path`` for writing bytes, as a context manager.

    The bytes go to a temporary file in the same folder. It gets the name ``path`` when the block ends without an error.
    So ``path`` never holds half a file, and after an error its old content is still there.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise MissingFileError(f'{path}: the folder {path.parent} does not exist. Create it first.')
    temporary = path.with_name(f'.{path.name}.{secrets.token_hex(4)}.tmp')
    try:
        with open(temporary, 'xb') as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

"""Files that are written completely, or not at all."""

import contextlib
import os
import secrets
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path):
    """Open ``path`` for writing bytes; it is written beside and takes its name only when all is written."""
    path = Path(path)
    beside = path.with_name(f'.{path.name}.{secrets.token_hex(4)}.tmp')
    try:
        with open(beside, 'xb') as file:
            yield file
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)

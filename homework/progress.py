"""Where a student stands: a small file beside the exercises keeps what the checks said. There is no account."""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ratezoo.errors import HomeworkError
from ratezoo.files import atomic_write
from ratezoo.homework.exercise import Exercise
from ratezoo.homework.recognise import defined_names
from ratezoo.homework.sandbox import SUFFIXES, read_source

FILE = '.ratezoo-homework.json'


class Standing(NamedTuple):
    """Where a student stands with one exercise.

    Attributes
    ----------
    exercise : Exercise
    state : str
        'not started' (there is no hand-out), 'untouched' (its blanks are open), 'tried', 'passed', or 'changed' (it has
        changed since it passed).
    file : Path or None
        The file on which the student works.
    parts : (int, int) or None
        How many parts were right at the last check, of how many.
    """

    exercise: Exercise
    state: str
    file: Path | None
    parts: tuple[int, int] | None


def record(file: Path, report: Mapping[str, Any]) -> None:
    """Keep what a check said about a file, beside the file. Where that can't be written, nothing is kept."""
    kept = _read(file.parent)
    before = kept.get(report['exercise'])
    if before is not None and before['passed'] and before['file'] != file.name and not report['passed']:
        return  # another file has passed; this one takes nothing away
    right = sum(part['verdict'] in ('exact', 'consistent') for part in report['parts'])
    kept[report['exercise']] = {
        'file': file.name,
        'passed': report['passed'],
        'parts': [right, len(report['parts'])],
        'digest': _digest(file),
    }
    try:
        with atomic_write(file.parent / FILE) as out:
            out.write(json.dumps(kept, indent=1).encode())
    except OSError:
        pass  # a folder that can't be written to: the verdict is shown all the same


def standings(folder: Path, exercises: Iterable[Exercise]) -> list[Standing]:
    """Where a student stands with each exercise, from a folder and the folders in it."""
    folders = [folder, *sorted(p for p in _inside(folder) if p.is_dir() and not p.name.startswith('.'))]
    return [_standing(exercise, folders) for exercise in exercises]


def _standing(exercise, folders):
    found = [Standing(exercise, 'not started', None, None)]
    for folder in folders:
        with contextlib.suppress(OSError):  # a folder that can't be looked into
            found.append(_in_folder(exercise, folder))
    order = ('passed', 'changed', 'tried', 'untouched', 'not started')
    return min(found, key=lambda standing: order.index(standing.state))


def _in_folder(exercise, folder):
    kept = _read(folder).get(exercise.name)
    if kept is not None and (folder / kept['file']).is_file():
        file = folder / kept['file']
        state = 'tried' if not kept['passed'] else 'passed' if kept['digest'] == _digest(file) else 'changed'
        return Standing(exercise, state, file, tuple(kept['parts']))
    files = [folder / f'{exercise.name}{suffix}' for suffix in SUFFIXES]
    files = [file for file in files if file.is_file() and _answers(file, exercise)]
    touched = [file for file in files if not _untouched(exercise, file)]
    if touched:
        return Standing(exercise, 'tried', touched[0], None)
    return Standing(exercise, 'untouched' if files else 'not started', files[0] if files else None, None)


def _answers(file, exercise):
    """Whether a file may be a student's: it defines the exercise's class, or it can't be read or parsed."""
    try:
        names = defined_names(read_source(file))
    except HomeworkError:
        return True
    return not names or exercise.class_name is None or exercise.class_name in names


def _untouched(exercise, file):
    try:
        return exercise.is_as_handed_out(file)
    except HomeworkError:
        return False


def _inside(folder):
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read(folder):
    """What is kept in a folder; nothing if the file is missing or broken."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding='utf-8'))
        return {k: v for k, v in kept.items() if {'file', 'passed', 'parts', 'digest'} <= set(v)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}

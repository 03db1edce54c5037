"""Submissions of the exercises, right and wrong, as files: ``tests/homework/<exercise>/right`` and ``…/wrong``.

A file is a whole script; or it has lines ``# >>> NAME``: what follows stands in place of the line ``NAME = ...`` of the
hand-out, and blanks that the file does not fill are taken from ``right/reference.py``. Comments at the top say what the
judge must find::

    # part: dw
    # verdict: wrong
    # hint: ascent instead of descent
"""

import contextlib
import importlib
import io
import re
import sys
from pathlib import Path

from ratezoo.errors import HomeworkError
from ratezoo.homework import child, exercises
from ratezoo.homework.handout import cells

HERE = Path(__file__).parent
_BLOCK = re.compile(r'^# >>> (.+)$', re.M)
_FACT = re.compile(r'^# (part|verdict|hint): (.*)$', re.M)


def files(exercise, kind):
    """The files of an exercise, of the kind 'right' or 'wrong'."""
    return sorted((HERE / exercise / kind).glob('*.py'))


def facts(file):
    """What the comments at the top of a file say: part, verdict, hint."""
    return dict(_FACT.findall(_BLOCK.split(file.read_text(encoding='utf-8'))[0]))


def blocks(file):
    """What a file fills in: name of the blank → lines. Empty for a whole script."""
    pieces = _BLOCK.split(file.read_text(encoding='utf-8'))
    return dict(zip(pieces[1::2], (p.strip('\n') for p in pieces[2::2]), strict=True))


def source(exercise, file):
    """The submission as a whole script."""
    own = blocks(file)
    if not own:
        return file.read_text(encoding='utf-8')
    return filled(exercises[exercise].handout, blocks(HERE / exercise / 'right' / 'reference.py') | own)


def filled(handout, lines):
    """The hand-out with its blanks filled in."""
    for name, text in lines.items():
        found = re.findall(rf'^( *){re.escape(name)} = \.\.\.$', handout, re.M)
        assert len(found) == 1, f'{name}: {len(found)} such blanks in the hand-out'
        indented = '\n'.join(found[0] + line if line else line for line in text.split('\n'))
        handout = handout.replace(f'{found[0]}{name} = ...', indented)
    return handout


def until_the_class(script, class_name):
    """The script up to the end of the cell that defines the class. What follows takes seconds and is not judged."""
    kept = []
    for kind, text in cells(script):
        kept += [f'# %% [markdown]\n# {kind}' if kind == 'markdown' else f'# %%\n{text}']
        if kind == 'code' and re.search(rf'^class {class_name}\b', text, re.M):
            return '\n'.join(kept)
    return script


def run_here(probe, source, name, class_name, spec, seconds=60.0, memory=4.0, whole=False):
    """In place of ``sandbox.run``: the same in this process; without what follows the class if not ``whole``."""
    text = source if whole else until_the_class(source, class_name)
    asked = dict(source=text, name=name, class_name=class_name, spec=spec, memory=memory)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        reply = child.reply(asked, importlib.import_module(probe))
    del sys.modules['homework']
    if 'error' in reply:
        raise HomeworkError(f'{name}: {reply["error"]}')
    return reply['answer']

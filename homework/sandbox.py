"""Run a student's file where it can do no harm, and get numbers back.

The file runs in a process of its own (`ratezoo.homework.child`), in a temporary folder, with limits of time and
memory. The child returns numbers only, over a channel that the student's prints don't reach; the judging is done
by the caller. This guards against accidents and simple tricks, not against an attacker.
"""

import ast
import contextlib
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import tokenize
from pathlib import Path

from ratezoo.errors import HomeworkError

_SECONDS_FOR_THE_REST = 2.     # for reading what the child wrote last
START_SECONDS = 180.           # for the child's own imports, which take long on a cold disk
_FORGED = re.compile(r'["\'](?:passed["\']\s*:\s*(?:true|false)|verdict["\']\s*:\s*["\'])', re.IGNORECASE)
_LOG_BYTES = 1_000_000
_MAGIC = re.compile(r'^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$')      # %magic, !command, name?
_ASSIGNED = re.compile(r'^(\s*[\w, ]+=\s*)[%!].*$')            # files = !ls


def read_source(file):
    """The Python source in a script or a notebook.

    Raises
    ------
    HomeworkError
        The file is not there, not text, or not a notebook.
    """
    file = Path(file)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise HomeworkError(f'{file.name}: the file can\'t be read ({error.strerror}).') from error
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0] if file.suffix != '.ipynb' else 'utf-8-sig'
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise HomeworkError(f'{file.name}: the file is not in UTF-8, so Python would not read it; save it as '
                            'UTF-8.') from error
    if file.suffix != '.ipynb':
        return text
    try:
        cells = [c for c in json.loads(text)['cells'] if c['cell_type'] == 'code']
        return '\n\n'.join(_python(''.join(c['source'])) for c in cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HomeworkError(f'{file.name}: not a Jupyter notebook (version 4).') from error


def _python(cell):
    """A cell without %magics, !commands and questions?; nothing of a cell in another language (%%bash)."""
    first = cell.lstrip().split('\n')[0]
    if first.startswith('%%') and first.split()[0] not in ('%%time', '%%timeit', '%%capture', '%%prun'):
        return ''
    try:
        ast.parse(cell)
        return cell                             # plain Python, whatever its lines begin or end with
    except (SyntaxError, ValueError, RecursionError):
        return '\n'.join(_MAGIC.sub(r'\1pass', _ASSIGNED.sub(r'\1None', line)) for line in cell.split('\n'))


def check_source(source, name, class_name):
    """Parse the source and find the class; say which blanks are open.

    Raises
    ------
    HomeworkError
        A syntax error, no such class, or a blank (``...``) left open.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = f'line {error.lineno}: ' if getattr(error, 'lineno', None) else ''
        raise HomeworkError(f'{name}: {line}syntax error, {getattr(error, "msg", error)}.') from error
    except RecursionError as error:
        raise HomeworkError(f'{name}: the source is nested too deeply to be parsed.') from error
    classes = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == class_name]
    if not classes:
        raise HomeworkError(f'{name}: there is no class {class_name}; keep the name that the hand-out gives it.')
    for node in ast.walk(classes[-1]):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and _is_open(node.value):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            raise HomeworkError(f'{name}: line {node.lineno}: the blank for {ast.unparse(target)} is still open; '
                                'replace the three dots.')


def _is_open(value):
    return (isinstance(value, ast.Constant) and value.value is ...) or (
        isinstance(value, ast.Tuple) and any(map(_is_open, value.elts)))


def run(probe, source, name, class_name, spec, seconds=60., memory=4.):
    """Run ``probe.answer(namespace, spec)`` in a child process that has executed ``source``; returns its answer.

    Parameters
    ----------
    probe : str
        The module whose ``answer`` does the measuring; it returns a tree of numbers.
    source, name, class_name : str
        The student's source, its file name for messages, and the class that it must define.
    spec : dict
        What to measure.
    seconds, memory : float
        Limits for the student's code: wall time, and memory in GB beyond what the libraries take (not on Windows).

    Raises
    ------
    HomeworkError
        The code raised, exited, took too long or too much memory, or printed a verdict of its own.
    """
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix='ratezoo-', ignore_cleanup_errors=True) as folder:
        log = Path(folder, 'printed.txt')
        work = Path(folder, 'work')
        work.mkdir()
        request = json.dumps(dict(token=token, probe=probe, source=source, name=name, class_name=class_name,
                                  spec=spec, memory=memory, log=str(log)))
        child = subprocess.Popen(
            [sys.executable, '-P', '-m', 'ratezoo.homework.child'], cwd=work, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(), start_new_session=True)
        try:
            lines, late, listener = _converse(child, request, seconds)
        finally:
            _end(child)
        listener.join(_SECONDS_FOR_THE_REST)
        printed = log.read_bytes()[:_LOG_BYTES].decode('utf-8', 'replace') if log.exists() else ''
    if _FORGED.search(printed):
        raise HomeworkError(f'{name}: the file prints a verdict of its own; remove that line.')
    if late == 'start':
        raise HomeworkError(f'{name}: the checker could not load BrainPy within {START_SECONDS:g} s; try again.')
    if late:
        raise HomeworkError(f'{name}: the code did not end within {seconds:g} s; look for an endless loop '
                            '(or allow more with --timeout).')
    answers = [a for a in map(_parsed, lines) if isinstance(a, dict) and a.get('token') == token]
    if not answers or 'ready' in answers[-1]:
        code = child.returncode
        how = 'it may have used up the memory' if code is not None and code < 0 else 'by os._exit or the like'
        raise HomeworkError(f'{name}: the process ended before it answered ({how}).')
    if 'error' in answers[-1]:
        raise HomeworkError(f'{name}: {answers[-1]["error"]}')
    return answers[-1]['answer']


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def _environment():
    keep = {k: v for k, v in os.environ.items() if not k.startswith(('JAX_', 'XLA_', 'PYTEST_'))}
    return keep | {'MPLBACKEND': 'Agg', 'JAX_PLATFORMS': 'cpu', 'PYTHONIOENCODING': 'utf-8',
                   'PYTHONDONTWRITEBYTECODE': '1'}


def _converse(child, request, seconds):
    """Send the request; gives the list of answered lines, which limit passed ('start', 'work', None), the listener."""
    lines, ready = [], threading.Event()

    def listen():
        with child.stdout:                                      # until it ends, which a grandchild may put off
            for line in child.stdout:
                lines.append(line)
                ready.set()
        ready.set()

    def send():
        try:
            child.stdin.write(request.encode())
            child.stdin.close()
        except OSError:
            pass                                                # it ended at once; the empty answer tells

    threads = [threading.Thread(target=work, daemon=True) for work in (listen, send)]
    for thread in threads:
        thread.start()
    if not ready.wait(START_SECONDS):
        return lines, 'start', threads[0]
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return lines, 'work', threads[0]
    return lines, None, threads[0]


def _end(child):
    """End the child and whatever it started."""
    if os.name == 'posix':
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()

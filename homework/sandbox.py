"""Run a student's file in a separate process, and get numbers back.

The process (`ratezoo.homework.child`) works in a temporary folder, with limits of time and memory. It returns only
numbers, on a channel that the student's prints don't reach; the caller judges these numbers. All processes that the
file has started are ended with it. This protects against accidents and simple tricks, not against an attacker.
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
import time
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from ratezoo.errors import HomeworkError
from ratezoo.homework import places, told

_SECONDS_FOR_LAST_LINES = 2.0  # to read the last lines of a child that has ended
START_SECONDS = 180.0  # for the child's own imports, which are slow when the files are not in the disk cache
# A printed line that looks like a verdict of ours: "passed": true, or "verdict": "...
SUFFIXES = ('.py', '.ipynb')  # of the files that students hand in
TAG = 'RATEZOO_SANDBOX'  # an environment variable: all processes that a student's file starts inherit its value
_SECONDS_BETWEEN_LOOKS = 0.2  # at the memory of these processes
_LIBRARIES = 1.5  # GB that BrainPy, JAX and matplotlib may take beside the student's own
_FORGED = re.compile(r'["\'](?:passed["\']\s*:\s*(?:true|false)|verdict["\']\s*:\s*["\'])', re.IGNORECASE)
_LOG_BYTES = 1_000_000
_MAGIC = re.compile(r'^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$')  # %magic, !command, name?
_ASSIGNED = re.compile(r'^(\s*[\w, ]+=\s*)[%!].*$')  # files = !ls


def read_source(file: str | Path) -> str:
    """The Python source in a script (.py) or in the code cells of a notebook (.ipynb).

    Before each cell of a notebook stands a comment with its number; `ratezoo.homework.places` reads it.

    Raises
    ------
    HomeworkError
        The file can't be read, is not a text in UTF-8, or is not a notebook.
    """
    file = Path(file)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise HomeworkError(f"{file.name}: the file can't be read ({error.strerror}). / 无法读取这个文件。") from error
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0] if file.suffix != '.ipynb' else 'utf-8-sig'
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise HomeworkError(
            f'{file.name}: the file is not in UTF-8, so Python would not read it; save it as UTF-8. / '
            '文件不是 UTF-8 编码，Python 无法读取；请另存为 UTF-8。'
        ) from error
    if file.suffix != '.ipynb':
        return text
    try:
        cells = [c for c in json.loads(text)['cells'] if c['cell_type'] == 'code']
        return places.joined([without_magics(''.join(c['source'])) for c in cells])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HomeworkError(
            f'{file.name}: not a Jupyter notebook (version 4). / 不是 Jupyter notebook（第 4 版）。'
        ) from error


def without_magics(cell):
    """A notebook cell as Python: IPython's %magic, !command and name? become ``pass``.

    A cell in another language (such as %%bash) becomes empty.
    """
    first = cell.lstrip().split('\n')[0]
    if first.startswith('%%') and first.split()[0] not in ('%%time', '%%timeit', '%%capture', '%%prun'):
        return ''
    try:
        ast.parse(cell)
        return cell  # valid Python stays as it is, because in a long text or formula a line may begin with %
    except (SyntaxError, ValueError, RecursionError):
        return '\n'.join(_MAGIC.sub(r'\1pass', _ASSIGNED.sub(r'\1None', line)) for line in cell.split('\n'))


def check_source(source: str, name: str, class_name: str | None) -> None:
    """Check that the source can be parsed, that it defines the class, and that no blank is open.

    Parameters
    ----------
    source, name : str
        The student's source, and its file name for error messages.
    class_name : str or None
        The class that the source must define. Only blanks inside this class count. None: the exercise asks for no
        class, and blanks anywhere in the file count.

    Raises
    ------
    HomeworkError
        The source has a syntax error, does not define the class, or has an open blank (``...``).
    """
    tree = check_syntax(source, name)
    searched: ast.AST = tree
    if class_name is not None:
        classes = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == class_name]
        if not classes:
            raise HomeworkError(
                f'{name}: there is no class {class_name}; keep the name that the hand-out gives it. / '
                f'没有找到类 {class_name}；请保留讲义给它的名字。'
            )
        searched = classes[-1]
    assigned = [n for n in ast.walk(searched) if isinstance(n, (ast.Assign, ast.AnnAssign, ast.AugAssign))]
    for node in sorted(assigned, key=lambda n: n.lineno):
        if _is_open(node.value):
            blank = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            line, zh = places.place(source, node.lineno)
            raise HomeworkError(
                f'{name}: {line}: the blank for {blank} is still open; replace the three dots. / '
                f'{zh}：{blank} 的空还没有填；请把三个点换成你的公式。'
            )


def check_syntax(source: str, name: str) -> ast.Module:
    """The syntax tree of a source; raises `HomeworkError` if it can't be parsed. ``name`` is the file's, for messages."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line, zh = places.place(source, getattr(error, 'lineno', 0) or 1)
        raise HomeworkError(
            f'{name}: {line}: syntax error, {getattr(error, "msg", error)}. / {zh}有语法错误，Python 读不懂。'
        ) from error
    except RecursionError as error:
        raise HomeworkError(
            f'{name}: the source is nested too deeply to be parsed. / 代码嵌套得太深，无法解析。'
        ) from error


def close_blanks(source: str, class_name: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Fill the open blanks of a class, so that its other blanks can be judged.

    Parameters
    ----------
    source : str
        A source that can be parsed.
    class_name : str
        The class whose blanks are filled.
    values : dict of str to str
        The name that a blank assigns → an expression in place of its three dots. Other blanks stay open.

    Returns
    -------
    str
        The new source.
    list of str
        The names of all blanks that are open in ``source``.
    """
    lines = [line.encode() for line in source.split('\n')]
    blanks = []
    for node in (n for c in ast.walk(ast.parse(source)) if _is_class(c, class_name) for n in ast.walk(c)):
        if isinstance(node, ast.Assign) and _is_open(node.value):
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            blanks += [(ast.unparse(t), v) for t, v in pairs if _is_open(v)]
    for name, dots in sorted(blanks, key=lambda blank: (blank[1].lineno, blank[1].col_offset), reverse=True):
        if name in values:
            line = lines[dots.lineno - 1]
            lines[dots.lineno - 1] = line[: dots.col_offset] + values[name].encode() + line[dots.end_col_offset :]
    return '\n'.join(line.decode() for line in lines), [name for name, _ in blanks]


def _is_class(node, name):
    return isinstance(node, ast.ClassDef) and node.name == name


def _is_open(value):
    """Whether an assigned expression is ``...``, or a tuple with a ``...``."""
    return (isinstance(value, ast.Constant) and value.value is ...) or (
        isinstance(value, ast.Tuple) and any(map(_is_open, value.elts))
    )


def run(
    probe: str,
    source: str,
    name: str,
    class_name: str | None,
    spec: dict[str, Any],
    seconds: float = 60.0,
    memory: float = 2.0,
) -> dict[str, Any]:
    """Execute ``source`` in a child process, and return ``probe.answer(namespace, spec)`` from there.

    Parameters
    ----------
    probe : str
        The module that measures the student's code, such as ``ratezoo.homework.rnn.probe``. It contains no right
        answer. It gives ``answer(namespace, spec)``, which gets the names that the file defines and returns a tree of
        numbers. It may also give ``watched(class_name)``, a context manager that is entered while the file runs and
        yields a list of numbers; and ``Unusable``, an exception whose message is the reason why the code can't be
        measured.
    source, name : str
        The student's source, and its file name for error messages.
    class_name : str or None
        The class that the source must define; None: the exercise asks for no class.
    spec : dict
        What the probe measures.
    seconds : float
        Limit of the time that the student's code may take, in s. Default 60.
    memory : float
        Limit of the memory of the student's code, in GB, without that of the libraries. Default 2.

    Returns
    -------
    dict
        The answer. It also has ``observed``, what ``probe.watched`` noted while the file ran, and ``late_error``, the
        error that stopped the file after its class, in English and in Chinese (None: it ran to its end).

    Raises
    ------
    HomeworkError
        The code raises, exits, takes too long or too much memory, or prints a verdict of its own.
    """
    token = secrets.token_hex(16)  # marks the lines that the child writes; a line without it is not an answer
    with tempfile.TemporaryDirectory(prefix='ratezoo-', ignore_cleanup_errors=True) as folder:
        log = Path(folder, 'printed.txt')
        work = Path(folder, 'work')
        work.mkdir()
        of_code = dict(probe=probe, source=source, name=name, class_name=class_name, spec=spec)
        request = json.dumps(dict(token=token, memory=memory, seconds=seconds, log=str(log), **of_code))
        tag = new_tag()
        child = _start_child(work, tag)
        try:
            lines, passed_limit, listener = _exchange(child, request, seconds, memory)
        finally:
            _kill(child, tag)
        listener.join(_SECONDS_FOR_LAST_LINES)
        printed = log.read_bytes()[:_LOG_BYTES].decode('utf-8', 'replace') if log.exists() else ''
    if _FORGED.search(printed):
        raise HomeworkError(
            f'{name}: the file prints a verdict of its own; remove that line. / 文件自己打印了评判结果；请删去那一行。'
        )
    if passed_limit == 'start':
        raise HomeworkError(
            f'{name}: the checker could not load BrainPy within {START_SECONDS:g} s; try again. / '
            f'在 {START_SECONDS:g} 秒内没能载入 BrainPy；请再试一次。'
        )
    if passed_limit == 'memory':
        raise HomeworkError(
            f'{name}: the code needs more than {memory:g} GB of memory. / 代码需要的内存超过 {memory:g} GB。'
        )
    if passed_limit == 'work':
        at_line, at_line_zh = _place_of_endless_loop(printed, source)
        raise HomeworkError(
            f'{name}: the code did not end within {seconds:g} s{at_line}; look for an endless loop '
            f'(or allow more with --timeout). / 代码没有在限定的时间内结束{at_line_zh}；请检查是否有死循环'
            '（或用 --timeout 放宽时间）。'
        )
    return _answer_of(lines, token, name, child.returncode)


def _place_of_endless_loop(printed, source):
    """(', at line 7', '（第 7 行）') from the traceback that the child writes before its time ends; '' if there is none."""
    lines = re.findall(rf'File "{told.STUDENT}", line (\d+)', printed.rpartition('Timeout (')[2])
    if not lines:
        return '', ''
    english, chinese = places.place(source, int(lines[0]))
    return f', at {english}', f'（{chinese}）'


@contextlib.contextmanager
def reading_answer(name: str) -> Iterator[None]:
    """Where an answer is read: one that does not have the form that was asked for is a `HomeworkError`."""
    try:
        yield
    except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
        raise HomeworkError(
            f'{name}: the numbers that came back are not those that were asked for ({type(error).__name__}). Remove '
            'what changes the checker; if there is no such line, it is a defect of ratezoo. / '
            '返回的数不是检查程序所要求的。请删去改动检查程序的代码；如果没有这样的代码，那就是 ratezoo 的缺陷。'
        ) from error


def _answer_of(lines, token, name, exit_code):
    """The child's answer among the lines that came from its process; `HomeworkError` if there is none."""
    messages = [m for m in map(_parsed, lines) if isinstance(m, dict) and m.get('token') == token]
    if not messages or 'ready' in messages[-1]:
        killed = exit_code is not None and exit_code < 0
        reason = 'it may have used up the memory' if killed else 'by os._exit or something similar'
        zh = '可能用完了内存' if killed else '可能调用了 os._exit 或类似的函数'
        raise HomeworkError(
            f'{name}: the process ended before it answered ({reason}). / 进程还没有给出结果就结束了（{zh}）。'
        )
    if 'error' in messages[-1]:
        raise HomeworkError(f'{name}: {messages[-1]["error"]}')
    return messages[-1]['answer']


def _parsed(line):
    """A line of JSON as a value; None if it is no JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _start_child(folder, tag):
    return subprocess.Popen(
        [sys.executable, '-P', '-m', 'ratezoo.homework.child'],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment() | {TAG: tag, **dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), str(folder))},
        start_new_session=True,
    )


def _environment():
    """The child's environment variables: ours, without the settings of JAX, XLA and pytest, on the CPU."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(('JAX_', 'XLA_', 'PYTEST_'))}
    return keep | {
        'MPLBACKEND': 'Agg',
        'JAX_PLATFORMS': 'cpu',
        'PYTHONIOENCODING': 'utf-8',
        'PYTHONDONTWRITEBYTECODE': '1',
    }


def _exchange(child, request, seconds, memory):
    """Send the request to the child, and read its lines until it ends or passes a limit of time or memory.

    Returns
    -------
    lines : list of bytes
        All lines that the child has written; the listener may still append the last ones.
    passed_limit : 'start', 'work', 'memory' or None
        The limit that passed.
    listener : Thread
        The thread that reads the lines.
    """
    lines, ready = [], threading.Event()

    def listen():
        with child.stdout:
            for line in child.stdout:  # a process that the child has started may keep this pipe open
                lines.append(line)
                ready.set()
        ready.set()

    def send():
        try:
            child.stdin.write(request.encode())
            child.stdin.close()
        except OSError:
            pass  # the child has ended already; then its answer is missing, and `_answer_of` raises

    # Both run as threads: a long request and a long answer could fill both pipes, and then each side would wait for the
    # other.
    listener, sender = (threading.Thread(target=work, daemon=True) for work in (listen, send))
    listener.start()
    sender.start()
    if not ready.wait(START_SECONDS):
        return lines, 'start', listener
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            child.wait(min(left, _SECONDS_BETWEEN_LOOKS))
            return lines, None, listener
        except subprocess.TimeoutExpired:
            if _gigabytes(child.pid) > memory + _LIBRARIES:
                return lines, 'memory', listener
    return lines, 'work', listener


def _gigabytes(pid):
    """The memory of a process and of those that it has started, in GB. Memory that they share counts once."""
    try:
        child = psutil.Process(pid)
        used = [p.memory_info() for p in [child, *child.children(recursive=True)]]
    except psutil.Error:  # one of them has ended just now
        return 0.0
    shared = [getattr(m, 'shared', 0) for m in used]
    return (sum(m.rss for m in used) - sum(shared) + max(shared)) / 2**30


def _kill(child, tag):
    """Kill the child and all processes that it has started, also those that have left its group or its session."""
    if os.name == 'posix':
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
    end_all(tag)


def new_tag() -> str:
    """A tag that no other process has."""
    return secrets.token_hex(8)


def end_all(tag: str) -> None:
    """Kill all processes whose environment has this tag."""
    while started := [p for p in psutil.process_iter() if _has_tag(p, tag)]:
        for process in started:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(started, timeout=1)


def _has_tag(process, tag):
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(TAG) == tag
    except (psutil.Error, OSError):  # of another user, or ended just now
        return False

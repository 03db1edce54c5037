"""The process in which a student's file runs: it reads a request, executes the source and answers with numbers.

`ratezoo.homework.sandbox` starts this module as a program and never imports it.
"""

import contextlib
import faulthandler
import importlib
import json
import math
import os
import signal
import sys
import types
from typing import Any

from ratezoo.homework import told


class _NoIPython:
    """Replaces IPython: accepts every call that an exported notebook makes to it, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def main() -> None:
    """Answer one request on stdin by lines of JSON on stdout: ``ready``, and then ``answer`` or ``error``."""
    _end_with_the_caller()
    request = json.loads(sys.stdin.read())
    channel = os.dup(1)  # only ``say`` writes to the caller; from here on all prints go to the log
    log = os.open(request['log'], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)

    def say(**message):
        os.write(channel, (json.dumps({'token': request['token'], **message}) + '\n').encode())

    sys.argv = [request['name']]
    import brainpy.math as bm
    import matplotlib.pyplot  # noqa: F401  (the time limit of the student's code begins after these imports)

    bm.enable_x64()
    probe = importlib.import_module(request['probe'])
    say(ready=True)
    faulthandler.dump_traceback_later(0.9 * request['seconds'], file=log)  # where an endless loop is
    _limit(request['memory'])
    say(**reply(request, probe))
    sys.stdout.flush()
    os._exit(0)  # ends the process at once, so that no thread or exit handler of the student's file runs after this


def reply(request: dict[str, Any], probe: types.ModuleType) -> dict[str, Any]:
    """Run the file of a request; returns ``{'answer': …}``, or ``{'error': …}`` with the reason why there is none."""
    module = types.ModuleType('homework')
    module.__file__ = os.path.abspath(request['name'])
    sys.modules['homework'] = module
    source = request['source']
    told.remember(source)
    namespace = vars(module)
    namespace['get_ipython'] = _NoIPython  # exported notebooks call it for their magics
    try:
        with getattr(probe, 'watched', _watch_nothing)(request['class_name']) as observed:
            late_error = _execute(source, namespace, request['class_name'])
        answer = probe.answer(namespace, request['spec'])
        errors = answer.pop('errors', [])
        return {'answer': {**_numbers(answer), 'errors': errors, 'observed': observed, 'late_error': late_error}}
    except SystemExit:
        error = (
            'the code exits (sys.exit, exit or quit); remove that line. / '
            '代码自己退出了（sys.exit、exit 或 quit）；请删去那一行。'
        )
    except MemoryError:
        error = (
            f'the code needs more than {request["memory"]:g} GB of memory. / '
            f'代码需要的内存超过 {request["memory"]:g} GB。'
        )
    except RecursionError:
        error = ' / '.join(told.at_line('the code calls itself without end.', '代码没有尽头地调用自己。'))
    except BaseException as raised:
        unusable = isinstance(raised, getattr(probe, 'Unusable', ()))
        error = raised.args[0] if unusable else ' / '.join(told.message(raised))
    return {'error': error}


def _end_with_the_caller() -> None:
    """Let the system kill this process when its caller ends, if the system can do that (Linux)."""
    if sys.platform == 'linux':
        import ctypes

        parent_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def _watch_nothing(class_name: str | None) -> contextlib.AbstractContextManager[list[Any]]:
    """What a probe without ``watched`` notes while the file runs: nothing."""
    return contextlib.nullcontext([])


def _execute(source: str, namespace: dict[str, Any], class_name: str | None) -> tuple[str, str] | None:
    """Run the file to its end; returns None, or the error that stopped it after it had defined its class.

    Such a class can still be judged. An error before the class is defined is raised.
    """
    try:
        exec(compile(source, told.STUDENT, 'exec'), namespace)
    except (SystemExit, MemoryError, RecursionError):
        raise
    except Exception as error:
        if class_name is None or not isinstance(namespace.get(class_name), type):
            raise
        return told.message(error)
    return None


def _limit(gigabytes: float) -> None:
    """Limit the memory of this process (beyond that in use now) and the size of its files; allow no core dump."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    with open('/proc/self/status') if os.path.exists('/proc/self/status') else open(os.devnull) as file:
        used = [int(line.split()[1]) * 1024 for line in file if line.startswith('VmData')]
    limits = {
        resource.RLIMIT_DATA: int((used or [0])[0] + gigabytes * 2**30),
        resource.RLIMIT_FSIZE: 2**26,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # not every system has all limits
            continue


def _numbers(tree: Any) -> Any:
    """A tree of numbers, None and bools with NaN and infinities replaced by None.

    Raises if the tree holds something else, so that nothing but numbers leaves this process.
    """
    if isinstance(tree, dict):
        return {str(k): _numbers(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_numbers(v) for v in tree]
    if tree is None or isinstance(tree, bool):
        return tree
    value = float(tree)
    return value if math.isfinite(value) else None


if __name__ == '__main__':
    main()

"""The process in which a student's file runs: reads a request, executes the source, answers with numbers.

Started by `ratezoo.homework.sandbox`, never imported by it.
"""

import importlib
import json
import math
import os
import sys
import traceback
import types

_STUDENT = '<homework>'


class _NoIPython:
    """Takes every call that an exported notebook makes to IPython, and does nothing."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


def main():
    request = json.loads(sys.stdin.read())
    channel = os.dup(1)                         # the way back; prints go to the log from here on
    log = os.open(request['log'], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)

    def say(**what):
        os.write(channel, (json.dumps({'token': request['token'], **what}) + '\n').encode())

    sys.argv = [request['name']]
    import brainpy.math as bm
    import matplotlib.pyplot  # noqa: F401  (while time does not count yet)
    bm.enable_x64()
    probe = importlib.import_module(request['probe'])
    say(ready=True)
    _limit(request['memory'])
    module = types.ModuleType('homework')
    module.__file__ = os.path.abspath(request['name'])
    sys.modules['homework'] = module
    namespace = vars(module)
    namespace['get_ipython'] = _NoIPython       # exported notebooks call it for their magics
    try:
        with probe.watched(request['class_name']) as seen:
            late = _execute(request['source'], namespace, request['class_name'])
        answer = probe.answer(namespace, request['spec'])
        say(answer={**_numbers(answer), 'seen': seen, 'late': late})
    except SystemExit:
        say(error='the code exits (sys.exit, exit or quit); remove that line.')
    except MemoryError:
        say(error=f'the code needs more than {request["memory"]:g} GB of memory.')
    except RecursionError:
        say(error=f'{_line()}the code calls itself without end.')
    except BaseException as error:
        text = str(error).strip().splitlines()
        said = error.args[0] if isinstance(error, probe.Unusable) else (
            f'{_line()}{type(error).__name__}: {text[0] if text else ""}'.rstrip(': ') + '.')
        say(error=said)
    sys.stdout.flush()
    os._exit(0)                                 # no student's thread or exit handler runs after the answer


def _execute(source, namespace, class_name):
    """Run the whole file. If it fails after its class is there, the class is judged and the failure is a remark."""
    try:
        exec(compile(source, _STUDENT, 'exec'), namespace)
    except (SystemExit, MemoryError, RecursionError):
        raise
    except Exception as error:
        if not isinstance(namespace.get(class_name), type):
            raise
        text = str(error).strip().splitlines()
        return f'{_line()}{type(error).__name__}: {text[0] if text else ""}'.rstrip(': ')
    return None


def _line():
    """Where in the student's file the current exception was raised."""
    frames = [f for f in traceback.extract_tb(sys.exc_info()[2]) if f.filename == _STUDENT]
    return f'line {frames[-1].lineno}: ' if frames else ''


def _limit(gigabytes):
    try:
        import resource
    except ImportError:                         # Windows has no such limits
        return
    with open('/proc/self/status') if os.path.exists('/proc/self/status') else open(os.devnull) as file:
        used = [int(line.split()[1]) * 1024 for line in file if line.startswith('VmData')]
    for what, value in ((resource.RLIMIT_DATA, int((used or [0])[0] + gigabytes * 2 ** 30)),
                        (resource.RLIMIT_FSIZE, 2 ** 26), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (value, value))
        except (ValueError, OSError):
            continue


def _numbers(tree):
    """A tree of numbers (None and flags allowed), with NaN and infinities as None; anything else is refused."""
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

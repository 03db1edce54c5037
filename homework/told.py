"""What an error in a student's code says to the student: its line, its kind and its text, in English and in Chinese."""

import linecache
import re
import sys
import traceback

from ratezoo.homework import places
from ratezoo.homework.words import Hint

STUDENT = '<homework>'  # the file name of the student's code in tracebacks
_SHAPES = re.compile(r'shape of the original data is (\(.*?\)), while we got (\(.*?\))')
_MOST = 400  # letters of an error's own text


def remember(source: str) -> None:
    """Let tracebacks find the lines of the student's source."""
    lines = source.splitlines(keepends=True)
    linecache.cache[STUDENT] = (len(source), None, lines, STUDENT)


def message(error: BaseException) -> Hint:
    """The current exception in English and Chinese: the line of the student's file, the kind of error, its text."""
    shapes = _SHAPES.search(str(error))
    if shapes:  # BrainPy's message names neither the Variable nor a remedy
        kept, given = shapes.groups()
        return at_line(
            f'a Variable keeps its shape {kept}, but it was given an array of shape {given}. Does the formula take a '
            'sum or a mean over the time steps, so that one number is left?',
            f'变量的形状始终是 {kept}，而你给它的数组形状是 {given}。'
            '公式里是否要对各时刻求和或求平均，使结果只剩一个数？',
        )
    text = str(error).strip().splitlines()
    told = f'{type(error).__name__}: {text[0][:_MOST] if text else ""}'.rstrip(': ')
    return at_line(f'{told}.', f'{told}。')


def at_line(english: str, chinese: str) -> Hint:
    """Both texts, after the line of the student's file that raised the current exception, if it came from there."""
    frames = [f for f in traceback.extract_tb(sys.exc_info()[2]) if f.filename == STUDENT]
    if not frames:
        return english, chinese
    line, zh = places.place(''.join(linecache.getlines(STUDENT)), frames[-1].lineno or 1)
    return f'{line}: {english}', f'{zh}：{chinese}'

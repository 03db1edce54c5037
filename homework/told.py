"""What an error in a student's code says to the student: its line, its kind and its text, in English and in Chinese."""

import linecache
import re
import sys
import traceback

from ratezoo.homework import places
from ratezoo.homework.words import Hint

STUDENT = '<homework>'  # the file name of the student's code in tracebacks
_SHAPES = re.compile(r'shape of the original data is (\(.*?\)), while we got (\(.*?\))')
_COMPILED = ('TracerArrayConversionError', 'TracerBoolConversionError', 'ConcretizationTypeError')
_MOST = 400  # letters of an error's own text


def remember(source: str) -> None:
    """Let tracebacks find the lines of the student's source."""
    lines = source.splitlines(keepends=True)
    linecache.cache[STUDENT] = (len(source), None, lines, STUDENT)


def message(error: BaseException) -> Hint:
    """The current exception in English and Chinese: the line of the student's file, the kind of error, its text."""
    shapes = _SHAPES.search(str(error))
    if shapes:  # BrainPy's message names neither the Variable nor a remedy
        return at_line(*_of_shapes(*shapes.groups()))
    if type(error).__name__ in _COMPILED:  # JAX's message has many lines and speaks of tracers
        return at_line(
            'bp.DSRunner compiles this line. Use bm or jax.numpy there instead of np, math, float() or if.',
            'bp.DSRunner 会编译这一行。这里请用 bm 或 jax.numpy，不要用 np、math、float() 或 if。',
        )
    text = str(error).strip().splitlines()
    told = f'{type(error).__name__}: {text[0][:_MOST] if text else ""}'.rstrip(':. ')
    return at_line(f'{told}.', f'{told}。')


def _of_shapes(kept: str, given: str) -> Hint:
    """What to look for if a Variable of the shape ``kept`` was given an array of the shape ``given``."""
    sizes, others = ([int(n) for n in re.findall(r'\d+', text)] for text in (kept, given))
    if len(sizes) == 1 and len(others) == 2 and sizes[0] in others:
        look = 'Is a product W * … written for W @ …? The sign * multiplies number by number.'
        look_zh = '是否把 W @ … 写成了 W * …？* 是逐个元素相乘。'
    else:
        look = 'Does the formula take a sum or a mean over the time steps, so that one number is left?'
        look_zh = '公式里是否要对各时刻求和或求平均，使结果只剩一个数？'
    return (
        f'a Variable keeps its shape {kept}, but it was given an array of shape {given}. {look}',
        f'变量的形状始终是 {kept}，而你给它的数组形状是 {given}。{look_zh}',
    )


def at_line(english: str, chinese: str) -> Hint:
    """Both texts, after the line of the student's file that raised the current exception, if it came from there."""
    frames = [f for f in traceback.extract_tb(sys.exc_info()[2]) if f.filename == STUDENT]
    if not frames:
        return english, chinese
    line, zh = places.place(''.join(linecache.getlines(STUDENT)), frames[-1].lineno or 1)
    return f'{line}: {english}', f'{zh}：{chinese}'

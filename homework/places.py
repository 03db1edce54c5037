"""Lines of a student's file, as error messages name them: in a notebook, the cell and its line."""

import re
from collections.abc import Sequence

_CELL = '# ratezoo: code cell {} of the notebook'
_NUMBER = re.compile(_CELL.format(r'(\d+)'))


def joined(cells: Sequence[str], numbers: Sequence[int] | None = None) -> str:
    """The code cells of a notebook as one source. A comment before each cell holds its number, for `place`.

    The numbers are 1, 2, … unless they are given.
    """
    return '\n'.join(
        f'{_CELL.format(number)}\n{cell}'
        for number, cell in zip(numbers or range(1, len(cells) + 1), cells, strict=True)
    )


def place(source: str, line: int) -> tuple[str, str]:
    """Where a line of the source stands, in English and in Chinese: ('line 7', '第 7 行').

    In the source of a notebook that `joined` made: ('code cell 2, line 3', '第 2 个代码单元第 3 行').
    """
    lines = source.split('\n')[:line]
    for back, text in enumerate(reversed(lines)):
        number = _NUMBER.fullmatch(text)
        if number:
            return f'code cell {number[1]}, line {back}', f'第 {number[1]} 个代码单元第 {back} 行'
    return f'line {line}', f'第 {line} 行'

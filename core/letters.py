"""Letters as pictures of black and white pixels: patterns and images that a reader recognises."""

import numpy as np

from ratezoo.errors import InvalidValueError

# Five columns and seven rows: a number for each row, whose bits are the pixels of the row.
_GLYPHS = {
    'A': '0e11111f111111', 'B': '1e11111e11111e', 'C': '0e11101010110e', 'D': '1e11111111111e', 'E': '1f10101e10101f',
    'F': '1f10101e101010', 'G': '0e11101711110e', 'H': '1111111f111111', 'I': '0e04040404040e', 'J': '0702020202120c',
    'K': '11121418141211', 'L': '1010101010101f', 'M': '111b1515111111', 'N': '11111915131111', 'O': '0e11111111110e',
    'P': '1e11111e101010', 'Q': '0e11111115120d', 'R': '1e11111e141211', 'S': '0e11100e01110e', 'T': '1f040404040404',
    'U': '1111111111110e', 'V': '11111111110a04', 'W': '11111115151b11', 'X': '11110a040a1111', 'Y': '11110a04040404',
    'Z': '1f01020408101f', '0': '0e11131519110e', '1': '040c040404040e', '2': '0e11010204081f', '3': '1f02040201110e',
    '4': '02060a121f0202', '5': '1f101e0101110e', '6': '0608101e11110e', '7': '1f010204080808', '8': '0e11110e11110e',
    '9': '0e11110f01020c',
}  # fmt: skip
ALL = ''.join(_GLYPHS)


def picture_shape(n: int) -> tuple[int, int]:
    """(height, width) of a picture of n pixels: a square if there is one, or else a rectangle at most twice as high.

    Where n has no such rectangle, the picture has more than n pixels, and the last ones stay empty.
    """
    widths = [w for w in range(1, int(n**0.5) + 1) if n % w == 0 and n <= 2 * w * w]
    width = max(widths, default=int(np.ceil(n**0.5)))
    return -(-n // width), width


def letters(text: str, n: int, shape: tuple[int, int] | None = None) -> np.ndarray:
    """The letters A to Z and digits of a text as patterns of n pixels, +1 for ink and −1 for paper; an array (P, n).

    The pixels follow each other row by row, in a picture of this shape (height, width), by default that of
    `picture_shape` (n). The letters fill it.
    """
    unknown = sorted(set(text.upper()) - set(_GLYPHS))
    if unknown or not text:
        raise InvalidValueError(f'letters.text: expected letters A to Z and digits, got {text!r}.')
    height, width = shape or picture_shape(n)
    rows, columns = (np.arange(height) * 2 + 1) * 7 // (2 * height), (np.arange(width) * 2 + 1) * 5 // (2 * width)
    glyphs = np.array([list(bytes.fromhex(_GLYPHS[letter])) for letter in text.upper()])
    ink = glyphs[:, rows, None] >> (4 - columns) & 1
    return 2.0 * ink.reshape(len(text), -1)[:, :n] - 1

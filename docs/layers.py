"""Draw docs/layers.svg: the folders, and which imports which.

    python docs/layers.py

The arrows come from `tests/layers.py`, which reads the imports. An arrow that follows from others is left out: plots
imports analysis, and analysis imports models, so the arrow from plots to models is not drawn. `tests/test_layers.py`
compares the picture with the imports.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / 'tests'))

from layers import FOLDERS, arrows

# folder: left edge, top edge, width
_PLACES = {
    'cli': (6, 6, 348),
    'homework': (6, 86, 168),
    'explore': (186, 86, 168),
    'plots': (6, 166, 228),
    'tasks': (246, 166, 108),
    'analysis': (6, 246, 108),
    'learning': (126, 246, 108),
    'models': (6, 326, 108),
    'core': (6, 406, 348),
}
_HEIGHT, _WIDTH, _BOTTOM = 46, 360, 458


def reduced(found: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The arrows without those that follow from others."""

    def reached(start: str, left_out: tuple[str, str]) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            here = ahead.pop()
            for a, b in found - {left_out}:
                if a == here and b not in seen:
                    seen.add(b)
                    ahead.append(b)
        return seen

    order = {folder: i for i, folder in enumerate(FOLDERS)}
    kept = [pair for pair in found if pair[1] not in reached(pair[0], pair)]
    return sorted(kept, key=lambda pair: (-order[pair[0]], order[pair[1]]))


def arrow(a: str, b: str) -> str:
    """An arrow from the lower edge of a to the upper edge of b: vertical where one stands over the other."""
    (left, top, width), (other_left, other_top, other_width) = _PLACES[a], _PLACES[b]
    middle, other_middle = left + width / 2, other_left + other_width / 2
    x = end = middle if width < other_width else other_middle
    if not (left < x < left + width and other_left < x < other_left + other_width):
        x = min(max(other_middle, left + 20), left + width - 20)
        end = min(max(middle, other_left + 20), other_left + other_width - 20)
    return (
        f'<line data-arrow="{a} {b}" x1="{x:g}" y1="{top + _HEIGHT}" x2="{end:g}" y2="{other_top - 8}" '
        'stroke="#33475b" stroke-width="1.8" marker-end="url(#head)"/>'
    )


def box(folder: str) -> str:
    """A folder with its import name."""
    left, top, width = _PLACES[folder]
    name = 'ratezoo' if folder == 'core' else f'ratezoo.{folder}'
    middle = left + width / 2
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_HEIGHT}" rx="7" fill="#e6f0f7" stroke="#33475b"/>'
        f'<text x="{middle:g}" y="{top + 20}" font-size="15" font-weight="600">{folder}/</text>'
        f'<text x="{middle:g}" y="{top + 37}" font-size="12">{name}</text>'
    )


def drawing() -> str:
    """The picture. It has a white ground, so it can be read in the light and in the dark theme."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_BOTTOM}" '
        f'viewBox="0 0 {_WIDTH} {_BOTTOM}" font-family="sans-serif" text-anchor="middle" fill="#14202b">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#33475b"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{_BOTTOM}" rx="9" fill="#ffffff"/>',
        *(arrow(a, b) for a, b in reduced(set(arrows()))),
        *(box(folder) for folder in FOLDERS),
        '</svg>',
    ]
    return '\n'.join(lines) + '\n'


if __name__ == '__main__':
    path = Path(__file__).with_suffix('.svg')
    path.write_text(drawing(), encoding='utf-8')
    sys.stdout.write(f'wrote {path}\n')

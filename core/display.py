"""How results show themselves: a line of text at the prompt, and a small picture beside it in a notebook."""

import base64
import html
import io
from typing import Any

import jax
import numpy as np


def of_numbers(values: Any) -> str:
    """A few numbers in full; of an array with more, its shape and range."""
    values = np.asarray(values)
    if values.size <= 4:
        return np.array2string(values, precision=4, separator=', ')
    if values.dtype.kind not in 'fiu':
        return f'{values.dtype.kind!r} of shape {values.shape}'
    return f'{values.shape} from {np.min(values):.4g} to {np.max(values):.4g}'


def of_tree(tree: Any) -> str:
    """An array, or a dict of arrays by name, in a line."""
    if isinstance(tree, dict):
        return ', '.join(f'{k} {of_numbers(v)}' for k, v in tree.items())
    return ', '.join(map(of_numbers, jax.tree_util.tree_leaves(tree)))


def as_html(text: str, figure: Any) -> str:
    """The text, and below it the matplotlib Figure as a small picture. The figure is closed."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format='png', dpi=60)
    plt.close(figure)
    picture = base64.b64encode(buffer.getvalue()).decode()
    return f'<pre>{html.escape(text)}</pre><img alt="{html.escape(text)}" src="data:image/png;base64,{picture}">'

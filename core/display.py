"""How networks and results show themselves: a line of text at the prompt; in a notebook also a table or a picture."""

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
        return ' '.join(np.array2string(values, precision=4, separator=', ').split())
    if values.dtype.kind not in 'fiu':
        return f'{values.dtype.kind!r} of shape {values.shape}'
    return f'{values.shape} from {np.min(values):.4g} to {np.max(values):.4g}'


def of_tree(tree: Any) -> str:
    """An array, or a dict of arrays by name, in a line."""
    if isinstance(tree, dict):
        return ', '.join(f'{k} {of_numbers(v)}' for k, v in tree.items())
    return ', '.join(map(of_numbers, jax.tree_util.tree_leaves(tree)))


_MOST_NAMES = 6  # of states and of parameters in one line


def of_network(net: Any) -> str:
    """A network in a line: 'SynapticRate(2 units, states I, r)', and the shapes of its parameters."""
    if 'sizes' not in vars(net):  # its constructor has not ended
        return f'{type(net).__name__}(not finished)'
    sizes = {s: net.sizes[s] for s in net.recorded if s in net.sizes}
    word = 'state' if len(sizes) == 1 else 'states'
    if len(set(sizes.values())) == 1:
        count = next(iter(sizes.values()))
        parts = [f'{count} {"unit" if count == 1 else "units"}', f'{word} {_listed(list(sizes))}']
    else:
        parts = [f'{word} {_listed([f"{s} ({n})" for s, n in sizes.items()])}']
    if net.batch_size is not None:
        parts.append(f'batch of {_batch_of(net)}')
    shapes = [f'{p} {_shape_of(net, p)}' for p in net.params]
    trained = f'; parameters {_listed(shapes)}' if shapes else ''
    return f'{type(net).__name__}({", ".join(parts)}{trained})'


def network_as_html(net: Any) -> str:
    """`of_network`, and below it a table of the constants: name, value, unit, meaning."""
    line = f'<code>{html.escape(of_network(net))}</code>'
    rows = [
        (name, of_numbers(getattr(net, name)), constant.unit, constant.meaning)
        for name, constant in net.constants.items()
        if 'sizes' in vars(net)
    ]
    cells = (''.join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in row) for row in rows)
    return line + (f'<table>{"".join(f"<tr>{row}</tr>" for row in cells)}</table>' if rows else '')


def _listed(names):
    """Some names in words; of many, the first ones."""
    more = ', …' if len(names) > _MOST_NAMES else ''
    return ', '.join(names[:_MOST_NAMES]) + more


def _batch_of(net):
    """The number of samples that the state holds."""
    return getattr(net, net.states[0]).shape[0]


def _shape_of(net, name):
    """The shape of a parameter; '?' if the constructor has not set it."""
    return getattr(getattr(net, name, None), 'shape', '?')


def as_html(text: str, figure: Any) -> str:
    """The text, and below it the matplotlib Figure as a small picture. The figure is closed."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format='png', dpi=60)
    plt.close(figure)
    picture = base64.b64encode(buffer.getvalue()).decode()
    return f'<pre>{html.escape(text)}</pre><img alt="{html.escape(text)}" src="data:image/png;base64,{picture}">'

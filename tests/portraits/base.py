"""The decorator `shows`: what the picture of a model must show; and `faults`: what no picture may have.

The check for a model in models/memory.py stands in tests/portraits/memory.py. A new file here is found because it is
there:

    @shows('Hopfield')
    def recall(fig, net, run):
        images = [ax for ax in fig.axes if ax.images]
        assert len(images) >= 4                                          # the cue, and steps of the recall
        assert np.array_equal(images[-1].images[0].get_array().ravel(), net.patterns[0])

tests/portraits/test_portraits.py draws the example of every model as `ratezoo simulate NAME --plot` does, and gives it
to the check of this model.
"""

import importlib
import itertools
import pkgutil
from pathlib import Path

import numpy as np
from matplotlib.legend import Legend
from matplotlib.text import Text

CHECKS = {}


def shows(*models):
    """Register the decorated function ``check(fig, net, run)`` for these models. It asserts what the picture shows."""

    def register(function):
        for model in models:
            assert model not in CHECKS, f'{model} has two checks'
            CHECKS[model] = function
        return function

    return register


def all_checks():
    """Import every family file of this folder; returns name of the model → its check."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name != 'base' and not module.name.startswith('test_'):
            importlib.import_module(f'{__package__}.{module.name}')
    return CHECKS


def axes_labelled(fig, label):
    """The axes whose label of x or y contains ``label``, or whose title does. There must be at least one."""
    found = [
        ax
        for ax in fig.axes
        if any(label in t for t in (ax.get_xlabel(), ax.get_ylabel(), ax.get_title(), ax.get_title(loc='left')))
    ]
    assert found, f'no axes are labelled {label!r}; there are {sorted({*map(str, labels(fig))})}'
    return found


def labels(fig):
    """Every text that the figure shows, but the numbers at the ticks."""
    ticks = {id(t) for ax in fig.axes for axis in (ax.xaxis, ax.yaxis) for t in _ticks(axis)}
    return [t.get_text() for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip() and id(t) not in ticks]


def faults(fig):
    """What is wrong with any picture that has it, as sentences; an empty list for a good picture.

    Texts that overlap each other or leave the figure, legends that lie on curves, axes without content or without
    labels.
    """
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()
    page = fig.bbox
    found, boxes = [], []
    for text in _visible_texts(fig):
        box = text.get_window_extent(renderer)
        if box.width < 1 or box.height < 1:
            continue
        boxes.append((text.get_text(), box))
        if box.x0 < page.x0 - 1 or box.y0 < page.y0 - 1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1:
            found.append(f'the text {text.get_text()!r} leaves the figure')
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if width > 1 and height > 1:
            found.append(f'the texts {one!r} and {two!r} overlap')
    for legend in fig.findobj(Legend):
        box = legend.get_window_extent(renderer)
        for ax in fig.axes:
            for line in ax.lines:
                if not line.get_visible() or line.get_transform() != ax.transData or len(line.get_xydata()) < 2:
                    continue
                path = line.get_path().interpolated(5) if len(line.get_xydata()) < 200 else line.get_path()
                points = ax.transData.transform(np.asarray(path.vertices, float))
                inside = ax.bbox.contains
                if any(box.contains(*p) and inside(*p) for p in points):
                    found.append(f'the legend of {[t.get_text() for t in legend.get_texts()]} lies on a curve')
                    break
    for ax in fig.axes:
        if ax.get_visible() and ax.axison and not ax.has_data():
            found.append(f'the axes {ax.get_ylabel()!r} {ax.get_title()!r} are empty')
    found += [f'the axis of {direction} has numbers but no label' for direction in 'xy' if _lacks_label(fig, direction)]
    return list(dict.fromkeys(found))


def _lacks_label(fig, direction):
    """Whether an axis shows ticks without a label: neither it, nor an axis that is shared or aligned, has one."""
    for ax in fig.axes:
        if not (ax.get_visible() and ax.axison) or ax.get_label() == '<colorbar>':
            continue
        axis = getattr(ax, f'{direction}axis')
        shared = getattr(ax, f'get_shared_{direction}_axes')().get_siblings(ax)
        aligned = [one for one in fig.axes if np.allclose(_span(one, direction), _span(ax, direction), atol=2)]
        told = any(getattr(one, f'get_{direction}label')().strip() for one in (*shared, *aligned))
        shows_ticks = any(t.get_visible() and t.get_text().strip() for t in axis.get_ticklabels())
        if axis.get_visible() and shows_ticks and not told:
            return True
    return False


def _span(ax, direction):
    """From where to where the axes reach along x or y, in pixels."""
    return getattr(ax.get_window_extent(), f'interval{direction}')


def _ticks(axis):
    return [*axis.get_ticklabels(which='major'), *axis.get_ticklabels(which='minor'), axis.get_offset_text()]


def _visible_texts(fig):
    """All texts that are drawn: those of hidden artists and of ticks outside the axes' limits are not."""
    for text in fig.findobj(Text):
        if text.get_visible() and text.get_text().strip() and _is_drawn(fig, text):
            yield text


def _is_drawn(fig, text):
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            ticks = [*axis.majorTicks, *axis.minorTicks]
            if any(text is t.label1 or text is t.label2 for t in ticks):
                if not (ax.get_visible() and ax.axison and axis.get_visible()):
                    return False
                low, high = sorted(axis.get_view_interval())
                margin = 1e-9 * (high - low)
                shown = axis.get_ticklabels(which='major') + axis.get_ticklabels(which='minor')
                place = next(t.get_loc() for t in ticks if text is t.label1 or text is t.label2)
                return text in shown and low - margin <= place <= high + margin
    return True

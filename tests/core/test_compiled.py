"""What compiled code has read is noticed when it changes, and where that can't be seen it counts as changed."""

import numpy as np

import ratezoo
from ratezoo import compiled
from ratezoo.compiled import ReadValues


class Holder:
    def __init__(self, value):
        self.value = value


def nested(levels, value):
    """A holder of a holder of … of ``value``, and the innermost one."""
    inner = outer = Holder(value)
    for _ in range(levels):
        outer = Holder(outer)
    return outer, inner


def test_a_change_is_seen_at_any_depth_that_is_searched():
    outer, inner = nested(4, 1.0)
    read = ReadValues([outer])
    assert read.complete
    assert not read.changed()
    inner.value = 2.0
    assert read.changed()


def test_a_search_that_is_cut_off_counts_as_changed():
    outer, inner = nested(60, 1.0)
    read = ReadValues([outer])
    assert not read.complete
    assert read.changed()
    inner.value = 2.0
    assert read.changed()


def test_so_does_one_with_too_many_places(monkeypatch):
    monkeypatch.setattr(compiled, '_MOST_READERS', 20)
    assert ReadValues([Holder(k) for k in range(50)]).changed()
    assert not ReadValues([Holder(k) for k in range(5)]).changed()


def test_no_model_of_the_zoo_is_cut_off():
    for name in ratezoo.zoo:
        net = ratezoo.zoo[name]()
        assert ReadValues([net], skip=getattr(net, 'NOT_READ', frozenset())).complete, name


def test_a_deep_change_compiles_a_run_again():
    """Deeper than the search: the run is right, at the price of compiling."""
    outer, inner = nested(60, 1.0)

    class Deep(ratezoo.LinearRNN):
        def F(self, r, params, x):
            at = outer
            while isinstance(at, Holder):
                at = at.value
            return super().F(r, params, x) + at

    runner = ratezoo.Runner(Deep(), progress_bar=False)
    before = runner.run(inputs=np.zeros(3))
    inner.value = 5.0
    runner.target.reset_state()
    assert not np.allclose(runner.run(inputs=np.zeros(3)), before)

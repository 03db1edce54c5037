"""The figure of a trained network: its parts, for every kind of target, and its title in words."""

from types import SimpleNamespace

import numpy as np
import pytest

from ratezoo import plots
from ratezoo.errors import ShapeError

HIGHER = SimpleNamespace(chance=0.5, criterion=0.95, higher_is_better=True)
LOWER = SimpleNamespace(chance=1.0, criterion=0.25, higher_is_better=False)


def data(figure):
    """Of each axes the drawn lines as arrays (points, 2)."""
    figure.draw_without_rendering()
    return [[line.get_xydata() for line in ax.lines] for ax in figure.axes]


@pytest.mark.parametrize(('outputs', 'shown'), [(1, 1), (3, 3), (5, 3)])
def test_a_trial_has_an_axes_for_each_output_up_to_three(rng, outputs, shown):
    y, o = rng.normal(size=(2, 12, outputs))
    drawn = data(plots.trained([3.0, 2.0], y, o))
    assert len(drawn) == 1 + shown
    assert np.array_equal(drawn[0][0], [[1, 3], [2, 2]])  # the learning curve
    for k in range(shown):
        target, output = drawn[1 + k]
        assert np.array_equal(target, np.stack([np.arange(1, 13), y[:, k]], 1))
        assert np.array_equal(output, np.stack([np.arange(1, 13), o[:, k]], 1))


def test_steps_without_weight_are_shaded():
    y = np.zeros((6, 1))
    alpha = np.array([0, 0, 0.5, 0.25, 0, 0.25])
    ax = plots.trained([1.0], y, y, alpha).axes[1]
    assert [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches] == [(0.5, 2.5), (4.5, 5.5)]
    assert not plots.trained([1.0], y, y).axes[1].patches


def test_the_title_says_what_was_reached_and_which_way_is_better():
    words = plots.trained([1.0], score=1.0, task=HIGHER, name='Net on FlipFlop').get_suptitle()
    assert words == 'Net on FlipFlop\nscore 1.00, goal ≥ 0.95, chance 0.50 (higher is better)'
    words = plots.trained([1.0], score=0.0247, task=LOWER).get_suptitle()
    assert words == 'score 0.025, goal ≤ 0.25, chance 1.00 (lower is better)'
    assert plots.trained([1.0]).get_suptitle() == ''


def test_classes_are_counted():
    y = np.eye(3)[[0, 0, 1, 2, 2, 2]]
    o = np.eye(3)[[0, 1, 1, 2, 2, 0]] + 0.1
    figure = plots.trained([1.0], y, o, fixed_points=True)
    counts = {t.get_position(): int(t.get_text()) for t in figure.axes[1].texts}  # (answer, class) → samples
    assert counts == {(0, 0): 1, (1, 0): 1, (1, 1): 1, (2, 2): 2, (0, 2): 1}


def test_other_fixed_points_are_drawn_over_their_targets(rng):
    y, o = rng.normal(size=(2, 20, 2))
    diagonal, *points = data(plots.trained([1.0], y, o, fixed_points=True))[1]
    assert np.array_equal(diagonal[:, 0], diagonal[:, 1])
    for k in range(2):
        assert np.array_equal(points[k], np.stack([y[:, k], o[:, k]], 1))


def test_without_a_target_there_is_the_learning_curve_alone():
    assert len(data(plots.trained([1.0, 0.5]))) == 1


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (dict(target=np.zeros(5), output=np.zeros(5)), r'trained\.target: expected an array \(T, n_out\)'),
        (dict(target=np.zeros((5, 1)), output=np.zeros((4, 1))), r'trained\.output: expected shape \(5, 1\)'),
        (dict(target=np.zeros((5, 1)), output=np.zeros((5, 1)), alpha=np.ones(4)), r'trained\.alpha: .* 5 steps'),
    ],
)
def test_shapes_that_do_not_fit_are_refused(arguments, told):
    with pytest.raises(ShapeError, match=told):
        plots.trained([1.0], **arguments)

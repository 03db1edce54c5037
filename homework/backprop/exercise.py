"""The exercise ``backprop``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class Backprop(ExerciseByParts):
    """Derive back-propagation as the adjoint of a two-layer network."""

    summary = 'Find the gradient of a two-layer network from its adjoint, by solving and by settling'
    summary_zh = '用伴随方程求两层网络的梯度：直接求解，以及让它自己稳定下来'
    blanks = ('v1 in solve', 'dv1 in update', 'dw1 and dw2 in gradients')
    class_name = 'TwoLayers'
    number = 5

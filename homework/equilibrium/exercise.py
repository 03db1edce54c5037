"""The exercise ``equilibrium``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class Equilibrium(ExerciseByParts):
    """Measure the gradient of a network at rest by nudging it: equilibrium propagation."""

    summary = 'Measure a gradient by two relaxations: equilibrium propagation'
    summary_zh = '用两次弛豫测量梯度：平衡传播'
    blanks = ('the nudge in update', 'dW_one in one_sided', 'dW_two in centred')
    class_name = 'Net'
    number = 8

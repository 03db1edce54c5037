"""The exercise ``oscillator``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class DrivenOscillatorByEuler(ExerciseByParts):
    """Integrate the driven oscillator m d²s/dt² = −k s + A cos t by Euler's method."""

    summary = "Integrate the driven oscillator by Euler's method"
    summary_zh = '用欧拉法积分受迫振子'
    blanks = ('ds and dv in derivatives', 's_new, v_new and t_new in update', 'slope in order')
    class_name = 'Oscillator'
    number = 3

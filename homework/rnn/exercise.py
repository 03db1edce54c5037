"""The exercise ``rnn``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from pathlib import Path
from typing import Any

from ratezoo.homework.exercise import ExerciseInFolder


class RNN(ExerciseInFolder):
    """Train a single rate neuron to generate a sequence, by RTRL."""

    summary = 'Train a single rate neuron to generate a sequence, by RTRL'
    summary_zh = '用 RTRL 训练单个发放率神经元来生成序列'
    blanks = ('p_w in update', 'dw and db in train')
    class_name = 'RNN'
    number = 1
    epochs = 10

    def check(self, file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
        """Judge p_w, dw and db; the given parts (r, p_b, ``reset_neuron``) must still be there."""
        from ratezoo.homework.rnn import judge

        return judge.check(file, seconds)

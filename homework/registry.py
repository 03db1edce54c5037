"""Which exercises there are. A new exercise is a folder beside this file and an entry here."""

from typing import NamedTuple

from ratezoo.errors import UnknownNameError


class Exercise(NamedTuple):
    """One exercise: its folder (the package ``ratezoo.homework.<name>``), and what it asks in one line."""
    name: str
    summary: str
    summary_zh: str
    blanks: tuple

    @property
    def package(self):
        return f'ratezoo.homework.{self.name}'


_EXERCISES = (
    Exercise('rnn', 'Train a single rate neuron to generate a sequence, by RTRL',
             '用 RTRL 训练单个发放率神经元来生成序列', ('p_w in update', 'dw and db in train')),
)
exercises = {e.name: e for e in _EXERCISES}


def find(name):
    """The exercise of that name."""
    if name not in exercises:
        raise UnknownNameError(f'homework: there is no exercise {name!r}. There are: {", ".join(exercises)}.')
    return exercises[name]

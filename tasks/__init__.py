"""Inputs, targets and small data sets. `tasks` maps name → class of the trajectory tasks, `datasets` of the data sets
for fixed points; list a new one there."""

from ratezoo.tasks.base import Task, Trials
from ratezoo.tasks.datasets import (
    MNIST,
    Digits,
    corrupted,
    datasets,
    digit_patterns,
    random_patterns,
    read_idx,
    rings,
    sliced_wasserstein,
    two_moons,
)
from ratezoo.tasks.decision import ContextIntegration, EvidenceIntegration
from ratezoo.tasks.environments import NeurogymTask
from ratezoo.tasks.generation import HomeworkSequence, MultiSine, SineGeneration
from ratezoo.tasks.memory import AddTask, DelayedCopy, FlipFlop
from ratezoo.tasks.sequence import homework_sequence

tasks = {t.__name__: t for t in (HomeworkSequence, SineGeneration, MultiSine, AddTask, DelayedCopy, FlipFlop,
                                 EvidenceIntegration, ContextIntegration, NeurogymTask)}

__all__ = [*tasks, 'Digits', 'MNIST', 'Task', 'Trials', 'corrupted', 'datasets', 'digit_patterns', 'homework_sequence',
           'random_patterns', 'read_idx', 'rings', 'sliced_wasserstein', 'tasks', 'two_moons']

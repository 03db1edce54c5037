"""Inputs, targets and small data sets. `tasks` maps name → class of the trajectory tasks; list a new one there."""

from ratezoo.tasks.base import Task, Trials
from ratezoo.tasks.decision import ContextIntegration, EvidenceIntegration
from ratezoo.tasks.environments import NeurogymTask
from ratezoo.tasks.generation import HomeworkSequence, MultiSine, SineGeneration
from ratezoo.tasks.memory import AddTask, DelayedCopy, FlipFlop
from ratezoo.tasks.sequence import homework_sequence

tasks = {t.__name__: t for t in (HomeworkSequence, SineGeneration, MultiSine, AddTask, DelayedCopy, FlipFlop,
                                 EvidenceIntegration, ContextIntegration, NeurogymTask)}

__all__ = [*tasks, 'Task', 'Trials', 'homework_sequence', 'tasks']

"""Inputs, targets and small data sets."""

from ratezoo.tasks.sequence import homework_sequence

__all__ = ['homework_sequence']

"""The course's exercises: hand-out, reference, checker. One folder an exercise; `registry.py` lists them."""

from ratezoo.homework.registry import exercises

__all__ = ['exercises']

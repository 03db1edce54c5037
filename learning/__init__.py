"""The rules: one rule (or close kin) a file. `rules` maps name → class."""

from ratezoo.learning.rtrl import RTRL

rules = {'RTRL': RTRL}

__all__ = ['RTRL', 'rules']

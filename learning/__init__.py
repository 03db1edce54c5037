"""The rules: one rule (or close kin) a file. `rules` maps name → class."""

from ratezoo.learning.bptt import BPTT
from ratezoo.learning.rtrl import RTRL

rules = {'RTRL': RTRL, 'BPTT': BPTT}

__all__ = ['BPTT', 'RTRL', 'rules']

"""The rules: one rule (or close kin) a file. `rules` maps name → class."""

from ratezoo.learning.bptt import BPTT
from ratezoo.learning.compare import Comparison, compare
from ratezoo.learning.deq import DeepEquilibrium
from ratezoo.learning.ep import AsymmetricEP, ContrastiveHebbian, EquilibriumPropagation, VectorFieldEP
from ratezoo.learning.eprop import RFLO, EProp
from ratezoo.learning.force import FORCE
from ratezoo.learning.implicit import AdjointDynamics, ImplicitGradient
from ratezoo.learning.kernl import KeRNL
from ratezoo.learning.kfrtrl import KFRTRL, RKF
from ratezoo.learning.rtrl import RTRL
from ratezoo.learning.score import DenoisingScoreMatching
from ratezoo.learning.snap import SnAp
from ratezoo.learning.uoro import UORO

rules = {'RTRL': RTRL, 'BPTT': BPTT, 'SnAp': SnAp, 'UORO': UORO, 'KFRTRL': KFRTRL, 'RKF': RKF, 'RFLO': RFLO,
         'EProp': EProp, 'KeRNL': KeRNL, 'FORCE': FORCE,
         'ImplicitGradient': ImplicitGradient, 'AdjointDynamics': AdjointDynamics,
         'EquilibriumPropagation': EquilibriumPropagation, 'ContrastiveHebbian': ContrastiveHebbian,
         'VectorFieldEP': VectorFieldEP, 'AsymmetricEP': AsymmetricEP, 'DeepEquilibrium': DeepEquilibrium,
         'DenoisingScoreMatching': DenoisingScoreMatching}

__all__ = [*rules, 'Comparison', 'compare', 'rules']

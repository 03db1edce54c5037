from ratezoo.learning.rtrl import *
from ratezoo.learning.bptt import *
from ratezoo.learning.snap import *
from ratezoo.learning.uoro import *
from ratezoo.learning.kfrtrl import *
from ratezoo.learning.eprop import *
from ratezoo.learning.kernl import *
from ratezoo.learning.force import *
from ratezoo.learning.implicit import *
from ratezoo.learning.ep import *
from ratezoo.learning.deq import *
from ratezoo.learning.score import *
from ratezoo.learning.comparison import Comparison as Comparison
from ratezoo.learning.comparison import RuleReport as RuleReport
from ratezoo.learning.comparison import compare as compare
from ratezoo.learning.fixed_point import FixedPointRule as FixedPointRule
from ratezoo.learning.history import History as History
from ratezoo.learning.online import OnlineRule as OnlineRule
from ratezoo.learning.rule import Rule as Rule
from ratezoo.learning.trajectory import TrajectoryRule as TrajectoryRule
from ratezoo.registry import Registry

rules: Registry[type[Rule]]

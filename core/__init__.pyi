from ratezoo import analysis as analysis
from ratezoo import capabilities as capabilities
from ratezoo import curves as curves
from ratezoo import errors as errors
from ratezoo import homework as homework
from ratezoo import learning as learning
from ratezoo import models as models
from ratezoo import plots as plots
from ratezoo import tasks as tasks
from ratezoo.analysis import *
from ratezoo.capabilities import *
from ratezoo.circuit import Circuit as Circuit
from ratezoo.constants import Constant as Constant
from ratezoo.errors import *
from ratezoo.example import Example as Example
from ratezoo.learning import *
from ratezoo.model import RateModel as RateModel
from ratezoo.models import *
from ratezoo.noise import OrnsteinUhlenbeck as OrnsteinUhlenbeck
from ratezoo.relaxation import FixedPoint as FixedPoint
from ratezoo.relaxation import Stability as Stability
from ratezoo.runner import Runner as Runner
from ratezoo.simulation import Run as Run
from ratezoo.simulation import simulate as simulate
from ratezoo.variables import ExtraVariable as ExtraVariable

__version__: str

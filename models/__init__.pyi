from ratezoo.models.linear import *
from ratezoo.models.rate import *
from ratezoo.models.reservoir import *
from ratezoo.models.ei import *
from ratezoo.models.lecture import *
from ratezoo.models.gated import *
from ratezoo.models.spiking import *
from ratezoo.models.reduction import *
from ratezoo.models.feedforward import *
from ratezoo.models.energy import *
from ratezoo.models.memory import *
from ratezoo.models.attractor import *
from ratezoo.models.diffusion import *
from ratezoo.models.field import *
from ratezoo.models.random_networks import *
from ratezoo.models.populations import *
from ratezoo.models.neural_masses import *
from ratezoo.models.multiarea import *
from ratezoo.models.oscillator import *
from ratezoo.model import RateModel
from ratezoo.models.reduction import reduce as reduce
from ratezoo.registry import Registry

zoo: Registry[type[RateModel]]

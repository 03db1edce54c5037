"""ratezoo: rate networks on BrainPy, and the rules that train them.

Public names are loaded when they are first used, so that ``import ratezoo`` and the command line stay quick.
"""

import importlib

_PLACES = {
    'Runner': 'ratezoo.runner',
    'RateModel': 'ratezoo.models.base',
    'FixedPoint': 'ratezoo.models.relaxation',
    'LinearRNN': 'ratezoo.models.linear',
    'RateRNN': 'ratezoo.models.rate',
    'Reservoir': 'ratezoo.models.reservoir',
    'EIRateRNN': 'ratezoo.models.ei',
    'ElmanRNN': 'ratezoo.models.lecture',
    'JordanRNN': 'ratezoo.models.lecture',
    'SequenceToOneRNN': 'ratezoo.models.lecture',
    'LSTM': 'ratezoo.models.gated',
    'GRU': 'ratezoo.models.gated',
    'SynapticRate': 'ratezoo.models.reduction',
    'FiringRate': 'ratezoo.models.reduction',
    'SynapticCurrent': 'ratezoo.models.reduction',
    'SpikingPopulation': 'ratezoo.models.spiking',
    'reduce': 'ratezoo.models.reduction',
    'FeedforwardRate': 'ratezoo.models.feedforward',
    'PenalisedPerceptron': 'ratezoo.models.feedforward',
    'LayeredEnergyModel': 'ratezoo.models.energy',
    'ConvolutionalEnergyModel': 'ratezoo.models.energy',
    'Hopfield': 'ratezoo.models.memory',
    'ContinuousHopfield': 'ratezoo.models.memory',
    'DenseAssociativeMemory': 'ratezoo.models.memory',
    'ModernHopfield': 'ratezoo.models.memory',
    'CANN1D': 'ratezoo.models.attractor',
    'CANN2D': 'ratezoo.models.attractor',
    'RingAttractor': 'ratezoo.models.attractor',
    'LineIntegrator': 'ratezoo.models.attractor',
    'ScoreDiffusion': 'ratezoo.models.diffusion',
    'RingModel': 'ratezoo.models.attractor',
    'EchoState': 'ratezoo.models.reservoir',
    'ChaoticRNN': 'ratezoo.models.random_networks',
    'LowRankRNN': 'ratezoo.models.random_networks',
    'WilsonCowan': 'ratezoo.models.populations',
    'StabilizedSupralinear': 'ratezoo.models.populations',
    'BalancedAmplification': 'ratezoo.models.populations',
    'WongWang': 'ratezoo.models.populations',
    'MontbrioPazoRoxin': 'ratezoo.models.populations',
    'TsodyksMarkram': 'ratezoo.models.populations',
    'JansenRit': 'ratezoo.models.populations',
    'DrivenOscillator': 'ratezoo.models.oscillator',
    'FitzHughNagumo': 'ratezoo.models.oscillator',
    'StuartLandau': 'ratezoo.models.oscillator',
    'Kuramoto': 'ratezoo.models.oscillator',
    'MultiAreaNetwork': 'ratezoo.models.multiarea',
    'Circuit': 'ratezoo.models.circuit',
    'Constant': 'ratezoo.models.circuit',
    'OrnsteinUhlenbeck': 'ratezoo.models.noise',
    'fixed_points': 'ratezoo.models.planes',
    'lyapunov_exponent': 'ratezoo.models.lyapunov',
    'simulate': 'ratezoo.simulation',
    'sweep': 'ratezoo.sweeps',
    'RTRL': 'ratezoo.learning.rtrl',
    'BPTT': 'ratezoo.learning.bptt',
    'SnAp': 'ratezoo.learning.snap',
    'UORO': 'ratezoo.learning.uoro',
    'KFRTRL': 'ratezoo.learning.kfrtrl',
    'RKF': 'ratezoo.learning.kfrtrl',
    'RFLO': 'ratezoo.learning.eprop',
    'EProp': 'ratezoo.learning.eprop',
    'KeRNL': 'ratezoo.learning.kernl',
    'FORCE': 'ratezoo.learning.force',
    'ImplicitGradient': 'ratezoo.learning.implicit',
    'AdjointDynamics': 'ratezoo.learning.implicit',
    'EquilibriumPropagation': 'ratezoo.learning.ep',
    'ContrastiveHebbian': 'ratezoo.learning.ep',
    'VectorFieldEP': 'ratezoo.learning.ep',
    'AsymmetricEP': 'ratezoo.learning.ep',
    'DeepEquilibrium': 'ratezoo.learning.deq',
    'DenoisingScoreMatching': 'ratezoo.learning.score',
    'History': 'ratezoo.learning.history',
    'RateZooError': 'ratezoo.errors',
    'ShapeError': 'ratezoo.errors',
    'InvalidValueError': 'ratezoo.errors',
    'UnknownNameError': 'ratezoo.errors',
    'CompositionError': 'ratezoo.errors',
    'NotAnEnergyModelError': 'ratezoo.errors',
    'NotConvergedError': 'ratezoo.errors',
    'DivergedError': 'ratezoo.errors',
    'SingularJacobianError': 'ratezoo.errors',
    'TooLargeError': 'ratezoo.errors',
    'CheckpointError': 'ratezoo.errors',
    'HomeworkError': 'ratezoo.errors',
}
_FOLDERS = ('errors', 'models', 'learning', 'tasks', 'plots', 'homework')

__all__ = ['__version__', *_PLACES, *_FOLDERS]


def __getattr__(name):
    if name in _PLACES:
        value = getattr(importlib.import_module(_PLACES[name]), name)
    elif name in _FOLDERS:
        value = importlib.import_module(f'ratezoo.{name}')
    elif name == '__version__':
        from importlib.metadata import version
        value = version('ratezoo')
    else:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)

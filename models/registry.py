"""Which models there are. Names no JAX, so that ``ratezoo list`` is quick; classes are imported when asked for."""

import importlib
from collections.abc import Mapping
from typing import NamedTuple

from ratezoo.errors import UnknownNameError


class Entry(NamedTuple):
    """One model of the zoo: where its class is, what kind of model, one line on it, and its source."""
    name: str
    module: str
    category: str
    summary: str
    reference: str

    @property
    def model(self):
        """The class itself."""
        return getattr(importlib.import_module(self.module), self.name)


class Zoo(Mapping):
    """Name → `Entry`."""

    def __init__(self, *entries):
        self._entries = {e.name: e for e in entries}

    def __getitem__(self, name):
        if name not in self._entries:
            raise UnknownNameError(f'zoo: there is no model {name!r}. There are: {", ".join(self._entries)}.')
        return self._entries[name]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)

    def __contains__(self, name):
        return name in self._entries


zoo = Zoo(
    Entry('LinearRNN', 'ratezoo.models.linear', 'trainable',
          'Linear rate network, dr/dt = -r + w r + b + x; one unit is the course\'s homework',
          'Dayan & Abbott 2001, sec. 7.4; Williams & Zipser 1989, doi:10.1162/neco.1989.1.2.270'),
    Entry('RateRNN', 'ratezoo.models.rate', 'trainable',
          'Recurrent rate network with inputs and a linear readout, tau dr/dt = -r + phi(W r + W_in x + b)',
          'Sompolinsky, Crisanti & Sommers 1988, doi:10.1103/PhysRevLett.61.259; Song, Yang & Wang 2016, '
          'doi:10.1371/journal.pcbi.1004792'),
    Entry('Reservoir', 'ratezoo.models.reservoir', 'trainable',
          'Chaotic random network whose trained output is fed back: what FORCE tames',
          'Sussillo & Abbott 2009, doi:10.1016/j.neuron.2009.07.018'),
    Entry('EIRateRNN', 'ratezoo.models.ei', 'trainable',
          'Excitatory and inhibitory rate units that keep Dale\'s law while they are trained',
          'Song, Yang & Wang 2016, doi:10.1371/journal.pcbi.1004792'),
    Entry('ElmanRNN', 'ratezoo.models.lecture', 'trainable',
          'Elman\'s network in discrete time, h = phi(W_hx x + W_hh h + b_h), o = W_qh h + b_q',
          'Elman 1990, doi:10.1207/s15516709cog1402_1'),
    Entry('JordanRNN', 'ratezoo.models.lecture', 'trainable',
          'Jordan\'s network in discrete time: the hidden units see the last output, h = phi(W_hx x + W_ho o + b_h)',
          'Jordan 1986, doi:10.1016/S0166-4115(97)80111-2'),
    Entry('SequenceToOneRNN', 'ratezoo.models.lecture', 'trainable',
          'Elman\'s network that is asked for one answer, at the end of the sequence',
          'Elman 1990, doi:10.1207/s15516709cog1402_1'),
    Entry('LSTM', 'ratezoo.models.gated', 'trainable',
          'Long short-term memory, the equations of BrainPy\'s cell, with a linear readout',
          'Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Gers, Schmidhuber & Cummins 2000, '
          'doi:10.1162/089976600300015015'),
    Entry('GRU', 'ratezoo.models.gated', 'trainable',
          'Gated recurrent unit, the equations of BrainPy\'s cell, with a linear readout',
          'Cho et al. 2014, doi:10.3115/v1/D14-1179'),
    Entry('SpikingPopulation', 'ratezoo.models.spiking', 'reduction',
          'Integrate-and-fire neurons with exponential synapses, sparse or dense; ratezoo.reduce gives its rate model',
          'Dayan & Abbott 2001, sec. 7.2; Brunel 2000, doi:10.1023/A:1008925309027'),
    Entry('SynapticRate', 'ratezoo.models.reduction', 'reduction',
          'Synapse and membrane as low-pass filters, tau_s dI/dt = -I + W r + x, tau_m dr/dt = -r + g(I)',
          'Dayan & Abbott 2001, sec. 7.2; Ermentrout 1994, doi:10.1162/neco.1994.6.4.679'),
    Entry('FiringRate', 'ratezoo.models.reduction', 'reduction',
          'Its limit of a quick synapse, tau_m dr/dt = -r + g(W r + x)',
          'Dayan & Abbott 2001, sec. 7.2; Wilson & Cowan 1972, doi:10.1016/S0006-3495(72)86068-5'),
    Entry('SynapticCurrent', 'ratezoo.models.reduction', 'reduction',
          'Its limit of a quick membrane, tau_s dI/dt = -I + W g(I) + x, r = g(I)',
          'Dayan & Abbott 2001, sec. 7.2; Hopfield 1984, doi:10.1073/pnas.81.10.3088'),
    Entry('FeedforwardRate', 'ratezoo.models.feedforward', 'fixed point',
          'Feedforward layers as dynamics: the fixed point is the perceptron\'s output, the adjoint back-propagation',
          'Scellier & Bengio 2019, doi:10.1162/neco_a_01160'),
    Entry('PenalisedPerceptron', 'ratezoo.models.feedforward', 'fixed point',
          'One hidden layer with an L2 penalty of its weights, whose gradient is worked by hand',
          'Zhang, Lipton, Li & Smola 2023, sec. 5.3, doi:10.48550/arXiv.2106.11342'),
    Entry('LayeredEnergyModel', 'ratezoo.models.energy', 'fixed point',
          'Layers that pull at each other in both directions, with an energy: for equilibrium propagation',
          'Scellier & Bengio 2017, doi:10.3389/fncom.2017.00024'),
    Entry('ConvolutionalEnergyModel', 'ratezoo.models.energy', 'fixed point',
          'Convolutional layers with an energy and a dense layer of outputs: for equilibrium propagation on images',
          'Laborieux et al. 2021, doi:10.3389/fnins.2021.633674'),
    Entry('Hopfield', 'ratezoo.models.memory', 'memory',
          'Units of +-1 with symmetric weights; Hebb, Storkey and pseudo-inverse storage, one after another or at once',
          'Hopfield 1982, doi:10.1073/pnas.79.8.2554; Amit, Gutfreund & Sompolinsky 1985, '
          'doi:10.1103/PhysRevLett.55.1530'),
    Entry('ContinuousHopfield', 'ratezoo.models.memory', 'memory',
          'Hopfield\'s network of graded units, tau du/dt = -u + W tanh(beta u) + x',
          'Hopfield 1984, doi:10.1073/pnas.81.10.3088'),
    Entry('DenseAssociativeMemory', 'ratezoo.models.memory', 'memory',
          'A steeper energy that separates more patterns than there are units',
          'Krotov & Hopfield 2016, doi:10.48550/arXiv.1606.01164'),
    Entry('ModernHopfield', 'ratezoo.models.memory', 'memory',
          'Continuous states and exponentially many patterns; its step is attention, r <- X^T softmax(beta X r)',
          'Ramsauer et al. 2021, doi:10.48550/arXiv.2008.02217'),
    Entry('LineIntegrator', 'ratezoo.models.attractor', 'attractor',
          'The oculomotor integrator: feedback that nearly cancels the leak, time constant tau/(1 - w)',
          'Seung 1996, doi:10.1073/pnas.93.23.13339'),
    Entry('RingAttractor', 'ratezoo.models.attractor', 'attractor',
          'The head-direction ring, whose bump a velocity signal turns by the derivative of the weights',
          'Zhang 1996, doi:10.1523/JNEUROSCI.16-06-02112.1996; Ben-Yishai, Bar-Or & Sompolinsky 1995, '
          'doi:10.1073/pnas.92.9.3844'),
    Entry('CANN1D', 'ratezoo.models.attractor', 'attractor',
          'A bump on a ring of features that rests anywhere and follows a cue, with divisive inhibition',
          'Amari 1977, doi:10.1007/BF00337259; Wu, Hamaguchi & Amari 2008, doi:10.1162/neco.2008.10-06-378'),
    Entry('CANN2D', 'ratezoo.models.attractor', 'attractor',
          'The same on a sheet that is closed both ways',
          'Fung, Wong & Wu 2009, doi:10.48550/arXiv.0910.1520'),
    Entry('ScoreDiffusion', 'ratezoo.models.diffusion', 'diffusion',
          'An energy for every level of noise; run downhill with noise, from pure noise, it samples what it learned',
          'Song & Ermon 2019, doi:10.48550/arXiv.1907.05600; Song et al. 2021, doi:10.48550/arXiv.2011.13456'),
    Entry('EchoState', 'ratezoo.models.reservoir', 'trainable',
          'Random network in discrete time whose linear readout is learned by regression; it echoes past inputs',
          'Jaeger & Haas 2004, doi:10.1126/science.1091277'),
    Entry('ChaoticRNN', 'ratezoo.models.random_networks', 'circuit',
          'Random network that turns chaotic at a gain of 1',
          'Sompolinsky, Crisanti & Sommers 1988, doi:10.1103/PhysRevLett.61.259'),
    Entry('LowRankRNN', 'ratezoo.models.random_networks', 'circuit',
          'Random network with low-rank structure: an overlap above 1 makes it active along a direction',
          'Mastrogiuseppe & Ostojic 2018, doi:10.1016/j.neuron.2018.07.003'),
    Entry('RingModel', 'ratezoo.models.attractor', 'circuit',
          'Orientation tuning from modulated coupling, which appears at J2 = 2',
          'Ben-Yishai, Bar-Or & Sompolinsky 1995, doi:10.1073/pnas.92.9.3844'),
    Entry('WilsonCowan', 'ratezoo.models.populations', 'population',
          'Excitatory and inhibitory population: limit cycle, hysteresis',
          'Wilson & Cowan 1972, doi:10.1016/S0006-3495(72)86068-5'),
    Entry('StabilizedSupralinear', 'ratezoo.models.populations', 'population',
          'Power-law units that inhibition stabilises at strong input; paradoxical response',
          'Ahmadian, Rubin & Miller 2013, doi:10.1162/NECO_a_00472'),
    Entry('BalancedAmplification', 'ratezoo.models.populations', 'population',
          'Linear excitation and inhibition that amplify a difference into a sum without slowing',
          'Murphy & Miller 2009, doi:10.1016/j.neuron.2009.02.005'),
    Entry('WongWang', 'ratezoo.models.populations', 'population',
          'Two populations compete for a decision: choices, reaction times',
          'Wong & Wang 2006, doi:10.1523/JNEUROSCI.3733-05.2006'),
    Entry('MontbrioPazoRoxin', 'ratezoo.models.populations', 'population',
          'Rate and mean voltage of infinitely many quadratic integrate-and-fire neurons, exactly',
          'Montbrio, Pazo & Roxin 2015, doi:10.1103/PhysRevX.5.021028'),
    Entry('TsodyksMarkram', 'ratezoo.models.populations', 'population',
          'Recurrent synapses that tire and facilitate: bursts of the whole population',
          'Tsodyks, Pawelzik & Markram 1998, doi:10.1162/089976698300017502; Cortes et al. 2013, '
          'doi:10.1073/pnas.1316071110'),
    Entry('JansenRit', 'ratezoo.models.populations', 'population',
          'A cortical column whose EEG is the alpha rhythm',
          'Jansen & Rit 1995, doi:10.1007/BF00199471'),
    Entry('MultiAreaNetwork', 'ratezoo.models.multiarea', 'circuit',
          'Copies of any local circuit, coupled through a connectome with a delay for each connection',
          'Deco, Jirsa, McIntosh, Sporns & Kotter 2009, doi:10.1073/pnas.0901831106; Cakan, Jajcay & Obermayer 2023, '
          'doi:10.1007/s12559-021-09931-9'),
    Entry('DrivenOscillator', 'ratezoo.models.oscillator', 'oscillator',
          'Mass on a driven spring, m s\'\' = -k s - c s\' + A cos(omega t): the first example',
          'Landau & Lifshitz 1976, doi:10.1016/C2009-0-25569-3'),
    Entry('FitzHughNagumo', 'ratezoo.models.oscillator', 'oscillator',
          'An excitable neuron in two variables',
          'FitzHugh 1961, doi:10.1016/S0006-3495(61)86902-6'),
    Entry('StuartLandau', 'ratezoo.models.oscillator', 'oscillator',
          'Normal form of a Hopf bifurcation, with the amplitude sqrt(a)',
          'Kuramoto 1984, doi:10.1007/978-3-642-69689-3'),
    Entry('Kuramoto', 'ratezoo.models.oscillator', 'oscillator',
          'Phase oscillators that synchronise above K = 2 gamma',
          'Kuramoto 1984, doi:10.1007/978-3-642-69689-3; Strogatz 2000, doi:10.1016/S0167-2789(00)00094-4'),
)

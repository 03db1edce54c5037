"""The exercise ``reduction``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class FromSpikesToRates(ExerciseByParts):
    """Filter spikes by a synapse, replace them by rates, and derive the firing-rate model and the current model."""

    summary = 'From spikes to rates: a synaptic filter, and two limits of a network'
    summary_zh = '从脉冲到发放率：突触滤波器，以及网络的两种极限'
    blanks = ('I_new in synapse', 'dr in firing_rate_model', 'dI in current_model')
    class_name = 'RateNetwork'
    number = 2

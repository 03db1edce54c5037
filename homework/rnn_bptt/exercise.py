"""The exercise ``rnn-bptt``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class LinearRecurrentNetwork(ExerciseByParts):
    """The gradients of a linear RNN in discrete time, and why they vanish or explode."""

    summary = 'Write the gradients of a linear RNN; see them vanish and explode'
    summary_zh = '写出离散时间线性 RNN 的梯度，并观察梯度消失与梯度爆炸'
    blanks = ('dW_qh in readout_gradient', 'dh in backward', 'dW_hh and dW_hx in recurrent_gradients')
    class_name = 'RNN'
    number = 7

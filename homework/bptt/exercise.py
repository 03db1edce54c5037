"""The exercise ``bptt``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class BackPropagationThroughTime(ExerciseByParts):
    """Train the rate neuron of the homework by BPTT, and see that the result is that of RTRL."""

    summary = 'Train the same neuron by BPTT, and see that RTRL gives the same'
    summary_zh = '用时间反向传播（BPTT）训练同一个神经元，并看到它与 RTRL 结果相同'
    blanks = ('v in adjoint', 'dw and db in train')
    class_name = 'RNN'
    number = 4
    epochs = 10

"""The exercise ``perceptron``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class Perceptron(ExerciseByParts):
    """Derive the gradient of a perceptron with an L2 penalty."""

    summary = 'Derive the gradient of a perceptron with an L2 penalty, and train it'
    summary_zh = '推导带 L2 惩罚的感知机的梯度，并训练它'
    blanks = ('s in penalty', 'dW2 in gradient_W2', 'dW1 in gradient_W1')
    class_name = 'Perceptron'
    number = 6
    epochs = 1000

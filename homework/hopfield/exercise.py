"""The exercise ``hopfield``: ``reference.py`` holds its solution, and ``judge.py`` says what is right."""

from ratezoo.homework.exercise import ExerciseByParts


class HopfieldNetwork(ExerciseByParts):
    """Store patterns in a Hopfield network, recall them, and store too many."""

    summary = 'Store pictures in a Hopfield network, recall them, and exceed its capacity'
    summary_zh = '在 Hopfield 网络中存储、回忆图像，并超出它的容量'
    blanks = ('W in store', 's_new in update', 'E in energy')
    class_name = 'Hopfield'
    number = 9

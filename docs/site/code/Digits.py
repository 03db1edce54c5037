import numpy as np

from ratezoo import plots
from ratezoo.tasks import tasks

x, y, _ = tasks['Digits']().trials()
shown = np.array([x[y.argmax(1) == digit][:6] for digit in range(10)])  # (10, 6, 64)
figure = plots.patterns(2 * shown.transpose(1, 0, 2) - 1, titles=[str(digit) for digit in range(10)])

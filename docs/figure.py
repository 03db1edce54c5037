"""Draws docs/homework.png, the README's figure.

python docs/figure.py
"""

from pathlib import Path

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt

from ratezoo import plots
from ratezoo.homework.rnn import reference


def main():
    result = reference.run()
    figure = plt.figure(figsize=(9, 3.2), layout='constrained')
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.15])
    plots.before_and_after(result.y, result.before, result.after, ax=left.subplots())
    plots.traces(result.monitors, ['r', 'p_w', 'p_b'], ax=right.subplots(3, 1, sharex=True))
    figure.savefig(Path(__file__).with_name('homework.png'), dpi=110)


if __name__ == '__main__':
    main()

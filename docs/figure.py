"""Draws docs/homework.png, the README's figure.

python docs/figure.py
"""

from pathlib import Path

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as plt
import numpy as np

from ratezoo import plots
from ratezoo.homework.rnn import reference


def main():
    result = reference.run()
    figure = plt.figure(figsize=(9, 3.2), layout='constrained')
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.15])
    panels = [left.subplots(), *right.subplots(3, 1, sharex=True)]
    reference.before_and_after(result, panels[0])
    plots.traces(reference.from_the_start(result), ['r', 'p_w', 'p_b'], ax=panels[1:])
    for panel in panels:
        panel.set_xticks(np.linspace(0, 1, 6))
    figure.savefig(Path(__file__).with_name('homework.png'), dpi=110)


if __name__ == '__main__':
    main()

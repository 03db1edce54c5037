"""The code of each figure of the gallery, as its page shows it. The figure is made by exactly this code.

The figures of rules, and some others, have a file of their own in code/.
"""

from pathlib import Path

from ratezoo.learning import rules
from ratezoo.models import zoo
from ratezoo.tasks import tasks

CODE = Path(__file__).parent / 'code'
SAVE = "figure.savefig('{name}.png', dpi=150)\n"
OPTIONS = {'AddTask': 'T=50', 'FlipFlop': 'T=60'}  # of the task in its figure, which would be too dense without them
NO_FIGURE = ('MNIST', 'NeurogymTask')  # they need files or a package that not everybody has


def of_model(name):
    """The example of a model: what `ratezoo simulate NAME --plot NAME.png` runs and draws."""
    example = zoo[name].example
    settings = [f'**ratezoo.{name}.example.settings'] if example.settings else []
    if 'seed' not in example.settings:
        settings.append('seed=0')
    lines = ['import ratezoo', 'from ratezoo import plots', '', f'net = ratezoo.{name}({", ".join(settings)})']
    if example.start is not None:
        lines.append('net.reset_state(r0=net.example.start(net))')
    transient = 'transient=net.example.transient' if example.transient else ''
    lines += [f'run = ratezoo.simulate(net{", " if transient else ""}{transient})', 'figure = plots.portrait(net, run)']
    return '\n'.join(lines) + '\n' + SAVE.format(name=name)


def of_file(name):
    """The code in code/NAME.py."""
    return (CODE / f'{name}.py').read_text(encoding='utf-8') + SAVE.format(name=name)


def of_task(name):
    """One trial of a task."""
    if (CODE / f'{name}.py').is_file():
        return of_file(name)
    return TRIAL.format(name=name, options=OPTIONS.get(name, '')) + SAVE.format(name=name)


def all_codes():
    """Name of a model, a rule or a task → the code of its figure."""
    codes = {name: of_model(name) for name in zoo}
    codes |= {name: of_file(name) for name in rules}
    return codes | {name: of_task(name) for name in tasks if name not in NO_FIGURE}


def command_of_model(name):
    return f'ratezoo simulate {name} --plot {name}.png'


TRIAL = """\
import matplotlib.pyplot as plt
import numpy as np

from ratezoo.tasks import tasks

task = tasks['{name}']({options})
x, y, alpha = task.trials(1, seed=0)
steps = np.arange(1, len(alpha) + 1)
figure, axes = plt.subplots(2, 1, figsize=(6.4, 4), sharex=True, layout='constrained')
for ax, values, label in zip(axes, (x[0], y[0]), ('input $x$', 'target $y$'), strict=True):
    offset = 1.3 * np.ptp(values) if values.shape[1] > 1 else 0.0  # several curves stand one above the other
    for k, column in enumerate(values.T):
        ax.axhline(-k * offset, color='0.8', linewidth=0.8, zorder=0)  # zero
        ax.step(steps, column - k * offset, where='mid', label=str(k + 1))
    ax.set_ylabel(label)
    if offset:
        ax.set_yticks([-k * offset for k in range(values.shape[1])], range(1, values.shape[1] + 1))
    ax.spines[['top', 'right']].set_visible(False)
    ax.fill_between(steps, 0, 1, where=alpha == 0, step='mid', transform=ax.get_xaxis_transform(), color='0.92')
axes[1].set_xlabel('step $t$ (grey: no weight in the loss)' if (alpha == 0).any() else 'step $t$')
"""

"""Each figure is shown once: by a notebook that draws it, and by ``plt.show()`` in a script."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from ratezoo import plots

SETUP = """
import matplotlib.pyplot as plt
import numpy as np
import ratezoo
from ratezoo import plots

class Net(ratezoo.RTRL, ratezoo.LinearRNN):
    pass

mon = {'ts': np.arange(3.0), 'r': np.ones((3, 2)), 'v': np.ones((3, 2))}
net = ratezoo.WilsonCowan()
run = ratezoo.simulate(net, 20.0)
history = Net().fit(np.ones(4), np.ones(4), 3, progress=False)
"""
ONE_PICTURE = [
    "plots.traces(mon, 'r')",
    "plots.traces(mon, ['r', 'v'])",
    "figure = plots.traces(mon, ['r', 'v'])",
    "figure = plots.traces(mon, ['r', 'v'])\nfigure",
    'plots.input_and_target([1.0, 2.0], [3.0, 4.0])',
    'plots.before_and_after([1.0, 2.0], [3.0, 4.0], [5.0, 6.0])',
    'plots.learning_curve([3.0, 1.0])',
    'plots.portrait(net, run)',
    'history.plot()',
    'ax = history.plot()',
    'plots.patterns(np.ones((2, 4)))',
    'plots.phase_plane(ratezoo.FitzHughNagumo(), points=21)',
    'figure',  # drawn in an earlier cell
]
# Each public figure as the last value of a cell. Some calls draw two figures, and the second is the value.
EACH = """
import sys
sys.path[:0] = {folders!r}
from test_drawing import drawings
draws = drawings(np.random.default_rng(0))
"""


@pytest.mark.once
@pytest.mark.slow
def test_a_notebook_shows_each_figure_once(tmp_path, monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'module://matplotlib_inline.backend_inline')  # the tests run with Agg
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    here = Path(__file__).parent
    expected = dict.fromkeys(ONE_PICTURE, 1)
    expected[EACH.format(folders=[str(here), str(here.parent)])] = 0
    for name in plots.__all__:
        cell = f'drawn = draws[{name!r}]()\ndrawn[-1] if isinstance(drawn, tuple) else drawn'
        expected[cell] = 2 if name in ('landscape', 'phase_plane', 'portrait', 'reduction') else 1
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (SETUP, *expected)])
    NotebookClient(notebook, timeout=300).execute()
    shown = {c.source: sum('image/png' in o.get('data', {}) for o in c.outputs) for c in notebook.cells[1:]}
    assert shown == expected


@pytest.mark.slow
def test_a_script_can_show_its_figures():
    script = "plots.traces({'ts': [0.0, 1.0], 'r': [[1.0], [2.0]]}, ['r']); print(plt.get_fignums()); plt.show()"
    done = subprocess.run(
        [sys.executable, '-c', f'import matplotlib.pyplot as plt; from ratezoo import plots; {script}'],
        capture_output=True,
        text=True,
        env={**os.environ, 'MPLBACKEND': 'Agg'},
    )
    assert done.stdout.split() == ['[1]']


def test_without_the_inline_backend_a_figure_is_displayed_as_usual():
    figure = plots.traces({'ts': np.arange(2.0), 'r': np.ones((2, 1))}, ['r'])
    assert plt.fignum_exists(figure.number)
    with pytest.raises(NotImplementedError):
        figure._ipython_display_()

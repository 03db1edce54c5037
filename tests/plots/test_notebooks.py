"""Each figure is shown once: by a notebook that draws it, and by ``plt.show()`` in a script."""

import os
import subprocess
import sys

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


@pytest.mark.slow
def test_a_notebook_shows_each_figure_once(tmp_path, monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'module://matplotlib_inline.backend_inline')  # the tests run with Agg
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (SETUP, *ONE_PICTURE)])
    NotebookClient(notebook, timeout=300).execute()
    for cell in notebook.cells[1:]:
        pictures = [o for o in cell.outputs if 'image/png' in o.get('data', {})]
        assert len(pictures) == 1, cell.source


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

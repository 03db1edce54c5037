"""The lectures in docs/notebooks: both languages agree, every cell runs, and what the text says of it is true."""

import importlib.util
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / 'docs' / 'notebooks'
SPEC = importlib.util.spec_from_file_location('run_lectures', FOLDER / 'run.py')
lectures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(lectures)

# A statement of a cell, not of a function in it, that draws a figure.
DRAWS = re.compile(r'^(?!def |\s).*?(rz\.plots\.|plt\.(subplots|figure)\(|\.plot\(|show\()', re.M)
MOST_LINES = 21

# What the text says of the numbers of a lecture. This code runs in the lecture's kernel, after its last cell.
SAID = {
    'spikes-to-rates': """
assert np.allclose(measured[:3], formula[:3], rtol=0.05) and np.allclose(measured, formula, rtol=0.2)
for error in errors.values():
    assert 0.9 < np.polyfit(np.log(ratio[:4]), np.log(error[:4]), 1)[0] < 1.1 and error[-1] > 0.5
assert np.allclose(r_full, r_rate, atol=1e-6) and np.allclose(r_full, r_current, atol=1e-6)
for part in (slice(500, 1000), slice(1500, 2000)):
    assert np.isclose(np.mean(both.spiking['rate'][part]), np.mean(both.predicted['r'][part]), rtol=0.04)
rise = slice(1000, 1200)  # the neurons respond earlier than the model
assert np.mean(both.spiking['rate'][rise]) > np.mean(both.predicted['r'][rise]) + 1
fast_synapse, fast_membrane = three_models(1.0, 10.0), three_models(10.0, 1.0)
for (full, rates, currents), better, worse in ((fast_synapse, 1, 2), (fast_membrane, 2, 1)):
    off = [np.abs(model - full).max() for model in (full, rates, currents)]
    assert off[better] < 0.3 * off[worse]
""",
    'homework-watched': """
assert np.abs(p_w - difference_w).max() < 1e-8 and np.abs(p_b - difference_b).max() < 1e-8
assert np.allclose(p_b, dt * steps)
assert losses[0] > 1 and losses[10] < 0.05 * losses[0] and surface.min() < losses[210] < losses[10]
distance = [np.hypot(w - w_grid[best], b - b_grid[best]) for w, b in path]
assert distance[10] > 0.5 * distance[0] and losses[10] > 3 * surface.min()
assert np.isclose(-eta * np.mean(error_before * p_w), first_dw(x, y)[0])
assert 2.4 < np.median(factors) < 2.55
assert 0.03 < trapped / exact - 1 < 0.04 and 0.95 < slope < 1.05
assert np.median(times['bp.DSRunner'][1:]) > 5 * np.median(times['rz.Runner'][1:])
assert np.isclose(notebook['w'], 0.85) and float(pw.value[0]) == 0
""",
    'fixed-points': """
assert np.allclose(slope_of_r, 1 / (1 - ws) ** 2, atol=1e-7)
assert 1.95 < slope < 2.05 and min(errors) < 1e-9 and errors[-1] > 3 * min(errors)
stable, unstable = runs['stable'], runs['unstable']
r, v = float(stable['r'][-1, 0]), float(stable['v'][-1, 0])
assert abs(r - 0.96) < 0.005 and abs(v - (r - 0.5) / (1 - 2 * (1 - r**2))) < 0.01
assert (unstable['r'] == 0).all() and abs(unstable['v'][-1, 0]) > 1e3
assert all(np.linalg.norm(implicit[k] - g) < 1e-9 * np.linalg.norm(g) for k, g in backprop.items())
assert (J[np.triu_indices(15, 1)] == 0).all() and (np.diag(J) == -1).all()
assert reached[3] < reached[2] < reached[1]
""",
    'equilibrium-propagation': """
assert (np.diff(free['E']) < 1e-12).all()
assert abs(nudged['r'][-1, 6] - y[0]) > abs(free['r'][-1, 6] - y[0])
for (name, curve), power in zip(curves.items(), (1, 2, 4)):
    assert abs(np.polyfit(np.log(lams[2:6]), np.log(curve[2:6]), 1)[0] - power) < 0.05, name
steps_of_log = np.diff(np.log(circle)) / np.diff(points)
assert (steps_of_log < -0.5).all() and steps_of_log.min() > 2 * steps_of_log.max()
assert off_by_rule['VectorFieldEP'][-1] > 0.5 and max(off_by_rule['AsymmetricEP']) < 1e-5
assert caught[0].category is rz.errors.InaccurateGradientWarning
assert np.allclose(*(h.loss for h in histories.values()), rtol=1e-2) and histories['exact gradient'].loss[-1] < 1e-3
product_of_inputs = np.outer(side, side)  # the four quadrants
assert (output * product_of_inputs)[np.abs(product_of_inputs) > 0.1].min() > 0
""",
    'rtrl-and-bptt': """
assert all(np.linalg.norm(by_rtrl[k] - g) < 1e-12 * np.linalg.norm(g) for k, g in by_bptt.items())
assert np.isclose(terms.sum(), p[-1], rtol=1e-10) and np.abs(terms[:15]).max() < 0.1 * np.abs(terms).max()
exponent = lambda costs, at: np.polyfit(np.log(at), np.log(costs[:, 1]), 1)[0]
assert exponent(over_n['RTRL'], ns) > 2 and exponent(over_n['BPTT'], ns) < 1.5
assert abs(exponent(over_T['RTRL'], Ts)) < 0.1 and exponent(over_T['BPTT'], Ts) > 0.8
assert over_n['RTRL'][-1, 0] > 3 * over_n['BPTT'][-1, 0]
assert np.isclose(size[0] / size[-1], 0.9**59)
""",
    'zoo': """
assert E.max() - E.min() > 0.1 and 0.5 < rhythmic.min() < 1.25
assert 8 < frequency[power.argmax()] < 13
assert exponents[0.5] < -0.3 and exponents[2.5] > 0.05
assert [p.kind for p in rz.fixed_points(net, limits=(-3, 3))] == ['unstable node']
""",
    'choosing-a-rule': """
assert accepts('RTRL', 'LinearRNN') and not accepts('EquilibriumPropagation', 'RateRNN')
assert not accepts('RFLO', 'LinearRNN') and not accepts('FORCE', 'LinearRNN')
for name in ('RTRL', 'BPTT'):
    assert result[name].relative_mse < 1e-20
assert np.allclose(result['RTRL'].loss, result['BPTT'].loss) and result['RTRL'].memory > 2 * result['BPTT'].memory
for name in ('SnAp', 'RFLO'):
    assert result[name].memory < result['BPTT'].memory and result[name].loss[-1] < 0.8 * result[name].loss[0]
    assert 0.5 < result[name].cosine[0] < 0.99 and result['UORO'].relative_mse > 1.5 * result[name].relative_mse
assert abs(result['UORO'].bias) < 0.5  # it is random
assert max(settled['ContrastiveHebbian'].cosine) < 0.999
assert settled['ContrastiveHebbian'].loss[-1] < 0.3 * settled['ContrastiveHebbian'].loss[0]
""",
}


def cells(name, language, kind):
    return [cell.source for cell in lectures.read(name, language).cells if cell.cell_type == kind]


def headings(name, language):
    return [len(marks) for text in cells(name, language, 'markdown') for marks in re.findall(r'^(#+) ', text, re.M)]


def equations(name, language):
    return [
        ' '.join(e.split())
        for text in cells(name, language, 'markdown')
        for e in re.findall(r'\$\$.*?\$\$', text, re.S)
    ]


def test_the_list_of_lectures_is_that_of_the_files():
    expected = {name + suffix for name in lectures.NAMES for suffix in lectures.SUFFIXES.values()}
    assert {p.name for p in FOLDER.glob('*.md')} - {'README.md', 'README.zh.md'} == expected
    assert set(SAID) == set(lectures.NAMES)
    for page, suffix in (('README.md', '.md'), ('README.zh.md', '.zh.md')):
        links = re.findall(r'^\| \d \| \[[^]]*\]\(([^)]*)\)', (FOLDER / page).read_text(encoding='utf-8'), re.M)
        assert links == [name + suffix for name in lectures.NAMES]


@pytest.mark.parametrize('name', lectures.NAMES)
def test_both_languages_have_the_same_cells(name):
    english, chinese = (lectures.read(name, language) for language in ('en', 'zh'))
    assert [c.cell_type for c in english.cells] == [c.cell_type for c in chinese.cells]
    assert cells(name, 'en', 'code') == cells(name, 'zh', 'code')
    assert headings(name, 'en') == headings(name, 'zh')
    assert equations(name, 'en') == equations(name, 'zh')
    assert '## Try it' in english.cells[-1].source
    assert '## 动手试试' in chinese.cells[-1].source
    asked = [len(re.findall(r'^\d\. ', n.cells[-1].source, re.M)) for n in (english, chinese)]
    assert asked[0] == asked[1]
    assert 2 <= asked[0] <= 4


@pytest.mark.parametrize('name', lectures.NAMES)
def test_sources_hold_no_outputs_and_no_long_cells(name):
    for language, suffix in lectures.SUFFIXES.items():
        assert 'outputs' not in (FOLDER / (name + suffix)).read_text(encoding='utf-8').split('---')[1]
        for cell in lectures.read(name, language).cells:
            assert not cell.get('outputs')
            assert cell.cell_type != 'code' or len(cell.source.splitlines()) <= MOST_LINES, cell.source


@pytest.mark.slow
@pytest.mark.parametrize('name', lectures.NAMES)
def test_it_runs_and_what_it_says_is_true(name, tmp_path, monkeypatch):
    """English stands for both languages, because the code is the same."""
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    notebook = lectures.read(name)
    written = len(notebook.cells)
    notebook.cells.append(lectures.nbformat.v4.new_code_cell(SAID[name]))
    lectures.execute(notebook, name)
    for number, cell in enumerate(notebook.cells[:written], 1):
        if cell.cell_type == 'code' and DRAWS.search(cell.source):
            kinds = [kind for output in cell.outputs for kind in output.get('data', {})]
            assert 'image/png' in kinds, f'{name}, cell {number} shows no figure:\n{cell.source}'


@pytest.mark.slow
def test_a_failing_cell_and_a_warning_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv('JUPYTER_RUNTIME_DIR', str(tmp_path))
    new, code = lectures.nbformat.v4.new_notebook, lectures.nbformat.v4.new_code_cell
    for bad, told in (('1 / 0', 'cell 2: ZeroDivisionError'), ("import warnings; warnings.warn('!')", 'cell 2 writes')):
        with pytest.raises(RuntimeError, match=told):
            lectures.execute(new(cells=[code('1'), code(bad)]), 'test')

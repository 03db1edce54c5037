"""The live figures: their numbers against scipy, their words, their size, and what the sliders change in a browser."""

import json
import re
import shutil
import sys
from importlib import import_module
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from claims.populations import cycle as cycle_by_scipy
from claims.populations import wilson_cowan
from scipy.integrate import solve_ivp
from scipy.optimize import approx_fprime, brentq, root

pytest.importorskip('plotly', reason='the site needs the extra docs')
pytest.importorskip('sphinx', reason='the site needs the extra docs')
SITE = Path(__file__).parents[2] / 'docs' / 'site'
sys.path.insert(0, str(SITE))
build, live, WORDS = import_module('build'), import_module('live'), import_module('live_words').WORDS

FIGURES = ('homework', 'cycle', 'hysteresis', 'nudging', 'recall')
TAU = 8.0  # ms, the time constants of WilsonCowan
HYSTERESIS = dict(c=(12.0, 4.0, 13.0, 11.0), a=(1.2, 1.0), theta=(2.8, 4.0))  # of Wilson and Cowan's Fig. 4


@pytest.fixture(scope='session')
def folder(tmp_path_factory):
    """The scripts of the figures, as a build of the site writes them; from its cache, if it was built."""
    folder = tmp_path_factory.mktemp('live')
    live.write(folder, build.BUILD / 'live' / build.code_hash())
    return folder


@pytest.fixture(scope='session')
def figures(folder):
    texts = {name: (folder / f'{name}.js').read_text(encoding='utf-8') for name in FIGURES}
    return {name: json.loads(text[text.index(' = ') + 3 : -2]) for name, text in texts.items()}


def values(figure, k=0):
    return [float(v) for v in figure['sliders'][k]['values']]


def test_both_languages_say_the_same():
    for kind, words in WORDS.items():
        assert words['en'].keys() == words['zh'].keys(), kind
        for key, text in words['en'].items():
            assert sorted(re.findall(r'\{\d\}', text)) == sorted(re.findall(r'\{\d\}', words['zh'][key])), (kind, key)


def test_the_figures_on_the_page_are_those_that_are_computed():
    for page in ('live.md', 'live.zh.md'):
        text = (SITE.parent / 'learn' / page).read_text(encoding='utf-8')
        assert tuple(re.findall(r'```\{live\} (\w+)', text)) == FIGURES == tuple(live.FIGURES)


@pytest.mark.slow
def test_sizes_and_sentences(folder, figures):
    for name, figure in figures.items():
        assert 10_000 < (folder / f'{name}.js').stat().st_size < 500_000, name
        frames = figure['frames'] if isinstance(figure['frames'][0], dict) else [*chain(*figure['frames'])]
        assert len(frames) == np.prod([len(s['values']) for s in figure['sliders']])
        for frame in frames:
            for key, *numbers in frame['say']:
                assert len(numbers) == len(re.findall(r'\{\d\}', figure['words']['en'][key])), (name, key)


# ---- the homework ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_homework_against_scipy_and_the_closed_form(figures):
    figure = figures['homework']
    ts = np.arange(len(figure['exact']['r'][0])) * figure['grid']
    for k, w in enumerate(values(figure)):
        a = w - 1
        r = (np.e + 1 / a) * np.exp(a * ts) - 1 / a if a else np.e + ts
        p_b = np.expm1(a * ts) / a if a else ts
        p_w = solve_ivp(
            lambda t, y, a=a: [a * y[0] + 1, a * y[1] + y[0]], (0, ts[-1]), [np.e, 0], t_eval=ts, rtol=1e-10, atol=1e-12
        ).y[1]
        for name, expected in (('r', r), ('p_w', p_w), ('p_b', p_b)):
            np.testing.assert_allclose(figure['exact'][name][k], expected, rtol=6e-4, atol=1e-9)


@pytest.mark.slow
def test_homework_against_a_loop(figures):
    figure = figures['homework']
    for i, w in enumerate(values(figure)):
        for j, dt in enumerate(values(figure, 1)):
            frame, rows = figure['frames'][i][j], [(np.e, 0.0, 0.0)]
            for _ in range(len(frame['r']) - 1):
                r, p_w, p_b = rows[-1]
                rows.append(
                    (r + dt * ((w - 1) * r + 1), p_w + dt * ((w - 1) * p_w + r), p_b + dt * ((w - 1) * p_b + 1))
                )
            r, p_w, p_b = np.transpose(rows)
            for name, expected in (('r', r), ('p_w', p_w), ('p_b', p_b), ('d_w', p_w), ('d_b', p_b)):
                near_zero = 1e-8 * np.abs(expected).max()
                np.testing.assert_allclose(frame[name], expected, rtol=6e-4, atol=near_zero)
            factor = round(1 + dt * (w - 1), 9)
            kind = 'unstable' if factor < -1 else 'edge' if factor == -1 else 'alternating' if factor < 0 else 'smooth'
            assert frame['say'][2][0] == kind


# ---- Wilson and Cowan ------------------------------------------------------------------------------------------------


def field(name, P):
    """The printed equations at the input P, with the time in ms."""
    constants = HYSTERESIS if name == 'hysteresis' else {}
    return lambda y: np.array(wilson_cowan(y, [0.0], P=P, tau=(TAU, TAU), **constants))


def fixed_points_by_scipy(F):
    found = []
    for start in np.stack(np.meshgrid(np.linspace(-0.05, 0.55, 13), np.linspace(-0.05, 0.55, 13)), -1).reshape(-1, 2):
        with np.errstate(over='ignore'):  # far away, where a start may lead
            result = root(F, start, tol=1e-12)
        inside = (result.x > -0.05).all() and (result.x < 0.55).all()
        if result.success and inside and not any(np.abs(result.x - p).max() < 1e-4 for p in found):
            found.append(result.x)
    return sorted(found, key=lambda p: p[0])


def growth(F, point):
    """The largest real part of the eigenvalues of the Jacobian, by finite differences."""
    return np.linalg.eigvals(approx_fprime(point, F, 1e-7)).real.max()


@pytest.mark.slow
@pytest.mark.parametrize('name', ['cycle', 'hysteresis'])
def test_fixed_points_against_scipy(figures, name):
    figure = figures[name]
    for P, frame in list(zip(values(figure), figure['frames'], strict=True))[::4]:
        F = field(name, P)
        expected = fixed_points_by_scipy(F)
        assert len(frame['points']) == len(expected), P
        for (E, I, stable), point in zip(frame['points'], expected, strict=True):
            assert np.abs(point - [E, I]).max() < 1e-4
            assert stable == (growth(F, point) < 0)


@pytest.mark.slow
@pytest.mark.parametrize('name', ['cycle', 'hysteresis'])
def test_runs_against_scipy(figures, name):
    figure = figures[name]
    k = figure['sliders'][0]['start']
    F, frame = field(name, values(figure)[k]), figure['frames'][k]
    for path in frame['paths']:
        ts = np.arange(len(path[0]))
        run = solve_ivp(lambda t, y: F(y), (0, ts[-1]), np.array(path)[:, 0], t_eval=ts, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(path, run.y, atol=2e-4)


@pytest.mark.slow
def test_the_cycle_and_its_ends(figures):
    figure = figures['cycle']
    period, low, high = cycle_by_scipy()
    said = figure['frames'][values(figure).index(1.25)]['say'][0]
    assert said[0] == 'cycle'
    np.testing.assert_allclose([float(v) for v in said[1:]], [TAU * period, low, high], rtol=1e-3, atol=6e-4)

    def rate(P):  # of a small deviation from the fixed point of the upper branch
        F = field('cycle', P)
        return growth(F, fixed_points_by_scipy(F)[-1])

    hopf = brentq(rate, 1.6, 2.2, xtol=1e-4)
    oscillates = [P for P, frame in zip(values(figure), figure['frames'], strict=True) if frame['orbit']]
    assert 0 <= hopf - max(oscillates) < 0.026
    assert 1.075 < min(oscillates) < 1.126  # below, a stable and an unstable fixed point have appeared together
    stable = [P for P, frame in zip(values(figure), figure['frames'], strict=True) if frame['points'][0][2]]
    assert max(P for P in stable if P < 1.5) < min(oscillates)
    assert min(P for P in stable if P > 1.5) > max(oscillates)


@pytest.mark.slow
def test_hysteresis_has_two_ends_where_two_fixed_points_are_stable(figures):
    figure, counts = figures['hysteresis'], []
    for frame in figure['frames']:
        stable = [E for E, _, is_stable in frame['points'] if is_stable]
        low, high = (end[0] for end in frame['ends'])
        assert np.abs([low - stable[0], high - stable[-1]]).max() < 1e-3
        counts.append(len(stable))
    assert counts[0] == counts[-1] == 1
    assert max(counts) == 2


# ---- equilibrium propagation and Hopfield ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(('scheme', 'order'), [('one_sided', 1), ('centred', 2), ('holomorphic', 4)])
def test_order_of_the_error(figures, scheme, order):
    lams, errors = np.array(values(figures['nudging'])), np.array(figures['nudging']['errors'][scheme])
    use = (lams >= 0.02) & (lams <= 0.1)
    assert abs(np.polyfit(np.log(lams[use]), np.log(errors[use]), 1)[0] - order) < 0.1


@pytest.mark.slow
def test_the_nudged_output_moves_in_proportion_to_a_small_nudge(figures):
    figure, moved = figures['nudging'], {}
    for lam, frame in zip(values(figure), figure['frames'], strict=True):
        moved[lam] = frame['nudged'][-1][-1] - figure['free'][-1][-1]
    assert moved[0.01] < 0
    assert figure['free'][-1][-1] < figure['target']
    assert abs(moved[0.02] / moved[0.01] - 2) < 0.05


@pytest.mark.slow
def test_recall(figures):
    figure, pixels = figures['recall'], lambda text: np.array([1 if c == '1' else -1 for c in text])
    letter = pixels(figure['frames'][0]['hebb'])
    assert (pixels(figure['cue']) != letter).mean() == 0.2
    assert figure['capacity'] == pytest.approx(0.138 * letter.size)
    for k, frame in enumerate(figure['frames']):
        for name in ('hebb', 'pseudo'):
            assert figure['overlap'][name][k] == pytest.approx(pixels(frame[name]) @ letter / letter.size, abs=1e-3)
    loads, mean = np.array(values(figure)) / letter.size, np.array(figure['mean'])
    assert mean[loads <= 0.1].min() > 0.97
    assert mean[loads >= 0.2].max() < 0.6


# ---- in a browser ----------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="{lang}" data-theme="light"><head><meta charset="utf-8"><title>live</title>
<link rel="stylesheet" href="live.css"><style>html {{ --pst-color-text-base: #222832; --pst-color-text-muted: #48566b;
--pst-color-background: #fff; --pst-color-border: #d1d5da; }} html[data-theme=dark] {{ --pst-color-text-base: #ced6dd;
--pst-color-background: #14181e; }}</style>{scripts}</head><body><main><h1>live</h1>{figures}</main></body></html>"""


@pytest.fixture(scope='module')
def open_page(folder):
    """A function that opens the figures in Chromium, from a file; without a server."""
    sync_api = pytest.importorskip('playwright.sync_api', reason='playwright is not installed')
    chromium = shutil.which('chromium') or shutil.which('google-chrome')
    if chromium is None:
        pytest.skip('there is no Chromium')
    for name in ('live.js', 'live.css'):
        shutil.copy2(SITE / 'static' / name, folder)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=['--no-sandbox'])

        def open_page(lang='en', width=1000):
            names = ('plotly.min', *FIGURES, 'live')
            scripts = ''.join(f'<script defer src="{name}.js"></script>' for name in names)
            places = ''.join(f'<div class="live" data-live="{name}"></div>' for name in FIGURES)
            (folder / f'{lang}.html').write_text(
                PAGE.format(lang=lang, scripts=scripts, figures=places), encoding='utf-8'
            )
            page = browser.new_page(viewport={'width': width, 'height': 900})
            page.wrong = []
            page.on('pageerror', lambda error: page.wrong.append(str(error)))
            page.on('console', lambda m: page.wrong.append(m.text) if m.type in ('error', 'warning') else None)
            page.on(
                'request', lambda r: None if r.url.startswith(('file:', 'data:', 'blob:')) else page.wrong.append(r.url)
            )
            page.goto((folder / f'{lang}.html').as_uri())
            page.wait_for_function('document.querySelectorAll(".js-plotly-plot").length === 15', timeout=60_000)
            return page

        yield open_page
        browser.close()


def drawn(page, figure):
    """What the panels of a figure show: the coordinates of all traces, and the lines."""
    return page.evaluate(
        """k => JSON.stringify([...document.querySelectorAll('.live')[k].querySelectorAll('.js-plotly-plot')]
             .map(p => [p.data.map(t => [t.x, t.y, t.z]), p.layout.shapes]))""",
        figure,
    )


def move(page, slider, index):
    page.evaluate(
        '([id, k]) => { const i = document.getElementById(id); i.value = k; i.dispatchEvent(new Event("input")); }',
        [slider, index],
    )
    page.evaluate('() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))')


def text(page, figure):
    return page.locator('.live-text').nth(figure).inner_text()


@pytest.mark.slow
@pytest.mark.parametrize(('lang', 'width'), [('en', 1000), ('zh', 390)])
def test_each_slider_changes_the_picture_and_the_text(open_page, figures, lang, width):
    page = open_page(lang, width)
    sliders = [(k, j, s) for k, name in enumerate(FIGURES) for j, s in enumerate(figures[name]['sliders'])]
    assert page.locator('input[type=range]').count() == len(sliders) == 6
    for figure, j, slider in sliders:
        before, said = drawn(page, figure), text(page, figure)
        handle = page.locator(f'#live-{figure}-{j}')
        assert page.locator(f'label[for=live-{figure}-{j}]').inner_text() == slider['name'][lang]
        handle.focus()
        handle.press('Home')
        page.wait_for_timeout(100)
        assert drawn(page, figure) != before
        assert text(page, figure) != said
        value = f'{slider["symbol"]} = {slider["values"][0]}'.replace('-', '−')
        assert handle.get_attribute('aria-valuetext') == value
        assert value in text(page, figure)
        first = drawn(page, figure)
        handle.press('ArrowRight')
        page.wait_for_timeout(100)
        assert drawn(page, figure) != first
    assert page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    assert page.locator('.modebar-btn').count() == 0
    assert page.wrong == []
    page.close()


@pytest.mark.slow
def test_the_diamond_remembers_where_it_was(open_page, figures):
    page, P = open_page(), [float(v) for v in figures['hysteresis']['sliders'][0]['values']]
    move(page, 'live-2-0', P.index(0.0))
    assert 'the network is now at E = 0.000' in text(page, 2)
    move(page, 'live-2-0', P.index(0.5))
    move(page, 'live-2-0', P.index(0.0))
    assert 'the network is now at E = 0.440' in text(page, 2)
    move(page, 'live-2-0', P.index(-0.5))
    move(page, 'live-2-0', P.index(0.0))
    assert 'the network is now at E = 0.000' in text(page, 2)
    page.close()


@pytest.mark.slow
def test_the_hopf_bifurcation_in_picture_and_text(open_page, figures):
    page, P = open_page(), [float(v) for v in figures['cycle']['sliders'][0]['values']]
    filled = """() => { const p = document.querySelectorAll('.live')[1].querySelector('.js-plotly-plot').data.at(-1);
                return p.marker.color.map(c => c === p.marker.line.color); }"""
    move(page, 'live-1-0', P.index(1.85))
    assert 'limit cycle with the period' in text(page, 1)
    assert 'unstable focus' in text(page, 1)
    assert page.evaluate(filled) == [False]
    move(page, 'live-1-0', P.index(1.95))
    assert 'come to rest' in text(page, 1)
    assert ': stable focus' in text(page, 1)
    assert page.evaluate(filled) == [True]
    page.close()


@pytest.mark.slow
def test_the_theme_changes_the_colours_at_once(open_page):
    page = open_page()
    colour = "() => document.querySelector('.js-plotly-plot').layout.font.color"
    assert page.evaluate(colour) == '#222832'
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"({colour})() === '#ced6dd'")
    assert page.wrong == []
    page.close()

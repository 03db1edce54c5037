"""The page in a browser: what a user does, what then changes, and what the console says.

RATEZOO_CHROMIUM names the browser, if it is not in its usual place. RATEZOO_AXE is the path of axe.min.js (the npm
package axe-core); without it the check for people with a disability is skipped.
"""

import json
import os
import shutil
import threading
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('dash', reason='the page needs dash')
api = pytest.importorskip('playwright.sync_api', reason='the browser test needs playwright')

CHROMIUM = os.environ.get('RATEZOO_CHROMIUM') or next(
    filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome', 'chrome'))), None
)
AXE = os.environ.get('RATEZOO_AXE')
DRAWN = """() => {
    const graphs = [...document.querySelectorAll('.js-plotly-plot')];
    return graphs.length > 0 && graphs.every((g) => g.data && g.data.length > 0);
}"""
SECONDS = 1000 * 120  # a model is compiled when its page opens


@pytest.fixture(scope='module')
def address():
    from ratezoo.explore.server import make

    server = make()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()


@pytest.fixture(scope='module')
def browser():
    if CHROMIUM is None:
        pytest.skip('there is no Chromium on this computer; RATEZOO_CHROMIUM may name one')
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox'])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Opens a path; at the end no console has told an error, and no page has asked another host."""
    contexts, told = [], []

    def open_path(path, **options):
        context = browser.new_context(**{'viewport': {'width': 1280, 'height': 900}, **options})
        context.set_default_timeout(SECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on('console', lambda m: told.append(m.text) if m.type == 'error' else None)
        page.on('pageerror', lambda e: told.append(str(e)))
        page.on('request', lambda r: None if r.url.startswith((address, 'data:', 'blob:')) else told.append(r.url))
        page.goto(address + path)
        page.wait_for_selector('main h1')
        if path != '/':
            page.wait_for_function(DRAWN)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert told == []


def figure(page, name):
    """The data of a figure: name of the curve → its x and y."""
    text = page.evaluate(
        """(name) => JSON.stringify(document.querySelector(`figure.${name} .js-plotly-plot`).data.map(
            (d) => [d.name, Array.from(d.x || []), Array.from(d.y || [])]))""",
        name,
    )
    return {curve: (x, y) for curve, x, y in json.loads(text)}


def slider(page, name, kind='slider'):
    return page.locator(f'[id=\'{{"log":false,"name":"{name}","type":"{kind}"}}\']')


def wait_for_change(page, name, before):
    page.wait_for_function(
        """([name, before]) => JSON.stringify(document.querySelector(`figure.${name} .js-plotly-plot`).data.map(
            (d) => [d.name, Array.from(d.x || []), Array.from(d.y || [])])) !== before""",
        arg=[name, before],
    )


def as_text(page, name):
    return page.evaluate(
        """(name) => JSON.stringify(document.querySelector(`figure.${name} .js-plotly-plot`).data.map(
            (d) => [d.name, Array.from(d.x || []), Array.from(d.y || [])]))""",
        name,
    )


def test_a_visit(open_page, tmp_path, monkeypatch):
    page = open_page('/', permissions=['clipboard-read', 'clipboard-write'])
    page.fill('#model', 'FitzHughNagumo')
    page.press('#model', 'Enter')
    page.wait_for_selector('h1:text-is("FitzHughNagumo")')
    page.wait_for_function(DRAWN)

    for name, keys in (('a', 3), ('b', 2), ('tau', 4), ('I', 5), ('x', 2)):
        before, number = as_text(page, 'traces'), slider(page, name, 'number').input_value()
        slider(page, name).focus()
        for _ in range(keys):
            page.keyboard.press('ArrowRight')
        wait_for_change(page, 'traces', before)
        assert float(slider(page, name, 'number').input_value()) > float(number)

    before, box = as_text(page, 'plane'), page.locator('figure.plane .nsewdrag').first.bounding_box()
    page.mouse.click(box['x'] + 0.75 * box['width'], box['y'] + 0.25 * box['height'])
    wait_for_change(page, 'plane', before)
    low, high = page.evaluate("document.querySelector('figure.plane .js-plotly-plot').layout.xaxis.range")
    page.wait_for_timeout(500)
    assert figure(page, 'plane')['start'][0][0] == pytest.approx(low + 0.75 * (high - low), abs=0.02 * (high - low))

    I = slider(page, 'I', 'number').input_value()
    page.select_option('#select-lang', 'zh')
    page.wait_for_selector('h2:text-is("设置")')
    page.wait_for_function(DRAWN)
    assert page.evaluate('document.documentElement.lang') == 'zh'
    assert slider(page, 'I', 'number').input_value() == I  # the language changes, the values stay
    assert '轨迹' in figure(page, 'plane')

    page.locator('button.copy').first.click()
    page.wait_for_selector('button.copy:text-is("已复制")')
    code = page.evaluate('navigator.clipboard.readText()')
    assert f'I={I}' in code
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(code, names)
    v = figure(page, 'traces')['v']
    assert v[1][-1] == pytest.approx(names['run']['v'][-1, 0], rel=1e-3, abs=1e-3)

    page.click('#reset')
    page.wait_for_function("(field) => field.value === '0.5'", arg=slider(page, 'I', 'number').element_handle())
    page.wait_for_function('(field) => Number(field.value) === 0.5', arg=slider(page, 'I').element_handle())


def test_bad_values_and_two_windows(open_page):
    first, second = (open_page('/model/StuartLandau') for _ in range(2))
    untouched = as_text(second, 'traces')
    for value, told in (('text', "got 'text'"), ('1e300', 'blew up'), ('NaN', 'got nan'), ('', "got ''")):
        slider(first, 'a', 'number').fill(value)
        slider(first, 'a', 'number').press('Enter')
        first.wait_for_function("(told) => document.querySelector('#message').textContent.includes(told)", arg=told)
    before = as_text(first, 'traces')
    slider(first, 'a', 'number').fill('0.49')
    slider(first, 'a', 'number').press('Enter')
    wait_for_change(first, 'traces', before)
    first.wait_for_function("document.querySelector('#message').textContent === ''")
    u = figure(first, 'traces')['u'][1]
    assert max(u[len(u) // 2 :]) == pytest.approx(0.7, abs=0.02)  # the amplitude is √a
    assert as_text(second, 'traces') == untouched


def test_an_unknown_model_and_an_unknown_page(open_page):
    page = open_page('/')
    page.fill('#model', 'WilsonCowen')
    page.press('#model', 'Enter')
    page.wait_for_selector('#message:has-text("Did you mean \'WilsonCowan\'")')
    page = open_page('/')
    page.evaluate("window.dash_clientside.set_props('url', {pathname: '/nowhere'})")
    page.wait_for_selector('#message:has-text("There is no such page.")')


@pytest.mark.parametrize('width', [390, 1280])
@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('path', ['/', '/model/WilsonCowan', '/model/RateRNN', '/sequence', '/nudge', '/rules'])
def test_the_page_fits_and_everyone_can_use_it(open_page, path, scheme, width):
    page = open_page(path, viewport={'width': width, 'height': 900}, color_scheme=scheme, bypass_csp=True)
    page.wait_for_timeout(500)
    assert page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') == 0
    if not AXE:
        pytest.skip('RATEZOO_AXE is not set: the path of axe.min.js, from the npm package axe-core')
    page.evaluate(Path(AXE).read_text(encoding='utf-8'))
    found = page.evaluate('axe.run()')['violations']
    assert [(v['id'], v['nodes'][0]['html']) for v in found if v['impact'] in ('serious', 'critical')] == []

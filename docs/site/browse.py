"""Open every page of the built site in Chromium, and look for what a visitor would stumble over.

    python docs/site/build.py && python docs/site/browse.py --axe node_modules/axe-core/axe.min.js
    python docs/site/browse.py en/gallery zh/learn      # only the pages whose address begins so

Each page is opened at 1280 pixels in the light theme and at 390 pixels in the dark one; with --all, both widths in
both themes. Told are: errors in the console, requests that fail or that go to another host, formulas and pictures that
are not drawn, what is wider than the page, raw LaTeX, and, with --axe, the serious faults that axe-core finds (on the
two screens in turn; with --all on each). Then the search, the switch of the language and a copy button are used. Status
1 if anything was found.

Needs playwright, from the extra test, and Chromium or Chrome.
"""

import argparse
import http.server
import shutil
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

SITE = Path(__file__).resolve().parent
HTML = SITE.parent / '_build' / 'html'
# Colours depend on the theme alone and the layout on the width alone, so that two screens show all; --all takes four.
SCREENS = [(1280, 'light'), (390, 'dark')]
ALL = [*SCREENS, (1280, 'dark'), (390, 'light')]
LOOK = (SITE / 'look.js').read_text(encoding='utf-8')
AXE = """async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
  const {violations} = await axe.run(document, {runOnly, resultTypes: ['violations']});
  return violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `axe ${v.id} (${v.nodes.length} ×): ${v.nodes[0].html.slice(0, 150)}`);
}"""


def browser_of(playwright):
    """Chromium or Chrome of this machine, or playwright's own."""
    path = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome', 'chrome'))), None)
    return playwright.chromium.launch(executable_path=path, args=['--no-sandbox'])


def leaves(request):
    """Whether a page was left before it was complete, as the entrance is, which leads to a language."""
    return request.is_navigation_request() and request.failure == 'net::ERR_ABORTED'


def listen(page, base, told):
    """Write down what goes wrong while a page is open."""
    page.on('console', lambda m: told.append(f'console: {m.text}') if m.type == 'error' else None)
    page.on('pageerror', lambda e: told.append(f'script: {e}'))
    page.on('requestfailed', lambda r: None if leaves(r) else told.append(f'request failed: {r.url}'))
    page.on('response', lambda r: told.append(f'status {r.status}: {r.url}') if r.status >= 400 else None)
    page.on(
        'request',
        lambda r: None if r.url.startswith((base, 'data:', 'blob:')) else told.append(f'outside request: {r.url}'),
    )


def look(base, axe, screens, paths):
    """(address, fault) for everything that is wrong with these pages."""
    from playwright.sync_api import sync_playwright

    faults = []
    with sync_playwright() as playwright:
        browser = browser_of(playwright)
        page = browser.new_page(reduced_motion='reduce')
        told = []
        listen(page, base, told)
        for number, path in enumerate(paths):
            page.goto(base + quote(path), wait_until='load')
            page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(i => i.loading = 'eager')")
            page.wait_for_function('[...document.images].every((image) => image.complete)')
            if axe:
                page.evaluate(axe)
            for k, (width, theme) in enumerate(screens):
                page.set_viewport_size({'width': width, 'height': 900})
                page.emulate_media(color_scheme=theme)
                page.wait_for_timeout(100)
                with_axe = axe and (k == number % len(screens) or screens == ALL)
                found = page.evaluate(LOOK) + (page.evaluate(AXE) if with_axe else [])
                faults += [(f'{path} at {width} px, {theme}', fault) for fault in found]
            faults += [(path, fault) for fault in told]
            told.clear()
        browser.close()
    return faults


def use(base):
    """Use the site as a visitor does; returns what did not work."""
    from playwright.sync_api import sync_playwright

    faults = []

    def expect(right, fault):
        if not right:
            faults.append(('used', fault))

    with sync_playwright() as playwright:
        browser = browser_of(playwright)
        context = browser.new_context(permissions=['clipboard-read', 'clipboard-write'])
        page = context.new_page()
        told = []
        listen(page, base, told)
        for language, query, title in (
            ('en', 'Wong–Wang', 'WongWang'),
            ('en', 'p_w', 'homework'),
            ('zh', '平衡传播', '平衡传播'),
            ('zh', 'p_w', ''),
        ):
            page.goto(f'{base}{language}/index.html')
            page.keyboard.press('Control+k')
            page.locator('input[name=q]:visible').first.fill(query)
            page.keyboard.press('Enter')
            page.wait_for_url('**/search.html*')
            page.wait_for_function("document.querySelector('.search-summary')?.textContent")  # the search has ended
            page.wait_for_load_state('networkidle')
            results = page.locator('ul.search li a').all_text_contents()
            print(f'search for {query}: {len(results)} pages, the first of them: {", ".join(results[:3])}')
            expect(
                any(title.lower() in result.lower() for result in results), f'search for {query} gives {results[:8]}'
            )
        page.goto(f'{base}en/notebooks/homework-watched.html')
        page.locator('a.language-switch:visible').first.click()
        page.wait_for_url('**/zh/notebooks/homework-watched.html')
        expect(page.locator('html').get_attribute('lang') == 'zh-CN', 'the switch leads to a page that is not Chinese')
        page.locator('a.language-switch:visible').first.click()
        page.wait_for_url('**/en/notebooks/homework-watched.html')
        block = page.locator('div.highlight').first
        block.hover()
        block.locator('button.copybtn').click()
        copied = page.evaluate('navigator.clipboard.readText()')
        expect(copied.strip() == block.locator('pre').inner_text().strip(), f'the copy button copied {copied[:80]!r}')
        page.set_viewport_size({'width': 390, 'height': 800})
        page.locator('button.primary-toggle').first.click()
        expect(page.locator('a.language-switch:visible').count() > 0, 'a phone has no language switch')
        faults += [('used', fault) for fault in told]
        browser.close()
    return faults


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and is silent."""

    def log_message(self, *args):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pages', nargs='*', help='beginnings of addresses; default: all pages, and the site is used')
    parser.add_argument('--axe', type=Path, help='the file axe.min.js of the npm package axe-core')
    parser.add_argument('--all', action='store_true', help='both widths in both themes')
    arguments = parser.parse_args()
    paths = [path.relative_to(HTML).as_posix() for path in sorted(HTML.rglob('*.html')) if '_static' not in path.parts]
    paths = [path for path in paths if path.startswith(tuple(arguments.pages) or '')]
    if not paths:
        sys.exit(f'There is no such page in {HTML}. Build the site first: python docs/site/build.py')
    axe = arguments.axe.read_text(encoding='utf-8') if arguments.axe else ''
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), partial(Quiet, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f'http://127.0.0.1:{server.server_port}/'
    began = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        halves = [pool.submit(look, base, axe, ALL if arguments.all else SCREENS, paths[k::2]) for k in range(2)]
        faults = [fault for half in halves for fault in half.result()]
    faults += [] if arguments.pages else use(base)
    for where, fault in faults:
        print(f'{where}: {fault}')
    print(f'{len(paths)} pages, {time.perf_counter() - began:.0f} s: {len(faults)} faults')
    sys.exit(bool(faults))


if __name__ == '__main__':
    main()

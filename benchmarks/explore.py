"""The page of `ratezoo explore`: 20 models opened one after another, and 200 sliders moved.

    python benchmarks/explore.py

The time of a move is that of the HTTP request that the browser sends: the callback, and its figures as JSON.
"""

import contextlib
import json
import logging
import threading
import time
from http.client import HTTPConnection

import jax
import numpy as np
import psutil
from common import header

from ratezoo.explore.server import make

PLANES = [
    'WilsonCowan', 'StabilizedSupralinear', 'BalancedAmplification', 'WongWang', 'MontbrioPazoRoxin',
    'DynamicMeanField', 'FitzHughNagumo', 'MorrisLecar', 'StuartLandau',
]  # fmt: skip
OTHERS = [
    'LinearRNN', 'RateRNN', 'EIRateRNN', 'TsodyksMarkram', 'CoombesByrne', 'LarterBreakspear', 'DrivenOscillator',
    'RingModel', 'LineIntegrator', 'RingAttractor', 'FiringRate',
]  # fmt: skip
MOVES = 200


@contextlib.contextmanager
def compilations():
    """A list that grows by an entry for each compilation."""
    found = []
    handler = logging.Handler()
    handler.emit = lambda r: found.append(r) if r.getMessage().startswith('Finished XLA compilation') else None
    logger = logging.getLogger('jax._src.dispatch')
    logger.addHandler(handler)
    logger.propagate = False
    jax.config.update('jax_log_compiles', True)
    yield found
    jax.config.update('jax_log_compiles', False)
    logger.removeHandler(handler)


class Window:
    """What a browser does, without a browser."""

    def __init__(self, port):
        self.port = port
        for entry in json.loads(self.get('/_dash-dependencies')):
            if 'content.children' in entry['output']:
                self.turn = entry['output']
            if '"figure"' in entry['output'] and entry['inputs']:
                self.show = entry['output']

    def get(self, path):
        connection = HTTPConnection('127.0.0.1', self.port)
        connection.request('GET', path)
        return connection.getresponse().read()

    def post(self, body):
        connection = HTTPConnection('127.0.0.1', self.port)
        connection.request('POST', '/_dash-update-component', json.dumps(body), {'Content-Type': 'application/json'})
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, (response.status, text[:500])
        return json.loads(text)

    def open(self, path):
        """The page of a path; its number fields (name → id and value) and the names of its figures."""
        state = [[], []]
        inputs = [self.entry('url', 'pathname', path), self.entry('lang', 'data', 'en')]
        outputs = [{'id': 'content', 'property': 'children'}, {'id': 'nav', 'property': 'children'}]
        body = {
            'output': self.turn,
            'outputs': outputs,
            'inputs': inputs,
            'state': state,
            'changedPropIds': ['url.pathname'],
        }
        page = self.post(body)
        self.path, self.numbers, self.names = path, {}, []
        self.search(page)

    def search(self, part):
        if isinstance(part, dict):
            name = part.get('id')
            if isinstance(name, dict) and name.get('type') == 'number':
                self.numbers[name['name']] = [name, part['value']]
            if isinstance(name, dict) and name.get('type') == 'figure':
                self.names.append(name)
            part = list(part.values())
        if isinstance(part, list):
            for p in part:
                self.search(p)

    @staticmethod
    def entry(name, prop, value):
        return {'id': name, 'property': prop, 'value': value}

    def move(self, name=None, value=None):
        """The figures after a number has changed; returns the seconds."""
        if name is not None:
            self.numbers[name][1] = value
        numbers = [self.entry(i, 'value', v) for i, v in self.numbers.values()]
        inputs = [numbers, [], self.entry('scheme', 'data', 'light')]
        state = [self.entry('url', 'pathname', self.path), self.entry('lang', 'data', 'en')]
        outputs = [[{'id': i, 'property': 'figure'} for i in self.names]]
        outputs += [
            {'id': i, 'property': p}
            for i, p in (
                ('lines', 'children'),
                ('numbers', 'hidden'),
                ('code-python', 'children'),
                ('code-command', 'children'),
                ('part-command', 'hidden'),
                ('message', 'children'),
            )
        ]
        body = {
            'output': self.show,
            'outputs': outputs,
            'inputs': inputs,
            'state': state,
            'changedPropIds': ['scheme.data'],
        }
        start = time.perf_counter()
        got = self.post(body)
        seconds = time.perf_counter() - start
        assert not got['response'].get('message', {}).get('children'), got['response']['message']
        return seconds


def main():
    header()
    server = make()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    window, process, rng = Window(server.server_port), psutil.Process(), np.random.default_rng(0)
    print(f'{"model":24s}{"open":>10s}{"median":>10s}{"95 %":>10s}{"compiled":>10s}{"memory":>12s}')
    planes, compiled_in_all, grown = [], 0, 0.0
    each = MOVES // (len(PLANES) + len(OTHERS))
    for name in [*PLANES, *OTHERS]:
        start = time.perf_counter()
        window.open(f'/model/{name}')
        window.move()
        opened = time.perf_counter() - start
        before, seconds = process.memory_info().rss, []
        with compilations() as compiled:
            for _ in range(each):
                constants = [k for k in window.numbers if not k.startswith('start')]
                if not constants:
                    seconds.append(window.move())
                    continue
                k = constants[int(rng.integers(len(constants)))]
                seconds.append(window.move(k, repr(float(window.numbers[k][1]) * (1 + 0.02 * rng.normal()))))
        more = (process.memory_info().rss - before) / 1e6
        planes += seconds if name in PLANES else []
        compiled_in_all, grown = compiled_in_all + len(compiled), grown + more
        median, high = (1000 * np.percentile(seconds, q) for q in (50, 95))
        print(f'{name:24s}{opened:8.2f} s{median:7.1f} ms{high:7.1f} ms{len(compiled):10d}{more:9.1f} MB', flush=True)
    median, high = (1000 * np.percentile(planes, q) for q in (50, 95))
    print(f'\nPlanes: median {median:.1f} ms, 95 % {high:.1f} ms of {len(planes)} moves.')
    print(f'All: {compiled_in_all} compilations and {grown:+.1f} MB in {each * len([*PLANES, *OTHERS])} moves.')
    server.shutdown()


if __name__ == '__main__':
    main()

"""The server: who gets an answer, what the page may load, and the command's errors."""

import re
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection

import pytest
from click.testing import CliRunner

from ratezoo.cli.main import main

pytest.importorskip('dash', reason='the page needs dash')


@pytest.fixture(scope='module')
def port():
    from ratezoo.explore.server import make

    server = make()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def answer(port, path='/', **headers):
    connection = HTTPConnection('127.0.0.1', port, timeout=30)
    connection.request('GET', path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode(), response


def test_the_page_comes_with_a_policy_that_forbids_other_hosts(port):
    status, body, response = answer(port)
    assert status == 200
    assert "default-src 'self'" in response.headers['Content-Security-Policy']
    loaded = re.findall(r'(?:src|href)="([^"]*)"', body)
    assert len(loaded) > 5
    assert all(where.startswith(('/', 'data:')) for where in loaded)


@pytest.mark.parametrize('path', ['/', '/_dash-layout', '/assets/style.css', '/_dash-update-component'])
@pytest.mark.parametrize(
    'headers',
    [
        {'Host': 'evil.example'},
        {'Host': '127.0.0.1'},
        {'Host': '127.0.0.1:1'},
        {'Origin': 'http://evil.example'},
        {'Origin': 'null'},
        {'Origin': 'https://127.0.0.1:{port}'},
    ],
)
def test_others_get_nothing(port, path, headers):
    status, body, _ = answer(port, path, **{k: v.format(port=port) for k, v in headers.items()})
    assert (status, body) == (403, '')


@pytest.mark.parametrize('name', ['127.0.0.1', 'localhost'])
def test_this_computer_gets_the_page(port, name):
    assert answer(port, Host=f'{name}:{port}', Origin=f'http://{name}:{port}')[0] == 200


def test_it_listens_on_this_computer_alone():
    from ratezoo.explore.server import make

    server = make()
    assert server.server_address[0] == '127.0.0.1'
    server.server_close()


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (['NoModel'], 'there is no model'),
        (['--port', '70000'], '70000 is not in the range'),
        (['--lang', 'fr'], "'fr' is not one of"),
    ],
)
def test_wrong_arguments(arguments, told):
    result = CliRunner().invoke(main, ['explore', *arguments])
    assert (result.exit_code, told in result.stderr) == (2, True), result.stderr


def test_a_port_that_is_taken(port):
    result = CliRunner().invoke(main, ['explore', '--no-browser', '--port', str(port)])
    assert result.exit_code == 2
    assert f'explore.port: expected a free port, got {port}' in result.stderr


def test_without_dash_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'dash', None)
    result = CliRunner().invoke(main, ['explore'])
    assert result.exit_code == 2
    assert result.stderr == (
        'ratezoo: explore: expected the package dash, which is not installed. Install it: '
        'python -m pip install "ratezoo[explore]".\n'
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == 'win32', reason='Windows sends Ctrl-C to a whole console')
def test_ctrl_c_ends_it_without_a_traceback():
    command = [sys.executable, '-m', 'ratezoo', 'explore', '--no-browser']
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert re.fullmatch(r'http://127\.0\.0\.1:\d+/\n', process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 0
    assert 'Traceback' not in error

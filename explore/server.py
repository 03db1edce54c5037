"""The server of the page: it answers this computer alone, and requests of this page alone."""

import logging
import os
import socket
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import brainpy.math as bm
from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler, make_server

from ratezoo.errors import InvalidValueError
from ratezoo.explore.page import make_app

HOST = '127.0.0.1'
_THREADS = 4
# The browser may load nothing from elsewhere. Dash writes scripts into the page, and Plotly writes styles.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'"
)


class _Silent(WSGIRequestHandler):
    """Prints no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


def guard(app: Flask, port: int) -> None:
    """Refuse, with an empty answer, requests for another host or from the page of another site."""
    hosts = {f'{name}:{port}' for name in (HOST, 'localhost')}

    @app.before_request
    def refuse_others() -> Response | None:
        origin = request.headers.get('Origin')
        if request.headers.get('Host') in hosts and (origin is None or origin.removeprefix('http://') in hosts):
            return None
        return Response(status=403)

    @app.after_request
    def forbid_elsewhere(response: Response) -> Response:
        response.headers['Content-Security-Policy'] = _POLICY
        response.headers['X-Content-Type-Options'] = 'nosniff'
        response.headers['Cross-Origin-Resource-Policy'] = 'same-origin'
        return response


def make(port: int = 0, lang: str = 'en') -> BaseWSGIServer:
    """The server, which is not running yet; ``port`` 0 takes a free one.

    Raises
    ------
    InvalidValueError
        Another program uses the port.
    """
    bm.enable_x64()
    logging.getLogger('werkzeug').setLevel(logging.ERROR)
    app = make_app(lang).server
    _check_free(port)
    server = make_server(HOST, port, app, threaded=True, request_handler=_Silent)
    # A few threads answer all requests. With a new thread for each, memory would grow for a while: the C library keeps
    # some megabytes for every thread that it has seen, up to a limit.
    pool, answer = ThreadPoolExecutor(_THREADS), cast(ThreadedWSGIServer, server).process_request_thread
    vars(server)['process_request'] = lambda request, address: pool.submit(answer, request, address)
    guard(app, server.server_port)
    return server


def _check_free(port: int) -> None:
    """Raise an error if the port is taken. Werkzeug itself would end the program."""
    with socket.socket() as probe:
        if os.name == 'posix':
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except OSError:
            raise InvalidValueError(
                f'explore.port: expected a free port, got {port}, which another program uses. Leave --port out.'
            ) from None


def serve(
    path: str = '/', port: int = 0, lang: str = 'en', browser: bool = True, tell: Callable[[str], None] = print
) -> None:
    """Serve the page until Ctrl-C; ``tell`` gets its address."""
    server = make(port, lang)
    address = f'http://{HOST}:{server.server_port}{path}'
    try:
        tell(address)
        if browser:
            webbrowser.open(address)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()

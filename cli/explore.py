"""The command `ratezoo explore`."""

import click

from ratezoo.cli.parts import MODEL, WholeRange
from ratezoo.cli.remedies import Command
from ratezoo.errors import MissingFileError


@click.command(cls=Command)
@click.argument('name', type=MODEL, required=False)
@click.option('--port', type=WholeRange(0, 65535), default=0, help='Port of the page. Default: a free one.')
@click.option('--lang', type=click.Choice(['en', 'zh']), default='en', help='Language of the page. Default: en.')
@click.option('--no-browser', is_flag=True, help='Print the address only, and open no browser.')
def explore(name: str | None, port: int, lang: str, no_browser: bool) -> None:
    """Open a page in the browser on which you move the constants of a model, and see what changes.

    The page stays on this computer. Ctrl-C ends it.

    \b
    ratezoo explore
    ratezoo explore FitzHughNagumo --lang zh
    """
    try:
        import dash  # noqa: F401
    except ImportError:
        raise MissingFileError(
            'explore: expected the package dash, which is not installed. Install it: '
            'python -m pip install "ratezoo[explore]".'
        ) from None
    from ratezoo.explore.server import serve

    click.echo('Getting ready …', err=True)
    serve(
        f'/model/{name}' if name else '/',
        port,
        lang,
        browser=not no_browser,
        tell=lambda address: click.echo(f'{address}\nCtrl-C ends it.'),
    )

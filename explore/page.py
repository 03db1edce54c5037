"""The Dash page: a heading, the settings of a view on the left, its figures on the right, and the code below.

All that a window shows is kept in that window. The server keeps compiled functions only, so two windows do not disturb
each other.
"""

import base64
import json
import math
import threading
from typing import Any
from urllib.parse import unquote

import dash
from dash import ALL, MATCH, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update

from ratezoo.errors import RateZooError
from ratezoo.explore.controls import Choice, Slider, View
from ratezoo.explore.model import ModelView
from ratezoo.explore.nudge import NudgeView
from ratezoo.explore.rules import RulesView
from ratezoo.explore.sequence import SequenceView
from ratezoo.explore.words import LANGUAGES, word
from ratezoo.models import zoo

_PAGES: dict[str, type[View]] = {'sequence': SequenceView, 'nudge': NudgeView, 'rules': RulesView}
_MOST_VIEWS = 24  # views that are kept with their compiled functions; the one that was used last goes last
_EMPTY = {'data': [], 'layout': {'paper_bgcolor': 'rgba(0,0,0,0)', 'plot_bgcolor': 'rgba(0,0,0,0)'}}
_HEIGHT = {'height': '380px'}
_GRAPH = {'displayModeBar': False, 'responsive': True, 'displaylogo': False}


class Views:
    """The views that have been opened, by path: '/model/WilsonCowan', '/sequence', …."""

    def __init__(self) -> None:
        self._made: dict[str, View] = {}
        self._lock = threading.Lock()

    def __getitem__(self, path: str) -> View:
        """The view of a path. Raises `UnknownNameError` for an unknown model, and KeyError for another unknown path."""
        kind, _, name = path.strip('/').partition('/')
        if kind == 'model' and name:
            zoo.entry(name)
        elif kind not in _PAGES or name:
            raise KeyError(path)
        with self._lock:
            view = self._made.pop(path, None) or (ModelView(name) if kind == 'model' else _PAGES[kind]())
            while len(self._made) >= _MOST_VIEWS:
                self._made.pop(next(iter(self._made)))
            self._made[path] = view
        return view


def make_app(lang: str = 'en') -> dash.Dash:
    """The page as a Dash app; ``app.server`` is its Flask app."""
    app = dash.Dash(
        'ratezoo.explore',
        assets_folder=str(_assets()),
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title=None,
        title='ratezoo',
        index_string=_INDEX.replace('{lang}', lang),
    )
    app.enable_dev_tools(debug=False, dev_tools_ui=False, dev_tools_disable_version_check=True)
    views = Views()
    app.layout = _frame(lang)
    _register(app, views)
    return app


def _assets():
    from importlib.resources import files

    return files('ratezoo.explore') / 'assets'


_INDEX = """<!DOCTYPE html>
<html lang="{lang}">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
<link rel="icon" href="data:,">
{%css%}
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>"""


# ---- what the page consists of ---------------------------------------------------------------------------------------


def _frame(lang: str) -> html.Div:
    """What stays the same on all pages."""
    languages = _select('lang', 'lang', {'en': ('English',) * 2, 'zh': ('中文',) * 2}, lang, 0)
    header = html.Header(
        [
            html.Div(dcc.Link('ratezoo', href='/', className='name'), className='brand'),
            html.Nav(id='nav', **{'aria-label': 'ratezoo'}),
            html.Div([html.Label('Language 语言', htmlFor='select-lang', className='hidden'), *languages]),
        ]
    )
    names = html.Datalist([html.Option(value=name) for name in zoo], id='names')
    stores = [dcc.Location(id='url', refresh='callback-nav'), html.Div(id='language', hidden=True)]
    return html.Div([*stores, names, header, html.Main(id='content')], id='page')


def _nav(lang: int) -> list[Any]:
    chosen = html.Span(
        [
            html.Label(word('model', lang), htmlFor='model'),
            dcc.Input(
                id='model', type='text', list='names', debounce=True, placeholder='WilsonCowan', autoComplete='off'
            ),
        ],
        className='choose',
    )
    links = [dcc.Link(word('models', lang), href='/')]
    links += [dcc.Link(word(name, lang), href=f'/{name}') for name in _PAGES]
    return [html.Span(links, className='links'), chosen]


def _front(lang: int) -> list[Any]:
    """All models of the zoo, by kind."""
    parts: list[Any] = [html.H1(word('title', lang))]
    entries = list(zoo.entries.values())
    for category in dict.fromkeys(e.category for e in entries):
        items = [
            html.Li([dcc.Link(e.name, href=f'/model/{e.name}'), ' ', html.Span(e.summary.replace('`', ''))])
            for e in entries
            if e.category == category
        ]
        parts += [html.H2(category), html.Ul(items, className='models')]
    return parts


def _body(view: View, lang: int, values: dict[str, Any]) -> list[Any]:
    """The page of a view; ``values`` are those that differ from its defaults."""
    controls = [_slider(s, lang, values.get(s.name, s.value)) for s in view.sliders]
    controls += [_choice(c, lang, values.get(c.name, c.value)) for c in view.choices]
    if controls:
        controls.append(html.Button(word('reset', lang), id='reset', className='plain'))
    figures = [
        html.Figure(
            [
                html.Figcaption(caption[lang]),
                dcc.Graph(id={'type': 'figure', 'name': name}, figure=_EMPTY, config=_GRAPH, style=_HEIGHT),
            ],
            className=name,
            **{'data-starts': '|'.join(view.starts) if name == 'plane' else ''},
        )
        for name, caption in view.figures.items()
    ]
    if view.has_picture:
        figures.append(_picture(view, lang))
    numbers = html.Section([html.H2(word('numbers', lang)), html.Dl(id='lines', className='lines')], id='numbers')
    code = html.Details([html.Summary(word('code', lang)), *_code('python', lang), *_code('command', lang)], open=True)
    defaults = {**{s.name: s.value for s in view.sliders}, **{c.name: c.value for c in view.choices}}
    return [
        dcc.Store(id='defaults', data=defaults),
        dcc.Store(id='scheme'),
        html.H1(view.title[lang]),
        html.P(view.about[lang], className='about'),
        html.Div(id='message', role='alert'),
        html.Div(
            [
                html.Section([html.H2(word('controls', lang)), *controls], className='controls', hidden=not controls),
                html.Div([html.Div(figures, className='figures'), numbers, code], className='results'),
            ],
            className='columns',
        ),
    ]


def _slider(s: Slider, lang: int, value: Any) -> html.Div:
    """A range input with its label, and the number beside it."""
    slider, field = ({'type': kind, 'name': s.name, 'log': s.logarithmic} for kind in ('slider', 'number'))
    low, high, at = (math.log10(v) if s.logarithmic else v for v in (s.low, s.high, s.value))
    label = f'{s.label[lang]}{f" ({s.unit})" if s.unit else ""}'
    return html.Div(
        [
            # The field shows the number itself; that the slider moves its logarithm is told to screen readers alone.
            html.Label(
                [html.Span(f'{word("log", lang)} ', className='hidden'), label] if s.logarithmic else label,
                htmlFor=_dom_id(slider),
            ),
            html.Label(f'{label}, {word("number", lang)}', htmlFor=_dom_id(field), className='hidden'),
            html.Div(
                [
                    dcc.Input(id=slider, type='range', min=low, max=high, step=1 if s.whole else 'any', value=at),
                    dcc.Input(
                        id=field,
                        type='text',
                        inputMode='decimal',
                        debounce=True,
                        value=_text(value),
                        autoComplete='off',
                    ),
                ],
                className='pair',
            ),
        ],
        className='slider',
    )


def _choice(c: Choice, lang: int, value: Any) -> html.Div:
    label = html.Label(c.label[lang], htmlFor=f'select-{c.name}')
    return html.Div(
        [label, *_select(c.name, {'type': 'choice', 'name': c.name}, c.options, value, lang)], className='slider'
    )


def _select(name: str, store: Any, options: Any, value: Any, lang: int) -> list[Any]:
    """A native list to choose from, and the store of what was chosen, which `script.js` keeps in step.

    Dash's own RadioItems and Dropdown nest controls in controls, which screen readers can't tell.
    """
    shown = [html.Option(text[lang], value=key, selected=key == value) for key, text in options.items()]
    target = store if isinstance(store, str) else _dom_id(store)
    return [html.Select(shown, id=f'select-{name}', **{'data-store': target}), dcc.Store(id=store, data=value)]


def _picture(view: View, lang: int) -> html.Figure:
    return html.Figure(
        [
            html.Figcaption(word('picture', lang)),
            html.Button(word('draw', lang), id='draw', className='plain'),
            html.Div(word('wait', lang), id='picture', role='status'),
        ],
        className='portrait',
    )


def _code(name: str, lang: int) -> list[Any]:
    button = html.Button(
        word('copy', lang),
        className='copy',
        **{
            'data-copies': f'code-{name}',
            'data-copied': word('copied', lang),
            'aria-label': f'{word("copy", lang)}: {word(name, lang)}',
        },
    )
    code = html.Pre(id=f'code-{name}', tabIndex=0, role='region', **{'aria-label': word(name, lang)})
    return [html.Div([html.Div([html.H3(word(name, lang)), button], className='heading'), code], id=f'part-{name}')]


def _dom_id(name: dict[str, Any]) -> str:
    """The id that Dash gives to the element of a component with a dict as its id."""
    return json.dumps(name, sort_keys=True, separators=(',', ':'))


def _text(value: Any) -> str:
    """A number as the user would write it."""
    return value if isinstance(value, str) else f'{value:.10g}'


# ---- callbacks -------------------------------------------------------------------------------------------------------


def _register(app: dash.Dash, views: Views) -> None:
    numbers, choices = {'type': 'number', 'name': ALL, 'log': ALL}, {'type': 'choice', 'name': ALL}

    @app.callback(
        Output('content', 'children'),
        Output('nav', 'children'),
        Input('url', 'pathname'),
        Input('lang', 'data'),
        State(numbers, 'value'),
        State(choices, 'data'),
    )
    def turn_to(path, lang, *_):
        at = LANGUAGES.index(lang)
        values = _values(ctx.states_list) if ctx.triggered_id == 'lang' else {}
        path = unquote(path or '/')
        if path == '/':
            return _front(at), _nav(at)
        try:
            return _body(views[path], at, values), _nav(at)
        except KeyError:
            text = word('no page', at)
        except Exception as error:
            text = _told(error, at)
        return [html.H1(word('title', at)), html.Div(text, id='message', role='alert')], _nav(at)

    @app.callback(
        Output({'type': 'figure', 'name': ALL}, 'figure'),
        Output('lines', 'children'),
        Output('numbers', 'hidden'),
        Output('code-python', 'children'),
        Output('code-command', 'children'),
        Output('part-command', 'hidden'),
        Output('message', 'children'),
        Input(numbers, 'value'),
        Input(choices, 'data'),
        Input('scheme', 'data'),
        State('url', 'pathname'),
        State('lang', 'data'),
    )
    def show(_numbers, _choices, scheme, path, lang):
        at, names = LANGUAGES.index(lang), [o['id']['name'] for o in ctx.outputs_list[0]]
        if scheme is None:
            return [no_update] * len(names), *[no_update] * 6
        try:
            shown = views[unquote(path)].show(_values(ctx.inputs_list[:2]), scheme == 'dark', at)
        except Exception as error:  # whatever goes wrong is told, and the page stays alive
            return [no_update] * len(names), *[no_update] * 5, _told(error, at)
        lines = [part for text, told in shown.lines for part in (html.Dt(text[at]), html.Dd(told))]
        figures = [shown.figures[name] for name in names]
        return figures, lines, not lines, shown.code, shown.command, not shown.command, ''

    @app.callback(
        Output('picture', 'children'),
        Input('draw', 'n_clicks'),
        State(numbers, 'value'),
        State('url', 'pathname'),
        State('lang', 'data'),
    )
    def draw(_clicks, _numbers, path, lang):
        at, view = LANGUAGES.index(lang), views[unquote(path)]
        try:
            data = base64.b64encode(view.picture(_values(ctx.states_list[:1]))).decode()
        except Exception as error:
            return _told(error, at)
        return html.Img(src=f'data:image/png;base64,{data}', alt=f'{word("picture", at)}: {view.title[at]}')

    def in_browser(name: str, *arguments: Any, **options: Any) -> None:
        app.clientside_callback(ClientsideFunction('explore', name), *arguments, **options)

    in_browser('scheme', Output('scheme', 'data'), Input('defaults', 'data'))
    in_browser('language', Output('language', 'children'), Input('lang', 'data'))
    in_browser('open', Output('url', 'pathname'), Input('model', 'value'), prevent_initial_call=True)
    slider, field = ({'type': kind, 'name': MATCH, 'log': MATCH} for kind in ('slider', 'number'))
    in_browser(
        'pair',
        Output(slider, 'value'),
        Output(field, 'value'),
        Input(slider, 'value'),
        Input(field, 'value'),
        prevent_initial_call=True,
    )
    in_browser(
        'reset',
        Output(numbers, 'value', allow_duplicate=True),
        Output(choices, 'data'),
        Input('reset', 'n_clicks'),
        State('defaults', 'data'),
        State(numbers, 'id'),
        State(choices, 'id'),
        prevent_initial_call=True,
    )


def _told(error: Exception, lang: int) -> str:
    """A sentence about an error. Those of ratezoo speak for themselves."""
    kind = '' if isinstance(error, RateZooError) else f'{type(error).__name__}: '
    return f'{word("error", lang)}{kind}{error}'


def _values(lists: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Name → value of the number fields and choices, from the lists that Dash gives."""
    return {entry['id']['name']: entry.get('value', entry.get('data')) for entries in lists for entry in entries}

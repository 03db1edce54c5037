"""The page of a model: phase plane, states over time and eigenvalues, for constants that the user moves."""

import io
import json
import threading
from typing import Any

import contourpy
import numpy as np

from ratezoo.explore.controls import Figure, Shown, Slider, Text, View, around, number, rounded
from ratezoo.explore.drawing import MOST_CURVES, SYMBOLS, colour, curve, figure, markers
from ratezoo.explore.engine import Engine, Plane, Point, Trajectory
from ratezoo.explore.words import WORDS, word
from ratezoo.models import zoo

_ARROWS = 13  # along each side of the plane
_DRAWING = threading.Lock()  # pyplot draws one figure at a time


class ModelView(View):
    """The page of one model of the zoo.

    Of two numbers in continuous time it shows the phase plane; a click in it sets the initial state. Of other models it
    shows the portrait that ``ratezoo simulate NAME --plot`` draws.
    """

    def __init__(self, name: str) -> None:
        self.engine = Engine(name)
        net, entry = self.engine.net, zoo.entry(name)
        self.name = name
        self.title: Text = (name, name)
        summary = entry.summary.replace('`', '')
        self.about: Text = (summary, summary)
        given = net.example.input
        steady = bool(self.engine.constants) and not callable(given) and np.ndim(given) == 0
        self.steady_input = float(np.asarray(given)) if steady else None
        self.sliders: list[Slider] = [_slider(net, k, v) for k, v in self.engine.constants.items()]
        if self.steady_input is not None:
            low, high = around(self.steady_input)
            self.sliders.append(Slider('x', WORDS['input'], self.steady_input, low, high))
        self.starts: list[str] = []
        self.figures: dict[str, Text] = {}
        run = self.engine.trajectory(self.engine.constants)
        if self.engine.is_plane:
            self._prepare_plane(run)
        else:
            self.has_picture = True
        size = max(a.shape[1] for a in run.states.values())
        several = tuple(text.format(MOST_CURVES, size) for text in WORDS['traces of'])
        self.figures['traces'] = WORDS['traces'] if size <= MOST_CURVES else (several[0], several[1])
        if self.engine.is_plane:
            self.figures['spectrum'] = WORDS['spectrum at points']
        elif self.engine.has_spectrum and self.engine.size <= 600:
            self.figures['spectrum'] = WORDS['spectrum' if net.is_continuous else 'spectrum discrete']

    def _prepare_plane(self, run: Trajectory) -> None:
        """The limits of the plane and the sliders of the initial state, from the example's run and its fixed points."""
        net = self.engine.net
        path = _path(run)
        points = self.engine.plane(self.engine.constants, _limits(path, 1.0), run.x).points
        self.entries = [(s, i) for s, a in run.states.items() for i in range(a.shape[1])]
        allowed = np.array([net.ranges.get(s, (-np.inf, np.inf)) for s, _ in self.entries])
        points = [p for p in points if ((allowed[:, 0] <= p.r) & (p.r <= allowed[:, 1])).all()]
        limits = _limits(np.concatenate([path, *(p.r[None] for p in points)]), 0.15)
        self.limits = np.clip(limits, allowed[:, :1], allowed[:, 1:])
        self.labels = [s if run.states[s].shape[1] == 1 else f'{s}[{i}]' for s, i in self.entries]
        self.units = [net.units_of_states.get(s, '') for s, _ in self.entries]
        for label, unit, (low, high), value in zip(self.labels, self.units, self.limits, path[0], strict=True):
            text = (f'{WORDS["start"][0]} {label}', f'{WORDS["start"][1]}{label}')
            self.sliders.append(Slider(f'start {label}', text, float(value), rounded(low), rounded(high), unit))
            self.starts.append(f'start {label}')
        self.figures['plane'] = WORDS['plane']

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def show(self, values: dict[str, Any], dark: bool, lang: int) -> Shown:
        constants, x, start = self._read(values)
        net = self.engine.net
        run = self.engine.trajectory(constants, start, x)
        figures = {'traces': self._traces(run, dark, lang)}
        lines: list[tuple[Text, str]] = []
        limits = None
        if self.engine.is_plane:
            limits = self._limits_with(_path(run))
            plane = self.engine.plane(constants, limits, run.x)
            figures['plane'] = self._plane(run, plane, dark, lang)
            figures['spectrum'] = _spectrum([(p.kind, p.eigenvalues) for p in plane.points], True, dark, lang)
            lines = [(WORDS[p.kind], self._told(p)) for p in plane.points]
        elif 'spectrum' in self.figures:
            values_of_J = self.engine.spectrum(constants, run)
            figures['spectrum'] = _spectrum([('eigenvalues', values_of_J)], net.is_continuous, dark, lang)
        return Shown(figures, self._code(constants, x, start, limits, run), self._command(constants, x, start), lines)

    def _read(self, values: dict[str, Any]) -> tuple[dict[str, float], float | None, dict[str, Any]]:
        """The constants, the input (None: the example's) and the start (empty: the example's), checked."""
        constants = self.engine.checked({k: values[k] for k in self.engine.constants if k in values})
        constants = {**self.engine.constants, **constants}
        x = None if self.steady_input is None else number(self.name, 'x', values.get('x', self.steady_input))
        start: dict[str, Any] = {}
        if self.starts:
            given = {s.name: values.get(s.name, s.value) for s in self.sliders if s.name in self.starts}
            for (state, _), (name, value) in zip(self.entries, given.items(), strict=True):
                start.setdefault(state, []).append(number(self.name, name, value))
        return constants, x, start

    def _limits_with(self, path: np.ndarray) -> np.ndarray:
        """The limits of the plane, wider if the trajectory leaves them."""
        wider = _limits(path, 0.05)
        return np.stack([np.minimum(self.limits[:, 0], wider[:, 0]), np.maximum(self.limits[:, 1], wider[:, 1])], 1)

    def _told(self, p: Point) -> str:
        at = ', '.join(
            f'{label} = {v:.4g}{" " * bool(u)}{u}' for label, v, u in zip(self.labels, p.r, self.units, strict=True)
        )
        return f'{at}; λ = {", ".join(_complex(v) for v in p.eigenvalues)}'

    def _plane(self, run: Trajectory, plane: Plane, dark: bool, lang: int) -> Figure:
        (first, second), path = plane.sides, _path(run)
        data = [_flow(plane, dark, word('flow', lang))]
        for i, label in enumerate(self.labels):
            x, y = _nullcline(plane, i)
            data.append(curve(x, y, f'd{label}/dt = 0', i, dark, line={'width': 3}, hoverinfo='name'))
        data.append(
            curve(path[:, 0], path[:, 1], word('trajectory', lang), 2, dark, line={'dash': 'solid', 'width': 1.5})
        )
        data.append(
            markers(path[:1, 0], path[:1, 1], word('from', lang), 'star', dark, 12, marker={'color': colour(2, dark)})
        )
        for kind in dict.fromkeys(p.kind for p in plane.points):
            at = np.array([p.r for p in plane.points if p.kind == kind])
            data.append(markers(at[:, 0], at[:, 1], word(kind, lang), SYMBOLS[kind], dark))
        xlabel, ylabel = (_with_unit(a, u) for a, u in zip(self.labels, self.units, strict=True))
        ranges = [{'range': [float(side[0]), float(side[-1])], 'zeroline': False} for side in (first, second)]
        return figure(data, xlabel, ylabel, dark, xaxis=ranges[0], yaxis=ranges[1], dragmode=False)

    def _traces(self, run: Trajectory, dark: bool, lang: int) -> Figure:
        net = self.engine.net
        units = {net.units_of_states.get(s, '') for s in run.states} if hasattr(net, 'units_of_states') else set()
        names, data = [], []
        for s, a in run.states.items():
            for i in range(a.shape[1]):
                names.append(s if a.shape[1] == 1 else f'{s}[{i}]')
                data.append(a[:, i])
        curves = [curve(run.ts, a, name, i, dark) for i, (a, name) in enumerate(zip(data, names, strict=True))][
            :MOST_CURVES
        ]
        states = list(dict.fromkeys(n.partition('[')[0] for n in names[:MOST_CURVES]))
        unit = units.pop() if len(units) == 1 else ''
        time = _with_unit(word('time', lang), getattr(net, 'unit_of_time', ''))
        return figure(curves, time, _with_unit(', '.join(states), unit), dark)

    # ---- code and command --------------------------------------------------------------------------------------------

    def _changed(self, constants: dict[str, float]) -> dict[str, Any]:
        """The arguments of the constructor for these constants."""
        default = {k: float(c.default) for k, c in getattr(self.engine.net, 'constants', {}).items()}
        moved = {k: v for k, v in constants.items() if v != default[k] or k in self.engine.settings}
        return {**self.engine.settings, **moved}

    def _code(self, constants, x, start, limits, run) -> str:
        arguments = ', '.join(f'{k}={v!r}' for k, v in self._changed(constants).items())
        net = self.engine.net
        lines = ['import brainpy.math as bm', 'import ratezoo', '', 'bm.enable_x64()']
        lines.append(f'net = ratezoo.{self.name}({arguments})')
        if start:
            noise = {'eta': [0.0] * net.sizes['eta']} if 'eta' in net.states and 'eta' not in start else {}
            lines.append(f'net.reset_state(r0={dict(start, **noise)!r})')
        elif getattr(net.example, 'start', None) is not None:
            lines.append('net.reset_state(r0=net.example.start(net))')
        shorter = '' if self.engine.duration == net.example.duration else f', {self.engine.duration!r}'
        lines.append(f'run = ratezoo.simulate(net{shorter}{"" if x is None else f", inputs={x!r}"})')
        if limits is None:
            lines += ['figure = ratezoo.plots.portrait(net, run)', "figure.savefig('portrait.png')"]
            return '\n'.join(lines)
        pairs = tuple(tuple(float(v) for v in pair) for pair in limits)
        lines += [
            f'plane = ratezoo.phase_plane(net, x={run.x.tolist()!r}, limits={pairs!r})',
            'for p in plane.fixed_points:',
            '    print(p.kind, p.vector, p.eigenvalues)',
            "plane.plot(runs=run).figure.savefig('plane.png')",
        ]
        return '\n'.join(lines)

    def _command(self, constants, x, start) -> str:
        words = [f'ratezoo simulate {self.name}']
        default = self.engine.settings
        for k, v in self._changed(constants).items():
            if k in self.engine.constants and v != default.get(k):
                words.append(f'--set {k}={v!r}')
        if x is not None:
            words.append(f'--input {x!r} --duration {self.engine.duration!r}')
        for state, value in start.items():
            words.append(
                f'--start {state}={value[0]!r}'
                if len(value) == 1
                else f'--start {state}={json.dumps(value, separators=(",", ":"))}'
            )
        return ' '.join([*words, f'--plot {self.name}.png'])

    def picture(self, values: dict[str, Any]) -> bytes:
        """The portrait of a new network with these constants, as PNG."""
        import matplotlib.pyplot as plt

        from ratezoo import plots
        from ratezoo.simulation import simulate

        constants, x, _ = self._read(values)
        net = zoo[self.name](**self._changed(constants))
        example = net.example
        if example.start is not None:
            net.reset_state(r0=example.start(net))
        with _DRAWING:
            run = simulate(net, inputs=x, transient=example.transient)
            fig = plots.portrait(net, run)
            file = io.BytesIO()
            fig.savefig(file, format='png', dpi=110)
            plt.close(fig)
        return file.getvalue()


def _slider(net: Any, name: str, value: float) -> Slider:
    constant = net.constants[name]
    low, high = around(value, constant.positive)
    text = f'{name}: {constant.meaning}' if constant.meaning else name
    return Slider(name, (text, text), value, low, high, constant.unit)


def _path(run: Trajectory) -> np.ndarray:
    """The trajectory (T, 2) in the plane."""
    return np.concatenate(list(run.states.values()), 1)


def _limits(path: np.ndarray, margin: float) -> np.ndarray:
    """The range of a path (T, 2) with a margin on each side, a part of its width; (2, 2), in short numbers."""
    low, high = path.min(0), path.max(0)
    width = np.maximum(high - low, 1e-3 * np.maximum(1.0, np.abs(low)))
    pairs = zip(low - margin * width, high + margin * width, width, strict=True)
    return np.array([[_outward(a, w, np.floor), _outward(b, w, np.ceil)] for a, b, w in pairs])


def _outward(value, width, up_or_down):
    """A number with two digits of the width, up or down."""
    unit = 10.0 ** np.floor(np.log10(width) - 1)
    return rounded(float(up_or_down(value / unit) * unit), 10)


def _nullcline(plane: Plane, i: int) -> tuple[np.ndarray, np.ndarray]:
    """The lines on which the i-th component of F is 0, with gaps between them."""
    F = np.ma.masked_invalid(plane.F[..., i])
    lines = contourpy.contour_generator(*plane.sides, F).lines(0.0)
    gap = np.full((1, 2), np.nan)
    parts = [part for line in lines for part in (np.asarray(line), gap)]
    at = np.concatenate(parts or [gap])
    return at[:, 0], at[:, 1]


def _flow(plane: Plane, dark: bool, name: str) -> dict[str, Any]:
    """Small arrows along F."""
    (first, second), step = plane.sides, max(1, (len(plane.sides[0]) - 1) // (_ARROWS - 1))
    F = plane.F[::step, ::step]
    x, y = np.meshgrid(first[::step], second[::step])
    size = np.array([np.ptp(first), np.ptp(second)])
    angle = np.degrees(np.arctan2(F[..., 0] / size[0], F[..., 1] / size[1]))  # from the vertical, clockwise
    marker = {'angle': np.round(np.nan_to_num(angle).ravel(), 1).tolist(), 'size': 8, 'line': {'width': 0}}
    marker |= {'color': '#6b7280' if dark else '#a3a9b3'}
    return markers(x.ravel(), y.ravel(), name, 'arrow', dark, marker=marker, hoverinfo='skip')


def _spectrum(sets: list[tuple[str, Any]], continuous: bool, dark: bool, lang: int) -> Figure:
    """Eigenvalues in the complex plane, and the line or the circle that they must not cross."""
    data = []
    every = [np.ravel(v) for _, v in sets] or [np.zeros(1)]
    top = float(max(1e-6, max(np.abs(v.imag).max(initial=0) for v in every))) * 1.2
    if continuous:
        data.append(curve([0, 0], [-top, top], word('limit', lang), 5, dark, line={'dash': 'dash', 'width': 1.5}))
    else:
        angle = np.linspace(0, 2 * np.pi, 200)
        data.append(
            curve(np.cos(angle), np.sin(angle), word('limit', lang), 5, dark, line={'dash': 'dash', 'width': 1.5})
        )
    for i, (kind, values) in enumerate(sets):
        symbol, size = (SYMBOLS[kind], 11) if kind in SYMBOLS else ('circle', 6)
        name = word(kind, lang) + (f' {i + 1}' if len(sets) > 1 else '')
        options = {'marker': {'color': colour(i, dark), 'line': {'width': 2, 'color': colour(i, dark)}}}
        data.append(markers(np.real(values), np.imag(values), name, symbol, dark, size, **options))
    if not continuous:
        return figure(data, word('real', lang), word('imaginary', lang), dark, yaxis={'scaleanchor': 'x'})
    real = np.concatenate([[0.0], *(v.real for v in every)])
    margin = 0.15 * (np.ptp(real) or 1.0)
    side = {'range': [float(real.min() - margin), float(real.max() + margin)]}
    return figure(data, word('real', lang), word('imaginary', lang), dark, xaxis=side)


def _with_unit(name: str, unit: Any) -> str:
    return f'{name} ({unit})' if unit else name


def _complex(value: complex) -> str:
    if abs(value.imag) <= 1e-12 * max(1.0, abs(value.real)):
        return f'{value.real:.4g}'
    return f'{value.real:.4g}{value.imag:+.4g}i'

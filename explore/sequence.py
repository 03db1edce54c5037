"""The page of the homework: one unit, its traces p_w and p_b, and one update of RTRL, number by number.

    dr/dt = −r + w r + b + x,    dp_w/dt = (w − 1) p_w + r,    dp_b/dt = (w − 1) p_b + 1

All numbers come from plain loops over the ten steps, so that the page can be read beside the homework.
"""

from typing import Any, NamedTuple

import numpy as np

from ratezoo.errors import DivergedError
from ratezoo.explore.controls import Figure, Shown, Slider, Text, View, number
from ratezoo.explore.drawing import curve, figure, markers, short
from ratezoo.tasks import homework_sequence

T = 10
EPOCHS = 10
GRID = 61
W, B = (-0.5, 2.5), (-1.0, 3.0)  # the limits of the loss surface


class Run(NamedTuple):
    """The run from r_0 = y_0: the times 0 … T Δt; r, p_w and p_b at them; the loss; Δw and Δb of each step."""

    ts: np.ndarray
    r: np.ndarray
    p_w: np.ndarray
    p_b: np.ndarray
    loss: np.ndarray
    dw: np.ndarray
    db: np.ndarray


def run(w: Any, b: Any, dt: float, eta: float, x: np.ndarray, y: np.ndarray) -> Run:
    """The run and its traces, and −(η/T)(r_t − y_t) p_t of each step; w and b may be arrays of the same shape."""
    w, b = np.asarray(w, float), np.asarray(b, float)
    r, p_w, p_b = ([np.full(w.shape, start)] for start in (y[0], 0.0, 0.0))
    with np.errstate(all='ignore'):
        for t in range(len(x)):
            p_w.append(p_w[-1] + dt * ((w - 1) * p_w[-1] + r[-1]))
            p_b.append(p_b[-1] + dt * ((w - 1) * p_b[-1] + 1))
            r.append(r[-1] + dt * (-r[-1] + w * r[-1] + b + x[t]))
        error = np.array([a - target for a, target in zip(r[1:], y, strict=True)])
        dw, db = (-eta / len(x) * error * np.array(p[1:]) for p in (p_w, p_b))
        loss = np.mean(error**2, 0) / 2
    return Run(dt * np.arange(len(x) + 1), np.array(r), np.array(p_w), np.array(p_b), loss, dw, db)


class SequenceView(View):
    """The homework's unit for w, b, Δt and η that the user moves."""

    title: Text = ('Homework: real-time recurrent learning', '作业：实时循环学习（RTRL）')
    about: Text = (
        'One unit, dr/dt = −r + w r + b + x, learns a sequence of ten numbers. The traces p_w = dr/dw and p_b = dr/db '
        'run along with r. Choose a step k to see each number of the update.',
        '一个单元 dr/dt = −r + w r + b + x 学习一个由十个数组成的序列。迹 p_w = dr/dw 和 p_b = dr/db 与 r 一起前进。'
        '选择第 k 步，可以看到更新中的每一个数。',
    )
    sliders = (
        Slider('w', ('w: recurrent weight', 'w：循环权重'), 1.0, *W),
        Slider('b', ('b: bias', 'b：偏置'), 1.0, *B),
        Slider('dt', ('Δt: time step', 'Δt：时间步长'), 0.1, 0.01, 0.5),
        Slider('eta', ('η: learning rate', 'η：学习率'), 0.1, 0.01, 1.0),
        Slider('k', ('k: the step that is shown', 'k：显示哪一步'), 1, 1, T, whole=True),
        Slider('seed', ('seed of x and y', 'x 和 y 的随机种子'), 0, 0, 20, whole=True),
    )
    figures = {
        'output': ('Output and target', '输出与目标'),
        'traces': ('The traces p_w and p_b', '迹 p_w 与 p_b'),
        'surface': (
            'Loss over w and b; the point, and ten updates from it',
            '损失随 w 和 b 的变化；当前点，以及从它开始的十次更新',
        ),
    }

    def show(self, values: dict[str, Any], dark: bool, lang: int) -> Shown:
        given = {s.name: values.get(s.name, s.value) for s in self.sliders}
        w, b = (number('homework', k, given[k]) for k in ('w', 'b'))
        dt = number('homework', 'dt', given['dt'], 1e-6, 10.0)
        eta = number('homework', 'eta', given['eta'], 0.0, 1e6)
        k = number('homework', 'k', given['k'], 1, T, whole=True)
        seed = number('homework', 'seed', given['seed'], 0, 2**32 - 1, whole=True)
        x, y = homework_sequence(T, seed)
        shown = run(w, b, dt, eta, x, y)
        if not all(np.isfinite(a).all() for a in shown):
            raise DivergedError(
                f'homework: the unit blew up at w = {w:g}, b = {b:g}, dt = {dt:g}. Try smaller numbers.'
            )
        figures = {
            'output': self._output(shown, y, k, dark, lang),
            'traces': self._traces(shown, k, dark, lang),
            'surface': self._surface(w, b, dt, eta, x, y, dark, lang),
        }
        return Shown(
            figures,
            _code(w, b, dt, eta, seed),
            _command(seed) if (w, b, dt, eta) == (1.0, 1.0, 0.1, 0.1) else '',
            _steps(shown, w, b, dt, eta, x, y, k),
        )

    def _output(self, shown: Run, y: np.ndarray, k: int, dark: bool, lang: int) -> Figure:
        data = [
            curve(shown.ts, shown.r, 'r', 0, dark, mode='lines+markers'),
            curve(shown.ts[1:], y, ('target y', '目标 y')[lang], 1, dark, mode='lines+markers'),
            _marked(shown.ts[k], shown.r[k], f'k = {k}', dark),
        ]
        return figure(data, ('time', '时间')[lang], 'r, y', dark)

    def _traces(self, shown: Run, k: int, dark: bool, lang: int) -> Figure:
        data = [
            curve(shown.ts, shown.p_w, 'p_w', 0, dark, mode='lines+markers'),
            curve(shown.ts, shown.p_b, 'p_b', 1, dark, mode='lines+markers'),
            _marked([shown.ts[k]] * 2, [shown.p_w[k], shown.p_b[k]], f'k = {k}', dark),
        ]
        return figure(data, ('time', '时间')[lang], 'p_w, p_b', dark)

    def _surface(self, w, b, dt, eta, x, y, dark: bool, lang: int) -> Figure:
        ws, bs = (np.linspace(min(low, v), max(high, v), GRID) for (low, high), v in ((W, w), (B, b)))
        loss = run(*np.meshgrid(ws, bs), dt, eta, x, y).loss
        path = np.array(descent(w, b, dt, eta, x, y))
        with np.errstate(all='ignore'):
            level = np.log10(loss)
        surface = {
            'type': 'contour',
            'x': short(ws),
            'y': short(bs),
            'z': short(level),
            'colorscale': 'Viridis',
            'contours': {'showlines': False},
            'ncontours': 25,
            'colorbar': {'title': {'text': ('log₁₀ loss', '损失的 log₁₀')[lang], 'side': 'right'}, 'thickness': 12},
            'hovertemplate': 'w %{x}<br>b %{y}<br>log₁₀ %{z}<extra></extra>',
            'showlegend': False,
        }
        white = {'color': '#ffffff', 'width': 2, 'dash': 'solid'}
        data = [
            surface,
            curve(path[:, 0], path[:, 1], ('ten updates', '十次更新')[lang], 0, dark, mode='lines+markers', line=white),
            markers(
                [w],
                [b],
                ('the point', '当前点')[lang],
                'circle',
                dark,
                13,
                marker={'color': '#e4002b', 'line': {'color': '#ffffff', 'width': 2}},
            ),
        ]
        data[1]['marker'] = {'color': '#ffffff', 'size': 6, 'line': {'color': '#1c1c1c', 'width': 1}}
        ranges = [{'range': [float(a[0]), float(a[-1])]} for a in (ws, bs)]
        return figure(data, 'w', 'b', dark, xaxis=ranges[0], yaxis=ranges[1])


def descent(w: float, b: float, dt: float, eta: float, x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
    """(w, b) before and after each of ten updates; the list ends earlier where they become infinite."""
    path = [(w, b)]
    for _ in range(EPOCHS):
        now = run(*path[-1], dt, eta, x, y)
        new = path[-1][0] + float(now.dw.sum(0)), path[-1][1] + float(now.db.sum(0))
        if not np.isfinite(new).all():
            break
        path.append(new)
    return path


def _marked(x, y, name, dark):
    return markers(np.atleast_1d(x), np.atleast_1d(y), name, 'circle-open', dark, 14)


def _steps(s: Run, w, b, dt, eta, x, y, k) -> list[tuple[Text, str]]:
    """The numbers of step k in the formulas of the update, a line each."""
    r0, r1, p0, p1, q0, q1 = s.r[k - 1], s.r[k], s.p_w[k - 1], s.p_w[k], s.p_b[k - 1], s.p_b[k]

    def f(value: float) -> str:
        return f'{value:.5g}' if value >= 0 else f'−{-value:.5g}'

    def g(value: float) -> str:
        return f(value) if value >= 0 else f'({f(value)})'

    error = r1 - y[k - 1]
    same = [
        (f'r_{k - 1}', f(r0)),
        (
            f'r_{k} = r + Δt (−r + w r + b + x)',
            f'{f(r0)} + {f(dt)}·(−{g(r0)} + {g(w)}·{g(r0)} + {g(b)} + {g(x[k - 1])}) = {f(r1)}',
        ),
        (f'p_w,{k} = p_w + Δt [(w − 1) p_w + r]', f'{f(p0)} + {f(dt)}·[({g(w)} − 1)·{g(p0)} + {g(r0)}] = {f(p1)}'),
        (f'p_b,{k} = p_b + Δt [(w − 1) p_b + 1]', f'{f(q0)} + {f(dt)}·[({g(w)} − 1)·{g(q0)} + 1] = {f(q1)}'),
    ]
    lines: list[tuple[Text, str]] = [((a, a), told) for a, told in same]
    lines.append(((f'error r_{k} − y_{k}', f'误差 r_{k} − y_{k}'), f'{f(r1)} − {g(y[k - 1])} = {f(error)}'))
    for name, p, change in (('w', p1, s.dw), ('b', q1, s.db)):
        lines.append(
            (
                (f'contribution to Δ{name}: −(η/T)·error·p_{name}', f'对 Δ{name} 的贡献：−(η/T)·误差·p_{name}'),
                f'−({f(eta)}/{T})·{g(error)}·{g(p)} = {f(change[k - 1])}',
            )
        )
        lines.append(((f'sum of steps 1 … {k}', f'第 1 … {k} 步之和'), f(change[:k].sum())))
    lines.append((('Δw, Δb of all steps', '所有步的 Δw、Δb'), f'{f(s.dw.sum())}, {f(s.db.sum())}'))
    lines.append((('loss (1/2T) Σ (r − y)²', '损失 (1/2T) Σ (r − y)²'), f(float(s.loss))))
    return lines


def _command(seed: int) -> str:
    return f'ratezoo homework run --seed {seed}'


def _code(w, b, dt, eta, seed) -> str:
    return f"""import brainpy.math as bm
import ratezoo
from ratezoo.tasks import homework_sequence

bm.enable_x64()


class Net(ratezoo.RTRL, ratezoo.LinearRNN):
    \"\"\"The homework's unit with the traces p_w and p_b.\"\"\"


x, y = homework_sequence(seed={seed})
net = Net(w={w!r}, b={b!r}, dt={dt!r})
loss, grads = net.gradient(x, y, r0=y[:1])
dw, db = -{eta!r} * grads['w'][0, 0], -{eta!r} * grads['b'][0]
print('loss', loss, 'dw', dw, 'db', db)

net.reset_state(r0=y[:1])
runner = ratezoo.Runner(net, monitors=['r', 'p_w', 'p_b'], progress_bar=False)
runner.run(inputs=x)
print(runner.mon.r.ravel(), runner.mon.p_w.ravel(), runner.mon.p_b.ravel())"""

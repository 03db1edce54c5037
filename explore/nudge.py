"""The page of equilibrium propagation: the free and the nudged phase, and the error of the gradient over λ."""

import functools
import math
import threading
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.errors import RateZooError, UnknownNameError
from ratezoo.explore.controls import Choice, Figure, Shown, Slider, Text, View, number
from ratezoo.explore.drawing import curve, figure, ink, markers
from ratezoo.learning import EquilibriumPropagation, ImplicitGradient
from ratezoo.models import LayeredEnergyModel

SIZES, SEED = (2, 8, 6, 2), 2
STEPS = 500  # of each phase
NUDGES = np.logspace(-4, math.log10(0.5), 13)  # the course takes λ = 0.5
SCHEMES: dict[str, Text] = {
    'one-sided': ('one-sided: λ and 0', '单侧：λ 与 0'),
    'centred': ('centred: λ and −λ', '双侧：λ 与 −λ'),
    'holomorphic': ('holomorphic: 8 points on a circle', '全纯：圆周上的 8 个点'),
}


class _Nudged(EquilibriumPropagation, LayeredEnergyModel):
    """A layered energy model that learns by two phases."""


class _Exact(ImplicitGradient, LayeredEnergyModel):
    """The same network, differentiated."""


class NudgeView(View):
    """Equilibrium propagation of one sample in a small layered energy model."""

    title: Text = ('Equilibrium propagation', '平衡传播')
    about: Text = (
        'The network settles freely. Then the force λ ∂l/∂r pushes its output units up the loss, and it settles again. '
        'The difference of the two fixed points gives the gradient. The smaller λ, the better: as far as the phases '
        'settle.',
        '网络先自由地稳定下来。然后力 λ ∂l/∂r 把输出单元推向损失增大的方向，网络再次稳定。两个不动点之差给出梯度。'
        'λ 越小越准，只要两个阶段都充分稳定。',
    )
    sliders = (
        Slider('nudge', ('λ: nudge', 'λ：推力强度'), 0.1, 1e-4, 0.5, logarithmic=True),
        Slider('x1', ('x₁: first input', 'x₁：第一个输入'), 0.9, -1.0, 1.0),
        Slider('x2', ('x₂: second input', 'x₂：第二个输入'), -0.4, -1.0, 1.0),
        Slider('y1', ('y₁: first target', 'y₁：第一个目标'), 0.8, -1.0, 1.0),
        Slider('y2', ('y₂: second target', 'y₂：第二个目标'), -0.2, -1.0, 1.0),
    )
    choices = (Choice('scheme', ('Scheme', '方案'), 'centred', SCHEMES),)
    figures = {
        'phases': ('Outputs in the free and in the nudged phase', '自由阶段与推动阶段中的输出'),
        'error': ('Error of the gradient over λ', '梯度误差随 λ 的变化'),
    }

    def __init__(self) -> None:
        self.net, self.exact = (cls(SIZES, activation='tanh', seed=SEED) for cls in (_Nudged, _Exact))
        self.lock = threading.Lock()
        self._phases = jax.jit(self._both_phases)
        # They do not depend on λ, so a slider of λ that moves does not compute them again.
        self.exact_gradient = functools.lru_cache(16)(lambda x, y: self.gradient(self.exact, x, y))
        self.curve = functools.lru_cache(16)(self._curve)

    def show(self, values: dict[str, Any], dark: bool, lang: int) -> Shown:
        given = {s.name: number('nudge', s.name, values.get(s.name, s.value), -1e6, 1e6) for s in self.sliders}
        nudge = number('nudge', 'nudge', given['nudge'], 1e-8, 1e3)
        scheme = values.get('scheme', 'centred')
        if scheme not in SCHEMES:
            raise UnknownNameError(f'nudge.scheme: expected one of {", ".join(SCHEMES)}, got {scheme!r}.')
        x, y = ([given[f'{k}{i}'] for i in (1, 2)] for k in 'xy')
        with self.lock:
            exact = self.exact_gradient(tuple(x), tuple(y))
            errors = self.curve(tuple(x), tuple(y), scheme)
            here = self.error(x, y, nudge, scheme, exact, strict=True)
            outputs = self.phases(x, y, nudge)
        lines: list[tuple[Text, str]] = [
            (('λ', 'λ'), f'{nudge:.4g}'),
            (('relative error of the gradient', '梯度的相对误差'), f'{here:.3g}'),
            (('size of the exact gradient', '精确梯度的大小'), f'{np.linalg.norm(exact):.4g}'),
        ]
        figures = {
            'phases': self._draw_phases(outputs, y, dark, lang),
            'error': _draw_error(errors, nudge, scheme, here, dark, lang),
        }
        return Shown(figures, _code(x, y, nudge, scheme), '', lines)

    # ---- numbers -----------------------------------------------------------------------------------------------------

    def gradient(self, net: Any, x: Any, y: Any, **options: Any) -> np.ndarray:
        """The gradient of one sample with respect to all parameters, as one vector."""
        grads = net.gradient(np.array(x), np.array(y), warn_above=math.inf, **options)[1]
        return np.concatenate([np.ravel(grads[p]) for p in net.params])

    def error(self, x, y, nudge: float, scheme: str, exact: np.ndarray, strict: bool = False) -> float:
        """‖g − g_exact‖/‖g_exact‖; NaN where the phases do not settle, unless ``strict``."""
        try:
            g = self.gradient(self.net, x, y, nudge=float(nudge), scheme=scheme)
        except RateZooError:
            if strict:
                raise
            return math.nan
        return float(np.linalg.norm(g - exact) / np.linalg.norm(exact))

    def _curve(self, x: tuple[float, ...], y: tuple[float, ...], scheme: str) -> list[float]:
        exact = self.exact_gradient(x, y)
        return [self.error(x, y, nudge, scheme, exact) for nudge in NUDGES]

    def phases(self, x: list[float], y: list[float], nudge: float) -> np.ndarray:
        """The output units (2 STEPS + 1, 2) from the initial state, first free and then nudged."""
        arrays = (jnp.asarray(a, self.net.dtype) for a in (x, y, nudge))
        return np.asarray(self._phases(self.net.params_dict(), *arrays))

    def _both_phases(self, params, x, y, nudge):
        net = self.net

        def run(r, strength):
            def field(r):
                pull = strength * (r[net.output_units] - y)  # λ ∂l/∂r of the output units
                return net.drift(r, params, x).at[net.output_units].add(pull)

            def advance(r, _):
                r = net.step_along(field, r)
                return r, net.output(r, params)

            return jax.lax.scan(advance, r, None, STEPS)

        r = net.initial_state()
        settled, free = run(r, 0.0)
        return jnp.concatenate([net.output(r, params)[None], free, run(settled, nudge)[1]])

    # ---- figures -----------------------------------------------------------------------------------------------------

    def _draw_phases(self, outputs: np.ndarray, y: list[float], dark: bool, lang: int) -> Figure:
        ts = float(self.net.dt) * np.arange(len(outputs))
        data = []
        for i in range(2):
            name = (f'output {i + 1}', f'输出 {i + 1}')[lang]
            data.append(curve(ts, outputs[:, i], name, i, dark, line={'dash': 'solid'}))
            target = (f'target y{"₁₂"[i]}', f'目标 y{"₁₂"[i]}')[lang]
            data.append(curve(ts[[0, -1]], [y[i]] * 2, target, i, dark, line={'dash': 'dot', 'width': 1.5}))
        middle = float(ts[STEPS])
        shapes = [
            {
                'type': 'line',
                'x0': middle,
                'x1': middle,
                'yref': 'paper',
                'y0': 0,
                'y1': 1,
                'line': {'color': ink(dark), 'width': 1},
            }
        ]
        names = (('free', 'nudged'), ('自由', '推动'))[lang]
        notes = [
            {'x': at, 'yref': 'paper', 'y': 0.02, 'yanchor': 'bottom', 'text': text, 'showarrow': False}
            for at, text in zip((middle / 2, 1.5 * middle), names, strict=True)
        ]
        low, high = min(outputs.min(), *y), max(outputs.max(), *y)
        side = {'range': [low - 0.2 * (high - low), high + 0.05 * (high - low)]}  # the words stand below the curves
        labels = ('time', '时间')[lang], ('output units', '输出单元')[lang]
        return figure(data, labels[0], labels[1], dark, shapes=shapes, annotations=notes, yaxis=side)


def _draw_error(errors, nudge, scheme, here, dark, lang) -> Figure:
    data = [curve(NUDGES, errors, SCHEMES[scheme][lang], list(SCHEMES).index(scheme), dark, mode='lines+markers')]
    data.append(markers([nudge], [here], ('here', '当前')[lang], 'circle', dark, 12))
    log = {'type': 'log', 'exponentformat': 'power', 'dtick': 1}
    label = ('relative error of the gradient', '梯度的相对误差')[lang]
    return figure(data, 'λ', label, dark, xaxis=log, yaxis={**log, 'dtick': 2})


def _code(x, y, nudge, scheme) -> str:
    return f"""import brainpy.math as bm
import numpy as np
import ratezoo

bm.enable_x64()


class Nudged(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    \"\"\"A layered energy model that learns by two phases.\"\"\"


class Exact(ratezoo.ImplicitGradient, ratezoo.LayeredEnergyModel):
    \"\"\"The same network, differentiated.\"\"\"


x, y = np.array({x!r}), np.array({y!r})
nets = [cls({SIZES!r}, activation='tanh', seed={SEED}) for cls in (Nudged, Exact)]
_, g = nets[0].gradient(x, y, nudge={nudge!r}, scheme={scheme!r}, warn_above=np.inf)
_, exact = nets[1].gradient(x, y)
g, exact = (np.concatenate([np.ravel(a[p]) for p in nets[0].params]) for a in (g, exact))
error = np.linalg.norm(g - exact) / np.linalg.norm(exact)
print('relative error of the gradient:', error)"""

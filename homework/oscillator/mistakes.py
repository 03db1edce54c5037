"""The mistakes that people make in the exercise ``oscillator``, and the hint for each of them.

``c`` holds the numbers of a test: s, v and t before the step, the constants m, k and A, and dt.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Test
from ratezoo.homework.oscillator.motion import derivatives, own_derivatives

# ---- mistakes in ds and dv -------------------------------------------------------------------------------------------

POSITION = [
    Choice(lambda c: c['s'], 'this is the position s; its derivative is asked.', '这是位置 s 本身；要填的是它的导数。'),
    Choice(lambda c: -c['v'], 'the sign is wrong: v is ds/dt.', '符号反了：v 就是 ds/dt。'),
    Choice(
        lambda c: c['v'] / c['m'], '1/m is too much: v is a velocity, not a momentum.', '多了 1/m：v 是速度，不是动量。'
    ),
    Choice(
        lambda c: c['dt'] * c['v'],
        'there is a dt too much: this is the derivative, and the step comes in blank 2.',
        '多了 dt：这里是导数，走一步的计算在填空 2。',
    ),
    Choice(
        lambda c: c['s'] + c['dt'] * c['v'],
        'this is the position after the step; here the derivative is asked, and the step comes in blank 2.',
        '这是走一步之后的位置；这里要填的是导数，走一步的计算在填空 2。',
    ),
    Choice(
        lambda c: derivatives(c, c['s'], c['v'], c['t'])[1],
        'this is dv, the derivative of the velocity.',
        '这是速度的导数 dv。',
    ),
    Choice(
        lambda c: c['v'] + c['dt'] * derivatives(c, c['s'], c['v'], c['t'])[1],
        'this is the velocity after the step; Euler takes the one before it.',
        '这是走一步之后的速度；欧拉法取这一步之前的速度。',
    ),
]

_SPRING = [
    Choice(lambda c: -c['k'] * c['s']),
    Choice(
        lambda c: c['k'] * c['s'],
        'the sign of the spring is wrong: it pulls the mass back.',
        '弹簧力的符号错误：弹簧把质量拉回来。',
    ),
    Choice(lambda c: 0 * c['s'], 'the force of the spring is missing.', '缺少弹簧力。'),
    Choice(lambda c: -c['k'] * c['v'], 'v stands for s in the force of the spring.', '弹簧力中误用了 v，应当是 s。'),
    Choice(lambda c: -c['s'], 'k is missing in the force of the spring.', '弹簧力中缺少 k。'),
    Choice(
        lambda c: -c['k'] * c['s'] * c['m'],
        '1/m is missing at the force of the spring.',
        '弹簧力一项缺少 1/m。',
    ),
    Choice(lambda c: -(c['k'] ** 2) * c['s'], 'k is squared.', 'k 被平方了。'),
    Choice(
        lambda c: -c['k'] * (c['s'] + c['dt'] * c['v']),
        'the spring has the position after the step.',
        '弹簧力用了走一步之后的位置。',
    ),
]
_DRIVE = [
    Choice(lambda c: c['A'] * np.cos(c['t'])),
    Choice(
        lambda c: c['A'] * np.sin(c['t']),
        'the drive is sin(t) instead of cos(t).',
        '外力写成了 sin(t)，应当是 cos(t)。',
    ),
    Choice(lambda c: -c['A'] * np.cos(c['t']), 'the sign of the drive is wrong.', '外力的符号错误。'),
    Choice(
        lambda c: c['A'] * np.cos(c['t'] + c['dt']),
        'the drive is taken at t + dt: Euler takes everything before the step, at t.',
        '外力取在了 t + dt：欧拉法一切都取这一步之前的值，即 t。',
    ),
    Choice(lambda c: np.cos(c['t']), 'A is missing in the drive.', '外力中缺少 A。'),
    Choice(lambda c: 0 * c['t'], 'the drive is missing.', '缺少外力。'),
    Choice(
        lambda c: np.cos(c['A'] * c['t']),
        'the drive is cos(A t) instead of A cos(t).',
        '外力写成了 cos(A t)，应当是 A cos(t)。',
    ),
    Choice(lambda c: c['A'] * np.cos(c['t']) * c['m'], '1/m is missing at the drive.', '外力一项缺少 1/m。'),
    Choice(
        lambda c: c['A'] * np.cos(np.sqrt(c['k'] / c['m']) * c['t']),
        "the drive has the oscillator's own frequency; its frequency is 1.",
        '外力用了振子自己的频率；外力的频率是 1。',
    ),
    Choice(
        lambda c: c['A'] * np.cos(c['s']),
        'the drive is cos(s); it depends on the time t.',
        '外力写成了 cos(s)；它取决于时间 t。',
    ),
    Choice(
        lambda c: c['A'] * np.cos(c['t'] / c['dt']),
        'the time in the drive is counted in steps: cos(t/dt) instead of cos(t).',
        '外力中的时间用步数计：写成了 cos(t/dt)，应当是 cos(t)。',
    ),
    Choice(
        lambda c: c['A'] * np.cos(c['t'] * c['dt']),
        'the time in the drive is multiplied by dt; t is a time already.',
        '外力中的时间又乘了 dt；t 已经是时间。',
    ),
    Choice(
        lambda c: c['A'] * np.cos(np.pi / 180 * c['t']),
        'the cosine is taken of degrees; t is in radians.',
        '余弦用了角度；t 是弧度。',
    ),
]
ACCELERATION: list[Choice | Formula] = [
    Choice(
        lambda c: (-c['m'] * c['s'] + c['A'] * np.cos(c['t'])) / c['k'],
        'k and m are exchanged.',
        'k 和 m 互换了。',
    ),
    Choice(lambda c: c['v'], 'this is ds, the derivative of the position.', '这是位置的导数 ds。'),
    Choice(
        lambda c: c['v'] + c['dt'] * derivatives(c, c['s'], c['v'], c['t'])[1],
        'this is the velocity after the step; here the derivative is asked, and the step comes in blank 2.',
        '这是走一步之后的速度；这里要填的是导数，走一步的计算在填空 2。',
    ),
    Formula(
        lambda mass, spring, drive: mass * (spring + drive),
        {
            'mass': [
                Choice(lambda c: 1 / c['m']),
                Choice(
                    lambda c: 1.0, '1/m is missing: the equation gives m dv/dt.', '缺少 1/m：方程给出的是 m dv/dt。'
                ),
                Choice(lambda c: c['m'], 'it is multiplied by m; divide by it.', '应当除以 m，而不是乘以它。'),
                Choice(lambda c: -1 / c['m'], 'the sign of dv is wrong.', 'dv 的符号反了。'),
                Choice(
                    lambda c: c['dt'] / c['m'],
                    'there is a dt too much: this is the derivative, and the step comes in blank 2.',
                    '多了 dt：这里是导数，走一步的计算在填空 2。',
                ),
                Choice(lambda c: 1 / c['m'] ** 2, '1/m is applied twice.', '1/m 乘了两次。'),
            ],
            'spring': _SPRING,
            'drive': _DRIVE,
        },
    ),
]

# ---- mistakes in s_new, v_new and t_new ------------------------------------------------------------------------------------


def _at(position: int, s: Any = 0, v: Any = 0, t: Any = 0) -> Callable[[Test], Any]:
    """The right ds or dv in the state that is reached after the shares s, v and t of Euler's step."""

    def compute(c):
        ds, dv = derivatives(c, c['s'], c['v'], c['t'])
        dt = c['dt']
        return derivatives(c, c['s'] + s * dt * ds, c['v'] + v * dt * dv, c['t'] + t * dt)[position]

    return compute


def _stepped(name: str, rate: Callable[[Test], Any], english: str, chinese: str) -> Choice:
    return Choice(lambda c: c[name] + c['dt'] * rate(c), english, chinese)


def _mean_of_both_ends(position: int) -> Callable[[Test], Any]:
    return lambda c: (_at(position)(c) + _at(position, 1, 1, 1)(c)) / 2


def _runge_kutta_4(position: int) -> Callable[[Test], Any]:
    """The mean slope of the classical Runge–Kutta method."""

    def compute(c):
        dt, slopes = c['dt'], [derivatives(c, c['s'], c['v'], c['t'])]
        for share in (0.5, 0.5, 1.0):
            ds, dv = slopes[-1]
            slopes.append(derivatives(c, c['s'] + share * dt * ds, c['v'] + share * dt * dv, c['t'] + share * dt))
        return sum(w * k[position] for w, k in zip((1, 2, 2, 1), slopes, strict=True)) / 6

    return compute


def _other_methods(position, name):
    return [
        _stepped(
            name, _at(position, 0.5, 0.5, 0.5), 'It is the midpoint method, of second order.', '它是二阶的中点法。'
        ),
        _stepped(
            name,
            _mean_of_both_ends(position),
            "It is Heun's method, of second order: the mean of the derivatives before and after the step.",
            '它是二阶的 Heun 方法：取这一步之前与之后导数的平均。',
        ),
        _stepped(
            name,
            _runge_kutta_4(position),
            'It is the Runge–Kutta method, of fourth order.',
            '它是四阶的 Runge–Kutta 方法。',
        ),
    ]


OTHER_METHODS = {
    's': [
        _stepped(
            's',
            _at(0, v=1),
            'The new velocity is used: this is the semi-implicit (symplectic) Euler method. The energy does not grow '
            'then, so the picture of the energy is another one.',
            '用了新的速度：这是半隐式（辛）欧拉法。这样能量不会增长，所以能量图会不同。',
        ),
        *_other_methods(0, 's'),
    ],
    'v': [
        _stepped(
            'v',
            _at(1, s=1),
            'The new position is used: this is the semi-implicit (symplectic) Euler method. The energy does not grow '
            'then, so the picture of the energy is another one.',
            '用了新的位置：这是半隐式（辛）欧拉法。这样能量不会增长，所以能量图会不同。',
        ),
        _stepped(
            'v',
            _at(1, t=1),
            'The drive is taken at t + dt, the time after the step; Euler takes it at t.',
            '外力取在 t + dt，即这一步之后的时间；欧拉法取在 t。',
        ),
        _stepped(
            'v',
            _at(1, s=1, t=1),
            'The position and the drive are taken after the step; Euler takes them before it.',
            '位置和外力都取这一步之后的值；欧拉法取这一步之前的值。',
        ),
        *_other_methods(1, 'v'),
    ],
}


def step_formulas(name: str) -> list[Choice | Formula]:
    """What people write for s_new or v_new, name ← name + dt · rate, with a mistake."""
    other = {'s': 'v', 'v': 's'}[name]
    return [
        Choice(
            lambda c: own_derivatives(c)[name],
            f'this is the derivative d{name} alone: the new {name} is the old {name} plus the change.',
            f'这只是导数 d{name}：新的 {name} 等于旧的 {name} 加上改变量。',
        ),
        Choice(lambda c: c[name], f'{name} does not change.', f'{name} 没有改变。'),
        Formula(
            lambda old, step, rate: old + step * rate,
            {
                'old': [
                    Choice(lambda c: c[name]),
                    Choice(
                        lambda c: 0 * c[name],
                        f'{name}_new starts from 0: the change must be added to the old {name}.',
                        f'{name}_new 从 0 出发：改变量要加在旧的 {name} 上。',
                    ),
                    Choice(
                        lambda c: c[other],
                        f'{name}_new starts from {other}; it should start from the old {name}.',
                        f'{name}_new 从 {other} 出发；应当从旧的 {name} 出发。',
                    ),
                ],
                'step': [
                    Choice(lambda c: c['dt']),
                    Choice(
                        lambda c: 1.0,
                        "the step dt is missing: Euler's method adds dt times the derivative.",
                        '缺少 dt：欧拉法加上的是 dt 乘以导数。',
                    ),
                    Choice(lambda c: c['dt'] ** 2, 'the step dt is applied twice.', 'dt 乘了两次。'),
                    Choice(lambda c: -c['dt'], 'the sign of the change is wrong.', '改变量的符号反了。'),
                    Choice(
                        lambda c: c['dt'] / 2,
                        'half a step is made: dt/2 instead of dt.',
                        '只走了半步：用了 dt/2，应当是 dt。',
                    ),
                    Choice(
                        lambda c: c['dt'] / c['m'],
                        '1/m is too much: it is in the derivative already.',
                        '多了 1/m：它已经在导数里了。',
                    ),
                    Choice(
                        lambda c: 1 / c['dt'], 'it is divided by dt; multiply by it.', '应当乘以 dt，而不是除以它。'
                    ),
                    Choice(lambda c: 0.1, 'the step dt is written as the number 0.1.', 'dt 被写成了固定的 0.1。'),
                    Choice(lambda c: 0.01, 'the step dt is written as the number 0.01.', 'dt 被写成了固定的 0.01。'),
                ],
                'rate': [
                    Choice(lambda c: own_derivatives(c)[name]),
                    Choice(
                        lambda c: own_derivatives(c)[other],
                        f'the wrong derivative: d{other} stands for d{name}.',
                        f'误用了 d{other}，应当是 d{name}。',
                    ),
                    Choice(
                        lambda c: c[name],
                        f'{name} itself stands for its derivative d{name}.',
                        f'误用了 {name} 本身，应当是它的导数 d{name}。',
                    ),
                ],
            },
        ),
    ]


TIME: list[Choice | Formula] = [
    Choice(
        lambda c: c['t'] * c['dt'],
        't is multiplied by dt; the time goes on by dt.',
        't 被 dt 乘了；时间应当前进 dt。',
    ),
    Formula(
        lambda old, step: old + step,
        {
            'old': [
                Choice(lambda c: c['t']),
                Choice(
                    lambda c: 0 * c['t'],
                    't_new starts from 0: the time must go on from t.',
                    't_new 从 0 出发：时间要从 t 继续。',
                ),
            ],
            'step': [
                Choice(lambda c: c['dt']),
                Choice(
                    lambda c: 1.0,
                    't_new counts steps: one step takes the time dt, not 1.',
                    't_new 数的是步数：一步的时间是 dt，不是 1。',
                ),
                Choice(lambda c: 0.0, 'the time stands still.', '时间没有前进。'),
                Choice(lambda c: c['t'], 't is added once more.', '多加了一次 t。'),
                Choice(lambda c: -c['dt'], 'the time runs backwards.', '时间倒流了。'),
                Choice(
                    lambda c: c['dt'] / 2,
                    'half a step is made: dt/2 instead of dt.',
                    '只走了半步：用了 dt/2，应当是 dt。',
                ),
                Choice(lambda c: 2 * c['dt'], 'the time goes on by two steps.', '时间前进了两步。'),
                Choice(lambda c: 0.1, 'the step dt is written as the number 0.1.', 'dt 被写成了固定的 0.1。'),
                Choice(lambda c: 0.01, 'the step dt is written as the number 0.01.', 'dt 被写成了固定的 0.01。'),
            ],
        },
    ),
]

# ---- mistakes in slope -----------------------------------------------------------------------------------------------------


def _line(x: Callable[[Any], Any], y: Callable[[Any], Any], coefficient: int = 0) -> Callable[[Test], Any]:
    """A coefficient of the straight line y(errors) over x(steps), the slope first."""
    return lambda c: np.polyfit(x(c['steps']), y(c['errors']), 1)[coefficient]


def _as_it_is(values):
    return values


_NO_LOGS = (
    'take the log of the steps and of the errors: only then is it a straight line.',
    '请对步长和误差都取 log：这样才是直线。',
)
SLOPE = [
    Choice(
        lambda c: 1 / c['order'],
        'x and y are swapped: it should be log(error) over log(h).',
        '横轴和纵轴颠倒了：应当是 log(误差) 随 log(h) 的变化。',
    ),
    Choice(_line(_as_it_is, _as_it_is), *_NO_LOGS),
    Choice(lambda c: (c['errors'][0] - c['errors'][-1]) / (c['steps'][0] - c['steps'][-1]), *_NO_LOGS),
    Choice(lambda c: np.mean(c['errors'] / c['steps']), *_NO_LOGS),
    Choice(
        _line(_as_it_is, np.log),
        'the log of the steps is missing.',
        '没有对步长取 log。',
    ),
    Choice(
        _line(np.log, _as_it_is),
        'the log of the errors is missing.',
        '没有对误差取 log。',
    ),
    Choice(
        _line(np.log, np.log, 1),
        'this is the intercept of the line, the second number of np.polyfit; the slope is the first one.',
        '这是直线的截距，即 np.polyfit 的第二个数；斜率是第一个数。',
    ),
    Choice(
        _line(np.log10, np.log10, 1),
        'this is the intercept of the line, the second number of np.polyfit; the slope is the first one.',
        '这是直线的截距，即 np.polyfit 的第二个数；斜率是第一个数。',
    ),
    Choice(lambda c: -c['order'], 'the sign is wrong: the error grows with h.', '符号反了：误差随 h 增大。'),
    *(
        Choice(
            lambda c, ends=ends: np.log(c['errors'][ends[0]] / c['errors'][ends[1]]),
            'this is a difference of log(error): divide it by the difference of log(h).',
            '这是 log(误差) 的差：还要除以 log(h) 的差。',
        )
        for ends in ((0, -1), (-1, 0), (0, 1), (1, 0), (-2, -1))
    ),
    *(
        Choice(
            lambda c, ends=ends: c['errors'][ends[0]] / c['errors'][ends[1]],
            'this is the ratio of two errors. The order is its log, divided by the log of the ratio of the steps.',
            '这是两个误差之比。阶是它的 log 除以步长之比的 log。',
        )
        for ends in ((0, -1), (-1, 0), (0, 1), (1, 0), (-2, -1))
    ),
    *(
        Choice(
            lambda c, ends=ends: np.log2(c['errors'][ends[0]] / c['errors'][ends[1]]),
            'this is right only if the second step is half of the first: divide by the log of the ratio of the steps.',
            '这只在第二个步长是第一个的一半时才对：要除以步长之比的 log。',
        )
        for ends in ((0, 1), (-2, -1), (1, 0))
    ),
    *(
        Choice(
            lambda c, i=i: np.log(c['errors'][i]) / np.log(c['steps'][i]),
            'the ratio of two logs is no slope: take differences of two points, or np.polyfit.',
            '两个 log 之比不是斜率：要取两点之差，或者用 np.polyfit。',
        )
        for i in (0, -1)
    ),
    Choice(
        lambda c: np.mean(np.log(c['errors']) / np.log(c['steps'])),
        'the mean ratio of the logs is no slope: take differences of points, or np.polyfit.',
        'log 之比的平均不是斜率：要取各点之差，或者用 np.polyfit。',
    ),
    Choice(
        lambda c: c['order'] * np.log(10),
        'the log of the steps is log10, that of the errors is log: take the same for both.',
        '步长用了 log10，误差用了 log：两者要用同一种对数。',
    ),
    Choice(
        lambda c: c['order'] / np.log(10),
        'the log of the steps is log, that of the errors is log10: take the same for both.',
        '步长用了 log，误差用了 log10：两者要用同一种对数。',
    ),
    Choice(
        lambda c: 1.0,
        'the order is written as the number 1; measure it from the steps and the errors.',
        '阶被写成了固定的 1；请由步长和误差测出来。',
    ),
]

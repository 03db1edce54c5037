"""What is judged in the exercise ``oscillator``, and the mistakes that people make.

The right ds/dt and dv/dt come from the closed form of the motion through a random state. The step is compared with
Euler's method for the student's own derivatives, so that a mistake in blank 1 does not count again in blank 2.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ratezoo.homework.experiments import Experiment, call, experiment, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, falls_at_order, value
from ratezoo.homework.words import Hint

_CONSTANTS = ('m', 'k', 'A')
_STATES = ('s', 'v', 't')


def parts(rng: np.random.Generator) -> list[Part]:
    """The three blanks, and what the hand-out gives."""
    cases = [random_case(rng) for _ in range(6)]
    return [
        *(derivative_part(position, cases) for position in (0, 1)),
        *(step_part(name, cases) for name in _STATES),
        order_part(rng),
        Part(
            name='update under bp.DSRunner',
            given=True,
            needs=('ds', 'dv', 's_new', 'v_new', 't_new'),
            cases=cases[:1],
            experiments=lambda c: [several_steps(c, run), several_steps(c, steps)],
            got=lambda t: np.array([value(t)[name] for name in _STATES]),
            right=lambda t: np.array([value(t, 1)[name] for name in _STATES]),
            compare_with=(
                'There it gives other numbers than step by step. Only Variables keep their values there.',
                '在那里得到的数值与逐步调用不同。在其中只有 Variable 能保持数值。',
            ),
        ),
    ]


def derivative_part(position: int, cases: list[Test]) -> Part:
    """ds, the first value of ``derivatives``, or dv, the second one."""
    name = ('ds', 'dv')[position]
    return Part(
        name=name,
        blanks={name: ('v - s', 's + v')[position]},
        cases=cases,
        experiments=lambda c: [derivatives_at(c)],
        got=lambda t: np.ravel(value(t)[position]),
        right=lambda t: derivatives(t, t['s'], t['v'], t['t'])[position],
        mistakes=(POSITION, ACCELERATION)[position],
        quantities=('dt', 'm', 'k', 'A'),
        terms=terms,
        compare_with=(
            ('v is defined as the derivative of s.', '速度 v 的定义就是 s 的导数。'),
            (
                'd2s/dt2 is dv/dt: solve the equation for it.',
                'd2s/dt2 就是 dv/dt：由方程把它解出来。',
            ),
        )[position],
    )


def step_part(name: str, cases: list[Test]) -> Part:
    """s_new, v_new or t_new."""
    rate = {'s': 'ds', 'v': 'dv', 't': '1'}[name]
    return Part(
        name=f'{name}_new',
        blanks={f'{name}_new': f'{name} - dt'},
        cases=cases,
        experiments=lambda c: [*(one_step({**c, 'dt': c['dt'] / 2**i}) for i in range(3)), derivatives_at(c)],
        got=lambda t: value(t)[name][0],
        right=lambda t: t[name] + t['dt'] * own_derivatives(t)[name],
        mistakes=TIME if name == 't' else [*OTHER_METHODS[name], *step_formulas(name)],
        quantities=('dt',),
        consistent=None if name == 't' else lambda tests, got, right: other_method(name, tests),
        compare_with=(
            f"Euler's method: the new {name} is the old {name} plus dt times its derivative {rate}, both before the step.",
            f'欧拉法：新的 {name} 等于旧的 {name} 加上 dt 乘以它的导数 {rate}，两者都取这一步之前的值。',
        ),
    )


def order_part(rng: np.random.Generator) -> Part:
    """slope, of errors that follow a power law."""
    return Part(
        name='slope',
        blanks={'slope': '0.'},
        cases=[random_errors(rng, n) for n in (4, 5, 6, 5, 3, 4)],
        experiments=lambda c: [experiment(call('order', c['steps'], c['errors']), init={'dt': 0.1})],
        right=lambda t: t['order'],
        mistakes=SLOPE,
        compare_with=(
            'the slope is the change of log(error) divided by the change of log(h).',
            '斜率等于 log(误差) 的变化除以 log(h) 的变化。',
        ),
    )


# ---- cases and experiments -------------------------------------------------------------------------------------------


def random_case(rng: np.random.Generator) -> Test:
    """An oscillator in a random state; the drive is not at its own frequency."""
    m = rng.uniform(0.4, 0.8) * rng.choice([1, 3])
    case: Test = {
        'm': m,
        'k': m * rng.uniform(2, 5),
        'A': rng.uniform(1.5, 3),
        'dt': rng.uniform(0.02, 0.06),
        's': rng.choice([-1, 1], 1) * rng.uniform(0.5, 1.5),
        'v': rng.choice([-1, 1], 1) * rng.uniform(0.5, 1.5),
        't': rng.uniform(0.3, 6, 1),
    }
    return case


def random_errors(rng: np.random.Generator, n: int) -> Test:
    """Errors C h^p at n steps h, from the largest step to the smallest."""
    order = rng.uniform(0.6, 4)
    steps = np.sort(rng.uniform(0.002, 0.3, n))[::-1]
    return {'order': order, 'steps': steps, 'errors': rng.uniform(0.3, 3) * steps**order}


def one_step(case: Mapping[str, Any]) -> Experiment:
    """One update from the state of the case."""
    state = {name: case[name] for name in _STATES}
    return experiment(steps(1, *_STATES), init=arguments(case), set=state, dt=case['dt'])


def several_steps(case: Mapping[str, Any], how: Any) -> Experiment:
    """Six updates from the start, by ``how``: `run` or `steps`."""
    dt = 0.125  # six times this number is exact, so that DSRunner makes six steps
    return experiment(how(6, *_STATES), init=arguments({**case, 'dt': dt}), dt=dt)


def derivatives_at(case: Mapping[str, Any]) -> Experiment:
    """ds and dv in the state of the case. The Variables have other values, so self.v is not v."""
    set_to = {name: case[name] + 0.3 for name in _STATES}
    return experiment(
        call('derivatives', *(case[name] for name in _STATES)), init=arguments(case), set=set_to, dt=case['dt']
    )


def arguments(case: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the constructor."""
    return {'dt': case['dt'], **{name: case[name] for name in _CONSTANTS}}


# ---- the right values ------------------------------------------------------------------------------------------------


def motion(c: Test, s: Any, v: Any, t: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """The exact position and velocity, as functions of time, of the motion that has s and v at the time t.

    The motion is a cos τ + p cos ω(τ − t) + q sin ω(τ − t) with ω² = k/m and a = A/(k − m).
    """
    omega, a = np.sqrt(c['k'] / c['m']), c['A'] / (c['k'] - c['m'])
    p, q = s - a * np.cos(t), (v + a * np.sin(t)) / omega

    def position(tau):
        return a * np.cos(tau) + p * np.cos(omega * (tau - t)) + q * np.sin(omega * (tau - t))

    def velocity(tau):
        free = -p * np.sin(omega * (tau - t)) + q * np.cos(omega * (tau - t))
        return -a * np.sin(tau) + omega * free

    return position, velocity


def derivatives(c: Test, s: Any, v: Any, t: Any) -> list[np.ndarray]:
    """ds/dt and dv/dt of the exact motion through s and v at the time t (complex-step derivatives)."""
    return [np.imag(f(t + 1e-30j)) / 1e-30 for f in motion(c, s, v, t)]


def own_derivatives(t: Test) -> dict[str, np.ndarray]:
    """The derivatives of s, v and t: those of the student's own method ``derivatives``, and 1."""
    ds, dv = (np.ravel(d) for d in value(t, 3))
    return {'s': ds, 'v': dv, 't': np.ones(1)}


def other_method(name: str, tests: list[Test]) -> Hint | None:
    """The hint for a step that is not Euler's, but differs from it by O(Δt²); None if it differs by more."""
    errors = np.zeros(3)  # over all tests, in parts of Euler's change: they fall with Δt
    for test in tests:
        rate = own_derivatives(test)
        size = max(abs(float(rate[k][0])) for k in rate)
        for i in range(3):
            dt = test['dt'] / 2**i
            errors[i] += float(np.abs(value(test, i)[name][0] - test[name] - dt * rate[name])[0]) / (dt * size)
    if not falls_at_order((errors / len(tests)).tolist(), 1):
        return None
    return (
        f"{name}_new is not that of Euler's method, but of another method of the same or of a higher order: the difference "
        'falls with the step. Accepted.',
        f'{name}_new 不是欧拉法的结果，而是同阶或更高阶的另一种方法的结果：差别随步长减小。可以接受。',
    )


def terms(t: Test) -> dict[str, np.ndarray]:
    """What a formula may have too much, or too little."""
    return {'s': t['s'], 'v': t['v'], 't': t['t'], 'cos(t)': np.cos(t['t']), 'sin(t)': np.sin(t['t'])}


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
    Choice(
        lambda c: c['v'] + 0.3,
        'self.v stands in place of the argument v.',
        '误用了 self.v；应当用参数 v。',
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
    Choice(
        lambda c: -c['k'] * (c['s'] + 0.3),
        'self.s stands in place of the argument s.',
        '误用了 self.s；应当用参数 s。',
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
    Choice(
        lambda c: c['A'] * np.cos(c['t'] + 0.3),
        'self.t stands in place of the argument t.',
        '误用了 self.t；应当用参数 t。',
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

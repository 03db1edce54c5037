"""What is judged in the exercise ``reduction``, and the mistakes that people make.

The right values come from the full model. The step of the synapse is compared with the closed form of its current (a
spike gives e^{−t/τ_s}/τ_s). The two limits are measured: the full model runs with time constants whose ratio is 1e-10,
until its fast variable has settled, and then the slow variable tells its derivative.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from ratezoo.homework.experiments import Experiment, call, experiment, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, falls_at_order, value
from ratezoo.homework.words import Hint

RATIO = 1e-10  # of the fast time constant to the slow one
_CONSTANTS = ('W', 'tau_s', 'tau_m', 'r_max', 'theta')


def parts(rng: np.random.Generator) -> list[Part]:
    """The three blanks, and what the hand-out gives."""
    cases = [random_case(rng, n) for n in (3, 4, 5, 4, 3)]
    return [
        Part(
            name='I_new',
            blanks={'I_new': 'I'},
            cases=cases,
            experiments=lambda c: [one_step('full', 'I', {**c, 'dt': c['dt'] / 2**k}) for k in range(3)],
            got=lambda t: value(t)['I'][0],
            right=lambda t: euler_step(t, t['dt']),
            mistakes=[*OTHER_METHODS, SYNAPSE, KERNEL],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms,
            consistent=other_method,
            compare_with=(
                'write the equation as dI/dt = …, and then I_new = I + dt dI/dt. A spike is a rho of 1/dt that lasts for '
                'one step.',
                '先把方程写成 dI/dt = …，再写 I_new = I + dt dI/dt。一个脉冲就是高为 1/dt、只持续一步的 rho。',
            ),
        ),
        Part(
            name='dr',
            blanks={'dr': '-r'},
            cases=cases,
            experiments=lambda c: [one_step('firing-rate', 'r', c)],
            got=lambda t: (value(t)['r'][0] - t['r']) / t['dt'],
            right=lambda t: slow_derivative(t, tau_s=RATIO * t['tau_m'], tau_m=t['tau_m'])['r'],
            mistakes=[*NOT_THE_DERIVATIVE_OF_R, FIRING_RATE],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms,
            compare_with=(
                'set dI/dt = 0 in the equation of the synapse, with the rates r in place of rho, solve it for I, and put '
                'this I into the equation of the membrane.',
                '在突触方程中用发放率 r 代替 rho，令 dI/dt = 0，解出 I，再代入膜的方程。',
            ),
        ),
        Part(
            name='dI',
            blanks={'dI': '-I'},
            cases=cases,
            experiments=lambda c: [one_step('current', 'I', {**c, 'r': g(c, c['I'])})],
            got=lambda t: (value(t)['I'][0] - t['I']) / t['dt'],
            right=lambda t: slow_derivative(t, tau_s=t['tau_s'], tau_m=RATIO * t['tau_s'])['I'],
            mistakes=[*NOT_THE_DERIVATIVE_OF_I, CURRENT],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms,
            compare_with=(
                'set dr/dt = 0 in the equation of the membrane, solve it for r, and put this r in place of rho into the '
                'equation of the synapse.',
                '在膜的方程中令 dr/dt = 0，解出 r，再用它代替突触方程中的 rho。',
            ),
        ),
        Part(
            name='g',
            given=True,
            cases=cases,
            experiments=lambda c: [experiment(call('g', c['I']), init=arguments('full', c), dt=c['dt'])],
            right=lambda t: g(t, t['I']),
            compare_with=('It should be r_max [I]² over (theta² + [I]²).', '应当是 r_max [I]² 除以 (theta² + [I]²)。'),
        ),
        Part(
            name='update',
            given=True,
            needs=('I_new',),
            cases=cases,
            experiments=lambda c: [one_step('full', 'r', c)],
            got=lambda t: value(t)['r'][0],
            right=lambda t: t['r'] + t['dt'] / t['tau_m'] * (g(t, t['I']) - t['r']),
            compare_with=(
                'In the full model, r should move by dt (−r + g(I))/tau_m.',
                '在完整模型中，r 的改变量应当是 dt (−r + g(I))/tau_m。',
            ),
        ),
        Part(
            name='update under bp.DSRunner',
            given=True,
            needs=('I_new', 'dr', 'dI'),
            cases=[{**cases[0], 'model': model} for model in ('full', 'firing-rate', 'current')],
            experiments=lambda c: [several_steps(c, run), several_steps(c, steps)],
            got=lambda t: np.array([value(t)[name] for name in ('I', 'r')]),
            right=lambda t: np.array([value(t, 1)[name] for name in ('I', 'r')]),
            compare_with=(
                'There it gives other numbers than step by step. Only Variables keep their values there.',
                '在那里得到的数值与逐步调用不同。在其中只有 Variable 能保持数值。',
            ),
        ),
    ]


# ---- cases and experiments -------------------------------------------------------------------------------------------


def random_case(rng: np.random.Generator, n: int) -> Test:
    """A network of n units in a random state. W is not symmetric, and g is steep at these currents."""
    tau_s, tau_m = rng.uniform(2, 9, 2) * rng.permutation([1, 2.5])
    case: Test = {
        'tau_s': tau_s,
        'tau_m': tau_m,
        'dt': tau_s * rng.uniform(0.05, 0.15),
        'r_max': rng.uniform(0.3, 0.9),
        'theta': rng.uniform(0.7, 1.6),
        'W': rng.normal(0.5, 1.5, (n, n)),
        'I': rng.uniform(0.4, 2.5, n),
        'r': rng.uniform(0.05, 0.3, n),
        'x': rng.uniform(0.5, 1.5, n),
    }
    return case


def arguments(model: str, case: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the constructor."""
    return {'model': model, 'dt': case['dt'], **{name: case[name] for name in _CONSTANTS}}


def one_step(model: str, name: str, case: Mapping[str, Any]) -> Experiment:
    """One update from the state of the case; what is read is the Variable ``name``."""
    return experiment(
        steps(case['x'][None], name), init=arguments(model, case), set={k: case[k] for k in ('I', 'r')}, dt=case['dt']
    )


def several_steps(case: Mapping[str, Any], how: Any) -> Experiment:
    """Six updates with changing inputs, by ``how``: `run` or `steps`."""
    inputs = case['x'] * np.linspace(0.2, 1, 6)[:, None]
    state = {k: case[k] for k in ('I', 'r')}
    return experiment(how(inputs, 'I', 'r'), init=arguments(case['model'], case), set=state, dt=case['dt'])


# ---- the right values ------------------------------------------------------------------------------------------------


def g(c: Mapping[str, Any], I: Any) -> np.ndarray:
    """The f-I curve that the hand-out gives."""
    square = np.maximum(I, 0) ** 2
    return c['r_max'] * square / (c['theta'] ** 2 + square)


def current_after(c: Test, h: complex) -> np.ndarray:
    """The exact current after the time h: what is left of I, and the currents of the spikes and of the input since then.

    The spikes come with the constant rates r, and the integral of the kernel e^{−t/τ_s}/τ_s from 0 to h is 1 − e^{−h/τ_s}.
    """
    left = np.exp(-h / c['tau_s'])
    return left * c['I'] + (1 - left) * (np.einsum('ij,j->i', c['W'], c['r']) + c['x'])


def euler_step(c: Test, dt: float) -> np.ndarray:
    """A straight line along the exact current, from its present value. Its slope is a complex-step derivative."""
    return c['I'] + dt * np.imag(current_after(c, 1e-30j)) / 1e-30


def slow_derivative(c: Test, tau_s: float, tau_m: float) -> dict[str, np.ndarray]:
    """dI/dt and dr/dt in the full model when its fast variable has settled (after 50 of the fast time constants)."""
    n = len(c['r'])

    def full(t, state):
        I, r = state[:n], state[n:]
        return np.concatenate([(-I + c['W'].dot(r) + c['x']) / tau_s, (-r + g(c, I)) / tau_m])

    fast = min(tau_s, tau_m)
    start = np.concatenate([c['I'], c['r']])
    settled = solve_ivp(full, (0, 50 * fast), start, method='DOP853', rtol=1e-11, atol=1e-14).y[:, -1]
    slope = full(0, settled)
    return {'I': slope[:n], 'r': slope[n:]}


def other_method(tests: list[Test], got: list[np.ndarray], right: list[np.ndarray]) -> Hint | None:
    """The hint for a step that is not Euler's, but differs from it by O(Δt²); None if it differs by more."""
    errors = np.zeros(3)  # over all tests, in parts of Euler's change: they fall with Δt
    for test in tests:
        slope = np.abs(euler_step(test, 1.0) - test['I']).max()
        for k in range(3):
            dt = test['dt'] / 2**k
            errors[k] += np.abs(value(test, k)['I'][0] - euler_step(test, dt)).max() / (dt * slope)
    if not falls_at_order((errors / len(tests)).tolist(), 1):
        return None
    return (
        "this is not Euler's method, but another method of the same or of a higher order: the difference falls with dt. "
        'Accepted.',
        '这不是欧拉法，而是同阶或更高阶的另一种方法：差别随 dt 减小。可以接受。',
    )


def terms(t: Test) -> dict[str, np.ndarray]:
    """What a formula may have too much, or too little."""
    return {'x': t['x'], 'I': t['I'], 'r': t['r'], 'W r': t['W'] @ t['r'], 'g(I)': g(t, t['I'])}


# ---- mistakes in I_new ← I + dt/tau_s (−I + W rho + x) -------------------------------------------------------------------
# c holds the numbers of a test. Its r are the rates rho of the spikes: in a step of dt there are r dt spikes.

OTHER_METHODS = [
    Choice(
        lambda c: c['I'] * _left(c) + c['W'] @ c['r'] * c['dt'] / c['tau_s'] + (1 - _left(c)) * c['x'],
        'It is exact for each spike: the kernel is e^(−t/tau_s)/tau_s.',
        '它对每个脉冲都是精确的：核是 e^(−t/tau_s)/tau_s。',
    ),
    Choice(
        lambda c: c['I'] * _left(c) + (1 - _left(c)) * (c['W'] @ c['r'] + c['x']),
        'It is the exponential Euler method.',
        '它是指数欧拉法。',
    ),
    Choice(
        lambda c: (c['I'] + c['W'] @ c['r'] * c['dt'] / c['tau_s']) * _left(c) + (1 - _left(c)) * c['x'],
        'The spikes come before the decay of this step.',
        '脉冲在这一步的衰减之前到达。',
    ),
    Choice(
        lambda c: (c['I'] + c['dt'] / c['tau_s'] * (c['W'] @ c['r'] + c['x'])) / (1 + c['dt'] / c['tau_s']),
        'It is the implicit Euler method.',
        '它是隐式欧拉法。',
    ),
]


def _left(c, tau='tau_s'):
    """What is left of a current after one step."""
    return np.exp(-c['dt'] / c[tau])


_OLD = [
    Choice(lambda c: c['I']),
    Choice(
        lambda c: 0 * c['I'],
        "the new I starts from 0: Euler's method adds the change to the old I.",
        '新的 I 从 0 出发：欧拉法是在旧的 I 上加改变量。',
    ),
]
_WEIGHTS = [
    Choice(lambda c: c['W']),
    Choice(
        lambda c: c['W'].T,
        'W is transposed: a row of W belongs to a neuron that receives, a column to one that sends.',
        'W 被转置了：W 的行对应接收的神经元，列对应发送的神经元。',
    ),
    Choice(
        lambda c: np.eye(len(c['W'])),
        'W is missing: the synapses weight what arrives.',
        '缺少 W：输入要经过突触加权。',
    ),
]
_NO_INPUT = ('the input x is missing.', '缺少输入 x。')

# Where a Choice gives a function, this function gets the weights.
SYNAPSE = Formula(
    lambda old, step, leak, weights, spikes, x: old + step * (leak + spikes(weights) + x),
    {
        'old': _OLD,
        'step': [
            Choice(lambda c: c['dt'] / c['tau_s']),
            Choice(
                lambda c: c['dt'],
                '1/tau_s is missing: the equation gives tau_s dI/dt.',
                '缺少 1/tau_s：方程给出的是 tau_s dI/dt。',
            ),
            Choice(
                lambda c: c['dt'] / c['tau_m'],
                'the wrong time constant, tau_m in place of tau_s: it belongs to the membrane.',
                '误用了 tau_m：它属于膜，这里应当是 tau_s。',
            ),
            Choice(
                lambda c: 1 / c['tau_s'],
                "the step dt is missing: Euler's method adds dt times the derivative.",
                '缺少 dt：欧拉法加上的是 dt 乘以导数。',
            ),
            Choice(
                lambda c: c['dt'] * c['tau_s'],
                'it is multiplied by tau_s; divide by it.',
                '应当除以 tau_s，而不是乘以它。',
            ),
            Choice(lambda c: 1.0, 'both dt and 1/tau_s are missing.', '缺少 dt 和 1/tau_s。'),
            Choice(lambda c: c['dt'] ** 2 / c['tau_s'], 'the step dt is applied twice.', 'dt 乘了两次。'),
            Choice(lambda c: -c['dt'] / c['tau_s'], 'the whole change has the wrong sign.', '整个改变量的符号反了。'),
            Choice(
                lambda c: c['tau_s'] / c['dt'], 'the fraction dt/tau_s is upside down.', 'dt/tau_s 的分子和分母颠倒了。'
            ),
        ],
        'leak': [
            Choice(lambda c: -c['I']),
            Choice(
                lambda c: 0 * c['I'], 'the leak −I is missing: the current must decay.', '缺少泄漏项 −I：电流应当衰减。'
            ),
            Choice(lambda c: c['I'], 'the sign of the leak is wrong: it is −I.', '泄漏项的符号错误：应当是 −I。'),
            Choice(
                lambda c: -c['I'] * c['tau_s'],
                '1/tau_s is missing at the leak −I.',
                '泄漏项 −I 缺少 1/tau_s。',
            ),
            Choice(lambda c: -c['I'] / c['dt'], 'the leak −I is divided by dt.', '泄漏项 −I 被 dt 除了。'),
        ],
        'weights': _WEIGHTS,
        'spikes': [
            Choice(lambda c: lambda W: W @ c['r']),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['dt'],
                'one spike counts as 1, so its area is dt. A delta function has the area 1: how high must it be for one step?',
                '一个脉冲被当作 1，它的面积就是 dt。delta 函数的面积是 1：只持续一步时它应当有多高？',
            ),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['dt'] ** 2,
                'one spike counts as dt. A delta function has the area 1: how high must it be for one step?',
                '一个脉冲被当作 dt。delta 函数的面积是 1：只持续一步时它应当有多高？',
            ),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['tau_s'],
                '1/tau_s is missing at the spikes: one spike then gives a current of the area tau_s; it should be 1.',
                '脉冲项缺少 1/tau_s：一个脉冲的电流面积成了 tau_s，而应当是 1。',
            ),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['dt'] / c['tau_s'],
                'one spike counts as 1/tau_s; its area in one step must be 1.',
                '一个脉冲被当作 1/tau_s；它在一步内的面积应当是 1。',
            ),
            Choice(lambda c: lambda W: -W @ c['r'], 'the sign of the spikes is wrong.', '脉冲项的符号错误。'),
            Choice(lambda c: lambda W: 0 * c['r'], 'the spikes are missing.', '缺少脉冲项。'),
            Choice(
                lambda c: lambda W: W @ (c['r'] + c['x']) - c['x'],
                'x stands inside the product with W: the synapses weight the spikes alone.',
                'x 被放进了与 W 的乘积里：突触只对脉冲加权。',
            ),
            Choice(
                lambda c: lambda W: W @ (c['r'] - c['I']) + c['I'],
                'W multiplies the leak −I too: the synapses weight the spikes alone.',
                'W 也乘到了泄漏项 −I 上：突触只对脉冲加权。',
            ),
        ],
        'x': [
            Choice(lambda c: c['x']),
            Choice(lambda c: 0 * c['x'], *_NO_INPUT),
            Choice(lambda c: -c['x'], 'the sign of the input x is wrong.', '输入 x 的符号错误。'),
            Choice(
                lambda c: c['x'] * c['tau_s'],
                'the input x stands outside of the division by tau_s.',
                '输入 x 没有除以 tau_s。',
            ),
            Choice(
                lambda c: c['x'] * c['tau_s'] / c['dt'],
                'the input x is added as it is: it belongs to the derivative, like W rho.',
                '输入 x 被直接加上了：它和 W rho 一样属于导数。',
            ),
            Choice(
                lambda c: c['x'] / c['dt'],
                'the input x is divided by dt: it is a current, not a number of spikes.',
                '输入 x 被 dt 除了：它是电流，不是脉冲数。',
            ),
        ],
    },
)

# I_new ← I e^{−dt/tau_s} + W spikes/tau_s + …: the exact kernel, with a mistake.
KERNEL = Formula(
    lambda old, weights, spikes, x: old + spikes(weights) + x,
    {
        'old': [
            Choice(lambda c: c['I'] * _left(c)),
            Choice(
                lambda c: c['I'] * _left(c, 'tau_m'),
                'the wrong time constant in the decay, tau_m in place of tau_s: it belongs to the membrane.',
                '衰减中误用了 tau_m：它属于膜，这里应当是 tau_s。',
            ),
            Choice(lambda c: c['I'] * np.exp(-c['dt']), '1/tau_s is missing in the decay.', '衰减中缺少 1/tau_s。'),
            Choice(lambda c: c['I'], 'the current does not decay.', '电流没有衰减。'),
        ],
        'weights': _WEIGHTS,
        'spikes': [
            Choice(lambda c: lambda W: W @ c['r'] * c['dt'] / c['tau_s']),
            Choice(lambda c: lambda W: (1 - _left(c)) * (W @ c['r'])),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['dt'],
                '1/tau_s is missing at the spikes: one spike then gives a current of the area tau_s; it should be 1.',
                '脉冲项缺少 1/tau_s：一个脉冲的电流面积成了 tau_s，而应当是 1。',
            ),
            Choice(
                lambda c: lambda W: W @ c['r'] * c['dt'] / c['tau_m'],
                'the wrong time constant at the spikes, tau_m in place of tau_s.',
                '脉冲项中误用了 tau_m，应当是 tau_s。',
            ),
            Choice(
                lambda c: lambda W: (1 - _left(c)) * (W @ c['r']) * c['dt'],
                'one spike counts as 1, so its area is dt. A delta function has the area 1: how high must it be for one step?',
                '一个脉冲被当作 1，它的面积就是 dt。delta 函数的面积是 1：只持续一步时它应当有多高？',
            ),
            Choice(lambda c: lambda W: 0 * c['r'], 'the spikes are missing.', '缺少脉冲项。'),
        ],
        'x': [
            Choice(lambda c: (1 - _left(c)) * c['x']),
            Choice(lambda c: c['dt'] / c['tau_s'] * c['x']),
            Choice(
                lambda c: (1 - _left(c, 'tau_m')) * c['x'],
                'the wrong time constant at the input x, tau_m in place of tau_s.',
                '输入 x 一项中误用了 tau_m，应当是 tau_s。',
            ),
            Choice(lambda c: 0 * c['x'], *_NO_INPUT),
            Choice(
                lambda c: c['x'],
                'the input x is added as it is: it belongs to the derivative, like W rho.',
                '输入 x 被直接加上了：它和 W rho 一样属于导数。',
            ),
            Choice(
                lambda c: c['dt'] * c['x'],
                'the input x stands outside of the division by tau_s.',
                '输入 x 没有除以 tau_s。',
            ),
        ],
    },
)

# ---- mistakes in dr ← (−r + g(W r + x))/tau_m ------------------------------------------------------------------------------

_DERIVATIVE = (
    'this is the new {0}; the blank asks for d{0}/dt. The step is in update already.',
    '这是新的 {0}；这里要填的是 d{0}/dt。走一步的计算已经写在 update 里了。',
)
NOT_THE_DERIVATIVE_OF_R = [
    Choice(
        lambda c: c['r'] + c['dt'] / c['tau_m'] * (-c['r'] + g(c, c['W'] @ c['r'] + c['x'])),
        *(text.format('r') for text in _DERIVATIVE),
    ),
]

FIRING_RATE = Formula(
    lambda factor, leak, weights, rate: factor * (leak + rate(weights)),
    {
        'factor': [
            Choice(lambda c: 1 / c['tau_m']),
            Choice(
                lambda c: 1.0,
                '1/tau_m is missing: the equation gives tau_m dr/dt.',
                '缺少 1/tau_m：方程给出的是 tau_m dr/dt。',
            ),
            Choice(
                lambda c: 1 / c['tau_s'],
                'the wrong time constant, tau_s in place of tau_m: the synapse is infinitely fast here, and the membrane is slow.',
                '误用了 tau_s：这里突触无限快，慢的是膜，应当是 tau_m。',
            ),
            Choice(
                lambda c: c['dt'] / c['tau_m'],
                'there is a dt too much: update multiplies dr/dt by dt already.',
                '多了 dt：update 里已经用 dt 乘了 dr/dt。',
            ),
            Choice(
                lambda c: c['dt'],
                '1/tau_m is missing, and there is a dt too much: update multiplies dr/dt by dt already.',
                '缺少 1/tau_m，又多了 dt：update 里已经用 dt 乘了 dr/dt。',
            ),
            Choice(lambda c: c['tau_m'], 'it is multiplied by tau_m; divide by it.', '应当除以 tau_m，而不是乘以它。'),
            Choice(lambda c: -1 / c['tau_m'], 'the sign of dr/dt is wrong.', 'dr/dt 的符号反了。'),
        ],
        'leak': [
            Choice(lambda c: -c['r']),
            Choice(lambda c: 0 * c['r'], 'the leak −r is missing.', '缺少泄漏项 −r。'),
            Choice(lambda c: c['r'], 'the sign of the leak is wrong: it is −r.', '泄漏项的符号错误：应当是 −r。'),
            Choice(
                lambda c: -c['I'],
                'the leak is −I; in an equation for r it is −r.',
                '泄漏项写成了 −I；r 的方程中应当是 −r。',
            ),
            Choice(lambda c: -c['r'] * c['tau_m'], '1/tau_m is missing at the leak −r.', '泄漏项 −r 缺少 1/tau_m。'),
        ],
        'weights': _WEIGHTS,
        'rate': [
            Choice(lambda c: lambda W: g(c, W @ c['r'] + c['x'])),
            Choice(
                lambda c: lambda W: W @ g(c, c['r']) + c['x'],
                'g stands at the wrong place: W g(…) + x is the form of the current model. Here g takes the whole current.',
                'g 的位置不对：W g(…) + x 是电流模型的形式。这里 g 作用在整个电流上。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['r']) + c['x'],
                'the input x stands outside of g: it is a part of the current.',
                '输入 x 在 g 的外面：它是电流的一部分，应当在 g 里面。',
            ),
            Choice(
                lambda c: lambda W: W @ c['r'] + c['x'],
                'g is missing: a current is not a rate.',
                '缺少 g：电流不是发放率。',
            ),
            Choice(lambda c: lambda W: g(c, W @ c['r']), *_NO_INPUT),
            Choice(lambda c: lambda W: g(c, c['x']), 'the recurrent current W r is missing.', '缺少循环电流 W r。'),
            Choice(
                lambda c: lambda W: g(c, W @ (c['r'] + c['x'])),
                'x stands inside the product with W: the synapses weight the rates alone.',
                'x 被放进了与 W 的乘积里：突触只对发放率加权。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ g(c, c['r']) + c['x']),
                'g is applied to r too; r is a rate already.',
                'g 也作用到了 r 上；r 已经是发放率。',
            ),
            Choice(
                lambda c: lambda W: g(c, c['I']),
                'self.I does not change in this model. The current has settled: express it by r and x.',
                '在这个模型里 self.I 不会改变。电流已经达到稳态：请用 r 和 x 表示它。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['I'] + c['x']),
                'I stands in place of r: the synapses pass on rates.',
                '误用了 I：突触传递的是发放率 r。',
            ),
            Choice(
                lambda c: lambda W: g(c, -c['r'] + W @ c['r'] + c['x']) + c['r'],
                'the leak −r stands inside g.',
                '泄漏项 −r 被放到了 g 里面。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['r'] - c['x']),
                'the sign of the input x is wrong.',
                '输入 x 的符号错误。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['r'] * c['dt'] + c['x']),
                'the rates are multiplied by dt: in this equation r itself takes the place of rho.',
                '发放率被乘以 dt：在这个方程里，代替 rho 的就是 r 本身。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['r'] / c['dt'] + c['x']),
                'the rates are divided by dt: they are no numbers of spikes.',
                '发放率被 dt 除了：它们不是脉冲数。',
            ),
            Choice(
                lambda c: lambda W: g(c, (W @ c['r'] + c['x']) / c['tau_s']),
                'the current is divided by tau_s: a current that has settled does not depend on tau_s.',
                '电流被 tau_s 除了：达到稳态的电流与 tau_s 无关。',
            ),
        ],
    },
)

# ---- mistakes in dI ← (−I + W g(I) + x)/tau_s ------------------------------------------------------------------------------

NOT_THE_DERIVATIVE_OF_I = [
    Choice(
        lambda c: c['I'] + c['dt'] / c['tau_s'] * (-c['I'] + c['W'] @ g(c, c['I']) + c['x']),
        *(text.format('I') for text in _DERIVATIVE),
    ),
]

CURRENT = Formula(
    lambda factor, leak, weights, synapses, x: factor * (leak + synapses(weights) + x),
    {
        'factor': [
            Choice(lambda c: 1 / c['tau_s']),
            Choice(
                lambda c: 1.0,
                '1/tau_s is missing: the equation gives tau_s dI/dt.',
                '缺少 1/tau_s：方程给出的是 tau_s dI/dt。',
            ),
            Choice(
                lambda c: 1 / c['tau_m'],
                'the wrong time constant, tau_m in place of tau_s: the membrane is infinitely fast here, and the synapse is slow.',
                '误用了 tau_m：这里膜无限快，慢的是突触，应当是 tau_s。',
            ),
            Choice(
                lambda c: c['dt'] / c['tau_s'],
                'there is a dt too much: update multiplies dI/dt by dt already.',
                '多了 dt：update 里已经用 dt 乘了 dI/dt。',
            ),
            Choice(
                lambda c: c['dt'],
                '1/tau_s is missing, and there is a dt too much: update multiplies dI/dt by dt already.',
                '缺少 1/tau_s，又多了 dt：update 里已经用 dt 乘了 dI/dt。',
            ),
            Choice(lambda c: c['tau_s'], 'it is multiplied by tau_s; divide by it.', '应当除以 tau_s，而不是乘以它。'),
            Choice(lambda c: -1 / c['tau_s'], 'the sign of dI/dt is wrong.', 'dI/dt 的符号反了。'),
        ],
        'leak': [
            Choice(lambda c: -c['I']),
            Choice(lambda c: 0 * c['I'], 'the leak −I is missing.', '缺少泄漏项 −I。'),
            Choice(lambda c: c['I'], 'the sign of the leak is wrong: it is −I.', '泄漏项的符号错误：应当是 −I。'),
            Choice(
                lambda c: -g(c, c['I']),
                'the leak is −r; in an equation for I it is −I.',
                '泄漏项写成了 −r；I 的方程中应当是 −I。',
            ),
            Choice(lambda c: -c['I'] * c['tau_s'], '1/tau_s is missing at the leak −I.', '泄漏项 −I 缺少 1/tau_s。'),
        ],
        'weights': _WEIGHTS,
        'synapses': [
            Choice(lambda c: lambda W: W @ g(c, c['I'])),
            Choice(
                lambda c: lambda W: g(c, W @ c['I'] + c['x']) - c['x'],
                'g stands at the wrong place: g(W … + x) is the form of the firing-rate model. Here each neuron sends the '
                'rate that its own current gives.',
                'g 的位置不对：g(W … + x) 是发放率模型的形式。这里每个神经元发送的是由它自己的电流决定的发放率。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ c['I']),
                'g stands at the wrong place: first g makes a rate of each current, then W weights the rates. (The input '
                'x is at its place.)',
                'g 的位置不对：先由 g 把每个电流变成发放率，再由 W 加权。（输入 x 的位置是对的。）',
            ),
            Choice(
                lambda c: lambda W: W @ c['I'],
                'g is missing: the neurons send rates.',
                '缺少 g：神经元发送的是发放率。',
            ),
            Choice(
                lambda c: lambda W: W @ g(c, c['I'] + c['x']) - c['x'],
                'x stands inside of g: I contains the input already, and x drives dI/dt itself.',
                'x 被放到了 g 里面：I 已经包含了输入，x 直接驱动 dI/dt。',
            ),
            Choice(
                lambda c: lambda W: W @ (g(c, c['I']) + c['x']) - c['x'],
                'x stands inside the product with W: the synapses weight the rates alone.',
                'x 被放进了与 W 的乘积里：突触只对发放率加权。',
            ),
            Choice(
                lambda c: lambda W: g(c, W @ g(c, c['I']) + c['x']) - c['x'],
                'g is applied a second time, to the whole current.',
                'g 又对整个电流作用了一次。',
            ),
            Choice(lambda c: lambda W: 0 * c['I'], 'the recurrent current is missing.', '缺少循环电流。'),
            Choice(
                lambda c: lambda W: -W @ g(c, c['I']),
                'the sign of the recurrent current is wrong.',
                '循环电流的符号错误。',
            ),
            Choice(
                lambda c: lambda W: W @ g(c, c['I']) / c['dt'],
                'the rates are divided by dt: they are no numbers of spikes.',
                '发放率被 dt 除了：它们不是脉冲数。',
            ),
            Choice(
                lambda c: lambda W: W @ g(c, c['I']) * c['dt'],
                'the rates are multiplied by dt: in this equation g(I) itself takes the place of rho.',
                '发放率被乘以 dt：在这个方程里，代替 rho 的就是 g(I) 本身。',
            ),
            Choice(
                lambda c: lambda W: W @ g(c, c['I']) * c['tau_s'],
                'the recurrent current stands outside of the division by tau_s.',
                '循环电流没有除以 tau_s。',
            ),
        ],
        'x': [
            Choice(lambda c: c['x']),
            Choice(lambda c: 0 * c['x'], *_NO_INPUT),
            Choice(lambda c: -c['x'], 'the sign of the input x is wrong.', '输入 x 的符号错误。'),
            Choice(
                lambda c: c['x'] * c['tau_s'],
                'the input x stands outside of the division by tau_s.',
                '输入 x 没有除以 tau_s。',
            ),
            Choice(
                lambda c: g(c, c['x']),
                'g is applied to the input x: x is a current.',
                'g 作用到了输入 x 上：x 是电流。',
            ),
        ],
    },
)

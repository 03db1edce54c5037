"""The mistakes that people make in the exercise ``reduction``, and the hint for each of them.

``c`` holds the numbers of a test. In I_new its r are the rates rho of the spikes: in a step of dt there are r dt spikes.
Where a `Choice` gives a function, this function gets the weights.
"""

import numpy as np

from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.reduction.full_model import g

# ---- mistakes in I_new ← I + dt/tau_s (−I + W rho + x) -----------------------------------------------------------------

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

_SLOW = {
    'tau_m': ('the synapse is infinitely fast here, and the membrane is slow', '这里突触无限快，慢的是膜'),
    'tau_s': ('the membrane is infinitely fast here, and the synapse is slow', '这里膜无限快，慢的是突触'),
}


def factors(tau: str, other: str, name: str, why: str, why_zh: str) -> list[Choice]:
    """The factor 1/tau of the equation tau d{name}/dt = …, and what people write for it."""
    return [
        Choice(lambda c: 1 / c[tau]),
        Choice(
            lambda c: 1.0,
            f'1/{tau} is missing: the equation gives {tau} d{name}/dt.',
            f'缺少 1/{tau}：方程给出的是 {tau} d{name}/dt。',
        ),
        Choice(
            lambda c: 1 / c[other],
            f'the wrong time constant, {other} in place of {tau}: {why}.',
            f'误用了 {other}：{why_zh}，应当是 {tau}。',
        ),
        Choice(
            lambda c: c['dt'] / c[tau],
            f'there is a dt too much: update multiplies d{name}/dt by dt already.',
            f'多了 dt：update 里已经用 dt 乘了 d{name}/dt。',
        ),
        Choice(
            lambda c: c['dt'],
            f'1/{tau} is missing, and there is a dt too much: update multiplies d{name}/dt by dt already.',
            f'缺少 1/{tau}，又多了 dt：update 里已经用 dt 乘了 d{name}/dt。',
        ),
        Choice(lambda c: c[tau], f'it is multiplied by {tau}; divide by it.', f'应当除以 {tau}，而不是乘以它。'),
        Choice(lambda c: -1 / c[tau], f'the sign of d{name}/dt is wrong.', f'd{name}/dt 的符号反了。'),
    ]


FIRING_RATE = Formula(
    lambda factor, leak, weights, rate: factor * (leak + rate(weights)),
    {
        'factor': factors('tau_m', 'tau_s', 'r', *_SLOW['tau_m']),
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
        'factor': factors('tau_s', 'tau_m', 'I', *_SLOW['tau_s']),
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

"""What is measured of a solution of ``bptt``, what it is compared with, and the mistakes that people make.

The judge contains no recursion for v and no formula for dw: v_t is compared with the change of the loss when r_t is
moved and the student's own ``update`` goes on from there, dw and db with the change of the loss when w and b are moved.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ratezoo.homework.experiments import call, experiment, read, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, value

ETA = 0.1
_LENGTHS = (4, 5, 6, 8, 9)  # T of each test; not 10, so that T written as the number 10 is noticed
_MOVE_R = 1e-2  # the loss is quadratic in each r_t: the central difference is exact up to rounding
_MOVE_W = 1e-5


# ---- random tests ----------------------------------------------------------------------------------------------------


def rates(dt: float, w: float, b: float, r: float, x: np.ndarray) -> np.ndarray:
    """r, and the rate after each step with the inputs x by Euler's rule, (len(x) + 1,)."""
    r_all = [r]
    for x_t in x:
        r_all.append(r_all[-1] + dt * (-r_all[-1] + w * r_all[-1] + b + x_t))
    return np.array(r_all)


def _loss(r: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((np.ravel(r) - y) ** 2) / 2)


def _random_case(rng: np.random.Generator, T: int) -> dict[str, Any]:
    """A run, and its v_1 … v_T by finite differences. w is not near 1, where v would not decay."""
    dt, w, b = rng.uniform(0.04, 0.3), 1 + rng.choice([-1, 1]) * rng.uniform(0.4, 1.5), rng.uniform(0.4, 1.5)
    x, y = rng.normal(size=(2, T))
    r = rates(dt, w, b, y[0], x)
    v = np.zeros(T)
    for k in range(T):
        for sign in (1, -1):
            later = rates(dt, w, b, r[k + 1] + sign * _MOVE_R, x[k + 1 :])
            v[k] += sign * _loss(np.concatenate([r[1 : k + 1], later]), y) / (2 * _MOVE_R)
    return {'dt': dt, 'w': w, 'b': b, 'T': T, 'x': x, 'y': y, 'r': r, 'v': v, 'e': r[1:] - y}


def _case(rng, T):
    """A case whose dw and db are not small by accident, because then a relative error tells little."""
    while True:
        case = _random_case(rng, T)
        if all(abs(np.sum(p)) > 0.2 * np.sum(np.abs(p)) for p in (case['v'], case['v'] * case['r'][:-1])):
            return case


# ---- experiments, and right values from their results ------------------------------------------------------------------


def _net(case: Mapping[str, Any], *actions: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An experiment with a network whose r is r_0; ``changed`` gives other values of w, b or r."""
    numbers = {'w': case['w'], 'b': case['b'], 'r': case['y'][0]} | changed
    init = {'dt': case['dt'], 'w': numbers['w'], 'b': numbers['b']}
    return experiment(*actions, init=init, set={'r': [numbers['r']]}, dt=case['dt'])


def _experiments_of_v(case):
    """``adjoint`` with the sequences of the run; and the end of the run from r_t ± _MOVE_R, for each t = 1 … T."""
    moved = [
        _net(case, steps(case['x'][k + 1 :], 'r'), r=case['r'][k + 1] + sign * _MOVE_R)
        for k in range(case['T'])
        for sign in (1, -1)
    ]
    return [_net(case, call('adjoint', case['r'][1:], case['y'])), *moved]


def _measured_v(test: Test) -> np.ndarray:
    """dl/dr_t for t = 1 … T, from the student's own steps."""
    v = np.zeros(test['T'])
    for k in range(test['T']):
        for i, sign in enumerate((1, -1)):
            later = np.ravel(value(test, 1 + 2 * k + i)['r'])
            r = np.concatenate([test['r'][1 : k + 1], [test['r'][k + 1] + sign * _MOVE_R], later])
            v[k] += sign * _loss(r, test['y']) / (2 * _MOVE_R)
    return v


def _experiments_of_change(name: str) -> Callable[[Mapping[str, Any]], list[dict[str, Any]]]:
    """``train`` with the sequences of the run and its v; and the run with the parameter ± _MOVE_W."""

    def experiments(case):
        trained = _net(case, call('train', case['r'][1:], case['v'], case['y']), read(name))
        moved = [_net(case, steps(case['x'], 'r'), **{name: case[name] + sign * _MOVE_W}) for sign in (1, -1)]
        return [trained, *moved]

    return experiments


def _change_of(name: str) -> Callable[[Test], np.ndarray]:
    """What ``train`` has added to the parameter."""
    return lambda test: np.ravel(value(test)) - test[name]


def _measured_change(test: Test) -> float:
    """−η dl/dw, or −η dl/db, from two runs of the student's own network."""
    plus, minus = (_loss(value(test, i)['r'], test['y']) for i in (1, 2))
    return -ETA * (plus - minus) / (2 * _MOVE_W)


# ---- v ---------------------------------------------------------------------------------------------------------------
# A line is order(weight · error, factor, T).


def _backward(own: np.ndarray, factor: float, T: int) -> np.ndarray:
    v = np.zeros(T + 1)
    for k in reversed(range(T)):
        v[k] = own[k] + factor * v[k + 1]
    return v[:-1]


def _before_the_step(own, factor, T):
    v = np.zeros(T + 1)
    for k in reversed(range(T)):
        v[k] = factor * (own[k] + v[k + 1])
    return v[:-1]


def _shifted(values, by):
    """The values of the step before (``by`` 1) or after (−1), and 0 where there is none."""
    moved = np.roll(values, by)
    moved[0 if by > 0 else -1] = 0
    return moved


def _only(values, k):
    alone = np.zeros_like(values)
    alone[k] = values[k]
    return alone


_OTHER_STEP = (
    'the error of another step is used: v_t gets the error of the same step, r_t − y_t.',
    '用了别的时刻的误差：v_t 里应当是同一步的误差 r_t − y_t。',
)
_OTHER_STEP_OF_RATE = (
    'v and the rate are shifted against each other: v_t goes with the rate before the step t.',
    'v 与发放率错开了一步：v_t 应当与第 t 步之前的发放率相乘。',
)

ADJOINT = Formula(
    lambda weight, error, factor, order, T: order(weight * error, factor, T),
    {
        'factor': [
            Choice(lambda c: 1 + c['dt'] * (c['w'] - 1)),
            Choice(
                lambda c: c['w'],
                'Δt is missing in the factor of the old v: differentiate r + Δt(−r + w r + b + x) by r.',
                '旧的 v 的系数里缺少 Δt：请对 r + Δt(−r + w r + b + x) 求对 r 的导数。',
            ),
            Choice(
                lambda c: c['w'] - 1,
                'the factor of the old v is (w − 1), which is the derivative of dr/dt. The step is r + Δt dr/dt: '
                'differentiate all of it.',
                '旧的 v 的系数写成了 (w − 1)，那是 dr/dt 的导数。一步是 r + Δt dr/dt：请对整个式子求导。',
            ),
            Choice(
                lambda c: c['dt'] * (c['w'] - 1),
                'the factor of the old v lacks the 1: r_{t+1} contains r_t itself, and not only Δt times something.',
                '旧的 v 的系数里缺少 1：r_{t+1} 里有 r_t 本身，而不只是 Δt 乘以某个量。',
            ),
            Choice(
                lambda c: 1.0,
                'the old v is passed on with the factor 1: how does r_{t+1} depend on r_t?',
                '旧的 v 的系数是 1：r_{t+1} 是怎样依赖 r_t 的？',
            ),
            Choice(
                lambda c: 0.0,
                'v_t holds the error of its own step only: r_t also acts on all later steps, through r_{t+1}.',
                'v_t 里只有本步的误差：r_t 还会通过 r_{t+1} 影响以后的各步。',
            ),
            Choice(
                lambda c: 1 + c['dt'] * c['w'],
                'the leak is missing in the factor of the old v: −r in dr/dt gives −Δt.',
                '旧的 v 的系数里缺少泄漏项：dr/dt 里的 −r 给出 −Δt。',
            ),
            Choice(
                lambda c: 1 - c['dt'],
                'the recurrence is missing in the factor of the old v: w r in dr/dt gives Δt w.',
                '旧的 v 的系数里缺少自连接项：dr/dt 里的 w r 给出 Δt w。',
            ),
            Choice(
                lambda c: 1 + c['dt'] * (c['w'] + 1),
                'wrong sign of the leak in the factor of the old v: −r in dr/dt gives −Δt.',
                '旧的 v 的系数里泄漏项的符号反了：dr/dt 里的 −r 给出 −Δt。',
            ),
            Choice(
                lambda c: 1 - c['dt'] * (c['w'] - 1),
                'wrong sign in the factor of the old v: the step ADDS Δt dr/dt.',
                '旧的 v 的系数里符号反了：一步是加上 Δt dr/dt，而不是减去。',
            ),
            Choice(
                lambda c: -(1 + c['dt'] * (c['w'] - 1)),
                'the old v has the wrong sign: both ways to the loss are added.',
                '旧的 v 的符号反了：到损失的两条路应当相加。',
            ),
            Choice(
                lambda c: c['dt'] * c['w'],
                'the factor of the old v is Δt w: differentiate all of r + Δt(−r + w r + b + x) by r, not only w r.',
                '旧的 v 的系数是 Δt w：请对整个 r + Δt(−r + w r + b + x) 求对 r 的导数，而不只是 w r。',
            ),
            Choice(
                lambda c: (1 + c['dt'] * (c['w'] - 1)) ** 2,
                'the factor of the old v is applied twice in a step.',
                '旧的 v 的系数在一步里乘了两次。',
            ),
            Choice(
                lambda c: 1 + 0.1 * (c['w'] - 1),
                'Δt is written as the number 0.1; use dt.',
                'Δt 被写成了固定的 0.1；请使用 dt。',
            ),
            Choice(
                lambda c: 1 + c['dt'] * (c['b'] - 1),
                'b stands where w belongs, in the factor of the old v.',
                '旧的 v 的系数里误用了 b，应当是 w。',
            ),
            Choice(
                lambda c: np.exp(c['dt'] * (c['w'] - 1)),
                "the factor of the old v is that of the exact solution of dr/dt; the run uses Euler's rule, so "
                "differentiate Euler's rule.",
                '旧的 v 的系数取自 dr/dt 的精确解；而程序用的是欧拉法，所以要对欧拉法求导。',
            ),
            Choice(
                lambda c: 1 / (1 - c['dt'] * (c['w'] - 1)),
                'the factor of the old v is that of the implicit Euler rule; the run uses the explicit one.',
                '旧的 v 的系数属于隐式欧拉法；而程序用的是显式欧拉法。',
            ),
        ],
        'weight': [
            Choice(lambda c: 1 / c['T']),
            Choice(
                lambda c: 1.0,
                '1/T is missing at the error: the loss is a mean over T steps.',
                '误差前缺少 1/T：损失是对 T 步取的平均。',
            ),
            Choice(lambda c: c['T'] ** -2.0, '1/T is applied twice to the error.', '误差前的 1/T 乘了两次。'),
            Choice(
                lambda c: 2 / c['T'],
                'there is a factor 2 too much at the error: the ½ in the loss cancels it.',
                '误差前多了因子 2：损失里的 ½ 会与它抵消。',
            ),
            Choice(
                lambda c: 0.5 / c['T'],
                'there is a factor ½ too much at the error: differentiating ½(r − y)² gives (r − y).',
                '误差前多了因子 ½：对 ½(r − y)² 求导得到 (r − y)。',
            ),
            Choice(
                lambda c: c['dt'] / c['T'],
                'Δt stands at the error: r_t itself is compared with y_t, there is no Δt in the loss. (The Δt of dw comes '
                'in the second blank.)',
                '误差前多了 Δt：与 y_t 比较的是 r_t 本身，损失里没有 Δt。（dw 的 Δt 属于填空 2。）',
            ),
            Choice(
                lambda c: c['dt'],
                'Δt stands in place of 1/T: they are equal only if T Δt = 1, as in this file.',
                '误差前用了 Δt 而不是 1/T：只有在 T Δt = 1 时（本文件恰好如此）两者才相等。',
            ),
            Choice(
                lambda c: ETA / c['T'],
                'the learning rate η does not belong into v, which is a derivative of the loss.',
                'v 是损失的导数，里面没有学习率 η。',
            ),
            Choice(
                lambda c: 0.1,
                'T is written as the number 10; use T.',
                'T 被写成了固定的 10；请使用 T。',
            ),
        ],
        'order': [
            Choice(lambda c: _backward),
            Choice(
                lambda c: _before_the_step,
                'the error of the step is multiplied by the factor of the old v as well: it belongs to r_t itself, so it '
                'is added after the multiplication.',
                '本步的误差也乘上了旧的 v 的系数：它属于 r_t 本身，应当在相乘之后再加上。',
            ),
            Choice(
                lambda c: lambda own, factor, T: _backward(own, factor / T, T),
                '1/T divides the old v as well: v contains 1/T already, so only the error of the step is divided by T.',
                '旧的 v 也除以了 T：v 里已经有 1/T，只有本步的误差要除以 T。',
            ),
            Choice(
                lambda c: lambda own, factor, T: _backward(own[::-1], factor, T)[::-1],
                'v goes forward in time; it must go backward: v of the last step comes first.',
                'v 是沿时间向前计算的；应当倒着走：先算最后一步的 v。',
            ),
            Choice(
                lambda c: lambda own, factor, T: _backward(own, factor, T)[::-1],
                'v_seq has the order of time reversed: v_seq[0] belongs to the first step.',
                'v_seq 的时间顺序颠倒了：v_seq[0] 属于第一步。',
            ),
            Choice(
                lambda c: lambda own, factor, T: _shifted(_backward(own, factor, T), -1),
                'v_seq[k] is the v of the step after k.',
                'v_seq[k] 是 k 的后一步的 v。',
            ),
            Choice(
                lambda c: lambda own, factor, T: own + factor * _shifted(own, -1),
                'only the next step is counted: pass on the old v, which contains all later errors.',
                '只考虑了下一步：要传递的是旧的 v，它包含以后所有的误差。',
            ),
        ],
        'T': [Choice(lambda c: c['T'])],
        'error': [
            Choice(lambda c: c['e']),
            Choice(
                lambda c: -c['e'],
                'wrong sign of the error: v is dl/dr_t, and the derivative of ½(r − y)² is r − y, not y − r.',
                '误差的符号反了：v 是 dl/dr_t，½(r − y)² 的导数是 r − y，而不是 y − r。',
            ),
            Choice(lambda c: c['r'][1:], 'r is used where the error r − y belongs.', '误用了 r，应当使用误差 r − y。'),
            Choice(lambda c: c['y'], 'y is used where the error r − y belongs.', '误用了 y，应当使用误差 r − y。'),
            Choice(
                lambda c: c['e'] ** 2,
                'the squared error is used: differentiate the loss, the derivative of ½(r − y)² is (r − y).',
                '使用了误差的平方：要对损失求导，½(r − y)² 的导数是 (r − y)。',
            ),
            Choice(
                lambda c: abs(c['e']),
                'the absolute error is used; its sign matters.',
                '使用了误差的绝对值；误差的符号很重要。',
            ),
            Choice(
                lambda c: np.ones(c['T']),
                'the error r − y is missing.',
                '缺少误差 r − y。',
            ),
            Choice(lambda c: np.roll(c['e'], 1), *_OTHER_STEP),
            Choice(lambda c: np.roll(c['e'], -1), *_OTHER_STEP),
            Choice(lambda c: _shifted(c['e'], 1), *_OTHER_STEP),
            Choice(lambda c: _shifted(c['e'], -1), *_OTHER_STEP),
            Choice(lambda c: c['e'][::-1], *_OTHER_STEP),
            Choice(
                lambda c: _only(c['e'], -1),
                'only the error of the last step enters: every step has its own error, r_t − y_t.',
                '只用了最后一步的误差：每一步都有自己的误差 r_t − y_t。',
            ),
            Choice(
                lambda c: np.full(c['T'], c['e'][-1]),
                'the error of the last step is used in every step: use error[k].',
                '每一步用的都是最后一步的误差：请使用 error[k]。',
            ),
            Choice(
                lambda c: np.full(c['T'], np.mean(c['e'])),
                'the mean error is used in every step: use error[k].',
                '每一步用的都是平均误差：请使用 error[k]。',
            ),
        ],
    },
)
ADJOINT_IS_ZERO = Choice(
    lambda c: np.zeros(c['T']),
    'v is 0 in every step: the error of the step, r_t − y_t, is never added.',
    '每一步的 v 都是 0：从未加上本步的误差 r_t − y_t。',
)
ADJOINT_TIMES_RATE = Choice(
    lambda c: _times_rate(c),
    'the old v is multiplied by r_t: the step is linear in r, so its derivative by r contains no r.',
    '旧的 v 多乘了 r_t：一步对 r 是线性的，所以对 r 的导数里没有 r。',
)


def _times_rate(c):
    v = np.zeros(c['T'] + 1)
    for k in reversed(range(c['T'])):
        v[k] = c['e'][k] / c['T'] + (1 + c['dt'] * (c['w'] - 1)) * v[k + 1] * c['r'][k + 1]
    return v[:-1]


# ---- dw and db ---------------------------------------------------------------------------------------------------------
# A line is sign · eta · step · total(adjoint · rate).

_SIGN = [
    Choice(lambda c: -1.0),
    Choice(
        lambda c: 1.0,
        'ascent instead of descent: the change is MINUS η times the gradient.',
        '符号反了，变成了梯度上升：改变量是负的 η 乘梯度。',
    ),
]
_RATE = [
    Choice(lambda c: ETA),
    Choice(lambda c: 1.0, 'η is missing: multiply by the learning rate eta.', '缺少学习率：请乘以 eta。'),
    Choice(lambda c: ETA**2, 'η is applied twice.', 'η 乘了两次。'),
    Choice(lambda c: 2 * ETA, 'there is a factor 2 too much.', '多了因子 2。'),
    Choice(lambda c: ETA / 2, 'there is a factor ½ too much.', '多了因子 ½。'),
]
_STEP = [
    Choice(lambda c: c['dt']),
    Choice(
        lambda c: 1.0,
        'Δt is missing: a step adds Δt (−r + w r + b + x), so a change of the parameter acts through Δt.',
        '缺少 Δt：一步加上的是 Δt (−r + w r + b + x)，所以参数的改变要乘以 Δt 才起作用。',
    ),
    Choice(lambda c: c['dt'] ** 2, 'Δt is applied twice.', 'Δt 乘了两次。'),
    Choice(lambda c: 0.1, 'Δt is written as the number 0.1; use dt.', 'Δt 被写成了固定的 0.1；请使用 dt。'),
    Choice(
        lambda c: 1 / c['T'],
        '1/T stands in place of Δt: v contains 1/T already, and Δt is still to come.',
        '用了 1/T 而不是 Δt：v 里已经有 1/T，还缺的是 Δt。',
    ),
]
_TOTAL = [
    Choice(lambda c: lambda p: np.sum(p)),
    Choice(
        lambda c: lambda p: np.mean(p),
        '1/T is applied twice: v contains 1/T already, so take the sum and not the mean.',
        '1/T 乘了两次：v 里已经有 1/T，应当求和而不是取平均。',
    ),
    Choice(
        lambda c: lambda p: len(p) * np.sum(p),
        'there is a factor T too much: v is the derivative of the mean, so it contains 1/T, and that is right.',
        '多了因子 T：v 是平均值的导数，里面有 1/T，这是对的。',
    ),
    Choice(
        lambda c: lambda p: p[-1],
        'only the last step counts: w and b act in every step, so sum over all T steps.',
        '只用了最后一步：w 和 b 在每一步都起作用，应当对全部 T 步求和。',
    ),
    Choice(
        lambda c: lambda p: p[0],
        'only the first step counts: w and b act in every step, so sum over all T steps.',
        '只用了第一步：w 和 b 在每一步都起作用，应当对全部 T 步求和。',
    ),
    Choice(
        lambda c: lambda p: np.sum(p[1:]),
        'the first step is left out: sum over all T steps.',
        '漏掉了第一步：应当对全部 T 步求和。',
    ),
    Choice(
        lambda c: lambda p: np.sum(p[:-1]),
        'the last step is left out: sum over all T steps.',
        '漏掉了最后一步：应当对全部 T 步求和。',
    ),
]
_OF_ADJOINT = [
    Choice(lambda c: c['v']),
    Choice(
        lambda c: c['e'],
        'the error r − y stands where the adjoint v belongs: the parameter also acts on the later errors.',
        '用了误差 r − y，应当使用伴随变量 v：参数也会影响以后的误差。',
    ),
    Choice(
        lambda c: c['e'] / c['T'],
        'the error (r − y)/T stands where the adjoint v belongs: the parameter also acts on the later errors.',
        '用了误差 (r − y)/T，应当使用伴随变量 v：参数也会影响以后的误差。',
    ),
    Choice(
        lambda c: c['v'] * c['e'],
        'the error r − y is multiplied too much: v contains the errors already.',
        '多乘了误差 r − y：v 里已经包含误差。',
    ),
    Choice(lambda c: np.ones(c['T']), 'the adjoint v is missing.', '缺少伴随变量 v。'),
    Choice(lambda c: _shifted(c['v'], -1), *_OTHER_STEP_OF_RATE),
    Choice(lambda c: _shifted(c['v'], 1), *_OTHER_STEP_OF_RATE),
    Choice(
        lambda c: c['v'][::-1],
        'v_seq is reversed: v_seq[0] belongs to the first step already.',
        'v_seq 被颠倒了：v_seq[0] 本来就属于第一步。',
    ),
    Choice(lambda c: c['v'] ** 2, 'v is multiplied by itself.', 'v 乘了它自己。'),
    Choice(
        lambda c: np.full(c['T'], np.sum(c['v'])),
        'v is summed before it is multiplied: multiply step by step, then sum.',
        'v 先求了和再相乘：应当逐步相乘，然后求和。',
    ),
    Choice(
        lambda c: np.full(c['T'], np.mean(c['v'])),
        'v is averaged before it is multiplied: multiply step by step, then sum.',
        'v 先取了平均再相乘：应当逐步相乘，然后求和。',
    ),
]
_AFTER: tuple[str, str] = (
    'r_t is used, the rate after the step; w multiplies r_{t−1}, the rate before the step. (For a small Δt the two are '
    "close, but dw then differs from RTRL's.)",
    '用了 r_t，即这一步之后的发放率；而 w 乘的是 r_{t−1}，即这一步之前的。（Δt 很小时两者接近，但这样 dw 就与 RTRL 的不相等。）',
)
_OF_W = [
    Choice(lambda c: c['r'][:-1]),
    Choice(lambda c: c['r'][1:], *_AFTER),
    Choice(
        lambda c: np.ones(c['T']),
        'the rate is missing: ∂(w r)/∂w = r. (Without it, this is db.)',
        '缺少发放率：∂(w r)/∂w = r。（没有它就是 db 了。）',
    ),
    Choice(lambda c: c['y'], 'the target y is used where the rate belongs.', '误用了目标 y，应当使用发放率。'),
    Choice(lambda c: c['e'], 'the error r − y is used where the rate belongs.', '误用了误差 r − y，应当使用发放率。'),
    Choice(
        lambda c: c['w'] * c['r'][:-1],
        'w r is used; differentiate by w: ∂(w r)/∂w = r.',
        '用了 w r；请对 w 求导：∂(w r)/∂w = r。',
    ),
    Choice(
        lambda c: (c['w'] - 1) * c['r'][:-1],
        '(w − 1) r is used; differentiate by w: ∂(w r)/∂w = r.',
        '用了 (w − 1) r；请对 w 求导：∂(w r)/∂w = r。',
    ),
    Choice(lambda c: _shifted(c['r'][:-1], 1), *_OTHER_STEP_OF_RATE),
    Choice(lambda c: c['r'][:-1] ** 2, 'the rate is squared: ∂(w r)/∂w = r.', '发放率被平方了：∂(w r)/∂w = r。'),
    Choice(lambda c: c['r'][:-1][::-1], 'the rates are in the reversed order.', '发放率的时间顺序颠倒了。'),
    Choice(lambda c: c['r'][1:][::-1], 'the rates are in the reversed order.', '发放率的时间顺序颠倒了。'),
    Choice(
        lambda c: np.diff(c['r']) / c['dt'],
        'all of dr/dt is used; only w r contains w: ∂(dr/dt)/∂w = r.',
        '用了 dr/dt；其中只有 w r 含有 w：∂(dr/dt)/∂w = r。',
    ),
]
_OF_B = [
    Choice(lambda c: np.ones(c['T'])),
    Choice(
        lambda c: c['r'][:-1],
        'the rate belongs to dw; b is added as it is: ∂(w r + b)/∂b = 1.',
        '发放率属于 dw；b 是直接加上的：∂(w r + b)/∂b = 1。',
    ),
    Choice(
        lambda c: c['r'][1:],
        'the rate belongs to dw; b is added as it is: ∂(w r + b)/∂b = 1.',
        '发放率属于 dw；b 是直接加上的：∂(w r + b)/∂b = 1。',
    ),
    Choice(
        lambda c: np.full(c['T'], c['b']),
        'there is a factor b too much; differentiate by b: ∂b/∂b = 1.',
        '多乘了 b；对 b 求导：∂b/∂b = 1。',
    ),
    Choice(lambda c: c['y'], 'the target y does not belong into db.', 'db 里不应当有目标 y。'),
    Choice(
        lambda c: c['e'], 'the error r − y is multiplied too much: v contains it.', '多乘了误差 r − y：v 里已经包含它。'
    ),
    Choice(
        lambda c: np.full(c['T'], c['w'] - 1),
        '(w − 1) does not belong into db: ∂(w r + b)/∂b = 1.',
        'db 里不应当有 (w − 1)：∂(w r + b)/∂b = 1。',
    ),
]


def _change(rate: list[Choice]) -> Formula:
    return Formula(
        lambda sign, eta, step, total, adjoint, rate: sign * eta * step * total(adjoint * rate),
        {'sign': _SIGN, 'eta': _RATE, 'step': _STEP, 'rate': rate, 'adjoint': _OF_ADJOINT, 'total': _TOTAL},
    )


def _nothing(test):
    return 0.0


_NOTHING = Choice(
    _nothing,
    'nothing changes: the value is 0, or it is never added to the parameter.',
    '参数没有改变：改变量是 0，或者没有加到参数上。',
)


# ---- parts -------------------------------------------------------------------------------------------------------------


def parts(rng: np.random.Generator) -> list[Part]:
    """The parts v, dw and db, and the given update of r and of RTRL's traces."""
    cases = [_case(rng, T) for T in _LENGTHS]
    return [
        Part(
            name='v',
            blanks={'v': '0.'},
            cases=cases,
            experiments=_experiments_of_v,
            right=_measured_v,
            mistakes=[ADJOINT_IS_ZERO, ADJOINT, ADJOINT_TIMES_RATE],
            quantities=('T', 'dt', 'w', 'b'),
            compare_with=(
                'r_t acts in two ways: on its own error, and on r_{t+1}. Compare both terms with the derivative of the '
                'loss by r_t, and of r + Δt(−r + w r + b + x) by r.',
                'r_t 有两种作用：影响本步的误差，也影响 r_{t+1}。请把这两项分别与损失对 r_t 的导数、'
                'r + Δt(−r + w r + b + x) 对 r 的导数比较。',
            ),
            curve=_curve_of_v,
        ),
        *(
            Part(
                name=f'd{name}',
                blanks={f'd{name}': '0.'},
                cases=cases,
                experiments=_experiments_of_change(name),
                got=_change_of(name),
                right=_measured_change,
                mistakes=[_NOTHING, _change(rate)],
                quantities=('T', 'dt', 'w', 'b'),
                terms=lambda test: {'1': 1.0, 'w': test['w'], 'b': test['b'], 'r_0': test['y'][0]},
                compare_with=hint,
            )
            for name, rate, hint in (
                (
                    'w',
                    _OF_W,
                    (
                        'compare with −η Σ_t v_t Δt r_{t−1}, factor by factor.',
                        '请逐个因子对照 −η Σ_t v_t Δt r_{t−1}。',
                    ),
                ),
                ('b', _OF_B, ('compare with −η Σ_t v_t Δt, factor by factor.', '请逐个因子对照 −η Σ_t v_t Δt。')),
            )
        ),
        Part(
            name='update',
            given=True,
            cases=cases[:1],
            experiments=lambda case: [_net(case, call('reset_neuron', case['y'][0]), run(case['x'], 'r', 'pw', 'pb'))],
            got=lambda test: np.stack([np.ravel(value(test)[name]) for name in ('r', 'pw', 'pb')]),
            right=_given_run,
            tolerance=1e-5,
            compare_with=(
                'it should be r + Δt(−r + w r + b + x), with its derivatives p_w and p_b.',
                '应当是 r + Δt(−r + w r + b + x)，以及它的导数 p_w 和 p_b。',
            ),
        ),
    ]


def _given_run(test):
    """r_t, dr_t/dw and dr_t/db for t = 1 … T, by an independent loop and its finite differences."""

    def run(**moved):
        return rates(*({**test, **moved}[k] for k in ('dt', 'w', 'b')), test['y'][0], test['x'])[1:]

    derivatives = [(run(**{k: test[k] + _MOVE_W}) - run(**{k: test[k] - _MOVE_W})) / (2 * _MOVE_W) for k in ('w', 'b')]
    return np.stack([run(), *derivatives])


def _curve_of_v(tests):
    """v over the steps of the longest test."""
    test = max(tests, key=lambda t: t['T'])
    return {'x': np.arange(1, test['T'] + 1), 'yours': value(test), 'right': _measured_v(test), 'xlabel': 'step t'}

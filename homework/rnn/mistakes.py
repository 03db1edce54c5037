"""The mistakes that students make in the two blanks, and the hint for each mistake.

`ratezoo.homework.formulas` says how a mistake is recognised.
"""

import functools
from typing import Any

import numpy as np

from ratezoo.homework.formulas import Choice, agree, combinations, hints_of
from ratezoo.homework.words import Hint

# ---- p_w ← old + step · (decay · decaying + drive) ---------------------------------------------------------------
# c holds arrays over random cases: r, r_new, pw, pb, w, b, x, dt.

TRACE = {
    'old': [
        Choice(lambda c: c['pw']),
        Choice(
            lambda c: 0 * c['pw'],
            'p_w is not accumulated: the new p_w must start from the old one, p_w + Δt (…).',
            'p_w 没有累积：新的 p_w 应当在旧的 p_w 上更新，即 p_w + Δt (…)。',
        ),
        Choice(
            lambda c: c['pb'], 'the new p_w starts from p_b instead of p_w.', '新的 p_w 是从 p_b 而不是 p_w 出发的。'
        ),
    ],
    'step': [
        Choice(lambda c: c['dt']),
        Choice(
            lambda c: 1 + 0 * c['dt'],
            "Δt is missing: Euler's rule adds Δt times the derivative.",
            '缺少 Δt：欧拉法加上的是 Δt 乘以导数。',
        ),
        Choice(
            lambda c: 0.1 + 0 * c['dt'],
            'Δt is written as the number 0.1; use dt.',
            'Δt 被写成了固定的 0.1；请使用 dt。',
        ),
        Choice(lambda c: c['dt'] ** 2, 'Δt is applied twice.', 'Δt 乘了两次。'),
        Choice(lambda c: -c['dt'], 'the whole change has the wrong sign.', '整个改变量的符号反了。'),
    ],
    'decay': [
        Choice(lambda c: c['w'] - 1),
        Choice(
            lambda c: c['w'] + 1,
            'wrong sign of the decay: −r in F contributes −p_w, so the factor is (w − 1), not (w + 1).',
            '衰减项符号错误：F 中的 −r 对应 −p_w，因此系数是 (w − 1)，而不是 (w + 1)。',
        ),
        Choice(
            lambda c: c['w'],
            'no decay: −r in F contributes −p_w; the factor is (w − 1), not w.',
            '缺少衰减：F 中的 −r 对应 −p_w；系数是 (w − 1)，而不是 w。',
        ),
        Choice(
            lambda c: -1 + 0 * c['w'],
            'no recurrence: w r in F contributes w p_w; the factor is (w − 1), not −1.',
            '缺少循环项：F 中的 w r 对应 w p_w；系数是 (w − 1)，而不是 −1。',
        ),
        Choice(
            lambda c: 0 * c['w'],
            'p_w does not feed back on itself: the term (w − 1) p_w is missing.',
            'p_w 没有反馈到自身：缺少 (w − 1) p_w 这一项。',
        ),
        Choice(lambda c: 1 - c['w'], 'the sign of (w − 1) p_w is reversed.', '(w − 1) p_w 的符号反了。'),
        Choice(
            lambda c: 1 + 0 * c['w'],
            'the factor of p_w is 1; it should be (w − 1).',
            'p_w 的系数是 1；应当是 (w − 1)。',
        ),
        Choice(
            lambda c: c['b'] - 1, 'b stands where w belongs: the factor is (w − 1).', '误用了 b：系数应当是 (w − 1)。'
        ),
    ],
    'decaying': [
        Choice(lambda c: c['pw']),
        Choice(
            lambda c: c['pb'],
            'p_b is used for p_w: the recurrence of p_w is (w − 1) p_w.',
            '误用 p_b 代替 p_w：p_w 的循环项是 (w − 1) p_w。',
        ),
        Choice(lambda c: c['r'], 'r is used for p_w in (w − 1) p_w.', '在 (w − 1) p_w 中误用了 r。'),
    ],
    'drive': [
        Choice(lambda c: c['r']),
        Choice(
            lambda c: c['r_new'],
            "r_t is used where the derivative of Euler's rule needs r_{t−1}: take the old r before self.r changes.",
            '用了 r_t，而欧拉法的导数需要 r_{t−1}：请在 self.r 改变之前取出旧的 r。',
        ),
        Choice(
            lambda c: 1 + 0 * c['r'],
            'p_w is driven by 1, which is the drive of p_b: ∂(w r)/∂w = r.',
            'p_w 的驱动写成了 1，那是 p_b 的驱动：∂(w r)/∂w = r。',
        ),
        Choice(
            lambda c: c['x'], 'p_w is driven by the input x: ∂(w r)/∂w = r.', 'p_w 的驱动写成了输入 x：∂(w r)/∂w = r。'
        ),
        Choice(lambda c: c['b'], 'p_w is driven by b: ∂(w r)/∂w = r.', 'p_w 的驱动写成了 b：∂(w r)/∂w = r。'),
        Choice(
            lambda c: 0 * c['r'], 'p_w has no drive: ∂(w r)/∂w = r is missing.', 'p_w 没有驱动：缺少 ∂(w r)/∂w = r。'
        ),
        Choice(
            lambda c: -c['r'], 'the drive has the wrong sign: ∂(w r)/∂w = +r.', '驱动项的符号错误：∂(w r)/∂w = +r。'
        ),
        Choice(
            lambda c: c['w'] * c['r'],
            'p_w is driven by w r; differentiate by w: ∂(w r)/∂w = r.',
            'p_w 的驱动写成了 w r；对 w 求导：∂(w r)/∂w = r。',
        ),
        Choice(
            lambda c: c['w'] * c['r'] + c['b'] + c['x'],
            'p_w is driven by w r + b + x; only w r depends on w: ∂(w r)/∂w = r.',
            'p_w 的驱动写成了 w r + b + x；只有 w r 含有 w：∂(w r)/∂w = r。',
        ),
        Choice(
            lambda c: c['r'] + c['x'],
            'p_w is driven by r + x; x does not depend on w.',
            'p_w 的驱动里多了 x；x 与 w 无关。',
        ),
        Choice(
            lambda c: c['r'] + 1,
            'p_w is driven by r + 1; the 1 is the drive of p_b.',
            'p_w 的驱动里多了 1；那是 p_b 的驱动。',
        ),
    ],
}
UNCHANGED = (
    'p_w never changes: the value is not written to self.pw, or nothing is added to it.',
    'p_w 从未改变：结果没有写入 self.pw，或者什么也没有加上。',
)


def _trace(old, step, decay, decaying, drive):
    return old + step * (decay * decaying + drive)


# Lines that have another form than `_trace`.
OTHER_TRACES = [
    Choice(
        lambda c: c['pw'] + c['dt'] * (c['w'] - 1) * c['pw'] + c['r'],
        'Δt is missing on the drive: it multiplies the whole bracket, Δt [(w − 1) p_w + r].',
        '驱动项缺少 Δt：Δt 要乘整个括号，Δt [(w − 1) p_w + r]。',
    ),
    Choice(
        lambda c: c['pw'] + (c['w'] - 1) * c['pw'] + c['dt'] * c['r'],
        'Δt is missing on the term (w − 1) p_w: it multiplies the whole bracket, Δt [(w − 1) p_w + r].',
        '(w − 1) p_w 项缺少 Δt：Δt 要乘整个括号，Δt [(w − 1) p_w + r]。',
    ),
    Choice(
        lambda c: c['pw'] + c['dt'] * (c['w'] - 1) * (c['pw'] + c['r']),
        '(w − 1) multiplies the drive as well: the bracket is (w − 1) p_w + r.',
        '(w − 1) 也乘到了驱动项上：括号里应当是 (w − 1) p_w + r。',
    ),
    Choice(
        lambda c: c['pw'] + c['dt'] * (c['w'] - c['pw'] + c['r']),
        'brackets are missing: (w − 1) p_w, not w − 1 p_w.',
        '缺少括号：是 (w − 1) p_w，而不是 w − 1 p_w。',
    ),
    Choice(
        lambda c: c['pw'] + c['dt'] * ((c['w'] - 1) * c['pw'] - c['r'] + c['w'] * c['r'] + c['b'] + c['x']),
        'p_w is driven by F itself; only w r depends on w: ∂F/∂w = r.',
        'p_w 的驱动写成了 F 本身；只有 w r 含有 w：∂F/∂w = r。',
    ),
    Choice(
        lambda c: c['pw'] + c['dt'] * ((c['w'] - 1) * c['pw'] + c['b'] + c['x']),
        'p_w is driven by b + x; they do not depend on w: ∂(w r)/∂w = r.',
        'p_w 的驱动写成了 b + x；它们与 w 无关：∂(w r)/∂w = r。',
    ),
]


SHIFTED = ('the target is shifted by a step: r_t goes with y_t.', '目标错开了一步：r_t 应当与 y_t 对应。')

# ---- dw ← sign · rate · average(error · trace) ---------------------------------------------------------------------
# c is one case: e = r − y, r, y, p, other (p_b for dw, p_w for db), own (self.pw or self.pb), dt.
# average(v, dt) makes one number of the products v = error · trace of all steps.

SIGN = [
    Choice(lambda c: -1.0),
    Choice(
        lambda c: 1.0,
        'ascent instead of descent: the change is MINUS η times the gradient (or: the error is r − y, not y − r).',
        '符号反了，变成了梯度上升：改变量是负的 η 乘梯度（或者：误差是 r − y，而不是 y − r）。',
    ),
]
RATE = [
    Choice(lambda c: 0.1),
    Choice(lambda c: 1.0, 'η is missing: multiply by the learning rate 0.1.', '缺少学习率 η：请乘以 0.1。'),
    Choice(
        lambda c: 0.2,
        'a factor 2 too much: the ½ in the loss cancels it.',
        '多了因子 2：损失函数中的 ½ 会与之抵消。',
    ),
    Choice(
        lambda c: 0.05,
        'a factor ½ too much: differentiating ½(r − y)² gives (r − y).',
        '多了因子 ½：对 ½(r − y)² 求导得到 (r − y)。',
    ),
    Choice(lambda c: 0.01, 'the learning rate is 0.1, and enters once.', '学习率是 0.1，并且只乘一次。'),
]
AVERAGE = [
    Choice(lambda v, dt: np.mean(v)),
    Choice(
        lambda v, dt: np.sum(v),
        'the sum over time instead of the mean: divide by T.',
        '对时间求和而没有取平均：请除以 T。',
    ),
    Choice(
        lambda v, dt: v[-1],
        'only the last step counts: average over all T steps.',
        '只用了最后一步：应当对全部 T 步取平均。',
    ),
    Choice(
        lambda v, dt: v[-1] / len(v),
        'only the last step counts: sum over all T steps.',
        '只用了最后一步：应当对全部 T 步求和。',
    ),
    Choice(
        lambda v, dt: v[0],
        'only the first step counts: average over all T steps.',
        '只用了第一步：应当对全部 T 步取平均。',
    ),
    Choice(
        lambda v, dt: dt * np.sum(v),
        'Δt instead of 1/T: the two are equal in the homework only because T Δt = 1.',
        '用了 Δt 而不是 1/T：只有在 T Δt = 1 时（作业中恰好如此）两者才相等。',
    ),
    Choice(
        lambda v, dt: dt * np.mean(v),
        'Δt is applied in addition to 1/T: the traces contain Δt already.',
        '除了 1/T 还乘了 Δt：p 中已经包含 Δt。',
    ),
    Choice(
        lambda v, dt: np.mean(v) / len(v),
        '1/T is applied twice: the mean divides by T already.',
        '1/T 乘了两次：取平均已经除以了 T。',
    ),
    Choice(
        lambda v, dt: np.sum(v) / 10,
        'T is written as the number 10; use the length of y.',
        'T 被写成了固定的 10；请使用 y 的长度。',
    ),
    Choice(
        lambda v, dt: np.sum(v) / (len(v) - 1),
        'the sum is divided by T − 1; divide by T.',
        '求和之后除以了 T − 1；应当除以 T。',
    ),
    Choice(
        lambda v, dt: np.sum(v) / (len(v) + 1),
        'the sum is divided by T + 1; divide by T.',
        '求和之后除以了 T + 1；应当除以 T。',
    ),
    Choice(
        lambda v, dt: np.mean(v[1:]),
        'the first step is left out: average over all T steps.',
        '漏掉了第一步：应当对全部 T 步取平均。',
    ),
    Choice(
        lambda v, dt: np.mean(v[:-1]),
        'the last step is left out: average over all T steps.',
        '漏掉了最后一步：应当对全部 T 步取平均。',
    ),
]
ERROR = [
    Choice(lambda c: c['e']),
    Choice(lambda c: 1 + 0 * c['e'], 'the error r − y is missing.', '缺少误差 r − y。'),
    Choice(
        lambda c: c['e'] ** 2,
        'the squared error is used: differentiating ½(r − y)² gives (r − y).',
        '使用了误差的平方：对 ½(r − y)² 求导得到 (r − y)。',
    ),
    Choice(
        lambda c: abs(c['e']),
        'the absolute error is used; its sign matters.',
        '使用了误差的绝对值；误差的符号很重要。',
    ),
    Choice(lambda c: c['r'], 'r is used where the error r − y belongs.', '误用了 r，应当使用误差 r − y。'),
    Choice(lambda c: c['y'], 'y is used where the error r − y belongs.', '误用了 y，应当使用误差 r − y。'),
    Choice(
        lambda c: np.mean(c['e'] ** 2) / 2 + 0 * c['e'],
        'the loss is used where the error r − y belongs: differentiate it.',
        '误用了损失，应当使用误差 r − y（对损失求导）。',
    ),
    Choice(
        lambda c: c['r'] ** 2 - c['y'] ** 2,
        'r² − y² is used: differentiating ½(r − y)² gives (r − y).',
        '误用了 r² − y²：对 ½(r − y)² 求导得到 (r − y)。',
    ),
    Choice(lambda c: c['r'] - np.roll(c['y'], 1), *SHIFTED),
    Choice(lambda c: c['r'] - np.roll(c['y'], -1), *SHIFTED),
    Choice(
        lambda c: np.full_like(c['e'], np.mean(c['e'])),
        'the errors are averaged before they are multiplied by the traces: multiply step by step, then average.',
        '误差先取了平均再与 p 相乘：应当逐步相乘，然后取平均。',
    ),
]


def update_choices(trace: str, other: str) -> dict[str, list[Choice]]:
    """The choices for each part of dw (``trace='p_w', other='p_b'``) or of db (the other way round)."""
    traces = [
        Choice(lambda c: c['p']),
        Choice(lambda c: c['other'], f'{other} is used where {trace} belongs.', f'误用了 {other}，应当使用 {trace}。'),
        Choice(lambda c: 1 + 0 * c['p'], f'the trace {trace} is missing.', f'缺少 {trace}。'),
        Choice(lambda c: c['r'], f'r is used where the trace {trace} belongs.', f'误用了 r，应当使用 {trace}。'),
        Choice(
            lambda c: c['own'] + 0 * c['p'],
            f'self.{trace.replace("_", "")} is used, which is the last value only: use the sequence of {trace}.',
            f'使用了 self.{trace.replace("_", "")}，那只是最后一步的值：应当使用 {trace} 的序列。',
        ),
        Choice(
            lambda c: np.concatenate([[0.0], c['p'][:-1]]),
            f'{trace} is shifted by a step: r_t − y_t goes with {trace} of the same t.',
            f'{trace} 错开了一步：r_t − y_t 应当与同一时刻 t 的 {trace} 对应。',
        ),
        Choice(
            lambda c: c['p'] + c['other'],
            f'{trace} + {other} is used where {trace} belongs.',
            f'误用了 {trace} + {other}，应当只使用 {trace}。',
        ),
        Choice(
            lambda c: c['p'] * c['r'],
            f'r is multiplied too much: the error times {trace}, and no further r.',
            f'多乘了 r：误差只乘 {trace}，不再乘 r。',
        ),
    ]
    return {'sign': SIGN, 'rate': RATE, 'average': AVERAGE, 'trace': traces, 'error': ERROR}


def _averages(cases):
    """The function (average, trace, error) → average(error · trace) in each case, which keeps what it has computed."""

    @functools.cache
    def averages(average, trace, error):
        return np.array([average(error(c) * trace(c), c['dt']) for c in cases])

    return averages


# ---- recognition ---------------------------------------------------------------------------------------------------


def explain_trace(cases: dict[str, np.ndarray], got: np.ndarray, tolerance: float) -> list[Hint] | None:
    """The hints for a p_w line.

    Parameters
    ----------
    cases : dict of arrays (N,)
        The numbers r, r_new, pw, pb, w, b, x and dt of N random cases.
    got : array (N,)
        The student's new p_w in each case.
    tolerance : float
        Largest relative difference of two numbers that count as equal.

    Returns
    -------
    list of (English, Chinese), or None
        None: the line is not recognised.
    """
    if agree(cases['pw'], got, tolerance):
        return [UNCHANGED]
    values = {id(choice): choice.compute(cases) for options in TRACE.values() for choice in options}

    def recognised(most):
        for combination in combinations(TRACE, most):
            if agree(_trace(*(values[id(choice)] for choice in combination)), got, tolerance):
                return hints_of(combination)
        return None

    hints = recognised(1)
    if hints is not None:
        return hints
    for choice in OTHER_TRACES:
        if agree(choice.compute(cases), got, tolerance):
            return hints_of([choice])
    return recognised(3)


def explain_update(
    cases: list[dict[str, Any]], got: np.ndarray, trace: str, other: str, tolerance: float
) -> list[Hint] | None:
    """The hints for a dw or db line.

    Parameters
    ----------
    cases : list of dict
        The numbers e, r, y, p, other, own and dt of each case.
    got : array (number of cases,)
        The student's dw or db in each case.
    trace, other : str
        The trace that belongs into this line, and the other one: 'p_w' and 'p_b', or 'p_b' and 'p_w'.
    tolerance : float
        Largest relative difference of two numbers that count as equal.

    Returns
    -------
    list of (English, Chinese), or None
        None: the line is not recognised.
    """
    got = np.asarray(got)
    if np.max(np.abs(got)) == 0:
        return [
            (
                'nothing changes: the value is 0, or it is never added to the parameter.',
                '参数没有改变：改变量是 0，或者没有加到参数上。',
            )
        ]
    averages = _averages(cases)
    for combination in combinations(update_choices(trace, other), 3):
        sign, rate, *others = (choice.compute for choice in combination)
        if agree(np.array([sign(c) * rate(c) for c in cases]) * averages(*others), got, tolerance):
            return hints_of(combination)
    return None

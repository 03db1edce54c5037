"""What students write, slot by slot.

A line like p_w ← p_w + Δt [(w − 1) p_w + r] has slots (what is kept, the step, the decay, what it decays, the drive).
Each slot lists what is found there, the right thing first, and what to say of the others. A mistake is recognised by
what it computes: the product of all choices is compared with the student's numbers, fewest deviations first.
"""

import itertools

import numpy as np

# ---- p_w ← keep + step · (decay · q + drive) ---------------------------------------------------------------------
# c holds arrays over random cases: r, r_new, pw, pb, w, b, x, dt.

TRACE = {
    'keep': [
        (lambda c: c['pw'], None),
        (lambda c: 0 * c['pw'], ('p_w is not accumulated: the new p_w must start from the old one, p_w + Δt (…).',
                                 'p_w 没有累积：新的 p_w 应当在旧的 p_w 上更新，即 p_w + Δt (…)。')),
        (lambda c: c['pb'], ('the new p_w starts from p_b instead of p_w.', '新的 p_w 是从 p_b 而不是 p_w 出发的。')),
    ],
    'step': [
        (lambda c: c['dt'], None),
        (lambda c: 1 + 0 * c['dt'], ('Δt is missing: Euler\'s rule adds Δt times the derivative.',
                                     '缺少 Δt：欧拉法加上的是 Δt 乘以导数。')),
        (lambda c: 0.1 + 0 * c['dt'], ('Δt is written as the number 0.1; use dt.', 'Δt 被写成了固定的 0.1；请使用 dt。')),
        (lambda c: c['dt'] ** 2, ('Δt is applied twice.', 'Δt 乘了两次。')),
        (lambda c: -c['dt'], ('the whole change has the wrong sign.', '整个改变量的符号反了。')),
    ],
    'decay': [
        (lambda c: c['w'] - 1, None),
        (lambda c: c['w'] + 1, ('wrong sign of the decay: −r in F contributes −p_w, so the factor is (w − 1), not (w + 1).',
                                '衰减项符号错误：F 中的 −r 对应 −p_w，因此系数是 (w − 1)，而不是 (w + 1)。')),
        (lambda c: c['w'], ('no decay: −r in F contributes −p_w; the factor is (w − 1), not w.',
                            '缺少衰减：F 中的 −r 对应 −p_w；系数是 (w − 1)，而不是 w。')),
        (lambda c: -1 + 0 * c['w'], ('no recurrence: w r in F contributes w p_w; the factor is (w − 1), not −1.',
                                     '缺少循环项：F 中的 w r 对应 w p_w；系数是 (w − 1)，而不是 −1。')),
        (lambda c: 0 * c['w'], ('p_w does not feed back on itself: the term (w − 1) p_w is missing.',
                                'p_w 没有反馈到自身：缺少 (w − 1) p_w 这一项。')),
        (lambda c: 1 - c['w'], ('the sign of (w − 1) p_w is reversed.', '(w − 1) p_w 的符号反了。')),
        (lambda c: 1 + 0 * c['w'], ('the factor of p_w is 1; it should be (w − 1).', 'p_w 的系数是 1；应当是 (w − 1)。')),
        (lambda c: c['b'] - 1, ('b stands where w belongs: the factor is (w − 1).', '误用了 b：系数应当是 (w − 1)。')),
    ],
    'q': [
        (lambda c: c['pw'], None),
        (lambda c: c['pb'], ('p_b is used for p_w: the recurrence of p_w is (w − 1) p_w.',
                             '误用 p_b 代替 p_w：p_w 的循环项是 (w − 1) p_w。')),
        (lambda c: c['r'], ('r is used for p_w in (w − 1) p_w.', '在 (w − 1) p_w 中误用了 r。')),
    ],
    'drive': [
        (lambda c: c['r'], None),
        (lambda c: c['r_new'], ('r_t is used where the derivative of Euler\'s rule needs r_{t−1}: take the old r before '
                                'self.r changes.',
                                '用了 r_t，而欧拉法的导数需要 r_{t−1}：请在 self.r 改变之前取出旧的 r。')),
        (lambda c: 1 + 0 * c['r'], ('p_w is driven by 1, which is the drive of p_b: ∂(w r)/∂w = r.',
                                    'p_w 的驱动写成了 1，那是 p_b 的驱动：∂(w r)/∂w = r。')),
        (lambda c: c['x'], ('p_w is driven by the input x: ∂(w r)/∂w = r.', 'p_w 的驱动写成了输入 x：∂(w r)/∂w = r。')),
        (lambda c: c['b'], ('p_w is driven by b: ∂(w r)/∂w = r.', 'p_w 的驱动写成了 b：∂(w r)/∂w = r。')),
        (lambda c: 0 * c['r'], ('p_w has no drive: ∂(w r)/∂w = r is missing.', 'p_w 没有驱动：缺少 ∂(w r)/∂w = r。')),
        (lambda c: -c['r'], ('the drive has the wrong sign: ∂(w r)/∂w = +r.', '驱动项的符号错误：∂(w r)/∂w = +r。')),
        (lambda c: c['w'] * c['r'], ('p_w is driven by w r; differentiate by w: ∂(w r)/∂w = r.',
                                     'p_w 的驱动写成了 w r；对 w 求导：∂(w r)/∂w = r。')),
        (lambda c: c['w'] * c['r'] + c['b'] + c['x'], (
            'p_w is driven by w r + b + x; only w r depends on w: ∂(w r)/∂w = r.',
            'p_w 的驱动写成了 w r + b + x；只有 w r 含有 w：∂(w r)/∂w = r。')),
        (lambda c: c['r'] + c['x'], ('x drives p_w beside r; x does not depend on w.', 'p_w 的驱动里多了 x；x 与 w 无关。')),
        (lambda c: c['r'] + 1, ('1 drives p_w beside r; that is the drive of p_b.', 'p_w 的驱动里多了 1；那是 p_b 的驱动。')),
    ],
}
UNCHANGED = ('p_w never changes: the value is not written to self.pw, or nothing is added to it.',
             'p_w 从未改变：结果没有写入 self.pw，或者什么也没有加上。')


def _trace(keep, step, decay, q, drive):
    return keep + step * (decay * q + drive)


# Lines of another form, as a whole.
OTHER_TRACES = [
    (lambda c: c['pw'] + c['dt'] * (c['w'] - 1) * c['pw'] + c['r'],
     ('Δt is missing on the drive: it multiplies the whole bracket, Δt [(w − 1) p_w + r].',
      '驱动项缺少 Δt：Δt 要乘整个括号，Δt [(w − 1) p_w + r]。')),
    (lambda c: c['pw'] + (c['w'] - 1) * c['pw'] + c['dt'] * c['r'],
     ('Δt is missing on the term (w − 1) p_w: it multiplies the whole bracket, Δt [(w − 1) p_w + r].',
      '(w − 1) p_w 项缺少 Δt：Δt 要乘整个括号，Δt [(w − 1) p_w + r]。')),
    (lambda c: c['pw'] + c['dt'] * (c['w'] - 1) * (c['pw'] + c['r']),
     ('(w − 1) multiplies the drive as well: the bracket is (w − 1) p_w + r.', '(w − 1) 也乘到了驱动项上：括号里应当是 (w − 1) p_w + r。')),
    (lambda c: c['pw'] + c['dt'] * (c['w'] - c['pw'] + c['r']),
     ('brackets are missing: (w − 1) p_w, not w − 1 p_w.', '缺少括号：是 (w − 1) p_w，而不是 w − 1 p_w。')),
    (lambda c: c['pw'] + c['dt'] * ((c['w'] - 1) * c['pw'] - c['r'] + c['w'] * c['r'] + c['b'] + c['x']),
     ('p_w is driven by F itself; only w r depends on w: ∂F/∂w = r.', 'p_w 的驱动写成了 F 本身；只有 w r 含有 w：∂F/∂w = r。')),
    (lambda c: c['pw'] + c['dt'] * ((c['w'] - 1) * c['pw'] + c['b'] + c['x']),
     ('p_w is driven by b + x; they do not depend on w: ∂(w r)/∂w = r.', 'p_w 的驱动写成了 b + x；它们与 w 无关：∂(w r)/∂w = r。')),
]


SHIFTED = ('the target is shifted by a step: r_t goes with y_t.', '目标错开了一步：r_t 应当与 y_t 对应。')

# ---- dw ← sign · rate · norm(error · trace) -----------------------------------------------------------------------
# c is one case: e = r − y, r, y, p, other (p_b for dw, p_w for db), own (self.pw or self.pb), dt.

def update_slots(trace, other):
    """The slots of dw (``trace='p_w'``) or db."""
    return {
        'sign': [
            (lambda c: -1., None),
            (lambda c: 1., ('ascent instead of descent: the change is MINUS η times the gradient (or: the error is r − y, '
                            'not y − r).', '符号反了，变成了梯度上升：改变量是负的 η 乘梯度（或者：误差是 r − y，而不是 y − r）。')),
        ],
        'rate': [
            (lambda c: 0.1, None),
            (lambda c: 1., ('η is missing: multiply by the learning rate 0.1.', '缺少学习率 η：请乘以 0.1。')),
            (lambda c: 0.2, ('a factor 2 too much: the ½ in the loss cancels it.', '多了因子 2：损失函数中的 ½ 会与之抵消。')),
            (lambda c: 0.05, ('a factor ½ too much: differentiating ½(r − y)² gives (r − y).',
                              '多了因子 ½：对 ½(r − y)² 求导得到 (r − y)。')),
            (lambda c: 0.01, ('the learning rate is 0.1, and enters once.', '学习率是 0.1，并且只乘一次。')),
        ],
        'norm': [
            (np.mean, None),
            (np.sum, ('the sum over time instead of the mean: divide by T.', '对时间求和而没有取平均：请除以 T。')),
            (lambda v: v[-1], ('only the last step counts: average over all T steps.', '只用了最后一步：应当对全部 T 步取平均。')),
            (lambda v: v[-1] / len(v), ('only the last step counts: sum over all T steps.',
                                        '只用了最后一步：应当对全部 T 步求和。')),
            (lambda v: v[0], ('only the first step counts: average over all T steps.',
                              '只用了第一步：应当对全部 T 步取平均。')),
            ('dt', ('Δt instead of 1/T: the two are equal in the homework only because T Δt = 1.',
                    '用了 Δt 而不是 1/T：只有在 T Δt = 1 时（作业中恰好如此）两者才相等。')),
            ('dt·mean', ('Δt beside 1/T: the traces contain Δt already.', '除了 1/T 还乘了 Δt：p 中已经包含 Δt。')),
            (lambda v: np.mean(v) / len(v), ('1/T is applied twice: the mean divides by T already.',
                                             '1/T 乘了两次：取平均已经除以了 T。')),
            ('10', ('T is written as the number 10; use the length of y.', 'T 被写成了固定的 10；请使用 y 的长度。')),
        ],
        'trace': [
            (lambda c: c['p'], None),
            (lambda c: c['other'], (f'{other} is used where {trace} belongs.', f'误用了 {other}，应当使用 {trace}。')),
            (lambda c: 1 + 0 * c['p'], (f'the trace {trace} is missing.', f'缺少 {trace}。')),
            (lambda c: c['r'], (f'r is used where the trace {trace} belongs.', f'误用了 r，应当使用 {trace}。')),
            (lambda c: c['own'] + 0 * c['p'], (
                f'self.{trace.replace("_", "")} is used, which is the last value only: use the sequence of {trace}.',
                f'使用了 self.{trace.replace("_", "")}，那只是最后一步的值：应当使用 {trace} 的序列。')),
        ],
        'error': [
            (lambda c: c['e'], None),
            (lambda c: 1 + 0 * c['e'], ('the error r − y is missing.', '缺少误差 r − y。')),
            (lambda c: c['e'] ** 2, ('the squared error is used: differentiating ½(r − y)² gives (r − y).',
                                     '使用了误差的平方：对 ½(r − y)² 求导得到 (r − y)。')),
            (lambda c: abs(c['e']), ('the absolute error is used; its sign matters.', '使用了误差的绝对值；误差的符号很重要。')),
            (lambda c: c['r'], ('r is used where the error r − y belongs.', '误用了 r，应当使用误差 r − y。')),
            (lambda c: c['y'], ('y is used where the error r − y belongs.', '误用了 y，应当使用误差 r − y。')),
            (lambda c: np.mean(c['e'] ** 2) / 2 + 0 * c['e'], (
                'the loss is used where the error r − y belongs: differentiate it.',
                '误用了损失，应当使用误差 r − y（对损失求导）。')),
            (lambda c: c['r'] - np.roll(c['y'], 1), SHIFTED),
            (lambda c: c['r'] - np.roll(c['y'], -1), SHIFTED),
            ('mean', ('the errors are averaged before they meet the traces: multiply step by step, then average.',
                      '误差先取了平均再与 p 相乘：应当逐步相乘，然后取平均。')),
        ],
    }


def _norm(norm, values, dt):
    if norm == 'dt':
        return dt * np.sum(values)
    if norm == 'dt·mean':
        return dt * np.mean(values)
    if norm == '10':
        return np.sum(values) / 10
    return norm(values)


def _update(c, sign, rate, norm, trace, error):
    e = np.full_like(c['e'], np.mean(c['e'])) if error == 'mean' else error(c)
    return sign(c) * rate(c) * _norm(norm, e * trace(c), c['dt'])


# ---- recognising ----------------------------------------------------------------------------------------------------

def _products(slots, most):
    """All choices with at most ``most`` deviations, fewest first: (options, hints)."""
    def deviations(choice):
        return sum(i > 0 for i in choice)
    choices = itertools.product(*(range(len(options)) for options in slots.values()))
    for choice in sorted((c for c in choices if deviations(c) <= most), key=deviations):
        picked = [options[i] for options, i in zip(slots.values(), choice, strict=True)]
        yield [value for value, _ in picked], [hint for _, hint in picked if hint]


def _close(a, b, tolerance):
    return np.max(np.abs(a - b)) <= tolerance * max(np.max(np.abs(b)), 1e-12)


def explain_trace(cases, got, tolerance):
    """The hints for a p_w line that gave ``got`` on ``cases`` (a dict of arrays), or None if it is not recognised."""
    if _close(cases['pw'], got, tolerance):
        return [UNCHANGED]
    values = {slot: [option(cases) for option, _ in options] for slot, options in TRACE.items()}
    indexed = {slot: list(zip(values[slot], [h for _, h in TRACE[slot]], strict=True)) for slot in TRACE}
    for options, hints in _products(indexed, 1):
        if _close(_trace(*options), got, tolerance):
            return hints
    for line, hint in OTHER_TRACES:
        if _close(line(cases), got, tolerance):
            return [hint]
    for options, hints in _products(indexed, 3):
        if _close(_trace(*options), got, tolerance):
            return hints
    return None


def explain_update(cases, got, trace, other, tolerance):
    """The hints for a dw or db line that gave ``got`` (one number for each of the ``cases``), or None."""
    got = np.asarray(got)
    if np.max(np.abs(got)) == 0:
        return [('nothing changes: the value is 0, or it is never added to the parameter.',
                 '参数没有改变：改变量是 0，或者没有加到参数上。')]
    for options, hints in _products(update_slots(trace, other), 3):
        if _close(np.array([_update(c, *options) for c in cases]), got, tolerance):
            return hints
    return None

"""What is measured of a student's class TwoLayers, what is right, and the mistakes that people make.

No right value comes from a formula for the answer: all are central differences. v1* is the slope of l along x1, v J comes
from the J of the student's own ``update``, and the gradients are slopes of the student's own ``loss``.
"""

import numpy as np

from ratezoo.homework.experiments import call, experiment, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, value
from ratezoo.homework.words import Hint

EPS = 1e-5
STEPS = 400  # of a run in which the adjoint comes to rest
SETTLED = 1e-6  # relative
# n_0, n_1, n_2. Where all three are equal, a formula with a wrong matrix or a wrong layer gives numbers, and its hint is
# found. The other sizes show what is right only for square matrices. A line for dw1 that fails stops dw2, too, so the
# layers that dw1 is likely to mix up have one size where dw2 is tested, and the other way round.
SQUARE = ((3, 3, 3), (4, 4, 4), (2, 2, 2))
SIZES = (*SQUARE, (4, 3, 2), (2, 3, 4))
SIZES_OF_DW = {1: (*SQUARE, (2, 3, 3), (4, 3, 3)), 2: (*SQUARE, (3, 3, 2), (2, 2, 4))}


def parts(rng: np.random.Generator) -> list[Part]:
    """The three blanks in four parts, and what the hand-out gives."""
    return [
        Part(
            name='v1',
            cases=[_network(rng, sizes) for sizes in SIZES],
            experiments=lambda c: [_of(c, call('solve', c['x0'], c['y']))],
            got=lambda t: t['results'][0][-1][0],
            right=_slope_along_x1,
            blanks={'v1': '0 * x1'},
            mistakes=V1,
            compare_with=COMPARE_V1,
        ),
        Part(
            name='dv1',
            cases=[_on_the_way(rng, sizes) for sizes in SIZES[:-1]] + [_on_the_way(rng, SIZES[-1]) | {'settles': True}],
            experiments=_experiments_of_dv1,
            got=lambda t: (value(t)['v1'][0] - t['v1']) / t['dt'],
            right=lambda t: _vJ(t, _results_of_dv1(t)),
            blanks={'dv1': '0 * v1'},
            mistakes=DV1,
            quantities=('dt',),
            consistent=_settles_at_v_star,
            compare_with=COMPARE_DV1,
        ),
        _gradient(1, rng),
        _gradient(2, rng),
        Part(
            name='update of x1, x2 and v2',
            cases=[_on_the_way(rng, (3, 3, 3))],
            experiments=lambda c: [_step_from(c, {name: c[name] for name in ('x1', 'x2', 'v1', 'v2')})],
            got=lambda t: np.concatenate([value(t)[name][0] for name in ('x1', 'x2', 'v2')]),
            right=_euler_step,
            compare_with=(
                'dx1 = -x1 + f(w1 x0), dx2 = -x2 + f(w2 x1), dv2 = -v2 + (x2 - y), and each goes one step dt.',
                'dx1 = -x1 + f(w1 x0)，dx2 = -x2 + f(w2 x1)，dv2 = -v2 + (x2 - y)，各走一步 dt。',
            ),
            given=True,
        ),
        Part(
            name='rest',
            cases=[_network(rng, (4, 3, 2))],
            experiments=lambda c: [_of(c, call('rest', c['x0']))],
            got=lambda t: np.concatenate(t['results'][0][-1]),
            right=lambda t: np.concatenate(_layers(t)),
            compare_with=('x1 is f(w1 x0), and x2 is f(w2 x1).', 'x1 是 f(w1 x0)，x2 是 f(w2 x1)。'),
            given=True,
        ),
        Part(
            name='loss',
            cases=[_network(rng, (4, 3, 2))],
            experiments=lambda c: [_of(c, call('loss', c['x0'], c['y']))],
            right=lambda t: np.sum((_layers(t)[1] - t['y']) ** 2) / 2,
            compare_with=('l is half the sum of the squares of x2 - y.', 'l 是 x2 - y 的平方和的一半。'),
            given=True,
        ),
    ]


def _gradient(k: int, rng: np.random.Generator) -> Part:
    """dl/dw_k."""
    name = f'w{k}'
    return Part(
        name=f'd{name}',
        cases=[_at_rest(rng, sizes) for sizes in SIZES_OF_DW[k]],
        experiments=lambda c: [_of(c, _gradients(c)), *_moved_weights(c, name)],
        got=lambda t: t['results'][0][-1][k - 1],
        right=lambda t: _slopes(t['results'][1:]).reshape(t[name].shape),
        blanks={f'd{name}': f'0 * {name}'},
        mistakes=DW[k],
        compare_with=COMPARE_DW[k],
    )


# ---- random tests ----------------------------------------------------------------------------------------------------


def _network(rng, sizes):
    """A network, an input and a target; x1 and x2 at rest."""
    n0, n1, n2 = sizes
    numbers = {
        'dt': rng.uniform(0.05, 0.3),
        'w1': rng.normal(0, 0.8, (n1, n0)),
        'w2': rng.normal(0, 0.8, (n2, n1)),
        'x0': rng.uniform(0.5, 1.5, n0) * rng.choice([-1, 1], n0),
        'y': rng.normal(size=n2),
    }
    x1, x2 = _layers(numbers)
    return {**numbers, 'x1': x1, 'x2': x2}


def _on_the_way(rng, sizes):
    """A network whose rates and adjoints are far from rest."""
    c = _network(rng, sizes)
    return c | {'x1': rng.normal(size=sizes[1]), 'x2': rng.normal(size=sizes[2])} | _random_adjoints(rng, sizes)


def _random_adjoints(rng, sizes):
    return {f'v{k}': rng.uniform(0.5, 1.5, sizes[k]) * rng.choice([-1, 1], sizes[k]) for k in (1, 2)}


def _at_rest(rng, sizes):
    """A network at rest, with its adjoints: v2 = x2 − y, and v1 is the slope of l along x1."""
    c = _network(rng, sizes)
    v2 = c['x2'] - c['y']
    v1 = v2 @ (_slope(c['w2'] @ c['x1'])[:, None] * c['w2'])
    return c | {'v1': v1, 'v2': v2}


def _layers(c):
    x1 = np.tanh(c['w1'] @ c['x0'])
    return x1, np.tanh(c['w2'] @ x1)


def _slope(a):
    return 1 - np.tanh(a) ** 2


# ---- experiments and right values ------------------------------------------------------------------------------------


def _of(c, action, change=None):
    """An action of the network of a case; ``change``: other weights, by name."""
    weights = {name: c[name] for name in ('w1', 'w2')} | (change or {})
    return experiment(action, init={**weights, 'dt': c['dt']}, set={'y': c['y']}, dt=c['dt'])


def _step_from(c, states):
    """One step of ``update`` from these states, a dict."""
    init = {'w1': c['w1'], 'w2': c['w2'], 'dt': c['dt']}
    return experiment(steps([c['x0']], *states), init=init, set={'y': c['y'], **states}, dt=c['dt'])


def _moved_units(c):
    """Steps in which one unit of x1 begins a little higher, and a little lower; for all units."""
    experiments = []
    for i in range(len(c['x1'])):
        for sign in (1, -1):
            moved = c['x1'].copy()
            moved[i] += sign * EPS
            experiments.append(_step_from(c, {'x1': moved, 'x2': c['x2']}))
    return experiments


def _vJ(c, results):
    """The first block of v J + ∂l/∂r, where ∂l/∂x1 = 0, from the steps of `_moved_units`.

    An Euler step is r + Δt F, so its derivative by r is 1 + Δt J.
    """
    ends = np.array([np.concatenate([r[-1]['x1'][0], r[-1]['x2'][0]]) for r in results])
    columns = ((ends[::2] - ends[1::2]) / (2 * EPS)).T
    J = (columns - np.eye(*columns.shape)) / c['dt']
    return np.concatenate([c['v1'], c['v2']]) @ J


def _euler_step(c):
    """x1, x2 and v2 after a step."""
    f1, f2 = np.tanh(c['w1'] @ c['x0']), np.tanh(c['w2'] @ c['x1'])
    drifts = [('x1', f1 - c['x1']), ('x2', f2 - c['x2']), ('v2', c['x2'] - c['y'] - c['v2'])]
    return np.concatenate([c[name] + c['dt'] * drift for name, drift in drifts])


def _slope_along_x1(c):
    """v1*: how l changes with x1, if layer 2 is at rest and layer 1 is held at x1."""

    def loss(x1):
        return np.sum((np.tanh(c['w2'] @ x1) - c['y']) ** 2) / 2

    steps = EPS * np.eye(len(c['x1']))
    return np.array([loss(c['x1'] + e) - loss(c['x1'] - e) for e in steps]) / (2 * EPS)


def _experiments_of_dv1(c):
    """A step, and the steps that give J. In a case that settles, also a run to rest."""
    now = {name: c[name] for name in ('x1', 'x2', 'v1', 'v2')}
    to_rest = [_of({**c, 'dt': 0.1}, run(np.tile(c['x0'], (STEPS, 1)), 'v1'))] if c.get('settles') else []
    return [_step_from(c, now), *to_rest, *_moved_units(c)]


def _results_of_dv1(t):
    """The results of the steps that give J."""
    return t['results'][2 if t.get('settles') else 1 :]


def _settles_at_v_star(tests: list[Test], got: list[np.ndarray], right: list[np.ndarray]) -> Hint | None:
    """Whether v1 comes to rest at v1* all the same."""
    for test in tests:
        if test.get('settles'):
            v1, v_star = value(test, 1)['v1'][-1], _slope_along_x1({**test, 'x1': _layers(test)[0]})
            if np.isfinite(v1).all() and np.max(np.abs(v1 - v_star)) < SETTLED * np.max(np.abs(v_star)):
                return (
                    'not v J + dl/dr while x and v still move, but v1 stops at v1* all the same. Accepted.',
                    '在 x 和 v 还在变化时，它不等于 v J + dl/dr，但 v1 最终仍停在 v1*。可以接受。',
                )
    return None


def _gradients(c):
    return call('gradients', c['x0'], c['x1'], c['v1'], c['v2'])


def _moved_weights(c, name):
    """The loss where one weight is a little larger, and a little smaller; for all weights."""
    experiments = []
    for index in np.ndindex(c[name].shape):
        for sign in (1, -1):
            moved = c[name].copy()
            moved[index] += sign * EPS
            experiments.append(_of(c, call('loss', c['x0'], c['y']), {name: moved}))
    return experiments


def _slopes(results):
    losses = np.array([r[-1] for r in results], float)
    return (losses[::2] - losses[1::2]) / (2 * EPS)


# ---- mistakes --------------------------------------------------------------------------------------------------------

_MISPRINT: Hint = (
    "f' has the argument w2 x2: that is the misprint of some notes. F2 = -x2 + f(w2 x1): its derivative by x1 keeps what "
    'stands inside f.',
    "f' 的自变量是 w2 x2：这正是某些讲义的印刷错误。F2 = -x2 + f(w2 x1)：对 x1 求导时，f 里面的内容保持不变。",
)
_UNTRANSPOSED: Hint = (
    'w2 is not transposed: (v J)_j = sum_i v_i J_ij is a sum over the first index, so in Python v @ J, or J.T @ v.',
    'w2 没有转置：(v J)_j = sum_i v_i J_ij 是对第一个指标求和，在 Python 中写作 v @ J 或 J.T @ v。',
)
_NO_SLOPE: Hint = (
    "f' is missing: the derivative of f(w2 x1) by x1 has two factors.",
    "缺少 f'：f(w2 x1) 对 x1 的导数有两个因子。",
)
_OF_LAYER_1: Hint = (
    "you used f'(w1 x0), that of layer 1. Here f'(w2 x1) belongs, that of layer 2: multiply v2 by it first, and then by "
    "w2. (The usual 'delta' of back-propagation includes f'(w1 x0); here it comes in dl/dw1.)",
    "用的是第 1 层的 f'，并且乘在求和之后。dF2/dx1 含有的是第 2 层的 f'(w2 x1)，要放在对 i 的求和里面。"
    "（反向传播中常用的 delta 包含 f'(w1 x0)；而这里它出现在 dl/dw1 中。）",
)

_SLOPE_2 = [
    Choice(lambda c: _slope(c['w2'] @ c['x1'])),
    Choice(lambda c: _slope(c['w2'] @ c['x2']), *_MISPRINT),
    Choice(
        lambda c: _slope(c['x2']),
        "f' is taken of the rate x2; its argument is what stands inside f, the input of layer 2.",
        "f' 的自变量用了发放率 x2；它应当是 f 里面的内容，即第 2 层的输入。",
    ),
    Choice(
        lambda c: _slope(c['x1']),
        "f' is taken of x1; the argument of f in F2 is w2 x1.",
        "f' 的自变量用了 x1；F2 中 f 的自变量是 w2 x1。",
    ),
    Choice(
        lambda c: _slope(c['w1'] @ c['x0']),
        "f' is that of layer 1, f'(w1 x0); F2 contains f(w2 x1).",
        "用的是第 1 层的 f'(w1 x0)；而 F2 中是 f(w2 x1)。",
    ),
    Choice(lambda c: np.ones_like(c['x2']), *_NO_SLOPE),
    Choice(
        lambda c: np.tanh(c['w2'] @ c['x1']),
        "f stands where its derivative f' belongs.",
        "用了 f，应当用它的导数 f'。",
    ),
    Choice(
        lambda c: c['w2'] @ c['x1'],
        "w2 x1 itself is a factor; it should be f'(w2 x1).",
        "直接乘了 w2 x1；应当是 f'(w2 x1)。",
    ),
    Choice(lambda c: _slope(c['w2'] @ c['x1']) ** 2, "f' enters twice.", "f' 乘了两次。"),
]
_MATRIX = [
    Choice(lambda c: c['w2'].T),
    Choice(lambda c: c['w2'], *_UNTRANSPOSED),
    Choice(lambda c: c['w1'].T, 'w1 stands where w2 belongs.', '误用了 w1，应当是 w2。'),
    Choice(
        lambda c: c['w1'],
        'w1 stands where w2 belongs, and it is not transposed.',
        '误用了 w1，应当是 w2；而且没有转置。',
    ),
    Choice(lambda c: np.eye(len(c['x1'])), 'the weights w2 are missing.', '缺少权重 w2。'),
]
_AFTER = [
    Choice(lambda c: 1.0),
    Choice(
        lambda c: _slope(c['w1'] @ c['x0']),
        "one f' too many: f'(w1 x0) belongs to dl/dw1, not to v1.",
        "多了一个 f'：f'(w1 x0) 属于 dl/dw1，不属于 v1。",
    ),
    Choice(
        lambda c: _slope(c['x1']),
        "one f' too many: f'(x1) does not belong into v1.",
        "多了一个 f'：v1 中没有 f'(x1)。",
    ),
]


def _drive(sign, matrix, source, slope, after):
    return sign * (matrix @ (source * slope)) * after


V1: list[Choice | Formula] = [
    Choice(lambda c: (c['w2'].T @ (c['x2'] - c['y'])) * _slope(c['w1'] @ c['x0']), *_OF_LAYER_1),
    Choice(
        lambda c: (c['w2'] * _slope(c['w2'] @ c['x1'])) @ (c['x2'] - c['y']),
        *_UNTRANSPOSED,
    ),
    Choice(
        lambda c: _slope(c['w2'] @ c['x1']) * (c['w2'].T @ (c['x2'] - c['y'])),
        "f'(w2 x1) multiplies the result; it belongs to unit i of layer 2, so it comes before the sum over i.",
        "f'(w2 x1) 乘在了求和之后；它属于第 2 层的神经元 i，应当在对 i 求和之前相乘。",
    ),
    Formula(
        _drive,
        {
            'sign': [
                Choice(lambda c: 1.0),
                Choice(
                    lambda c: -1.0,
                    'the sign is reversed. J has -1 on its diagonal: 0 = -v1 + ..., and dl/dx2 = x2 - y.',
                    '符号反了。J 的对角线上是 -1：0 = -v1 + …，并且 dl/dx2 = x2 - y。',
                ),
            ],
            'matrix': _MATRIX,
            'source': [
                Choice(lambda c: c['x2'] - c['y']),
                Choice(lambda c: c['x2'], 'x2 stands where v2 belongs.', '误用了 x2，应当是 v2。'),
                Choice(lambda c: c['y'], 'y stands where v2 belongs.', '误用了 y，应当是 v2。'),
                Choice(lambda c: np.ones_like(c['y']), 'v2 is missing.', '缺少 v2。'),
                Choice(
                    lambda c: (c['x2'] - c['y']) ** 2,
                    'the square of x2 - y stands where its derivative v2 belongs.',
                    '用了 x2 - y 的平方，应当用它的导数 v2。',
                ),
            ],
            'slope': _SLOPE_2,
            'after': _AFTER,
        },
    ),
]
COMPARE_V1 = (
    'write 0 = v J + dl/dr as two equations, one for each block, and solve the first one for v1.',
    '请把 0 = v J + dl/dr 按块写成两个方程，再由第一个方程解出 v1。',
)

_SOURCE_NOW = [
    Choice(lambda c: c['v2']),
    Choice(
        lambda c: c['x2'] - c['y'],
        'x2 - y stands where v2 belongs: v J contains v2, and x2 - y enters through dv2.',
        '误用了 x2 - y，应当是 v2：v J 中是 v2，而 x2 - y 只通过 dv2 起作用。',
    ),
    Choice(
        lambda c: c['y'] - c['x2'],
        'y - x2 stands where v2 belongs: v J contains v2.',
        '误用了 y - x2，应当是 v2：v J 中是 v2。',
    ),
    Choice(lambda c: c['x2'], 'x2 stands where v2 belongs.', '误用了 x2，应当是 v2。'),
    Choice(lambda c: c['v1'], 'v1 stands where v2 belongs.', '误用了 v1，应当是 v2。'),
    Choice(lambda c: np.ones_like(c['x2']), 'v2 is missing.', '缺少 v2。'),
]
_SLOPE_NOW = [
    *_SLOPE_2,
    Choice(
        lambda c: 1 - c['x2'] ** 2,
        "1 - x2^2 is f'(w2 x1) only at rest.",
        "只有在稳定时，1 - x2^2 才等于 f'(w2 x1)。",
    ),
    Choice(
        lambda c: _slope(c['w2'] @ (c['x1'] + c['dt'] * (-c['x1'] + np.tanh(c['w1'] @ c['x0'])))),
        'x1 is taken after the step; take it before self.x1 changes.',
        '用了这一步之后的 x1；请在 self.x1 改变之前取出。',
    ),
    Choice(
        lambda c: _slope(c['w2'] @ np.tanh(c['w1'] @ c['x0'])),
        'x1 is taken at rest; J is that of the present x1.',
        '用了稳定时的 x1；J 应当取此刻的 x1。',
    ),
]
DV1: list[Choice | Formula] = [
    Choice(lambda c: -c['v1'] + (c['w2'].T @ c['v2']) * _slope(c['w1'] @ c['x0']), *_OF_LAYER_1),
    Choice(
        lambda c: -c['v1'] + (c['w2'] * _slope(c['w2'] @ c['x1'])) @ c['v2'],
        *_UNTRANSPOSED,
    ),
    Choice(
        lambda c: -c['v1'] + _slope(c['w2'] @ c['x1']) * (c['w2'].T @ c['v2']),
        "f'(w2 x1) multiplies the result; it belongs to unit i of layer 2, so it comes before the sum over i.",
        "f'(w2 x1) 乘在了求和之后；它属于第 2 层的神经元 i，应当在对 i 求和之前相乘。",
    ),
    Formula(
        lambda leak, **drive: leak + _drive(**drive),
        {
            'leak': [
                Choice(lambda c: -c['v1']),
                Choice(
                    lambda c: 0.0,
                    'the term -v1 is missing: J has -1 on its diagonal.',
                    '缺少 -v1 这一项：J 的对角线上是 -1。',
                ),
                Choice(
                    lambda c: c['v1'],
                    'the sign of v1 is reversed: J has -1 on its diagonal, so v J contains -v1.',
                    'v1 的符号反了：J 的对角线上是 -1，所以 v J 中是 -v1。',
                ),
                Choice(lambda c: -c['x1'], '-x1 stands where -v1 belongs.', '误用了 -x1，应当是 -v1。'),
            ],
            'sign': [
                Choice(lambda c: 1.0),
                Choice(
                    lambda c: -1.0,
                    'the sign of the term with v2 is reversed: v J + dl/dr has a plus there.',
                    '含 v2 的那一项符号反了：v J + dl/dr 中它前面是加号。',
                ),
            ],
            'matrix': _MATRIX,
            'source': _SOURCE_NOW,
            'slope': _SLOPE_NOW,
            'after': _AFTER,
        },
    ),
]
COMPARE_DV1 = (
    'compare with the first block of v J + dl/dr: v1 times the block above left, plus v2 times the block below left. '
    '(dl/dx1 = 0.)',
    '请对照 v J + dl/dr 的第一块：v1 乘左上的块，加上 v2 乘左下的块。（dl/dx1 = 0。）',
)


def _mistakes_of_dw(k):
    """Those of dw_k = v_k ∂F_k/∂w_k."""
    other = 3 - k
    v, x, before = f'v{k}', f'x{k}', f'x{k - 1}'
    weights, other_weights, other_before = f'w{k}', f'w{other}', f'x{other - 1}'
    argument, other_argument = f'{weights} {before}', f'{other_weights} {other_before}'
    slopes = [
        Choice(lambda c: _slope(c[weights] @ c[before])),
        Choice(
            lambda c: np.ones_like(c[x]),
            f"f' is missing: F{k} contains f({argument}), and the derivative of f is f'.",
            f"缺少 f'：F{k} 中是 f({argument})，f 的导数是 f'。",
        ),
        Choice(
            lambda c: _slope(c[x]),
            f"f' is taken of the rate {x}; its argument is what stands inside f, {argument}.",
            f"f' 的自变量用了发放率 {x}；它应当是 f 里面的内容，即 {argument}。",
        ),
        Choice(
            lambda c: _slope(c[other_weights] @ c[other_before]),
            f"f' is that of layer {other}, f'({other_argument}); F{k} contains f({argument}).",
            f"用的是第 {other} 层的 f'({other_argument})；而 F{k} 中是 f({argument})。",
        ),
        Choice(
            lambda c: np.tanh(c[weights] @ c[before]),
            "f stands where its derivative f' belongs.",
            "用了 f，应当用它的导数 f'。",
        ),
        Choice(lambda c: _slope(c[weights] @ c[before]) ** 2, "f' enters twice.", "f' 乘了两次。"),
    ]
    if k == 2:
        slopes.append(Choice(lambda c: _slope(c['w2'] @ c['x2']), *_MISPRINT))
    else:
        slopes.append(
            Choice(
                lambda c: _slope(c['w1'] @ c['x1']),
                "f' has the argument w1 x1; F1 contains f(w1 x0).",
                "f' 的自变量是 w1 x1；而 F1 中是 f(w1 x0)。",
            )
        )

    def used(name):
        return Choice(lambda c: c[name], f'{name} stands where {before} belongs.', f'误用了 {name}，应当是 {before}。')

    return [
        Formula(
            lambda sign, v, slope, x, reversed: sign * (np.outer(x, v * slope) if reversed else np.outer(v * slope, x)),
            {
                'sign': [
                    Choice(lambda c: 1.0),
                    Choice(
                        lambda c: -1.0,
                        'the sign is reversed: this is the gradient itself, not a step down the gradient.',
                        '符号反了：这里要的是梯度本身，而不是沿梯度下降的一步。',
                    ),
                ],
                'v': [
                    Choice(lambda c: c[v]),
                    Choice(
                        lambda c: c[f'v{other}'],
                        f'v{other} stands where {v} belongs.',
                        f'误用了 v{other}，应当是 {v}。',
                    ),
                    Choice(lambda c: np.ones_like(c[v]), f'{v} is missing.', f'缺少 {v}。'),
                    Choice(lambda c: c[x], f'{x} stands where {v} belongs.', f'误用了 {x}，应当是 {v}。'),
                ],
                'slope': slopes,
                'x': [Choice(lambda c: c[before]), *(used(name) for name in ('x0', 'x1', 'x2') if name != before)],
                'reversed': [
                    Choice(lambda c: False),
                    Choice(
                        lambda c: True,
                        f'dw{k} is transposed: rows belong to layer {k}, and columns to layer {k - 1}.',
                        f'dw{k} 被转置了：行对应第 {k} 层，列对应第 {k - 1} 层。',
                    ),
                ],
            },
        )
    ]


DW = {k: _mistakes_of_dw(k) for k in (1, 2)}
COMPARE_DW = {
    k: (
        f'compare with v{k} dF{k}/dw{k}: entry [i, j] is v{k}_i times the derivative of f(...)_i by w{k}_ij.',
        f'请对照 v{k} dF{k}/dw{k}：元素 [i, j] 是 v{k}_i 乘以 f(…)_i 对 w{k}_ij 的导数。',
    )
    for k in (1, 2)
}

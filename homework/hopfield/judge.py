"""Judge the exercise ``hopfield``: the weights, the update of a unit, and the energy.

The weights are compared with the number of patterns in which two units agree and disagree. For the update, the network
runs; at each step the unit must take the state with the lower energy, which is computed here from
pairs of units. The energy is compared with this sum, too.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ratezoo.homework.experiments import call, experiment, read, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, value
from ratezoo.homework.words import Hint

SINGLE = 1e-5  # the hand-out computes in single precision
SIZES = (9, 13)  # of the networks that run; odd, so that a state has more +1 or more −1


def parts(rng: np.random.Generator) -> list[Part]:
    """The parts of the exercise, with random patterns, weights and states from ``rng``."""
    return [
        Part(
            name='W',
            blanks={'W': 'np.zeros((N, N))'},
            cases=[_patterns(rng, P, N) for P, N in ((2, 7), (3, 5), (4, 6), (5, 9))],
            experiments=lambda c: [experiment(call('store', c['patterns']), read('W'), init={'N': c['N']})],
            right=_agreements,
            mistakes=[WEIGHTS],
            quantities=('N', 'P'),
            compare_with=(
                'compare one entry: W_ij is the sum of p_i p_j over the patterns, divided by N; W_ii is 0.',
                '请对照一个元素：W_ij 是对所有模式把 p_i p_j 求和，再除以 N；W_ii 为 0。',
            ),
            tolerance=SINGLE,
        ),
        Part(
            name='s_new',
            blanks={'s_new': 's'},
            cases=[
                draw(rng, N, majority)
                for draw in (_network, _network_with_zeros)
                for N, majority in zip(SIZES, (1, -1), strict=True)
            ],
            experiments=lambda c: [experiment(_run(c), init={'N': c['N']}, set={'W': c['W'], 's': c['start']})],
            got=_states,
            right=lambda t: _each_step(t, _lower_energy),
            mistakes=[UPDATE, *NOT_COMPILED],
            compare_with=(
                'after the update, s_i is the sign of h_i = Σ_j W_ij s_j, and all other states are the old ones.',
                '更新之后，s_i 是 h_i = Σ_j W_ij s_j 的符号，其余状态都保持原值。',
            ),
            consistent=_accepted_at_zero,
            tolerance=SINGLE,
        ),
        Part(
            name='E',
            blanks={'E': '0.'},
            cases=[_network(rng, N) for N in (4, 5, 6, 7, 8, 9)],
            experiments=lambda c: [experiment(call('energy', c['start']), init={'N': c['N']}, set={'W': c['W']})],
            right=lambda t: _energy(t['start'], t['W']),
            mistakes=[ENERGY],
            quantities=('N',),
            terms=lambda t: {'1': 1.0, 'N': t['N']},
            compare_with=(
                'the energy is −½ Σ_i Σ_j W_ij s_i s_j: one number, with each state twice.',
                '能量是 −½ Σ_i Σ_j W_ij s_i s_j：一个数，每一项含有两个状态。',
            ),
            tolerance=SINGLE,
        ),
    ]


# ---- the tests -------------------------------------------------------------------------------------------------------


def _patterns(rng, P, N):
    return {'P': P, 'N': N, 'patterns': rng.choice([-1.0, 1.0], (P, N))}


def _network(rng, N, majority=None, zeros=False):
    """Random symmetric weights, a random state, and an order of the units: each of them twice.

    More units start as ``majority`` (1 or −1) than as the other. With weights of −1, 0 and 1 (``zeros``) the field of
    some units is exactly 0.
    """
    W = np.tril(rng.integers(-1, 2, (N, N)) if zeros else rng.normal(0, 1, (N, N)), -1).astype(float)
    order = np.concatenate([rng.permutation(N), rng.permutation(N)])
    start = rng.choice([-1.0, 1.0], N)
    if majority is not None:
        start *= majority * np.sign(start.sum())
    return {'N': N, 'W': W + W.T, 'start': start, 'order': order, 'zeros': zeros}


def _network_with_zeros(rng, N, majority):
    """A network where the field of a unit in state +1 becomes 0 in a run, and that of a unit in state −1 too."""
    while True:
        case = _network(rng, N, majority, zeros=True)
        s, met = case['start'], set()
        for i in case['order']:
            if case['W'][i] @ s == 0:
                met.add(s[i])
            s = _lower_energy(s, i, case['W'])
        if met == {-1.0, 1.0}:
            return case


def _run(case):
    """A run under bp.DSRunner; without it where the field is 0 at times, because compiling takes time."""
    return (steps if case['zeros'] else run)(case['order'], 's')


def _agreements(test):
    """(number of patterns where i and j agree − number where they do not)/N, and 0 for i = j."""
    p = test['patterns']
    agree = np.array([[np.sum(a == b) for b in p.T] for a in p.T])
    return (2 * agree - test['P']) / test['N'] * (1 - np.eye(test['N']))


def _energy(s, W):
    """−Σ W_ij s_i s_j over the pairs i > j: each pair once."""
    return -sum(W[i, j] * s[i] * s[j] for i in range(len(s)) for j in range(i))


def _states(test):
    """The student's states after each step (T, N)."""
    return value(test)['s']


def _each_step(test, update):
    """``update(s, i, W)`` from the student's state before each step (T, N)."""
    states = np.vstack([test['start'], _states(test)[:-1]])
    return np.array([update(s, i, test['W']) for s, i in zip(states, test['order'], strict=True)])


def _lower_energy(s, i, W):
    """Unit i takes the state of the lower energy; it keeps its state if both have the same."""
    up, down = (np.where(np.arange(len(s)) == i, v, s) for v in (1.0, -1.0))
    difference = _energy(up, W) - _energy(down, W)
    return s if difference == 0 else up if difference < 0 else down


def _accepted_at_zero(tests, got, right):
    """A hint if the states are wrong only where the field of the unit is 0, and +1 or −1 there."""
    for test, g, r in zip(tests, got, right, strict=True):
        before = np.vstack([test['start'], g[:-1]])
        step = np.arange(len(g))
        field = np.sum(test['W'][test['order']] * before, 1)
        differs = np.zeros(g.shape, bool)
        differs[step, test['order']] = (field == 0) & (np.abs(g[step, test['order']]) == 1)
        if (np.abs(g - r) > SINGLE)[~differs].any():
            return None
    return ZERO


# ---- the mistakes that people make -----------------------------------------------------------------------------------

ZERO: Hint = (
    'where h_i is exactly 0, your unit does not keep its state, but takes a fixed sign. E is the same. Accepted.',
    '当 h_i 恰好为 0 时，你的单元没有保持原来的状态，而是取了固定的符号。E 不变，可以接受。',
)

WEIGHTS = Formula(
    lambda c, sign, table, norm, diagonal: diagonal(sign * table / norm),
    {
        'c': [Choice(lambda c: None)],
        'sign': [
            Choice(lambda c: 1),
            Choice(
                lambda c: -1,
                'the sign of W is wrong: units that agree in a pattern excite each other.',
                'W 的符号反了：在模式中一致的单元应当互相兴奋。',
            ),
        ],
        'table': [
            Choice(lambda c: c['patterns'].T @ c['patterns']),
            Choice(
                lambda c: np.outer(c['patterns'].sum(0), c['patterns'].sum(0)),
                'this is the outer product of the sum of the patterns. Take the outer product of each pattern with '
                'itself first, then the sum.',
                '这是先把模式求和，再求外积。请先求每个模式与自己的外积，再求和。',
            ),
            Choice(
                lambda c: np.outer(c['patterns'][-1], c['patterns'][-1]),
                'only the last pattern is stored: a loop must add to W, not replace it.',
                '只存储了最后一个模式：循环中应当累加到 W 上，而不是替换它。',
            ),
            Choice(
                lambda c: np.outer(c['patterns'][0], c['patterns'][0]),
                'only the first pattern is stored.',
                '只存储了第一个模式。',
            ),
            Choice(
                lambda c: np.tril(c['patterns'].T @ c['patterns']),
                'only one triangle of W is filled: W_ij and W_ji are both needed.',
                'W 只填了一个三角：W_ij 和 W_ji 都需要。',
            ),
            Choice(
                lambda c: np.triu(c['patterns'].T @ c['patterns']),
                'only one triangle of W is filled: W_ij and W_ji are both needed.',
                'W 只填了一个三角：W_ij 和 W_ji 都需要。',
            ),
            Choice(
                lambda c: (c['patterns'] - c['patterns'].mean(0)).T @ (c['patterns'] - c['patterns'].mean(0)),
                'the mean of the patterns is subtracted (a covariance): Hebb takes the patterns as they are.',
                '减去了模式的平均值（协方差）：Hebb 规则直接用模式本身。',
            ),
        ],
        'norm': [
            Choice(lambda c: c['N']),
            Choice(
                lambda c: c['P'],
                'W is divided by the number of patterns P: the factor is 1/N, with the number of units.',
                'W 除以了模式的个数 P：系数应当是 1/N，N 是单元的个数。',
            ),
            Choice(lambda c: 1, 'the factor 1/N is missing.', '缺少系数 1/N。'),
            Choice(
                lambda c: c['N'] * c['P'],
                'W is divided by P too: the factor is 1/N alone.',
                '还除以了 P：系数只是 1/N。',
            ),
            Choice(lambda c: c['N'] ** 2, 'W is divided by N twice.', '除以了两次 N。'),
            Choice(
                lambda c: 2 * c['N'],
                'W is half of the right one: the ½ belongs into the energy.',
                'W 只有正确值的一半：½ 属于能量。',
            ),
            Choice(
                lambda c: c['N'] - 1, 'W is divided by N − 1: the factor is 1/N.', 'W 除以了 N − 1：系数应当是 1/N。'
            ),
        ],
        'diagonal': [
            Choice(lambda c: lambda W: W * (1 - np.eye(len(W)))),
            Choice(
                lambda c: lambda W: W,
                'the diagonal of W is not 0: no unit acts on itself.',
                'W 的对角线不是 0：单元不作用于自己。',
            ),
            Choice(
                lambda c: lambda W: W * (1 - np.eye(len(W))) + np.eye(len(W)),
                'the diagonal of W is 1; it should be 0.',
                'W 的对角线是 1，应当是 0。',
            ),
            Choice(
                lambda c: lambda W: W - np.eye(len(W)) / c['N'],
                'the diagonal of W is not 0: it is P/N before, so subtracting 1/N is not enough.',
                'W 的对角线不是 0：它原来是 P/N，只减去 1/N 不够。',
            ),
            Choice(
                lambda c: lambda W: W - np.eye(len(W)),
                'the diagonal of W is not 0: it is P/N before, and you subtract 1.',
                'W 的对角线不是 0：它原来是 P/N，而你减去了 1。',
            ),
        ],
    },
    most=3,
)


def _update(test: Test, field: Any, new: Any, zero: Any, who: Any) -> np.ndarray:
    """The states after each step, if the units ``who`` take the state ``new`` of their ``field``."""

    def update(s: np.ndarray, i: int, W: np.ndarray) -> np.ndarray:
        taken = new(field(s, W), s, zero(s))
        return np.where(who(np.arange(len(s)), i), taken, s)

    return _each_step(test, update)


def _sign(h: np.ndarray, s: np.ndarray, zero: np.ndarray) -> np.ndarray:
    return np.where(h == 0, zero, np.sign(h))


_Rule = Callable[..., Any]


def _rule(rule: _Rule) -> Callable[[Test], _Rule]:
    """A choice whose value is the function ``rule``."""
    return lambda test: rule


UPDATE = Formula(
    _update,
    {
        'test': [Choice(lambda c: c)],
        'field': [
            Choice(_rule(lambda s, W: W @ s)),
            Choice(
                _rule(lambda s, W: -W @ s),
                'the sign is reversed: the unit goes against its field h_i, and the energy rises.',
                '符号反了：单元与场 h_i 相反，能量会上升。',
            ),
            Choice(
                _rule(lambda s, W: s),
                's_i does not change: take the sign of h_i, not of s_i.',
                's_i 没有改变：应当取 h_i 的符号，而不是 s_i 的符号。',
            ),
            Choice(_rule(lambda s, W: -s), 's_i flips whatever its field is.', '无论场是多少，s_i 都翻转。'),
            Choice(
                _rule(lambda s, W: np.full(len(s), s.sum())),
                'the weights are missing: h_i = Σ_j W_ij s_j.',
                '缺少权重：h_i = Σ_j W_ij s_j。',
            ),
            Choice(
                _rule(lambda s, W: W.sum(1)),
                'the states are missing: h_i = Σ_j W_ij s_j.',
                '缺少状态：h_i = Σ_j W_ij s_j。',
            ),
            Choice(
                _rule(lambda s, W: s * (W @ s)),
                'the field is multiplied by the own state s_i: the sign of h_i alone decides.',
                '场多乘了自己的状态 s_i：只由 h_i 的符号决定。',
            ),
            Choice(
                _rule(lambda s, W: W @ s + s),
                'the own state s_i is added to the field: no unit acts on itself.',
                '场中加上了自己的状态 s_i：单元不作用于自己。',
            ),
            Choice(
                _rule(lambda s, W: W @ (s + 1) / 2),
                'the field is computed with states 0 and 1: the states are +1 and −1.',
                '场是用 0 和 1 的状态计算的：状态应当是 +1 和 −1。',
            ),
        ],
        'new': [
            Choice(_rule(_sign)),
            Choice(
                _rule(lambda h, s, zero: h),
                'the sign is missing: s_i becomes the field h_i itself.',
                '缺少取符号：s_i 变成了场 h_i 本身。',
            ),
            Choice(
                _rule(lambda h, s, zero: (_sign(h, s, zero) + 1) / 2),
                'the states are 0 and 1: they should be +1 and −1.',
                '状态取了 0 和 1：应当是 +1 和 −1。',
            ),
            Choice(
                _rule(lambda h, s, zero: np.where(h > 0, 1.0, s)),
                'the unit never goes down: where h_i is negative, s_i is −1.',
                '单元从不变为 −1：h_i 为负时，s_i 应当是 −1。',
            ),
            Choice(
                _rule(lambda h, s, zero: np.where(h < 0, -1.0, s)),
                'the unit never goes up: where h_i is positive, s_i is +1.',
                '单元从不变为 +1：h_i 为正时，s_i 应当是 +1。',
            ),
            Choice(
                _rule(lambda h, s, zero: np.tanh(h)),
                'the states are tanh(h_i): they should be +1 and −1, by the sign.',
                '状态是 tanh(h_i)：应当取符号，得到 +1 或 −1。',
            ),
            Choice(
                _rule(lambda h, s, zero: s + h),
                'the field is added to the state: s_i becomes the sign of h_i.',
                '场被加到了状态上：s_i 应当变为 h_i 的符号。',
            ),
            Choice(
                _rule(lambda h, s, zero: s + _sign(h, s, zero)),
                'the sign is added to the state (at[i].add): s_i becomes the sign of h_i (at[i].set).',
                '符号被加到了状态上（at[i].add）：s_i 应当变为 h_i 的符号（at[i].set）。',
            ),
        ],
        'zero': [  # the state of a unit with the field 0
            Choice(_rule(lambda s: s)),
            Choice(_rule(np.ones_like)),
            Choice(_rule(lambda s: -np.ones_like(s))),
            Choice(
                _rule(np.zeros_like),
                'where h_i is 0, s_i becomes 0 (jnp.sign(0) is 0), which is no state: let the unit keep its state.',
                '当 h_i 为 0 时，s_i 变成了 0（jnp.sign(0) 等于 0），而 0 不是合法的状态：请让单元保持原来的状态。',
            ),
        ],
        'who': [
            Choice(_rule(lambda units, i: units == i)),
            Choice(
                _rule(lambda units, i: units >= 0),
                'all units change at once (synchronous): only unit i may change in this step.',
                '所有单元同时改变了（同步更新）：这一步只有单元 i 可以改变。',
            ),
            Choice(
                _rule(lambda units, i: units != i),
                'all units but i change: only unit i may change in this step.',
                '除了 i 以外的单元都改变了：这一步只有单元 i 可以改变。',
            ),
        ],
    },
    most=3,
)


def _where_nothing_ran(zero: _Rule) -> Choice:
    """The right update with another sign at 0, if the runs under bp.DSRunner failed and the other tests did not."""

    def compute(test: Test) -> np.ndarray:
        if not test['zeros']:
            raise ValueError('this test ran under bp.DSRunner')  # then the choice does not agree
        return _update(test, lambda s, W: W @ s, _sign, zero, lambda units, i: units == i)

    return Choice(
        compute,
        'the formula is right, but BrainPy cannot compile it: use jnp.where(condition, a, b) in place of `if`.',
        '公式是对的，但 BrainPy 无法编译它：请用 jnp.where(条件, a, b) 代替 `if`。',
    )


NOT_COMPILED = [_where_nothing_ran(np.ones_like), _where_nothing_ran(lambda s: -np.ones_like(s))]

ENERGY = Formula(
    lambda c, sign, factor, form: sign * factor * form,
    {
        'c': [Choice(lambda c: None)],
        'sign': [
            Choice(lambda c: -1),
            Choice(
                lambda c: 1,
                'the sign is wrong: the energy must be low, that is negative, where W_ij s_i s_j is positive.',
                '符号反了：W_ij s_i s_j 为正时，能量应当低，也就是为负。',
            ),
        ],
        'factor': [
            Choice(lambda c: 0.5),
            Choice(
                lambda c: 1,
                'the ½ is missing: the double sum counts each pair of units twice.',
                '缺少 ½：二重求和把每一对单元算了两次。',
            ),
            Choice(
                lambda c: 0.25,
                'your E is half of the right one. If you count each pair once, the ½ is not needed.',
                '你的 E 只有正确值的一半。如果每一对只算一次，就不需要 ½。',
            ),
            Choice(
                lambda c: 0.5 / c['N'],
                'E is divided by the number of units N; E is the sum, and W contains 1/N already.',
                'E 除以了单元的个数 N；E 是求和，W 中已经有 1/N。',
            ),
            Choice(
                lambda c: 0.5 / c['N'] ** 2,
                'this is a mean over all pairs of units (divided by N²): E is the sum.',
                '这是对所有单元对求平均（除以 N²）：E 应当是求和。',
            ),
            Choice(
                lambda c: 1 / c['N'],
                'E is divided by the number of units N, and the ½ is missing.',
                'E 除以了单元的个数 N，而且缺少 ½。',
            ),
        ],
        'form': [
            Choice(lambda c: c['start'] @ c['W'] @ c['start']),
            Choice(
                lambda c: np.sum(c['W'] @ c['start']),
                'only one state enters: E needs both s_i and s_j, as in sᵀ W s.',
                '只用到了一个状态：E 需要 s_i 和 s_j 两个状态，即 sᵀ W s。',
            ),
            Choice(
                lambda c: np.sum(c['W']),
                'the states are missing: E is sᵀ W s, up to a factor.',
                '缺少状态：E 是 sᵀ W s 乘以一个系数。',
            ),
            Choice(
                lambda c: c['N'],
                'the weights are missing: E is sᵀ W s, up to a factor.',
                '缺少权重：E 是 sᵀ W s 乘以一个系数。',
            ),
            Choice(
                lambda c: np.sum(c['start']) ** 2,
                'the weights are missing: E is sᵀ W s, up to a factor.',
                '缺少权重：E 是 sᵀ W s 乘以一个系数。',
            ),
            Choice(
                lambda c: np.sum(np.abs(c['W'] @ c['start'])),
                'the absolute values |h_i| are summed: multiply h_i by s_i, which may have the other sign.',
                '求和的是绝对值 |h_i|：应当用 h_i 乘以 s_i，s_i 的符号可能相反。',
            ),
            Choice(
                lambda c: np.sum((c['W'] @ c['start']) ** 2),
                'the fields are squared: multiply h_i by s_i.',
                '场被平方了：应当用 h_i 乘以 s_i。',
            ),
            Choice(
                lambda c: np.trace(c['W'] @ np.outer(c['start'], c['start']) @ c['W']),
                'W enters twice: E is sᵀ W s, up to a factor.',
                'W 出现了两次：E 是 sᵀ W s 乘以一个系数。',
            ),
        ],
    },
)

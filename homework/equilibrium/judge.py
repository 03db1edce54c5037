"""Judge the exercise ``equilibrium``: the nudge, and the gradient from one and from two nudged states of rest.

The nudge is compared with central differences of the student's own loss. The gradients get the states of rest of random
networks, which SciPy finds here. Right is Σ_k (dr*_k/dλ) (∂F_k/∂W_ij), with ∂F/∂W by differences. Another formula is
accepted if its error falls like λ (one-sided) or λ² (centred). This error is measured against differences of the loss
at rest.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import root

from ratezoo.homework.experiments import call, experiment, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, falls_at_order, value
from ratezoo.homework.words import Hint

NUDGES = (0.08, 0.04, 0.02)  # where a formula is tried: each is half of the one before
SIZES = (4, 5, 6)
EPS = 1e-4  # of the differences of the loss at rest
DRAWS = 200  # how many random networks are tried


class Network(NamedTuple):
    """The numbers of a network dr/dt = −r − r³ + W r + x: ``out`` is 1 for its outputs, and y their target."""

    W: np.ndarray
    x: np.ndarray
    y: np.ndarray
    out: np.ndarray

    def F(self, r: np.ndarray, W: np.ndarray | None = None) -> np.ndarray:
        """The vector field, with other weights if they are given."""
        return -r - r**3 + (self.W if W is None else W) @ r + self.x

    def loss(self, r: np.ndarray) -> float:
        """l = ½ Σ (r_i − y_i)² over the outputs."""
        return float(np.sum(self.out * (r - self.y) ** 2) / 2)

    def rest(self, start: np.ndarray, nudge: float = 0.0, W: np.ndarray | None = None) -> np.ndarray:
        """The state near ``start`` where F + λ (∂l/∂r)ᵀ = 0."""
        return root(lambda r: self.F(r, W) + nudge * self.out * (r - self.y), start, tol=1e-13).x

    def free_rest(self) -> np.ndarray:
        """Where the free network comes to rest if it starts at r = 0."""
        r = np.zeros(len(self.x))
        for _ in range(500):
            r = r + 0.1 * self.F(r)
        return self.rest(r)

    def each_connection(self, derivative: Callable[[np.ndarray], float]) -> np.ndarray:
        """A symmetric table (n, n): ``derivative(S)`` for each pair i ≠ j, where S is 1 at (i, j) and (j, i), else 0."""
        n = len(self.x)
        table = np.zeros((n, n))
        for i, j in zip(*np.tril_indices(n, -1), strict=True):
            S = np.zeros((n, n))
            S[i, j] = S[j, i] = 1
            table[i, j] = table[j, i] = derivative(S)
        return table

    def true_gradient(self, free: np.ndarray) -> np.ndarray:
        """dl/dW of the loss at rest, by central differences."""

        def at_rest(W):
            return self.loss(self.rest(free, W=W))

        return self.each_connection(lambda S: (at_rest(self.W + EPS * S) - at_rest(self.W - EPS * S)) / (2 * EPS))


def random_network(rng: np.random.Generator, n: int) -> Network:
    """A network of n units; all but two are outputs, so that their number differs from test to test."""
    W = np.tril(rng.normal(0, 0.8 / np.sqrt(n), (n, n)), -1)
    out = np.zeros(n)
    out[rng.choice(n, n - 2, replace=False)] = 1
    return Network(W + W.T, rng.normal(0, 1, n), rng.uniform(-1, 1, n), out)


# ---- the tests -------------------------------------------------------------------------------------------------------


def parts(rng: np.random.Generator) -> list[Part]:
    """The parts of the exercise, with random networks from ``rng``."""
    updates = [_update(rng, n) for n in SIZES]
    tests = [case for n in SIZES for case in _states_of_rest(rng, n)]
    ones = (
        'the formula is dl/dW_ij = Σ_k (dr*_k/dλ) ∂F_k/∂W_ij at r*(0): check dr*/dλ first, and then where W_ij stands in F.',
        '公式是 dl/dW_ij = Σ_k (dr*_k/dλ) ∂F_k/∂W_ij，取 r*(0) 处的值：先检查 dr*/dλ，再看 W_ij 出现在 F 的哪些地方。',
    )
    return [
        Part(
            name='F',
            cases=updates,
            experiments=lambda c: [_experiment(c, call('F', c['r'], c['x']))],
            right=lambda t: t['net'].F(t['r']),
            compare_with=('F is −r − r³ + W r + x.', 'F 是 −r − r³ + W r + x。'),
            given=True,
        ),
        Part(
            name='loss',
            cases=updates,
            experiments=lambda c: [_experiment(c, call('loss', c['r']))],
            right=lambda t: t['net'].loss(t['r']),
            compare_with=('the loss is ½ Σ (r_i − y_i)² over the outputs.', '损失是对输出单元的 ½ Σ (r_i − y_i)²。'),
            given=True,
        ),
        Part(
            name='nudge',
            blanks={'nudge': '0. * r'},
            cases=updates,
            experiments=_nudged_step,
            got=_nudge,
            right=_by_differences_of_the_loss,
            mistakes=[NUDGE],
            quantities=('lam', 'dt'),
            compare_with=(
                'the nudge is λ (∂l/∂r)ᵀ: differentiate the loss by r_i, for an output and for another unit.',
                '轻推的力是 λ (∂l/∂r)ᵀ：请分别对输出单元和其他单元，求损失对 r_i 的导数。',
            ),
            tolerance=1e-5,  # (r_new − r)/Δt loses digits
        ),
        Part(
            name='dW_one',
            blanks={'dW_one': 'np.zeros((len(r_free), len(r_free)))'},
            cases=tests,
            experiments=lambda c: [_experiment(c, call('one_sided', c['free'], c['plus'], c['lam']))],
            right=lambda t: _gradient(t, (t['plus'] - t['free']) / t['lam']),
            mistakes=ONE_SIDED,
            quantities=('lam',),
            compare_with=ones,
            consistent=lambda tests, got, right: ACCEPTED_ONE if _falls(tests, got, 1) else None,
        ),
        Part(
            name='dW_two',
            blanks={'dW_two': 'np.zeros((len(r_free), len(r_free)))'},
            cases=tests,
            experiments=lambda c: [_experiment(c, call('centred', c['free'], c['plus'], c['minus'], c['lam']))],
            right=lambda t: _gradient(t, (t['plus'] - t['minus']) / (2 * t['lam'])),
            mistakes=CENTRED,
            quantities=('lam',),
            compare_with=ones,
            consistent=lambda tests, got, right: ACCEPTED_TWO if _falls(tests, got, 2) else None,
        ),
    ]


def _update(rng, n):
    """A case of the nudge: a network in a random state, with a nudge of either sign."""
    net = random_network(rng, n)
    lam = rng.uniform(0.2, 0.9) * rng.choice([-1, 1])
    return {'net': net, **net._asdict(), 'dt': rng.uniform(0.03, 0.3), 'lam': lam, 'r': rng.normal(0, 1, n)}


def _states_of_rest(rng, n):
    """Cases of the gradients: the same network with each of the `NUDGES`.

    Networks where these nudges are not small yet are left out: there the error of a right formula does not fall like λ
    or λ² either.
    """
    for _ in range(DRAWS):
        net = random_network(rng, n)
        free = net.free_rest()
        cases = [
            {
                'net': net,
                **net._asdict(),
                'dt': 0.1,
                'lam': lam,
                'free': free,
                'plus': net.rest(free, lam),
                'minus': net.rest(free, -lam),
            }
            for lam in NUDGES
        ]
        true = net.true_gradient(free)
        cases = [{**c, 'true': true} for c in cases]
        if np.max(np.abs(true)) > 0.05 and all(
            _falls(cases, [form(c) for c in cases], order) for form, order in _ACCEPTABLE
        ):
            return cases
    raise RuntimeError(f'equilibrium.judge: no network of {n} units was found in {DRAWS} draws.')


def _experiment(case, *actions, **values):
    init = {k: case[k] for k in ('W', 'y', 'out', 'dt')}
    return experiment(*actions, init=init, set=values, dt=case['dt'])


def _nudged_step(case):
    """F, a nudged step, and the loss a bit to both sides of r in each direction."""
    around = [call('loss', r) for e in EPS * np.eye(len(case['r'])) for r in (case['r'] + e, case['r'] - e)]
    step = [call('F', case['r'], case['x']), steps([case['x']], 'r')]
    return [_experiment(case, *step, r=case['r'], lam=[case['lam']]), _experiment(case, *around)]


def _nudge(test):
    """What the step adds to F; 0 where only rounding is left."""
    nudge = (value(test)['r'][0] - test['r']) / test['dt'] - value(test, 0, 0)
    return np.where(np.abs(nudge) < 1e-10, 0.0, nudge)


def _by_differences_of_the_loss(test):
    around = np.array(test['results'][1], float).reshape(-1, 2)
    return test['lam'] * (around[:, 0] - around[:, 1]) / (2 * EPS)


def _gradient(test, dr):
    """Σ_k dr_k ∂F_k/∂W_ij at the free rest. F is linear in W, so these differences are exact."""
    net, free = test['net'], test['free']
    return net.each_connection(lambda S: dr @ (net.F(free, net.W + S) - net.F(free, net.W - S)) / 2)


def _falls(tests, got, order):
    """Whether the error against the true gradient falls like λ to this power, in each network."""
    errors = [np.linalg.norm(g - t['true']) / np.linalg.norm(t['true']) for t, g in zip(tests, got, strict=True)]
    return all(falls_at_order(errors[i : i + len(NUDGES)], order) for i in range(0, len(errors), len(NUDGES)))


# ---- the mistakes that people make -----------------------------------------------------------------------------------

ACCEPTED_ONE: Hint = (
    'not (dr*/dλ)ᵀ ∂F/∂W at r*(0), but another form of the same order (such as the one of the energy): the error falls '
    'like λ. Accepted.',
    '不是在 r*(0) 处取值的 (dr*/dλ)ᵀ ∂F/∂W，而是同阶的另一种形式（例如能量形式）：误差按 λ 减小。可以接受。',
)
ACCEPTED_TWO: Hint = (
    'not (dr*/dλ)ᵀ ∂F/∂W at r*(0), but another form of the same order (such as the one of the energy): the error falls '
    'like λ². Accepted.',
    '不是在 r*(0) 处取值的 (dr*/dλ)ᵀ ∂F/∂W，而是同阶的另一种形式（例如能量形式）：误差按 λ² 减小。可以接受。',
)

NUDGE = Formula(
    lambda sign, strength, force: sign * strength * force,
    {
        'sign': [
            Choice(lambda c: 1),
            Choice(
                lambda c: -1,
                'the nudge pushes r down the loss. With the sign of the course, + λ (∂l/∂r)ᵀ, it pushes up.',
                '轻推的方向反了：现在 r 被推向损失减小的方向。课程的符号是 + λ (∂l/∂r)ᵀ，推向损失增大的方向。',
            ),
        ],
        'strength': [
            Choice(lambda c: c['lam']),
            Choice(
                lambda c: 1,
                'lam is missing in the nudge: without it even the free network is pushed.',
                '轻推中缺少 lam：这样连自由的网络也会被推动。',
            ),
            Choice(lambda c: c['lam'] ** 2, 'lam enters twice.', 'lam 乘了两次。'),
            Choice(
                lambda c: c['lam'] * c['dt'],
                'the nudge is multiplied by dt twice: the line below the blank multiplies it by dt already.',
                '轻推乘了两次 dt：填空下面的那一行已经乘了 dt。',
            ),
        ],
        'force': [
            Choice(lambda c: c['out'] * (c['r'] - c['y'])),
            Choice(
                lambda c: c['r'] - c['y'],
                'all units are nudged, but only the outputs are in the loss: multiply by out.',
                '所有单元都被推动了，但损失中只有输出单元：请乘以 out。',
            ),
            Choice(
                lambda c: (1 - c['out']) * (c['r'] - c['y']),
                'the units that are not outputs are nudged: out is 1 for an output, and 0 for the others.',
                '被推动的是非输出单元：out 对输出单元是 1，对其余单元是 0。',
            ),
            Choice(
                lambda c: c['out'] * c['net'].loss(c['r']),
                'the nudge contains the loss itself. It needs the derivative of the loss by r_i.',
                '轻推中用的是损失本身，而需要的是损失对 r_i 的导数。',
            ),
            Choice(
                lambda c: np.full(len(c['r']), c['net'].loss(c['r'])),
                'the nudge is the loss itself, the same for all units. It needs the derivative of the loss by each r_i.',
                '轻推中用的是损失本身，对所有单元都一样；需要的是损失对每个 r_i 的导数。',
            ),
            Choice(
                lambda c: np.full(len(c['r']), np.sum(c['out'] * (c['r'] - c['y']))),
                'the nudge is one number for all units (a sum): each r_i has a derivative of its own.',
                '轻推对所有单元是同一个数（求了和）：每个 r_i 有各自的导数。',
            ),
            Choice(
                lambda c: c['out'] * (c['r'] - c['y']) ** 2 / 2,
                'the nudge contains (r − y)²/2. It needs its derivative by r.',
                '轻推中用的是 (r − y)²/2，而需要的是它对 r 的导数。',
            ),
            Choice(
                lambda c: c['out'] * (c['r'] - c['y']) ** 2,
                'the nudge contains (r − y)². It needs the derivative of (r − y)²/2 by r.',
                '轻推中用的是 (r − y)²，而需要的是 (r − y)²/2 对 r 的导数。',
            ),
            Choice(
                lambda c: 2 * c['out'] * (c['r'] - c['y']),
                'the nudge is 2 times too large: the ½ of the loss cancels the 2 of the square.',
                '轻推大了 2 倍：损失中的 ½ 与平方求导得到的 2 抵消。',
            ),
            Choice(
                lambda c: c['out'] * (c['r'] - c['y']) / 2,
                'the nudge is half as large as it should be: the derivative of the square gives a 2, which cancels the ½.',
                '轻推只有应有的一半：平方求导得到的 2 与 ½ 抵消。',
            ),
            Choice(
                lambda c: c['out'] * (c['r'] - c['y']) / np.sum(c['out']),
                'the nudge is divided by the number of outputs. The loss is a sum over them, not a mean.',
                '轻推除以了输出单元的个数。损失是对它们求和，而不是求平均。',
            ),
            Choice(
                lambda c: c['out'] * (c['r'] - c['y']) / len(c['r']),
                'the nudge is divided by the number of units. The loss is a sum, not a mean.',
                '轻推除以了单元的个数。损失是求和，而不是求平均。',
            ),
            Choice(lambda c: c['out'] * c['r'], 'the target y is missing in the nudge.', '轻推中缺少目标 y。'),
            Choice(lambda c: c['out'] * c['y'], 'r is missing in the nudge.', '轻推中缺少 r。'),
            Choice(
                lambda c: c['out'] * np.sign(c['r'] - c['y']),
                'only the sign of r − y enters, not its size: differentiate (r − y)²/2.',
                '只用到了 r − y 的符号，没有用到它的大小：请对 (r − y)²/2 求导。',
            ),
        ],
    },
)

_AT_ITSELF: Hint = (
    'the shift of r* is multiplied by itself: ∂F/∂W needs the state r_free.',
    'r* 的移动与它自己相乘了：∂F/∂W 需要的是状态 r_free。',
)
_ONE_TRIANGLE: Hint = (
    'only one triangle of the table is filled: dl/dW_ij and dl/dW_ji are the same number.',
    '矩阵只填了一个三角：dl/dW_ij 与 dl/dW_ji 是同一个数。',
)
_TABLES: list[Choice] = [
    Choice(lambda c: lambda dr, r: np.outer(dr, r) + np.outer(r, dr)),
    Choice(
        lambda c: lambda dr, r: np.outer(dr, r),
        'the connection acts in both directions, but only one is counted: W_ij stands in F_i, and in F_j too.',
        '连接在两个方向上都起作用，这里只算了一个：W_ij 既出现在 F_i 中，也出现在 F_j 中。',
    ),
    Choice(
        lambda c: lambda dr, r: np.outer(r, dr),
        'the connection acts in both directions, but only one is counted (and the table is transposed): W_ij stands in '
        'F_i, with r_j, and in F_j, with r_i.',
        '连接在两个方向上都起作用，这里只算了一个（而且矩阵被转置了）：W_ij 在 F_i 中与 r_j 相乘，在 F_j 中与 r_i 相乘。',
    ),
    Choice(lambda c: lambda dr, r: np.tril(np.outer(dr, r) + np.outer(r, dr)), *_ONE_TRIANGLE),
    Choice(lambda c: lambda dr, r: np.triu(np.outer(dr, r) + np.outer(r, dr)), *_ONE_TRIANGLE),
    Choice(
        lambda c: lambda dr, r: np.outer(dr, r) - np.outer(r, dr),
        'the two directions are subtracted; they add up.',
        '两个方向相减了；它们应当相加。',
    ),
    Choice(
        lambda c: lambda dr, r: np.outer(dr, dr),
        *_AT_ITSELF,
    ),
    Choice(lambda c: lambda dr, r: 2 * np.outer(dr, dr), *_AT_ITSELF),
    Choice(
        lambda c: lambda dr, r: np.add.outer(dr, dr),
        'the state is missing: W_ij is multiplied by a rate in F, so ∂F/∂W contains r_free.',
        '缺少状态：在 F 中 W_ij 要乘以发放率，所以 ∂F/∂W 含有 r_free。',
    ),
]
_AT: list[Choice] = [
    Choice(lambda c: c['free']),
    Choice(
        lambda c: c['plus'],
        '∂F/∂W is taken at the nudged rest r*(λ). It belongs at the free rest r_free.',
        '∂F/∂W 取的是轻推后的静止点 r*(λ) 处的值，应当取自由静止点 r_free 处的值。',
    ),
    Choice(
        lambda c: c['minus'],
        '∂F/∂W is taken at r*(−λ). It belongs at the free rest r_free.',
        '∂F/∂W 取的是 r*(−λ) 处的值，应当取自由静止点 r_free 处的值。',
    ),
    Choice(
        lambda c: c['x'],
        'the input x stands where the state r_free belongs: W_ij is multiplied by a rate in F.',
        '该用状态 r_free 的地方用了输入 x：在 F 中 W_ij 乘的是发放率。',
    ),
]


def _formula(shifts: Sequence[Choice], divisors: Sequence[Choice]) -> Formula:
    """The table from dr = shift/divisor and from the state in ∂F/∂W, without its diagonal."""

    def combine(shift: Any, divisor: Any, at: Any, table: Any) -> np.ndarray:
        return table(shift / divisor, at) * (1 - np.eye(len(at)))

    return Formula(combine, {'shift': shifts, 'divisor': divisors, 'at': _AT, 'table': _TABLES})


_REVERSED: Hint = ('the difference is reversed: the sign of the gradient is wrong.', '差的顺序反了：梯度的符号是错的。')
ONE_SIDED: list[Choice | Formula] = [
    _formula(
        [
            Choice(lambda c: c['plus'] - c['free']),
            Choice(lambda c: c['free'] - c['plus'], *_REVERSED),
            Choice(
                lambda c: c['plus'],
                'the nudged state stands alone: subtract r_free, to have the shift of the rest.',
                '只用了轻推后的状态：请减去 r_free，才是静止点的移动。',
            ),
            Choice(
                lambda c: c['plus'] + c['free'],
                'the two states are added; the shift is their difference, r_nudged minus r_free.',
                '两个状态相加了；移动是它们的差，即 r_nudged 减去 r_free。',
            ),
        ],
        [
            Choice(lambda c: c['lam']),
            Choice(
                lambda c: 1,
                'the shift is not divided: divide by lam, because dr*/dλ is a shift per unit of λ.',
                '移动没有除以 lam：dr*/dλ 是每单位 λ 的移动，请除以 lam。',
            ),
            Choice(lambda c: 1 / c['lam'], 'you multiply by lam; divide by lam.', '乘以了 lam；应当除以 lam。'),
            Choice(
                lambda c: 2 * c['lam'],
                'your dl/dW is half of the right one. From 0 to λ the distance is lam; 2 lam belongs to the centred '
                'difference. Or did you take a mean of the two directions? They add up.',
                '你的 dl/dW 只有正确值的一半。从 0 到 λ 的距离是 lam；2 lam 属于中心差分。或者对两个方向取了平均？'
                '它们应当相加。',
            ),
            Choice(
                lambda c: c['lam'] / 2,
                'your dl/dW is twice the right one: each of the two directions counts once.',
                '你的 dl/dW 是正确值的两倍：两个方向各算一次。',
            ),
            Choice(lambda c: c['lam'] ** 2, 'you divide by lam twice.', '除以了两次 lam。'),
        ],
    )
]
CENTRED: list[Choice | Formula] = [
    _formula(
        [
            Choice(lambda c: c['plus'] - c['minus']),
            Choice(lambda c: c['minus'] - c['plus'], *_REVERSED),
            Choice(
                lambda c: c['plus'] + c['minus'],
                'the two states are added; dr*/dλ needs their difference, r_plus minus r_minus.',
                '两个状态相加了；dr*/dλ 需要它们的差，即 r_plus 减去 r_minus。',
            ),
            Choice(
                lambda c: 2 * (c['plus'] - c['free']),
                'this is the one-sided difference once more: use r_plus and r_minus.',
                '这仍然是单侧差分：请使用 r_plus 和 r_minus。',
            ),
            Choice(
                lambda c: 2 * (c['free'] - c['minus']),
                'this is a one-sided difference, with −λ: use r_plus and r_minus.',
                '这是用 −λ 的单侧差分：请使用 r_plus 和 r_minus。',
            ),
        ],
        [
            Choice(lambda c: 2 * c['lam']),
            Choice(
                lambda c: c['lam'],
                'your dl/dW is twice the right one: from −λ to λ the distance is 2 lam.',
                '你的 dl/dW 是正确值的两倍：从 −λ 到 λ 的距离是 2 lam。',
            ),
            Choice(
                lambda c: 2 / c['lam'],
                'brackets are missing: a / 2 * lam is (a / 2) * lam. Write a / (2 * lam).',
                '缺少括号：a / 2 * lam 等于 (a / 2) * lam。请写成 a / (2 * lam)。',
            ),
            Choice(lambda c: 1 / (2 * c['lam']), 'you multiply by 2 lam; divide by it.', '乘以了 2 lam；应当除以它。'),
            Choice(lambda c: 1, 'the difference is not divided by 2 lam.', '差没有除以 2 lam。'),
            Choice(lambda c: 2, 'lam is missing: divide by 2 lam.', '缺少 lam：请除以 2 lam。'),
            Choice(
                lambda c: 4 * c['lam'],
                'your dl/dW is half of the right one. Did you take a mean of the two directions? They add up.',
                '你的 dl/dW 只有正确值的一半。是否对两个方向取了平均？它们应当相加。',
            ),
            Choice(lambda c: c['lam'] ** 2, 'you divide by lam²; divide by 2 lam.', '除以了 lam²；应当除以 2 lam。'),
        ],
    ),
    Choice(
        lambda c: _second_difference(c),
        'this is the second derivative of r*: dr*/dλ needs r_plus minus r_minus.',
        '这是 r* 的二阶导数：dr*/dλ 需要 r_plus 减去 r_minus。',
    ),
]


def _second_difference(test: Test) -> np.ndarray:
    dr = (test['plus'] - 2 * test['free'] + test['minus']) / test['lam'] ** 2
    return (np.outer(dr, test['free']) + np.outer(test['free'], dr)) * (1 - np.eye(len(dr)))


def _energy_form(a, b, distance):
    """The difference of −∂E/∂W_ij = r_i r_j between two states."""
    return (np.outer(a, a) - np.outer(b, b)) * (1 - np.eye(len(a))) / distance


# Forms whose error must fall in a network of the tests, and the order.
_ACCEPTABLE: list[tuple[Callable[[Test], np.ndarray], int]] = [
    (lambda c: _gradient(c, (c['plus'] - c['free']) / c['lam']), 1),
    (lambda c: _gradient(c, (c['plus'] - c['minus']) / (2 * c['lam'])), 2),
    (lambda c: _energy_form(c['plus'], c['free'], c['lam']), 1),
    (lambda c: _energy_form(c['plus'], c['minus'], 2 * c['lam']), 2),
]

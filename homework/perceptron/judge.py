"""What is measured of a student's class Perceptron, what is right, and the mistakes that people make.

The right gradient is the slope of J = l + s by central differences: l is the student's own ``loss``, and s its definition.
So a wrong penalty does not make a right gradient wrong.
"""

import numpy as np

from ratezoo.homework.experiments import call, experiment
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part

EPS = 1e-5
# n_in, n, n_out. Where all three are equal, a formula with a wrong matrix or a wrong layer gives numbers, and its hint is
# found. The other sizes show what is right only for square matrices.
SIZES = ((3, 3, 3), (4, 4, 4), (2, 2, 2), (4, 3, 2), (2, 3, 4))


def parts(rng: np.random.Generator) -> list[Part]:
    """The penalty, the two gradients, and what the hand-out gives."""
    return [
        Part(
            name='s',
            cases=[_perceptron(rng, sizes) for sizes in SIZES],
            experiments=lambda c: [_of(c, call('penalty'))],
            right=lambda t: _penalty(t['mu'], t['W1'], t['W2']),
            blanks={'s': '0. * mu'},
            mistakes=S,
            quantities=('mu',),
            compare_with=(
                'compare with s = mu/2 (|W1|^2 + |W2|^2), where |W|^2 is the sum of the squares of all entries.',
                '请对照 s = mu/2 (|W1|^2 + |W2|^2)，其中 |W|^2 是所有元素的平方和。',
            ),
        ),
        _gradient(2, rng),
        _gradient(1, rng),
        Part(
            name='forward',
            cases=[_perceptron(rng, (4, 3, 2))],
            experiments=lambda c: [_of(c, call('forward', c['x']))],
            got=lambda t: np.concatenate(t['results'][0][-1]),
            right=lambda t: np.concatenate([t['z'], t['h'], t['o']]),
            compare_with=('z = W1 x, h = phi(z), o = W2 h.', 'z = W1 x，h = phi(z)，o = W2 h。'),
            given=True,
        ),
        Part(
            name='loss',
            cases=[_perceptron(rng, (4, 3, 2))],
            experiments=lambda c: [_of(c, call('loss', c['x'], c['y']))],
            right=lambda t: np.sum((t['o'] - t['y']) ** 2) / 2,
            compare_with=('l is half the sum of the squares of o - y.', 'l 是 o - y 的平方和的一半。'),
            given=True,
        ),
    ]


def _gradient(k: int, rng: np.random.Generator) -> Part:
    """dJ/dW_k."""
    name = f'W{k}'
    return Part(
        name=f'd{name}',
        cases=[_perceptron(rng, sizes) for sizes in SIZES],
        experiments=lambda c: [_of(c, call(f'gradient_{name}', c['x'], c['y'])), *_moved_weights(c, name)],
        right=lambda t: _slopes_of_l(t, name) + _slopes_of_s(t, name),
        blanks={f'd{name}': f'0 * {name}'},
        mistakes=DW[k],
        quantities=('mu',),
        compare_with=COMPARE_DW[k],
    )


# ---- random tests ----------------------------------------------------------------------------------------------------


def _perceptron(rng, sizes):
    """Weights, a sample and μ; and the activity."""
    n_in, n, n_out = sizes
    W1, W2 = rng.normal(0, 0.8, (n, n_in)), rng.normal(0, 0.8, (n_out, n))
    x, y = rng.normal(size=n_in), rng.normal(size=n_out)
    z = W1 @ x
    h = np.tanh(z)
    o = W2 @ h
    return dict(mu=rng.uniform(0.2, 1.8), W1=W1, W2=W2, x=x, y=y, z=z, h=h, o=o, e=o - y)


def _of(c, action, change=None):
    """An action of the perceptron of a case; ``change``: other weights, by name."""
    return experiment(action, init={'W1': c['W1'], 'W2': c['W2'], 'mu': c['mu']} | (change or {}))


def _moved(weights):
    """The weights with one entry a little larger, and a little smaller; for all entries."""
    for index in np.ndindex(weights.shape):
        for sign in (1, -1):
            moved = weights.copy()
            moved[index] += sign * EPS
            yield moved


def _moved_weights(c, name):
    return [_of(c, call('loss', c['x'], c['y']), {name: moved}) for moved in _moved(c[name])]


def _slopes_of_l(t, name):
    losses = np.array([r[-1] for r in t['results'][1:]], float)
    return _slopes(losses, t[name].shape)


def _slopes_of_s(t, name):
    penalties = np.array([_penalty(t['mu'], **{'W1': t['W1'], 'W2': t['W2'], name: W}) for W in _moved(t[name])])
    return _slopes(penalties, t[name].shape)


def _slopes(values, shape):
    return ((values[::2] - values[1::2]) / (2 * EPS)).reshape(shape)


def _penalty(mu, W1, W2):
    return mu / 2 * (np.sum(W1**2) + np.sum(W2**2))


def _slope(a):
    return 1 - np.tanh(a) ** 2


# ---- mistakes in the penalty -----------------------------------------------------------------------------------------


def _both_sizes(size):
    return lambda c: (size(c['W1']), size(c['W2']))


S: list[Choice | Formula] = [
    Choice(
        lambda c: c['mu'] / 2 * np.sum(c['W1'] ** 2) + np.sum(c['W2'] ** 2),
        'a bracket is missing: mu/2 multiplies both sums.',
        '缺少括号：mu/2 要乘两个和。',
    ),
    Choice(
        lambda c: np.sum(c['W1'] ** 2) + c['mu'] / 2 * np.sum(c['W2'] ** 2),
        'a bracket is missing: mu/2 multiplies both sums.',
        '缺少括号：mu/2 要乘两个和。',
    ),
    Choice(
        lambda c: c['mu'] / 2 * np.sqrt(np.sum(c['W1'] ** 2) + np.sum(c['W2'] ** 2)),
        'the square root does not belong there: |W|^2 is the sum of the squares.',
        '不应当开平方：|W|^2 是平方和。',
    ),
    Choice(
        lambda c: c['mu'] / 2 * (np.linalg.norm(c['W1']) + np.linalg.norm(c['W2'])) ** 2,
        'the sum of the two norms is squared; each norm is squared by itself.',
        '把两个范数之和平方了；应当分别平方之后再相加。',
    ),
    Choice(
        lambda c: (c['mu'] / 2) ** 2 * (np.sum(c['W1'] ** 2) + np.sum(c['W2'] ** 2)),
        'mu/2 is squared; it enters once.',
        'mu/2 被平方了；它只乘一次。',
    ),
    Choice(
        lambda c: np.sum((c['mu'] / 2 * c['W1']) ** 2) + np.sum((c['mu'] / 2 * c['W2']) ** 2),
        'mu/2 is squared; it enters once.',
        'mu/2 被平方了；它只乘一次。',
    ),
    Formula(
        lambda factor, sizes, layers: factor * layers(*sizes),
        {
            'factor': [
                Choice(lambda c: c['mu'] / 2),
                Choice(lambda c: c['mu'], 'the 1/2 is missing: s has mu/2.', '缺少 1/2：s 中是 mu/2。'),
                Choice(lambda c: 0.5, 'the factor mu is missing.', '缺少因子 mu。'),
                Choice(lambda c: 1.0, 'the factor mu/2 is missing.', '缺少因子 mu/2。'),
                Choice(
                    lambda c: 2 * c['mu'],
                    '2 mu stands where mu/2 belongs.',
                    '误用了 2 mu，应当是 mu/2。',
                ),
                Choice(
                    lambda c: 1 / (2 * c['mu']),
                    'it is divided by mu; it should be multiplied by mu.',
                    '除以了 mu；应当乘以 mu。',
                ),
                Choice(
                    lambda c: -c['mu'] / 2,
                    'the sign is reversed: s is positive, so that large weights cost something.',
                    '符号反了：s 是正的，权重越大，代价越大。',
                ),
            ],
            'sizes': [
                Choice(_both_sizes(lambda W: np.sum(W**2))),
                Choice(
                    _both_sizes(np.linalg.norm),
                    'the norms are not squared: |W|^2 is the sum of the squares, without a root.',
                    '范数没有平方：|W|^2 是平方和，不开平方。',
                ),
                Choice(
                    _both_sizes(lambda W: np.sum(np.abs(W))),
                    'absolute values stand where squares belong: that is an L1 penalty.',
                    '用了绝对值，应当用平方：绝对值之和是 L1 惩罚。',
                ),
                Choice(
                    _both_sizes(lambda W: np.mean(W**2)),
                    'the mean of the squares stands where their sum belongs.',
                    '用了平方的平均值，应当用平方和。',
                ),
                Choice(
                    _both_sizes(lambda W: np.linalg.norm(W, 2) ** 2),
                    'norm(W, 2) of a matrix is the spectral norm, the largest singular value. |W|^2 is the sum of the squares.',
                    '矩阵的 norm(W, 2) 是谱范数，即最大的奇异值。|W|^2 是所有元素的平方和。',
                ),
                Choice(
                    _both_sizes(lambda W: np.linalg.norm(W, 2)),
                    'norm(W, 2) of a matrix is the spectral norm, the largest singular value. |W|^2 is the sum of the squares.',
                    '矩阵的 norm(W, 2) 是谱范数，即最大的奇异值。|W|^2 是所有元素的平方和。',
                ),
                Choice(
                    _both_sizes(lambda W: np.sum(W) ** 2),
                    'the square of the sum stands where the sum of the squares belongs.',
                    '用了和的平方，应当用平方的和。',
                ),
                Choice(
                    _both_sizes(np.sum),
                    'the sum of the weights stands where the sum of their squares belongs.',
                    '用了权重之和，应当用权重的平方和。',
                ),
                Choice(
                    lambda c: (np.trace(c['W1'] @ c['W1']), np.trace(c['W2'] @ c['W2'])),
                    'a matrix product W @ W stands where the square of each entry belongs.',
                    '用了矩阵乘积 W @ W，应当对每个元素取平方。',
                ),
                Choice(
                    lambda c: (np.sum(c['W1'] @ c['W1']), np.sum(c['W2'] @ c['W2'])),
                    'a matrix product W @ W stands where the square of each entry belongs.',
                    '用了矩阵乘积 W @ W，应当对每个元素取平方。',
                ),
                Choice(
                    lambda c: (np.sum(c['z'] ** 2), np.sum(c['o'] ** 2)),
                    'z and o are penalised; the penalty belongs to the weights W1 and W2.',
                    '惩罚了 z 和 o；应当惩罚权重 W1 和 W2。',
                ),
            ],
            'layers': [
                Choice(lambda c: lambda a, b: a + b),
                Choice(lambda c: lambda a, b: a, 'the part of W2 is missing.', '缺少 W2 的部分。'),
                Choice(lambda c: lambda a, b: b, 'the part of W1 is missing.', '缺少 W1 的部分。'),
                Choice(
                    lambda c: lambda a, b: a * b,
                    'the product of the two sums stands where their sum belongs.',
                    '两个平方和相乘了；应当相加。',
                ),
                Choice(
                    lambda c: lambda a, b: a - b,
                    'the difference of the two sums stands where their sum belongs.',
                    '两个平方和相减了；应当相加。',
                ),
                Choice(
                    lambda c: lambda a, b: 2 * a, 'W1 is taken twice, and W2 is missing.', 'W1 用了两次，而缺少 W2。'
                ),
                Choice(
                    lambda c: lambda a, b: 2 * b, 'W2 is taken twice, and W1 is missing.', 'W2 用了两次，而缺少 W1。'
                ),
            ],
        },
    ),
]

# ---- mistakes in the gradients ---------------------------------------------------------------------------------------


def _strengths(name):
    """The factor of the weights in ds/dW."""
    return [
        Choice(lambda c: c['mu']),
        Choice(
            lambda c: 0.0,
            f'the derivative of the penalty is missing: J = l + s, and s contains {name}, too.',
            f'缺少惩罚项的导数：J = l + s，而 s 也含有 {name}。',
        ),
        Choice(
            lambda c: c['mu'] / 2,
            'mu/2 stands where mu belongs: the derivative of W^2 has a 2, which cancels the 1/2.',
            '用了 mu/2，应当是 mu：W^2 的导数带有 2，与 1/2 抵消。',
        ),
        Choice(
            lambda c: 2 * c['mu'],
            '2 mu stands where mu belongs: the 1/2 of s cancels the 2 of the square.',
            '用了 2 mu，应当是 mu：s 中的 1/2 与平方的 2 抵消。',
        ),
        Choice(
            lambda c: -c['mu'],
            'the sign of the penalty is reversed: J = l + s, so its derivative is added.',
            '惩罚项的符号反了：J = l + s，它的导数应当加上。',
        ),
        Choice(lambda c: 1.0, 'the factor mu is missing in the penalty.', '惩罚项中缺少因子 mu。'),
        Choice(lambda c: c['mu'] ** 2, 'mu enters twice in the penalty.', '惩罚项中 mu 乘了两次。'),
    ]


def _penalised(name, other):
    """What the derivative of the penalty multiplies."""
    return [
        Choice(lambda c: c[name]),
        Choice(
            lambda c: c[other],
            f'the penalty has the weights of the other layer, {other}; d{name} has {name}.',
            f'惩罚项用了另一层的权重 {other}；d{name} 中应当是 {name}。',
        ),
        Choice(
            lambda c: c[name].T,
            f'{name} is transposed in the penalty.',
            f'惩罚项中的 {name} 被转置了。',
        ),
        Choice(
            lambda c: c[name] ** 2 / 2,
            f'the penalty is not differentiated: the square of {name} is still there.',
            f'惩罚项没有求导：{name} 的平方还在。',
        ),
        Choice(
            lambda c: np.sum(c[name] ** 2) / 2,
            f'the penalty is not differentiated: a sum of squares, one number, is added to every entry of d{name}.',
            f'惩罚项没有求导：把平方和（一个数）加到了 d{name} 的每个元素上。',
        ),
        Choice(
            lambda c: (np.sum(c['W1'] ** 2) + np.sum(c['W2'] ** 2)) / 2,
            f'the penalty is not differentiated: s, one number, is added to every entry of d{name}.',
            f'惩罚项没有求导：把 s（一个数）加到了 d{name} 的每个元素上。',
        ),
        Choice(
            lambda c: np.sign(c[name]),
            f'the penalty has the sign of {name}: that is the derivative of an L1 penalty.',
            f'惩罚项用了 {name} 的符号：那是 L1 惩罚的导数。',
        ),
        Choice(
            lambda c: np.ones_like(c[name]),
            f'the penalty does not contain {name}: mu alone is added to every entry.',
            f'惩罚项中没有 {name}：只把 mu 加到了每个元素上。',
        ),
    ]


_ERRORS = [
    Choice(lambda c: c['e']),
    Choice(
        lambda c: -c['e'],
        'the sign of the first term is reversed: dl/do = o - y, and this is the gradient, not a step down.',
        '第一项的符号反了：dl/do = o - y；这里要的是梯度，而不是下降的一步。',
    ),
    Choice(lambda c: c['o'], 'o stands where dl/do belongs.', '误用了 o，应当是 dl/do。'),
    Choice(lambda c: c['y'], 'y stands where dl/do belongs.', '误用了 y，应当是 dl/do。'),
    Choice(
        lambda c: 2 * c['e'],
        'the first term is twice too large: the 1/2 of l cancels the 2 of the square.',
        '第一项大了一倍：l 中的 1/2 与平方的 2 抵消。',
    ),
    Choice(
        lambda c: c['e'] / 2,
        'the first term is too small by 1/2: the derivative of 1/2 (o - y)^2 is o - y.',
        '第一项多乘了 1/2：1/2 (o - y)^2 的导数是 o - y。',
    ),
    Choice(
        lambda c: c['e'] / len(c['e']),
        'the first term is divided by the number of outputs: l is a sum over the outputs, not a mean.',
        '第一项除以了输出的个数：l 是对各输出求和，而不是求平均。',
    ),
    Choice(
        lambda c: c['e'] ** 2,
        'the square of o - y stands where its derivative dl/do belongs.',
        '用了 o - y 的平方，应当用它的导数 dl/do。',
    ),
    Choice(lambda c: np.ones_like(c['e']), 'dl/do is missing.', '缺少 dl/do。'),
]


def _stands_for(name, right):
    return Choice(lambda c: c[name], f'{name} stands where {right} belongs.', f'误用了 {name}，应当是 {right}。')


def _reversed(name):
    return [
        Choice(lambda c: False),
        Choice(
            lambda c: True,
            f'the first term is transposed: rows of d{name} belong to the layer after {name}, columns to the layer before.',
            f'第一项被转置了：d{name} 的行对应 {name} 之后的层，列对应之前的层。',
        ),
    ]


def _outer(a, b, swapped):
    return np.outer(b, a) if swapped else np.outer(a, b)


_ALL_REVERSED = 'all signs are reversed: this is the gradient itself, not a step down the gradient.'
_ALL_REVERSED_ZH = '所有的符号都反了：这里要的是梯度本身，而不是沿梯度下降的一步。'


def _back(c):
    """W2ᵀ ∂l/∂o."""
    return c['W2'].T @ c['e']


DW2: list[Choice | Formula] = [
    Choice(lambda c: -np.outer(c['e'], c['h']) - c['mu'] * c['W2'], _ALL_REVERSED, _ALL_REVERSED_ZH),
    Formula(
        lambda error, slope, h, swapped, strength, weights: _outer(error * slope, h, swapped) + strength * weights,
        {
            'error': _ERRORS,
            'slope': [
                Choice(lambda c: 1.0),
                Choice(
                    lambda c: _slope(c['o']),
                    "phi'(o) does not belong there: the output is linear, o = W2 h.",
                    "多乘了 phi'(o)：输出是线性的，o = W2 h。",
                ),
            ],
            'h': [
                Choice(lambda c: c['h']),
                _stands_for('z', 'h'),
                _stands_for('x', 'h'),
                _stands_for('o', 'h'),
                Choice(
                    lambda c: _slope(c['z']),
                    "phi'(z) stands where h belongs: o = W2 h is linear in W2.",
                    "误用了 phi'(z)，应当是 h：o = W2 h 对 W2 是线性的。",
                ),
                Choice(
                    lambda c: c['h'] * _slope(c['z']),
                    "phi'(z) does not belong there: o = W2 h is linear in W2.",
                    "多乘了 phi'(z)：o = W2 h 对 W2 是线性的。",
                ),
                Choice(lambda c: np.ones_like(c['h']), 'the activity h is missing.', '缺少活动 h。'),
            ],
            'swapped': _reversed('W2'),
            'strength': _strengths('W2'),
            'weights': _penalised('W2', 'W1'),
        },
    ),
]

_SLOPES = [
    Choice(lambda c: _slope(c['z'])),
    Choice(
        lambda c: _slope(c['h']),
        "phi'(h) stands where phi'(z) belongs: h = phi(z), so its derivative is taken at z.",
        "误用了 phi'(h)，应当是 phi'(z)：h = phi(z)，它的导数在 z 处取值。",
    ),
    Choice(
        lambda c: np.ones_like(c['z']),
        "phi' is missing: the path from W1 to o goes through h = phi(z).",
        "缺少 phi'：从 W1 到 o 的路要经过 h = phi(z)。",
    ),
    Choice(
        lambda c: c['h'],
        "phi(z) stands where its derivative phi'(z) belongs.",
        "误用了 phi(z)，应当用它的导数 phi'(z)。",
    ),
    Choice(lambda c: c['z'], "z stands where phi'(z) belongs.", "误用了 z，应当是 phi'(z)。"),
    Choice(
        lambda c: c['h'] * (1 - c['h']),
        'h (1 - h) is the derivative of the sigmoid; here phi is tanh, and its derivative is dphi.',
        'h (1 - h) 是 sigmoid 的导数；这里 phi 是 tanh，它的导数是 dphi。',
    ),
    Choice(
        lambda c: 1 - c['h'],
        'the square is missing: the derivative of tanh is 1 - h^2.',
        '缺少平方：tanh 的导数是 1 - h^2。',
    ),
    Choice(
        lambda c: 1 - c['z'] ** 2,
        '1 - z^2 stands where 1 - h^2 belongs.',
        '误用了 1 - z^2，应当是 1 - h^2。',
    ),
    Choice(lambda c: _slope(c['z']) ** 2, "phi' enters twice.", "phi' 乘了两次。"),
    Choice(
        lambda c: _slope(c['x']),
        "phi'(x) stands where phi'(z) belongs: the argument of phi is z = W1 x.",
        "误用了 phi'(x)，应当是 phi'(z)：phi 的自变量是 z = W1 x。",
    ),
    Choice(
        lambda c: _slope(c['o']),
        "phi'(o) stands where phi'(z) belongs: phi acts on z alone.",
        "误用了 phi'(o)，应当是 phi'(z)：phi 只作用在 z 上。",
    ),
]
DW1: list[Choice | Formula] = [
    Choice(lambda c: -np.outer(_back(c) * _slope(c['z']), c['x']) - c['mu'] * c['W1'], _ALL_REVERSED, _ALL_REVERSED_ZH),
    *(
        Choice(
            lambda c, name=name, strength=strength: (
                np.outer((_back(c) + c['mu'] * c[name]) * _slope(c['z']), c['x']) + strength(c) * c['W1']
            ),
            f'the penalty acts on {name}; s contains the weights alone, so its derivative is added to the first term.',
            f'惩罚项作用在 {name} 上；s 只含权重，它的导数应当直接加到第一项上。',
        )
        for name in ('z', 'h')
        for strength in (lambda c: c['mu'], lambda c: 0.0)
    ),
    Choice(
        lambda c: np.outer(c['W2'].T @ (c['e'] * _slope(c['z'])), c['x']) + c['mu'] * c['W1'],
        "phi'(z) multiplies dl/do; it belongs to the hidden units, so it comes after W2^T.",
        "phi'(z) 乘在了 dl/do 上；它属于隐藏单元，应当在乘 W2^T 之后再乘。",
    ),
    Choice(
        lambda c: np.outer(c['W2'].T @ (c['e'] * _slope(c['o'])) * _slope(c['z']), c['x']) + c['mu'] * c['W1'],
        "phi'(o) does not belong there: the output is linear, o = W2 h.",
        "多乘了 phi'(o)：输出是线性的，o = W2 h。",
    ),
    Choice(
        lambda c: (np.outer(_back(c), c['x']) + c['mu'] * c['W1']) * _slope(c['z'])[:, None],
        "phi'(z) multiplies the penalty, too; it belongs to the first term alone.",
        "phi'(z) 也乘到了惩罚项上；它只属于第一项。",
    ),
    Choice(
        lambda c: (np.outer(_back(c), c['x']) + c['mu'] * c['W1']) * _slope(c['z']),
        "phi'(z) multiplies the columns, and the penalty, too; it belongs to the rows (the hidden units) of the first term.",
        "phi'(z) 乘到了列上，还乘到了惩罚项上；它只属于第一项的行（隐藏单元）。",
    ),
    Formula(
        lambda error, matrix, slope, x, swapped, strength, weights: (
            _outer((matrix @ error) * slope, x, swapped) + strength * weights
        ),
        {
            'error': _ERRORS,
            'matrix': [
                Choice(lambda c: c['W2'].T),
                Choice(
                    lambda c: c['W2'],
                    'W2 is not transposed: the error goes back from the outputs to the hidden units by W2^T.',
                    'W2 没有转置：误差通过 W2^T 从输出传回隐藏单元。',
                ),
                Choice(
                    lambda c: np.eye(len(c['e'])),
                    'the weights W2 are missing: the path from W1 to o goes through W2.',
                    '缺少权重 W2：从 W1 到 o 的路要经过 W2。',
                ),
                Choice(lambda c: c['W1'].T, 'W1^T stands where W2^T belongs.', '误用了 W1^T，应当是 W2^T。'),
                Choice(lambda c: c['W1'], 'W1 stands where W2^T belongs.', '误用了 W1，应当是 W2^T。'),
            ],
            'slope': _SLOPES,
            'x': [
                Choice(lambda c: c['x']),
                _stands_for('h', 'x'),
                _stands_for('z', 'x'),
                _stands_for('o', 'x'),
                Choice(lambda c: np.ones_like(c['x']), 'the input x is missing.', '缺少输入 x。'),
            ],
            'swapped': _reversed('W1'),
            'strength': _strengths('W1'),
            'weights': _penalised('W1', 'W2'),
        },
    ),
]
DW = {1: DW1, 2: DW2}
COMPARE_DW = {
    1: (
        'compare with two terms. The first follows the path W1, z, h, o, l backwards, one factor for each step; the second is ds/dW1.',
        '请对照两项：第一项沿 W1、z、h、o、l 这条路往回走，每一步一个因子；第二项是 ds/dW1。',
    ),
    2: (
        'compare with two terms. The first follows the path W2, o, l backwards, one factor for each step; the second is ds/dW2.',
        '请对照两项：第一项沿 W2、o、l 这条路往回走，每一步一个因子；第二项是 ds/dW2。',
    ),
}

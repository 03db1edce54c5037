"""What is measured of a solution of ``rnn-bptt``, what it is compared with, and the mistakes that people make.

The judge contains no formula for a gradient: each entry of dL/dW, and of dL/dh_t, is compared with the change of the loss
when that entry is moved and the student's own ``update`` runs.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ratezoo.homework.experiments import call, experiment, run, steps
from ratezoo.homework.formulas import Choice, Formula
from ratezoo.homework.judge import Part, Test, value

# (n_x, n_h, n_q, T) of each test. They differ within a test, so that a transposed table is seen by its shape; in the last
# two, n_q = n_h or n_x = n_h, so that it is seen by its numbers.
_SIZES = ((2, 3, 4, 5), (1, 2, 3, 4), (3, 2, 1, 6), (2, 3, 3, 4), (3, 3, 2, 4))
_MOVE = {'W_qh': 1e-2, 'W_hx': 1e-2, 'W_hh': 1e-5, 'h': 1e-2}  # the loss is quadratic in all of them but W_hh
_WEIGHTS = ('W_hh', 'W_hx', 'W_qh')


# ---- random tests ----------------------------------------------------------------------------------------------------


def hidden(W: Mapping[str, np.ndarray], h: np.ndarray, x: np.ndarray) -> np.ndarray:
    """h, and the state after each step with the inputs x, (len(x) + 1, n_h)."""
    h_all = [h]
    for x_t in x:
        h_all.append(W['W_hx'] @ x_t + W['W_hh'] @ h_all[-1])
    return np.array(h_all)


def _loss(o: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.sum((o - y) ** 2, axis=1)) / 2)


def _case(rng: np.random.Generator, sizes: tuple[int, int, int, int]) -> dict[str, Any]:
    """A run, and its dL/dh_t by finite differences."""
    n_x, n_h, n_q, T = sizes
    W = {'W_hh': rng.normal(size=(n_h, n_h)), 'W_hx': rng.normal(size=(n_h, n_x)), 'W_qh': rng.normal(size=(n_q, n_h))}
    x, y = rng.normal(size=(T, n_x)), rng.normal(size=(T, n_q))
    h = hidden(W, np.zeros(n_h), x)
    dh = np.zeros((T, n_h))
    for k, i in np.ndindex(dh.shape):
        for sign in (1, -1):
            start = h[k + 1].copy()
            start[i] += sign * _MOVE['h']
            later = hidden(W, start, x[k + 1 :])
            o = np.concatenate([h[1 : k + 1], later]) @ W['W_qh'].T
            dh[k, i] += sign * _loss(o, y) / (2 * _MOVE['h'])
    return {**W, 'sizes': sizes, 'T': T, 'x': x, 'y': y, 'h': h, 'do': (h[1:] @ W['W_qh'].T - y) / T, 'dh': dh}


# ---- experiments, and right values from their results ------------------------------------------------------------------


def _net(case: Mapping[str, Any], *actions: dict[str, Any], **changed: np.ndarray) -> dict[str, Any]:
    """An experiment with a network of the case's weights and h = 0; ``changed`` gives other values of some Variables."""
    init = dict(zip(('n_x', 'n_h', 'n_q'), case['sizes'][:3], strict=True))
    return experiment(*actions, init=init, set={name: case[name] for name in _WEIGHTS} | changed)


def _moved(array: np.ndarray, at: tuple[int, ...], by: float) -> np.ndarray:
    new = array.copy()
    new[at] += by
    return new


def _experiments_of_weight(name: str, method: str, *arguments: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """The method of the blank; and the run with each entry of the weight matrix ± `_MOVE`."""

    def experiments(case):
        runs = [
            _net(case, steps(case['x'], 'h'), **{name: _moved(case[name], at, sign * _MOVE[name])})
            for at in np.ndindex(case[name].shape)
            for sign in (1, -1)
        ]
        return [_net(case, call(method, *(a(case) for a in arguments))), *runs]

    return experiments


def _measured_weight(name: str) -> Callable[[Test], np.ndarray]:
    """dL/dW, an entry after the other, from the student's own runs."""

    def measured(test):
        gradient = np.zeros(test[name].shape)
        for n, at in enumerate(np.ndindex(gradient.shape)):
            for i, sign in enumerate((1, -1)):
                W_qh = _moved(test[name], at, sign * _MOVE[name]) if name == 'W_qh' else test['W_qh']
                o = value(test, 1 + 2 * n + i)['h'] @ W_qh.T
                gradient[at] += sign * _loss(o, test['y']) / (2 * _MOVE[name])
        return gradient

    return measured


def _experiments_of_dh(case):
    """``backward``; and the end of the run from each h_t with one entry ± `_MOVE`."""
    runs = [
        _net(case, steps(case['x'][k + 1 :], 'h'), h=_moved(case['h'][k + 1], (i,), sign * _MOVE['h']))
        for k, i in np.ndindex(case['dh'].shape)
        for sign in (1, -1)
    ]
    return [_net(case, call('backward', case['do'])), *runs]


def _measured_dh(test: Test) -> np.ndarray:
    """dL/dh_t for t = 1 … T, an entry after the other, from the student's own steps."""
    dh = np.zeros(test['dh'].shape)
    for n, (k, i) in enumerate(np.ndindex(dh.shape)):
        for j, sign in enumerate((1, -1)):
            later = value(test, 1 + 2 * n + j)['h'].reshape(-1, dh.shape[1])
            start = _moved(test['h'][k + 1], (i,), sign * _MOVE['h'])
            o = np.concatenate([test['h'][1 : k + 1], [start], later]) @ test['W_qh'].T
            dh[k, i] += sign * _loss(o, test['y']) / (2 * _MOVE['h'])
    return dh


# ---- sums of outer products --------------------------------------------------------------------------------------------
# A gradient by a weight matrix is weight · total(post, pre): post is dL/do or dL/dh, pre is what the matrix multiplies.


def _shifted(rows: np.ndarray, by: int) -> np.ndarray:
    """The rows of the step before (``by`` 1) or after (−1), and 0 where there is none."""
    moved = np.roll(rows, by, axis=0)
    moved[0 if by > 0 else -1] = 0
    return moved


def _only(rows: np.ndarray, k: int) -> np.ndarray:
    alone = np.zeros_like(rows)
    alone[k] = rows[k]
    return alone


_WEIGHT = [
    Choice(lambda c: 1.0),
    Choice(
        lambda c: -1.0,
        'the sign is wrong: this is the gradient itself, not the step against it.',
        '符号反了：这里要的是梯度本身，而不是沿负梯度方向的改变量。',
    ),
    Choice(
        lambda c: 1 / c['T'],
        '1/T is applied twice: dL_do contains the 1/T of the loss already. Take the sum, not the mean.',
        '1/T 乘了两次：dL_do 里已经有损失的 1/T。应当求和，而不是取平均。',
    ),
    Choice(
        lambda c: c['T'],
        'the 1/T of the loss is taken away: dL_do contains 1/T, and that is right.',
        '损失的 1/T 被抵消了：dL_do 里的 1/T 是对的，应当保留。',
    ),
    Choice(lambda c: 2.0, 'there is a factor 2 too much.', '多了因子 2。'),
    Choice(lambda c: 0.5, 'there is a factor ½ too much.', '多了因子 ½。'),
]


def _outer_sum(post: np.ndarray, pre: np.ndarray) -> np.ndarray:
    return np.einsum('ti,tj->ij', post, pre)


def _totals(post: str, pre: str) -> list[Choice]:
    """Ways to make a matrix of the rows; ``post`` and ``pre`` are what a student calls them."""
    return [
        Choice(lambda c: _outer_sum),
        Choice(
            lambda c: lambda a, b: _outer_sum(a, b).T,
            f'the order of the outer product is reversed, so the matrix is transposed: {post} gives the rows, {pre} the '
            'columns.',
            f'外积的顺序反了，得到的矩阵是转置的：{post} 对应行，{pre} 对应列。',
        ),
        Choice(
            lambda c: lambda a, b: np.outer(a[-1], b[-1]),
            'only the last step counts: the matrix is used in every step, so sum over all steps.',
            '只用了最后一步：这个矩阵在每一步都用到，应当对所有的步求和。',
        ),
        Choice(
            lambda c: lambda a, b: np.outer(a[0], b[0]),
            'only the first step counts: the matrix is used in every step, so sum over all steps.',
            '只用了第一步：这个矩阵在每一步都用到，应当对所有的步求和。',
        ),
        Choice(
            lambda c: lambda a, b: _outer_sum(a[1:], b[1:]),
            'the first step is left out: sum over all steps.',
            '漏掉了第一步：应当对所有的步求和。',
        ),
        Choice(
            lambda c: lambda a, b: _outer_sum(a[:-1], b[:-1]),
            'the last step is left out: sum over all steps.',
            '漏掉了最后一步：应当对所有的步求和。',
        ),
        Choice(
            lambda c: lambda a, b: np.outer(a.sum(0), b.sum(0)),
            'both are summed over time before they are multiplied: multiply step by step, then sum.',
            '两者先对时间求了和再相乘：应当逐步相乘，然后求和。',
        ),
        Choice(
            lambda c: lambda a, b: np.outer(a.mean(0), b.mean(0)),
            'both are averaged over time before they are multiplied: multiply step by step, then sum.',
            '两者先对时间取了平均再相乘：应当逐步相乘，然后求和。',
        ),
    ]


def _other_step(what: str, what_zh: str) -> tuple[str, str]:
    return (
        f'the {what} of another step is used: multiply what belongs to the same step.',
        f'{what_zh}取自别的时刻：应当把同一步的量相乘。',
    )


def _gradient(post: list[Choice], pre: list[Choice], names: tuple[str, str]) -> Formula:
    return Formula(
        lambda weight, post, pre, total: weight * total(post, pre),
        {'weight': _WEIGHT, 'post': post, 'pre': pre, 'total': _totals(*names)},
    )


_STATE = _other_step('h', 'h ')
READOUT = _gradient(
    [
        Choice(lambda c: c['do']),
        Choice(
            lambda c: c['do'] + c['y'] / c['T'],
            'the output o is used in place of the error o − y.',
            '用了输出 o，应当使用误差 o − y。',
        ),
        Choice(lambda c: c['do'] ** 2, 'the square of dL_do is used.', 'dL_do 被平方了。'),
        Choice(lambda c: c['do'][::-1], *_other_step('dL_do', 'dL_do ')),
    ],
    [
        Choice(lambda c: c['h'][1:]),
        Choice(
            lambda c: c['h'][:-1],
            'h_{t−1} is used: the output of a step is W_qh h_t, with the state of the same step.',
            '用了 h_{t−1}：一步的输出是 W_qh h_t，用的是同一步的状态。',
        ),
        Choice(
            lambda c: _shifted(c['h'][1:], -1),
            'h_{t+1} is used: the output of a step is W_qh h_t, with the state of the same step.',
            '用了 h_{t+1}：一步的输出是 W_qh h_t，用的是同一步的状态。',
        ),
        Choice(lambda c: c['h'][1:][::-1], *_STATE),
    ],
    ('dL_do', 'h'),
)
_OF_DH = [
    Choice(lambda c: c['dh']),
    Choice(
        lambda c: c['do'] @ c['W_qh'],
        'only the own output of each step counts: use dL_dh, which contains the later steps.',
        '只算了每一步自己的输出：应当使用 dL_dh，它包含以后各步的影响。',
    ),
    Choice(lambda c: c['dh'][::-1], *_other_step('dL_dh', 'dL_dh ')),
    Choice(
        lambda c: c['dh'] @ c['W_hh'],
        'there is a W_hh too much at dL_dh: `backward` has done that.',
        'dL_dh 多乘了一次 W_hh：`backward` 里已经乘过了。',
    ),
]
RECURRENT = _gradient(
    _OF_DH,
    [
        Choice(lambda c: c['h'][:-1]),
        Choice(
            lambda c: c['h'][1:],
            'h_t is used, the state after the step: W_hh multiplies h_{t−1}, the state before it.',
            '用了 h_t，即这一步之后的状态；而 W_hh 乘的是 h_{t−1}，即这一步之前的状态。',
        ),
        Choice(
            lambda c: _shifted(c['h'][:-1], 1),
            'h_{t−2} is used: W_hh multiplies h_{t−1}.',
            '用了 h_{t−2}；而 W_hh 乘的是 h_{t−1}。',
        ),
        Choice(lambda c: c['h'][:-1][::-1], *_STATE),
        Choice(
            lambda c: c['h'][:-1] @ c['W_hh'].T,
            'W_hh h is used; differentiate W_hh h by W_hh: h is left.',
            '用了 W_hh h；W_hh h 对 W_hh 求导之后只剩下 h。',
        ),
        Choice(
            lambda c: c['dh'],
            'the product is that of dL_dh with itself: the other factor is the state.',
            'dL_dh 乘了它自己：另一个因子应当是状态。',
        ),
    ],
    ('dL_dh', 'h'),
)
INPUT = _gradient(
    _OF_DH,
    [
        Choice(lambda c: c['x']),
        Choice(
            lambda c: _shifted(c['x'], 1),
            'x_{t−1} is used: W_hx multiplies the input of the same step, x_t.',
            '用了 x_{t−1}；而 W_hx 乘的是同一步的输入 x_t。',
        ),
        Choice(
            lambda c: _shifted(c['x'], -1),
            'x_{t+1} is used: W_hx multiplies the input of the same step, x_t.',
            '用了 x_{t+1}；而 W_hx 乘的是同一步的输入 x_t。',
        ),
        Choice(
            lambda c: np.roll(c['x'], 1, 0),
            'x is shifted by a step: W_hx multiplies the input of the same step, x_t.',
            'x 错开了一步；W_hx 乘的是同一步的输入 x_t。',
        ),
        Choice(
            lambda c: np.roll(c['x'], -1, 0),
            'x is shifted by a step: W_hx multiplies the input of the same step, x_t.',
            'x 错开了一步；W_hx 乘的是同一步的输入 x_t。',
        ),
        Choice(lambda c: c['x'][::-1], *_other_step('x', 'x ')),
        Choice(
            lambda c: c['x'] @ c['W_hx'].T,
            'W_hx x is used; differentiate W_hx x by W_hx: x is left.',
            '用了 W_hx x；W_hx x 对 W_hx 求导之后只剩下 x。',
        ),
    ],
    ('dL_dh', 'x'),
)


# ---- the recursion of dL/dh ----------------------------------------------------------------------------------------------
# A line is order(weight · through(errors), matrix): errors are (T, n_q), through gives (T, n_h).


def _backward(own: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    dh = np.zeros((len(own) + 1, own.shape[1]))
    for k in reversed(range(len(own))):
        dh[k] = matrix @ dh[k + 1] + own[k]
    return dh[:-1]


def _output_before_the_matrix(own, matrix):
    dh = np.zeros((len(own) + 1, own.shape[1]))
    for k in reversed(range(len(own))):
        dh[k] = matrix @ (dh[k + 1] + own[k])
    return dh[:-1]


_OTHER_ERROR = (
    'the dL_do of another step is used: h_t makes the output of the same step, o_t.',
    '用了别的时刻的 dL_do：h_t 产生的是同一步的输出 o_t。',
)
STATE = Formula(
    lambda matrix, weight, order, errors, through: order(weight * through(errors), matrix),
    {
        'matrix': [
            Choice(lambda c: c['W_hh'].T),
            Choice(
                lambda c: c['W_hh'],
                'W_hh is not transposed: what goes forward through W_hh comes back through its transpose.',
                'W_hh 没有转置：正向经过 W_hh，反向就经过它的转置。',
            ),
            Choice(
                lambda c: np.eye(len(c['W_hh'])),
                'W_hh is missing: the old dh comes back through the transpose of W_hh.',
                '缺少 W_hh：旧的 dh 要经过 W_hh 的转置才传回来。',
            ),
            Choice(
                lambda c: np.zeros_like(c['W_hh']),
                'only the own output counts: h_t also acts on the next state, h_{t+1}, whose gradient is the old dh.',
                '只算了本步的输出：h_t 还影响下一个状态 h_{t+1}，它的梯度就是旧的 dh。',
            ),
            Choice(
                lambda c: -c['W_hh'].T,
                'the old dh has the wrong sign: both ways to the loss are added.',
                '旧的 dh 的符号反了：到损失的两条路应当相加。',
            ),
            Choice(
                lambda c: c['W_hh'].T @ c['W_hh'].T,
                'the matrix is applied twice in a step: from h_{t+1} to h_t, it is applied once.',
                '一步里乘了两次矩阵：从 h_{t+1} 到 h_t 只乘一次。',
            ),
            Choice(
                lambda c: (c['W_hh'] + c['W_hh'].T) / 2,
                'the mean of W_hh and its transpose is used; only the transpose is right.',
                '用了 W_hh 与其转置的平均；应当只用转置。',
            ),
            Choice(
                lambda c: np.linalg.inv(c['W_hh']),
                'the inverse of W_hh is used: going back in time uses the transpose, not the inverse.',
                '用了 W_hh 的逆：沿时间往回走用的是转置，而不是逆。',
            ),
            Choice(
                lambda c: np.diag(np.diag(c['W_hh'])),
                'only the diagonal of W_hh counts: use the matrix product `@`, not `*`.',
                '只用了 W_hh 的对角线：请用矩阵乘法 `@`，而不是 `*`。',
            ),
            Choice(
                lambda c: c['W_hh'].T / c['T'],
                '1/T divides the old dh as well: the 1/T of the loss stands in dL_do already.',
                '旧的 dh 也除以了 T：损失的 1/T 已经在 dL_do 里了。',
            ),
        ],
        'weight': [
            Choice(lambda c: 1.0),
            Choice(
                lambda c: -1.0,
                'the sign of dL_do is wrong: both ways to the loss are added.',
                'dL_do 的符号反了：到损失的两条路应当相加。',
            ),
            Choice(
                lambda c: 1 / c['T'],
                '1/T is applied twice: dL_do contains the 1/T of the loss already.',
                '1/T 乘了两次：dL_do 里已经有损失的 1/T。',
            ),
            Choice(
                lambda c: c['T'],
                'the 1/T of the loss is taken away: dL_do contains 1/T, and that is right.',
                '损失的 1/T 被抵消了：dL_do 里的 1/T 是对的，应当保留。',
            ),
            Choice(lambda c: 2.0, 'there is a factor 2 too much at dL_do.', 'dL_do 前多了因子 2。'),
            Choice(lambda c: 0.5, 'there is a factor ½ too much at dL_do.', 'dL_do 前多了因子 ½。'),
        ],
        'order': [
            Choice(lambda c: _backward),
            Choice(
                lambda c: _output_before_the_matrix,
                'W_hh multiplies the part of the own output as well: o_t comes from h_t itself, so its part is added after '
                'the multiplication.',
                'W_hh 也乘到了本步输出的那一项上：o_t 由 h_t 本身得到，这一项应当在相乘之后再加上。',
            ),
            Choice(
                lambda c: lambda own, matrix: _backward(own[::-1], matrix)[::-1],
                'the loop goes forward in time; dh must go backward: the last step comes first.',
                'dh 是沿时间向前计算的；应当倒着走：先算最后一步。',
            ),
            Choice(
                lambda c: lambda own, matrix: _backward(own, matrix)[::-1],
                'the rows of dL_dh are in the reversed order: row 0 belongs to the first step.',
                'dL_dh 的时间顺序颠倒了：第 0 行属于第一步。',
            ),
            Choice(
                lambda c: lambda own, matrix: own + _shifted(own, -1) @ matrix.T,
                'only the next step is counted: pass on the old dh, which contains all later steps.',
                '只考虑了下一步：要传递的是旧的 dh，它包含以后所有各步。',
            ),
        ],
        'errors': [
            Choice(lambda c: c['do']),
            Choice(
                lambda c: _only(c['do'], -1),
                'the own output is forgotten: every h_t makes an output o_t, so every step adds the part of dL_do[k].',
                '忘了本步的输出：每个 h_t 都产生输出 o_t，所以每一步都要加上 dL_do[k] 的那一项。',
            ),
            Choice(
                lambda c: np.broadcast_to(c['do'][-1], c['do'].shape),
                'the dL_do of the last step is used in every step: use dL_do[k].',
                '每一步用的都是最后一步的 dL_do：请使用 dL_do[k]。',
            ),
            Choice(
                lambda c: np.broadcast_to(c['do'].sum(0), c['do'].shape),
                'the sum of dL_do over all steps is used in every step: use dL_do[k].',
                '每一步用的都是 dL_do 对所有步的和：请使用 dL_do[k]。',
            ),
            Choice(lambda c: np.roll(c['do'], 1, 0), *_OTHER_ERROR),
            Choice(lambda c: np.roll(c['do'], -1, 0), *_OTHER_ERROR),
            Choice(lambda c: _shifted(c['do'], 1), *_OTHER_ERROR),
            Choice(lambda c: _shifted(c['do'], -1), *_OTHER_ERROR),
            Choice(lambda c: c['do'][::-1], *_OTHER_ERROR),
        ],
        'through': [
            Choice(lambda c: lambda errors: errors @ c['W_qh']),
            Choice(
                lambda c: lambda errors: np.repeat(np.sum(errors, 1, keepdims=True), len(c['W_hh']), 1),
                'W_qh is missing: dL_do comes back through the transpose of W_qh.',
                '缺少 W_qh：dL_do 要经过 W_qh 的转置才传回来。',
            ),
            Choice(
                lambda c: lambda errors: errors @ c['W_qh'].T,
                'W_qh is not transposed, so the shapes fit only where there are as many outputs as hidden units: what goes '
                'forward through W_qh comes back through its transpose.',
                'W_qh 没有转置，所以只有输出与隐藏单元一样多时形状才相符：正向经过 W_qh，反向就经过它的转置。',
            ),
        ],
    },
)
STATE_IS_ZERO = Choice(
    lambda c: np.zeros_like(c['dh']),
    'nothing is added: dh is 0 in every step, because the part of the own output, from dL_do[k], is missing.',
    '每一步的 dh 都是 0：从未加上由 dL_do[k] 得到的本步输出的那一项。',
)


# ---- parts -------------------------------------------------------------------------------------------------------------


def parts(rng: np.random.Generator) -> list[Part]:
    """The parts dW_qh, dh, dW_hh and dW_hx, and the given forward run."""
    cases = [_case(rng, sizes) for sizes in _SIZES]

    def h_seq(case):
        return case['h'][1:]

    def of_weight(name, method, arguments, index, mistakes, compare_with):
        blank = f'd{name}'

        def got(test):
            return test['results'][0][-1] if index is None else test['results'][0][-1][index]

        return Part(
            name=blank,
            blanks={blank: f'np.zeros(self.{name}.shape)'},
            cases=cases,
            experiments=_experiments_of_weight(name, method, *arguments),
            got=got,
            right=_measured_weight(name),
            mistakes=[mistakes],
            quantities=('T',),
            terms=lambda test: {'1': 1.0, name: test[name]},
            compare_with=compare_with,
        )

    recurrent = ('recurrent_gradients', (lambda c: c['dh'], h_seq, lambda c: c['x']))
    return [
        of_weight(
            'W_qh',
            'readout_gradient',
            (h_seq, lambda c: c['do']),
            None,
            READOUT,
            (
                'compare with Σ_t (dL/do_t) h_tᵀ: an outer product for each step, and their sum.',
                '请对照 Σ_t (dL/do_t) h_tᵀ：每一步一个外积，然后求和。',
            ),
        ),
        Part(
            name='dh',
            blanks={'dh': '0 * dh'},
            cases=cases,
            experiments=_experiments_of_dh,
            right=_measured_dh,
            mistakes=[STATE_IS_ZERO, STATE],
            quantities=('T',),
            compare_with=(
                'h_t acts in two ways: on h_{t+1} through W_hh, and on o_t through W_qh. Compare both terms: each comes '
                'back through the transposed matrix.',
                'h_t 有两种作用：经过 W_hh 影响 h_{t+1}，经过 W_qh 影响 o_t。请逐项对照：每一项都经过转置的矩阵传回来。',
            ),
            curve=_curve_of_dh,
        ),
        of_weight(
            'W_hh',
            *recurrent,
            0,
            RECURRENT,
            (
                'compare with Σ_t (dL/dh_t) h_{t−1}ᵀ: an outer product for each step, and their sum.',
                '请对照 Σ_t (dL/dh_t) h_{t−1}ᵀ：每一步一个外积，然后求和。',
            ),
        ),
        of_weight(
            'W_hx',
            *recurrent,
            1,
            INPUT,
            (
                'compare with Σ_t (dL/dh_t) x_tᵀ: an outer product for each step, and their sum.',
                '请对照 Σ_t (dL/dh_t) x_tᵀ：每一步一个外积，然后求和。',
            ),
        ),
        Part(
            name='update',
            given=True,
            cases=cases[:1],
            experiments=lambda case: [_net(case, run(case['x'], 'h')), _net(case, call('loss', case['x'], case['y']))],
            got=lambda test: np.append(np.ravel(value(test)['h']), value(test, 1)),
            right=lambda test: np.append(np.ravel(test['h'][1:]), _loss(test['h'][1:] @ test['W_qh'].T, test['y'])),
            compare_with=(
                'it should be h_t = W_hx x_t + W_hh h_{t−1} with h_0 = 0, and the loss 1/T Σ_t ½ |W_qh h_t − y_t|².',
                '应当是 h_t = W_hx x_t + W_hh h_{t−1}（h_0 = 0），损失是 1/T Σ_t ½ |W_qh h_t − y_t|²。',
            ),
        ),
    ]


def _curve_of_dh(tests):
    """The size of dL/dh_t over the steps of the longest test."""
    test = max(tests, key=lambda t: t['T'])
    yours, right = (
        np.linalg.norm(np.reshape(rows, test['dh'].shape), axis=1) for rows in (value(test), _measured_dh(test))
    )
    return {
        'x': np.arange(1, test['T'] + 1),
        'yours': yours,
        'right': right,
        'xlabel': 'step t, of the size of dL/dh_t',
    }

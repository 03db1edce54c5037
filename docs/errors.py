"""Write docs/reference/errors.md and errors.zh.md: every error and warning of ratezoo, with a message that was raised.

    python docs/errors.py

Each case is run, and its message goes into the pages. `tests/test_errors_page.py` runs all cases again and compares,
and it fails if a class is missing.
"""

import importlib
import pkgutil
import sys
import tempfile
import warnings
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

import ratezoo
from ratezoo.errors import RateZooError

_FOLDER = Path(__file__).parent / 'reference'
SETUP = """\
import warnings
from pathlib import Path

import numpy as np
import optax
import ratezoo


class Net(ratezoo.BPTT, ratezoo.RateRNN):
    pass


class Settling(ratezoo.ImplicitGradient, ratezoo.RateRNN):
    pass


class Linear(ratezoo.ImplicitGradient, ratezoo.LinearRNN):
    pass


class Energy(ratezoo.EquilibriumPropagation, ratezoo.LayeredEnergyModel):
    pass


net = Net(2, 5, 1, seed=0)
x, y = np.zeros((10, 2)), np.zeros((10, 1))
"""


class Case(NamedTuple):
    """A class, lines that raise it, and in both languages when it comes and what to do."""

    name: str
    lines: str
    when: str
    when_zh: str
    remedy: str
    remedy_zh: str


ERRORS = [
    Case(
        'ShapeError',
        'net.gradient(x, y[:5])',
        'An array has the wrong shape: an input, a target, a weight, a state.',
        '数组的形状不对：输入、目标、权重或状态。',
        'Compare the two shapes in the message. Time comes before units: `(T, n_in)`, and a batch comes first: '
        '`(B, T, n_in)`.',
        '比较信息里的两个形状。时间在单元之前：`(T, n_in)`；有批量时批量在最前面：`(B, T, n_in)`。',
    ),
    Case(
        'InvalidValueError',
        'ratezoo.WilsonCowan(tau_E=-1)',
        'A value has the right shape but is not allowed: NaN, negative, a word that is no option.',
        '形状对，但取值不允许：NaN、负数，或者不是可选项的词。',
        'Give a value of the kind that the message expects. `ratezoo info NAME` shows the defaults.',
        '按信息的要求给出取值。`ratezoo info NAME` 显示默认值。',
    ),
    Case(
        'UnknownNameError',
        'ratezoo.WilsonCowan().w_ee = 12.0',
        'There is no model, rule, task, parameter, constant or option of this name.',
        '没有叫这个名字的模型、规则、任务、参数、常数或选项。',
        'Take the name that the message suggests; names distinguish capital and small letters.',
        '采用信息建议的名字；名字区分大小写。',
    ),
    Case(
        'UnknownVariableError',
        "ratezoo.simulate(net, 10.0, monitors=['h'])",
        'A monitor names a Variable that the network does not have.',
        '要记录的变量（monitor）不存在。',
        'Choose one of the Variables that the message lists. Only online rules have traces such as `p_W`.',
        '从信息列出的变量中选择。只有在线规则才有 `p_W` 这样的迹。',
    ),
    Case(
        'NotRecordedError',
        "ratezoo.simulate(net, 10.0, monitors=['r']).mon['W']",
        'A run did not record this Variable, or there has been no run yet.',
        '运行时没有记录这个变量，或者还没有运行过。',
        'Add the name to `monitors` and run again.',
        '把名字加进 `monitors`，再运行一次。',
    ),
    Case(
        'MissingFileError',
        "Net.load('nothing.npz')",
        'There is no file of this name, or no folder to write it into.',
        '没有这个文件，或者没有可以写入的文件夹。',
        'Check the name and the folder in which you work.',
        '检查文件名和当前所在的文件夹。',
    ),
    Case(
        'ArgumentError',
        'ratezoo.simulate(ratezoo.WilsonCowan, 10.0)',
        'A call has an argument too many or too few, or it got a class in place of a network.',
        '调用时参数多了或少了，或者给的是类而不是网络。',
        'Write the call as the message does.',
        '照信息里的写法调用。',
    ),
    Case(
        'CompositionError',
        'class Turned(ratezoo.RateRNN, ratezoo.BPTT):\n    pass',
        'A class combines a rule and a model that do not fit, in the wrong order, or it uses a name that the '
        'engine needs.',
        '规则和模型不相配、次序颠倒，或者用了引擎需要的名字。',
        'Write first the rule, then the model. `ratezoo info RULE` says what a rule needs of a model.',
        '先写规则，后写模型。`ratezoo info RULE` 说明规则对模型有什么要求。',
    ),
    Case(
        'NotAnEnergyModelError',
        'class NoEnergy(ratezoo.EquilibriumPropagation, ratezoo.RateRNN):\n    pass',
        'A rule needs an energy E with F = −∂E/∂r, and the model has none, or its F is another.',
        '规则需要能量 E（F = −∂E/∂r），而模型没有能量，或者 F 与它不符。',
        'Take a model with an energy, such as `LayeredEnergyModel`, or a rule that needs none, such as '
        '`ImplicitGradient`.',
        '换成有能量的模型，例如 `LayeredEnergyModel`；或换成不需要能量的规则，例如 `ImplicitGradient`。',
    ),
    Case(
        'NotConvergedError',
        'Settling(2, 5, 1, seed=0).gradient(np.ones(2), np.zeros(1), max_steps=3)',
        'A relaxation took its largest number of steps and did not settle.',
        '弛豫（relaxation）用完了最大步数，还没有稳定下来。',
        'Allow more steps (`max_steps`), a larger `dt` or `tol`, or choose another `solver`. If the network '
        'oscillates, no number of steps is enough.',
        '增大 `max_steps`、`dt` 或 `tol`，或换一个 `solver`。如果网络在振荡，多少步都不够。',
    ),
    Case(
        'DivergedError',
        'ratezoo.simulate(ratezoo.LinearRNN(1, w=50.0), 100.0)',
        'A state, a loss or a gradient became infinite or NaN, or a rate went far out of its range.',
        '状态、损失或梯度变成了无穷大或 NaN，或者发放率远远超出了它的范围。',
        'Make `dt`, the weights or the learning rate smaller; then call `reset_state()`.',
        '减小 `dt`、权重或学习率；然后调用 `reset_state()`。',
    ),
    Case(
        'SingularJacobianError',
        'Linear(1, w=1.0).gradient(np.zeros(1), np.ones(1))',
        'The Jacobian at a fixed point cannot be inverted: the fixed point is not isolated, here a line of fixed '
        'points.',
        '不动点处的雅可比矩阵不可逆：不动点不是孤立的，例如这里是一条不动点组成的线。',
        'Change the weights a little. `net.stability(r)` shows which eigenvalue is zero.',
        '稍微改变权重。`net.stability(r)` 显示哪个特征值为零。',
    ),
    Case(
        'TooLargeError',
        'ratezoo.simulate(net, inputs=np.broadcast_to(np.zeros(2), (10**12, 2)))',
        'The arrays that a rule or a run must keep do not fit into the memory. It comes before anything is computed.',
        '规则或一次运行需要保存的数组在内存里放不下。这个错误在计算之前就会出现。',
        'Fewer units, fewer steps, a smaller batch, or a rule that keeps less; `net.cost(T)` estimates the memory.',
        '减少单元、步数或批量，或换一条占用内存较少的规则；`net.cost(T)` 估计所需的内存。',
    ),
    Case(
        'CheckpointError',
        "net.fit(x, y, 2, optax.sgd(0.1), checkpoint='run.npz', progress=False)\n"
        "net.fit(x, y + 1.0, 2, optax.sgd(0.1), checkpoint='run.npz', progress=False)",
        'A checkpoint cannot be read, or it belongs to another training run.',
        '检查点无法读取，或者属于另一次训练。',
        'Take another file name, or delete the file to train from the beginning.',
        '换一个文件名，或删除这个文件、从头训练。',
    ),
    Case(
        'HomeworkError',
        "Path('rnn.py').write_text('print(1)')\nratezoo.homework.check('rnn.py')",
        'A homework file cannot be judged: it is empty, cut off, or no exercise.',
        '作业文件无法评判：它是空的、不完整，或者不是作业。',
        'Begin with the hand-out of `ratezoo homework start hw`, and keep its class and its methods.',
        '从 `ratezoo homework start hw` 写出的讲义开始，并保留其中的类和方法。',
    ),
]

WARNINGS = [
    Case(
        'InaccurateGradientWarning',
        "net = Energy((2, 8, 1), activation='tanh', seed=0, dt=0.5)\nnet.gradient(np.ones(2), np.ones(1), nudge=0.5)",
        'The gradient of a rule differs from the exact one by more than the option `warn_above` (2 %). '
        '[accuracy](../accuracy.md) lists how large and how well estimated this is.',
        '规则给出的梯度与精确梯度的差超过了选项 `warn_above`（2 %）。误差有多大、估计有多准，'
        '见 [accuracy](../accuracy.md)（英文）。',
        'Follow the remedy in the message. If the course asks for just this λ, `warn_above=math.inf` silences it.',
        '按信息里的建议去做。如果课程要求的正是这个 λ，用 `warn_above=math.inf` 关掉警告。',
    ),
    Case(
        'UnstableFixedPointWarning',
        "net = Linear(1, w=2.0)\nnet.gradient(np.ones(1), np.ones(1), solver='newton')",
        'A gradient was taken at a fixed point that the network itself would leave.',
        '梯度是在一个网络自己会离开的不动点处求出的。',
        "Use `solver='dynamics'`, or change the weights, so that the network stays there.",
        "用 `solver='dynamics'`，或改变权重，使网络停留在那里。",
    ),
    Case(
        'UserWarning',
        'ratezoo.Runner(ratezoo.RateRNN(2, 5, 1, dt=0.5), dt=0.1)',
        "Python's own class, for the rest: two time steps that differ, a duration that is not used, a bump that "
        'will die.',
        'Python 自带的类，用于其他情况：两个时间步长不一致、没有用到的时长、会消失的活动包。',
        'Do what the message says. To make warnings errors: `warnings.simplefilter("error")`.',
        '按信息去做。要把警告变成错误：`warnings.simplefilter("error")`。',
    ),
]


def answer(case: Case) -> tuple[str, str]:
    """The class that the lines raise, or of which they warn, and its message."""
    namespace: dict[str, Any] = {}
    exec(SETUP, namespace)
    with tempfile.TemporaryDirectory() as folder, chdir(folder), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        try:
            exec(case.lines, namespace)
        except RateZooError as error:
            return type(error).__name__, str(error)
    found = [warning for warning in told if warning.category.__name__ == case.name]
    return (case.name, str(found[0].message)) if found else ('', '')


def classes() -> dict[str, type[Exception]]:
    """Every error and warning that a module of ratezoo defines, by name."""
    found: dict[str, type[Exception]] = {}
    for module in pkgutil.walk_packages(ratezoo.__path__, 'ratezoo.'):
        if module.name.rpartition('.')[2] in ('__main__', 'handout'):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(value, type)
                and value.__module__.startswith('ratezoo')
                and issubclass(value, (RateZooError, Warning))
            ):
                found[value.__name__] = value
    return found


def ancestors(kind: type[Exception]) -> str:
    """The classes under which a caller may catch it, without those that every exception has."""
    left_out = {kind, RateZooError, Exception, BaseException, object}
    return ', '.join(f'`{c.__name__}`' for c in kind.__mro__ if c not in left_out)


def escaped(text: str) -> str:
    """A message as a paragraph of Markdown."""
    for mark in '\\`*_<[$':
        text = text.replace(mark, f'\\{mark}')
    return ' '.join(text.split())


def section(case: Case, message: str, kind: type[Exception], chinese: bool) -> str:
    """The text about one class."""
    english, _, translated = message.partition(' / ')
    also = ancestors(kind)
    prompted = [f'... {line}' if line.startswith(' ') else f'>>> {line}' for line in case.lines.splitlines()]
    lines = '\n'.join(prompted)
    if case.name == 'UserWarning':
        also = ''
    caught = (f'也可以捕获为 {also}。' if chinese else f' Also caught as {also}.') if also else ''
    parts = [
        f'### {case.name}',
        (case.when_zh if chinese else case.when) + caught,
        f'```pycon\n{lines}\n```',
        f'> {escaped(translated if chinese and translated else english)}',
        f'**怎么办**：{case.remedy_zh}' if chinese else f'**What to do.** {case.remedy}',
    ]
    return '\n\n'.join(parts)


HEAD = """\
# Errors and warnings

[中文](errors.zh.md)

Every error that ratezoo raises on purpose is a `RateZooError`, and also the error of Python that you would catch, such
as `ValueError`. A message reads: class and attribute, what was expected, what came, what to do. On the command line
the message is one line, and the exit status is 2. [Mistakes and what they give](../mistakes.md) begins with what one
writes; this page begins with the class.

```pycon
>>> from ratezoo.errors import RateZooError, ShapeError
```

`python docs/errors.py` runs the lines of this page and writes it; a test compares the messages and sees to it that no
class is missing. The lines stand after these definitions:
"""
HEAD_ZH = """\
# 错误与警告

[English](errors.md)

ratezoo 有意抛出的每个错误都是 `RateZooError`，同时也是你会去捕获的 Python 错误，例如 `ValueError`。
错误信息依次写明：类和属性、期望什么、得到什么、怎么办（信息是英文；作业的信息有中文）。
在命令行里，信息只有一行，退出码是 2。[常见错误与提示](../mistakes.zh.md)从你写的内容查起，本页从错误的类查起。

```pycon
>>> from ratezoo.errors import RateZooError, ShapeError
```

`python docs/errors.py` 运行本页的代码并生成本页；有一个测试核对这些信息，并保证没有遗漏。代码之前有如下定义：
"""


def pages() -> tuple[str, str]:
    """The text of both pages."""
    kinds = {**classes(), 'UserWarning': UserWarning}
    answers = {case.name: answer(case) for case in ERRORS + WARNINGS}
    wrong = {name: raised for name, (raised, _) in answers.items() if raised != name}
    if wrong:
        raise SystemExit(f'These cases raise something else: {wrong}')
    texts = []
    for chinese in (False, True):
        parts = [HEAD_ZH if chinese else HEAD, f'```python\n{SETUP}```\n']
        for title, title_zh, cases in (('Errors', '错误', ERRORS), ('Warnings', '警告', WARNINGS)):
            parts.append(f'## {title_zh if chinese else title}\n')
            parts += [section(case, answers[case.name][1], kinds[case.name], chinese) + '\n' for case in cases]
        texts.append('\n'.join(parts))
    return texts[0], texts[1]


if __name__ == '__main__':
    for name, text in zip(('errors.md', 'errors.zh.md'), pages(), strict=True):
        (_FOLDER / name).write_text(text, encoding='utf-8')
        sys.stdout.write(f'wrote {_FOLDER / name}\n')

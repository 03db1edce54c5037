"""Write docs/mistakes.md and docs/mistakes.zh.md: mistakes that are easy to make, and what ratezoo answers.

    python docs/mistakes.py

Each case is run, and its answer goes into the pages. `tests/test_mistakes.py` runs all cases again and compares.
"""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

_DOCS = Path(__file__).parent
_LONGEST = 230  # characters of an answer that a page shows


class Case(NamedTuple):
    """A mistake: a command line or a line of Python; and what to write, or to do, in English and in Chinese."""

    line: str
    remedy: str
    remedy_zh: str


PRELUDE = """\
import brainpy.math as bm
import jax.numpy as jnp
import numpy as np
import optax
import ratezoo


class Net(ratezoo.BPTT, ratezoo.RateRNN):
    pass


class Own(ratezoo.RateModel):
    params = ('W',)

    def __init__(self, n):
        super().__init__(n, n)
        self.W = bm.TrainVar(bm.zeros((n, n)))

    def F(self, r, params, x):
        return -r + params['W'] @ r + x


net = Net(2, 5, 1, seed=0)
x, y = np.zeros((10, 2)), np.zeros((10, 1))
run = ratezoo.simulate(ratezoo.WilsonCowan(), 10.0)
"""

COMMANDS = [
    Case('ratezoo check hw/rnn.py', '`ratezoo homework check hw/rnn.py`', '`ratezoo homework check hw/rnn.py`'),
    Case('ratezoo trian RateRNN', '`ratezoo train RateRNN`', '`ratezoo train RateRNN`'),
    Case('ratezoo models', '`ratezoo list models`', '`ratezoo list models`'),
    Case('ratezoo RTRL', '`ratezoo info RTRL`', '`ratezoo info RTRL`'),
    Case('ratezoo help simulate', '`ratezoo simulate --help`', '`ratezoo simulate --help`'),
    Case('ratezoo info WilsonCowen', '`ratezoo info WilsonCowan`', '`ratezoo info WilsonCowan`'),
    Case('ratezoo info RTRL BPTT', 'one name at a time', '一次只写一个名字'),
    Case('ratezoo simulate', '`ratezoo simulate WilsonCowan`', '`ratezoo simulate WilsonCowan`'),
    Case('ratezoo simulate RTRL', '`ratezoo train RateRNN --rule RTRL`', '`ratezoo train RateRNN --rule RTRL`'),
    Case('ratezoo simulate RateRNN --n 20', '`--set n=20`', '`--set n=20`'),
    Case('ratezoo simulate WilsonCowan --w_EE 12', '`--set w_EE=12`', '`--set w_EE=12`'),
    Case('ratezoo simulate WilsonCowan --set w_ee=12', '`--set w_EE=12`', '`--set w_EE=12`'),
    Case('ratezoo simulate WilsonCowan --set P', '`--set P=1.5`', '`--set P=1.5`'),
    Case('ratezoo simulate WilsonCowan --set P=2 w_EE=12', '`--set P=2 --set w_EE=12`', '`--set P=2 --set w_EE=12`'),
    Case('ratezoo simulate WilsonCowan --set P=2,w_EE=12', '`--set P=2 --set w_EE=12`', '`--set P=2 --set w_EE=12`'),
    Case('ratezoo simulate WilsonCowan --set P:2', '`--set P=2`', '`--set P=2`'),
    Case('ratezoo simulate WilsonCowan --set P=high', 'a number: `--set P=2`', '写一个数：`--set P=2`'),
    Case('ratezoo simulate WilsonCowan --set tau_E=0', 'a time constant > 0', '时间常数要大于 0'),
    Case('ratezoo simulate RateRNN --set n=2.5', '`--set n=3`', '`--set n=3`'),
    Case('ratezoo simulate WilsonCowan --epochs 5', '`--epochs` belongs to `train`', '`--epochs` 是 `train` 的选项'),
    Case('ratezoo simulate WilsonCowan --duration 100ms', '`--duration 100`', '`--duration 100`'),
    Case('ratezoo simulate WilsonCowan --duration 10 ms', '`--duration 10`', '`--duration 10`'),
    Case('ratezoo simulate WilsonCowan 100', '`--duration 100`', '`--duration 100`'),
    Case('ratezoo simulate WilsonCowan wc.png', '`--plot wc.png`', '`--plot wc.png`'),
    Case('ratezoo simulate WilsonCowan --plot wc.doc', '`--plot wc.png`', '`--plot wc.png`'),
    Case('ratezoo simulate WilsonCowan --save runs/wc.npz', 'make the folder first', '先建立文件夹'),
    Case('ratezoo simulate WilsonCowan --save wc.txt', '`--save wc.csv`', '`--save wc.csv`'),
    Case('ratezoo simulate WilsonCowan --monitor E,I', '`--monitor E --monitor I`', '`--monitor E --monitor I`'),
    Case('ratezoo simulate WilsonCowan --monitor r', '`--monitor E`', '`--monitor E`'),
    Case('ratezoo simulate WilsonCowan --input sine', 'a number, or a file', '写一个数，或一个文件'),
    Case('ratezoo simulate WilsonCowan --input 1,2', 'one number, or a file', '写一个数，或一个文件'),
    Case('ratezoo simulate LinearRNN --set w=50 --duration 200', 'a smaller w or dt', '减小 w 或 dt'),
    Case(
        'ratezoo simulate WilsonCowan --weights net.npz',
        'first `train --save net.npz`',
        '先用 `train --save net.npz` 保存',
    ),
    Case('ratezoo train FlipFlop --task RateRNN', '`train RateRNN --task FlipFlop`', '`train RateRNN --task FlipFlop`'),
    Case('ratezoo train RateRNN FlipFlop', '`--task FlipFlop`', '`--task FlipFlop`'),
    Case('ratezoo train RateRNN --task flipflop', '`--task FlipFlop`', '`--task FlipFlop`'),
    Case('ratezoo train RateRNN --T 50', '`--task-set T=50`', '`--task-set T=50`'),
    Case('ratezoo train RateRNN --rule SnAp --order 2', '`--option order=2`', '`--option order=2`'),
    Case('ratezoo train RateRNN --lr 0.01', '`--rate 0.01`', '`--rate 0.01`'),
    Case('ratezoo train RateRNN --epochs 1e3', '`--epochs 1000`', '`--epochs 1000`'),
    Case('ratezoo train RateRNN --optimizer Adam', '`--optimizer adam`', '`--optimizer adam`'),
    Case('ratezoo train RateRNN --rule BPTT --online', 'an online rule: `--rule RTRL`', '换成在线规则：`--rule RTRL`'),
    Case('ratezoo train RateRNN --rule RTRL,BPTT', '`compare --rules RTRL,BPTT`', '`compare --rules RTRL,BPTT`'),
    Case('ratezoo train GRU --rule RFLO', '`--rule RTRL`', '`--rule RTRL`'),
    Case(
        'ratezoo train RateRNN --rule ImplicitGradient',
        '`--task Digits`, or the rule BPTT',
        '`--task Digits`，或用规则 BPTT',
    ),
    Case('ratezoo train Hopfield', 'a model with weights that can be trained', '选择权重可以训练的模型'),
    Case('ratezoo compare RateRNN', '`--model RateRNN`', '`--model RateRNN`'),
    Case('ratezoo compare RTRL BPTT', '`--rules RTRL,BPTT`', '`--rules RTRL,BPTT`'),
    Case('ratezoo compare --rules RTRL,BTPP', '`--rules RTRL,BPTT`', '`--rules RTRL,BPTT`'),
    Case('ratezoo compare --rules RTRL --option probes=2', '`--option UORO.probes=2`', '`--option UORO.probes=2`'),
    Case('ratezoo sweep WilsonCowan', '`--over P=0:2:41`', '`--over P=0:2:41`'),
    Case('ratezoo sweep WilsonCowan P=0:2:41', '`--over P=0:2:41`', '`--over P=0:2:41`'),
    Case('ratezoo sweep WilsonCowan --over P=0:2', '`--over P=0:2:41`', '`--over P=0:2:41`'),
    Case('ratezoo sweep WilsonCowan --over Z=0:2:5', 'a constant of the model', '换成模型的常数'),
    Case('ratezoo homework start', '`ratezoo homework start hw`', '`ratezoo homework start hw`'),
    Case('ratezoo homework chek hw/rnn.py', '`ratezoo homework check hw/rnn.py`', '`ratezoo homework check hw/rnn.py`'),
]

PYTHON = [
    Case('ratezoo.WilsonCowan(w_ee=12)', '`w_EE=12`', '`w_EE=12`'),
    Case('ratezoo.WilsonCowan(tau_E=-1)', 'a time constant > 0', '时间常数要大于 0'),
    Case("ratezoo.RateRNN(2, 5, 1, method='rk45')", "`method='rk4'`", "`method='rk4'`"),
    Case('ratezoo.RateRNN(2, 0, 1)', 'at least one unit', '至少一个单元'),
    Case("ratezoo.zoo['WilsonCowen']", '`WilsonCowan`', '`WilsonCowan`'),
    Case(
        'class A(ratezoo.EquilibriumPropagation, ratezoo.RateRNN): pass',
        'a model with an energy, or another rule',
        '换成有能量函数的模型，或换一条规则',
    ),
    Case('class A(ratezoo.RateRNN, ratezoo.BPTT): pass', 'first the rule, then the model', '规则在前，模型在后'),
    Case('net.gradient(x, y[:5])', 'a target for each step', '每一步都要有目标'),
    Case('net.gradient(x.T, y)', 'x is (T, n_in)', 'x 的形状是 (T, n_in)'),
    Case(
        'net.gradient(x, np.full((10, 1), np.nan))',
        'targets without NaN; `alpha` leaves out steps',
        '目标里不能有 NaN；用 `alpha` 略去某些时刻',
    ),
    Case("net.fit(x, y, epochs=5, optimizer='adam')", '`optimizer=optax.adam(0.01)`', '`optimizer=optax.adam(0.01)`'),
    Case("net.set_params({'w': np.zeros((5, 5))})", 'the parameter is called W', '参数的名字是 W'),
    Case("net.set_params({'W': np.zeros((4, 4))})", 'the shape (5, 5)', '形状是 (5, 5)'),
    Case('ratezoo.simulate(net, x)', '`simulate(net, inputs=x)`', '`simulate(net, inputs=x)`'),
    Case('ratezoo.simulate(net, inputs=np.zeros((10, 3)))', 'as many columns as inputs', '列数等于输入的个数'),
    Case("ratezoo.simulate(net, 10.0, monitors=['h'])", "`monitors=['r']`", "`monitors=['r']`"),
    Case(
        'ratezoo.simulate(ratezoo.WilsonCowan(), 100.0, transient=200.0)',
        'a transient below the duration',
        '暂态要短于总时间',
    ),
    Case("ratezoo.sweep(ratezoo.WilsonCowan, {'n': [1, 2]})", 'a constant of the model', '换成模型的常数'),
    Case("ratezoo.plots.traces(run, 'r')", "`'E'`", "`'E'`"),
    Case("ratezoo.compare(['RTRL', 'ImplicitGradient'], ratezoo.RateRNN, x, y)", 'two calls', '分两次比较'),
    Case("Net.load('nothing.npz')", 'the name of a file that `net.save` wrote', '写 `net.save` 保存的文件名'),
    Case('Own(3).update(np.zeros(2))', 'an input for each unit', '每个单元一个输入'),
]

HOMEWORK = [
    Case('pw_new = ...', 'replace the three dots', '把三个点换成公式'),
    Case('pw_new = pw + dt * ((w - 1) * pw + q)', 'a name that the code defines', '用已经定义的名字'),
    Case('pw_new = pw + dt * ((w - 1) * pw + r', 'close the parenthesis', '补上括号'),
    Case('pw_new = pw + dt * ((w + 1) * pw + r)', '`(w - 1)`', '`(w - 1)`'),
    Case('pw_new = dt * ((w - 1) * pw + r)', '`pw + dt * (…)`', '`pw + dt * (…)`'),
    Case('pw_new = pw + dt * ((w - 1) * pw + r_new)', 'accepted; `r` is exact', '可以通过；`r` 才是精确的'),
    Case('pw_new = pw + (w - 1) * pw + r', '`pw + dt * (…)`', '`pw + dt * (…)`'),
    Case('dw = eta * np.mean((r_seq - y) * pw_seq)', '`-eta * …`', '`-eta * …`'),
    Case('dw = -eta * (r_seq - y) * pw_seq', '`-eta * np.mean(…)`', '`-eta * np.mean(…)`'),
    Case('dw = -eta * np.sum((r_seq - y) * pw_seq)', '`np.mean` in place of `np.sum`', '把 `np.sum` 换成 `np.mean`'),
]


def command(case: Case) -> str:
    """What `ratezoo` prints on stderr."""
    from ratezoo.cli.main import main

    result = CliRunner().invoke(main, case.line.split()[1:], prog_name='ratezoo')
    lines = result.stderr.strip().splitlines()
    return re.sub(r'^(Error|ratezoo): ', '', lines[-1]) if lines and result.exit_code == 2 else ''


def python(case: Case) -> str:
    """The kind of the error that the line raises after `PRELUDE`, and its message."""
    namespace: dict[str, Any] = {}
    exec(PRELUDE, namespace)
    try:
        exec(case.line, namespace)
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    return ''


RIGHT = {
    'pw_new': 'pw + dt * ((w - 1) * pw + r)',
    'dw': '-eta * np.mean((r_seq - y) * pw_seq)',
    'db': '-eta * np.mean((r_seq - y) * pb_seq)',
}


def homework(case: Case) -> str:
    """What `ratezoo homework check` says of the part, or why it can't judge the file. The other blanks are right."""
    from ratezoo.errors import HomeworkError
    from ratezoo.homework import exercises

    blank, _, wrong = case.line.partition(' = ')
    source = exercises['rnn'].handout.split('# ## Input and target')[0]
    for name, text in {**RIGHT, blank: wrong}.items():
        source = source.replace(f'{name} = ...', f'{name} = {text}')
    file = Path('rnn.py')
    file.write_text(source, encoding='utf-8')
    try:
        report = exercises['rnn'].check(file)
    except HomeworkError as error:
        return str(error)
    part = {'pw_new': 'p_w'}.get(blank, blank)
    told = next(p for p in report['parts'] if p['name'] == part)
    english, _, chinese = (told['hint'] or '').partition(' / ')
    return f'{told["verdict"]}: {english} / {told["verdict"]}：{chinese}'


class Section(NamedTuple):
    """A table of the pages: its titles, its cases, and the function that gives the answer to a case."""

    title: str
    title_zh: str
    cases: list[Case]
    answer: Callable[[Case], str]


SECTIONS = [
    Section('On the command line', '命令行', COMMANDS, command),
    Section('In Python', 'Python', PYTHON, python),
    Section('In the homework', '作业', HOMEWORK, homework),
]


@contextlib.contextmanager
def empty_folder() -> Iterator[None]:
    """Work in a new empty folder, and come back."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def shortened(text: str) -> str:
    """An answer on one line, cut after a word."""
    text = ' '.join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(' ')[0] + ' …'


def cell(text: str) -> str:
    """A text in a cell of a Markdown table."""
    return text.replace('|', '\\|').replace('*', '\\*').replace('_', '\\_').replace('<', '&lt;').replace('`', "'")


def row(case: Case, answer: str, chinese: bool) -> str:
    """The line of a case in a table."""
    english, _, translated = answer.partition(' / ')
    told = shortened(translated if chinese and translated else english)
    return f'| `{case.line}` | {cell(told)} | {case.remedy_zh if chinese else case.remedy} |'


HEAD = """\
# Mistakes and what they give

[中文](mistakes.zh.md)

What you write, what ratezoo answers (long answers are cut), and what to write or to do. `python docs/mistakes.py`
runs every line of this page and writes the page; a test compares them. [Errors and warnings](reference/errors.md)
begins with the class of an error.
"""
HEAD_ZH = """\
# 常见错误与提示

[English](mistakes.md)

你写的内容、ratezoo 的回答（太长的回答有删节；除作业外，回答是英文），以及正确的写法或做法。
`python docs/mistakes.py` 会运行本页的每一行并生成本页；有一个测试会核对它们。
按错误的类查找，请看[错误与警告](reference/errors.zh.md)。
"""
PYTHON_NOTE = 'The lines stand after these definitions:'
PYTHON_NOTE_ZH = '这些行之前有如下定义：'
HOMEWORK_NOTE = 'The line stands in the hand-out in place of its blank; the other blanks are right.'
HOMEWORK_NOTE_ZH = '这一行代替讲义中的填空；其他的空都填对了。'


def pages() -> tuple[str, str]:
    """The text of both pages."""
    texts = []
    with empty_folder():
        answers = {case: section.answer(case) for section in SECTIONS for case in section.cases}
    for chinese in (False, True):
        parts = [HEAD_ZH if chinese else HEAD]
        for title, title_zh, cases, answer in SECTIONS:
            parts.append(f'## {title_zh if chinese else title}\n')
            if answer is python:
                parts.append(f'{PYTHON_NOTE_ZH if chinese else PYTHON_NOTE}\n\n```python\n{PRELUDE}```\n')
            if answer is homework:
                parts.append(f'{HOMEWORK_NOTE_ZH if chinese else HOMEWORK_NOTE}\n')
            head = '| 你写的 | ratezoo 的回答 | 正确做法 |' if chinese else '| you write | ratezoo answers | remedy |'
            rows = [row(case, answers[case], chinese) for case in cases]
            parts.append('\n'.join([head, '|---|---|---|', *rows, '']))
        texts.append('\n'.join(parts))
    return texts[0], texts[1]


if __name__ == '__main__':
    for name, text in zip(('mistakes.md', 'mistakes.zh.md'), pages(), strict=True):
        (_DOCS / name).write_text(text, encoding='utf-8')
        sys.stdout.write(f'wrote {_DOCS / name}\n')

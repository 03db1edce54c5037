"""Judge a student's class RNN from the numbers that the probe measures.

The judge contains no formula for p_w, dw or db. It compares p_w with the derivative of the student's own r (central
differences), and dw and db with the derivative of the loss along the traces. The equation of r itself is checked too:
otherwise a network that stands still would pass, because all its derivatives are zero.
"""

import functools
import itertools
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ratezoo.errors import HomeworkError
from ratezoo.homework import sandbox
from ratezoo.homework.rnn import factors
from ratezoo.homework.rnn.experiments import EPS, OWN, TRAINED_AT, Experiments
from ratezoo.homework.rnn.mistakes import SHIFTED, explain_trace, explain_update
from ratezoo.homework.words import Hint, joined

ETA = 0.1
_VERDICTS = ('exact', 'consistent', 'wrong')  # from the best to the worst

_TABLE = (
    "train is right only for sequences of shape (T,): with the monitors' (T, 1) and a target of (T,) the difference "
    'r_seq − y is a (T, T) table. Flatten them first.',
    'train 只对形状为 (T,) 的序列给出正确结果：monitor 的形状是 (T, 1)，目标是 (T,)，r_seq − y 会变成 (T, T) 的表格。'
    '请先展平。',
)
_NOT_EXACT = (
    'not the derivative of the Euler loop, but a first-order approximation of it: the difference falls with '
    'Δt. Accepted.',
    '不是欧拉循环的精确导数，而是它的一阶近似：差别随 Δt 减小。可以接受。',
)
_UNKNOWN = (
    'compare with d/dw of r + Δt(−r + w r + b + x), term by term.',
    '请逐项对照 r + Δt(−r + w r + b + x) 对 w 的导数。',
)


def check(file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
    """Judge a student's script or notebook.

    Parameters
    ----------
    file : str or Path
        A script (.py) or a notebook (.ipynb).
    seconds : float
        Limit of the time that the student's code may take, in s. Default 60.

    Returns
    -------
    dict
        ``exercise``, ``passed``, ``parts`` (for p_w, dw and db: ``name``, ``verdict``, ``relative_error``, ``hint``)
        and ``remarks``.

    Raises
    ------
    HomeworkError
        The file can't be judged: it has a syntax error, no class RNN or no filled blank, or its code never ends, exits,
        raises, or prints a verdict of its own.
    """
    name = getattr(file, 'name', str(file))
    source, open_parts = _without_open_blanks(sandbox.read_source(file), name)
    experiments = Experiments(np.random.default_rng(2024))
    answer = sandbox.run('ratezoo.homework.rnn.probe', source, name, 'RNN', {'experiments': experiments.all}, seconds)
    with sandbox.reading_answer(name):
        return Verdicts(experiments, answer, name, open_parts).report()


def _without_open_blanks(source: str, name: str) -> tuple[str, set[str]]:
    """The source with its open blanks filled by expressions that change nothing, and the parts that these blanks leave open.

    Raises `HomeworkError` if there is nothing to judge: the source can't be parsed, or no blank is filled.
    """
    try:
        closed, blanks = sandbox.close_blanks(source, 'RNN', _IN_PLACE_OF_DOTS)
    except (SyntaxError, ValueError, RecursionError):
        closed, blanks = source, []
    parts = {_PART_OF_BLANK.get(blank, blank) for blank in blanks}
    if not parts or not parts < set(_PART_OF_BLANK.values()):
        sandbox.check_source(source, name, 'RNN')
        return source, set()
    sandbox.check_source(closed, name, 'RNN')
    return closed, parts


_PART_OF_BLANK = {'pw_new': 'p_w', 'dw': 'dw', 'db': 'db'}
_IN_PLACE_OF_DOTS = {'pw_new': 'pw', 'dw': '0.', 'db': '0.'}  # nothing changes
_OPEN = 'This blank is still open: replace the three dots. / 这个空还没有填：请把三个点换成你的公式。'


class Update(NamedTuple):
    """One of the two changes that train makes: dw or db.

    Attributes
    ----------
    name : str
        'dw' or 'db'.
    position : int
        Its position in a result of train.
    parameter, other : str
        'w' and 'b', or 'b' and 'w'.
    """

    name: str
    position: int
    parameter: str
    other: str


UPDATES = (Update('dw', 0, 'w', 'b'), Update('db', 1, 'b', 'w'))


class Attempt(NamedTuple):
    """The verdict on dw or db when train gets its sequences in one shape.

    Attributes
    ----------
    verdict : str
        'exact', 'consistent' or 'wrong'.
    error : float
        The relative error.
    got : array
        The change in each of the random calls of train.
    shape : str
        A name from `ratezoo.homework.rnn.probe.SHAPES`.
    """

    verdict: str
    error: float
    got: np.ndarray
    shape: str


class Verdicts:
    """The verdicts on one file.

    Parameters
    ----------
    experiments : Experiments
    answer : dict
        The answer of the probe, as `ratezoo.homework.sandbox.run` returns it.
    name : str
        The file's name, for error messages.
    open_parts : set of str
        The parts whose blanks are still open, which get the verdict 'open'.
    """

    def __init__(
        self, experiments: Experiments, answer: dict[str, Any], name: str, open_parts: Collection[str] = ()
    ) -> None:
        self.open_parts = open_parts
        self.ex, self.name, self.late_error = experiments, name, answer['late_error']
        self.shapes = answer['observed'] or ['monitor', 'flat', 'column']  # all shapes if the file does not call train
        self.double, self.results = answer['double'], answer['results']
        self.train_error: Hint | None = tuple(answer['errors'][0]) if answer['errors'] else None
        self.tolerance = 1e-6 if self.double else 5e-3
        self.remarks: list[str] = []
        self.given_parts_hold = True

    def report(self) -> dict[str, Any]:
        """All verdicts; see `check`."""
        self._check_r()
        judges: dict[str, Callable[[], dict[str, Any]]] = {
            'p_w': self._trace_part,
            **{update.name: functools.partial(self._update_part, update) for update in UPDATES},
        }
        still_open = dict(verdict='open', relative_error=None, hint=_OPEN)
        parts = [{'name': p, **still_open} if p in self.open_parts else judge() for p, judge in judges.items()]
        self._check_p_b()
        self._check_reset()
        self._check_runner()
        if self.late_error:
            english, chinese = self.late_error
            self._remark(
                f'the file stops before its end ({english.rstrip(".")}); the class was judged all the same.',
                f'文件没有运行到结尾（{chinese.rstrip("。")}）；仍然对类进行了评判。',
            )
        passed = self.given_parts_hold and all(p['verdict'] in ('exact', 'consistent') for p in parts)
        return {
            'exercise': 'rnn',
            'passed': passed,
            'parts': parts,
            'remarks': self.remarks,
            'curves': self._curves(),
        }

    def _curves(self):
        """p_w on the homework's sequence, against the derivative of the student's own r; dw and db in random calls."""
        run, curves = self.ex.homework.run, []
        if 'p_w' not in self.open_parts:
            time = run.case['dt'] * (1 + np.arange(len(run.case['x'])))
            yours, right = self._trace(run, 'w'), self._derivative(run, 'w')
            numbers = {'x': time.tolist(), 'yours': yours.tolist(), 'right': right.tolist()}
            curves.append({'name': 'p_w', 'xlabel': 'time t', **numbers})
        for update in (u for u in UPDATES if u.name not in self.open_parts and self.train_error is None):
            expected = np.array([_expected_change(case, update) for case, _ in self.ex.train_calls])
            got = self._best_attempt(update, expected).got
            right_ones = expected.tolist()
            numbers = {'x': right_ones, 'yours': got.tolist(), 'right': right_ones}
            curves.append({'name': update.name, 'xlabel': 'right value', **numbers})
        return curves

    def _remark(self, english, chinese):
        self.remarks.append(f'{english} / {chinese}')

    # ---- numbers -----------------------------------------------------------------------------------------------------

    def _states(self, index):
        """r, pw and pb after each step of a run, an array (T, 3); NaN stands for infinite numbers too."""
        return np.array(self.results[index], float)

    def _trace(self, run, parameter):
        """The student's p_w or p_b after each step of a run, (T,)."""
        return self._states(run.result)[:, {'w': 1, 'b': 2}[parameter]]

    def _derivative(self, run, parameter):
        """dr_t/dw or dr_t/db for each step of a run, (T,), from the student's own r by central differences."""
        plus, minus = (self._states(run.moved[self.double, parameter, sign])[:, 0] for sign in (1, -1))
        return (plus - minus) / (2 * EPS[self.double])

    # ---- the parts that the hand-out gives -----------------------------------------------------------------------------

    def _check_r(self):
        """The update of r must still be Euler's rule for the course's equation."""
        worst = 0.0
        for run in self.ex.steps:
            case, got = run.case, self._states(run.result)[0, 0]
            if not np.isfinite(got):
                raise HomeworkError(
                    f'{self.name}: update makes r infinite or NaN in its first step. / '
                    'update 的第一步就使 r 变成无穷大或 NaN。'
                )
            expected = case['r'] + case['dt'] * (-case['r'] + case['w'] * case['r'] + case['b'] + case['x'][0])
            worst = max(worst, abs(got - expected) / abs(expected))
        if worst > self.tolerance:
            self.given_parts_hold = False
            self._remark(
                f'the update of r, which the hand-out gives, was changed (off by {worst:.2g}); it should be '
                'r + Δt(−r + w r + b + x).',
                f'作业中给出的 r 的更新被改动了（相差 {worst:.2g}）；应当是 r + Δt(−r + w r + b + x)。',
            )

    def _check_p_b(self):
        """The update of p_b must still be the derivative of r by b."""
        verdict, error = self._judge_trace('b')
        if verdict == 'wrong':
            self.given_parts_hold = False
            self._remark(
                f'the update of p_b, which the hand-out gives, was changed: relative error {error:.2g}.',
                f'作业中给出的 p_b 的更新被改动了：相对误差 {error:.2g}。',
            )

    def _check_reset(self):
        """reset_neuron must set r to y_0 and both traces to 0; if it does not, this is a remark."""
        after_reset = np.array(self.results[self.ex.reset], float)
        for value, name, expected in zip(after_reset, ('r', 'pw', 'pb'), (2.5, 0.0, 0.0), strict=True):
            if not abs(value - expected) < 1e-5:
                instead = 'y0' if name == 'r' else '0'
                self._remark(
                    f'reset_neuron does not reset {name}: it is {value:.3g} afterwards instead of {instead}, so '
                    f'runs are not independent. A line like self.{name}[0].value = … changes only a copy; '
                    f'write self.{name}.value = ….',
                    f'reset_neuron 没有重置 {name}：之后仍是 {value:.3g}，而不是 {instead}，于是各次运行互相影响。'
                    f'self.{name}[0].value = … 只改变了副本；请写 self.{name}.value = …。',
                )

    def _check_runner(self):
        """The class must give the same numbers under bp.DSRunner as step by step."""
        if self.results[self.ex.runner[1]] is None:
            self.given_parts_hold = False
            self._remark(
                'update runs step by step but fails under bp.DSRunner, which compiles it: keep what changes in '
                'Variables (bm.Variable), and use bm or jax.numpy there instead of numpy, float() or if.',
                'update 可以逐步调用，但在 bp.DSRunner（会编译代码）下失败：变化的量要放在 Variable（bm.Variable）里，'
                '并且在 update 中使用 bm 或 jax.numpy，而不是 numpy、float() 或 if。',
            )
            return
        by_step, monitored = (self._states(index) for index in self.ex.runner)
        same_shape = by_step.shape == monitored.shape
        if not same_shape or not np.allclose(by_step, monitored, rtol=1e-3, atol=1e-6, equal_nan=True):
            self.given_parts_hold = False
            self._remark(
                'under bp.DSRunner the class gives other numbers than when it is called step by step: only '
                'Variables (bm.Variable) keep their values there.',
                '在 bp.DSRunner 下运行的结果与逐步调用不同：只有 Variable（bm.Variable）能在其中保持数值。',
            )

    # ---- p_w ---------------------------------------------------------------------------------------------------------

    def _judge_trace(self, parameter):
        """The verdict on p_w or p_b, and its relative error."""
        got = np.array([self._trace(run, parameter)[0] for run in self.ex.steps])
        expected = np.array([self._derivative(run, parameter)[0] for run in self.ex.steps])
        chain_errors = []  # of each chain, at each number of steps
        for chain in self.ex.chains:
            pairs = [(self._trace(run, parameter), self._derivative(run, parameter)) for run in chain]
            chain_errors.append([np.linalg.norm(p - d) / np.linalg.norm(d) for p, d in pairs])
        worst = max(np.max(np.abs(got - expected)) / np.max(np.abs(expected)), np.max(chain_errors))
        if not np.isfinite(self._trace(self.ex.homework.run, parameter)).all():
            return 'wrong', np.inf  # at w = 1, where the homework starts
        if worst <= self.tolerance:
            return 'exact', worst
        return ('consistent' if all(_falls_at_first_order(errors) for errors in chain_errors) else 'wrong'), worst

    def _trace_part(self):
        """The part of the report on p_w."""
        verdict, error = self._judge_trace('w')
        hint = None
        if verdict != 'exact':
            hints = self._trace_hints()
            if verdict == 'consistent':
                hints = [_NOT_EXACT, *hints, self._measured_trace()]
            hint = joined(hints or self._trace_factor() or [_UNKNOWN])
        return {'name': 'p_w', 'verdict': verdict, 'relative_error': _rounded(error), 'hint': hint}

    def _trace_hints(self) -> list[Hint]:
        """The hints for a p_w that is not exact; empty if the mistake is not recognised."""
        states = [self._states(run.result)[0] for run in self.ex.steps]
        cases = {k: np.array([run.case[k] for run in self.ex.steps]) for k in ('r', 'pw', 'pb', 'w', 'b', 'dt')}
        cases['x'] = np.array([run.case['x'][0] for run in self.ex.steps])
        cases['r_new'] = np.array([r for r, _, _ in states])
        got = np.array([p_w for _, p_w, _ in states])
        if not np.isfinite(got).all():
            return [('p_w is infinite or NaN.', 'p_w 是无穷大或 NaN。')]
        if not np.isfinite(self._trace(self.ex.homework.run, 'w')).all():
            return [
                (
                    'p_w is infinite or NaN at w = 1, where the homework starts.',
                    '在 w = 1（作业的初始值）处p_w 是无穷大或 NaN。',
                )
            ]
        return explain_trace(cases, got, self.tolerance) or []

    def _trace_factor(self) -> list[Hint]:
        """The hints for a p_w that is the right one times a factor, or plus a term; empty if it is neither."""
        cases = {k: np.array([run.case[k] for run in self.ex.steps]) for k in ('r', 'pw', 'pb', 'w', 'b', 'dt')}
        cases['x'] = np.array([run.case['x'][0] for run in self.ex.steps])
        got = np.array([self._trace(run, 'w')[0] for run in self.ex.steps])
        right = np.array([self._derivative(run, 'w')[0] for run in self.ex.steps])
        return factors.explain_trace(cases, got, right, self.tolerance)

    def _measured_trace(self):
        """A hint: the error of the homework's own gradient with this p_w."""
        y, run, _ = self.ex.homework
        error = self._states(run.result)[:, 0] - y
        off = abs(np.mean(error * self._trace(run, 'w')) / np.mean(error * self._derivative(run, 'w')) - 1)
        return (
            f"Measured on the homework's sequence: dw comes out {off:.1%} off.",
            f'在作业的序列上测得：dw 相差 {off:.1%}。',
        )

    # ---- dw, db ------------------------------------------------------------------------------------------------------

    def _update_part(self, update):
        """The part of the report on dw or db."""
        if self.train_error is not None:
            return {'name': update.name, 'verdict': 'wrong', 'relative_error': None, 'hint': joined([self.train_error])}
        expected = np.array([_expected_change(case, update) for case, _ in self.ex.train_calls])
        best = self._best_attempt(update, expected)
        verdict, error = best.verdict, best.error
        trace = f'p_{update.parameter}'
        hint = None
        if verdict == 'wrong' and (gradient_error := self._gradient_error(update)) <= self.tolerance:
            verdict, error = 'exact', gradient_error
            english = (
                f'the gradient of the run is computed without {trace}, by back-propagation through '
                'time. Right, though not what was asked.'
            )
            chinese = f'没有使用 {trace}，而是用时间反向传播（BPTT）算出了梯度。结果正确，但不是题目要求的方法。'
            hint = joined([(english, chinese)])
        elif verdict != 'exact':
            hints = self._update_hints(update, best, expected)
            if SHIFTED in hints:
                verdict = 'wrong'  # a shift by one step is small for smooth functions only, and the target is data
            if verdict == 'consistent':
                english = f'not exactly −(η/T) Σ (r − y) {trace}, but the same as T grows. Accepted.'
                chinese = f'不完全等于 −(η/T) Σ (r − y) {trace}，但随 T 增大趋于一致。可以接受。'
                hints = [(english, chinese), *hints, self._measured_update(update, best.shape)]
            hint = joined(hints or self._update_factor(update, best.shape) or [_factor_by_factor(trace)])
        return {'name': update.name, 'verdict': verdict, 'relative_error': _rounded(error), 'hint': hint}

    def _best_attempt(self, update, expected):
        """The best `Attempt` among the shapes with which the file may call train."""
        attempts = []
        for shape in self.shapes:
            got = self._changes(self.ex.train_calls, shape, update)
            if got is None:
                continue
            error = np.nan_to_num(np.max(np.abs(got - expected)) / np.max(np.abs(expected)), nan=np.inf)
            if error <= self.tolerance:
                verdict = 'exact'
            else:
                verdict = 'consistent' if self._converges(shape, update) else 'wrong'
            attempts.append(Attempt(verdict, error, got, shape))
        if not attempts:
            raise HomeworkError(
                f'{self.name}: train fails for sequences of the shape in which the file itself calls it.'
            )
        best = min(attempts, key=lambda a: (_VERDICTS.index(a.verdict), a.error))
        wrong_for_monitors = any(a.verdict == 'wrong' and a.shape == 'monitor' for a in attempts)
        if update.name == 'dw' and best.verdict != 'wrong' and wrong_for_monitors:
            self._remark(*_TABLE)
        return best

    def _changes(self, train_calls, shape, update):
        """dw or db in each of the calls with sequences in this shape; None if train fails for it."""
        results = [self.results[call.result][shape] for call in train_calls]
        return None if any(r is None for r in results) else np.array([r[update.position] for r in results], float)

    def _converges(self, shape, update):
        """Whether the error on smooth sequences falls in proportion to 1/T."""
        for calls in self.ex.smooth_train_calls:
            got = self._changes(calls, shape, update)
            if got is None:
                return False
            sequence = f'p{update.parameter}_seq'
            scale = [ETA * np.mean(np.abs((case['r_seq'] - case['y']) * case[sequence])) for case, _ in calls]
            expected = [_expected_change(case, update) for case, _ in calls]
            if not _falls_at_first_order(np.abs(got - expected) / scale):
                return False
        return True

    def _gradient_error(self, update):
        """The relative difference between train's change and −η dl/dw of the run that train was called with.

        It is small for a student who computes the gradient without the traces.
        """
        errors = []
        for y, run, result in self.ex.trained_runs:
            r, derivative = self._states(run.result)[:, 0], self._derivative(run, update.parameter)
            expected = -ETA * np.mean((r - y) * derivative)
            changes = [v for shape, v in self.results[result].items() if v is not None and shape in self.shapes]
            got = [np.array(v, float)[update.position] for v in changes]
            errors.append(min((abs(g / expected - 1) for g in got if np.isfinite(g)), default=np.inf))
        return max(errors)

    def _update_hints(self, update, best, expected) -> list[Hint]:
        """The hints for a dw or db that is not exact; empty if the mistake is not recognised."""
        parameter, other = update.parameter, update.other
        if not np.isfinite(best.got).all():
            return [(f'{update.name} is infinite or NaN.', f'{update.name} 是无穷大或 NaN。')]
        if best.shape == 'monitor':
            flat = self._changes(self.ex.train_calls, 'flat', update)
            if flat is not None and np.max(np.abs(flat - expected)) <= self.tolerance * np.max(np.abs(expected)):
                return [_TABLE]
        cases = [
            dict(
                e=case['r_seq'] - case['y'],
                r=case['r_seq'],
                y=case['y'],
                p=case[f'p{parameter}_seq'],
                other=case[f'p{other}_seq'],
                dt=case['dt'],
                own=OWN[f'p{parameter}'],
            )
            for case, _ in self.ex.train_calls
        ]
        return explain_update(cases, best.got, f'p_{parameter}', f'p_{other}', self.tolerance) or []

    def _update_factor(self, update, shape) -> list[Hint]:
        """The hints for a dw or db that is the right one times a factor, or plus a term; empty if it is neither.

        The calls with random sequences tell how a factor depends on T and Δt, and those after a run how it depends on w
        and b.
        """
        trace, tests = f'p{update.parameter}_seq', []
        for call in (*self.ex.train_calls, *itertools.chain(*self.ex.smooth_train_calls)):
            tests.append((call.case, {'w': TRAINED_AT['w'], 'b': TRAINED_AT['b']}, call.result))
        for y, run, result in self.ex.trained_runs:
            states = dict(zip(('r_seq', 'pw_seq', 'pb_seq'), self._states(run.result).T, strict=True))
            tests.append((dict(dt=run.case['dt'], y=y, **states), run.case, result))
        got, right, scale, cases = [], [], [], []
        for case, at, result in tests:
            change = self.results[result][shape]
            products = (case['r_seq'] - case['y']) * case[trace]
            if change is None or not np.isfinite([*products, change[update.position]]).all() or not np.any(products):
                continue
            got.append(change[update.position])
            right.append(_expected_change(case, update))
            scale.append(ETA * np.mean(np.abs(products)))
            cases.append(case | {'w': at['w'], 'b': at['b']})
        arrays = [np.array(a, float) for a in (got, right, scale)]
        return factors.explain_update(
            update.name, trace.removesuffix('_seq'), cases, arrays[0], arrays[1], arrays[2], self.tolerance
        )

    def _measured_update(self, update, shape):
        """A hint: the error of the change on the homework's own sequence."""
        y, run, result = self.ex.homework
        r = self._states(run.result)[:, 0]
        expected = -ETA * np.mean((r - y) * self._trace(run, update.parameter))
        off = abs(np.array(self.results[result][shape], float)[update.position] / expected - 1)
        return (f"Measured on the homework's sequence: {off:.1%} off.", f'在作业的序列上测得：相差 {off:.1%}。')


def _expected_change(case, update):
    """−η d/dε of the loss (1/2T) Σ (r_t + ε p_t − y_t)², by central differences."""

    def loss(eps):
        return np.mean((case['r_seq'] + eps * case[f'p{update.parameter}_seq'] - case['y']) ** 2) / 2

    return -ETA * (loss(1e-4) - loss(-1e-4)) / 2e-4


def _factor_by_factor(trace):
    """The hint for a mistake that is not recognised."""
    return (
        f'compare with −(η/T) Σ_t (r_t − y_t) {trace}_t, factor by factor.',
        f'请逐个因子对照 −(η/T) Σ_t (r_t − y_t) {trace}_t。',
    )


def _falls_at_first_order(errors):
    """Whether the errors, each at twice as many steps as the one before, fall at first order or faster, below 0.1."""
    errors = np.asarray(errors)
    if not np.isfinite(errors).all() or (errors <= 0).any():
        return False
    slopes = np.log2(errors[:-1] / errors[1:])  # 1 at first order, 0 for a mistake
    return bool((slopes > 0.5).all() and slopes[-1] > 0.75 and errors[-1] < 0.1)


def _rounded(error):
    """Three significant digits; None for an infinite or NaN error."""
    return None if not np.isfinite(error) else float(f'{error:.3g}')

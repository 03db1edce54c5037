"""Judges a student's class RNN from numbers that the probe measured.

What is right is not written here a second time: p_w is compared with the derivative of the student's own r, by central
differences, and dw and db with the derivative of the loss along the traces. The course's equation of r itself is
checked once, so that a network that stands still is not praised for its zero gradient.
"""

import numpy as np

from ratezoo.errors import HomeworkError
from ratezoo.homework import sandbox
from ratezoo.homework.rnn.mistakes import SHIFTED, explain_trace, explain_update
from ratezoo.tasks import homework_sequence

ETA = 0.1
OWN = {'r': 0.6, 'pw': 0.7, 'pb': -0.9}     # what the Variables hold while train is tried on other sequences
_LENGTHS = (20, 40, 80)          # steps in one unit of time, for the order of convergence

_TABLE = ('train is right only for sequences of shape (T,): with the monitors\' (T, 1) and a target of (T,) the difference '
          'r_seq − y is a (T, T) table. Flatten them first.',
          'train 只对形状为 (T,) 的序列给出正确结果：monitor 的形状是 (T, 1)，目标是 (T,)，r_seq − y 会变成 (T, T) 的表格。'
          '请先展平。')
_NOT_EXACT = ('not the derivative of the Euler loop, but a first-order approximation of it: the difference falls with '
              'Δt. Accepted.', '不是欧拉循环的精确导数，而是它的一阶近似：差别随 Δt 减小。可以接受。')
_UNKNOWN = ('compare with d/dw of r + Δt(−r + w r + b + x), term by term.',
            '请逐项对照 r + Δt(−r + w r + b + x) 对 w 的导数。')


def check(file, seconds=60.):
    """Judge a student's script or notebook.

    Returns
    -------
    dict
        ``exercise``, ``passed``, ``parts`` (for p_w, dw and db: ``name``, ``verdict``, ``relative_error``, ``hint``)
        and ``remarks``.

    Raises
    ------
    HomeworkError
        The file can't be judged: it does not parse, has no class RNN, leaves a blank open, never ends, exits, raises,
        or prints a verdict of its own.
    """
    name = getattr(file, 'name', str(file))
    source = sandbox.read_source(file)
    sandbox.check_source(source, name, 'RNN')
    experiments = Experiments(np.random.default_rng(2024))
    answer = sandbox.run('ratezoo.homework.rnn.probe', source, name, 'RNN', {'experiments': experiments.all}, seconds)
    return Verdicts(experiments, answer, name).report()


class Experiments:
    """What to measure: each method lays down experiments and remembers where their results will be."""

    def __init__(self, rng):
        self.all, self.rng = [], rng
        self.eps = {True: 1e-5, False: 1e-2}                    # double, single precision
        self.steps = [self._single_step() for _ in range(12)]
        self.chains = [[self._chain(case, T) for T in _LENGTHS] for case in self._chain_cases()]
        self.homework = self._homework()
        self.trains = [self._trains(self._noise(T)) for T in (5, 10, 10, 23)]
        self.trains_long = [[self._trains(self._smooth(T, phase)) for T in (20, 40, 80, 160)] for phase in (0., 0.4)]
        self.trained_runs = [self._trained_run() for _ in range(3)]
        self.reset = self._add(do='reset', dt=0.1, r=0.3, pw=0.7, pb=-0.4, y0=2.5)
        self.runner = (self._add(do='run', **(run := dict(dt=0.07, w=0.6, b=0.4, r=0.9, pw=0.2, pb=-0.3,
                                                          x=self.rng.normal(size=6).tolist()))),
                       self._add(do='runner', **run))

    def _add(self, **experiment):
        self.all.append(experiment)
        return len(self.all) - 1

    def _random_w(self):
        return 1 + self.rng.choice([-1, 1]) * self.rng.uniform(0.4, 1.5)      # never near 1, where (w − 1) hides

    def _with_derivatives(self, case):
        """The run itself, and runs with w, b moved and r_0 moved along p_w, p_b, in both precisions."""
        ids = {'base': self._add(do='run', **case)}
        for double, eps in self.eps.items():
            for name, trace in (('w', 'pw'), ('b', 'pb')):
                for sign in (1, -1):
                    moved = case | {name: case[name] + sign * eps, 'r': case['r'] + sign * eps * case[trace]}
                    ids[double, name, sign] = self._add(do='run', **moved)
        return ids

    def _single_step(self):
        case = dict(dt=self.rng.uniform(0.03, 0.3), w=self._random_w(), x=[self.rng.normal()],
                    **{k: self.rng.uniform(0.3, 2) * self.rng.choice([-1, 1]) for k in ('b', 'r', 'pw', 'pb')})
        return case, self._with_derivatives(case)

    def _chain_cases(self):
        for _ in range(2):
            yield dict(w=self._random_w(), **{k: self.rng.normal() for k in ('b', 'r', 'pw', 'pb')})

    def _chain(self, case, T):
        case = case | dict(dt=1 / T, x=np.sin(3 * (np.arange(T) + 0.5) / T + 0.4).tolist())
        return case, self._with_derivatives(case)

    def _homework(self):
        x, y = homework_sequence()
        case = dict(dt=0.1, w=1., b=1., r=y[0], pw=0., pb=0., x=x.tolist())
        return y, self._with_derivatives(case), self._add(do='run_and_train', y=y.tolist(), **case)

    def _noise(self, T):
        return dict(dt=0.04, **{k: self.rng.normal(size=T) for k in ('r_seq', 'pw_seq', 'pb_seq', 'y')})

    @staticmethod
    def _smooth(T, phase):
        u = (np.arange(T) + 1) / T
        y = np.cos(3 * u)                       # error × trace falls from its start to its end: no term is the mean
        return dict(dt=0.1, r_seq=y + np.exp(-2 * u) + phase, pw_seq=2 - u, pb_seq=2.5 - 2 * u + u ** 2, y=y)

    def _trains(self, case):
        lists = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in case.items()}
        return case, self._add(do='train', w=0.8, b=1.2, **OWN, **lists)

    def _trained_run(self):
        """A run from r_0 = y_0 with p = 0 that train then learns from, as in the homework."""
        x, y = self.rng.normal(size=(2, 8))
        case = dict(dt=self.rng.uniform(0.05, 0.3), w=self._random_w(), b=self.rng.normal(), r=y[0], pw=0., pb=0.,
                    x=x.tolist())
        return y, self._with_derivatives(case), self._add(do='run_and_train', y=y.tolist(), **case)


class Verdicts:
    """What the numbers say."""

    def __init__(self, experiments, answer, name):
        self.ex, self.name, self.late = experiments, name, answer['late']
        self.shapes = answer['seen'] or ['monitor', 'flat', 'column']      # as the file calls train, if it does
        self.double, self.results = answer['double'], answer['results']
        self.tolerance = 1e-6 if self.double else 5e-3
        self.remarks, self.broken = [], False

    def report(self):
        self._check_r()
        parts = [self._trace_part(), self._update_part('dw'), self._update_part('db')]
        self._check_p_b()
        self._check_reset()
        self._check_runner()
        if self.late:
            self._remark(f'the file stops before its end ({self.late}); the class was judged all the same.',
                         f'文件没有运行到结尾（{self.late}）；仍然对类进行了评判。')
        passed = not self.broken and all(p['verdict'] != 'wrong' for p in parts)
        return {'exercise': 'rnn', 'passed': passed, 'parts': parts, 'remarks': self.remarks}

    def _remark(self, english, chinese):
        self.remarks.append(f'{english} / {chinese}')

    # ---- numbers -----------------------------------------------------------------------------------------------------

    def _run(self, i):
        """r, pw, pb after each step of experiment i, an array (T, 3); NaN where they were not finite."""
        return np.array(self.results[i], float)

    def _derivative(self, ids, name):
        """d r_t / d name for each step, from the student's own r: central differences."""
        plus, minus = (self._run(ids[self.double, name, s])[:, 0] for s in (1, -1))
        return (plus - minus) / (2 * self.ex.eps[self.double])

    # ---- the given parts -----------------------------------------------------------------------------------------------

    def _check_r(self):
        """The r line of the hand-out must still be Euler's rule for the course's equation."""
        worst = 0.
        for case, ids in self.ex.steps:
            got = self._run(ids['base'])[0, 0]
            if not np.isfinite(got):
                raise HomeworkError(f'{self.name}: update makes r infinite or NaN in its first step.')
            expected = case['r'] + case['dt'] * (-case['r'] + case['w'] * case['r'] + case['b'] + case['x'][0])
            worst = max(worst, abs(got - expected) / abs(expected))
        if worst > self.tolerance:
            self.broken = True
            self._remark(f'the update of r, which the hand-out gives, was changed (off by {worst:.2g}); it should be '
                         'r + Δt(−r + w r + b + x).',
                         f'作业中给出的 r 的更新被改动了（相差 {worst:.2g}）；应当是 r + Δt(−r + w r + b + x)。')

    def _check_p_b(self):
        verdict, error = self._judge_trace('b', 2)
        if verdict == 'wrong':
            self.broken = True
            self._remark(f'the update of p_b, which the hand-out gives, was changed: relative error {error:.2g}.',
                         f'作业中给出的 p_b 的更新被改动了：相对误差 {error:.2g}。')

    def _check_reset(self):
        left = np.array(self.results[self.ex.reset], float)
        for i, name, want in ((0, 'r', 2.5), (1, 'pw', 0.), (2, 'pb', 0.)):
            if not abs(left[i] - want) < 1e-5:
                value = 'y0' if name == 'r' else '0'
                self._remark(f'reset_neuron does not reset {name}: it is {left[i]:.3g} afterwards instead of {value}, so '
                             f'runs are not independent. A line like self.{name}[0].value = … changes only a copy; '
                             f'write self.{name}.value = ….',
                             f'reset_neuron 没有重置 {name}：之后仍是 {left[i]:.3g}，而不是 {value}，于是各次运行互相影响。'
                             f'self.{name}[0].value = … 只改变了副本；请写 self.{name}.value = …。')

    def _check_runner(self):
        if self.results[self.ex.runner[1]] is None:
            self.broken = True
            self._remark('update runs step by step but fails under bp.DSRunner, which compiles it: keep what changes in '
                         'Variables (bm.Variable), and use bm or jax.numpy there instead of numpy, float() or if.',
                         'update 可以逐步调用，但在 bp.DSRunner（会编译代码）下失败：变化的量要放在 Variable（bm.Variable）里，'
                         '并且在 update 中使用 bm 或 jax.numpy，而不是 numpy、float() 或 if。')
            return
        alone, monitored = (self._run(i) for i in self.ex.runner)
        if alone.shape != monitored.shape or not np.allclose(alone, monitored, rtol=1e-3, atol=1e-6, equal_nan=True):
            self.broken = True
            self._remark('under bp.DSRunner the class gives other numbers than when it is called step by step: only '
                         'Variables (bm.Variable) keep their values there.',
                         '在 bp.DSRunner 下运行的结果与逐步调用不同：只有 Variable（bm.Variable）能在其中保持数值。')

    # ---- p_w ---------------------------------------------------------------------------------------------------------

    def _judge_trace(self, name, column):
        """Verdict and relative error of the trace of w (column 1) or b (column 2)."""
        single = [(self._run(ids['base'])[0, column], self._derivative(ids, name)[0]) for _, ids in self.ex.steps]
        got, want = np.array(single).T
        chains = []
        for lengths in self.ex.chains:
            errors = []
            for _, ids in lengths:
                g, d = self._run(ids['base'])[:, column], self._derivative(ids, name)
                errors.append(np.linalg.norm(g - d) / np.linalg.norm(d))
            chains.append(errors)
        worst = max(np.max(np.abs(got - want)) / np.max(np.abs(want)), np.max(chains))
        if not np.isfinite(self._run(self.ex.homework[1]['base'])[:, column]).all():
            return 'wrong', np.inf              # at w = 1, where the homework starts
        if worst <= self.tolerance:
            return 'exact', worst
        return ('consistent' if all(_falls(e) for e in chains) else 'wrong'), worst

    def _trace_part(self):
        verdict, error = self._judge_trace('w', 1)
        hint = None
        if verdict != 'exact':
            cases = {k: np.array([c[k] for c, _ in self.ex.steps]) for k in ('r', 'pw', 'pb', 'w', 'b', 'dt')}
            runs = [self._run(ids['base'])[0] for _, ids in self.ex.steps]
            cases |= {'x': np.array([c['x'][0] for c, _ in self.ex.steps]), 'r_new': np.array([r[0] for r in runs])}
            got = np.array([r[1] for r in runs])
            hints = explain_trace(cases, got, self.tolerance)
            if not np.isfinite([*got, *self._run(self.ex.homework[1]['base'])[:, 1]]).all():
                where = ('', '') if not np.isfinite(got).all() else (' at w = 1, where the homework starts',
                                                                     '在 w = 1（作业的初始值）处')
                hints = [(f'p_w is infinite or NaN{where[0]}.', f'{where[1]}p_w 是无穷大或 NaN。')]
            if verdict == 'consistent':
                hints = [_NOT_EXACT, *(hints or []), self._measured()]
            hint = _joined(hints or [_UNKNOWN])
        return {'name': 'p_w', 'verdict': verdict, 'relative_error': _rounded(error), 'hint': hint}

    def _measured(self):
        """How far the homework's own gradient is off with this p_w."""
        y, ids, _ = self.ex.homework
        run, exact = self._run(ids['base']), self._derivative(ids, 'w')
        error = run[:, 0] - y
        off = abs(np.mean(error * run[:, 1]) / np.mean(error * exact) - 1)
        return (f'Measured on the homework\'s sequence: dw comes out {off:.1%} off.',
                f'在作业的序列上测得：dw 相差 {off:.1%}。')

    # ---- dw, db ------------------------------------------------------------------------------------------------------

    def _expected(self, case, trace):
        """−η d/dε of the loss (1/2T) Σ (r_t + ε p_t − y_t)², by central differences."""
        def loss(eps):
            return np.mean((case['r_seq'] + eps * case[trace] - case['y']) ** 2) / 2
        return -ETA * (loss(1e-4) - loss(-1e-4)) / 2e-4

    def _changes(self, trains, shape, which):
        results = [self.results[i][shape] for _, i in trains]
        return None if any(r is None for r in results) else np.array([r[which] for r in results], float)

    def _update_part(self, name):
        which, trace, other = (0, 'pw_seq', 'pb_seq') if name == 'dw' else (1, 'pb_seq', 'pw_seq')
        want = np.array([self._expected(case, trace) for case, _ in self.ex.trains])
        found = []
        for shape in self.shapes:
            got = self._changes(self.ex.trains, shape, which)
            if got is None:
                continue
            error = np.nan_to_num(np.max(np.abs(got - want)) / np.max(np.abs(want)), nan=np.inf)
            verdict = 'exact' if error <= self.tolerance else (
                'consistent' if self._converges(shape, which, trace) else 'wrong')
            found.append((('exact', 'consistent', 'wrong').index(verdict), error, verdict, got, shape))
        if not found:
            raise HomeworkError(f'{self.name}: train fails for sequences of the shape in which the file itself calls it.')
        _, error, verdict, got, shape = min(found, key=lambda f: f[:2])
        if name == 'dw' and verdict != 'wrong' and any(f[2] == 'wrong' and f[4] == 'monitor' for f in found):
            self._remark(*_TABLE)
        names = ('p_w', 'p_b') if name == 'dw' else ('p_b', 'p_w')
        hint = None
        if verdict == 'wrong' and (backwards := self._gradient_of_the_run(which)) <= self.tolerance:
            verdict, error = 'exact', backwards
            hint = _joined([(f'the gradient of the run is computed without {names[0]}, by back-propagation through '
                             'time. Right, though not what was asked.',
                             f'没有使用 {names[0]}，而是用时间反向传播（BPTT）算出了梯度。结果正确，但不是题目要求的方法。')])
        elif verdict != 'exact':
            cases = [dict(e=c['r_seq'] - c['y'], r=c['r_seq'], y=c['y'], p=c[trace], other=c[other], dt=c['dt'],
                          own=OWN['pw' if name == 'dw' else 'pb'])
                     for c, _ in self.ex.trains]
            flat = self._changes(self.ex.trains, 'flat', which) if shape == 'monitor' else None
            if not np.isfinite(got).all():
                hints = [(f'{name} is infinite or NaN.', f'{name} 是无穷大或 NaN。')]
            elif flat is not None and np.max(np.abs(flat - want)) <= self.tolerance * np.max(np.abs(want)):
                hints = [_TABLE]
            else:
                hints = explain_update(cases, got, *names, self.tolerance)
            if SHIFTED in (hints or []):
                verdict = 'wrong'               # the target is data, not a smooth function
            if verdict == 'consistent':
                hints = [(f'not exactly −(η/T) Σ (r − y) {names[0]}, but the same as T grows. Accepted.',
                          f'不完全等于 −(η/T) Σ (r − y) {names[0]}，但随 T 增大趋于一致。可以接受。'),
                         *(hints or []), self._measured_update(which, shape)]
            hint = _joined(hints or [self._factor(got, want, names[0])])
        return {'name': name, 'verdict': verdict, 'relative_error': _rounded(error), 'hint': hint}

    def _measured_update(self, which, shape):
        """How far the change is off on the homework's own sequence."""
        y, ids, i = self.ex.homework
        run = self._run(ids['base'])
        want = -ETA * np.mean((run[:, 0] - y) * run[:, 1 + which])
        off = abs(np.array(self.results[i][shape], float)[which] / want - 1)
        return (f'Measured on the homework\'s sequence: {off:.1%} off.', f'在作业的序列上测得：相差 {off:.1%}。')

    def _gradient_of_the_run(self, which):
        """How far train's change is from −η dl/dw of the run that it was given, from the student's own r."""
        errors = []
        for y, ids, i in self.ex.trained_runs:
            r, dr = self._run(ids['base'])[:, 0], self._derivative(ids, 'wb'[which])
            want = -ETA * np.mean((r - y) * dr)
            got = [np.array(v, float)[which] for s, v in self.results[i].items() if v is not None and s in self.shapes]
            errors.append(min((abs(g / want - 1) for g in got if np.isfinite(g)), default=np.inf))
        return max(errors)

    def _converges(self, shape, which, trace):
        """Whether the error falls as 1/T on smooth sequences."""
        for lengths in self.ex.trains_long:
            got = self._changes(lengths, shape, which)
            if got is None:
                return False
            size = [ETA * np.mean(np.abs((c['r_seq'] - c['y']) * c[trace])) for c, _ in lengths]
            want = [self._expected(case, trace) for case, _ in lengths]
            if not _falls(np.abs(got - want) / size):
                return False
        return True

    @staticmethod
    def _factor(got, want, trace):
        ratio = got / want
        if np.ptp(ratio) < 1e-5 * abs(ratio[0]):
            return (f'the result is {ratio[0]:.4g} times what it should be.', f'结果是应有值的 {ratio[0]:.4g} 倍。')
        return (f'compare with −(η/T) Σ_t (r_t − y_t) {trace}_t, factor by factor.',
                f'请逐个因子对照 −(η/T) Σ_t (r_t − y_t) {trace}_t。')


def _falls(errors):
    """Whether errors at doubled resolution fall at first order (or faster), down to something small."""
    errors = np.asarray(errors)
    if not np.isfinite(errors).all() or (errors <= 0).any():
        return False
    slopes = np.log2(errors[:-1] / errors[1:])                  # 1 at first order, 0 for a mistake
    return bool((slopes > 0.5).all() and slopes[-1] > 0.75 and errors[-1] < 0.1)


def _rounded(error):
    return None if not np.isfinite(error) else float(f'{error:.3g}')


def _joined(hints):
    """English hints, then the same in Chinese."""
    english = ' '.join(e[0].upper() + e[1:] if e[1].isalpha() else e for e, _ in hints)     # not r_t, Δt, 1
    return f'{english} / {"".join(c for _, c in hints)}'

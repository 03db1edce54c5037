"""The experiments on a student's class RNN. The probe runs them, and the judge compares their results."""

from typing import Any, NamedTuple

import numpy as np

from ratezoo.tasks import homework_sequence

# The Variables of the network while train is called with other sequences. The numbers differ from all sequences, so an
# answer that reads self.pw in place of pw_seq can be recognised.
OWN = {'r': 0.6, 'pw': 0.7, 'pb': -0.9}
TRAINED_AT = {'w': 0.8, 'b': 1.2}  # the parameters while train is called with these sequences
EPS = {True: 1e-5, False: 1e-2}  # the differences for derivatives in double and in single precision
_CHAIN_LENGTHS = (20, 40, 80)  # numbers of steps in one unit of time, for the order of convergence


class Run(NamedTuple):
    """A run, and the runs that give its derivatives with respect to w and b.

    Attributes
    ----------
    case : dict
        dt; the values of w, b, r, pw and pb before the first step; the input x, a list.
    result : int
        The index of its result.
    moved : dict of (bool, str, int) to int
        (double precision, 'w' or 'b', sign) → the index of the result of a run in which w or b is larger or smaller by
        `EPS`, and r_0 moves along the trace p_w or p_b.
    """

    case: dict[str, Any]
    result: int
    moved: dict[tuple[bool, str, int], int]


class TrainCall(NamedTuple):
    """A call of train with the sequences of ``case`` (dt, r_seq, pw_seq, pb_seq, y), and the index of its result."""

    case: dict[str, Any]
    result: int


class TrainedRun(NamedTuple):
    """A run from r_0 = y_0 with p = 0, and the index of the result of train with the sequences of this run."""

    y: np.ndarray
    run: Run
    result: int


class Experiments:
    """All experiments.

    Attributes
    ----------
    all : list of dict
        What the probe does, in order; the index of a result is that of its experiment.
    steps : list of Run
        Runs of one step from random values.
    chains : list of list of Run
        The same unit of time with 20, 40 and 80 steps.
    homework : TrainedRun
        The homework's own sequence, at w = b = 1.
    train_calls : list of TrainCall
        Random sequences.
    smooth_train_calls : list of list of TrainCall
        The same smooth functions of time, sampled at 20, 40, 80 and 160 steps.
    trained_runs : list of TrainedRun
        Runs at random w and b.
    reset : int
        The index of a call of reset_neuron with y0 = 2.5.
    runner : (int, int)
        The indices of a run step by step, and of the same run under bp.DSRunner.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.all: list[dict[str, Any]] = []
        self.rng = rng
        self.steps = [self._random_step() for _ in range(12)]
        self.chains = [[self._chain(start, T) for T in _CHAIN_LENGTHS] for start in self._chain_starts()]
        self.homework = self._homework()
        self.train_calls = [self._train_call(self._random_sequences(T)) for T in (5, 10, 10, 23)]
        self.smooth_train_calls = [
            [self._train_call(self._smooth_sequences(T, offset)) for T in (20, 40, 80, 160)] for offset in (0.0, 0.4)
        ]
        self.trained_runs = [self._trained_run() for _ in range(3)]
        self.reset = self._add(do='reset', dt=0.1, r=0.3, pw=0.7, pb=-0.4, y0=2.5)
        case = dict(dt=0.07, w=0.6, b=0.4, r=0.9, pw=0.2, pb=-0.3, x=self.rng.normal(size=6).tolist())
        self.runner = self._add(do='run', **case), self._add(do='runner', **case)

    def _add(self, **experiment):
        """Add an experiment; returns the index of its result."""
        self.all.append(experiment)
        return len(self.all) - 1

    def _random_w(self):
        """A weight that is at least 0.4 away from 1, because at w = 1 the term (w − 1) p_w is 0."""
        return 1 + self.rng.choice([-1, 1]) * self.rng.uniform(0.4, 1.5)

    def _run(self, case):
        result, moved = self._add(do='run', **case), {}
        for double, eps in EPS.items():
            for name, trace in (('w', 'pw'), ('b', 'pb')):
                for sign in (1, -1):
                    change = {name: case[name] + sign * eps, 'r': case['r'] + sign * eps * case[trace]}
                    moved[double, name, sign] = self._add(do='run', **(case | change))
        return Run(case, result, moved)

    def _random_step(self):
        return self._run(
            dict(
                dt=self.rng.uniform(0.03, 0.3),
                w=self._random_w(),
                x=[self.rng.normal()],
                **{k: self.rng.uniform(0.3, 2) * self.rng.choice([-1, 1]) for k in ('b', 'r', 'pw', 'pb')},
            )
        )

    def _chain_starts(self):
        for _ in range(2):
            yield dict(w=self._random_w(), **{k: self.rng.normal() for k in ('b', 'r', 'pw', 'pb')})

    def _chain(self, start, T):
        """One unit of time in T steps, with a smooth input."""
        return self._run(start | dict(dt=1 / T, x=np.sin(3 * (np.arange(T) + 0.5) / T + 0.4).tolist()))

    def _homework(self):
        x, y = homework_sequence()
        return self._train_on_run(dict(dt=0.1, w=1.0, b=1.0, r=y[0], pw=0.0, pb=0.0, x=x.tolist()), y)

    def _trained_run(self):
        x, y = self.rng.normal(size=(2, 8))
        dt, w, b = self.rng.uniform(0.05, 0.3), self._random_w(), self.rng.normal()
        return self._train_on_run(dict(dt=dt, w=w, b=b, r=y[0], pw=0.0, pb=0.0, x=x.tolist()), y)

    def _train_on_run(self, case, y):
        return TrainedRun(y, self._run(case), self._add(do='run_and_train', y=y.tolist(), **case))

    def _random_sequences(self, T):
        return dict(dt=0.04, **{k: self.rng.normal(size=T) for k in ('r_seq', 'pw_seq', 'pb_seq', 'y')})

    @staticmethod
    def _smooth_sequences(T, offset):
        """Sequences for which (r − y) p changes from the first step to the last, so no single step equals the mean."""
        u = (np.arange(T) + 1) / T
        y = np.cos(3 * u)
        return dict(dt=0.1, r_seq=y + np.exp(-2 * u) + offset, pw_seq=2 - u, pb_seq=2.5 - 2 * u + u**2, y=y)

    def _train_call(self, case):
        lists = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in case.items()}
        return TrainCall(case, self._add(do='train', **TRAINED_AT, **OWN, **lists))

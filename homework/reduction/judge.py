"""What is judged in the exercise ``reduction``, and the mistakes that people make.

The right values come from the full model. The step of the synapse is compared with the closed form of its current (a
spike gives e^{−t/τ_s}/τ_s). The two limits are measured: the full model runs with time constants whose ratio is 1e-10,
until its fast variable has settled, and then the slow variable tells its derivative.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ratezoo.homework.experiments import Experiment, call, experiment, run, steps
from ratezoo.homework.judge import Part, Test, falls_at_order, value
from ratezoo.homework.reduction.full_model import RATIO, euler_step, g, slow_derivative
from ratezoo.homework.reduction.mistakes import (
    CURRENT,
    FIRING_RATE,
    KERNEL,
    NOT_THE_DERIVATIVE_OF_I,
    NOT_THE_DERIVATIVE_OF_R,
    OTHER_METHODS,
    SYNAPSE,
)
from ratezoo.homework.words import Hint

_CONSTANTS = ('W', 'tau_s', 'tau_m', 'r_max', 'theta')


def parts(rng: np.random.Generator) -> list[Part]:
    """The three blanks, and what the hand-out gives."""
    cases = [random_case(rng, n) for n in (3, 4, 5, 4, 3)]
    return [
        Part(
            name='I_new',
            blanks={'I_new': 'I'},
            cases=cases,
            experiments=lambda c: [one_step('full', 'I', {**c, 'dt': c['dt'] / 2**k}) for k in range(3)],
            got=lambda t: value(t)['I'][0],
            right=lambda t: euler_step(t, t['dt']),
            mistakes=[*OTHER_METHODS, SYNAPSE, KERNEL],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms(' dt/tau_s', lambda t: t['dt'] / t['tau_s']),
            consistent=other_method,
            compare_with=(
                'write the equation as dI/dt = …, and then I_new = I + dt dI/dt. A spike is a rho of 1/dt that lasts for '
                'one step.',
                '先把方程写成 dI/dt = …，再写 I_new = I + dt dI/dt。一个脉冲就是高为 1/dt、只持续一步的 rho。',
            ),
        ),
        Part(
            name='dr',
            blanks={'dr': '-r'},
            cases=cases,
            experiments=lambda c: [one_step('firing-rate', 'r', c)],
            got=lambda t: (value(t)['r'][0] - t['r']) / t['dt'],
            right=lambda t: slow_derivative(t, tau_s=RATIO * t['tau_m'], tau_m=t['tau_m'])['r'],
            mistakes=[*NOT_THE_DERIVATIVE_OF_R, FIRING_RATE],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms('/tau_m', lambda t: 1 / t['tau_m']),
            compare_with=(
                'set dI/dt = 0 in the equation of the synapse, with the rates r in place of rho, solve it for I, and put '
                'this I into the equation of the membrane.',
                '在突触方程中用发放率 r 代替 rho，令 dI/dt = 0，解出 I，再代入膜的方程。',
            ),
        ),
        Part(
            name='dI',
            blanks={'dI': '-I'},
            cases=cases,
            experiments=lambda c: [one_step('current', 'I', {**c, 'r': g(c, c['I'])})],
            got=lambda t: (value(t)['I'][0] - t['I']) / t['dt'],
            right=lambda t: slow_derivative(t, tau_s=t['tau_s'], tau_m=RATIO * t['tau_s'])['I'],
            mistakes=[*NOT_THE_DERIVATIVE_OF_I, CURRENT],
            quantities=('dt', 'tau_s', 'tau_m'),
            terms=terms('/tau_s', lambda t: 1 / t['tau_s']),
            compare_with=(
                'set dr/dt = 0 in the equation of the membrane, solve it for r, and put this r in place of rho into the '
                'equation of the synapse.',
                '在膜的方程中令 dr/dt = 0，解出 r，再用它代替突触方程中的 rho。',
            ),
        ),
        Part(
            name='g',
            given=True,
            cases=cases,
            experiments=lambda c: [experiment(call('g', c['I']), init=arguments('full', c), dt=c['dt'])],
            right=lambda t: g(t, t['I']),
            compare_with=('It should be r_max [I]² over (theta² + [I]²).', '应当是 r_max [I]² 除以 (theta² + [I]²)。'),
        ),
        Part(
            name='update',
            given=True,
            needs=('I_new',),
            cases=cases,
            experiments=lambda c: [one_step('full', 'r', c)],
            got=lambda t: value(t)['r'][0],
            right=lambda t: t['r'] + t['dt'] / t['tau_m'] * (g(t, t['I']) - t['r']),
            compare_with=(
                'In the full model, r should move by dt (−r + g(I))/tau_m.',
                '在完整模型中，r 的改变量应当是 dt (−r + g(I))/tau_m。',
            ),
        ),
        Part(
            name='update under bp.DSRunner',
            given=True,
            needs=('I_new', 'dr', 'dI'),
            cases=[{**cases[0], 'model': model} for model in ('full', 'firing-rate', 'current')],
            experiments=lambda c: [several_steps(c, run), several_steps(c, steps)],
            got=lambda t: np.array([value(t)[name] for name in ('I', 'r')]),
            right=lambda t: np.array([value(t, 1)[name] for name in ('I', 'r')]),
            compare_with=(
                'There it gives other numbers than step by step. Only Variables keep their values there.',
                '在那里得到的数值与逐步调用不同。在其中只有 Variable 能保持数值。',
            ),
        ),
    ]


# ---- cases and experiments -------------------------------------------------------------------------------------------


def random_case(rng: np.random.Generator, n: int) -> Test:
    """A network of n units in a random state. W is not symmetric, and g is steep at these currents."""
    tau_s, tau_m = rng.uniform(2, 9, 2) * rng.permutation([1, 2.5])
    case: Test = {
        'tau_s': tau_s,
        'tau_m': tau_m,
        'dt': tau_s * rng.uniform(0.05, 0.15),
        'r_max': rng.uniform(0.3, 0.9),
        'theta': rng.uniform(0.7, 1.6),
        'W': rng.normal(0.5, 1.5, (n, n)),
        'I': rng.uniform(0.4, 2.5, n),
        'r': rng.uniform(0.05, 0.3, n),
        'x': rng.uniform(0.5, 1.5, n),
    }
    return case


def arguments(model: str, case: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the constructor."""
    return {'model': model, 'dt': case['dt'], **{name: case[name] for name in _CONSTANTS}}


def one_step(model: str, name: str, case: Mapping[str, Any]) -> Experiment:
    """One update from the state of the case; what is read is the Variable ``name``."""
    return experiment(
        steps(case['x'][None], name), init=arguments(model, case), set={k: case[k] for k in ('I', 'r')}, dt=case['dt']
    )


def several_steps(case: Mapping[str, Any], how: Any) -> Experiment:
    """Six updates with changing inputs, by ``how``: `run` or `steps`."""
    inputs = case['x'] * np.linspace(0.2, 1, 6)[:, None]
    state = {k: case[k] for k in ('I', 'r')}
    return experiment(how(inputs, 'I', 'r'), init=arguments(case['model'], case), set=state, dt=case['dt'])


# ---- another method ------------------------------------------------------------------------------------------------------


def other_method(tests: list[Test], got: list[np.ndarray], right: list[np.ndarray]) -> Hint | None:
    """The hint for a step that is not Euler's, but differs from it by O(Δt²); None if it differs by more."""
    errors = np.zeros(3)  # over all tests, in parts of Euler's change: they fall with Δt
    for test in tests:
        slope = np.abs(euler_step(test, 1.0) - test['I']).max()
        for k in range(3):
            dt = test['dt'] / 2**k
            errors[k] += np.abs(value(test, k)['I'][0] - euler_step(test, dt)).max() / (dt * slope)
    if not falls_at_order((errors / len(tests)).tolist(), 1):
        return None
    return (
        "this is not Euler's method, but another method of the same or of a higher order: the difference falls with dt. "
        'Accepted.',
        '这不是欧拉法，而是同阶或更高阶的另一种方法：差别随 dt 减小。可以接受。',
    )


def terms(name: str, scale: Callable[[Test], float]) -> Callable[[Test], dict[str, np.ndarray]]:
    """What a formula may have too much, or too little: currents and rates, alone or times ``scale``."""

    def of_test(t):
        plain = {'x': t['x'], 'I': t['I'], 'r': t['r'], 'W r': t['W'] @ t['r'], 'g(I)': g(t, t['I'])}
        return plain | {f'{k}{name}': scale(t) * values for k, values in plain.items()}

    return of_test

"""What is judged in the exercise ``oscillator``, and the mistakes that people make.

The right ds/dt and dv/dt come from the closed form of the motion through a random state. The step is compared with
Euler's method for the student's own derivatives, so that a mistake in blank 1 does not count again in blank 2.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ratezoo.homework.experiments import Experiment, call, experiment, run, steps
from ratezoo.homework.judge import Part, Test, falls_at_order, value
from ratezoo.homework.oscillator.mistakes import (
    ACCELERATION,
    OTHER_METHODS,
    POSITION,
    SLOPE,
    TIME,
    step_formulas,
)
from ratezoo.homework.oscillator.motion import derivatives, own_derivatives
from ratezoo.homework.words import Hint

_CONSTANTS = ('m', 'k', 'A')
_STATES = ('s', 'v', 't')


def parts(rng: np.random.Generator) -> list[Part]:
    """The three blanks, and what the hand-out gives."""
    cases = [random_case(rng) for _ in range(6)]
    return [
        *(derivative_part(position, cases) for position in (0, 1)),
        *(step_part(name, cases) for name in _STATES),
        order_part(rng),
        Part(
            name='update under bp.DSRunner',
            given=True,
            needs=('ds', 'dv', 's_new', 'v_new', 't_new'),
            cases=cases[:1],
            experiments=lambda c: [several_steps(c, run), several_steps(c, steps)],
            got=lambda t: np.array([value(t)[name] for name in _STATES]),
            right=lambda t: np.array([value(t, 1)[name] for name in _STATES]),
            compare_with=(
                'There it gives other numbers than step by step. Only Variables keep their values there.',
                '在那里得到的数值与逐步调用不同。在其中只有 Variable 能保持数值。',
            ),
        ),
    ]


def derivative_part(position: int, cases: list[Test]) -> Part:
    """ds, the first value of ``derivatives``, or dv, the second one."""
    name = ('ds', 'dv')[position]
    return Part(
        name=name,
        blanks={name: ('v - s', 's + v')[position]},
        cases=cases,
        experiments=lambda c: [derivatives_at(c)],
        got=lambda t: np.ravel(value(t)[position]),
        right=lambda t: derivatives(t, t['s'], t['v'], t['t'])[position],
        mistakes=(POSITION, ACCELERATION)[position],
        quantities=('dt', 'm', 'k', 'A'),
        terms=terms_of_force,
        compare_with=(
            ('v is defined as the derivative of s.', '速度 v 的定义就是 s 的导数。'),
            (
                'd2s/dt2 is dv/dt: solve the equation for it.',
                'd2s/dt2 就是 dv/dt：由方程把它解出来。',
            ),
        )[position],
    )


def step_part(name: str, cases: list[Test]) -> Part:
    """s_new, v_new or t_new."""
    rate = {'s': 'ds', 'v': 'dv', 't': '1'}[name]
    return Part(
        name=f'{name}_new',
        blanks={f'{name}_new': f'{name} - dt'},
        cases=cases,
        experiments=lambda c: [*(one_step({**c, 'dt': c['dt'] / 2**i}) for i in range(3)), derivatives_at(c)],
        got=lambda t: value(t)[name][0],
        right=lambda t: t[name] + t['dt'] * own_derivatives(t)[name],
        mistakes=TIME if name == 't' else [*OTHER_METHODS[name], *step_formulas(name)],
        quantities=('dt',),
        terms=terms_of_step,
        consistent=None if name == 't' else lambda tests, got, right: other_method(name, tests),
        compare_with=(
            f"Euler's method: the new {name} is the old {name} plus dt times its derivative {rate}, both before the step.",
            f'欧拉法：新的 {name} 等于旧的 {name} 加上 dt 乘以它的导数 {rate}，两者都取这一步之前的值。',
        ),
    )


def order_part(rng: np.random.Generator) -> Part:
    """slope, of errors that follow a power law."""
    return Part(
        name='slope',
        blanks={'slope': '0.'},
        cases=[random_errors(rng, n) for n in (4, 5, 6, 5, 3, 4)],
        experiments=lambda c: [experiment(call('order', c['steps'], c['errors']), init={'dt': 0.1})],
        right=lambda t: t['order'],
        mistakes=SLOPE,
        compare_with=(
            'the slope is the change of log(error) divided by the change of log(h).',
            '斜率等于 log(误差) 的变化除以 log(h) 的变化。',
        ),
    )


# ---- cases and experiments -------------------------------------------------------------------------------------------


def random_case(rng: np.random.Generator) -> Test:
    """An oscillator in a random state; the drive is not at its own frequency."""
    m = rng.uniform(0.4, 0.8) * rng.choice([1, 3])
    case: Test = {
        'm': m,
        'k': m * rng.uniform(2, 5),
        'A': rng.uniform(1.5, 3),
        'dt': rng.uniform(0.02, 0.06),
        's': rng.choice([-1, 1], 1) * rng.uniform(0.5, 1.5),
        'v': rng.choice([-1, 1], 1) * rng.uniform(0.5, 1.5),
        't': rng.uniform(0.3, 6, 1),
    }
    return case


def random_errors(rng: np.random.Generator, n: int) -> Test:
    """Errors C h^p at n steps h, from the largest step to the smallest."""
    order = rng.uniform(0.6, 4)
    steps = np.sort(rng.uniform(0.002, 0.3, n))[::-1]
    return {'order': order, 'steps': steps, 'errors': rng.uniform(0.3, 3) * steps**order}


def one_step(case: Mapping[str, Any]) -> Experiment:
    """One update from the state of the case."""
    state = {name: case[name] for name in _STATES}
    return experiment(steps(1, *_STATES), init=arguments(case), set=state, dt=case['dt'])


def several_steps(case: Mapping[str, Any], how: Any) -> Experiment:
    """Six updates from the start, by ``how``: `run` or `steps`."""
    return experiment(how(6, *_STATES), init=arguments(case), dt=case['dt'])


def derivatives_at(case: Mapping[str, Any]) -> Experiment:
    """ds and dv in the state of the case."""
    state = {name: case[name] for name in _STATES}
    return experiment(call('derivatives', *state.values()), init=arguments(case), set=state, dt=case['dt'])


def arguments(case: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the constructor."""
    return {'dt': case['dt'], **{name: case[name] for name in _CONSTANTS}}


# ---- another method ------------------------------------------------------------------------------------------------------


def other_method(name: str, tests: list[Test]) -> Hint | None:
    """The hint for a step that is not Euler's, but differs from it by O(Δt²); None if it differs by more."""
    errors = np.zeros(3)  # over all tests, in parts of Euler's change: they fall with Δt
    for test in tests:
        rate = own_derivatives(test)
        size = max(abs(float(rate[k][0])) for k in rate)
        for i in range(3):
            dt = test['dt'] / 2**i
            errors[i] += float(np.abs(value(test, i)[name][0] - test[name] - dt * rate[name])[0]) / (dt * size)
    if not falls_at_order((errors / len(tests)).tolist(), 1):
        return None
    return (
        f"{name}_new is not that of Euler's method, but of another method of the same or of a higher order: the difference "
        'falls with the step. Accepted.',
        f'{name}_new 不是欧拉法的结果，而是同阶或更高阶的另一种方法的结果：差别随步长减小。可以接受。',
    )


def terms_of_force(t: Test) -> dict[str, np.ndarray]:
    """What a formula for ds or dv may have too much, or too little."""
    terms = {'1': 1.0, 's': t['s'], 'v': t['v'], 't': t['t'], 'cos(t)': np.cos(t['t']), 'sin(t)': np.sin(t['t'])}
    return terms | {f'{name}/m': number / t['m'] for name, number in terms.items()}


def terms_of_step(t: Test) -> dict[str, np.ndarray]:
    """What a formula for s_new, v_new or t_new may have too much, or too little."""
    terms = {'1': 1.0, 's': t['s'], 'v': t['v'], 't': t['t']}
    return terms | {f'dt {name}'.removesuffix(' 1'): t['dt'] * number for name, number in terms.items()}

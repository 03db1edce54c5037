"""The page of the learning rules: how far the gradient of a rule is from the exact one while a small network learns."""

import threading
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ratezoo.errors import DivergedError, UnknownNameError
from ratezoo.explore.controls import Choice, Figure, Shown, Slider, Text, View, number
from ratezoo.explore.drawing import curve, figure
from ratezoo.learning import TrajectoryRule, rules
from ratezoo.models import RateRNN

UPDATES = 150
UNITS, SEED = 12, 0
TIMES = 40


class Course(NamedTuple):
    """Before each update: the loss, and the cosine and the relative error of the gradient, (UPDATES,)."""

    loss: np.ndarray
    cosine: np.ndarray
    relative_error: np.ndarray


def task() -> tuple[np.ndarray, np.ndarray]:
    """The output shall be the input, a sine, two steps later: x and y, (T, 1)."""
    t = np.arange(TIMES)[:, None]
    return np.sin(2 * np.pi * t / 10), np.sin(2 * np.pi * (t - 2) / 10)


def names() -> list[str]:
    """The rules of trajectories that follow a gradient and can train a `RateRNN`."""
    return [
        k
        for k, rule in rules.items()
        if issubclass(rule, TrajectoryRule)
        and rule.follows_the_gradient
        and rule.exact_counterpart
        and all(issubclass(RateRNN, need) for need in rule.needs)
    ]


class Training:
    """The training of a small `RateRNN` by one rule, as one compiled function of the learning rate."""

    def __init__(self, rule: str) -> None:
        self.net, self.exact = (_network(name) for name in (rule, 'BPTT'))
        self.data = self.net.check_trajectories(*task(), None, None)[0]
        self.loss = self.net.loss_function(None, self.data.y.shape[1:])
        self.options = self.net.all_options({})
        self.options.pop('warn_above', None)
        self.exact_options = {k: v for k, v in self.exact.all_options({}).items() if k != 'warn_above'}
        self.run = jax.jit(self._train)

    def course(self, rate: float) -> Course:
        """The training with Adam at this learning rate."""
        return Course(*(np.asarray(a) for a in self.run(self.net.params_dict(), jnp.asarray(rate, self.net.dtype))))

    def _train(self, params, rate):
        optimizer = optax.adam(rate)
        random = self.net.draw_key(SEED) is not None

        def gradient(net, params, key, options):
            return net.loss_and_gradient(params, self.data, key, self.loss, False, **options)[:2]

        def vector(grads):
            return jnp.concatenate([jnp.ravel(grads[p]) for p in self.net.step_params])

        def update(carry, k):
            params, state = carry
            key = jax.random.PRNGKey(SEED + k) if random else None
            loss, grads = gradient(self.net, params, key, self.options)
            g, exact = vector(grads), vector(gradient(self.exact, params, None, self.exact_options)[1])
            size = jnp.linalg.norm(exact)
            cosine = g @ exact / jnp.maximum(size * jnp.linalg.norm(g), 1e-300)
            changes, state = optimizer.update(grads, state, params)
            return (optax.apply_updates(params, changes), state), (loss, cosine, jnp.linalg.norm(g - exact) / size)

        return jax.lax.scan(update, (params, optimizer.init(params)), jnp.arange(UPDATES))[1]


def _network(rule: str) -> Any:
    return type(f'{rule}Net', (rules[rule], RateRNN), {'__doc__': 'A small network that learns.'})(n=UNITS, seed=SEED)


class RulesView(View):
    """The angle between the gradient of a rule and the exact one while a small network learns to delay a sine."""

    title: Text = ('Learning rules', '学习规则')
    about: Text = (
        f'A network of {UNITS} rate units learns by the chosen rule to repeat a sine two steps later. Before each '
        'update the gradient of the rule is compared with the exact one (BPTT) at the same weights.',
        f'一个有 {UNITS} 个发放率单元的网络用所选规则学习把正弦波推迟两步重复出来。'
        '每次更新之前，在相同权重下把规则的梯度与精确梯度（BPTT）比较。',
    )
    sliders = (Slider('rate', ('learning rate of Adam', 'Adam 的学习率'), 0.003, 1e-4, 0.3, logarithmic=True),)
    figures = {
        'loss': ('Loss', '损失'),
        'angle': ('Angle to the exact gradient', '与精确梯度的夹角'),
        'relative': ('Relative error of the gradient', '梯度的相对误差'),
    }

    def __init__(self) -> None:
        options: dict[str, Text] = {k: (k, k) for k in names()}
        self.choices = (Choice('rule', ('Rule', '规则'), 'RFLO', options),)
        self.trainings: dict[str, Training] = {}
        self.lock = threading.Lock()

    def show(self, values: dict[str, Any], dark: bool, lang: int) -> Shown:
        rate = number('rules', 'rate', values.get('rate', 0.003), 1e-9, 1e3)
        rule = values.get('rule', 'RFLO')
        if rule not in self.choices[0].options:
            raise UnknownNameError(f'rules.rule: expected one of {", ".join(self.choices[0].options)}, got {rule!r}.')
        with self.lock:
            if rule not in self.trainings:
                self.trainings[rule] = Training(rule)
            course = self.trainings[rule].course(rate)
        if not np.isfinite(course.loss).all():
            at = int(np.argmin(np.isfinite(course.loss)))
            raise DivergedError(f'{rule}: the loss became infinite or NaN at update {at}. Try a smaller learning rate.')
        return Shown(_figures(course, dark, lang), _code(rule, rate), '', _lines(rule, course))


def _figures(course: Course, dark: bool, lang: int) -> dict[str, Figure]:
    updates, label = np.arange(UPDATES), ('update', '更新次数')[lang]
    angle = np.degrees(np.arccos(np.clip(course.cosine, -1, 1)))
    log = {'type': 'log', 'exponentformat': 'power'}
    loss, angles, relative = (
        [curve(updates, a, name[lang], i, dark, line={'dash': 'solid'})]
        for i, (a, name) in enumerate(
            [(course.loss, ('loss', '损失')), (angle, ('angle', '夹角')), (course.relative_error, ('error', '误差'))]
        )
    )
    right = [curve(updates[[0, -1]], [90, 90], ('90°: no use', '90°：没有用处')[lang], 5, dark, line={'width': 1})]
    degrees = ('angle (°)', '夹角（°）')[lang]
    return {
        'loss': figure(loss, label, RulesView.figures['loss'][lang], dark, yaxis=log, showlegend=False),
        'angle': figure(angles + right, label, degrees, dark, yaxis={'range': [-5, 185], 'dtick': 45}),
        'relative': figure(relative, label, '‖g − g*‖ / ‖g*‖', dark, yaxis={'rangemode': 'tozero'}, showlegend=False),
    }


def _lines(rule: str, course: Course) -> list[tuple[Text, str]]:
    exact = rules[rule].exact
    angle = np.degrees(np.arccos(np.clip(course.cosine, -1, 1)))
    return [
        (('the rule is', '该规则'), 'exact' if exact is True else str(exact)),
        (('loss at first and at last', '开始与最后的损失'), f'{course.loss[0]:.4g} → {course.loss[-1]:.4g}'),
        (('mean angle', '平均夹角'), f'{angle.mean():.3g}°'),
        (('mean relative error', '平均相对误差'), f'{course.relative_error.mean():.3g}'),
    ]


def _code(rule: str, rate: float) -> str:
    return f"""import brainpy.math as bm
import numpy as np
import optax
import ratezoo

bm.enable_x64()
t = np.arange({TIMES})[:, None]
x, y = np.sin(2 * np.pi * t / 10), np.sin(2 * np.pi * (t - 2) / 10)
result = ratezoo.compare(
    ['{rule}'], ratezoo.RateRNN, x, y, settings=dict(n={UNITS}, seed={SEED}), optimizer=optax.adam({rate!r}),
    updates={UPDATES}, every=1, runs=2, seed={SEED}, progress=False,
)
report = result['{rule}']
print('loss', report.loss[0], '→', report.loss[-1])
print('cosine', report.cosine[0], '→', report.cosine[-1])
result.plot().savefig('rule.png')"""

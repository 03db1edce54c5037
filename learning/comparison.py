"""Comparison of rules: how well each rule learns, how good its gradient is, and what it costs."""

import inspect
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import optax

from ratezoo.display import as_html
from ratezoo.errors import (
    CompositionError,
    DivergedError,
    InvalidValueError,
    NotConvergedError,
    SingularJacobianError,
    TooLargeError,
    UnknownNameError,
)
from ratezoo.learning.fixed_point import FixedPointRule
from ratezoo.learning.rule import Rule
from ratezoo.model import RateModel
from ratezoo.progress import tqdm
from ratezoo.types import ArrayLike, Loss, StateLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TIMED_GRADIENTS = 5  # the time of a gradient is the median of this many
_TINY = 1e-300  # in place of a norm that is 0


@dataclass
class RuleReport:
    """The results of one rule.

    Attributes
    ----------
    rule : str
        The name of the rule.
    exact : bool or str
        Whether the gradient is exact, as the rule claims it.
    refused : str or None
        Why the rule was not run (it cannot train this model, or it needs too much memory), or why it was stopped (it
        diverged).
    loss : list of float
        The loss before each update.
    measured : list of int
        The updates before which the gradient was compared with the exact one.
    cosine, relative_error : list of float
        At each of these updates: the cosine of the angle between the gradient ĝ and the exact gradient g, and
        ‖ĝ − g‖/‖g‖. Both gradients are taken at the current weights of this rule, with respect to the parameters that
        the model's step reads.
    relative_mse : float
        The mean of ‖ĝ − g‖²/‖g‖² over independent runs, at the initial weights.
    bias : float
        ⟨ĝ, g⟩/‖g‖² − 1, the mean over the same runs. It is positive if ĝ is too long in the direction of g.
    bias_interval : (float, float)
        The 95 % confidence interval of the bias, by the normal approximation. For a rule without random numbers both
        ends are the bias.
    bias_norm, bias_norm_of_noise : float
        ‖mean ĝ − g‖/‖g‖, and the value of it that an unbiased rule with this variance would have,
        √(relative_mse/runs).
    seconds_per_step : float
        The median time of a compiled gradient, divided by the number of steps. For a rule of fixed points it is the
        time of one gradient.
    memory, operations : int
        What the rule needs, as its `cost` says: bytes, and operations per step. For a rule of fixed points they are the
        operations after the free phase.
    """

    rule: str
    exact: bool | str | None = None
    refused: str | None = None
    loss: list[float] = field(default_factory=list)
    measured: list[int] = field(default_factory=list)
    cosine: list[float] = field(default_factory=list)
    relative_error: list[float] = field(default_factory=list)
    relative_mse: float = float('nan')
    bias: float = float('nan')
    bias_interval: tuple[float, float] = (float('nan'), float('nan'))
    bias_norm: float = float('nan')
    bias_norm_of_noise: float = float('nan')
    seconds_per_step: float = float('nan')
    memory: int = 0
    operations: int = 0


@dataclass
class Comparison:
    """The result of `compare`. ``comparison['RTRL']`` is the report of one rule.

    Attributes
    ----------
    model : str
        The name of the model.
    runs : int
        Independent runs of each rule that draws random numbers.
    reports : dict
        Name of the rule → `RuleReport`.
    unit : str
        What a time in the table belongs to: 'step' of a trajectory, or 'gradient' of a fixed point. Default 'step'.
    """

    model: str
    runs: int
    reports: dict[str, RuleReport]
    unit: str = 'step'

    def __getitem__(self, rule: str) -> RuleReport:
        return self.reports[rule]

    def __repr__(self) -> str:
        return f'Comparison on {self.model}\n{self.table()}'

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.plot())

    def table(self) -> str:
        """The results as text, one line for each rule."""
        head = ('rule', 'loss', 'cosine', 'rel. MSE', 'bias [95 %]', f'a {self.unit}', 'memory', 'operations')
        rows: list[tuple[str, ...]] = [head]
        for report in self.reports.values():
            rows += _table_rows(report)
        full_rows = [row for row in rows if len(row) == len(head)]
        widths = [max(len(row[i]) for row in full_rows) for i in range(len(head))]
        lines = (
            '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows
        )
        return '\n'.join(lines)

    def plot(self, fig: 'Figure | None' = None) -> 'Figure':
        """One figure with four panels; see `ratezoo.plots.comparison`."""
        from ratezoo.plots import comparison

        return comparison(self, fig=fig)

    def as_dict(self) -> dict[str, Any]:
        """All results as dicts, lists and numbers. NaN becomes None."""

        def without_nan(value):
            if isinstance(value, dict):
                return {k: without_nan(v) for k, v in value.items()}
            if isinstance(value, (list, tuple)):
                return [without_nan(v) for v in value]
            return None if isinstance(value, float) and not np.isfinite(value) else value

        rules = {name: asdict(report) for name, report in self.reports.items()}
        return without_nan({'model': self.model, 'runs': self.runs, 'rules': rules})


@dataclass(frozen=True)
class _Setup:
    """What is the same for all rules of one comparison. ``exact`` is the network under the exact rule."""

    model: type[RateModel]
    settings: dict[str, Any]
    data: dict[str, Any]
    exact: Any
    updates: int
    optimizer: optax.GradientTransformation
    every: int
    runs: int
    seed: int

    def exact_gradient(self, seed, names):
        """The exact gradient at the current weights of ``exact``, as one vector."""
        return _vector(self.exact.gradient(**self.data, seed=seed, **_without_warning(self.exact, {}))[1], names)


def compare(
    rules: Sequence[str],
    model: type[RateModel],
    x: ArrayLike | None,
    y: ArrayLike,
    alpha: ArrayLike | None = None,
    r0: StateLike | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    loss: Loss | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    updates: int = 100,
    optimizer: optax.GradientTransformation | None = None,
    every: int = 10,
    runs: int = 20,
    seed: int = 0,
    progress: bool = True,
) -> Comparison:
    """Train a model by several rules from the same weights, and compare each gradient with the exact one.

    Parameters
    ----------
    rules : sequence of str
        Names in `ratezoo.learning.rules`.
    model : class
        A `RateModel` without a rule. It is built by ``model(**settings)``.
    x, y, alpha, r0, loss
        As in `TrajectoryRule.gradient`, or for rules of fixed points as in `FixedPointRule.gradient`. Every update uses
        all samples.
    settings : dict, optional
        Arguments of the model. If the model takes a seed and there is none here, it gets ``seed``.
    options : dict, optional
        Rule → dict of its options, such as ``{'UORO': {'probes': 10}}``.
    updates : int
        Updates of the weights. Default 100.
    optimizer : optax.GradientTransformation, optional
        Default ``optax.adam(1e-3)``.
    every : int
        Updates from one comparison with the exact gradient to the next. Default 10.
    runs : int
        Independent runs of a rule that draws random numbers, for its mean squared error and bias. Default 20.
    seed : int
        Seed of the initial weights and of the rules' random numbers. Default 0.
    progress : bool
        Show a progress bar. Default True.

    Returns
    -------
    Comparison

    Raises
    ------
    UnknownNameError
        A rule of this name does not exist, or there are options for a rule that is not compared.
    InvalidValueError
        A number is out of range. Rules of trajectories and rules of fixed points are mixed. No rule can train the
        model.

    A rule that cannot train the model, or that needs more memory than is free, is reported with the reason, and the
    comparison continues. The exact gradient is that of `BPTT` for trajectories, and that of `ImplicitGradient` for
    fixed points.

    Examples
    --------
    >>> from ratezoo import compare
    >>> import numpy as np, ratezoo
    >>> x, y = np.zeros((20, 1)), np.sin(np.arange(20) / 3)
    >>> result = compare(['RTRL', 'RFLO'], ratezoo.RateRNN, x, y, settings=dict(n=5), updates=3, progress=False)
    >>> round(result['RTRL'].cosine[0], 6), result['RFLO'].cosine[0] < 1
    (1.0, True)
    """
    from ratezoo.learning import rules as registry

    if not isinstance(rules, (list, tuple)) or not all(isinstance(name, str) for name in rules):
        raise InvalidValueError(f"compare.rules: expected a list of names, such as ['RTRL', 'BPTT'], got {rules!r}.")
    if not (isinstance(model, type) and issubclass(model, RateModel) and not issubclass(model, Rule)):
        raise InvalidValueError(
            f'compare.model: expected the class of a model without a rule, such as ratezoo.RateRNN, got {model!r}.'
        )
    for name in rules:
        registry.entry(name)  # raises if there is no such rule
    options = dict(options or {})
    _check_arguments(rules, options, updates, every, runs)
    model_settings = _with_seed(model, dict(settings or {}), seed)
    exact = _compose(_exact_counterpart(rules, registry), model)(**model_settings)
    setup = _Setup(
        model=model,
        settings=model_settings,
        data={'x': x, 'y': y, 'alpha': alpha, 'r0': r0, 'loss': loss},
        exact=exact,
        updates=updates,
        optimizer=optimizer or optax.adam(1e-3),
        every=every,
        runs=runs,
        seed=seed,
    )
    reports = {}
    with tqdm(total=len(rules) * updates, disable=not progress, leave=False) as bar:
        for name in rules:
            bar.set_description(name)
            rule_options = _without_warning(registry[name], options.get(name, {}))
            reports[name] = _report(name, registry[name], setup, rule_options, bar)
    if not any(report.loss for report in reports.values()):
        reasons = ' '.join(f'{report.rule}: {report.refused}' for report in reports.values())
        raise InvalidValueError(
            f'compare.rules: expected at least one rule that can train {model.__name__}, but none of the rules could '
            f'be run. {reasons}'
        )
    return Comparison(model.__name__, runs, reports, 'gradient' if isinstance(exact, FixedPointRule) else 'step')


def _without_warning(rule, options):
    """The options of a rule, and that it does not estimate its error: the comparison measures it."""
    return {'warn_above': math.inf, **options} if 'warn_above' in rule.options else options


def _check_arguments(rules, options, updates, every, runs):
    for name, value, low in (('updates', updates, 1), ('every', every, 1), ('runs', runs, 2)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
            raise InvalidValueError(f'compare.{name}: expected an integer ≥ {low}, got {value!r}.')
    others = sorted(set(options) - set(rules))
    if others:
        raise UnknownNameError(
            f'compare.options: expected options of the compared rules ({", ".join(rules)}), got options of '
            f'{", ".join(others)}. Add the rule to rules, or remove its options.'
        )


def _exact_counterpart(names, registry):
    """The rule whose gradient is exact for what all the named rules learn."""
    counterparts = {}
    for name in names:
        counterparts[name] = registry[name].exact_counterpart
        if counterparts[name] is None:
            raise InvalidValueError(
                f'compare.rules: expected rules whose gradient can be compared with an exact one, got {name}: there is '
                'no exact gradient for what it learns. Train with it alone (fit).'
            )
    if not counterparts:
        raise InvalidValueError('compare.rules: expected the names of one or more rules, got none.')
    if len(set(counterparts.values())) != 1:
        raise InvalidValueError(
            'compare.rules: expected rules of trajectories, or rules of fixed points, got both. Compare '
            'them in two calls.'
        )
    return registry[counterparts[names[0]]]


def _report(name, rule, setup, options, bar):
    """The results of one rule. An error of this rule becomes its ``refused``."""
    report = RuleReport(name)
    try:
        if not rule.follows_the_gradient:
            raise CompositionError(
                f'{name} does not follow a gradient: it changes the weights itself. Train with it alone (fit).'
            )
        net = _compose(rule, setup.model)(**setup.settings)
        report.exact = net.exact
        length, cost = _length_and_cost(net, setup.data, options)
        report.memory, report.operations = cost
        _measure_gradient(report, net, setup, options)
        report.seconds_per_step = _seconds_of_gradient(net, setup, options) / length
        _train(report, net, setup, options, bar)
    except (CompositionError, TooLargeError, DivergedError, NotConvergedError, SingularJacobianError) as error:
        report.refused = str(error)
    return report


def _measure_gradient(report, net, setup, options):
    """Compare the gradient at the initial weights with the exact one; a random gradient in several runs."""
    setup.exact.set_params(net.params_dict())
    seeds = range(setup.seed, setup.seed + (setup.runs if net.stochastic else 1))
    g = setup.exact_gradient(setup.seed, net.step_params)
    estimates = [_vector(net.gradient(**setup.data, seed=k, **options)[1], net.step_params) for k in seeds]
    if net.noisy and net.stochastic:
        # The seed also draws the noise of the network, so each run has an exact gradient of its own. Only its error is
        # due to the rule.
        estimates = [e - setup.exact_gradient(k, net.step_params) + g for e, k in zip(estimates, seeds, strict=True)]
    _set_errors(report, np.array(estimates), g, net.stochastic)


def _seconds_of_gradient(net, setup, options):
    """The median time of a gradient, which has been compiled before."""
    times = []
    for _ in range(_TIMED_GRADIENTS):
        start = time.perf_counter()
        net.gradient(**setup.data, seed=setup.seed, **options)
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def _set_errors(report, estimates, g, is_random):
    """Set the errors and the bias in the report, from estimates (K, m) of the exact gradient g (m,)."""
    size = np.dot(g, g)
    biases = estimates @ g / size - 1
    half_width = 1.96 * np.std(biases, ddof=1) / len(biases) ** 0.5 if len(biases) > 1 else 0.0
    report.relative_mse = float(np.mean(np.sum((estimates - g) ** 2, 1)) / size)
    report.bias = float(np.mean(biases))
    report.bias_interval = (report.bias - float(half_width), report.bias + float(half_width))
    report.bias_norm = float(np.linalg.norm(np.mean(estimates, 0) - g) / size**0.5)
    report.bias_norm_of_noise = float((report.relative_mse / len(estimates)) ** 0.5) if is_random else 0.0


def _train(report, net, setup, options, bar):
    """Train the network, and compare its gradient with the exact one from time to time."""
    params = net.params_dict()
    state = setup.optimizer.init(params)

    @jax.jit
    def apply_gradient(grads, state, params):
        changes, state = setup.optimizer.update(grads, state, params)
        return optax.apply_updates(params, changes), state

    for k in range(setup.updates):
        net.set_params(params)
        loss, grads = net.gradient(**setup.data, seed=setup.seed + k, **options)
        if k % setup.every == 0 or k + 1 == setup.updates:
            setup.exact.set_params(params)
            g = setup.exact_gradient(setup.seed + k, net.step_params)
            estimate = _vector(grads, net.step_params)
            size = np.linalg.norm(g)
            report.measured.append(k)
            report.cosine.append(float(g @ estimate / max(size * np.linalg.norm(estimate), _TINY)))
            report.relative_error.append(float(np.linalg.norm(g - estimate) / max(size, _TINY)))
        report.loss.append(loss)
        params, state = apply_gradient(grads, state, params)
        bar.update()


def _vector(grads, names):
    """The gradients of the named parameters as one vector."""
    return np.concatenate([np.ravel(np.asarray(grads[p], float)) for p in names])


def _compose(rule, model):
    """The class of a network that learns by the rule."""
    return type(f'{rule.__name__}{model.__name__}', (rule, model), {'__doc__': None})


def _length_and_cost(net, data, options):
    """The number of steps of a gradient (1 for a fixed point), and the `Cost` that the rule states."""
    x, y, alpha, r0 = (data[k] for k in ('x', 'y', 'alpha', 'r0'))
    if isinstance(net, FixedPointRule):
        return 1, net.cost(len(net.check_points(x, y, alpha, r0).y), **options)
    checked, batched = net.check_trajectories(x, y, alpha, r0)
    length = checked.y.shape[-2]
    return length, net.cost(length, checked.y.shape[0] if batched else None, **options)


def _with_seed(model, settings, seed):
    """The settings, with a seed if the model takes one."""
    if 'seed' in inspect.signature(model).parameters:
        settings.setdefault('seed', seed)
    return settings


def _table_rows(report):
    """The cells of one rule in `Comparison.table`: a full row, or the rule and a sentence."""
    if not report.loss:
        return [(report.rule, f'refused: {report.refused}')]
    low, high = report.bias_interval
    row = (
        report.rule,
        f'{report.loss[0]:.4g} → {report.loss[-1]:.4g}',
        f'{report.cosine[0]:.3f} → {report.cosine[-1]:.3f}',
        f'{report.relative_mse:.2g}',
        f'{report.bias:+.2g} [{low:+.2g}, {high:+.2g}]',
        _with_unit(report.seconds_per_step, ('s', 'ms', 'µs', 'ns'), 1e-3),
        _with_unit(report.memory, ('B', 'KiB', 'MiB', 'GiB'), 1024),
        f'{report.operations:.2g}',
    )
    return [row, ('', f'stopped: {report.refused}')] if report.refused else [row]


def _with_unit(value, units, factor):
    """A value with the unit in which it is short to write; each unit is ``factor`` times the one before it."""
    for unit in units[:-1]:
        if (value >= 1 and factor < 1) or (value < factor and factor > 1):
            return f'{value:.3g} {unit}'
        value /= factor
    return f'{value:.3g} {units[-1]}'

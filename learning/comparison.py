"""Rules side by side: what each learns, how good its gradient is, what it costs."""

import inspect
import time
from dataclasses import asdict, dataclass, field

import jax
import numpy as np
import optax
from tqdm.auto import tqdm

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

_TIMED = 5              # gradients timed for the time of a step


@dataclass
class RuleReport:
    """How one rule did; arrays over the updates at which it was looked at.

    Attributes
    ----------
    rule : str
    refused : str or None
        Why the rule was not run (a model it can't learn, too little memory) or stopped (it diverged).
    loss : list of float
        Loss before each update.
    measured : list of int
        The updates before which the gradient was held against the exact one.
    cosine, relative_error : list of float
        Of the gradient of the step's parameters against the exact one, at the rule's own weights: the cosine of the
        angle between them, and ‖ĝ − g‖/‖g‖.
    relative_mse : float
        Mean of ‖ĝ − g‖²/‖g‖² over independent runs at the first weights.
    bias : float
        ⟨ĝ, g⟩/‖g‖² − 1, the mean over those runs: by how much the estimate is too long along the exact gradient.
    bias_interval : (float, float)
        Its 95 % confidence interval (normal approximation); both ends alike for a rule that draws nothing.
    bias_norm, bias_norm_of_noise : float
        ‖mean ĝ − g‖/‖g‖, and what an unbiased rule of this variance would show, √(relative_mse/runs).
    seconds_per_step : float
        Time of a gradient per step (of a fixed point's whole gradient), the median, compiled.
    memory, operations : int
        What the rule said it would need: bytes, and operations a step (a fixed point's: once it has settled).
    exact : bool or str
        What the rule claims.
    """
    rule: str
    exact: object = None
    refused: str | None = None
    loss: list = field(default_factory=list)
    measured: list = field(default_factory=list)
    cosine: list = field(default_factory=list)
    relative_error: list = field(default_factory=list)
    relative_mse: float = float('nan')
    bias: float = float('nan')
    bias_interval: tuple = (float('nan'), float('nan'))
    bias_norm: float = float('nan')
    bias_norm_of_noise: float = float('nan')
    seconds_per_step: float = float('nan')
    memory: int = 0
    operations: int = 0


@dataclass
class Comparison:
    """What `compare` found: a `RuleReport` for each rule; ``table()``, ``plot()`` and ``as_dict()``."""
    model: str
    runs: int
    reports: dict
    unit: str = 'step'              # what times are of: a 'step' of a trajectory, the 'gradient' of a fixed point

    def __getitem__(self, rule):
        return self.reports[rule]

    def table(self):
        """The figures as text, a rule a line."""
        head = ('rule', 'loss', 'cosine', 'rel. MSE', 'bias [95 %]', f'a {self.unit}', 'memory', 'operations')
        rows = [head]
        for r in self.reports.values():
            if not r.loss:
                rows.append((r.rule, f'refused: {r.refused}'))
                continue
            low, high = r.bias_interval
            rows.append((r.rule, f'{r.loss[0]:.4g} → {r.loss[-1]:.4g}', f'{r.cosine[0]:.3f} → {r.cosine[-1]:.3f}',
                         f'{r.relative_mse:.2g}', f'{r.bias:+.2g} [{low:+.2g}, {high:+.2g}]',
                         _readable(r.seconds_per_step, ('s', 'ms', 'µs', 'ns'), 1e-3),
                         _readable(r.memory, ('B', 'KiB', 'MiB', 'GiB'), 1024), f'{r.operations:.2g}'))
            if r.refused:
                rows.append(('', f'stopped: {r.refused}'))
        width = [max(len(row[i]) for row in rows if len(row) == len(head)) for i in range(len(head))]
        return '\n'.join('  '.join(c.ljust(w) for c, w in zip(row, width, strict=False)).rstrip() for row in rows)

    def plot(self, fig=None):
        """One figure; see `ratezoo.plots.comparison`."""
        from ratezoo.plots import comparison
        return comparison(self, fig=fig)

    def as_dict(self):
        """Everything as plain lists and numbers; NaN as None."""
        def clean(value):
            if isinstance(value, dict):
                return {k: clean(v) for k, v in value.items()}
            if isinstance(value, (list, tuple)):
                return [clean(v) for v in value]
            return None if isinstance(value, float) and not np.isfinite(value) else value
        return clean({'model': self.model, 'runs': self.runs, 'rules': {k: asdict(r) for k, r in self.reports.items()}})


def compare(rules, model, x, y, alpha=None, r0=None, *, settings=None, loss=None, options=None, updates=100,
            optimizer=None, every=10, runs=20, seed=0, progress=True):
    """Train a model by several rules from the same weights, and hold each gradient against the exact one.

    Parameters
    ----------
    rules : sequence of str
        Names in `ratezoo.learning.rules`.
    model : class
        A `RateModel`, without a rule; it is built by ``model(**settings)``.
    x, y, alpha, r0, loss
        As in `TrajectoryRule.gradient`, or for rules of fixed points as in `FixedPointRule.gradient`; a batch is
        learned as a whole.
    settings : dict, optional
        Arguments of the model; a ``seed`` among them, or ``seed`` below if the model takes one.
    options : dict, optional
        Rule → dict of its options, such as ``{'UORO': {'probes': 10}}``.
    updates : int
        Updates of the weights. Default 100.
    optimizer : optax.GradientTransformation, optional
        Default ``optax.adam(1e-3)``.
    every : int
        The gradient is held against the exact one every so many updates. Default 10.
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
        A rule of that name does not exist.
    InvalidValueError
        A number is out of range; rules of trajectories and of fixed points together; none of them can be run.

    A rule that refuses the model, or that needs more memory than there is, is named with its reason, and the others go
    on. The exact gradient is that of `BPTT`, or of fixed points that of `ImplicitGradient`.

    Examples
    --------
    >>> import numpy as np, ratezoo
    >>> x, y = np.zeros((20, 1)), np.sin(np.arange(20) / 3)
    >>> found = compare(['RTRL', 'RFLO'], ratezoo.RateRNN, x, y, settings=dict(n=5), updates=3, progress=False)
    >>> round(found['RTRL'].cosine[0], 6), found['RFLO'].cosine[0] < 1
    (1.0, True)
    """
    from ratezoo.learning import rules as known
    for name in rules:
        known.entry(name)
    for name, value, low in (('updates', updates, 1), ('every', every, 1), ('runs', runs, 2)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
            raise InvalidValueError(f'compare.{name}: expected an integer ≥ {low}, got {value!r}.')
    unknown = set(options or {}) - set(rules)
    if unknown:
        raise UnknownNameError(f'compare.options: {", ".join(sorted(unknown))} is not among the rules compared.')
    settings = _with_seed(model, dict(settings or {}), seed)
    data = dict(x=x, y=y, alpha=alpha, r0=r0, loss=loss)
    counterparts = {known[name].exact_counterpart for name in rules}
    if None in counterparts:
        alone = next(name for name in rules if known[name].exact_counterpart is None)
        raise InvalidValueError(f'compare.rules: {alone} has no exact gradient to be held against.')
    if len(counterparts) != 1:
        raise InvalidValueError('compare.rules: expected rules of trajectories, or rules of fixed points; got both.')
    exact = _compose(known[counterparts.pop()], model)(**settings)
    optimizer = optimizer or optax.adam(1e-3)
    reports = {}
    with tqdm(total=len(rules) * updates, disable=not progress, leave=False) as bar:
        for name in rules:
            bar.set_description(name)
            reports[name] = _report(name, known[name], model, settings, exact, data, (options or {}).get(name, {}),
                                    updates, optimizer, every, runs, seed, bar)
    found = Comparison(model.__name__, runs, reports, 'gradient' if isinstance(exact, FixedPointRule) else 'step')
    if not any(r.loss for r in reports.values()):
        raise InvalidValueError('compare: none of the rules could be run. ' + ' '.join(
            f'{r.rule}: {r.refused}' for r in reports.values()))
    return found


def _report(name, rule, model, settings, exact, data, options, updates, optimizer, every, runs, seed, bar):
    report = RuleReport(name)
    try:
        if not rule.follows_the_gradient:
            raise CompositionError(f'{name} does not follow a gradient; train with it alone (fit).')
        net = _compose(rule, model)(**settings)
        report.exact = net.exact
        length, (report.memory, report.operations) = _length_and_cost(net, data, options)
        _measure_at_the_start(report, net, exact, data, options, runs, seed, length)
        _train(report, net, exact, data, options, updates, optimizer, every, seed, bar)
    except (CompositionError, TooLargeError, DivergedError, NotConvergedError, SingularJacobianError) as error:
        report.refused = str(error)
    return report


def _measure_at_the_start(report, net, exact, data, options, runs, seed, length):
    exact.set_params(net.params_dict())
    g = _vector(exact.gradient(**data, seed=seed)[1], net.step_params)
    estimates, times = [], []
    for k in range(runs if net.stochastic else 1):
        estimates.append(_vector(net.gradient(**data, seed=seed + k, **options)[1], net.step_params))
    if net.noisy and net.stochastic:                    # each seed is another trajectory, with its own exact gradient
        exacts = [_vector(exact.gradient(**data, seed=seed + k)[1], net.step_params) for k in range(runs)]
        estimates = [e - h + g for e, h in zip(estimates, exacts, strict=True)]
    estimates, size = np.array(estimates), np.dot(g, g)
    along = estimates @ g / size - 1
    spread = 1.96 * np.std(along, ddof=1) / len(along) ** 0.5 if len(along) > 1 else 0.
    report.relative_mse = float(np.mean(np.sum((estimates - g) ** 2, 1)) / size)
    report.bias = float(np.mean(along))
    report.bias_interval = (report.bias - float(spread), report.bias + float(spread))
    report.bias_norm = float(np.linalg.norm(np.mean(estimates, 0) - g) / size ** 0.5)
    report.bias_norm_of_noise = float((report.relative_mse / len(estimates)) ** 0.5) if net.stochastic else 0.
    for _ in range(_TIMED):
        start = time.perf_counter()
        net.gradient(**data, seed=seed, **options)
        times.append((time.perf_counter() - start) / length)
    report.seconds_per_step = float(np.median(times))


def _train(report, net, exact, data, options, updates, optimizer, every, seed, bar):
    params = net.params_dict()
    state = optimizer.init(params)

    @jax.jit
    def update(grads, state, params):
        changes, state = optimizer.update(grads, state, params)
        return optax.apply_updates(params, changes), state

    for k in range(updates):
        net.set_params(params)
        loss, grads = net.gradient(**data, seed=seed + k, **options)
        if k % every == 0 or k + 1 == updates:
            exact.set_params(params)
            g, h = (_vector(a, net.step_params) for a in (exact.gradient(**data, seed=seed + k)[1], grads))
            report.measured.append(k)
            report.cosine.append(float(g @ h / max(np.linalg.norm(g) * np.linalg.norm(h), 1e-300)))
            report.relative_error.append(float(np.linalg.norm(g - h) / max(np.linalg.norm(g), 1e-300)))
        report.loss.append(loss)
        params, state = update(grads, state, params)
        bar.update()


def _vector(grads, names):
    return np.concatenate([np.ravel(np.asarray(grads[p], float)) for p in names])


def _compose(rule, model):
    return type(f'{rule.__name__}{model.__name__}', (rule, model), {'__doc__': None})


def _length_and_cost(net, data, options):
    """The steps of a gradient (1 for a fixed point's), and what the rule says it needs."""
    x, y, alpha, r0 = (data[k] for k in ('x', 'y', 'alpha', 'r0'))
    if isinstance(net, FixedPointRule):
        return 1, net.cost(len(net.check_points(x, y, alpha, r0).y), **options)
    checked, batched = net.check_trajectories(x, y, alpha, r0)
    length = checked.y.shape[-2]
    return length, net.cost(length, checked.y.shape[0] if batched else None, **options)


def _with_seed(model, settings, seed):
    if 'seed' in inspect.signature(model).parameters:
        settings.setdefault('seed', seed)
    return settings


def _readable(value, units, factor):
    for unit in units[:-1]:
        if (value >= 1 and factor < 1) or (value < factor and factor > 1):
            return f'{value:.3g} {unit}'
        value /= factor
    return f'{value:.3g} {units[-1]}'

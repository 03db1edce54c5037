"""The commands `ratezoo train` and `ratezoo compare`."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ratezoo.cli.parts import (
    COUNT,
    MODEL,
    POSITIVE,
    RULE,
    RULES,
    TASK,
    WHOLE,
    WholeRange,
    check_outputs,
    counted,
    echo_json,
    echo_written,
    json_option,
    parameters,
    save_figure,
    settings,
    version,
    weights_option,
)
from ratezoo.cli.remedies import Command

_FEWEST_TEST_TRIALS = 8  # new trials for the score after training: these, or as many as it learned from
_COMPARED_TRIALS = 8  # `compare` computes many gradients of each rule
_SHARED_OPTIONS = (
    click.option('--set', 'pairs', multiple=True, metavar='K=V', help='An option of the model.'),
    click.option('--task', type=TASK, default='SineGeneration', show_default=True, help='What to learn.'),
    click.option('--task-set', 'task_pairs', multiple=True, metavar='K=V', help='An option of the task.'),
    click.option(
        '--batch',
        type=COUNT,
        help=f'Number of trials to learn from. Default: train takes as many as are listed for the task in '
        f'docs/training.md, compare takes {_COMPARED_TRIALS}.',
    ),
    click.option(
        '--optimizer',
        default='adam',
        show_default=True,
        type=click.Choice(['adam', 'sgd', 'rmsprop']),
        help='An optimiser of optax.',
    ),
    click.option(
        '--rate',
        type=POSITIVE,
        help='Learning rate. Default: the one that suits the task; docs/training.md lists it.',
    ),
    click.option(
        '--seed',
        default=0,
        show_default=True,
        type=WHOLE,
        help='Seed of the weights, of the trials and of random rules.',
    ),
)


def _options(*own: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives a command the options of both commands, and then its ``own``."""

    def add_to(command):
        for option in reversed((*_SHARED_OPTIONS, *own)):
            command = option(command)
        return command

    return add_to


def _task(name: str, pairs: Sequence[str], batch: int | None, seed: int) -> tuple[Any, Any]:
    """The task, and the trials to learn from; ``batch`` None: as many as the task's training has."""
    from ratezoo.tasks import tasks

    kind: Any = tasks[name]
    task = kind(**settings(kind, pairs, '--task-set'))
    return task, task.trials(task.training.trials if batch is None else batch, seed)


def _model(name: str, pairs: Sequence[str], task: Any, seed: int) -> tuple[type, dict[str, Any]]:
    """The model's class and its arguments. The task gives the numbers of inputs and outputs, and what suits it."""
    from ratezoo.models import zoo

    model = zoo[name]
    known = parameters(model)
    of_task = {k: v for k, v in dict(n_in=task.n_in, n_out=task.n_out, seed=seed).items() if k in known}
    if 'sizes' in known:
        of_task['sizes'] = (task.n_in, *known['sizes'][1:-1], task.n_out)
    of_training = {k: v for k, v in task.training.settings.items() if k in known}
    return model, {**of_task, **of_training, **settings(model, pairs)}


def _check_task_fits(rules: Sequence[str], task: Any) -> None:
    """Raise if a rule learns something else than the task asks for: a data set asks for fixed points."""
    from ratezoo.tasks import tasks

    for rule in rules:
        kind = _rule(rule).learns
        if task.learns != kind:
            from ratezoo.learning import rules as known

            fitting = ', '.join(name for name in tasks if tasks[name].learns == kind)
            others = ', '.join(name for name in known if known[name].learns == task.learns)
            remedy = f'Choose one of {fitting}' if fitting else f'No task asks for {kind}: train from Python'
            remedy += f'; or for this task one of the rules {others}.'
            message = f'{rule} learns {kind}, but the task {type(task).__name__} asks for {task.learns}. {remedy}'
            raise click.BadParameter(message, param_hint='--task')


def _rule_options(rule: Any, pairs: Sequence[str]) -> dict[str, Any]:
    """The options of a rule from texts ``k=v``; a value is JSON, or else a text."""
    options: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition('=')
        if not equals or key not in rule.options:
            raise click.BadParameter(
                f'{pair!r}: expected k=v with one of {", ".join(rule.options) or "no options"}.', param_hint='--option'
            )
        try:
            options[key] = json.loads(text)
        except ValueError:
            options[key] = text
        if isinstance(options[key], list):
            options[key] = tuple(options[key])
    return options


def _rule(name: str) -> Any:
    """The class of a rule."""
    from ratezoo.learning import rules

    return rules[name]


def _optimizer(name: str, rate: float) -> Any:
    """The optimiser of optax with this name and learning rate."""
    import optax

    return getattr(optax, name)(rate)


@click.command(cls=Command)
@click.argument('name', type=MODEL)
@_options(
    click.option('--rule', type=RULE, default='BPTT', show_default=True, help='How to learn.'),
    click.option(
        '--option', 'rule_pairs', multiple=True, metavar='K=V', help='An option of the rule, such as --option order=2.'
    ),
    click.option(
        '--epochs',
        type=COUNT,
        help='How often the training goes through all trials. Default: as listed for the task in docs/training.md.',
    ),
    click.option(
        '--batch-size',
        type=COUNT,
        help='Number of trials for each update of the weights. Default: as listed for the task in docs/training.md.',
    ),
    click.option('--online', is_flag=True, help='Update the weights at every step (online rules).'),
    click.option(
        '--checkpoint',
        type=click.Path(path_type=Path),
        help='Save the training in this file; continue it if it exists.',
    ),
    weights_option,
    click.option(
        '--save',
        type=click.Path(path_type=Path),
        help='Write the learned parameters and the settings to an .npz file, for --weights.',
    ),
    click.option(
        '--plot',
        type=click.Path(path_type=Path),
        help='Draw the learning curve, and the output on a new trial (.png, .pdf, .svg).',
    ),
)
@json_option
def train(
    name: str,
    pairs: tuple[str, ...],
    task: str,
    task_pairs: tuple[str, ...],
    batch: int | None,
    optimizer: str,
    rate: float | None,
    seed: int,
    rule: str,
    rule_pairs: tuple[str, ...],
    epochs: int | None,
    batch_size: int | None,
    online: bool,
    checkpoint: Path | None,
    weights: Path | None,
    save: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Train the model NAME on a task, and test it on new trials.

    For each task, ratezoo knows settings that solve it: the number of trials, the size of a batch, the number of epochs
    and the learning rate. They are used where you give none.

    \b
    ratezoo train RateRNN --task FlipFlop --set n=20 --rule RTRL --epochs 20
    """
    replaced = check_outputs(save, plot)
    rule_class = _rule(rule)
    chosen_task, trials = _task(task, task_pairs, batch, seed)
    _check_task_fits([rule], chosen_task)
    model, chosen = _model(name, pairs, chosen_task, seed)
    net_class: Any = type(f'{rule}{name}', (rule_class, model), {})
    net = net_class(**chosen) if weights is None else net_class.load(weights, **settings(model, pairs))
    training = chosen_task.training
    rate, epochs = rate or training.rate, epochs or training.epochs
    batch_size = min(batch_size or training.batch_size or len(trials.y), len(trials.y))
    options = _rule_options(rule_class, rule_pairs)
    # For fixed points a prediction is a relaxation too, and takes the same options (tolerance, steps).
    prediction_options = dict(options) if chosen_task.learns == 'fixed points' else {}
    if online:
        if not hasattr(net, 'trace_names'):
            raise click.BadParameter(f'{rule} is not an online rule.', param_hint='--online')
        options['online'] = True
    if rule_class.follows_the_gradient:
        options.update(loss=chosen_task.loss, optimizer=_optimizer(optimizer, rate))
    of_training = dict(batch_size=batch_size, seed=seed, checkpoint=checkpoint, progress=sys.stderr.isatty())
    history = net.fit(trials.x, trials.y, epochs, alpha=trials.alpha, **of_training, **options)
    fresh = chosen_task.fresh_trials(max(_FEWEST_TEST_TRIALS, len(trials.y)), seed)
    output = net.predict(fresh.x, **prediction_options)
    score = float(chosen_task.score(output, fresh))
    result = {
        'model': name,
        'rule': rule,
        'task': type(chosen_task).__name__,
        'loss': history.loss.tolist(),
        'seconds': history.seconds.tolist(),
        'score': score,
        'chance': float(chosen_task.chance),
        'criterion': float(chosen_task.criterion),
        'floor': chosen_task.floor,
        'higher_is_better': bool(chosen_task.higher_is_better),
        'solved': bool(chosen_task.solved(score)),
        'version': version(),
    }
    if save is not None:
        net.save(save, {k: v for k, v in result.items() if k not in ('loss', 'seconds')})
    if plot is not None:
        title = f'{name} by {rule} on {type(chosen_task).__name__}'
        save_figure(_figure(history, chosen_task, fresh, output, score, title), plot)
    if as_json:
        return echo_json(result)
    _print_training(result)
    echo_written((save, plot), replaced)


def _figure(history: Any, task: Any, trials: Any, output: Any, score: float, title: str) -> Any:
    """The learning curve and the output on a new trial; for fixed points, on all of them."""
    import numpy as np

    from ratezoo.plots import trained

    y, o, about = trials.y, task.as_target(output), dict(score=score, task=task, name=title)
    if task.learns == 'fixed points':
        return trained(history, y, o, fixed_points=True, **about)
    alpha = np.broadcast_to(trials.alpha, y.shape[:2])
    return trained(history, y[-1], o[-1], alpha[-1], **about)


def _print_training(result: dict[str, Any]) -> None:
    loss, seconds = result['loss'], result['seconds']
    solved = 'solved' if result['solved'] else 'not solved'
    click.echo(
        f'{result["model"]} by {result["rule"]} on {result["task"]}: '
        f'loss {loss[0]:.4g} → {loss[-1]:.4g} in {counted(len(loss), "epoch")}, {seconds[-1]:.1f} s'
    )
    way, sign = ('higher', '≥') if result['higher_is_better'] else ('lower', '≤')
    click.echo(
        f'new trials: score {result["score"]:.4g} ({way} is better); chance {result["chance"]:.4g}, goal {sign} '
        f'{result["criterion"]:.4g}: {solved}'
    )
    if result['floor'] is not None:
        click.echo(f'the best that a network can reach on average is {result["floor"]:.4g}')


@click.command(cls=Command)
@_options(
    click.option('--model', type=MODEL, default='RateRNN', show_default=True, help='A model of the zoo.'),
    click.option(
        '--rules',
        type=RULES,
        default='RTRL,BPTT,SnAp,UORO,KFRTRL,RFLO',
        show_default=True,
        help='Names, with commas between them.',
    ),
    click.option('--option', 'rule_pairs', multiple=True, metavar='RULE.K=V', help='Such as --option UORO.probes=10.'),
    click.option('--updates', default=100, show_default=True, type=COUNT),
    click.option(
        '--every',
        default=10,
        show_default=True,
        type=COUNT,
        help='Compare with the exact gradient after every k-th update.',
    ),
    click.option(
        '--runs',
        default=20,
        show_default=True,
        type=WholeRange(min=2),
        help='Runs of a random rule, from which its error and bias are estimated.',
    ),
    click.option('--plot', type=click.Path(path_type=Path), help='Draw one figure (.png, .pdf, .svg).'),
)
@json_option
def compare(
    pairs: tuple[str, ...],
    task: str,
    task_pairs: tuple[str, ...],
    batch: int | None,
    optimizer: str,
    rate: float | None,
    seed: int,
    model: str,
    rules: tuple[str, ...],
    rule_pairs: tuple[str, ...],
    updates: int,
    every: int,
    runs: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Train a model by several rules, and compare the gradient of each rule with the exact gradient.

    \b
    The table has a line for each rule. An arrow leads from the first update to the last one.
    loss          the loss before and after the training
    cosine        cosine of the angle between the gradient and the exact one: 1 is the same direction
    rel. MSE      mean squared error of the gradient at the first weights, over its squared length
    bias          how much too long (+) or too short (−) the mean gradient is along the exact one, as a
                  share of its length, with the 95 % confidence interval over the runs of a random rule
    a step        time of one step of the network with the rule; for rules of fixed points, a gradient
    memory        what the rule keeps beside the weights, by its formula
    operations    multiplications and additions of a step, by its formula
    """
    replaced = check_outputs(None, plot)
    from ratezoo.learning import compare

    options = _options_by_rule(rules, rule_pairs)
    chosen_task, trials = _task(task, task_pairs, batch or _COMPARED_TRIALS, seed)
    _check_task_fits(rules, chosen_task)
    model_class, chosen = _model(model, pairs, chosen_task, seed)
    comparison = compare(
        list(rules),
        model_class,
        trials.x,
        trials.y,
        trials.alpha,
        settings=chosen,
        loss=chosen_task.loss,
        options=options,
        updates=updates,
        optimizer=_optimizer(optimizer, rate or chosen_task.training.rate),
        every=every,
        runs=runs,
        seed=seed,
        progress=sys.stderr.isatty(),
    )
    if plot is not None:
        save_figure(comparison.plot(), plot)
    if as_json:
        return echo_json({**comparison.as_dict(), 'task': type(chosen_task).__name__, 'version': version()})
    click.echo(comparison.table())
    echo_written((plot,), replaced)


def _options_by_rule(names: Sequence[str], pairs: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rule's name → its options, from texts ``RULE.k=v``."""
    options: dict[str, dict[str, Any]] = {}
    for pair in pairs:
        rule, _, rest = pair.partition('.')
        if rule not in names:
            message = f'{pair!r}: expected RULE.K=V with one of {", ".join(names)}.'
            raise click.BadParameter(message, param_hint='--option')
        options.setdefault(rule, {}).update(_rule_options(_rule(rule), [rest]))
    return options

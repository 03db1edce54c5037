"""`ratezoo train` and `ratezoo compare`."""

import json
import sys
from pathlib import Path

import click

from ratezoo.cli.parts import check_outputs, echo_json, json_option, parameters, save_figure, settings, version
from ratezoo.errors import UnknownNameError
from ratezoo.files import atomic_write

_RATE = click.FloatRange(min=0, min_open=True)


def _options(*more):
    """What both commands take."""
    def wrap(command):
        for option in reversed([
                click.option('--set', 'pairs', multiple=True, metavar='K=V', help='An option of the model.'),
                click.option('--task', default='SineGeneration', show_default=True, help='What to learn.'),
                click.option('--task-set', 'task_pairs', multiple=True, metavar='K=V', help='An option of the task.'),
                click.option('--batch', type=click.IntRange(min=1),
                             help='Trials of the task that are learned from; default 8, of a data set all.'),
                click.option('--optimizer', default='adam', show_default=True,
                             type=click.Choice(['adam', 'sgd', 'rmsprop']), help='From optax.'),
                click.option('--rate', default=1e-3, show_default=True, type=_RATE, help='Learning rate.'),
                click.option('--seed', default=0, show_default=True, type=click.IntRange(min=0),
                             help='Seed of weights, trials and rules.'), *more]):
            command = option(command)
        return command
    return wrap


def _task(name, pairs, batch, seed):
    from ratezoo.tasks import tasks
    kind = _find(tasks, name, '--task')
    task = kind(**settings(kind, pairs, '--task-set'))
    return task, task.trials(batch or (None if task.learns == 'fixed points' else 8), seed)


def _find(registry, name, hint):
    """The class of that name, or a message that names the option."""
    try:
        return registry[name]
    except UnknownNameError as error:
        raise click.BadParameter(str(error), param_hint=hint) from None


def _model(name, pairs, task, seed):
    """The model's class, and its arguments with those that follow from the task."""
    from ratezoo.models import zoo
    model = zoo[name]
    known = parameters(model)
    of_task = {k: v for k, v in dict(n_in=task.n_in, n_out=task.n_out, seed=seed).items() if k in known}
    if 'sizes' in known:
        of_task['sizes'] = (task.n_in, *known['sizes'][1:-1], task.n_out)
    return model, {**of_task, **settings(model, pairs)}


def _check_kinds(rules, task):
    """Refuse a task that is not made of what a rule learns: data sets of fixed points, the others of trajectories."""
    from ratezoo.tasks import tasks
    for rule in rules:
        kind = _rule(rule).learns
        if task.learns != kind:
            fitting = [name for name in tasks if tasks[name].learns == kind]
            there = f'There are: {", ".join(fitting)}.' if fitting else 'Train with it from Python.'
            raise click.BadParameter(f'{rule} learns {kind}, and {type(task).__name__} is not made of them. {there}',
                                     param_hint='--task')


def _rule_options(rule, pairs):
    """Options of a rule from ``k=v``."""
    options = {}
    for pair in pairs:
        key, equals, text = pair.partition('=')
        if not equals or key not in rule.options:
            raise click.BadParameter(f'{pair!r}: expected k=v with one of {", ".join(rule.options) or "no options"}.',
                                     param_hint='--option')
        try:
            options[key] = json.loads(text)
        except ValueError:
            options[key] = text
        if isinstance(options[key], list):
            options[key] = tuple(options[key])
    return options


def _rule(name):
    from ratezoo.learning import rules
    return _find(rules, name, '--rule')


def _optimizer(name, rate):
    import optax
    return getattr(optax, name)(rate)


@click.command()
@click.argument('name')
@_options(
    click.option('--rule', default='BPTT', show_default=True, help='How to learn.'),
    click.option('--option', 'rule_pairs', multiple=True, metavar='K=V',
                 help='An option of the rule, such as --option order=2.'),
    click.option('--epochs', default=200, show_default=True, type=click.IntRange(min=1)),
    click.option('--batch-size', type=click.IntRange(min=1), help='Trials an update; default all.'),
    click.option('--online', is_flag=True, help='Update the weights at every step (online rules).'),
    click.option('--checkpoint', type=click.Path(path_type=Path), help='Go on from this file if it is there.'),
    click.option('--save', type=click.Path(path_type=Path), help='Write the learned parameters to an .npz file.'),
    click.option('--plot', type=click.Path(path_type=Path), help='Draw the learning curve (.png, .pdf, .svg).'))
@json_option
def train(name, pairs, task, task_pairs, batch, optimizer, rate, seed, rule, rule_pairs, epochs, batch_size, online,
          checkpoint, save, plot, as_json):
    """Train the model NAME on a task, and test it on new trials."""
    check_outputs(save, plot)
    import numpy as np

    kind = _rule(rule)
    task, trials = _task(task, task_pairs, batch, seed)
    _check_kinds([rule], task)
    model, chosen = _model(name, pairs, task, seed)
    net = type(f'{rule}{name}', (kind, model), {})(**chosen)
    options = _rule_options(kind, rule_pairs)
    of_phases = dict(options) if task.learns == 'fixed points' else {}
    if online:
        if not hasattr(net, 'trace_names'):
            raise click.BadParameter(f'{rule} is not an online rule.', param_hint='--online')
        options['online'] = True
    if kind.follows_the_gradient:
        options.update(loss=task.loss, optimizer=_optimizer(optimizer, rate))
    history = net.fit(trials.x, trials.y, epochs, batch_size=batch_size, seed=seed, alpha=trials.alpha,
                      progress=sys.stderr.isatty(), checkpoint=checkpoint, **options)
    fresh = task.fresh_trials(batch or 8, seed)
    score = float(task.score(net.predict(fresh.x, **of_phases), fresh))
    result = {'model': name, 'rule': rule, 'task': type(task).__name__, 'loss': history.loss.tolist(),
              'seconds': history.seconds.tolist(), 'score': score, 'chance': float(task.chance),
              'solved': bool(task.solved(score)), 'version': version()}
    if save is not None:
        with atomic_write(save) as file:
            np.savez(file, about=json.dumps({k: v for k, v in result.items() if k not in ('loss', 'seconds')}),
                     **{p: np.asarray(v) for p, v in net.params_dict().items()})
    if plot is not None:
        save_figure(history.plot().figure, plot)
    if as_json:
        return echo_json(result)
    click.echo(f'{name} by {rule} on {result["task"]}: loss {history.loss[0]:.4g} → {history.loss[-1]:.4g} in '
               f'{len(history)} epochs, {history.seconds[-1]:.1f} s')
    click.echo(f'new trials: score {score:.4g} (chance {result["chance"]:.4g}), '
               + ('solved' if result['solved'] else 'not solved'))
    for path in (save, plot):
        if path is not None:
            click.echo(f'wrote {path}')


@click.command()
@_options(
    click.option('--model', default='RateRNN', show_default=True, help='A model of the zoo.'),
    click.option('--rules', default='RTRL,BPTT,SnAp,UORO,KFRTRL,RFLO', show_default=True, help='Names, with commas.'),
    click.option('--option', 'rule_pairs', multiple=True, metavar='RULE.K=V', help='Such as --option UORO.probes=10.'),
    click.option('--updates', default=100, show_default=True, type=click.IntRange(min=1)),
    click.option('--every', default=10, show_default=True, type=click.IntRange(min=1),
                 help='Updates from one look at the exact gradient to the next.'),
    click.option('--runs', default=20, show_default=True, type=click.IntRange(min=2),
                 help='Runs of a random rule for its error and bias.'),
    click.option('--plot', type=click.Path(path_type=Path), help='Draw one figure (.png, .pdf, .svg).'))
@json_option
def compare(pairs, task, task_pairs, batch, optimizer, rate, seed, model, rules, rule_pairs, updates, every, runs, plot,
            as_json):
    """Train a model by several rules, and hold each gradient against the exact one."""
    check_outputs(None, plot)
    from ratezoo.learning import compare
    names = [r.strip() for r in rules.split(',') if r.strip()]
    options = {}
    for pair in rule_pairs:
        rule, _, rest = pair.partition('.')
        if rule not in names:
            raise click.BadParameter(f'{pair!r}: expected RULE.K=V with one of {", ".join(names)}.',
                                     param_hint='--option')
        options.setdefault(rule, {}).update(_rule_options(_rule(rule), [rest]))
    task, trials = _task(task, task_pairs, batch, seed)
    _check_kinds(names, task)
    kind, chosen = _model(model, pairs, task, seed)
    found = compare(names, kind, trials.x, trials.y, trials.alpha, settings=chosen, loss=task.loss, options=options,
                    updates=updates, optimizer=_optimizer(optimizer, rate), every=every, runs=runs, seed=seed,
                    progress=sys.stderr.isatty())
    if plot is not None:
        save_figure(found.plot(), plot)
    if as_json:
        return echo_json({**found.as_dict(), 'task': type(task).__name__, 'version': version()})
    click.echo(found.table())
    if plot is not None:
        click.echo(f'wrote {plot}')

"""The command line.

Each command imports what it needs inside its function, so that ``ratezoo --help`` does not wait for JAX.
"""

import codecs
import json
import os
import shutil
import sys
import unicodedata
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ratezoo.cli.explore import explore
from ratezoo.cli.homework import homework
from ratezoo.cli.learning import compare, train
from ratezoo.cli.parts import (
    COUNT,
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    SEED,
    Kind,
    Name,
    check_outputs,
    chosen_settings,
    counted,
    echo_json,
    echo_written,
    json_option,
    parameters,
    plain,
    save_figure,
    save_run,
    version,
    weights_option,
)
from ratezoo.cli.remedies import Group
from ratezoo.cli.sweeps import sweep
from ratezoo.errors import RateZooError

if TYPE_CHECKING:
    import numpy as np

_TOO_LITTLE_MEMORY = 'there is not enough memory for this; ask for fewer units or steps.'


def _show_warning(message, category, filename, lineno, file=None, line=None):
    """Print a warning of ratezoo as an error is printed, and other warnings as Python does."""
    if category.__module__ == RateZooError.__module__:
        click.echo(f'ratezoo: {message}', err=True)
    else:
        click.echo(warnings.formatwarning(message, category, filename, lineno, line), err=True, nl=False)


class _ErrorsInOneSentence(Group):
    """A command group that prints an expected error as one sentence on stderr and exits with status 2.

    A warning of ratezoo is one sentence on stderr, too; the command goes on.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except (RateZooError, NotImplementedError) as error:
            message = str(error)
        except MemoryError:
            message = _TOO_LITTLE_MEMORY
        except RuntimeError as error:
            if 'RESOURCE_EXHAUSTED' not in str(error):  # XLA's name for too little memory
                raise
            message = _TOO_LITTLE_MEMORY
        except BrokenPipeError:  # the reader of the output has ended, as in `ratezoo list | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            message = f'{error.filename or ""}: {error.strerror or error}'
        click.echo(f'ratezoo: {message}', err=True)
        ctx.exit(2)


@click.group(
    cls=_ErrorsInOneSentence, context_settings={'help_option_names': ['-h', '--help'], 'max_content_width': 100}
)
@click.version_option(package_name='ratezoo')
def main() -> None:
    """Rate networks on BrainPy, and the rules that train them.

    \b
    ratezoo homework start .            get the course's homework
    ratezoo homework check rnn.py       check your solution
    ratezoo list                        list the models; also: list rules, list tasks
    ratezoo info WilsonCowan            tell about a model, a rule or a task
    ratezoo simulate WilsonCowan --plot wc.png
    ratezoo train RateRNN --task FlipFlop --save w.npz
    ratezoo sweep WilsonCowan --over P=0:2:41 --plot p.png
    ratezoo explore WilsonCowan         move its constants on a page in the browser

    \b
    The shell completes commands and names after this line (bash; for zsh and fish write their name):
    eval "$(_RATEZOO_COMPLETE=bash_source ratezoo)"
    """
    codecs.register_error('ratezoo', _similar_characters)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='ratezoo')
    os.environ.setdefault('MPLBACKEND', 'Agg')


_SIMILAR = str.maketrans({'−': '-', '·': '*', '→': '->', '←': '<-', '≤': '<=', '≥': '>=', '√': 'sqrt ', '∞': 'inf'})


def _similar_characters(error: UnicodeError) -> tuple[str, int]:
    """What is printed for characters that the terminal's encoding lacks, such as − in the GBK of Chinese Windows."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_SIMILAR)
    plain = unicodedata.normalize('NFKD', text).encode(error.encoding, 'ignore').decode(error.encoding)
    return plain or '?', error.end


# ---- what there is ---------------------------------------------------------------------------------------------------


def _registries() -> dict[str, Any]:
    """The registries that `list` and `info` show, by the plural of what they hold."""
    from ratezoo.learning import rules
    from ratezoo.models import zoo
    from ratezoo.tasks import tasks

    return {'models': zoo, 'rules': rules, 'tasks': tasks}


@main.command('list')
@click.argument('kind', type=Kind(), default='models')
@json_option
def list_entries(kind: str, as_json: bool) -> None:
    """List the models of the zoo, the rules, or the tasks."""
    entries = _registries()[kind].entries.values()
    if as_json:
        return echo_json(
            [dict(name=e.name, category=e.category, summary=e.summary, reference=e.reference) for e in entries]
        )
    formatter = click.HelpFormatter(width=min(120, max(60, shutil.get_terminal_size((100, 24)).columns)))
    for category in dict.fromkeys(e.category for e in entries):
        with formatter.section(category or kind):
            formatter.write_dl([(e.name, plain(e.summary)) for e in entries if e.category == category])
    click.echo(formatter.getvalue().rstrip())


@main.command()
@click.argument('name', type=Name('model', 'rule', 'task'))
@json_option
def info(name: str, as_json: bool) -> None:
    """Tell about a model, a rule or a task: equations, options with their defaults, reference."""
    registries = _registries()
    kind = next(kind for kind, registry in registries.items() if name in registry)
    describe = {'models': _about_model, 'rules': _about_rule, 'tasks': _about_task}[kind]
    about, lines = describe(name, registries)
    if as_json:
        return echo_json(about)
    click.echo(f'{name} ({about["category"] or kind[:-1]})\n')
    click.echo(plain(about['doc']))
    click.echo()
    for line in lines:
        click.echo(plain(line))


def _about(registry: Any, name: str) -> dict[str, Any]:
    """What is known of any entry, with its docstring."""
    import inspect

    entry, kind = registry.entry(name), registry[name]
    options = {k: None if v is inspect.Parameter.empty else v for k, v in parameters(kind).items()}
    about = dict(name=name, category=entry.category, summary=entry.summary, reference=entry.reference)
    return {**about, 'options': options, 'doc': inspect.getdoc(kind)}


def _about_model(name: str, registries: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A model as a dict, and the lines about its states and the rules that can train it."""
    model: Any = registries['models'][name]
    net, rules = model(), registries['rules']
    about = {**_about(registries['models'], name), 'params': list(net.params), 'states': list(net.states)}
    trainable = net.params if model.differentiable else ()
    others = [
        k for k in (*net.recorded, *([net.name_of_output] if _has_own_output(net) else [])) if k not in net.states
    ]
    lines = [f'States: {", ".join(net.states)}. Trainable: {", ".join(trainable) or "nothing"}.']
    lines += [f'A saved run also holds: {", ".join(others)}.'] if others else []
    lines += [f'Unit of time: {net.unit_of_time}.'] if net.unit_of_time else []
    for learns in dict.fromkeys(rule.learns for rule in rules.values()):
        fitting = [
            k for k, rule in rules.items() if rule.learns == learns and all(issubclass(model, c) for c in rule.needs)
        ]
        if fitting and trainable:
            lines.append(f'Rules of {learns}: {", ".join(fitting)}.')
    return about, lines


def _about_rule(name: str, registries: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A rule as a dict, and the lines about what it learns, its exactness and its options."""
    rule: Any = registries['rules'][name]
    options = {option: getattr(rule, option) for option in rule.options}
    needs = [capability.__name__ for capability in rule.needs]
    exact = 'exact' if rule.exact is True else rule.exact
    about = {**_about(registries['rules'], name), 'options': options, 'learns': rule.learns, 'exact': exact}
    told = ', '.join(f'{k} = {v!r}' for k, v in options.items()) or 'none'
    lines = [f'Learns: {rule.learns}. Gradient: {exact}.', f'Options and their defaults: {told}.']
    if needs:
        lines.append(f'Needs of a model: {", ".join(needs)}.')
    return {**about, 'needs': needs}, lines


def _about_task(name: str, registries: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A task as a dict, and the lines about its options."""
    about = _about(registries['tasks'], name)
    told = ', '.join(f'{k} = {v!r}' for k, v in about['options'].items()) or 'none'
    learns = registries['tasks'][name].learns
    return {**about, 'learns': learns}, [f'Asks for: {learns}. Options and their defaults: {told}.']


# ---- running a model -------------------------------------------------------------------------------------------------


def _read_input(text: str) -> 'float | np.ndarray':
    """The value of --input: a number, or the array (T, n_in) of a file .npy, .npz or .csv."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        values = _read_array(Path(text))
        if values.ndim not in (1, 2) or not values.size:
            raise ValueError(f'expected shape (T,) or (T, n_in), got {values.shape}')
    except FileNotFoundError as error:
        raise click.BadParameter(f'{text!r} is neither a number nor a file.', param_hint='--input') from error
    except Exception as error:
        reason = 'it is not a file that NumPy wrote' if 'pickle' in str(error) else str(error).rstrip('.')
        message = f"{text!r} can't be read as .npy, .npz or .csv ({reason})."
        raise click.BadParameter(message, param_hint='--input') from error
    return values.reshape(len(values), -1)


def _read_starts(net: Any, starts: tuple[str, ...]) -> 'dict[str, np.ndarray]':
    """The state to start from: the present one, with the values of --start."""
    import numpy as np

    from ratezoo.model import RateModel

    if not isinstance(net, RateModel):
        raise click.BadParameter(
            f'{type(net).__name__} takes no state to start from. Leave --start out.', param_hint='--start'
        )
    r = {k: np.asarray(v) for k, v in net.by_name(net.state).items()}
    for text in starts:
        state, _, value = text.partition('=')
        if state not in r:
            raise click.BadParameter(
                f'{text!r}: {type(net).__name__} has the states {", ".join(r)}.', param_hint='--start'
            )
        try:
            r[state] = np.broadcast_to(np.asarray(json.loads(value), float), r[state].shape)
        except (TypeError, ValueError):
            shape = f' or a list of {r[state].size}' if r[state].size > 1 else ''
            raise click.BadParameter(f'{text!r}: expected {state}=NUMBER{shape}.', param_hint='--start') from None
    return r


def _read_array(path: Path) -> 'np.ndarray':
    """The array in a file; of an .npz file with several arrays, the one called inputs."""
    import numpy as np

    if path.suffix == '.csv':
        return np.loadtxt(path, delimiter=',', ndmin=1)
    values = np.load(path, allow_pickle=False)
    if not hasattr(values, 'files'):
        return values
    names = [n for n in values.files if n == 'inputs'] or values.files
    if len(names) != 1:
        raise ValueError(f'expected one array, or one called inputs, got {", ".join(names)}')
    return values[names[0]]


@main.command()
@click.argument('name', type=MODEL)
@click.option('--set', 'pairs', multiple=True, metavar='K=V', help='An option of the model, such as --set n=3.')
@click.option(
    '--input',
    'drive',
    metavar='NUMBER|FILE',
    help="Constant input, or a file (.npy, .npz, .csv) of shape (T, n_in). Default: the input of the model's example.",
)
@click.option(
    '--start',
    'starts',
    multiple=True,
    metavar='STATE=V',
    help='Start a state at this number, or at a list such as --start S=[0.1,0.2]. Default: as in the example.',
)
@click.option('--monitor', 'monitors', multiple=True, metavar='VARIABLE', help='What to record. Default: the states.')
@click.option(
    '--duration',
    type=POSITIVE,
    help="How long to run, in the model's unit of time. Default: as in the model's example, or as long as the input "
    'file.',
)
@click.option('--transient', type=NOT_NEGATIVE, help='How much time at the beginning is not recorded.')
@click.option('--sample-every', type=COUNT, default=1, show_default=True, help='Record every k-th step only.')
@click.option('--dt', type=POSITIVE, help="Time step. Default: BrainPy's, 0.1.")
@click.option('--seed', type=SEED, help='Seed of the noise and of the weights. Default: 0.')
@weights_option
@click.option(
    '--save',
    type=click.Path(path_type=Path),
    help='Write the run to an .npz or a .csv file; of a circuit whose output is no state, the output too.',
)
@click.option('--plot', type=click.Path(path_type=Path), help='Draw the run (.png, .pdf, .svg).')
@json_option
def simulate(
    name: str,
    pairs: tuple[str, ...],
    drive: str | None,
    starts: tuple[str, ...],
    monitors: tuple[str, ...],
    duration: float | None,
    transient: float | None,
    sample_every: int,
    dt: float | None,
    seed: int | None,
    weights: Path | None,
    save: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Run a model; save or draw the recorded run.

    Without options the model's example is run, which shows what the model is known for. --set changes single options of
    this example:

    \b
    ratezoo simulate WilsonCowan --plot wc.png
    """
    from ratezoo.models import zoo

    model: Any = zoo[name]
    replaced = check_outputs(save, plot, ('.npz', '.csv'))
    import numpy as np

    from ratezoo.simulation import over_time, simulate

    chosen = chosen_settings(model, pairs, dt, seed, weights)
    net = model(**chosen) if weights is None else model.load(weights, **chosen)
    if drive is None and model.example.start is not None:
        net.reset_state(r0=model.example.start(net))
    if starts:
        net.reset_state(r0=_read_starts(net, starts))
    if transient is None:
        transient = model.example.transient if drive is None and duration is None else 0.0
    inputs = over_time(net, duration, None if drive is None else _read_input(drive))
    names = list(monitors or net.recorded)
    run = simulate(
        net, inputs=inputs, monitors=names, transient=transient, sample_every=sample_every, progress=sys.stderr.isatty()
    )
    steps = len(run.mon['ts'])
    about = {
        'model': name,
        'settings': chosen,
        'weights': weights and str(weights),
        'dt': float(net.dt),
        'seed': chosen.get('seed'),
        'input': drive,
        'transient': transient,
        'sample_every': sample_every,
        'steps': steps,
        'version': version(),
    }
    if save is not None:
        save_run(save, {**run.mon, **_observed(net, run.mon)}, inputs, about)
    if plot is not None:
        save_figure(_figure(net, run, inputs, monitors), plot)
    last = {k: np.asarray(v)[-1].tolist() for k, v in run.mon.items() if k != 'ts'}
    if as_json:
        return echo_json({**about, 'final': last, 'save': save and str(save), 'plot': plot and str(plot)})
    click.echo(f'{name}: {counted(steps, "recorded step")} of dt = {net.dt * sample_every:g}.')
    for k, v in last.items():
        click.echo(f'  {k} at the end: {np.array2string(np.asarray(v), precision=5, threshold=20)}')
    echo_written((save, plot), replaced)


def _figure(net: Any, run: Any, inputs: 'np.ndarray', monitors: tuple[str, ...]) -> Any:
    """The picture of a run: the traces of the monitors that were asked for, or else the portrait of the model."""
    from ratezoo import analysis, plots

    if monitors:
        return plots.traces(run, list(monitors))
    return plots.portrait(net, run, inputs, analysis.portrait_data(net, run, inputs))


def _has_own_output(net: Any) -> bool:
    """Whether the output of a circuit is something else than a state."""
    from ratezoo import Circuit

    return isinstance(net, Circuit) and type(net).observable is not Circuit.observable


def _observed(net: Any, mon: Any) -> dict[str, Any]:
    """The output of a circuit that is not one of its states, such as the EEG of `JansenRit`: name → array (T, n)."""
    if not _has_own_output(net):
        return {}
    states = type(net).states
    if net.batch_size is not None or not all(s in mon for s in states):
        return {}
    import jax
    import jax.numpy as jnp

    recorded = {s: jnp.asarray(mon[s]) for s in states}
    return {net.name_of_output: jax.vmap(net.observable)(recorded if len(states) > 1 else recorded[states[0]])}


main.add_command(train)
main.add_command(compare)
main.add_command(sweep)
main.add_command(explore)
main.add_command(homework)

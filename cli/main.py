"""The command line. Imports JAX only where a command needs it, so that ``ratezoo --help`` answers at once."""

import os
import sys
from pathlib import Path

import click

from ratezoo.cli.learning import compare, train
from ratezoo.cli.parts import (
    check_outputs,
    echo_json,
    json_option,
    parameters,
    save_figure,
    save_run,
    settings,
    version,
)
from ratezoo.errors import RateZooError


class _OneSentence(click.Group):
    """Our errors as one sentence on stderr with exit status 2, like click's own."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except (RateZooError, NotImplementedError) as error:
            click.echo(f'ratezoo: {error}', err=True)
            ctx.exit(2)
        except MemoryError:
            click.echo('ratezoo: there is not enough memory for this; ask for fewer units or steps.', err=True)
            ctx.exit(2)
        except RuntimeError as error:           # XLA has an error of its own for too little memory
            if 'RESOURCE_EXHAUSTED' not in str(error):
                raise
            click.echo('ratezoo: there is not enough memory for this; ask for fewer units or steps.', err=True)
            ctx.exit(2)
        except OSError as error:
            click.echo(f'ratezoo: {error.filename or ""}: {error.strerror or error}', err=True)
            ctx.exit(2)


@click.group(cls=_OneSentence, context_settings={'help_option_names': ['-h', '--help'], 'max_content_width': 100})
@click.version_option(package_name='ratezoo')
def main():
    """Rate networks on BrainPy, and the rules that train them.

    \b
    ratezoo homework start .            get the course's homework
    ratezoo homework check rnn.py       have your solution judged
    ratezoo list                        see which models there are
    ratezoo simulate LinearRNN --plot r.png
    """
    for stream in (sys.stdout, sys.stderr):                     # a Windows console may lack Chinese or Greek
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='replace')
    os.environ.setdefault('MPLBACKEND', 'Agg')


# ---- models ----------------------------------------------------------------------------------------------------------

@main.command('list')
@json_option
def list_models(as_json):
    """The models of the zoo."""
    from ratezoo.models import zoo
    entries = zoo.entries.values()
    if as_json:
        return echo_json([dict(name=e.name, category=e.category, summary=e.summary, reference=e.reference)
                          for e in entries])
    formatter = click.HelpFormatter(width=100)
    for category in dict.fromkeys(e.category for e in entries):
        with formatter.section(category):
            formatter.write_dl([(e.name, e.summary) for e in entries if e.category == category])
    click.echo(formatter.getvalue().rstrip())


@main.command()
@click.argument('name')
@json_option
def info(name, as_json):
    """What a model is: equations, parameters with defaults, reference."""
    from ratezoo.models import zoo
    entry = zoo.entry(name)
    import inspect

    from ratezoo.learning import rules
    model = zoo[name]
    net = model()
    if as_json:
        return echo_json({
            'name': name, 'category': entry.category, 'summary': entry.summary, 'reference': entry.reference,
            'options': {k: None if v is inspect.Parameter.empty else v for k, v in parameters(model).items()},
            'params': list(net.params), 'states': list(net.states), 'doc': inspect.getdoc(model)})
    click.echo(f'{name} ({entry.category}): {entry.summary}\n')
    click.echo(inspect.getdoc(model))
    trainable = net.params if model.differentiable else ()
    click.echo(f'\nStates: {", ".join(net.states)}. Trainable: {", ".join(trainable) or "nothing"}.')
    for kind in dict.fromkeys(rule.learns for rule in rules.values()):
        can = [k for k, rule in rules.items() if rule.learns == kind and all(issubclass(model, c) for c in rule.needs)]
        if can and trainable:
            click.echo(f'Rules of {kind}: {", ".join(can)}.')


def _input(text):
    """A constant, or a file (.npy, .npz, .csv) of shape (T,) or (T, n_in)."""
    import numpy as np
    try:
        return float(text)
    except ValueError:
        pass
    path = Path(text)
    try:
        if path.suffix == '.csv':
            values = np.loadtxt(path, delimiter=',', ndmin=1)
        else:
            values = np.load(path, allow_pickle=False)
            if hasattr(values, 'files'):
                names = [n for n in values.files if n == 'inputs'] or values.files
                if len(names) != 1:
                    raise ValueError(f'several arrays, {", ".join(names)}, and none is called inputs')
                values = values[names[0]]
        if values.ndim not in (1, 2) or not values.size:
            raise ValueError(f'shape {values.shape}, expected (T,) or (T, n_in)')
    except FileNotFoundError as error:
        raise click.BadParameter(f'{text!r} is neither a number nor a file.', param_hint='--input') from error
    except Exception as error:
        raise click.BadParameter(f'{text!r} can\'t be read as .npy, .npz or .csv ({error}).',
                                 param_hint='--input') from error
    return values.reshape(len(values), -1)


@main.command()
@click.argument('name')
@click.option('--set', 'pairs', multiple=True, metavar='K=V', help='An option of the model, such as --set n=3.')
@click.option('--input', 'drive', metavar='NUMBER|FILE',
              help='Constant input, or a file (.npy, .npz, .csv) of shape (T, n_in); default the model\'s example.')
@click.option('--monitor', 'monitors', multiple=True, metavar='VARIABLE', help='What to record; default the states.')
@click.option('--duration', type=click.FloatRange(min=0, min_open=True),
              help='How long to run, in the model\'s unit of time; default the model\'s example, or a file\'s length.')
@click.option('--transient', type=click.FloatRange(min=0), help='How much to leave out at the beginning.')
@click.option('--sample-every', type=click.IntRange(min=1), default=1, show_default=True,
              help='Record every k-th step only.')
@click.option('--dt', type=click.FloatRange(min=0, min_open=True), help='Time step; default BrainPy\'s, 0.1.')
@click.option('--seed', type=click.IntRange(0, 2 ** 32 - 1), help='Seed of noise and weights; default 0.')
@click.option('--save', type=click.Path(path_type=Path), help='Write the run to an .npz or a .csv file.')
@click.option('--plot', type=click.Path(path_type=Path), help='Draw the run (.png, .pdf, .svg).')
@json_option
def simulate(name, pairs, drive, monitors, duration, transient, sample_every, dt, seed, save, plot, as_json):
    """Run a model, and save or draw what was recorded.

    Without options it is the run that the model is known for; --set adds to the options of that run:

    \b
    ratezoo simulate WilsonCowan --plot wc.png
    """
    from ratezoo.models import zoo
    model = zoo[name]
    check_outputs(save, plot, ('.npz', '.csv'))
    import numpy as np

    from ratezoo.simulation import over_time, simulate
    example = model.example
    chosen = {**example.settings, **settings(model, pairs)}
    if dt is not None and 'dt' in parameters(model):
        chosen['dt'] = dt
    elif dt is not None:                        # a model that follows BrainPy's time step
        import brainpy.math as bm
        bm.set_dt(dt)
    if seed is not None or 'seed' in parameters(model):
        chosen['seed'] = chosen.get('seed', 0) if seed is None else seed
    net = model(**chosen)
    if transient is None:
        transient = example.transient if drive is None and duration is None else 0.
    inputs = None if drive is None else _input(drive)
    inputs = over_time(net, duration, inputs)
    names = list(monitors or net.recorded)
    run = simulate(net, inputs=inputs, monitors=names, transient=transient, sample_every=sample_every,
                   progress_bar=sys.stderr.isatty())
    steps = len(run.mon['ts'])
    about = {'model': name, 'settings': chosen, 'dt': float(net.dt), 'seed': chosen.get('seed'), 'input': drive,
             'transient': transient, 'sample_every': sample_every, 'steps': steps, 'version': version()}
    if save is not None:
        save_run(save, run.mon, inputs, about)
    if plot is not None:
        from ratezoo import plots
        save_figure(plots.portrait(net, run, inputs) if not monitors else plots.traces(run, names), plot)
    last = {k: np.asarray(v)[-1].tolist() for k, v in run.mon.items() if k != 'ts'}
    if as_json:
        return echo_json({**about, 'final': last, 'save': save and str(save), 'plot': plot and str(plot)})
    click.echo(f'{name}: {steps} recorded steps of dt = {net.dt * sample_every:g}.')
    for k, v in last.items():
        shown = np.array2string(np.asarray(v), precision=5, threshold=20)
        click.echo(f'  {k} at the end: {shown}')
    for path in (save, plot):
        if path is not None:
            click.echo(f'  wrote {path}')


# ---- homework --------------------------------------------------------------------------------------------------------

@main.group()
def homework():
    """The course's exercises: get them, run them, have yours judged."""


exercise_option = click.option('--exercise', default='rnn', show_default=True, help='Which exercise.')


@homework.command('list')
@json_option
def homework_list(as_json):
    """The exercises there are."""
    from ratezoo.homework.registry import exercises
    if as_json:
        return echo_json([e._asdict() for e in exercises.values()])
    for e in exercises.values():
        click.echo(f'{e.name}   {e.summary}\n      {e.summary_zh}\n      blanks: {"; ".join(e.blanks)}')


@homework.command()
@click.argument('folder', type=click.Path(file_okay=False, path_type=Path))
@exercise_option
@click.option('--force', is_flag=True, help='Overwrite what is there.')
def start(folder, exercise, force):
    """Write the hand-out, a script and a notebook, into FOLDER."""
    from ratezoo.homework.handout import start
    for path in start(exercise, folder, force):
        click.echo(f'wrote {path}')
    click.echo(f'Fill in the blanks of one of them, then: ratezoo homework check {folder / (exercise + ".py")}')


@homework.command()
@exercise_option
@click.option('--seed', default=0, show_default=True, help='Seed of the input and target.', type=click.IntRange(min=0))
@click.option('--epochs', default=10, show_default=True, type=click.IntRange(min=0))
@click.option('--output', type=click.Path(file_okay=False, path_type=Path), default='ratezoo-homework',
              show_default=True, help='Folder for the figures.')
@json_option
def run(exercise, seed, epochs, output, as_json):
    """Do what the course asks with the reference solution: train, print, draw."""
    import importlib

    from ratezoo.homework.registry import find
    reference = importlib.import_module(f'{find(exercise).package}.reference')
    result = reference.run(seed, epochs)
    output.mkdir(parents=True, exist_ok=True)
    files = {name: output / f'{name}.png' for name in ('input_target', 'before_after', 'traces', 'loss')}
    drawn = reference.figures(result)
    for name, figure in drawn.items():
        save_figure(figure, files[name])
    files = [str(files[name]) for name in drawn]
    if as_json:
        return echo_json({
            'exercise': exercise, 'seed': seed, 'dt': reference.DT, 'eta': reference.ETA, 'x': result.x.tolist(),
            'y': result.y.tolist(), 'epochs': [e._asdict() for e in result.epochs],
            'before': result.before.tolist(), 'after': result.after.tolist(),
            'r': result.monitors['r'].tolist(), 'p_w': result.monitors['p_w'].tolist(),
            'p_b': result.monitors['p_b'].tolist(), 'figures': files})
    for e in result.epochs:
        click.echo(f'epoch {e.epoch:3d}   loss {e.loss:.6f}   dw {e.dw:+.6f}   db {e.db:+.6f}   '
                   f'w {e.w:.6f}   b {e.b:.6f}')
    click.echo('Figures: ' + ', '.join(files))


@homework.command()
@click.argument('file', type=click.Path(path_type=Path))
@exercise_option
@click.option('--timeout', default=60., show_default=True, type=click.FloatRange(min=1),
              help='Seconds that your code may take.')
@json_option
@click.pass_context
def check(ctx, file, exercise, timeout, as_json):
    """Judge FILE, your script or notebook, part by part.

    Exit status 0: passed; 1: not passed; 2: the file can't be judged.
    """
    import importlib

    from ratezoo.homework.registry import find
    judge = importlib.import_module(f'{find(exercise).package}.judge')
    report = judge.check(file, timeout)
    if as_json:
        echo_json(report)
    else:
        _show(report)
    ctx.exit(0 if report['passed'] else 1)


def _show(report):
    colours = {'exact': 'green', 'consistent': 'yellow', 'wrong': 'red'}
    for part in report['parts']:
        error = '' if part['relative_error'] is None else f'   relative error {part["relative_error"]:.2g}'
        click.echo(f'{part["name"]:4s} ' + click.style(f'{part["verdict"]:10s}', colours[part['verdict']]) + error)
        for line in (part['hint'] or '').split(' / '):
            if line:
                click.echo(f'       {line}')
    for remark in report['remarks']:
        click.echo('remark')
        for line in remark.split(' / '):
            click.echo(f'       {line}')
    click.echo(click.style('passed / 通过', 'green', bold=True) if report['passed']
               else click.style('not passed / 未通过', 'red', bold=True))


main.add_command(train)
main.add_command(compare)

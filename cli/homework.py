"""`ratezoo homework`: the commands know an exercise only as an `Exercise`."""

import shutil
from pathlib import Path

import click

from ratezoo.cli.parts import echo_json, json_option, save_figure, wrapped
from ratezoo.errors import HomeworkError
from ratezoo.homework import exercises


class _FirstExercise(click.Option):
    """An option whose default is the first exercise. The folders are looked at when the default is needed."""

    def get_default(self, ctx, call=True):
        return next(iter(exercises), None)


exercise_option = click.option('--exercise', cls=_FirstExercise, show_default=True, help='Which exercise.')


@click.group()
def homework():
    """The course's exercises: get them, run them, have yours judged."""


@homework.command('list')
@json_option
def list_exercises(as_json):
    """The exercises there are."""
    if as_json:
        return echo_json(
            [dict(name=e.name, summary=e.summary, summary_zh=e.summary_zh, blanks=e.blanks) for e in exercises.values()]
        )
    width = max(map(len, exercises), default=0)
    for e in exercises.values():
        click.echo(f'{e.name:{width}s}   {e.summary}')
        click.echo(f'{"":{width}s}   {e.summary_zh}')
        click.echo(f'{"":{width}s}   blanks: {"; ".join(e.blanks)}')


@homework.command()
@click.argument('folder', type=click.Path(file_okay=False, path_type=Path))
@exercise_option
@click.option('--force', is_flag=True, help='Overwrite what is there.')
def start(folder, exercise, force):
    """Write the hand-out, a script and a notebook, into FOLDER."""
    written = exercises[exercise].start(folder, force)
    for path in written:
        click.echo(f'wrote {path}')
    which = '' if exercise == next(iter(exercises)) else f' --exercise {exercise}'
    click.echo(f'Fill in the blanks of one of them, then: ratezoo homework check {written[0]}{which}')


@homework.command()
@exercise_option
@click.option('--seed', default=0, show_default=True, help='Seed of the input and target.', type=click.IntRange(min=0))
@click.option('--epochs', default=10, show_default=True, type=click.IntRange(min=0))
@click.option(
    '--output',
    type=click.Path(file_okay=False, path_type=Path),
    default='ratezoo-homework',
    show_default=True,
    help='Folder for the figures.',
)
@json_option
def run(exercise, seed, epochs, output, as_json):
    """Do what the course asks with the reference solution: train, print, draw."""
    chosen = exercises[exercise]
    result = chosen.run(seed, epochs)
    output.mkdir(parents=True, exist_ok=True)
    files = []
    for name, figure in chosen.figures(result).items():
        files.append(str(output / f'{name}.png'))
        save_figure(figure, Path(files[-1]))
    if as_json:
        return echo_json({'exercise': exercise, 'seed': seed, **chosen.as_dict(result), 'figures': files})
    table = chosen.table(result)
    if table:
        click.echo(table)
    click.echo('Figures: ' + ', '.join(files))


@homework.command()
@click.argument('file', type=click.Path(path_type=Path))
@exercise_option
@click.option(
    '--timeout', default=60.0, show_default=True, type=click.FloatRange(min=1), help='Seconds that your code may take.'
)
@json_option
@click.pass_context
def check(ctx, file, exercise, timeout, as_json):
    """Judge FILE, your script or notebook, part by part.

    Exit status 0: passed; 1: not passed; 2: the file can't be judged.
    """
    try:
        report = exercises[exercise].check(file, timeout)
    except HomeworkError as error:
        if as_json:
            echo_json({'exercise': exercise, 'passed': None, 'error': str(error)})
        raise
    if as_json:
        echo_json(report)
    else:
        _show(report)
    ctx.exit(0 if report['passed'] else 1)


def _show(report):
    columns = min(100, shutil.get_terminal_size((80, 24)).columns)
    colours = {'exact': 'green', 'consistent': 'yellow', 'wrong': 'red', 'open': 'cyan'}
    width = max([4, *(len(part['name']) for part in report['parts'])])
    for part in report['parts']:
        error = '' if part['relative_error'] is None else f'   relative error {part["relative_error"]:.2g}'
        verdict = click.style(f'{part["verdict"]:10s}', colours[part['verdict']])
        click.echo(f'{part["name"]:{width}s} {verdict}{error}')
        _show_words(part['hint'] or '', columns)
    for remark in report['remarks']:
        click.echo('remark / 说明')
        _show_words(remark, columns)
    click.echo(
        click.style('passed / 通过', 'green', bold=True)
        if report['passed']
        else click.style('not passed / 未通过', 'red', bold=True)
    )


def _show_words(text, columns):
    """A text 'English / Chinese': each language begins a line."""
    for language in filter(None, text.split(' / ')):
        for line in wrapped(language, columns, ' ' * 7):
            click.echo(line)

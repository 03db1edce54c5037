"""`ratezoo homework`: the commands know an exercise only as an `Exercise`."""

import difflib
import shutil
from pathlib import Path

import click

from ratezoo.cli.parts import WHOLE, echo_json, json_option, save_figure, wrapped
from ratezoo.cli.remedies import Group
from ratezoo.errors import HomeworkError
from ratezoo.homework import exercises


class _FirstExercise(click.Option):
    """An option whose default is the first exercise. The folders are looked at when the default is needed."""

    def get_default(self, ctx, call=True):
        return next(iter(exercises), None)


class _Place(click.Path):
    """A file or folder that must be named; ``example`` is a command that names it."""

    def __init__(self, example, **options):
        super().__init__(**options)
        self.example = example

    def get_missing_message(self, param, ctx=None):
        """What click adds to "Missing argument"."""
        return f'Write for example: {self.example}'


exercise_option = click.option('--exercise', cls=_FirstExercise, show_default=True, help='Which exercise.')


@click.group(cls=Group)
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
@click.argument('folder', type=_Place('ratezoo homework start hw', file_okay=False, path_type=Path))
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
@click.option('--seed', default=0, show_default=True, help='Seed of the input and target.', type=WHOLE)
@click.option(
    '--epochs', type=WHOLE, help='Passes through the data, for exercises that train.  [default: that of the exercise]'
)
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
@click.argument('file', type=_Place('ratezoo homework check hw/rnn.py', path_type=Path))
@exercise_option
@click.option(
    '--timeout', default=60.0, show_default=True, type=click.FloatRange(min=1), help='Seconds that your code may take.'
)
@json_option
@click.pass_context
def check(ctx, file, exercise, timeout, as_json):
    """Judge FILE, your script or notebook, part by part.

    FILE may also be the folder with your script or notebook, if you have worked on one of them alone.

    Exit status 0: passed; 1: not passed; 2: the file can't be judged.
    """
    try:
        report = exercises[exercise].check(_the_file(file, exercises[exercise]), timeout)
    except HomeworkError as error:
        if as_json:
            echo_json({'exercise': exercise, 'passed': None, 'error': str(error)})
        raise
    if as_json:
        echo_json(report)
    else:
        _show(report)
    ctx.exit(0 if report['passed'] else 1)


def _the_file(path, exercise):
    """The file to judge: ``path``, or the only file of a folder that is not as the hand-out was.

    Raises `HomeworkError` if the path leads to no such file.
    """
    if not path.is_dir():
        if not path.exists() and path.parent.is_dir():
            there = sorted(p.name for p in path.parent.iterdir() if p.suffix in ('.py', '.ipynb'))
            similar = difflib.get_close_matches(path.name, there, 1)
            if similar:
                raise HomeworkError(
                    f'{path}: there is no such file. Did you mean {path.parent / similar[0]}? / '
                    f'没有这个文件。是否指 {path.parent / similar[0]}？'
                )
        if path.exists() and path.suffix not in ('.py', '.ipynb'):
            raise HomeworkError(
                f'{path}: expected a script (.py) or a notebook (.ipynb). / 需要脚本（.py）或 notebook（.ipynb）。'
            )
        return path
    files = sorted(p for p in path.iterdir() if p.suffix in ('.py', '.ipynb'))
    files = [p for p in files if p.stem == exercise.name] or files
    touched = [p for p in files if not exercise.is_as_handed_out(p)]
    if len(touched) == 1:
        return touched[0]
    if not files:
        raise HomeworkError(
            f'{path}: the folder holds no script and no notebook. / 这个文件夹里没有脚本，也没有 notebook。'
        )
    raise HomeworkError(
        f'{path} is a folder with {", ".join(p.name for p in files)}. Name the file that you have filled in: '
        f'ratezoo homework check {files[0]} / '
        f'{path} 是文件夹。请写出你填写的那个文件：ratezoo homework check {files[0]}'
    )


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

"""`ratezoo homework`: the commands know an exercise only as an `Exercise`."""

import difflib
import functools
import shutil
import sys
import time
from pathlib import Path

import click

from ratezoo.cli.parts import WHOLE, check_outputs, echo_json, json_option, save_figure
from ratezoo.cli.remedies import Group
from ratezoo.errors import HomeworkError
from ratezoo.files import atomic_write
from ratezoo.homework import exercises, progress, report
from ratezoo.homework.sandbox import SUFFIXES
from ratezoo.homework.words import both, wrapped

_SECONDS_BETWEEN_LOOKS = 0.5  # of check --watch
_STATES = {
    'passed': (both('passed', '已通过'), 'green'),
    'changed': (both('changed since it passed', '通过之后有改动'), 'yellow'),
    'tried': (both('tried', '做过'), 'yellow'),
    'untouched': (both('untouched', '还没动'), 'cyan'),
    'not started': (both('not started', '未开始'), 'white'),
}


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
language_option = click.option(
    '--lang',
    'language',
    type=click.Choice(['en', 'zh', 'both']),
    envvar='RATEZOO_LANG',
    help='The language of what is said.  [default: that of the computer]',
)


def _language(asked):
    """The language that is asked for, or that of the computer; English where the terminal has no Chinese characters."""
    language = asked or report.guessed_language()
    try:
        '通过'.encode(sys.stdout.encoding or 'utf-8')
    except (UnicodeEncodeError, LookupError):
        return 'en'
    return language


def _columns():
    return min(100, shutil.get_terminal_size((80, 24)).columns)


def _in_one_language(command):
    """The command with ``language`` chosen, and with its `HomeworkError` in this language."""

    @functools.wraps(command)
    def run(*args, language, **kwargs):
        group = click.get_current_context().parent
        language = _language(language or (group.params.get('language') if group is not None else None))
        try:
            return command(*args, language=language, **kwargs)
        except HomeworkError as error:
            raise HomeworkError(report.in_words(str(error), language)) from error

    return run


@click.group(cls=Group, invoke_without_command=True)
@language_option
@click.pass_context
def homework(ctx, language):
    """The course's exercises: get them, run them, have yours judged. Alone: where you stand, and what to type next."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_exercises, folder=Path(), language=language, as_json=False)


@homework.command('list')
@click.argument('folder', type=click.Path(file_okay=False, exists=True, path_type=Path), default='.')
@language_option
@json_option
@_in_one_language
def list_exercises(folder, language, as_json):
    """The exercises, and how far you are with each in FOLDER (and in the folders in it)."""
    standings = progress.standings(folder, exercises.values())
    if as_json:
        return echo_json(
            [
                {
                    **{k: getattr(s.exercise, k) for k in ('name', 'summary', 'summary_zh', 'blanks')},
                    'state': s.state,
                    'file': None if s.file is None else str(s.file),
                    'parts': s.parts,
                }
                for s in standings
            ]
        )
    width = max(map(len, exercises), default=0)
    for s in standings:
        text, colour = _STATES[s.state]
        parts = f' ({s.parts[0]}/{s.parts[1]})' if s.parts and s.state == 'tried' else ''
        where = f'   {s.file}' if s.file is not None else ''
        click.echo(f'{s.exercise.name:{width}s}   {click.style(report.in_words(text, language), colour)}{parts}{where}')
        summaries = {'en': [s.exercise.summary], 'zh': [s.exercise.summary_zh]}
        for summary in summaries.get(language, [s.exercise.summary, s.exercise.summary_zh]):
            for line in wrapped(summary, _columns(), ' ' * (width + 3)):
                click.echo(line)
    _say_what_is_next(standings, folder, language)


def _say_what_is_next(standings, folder, language):
    """The command for the first exercise that has not passed."""
    begun = next((s for s in standings if s.state in ('tried', 'changed', 'untouched')), None)
    ahead = begun or next((s for s in standings if s.state != 'passed'), None)
    if ahead is None:
        click.echo('\n' + report.in_words(both('You have passed all exercises.', '你已通过所有练习。'), language))
        return
    name = ahead.exercise.name
    if ahead.file is None:
        first = name == next(iter(exercises))
        command = f'ratezoo homework start {folder / "hw"}' + ('' if first else f' --exercise {name}')
        words = both('Next', '下一步')
    else:
        command = f'ratezoo homework check {ahead.file}'
        words = both(f'Next: work on {ahead.file}, then', f'下一步：完成 {ahead.file}，然后输入')
    click.echo(f'\n{report.in_words(words, language)}: {command}')


@homework.command()
@click.argument('folder', type=_Place('ratezoo homework start hw', file_okay=False, path_type=Path))
@exercise_option
@click.option('--force', is_flag=True, help='Overwrite what is there.')
@language_option
@_in_one_language
def start(folder, exercise, force, language):
    """Write the hand-out, a script and a notebook, into FOLDER."""
    written = exercises[exercise].start(folder, force)
    for path in written:
        _say_written(path, language)
    words = both('Fill in the blanks of one of them, then', '请填写其中一个文件的空，然后输入')
    click.echo(f'{report.in_words(words, language)}: ratezoo homework check {written[0]}')


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
@click.option('--exercise', help='Which exercise.  [default: told from the code]')
@click.option(
    '--timeout', default=60.0, show_default=True, type=click.FloatRange(min=1), help='Seconds that your code may take.'
)
@click.option('--plot', type=click.Path(dir_okay=False, path_type=Path), help='Draw your numbers and the right ones.')
@click.option('--watch', is_flag=True, help='Check again each time the file is saved; Ctrl-C ends it.')
@language_option
@json_option
@click.pass_context
@_in_one_language
def check(ctx, file, exercise, timeout, plot, watch, language, as_json):
    """Judge FILE, your script or notebook, part by part.

    FILE may also be the folder with your script or notebook, if you have worked on one of them alone.

    Exit status 0: passed; 1: not passed; 2: the file can't be judged.
    """
    if watch and as_json:
        raise click.UsageError('--watch prints for people, and --json once for a program: leave one of them out.', ctx)
    check_outputs(None, plot)
    if watch:
        return _watch(file, exercise, timeout, plot, language)
    try:
        judged = _judge(file, exercise, timeout)
    except HomeworkError as error:
        if as_json:
            echo_json({'exercise': exercise, 'passed': None, 'error': str(error)})
        raise
    if as_json:
        echo_json(judged)
    else:
        _show(judged, language)
    _draw(judged, plot, None if as_json else language)
    ctx.exit(0 if judged['passed'] else 1)


def _judge(path, name, timeout):
    """The report on a file; it is kept beside the file."""
    file = _the_file(path, name)
    chosen = report.chosen_exercise(file, name)
    judged = chosen.check(file, timeout)
    progress.record(file, judged)
    return judged


def _draw(judged, path, language):
    """Draw the numbers of a report, if a path is given, and say so, if a language is given."""
    if path is None:
        return
    if not judged['curves']:
        words = both('There is nothing to draw: no part gave numbers.', '没有可画的：没有任何部分给出数值。')
        click.echo(report.in_words(words, language or 'en'), err=True)
        return
    from ratezoo import plots

    save_figure(plots.differences(judged['curves']), path)
    if language is not None:
        _say_written(path, language)


def _say_written(path, language):
    if path is not None:
        click.echo(report.in_words(both(f'wrote {path}', f'已写入 {path}'), language))


def _show(judged, language):
    for line in report.lines(judged, language, _columns(), lambda text, colour: click.style(text, colour)):
        click.echo(line)


def _watch(file, exercise, timeout, plot, language):
    """Judge a file each time it changes, until Ctrl-C."""
    seen: object = ()  # no state of a file, so that the first look is at a change
    try:
        while True:
            now = _state_of(file)
            if now == seen:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                continue
            seen = now
            click.echo(f'\n== {file}, {time.strftime("%H:%M:%S")}')
            try:
                judged = _judge(file, exercise, timeout)
                _show(judged, language)
                _draw(judged, plot, language)
            except HomeworkError as error:
                click.echo(report.in_words(str(error), language))
            words = both('Save the file to check again; Ctrl-C ends.', '保存文件后会再次检查；按 Ctrl-C 结束。')
            click.echo(report.in_words(words, language))
    except KeyboardInterrupt:
        click.echo()


def _state_of(path):
    """What changes when a file, or a file of a folder, is saved."""
    try:
        files = sorted(p for p in path.iterdir() if p.suffix in SUFFIXES) if path.is_dir() else [path]
        return [(f, f.stat().st_mtime_ns, f.stat().st_size) for f in files]
    except OSError:
        return None  # just being saved, or not there


def _the_file(path, name):
    """The file to judge: ``path``, or the only file of a folder that is not as the hand-out was.

    Raises `HomeworkError` if the path leads to no such file.
    """
    if not path.is_dir():
        if not path.exists() and path.parent.is_dir():
            there = sorted(p.name for p in path.parent.iterdir() if p.suffix in SUFFIXES)
            similar = difflib.get_close_matches(path.name, there, 1)
            if similar:
                raise HomeworkError(
                    f'{path}: there is no such file. Did you mean {path.parent / similar[0]}? / '
                    f'没有这个文件。是否指 {path.parent / similar[0]}？'
                )
        if path.exists() and path.suffix not in SUFFIXES:
            raise HomeworkError(
                f'{path}: expected a script (.py) or a notebook (.ipynb). / 需要脚本（.py）或 notebook（.ipynb）。'
            )
        return path
    files = sorted(p for p in path.iterdir() if p.suffix in SUFFIXES)
    files = [p for p in files if p.stem == name] or files
    touched = [p for p in files if not any(e.is_as_handed_out(p) for e in exercises.values() if e.name in p.stem)]
    if len(touched) == 1:
        return touched[0]
    if not files:
        raise HomeworkError(
            f'{path}: the folder holds no script and no notebook. / 这个文件夹里没有脚本，也没有 notebook。'
        )
    shown = [p.name for p in (touched or files)][:4] + ['…'] * (len(touched or files) > 4)
    example = (touched or files)[0]
    raise HomeworkError(
        f'{path}: the folder holds {", ".join(shown)}. Name the file that you have filled in: '
        f'ratezoo homework check {example} / '
        f'文件夹里有 {"、".join(shown)}。请写出你填写的那个文件：ratezoo homework check {example}'
    )


@homework.command('check-all')
@click.argument('folder', type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option('--csv', 'table', type=click.Path(dir_okay=False, path_type=Path), help='Write the marks as a table.')
@click.option('--html', 'page', type=click.Path(dir_okay=False, path_type=Path), help='Write the marks as a page.')
@click.option('--exercise', help='All files answer this exercise.  [default: told from the code of each]')
@click.option('--jobs', type=click.IntRange(min=1), help='How many at the same time.  [default: as many as cores]')
@click.option(
    '--timeout', default=60.0, show_default=True, type=click.FloatRange(min=1), help='Seconds for each submission.'
)
@click.option(
    '--points',
    'points_file',
    type=click.Path(dir_okay=False, path_type=Path),
    help='A table with the points for each part. If there is no such file, the default table is written there.',
)
@language_option
@_in_one_language
def check_all(folder, table, page, exercise, jobs, timeout, points_file, language):
    """Judge all scripts and notebooks in FOLDER, and in the folder of each student.

    Exit status 0: all were looked at, whatever their marks are.
    """
    from tqdm import tqdm

    from ratezoo.homework import marks

    given_points = marks.read_points(points_file) if points_file is not None and points_file.exists() else None
    found = marks.submissions(folder, exercises, exercise)
    with tqdm(total=len(found), disable=None, leave=False, unit='submission') as bar:
        given = marks.marks(found, timeout, jobs, lambda mark: bar.update())
    points = marks.default_points(given) | (given_points or {})
    not_listed = [] if given_points is None else [part for part in points if part not in given_points]
    pairs = marks.similar(found)
    texts = {table: marks.table(given, points, language), page: marks.page(given, points, pairs, str(folder), language)}
    if points_file is not None and given_points is None and points:
        texts[points_file] = marks.points_table(points)
    for path, text in texts.items():
        if path is not None:
            with atomic_write(path) as file:  # a table of Chinese words opens in Excel only with this mark
                file.write(text.encode('utf-8-sig' if path.suffix == '.csv' else 'utf-8'))
    width = max(len(m.submission) for m in given)
    for mark in given:
        right = sum(p['verdict'] in ('exact', 'consistent') for p in mark.parts)
        state = report.in_words(both(*marks.WORDS[mark.status]), language)
        counted = f'{right}/{len(mark.parts)}' if mark.parts else '-/-'
        of = report.in_words(both(f'{counted} parts', f'{counted} 部分'), language)
        given_points = marks.points_of(mark, points)
        shown_points = report.in_words(both(f'{given_points:g} points', f'{given_points:g} 分'), language)
        click.echo(f'{mark.submission:{width}s}   {mark.exercise or "?":12s} {of}   {shown_points}   {state}')
    counts = ', '.join(
        f'{sum(m.status == s for m in given)} {report.in_words(both(*marks.WORDS[s]), language)}' for s in marks.STATES
    )
    click.echo(f'{len(given)}: {counts}')
    for a, b, ratio in pairs:
        words = both(f'similar ({ratio:.0%}), a hint and no verdict', f'相似（{ratio:.0%}），只是提示')
        click.echo(f'{report.in_words(words, language)}: {a}, {b}')
    if not_listed:
        names = ', '.join(' '.join(part) for part in not_listed)
        words = both(
            f'{points_file} does not list {names}: 1 point each for exact and consistent',
            f'{points_file} 中没有 {names}：精确和一致各得 1 分',
        )
        click.echo(report.in_words(words, language))
    for path in filter(None, texts):
        _say_written(path, language)

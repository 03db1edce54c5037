"""Functions that several commands of the command line use."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ratezoo.cli.remedies import KINDS, kind_of, unknown_name
from ratezoo.files import atomic_write
from ratezoo.registry import suggest

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

json_option = click.option('--json', 'as_json', is_flag=True, help='Print JSON, for use by other programs.')


def echo_json(value: Any) -> None:
    """Print a value as JSON; an object counts as the dict of its attributes."""
    click.echo(json.dumps(value, indent=1, default=vars))


def parameters(model: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of a constructor, name → default."""
    import inspect

    signature = inspect.signature(model)
    return {k: p.default for k, p in signature.parameters.items()}


def plain(text: str) -> str:
    """A docstring without the back-quotes that mark code in it."""
    return re.sub(r'``(.+?)``|`([^`\n]+)`', lambda m: m[1] or m[2], text, flags=re.DOTALL)


def settings(model: Callable[..., Any], pairs: Sequence[str], hint: str = '--set') -> dict[str, Any]:
    """The constructor's arguments from texts ``k=v``; a value is JSON (a number, a list, …), or else a text.

    ``hint`` is the option that an error message names.
    """
    settings: dict[str, Any] = {}
    known = parameters(model)
    reserved = () if hint == '--task-set' else ('mode', 'name')  # BrainPy's arguments of every model
    for pair in pairs:
        key, equals, text = pair.partition('=')
        if not equals:
            name, value = re.fullmatch(r'(\w*)\W*(.*)', pair, re.DOTALL).groups()  # type: ignore[union-attr]
            raise click.BadParameter(f'{pair!r}: expected k=v, such as {hint} {name}={value or "…"}', param_hint=hint)
        if key not in known or key in reserved:
            names = [k for k in known if k not in reserved]
            raise click.BadParameter(
                f'{model.__name__} has no option {key!r}.{suggest(key, names)} It has: {", ".join(names)}.',
                param_hint=hint,
            )
        second = re.search(r'[,;]\s*(\w+)=(.*)', text)
        if second and second[1] in known:
            first = text[: second.start()]
            raise click.BadParameter(
                f'{pair!r}: write {hint} for each setting: {hint} {key}={first} {hint} {second[1]}={second[2]}',
                param_hint=hint,
            )
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            is_infinite = isinstance(known[key], float) and text in ('inf', 'math.inf')
            value = math.inf if is_infinite else text
        if isinstance(known[key], float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if abs(value) < 1e300 else float('inf')  # float() of a larger int raises
        settings[key] = value
    return settings


def chosen_settings(
    model: Any, pairs: tuple[str, ...], dt: float | None, seed: int | None, weights: Path | None
) -> dict[str, Any]:
    """The constructor's arguments: those of the model's example, then --set, --dt and --seed.

    A file of weights holds the other arguments; then those of the example are not used.
    """
    chosen = {**(model.example.settings if weights is None else {}), **settings(model, pairs)}
    if dt is not None and 'dt' in parameters(model):
        chosen['dt'] = dt
    elif dt is not None:
        import brainpy.math as bm

        bm.set_dt(dt)  # a model without the argument dt uses BrainPy's time step
    if seed is not None or (weights is None and 'seed' in parameters(model)):
        chosen['seed'] = chosen.get('seed', 0) if seed is None else seed
    return chosen


def check_outputs(save: Path | None, plot: Path | None, suffixes: Sequence[str] = ('.npz',)) -> set[Path]:
    """The output files that exist already, for `echo_written`.

    Raises before a command runs if its output files can't be written: an unknown suffix, or a missing folder.
    """
    for path in (save, plot):
        if path is not None and not path.parent.is_dir():
            raise click.BadParameter(f'the folder {path.parent} does not exist.', param_hint='--save/--plot')
    if save is not None and save.suffix not in suffixes:
        raise click.BadParameter(
            f'{save.name}: expected a name that ends in {" or ".join(suffixes)}.', param_hint='--save'
        )
    import matplotlib.figure

    if plot is not None and plot.suffix.lstrip('.') not in matplotlib.figure.Figure().canvas.get_supported_filetypes():
        raise click.BadParameter(f'{plot.name}: expected the name of a picture, such as run.png.', param_hint='--plot')
    return {path for path in (save, plot) if path is not None and path.exists()}


def echo_written(paths: Sequence[Path | None], replaced: set[Path]) -> None:
    """Say which files a command has written, and which of them were there before."""
    for path in paths:
        if path is not None:
            click.echo(f'  wrote {path}{" in place of the file of this name" if path in replaced else ""}')


class Name(click.ParamType):
    """An argument that names a model, a rule or a task (``kinds``). The shell completes it."""

    name = 'name'

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself; an unknown one is refused before anything slow is imported."""
        message = unknown_name(value, self.kinds, ctx.meta.get('words', ()) if ctx else ())
        if message:
            self.fail(message, param, ctx)
        return value

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What click adds to "Missing argument"."""
        return f'`ratezoo list {self.kinds[0]}s` shows the names.'

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The known names that begin like the incomplete one, without regard to case."""
        from click.shell_completion import CompletionItem

        names = [name for kind in self.kinds for name in KINDS[kind]]
        return [CompletionItem(n) for n in names if n.lower().startswith(incomplete.lower())]


class Kind(click.Choice):
    """'models', 'rules' or 'tasks'; 'model' counts as 'models'."""

    def __init__(self) -> None:
        super().__init__([f'{kind}s' for kind in KINDS])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The kind; for the name of a model, a rule or a task the command that tells of it."""
        if kind_of(value) is not None:
            self.fail(f'{value} is a {kind_of(value)}. Did you mean: ratezoo info {value}', param, ctx)
        return super().convert(f'{value}s' if value in KINDS else value, param, ctx)


class Names(Name):
    """Several such names, with commas between them: a tuple."""

    name = 'name,name,…'

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The names, in their order."""
        names = [name.strip() for name in value.split(',')] if isinstance(value, str) else value
        return tuple(super(Names, self).convert(name, param, ctx) for name in names if name)


MODEL = Name('model')
RULE = Name('rule')
RULES = Names('rule')
TASK = Name('task')
_WITH_UNIT = re.compile(r'([-+]?[\d.]+(?:e[-+]?\d+)?)\s*([a-zµ]+)', re.IGNORECASE)


class _FiniteRange(click.FloatRange):
    """A range of numbers without NaN and infinity, which `click.FloatRange` lets pass, and without units."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        with_unit = _WITH_UNIT.fullmatch(str(value))
        if with_unit:
            number, unit = with_unit.groups()
            flag = param.opts[0] if param is not None else ''
            remedy = f'Write {flag} {number}.' if unit == 'ms' else f'Write {flag} and a number.'
            self.fail(
                f"expected a number without a unit, got {value!r}. {remedy} Times are in the model's unit of time; "
                '`ratezoo info NAME` names it.',
                param,
                ctx,
            )
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter as error:
            if 'not in the range' in error.message:
                raise
            self.fail(f'expected a number such as 1000 or 0.1, got {value!r}.', param, ctx)
        if not math.isfinite(number):
            self.fail(f'expected a finite number, got {value}.', param, ctx)
        return number


class WholeRange(click.IntRange):
    """A range of whole numbers, with an error message in plain words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            if 'not in the range' in error.message:
                raise
            self.fail(f'expected a whole number such as 100, got {value!r}.', param, ctx)


POSITIVE = _FiniteRange(min=0, min_open=True)
NOT_NEGATIVE = _FiniteRange(min=0)
COUNT = WholeRange(min=1)
WHOLE = WholeRange(min=0)
SEED = WholeRange(0, 2**32 - 1)


def counted(count: int, noun: str) -> str:
    """'1 epoch', '2 epochs'."""
    return f'{count} {noun}{"" if count == 1 else "s"}'


def version() -> str:
    """The version of ratezoo."""
    from importlib.metadata import version

    return version('ratezoo')


def save_run(path: Path, mon: Mapping[str, Any], inputs: 'np.ndarray', about: dict[str, Any]) -> None:
    """Write a recorded run.

    An .npz file also gets the inputs, and ``about`` as JSON. A .csv file has ``about`` as its first line.
    """
    import numpy as np

    with atomic_write(path) as file:
        if path.suffix == '.npz':
            np.savez(file, about=json.dumps(about), inputs=inputs, **mon)
            return
        columns, names = [np.asarray(mon['ts'])], ['t']
        for k, v in mon.items():
            if k != 'ts':
                v = np.asarray(v).reshape(len(v), -1)
                columns.extend(v.T)
                names += [f'{k}[{i}]' for i in range(v.shape[1])]
        header = f'# {json.dumps(about)}\n{",".join(names)}'
        np.savetxt(file, np.stack(columns, 1), fmt='%.10g', delimiter=',', header=header, comments='')


weights_option = click.option(
    '--weights',
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Use the parameters and settings in this file, which `train --save` or net.save wrote.',
)


def save_figure(figure: 'Figure', path: Path) -> None:
    """Write a figure in the format of the file's suffix, and close it."""
    import matplotlib.pyplot as plt

    with atomic_write(path) as file:
        figure.savefig(file, format=path.suffix.lstrip('.'), dpi=150)
    plt.close(figure)

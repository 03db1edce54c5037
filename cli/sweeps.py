"""The command `ratezoo sweep`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ratezoo.cli.parts import (
    MODEL,
    NOT_NEGATIVE,
    POSITIVE,
    SEED,
    check_outputs,
    chosen_settings,
    counted,
    echo_json,
    echo_written,
    json_option,
    save_figure,
    version,
)
from ratezoo.cli.remedies import Command

if TYPE_CHECKING:
    from ratezoo.types import ArrayLike

_MOST_ROWS = 60  # a longer table is not printed


@click.command(cls=Command)
@click.argument('name', type=MODEL)
@click.option(
    '--over',
    'grid',
    multiple=True,
    metavar='K=LOW:HIGH:COUNT|K=V,V,…',
    help='A constant and its values: P=0:2:41 are 41 values from 0 to 2, P=0,0.5,2 are these three. The constant x is '
    'added to the input. Write the option again for a second constant: every combination is run.',
)
@click.option(
    '--measure',
    type=click.Choice(['mean', 'std', 'min', 'max', 'final']),
    default='mean',
    show_default=True,
    help='What to compute from each run: the mean over time, the standard deviation, the smallest or the largest '
    'value, or the value at the end.',
)
@click.option('--of', metavar='STATE', help='Measure this state. Default: the output.')
@click.option('--set', 'pairs', multiple=True, metavar='K=V', help='An option of the model that is not swept.')
@click.option('--input', 'drive', type=float, help="Constant input. Default: the input of the model's example.")
@click.option('--duration', type=POSITIVE, help="How long to measure, in the model's unit of time.")
@click.option('--transient', type=NOT_NEGATIVE, help='How long to run before that.')
@click.option('--dt', type=POSITIVE, help="Time step. Default: BrainPy's, 0.1.")
@click.option('--seed', type=SEED, help='Seed of the noise and of the weights. Default: 0.')
@click.option('--save', type=click.Path(path_type=Path), help='Write the values of the grid and the measure (.npz).')
@click.option(
    '--plot',
    type=click.Path(path_type=Path),
    help='Draw the measure: a curve over one constant, colours over two (.png, .pdf, .svg).',
)
@json_option
def sweep(
    name: str,
    grid: tuple[str, ...],
    measure: str,
    of: str | None,
    pairs: tuple[str, ...],
    drive: float | None,
    duration: float | None,
    transient: float | None,
    dt: float | None,
    seed: int | None,
    save: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Run a model for many values of its constants, and measure each run.

    \b
    ratezoo sweep WilsonCowan --over P=0:2:41 --measure max --plot curve.png
    ratezoo sweep WilsonCowan --over P=0:2:21 --over w_EE=10:16:21 --measure std --plot map.png
    """
    if not grid:
        raise click.UsageError('name a constant and its values, such as --over P=0:2:41')
    axes = _read_grid(grid)
    replaced = check_outputs(save, plot)
    import numpy as np

    from ratezoo.analysis import sweep
    from ratezoo.models import zoo
    from ratezoo.simulation import over_time

    model: Any = zoo[name]
    chosen = chosen_settings(model, pairs, dt, seed, None)
    net = model(**chosen)
    if transient is None:
        transient = model.example.transient if drive is None and duration is None else 0.0
    inputs = over_time(net, duration, drive)
    result = sweep(
        net,
        axes,
        measure=measure,
        of=of,
        duration=len(inputs) * float(net.dt),
        transient=transient,
        x=inputs,
        seed=chosen.get('seed', 0),
    )
    told = f'{measure} of {of or "the output"}'
    about = {'model': name, 'settings': chosen, 'measure': told, 'transient': transient, 'version': version()}
    if save is not None:
        from ratezoo.files import atomic_write

        with atomic_write(save) as file:
            np.savez(file, about=json.dumps(about), values=result.values, **result.axes)  # type: ignore[arg-type]
    if plot is not None:
        figure: Any = result.plot(ylabel=told).figure
        save_figure(figure, plot)
    if as_json:
        values = {k: v.tolist() for k, v in result.axes.items()}
        return echo_json({**about, 'axes': values, 'values': result.values.tolist()})
    runs = int(np.prod([len(v) for v in result.axes.values()]))
    click.echo(f'{name}: {told} in {counted(runs, "run")}.')
    if runs <= _MOST_ROWS:
        _show(result, runs)
    echo_written((save, plot), replaced)


def _read_grid(grid: tuple[str, ...]) -> dict[str, 'ArrayLike']:
    """The values of each constant, from texts 'P=0:2:41' or 'P=0,0.5,2'."""
    axes: dict[str, Any] = {}
    for text in grid:
        key, _, values = text.partition('=')
        try:
            if ':' in values:
                low, high, count = values.split(':')
                if not 2 <= int(count) <= 100_000:
                    raise ValueError
                step = (float(high) - float(low)) / (int(count) - 1)
                axes[key] = [float(low) + k * step for k in range(int(count))]
            else:
                axes[key] = [float(v) for v in values.strip('[]').split(',')]
        except ValueError:
            raise click.BadParameter(
                f'{text!r}: expected {key or "P"}=LOW:HIGH:COUNT such as {key or "P"}=0:2:41, or numbers with commas '
                f'between them.',
                param_hint='--over',
            ) from None
    return axes


def _show(result: Any, runs: int) -> None:
    """A line for each run: the constants, and the measure."""
    import numpy as np

    columns = [a.ravel() for a in np.meshgrid(*result.axes.values(), indexing='ij')]
    for at, value in zip(zip(*columns, strict=True), result.values.reshape(runs, -1), strict=True):
        point = ', '.join(f'{k} = {v:.5g}' for k, v in zip(result.axes, at, strict=True))
        click.echo(f'  {point}: {np.array2string(value, precision=5, threshold=8)}')

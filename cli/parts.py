"""What several commands of the command line share."""

import json

import click

from ratezoo.files import atomic_write

json_option = click.option('--json', 'as_json', is_flag=True, help='Print JSON, for machines.')


def echo_json(value):
    click.echo(json.dumps(value, indent=1, default=vars))


def parameters(model):
    import inspect
    signature = inspect.signature(model)
    return {k: p.default for k, p in signature.parameters.items()}


def settings(model, pairs, hint='--set'):
    """The constructor's arguments from ``k=v``, as numbers or JSON where they are that, else as text."""
    settings, known = {}, parameters(model)
    for pair in pairs:
        key, equals, text = pair.partition('=')
        if not equals:
            raise click.BadParameter(f'{pair!r}: expected k=v.', param_hint=hint)
        if key not in known or key in ('mode', 'name'):
            raise click.BadParameter(f'{model.__name__} has no option {key!r}. It has: '
                                     f'{", ".join(k for k in known if k not in ("mode", "name"))}.', param_hint=hint)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        if isinstance(known[key], float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if abs(value) < 1e300 else float('inf')
        settings[key] = value
    return settings


def check_outputs(save, plot, suffixes=('.npz',)):
    """Refuse file names that can't be written, before anything is run."""
    for path in (save, plot):
        if path is not None and not path.parent.is_dir():
            raise click.BadParameter(f'the folder {path.parent} does not exist.', param_hint='--save/--plot')
    if save is not None and save.suffix not in suffixes:
        raise click.BadParameter(f'{save.name}: expected a name that ends in {" or ".join(suffixes)}.',
                                 param_hint='--save')
    import matplotlib.figure
    if plot is not None and plot.suffix.lstrip('.') not in matplotlib.figure.Figure().canvas.get_supported_filetypes():
        raise click.BadParameter(f'{plot.name}: expected a picture\'s name, such as run.png.', param_hint='--plot')


def version():
    from importlib.metadata import version
    return version('ratezoo')


def save_run(path, mon, inputs, about):
    """What was recorded: an .npz with the inputs and the JSON ``about``, or a .csv whose first line is ``about``."""
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


def save_figure(figure, path):
    import matplotlib.pyplot as plt
    with atomic_write(path) as file:
        figure.savefig(file, format=path.suffix.lstrip('.'), dpi=150)
    plt.close(figure)

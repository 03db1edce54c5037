"""The checkpoint of a training run: a file from which an interrupted run continues."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ratezoo.errors import CheckpointError
from ratezoo.files import atomic_write


def save(path: str | Path, run: Mapping[str, Any], tree: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Write a checkpoint.

    Parameters
    ----------
    path : str or Path
        The file (.npz). It is replaced if it exists.
    run : dict
        The identity of the run: class, data, optimiser, …. `load` compares it.
    tree : tree of arrays
        The parameters and the state of the optimiser.
    curves : dict
        Name → list with one number for each epoch.
    """
    leaves = {f'leaf{i}': np.asarray(a) for i, a in enumerate(jax.tree_util.tree_leaves(tree))}
    with atomic_write(path) as file:
        np.savez(file, run=json.dumps(run), **leaves, **{f'curve_{k}': v for k, v in curves.items()})  # type: ignore[arg-type]


def load(path: str | Path, run: Mapping[str, Any], like: Any) -> tuple[Any, dict[str, list[float]]] | None:
    """Read what `save` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    run : dict
        The identity of the present run. It must equal the one in the file.
    like : tree of arrays
        A tree with the structure, shapes and dtypes of the one that was saved.

    Returns
    -------
    tuple or None
        The saved tree and the saved curves. None if there is no such file.

    Raises
    ------
    CheckpointError
        The folder does not exist, the file is damaged, or it belongs to another run.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise CheckpointError(
            f'fit.checkpoint: expected a file in an existing folder, but the folder {path.parent} does not exist. '
            'Create it first.'
        )
    if path.is_dir():
        raise CheckpointError(f'fit.checkpoint: expected the name of a file, such as run.npz, got the folder {path}.')
    if not path.exists():
        return None
    stored, arrays, curves = _read(path)
    leaves, treedef = jax.tree_util.tree_flatten(like)
    differs = [k for k in run if stored.get(k) != run[k]]
    if not differs and [(a.shape, str(a.dtype)) for a in arrays] != [(a.shape, str(a.dtype)) for a in leaves]:
        differs = ['optimizer or precision']
    if differs:
        raise CheckpointError(
            f'fit.checkpoint: {path.name} belongs to another run (other {", ".join(differs)}). Choose another file, or '
            'delete this one to train from the beginning.'
        )
    return jax.tree_util.tree_unflatten(treedef, [jax.numpy.asarray(a) for a in arrays]), curves


def _read(path):
    """The run's identity, the arrays and the curves in the file; `CheckpointError` if it is damaged."""
    try:
        with open(path, 'rb') as raw, np.load(raw, allow_pickle=False) as file:
            run = json.loads(str(file['run']))
            arrays = [file[f'leaf{i}'] for i in range(sum(k.startswith('leaf') for k in file.files))]
            curves = {k.removeprefix('curve_'): file[k].tolist() for k in file.files if k.startswith('curve_')}
    except Exception as error:
        raise CheckpointError(
            f'fit.checkpoint: expected a complete checkpoint, got the damaged file {path.name} '
            f'({type(error).__name__}). Delete it to train from the beginning.'
        ) from error
    return run, arrays, curves

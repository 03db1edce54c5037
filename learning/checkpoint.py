"""A training run on disk."""

import json
from pathlib import Path

import jax
import numpy as np

from ratezoo.errors import CheckpointError
from ratezoo.files import atomic_write


def save(path, run, tree, curves):
    """Write the arrays of ``tree`` and ``curves`` (name → list), and ``run``, a dict that says which run it is."""
    leaves = {f'leaf{i}': np.asarray(a) for i, a in enumerate(jax.tree_util.tree_leaves(tree))}
    with atomic_write(path) as file:
        np.savez(file, run=json.dumps(run), **leaves, **{f'curve_{k}': v for k, v in curves.items()})


def load(path, run, like):
    """Read what `save` wrote: the tree (of the structure, shapes and dtypes of ``like``) and the curves; or None.

    Raises
    ------
    CheckpointError
        The file is broken, or belongs to another run than ``run``.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise CheckpointError(f'fit.checkpoint: the folder {path.parent} does not exist. Make it first.')
    if not path.exists():
        return None
    leaves, treedef = jax.tree_util.tree_flatten(like)
    try:
        with open(path, 'rb') as raw, np.load(raw, allow_pickle=False) as file:
            stored = json.loads(str(file['run']))
            arrays = [file[f'leaf{i}'] for i in range(sum(k.startswith('leaf') for k in file.files))]
            curves = {k.removeprefix('curve_'): file[k].tolist() for k in file.files if k.startswith('curve_')}
    except Exception as error:
        raise CheckpointError(f'fit.checkpoint: {path.name} is not a whole checkpoint ({type(error).__name__}). '
                              'Delete it to start afresh.') from error
    differs = [k for k in run if stored.get(k) != run[k]]
    if not differs and [(a.shape, str(a.dtype)) for a in arrays] != [(a.shape, str(a.dtype)) for a in leaves]:
        differs = ['optimizer or precision']
    if differs:
        raise CheckpointError(f'fit.checkpoint: {path.name} belongs to another run (other {", ".join(differs)}). '
                              'Name another file, or delete it to start afresh.')
    return jax.tree_util.tree_unflatten(treedef, [jax.numpy.asarray(a) for a in arrays]), curves

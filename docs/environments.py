"""Train `RateRNN` by back-propagation through time on every environment of neurogym, and print a table.

    python -m pip install ".[neurogym]"
    python docs/environments.py                       # all; about ten minutes
    python docs/environments.py GoNogo-v0 Bandit-v0   # some

The table stands in docs/neurogym.md. ``ratezoo train RateRNN --task NeurogymTask --task-set name=GoNogo-v0`` does the
same for one environment.
"""

import argparse
import importlib.metadata
import runpy
import sys
from pathlib import Path

import jax

from ratezoo.errors import RateZooError
from ratezoo.tasks import tasks

solve = runpy.run_path(str(Path(__file__).with_name('training.py')))['solve']


def row(name):
    """The line of the table for one environment."""
    task = tasks['NeurogymTask'](name)
    try:
        score, seconds = solve(task, 0)
    except RateZooError as error:
        reason = str(error).partition(f'the environment {name!r} ')[2] or str(error)
        return f'| {name} | | | | | | refused: {reason} |'
    goal = f'{"≥" if task.higher_is_better else "≤"} {task.criterion:.2f}'
    found = f'{score:.2f} | {"solved" if task.solved(score) else "not solved"}, {seconds:.0f} s'
    return f'| {name} | {task.n_in} | {task.n_out} | {task.chance:.2f} | {goal} | {found} |'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('environments', nargs='*', metavar='ENVIRONMENT')
    chosen = parser.parse_args().environments
    from neurogym.envs.registration import ALL_EXTENDED_ENVS

    versions = ', '.join(f'{p} {importlib.metadata.version(p)}' for p in ('neurogym', 'gymnasium', 'numpy', 'jax'))
    print(f'Made with {versions}, Python {sys.version.split()[0]}.\n')
    print('| environment | inputs | outputs | chance | goal | score | result |')
    print('|---|---|---|---|---|---|---|')
    for name in chosen or sorted(ALL_EXTENDED_ENVS):
        print(row(name), flush=True)
        jax.clear_caches()


if __name__ == '__main__':
    main()

"""Execute the lectures, each in a new kernel, and print how long each of them takes.

    python docs/notebooks/run.py                          # all of them, in both languages
    python docs/notebooks/run.py zoo --language zh        # one of them
    python docs/notebooks/run.py --save executed          # also write the executed notebooks, executed/zoo.ipynb, …

Needs jupytext, nbclient and ipykernel: ``python -m pip install ".[test]"`` or ``".[notebook]"``.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).parent
SUFFIXES = {'en': '.md', 'zh': '.zh.md'}
NAMES = (
    'spikes-to-rates',
    'homework-watched',
    'fixed-points',
    'equilibrium-propagation',
    'rtrl-and-bptt',
    'zoo',
    'choosing-a-rule',
)


def read(name, language='en'):
    """The notebook of a lecture, as its source is."""
    return jupytext.read(FOLDER / (name + SUFFIXES[language]))


def execute(notebook, name):
    """Run all cells in a new kernel; returns the seconds. The outputs are then in the notebook.

    Raises RuntimeError with the name and the number of the cell that fails, or that warns.
    """
    env = {**os.environ, 'MPLBACKEND': 'module://matplotlib_inline.backend_inline'}
    began = time.perf_counter()
    error = None
    try:
        NotebookClient(notebook, timeout=300, kernel_name='python3').execute(env=env)
    except CellExecutionError as raised:
        error = raised
    seconds = time.perf_counter() - began
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get('outputs', ()):
            if output.output_type == 'error':
                raise RuntimeError(f'{name}, cell {number}: {output.ename}: {output.evalue}\n{cell.source}') from error
            if output.get('name') == 'stderr':
                raise RuntimeError(f'{name}, cell {number} writes to stderr: {output.text}\n{cell.source}')
    if error is not None:
        raise error
    return seconds


def main():
    parser = argparse.ArgumentParser(description='Execute the lectures.')
    parser.add_argument('names', nargs='*', help='which lectures; default: all')
    parser.add_argument('--language', choices=SUFFIXES, help='one language; default: both')
    parser.add_argument('--save', type=Path, metavar='FOLDER', help='write the executed notebooks into this folder')
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f'expected names out of {", ".join(NAMES)}, got {", ".join(unknown)}.')
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
    failed = False
    print(f'{"lecture":25}{"language":10}{"seconds":>8}')
    for name in arguments.names or NAMES:
        for language in [arguments.language] if arguments.language else SUFFIXES:
            notebook = read(name, language)
            try:
                told = f'{execute(notebook, name):8.1f}'
            except RuntimeError as error:
                failed, told = True, f'  failed\n{error}'
            print(f'{name:25}{language:10}{told}', flush=True)
            if arguments.save:
                nbformat.write(notebook, arguments.save / f'{name}{"" if language == "en" else ".zh"}.ipynb')
    sys.exit(failed)


if __name__ == '__main__':
    main()

"""Write an exercise's hand-out: a script, and a notebook made of the script's cells."""

import json
from pathlib import Path

from ratezoo.errors import HomeworkError
from ratezoo.files import atomic_write


def cells(script):
    """The cells of a script in percent format: (kind, text) for each ``# %%``."""
    found = []
    for part in script.split('# %%')[1:]:
        head, _, body = part.partition('\n')
        if 'markdown' in head:
            lines = [line.removeprefix('#').removeprefix(' ') for line in body.strip('\n').split('\n')]
            found.append(('markdown', '\n'.join(lines).strip('\n')))
        else:
            found.append(('code', body.strip('\n')))
    return found


def notebook(script):
    """The script as a Jupyter notebook, a dict in nbformat 4.5."""
    made = []
    for i, (kind, text) in enumerate(cells(script)):
        cell = {'cell_type': kind, 'id': f'cell{i}', 'metadata': {}, 'source': text.splitlines(keepends=True)}
        made.append(cell | ({'execution_count': None, 'outputs': []} if kind == 'code' else {}))
    kernel = {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}
    return {
        'cells': made,
        'metadata': {'kernelspec': kernel, 'language_info': {'name': 'python'}},
        'nbformat': 4,
        'nbformat_minor': 5,
    }


def write_handout(name, script, folder, force=False):
    """Write the script as ``<name>.py`` and ``<name>.ipynb`` into ``folder``; returns their paths.

    Raises
    ------
    HomeworkError
        A file of that name is there already (unless ``force``), or the folder can't be written to.
    """
    texts = {f'{name}.py': script, f'{name}.ipynb': json.dumps(notebook(script), ensure_ascii=False, indent=1)}
    folder = Path(folder)
    there = [name for name in texts if (folder / name).exists()]
    if there and not force:
        raise HomeworkError(
            f'{folder}: {" and ".join(there)} would be overwritten. Choose another folder, or pass --force. / '
            f'会覆盖 {"、".join(there)}。请换一个文件夹，或加上 --force。'
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with atomic_write(folder / name) as file:
                file.write(f'{text.rstrip()}\n'.encode())
    except OSError as error:
        raise HomeworkError(
            f'{folder}: the hand-out could not be written ({error.strerror}). / 无法写入讲义。'
        ) from error
    return [folder / name for name in texts]

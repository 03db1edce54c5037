"""The walk-through: somebody who types what it says sees what it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ratezoo.homework import exercises

PAGE = Path(__file__).parents[2] / 'docs' / 'start' / 'walk-through.md'
# What the reader writes into hw/rnn.py before the second and before the third check.
EDITS = [
    {'pw_new = ...': 'pw_new = pw + dt * ((w - 1) * pw)'},
    {
        'pw_new = pw + dt * ((w - 1) * pw)': 'pw_new = pw + dt * ((w - 1) * pw + r)',
        'dw = ...': 'dw = -eta * np.mean((r_seq - y) * pw_seq)',
        'db = ...': 'db = -eta * np.mean((r_seq - y) * pb_seq)',
    },
]


def pattern(shown):
    """A regular expression for what a page shows: … stands for anything, and the last digits of numbers may differ."""
    shown = re.sub(r'(\d\.\d\d)\d{3,}', r'\1…', shown)
    return '.*'.join(map(re.escape, shown.split('…')))


def run(command, folder, language):
    """What a command prints; both streams."""
    words = command.split()
    program = {'ratezoo': [sys.executable, '-m', 'ratezoo'], 'python': [sys.executable]}[words[0]]
    env = os.environ | {'RATEZOO_LANG': language, 'MPLBACKEND': 'Agg', 'COLUMNS': '400', 'PYTHONIOENCODING': 'utf-8'}
    done = subprocess.run(
        program + words[1:], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8'
    )
    return done.stdout


def check_errors(page, folder):
    """The two errors in Python that the page shows are the last lines of what Python prints."""
    shown = re.findall(r'^ratezoo\.errors\..*', page, re.M)
    mine = (folder / 'mine.py').read_text(encoding='utf-8')
    changes = [('net.gradient(x, y)', 'net.gradient(x[:, :5], y)'), ('Mine(8, 1, tau=tau)', 'Mine(8, 1, tau=0.01)')]
    assert len(shown) == len(changes)
    for line, (old, new) in zip(shown, changes, strict=True):
        assert old in mine
        assert new in page
        (folder / 'wrong.py').write_text(mine.replace(old, new), encoding='utf-8')
        assert run('python wrong.py', folder, 'en').splitlines()[-1] == line


@pytest.mark.slow
@pytest.mark.parametrize('language', ['en', 'zh'])
def test_every_command_prints_what_the_page_shows(language, tmp_path):
    page = PAGE.with_suffix('.md' if language == 'en' else '.zh.md').read_text(encoding='utf-8')
    (tmp_path / 'mine.py').write_text(
        re.findall(r'^```\{code-cell\} ipython3\n(?!:tags:)(.*?)^```$', page, re.M | re.S)[0], encoding='utf-8'
    )
    edits = iter([{}, *EDITS])
    sessions = re.findall(r'^```console\n\$ (.*?)\n(.*?)^```$', page, re.M | re.S)
    assert len(sessions) == 9
    for command, shown in sessions:
        if 'check' in command:
            file = tmp_path / 'hw' / 'rnn.py'
            text = file.read_text(encoding='utf-8')
            for old, new in next(edits).items():
                assert text.count(old) == 1
                text = text.replace(old, new)
            file.write_text(text, encoding='utf-8')
        printed = run(command, tmp_path, language)
        # Rich breaks long lines; words and numbers are what counts.
        assert re.search(pattern(' '.join(shown.split())), ' '.join(printed.split())), f'{command}:\n{printed}'
    for name in ('wc.png', 'wc-rest.png', 'mine.png', 'mine.npz', 'ratezoo-homework/before_after.png'):
        assert (tmp_path / name).is_file()
    assert 'loss 0.0449' in run('python hw/rnn.py', tmp_path, language)
    check_errors(page, tmp_path)


@pytest.mark.parametrize('language', ['en', 'zh'])
def test_the_lines_shown_are_those_of_the_hand_out(language):
    page = PAGE.with_suffix('.md' if language == 'en' else '.zh.md').read_text(encoding='utf-8')
    handout = exercises['rnn'].handout
    assert 'pw_new = ...' in handout.splitlines()[73]
    for line in re.search(r'^```text\n(r_new.*?)^```', page, re.M | re.S)[1].splitlines():
        assert line.partition('  #')[0] in handout

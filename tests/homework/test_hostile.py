"""Files that attack the checker or the computer: each gets its sentence, and nothing is left behind."""

import os
import re
import secrets
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
import submissions

from ratezoo.errors import HomeworkError
from ratezoo.homework import exercises, sandbox

pytestmark = pytest.mark.once  # processes and their limits; no result of the numerical stack
HOSTILE = sorted((submissions.HERE / 'hostile').glob('*.py'))
FACT = re.compile(r'^# (status|words): (.*)$', re.M)


def hostile_source(exercise, file):
    """A right solution up to its class, and then the hostile lines."""
    reference = submissions.HERE / exercise / 'right' / 'reference.py'
    class_name = exercises[exercise].class_name
    script = submissions.until_the_class(submissions.source(exercise, reference), class_name)
    return f'{script}\n\n# %%\n{file.read_text(encoding="utf-8")}'.replace('CLASS', class_name)


def tagged():
    """The processes that a student's file has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if sandbox.TAG in process.environ() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 12


@pytest.mark.slow
@pytest.mark.parametrize('file', HOSTILE, ids=lambda f: f.stem)
@pytest.mark.skipif(sys.platform == 'win32', reason='the limits of memory differ')
def test_a_hostile_file_gets_its_sentence_and_leaves_nothing_behind(file, tmp_path, monkeypatch):
    place = tmp_path / 'temporary'
    place.mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(place))
    monkeypatch.setenv('TMPDIR', str(place))  # here a file would write that has no folder of its own
    tags = []
    monkeypatch.setattr(sandbox, 'new_tag', lambda: tags.append(secrets.token_hex(8)) or tags[-1])
    facts = dict(FACT.findall(file.read_text(encoding='utf-8')))
    # Another exercise for each file, so that all exercises are tried.
    exercise = list(exercises)[HOSTILE.index(file) % len(exercises)]
    script = tmp_path / f'{exercise}.py'
    script.write_text(hostile_source(exercise, file), encoding='utf-8')
    if facts['status'] == 'passed':
        assert exercises[exercise].check(script, 30)['passed'] is True
    else:
        with pytest.raises(HomeworkError, match=facts['words']):
            exercises[exercise].check(script, 10 if file.stem == 'endless' else 60)
    assert len(tags) == 1
    assert [p for p in tagged() if p.environ().get(sandbox.TAG) in tags] == []
    assert list(place.iterdir()) == []


def test_every_process_that_was_started_is_found_by_its_tag(tmp_path):
    """Also one that has left the group and the session, and whose parent has ended."""
    code = (
        'import os, time\n'
        'if os.fork() == 0:\n'
        '    os.setsid()\n'
        '    if os.fork() == 0:\n'
        '        open("started", "w").write(str(os.getpid()))\n'
        '        time.sleep(300)\n'
        '    os._exit(0)\n'
        'os.wait()\n'
    )
    if not hasattr(os, 'fork'):
        pytest.skip('this system has no fork')
    child = psutil.Popen([sys.executable, '-c', code], cwd=tmp_path, env={**os.environ, sandbox.TAG: 'abc'})
    child.wait()
    file = Path(tmp_path, 'started')
    while not (file.exists() and file.read_text()):
        pass
    orphan = psutil.Process(int(file.read_text()))
    sandbox.end_all('other')
    assert orphan.is_running()
    sandbox.end_all('abc')
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE

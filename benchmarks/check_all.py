"""Marks for a class of 100: generated submissions over all exercises, ten of them hostile.

    python benchmarks/check_all.py [--students 100] [--jobs 2] [--keep FOLDER]

Prints how many marks are right, the time, the largest memory of all processes together, and what was left behind. The
submissions are made from the files in tests/homework: scripts and notebooks, right ones, wrong ones, hand-outs that are
not filled in, and files that attack the checker.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / 'tests' / 'homework'))

import submissions
from test_hostile import FACT, HOSTILE, hostile_source, tagged

from ratezoo.homework import exercises, marks
from ratezoo.homework.handout import notebook


def the_class(folder: Path, students: int) -> dict[str, tuple[str, str]]:
    """Write the submissions; returns student → the right status, and the part that must be wrong ('' if none)."""
    expected = {}
    names = list(exercises)
    hostile = [file for file in HOSTILE if file.stem != 'shared_memory'][: students // 10]
    for i in range(students):
        exercise = names[i % len(names)]
        right, wrong = (submissions.files(exercise, kind) for kind in ('right', 'wrong'))
        if i < len(hostile):
            facts = dict(FACT.findall(hostile[i].read_text(encoding='utf-8')))
            text, status, part = hostile_source(exercise, hostile[i]), facts['status'], ''
        elif i % 10 == 3:
            text, status, part = exercises[exercise].handout, 'not usable', ''
        elif i % 3 == 0:
            text, status, part = submissions.source(exercise, right[i // 3 % len(right)]), 'passed', ''
        else:
            file = wrong[i % len(wrong)]
            facts = submissions.facts(file)
            accepted = facts.get('verdict') == 'consistent'
            text, part = submissions.source(exercise, file), '' if accepted else facts['part']
            status = 'passed' if accepted else 'not passed'
        own = folder / f'student{i:03d}'
        own.mkdir()
        if i % 4 == 1:
            (own / f'{exercise}.ipynb').write_text(json.dumps(notebook(text)), encoding='utf-8')
        else:
            (own / f'{exercise}.py').write_text(text, encoding='utf-8')
        expected[own.name] = status, part
    return expected


class Memory(threading.Thread):
    """Looks at the memory of this process and of those that it has started, until ``stop`` is set."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.largest, self.stop = 0.0, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.2):
            used = 0
            for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
                try:
                    used += process.memory_info().rss
                except psutil.Error:
                    continue
            self.largest = max(self.largest, used / 2**30)


def main() -> None:
    """Generate, judge, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--students', type=int, default=100)
    parser.add_argument('--jobs', type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument('--timeout', type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        expected = the_class(Path(folder), options.students)
        memory = Memory()
        memory.start()
        began = time.monotonic()
        given = marks.marks(marks.submissions(Path(folder), exercises), options.timeout, options.jobs)
        took = time.monotonic() - began
        memory.stop.set()
    wrong_marks = []
    for mark in given:
        status, part = expected[Path(mark.submission).parts[0]]
        if mark.status != status or (part and [p['name'] for p in mark.parts if p['verdict'] == 'wrong'] != [part]):
            wrong_marks.append(f'{mark.submission}: {mark.status}, expected {status} {part}: {mark.words[:200]}')
    seconds = [mark.seconds for mark in given]
    print(f'{len(given)} submissions, {len(given) - len(wrong_marks)} marks right, {len(exercises)} exercises')
    print(
        f'{took:.0f} s with {options.jobs} jobs; one takes {np.median(seconds):.1f} s (median), '
        f'{max(seconds):.1f} s (most)'
    )
    print(f'memory of all processes together: at most {memory.largest:.1f} GB')
    print(f'processes left: {len(tagged())}')
    print('\n'.join(wrong_marks))


if __name__ == '__main__':
    main()

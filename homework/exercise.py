"""`Exercise`: what every exercise of the course can do. The command line and the tests use nothing else of it."""

from __future__ import annotations

import abc
import importlib
import importlib.resources
import operator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratezoo.errors import InvalidValueError
from ratezoo.homework.handout import cells, write_handout
from ratezoo.homework.places import joined
from ratezoo.homework.sandbox import read_source

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Exercise(abc.ABC):
    """One exercise of the course: a folder of ``homework/`` with these files.

    * ``__init__.py`` with a docstring;
    * ``exercise.py`` with one subclass of this class;
    * ``handout.py``, the script that students fill in. Its cells begin with ``# %%``, and its blanks are three dots
      (``p = ...``).

    The folder's name is the exercise's name (with - in place of _). `ratezoo.homework.exercises`, the command line and
    the tests find the folder because it is there: no list needs a new line. Most exercises are an `ExerciseByParts`:
    then the folder holds ``reference.py`` and ``judge.py``, and the class has attributes only.

    Many exercises are listed quickly only if ``exercise.py`` imports JAX, BrainPy and matplotlib inside its methods.

    Attributes
    ----------
    summary, summary_zh : str
        What the exercise asks, in one line of English and in one line of Chinese.
    blanks : tuple of str
        What the student fills in: one phrase for each place.
    class_name : str or None
        The class that the student hands in; None if the exercise asks for no class. Default None.
    number : int or None
        Its place in the course. Exercises without a number come last, by name. The command line takes the first
        exercise where none is named. Default None.
    epochs : int or None
        How often its training goes through the data if the caller does not say; None if nothing is trained. Default
        None.
    """

    summary: str
    summary_zh: str
    blanks: tuple[str, ...]
    class_name: str | None = None
    number: int | None = None
    epochs: int | None = None

    @property
    def name(self) -> str:
        """The folder's name, with - in place of _."""
        return self._package.rpartition('.')[2].replace('_', '-')

    @property
    def handout(self) -> str:
        """The text of the folder's ``handout.py``."""
        return importlib.resources.files(self._package).joinpath('handout.py').read_text(encoding='utf-8')

    def chosen_epochs(self, epochs: int | None) -> int:
        """The number of epochs of a run: ``epochs``, or the exercise's own where that is None; 0 if it trains nothing.

        Raises
        ------
        InvalidValueError
            The exercise trains nothing and ``epochs`` is given, or ``epochs`` is not a whole number ≥ 0.
        """
        if epochs is None:
            return self.epochs or 0
        if self.epochs is None:
            raise InvalidValueError(f'{self.name}.epochs: this exercise trains nothing; leave epochs out.')
        try:
            number = operator.index(epochs)
        except TypeError:
            number = -1
        if number < 0:
            raise InvalidValueError(f'{self.name}.epochs: expected a number of epochs ≥ 0, got {epochs}.')
        return number

    @property
    def _package(self) -> str:
        return type(self).__module__.rpartition('.')[0]

    def start(self, folder: str | Path, force: bool = False) -> list[Path]:
        """Write the hand-out into ``folder``, as the script ``<name>.py`` and as the notebook ``<name>.ipynb``.

        Parameters
        ----------
        folder : str or Path
            It is made if it is not there.
        force : bool
            Overwrite files of these names. Default False.

        Returns
        -------
        list of Path
            The two files.

        Raises
        ------
        HomeworkError
            A file of that name is there already (unless ``force``), or the folder can't be written to.
        """
        return write_handout(self.name, self.handout, folder, force)

    def is_as_handed_out(self, file: str | Path) -> bool:
        """Whether a script or notebook still has the code of the hand-out, with all its blanks open.

        Raises
        ------
        HomeworkError
            The file can't be read.
        """
        source = read_source(file)
        if Path(file).suffix == '.ipynb':
            return source == joined([text for kind, text in cells(self.handout) if kind == 'code'])
        return source.strip() == self.handout.strip()

    @abc.abstractmethod
    def run(self, seed: int = 0, epochs: int | None = None) -> Any:
        """Do what the exercise asks with the reference solution.

        Parameters
        ----------
        seed : int
            Seed of everything that is random. Default 0.
        epochs : int or None
            How often the training goes through its data. Default: the attribute ``epochs``.

        Returns
        -------
        result
            Whatever `figures`, `as_dict` and `table` need.

        Raises
        ------
        InvalidValueError
            ``epochs`` is given, but the exercise trains nothing; or it is not a number ≥ 0.
        """

    @abc.abstractmethod
    def figures(self, result: Any) -> dict[str, Figure]:
        """The figures of a run, name → Figure. The command line writes each to ``<name>.png``."""

    @abc.abstractmethod
    def as_dict(self, result: Any) -> dict[str, Any]:
        """All of a run as plain numbers, texts, lists and dicts, for ``--json``."""

    @abc.abstractmethod
    def table(self, result: Any) -> str:
        """A run as lines of text, which ``ratezoo homework run`` prints."""

    @abc.abstractmethod
    def check(self, file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
        """Judge a student's script or notebook.

        `ratezoo.homework.sandbox` runs the student's code in a process of its own.

        Parameters
        ----------
        file : str or Path
            A script (``.py``) or a notebook (``.ipynb``).
        seconds : float
            How long the student's code may take, in s. Default 60.

        Returns
        -------
        dict
            ``exercise``: the name. ``passed``: bool. ``parts``: a list of dicts with ``name``, ``verdict`` ('exact',
            'consistent', 'wrong', or 'open' for a blank that is not filled), ``relative_error`` (float or None) and
            ``hint`` (str or None). ``remarks``: a list of str. Hints and remarks read 'English / Chinese'.
            ``curves``: a list of dicts with ``name``, ``xlabel``, ``x``, ``yours`` and ``right``, for a picture of the
            comparison.

        Raises
        ------
        HomeworkError
            The file can't be judged; the message names the line, or the blank that is still open.
        """


class ExerciseInFolder(Exercise):
    """An exercise whose folder holds ``reference.py`` with the functions that this class calls.

    ``run(seed)`` gives the result, or ``run(seed, epochs)`` where something is trained. ``figures(result)``,
    ``as_dict(result)`` and ``table(result)`` are those of `Exercise`.
    """

    def run(self, seed: int = 0, epochs: int | None = None) -> Any:
        """Do what the exercise asks with the reference solution; see `Exercise.run`."""
        chosen = self.chosen_epochs(epochs)
        return self._file('reference').run(seed, *([] if self.epochs is None else [chosen]))

    def figures(self, result: Any) -> dict[str, Figure]:
        """The figures of a run, name → Figure."""
        return self._file('reference').figures(result)

    def as_dict(self, result: Any) -> dict[str, Any]:
        """All of a run as plain numbers, texts, lists and dicts."""
        return self._file('reference').as_dict(result)

    def table(self, result: Any) -> str:
        """A run as lines of text."""
        return self._file('reference').table(result)

    def _file(self, name: str) -> Any:
        """A file of the folder as a module. It is imported here, so that exercises are listed quickly."""
        return importlib.import_module(f'{self._package}.{name}')


class ExerciseByParts(ExerciseInFolder):
    """An exercise whose verdict consists of parts that are judged each for itself (`ratezoo.homework.judge`).

    Its folder also holds ``judge.py`` with the function ``parts(rng)``: what the student writes, what is right, and the
    mistakes that people make. ``rng`` is a `numpy.random.Generator`, which gives the numbers of the tests.
    """

    class_name: str

    def check(self, file: str | Path, seconds: float = 60.0) -> dict[str, Any]:
        """Judge a student's script or notebook; see `Exercise.check`."""
        import numpy as np

        from ratezoo.homework import judge

        parts = self._file('judge').parts(np.random.default_rng(judge.SEED))
        return judge.check(self.name, self.class_name, parts, file, seconds)

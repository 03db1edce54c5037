"""What a view asks the user for, and what it gives back."""

import abc
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ratezoo.errors import InvalidValueError

Figure = dict[str, Any]  # {'data': […], 'layout': {…}}, as Plotly reads it
Text = tuple[str, str]  # the same words in English and in Chinese


@dataclass(frozen=True)
class Slider:
    """A number that the user moves.

    Attributes
    ----------
    name : str
        Its name in the values of the view.
    label : Text
        What it is.
    value, low, high : float
        The value at the beginning, and the ends of the slider. The number field accepts other values, too.
    unit : str
        Default '': without unit.
    whole : bool
        Whether it is a whole number. Default False.
    logarithmic : bool
        Whether the slider moves log₁₀ of the number. Default False.
    """

    name: str
    label: Text
    value: float
    low: float
    high: float
    unit: str = ''
    whole: bool = False
    logarithmic: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several names. ``options`` maps each name to what is shown for it."""

    name: str
    label: Text
    value: str
    options: Mapping[str, Text]


@dataclass
class Shown:
    """What a view shows for some values.

    Attributes
    ----------
    figures : dict of str to Figure
        Name → figure, the names in the view's ``figures``.
    code : str
        A Python program that computes the same numbers.
    command : str
        A command line that shows the same; '' if there is none.
    lines : list of (Text, str)
        A table beside the figures: what a number is, and the number.
    """

    figures: dict[str, Figure]
    code: str
    command: str = ''
    lines: list[tuple[Text, str]] = field(default_factory=list)


class View(abc.ABC):
    """One page: numbers in, figures out.

    Attributes
    ----------
    title, about : Text
        The heading, and a sentence or two below it.
    sliders, choices : sequence
        What the user can change.
    figures : dict of str to Text
        Name → what the figure shows.
    starts : sequence of str
        The sliders that a click in the figure 'plane' sets, the horizontal one first. Default: none.
    has_picture : bool
        Whether `picture` draws one, when the page opens and by a button. Default False.
    """

    title: Text
    about: Text
    sliders: Sequence[Slider] = ()
    choices: Sequence[Choice] = ()
    figures: Mapping[str, Text] = {}
    starts: Sequence[str] = ()
    has_picture: bool = False

    @abc.abstractmethod
    def show(self, values: dict[str, Any], dark: bool, lang: int) -> Shown:
        """The figures for these values; ``lang`` is 0 (English) or 1 (Chinese).

        Values that are not there count as the defaults. Raises a `RateZooError` for bad values.
        """

    def picture(self, values: dict[str, Any]) -> bytes:
        """A picture (PNG) for these values."""
        raise NotImplementedError


def around(value: float, positive: bool = False) -> tuple[float, float]:
    """The ends of a slider for a constant with this default."""
    if positive:
        return rounded(value / 10), rounded(3 * value)
    width = 2 * (abs(value) or 1.0)
    return rounded(value - width), rounded(value + width)


def rounded(value: float, digits: int = 3) -> float:
    """The number with so many digits."""
    return float(f'{value:.{digits}g}')


def number(
    view: str, name: str, given: Any, low: float = -math.inf, high: float = math.inf, whole: bool = False
) -> Any:
    """A number that the user gave, between low and high.

    Raises
    ------
    InvalidValueError
        It is no finite number, not whole, or out of range.
    """
    expected = 'a whole number' if whole else 'a finite number'
    if math.isfinite(low) or math.isfinite(high):
        expected += f' from {low:g} to {high:g}'
    try:
        value = float(given)
        if not math.isfinite(value) or not low <= value <= high or (whole and value != int(value)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise InvalidValueError(f'{view}.{name}: expected {expected}, got {given!r}.') from None
    return int(value) if whole else value

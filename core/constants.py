"""`Constant`: a number in a model's equations that is not trained, and how a model keeps its constants."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Constant:
    """A number in a model's equations that is not trained. A model declares it as a class attribute::

        tau = Constant(10., 'time constant', 'ms', positive=True)

    Parameters
    ----------
    default : float
        The value that a model has unless its constructor is told another one.
    meaning : str
        What the constant is, in a few words. It is shown in the model's docstring.
    unit : str
        Its unit. Default '': without unit.
    positive : bool
        Whether only numbers > 0 are allowed. Default False.
    """
    default: float
    meaning: str = ''
    unit: str = ''
    positive: bool = False

    def checked(self, model: Any, name: str, value: Any) -> float | np.ndarray:
        """``value`` as a float, or as an array (n,) with one number for each unit.

        Raises
        ------
        InvalidValueError
            ``value`` is neither, or not positive where it must be.
        """
        expected = 'a number > 0' if self.positive else 'a finite number'
        try:
            array = np.asarray(value, float)
            good = not isinstance(value, bool) and np.isfinite(array).all() and (not self.positive or (array > 0).all())
            if array.shape not in ((), *((size,) for size in model.sizes.values())) or not good:
                raise ValueError
        except (TypeError, ValueError):
            raise model.invalid(name, f'{expected}, or an array of one for each unit', repr(value)) from None
        return array if array.ndim else float(array)


class KeepsConstants:
    """The part of `RateModel` that keeps the constants of a model.

    Attributes
    ----------
    constants : dict of str to Constant
        All constants that the class and its bases declare. The value of one is the attribute of its name.
    """

    constants: Mapping[str, Constant] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.constants = {**cls.constants, **{k: v for k, v in vars(cls).items() if isinstance(v, Constant)}}

    def set_constants(self, **values: Any) -> None:
        """Set the constants named, checked; a model's ``__init__`` calls it with what it was given."""
        for name, value in values.items():
            setattr(self, name, self.constants[name].checked(self, name, value))

    def _set_defaults(self) -> None:
        """Every constant of which the instance has no value yet gets its default."""
        self.set_constants(**{k: c.default for k, c in type(self).constants.items() if k not in vars(self)})

    @contextlib.contextmanager
    def with_constants(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """Have other constants for as long as the ``with`` block lasts. Their values may be JAX tracers."""
        before = {k: getattr(self, k) for k in values}
        try:
            for k, v in values.items():
                setattr(self, k, v)
            yield self
        finally:
            for k, v in before.items():
                setattr(self, k, v)

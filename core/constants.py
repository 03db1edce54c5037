"""`Constant`: a number in a model's equations that is not trained. A model has its constants as attributes."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np


@dataclass(frozen=True)
class Constant:
    """A number in a model's equations that is not trained. A model declares it as a class attribute::

        tau = Constant(10., 'time constant', 'ms', positive=True)

    Parameters
    ----------
    default : float
        The value that a model has if its constructor gets no other one.
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

    def __get__(self, model: Any, owner: Any = None) -> Any:
        """On the class the `Constant` itself. On a model its value, which is an attribute of the model."""
        return self if model is None else self.default

    if TYPE_CHECKING:  # tells type checkers that ``net.tau = 5.`` is allowed

        def __set__(self, model: Any, value: Any) -> None: ...

    def checked(self, model: Any, name: str, value: Any) -> float | np.ndarray:
        """``value`` as a float, or as an array (n,) with one number for each unit.

        Raises
        ------
        InvalidValueError
            ``value`` is neither a finite number nor an array of n of them, or it is not positive and must be.
        """
        expected = 'a number > 0' if self.positive else 'a finite number'
        try:
            array = np.asarray(value, float)
            allowed_shapes = ((), *((size,) for size in model.sizes.values()))
            if (
                isinstance(value, (bool, str, bytes))
                or array.shape not in allowed_shapes
                or not np.isfinite(array).all()
            ):
                raise ValueError
            if self.positive and not (array > 0).all():
                raise ValueError
        except (TypeError, ValueError):
            raise model.invalid(name, f'{expected}, or an array with one for each unit', repr(value)) from None
        return array if array.ndim else float(array)


class KeepsConstants:
    """The part of `RateModel` that keeps the constants of a model.

    Attributes
    ----------
    constants : dict of str to Constant
        All constants that the class and its bases declare, by name. Their values are attributes of the model:
        ``net.tau`` is the value of ``constants['tau']``.
    """

    constants: Mapping[str, Constant] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.constants = {**cls.constants, **{k: v for k, v in vars(cls).items() if isinstance(v, Constant)}}

    def set_constants(self, **values: Any) -> None:
        """Check the given values and set the constants to them, by name. A model's ``__init__`` calls it."""
        for name, value in values.items():
            setattr(self, name, self.constants[name].checked(self, name, value))

    def _set_defaults(self) -> None:
        """Set each constant to its default, except those that this model has a value for already."""
        self.set_constants(**{k: c.default for k, c in type(self).constants.items() if k not in vars(self)})

    @contextlib.contextmanager
    def with_constants(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """Change constants within a ``with`` block, and change them back after it.

        The values are not checked, because they may be JAX tracers: this is how a constant is differentiated or swept.
        """
        before = {name: getattr(self, name) for name in values}
        try:
            for name, value in values.items():
                setattr(self, name, value)
            yield self
        finally:
            for name, value in before.items():
                setattr(self, name, value)

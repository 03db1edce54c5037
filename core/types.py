"""Names for the types that signatures use.

``Array`` is what JAX computes with. ``ArrayLike`` is what a user may give: an array of JAX, NumPy or BrainPy, a list, a
number. A ``State`` is what F takes: the bare array of a network with one state, or a dict of arrays by name. ``Params``
holds the parameters by name.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import jax
from numpy.typing import ArrayLike

__all__ = ['Array', 'ArrayLike', 'Loss', 'Params', 'PartOfModel', 'State', 'StateLike']

Array: TypeAlias = jax.Array
Params: TypeAlias = dict[str, jax.Array]
State: TypeAlias = Any  # Array, or dict[str, Array]
StateLike: TypeAlias = ArrayLike | Mapping[str, ArrayLike]
Loss: TypeAlias = Callable[[Any, Any], Any]  # l(output, target), one number

if TYPE_CHECKING:

    class PartOfModel:
        """Base of the classes that `RateModel` is put together from.

        Such a class reads attributes that another part of the model defines. This base tells a type checker that they
        exist. When the program runs, it is ``object``.
        """

        def __getattr__(self, name: str) -> Any: ...

else:
    PartOfModel = object

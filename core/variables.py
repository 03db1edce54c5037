"""Variables that a rule or a capability keeps beside the state of a model, such as the traces of RTRL."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import brainpy.math as bm
import jax.numpy as jnp

from ratezoo.errors import CompositionError
from ratezoo.types import Array, PartOfModel


class ExtraVariable(NamedTuple):
    """A Variable beside the state, as the method ``extra_variables`` of a class declares it.

    Attributes
    ----------
    value : array
        The value after a reset. In a batching mode its leading axis is the batch, unless ``batched`` is False.
    batched : bool
        Whether the leading axis is the batch, in a batching mode. Default True.
    reset : bool
        Whether a reset sets the Variable to ``value``. False: the Variable keeps its present value, unless the shape of
        ``value`` has changed. Default True.
    """

    value: Any
    batched: bool = True
    reset: bool = True


class KeepsExtraVariables(PartOfModel):
    """The part of `RateModel` that creates, resets and lists the extra Variables of a network.

    A class declares its Variables in the method `extra_variables`. It declares its own ones only and does not call
    ``super()``, because the network asks each of its classes. Two things in a network can't have the same name.

    Attributes
    ----------
    extra_names : tuple of str
        The names of all extra Variables.
    """

    extra_names: tuple[str, ...] = ()

    def extra_variables(self) -> Mapping[str, Any]:
        """The Variables that this class keeps beside the state: name → its value after a reset.

        A value is an array, or an `ExtraVariable` if it needs options. In a batching mode it has the batch as its
        leading axis; `batched` makes such an array from the value of one sample. Default: no Variables.
        """
        return {}

    def batched(self, value: Any) -> Array:
        """The value of one sample, repeated for each sample of the batch, (B, …). Unchanged without a batching mode."""
        value = jnp.asarray(value)
        count = self._samples()
        return value if count is None else jnp.broadcast_to(value, (count, *value.shape))

    def _samples(self) -> int | None:
        """How many samples the Variables hold; None without a batching mode."""
        return None if self.batch_size is None else getattr(self, self.states[0]).shape[0]

    def _declared_variables(self) -> tuple[dict[str, ExtraVariable], dict[str, str]]:
        """The extra Variables of all classes of this network, and the name of the class that declares each of them.

        Raises `CompositionError` if two classes declare the same name.
        """
        declared: dict[str, ExtraVariable] = {}
        owners: dict[str, str] = {}
        for cls in type(self).__mro__:
            declare = cls.__dict__.get('extra_variables')
            for name, value in (declare(self) if declare else {}).items():
                if name in declared:
                    raise CompositionError(
                        f'{type(self).__name__}.{name}: expected one class that keeps a Variable of this name, got '
                        f'two, {owners[name]} and {self._name_for_users(cls)}. Rename one of the Variables.'
                    )
                declared[name] = value if isinstance(value, ExtraVariable) else ExtraVariable(value)
                owners[name] = self._name_for_users(cls)
        return declared, owners

    def _name_for_users(self, cls: type) -> str:
        """The class that a user wrote into the class line to get ``cls``: 'RTRL', not its base 'OnlineRule'."""
        bases = type(self).__mro__[1:]
        return next((c for c in bases if issubclass(c, cls) and not c.__name__.startswith('_')), cls).__name__

    def _create_extra_variables(self) -> None:
        """Create the extra Variables as attributes. Raises `CompositionError` if a name is taken."""
        declared, owners = self._declared_variables()
        for name, extra in declared.items():
            if hasattr(self, name):
                raise CompositionError(
                    f'{type(self).__name__}.{name}: {owners[name]} keeps a Variable of this name, and the model '
                    f'has {self._kind_of_attribute(name)} {name!r} already. Rename it in the model.'
                )
            self._create(name, extra)
        self.extra_names = tuple(declared)

    def _kind_of_attribute(self, name: str) -> str:
        """What the attribute ``name`` of the model is, for an error message."""
        if name in self.states:
            return 'the state'
        if name in self.params:
            return 'the parameter'
        return 'the constant' if name in self.constants else 'an attribute'

    def _create(self, name: str, extra: ExtraVariable) -> None:
        batch_axis = 0 if extra.batched and self.batch_size is not None else None
        setattr(self, name, bm.Variable(jnp.asarray(extra.value), batch_axis=batch_axis))

    def _reset_extra_variables(self) -> None:
        """Set the extra Variables to their values after a reset."""
        if not self.extra_names:
            return
        for name, extra in self._declared_variables()[0].items():
            variable, value = getattr(self, name), jnp.asarray(extra.value)
            if extra.reset or variable.shape != value.shape:
                # Not ``variable.value = ``, which refuses another shape: an option of the rule may have changed it. A
                # new Variable would not do, because the monitors of a runner hold this one.
                variable._value = value

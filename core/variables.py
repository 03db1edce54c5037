"""Variables that a rule or a capability keeps beside the state of a model."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import brainpy.math as bm
import jax
import jax.numpy as jnp

from ratezoo.errors import CompositionError


class ExtraVariable(NamedTuple):
    """A Variable beside the state, as `extra_variables` declares it.

    Attributes
    ----------
    value : array
        The value after a reset. In a batching mode it has the batch as its leading axis.
    batched : bool
        Whether the leading axis is the batch, in a batching mode. Default True.
    reset : bool
        Whether a reset brings the Variable back to ``value``. False: it keeps what it has, unless the shape of
        ``value`` has changed. Default True.
    """
    value: Any
    batched: bool = True
    reset: bool = True


class KeepsExtraVariables:
    """The part of `RateModel` that creates, resets and lists the extra Variables of a network.

    A class says in `extra_variables` what it keeps. Each class names its own Variables alone and does not call
    ``super()``: the network is asked for those of all its classes. A name that something else has already is refused.

    Attributes
    ----------
    extra_names : tuple of str
        The names of all extra Variables.
    """

    extra_names: tuple[str, ...] = ()

    def extra_variables(self) -> Mapping[str, Any]:
        """What this class keeps beside the state: name → its value after a reset, an array or an `ExtraVariable`.

        `batched` makes the value for a batch of one sample's value.
        """
        return {}

    def batched(self, value: Any) -> jax.Array:
        """One sample's value for every sample of the batch, (B, …); without a batching mode the value itself."""
        value = jnp.asarray(value)
        count = self._samples()
        return value if count is None else jnp.broadcast_to(value, (count, *value.shape))

    def _samples(self) -> int | None:
        """How many samples the Variables hold; None without a batching mode."""
        return None if self.batch_size is None else getattr(self, self.states[0]).shape[0]

    def _declared_variables(self) -> tuple[dict[str, ExtraVariable], dict[str, str]]:
        """The extra Variables of all classes of this network by name, and the class that each belongs to;
        `CompositionError` if two classes want one name."""
        declared: dict[str, Any] = {}
        owners: dict[str, str] = {}
        for cls in type(self).__mro__:
            hook = cls.__dict__.get('extra_variables')
            for name, value in (hook(self) if hook else {}).items():
                if name in declared:
                    raise CompositionError(
                        f'{type(self).__name__}.{name}: expected one class to keep a Variable of this name, but '
                        f'{owners[name]} and {cls.__name__} both do. Rename one of them.')
                declared[name], owners[name] = value, cls.__name__
        return {k: v if isinstance(v, ExtraVariable) else ExtraVariable(v) for k, v in declared.items()}, owners

    def _create_extra_variables(self) -> None:
        declared, owners = self._declared_variables()
        for name, extra in declared.items():
            if hasattr(self, name):
                what = ('the state' if name in self.states else 'the parameter' if name in self.params else
                        'the constant' if name in self.constants else 'an attribute')
                raise CompositionError(
                    f'{type(self).__name__}.{name}: {owners[name]} keeps a Variable of this name, and the model '
                    f'has {what} {name!r} already. Rename it in the model.')
            self._make(name, extra)
        self.extra_names = tuple(declared)

    def _make(self, name: str, extra: ExtraVariable) -> None:
        setattr(self, name, bm.Variable(jnp.asarray(extra.value),
                                        batch_axis=0 if extra.batched and self.batch_size is not None else None))

    def _reset_extra_variables(self) -> None:
        if not self.extra_names:
            return
        for name, extra in self._declared_variables()[0].items():
            variable, value = getattr(self, name), jnp.asarray(extra.value)
            if variable.shape == value.shape:
                if extra.reset:
                    variable.value = value
            elif extra.batched and variable.shape[1:] == value.shape[1:] and self.batch_size is not None:
                variable.value = value                          # another number of samples
            else:
                self._make(name, extra)                         # an option has changed the shape

"""Networks in files, and copies of networks."""

import functools
import inspect
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import brainpy as bp
import brainpy.math as bm
import jax
import jax.numpy as jnp
import numpy as np

from ratezoo.compiled import SCALARS
from ratezoo.errors import InvalidValueError, MissingFileError, ShapeError, UnknownNameError
from ratezoo.files import atomic_write
from ratezoo.types import PartOfModel

_ABOUT, _SETTING = 'about', 'setting.'  # names in the file beside those of the parameters
_NOT_STORED = ('mode', 'name')  # arguments that say how a network is used, not what it is
_NOT_COPIED = {'_functions', '_function_reads', '_runners', '_arguments', '_attributes_as_made'}


class Saves(PartOfModel):
    """The part of `RateModel` that saves, loads and copies a network.

    `save` and `load` keep what was learned, in a file. `copy.deepcopy` and `pickle` keep all of a network: its
    arguments, its parameters, its state, and the attributes that were set. A copy compiles its functions again.
    BrainPy's ``state_dict`` and ``load_state_dict`` work between two networks of one class. BrainPy's functions
    ``bp.save_state`` and ``bp.load_state`` work only if both networks have the same ``name``; if not, ``bp.load_state``
    loads nothing, and says so only in the ``missing_keys`` that it returns.
    """

    _arguments: tuple[tuple[Any, ...], dict[str, Any]]  # what the constructor got
    _attributes_as_made: dict[str, Any]  # the attributes when the constructor had ended

    # ---- files -------------------------------------------------------------------------------------------------------

    def save(self, path: str | Path, about: Mapping[str, Any] | None = None) -> None:
        """Write the parameters and the settings of the network to an .npz file, from which `load` makes it again.

        The settings are the arguments of the constructor. A constant or an option of the rule that was changed later
        is stored as it is now. The state is not stored. The file holds an array for each parameter, under its name, so
        that NumPy can read it without ratezoo.

        Parameters
        ----------
        path : str or Path
            The file. It is replaced if it exists.
        about : dict, optional
            What else to store, as JSON, in the entry 'about': for example on what the network was trained.
        """
        given, left_out = self._stored_settings()
        arrays = {_SETTING + k: v for k, v in given.items() if isinstance(v, np.ndarray)}
        told = {
            'model': type(self).__name__,
            **(about or {}),
            'settings': {k: v for k, v in given.items() if not isinstance(v, np.ndarray)},
            'left_out': left_out,
            'options': {k: vars(self)[k] for k in self._set_options() if _in_json(vars(self)[k])},
            'precision': str(self.dtype),
            'version': version('ratezoo'),
        }
        parameters = {p: np.asarray(v) for p, v in self.params_dict().items()}
        with atomic_write(path) as file:
            np.savez(file, **{_ABOUT: json.dumps(told), **arrays, **parameters})  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path, **settings: Any) -> Self:
        """A new network with the parameters and settings in a file.

        Parameters
        ----------
        path : str or Path
            A file that `save` wrote, or an .npz file with an array for each parameter.
        settings
            Arguments of the constructor that differ from those in the file, such as ``mode``; and those that a file
            can't hold, such as functions and networks.

        Raises
        ------
        MissingFileError
            There is no such file.
        InvalidValueError
            The file is damaged, or it needs a setting that it does not hold.
        UnknownNameError
            The file holds other parameters than this class has.
        ShapeError
            A parameter in the file has another shape.
        """
        about, arrays = _read(cls.__name__, path)
        stored = {k.removeprefix(_SETTING): arrays.pop(k) for k in list(arrays) if k.startswith(_SETTING)}
        stored |= about.get('settings', {})
        missing = [k for k in about.get('left_out', []) if k not in settings]
        if missing:
            raise InvalidValueError(
                f'{cls.__name__}.load: expected the setting {missing[0]!r}, which a file can not hold. Write '
                f'{cls.__name__}.load({Path(path).name!r}, {missing[0]}=...).'
            )
        known = inspect.signature(cls).parameters
        for name in stored:
            if name not in known and not any(p.kind is p.VAR_KEYWORD for p in known.values()):
                raise UnknownNameError(
                    f'{cls.__name__}.load: {Path(path).name} holds a {about["model"]} with the setting {name!r}, which '
                    f'{cls.__name__} does not have. Load it with the class that saved it.'
                )
        net = cls(**{**stored, **settings})
        if set(arrays) != set(net.params):
            raise UnknownNameError(
                f'{cls.__name__}.load: expected the parameters {", ".join(net.params) or "none"}, but '
                f'{Path(path).name} holds {", ".join(arrays) or "none"}. It was written by '
                f'{about.get("model", "another program")}.'
            )
        try:
            net.set_params(arrays)
        except ShapeError as error:
            raise ShapeError(
                f'{error} The value comes from {Path(path).name}: give the settings that it was saved with.'
            ) from None
        for name, value in about.get('options', {}).items():
            if name in getattr(cls, 'options', ()):
                setattr(net, name, tuple(value) if isinstance(value, list) else value)
        return net

    def _stored_settings(self) -> tuple[dict[str, Any], list[str]]:
        """The arguments of the constructor as a file can hold them, and the names of those that it can't hold."""
        args, kwargs = self._arguments
        bound = inspect.signature(type(self)).bind(*args, **kwargs)
        kinds = inspect.signature(type(self)).parameters
        given: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            given |= value if kinds[name].kind is inspect.Parameter.VAR_KEYWORD else {name: value}
        given |= {name: getattr(self, name) for name in self.constants if name in kinds}
        if 'seed' in kinds:
            given['seed'] = self.seed
        kept: dict[str, Any] = {}
        left_out = []
        for name, value in given.items():
            value = bm.as_jax(value) if isinstance(value, bm.Array) else value
            if isinstance(value, (np.ndarray, jax.Array)):
                kept[name] = np.asarray(value)
            elif isinstance(value, np.generic):
                kept[name] = value.item()
            elif _in_json(value):
                kept[name] = value
            elif name not in _NOT_STORED:
                left_out.append(name)
        return kept, left_out

    def _set_options(self) -> list[str]:
        """The names of the rule's options that were set on this network, and not in its class."""
        return [name for name in getattr(self, 'options', ()) if name in vars(self)]

    # ---- copies ------------------------------------------------------------------------------------------------------

    def __reduce_ex__(self, protocol: Any) -> Any:
        """How `copy.deepcopy` and `pickle` make the network again: construct it, then set what has changed since."""
        args, kwargs = self._arguments
        kwargs = {k: v for k, v in kwargs.items() if k != 'name'}  # each network needs a name of its own
        if 'seed' in inspect.signature(type(self)).parameters and 'seed' not in _names_given(type(self), args):
            kwargs['seed'] = self.seed
        now = vars(self)
        values: dict[str, np.ndarray] = {k: np.asarray(v._value) for k, v in now.items() if isinstance(v, bm.Variable)}
        left_alone = _attributes_of_brainpy() | _NOT_COPIED
        attributes = {
            k: v
            for k, v in now.items()
            if k not in values and k not in left_alone and (_is_plain(v) or v is not self._attributes_as_made.get(k))
        }
        return _made_again, (type(self), args, kwargs), (values, attributes)

    def __setstate__(self, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
        values, attributes = state
        for name, value in attributes.items():
            setattr(self, name, value)
        for name, value in values.items():
            getattr(self, name)._value = jnp.asarray(value)

    def __copy__(self) -> Self:
        raise InvalidValueError(
            f'{type(self).__name__}: a shallow copy would share its weights and its state. Use copy.deepcopy.'
        )

    # ---- BrainPy's own way -------------------------------------------------------------------------------------------

    def load_state_dict(self, state_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """BrainPy's ``load_state_dict``. The network may have another name than the one that was saved.

        Raises
        ------
        UnknownNameError
            A Variable is missing, or there is one too many. BrainPy would only warn, and load nothing.
        """
        names = list(self.nodes())
        if len(names) == len(state_dict) == 1 and not set(state_dict) <= set(self.params):
            state_dict = {names[0]: next(iter(state_dict.values()))}
        elif state_dict and set(state_dict) <= set(self.params):
            raise UnknownNameError(
                f'{type(self).__name__}.load_state_dict: expected what state_dict() returns, got parameters. Write '
                'set_params(…), which takes what params_dict() returns.'
            )
        elif set(state_dict) != set(names):
            raise UnknownNameError(
                f'{type(self).__name__}.load_state_dict: expected the states of {", ".join(names)}, got those of '
                f'{", ".join(state_dict)}. Give both networks and their parts the same name=..., or use save and load.'
            )
        return super().load_state_dict(state_dict, *args, **kwargs)  # type: ignore[misc]

    def load_state(self, state_dict: Mapping[str, Any], **kwargs: Any) -> None:
        """The part of BrainPy's ``load_state_dict`` that sets the Variables of this network itself."""
        given = {key.rpartition('.')[2]: value for key, value in state_dict.items()}
        own = {name: v for name, v in vars(self).items() if isinstance(v, bm.Variable)}
        if set(given) != set(own):
            raise UnknownNameError(
                f'{type(self).__name__}.load_state: expected the Variables {", ".join(own)}, got {", ".join(given)}.'
            )
        for name, value in given.items():
            own[name].value = jnp.asarray(bm.as_jax(value))


def _made_again(cls, args, kwargs):
    return cls(*args, **kwargs)


def _names_given(cls, args):
    """The names of the positional arguments."""
    return inspect.signature(cls).bind_partial(*args).arguments


@functools.cache
def _attributes_of_brainpy():
    """The attributes that BrainPy sets in every network; among them its name."""
    return frozenset(vars(bp.DynamicalSystem()))


def _is_plain(value):
    """Whether a value consists of numbers, strings and arrays, so that a copy of it is as good as the value."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return isinstance(value, (*SCALARS, type(None), np.ndarray, np.generic, jax.Array))


def _in_json(value):
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _read(name, path):
    """What a file says about its network, and its arrays."""
    try:
        with open(path, 'rb') as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {k: file[k] for k in file.files}
            return json.loads(str(arrays.pop(_ABOUT, '{}'))), arrays
    except FileNotFoundError:
        raise MissingFileError(
            f'{name}.load: there is no file {path}. Give the name that save was called with.'
        ) from None
    except OSError:
        raise
    except Exception as error:
        raise InvalidValueError(
            f'{name}.load: expected an .npz file that save wrote, got {Path(path).name}, which can not be read '
            f'({type(error).__name__}).'
        ) from error

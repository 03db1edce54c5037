"""What can be wrong with the class of a user's model, told in one sentence.

It may have a name that is taken, a function with other arguments, or an error inside F or another function.
"""

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import jax
import jax.numpy as jnp

from ratezoo.compiled import unwrap_arrays
from ratezoo.constants import Constant
from ratezoo.errors import (
    ArgumentError,
    CompositionError,
    InvalidValueError,
    RateZooError,
    ShapeError,
    UnknownNameError,
)
from ratezoo.registry import suggest

# The functions that a subclass gives, and their arguments.
ARGUMENTS = {
    'F': ('self', 'r', 'params', 'x'),
    'F_of_current': ('self', 'r', 'I'),
    'step': ('self', 'r', 'params', 'x'),
    'step_of_current': ('self', 'r', 'I'),
    'output': ('self', 'r', 'params'),
    'initial_state': ('self',),
    'project': ('self', 'r'),
    'start': ('self',),
    'observable': ('self', 'r'),
}
_UNWRAPPED = ('F', 'F_of_current', 'step', 'step_of_current', 'output', 'initial_state')
# Attributes of every model, which are set by its constructor.
_RESERVED = frozenset(
    {'n', 'n_in', 'method', 'dt', 'sigma', 'seed', 'mode', 'name', 'noise', 'sizes', 'noisy', 'noise_key', 'bounds'}
)
_MOST_LETTERS = 200  # of the message of another library that we pass on


# ---- the class -------------------------------------------------------------------------------------------------------


def check_class(cls: type) -> None:
    """Raise `CompositionError` if a class of models has a name that is taken, or a function with other arguments."""
    own, name = vars(cls), cls.__name__
    for attribute in ('params', 'states'):
        value = own.get(attribute, ())
        if isinstance(value, str):
            raise CompositionError(
                f'{name}.{attribute}: expected a tuple of names, got the text {value!r}. Write {attribute} = '
                f'({value!r},) with a comma.'
            )
    _check_names(cls, own)
    for hook, expected in ARGUMENTS.items():
        if isinstance(own.get(hook), FunctionType):
            _check_arguments(name, hook, own[hook], expected)


def _check_names(cls, own):
    """Raise an error if a state, a parameter or a constant has the name of something that every model has."""
    kinds = {
        'state': own.get('states', ()) if isinstance(own.get('states', ()), (tuple, list)) else (),
        'parameter': own.get('params', ()) if isinstance(own.get('params', ()), (tuple, list)) else (),
        'constant': [k for k, v in own.items() if isinstance(v, Constant)],
    }
    for kind, names in kinds.items():
        for name in names:
            inherited = getattr(super(cls, cls), name, None) if isinstance(name, str) else None
            if name in _RESERVED or (inherited is not None and not isinstance(inherited, Constant)):
                what = 'a method' if callable(inherited) else 'an attribute'
                raise CompositionError(
                    f'{cls.__name__}.{name}: expected another name for this {kind}, because every model has {what} of '
                    f'this name. Rename the {kind}.'
                )
    for name in kinds['constant']:
        if name in cls.states or name in cls.params:
            other = 'state' if name in cls.states else 'parameter'
            raise CompositionError(
                f'{cls.__name__}.{name}: expected different names, got a constant and a {other} of one name. Rename '
                'one of them.'
            )


def _check_arguments(name, hook, function, expected):
    """Raise an error if the function can't be called with the arguments ``expected``, or has params elsewhere."""
    code = function.__code__
    given = code.co_varnames[: code.co_argcount]
    required = code.co_argcount - len(function.__defaults__ or ())
    has_varargs = bool(code.co_flags & 0x04)
    fits = required <= len(expected) and (has_varargs or len(expected) <= code.co_argcount)
    for argument in ('params', 'x'):
        if argument in expected and argument in given and given.index(argument) != expected.index(argument):
            fits = False
    if not fits:
        raise CompositionError(
            f'{name}.{hook}: expected the arguments {hook}({", ".join(expected)}) in this order, got '
            f'{hook}({", ".join(given)}).'
        )


# ---- the constructor -------------------------------------------------------------------------------------------------


def not_constructed(cls: type) -> InvalidValueError:
    """The error of a model whose ``__init__`` did not call that of `RateModel`, or too late."""
    return InvalidValueError(
        f'{cls.__name__}.__init__: expected super().__init__(n, …) as its first line, but the parameters were set or '
        'the model was finished without it. Call it before anything else.'
    )


def wrong_arguments(cls: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], error: TypeError) -> TypeError:
    """The error to raise for a TypeError of ``cls(*args, **kwargs)``: it says which arguments there are.

    It is ``error`` itself, if the arguments are right and something else inside the constructor failed.
    """
    unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if unknown and unknown[1] in kwargs and unknown[1] not in arguments_of(cls):
        return unknown_argument(cls, unknown[1])
    try:
        inspect.signature(cls.__init__).bind(None, *args, **kwargs)
    except TypeError as reason:
        return ArgumentError(f'{cls.__name__}: {reason}.{_arguments_in_words(cls)}')
    return error


def unknown_argument(cls: Any, name: str) -> ArgumentError:
    """The error of an argument ``name`` that the constructor of the class does not have."""
    known = arguments_of(cls)
    same = [n for n in known if name in _SAME_MEANING and n in _SAME_MEANING]
    remedy = f' Did you mean {same[0]!r}?' if same else suggest(name, known)
    return ArgumentError(f'{cls.__name__}.{name}: there is no such argument.{remedy}{_arguments_in_words(cls)}')


_SAME_MEANING = ('activation', 'nonlinearity', 'phi')  # names of one thing in different models


def arguments_of(cls: Any) -> dict[str, inspect.Parameter]:
    """Name → `inspect.Parameter` of all arguments of a constructor; those that it passes on as **options too."""
    found = {k: p for k, p in inspect.signature(cls).parameters.items() if p.kind is not p.VAR_KEYWORD}
    for base in cls.__mro__:  # a class with _signature says by it all that its options may be
        if '__init__' in vars(base):
            _, *own = inspect.signature(vars(base)['__init__']).parameters.values()  # the first is self
            found = {**found, **{p.name: p for p in own if p.kind is not p.VAR_KEYWORD}}
            if '_signature' in vars(base) or not any(p.kind is p.VAR_KEYWORD for p in own):
                break
    return found


def _arguments_in_words(cls):
    """A sentence after a blank, such as ' It has: n_in, n, n_out; and by name only: phi, seed.'"""
    arguments = arguments_of(cls).values()
    by_name = [p.name for p in arguments if p.kind is p.KEYWORD_ONLY]
    by_place = [p.name for p in arguments if p.kind is p.POSITIONAL_OR_KEYWORD]
    return f' It has: {", ".join(by_place)}{"; and by name only: " if by_name else ""}{", ".join(by_name)}.'


def missing_parameter(model: Any, name: str, variable: Any) -> InvalidValueError:
    """The error of a parameter that is no ``bm.TrainVar``."""
    cls = type(model).__name__
    got = 'nothing' if variable is None else f'{type(variable).__name__}'
    known = {k.lower(): k for k, v in vars(model).items() if type(v).__name__ == 'TrainVar' and k not in model.params}
    similar = difflib.get_close_matches(name.lower(), known, 1, cutoff=0.6)
    remedy = f'Write self.{name} = self.trainable({name!r}, value, shape) after super().__init__(…).'
    if variable is None and similar:
        remedy = f'There is self.{known[similar[0]]}; did you mean {known[similar[0]]!r} in params?'
    return InvalidValueError(
        f'{cls}.{name}: expected a bm.TrainVar set in __init__, because params names {name!r}, got {got}. {remedy}'
    )


# ---- errors inside a hook --------------------------------------------------------------------------------------------


def checked_hook(name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a user's class with its result unwrapped from BrainPy's arrays, and with its errors explained.

    F and the step are not explained here: `ratezoo.model.RateModel.evaluate_F` does it, which knows more.
    """
    unwrap = _as_array if name == 'initial_state' else unwrap_arrays if name in _UNWRAPPED else _unchanged

    @functools.wraps(hook)
    def called(self, *args, **kwargs):
        return unwrap(hook(self, *args, **kwargs))

    @functools.wraps(hook)
    def called_and_explained(self, *args, **kwargs):
        try:
            return unwrap(hook(self, *args, **kwargs))
        except Exception as error:
            told = explanation(self, name, error)
            if told is None and isinstance(error, (TypeError, ValueError)) and not isinstance(error, RateZooError):
                told = ShapeError(f'{type(self).__name__}.{name} failed: {first_line(error)}')
            if told is None:
                raise
            raise told from error

    return called if name in ('F', 'F_of_current') else called_and_explained


def _unchanged(result):
    return result


def _as_array(result):
    """`unwrap_arrays`, also of a list of numbers."""
    return jnp.asarray(result, float) if isinstance(result, (list, tuple)) else unwrap_arrays(result)


def explanation(model: Any, hook: str, error: Exception) -> RateZooError | None:
    """The error to raise in place of one inside a hook of the model; None: leave it as it is.

    Parameters
    ----------
    model : RateModel
        The model.
    hook : str
        'F', 'output', ….
    error : Exception
        The error that the hook raised.
    """
    where, text = f'{type(model).__name__}.{hook}', str(error)
    errors = jax.errors
    if isinstance(error, RateZooError):
        return None
    if isinstance(error, errors.TracerBoolConversionError):
        return InvalidValueError(
            f'{where}: expected no `if`, `while`, `and` or `max` that looks at the numbers in r, params or x, because '
            f'{hook} is compiled before they are known. Write jnp.where(condition, a, b), or jnp.maximum(a, b).'
        )
    if isinstance(error, errors.TracerArrayConversionError):
        return InvalidValueError(
            f'{where}: expected functions of jax.numpy, got one of NumPy for an array whose numbers are not known '
            f'yet, because {hook} is compiled. Write jnp in place of np.'
        )
    if isinstance(error, (errors.ConcretizationTypeError, errors.TracerIntegerConversionError)):
        return InvalidValueError(
            f'{where}: expected arrays to stay arrays, got float(), int() or a Python number made of r, params or x. '
            f'{hook} is compiled before their numbers are known; compute with the whole arrays.'
        )
    if isinstance(error, errors.UnexpectedTracerError) or type(error).__name__ == 'TraceContextError':
        return InvalidValueError(
            f'{where}: expected a pure function, but it writes a Variable, draws from bm.random, or uses an array that '
            'an earlier call kept. Return what is new; for noise give the model sigma=.'
        )
    if _is_assignment(text):
        return InvalidValueError(
            f'{where}: expected no assignment such as r[0] = …, because the arrays of JAX do not change. Write '
            'r = r.at[0].set(…), or build the array with jnp.stack([…]).'
        )
    if isinstance(error, KeyError) and error.args:
        return _of_key(model, where, error.args[0])
    if isinstance(error, NameError) and error.name:
        return _of_name(model, where, error.name)
    if isinstance(error, AttributeError) and isinstance(getattr(error, 'obj', None), dict) and error.name:
        return UnknownNameError(
            f'{where}: r and params are dicts, so an entry is r[{error.name!r}], not r.{error.name}.'
        )
    return None


def _is_assignment(text):
    return 'immutable' in text or 'does not support item assignment' in text or 'setting an array element' in text


def _of_key(model, where, key):
    """The error of a name that is not in r or params; None if it is in both."""
    names = [*model.states, *model.params]
    if key in names:
        return None
    if key in vars(model) and type(vars(model)[key]).__name__ == 'TrainVar':
        return UnknownNameError(
            f'{where}: params has no {key!r}, because the class does not name it. Write in the class: '
            f'params = {tuple_of_parameters(model)}.'
        )
    states = ', '.join(model.states) if len(model.states) > 1 else 'none, because r is an array'
    return UnknownNameError(
        f'{where}: expected a name of a state or parameter, got {key!r}. States: {states}; parameters: '
        f'{", ".join(model.params) or "none"}.'
    )


def tuple_of_parameters(model: Any) -> str:
    """What the attribute ``params`` of the class would be if it named every ``bm.TrainVar`` of the model, as text."""
    others = [k for k, v in vars(model).items() if type(v).__name__ == 'TrainVar' and k not in model.params]
    return repr((*model.params, *others))


def _of_name(model, where, name):
    """The error of a constant or a parameter that is named without self or params."""
    if name in model.constants:
        return UnknownNameError(f'{where}: the constant is self.{name}, not {name}.')
    if name in model.params:
        return UnknownNameError(f'{where}: the parameter is params[{name!r}], not {name}.')
    return None


def first_line(error: Exception) -> str:
    """The first line of the message of an error, shortened."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return line if len(line) <= _MOST_LETTERS else line[:_MOST_LETTERS] + ' …'


def checked_result(name: str, f: Any, of_r: Mapping[str, Any], x: Any) -> None:
    """Raise an error if the result f of F does not have the form of the state ``of_r``, by name."""
    several = len(of_r) > 1
    form = f'a dict of arrays by state, {{{", ".join(f"{s!r}: …" for s in of_r)}}}' if several else 'one array like r'
    if f is None or isinstance(f, (list, tuple, str)) or (several and not isinstance(f, dict)):
        what = {type(None): 'None', list: 'a list', tuple: 'a tuple', str: 'a text'}.get(type(f), 'one array')
        remedy = 'Is there a return?' if f is None else '' if several else 'Write jnp.stack([…]) for a list of numbers.'
        raise ShapeError(f'{name}.F: expected dr/dt as {form}, got {what}. {remedy}'.rstrip())
    if isinstance(f, dict) and set(f) != set(of_r):
        raise ShapeError(f'{name}.F: expected dr/dt of {", ".join(of_r)}, got {", ".join(map(str, f)) or "nothing"}.')
    values = f if isinstance(f, dict) else {next(iter(of_r)): f}
    shapes, got = ({s: jnp.shape(a) for s, a in v.items()} for v in (of_r, values))
    if got != shapes:
        raise ShapeError(
            f'{name}.F: expected dr/dt of the shape of r, {shapes}, got {got} (x has shape {jnp.shape(x)}). Does x '
            'or a parameter broadcast?'
        )
    for state, value in values.items():
        is_complex, may_be = (jnp.issubdtype(jnp.result_type(a), jnp.complexfloating) for a in (value, of_r[state]))
        if is_complex and not may_be:  # holomorphic rules give complex states
            raise InvalidValueError(f'{name}.F: expected real numbers for {state}, got {jnp.result_type(value)}.')

"""Compile once: what a compiled function was built from, and when it must be built again.

A function that JAX compiled remembers every Python value that it read: ``self.tau``, a class attribute, a closure's
variable, a global. `ReadValues` notes these values. Before the compiled function is called again, it tells whether one
of them has changed. Without it the change would be ignored in silence.

`lift` makes a pure function of one that reads and writes BrainPy Variables. `unwrap_arrays` and `unwrap_result` replace
BrainPy's arrays by JAX's.
"""

import contextlib
import functools
import sys
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import brainpy as bp
import brainpy.math as bm
import jax

from ratezoo.types import PartOfModel

# ---- BrainPy's arrays ------------------------------------------------------------------------------------------------


def unwrap_arrays(tree: Any) -> Any:
    """A tree with BrainPy's arrays and Variables replaced by the JAX arrays that they hold."""
    return jax.tree_util.tree_map(bm.as_jax, tree, is_leaf=lambda a: isinstance(a, bm.Array))


def unwrap_result(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with the arrays of its result unwrapped, so that F may use ``bm.tanh`` as well as ``jnp.tanh``."""

    @functools.wraps(function)
    def unwrapped(*args, **kwargs):
        return unwrap_arrays(function(*args, **kwargs))

    return unwrapped


class UnwrappedLoss:
    """A loss ``function(output, target)`` with its result unwrapped.

    Two of them are equal if their functions are equal, so they find the same compiled function.
    """

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        self.function, self.call = function, unwrap_result(function)

    def __call__(self, output: Any, target: Any) -> Any:
        return self.call(output, target)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnwrappedLoss) and self.function == other.function

    def __hash__(self) -> int:
        return hash(self.function)


try:  # BrainPy 2.7 and later: its Variables are States of brainstate
    from brainstate import StateTraceStack

    # Within this context brainstate allows that a Variable gets a tracer as its value.
    _allow_tracers: Any = StateTraceStack

    def variables_touched(function: Callable[..., Any], *args: Any) -> list[Any]:
        """The Variables that ``function(*args)`` reads or writes. It is traced, and they keep their values."""
        with _allow_tracers() as trace:
            jax.eval_shape(function, *args)
        trace.recovery_original_values()
        return list(trace.states)

    def as_returned(tree: Any) -> Any:
        """The result of a step as `bm.for_loop` returns it: with JAX's arrays."""
        return unwrap_arrays(tree)

except ImportError:  # BrainPy 2.6
    _allow_tracers = contextlib.nullcontext

    def variables_touched(function: Callable[..., Any], *args: Any) -> list[Any]:
        """The Variables that ``function(*args)`` reads or writes. It is traced, and they keep their values."""
        return list(bm.eval_shape(function, *args, with_stack=True)[0].values())

    def as_returned(tree: Any) -> Any:
        """The result of a step as `bm.for_loop` returns it: a Variable becomes a copy with its present value."""
        return jax.tree_util.tree_map(lambda a: a, tree)


# ---- the Python values that compiled code has read -------------------------------------------------------------------

SCALARS = (bool, int, float, complex, str, bytes)
# Packages whose code is not searched.
_LIBRARIES = sys.stdlib_module_names | {
    'ratezoo',
    'brainpy',
    'brainstate',
    'brainevent',
    'braintools',
    'brainunit',
    'brainpy_state',
    'jax',
    'jaxlib',
    'numpy',
    'scipy',
    'optax',
    'diffrax',
    'optimistix',
    'equinox',
    'lineax',
    'jaxtyping',
    'matplotlib',
    'taichi',
    'numba',
}
_WITHOUT_PARTS = (*SCALARS, type(None))  # types whose values hold no other Python values
_ATTRIBUTES_IGNORED = (*SCALARS, types.ModuleType, bm.Array, jax.Array)
_MOST_LEVELS = 12  # how deep a search goes: attributes of attributes of …
_MOST_READERS = 20_000  # how many containers it reads

Reader = Callable[[], Iterable[Any]]


def _is_same(a, b):
    """Whether two values count as one: the same object, or equal numbers or strings."""
    return a is b or (type(a) is type(b) and type(a) in SCALARS and a == b)


def _is_own_code(thing):
    """Whether a class or function is the user's own. Those of libraries do not change while a program runs."""
    return (getattr(thing, '__module__', None) or '').partition('.')[0] not in _LIBRARIES


class ReadValues:
    """The Python values that compiled code may have read, as they are now.

    The search for them starts at some objects and functions. It follows the attributes of an object and of its class,
    the entries of lists, tuples and dicts, and the closure, the defaults and the named globals of a function, and goes
    on from each of these. It does not enter the code of libraries, modules, sets and arrays.

    The search has limits: a number of levels of attributes of attributes, and a number of containers. If a limit stops
    it, ``complete`` is False, and `changed` returns True each time, because it could miss a change.

    Parameters
    ----------
    objects : sequence
        The objects and functions to start from.
    skip : set of str
        Names of attributes of these objects that are ignored.
    arguments : set of int, or None
        None: the value of a BrainPy Variable is ignored, because it is an argument of the compiled function. A set:
        only the Variables whose ids it contains are such arguments, and the values of all others are noted.
    """

    def __init__(
        self, objects: Iterable[Any], skip: Collection[str] = frozenset(), arguments: Collection[int] | None = None
    ) -> None:
        self._objects, self._skip, self._arguments = list(objects), frozenset(skip), arguments
        self._note()

    def changed(self) -> bool:
        """Whether one of the values has changed, or may have changed because the search was stopped by a limit."""
        if not self.complete:
            return True
        # This runs before every call of a compiled function. Comparing the ids is quick, and most calls end here.
        if [list(map(id, read())) for read in self._readers] == self._ids:
            return False
        for read, noted in zip(self._readers, self._values, strict=True):
            values = list(read())
            if len(values) != len(noted) or not all(map(_is_same, values, noted)):
                return True
        self._note()  # other objects with equal numbers: note their ids, so that the next call is quick again
        return False

    def _note(self) -> None:
        """Search for the values. Keep a reader of each container, and the values and ids that it gives now."""
        self._readers: list[Reader] = []
        self.complete = True
        seen: set[int] = set()
        stack = [(obj, 0) for obj in reversed(self._objects)]
        while stack:
            thing, depth = stack.pop()
            if id(thing) in seen or isinstance(thing, _WITHOUT_PARTS):
                continue
            seen.add(id(thing))
            for read in self._readers_of(thing, depth == 0):
                if depth > _MOST_LEVELS or len(self._readers) >= _MOST_READERS:
                    self.complete = False
                    break
                self._readers.append(read)
                stack.extend((value, depth + 1) for value in read())
        # The values are kept as well as their ids: as long as an object lives, no other object gets its id.
        self._values = [list(read()) for read in self._readers]
        self._ids = [list(map(id, values)) for values in self._values]

    def _readers_of(self, thing: Any, is_start: bool) -> Iterator[Reader]:
        """Functions that return the values that ``thing`` holds. ``is_start``: the search started at this object."""
        if isinstance(thing, bm.Variable):
            if self._arguments is not None and id(thing) not in self._arguments:
                yield lambda: (thing._value,)
        elif isinstance(thing, dict):
            yield thing.values
        elif isinstance(thing, (list, tuple)):
            yield thing.__iter__
        elif isinstance(thing, types.FunctionType):
            yield from _readers_of_function(thing)
        elif isinstance(thing, types.MethodType):
            yield lambda: (thing.__self__, thing.__func__)
        elif isinstance(thing, (staticmethod, classmethod)):
            yield lambda: (thing.__func__,)
        elif isinstance(thing, property):
            yield lambda: (thing.fget,)
        elif isinstance(thing, functools.partial):
            yield lambda: (thing.func, *thing.args, *thing.keywords.values())
        elif isinstance(thing, type):
            for cls in filter(_is_own_code, thing.__mro__):
                yield vars(cls).values
        elif _has_attributes_to_read(thing):
            yield self._reader_of_attributes(thing, is_start)
            yield lambda: (type(thing),)

    def _reader_of_attributes(self, thing: Any, is_start: bool) -> Reader:
        """The function that returns the attributes of an object, without those to skip if the search started at it."""
        attributes, skip = vars(thing), self._skip
        if is_start and skip & attributes.keys():
            return lambda: [value for name, value in attributes.items() if name not in skip]
        return attributes.values


def _has_attributes_to_read(thing):
    if isinstance(thing, (bp.DynamicalSystem, types.SimpleNamespace)):
        return True
    return hasattr(thing, '__dict__') and _is_own_code(type(thing)) and not isinstance(thing, _ATTRIBUTES_IGNORED)


def _readers_of_function(function: types.FunctionType) -> Iterator[Reader]:
    """Readers of the globals that a function names, of its closure, and of its defaults."""
    if not _is_own_code(function):
        return
    if function.__code__.co_names:
        yield _reader_of_globals(function)
    if function.__closure__:
        yield _reader_of_closure(function.__closure__)
    if function.__defaults__:
        yield function.__defaults__.__iter__
    if function.__kwdefaults__:
        yield function.__kwdefaults__.values


def _reader_of_globals(function):
    all_globals, names = function.__globals__, function.__code__.co_names
    return lambda: [all_globals.get(name) for name in names]


def _reader_of_closure(cells):
    def read():
        values = []
        for cell in cells:
            try:
                values.append(cell.cell_contents)
            except ValueError:  # a cell that is still empty
                values.append(None)
        return values

    return read


# ---- pure functions --------------------------------------------------------------------------------------------------


def signature(tree: Any) -> tuple[Any, ...]:
    """The structure, shapes and dtypes of a tree of arrays, as a key of a dict."""
    leaves, treedef = jax.tree_util.tree_flatten(tree)
    return treedef, tuple([(a.shape, a.dtype) if hasattr(a, 'dtype') else type(a) for a in leaves])


def lift(function: Callable[..., Any], variables: Sequence[Any]) -> Callable[..., tuple[list[Any], Any]]:
    """Make ``pure(values, *args) -> (new_values, result)`` of a function that reads and writes ``variables``.

    ``values`` and ``new_values`` are the values of the Variables before and after the call, in the order of
    ``variables``. The Variables themselves keep the values that they have.
    """

    def pure(values, *args):
        before = [v._value for v in variables]
        for v, value in zip(variables, values, strict=True):
            v._value = value
        try:
            with _allow_tracers():
                result = function(*args)
                after = [v._value for v in variables]
        finally:
            for v, value in zip(variables, before, strict=True):
                v._value = value
        return after, result

    return pure


def variables_written(function: Callable[..., Any], variables: Sequence[Any], *args: Any) -> list[bool]:
    """For each of ``variables``, whether ``function(*args)`` writes it."""
    flags: list[bool] = []

    def compare(values, *args):
        after, _ = lift(function, variables)(values, *args)
        flags[:] = [a is not b for a, b in zip(after, values, strict=True)]

    jax.eval_shape(compare, [v._value for v in variables], *args)
    return flags


# ---- the part of a model ---------------------------------------------------------------------------------------------

_MOST_FUNCTIONS = 32  # how many compiled functions a network keeps


class CompilesFunctions(PartOfModel):
    """The part of `RateModel` that keeps compiled functions, such as those of `relax` and of a rule's ``gradient``.

    Attributes
    ----------
    NOT_READ : set of str
        Names of attributes that no compiled function reads. A change of such an attribute compiles nothing again.
    """

    NOT_READ: frozenset[str] = frozenset(
        {'_functions', '_function_reads', '_runners', '_arguments', '_attributes_as_made'}
    )
    _functions: dict[Any, tuple[Any, ReadValues]]  # key → compiled function, and the values that ``reads`` gave
    _function_reads: ReadValues | None  # the values of the model; None before the first function

    def compiled(self, key: Any, build: Callable[[], Any], reads: Sequence[Any] = ()) -> Any:
        """The compiled function of this ``key``. It is built at the first call, and again when it is out of date.

        It is out of date if a value has changed that it may have read: in the model, or from the functions ``reads``.
        The 32 functions that were used last are kept.

        Parameters
        ----------
        key : hashable
            The name of the function, with all Python values that its program depends on.
        build : function without arguments
            It returns the new compiled function, for example ``lambda: jax.jit(pure)``.
        reads : sequence
            Objects and functions beside the model whose values the function may read, such as a loss.
        """
        if self._function_reads is None or self._function_reads.changed():
            arguments = {id(getattr(self, v)) for v in (*self.params, *self.states, *self.extra_names)}
            self._functions.clear()
            self._function_reads = ReadValues([self], skip=self.NOT_READ, arguments=arguments)
        key = (key, self.dt, signature(self.params_dict()))
        kept = self._functions.pop(key, None)
        if kept is None or kept[1].changed():
            while len(self._functions) >= _MOST_FUNCTIONS:  # a new lambda as the loss at each call adds one each time
                self._functions.pop(next(iter(self._functions)))
            kept = build(), ReadValues(reads)
        self._functions[key] = kept  # at the end of the dict: used last, removed last
        return kept[0]

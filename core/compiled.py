"""Compile once: what a compiled function was built from, and when it must be built again.

A function that JAX compiled remembers every Python value that it read: ``self.tau``, a class attribute, a closure's
variable, a global. `ReadValues` notes these values. Before the compiled function is called again, it tells whether one
of them has changed. Without it the change would be ignored in silence.

`lift` makes a pure function of one that reads and writes BrainPy Variables. `unwrap_arrays` and `unwrap_result` replace
BrainPy's arrays by JAX's.
"""

import functools
import sys
import types

import brainpy as bp
import brainpy.math as bm
import jax


def unwrap_arrays(tree):
    """A tree with BrainPy's arrays and Variables replaced by the JAX arrays that they hold."""
    return jax.tree_util.tree_map(bm.as_jax, tree, is_leaf=lambda a: isinstance(a, bm.Array))


def unwrap_result(function):
    """``function`` with BrainPy's arrays in its result unwrapped: inside F, ``bm.tanh`` is as good as ``jnp.tanh``."""
    @functools.wraps(function)
    def called(*args, **kwargs):
        return unwrap_arrays(function(*args, **kwargs))
    return called


class UnwrappedLoss:
    """A loss with its result unwrapped likewise; equal to another of the same function."""

    def __init__(self, function):
        self.function, self.call = function, unwrap_result(function)

    def __call__(self, output, target):
        return self.call(output, target)

    def __eq__(self, other):
        return isinstance(other, UnwrappedLoss) and self.function == other.function

    def __hash__(self):
        return hash(self.function)


try:                                            # BrainPy 2.7 and later: Variables are brainstate States
    from brainstate import StateTraceStack as _writable  # tells brainstate that tracers may be written

    def variables_touched(function, *args):
        """The Variables that ``function(*args)`` reads or writes, found by tracing it; they keep their values."""
        with _writable() as trace:
            jax.eval_shape(function, *args)
        trace.recovery_original_values()
        return list(trace.states)

    as_returned = unwrap_arrays                     # a loop's result, as `bm.for_loop` returns it
except ImportError:                             # BrainPy 2.6
    from contextlib import nullcontext as _writable

    def variables_touched(function, *args):
        """The Variables that ``function(*args)`` reads or writes, found by tracing it; they keep their values."""
        return list(bm.eval_shape(function, *args, with_stack=True)[0].values())

    def as_returned(tree):
        """A loop's result as `bm.for_loop` returns it: a returned Variable is a copy that holds its present value."""
        return jax.tree_util.tree_map(lambda a: a, tree)

SCALARS = (bool, int, float, complex, str, bytes)
_LIBRARIES = sys.stdlib_module_names | {
    'ratezoo', 'brainpy', 'brainstate', 'brainevent', 'braintools', 'brainunit', 'brainpy_state', 'jax', 'jaxlib',
    'numpy', 'scipy', 'optax', 'diffrax', 'optimistix', 'equinox', 'lineax', 'jaxtyping', 'matplotlib', 'taichi',
    'numba'}
_WITHOUT_PLACES = (bool, int, float, complex, str, bytes, type(None))
_OPAQUE = (*SCALARS, types.ModuleType, bm.Array, jax.Array)
_MOST_LEVELS = 12               # of attributes of attributes of …
_MOST_PLACES = 20_000


def _same(a, b):
    return a is b or (type(a) is type(b) and type(a) in SCALARS and a == b)


def _own_code(thing):
    """Whether a class or function is the user's, and not a library's, which does not change."""
    return (getattr(thing, '__module__', None) or '').partition('.')[0] not in _LIBRARIES


def _named_globals(function):
    found, names = function.__globals__, function.__code__.co_names
    return lambda: [found.get(name) for name in names]


def _closure(function):
    def read():
        found = []
        for cell in function.__closure__:
            try:
                found.append(cell.cell_contents)
            except ValueError:                  # a cell that is still empty
                found.append(None)
        return found
    return read


class ReadValues:
    """The Python values that compiled code may have read, as they are now.

    They are found from some objects and functions: an object's attributes and those of its class, what lists, tuples
    and dicts hold, a function's closure, defaults and the globals that it names, and so on from each of these. Code
    of libraries is passed over, and so is what lies in modules, in sets, and inside arrays.

    The search has limits: so many levels of attributes of attributes, so many places. Where it is cut off, ``complete``
    is False, and `changed` says True each time, because a change could not be seen.

    Parameters
    ----------
    objects : sequence
        Where to begin.
    skip : set of str
        Attributes of the first objects that do not count.
    arguments : set of int, or None
        None: a BrainPy Variable counts as an object, its value does not (it is an argument of the compiled
        function). Otherwise the value counts too, except for the Variables whose ids are given.
    """

    def __init__(self, objects, skip=frozenset(), arguments=None):
        self._objects, self._skip, self._arguments = list(objects), skip, arguments
        self._note()

    def _note(self):
        # A reader gives the values of one place. Comparing their ids is quick; the values are kept beside the ids, so
        # that no id is given to another object.
        self._readers, self.complete, seen = [], True, set()
        stack = [(obj, 0) for obj in reversed(self._objects)]
        while stack:
            thing, depth = stack.pop()
            if id(thing) in seen or isinstance(thing, _WITHOUT_PLACES):
                continue
            seen.add(id(thing))
            for read in self._places(thing, depth == 0):
                if depth > _MOST_LEVELS or len(self._readers) >= _MOST_PLACES:
                    self.complete = False
                    break
                self._readers.append(read)
                stack.extend((value, depth + 1) for value in read())
        self._kept = [list(read()) for read in self._readers]
        self._ids = [list(map(id, values)) for values in self._kept]

    def _places(self, thing, first):
        """The readers of one thing's values."""
        if isinstance(thing, bm.Variable):
            if self._arguments is not None and id(thing) not in self._arguments:
                yield lambda: (thing._value,)
        elif isinstance(thing, dict):
            yield thing.values
        elif isinstance(thing, (list, tuple)):
            yield thing.__iter__
        elif isinstance(thing, types.MethodType):
            yield lambda: (thing.__self__, thing.__func__)
        elif isinstance(thing, types.FunctionType):
            if _own_code(thing):
                if thing.__code__.co_names:
                    yield _named_globals(thing)
                if thing.__closure__:
                    yield _closure(thing)
                if thing.__defaults__:
                    yield thing.__defaults__.__iter__
                if thing.__kwdefaults__:
                    yield thing.__kwdefaults__.values
        elif isinstance(thing, (staticmethod, classmethod)):
            yield lambda: (thing.__func__,)
        elif isinstance(thing, property):
            yield lambda: (thing.fget,)
        elif isinstance(thing, functools.partial):
            yield lambda: (thing.func, *thing.args, *thing.keywords.values())
        elif isinstance(thing, type):
            for cls in filter(_own_code, thing.__mro__):
                yield vars(cls).values
        elif isinstance(thing, (bp.DynamicalSystem, types.SimpleNamespace)) or (
                hasattr(thing, '__dict__') and _own_code(type(thing)) and not isinstance(thing, _OPAQUE)):
            attributes = vars(thing)
            if first and self._skip & attributes.keys():
                skip = self._skip
                yield lambda: [v for k, v in attributes.items() if k not in skip]
            else:
                yield attributes.values
            yield lambda: (type(thing),)

    def changed(self):
        """Whether any of these values is another one now, or might be, because the search was cut off."""
        if not self.complete:
            return True
        now = [list(map(id, read())) for read in self._readers]
        if now == self._ids:
            return False
        for read, kept in zip(self._readers, self._kept, strict=True):
            values = list(read())
            if len(values) != len(kept) or not all(map(_same, values, kept)):
                return True
        self._note()                            # other objects, but equal numbers
        return False


def signature(tree):
    """Shapes and dtypes of a tree of arrays, as a key."""
    leaves, treedef = jax.tree_util.tree_flatten(tree)
    return treedef, tuple([(a.shape, a.dtype) if hasattr(a, 'dtype') else type(a) for a in leaves])


def lift(function, variables):
    """Make ``pure(values, *args) -> (new_values, result)`` of a function that reads and writes ``variables``."""
    def pure(values, *args):
        before = [v._value for v in variables]
        for v, value in zip(variables, values, strict=True):
            v._value = value
        try:
            with _writable():
                result = function(*args)
                after = [v._value for v in variables]
        finally:
            for v, value in zip(variables, before, strict=True):
                v._value = value
        return after, result
    return pure


def variables_written(function, variables, *args):
    """For each of ``variables``, whether ``function(*args)`` writes it."""
    flags = []

    def probe(values, *args):
        after, _ = lift(function, variables)(values, *args)
        flags[:] = [a is not b for a, b in zip(after, values, strict=True)]

    jax.eval_shape(probe, [v._value for v in variables], *args)
    return flags
